"""LipSDP as published, solved as a convex program with cvxpy: a reference for `lipsdp_bound`, not a bound.

What a conic solver returns satisfies the constraints only up to its tolerance, so these values may lie below LipSDP, even below the
Lipschitz constant.  They are here to be compared with.
"""

from __future__ import annotations

import warnings

import cvxpy as cp
import numpy as np

from theory.errors import NotCertified
from verify.lipschitz.piecewise.kinks import Slopes
from verify.objects.domains import Array


def lipsdp_by_matrix_inequality(W: Array, a: Array, v: Array, slopes: Slopes = (0.0, 1.0), solver: str = "CLARABEL") -> float:
    """√ρ for the least ρ with a diagonal T ≥ 0 that satisfies the matrix inequality of LipSDP-Neuron, of size d+k:

        [[vvᵀ − ρI − 2αβWᵀTW,  vaᵀ + (α+β)WᵀT], [avᵀ + (α+β)TW,  aaᵀ − 2T]] ⪯ 0.

    W (k×d), a (k), v (d), slopes (α, β).  Source: Fazlyab et al. 2019, theorem 1, with an affine part.
    Raises: NotCertified where the solver reports no optimum.

    >>> round(lipsdp_by_matrix_inequality(np.array([[3.0, 4.0]]), np.array([2.0]), np.zeros(2)), 4)
    10.0
    """
    T = cp.diag(cp.Variable(len(a), nonneg=True))
    rho = cp.Variable()
    low, high = slopes
    corner = np.outer(v, v) - rho * np.eye(len(v)) - 2 * low * high * (W.T @ T @ W)
    side = np.outer(v, a) + (low + high) * (W.T @ T)
    matrix = cp.bmat([[corner, side], [side.T, np.outer(a, a) - 2 * T]])
    return float(np.sqrt(max(_solved(cp.Problem(cp.Minimize(rho), [(matrix + matrix.T) / 2 << 0]), solver), 0.0)))


def lipsdp_by_max_cut(v: Array, G: Array, solver: str = "CLARABEL") -> float:
    """√max ⟨HHᵀ, Z⟩ over Z ⪰ 0 with diag Z = 1, H = [v; G] ∈ R^{(m+1)×d}: the reduced form of the same value.

    Raises: NotCertified where the solver reports no optimum.

    >>> round(lipsdp_by_max_cut(np.zeros(2), np.array([[3.0, 0.0], [0.0, 4.0]])), 4)
    5.0
    """
    H = np.vstack([v, G])
    Z = cp.Variable((len(H), len(H)), PSD=True)
    return float(np.sqrt(max(_solved(cp.Problem(cp.Maximize(cp.trace(H @ H.T @ Z)), [cp.diag(Z) == 1]), solver), 0.0)))


def _solved(problem: cp.Problem, solver: str) -> float:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Solution may be inaccurate")    # the status below says the same
            value = problem.solve(solver=solver)
    except cp.error.SolverError as error:
        raise NotCertified(f"the solver {solver} failed: {error}") from error
    if problem.status != cp.OPTIMAL:
        raise NotCertified(f"the solver {solver} stopped with the status {problem.status}")
    return float(value)
