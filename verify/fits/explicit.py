"""Networks that fit given data: random features, the least-norm linear map, caps, and fits through few projections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.errors import HypothesisViolated, NotCertified, ShapeError
from verify.objects.data.dataset import Dataset, FloatArray
from verify.objects.data.models import positive_integer, require_generator, sphere
from verify.objects.networks import ACTIVATIONS, Activation, Network, activation

# A fit of n values through weights of size s errs by about n·s·eps.  10⁻⁹ leaves 6 digits above eps = 2·10⁻¹⁶ for the
# size of the weights, and is far below the distance 2 of two labels.
FIT_TOLERANCE = 1e-9

# |‖x_i‖² − 1| allowed for "unit rows": normalising d ≤ 10⁶ coordinates errs by less than d·eps.
UNIT_TOLERANCE = 1e-9


def fit_tolerance(data: Dataset) -> float:
    """The residual max_i |f(x_i) − y_i| below which a network counts as a fit: 10⁻⁹·max(1, max_i |y_i|).

    >>> fit_tolerance(Dataset([[0.0]], [1]))
    1e-09
    """
    return FIT_TOLERANCE * max(1.0, float(np.max(np.abs(data.y))))


def require_fit(network: Network, data: Dataset, mend: str) -> Network:
    """The network itself if it fits the data within `fit_tolerance`, otherwise NotCertified that ends with `mend`."""
    residual, tolerance = network.residual(data), fit_tolerance(data)
    if residual <= tolerance:
        return network
    raise NotCertified(
        f"the network of {network.k} neurons misses the labels of {data.name} by {residual:.3g}, more than "
        f"{tolerance:.3g}; {mend}"
    )


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
    return require_fit(Network(W, b, a, psi), data, f"take k ≥ n = {data.n}, other seeds, or biases")


def least_norm_solution(features: FloatArray, target: FloatArray) -> FloatArray:
    """Φ⁺y for Φ ∈ R^{n×k}: of all minimisers of ‖Φa − y‖ the one of least norm, with one step of refinement.

    The second solve, for the residual, removes the rounding error of the first up to the condition of Φ.

    >>> least_norm_solution(np.array([[1.0, 1.0]]), np.array([2.0]))
    array([1., 1.])
    """
    a = np.linalg.lstsq(features, target)[0]
    refined: FloatArray = a + np.linalg.lstsq(features, target - features @ a)[0]
    return refined


def least_norm_linear(data: Dataset) -> Network:
    """The linear map of least Lipschitz constant that fits the data, w = Xᵀ(XXᵀ)^{-1}y, as one neuron with ψ(t) = t.

    Lip = ‖w‖ = √(yᵀ(XXᵀ)^{-1}y) on R^d.  BLN, section 3.1 (n ≤ cd).

    Args: data with linearly independent points (so n ≤ d), or labels that are linear in the points.
    Returns: a Network with k = 1, b = 0, a = 1.
    Raises: NotCertified if no linear map fits.
    Guarantee: the residual is recomputed, in floating point.

    >>> network = least_norm_linear(Dataset([[0.5, 0.0], [0.0, 1.0]], [1, -1]))
    >>> network.W.tolist()
    [[2.0, -1.0]]
    """
    w = least_norm_solution(data.X, data.y)
    network = Network(w[None, :], np.zeros(1), np.ones(1), ACTIVATIONS["identity"])
    return require_fit(network, data, "give linearly independent points (n ≤ d), or fit with ReLU")


def caps(data: Dataset, threshold: float = 0.9) -> Network:
    """One ReLU cap a point: f(x) = Σ_i y_i ReLU(x_i·x − τ)/(1 − τ), k = n, for unit points with ⟨x_i, x_j⟩ ≤ τ (i ≠ j).

    At x_j every other cap is inactive, so f(x_j) = y_j.  If the open caps are disjoint on the sphere, Lip_S is
    √(1 − τ²)/(1 − τ), 4.3589 at τ = 0.9.  BLN, section 3.2 (τ = 0.9), general τ: ours.

    Args: data with ‖x_i‖ = 1, threshold τ in (0, 1).
    Returns: a ReLU Network with k = n.
    Raises: HypothesisViolated (τ outside (0, 1), points not of norm 1, two points closer than the caps allow).
    Guarantee: the residual is recomputed, in floating point.

    >>> network = caps(Dataset([[1.0, 0.0], [0.0, 1.0]], [1, -1]), 0.5)
    >>> network([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]).round(12)
    array([ 1. , -1. , -0.4])
    """
    if not 0 < threshold < 1:
        raise HypothesisViolated(f"the threshold of the caps is {threshold}; give a number strictly between 0 and 1")
    gram = data.X @ data.X.T
    off_unit = np.abs(np.diag(gram) - 1)
    if np.max(off_unit) > UNIT_TOLERANCE:
        i = int(np.argmax(off_unit))
        raise HypothesisViolated(f"point {i} has norm {np.sqrt(gram[i, i]):.6g}; divide the points by their norms")
    np.fill_diagonal(gram, -np.inf)
    i, j = (int(t) for t in np.unravel_index(np.argmax(gram), gram.shape))
    if gram[i, j] > threshold:
        raise HypothesisViolated(
            f"points {i} and {j} have inner product {gram[i, j]:.6g}, above the threshold {threshold}; give a larger "
            "threshold, or remove one of them"
        )
    offsets, outer = np.full(data.n, -threshold), data.y / (1 - threshold)
    return require_fit(Network(data.X, offsets, outer, ACTIVATIONS["relu"]), data, "give a threshold farther from 1")


@dataclass(frozen=True)
class ProjectionOptions:
    """How `projection_fit` searches: `tries` random projections; `width` neurons when r ≥ 2 (default 2n)."""

    tries: int = 32
    width: int | None = None


def projection_fit(
    data: Dataset,
    r: int,
    rng: np.random.Generator,
    options: ProjectionOptions | None = None,
) -> Network:
    """A ReLU fit whose hidden weights have rank at most r: f(x) depends on an r-dimensional projection of x only.

    r = 1: the piecewise linear interpolation of the labels along a direction u, with max(1, m−1) parallel kinks at
    the m distinct projections u·x_i and a constant c, f = c + Σ_j α_j ReLU(u·x − s_j); Lip = the largest |slope|, and
    u is the best of `tries` random directions.  r ≥ 2: ReLU features of Px whose kinks separate the points along random
    directions of R^r, with outer weights of least norm; P is the projection of `tries` that separates the classes best.
    BLN, Theorem 6, bounds the Lipschitz constant of all such f from below.

    Args: data, 1 ≤ r ≤ d, a numpy Generator, options.
    Returns: a Network with rank(W) ≤ r that fits to 10⁻⁹·max(1, |y|).
    Raises: ShapeError (r > d), NotCertified (points too close for floating point, or width too small).
    Guarantee: the residual is recomputed, in floating point.

    >>> data = Dataset([[0.0], [1.0], [3.0]], [1, -1, 1])
    >>> network = projection_fit(data, 1, np.random.default_rng(0))
    >>> network.k, network([[0.5], [2.0], [3.0]]).round(12).tolist()
    (2, [0.0, 0.0, 1.0])
    """
    r = positive_integer(r, "r, the rank of the projection,")
    require_generator(rng)
    if r > data.d:
        raise ShapeError(f"the rank r is {r} but the points have dimension {data.d}; give r ≤ d")
    options = options or ProjectionOptions()
    tries = positive_integer(options.tries, "the number of tries")
    projections = [np.linalg.qr(rng.standard_normal((data.d, r)))[0].T for _ in range(tries)]
    best = min(projections, key=lambda P: steepest_chord(data.X @ P.T, data.y))
    if r == 1:
        network = _spline(data, best[0])
    else:
        width = 2 * data.n if options.width is None else positive_integer(options.width, "the width")
        network = _separating_features(data, best, width, rng)
    return require_fit(network, data, "give points farther apart, a larger rank, or more tries")


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


def _separating_features(data: Dataset, P: FloatArray, width: int, rng: np.random.Generator) -> Network:
    """Random directions in the range of P, the kink of neuron ℓ in gap ℓ mod m between the m sorted distinct points.

    All directions are turned towards the main axis of the points.  m such neurons have a triangular feature matrix
    where all directions sort the points alike (points on a line); random biases leave gaps between close points empty.
    """
    points = np.unique(data.X @ P.T, axis=0)
    axis = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2][0]
    U = sphere(width, len(P), rng)
    U *= np.where(U @ axis < 0, -1.0, 1.0)[:, None]
    s = np.sort(points @ U.T, axis=0)
    before = s[0] - (s[-1] - s[0] + 1)
    middles = np.vstack([before, (s[:-1] + s[1:]) / 2])
    b = -middles[np.arange(width) % len(points), np.arange(width)]
    W = U @ P
    features = ACTIVATIONS["relu"].function(data.X @ W.T + b)
    return Network(W, b, least_norm_solution(features, data.y), ACTIVATIONS["relu"])


def _spline(data: Dataset, u: FloatArray) -> Network:
    """The interpolation along u, constant to the left of the first projection and linear beyond the last."""
    s, first = np.unique(data.X @ u, return_index=True)
    values = data.y[first]
    slopes = np.diff(values) / np.diff(s)
    changes = np.diff(slopes, prepend=0.0) if slopes.size else np.zeros(1)
    knots = s[: len(changes)]
    W = np.tile(u, (len(changes), 1))
    return Network(W, -knots, changes, ACTIVATIONS["relu"], np.zeros(data.d), float(values[0]))
