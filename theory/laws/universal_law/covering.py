"""D6, data in few cells: a law of robustness without isoperimetry, for every Lipschitz function.

The data lie in M cells: a_iq ≥ 0 with Σ_q a_iq = 1 is the part of datum i in cell q, all of which is at most ρ from the point p_q.
Noise is symmetric as in `symmetric_noise`: y_i = g_i + ν_i e_i, independent uniform signs e_i, |g_i| + ν_i ≤ 1.  A function that
fits below the noise level follows the noise within cells, for the sums of the noise over the cells are small: √(nM) in all.  With
M ≤ nε²/144 it has Lip(f) ρ ≥ ε/4 but for a probability 2e^{−2nε²/225}.  The cube [0,1]^d cut into m^d cells has ρ = √d/(2m), so
Lip(f) ≥ εm/(2√d).  Wu, Huang and Zhang (2023) have such laws without constants; here all is finite sums and bounded differences.
Kind: lower.  Domain: global.
"""

from __future__ import annotations

from typing import Any

from sympy import Integer

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LIP, X, d, f, i, n, smooth
from theory.laws.universal_law.symmetric_noise import NOISE, against, e, g, labels, nu, often, positive, s, tail
from theory.lemmas import rules
from theory.lemmas.concentration import mcdiarmid
from theory.lemmas.processes import rademacher_norm
from theory.lemmas.spectra import cauchy
from theory.proof import proof, step
from theory.source import OURS
from theory.terms import (
    Abs,
    And,
    Expect,
    Implies,
    MatrixSymbol,
    Max,
    Min,
    Range,
    Rational,
    Signs,
    Sum,
    Symbol,
    VectorSymbol,
    eq,
    exp,
    forall,
    index,
    le,
    norm,
    replace,
    sqrt,
    zero,
)
from theory.terms.linear import Direction

M = Symbol("M", integer=True, positive=True)
q = index("q")
A, points = MatrixSymbol("A", n, M), MatrixSymbol("p", M, d)
other = VectorSymbol("e′", n)
rho, eps = Symbol("rho", nonnegative=True), Symbol("eps", positive=True)
OTHER, CELLS = (other, Signs(n)), (q, Range(M))

share = Hypothesis("share", forall(le(A[i, q] ** 2, A[i, q]), DATA, CELLS), "0 ≤ a ≤ 1")
whole = Hypothesis("whole", forall(eq(Sum(A[i, q], (q, M)), 1), DATA), "the parts of a datum make one")
near = Hypothesis("near", forall(le(A[i, q] * norm(X[i] - points[q]), A[i, q] * rho), DATA, CELLS),
                  "a datum is at a distance of at most ρ from the points of its cells")
signs = Hypothesis("signs", forall(eq(e[i] ** 2, 1), DATA), "e is a vector of signs")
fit = Hypothesis("fit", le(Sum((g[i] + nu[i] * e[i] - f(X[i])) ** 2, (i, n)), Sum(nu[i] ** 2, (i, n)) - n * eps),
                 "f fits below the noise level")


def cell(v: Any) -> Any:
    """The sum of the noise over cell q."""
    return Sum(nu[i] * A[i, q] * v[i], (i, n))


def cells(v: Any) -> Any:
    """The sizes of these sums, added up."""
    return Sum(Abs(cell(v)), (q, M))


def clip(t: Any) -> Any:
    """The number of [−1, 1] that is nearest to t."""
    return Max(-1, Min(1, t))


