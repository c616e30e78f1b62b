"""Polynomials as functions: their Lipschitz constants against sampled quotients, hand values, and fine grids in one and two variables."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational

from theory.errors import BadData, NotCertified, ShapeError
from theory.terms.sets import Ball, Space, Sphere
from verify.lipschitz.polynomials import Effort, PolynomialFunction, PowerSum, SymmetricArray, TensorForm, polynomial_network, symmetrised
from verify.lipschitz.polynomials.boxes import largest_on_box
from verify.lipschitz.polynomials.planar import circle_chord_supremum, circle_coefficients, disc_gradient_supremum, interval_supremum
from verify.objects.instance import RealFunction

SEEDS = st.integers(0, 10**6)
SQUARES = Effort(squares=True)


def unit_points(rng: np.random.Generator, m: int, d: int) -> np.ndarray:
    x = rng.standard_normal((m, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def some_polynomial(rng: np.random.Generator) -> PolynomialFunction:
    d, p = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    if rng.random() < 0.3:
        k = int(rng.integers(1, 5))
        return polynomial_network(rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k), rng.standard_normal(p + 1))
    parts: list = [float(rng.standard_normal())]
    for q in range(1, p + 1):
        forms = PowerSum(rng.standard_normal((3, d)), rng.standard_normal(3), q), symmetrised(rng.standard_normal((d,) * q)), None
        parts.append(forms[int(rng.integers(3))])
    if all(part is None for part in parts[1:]):
        parts[1] = rng.standard_normal(d)
    return PolynomialFunction(parts)


@settings(max_examples=60)
@given(SEEDS, st.sampled_from(["ball", "small ball", "sphere"]))
def test_no_quotient_and_no_gradient_exceeds_the_upper_end(seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    f = some_polynomial(rng)
    d, r = f.dimension, 0.5 if kind == "small ball" else 1.0
    domain = Sphere(Integer(d)) if kind == "sphere" else Ball(Integer(d), Rational(r))
    found = f.lipschitz(domain)
    x = r * unit_points(rng, 150, d)
    near = x + 0.03 * rng.standard_normal(x.shape)
    near *= r / np.linalg.norm(near, axis=1, keepdims=True)
    if kind != "sphere":
        x *= rng.random((150, 1)) ** (1 / d)
        assert np.max(np.linalg.norm(f.gradient(x), axis=1)) <= found.upper * (1 + 1e-9) + 1e-12
    points = np.concatenate([x, near])
    values, gaps = f(points), np.linalg.norm(points[:, None] - points[None], axis=2)
    far = gaps > 1e-3
    steepest = float(np.max(np.abs(values[:, None] - values[None])[far] / gaps[far], initial=0.0))
    assert found.lower <= found.upper
    assert steepest <= found.upper * (1 + 1e-9) + 1e-10 * (1 + float(np.max(np.abs(values))))


@settings(max_examples=40)
@given(SEEDS)
def test_lower_ends_are_reached(seed: int) -> None:
    """The witness lies in the domain, and the gradient, its tangential part, or the chord has at least the length `lower`."""
    rng = np.random.default_rng(seed)
    f = some_polynomial(rng)
    for domain in (Ball(Integer(f.dimension)), Sphere(Integer(f.dimension))):
        found = f.lipschitz(domain)
        witness = found.witness
        lengths = np.linalg.norm(witness.points, axis=1)
        assert np.all(lengths <= 1 + 1e-12)
        gradient = f.gradient(witness.points)
        if witness.kind == "chord" and np.ptp(witness.points, axis=0).any():
            reached = float(abs(np.diff(f(witness.points))[0]) / np.linalg.norm(witness.points[0] - witness.points[1]))
            gap = np.linalg.norm(witness.points[0] - witness.points[1])
        else:
            if isinstance(domain, Sphere):
                gradient = gradient - np.sum(gradient * witness.points, axis=1, keepdims=True) * witness.points
            reached, gap = float(np.linalg.norm(gradient[0])), 1.0
        assert reached >= found.lower * (1 - 1e-9) - 1e-9 / gap


def test_constants_by_hand() -> None:
    """3t² + 3 at t = ±1; x³ + y³ at e_1; xyz at (1,1,1)/√3; a constant on the sphere; the Chebyshev polynomial of degree 4."""
    line = PolynomialFunction([1.0, [3.0], None, [[[1.0]]]])
    assert line.lipschitz(Ball(Integer(1))).upper == pytest.approx(6)
    assert line.lipschitz(Sphere(Integer(1))).upper == pytest.approx(4)          # (f(1) − f(−1))/2 = 4
    chebyshev = polynomial_network([[1.0]], [0.0], [1.0], [1, 0, -8, 0, 8])
    found = chebyshev.lipschitz(Ball(Integer(1)))
    assert (found.lower, found.upper) == pytest.approx((16, 16), rel=1e-8)       # Markov: p² at the end
    sums = TensorForm(PowerSum(np.eye(3), np.ones(3), 3)).lipschitz(Ball(Integer(3), Integer(2)))
    assert (sums.lower, sums.upper) == pytest.approx((12, 12))                   # p r^{p−1}
    norm4 = PolynomialFunction([0.0, None, None, None, symmetrised(np.einsum("ij,kl->ijkl", np.eye(2), np.eye(2)))])
    round_ = norm4.lipschitz(Sphere(Integer(2)))
    assert round_.upper < 1e-8
    assert norm4.lipschitz(Ball(Integer(2))).upper == pytest.approx(4, rel=1e-5)


def test_polynomials_are_functions_of_statements() -> None:
    assert isinstance(TensorForm(np.eye(2)), RealFunction) and isinstance(polynomial_network([[1.0]], [0.0], [1.0], [0, 1]), RealFunction)


def test_a_network_is_its_polynomial() -> None:
    rng = np.random.default_rng(1)
    W, b, a, c = rng.standard_normal((4, 3)), rng.standard_normal(4), rng.standard_normal(4), rng.standard_normal(5)
    f, x = polynomial_network(W, b, a, c), rng.standard_normal((7, 3))
    assert f(x) == pytest.approx(np.polynomial.Polynomial(c)(x @ W.T + b) @ a)
    exact = polynomial_network(np.array([[Fraction(1, 2)]]), np.array([Fraction(1)]), np.array([Fraction(3)]), [0, 0, Fraction(1)])
    assert exact(np.array([[Fraction(2)]]))[0] == 12


def test_sums_of_squares_close_the_gap_of_a_cubic() -> None:
    rng = np.random.default_rng(2)
    parts = [0.0, *[symmetrised(rng.standard_normal((3,) * q)) for q in (1, 2, 3)]]
    coarse = PolynomialFunction(parts).lipschitz(Ball(Integer(3)))
    fine = PolynomialFunction(parts, effort=SQUARES).lipschitz(Ball(Integer(3)))
    assert coarse.lower <= fine.upper <= coarse.upper
    assert fine.upper == pytest.approx(fine.lower, rel=1e-5)


def test_bad_polynomials_and_domains() -> None:
    with pytest.raises(BadData, match="its dimension is read"):
        PolynomialFunction([1.0])
    with pytest.raises(ShapeError, match="part 1 has order 2"):
        PolynomialFunction([0.0, np.eye(2)])
    with pytest.raises(ShapeError, match="one dimension"):
        PolynomialFunction([0.0, np.zeros(3), np.eye(2)])
    with pytest.raises(NotCertified, match=r"degree 3 has no Lipschitz constant on R\^d"):
        TensorForm(PowerSum([[1.0]], [1.0], 3)).lipschitz(Space(Integer(1)))
    with pytest.raises(NotCertified, match="degree 3 is not known"):
        TensorForm(PowerSum([[1.0]], [1.0], 3)).lipschitz_exact(Ball(Integer(1)))
    with pytest.raises(ShapeError, match="k×d, k and k"):
        polynomial_network([[1.0]], [0.0, 1.0], [1.0], [0, 1])
    with pytest.raises(BadData, match="beyond the constant"):
        polynomial_network([[1.0]], [0.0], [1.0], [1.0])
    linear = PolynomialFunction([0.0, [3.0, 4.0]])
    assert linear.lipschitz(Space(Integer(2))).upper == pytest.approx(5)
    lower, upper = linear.lipschitz_exact(Ball(Integer(2)))
    assert lower.contains(5) and upper.contains(5)


# --- one and two variables ------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(SEEDS)
def test_suprema_in_one_and_two_variables_against_fine_grids(seed: int) -> None:
    rng = np.random.default_rng(seed)
    coefficients, r = rng.standard_normal(int(rng.integers(1, 7))), float(rng.choice([0.3, 1.0, 2.0]))
    lower, upper, where = interval_supremum(coefficients, r)
    fine = np.abs(np.polynomial.Polynomial(coefficients)(np.linspace(-r, r, 4001))).max()
    assert fine <= upper and abs(where) <= r
    assert lower == pytest.approx(fine, rel=1e-4) and upper == pytest.approx(lower, rel=1e-8)
    parts = [SymmetricArray(symmetrised(rng.standard_normal((2,) * q))) for q in range(1, 5)]
    F = [circle_coefficients(T) for T in parts]
    lower, upper, point = disc_gradient_supremum(F, r, [0.0] * 4)
    s, angle = np.meshgrid(np.linspace(0, r, 60), np.linspace(0, 2 * np.pi, 200))
    grid = np.stack([(s * np.cos(angle)).ravel(), (s * np.sin(angle)).ravel()], axis=1)
    fine = np.linalg.norm(sum(T.gradient(grid) for T in parts), axis=1).max()
    assert fine <= upper and np.linalg.norm(point) <= r * (1 + 1e-12)
    assert upper <= lower * (1 + 1e-4) and lower >= fine * (1 - 2e-6)


def test_circle_chords_can_beat_the_geodesic_constant() -> None:
    """cos 2θ and its perturbation: on a circle the chord constant lies between the largest derivative and π/2 times that."""
    rng = np.random.default_rng(3)
    for _ in range(10):
        F = np.concatenate([[0], rng.standard_normal(4) + 1j * rng.standard_normal(4)])
        lower, upper, _ = circle_chord_supremum(F, 0.0)
        theta = 2 * np.pi * np.arange(600) / 600
        values = np.real(np.exp(1j * np.outer(theta, np.arange(5))) @ F)
        chords = 2 * np.abs(np.sin((theta[:, None] - theta[None]) / 2))
        far = chords > 1e-6
        quotients = np.abs(values[:, None] - values[None])[far] / chords[far]
        assert quotients.max() <= upper and quotients.max() >= lower * (1 - 1e-3) and upper <= lower * (1 + 1e-5)


def test_an_empty_box() -> None:
    with pytest.raises(BadData, match="low ≤ high"):
        largest_on_box(lambda c, h: (c[:, 0], c[:, 0]), np.ones(1), np.zeros(1), (2,))
