"""Powers: the forms x ↦ ⟨T, x^{⊗p}⟩ along a segment and along a ray, and sums of powers of linear forms."""

from __future__ import annotations

from typing import Any

from sympy import Rational

from theory.lemmas import rules
from theory.lemmas.build import F, G, V, d, derived, i, j, m, n, ours, t, u, w, x, x_
from theory.lemmas.derivations import geometry, indicators, multilinear, numbers, probability, short_factors, small_steps, sums, suprema
from theory.proof import proof, step
from theory.terms import (
    Abs,
    And,
    Ball,
    Indicator,
    Prob,
    Range,
    Signs,
    Sphere,
    Sum,
    Symbol,
    Vector,
    VectorSymbol,
    dot,
    eq,
    forall,
    ge,
    index,
    le,
    lt,
    member,
    norm,
    replace,
    zero,
)
from theory.terms.linear import Direction
from theory.terms.schema import Event, VectorFamily
from theory.terms.sets import Interval
from theory.terms.tensors import TensorPower, TensorSymbol, injective_norm, symmetric_tensor, tensor_product

p = Symbol("p", integer=True, positive=True)
c, low, high = (Symbol(name, real=True) for name in ("c", "low", "high"))
L = Symbol("L", nonnegative=True)
q, s = index("q"), index("s")
T, U = TensorSymbol("T", d, p), VectorFamily("U", d)
BALL, SPHERE = Ball(d), Sphere(d)
A, y, delta = Event("A"), VectorSymbol("y", n), Symbol("delta", nonnegative=True)

# --- definitions -----------------------------------------------------------------------------------------------------------------

on_ball = derived("rule.on_ball", "definition of the unit ball", forall(le(norm(u), 1), (u, BALL)), [], suprema.membership("on_ball"))
between = derived("rule.between", "definition of an interval", forall(And(le(low, t), le(t, high)), (t, Interval(low, high))),
                  [], suprema.between)
direction_vector = derived("rule.direction_vector", "definition of the direction of a vector", eq(w, norm(w) * Direction(w)),
                           [], geometry.direction_vector)
tensor_power_scaled = derived("rule.tensor_power_scaled", "(cx)^{⊗p} = c^p x^{⊗p}, by definition of the tensor power",
                              eq(dot(T, TensorPower(c * x, p)), c**p * dot(T, TensorPower(x, p))), [], numbers.by_computation)
powers_symmetric = derived("rule.powers_symmetric", "a combination of powers x_i^{⊗p} does not change when indices are permuted",
                           symmetric_tensor(Sum(F(i) * TensorPower(V(i), p), (i, n))), [], multilinear.powers_symmetric)
cauchy_abs = derived("rule.cauchy_abs", "Cauchy–Schwarz for the inner product, the definition of the angle",
                     le(Abs(dot(x, x_)), norm(x) * norm(x_)), [], geometry.cauchy_abs)
trichotomy = derived("rule.trichotomy", "of two indices one is smaller, or they are equal",
                     eq(Indicator(lt(s, q)) + Indicator(eq(s, q)) + Indicator(lt(q, s)), 1), [], indicators.trichotomy)
indicator_square = derived("rule.indicator_square", "an indicator is 0 or 1", eq(Indicator(eq(s, q)) ** 2, Indicator(eq(s, q))),
                           [], numbers.by_computation)
kronecker = derived("rule.kronecker", "Σ_i 1{i = j} t_i = t_j", eq(Sum(Indicator(eq(i, j)) * F(i), (i, n)), F(j)), [member(j, Range(n))],
                    sums.by_kronecker)
union_bound = derived("rule.union_bound", "union bound: m events hold together but for the sum of their failure probabilities",
                      ge(Prob(forall(A(i, y), (i, Range(m))), (y, Signs(n))), 1 - m * delta),
                      [forall(ge(Prob(A(i, y), (y, Signs(n))), 1 - delta), (i, Range(m)))], probability.union_bound)

# --- along a segment and along a ray ---------------------------------------------------------------------------------------------


def before(index: Any, place: Any) -> Any:
    """1{s < q}."""
    return Indicator(lt(index, place))


def slots(start: Vector, end: Vector, changed: Vector) -> Any:
    """The factor number s of x^{⊗(q−1)} ⊗ w ⊗ v^{⊗(p−q)}, for x = start, v = end, w = changed."""
    return before(s, q) * start + Indicator(eq(s, q)) * changed + (1 - before(s, q) - Indicator(eq(s, q))) * end


def power_change(tensor: Vector, start: Vector, end: Vector, changed: Vector, order: Any) -> Any:
    """Σ_q ⟨T, x^{⊗(q−1)} ⊗ w ⊗ v^{⊗(p−q)}⟩."""
    return Sum(dot(tensor, tensor_product(slots(start, end, changed), (s, order))), (q, order))


