"""Exact data for fits that are linear in their coefficients: reading them, independent points, and why nothing fits."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from flint import fmpq_mat, nmod_mat
from numpy.typing import ArrayLike

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.fits.exact_shift import rows_of
from theory.errors import NotCertified
from verify.fits.exact.solve import contradiction
from verify.objects.data.dataset import Dataset

# A prime near 2⁶²: independence modulo a prime proves independence, and dependence modulo it is by chance with probability 2⁻⁵⁰.
PRIME = 4611686018427387847


def read_exact(X: ArrayLike, y: ArrayLike) -> ExactData:
    """The labelled points as exact numbers: floats are the rationals that they are, integers of any size and fractions are kept.

    Args: X (n×d), y (n).
    Raises: ShapeError, BadData (not finite, not numbers, one point with two labels).

    >>> read_exact([[Fraction(1, 3)]], [0.5]).points
    ((Fraction(1, 3),),)
    """
    return Dataset(X, y, real_labels=True).exact


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
