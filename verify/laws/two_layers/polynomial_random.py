"""Measures Theorem 8 with high probability: the moments of random labels, and the law for one polynomial fit on the event.

Probabilities over at most twelve labels are exact, the one over the data is an interval from draws; the levels s keep the promises well
inside (0, 1).  On a user's network the form for given data, bln.thm8.sharp, is measured.
"""

from __future__ import annotations

import numpy as np

from verify.laws.draws import Rng, fixed, integer, listed, new_seed, orthonormal_rows
from verify.laws.measure import Measurement
from verify.laws.two_layers.polynomial_law import (
    constant_labels,
    line,
    network_instance,
    saddle,
    some_fit,
    some_points,
    zero_function,
)
from verify.objects.instance import Instance
from verify.objects.networks import Network
from verify.objects.networks.polynomials import polynomial_activation


def draw_moments(rng: Rng) -> Instance:
    """At most nine points of the sphere, generic, orthonormal, or with repeated and opposite rows; an order of at most four."""
    q, d = integer(rng, 1, 4), integer(rng, 1, 3)
    X = some_points(rng, q, d, unit=True)
    kind = rng.random()
    if kind < 0.2:
        X = orthonormal_rows(rng, integer(rng, 1, d), d)
    elif kind < 0.5:
        X = X[rng.integers(len(X), size=integer(rng, 1, 9))]
        X = X * rng.choice([-1.0, 1.0], (len(X), 1))
    return Instance({"X": X, "n": len(X), "d": d, "q": q, "s": float(rng.uniform(0, 3))}, new_seed(rng))


def draw_labels(rng: Rng) -> Instance:
    """A polynomial fit on the sphere and a level."""
    network, data, p = some_fit(rng, unit=True, orders=3)
    return network_instance(network, data, p, new_seed(rng), s=float(rng.uniform(0, 3)))


def draw_generic(rng: Rng) -> Instance:
    """A polynomial fit on the sphere, the points repeated until there are as many as dimensions."""
    network, data, p = some_fit(rng, unit=True, orders=3)
    copies = -(-data.d // data.n)
    return network_instance(network, listed(np.tile(data.X, (copies, 1)), np.tile(data.y, copies)), p, new_seed(rng))


# --- corners ------------------------------------------------------------------------------------------------------------------------

def pair(q: int = 1, scale: float = 1.0, s: float = 2.0) -> Instance:
    """Two opposite rows: the moment of odd order q is 2 in length with probability ½, the one of even order 0."""
    return Instance({"X": scale * np.array([[1.0], [-1.0]]), "n": 2, "d": 1, "q": q, "s": s})


def one_point() -> Instance:
    """n = 1: the moments vanish."""
    return Instance({"X": np.array([[0.0, 1.0]]), "n": 1, "d": 2, "q": 3, "s": 0.5})


def equal_rows() -> Instance:
    """Equal rows: the moments vanish, since Σ z_i = 0."""
    return Instance({"X": np.tile([0.6, 0.8], (6, 1)), "n": 6, "d": 2, "q": 2, "s": 1.0})


def line_at_level() -> Instance:
    """f = x at ±1."""
    return line().with_values(s=1.0)


def saddle_at_level() -> Instance:
    """x_1² − x_2² at ±e_1, ±e_2."""
    return saddle(s=1.0)


# --- where the false twins fail -----------------------------------------------------------------------------------------------------

def long_pair() -> Instance:
    """±10: the third moment is 2000 with probability ½."""
    return pair(3, 10.0, 3.0)


def axes() -> Instance:
    """Eight orthonormal rows: ‖S_1‖² = 8(1 − ȳ²) is 0 for two of the 256 label vectors, and at least 3.5 for the others."""
    return Instance({"X": np.eye(8), "n": 8, "d": 8, "q": 1, "s": 0.04})


def long_line() -> Instance:
    """f = x/10 at ±10, called cubic, s = 3."""
    network = Network(np.ones((1, 1)), np.zeros(1), np.ones(1), polynomial_activation([0, 0.1]))
    return network_instance(network, listed([[10], [-10]], [1, -1]), 3, s=3.0)


def long_axes() -> Instance:
    """f = Σ ±x_i/10 at 10e_i, d = n = 10, called quadratic: the second moment is about 300 and its bound about 35."""
    y = np.tile([1.0, -1.0], 5)
    network = Network(y[None] / 10, np.zeros(1), np.ones(1), polynomial_activation([0, 1]))
    return network_instance(network, listed(10 * np.eye(10), y), 2)


def unfitted() -> Instance:
    """f = 0."""
    return zero_function().with_values(s=1.0)


def unfitted_cross() -> Instance:
    """The saddle's data, f = 0."""
    zero = Network(np.eye(2), np.zeros(2), np.zeros(2), polynomial_activation([0, 0, 1]))
    data = saddle()
    return network_instance(zero, listed(data.values["X"], data.values["y"]), 2)


def linear_saddle() -> Instance:
    """Three copies of the saddle's data, whose first moments vanish, with p = 1 and s = 0: 12 ≤ 2·√12 is false."""
    return saddle(1, 3, s=0.0)


def linear_saddles() -> Instance:
    """Fifty copies: √200 ≤ 14 is false."""
    return saddle(1, 50)


def off_event() -> Instance:
    """f = x at ±1 with s = 0: the first moment is 2, above √2."""
    return line().with_values(s=0.0)


def constant_at_level() -> Instance:
    """Equal labels and f = 1."""
    return constant_labels().with_values(s=1.0)


def single_datum() -> Instance:
    """One label: |ȳ| = 1, and |ȳ| ≤ ½ is promised with probability 1 − 2e^{−3/2}."""
    network = Network(np.eye(12)[:1], np.zeros(1), np.ones(1), polynomial_activation([0, 1]))
    return network_instance(network, listed(np.eye(12)[:1], [1]), 1)


SHARED = {"without fits": unfitted, "without unit rows": long_line, "without polynomial": linear_saddle}

MEASUREMENTS = (
    Measurement("bln.thm8.width", draw_moments, (pair, one_point, equal_rows), twin_draws={
        "without unit rows": fixed(long_pair), "the mean alone": fixed(pair), "the deviation alone": fixed(axes)}),
    Measurement("bln.thm8.random_labels", draw_labels, (line_at_level, saddle_at_level, constant_at_level), twin_draws={
        **{name: fixed(build) for name, build in SHARED.items()}, "off the event": fixed(off_event),
        "no price for the mean": fixed(constant_at_level)}),
    Measurement("bln.thm8.generic", draw_generic, (line, saddle, constant_labels), twin_draws={
        "without fits": fixed(unfitted_cross), "without unit rows": fixed(long_axes), "without polynomial": fixed(linear_saddles),
        "without enough data": fixed(single_datum), "off the event": fixed(constant_labels), "a larger constant": fixed(line)}),
)
