"""Theorem 8 with high probability: hypotheses hold on the draws, nothing is violated, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from theory.two_layers.polynomial_random import CONSTANT
from two_layers import common
from verify.evaluate import evaluate
from verify.instance import Instance

IDS = ("bln.thm8.width", "bln.thm8.random_labels", "bln.thm8.generic")


@pytest.mark.parametrize("id", IDS)
def test_hypotheses_hold(id: str) -> None:
    common.assert_hypotheses_hold(id, 40)


@pytest.mark.parametrize(("id", "count"), [("bln.thm8.width", 300), ("bln.thm8.random_labels", 300), ("bln.thm8.generic", 60)])
def test_never_violated(id: str, count: int) -> None:
    common.assert_never_violated(id, count, decided=0.9)       # the probability over the data is an interval


@pytest.mark.slow
@pytest.mark.parametrize("id", IDS)
def test_never_violated_on_thousands(id: str) -> None:
    common.assert_never_violated(id, 1000, decided=0.9, seed=99)


@pytest.mark.parametrize("id", IDS)
def test_steps_hold(id: str) -> None:
    common.assert_steps_hold(id, 8)


@pytest.mark.parametrize("id", IDS)
def test_twins(id: str) -> None:
    common.assert_twins_are_caught(id)


@pytest.mark.parametrize(("p", "expected"), [(1, 1), (2, 3 / 2), (3, 13 / 6), (4, 25 / 6)])
def test_constant(p: int, expected: float) -> None:
    """c_p = Σ_{q≤p} M(p−1, q−1)/q, from T_0 = 1, T_1 = t, T_2 = 2t² − 1, T_3 = 4t³ − 3t."""
    assert np.mean(evaluate(CONSTANT, Instance({"p": p}))) == pytest.approx(expected)
