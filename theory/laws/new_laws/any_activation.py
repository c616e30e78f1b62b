"""Independent rows and any Lipschitz activation: Σ z_i² ≤ Lip √(M² + kV²), without any constant of ψ.

s₊ and s₋ are the largest and the least difference quotient of ψ, m their mean and ω = s₊ − s₋.  Independent rows let each neuron be as
steep as s₊ or as s₋, up to any error and for each set of neurons, so ‖v′‖² + ¼ω² Σ‖a_ℓw_ℓ‖² ≤ Lip² for v′ = v + m Σ a_ℓw_ℓ.  The rest of
ψ, φ(t) = ψ(t) − mt, is ½ω-Lipschitz and sees the labels through V = sup ∫|Σ z_i 1{u·x_i ≤ t}| dt over unit u, at most the size of
½n(1 − ȳ²) times the max-sliced Wasserstein distance of the two classes; M ≤ V.  Kind: lower.  Domain: global.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.new_laws.relu import ENERGY, MOMENT, SIGNS, SIZES, SOURCE, SPREAD, M, independent, s, v
from theory.laws.setting import DATA, LIP, NEURONS, W, X, a, b, beta, d, f, fits, i, k, l, labels, lipschitz_psi, n, psi, u, ybar, z
from theory.lemmas import rules, spectra
from theory.lemmas.activations import cut_mass
from theory.lemmas.caps import scale_le
from theory.lemmas.cells import affine_network, centred_activation, slopes_ordered, steep_gradient
from theory.lemmas.powers import cauchy_abs
from theory.lemmas.processes import second_moment
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    Expect,
    Indicator,
    LineIntegral,
    Sphere,
    Sum,
    Sup,
    bounded_above,
    dot,
    eq,
    forall,
    largest_fall,
    largest_slope,
    le,
    norm,
    sqrt,
)
from theory.terms.linear import Direction

DIRECTION = (u, Sphere(d))
network = Hypothesis("network", affine_network, "f is an affine function plus k neurons with the activation ψ")

HIGH, LOW = largest_slope(psi), -largest_fall(psi)
MIDDLE, WIDTH = (HIGH + LOW) / 2, HIGH - LOW
MEAN = v + Sum(MIDDLE * a[l] * W[l], (l, k))
CUT = LineIntegral(Abs(Sum(z(i) * Indicator(le(dot(u, X[i]), beta)), (i, n))), (beta, LINE))
V, MASS = Sup(CUT, DIRECTION), Sum(Abs(z(i)) * norm(X[i]), (i, n))
RIGHT = LIP * sqrt(M**2 + k * V**2)
NAMES = {"ȳ": ybar, "V": V, "M": M}
SLOPES = {"s₊": HIGH, "s₋": LOW}

at_slopes = v + Sum(a[l] * ((1 + s[l]) / 2 * HIGH + (1 - s[l]) / 2 * LOW) * W[l], (l, k))
spread_out = MEAN + Sum(s[l] * (WIDTH / 2 * a[l] * W[l]), (l, k))
energy_steps = (
    step("signs", forall(eq(s[l] ** 2, 1), SIGNS, NEURONS), by=rules.sign_square),
    step("gradient", forall(le(norm(at_slopes), LIP), SIGNS), by=steep_gradient,
         using=("network", "independent", "psi Lipschitz", "signs")),
    step("square", forall(le(norm(spread_out) ** 2, LIP**2), SIGNS), by="chain", using="gradient"),
    step("mean", le(Expect(norm(spread_out) ** 2, SIGNS), LIP**2), by=rules.expect_le_constant, using="square"),
    step("moment", eq(Expect(norm(spread_out) ** 2, SIGNS), norm(MEAN) ** 2 + Sum(norm(WIDTH / 2 * a[l] * W[l]) ** 2, (l, k))),
         by=second_moment),
    step("factor", eq(Sum(norm(WIDTH / 2 * a[l] * W[l]) ** 2, (l, k)), WIDTH**2 / 4 * ENERGY), by="sums"),
    step("energy", le(4 * norm(MEAN) ** 2 + WIDTH**2 * ENERGY, 4 * LIP**2), by="linear", using=("mean", "moment", "factor")),
)

energy = Claim(
    id="k.energy", title="Energy of neurons with any activation", source=Source("lawbook", "K5"), reading=Reading.OURS,
    domain=NormDomain.GLOBAL, hypotheses=(network, independent, lipschitz_psi),
    conclusion=le(4 * norm(MEAN) ** 2 + WIDTH**2 * ENERGY, 4 * LIP**2), proofs=(proof(*energy_steps),),
    where={"v′": MEAN, **SLOPES})

along = Direction(W[l])
bent = Sum(z(i) * (psi(dot(W[l], X[i]) + b[l]) - MIDDLE * dot(W[l], X[i])), (i, n))
straight = Sum(z(i) * (psi(norm(W[l]) * dot(along, X[i]) + b[l]) - MIDDLE * (norm(W[l]) * dot(along, X[i]))), (i, n))
CUT_ALONG = LineIntegral(Abs(Sum(z(i) * Indicator(le(dot(along, X[i]), beta)), (i, n))), (beta, LINE))
law = Claim(
    id="k.law", title="Independent rows, any Lipschitz activation", source=SOURCE, reading=Reading.OURS, domain=NormDomain.GLOBAL,
    hypotheses=(fits, network, independent, lipschitz_psi), conclusion=le(SPREAD, RIGHT),
    proofs=(proof(
        *energy_steps,
        step("centred", eq(Sum(z(i), (i, n)), 0), by="sums"),
        step("pairing", eq(Sum(z(i) * f(X[i]), (i, n)), SPREAD), by="sums", using="fits"),
        step("exchange", eq(Sum(z(i) * f(X[i]), (i, n)), dot(MEAN, MOMENT) + Sum(a[l] * bent, (l, k))), by="sums", using="network"),
        step("split", forall(eq(dot(W[l], X[i]), norm(W[l]) * dot(along, X[i])), DATA, NEURONS), by=rules.direction),
        step("straight", forall(eq(bent, straight), NEURONS), by="sums", using="split"),
        step("line", forall(le(Abs(straight), WIDTH / 2 * norm(W[l]) * CUT_ALONG), NEURONS), by=centred_activation,
             using=("psi Lipschitz", "centred")),
        step("unit", forall(eq(norm(along), 1), NEURONS), by=rules.direction_unit),
        step("sphere", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
        step("angle", forall(le(Abs(dot(u, X[i])), norm(u) * norm(X[i])), DIRECTION, DATA), by=cauchy_abs),
        step("short", forall(le(Abs(dot(u, X[i])), norm(X[i])), DIRECTION, DATA), by="linear", using=("angle", "sphere")),
        step("cut", forall(le(CUT, Sum(Abs(z(i)) * Abs(dot(u, X[i])), (i, n))), DIRECTION), by=cut_mass, using="centred"),
        step("mass", forall(le(Abs(z(i)) * Abs(dot(u, X[i])), Abs(z(i)) * norm(X[i])), DIRECTION, DATA),
             by=scale_le.at(c=Abs(z(i))), using="short"),
        step("masses", forall(le(Sum(Abs(z(i)) * Abs(dot(u, X[i])), (i, n)), MASS), DIRECTION), by=rules.sum_le, using="mass"),
        step("cuts", forall(le(CUT, MASS), DIRECTION), by="linear", using=("cut", "masses")),
        step("bounded", bounded_above(V), by=rules.sup_bounded.at(bound=MASS), using="cuts"),
        step("slice", forall(le(CUT_ALONG, V), NEURONS), by=rules.sup_ge, using=("bounded", "unit")),
        step("ordered", le(LOW, HIGH), by=slopes_ordered, using="psi Lipschitz"),
        step("wide", le(0, WIDTH), by="linear", using="ordered"),
        step("factor of V", forall(le(0, WIDTH / 2 * norm(W[l])), NEURONS), by="polynomial", using="wide"),
        step("most", forall(le(WIDTH / 2 * norm(W[l]) * CUT_ALONG, WIDTH / 2 * norm(W[l]) * V), NEURONS),
             by="polynomial", using=("factor of V", "slice")),
        step("each", forall(le(Abs(straight), WIDTH / 2 * norm(W[l]) * V), NEURONS), by="linear", using=("line", "most")),
        step("weighted", forall(le(a[l] * bent, WIDTH / 2 * V * norm(a[l] * W[l])), NEURONS), by="polynomial", using=("straight", "each")),
        step("sum", le(Sum(a[l] * bent, (l, k)), Sum(WIDTH / 2 * V * norm(a[l] * W[l]), (l, k))), by=rules.sum_le, using="weighted"),
        step("inner", le(dot(MEAN, MOMENT), norm(MEAN) * M), by=rules.cauchy),
        step("two parts", le(SPREAD, norm(MEAN) * M + WIDTH / 2 * V * SIZES), by="linear", using=("pairing", "exchange", "sum", "inner")),
        step("sizes", le(SIZES, sqrt(k) * sqrt(ENERGY)), by=spectra.cauchy.at(F=lambda l: 1, G=lambda l: norm(a[l] * W[l]), n=k)),
        step("roots", le(SPREAD, norm(MEAN) * M + WIDTH / 2 * sqrt(ENERGY) * (sqrt(k) * V)), by="polynomial",
             using=("two parts", "sizes", "wide")),
        step("pair", le(norm(MEAN) * M + WIDTH / 2 * sqrt(ENERGY) * (sqrt(k) * V),
                        sqrt(norm(MEAN) ** 2 + (WIDTH / 2 * sqrt(ENERGY)) ** 2) * sqrt(M**2 + (sqrt(k) * V) ** 2)), by=spectra.cauchy_pair),
        step("root", le(sqrt(norm(MEAN) ** 2 + (WIDTH / 2 * sqrt(ENERGY)) ** 2), LIP), by="polynomial", using="energy"),
        step("steep", le(sqrt(norm(MEAN) ** 2 + (WIDTH / 2 * sqrt(ENERGY)) ** 2) * sqrt(M**2 + (sqrt(k) * V) ** 2), RIGHT), by="chain",
             using="root"),
        step("law", le(SPREAD, RIGHT), by="linear", using=("roots", "pair", "steep")),
    ),),
    where={**NAMES},
)

labelled = Claim(
    id="k.law.labels", title="The same for labels ±1", source=SOURCE, reading=Reading.OURS, domain=NormDomain.GLOBAL,
    hypotheses=(fits, labels, network, independent, lipschitz_psi), conclusion=le(n * (1 - ybar**2), RIGHT),
    proofs=(proof(
        step("spread", eq(SPREAD, n * (1 - ybar**2)), by="sums", using="labels"),
        step("real labels", law.conclusion, by=law.as_lemma, using=("fits", "network", "independent", "psi Lipschitz")),
        step("law", le(n * (1 - ybar**2), RIGHT), by="linear", using=("spread", "real labels")),
    ),),
    where=NAMES,
)
