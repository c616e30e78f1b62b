"""Conjecture 1 on the sphere for bias-free ReLU networks with independent rows: n ≤ 2R√k Lip_S.

In opposite cells of the arrangement the gradients g_A and g_{A^c} are at most Lip_S, as both cells reach points at which the gradient is
tangent to the sphere, up to any error; only the cell where all neurons are active need not, and there f(x) − f(−x) = x·Σ a_ℓw_ℓ.  So
‖Σ ± a_ℓw_ℓ‖ ≤ 2 Lip_S for all signs.  With an affine part this is false.  Kind: lower.  Domain: sphere.

If Σ a_ℓt_ℓ = 0 for some positive t_ℓ (a has both signs, or is 0), or if a unit vector e is at right angles to all w_ℓ (k < d), the gradient
is tangent somewhere in that cell as well, up to any error.  Then no gradient is longer than Lip_S, and the law for independent rows holds
on the sphere: Σ z_i² ≤ Lip_S √(M² + kB₀²).
"""

from __future__ import annotations

from typing import Any

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.new_laws.relu import ENERGY, MOMENT, SIGNS, SIZES, SPREAD, M, independent, s, v
from theory.laws.setting import DATA, LIP_SPHERE, NEURONS, W, X, a, d, f, fits, i, k, l, labels, n, u, unit_rows, y, ybar, z
from theory.lemmas import rules, spectra
from theory.lemmas.activations import homogeneous_sup
from theory.lemmas.caps import scale_le
from theory.lemmas.cells import across, balanced, balanced_cells, bias_free, free_cells, signed_sum
from theory.lemmas.powers import cauchy_abs
from theory.lemmas.processes import second_moment
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    Expect,
    Sphere,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    bounded_above,
    dot,
    eq,
    forall,
    le,
    norm,
    relu,
    sqrt,
    zero,
)
from theory.terms.linear import Direction

SOURCE = Source("lawbook", "K2")
network = Hypothesis("network", bias_free, "on the sphere f is a sum of k ReLU neurons without biases")

PATH = Sum(Abs(a[l]) * norm(W[l]), (l, k))
R = Sup(Abs(Sum(y[i] * relu(dot(u, X[i])), (i, n))), (u, Sphere(d)))
signed = Sum(s[l] * a[l] * W[l], (l, k))
spread_out = zero(d) + Sum(s[l] * (a[l] * W[l]), (l, k))

energy_steps = (
    step("signs", forall(eq(s[l] ** 2, 1), SIGNS, NEURONS), by=rules.sign_square),
    step("opposite cells", forall(le(norm(signed), 2 * LIP_SPHERE), SIGNS), by=signed_sum, using=("network", "independent", "signs")),
    step("square", forall(le(norm(spread_out) ** 2, 4 * LIP_SPHERE**2), SIGNS), by="chain", using="opposite cells"),
    step("mean", le(Expect(norm(spread_out) ** 2, SIGNS), 4 * LIP_SPHERE**2), by=rules.expect_le_constant, using="square"),
    step("moment", eq(Expect(norm(spread_out) ** 2, SIGNS), norm(zero(d)) ** 2 + ENERGY), by=second_moment),
    step("energy", le(ENERGY, 4 * LIP_SPHERE**2), by="polynomial", using=("mean", "moment")),
)

x, c = VectorSymbol("x", d), Symbol("c", real=True)
affine = Hypothesis("network", forall(eq(f(x), c + dot(v, x) + Sum(a[l] * relu(dot(W[l], x)), (l, k))), (x, Sphere(d))),
                    "on the sphere f is an affine function plus k ReLU neurons without biases")

energy = Claim(
    id="k.sphere.energy", title="Energy of a bias-free ReLU network on the sphere", source=SOURCE, reading=Reading.OURS,
    domain=NormDomain.SPHERE, hypotheses=(network, independent), conclusion=le(ENERGY, 4 * LIP_SPHERE**2), proofs=(proof(*energy_steps),))

