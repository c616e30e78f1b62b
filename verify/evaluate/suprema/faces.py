"""The supremum of a piecewise-linear, positively homogeneous function over the unit sphere, by visiting every face.

Let F be linear on each cell of a central arrangement of hyperplanes whose normals span R^r.  A maximiser u of |F| on
the unit sphere lies in the relative interior of one face, with linear span the flat L of some of the hyperplanes.  F
is linear there, F(u) = g·u with g the gradient in any adjacent cell, so u = ±P_L g/‖P_L g‖.  Every face has a ray,
that is a vertex p on the sphere where r−1 independent hyperplanes meet.  So the candidates

    ±P_L g(p + δΣ±D_j)/‖·‖    over all sets T of r−1 independent normals, L the flat of a subset of T, D the dual of T,

contain a maximiser, provided that each cell at p is one of those cones: always for r ≤ 3 (a planar cone has two walls,
and p + δ(D_1 ± D_2) with T its walls lies inside), and for r ≥ 4 if no further hyperplane passes through p.
A candidate is a unit vector, so |F| at it never exceeds the supremum, whether or not it lies in its face.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

import numpy as np

from verify.evaluate.suprema.supremum import unit_rows
from verify.lipschitz.piecewise.norms import sign_patterns
from verify.objects.domains import Array

_CHUNK = 4096
# Normals closer than this are kept once, and sets of normals closer than this to dependent are skipped.  By
# homogeneity and continuity that costs at most about this much, relative to Σ|c_i|‖x_i‖; see `Best.doubt`.
_NEAR = 1e-9
# Below this a distance to a hyperplane is rounding: the hyperplane passes through the vertex.
_ZERO = 1e-13


@dataclass(frozen=True)
class Piecewise:
    """|F| at unit vectors (rows), ∇F inside cells, the normals of the arrangement, and whether |F(−u)| = |F(u)|."""

    value: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    normals: Array
    symmetric: bool


@dataclass(frozen=True)
class Best:
    """The best candidate; `doubt` says that normals or sets were left out that were not degenerate to rounding."""

    value: float
    direction: Array
    doubt: bool


@dataclass(frozen=True)
class _Batch:
    """Candidates: vertices (unit vectors), or projected gradients, whose lengths are their values in their faces."""

    vectors: Array
    vertices: bool = False
    doubt: bool = False


@dataclass(frozen=True)
class _Vertices:
    """Sets of r−1 independent normals (planes N×(r−1)×r), the unit vector orthogonal to each set, its dual vectors,
    and the distance of the vertex to the nearest further hyperplane."""

    planes: Array
    vertex: Array
    dual: Array
    room: Array
    doubt: bool


def distinct_normals(normals: Array) -> tuple[Array, bool]:
    """Unit normals up to sign, each once, and whether two that differ by more than rounding were identified.

    >>> rows, doubt = distinct_normals(np.array([[2.0, 0.0], [-1.0, 0.0], [0.0, 3.0]]))
    >>> len(rows), doubt
    (2, False)
    """
    unit = unit_rows(normals)
    if len(unit) == 0:
        return unit, False
    lead = np.argmax(np.abs(unit) > 0.1 / np.sqrt(unit.shape[1]), axis=1)
    unit = unit * np.sign(np.take_along_axis(unit, lead[:, None], axis=1))
    _, first, owner = np.unique(np.round(unit / _NEAR), axis=0, return_index=True, return_inverse=True)
    moved = np.abs(unit - unit[first][owner.ravel()]).max()
    return unit[np.sort(first)], bool(moved > _ZERO)


def visit_cost(normals: int, r: int) -> int:
    """About how many evaluations of F or ∇F a visit of all faces costs for this many distinct normals in R^r.

    One gradient for each set, sign pattern and side; the 2^(r−1) projections of each are cheap and most are skipped.
    """
    if r <= 2:
        return 3 * normals + 2
    return int(comb(normals, r - 1) * 2**r * max(2 ** (r - 1) // 8, 1))


def maximise_over_faces(function: Piecewise, budget: int) -> Best | None:
    """sup |F| over the unit sphere of R^r, or None when it is too large or (r ≥ 4) not a simple arrangement.

    >>> F = Piecewise(lambda U: np.abs(U).sum(axis=1), np.sign, np.eye(2), True)          # |u_1| + |u_2|
    >>> round(maximise_over_faces(F, 1000).value, 12)
    1.414213562373
    """
    r = function.normals.shape[1]
    if r == 1:
        return _better(function, np.array([[1.0], [-1.0]]), Best(-1.0, np.ones(1), False))
    normals, doubt = distinct_normals(function.normals)
    if visit_cost(len(normals), r) > budget:
        return None
    best = Best(-1.0, np.eye(r)[0], doubt)
    for batch in _planar(function, normals) if r == 2 else _spatial(function, normals):
        if batch is None:
            return None
        lengths = np.linalg.norm(batch.vectors, axis=1)
        # in its face a candidate's value is ‖P_L g‖, so shorter ones cannot be better (1e-12: rounding of g)
        worth = (lengths > 0) if batch.vertices else (lengths > 0) & (lengths >= best.value * (1 - 1e-12))
        chosen = batch.vectors[worth] / lengths[worth, None]
        best = _better(function, chosen if function.symmetric else np.concatenate([chosen, -chosen]), best)
        best = Best(best.value, best.direction, best.doubt or batch.doubt)
    return best


def _better(function: Piecewise, directions: Array, best: Best) -> Best:
    for start in range(0, len(directions), _CHUNK):
        part = directions[start : start + _CHUNK]
        values = function.value(part)
        top = int(np.argmax(values))
        if values[top] > best.value:
            best = Best(float(values[top]), part[top], best.doubt)
    return best


def _planar(function: Piecewise, normals: Array) -> Iterator[_Batch | None]:
    """Breakpoints, and ∇F at the middle of each arc between neighbouring breakpoints."""
    angles = np.sort(np.mod(np.arctan2(normals[:, 0], -normals[:, 1]), np.pi))
    middle = 0.5 * (angles + np.append(angles[1:], angles[0] + np.pi))
    if not function.symmetric:
        middle = np.concatenate([middle, middle + np.pi])
    yield _Batch(np.column_stack([np.cos(angles), np.sin(angles)]), vertices=True)
    for start in range(0, len(middle), _CHUNK):
        arc = middle[start : start + _CHUNK]
        yield _Batch(function.gradient(np.column_stack([np.cos(arc), np.sin(arc)])))


def _spatial(function: Piecewise, normals: Array) -> Iterator[_Batch | None]:
    r = normals.shape[1]
    sets = combinations(range(len(normals)), r - 1)
    while members := list(islice(sets, max(_CHUNK >> (r - 2), 1))):
        found = _vertices(normals, np.array(members), simple=r >= 4)
        if found is None:
            yield None
            return
        yield _Batch(found.vertex, vertices=True, doubt=found.doubt)
        for side in (1.0,) if function.symmetric else (1.0, -1.0):
            inward = np.einsum("sj,njd->snd", sign_patterns(r - 1), found.dual)
            reach = np.minimum(found.room, 1.0)[:, None] / np.linalg.norm(inward, axis=2, keepdims=True)
            points = side * found.vertex + 0.5 * reach * inward
            gradients = function.gradient(points.reshape(-1, r)).reshape(points.shape)
            for projected in _projections(gradients, found.planes):
                yield _Batch(projected.reshape(-1, r))


def _vertices(
    normals: Array, members: np.ndarray[tuple[int, ...], np.dtype[np.intp]], *, simple: bool
) -> _Vertices | None:
    """The independent sets among `members`; None if a further hyperplane meets a vertex where that is not allowed."""
    planes = normals[members]
    left, singular, right = np.linalg.svd(planes, full_matrices=True)
    fine = singular[:, -1] > _NEAR
    doubt = bool((singular[~fine, -1] > _ZERO).any())
    planes, left, singular, right, members = planes[fine], left[fine], singular[fine], right[fine], members[fine]
    vertex = right[:, -1]
    dual = np.einsum("njk,nk,nkd->njd", left, 1 / singular, right[:, :-1])
    distance = np.abs(vertex @ normals.T)
    through = distance <= _ZERO / singular[:, -1:]
    np.put_along_axis(through, members, True, axis=1)
    if simple and (through.sum(axis=1) > members.shape[1]).any():
        return None
    return _Vertices(planes, vertex, dual, np.where(through, np.inf, distance).min(axis=1), doubt)


def _projections(gradients: Array, planes: Array) -> Iterator[Array]:
    """P_L g (S×N×r) for the flats L of the proper subsets of each of N sets of normals, N×(r−1)×r."""
    size = planes.shape[1]
    for subset in range(2**size - 1):
        projected = gradients
        basis: list[Array] = []
        for j in range(size):
            if subset >> j & 1:
                axis = planes[:, j]
                for _ in range(2):  # orthogonalised twice: the normals may be far from orthogonal
                    for other in basis:
                        axis = axis - (axis * other).sum(axis=1, keepdims=True) * other
                basis.append(axis / np.linalg.norm(axis, axis=1, keepdims=True))
        for axis in basis:
            projected = projected - (projected * axis).sum(axis=-1, keepdims=True) * axis
        yield projected
