"""Best constants: quantiles of the ratio at every cell, the worst cell, and the trend along each limit.

The reading is the same for all.  A statement "with probability at least 1 − δ, c·law ≤ quantity" has at given sizes the best constant c =
the δ-quantile of quantity/law (1 − δ for "quantity ≤ C·law"), δ = 5 % where the statement names no probability.  The quantity of a draw
is enclosed, and so is the quantile; its confidence interval takes order statistics of the two ends and has level 95 %.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import Enum
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from verify.experiments.constants.grid import Limit, OpenConstant, Quantity, Sense, Sizes, failure
from verify.trials.workers import PROCESSES, begin_work

Array = NDArray[np.float64]
EXPECTED_FAILURES = {"small": 4, "full": 20}    # draws a cell are this over δ; with 4 the least draw is below the quantile with 98 %
FEWEST = 80
LEVEL = 0.95
RESAMPLES = 200
FLAT = 0.15     # a smaller power is not told from a constant: over a factor 8, the span of the grids, it moves the ratio by a third


class Trend(Enum):
    """What the ends of the ratio do along a limit, as far as the grid reaches."""

    TIGHT = "tight along"
    ZERO = "no constant serves, since the quantity is 0 too often, along"
    MOVES = "the constant has to move, as far as the grid reaches, along"
    SLACK = "not tight along"
    HOLDS = "a constant serves, and whether tightly is not decided, along"
    UNDECIDED = "not decided along"


@dataclass(frozen=True)
class CellEstimate:
    """The best constant at one cell: the quantile is in [low, high], and in [least, most] with confidence 95 %, draws included."""

    sizes: Sizes
    draws: int
    low: float
    high: float
    least: float
    most: float


@dataclass(frozen=True)
class Slope:
    """An end of the ratio behaves like (growing size)^value; ``error`` is the standard error of the exponent."""

    value: float
    error: float

    @property
    def noise(self) -> float:
        """Exponents up to here are not told from 0."""
        return max(2 * self.error, FLAT)

    def __str__(self) -> str:
        return f"{self.value:.2f} ± {self.error:.2f}".replace("-", "−")


@dataclass(frozen=True)
class LimitEstimate:
    """The slopes of both ends along one limit, None for an end that is 0 or infinite at some cell, and what they say."""

    limit: Limit
    low: Slope | None
    high: Slope | None
    trend: Trend

    def __str__(self) -> str:
        ends = [end for end in (self.low, self.high) if end is not None]
        shown = " to ".join(dict.fromkeys(str(end) for end in ends))
        return f"{self.limit}{f' (exponent {shown})' if shown else ''}"


@dataclass(frozen=True)
class Estimate:
    """The best constant of one item over its grid."""

    item: OpenConstant
    cells: tuple[CellEstimate, ...]
    limits: tuple[LimitEstimate, ...]

    @property
    def worst(self) -> CellEstimate:
        """The cell that asks for the smallest c, or for the largest C."""
        if self.item.sense is Sense.LOWER:
            return min(self.cells, key=lambda c: (c.high, c.low))
        return max(self.cells, key=lambda c: (c.low, c.high))

    @property
    def range(self) -> tuple[float, float]:
        """Bounds of the best constant that serves all cells of the grid."""
        best: Callable[..., float] = min if self.item.sense is Sense.LOWER else max
        return best(c.low for c in self.cells), best(c.high for c in self.cells)

    @property
    def sentence(self) -> str:
        """What the limits say together."""
        said = [(trend.value, [str(found) for found in self.limits if found.trend is trend]) for trend in Trend]
        return " ".join(f"{words[0].upper()}{words[1:]} {'; '.join(limits)}." for words, limits in said if limits)


# --- one cell ---------------------------------------------------------------------------------------------------------------------

def order_statistics(values: Array, share: float) -> tuple[float, float, float]:
    """The share-quantile of a sample, and the order statistics that enclose the true one with confidence 95 %, infinite if there are none.

    >>> order_statistics(np.arange(1.0, 101), 0.05)
    (5.0, 1.0, 11.0)
    """
    ordered, size = np.sort(values), len(values)
    tail = (1 - LEVEL) / 2
    counts = binom.cdf(np.arange(size + 1), size, share)        # P(at most j draws are below the quantile)
    below = int(np.searchsorted(counts, tail, side="right"))    # the largest j with P(fewer than j) ≤ tail
    above = int(np.searchsorted(counts, 1 - tail)) + 1          # the least j with P(fewer than j) ≥ 1 − tail
    return (float(ordered[_rank(share, size) - 1]), float(ordered[below - 1]) if below >= 1 else -math.inf,
            float(ordered[above - 1]) if above <= size else math.inf)


def cell_estimate(item: OpenConstant, sizes: Sizes, quantity: Array) -> CellEstimate:
    """The estimate from the enclosures of all draws, an N×2 array."""
    share, ratios = failure(sizes), quantity / item.law(sizes)
    if item.sense is Sense.LOWER:
        (low, least, _), (high, _, most) = (order_statistics(ratios[:, end], share) for end in (0, 1))
        return CellEstimate(sizes, len(ratios), low, high, least, most)
    (low, _, least), (high, most, _) = (order_statistics(-ratios[:, end], share) for end in (0, 1))     # the (1 − δ)-quantile, mirrored
    return CellEstimate(sizes, len(ratios), -low, -high, -least, -most)


def sample(quantity: Quantity, sizes: Sizes, scale: str, seed: int) -> Array:
    """The enclosures of a quantity on all draws of one cell; the same for the same seed, whatever else is measured."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{quantity.__name__} {sizes}".encode())])
    draws = max(FEWEST, math.ceil(EXPECTED_FAILURES[scale] / failure(sizes)))
    return np.array([quantity(sizes, rng) for _ in range(draws)])


