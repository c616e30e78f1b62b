"""Linear and affine fits of least norm, and the exact proof that none exists."""

import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify.fits.functions.linear as module
from fits.common import accepted, corruptions
from theory.errors import BadData, NotCertified
from verify.fits.explicit import least_norm_solution
from verify.fits.functions.linear import least_norm_fit


@given(st.integers(1, 6), st.integers(1, 5), st.booleans(), st.integers(0, 2**32 - 1))
def test_both_bounds_or_a_farkas_vector(n, d, affine, seed):
    rng = np.random.default_rng(seed)
    X = np.unique(rng.integers(-3, 4, size=(n, d)), axis=0).astype(float) / 2
    y = rng.integers(-2, 3, size=len(X)).astype(float)
    fit = least_norm_fit(X, y, affine=affine)
    assert accepted(fit.certificate())
    A = np.hstack([X, np.ones((len(X), 1))]) if affine else X
    solvable = np.linalg.matrix_rank(np.column_stack([A, y])) == np.linalg.matrix_rank(A)
    assert fit.feasible == solvable
    if fit.feasible:
        assert fit.network.residual(fit.data) == 0
        assert fit.lower**2 <= fit.squared <= fit.upper**2
        assert fit.upper - fit.lower <= Fraction(1, 10**15) * fit.upper
        centred, target = (X - X.mean(axis=0), y - y.mean()) if affine else (X, y)
        assert float(fit.upper) == pytest.approx(np.linalg.norm(np.linalg.pinv(centred) @ target), rel=1e-9, abs=1e-12)
    else:
        weights = fit.multipliers
        assert all(sum(c * fit.data.points[i][a] for i, c in weights.items()) == 0 for a in range(d))
        assert not affine or sum(weights.values()) == 0
        assert sum(c * fit.data.labels[i] for i, c in weights.items()) > 0
        assert fit.lower is fit.upper is fit.network is None
        assert "no " in fit.reason


def test_kkt_on_a_problem_with_known_solution():
    # orthogonal points: w = Σ y_i x_i/‖x_i‖², λ_i = y_i/‖x_i‖², ‖w‖² = Σ y_i²/‖x_i‖² = 1 + 4
    fit = least_norm_fit([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]], [1.0, 4.0])
    assert fit.slope == (1, 2, 0)
    assert fit.squared == 5
    assert fit.multipliers == {0: 1, 1: 1}
    # affine: through (0, 0) → 0 and (3, 4) → 10 with slope along (3, 4); λ = (−2/5, 2/5) up to a factor
    affine = least_norm_fit([[0.0, 0.0], [3.0, 4.0]], [0.0, 10.0], affine=True)
    assert (affine.slope, affine.intercept, affine.lower, affine.upper) == ((Fraction(6, 5), Fraction(8, 5)), 0, 2, 2)
    assert affine.multipliers == {0: -1, 1: 1}


def test_agrees_with_the_floating_point_fit():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 20)), rng.choice([-1.0, 1.0], size=8)
    w = least_norm_solution(X, y)
    np.testing.assert_allclose([float(c) for c in least_norm_fit(X, y).slope], w, rtol=1e-9)


def test_an_unlucky_prime_is_mended(monkeypatch):
    monkeypatch.setattr(module, "PRIME", 7)
    fit = least_norm_fit([[1.0, 0.0], [1.0, 7.0]], [1.0, 8.0])
    assert fit.slope == (1, 1)
    assert fit.rows == (0, 1)
    assert accepted(fit.certificate())


def test_corruptions_are_refused():
    feasible = least_norm_fit([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]], [1.0, -1.0], affine=True).certificate()
    infeasible = least_norm_fit([[1.0, 2.0], [2.0, 4.0], [1.0, 0.0]], [1.0, 1.0, 0.0]).certificate()
    for document in (feasible, infeasible):
        assert accepted(document)
        for path, corrupted in corruptions(document):
            weaker = (path == ("lower",) and 0 <= Fraction(corrupted["lower"]) <= Fraction(document["lower"])) or (
                path == ("upper",) and Fraction(corrupted["upper"]) >= Fraction(document["upper"])) or (
                path == ("evidence", "upper", "rows", 0) and corrupted["evidence"]["upper"]["rows"][0] == 1)
            assert accepted(corrupted) == weaker or path[:3] == ("evidence", "lower", "multipliers"), path
    # other multipliers prove a bound too, if a smaller one: never a larger value
    weaker_evidence = {**feasible, "evidence": {**feasible["evidence"], "lower": {"multipliers": [[0, "1"], [1, "-2"]]}}}
    assert not accepted(weaker_evidence)
    assert not accepted({**infeasible, "lower": "infeasible", "evidence": {**infeasible["evidence"], "lower": {"multipliers": [[0, "1"]]}}})
    assert not accepted({**feasible, "lower": "infeasible", "upper": None, "evidence": {**feasible["evidence"], "upper": None}})
    assert not accepted({**infeasible, "claim": "fit.affine"})


def test_too_many_digits_for_a_file():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 7)) * 10.0 ** rng.integers(-100, 100, size=(8, 7)), rng.normal(size=8)
    fit, digits = least_norm_fit(X, y), sys.get_int_max_str_digits()
    assert not fit.feasible
    sys.set_int_max_str_digits(640)
    try:
        with pytest.raises(NotCertified, match="640 digits"):
            fit.certificate()
    finally:
        sys.set_int_max_str_digits(digits)


@pytest.mark.parametrize(("X", "y"), [([[np.nan]], [1.0]), ([[1.0]], [np.inf]), ([[1.0], [1.0]], [1.0, 2.0])])
def test_bad_input(X, y):
    with pytest.raises(BadData):
        least_norm_fit(X, y)


def test_trivial_data():
    assert least_norm_fit([[0.0, 0.0]], [0.0]).upper == 0
    assert least_norm_fit([[0.0, 0.0]], [1.0]).multipliers == {0: 1}
    constant = least_norm_fit([[1.0], [2.0]], [3.0, 3.0], affine=True)
    assert (constant.upper, constant.intercept) == (0, 3)
    assert accepted(constant.certificate())
