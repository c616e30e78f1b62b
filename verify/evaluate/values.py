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
FLOOR = 2.0**-960  # products of smaller size may have lost digits, or all of them, to underflow


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


UNKNOWN = Interval(np.float64(-np.inf), np.float64(np.inf))  # some number


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


def _rounding(value: Any, *operands: Interval) -> Any:
    """Rounding of one operation; none if operands and result are exact integers below 2^53."""
    if all(is_exact(o.error) for o in operands) and are_small_integers(value, *(o.lower for o in operands)):
        return 0.0
    return ULP * np.abs(value)


def are_small_integers(*values: Any) -> bool:
    """Whether all numbers are integers that floats hold exactly, with room for one more operation."""
    return all(map(_are_small_integers, values))


def _are_small_integers(value: Any) -> bool:
    array = np.asarray(value)
    if array.size and array.item(0) % 1 != 0:    # of most arrays that hold others the first number says so
        return False
    return bool(((np.rint(array) == array) & (np.abs(array) < 2.0**53)).all())


def lost(value: Any, *factors: Any) -> Any:
    """What underflow may have cost a product: nothing unless the product is tiny though no factor is 0.

    With it an error of 0 means that the value is exact: that 0 is 0, and not 1e-200 squared.
    """
    tiny = np.asarray(np.abs(value) < FLOOR)
    if not tiny.any():
        return 0.0
    for factor in factors:
        tiny = tiny & (np.asarray(factor) != 0)
    return np.where(tiny, FLOOR, 0.0) if tiny.any() else 0.0


def add(a: Interval, b: Interval) -> Interval:
    """a + b."""
    if a.is_point and b.is_point:
        value = a.lower + b.lower
        return point(value, a.error + b.error + _rounding(value, a, b))
    lower, upper = a.lower + b.lower, a.upper + b.upper
    return Interval(lower, upper, a.error + b.error + ULP * np.maximum(_finite(lower), _finite(upper)))


def multiply(a: Interval, b: Interval) -> Interval:
    """a · b; an end 0 annihilates an infinite end, since the infinite end is not attained."""
    if a.is_point and b.is_point:
        value = a.lower * b.lower
        error = _rounding(value, a, b) + lost(value, a.lower, b.lower)
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
    f: Callable[[Any], Any],
    a: Interval,
    domain: tuple[float, float] = (-np.inf, np.inf),
    *,
    rising: bool = True,
    rounding: float = 4 * ULP,
) -> Interval:
    """f(a) for f monotone on `domain`, to which a is clipped; library functions are correct to 4 ulp.

    What f is off its domain is said by `verify.evaluate.total`.
    """
    lower, upper = ends(a)
    low, high = f(np.clip(lower, *domain)), f(np.clip(upper, *domain))
    if not rising:
        low, high = high, low
    if not a.is_point:
        first, last = (f(np.clip(end, *domain)) for end in (a.lower, a.upper))
        return between((first, last) if rising else (last, first), (low, high), rounding)
    value = f(np.clip(a.lower, *domain))
    return point(value, np.maximum(high - value, value - low) + rounding * np.abs(value))
