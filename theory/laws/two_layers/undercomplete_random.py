"""Theorem 6 with high probability: both data models with explicit constants, and the printed statement from them.

Bubeck–Li–Nagaraj 2021, Theorem 6, pp. 8–9.  The events concern the data and the labels alone; on them every f that fits and depends
on an r-dimensional projection obeys the law.  For n = κd this is the conjectured order; for n ≫ d it misses the factor √(n/d).
"""

from __future__ import annotations

from theory.claim import Audit, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import LARGEST, LIP, SCATTER, X, d, fits, k, labels, n, projection, r, smooth, through, y, ybar
from theory.laws.two_layers.undercomplete import trace_form
from theory.lemmas import rules, spectra
from theory.lemmas.concentration import hoeffding_mean
from theory.lemmas.processes import davidson_szarek_G, davidson_szarek_S
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    GaussianRows,
    Implies,
    Prob,
    Rational,
    Signs,
    SphereRows,
    Symbol,
    eigenvalue_sum,
    exp,
    ge,
    le,
    sqrt,
    zero,
)
from theory.terms.scalars import MeanChiNorm

SOURCE = Source("BLN", "Theorem 6", "8–9")
s, t = Symbol("s", nonnegative=True), Symbol("t", nonnegative=True)
HYPOTHESES = (fits, labels, through, projection, smooth)
NAMES = tuple(h.name for h in HYPOTHESES)
MASS = eigenvalue_sum(SCATTER, r)
balanced = le(Abs(ybar), t)
balanced_often = ge(Prob(balanced, (y, Signs(n))), 1 - 2 * exp(-n * t**2 / 2))
spectrum_bound = sqrt(n) + sqrt(d) + s


def with_probability(scale, law, lemma, id: str, title: str) -> Claim:  # type: ignore[no-untyped-def]
    """Theorem 6 for one data model: ``scale·√λ_max ≤ √n + √d + s`` with high probability."""
    narrow = le(scale * sqrt(LARGEST), spectrum_bound)
    narrow_often = ge(Prob(narrow, (X, law)), 1 - exp(-(s**2) / 2))
    conclusion = le(n * scale**2 * (1 - t**2), LIP**2 * r * spectrum_bound**2)
    event = Implies(And(narrow, balanced), conclusion)
    return Claim(
        id=id, title=title, source=SOURCE, reading=Reading.SHARP, domain=NormDomain.GLOBAL, hypotheses=HYPOTHESES,
        conclusion=And(narrow_often, balanced_often, event),
        proofs=(proof(
            step("spectrum", narrow_often, by=lemma),
            step("labels balanced", balanced_often, by=hoeffding_mean),
            step("instance", le(n * (1 - ybar**2), LIP**2 * MASS), by=trace_form.as_lemma.at(x0=zero(d)), using=NAMES),
            step("largest", le(MASS, r * LARGEST), by=spectra.eigsum_max),
            step("square", Implies(narrow, le(scale**2 * LARGEST, spectrum_bound**2)), by="polynomial"),
            step("together", Implies(balanced, le(n * (1 - t**2), LIP**2 * r * LARGEST)), by="polynomial",
                 using=("instance", "largest")),
            step("scaled", Implies(balanced, le(scale**2 * (n * (1 - t**2)), scale**2 * (LIP**2 * r * LARGEST))), by="polynomial",
                 using="together"),
            step("widened", Implies(narrow, le(LIP**2 * r * (scale**2 * LARGEST), LIP**2 * r * spectrum_bound**2)), by="chain",
                 using="square"),
            step("event", event, by="linear", using=("scaled", "widened")),
            step("law", And(narrow_often, balanced_often, event), by="conjunction", using=("spectrum", "labels balanced", "event")),
        ),),
        where={"ȳ": ybar, "λ": LARGEST},
    )


gaussian = with_probability(sqrt(d), GaussianRows(n, d), davidson_szarek_G, "bln.thm6.gaussian",
                            "Theorem 6 with high probability, Gaussian data")
