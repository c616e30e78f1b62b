"""Exact data for fits that are linear in their coefficients: reading them, independent points, and why nothing fits."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from numbers import Rational

import numpy as np
from flint import fmpq_mat, nmod_mat
from numpy.typing import ArrayLike

from theory.certificates.exact.exact_data import ExactData, exact_data
from theory.certificates.fits.exact_shift import rows_of
from theory.errors import BadData, NotCertified, ShapeError
from verify.fits.exact.solve import contradiction
from verify.objects.data.dataset import validate

# A prime near 2⁶²: independence modulo a prime proves independence, and dependence modulo it is by chance with probability 2⁻⁵⁰.
PRIME = 4611686018427387847


def read_exact(X: ArrayLike, y: ArrayLike) -> ExactData:
    """The labelled points as exact numbers: floats are the rationals that they are, arrays of fractions or integers are kept.

    Args: X (n×d), y (n).
    Raises: ShapeError, BadData (not finite, not numbers, one point with two labels).

    >>> read_exact([[Fraction(1, 3)]], [0.5]).points
    ((Fraction(1, 3),),)
    """
    points, labels = (np.asarray(array) for array in (X, y))
    if points.dtype != object and labels.dtype != object:
        return exact_data(*validate(points, labels, signs=False))
    if points.ndim != 2 or labels.shape != (len(points),):
        raise ShapeError(f"X has shape {points.shape} and y has shape {labels.shape}; give n×d points and n labels")
    data = ExactData(
        tuple(tuple(_rational(c, f"X[{i}, {j}]") for j, c in enumerate(row)) for i, row in enumerate(points)),
        tuple(_rational(label, f"y[{i}]") for i, label in enumerate(labels)),
    )
    first: dict[tuple[Fraction, ...], int] = {}
    for i, row in enumerate(data.points):
        j = first.setdefault(row, i)
        if data.labels[i] != data.labels[j]:
            raise BadData(f"rows {j} and {i} of X are one point with the labels {data.labels[j]} and {data.labels[i]}; remove one of them")
    return data


def _rational(value: object, where: str) -> Fraction:
    if isinstance(value, Rational) and not isinstance(value, bool):
        return Fraction(int(value.numerator), int(value.denominator))       # integers of numpy do not grow
    if isinstance(value, (float, np.floating)) and np.isfinite(value):
        return Fraction(float(value))
    raise BadData(f"{where} is {value!r}; give a finite number or a fraction")


def independent_rows(phi: fmpq_mat) -> list[int]:
    """The first rows of a rational matrix that are independent and span all rows, found modulo a prime.

    >>> independent_rows(fmpq_mat(3, 2, [0, 0, 1, 2, 2, 4]))
    [1]
    """
    n, m = phi.nrows(), phi.ncols()
    entries = []
    for j in range(m):
        for i in range(n):
            if int(phi[i, j].q) % PRIME == 0:
                raise NotCertified(f"the denominator {phi[i, j].q} in the data is a multiple of {PRIME}; scale the data")
            entries.append(int(phi[i, j].p) * pow(int(phi[i, j].q), -1, PRIME) % PRIME)
    reduced, rank = nmod_mat(m, n, entries, PRIME).rref()
    pivots = []
    for i in range(rank):
        start = pivots[-1] + 1 if pivots else 0
        pivots.append(next(j for j in range(start, n) if int(reduced[i, j])))
    return pivots


def farkas_vector(phi: fmpq_mat, labels: fmpq_mat, rows: list[int]) -> list[Fraction] | None:
    """Integers λ with λᵀΦ = 0 and λᵀy > 0, which no coefficients survive (0 = λᵀΦθ = λᵀy); None when all equations agree.

    Args: Φ (n×m), y (n×1), the independent rows.

    >>> phi, y = fmpq_mat(2, 1, [1, 2]), fmpq_mat(2, 1, [1, 3])
    >>> [str(c) for c in farkas_vector(phi, y, [0])]
    ['-2', '1']
    """
    wrong = next((i for i in independent_rows(_beside(phi, labels)) if i not in set(rows)), None)
    if wrong is None:
        return None
    used = [*rows, wrong]                       # one equation more than the rank: λ is unique up to a factor
    found = contradiction(rows_of(phi, used), [labels[i, 0] for i in used])
    return _integral(dict(zip(used, found, strict=True)), phi.nrows())


def _beside(phi: fmpq_mat, labels: fmpq_mat) -> fmpq_mat:
    """[Φ | y]."""
    return fmpq_mat([[*row, label] for row, (label,) in zip(phi.tolist(), labels.tolist(), strict=True)])


def _integral(found: dict[int, Fraction], n: int) -> list[Fraction]:
    """The multiple with coprime integers, as a vector."""
    scale = lcm(*(c.denominator for c in found.values()))
    divisor = gcd(*(int(c * scale) for c in found.values()))
    return [found.get(i, Fraction(0)) * scale / divisor for i in range(n)]
