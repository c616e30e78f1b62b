"""Exact decisions about rational numbers, floats being some: proportional rows, ranks, and which hyperplanes miss a ball."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat, nmod_mat
from numpy.typing import NDArray

from verify.objects.rationals import rational, rationals

# A rank modulo a prime is at most the rank over the rationals.
_PRIME = 2**61 - 1


def exact_rank(rows: NDArray[Any]) -> int:
    """The rank over the rationals of a matrix of floats or rationals.

    >>> import numpy as np
    >>> exact_rank(np.array([[0.1, 0.2], [0.2, 0.4]])), exact_rank(np.array([[0.1, 0.3], [0.3, 0.9]]))
    (1, 2)
    """
    if rows.size == 0:
        return 0
    matrix, _ = fmpq_mat(*rows.shape, rationals(rows).reshape(-1).tolist()).numer_denom()
    quick = int(nmod_mat(matrix, _PRIME).rank())
    return quick if quick == min(rows.shape) else int(matrix.rank())


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
