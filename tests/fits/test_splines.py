"""Piecewise-linear fits on the line: the fewest kinks, their constant, and the infinite-width optimum."""

from fractions import Fraction
from itertools import combinations_with_replacement, pairwise, product

import numpy as np
import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from fits.common import accepted, corruptions
from theory.certificates.exact.documents import write_certificate
from theory.certificates.files import check_file
from theory.certificates.fits.line_splines import ExactSpline
from theory.certificates.fits.simple_fits import check_fit
from theory.errors import BadData, ShapeError
from verify.fits.functions.mcshane import mcshane_bound
from verify.fits.functions.splines import spline_fit, variation_fit


def fit_exists(points, labels, k):
    """Whether some function with at most k kinks fits, by a search over the places of the kinks and nonlinear real arithmetic."""
    # a place is a data point or an open chord; kinks beyond the data are of no use
    places = [("at", i) for i in range(1, len(points) - 1)] + [("in", i) for i in range(len(points) - 1)]
    for chosen in combinations_with_replacement(places, k):
        if len({place for place in chosen if place[0] == "at"}) < sum(place[0] == "at" for place in chosen):
            continue
        chosen = sorted(chosen, key=lambda place: place[1] + (0.5 if place[0] == "in" else 0))
        solver, knots = z3.Solver(), []
        slopes = [z3.Real(f"s{j}") for j in range(k + 1)]
        for j, (kind, i) in enumerate(chosen):
            knot = z3.Real(f"t{j}")
            knots.append(knot)
            if kind == "at":
                solver.add(knot == points[i])
            else:
                solver.add(points[i] < knot, knot < points[i + 1])
        solver.add(*(s < t for s, t in pairwise(knots)))
        heights = [z3.Real(f"h{j}") for j in range(k)]
        nodes = [(z3.RealVal(points[0]), z3.RealVal(labels[0])), *zip(knots, heights, strict=True)]
        for (s, u), (t, v), slope in zip(nodes, nodes[1:], slopes, strict=False):
            solver.add(v == u + slope * (t - s))
        for i, x in enumerate(points[1:], start=1):
            piece = sum(1 for kind, c in chosen if (c < i if kind == "in" else c <= i))
            s, u = nodes[piece]
            solver.add(labels[i] == u + slopes[piece] * (x - s))
        if solver.check() == z3.sat:
            return True
    return False


@pytest.mark.parametrize("labels", [*product((0, 1, 3), repeat=4)][::3])
def test_the_fewest_kinks_agree_with_a_search(labels):
    points = [0, 1, 2, 4]
    fewest = spline_fit([[x] for x in points], labels, 0).fewest
    assert fit_exists(points, labels, fewest)
    assert fewest == 0 or not fit_exists(points, labels, fewest - 1)


@pytest.mark.slow
@pytest.mark.parametrize("labels", [*product((0, 1, 3), repeat=5)])
def test_the_fewest_kinks_agree_with_a_search_five_points(labels):
    points = [0, 1, 2, 4, 5]
    fewest = spline_fit([[x] for x in points], labels, 0).fewest
    assert fit_exists(points, labels, fewest)
    assert fewest == 0 or not fit_exists(points, labels, fewest - 1)


@given(st.lists(st.tuples(st.integers(-8, 8), st.integers(-5, 5)), min_size=1, max_size=12, unique_by=lambda pair: pair[0]))
def test_the_spline_fits_with_the_fewest_kinks_and_the_mcshane_constant(pairs):
    X, y = [[float(x)] for x, _ in pairs], [float(label) for _, label in pairs]
    k = spline_fit(X, y, 0).fewest
    fit = spline_fit(X, y, k)
    assert len(fit.spline.knots) == k <= max(0, len(pairs) - 2)
    assert all(fit.spline(Fraction(x)) == label for x, label in pairs)
    assert fit.lower == fit.upper == fit.spline.lipschitz
    assert fit.lower**2 == mcshane_bound(X, y).squared
    assert accepted(fit.certificate())
    assert fit.network.shape[0] <= max(1, k + 2)
    between = [Fraction(min(X)[0] * (40 - t) + max(X)[0] * t) / 40 for t in range(41)]
    assert [Fraction(str(v)) for v in fit.network.values([(x,) for x in between])] == [fit.spline(x) for x in between]
    if k:
        none = spline_fit(X, y, k - 1)
        assert not none.feasible
        assert none.lower is None
        assert f"at least {k}" in none.reason
        assert check_fit(none.certificate()).evidence["lower"] == "infeasible"
        assert not accepted({**none.certificate(), "kinks": k})


