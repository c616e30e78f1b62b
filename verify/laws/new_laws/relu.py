"""Measures the law for independent ReLU neurons with an affine part: real labels at any points, and labels ±1 on level sets."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from theory.errors import HypothesisViolated
from verify.fits import preconditions as needs
from verify.laws.draws import (
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
from verify.laws.functions import ConeFunction, NetworkFunction
from verify.laws.measure import Measurement
from verify.objects.data import Dataset
from verify.objects.instance import Instance
from verify.objects.networks import Network, activation, dependent_rows

RELU = activation("relu")


def affine_network(rng: Rng, psi: str = "relu") -> Network:
    """At most four independent rows in R^d, d ≤ 4, with biases and sometimes an affine part of any size."""
    d = integer(rng, 1, 4)
    network = some_network(rng, independent_weights(rng, integer(rng, 1, d), d), psi)
    size = rng.choice([0.0, 0.1, 1.0, 10.0])
    return replace(network, v=size * rng.standard_normal(d), c=float(rng.standard_normal()))


def instance(network: Network, data: Dataset, seed: int = 0) -> Instance:
    """The names of a fit by a network with an affine part."""
    return fit_instance(network, data, seed, v=network.v, c=float(network.c))


def draw_real(rng: Rng) -> Instance:
    """Any points, and the values of the network as labels."""
    network = affine_network(rng)
    X = some_points(rng, integer(rng, 1, 7), network.d)
    return instance(network, listed(X, network(X), real_labels=True), new_seed(rng))


def draw_labels(rng: Rng) -> Instance:
    """Points on the level sets ±1 of the network."""
    return instance(*level_set_data(affine_network(rng), integer(rng, 1, 7), rng), new_seed(rng))


def cross(k: int) -> Instance:
    """The points (±1)^k with label 1 and 2^k copies of 0 with label −1, f = (2/k) Σ|x_ℓ| − 1: both sides are 2^{k+1}."""
    corners = np.array(list(product([-1.0, 1.0], repeat=k)))
    X = np.concatenate([corners, np.zeros_like(corners)])
    y = np.repeat([1.0, -1.0], len(corners))
    network = Network(np.eye(k), np.zeros(k), np.full(k, 4 / k), RELU, np.full(k, -2 / k), -1.0)
    return instance(network, listed(X, y))


def cross_1() -> Instance:
    """2|x| − 1 at ±1 and twice at 0."""
    return cross(1)


def cross_2() -> Instance:
    """|x_1| + |x_2| − 1 at four corners and four times at 0."""
    return cross(2)


def line() -> Instance:
    """f = x_1 at ±e_1, with a neuron of weight 0: 2 ≤ √(4 + k B²)."""
    network = Network(np.array([[0.0, 1.0]]), np.zeros(1), np.zeros(1), RELU, np.array([1.0, 0.0]), 0.0)
    return instance(network, listed([[1.0, 0.0], [-1.0, 0.0]], [1, -1]))


def equal_labels() -> Instance:
    """A constant: both sides are 0."""
    network = Network(np.eye(2), np.zeros(2), np.zeros(2), RELU, np.zeros(2), 1.0)
    return instance(network, listed([[1.0, 0.0], [-1.0, 0.0]], [1, 1]))


# --- where the false twins fail -----------------------------------------------------------------------------------------------------

def zigzag(blocks: int = 8) -> Instance:
    """Labels + − − + repeated at 0, 1, 2, … of the line, joined by segments: Lip = 2, M = 0, B = 2 and k = 4·blocks − 2 dependent rows."""
    x = np.arange(4.0 * blocks)
    y = np.tile([1.0, -1.0, -1.0, 1.0], blocks)
    slopes = np.diff(y)
    kinks = np.flatnonzero(np.diff(slopes)) + 1
    network = Network(np.ones((len(kinks), 1)), -x[kinks], np.diff(slopes)[kinks - 1], RELU, slopes[:1], 1.0)
    return instance(network, listed(x[:, None], y))


def zero_network() -> Instance:
    """f = 0 with labels that differ."""
    network = Network(np.eye(1), np.zeros(1), np.zeros(1), RELU)
    return instance(network, listed([[1.0], [-1.0]], [1, -1]))


BOWL = listed([[1, 0], [-1, 0], [0, 1], [0, -1], *[[0, 0]] * 4], [1, 1, 1, 1, -1, -1, -1, -1])


def bowl() -> Instance:
    """2‖x‖ − 1 at ±e_1, ±e_2 and four times at 0, and one neuron of weight 0: 8 against Lip·B = 2·2√2, B = V."""
    network = Network(np.eye(2)[:1], np.zeros(1), np.zeros(1), RELU)
    return instance(network, BOWL).with_values(f=ConeFunction(np.zeros(2), 2.0, -1.0))


def far_kinks() -> Instance:
    """f = 2(|x_1| − 2)₊ − 1 … = −1 on the ball, and 1 at ±3: labels 1 at ±3e_1 and −1 twice at 0, fitted beyond the ball alone."""
    network = Network(np.array([[1.0, 0.0], [-1.0, 2.0**-10]]), np.array([-2.0, -2.0]), np.array([2.0, 2.0]), RELU, np.zeros(2), -1.0)
    return instance(network, listed([[3.0, 0.0], [-3.0, 0.0], [0.0, 0.0], [0.0, 0.0]], [1, 1, -1, -1]))


def cancelling() -> Instance:
    """ReLU(x_1) plus opposite pairs of size 10 whose directions sum to 0: Lip = 1."""
    return instance(dependent_rows(10.0, 2), listed([[1.0, 0.0]], [1]))


def other_function() -> Instance:
    """Weights that have nothing to do with f = 0."""
    return cross_1().with_values(f=NetworkFunction(Network(np.eye(1), np.zeros(1), np.zeros(1), RELU)))


def half_labels() -> Instance:
    """2|x| − 1 halved, with labels ±½: n(1 − ȳ²) stays and all else is divided by four."""
    network = Network(np.eye(1), np.zeros(1), np.array([2.0]), RELU, np.array([-1.0]), -0.5)
    X = np.array([[1.0], [-1.0], [0.0], [0.0]])
    return instance(network, listed(X, [0.5, 0.5, -0.5, -0.5], real_labels=True))


# --- a user's network -----------------------------------------------------------------------------------------------------------------

def as_relu(network: Network) -> Network:
    """A network of neurons αt + β ReLU(t), such as |t| and leaky ReLU, as an affine function plus ReLU neurons.

    >>> as_relu(Network([[2.0]], [1.0], [1.0], "abs"))([[-3.0]])
    array([5.])
    """
    if network.activation.kink is None:
        raise HypothesisViolated("activation", f"the law is for neurons with one kink, and {network.activation.name} has none at 0 alone")
    left, jump = map(float, network.activation.kink)
    lines = left * network.a
    return Network(network.W, network.b, jump * network.a, RELU, network.v + lines @ network.W, network.c + float(lines @ network.b))


def from_network(network: Network, data: Dataset) -> Instance:
    """The instance of a network with independent hidden weights; that it fits is not needed."""
    needs.require_independent(network)
    return instance(as_relu(network), data)


def from_fit(network: Network, data: Dataset) -> Instance:
    """The instance of a fit of real labels with independent hidden weights."""
    needs.require_fit(network, data)
    return from_network(network, data)


def from_labels(network: Network, data: Dataset) -> Instance:
    """The same for labels ±1."""
    needs.require_signs(data)
    return from_fit(network, data)


CORNERS = (cross_1, cross_2, line, equal_labels)
SHARED = {
    "without independent": fixed(zigzag), "without fits": fixed(zero_network), "without network": fixed(bowl),
    "1/100 less": fixed(cross_1), "one neuron fewer": fixed(cross_1), "on the ball": fixed(far_kinks),
}

MEASUREMENTS = (
    Measurement("k.relu.energy", draw_real, (cross_1, cross_2, line), from_fit=from_network, twin_draws={
        "without independent": fixed(cancelling), "without network": fixed(other_function), "1/100 less": fixed(cross_2),
        "on the ball": fixed(far_kinks)}),
    Measurement("k.relu", draw_real, CORNERS, from_fit=from_fit, twin_draws=SHARED),
    Measurement("k.relu.labels", draw_labels, CORNERS, from_fit=from_labels, twin_draws=SHARED | {
        "without labels": fixed(half_labels), "uncentred": fixed(equal_labels)}),
)