def product_of(factor: Vector) -> Any:
    """⟨T, ⊗_s factor⟩."""
    return dot(T, tensor_product(factor, (s, p)))


def mixed(place: Any) -> Any:
    """The factor number s of x^{⊗(q−1)} ⊗ v^{⊗(p−q+1)}, for q = place."""
    return before(s, place) * x + (1 - before(s, place)) * x_


FACTORS, AT_Q = (s, Range(p)), Indicator(eq(s, q))
B, Y, Z = (VectorFamily(name, d) for name in "BYZ")
telescope = derived("rule.telescope", "a sum of differences of neighbours", eq(Sum(F(i + 1) - F(i), (i, n)), F(n + 1) - F(1)),
                    [], sums.telescope)
successor = derived("rule.successor", "s < q + 1 means s < q or s = q", eq(before(s, q + 1), before(s, q) + Indicator(eq(s, q))),
                    [], indicators.successor)
itself = derived("rule.itself", "q = q, and not q < q", And(eq(Indicator(eq(q, q)), 1), eq(before(q, q), 0)), [], indicators.itself)
not_before_first = derived("rule.not_before_first", "no index is less than 1", eq(before(s, 1), 0), [], indicators.not_before_first)
within_range = derived("rule.within_range", "an index up to p is less than p + 1", forall(eq(before(s, p + 1), 1), FACTORS),
                       [], indicators.within_range)
tensor_power = derived("rule.tensor_power", "definition of the tensor power", eq(product_of(U(s)), dot(T, TensorPower(x, p))),
                       [forall(eq(U(s), x), FACTORS)], multilinear.equal_factors)
multilinear = derived(
    "rule.multilinear", "the tensor product is linear in the factor number q: here B_s + 1{s = q}·(x, v or w), with x − v = cw and B_q = 0",
    eq(product_of(U(s)) - product_of(Y(s)), c * product_of(Z(s))),
    [forall(eq(U(s), B(s) + AT_Q * x), FACTORS), forall(eq(Y(s), B(s) + AT_Q * x_), FACTORS), forall(eq(Z(s), B(s) + AT_Q * w), FACTORS),
     eq(x - x_, c * w), eq(B(q), zero(d)), member(q, Range(p))], multilinear.multilinear)
sum_equal = derived("rule.sum_equal", "termwise equality of sums", eq(Sum(F(i), (i, n)), Sum(G(i), (i, n))),
                    [forall(eq(F(i), G(i)), (i, Range(n)))], sums.equal_sums)

rest = before(s, q) * x + (1 - before(s, q) - AT_Q) * x_
ONE_STEP = eq(product_of(mixed(q + 1)) - product_of(mixed(q)), c * product_of(slots(x, x_, w)))
power_step = ours(
    "lemma.power_step", "⟨T, x^{⊗q} ⊗ v^{⊗(p−q)}⟩ − ⟨T, x^{⊗(q−1)} ⊗ v^{⊗(p−q+1)}⟩ = c ⟨T, x^{⊗(q−1)} ⊗ w ⊗ v^{⊗(p−q)}⟩ when x − v = cw",
    ONE_STEP, [eq(x - x_, c * w), member(q, Range(p))],
    proof(
        step("next", forall(eq(before(s, q + 1), before(s, q) + AT_Q), FACTORS), by=successor),
        step("before", forall(eq(mixed(q), rest + AT_Q * x_), FACTORS), by="algebra"),
        step("after", forall(eq(mixed(q + 1), rest + AT_Q * x), FACTORS), by="algebra", using="next"),
        step("there", forall(eq(slots(x, x_, w), rest + AT_Q * w), FACTORS), by="algebra"),
        step("itself", And(eq(Indicator(eq(q, q)), 1), eq(before(q, q), 0)), by=itself),
        step("nothing", eq(replace(rest, {s: q}), zero(d)), by="algebra", using="itself"),
        step("law", ONE_STEP, by=multilinear.at(B=lambda place: replace(rest, {s: place}), c=c, q=q, w=w, x=x, **{"x'": x_}),
             using=("h1", "h2", "after", "before", "there", "nothing")),
    ),
)
power_difference = ours(
    "lemma.power_difference", "⟨T, x^{⊗p}⟩ − ⟨T, v^{⊗p}⟩ = c Σ_q ⟨T, x^{⊗(q−1)} ⊗ w ⊗ v^{⊗(p−q)}⟩ when x − v = cw",
    eq(dot(T, TensorPower(x, p)) - dot(T, TensorPower(x_, p)), c * power_change(T, x, x_, w, p)), [eq(x - x_, c * w)],
    proof(
        step("one step", forall(ONE_STEP, (q, Range(p))), by=power_step, using="h1"),
        step("steps", eq(Sum(product_of(mixed(q + 1)) - product_of(mixed(q)), (q, p)), Sum(c * product_of(slots(x, x_, w)), (q, p))),
             by=sum_equal, using="one step"),
        step("telescope", eq(Sum(product_of(mixed(q + 1)) - product_of(mixed(q)), (q, p)), product_of(mixed(p + 1)) - product_of(mixed(1))),
             by=telescope.at(F=lambda place: product_of(mixed(place)))),
        step("last", forall(eq(before(s, p + 1), 1), FACTORS), by=within_range),
        step("first", forall(eq(before(s, 1), 0), FACTORS), by=not_before_first),
        step("all x", forall(eq(mixed(p + 1), x), FACTORS), by="algebra", using="last"),
        step("all v", forall(eq(mixed(1), x_), FACTORS), by="algebra", using="first"),
        step("end", eq(product_of(mixed(p + 1)), dot(T, TensorPower(x, p))), by=tensor_power, using="all x"),
        step("start", eq(product_of(mixed(1)), dot(T, TensorPower(x_, p))), by=tensor_power, using="all v"),
        step("law", eq(dot(T, TensorPower(x, p)) - dot(T, TensorPower(x_, p)), c * power_change(T, x, x_, w, p)), by="linear",
             using=("steps", "telescope", "end", "start")),
    ),
)
injective_ball = derived(
    "lemma.injective_ball", "|⟨T, u_1⊗…⊗u_p⟩| ≤ ‖T‖_op for vectors of norm at most 1",
    le(Abs(dot(T, tensor_product(U(q), (q, p)))), injective_norm(T)), [forall(le(norm(U(q)), 1), (q, Range(p)))],
    short_factors.injective_ball)

