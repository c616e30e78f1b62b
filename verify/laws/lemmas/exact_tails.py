"""Logarithms of tail probabilities with rigorous enclosures, far below the least float: χ², caps of the sphere, binomial, normal."""

from __future__ import annotations

import math
from collections.abc import Callable

from flint import arb, ctx
from scipy import stats

from theory.errors import NotCertified

PRECISION = 256  # bits; the incomplete gamma function of 10⁶ degrees of freedom loses about 40 of them


def _log(value: Callable[[], arb]) -> tuple[float, float]:
    """An enclosure of the logarithm of a positive ball, as floats rounded outward."""
    before = ctx.prec
    try:
        ctx.prec = PRECISION
        ball = value()
        if ball == 0:
            return -math.inf, -math.inf
        found = ball.log()
    finally:
        ctx.prec = before
    if not found.is_finite():
        raise NotCertified(f"the logarithm of the probability {ball} was not enclosed at {PRECISION} bits; take a less extreme threshold")
    low, high = float(found.lower()), float(found.upper())
    return math.nextafter(low, -math.inf), math.nextafter(high, math.inf)


def log_chi2_upper(freedom: int, threshold: float) -> tuple[float, float]:
    """log P(χ²_m > x).

    >>> low, high = log_chi2_upper(2, 2000.0)         # P = e^{−x/2}
    >>> low <= -1000.0 <= high and high - low < 1e-9
    True
    """
    if threshold <= 0:
        return 0.0, 0.0
    return _log(lambda: arb(threshold / 2).gamma_upper(arb(freedom) / 2, regularized=1))


def log_chi2_lower(freedom: int, threshold: float) -> tuple[float, float]:
    """log P(χ²_m < x), by the series x^a e^{−x}/Γ(a+1)·(1 + x/(a+1) + x²/((a+1)(a+2)) + …) with a = m/2 and x/2 for x.

    >>> low, high = log_chi2_lower(2, 2e-3)           # P = 1 − e^{−x/2}
    >>> low <= math.log(-math.expm1(-1e-3)) <= high and high - low < 1e-9
    True
    """
    a, x = freedom / 2, threshold / 2
    if x <= 0:
        return -math.inf, -math.inf
    if x >= a:
        return _log(lambda: 1 - arb(x).gamma_upper(arb(a), regularized=1))
    least, most = _series(a, x)
    front = _log(lambda: (arb(a) * arb(x).log() - arb(x) - arb(a + 1).lgamma()).exp())
    return front[0] + math.log(least), front[1] + math.log(most)


def _series(a: float, x: float) -> tuple[float, float]:
    """Σ_j x^j/((a+1)…(a+j)) for x < a: the terms fall, and what is left out is at most a geometric series."""
    total, term, j = 0.0, 1.0, 0
    while term > 1e-18 * total:
        total, j = total + term, j + 1
        term *= x / (a + j)
    rest = term / (1 - x / (a + j + 1))
    slack = 4 * (j + 2) * 2.0**-53  # j multiplications and additions of positive floats
    return total * (1 - slack), (total + rest) * (1 + slack)


def log_cap(dim: int, height: float) -> tuple[float, float]:
    """log P(⟨u, x⟩ > t) for x uniform on S^{d−1} and a unit vector u: half the tail of a Beta(½, (d−1)/2) law at t².

    >>> [round(e, 6) for e in log_cap(3, 0.5)] == [round(math.log(0.25), 6)] * 2     # Archimedes: (1 − t)/2
    True
    """
    if height >= 1:
        return -math.inf, -math.inf
    if height < 0:
        raise NotCertified(f"the height of a cap is {height}; give 0 ≤ t")
    if dim == 1:
        return math.log(0.5), math.log(0.5)
    half = arb(1) / 2
    return _log(lambda: half * (1 - arb(height) ** 2).beta_lower((arb(dim) - 1) / 2, half, regularized=1))


def log_binomial_tail(count: int, threshold: float) -> float:
    """log P(Σ y_i > τ) for n fair signs; the number of plus signs exceeds (n + τ)/2.

    >>> round(log_binomial_tail(2, 1.0), 6) == round(math.log(0.25), 6)
    True
    """
    return float(stats.binom.logsf(math.floor((count + threshold) / 2), count, 0.5))


def log_normal_tail(threshold: float) -> float:
    """log P(|g| > τ) for a standard normal g, correct to a few units in the last place.

    >>> abs(log_normal_tail(1.959963984540054) - math.log(0.05)) < 1e-12
    True
    """
    return float(stats.norm.logsf(threshold) + math.log(2)) if threshold > 0 else 0.0
