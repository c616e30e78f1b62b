"""Section 3.2 on the ball: hypotheses hold on the draws, nothing is violated, the corners are tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from two_layers import common
from verify.two_layers import caps_ball as measured

IDS = ("bln.s32.active", "bln.s32.ball")


@pytest.mark.parametrize("id", IDS)
def test_hypotheses_hold(id: str) -> None:
    common.assert_hypotheses_hold(id, 80)


@pytest.mark.parametrize("id", IDS)
def test_never_violated(id: str) -> None:
    common.assert_never_violated(id, 300, decided=0.9)


@pytest.mark.slow
@pytest.mark.parametrize("id", IDS)
def test_never_violated_on_thousands(id: str) -> None:
    common.assert_never_violated(id, 5000, decided=0.9, seed=99)


@pytest.mark.parametrize("id", IDS)
def test_steps_hold(id: str) -> None:
    common.assert_steps_hold(id, 20)


@pytest.mark.parametrize("id", IDS)
def test_twins(id: str) -> None:
    common.assert_twins_are_caught(id)


def test_tight() -> None:
    assert common.sides("bln.s32.ball", measured.one_point()) == pytest.approx((1 / 0.7, 1 / 0.7))
    assert common.sides("bln.s32.ball", measured.antipodal()) == pytest.approx((2, 2))
    assert common.sides("bln.s32.ball", measured.two_axes()) == pytest.approx((np.sqrt(2) / 0.4,) * 2)
