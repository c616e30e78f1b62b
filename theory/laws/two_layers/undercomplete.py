"""Theorem 6 (n ≥ d): a function of an r-dimensional projection that fits has Lip ≥ about √(d/r).

Bubeck–Li–Nagaraj 2021, pp. 8–9.  Kind: lower.  Domain: global (a lift of the projected points leaves every bounded set), and the
sphere in the two forms that are ours.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import (
    DATA,
    LIP,
    P,
    X,
    f,
    fits,
    i,
    j,
    labels,
    n,
    pi,
    projection,
    r,
    smooth,
    through,
    x0,
    y,
    ybar,
)
from theory.lemmas import rules, spectra
from theory.lemmas.projections import lift
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, Outer, Range, Sum, eigenvalue_sum, eq, forall, le, norm, trace

SOURCE = Source("BLN", "Theorem 6", "8–9")
PAIRS = ((i, Range(n)), (j, Range(n)))

# --- 6a: the trace form -----------------------------------------------------------------------------------------------------------

SCATTER = Sum(Outer(X[i] - x0), (i, n))
residual = y[i] - f(x0)
moved = norm(P @ (X[i] - x0))

trace_form = Claim(
    id="bln.thm6.trace", title="Theorem 6, trace form", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.GLOBAL,
    hypotheses=(fits, labels, through, projection, smooth),
    conclusion=le(n * (1 - ybar**2), LIP**2 * eigenvalue_sum(SCATTER, r)),
    proofs=(proof(
        step("lift", forall(le(Abs(f(X[i]) - f(x0)), LIP * moved), DATA), by=lift, using=("through P", "projection", "f Lipschitz")),
        step("square", forall(le(residual**2, LIP**2 * moved**2), DATA), by="polynomial", using=("lift", "fits")),
        step("sum", le(Sum(residual**2, (i, n)), Sum(LIP**2 * moved**2, (i, n))), by=rules.sum_le, using="square"),
        step("trace", eq(Sum(LIP**2 * moved**2, (i, n)), LIP**2 * trace(P, SCATTER)), by="algebra", using="projection"),
        step("Ky Fan", le(trace(P, SCATTER), eigenvalue_sum(SCATTER, r)), by=spectra.kyfan, using="projection"),
        step("spread", eq(Sum(residual**2, (i, n)), n * (1 - ybar**2) + n * (ybar - f(x0)) ** 2), by="sums", using="labels"),
        step("law", le(n * (1 - ybar**2), LIP**2 * eigenvalue_sum(SCATTER, r)), by="polynomial",
             using=("sum", "trace", "Ky Fan", "spread")),
    ),),
    where={"ȳ": ybar, "M": SCATTER},
)

# --- 6b: the Fantope certificate --------------------------------------------------------------------------------------------------

CHORDS = Sum(pi[i, j] * Outer(X[i] - X[j]), (i, n), (j, n))
weights = Hypothesis("weights", eq(Sum(pi[i, j], (i, n), (j, n)), 1), "π is a distribution on pairs")
opposite = Hypothesis("opposite", forall(eq(pi[i, j] * (y[i] - y[j]) ** 2, 4 * pi[i, j]), *PAIRS), "π charges opposite pairs only")
apart = norm(P @ (X[i] - X[j]))

fantope = Claim(
    id="bln.thm6.fantope", title="Theorem 6, Fantope certificate", source=SOURCE, reading=Reading.OURS, domain=NormDomain.GLOBAL,
    hypotheses=(fits, through, projection, smooth, weights, opposite),
    conclusion=le(4, LIP**2 * eigenvalue_sum(CHORDS, r)),
    proofs=(proof(
        step("lift", forall(le(Abs(f(X[i]) - f(X[j])), LIP * apart), *PAIRS), by=lift, using=("through P", "projection", "f Lipschitz")),
        step("square", forall(le(pi[i, j] * (y[i] - y[j]) ** 2, pi[i, j] * LIP**2 * apart**2), *PAIRS), by="polynomial",
             using=("lift", "fits")),
        step("labels", forall(le(4 * pi[i, j], pi[i, j] * LIP**2 * apart**2), *PAIRS), by="linear", using=("square", "opposite")),
        step("sum", le(Sum(4 * pi[i, j], (i, n), (j, n)), Sum(pi[i, j] * LIP**2 * apart**2, (i, n), (j, n))),
             by=rules.sum_le_pairs, using="labels"),
        step("total", eq(Sum(4 * pi[i, j], (i, n), (j, n)), 4), by="sums", using="weights"),
        step("trace", eq(Sum(pi[i, j] * LIP**2 * apart**2, (i, n), (j, n)), LIP**2 * trace(P, CHORDS)), by="algebra",
             using="projection"),
        step("Ky Fan", le(trace(P, CHORDS), eigenvalue_sum(CHORDS, r)), by=spectra.kyfan, using="projection"),
        step("law", le(4, LIP**2 * eigenvalue_sum(CHORDS, r)), by="polynomial", using=("sum", "total", "trace", "Ky Fan")),
    ),),
    where={"M": CHORDS},
)
