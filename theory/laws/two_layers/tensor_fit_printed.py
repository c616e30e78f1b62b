"""Theorem 4 as printed: it is refuted, since it does not ask for n ≥ d^{p−1}, and its fit holds on the sphere only.

Bubeck–Li–Nagaraj 2021, Theorem 4.  The statements that hold are in tensor_fit.
"""

from __future__ import annotations

from theory.claim import Audit, Chance, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LIP_SPHERE, X, a, d, f, i, j, k, l, labels, n, smooth_sphere, unit_rows, x, y
from theory.laws.two_layers.powers import p
from theory.laws.two_layers.tensor_fit import ALL, SIGNS, SOURCE, exact_fit, gram, off, printed_form, same, sharp
from theory.lemmas import powers, rules
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    MatrixSymbol,
    Range,
    Space,
    SphereRows,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    forall,
    le,
    log,
    norm,
    sqrt,
)

diagonal = Claim(
    id="bln.thm4.diagonal", title="Theorem 4, the printed construction at a datum", source=SOURCE, reading=Reading.OURS,
    domain=NormDomain.DATA,
    hypotheses=(printed_form,),
    conclusion=forall(eq(f(X[j]), y[j] * dot(X[j], X[j]) ** p + Sum(y[i] * off, (i, n))), ALL),
    proofs=(proof(
        step("own term", forall(eq(Sum(same * (y[i] * gram), (i, n)), y[j] * dot(X[j], X[j]) ** p), ALL), by=powers.kronecker),
        step("law", forall(eq(f(X[j]), y[j] * dot(X[j], X[j]) ** p + Sum(y[i] * off, (i, n))), ALL), by="sums",
             using=("powers", "own term")),
    ),),
    note="The diagonal term is y_j‖x_j‖^{2p}: it is y_j on the sphere, and not for Gaussian data.",
)

PAIRS = ((i, Range(n)), (j, Range(n)))
C, eps = Symbol("C", positive=True), Symbol("epsilon", positive=True)
h = Symbol("h", integer=True, positive=True)
W, b = MatrixSymbol("W", k, d), VectorSymbol("b", k)
within = Hypothesis("within", forall(le(Abs(f(X[i]) - y[i]), C * eps), DATA), "f fits the labels within C_p ε")
balanced = Hypothesis("balanced", eq(Sum(y[i], (i, n)), 0), "as many labels +1 as −1")
error = C * eps + LIP_SPHERE

two_labels = Claim(
    id="bln.thm4.two_labels", title="A function that nearly fits balanced labels", source=Source("lawbook", "Theorem 4, audit"),
    reading=Reading.OURS, domain=NormDomain.SPHERE,
    hypotheses=(unit_rows, labels, balanced, within, smooth_sphere),
    conclusion=le(1, sqrt(2) * error),
    proofs=(proof(
        step("difference", forall(le(Abs(f(X[i]) - f(X[j])), LIP_SPHERE * norm(X[i] - X[j])), *PAIRS), by=rules.lip_sphere,
             using=("f Lipschitz", "unit rows")),
        step("triangle", forall(le(norm(X[i] - X[j]), norm(X[i]) + norm(-X[j])), *PAIRS), by=rules.norm_triangle),
        step("chord", forall(le(norm(X[i] - X[j]), 2), *PAIRS), by="linear", using=("triangle", "unit rows")),
        step("pair", forall(le(Abs(y[i] - y[j]), 2 * error), *PAIRS), by="polynomial", using=("difference", "chord", "within")),
        step("square", forall(le((y[i] - y[j]) ** 2, 4 * error**2), *PAIRS), by="polynomial", using="pair"),
        step("sum", le(Sum((y[i] - y[j]) ** 2, (i, n), (j, n)), Sum(4 * error**2, (i, n), (j, n))), by=rules.sum_le_pairs, using="square"),
        step("left", eq(Sum((y[i] - y[j]) ** 2, (i, n), (j, n)), 2 * n**2), by="sums", using=("labels", "balanced")),
        step("mean", le(1, 2 * error**2), by="polynomial", using=("sum", "left")),
        step("law", le(1, sqrt(2) * error), by="polynomial", using="mean"),
    ),),
)

even = Hypothesis("even", eq(p, 2 * h), "p is even")
scale = Hypothesis("accuracy", eq(n * log(n), eps**2 * d**p), "n log n = ε² d^p")
width = Hypothesis("width", le(k, C * d ** (p - 1)), "k = C_p d^{p−1}")
network = Hypothesis("network", forall(eq(f(x), Sum(a[l] * (dot(W[l], x) + b[l]) ** p, (l, k))), (x, Space(d))),
                     "f is a two-layer network with k neurons and ψ(t) = t^p")

printed = Claim(
    id="bln.thm4.printed", title="Theorem 4 as printed", source=SOURCE, reading=Reading.PRINTED, domain=NormDomain.SPHERE,
    hypotheses=(even, scale, width, network, within, smooth_sphere),
    conclusion=le(LIP_SPHERE, C * sqrt(n / d ** (p - 1))),
    constants=(Constant("C"),),
    chance=Chance(None, ((X, SphereRows(n, d)), SIGNS), some=(f,)),
    audits=(
        Audit("The hypotheses are p even, n log n = ε²d^p and k = C_p d^{p−1}, with C_p independent of ε",
              (two_labels.id,), "ε²d ≥ C_p log n, that is n ≥ d^{p−1}; with that the general statement is not proved here.  Proved for "
              "unit data: the bounds of bln.thm4.sharp, the printed ones up to √log n for ε of order 1", (sharp.id, exact_fit.id),
              detail="they allow n ≪ d^{p−1}, where the claimed constant C_p√(n/k) tends to 0; but balanced labels need "
                     "Lip_S ≥ 1/√2 − C_pε"),
        Audit("The fit (3) takes the diagonal term y_j‖x_j‖^{2p} for y_j, which holds on the sphere only",
              (diagonal.id,), "data on the sphere", (sharp.id,),
              detail="under the Gaussian model the construction misses the labels by about |1 − ‖x_j‖^{2p}|"),
    ),
    note="The factor between √(n/k) and √(n/d^{p−1}) is taken into C_p.",
)
