"""Theorem 6 on the sphere: hypotheses hold on the draws, nothing is violated, the corners are tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.errors import HypothesisViolated
from verify.laws.two_layers import undercomplete_sphere as measured
from verify.objects.data import Dataset
from verify.objects.networks import Network, activation

EXPECTED = {
    **dict.fromkeys((
        "bln.thm6.sphere",
        "bln.thm6.sphere_fantope",
    ), Expected(hypotheses=80, steps=20)),
}


def test_tight() -> None:
    assert abs(common.margin("bln.thm6.sphere", measured.antipodal)) < 1e-6


def test_nearly_tight_for_many_axes() -> None:
    """n orthonormal points and 1 − √2‖x − e_1‖: the margin is log((2n−1)/(2n−2)), and the other form tends to an equality as well."""
    assert common.margin("bln.thm6.sphere", measured.many_axes) == pytest.approx(np.log(59 / 58))
    assert common.margin("bln.thm6.sphere_fantope", measured.many_axes) < 0.01
    assert common.sides("bln.thm6.sphere", measured.few_axes()) == pytest.approx((12, 14))


LINE = Network(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.zeros(2), np.array([1.0, -1.0]), activation("relu"))
DATA = Dataset(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([1.0, -1.0]))


def test_from_fit() -> None:
    """x_1 by two ReLU units has rank 1."""
    assert common.sides("bln.thm6.sphere", measured.from_fit_sphere(LINE, DATA)) == pytest.approx((4, 4), rel=1e-2)
    lhs, rhs = common.sides("bln.thm6.sphere_fantope", measured.from_fit_sphere_fantope(LINE, DATA))
    assert (lhs, rhs) == pytest.approx((4, 6), rel=1e-2)


def test_from_fit_refuses() -> None:
    full = Network(np.eye(2), np.zeros(2), np.array([1.0, -1.0]), activation("relu"))
    with pytest.raises(HypothesisViolated, match="span all 2 dimensions"):
        measured.from_fit_sphere_fantope(full, Dataset(np.eye(2), np.array([1.0, -1.0])))
    with pytest.raises(HypothesisViolated, match="point 0 has norm 2"):
        measured.from_fit_sphere(LINE, Dataset(2 * DATA.X, DATA.y))
