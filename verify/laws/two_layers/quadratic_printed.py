"""Measures Theorem 9 as printed: the second inequality and the repaired first one on fits, and the family that refutes the first.

The probability over at most 2¹⁰ label vectors is exact, the one over the data an interval from draws; with d ≤ 5 both are decided.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from sympy import Integer

from theory.laws.setting import d, k, n
from theory.laws.two_layers.quadratic_printed import exhibited as exhibits
from theory.laws.two_layers.quadratic_printed import one_point, symmetric
from theory.terms import Symbol, sqrt
from verify.laws.draws import Rng, fixed, integer, new_seed, one_of
from verify.laws.measure import Counterexample, Measurement, RefutingFamily
from verify.laws.two_layers.quadratic_law import instance, level, on_level_sets, quadratic_fit, some_matrix, zero_matrix
from verify.objects.instance import Instance

M = Symbol("M", integer=True, positive=True)


def draw_second(rng: Rng) -> Instance:
    """A fit at unit points, k at least the rank."""
    A, X, y = quadratic_fit(rng, unit=True, largest=10)
    return instance(A, X, y, new_seed(rng), k=int(np.linalg.matrix_rank(A)) + one_of(rng, (0, 0, 1)))


def draw_repaired(rng: Rng) -> Instance:
    """At least as many unit points as dimensions, and a level."""
    dimension = integer(rng, 1, 4)
    A = some_matrix(rng, dimension)
    if dimension == 1:
        A = np.sign(A)
    X, y = on_level_sets(rng, A, integer(rng, dimension, 10))
    return instance(A, X, y, new_seed(rng), s=level(rng, dimension))


def draw_one_point(rng: Rng) -> Instance:
    """A unit point with a sign, and A = y_1x_1x_1ᵀ."""
    x = rng.standard_normal((1, integer(rng, 1, 5)))
    return single(x / np.linalg.norm(x), rng.choice([-1.0, 1.0], 1), new_seed(rng))


def single(X: object, y: object, seed: int = 0) -> Instance:
    """The data with A = y_nx_nx_nᵀ."""
    points, values = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    A = values[-1] * np.outer(points[-1], points[-1])
    return Instance({"A": A, "X": points, "y": values, "n": len(points), "d": points.shape[1], "k": 1}, seed)


# --- corners ------------------------------------------------------------------------------------------------------------------------

def one_datum() -> Instance:
    """x_1 = e_1 of the plane: √1 ≤ 13·1, and √2 is at most 6√s at s = 1."""
    return instance(np.diag([1.0, 0.0]), [[1.0, 0.0]], [1.0], s=1.0)


def line_datum() -> Instance:
    """n = d = k = 1, s = ½: 1 ≤ √(2s) holds with equality, and 1 ≤ 6√½."""
    return instance([[1.0]], [[1.0]], [1.0], s=0.5)


def orthonormal() -> Instance:
    """x_i = e_i with labels (+, −, +), A = diag(y)."""
    y = np.array([1.0, -1.0, 1.0])
    return instance(np.diag(y), np.eye(3), y, s=1.5)


def exhibited() -> Instance:
    """−x_1x_1ᵀ for x_1 = (3, 4)/5 has operator norm 1."""
    return single([[0.6, 0.8]], [-1.0])


# --- where the false twins fail -----------------------------------------------------------------------------------------------------


def label_zero() -> Instance:
    """Label 0 and A = 0."""
    return instance(np.zeros((1, 1)), [[1.0]], [0.0], s=1.0)


def long_datum() -> Instance:
    """‖x_1‖ = 4 on the line: ‖S‖_F = 16 for both labels, above 1 + 4√8."""
    return instance([[1 / 16]], [[4.0]], [1.0])


def twice() -> Instance:
    """The same point twice on the line: √2 > 1 on both events."""
    return instance([[1.0]], np.ones((2, 1)), np.ones(2))


def two_hundred() -> Instance:
    """The same point 200 times on the line: √200 > 13."""
    return instance([[1.0]], np.ones((200, 1)), np.ones(200))


def few_data() -> Instance:
    """One datum in R^25 at s = ½, where ‖S‖ = 1 = √(2s): 5 > 6√½."""
    x = np.eye(25)[:1]
    return instance(np.outer(x, x), x, [1.0], s=0.51)


def small_k() -> Instance:
    """Five orthonormal data of equal label with rank 5 and k = 1 at s = 0.6: 5 > 6√0.6."""
    return instance(np.eye(5), np.eye(5), np.ones(5), k=1, s=0.6)


def level_zero() -> Instance:
    """s = 0: √(nd) ≤ 0 is false."""
    return line_datum().with_values(s=0.0)


def above_half() -> Instance:
    """n = d = 1 at s = 0.51, just inside the event: 1 > √0.51."""
    return line_datum().with_values(s=0.51)


def rotated() -> Instance:
    """e_1e_1ᵀ plus twice a rotation by a right angle: the same form, with rank 2 and a larger norm."""
    return single([[1.0, 0.0]], [1.0]).with_values(A=np.array([[1.0, -2.0], [2.0, 0.0]]))


def larger() -> Instance:
    """A = 3I, which is not y_1x_1x_1ᵀ."""
    return single([[1.0, 0.0]], [1.0]).with_values(A=3 * np.eye(2))


# --- the family against the first inequality ---------------------------------------------------------------------------------------

def member(size: int) -> Instance:
    """n = k = 1, d = M, x_1 = e_1, y_1 = 1, A = e_1e_1ᵀ."""
    A = np.full((size, size), Fraction(0), dtype=object)
    A[0, 0] = Fraction(1)
    return Instance({"A": A, "X": A[:1], "y": np.array([Fraction(1)], dtype=object), "n": 1, "d": size, "k": 1})


def _first() -> Counterexample:
    return Counterexample(member(2), "n ≥ d",
                          "n = 1, k = 1, d = M: y_1x_1x_1ᵀ fits, has rank 1 and operator norm 1, and √(nd)/k = √M, whatever the draw",
                          RefutingFamily(member, sqrt(M), M, one_point, {n: Integer(1), k: Integer(1), d: M},
                                         assumes=(symmetric, exhibits)))


MEASUREMENTS = (
    Measurement("bln.thm9.printed", draw_second, (one_datum, line_datum, orthonormal), twin_draws={
        "without fits": fixed(zero_matrix), "without labels": fixed(label_zero), "without unit rows": fixed(long_datum),
        "constant 1": fixed(twice), "off the event": fixed(two_hundred)}),
    Measurement("bln.thm9.printed_first", draw_second, refutation=_first),
    Measurement("bln.thm9.one_point", draw_one_point, (exhibited,), twin_draws={
        "without unit rows": fixed(lambda: single([[2.0, 0.0]], [1.0])), "without labels": fixed(lambda: single([[1.0, 0.0]], [2.0])),
        "without symmetric": fixed(rotated), "without exhibited": fixed(larger), "half": fixed(exhibited),
        "without one datum": fixed(lambda: single(np.eye(2), [1.0, 1.0]))}),
    Measurement("bln.thm9.first_repaired", draw_repaired, (line_datum, orthonormal), twin_draws={
        "without fits": fixed(lambda: line_datum().with_values(A=np.zeros((1, 1)), s=1.0)), "without rank": fixed(small_k),
        "without enough data": fixed(few_data), "constant 1": fixed(above_half), "off the event": fixed(level_zero)}),
)
