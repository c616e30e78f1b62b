"""Axioms: what the heads mean, as schemas over metavariables that hold for all values of them in the total semantics.

Each is an inference: its premises are given as theorems, its metavariables as pairs (variable, term).  Together with the inferences
and the normal form they are what a proof rests on besides cited lemmas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from theory.kernel.binding import substitute
from theory.kernel.heads import FALSE, bind, eq, forall, implies, le, lt, member, total, whole
from theory.kernel.logic import pairs
from theory.kernel.nodes import FORM, N, Node, R, Z, make, need, num, var
from theory.kernel.theorem import RULES, Theorem, follows


@dataclass(frozen=True)
class Axiom:
    """Premises and conclusion over metavariables, in words, and the metavariables by name."""

    words: str
    premises: tuple[Node, ...]
    conclusion: Node
    variables: frozenset[Node]


AXIOMS: dict[str, Axiom] = {}


def axiom(name: str, words: str, *formulas: Node) -> None:
    """Register a schema: premises, then the conclusion; its free variables are its metavariables."""
    need(name not in RULES, f"there are two inferences {name}")
    *premises, conclusion = formulas
    variables: frozenset[Node] = frozenset().union(*(f.free for f in formulas))
    AXIOMS[name] = known = Axiom(words, tuple(premises), conclusion, variables)

    def rule(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
        return instantiated(name, known.premises, known.conclusion, known.variables, given, pairs(args))

    RULES[name] = rule


def instantiated(name: str, premises: tuple[Node, ...], conclusion: Node, variables: frozenset[Node], given: Sequence[Theorem],
                 values: dict[Node, Node]) -> Theorem:
    """A schema at the given terms, its premises shown by the given theorems, in order."""
    need(values.keys() <= variables, f"{name} has no such metavariable as {[v for v in values if v not in variables]!r}")
    need(len(given) == len(premises), f"{name} has {len(premises)} premises, {len(given)} are given")
    for p, premise in zip(given, premises, strict=True):
        wanted = substitute(premise, values)
        need(p.conclusion is wanted, f"{name} needs {wanted!r}, and {p.conclusion!r} is given")
    return follows(substitute(conclusion, values), given)


# --- metavariables ------------------------------------------------------------------------------------------------------------------

n, k, d, p = (var(name, N) for name in "nkdp")
a, b, z = (var(name, Z) for name in "abz")
s, t, q, r, c = (var(name, R) for name in "stqrc")
A, B = var("A", FORM), var("B", FORM)
VEC = make("vec", d)
u, v, w, x = (var(name, VEC) for name in "uvwx")
y = var("y", make("vec", n))
M, S = var("M", make("mat", k, d)), var("S", make("mat", d, d))
TENSOR = make("vec", make("pow", d, p))
T, Q, TENSORS = var("T", TENSOR), var("Q", TENSOR), var("TENSORS", make("fn", N, TENSOR))
F, G = (var(name, make("fn", N, R)) for name in "FG")
f, g = (var(name, make("fn", VEC, R)) for name in "fg")
psi = var("psi", make("fn", R, R))
D, E = (var(name, make("set", VEC)) for name in "DE")
i, j = var("i", N), var("j", N)
RANGE, INDEX = make("range", a), make("range", n)
LINE, SPACE, NATURALS = whole(R), whole(VEC), whole(N)


def norm(vector: Node) -> Node:
    """‖v‖."""
    return make("norm", vector)


def dot(left: Node, right: Node) -> Node:
    """u·v."""
    return make("dot", left, right)


def of(head: str, *args: Node) -> Node:
    """A node of that head."""
    return make(head, *args)


def absolute(value: Node) -> Node:
    """|t|."""
    return make("abs", value)


# --- order and whole numbers --------------------------------------------------------------------------------------------------------

axiom("order", "of two numbers the first is smaller, or the second is at most it", make("or", lt(s, t), le(t, s)))
axiom("antisymmetry", "s ≤ t and t ≤ s give s = t", le(s, t), le(t, s), eq(s, t))
axiom("whole_step", "whole numbers a < b are at least 1 apart", lt(a, b), le(a + 1, b))
axiom("floor_below", "⌊t⌋ ≤ t", le(of("floor", t), t))
axiom("floor_above", "t < ⌊t⌋ + 1", lt(t, of("floor", t) + 1))
axiom("natural_of", "a whole number a ≥ 0 is natural", le(0, a), make("ex", NATURALS, bind("lam", [(i, N)], eq(i, a)).args[-1]))

# --- functions of numbers -----------------------------------------------------------------------------------------------------------

axiom("inverse_of_positive", "t (1/t) = 1 for t > 0", lt(0, t), eq(t * of("inv", t), 1))
axiom("inverse_of_negative", "t (1/t) = 1 for t < 0", lt(t, 0), eq(t * of("inv", t), 1))
axiom("inverse_positive", "1/t > 0 for t > 0", lt(0, t), lt(0, of("inv", t)))
axiom("inverse_nonnegative", "1/t ≥ 0 for t ≥ 0", le(0, t), le(0, of("inv", t)))
axiom("abs_above", "t ≤ |t|", le(t, absolute(t)))
axiom("abs_of_nonnegative", "|t| = t for t ≥ 0", le(0, t), eq(absolute(t), t))
axiom("abs_of_nonpositive", "|t| = −t for t ≤ 0", le(t, 0), eq(absolute(t), -t))
axiom("root_squared", "(√t)² = t for t ≥ 0", le(0, t), eq(of("sqrt", t) * of("sqrt", t), t))
axiom("root_of_nonpositive", "√t = 0 for t ≤ 0", le(t, 0), eq(of("sqrt", t), 0))
axiom("root_increases", "√s ≤ √t for s ≤ t", le(s, t), le(of("sqrt", s), of("sqrt", t)))
axiom("max_left", "s ≤ max(s, t)", le(s, of("max", s, t)))
axiom("max_right", "t ≤ max(s, t)", le(t, of("max", s, t)))
axiom("max_is_right", "max(s, t) = t for s ≤ t", le(s, t), eq(of("max", s, t), t))
axiom("min_left", "min(s, t) ≤ s", le(of("min", s, t), s))
axiom("min_right", "min(s, t) ≤ t", le(of("min", s, t), t))
axiom("min_is_left", "min(s, t) = s for s ≤ t", le(s, t), eq(of("min", s, t), s))
axiom("exp_positive", "e^t > 0", lt(0, of("exp", t)))
axiom("exp_increases", "e^s ≤ e^t for s ≤ t", le(s, t), le(of("exp", s), of("exp", t)))
axiom("exp_tangent", "1 + t ≤ e^t", le(t + 1, of("exp", t)))
axiom("exp_of_log", "e^(log t) = t for t > 0", lt(0, t), eq(of("exp", of("log", t)), t))
axiom("log_of_exp", "log e^t = t", eq(of("log", of("exp", t)), t))
axiom("log_increases", "log s ≤ log t for 0 < s ≤ t", lt(0, s), le(s, t), le(of("log", s), of("log", t)))
axiom("log_of_nonpositive", "log t = 0 for t ≤ 0", le(t, 0), eq(of("log", t), 0))
axiom("log_product", "log st = log s + log t for s, t > 0", lt(0, s), lt(0, t), eq(of("log", s * t), of("log", s) + of("log", t)))
axiom("asin_nonnegative", "arcsin t ≥ 0 for t ≥ 0", le(0, t), le(0, of("asin", t)))
axiom("asin_below", "arcsin t ≤ π/2", le(of("asin", t), of("pi") * num("1/2")))
axiom("asin_odd", "arcsin(−t) = −arcsin t", eq(of("asin", -t), -of("asin", t)))
axiom("pow_as_exp", "t^q = e^(q log t) for t > 0", lt(0, t), eq(of("pow", t, q), of("exp", q * of("log", t))))
axiom("pow_positive", "t^q > 0 for t > 0", lt(0, t), lt(0, of("pow", t, q)))
axiom("pow_nonnegative", "t^q ≥ 0 for t ≥ 0", le(0, t), le(0, of("pow", t, q)))
axiom("pow_add", "t^(q+r) = t^q t^r for t > 0", lt(0, t), eq(of("pow", t, q + r), of("pow", t, q) * of("pow", t, r)))
axiom("pow_add_whole", "t^(a+b) = t^a t^b for whole a, b ≥ 0", le(0, a), le(0, b),
      eq(of("pow", t, a + b), of("pow", t, a) * of("pow", t, b)))
axiom("pow_product", "(st)^q = s^q t^q for s, t ≥ 0", le(0, s), le(0, t), eq(of("pow", s * t, q), of("pow", s, q) * of("pow", t, q)))
axiom("pow_product_whole", "(st)^a = s^a t^a for whole a", eq(of("pow", s * t, a), of("pow", s, a) * of("pow", t, a)))
axiom("pow_power", "(t^q)^r = t^(qr) for t > 0", lt(0, t), eq(of("pow", of("pow", t, q), r), of("pow", t, q * r)))
axiom("pow_negative", "t^(−q) = 1/t^q", eq(of("pow", t, -q), of("inv", of("pow", t, q))))
axiom("pow_of_one", "1^q = 1", eq(of("pow", num(1), q), 1))
axiom("pow_of_zero", "0^q = 0 for q > 0", lt(0, q), eq(of("pow", num(0), q), 0))
axiom("pow_increases", "s^q ≤ t^q for 0 ≤ s ≤ t and q ≥ 0", le(0, s), le(s, t), le(0, q), le(of("pow", s, q), of("pow", t, q)))
axiom("pow_grows", "t^q ≤ t^r for t ≥ 1 and q ≤ r", le(1, t), le(q, r), le(of("pow", t, q), of("pow", t, r)))
axiom("pow_shrinks", "t^r ≤ t^q for 0 < t ≤ 1 and q ≤ r", lt(0, t), le(t, 1), le(q, r), le(of("pow", t, r), of("pow", t, q)))
axiom("factorial_of_zero", "0! = 1", eq(of("fact", num(0)), 1))
axiom("factorial_next", "(n+1)! = (n+1) n!", eq(of("fact", n + 1), (n + 1) * of("fact", n)))
axiom("indicator_true", "an indicator is 1 where its formula holds", A, eq(of("ind", A), 1))
axiom("indicator_false", "an indicator is 0 where its formula does not hold", implies(A, FALSE), eq(of("ind", A), 0))

# --- sets ---------------------------------------------------------------------------------------------------------------------------

axiom("range_low", "elements of {1, …, n} are at least 1", member(i, RANGE), le(1, i))
axiom("range_high", "elements of {1, …, n} are at most n", member(i, RANGE), le(i, a))
axiom("in_range", "1 ≤ i ≤ n puts i into {1, …, n}", le(1, i), le(i, a), member(i, RANGE))
axiom("interval_low", "elements of [s, t] are at least s", member(q, of("interval", s, t)), le(s, q))
axiom("interval_high", "elements of [s, t] are at most t", member(q, of("interval", s, t)), le(q, t))
axiom("in_interval", "s ≤ q ≤ t puts q into [s, t]", le(s, q), le(q, t), member(q, of("interval", s, t)))
axiom("on_sphere", "points of the sphere have norm 1", member(u, of("sphere", d)), eq(norm(u), 1))
axiom("in_sphere", "‖u‖ = 1 puts u on the sphere", eq(norm(u), 1), member(u, of("sphere", d)))
axiom("on_ball", "points of the ball have norm at most its radius", member(u, of("ball", d, r)), le(norm(u), r))
axiom("in_ball", "‖u‖ ≤ r puts u into the ball", le(norm(u), r), member(u, of("ball", d, r)))
axiom("signs_square", "signs are ±1", member(y, of("signs", n)), member(i, INDEX), eq(y[i] * y[i], 1))
axiom("in_signs", "y_i² = 1 for all i makes y a vector of signs", forall(eq(y[i] * y[i], 1), (i, INDEX)), member(y, of("signs", n)))
X = var("X", make("mat", n, d))
axiom("sphere_rows_unit", "rows on the sphere have norm 1, for d ≥ 1", le(1, d),
      member(X, of("sphererows", n, d)), member(i, INDEX), eq(norm(X[i]), 1))
axiom("circle_low", "positions on the circle are at least 0", member(y, of("circle", n)), member(i, INDEX), le(0, y[i]))
axiom("circle_high", "positions on the circle are less than 1", member(y, of("circle", n)), member(i, INDEX), lt(y[i], 1))

# --- sums ---------------------------------------------------------------------------------------------------------------------------

axiom("sum_below", "sums keep termwise inequalities", forall(le(F(i), G(i)), (i, RANGE)),
      le(total(F(i), (i, RANGE)), total(G(i), (i, RANGE))))
axiom("table_entry", "the entries of a table", member(i, INDEX), eq(bind("table", [(j, INDEX)], F(j))[i], F(i)))
axiom("vector_by_entries", "vectors with the same entries are equal", forall(eq(u[i], v[i]), (i, make("range", d))), eq(u, v))
axiom("vector_is_table", "a vector is the table of its entries", eq(bind("table", [(j, INDEX)], y[j]), y))

# --- vectors and matrices -----------------------------------------------------------------------------------------------------------

axiom("direction", "w = ‖w‖ e for the direction e of w", eq(w, make("smul", norm(w), of("dir", w))))
axiom("direction_unit", "directions have norm 1, for d ≥ 1", le(1, d), eq(norm(of("dir", w)), 1))
axiom("kernel_vector", "Me = 0 for the vector e of the kernel of M", eq(of("matvec", S, of("kernelvec", S)), make("zero", VEC)))
axiom("kernel_vector_length", "that vector has norm 1 or 0", eq(norm(of("kernelvec", S)) * (num(1) - norm(of("kernelvec", S))), 0))
axiom("kernel_vector_unit", "it has norm 1 as soon as Mv = 0 for some v ≠ 0", eq(of("matvec", S, v), make("zero", VEC)),
      eq(norm(v) * (num(1) - norm(of("kernelvec", S))), 0))
axiom("matrix_product_entries", "Mv·w = Σ_l (M_l·v) w_l", eq(
    dot(of("matvec", M, v), var("e", make("vec", k))), total(dot(M[i], v) * var("e", make("vec", k))[i], (i, make("range", k)))))
axiom("symmetric_swap", "u·Sv = Su·v for symmetric S", of("symmetric", S), eq(dot(u, of("matvec", S, v)), dot(of("matvec", S, u), v)))
axiom("is_symmetric", "S is symmetric if u·Sv = Su·v for all u, v",
      forall(eq(dot(u, of("matvec", S, v)), dot(of("matvec", S, u), v)), (u, SPACE), (v, SPACE)), of("symmetric", S))
axiom("psd_symmetric", "a positive semidefinite matrix is symmetric", of("psd", S), of("symmetric", S))
axiom("psd_form", "its form is nonnegative", of("psd", S), le(0, dot(u, of("matvec", S, u))))
axiom("is_psd", "a symmetric matrix with a nonnegative form is positive semidefinite", of("symmetric", S),
      forall(le(0, dot(u, of("matvec", S, u))), (u, SPACE)), of("psd", S))
axiom("operator_norm", "‖Mv‖ ≤ ‖M‖_op ‖v‖", le(norm(of("matvec", M, v)), of("opnorm", M) * norm(v)))
axiom("operator_norm_least", "‖M‖_op is the least such number", le(0, c),
      forall(le(norm(of("matvec", M, v)), c * norm(v)), (v, SPACE)), le(of("opnorm", M), c))
U = var("U", make("fn", N, VEC))
PRODUCT = bind("tprod", [(i, make("range", p))], U(i))
axiom("injective_norm", "|⟨T, u_1⊗…⊗u_p⟩| ≤ ‖T‖_op for unit vectors", forall(eq(norm(U(i)), 1), (i, make("range", p))),
      le(absolute(dot(T, PRODUCT)), of("injnorm", T, d, p)))
axiom("injective_norm_dual", "⟨T, R⟩ ≤ ‖T‖_* ‖R‖_op, the nuclear norm being dual to the injective one, for d ≥ 1", le(1, d),
      le(dot(T, Q), of("tensornuc", T, d, p) * of("injnorm", Q, d, p)))
axiom("nuclear_norm_least", "‖T‖_* is the least such number", le(0, c),
      forall(le(dot(T, Q), c * of("injnorm", Q, d, p)), (Q, whole(TENSOR))), le(of("tensornuc", T, d, p), c))


def slot(value: Node) -> Node:
    """U_1⊗…⊗U_p with the factor number j replaced by the value."""
    here = of("ind", eq(i, j))
    return bind("tprod", [(i, make("range", p))], make("smul", num(1) - here, U(i)) + make("smul", here, value))


axiom("tensor_product_linear", "u_1⊗…⊗u_p is linear in each factor", member(j, make("range", p)),
      eq(slot(make("smul", c, u) + v), make("smul", c, slot(u)) + slot(v)))
axiom("power_symmetric", "v^{⊗p} does not change when indices are permuted", of("symmetrictensor", of("tpow", v, p), d, p))
axiom("symmetric_combination", "combinations of symmetric tensors are symmetric",
      forall(of("symmetrictensor", TENSORS(i), d, p), (i, RANGE)),
      of("symmetrictensor", total(make("smul", F(i), TENSORS(i)), (i, RANGE)), d, p))
axiom("eigenvalues_none", "λ_1 + … + λ_r = 0 for r ≤ 0", le(a, 0), eq(of("eigsum", S, a), 0))

# --- functions ----------------------------------------------------------------------------------------------------------------------

LIP = of("lip", f, D)


def slope(function: Node, constant: Node, domain: Node) -> Node:
    """|f(u) − f(v)| ≤ c‖u − v‖ for all u, v in the domain."""
    return forall(le(absolute(function(u) - function(v)), constant * norm(u - v)), (u, domain), (v, domain))


axiom("lip_bound", "|f(u) − f(v)| ≤ Lip(f)‖u − v‖ on D, for f Lipschitz on D", of("lipschitz", f, D), member(u, D), member(v, D),
      le(absolute(f(u) - f(v)), LIP * norm(u - v)))
axiom("lip_least", "Lip(f) is the least such number", le(0, c), slope(f, c, D), le(LIP, c))
axiom("is_lipschitz", "f is Lipschitz if there is such a number", slope(f, c, D), of("lipschitz", f, D))
axiom("lip_equal", "functions that agree on D have one Lipschitz constant there", forall(eq(f(u), g(u)), (u, D)), eq(LIP, of("lip", g, D)))
axiom("lipschitz_equal", "functions that agree on D are Lipschitz there together", forall(eq(f(u), g(u)), (u, D)), of("lipschitz", f, D),
      of("lipschitz", g, D))

axiom("taylor", "ψ(s + t) = ψ(s) + Σ_{i≤p} t^i ψ^{(i)}(s)/i! for polynomials of degree at most p", of("polynomial", psi, p),
      eq(psi(s + t), psi(s) + total(of("pow", t, i) * of("taylor", psi, s, i), (i, make("range", p)))))

# --- means over signs ---------------------------------------------------------------------------------------------------------------

H = var("H", make("fn", make("vec", n), R))
e = var("e", make("vec", n))
SIGNS = of("signs", n)
flipped = bind("table", [(i, INDEX)], e[i] * y[i])
axiom("signs_flip", "the law of uniform signs does not change when some of them are flipped", member(e, SIGNS),
      eq(bind("expect", [(y, SIGNS)], H(y)), bind("expect", [(y, SIGNS)], H(flipped))))

# --- ReLU networks in canonical form ------------------------------------------------------------------------------------------------

shifts = var("e", make("vec", k))
axiom("oriented_point", "hyperplanes in oriented form leave a point of the open unit ball on the negative side of all",
      of("oriented", M, shifts), bind("ex", [(x, SPACE)], of("and", lt(norm(x), 1), forall(lt(dot(M[i], x) + shifts[i], 0),
                                                                                          (i, make("range", k))))))
axiom("oriented_meets", "each of them meets the open unit ball", of("oriented", M, shifts), member(i, make("range", k)),
      bind("ex", [(x, SPACE)], of("and", lt(norm(x), 1), eq(dot(M[i], x) + shifts[i], 0))))
axiom("oriented_distinct", "of two of them one has a point that the other has not", of("oriented", M, shifts),
      member(i, make("range", k)), member(j, make("range", k)), lt(i, j),
      bind("ex", [(x, SPACE)], of("or", of("and", eq(dot(M[i], x) + shifts[i], 0), lt(0, absolute(dot(M[j], x) + shifts[j]))),
                                        of("and", eq(dot(M[j], x) + shifts[j], 0), lt(0, absolute(dot(M[i], x) + shifts[i]))))))

# --- points of a kink that are clear of other kinks ---------------------------------------------------------------------------------

BALL, SPHERE = of("ball", d, r), of("sphere", d)
ROWS = make("range", k)


def off_all(point: Node) -> Node:
    """The point lies on none of the kinks M_i·x + e_i = 0."""
    return forall(lt(0, absolute(dot(M[i], point) + shifts[i])), (i, ROWS))


def on_kink(point: Node) -> Node:
    """The point lies on the kink u·x + t = 0."""
    return eq(dot(u, point) + t, 0)


def clear(head: str, domain: Node) -> Node:
    """The chosen point, or its clearance."""
    return of(head, u, t, M, shifts, domain)


IN_BALL, ON_SPHERE, ANY = (clear("clearpoint", domain) for domain in (BALL, SPHERE, D))
axiom("clear_point_ball", "the chosen point of a kink in a ball is off the other kinks and inside, where there is such a point",
      lt(norm(x), r), on_kink(x), off_all(x), of("and", lt(norm(IN_BALL), r), on_kink(IN_BALL), off_all(IN_BALL)))
axiom("clear_point_sphere", "the chosen point of a kink on the sphere is off the other kinks, where there is such a point",
      eq(norm(x), 1), on_kink(x), off_all(x), of("and", eq(norm(ON_SPHERE), 1), on_kink(ON_SPHERE), off_all(ON_SPHERE)))
axiom("clearance_small", "a clearance is at most 1/2", le(clear("clearance", D) * 2, 1))
axiom("clearance_below", "a clearance is at most half of each |w_ℓ·p + b_ℓ|", member(i, ROWS),
      le(clear("clearance", D) * 2, absolute(dot(M[i], ANY) + shifts[i])))
axiom("clearance_in_ball", "in a ball it is at most (r² − ‖p‖²)/4r", lt(0, r), le(norm(IN_BALL), r),
      le(clear("clearance", BALL) * r * 4, r * r - norm(IN_BALL) * norm(IN_BALL)))
axiom("clearance_positive_ball", "it is positive where the chosen point is off the other kinks and inside the ball",
      lt(norm(IN_BALL), r), off_all(IN_BALL), lt(0, clear("clearance", BALL)))
axiom("clearance_positive_sphere", "it is positive where the chosen point is off the other kinks", off_all(ON_SPHERE),
      lt(0, clear("clearance", SPHERE)))
