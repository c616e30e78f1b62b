"""R0 and R1 (ours): Conjecture 1 for ReLU networks with linearly independent hidden weights, and a weaker law for all of them.

R1: Lip ≥ about ½(1−ȳ²)√(n/k)·√n/R_b on R^d, biases allowed.  The energy Σ a_ℓ²‖w_ℓ‖² is at most 4 Lip² because every activation
pattern is attained; for dependent rows that lemma fails by exact cancellation.  R0: Lip_B ≥ about c√n/k for every ReLU network.
Kind: lower.  Domain: global (R1), unit ball (R0).
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import (
    DATA,
    LIP,
    LIP_BALL,
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
    no_bias,
    relu_network,
    u,
    unit_rows,
    x,
    y,
    ybar,
    z,
)
from theory.lemmas import rules, spectra
from theory.lemmas.activations import homogeneous_sup, relu_sup
from theory.lemmas.networks import base_slope, gradient, onto, oriented, rigidity
from theory.lemmas.processes import second_moment
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    Ball,
    Expect,
    Signs,
    Sphere,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    forall,
    independent_rows,
    le,
    lt,
    norm,
    relu,
    sqrt,
)
from theory.terms.linear import Realiser

R_BIASED = Sup(Abs(Sum(z(i) * relu(dot(u, X[i]) + beta), (i, n))), (u, Sphere(d)), (beta, LINE))
R = Sup(Abs(Sum(y[i] * relu(dot(u, X[i])), (i, n))), (u, Sphere(d)))
PATH = Sum(Abs(a[l]) * norm(W[l]), (l, k))
ENERGY = Sum(norm(a[l] * W[l]) ** 2, (l, k))
independent = Hypothesis("independent", independent_rows(W), "the hidden weights are linearly independent")

s = VectorSymbol("s", k)
SIGNS = (s, Signs(k))
at_pattern = Realiser(W, b, s)
mean_gradient = Sum((1 + s[l]) / 2 * a[l] * W[l], (l, k))
middle = Sum(a[l] * W[l], (l, k)) / 2

energy_steps = (
    step("signs", forall(eq(s[l] ** 2, 1), SIGNS, NEURONS), by=rules.sign_square),
    step("onto", forall(eq(dot(W[l], at_pattern) + b[l], s[l]), SIGNS, NEURONS), by=onto, using="independent"),
    step("inside", forall(lt(0, s[l] * (dot(W[l], at_pattern) + b[l])), SIGNS, NEURONS), by="polynomial", using=("onto", "signs")),
    step("gradient", forall(le(norm(mean_gradient), LIP), SIGNS), by=gradient, using=("network", "signs", "inside")),
    step("square", forall(le(norm(middle + Sum(s[l] * (a[l] * W[l] / 2), (l, k))) ** 2, LIP**2), SIGNS), by="chain",
         using="gradient"),
    step("mean", le(Expect(norm(middle + Sum(s[l] * (a[l] * W[l] / 2), (l, k))) ** 2, SIGNS), LIP**2),
         by=rules.expect_le_constant, using="square"),
    step("moment", eq(Expect(norm(middle + Sum(s[l] * (a[l] * W[l] / 2), (l, k))) ** 2, SIGNS),
                      norm(middle) ** 2 + Sum(norm(a[l] * W[l] / 2) ** 2, (l, k))), by=second_moment),
    step("energy", le(ENERGY, 4 * LIP**2), by="polynomial", using=("mean", "moment")),
)
spread_steps = (
    step("Cauchy", le(PATH, sqrt(k) * sqrt(ENERGY)), by=spectra.cauchy.at(F=lambda l: 1, G=lambda l: norm(a[l] * W[l]), n=k)),
    step("root", le(sqrt(ENERGY), 2 * LIP), by="polynomial", using="energy"),
)

energy = Claim(
    id="bln.r1.energy", title="Energy of a ReLU network with independent rows", source=Source("lawbook", "R1"), reading=Reading.OURS,
    domain=NormDomain.GLOBAL, hypotheses=(relu_network, independent),
    conclusion=le(ENERGY, 4 * LIP**2), proofs=(proof(*energy_steps),))

centred = Sum(z(i) * relu(dot(W[l], X[i]) + b[l]), (i, n))

independent_rows_law = Claim(
    id="bln.r1", title="R1: independent rows, biases allowed", source=Source("lawbook", "R1"), reading=Reading.OURS,
    domain=NormDomain.GLOBAL,
    hypotheses=(fits, labels, relu_network, independent),
    conclusion=le(n * (1 - ybar**2), 2 * R_BIASED * sqrt(k) * LIP),
    proofs=(proof(
        *energy_steps, *spread_steps,
        step("pairing", eq(Sum(z(i) * f(X[i]), (i, n)), n * (1 - ybar**2)), by="sums", using=("fits", "labels")),
        step("exchange", eq(Sum(z(i) * f(X[i]), (i, n)), Sum(a[l] * centred, (l, k))), by="sums", using="network"),
        step("each", forall(le(Abs(centred), norm(W[l]) * R_BIASED), NEURONS), by=relu_sup),
        step("weighted", forall(le(a[l] * centred, R_BIASED * Abs(a[l]) * norm(W[l])), NEURONS), by="polynomial", using="each"),
        step("sum", le(Sum(a[l] * centred, (l, k)), Sum(R_BIASED * Abs(a[l]) * norm(W[l]), (l, k))), by=rules.sum_le, using="weighted"),
        step("path", le(n * (1 - ybar**2), R_BIASED * PATH), by="linear", using=("pairing", "exchange", "sum")),
        step("law", le(n * (1 - ybar**2), 2 * R_BIASED * sqrt(k) * LIP), by="polynomial", using=("path", "Cauchy", "root")),
    ),),
    where={"ȳ": ybar, "R_b": R_BIASED},
)

plain = Sum(y[i] * relu(dot(W[l], X[i])), (i, n))
no_bias_law = Claim(
    id="bln.r1.no_bias", title="R1 without biases", source=Source("lawbook", "R1"), reading=Reading.OURS, domain=NormDomain.GLOBAL,
    hypotheses=(fits, labels, relu_network, no_bias, independent),
    conclusion=le(n, 2 * R * sqrt(k) * LIP),
    proofs=(proof(
        *energy_steps, *spread_steps,
        step("homogeneous", rules.RELU_HOMOGENEOUS, by=rules.relu_homogeneous),
        step("pairing", eq(Sum(y[i] * f(X[i]), (i, n)), n), by="sums", using=("fits", "labels")),
        step("exchange", eq(Sum(y[i] * f(X[i]), (i, n)), Sum(a[l] * plain, (l, k))), by="sums", using=("network", "no bias")),
        step("each", forall(le(Abs(plain), norm(W[l]) * R), NEURONS), by=homogeneous_sup, using="homogeneous"),
        step("weighted", forall(le(a[l] * plain, R * Abs(a[l]) * norm(W[l])), NEURONS), by="polynomial", using="each"),
        step("sum", le(Sum(a[l] * plain, (l, k)), Sum(R * Abs(a[l]) * norm(W[l]), (l, k))), by=rules.sum_le, using="weighted"),
        step("path", le(n, R * PATH), by="linear", using=("pairing", "exchange", "sum")),
        step("law", le(n, 2 * R * sqrt(k) * LIP), by="polynomial", using=("path", "Cauchy", "root")),
    ),),
    where={"R": R},
)

# --- R0: every ReLU network, on the ball -------------------------------------------------------------------------------------------

v, c = VectorSymbol("v", d), Symbol("c", real=True)
canonical = Hypothesis("canonical", forall(eq(f(x), c + dot(v, x) + Sum(a[l] * relu(dot(W[l], x) + b[l]), (l, k))), (x, Ball(d))),
                       "on the unit ball f is an affine function plus k ReLU kinks (every k-neuron ReLU network is)")
unit_kinks = Hypothesis("unit kinks", forall(eq(norm(W[l]), 1), NEURONS), "‖w_ℓ‖ = 1")
generic = Hypothesis("oriented", oriented(W, b), "distinct kinks that meet the open ball, all inactive at one of its points")
moment = Sum(z(i) * X[i], (i, n))
at_data = c + dot(v, X[i]) + Sum(a[l] * relu(dot(W[l], X[i]) + b[l]), (l, k))

every_network = Claim(
    id="bln.r0", title="R0: every ReLU network, on the ball", source=Source("lawbook", "R0"), reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=(fits, labels, unit_rows, canonical, unit_kinks, generic),
    conclusion=le(n * (1 - ybar**2), LIP_BALL * (norm(moment) + 2 * k * R_BIASED)),
    proofs=(proof(
        step("rigid", forall(le(Abs(a[l]), 2 * LIP_BALL), NEURONS), by=rigidity, using=("canonical", "unit kinks", "oriented")),
        step("slope", le(norm(v), LIP_BALL), by=base_slope, using=("canonical", "unit kinks", "oriented")),
        step("values", forall(eq(f(X[i]), at_data), DATA), by="instance", using=("canonical", "unit rows")),
        step("pairing", eq(Sum(z(i) * f(X[i]), (i, n)), n * (1 - ybar**2)), by="sums", using=("fits", "labels")),
        step("exchange", eq(Sum(z(i) * f(X[i]), (i, n)), dot(v, moment) + Sum(a[l] * centred, (l, k))), by="sums", using="values"),
        step("each", forall(le(Abs(centred), norm(W[l]) * R_BIASED), NEURONS), by=relu_sup),
        step("weighted", forall(le(a[l] * centred, 2 * LIP_BALL * R_BIASED), NEURONS), by="polynomial",
             using=("each", "rigid", "unit kinks")),
        step("sum", le(Sum(a[l] * centred, (l, k)), Sum(2 * LIP_BALL * R_BIASED, (l, k))), by=rules.sum_le, using="weighted"),
        step("inner", le(dot(v, moment), norm(v) * norm(moment)), by=rules.cauchy),
        step("law", le(n * (1 - ybar**2), LIP_BALL * (norm(moment) + 2 * k * R_BIASED)), by="polynomial",
             using=("pairing", "exchange", "sum", "inner", "slope")),
    ),),
    where={"ȳ": ybar, "R_b": R_BIASED},
)