moved, gap = nu[i] * A[i, q] * (e[i] - other[i]), Abs(e[i] - other[i])
change = Sum(A[i, q] * gap, (i, n))
PAIR = (NOISE, OTHER, CELLS)
UNIT = Direction(zero(Integer(1)))                   # carries a number as a vector of R¹
carried = (nu[i] * A[i, q]) * UNIT
bounded_differences = (
    step("small", forall(le(nu[i], 1), DATA), by="linear", using=("noise", "labels")),
    step("gap", forall(eq(cell(e) - cell(other), Sum(moved, (i, n))), *PAIR), by="sums"),
    step("triangle", forall(le(Abs(Sum(moved, (i, n))), Sum(Abs(moved), (i, n))), *PAIR), by=rules.triangle),
    step("term", forall(le(Abs(moved), A[i, q] * gap), *PAIR, DATA), by="polynomial", using=("noise", "small", "share")),
    step("terms", forall(le(Sum(Abs(moved), (i, n)), change), *PAIR), by=rules.sum_le, using="term"),
    step("up", forall(le(Abs(cell(e)), Abs(cell(other)) + change), *PAIR), by="polynomial", using=("gap", "triangle", "terms")),
    step("down", forall(le(Abs(cell(other)), Abs(cell(e)) + change), *PAIR), by="polynomial", using=("gap", "triangle", "terms")),
    step("all up", forall(le(cells(e), Sum(Abs(cell(other)) + change, (q, M))), NOISE, OTHER), by=rules.sum_le, using="up"),
    step("all down", forall(le(cells(other), Sum(Abs(cell(e)) + change, (q, M))), NOISE, OTHER), by=rules.sum_le, using="down"),
    step("exchange", forall(eq(Sum(change, (q, M)), Sum(gap, (i, n))), NOISE, OTHER), by="sums", using="whole"),
    step("split up", forall(eq(Sum(Abs(cell(other)) + change, (q, M)), cells(other) + Sum(change, (q, M))), NOISE, OTHER), by="sums"),
    step("split down", forall(eq(Sum(Abs(cell(e)) + change, (q, M)), cells(e) + Sum(change, (q, M))), NOISE, OTHER), by="sums"),
    step("differences", forall(le(Abs(cells(e) - cells(other)), Sum(2 * gap, (i, n)) / 2), NOISE, OTHER), by="polynomial",
         using=("all up", "all down", "exchange", "split up", "split down")),
    step("squares", le(Sum(Integer(2) ** 2, (i, n)), (2 * sqrt(n)) ** 2), by="sums"),
    step("tail", often(le(cells(e), Expect(cells(e), NOISE) + 2 * sqrt(n) * sqrt(s / 2)), exp(-s)), by=mcdiarmid.at(
        F=lambda v: Sum(Abs(Sum(nu[i] * A[i, q] * v[i], (i, n))), (q, M)), G=lambda i: Integer(2), sigma=2 * sqrt(n), s=s),
        using=("differences", "squares")),
)
LENGTH = Sum(norm(carried) ** 2, (i, n))
mean = (
    step("unit", eq(norm(UNIT), 1), by=rules.direction_unit),
    step("Jensen", forall(le(Expect(norm(Sum(e[i] * carried, (i, n))), NOISE), sqrt(LENGTH)), CELLS), by=rademacher_norm),
    step("line", forall(eq(norm(Sum(e[i] * carried, (i, n))), Abs(cell(e))), CELLS, NOISE), by="algebra", using="unit"),
    step("below", forall(le(Abs(cell(e)), norm(Sum(e[i] * carried, (i, n)))), CELLS, NOISE), by="linear", using="line"),
    step("mean below", forall(le(Expect(Abs(cell(e)), NOISE), Expect(norm(Sum(e[i] * carried, (i, n))), NOISE)), CELLS),
         by=rules.expect_le, using="below"),
    step("one cell", forall(le(Expect(Abs(cell(e)), NOISE), sqrt(LENGTH)), CELLS), by="linear", using=("Jensen", "mean below")),
    step("sum of means", eq(Expect(cells(e), NOISE), Sum(Expect(Abs(cell(e)), NOISE), (q, M))), by="sums"),
    step("each mean", le(Sum(Expect(Abs(cell(e)), NOISE), (q, M)), Sum(sqrt(LENGTH), (q, M))), by=rules.sum_le, using="one cell"),
    step("Cauchy", le(Sum(1 * sqrt(LENGTH), (q, M)), sqrt(Sum(Integer(1) ** 2, (q, M))) * sqrt(Sum(sqrt(LENGTH) ** 2, (q, M)))),
         by=cauchy.at(F=lambda q: Integer(1), G=lambda q: replace(sqrt(LENGTH), {index("q"): q}))),
    step("ones", eq(Sum(Integer(1) ** 2, (q, M)), M), by="sums"),
    step("roots", forall(eq(sqrt(LENGTH) ** 2, LENGTH), CELLS), by="polynomial"),
    step("squared", eq(Sum(sqrt(LENGTH) ** 2, (q, M)), Sum(LENGTH, (q, M))), by="sums", using="roots"),
    step("length", forall(le(norm(carried) ** 2, nu[i] * A[i, q]), DATA, CELLS), by="polynomial",
         using=("noise", "small", "share", "unit")),
    step("lengths", forall(le(LENGTH, Sum(nu[i] * A[i, q], (i, n))), CELLS), by=rules.sum_le, using="length"),
    step("all lengths", le(Sum(LENGTH, (q, M)), Sum(Sum(nu[i] * A[i, q], (i, n)), (q, M))), by=rules.sum_le, using="lengths"),
    step("exchanged", eq(Sum(Sum(nu[i] * A[i, q], (i, n)), (q, M)), Sum(nu[i], (i, n))), by="sums", using="whole"),
    step("noises", le(Sum(nu[i], (i, n)), Sum(1, (i, n))), by=rules.sum_le, using="small"),
    step("total", le(Sum(LENGTH, (q, M)), n), by="linear", using=("all lengths", "exchanged", "noises")),
    step("root", le(sqrt(Sum(LENGTH, (q, M))), sqrt(n)), by="polynomial", using="total"),
    step("mean", le(Expect(cells(e), NOISE), sqrt(n) * sqrt(M)), by="polynomial",
         using=("sum of means", "each mean", "Cauchy", "ones", "squared", "root")),
)