plain = Sum(y[i] * relu(dot(W[l], X[i])), (i, n))
law = Claim(
    id="k.sphere", title="Conjecture 1 on the sphere, bias-free and with independent rows", source=SOURCE, reading=Reading.OURS,
    domain=NormDomain.SPHERE, hypotheses=(fits, labels, unit_rows, network, independent), conclusion=le(n, 2 * R * sqrt(k) * LIP_SPHERE),
    proofs=(proof(
        *energy_steps,
        step("homogeneous", rules.RELU_HOMOGENEOUS, by=rules.relu_homogeneous),
        step("values", forall(eq(f(X[i]), Sum(a[l] * relu(dot(W[l], X[i])), (l, k))), DATA), by="instance", using=("network", "unit rows")),
        step("pairing", eq(Sum(y[i] * f(X[i]), (i, n)), n), by="sums", using=("fits", "labels")),
        step("exchange", eq(Sum(y[i] * f(X[i]), (i, n)), Sum(a[l] * plain, (l, k))), by="sums", using="values"),
        step("each", forall(le(Abs(plain), norm(W[l]) * R), NEURONS), by=homogeneous_sup, using="homogeneous"),
        step("weighted", forall(le(a[l] * plain, R * Abs(a[l]) * norm(W[l])), NEURONS), by="polynomial", using="each"),
        step("sum", le(Sum(a[l] * plain, (l, k)), Sum(R * Abs(a[l]) * norm(W[l]), (l, k))), by=rules.sum_le, using="weighted"),
        step("path", le(n, R * PATH), by="linear", using=("pairing", "exchange", "sum")),
        step("Cauchy", le(PATH, sqrt(k) * sqrt(ENERGY)), by=spectra.cauchy.at(F=lambda l: 1, G=lambda l: norm(a[l] * W[l]), n=k)),
        step("root", le(sqrt(ENERGY), 2 * LIP_SPHERE), by="polynomial", using="energy"),
        step("law", le(n, 2 * R * sqrt(k) * LIP_SPHERE), by="polynomial", using=("path", "Cauchy", "root")),
    ),),
    where={"R": R},
)

# --- every gradient at most Lip_S ----------------------------------------------------------------------------------------------------

MEAN = Sum(a[l] * W[l] / 2, (l, k))
DIRECTION, along = (u, Sphere(d)), Direction(W[l])
WIDTH = Abs(Sum(z(i) * Abs(dot(u, X[i])), (i, n)))
B, MASS = Sup(WIDTH, DIRECTION), Sum(Abs(z(i)) * norm(X[i]), (i, n))
RIGHT = LIP_SPHERE * sqrt(M**2 + k * B**2)
around_mean = MEAN + Sum(s[l] * (a[l] * W[l] / 2), (l, k))
bent = Sum(z(i) * Abs(dot(W[l], X[i])), (i, n))
bent_along = Sum(z(i) * Abs(dot(along, X[i])), (i, n))
ROOTS = (norm(MEAN), sqrt(ENERGY) / 2)

positive = Hypothesis("positive", balanced[0], "t_ℓ > 0")
balance = Hypothesis("balance", balanced[1], "Σ a_ℓt_ℓ = 0; there is such a t if a has both signs, as it must for labels of both signs")
orthogonal = Hypothesis("orthogonal", across[0], "e is at right angles to all w_ℓ")
unit = Hypothesis("unit", across[1], "e is a unit vector; there is such an e if k < d")


