"""Interval branch and bound on ‖∇f‖ for networks with a smooth activation: cells of the domain, bisected best first."""

from __future__ import annotations

import numpy as np

from verify.lipschitz.smooth.cover import Cells, Cover
from verify.lipschitz.smooth.domain import project
from verify.lipschitz.smooth.field import GradientField
from verify.objects.deadline import Deadline
from verify.objects.domains import Array

# Numbers (cells times neurons) in one batch, and the cells kept at one time.
_BATCH = 400_000
_MOST_CELLS = 400_000


def branch_and_bound(
    cover: Cover, lower: float, point: Array, *, deadline: Deadline, tolerance: float, max_cells: int | None = None
) -> tuple[float, float, Array, int]:
    """An upper bound on max ‖∇f‖, a lower bound with its point, and the number of cells looked at.

    Stops when upper ≤ (1+tolerance)·lower, when the time or `max_cells` is spent, or on an interrupt; the upper bound holds whenever
    it stops.  `lower` and `point` are where it starts.
    """
    batch = max(16, _BATCH // max(len(cover.field.a), 1))
    live = cover.start()
    upper, axis = cover.bound(live)
    closed, looked = 0.0, len(live)                                  # `closed` bounds the cells that were set aside
    with deadline.interruptible():                                   # the cells not yet replaced still cover the domain
        while len(live):
            done = (upper <= lower * (1 + tolerance)) | cover.too_small(live, axis)
            closed = max(closed, float(upper[done].max(initial=0.0)))
            live, upper, axis = live.take(~done), upper[~done], axis[~done]
            spent = deadline.is_over or (max_cells is not None and looked >= max_cells)
            if not len(live) or spent or len(live) > _MOST_CELLS or upper.max() <= closed:
                break
            first = np.argsort(-upper, kind="stable")
            chosen, rest = first[:batch], first[batch:]
            halves = live.take(chosen).bisected(axis[chosen])
            half_upper, half_axis = cover.bound(halves, lower * (1 + tolerance))
            half_upper = np.minimum(half_upper, np.tile(upper[chosen], 2))
            lower, point = _better(cover, halves.take(np.argsort(-half_upper, kind="stable")[:8]), lower, point)
            live, upper, axis = live.take(rest).joined(halves), np.append(upper[rest], half_upper), np.append(axis[rest], half_axis)
            looked += len(halves)
    return max(closed, float(upper.max(initial=0.0))), lower, point, looked


def _better(cover: Cover, cells: Cells, lower: float, point: Array) -> tuple[float, Array]:
    """The larger of `lower` and the norms at the middle points of the cells, with its point."""
    field = cover.field
    trial = project(field, cover.points(cells))
    if cells.face[0]:
        trial = np.concatenate([trial, crossings(field, trial[0])])
    norms = field.lower_norms(trial)
    best = int(np.argmax(norms))
    if norms[best] <= lower or not field.domain.contains(trial[best : best + 1])[0]:
        return lower, point
    return float(norms[best]), trial[best]


def crossings(field: GradientField, point: Array) -> Array:
    """For j = 1, …, min(k,d): the point nearest to `point` at which the j hyperplanes nearest to it are met.

    Far out the other neurons are saturated there, and these have the slope ψ′(0).
    """
    t = field.preactivations(point[None, :])[0][0]
    nearest = np.argsort(np.abs(t) / np.linalg.norm(field.W, axis=1), kind="stable")[: field.dimension]
    return np.array([point - np.linalg.lstsq(field.W[nearest[:j]], t[nearest[:j]], rcond=None)[0] for j in range(1, len(nearest) + 1)])
