"""Measures Theorem 9: quadratics of given rank that fit labels ±1, at unit points or at points of any length, from n = 1 to n ≈ d³.

Either the matrix comes first and the data are placed on the level sets ±1 of its form, or the data come first and the matrix is the
least-norm one.  Probabilities over at most 2¹⁰ label vectors are exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.fits.tensors import least_norm_tensor, prescribed_spectrum
from verify.laws.draws import BISECTIONS, LEAST_ACCURACY, Array, Rng, fixed, integer, labelled, new_seed, one_of
from verify.laws.measure import Measurement
from verify.objects.instance import Instance

# --- matrices and data --------------------------------------------------------------------------------------------------------------

def form_values(A: Array, points: Array) -> Array:
    """xᵀAx at the rows."""
    return np.asarray(np.sum((points @ A) * points, axis=1))


def some_matrix(rng: Rng, d: int) -> Array:
    """A symmetric matrix of random rank whose form takes a value of modulus above 1 on the sphere, and one of modulus below 1."""
    r = integer(rng, 1, d)
    values = rng.uniform(0.3, 1, r) * rng.choice([-1.0, 1.0], r) if rng.random() < 0.8 else rng.choice([-1.0, 1.0], r)
    values *= 10.0 ** rng.uniform(0.05, 1) / np.abs(values).max()
    if r == d:
        values[int(np.argmin(np.abs(values)))] = rng.uniform(-0.5, 0.5) if d > 1 else values[0]
    return np.asarray(prescribed_spectrum(values, d, rng).matrix)


def on_level_sets(rng: Rng, A: Array, n: int) -> tuple[Array, Array]:
    """n unit points with xᵀAx = ±1 and these values as labels, by bisection of arcs; the sign is that of an eigenvalue beyond ±1.

    On the line A must be ±1.
    """
    d = len(A)
    if d == 1:
        return rng.choice([-1.0, 1.0], (n, 1)), np.full(n, A[0, 0])
    pool = rng.standard_normal((64, d))
    pool = np.concatenate([pool / np.linalg.norm(pool, axis=1, keepdims=True), np.linalg.eigh(A)[1].T])
    values = form_values(A, pool)
    y = rng.choice([s for s in (1.0, -1.0) if (s * values > 1).any()], n)
    ends = [np.stack([pool[rng.choice(np.flatnonzero(side(s * values)))] for s in y]) for side in (lambda v: v > 1, lambda v: v < 1)]
    ends[1] *= np.where(np.sum(ends[0] * ends[1], axis=1) < 0, -1.0, 1.0)[:, None]         # the form is even, so no arc is degenerate

    def between(t: Array) -> Array:
        points = (1 - t)[:, None] * ends[0] + t[:, None] * ends[1]
        return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True))

    low, high = np.zeros(n), np.ones(n)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        over = y * form_values(A, between(middle)) > 1
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return between(low), y


def on_rays(rng: Rng, A: Array, n: int) -> tuple[Array, Array]:
    """n points of any length on rays where the form is not small, with values ±1."""
    pool = np.concatenate([rng.standard_normal((32, len(A))), np.linalg.eigh(A)[1].T])
    pool /= np.linalg.norm(pool, axis=1, keepdims=True)
    values = form_values(A, pool)
    rows = rng.choice(np.flatnonzero(np.abs(values) >= 0.05 * np.abs(values).max()), n)
    return np.asarray(pool[rows] / np.sqrt(np.abs(values[rows]))[:, None]), np.asarray(np.sign(values[rows]))


def least_norm(rng: Rng, d: int) -> tuple[Array, Array, Array]:
    """The least-norm matrix through generic unit points, fewer than d(d+1)/2, or orthonormal ones; random or one-flip labels."""
    n = integer(rng, 1, max(1, d * (d + 1) // 2 - 1))
    X = rng.standard_normal((n, d))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    if rng.random() < 0.25:
        X = np.asarray(np.linalg.qr(rng.standard_normal((d, d)))[0])
    y = labelled(X, rng, one_of(rng, ("random", "one_flip", "balanced")))
    if d == 1:
        y = np.full(len(X), y[0])
    return np.asarray(least_norm_tensor(X, y, 2).dense()), X, y


def quadratic_fit(rng: Rng, *, unit: bool, largest: int | None = None) -> tuple[Array, Array, Array]:
    """A symmetric matrix A and data with x_iᵀAx_i = y_i; n up to about d³, or ``largest``."""
    d = integer(rng, 1, 4)
    if rng.random() < 0.4:
        return least_norm(rng, d)
    A = np.sign(some_matrix(rng, d)) if d == 1 and unit else some_matrix(rng, d)
    n = min(one_of(rng, (1, integer(rng, 1, d), d, d * d, d**3)), largest or d**3)
    X, y = (on_level_sets if unit else on_rays)(rng, A, n)
    return A, X, y


def instance(A: Any, X: Any, y: Any, seed: int = 0, **more: Any) -> Instance:
    """The names of a fit: A, X, y, n, d, and k = rank(A) unless it is given; accurate to the residual of the fit."""
    A, X, y = (np.asarray(v, dtype=np.float64) for v in (A, X, y))
    residual = float(np.max(np.abs(form_values(A, X) - y)))
    names = {"A": A, "X": X, "y": y, "n": len(X), "d": len(A), "k": max(1, int(np.linalg.matrix_rank(A)))}
    return Instance(names | more, seed, accuracy=max(LEAST_ACCURACY, 2 * residual) if residual <= 1e-6 else LEAST_ACCURACY)


def tilted(rng: Rng, A: Array) -> Array:
    """A, sometimes with an antisymmetric part, which changes the rank and not the form."""
    if rng.random() < 0.8:
        return A
    B = rng.standard_normal(A.shape)
    return A + 0.3 * (B - B.T)


def draw_fit(rng: Rng) -> Instance:
    """Any fit, k at least the rank."""
    A, X, y = quadratic_fit(rng, unit=rng.random() < 0.5)
    A = tilted(rng, A)
    return instance(A, X, y, new_seed(rng), k=int(np.linalg.matrix_rank(A)) + one_of(rng, (0, 0, 1, 5)))


def draw_dual(rng: Rng) -> Instance:
    """A fit and α with K_2α = y."""
    found = draw_fit(rng)
    X, y = found.array("X", 2), found.array("y", 1)
    return found.with_values(alpha=least_norm_tensor(X, y, 2).coefficients)


def level(rng: Rng, d: int) -> float:
    """s: about log 2d, where the promised probabilities begin to say something, and above."""
    return float(np.log(2 * d) * rng.uniform(0.5, 1.5) + rng.exponential(0.7))


def draw_random(rng: Rng) -> Instance:
    """Unit data, at most ten points, and a level."""
    A, X, y = quadratic_fit(rng, unit=True, largest=10)
    return instance(A, X, y, new_seed(rng), s=level(rng, len(A)))


# --- corners ------------------------------------------------------------------------------------------------------------------------

def one_datum() -> Instance:
    """x_1 = e_1, y_1 = 1, A = e_1e_1ᵀ: 1 ≤ 1·1·1, all forms are equalities; α = 1."""
    return instance(np.diag([1.0, 0.0]), [[1.0, 0.0]], [1.0], alpha=np.ones(1), s=0.6)


def orthonormal() -> Instance:
    """x_i = e_i with labels (+, −, +), A = diag(y) of rank 3: 3 ≤ 3·1·1 and 9 ≤ 3·1·3, equalities; α = y."""
    y = np.array([1.0, -1.0, 1.0])
    return instance(np.diag(y), np.eye(3), y, alpha=y, s=1.9)


def antipodal() -> Instance:
    """±e_1 with one label: 2 ≤ 1·1·2 and 4 ≤ 1·1·4; K_2 is singular and α = (½, ½)."""
    return instance(np.diag([1.0, 0.0]), [[1.0, 0.0], [-1.0, 0.0]], [1.0, 1.0], alpha=np.full(2, 0.5), s=1.0)


def line() -> Instance:
    """d = 1 and five points, all of label −1, A = −1: 5 ≤ 5."""
    return instance([[-1.0]], [[1.0], [-1.0], [1.0], [1.0], [-1.0]], -np.ones(5), alpha=-np.full(5, 0.2), s=0.9)


def large_rank_bound() -> Instance:
    """One datum with k = 7 > d: min(k, d) = 2 counts in the Frobenius form."""
    return one_datum().with_values(k=7)


CORNERS = (one_datum, orthonormal, antipodal, line, large_rank_bound)

# --- where the false twins fail -----------------------------------------------------------------------------------------------------


def zero_matrix() -> Instance:
    """A = 0 fits nothing."""
    return one_datum().with_values(A=np.zeros((2, 2)))


def half_label() -> Instance:
    """y_1 = ½ and A = ½e_1e_1ᵀ: 1 ≤ ½·½ is false."""
    return instance(np.diag([0.5, 0.0]), [[1.0, 0.0]], [0.5], s=0.6)


def small_k() -> Instance:
    """Orthonormal data fitted with rank 3, k = 1: 3 ≤ 1, 9 ≤ 3 and 3 ≤ 1 are false."""
    return orthonormal().with_values(k=1)


def wrong_dual() -> Instance:
    """α = 9, so that K_2α = 9."""
    return one_datum().with_values(alpha=np.full(1, 9.0))


def long_datum() -> Instance:
    """‖x_1‖ = 2 and A = ¼: ‖S‖ = 4 for both labels; √λ√(2s) = 2√(2s) at s = 1.5, and 1 + 2√(8s) at s = 0.1, are less."""
    return instance([[0.25]], [[2.0]], [1.0], s=1.5)


def long_datum_low() -> Instance:
    """The same at the level 0.1."""
    return long_datum().with_values(s=0.1)


def level_zero() -> Instance:
    """s = 0: n ≤ 0 is false, off an event that has no probability."""
    return one_datum().with_values(s=0.0)


def orthonormal_low() -> Instance:
    """‖S‖_op = 1 and ‖S‖_F = √3 for all labels, λ = 1: at s = 0.3, √(2s) < 1 and √(8s) < √3."""
    return orthonormal().with_values(s=0.3)


def repeated() -> Instance:
    """The same point twice: ‖S‖_F = |y_1 + y_2| ≤ √2 has probability ½."""
    return instance(np.diag([1.0, 0.0]), [[1.0, 0.0], [1.0, 0.0]], [1.0, 1.0], s=3.0)


def many_repeated() -> Instance:
    """Ten equal points of equal label at s = 0: 10 ≤ √10 is false off the event."""
    return instance([[1.0]], np.ones((10, 1)), np.ones(10), s=0.0)


SHARED = {"without fits": fixed(zero_matrix), "without rank": fixed(small_k), "twice": fixed(one_datum)}

MEASUREMENTS = (
    Measurement("bln.thm9.sharp", draw_fit, CORNERS, twin_draws=SHARED | {
        "without labels": fixed(half_label), "root of the rank": fixed(orthonormal)}),
    Measurement("bln.thm9.frobenius", draw_fit, CORNERS, twin_draws=SHARED | {
        "without labels": fixed(half_label), "without the rank": fixed(orthonormal)}),
    Measurement("bln.thm9.pseudo", draw_dual, CORNERS, twin_draws=SHARED | {"without dual": fixed(wrong_dual)}),
    Measurement("bln.thm9.random_labels", draw_random, CORNERS, twin_draws={
        "without fits": fixed(lambda: zero_matrix().with_values(s=2.0)), "without unit rows": fixed(long_datum),
        "without rank": fixed(lambda: small_k().with_values(s=0.6)),
        "off the event": fixed(level_zero), "without the dimension": fixed(orthonormal_low)}),
    Measurement("bln.thm9.energy", draw_random, CORNERS, twin_draws={
        "without unit rows": fixed(long_datum_low), "without √n": fixed(orthonormal_low), "without the spectrum": fixed(repeated)}),
    Measurement("bln.thm9.random_labels_frobenius", draw_random, CORNERS, twin_draws={
        "without fits": fixed(lambda: zero_matrix().with_values(s=2.0)), "without unit rows": fixed(long_datum_low),
        "off the event": fixed(many_repeated), "without the rank": fixed(lambda: orthonormal().with_values(s=0.0))}),
)
