"""Exact Lipschitz constants of piecewise-linear two-layer networks by enumeration of activation cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verify.lipschitz.piecewise.arrangement import Cells
from verify.lipschitz.piecewise.kinks import KinkForm
from verify.objects.domains import Array, Domain


@dataclass(frozen=True)
class CellMaximum:
    """The largest gradient norm over cells: `lower` at a verified interior point, `upper` over every listed cell.

    `upper` is infinite when the list of cells may be incomplete; `point` is None when no interior point was verified.
    """

    lower: float
    upper: float
    point: Array | None


def maximum_over_cells(form: KinkForm, domain: Domain, cells: Cells) -> CellMaximum:
    """max ‖∇f‖ over listed cells (N ≥ 1), such as those that meet R^d or the open ball, for f in canonical form.

    On a convex domain the Lipschitz constant is the supremum of ‖∇f‖ over the points where f is differentiable, and ∇f is constant on
    each cell.  Certified up to stated rounding: `lower` is the gradient norm at a point that lies strictly inside its cell by more than
    the error of the float dot products; `upper` takes the maximum over all cells that were not excluded exactly.

    >>> from verify.lipschitz import GLOBAL, kink_form
    >>> from verify.lipschitz.piecewise.arrangement import all_cells
    >>> form = kink_form([[1.0], [1.0]], [0.0, -1.0], [1.0, 2.0])                                 # slopes 0, 1, 3
    >>> best = maximum_over_cells(form, GLOBAL, all_cells(form.W, form.b))
    >>> round(best.lower, 9), round(best.upper, 9)
    (3.0, 3.0)
    """
    signs, points = cells.signs, cells.points
    norms = np.linalg.norm(form.gradients(signs), axis=1)
    actual, strict = form.strict_signs(points)
    inside = strict & (actual == signs).all(axis=1) & _well_inside(domain, points)
    verified = np.where(inside, norms, -1.0)
    best = int(np.argmax(verified))
    upper = float(norms.max()) + form.slack if cells.complete else float("inf")
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
