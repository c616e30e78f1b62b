"""The slope ψ′ of smooth activations with what encloses it: its turning points, ψ″, and bounds on |ψ‴|."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

Array = NDArray[np.float64]

EPS = float(np.finfo(np.float64).eps)
# Every slope below is some ten operations on elementary functions that are good to 4 units in the last place.
_UNITS = 64
_SMALLEST = 1e-300
_ROOT_HALF_PI = float(np.sqrt(2 / np.pi))


@dataclass(frozen=True)
class Curve:
    """ψ′ for a smooth ψ, vectorised and defined at ±∞, with what is needed to enclose it on an interval.

    `slope` ψ′; `second` ψ″; `third` maps the ends of an interval to a bound on |ψ‴| there; `turns` the pairs (t, ψ′(t)) at the local
    extrema of ψ′, which is monotone between two of them; `floor` is 0 if the float ψ′ is off by a few units relatively, else the
    size of the terms it is a sum of.
    """

    slope: Callable[[Array], Array]
    second: Callable[[Array], Array]
    third: Callable[[Array, Array], Array]
    turns: tuple[tuple[float, float], ...] = ()
    floor: float = 0.0

    def range(self, low: Array, high: Array) -> tuple[Array, Array]:
        """The least and greatest ψ′ on [low, high] (arrays of ends, infinite ones allowed), rounded outwards.

        >>> least, greatest = TANH.range(np.array([-1.0]), np.array([np.inf]))
        >>> float(least[0]), round(float(greatest[0]), 12)
        (0.0, 1.0)
        """
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            ends = np.stack([self.slope(low), self.slope(high)])
            least, greatest = ends.min(axis=0), ends.max(axis=0)
            for t, value in self.turns:
                inside = (low <= t) & (t <= high)
                least = np.where(inside, np.minimum(least, value), least)
                greatest = np.where(inside, np.maximum(greatest, value), greatest)
            below, above = (_UNITS * EPS * (np.abs(x) + self.floor) + _SMALLEST for x in (least, greatest))
            lowest = least - below
            if self.floor == 0 and all(value >= 0 for _, value in self.turns):
                lowest = np.where(least >= 0, np.maximum(lowest, 0.0), lowest)  # no cancellation: the computed sign of ψ′ is right
            return lowest, greatest + above

    def tangent(self, middle: Array, reach: Array) -> tuple[Array, Array, Array]:
        """p, κ, e with |ψ′(t) − p − κ(t−middle)| ≤ e for |t−middle| ≤ reach: Taylor's formula, e of second order in `reach`.

        >>> p, slope, error = TANH.tangent(np.array([0.0]), np.array([0.1]))
        >>> float(p[0]), abs(float(slope[0])), round(float(error[0]), 9)    # |tanh‴| ≤ 2, so e = 0.1²
        (1.0, 0.0, 0.01)
        """
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            p, slope = self.slope(middle), self.second(middle)
            rounding = _UNITS * EPS * (np.abs(p) + self.floor + (np.abs(slope) + 1) * reach) + _SMALLEST
            error = 0.5 * self.third(middle - reach, middle + reach) * reach**2 * (1 + _UNITS * EPS) + rounding
        return p, slope, np.where(np.isfinite(error), error, np.inf)


def _nearest(low: Array, high: Array) -> Array:
    """The distance of [low, high] from 0."""
    return np.asarray(np.maximum(np.maximum(low, -high), 0.0))


def _sech_squared(t: Array) -> Array:
    q = np.exp(-2 * np.abs(t))
    return np.asarray(4 * q / (1 + q) ** 2)


def _bell(t: Array) -> Array:
    """σ′(t) = σ(t)(1−σ(t)), even, falling with |t|."""
    q = np.exp(-np.abs(t))
    return np.asarray(q / (1 + q) ** 2)


def _clipped(t: Array) -> Array:
    """t where the slope is not constant in floating point: beyond ±800 the exponentials vanish, and 0·∞ must not occur."""
    return np.asarray(np.clip(t, -800.0, 800.0))


def _density(t: Array) -> Array:
    return np.asarray(np.exp(-0.5 * t * t) * (0.5 * _ROOT_HALF_PI))


def _silu_slope(t: Array) -> Array:
    x = _clipped(t)
    return np.asarray(expit(x) + x * _bell(x))


def _silu_second(t: Array) -> Array:
    x = _clipped(t)
    return np.asarray(_bell(x) * (2 - x * np.tanh(0.5 * x)))


def _gelu_slope(t: Array) -> Array:
    x = _clipped(t)
    return np.asarray(ndtr(x) + x * _density(x))


def _gelu_second(t: Array) -> Array:
    x = _clipped(t)
    return np.asarray(_density(x) * (2 - x * x))


# tanh‴ = −2 sech²(1 − 3 tanh²): at most 2 everywhere (put x = tanh²: (1−x)|1−3x| ≤ 1) and at most 4 sech².
TANH = Curve(
    _sech_squared,
    lambda t: np.asarray(-2 * np.tanh(t) * _sech_squared(t)),
    lambda low, high: np.asarray(np.minimum(2.0, 4 * _sech_squared(_nearest(low, high)))),
    ((0.0, 1.0),),
)
# σ(t) = ½(1 + tanh(t/2)), so |σ‴| = |tanh‴(t/2)|/16.
SIGMOID = Curve(
    _bell,
    lambda t: np.asarray(-np.tanh(0.5 * t) * _bell(t)),
    lambda low, high: np.asarray(np.minimum(0.125, _bell(_nearest(low, high)))),
    ((0.0, 0.25),),
)
# The slope is σ, and |σ″| = σ′|tanh(t/2)| is at most σ′ and at most 1/(6√3).
SOFTPLUS = Curve(expit, _bell, lambda low, high: np.asarray(np.minimum(0.0963, _bell(_nearest(low, high)))))
# tσ(t): ψ″ = σ′(2 − t tanh(t/2)) vanishes where t tanh(t/2) = 2; |ψ‴| is greatest, 0.30818…, at ±1.03195…
SILU = Curve(
    _silu_slope,
    _silu_second,
    lambda low, high: np.full(np.shape(low), 0.3082),
    ((-2.3993572805154677, -0.09983932012886692), (2.3993572805154677, 1.099839320128867)),
    1.0,
)
# tΦ(t): ψ″ = φ(2 − t²), ψ‴ = φ(t³ − 4t); |ψ‴| is greatest, 0.77877…, at ±0.79228…
GELU = Curve(
    _gelu_slope,
    _gelu_second,
    lambda low, high: np.full(np.shape(low), 0.7788),
    ((-(2.0**0.5), -0.12890414518515479), (2.0**0.5, 1.1289041451851548)),
    1.0,
)


def power_curve(p: int) -> Curve:
    """The slope p·t^{p−1} of t^p, p ≥ 1."""
    jerk = p * (p - 1) * (p - 2)
    return Curve(
        lambda t: np.asarray(p * t ** (p - 1), dtype=np.float64),
        lambda t: np.asarray(p * (p - 1) * t ** max(p - 2, 0), dtype=np.float64),
        lambda low, high: np.asarray(jerk * np.maximum(np.abs(low), np.abs(high)) ** max(p - 3, 0), dtype=np.float64)
        if jerk else np.zeros(np.shape(low)),
        ((0.0, 0.0),) if p % 2 == 1 and p > 1 else (),
    )
