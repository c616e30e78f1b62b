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
from theory.errors import NotCertified

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


def largest_square(rows: Sequence[Vector], heights: Sequence[fmpq], gradient: Vector, enough: fmpq | None = None) -> fmpq:
    """A rational number at least sup ‖g‖² − (g·y)² over {y ∈ S : w_j·y + β_j > 0 for all j}, and next to it; 0 for an empty set.

    Args: rows w_j (m×d, d ≥ 2, signed, non-zero), heights β_j (m), gradient g (d), a number: no less than that is asked for.

    >>> cap = largest_square([[fmpq(1), fmpq(0)]], [fmpq(-3, 4)], [fmpq(4), fmpq(0)])        # 4 sin θ where cos θ ≥ ¾
    >>> abs(cap - 7) < fmpq(1, 10**30)
    True
    """
    square, least_asked = dot(gradient, gradient), enough or fmpq(0)
    if square <= least_asked:
        return least_asked
    with ctx.workprec(PRECISION):
        walk = _Walk(rows, heights, gradient, arb(least_asked))
        least: arb | None = None
        for size in walk.sizes():
            least = size if least is None else least.min(size)
        if len(walk.sides) > 1 or 0 in walk.sides:
            crossing = _Walk(rows, heights, generic(len(gradient)), None, gradient)
            if 0 in walk.sides or next(crossing.sizes(), None) is not None:
                return square
        if least is None:
            return least_asked
        low = least.lower()
        return max(least_asked, fmpq((arb(square) - (low * low if low > 0 else arb(0))).upper().fmpq()))


@dataclass(frozen=True)
class _Flat:
    """The flat of some hyperplanes: the point p next to 0, the parts of the normals and of u along it, and w_j·p + β_j, all enclosed."""

    members: list[int]
    p: list[arb]
    rows: list[list[arb]]
    heights: list[arb]
    u: list[arb]


class _Walk:
    """The faces of a closed cell of the sphere, in the hyperplane within·y = 0 if given, in ball arithmetic; ties are decided exactly.

    `sides` are the signs that u·x has met at critical points x.  Flats that miss the sphere or the cell are left out with all that lie in
    them, and so are those on which the square of the slope of u is below `enough`.
    """

    def __init__(
        self, rows: Sequence[Vector], heights: Sequence[fmpq], u: Vector, enough: arb | None, within: Vector | None = None
    ) -> None:
        self.exact, self.u, self.within, self.enough = (rows, heights), u, within, enough
        self.size, self.sides = arb(dot(u, u)), set[int]()

    def sizes(self) -> Iterator[arb]:
        """|u·x| for the critical points x of the closure of the cell."""
        rows, heights = self.exact
        d, balls = len(self.u), [[arb(c) for c in row] for row in rows]
        start = _Flat([], [arb(0)] * d, balls, [arb(c) for c in heights], [arb(c) for c in self.u])
        if self.within is not None:
            normal = [arb(c) for c in self.within]
            start = _cut(start, normal, arb(dot(self.within, self.within)), arb(0))
        deepest, waiting = d - 1 - (self.within is not None), [start]
        while waiting:
            flat = waiting.pop()
            rest = 1 - _dot(flat.p, flat.p)
            if rest < 0 or self._misses(flat, rest) or self._is_enough(flat, rest):
                continue
            yield from self._critical(flat, rest)
            if len(flat.members) == deepest:
                continue
            for j in range(flat.members[-1] + 1 if flat.members else 0, len(rows)):
                length = _dot(flat.rows[j], flat.rows[j])
                if length > 0:
                    waiting.append(_cut(flat, flat.rows[j], length, flat.heights[j], j))
                elif self._independent([*flat.members, j]):
                    raise NotCertified("hyperplanes are too nearly parallel for the precision of the faces")

    def _misses(self, flat: _Flat, rest: arb) -> bool:
        """Whether some w_j·x + β_j is negative on the whole sphere of the flat."""
        return any(height < 0 and height * height > rest * _dot(row, row) for row, height in zip(flat.rows, flat.heights, strict=True))

    def _is_enough(self, flat: _Flat, rest: arb) -> bool:
        if self.enough is None:
            return False
        middle = _dot([arb(c) for c in self.u], flat.p)
        low = abs(middle) - _root(rest * _dot(flat.u, flat.u))
        if not (low > 0 and self.size - low * low < self.enough):
            return False
        self.sides.add(1 if middle > 0 else -1)
        return True

    def _critical(self, flat: _Flat, rest: arb) -> Iterator[arb]:
        length = _dot(flat.u, flat.u)
        if length > 0 and rest > 0:
            step = (rest / length).sqrt()
            middle, slopes = _dot([arb(c) for c in self.u], flat.p), [_dot(row, flat.u) for row in flat.rows]
            undecided = False
            for way in (step, -step):
                values = [h + way * c for j, (h, c) in enumerate(zip(flat.heights, slopes, strict=True)) if j not in flat.members]
                if any(value < 0 for value in values):
                    continue
                value = middle + way * length
                if all(value > 0 for value in values) and (value > 0 or value < 0):
                    self.sides.add(1 if value > 0 else -1)
                    yield abs(value)
                else:
                    undecided = True
            if not undecided:
                return
        rows, heights = self.exact
        for x in points_of_face(rows, heights, self.u, flat.members, self.within):
            if in_closure(rows, heights, x):
                self.sides.add(x.along(self.u, fmpq(0)).sign(x.D))
                yield x.size_along(self.u)

    def _independent(self, members: Sequence[int]) -> bool:
        rows, heights = self.exact
        normals: Normals = [] if self.within is None else [(self.within, dot(self.within, self.within))]
        p = [fmpq(0)] * len(self.u)
        for j in members:
            further = _on(rows[j], heights[j], normals, p, self.u)
            if further is None:
                return False
            normals, p, _ = further
        return True


def _cut(flat: _Flat, normal: Sequence[arb], length: arb, height: arb, member: int | None = None) -> _Flat:
    """The flat with one hyperplane more, by its normal along the flat, the square of its length, and its height at p."""
    shares = [_dot(row, normal) / length for row in flat.rows]
    share, along = height / length, _dot(flat.u, normal) / length
    return _Flat(
        flat.members if member is None else [*flat.members, member],
        [c - share * e for c, e in zip(flat.p, normal, strict=True)],
        [[c - part * e for c, e in zip(row, normal, strict=True)] for row, part in zip(flat.rows, shares, strict=True)],
        [h - part * height for h, part in zip(flat.heights, shares, strict=True)],
        [c - along * e for c, e in zip(flat.u, normal, strict=True)],
    )


def _dot(p: Sequence[arb], q: Sequence[arb]) -> arb:
    return sum((c * e for c, e in zip(p, q, strict=True)), arb(0))


def _root(square: arb) -> arb:
    """A bound on the root of a number that is not negative."""
    upper = square.upper()
    return upper.sqrt() if upper > 0 else arb(0)


def points_of_face(
    rows: Sequence[Vector], heights: Sequence[fmpq], objective: Vector, members: Sequence[int], within: Vector | None = None
) -> list[Point]:
    """The critical points of a linear objective on the sphere of the flat of some hyperplanes, independent of each other.

    They may lie outside of the cell.

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
