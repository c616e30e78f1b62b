"""Measures the audits of Theorem 4, and holds the family of draws against the printed statement."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sympy import Rational

from theory.laws.setting import d, n
from theory.laws.two_layers.powers import p
from theory.laws.two_layers.tensor_fit_printed import C, eps, h, two_labels
from theory.terms import Sphere, Symbol, log, sqrt
from verify.laws.draws import Rng, fixed, function_instance, integer, labelled, listed, new_seed, one_of, some_points
from verify.laws.functions import NetworkFunction, affine_function, least_mcshane
from verify.laws.measure import Counterexample, Measurement, RefutingFamily
from verify.laws.two_layers.spectral_norm import plain
from verify.laws.two_layers.tensor_fit import SIZES, antipodal, cancelling, draw_signed, orthonormal, powers_instance, repeated, steep
from verify.objects.instance import Instance, RealFunction

M = Symbol("M", integer=True, positive=True)
AXIS = [[1.0, 0.0], [-1.0, 0.0]]
PLENTY = tuple((d, n) for d, n in SIZES if n > 1)


def draw_any_data(rng: Rng) -> Instance:
    """The printed construction at data of any length."""
    if rng.random() < 0.5:
        return draw_signed(rng)
    d, n = one_of(rng, SIZES)
    X = some_points(rng, n, d)
    y = labelled(X, rng)
    return powers_instance(X, y, integer(rng, 1, 4), y, new_seed(rng))


def near_fit(f: RealFunction, X: ArrayLike, y: ArrayLike, miss: float, constant: float = 1.0, seed: int = 0) -> Instance:
    """A function that misses labels by at most ``miss``, as C·ε up to rounding; equal points may have different labels."""
    X = np.asarray(X, dtype=np.float64)
    values = {"X": X, "y": y, "f": f, "n": len(X), "d": X.shape[1], "C": constant, "epsilon": (miss + 1e-9) / constant}
    return Instance(values, seed)


def draw_near_fit(rng: Rng) -> Instance:
    """Unit data with balanced labels, and McShane's function of smaller labels, or 0 where points of different label nearly agree."""
    d, n = integer(rng, 1, 4), 2 * integer(rng, 1, 5)
    y = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    X = y[:, None].copy() if d == 1 else some_points(rng, n, d, unit=True)
    apart = float(np.min(np.linalg.norm(X[y > 0][:, None] - X[y < 0][None], axis=2)))
    miss = float(rng.choice([0.0, 0.3, 0.9])) if apart > 1e-3 else 1.0
    f = affine_function(np.zeros(d)) if miss == 1.0 else least_mcshane(X, (1 - miss) * y)
    return near_fit(f, X, y, miss, float(rng.uniform(0.5, 2)), new_seed(rng))


def draw_printed(rng: Rng) -> Instance:
    """The printed construction for p = 2 on unit data, with a constant that is large enough for it."""
    d, n = one_of(rng, PLENTY)
    X = some_points(rng, n, d, unit=True)
    y = labelled(X, rng)
    found = powers_instance(X, y, 2, y, new_seed(rng))
    f, accuracy = found.values["f"], float(np.sqrt(n * np.log(n)) / d)
    wanted = float(np.max(np.abs(f(X) - y))) / accuracy, n / d, f.lipschitz(Sphere(d)).upper / float(np.sqrt(n / d))
    return found.with_values(W=X, a=y, b=np.zeros(n), k=n, h=1, epsilon=accuracy, C=1 + max(wanted))


# --- corners -------------------------------------------------------------------------------------------------------------------------


def coordinate() -> Instance:
    """f = x_1 at ±e_1: Lip_S = 1 against 1/√2."""
    return near_fit(affine_function([1.0, 0.0]), AXIS, [1, -1], 0.0)


def half_way() -> Instance:
    """f = x_1/2 at ±e_1 misses by 1/2: 1/2 + 1/2 against 1/√2."""
    return near_fit(affine_function([0.5, 0.0]), AXIS, [1, -1], 0.5)


def crossing() -> Instance:
    """Two equal points with different labels and f = 0: the error 1 against 1/√2."""
    return near_fit(affine_function([0.0, 0.0]), [[1.0, 0.0]] * 2, [1, -1], 1.0)


def long_label() -> Instance:
    """x_1 = 2e_1, p = 2, y_1 = 1: f(x_1) = ‖x_1‖⁴ = 16."""
    return powers_instance([[2.0, 0.0]], [1], 2, [1])


# --- where the false twins fail, and the family --------------------------------------------------------------------------------------


def outside() -> Instance:
    """Labels ±1 at ±3e_1, and f = ReLU(x_1 − 2) − ReLU(−x_1 − 2) is 0 on the sphere."""
    f = NetworkFunction(plain([[1, 0], [-1, 0]], [1, -1], b=[-2, -2]))
    return near_fit(f, [[3.0, 0.0], [-3.0, 0.0]], [1, -1], 0.0)


def small_labels() -> Instance:
    """Labels ±1/10."""
    return near_fit(affine_function([0.1, 0.0]), AXIS, [0.1, -0.1], 0.0)


def equal_labels() -> Instance:
    """f = 1."""
    return near_fit(affine_function([0.0, 0.0], 1.0), AXIS, [1, 1], 0.0)


def no_fit() -> Instance:
    """f = 0 with the tolerance 0."""
    return near_fit(affine_function([0.0, 0.0]), AXIS, [1, -1], 0.0)


def member(size: int) -> Instance:
    """n = 2 and d = M: f = x_1 − x_2 fits 1 at e_1 and −1 at e_2."""
    slope = np.zeros(size)
    slope[:2] = 1, -1
    X = np.eye(size)[:2]
    return function_instance(affine_function(slope), listed(X, [1, -1]), C=1, epsilon=float(np.sqrt(2 * np.log(2))) / size, p=2, h=1)


def _printed() -> Counterexample:
    """n = 2, p = 2 and d → ∞: with probability 1/2 the labels differ, and then Lip_S ≥ 1/√2 − Cε, while √(n/d) → 0."""
    least = sqrt(2) / 2 - C * sqrt(2 * log(2)) / M
    family = RefutingFamily(member, least / sqrt(2 / M), M, two_labels, {n: 2, d: M, p: 2, h: 1, eps: sqrt(2 * log(2)) / M}, Rational(1, 2))
    return Counterexample(member(2), "n ≥ d^{p−1}", "n = 2, p = 2 and ε = √(2 log 2)/d: with probability 1/2 the labels differ, and every "
                          "f within Cε has Lip_S ≥ 1/√2 − Cε, while the claimed C√(2/d) tends to 0", family)


MEASUREMENTS = (
    Measurement("bln.thm4.diagonal", draw_any_data, (orthonormal, repeated, cancelling, antipodal, long_label), twin_draws={
        "without powers": fixed(steep), "the label itself": fixed(long_label), "the diagonal alone": fixed(repeated)}),
    Measurement("bln.thm4.two_labels", draw_near_fit, (coordinate, half_way, crossing), twin_draws={
        "without unit rows": fixed(outside), "without labels": fixed(small_labels), "without balanced": fixed(equal_labels),
        "without within": fixed(no_fit), "twice": fixed(coordinate)}),
    Measurement("bln.thm4.printed", draw_printed, refutation=_printed),
)
