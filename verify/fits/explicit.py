"""Random features that fit given data, and what counts as a fit."""

from __future__ import annotations

import numpy as np

from theory.errors import NotCertified
from verify.objects.data.dataset import Dataset, FloatArray
from verify.objects.data.models import positive_integer, require_generator, sphere
from verify.objects.networks import Activation, Network, activation

# A fit of n values through weights of size s errs by about n·s·eps.  10⁻⁹ leaves 6 digits above eps = 2·10⁻¹⁶ for the
# size of the weights, and is far below the distance 2 of two labels.
FIT_TOLERANCE = 1e-9


def fit_tolerance(data: Dataset) -> float:
    """The residual max_i |f(x_i) − y_i| below which a network counts as a fit: 10⁻⁹·max(1, max_i |y_i|).

    >>> fit_tolerance(Dataset([[0.0]], [1]))
    1e-09
    """
    return FIT_TOLERANCE * max(1.0, float(np.max(np.abs(data.y))))


def random_feature_fit(
    data: Dataset, k: int, psi: str | Activation, rng: np.random.Generator, *, biases: bool = True
) -> Network:
    """A fit with random hidden weights and the outer weights of least Euclidean norm.

    f(x) = Σ_{ℓ≤k} a_ℓ ψ(w_ℓ·x + b_ℓ), w_ℓ iid uniform on S^{d−1}, b_ℓ iid uniform on [−r, r], r = max_i ‖x_i‖ (or
    b = 0), and a = Φ⁺y with Φ_iℓ = ψ(w_ℓ·x_i + b_ℓ) ∈ R^{n×k}; generic data need k ≥ n.

    Args: data (n, d), k, activation, a numpy Generator, `biases`.
    Returns: a Network with max_i |f(x_i) − y_i| ≤ 10⁻⁹·max(1, |y|).
    Raises: NotCertified if the features do not fit the labels (k < n, or no such network exists, as for
    bias-free ReLU and different labels on a ray).
    Guarantee: the residual is recomputed from the network, in floating point.

    >>> data = Dataset([[1.0], [-1.0]], [1, -1])
    >>> random_feature_fit(data, 10, "relu", np.random.default_rng(0)).fits(data, 1e-9)
    True
    """
    k = positive_integer(k, "k, the number of neurons,")
    require_generator(rng)
    psi = activation(psi)
    W = sphere(k, data.d, rng)
    radius = float(np.max(np.linalg.norm(data.X, axis=1))) or 1.0
    b = rng.uniform(-radius, radius, k) if biases else np.zeros(k)
    a = least_norm_solution(psi.function(data.X @ W.T + b), data.y)
    network, allowed = Network(W, b, a, psi), fit_tolerance(data)
    residual = network.residual(data)
    if residual <= allowed:
        return network
    raise NotCertified(f"the network of {k} neurons misses the labels of {data.name} by {residual:.3g}, more than {allowed:.3g}; "
                       f"take k ≥ n = {data.n}, other seeds, or biases")


def least_norm_solution(features: FloatArray, target: FloatArray) -> FloatArray:
    """Φ⁺y for Φ ∈ R^{n×k}: of all minimisers of ‖Φa − y‖ the one of least norm, with one step of refinement.

    The second solve, for the residual, removes the rounding error of the first up to the condition of Φ.

    >>> least_norm_solution(np.array([[1.0, 1.0]]), np.array([2.0]))
    array([1., 1.])
    """
    a = np.linalg.lstsq(features, target)[0]
    refined: FloatArray = a + np.linalg.lstsq(features, target - features @ a)[0]
    return refined


def steepest_chord(points: FloatArray, y: FloatArray) -> float:
    """max_{i≠j} |y_i − y_j|/‖z_i − z_j‖ over rows z_i of `points` (n×r): McShane's bound of a fit's Lipschitz constant.

    0 when all labels agree, infinite when equal points disagree.  Row by row, in O(n·r) memory.

    >>> steepest_chord(np.array([[0.0], [1.0], [3.0]]), np.array([1.0, -1.0, -1.0]))
    2.0
    """
    if points.shape[1] == 1:  # on a line the steepest chord joins neighbours: a chord's slope is a mean of theirs
        order = np.lexsort((y, points[:, 0]))
        rises, runs = np.abs(np.diff(y[order])), np.diff(points[order, 0])
        apart = rises > 0
        with np.errstate(divide="ignore"):
            return float(np.max(rises[apart] / runs[apart], initial=0.0))
    steepest = 0.0
    for i in range(len(points) - 1):
        rises = np.abs(y[i + 1 :] - y[i])
        apart = rises > 0
        runs = np.linalg.norm(points[i + 1 :][apart] - points[i], axis=1)
        with np.errstate(divide="ignore"):
            steepest = max(steepest, float(np.max(rises[apart] / runs, initial=0.0)))
    return steepest
