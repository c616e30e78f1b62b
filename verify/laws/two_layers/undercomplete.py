"""Measures Theorem 6 on R^d: functions of an r-dimensional projection that fit, least ones among them, and weights on opposite pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.errors import HypothesisViolated
from verify.fits import preconditions as needs
from verify.laws.draws import (
    Array,
    Rng,
    fixed,
    function_instance,
    integer,
    listed,
    new_seed,
    one_of,
    opposite_weights,
    orthonormal_rows,
    projected_fit,
    projected_network,
    some_points,
)
from verify.laws.functions import NetworkFunction, ProjectedFunction, affine_function, least_mcshane
from verify.laws.measure import Measurement
from verify.laws.two_layers.spectral_norm import plain
from verify.objects.data import Dataset
from verify.objects.instance import Instance
from verify.objects.networks import Network
from verify.objects.networks.network import as_float

CROSS = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
FIRST = np.diag([1.0, 0.0])                      # projection on e_1
PAIR = np.array([[0.0, 0.5], [0.5, 0.0]])        # all weight on the pair (1, 2), both orders


def fit_through(rng: Rng, *, unit: bool = False, both: bool = False) -> tuple[Any, Dataset, Array]:
    """A function of Qx that fits labelled data, the data, and Q (r×d): McShane's function of the projections, or a network on level sets.

    With ``both``, both labels occur, and McShane's function is taken.
    """
    d = integer(rng, 2 if unit else 1, 5)
    rank = integer(rng, 1, d - 1 if unit and rng.random() < 0.9 else d)     # at r = d heights over the projection are 0 up to √eps
    Q, n = orthonormal_rows(rng, rank, d), integer(rng, 2 if both else 1, 10)
    if both:
        return *_both_labels(rng, n, Q, unit=unit), Q
    if rng.random() < 0.35:
        return *projected_network(rng, n, Q, unit=unit), Q
    X = some_points(rng, n, d, unit=unit)
    g, y = projected_fit(rng, X, Q)
    return g, listed(X, y), Q


def _both_labels(rng: Rng, n: int, Q: Array, *, unit: bool) -> tuple[ProjectedFunction, Dataset]:
    """Random points of a model without repetitions, the first two of them labelled +1 and −1."""
    X = rng.standard_normal((n, Q.shape[1]))
    if unit:
        X /= np.linalg.norm(X, axis=1, keepdims=True)
    if rng.random() < 0.3:
        X[n // 2 :] = -X[: n - n // 2]           # antipodal pairs
    y = np.where(rng.random(n) < one_of(rng, (0.2, 0.5)), -1.0, 1.0)
    y[:2] = 1.0, -1.0
    return ProjectedFunction(least_mcshane(X @ Q.T, y, one_of(rng, (1.0, 1.0, 1.5))), Q), listed(X, y)


def draw_trace(rng: Rng) -> Instance:
    """A fit through a projection and a base point: the mean, the origin, a datum, or any point."""
    f, data, Q = fit_through(rng)
    base = one_of(rng, (data.X.mean(axis=0), np.zeros(data.d), data.X[0], rng.standard_normal(data.d)))
    return function_instance(f, data, new_seed(rng), P=Q.T @ Q, r=len(Q), x0=base)


def draw_fantope(rng: Rng) -> Instance:
    """A fit with both labels and a distribution on opposite pairs; sometimes with a point of label 0, on which no weight is."""
    f, data, Q = fit_through(rng, both=True)
    if rng.random() < 0.2:
        X = np.vstack([data.X, data.X.mean(axis=0)])
        y = np.append(data.y, float(f(X[-1:])[0]))        # whatever f says there is a label
        data = listed(X, y, real_labels=True)
    weights = np.zeros((data.n, data.n))
    signs = np.flatnonzero(np.abs(data.y) == 1)
    weights[np.ix_(signs, signs)] = opposite_weights(rng, data.y[signs], data.X[signs] @ Q.T)
    return function_instance(f, data, new_seed(rng), P=Q.T @ Q, r=len(Q), pi=weights)


# --- corners ------------------------------------------------------------------------------------------------------------------------

def antipodal() -> Instance:
    """f = x_1 at ±e_1 with x0 = 0 and π on the one pair: 2 = 1·2 and 4 = 1·4, both forms are equalities."""
    return function_instance(affine_function([1, 0]), listed(CROSS[:2], [1, -1]), P=FIRST, r=1, x0=np.zeros(2), pi=PAIR)


def on_the_line() -> Instance:
    """The same at d = r = 1."""
    X = np.array([[1.0], [-1.0]])
    return function_instance(affine_function([1.0]), listed(X, [1, -1]), P=np.eye(1), r=1, x0=np.zeros(1), pi=PAIR)


def cross_weights() -> Array:
    """π uniform on the eight ordered pairs of different label of the cross."""
    y = np.array([1, 1, -1, -1])
    return np.asarray((y[:, None] * y[None] < 0) / 8)


def ridge() -> Instance:
    """f = 2|x_1| − 1 at ±e_1 (label 1) and ±e_2 (label −1), r = 1, π uniform: Σπ(x_i−x_j)(x_i−x_j)ᵀ = I and Lip² = 4, an equality."""
    network = plain([[1, 0], [-1, 0]], [2, 2])
    f = NetworkFunction(Network(network.W, network.b, network.a, network.activation, np.zeros(2), -1.0))
    return function_instance(f, listed(CROSS, [1, 1, -1, -1]), P=FIRST, r=1, x0=np.zeros(2), pi=cross_weights())


def orthonormal_axis() -> Instance:
    """f = 2x_1 − 1 on orthonormal data, r = 1, π uniform on the pairs (1, j): 4 ≤ 4·n/(n−1), n = 5, and the trace form with x0 = 0."""
    n = 5
    weights = np.zeros((n, n))
    weights[0, 1:] = 1 / (n - 1)
    y = np.array([1.0] + [-1.0] * (n - 1))
    P = np.zeros((n, n))
    P[0, 0] = 1
    return function_instance(affine_function(2 * np.eye(n)[0], -1.0), listed(np.eye(n), y), P=P, r=1, x0=np.zeros(n), pi=weights)


def constant_labels() -> Instance:
    """Equal labels and f = 1: both sides of the trace form are 0."""
    return function_instance(affine_function(np.zeros(2), 1.0), listed(CROSS, np.ones(4)), P=FIRST, r=1, x0=np.zeros(2))


# --- the user's network ---------------------------------------------------------------------------------------------------------------

def row_space(network: Network) -> tuple[Array, int]:
    """The orthogonal projection on the span of the hidden weights and the affine slope, and its rank (at least 1)."""
    rows = np.vstack([as_float(network.W), as_float(network.v)[None]])
    _, singular, right = np.linalg.svd(rows)
    # directions below the rounding of an SVD carry no weight that the function sees; at least one dimension is kept
    rank = max(1, int((singular > 64 * sum(rows.shape) * np.finfo(np.float64).eps * singular[0]).sum()))
    return np.asarray(right[:rank].T @ right[:rank]), rank


def from_fit_trace(network: Network, data: Dataset) -> Instance:
    """The instance of any fit of labels ±1, with the projection on its row space and the mean of the data as base point."""
    needs.require_signs(data)
    needs.require_fit(network, data)
    P, rank = row_space(network)
    return function_instance(NetworkFunction(network), data, P=P, r=rank, x0=data.X.mean(axis=0))


def from_fit_fantope(network: Network, data: Dataset) -> Instance:
    """The instance of any fit of labels ±1, with the best distribution on opposite pairs that the Fantope solver finds."""
    needs.require_signs(data)
    needs.require_both_labels(data)
    needs.require_fit(network, data)
    P, rank = row_space(network)
    return function_instance(NetworkFunction(network), data, P=P, r=rank, pi=best_weights(data, rank))


def best_weights(data: Dataset, rank: int, *, sphere: bool = False) -> Array:
    """The weights of the certified Fantope bound as a table.

    Raises: HypothesisViolated if no distribution was found.
    """
    from verify.fits.fantope.bound import fantope_bound
    found = fantope_bound(data.X, data.y, rank, sphere=sphere)
    weights = np.zeros((data.n, data.n))
    for (i, j), weight in found.weights.items():
        weights[i, j] = float(weight)
    total = float(weights.sum())
    if not total > 0:
        raise HypothesisViolated(f"no distribution on opposite pairs was found: {found.reason}")
    return weights / total


# --- where the false twins fail -----------------------------------------------------------------------------------------------------

def all_coordinates() -> Instance:
    """Orthonormal data, two labels each, McShane's function with Lip = √2 of all four coordinates, but r = 1: 4 > 2·1 and 4 > 2·1."""
    y = np.array([1.0, 1.0, -1.0, -1.0])
    P = np.diag([1.0, 0.0, 0.0, 0.0])
    weights = np.asarray((y[:, None] * y[None] < 0) / 8)
    return function_instance(least_mcshane(np.eye(4), y), listed(np.eye(4), y), P=P, r=1, x0=np.zeros(4), pi=weights)


