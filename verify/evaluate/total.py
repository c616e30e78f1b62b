"""Functions with a value everywhere, on intervals: inside their domain as usual, off it by convention, undecided on the edge.

A value is read off the domain only where its argument is certainly there: it is exact (its error is 0), or its enclosure excludes
the domain.  Where the enclosure touches the edge, and the function jumps there, the result is not decided: NaN for a point, the hull
of both values for an interval.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from verify.evaluate.values import ULP, Interval, are_small_integers, between, ends, is_exact, lost, monotone, multiply, point


class TotalValue(NamedTuple):
    """A value, the places where it was read off the domain, those where that is not decided, and those of the first that are poles."""

    value: Interval
    off: Any
    unclear: Any
    pole: Any = False


Total = Callable[[Interval], TotalValue]


def patched(inside: Interval, off: Any, unclear: Any, *, hull: bool = True) -> TotalValue:
    """0 where `off`; undecided where `unclear`, which an interval says by containing 0 as well (`hull`)."""
    touched = off | unclear
    if not np.any(touched):
        return TotalValue(inside, off, unclear)
    error = np.where(touched, 0.0, inside.error)
    if inside.is_point:
        return TotalValue(point(np.where(unclear, np.nan, np.where(off, 0.0, inside.lower)), error), off, unclear)
    low, high = (np.where(off, 0.0, end) for end in ends(inside))
    joined: tuple[Any, Any] = (np.minimum(low, 0.0), np.maximum(high, 0.0)) if hull else (np.nan, np.nan)
    lower, upper = (np.where(unclear, edge, np.where(off, 0.0, end)) for edge, end in zip(joined, inside[:2], strict=True))
    return TotalValue(Interval(lower, upper, error), off, unclear)


def _zero(lower: Any, upper: Any) -> Any:
    return (lower == 0) & (upper == 0)


def root(a: Interval) -> TotalValue:
    """√t, and 0 for t < 0; continuous, so that nothing is unclear."""
    lower, upper = ends(a)
    inside = monotone(np.sqrt, a, (0.0, np.inf))
    return TotalValue(inside, upper < 0, np.zeros(np.shape(lower), dtype=bool))


def logarithm(a: Interval) -> TotalValue:
    """log t, and 0 for t ≤ 0."""
    lower, upper = ends(a)
    off = (upper < 0) | _zero(lower, upper)
    return patched(monotone(np.log, a, (0.0, np.inf)), off, (lower <= 0) & ~off)


def arc(f: Callable[[Any], Any], *, rising: bool) -> Total:
    """arcsin or arccos, and 0 outside [−1, 1]."""

    def run(a: Interval) -> TotalValue:
        lower, upper = ends(a)
        off = (upper < -1) | (lower > 1)
        return patched(monotone(f, a, (-1.0, 1.0), rising=rising), off, ((lower < -1) | (upper > 1)) & ~off)

    return run


# --- powers ---------------------------------------------------------------------------------------


def integer_power(base: Interval, p: Any) -> TotalValue:
    """t^p for integers p, of either sign from place to place: 0⁰ = 1, and 0^p = 0 for p < 0."""
    p = np.asarray(p, dtype=np.float64)
    lower, upper = ends(base)
    zero = _zero(lower, upper)
    off, unclear = zero & (p < 0), (lower <= 0) & (upper >= 0) & ~zero & (p < 0)
    if base.is_point:
        return patched(_point_power(base, p), off, unclear)._replace(pole=off)
    value = between(_power_range(base[:2], p), _power_range((lower, upper), p), 4 * ULP)
    return patched(value, off, np.zeros(np.shape(unclear), dtype=bool))._replace(unclear=unclear, pole=off)


def _point_power(base: Interval, p: Any) -> Interval:
    x, e = np.asarray(base.lower, dtype=np.float64), base.error
    value = np.power(x, p)
    if is_exact(e) and np.all(p >= 0) and are_small_integers(x) and np.all(np.abs(value) < 2.0**49):
        return point(np.rint(value), 0.0)  # a library power is correct to 4 ulp, here less than ½
    grown, shrunk = np.abs(x) + e, np.maximum(np.abs(x) - e, 0.0)
    worst = np.power(np.where(p >= 1, grown, shrunk), p - 1)  # |d x^p| ≤ |p||ξ|^{p−1}e for some ξ within e of x
    change = np.where((p == 0) | (np.asarray(e) == 0), 0.0, np.abs(p) * worst * e)
    return point(value, change + (1 + np.abs(p)) * ULP * np.abs(value) + lost(value, x))


def _power_range(base: tuple[Any, Any], p: Any) -> tuple[Any, Any]:
    """The range of t^p over an interval, with 0 where t = 0 and p < 0."""
    lower, upper = (np.asarray(end, dtype=np.float64) for end in base)
    low, high = np.power(lower, p), np.power(upper, p)
    straddles, even = (lower <= 0) & (upper >= 0), np.mod(p, 2) == 0
    bottom = np.where(even & straddles & (p > 0), 0.0, np.minimum(low, high))
    top = np.maximum(low, high)
    pole = straddles & (p < 0)
    bottom = np.where(pole, np.where(even | (lower == 0), 0.0, -np.inf), bottom)
    top = np.where(pole, np.where((upper == 0) & ((lower == 0) | ~even), 0.0, np.inf), top)
    return bottom, top


def real_power(base: Interval, exponent: Interval, *, fractional: bool = False) -> TotalValue:
    """t^q: exp(q log t) for t > 0; 0⁰ = 1 and 0^q = 0; for t < 0 an integer power, or 0 for q ∉ ℤ (`fractional`: known of q).

    On the edge it is continuous for q > 0 where no integer power of a negative number is possible.
    """
    lower, upper = ends(base)
    least, most = ends(exponent)
    zero, negative = _zero(lower, upper), upper < 0
    q_vanishes = (least == 0) & (most == 0)
    broken = np.ceil(least) > np.floor(most) if not fractional else np.ones(np.shape(least), dtype=bool)
    off = (zero & (most < 0)) | (negative & broken)
    decided = (lower > 0) | off | (zero & ((least > 0) | q_vanishes)) | ((least > 0) & (broken | (lower >= 0)))
    unclear = ~decided & ~np.isnan(lower) & ~np.isnan(least)
    inside = _positive_power(base, exponent)
    if np.any(zero & q_vanishes) and inside.is_point:
        one = zero & q_vanishes
        inside = point(np.where(one, 1.0, inside.lower), np.where(one, 0.0, inside.error))
    naught = zero & (least > 0)
    if np.any(naught) and inside.is_point:  # 0^q = 0 is no convention, and exact
        inside = point(np.where(naught, 0.0, inside.lower), np.where(naught, 0.0, inside.error))
    return patched(inside, off, unclear, hull=False)._replace(pole=zero)


def _positive_power(base: Interval, exponent: Interval) -> Interval:
    """t^q for t ≥ 0."""
    if not (exponent.is_point and np.ndim(exponent.lower) == 0):
        found = monotone(np.exp, multiply(exponent, monotone(np.log, base, (0.0, np.inf))))
        return found._replace(error=found.error + lost(found.lower, 1.0))
    p = float(exponent.lower)
    result = monotone(lambda t: np.power(t, p), base, (0.0, np.inf), rising=p > 0)
    if result.is_point:
        result = result._replace(error=result.error + lost(result.lower, base.lower))
    if is_exact(exponent.error):
        return result
    tiny = np.finfo(float).tiny
    steep = np.maximum(*(np.abs(np.log(np.maximum(end, tiny))) for end in (base.lower, base.upper)))
    spread = exponent.error * steep  # b^(p+δ) = b^p·exp(δ log b)
    return multiply(result, point(1.0, spread + spread**2))


def power(base: Interval, exponent: Interval) -> TotalValue:
    """t^q, with an exact integer q or any other."""
    if exponent.is_point and is_exact(exponent.error) and are_small_integers(exponent.lower):
        return integer_power(base, exponent.lower)
    return real_power(base, exponent)