quiet = le(cells(e), sqrt(n) * sqrt(M) + sqrt(n) * sqrt(2 * s))
EVENT = And(quiet, against)
OFTEN = often(EVENT, 2 * exp(-s))
LAW = le(n * eps / 2, sqrt(n) * (Rational(5, 4) * sqrt(2 * s) + sqrt(M)) + n * LIP * rho)
value, at_point = clip(f(X[i])), clip(f(points[q]))
likely = (
    *bounded_differences, *mean,
    step("weaken", forall(Implies(le(cells(e), Expect(cells(e), NOISE) + 2 * sqrt(n) * sqrt(s / 2)), quiet), NOISE), by="linear",
         using="mean"),
    step("quiet", often(quiet, exp(-s)), by=rules.prob_implies, using=("tail", "weaken")),
    *tail("against", against, -nu[i] * g[i], sqrt(n) / 4, Rational(1, 16), ("noise", "labels")),
    step("often", OFTEN, by=rules.prob_and.at(p=exp(-s), q=exp(-s)), using=("quiet", "against")),
)
follows = (
    step("labelled", forall(le(Abs(g[i] + nu[i] * e[i]), 1), DATA), by="polynomial", using=("labels", "noise", "signs")),
    step("clipped", forall(le((g[i] + nu[i] * e[i] - value) ** 2, (g[i] + nu[i] * e[i] - f(X[i])) ** 2), DATA), by="polynomial",
         using="labelled"),
    step("clipped fit", le(Sum((g[i] + nu[i] * e[i] - value) ** 2, (i, n)), Sum((g[i] + nu[i] * e[i] - f(X[i])) ** 2, (i, n))),
         by=rules.sum_le, using="clipped"),
    step("expand", eq(Sum((g[i] + nu[i] * e[i] - value) ** 2, (i, n)),
                      Sum(nu[i] ** 2, (i, n)) - 2 * Sum(e[i] * (-nu[i] * g[i]), (i, n)) - 2 * Sum(nu[i] * e[i] * value, (i, n))
                      + Sum((g[i] - value) ** 2, (i, n))), by="sums", using="signs"),
    step("square", le(0, Sum((g[i] - value) ** 2, (i, n))), by="linear"),
    step("slope", forall(le(Abs(f(X[i]) - f(points[q])), LIP * norm(X[i] - points[q])), DATA, CELLS), by=rules.lip, using="f Lipschitz"),
    step("clipped slope", forall(le(Abs(value - at_point), Abs(f(X[i]) - f(points[q]))), DATA, CELLS), by="polynomial"),
    step("within", forall(le(A[i, q] * Abs(value - at_point), A[i, q] * (LIP * rho)), DATA, CELLS), by="polynomial",
         using=("slope", "clipped slope", "near", "share")),
    step("sign", forall(le(Abs(nu[i] * e[i]), nu[i]), DATA), by="polynomial", using=("noise", "signs")),
    step("positive part", forall(eq(Abs(A[i, q]), A[i, q]), DATA, CELLS), by="polynomial", using="share"),
    step("modulus", forall(le(nu[i] * e[i] * A[i, q] * (value - at_point), Abs(nu[i] * e[i]) * (A[i, q] * Abs(value - at_point))),
                           DATA, CELLS), by="linear", using="positive part"),
    step("noise at most", forall(le(Abs(nu[i] * e[i]) * (A[i, q] * Abs(value - at_point)), nu[i] * (A[i, q] * (LIP * rho))), DATA, CELLS),
         by="chain", using=("sign", "within")),
    step("rest", forall(le(nu[i] * e[i] * A[i, q] * (value - at_point), nu[i] * A[i, q] * (LIP * rho)), DATA, CELLS), by="linear",
         using=("modulus", "noise at most")),
    step("rests", le(Sum(nu[i] * e[i] * A[i, q] * (value - at_point), (i, n), (q, M)), Sum(nu[i] * A[i, q] * (LIP * rho), (i, n), (q, M))),
         by=rules.sum_le_pairs, using="rest"),
    step("gathered", eq(Sum(nu[i] * A[i, q] * (LIP * rho), (i, n), (q, M)), LIP * rho * Sum(nu[i], (i, n))), by="sums", using="whole"),
    step("all rests", le(LIP * rho * Sum(nu[i], (i, n)), LIP * rho * n), by="chain", using="noises"),
    step("constant", forall(le(at_point * cell(e), Abs(cell(e))), CELLS), by="polynomial"),
    step("constants", le(Sum(at_point * cell(e), (q, M)), cells(e)), by=rules.sum_le, using="constant"),
    step("cells", eq(Sum(nu[i] * e[i] * value, (i, n)),
                     Sum(at_point * cell(e), (q, M)) + Sum(nu[i] * e[i] * A[i, q] * (value - at_point), (i, n), (q, M))),
         by="sums", using="whole"),
    step("event", Implies(EVENT, LAW), by="linear",
         using=("fit", "clipped fit", "expand", "square", "cells", "constants", "rests", "gathered", "all rests")),
)

