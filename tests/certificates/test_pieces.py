"""Pieces of a domain: ranges after cuts are those over the corners, and the faces of R^d hold every direction."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from flint import fmpq

from theory.certificates.lipschitz.pieces import Piece, faces_of, piece_of
from theory.errors import NotCertified


def drawn_rows(count: int, D: int, seed: int) -> list[list[fmpq]]:
    return [[fmpq(int(c), 4) for c in row] for row in np.random.default_rng(seed).integers(-8, 9, (count, D))]


def over_corners(row: list[fmpq], piece: Piece) -> tuple[fmpq, fmpq]:
    values = [sum((c * x for c, x in zip(row, corner, strict=False)), row[-1] if len(row) > len(corner) else fmpq(0))
              for corner in product(*zip(piece.low, piece.high, strict=True))]
    return min(values), max(values)


def agrees(rows: list[list[fmpq]], piece: Piece) -> None:
    assert {*piece.signs} | {*piece.ranges} == {*range(len(rows))} and not {*piece.signs} & {*piece.ranges}
    for j, row in enumerate(rows):
        least, greatest = over_corners(row, piece)
        if j in piece.ranges:
            assert piece.ranges[j] == (least, greatest) and least < 0 < greatest
        else:
            assert least >= 0 if piece.signs[j] > 0 else greatest <= 0


@pytest.mark.parametrize("seed", range(5))
def test_ranges_after_cuts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = drawn_rows(12, 4, seed)
    piece = piece_of(rows, [fmpq(-1), fmpq(0), fmpq(-2)], [fmpq(1), fmpq(1), fmpq(5, 2)])
    agrees(rows, piece)
    for _ in range(8):
        axis = int(rng.integers(3))
        at = piece.low[axis] + (piece.high[axis] - piece.low[axis]) * fmpq(int(rng.integers(1, 8)), 8)
        halves = piece.cut(rows, axis, at)
        for half in halves:
            agrees(rows, half)
        assert halves[0].low[axis] == halves[1].high[axis] == at
        piece = halves[int(rng.integers(2))]


def test_a_cut_beside_the_piece_is_refused() -> None:
    rows = drawn_rows(3, 3, 0)
    piece = piece_of(rows, [fmpq(0), fmpq(0)], [fmpq(1), fmpq(1)])
    for axis, at in ((0, fmpq(0)), (0, fmpq(1)), (1, fmpq(2)), (2, fmpq(1, 2)), (-1, fmpq(1, 2))):
        with pytest.raises(NotCertified, match="does not divide"):
            piece.cut(rows, axis, at)


def test_faces_hold_every_point_with_its_signs() -> None:
    rows, S = drawn_rows(10, 3, 1), fmpq(3, 2)
    faces = faces_of(rows, 2, S)
    for face in faces:
        agrees(rows, face)
    for x in np.random.default_rng(0).integers(-40, 41, (60, 2)) / 8:
        direction = [fmpq(int(8 * c), 8) for c in x] + [fmpq(1)]
        stretch = max(fmpq(1), *(abs(c) / S for c in direction[:2]))
        place = [c / stretch for c in direction]
        assert any(all(p <= c <= q for p, c, q in zip(face.low, place, face.high, strict=True)) for face in faces)


def test_the_distance_from_a_piece() -> None:
    piece = piece_of([], [fmpq(1), fmpq(-1)], [fmpq(2), fmpq(1)])
    assert piece.squared_distance([fmpq(0), fmpq(3)]) == 5 and piece.squared_distance([fmpq(3, 2), fmpq(0)]) == 0


def test_faces_without_a_hyperplane() -> None:
    assert [face.signs for face in faces_of([], 1, fmpq(1))] == [{}, {}, {}]
