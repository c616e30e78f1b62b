"""Measures section 3.2 with any threshold on the ball: how many caps overlap, and the Lipschitz constant."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.laws.draws import Array, Rng, fixed, integer, new_seed
from verify.laws.measure import Measurement
from verify.laws.two_layers.caps import largest_inner, packing
from verify.laws.two_layers.groups import ROUNDING, ball_weights, beyond_one, least_count, network_of, on_ball
from verify.objects.instance import Instance


def cap_ball(W: Any, s: Any, tau: float, seed: int = 0) -> Instance:
    """The names of the ball form, with the signed coherence ρ₊ and the count q that it gives."""
    found = on_ball(W, s, tau, seed)
    X = np.asarray(W, dtype=float)
    signed = largest_inner(X) if len(X) > 1 else 0.0
    rho_plus = signed + ROUNDING * abs(signed)
    M = found.values["M"]
    return found.with_values(rho_plus=rho_plus, q=least_count(M - rho_plus, tau**2 - rho_plus, len(X)))


def draw_points(rng: Rng) -> Instance:
    """Unit points that are apart, in half of the draws; weights of any length and coherence in the others."""
    if rng.random() < 0.5:
        return cap_ball(*ball_weights(rng), new_seed(rng))
    X: Array = packing(rng, 0.8, integer(rng, 1, 6), integer(rng, 1, 4))
    return cap_ball(X, rng.choice([-1.0, 1.0], len(X)), float(rng.uniform(0.1, 0.95)), new_seed(rng))


# --- corners ------------------------------------------------------------------------------------------------------------------------

def one_point() -> Instance:
    """n = 1, τ = 0.3: Lip_B = 1/0.7, an equality."""
    return cap_ball([[1.0, 0.0]], [1], 0.3)


def antipodal() -> Instance:
    """±e_1, τ = ½: ρ = 1 but ρ₊ = −1, so only one neuron is active at a time and Lip_B = 2, an equality that |x_i·x_j| alone misses."""
    return cap_ball([[1.0, 0.0], [-1.0, 0.0]], [1, -1], 0.5)


def two_axes() -> Instance:
    """Orthonormal points, τ = 0.6: both neurons are active at (e_1 + e_2)/√2 and Lip_B = √2/0.4, an equality."""
    return cap_ball(np.eye(2), [1, -1], 0.6)


def simplex() -> Instance:
    """Three points at 120°, τ = 0.4: ρ₊ = −½, q = 2, and at most one is active."""
    t = 2 * np.pi * np.arange(3) / 3
    return cap_ball(np.column_stack([np.cos(t), np.sin(t)]), [1, 1, 1], 0.4)


# --- where the false twins fail -------------------------------------------------------------------------------------------------------

def too_few() -> Instance:
    """q = 0 though the neuron is active."""
    return one_point().with_values(q=0)


def obtuse() -> Instance:
    """x_1·x_2 = −0.6 with opposite labels, and ρ = 0 claimed: both are active at once, and x_1 − x_2 has norm √3.2 > √2."""
    return cap_ball([[1.0, 0.0], [-0.6, 0.8]], [1, -1], 0.4).with_values(rho=0.0)


def equal_points() -> Instance:
    """Three equal points with ρ₊ = 0 claimed: q = 2, and three are active."""
    return cap_ball(np.repeat([[1.0, 0.0]], 3, axis=0), [1, 1, 1], 0.6).with_values(rho_plus=0.0, q=2)


def steeper() -> Instance:
    """Another function, twice as steep."""
    return one_point().with_values(f=network_of([[1.0, 0.0]], [2], 0.3))


def steep_signs() -> Instance:
    """s = 10 in place of ±1."""
    return one_point().with_values(s=np.array([10.0]), f=network_of([[1.0, 0.0]], [10], 0.3))


CORNERS = (one_point, antipodal, two_axes, simplex)
MEASUREMENTS = (
    Measurement("bln.s32.active", draw_points, CORNERS, twin_draws={
        "without Gram": fixed(equal_points), "without count": fixed(too_few), "one fewer": fixed(one_point)}),
    Measurement("bln.s32.ball", draw_points, CORNERS, twin_draws={
        "without network": fixed(steeper), "without signs": fixed(steep_signs),
        "without threshold": fixed(lambda: beyond_one().with_values(rho_plus=0.0)),
        "without count": fixed(too_few), "without Gram": fixed(obtuse), "without signed Gram": fixed(equal_points),
        "one neuron's share": fixed(two_axes)}),
)
