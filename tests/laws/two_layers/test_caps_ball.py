"""Section 3.2 on the ball: hypotheses hold on the draws, nothing is violated, the corners are tight, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from verify.laws.two_layers import caps_ball as measured

EXPECTED = {
    **dict.fromkeys((
        "bln.s32.active",
        "bln.s32.ball",
    ), Expected(hypotheses=80, decided=0.9, steps=20)),
}


def test_tight() -> None:
    assert common.sides("bln.s32.ball", measured.one_point()) == pytest.approx((1 / 0.7, 1 / 0.7))
    assert common.sides("bln.s32.ball", measured.antipodal()) == pytest.approx((2, 2))
    assert common.sides("bln.s32.ball", measured.two_axes()) == pytest.approx((np.sqrt(2) / 0.4,) * 2)
