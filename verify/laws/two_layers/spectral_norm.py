"""Measures Theorem 5: networks that fit exactly, without biases for the homogeneous forms, with any for the sliced form."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.fits import preconditions as needs
from verify.laws.draws import (
    HOMOGENEOUS,
    LIPSCHITZ,
    Rng,
    fit_instance,
    fixed,
    integer,
    level_set_data,
    listed,
    new_seed,
    one_of,
    ray_data,
    some_network,
    some_weights,
    spread_data,
    staircase,
    trained,
)
from verify.laws.measure import Measurement
from verify.objects.data import Dataset
from verify.objects.instance import Instance
from verify.objects.networks import Network, activation, cancelling_pair, unbalanced_scaling

E1 = np.array([[1.0, 0.0]])
PLUS_MINUS = np.array([[1.0, 0.0], [-1.0, 0.0]])


def plain(W: Any, a: Any, psi: str = "relu", b: Any = None) -> Network:
    """A network from lists, without biases unless they are given."""
    W = np.asarray(W, dtype=float)
    return Network(W, np.zeros(len(W)) if b is None else np.asarray(b, dtype=float), np.asarray(a, dtype=float), activation(psi))


# --- random instances -------------------------------------------------------------------------------------------------------------

def draw_homogeneous(rng: Rng) -> Instance:
    """A bias-free fit: on scaled rays, or on the sphere's level sets; sometimes with neurons that cancel or scales that do not match."""
    d, n = integer(rng, 1, 4), integer(rng, 1, 8)
    network = some_network(rng, some_weights(rng, integer(rng, 1, 6), d), one_of(rng, HOMOGENEOUS), biases=False)
    if rng.random() < 0.3:
        network, data = level_set_data(network, n, rng, unit=True)
    else:
        data = ray_data(network, n, rng)
    if rng.random() < 0.2:
        network = cancelling_pair(network, 10.0 ** rng.uniform(-1, 1), rng.standard_normal(d))
    if rng.random() < 0.3:
        t = 10.0 ** rng.uniform(-1, 1, network.k)       # ReLU(ct) = cReLU(t): the function stays, ‖a‖‖W‖_op does not
        network = Network(network.W * t[:, None], network.b, network.a / t, network.activation)
    return fit_instance(network, data, new_seed(rng))


def draw_sliced(rng: Rng) -> Instance:
    """Any Lipschitz activation, any biases: given data and a staircase of ReLU units, or a given network and its level sets."""
    d, n = integer(rng, 1, 4), integer(rng, 1, 8)
    if rng.random() < 0.4:
        data = spread_data(rng, min(n, 5), d)
        network = staircase(data, rng)
    else:
        network = some_network(rng, some_weights(rng, integer(rng, 1, 6), d), one_of(rng, LIPSCHITZ))
        network, data = level_set_data(network, n, rng, unit=rng.random() < 0.3)
    L = needs.require_lipschitz(network) * one_of(rng, (1.0, 1.0, 1.25))
    return fit_instance(network, data, new_seed(rng), L=L)


# --- corners: where the laws are tight ----------------------------------------------------------------------------------------------

def one_point() -> Instance:
    """One neuron at its own datum: R = 1 and the path norm is 1 = n.  All forms without biases are equalities here."""
    return fit_instance(plain(E1, [1]), listed(E1, [1]))


def opposite_axes() -> Instance:
    """x_i = e_i with labels ±1, W = I, a = y: R = 1, so n = 2 = R·(1 + 1), and ‖a‖‖W‖_op√min(k, d) = √2·√2 is tight as well."""
    return fit_instance(plain(np.eye(2), [1, -1]), listed(np.eye(2), [1, -1]))


def balanced_axes() -> Instance:
    """Orthonormal data, two of each label, one neuron a class: R = √2 at both class means, path norm 2√2, ‖W‖_op = 1: all tight."""
    W = np.array([[1, 1, 0, 0], [0, 0, 1, 1]]) / np.sqrt(2)
    return fit_instance(plain(W, [np.sqrt(2), -np.sqrt(2)]), listed(np.eye(4), [1, 1, -1, -1]))


def sloped() -> Instance:
    """d = 1, k = 2 > d: |x| fits two labels +1 by its two halves, n = 2 = R·path with R = 1."""
    return fit_instance(plain([[1], [-1]], [1, 1]), listed([[1.0], [-1.0]], [1, 1]))


def antipodal_line() -> Instance:
    """x = ±e_1 with labels ±1 fitted by e_1·x: V = 2 and the path norm is 1, so n(1 − ȳ²) = 2 = L·V·path."""
    return fit_instance(plain(E1, [1], "identity"), listed(PLUS_MINUS, [1, -1]), L=1)


def absolute_value() -> Instance:
    """Labels +1 at ±e_1 and twice −1 at 0, fitted by 2|x_1| − 1 with a bias neuron: V = 2 and path norm 4, n(1 − ȳ²) = 4."""
    X = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    return fit_instance(plain([[1, 0], [-1, 0], [0, 0]], [2, 2, -1], b=[0, 0, 1]), listed(X, [1, 1, -1, -1]), L=1)


