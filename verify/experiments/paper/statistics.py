"""Lines through points, with bootstrap intervals, and what the words "linear", "proportional" and "roughly constant" are read as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Interval = tuple[float, float]
LEVEL, RESAMPLES = 0.95, 2000
FEWEST = 6              # points with distinct x from which on a line is fitted
SAMPLE = 5              # numbers from which on a median or a mean has an interval
LOCAL = 1.25            # "linear": the slope of a third of the points is that of all up to this factor
SHARP = 0.5             # "proportional": the interval of the power is at most so wide, or it tells nothing from other powers
STEADY = 2.0            # "roughly constant": the largest value is at most so many times the least


class Word(Enum):
    """What the paper says of points, and how it is read."""

    TREND = "increases: the 95 % interval of the slope of y on x lies above 0"
    LINEAR = (f"linear: increases, and the 95 % interval of the slope of each third of the points, by x, lies above 0 and meets that of "
              f"all up to a factor {LOCAL:g}")
    PROPORTIONAL = f"proportional: the 95 % interval of the slope of log y on log x holds 1, and is at most {SHARP:g} wide"
    CONSTANT = f"roughly constant: the largest y is at most {STEADY:g} times the least"


@dataclass(frozen=True)
class Fit:
    """Least squares of y on x: slope, intercept, R², the slope of log y on log x, the slopes of the thirds.

    Intervals are 95 % bootstrap ones; `thirds` are those of the slopes of the points with the least, the middle and the largest x.
    """

    points: int
    slope: float
    slope_interval: Interval
    intercept: float
    r_squared: float
    power: float
    power_interval: Interval
    thirds: tuple[Interval, ...]
    largest_over_least: float

    def agrees(self, word: Word) -> bool | None:
        """Whether the points are what a word says; None where they are too few, or too scattered, to tell."""
        match word:
            case Word.TREND:
                return self.slope_interval[0] > 0
            case Word.LINEAR:
                near = self.slope / LOCAL, self.slope * LOCAL
                if self.slope_interval[0] <= 0 or any(low > near[1] or high < near[0] for low, high in self.thirds):
                    return False
                return True if all(low > 0 for low, _ in self.thirds) else None          # also where an end is not a number
            case Word.PROPORTIONAL:
                low, high = self.power_interval
                return False if low > 1 or high < 1 else True if high - low <= SHARP else None
            case Word.CONSTANT:
                return self.largest_over_least <= STEADY


def fit(x: ArrayLike, y: ArrayLike) -> Fit | None:
    """The statistics of points with positive coordinates; None for fewer than `FEWEST` distinct x.  A third with fewer than three distinct
    x has no interval.

    >>> found = fit([1, 2, 3, 4, 5, 6], [3, 5, 7, 9, 11, 13])
    >>> round(found.slope, 9), round(found.intercept, 9), round(found.r_squared, 9), found.agrees(Word.PROPORTIONAL)
    (2.0, 1.0, 1.0, False)
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if len(np.unique(x)) < FEWEST:
        return None
    slope, intercept = np.polyfit(x, y, 1)
    left = y - slope * x - intercept
    total = float(np.sum((y - y.mean()) ** 2))
    thirds = tuple(interval(_slope, x[part], y[part]) if len(np.unique(x[part])) > 2 else (np.nan, np.nan)
                   for part in np.array_split(np.argsort(x, kind="stable"), 3))
    return Fit(len(x), float(slope), interval(_slope, x, y), float(intercept), 1 - float(left @ left) / total if total else 0.0,
               float(np.polyfit(np.log(x), np.log(y), 1)[0]), interval(_slope, np.log(x), np.log(y)), thirds, float(y.max() / y.min()))


def interval(statistic: Callable[..., Array], *samples: ArrayLike) -> Interval:
    """The 95 % percentile interval of a statistic of paired samples over seeded bootstrap resamples.

    `statistic` takes arrays whose last axis are the resampled points.

    >>> interval(lambda x, axis: np.median(x, axis=axis), [1.0, 1.0, 1.0])
    (1.0, 1.0)
    """
    parts = [np.asarray(sample, dtype=np.float64) for sample in samples]
    drawn = np.random.default_rng(0).integers(0, len(parts[0]), (RESAMPLES, len(parts[0])))
    with np.errstate(all="ignore"):                    # resamples of few points may have one x alone
        values = statistic(*(part[drawn] for part in parts), axis=-1)
    values = values[np.isfinite(values)]
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(values) else (np.nan, np.nan)
    return float(low), float(high)


def exponents(y: ArrayLike, *factors: ArrayLike) -> list[tuple[float, Interval]]:
    """The powers p_j of the least-squares fit of y by c·Π factor_j^{p_j}, positive numbers on logarithmic scales, with their intervals.

    >>> [(value, ends)] = exponents([1, 4, 9, 16], [1, 2, 3, 4])
    >>> round(value, 9), [round(end, 9) for end in ends]
    (2.0, [2.0, 2.0])
    """
    logs = [np.log(np.asarray(part, dtype=np.float64)) for part in (y, *factors)]

    def power(place: int, *parts: Array, axis: int = -1) -> Array:
        table = np.stack([np.ones_like(parts[0]), *parts[1:]], axis=-1)
        found: Array = (np.linalg.pinv(table) @ parts[0][..., None])[..., place, 0]
        return found

    return [(float(power(j, *logs)), interval(partial(power, j), *logs)) for j in range(1, len(logs))]


def _slope(x: Array, y: Array, axis: int = -1) -> Array:
    x, y = (part - part.mean(axis=axis, keepdims=True) for part in (x, y))
    slopes: Array = (x * y).sum(axis=axis) / (x * x).sum(axis=axis)
    return slopes
