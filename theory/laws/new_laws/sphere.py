"""Conjecture 1 on the sphere for bias-free ReLU networks with independent rows: n ≤ 2R√k Lip_S.

In opposite cells of the arrangement the gradients g_A and g_{A^c} are at most Lip_S, as both cells reach points at which the gradient is
tangent to the sphere, up to any error; only the cell where all neurons are active need not, and there f(x) − f(−x) = x·Σ a_ℓw_ℓ.  So
‖Σ ± a_ℓw_ℓ‖ ≤ 2 Lip_S for all signs.  With an affine part this is false.  Kind: lower.  Domain: sphere.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.new_laws.relu import ENERGY, SIGNS, independent, s, v
from theory.laws.setting import DATA, LIP_SPHERE, NEURONS, W, X, a, d, f, fits, i, k, l, labels, n, u, unit_rows, y
from theory.lemmas import rules, spectra
from theory.lemmas.activations import homogeneous_sup
from theory.lemmas.cells import bias_free, signed_sum
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
    dot,
    eq,
    forall,
    le,
    norm,
    relu,
    sqrt,
    zero,
)

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
