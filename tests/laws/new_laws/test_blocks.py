"""The block law: what is asked of every claim, and equalities by hand."""

from __future__ import annotations

import pytest

from laws import common
from laws.common import Expected
from verify.laws.new_laws import blocks as measured

EXPECTED = dict.fromkeys(("k.blocks.energy", "k.blocks.energy_ball", "k.blocks", "k.blocks.ball"),
                         Expected(hypotheses=30, draws=60, decided=0.95, slow=2000, steps=4))


def test_zigzags_are_an_equality() -> None:
    """Slopes ±1 in both coordinates: Lip² = 2, four kinks of size 2, q = 2."""
    assert common.sides("k.blocks.energy", measured.zigzags()) == pytest.approx((16, 16), rel=1e-6)
    assert common.sides("k.blocks", measured.fold()) == pytest.approx((4, 4), rel=1e-6)
    # M = 0, R_b = 1, Lip_B = 2: 2·(0 + 2·1)
    assert common.sides("k.blocks.ball", measured.anchored()) == pytest.approx((4, 4), rel=1e-6)


def test_three_kinks_at_one_point() -> None:
    """The largest of the six gradients has the square 1945/1369, and 12 > 8·1945/1369: the third kink goes through the first corner."""
    left, right = common.sides("k.blocks.energy", measured.three_at_one_point())
    assert (left, right) == pytest.approx((12, 8 * 1945 / 1369), rel=1e-6)
