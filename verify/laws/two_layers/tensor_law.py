"""Measures Theorem 7 and Lemma 12: tensors that fit, least-norm ones among them, on data of every regime from n < d to n ≈ d^p.

A fit is had in one of three ways: the least-norm tensor Σ c_i x_i^{⊗p}, K_p c = y, perhaps with a multiple of a tensor that vanishes at all
data; points ±e_j and a diagonal tensor of signs, repeated as often as wanted; or any tensor, with rays scaled onto its level sets ±1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.laws.draws import LEAST_ACCURACY, Array, Rng, fixed, integer, new_seed, one_of, some_points
from verify.laws.functions import affine_function
from verify.laws.measure import Measurement
from verify.lipschitz.polynomials.arrays import symmetrised
from verify.lipschitz.polynomials.functions import TensorForm
from verify.objects.instance import Instance

SHAPES = ((1, 2), (1, 3), (2, 2), (2, 2), (2, 3), (3, 2), (3, 3), (2, 4), (5, 1), (4, 2))     # (d, p)


def power(v: Array, order: int) -> Array:
    """v^{⊗p}."""
    found = np.asarray(v)
    for _ in range(order - 1):
        found = np.multiply.outer(found, v)
    return found


def values(T: Array, X: Array) -> Array:
    """⟨T, x_i^{⊗p}⟩."""
    return np.array([np.vdot(T, power(x, T.ndim)) for x in X])


def tensor_instance(X: Any, y: Any, T: Any, seed: int = 0, **more: Any) -> Instance:
    """The names of a fit by a tensor, with the accuracy of the fit; a residual above 10⁻⁶ is no rounding but a twin's."""
    X, y, T = (np.asarray(a, dtype=np.float64) for a in (X, y, T))
    residual = float(np.max(np.abs(values(T, X) - y))) / max(float(np.linalg.norm(T)), 1.0)
    accuracy = max(LEAST_ACCURACY, 2 * residual) if residual <= 1e-6 else LEAST_ACCURACY
    return Instance({"X": X, "y": y, "T": T, "n": len(X), "d": X.shape[1], "p": T.ndim, **more}, seed, accuracy=accuracy)


# --- draws --------------------------------------------------------------------------------------------------------------------------

def least_norm(rng: Rng, d: int, p: int) -> tuple[Array, Array, Array]:
    """Unit points with an invertible Gram matrix K_p, labels, and the least-norm fit, or that plus a tensor that vanishes on the data."""
    n = integer(rng, 1, max(1, min(6, d if d < 3 else 2 * d - 1, d**p)))
    basis = np.linalg.qr(rng.standard_normal((d, d)))[0]
    X = basis[:n] if n <= d and rng.random() < 0.5 else np.concatenate([basis, _between(basis)])[::-1][:n]
    P = np.array([power(x, p).reshape(-1) for x in X])
    y = chosen_labels(rng, P)
    T = P.T @ np.linalg.solve(P @ P.T, y)
    if rng.random() < 0.5:
        more = rng.standard_normal(d**p)
        T = T + rng.uniform(0, 1) * (more - P.T @ np.linalg.solve(P @ P.T, P @ more))
    return X, y, T.reshape((d,) * p)


def chosen_labels(rng: Rng, powers: Array) -> Array:
    """Random, constant, one flipped, or the signs of the extreme eigenvectors of K_p, which make yᵀK_p y large or small."""
    n = len(powers)
    kind = one_of(rng, ("random", "constant", "flip", "largest", "smallest"))
    if kind == "random":
        return rng.choice([-1.0, 1.0], n)
    if kind in ("constant", "flip"):
        return np.where(np.arange(n) == (0 if kind == "flip" else n), -1.0, 1.0)
    vectors = np.linalg.eigh(powers @ powers.T)[1]
    return np.where(vectors[:, -1 if kind == "largest" else 0] >= 0, 1.0, -1.0)


def _between(basis: Array) -> Array:
    """(e_j + e_{j+1})/√2, whose powers of order at least 2 are independent of those of the basis."""
    return np.asarray((basis[:-1] + basis[1:]) / np.sqrt(2))


def repeated(rng: Rng, d: int, p: int) -> tuple[Array, Array, Array]:
    """n points ±e_j of a rotated basis and T = Σ s_j e_j^{⊗p}: any n; K_p has equal rows."""
    n, basis, s = integer(rng, 1, 10), np.linalg.qr(rng.standard_normal((d, d)))[0], rng.choice([-1.0, 1.0], d)
    j, sign = rng.integers(d, size=n), rng.choice([-1.0, 1.0], n)
    T = sum(a * power(e, p) for a, e in zip(s, basis, strict=True))
    return sign[:, None] * basis[j], s[j] * sign**p, np.asarray(T)


