"""Measures the six kinks that vanish on the circle, and refutes the statement that they contradict."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from verify.laws.draws import LEAST_ACCURACY, Rng, fixed, new_seed
from verify.laws.functions import ConstantFunction, NetworkFunction, affine_function
from verify.laws.measure import Counterexample, Measurement
from verify.objects.instance import Instance
from verify.objects.networks import Network

# 5u for the lines 4x₁ = ±3x₂, x₁ = ±3/5, x₂ = ±4/5 through two of the points (±3/5, ±4/5), with 5β and 5α
NORMALS = np.array([[4, -3], [4, 3], [5, 0], [-5, 0], [0, 5], [0, -5]])
HEIGHTS = np.array([0, 0, -3, -3, -4, -4])
SIZES = np.array([10, 10, -8, -8, -6, -6])


def fifths(array: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """Integers divided by 5, exactly."""
    return np.vectorize(lambda number: Fraction(int(number), 5), otypes=[object])(array)


def six_network(kappa: float, basis: np.ndarray) -> Network:  # type: ignore[type-arg]
    """κ times the six kinks, with their affine part, in the coordinates e·x and g·x for the rows e, g of the basis."""
    return Network(NORMALS / 5 @ basis, HEIGHTS / 5, kappa * SIZES / 5, "relu", -8 / 5 * kappa * basis[0], -24 / 25 * kappa)


def draw_rotated(rng: Rng) -> Instance:
    """A rotated or reflected basis of the plane and any κ; f vanishes on the circle."""
    angle, kappa = rng.uniform(0, 2 * np.pi), float(rng.standard_normal() * 10.0 ** rng.uniform(-2, 2))
    e = np.array([np.cos(angle), np.sin(angle)])
    return circle_instance(kappa, np.stack([e, rng.choice([-1.0, 1.0]) * np.array([-e[1], e[0]])]), new_seed(rng))


def circle_instance(kappa: float, basis: np.ndarray, seed: int = 0) -> Instance:  # type: ignore[type-arg]
    """The names of the claim; the function is given as what it is on the circle, 0."""
    return Instance({"e": basis[0], "g": basis[1], "kappa": kappa, "f": ConstantFunction(0), "d": 2}, seed, accuracy=LEAST_ACCURACY)


def upright() -> Instance:
    """κ = 1 and the axes."""
    return circle_instance(1.0, np.eye(2))


def six_lines() -> Instance:
    """The six kinks as a canonical form with exact numbers, 4x₁ = 3x₂ singled out: α = 2, β = 0, Lip_S = 0."""
    u, beta = fifths(NORMALS), fifths(HEIGHTS)
    return Instance({"u": u[0], "beta": beta[0], "alpha": 2, "W": u[1:], "b": beta[1:], "a": fifths(SIZES)[1:],
                     "v": fifths(np.array([-8, 0])), "c": Fraction(-24, 25), "f": ConstantFunction(0), "k": 5, "d": 2})


def counterexample() -> Counterexample:
    """Six distinct lines that cut the circle, coefficients 2, 2, −8/5, −8/5, −6/5, −6/5, and f = 0 on the circle."""
    return Counterexample(six_lines(), "'clear': on the circle every point of a kink may lie on other kinks as well",
                          "|α|√(1 − β²) = 2, and Lip_S(f) = 0 since f vanishes on the circle (sh.e2.circle)")


# --- where the false twins fail -------------------------------------------------------------------------------------------------------

def in_space() -> Instance:
    """The same kinks on the sphere of R³: f = −24/25 − 8x₁/5 + … is not 0 at the pole."""
    basis = np.eye(2, 3)
    return Instance({"e": basis[0], "g": basis[1], "kappa": 1.0, "f": NetworkFunction(six_network(1.0, basis)), "d": 3},
                    accuracy=LEAST_ACCURACY)


def other_function() -> Instance:
    """f = x₁."""
    return upright().with_values(f=affine_function([1.0, 0.0]))


def inside_too() -> Instance:
    """The network itself, which is −24/25 at the centre and 0 on the circle."""
    return upright().with_values(f=NetworkFunction(six_network(1.0, np.eye(2))))


MEASUREMENTS = (
    Measurement("sh.e2.circle", draw_rotated, (upright,), twin_draws={
        "without plane": fixed(in_space), "without network": fixed(other_function), "on the ball": fixed(inside_too),
        "below 0": fixed(upright)}),
    Measurement("sh.e2.any_dimension", lambda rng: six_lines(), refutation=counterexample),
)
