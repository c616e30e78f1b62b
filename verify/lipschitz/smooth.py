"""Enclosures for networks with a smooth activation: tanh and powers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from theory.errors import BadData
from verify.lipschitz.domains import GLOBAL, Array, Budget, Domain, Enclosure, Witness
from verify.lipschitz.kinks import EPS, network_arrays
from verify.lipschitz.norms import box_bound

_DEFAULT = Budget()


@dataclass(frozen=True)
class SmoothActivation:
    """ψ, ψ′, and the range (least, greatest) of ψ′ over each interval [low, high]."""

    name: str
    value: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    derivative_range: Callable[[Array, Array], tuple[Array, Array]]


def _tanh_slope(t: Array) -> Array:
    slope: Array = 1.0 - np.tanh(t) ** 2
    return slope


def _tanh_range(low: Array, high: Array) -> tuple[Array, Array]:
    """1−tanh² falls with |t|: its greatest value is at the point of [low, high] nearest to 0, its least at an end."""
    nearest = np.clip(0.0, low, high)
    farthest = np.maximum(np.abs(low), np.abs(high))
    # 1−tanh² is computed with an absolute error of a few eps
    return np.maximum(_tanh_slope(farthest) - 8 * EPS, 0.0), np.minimum(_tanh_slope(nearest) + 8 * EPS, 1.0)


TANH = SmoothActivation("tanh", np.tanh, _tanh_slope, _tanh_range)


def power(p: int) -> SmoothActivation:
    """ψ(t) = t^p for a whole number p ≥ 1.

    >>> [float(x[0]) for x in power(3).derivative_range(np.array([-1.0]), np.array([2.0]))]    # 3t² on [−1, 2]
    [0.0, 12.0]
    """
    if not (isinstance(p, int) and p >= 1):
        raise BadData(f"the power must be a whole number p ≥ 1, not {p!r}")

    def slope(t: Array) -> Array:
        return np.asarray(p * t ** (p - 1), dtype=np.float64)

    def slope_range(low: Array, high: Array) -> tuple[Array, Array]:
        with np.errstate(invalid="ignore", over="ignore"):
            ends = np.stack([slope(low), slope(high)])
        least = ends.min(axis=0)
        if p % 2 == 1 and p > 1:  # an even power of t is least at the point nearest to 0
            least = slope(np.clip(0.0, low, high))
        return least, ends.max(axis=0)

    return SmoothActivation(f"power {p}", lambda t: np.asarray(t**p, dtype=np.float64), slope, slope_range)


def smooth_enclosure(
    W: ArrayLike,
    b: ArrayLike,
    a: ArrayLike,
    v: ArrayLike | None = None,
    *,
    activation: SmoothActivation,
    domain: Domain = GLOBAL,
    budget: Budget = _DEFAULT,
) -> Enclosure:
    """An enclosure of the Euclidean Lipschitz constant of x ↦ v·x + Σ_ℓ a_ℓψ(w_ℓ·x+b_ℓ), ψ smooth, on a named domain.

    W (k×d), b, a (k), v (d).  Lower: the largest ‖∇f‖ at sampled points, improved by local search; on a sphere the
    tangential part, which bounds the geodesic and so the chord constant from below.  Upper: on the domain each
    ψ′(w_ℓ·x+b_ℓ) lies in an interval, and ‖v+Σ a_ℓδ_ℓw_ℓ‖ is convex in δ, so it is greatest at a corner of the box of
    these intervals (all 2^k corners within the budget, else the spectral and path bounds of the box).  For powers this
    is at most Σ|a_ℓ|p‖w_ℓ‖(‖w_ℓ‖r+|w_ℓ·c+b_ℓ|)^{p−1}; a power p ≥ 2 on R^d has upper bound infinity.
    Both sides carry a rounding allowance; `exact` is set only when they agree within it.

    >>> from verify.lipschitz import ball
    >>> found = smooth_enclosure([[2.0]], [0.0], [3.0], activation=power(2), domain=ball(1.0))     # (12x²)' on [−1, 1]
    >>> round(found.upper, 9), found.lower > 23.9
    (24.0, True)
    """
    network = _Gradient(*_live(network_arrays(W, b, a, v)), activation, domain)
    upper = _box_of_slopes(network, budget)
    lower, point = _search(network, budget)
    allowance = network.rounding * upper if np.isfinite(upper) else 0.0
    witness = Witness("tangent" if domain.kind == "sphere" else "gradient", point[None, :])
    return Enclosure(lower, upper, domain, bool(upper - lower <= 4 * allowance), witness, {"box": upper})


def _live(arrays: tuple[Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
    """The neurons that depend on x."""
    W, b, a, v = arrays
    live = (a != 0) & W.any(axis=1)
    return W[live], b[live], a[live], v


@dataclass(frozen=True)
class _Gradient:
    W: Array
    b: Array
    a: Array
    v: Array
    activation: SmoothActivation
    domain: Domain

    @property
    def rounding(self) -> float:
        """The relative error of a sum of k products in R^d, with a factor to spare."""
        return 64 * (len(self.a) + len(self.v) + 8) * EPS

    def slope_error(self, points: Array) -> Array:
        """Σ|a_ℓ|‖w_ℓ‖ times the variation of ψ′ over the rounding interval of w_ℓ·x+b_ℓ."""
        middle = points @ self.W.T + self.b
        radius = 4 * (len(self.v) + 2) * EPS * (np.abs(points) @ np.abs(self.W.T) + np.abs(self.b))
        least, greatest = self.activation.derivative_range(middle - radius, middle + radius)
        error: Array = (greatest - least) @ (np.abs(self.a) * np.linalg.norm(self.W, axis=1))
        return error

    def lower_norms(self, points: Array) -> Array:
        """‖∇f‖ (tangential on a sphere) less the float error of its evaluation."""
        slopes = self.activation.derivative(points @ self.W.T + self.b)
        gradients = (slopes * self.a) @ self.W + self.v
        size = np.linalg.norm(self.v) + np.abs(slopes) @ (np.abs(self.a) * np.linalg.norm(self.W, axis=1))
        error = self.slope_error(points) + self.rounding * size
        if self.domain.kind == "sphere":
            normal = (points - self.domain.centre_in(len(self.v))) / self.domain.radius
            gradients = gradients - (gradients * normal).sum(axis=1, keepdims=True) * normal
        norms: Array = np.maximum(np.linalg.norm(gradients, axis=1) - error, 0.0)
        return norms

    def project(self, points: Array) -> Array:
        if self.domain.kind == "global":
            return points
        offset = points - self.domain.centre_in(len(self.v))
        distance = np.maximum(np.linalg.norm(offset, axis=1, keepdims=True), 1e-300)
        factor = self.domain.radius / distance
        if self.domain.kind == "ball":
            factor = np.minimum(factor * (1 - 4 * EPS), 1.0)
        projected: Array = self.domain.centre_in(len(self.v)) + factor * offset
        return projected

    def scale(self) -> float:
        if self.domain.kind != "global":
            return self.domain.radius
        lengths = np.linalg.norm(self.W, axis=1)
        return float((1 + np.abs(self.b).max()) / lengths.min()) if len(lengths) else 1.0


def _box_of_slopes(network: _Gradient, budget: Budget) -> float:
    """max ‖v + Σ a_ℓδ_ℓw_ℓ‖ over the box of the slopes that ψ′ takes on the domain, rounded up."""
    W, b, a, centre = network.W, network.b, network.a, network.domain.centre_in(len(network.v))
    middle, reach = W @ centre + b, network.domain.radius * np.linalg.norm(W, axis=1)
    size = np.abs(W) @ np.abs(centre) + np.abs(b) + np.where(np.isinf(reach), 0.0, reach)
    spread = reach + 16 * (len(centre) + 2) * EPS * size
    least, greatest = network.activation.derivative_range(middle - spread, middle + spread)
    if not (np.isfinite(least).all() and np.isfinite(greatest).all()):
        return float("inf")
    mean, half = 0.5 * (greatest + least) * a, 0.5 * (greatest - least) * a
    steepest = np.maximum(np.abs(least), np.abs(greatest)) * np.abs(a)
    total = float(np.linalg.norm(network.v) + steepest @ np.linalg.norm(W, axis=1))
    bound = box_bound(network.v + mean @ W, half[:, None] * W, budget.max_patterns_log2)
    return bound + network.rounding * total


def _search(gradient: _Gradient, budget: Budget) -> tuple[float, Array]:
    """Random points, and around the best of them random moves whose size shrinks on failure."""
    rng = np.random.default_rng(budget.seed)
    d, size = len(gradient.v), gradient.scale()
    centre = gradient.domain.centre_in(d)
    points = gradient.project(centre + size * rng.standard_normal((budget.samples, d)))
    if gradient.domain.kind != "sphere":
        points[0] = centre
    norms = gradient.lower_norms(points)
    best = int(np.argmax(norms))
    value, point = float(norms[best]), points[best]
    for _ in range(budget.ascent_steps):
        trial = gradient.project(point + size * rng.standard_normal((64, d)))
        norms = gradient.lower_norms(trial)
        best = int(np.argmax(norms))
        if norms[best] > value:
            value, point = float(norms[best]), trial[best]
        else:
            size *= 0.6
    return value, point
