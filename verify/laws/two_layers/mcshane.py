"""Measures the McShane floor on functions of many kinds, and the interpolant on data with real labels."""

from __future__ import annotations

import numpy as np

from verify.fits import preconditions as needs
from verify.fits.functions.mcshane import mcshane_bound
from verify.laws.draws import (
    LEAST_ACCURACY,
    LIPSCHITZ,
    Array,
    Rng,
    fixed,
    function_instance,
    integer,
    level_set_data,
    listed,
    new_seed,
    one_of,
    some_data,
    some_network,
    some_points,
    some_weights,
)
from verify.laws.functions import McShaneFunction, NetworkFunction, affine_function, least_mcshane
from verify.laws.measure import Measurement
from verify.laws.two_layers.spectral_norm import plain
from verify.objects.data import Dataset
from verify.objects.instance import Instance
from verify.objects.networks import Network

ENDS = np.array([[0.0], [1.0]])


def draw_floor(rng: Rng) -> Instance:
    """A network on its level sets, a network with its own values as labels, or a McShane function of any constant."""
    d, n = integer(rng, 1, 4), integer(rng, 1, 10)
    kind = one_of(rng, ("levels", "values", "least"))
    if kind == "least":
        data = some_data(rng, n, d)
        return function_instance(least_mcshane(data.X, data.y, one_of(rng, (1.0, 1.5))), data, new_seed(rng))
    network = some_network(rng, some_weights(rng, integer(rng, 1, 5), d), one_of(rng, LIPSCHITZ))
    if kind == "levels":
        network, data = level_set_data(network, n, rng)
    else:
        X = some_points(rng, n, d)
        data = listed(X, network(X), real_labels=True)
    return function_instance(NetworkFunction(network), data, new_seed(rng))


def interpolant_instance(X: Array, y: Array, factor: float = 1.0, seed: int = 0) -> Instance:
    """Data with any labels, L = factor·L*, and the interpolant g."""
    L = factor * mcshane_bound(X, y).estimate
    names = {"X": X, "y": y, "n": len(X), "d": X.shape[1], "L": L, "g": McShaneFunction(X, y, L)}
    # L is computed to 1e-12 of itself, the accuracy of the quotients that it is the largest of
    return Instance(names, seed, accuracy=50 * LEAST_ACCURACY)


def draw_attained(rng: Rng) -> Instance:
    """Points of any model with labels ±1 or Gaussian values, and L from the floor up to twice the floor."""
    n, d = integer(rng, 1, 8), integer(rng, 1, 4)
    data = some_data(rng, n, d)
    y = data.y
    if rng.random() < 0.4:
        y = np.round(data.X @ rng.standard_normal(d) + rng.standard_normal(), 3)       # equal points have equal values
    return interpolant_instance(data.X, y, one_of(rng, (1.0, 1.0, 1.5, 2.0)), new_seed(rng))


# --- corners ------------------------------------------------------------------------------------------------------------------------

def line() -> Instance:
    """f = 1 − 2x at 0 and 1: |y_1 − y_2| = 2 = Lip·1, an equality."""
    return function_instance(affine_function([-2.0], 1.0), listed(ENDS, [1, -1]))


def tent() -> Instance:
    """|x| at −1, 0, 1 by two ReLU units: every opposite pair of neighbours is tight."""
    X = np.array([[-1.0], [0.0], [1.0]])
    return function_instance(NetworkFunction(plain([[1], [-1]], [1, 1])), listed(X, [1, 0, 1], real_labels=True))


def one_point() -> Instance:
    """n = 1: 0 ≤ 0."""
    return function_instance(affine_function([0.0, 0.0], 1.0), listed([[0.0, 1.0]], [1]))


def two_points() -> Instance:
    """g = min(1 + 2|x|, −1 + 2|x − 1|) with L = L* = 2: fits, and Lip = L."""
    return interpolant_instance(ENDS, np.array([1.0, -1.0]))


def square() -> Instance:
    """The corners of a square with alternating labels, L = L* = 2."""
    X = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    return interpolant_instance(X, np.array([1.0, -1.0, 1.0, -1.0]))


def from_fit(network: Network, data: Dataset) -> Instance:
    """The instance of any fit, of any labels, by any two-layer network."""
    needs.require_fit(network, data)
    return function_instance(NetworkFunction(network), data)


# --- where the false twins fail -----------------------------------------------------------------------------------------------------

def zero_function() -> Instance:
    """f = 0 fits nothing."""
    return line().with_values(f=affine_function([0.0]))


def far_data() -> Instance:
    """Labels ±1 at ±3, and f = ReLU(x − 2) − ReLU(−x − 2) is 0 on the ball."""
    f = NetworkFunction(plain([[1], [-1]], [1, -1], b=[-2, -2]))
    return function_instance(f, listed([[3.0], [-3.0]], [1, -1]))


class LowestCones(McShaneFunction):
    """min_i (y_i + L‖x − x_i‖) for an L that may be below L*: L-Lipschitz, and it does not fit."""

    def __post_init__(self) -> None:
        """No check of the constant: that is the point."""

    def __call__(self, points: object) -> Array:
        distances = np.linalg.norm(np.asarray(points, dtype=float)[:, None] - self.X[None], axis=2)
        return np.asarray((self.y + self.constant * distances).min(axis=1))


def low_constant() -> Instance:
    """L = 1 below L* = 2: min(1 + |x|, −1 + |x − 1|) is 0 at 0, not 1."""
    X, y = ENDS, np.array([1.0, -1.0])
    return Instance({"X": X, "y": y, "n": 2, "d": 1, "L": 1.0, "g": LowestCones(X, y, 1.0)})


def other_function() -> Instance:
    """g = 0 is no interpolant."""
    return two_points().with_values(g=affine_function([0.0]))


MEASUREMENTS = (
    Measurement("mcshane.floor", draw_floor, (line, tent, one_point), from_fit=from_fit, twin_draws={
        "without fits": fixed(zero_function), "twice": fixed(line), "on the ball": fixed(far_data), "flipped": fixed(tent)}),
    Measurement("mcshane.attained", draw_attained, (two_points, square), twin_draws={
        "without slopes": fixed(low_constant), "without interpolant": fixed(other_function), "half of L": fixed(two_points),
        "with the largest cone": fixed(two_points)}),
)
