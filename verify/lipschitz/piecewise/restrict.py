"""A network on its domain: kinks that the domain does not meet become affine, and flat domains become full-dimensional ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from verify.lipschitz.piecewise.kinks import EPS, KinkForm, fix_signs, kink_form, restrict_to_ball
from verify.lipschitz.piecewise.rational import exact_rank
from verify.objects.domains import Array, Domain, box, hull
from verify.objects.rationals import rational, rationals

# Hulls whose smallest relative singular value is above this are full-dimensional without a decision over the rationals.
_CLEARLY_FULL = 1e-9


def restrict(form: KinkForm, domain: Domain) -> KinkForm:
    """The same function on the domain: kinks whose hyperplane does not meet its interior become part of the affine part.

    For a sphere: the interior of the ball that it bounds.  For a flat box or hull: its relative interior or none of it.  Signs within
    the rounding error are decided over the rationals.

    >>> from verify.objects.domains import box
    >>> form = kink_form([[1.0, 0.0]], [3.0], [1.0])                        # ReLU(x + 3) is x + 3 where x ≥ −3
    >>> restrict(form, box([-3.0, 0.0], [1.0, 1.0])).v.tolist()
    [1.0, 0.0]
    """
    if domain.kind == "global" or form.size == 0:
        return form
    if not domain.is_polytope:
        return restrict_to_ball(form, domain)
    low, high, doubt = _preactivation_range(form, domain)
    signs = np.where(low > doubt, 1.0, np.where(high < -doubt, -1.0, 0.0))
    for j in np.flatnonzero((signs == 0) & ((np.abs(low) <= doubt) | (np.abs(high) <= doubt))):
        least, greatest = _exact_range(form.row(j), domain)
        signs[j] = 1.0 if least >= 0 else -1.0 if greatest <= 0 else 0.0
    return fix_signs(form, signs)


def _preactivation_range(form: KinkForm, domain: Domain) -> tuple[Array, Array, Array]:
    """The least and the greatest w_j·x+b_j on a box or hull, and a bound on the error of both."""
    d = form.dimension
    if domain.kind == "box":
        corners = domain.corners(d)
        positive, negative = np.maximum(form.W, 0.0), np.minimum(form.W, 0.0)
        low = positive @ corners[0] + negative @ corners[1] + form.b
        high = positive @ corners[1] + negative @ corners[0] + form.b
        size = np.maximum(np.abs(corners[0]), np.abs(corners[1]))
    else:
        vertices = domain.vertices_in(d)
        values = form.W @ vertices.T + form.b[:, None]
        low, high, size = values.min(axis=1), values.max(axis=1), np.abs(vertices).max(axis=0)
    return low, high, 4 * (d + 2) * EPS * (np.abs(form.W) @ size + np.abs(form.b))


def _exact_range(row: list[fmpq], domain: Domain) -> tuple[fmpq, fmpq]:
    *w, b = row
    if domain.kind == "box":
        ends = [sorted((x * rational(l), x * rational(h))) for x, l, h in zip(w, *domain.exact_corners(len(w)), strict=True)]
        return sum((e[0] for e in ends), b), sum((e[1] for e in ends), b)
    values = [sum((x * rational(p) for x, p in zip(w, point, strict=True)), b) for point in domain.exact_vertices(len(w))]
    return min(values), max(values)


@dataclass(frozen=True)
class Flat:
    """A flat domain {origin + zB : z in a full-dimensional domain}, B (e×d) with orthonormal rows.

    `domain` is None when the flat is a point; `free` are the coordinates that are not fixed where B consists of their unit vectors, None
    where B was rotated in floating point.
    """

    origin: Array
    basis: Array
    domain: Domain | None
    free: NDArray[np.intp] | None

    @property
    def exact(self) -> bool:
        """Whether the coordinates are free of rounding."""
        return self.free is not None

    def lift(self, points: Array) -> Array:
        """The points of R^d that have the given coordinates in the flat."""
        lifted: Array = self.origin + points @ self.basis
        return lifted


def flat_of(domain: Domain, dimension: int) -> Flat | None:
    """The affine hull of a flat box or hull as coordinates; None for a full-dimensional domain.

    The dimension is decided over the rationals; the basis of a box is exact, that of a hull is a singular basis in floating point.

    >>> from verify.objects.domains import hull
    >>> found = flat_of(hull([[0.0, 1.0], [3.0, 1.0]]), 2)
    >>> np.abs(found.basis).tolist(), found.domain.kind
    ([[1.0, 0.0]], 'hull')
    """
    if domain.kind == "box":
        return _flat_box(domain, dimension)
    return _flat_hull(domain, dimension) if domain.kind == "hull" else None


def _flat_box(domain: Domain, dimension: int) -> Flat | None:
    low, high = domain.exact_corners(dimension)
    free = np.array([p < q for p, q in zip(low, high, strict=True)])
    if free.all():
        return None
    inside = box([low[i] for i in np.flatnonzero(free)], [high[i] for i in np.flatnonzero(free)]) if free.any() else None
    return Flat(np.where(free, 0.0, domain.corners(dimension)[0]), np.eye(dimension)[free], inside, np.flatnonzero(free))


def _flat_hull(domain: Domain, dimension: int) -> Flat | None:
    exact = np.array(domain.exact_vertices(dimension), dtype=object)
    # the moves rounded, not those of rounded vertices: a hull far from the origin keeps its shape
    moves = (exact - exact[0]).astype(np.float64)
    vertices = domain.vertices_in(dimension)
    _, singular, right = np.linalg.svd(moves, full_matrices=False)
    if len(vertices) > dimension and singular[-1] > _CLEARLY_FULL * singular[0]:
        return None
    size = exact_rank(exact - exact[0])
    if size == dimension:
        return None
    basis = right[:size]
    return Flat(vertices[0], basis, hull(moves @ basis.T) if size else None, None if size else np.zeros(0, np.intp))


def restrict_to_flat(form: KinkForm, flat: Flat, domain: Domain) -> KinkForm:
    """The function z ↦ f(origin + zB) on a flat domain of dimension at least 1; its hyperplanes are exact where the flat is."""
    if flat.free is None:
        W, b = form.W @ flat.basis.T, form.b + form.W @ flat.origin
    else:
        fixed = np.array([x if p == x else 0 for p, x in zip(*domain.exact_corners(form.dimension), strict=True)], dtype=object)
        rows = rationals(form.hyperplanes)
        W, b = rows[:, flat.free], rows[:, -1] + rows[:, :-1] @ rationals(fixed)
    reduced = kink_form(W, b, form.eta, form.v @ flat.basis.T, slopes="abs")
    return replace(reduced, slack=reduced.slack + form.slack)


def along(domain: Domain, gradients: Array, points: Array) -> Array:
    """The part of the gradients (N×d) at `points` that the metric of the domain sees: tangential on a sphere, along a flat domain.

    >>> from verify.objects.domains import box
    >>> along(box([0.0, 2.0], [1.0, 2.0]), np.array([[3.0, 4.0]]), np.array([[0.5, 2.0]])).tolist()
    [[3.0, 0.0]]
    """
    d = gradients.shape[1]
    if domain.on_sphere:
        normal = (points - domain.centre_in(d)) / domain.radius
        return np.asarray(gradients - (gradients * normal).sum(axis=1, keepdims=True) * normal)
    flat = flat_of(domain, d)
    return gradients if flat is None else np.asarray(gradients @ flat.basis.T @ flat.basis)


def usable(domain: Domain, points: Array) -> NDArray[np.bool_]:
    """Membership of points at which a gradient counts; a sphere's points are met up to a few eps."""
    return domain.contains(points, 8 * EPS * (points.shape[1] + 2) if domain.on_sphere else 0.0)