def unbalanced() -> Instance:
    """ReLU(x_1) + ReLU(x_2) written with a = (10, 1/10): the function is tame, ‖a‖‖W‖_op ≥ 100."""
    return fit_instance(unbalanced_scaling(10.0, [1.0, 0.0], [0.0, 1.0]), listed(np.eye(2), [1, 1]))


def constant_labels() -> Instance:
    """Equal labels fitted by a bias alone: both sides of the centred law are 0."""
    return fit_instance(plain(np.zeros((1, 2)), [1], b=[1]), listed(PLUS_MINUS, [1, 1]), L=1)


def three_directions() -> Instance:
    """Three points at 0, 100 and 200 degrees with labels +, −, +, one neuron at each: n = 3 against R·path."""
    angles = np.deg2rad([0.0, 100.0, 200.0])
    X = np.column_stack([np.cos(angles), np.sin(angles)])
    y = np.array([1.0, -1.0, 1.0])
    return fit_instance(plain(X, np.linalg.solve(np.maximum(X @ X.T, 0), y)), listed(X, y))


def trained_network() -> Instance:
    """Six Gaussian points of the plane with balanced labels, fitted by training five tanh units."""
    return fit_instance(*trained(6, 2, 5, "tanh", seed=0), L=1)


# --- the user's network ---------------------------------------------------------------------------------------------------------------

def from_fit(network: Network, data: Dataset) -> Instance:
    """The instance of a bias-free homogeneous fit of labels ±1."""
    needs.require_signs(data)
    needs.require_no_affine_part(network)
    needs.require_no_bias(network)
    needs.require_homogeneous(network)
    needs.require_fit(network, data)
    return fit_instance(network, data)


def from_fit_sliced(network: Network, data: Dataset) -> Instance:
    """The instance of any fit of labels ±1 by a network with a Lipschitz activation; L is that of ψ."""
    needs.require_signs(data)
    needs.require_no_affine_part(network)
    L = needs.require_lipschitz(network)
    needs.require_fit(network, data)
    return fit_instance(network, data, L=L)


# --- where the false twins fail ---------------------------------------------------------------------------------------------------

def bias_only() -> Instance:
    """f = ReLU(1) = 1 with w = 0: a fit of path norm 0."""
    return fit_instance(plain(np.zeros((1, 2)), [1], b=[1]), listed(E1, [1]))


def soft_constant() -> Instance:
    """f = ψ(0)/log 2 = 1 for softplus, which is 1-Lipschitz but not homogeneous: a fit without bias of path norm 0."""
    return fit_instance(plain(np.zeros((1, 2)), [1 / np.log(2)], "softplus"), listed(E1, [1]))


def half_label() -> Instance:
    """One label ½: R·path = ½·½ < 1 = n."""
    return fit_instance(plain(E1, [0.5]), listed(E1, [0.5], real_labels=True))


def zero_function() -> Instance:
    """f = 0, which fits nothing."""
    return fit_instance(plain(np.zeros((1, 2)), [0]), listed(E1, [1]))


def cancelling() -> Instance:
    """ReLU(x_1) plus two neurons that cancel: path norm 11 for n = 1, R = 1."""
    return fit_instance(cancelling_pair(plain(E1, [1]), 5.0, [0.0, 1.0]), listed(E1, [1]))


def cancelling_line() -> Instance:
    """e_1·x plus two neurons that cancel."""
    return fit_instance(cancelling_pair(plain(E1, [1], "identity"), 5.0, [0.0, 1.0]), listed(PLUS_MINUS, [1, -1]), L=1)


def half_slope() -> Instance:
    """Labels ±½ at ±e_1: L·V·path = 1·½, and n(1 − ȳ²) = 2."""
    return fit_instance(plain(E1, [0.5], "identity"), listed(PLUS_MINUS, [0.5, -0.5], real_labels=True), L=1)


SHARED = {
    "without no bias": fixed(bias_only), "without homogeneous": fixed(soft_constant), "without labels": fixed(half_label),
    "without fits": fixed(zero_function), "twice n": fixed(one_point),
}
CORNERS = (one_point, opposite_axes, balanced_axes, sloped, unbalanced, three_directions)

MEASUREMENTS = (
    Measurement("bln.thm5.path", draw_homogeneous, CORNERS, from_fit=from_fit, twin_draws=SHARED | {
        "flipped": fixed(cancelling), "Lipschitz constant in place of path norm": fixed(sloped)}),
    Measurement("bln.thm5.sharp", draw_homogeneous, CORNERS, from_fit=from_fit, twin_draws=SHARED | {
        "flipped": fixed(unbalanced), "without √min(k, d)": fixed(opposite_axes), "Lipschitz constant in place of proxy": fixed(sloped)}),
    Measurement("bln.thm5.sliced", draw_sliced, (antipodal_line, absolute_value, constant_labels, trained_network),
                from_fit=from_fit_sliced, twin_draws={
        "without psi Lipschitz": fixed(lambda: antipodal_line().with_values(L=0.5)), "without labels": fixed(half_slope),
        "twice": fixed(antipodal_line), "uncentred": fixed(constant_labels), "flipped": fixed(cancelling_line)}),
)
