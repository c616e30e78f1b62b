"""Measures R1 and R0: ReLU networks with independent rows on R^d, and every ReLU network in oriented canonical form on the ball."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.fits import preconditions as needs
from verify.fits.explicit import least_norm_solution
from verify.laws.ball_form import ball_form
from verify.laws.draws import (
    LEAST_ACCURACY,
    Array,
    Rng,
    fit_instance,
    fixed,
    independent_weights,
    integer,
    labelled,
    level_set_data,
    listed,
    new_seed,
    one_of,
    ray_data,
    some_network,
    trained,
)
from verify.laws.functions import NetworkFunction, least_mcshane
from verify.laws.measure import Measurement
from verify.laws.two_layers.spectral_norm import plain
from verify.objects.data import Dataset
from verify.objects.data.models import sphere
from verify.objects.instance import Instance
from verify.objects.networks import Network, activation, dependent_rows

# --- R1: independent rows -----------------------------------------------------------------------------------------------------------

def independent_network(rng: Rng, *, biases: bool = True) -> Network:
    """A ReLU network with k ≤ d ≤ 5 independent rows, some of them at small angles."""
    d = integer(rng, 1, 5)
    return some_network(rng, independent_weights(rng, integer(rng, 1, d), d), "relu", biases=biases)


def draw_energy(rng: Rng) -> Instance:
    """A network; the data play no part."""
    return energy_instance(independent_network(rng), new_seed(rng))


def draw_biased(rng: Rng) -> Instance:
    """Points on the level sets ±1 of the network: any n, few or many points a cell; or n ≤ k given points with solved outer weights."""
    if rng.random() < 0.3:
        return fit_instance(*interpolating(rng), new_seed(rng))
    network, data = level_set_data(independent_network(rng), integer(rng, 1, 8), rng)
    return fit_instance(network, data, new_seed(rng))


def interpolating(rng: Rng) -> tuple[Network, Dataset]:
    """n ≤ k = d points at which the features are nearly the identity, and the outer weights that fit."""
    d = integer(rng, 1, 5)
    n = integer(rng, 1, d)
    W = independent_weights(rng, d, d)
    # preactivations W x_i: above 1 for neuron i, at most 0.2 for the at most four others, so the features are diagonally dominant
    targets = np.where(np.eye(d)[:n] > 0, rng.uniform(1, 2, (n, d)), rng.uniform(-2, 0.2, (n, d)))
    X = np.asarray(np.linalg.solve(W, targets.T).T, dtype=np.float64)
    y = labelled(X, rng)
    a = least_norm_solution(np.maximum(X @ W.T, 0), y)
    return Network(W, np.zeros(d), a, activation("relu")), listed(X, y)


def draw_no_bias(rng: Rng) -> Instance:
    """A bias-free network and points on scaled rays, or on the sphere."""
    network = independent_network(rng, biases=False)
    if rng.random() < 0.3:
        return fit_instance(*level_set_data(network, integer(rng, 1, 8), rng, unit=True), new_seed(rng))
    return fit_instance(network, ray_data(network, integer(rng, 1, 8), rng), new_seed(rng))


TILT = 2.0**-10
TRIANGLE = np.column_stack([np.cos([0, 2 * np.pi / 3, 4 * np.pi / 3]), np.sin([0, 2 * np.pi / 3, 4 * np.pi / 3]), np.full(3, TILT)])


def nearly_simplex(k: int, tilt: float) -> Array:
    """k independent rows near the vertices of a regular simplex in R^{k−1}: their sums over subsets nearly cancel."""
    vertices = (np.eye(k) - 1 / k) * np.sqrt(k / (k - 1))
    return np.asarray(vertices + tilt / np.sqrt(k))


def energy_instance(network: Network, seed: int = 0) -> Instance:
    """The names of the energy lemma."""
    names = {"W": network.W, "b": network.b, "a": network.a, "f": NetworkFunction(network), "k": network.k, "d": network.d}
    return Instance(names, seed, accuracy=LEAST_ACCURACY)


def widest_energy() -> Instance:
    """k = 8 rows near a simplex: the energy is 3.5 Lip², the sharp 4(1 − 1/k) Lip²; the constant 4 is approached as k grows."""
    return energy_instance(plain(nearly_simplex(8, TILT), np.ones(8)))


def opposite_rows() -> Instance:
    """k = 2, a_ℓw_ℓ = ±e_1 but for a tilt: the energy is 2 Lip²."""
    return energy_instance(plain([[1, 0], [-1, TILT]], [1, 1]))


def one_neuron() -> Instance:
    """One ReLU at one point: both sides of the centred law are 0, and 1 ≤ 2 without biases."""
    return fit_instance(plain([[1, 0]], [1]), listed([[1.0, 0.0]], [1]))


def two_sides() -> Instance:
    """|x_1| by two rows at an angle of nearly π, at ±e_1: n = 2, R = 1, Lip = 1: the law reads 2 ≤ 2√2."""
    return fit_instance(plain([[1, 0], [-1, TILT]], [1, 1]), listed([[1.0, 0.0], [-1.0, 0.0]], [1, 1]))


def triangle() -> Instance:
    """Three units at 120 degrees, tilted to be independent, at their own data: n = 3, R = Lip = 1, and 3 ≤ 2√3.

    The tightest known for few neurons: the supremum R, the largest gradient and Cauchy–Schwarz are attained together.
    """
    return fit_instance(plain(TRIANGLE, [1, 1, 1]), listed(TRIANGLE * [1, 1, 0], [1, 1, 1]))


def triangle_and_centre() -> Instance:
    """The same with factor 2 and a bias neuron that makes the constant −1, and three points at the centre with label −1.

    n = 6, R_b = 1, Lip = 2, k = 4: the law reads 6 ≤ 8.
    """
    W = np.zeros((4, 4))
    W[:3, :3], W[3, 3] = TRIANGLE, TILT
    X = np.zeros((6, 4))
    X[:3, :2] = TRIANGLE[:, :2]
    return fit_instance(plain(W, [2, 2, 2, -1], b=[0, 0, 0, 1]), listed(X, [1, 1, 1, -1, -1, -1]))


def trained_network() -> Instance:
    """Six Gaussian points of R^4 with balanced labels, fitted by training four neurons."""
    return fit_instance(*trained(6, 4, 4, "relu", seed=6))


def from_fit_biased(network: Network, data: Dataset) -> Instance:
    """The instance of a ReLU fit of labels ±1 with independent hidden weights."""
    needs.require_signs(data)
    needs.require_no_affine_part(network)
    needs.require_relu(network)
    needs.require_independent(network)
    needs.require_fit(network, data)
    return fit_instance(network, data)


def from_fit_no_bias(network: Network, data: Dataset) -> Instance:
    """The same without biases."""
    needs.require_no_bias(network)
    return from_fit_biased(network, data)


def from_network(network: Network, data: Dataset) -> Instance:
    """The instance of a ReLU network with independent hidden weights; that it fits is not needed."""
    needs.require_no_affine_part(network)
    needs.require_relu(network)
    needs.require_independent(network)
    return fit_instance(network, data)


# --- R0: oriented canonical form ----------------------------------------------------------------------------------------------------

def oriented_kinks(rng: Rng, k: int, d: int) -> tuple[Array, Array]:
    """k unit directions and offsets with kinks that meet the open ball and are inactive at one random point p of it.

    w_ℓ·p + b_ℓ = −δ_ℓ with 0 < δ_ℓ < 1 − w_ℓ·p, so that |b_ℓ| < 1.  Sometimes the directions are nearly equal or repeated.
    """
    W = rng.standard_normal((k, d))
    kind = one_of(rng, ("plain", "plain", "nearly equal", "parallel"))
    if kind != "plain":
        W = W[:1] + (1e-3 * W if kind == "nearly equal" else 0 * W)
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    p = rng.standard_normal(d)
    p *= 0.8 * rng.random() / np.linalg.norm(p)
    delta = (1 - W @ p) * (np.arange(k) + rng.uniform(0.2, 0.8, k)) / k     # distinct offsets even for one direction
    return W, -(W @ p) - delta


def canonical_instance(network: Network, data: Dataset, seed: int = 0) -> Instance:
    """The names of R0: the kinks as W, b, a, the affine part as v, c."""
    return fit_instance(network, data, seed, v=network.v, c=float(network.c))


def draw_canonical(rng: Rng) -> Instance:
    """Points of the sphere on the level sets of an oriented form, or a given sphere sample fitted by the outer and affine weights."""
    d, k = integer(rng, 1, 4), integer(rng, 1, 5)
    W, b = oriented_kinks(rng, k, d)
    if d == 1 or rng.random() < 0.4:
        X = sphere(integer(rng, 1, d + 1), d, rng)          # n ≤ d + 1 generic points: the affine part alone can fit
        y = labelled(X, rng)
        a = rng.standard_normal(k)
        affine = least_norm_solution(np.column_stack([X, np.ones(len(X))]), y - np.maximum(X @ W.T + b, 0) @ a)
        return canonical_instance(Network(W, b, a, activation("relu"), affine[:-1], float(affine[-1])), listed(X, y), new_seed(rng))
    free = Network(W, b, rng.standard_normal(k), activation("relu"), rng.standard_normal(d), float(rng.standard_normal()))
    network, data = level_set_data(free, integer(rng, 1, 8), rng, unit=True)
    return canonical_instance(network, data, new_seed(rng))


CROSS = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])


def ridge() -> Instance:
    """2|x_1| − 1 = −1 − 2x_1 + 4ReLU(x_1) at ±e_1 (label 1) and ±e_2 (label −1): Σ z_ix_i = 0, R_b = 1, Lip_B = 2, and 4 = 2·2·1·1.

    Every step is an equality: rigidity |α| = 4 = 2 Lip_B, and the one kink is where the supremum R_b is attained.
    """
    network = Network(np.array([[1.0, 0.0]]), np.zeros(1), np.array([4.0]), activation("relu"), np.array([-2.0, 0.0]), -1.0)
    return canonical_instance(network, listed(CROSS, [1, 1, -1, -1]))


def line() -> Instance:
    """f = x_1 at ±e_1, with a kink of coefficient 0: the affine part alone gives 2 ≤ 1·(2 + …)."""
    network = Network(np.array([[0.0, 1.0]]), np.array([-0.5]), np.zeros(1), activation("relu"), np.array([1.0, 0.0]), 0.0)
    return canonical_instance(network, listed(CROSS[:2], [1, -1]))


def constant_function() -> Instance:
    """Equal labels and f = 1: both sides are 0."""
    network = Network(np.array([[0.0, 1.0]]), np.array([-0.5]), np.zeros(1), activation("relu"), np.zeros(2), 1.0)
    return canonical_instance(network, listed(CROSS[:2], [1, 1]))


def nearly_equal(rng: Rng) -> Instance:
    """M[ReLU(u·x) − ReLU(u′·x)] for u′ at a small angle θ to u, with M = 1/sin(θ/2) so that ±(u − u′)/‖u − u′‖ have values ±1.

    Between the two hyperplanes one unit is active alone, with a gradient of norm M: |α| = Lip_B however small θ is.
    """
    theta = 10.0 ** rng.uniform(-3, -1)
    W = np.array([[1.0, 0.0], [np.cos(theta), np.sin(theta)]])
    x = np.array([np.sin(theta / 2), -np.cos(theta / 2)])           # u·x = sin(θ/2) = −u′·x
    X = np.stack([x, -x])
    network = plain(W, np.array([1.0, -1.0]) / np.sin(theta / 2))
    return canonical_instance(network, listed(X, np.sign(network(X))))


def from_fit_canonical(network: Network, data: Dataset) -> Instance:
    """The instance of any ReLU-like fit of labels ±1 at unit points: its canonical form on the ball, oriented at an inner point."""
    needs.require_signs(data)
    needs.require_unit_rows(data)
    needs.require_fit(network, data)
    return canonical_instance(ball_form(network), data)


# --- where the false twins fail -----------------------------------------------------------------------------------------------------

def zero_network() -> Instance:
    """f = 0 with labels that differ: Lip = 0."""
    return fit_instance(plain([[1, 0]], [0]), listed([[1.0, 0.0], [-1.0, 0.0]], [1, -1]))


def cancelling_energy() -> Instance:
    """ReLU(x_1) plus opposite pairs of size 10 whose directions sum to 0: Lip = 1 and energy 801."""
    network = dependent_rows(10.0, 2)
    return fit_instance(network, listed([[1.0, 0.0]], [1]))


def other_function() -> Instance:
    """Weights that have nothing to do with f = 0."""
    instance = opposite_rows()
    return instance.with_values(f=NetworkFunction(plain([[1, 0]], [0])))


def far_kinks() -> Instance:
    """Kinks at distance 2: f = ReLU(x_1 − 2) − ReLU(x_2 − 2) fits (3, 0) and (0, 3) and is 0 on the ball."""
    return fit_instance(plain(np.eye(2), [1, -1], b=[-2, -2]), listed([[3.0, 0.0], [0.0, 3.0]], [1, -1]))


def flat_constant() -> Instance:
    """ReLU(1 + x_1/1024) = 1 at ±e_2: equal labels with Lip = 1/1024."""
    return fit_instance(plain([[2.0**-10, 0]], [1], b=[1]), listed([[0.0, 1.0], [0.0, -1.0]], [1, 1]))


def far_data() -> Instance:
    """Labels ±1 at ±3e_1, and f = 0 on the ball: one kink beyond it on each side, which the form keeps away from."""
    outside = plain([[1, 0], [-1, 0]], [1, -1], b=[-2, -2])
    kink: dict[str, Any] = {"W": np.array([[1.0, 0.0]]), "b": np.array([-0.5]), "a": np.zeros(1), "v": np.zeros(2), "c": 0.0, "k": 1}
    return fit_instance(outside, listed([[3.0, 0.0], [-3.0, 0.0]], [1, -1]), **kink)


def alternating_circle() -> Instance:
    """Forty alternating labels on a circle, fitted by McShane's function, which no network of one kink is."""
    angles = 2 * np.pi * np.arange(40) / 40
    X = np.column_stack([np.cos(angles), np.sin(angles)])
    y = np.where(np.arange(40) % 2 == 0, 1.0, -1.0)
    return fit_instance(plain([[1, 0]], [0]), listed(X, y), v=np.zeros(2), c=0.0, f=least_mcshane(X, y))


