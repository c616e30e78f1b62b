"""Nondecreasing fits of least Lipschitz constant."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from fits.common import accepted, corruptions
from theory.errors import BadData, NotCertified, ShapeError
from verify.fits.functions.mcshane import mcshane_bound
from verify.fits.functions.monotone import monotone_fit

ORDER = {"l1": 1, "l2": 2, "linf": np.inf}


@given(st.integers(1, 9), st.integers(1, 3), st.sampled_from(["l1", "l2", "linf"]), st.integers(0, 2**32 - 1))
def test_the_constant_is_the_definition_and_the_function_attains_it(n, d, norm, seed):
    rng = np.random.default_rng(seed)
    X = np.unique(rng.integers(-3, 4, size=(n, d)), axis=0).astype(float)
    y = X.sum(axis=1) + rng.integers(0, 3, size=len(X))
    fit = monotone_fit(X, y, norm)
    steps = np.linalg.norm(np.maximum(X[None] - X[:, None], 0), ord=ORDER[norm], axis=2)
    gaps = np.maximum(y[None] - y[:, None], 0)
    assert fit.feasible == bool(np.all((gaps == 0) | (steps > 0)))
    assert accepted(fit.certificate())
    if not fit.feasible:
        i, j = fit.pair
        assert np.all(X[j] <= X[i])
        assert y[j] > y[i]
        assert fit.lower is fit.upper is None
        return
    assert float(fit.upper) == pytest.approx(np.divide(gaps, steps, out=np.zeros_like(gaps), where=steps > 0).max(), rel=1e-12)
    assert fit.lower**2 <= fit.squared <= fit.upper**2
    assert fit.squared >= mcshane_bound(X, y, norm=norm).squared
    np.testing.assert_allclose(fit(X), y, atol=1e-9)
    u = rng.normal(size=(60, d)) * 3
    v = u + np.abs(rng.normal(size=(60, d)))
    assert np.all(fit(v) >= fit(u) - 1e-12)
    w = rng.normal(size=(60, d)) * 3
    assert np.all(np.abs(fit(u) - fit(w)) <= float(fit.upper) * np.linalg.norm(u - w, ord=ORDER[norm], axis=1) + 1e-9)


def test_no_grid_function_does_better():
    """On the grid {0, 1, 2}², with l1 steps between neighbours, the least constant by linear programming."""
    rng = np.random.default_rng(5)
    for _ in range(6):
        cells = [(a, b) for a in range(3) for b in range(3)]
        chosen = rng.choice(9, 4, replace=False)
        X = np.array([cells[c] for c in chosen], dtype=float)
        y = X.sum(axis=1) * 2 + rng.integers(0, 2, 4)
        rows = []
        for p, q in ((p, q) for p in range(9) for q in range(9) if sum(cells[q]) - sum(cells[p]) == 1
                     and all(t >= s for s, t in zip(cells[p], cells[q], strict=True))):
            up = np.zeros(10)
            up[p], up[q] = 1, -1
            rows += [up, -up - np.eye(10)[9]]
        fixed = np.zeros((4, 10))
        fixed[np.arange(4), chosen] = 1
        found = linprog(np.eye(10)[9], A_ub=np.array(rows), b_ub=np.zeros(len(rows)), A_eq=fixed, b_eq=y, bounds=[(None, None)] * 10)
        fit = monotone_fit(X, y, "l1")
        assert fit.feasible == (found.status == 0)
        if fit.feasible:
            assert float(fit.upper) == pytest.approx(found.fun, abs=1e-9)


def test_corruptions_are_refused():
    feasible = monotone_fit([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]], [0.0, 1.0, 3.0]).certificate()
    infeasible = monotone_fit([[0.0, 1.0], [1.0, 1.0]], [1.0, 0.0], "linf").certificate()
    for document in (feasible, infeasible):
        assert accepted(document)
        for path, corrupted in corruptions(document):
            name = path[0]
            weaker = name in ("lower", "upper") and Fraction(corrupted[name]) >= 0 and (
                (Fraction(corrupted[name]) >= Fraction(document[name])) == (name == "upper"))
            assert accepted(corrupted) == weaker, path
    assert not accepted({**feasible, "claim": "fit.any"})
    # the same pair without the order is no obstacle
    assert not accepted({**infeasible, "evidence": {**infeasible["evidence"], "lower": {"pair": [0, 1]}}})


def test_near_ties_are_decided_exactly():
    # 1/3 against 1/3 + 2⁻⁵³·…: the quotients differ in the last digit only
    X = np.array([[0.0], [3.0], [10.0], [13.0]])
    y = np.array([0.0, 1.0, 1.0, 2.0 + 2.0**-51])
    assert monotone_fit(X, y).pair == (2, 3)
    assert monotone_fit(X, y).squared == (1 + Fraction(1, 2**51)) ** 2 / 9


def test_bad_input_trivial_data_and_time():
    with pytest.raises(BadData, match="norm"):
        monotone_fit([[0.0]], [1.0], "l3")
    with pytest.raises(BadData, match="tiny"):
        monotone_fit([[1e-200], [1.0]], [0.0, 1.0])
    with pytest.raises(BadData, match="tiny"):  # scaled, the last two points and labels are 0
        monotone_fit([[1e300], [1e-320], [0.0]], [1e300, 1e-300, 0.0])
    with pytest.raises(NotCertified, match="time ran out"):
        monotone_fit([[0.0], [1.0]], [0.0, 1.0], budget=-1.0)
    with pytest.raises(ShapeError):
        monotone_fit([[0.0]], [1.0])([[0.0, 0.0]])
    with pytest.raises(BadData, match="no nondecreasing"):
        monotone_fit([[0.0], [1.0]], [1.0, 0.0])([[0.0]])
    assert monotone_fit([[0.0], [1.0]], [2.0, 2.0]).upper == 0
    assert accepted(monotone_fit([[0.0]], [2.0]).certificate())
