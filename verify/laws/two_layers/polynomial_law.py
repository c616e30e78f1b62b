"""Measures Theorem 8 for given data: polynomial networks of degree 1 to 4 that fit, with their Lipschitz constants on the ball.

A fit is had in three ways: data on the level sets of a random network; the kernel Σ a_i ψ(x_i·x + 1) through given points, of least norm
where there are fewer points than monomials; and few neurons on random directions through as few points.
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np

from theory.errors import BadData, HypothesisViolated
from verify.fits import preconditions as needs
from verify.fits.explicit import least_norm_solution
from verify.laws.draws import (
    Array,
    Rng,
    accuracy_of,
    fixed,
    integer,
    labelled,
    level_set_data,
    listed,
    new_seed,
    some_weights,
)
from verify.laws.functions import least_mcshane
from verify.laws.measure import Measurement
from verify.lipschitz.polynomials.functions import polynomial_network
from verify.objects.data import Dataset
from verify.objects.instance import Instance
from verify.objects.networks import Network
from verify.objects.networks.polynomials import coefficients_of, polynomial_activation


def network_instance(network: Network, data: Dataset, p: int, seed: int = 0, **more: Any) -> Instance:
    """The names of a polynomial network, of the polynomial f that it is, and of the data."""
    f = polynomial_network(network.W, network.b, network.a, (*coefficients_of(network.activation), 0.0))
    names = {"X": data.X, "y": data.y, "W": network.W, "b": network.b, "a": network.a, "psi": network.activation, "f": f,
             "n": data.n, "d": data.d, "k": network.k, "p": p}
    return Instance(names | more, seed, accuracy=accuracy_of(f, data.X, data.y))


def on_line(coefficients: Any, x: Any, y: Any, p: int, **more: Any) -> Instance:
    """One neuron ψ(t) on a line, and data written out."""
    network = Network(np.ones((1, 1)), np.zeros(1), np.ones(1), polynomial_activation(coefficients))
    return network_instance(network, listed(np.reshape(x, (-1, 1)), y, real_labels=bool(np.any(np.abs(y) != 1))), p, **more)


def kernel_fit(rng: Rng, X: Array, y: Array, p: int) -> Network:
    """Σ a_i ψ(x_i·x + 1) through the points: t^p, or a polynomial with positive coefficients, whose kernel is as large."""
    c = np.eye(p + 1)[p] if rng.random() < 0.5 else np.asarray(rng.uniform(0.3, 1.0, p + 1))
    psi = polynomial_activation(c)
    return Network(X, np.ones(len(X)), least_norm_solution(psi.function(X @ X.T + 1), y), psi)


def some_points(rng: Rng, p: int, d: int, *, unit: bool) -> Array:
    """Points of a ball or of the sphere, far from one another, at most half as many as monomials: every labelling has a moderate fit.

    Each is the one of sixty drawn points that is farthest from those before.
    """
    most = comb(d + p - 1, p) + comb(d + p - 2, p - 1) if unit else comb(d + p, p)
    drawn = rng.standard_normal((60, d))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    if not unit:
        drawn *= rng.uniform(0.3, 1.2, (60, 1))
    chosen = [0]
    for _ in range(integer(rng, 1, min((most + 1) // 2, 9 if unit else 27)) - 1):
        gaps = np.linalg.norm(drawn[:, None] - drawn[chosen], axis=2).min(axis=1)
        chosen.append(int(np.argmax(gaps)))
    return np.asarray(drawn[chosen])


def some_fit(rng: Rng, *, unit: bool = False, orders: int = 4) -> tuple[Network, Dataset, int]:
    """A polynomial network, data that it fits, and its degree."""
    p, d = integer(rng, 1, orders), integer(rng, 1, 3)
    if rng.random() < 0.1:
        p, d = integer(rng, 1, 2), 4
    if unit or rng.random() < 0.6:
        X = some_points(rng, p, d, unit=unit)
        y = labelled(X, rng)
        if rng.random() < 0.2:                                  # adversarial labels: the signs of an eigenvector of the kernel
            y = np.where(np.linalg.eigh((X @ X.T) ** p)[1][:, integer(rng, 0, len(X) - 1)] >= 0, 1.0, -1.0)
            y = np.asarray(y[[int(np.flatnonzero(np.all(np.abs(X - row) < 1e-9, axis=1))[0]) for row in X]])
        return kernel_fit(rng, X, y, p), Dataset(X, y), p
    W = some_weights(rng, integer(rng, 1, 4), d) / 2
    psi = polynomial_activation(rng.standard_normal(p + 1))
    network, data = level_set_data(Network(W, rng.standard_normal(len(W)), rng.standard_normal(len(W)), psi), integer(rng, 1, 10), rng)
    return network, data, p


def draw(rng: Rng) -> Instance:
    """A polynomial fit of degree 1 to 4 in dimension 1 to 4."""
    network, data, p = some_fit(rng)
    return network_instance(network, data, p, new_seed(rng))


def draw_in_ball(rng: Rng) -> Instance:
    """The same with the data in the ball: f(sx) fits x_i/s."""
    network, data, p = some_fit(rng)
    s = max(1.0, float(np.linalg.norm(data.X, axis=1).max()) * (1 + 1e-14))
    inside = Network(network.W * s, network.b, network.a, network.activation)
    return network_instance(inside, Dataset(data.X / s, data.y), p, new_seed(rng))


# --- corners ------------------------------------------------------------------------------------------------------------------------

CROSS = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])


def line() -> Instance:
    """f = x at ±1: 2 ≤ 1·2, an equality at p = 1."""
    return on_line([0, 1], [1, -1], [1, -1], 1)


def saddle(p: int = 2, copies: int = 1, **more: Any) -> Instance:
    """f = x_1² − x_2² at ±e_1, ±e_2: 4 ≤ 2·(½·√2·√8), an equality at p = 2."""
    network = Network(np.eye(2), np.zeros(2), np.array([1.0, -1.0]), polynomial_activation([0, 0, 1]))
    return network_instance(network, listed(np.tile(CROSS, (copies, 1)), [1, 1, -1, -1] * copies), p, **more)


def chebyshev(p: int) -> Instance:
    """f′ = T_{p−1}, f(0) = 1 at the datum 0: Lip_B = 1, and the coefficients of f′ are those of the bound."""
    c = np.polynomial.chebyshev.cheb2poly(np.eye(p)[p - 1])
    return on_line([1.0, *(c / np.arange(1, p + 1))], [0.0], [1.0], p)


def third() -> Instance:
    """f′ = 2t² − 1: the coefficient of t² in f′ is twice the maximum."""
    return chebyshev(3)


def fourth() -> Instance:
    """f′ = 4t³ − 3t."""
    return chebyshev(4)


def constant_labels() -> Instance:
    """Equal labels and f = 1: both sides are 0."""
    return on_line([1, 0], [1, -1], [1, 1], 2)


# --- the user's network ---------------------------------------------------------------------------------------------------------------

def from_fit(network: Network, data: Dataset) -> Instance:
    """Any fit of labels ±1 by a network whose activation is a polynomial and that has no linear part beside its neurons."""
    needs.require_signs(data)
    needs.require_no_affine_part(network)
    needs.require_fit(network, data)
    try:
        degree = len(coefficients_of(network.activation)) - 1
    except BadData as error:
        raise HypothesisViolated(f"the activation {network.activation.name} is not a polynomial; use power:p or identity") from error
    return network_instance(network, data, max(degree, 1))


# --- where the false twins fail -----------------------------------------------------------------------------------------------------

EVEN = ([1.0, -1.0, 0.5, -0.5], [1.0, 1.0, -1.0, -1.0])


def even(p: int) -> Instance:
    """f = 8x²/3 − 5/3 at ±1 and ±½: the first moment is 0, and f is constant on S⁰."""
    return on_line([-5 / 3, 0, 8 / 3], *EVEN, p)


def linear_called() -> Instance:
    """The parabola with p = 1."""
    return even(1)


def even_sphere() -> Instance:
    """The parabola with p = 2."""
    return even(2)


def not_a_polynomial() -> Instance:
    """McShane's function for the same data beside a linear network that it is not."""
    X, y = np.reshape(EVEN[0], (-1, 1)), np.array(EVEN[1])
    return on_line([0, 1], *EVEN, 1).with_values(f=least_mcshane(X, y))


