"""Uniform points on the circle with independent signs."""

from __future__ import annotations

from theory.lemmas.build import i, n, textbook
from theory.source import Source
from theory.terms import And, Max, Prob, Range, Signs, Sum, Symbol, Uniform, VectorSymbol, asin, binomial, eq, floor, forall, le, lt, pi
from theory.terms.circle import CircleSlope, OppositeGap, SignChanges

t, y = VectorSymbol("t", n), VectorSymbol("y", n)
LAW = ((t, Uniform(n)), (y, Signs(n)))
tau, u = Symbol("tau", nonnegative=True), Symbol("u", positive=True)
PAIRS_OF_CHANGES = Range(floor(n / 2))
GAP, CHANGES = OppositeGap(t, y), SignChanges(t, y)

sign_change_partition = textbook(
    "lemma.sign_change_partition", "the number of sign changes around a circle is even, and the gap is 1 when there are none",
    Source("Feller, An Introduction to Probability Theory I, 3rd ed. 1968", "I.7, the probability of a union of disjoint events"),
    eq(Prob(lt(tau, GAP), *LAW),
       Prob(eq(CHANGES, 0), *LAW) + Sum(Prob(And(eq(CHANGES, 2 * i), lt(tau, GAP)), *LAW), (i, PAIRS_OF_CHANGES))),
    [lt(tau, 1)])
constant_labels = textbook(
    "lemma.constant_labels", "all n signs agree with probability 2^{1−n}",
    Source("Feller, An Introduction to Probability Theory I, 3rd ed. 1968", "VI.2, b(0; n, ½) + b(n; n, ½)"),
    eq(Prob(eq(CHANGES, 0), *LAW), 2 * 2 ** (-n)))
uniform_spacings = textbook(
    "lemma.uniform_spacings",
    "given the 2i positions of the changes (2·C(n, 2i) labellings of 2ⁿ), their gaps all exceed τ with probability (1 − 2iτ)₊^{n−1}",
    Source("Feller, An Introduction to Probability Theory II, 1971", "I.7, and counting"),
    forall(eq(Prob(And(eq(CHANGES, 2 * i), lt(tau, GAP)), *LAW),
              2 * binomial(n, 2 * i) * 2 ** (-n) * Max(1 - 2 * i * tau, 0) ** (n - 1)), (i, PAIRS_OF_CHANGES)),
    [lt(0, n - 1), le(0, tau)])
circle_slope = textbook(
    "lemma.circle_slope", "points at distance T on the circle have chord 2 sin(πT), so the slope is below u exactly when T > arcsin(1/u)/π",
    Source("Gelfand, Saul, Trigonometry, 2001", "the chord of an arc; the sine increases on [0, π/2]"),
    eq(Prob(lt(CircleSlope(t, y), u), *LAW), Prob(lt(asin(1 / u) / pi, GAP), *LAW)), [lt(1, u)])