uniform_sphere = with_probability(MeanChiNorm(d), SphereRows(n, d), davidson_szarek_S, "bln.thm6.uniform_sphere",
                                  "Theorem 6 with high probability, data uniform on the sphere")

# As printed: n ≥ d, f(x) = g(Px) with P of k rows ⇒ Lip ≥ c√(d/k) with probability ≥ 1 − e^{C−c′d}.  From the Gaussian form with
# s = √d and t = ½: failure at most e^{−d/2} + 2e^{−n/8} ≤ 3e^{−d/8}, and d ≤ 12 Lip² k.
narrow = le(sqrt(d) * sqrt(LARGEST), sqrt(n) + 2 * sqrt(d))
half = le(Abs(ybar), Rational(1, 2))
narrow_often = ge(Prob(narrow, (X, GaussianRows(n, d))), 1 - exp(-d / 2))
half_often = ge(Prob(half, (y, Signs(n))), 1 - 2 * exp(-d / 8))
enough = Hypothesis("enough data", le(d, n), "n ≥ d")
few_rows = Hypothesis("k rows", le(r, k), "P has at most k rows, so rank r ≤ k")
printed_event = Implies(And(narrow, half), le(d, 12 * LIP**2 * k))

printed = Claim(
    id="bln.thm6.printed", title="Theorem 6 as printed", source=SOURCE, reading=Reading.PRINTED, domain=NormDomain.GLOBAL,
    hypotheses=(*HYPOTHESES, enough, few_rows),
    conclusion=And(narrow_often, half_often, printed_event),
    constants=(Constant("c", "1/√12"), Constant("C", "log 3"), Constant("c′", "1/8")),
    proofs=(proof(
        step("spectrum", ge(Prob(le(sqrt(d) * sqrt(LARGEST), sqrt(n) + sqrt(d) + sqrt(d)), (X, GaussianRows(n, d))),
                            1 - exp(-d / 2)), by=davidson_szarek_G.at(s=sqrt(d), n=n, d=d)),
        step("narrow often", narrow_often, by="linear", using="spectrum"),
        step("mean", ge(Prob(half, (y, Signs(n))), 1 - 2 * exp(-n * Rational(1, 2) ** 2 / 2)), by=hoeffding_mean),
        step("exponents", le(-n / 8, -d / 8), by="linear", using="enough data"),
        step("tails", le(exp(-n / 8), exp(-d / 8)), by=rules.exp_le, using="exponents"),
        step("half often", half_often, by="linear", using=("mean", "tails")),
        step("instance", le(n * (1 - ybar**2), LIP**2 * MASS), by=trace_form.as_lemma.at(x0=zero(d)), using=NAMES),
        step("largest", le(MASS, r * LARGEST), by=spectra.eigsum_max),
        step("square", Implies(narrow, le(d * LARGEST, 9 * n)), by="polynomial", using="enough data"),
        step("together", Implies(half, le(n * Rational(3, 4), LIP**2 * k * LARGEST)), by="polynomial",
             using=("instance", "largest", "k rows")),
        step("event", printed_event, by="polynomial", using=("square", "together")),
        step("law", And(narrow_often, half_often, printed_event), by="conjunction", using=("narrow often", "half often", "event")),
    ),),
    where={"ȳ": ybar, "λ": LARGEST},
    audits=(
        Audit("'g is differentiable' is not needed",
              ("bln.thm6.trace",), "f(x) depends on x only through Px; nothing else is asked of it",
              ("bln.thm6.trace", "bln.thm6.gaussian"),
              detail="the mean value theorem along the chord can be replaced by the definition of Lip"),
        Audit("The statement is about the global constant, and its proof leaves the sphere",
              ("bln.thm6.sphere",), "canonical lifts inside the sphere", ("bln.thm6.sphere", "bln.thm6.sphere_fantope"),
              detail="Conjecture 1 is about Lip_S"),
    ),
    note="The constants are unspecified in the paper; the proof here exhibits them for Gaussian data.  For n of the order of d it is the "
         "conjectured √(n/k); for n ≫ d it misses the factor √(n/d).",
)
