"""Measures the Lipschitz constants of quadratics on the ball and on the sphere: spectra of either sign, definite, of low rank, shifted."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.fits.tensors import prescribed_spectrum
from verify.laws.draws import LEAST_ACCURACY, Array, Rng, fixed, integer, new_seed, one_of
from verify.laws.measure import Measurement
from verify.lipschitz.polynomials.quadratics import Quadratic
from verify.objects.instance import Instance


def some_spectrum(rng: Rng, d: int) -> Array:
    """d eigenvalues: of random signs, of one sign, few of them not 0, all nearly equal, or integers with repetitions."""
    kind = one_of(rng, ("signs", "signs", "definite", "few", "nearly equal", "integers"))
    values = rng.standard_normal(d) * 10.0 ** rng.uniform(-1, 1)
    if kind == "definite":
        values = np.abs(values) * rng.choice([-1.0, 1.0])
    if kind == "few":
        values[1:] *= rng.random(d - 1) < 0.3
    if kind == "nearly equal":
        values = values[0] + 0.01 * values
    if kind == "integers":
        values = rng.integers(-2, 3, d).astype(np.float64)
    return np.asarray(values)


def form_instance(A: Any, seed: int = 0, **more: Any) -> Instance:
    """The names of a quadratic: A, d, and f(x) = xᵀAx."""
    A = np.asarray(A, dtype=np.float64)
    return Instance({"A": A, "d": len(A), "f": Quadratic(A)} | more, seed, accuracy=LEAST_ACCURACY)


def draw_form(rng: Rng) -> Instance:
    """A symmetric matrix of order at most 5."""
    d = integer(rng, 1, 5)
    return form_instance(prescribed_spectrum(some_spectrum(rng, d), d, rng).matrix, new_seed(rng))


# --- corners ------------------------------------------------------------------------------------------------------------------------

def saddle() -> Instance:
    """A = diag(3, −1): Lip_B = 6, Lip_S = 4."""
    return form_instance(np.diag([3.0, -1.0]))


def sphere_constant() -> Instance:
    """A = 5I: Lip_B = 10 and Lip_S = 0."""
    return form_instance(5 * np.eye(3))


def zero_form() -> Instance:
    """A = 0: both constants are 0."""
    return form_instance(np.zeros((2, 2)))


def line() -> Instance:
    """d = 1, A = −2: Lip_B = 4, and on the two points of the sphere f is constant."""
    return form_instance([[-2.0]])


def square() -> Instance:
    """x_1²: Lip_B = 2 and Lip_S = 1."""
    return form_instance(np.diag([1.0, 0.0]))


CORNERS = (saddle, sphere_constant, zero_form, line, square)

# --- where the false twins fail -----------------------------------------------------------------------------------------------------


def rotation() -> Instance:
    """A rotation by a right angle: xᵀAx = 0 although ‖A‖_op = 1."""
    return form_instance(np.zeros((2, 2))).with_values(A=np.array([[0.0, -1.0], [1.0, 0.0]]))


def other_function() -> Instance:
    """f = 2x_1² and A = diag(1, 0)."""
    return square().with_values(f=Quadratic(np.diag([2.0, 0.0])))


def zero_function() -> Instance:
    """f = 0 and A = diag(1, 0)."""
    return square().with_values(f=Quadratic(np.zeros((2, 2))))


MEASUREMENTS = (
    Measurement("bln.quadratic.ball_upper", draw_form, CORNERS, twin_draws={
        "without quadratic": fixed(other_function), "half": fixed(square), "on the sphere": fixed(sphere_constant)}),
    Measurement("bln.quadratic.ball_lower", draw_form, CORNERS, twin_draws={
        "without quadratic": fixed(zero_function), "without symmetric": fixed(rotation), "three": fixed(square),
        "on the sphere": fixed(sphere_constant)}),
    Measurement("bln.quadratic.ball", draw_form, CORNERS, twin_draws={
        "without quadratic": fixed(zero_function), "without symmetric": fixed(rotation), "once": fixed(square),
        "on the sphere": fixed(sphere_constant)}),
    Measurement("bln.quadratic.sphere_upper", draw_form, CORNERS, twin_draws={
        "without quadratic": fixed(other_function), "largest eigenvalue": fixed(saddle), "on the ball": fixed(sphere_constant)}),
    Measurement("bln.quadratic.sphere_lower", draw_form, CORNERS, twin_draws={
        "without quadratic": fixed(zero_function), "twice": fixed(square), "operator norm": fixed(sphere_constant)}),
    Measurement("bln.quadratic.sphere", draw_form, CORNERS, twin_draws={
        "without quadratic": fixed(zero_function), "operator norm": fixed(sphere_constant), "on the ball": fixed(square)}),
)
