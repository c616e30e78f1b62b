"""Convex and concave fits of least Lipschitz constant, and the exact least-distance solver below them."""

from fractions import Fraction

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify.fits.exact.least_distance as least_distance
from fits.common import accepted, corruptions
from theory.errors import BadData, NotCertified, ShapeError
from verify.fits.exact.least_distance import shortest_vector
from verify.fits.functions.convex import convex_fit
from verify.fits.functions.mcshane import mcshane_bound


def by_cone_programs(X, y):
    """max_i min{‖g‖ : g·(x_j − x_i) ≤ y_j − y_i} by Clarabel, None when a program is infeasible."""
    worst = 0.0
    for i in range(len(X)):
        g = cp.Variable(X.shape[1])
        problem = cp.Problem(cp.Minimize(cp.norm(g)), [(X - X[i]) @ g <= y - y[i]])
        problem.solve(solver=cp.CLARABEL)
        if problem.status != cp.OPTIMAL:
            return None
        worst = max(worst, problem.value)
    return worst


@pytest.mark.parametrize("seed", range(16))
def test_agrees_with_cone_programs(seed):
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(2, 9)), int(rng.integers(1, 4))
    X = np.unique(rng.integers(-3, 4, size=(n, d)), axis=0).astype(float)
    y = (X**2).sum(axis=1) + (rng.integers(0, 3, size=len(X)) if seed % 2 else 0)
    fit, expected = convex_fit(X, y), by_cone_programs(X, y)
    assert fit.feasible == (expected is not None)
    assert accepted(fit.certificate())
    if expected is not None:
        assert float(fit.upper) == pytest.approx(expected, abs=1e-5)
        assert fit.lower <= fit.upper <= fit.lower * (1 + Fraction(1, 10**14))


@given(st.integers(1, 9), st.integers(1, 3), st.booleans(), st.integers(0, 2**32 - 1))
def test_the_function_fits_and_is_steep_enough_or_a_witness_is_exact(n, d, concave, seed):
    rng = np.random.default_rng(seed)
    X = np.unique(rng.integers(-3, 4, size=(n, d)), axis=0).astype(float)
    y = rng.integers(-2, 9, size=len(X)).astype(float)
    fit = convex_fit(X, y, concave=concave)
    assert accepted(fit.certificate())
    if fit.feasible:
        np.testing.assert_allclose(fit(X), y, atol=1e-9)
        assert fit.squared >= mcshane_bound(X, y).squared
        u, v = rng.normal(size=(50, d)) * 3, rng.normal(size=(50, d)) * 3
        sign = -1 if concave else 1
        assert np.all(sign * (fit((u + v) / 2) - (fit(u) + fit(v)) / 2) <= 1e-9)
        return
    weights, data, i = fit.multipliers, fit.data, fit.index
    assert sum(weights.values()) == 1
    assert min(weights.values()) > 0
    assert all(sum(c * data.points[j][a] for j, c in weights.items()) == data.points[i][a] for a in range(d))
    mean = sum(c * data.labels[j] for j, c in weights.items())
    assert mean > data.labels[i] if concave else mean < data.labels[i]
    assert fit.lower is fit.upper is None
    with pytest.raises(BadData, match="no con"):
        fit(X)


def test_kkt_on_a_problem_with_known_solution():
    # at 0 the slopes are bound by g_1 ≥ 1 and g_2 ≥ 2 (from (−1, 0) and (0, −1)): g = (1, 2), λ = (1, 2)
    solved = shortest_vector([(-1, 0), (0, -1), (1, 1)], [-1, -2, 4])
    assert solved.vector == (1, 2)
    assert solved.multipliers[1] == 2 * solved.multipliers[0]
    assert set(solved.multipliers) == {0, 1}
    # down by 10 over a distance 5; the plane at the lower point may be flat
    fit = convex_fit([[0.0, 0.0], [3.0, 4.0]], [10.0, 0.0])
    assert (fit.lower, fit.upper, fit.slopes) == (2, 2, ((Fraction(-6, 5), Fraction(-8, 5)), (0, 0)))


