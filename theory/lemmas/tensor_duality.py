"""Norms by duality: Euclidean and nuclear norm as suprema, and tails of the norms of Rademacher sums of vectors and of powers."""

from __future__ import annotations

from theory.lemmas import rules, spectra
from theory.lemmas.build import F, V, d, derived, i, n, ours, textbook, u, w
from theory.lemmas.derivations import multilinear, numbers, sums
from theory.lemmas.processes import convex_concentration, rademacher_norm
from theory.lemmas.tensors import T, p
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
               Abs,
               Expect,
               Implies,
               Outer,
               Prob,
               Signs,
               Space,
               Sphere,
               Sum,
               Sup,
               Symbol,
               VectorSymbol,
               bounded_above,
               dot,
               eigenvalue_sum,
               eq,
               exp,
               forall,
               ge,
               le,
               norm,
               sqrt,
)
from theory.terms.linear import Direction
from theory.terms.tensors import TensorPower, TensorSymbol, injective_norm, tensor_nuclear_norm

R = TensorSymbol("R", d, p)
bound, level = Symbol("bound", nonnegative=True), Symbol("s", nonnegative=True)
y = VectorSymbol("y", n)
SIGNS, DIRECTION = (y, Signs(n)), (u, Sphere(d))

tensor_nuclear = derived("rule.tensor_nuclear", "definition of the nuclear norm, the dual of the injective norm",
                         le(dot(T, R), tensor_nuclear_norm(T) * injective_norm(R)), [], multilinear.nuclear)
tensor_nuclear_least = derived("rule.tensor_nuclear_least", "the nuclear norm is the least such constant",
                               le(tensor_nuclear_norm(T), bound), [forall(le(dot(T, R), bound * injective_norm(R)), (R, Space(d**p)))],
                               multilinear.nuclear_least)

base, low, high = Symbol("base", positive=True), Symbol("low", real=True), Symbol("high", real=True)
power_le = derived("rule.power_le", "t^a ≤ t^b for t ≥ 1 and a ≤ b", le(base**low, base**high), [le(1, base), le(low, high)],
                   numbers.power_le)
only_term = derived("rule.only_term", "a sum of one term is that term", eq(Sum(F(i), (i, n)), F(n)), [eq(n, 1)], sums.only_term)

# A maximal 1/(2p)-separated set of the sphere has at most (1 + 4p)^d points.  A symmetric form of degree p and norm ‖Z‖ changes by at
# most p‖u − v‖‖Z‖ ≤ ‖Z‖/2 from a unit vector u to the nearest v of the set, so its largest value on the set is at least ‖Z‖/2.
tau, delta = Symbol("tau", real=True), Symbol("delta", real=True)
form_net = textbook(
    "lemma.form_net", "|Σ y_i (u·v_i)^p| ≤ τ at each unit u, but for a probability δ: ‖·‖_op ≤ 2τ, by a net of (1 + 4p)^d points",
    Source("V", "Corollary 4.2.13 and Exercise 4.4.3, for symmetric forms with Banach's theorem"),
    ge(Prob(le(injective_norm(Sum(y[i] * TensorPower(V(i), p), (i, n))), 2 * tau), SIGNS), 1 - (1 + 4 * p) ** d * delta),
    [forall(ge(Prob(le(Abs(Sum(y[i] * dot(u, V(i)) ** p, (i, n))), tau), SIGNS), 1 - delta), DIRECTION)])

norm_sup = ours(
    "lemma.norm_sup", "‖w‖ is at most the supremum of u·w over unit vectors u", le(norm(w), Sup(dot(u, w), DIRECTION)), [],
    proof(
        step("direction", eq(dot(w, w), norm(w) * dot(Direction(w), w)), by=rules.direction),
        step("unit", eq(norm(Direction(w)), 1), by=rules.direction_unit),
        step("square", eq(norm(w) ** 2, dot(w, w)), by="algebra"),
        step("unit vectors", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
        step("angle", forall(le(dot(u, w), norm(u) * norm(w)), DIRECTION), by=rules.cauchy),
        step("short", forall(le(dot(u, w), norm(w)), DIRECTION), by="linear", using=("angle", "unit vectors")),
        step("bounded", bounded_above(Sup(dot(u, w), DIRECTION)), by=rules.sup_bounded.at(bound=norm(w)), using="short"),
        step("value", le(dot(Direction(w), w), Sup(dot(u, w), DIRECTION)), by=rules.sup_ge, using=("bounded", "unit")),
        step("Cauchy", le(-dot(Direction(w), w), norm(-Direction(w)) * norm(w)), by=rules.cauchy),
        step("at least", le(norm(w), dot(Direction(w), w)), by="polynomial", using=("direction", "square", "unit", "Cauchy")),
        step("bound", le(norm(w), Sup(dot(u, w), DIRECTION)), by="linear", using=("at least", "value")),
    ),
)

total = Sum(y[i] * V(i), (i, n))
linear = Sup(Sum(y[i] * dot(u, V(i)), (i, n)), DIRECTION)
LARGEST = eigenvalue_sum(Sum(Outer(V(i)), (i, n)), 1)
mean, deviation = sqrt(Sum(norm(V(i)) ** 2, (i, n))), sqrt(LARGEST) * sqrt(8 * level)

rademacher_norm_tail = ours(
    "lemma.rademacher_norm_tail", "P(‖Σ y_i v_i‖ ≤ √(Σ‖v_i‖²) + √(8λs)) ≥ 1 − e^{−s} for random signs, λ = λ_max(Σ v_i v_iᵀ)",
    ge(Prob(le(norm(total), mean + deviation), SIGNS), 1 - exp(-level)), [],
    proof(
        step("unit", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
        step("inner", forall(le(Sum(y[i] * dot(u, V(i)), (i, n)), norm(u) * norm(total)), SIGNS, DIRECTION), by=rules.cauchy),
        step("inner unit", forall(le(Sum(y[i] * dot(u, V(i)), (i, n)), norm(total)), SIGNS, DIRECTION), by="linear",
             using=("inner", "unit")),
        step("at most", forall(le(linear, norm(total)), SIGNS), by=rules.sup_le, using="inner unit"),
        step("at least", forall(le(norm(total), linear), SIGNS), by=norm_sup),
        step("mean of it", le(Expect(linear, SIGNS), Expect(norm(total), SIGNS)), by=rules.expect_le, using="at most"),
        step("mean", le(Expect(norm(total), SIGNS), mean), by=rademacher_norm),
        step("Rayleigh", forall(le(Sum(dot(u, V(i)) ** 2, (i, n)), LARGEST), DIRECTION), by=spectra.rayleigh, using="unit"),
        step("spread", forall(le(Sum(dot(u, V(i)) ** 2, (i, n)), sqrt(LARGEST) ** 2), DIRECTION), by="linear", using="Rayleigh"),
        step("tail", ge(Prob(le(linear, Expect(linear, SIGNS) + deviation), SIGNS), 1 - exp(-level)), by=convex_concentration,
             using="spread"),
        step("weaken", forall(Implies(le(linear, Expect(linear, SIGNS) + deviation), le(norm(total), mean + deviation)), SIGNS),
             by="linear", using=("at least", "mean of it", "mean")),
        step("bound", ge(Prob(le(norm(total), mean + deviation), SIGNS), 1 - exp(-level)), by=rules.prob_implies,
             using=("tail", "weaken")),
    ),
)
