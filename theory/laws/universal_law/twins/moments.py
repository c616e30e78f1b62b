"""False twins of the conditional moment bound: a regime is too large, or a constant too small."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.universal_law.moments import (
    LARGE,
    LAW,
    RATIO,
    A,
    M,
    bounded_factor,
    far,
    lam,
    large,
    near,
    p,
    q,
    ratio,
    s,
    small,
)
from theory.terms import Rational, exp, le, log


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())[:3]
    ['bs.moment.factor', 'bs.moment.far', 'bs.moment.large']
    """
    return {
        bounded_factor.id: tuple(bounded_factor.claiming(name, le((1 + p * A) * s, A * exp(exponent)), flaw) for name, exponent, flaw in (
            ("11/10", p * s + s / A - Rational(11, 10), "e^{−1} is attained"), ("without s/A", p * s - 1, "the best is 1 + pA = A/s"),
            ("without ps", s / A - 1, "the left side grows with p"))),
        small.id: (
            small.dropping("small", "the left side is unbounded at q = 1"),
            small.claiming("1.8q", le(q * log(2) - log(1 - q), Rational(9, 5) * q), "at q = 1/3 it is 1.91q"),
            small.claiming("q", le(q * log(2) - log(1 - q), q), "near q = 0 it is 1.69q")),
        ratio.id: (
            ratio.claiming("19/16", le(RATIO.lhs, Rational(19, 16)), "the largest value is 1.196, at 2θ = 1.59"),
            ratio.claiming("without 1 − e^{−s}", le(exp(s / A), RATIO.rhs), "at s = 6/5 it is 1.68"),
            ratio.claiming("flipped", le(RATIO.rhs, RATIO.lhs), "for large s it is near 1")),
        large.id: (
            large.dropping("large", "at λ = 0 something is left"),
            large.claiming("half", le(2 * LARGE.lhs, lam), "at λ = 0.577 it is an equality"),
            large.claiming("less", le(LARGE.lhs, lam * Rational(9, 10)), "at λ = 0.577 it is nearly an equality")),
        near.id: (
            near.dropping("by the square", "M is then any number"), near.dropping("λ² ≤ 1/3", "at λ = 1 nothing is said of M"),
            near.claiming("half", le(2 * M, LAW.rhs), "at λ = 0.577 it is nearly an equality")),
        far.id: (
            far.dropping("by the integral", "M is then any number"), far.dropping("integral", "I is then any number"),
            far.dropping("large", "for small λ the bound M ≤ const/λ is above 1"),
            far.claiming("half", le(2 * M, LAW.rhs), "at λ = 0.577 it is nearly an equality")),
    }
