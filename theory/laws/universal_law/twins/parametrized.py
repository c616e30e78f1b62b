"""False twins of D3: a condition is dropped, or a constant is too small."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.universal_law.parametrized import (
    A,
    P,
    base,
    bounded,
    delta,
    eps,
    eta,
    f,
    g,
    half,
    law,
    mean_square,
    net,
    r,
    ratio,
    square,
    u,
    v,
    y,
)
from theory.terms import Abs, Rational, le, n, norm, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())[:3]
    ['bs.d3.half', 'bs.d3.law', 'bs.d3.mean_square']
    """
    laws = {claim.id: (*(claim.dropping(name, "a link is missing") for name in ("small L", "size", "rate", "union")),
                       claim.claiming("a quarter", le(P, delta / 4), "log(2/δ) pays for δ/2"))
            for claim in (law, bounded)}
    return laws | {
        square.id: (
            square.dropping("close", "f and g are then any numbers"), square.dropping("label", "a large label"),
            square.dropping("value", "a large value"),
            square.claiming("half", le(Abs((y - f) ** 2 - (y - g) ** 2), eps / 2), "the printed step")),
        mean_square.id: (
            mean_square.dropping("near", "f and g are then any functions"),
            mean_square.claiming("no cross term", le(norm(r - v) ** 2, norm(r - u) ** 2 + n * eta**2), "2η√MSE(f) is lost"),
            mean_square.claiming("no η", le(norm(r - v) ** 2, norm(r - u) ** 2), "g may fit worse than f")),
        half.id: (
            half.dropping("fit", "the cross term grows with MSE(f)"), half.dropping("η", "η is then any number"),
            half.claiming("a quarter", le((sqrt(A) + eta) ** 2, A + eps / 4), "the cross term is nearly ε/2")),
        net.id: (
            net.dropping("condition", "one function is more than 60t < 1"), net.dropping("one point", "1 + 12t > 60t for t < 1/48"),
            net.dropping("ball", "b is then any number"),
            net.claiming("18t", le(base, 18 * ratio + Rational(1, 10**6)), "at t = 1/60 one function is 60t")),
    }
