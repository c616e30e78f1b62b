"""Exact linear algebra of fits: contradictions of labels, at any scale, and systems that have none."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

from theory.certificates.exact.exact_network import rational_matrix
from verify.fits.exact.input import farkas_vector, independent_rows
from verify.fits.exact.solve import contradiction, nearby_solution

HUGE = Fraction(10) ** 400          # beyond the range of floating point


def drawn(n: int, m: int, rank: int, seed: int) -> list[list[Fraction]]:
    """An n×m matrix of rank at most `rank`."""
    rng = np.random.default_rng(seed)
    product = rng.integers(-3, 4, (n, rank)) @ rng.integers(-3, 4, (rank, m))
    return [[Fraction(int(c)) for c in row] for row in product]


@pytest.mark.parametrize("scale", [Fraction(1), HUGE, 1 / HUGE])
@pytest.mark.parametrize(("n", "m", "rank", "seed"), [(5, 3, 2, 0), (6, 6, 3, 1), (4, 2, 1, 2), (3, 3, 1, 3), (9, 4, 4, 4)])
def test_labels_that_nothing_fits_are_refuted_and_others_are_not(n, m, rank, seed, scale):
    rows = [[c * scale ** (i % 2) for c in row] for i, row in enumerate(drawn(n, m, rank, seed))]
    phi = rational_matrix(rows)
    fitted = phi * fmpq_mat(m, 1, list(range(1, m + 1)))
    assert farkas_vector(phi, fitted, independent_rows(phi)) is None
    wrong = fmpq_mat(fitted)
    dependent = next(i for i in range(n) if i not in independent_rows(phi))
    wrong[dependent, 0] += 1
    found = farkas_vector(phi, wrong, independent_rows(phi))
    assert all(c.denominator == 1 for c in found)
    row = rational_matrix([found])
    assert not any((row * phi).entries())
    assert (row * wrong)[0, 0] > 0


def test_points_without_features_are_refuted_by_their_label():
    phi = fmpq_mat(2, 1, [0, 0])
    assert farkas_vector(phi, fmpq_mat(2, 1, [0, -3]), independent_rows(phi)) == [0, -1]
    assert farkas_vector(phi, fmpq_mat(2, 1, [0, 0]), independent_rows(phi)) is None


def test_numbers_beyond_floating_point_are_solved_exactly():
    big = fmpq(10) ** 400
    assert nearby_solution(fmpq_mat([[big, fmpq(0)], [fmpq(0), 1 / big]]), [big, fmpq(1) / big], np.zeros(2)) == [1, 1]


def test_a_system_with_a_solution_has_no_contradiction():
    with pytest.raises(ValueError, match="has a solution"):
        contradiction(fmpq_mat([[fmpq(1)], [fmpq(2)]]), [fmpq(1), fmpq(2)])
