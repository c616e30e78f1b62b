"""Quadratics on balls and on the sphere, and fits by least-norm tensors, polynomials and low rank."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational

from theory.errors import BadData, HypothesisViolated, NotCertified, ShapeError
from theory.terms.sets import Ball, Space, Sphere
from verify.fits.tensors import SearchOptions, least_norm_polynomial, least_norm_tensor, low_rank_quadratic, prescribed_spectrum
from verify.lipschitz.polynomials import PowerSum, Quadratic

SEEDS = st.integers(0, 10**6)


def some_quadratic(rng: np.random.Generator) -> Quadratic:
    """Random, of low rank, diagonal with repeated eigenvalues, or a multiple of the identity; with or without a linear part."""
    d, kind = int(rng.integers(1, 6)), rng.integers(4)
    A = {0: lambda: rng.standard_normal((d, d)), 1: lambda: np.outer(*2 * [rng.standard_normal(d)]),
         2: lambda: np.diag(rng.integers(-2, 3, d).astype(float)), 3: lambda: rng.standard_normal() * np.eye(d)}[int(kind)]()
    b = rng.standard_normal(d) * rng.choice([1e-6, 1.0, 100.0]) if rng.random() < 0.5 else None
    if b is not None and rng.random() < 0.3:
        b = np.eye(d)[0]
    return Quadratic(A + A.T, b, float(rng.standard_normal()))


def unit_points(rng: np.random.Generator, m: int, d: int) -> np.ndarray:
    x = rng.standard_normal((m, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


@settings(max_examples=100)
@given(SEEDS)
def test_the_constants_bound_gradients_and_are_reached(seed: int) -> None:
    """On balls the enclosure is exact, on the sphere too without a linear part, and nearly so with one."""
    rng = np.random.default_rng(seed)
    f, r = some_quadratic(rng), float(rng.choice([0.5, 1.0, 3.0]))
    d = f.dimension
    ball = f.lipschitz(Ball(Integer(d), Rational(r)))
    x = unit_points(rng, 500, d)
    assert np.linalg.norm(f.gradient(r * x), axis=1).max() <= ball.upper * (1 + 1e-12) + 1e-300
    assert ball.upper - ball.lower <= 1e-9 * ball.upper
    sphere, gradient = f.lipschitz(Sphere(Integer(d))), f.gradient(x)
    tangent = gradient - np.sum(gradient * x, axis=1, keepdims=True) * x
    if d == 1:
        assert sphere.upper == abs(f.slope[0])
        return
    scale = np.linalg.norm(f.matrix) + np.linalg.norm(f.slope)
    assert np.linalg.norm(tangent, axis=1).max() <= sphere.upper + 1e-12 * scale
    assert sphere.upper - sphere.lower <= (1e-11 if f.b is None else 1e-2) * scale
    values, gaps = f(x[:100]), np.linalg.norm(x[:100, None] - x[None, :100], axis=2)
    far = gaps > 1e-3
    assert np.max(np.abs(values[:, None] - values[None])[far] / gaps[far]) <= sphere.upper + 1e-10 * (scale + abs(f.c))


def test_constants_by_hand() -> None:
    """diag(3, −1): 6 on the ball, 4 on the sphere; 5I is constant on the sphere; x² + x on [−1, 1] has slope 3."""
    f = Quadratic(np.diag([3.0, -1.0]))
    for domain, value in ((Ball(Integer(2)), 6), (Ball(Integer(2), Integer(2)), 12), (Sphere(Integer(2)), 4)):
        found = f.lipschitz(domain)
        assert (found.lower, found.upper) == pytest.approx((value, value)) and found.exact
    assert Quadratic(5 * np.eye(3)).lipschitz(Sphere(Integer(3))).upper < 1e-12
    assert Quadratic([[1.0]], [1.0]).lipschitz(Ball(Integer(1))).upper == pytest.approx(3)
    # 2Ax + b with A = diag(1, 0), b = e_2: (2x)² + 1 ≤ 5, where the Lagrange multiplier is degenerate
    hard = Quadratic(np.diag([1.0, 0.0]), [0.0, 1.0]).lipschitz(Ball(Integer(2)))
    assert (hard.lower, hard.upper) == pytest.approx((np.sqrt(5), np.sqrt(5)))


@settings(max_examples=30)
@given(SEEDS)
def test_the_steepest_pair_nearly_attains_the_constant(seed: int) -> None:
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((3, 3))
    f = Quadratic(A + A.T)
    for domain in (Ball(Integer(3), Integer(2)), Sphere(Integer(3))):
        x, y = f.steepest_pair(domain)
        quotient = abs(f(x[None])[0] - f(y[None])[0]) / np.linalg.norm(x - y)
        assert (1 - 1e-3) * f.lipschitz(domain).upper <= quotient <= f.lipschitz(domain).upper * (1 + 1e-9)


def test_exact_enclosures() -> None:
    """(1/3)diag(1, −2): 4/3 on the ball, 1 on the sphere, exactly inside the balls; nothing is said where nothing is known."""
    third = Fraction(1, 3)
    f = Quadratic(np.array([[third, Fraction(0)], [Fraction(0), -2 * third]], dtype=object))
    wide = Ball(Integer(2), Rational(3, 2))
    for domain, value in ((Ball(Integer(2)), Fraction(4, 3)), (Sphere(Integer(2)), Fraction(1)), (wide, Fraction(2))):
        lower, upper = f.lipschitz_exact(domain)
        assert float(lower.lower()) <= value <= float(upper.upper()) and float(upper.upper()) - float(lower.lower()) < 1e-9
    assert f(np.array([[Fraction(1), Fraction(1)]], dtype=object))[0] == -third
    tenth = Quadratic([[0.1]], [0.1], 0.1)(np.array([[Fraction(1)]]))[0]
    assert tenth == 3 * Fraction(0.1)                   # floats are read as the rationals that they are
    with pytest.raises(NotCertified, match="without a linear part"):
        Quadratic(f.A, np.array([1, 0])).lipschitz_exact(Sphere(Integer(2)))
    with pytest.raises(NotCertified, match=r"R\^d"):
        f.lipschitz(Space(Integer(2)))
    slope = Quadratic(np.zeros((2, 2)), [3.0, 4.0])
    assert slope.lipschitz_exact(Space(Integer(2)))[1].contains(5) and slope.lipschitz(Space(Integer(2))).upper == pytest.approx(5)


def test_bad_quadratics() -> None:
    with pytest.raises(ShapeError, match="d×d matrix"):
        Quadratic([1.0])
    with pytest.raises(ShapeError, match="b has shape"):
        Quadratic(np.eye(2), [1.0])
    with pytest.raises(HypothesisViolated, match="not symmetric"):
        Quadratic([[0.0, 1.0], [0.0, 0.0]])


# --- fits -----------------------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(SEEDS)
def test_least_norm_tensors(seed: int) -> None:
    """T fits, ‖T‖_F² = yᵀK_p⁺y, and adding any tensor that vanishes at the data makes it longer."""
    rng = np.random.default_rng(seed)
    d, p = int(rng.integers(2, 4)), int(rng.integers(1, 4))
    n = int(rng.integers(1, d + 1))
    X, y = unit_points(rng, n, d), rng.choice([-1.0, 1.0], n)
    T = least_norm_tensor(X, y, p)
    assert T.value(X) == pytest.approx(y, abs=1e-9)
    assert T.frobenius**2 == pytest.approx(y @ np.linalg.pinv((X @ X.T) ** p) @ y, rel=1e-6)
    other = PowerSum(rng.standard_normal((2, d)), rng.standard_normal(2), p)
    vanishing = other.added(least_norm_tensor(X, other.value(X), p).scaled(-1.0))
    assert T.added(vanishing).frobenius_upper >= T.frobenius * (1 - 1e-7)


@settings(max_examples=30)
@given(SEEDS)
def test_least_norm_polynomials(seed: int) -> None:
    rng = np.random.default_rng(seed)
    d, p = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    n = int(rng.integers(1, d + 2))
    X, y = rng.standard_normal((n, d)), rng.choice([-1.0, 1.0], n)
    assert least_norm_polynomial(X, y, p)(X) == pytest.approx(y, abs=1e-9)


def test_labels_out_of_range_are_refused_by_name() -> None:
    """An even form takes the same value at x and −x; y_2 is off by 1, as the best form takes the mean 0 at both."""
    with pytest.raises(HypothesisViolated, match=r"no form of order 2 takes these labels: the best one misses y_1 = 1 by 1"):
        least_norm_tensor([[1.0, 0.0], [-1.0, 0.0]], [1, -1], 2)
    assert least_norm_tensor([[1.0, 0.0], [-1.0, 0.0]], [1, -1], 3).dense()[0, 0, 0] == pytest.approx(1)
    with pytest.raises(HypothesisViolated, match="polynomial of degree 2"):
        least_norm_polynomial([[1.0], [-1.0]], [1, -1], 2, weights=[1, 0, 1])
    with pytest.raises(BadData, match="w_q ≥ 0"):
        least_norm_polynomial([[1.0]], [1], 1, weights=[1, -1])
    with pytest.raises(ShapeError, match="n labels"):
        least_norm_tensor([[1.0]], [1, 1], 2)


def test_low_rank_fits() -> None:
    """kd − k(k−1)/2 = 9 parameters for k = 2, d = 5 and 8 points; one point of each label has no fit of rank 1 when d = 1."""
    rng = np.random.default_rng(0)
    X, y = unit_points(rng, 8, 5), rng.choice([-1.0, 1.0], 8)
    f = low_rank_quadratic(X, y, 2)
    assert f(X) == pytest.approx(y, abs=1e-9)
    assert np.linalg.matrix_rank(f.matrix, tol=1e-9) <= 2
    assert f.lipschitz(Sphere(Integer(5))).upper >= f.lipschitz(Ball(Integer(5))).upper / 2 * (1 - 1e-12)       # 0 is an eigenvalue
    with pytest.raises(NotCertified, match="misses a label by 1"):
        low_rank_quadratic([[1.0], [-1.0]], [1, -1], 1, SearchOptions(starts=4))


def test_prescribed_spectra() -> None:
    f = prescribed_spectrum([3.0, -2.0], 5, np.random.default_rng(0))
    assert np.linalg.matrix_rank(f.matrix, tol=1e-9) == 2
    assert f.lipschitz(Sphere(Integer(5))).upper == pytest.approx(5) and f.lipschitz(Ball(Integer(5))).upper == pytest.approx(6)
    assert not prescribed_spectrum([], 2, np.random.default_rng(0)).matrix.any()
    with pytest.raises(ShapeError, match="at most d = 1"):
        prescribed_spectrum([1.0, 2.0], 1, np.random.default_rng(0))
