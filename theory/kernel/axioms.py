"""Axioms: what the heads mean, as schemas over metavariables that hold for all values of them in the total semantics.

Each is an inference: its premises are given as theorems, its metavariables as pairs (variable, term).  Together with the inferences
and the normal form they are what a proof rests on besides cited lemmas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from theory.kernel.binding import substitute
from theory.kernel.heads import FALSE, bind, eq, forall, implies, le, lt, member, total, whole
from theory.kernel.logic import pairs
from theory.kernel.nodes import FORM, N, Node, R, Z, make, need, num, var
from theory.kernel.theorem import RULES, Cited, Theorem, follows, shown


@dataclass(frozen=True)
class Schema:
    """Premises and a conclusion that hold for all values of their free variables, given the cited lemmas."""

    premises: tuple[Node, ...]
    conclusion: Node
    cited: frozenset[Cited] = frozenset()

    @cached_property
    def variables(self) -> frozenset[Node]:
        """The free variables: what terms may be put for."""
        return frozenset().union(*(f.free for f in (*self.premises, self.conclusion)))

    def at(self, given: Sequence[Theorem], values: dict[Node, Node]) -> Theorem:
        """The conclusion at terms in place of variables; the premises are shown by the given theorems, in order."""
        need(values.keys() <= self.variables, "there is no such metavariable as {!r}", [v for v in values if v not in self.variables])
        premises = [substitute(premise, values) for premise in self.premises]
        return follows(substitute(self.conclusion, values), shown(given, premises), cited=self.cited)


@dataclass(frozen=True)
class Axiom(Schema):
    """A schema over metavariables, and what it says in words."""

    words: str = ""


AXIOMS: dict[str, Axiom] = {}


def axiom(name: str, words: str, *formulas: Node) -> None:
    """Register a schema: premises, then the conclusion; its free variables are its metavariables."""
    need(name not in RULES, "there are two inferences {}", name)
    known = AXIOMS[name] = Axiom(formulas[:-1], formulas[-1], words=words)
    RULES[name] = lambda given, args: known.at(given, pairs(args))


# --- metavariables ------------------------------------------------------------------------------------------------------------------

n, k, d, p, i, j = (var(name, N) for name in "nkdpij")
a, b = var("a", Z), var("b", Z)
s, t, q, r, c = (var(name, R) for name in "stqrc")
A = var("A", FORM)
VEC, SIGNED, TENSOR = make("vec", d), make("vec", n), make("vec", make("pow", d, p))
u, v, w, x = (var(name, VEC) for name in "uvwx")
y, e = var("y", SIGNED), var("e", SIGNED)
M, S, shifts = var("M", make("mat", k, d)), var("S", make("mat", d, d)), var("e", make("vec", k))
T, Q, TENSORS = var("T", TENSOR), var("Q", TENSOR), var("TENSORS", make("fn", N, TENSOR))
F, G, U = (var(name, make("fn", N, value)) for name, value in (("F", R), ("G", R), ("U", VEC)))
f, psi, H = (var(name, make("fn", argument, R)) for name, argument in (("f", VEC), ("psi", R), ("H", SIGNED)))
D = var("D", make("set", VEC))
RANGE, INDEX, ROWS, FACTORS, ENTRIES = (make("range", size) for size in (a, n, k, p, d))
SPACE, SPHERE, BALL, SIGNS, INTERVAL = whole(VEC), make("sphere", d), make("ball", d, r), make("signs", n), make("interval", s, t)

norm, dot, absolute, inverse, root, exp, log, power, scaled, matvec = (
    partial(make, head) for head in ("norm", "dot", "abs", "inv", "sqrt", "exp", "log", "pow", "smul", "matvec"))

# --- order and whole numbers --------------------------------------------------------------------------------------------------------

axiom("order", "of two numbers the first is smaller, or the second is at most it", make("or", lt(s, t), le(t, s)))
axiom("antisymmetry", "s ≤ t and t ≤ s give s = t", le(s, t), le(t, s), eq(s, t))
axiom("whole_step", "whole numbers a < b are at least 1 apart", lt(a, b), le(a + 1, b))
axiom("floor_below", "⌊t⌋ ≤ t", le(make("floor", t), t))
axiom("floor_above", "t < ⌊t⌋ + 1", lt(t, make("floor", t) + 1))
axiom("natural_of", "a whole number a ≥ 0 is natural", le(0, a), bind("ex", [(i, whole(N))], eq(i, a)))

# --- functions of numbers -----------------------------------------------------------------------------------------------------------

axiom("inverse_of_positive", "t (1/t) = 1 for t > 0", lt(0, t), eq(t * inverse(t), 1))
axiom("inverse_of_negative", "t (1/t) = 1 for t < 0", lt(t, 0), eq(t * inverse(t), 1))
axiom("inverse_positive", "1/t > 0 for t > 0", lt(0, t), lt(0, inverse(t)))
axiom("inverse_nonnegative", "1/t ≥ 0 for t ≥ 0", le(0, t), le(0, inverse(t)))
axiom("abs_above", "t ≤ |t|", le(t, absolute(t)))
axiom("abs_of_nonnegative", "|t| = t for t ≥ 0", le(0, t), eq(absolute(t), t))
axiom("abs_of_nonpositive", "|t| = −t for t ≤ 0", le(t, 0), eq(absolute(t), -t))
axiom("root_squared", "(√t)² = t for t ≥ 0", le(0, t), eq(root(t) * root(t), t))
axiom("root_of_nonpositive", "√t = 0 for t ≤ 0", le(t, 0), eq(root(t), 0))
axiom("root_increases", "√s ≤ √t for s ≤ t", le(s, t), le(root(s), root(t)))
axiom("max_left", "s ≤ max(s, t)", le(s, make("max", s, t)))
axiom("max_right", "t ≤ max(s, t)", le(t, make("max", s, t)))
axiom("max_is_right", "max(s, t) = t for s ≤ t", le(s, t), eq(make("max", s, t), t))
axiom("min_left", "min(s, t) ≤ s", le(make("min", s, t), s))
axiom("min_right", "min(s, t) ≤ t", le(make("min", s, t), t))
axiom("min_is_left", "min(s, t) = s for s ≤ t", le(s, t), eq(make("min", s, t), s))
axiom("exp_positive", "e^t > 0", lt(0, exp(t)))
axiom("exp_increases", "e^s ≤ e^t for s ≤ t", le(s, t), le(exp(s), exp(t)))
axiom("exp_tangent", "1 + t ≤ e^t", le(t + 1, exp(t)))
axiom("exp_of_log", "e^(log t) = t for t > 0", lt(0, t), eq(exp(log(t)), t))
axiom("log_of_exp", "log e^t = t", eq(log(exp(t)), t))
axiom("log_increases", "log s ≤ log t for 0 < s ≤ t", lt(0, s), le(s, t), le(log(s), log(t)))
axiom("asin_nonnegative", "arcsin t ≥ 0 for t ≥ 0", le(0, t), le(0, make("asin", t)))
axiom("asin_below", "arcsin t ≤ π/2", le(make("asin", t), make("pi") * num("1/2")))
axiom("asin_odd", "arcsin(−t) = −arcsin t", eq(make("asin", -t), -make("asin", t)))
axiom("pow_as_exp", "t^q = e^(q log t) for t > 0", lt(0, t), eq(power(t, q), exp(q * log(t))))
axiom("pow_positive", "t^q > 0 for t > 0", lt(0, t), lt(0, power(t, q)))
axiom("pow_nonnegative", "t^q ≥ 0 for t ≥ 0", le(0, t), le(0, power(t, q)))
axiom("pow_add", "t^(q+r) = t^q t^r for t > 0", lt(0, t), eq(power(t, q + r), power(t, q) * power(t, r)))
axiom("pow_product", "(st)^q = s^q t^q for s, t ≥ 0", le(0, s), le(0, t), eq(power(s * t, q), power(s, q) * power(t, q)))
axiom("pow_power", "(t^q)^r = t^(qr) for t > 0", lt(0, t), eq(power(power(t, q), r), power(t, q * r)))
axiom("pow_of_zero", "0^q = 0 for q > 0", lt(0, q), eq(power(num(0), q), 0))
axiom("pow_increases", "s^q ≤ t^q for 0 ≤ s ≤ t and q ≥ 0", le(0, s), le(s, t), le(0, q), le(power(s, q), power(t, q)))
axiom("pow_grows", "t^q ≤ t^r for t ≥ 1 and q ≤ r", le(1, t), le(q, r), le(power(t, q), power(t, r)))
axiom("indicator_true", "an indicator is 1 where its formula holds", A, eq(make("ind", A), 1))
axiom("indicator_false", "an indicator is 0 where its formula does not hold", implies(A, FALSE), eq(make("ind", A), 0))

# --- sets ---------------------------------------------------------------------------------------------------------------------------

axiom("range_low", "elements of {1, …, n} are at least 1", member(i, RANGE), le(1, i))
axiom("range_high", "elements of {1, …, n} are at most n", member(i, RANGE), le(i, a))
axiom("in_range", "1 ≤ i ≤ n puts i into {1, …, n}", le(1, i), le(i, a), member(i, RANGE))
axiom("interval_low", "elements of [s, t] are at least s", member(q, INTERVAL), le(s, q))
axiom("interval_high", "elements of [s, t] are at most t", member(q, INTERVAL), le(q, t))
axiom("in_interval", "s ≤ q ≤ t puts q into [s, t]", le(s, q), le(q, t), member(q, INTERVAL))
axiom("on_sphere", "points of the sphere have norm 1", member(u, SPHERE), eq(norm(u), 1))
axiom("in_sphere", "‖u‖ = 1 puts u on the sphere", eq(norm(u), 1), member(u, SPHERE))
axiom("on_ball", "points of the ball have norm at most its radius", member(u, BALL), le(norm(u), r))
axiom("in_ball", "‖u‖ ≤ r puts u into the ball", le(norm(u), r), member(u, BALL))
axiom("signs_square", "signs are ±1", member(y, SIGNS), member(i, INDEX), eq(y[i] * y[i], 1))
axiom("in_signs", "y_i² = 1 for all i makes y a vector of signs", forall(eq(y[i] * y[i], 1), (i, INDEX)), member(y, SIGNS))

# --- sums, entries and means over signs ---------------------------------------------------------------------------------------------

axiom("sum_below", "sums keep termwise inequalities", forall(le(F(i), G(i)), (i, RANGE)),
      le(total(F(i), (i, RANGE)), total(G(i), (i, RANGE))))
axiom("table_entry", "the entries of a table", member(i, INDEX), eq(bind("table", [(j, INDEX)], F(j))[i], F(i)))
axiom("vector_by_entries", "vectors with the same entries are equal", forall(eq(u[i], v[i]), (i, ENTRIES)), eq(u, v))
flipped = bind("table", [(i, INDEX)], e[i] * y[i])
axiom("signs_flip", "the law of uniform signs does not change when some of them are flipped", member(e, SIGNS),
      eq(bind("expect", [(y, SIGNS)], H(y)), bind("expect", [(y, SIGNS)], H(flipped))))

# --- vectors and matrices -----------------------------------------------------------------------------------------------------------

null_vector = make("kernelvec", S)
axiom("direction", "w = ‖w‖ e for the direction e of w", eq(w, scaled(norm(w), make("dir", w))))
axiom("direction_unit", "directions have norm 1, for d ≥ 1", le(1, d), eq(norm(make("dir", w)), 1))
axiom("kernel_vector", "Me = 0 for the vector e of the kernel of M", eq(matvec(S, null_vector), make("zero", VEC)))
axiom("kernel_vector_unit", "it has norm 1 as soon as Mv = 0 for some v ≠ 0", eq(matvec(S, v), make("zero", VEC)),
      eq(norm(v) * (num(1) - norm(null_vector)), 0))
axiom("matrix_product_entries", "Mv·w = Σ_l (M_l·v) w_l", eq(dot(matvec(M, v), shifts), total(dot(M[i], v) * shifts[i], (i, ROWS))))
swapped = eq(dot(u, matvec(S, v)), dot(matvec(S, u), v))
axiom("symmetric_swap", "u·Sv = Su·v for symmetric S", make("symmetric", S), swapped)
axiom("is_symmetric", "S is symmetric if u·Sv = Su·v for all u, v", forall(swapped, (u, SPACE), (v, SPACE)), make("symmetric", S))
axiom("is_psd", "a symmetric matrix with a nonnegative form is positive semidefinite", make("symmetric", S),
      forall(le(0, dot(u, matvec(S, u))), (u, SPACE)), make("psd", S))
axiom("operator_norm", "‖Mv‖ ≤ ‖M‖_op ‖v‖", le(norm(matvec(M, v)), make("opnorm", M) * norm(v)))
axiom("operator_norm_least", "‖M‖_op is the least such number", le(0, c),
      forall(le(norm(matvec(M, v)), c * norm(v)), (v, SPACE)), le(make("opnorm", M), c))

# --- tensors ------------------------------------------------------------------------------------------------------------------------


def factors(factor: Node) -> Node:
    """The tensor product of factors numbered by i."""
    return bind("tprod", [(i, FACTORS)], factor)


def slot(value: Node) -> Node:
    """U_1⊗…⊗U_p with the factor number j replaced by the value."""
    here = make("ind", eq(i, j))
    return factors(scaled(num(1) - here, U(i)) + scaled(here, value))


def symmetric(tensor: Node) -> Node:
    """The tensor does not change when its indices are permuted."""
    return make("symmetrictensor", tensor, d, p)


axiom("injective_norm", "|⟨T, u_1⊗…⊗u_p⟩| ≤ ‖T‖_op for unit vectors", forall(eq(norm(U(i)), 1), (i, FACTORS)),
      le(absolute(dot(T, factors(U(i)))), make("injnorm", T, d, p)))
axiom("injective_norm_dual", "⟨T, R⟩ ≤ ‖T‖_* ‖R‖_op, the nuclear norm being dual to the injective one, for d ≥ 1", le(1, d),
      le(dot(T, Q), make("tensornuc", T, d, p) * make("injnorm", Q, d, p)))
axiom("nuclear_norm_least", "‖T‖_* is the least such number", le(0, c),
      forall(le(dot(T, Q), c * make("injnorm", Q, d, p)), (Q, whole(TENSOR))), le(make("tensornuc", T, d, p), c))
axiom("tensor_product_linear", "u_1⊗…⊗u_p is linear in each factor", member(j, FACTORS),
      eq(slot(scaled(c, u) + v), scaled(c, slot(u)) + slot(v)))
axiom("power_symmetric", "v^{⊗p} does not change when indices are permuted", symmetric(make("tpow", v, p)))
axiom("symmetric_combination", "combinations of symmetric tensors are symmetric", forall(symmetric(TENSORS(i)), (i, RANGE)),
      symmetric(total(scaled(F(i), TENSORS(i)), (i, RANGE))))

# --- functions ----------------------------------------------------------------------------------------------------------------------


def slope(constant: Node) -> Node:
    """|f(u) − f(v)| ≤ c‖u − v‖."""
    return le(absolute(f(u) - f(v)), constant * norm(u - v))


LIPSCHITZ, LIP, BOUNDED_SLOPES = make("lipschitz", f, D), make("lip", f, D), forall(slope(c), (u, D), (v, D))
axiom("lip_bound", "|f(u) − f(v)| ≤ Lip(f)‖u − v‖ on D, for f Lipschitz on D", LIPSCHITZ, member(u, D), member(v, D), slope(LIP))
axiom("lip_least", "Lip(f) is the least such number", le(0, c), BOUNDED_SLOPES, le(LIP, c))
axiom("is_lipschitz", "f is Lipschitz if there is such a number", BOUNDED_SLOPES, LIPSCHITZ)
axiom("taylor", "ψ(s + t) = ψ(s) + Σ_{i≤p} t^i ψ^{(i)}(s)/i! for polynomials of degree at most p", make("polynomial", psi, p),
      eq(psi(s + t), psi(s) + total(power(t, i) * make("taylor", psi, s, i), (i, FACTORS))))

# --- kinks M_i·x + e_i = 0, and a kink u·x + t = 0 ----------------------------------------------------------------------------------


def kink(number: Node, point: Node) -> Node:
    """M_i·x + e_i."""
    return dot(M[number], point) + shifts[number]


def on_kink(point: Node) -> Node:
    """The point lies on the kink u·x + t = 0."""
    return eq(dot(u, point) + t, 0)


def off_all(point: Node) -> Node:
    """The point lies on none of the kinks M_i·x + e_i = 0."""
    return forall(lt(0, absolute(kink(i, point))), (i, ROWS))


def apart(one: Node, other: Node) -> Node:
    """The point x lies on the one kink and not on the other."""
    return make("and", eq(kink(one, x), 0), lt(0, absolute(kink(other, x))))


def somewhere(condition: Node) -> Node:
    """There is a point x for which the condition holds."""
    return bind("ex", [(x, SPACE)], condition)


ORIENTED = make("oriented", M, shifts)
axiom("oriented_point", "hyperplanes in oriented form leave a point of the open unit ball on the negative side of all", ORIENTED,
      somewhere(make("and", lt(norm(x), 1), forall(lt(kink(i, x), 0), (i, ROWS)))))
axiom("oriented_meets", "each of them meets the open unit ball", ORIENTED, member(i, ROWS),
      somewhere(make("and", lt(norm(x), 1), eq(kink(i, x), 0))))
axiom("oriented_distinct", "of two of them one has a point that the other has not", ORIENTED, member(i, ROWS), member(j, ROWS), lt(i, j),
      somewhere(make("or", apart(i, j), apart(j, i))))

IN_BALL, ON_SPHERE, ANY = (make("clearpoint", u, t, M, shifts, domain) for domain in (BALL, SPHERE, D))
IN_BALL_CLEAR, ON_SPHERE_CLEAR, CLEARANCE = (make("clearance", u, t, M, shifts, domain) for domain in (BALL, SPHERE, D))
axiom("clear_point_ball", "the chosen point of a kink in a ball is off the other kinks and inside, where there is such a point",
      lt(norm(x), r), on_kink(x), off_all(x), make("and", lt(norm(IN_BALL), r), on_kink(IN_BALL), off_all(IN_BALL)))
axiom("clear_point_sphere", "the chosen point of a kink on the sphere is off the other kinks, where there is such a point",
      eq(norm(x), 1), on_kink(x), off_all(x), make("and", eq(norm(ON_SPHERE), 1), on_kink(ON_SPHERE), off_all(ON_SPHERE)))
axiom("clearance_small", "a clearance is at most 1/2", le(CLEARANCE * 2, 1))
axiom("clearance_below", "a clearance is at most half of each |w_ℓ·p + b_ℓ|", member(i, ROWS), le(CLEARANCE * 2, absolute(kink(i, ANY))))
axiom("clearance_in_ball", "in a ball it is at most (r² − ‖p‖²)/4r", lt(0, r), le(norm(IN_BALL), r),
      le(IN_BALL_CLEAR * r * 4, r * r - norm(IN_BALL) * norm(IN_BALL)))
axiom("clearance_positive_ball", "it is positive where the chosen point is off the other kinks and inside the ball",
      lt(norm(IN_BALL), r), off_all(IN_BALL), lt(0, IN_BALL_CLEAR))
axiom("clearance_positive_sphere", "it is positive where the chosen point is off the other kinks", off_all(ON_SPHERE),
      lt(0, ON_SPHERE_CLEAR))
