"""Measures the law for any Lipschitz activation: networks with independent rows, an affine part and one of seven activations."""

from __future__ import annotations

from functools import wraps

import numpy as np

from verify.fits import preconditions as needs
from verify.laws.draws import Rng, fixed, integer, level_set_data, listed, new_seed, one_of, some_points
from verify.laws.lemmas.functions import Jump
from verify.laws.measure import Measurement
from verify.laws.new_laws import relu
from verify.laws.new_laws.relu import affine_network
from verify.objects.data import Dataset
from verify.objects.instance import Instance
from verify.objects.networks import Network, activation

ACTIVATIONS = ("relu", "leaky_relu:0.25", "leaky_relu:-0.5", "abs", "identity", "tanh", "sigmoid")


def instance(network: Network, data: Dataset, seed: int = 0) -> Instance:
    """The names of a fit, and L, the least Lipschitz constant of the activation."""
    return relu.instance(network, data, seed).with_values(L=needs.require_lipschitz(network))


def draw_real(rng: Rng) -> Instance:
    """Any points, and the values of the network as labels."""
    network = affine_network(rng, one_of(rng, ACTIVATIONS))
    X = some_points(rng, integer(rng, 1, 6), network.d)
    return instance(network, listed(X, network(X), real_labels=True), new_seed(rng))


def draw_labels(rng: Rng) -> Instance:
    """Points on the level sets ±1 of the network."""
    return instance(*level_set_data(affine_network(rng, one_of(rng, ACTIVATIONS)), integer(rng, 1, 6), rng), new_seed(rng))


def cross_of_abs(k: int) -> Instance:
    """(2/k) Σ|x_ℓ| − 1 with neurons |t|: m = 0 and ω = 2, and all is an equality."""
    found = relu.cross(k)
    network = Network(np.eye(k), np.zeros(k), np.full(k, 2 / k), activation("abs"), np.zeros(k), -1.0)
    return instance(network, Dataset(found.values["X"], found.values["y"]))


def cross_1() -> Instance:
    """2|x| − 1 at ±1 and twice at 0."""
    return cross_of_abs(1)


def cross_2() -> Instance:
    """|x_1| + |x_2| − 1 at four corners and four times at 0."""
    return cross_of_abs(2)


def sigmoid_ramp() -> Instance:
    """4σ(x) at −1 and 1, real labels: its largest slope 1 is at 0, its least at infinity."""
    network = Network(np.eye(1), np.zeros(1), np.array([4.0]), activation("sigmoid"))
    X = np.array([[-1.0], [1.0]])
    return instance(network, listed(X, network(X), real_labels=True))


def of_relu(build):  # type: ignore[no-untyped-def]
    """A corner of the law for ReLU."""
    @wraps(build)
    def named() -> Instance:
        return build().with_values(L=1.0)
    return named


class Step(Jump):
    """x ↦ 1 where c·x > 0, else −1."""

    def __call__(self, points):  # type: ignore[no-untyped-def]
        return 2 * super().__call__(points) - 1


def _sign(t):  # type: ignore[no-untyped-def]
    return np.where(np.asarray(t) > 0, 1.0, -1.0)


def step_function() -> Instance:
    """The sign of x at ±1: no Lipschitz function."""
    network = Network(np.eye(1), np.zeros(1), np.ones(1), activation("relu"))
    return relu.instance(network, listed([[1.0], [-1.0]], [1, -1])).with_values(psi=_sign, f=Step(np.ones(1)), L=1.0)


def from_network(network: Network, data: Dataset) -> Instance:
    """The instance of a network with a Lipschitz activation and independent hidden weights; that it fits is not needed."""
    needs.require_independent(network)
    return instance(network, data)


def from_fit(network: Network, data: Dataset) -> Instance:
    """The instance of a fit of real labels."""
    needs.require_fit(network, data)
    return from_network(network, data)


def from_labels(network: Network, data: Dataset) -> Instance:
    """The same for labels ±1."""
    needs.require_signs(data)
    return from_fit(network, data)


CORNERS = (cross_1, cross_2, sigmoid_ramp)
LABELLED = (cross_1, cross_2, of_relu(relu.line), of_relu(relu.equal_labels))
SHARED = {name: fixed(of_relu(build)) for name, build in (
    ("without fits", relu.zero_network), ("without network", relu.bowl))} | {
    "without psi Lipschitz": fixed(step_function), "1/100 less": fixed(cross_1), "one neuron fewer": fixed(cross_1)}

MEASUREMENTS = (
    Measurement("k.energy", draw_real, CORNERS, from_fit=from_network, twin_draws={
        "without independent": fixed(of_relu(relu.cancelling)), "without network": fixed(of_relu(relu.other_function)),
        "1/100 less": fixed(cross_2), "on the ball": fixed(of_relu(relu.far_kinks))}),
    Measurement("k.law", draw_real, CORNERS, from_fit=from_fit, twin_draws=SHARED),
    Measurement("k.law.labels", draw_labels, LABELLED, from_fit=from_labels, twin_draws=SHARED | {
        "without labels": fixed(of_relu(relu.half_labels)), "uncentred": fixed(of_relu(relu.equal_labels))}),
)
