"""Measures the laws for random labels: probabilities over all 2ⁿ label vectors are exact, so n is small.

They say something of a law of labels, not of one network; on a user's network the instance form bln.thm5.sharp is measured.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.laws.draws import (
    HOMOGENEOUS,
    LEAST_ACCURACY,
    Rng,
    fit_instance,
    fixed,
    integer,
    level_set_data,
    listed,
    new_seed,
    one_of,
    some_network,
    some_points,
    some_weights,
)
from verify.laws.measure import Measurement
from verify.laws.two_layers.spectral_norm import E1, plain
from verify.objects.instance import Instance
from verify.objects.networks import activation


def level(rng: Rng) -> float:
    """s: small, where the bound on R is tightest and the probability promised is void or small, up to 4, where it is 0.96."""
    return float(rng.uniform(0, 4) * rng.choice([0.2, 1.0]))


def width_instance(X: Any, psi: str, s: float, seed: int = 0) -> Instance:
    """Data, an activation with its Lipschitz constant, and a level."""
    X, activated = np.asarray(X, dtype=float), activation(psi)
    names = {"X": X, "n": len(X), "d": X.shape[1], "psi": activated, "L": activated.lipschitz, "s": s}
    return Instance(names, seed, accuracy=LEAST_ACCURACY)


def draw_width(rng: Rng) -> Instance:
    """Unit data from any model, at most 6 points."""
    X = some_points(rng, integer(rng, 1, 6), integer(rng, 1, 4), unit=True)
    return width_instance(X, one_of(rng, HOMOGENEOUS), level(rng), new_seed(rng))


def draw_law(rng: Rng) -> Instance:
    """A bias-free homogeneous network and points of the sphere on its level sets."""
    d = integer(rng, 1, 4)
    network = some_network(rng, some_weights(rng, integer(rng, 1, 6), d), one_of(rng, HOMOGENEOUS), biases=False)
    network, data = level_set_data(network, integer(rng, 1, 6), rng, unit=True)
    return fit_instance(network, data, new_seed(rng), L=network.activation.lipschitz, s=level(rng))


# --- corners ------------------------------------------------------------------------------------------------------------------------

def one_datum() -> Instance:
    """n = 1, s = 0: R = 1 = √n always, the bound on R is an equality; the probability promised is 1 − 2 < 0."""
    return width_instance(E1, "relu", 0)


def same_point() -> Instance:
    """Six times the same unit vector: R = |Σy_i|, the largest spread that λ_max = n allows."""
    return width_instance(np.repeat(E1, 6, axis=0), "identity", 1)


def orthonormal() -> Instance:
    """ψ(t) = t and orthonormal data: R = √n for every label vector; s just above log 2, where the promise begins."""
    return width_instance(np.eye(5), "identity", 0.7)


def fitted_datum() -> Instance:
    """One neuron at its own datum at s = 0: the law on the event reads 1 ≤ 1."""
    return fit_instance(plain(E1, [1]), listed(E1, [1]), L=1, s=0)


def fitted_pair() -> Instance:
    """Labels ±1 at e_1, e_2 with W = I, at s = ½."""
    return fit_instance(plain(np.eye(2), [1, -1]), listed(np.eye(2), [1, -1]), L=1, s=0.5)


# --- where the false twins fail ----------------------------------------------------------------------------------------------------

def long_rows() -> Instance:
    """Eight orthogonal points of norm 100: R = 283 always, the bound is 2.8 + 268, and probability 0.19 is promised."""
    return width_instance(100 * np.eye(8), "identity", 0.9)


def long_rows_fitted() -> Instance:
    """The same data with a linear fit."""
    return fit_instance(plain(np.full((1, 8), 0.01), [1], "identity"), listed(100 * np.eye(8), np.ones(8)), L=1, s=0.9)


def constant_activation() -> Instance:
    """ψ = 1 is 0-Lipschitz; for odd n, R = |Σy_i| ≥ 1 > 0."""
    names = {"X": np.eye(3), "n": 3, "d": 3, "psi": lambda t: np.ones_like(t), "L": 0, "s": 2}
    return Instance(names)


def steep_activation() -> Instance:
    """L = 0 is not a Lipschitz constant of ReLU."""
    return same_point().with_values(L=0, s=2)


def no_root_n() -> Instance:
    """Orthonormal data, ψ(t) = t: R = √8 > √(8·0.9) always."""
    return width_instance(np.eye(8), "identity", 0.9)


def aligned_labels() -> Instance:
    """Eight times the same point with equal labels: R = 8, and the bound is √8(1 + √0.8)."""
    return fit_instance(plain(E1, [1], "identity"), listed(np.repeat(E1, 8, axis=0), np.ones(8)), L=1, s=0.1)


def biased_constant() -> Instance:
    """f = ReLU(1) with w = 0: the right side of the law is 0."""
    return fit_instance(plain(np.zeros((1, 2)), [1], b=[1]), listed(E1, [1]), L=1, s=1)


def zero_function() -> Instance:
    """f = 0 fits nothing."""
    return fit_instance(plain(np.zeros((1, 2)), [0]), listed(E1, [1]), L=1, s=1)


MEASUREMENTS = (
    Measurement("bln.thm5.width", draw_width, (one_datum, same_point, orthonormal), twin_draws={
        "without unit rows": fixed(long_rows), "without homogeneous": fixed(constant_activation),
        "without psi Lipschitz": fixed(steep_activation), "without √n": fixed(no_root_n),
        "for every label vector": fixed(aligned_labels)}),
    Measurement("bln.thm5.random_labels", draw_law, (fitted_datum, fitted_pair), twin_draws={
        "without no bias": fixed(biased_constant), "without fits": fixed(zero_function), "without unit rows": fixed(long_rows_fitted),
        "off the event": fixed(aligned_labels), "twice n": fixed(fitted_datum)}),
)
