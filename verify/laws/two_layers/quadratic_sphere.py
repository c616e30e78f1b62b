"""Measures Theorem 9 for the sphere: quadratics that fit labels ±1 at unit points, and the scope counterexample A = λI."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from theory.terms import Symbol
from verify.fits.tensors import prescribed_spectrum
from verify.laws.draws import Rng, fixed, integer, new_seed
from verify.laws.measure import Counterexample, Measurement, RefutingFamily
from verify.laws.two_layers.quadratic_law import instance, quadratic_fit
from verify.laws.two_layers.quadratic_lipschitz import form_instance, some_spectrum, square, zero_function
from verify.lipschitz.polynomials.quadratics import Quadratic
from verify.objects.instance import Instance

M = Symbol("M", integer=True, positive=True)


def with_function(A: Any, X: Any, y: Any, seed: int = 0) -> Instance:
    """The names of a fit, and f(x) = xᵀAx."""
    return instance(A, X, y, seed, f=Quadratic(np.asarray(A, dtype=np.float64)))


def draw_sphere(rng: Rng) -> Instance:
    """A fit at unit points."""
    return with_function(*quadratic_fit(rng, unit=True), new_seed(rng))


def draw_low_rank(rng: Rng) -> Instance:
    """A symmetric matrix with a kernel."""
    d = integer(rng, 2, 5)
    values = some_spectrum(rng, d)[: integer(rng, 1, d - 1)]
    return form_instance(prescribed_spectrum(values, d, rng).matrix, new_seed(rng))


# --- corners ------------------------------------------------------------------------------------------------------------------------

def saddle() -> Instance:
    """Orthonormal data of opposite labels, A = diag(1, −1): Lip_S = 2 and S_z = A, so 4 ≤ 2·2 and 16 ≤ 4·2·2 are equalities."""
    return with_function(np.diag([1.0, -1.0]), np.eye(2), [1.0, -1.0])


def four_axes() -> Instance:
    """Two labels each on four axes: 8 ≤ 2·4 and 64 ≤ 4·4·4, equalities again."""
    y = np.array([1.0, 1.0, -1.0, -1.0])
    return with_function(np.diag(y), np.eye(4), y)


def constant_labels() -> Instance:
    """Equal labels fitted by A = I: f = 1 on the sphere, and all sides are 0."""
    return with_function(np.eye(2), np.eye(2), [1.0, 1.0])


def one_flip() -> Instance:
    """One minus label on five axes: 2n(1 − ȳ²) = 6.4 = 2·3.2, an equality; the Frobenius form is not."""
    y = np.array([-1.0, 1.0, 1.0, 1.0, 1.0])
    return with_function(np.diag(y), np.eye(5), y)


def one_datum() -> Instance:
    """n = 1: all sides are 0, whatever A is."""
    return with_function(np.diag([1.0, -3.0]), [[1.0, 0.0]], [1.0])


CORNERS = (saddle, four_axes, constant_labels, one_flip, one_datum)

# --- where the false twins fail -----------------------------------------------------------------------------------------------------


def no_fit() -> Instance:
    """f = 0 and A = 0 do not fit opposite labels."""
    return saddle().with_values(A=np.zeros((2, 2)), f=Quadratic(np.zeros((2, 2))))


def long_data() -> Instance:
    """8x_1² − x_2² fits + at (½, ±1) and − at ±e_2; Lip_S = 9, S_z = diag(½, 0), 8 > 9·½ and 64 > 81·2·¼."""
    X = [[0.5, 1.0], [0.5, -1.0], [0.0, 1.0], [0.0, -1.0]]
    return with_function(np.diag([8.0, -1.0]), X, [1.0, 1.0, -1.0, -1.0])


def quarter_labels() -> Instance:
    """Labels ±½: A = diag(½, −½), Lip_S = 1, S_z = A, and 4 > 1·1."""
    return with_function(np.diag([0.5, -0.5]), np.eye(2), [0.5, -0.5])


def multiple_of_identity() -> Instance:
    """A multiple of the identity has full rank and is constant."""
    return form_instance(3 * np.eye(2))


def rotation_in_space() -> Instance:
    """A rotation of the plane in space: rank 2 < 3, xᵀAx = 0 and ‖A‖_op = 1."""
    A = np.zeros((3, 3))
    A[0, 1], A[1, 0] = -1.0, 1.0
    return form_instance(np.zeros((3, 3))).with_values(A=A)


# --- the scope counterexample --------------------------------------------------------------------------------------------------------

def nearly_constant(size: int) -> Instance:
    """A = diag(M + 1, M): f = M + x_1² on the sphere, so Lip_S = 1 and ‖A‖_op = M + 1."""
    A = np.array([[Fraction(size + 1), Fraction(0)], [Fraction(0), Fraction(size)]], dtype=object)
    return Instance({"A": A, "d": 2, "f": Quadratic(A)})


def _scope() -> Counterexample:
    return Counterexample(nearly_constant(2), "rank(A) < d",
                          "A = diag(M + 1, M) is M + x_1² on the sphere: Lip_S = 1 and ‖A‖_op = M + 1, for every M; for A = λI, Lip_S = 0",
                          RefutingFamily(nearly_constant, M, M))


SHARED = {"without fits": fixed(no_fit), "without unit rows": fixed(long_data), "without labels": fixed(quarter_labels)}

MEASUREMENTS = (
    Measurement("bln.quadratic.sphere_law", draw_sphere, CORNERS, twin_draws=SHARED | {
        "uncentred": fixed(constant_labels), "twice": fixed(saddle)}),
    Measurement("bln.quadratic.sphere_frobenius", draw_sphere, CORNERS, twin_draws=SHARED | {
        "uncentred": fixed(constant_labels), "without the dimension": fixed(saddle)}),
    Measurement("bln.quadratic.low_rank", draw_low_rank, (square,), twin_draws={
        "without rank": fixed(multiple_of_identity), "without quadratic": fixed(zero_function),
        "without symmetric": fixed(rotation_in_space), "twice": fixed(square)}),
    Measurement("bln.thm9.tempting_sphere", draw_low_rank, refutation=_scope),
)
