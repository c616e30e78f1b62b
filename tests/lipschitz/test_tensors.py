"""Sums of powers and their norms: against dense arrays, hand values, sampled values, and each other."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sympy import Integer

from theory.errors import BadData, HypothesisViolated, ShapeError
from theory.terms.sets import Ball, Sphere
from verify.evaluate.injective import form_supremum, injective_enclosure
from verify.lipschitz.polynomials import (
    Effort,
    NuclearOptions,
    PolynomialFunction,
    PowerSum,
    SymmetricArray,
    injective_norm,
    nuclear_norm,
    symmetrised,
)
from verify.lipschitz.polynomials.injective import upper_bounds

SEEDS = st.integers(0, 10**6)
SQUARES = Effort(squares=True)


def outer(v: np.ndarray, p: int) -> np.ndarray:
    return reduce(np.multiply.outer, [v] * p)


def some_sum(rng: np.random.Generator, p: int | None = None, d: int | None = None) -> PowerSum:
    """Random terms, sometimes with equal or opposite vectors, zero vectors, coefficients that cancel, or orthonormal vectors."""
    p, d = p or int(rng.integers(1, 7)), d or int(rng.integers(1, 5))
    m = int(rng.integers(1, 7))
    vectors, coefficients = rng.standard_normal((m, d)), rng.standard_normal(m)
    kind = rng.integers(5)
    if kind == 1:
        vectors[-1], coefficients[-1] = -vectors[0], rng.choice([-1, 1]) * coefficients[0]
    elif kind == 2:
        vectors[0] = 0
    elif kind == 3:
        vectors, coefficients = np.eye(d), rng.integers(-3, 4, d).astype(float)
    elif kind == 4:
        vectors *= 10.0 ** rng.uniform(-3, 3)
    return PowerSum(vectors, coefficients, p)


def unit_points(rng: np.random.Generator, m: int, d: int) -> np.ndarray:
    x = rng.standard_normal((m, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


# --- sums of powers -------------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(SEEDS)
@example(3000)                                                 # its terms nearly cancel
def test_a_power_sum_agrees_with_its_dense_array(seed: int) -> None:
    """Values, gradients, inner products and norms of Σc_i v_i^{⊗p} are those of the array."""
    rng = np.random.default_rng(seed)
    T = some_sum(rng)
    S = PowerSum(rng.standard_normal((3, T.dimension)), rng.standard_normal(3), T.order)
    by_hand = sum(c * outer(v, T.order) for v, c in zip(*T.floats, strict=True))
    array = SymmetricArray(T.dense())
    scale = T.weight
    assert T.dense() == pytest.approx(by_hand, abs=1e-12 * scale)
    x = unit_points(rng, 5, T.dimension)
    assert T.value(x) == pytest.approx(array.value(x), abs=1e-12 * scale)
    assert T.gradient(x) == pytest.approx(array.gradient(x), abs=1e-12 * T.order * scale)
    assert T.inner(S) == pytest.approx(float(np.vdot(T.dense(), S.dense())), abs=1e-11 * scale * S.weight)
    assert np.linalg.norm(T.dense()) <= T.frobenius_upper * (1 + 1e-14)
    assert T.frobenius_upper**2 <= T.inner(T) + 1e-11 * scale**2
    assert T.added(T.scaled(-1.0)).frobenius_upper <= 1e-6 * scale + 1e-300


@settings(max_examples=30)
@given(SEEDS)
def test_gradients_agree_with_differences(seed: int) -> None:
    rng = np.random.default_rng(seed)
    T = some_sum(rng)
    x, v, h = unit_points(rng, 4, T.dimension), unit_points(rng, 1, T.dimension)[0], 1e-5
    differences = (T.value(x + h * v) - T.value(x - h * v)) / (2 * h)
    assert T.gradient(x) @ v == pytest.approx(differences, abs=1e-8 * T.order**3 * T.weight)


def test_a_tensor_with_thousands_of_terms_in_hundreds_of_dimensions() -> None:
    """300⁴ entries would be 65 GB; orthonormal vectors give ‖T‖_F = √Σc², ‖T‖_op = max|c|, and unfoldings that attain it."""
    c = np.linspace(-2, 1, 300)
    T = PowerSum(np.eye(300), c, 4)
    assert T.frobenius == pytest.approx(np.linalg.norm(c))
    found = injective_norm(T, Effort(steps=10))
    assert (found.lower, found.upper) == pytest.approx((2, 2), rel=1e-6)
    with pytest.raises(ShapeError, match="keep the power sum"):
        T.dense()
    many = PowerSum(unit_points(np.random.default_rng(0), 3000, 200), np.ones(3000), 3)
    assert many.frobenius == pytest.approx(np.sqrt(3000 + 2 * np.sum(np.triu(many.vectors @ many.vectors.T, 1) ** 3)))


def test_fractions_stay_fractions() -> None:
    T = PowerSum(np.array([[Fraction(1, 3), Fraction(1)]]), np.array([Fraction(9)]), 2)
    point = np.array([[Fraction(1), Fraction(1, 7)]], dtype=object)
    assert T.value(point)[0] == Fraction(9) * (Fraction(1, 3) + Fraction(1, 7)) ** 2
    array = SymmetricArray(symmetrised(np.array([[0, Fraction(1)], [Fraction(0), 0]], dtype=object)))
    assert array.value(point)[0] == Fraction(1, 7)
    assert PowerSum([[0.1]], [0.1], 2).value(np.array([[Fraction(1)]]))[0] == Fraction(0.1) ** 3       # floats are rationals
    f = PolynomialFunction([Fraction(1, 2), None, T])
    assert f(point)[0] == Fraction(1, 2) + T.value(point)[0]


def test_bad_tensors() -> None:
    with pytest.raises(ShapeError, match="m×d and m numbers"):
        PowerSum(np.eye(2), [1.0], 2)
    with pytest.raises(BadData, match="p ≥ 1"):
        PowerSum(np.eye(2), [1.0, 1.0], 0)
    with pytest.raises(BadData, match="not finite"):
        PowerSum([[np.nan]], [1.0], 2)
    with pytest.raises(HypothesisViolated, match="differ by 1"):
        SymmetricArray([[0.0, 1.0], [0.0, 0.0]])
    with pytest.raises(ShapeError, match=r"\(d, …, d\)"):
        SymmetricArray(np.zeros((2, 3)))
    with pytest.raises(ShapeError, match="lives on R\\^2"):
        PowerSum(np.eye(2), [1.0, 1.0], 2).value([[1.0]])
    with pytest.raises(ShapeError, match="tensors of one space"):
        PowerSum(np.eye(2), [1.0, 1.0], 2).inner(PowerSum(np.eye(2), [1.0, 1.0], 3))


# --- injective norms ------------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(SEEDS)
def test_the_injective_norm_is_enclosed(seed: int) -> None:
    """The witness has length 1 and the value `lower`; no unit vector exceeds any upper bound; arrays and sums of powers agree."""
    rng = np.random.default_rng(seed)
    T = some_sum(rng)
    found, dense = injective_norm(T), injective_norm(T.dense())
    slack = 1e-9 * T.weight
    assert np.linalg.norm(found.witness) == pytest.approx(1, abs=1e-12)
    assert abs(T.value(found.witness)) >= found.lower
    assert found.lower <= dense.upper + slack and dense.lower <= found.upper + slack
    sampled = float(np.max(np.abs(T.value(unit_points(rng, 500, T.dimension)))))
    for name, bound in {**found.methods, **dense.methods}.items():
        assert sampled <= bound * (1 + 1e-12) + 1e-300, name
    if T.order <= 2 or T.dimension <= 2:
        assert found.upper - found.lower <= 1e-8 * T.weight


def test_every_upper_bound_by_hand() -> None:
    """e_1^{⊗4} + e_2^{⊗4} − 3e_3^{⊗4}: norm 3, Frobenius √11; e_1 twice with opposite signs is 0 but its second moment is not."""
    bounds = upper_bounds(PowerSum(np.eye(3), [1.0, 1.0, -3.0], 4))
    assert bounds == pytest.approx(
        {"frobenius": np.sqrt(11), "second moment": 3, "unfolding 1": 3, "square unfolding": 3}, rel=1e-5
    )
    cancelled = upper_bounds(PowerSum([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]], [1.0, -1.0], 4))
    assert cancelled["second moment"] == pytest.approx(1)
    assert max(cancelled["frobenius"], cancelled["square unfolding"]) < 1e-5


def test_the_known_gap_between_unfoldings_and_the_norm() -> None:
    """T(u) = 6xyz has norm 6·3^{−3/2} = 2/√3; its unfoldings have norm √2; the sum of squares is exact."""
    T = np.zeros((3, 3, 3))
    for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        T[i, j, k] = 1.0
    coarse, fine = injective_norm(T), injective_norm(T, SQUARES)
    assert coarse.lower == pytest.approx(2 / np.sqrt(3)) and coarse.upper == pytest.approx(np.sqrt(2))
    assert fine.upper == pytest.approx(2 / np.sqrt(3), rel=1e-7) and fine.method == "sum of squares"


@settings(max_examples=30)
@given(SEEDS)
def test_against_the_evaluator(seed: int) -> None:
    """The enclosures of `verify.evaluate.injective`, made for terms, overlap with ours and agree where both are exact."""
    rng = np.random.default_rng(seed)
    T = some_sum(rng, d=int(rng.integers(1, 4)))
    lower, upper = injective_enclosure(T.dense())
    found = injective_norm(T)
    slack = 1e-8 * T.weight
    assert lower <= found.upper + slack and found.lower <= upper + slack
    if T.dimension == 2:
        assert found.upper == pytest.approx(form_supremum(T.dense())[1], abs=slack)


def test_an_effort_must_be_possible() -> None:
    with pytest.raises(BadData, match="starts ≥ 1"):
        Effort(starts=0)


# --- nuclear norms --------------------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(SEEDS)
def test_the_nuclear_norm_is_enclosed(seed: int) -> None:
    """‖T‖_F ≤ ‖T‖_* ≤ Σ|c_i|‖v_i‖^p; the decomposition is T; the matrix case is Σ|λ_i|."""
    rng = np.random.default_rng(seed)
    T = some_sum(rng, p=int(rng.integers(1, 5)), d=int(rng.integers(1, 4)))
    found = nuclear_norm(T, NuclearOptions(rounds=4))
    assert found.lower <= found.upper <= T.weight * (1 + 1e-12)
    assert T.frobenius <= found.upper * (1 + 1e-9) + 1e-7 * T.weight
    rest = np.linalg.norm(found.decomposition.dense() - T.dense())
    assert rest <= 1e-6 * T.weight + 1e-300
    if T.order == 2:
        exact = float(np.sum(np.abs(np.linalg.eigvalsh(T.dense()))))
        assert (found.lower, found.upper) == pytest.approx((exact, exact), abs=1e-10 * T.weight)


def test_nuclear_norms_by_hand() -> None:
    """Orthogonal terms add.  ⟨W, u^{⊗3}⟩ = √3x²y pairs to √3 with S(u) = 3x²y − y³ = sin 3θ, and ‖S‖_op = 1 (over R; over C it is 3/2)."""
    assert nuclear_norm(PowerSum(np.eye(3), [2.0, -1.0, 0.5], 3), NuclearOptions(effort=SQUARES)).lower == pytest.approx(3.5, rel=1e-5)
    W = np.zeros((2, 2, 2))
    W[0, 0, 1] = W[0, 1, 0] = W[1, 0, 0] = 1 / np.sqrt(3)
    found = nuclear_norm(W)
    assert (found.lower, found.upper) == pytest.approx((np.sqrt(3), np.sqrt(3)), rel=1e-6)
    assert injective_norm(W).upper == pytest.approx(2 / 3, rel=1e-8)


def test_without_a_program_polarisation_decomposes() -> None:
    """√3x²y is √3/48 times the signed cubes of (±2, ±1), four of length √5, and of (0, ±1), four of length 1."""
    W = symmetrised(np.einsum("i,j,k->ijk", *np.eye(2)[[0, 0, 1]])) * np.sqrt(3)
    found = nuclear_norm(W, NuclearOptions(coordinates=0))
    assert found.method == "given terms" and found.upper == pytest.approx(np.sqrt(3) / 12 * (5 * np.sqrt(5) + 1))
    assert found.decomposition.dense() == pytest.approx(W)
    with pytest.raises(BadData, match="columns ≥ 2"):
        NuclearOptions(columns=1)


def test_zero_tensors() -> None:
    zero = PowerSum(np.zeros((0, 3)), np.zeros(0), 3)
    assert injective_norm(zero).upper == nuclear_norm(zero).upper == zero.frobenius == 0.0
    constant = PolynomialFunction([2.0, np.zeros(3)])
    assert constant([[1.0, 2.0, 3.0]]).tolist() == [2.0]
    assert constant.lipschitz(Ball(Integer(3))).upper == constant.lipschitz(Sphere(Integer(3))).upper == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_five_thousand_enclosures(seed: int) -> None:
    """The sum of squares and the witness close almost every injective norm for d ≤ 3 and p ≤ 4, and never cross."""
    rng = np.random.default_rng(seed)
    closed = 0
    for _ in range(1000):
        T = some_sum(rng, p=int(rng.integers(2, 5)), d=int(rng.integers(1, 4)))
        found = injective_norm(T, SQUARES)
        assert found.lower <= found.upper
        closed += found.upper - found.lower <= 1e-5 * T.weight
    assert closed >= 950