def test_by_hand():
    # chords of slopes 1, 2, 1, 2: after the first kink f arrives with a slope of at least 2, after the second with at most 1
    assert spline_fit([[0.0], [1.0], [2.0], [3.0], [4.0]], [0.0, 1.0, 3.0, 4.0, 6.0], 3).fewest == 3
    # slopes 0, 1, 2: the kink inside [1, 2] lets f arrive with slope 2
    assert spline_fit([[0.0], [1.0], [2.0], [3.0]], [0.0, 0.0, 1.0, 3.0], 1).spline.knots == (Fraction(3, 2),)
    # a V needs one kink, a straight line none
    assert spline_fit([[0.0], [1.0], [3.0], [4.0]], [2.0, 1.0, 1.0, 2.0], 1).spline.knots == (Fraction(2),)
    assert spline_fit([[0.0], [1.0], [3.0]], [0.0, 2.0, 6.0], 0).upper == 2
    assert spline_fit([[5.0]], [7.0], 0).upper == 0
    assert spline_fit([[5.0], [5.0]], [7.0, 7.0], 4).fewest == 0


def test_one_more_neuron_is_no_affine_part():
    # −1 at −1 and 1 at 1: a single ReLU neuron does not change its sign, so the affine fit needs two
    assert spline_fit([[-1.0], [1.0]], [-1.0, 1.0], 0).network.shape[0] == 2
    assert spline_fit([[-1.0], [1.0]], [1.0, 3.0], 0).network.shape[0] == 1
    assert spline_fit([[-1.0], [0.0], [1.0]], [0.0, 0.0, 3.0], 1).network.shape[0] == 1


def test_certificates_reject_corruptions(tmp_path):
    X, y = [[0.0], [1.0], [2.0], [3.5]], [0.0, 1.0, 1.5, -1.0]
    for document in (spline_fit(X, y, 1).certificate(), variation_fit(X, y).certificate()):
        assert accepted(document)
        for path, corrupted in corruptions(document):
            weaker = (path == ("lower",) and 0 <= Fraction(corrupted["lower"]) <= Fraction(document["lower"])) or (
                path == ("upper",) and Fraction(corrupted["upper"]) >= Fraction(document["upper"])) or (
                path == ("kinks",) and corrupted["kinks"] > document["kinks"])
            assert accepted(corrupted) == weaker, path
    infeasible = spline_fit(X, y, 0)
    assert not infeasible.feasible
    path = tmp_path / "fit.json"
    write_certificate(infeasible.certificate(), path)
    [(claim, verdict)] = check_file(path)
    assert (claim, verdict.status.value) == ("fit.spline", "CERTIFIED")


@pytest.mark.parametrize(("X", "y", "k", "error", "message"), [
    ([[0.0, 1.0]], [1.0], 1, ShapeError, "line"),
    ([[0.0], [0.0]], [1.0, 2.0], 1, BadData, "same point"),
    ([[0.0], [np.nan]], [1.0, 2.0], 1, BadData, "nan"),
    ([[0.0]], [1.0], -1, BadData, "-1"),
    ([[0.0]], [1.0], 1.5, BadData, "1.5"),
    ([[0.0]], [1.0], True, BadData, "True"),
])
def test_bad_input(X, y, k, error, message):
    with pytest.raises(error, match=message):
        spline_fit(X, y, k)


def test_a_spline_that_is_none():
    with pytest.raises(ShapeError):
        ExactSpline(Fraction(0), Fraction(0), (Fraction(1),), ())
    with pytest.raises(BadData):
        ExactSpline(Fraction(0), Fraction(0), (Fraction(1), Fraction(1)), (Fraction(1), Fraction(1)))
    with pytest.raises(BadData):
        ExactSpline(Fraction(0), Fraction(0), (Fraction(1),), (Fraction(0),))


def least_cost(points, labels, affine):
    """The least Σ|a_ℓw_ℓ| over networks with kinks on a grid that contains the data and reaches beyond, by linear programming."""
    knots = np.arange(min(points) - 2, max(points) + 2.5, 0.5)
    features = [np.maximum(side * (np.array(points)[:, None] - knots[None, :]), 0) for side in (1, -1)]
    free = np.stack([np.ones(len(points)), np.array(points, dtype=float)], axis=1)[:, : 2 if affine else 1]  # constants cost nothing
    matrix = np.hstack([*features, *(-f for f in features), free])
    cost = np.concatenate([np.ones(4 * len(knots)), np.zeros(free.shape[1])])
    bounds = [(0, None)] * (4 * len(knots)) + [(None, None)] * free.shape[1]
    return linprog(cost, A_eq=matrix, b_eq=labels, bounds=bounds).fun


@pytest.mark.parametrize("seed", range(12))
def test_the_infinite_width_optimum_agrees_with_a_linear_program(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 7))
    points, labels = rng.choice(np.arange(-4, 5), n, replace=False), rng.integers(-4, 5, n)
    fit = variation_fit(points[:, None], labels)
    assert float(fit.variation) == pytest.approx(least_cost(points, labels, True), abs=1e-9)
    assert float(fit.path_norm) == pytest.approx(least_cost(points, labels, False), abs=1e-9)
    assert fit.lower == fit.upper == fit.variation
    network = fit.network
    assert network.residual(fit.data) == 0
    assert sum(abs(a * w) for a, (w,) in zip(network.a, network.W, strict=True)) == fit.path_norm
    assert all(fit.spline(x) == label for (x,), label in zip(fit.data.points, fit.data.labels, strict=True))
