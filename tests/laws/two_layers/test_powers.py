"""Lemmas 10 and 11: hypotheses hold on the draws, nothing is violated, the corners are tight, the twins are false."""

from __future__ import annotations

from math import factorial

import pytest

from laws import common
from laws.common import Expected
from verify.laws.two_layers import powers as measured

EXPECTED = {
    **dict.fromkeys((
        "bln.lemma10.ball",
        "bln.lemma10",
        "bln.tensor.lip_ball",
    ), Expected(decided=0.9, slow=2000)),
    **dict.fromkeys((
        "bln.lemma11.printed",
        "bln.lemma11.order2",
        "bln.lemma11.order3",
        "bln.lemma11.order4",
        "bln.lemma11.order5",
        "bln.lemma11.order6",
    ), Expected(hypotheses=0, decided=1.0, slow=2000, slow_decided=0.9)),
}


@pytest.mark.parametrize("order", [2, 3, 4])
def test_tight_on_the_ball(order: int) -> None:
    assert abs(common.margin("bln.lemma10.ball", measured.one_power(order))) < 1e-6
    assert common.sides("bln.tensor.lip_ball", measured.one_power(order)()) == pytest.approx((order, order))


def test_tight_on_the_sphere() -> None:
    assert common.sides("bln.lemma10", measured.saddle()) == pytest.approx((2, 2))
    assert common.sides("bln.lemma10", measured.linear()) == pytest.approx((5, 5))


def test_the_sphere_sees_less() -> None:
    assert common.sides("bln.lemma10", measured.round_form()) == pytest.approx((0, 2), abs=1e-6)


@pytest.mark.parametrize("order", range(2, 7))
def test_factorials(order: int) -> None:
    """w_q = 2^{q−1} on the line, at x = 1."""
    value = 2 ** (order - 1) * factorial(order) * 2 ** (order * (order - 1) // 2)
    assert common.sides(f"bln.lemma11.order{order}", measured.one_axis(order)()) == pytest.approx((value, value))


def test_the_count_of_powers() -> None:
    """2^{p−1} powers: 16 for p = 5."""
    claim, _ = common.both("bln.lemma11.order5")
    assert len(claim.conclusion.rhs.args) == 16
