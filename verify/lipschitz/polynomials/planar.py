"""Polynomials in one and two variables: suprema on an interval, on the circle and on the disc, by second-order bounds on boxes."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi

import numpy as np
from numpy.typing import NDArray

from verify.lipschitz.polynomials.arrays import SymmetricTensor
from verify.lipschitz.polynomials.boxes import largest_on_box
from verify.lipschitz.polynomials.power_sum import EPS

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]


def rounding_of(tensor: SymmetricTensor) -> float:
    """What rounding may do to ⟨T, u^{⊗p}⟩ at a point that is a unit vector up to rounding: a multiple of eps·(sum of the moduli)."""
    terms = tensor.coefficients.size if hasattr(tensor, "coefficients") else tensor.dimension
    # p factors, each an inner product of d terms with a factor of a rounded unit vector, then a sum of the terms
    return 8 * (tensor.order * (tensor.dimension + 6) + terms + 8) * EPS * tensor.weight


def circle_coefficients(tensor: SymmetricTensor) -> Complex:
    """F with ⟨T, u(θ)^{⊗p}⟩ = Re Σ_{k≤p} F_k e^{ikθ}, u = (cos θ, sin θ), from 2p+2 values.

    >>> from verify.lipschitz.polynomials.arrays import SymmetricArray
    >>> np.round(np.abs(circle_coefficients(SymmetricArray(np.eye(2)))), 12).tolist()
    [1.0, 0.0, 0.0]
    """
    p = tensor.order
    angles = 2 * pi * np.arange(2 * p + 2) / (2 * p + 2)
    F = np.fft.rfft(tensor.value(np.stack([np.cos(angles), np.sin(angles)], axis=1))) / (2 * p + 2)
    F[1:] *= 2
    return np.asarray(F[: p + 1])


def grid_supremum(F: Complex) -> float:
    """An upper bound of sup |Re Σ F_k e^{ikθ}| from equidistant values, at most 5 % too large.

    Around an angle where |t| is largest, |t| ≥ cos(Kδ)·sup|t| at distance δ ≤ π/(2K) (M. Riesz 1914), and one of N > 2K equidistant
    angles is within δ = π/N.

    >>> 1 <= grid_supremum(np.array([0, 0, 1.0 + 0j])) < 1.06
    True
    """
    K = max(len(F) - 1, 1)
    N = 10 * K
    angles = 2 * pi * np.arange(N) / N
    values = np.abs(np.real(np.exp(1j * np.outer(angles, np.arange(len(F)))) @ F))
    return float(values.max()) / cos(pi * K / N) + 8 * (K + 4) * EPS * float(np.abs(F).sum())


def circle_supremum(F: Complex, error: float) -> tuple[float, float, float]:
    """lower ≤ sup_θ |t(θ)| ≤ upper for t = Re Σ F_k e^{ikθ}, and the angle of `lower`; `error` is what rounding may have done to t.

    On an arc of half length h about θ, |t| ≤ |t(θ)| + |t'(θ)|h + ½K² sup|t| h² (Bernstein).

    >>> lower, upper, angle = circle_supremum(np.array([1.0, 2.0 + 0j]), 0.0)
    >>> round(lower, 9), round(upper, 9)
    (3.0, 3.0)
    """
    k = np.arange(len(F))
    curvature = k[-1] ** 2 * grid_supremum(F)
    slack = error + 8 * (len(F) + 4) * EPS * float(np.abs(F).sum())

    def bounds(centres: Floats, half: Floats) -> tuple[Floats, Floats]:
        waves = np.exp(1j * centres * k)
        values, slopes = np.abs(np.real(waves @ F)), np.abs(np.real(waves @ (1j * k * F)))
        h = half[0]
        rest = (slopes + 8 * (len(F) + 4) * EPS * k[-1] * np.abs(F).sum()) * h + curvature * h**2 / 2
        return values - slack, values + slack + rest

    lower, upper, where = largest_on_box(bounds, np.zeros(1), np.full(1, 2 * pi), (16 * max(int(k[-1]), 1),))
    return lower, upper, float(where[0])


def interval_supremum(coefficients: Floats, r: float) -> tuple[float, float, float]:
    """lower ≤ sup |Σ c_j t^j| ≤ upper over |t| ≤ r, and the t of `lower`.

    >>> lower, upper, where = interval_supremum(np.array([0.0, -3.0, 0.0, 4.0]), 1.0)       # Chebyshev's polynomial of degree 3
    >>> round(lower, 9), round(upper, 9)
    (1.0, 1.0)
    """
    g = np.polynomial.Polynomial(coefficients / max(float(np.max(np.abs(coefficients))), 1e-300))
    size = float(np.max(np.abs(coefficients)))
    slope, bend = g.deriv(), g.deriv(2)
    powers = r ** np.arange(len(coefficients))
    slack = 8 * (len(coefficients) + 4) * EPS * float(np.abs(g.coef) @ powers[: len(g.coef)])
    steep = float(np.abs(slope.coef) @ powers[: len(slope.coef)])
    curvature = float(np.abs(bend.coef) @ powers[: len(bend.coef)])

    def bounds(centres: Floats, half: Floats) -> tuple[Floats, Floats]:
        t, h = centres[:, 0], half[0]
        values = np.abs(g(t))
        return values - slack, values + slack + (np.abs(slope(t)) + 8 * (len(coefficients) + 4) * EPS * steep) * h + curvature * h**2 / 2

    lower, upper, where = largest_on_box(bounds, np.array([-r]), np.array([r]), (64,))
    ends = np.abs(g(np.array([-r, r]))) - slack
    if ends.max() > lower:
        lower, where = float(ends.max()), np.array([-r, r])[int(np.argmax(ends)) : int(np.argmax(ends)) + 1]
    return size * lower, size * max(upper, lower), float(where[0])


def disc_gradient_supremum(F: Sequence[Complex], r: float, errors: Sequence[float]) -> tuple[float, float, Floats]:
    """lower ≤ sup ‖∇f‖ ≤ upper on the disc of radius r for f = Σ_q s^q t_q(θ), t_q = Re Σ F_{q,k} e^{ikθ}, and the point of `lower`.

    F_q belongs to the form of order q = 1, 2, …, len(F).  In polar coordinates ∇f is (∂_s f, ∂_θ f/s), a vector V of polynomials in s and
    waves in θ with ‖V_q‖ ≤ q s^{q−1} sup|t_q|; boxes in (s, θ) are bounded by V at their centre, its derivative, and the second
    derivatives that Bernstein's inequality allows.

    >>> lower, upper, where = disc_gradient_supremum([np.array([0, 1.0 + 0j]), np.array([1.0 + 0j, 0, 0])], 1.0, [0.0, 0.0])   # x + x² + y²
    >>> round(lower, 5), round(upper, 5)
    (3.0, 3.0)
    """
    orders = np.arange(1, len(F) + 1)
    table = np.zeros((len(F), len(F) + 1), dtype=np.complex128)
    for q, row in zip(orders, F, strict=True):
        table[q - 1, : len(row)] = row
    k = np.arange(len(F) + 1)
    sizes = np.array([grid_supremum(row) for row in F])
    # ‖V_q‖ ≤ q s^{q−1} sup|t_q|, and every derivative in θ costs at most a factor q
    bend_ss = float(np.sum(orders * (orders - 1) * (orders - 2) * r ** np.maximum(orders - 3.0, 0) * sizes))
    bend_st = float(np.sum(orders**2 * (orders - 1) * r ** np.maximum(orders - 2.0, 0) * sizes))
    bend_tt = float(np.sum(orders**3 * r ** (orders - 1.0) * sizes))
    total = np.abs(table).sum(axis=1)
    slack = float(np.sum(orders * r ** (orders - 1.0) * (2 * np.asarray(errors) + 16 * (len(F) + 6) * EPS * total)))

    def field(s: Floats, theta: Floats) -> tuple[Floats, Floats, Floats]:
        """V, ∂_s V and ∂_θ V as m×2 arrays."""
        waves = np.exp(1j * np.outer(theta, k))
        parts, turned, twice = (waves @ ((1j * k) ** m * table).T for m in range(3))
        powers = s[:, None] ** (orders - 1)
        falling = (orders - 1) * s[:, None] ** np.maximum(orders - 2, 0)

        def vector(weights: Floats, along: Complex, across: Complex) -> Floats:
            return np.stack([np.sum(weights * orders * along.real, axis=1), np.sum(weights * across.real, axis=1)], axis=1)

        return vector(powers, parts, turned), vector(falling, parts, turned), vector(powers, turned, twice)

    def bounds(centres: Floats, half: Floats) -> tuple[Floats, Floats]:
        value, radial, angular = field(*centres.T)
        squares = np.sum(value**2, axis=1)
        mixed = 2 * np.abs(np.sum(value * radial, axis=1)) * half[0] + 2 * np.abs(np.sum(value * angular, axis=1)) * half[1]
        moved = np.sqrt(np.sum(radial**2, axis=1)) * half[0] + np.sqrt(np.sum(angular**2, axis=1)) * half[1]
        rest = (bend_ss * half[0] ** 2 + 2 * bend_st * half[0] * half[1] + bend_tt * half[1] ** 2) / 2
        # the derivatives err relatively to the same sums as the values, times factors of the degree
        fuzz = slack * (1 + len(F) * (half[0] / r + half[1]))
        return np.sqrt(squares) - slack, np.sqrt(squares + mixed + moved**2) + rest + fuzz

    degree = len(F)
    lower, upper, where = largest_on_box(bounds, np.zeros(2), np.array([r, 2 * pi]), (2 * degree, 8 * degree), cells=8_000, tolerance=1e-6)
    rim = np.stack([np.full(64 * degree, r), 2 * pi * np.arange(64 * degree) / (64 * degree)])
    lengths = np.linalg.norm(field(*rim)[0], axis=1) - slack
    best = int(np.argmax(lengths))
    if lengths[best] > lower:
        lower, where = float(lengths[best]), rim[:, best]
    return lower, max(upper, lower), where[0] * np.array([np.cos(where[1]), np.sin(where[1])])


def circle_chord_supremum(F: Complex, error: float) -> tuple[float, float, Floats]:
    """lower ≤ Lip ≤ upper for t = Re Σ F_k e^{ikθ} on the unit circle with the chord metric, and two points that show `lower`.

    Between the angles α ± β the difference of t over the chord 2 sin β is Re Σ iF_k e^{ikα} sin(kβ)/sin β, a trigonometric polynomial in
    α and β, as sin(kβ)/sin β is the sum of the waves e^{ijβ} for j = k−1, k−3, …, 1−k; at β = 0 it is the derivative of t.

    >>> lower, upper, points = circle_chord_supremum(np.array([0, 0, 1.0 + 0j]), 0.0)       # x² − y²: λ_max − λ_min = 2
    >>> round(lower, 5), round(upper, 5)
    (2.0, 2.0)
    """
    K = max(len(F) - 1, 1)
    k = np.arange(len(F))
    j = np.arange(1 - K, K)
    table = np.where((np.abs(j)[None, :] < k[:, None]) & ((j[None, :] + k[:, None]) % 2 == 1), 1j * F[:, None], 0)
    size = pi / 2 * grid_supremum(1j * k * F)           # an arc is at most π/2 times its chord
    slack = K * (error + 8 * (K + 6) * EPS * float(np.abs(F).sum()))

    def values(centres: Floats, in_alpha: int, in_beta: int) -> Floats:
        left = np.exp(1j * centres[:, :1] * k) * (1j * k) ** in_alpha
        right = np.exp(1j * centres[:, 1:] * j) * (1j * j) ** in_beta
        return np.real(np.sum((left @ table) * right, axis=1))

    def bounds(centres: Floats, half: Floats) -> tuple[Floats, Floats]:
        value = np.abs(values(centres, 0, 0))
        moved = np.abs(values(centres, 1, 0)) * half[0] + np.abs(values(centres, 0, 1)) * half[1]
        # Bernstein in each of the two angles, in which the degrees are K and K − 1
        rest = size * (K * half[0] + (K - 1) * half[1]) ** 2 / 2 + slack * (1 + K * (half[0] + half[1]))
        return value - slack, value + moved + rest

    grid = (8 * K, 4 * K)
    lower, upper, where = largest_on_box(bounds, np.zeros(2), np.array([2 * pi, pi / 2]), grid, cells=8_000, tolerance=1e-6)
    angles = np.array([where[0] + where[1], where[0] - where[1]])
    return lower, upper, np.stack([np.cos(angles), np.sin(angles)], axis=1)
