"""The saddle problem of the Fantope bound over a working set of pairs: projections and an operator splitting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData
from verify.fits.fantope.pair_forms import apply_forms, combine_forms, gram_of_forms

FloatArray = NDArray[np.float64]
RELAXATION = 1.7  # over-relaxation of the splitting; any value in (0, 2) converges, 1.5–1.8 is customary
GRAPH_BALANCE = 1.0  # weight of Q against z in the graph step; 0.3 to 1 work alike
ADAPT_UNTIL = 500  # with a penalty fixed from some iteration on the splitting converges; changed for ever it can cycle
CHECK_EVERY = 25  # iterations between two evaluations of the gap and of the balance of the residuals


def project_onto_fantope(S: FloatArray, r: int) -> FloatArray:
    """The matrix of {0 ⪯ Q ⪯ I, tr Q = r} nearest to the symmetric S ∈ R^{d×d} in the Frobenius norm, r ≤ d.

    Eigenvectors stay, eigenvalues become clip(λ − θ, 0, 1) with θ such that they sum to r.
    Source: Vu, Cho, Lei, Rohe 2013, Lemma 4.1.

    >>> project_onto_fantope(np.diag([3.0, 0.5, 0.5]), 2).round(12).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.5]]
    """
    eigenvalues, vectors = np.linalg.eigh(S)
    projected: FloatArray = (vectors * _capped_simplex(eigenvalues, r)) @ vectors.T
    return projected


def _capped_simplex(values: FloatArray, r: int) -> FloatArray:
    """clip(values − θ, 0, 1) with sum r: θ by bisection over the kinks of the sum, then linear interpolation."""
    kinks = np.sort(np.concatenate([values, values - 1.0]))

    def total(theta: float) -> float:
        return float(np.clip(values - theta, 0.0, 1.0).sum())

    low, high = 0, len(kinks) - 1  # the total is d ≥ r at the first kink and 0 at the last
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if total(kinks[middle]) >= r else (low, middle)
    left, right = total(kinks[low]), total(kinks[high])
    share = 0.0 if left == right else (left - r) / (left - right)
    clipped: FloatArray = np.clip(values - (kinks[low] + share * (kinks[high] - kinks[low])), 0.0, 1.0)
    return clipped


def project_onto_simplex(values: FloatArray, rates: FloatArray) -> FloatArray:
    """The distribution π ∈ R^m that minimises Σ_p π_p²/(2ρ_p) + π_p z_p, for positive rates ρ: π_p = ρ_p·max(τ − z_p, 0).

    It is the projection of −ρz onto the simplex in the metric 1/ρ.

    >>> project_onto_simplex(np.array([-1.0, -0.5, 3.0]), np.ones(3)).tolist()
    [0.75, 0.25, 0.0]
    >>> project_onto_simplex(np.array([0.0, 0.0]), np.array([1.0, 3.0])).tolist()
    [0.25, 0.75]
    """
    order = np.argsort(values, kind="stable")
    z, rho = values[order], rates[order]
    levels = (1.0 + np.cumsum(rho * z)) / np.cumsum(rho)  # τ if exactly the first entries are positive
    projected: FloatArray = rates * np.maximum(levels[np.count_nonzero(levels > z) - 1] - values, 0.0)
    return projected


def eigenvalue_sum(M: FloatArray, r: int) -> float:
    """Σ_{j≤r} λ_j(M) in floating point.

    >>> eigenvalue_sum(np.diag([1.0, 5.0, 2.0]), 2)
    7.0
    """
    return float(np.linalg.eigvalsh(M)[-r:].sum())


@dataclass(frozen=True, eq=False)
class MasterState:
    """Where a run of the splitting stands: Q and its dual are d×d, the others have one entry a pair of the working set.

    ``Q`` is in the Fantope, ``weights`` is a distribution π on the working set; ``scaled_dual`` and ``relaxed`` let the
    next run go on from here.
    """

    Q: FloatArray
    weights: FloatArray
    relaxed: FloatArray
    scaled_dual: FloatArray
    penalty: float
    iterations: int = 0
    dual_value: float = np.inf


def start(factors: FloatArray, r: int) -> MasterState:
    """The centre of the Fantope and a distribution π_p ∝ ‖A_p‖⁻², for forms that are at least about 1 at the centre."""
    d = factors.shape[2]
    inverse_norms = _inverse_norms(factors)
    Q = np.eye(d) * (r / d)
    penalty = 3.0 / float((inverse_norms**2).sum())  # the distribution then moves forms by about a third of the smallest
    weights = inverse_norms**2 * (penalty / 3.0)
    return MasterState(Q, weights, Q, -weights / (inverse_norms * penalty), penalty)


def run_splitting(factors: FloatArray, r: int, state: MasterState, target: float, iterations: Iterable[int]) -> MasterState:
    """Improve Q ∈ Fantope(r) and π towards the saddle point of max_Q min_π Σ_p π_p⟨A_p, Q⟩ over the working set.

    Graph-form alternating direction method of multipliers for  min_Q max_p(−z_p/e_p) subject to z = 𝒜Q, Q ∈ Fantope(r),
    where (𝒜Q)_p = e_p⟨A_p, Q⟩ and e_p = 1/‖A_p‖_F, so that near and far pairs weigh alike: the step in z is a
    projection onto the simplex, whose result is π; the step onto the graph {z = 𝒜Q} solves one m×m system with the
    matrix of inner products of the e_pA_p, factorised once.
    Source: Parikh, Boyd 2014 (block splitting, section 3).
    Args: factors (c, m, d) of the forms, r, state, target (relative gap at which to stop), iterations (how many).
    Returns: the last state, with the distribution of least dual value among the checked iterates as its weights.
    Guarantee: none; everything is floating point and serves as a hint.

    >>> factors = np.array([[[1.0, 0.0], [0.0, 2.0]]])          # A_1 = diag(1,0), A_2 = diag(0,4), r = 1
    >>> state = run_splitting(factors, 1, start(factors, 1), 1e-6, range(2000))
    >>> round(state.dual_value, 4), state.weights.round(3).tolist()
    (0.8, [0.8, 0.2])
    """
    e = _inverse_norms(factors)
    scaled = factors * np.sqrt(e)[None, :, None]
    solve = _factorised(gram_of_forms(scaled), GRAPH_BALANCE)
    Qh, u, penalty = state.relaxed, state.scaled_dual, state.penalty
    U = -combine_forms(scaled, u) / GRAPH_BALANCE  # the multiplier of Q that belongs to u: the graph step keeps this
    z = apply_forms(scaled, Qh)
    best_weights, best_dual, Q, gap = state.weights, np.inf, state.Q, np.inf
    iteration = 0
    upcoming = iter(iterations)
    going = next(upcoming, None) is not None
    while going:
        iteration += 1
        Q = project_onto_fantope(Qh - U, r)
        shifted = z - u
        weights = project_onto_simplex(shifted / e, penalty * e**2)
        smoothed = shifted + weights / (e * penalty)
        mixed_Q = RELAXATION * Q + (1 - RELAXATION) * Qh + U
        mixed_z = RELAXATION * smoothed + (1 - RELAXATION) * z + u
        multiplier = solve(mixed_z - apply_forms(scaled, mixed_Q))
        Qh = mixed_Q + combine_forms(scaled, multiplier)
        previous, z = z, apply_forms(scaled, Qh)
        U, u = mixed_Q - Qh, mixed_z - z
        going = next(upcoming, None) is not None
        if iteration % CHECK_EVERY == 0 or not going:
            dual = eigenvalue_sum(combine_forms(factors, weights), r)
            if dual < best_dual:
                best_weights, best_dual = weights, dual
            gap = best_dual / max(float(apply_forms(factors, Q).min()), 1e-300) - 1.0
            adapting = state.iterations + iteration < ADAPT_UNTIL
            factor = 1.0 if not adapting else _rebalance(smoothed - z, penalty * (z - previous), z, weights / e)
            penalty, u, U = penalty * factor, u / factor, U / factor
            going &= gap > target
    return MasterState(Q, best_weights, Qh, u, penalty, state.iterations + iteration, best_dual)


def _inverse_norms(factors: FloatArray) -> FloatArray:
    """1/‖A_p‖_F."""
    squares = sum(((one * other).sum(axis=1) ** 2 for one in factors for other in factors), np.zeros(factors.shape[1]))
    inverse: FloatArray = squares**-0.5
    return inverse


def _factorised(gram: FloatArray, sigma: float) -> Callable[[FloatArray], FloatArray]:
    """The solution operator of (gram + σI) λ = right; gram is overwritten."""
    from scipy.linalg import LinAlgError, cho_factor, cho_solve  # type: ignore[import-untyped,unused-ignore]

    gram[np.diag_indices_from(gram)] += sigma
    try:
        factor = cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
    except LinAlgError as error:
        raise BadData("the pairs of points differ by more than 8 orders of magnitude: rescale the data") from error
    def solve(right: FloatArray) -> FloatArray:
        solution: FloatArray = cho_solve(factor, right, check_finite=False)
        return solution

    return solve


def _rebalance(primal: FloatArray, dual: FloatArray, z: FloatArray, weights: FloatArray) -> float:
    """2, ½ or 1: the penalty grows when the primal residual is relatively ten times the dual one, and conversely."""
    p = float(np.linalg.norm(primal)) / max(float(np.linalg.norm(z)), 1e-300)
    q = float(np.linalg.norm(dual)) / max(float(np.linalg.norm(weights)), 1e-300)
    return 2.0 if p > 10 * q else 0.5 if q > 10 * p else 1.0
