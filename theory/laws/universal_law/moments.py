"""The conditional moment bound behind D2, in scalar inequalities: E e^{λzg} ≤ e^{2λ²} for all λ.

z has a conditional range of length 2 and a conditional mean of 0 given x, and g = g(x) the tail P(|g| ≥ t) ≤ 2e^{−t²/2}.  The proof:
(a) given x, z has at most the moments of a variable with two values at distance 2: E e^{θz} ≤ e^{θ²/2}, and E e^{θz} ≤ K(θ) with
    K(θ) = (A/s) e^{s/A − 1}, s = 2θ, A = e^s − 1 (`bounded_factor`);
(b) |g| is at most T in law, where P(T > t) = min(1, 2e^{−t²/2}), and T ≥ t₀ = √(2 log 2);
(c) for λ² ≤ 1/3, E e^{λ²T²/2} = 2^{λ²}/(1 − λ²) ≤ e^{2λ²} (`small`);
(d) for λ ≥ 0.577, K(θ) ≤ (5/4) e^{2θ−1}/(2θ) (`ratio`), so E K(λT) ≤ (5/(4eλ)) e^{2λ²} ∫_{t₀}^∞ e^{−(t−2λ)²/2} dt, and the integral is at
    most √(π/2) + max(0, 2λ − t₀) (`large`).
(b) and the two integrals against the law of T are outside what terms can say: the claims `near` and `far` have them as hypotheses.
Kind: scalar inequality.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.universal_law.noise import p
from theory.lemmas import rules
from theory.proof import Step, proof, step
from theory.source import Source
from theory.terms import Max, Rational, Symbol, eq, exp, le, log, lt, pi, sqrt

MOMENT = Source("lawbook", "conditional moment bound")
s, lam = Symbol("s", positive=True), Symbol("lam", positive=True)
q = Symbol("q", nonnegative=True)
M, I = Symbol("M", real=True), Symbol("I", real=True)

# --- (a): one factor ----------------------------------------------------------------------------------------------------------------

A = exp(s) - 1
BOUNDED = le((1 + p * A) * s, A * exp(p * s + s / A - 1))
bounded_factor = Claim(
    id="bs.moment.factor", title="Moment bound (a): two values at distance 2", source=MOMENT, reading=Reading.OURS,
    domain=NormDomain.DATA,
    hypotheses=(), conclusion=BOUNDED,
    proofs=(proof(
        step("A", lt(0, A), by="ball"),
        step("tangent", le((1 + p * A) * s / A, exp((1 + p * A) * s / A - 1)), by="linear"),
        step("exponent", eq((1 + p * A) * s / A - 1, p * s + s / A - 1), by="polynomial", using="A"),
        step("value", eq(exp((1 + p * A) * s / A - 1), exp(p * s + s / A - 1)), by="algebra", using="exponent"),
        step("times A", le((1 + p * A) * s / A * A, exp(p * s + s / A - 1) * A), by="polynomial", using=("tangent", "value", "A")),
        step("cancel", eq((1 + p * A) * s / A * A, (1 + p * A) * s), by="polynomial", using="A"),
        step("law", BOUNDED, by="linear", using=("times A", "cancel")),
    ),),
    note="1 − p + pe^s ≤ e^{ps} K(s/2), times s, for every real p: e^{−ps}(1 − p + pe^s) is the moment of two values at distance 2 and "
         "mean 0 at θ = s/2.",
)

# --- (c) and (d): two regimes -------------------------------------------------------------------------------------------------------

SMALL = le(q * log(2) - log(1 - q), 2 * q)
small = Claim(
    id="bs.moment.small", title="Moment bound (c): 2^q/(1 − q) ≤ e^{2q} for q ≤ 1/3", source=MOMENT, reading=Reading.OURS,
    domain=NormDomain.DATA, hypotheses=(Hypothesis("small", le(q, Rational(1, 3))),), conclusion=SMALL,
    proofs=(proof(
        step("logarithm", le(-log(1 - q), q + q**2 / (2 * (1 - q))), by="ball", using="small"),
        step("of 2", le(log(2), Rational(7, 10)), by="ball"),
        step("room", lt(0, 1 - q), by="linear", using="small"),
        step("square", le(q**2 / (2 * (1 - q)), Rational(3, 10) * q), by="polynomial", using=("small", "room")),
        step("product", le(q * log(2), q * Rational(7, 10)), by="polynomial", using="of 2"),
        step("law", SMALL, by="linear", using=("logarithm", "product", "square", "room")),
    ),), note="In logarithms.  It holds up to q = 0.42.",
)

v = exp(-s)
RATIO = le((1 - v) * exp(s / A), Rational(5, 4))
ratio = Claim(
    id="bs.moment.ratio", title="Moment bound (d): K(θ) ≤ (5/4) e^{2θ−1}/(2θ)", source=MOMENT, reading=Reading.OURS, domain=NormDomain.DATA,
    hypotheses=(Hypothesis("from", le(Rational(6, 5), s)),), conclusion=RATIO,
    proofs=(proof(
        step("A", lt(0, A), by="ball"),
        step("core", le(s, (1 - v) * (log(Rational(5, 4)) + v) * exp(s)), by="ball", using="from"),
        step("whole", eq((1 - v) * exp(s), A), by="algebra"),
        step("times A", le(s, A * (log(Rational(5, 4)) + v)), by="polynomial", using=("core", "whole")),
        step("divided", le(s / A, log(Rational(5, 4)) + v), by="polynomial", using=("times A", "A")),
        step("exponential", le(exp(s / A), exp(log(Rational(5, 4)) + v)), by=rules.exp_le, using="divided"),
        step("value", eq(exp(log(Rational(5, 4)) + v), Rational(5, 4) * exp(v)), by="algebra"),
        step("tangent", le(1 - v, exp(-v)), by="linear"),
        step("inverse", eq(exp(-v) * exp(v), 1), by="algebra"),
        step("positive", lt(0, exp(v)), by="linear"),
        step("at most 1", le((1 - v) * exp(v), 1), by="polynomial", using=("tangent", "inverse", "positive")),
        step("less", lt(0, 1 - v), by="ball", using="from"),
        step("times", le((1 - v) * exp(s / A), (1 - v) * (Rational(5, 4) * exp(v))), by="polynomial",
             using=("exponential", "value", "less")),
        step("law", RATIO, by="linear", using=("times", "at most 1")),
    ),),
    note="s = 2θ, K(θ) = (A/s) e^{s/A − 1} and A = (1 − e^{−s})e^s.  For λ ≥ 0.577 and θ ≥ λt₀ it is s ≥ 1.35.",
)

FLAT, SLOPED = sqrt(pi / 2), 2 * lam - sqrt(2 * log(2))
LARGE = le(Rational(5, 4) * exp(-1) * (FLAT + Max(0, SLOPED)), lam)
from_there = Hypothesis("large", le(Rational(577, 1000), lam))
large = Claim(
    id="bs.moment.large", title="Moment bound (d): what the integral leaves is at most λ for λ ≥ 0.577", source=MOMENT,
    reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=(from_there,), conclusion=LARGE,
    proofs=(proof(
        step("flat", le(Rational(5, 4) * exp(-1) * FLAT, lam), by="ball", using="large"),
        step("sloped", le(Rational(5, 4) * exp(-1) * (FLAT + SLOPED), lam), by="ball", using="large"),
        step("law", LARGE, by="polynomial", using=("flat", "sloped")),
    ),),
)

# --- all λ --------------------------------------------------------------------------------------------------------------------------

by_square = Hypothesis("by the square", le(M * (1 - lam**2), exp(lam**2 * log(2))),
                       "(a) with e^{θ²/2} and (b): E e^{λzg} ≤ E e^{λ²T²/2} = 2^{λ²}/(1 − λ²) for λ < 1")
by_integral = Hypothesis("by the integral", le(lam * M, Rational(5, 4) * exp(-1) * I * exp(2 * lam**2)),
                         "(a) with K and (b), for λ ≥ 0.577: E e^{λzg} ≤ E K(λT); I = ∫_{t₀}^∞ e^{−(t−2λ)²/2} dt")
integral = Hypothesis("integral", le(I, FLAT + Max(0, SLOPED)), "e^{−u²/2} ≤ 1 for u < 0")
LAW = le(M, exp(2 * lam**2))


def regime(id: str, title: str, hypotheses: tuple[Hypothesis, ...], *steps: Step, note: str = "") -> Claim:
    """The bound for some λ."""
    return Claim(id=id, title=title, source=MOMENT, reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=hypotheses, conclusion=LAW,
                 proofs=(proof(*steps),), note=note)


up_to_third = Hypothesis("λ² ≤ 1/3", le(lam**2, Rational(1, 3)))
near = regime(
    "bs.moment.near", "Conditional moment bound E e^{λzg} ≤ e^{2λ²}, λ² ≤ 1/3, last step", (by_square, up_to_third),
    step("small", le(lam**2 * log(2) - log(1 - lam**2), 2 * lam**2), by=small.as_lemma.at(q=lam**2), using="λ² ≤ 1/3"),
    step("exponent", le(lam**2 * log(2), 2 * lam**2 + log(1 - lam**2)), by="linear", using="small"),
    step("exponential", le(exp(lam**2 * log(2)), exp(2 * lam**2 + log(1 - lam**2))), by=rules.exp_le, using="exponent"),
    step("room", lt(0, 1 - lam**2), by="linear", using="λ² ≤ 1/3"),
    step("product", eq(exp(2 * lam**2 + log(1 - lam**2)), exp(2 * lam**2) * (1 - lam**2)), by="algebra", using="room"),
    step("times", le(M * (1 - lam**2), exp(2 * lam**2) * (1 - lam**2)), by="linear", using=("by the square", "exponential", "product")),
    step("law", LAW, by="polynomial", using=("times", "room")),
    note="M = E e^{λzg} for λ > 0; −z has the same bounds, so that λ < 0 is no other case.")
far = regime(
    "bs.moment.far", "Conditional moment bound E e^{λzg} ≤ e^{2λ²}, λ ≥ 0.577, last step", (by_integral, integral, from_there),
    step("rest", LARGE, by=large.as_lemma, using="large"),
    step("e", lt(0, exp(-1)), by="ball"),
    step("part", le(Rational(5, 4) * exp(-1) * I, lam), by="polynomial", using=("rest", "integral", "e")),
    step("positive", lt(0, exp(2 * lam**2)), by="polynomial"),
    step("times", le(lam * M, lam * exp(2 * lam**2)), by="polynomial", using=("by the integral", "part", "positive")),
    step("law", LAW, by="polynomial", using="times"),
    note="The two regimes overlap: 0.577² = 0.3329 < 1/3.")
