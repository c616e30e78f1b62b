"""Independent ReLU neurons, an affine part and biases: Σ z_i² ≤ Lip √(M² + kB²); so neurons |t| = 2ReLU(t) − t as well.

z_i = y_i − ȳ, M = ‖Σ z_ix_i‖, B = sup |Σ z_i|u·x_i + β|| over unit u and all β.  Every set of kinks is active in some cell, with
gradient v + Σ_A a_ℓw_ℓ; the mean square of these norms is ‖v′‖² + ¼ Σ‖a_ℓw_ℓ‖², v′ = v + ½ Σ a_ℓw_ℓ.  The even part of ReLU, ½|t|, sees
the labels through B alone, the rest through M.  The law is an equality for every k.  Kind: lower.  Domain: global.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import (
    LIP,
    NEURONS,
    W,
    X,
    a,
    b,
    beta,
    d,
    f,
    fits,
    i,
    k,
    l,
    labels,
    n,
    u,
    ybar,
    z,
)
from theory.lemmas import rules, spectra
from theory.lemmas.activations import abs_sup
from theory.lemmas.cells import affine_relu, attained_gradient
from theory.lemmas.processes import second_moment
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    Expect,
    Signs,
    Sphere,
    Sum,
    Sup,
    VectorSymbol,
    dot,
    eq,
    forall,
    independent_rows,
    le,
    norm,
    sqrt,
)

SOURCE = Source("lawbook", "K1")
v, s = VectorSymbol("v", d), VectorSymbol("s", k)
SIGNS = (s, Signs(k))
network = Hypothesis("network", affine_relu, "f is an affine function plus k ReLU neurons")
independent = Hypothesis("independent", independent_rows(W), "the hidden weights are linearly independent")

SPREAD = Sum(z(i) ** 2, (i, n))
MOMENT = Sum(z(i) * X[i], (i, n))
M = norm(MOMENT)
B = Sup(Abs(Sum(z(i) * Abs(dot(u, X[i]) + beta), (i, n))), (u, Sphere(d)), (beta, LINE))
SIZES = Sum(norm(a[l] * W[l]), (l, k))
ENERGY = Sum(norm(a[l] * W[l]) ** 2, (l, k))
MEAN = v + Sum(a[l] * W[l] / 2, (l, k))
RIGHT = LIP * sqrt(M**2 + k * B**2)

at_signs = v + Sum((1 + s[l]) / 2 * a[l] * W[l], (l, k))
spread_out = MEAN + Sum(s[l] * (a[l] * W[l] / 2), (l, k))
energy_steps = (
    step("signs", forall(eq(s[l] ** 2, 1), SIGNS, NEURONS), by=rules.sign_square),
    step("gradient", forall(le(norm(at_signs), LIP), SIGNS), by=attained_gradient, using=("network", "independent", "signs")),
    step("square", forall(le(norm(spread_out) ** 2, LIP**2), SIGNS), by="chain", using="gradient"),
    step("mean", le(Expect(norm(spread_out) ** 2, SIGNS), LIP**2), by=rules.expect_le_constant, using="square"),
    step("moment", eq(Expect(norm(spread_out) ** 2, SIGNS), norm(MEAN) ** 2 + Sum(norm(a[l] * W[l] / 2) ** 2, (l, k))), by=second_moment),
    step("energy", le(4 * norm(MEAN) ** 2 + ENERGY, 4 * LIP**2), by="polynomial", using=("mean", "moment")),
)

energy = Claim(
    id="k.relu.energy", title="Energy of ReLU neurons and an affine part", source=SOURCE, reading=Reading.OURS, domain=NormDomain.GLOBAL,
    hypotheses=(network, independent), conclusion=le(4 * norm(MEAN) ** 2 + ENERGY, 4 * LIP**2), proofs=(proof(*energy_steps),),
    where={"v′": MEAN})

bent = Sum(z(i) * Abs(dot(W[l], X[i]) + b[l]), (i, n))

law = Claim(
    id="k.relu", title="Independent ReLU neurons with an affine part", source=SOURCE, reading=Reading.OURS, domain=NormDomain.GLOBAL,
    hypotheses=(fits, network, independent), conclusion=le(SPREAD, RIGHT),
    proofs=(proof(
        *energy_steps,
        step("ReLU", rules.RELU_BY_ABS, by=rules.relu_abs),
        step("centred", eq(Sum(z(i), (i, n)), 0), by="sums"),
        step("pairing", eq(Sum(z(i) * f(X[i]), (i, n)), SPREAD), by="sums", using="fits"),
        step("exchange", eq(Sum(z(i) * f(X[i]), (i, n)), dot(MEAN, MOMENT) + Sum(a[l] / 2 * bent, (l, k))), by="sums",
             using=("network", "ReLU")),
        step("each", forall(le(Abs(bent), norm(W[l]) * B), NEURONS), by=abs_sup, using="centred"),
        step("weighted", forall(le(a[l] / 2 * bent, B / 2 * norm(a[l] * W[l])), NEURONS), by="polynomial", using="each"),
        step("sum", le(Sum(a[l] / 2 * bent, (l, k)), Sum(B / 2 * norm(a[l] * W[l]), (l, k))), by=rules.sum_le, using="weighted"),
        step("inner", le(dot(MEAN, MOMENT), norm(MEAN) * M), by=rules.cauchy),
        step("two parts", le(SPREAD, norm(MEAN) * M + B / 2 * SIZES), by="linear", using=("pairing", "exchange", "sum", "inner")),
        step("sizes", le(SIZES, sqrt(k) * sqrt(ENERGY)), by=spectra.cauchy.at(F=lambda l: 1, G=lambda l: norm(a[l] * W[l]), n=k)),
        step("roots", le(SPREAD, norm(MEAN) * M + sqrt(ENERGY) / 2 * (sqrt(k) * B)), by="polynomial", using=("two parts", "sizes")),
        step("pair", le(norm(MEAN) * M + sqrt(ENERGY) / 2 * (sqrt(k) * B),
                        sqrt(norm(MEAN) ** 2 + (sqrt(ENERGY) / 2) ** 2) * sqrt(M**2 + (sqrt(k) * B) ** 2)), by=spectra.cauchy_pair),
        step("root", le(sqrt(norm(MEAN) ** 2 + (sqrt(ENERGY) / 2) ** 2), LIP), by="polynomial", using="energy"),
        step("steep", le(sqrt(norm(MEAN) ** 2 + (sqrt(ENERGY) / 2) ** 2) * sqrt(M**2 + (sqrt(k) * B) ** 2), RIGHT), by="chain",
             using="root"),
        step("law", le(SPREAD, RIGHT), by="linear", using=("roots", "pair", "steep")),
    ),),
    where={"ȳ": ybar, "B": B, "M": M},
)

labelled = Claim(
    id="k.relu.labels", title="The same for labels ±1", source=SOURCE, reading=Reading.OURS, domain=NormDomain.GLOBAL,
    hypotheses=(fits, labels, network, independent), conclusion=le(n * (1 - ybar**2), RIGHT),
    proofs=(proof(
        step("spread", eq(SPREAD, n * (1 - ybar**2)), by="sums", using="labels"),
        step("real labels", law.conclusion, by=law.as_lemma, using=("fits", "network", "independent")),
        step("law", le(n * (1 - ybar**2), RIGHT), by="linear", using=("spread", "real labels")),
    ),),
    where={"ȳ": ybar, "B": B, "M": M},
)
