"""The pair of data points with the largest quotient |y_i − y_j|/‖x_i − x_j‖ among all pairs, decided rigorously.

Floating point only discards: a pair is dropped when a lower bound of its distance, rounding errors included, shows that its
quotient is smaller than the best one measured.  The pairs that remain within the error of the best are compared in exact arithmetic.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from theory.certificates.fits.fit_claims import quotient_squared
from theory.errors import BadData
from verify.objects.data.dataset import Dataset

FloatArray = NDArray[np.float64]
Pairs = NDArray[np.int64]
METRICS = {"l1": "cityblock", "l2": "euclidean", "linf": "chebyshev"}
EPS = float(np.finfo(np.float64).eps)
EPS32 = float(np.finfo(np.float32).eps)
# Scaled to have modulus below 1, numbers of at least 2⁻⁴⁰⁰ differ by 0 or by at least 2⁻⁴⁵³: no square of a difference underflows.
SMALLEST = 2.0**-400
# Pairs within the rounding error of the best are collected, and compared exactly when there are so many.
WAITING = 20_000
# Coordinates that l1 and l∞ distances look at before pairs are dropped; then twice as many, and so on.
FIRST_SLICE = 64


@dataclass
class PairSearch:
    """The search over blocks of pairs; `run` returns whether it saw all of them, and `winner` the best pair so far.

    Where the data are no doubles, a measured distance and a measured difference of labels are off by up to `slack` and `label_slack`.
    """

    data: Dataset
    norm: str
    block: int
    best: float = 0.0
    _waiting: list[tuple[Pairs, FloatArray]] = field(default_factory=list)

    def __post_init__(self) -> None:
        points, labels = self.data.moved
        scaled, self._values = scaled_below_one(points, "X"), scaled_below_one(labels, "y")
        d = self.data.d
        # each of two coordinates below 1 in modulus is off by at most 2⁻⁵⁴; d of their differences are summed in l1
        self.slack, self.label_slack = (0.0, 0.0) if self.data.is_double else (d * 2.0**-52, 2.0**-52)
        if len(set(self.data.exact.labels) if self.label_slack else ()) > len(np.unique(labels)):
            raise BadData("two labels are closer than double precision resolves beside the spread of all labels; make them equal")
        # gap: 1 rounding; distance: at most d + 3; quotient: 1.  Twice that, since two measured quotients are compared
        self.error = (d + 8) * EPS
        self.order = np.argsort(self._values, kind="stable")
        spread = np.argsort(-scaled.std(axis=0), kind="stable")  # the coordinates that separate most come first
        self._rows = np.ascontiguousarray(scaled[self.order][:, spread])
        self._values = self._values[self.order]
        centred = self._rows - self._rows.mean(axis=0)
        self._centred = centred.astype(np.float32)
        self._squares = (centred * centred).sum(axis=1)
        # Expanding ‖u − v‖² errs by at most about (d + 8)·eps·(‖u‖² + ‖v‖²), of which 4 cover the centring; 8 more cover the
        # conversion to single precision and the sums below.  The second number covers products that underflow.
        self._loss, self._underflow = (d + 16) * EPS32, d * 2.0**-120

    def run(self, progress: Callable[[float, float], None] | None, deadline: float) -> bool:
        """Visit the blocks of pairs, largest differences of labels first; progress(share of the pairs seen, best quotient)."""
        starts = range(0, len(self._rows), self.block)
        last = [min(s + self.block, len(self._rows)) - 1 for s in starts]
        gaps = {(s, t): float(self._values[end] - self._values[s]) for s in starts for t, end in zip(starts, last, strict=True) if s <= t}
        places = sorted(((gap, s, t) for (s, t), gap in gaps.items() if gap > 0), key=lambda place: (-place[0], place[1:]))
        for position, (gap, s, t) in enumerate(places):
            if time.monotonic() > deadline:
                return False
            self._visit(gap, s, t)
            if progress is not None:
                progress((position + 1) / len(places), self.best)
        return True

    def _visit(self, gap: float, s: int, t: int) -> None:
        """Offer the pairs of one block that may be as good as the best; `gap` is the largest difference of labels in it."""
        columns = slice(t, t + self.block)
        if self.best == 0.0:  # any quotient raises the bar: the last point of the block against all others
            others = np.arange(s, min(s + self.block, len(self._rows)))
            self._offer(others, np.full(len(others), min(t + self.block, len(self._rows)) - 1))
        bar = self.best * (1 - self.error)
        reach = math.inf if bar == 0.0 else (gap + self.label_slack) / bar * (1 + 4 * EPS) + self.slack
        rows = slice(s, s + self.block)
        close, lengths = self._close_l2(rows, columns, reach) if self.norm == "l2" else self._close(rows, columns, reach)
        i, j = np.divmod(close, min(self.block, len(self._rows) - t))
        i, j = i + s, j + t
        gaps = np.abs(self._values[i] - self._values[j]) + self.label_slack
        keep = gaps * (1 + 4 * EPS) >= bar * (lengths - self.slack)  # now with the gap of each pair
        i, j = i[keep], j[keep]
        if s == t:
            i, j = i[i < j], j[i < j]
        for start in range(0, len(i), self.block):
            part = slice(start, start + self.block)
            self._offer(i[part], j[part])

    def _close_l2(self, rows: slice, columns: slice, reach: float) -> tuple[Pairs, FloatArray]:
        """The pairs of a block whose Euclidean distance may be at most `reach`, and lower bounds of their distances."""
        squares = self._centred[rows] @ self._centred[columns].T
        squares *= -2.0
        shrink = 1 - self._loss
        squares += (self._squares[rows, None] * shrink).astype(np.float32)
        squares += (self._squares[columns] * shrink - self._underflow).astype(np.float32)
        close = np.flatnonzero(squares <= min(reach * reach * (1 + 4 * EPS32), np.finfo(np.float32).max))
        if len(close) * 16 > squares.size:  # single precision separates badly: points in narrow clusters, or far from their mean
            exact = cdist(self._rows[rows], self._rows[columns])
            close = np.flatnonzero(exact <= reach * (1 + self.error))
            return close, exact.ravel()[close] * (1 - self.error)
        return close, np.sqrt(np.maximum(squares.ravel()[close].astype(np.float64), 0.0)) * (1 - EPS)

    def _close(self, rows: slice, columns: slice, reach: float) -> tuple[Pairs, FloatArray]:
        """The pairs of a block whose l1 or l∞ distance may be at most `reach`, and lower bounds: partial sums and maxima only grow."""
        d = self._rows.shape[1]
        limit, width, seen = reach * (1 + self.error), FIRST_SLICE, 0
        partial = np.zeros((len(self._rows[rows]), len(self._rows[columns])))
        grow = np.add if self.norm == "l1" else np.maximum
        while seen < d:
            part = slice(seen, seen + width)
            grow(partial, cdist(self._rows[rows, part], self._rows[columns, part], METRICS[self.norm]), out=partial)
            close = np.flatnonzero(partial <= limit)
            seen, width = seen + width, 2 * width
            if len(close) * 64 <= partial.size:  # the rest is cheaper pair by pair
                break
        return close, partial.ravel()[close] * (1 - self.error)

    def _offer(self, i: Pairs, j: Pairs) -> None:
        """Measure these pairs from differences of coordinates, and keep those within the error of the best."""
        gaps = np.abs(self._values[i] - self._values[j])
        i, j, gaps = i[gaps > 0], j[gaps > 0], gaps[gaps > 0]
        steps = np.abs(self._rows[i] - self._rows[j])
        distances = {"l1": lambda: steps.sum(axis=1), "l2": lambda: np.sqrt((steps * steps).sum(axis=1)), "linf": lambda: steps.max(axis=1)}
        if not len(gaps):
            return
        lengths = distances[self.norm]()
        if self.slack:
            with np.errstate(divide="ignore"):
                quotients = (gaps + self.label_slack) / np.maximum(lengths - self.slack, 0.0)
            self.best = max(self.best, float(((gaps - self.label_slack) / (lengths + self.slack)).max()))
        else:
            quotients = gaps / lengths  # equal points have equal labels, so no distance is 0
            self.best = max(self.best, float(quotients.max()))
        keep = quotients >= self.best * (1 - self.error)
        if keep.any():
            self._waiting.append((np.stack([self.order[i[keep]], self.order[j[keep]]], axis=1), quotients[keep]))
            if sum(len(quotient) for _, quotient in self._waiting) > WAITING:
                self._settle()

    def _settle(self) -> tuple[Fraction, tuple[int, int]] | None:
        """Compare the waiting pairs exactly; the best one, the first in order among equals, stays alone."""
        if not self._waiting:
            return None
        quotients = np.concatenate([quotient for _, quotient in self._waiting])
        pairs = np.sort(np.concatenate([pair for pair, _ in self._waiting]), axis=1)
        keep = quotients >= self.best * (1 - self.error)
        pairs, quotients = pairs[keep], quotients[keep]
        first = np.lexsort((pairs[:, 1], pairs[:, 0]))
        pairs, quotients = pairs[first], quotients[first]
        # pairs with the same sorted moduli of differences and the same gap have the same quotient; on grids there are many of them
        chosen, best, pair = self._distinct(pairs), Fraction(-1), (-1, -1)
        for position in chosen:
            i, j = (int(c) for c in pairs[position])
            square = exact_square(self.data, i, j, self.norm)
            if square > best:
                best, pair = square, (i, j)
        winner = int(np.flatnonzero((pairs == pair).all(axis=1))[0])
        self._waiting = [(pairs[[winner]], quotients[[winner]])]
        return best, pair

    def _distinct(self, pairs: Pairs) -> list[int]:
        """Positions of pairs, one for each set of pairs that certainly have the same quotient."""
        whole = whole_numbers(self.data.X) if self.data.is_double else None
        if whole is None:
            return list(range(len(pairs)))
        seen: dict[tuple[float, float], int] = {}
        for start in range(0, len(pairs), self.block):
            part = pairs[start : start + self.block]
            steps = np.abs(whole[part[:, 0]] - whole[part[:, 1]])
            lengths = (steps * steps).sum(axis=1) if self.norm == "l2" else steps.sum(axis=1) if self.norm == "l1" else steps.max(axis=1)
            ends = np.sort(self.data.y[part], axis=1)
            for position, (length, low, high) in enumerate(zip(lengths.tolist(), *ends.T.tolist(), strict=True)):
                seen.setdefault((length, low, high), start + position)  # type: ignore[arg-type]
        return sorted(seen.values())

    def winner(self) -> tuple[Fraction, tuple[int, int]] | None:
        """The exact square of the largest quotient seen and its pair (i < j, the first one), None when all labels are equal."""
        return self._settle()


def below_one(values: FloatArray) -> tuple[FloatArray, int]:
    """The values times 2⁻ᵉ, with the largest modulus in [½, 1), and e; squares then stay in the range of doubles.

    >>> below_one(np.array([3.0, -4.0]))
    (array([ 0.375, -0.5  ]), 3)
    """
    exponent = math.frexp(float(np.abs(values).max()))[1]
    return np.ldexp(values, -exponent), exponent


def scaled_below_one(values: FloatArray, what: str) -> FloatArray:
    """The values of `below_one`, each of them 0 or at least 2⁻⁴⁰⁰ in modulus.

    Raises: BadData (a nonzero value that is smaller, also one that the scaling would turn into 0).

    >>> scaled_below_one(np.array([1e300, 1e-300]), "y")
    Traceback (most recent call last):
    ...
    theory.errors.BadData: the nonzero entries of y differ in size by more than a factor 1e120: set the tiny ones to 0
    """
    scaled = below_one(values)[0]
    if np.any((values != 0) & (np.abs(scaled) < SMALLEST)):
        raise BadData(f"the nonzero entries of {what} differ in size by more than a factor 1e120: set the tiny ones to 0")
    return scaled


def whole_numbers(points: FloatArray) -> FloatArray | None:
    """The points times a power of two when this makes them integers so small that sums of d squares of differences are exact doubles.

    >>> whole_numbers(np.array([[0.5], [-0.75]])).tolist(), whole_numbers(np.array([[0.1]]))
    ([[16777216.0], [-25165824.0]], None)
    """
    room = 26 - math.ceil(math.log2(points.shape[1]) / 2) - 1  # d·(2·2^room)² ≤ 2^53
    whole = np.ldexp(below_one(points)[0], room)
    return whole if np.array_equal(whole, np.rint(whole)) else None


def exact_square(data: Dataset, i: int, j: int, norm: str) -> Fraction:
    """((y_i − y_j)/‖x_i − x_j‖)², exactly; the points differ.

    >>> exact_square(Dataset([[0.0, 0.0], [3.0, 4.0]], [1.0, 0.0], real_labels=True), 0, 1, "l1")
    Fraction(1, 49)
    """
    square = quotient_squared(data.exact_rows([i, j]), 0, 1, norm, monotone=False)
    if square is None:
        raise BadData(f"points {i} and {j} are equal but have the labels {data.y[i]} and {data.y[j]}: drop or correct one of them")
    return square
