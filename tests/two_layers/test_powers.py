"""Lemmas 10 and 11: hypotheses hold on the draws, nothing is violated, the corners are tight, the twins are false."""

from __future__ import annotations

from math import factorial

import pytest

from two_layers import common
from verify.two_layers import powers as measured

FORMS = ("bln.lemma10.ball", "bln.lemma10", "bln.tensor.lip_ball")
PRODUCTS = ("bln.lemma11.printed", *(f"bln.lemma11.order{order}" for order in range(2, 7)))


@pytest.mark.parametrize("id", FORMS)
def test_hypotheses_hold(id: str) -> None:
    common.assert_hypotheses_hold(id, 60)


@pytest.mark.parametrize(("id", "decided"), [("bln.lemma10.ball", 0.9), ("bln.lemma10", 0.9), ("bln.tensor.lip_ball", 0.9)])
def test_never_violated(id: str, decided: float) -> None:
    common.assert_never_violated(id, 300, decided=decided)        # beyond the plane the norms are intervals


@pytest.mark.parametrize("id", PRODUCTS)
def test_polarisation_is_never_violated(id: str) -> None:
    common.assert_never_violated(id, 300)


@pytest.mark.slow
@pytest.mark.parametrize("id", (*FORMS, *PRODUCTS))
def test_never_violated_on_thousands(id: str) -> None:
    common.assert_never_violated(id, 2000, decided=0.9, seed=99)


@pytest.mark.parametrize("id", (*FORMS, *PRODUCTS))
def test_steps_hold(id: str) -> None:
    common.assert_steps_hold(id, 12)


@pytest.mark.parametrize("id", (*FORMS, *PRODUCTS))
def test_twins(id: str) -> None:
    common.assert_twins_are_caught(id)


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
