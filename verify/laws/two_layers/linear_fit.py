"""Measures section 3.1: the least-norm linear fit, its constant against other linear fits, and generic data."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.laws.draws import Array, Rng, fixed, integer, labelled, new_seed, one_of, some_weights
from verify.laws.functions import NetworkFunction, affine_function
from verify.laws.measure import Measurement
from verify.objects.instance import Instance
from verify.objects.networks import ACTIVATIONS, Network

AXES = np.eye(2)


def linear_instance(X: Array, alpha: Array, seed: int = 0, *, neurons: int = 1, **more: Any) -> Instance:
    """α, w = Σ α_i x_i as one identity neuron or two ReLU neurons, and the labels w·x_i."""
    w = X.T @ alpha
    if neurons == 1:
        network = Network(w[None], np.zeros(1), np.ones(1), ACTIVATIONS["identity"])
    else:
        network = Network(np.stack([w, -w]), np.zeros(2), np.array([1.0, -1.0]), ACTIVATIONS["relu"])
    values = {"X": X, "y": X @ w, "alpha": alpha, "f": NetworkFunction(network), "n": len(X), "d": X.shape[1]}
    return Instance(values | more, seed, accuracy=1e-12)                # α of opposite signs cancels in w by up to a hundred


def draw_linear(rng: Rng, neurons: int = 1) -> Instance:
    """Any rows and any α, dependent rows among them; or labels ±1 at independent rows."""
    d = integer(rng, 1, 8)
    if rng.random() < 0.5:
        X = some_weights(rng, integer(rng, 1, 10), d)
        return linear_instance(X, rng.standard_normal(len(X)), new_seed(rng), neurons=neurons)
    X = rng.standard_normal((integer(rng, 1, max(1, d // 2)), d)) if rng.random() < 0.5 else np.eye(d)[: integer(rng, 1, d)]
    return signed(rng, X, neurons)


def signed(rng: Rng, X: Array, neurons: int = 1) -> Instance:
    """Labels ±1 at independent rows, with α by two solves."""
    y, gram = labelled(X, rng), X @ X.T
    alpha = np.linalg.solve(gram, y)
    alpha += np.linalg.solve(gram, y - gram @ alpha)
    return linear_instance(X, alpha, new_seed(rng), neurons=neurons).with_values(y=y)


def draw_two_neurons(rng: Rng) -> Instance:
    """The same by two ReLU neurons."""
    return draw_linear(rng, 2)


def draw_least(rng: Rng) -> Instance:
    """Another linear fit: w and a vector orthogonal to the data, of any size, zero among them."""
    d = integer(rng, 1, 8)
    X = some_weights(rng, integer(rng, 1, d), d)
    found = linear_instance(X, rng.standard_normal(len(X)), new_seed(rng))
    across = np.linalg.svd(X)[2][len(X):]                           # orthonormal, and orthogonal to the rows
    g = across.T @ rng.standard_normal(len(across)) * one_of(rng, (0.0, 0.01, 1.0))
    return found.with_values(v=X.T @ found.values["alpha"] + g)


def draw_generic(rng: Rng) -> Instance:
    """One point in 16 to 20 dimensions or two in 32, n ≤ d/16: Gaussian, orthonormal, or at an angle of at least 60°."""
    n, d = (1, integer(rng, 16, 20)) if rng.random() < 0.8 else (2, 32)
    X = rng.standard_normal((n, d)) / np.sqrt(d)
    kind = one_of(rng, ("gaussian", "orthonormal", "angle"))
    if kind != "gaussian":
        X = np.eye(d)[:n]
    if kind == "angle" and n == 2:
        X[1, :2] = (c := float(rng.uniform(-0.5, 0.5)), np.sqrt(1 - c**2))
    return signed(rng, X)


# --- corners ------------------------------------------------------------------------------------------------------------------------

def axes() -> Instance:
    """Orthonormal points, labels 1, −1: w = (1, −1), Lip = √2."""
    return linear_instance(AXES, np.array([1.0, -1.0]), v=np.array([1.0, -1.0]))


def acute() -> Instance:
    """x = (1, 0), (0.6, 0.8), labels 1, −1: α = (2.5, −2.5), w = (1, −2), Lip² = 5."""
    return linear_instance(np.array([[1.0, 0.0], [0.6, 0.8]]), np.array([2.5, -2.5]), v=np.array([1.0, -2.0]))


def equal_points() -> Instance:
    """Twice the same point with the same label: XXᵀ is singular, α is not unique, w is."""
    return linear_instance(np.array([[2.0, 0.0], [2.0, 0.0]]), np.array([0.1, 0.15]), v=np.array([0.5, 3.0]))


def one_number() -> Instance:
    """n = d = 1."""
    return linear_instance(np.array([[0.5]]), np.array([4.0]), v=np.array([2.0]))


def acute_neurons() -> Instance:
    """The same by two ReLU neurons."""
    return linear_instance(np.array([[1.0, 0.0], [0.6, 0.8]]), np.array([2.5, -2.5]), neurons=2)


def half_gram() -> Instance:
    """x_1·x_2 = ½ with opposite labels in R^32: λ_min(XXᵀ) = ½ and Lip² = 4 = 2n, an equality."""
    X = np.eye(32)[:2]
    X[1, :2] = (0.5, np.sqrt(0.75))
    return linear_instance(X, np.array([2.0, -2.0])).with_values(y=np.array([1.0, -1.0]))


# --- where the false twins fail -------------------------------------------------------------------------------------------------------

def steeper() -> Instance:
    """f = 3(x_1 − x_2) is another function."""
    return axes().with_values(f=affine_function([3.0, -3.0]))


def other_labels() -> Instance:
    """Labels 1, 1 at the axes, and w = (1, −1)."""
    return axes().with_values(y=np.ones(2))


def small_vector() -> Instance:
    """v = 0 fits nothing."""
    return axes().with_values(v=np.zeros(2))


def not_least() -> Instance:
    """α = (1, −1) for labels ½, −½, which v = (½, −½) fits."""
    return axes().with_values(y=np.array([0.5, -0.5]), v=np.array([0.5, -0.5]))


def neurons_steeper() -> Instance:
    """Another function in place of the two neurons."""
    return acute_neurons().with_values(f=affine_function([3.0, -3.0]))


def other_neuron_labels() -> Instance:
    """Labels that w does not fit."""
    return acute_neurons().with_values(y=np.ones(2))


def tripled() -> Instance:
    """Labels ±3."""
    return linear_instance(np.eye(16)[:1], np.array([3.0]))


def unsolved() -> Instance:
    """α three times too large for the label 1."""
    return tripled().with_values(y=np.ones(1))


def steep_line() -> Instance:
    """f = 3x_1 with w = e_1."""
    return linear_instance(np.eye(16)[:1], np.ones(1)).with_values(f=affine_function(3 * np.eye(16)[0]))


def too_many() -> Instance:
    """The 16 axes and −e_1, n > d: XXᵀ ⪰ ½I has probability 0."""
    return linear_instance(np.concatenate([np.eye(16), -np.eye(16)[:1]]), np.append(np.ones(16), 0.0))


MEASUREMENTS = (
    Measurement("bln.s31.sharp", draw_linear, (axes, acute, equal_points, one_number), twin_draws={
        "without linear": fixed(steeper), "without solves": fixed(other_labels), "half": fixed(acute)}),
    Measurement("bln.s31.relu", draw_two_neurons, (acute_neurons,), twin_draws={
        "without neurons": fixed(neurons_steeper), "without solves": fixed(other_neuron_labels), "twice": fixed(acute_neurons)}),
    Measurement("bln.s31.least", draw_least, (axes, acute, equal_points, one_number), twin_draws={
        "without linear": fixed(steeper), "without solves": fixed(not_least), "without other fit": fixed(small_vector),
        "half": fixed(acute)}),
    Measurement("bln.s31.generic", draw_generic, (half_gram,), twin_draws={
        "without linear": fixed(steep_line), "without solves": fixed(unsolved), "without labels": fixed(tripled),
        "without few data": fixed(too_many), "without the 2": fixed(half_gram)}),
)
