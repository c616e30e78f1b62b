"""Ranks and relations found modulo a prime, against elimination of rationals."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq, fmpq_mat, fmpz_mat

from theory.certificates.exact.rank import largest_minor, rank, whole_rows
from theory.certificates.exact.relations import only_relation


def draws(seed: int, count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 7, (count, 3))
    return [rng.integers(-3, 4, (n, r)) @ rng.integers(-3, 4, (r, m)) for n, m, r in sizes]


def test_the_rank_is_that_of_elimination() -> None:
    for product in draws(0, 300):
        entries = product.tolist()
        assert rank(fmpz_mat(entries)) == fmpq_mat(entries).rank()


def test_a_prime_that_divides_a_minor_does_not_lower_the_rank() -> None:
    prime = 2**61 - 1
    matrix = fmpz_mat([[1, 0], [0, prime]])
    assert len(largest_minor(matrix).rows) == 1 and rank(matrix) == 2
    assert rank(fmpz_mat([[prime, 0], [0, prime]])) == 2


def test_a_relation_is_that_of_elimination() -> None:
    found = 0
    for product in draws(1, 300):
        rows = [[fmpq(int(c), 1 + i) for c in row] for i, row in enumerate(product)]
        relation = only_relation(rows)
        dependent = len(rows) - fmpq_mat(len(rows), len(rows[0]), [c for row in rows for c in row]).rank()
        assert (relation is not None) == (dependent == 1)
        if relation is not None:
            found += 1
            assert any(relation) and all(sum((c * row[j] for c, row in zip(relation, rows, strict=True)), fmpq(0)) == 0
                                         for j in range(len(rows[0])))
    assert found > 30


def test_rows_are_made_whole() -> None:
    matrix, factors = whole_rows([[fmpq(1, 6), fmpq(3, 4)], [fmpq(-5), fmpq(0)]])
    assert matrix == fmpz_mat([[2, 9], [-5, 0]]) and factors == [12, 1]


@pytest.mark.parametrize("size", [40, 120])
def test_a_random_matrix_of_doubles_has_full_rank(size: int) -> None:
    rows = [[fmpq(*float(c).as_integer_ratio()) for c in row] for row in np.random.default_rng(size).standard_normal((size, size + 1))]
    assert rank(whole_rows(rows)[0]) == size
