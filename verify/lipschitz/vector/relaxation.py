"""Bounds on the spectral norm of H + Σ s_j η_jw_jᵀ over all s ∈ [−1, 1], by one multiplier for each term.

For y > 0 the norm is at most λ_max([[Σ η_jη_jᵀ/y_j, H], [Hᵀ, Σ y_jw_jw_jᵀ]]) (see `theory.certificates.lipschitz.vector_tree`), which is
convex in y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verify.lipschitz.piecewise.kinks import EPS
from verify.objects.domains import Array

# The largest eigenvalue is smoothed by so much of its size, first coarsely, then finely
_SMOOTHING = (1e-2, 1e-3)
# Multipliers are kept within a factor e^±30 of the balanced ones
_MOST_LOG = 30.0


@dataclass(frozen=True)
class VectorRelaxation:
    """The bound (rounded up), the multipliers that prove it, and how much each term adds along the top eigenvector."""

    upper: float
    multipliers: Array
    shares: Array


def spectral_norm_upper(H: Array) -> float:
    """‖H‖ rounded up by the error of its computation."""
    norm = float(np.linalg.norm(H, 2)) if H.size else 0.0
    return norm + 16 * (sum(H.shape) + 8) * EPS * float(np.linalg.norm(H))


def balanced(P: Array, Q: Array) -> Array:
    """The multipliers ‖η_j‖/‖w_j‖, which make both sides of each term equal; the rows of P and Q are η_j and w_j."""
    return np.asarray(np.maximum(np.linalg.norm(P, axis=1), 1e-150) / np.maximum(np.linalg.norm(Q, axis=1), 1e-150))


def relaxed(H: Array, P: Array, Q: Array, y: Array, steps: int = 0) -> VectorRelaxation:
    """The bound for given multipliers, which `steps` steps of descent improve before.

    H (m×d), P (n×m, rows η_j), Q (n×d, rows w_j), y (n, positive).

    >>> found = relaxed(np.zeros((1, 1)), np.array([[3.0]]), np.array([[4.0]]), np.ones(1), steps=50)
    >>> round(found.upper, 6)
    12.0
    """
    if not len(P):
        return VectorRelaxation(spectral_norm_upper(H), y, y)
    m, d, rounding = len(H), H.shape[1], 16 * (sum(H.shape) + len(P) + 8) * EPS
    if d > len(P) + m:
        # only products of rows matter; Householder's method is backward stable row by row (Higham, theorem 19.4)
        reduced = np.transpose(np.linalg.qr(np.vstack([H, Q]).T, mode="r"))
        H, Q, rounding = reduced[:m], reduced[m:], rounding + 4 * (d * (len(P) + m) + 8) * EPS
    if steps:
        y = _descended(H, P, Q, y, steps)
    B = _block(H, P, Q, y)
    values, vectors = np.linalg.eigh(B)
    top = vectors[:, -1]
    size = float(np.trace(B)) + 2 * float(np.linalg.norm(H))
    upper = max(float(values[-1]), 0.0) + rounding * size
    return VectorRelaxation(upper, y, np.abs(P @ top[:m]) * np.abs(Q @ top[m:]))


def _block(H: Array, P: Array, Q: Array, y: Array) -> Array:
    return np.block([[(P.T / y) @ P, H], [H.T, (Q.T * y) @ Q]])


def _descended(H: Array, P: Array, Q: Array, y: Array, steps: int) -> Array:
    from scipy.optimize import minimize  # imported where it is used: a third of a second at the start of every command

    m, middle = len(H), np.log(balanced(P, Q))

    def smoothed(z: Array, width: float) -> tuple[float, Array]:
        scale = np.exp(z)
        values, vectors = np.linalg.eigh(_block(H, P, Q, scale))
        weights = np.exp((values - values[-1]) / width)
        total = weights.sum()
        root = vectors * np.sqrt(weights / total)
        slope = ((Q @ root[m:]) ** 2).sum(axis=1) * scale - ((P @ root[:m]) ** 2).sum(axis=1) / scale
        return float(values[-1] + width * np.log(total)), slope

    z = np.clip(np.log(y), middle - _MOST_LOG, middle + _MOST_LOG)
    best, least = z, float(np.linalg.eigvalsh(_block(H, P, Q, np.exp(z)))[-1])
    bounds = list(zip(middle - _MOST_LOG, middle + _MOST_LOG, strict=True))
    for part in _SMOOTHING if least > 0 else ():
        found = minimize(smoothed, best, (part * least,), "L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": steps})
        value = float(np.linalg.eigvalsh(_block(H, P, Q, np.exp(found.x)))[-1])
        if value < least:
            best, least = found.x, value
    return np.asarray(np.exp(best))
