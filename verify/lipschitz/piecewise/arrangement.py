"""The cells of a hyperplane arrangement that meet an open ball, each with an interior point, without linear programs.

Every cell P (a closed polyhedron s_j(w_j·x+b_j) ≥ 0) has one point p nearest to the centre c.  By the optimality
conditions p−c = Σ_{j∈S} λ_j s_j w_j with λ > 0, and by Carathéodory S can be taken independent.  So p is the
projection of c onto the flat of S, and the cell meets the open ball exactly when ‖p−c‖ < r.  Visiting the independent
sets S of at most d hyperplanes therefore visits every cell: where only the planes of S pass through p, the signs on S
are those of the multipliers, one cell for each S; where more pass through p, the cells around p are those of the
central arrangement of the planes through p, found by the same method one dimension lower.
Distances to flats grow with S, so sets whose flat misses the ball are not extended.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.lipschitz.piecewise.kinks import EPS
from verify.lipschitz.piecewise.norms import sign_patterns
from verify.lipschitz.piecewise.rational import exact_rank
from verify.objects.domains import Array
from verify.objects.rationals import Rationals

# Sines of angles below this are decided by exact rank.
_PARALLEL = 1e-9
# Most hyperplanes through one point whose sign patterns are all written down (2^12 = 4096).
_MOST_FREE = 12


@dataclass(frozen=True)
class Cells:
    """Sign vectors (N×m) and one point of each cell (N×d).

    Every cell that meets the open ball is among the sign vectors when `complete`; some may belong to no cell (their
    point then fails the strict sign test, which the reader must make).  Duplicates are possible.
    """

    signs: Array
    points: Array
    complete: bool


@dataclass(frozen=True)
class _Flats:
    """Independent sets S of one size: members (N×i), dual vectors D (N×i×d) with D_j·u_l = [j=l]."""

    members: NDArray[np.intp]
    dual: Array


@dataclass(frozen=True)
class _Planes:
    """Unit normals u (m×d), offsets t (m), the rows in floats and as they are, for exact decisions, centre, radius, and a length unit."""

    u: Array
    t: Array
    rows: Array
    exact: NDArray[np.generic]
    centre: Array
    radius: float
    unit: float


def count_subsets(m: int, d: int, limit: int) -> int:
    """The number of sets of at most min(m, d) out of m hyperplanes; stops counting above `limit`.

    >>> count_subsets(4, 2, 100)          # 1 + 4 + 6
    11
    """
    total, term = 1, 1
    for i in range(1, min(m, d) + 1):
        term = term * (m - i + 1) // i
        total += term
        if total > limit:
            break
    return total


def most_partners(W: Array, b: Array, centre: Array, radius: float) -> int:
    """The largest number of hyperplanes that one of them meets inside the ball (or, up to rounding, near it).

    >>> most_partners(np.eye(2), np.array([-0.8, -0.8]), np.zeros(2), 1.0)       # x = 0.8 and y = 0.8 meet outside the unit ball
    0
    """
    lengths = np.linalg.norm(W, axis=1)
    u, height = W / lengths[:, None], (W @ centre + b) / lengths
    cosine = u @ u.T
    # the flat of both planes is at the squared distance (s²+t²−2ρst)/(1−ρ²) from the centre
    squared = height[:, None] ** 2 + height**2 - 2 * cosine * np.outer(height, height)
    meet = squared <= radius**2 * (1 - cosine**2) + 1e-12 * (radius**2 + float((height**2).max(initial=0.0)))
    np.fill_diagonal(meet, False)
    return int(meet.sum(axis=1).max(initial=0))


def cells_meeting_ball(W: Array, b: Array, centre: Array, radius: float, rows: Rationals | None = None) -> Cells:
    """The cells of {w_j·x+b_j=0} (W m×d with non-zero rows, distinct hyperplanes) that meet the open ball.

    `rows` (m×(d+1)) are the hyperplanes (w_j, b_j) themselves, where W and b are only the doubles next to them.

    >>> found = cells_meeting_ball(np.array([[1.0, 0], [0, 1.0]]), np.array([0, -2.0]), np.zeros(2), 1.0)
    >>> sorted(found.signs.tolist()), found.complete     # y = 2 does not meet the unit ball
    ([[-1.0, -1.0], [1.0, -1.0]], True)
    """
    lengths = np.linalg.norm(W, axis=1)
    t = b / lengths
    unit = float(np.abs(t).max(initial=0.0) + np.abs(centre).max(initial=0.0)) or 1.0
    planes = _Planes(W / lengths[:, None], t, np.column_stack([W, b]), _given(W, b, rows), centre, radius, unit)
    return _enumerate(planes, min(W.shape), central=False)


def _given(W: Array, b: Array, rows: Rationals | None) -> NDArray[np.generic]:
    return np.column_stack([W, b]) if rows is None else rows


def all_cells(W: Array, b: Array, seed: int = 0, rows: Rationals | None = None) -> Cells:
    """All cells of the arrangement {w_j·x+b_j=0} in R^d (W m×d with non-zero rows, distinct hyperplanes); `rows` as above.

    >>> sorted(all_cells(np.array([[1.0], [1.0]]), np.array([0.0, -1.0])).signs.tolist())   # x < 0 < 1
    [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0]]
    """
    m, d = W.shape
    if m <= min(d, _MOST_FREE) and _well_independent(W):
        return _independent_cells(W, b)
    if not b.any():
        return central_cells(W, seed, rows)
    t = b / np.linalg.norm(W, axis=1)
    # a generic centre, so that no projection onto a flat lies on a further hyperplane by accident
    centre: Array = np.random.default_rng(seed).standard_normal((d,)) * (1e-3 + float(np.median(np.abs(t))))
    return cells_meeting_ball(W, b, centre, float("inf"), rows)


def central_cells(W: Array, seed: int = 0, rows: Rationals | None = None) -> Cells:
    """All cells of the central arrangement {w_j·x=0}: cones, with a direction inside each; `rows` as above.

    For a generic c one of the cones C, −C has its point nearest to c away from 0 (if it were 0 for both, c would be
    orthogonal to C).  So sets S of fewer than rank(W) planes suffice, if the opposite of each cell is added.

    >>> len(np.unique(central_cells(np.array([[1.0, 0], [0, 1.0], [1.0, 1.0]])).signs, axis=0))   # three lines
    6
    """
    m, d = W.shape
    if m <= min(d, _MOST_FREE) and _well_independent(W):
        return _independent_cells(W, np.zeros(m))
    given = np.column_stack([W if rows is None else rows[:, :-1], np.zeros(m, dtype=int)])
    rank = exact_rank(given[:, :-1])
    centre: Array = np.random.default_rng(seed).standard_normal((d,))
    planes = _Planes(
        W / np.linalg.norm(W, axis=1)[:, None], np.zeros(m), np.column_stack([W, np.zeros(m)]), given, centre, np.inf, 1.0
    )
    half = _enumerate(planes, rank - 1, central=True)
    signs, points = np.concatenate([half.signs, -half.signs]), np.concatenate([half.points, -half.points])
    return Cells(signs, points, half.complete)


def _well_independent(W: Array) -> bool:
    unit = W / np.linalg.norm(W, axis=1)[:, None]
    return bool(np.linalg.svd(unit, compute_uv=False)[-1] > _PARALLEL)


def _independent_cells(W: Array, b: Array) -> Cells:
    """x ↦ Wx+b is onto when the rows are independent, so each of the 2^m sign vectors has its cell."""
    lengths = np.linalg.norm(W, axis=1)
    inverse = np.linalg.pinv(W / lengths[:, None])
    signs = sign_patterns(len(b))
    scale = 1.0 + float(np.abs(b / lengths).max(initial=0.0))
    return Cells(signs, (scale * signs - b / lengths) @ inverse.T, True)


def _enumerate(planes: _Planes, depth: int, *, central: bool) -> Cells:
    d = len(planes.centre)
    level = _Flats(np.zeros((1, 0), dtype=np.intp), np.zeros((1, 0, d)))
    found: list[Cells] = []
    crowded: dict[bytes, tuple[Array, Array]] = {}
    complete = True
    for size in range(depth + 1):
        cells, level = _visit(planes, level, crowded)
        found.append(cells)
        if size < depth:
            level, sound = _extend(planes, level)
            complete &= sound
    for signs, point in crowded.values():
        found.append(_cells_around(planes, signs, point, depth if central else None))
    parts = [np.concatenate([getattr(f, name) for f in found]) for name in ("signs", "points")]
    return Cells(parts[0], parts[1], complete and all(f.complete for f in found))


def _visit(
    planes: _Planes, flats: _Flats, crowded: dict[bytes, tuple[Array, Array]]
) -> tuple[Cells, _Flats]:
    """One cell for each flat that meets the ball and is met by no further hyperplane; the others go to `crowded`."""
    offset = planes.u @ planes.centre + planes.t
    shift = -np.einsum("nid,ni->nd", flats.dual, offset[flats.members])
    distance = np.linalg.norm(shift, axis=1)
    reached = distance <= planes.radius * (1 + 1e-12)
    flats = _Flats(flats.members[reached], flats.dual[reached])
    shift, distance = shift[reached], distance[reached]
    nearest = planes.centre + shift
    tolerance = _tolerance(planes, flats, nearest)[:, None]
    preactivation = nearest @ planes.u.T + planes.t
    on_plane = np.abs(preactivation) <= tolerance
    np.put_along_axis(on_plane, flats.members, True, axis=1)
    multipliers = np.einsum("nid,nd->ni", flats.dual, shift)
    clear = (on_plane.sum(axis=1) == flats.members.shape[1]) & (np.abs(multipliers) > tolerance).all(axis=1)
    signs = np.sign(preactivation)
    signs[on_plane] = 0.0
    for n in np.flatnonzero(~clear):
        crowded.setdefault(signs[n].tobytes(), (signs[n], nearest[n]))
    signs, nearest, distance = signs[clear], nearest[clear], distance[clear]
    chosen = np.sign(multipliers[clear])
    np.put_along_axis(signs, flats.members[clear], chosen, axis=1)
    inward = np.einsum("ni,nid->nd", chosen, flats.dual[clear])
    points = _step_inside(planes, nearest, inward, on_plane[clear])
    return Cells(signs, points, True), flats


def _tolerance(planes: _Planes, flats: _Flats, nearest: Array) -> Array:
    """Below this a preactivation at the computed nearest point does not decide a sign: rounding error of the point.

    The dual vectors carry a relative error of about eps·κ², κ = ‖D‖_F; 64·d is a generous constant.
    """
    kappa = 1.0 + (flats.dual**2).sum(axis=(1, 2))
    tolerance: Array = 64 * EPS * nearest.shape[1] * kappa * (planes.unit + np.linalg.norm(nearest, axis=1))
    return tolerance


def _step_inside(planes: _Planes, base: Array, inward: Array, on_plane: NDArray[np.bool_]) -> Array:
    """base + δ·inward, δ half the way to the first hyperplane or to the boundary of the ball."""
    slope = np.abs(inward @ planes.u.T)
    slope[on_plane] = 0.0
    room = np.abs(base @ planes.u.T + planes.t)
    speed = np.linalg.norm(inward, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where(slope > 0, room / slope, np.inf).min(axis=1, initial=np.inf)
        step = np.minimum(step, (planes.unit + np.linalg.norm(base, axis=1)) / np.where(speed > 0, speed, 1.0))
        if np.isfinite(planes.radius):
            left = np.maximum(planes.radius - np.linalg.norm(base - planes.centre, axis=1), 0.0)
            step = np.minimum(step, left / np.where(speed > 0, speed, 1.0))
    points: Array = base + 0.5 * step[:, None] * inward
    return points


def _extend(planes: _Planes, flats: _Flats) -> tuple[_Flats, bool]:
    """Every independent set with one hyperplane more (of a larger index), and whether every doubt could be settled."""
    size, m = flats.members.shape[1], len(planes.t)
    last = flats.members[:, -1] if size else np.full(len(flats.members), -1)
    parent, added = np.nonzero(np.arange(m) > last[:, None])
    members, dual, u = flats.members[parent], flats.dual[parent], planes.u[added]
    residual = u
    for _ in range(2):  # the second pass removes the rounding that the first leaves in the span
        inner = np.einsum("nid,nd->ni", dual, residual)
        residual = residual - np.einsum("ni,nid->nd", inner, planes.u[members])
    sine = np.linalg.norm(residual, axis=1)
    fine = sine > _PARALLEL
    sound = True
    for n in np.flatnonzero(~fine):
        sound &= exact_rank(planes.exact[[*members[n], added[n]], :-1]) <= size
    members, dual, u, residual, sine = members[fine], dual[fine], u[fine], residual[fine], sine[fine]
    new = residual / (sine**2)[:, None]
    dual = dual - np.einsum("nid,nd->ni", dual, u)[:, :, None] * new[:, None, :]
    grown = _Flats(
        np.concatenate([members, added[fine][:, None]], axis=1), np.concatenate([dual, new[:, None, :]], axis=1)
    )
    return grown, sound


def _cells_around(planes: _Planes, signs: Array, point: Array, flat_rank: int | None) -> Cells:
    """The cells around a point on the hyperplanes where `signs` is 0 (for a central arrangement: of rank ≤ flat_rank).

    The zeros are a float judgement.  If the planes are independent, all sign vectors on them occur nearby.  If they are
    dependent, their cells are those of the central arrangement provided they really have a common point, which is
    decided exactly; if they do not, tiny cells exist that floats cannot see, and all sign vectors are returned.
    """
    through = np.flatnonzero(signs == 0)
    rows, exact = planes.rows[through], planes.exact[through]
    rank = exact_rank(exact[:, :-1])
    meet = exact_rank(exact) == rank and (flat_rank is None or rank <= flat_rank)
    if rank == len(through) <= _MOST_FREE:
        local, complete = _independent_cells(rows[:, :-1], np.zeros(rank)), flat_rank is None or rank <= flat_rank
    elif meet:
        local = central_cells(rows[:, :-1], rows=exact)
        complete = local.complete
    elif len(through) <= _MOST_FREE:
        patterns = sign_patterns(len(through))
        local, complete = Cells(patterns, np.zeros((len(patterns), len(point))), True), True
    else:
        local, complete = Cells(np.zeros((0, len(through))), np.zeros((0, len(point))), False), False
    count = len(local.signs)
    full = np.tile(signs, (count, 1))
    full[:, through] = local.signs
    on_plane = np.zeros((count, len(signs)), dtype=np.bool_)
    on_plane[:, through] = True
    base = np.tile(point, (count, 1))
    return Cells(full, _step_inside(planes, base, local.points, on_plane), complete)