HYPOTHESES = (positive, labels, share, whole, near, signs, smooth, fit)
law = Claim(
    id="bs.d6.cells", title="D6, data in M cells of radius ρ", source=OURS, reading=Reading.OURS, domain=NormDomain.GLOBAL,
    hypotheses=HYPOTHESES, conclusion=And(OFTEN, Implies(EVENT, LAW)),
    proofs=(proof(*likely, *follows,
                  step("law", And(OFTEN, Implies(EVENT, LAW)), by="conjunction", using=("often", "event"))),),
)

# --- few cells, and the cube --------------------------------------------------------------------------------------------------------

few = Hypothesis("few cells", le(144 * M, n * eps**2), "M ≤ nε²/144")
level = Hypothesis("level", eq(225 * s, 2 * n * eps**2), "s = 2nε²/225")
QUARTER = le(eps, 4 * LIP * rho)
quarter = Claim(
    id="bs.d6.quarter", title="D6, few cells: Lip(f) ρ ≥ ε/4", source=OURS, reading=Reading.OURS, domain=NormDomain.GLOBAL,
    hypotheses=(*HYPOTHESES, few, level), conclusion=And(OFTEN, Implies(EVENT, QUARTER)),
    proofs=(proof(
        step("cells", law.conclusion, by=law.as_lemma, using=tuple(h.name for h in HYPOTHESES)),
        step("often", OFTEN, by="conjunction", using="cells"),
        step("root of M", le(sqrt(M), sqrt(n) * eps / 12), by="polynomial", using="few cells"),
        step("root of s", le(sqrt(2 * s), sqrt(n) * eps * Rational(2, 15)), by="polynomial", using="level"),
        step("cost", le(sqrt(n) * (Rational(5, 4) * sqrt(2 * s) + sqrt(M)), n * eps / 4), by="polynomial",
             using=("root of M", "root of s")),
        step("event", Implies(EVENT, LAW), by="conjunction", using="cells"),
        step("n times", Implies(EVENT, le(n * eps, n * (4 * LIP * rho))), by="linear", using=("event", "cost")),
        step("quarter", Implies(EVENT, QUARTER), by="polynomial", using="n times"),
        step("law", And(OFTEN, Implies(EVENT, QUARTER)), by="conjunction", using=("often", "quarter")),
    ),),
    note="2e^{−s} = 2e^{−2nε²/225}.",
)

side = Symbol("m", integer=True, positive=True)
cube = Hypothesis("cube", eq(2 * side * rho, sqrt(d)), "cells are cubes of side 1/m, about their centres: ρ = √d/(2m), M = m^d")
CUBE = le(eps * side, 2 * sqrt(d) * LIP)
on_cube = Claim(
    id="bs.d6.cube", title="D6, the cube: Lip(f) ≥ εm/(2√d) for m^d ≤ nε²/144", source=OURS, reading=Reading.OURS,
    domain=NormDomain.GLOBAL, hypotheses=(*HYPOTHESES, few, level, cube), conclusion=And(OFTEN, Implies(EVENT, CUBE)),
    proofs=(proof(
        step("quarter", quarter.conclusion, by=quarter.as_lemma, using=(*(h.name for h in HYPOTHESES), "few cells", "level")),
        step("often", OFTEN, by="conjunction", using="quarter"),
        step("event", Implies(EVENT, QUARTER), by="conjunction", using="quarter"),
        step("cube", Implies(EVENT, CUBE), by="polynomial", using=("event", "cube")),
        step("law", And(OFTEN, Implies(EVENT, CUBE)), by="conjunction", using=("often", "cube")),
    ),),
    note="A general law of labels in [−1, 1] was found by hand to have 3.5 in place of 2, with the failure 2e^{−nε²/111}.",
)
