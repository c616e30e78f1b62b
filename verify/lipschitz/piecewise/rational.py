"""Exact decisions about floats read as rational numbers: proportional rows and ranks."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from verify.objects.domains import Array


def exact_rank(rows: Array) -> int:
    """The rank over the rationals of a matrix of floats (every finite float is a rational number).

    >>> exact_rank(np.array([[0.1, 0.2], [0.2, 0.4]])), exact_rank(np.array([[0.1, 0.3], [0.3, 0.9]]))
    (1, 2)
    """
    if rows.size == 0:
        return 0
    entries = [fmpq(*float(x).as_integer_ratio()) for x in rows.ravel()]
    return int(fmpq_mat(rows.shape[0], rows.shape[1], entries).rank())


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
