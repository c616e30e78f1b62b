"""Pieces of a domain, boxes that are cut in two, and the signs that hyperplanes have on them, in exact arithmetic.

A bounded domain begins with a box about it.  R^d begins with faces: (x, 1) is a positive multiple of a point of one of the 2d + 1 sets
{τ = 1, |x_l| ≤ S} and {x_i = ±S, |x_l| ≤ S, 0 ≤ τ ≤ 1}, and w·x + b has the sign of w·x + bτ there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flint import fmpq

from theory.errors import NotCertified

Range = tuple[fmpq, fmpq]


@dataclass(frozen=True)
class Piece:
    """A box by its corners; the signs that rows keep on it, and the ranges of the other rows.

    The constant of a function is about the points where no row vanishes: a row that is ≥ 0 on the piece is positive at these.

    >>> piece = piece_of([[fmpq(2), fmpq(-1)]], [fmpq(0)], [fmpq(1)])                # 2x − 1 on [0, 1]
    >>> lower, upper = piece.cut([[fmpq(2), fmpq(-1)]], 0, fmpq(1, 2))[::-1]
    >>> piece.signs, lower.signs, upper.signs
    ({}, {0: -1}, {0: 1})
    """

    low: tuple[fmpq, ...]
    high: tuple[fmpq, ...]
    signs: Mapping[int, int]
    ranges: Mapping[int, Range]

    def cut(self, rows: Sequence[Sequence[fmpq]], axis: int, at: fmpq) -> tuple[Piece, Piece]:
        """The halves {z_axis ≥ at} and {z_axis ≤ at}; rows as they were given to `piece_of`.  Raises: NotCertified (not in the piece)."""
        if not 0 <= axis < len(self.low) or not self.low[axis] < at < self.high[axis]:
            raise NotCertified(f"a cut across axis {axis} at {at} does not divide its piece")
        upper = self._moved(rows, axis, at - self.low[axis])
        lower = self._moved(rows, axis, at - self.high[axis])
        return (replace(upper, low=(*self.low[:axis], at, *self.low[axis + 1 :])),
                replace(lower, high=(*self.high[:axis], at, *self.high[axis + 1 :])))

    def _moved(self, rows: Sequence[Sequence[fmpq]], axis: int, move: fmpq) -> Piece:
        """The signs and ranges after the lower end of an axis was raised (move > 0) or the upper end lowered (move < 0)."""
        ranges = {}
        for j, (least, greatest) in self.ranges.items():
            change = rows[j][axis] * move
            # raising the lower end of x_i raises the least value of a row with w_i > 0 and lowers the greatest one of a row with w_i < 0
            ranges[j] = (least + change, greatest) if change > 0 else (least, greatest + change)
        return _decided(self.low, self.high, dict(self.signs), ranges)

    def squared_distance(self, point: Sequence[fmpq]) -> fmpq:
        """That of a point from the box."""
        outside = (max(p - x, x - q, fmpq(0)) for p, q, x in zip(self.low, self.high, point, strict=True))
        return sum((c * c for c in outside), fmpq(0))


def piece_of(rows: Sequence[Sequence[fmpq]], low: Sequence[fmpq], high: Sequence[fmpq]) -> Piece:
    """The box with these corners in R^D; a row has D numbers, or one more, its offset."""
    ranges = {}
    for j, row in enumerate(rows):
        ends = [(c * p, c * q) for c, p, q in zip(row, low, high, strict=False)]
        offset = row[-1] if len(row) > len(low) else fmpq(0)
        ranges[j] = sum(map(min, ends), offset), sum(map(max, ends), offset)
    return _decided(tuple(low), tuple(high), {}, ranges)


def faces_of(rows: Sequence[Sequence[fmpq]], d: int, S: fmpq) -> list[Piece]:
    """R^d by directions (x, τ): the face τ = 1, then x_1 = S, x_1 = −S, x_2 = S, …; rows (w, b).  Raises: NotCertified (S ≤ 0)."""
    if not S > 0:
        raise NotCertified(f"the faces lie at the distance {S}, which must be positive")
    low, high = [-S] * d + [fmpq(0)], [S] * d + [fmpq(1)]
    faces = [piece_of(rows, [*low[:d], fmpq(1)], high)]
    for i in range(d):
        for end in (S, -S):
            faces.append(piece_of(rows, [*low[:i], end, *low[i + 1 :]], [*high[:i], end, *high[i + 1 :]]))
    return faces


def _decided(low: tuple[fmpq, ...], high: tuple[fmpq, ...], signs: dict[int, int], ranges: dict[int, Range]) -> Piece:
    for j, (least, greatest) in list(ranges.items()):
        if least >= 0 or greatest <= 0:
            signs[j] = 1 if least >= 0 else -1
            del ranges[j]
    return Piece(low, high, signs, ranges)
