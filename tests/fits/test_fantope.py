"""The Fantope bound: sound against explicit fits, equal to the relaxation's optimum, certified, and anytime."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.certificates.exact.exact_data import exact_data
from theory.certificates.fits.lower_bound import check_certificate
from theory.certificates.lipschitz.lipschitz_claims import CLAIMS, Evidence, lip_squared_lower
from theory.errors import BadData
from theory.verdict import Status
from verify.fits.fantope.bound import FantopeOptions, fantope_bound
from verify.fits.fantope.by_cvxpy import fantope_value_by_cvxpy
from verify.fits.fantope.master import project_onto_fantope, project_onto_simplex
from verify.fits.fantope.pair_forms import PairForms, apply_forms, combine_forms, gram_of_forms
from verify.fits.functions.mcshane import mcshane_bound
from verify.objects.data.models import draw

FINE = FantopeOptions(tolerance=1e-5)


def sphere_data(n, d, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    return X / np.linalg.norm(X, axis=1, keepdims=True), rng.choice([-1.0, 1.0], size=n)


def random_projection(d, r, rng):
    return np.linalg.qr(rng.normal(size=(d, r)))[0]


def lifts(X, B):
    """Nearest points of the sphere's fibres: (Bᵀx, √(1 − ‖Bᵀx‖²)), whose chords are the distances of the fibres."""
    u = X @ B
    return np.hstack([u, np.sqrt(np.maximum(1 - (u**2).sum(axis=1, keepdims=True), 0))])


# --- values known by hand ---------------------------------------------------------------------------------------------


def test_two_points():
    # one pair: the difference (3, 4) has λ_1 = 25, whatever the rank: 4/25
    for r in (1, 2, 5):
        assert float(fantope_bound([[0, 0], [3, 4]], [1, -1], r).value) == pytest.approx(2 / 5, rel=1e-11)


def test_simplex_corner():
    # e_1 against e_2 … e_d with equal weights 1/m, m = d−1: the mean of (e_1−e_j)(e_1−e_j)ᵀ has λ_1 = 1 + 1/m,
    # λ_2 = … = λ_m = 1/m, so that Lip² ≥ 4/(1 + r/m); by symmetry these weights are optimal
    for d, r in ((4, 1), (4, 2), (6, 3)):
        bound = fantope_bound(np.eye(d), [1] + [-1] * (d - 1), r, FINE)
        assert float(bound.value) ** 2 == pytest.approx(4 / (1 + r / (d - 1)), rel=1e-4)


def test_published_size_beats_the_other_bounds():
    X, y = sphere_data(40, 20, 0)
    bound = fantope_bound(X, y, 3, FINE)
    assert 3.5 < bound.value < 3.8  # 6b is about 3.66 at this size, McShane about 2.2, the trace bound about 1.6
    assert 2.0 < mcshane_bound(X, y).value < 2.5
    trace = lip_squared_lower(CLAIMS["bln.thm6.trace"], exact_data(X, y), 3, Evidence())
    assert 1.4 < float(trace) ** 0.5 < 1.8


# --- soundness against functions that exist ---------------------------------------------------------------------------


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(2, 12), st.integers(1, 5), st.integers(1, 5), st.booleans(), st.integers(0, 2**32 - 1))
def test_no_fit_through_a_projection_is_flatter(n, d, r, real, seed):
    # the McShane interpolant of (Px_i, y_i) fits, depends on Px only, and its constant is exactly L*(PX, y)
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, d)), rng.normal(size=n) if real else rng.choice([-1.0, 1.0], size=n)
    bound = fantope_bound(X, y, r)
    for _ in range(5):
        constant = mcshane_bound(X @ random_projection(d, min(r, d), rng), y).estimate
        assert float(bound.value) <= constant * (1 + 1e-12)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(2, 12), st.integers(2, 6), st.data(), st.integers(0, 2**32 - 1))
def test_no_sphere_fit_through_a_projection_is_flatter(n, d, draws, seed):
    r = draws.draw(st.integers(1, d - 1))
    X, y = sphere_data(n, d, seed)
    bound = fantope_bound(X, y, r, sphere=True)
    rng = np.random.default_rng(seed)
    for _ in range(5):
        constant = mcshane_bound(lifts(X, random_projection(d, r, rng)), y).estimate
        assert float(bound.value) <= constant * (1 + 1e-12)


def test_least_norm_linear_fit():
    # n ≤ d: f(x) = w·x with w = X⁺y fits, sees one direction, and has constant ‖w‖
    X, y = sphere_data(8, 12, 5)
    w = np.linalg.pinv(X) @ y
    bound = fantope_bound(X, y, 1, FINE)
    assert mcshane_bound(X, y).value < bound.value <= np.linalg.norm(w)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.sampled_from([1, 2]), st.integers(0, 2**32 - 1))
