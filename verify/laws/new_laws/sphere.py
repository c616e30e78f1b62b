"""Measures the laws on the sphere: bias-free ReLU networks with independent rows, labels ±1 at unit points."""

from __future__ import annotations

import numpy as np

from verify.fits import preconditions as needs
from verify.laws.draws import (
    LEAST_ACCURACY,
    Rng,
    fit_instance,
    fixed,
    independent_weights,
    integer,
    level_set_data,
    listed,
    new_seed,
    some_network,
)
from verify.laws.functions import ConstantFunction, NetworkFunction
from verify.laws.measure import Measurement
from verify.laws.new_laws.relu import RELU
from verify.objects.data import Dataset
from verify.objects.instance import Instance
from verify.objects.networks import Network, dependent_rows


def network_instance(network: Network, seed: int = 0) -> Instance:
    """The names of a network; the data play no part."""
    names = {"W": network.W, "a": network.a, "f": NetworkFunction(network), "k": network.k, "d": network.d}
    return Instance(names, seed, accuracy=LEAST_ACCURACY)


def plain_network(rng: Rng, least: int = 1) -> Network:
    """At most four independent rows without biases in R^d, d ≤ 4."""
    d = integer(rng, least, 4)
    return some_network(rng, independent_weights(rng, integer(rng, 1, d), d), "relu", biases=False)


def draw_energy(rng: Rng) -> Instance:
    """A network."""
    return network_instance(plain_network(rng), new_seed(rng))


def draw_fit(rng: Rng) -> Instance:
    """Unit points on the level sets ±1 of a network."""
    return fit_instance(*level_set_data(plain_network(rng, least=2), integer(rng, 1, 7), rng, unit=True), new_seed(rng))


def half_line() -> Instance:
    """ReLU(x) at d = 1: its values at ±1 are 1 and 0, so Lip_S = ½ and 1 = 4 Lip_S²."""
    return network_instance(Network(np.eye(1), np.zeros(1), np.ones(1), RELU))


def two_axes() -> Instance:
    """ReLU(x_1) − ReLU(x_2) in the plane: the gradients in the four cells are tangent somewhere, Lip_S = √2, and 2 ≤ 8."""
    return network_instance(Network(np.eye(2), np.zeros(2), np.array([1.0, -1.0]), RELU))


def one_point() -> Instance:
    """ReLU(x_1) at e_1: 1 ≤ 2."""
    return fit_instance(Network(np.eye(2)[:1], np.zeros(1), np.ones(1), RELU), listed([[1.0, 0.0]], [1]))


def triangle() -> Instance:
    """Three units at 120 degrees, tilted to be independent, at their own data: n = 3, R = Lip_S = 1 but for the tilt, against 2√3."""
    angles, tilt = 2 * np.pi * np.arange(3) / 3, 2.0**-10
    W = np.column_stack([np.cos(angles), np.sin(angles), np.full(3, tilt)])
    X = np.column_stack([W[:, :2], np.zeros(3)])
    return fit_instance(Network(W, np.zeros(3), np.ones(3), RELU), listed(X, [1, 1, 1]))


# --- where the false twins fail -----------------------------------------------------------------------------------------------------

def cancelling() -> Instance:
    """ReLU(x_1) plus opposite pairs of size 10 whose directions sum to 0."""
    return network_instance(dependent_rows(10.0, 2))


def other_function() -> Instance:
    """Weights that have nothing to do with f = 0."""
    return two_axes().with_values(f=ConstantFunction(0.0))


def folded_axes() -> Instance:
    """|x_1| + |x_2| = −x_1 − x_2 + 2ReLU(x_1) + 2ReLU(x_2) on the circle: energy 8, Lip_S ≤ 1.01."""
    network = Network(np.eye(2), np.zeros(2), np.full(2, 2.0), RELU, np.full(2, -1.0), 0.0)
    return network_instance(network).with_values(v=network.v, c=0.0)


def zero_network() -> Instance:
    """f = 0 with a label."""
    return fit_instance(Network(np.eye(2)[:1], np.zeros(1), np.zeros(1), RELU), listed([[1.0, 0.0]], [1]))


def constant() -> Instance:
    """f = 1 at e_1, and one neuron."""
    return one_point().with_values(f=ConstantFunction(1.0))


def from_network(network: Network, data: Dataset) -> Instance:
    """The instance of a bias-free ReLU network with independent hidden weights."""
    needs.require_no_affine_part(network)
    needs.require_relu(network)
    needs.require_no_bias(network)
    needs.require_independent(network)
    return network_instance(network)


def from_fit(network: Network, data: Dataset) -> Instance:
    """The same for a fit of labels ±1 at unit points."""
    from_network(network, data)
    needs.require_signs(data)
    needs.require_unit_rows(data)
    needs.require_fit(network, data)
    return fit_instance(network, data)


MEASUREMENTS = (
    Measurement("k.sphere.energy", draw_energy, (half_line, two_axes), from_fit=from_network, twin_draws={
        "without independent": fixed(cancelling), "without network": fixed(other_function), "1/100 less": fixed(half_line),
        "with affine part": fixed(folded_axes)}),
    Measurement("k.sphere", draw_fit, (one_point, triangle), from_fit=from_fit, twin_draws={
        "without fits": fixed(zero_network), "without network": fixed(constant), "constants dropped": fixed(triangle)}),
)
