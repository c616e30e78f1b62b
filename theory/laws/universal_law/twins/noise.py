"""False twins of D1: a bound or the fit is dropped, or a threshold is too large."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import i
from theory.laws.universal_law.noise import (
    P,
    a,
    b,
    centred,
    correlated,
    correlation,
    eps,
    f,
    five_sixteenths,
    g,
    noise,
    p,
    q,
    quarter,
    s,
    square,
    t,
    tail,
    three_eighths,
    total,
    two_factors,
)
from theory.terms import exp, le, n

DROPPED = (("noise", "σ² is then any number"), ("regression", "mean zg may then be as negative as it likes"),
           ("fit", "f = 0 is not correlated with the noise"))


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())[:3]
    ['bs.d1', 'bs.d1.five_sixteenths', 'bs.d1.moment']
    """
    found = {claim.id: tuple(claim.dropping(name, flaw) for name, flaw in DROPPED)
             for claim in (correlation, quarter, three_eighths, five_sixteenths)}
    found[correlation.id] += (correlation.claiming("b once", correlated((eps - a - b) / 2), "2zg costs its threshold twice"),)
    found[quarter.id] += (quarter.claiming("ε/3", correlated(eps / 3), "the printed step"),)
    moment = centred(p) * centred(q)
    return found | {
        square.id: (
            square.dropping("squares", "σ² is then any number"), square.dropping("fit", "f = 0 is not correlated with the noise"),
            square.claiming("once", le(n * (eps - s) + total((f[i] - g[i]) ** 2), total(f[i] * noise)), "the factor 2 of 2zf is lost")),
        two_factors.id: (
            *(two_factors.claiming(f"t²/{size}", le(moment, exp(t**2 / size)), "fair coins have t²/4 − O(t⁴)") for size in (5, 8)),
            two_factors.claiming("not centred", le((1 - p + p * exp(t)) * (1 - q + q * exp(t)), exp(t**2 / 4)), "the means are p and q")),
        tail.id: (
            tail.dropping("Chernoff", "P is then any number"), tail.dropping("best t", "t = 0 says P ≤ 1 alone"),
            tail.claiming("2ns²", le(P, exp(-2 * n * s**2)), "the exponent of one factor of Hoeffding, not of two")),
    }