def not_a_projection() -> Instance:
    """The same with P = I, which is no projection of rank 1."""
    return all_coordinates().with_values(P=np.eye(4))


def zero_function() -> Instance:
    """f = 0 fits nothing."""
    return antipodal().with_values(f=affine_function(np.zeros(2)))


def quarter_labels() -> Instance:
    """Labels ±½ fitted by x_1/2: Lip²·λ = ½, and n(1 − ȳ²) = 2."""
    return function_instance(affine_function([0.5, 0]), listed(CROSS[:2], [0.5, -0.5], real_labels=True), P=FIRST, r=1, x0=np.zeros(2))


def three_in_the_plane() -> Instance:
    """A regular triangle of unit vectors with one minus label, r = d = 2: 8/3 exceeds Lip²·λ_1 = (4/3)(3/2)."""
    angles = 2 * np.pi * np.arange(3) / 3
    X, y = np.column_stack([np.cos(angles), np.sin(angles)]), np.array([1.0, 1.0, -1.0])
    return function_instance(least_mcshane(X, y), listed(X, y), P=np.eye(2), r=2, x0=np.zeros(2))


def far_data() -> Instance:
    """Labels ±1 at ±3e_1, and f = ReLU(x_1 − 2) − ReLU(−x_1 − 2) is 0 on the ball."""
    f = NetworkFunction(plain([[1, 0], [-1, 0]], [1, -1], b=[-2, -2]))
    return function_instance(f, listed(3 * CROSS[:2], [1, -1]), P=FIRST, r=1, x0=np.zeros(2), pi=PAIR)