def test_any_distribution_gives_a_smaller_bound(r, seed):
    X, y = sphere_data(12, 4, 7)
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(12) for j in range(i) if y[i] != y[j]]
    chosen = rng.choice(len(pairs), size=5, replace=False)
    parts = rng.integers(1, 100, size=5)
    weights = {pairs[c]: Fraction(int(p), int(parts.sum())) for c, p in zip(chosen, parts, strict=True)}
    square = lip_squared_lower(CLAIMS["bln.thm6.fantope"], exact_data(X, y), r, Evidence(weights=weights))
    assert float(square) ** 0.5 <= fantope_bound(X, y, r, FINE).upper * (1 + 1e-9)


# --- agreement with the direct model ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sphere", [False, True])
@pytest.mark.parametrize(("n", "d", "r"), [(25, 8, 1), (25, 8, 3), (25, 8, 7), (10, 15, 4), (40, 4, 2)])
def test_agrees_with_the_direct_semidefinite_program(n, d, r, sphere):
    X, y = sphere_data(n, d, n + d)
    bound = fantope_bound(X, y, r, FINE, sphere=sphere)
    optimum = fantope_value_by_cvxpy(X, y, r, sphere=sphere)
    # 1e-4 for our tolerance and for Clarabel's accuracy, far below the 1e-3 that is wanted
    assert float(bound.value) == pytest.approx(optimum, rel=1e-4)
    assert float(bound.value) <= optimum * (1 + 1e-6)
    assert bound.upper >= optimum * (1 - 1e-6)


def test_agrees_for_real_labels_of_very_different_gaps():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(20, 5)), np.concatenate([rng.normal(size=10), 1e-2 * rng.normal(size=10)])
    bound = fantope_bound(X, y, 2, FINE)
    assert float(bound.value) == pytest.approx(fantope_value_by_cvxpy(X, y, 2), rel=1e-4)


@pytest.mark.parametrize("model", ["near_duplicates", "antipodal", "hypercube", "low_rank", "collinear", "mixture"])
def test_structured_data(model):
    data = draw(model, 24, 6, np.random.default_rng(4))
    bound = fantope_bound(data.X, data.y, 2, FantopeOptions(tolerance=1e-3))
    assert check_certificate(bound.certificate).status is Status.CERTIFIED
    assert bound.gap <= 1e-3
    assert float(bound.value) >= mcshane_bound(data.X, data.y).estimate * (1 - 2e-3)  # it contains the pairs of McShane


# --- limits and bad input ---------------------------------------------------------------------------------------------


def test_full_rank_is_mcshane():
    X, y = sphere_data(20, 5, 3)
    for r in (5, 6, 100):
        assert float(fantope_bound(X, y, r).value) == pytest.approx(mcshane_bound(X, y).estimate, rel=1e-11)


def test_rank_of_the_data_is_full_enough():
    # points in a plane of R^7: rank 2 already sees every distance
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(9, 2)) @ rng.normal(size=(2, 7)), np.array([1.0, -1, 1, 1, -1, 1, -1, 1, 1])
    assert float(fantope_bound(X, y, 2).value) == pytest.approx(mcshane_bound(X, y).estimate, rel=1e-9)
    assert fantope_bound(X, y, 1).value > fantope_bound(X, y, 2).value


@pytest.mark.parametrize(("X", "y"), [([[1.0, 2.0]], [1]), ([[1.0], [2.0]], [-1, -1]), ([[0.0], [0.0]], [3, 3])])
def test_equal_labels_give_zero_with_a_reason(X, y):
    bound = fantope_bound(X, y, 1)
    assert (bound.value, bound.certificate) == (0, None)
    assert "labels are equal" in bound.reason


def test_repeated_points_change_nothing():
    X, y = sphere_data(15, 5, 9)
    twice = fantope_bound(np.vstack([X, X]), np.concatenate([y, y]), 2, FINE)
    assert float(twice.value) == pytest.approx(float(fantope_bound(X, y, 2, FINE).value), rel=3e-5)


@pytest.mark.parametrize("scale", [2.0**-400, 2.0**400])
def test_scaling_the_data(scale):
    X, y = sphere_data(12, 4, 1)
    bound, scaled = fantope_bound(X, y, 2), fantope_bound(X * scale, y, 2)
    assert float(scaled.value * Fraction(scale)) == pytest.approx(float(bound.value), rel=1e-11)
    assert scaled.gap == pytest.approx(bound.gap, abs=1e-9)


def test_stopping_early_is_certified_and_says_so():
    X, y = sphere_data(40, 20, 0)
    early = fantope_bound(X, y, 3, FantopeOptions(tolerance=1e-9, max_rounds=1, max_inner=5))
    assert "before the gap was closed" in early.reason
    assert early.gap > 0.01
    assert 0 < early.value < fantope_bound(X, y, 3).value
    assert check_certificate(early.certificate).status is Status.CERTIFIED


def test_same_input_same_bytes():
    X, y = sphere_data(30, 8, 2)
    assert fantope_bound(X, y, 2).certificate == fantope_bound(X, y, 2).certificate


