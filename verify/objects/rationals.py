"""Arrays of rational numbers (python-flint's, in object arrays), and the doubles next to them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx, fmpq
from numpy.typing import NDArray

Rationals = NDArray[np.object_]     # of fmpq
_PRECISION = 1024       # bits of ball arithmetic


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


def rounded_product(vector: Rationals, matrix: Rationals) -> tuple[NDArray[np.float64], float]:
    """The vector (k) times the matrix (k×d) in doubles, and a bound on the Euclidean error: in exact arithmetic the sums of many numbers
    with different denominators are long, in ball arithmetic they are not.

    >>> value, error = rounded_product(rationals([4.0, Fraction(1, 3)]), rationals([[0.5], [2.0]]))
    >>> float(value[0]), error < 1e-15
    (2.6666666666666665, True)
    """
    (k, d), value = matrix.shape, np.zeros(matrix.shape[1])
    if k == 0:
        return value, 0.0
    with ctx.workprec(_PRECISION):
        exact = arb_mat([[arb(x) for x in vector]]) * arb_mat([[arb(x) for x in row] for row in matrix])
        value = np.array([float(exact[0, i].mid()) for i in range(d)])
        off = sum(((exact[0, i] - arb(value[i])).abs_upper() ** 2 for i in range(d)), arb(0)).sqrt()
        return value, float(off.upper()) * (1 + 1e-15)


def _nearest(x: fmpq) -> float:
    return int(x.p) / int(x.q)      # true division of integers is correctly rounded
