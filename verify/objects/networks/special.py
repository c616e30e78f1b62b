"""Networks whose weights are large while the function is tame: why the norms of weights do not bound the function."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from theory.errors import HypothesisViolated, ShapeError
from verify.objects.networks.activations import ACTIVATIONS
from verify.objects.networks.network import Network, add_networks, as_float


def cancelling_pair(base: Network, magnitude: float, u: ArrayLike) -> Network:
    """base + M·ψ(u·x) − M·ψ(u·x): the function of `base` with two more neurons on exactly the same hyperplane.

    The function and its Lipschitz constant on R^d stay; Σ|a_ℓ|‖w_ℓ‖ grows by 2M‖u‖ and ‖a‖ beyond √2·M.  A loose case
    of BLN, Theorem 5 (5): L‖a‖‖W‖_op is not bounded by any function of Lip.

    Args: base (k×d), magnitude M, u (d).
    Returns: a Network with k + 2 neurons and the activation of `base`.
    Raises: ShapeError if u has another dimension.

    >>> base = Network([[1.0, 0.0]], [0.0], [1.0], "relu")
    >>> loose = cancelling_pair(base, 100.0, [0.0, 1.0])
    >>> loose([[2.0, 5.0]]), loose.path_norm()
    (array([2.]), 201.0)
    """
    direction = np.asarray(u)
    if direction.shape != (base.d,):
        raise ShapeError(f"u has shape {direction.shape} but the network has {base.d} inputs; give one number each")
    pair = Network(
        np.stack([direction, direction]), np.zeros(2, dtype=int), np.array([magnitude, -magnitude]), base.activation
    )
    return add_networks(base, pair)


def opposite_pairs(magnitude: float, directions: ArrayLike, base: Network | None = None) -> Network:
    """Σ_j M[ReLU(u_j·x) − ReLU(−u_j·x)] = M(Σ_j u_j)·x = 0 for directions with Σ_j u_j = 0, plus `base` if given.

    Each pair lies on one hyperplane with opposite orientations, and no single pair cancels.  Path norm 2M Σ‖u_j‖.

    Args: magnitude M, directions (m×d) with sum 0, base (a ReLU network on R^d).
    Returns: a ReLU Network with 2m neurons more than `base`.
    Raises: ShapeError (not a matrix), HypothesisViolated (sum not 0, base with another activation).

    >>> zero = opposite_pairs(10.0, [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    >>> zero.k, zero([[3.0, -7.0], [0.5, 0.25]])
    (6, array([0., 0.]))
    """
    U = np.asarray(directions)
    if U.ndim != 2:
        raise ShapeError(f"the directions have shape {U.shape}; give an m×d matrix, one direction a row")
    total = as_float(U.sum(axis=0))
    # Summing m rounded directions errs by at most m·eps times the sum of their moduli, entry by entry.
    allowed = 0.0 if U.dtype == object else len(U) * np.finfo(np.float64).eps * np.sum(np.abs(U), axis=0)
    if np.any(np.abs(total) > allowed):
        raise HypothesisViolated(f"the directions sum to {total.tolist()}; choose them so that the sum is 0")
    outer = np.array([magnitude] * len(U) + [-magnitude] * len(U))
    pairs = Network(np.concatenate([U, -U]), np.zeros(2 * len(U), dtype=int), outer, ACTIVATIONS["relu"])
    return pairs if base is None else add_networks(base, pairs)


def unbalanced_scaling(magnitude: float, u: ArrayLike, other: ArrayLike) -> Network:
    """M·ReLU((u/M)·x) + (1/M)·ReLU(Mu'·x) = ReLU(u·x) + ReLU(u'·x): a tame function with unbalanced layers.

    Path norm ‖u‖ + ‖u'‖ (2 for unit vectors) for every M, while ‖a‖‖W‖_op ≥ M·M‖u'‖.  The second loose case of BLN,
    Theorem 5 (5).

    Args: magnitude M > 0, u (d), other = u' (d).
    Returns: a ReLU Network with two neurons.
    Raises: HypothesisViolated if M ≤ 0 (positive homogeneity needs a positive scale).

    >>> network = unbalanced_scaling(1000.0, [1.0, 0.0], [0.0, 1.0])
    >>> network.path_norm(), network.spectral_bound() >= 1e6
    (2.0, True)
    """
    if not magnitude > 0:
        raise HypothesisViolated(f"the magnitude is {magnitude}; give M > 0, since ReLU(st) = sReLU(t) needs s > 0")
    W = np.stack([np.asarray(u) / magnitude, np.asarray(other) * magnitude])
    return Network(W, np.zeros(2, dtype=int), np.array([magnitude, 1 / magnitude]), ACTIVATIONS["relu"])


def dependent_rows(magnitude: float, d: int) -> Network:
    """ReLU(x_1) plus opposite pairs that cancel: Lip = 1 on R^d, Σa_ℓ²‖w_ℓ‖² = 1 + 8M² (1 + 4M² at d = 1).

    The energy lemma E ≤ 4·Lip² holds for ReLU networks with linearly independent hidden weights; here the rows are
    dependent (e_1, e_2, −e_1 − e_2 and their negatives; e_1, −e_1 at d = 1) and it fails by any factor.

    Args: magnitude M, d ≥ 1.
    Returns: a ReLU Network with 7 neurons (5 at d = 1).
    Raises: ShapeError if d < 1.

    >>> network = dependent_rows(10.0, 2)
    >>> network.energy(), network([[3.0, 1.0], [-3.0, 1.0]])
    (801.0, array([3., 0.]))
    """
    if d < 1:
        raise ShapeError(f"the dimension is {d}; give d ≥ 1")
    first = np.eye(1, d)
    second = np.eye(1, d, 1) if d > 1 else np.zeros((0, 1))
    directions = np.concatenate([first, second, -first - second if d > 1 else -first])
    return opposite_pairs(magnitude, directions, Network(first, np.zeros(1), np.ones(1), ACTIVATIONS["relu"]))
