"""The Lipschitz constant of networks with several outputs and a smooth activation: slopes in intervals, cell by cell."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace

import numpy as np

from theory.errors import BadData
from verify.lipschitz.piecewise.kinks import EPS, KinkForm, network_arrays
from verify.lipschitz.piecewise.placement import Placement
from verify.lipschitz.piecewise.sampled import sample_points
from verify.lipschitz.smooth.domain import preactivation_range
from verify.lipschitz.smooth.field import GradientField
from verify.lipschitz.smooth.search import ascend
from verify.lipschitz.vector.relaxation import balanced, relaxed
from verify.objects.deadline import UNLIMITED, Deadline, steps_until
from verify.objects.domains import Array, Budget, Domain
from verify.objects.networks import VectorNetwork
from verify.objects.networks.network import as_float

_MOST_DIMENSIONS = 4    # cells are cut coordinate by coordinate
_TOLERANCE = 1e-4
_ROUNDS = 40
_ALTERNATIONS = 2


@dataclass(frozen=True)
class SmoothVector:
    """A network with its domain, and the range of the preactivations there."""

    network: VectorNetwork
    domain: Domain
    field: GradientField
    low: Array
    high: Array

    @property
    def rounding(self) -> float:
        """The relative error of a Jacobian, with a factor to spare."""
        return 64 * (self.network.k + self.network.d + self.network.m + 8) * EPS

    def jacobians(self, points: Array) -> Array:
        """J at each point, in floating point."""
        slopes = self.field.curve.slope(self.field.preactivations(points)[0])
        return np.asarray((slopes[:, None, :] * as_float(self.network.A)) @ self.field.W + as_float(self.network.V))

    def upper(self, low: Array, high: Array, steps: int = 0, deadline: Deadline = UNLIMITED) -> float:
        """A bound on ‖J‖ where the preactivations lie between low and high."""
        A, V = as_float(self.network.A), as_float(self.network.V)
        mean, half = self.field.slope_box(np.maximum(low, self.low), np.minimum(high, self.high))
        if not (np.isfinite(mean).all() and np.isfinite(half).all()):
            return float("inf")
        live = (half > 0) & A.any(axis=0) & self.field.W.any(axis=1)
        P, Q = (half * A).T[live], self.field.W[live]
        size = np.linalg.norm(V) + ((np.abs(mean) + half) * np.linalg.norm(A, axis=0)) @ np.linalg.norm(self.field.W, axis=1)
        return relaxed(V + (A * mean) @ self.field.W, P, Q, balanced(P, Q), steps, deadline).upper + self.rounding * float(size)

    def lower(self, points: Array) -> Array:
        """‖J‖ at each point, less the error of its evaluation in floating point."""
        A, V = as_float(self.network.A), as_float(self.network.V)
        middle, radius = self.field.preactivations(points)
        least, greatest = self.field.curve.range(middle - radius, middle + radius)
        slopes = self.field.curve.slope(middle)
        weights = np.linalg.norm(A, axis=0) * np.linalg.norm(self.field.W, axis=1)
        error = np.maximum(greatest - slopes, slopes - least) @ weights
        error += self.rounding * (np.linalg.norm(V) + np.abs(slopes) @ weights)
        norms = np.linalg.norm(self.jacobians(points), 2, axis=(1, 2))
        return np.asarray(np.maximum(norms - error, 0.0))


def smooth_vector(network: VectorNetwork, place: Placement) -> SmoothVector:
    """The network on R^d, a ball, a box or a hull, where it is placed."""
    domain = place.domain
    W, b, _, _ = network_arrays(place.W, place.b, np.zeros(network.k))
    curve = network.activation.curve
    if curve is None:
        raise BadData(f"the activation {network.activation.name} is not smooth; its patterns are branched on")
    field = GradientField(W, b, np.ones(network.k), W, np.zeros(network.d), curve, domain)
    return SmoothVector(network, domain, field, *preactivation_range(field))


def steepest_point(smooth: SmoothVector, budget: Budget) -> tuple[float, Array]:
    """A large ‖J‖ and its point: sampled, ascended to by combinations of the outputs, moved towards other points of the domain."""
    rng, domain, d = np.random.default_rng(budget.seed), smooth.domain, smooth.network.d
    live = np.flatnonzero(smooth.field.W.any(axis=1))
    form = KinkForm(smooth.field.W[live], smooth.field.b[live], np.ones(len(live)), np.zeros(d), 0.0, 0.0, live)
    points = np.vstack([sample_points(form, domain, budget.samples, rng), domain.centre_in(d)[None]])
    values = smooth.lower(points)
    best, point = float(values.max()), points[values.argmax()]
    A, V = as_float(smooth.network.A), as_float(smooth.network.V)
    for u in [*np.eye(len(A)), *([None] * _ALTERNATIONS)]:
        if budget.deadline.is_over:
            break
        if u is None:                                          # the direction in which the best Jacobian so far is largest
            u = np.linalg.svd(smooth.jacobians(point[None])[0])[0][:, 0]
        steep = ascend(replace(smooth.field, a=np.asarray(A.T @ u), v=np.asarray(V.T @ u)), budget)[1]
        value = float(smooth.lower(steep[None])[0])
        if value > best:
            best, point = value, steep
    for round_ in steps_until(budget.deadline, _ROUNDS):
        others = sample_points(form, domain, 64, rng)
        trials = point + 0.7**round_ * (others - point)       # between two points of a convex domain
        values = smooth.lower(trials)
        if values.max() > best:
            best, point = float(values.max()), trials[values.argmax()]
    return best, point


def upper_over_cells(smooth: SmoothVector, lower: float, deadline: Deadline) -> float:
    """A bound over boxes that cover a bounded domain, the worst one cut in two until the time is spent or the gap is closed."""
    low, high = _around(smooth.domain, smooth.network.d)
    weights = np.linalg.norm(smooth.field.W, axis=0)
    heap = [(-float("inf"), 0, low, high)]
    count = 0
    while heap and -heap[0][0] > lower * (1 + _TOLERANCE) and not deadline.is_over:
        _, _, low, high = heap[0]
        axis = int(((high - low) * weights).argmax())
        middle = 0.5 * (low[axis] + high[axis])
        if not low[axis] < middle < high[axis]:
            break
        halves = []
        for side in (0, 1):
            ends = low.copy(), high.copy()
            ends[1 - side][axis] = middle
            if _may_meet(smooth.domain, *ends):
                count += 1
                halves.append((-smooth.upper(*_preactivations(smooth, *ends)), count, *ends))
        heapq.heappop(heap)
        for half in halves:
            heapq.heappush(heap, half)
    return -heap[0][0] if heap else lower


def can_be_cut(smooth: SmoothVector) -> bool:
    """Whether cells of the domain can be cut to any use."""
    return smooth.domain.kind != "global" and smooth.network.d <= _MOST_DIMENSIONS


def _preactivations(smooth: SmoothVector, low: Array, high: Array) -> tuple[Array, Array]:
    W, b = smooth.field.W, smooth.field.b
    centre, reach = 0.5 * (low + high), 0.5 * (high - low) * (1 + 4 * EPS) + 4 * EPS * np.maximum(np.abs(low), np.abs(high))
    middle, error = (part[0] for part in smooth.field.preactivations(centre[None]))
    spread = np.abs(W) @ reach * (1 + 4 * (len(low) + 4) * EPS) + error + 4 * EPS * np.abs(b)
    return middle - spread, middle + spread


def _around(domain: Domain, d: int) -> tuple[Array, Array]:
    if domain.kind == "box":
        return domain.corners(d)
    if domain.kind == "hull":
        vertices = domain.vertices_in(d)
        return vertices.min(axis=0), vertices.max(axis=0)
    centre, radius = domain.enclosing_ball(d)
    return np.nextafter(centre - radius, -np.inf), np.nextafter(centre + radius, np.inf)


def _may_meet(domain: Domain, low: Array, high: Array) -> bool:
    if domain.kind != "ball":
        return True
    centre = domain.centre_in(len(low))
    away = np.maximum(np.maximum(low - centre, centre - high), 0.0)
    return bool(np.linalg.norm(away) <= domain.radius * (1 + 1e-9))
