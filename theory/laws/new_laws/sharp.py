"""The law for independent ReLU neurons is an equality for every number k of them: what that follows from.

Data: each of the 2^k points (±1)^k with label 1, and 2^k copies of 0 with label −1.  f(x) = (2/k) Σ|x_ℓ| − 1 fits them, Lip(f) ≤ 2/√k,
M = 0, and B = 2^k sup |E|u·s + β| − |β|| ≤ 2^k for uniform signs s, so that Lip √(M² + kB²) ≤ 2^{k+1} = n(1 − ȳ²).
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import k, l
from theory.lemmas import rules, spectra
from theory.lemmas.processes import second_moment
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    And,
    Expect,
    Function,
    Lip,
    Range,
    Signs,
    Space,
    Sphere,
    Sum,
    Symbol,
    VectorSymbol,
    eq,
    forall,
    le,
    lipschitz_with,
    norm,
    sqrt,
    zero,
)

f, beta = Function("f", k), Symbol("beta", real=True)
x, w, s, u = (VectorSymbol(name, k) for name in "xwsu")
POINTS, SIGNS, UNIT, SHIFT, NEURONS = (x, Space(k)), (s, Signs(k)), (u, Sphere(k)), (beta, LINE), (l, Range(k))
PAIRS = (POINTS, (w, Space(k)))
LIP = Lip(f, Space(k))
cross = Hypothesis("cross", forall(eq(f(x), 2 / k * Sum(Abs(x[l]), (l, k)) - 1), POINTS), "f(x) = (2/k) Σ|x_ℓ| − 1")
inner = Sum(s[l] * u[l], (l, k))
signed = zero(k) + Sum(s[l] * (u[l] * u), (l, k))
FITS_SIGNS, FITS_ZERO = forall(eq(f(s), 1), SIGNS), eq(f(zero(k)), -1)
SLOPE = lipschitz_with(le(LIP, 2 / sqrt(k)))
bend = Expect(Abs(inner + beta), SIGNS) - Abs(beta)
WIDTH = forall(le(Abs(bend), 1), UNIT, SHIFT)

sharp = Claim(
    id="k.sharp", title="The ingredients of equality in the law for ReLU, for every k", source=Source("lawbook", "K1"),
    reading=Reading.OURS, domain=NormDomain.GLOBAL, hypotheses=(cross,), conclusion=And(FITS_SIGNS, FITS_ZERO, SLOPE, WIDTH),
    proofs=(proof(
        step("signs", forall(eq(s[l] ** 2, 1), SIGNS, NEURONS), by=rules.sign_square),
        step("sizes", forall(eq(Abs(s[l]), 1), SIGNS, NEURONS), by="polynomial", using="signs"),
        step("at signs", FITS_SIGNS, by="sums", using=("cross", "sizes")),
        step("at zero", FITS_ZERO, by="sums", using="cross"),
        step("change", forall(eq(f(x) - f(w), 2 / k * Sum(Abs(x[l]) - Abs(w[l]), (l, k))), *PAIRS), by="sums", using="cross"),
        step("triangle", forall(le(Abs(Sum(Abs(x[l]) - Abs(w[l]), (l, k))), Sum(Abs(Abs(x[l]) - Abs(w[l])), (l, k))), *PAIRS),
             by=rules.triangle),
        step("each", forall(le(Abs(Abs(x[l]) - Abs(w[l])), Abs(x[l] - w[l])), *PAIRS, NEURONS), by="polynomial"),
        step("all", forall(le(Sum(Abs(Abs(x[l]) - Abs(w[l])), (l, k)), Sum(Abs(x[l] - w[l]), (l, k))), *PAIRS),
             by=rules.sum_le, using="each"),
        step("Cauchy", forall(le(Sum(Abs(x[l] - w[l]), (l, k)), sqrt(k) * sqrt(Sum((x[l] - w[l]) ** 2, (l, k)))), *PAIRS),
             by=spectra.cauchy),
        step("length", forall(eq(sqrt(Sum((x[l] - w[l]) ** 2, (l, k))), norm(x - w)), *PAIRS), by="polynomial"),
        step("bound", forall(le(Abs(f(x) - f(w)), 2 / sqrt(k) * norm(x - w)), *PAIRS), by="polynomial",
             using=("change", "triangle", "all", "Cauchy", "length")),
        step("positive", le(0, 2 / sqrt(k)), by="polynomial"),
        step("slope", SLOPE, by=rules.lip_least, using=("positive", "bound")),
        step("unit", forall(eq(norm(u), 1), UNIT), by=rules.on_sphere),
        step("moment", forall(eq(Expect(norm(signed) ** 2, SIGNS), norm(zero(k)) ** 2 + Sum(norm(u[l] * u) ** 2, (l, k))), UNIT),
             by=second_moment),
        step("entries", forall(eq(Sum(norm(u[l] * u) ** 2, (l, k)), norm(u) ** 4), UNIT), by="sums"),
        step("squares", forall(eq(norm(signed) ** 2, inner**2 * norm(u) ** 2), UNIT, SIGNS), by="sums"),
        step("up", forall(le(Abs(inner + beta), Abs(beta) + (1 + norm(signed) ** 2) / 2), UNIT, SHIFT, SIGNS), by="polynomial",
             using=("squares", "unit")),
        step("down", forall(le(Abs(beta) - (1 + norm(signed) ** 2) / 2, Abs(inner + beta)), UNIT, SHIFT, SIGNS), by="polynomial",
             using=("squares", "unit")),
        step("mean up", forall(le(Expect(Abs(inner + beta), SIGNS), Expect(Abs(beta) + (1 + norm(signed) ** 2) / 2, SIGNS)), UNIT, SHIFT),
             by=rules.expect_le, using="up"),
        step("mean down", forall(le(Expect(Abs(beta) - (1 + norm(signed) ** 2) / 2, SIGNS), Expect(Abs(inner + beta), SIGNS)), UNIT, SHIFT),
             by=rules.expect_le, using="down"),
        step("one", forall(eq(Expect(norm(signed) ** 2, SIGNS), 1), UNIT), by="polynomial", using=("moment", "entries", "unit")),
        step("width", WIDTH, by="polynomial", using=("mean up", "mean down", "one")),
        step("sharp", And(FITS_SIGNS, FITS_ZERO, SLOPE, WIDTH), by="conjunction", using=("at signs", "at zero", "slope", "width")),
    ),),
)
