"""The semidefinite programs of least norm among the quadratics through labelled points, with their multipliers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.fits.programs.solver import solve_modelled

Floats = NDArray[np.float64]


def least_norm_matrix(
    norm: str, X: Floats, y: Floats, split: tuple[int, int] | None = None, seconds: float | None = None
) -> tuple[Floats, Floats] | None:
    """A and λ of the program min ‖A‖ subject to x_iᵀAx_i = y_i, None when it is infeasible.

    With a split (a, b), A = P − N runs over the convex hull of the matrices of at most a positive and b negative eigenvalues:
    P, N ⪰ 0, and "operator" P, N ⪯ tI, tr P ≤ at, tr N ≤ bt; "spread" P ⪯ pI, N ⪯ qI, tr P ≤ ap, tr N ≤ bq, t = p + q; "nuclear"
    t = tr P + tr N.  Without, A is any symmetric matrix, and "spread" is min p + q with −qI ⪯ A ⪯ pI, p and q of any sign.

    Args: norm ("operator", "nuclear" or "spread"), X (n×d) with unit rows, y (n), split, a limit of seconds.
    Returns: floats A (d×d), λ (n): hints, to be certified.
    Raises: NotCertified (the solver did not find an optimum).

    >>> A, multipliers = least_norm_matrix("operator", np.eye(2), np.array([1.0, -1.0]))
    >>> np.round(A, 6).tolist()
    [[1.0, 0.0], [0.0, -1.0]]
    """
    import cvxpy as cp  # type: ignore[import-untyped,unused-ignore]

    n, d = X.shape
    unit, constraints = np.eye(d), []
    if split is None and norm != "nuclear":
        A: Any = cp.Variable((d, d), symmetric=True)
        p = cp.Variable()
        q = cp.Variable() if norm == "spread" else p
        goal = p + q if norm == "spread" else p
        constraints = [p * unit - A >> 0, A + q * unit >> 0]
    else:
        positive, negative = split or (d, d)
        P, N = (cp.Variable((d, d), PSD=True) if most else np.zeros((d, d)) for most in (positive, negative))
        A = P - N
        goal = cp.trace(P) + cp.trace(N)
        if norm != "nuclear":
            p = cp.Variable(nonneg=True)
            q = cp.Variable(nonneg=True) if norm == "spread" else p
            goal = p + q if norm == "spread" else p
            for part, most, level in ((P, positive, p), (N, negative, q)):
                if most:
                    constraints += [level * unit - part >> 0, cp.trace(part) <= most * level]
    outer = np.einsum("ia,ib->iab", X, X).reshape(n, d * d)
    fits = outer @ cp.vec(A, order="C") == y
    problem = cp.Problem(cp.Minimize(goal), [fits, *constraints])
    if not solve_modelled(problem, f"the least {norm} norm of a quadratic through {n} points in dimension {d}", seconds):
        return None
    found = np.asarray(A.value, dtype=np.float64)
    multipliers = np.asarray(fits.dual_value, dtype=np.float64).ravel()
    # the sign of the multiplier of an equation is a convention of the modelling language
    return (found + found.T) / 2, multipliers if multipliers @ y >= 0 else -multipliers


def definite_combination(X: Floats, y: Floats, seconds: float | None = None) -> Floats | None:
    """λ ∈ [−1, 1]^n with the largest s such that Σλ_ix_ix_iᵀ ⪰ sI and λᵀy ≥ s, when this s is positive: no A ⪯ 0 fits then.

    >>> definite_combination(np.eye(2), np.array([1.0, -0.5])) is None       # diag(1, −1/2) is not negative, nor is any fit
    False
    """
    import cvxpy as cp  # type: ignore[import-untyped,unused-ignore]

    n, d = X.shape
    multipliers, margin = cp.Variable(n), cp.Variable()
    moment = cp.reshape(np.einsum("ia,ib->iab", X, X).reshape(n, d * d).T @ multipliers, (d, d), order="C")
    constraints = [(moment + moment.T) / 2 - margin * np.eye(d) >> 0, y @ multipliers >= margin, cp.abs(multipliers) <= 1]
    problem = cp.Problem(cp.Maximize(margin), constraints)
    # rounding moves an eigenvalue by far less than the margin asked for
    if not solve_modelled(problem, "a definite combination of the points", seconds) or float(margin.value) < 1e-7:
        return None
    return np.asarray(multipliers.value, dtype=np.float64)
