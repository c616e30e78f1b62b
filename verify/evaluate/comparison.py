"""Truth of relations between values with errors: holds, violated, or undecided, at every place of the open axes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

import numpy as np

from verify.evaluate.values import Interval, ends, is_exact


class PlaceOutcome(IntEnum):
    """Outcome at one place; a conjunction takes the least."""

    VIOLATED = 0
    UNDECIDED = 1
    HOLDS = 2
    VACUOUS = 3


VIOLATED, UNDECIDED, HOLDS, VACUOUS = (np.int64(outcome) for outcome in PlaceOutcome)     # as arrays hold them


class Outcome(Enum):
    """Outcome of a fact on an instance; the value is the word the user reads."""

    VIOLATED = "VIOLATED"
    UNDECIDED = "UNDECIDED"
    HOLDS = "HOLDS"
    VACUOUS = "VACUOUS"


HELD = (Outcome.HOLDS, Outcome.VACUOUS)     # a hypothesis with such an outcome may be relied on


class Truth(NamedTuple):
    """A formula at every place: levels, certain margins, both sides, and where inner quantifiers are worst.

    `sampled` marks places that hold only on a sample; the arrays have one shape, that of the open axes or one that
    broadcasts to it.
    """

    level: Any
    margin: Any
    lhs: Any  # (…, 2): the two ends of the left side
    rhs: Any
    sampled: Any
    places: Mapping[str, Any]


def compare_le(lhs: Interval, rhs: Interval, tie: float) -> Truth:
    """lhs ≤ rhs.

    HOLDS: certainly, or the two sides agree within their errors and the errors are at most `tie` times the sides (or
    1, the size of the data, where the sides are smaller: a sum that cancels has the error of its terms).  VIOLATED:
    beyond all errors.
    """
    (ll, lu), (rl, ru) = _broadcast(ends(lhs), ends(rhs))
    close = _agree(lhs.upper - rhs.lower, lu - rl, np.maximum(_finite(lu), _finite(rl)), lhs, rhs, tie)
    level = np.where(ll > ru, VIOLATED, np.where((lu <= rl) | close, HOLDS, UNDECIDED))
    level = np.where(_undefined(ll, lu, rl, ru), UNDECIDED, level)
    violated = level == VIOLATED
    exact_margin = lhs.is_point and rhs.is_point
    left, right = (lhs.lower, rhs.lower) if exact_margin else (np.where(violated, ll, lu), np.where(violated, ru, rl))
    # 0 ≤ 0 up to rounding holds and says nothing about how close the fact is to failing
    empty = (level == HOLDS) & (np.maximum(np.abs(lhs.upper), np.abs(rhs.upper)) <= lhs.error + rhs.error)
    return _truth(level, np.where(empty, np.inf, _log_margin(left, right)), (ll, lu), (rl, ru))


def _agree(nominal: Any, outer: Any, sizes: Any, lhs: Interval, rhs: Interval, tie: float) -> Any:
    """Whether an excess is explained by errors of at most `tie` times max(1, sizes), or is itself below `tie` times
    the sizes (at least 1/100: the width of an enclosure may be uncertainty of another kind than rounding).
    """
    error = lhs.error + rhs.error
    return ((nominal <= error) & (error <= tie * np.maximum(1.0, sizes))) | (outer <= tie * np.maximum(0.01, sizes))


def compare_lt(lhs: Interval, rhs: Interval, tie: float) -> Truth:
    """lhs < rhs; sides that agree within their errors leave it undecided, unless both are exact."""
    (ll, lu), (rl, ru) = _broadcast(ends(lhs), ends(rhs))
    exact = lhs.is_point and rhs.is_point and is_exact(lhs.error) and is_exact(rhs.error)
    fails = ll >= ru if exact else ll > ru
    level = np.where(fails, VIOLATED, np.where(lu < rl, HOLDS, UNDECIDED))
    level = np.where(_undefined(ll, lu, rl, ru), UNDECIDED, level)
    violated = level == VIOLATED
    return _truth(level, _log_margin(np.where(violated, ll, lu), np.where(violated, ru, rl)), (ll, lu), (rl, ru))


def compare_eq(lhs: Interval, rhs: Interval, tie: float) -> Truth:
    """lhs = rhs: VIOLATED when the two are apart beyond their errors, HOLDS when they overlap and are within `tie` of
    each other.

    The margin is minus the relative error; it is 0 at best.
    """
    (ll, lu), (rl, ru) = _broadcast(ends(lhs), ends(rhs))
    apart = (ll > ru) | (rl > lu)
    nominal = np.maximum(lhs.upper - rhs.lower, rhs.upper - lhs.lower)
    close = _agree(nominal, np.maximum(lu - rl, ru - ll), np.maximum(_finite(lu), _finite(ru)), lhs, rhs, tie)
    level = np.where(apart, VIOLATED, np.where(close, HOLDS, UNDECIDED))
    level = np.where(_undefined(ll, lu, rl, ru), UNDECIDED, level)
    left, right = (ll + lu) / 2, (rl + ru) / 2
    size = np.maximum(np.maximum(np.abs(left), np.abs(right)), np.finfo(float).tiny)
    return _truth(level, -np.abs(left - right) / size, (ll, lu), (rl, ru))


def compare_vectors(left: Any, right: Any, tie: float) -> Truth:
    """u = v for vectors with error bounds: the norm of the difference against the errors;
    the sides shown are the two norms.
    """
    gap = np.linalg.norm(left.array - right.array, axis=-1)
    sizes = [np.linalg.norm(v.array, axis=-1) for v in (left, right)]
    length = left.array.shape[-1]
    error = left.error + right.error + (length + 4) * 2.0**-52 * (sizes[0] + sizes[1])
    scale = np.maximum(1.0, np.maximum(*np.broadcast_arrays(*sizes)))
    level = np.where(gap > error, VIOLATED, np.where(gap + error <= tie * scale, HOLDS, UNDECIDED))
    level = np.where(np.isnan(gap), UNDECIDED, level)
    sides = _broadcast((sizes[0], sizes[0]), (sizes[1], sizes[1]))
    return _truth(level, np.broadcast_to(-gap / np.maximum(scale, 1e-300), np.shape(level)), *sides)


def _broadcast(left: tuple[Any, Any], right: tuple[Any, Any]) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    a, b, c, d = parts = (*left, *right)
    if len({np.shape(part) for part in parts}) > 1:
        a, b, c, d = np.broadcast_arrays(*parts)
    return (a, b), (c, d)


def _finite(x: Any) -> Any:
    return np.where(np.isfinite(x), np.abs(x), 0.0)


def _undefined(*parts: Any) -> Any:
    return reduce(or_, [np.isnan(p) for p in parts])


def _log_margin(left: Any, right: Any) -> Any:
    """log(right/left) when both are positive, else (right − left)/scale;
    NaN, an undefined side, counts as the worst.
    """
    left, right = np.broadcast_arrays(np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64))
    positive = (left > 0) & (right > 0)
    scale = np.maximum(np.maximum(np.abs(left), np.abs(right)), np.finfo(float).tiny)
    ratio = np.where(
        np.isfinite(scale), (right - left) / np.where(np.isfinite(scale), scale, 1.0), np.sign(right - left)
    )
    logs = np.log(np.where(positive, right, 1.0)) - np.log(np.where(positive, left, 1.0))
    margin = np.where(positive, logs, ratio)
    return np.where(np.isnan(margin), -np.inf, margin)


def _truth(level: Any, margin: Any, left: tuple[Any, Any], right: tuple[Any, Any]) -> Truth:
    return Truth(
        level, margin, np.stack(left, axis=-1), np.stack(right, axis=-1), np.zeros(np.shape(level), dtype=bool), {}
    )


def single(
    level: PlaceOutcome, margin: float = 0.0, *, lhs: float = np.nan, rhs: float = np.nan, sampled: bool = False
) -> Truth:
    """The truth of a closed formula."""
    sides = (np.array([lhs, lhs]), np.array([rhs, rhs]))
    return Truth(np.asarray(int(level)), np.asarray(margin), *sides, np.asarray(sampled), {})


def worse(a: Truth, b: Truth, *, want: str = "all") -> Truth:
    """Conjunction (`all`) or disjunction (`any`) of two truths, place by place, showing the one that decides."""
    a, b = aligned(a, b)
    if want == "all":
        take_b = (b.level < a.level) | ((b.level == a.level) & (b.margin < a.margin))
        sampled = a.sampled & (a.level >= HOLDS) | b.sampled & (b.level >= HOLDS)
    else:
        rank_a, rank_b = (certainty(t) for t in (a, b))
        take_b = (rank_b > rank_a) | ((rank_b == rank_a) & (b.margin > a.margin))
        sampled = np.where(take_b, b.sampled, a.sampled)
    return merged(a, b, take_b)._replace(sampled=sampled)


def certainty(t: Truth) -> Any:
    """Order for a disjunction: holds for certain, holds on a sample, vacuous, undecided, violated."""
    return np.select(
        [t.level == HOLDS, t.level == VACUOUS, t.level == UNDECIDED],
        [np.where(t.sampled, 3, 4), np.where(t.sampled, 2, 3.5), 1],
        0,
    )


def merged(a: Truth, b: Truth, take_b: Any) -> Truth:
    """b where `take_b`, a elsewhere."""
    pair = take_b[..., None]
    names = set(a.places) | set(b.places)
    places = {name: _merged_place(a, b, name, take_b) for name in names}
    return Truth(
        np.where(take_b, b.level, a.level),
        np.where(take_b, b.margin, a.margin),
        np.where(pair, b.lhs, a.lhs),
        np.where(pair, b.rhs, a.rhs),
        np.where(take_b, b.sampled, a.sampled),
        places,
    )


def _merged_place(a: Truth, b: Truth, name: str, take_b: Any) -> Any:
    """Places of a variable that only one side quantifies are NaN where the other side decides."""
    found = [np.asarray(t.places[name], dtype=np.float64) if name in t.places else None for t in (a, b)]
    extra = next(np.ndim(f) for f in found if f is not None) - np.ndim(take_b)
    condition = np.reshape(take_b, np.shape(take_b) + (1,) * max(extra, 0))
    return np.where(condition, *(np.nan if f is None else f for f in reversed(found)))


def aligned(*truths: Truth) -> tuple[Truth, ...]:
    """The truths broadcast to one shape."""
    shape = np.broadcast_shapes(*(np.shape(t.level) for t in truths))
    return tuple(spread(t, shape) for t in truths)


def spread(t: Truth, shape: tuple[int, ...]) -> Truth:
    """The truth broadcast to a shape."""
    own = np.ndim(t.level)
    if np.shape(t.level) == shape and np.shape(t.margin) == shape:
        return t

    def wide(array: Any) -> Any:
        tail = np.shape(array)[own:]
        return np.broadcast_to(np.reshape(array, (1,) * (len(shape) - own) + np.shape(array)), shape + tail)

    return Truth(
        wide(t.level),
        wide(t.margin),
        wide(t.lhs),
        wide(t.rhs),
        wide(t.sampled),
        {k: wide(v) for k, v in t.places.items()},
    )
