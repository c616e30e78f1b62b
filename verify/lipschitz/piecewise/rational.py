"""Exact decisions about floats read as rational numbers: proportional rows and ranks."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import fmpz_mat

from theory.certificates.exact.rank import largest_minor, primes, rank
from verify.objects.domains import Array


def exact_rank(rows: Array) -> int:
    """The rank over the rationals of a matrix of floats (every finite float is a rational number).

    >>> exact_rank(np.array([[0.1, 0.2], [0.2, 0.4]])), exact_rank(np.array([[0.1, 0.3], [0.3, 0.9]]))
    (1, 2)
    """
    return rank(_integers(rows if len(rows) <= rows.shape[1] else rows.T)) if rows.size else 0


def column_basis(rows: Array) -> list[int]:
    """The last columns that form a basis of the column space over the rationals, in their order.

    >>> column_basis(np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 1.0]]))
    [1, 2]
    """
    size, last = exact_rank(rows), rows.shape[1] - 1
    matrix = _integers(rows[:, ::-1])
    bases = (largest_minor(matrix, prime).columns for prime in primes())
    return sorted(last - j for j in next(basis for basis in bases if len(basis) == size))


def _integers(rows: Array) -> fmpz_mat:
    """The matrix with each row multiplied by a power of two that makes it whole."""
    mantissas, exponents = np.frexp(rows)
    whole = (mantissas * 2.0**53).astype(np.int64)
    shifts = exponents - np.where(whole != 0, exponents, np.iinfo(np.int32).max).min(axis=1, keepdims=True)
    shifts[whole == 0] = 0
    return fmpz_mat(*rows.shape, [m << s for m, s in zip(whole.ravel().tolist(), shifts.ravel().tolist(), strict=True)])


def are_proportional(first: Array, second: Array) -> bool:
    """Whether two vectors of floats, the first non-zero, are exactly proportional.

    >>> are_proportional(np.array([0.1, 0.3]), np.array([-0.2, -0.6]))
    True
    """
    pivot = int(np.argmax(np.abs(first)))
    p, q = Fraction(float(first[pivot])), Fraction(float(second[pivot]))
    return all(Fraction(float(x)) * q == Fraction(float(y)) * p for x, y in zip(first, second, strict=True))


def misses_open_ball(normal: Array, offset: float, centre: Array, radius: float) -> bool:
    """Whether the hyperplane normal·x + offset = 0 does not meet the open ball, decided exactly.

    The distance of the centre is |normal·centre + offset|/‖normal‖; both sides are squared, so only rationals occur.

    >>> misses_open_ball(np.array([3.0, 4.0]), -5.0, np.zeros(2), 1.0)                  # tangent to the unit circle
    True
    """
    w, c = [Fraction(float(x)) for x in normal], [Fraction(float(x)) for x in centre]
    height = sum((x * y for x, y in zip(w, c, strict=True)), Fraction(float(offset)))
    return height**2 >= Fraction(float(radius)) ** 2 * sum((x * x for x in w), Fraction(0))
