"""A matrix of low rank near a given one that fits the data exactly: its existence by Brouwer's theorem, in ball arithmetic.

A = BᵀDB with B ∈ R^{k×d} and D a diagonal of signs has rank at most k, and x_iᵀAx_i = Σ_ℓ D_ℓ(b_ℓ·x_i)² =: F_i(B) is quadratic in B:
F(B + H) = F(B) + JH + Q(H) with |Q_i(H)| ≤ ‖x_i‖²‖H‖_F².  Let H = Ru for an approximate right inverse R of J.  If

    η + ερ + κ‖R‖_F²ρ² ≤ ρ,    η = ‖F(B) − y‖,  ε = ‖JR − I‖_F,  κ = (Σ‖x_i‖⁴)^{1/2},

then u ↦ y − F(B) − (JR − I)u − Q(Ru) maps the ball ‖u‖ ≤ ρ into itself, and F(B + Ru) = y at a fixed point u: ‖H‖_F ≤ ‖R‖_Fρ.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import arb, arb_mat, ctx, fmpq_mat

from theory.certificates.exact.eigenvalue_sum import PRECISION
from theory.errors import NotCertified


def signed_product(B: fmpq_mat, signs: Sequence[int]) -> fmpq_mat:
    """BᵀDB, exactly.

    >>> signed_product(fmpq_mat(2, 1, [2, 3]), [1, -1])[0, 0] == -5
    True
    """
    signed = fmpq_mat(B.nrows(), B.ncols(), [sign * B[k, c] for k, sign in enumerate(signs) for c in range(B.ncols())])
    return B.transpose() * signed


def factor_distance(X: fmpq_mat, labels: fmpq_mat, B: fmpq_mat, signs: Sequence[int]) -> arb:
    """An upper bound of ‖A − BᵀDB‖_F for some A = B′ᵀDB′, B′ real, with x_iᵀAx_i = y_i for all rows of X.

    Args: X (n×d), y (n×1), B (k×d), the k signs D.
    Raises: NotCertified when B is not proved close to a solution at which the derivative of F is onto.
    Guarantee: certified; floats serve only to guess R.

    >>> from flint import fmpq
    >>> B = fmpq_mat(1, 1, [fmpq(1414213562, 10**9)])           # √2 to ten digits
    >>> bool(factor_distance(fmpq_mat(1, 1, [1]), fmpq_mat(1, 1, [2]), B, [1]) < 2e-8)
    True
    """
    n, d, k = X.nrows(), X.ncols(), B.nrows()
    projections = X * B.transpose()
    values = [sum(sign * projections[i, j] ** 2 for j, sign in enumerate(signs)) for i in range(n)]
    with ctx.workprec(PRECISION):
        miss = arb_mat(fmpq_mat(n, 1, [labels[i, 0] - value for i, value in enumerate(values)]))
        entries = [2 * signs[j] * projections[i, j] * X[i, c] for i in range(n) for j in range(k) for c in range(d)]
        J = arb_mat(fmpq_mat(n, k * d, entries))
        floats = np.array([[float(c.mid()) for c in row] for row in J.tolist()])
        if not np.isfinite(floats).all():       # the singular values of infinity are a loop without end
            raise NotCertified("the derivative of the fit in the factors is beyond floating point: scale the data")
        try:
            R = arb_mat(np.linalg.pinv(floats).tolist())
        except np.linalg.LinAlgError as error:
            raise NotCertified("the derivative of the fit in the factors has no pseudo-inverse in floating point") from error
        norm = _frobenius(R)
        eta, epsilon = _frobenius(miss), _frobenius(J * R - arb_mat(np.eye(n).tolist()))
        kappa = sum((sum((arb(X[i, c]) ** 2 for c in range(d)), arb(0)) ** 2 for i in range(n)), arb(0)).sqrt()
        rho = 2 * eta
        if not eta + epsilon * rho + kappa * norm**2 * rho**2 <= rho:
            raise NotCertified("the factors are not proved close to an exact fit of their rank")
        step = (norm * rho).upper()
        # BᵀDB changes by HᵀDB + BᵀDH + HᵀDH
        return (2 * _frobenius(arb_mat(B)) * step + step**2).upper()


def _frobenius(M: arb_mat) -> arb:
    """An upper bound of ‖M‖_F as an exact ball."""
    return sum((entry.abs_upper() ** 2 for entry in M.entries()), arb(0)).sqrt().upper()