def test_a_small_working_set_still_gives_a_certified_bound():
    X, y = sphere_data(40, 10, 2)
    bound = fantope_bound(X, y, 2, FantopeOptions(max_pairs=15, max_rounds=5))
    assert len(bound.weights) <= 15
    assert 0 < bound.value <= fantope_bound(X, y, 2, FINE).upper


@pytest.mark.parametrize(
    ("X", "y", "r", "sphere", "message"),
    [
        ([[0.0], [1.0]], [1, -1], 0, False, "rank"),
        ([[0.0], [1.0]], [1, -1], True, False, "rank"),
        ([[0.0], [0.0]], [1, -1], 1, False, "label"),
        (np.eye(2), [1, -1], 2, True, "r < d"),
        (2 * np.eye(2), [1, -1], 1, True, "unit rows"),
        ([[0.0, 0.0], [0.0, 1.0]], [1, -1], 1, True, "unit rows"),
        ([[0.0, 0.0], [1e-30, 0.0], [1.0, 5.0]], [1, -1, 1], 1, False, "double precision"),
    ],
)
def test_bad_input(X, y, r, sphere, message):
    with pytest.raises(BadData, match=message):
        fantope_bound(X, y, r, sphere=sphere)


@pytest.mark.parametrize("name", ["tolerance", "max_rounds", "max_inner", "max_pairs"])
def test_bad_options(name):
    with pytest.raises(BadData, match=name):
        FantopeOptions(**{name: 0})


# --- the parts --------------------------------------------------------------------------------------------------------


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(1, 7), st.data(), st.integers(0, 2**32 - 1))
def test_fantope_projection_is_feasible_and_nearest(d, draws, seed):
    r = draws.draw(st.integers(1, d))
    rng = np.random.default_rng(seed)
    S = 3 * rng.normal(size=(d, d))
    S = S + S.T
    Q = project_onto_fantope(S, r)
    eigenvalues = np.linalg.eigvalsh(Q)
    assert eigenvalues.min() >= -1e-12 and eigenvalues.max() <= 1 + 1e-12
    assert np.trace(Q) == pytest.approx(r, abs=1e-10)
    # variational inequality of a projection, against extreme points of the Fantope: ⟨S − Q, P − Q⟩ ≤ 0
    for _ in range(10):
        B = random_projection(d, r, rng)
        assert np.sum((S - Q) * (B @ B.T - Q)) <= 1e-9


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_simplex_projection_is_feasible_and_nearest(m, seed):
    v = 2 * np.random.default_rng(seed).normal(size=m)
    rates = np.exp(np.random.default_rng(seed + 1).normal(size=m))
    p = project_onto_simplex(v, rates)
    assert p.min() >= 0 and p.sum() == pytest.approx(1)
    # optimality of Σ p²/(2ρ) + pv over the simplex: the gradient p/ρ + v is least where p lives
    assert ((p / rates + v) @ (np.eye(m) - p).T).min() >= -1e-9


@pytest.mark.parametrize("alpha", [1.0, 2.0])
@pytest.mark.parametrize("real", [False, True])
def test_forms_match_their_definition(alpha, real, monkeypatch):
    monkeypatch.setattr("verify.fits.fantope.pair_forms.BLOCK", 3)
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(11, 3)), rng.integers(0, 3, size=11).astype(float) if real else rng.choice([-1.0, 1.0], 11)
    Q = project_onto_fantope(rng.normal(size=(3, 3)) + 3 * np.eye(3), 2)
    Q = (Q + Q.T) / 2
    expected = {}
    for i in range(11):
        for j in range(i):
            if y[i] != y[j]:
                A = alpha * (np.outer(X[i], X[i]) + np.outer(X[j], X[j])) - np.outer(X[i], X[j]) - np.outer(X[j], X[i])
                expected[frozenset((i, j))] = A / (y[i] - y[j]) ** 2
    forms = PairForms(X, y, alpha)
    keys, values = forms.lowest(Q, 1000)
    found = {frozenset(divmod(int(key), 11)): value for key, value in zip(keys, values, strict=True)}
    assert found.keys() == expected.keys() and len(keys) == len(expected)
    for pair, value in found.items():
        assert value == pytest.approx(np.sum(expected[pair] * Q))
    np.testing.assert_allclose(forms.lowest(Q, 4)[1], np.sort(values)[:4])
    factors = forms.factors(keys)
    matrices = np.array([expected[frozenset(divmod(int(key), 11))] for key in keys])
    np.testing.assert_allclose(gram_of_forms(factors), np.einsum("pab,qab->pq", matrices, matrices), atol=1e-10)
    weights = rng.random(len(keys))
    np.testing.assert_allclose(combine_forms(factors, weights), np.einsum("p,pab->ab", weights, matrices), atol=1e-10)
    np.testing.assert_allclose(apply_forms(factors, Q), values, atol=1e-12)
