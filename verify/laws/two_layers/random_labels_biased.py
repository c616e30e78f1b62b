"""Measures R1 for random labels: probabilities over all 2ⁿ label vectors are exact, so n is small.

They say something of a law of labels, not of one network; on a user's network the instance form bln.r1 is measured.
"""

from __future__ import annotations

from typing import Any

import numpy as np

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
    some_points,
)
from verify.laws.measure import Measurement
from verify.laws.two_layers.random_labels import level
from verify.laws.two_layers.spectral_norm import plain
from verify.objects.instance import Instance

TILT = 2.0**-10


def width_instance(X: Any, s: float, seed: int = 0, **more: Any) -> Instance:
    """Data and a level."""
    X = np.asarray(X, dtype=float)
    return Instance({"X": X, "n": len(X), "d": X.shape[1], "s": s} | more, seed, accuracy=LEAST_ACCURACY)


def draw_width(rng: Rng) -> Instance:
    """Unit data from any model, at most 4 points in at most 3 dimensions, where each of the 2ⁿ suprema is exact and quick."""
    return width_instance(some_points(rng, integer(rng, 1, 4), integer(rng, 1, 3), unit=True), level(rng), new_seed(rng))


def draw_law(rng: Rng) -> Instance:
    """A ReLU network with independent rows and points of the sphere on its level sets."""
    d = integer(rng, 1, 3)
    network = some_network(rng, independent_weights(rng, integer(rng, 1, d), d), "relu")
    network, data = level_set_data(network, integer(rng, 1, 5), rng, unit=True)
    return fit_instance(network, data, new_seed(rng), s=level(rng))


# --- corners ------------------------------------------------------------------------------------------------------------------------

def two_poles() -> Instance:
    """d = 1, two points at each of ±1: R_b = |Σ_{x=1} y − Σ_{x=−1} y| is as spread as λ_max = n allows; s just above log 2."""
    return width_instance([[1], [1], [-1], [-1]], 0.7)


def orthonormal() -> Instance:
    """Orthonormal data: λ_max = 1, so the term 2√n stands almost alone."""
    return width_instance(np.eye(4), 1)


def opposite_sides() -> Instance:
    """ReLU(x_1) − ReLU(x_2) at e_1 and e_2."""
    return fit_instance(plain(np.eye(2), [1, -1]), listed(np.eye(2), [1, -1]), s=0.7)


# --- where the false twins fail ----------------------------------------------------------------------------------------------------

def long_deviation() -> Instance:
    """Three points at each of ±1: R_b ≤ √6 has probability 0.78, and 0.99 is promised."""
    return width_instance([[1], [1], [1], [-1], [-1], [-1]], 5)


def aligned() -> Instance:
    """Sixteen points, half at each pole, labelled by the pole: R_b = 16 and the bound at s = 0 is 8 + 4."""
    X = np.repeat([[1.0], [-1.0]], 8, axis=0)
    return width_instance(X, 0, y=X[:, 0])


def zero_network() -> Instance:
    """f = 0 fits nothing; Lip = 0."""
    return fit_instance(plain([[1, 0]], [0]), listed([[1.0, 0.0], [-1.0, 0.0]], [1, -1]), s=2)


def flat_constant() -> Instance:
    """ReLU(1 + x_1/1024) = 1 at ±e_2: equal labels with Lip = 1/1024."""
    return fit_instance(plain([[TILT, 0]], [1], b=[1]), listed([[0.0, 1.0], [0.0, -1.0]], [1, 1]), s=2)


MEASUREMENTS = (
    Measurement("bln.r1.width", draw_width, (two_poles, orthonormal), twin_draws={
        "without deviation": fixed(long_deviation), "for every label vector": fixed(aligned)}),
    Measurement("bln.r1.random_labels", draw_law, (opposite_sides,), twin_draws={
        "without fits": fixed(zero_network), "uncentred": fixed(flat_constant)}),
)