def weight_on_one_class() -> Instance:
    """π on the diagonal: Σπ(x_i−x_i)(x_i−x_i)ᵀ = 0."""
    return antipodal().with_values(pi=np.diag([0.5, 0.5]))


def no_weight() -> Instance:
    """π = 0."""
    return antipodal().with_values(pi=np.zeros((2, 2)))


MEASUREMENTS = (
    Measurement("bln.thm6.trace", draw_trace, (antipodal, on_the_line, ridge, orthonormal_axis, constant_labels), from_fit=from_fit_trace,
                twin_draws={
        "without through P": fixed(all_coordinates), "without projection": fixed(not_a_projection), "without fits": fixed(zero_function),
        "without labels": fixed(quarter_labels), "one eigenvalue for all": fixed(three_in_the_plane), "uncentred": fixed(constant_labels),
        "on the ball": fixed(far_data), "twice": fixed(antipodal)}),
    Measurement("bln.thm6.fantope", draw_fantope, (antipodal, on_the_line, ridge, orthonormal_axis), from_fit=from_fit_fantope, twin_draws={
        "without through P": fixed(all_coordinates), "without projection": fixed(not_a_projection), "without fits": fixed(zero_function),
        "without opposite": fixed(weight_on_one_class), "without weights": fixed(no_weight), "on the ball": fixed(far_data),
        "constant 5": fixed(antipodal)}),
)
