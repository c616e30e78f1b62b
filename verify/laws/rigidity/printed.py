"""Measures E1 and E2 as printed: distinct kinks with unit normals."""

from __future__ import annotations

import numpy as np

from verify.laws.draws import Rng, fixed, integer, new_seed
from verify.laws.functions import ConstantFunction
from verify.laws.measure import Measurement
from verify.laws.rigidity.circle import six_lines
from verify.laws.rigidity.rigidity import Kinks, coefficients, unit_vector
from verify.objects.instance import Instance

AXES = np.eye(3)


def draw_kinks(rng: Rng, d: int, R: float) -> Instance:
    """Unit normals, some at a small angle to the first, and heights below R."""
    k = integer(rng, 1, 4)
    u, beta = unit_vector(rng, d), float(rng.uniform(-0.9, 0.9) * R)
    W = np.stack([unit_vector(rng, d) for _ in range(k)])
    if rng.random() < 0.3:
        W = u + 0.05 * W
        W /= np.linalg.norm(W, axis=1, keepdims=True)
    alpha, a, v = coefficients(rng, k, u)
    return Kinks(u, beta, alpha, W, rng.uniform(-0.9, 0.9, k) * R, a, v).at(np.zeros(d), 1.0, new_seed(rng), R=R)


def draw_ball(rng: Rng) -> Instance:
    """Kinks that meet the ball of radius R."""
    return draw_kinks(rng, integer(rng, 1, 4), float(10.0 ** rng.uniform(-0.5, 0.5)))


def draw_sphere(rng: Rng) -> Instance:
    """Kinks that cut the sphere, d ≥ 3."""
    return draw_kinks(rng, integer(rng, 3, 4), 1.0)


def ridge() -> Instance:
    """|x_1| in R³: α = 2 and Lip = Lip_S = 1, equalities."""
    return Kinks(AXES[0], 0.0, 2.0, AXES[1:2], [0.5], [0.0], -AXES[0]).at(np.zeros(3), 1.0, R=1.0)


def cancelled() -> Instance:
    """9ReLU(x_1) − 9ReLU(x_1) = 0."""
    return Kinks(AXES[0], 0.0, 9.0, AXES[:1], [0.0], [-9.0], np.zeros(3)).at(np.zeros(3), 1.0, R=1.0)


def cancelled_by_half() -> Instance:
    """9ReLU(x_1) − 18ReLU(x_1/2) = 0."""
    return Kinks(AXES[0], 0.0, 9.0, AXES[:1] / 2, [0.0], [-18.0], np.zeros(3)).at(np.zeros(3), 1.0, R=1.0)


def half_cancelled() -> Instance:
    """18ReLU(x_1/2) − 9ReLU(x_1) = 0."""
    return Kinks(AXES[0] / 2, 0.0, 18.0, AXES[:1], [0.0], [-9.0], np.zeros(3)).at(np.zeros(3), 1.0, R=1.0)


def beyond() -> Instance:
    """ReLU(x_1 − 5) = 0 on the unit ball."""
    return Kinks(AXES[0], -5.0, 1.0, AXES[1:2], [0.5], [0.0], np.zeros(3)).at(np.zeros(3), 1.0, R=1.0)


def zero_function() -> Instance:
    """f = 0 although α = 2."""
    return ridge().with_values(f=ConstantFunction(0.0))


MEASUREMENTS = (
    Measurement("sh.e1.printed", draw_ball, (ridge,), twin_draws={
        "without distinct": fixed(cancelled), "without units": fixed(cancelled_by_half), "without unit": fixed(half_cancelled),
        "without meets": fixed(beyond), "without network": fixed(zero_function), "constant 1": fixed(ridge)}),
    Measurement("sh.e2.printed", draw_sphere, (ridge,), twin_draws={
        "without d ≥ 3": fixed(six_lines), "without distinct": fixed(cancelled), "without units": fixed(cancelled_by_half),
        "without unit": fixed(half_cancelled), "without network": fixed(zero_function), "constant 1": fixed(ridge)}),
)