# --- the slope of a form in the ball -----------------------------------------------------------------------------------------------

along = Direction(x - x_)
BEFORE, AFTER = before(s, q), 1 - before(s, q) - AT_Q
SLOTS, factor = ((q, Range(p)), FACTORS), slots(x, x_, along)
each = dot(T, tensor_product(factor, (s, p)))
CHANGE, NORM = power_change(T, x, x_, along, p), injective_norm(T)
DIFFERENCE = dot(T, TensorPower(x, p)) - dot(T, TensorPower(x_, p))
form_slope = ours(
    "lemma.form_slope", "|⟨T, x^{⊗p}⟩ − ⟨T, v^{⊗p}⟩| ≤ p‖T‖_op‖x − v‖ for x, v in the unit ball",
    le(Abs(DIFFERENCE), p * NORM * norm(x - x_)), [le(norm(x), 1), le(norm(x_), 1)],
    proof(
        step("along", eq(x - x_, norm(x - x_) * along), by=direction_vector),
        step("telescoping", eq(DIFFERENCE, norm(x - x_) * CHANGE), by=power_difference, using="along"),
        step("unit", eq(norm(along), 1), by=rules.direction_unit),
        step("one of three", forall(eq(BEFORE + AT_Q + Indicator(lt(q, s)), 1), *SLOTS), by=trichotomy),
        step("split", forall(le(norm(factor), norm(BEFORE * x + AT_Q * along) + norm(AFTER * x_)), *SLOTS), by=rules.norm_triangle),
        step("split again", forall(le(norm(BEFORE * x + AT_Q * along), norm(BEFORE * x) + norm(AT_Q * along)), *SLOTS),
             by=rules.norm_triangle),
        step("short", forall(le(norm(factor), 1), *SLOTS), by="polynomial",
             using=("h1", "h2", "unit", "one of three", "split", "split again")),
        step("term", forall(le(Abs(each), NORM), (q, Range(p))), by=injective_ball, using="short"),
        step("triangle", le(Abs(CHANGE), Sum(Abs(each), (q, p))), by=rules.triangle),
        step("terms", le(Sum(Abs(each), (q, p)), Sum(NORM, (q, p))), by=rules.sum_le, using="term"),
        step("slope", le(Abs(DIFFERENCE), p * NORM * norm(x - x_)), by="polynomial", using=("telescoping", "triangle", "terms")),
    ),
)

# --- the slope of a power ------------------------------------------------------------------------------------------------------------

power_slope = derived(
    "lemma.power_slope", "the derivative of t^p at 1 is p",
    le(p * c, L), [forall(le(c * (1 - t**p), L * (1 - t)), (t, Interval(Rational(1, 2), 1)))],
    small_steps.power_slope)
power_square = derived(
    "lemma.power_square", "|t|^p ≤ t² for |t| ≤ 1 and p ≥ 2",
    le(Abs(t**p), t**2), [le(Abs(t), 1), le(2, p)],
    small_steps.power_square)
