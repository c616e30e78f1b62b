"""Exact Lipschitz constants where a formula exists: affine functions, one kink, parallel kinks (splines)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from theory.certificates.exact.exact_network import dot
from verify.lipschitz.piecewise.cells import CellMaximum
from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.lipschitz.piecewise.rational import are_proportional
from verify.objects.domains import Array, Domain
from verify.objects.rationals import fraction


def has_parallel_rows(form: KinkForm) -> bool:
    """Whether all hyperplanes are parallel, decided over the rationals: f is a spline in one direction plus an affine function.

    >>> from verify.lipschitz import kink_form
    >>> has_parallel_rows(kink_form([[1.0, 2.0], [-2.0, -4.0]], [0.0, 1.0], [1.0, 1.0]))
    True
    """
    if form.size == 0 or form.dimension == 1:
        return True
    first = form.W[0]
    cosines = np.abs(form.W @ first) / (np.linalg.norm(form.W, axis=1) * np.linalg.norm(first))
    # exactly proportional rows have cosine ±1 up to rounding, and only those are compared exactly
    return bool((cosines > 1 - 1e-12).all()) and all(are_proportional(form.row(0)[:-1], form.row(j)[:-1]) for j in range(1, form.size))


def parallel_maximum(form: KinkForm, domain: Domain) -> CellMaximum:
    """max ‖∇f‖ for a form whose hyperplanes are parallel and all meet the interior of the domain (R^d, ball, box, hull).

    Along the common normal the hyperplanes cut the domain into m+1 slabs, in an order decided over the rationals, and every slab meets
    the domain; the gradient jumps by 2g_j from one to the next.  Cost m log m: splines with 10^5 knots are no problem.
    Raises nothing; the caller has tested `has_parallel_rows` and restricted the form.

    >>> from verify.lipschitz import GLOBAL, kink_form
    >>> best = parallel_maximum(kink_form([[3.0, 4.0], [6.0, 8.0]], [0.0, -1.0], [1.0, -1.0]), GLOBAL)     # slopes 0, 5, −5
    >>> round(best.lower, 9), round(best.upper, 9)
    (5.0, 5.0)
    """
    if form.size == 0:
        norm = float(np.linalg.norm(form.v))
        upper = norm * (1 + 8 * EPS * form.dimension) + form.slack
        return CellMaximum(max(norm - form.slack, 0.0), upper, domain.centre_in(form.dimension))
    places, order = _places(form)
    place = np.array([float(p) for p in places])
    jumps = np.sign(form.W @ form.W[0])[order, None] * form.G[order]
    gradients = form.v - jumps.sum(axis=0) + np.vstack([np.zeros(form.dimension), 2 * np.cumsum(jumps, axis=0)])
    # a running sum of m terms errs by at most m·eps times their absolute sum, entry by entry; the sign vector form has half of that
    slack = 2 * form.slack + 4 * (form.size + 8) * EPS * float(np.linalg.norm(jumps, axis=1).sum())
    norms = np.linalg.norm(gradients, axis=1)
    upper = float(norms.max()) * (1 + 8 * EPS * form.dimension) + slack
    best = int(norms.argmax())
    point = _between(form, domain, place, best)
    if not (form.strict_signs(point[None])[1][0] and domain.contains(point[None], 0.0)[0]):
        point = _exactly_between(form, domain, places, best)   # no double is known to lie in this slab: a rational point does
    return CellMaximum(max(float(norms[best]) - slack, 0.0), upper, point)


def _places(form: KinkForm) -> tuple[list[Fraction], Array]:
    """Where the hyperplanes cut the line spanned by w_1, in units of w_1 and in order, and that order."""
    pivot = int(np.argmax(np.abs(form.W[0])))
    lead = form.row(0)[pivot]
    # w_j = λ_j w_1 with λ_j = w_jp/w_1p, so the hyperplane is {w_1·x = −b_j/λ_j}
    exact = [fraction(-row[-1] * lead / row[pivot]) for row in map(form.row, range(form.size))]
    order = sorted(range(form.size), key=exact.__getitem__)
    return [exact[j] for j in order], np.array(order)


def _between(form: KinkForm, domain: Domain, place: Array, slab: int) -> Array:
    """A point of the domain in the middle of a slab; `place` is sorted."""
    start, end = _extremes(domain, form.W[0], place)
    low, high = float(form.W[0] @ start), float(form.W[0] @ end)
    ends = np.concatenate([[low], np.clip(place, low, high), [high]])
    share = np.clip((0.5 * (ends[slab] + ends[slab + 1]) - low) / (high - low), 0.0, 1.0)
    point: Array = (1 - share) * start + share * end
    return point


def _exactly_between(form: KinkForm, domain: Domain, places: list[Fraction], slab: int) -> NDArray[np.object_]:
    """A point of the domain in the middle of a slab, as fractions."""
    w = [fraction(x) for x in form.row(0)[:-1]]
    start, end = ([Fraction(x) for x in point] for point in _extremes(domain, form.W[0], np.array([float(p) for p in places])))
    if domain.kind == "box":
        low, high = domain.exact_corners(len(w))
        start, end = ([p if (x > 0) == up else q for x, p, q in zip(w, low, high, strict=True)] for up in (True, False))
    if domain.kind == "hull":
        vertices = sorted(domain.exact_vertices(len(w)), key=lambda vertex: dot(w, vertex))
        start, end = list(vertices[0]), list(vertices[-1])
    low, high = dot(w, start), dot(w, end)
    ends = [low, *(min(max(place, low), high) for place in places), high]
    share = ((ends[slab] + ends[slab + 1]) / 2 - low) / (high - low)
    return np.array([p + share * (q - p) for p, q in zip(start, end, strict=True)] + [None], dtype=object)[:-1]


def _extremes(domain: Domain, u: Array, place: Array) -> tuple[Array, Array]:
    """Points of the domain where u·x is least and greatest; on R^d, points beyond all hyperplanes."""
    if domain.kind == "box":
        low, high = domain.corners(len(u))
        return np.where(u > 0, low, high), np.where(u > 0, high, low)
    if domain.kind == "hull":
        vertices = domain.vertices_in(len(u))
        heights = vertices @ u
        return vertices[heights.argmin()], vertices[heights.argmax()]
    length = float(np.linalg.norm(u))
    if domain.kind == "global":
        width = float(place[-1] - place[0]) + float(np.abs(place).max()) + length
        return (place[0] - width) / length**2 * u, (place[-1] + width) / length**2 * u
    centre, reach = domain.centre_in(len(u)), domain.radius * (1 - 1e-15 * (len(u) + 8)) / length * u
    return centre - reach, centre + reach
