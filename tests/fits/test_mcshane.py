"""The McShane constant in the norms l1, l2 and l∞, decided exactly; `test_mcshane_euclidean.py` tests the Euclidean default."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify.fits.functions.mcshane_pairs as pairs_module
from fits.common import accepted, corruptions
from theory.certificates.exact.exact_data import exact_data
from theory.certificates.fits.fit_claims import quotient_squared
from theory.errors import BadData, HypothesisViolated
from verify.fits.functions.mcshane import mcshane_bound, mcshane_fit, mcshane_interpolant

NORMS = ("l1", "l2", "linf")
ORDER = {"l1": 1, "l2": 2, "linf": np.inf}


def by_definition(X, y, norm):
    """The largest quotient squared over all pairs in rational arithmetic, and the first pair that has it."""
    data = exact_data(np.asarray(X, dtype=float), np.asarray(y, dtype=float))
    best, pair = Fraction(0), None
    for i in range(len(X)):
        for j in range(i + 1, len(X)):
            square = quotient_squared(data, i, j, norm, monotone=False)
            if square is not None and square > best:
                best, pair = square, (i, j)
    return best, pair


@given(st.integers(1, 14), st.integers(1, 4), st.integers(1, 6), st.sampled_from(NORMS), st.booleans(), st.integers(0, 2**32 - 1))
def test_is_the_maximum_and_the_first_pair_for_every_block_size(n, d, block, norm, grid, seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(-2, 3, size=(n, d)).astype(float) if grid else rng.normal(size=(n, d))
    labels = {row.tobytes(): float(rng.integers(-2, 3)) for row in X}
    y = np.array([labels[row.tobytes()] for row in X])
    bound = mcshane_bound(X, y, block, norm)
    assert (bound.squared, bound.pair) == by_definition(X, y, norm)
    assert bound.complete


@pytest.mark.parametrize("norm", NORMS)
def test_near_ties_are_decided_exactly(norm):
    # steps of length about 1 along random directions, scaled so that all quotients agree to about one rounding
    rng = np.random.default_rng(7)
    steps = rng.normal(size=(40, 6))
    steps /= np.linalg.norm(steps, ord=ORDER[norm], axis=1, keepdims=True)
    X = np.concatenate([np.eye(6)[rng.integers(0, 6, 40)] * np.arange(1, 41)[:, None] * 1000, np.zeros((40, 6))])
    X[40:] = X[:40] + steps
    y = np.concatenate([np.zeros(40), np.ones(40)])
    assert (mcshane_bound(X, y, 16, norm).squared, mcshane_bound(X, y, 16, norm).pair) == by_definition(X, y, norm)


@pytest.mark.parametrize("norm", NORMS)
def test_many_exact_ties_are_settled_along_the_way(norm, monkeypatch):
    monkeypatch.setattr(pairs_module, "WAITING", 50)
    # the corners of the cube {0, 1}^7 with parity labels: every edge is a best pair
    X = np.array([[(c >> b) & 1 for b in range(7)] for c in range(128)], dtype=float)
    y = np.where(X.sum(axis=1) % 2, 1.0, -1.0)
    for scale, offset in ((1.0, 0.0), (0.1, 0.3)):
        points = X * scale + offset
        bound = mcshane_bound(points, y, 32, norm)
        assert (bound.squared, bound.pair) == by_definition(points, y, norm)


@pytest.mark.parametrize("norm", NORMS)
def test_clusters_far_from_the_mean_are_found_despite_cancellation(norm):
    rng = np.random.default_rng(2)
    centres = rng.normal(size=(10, 70)) * 2.0**20
    X = np.repeat(centres, 7, axis=0) + rng.integers(-8, 9, size=(70, 70)) / 2.0**20
    y = rng.normal(size=70)
    bound = mcshane_bound(X, y, 32, norm)
    assert (bound.squared, bound.pair) == by_definition(X, y, norm)


@pytest.mark.parametrize("norm", ["l1", "linf"])
def test_early_stops_lose_no_pair_in_many_dimensions(norm):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 150)) * np.linspace(0.1, 2, 150)
    y = rng.choice([-1.0, 1.0], 60)
    assert (mcshane_bound(X, y, 16, norm).squared, mcshane_bound(X, y, 16, norm).pair) == by_definition(X, y, norm)


def test_whole_numbers_are_recognised_only_when_sums_stay_exact():
    assert pairs_module.whole_numbers(np.array([[1.0, 2.0**-23]])) is not None
    assert pairs_module.whole_numbers(np.array([[1.0, 2.0**-30]])) is None
    for d in (1, 2, 3, 5, 784):
        whole = pairs_module.whole_numbers(np.full((1, d), 1.0))
        assert d * (2 * float(np.abs(whole).max())) ** 2 <= 2**53


@pytest.mark.parametrize("norm", NORMS)
def test_both_extensions_and_their_mean_fit_and_keep_the_constant(norm):
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(30, 3)), rng.normal(size=30)
    fit = mcshane_fit(X, y, norm)
    u, v = rng.normal(size=(300, 3)) * 2, rng.normal(size=(300, 3)) * 2
    lengths = np.linalg.norm(u - v, ord=ORDER[norm], axis=1)
    functions = {kind: fit.interpolant(kind, block=16) for kind in ("least", "mean", "largest")}
    for f in functions.values():
        np.testing.assert_allclose(f(X), y, atol=1e-12)
        assert np.all(np.abs(f(u) - f(v)) <= float(fit.upper) * lengths * (1 + 1e-12))
    assert np.all(functions["least"](u) <= functions["mean"](u))
    assert np.all(functions["mean"](u) <= functions["largest"](u))
    assert fit.lower**2 <= fit.bound.squared <= fit.upper**2


def test_by_hand():
    # steps (3, 4): lengths 7, 5, 4
    for norm, length in zip(NORMS, (7, 5, 4), strict=True):
        fit = mcshane_fit([[0.0, 0.0], [3.0, 4.0]], [0.0, 140.0], norm)
        assert fit.lower == fit.upper == Fraction(140, length)
        assert fit.certificate()["lower"] == str(140 // length)


@pytest.mark.parametrize("norm", NORMS)
def test_corruptions_are_refused(norm):
    document = mcshane_fit([[0.0, 0.0], [3.0, 4.0], [1.0, 5.0]], [0.0, 1.0, -1.0], norm).certificate()
    assert accepted(document)
    for path, corrupted in corruptions(document):
        name = path[0]
        weaker = name in ("lower", "upper") and Fraction(corrupted[name]) >= 0 and (
            (Fraction(corrupted[name]) >= Fraction(document[name])) == (name == "upper"))
        assert accepted(corrupted) == weaker, path
    for other in NORMS:
        assert accepted({**document, "norm": other}) == (other == norm)
    assert not accepted({**document, "lower": "infeasible"})
    assert not accepted({**document, "lower": "infeasible", "upper": None, "evidence": {**document["evidence"], "upper": None}})
    assert not accepted({**document, "upper": None})


def test_out_of_time_and_interrupted():
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(200, 2)), rng.normal(size=200)
    fit = mcshane_fit(X, y, budget=-1.0)
    assert (fit.upper, fit.lower, fit.bound.complete) == (None, 0, False)
    with pytest.raises(HypothesisViolated, match="cut short"):
        fit.interpolant()
    seen = []

    def stop(share, best):
        seen.append((share, best))
        if len(seen) == 2:
            raise KeyboardInterrupt

    stopped = mcshane_bound(X, y, 50, progress=stop)
    assert not stopped.complete
    assert 0 < stopped.squared <= mcshane_bound(X, y).squared
    document = mcshane_fit(X, y, budget=math.inf).certificate(upper=False)
    assert document["upper"] is None
    assert accepted(document)


def test_bad_input():
    with pytest.raises(BadData, match="norm"):
        mcshane_bound([[0.0]], [1.0], norm="l3")
    with pytest.raises(BadData, match="largest, least or mean"):
        mcshane_interpolant([[0.0]], [1.0], 1.0, kind="middle")
    with pytest.raises(BadData, match="tiny"):
        mcshane_bound([[1e-200], [1.0]], [0.0, 1.0])
    with pytest.raises(BadData, match="tiny"):  # scaled, the last two points and labels are 0, and their quotient 1e20 was not seen
        mcshane_bound([[1e300], [1e-320], [0.0]], [1e300, 1e-300, 0.0])
    with pytest.raises(BadData, match="exceeds the range of doubles"):  # so does the range of the labels
        mcshane_bound([[0.0], [1.0]], [1e308, -1e308])
    with pytest.raises(HypothesisViolated, match="below the McShane constant 2"):
        mcshane_interpolant([[0.0, 0.0], [1.0, 1.0]], [0.0, 2.0], 1.5, norm="linf")
