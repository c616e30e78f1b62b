"""Theorem 6 with high probability: exact probabilities over labels, intervals over data, the law on the event."""

from __future__ import annotations

import numpy as np
import pytest

from laws.common import Expected
from theory.registry import claims
from verify.evaluate import evaluate
from verify.laws.two_layers import undercomplete_random as measured

EXPECTED = {
    **dict.fromkeys((
        "bln.thm6.gaussian",
        "bln.thm6.uniform_sphere",
        "bln.thm6.printed",
    ), Expected(draws=150, decided=0.99, slow=3000, steps=8)),
}


def test_probability_of_balanced_labels_by_hand() -> None:
    """n = 2, t = 0: the labels must differ, probability ½; promised is 1 − 2 = −1."""
    balanced = next(s for s in claims()["bln.thm6.gaussian"].proofs[0].steps if s.name == "labels balanced").formula
    sides = sorted(evaluate(side, measured.two_points())[0] for side in balanced.args)
    assert sides == pytest.approx([-1, 0.5])


def test_printed_law_at_four_points() -> None:
    """d = k = Lip = 1: 1 ≤ 12."""
    event = claims()["bln.thm6.printed"].conclusion.args[-1]
    lhs, rhs = (evaluate(side, measured.square())[0] for side in event.args[1].args)
    assert (lhs, rhs) == pytest.approx((1, 12))
    assert np.isfinite(rhs)
