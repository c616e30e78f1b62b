"""Theorem 5 for random labels: exact probabilities over all label vectors."""

from __future__ import annotations

import numpy as np
import pytest

from two_layers import common
from verify.two_layers import random_labels as measured

IDS = ("bln.thm5.width", "bln.thm5.random_labels")


@pytest.mark.parametrize("id", IDS)
def test_hypotheses_hold(id: str) -> None:
    common.assert_hypotheses_hold(id, 40)


@pytest.mark.parametrize("id", IDS)
def test_never_violated(id: str) -> None:
    common.assert_never_violated(id, 100)


@pytest.mark.slow
@pytest.mark.parametrize("id", IDS)
def test_never_violated_on_thousands(id: str) -> None:
    common.assert_never_violated(id, 2000, seed=99)


@pytest.mark.parametrize("id", IDS)
def test_steps_hold(id: str) -> None:
    common.assert_steps_hold(id, 4)


@pytest.mark.parametrize("id", IDS)
def test_twins(id: str) -> None:
    common.assert_twins_are_caught(id)


def test_the_law_is_an_equality_at_one_datum() -> None:
    assert abs(common.margin("bln.thm5.random_labels", measured.fitted_datum)) < 1e-6


def test_probability_by_hand() -> None:
    """Eight orthogonal points of norm 100 and ψ(t) = t: R = 100√8 for every label vector, above 1·√8 + 100√7.2, so the probability is 0."""
    promised, reached = common.sides("bln.thm5.width", measured.long_rows())
    assert reached == 0
    assert promised == pytest.approx(1 - 2 * np.exp(-0.9))
