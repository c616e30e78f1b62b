"""Measures what is proved about Lemmas 13 and 14, and holds the families that refute them as printed.

The labels are enumerated, so their probabilities are exact; the probability over one Gaussian datum is an interval from draws.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Integer

from theory.laws.setting import d, n
from theory.laws.two_layers import tensor_lemmas as lemmas
from theory.laws.two_layers.tensor_law import p
from theory.lemmas.gaussian import mills_bound
from theory.terms import Symbol, sqrt
from verify.laws.draws import LEAST_ACCURACY, Array, Rng, fixed, integer, labelled, new_seed, one_of, some_points
from verify.laws.measure import Counterexample, Measurement, RefutingFamily
from verify.laws.two_layers.tensor_law import SHAPES, draw_printed, equal_points, orthonormal
from verify.objects.instance import Instance

SMALL = tuple(shape for shape in SHAPES if shape[0] <= 3)
M = Symbol("M", integer=True, positive=True)


def points(rng: Rng, X: Array, order: int, **more: Any) -> Instance:
    """Points with labels of any pattern."""
    values = {"X": X, "y": labelled(X, rng), "n": len(X), "d": X.shape[1], "p": order}
    return Instance({**values, **more}, new_seed(rng), accuracy=LEAST_ACCURACY)


def draw_unit(rng: Rng) -> Instance:
    """Up to eight labelled unit points."""
    dim, order = one_of(rng, SMALL)
    return points(rng, some_points(rng, integer(rng, 1, 8), dim, unit=True), order)


def draw_one(rng: Rng) -> Instance:
    """One labelled unit point."""
    dim, order = one_of(rng, SMALL)
    return points(rng, some_points(rng, 1, dim, unit=True), order)


def draw_any(rng: Rng) -> Instance:
    """Points of any model, a vector x of any length, and a level s at which 2e^{−s} < 1, mostly."""
    dim, order = one_of(rng, SMALL)
    X = some_points(rng, integer(rng, 1, 8), dim)
    return points(rng, X, order, x=rng.standard_normal(dim), s=float(rng.uniform(0, 4)))


def draw_net(rng: Rng) -> Instance:
    """Points of the line or the plane and a level s at which 2(1 + 4p)^d e^{−s} < 1, mostly."""
    dim, order = one_of(rng, ((1, 2), (1, 3), (2, 2), (2, 3)))
    X = some_points(rng, integer(rng, 1, 6), dim)
    return points(rng, X, order, s=float(rng.uniform(0, 4) + dim * np.log(1 + 4 * order)))


def draw_gaussian(rng: Rng) -> Instance:
    """A unit vector x, a constant C and τ ≤ 1; the datum and its label are random in the statement.

    Beyond the threshold 1 the promised probability is too near the true one for draws to decide.
    """
    dim = integer(rng, 1, 4)
    x = rng.standard_normal(dim)
    return gaussian_instance(x / np.linalg.norm(x), float(rng.uniform(0.1, 1)), float(rng.uniform(0, 1)), new_seed(rng))


def gaussian_instance(x: Any, C: Any, tau: Any, seed: int = 0) -> Instance:
    """The names of Lemma 13 at n = 1, p = 2."""
    return Instance({"x": np.asarray(x), "C": C, "tau": tau, "d": len(x), "n": 1, "p": 2}, seed, accuracy=LEAST_ACCURACY)


# --- corners and twins ----------------------------------------------------------------------------------------------------------------

def one_point(label: float = 1.0, length: float = 1.0, **more: Any) -> Instance:
    """One point of the line, p = 2."""
    return Instance({"X": np.array([[length]]), "y": np.array([label]), "n": 1, "d": 1, "p": 2, "x": np.ones(1), "s": 1.0, **more})


def cancelling() -> Instance:
    """Two equal points with opposite labels: Σ y_i x_i^{⊗p} = 0."""
    return Instance({"X": np.ones((2, 1)), "y": np.array([1.0, -1.0]), "n": 2, "d": 1, "p": 2})


def unit_gaussian() -> Instance:
    """d = 1, C = τ = 1: the event is |g| > 1."""
    return gaussian_instance([1.0], 1, 1)


def null_vector() -> Instance:
    """x = 0, where the event never happens."""
    return gaussian_instance([0.0], 1, 1)


# --- refutations ------------------------------------------------------------------------------------------------------------------------

def exact(array: Any) -> Any:
    """The array with Fractions for entries."""
    return np.vectorize(Fraction, otypes=[object])(np.asarray(array))


def first_axis(size: int) -> Instance:
    """x_1 = e_1 in R^M with label 1, p = 2: Σ y_i x_i^{⊗2} = e_1e_1ᵀ has norm 1, and the printed bound is C/√M."""
    return Instance({"X": exact(np.eye(size)[:1]), "y": exact([1]), "n": 1, "d": size, "p": 2})


def lemma14() -> Counterexample:
    """Every draw at n = 1 fails."""
    family = RefutingFamily(first_axis, sqrt(M), M, failing=lemmas.one_point, sizes={n: Integer(1), p: Integer(2), d: M})
    return Counterexample(first_axis(2), "n ≥ C d^{p−1}",
                          "at n = 1 and p = 2 the left side is ‖x_1‖² = 1 for every draw, the right side C/√d", family)


def large_level(size: int) -> Instance:
    """d = 1, x = 1, τ = M."""
    return gaussian_instance(exact([1]), 1, size)


def lemma13() -> Counterexample:
    """At n = 1 and p = 2 the bound fails with probability about e^{−C√τ/2}, more than Ce^{−cτ}."""
    family = RefutingFamily(large_level, Integer(1), M, failing=lemmas.lemma13_one_point,
                    sizes={n: Integer(1), p: Integer(2), lemmas.tau: M}, share=mills_bound(sqrt(lemmas.C * sqrt(M))),
                    assumes=(lemmas.unit_point,))
    return Counterexample(large_level(2), "τ ≲ n^{1/(p−1)}",
                          "one Gaussian datum, p = 2: (x_1·x)² exceeds C√τ/d with probability at least about e^{−C√τ/2}", family)





def equation9() -> Counterexample:
    """T = −1, p = 2, d = 1."""
    return Counterexample(Instance({"T": exact([[-1]]), "d": 1, "p": 2}), "an absolute value, or p odd",
                          "T = −I and p = 2: the supremum of ⟨T, u⊗u⟩ is −1 and ‖T‖_op = 1")


def draw_symmetric(rng: Rng) -> Instance:
    """A Gaussian symmetric matrix."""
    dim = integer(rng, 1, 3)
    A = rng.standard_normal((dim, dim))
    return Instance({"T": (A + A.T) / 2, "d": dim, "p": 2}, new_seed(rng))


def draw_printed_13(rng: Rng) -> Instance:
    """Up to eight Gaussian data and labels, a unit vector x, τ."""
    dim, order = one_of(rng, tuple(shape for shape in SMALL if shape[1] > 1))
    count, x = integer(rng, 1, 8), rng.standard_normal(dim)
    X = rng.standard_normal((count, dim)) / np.sqrt(dim)
    return points(rng, X, order, x=x / np.linalg.norm(x), tau=float(rng.uniform(0, 4)), C=1.0)


def draw_printed_14(rng: Rng) -> Instance:
    """Up to eight labelled unit points, p ≥ 2."""
    dim, order = one_of(rng, tuple(shape for shape in SMALL if shape[1] > 1))
    return points(rng, some_points(rng, integer(rng, 1, 8), dim, unit=True), order, C=1.0)


def draw_route(rng: Rng) -> Instance:
    """A fit at unit points, p ≥ 2."""
    return draw_printed(rng).with_values(C=1.0)


MEASUREMENTS = (
    Measurement("bln.lemma14.printed", draw_printed_14, refutation=lemma14),
    Measurement("bln.lemma14.floor", draw_unit, (orthonormal, equal_points, one_point), twin_draws={
        "without labels": fixed(lambda: one_point(label=2.0)), "without unit rows": fixed(lambda: one_point(length=2.0)),
        "without n": fixed(orthonormal)}),
    Measurement("bln.lemma14.one_point", draw_one, (one_point,), twin_draws={
        "without labels": fixed(lambda: one_point(label=0.5)), "without unit rows": fixed(lambda: one_point(length=0.5)),
        "without one datum": fixed(cancelling)}),
    Measurement("bln.lemma14.sharp", draw_net, (one_point,), twin_draws={
        "an eighth": fixed(lambda: one_point(s=3.0)), "never": fixed(lambda: one_point(s=0.0)),
        "for all labels": fixed(lambda: one_point(s=0.0))}),
    Measurement("bln.lemma13.printed", draw_printed_13, refutation=lemma13),
    Measurement("bln.lemma13.sharp", draw_any, (one_point,), twin_draws={
        "one tail": fixed(lambda: one_point(s=0.3)), "half the variance": fixed(lambda: one_point(s=0.9)),
        "twice the exponent": fixed(lambda: one_point(s=0.4))}),
    Measurement("bln.lemma13.one_point", draw_gaussian, (unit_gaussian,), twin_draws={
        "without unit point": fixed(null_vector), "twice as often": fixed(unit_gaussian), "a higher threshold": fixed(unit_gaussian)}),
    Measurement("bln.eq9.printed", draw_symmetric, refutation=equation9),
    Measurement("bln.thm7.printed_route", draw_route),
)
