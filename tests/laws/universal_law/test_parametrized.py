"""D3: the printed steps are refuted by numbers, the constants by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from laws import common
from laws.common import Expected
from theory.laws.universal_law.parametrized import FACTOR
from theory.registry import claims
from theory.verdict import Status
from verify.laws.universal_law import parametrized as measured
from verify.trials.refutation.refute import refute

EXPECTED = dict.fromkeys(("bs.d3.square", "bs.d3.mean_square", "bs.d3.half", "bs.d3.net", "bs.d3.law", "bs.d6.bounded"),
                         Expected(slow=1000))


@pytest.mark.parametrize(("id", "counterexample"), [
    ("bs.d3.printed_square", measured.far_value), ("bs.d3.printed_net", measured.no_function)])
def test_printed_steps_are_refuted(id: str, counterexample: object) -> None:
    assert refute(claims()[id], counterexample()).verdict.status is Status.REFUTED   # type: ignore[operator]


def test_the_square_by_hand() -> None:
    """|4 − (13/6)²| = 25/36 = 2/3 + 1/36, an equality."""
    assert common.sides("bs.d3.square", measured.away()) == pytest.approx((25 / 36, 25 / 36))
    assert Fraction(2, 3) + Fraction(1, 36) == Fraction(25, 36)


def test_the_constant() -> None:
    assert FACTOR == 14
    assert 13**2 < 4 * 47 <= 14**2
