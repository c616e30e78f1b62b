"""Measures Theorem 6 on the sphere: unit data, and functions that depend on a projection, with their chord Lipschitz constants."""

from __future__ import annotations

import numpy as np

from verify.fits import preconditions as needs
from verify.laws.draws import Array, Rng, fixed, function_instance, listed, new_seed, opposite_weights
from verify.laws.functions import ConeFunction, NetworkFunction, affine_function, least_mcshane
from verify.laws.measure import Measurement
from verify.laws.two_layers.spectral_norm import plain
from verify.laws.two_layers.undercomplete import CROSS, FIRST, PAIR, best_weights, fit_through, row_space
from verify.objects.data import Dataset
from verify.objects.instance import Instance
from verify.objects.networks import Network


def draw_sphere(rng: Rng) -> Instance:
    """Unit data and a fit through a projection of any rank up to d."""
    f, data, Q = fit_through(rng, unit=True)
    return function_instance(f, data, new_seed(rng), P=Q.T @ Q, r=len(Q))


def draw_sphere_fantope(rng: Rng) -> Instance:
    """Unit data with both labels and a distribution on opposite pairs."""
    f, data, Q = fit_through(rng, unit=True, both=True)
    return function_instance(f, data, new_seed(rng), P=Q.T @ Q, r=len(Q), pi=opposite_weights(rng, data.y, data.X @ Q.T))


# --- corners ------------------------------------------------------------------------------------------------------------------------

def antipodal() -> Instance:
    """f = x_1 at ±e_1, r = 1: nσ = 2, Lip_S = 1, and n²(1 − ȳ²) = 4 = 1·2·(4 − 2), an equality."""
    return function_instance(affine_function([1, 0]), listed(CROSS[:2], [1, -1]), P=FIRST, r=1, pi=PAIR)


def distance(n: int) -> Instance:
    """f = 1 − √2‖x − e_1‖ on n orthonormal points, +1 at the first alone: on the sphere a function of x_1 with Lip_S = √2.

    r = 1 and nσ = 1: 4(n − 1) ≤ 2(2n − 1).  With π uniform on the pairs (1, j) the largest eigenvalue of the other form tends to 2.
    """
    y = np.array([1.0] + [-1.0] * (n - 1))
    f = ConeFunction(np.eye(n)[0], -float(np.sqrt(2)), 1.0)
    weights = np.zeros((n, n))
    weights[0, 1:] = 1 / (n - 1)
    P = np.zeros((n, n))
    P[0, 0] = 1
    return function_instance(f, listed(np.eye(n), y), P=P, r=1, pi=weights)


def few_axes() -> Instance:
    """The distance function on four orthonormal points: 12 ≤ 14."""
    return distance(4)


def many_axes() -> Instance:
    """The distance function on thirty orthonormal points: 116 ≤ 118, both forms within a few per cent."""
    return distance(30)


def constant_labels() -> Instance:
    """Equal labels and f = 1: both sides are 0."""
    return function_instance(affine_function(np.zeros(2), 1.0), listed(CROSS, np.ones(4)), P=FIRST, r=1)


# --- the user's network ---------------------------------------------------------------------------------------------------------------

def from_fit_sphere(network: Network, data: Dataset) -> Instance:
    """The instance of any fit of labels ±1 at unit points, with the projection on the row space of the network."""
    needs.require_signs(data)
    needs.require_unit_rows(data)
    needs.require_fit(network, data)
    P, rank = row_space(network)
    return function_instance(NetworkFunction(network), data, P=P, r=rank)


def from_fit_sphere_fantope(network: Network, data: Dataset) -> Instance:
    """The same with the best distribution that the Fantope solver finds; it needs rank(W) < d."""
    needs.require_both_labels(data)
    instance = from_fit_sphere(network, data)
    rank = int(instance.values["r"])
    needs.require_rank_below_dimension(network, rank)
    return instance.with_values(pi=best_weights(data, rank, sphere=True))


# --- where the false twins fail -----------------------------------------------------------------------------------------------------

def all_coordinates() -> Instance:
    """Orthonormal data, two labels each, McShane's function with Lip_S = √2 of all coordinates, r = 1: 16 > 2·7 and 4 > 2·1.5."""
    y = np.array([1.0, 1.0, -1.0, -1.0])
    weights: Array = np.asarray((y[:, None] * y[None] < 0) / 8)
    return function_instance(least_mcshane(np.eye(4), y), listed(np.eye(4), y), P=np.diag([1.0, 0.0, 0.0, 0.0]), r=1, pi=weights)


def not_a_projection() -> Instance:
    """The same with P = I."""
    return all_coordinates().with_values(P=np.eye(4))


def zero_function() -> Instance:
    """f = 0 fits nothing."""
    return antipodal().with_values(f=affine_function(np.zeros(2)))


def outside() -> Instance:
    """Labels ±1 at ±3e_1, and f = ReLU(x_1 − 2) − ReLU(−x_1 − 2) is 0 on the sphere."""
    f = NetworkFunction(plain([[1, 0], [-1, 0]], [1, -1], b=[-2, -2]))
    return function_instance(f, listed(3 * CROSS[:2], [1, -1]), P=FIRST, r=1, pi=PAIR)


def quarter_labels() -> Instance:
    """Labels ±½ fitted by x_1/2: the right side is 1 and the left side 4."""
    return function_instance(affine_function([0.5, 0]), listed(CROSS[:2], [0.5, -0.5], real_labels=True), P=FIRST, r=1)


def weight_on_one_point() -> Instance:
    """π on the pair (1, 1): the matrix is 2e_1e_1ᵀ and Lip_S = 1, so the right side is 2."""
    return antipodal().with_values(pi=np.diag([1.0, 0.0]))


def no_weight() -> Instance:
    """π = 0."""
    return antipodal().with_values(pi=np.zeros((2, 2)))


MEASUREMENTS = (
    Measurement("bln.thm6.sphere", draw_sphere, (antipodal, few_axes, many_axes, constant_labels), from_fit=from_fit_sphere, twin_draws={
        "without through P": fixed(all_coordinates), "without projection": fixed(not_a_projection), "without fits": fixed(zero_function),
        "without unit rows": fixed(outside), "without labels": fixed(quarter_labels), "the global form": fixed(few_axes),
        "uncentred": fixed(constant_labels), "twice": fixed(antipodal)}),
    Measurement("bln.thm6.sphere_fantope", draw_sphere_fantope, (antipodal, few_axes, many_axes), from_fit=from_fit_sphere_fantope,
                twin_draws={
        "without through P": fixed(all_coordinates), "without projection": fixed(not_a_projection), "without fits": fixed(zero_function),
        "without unit rows": fixed(outside), "without opposite": fixed(weight_on_one_point), "without weights": fixed(no_weight),
        "the global form": fixed(few_axes)}),
)
