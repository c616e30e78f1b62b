"""Linear functions on a cell of the unit sphere, exactly: the largest tangential gradient over it, by the faces of the cell.

A cell is {y ∈ S : s_j(w_j·y + β_j) > 0 for all j}, S the unit sphere of R^d, d ≥ 2, all numbers rational.  Over its closure ‖g‖² − (g·y)²
is greatest where g·y = 0, or at a critical point of g on the sphere of a face: hyperplanes A hold with equality, p is the point of their
flat next to 0, u the part of g along the flat, and the points are p ± √D·u with D = (1 − ‖p‖²)/‖u‖².  Signs of a + b√D are decided by
squaring.  Points of the closed cell that no other point of it on the sphere is near to belong to no open cell: they are left out where
that is decided (d ≤ 3), and are harmless elsewhere, for an upper bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import arb, ctx, fmpq

from theory.certificates.exact.eigenvalue_sum import PRECISION

Vector = list[fmpq]
Normals = list[tuple[Vector, fmpq]]


@dataclass(frozen=True)
class Surd:
    """The number a + b√D, D ≥ 0 being known from where it is used."""

    a: fmpq
    b: fmpq

    def sign(self, D: fmpq) -> int:
        """−1, 0 or 1.

        >>> Surd(fmpq(3), fmpq(-2)).sign(fmpq(2)), Surd(fmpq(-2), fmpq(1)).sign(fmpq(4))
        (1, 0)
        """
        plain, root = _sign(self.a), _sign(self.b) if D else 0
        if plain * root >= 0:
            return plain or root
        return plain * _sign(self.a * self.a - self.b * self.b * D)


@dataclass(frozen=True)
class Point:
    """The point p + √D·u of the unit sphere."""

    p: Vector
    u: Vector
    D: fmpq

    def along(self, w: Vector, height: fmpq) -> Surd:
        """w·x + height."""
        return Surd(dot(w, self.p) + height, dot(w, self.u))

    def size_along(self, w: Vector) -> arb:
        """|w·x|, enclosed at the working precision."""
        return abs(arb(dot(w, self.p)) + arb(dot(w, self.u)) * arb(self.D).sqrt())


def dot(p: Sequence[fmpq], q: Sequence[fmpq]) -> fmpq:
    """p·q."""
    return sum((c * e for c, e in zip(p, q, strict=True)), fmpq(0))


def largest_square(rows: Sequence[Vector], heights: Sequence[fmpq], gradient: Vector) -> fmpq:
    """A rational number at least sup ‖g‖² − (g·y)² over {y ∈ S : w_j·y + β_j > 0 for all j}, and next to it; 0 for an empty set.

    Args: rows w_j (m×d, d ≥ 2, signed, non-zero), heights β_j (m), gradient g (d).

    >>> cap = largest_square([[fmpq(1), fmpq(0)]], [fmpq(-3, 4)], [fmpq(4), fmpq(0)])        # 4 sin θ where cos θ ≥ ¾
    >>> abs(cap - 7) < fmpq(1, 10**30)
    True
    """
    square = dot(gradient, gradient)
    if not square:
        return fmpq(0)
    least: arb | None = None
    signs = set()
    with ctx.workprec(PRECISION):
        for point in face_points(rows, heights, gradient):
            height = point.along(gradient, fmpq(0))
            signs.add(height.sign(point.D))
            size = point.size_along(gradient)
            least = size if least is None else least.min(size)
        if least is None:
            return fmpq(0)
        if 0 in signs or (len(signs) == 2 and any(face_points(rows, heights, generic(len(gradient)), gradient))):
            return square
        low = least.lower()
        return fmpq((arb(square) - (low * low if low > 0 else arb(0))).upper().fmpq())


def face_points(
    rows: Sequence[Vector], heights: Sequence[fmpq], objective: Vector, within: Vector | None = None
) -> Iterator[Point]:
    """The critical points of a linear objective on the faces of a closed cell of the sphere, in the hyperplane within·y = 0 if given.

    The objective takes its extrema over the cell among them, and there are none only if the cell is empty.
    """
    d = len(objective)
    normals: Normals = []
    if within is not None:
        normals, objective = [(within, dot(within, within))], _without(objective, within)
    waiting = [(0, normals, [fmpq(0)] * d, objective)]
    while waiting:
        first, normals, p, u = waiting.pop()
        yield from (x for x in _critical(normals, p, u) if in_closure(rows, heights, x))
        if len(normals) == d - 1:
            continue
        for j in range(first, len(rows)):
            further = _on(rows[j], heights[j], normals, p, u)
            if further is not None and dot(further[1], further[1]) <= 1:
                waiting.append((j + 1, *further))


def points_of_face(
    rows: Sequence[Vector], heights: Sequence[fmpq], objective: Vector, members: Sequence[int], within: Vector | None = None
) -> list[Point]:
    """The critical points on the sphere of the flat of some hyperplanes, independent of each other, whether or not the cell holds them.

    >>> [float(x.p[0]) for x in points_of_face([[fmpq(1), fmpq(0)]], [fmpq(-3, 4)], [fmpq(4), fmpq(0)], [0])]
    [0.75, 0.75]
    """
    normals: Normals = []
    p = [fmpq(0)] * len(objective)
    if within is not None:
        normals, objective = [(within, dot(within, within))], _without(objective, within)
    for j in members:
        further = _on(rows[j], heights[j], normals, p, objective)
        if further is None or dot(further[1], further[1]) > 1:
            return []
        normals, p, objective = further
    return _critical(normals, p, objective)


def _on(row: Vector, height: fmpq, normals: Normals, p: Vector, u: Vector) -> tuple[Normals, Vector, Vector] | None:
    """A flat with one hyperplane more: orthogonal normals, the point next to 0, u along it; None for a hyperplane parallel to the flat."""
    q = row
    for normal, length in normals:
        share = dot(q, normal) / length
        q = [c - share * e for c, e in zip(q, normal, strict=True)]
    length = dot(q, q)
    if not length:
        return None
    share = (dot(row, p) + height) / length
    return [*normals, (q, length)], [c - share * e for c, e in zip(p, q, strict=True)], _without(u, q)


def _critical(normals: Normals, p: Vector, u: Vector) -> list[Point]:
    """Where u is extreme on the sphere of the flat through p; some two points of it where u is constant."""
    rest = 1 - dot(p, p)
    if not any(u):
        for candidate in (generic(len(p)), *_units(len(p))):
            u = candidate
            for normal, _ in normals:
                u = _without(u, normal)
            if any(u):
                break
    if not rest:
        return [Point(p, [fmpq(0)] * len(p), fmpq(0))]
    D = rest / dot(u, u)
    return [Point(p, u, D), Point(p, [-c for c in u], D)]


def in_closure(rows: Sequence[Vector], heights: Sequence[fmpq], x: Point) -> bool:
    """Whether x belongs to the closed cell, and is not found to be far from the open one."""
    met = []
    for row, height in zip(rows, heights, strict=True):
        sign = x.along(row, height).sign(x.D)
        if sign < 0:
            return False
        if sign == 0:
            met.append(row)
    d = len(x.p)
    if len(met) < d or d > 3:
        return True
    # the directions τ ≠ 0 along the sphere with w_j·τ ≥ 0 for all hyperplanes through x, if any, reach to one that is orthogonal to a w_j
    parts = [_turned(x.p, w) for w in met], [_turned(x.u, w) for w in met]
    for plain, root in zip(*parts, strict=True):
        found = {Surd(dot(w, plain), dot(w, root)).sign(x.D) for w in met}
        if not {-1, 1} <= found:
            return True
    return False


def _turned(x: Vector, w: Vector) -> Vector:
    """x × w in space; in the plane x turned by a right angle."""
    if len(x) == 2:
        return [-x[1], x[0]]
    return [x[1] * w[2] - x[2] * w[1], x[2] * w[0] - x[0] * w[2], x[0] * w[1] - x[1] * w[0]]


def _without(u: Vector, normal: Vector) -> Vector:
    """The part of u orthogonal to a vector."""
    share = dot(u, normal) / dot(normal, normal)
    return [c - share * e for c, e in zip(u, normal, strict=True)] if share else u


def generic(d: int) -> Vector:
    """A vector that is orthogonal to no other vector that one would think of."""
    return [fmpq(1, 3 * i * i + 2) for i in range(d)]


def _units(d: int) -> list[Vector]:
    return [[fmpq(int(i == j)) for i in range(d)] for j in range(d)]


def _sign(value: fmpq) -> int:
    return int(value > 0) - int(value < 0)
