"""Exact Lipschitz constants of piecewise-linear two-layer networks by enumeration of activation cells."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from verify.lipschitz.arrangement import all_cells, cells_meeting_ball
from verify.lipschitz.domains import Array, Domain
from verify.lipschitz.kinks import EPS, KinkForm


@dataclass(frozen=True)
class CellMaximum:
    """The largest gradient norm over cells: `lower` at a verified interior point, `upper` over every listed cell.

    `upper` is infinite when the list of cells may be incomplete; `point` is None when no interior point was verified.
    """

    lower: float
    upper: float
    point: Array | None


def maximum_over_cells(form: KinkForm, domain: Domain, seed: int = 0) -> CellMaximum:
    """max ‖∇f‖ over the activation cells that meet the domain (R^d, or the open ball), for f in canonical form.

    On a convex domain the Lipschitz constant is the supremum of ‖∇f‖ over the points where f is differentiable, and
    ∇f is constant on each cell.  The cost is that of all sets of at most d of the m hyperplanes; sorting for d = 1.
    Certified up to stated rounding: `lower` is the gradient norm at a point that lies strictly inside its cell by more
    than the error of the float dot products; `upper` takes the maximum over all cells that were not excluded exactly.

    >>> from verify.lipschitz import GLOBAL, kink_form
    >>> best = maximum_over_cells(kink_form([[1.0], [1.0]], [0.0, -1.0], [1.0, 2.0]), GLOBAL)   # slopes 0, 1, 3
    >>> round(best.lower, 9), round(best.upper, 9)
    (3.0, 3.0)
    """
    centre = domain.centre_in(form.dimension)
    if form.size == 0:
        norm = float(np.linalg.norm(form.v))
        return CellMaximum(max(norm - form.slack, 0.0), norm * (1 + 8 * EPS * form.dimension) + form.slack, centre)
    if form.dimension == 1:
        signs, points, complete = *_intervals(form, float(centre[0]), domain.radius), True
    elif np.isinf(domain.radius):
        cells = all_cells(form.W, form.b, seed)
        signs, points, complete = cells.signs, cells.points, cells.complete
    else:
        cells = cells_meeting_ball(form.W, form.b, centre, domain.radius)
        signs, points, complete = cells.signs, cells.points, cells.complete
    return _best(form, domain, signs, points, complete=complete)


def _best(form: KinkForm, domain: Domain, signs: Array, points: Array, *, complete: bool) -> CellMaximum:
    norms = np.linalg.norm(form.gradients(signs), axis=1)
    actual, strict = form.strict_signs(points)
    inside = strict & (actual == signs).all(axis=1) & _well_inside(domain, points)
    verified = np.where(inside, norms, -1.0)
    best = int(np.argmax(verified))
    upper = float(norms.max()) + form.slack if complete else float("inf")
    if verified[best] < 0:
        return CellMaximum(0.0, upper, None)
    return CellMaximum(max(float(verified[best]) - form.slack, 0.0), upper, points[best])


def _well_inside(domain: Domain, points: Array) -> Array:
    if domain.kind == "global":
        return np.ones(len(points), dtype=np.bool_)
    centre = domain.centre_in(points.shape[1])
    # strictly inside by more than the rounding of the norm
    inside: Array = np.linalg.norm(points - centre, axis=1) < domain.radius * (1 - 1e-14 * (points.shape[1] + 2))
    return inside


def _intervals(form: KinkForm, centre: float, radius: float) -> tuple[Array, Array]:
    """Signs and midpoints of the intervals between the kinks of a function of one variable, sorted exactly."""
    w, b = form.W[:, 0], form.b
    place = [-Fraction(float(x)) / Fraction(float(y)) for x, y in zip(b, w, strict=True)]
    order = sorted(range(len(w)), key=place.__getitem__)
    kinks = np.array([float(place[j]) for j in order])
    if np.isinf(radius):
        width = 1.0 + float(np.abs(kinks).max())
        low, high = kinks[0] - width, kinks[-1] + width
    else:
        low, high = centre - radius, centre + radius
    ends = np.concatenate([[low], np.clip(kinks, low, high), [high]])
    points = 0.5 * (ends[:-1] + ends[1:])
    passed = np.arange(len(w) + 1)[:, None] > np.arange(len(w))
    signs = np.empty(passed.shape)
    signs[:, order] = np.where(passed, 1.0, -1.0) * np.sign(w)[order]
    if np.isfinite(radius):
        # intervals strictly outside the ball are dropped; the comparison is exact
        ball_low, ball_high = Fraction(centre) - Fraction(radius), Fraction(centre) + Fraction(radius)
        exact = [place[j] for j in order]
        met = np.array([True, *(x < ball_high for x in exact)]) & np.array([*(x > ball_low for x in exact), True])
        signs, points = signs[met], points[met]
    return signs, points[:, None]
