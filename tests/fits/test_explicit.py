"""Fits of given data, by construction and by training: they fit, they have the shape they claim, and they refuse."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.errors import BadData, NotCertified
from verify.fits.explicit import fit_tolerance, least_norm_solution, random_feature_fit, steepest_chord
from verify.fits.training import NotFitted, TrainingOptions, repaired, train_fit
from verify.objects.data import Dataset, draw
from verify.objects.networks import Network


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


TWO_ON_A_RAY = Dataset([[1.0, 0.0], [2.0, 0.0]], [1, -1], "ray")


def test_tolerance_follows_the_labels():
    assert fit_tolerance(Dataset([[0.0]], [-1])) == 1e-9
    assert fit_tolerance(Dataset([[0.0]], [500.0], real_labels=True)) == 1e-9 * 500


def test_least_norm_solution_is_the_pseudo_inverse():
    features = rng().standard_normal((4, 9))
    target = rng(1).standard_normal(4)
    assert np.allclose(least_norm_solution(features, target), np.linalg.pinv(features) @ target, rtol=1e-10)


# ---- random features ---------------------------------------------------------------------------------------------


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    st.sampled_from(["relu", "leaky_relu", "abs", "tanh"]),
    st.sampled_from(["sphere", "gaussian", "ball", "mixture", "simplex"]),
    st.integers(1, 12),
    st.integers(2, 6),
    st.integers(0, 10**6),
)
def test_random_features_fit_generic_data(psi, model, n, d, seed):
    data = draw(model, n, d, rng(seed))
    network = random_feature_fit(data, 20 * n + 20, psi, rng(seed + 1))
    assert network.residual(data) <= 1e-9
    assert network.activation.name.startswith(psi)
    assert not network.has_affine_part


def test_random_features_without_biases():
    data = draw("sphere", 10, 6, rng())
    network = random_feature_fit(data, 60, "relu", rng(), biases=False)
    assert np.all(network.b == 0)
    assert network.fits(data, 1e-9)


def test_random_feature_weights_have_least_norm():
    data = draw("sphere", 6, 4, rng())
    network = random_feature_fit(data, 30, "relu", rng())
    features = network.activation.function(network.preactivations(data.X))
    # A solution has least norm exactly if it lies in the row space of Φ.
    in_rows = features.T @ np.linalg.lstsq(features.T, network.a)[0]
    assert np.allclose(in_rows, network.a, rtol=0, atol=1e-9)


def test_random_features_refuse_what_they_cannot_fit():
    data = draw("sphere", 10, 3, rng())
    with pytest.raises(NotCertified, match=r"of 4 neurons misses the labels of .* by .*; take k ≥ n = 10"):
        random_feature_fit(data, 4, "relu", rng())
    with pytest.raises(NotCertified, match="biases"):  # f(2x) = 2f(x) cannot change sign along a ray
        random_feature_fit(TWO_ON_A_RAY, 50, "relu", rng(), biases=False)
    assert random_feature_fit(TWO_ON_A_RAY, 50, "relu", rng()).fits(TWO_ON_A_RAY, 1e-9)
    with pytest.raises(BadData, match="number of neurons, is 0"):
        random_feature_fit(data, 0, "relu", rng())
    with pytest.raises(BadData, match="no activation"):
        random_feature_fit(data, 20, "mish", rng())
    with pytest.raises(BadData, match="default_rng"):
        random_feature_fit(data, 20, "relu", 3)


def test_the_origin_alone_is_fitted():
    data = Dataset([[0.0, 0.0]], [-1])
    assert random_feature_fit(data, 5, "relu", rng()).fits(data, 1e-9)


# ---- chords ------------------------------------------------------------------------------------------------------


def test_steepest_chord_by_hand():
    square = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]])
    assert steepest_chord(square, np.array([1.0, -1.0, 1.0])) == 2 / np.sqrt(18)
    assert steepest_chord(square, np.ones(3)) == 0
    assert steepest_chord(np.array([[0.0], [0.0]]), np.array([1.0, -1.0])) == np.inf
    assert steepest_chord(np.array([[0.0, 1.0], [0.0, 1.0]]), np.array([1.0, -1.0])) == np.inf


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(1, 12), st.integers(0, 10**6))
def test_neighbours_carry_the_steepest_chord_on_a_line(n, seed):
    s, y = rng(seed).standard_normal((n, 1)), rng(seed + 1).standard_normal(n)
    embedded = np.column_stack([s, np.zeros(n)])  # takes the general path over all pairs
    assert np.isclose(steepest_chord(s, y), steepest_chord(embedded, y), rtol=1e-12)


# ---- training ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("psi", ["relu", "leaky_relu", "abs", "tanh", "power:3"])
def test_training_reaches_exact_fits(psi):
    data = draw("sphere", 10, 3, rng(1), "balanced")
    network = train_fit(data, 12, psi, TrainingOptions(), rng(2))
    assert isinstance(network, Network)
    assert (network.k, network.fits(data, 1e-9), network.has_affine_part) == (12, True, False)


def test_training_fits_with_fewer_neurons_than_points():
    data = draw("gaussian", 20, 6, rng(1), "balanced")
    network = train_fit(data, 5, "relu", TrainingOptions(restarts=20), rng(2))
    assert isinstance(network, Network)
    assert network.k == 5 < data.n
    assert network.fits(data, 1e-9)


def test_training_without_biases_keeps_them_zero():
    data = draw("sphere", 8, 4, rng(1))
    network = train_fit(data, 10, "relu", TrainingOptions(biases=False), rng(2))
    assert isinstance(network, Network)
    assert np.all(network.b == 0)


def test_training_refuses_the_impossible_with_the_loss_it_reached():
    # Homogeneous functions with f(x) = 1 have f(2x) = 2: least squares leaves f(x) = −1/5, mean error (36+9)/25/2.
    refusal = train_fit(TWO_ON_A_RAY, 6, "relu", TrainingOptions(restarts=3, biases=False), rng())
    assert isinstance(refusal, NotFitted)
    assert np.isclose(refusal.loss, 0.9, rtol=1e-6)
    assert np.isclose(refusal.residual, 1.2, rtol=1e-4)
    assert refusal.restarts == 3


def test_same_seed_same_network():
    data = draw("sphere", 6, 3, rng(1), "balanced")
    first, second = (train_fit(data, 8, "relu", TrainingOptions(), rng(4)) for _ in range(2))
    assert isinstance(first, Network)
    assert isinstance(second, Network)
    assert first.W.tobytes() == second.W.tobytes()
    assert first.a.tobytes() == second.a.tobytes()


def test_a_repair_stays_near_and_fits_exactly():
    data = draw("sphere", 10, 4, rng(5))
    exact = train_fit(data, 8, "relu", TrainingOptions(), rng(5))
    assert isinstance(exact, Network)
    moved = Network(exact.W, exact.b, exact.a * 1.01, "relu")
    near = repaired(moved, data)
    assert moved.residual(data) > 1e-3
    assert isinstance(near, Network) and near.residual(data) <= fit_tolerance(data)
    assert np.linalg.norm(near.W - exact.W) < 0.1 * np.linalg.norm(exact.W)


def test_what_no_repair_reaches_is_said_with_its_residual():
    dead = Network([[0.0], [0.0]], [-1.0, -1.0], [1.0, 1.0], "relu")
    refusal = repaired(dead, Dataset([[-1.0], [1.0]], [1, -1]))
    assert isinstance(refusal, NotFitted) and refusal.residual == 1.0


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: repaired(Network([[1.0]], [0.0], [1.0], "relu", [1.0]), TWO_ON_A_RAY), BadData, "affine part"),
        (lambda: train_fit(TWO_ON_A_RAY, 0, "relu", TrainingOptions(), rng()), BadData, "number of neurons, is 0"),
        (lambda: train_fit(TWO_ON_A_RAY, 2, "mish", TrainingOptions(), rng()), BadData, "no activation 'mish'"),
        (lambda: train_fit(TWO_ON_A_RAY, 2, "relu", TrainingOptions(), 0), BadData, "default_rng"),
        (lambda: TrainingOptions(restarts=0), BadData, "restarts, a number of steps, is 0"),
        (lambda: TrainingOptions(iterations=1.5), BadData, "iterations, a number of steps, is 1.5"),
    ],
)
def test_bad_calls_of_training(call, error, words):
    with pytest.raises(error, match=re.escape(words)):
        call()
