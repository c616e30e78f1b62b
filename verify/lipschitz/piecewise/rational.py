"""Exact decisions about rational numbers, floats being some: proportional rows, ranks, and which hyperplanes miss a ball."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat, fmpz_mat
from numpy.typing import NDArray

from theory.certificates.exact.rank import largest_minor, primes, rank
from verify.objects.rationals import rational, rationals


def exact_rank(rows: NDArray[Any]) -> int:
    """The rank over the rationals of a matrix of floats or rationals.

    >>> import numpy as np
    >>> exact_rank(np.array([[0.1, 0.2], [0.2, 0.4]])), exact_rank(np.array([[0.1, 0.3], [0.3, 0.9]]))
    (1, 2)
    """
    return rank(_integers(rows if len(rows) <= rows.shape[1] else rows.T)) if rows.size else 0


def column_basis(rows: NDArray[Any]) -> list[int]:
    """The last columns that form a basis of the column space over the rationals, in their order.

    >>> column_basis(np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 1.0]]))
    [1, 2]
    """
    size, last = exact_rank(rows), rows.shape[1] - 1
    matrix = _integers(rows[:, ::-1])
    bases = (largest_minor(matrix, prime).columns for prime in primes())
    return sorted(last - j for j in next(basis for basis in bases if len(basis) == size))


def _integers(rows: NDArray[Any]) -> fmpz_mat:
    """The matrix, rows or the whole multiplied by numbers that make it whole."""
    if rows.dtype == object:
        return fmpq_mat(*rows.shape, rationals(rows).reshape(-1).tolist()).numer_denom()[0]
    mantissas, exponents = np.frexp(rows)
    whole = (mantissas * 2.0**53).astype(np.int64)
    shifts = exponents - np.where(whole != 0, exponents, np.iinfo(np.int32).max).min(axis=1, keepdims=True)
    shifts[whole == 0] = 0
    return fmpz_mat(*rows.shape, [m << s for m, s in zip(whole.ravel().tolist(), shifts.ravel().tolist(), strict=True)])


def are_proportional(first: Sequence[fmpq], second: Sequence[fmpq]) -> bool:
    """Whether two vectors, the first non-zero, are exactly proportional.

    >>> are_proportional(rationals([0.1, 0.3]), rationals([-0.2, -0.6]))
    True
    """
    pivot = next(i for i, x in enumerate(first) if x != 0)
    p, q = first[pivot], second[pivot]
    return all(x * q == y * p for x, y in zip(first, second, strict=True))


def misses_open_ball(row: Sequence[fmpq], centre: Sequence[Fraction], radius: Fraction) -> bool:
    """Whether the hyperplane w·x + b = 0 with the row (w, b) does not meet the open ball, decided exactly.

    The distance of the centre is |w·centre + b|/‖w‖; both sides are squared, so only rationals occur.

    >>> misses_open_ball(rationals([3.0, 4.0, -5.0]), [Fraction(0)] * 2, Fraction(1))              # tangent to the unit circle
    True
    """
    *w, height = row
    height = sum((x * rational(y) for x, y in zip(w, centre, strict=True)), height)
    return bool(height**2 >= rational(radius) ** 2 * sum((x * x for x in w), fmpq(0)))
