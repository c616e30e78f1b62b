"""Measures E1 and E2: a kink that is singled out, others beside it, and a point of it that is clear of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from verify.laws.draws import LEAST_ACCURACY, Array, Rng, fixed, integer, new_seed, one_of
from verify.laws.functions import ConstantFunction, NetworkFunction
from verify.laws.measure import Measurement
from verify.objects.instance import Instance
from verify.objects.networks import Network

SPARE = 1 - 1e-9           # keeps a distance that is derived from the data on the safe side of rounding
AXES = np.eye(2)


class Kinks(NamedTuple):
    """x ↦ α ReLU(u·x + β) + Σ a_ℓ ReLU(w_ℓ·x + b_ℓ) + v·x + c: the kink that is singled out, and the others (W k×d; b, a k; u, v d)."""

    u: Any
    beta: float
    alpha: float
    W: Any
    b: Any
    a: Any
    v: Any
    c: float = 0.0

    def at(self, p: Any, rho: float, seed: int = 0, **more: Any) -> Instance:
        """The names of E1 and E2, with the point p of the kink and its distance ρ from the others."""
        u, W, b, a, v, p = (np.asarray(part, dtype=np.float64) for part in (self.u, self.W, self.b, self.a, self.v, p))
        f = Network(np.vstack([u, W]), np.append(self.beta, b), np.append(self.alpha, a), "relu", v, self.c)
        values = {"u": u, "beta": self.beta, "alpha": self.alpha, "W": W, "b": b, "a": a, "v": v, "c": self.c, "p": p, "rho": rho,
                  "k": len(W), "d": len(u), "f": NetworkFunction(f)}
        return Instance(values | more, seed, accuracy=LEAST_ACCURACY)


def clearance(W: Array, b: Array, p: Array) -> float:
    """The distance of p from the nearest of the hyperplanes w_ℓ·x + b_ℓ = 0."""
    return float(np.min(np.abs(W @ p + b) / np.linalg.norm(W, axis=1)))


def others(rng: Rng, k: int, u: Array, beta: float, p: Array) -> tuple[Array, Array]:
    """k other kinks: anywhere, nearly the same as the first one, parallel to it, or opposite."""
    d = len(u)
    W = rng.standard_normal((k, d)) * 10.0 ** rng.uniform(-1, 1, (k, 1))
    b = -(W @ p) + rng.standard_normal(k) * np.linalg.norm(W, axis=1) * one_of(rng, (1.0, 0.1))
    kind = one_of(rng, ("any", "any", "nearly equal", "parallel", "opposite"))
    if kind == "nearly equal":
        W, b = u + 1e-2 * W, beta + 1e-2 * b
    if kind in ("parallel", "opposite"):
        W = np.tile(u if kind == "parallel" else -u, (k, 1))
        b = (beta if kind == "parallel" else -beta) + rng.choice([-1.0, 1.0], k) * rng.uniform(0.01, 0.5, k)
    return W, b


def coefficients(rng: Rng, k: int, u: Array) -> tuple[float, Array, Array]:
    """α, a and v; sometimes v = −αu/2, which halves the slope, and the others small."""
    alpha = float(rng.standard_normal())
    if rng.random() < 0.4:
        return alpha, 0.1 * rng.standard_normal(k), -alpha / 2 * u
    return alpha, rng.standard_normal(k), rng.standard_normal(len(u))


def unit_vector(rng: Rng, d: int) -> Array:
    """A uniform unit vector."""
    vector = rng.standard_normal(d)
    return np.asarray(vector / np.linalg.norm(vector))


def draw_ball(rng: Rng) -> Instance:
    """A point of the ball of radius R and kinks near it."""
    d, k, R = integer(rng, 1, 4), integer(rng, 1, 4), float(10.0 ** rng.uniform(-0.5, 0.5))
    u, p = unit_vector(rng, d), R * 0.9 * rng.random() * unit_vector(rng, d)
    beta = -float(u @ p)
    W, b = others(rng, k, u, beta, p)
    alpha, a, v = coefficients(rng, k, u)
    rho = min(clearance(W, b, p), R - float(np.linalg.norm(p))) * SPARE
    return Kinks(u, beta, alpha, W, b, a, v, float(rng.standard_normal())).at(p, rho, new_seed(rng), R=R)


def draw_sphere(rng: Rng) -> Instance:
    """A point of the sphere and kinks that pass near it."""
    d, k = integer(rng, 2, 4), integer(rng, 1, 4)
    u, p = unit_vector(rng, d), unit_vector(rng, d)
    if rng.random() < 0.3:                                       # a kink through the centre
        u = u - (u @ p) * p
        u /= np.linalg.norm(u)
    beta = -float(u @ p)
    W, b = others(rng, k, u, beta, p)
    alpha, a, v = coefficients(rng, k, u)
    return Kinks(u, beta, alpha, W, b, a, v, float(rng.standard_normal())).at(p, min(clearance(W, b, p), 1.0) * SPARE, new_seed(rng))


# --- corners ------------------------------------------------------------------------------------------------------------------------

def ridge(**more: Any) -> Instance:
    """|x_1| = 2ReLU(x_1) − x_1: α = 2 and Lip = 1 on the ball, an equality; a second kink of coefficient 0."""
    return Kinks(AXES[0], 0.0, 2.0, AXES[1:], [2.0], [0.0], -AXES[0]).at([0.0, 0.0], 1.0, R=1.0).with_values(**more)


def line_ridge() -> Instance:
    """The same on the line."""
    return Kinks([1.0], 0.0, 2.0, [[1.0]], [2.0], [0.0], [-1.0]).at([0.0], 1.0, R=1.0)


def sphere_ridge() -> Instance:
    """|x_1| on the circle at p = e_2: Lip_S = 1, an equality."""
    return ridge(p=AXES[1])


def high_kink() -> Instance:
    """5ReLU(x_1 − 0.8) at p = (0.8, 0.6): |α|√(1 − β²) = 3 = Lip_S, and the law reads 3 ≤ 6."""
    return Kinks(AXES[0], -0.8, 5.0, AXES[1:], [2.0], [0.0], [0.0, 0.0]).at([0.8, 0.6], 1.0, R=2.0)


# --- where the false twins fail -------------------------------------------------------------------------------------------------------

def cancelled() -> Instance:
    """9ReLU(x_1) − 9ReLU(x_1) = 0."""
    return Kinks(AXES[0], 0.0, 9.0, AXES[:1], [0.0], [-9.0], [0.0, 0.0]).at([0.0, 0.0], 0.5, R=1.0)


def far_kink() -> Instance:
    """ReLU(x_1 − 5) = 0 on the unit ball; p = 5e_1 is on the kink and outside, p = 0 is inside and beside it."""
    return Kinks(AXES[0], -5.0, 1.0, AXES[1:], [9.0], [0.0], [0.0, 0.0]).at([5.0, 0.0], 0.5, R=1.0)


def long_direction() -> Instance:
    """‖u‖ = ½: ReLU(½x_1)·2 − ½x_1 = ½|x_1| has Lip = ½, |α| = 2."""
    return Kinks(AXES[0] / 2, 0.0, 2.0, AXES[1:], [2.0], [0.0], -AXES[0] / 2).at([0.0, 0.0], 1.0, R=1.0)


def zero_function() -> Instance:
    """f = 0 although α = 2."""
    return ridge(f=ConstantFunction(0.0))


def low_cap() -> Instance:
    """ReLU(x_1 − 0.95) with α = 1: Lip_S is about √(1 − 0.95²) = 0.31."""
    return Kinks(AXES[0], -0.95, 1.0, AXES[1:], [2.0], [0.0], [0.0, 0.0]).at([0.95, np.sqrt(1 - 0.95**2)], 0.9, R=2.0)


def vanishing_pair() -> Instance:
    """Kinks along x_1 = 0 that cancel; p = e_1 is on neither and clear of the second."""
    return cancelled().with_values(p=AXES[0])


def six_at(p: Any, rho: float) -> Instance:
    """The six kinks that vanish on the circle, the first of them singled out, and p = 0 or another point of it."""
    from verify.laws.rigidity.circle import six_lines
    return six_lines().with_values(p=np.asarray(p, dtype=np.float64), rho=rho)


MEASUREMENTS = (
    Measurement("sh.e1.sharp", draw_ball, (ridge, line_ridge, high_kink), twin_draws={
        "without clear": fixed(cancelled), "without inside": fixed(far_kink),
        "without on the kink": fixed(lambda: far_kink().with_values(p=np.zeros(2))), "without unit": fixed(long_direction),
        "without network": fixed(zero_function), "constant 1": fixed(ridge), "on the sphere": fixed(low_cap)}),
    Measurement("sh.e2.sharp", draw_sphere, (sphere_ridge, high_kink), twin_draws={
        "without clear": fixed(lambda: six_at([0.6, 0.8], 0.1)), "without on the kink": fixed(vanishing_pair),
        "without unit": fixed(lambda: long_direction().with_values(p=AXES[1])),
        "without network": fixed(lambda: zero_function().with_values(p=AXES[1])),
        "without point": fixed(lambda: six_at([0.3, 0.4], 0.1)), "constant 1": fixed(sphere_ridge),
        "as on the ball": fixed(low_cap), "squared height": fixed(low_cap)}),
)
