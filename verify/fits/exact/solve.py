"""Exact solutions of rational linear systems near floating-point ones, and exact proofs that a system has none."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray
from scipy.linalg import qr  # type: ignore[import-untyped]

from theory.certificates.exact.exact_network import fraction, rational

FloatArray = NDArray[np.float64]
# Free entries are rounded to this many binary digits below the largest: an error of 1e-13 of it is far below the accuracy 1e-8 of
# a conic solver, and short numbers keep certificates short.
DIGITS = 44
# What a column weighs in the choice of pivots where the floating-point solution is 0, relatively: the exact part then changes
# what is far from 0, unless that part of the system is worse conditioned by this factor.
FLOOR = 1e-3


def rounded(values: FloatArray) -> list[Fraction]:
    """The values as binary fractions of `DIGITS` digits below the largest of them.

    >>> rounded(np.array([1.0, 1e-20]))
    [Fraction(1, 1), Fraction(0, 1)]
    """
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0:
        return [Fraction(0)] * len(values)
    shift = DIGITS - int(np.frexp(largest)[1])
    return [Fraction(int(c)) / Fraction(2) ** shift for c in np.rint(np.ldexp(values, shift))]


def nearby_solution(A: fmpq_mat, rhs: Sequence[fmpq], start: FloatArray) -> list[Fraction] | None:
    """An exact solution of Ax = rhs near `start`, or None when the system has no solution.

    Entries off a set of pivot columns are those of `start`, rounded; the pivots, chosen by a QR decomposition that prefers large
    entries of `start`, are solved for exactly.

    >>> nearby_solution(fmpq_mat([[fmpq(1), fmpq(3)]]), [fmpq(1)], np.array([0.25, 0.26]))
    [Fraction(1, 4), Fraction(1, 4)]
    """
    m, N = A.nrows(), A.ncols()
    if m == 0:
        return rounded(start)
    matrix = np.array([_floats(row) for row in A.tolist()])
    lengths = np.linalg.norm(matrix, axis=1)
    matrix = matrix / np.where(lengths > 0, lengths, 1.0)[:, None]
    weight = np.abs(start) + FLOOR * (float(np.abs(start).max(initial=0.0)) or 1.0)
    order = [int(j) for j in qr(matrix * weight, mode="r", pivoting=True)[1]]
    near = rounded(start)
    values = (A * fmpq_mat([[rational(c)] for c in near])).tolist()
    residual = [r - value for r, (value,) in zip(rhs, values, strict=True)]
    table = A.tolist()
    for kept in sorted({min(m, N), N}):
        reduced, rank = fmpq_mat([[*(row[j] for j in order[:kept]), r] for row, r in zip(table, residual, strict=True)]).rref()
        pivots = [next(c for c in range(kept + 1) if reduced[i, c] != 0) for i in range(int(rank))]
        if kept not in pivots:
            for i, c in enumerate(pivots):
                near[order[c]] += fraction(reduced[i, kept])
            return near
    return None


def contradiction(A: fmpq_mat, rhs: Sequence[fmpq]) -> list[Fraction]:
    """λ with λᵀA = 0 and λᵀrhs = 1, for a system Ax = rhs without solution (Farkas).

    >>> contradiction(fmpq_mat([[fmpq(1)], [fmpq(2)]]), [fmpq(0), fmpq(3)])
    [Fraction(-2, 3), Fraction(1, 3)]
    """
    n, p = A.nrows(), A.ncols()
    rows = [[A[i, j] for i in range(n)] for j in range(p)] + [list(rhs)]
    found = nearby_solution(fmpq_mat(rows), [fmpq(0)] * p + [fmpq(1)], np.zeros(n))
    if found is None:
        raise ValueError("the system has a solution")
    return found


def _floats(row: Sequence[fmpq]) -> list[float]:
    """The row over the power of two next to its largest entry: no number is beyond the range of floating point."""
    exponent = max((int(c.p).bit_length() - int(c.q).bit_length() for c in row if c != 0), default=0)
    scale = fmpq(2) ** -exponent
    return [float(fraction(c * scale)) for c in row]