# --- one limit --------------------------------------------------------------------------------------------------------------------

def limit_estimate(item: OpenConstant, limit: Limit, samples: dict[Sizes, Array], seed: int) -> LimitEstimate:
    """Slopes of the two ends on logarithmic scales; the standard error is the larger of that over resampled draws and that of the line."""
    x = np.log(limit.values())
    ends = np.array([_ends(item, cell, samples[cell]) for cell in limit.cells])
    rng = np.random.default_rng([seed, zlib.crc32(f"{item.name} {limit}".encode())])
    again = np.array([[_ends(item, cell, rng.choice(samples[cell], len(samples[cell]))) for cell in limit.cells] for _ in range(RESAMPLES)])
    low, high = (_slope(x, ends[:, end], again[:, :, end]) for end in (0, 1))
    return LimitEstimate(limit, low, high, _trend(item.sense, low, high, vanishes=bool(ends[-1, 1] == 0)))


def _ends(item: OpenConstant, sizes: Sizes, quantity: Array) -> tuple[float, float]:
    """The quantile of both ends, without its confidence interval: what is resampled has to be cheap."""
    sign = 1 if item.sense is Sense.LOWER else -1
    low, high = sign * np.sort(sign * quantity, axis=0)[_rank(failure(sizes), len(quantity)) - 1] / item.law(sizes)
    return float(low), float(high)


def _rank(share: float, size: int) -> int:
    """The order statistic that is the share-quantile of a sample."""
    return max(math.ceil(share * size - 1e-9), 1)


def _slope(x: Array, values: Array, again: Array) -> Slope | None:
    if not (np.all(values > 0) and np.all(np.isfinite(values))):
        return None
    exponent, residual = _line(x, np.log(values))
    usable = again[np.all((again > 0) & np.isfinite(again), axis=1)]
    spread = float(np.std([_line(x, np.log(row))[0] for row in usable])) if len(usable) > 1 else 0.0
    return Slope(exponent, max(spread, residual))


def _line(x: Array, y: Array) -> tuple[float, float]:
    """Slope of the least-squares line through the points, and its standard error."""
    centred = x - x.mean()
    slope = float(centred @ y / (centred @ centred))
    rest = y - y.mean() - slope * centred
    return slope, float(np.sqrt(rest @ rest / max(len(x) - 2, 1) / (centred @ centred)))


def _trend(sense: Sense, low: Slope | None, high: Slope | None, *, vanishes: bool) -> Trend:
    """A lower bound holds when its low end does not fall, is loose when that end rises, and is tight when the high end does not rise.

    For an upper bound the ends, and rising and falling, change places.  ``vanishes``: the high end is 0 at the last cell.
    """
    (safe, other), sign = ((low, high), 1) if sense is Sense.LOWER else ((high, low), -1)
    if sense is Sense.LOWER and vanishes:
        return Trend.ZERO
    if safe is not None and sign * safe.value > safe.noise:
        return Trend.SLACK
    if safe is not None and sign * safe.value >= -safe.noise:
        return Trend.TIGHT if other is not None and sign * other.value <= other.noise else Trend.HOLDS
    return Trend.MOVES if other is not None and sign * other.value < -other.noise else Trend.UNDECIDED


# --- the whole grid ---------------------------------------------------------------------------------------------------------------

Task = tuple[Quantity, Sizes]


def estimates(items: Sequence[OpenConstant], scale: str, seed: int, processes: int | None = None) -> Iterator[Estimate | str]:
    """The name of each cell as its draws are done, then the estimate of each item as soon as its cells are complete, in order.

    Cells are worked on by several processes, each cell once for all items that look at the same quantity; the numbers do not depend on
    how many processes there are.
    """
    workers = PROCESSES if processes is None else processes
    if workers < 2:
        done: dict[Task, Array] = {}

        def here(task: Task) -> Array:
            if task not in done:
                done[task] = sample(*task, scale, seed)
            return done[task]

        yield from _in_order(items, here, seed)
        return
    tasks = dict.fromkeys((item.quantity, cell) for item in items for cell in item.cells())
    with ProcessPoolExecutor(workers, get_context("spawn"), begin_work) as pool:
        pending = {task: pool.submit(sample, *task, scale, seed) for task in tasks}
        try:
            yield from _in_order(items, lambda task: pending[task].result(), seed)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_order(items: Sequence[OpenConstant], samples_of: Callable[[Task], Array], seed: int) -> Iterator[Estimate | str]:
    for item in items:
        samples = {}
        for cell in item.cells():
            samples[cell] = samples_of((item.quantity, cell))
            yield f"{item.name} at {cell}"
        cells = tuple(cell_estimate(item, cell, quantity) for cell, quantity in samples.items())
        yield Estimate(item, cells, tuple(limit_estimate(item, limit, samples, seed) for limit in item.limits))
