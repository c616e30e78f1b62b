"""Measures the block law: kinks drawn through corners, lines of the plane in general position with all their vertices, and zigzags."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from verify.laws.draws import Array, Rng, fit_instance, fixed, independent_weights, integer, listed, new_seed, some_points
from verify.laws.functions import ConeFunction, NetworkFunction
from verify.laws.measure import Measurement
from verify.laws.new_laws.relu import BOWL, RELU
from verify.objects.instance import Instance
from verify.objects.networks import Network


def instance(network: Network, X: Array, corners: Any, blocks: Any, weights: Any, seed: int = 0, **more: Any) -> Instance:
    """The names of a network with real labels, its corners Q, the table C of their kinks, and the weights λ."""
    C, Q = np.asarray(blocks, dtype=float), np.asarray(corners, dtype=float)
    names = {"v": network.v, "c": float(network.c), "C": C, "Q": Q, "lam": np.asarray(weights, dtype=float), "r": len(Q)}
    return fit_instance(network, listed(X, network(X), real_labels=True), seed, **names, **more)


def through_corners(rng: Rng) -> tuple[Network, Array, Array, Array]:
    """One to three corners in the ball with independent kinks each, of weight 1."""
    d, r = integer(rng, 1, 3), integer(rng, 1, 3)
    Q = rng.standard_normal((r, d))
    Q *= 0.9 * rng.random((r, 1)) / np.linalg.norm(Q, axis=1, keepdims=True)
    sizes = [integer(rng, 1, min(d, 2)) for _ in range(r)]
    W = np.concatenate([independent_weights(rng, size, d) for size in sizes])
    owner = np.repeat(np.arange(r), sizes)
    b = -np.einsum("kd,kd->k", W, Q[owner])
    C = (owner[None, :] == np.arange(r)[:, None]).astype(float)
    network = Network(W, b, rng.standard_normal(len(W)), RELU, rng.standard_normal(d), float(rng.standard_normal()))
    return network, Q, C, np.ones(r)


def general_lines(rng: Rng) -> tuple[Network, Array, Array, Array]:
    """Three to five lines of the plane, all their vertices, each of weight 1/(k − 1): q = k/2."""
    k = integer(rng, 3, 5)
    angles = np.pi * (np.arange(k) + rng.uniform(0.2, 0.8, k)) / k
    W, b = np.column_stack([np.cos(angles), np.sin(angles)]), rng.uniform(-0.5, 0.5, k)
    pairs = list(combinations(range(k), 2))
    Q = np.array([np.linalg.solve(W[list(pair)], -b[list(pair)]) for pair in pairs])
    C = np.array([[float(l in pair) for l in range(k)] for pair in pairs])
    network = Network(W, b, rng.standard_normal(k), RELU, rng.standard_normal(2), float(rng.standard_normal()))
    return network, Q, C, np.full(len(pairs), 1 / (k - 1))


def draw(rng: Rng) -> Instance:
    """Either, and any points with the values of the network as labels."""
    found = (general_lines if rng.random() < 0.4 else through_corners)(rng)
    X = some_points(rng, integer(rng, 1, 6), found[0].d)
    return instance(found[0], X, *found[1:], new_seed(rng))


def draw_ball(rng: Rng) -> Instance:
    """Corners in the ball, kinks turned so that all are inactive at one of its points, and points of the ball."""
    network, Q, C, weights = through_corners(rng)
    o = rng.standard_normal(network.d)
    o *= 0.9 * rng.random() / np.linalg.norm(o)
    turn = -np.sign(network.W @ o + network.b)[:, None]
    network = Network(turn * network.W, turn[:, 0] * network.b, network.a, RELU, network.v, network.c)
    X = some_points(rng, integer(rng, 1, 6), network.d)
    X = X / max(1.0, float(np.linalg.norm(X, axis=1).max()))
    return instance(network, X, Q, C, weights, new_seed(rng), o=o)


POINTS = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0], [0.25, 0.25]])


def zigzags() -> Instance:
    """In x_1 and in x_2 the slopes −1, 1, −1 with kinks at 0 and ½: Lip² = 2, energy 16 = 4·2·2 for two corners of two kinks."""
    W = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    network = Network(W, np.array([0.0, -0.5, 0.0, -0.5]), np.array([2.0, -2.0, 2.0, -2.0]), RELU, np.array([-1.0, -1.0]), 0.0)
    return instance(network, POINTS, [[0.0, 0.0], [0.5, 0.5]], [[1, 0, 1, 0], [0, 1, 0, 1]], [1, 1])


def fold(**more: Any) -> Instance:
    """2|x| − 1 at ±1 and twice at 0 of the line, its kink as the one corner: 4 = Lip(M + √(kq)B) with Lip = B = 2, M = 0."""
    network = Network(np.eye(1), np.zeros(1), np.array([4.0]), RELU, np.array([-2.0]), -1.0)
    return instance(network, np.array([[1.0], [-1.0], [0.0], [0.0]]), [[0.0]], [[1]], [1], **more)


def anchored() -> Instance:
    """The same, inactive at −½."""
    return fold(o=np.array([-0.5]))


# --- where the false twins fail -----------------------------------------------------------------------------------------------------

def three_at_one_point() -> Instance:
    """u = (35, ±12)/37 and (1, 0) through 0 with α = (2, 2, −2), v = (−33/37, 0); blocks of the first two and of the last."""
    W = np.array([[35.0, 12.0], [35.0, -12.0], [37.0, 0.0]]) / 37
    network = Network(W, np.zeros(3), np.array([2.0, 2.0, -2.0]), RELU, np.array([-33 / 37, 0.0]), 0.0)
    return instance(network, POINTS, np.zeros((2, 2)), [[1, 1, 0], [0, 0, 1]], [1, 1])


def _twice(corners: Any, blocks: Any) -> Instance:
    """5ReLU(x_1) − 5ReLU(x_1) = 0, with corners of weight 1."""
    network = Network(np.array([[1.0, 0.0], [1.0, 0.0]]), np.zeros(2), np.array([5.0, -5.0]), RELU)
    return instance(network, POINTS, corners, blocks, np.ones(len(corners)))


def twice_in_a_block() -> Instance:
    """One kink written twice, in one block: dependent normals."""
    return _twice([[0.0, 0.0]], [[1, 1]])


def through_nothing() -> Instance:
    """One kink written twice, in two blocks whose corner is on neither."""
    return _twice([[0.5, 0.0], [0.5, 0.0]], np.eye(2))


def uncovered() -> Instance:
    """The cancelling kinks lie in no block."""
    return _twice([[0.5, 0.0]], [[0, 0]])


def beyond() -> Instance:
    """A kink at distance 2, with its corner: f is affine on the ball, and here 0."""
    network = Network(np.array([[1.0, 0.0]]), np.array([-2.0]), np.array([1.0]), RELU)
    return instance(network, POINTS, [[2.0, 0.0]], [[1]], [1])


def other_labels() -> Instance:
    """The fold with its outer weight 0, and other labels."""
    network = Network(np.eye(1), np.zeros(1), np.zeros(1), RELU)
    found = instance(network, np.array([[1.0], [-1.0]]), [[0.0]], [[1]], [1], o=np.array([-0.5]))
    return found.with_values(y=np.array([1.0, -1.0]))


def other_function() -> Instance:
    """2‖x‖ − 1 at ±e_1, ±e_2 and four times at 0, and one kink of weight 0: 8 against Lip·√(kq)·B = 2·2√2."""
    network = Network(np.eye(2)[:1], np.zeros(1), np.zeros(1), RELU)
    found = instance(network, BOWL.X, [[0.0, 0.0]], [[1]], [1], o=np.array([-0.5, 0.0]))
    return found.with_values(f=ConeFunction(np.zeros(2), 2.0, -1.0), y=BOWL.y)


def far_data() -> Instance:
    """2(x − 2)₊-like values 1 at ±3 and −1 at 0, constant on the ball: Lip_B = 0, with a kink of weight 0 as the corner."""
    outside = Network(np.array([[1.0], [-1.0]]), np.array([-2.0, -2.0]), np.array([2.0, 2.0]), RELU, np.zeros(1), -1.0)
    inside = Network(np.eye(1), np.zeros(1), np.zeros(1), RELU, np.zeros(1), -1.0)
    X = np.array([[3.0], [-3.0], [0.0]])
    return instance(inside, X, [[0.0]], [[1]], [1], o=np.array([-0.5])).with_values(f=NetworkFunction(outside), y=outside(X))


ENERGY_TWINS = {
    "without exactly": fixed(three_at_one_point), "without independent": fixed(twice_in_a_block), "without through": fixed(through_nothing),
    "without cover": fixed(uncovered), "1/100 less": fixed(zigzags)}

MEASUREMENTS = (
    Measurement("k.blocks.energy", draw, (zigzags, fold), twin_draws=ENERGY_TWINS),
    Measurement("k.blocks.energy_ball", draw_ball, (zigzags, fold), twin_draws=ENERGY_TWINS | {"without inside": fixed(beyond)}),
    Measurement("k.blocks", draw, (zigzags, fold), twin_draws={
        "without fits": fixed(other_labels), "without network": fixed(other_function), "1/100 less": fixed(fold)}),
    Measurement("k.blocks.ball", draw_ball, (anchored,), twin_draws={
        "without fits": fixed(other_labels), "without network": fixed(other_function), "without data in the ball": fixed(far_data),
        "1/100 less": fixed(anchored)}),
)