MEASUREMENTS = (
    Measurement("bln.r1.energy", draw_energy, (widest_energy, opposite_rows), from_fit=from_network, twin_draws={
        "without independent": fixed(cancelling_energy), "without network": fixed(other_function), "constant 3": fixed(widest_energy),
        "constant 1": fixed(opposite_rows), "on the ball": fixed(far_kinks)}),
    Measurement("bln.r1", draw_biased, (one_neuron, triangle_and_centre, trained_network), from_fit=from_fit_biased, twin_draws={
        "without fits": fixed(zero_network), "uncentred": fixed(flat_constant), "on the ball": fixed(far_kinks),
        "constants dropped": fixed(triangle_and_centre)}),
    Measurement("bln.r1.no_bias", draw_no_bias, (one_neuron, two_sides, triangle), from_fit=from_fit_no_bias, twin_draws={
        "without fits": fixed(zero_network), "without no bias": fixed(flat_constant), "constants dropped": fixed(triangle)}),
    Measurement("bln.r0", draw_canonical, (ridge, line, constant_function), from_fit=from_fit_canonical, twin_draws={
        "without unit rows": fixed(far_data), "without canonical": fixed(alternating_circle), "uncentred": fixed(constant_function),
        "constant 1": fixed(ridge), "nearly equal hyperplanes fool it": nearly_equal}),
)
