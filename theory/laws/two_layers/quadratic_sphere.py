"""Theorem 9 for the sphere (ours): Lip_S = λ_max(A) − λ_min(A) vanishes for A = λI, so no bound on ‖A‖_op says anything there.

The law pairs A with the centred labels, for which the shift A − cI does not count: Σ z_i x_i x_iᵀ has trace 0 for unit rows.
Kind: lower.  Domain: the sphere, chord metric.
"""

from __future__ import annotations

from theory.claim import Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LIP_SPHERE, X, d, f, fits, i, j, labels, n, unit_rows, y, ybar, z
from theory.laws.two_layers.quadratic_law import SIZE, A
from theory.laws.two_layers.quadratic_lipschitz import FORM, HIGH, LOW, SOURCE, SPHERE, SPREAD, form, sphere_lower, u
from theory.lemmas import quadratics, rules
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    Outer,
    Sum,
    Symbol,
    dot,
    eq,
    forall,
    fro_norm,
    le,
    lt,
    norm,
    nuclear_norm,
    rank,
    sqrt,
)
from theory.terms.linear import KernelVector

S_Z = Sum(z(i) * Outer(X[i]), (i, n))                                 # of trace 0 for unit rows
ENERGY_Z = Sum(z(i) * z(j) * dot(X[i], X[j]) ** 2, (i, n), (j, n))     # zᵀK_2z = ‖S_Z‖_F²
CENTRED, VARIANCE = n * (1 - ybar**2), Sum(z(i) ** 2, (i, n))          # equal for labels ±1
law_steps = (
    step("at data", forall(eq(f(X[i]), form(X[i])), DATA), by="instance", using="quadratic"),
    step("fitted", forall(eq(form(X[i]), y[i]), DATA), by="linear", using=("at data", "fits")),
    step("pairing", eq(Sum(z(i) * form(X[i]), (i, n)), CENTRED), by="sums", using=("fitted", "labels")),
    step("trace", eq(Sum(z(i) * norm(X[i]) ** 2, (i, n)), 0), by="sums", using=("unit rows",)),
    step("range", le(2 * Sum(z(i) * form(X[i]), (i, n)),
                     HIGH * (nuclear_norm(S_Z) + Sum(z(i) * norm(X[i]) ** 2, (i, n)))
                     + LOW * (nuclear_norm(S_Z) - Sum(z(i) * norm(X[i]) ** 2, (i, n)))), by=quadratics.pairing_range, using="symmetric"),
    step("spread", le(2 * CENTRED, SPREAD * nuclear_norm(S_Z)), by="polynomial", using=("range", "pairing", "trace")),
    step("constant", le(SPREAD, LIP_SPHERE), by=sphere_lower.as_lemma, using=("quadratic", "symmetric")),
    step("nuclear", le(2 * CENTRED, LIP_SPHERE * nuclear_norm(S_Z)), by="polynomial", using=("spread", "constant")),
)

sphere_law = Claim(
    id="bln.quadratic.sphere_law", title="Theorem 9 for the sphere, any rank", source=SOURCE, reading=Reading.OURS,
    domain=NormDomain.SPHERE,
    hypotheses=(*FORM, fits, labels, unit_rows),
    conclusion=le(2 * CENTRED, LIP_SPHERE * nuclear_norm(S_Z)),
    proofs=(proof(*law_steps),),
    where={"ȳ": ybar, "S_z": S_Z},
)

sphere_frobenius = Claim(
    id="bln.quadratic.sphere_frobenius", title="Theorem 9 for the sphere, Frobenius form", source=SOURCE, reading=Reading.OURS,
    domain=NormDomain.SPHERE,
    hypotheses=(*FORM, fits, labels, unit_rows),
    conclusion=le(4 * CENTRED**2, LIP_SPHERE**2 * d * ENERGY_Z),
    proofs=(proof(
        *law_steps,
        step("Frobenius", le(nuclear_norm(S_Z), sqrt(d) * fro_norm(S_Z)), by=quadratics.nuc_fro),
        step("energy", eq(fro_norm(S_Z) ** 2, ENERGY_Z), by=quadratics.moment_norm),
        step("variance", eq(2 * VARIANCE, 2 * CENTRED), by="sums", using="labels"),
        step("variances", eq(4 * VARIANCE**2, 4 * CENTRED**2), by="sums", using="labels"),
        step("paired", le(2 * VARIANCE, LIP_SPHERE * nuclear_norm(S_Z)), by="linear", using=("variance", "nuclear")),
        step("root", le(2 * VARIANCE, LIP_SPHERE * sqrt(d) * fro_norm(S_Z)), by="chain", using=("paired", "Frobenius")),
        step("square", le(4 * VARIANCE**2, LIP_SPHERE**2 * d * fro_norm(S_Z) ** 2), by="chain", using="root"),
        step("law", le(4 * CENTRED**2, LIP_SPHERE**2 * d * ENERGY_Z), by="linear", using=("square", "variances", "energy")),
    ),),
    where={"ȳ": ybar, "zᵀK₂z": ENERGY_Z},
)

deficient = Hypothesis("rank", lt(rank(A), d), "A has rank less than d")
KERNEL = KernelVector(A)
low_rank = Claim(
    id="bln.quadratic.low_rank", title="A quadratic of rank less than d has ‖A‖_op ≤ Lip_S", source=SOURCE, reading=Reading.OURS,
    domain=NormDomain.SPHERE,
    hypotheses=(*FORM, deficient),
    conclusion=le(SIZE, LIP_SPHERE),
    proofs=(proof(
        step("kernel", eq(norm(KERNEL), 1), by=quadratics.kernel_unit, using="rank"),
        step("most", le(form(KERNEL), HIGH * norm(KERNEL) ** 2), by=quadratics.form_max, using="symmetric"),
        step("least", le(-form(KERNEL), LOW * norm(KERNEL) ** 2), by=quadratics.form_min, using="symmetric"),
        step("unit", forall(eq(norm(u), 1), (u, SPHERE)), by=rules.on_sphere),
        step("high", forall(le(form(u), HIGH * norm(u) ** 2), (u, SPHERE)), by=quadratics.form_max, using="symmetric"),
        step("low", forall(le(-form(u), LOW * norm(u) ** 2), (u, SPHERE)), by=quadratics.form_min, using="symmetric"),
        step("values", forall(le(Abs(form(u)), SPREAD), (u, SPHERE)), by="polynomial",
             using=("kernel", "most", "least", "unit", "high", "low")),
        step("radius", le(SIZE, SPREAD), by=quadratics.numerical_radius, using=("symmetric", "values")),
        step("constant", le(SPREAD, LIP_SPHERE), by=sphere_lower.as_lemma, using=("quadratic", "symmetric")),
        step("law", le(SIZE, LIP_SPHERE), by="linear", using=("radius", "constant")),
    ),),
)

C = Symbol("C", positive=True)
tempting = Claim(
    id="bln.thm9.tempting_sphere", title="‖A‖_op is at most a constant times Lip_S", source=Source("lawbook"), reading=Reading.TEMPTING,
    domain=NormDomain.SPHERE, hypotheses=FORM, conclusion=le(SIZE, C * LIP_SPHERE), constants=(Constant("C"),),
    note="False for every C: A = λI is constant on the sphere, so a law for ‖A‖_op is none for the sphere. True with C = 1 for rank < d.",
)