@pytest.mark.parametrize("fake", [
    lambda E, f: (_ for _ in ()).throw(RuntimeError("Maximum number of iterations reached.")),
    lambda E, f: (np.full(E.shape[1], np.nan), 0.0),
    lambda E, f: (np.ones(E.shape[1]), 0.0),
    lambda E, f: (np.zeros(E.shape[1]), 0.0),
    lambda E, f: (np.zeros(E.shape[1] + 1), 0.0),
])
def test_a_lying_solver_changes_nothing(monkeypatch, fake):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(7, 2))
    y = (X**2).sum(axis=1)
    expected, none = convex_fit(X, y), convex_fit(X, -y)
    monkeypatch.setattr(least_distance, "nnls", fake)
    assert convex_fit(X, y).slopes == expected.slopes
    assert convex_fit(X, y).feasible
    assert convex_fit(X, -y).feasible == none.feasible is False


def test_corruptions_are_refused():
    X = [[0.0, 0.0], [2.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]
    feasible = convex_fit(X, [0.0, 3.0, 1.0, 2.0]).certificate()
    concave = convex_fit(X, [0.0, -3.0, -1.0, -2.0], concave=True).certificate()
    infeasible = convex_fit(X, [5.0, 3.0, 1.0, 2.0]).certificate()
    for document in (feasible, concave, infeasible):
        assert accepted(document)
        for path, corrupted in corruptions(document):
            if path in (("lower",), ("upper",)):
                better = 1 if path == ("upper",) else -1
                weaker = better * (Fraction(corrupted[path[0]]) - Fraction(document[path[0]])) >= 0 and Fraction(corrupted[path[0]]) >= 0
                assert accepted(corrupted) == weaker
            elif path[:2] == ("evidence", "upper"):
                # a slope may be moved where nothing binds it; then the function still fits, with the same constant
                assert not accepted(corrupted) or path[2] == "slopes"
            elif path[1:2] == ("lower",) and len(path) > 2 and path[2] == "multipliers" and document is not infeasible:
                assert not accepted(corrupted) or isinstance(corrupted["evidence"]["lower"]["multipliers"][path[3]][path[4]], str)
            else:
                assert not accepted(corrupted), path
    assert not accepted({**feasible, "claim": "fit.concave", "statement": concave["statement"]})
    assert not accepted({**feasible, "lower": "infeasible", "upper": None, "evidence": {**feasible["evidence"], "upper": None}})


def test_many_points_interrupted_and_reported():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 3))
    y = np.linalg.norm(X, axis=1)
    seen = []
    fit = convex_fit(X, y, progress=lambda done, n: seen.append((done, n)))
    assert seen[-1] == (12, 12)
    assert fit.upper <= 1 + Fraction(1, 10**12)  # the norm itself is convex and 1-Lipschitz
    with pytest.raises(NotCertified, match="time ran out"):
        convex_fit(X, y, budget=-1.0)


def test_bad_input_and_trivial_data():
    with pytest.raises(BadData, match="same point"):
        convex_fit([[0.0], [0.0]], [1.0, 2.0])
    with pytest.raises(ShapeError):
        convex_fit([[0.0]], [1.0])([[0.0, 1.0]])
    for X, y in (([[1.0, 2.0]], [3.0]), ([[1.0], [1.0]], [3.0, 3.0]), ([[1.0], [2.0]], [3.0, 3.0])):
        fit = convex_fit(X, y)
        assert (fit.lower, fit.upper) == (0, 0)
        assert accepted(fit.certificate())
    # points in a plane of R³ and a huge scale
    flat = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]) * 2.0**500
    assert convex_fit(flat, [0.0, 1.0, 1.0]).squared == 1 / Fraction(2) ** 1000
