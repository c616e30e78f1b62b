"""Rigorous enclosures of the sum of the r largest eigenvalues of a symmetric matrix, in ball arithmetic.

By Ky Fan the sum is max {tr(PM) : P an orthogonal projection of rank r}: it is subadditive in M, it grows with M in the
order of semidefinite matrices, and any one projection bounds it from below.  Those three facts are all that is used.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import NDArray

from theory.errors import NotCertified, ShapeError

# 128 bits: products of doubles are exact, and sums lose 2⁻¹²⁸ relative to their largest term, far below the 1e-10 that
# is wanted; a higher precision would not help, since the eigenvectors used as a hint are doubles.
PRECISION = 128


def weighted_gram(rows: Sequence[Sequence[arb]], weights: Sequence[arb]) -> arb_mat:
    """An enclosure of M = Σ_p w_p v_p v_pᵀ ∈ R^{d×d}, the rows v_p being those of an m×d matrix.

    >>> weighted_gram([[arb(1), arb(2)]], [arb(3)]).table()[1][1].contains(12)
    True
    """
    if len(rows) != len(weights) or not rows:
        raise ShapeError(f"there are {len(weights)} weights for {len(rows)} rows: give one weight a row, and a row")
    with ctx.workprec(PRECISION):
        weighted = arb_mat([[weight * c for c in row] for row, weight in zip(rows, weights, strict=True)])
        return weighted.transpose() * arb_mat([list(row) for row in rows])


def eigenvalue_sum_upper(M: arb_mat, r: int) -> arb:
    """A ball whose upper end is at least Σ_{j≤r} λ_j(M), for the symmetric matrix M ∈ R^{d×d} that the balls enclose.

    λ_1 ≥ λ_2 ≥ … are the eigenvalues.  Floating-point eigenvectors V and eigenvalues are only a hint.  For any c ≥ 0,
    any diagonal D ≥ 0 and any V, with E := M + cI − V D Vᵀ and η := ‖VᵀV − I‖_F,

        Σ_{j≤r} λ_j(M) = Σ_{j≤r} λ_j(V D Vᵀ + E) − rc ≤ (1+η)·(sum of the r largest D_j) + √r·‖E‖_F − rc.

    Source: Ky Fan 1949 (subadditivity); the proof of each term stands in the code.
    Args: M (d×d, enclosing one symmetric matrix), r ≥ 1; r ≥ d gives the trace.
    Raises: ShapeError, NotCertified (an entry that is not finite).
    Guarantee: upper bound, certified; the slack is of the order d·2⁻⁵²·‖M‖_op.

    >>> bool(eigenvalue_sum_upper(arb_mat([[2, 1], [1, 2]]), 1) < 3.000001)
    True
    """
    d = _order(M, r)
    with ctx.workprec(PRECISION):
        if r >= d:
            return M.trace()
        M, scale = _scaled(M)
        eigenvalues, vectors = np.linalg.eigh(_midpoints(M))
        # the shift makes D ≥ 0 possible without loss when M has negative eigenvalues: λ_j(M + cI) = λ_j(M) + c
        shift = max(0.0, -float(eigenvalues[0]))
        D = np.maximum(eigenvalues + shift, 0.0)
        V = arb_mat(vectors.tolist())
        residual = M + _diagonal(np.full(d, shift)) - V * _diagonal(D) * V.transpose()
        # nonzero eigenvalues of V D Vᵀ are those of D^½VᵀVD^½ ⪯ (1+η)D, because VᵀV ⪯ (1+η)I and D ≥ 0
        eta = _frobenius(V.transpose() * V - _diagonal(np.ones(d)))
        top = sum((arb(float(value)) for value in np.sort(D)[::-1][:r]), arb(0))
        # Σ_{j≤r} λ_j(E) ≤ √r·(Σ λ_j²)^½ ≤ √r·‖E‖_F by Cauchy–Schwarz
        bound = (1 + eta) * top + arb(r).sqrt() * _frobenius(residual) - r * arb(shift)
        return _finite(bound * scale)


def eigenvalue_sum_lower(M: arb_mat, r: int) -> arb:
    """A ball whose lower end is at most Σ_{j≤r} λ_j(M), for the symmetric matrix M ∈ R^{d×d} that the balls enclose.

    The value is tr(PM) = tr((BᵀB)⁻¹ BᵀMB) for the orthogonal projection P onto the columns of a d×r matrix B of full
    rank, here floating-point eigenvectors.  Source: Ky Fan 1949.
    Args, raises: as `eigenvalue_sum_upper`; also NotCertified when BᵀB is not proved invertible.
    Guarantee: lower bound, certified.

    >>> bool(eigenvalue_sum_lower(arb_mat([[2, 1], [1, 2]]), 1) > 2.999999)
    True
    """
    d = _order(M, r)
    with ctx.workprec(PRECISION):
        if r >= d:
            return M.trace()
        M, scale = _scaled(M)
        _, vectors = np.linalg.eigh(_midpoints(M))
        B = arb_mat(vectors[:, -r:].tolist())
        try:
            return _finite((B.transpose() * B).solve(B.transpose() * M * B).trace() * scale)
        except ZeroDivisionError as error:
            raise NotCertified(f"the {r} approximate eigenvectors are not proved independent") from error


def _order(M: arb_mat, r: int) -> int:
    d = M.nrows()
    if d != M.ncols() or d == 0:
        raise ShapeError(f"M has shape ({M.nrows()}, {M.ncols()}): give a square matrix")
    if r < 1:
        raise ShapeError(f"the number of eigenvalues to sum is {r}: give at least 1")
    if not all(entry.is_finite() for entry in M.entries()):
        raise NotCertified("an entry of M is not finite: scale the data")
    return d


def _scaled(M: arb_mat) -> tuple[arb_mat, arb]:
    """M·2⁻ᵉ with entries below 1 and the factor 2ᵉ, both exact, so that doubles neither overflow nor vanish."""
    exponents = [int(m).bit_length() + int(e) for m, e in (entry.mid().man_exp() for entry in M.entries()) if m != 0]
    e = max(exponents, default=0)
    return M * (arb(2) ** -e), arb(2) ** e


def _midpoints(M: arb_mat) -> NDArray[np.float64]:
    return np.array([[float(entry.mid()) for entry in row] for row in M.tolist()])


def _diagonal(values: NDArray[np.float64]) -> arb_mat:
    return arb_mat(np.diag(values).tolist())


def _frobenius(M: arb_mat) -> arb:
    """An upper bound of ‖M‖_F as an exact ball."""
    return sum((entry.abs_upper() ** 2 for entry in M.entries()), arb(0)).sqrt().upper()


def _finite(value: arb) -> arb:
    if not value.is_finite():
        raise NotCertified("the bound of the eigenvalue sum is not finite: scale the data")
    return value
