"""The McShane floor and its interpolant: nothing is violated, two points are tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.errors import HypothesisViolated
from verify.evaluate import Evaluator
from verify.laws.two_layers import mcshane as measured
from verify.objects.data import Dataset
from verify.objects.networks import Network, activation

EXPECTED = {
    **dict.fromkeys((
        "mcshane.floor",
        "mcshane.attained",
    ), Expected(hypotheses=80, draws=500, decided=1.0, slow=10000, slow_decided=0.998)),
}


def test_two_points_are_tight() -> None:
    """|y_1 − y_2| = 2 = Lip·‖x_1 − x_2‖ for 1 − 2x at 0 and 1, and Lip(g) = L for the interpolant."""
    from theory.laws.setting import LIP, d
    from theory.laws.two_layers.mcshane import PAIRS, g
    from theory.terms import Lip, Space
    at = Evaluator(measured.line())
    assert at.value(LIP) == pytest.approx((2, 2))
    assert len(PAIRS) == 2
    assert Evaluator(measured.square()).value(Lip(g, Space(d))) == pytest.approx((2, 2))


def test_from_fit() -> None:
    network = Network(np.array([[1.0], [-1.0]]), np.zeros(2), np.ones(2), activation("relu"))
    data = Dataset(np.array([[-1.0], [0.0], [1.0]]), np.array([1.0, 0.0, 1.0]), real_labels=True)
    common.sides("mcshane.floor", measured.from_fit(network, data))
    with pytest.raises(HypothesisViolated, match="misses a label by 1"):
        measured.from_fit(network, Dataset(data.X, np.array([1.0, 1.0, 1.0])))