def zero_function() -> Instance:
    """f = 0 and all weights 0: nothing is fitted."""
    return on_line([0, 0], [1, -1], [1, -1], 2)


def half_labels() -> Instance:
    """Labels ±½ fitted by x at ±½: the left side is 2."""
    return on_line([0, 1], [0.5, -0.5], [0.5, -0.5], 1)


def other_network() -> Instance:
    """f = 0 beside the network ψ(x) = x."""
    return line().with_values(f=zero_function().values["f"])


def cubic(p: int = 2) -> Instance:
    """ψ = t³, which is called a polynomial of degree 2."""
    return on_line([0, 0, 0, 1], [1, -1], [1, -1], p)


def fourth_called_second() -> Instance:
    """f′ = T_3 with p = 2."""
    return fourth().with_values(p=2)


def shifted() -> Instance:
    """f = 1 + x."""
    return on_line([1, 1], [0], [1], 1)


def square() -> Instance:
    """f = x², constant on S⁰."""
    return on_line([0, 0, 1], [1, -1], [1, 1], 2)


def outside() -> Instance:
    """f = x/10 at ±10."""
    return on_line([0, 0.1], [10, -10], [1, -1], 1)


def constant_one() -> Instance:
    """f = 1 at 0."""
    return on_line([1, 0], [0], [1], 1)


MEASUREMENTS = (
    Measurement("bln.thm8.form", draw, (line, saddle, third, fourth, constant_labels), from_fit=from_fit, twin_draws={
        "without network": fixed(other_network), "without polynomial": fixed(cubic), "no constant": fixed(shifted),
        "without the highest order": fixed(square)}),
    Measurement("bln.thm8.coefficients", draw, (line, saddle, third, fourth), from_fit=from_fit, twin_draws={
        "without network": fixed(other_network), "without polynomial": fixed(fourth_called_second),
        "coefficients at most the maximum": fixed(third), "on the sphere": fixed(square)}),
    Measurement("bln.thm8.sharp", draw, (line, saddle, constant_labels, even_sphere), from_fit=from_fit, twin_draws={
        "without fits": fixed(zero_function), "without labels": fixed(half_labels), "without network": fixed(not_a_polynomial),
        "without polynomial": fixed(linear_called), "uncentred": fixed(constant_labels), "without the dimension": fixed(saddle),
        "twice": fixed(line), "on the sphere": fixed(even_sphere)}),
    Measurement("bln.thm8.labels", draw_in_ball, (line, saddle, constant_labels), twin_draws={
        "without fits": fixed(zero_function), "without in the ball": fixed(outside), "half the distance": fixed(line),
        "each label": fixed(constant_one)}),
)