def on_rays(rng: Rng, d: int, p: int) -> tuple[Array, Array, Array]:
    """A tensor, not symmetric in general, and points scaled onto its level sets; they are not unit."""
    n, T = integer(rng, 1, 8), rng.standard_normal((d,) * p)
    u = np.asarray(some_points(rng, 4 * n, d, unit=True))
    at = values(T, u)
    best = np.argsort(-np.abs(at))[:n]
    return u[best] / np.abs(at[best])[:, None] ** (1 / p), np.sign(at[best]), T


def draw_fit(rng: Rng) -> Instance:
    """Any of the three."""
    d, p = one_of(rng, SHAPES)
    X, y, T = one_of(rng, (least_norm, repeated, on_rays))(rng, d, p)
    return tensor_instance(X, y, T, new_seed(rng))


def draw_unit(rng: Rng) -> Instance:
    """A fit at unit points, with the level s of the labels."""
    d, p = one_of(rng, SHAPES)
    X, y, T = one_of(rng, (least_norm, repeated))(rng, d, p)
    return tensor_instance(X, y, T, new_seed(rng), s=float(rng.uniform(0, 3)))


def draw_printed(rng: Rng) -> Instance:
    """The same with p ≥ 2."""
    d, p = one_of(rng, tuple(shape for shape in SHAPES if shape[1] > 1))
    X, y, T = one_of(rng, (least_norm, repeated))(rng, d, p)
    return tensor_instance(X, y, T, new_seed(rng))


def draw_solved(rng: Rng) -> Instance:
    """A fit at independent powers, with α = K_p^{−1} y."""
    d, p = one_of(rng, SHAPES)
    X, y, T = least_norm(rng, d, p)
    return tensor_instance(X, y, T, new_seed(rng), alpha=np.linalg.solve((X @ X.T) ** p, y))


def draw_form(rng: Rng) -> Instance:
    """A symmetric fit T and the function f(x) = ⟨T, x^{⊗p}⟩."""
    d, p = one_of(rng, tuple(shape for shape in SHAPES if shape[1] <= 3))
    X, y, T = one_of(rng, (least_norm, repeated))(rng, d, p)
    T = np.asarray(symmetrised(T))
    return tensor_instance(X, y, T, new_seed(rng), f=TensorForm(T))


def draw_tensor(rng: Rng) -> Instance:
    """A Gaussian tensor, a diagonal one, or a power; d = 1 included."""
    d, p = one_of(rng, SHAPES)
    kind = one_of(rng, ("gaussian", "diagonal", "power"))
    e = np.eye(d)
    T = (rng.standard_normal((d,) * p) if kind == "gaussian" else power(rng.standard_normal(d), p) if kind == "power"
         else sum(a * power(x, p) for a, x in zip(rng.choice([-1.0, 1.0], d), e, strict=True)))
    return Instance({"T": np.asarray(T), "d": d, "p": p}, new_seed(rng))


def draw_points(rng: Rng) -> Instance:
    """Unit points of any model, repetitions and antipodes included, with the level s."""
    d, p = one_of(rng, SHAPES)
    X = some_points(rng, integer(rng, 1, 8), d, unit=True)
    return Instance({"X": X, "n": len(X), "d": d, "p": p, "s": float(rng.uniform(0, 4))}, new_seed(rng), accuracy=LEAST_ACCURACY)


# --- corners ------------------------------------------------------------------------------------------------------------------------

def orthonormal(d: int = 3, **more: Any) -> Instance:
    """x_j = e_j and T = diag(1, −1, 1, …): K_2 = I, ‖T‖_op = 1 and n² = d² on both sides."""
    y = np.where(np.arange(d) % 2 == 0, 1.0, -1.0)
    return tensor_instance(np.eye(d), y, np.diag(y), **{"s": 0.01, "alpha": y, "f": TensorForm(np.diag(y)), **more})


def one_datum(label: float = 1.0, **more: Any) -> Instance:
    """n = d = 1, p = 2."""
    return tensor_instance([[1.0]], [label], [[label]], **{"s": 0.01, "alpha": [label], **more})


def equal_points(n: int = 4, **more: Any) -> Instance:
    """n times the point 1 of the line with label 1, T = 1."""
    return tensor_instance(np.ones((n, 1)), np.ones(n), [[1.0]], **{"s": 0.01, **more})


