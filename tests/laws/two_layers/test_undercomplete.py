"""Theorem 6 on R^d: hypotheses hold on the draws, nothing is violated, the corners are tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.errors import HypothesisViolated
from verify.laws.two_layers import undercomplete as measured
from verify.objects.data import Dataset
from verify.objects.networks import Network, activation

TIGHT = [("bln.thm6.trace", measured.antipodal), ("bln.thm6.trace", measured.on_the_line), ("bln.thm6.fantope", measured.antipodal),
         ("bln.thm6.fantope", measured.on_the_line), ("bln.thm6.fantope", measured.ridge)]

EXPECTED = {
    **dict.fromkeys((
        "bln.thm6.trace",
        "bln.thm6.fantope",
    ), Expected(hypotheses=100, draws=500, decided=1.0, slow=10000, slow_decided=0.998, steps=20)),
}


@pytest.mark.parametrize(("id", "build"), TIGHT)
def test_tight(id: str, build) -> None:  # type: ignore[no-untyped-def]
    assert abs(common.margin(id, build)) < 1e-6


def test_values_by_hand() -> None:
    # n = 5 orthonormal, one plus label, f = 2x_1 − 1: n(1 − ȳ²) = 16/5 against 4·1; Σπ(x_1−x_j)(x_1−x_j)ᵀ has λ_1 = 5/4
    assert common.sides("bln.thm6.trace", measured.orthonormal_axis()) == pytest.approx((3.2, 4))
    assert common.sides("bln.thm6.fantope", measured.orthonormal_axis()) == pytest.approx((4, 5))


def test_from_fit() -> None:
    """A spline along one direction: rank 1, and the certificate is at least the trace form."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((8, 3))
    data = Dataset(X, np.array([1.0, -1.0] * 4))
    u = np.array([0.6, 0.0, 0.8])
    heights = np.sort(X @ u)
    knots = np.append(heights[0] - 1, (heights[1:] + heights[:-1]) / 2)
    a = np.linalg.solve(np.maximum((X @ u)[:, None] - knots, 0), data.y)
    network = Network(np.tile(u, (8, 1)), -knots, a, activation("relu"))
    trace, fantope = measured.from_fit_trace(network, data), measured.from_fit_fantope(network, data)
    assert trace.values["r"] == fantope.values["r"] == 1
    for id, instance in (("bln.thm6.trace", trace), ("bln.thm6.fantope", fantope)):
        lhs, rhs = common.sides(id, instance)
        assert 0 < lhs <= rhs


def test_from_fit_refuses() -> None:
    constant = Network(np.zeros((1, 2)), np.ones(1), np.ones(1), activation("relu"))
    data = Dataset(np.eye(2), np.ones(2))
    with pytest.raises(HypothesisViolated, match="all labels are equal"):
        measured.from_fit_fantope(constant, data)
    with pytest.raises(HypothesisViolated, match="misses a label"):
        measured.from_fit_trace(constant, Dataset(np.eye(2), np.array([1.0, -1.0])))


def test_row_space_has_at_least_one_dimension() -> None:
    P, rank = measured.row_space(Network(np.zeros((2, 3)), np.zeros(2), np.zeros(2), activation("relu")))
    assert rank == 1
    assert np.trace(P) == pytest.approx(1)
