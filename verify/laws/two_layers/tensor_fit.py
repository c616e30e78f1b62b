"""Measures Theorem 4: combinations of powers of data in the ball, exact fits, and the printed construction on unit data."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.laws.draws import LEAST_ACCURACY, Array, Rng, fixed, integer, labelled, new_seed, one_of, some_points
from verify.laws.functions import affine_function
from verify.laws.measure import Measurement
from verify.lipschitz.polynomials.functions import TensorForm
from verify.lipschitz.polynomials.power_sum import PowerSum
from verify.objects.instance import Instance

SIZES = ((1, 1), (1, 3), (2, 1), (2, 2), (2, 4), (2, 8), (2, 12), (3, 3), (3, 9), (4, 3), (6, 4))        # d and n, from n < d to n > d³
NET = tuple((d, n) for d, n in SIZES if n <= 8 and d <= 3)


def powers_instance(X: Any, c: Any, p: int, y: Any = None, seed: int = 0, **more: Any) -> Instance:
    """f(x) = Σ c_i (x_i·x)^p with the data, and the labels y or those that f has at the data."""
    X, c = np.asarray(X, dtype=np.float64), np.asarray(c, dtype=np.float64)
    f = TensorForm(PowerSum(X, c, p))
    y = f(X) if y is None else np.asarray(y, dtype=np.float64)
    values = {"X": X, "y": y, "c": c, "f": f, "n": len(X), "d": X.shape[1], "p": p}
    return Instance(values | more, seed, accuracy=LEAST_ACCURACY)


def signed_instance(X: Any, y: Any, p: int, s: float, sigma: float | None = None, seed: int = 0) -> Instance:
    """The printed construction c = y, with the least σ that its data allow unless one is given."""
    X = np.asarray(X, dtype=np.float64)
    mass = float(np.max(np.sum((X @ X.T) ** (2 * p), axis=0))) - 1
    least = float(np.sqrt(max(mass, 0.0))) * (1 + 1e-12) + 1e-7        # 1e-7: 1 − (1 − ε) leaves the square root of a rounding error
    return powers_instance(X, y, p, y, seed, s=s, sigma=least if sigma is None else sigma)


def coefficients_for(X: Array, y: Array, p: int) -> Array | None:
    """c with K_p c = y, None where K_p is nearly singular."""
    gram = (X @ X.T) ** p
    return None if np.linalg.cond(gram) > 1e3 else np.asarray(np.linalg.solve(gram, y))


def in_ball(rng: Rng, d: int, n: int) -> Array:
    """Points of the ball: on the sphere, or shrunk."""
    X = some_points(rng, n, d, unit=True)
    return np.asarray(X * (1.0 if rng.random() < 0.5 else rng.uniform(0.2, 1.0, (n, 1))))


def draw_powers(rng: Rng) -> Instance:
    """Data in the ball and any coefficients: random, signs, or those that fit random labels."""
    d, n = one_of(rng, SIZES)
    X, p = in_ball(rng, d, n), integer(rng, 2, 4)
    y = labelled(X, rng)
    kind = one_of(rng, ("random", "signs", "fit"))
    found = coefficients_for(X, y, p) if kind == "fit" else None
    if found is not None:
        return powers_instance(X, found, p, y, new_seed(rng))
    return powers_instance(X, y if kind == "signs" else rng.standard_normal(n), p, seed=new_seed(rng))


def draw_signed(rng: Rng) -> Instance:
    """Unit data with random labels and the printed construction."""
    return _signed(rng, SIZES)


def draw_small(rng: Rng) -> Instance:
    """The same with few points in low dimension, where the norms over all labels are computed."""
    return _signed(rng, NET)


def _signed(rng: Rng, sizes: tuple[tuple[int, int], ...]) -> Instance:
    d, n = one_of(rng, sizes)
    X = some_points(rng, n, d, unit=True)
    s = float(np.log(2 * n) + rng.uniform(-1, 3)) if rng.random() < 0.8 else float(rng.uniform(0, 1))
    return signed_instance(X, labelled(X, rng), integer(rng, 2, 3), max(s, 0.0), seed=new_seed(rng))


# --- corners -------------------------------------------------------------------------------------------------------------------------


def orthonormal() -> Instance:
    """Three orthonormal data: f fits, and Lip_B = p = pλ, an equality."""
    return signed_instance(np.eye(3), [1, -1, 1], 2, 4.0)


def one_datum() -> Instance:
    """n = d = 1: f = x³, Lip_B = 3 = pλ."""
    return signed_instance([[1.0]], [1], 3, 2.0)


def repeated() -> Instance:
    """Four equal data with equal labels: Lip_B = 4p = p‖c‖_∞λ, an equality."""
    return signed_instance(np.tile([1.0, 0.0], (4, 1)), np.ones(4), 2, 3.0)


def cancelling() -> Instance:
    """Two equal data with opposite labels: f = 0 misses both by 1."""
    return signed_instance(np.tile([1.0, 0.0], (2, 1)), [1, -1], 2, 2.0)


def antipodal() -> Instance:
    """±e_1 with opposite labels, p = 3: f = 2x_1³."""
    return signed_instance([[1.0, 0.0], [-1.0, 0.0]], [1, -1], 3, 2.0)


def exact_orthonormal() -> Instance:
    """Orthonormal data with labels ±1: c = y."""
    return powers_instance(np.eye(2), [1, -1], 2)


def short_data() -> Instance:
    """x_1 = e_1/2: c = 16 fits the label 1 for p = 2, and Lip_B = 8 = p‖c‖_∞λ."""
    return powers_instance([[0.5, 0.0]], [16], 2, [1])


CORNERS = (orthonormal, one_datum, repeated, cancelling, antipodal)

# --- where the false twins fail -----------------------------------------------------------------------------------------------------


def long_datum() -> Instance:
    """x_1 = 3e_1, p = 3 and c = 1: f = 27x_1³ has Lip_B = 81, and λ = 9."""
    return powers_instance([[3.0, 0.0]], [1], 3)


def first_order() -> Instance:
    """p = 1 and x_1 = e_1/2: Lip_B = 1/2, and λ = 1/4."""
    return powers_instance([[0.5, 0.0]], [1], 1)


def steep() -> Instance:
    """f = 99x_1 is no combination of powers."""
    return orthonormal().with_values(f=affine_function([99.0, 0.0, 0.0]))


def zero() -> Instance:
    """c = 0 and f = 0 fit no label."""
    return powers_instance(np.eye(2), [0, 0], 2, [1, -1])


def halved() -> Instance:
    """Orthogonal data of norm 1/2 with σ = 0."""
    return signed_instance(np.eye(2) / 2, [1, -1], 2, 4.0, 0.0)


def correlated() -> Instance:
    """Two equal data with σ = 0."""
    return signed_instance(np.tile([1.0, 0.0], (2, 1)), [1, 1], 2, 4.0, 0.0)


def triple() -> Instance:
    """Three equal data: σ = √2, and some datum always sees two equal labels, a sum of 2 > σ√(2s) for s < 1."""
    return signed_instance(np.tile([1.0, 0.0], (3, 1)), [1, 1, -1], 2, 0.99)


def five() -> Instance:
    """The labels 5 and −5."""
    return powers_instance(np.eye(2), [5, -5], 2, s=4.0, sigma=1.0)


def barely() -> Instance:
    """One datum and s = 1/8: the event ‖y_1x_1⊗x_1‖ ≤ 1 holds, and Lip_B = 2."""
    return signed_instance([[1.0, 0.0]], [1], 2, 0.13)


MEASUREMENTS = (
    Measurement("bln.thm4.lipschitz", draw_powers, (*CORNERS[1:], orthonormal, short_data), twin_draws={
        "without in the ball": fixed(long_datum), "without order": fixed(first_order), "without powers": fixed(steep),
        "without p": fixed(orthonormal), "the root": fixed(repeated)}),
    Measurement("bln.thm4.exact_fit", draw_powers, (exact_orthonormal, short_data), twin_draws={
        "without solves": fixed(zero), "without powers": fixed(steep), "without in the ball": fixed(long_datum),
        "without p": fixed(exact_orthonormal)}),
    Measurement("bln.thm4.accuracy", draw_signed, CORNERS, twin_draws={
        "without unit rows": fixed(halved), "without weak correlations": fixed(correlated), "no union bound": fixed(triple),
        "twice the exponent": fixed(triple)}),
    Measurement("bln.thm4.approximate", draw_signed, CORNERS, twin_draws={
        "without unit rows": fixed(halved), "without labels": fixed(five), "without powers": fixed(steep),
        "without p": fixed(orthonormal)}),
    Measurement("bln.thm4.sharp", draw_small, CORNERS, twin_draws={
        "without unit rows": fixed(halved), "without weak correlations": fixed(correlated), "without powers": fixed(steep),
        "a fifth of p": fixed(barely)}),
)