def harmonic_fit() -> Instance:
    """T = Re (x + iy)³ at the six points of the circle where it is ±1: ‖T‖_op = 1 and ‖T‖_F = 2."""
    angles = np.arange(6) * np.pi / 3
    T = np.zeros((2, 2, 2))
    for place in np.ndindex(T.shape):
        T[place] = (1j ** sum(place)).real
    return tensor_instance(np.stack([np.cos(angles), np.sin(angles)], axis=1), np.cos(3 * angles).round(), T, s=1.0)


def identity_tensor() -> Instance:
    """I_2: ‖T‖_* = 2 = 2‖T‖_op, an equality of Lemma 12."""
    return Instance({"T": np.eye(2), "d": 2, "p": 2})


# --- where the false twins fail -----------------------------------------------------------------------------------------------------

def zero_tensor() -> Instance:
    """T = 0 at orthonormal points."""
    return orthonormal().with_values(T=np.zeros((3, 3)), f=affine_function(np.zeros(3)))


def zero_form() -> Instance:
    """T = 0 and f = 0."""
    return orthonormal().with_values(T=np.zeros((3, 3)), f=TensorForm(np.zeros((3, 3))))


def small_labels(size: float = 0.1) -> Instance:
    """Labels ±size."""
    y = size * np.where(np.arange(3) % 2 == 0, 1.0, -1.0)
    return orthonormal().with_values(y=y, T=np.diag(y), f=TensorForm(np.diag(y)))


def long_point(length: float, **more: Any) -> Instance:
    """One point of the line of this length, T = length^{−2}."""
    return tensor_instance([[length]], [1.0], [[length**-2]], s=0.01, **more)


def constant_function() -> Instance:
    """Equal labels and f = 1, which is not the form of T."""
    return orthonormal().with_values(y=np.ones(3), f=affine_function(np.zeros(3), 1.0))


def large_alpha() -> Instance:
    """α = 10y does not solve K_2 α = y."""
    return orthonormal().with_values(alpha=10 * np.array([1.0, -1.0, 1.0]))


def many_equal() -> Instance:
    """Sixty-four equal points with equal labels."""
    return equal_points(64)


def certain() -> Instance:
    """Four equal points at s = 3, where P(|Σ y_i| ≤ 2) = 7/8 < 1 − e^{−3}."""
    return equal_points(4, s=3.0)


ZERO, SMALL, ORTHONORMAL = fixed(zero_tensor), fixed(small_labels), fixed(orthonormal)
MEASUREMENTS = (
    Measurement("bln.lemma12", draw_tensor, (identity_tensor,), twin_draws={
        "half the power": fixed(identity_tensor), "half the bound": fixed(identity_tensor), "the same norm": fixed(identity_tensor)}),
    Measurement("bln.thm7.sharp", draw_fit, (orthonormal, one_datum, equal_points, harmonic_fit), twin_draws={
        "without fits": ZERO, "without labels": SMALL, "one power less": ORTHONORMAL, "the trace": fixed(equal_points)}),
    Measurement("bln.thm7.dual", draw_fit, (orthonormal, one_datum, equal_points, harmonic_fit), twin_draws={
        "without fits": ZERO, "without labels": SMALL, "operator norms": ORTHONORMAL}),
    Measurement("bln.thm7.pseudo", draw_solved, (orthonormal, one_datum), twin_draws={
        "without fits": ZERO, "without solves": fixed(large_alpha), "one power less": ORTHONORMAL}),
    Measurement("bln.thm7.point", draw_fit, (orthonormal, one_datum, harmonic_fit), twin_draws={
        "without fits": ZERO, "half": fixed(one_datum), "one power less": fixed(lambda: long_point(2.0))}),
    Measurement("bln.thm7.lip", draw_form, (orthonormal,), twin_draws={
        "without fits": fixed(zero_form), "without labels": SMALL, "without form": fixed(constant_function), "order p + 1": ORTHONORMAL}),
    Measurement("bln.thm7.width", draw_points, (orthonormal, equal_points), twin_draws={
        "without unit rows": fixed(lambda: long_point(2.0)), "without the mean": fixed(one_datum),
        "without the deviation": fixed(certain)}),
    Measurement("bln.thm7.random_labels", draw_unit, (orthonormal, one_datum, equal_points, harmonic_fit), twin_draws={
        "without fits": ZERO, "without labels": SMALL, "without unit rows": fixed(lambda: long_point(2.0)),
        "off the event": fixed(equal_points)}),
    Measurement("bln.thm7.printed", draw_printed, (orthonormal, one_datum, equal_points, harmonic_fit), twin_draws={
        "without fits": ZERO, "without labels": fixed(lambda: one_datum(0.1)), "without unit rows": fixed(lambda: long_point(3.0)),
        "constant 1": fixed(equal_points), "off the event": fixed(many_equal)}),
)