def relu_steps(gradient: Any, *more: str) -> tuple[Any, ...]:
    """Steps to Σ z_i² ≤ Lip_S √(M² + kB₀²), from a lemma that says that no gradient is longer than Lip_S."""
    return (
        step("signs", forall(eq(s[l] ** 2, 1), SIGNS, NEURONS), by=rules.sign_square),
        step("gradient", forall(le(norm(Sum((1 + s[l]) / 2 * a[l] * W[l], (l, k))), LIP_SPHERE), SIGNS), by=gradient,
             using=("network", "independent", "signs", *more)),
        step("square", forall(le(norm(around_mean) ** 2, LIP_SPHERE**2), SIGNS), by="chain", using="gradient"),
        step("mean", le(Expect(norm(around_mean) ** 2, SIGNS), LIP_SPHERE**2), by=rules.expect_le_constant, using="square"),
        step("moment", eq(Expect(norm(around_mean) ** 2, SIGNS), norm(MEAN) ** 2 + Sum(norm(a[l] * W[l] / 2) ** 2, (l, k))),
             by=second_moment),
        step("energy", le(4 * norm(MEAN) ** 2 + ENERGY, 4 * LIP_SPHERE**2), by="polynomial", using=("mean", "moment")),
        step("ReLU", rules.RELU_BY_ABS, by=rules.relu_abs),
        step("values", forall(eq(f(X[i]), Sum(a[l] * relu(dot(W[l], X[i])), (l, k))), DATA), by="instance", using=("network", "unit rows")),
        step("pairing", eq(Sum(z(i) * f(X[i]), (i, n)), SPREAD), by="sums", using="fits"),
        step("exchange", eq(Sum(z(i) * f(X[i]), (i, n)), dot(MEAN, MOMENT) + Sum(a[l] / 2 * bent, (l, k))), by="sums",
             using=("values", "ReLU")),
        step("split", forall(eq(dot(W[l], X[i]), norm(W[l]) * dot(along, X[i])), DATA, NEURONS), by=rules.direction),
        step("size", forall(eq(Abs(dot(W[l], X[i])), norm(W[l]) * Abs(dot(along, X[i]))), DATA, NEURONS), by="polynomial", using="split"),
        step("straight", forall(eq(bent, norm(W[l]) * bent_along), NEURONS), by="sums", using="size"),
        step("unit w", forall(eq(norm(along), 1), NEURONS), by=rules.direction_unit),
        step("sphere", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
        step("angle", forall(le(Abs(dot(u, X[i])), norm(u) * norm(X[i])), DIRECTION, DATA), by=cauchy_abs),
        step("short", forall(le(Abs(dot(u, X[i])), norm(X[i])), DIRECTION, DATA), by="linear", using=("angle", "sphere")),
        step("weight", forall(le(Abs(z(i)) * Abs(dot(u, X[i])), Abs(z(i)) * norm(X[i])), DIRECTION, DATA), by=scale_le.at(c=Abs(z(i))),
             using="short"),
        step("term", forall(le(Abs(z(i) * Abs(dot(u, X[i]))), Abs(z(i)) * norm(X[i])), DIRECTION, DATA), by="polynomial", using="weight"),
        step("triangle", forall(le(WIDTH, Sum(Abs(z(i) * Abs(dot(u, X[i]))), (i, n))), DIRECTION), by=rules.triangle),
        step("terms", forall(le(Sum(Abs(z(i) * Abs(dot(u, X[i]))), (i, n)), MASS), DIRECTION), by=rules.sum_le, using="term"),
        step("widths", forall(le(WIDTH, MASS), DIRECTION), by="linear", using=("triangle", "terms")),
        step("bounded", bounded_above(B), by=rules.sup_bounded.at(bound=MASS), using="widths"),
        step("width", forall(le(Abs(bent_along), B), NEURONS), by=rules.sup_ge, using=("bounded", "unit w")),
        step("each", forall(le(Abs(bent), norm(W[l]) * B), NEURONS), by="polynomial", using=("straight", "width")),
        step("weighted", forall(le(a[l] / 2 * bent, B / 2 * norm(a[l] * W[l])), NEURONS), by="polynomial", using="each"),
        step("sum", le(Sum(a[l] / 2 * bent, (l, k)), Sum(B / 2 * norm(a[l] * W[l]), (l, k))), by=rules.sum_le, using="weighted"),
        step("inner", le(dot(MEAN, MOMENT), norm(MEAN) * M), by=rules.cauchy),
        step("two parts", le(SPREAD, norm(MEAN) * M + B / 2 * SIZES), by="linear", using=("pairing", "exchange", "sum", "inner")),
        step("sizes", le(SIZES, sqrt(k) * sqrt(ENERGY)), by=spectra.cauchy.at(F=lambda l: 1, G=lambda l: norm(a[l] * W[l]), n=k)),
        step("roots", le(SPREAD, ROOTS[0] * M + ROOTS[1] * (sqrt(k) * B)), by="polynomial", using=("two parts", "sizes")),
        step("pair", le(ROOTS[0] * M + ROOTS[1] * (sqrt(k) * B), sqrt(ROOTS[0] ** 2 + ROOTS[1] ** 2) * sqrt(M**2 + (sqrt(k) * B) ** 2)),
             by=spectra.cauchy_pair),
        step("root", le(sqrt(ROOTS[0] ** 2 + ROOTS[1] ** 2), LIP_SPHERE), by="polynomial", using="energy"),
        step("steep", le(sqrt(ROOTS[0] ** 2 + ROOTS[1] ** 2) * sqrt(M**2 + (sqrt(k) * B) ** 2), RIGHT), by="chain", using="root"),
        step("law", le(SPREAD, RIGHT), by="linear", using=("roots", "pair", "steep")),
    )


NAMES = {"ȳ": ybar, "B₀": B, "M": M}
both_signs = Claim(
    id="k.sphere.relu", title="The law for independent ReLU neurons on the sphere, outer weights of both signs", source=SOURCE,
    reading=Reading.OURS, domain=NormDomain.SPHERE, hypotheses=(fits, unit_rows, network, independent, positive, balance),
    conclusion=le(SPREAD, RIGHT), proofs=(proof(*relu_steps(balanced_cells, "positive", "balance")),), where=NAMES)
free_direction = Claim(
    id="k.sphere.relu_free", title="The same for fewer neurons than dimensions", source=SOURCE, reading=Reading.OURS,
    domain=NormDomain.SPHERE, hypotheses=(fits, unit_rows, network, independent, orthogonal, unit),
    conclusion=le(SPREAD, RIGHT), proofs=(proof(*relu_steps(free_cells, "orthogonal", "unit")),), where=NAMES)
