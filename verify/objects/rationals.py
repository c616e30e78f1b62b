"""Arrays of rational numbers (python-flint's, in object arrays), and the doubles next to them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

Rationals = NDArray[np.object_]     # of fmpq


def rational(x: Any) -> fmpq:
    """A float, an integer or a fraction as it is."""
    if isinstance(x, fmpq):
        return x
    return fmpq(*x.as_integer_ratio()) if isinstance(x, float) else fmpq(int(x.numerator), int(x.denominator))


def rationals(values: Any) -> Rationals:
    """An array of floats, integers or fractions as an array of the same numbers.

    >>> rationals(np.array([0.5, 0.1]))[0] == fmpq(1, 2), rationals([Fraction(1, 10)])[0] == rationals([0.1])[0]
    (True, False)
    """
    given = np.asarray(values)
    exact = np.empty(given.shape, dtype=object)
    exact.reshape(-1)[:] = [rational(x) for x in given.reshape(-1).tolist()]
    return exact


def floats(values: Rationals) -> NDArray[np.float64]:
    """The doubles next to the numbers of an array of rationals."""
    return np.array([_nearest(x) for x in values.reshape(-1)], dtype=np.float64).reshape(values.shape)


def fraction(x: fmpq) -> Fraction:
    """The same number."""
    return Fraction(int(x.p), int(x.q))


def product(matrix: Rationals, vector: Rationals) -> Rationals:
    """The matrix (n×d) times the vector (d), exactly.

    >>> product(rationals([[0.5, 2.0]]), rationals([4.0, Fraction(1, 3)]))[0] == fmpq(8, 3)
    True
    """
    n, d = matrix.shape
    found = fmpq_mat(n, d, matrix.reshape(-1).tolist()) * fmpq_mat(d, 1, vector.tolist())
    return np.array([*found.entries(), None], dtype=object)[:-1]


def _nearest(x: fmpq) -> float:
    return int(x.p) / int(x.q)      # true division of integers is correctly rounded
