"""The McShane constant and the interpolant that attains it."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.errors import BadData, HypothesisViolated, ShapeError
from verify.fits.functions.mcshane import double_root_below, mcshane_bound, mcshane_interpolant


def by_definition(X, y):
    """The maximum over all pairs, squared, in exact rational arithmetic."""
    best = Fraction(0)
    for i in range(len(X)):
        for j in range(i):
            distance = sum((Fraction(a) - Fraction(b)) ** 2 for a, b in zip(X[i], X[j], strict=True))
            if distance:
                best = max(best, (Fraction(y[i]) - Fraction(y[j])) ** 2 / distance)
    return best


def test_by_hand():
    # 3-4-5 triangle: the quotients are 2/5, 2/4, 0/3
    bound = mcshane_bound([[0, 0], [4, 0], [4, 3]], [1, -1, -1])
    assert (bound.value, bound.squared, bound.pair) == (Fraction(1, 2), Fraction(1, 4), (0, 1))
    # real labels: |5 − 1|/1 beats |1 − (−1)|/2
    assert mcshane_bound([[0.0], [2.0], [3.0]], [-1.0, 1.0, 5.0]).value == 4


@settings(derandomize=True, deadline=None, max_examples=80)
@given(st.integers(1, 14), st.integers(1, 3), st.integers(1, 5), st.booleans(), st.integers(0, 2**32 - 1))
def test_agrees_with_the_definition_for_every_block_size(n, d, block, real, seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(-3, 4, size=(n, d)).astype(float) / 8
    function = {tuple(row): rng.integers(-4, 5) if real else rng.choice([-1, 1]) for row in X}
    y = np.array([function[tuple(row)] for row in X], dtype=float)  # repeated points carry one label
    bound = mcshane_bound(X, y, block=block)
    assert bound.squared == by_definition(X, y)
    assert bound.value**2 <= bound.squared
    if bound.squared:
        assert float(bound.value) == pytest.approx(float(bound.squared) ** 0.5, rel=1e-15)
        i, j = bound.pair
        assert y[i] != y[j]


def test_close_points_far_from_the_origin_are_found_despite_cancellation():
    # squared distance 2⁻⁴⁰ beside squared norms of about 2²⁰: expanding the square keeps no correct digit
    X = np.full((50, 2), 1024.0) + np.arange(50)[:, None]
    X[31] = X[7] + [2.0**-20, 0.0]
    y = np.ones(50)
    y[7] = -1
    bound = mcshane_bound(X, y, block=8)
    assert bound.value == 2**21
    assert bound.pair == (7, 31)


@pytest.mark.parametrize("scale", [2.0**-500, 2.0**500])
def test_extreme_scales(scale):
    bound = mcshane_bound(np.array([[0.0, 0.0], [3.0, 4.0]]) * scale, [5.0, 0.0])
    assert bound.value == 1 / Fraction(scale)
    assert mcshane_bound([[0.0], [1.0], [3.0]], np.array([0.0, 1.0, 5.0]) * scale).value == 2 * Fraction(scale)


def test_equal_labels_need_no_slope():
    bound = mcshane_bound([[0.0], [1.0], [0.0]], [2.0, 2.0, 2.0])
    assert (bound.value, bound.squared, bound.pair) == (0, 0, None)
    assert mcshane_bound([[1.0, 2.0]], [1]).value == 0


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        ([[0.0], [0.0]], [1, -1], BadData, "label"),
        ([[0.0], [np.nan]], [1, -1], BadData, "finite|nan"),
        ([[0.0], [1.0]], [1, np.inf], BadData, "finite|inf"),
        ([[0.0], [1.0]], [1], ShapeError, "label|shape"),
        ([0.0, 1.0], [1, -1], ShapeError, "axes|shape|rows|n, d|n×d"),
        (np.zeros((0, 2)), [], ShapeError, "no points"),
    ],
)
def test_bad_data(X, y, error, message):
    with pytest.raises(error, match=message):
        mcshane_bound(X, y)


def test_bad_block():
    with pytest.raises(BadData, match="block"):
        mcshane_bound([[0.0]], [1], block=0)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.fractions(min_value=0, max_value=10**40))
def test_double_root_is_the_largest_below(squared):
    root = double_root_below(squared)
    assert root**2 <= squared
    above = Fraction(float(np.nextafter(float(root), np.inf)))
    assert above**2 > squared


def test_interpolant_fits_and_keeps_its_constant():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(40, 3)), rng.normal(size=40)
    least = mcshane_bound(X, y).estimate
    for constant in (least, 2 * least):
        f = mcshane_interpolant(X, y, constant, block=16)
        np.testing.assert_allclose(f(X), y, atol=1e-12)
        u, v = rng.normal(size=(500, 3)), rng.normal(size=(500, 3))
        slopes = np.abs(f(u) - f(v)) / np.linalg.norm(u - v, axis=1)
        assert slopes.max() <= constant * (1 + 1e-9)
    # the smaller constant is attained on the witness pair
    assert mcshane_bound(X, mcshane_interpolant(X, y, 2 * least)(X)).estimate == pytest.approx(least, rel=1e-9)


def test_interpolant_refuses_a_constant_that_cannot_fit():
    with pytest.raises(HypothesisViolated, match="below the McShane constant"):
        mcshane_interpolant([[0.0], [1.0]], [1, -1], 1.9)
    with pytest.raises(HypothesisViolated):
        mcshane_interpolant([[0.0], [1.0]], [1, -1], float("nan"))
    with pytest.raises(ShapeError, match="shape"):
        mcshane_interpolant([[0.0], [1.0]], [1, -1], 2.0)([[0.0, 1.0]])


def test_thousands_of_points_in_blocks():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(3000, 10)), rng.choice([-1.0, 1.0], size=3000)
    bound = mcshane_bound(X, y, block=512)
    upper, lower = X[y > 0], X[y < 0]
    nearest = min(np.linalg.norm(lower - point, axis=1).min() for point in upper)
    assert bound.estimate == pytest.approx(2 / nearest, rel=1e-13)
