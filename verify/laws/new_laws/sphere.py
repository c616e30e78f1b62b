"""Measures the laws on the sphere: bias-free ReLU networks with independent rows, labels ±1 at unit points."""

from __future__ import annotations

import numpy as np

from theory.errors import HypothesisViolated
from verify.fits import preconditions as needs
from verify.laws.draws import (
    LEAST_ACCURACY,
    Array,
    Rng,
    fit_instance,
    fixed,
    independent_weights,
    integer,
    level_set_data,
    listed,
    new_seed,
    some_network,
    some_points,
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


# --- every gradient at most Lip_S: t balances the outer weights, or e is at right angles to the rows --------------------------------

def balance(a: Array) -> Array:
    """Positive t with Σ a_ℓt_ℓ = 0, for weights of both signs."""
    t, total = np.ones(len(a)), float(a.sum())
    j = int(np.argmin(a) if total > 0 else np.argmax(a))
    t[j] -= total / a[j]
    return t


def draw_both_signs(rng: Rng) -> Instance:
    """Two to four neurons, outer weights of both signs, and any unit points with the values of the network."""
    d = integer(rng, 2, 4)
    network = some_network(rng, independent_weights(rng, integer(rng, 2, d), d), "relu", biases=False)
    a = np.abs(network.a) * np.where(np.arange(network.k) % 2 == 0, 1.0, -1.0)
    network = Network(network.W, network.b, a, RELU)
    return _fitted(network, rng, t=balance(a))


def draw_free(rng: Rng) -> Instance:
    """One to three neurons in more dimensions, and a unit vector across them."""
    d = integer(rng, 2, 4)
    network = some_network(rng, independent_weights(rng, integer(rng, 1, d - 1), d), "relu", biases=False)
    return _fitted(network, rng, e=np.linalg.svd(network.W)[2][-1])


def _fitted(network: Network, rng: Rng, **more: Array) -> Instance:
    X = some_points(rng, integer(rng, 1, 7), network.d, unit=True)
    return fit_instance(network, listed(X, network(X), real_labels=True), new_seed(rng), **more)


SPACE = np.eye(3)


def with_both(network: Network, X: Array, y: Array) -> Instance:
    """Points of the plane, seen in space: t = 1 balances the weights, e_3 is at right angles to the rows."""
    return fit_instance(network, listed(X, y, real_labels=True), t=np.ones(network.k), e=SPACE[2])


def two_labels() -> Instance:
    """ReLU(x_1) − ReLU(x_2) at e_1 and e_2: Lip_S = √2, M = √2, B₀ = 1, and 2 ≤ √2·2."""
    return with_both(Network(SPACE[:2], np.zeros(2), np.array([1.0, -1.0]), RELU), SPACE[:2], np.array([1.0, -1.0]))


EIGHT = np.column_stack([np.cos(np.pi * np.arange(8) / 4), np.sin(np.pi * np.arange(8) / 4), np.zeros(8)])
ALTERNATING = np.where(np.arange(8) % 2 == 0, -1.0, 1.0)


def star() -> Instance:
    """Sixteen dependent neurons of the plane with weights ∓cot(π/16) by turns, which are ±1 at their directions."""
    angles, turns = np.pi * np.arange(16) / 8, np.where(np.arange(16) % 2 == 0, 1.0, -1.0)
    W = np.column_stack([np.cos(angles), np.sin(angles)])
    network = Network(W, np.zeros(16), -turns / np.tan(np.pi / 16), RELU)
    return fit_instance(network, listed(W, turns), t=np.ones(16))


def silent() -> Network:
    """One neuron of weight 0."""
    return Network(SPACE[:1], np.zeros(1), np.zeros(1), RELU)


def silent_labels() -> Instance:
    """f = 0 with both labels."""
    return with_both(silent(), SPACE[:2], np.zeros(2)).with_values(y=np.array([1.0, -1.0]))


def folded_star() -> Instance:
    """Labels ±1 by turns at the eight directions, fitted by (2 + 2√2)(|x_1| + |x_2| − 1) − 1; the one neuron has weight 0."""
    slope = 2 + 2 * np.sqrt(2)
    W, v = np.concatenate([SPACE[:2], -SPACE[:2]]), np.zeros(3)
    f = NetworkFunction(Network(W, np.zeros(4), np.full(4, slope), RELU, v, -slope - 1))
    return with_both(silent(), EIGHT, np.zeros(8)).with_values(f=f, y=ALTERNATING)


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


def from_both_signs(network: Network, data: Dataset) -> Instance:
    """The instance of a fit at unit points whose outer weights have both signs."""
    from_network(network, data)
    needs.require_unit_rows(data)
    needs.require_fit(network, data)
    if not network.a.min() < 0 < network.a.max():
        raise HypothesisViolated("the outer weights have one sign", "balance")
    return fit_instance(network, data, t=balance(network.a))


def from_fewer(network: Network, data: Dataset) -> Instance:
    """The same for fewer neurons than dimensions."""
    from_network(network, data)
    needs.require_unit_rows(data)
    needs.require_fit(network, data)
    if network.k >= network.d:
        raise HypothesisViolated(f"there are {network.k} neurons in dimension {network.d}", "orthogonal")
    return fit_instance(network, data, e=np.linalg.svd(network.W)[2][-1])


RELU_TWINS = {name: fixed(build) for name, build in (
    ("without fits", silent_labels), ("without network", folded_star),
    ("half the right side", two_labels))}
MEASUREMENTS = (
    Measurement("k.sphere.energy", draw_energy, (half_line, two_axes), from_fit=from_network, twin_draws={
        "without independent": fixed(cancelling), "without network": fixed(other_function), "1/100 less": fixed(half_line),
        "with affine part": fixed(folded_axes)}),
    Measurement("k.sphere", draw_fit, (one_point, triangle), from_fit=from_fit, twin_draws={
        "without fits": fixed(zero_network), "without network": fixed(constant), "constants dropped": fixed(triangle)}),
    Measurement("k.sphere.relu", draw_both_signs, (two_labels,), from_fit=from_both_signs,
                twin_draws=RELU_TWINS | {"without independent": fixed(star)}),
    Measurement("k.sphere.relu_free", draw_free, (two_labels,), from_fit=from_fewer, twin_draws=RELU_TWINS),
)
