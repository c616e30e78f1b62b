"""Numbers with a rounding error, and intervals: the arithmetic of the float reading, vectorised over the open axes.

A value is an interval [lower, upper], a *point* when `lower is upper`, with a bound `error` on what rounding and the
accuracy of the data may have moved either end, propagated to first order (running error analysis).  The two are kept
apart because they mean different things: the width of an interval is what is not known, its error is a tolerance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

ULP = 2.0**-52  # relative error of one float operation is 2^-53; the factor 2 absorbs second-order terms


class Interval(NamedTuple):
    """A scalar at every place of the open axes: lower − error ≤ value ≤ upper + error."""

    lower: Any
    upper: Any
    error: Any = 0.0

    @property
    def is_point(self) -> bool:
        return self.lower is self.upper


class VectorValue(NamedTuple):
    """Vectors: batch axes, then the component axis; `error` bounds the Euclidean norm of the error of each."""

    array: Any
    error: Any = 0.0


class MatrixValue(NamedTuple):
    """Matrices: batch axes, then rows and columns; `error` bounds the Frobenius norm of the error of each."""

    array: Any
    error: Any = 0.0


def point(value: Any, error: Any = 0.0) -> Interval:
    """A value known up to `error`."""
    return Interval(value, value, error)


def is_exact(error: Any) -> bool:
    """Whether the error is the constant 0, as for integers."""
    return type(error) is float and error == 0.0


def ends(a: Interval) -> tuple[Any, Any]:
    """The two ends, errors included."""
    return a.lower - a.error, a.upper + a.error


def between(nominal: tuple[Any, Any], outer: tuple[Any, Any], rounding: float = ULP) -> Interval:
    """The interval with nominal ends whose error reaches out to the outer ends; ends that are both infinite agree."""
    (lower, upper), (low, high) = nominal, outer
    moved = np.maximum(_excess(lower, low), _excess(high, upper))
    return Interval(lower, upper, moved + rounding * np.maximum(_finite(lower), _finite(upper)))


def _excess(more: Any, less: Any) -> Any:
    with np.errstate(invalid="ignore"):          # ∞ − ∞ is computed in the branch that is not taken
        return np.where(more == less, 0.0, more - less)


def _finite(x: Any) -> Any:
    return np.where(np.isfinite(x), np.abs(x), 0.0)


def _rounding(value: Any, *errors: Any) -> Any:
    """Rounding of one operation; none if the operands are exact and the result is an integer below 2^53."""
    size = np.abs(value)
    if all(map(is_exact, errors)) and np.all((np.rint(value) == value) & (size < 2.0**53)):
        return 0.0
    return ULP * size


def add(a: Interval, b: Interval) -> Interval:
    """a + b."""
    if a.is_point and b.is_point:
        value = a.lower + b.lower
        return point(value, a.error + b.error + _rounding(value, a.error, b.error))
    lower, upper = a.lower + b.lower, a.upper + b.upper
    return Interval(lower, upper, a.error + b.error + ULP * np.maximum(_finite(lower), _finite(upper)))


def multiply(a: Interval, b: Interval) -> Interval:
    """a · b; an end 0 annihilates an infinite end, since the infinite end is not attained."""
    if a.is_point and b.is_point:
        value = a.lower * b.lower
        error = _rounding(value, a.error, b.error)
        if not (is_exact(a.error) and is_exact(b.error)):
            error = error + np.abs(a.lower) * b.error + np.abs(b.lower) * a.error + a.error * b.error
        return point(value, error)
    return between(_corners(a[:2], b[:2]), _corners(ends(a), ends(b)))


def _corners(a: tuple[Any, Any], b: tuple[Any, Any]) -> tuple[Any, Any]:
    corners = np.broadcast_arrays(*(_product(x, y) for x in a for y in b))
    return np.minimum.reduce(corners), np.maximum.reduce(corners)


def _product(x: Any, y: Any) -> Any:
    return np.where((x == 0) | (y == 0), 0.0, x * y)


def absolute(a: Interval) -> Interval:
    """|a|, 1-Lipschitz in both ends."""
    if a.is_point:
        return point(np.abs(a.lower), a.error)
    lower = np.maximum(0.0, np.maximum(a.lower, -a.upper))
    return Interval(lower, np.maximum(np.abs(a.lower), np.abs(a.upper)), a.error)


def extremum(a: Interval, b: Interval, choose: Any) -> Interval:
    """max or min of two values: `choose` is np.maximum or np.minimum; both are 1-Lipschitz for the largest error."""
    error = 0.0 if _both_exact(a, b) else np.maximum(a.error, b.error)
    lower = choose(a.lower, b.lower)
    return Interval(lower, lower if a.is_point and b.is_point else choose(a.upper, b.upper), error)


def _both_exact(a: Interval, b: Interval) -> bool:
    return is_exact(a.error) and is_exact(b.error)


def monotone(
    f: Callable[[Any], Any], a: Interval, domain: tuple[float, float] = (-np.inf, np.inf), *, rising: bool = True
) -> Interval:
    """f(a) for f monotone on `domain`; NaN where the whole value lies outside the domain.

    A value that leaves the domain only by its error is moved to the domain's end: √ of −1e-17 is 0.
    """
    lower, upper = ends(a)
    outside = (upper < domain[0]) | (lower > domain[1])
    low, high = f(np.clip(lower, *domain)), f(np.clip(upper, *domain))
    if not rising:
        low, high = high, low
    if not a.is_point:
        inner = [f(np.clip(end, *domain)) for end in (a.lower, a.upper)]
        result = between((inner[0], inner[1]) if rising else (inner[1], inner[0]), (low, high), 4 * ULP)
        return Interval(np.where(outside, np.nan, result.lower), np.where(outside, np.nan, result.upper), result.error)
    value = f(np.clip(a.lower, *domain))
    error = np.maximum(high - value, value - low) + 4 * ULP * np.abs(value)  # library functions are correct to 4 ulp
    return point(np.where(outside, np.nan, value), error)


def power(base: Interval, exponent: Interval) -> Interval:
    """base^exponent for real base: integer exponents of either sign, other exponents of a nonnegative base."""
    if exponent.is_point and is_exact(exponent.error) and np.all(np.rint(exponent.lower) == exponent.lower):
        return _integer_power(base, exponent.lower)
    if exponent.is_point and np.ndim(exponent.lower) == 0:
        p = float(exponent.lower)
        result = monotone(lambda t: np.power(t, p), base, (0.0, np.inf), rising=p > 0)
        tiny = np.finfo(float).tiny
        steep = np.maximum(*(np.abs(np.log(np.maximum(end, tiny))) for end in (base.lower, base.upper)))
        spread = exponent.error * steep  # b^(p+δ) = b^p·exp(δ log b)
        return result if is_exact(exponent.error) else multiply(result, point(1.0, spread + spread**2))
    logarithm = monotone(np.log, base, (0.0, np.inf))
    return monotone(np.exp, multiply(exponent, logarithm))


def _integer_power(base: Interval, p: Any) -> Interval:
    p = np.asarray(p, dtype=np.float64)
    if base.is_point:
        x, e = base.lower, base.error
        value = np.power(np.asarray(x, dtype=np.float64), p)
        value = np.where((p < 0) & (x == 0), np.nan, value)  # 1/0 is undefined
        if is_exact(e):
            return point(value, _rounding(value, 0.0) * np.maximum(1.0, np.abs(p)))
        grown, shrunk = np.abs(x) + e, np.maximum(np.abs(x) - e, 0.0)
        worst = np.power(np.where(p >= 1, grown, shrunk), p - 1)  # |d x^p| ≤ |p||ξ|^{p−1}e for some ξ within e of x
        change = np.where(p == 0, 0.0, np.abs(p) * worst * e)
        return point(value, change + (1 + np.abs(p)) * ULP * np.abs(value))
    return between(_power_range(base[:2], p), _power_range(ends(base), p), 4 * ULP)


def _power_range(base: tuple[Any, Any], p: Any) -> tuple[Any, Any]:
    lower, upper = (np.asarray(end, dtype=np.float64) for end in base)
    low, high = np.power(lower, p), np.power(upper, p)
    straddles = (lower <= 0) & (upper >= 0)
    even = np.mod(p, 2) == 0
    least = np.where(even & straddles & (p > 0), 0.0, np.minimum(low, high))
    unbounded = straddles & (p < 0)
    bottom = np.where(unbounded, np.where(even, np.minimum(low, high), -np.inf), least)
    return bottom, np.where(unbounded, np.inf, np.maximum(low, high))
