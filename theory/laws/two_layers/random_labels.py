"""Random labels: with high probability over independent uniform signs, for ANY fixed unit data, the suprema R and R_b are O(√n).

So the instance laws of Theorem 5 and R1 become laws in n, d, k alone.  Here s is the level: the failure probability is δ = 2e^{−s}.
Bubeck–Li–Nagaraj 2021, Theorem 5, pp. 7–8 ("high probability by classical concentration"); constants ours.
"""

from __future__ import annotations

from theory.claim import Claim, NormDomain, Reading
from theory.laws.setting import (
    DATA,
    LARGEST,
    L,
    W,
    X,
    a,
    d,
    homogeneous,
    i,
    k,
    lipschitz_psi,
    n,
    psi,
    u,
    unit_rows,
    y,
)
from theory.laws.two_layers.shared.tails import s, two_sided
from theory.laws.two_layers.spectral_norm import R, sharp
from theory.lemmas import rules, spectra
from theory.lemmas.processes import (
    contraction,
    convex_concentration,
    rademacher_norm,
)
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    Expect,
    Implies,
    Min,
    Prob,
    Signs,
    Sphere,
    Sum,
    Sup,
    bounded_above,
    dot,
    eq,
    exp,
    forall,
    ge,
    le,
    norm,
    op_norm,
    sqrt,
)

SIGNS, DIRECTION = (y, Signs(n)), (u, Sphere(d))
up = Sup(Sum(y[i] * psi(dot(u, X[i])), (i, n)), DIRECTION)
down = Sup(Sum(-y[i] * psi(dot(u, X[i])), (i, n)), DIRECTION)
straight = Sup(Sum(y[i] * dot(u, X[i]), (i, n)), DIRECTION)
resultant = norm(Sum(y[i] * X[i], (i, n)))
deviation = L * sqrt(LARGEST) * sqrt(8 * s)
bound = L * sqrt(n) + deviation

mean_steps = (
    step("unit", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
    step("inner", forall(le(Sum(y[i] * dot(u, X[i]), (i, n)), norm(u) * resultant), SIGNS, DIRECTION), by=rules.cauchy),
    step("inner unit", forall(le(Sum(y[i] * dot(u, X[i]), (i, n)), resultant), SIGNS, DIRECTION), by="linear", using=("inner", "unit")),
    step("linear supremum", forall(le(straight, resultant), SIGNS), by=rules.sup_le, using="inner unit"),
    step("mean of it", le(Expect(straight, SIGNS), Expect(resultant, SIGNS)), by=rules.expect_le, using="linear supremum"),
    step("norm", le(Expect(resultant, SIGNS), sqrt(Sum(norm(X[i]) ** 2, (i, n)))), by=rademacher_norm),
    step("total", eq(Sum(norm(X[i]) ** 2, (i, n)), n), by="sums", using="unit rows"),
    step("bounded", forall(bounded_above(straight), SIGNS), by=rules.sup_bounded, using="inner unit"),
    step("contraction", le(Expect(up, SIGNS), L * Expect(straight, SIGNS)), by=contraction, using=("psi Lipschitz", "bounded")),
    step("mean", le(Expect(up, SIGNS), L * sqrt(n)), by="polynomial", using=("contraction", "mean of it", "norm", "total")),
)
spread_steps = (
    step("largest", le(0, LARGEST), by=spectra.eigenvalue_nonnegative),
    step("growth", forall(le(Abs(psi(dot(u, X[i]))), L * Abs(dot(u, X[i]))), DIRECTION, DATA), by=rules.growth,
         using=("homogeneous", "psi Lipschitz")),
    step("squares", forall(le(psi(dot(u, X[i])) ** 2, L**2 * dot(u, X[i]) ** 2), DIRECTION, DATA), by="polynomial", using="growth"),
    step("sum of squares", forall(le(Sum(psi(dot(u, X[i])) ** 2, (i, n)), Sum(L**2 * dot(u, X[i]) ** 2, (i, n))), DIRECTION),
         by=rules.sum_le, using="squares"),
    step("Rayleigh", forall(le(Sum(dot(u, X[i]) ** 2, (i, n)), LARGEST), DIRECTION), by=spectra.rayleigh, using="unit"),
    step("spread", forall(le(Sum(psi(dot(u, X[i])) ** 2, (i, n)), (L * sqrt(LARGEST)) ** 2), DIRECTION), by="polynomial",
         using=("sum of squares", "Rayleigh")),
)
tail_steps = two_sided(up, down, R, L * sqrt(n), deviation, SIGNS, (convex_concentration, rules.sup_abs))

width = Claim(
    id="bln.thm5.width", title="Theorem 5, the supremum R for random labels", source=Source("BLN", "Theorem 5", "7–8"),
    reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(unit_rows, homogeneous, lipschitz_psi),
    conclusion=ge(Prob(le(R, bound), SIGNS), 1 - 2 * exp(-s)),
    proofs=(proof(*mean_steps, *spread_steps, *tail_steps),),
    where={"R": R, "λ": LARGEST},
)

on_event = Implies(le(R, bound), le(n, bound * sqrt(Min(k, d)) * norm(a) * op_norm(W)))
random_labels = Claim(
    id="bln.thm5.random_labels", title="Theorem 5 with high probability over the labels", source=Source("BLN", "Theorem 5", "7–8"),
    reading=Reading.SHARP, domain=NormDomain.PROXY,
    hypotheses=(*sharp.hypotheses, unit_rows, lipschitz_psi),
    conclusion=And(width.conclusion, on_event),
    proofs=(proof(
        step("probability", width.conclusion, by=width.as_lemma, using=("unit rows", "homogeneous", "psi Lipschitz")),
        step("instance", sharp.conclusion, by=sharp.as_lemma, using=tuple(h.name for h in sharp.hypotheses)),
        step("event", on_event, by="chain", using="instance"),
        step("law", And(width.conclusion, on_event), by="conjunction", using=("probability", "event")),
    ),),
    where={"R": R, "λ": LARGEST},
)
