"""Theorem 6 with high probability: exact probabilities over labels, intervals over data, the law on the event."""

from __future__ import annotations

import numpy as np
import pytest

from theory.registry import claims
from two_layers import common
from verify.evaluate import evaluate
from verify.two_layers import undercomplete_random as measured

IDS = ("bln.thm6.gaussian", "bln.thm6.uniform_sphere", "bln.thm6.printed")


@pytest.mark.parametrize("id", IDS)
def test_hypotheses_hold(id: str) -> None:
    common.assert_hypotheses_hold(id, 60)


@pytest.mark.parametrize("id", IDS)
def test_never_violated(id: str) -> None:
    common.assert_never_violated(id, 150, decided=0.99)          # an interval may meet the promised probability


@pytest.mark.slow
@pytest.mark.parametrize("id", IDS)
def test_never_violated_on_thousands(id: str) -> None:
    common.assert_never_violated(id, 3000, decided=0.99, seed=99)


@pytest.mark.parametrize("id", IDS)
def test_steps_hold(id: str) -> None:
    common.assert_steps_hold(id, 8)


@pytest.mark.parametrize("id", IDS)
def test_twins(id: str) -> None:
    common.assert_twins_are_caught(id)


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
