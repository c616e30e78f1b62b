"""Theorem 5 for random labels: exact probabilities over all label vectors."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from verify.laws.two_layers import random_labels as measured

EXPECTED = {
    **dict.fromkeys((
        "bln.thm5.width",
        "bln.thm5.random_labels",
    ), Expected(hypotheses=40, draws=100, decided=1.0, slow=2000, steps=4)),
}


def test_the_law_is_an_equality_at_one_datum() -> None:
    assert abs(common.margin("bln.thm5.random_labels", measured.fitted_datum)) < 1e-6


def test_probability_by_hand() -> None:
    """Eight orthogonal points of norm 100 and ψ(t) = t: R = 100√8 for every label vector, above 1·√8 + 100√7.2, so the probability is 0."""
    promised, reached = common.sides("bln.thm5.width", measured.long_rows())
    assert reached == 0
    assert promised == pytest.approx(1 - 2 * np.exp(-0.9))
