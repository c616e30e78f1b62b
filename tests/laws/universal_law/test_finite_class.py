"""D2: the exponent of the derivation is exact, the printed 8⁴ is refuted by numbers, 9⁴ has room."""

from __future__ import annotations

import pytest

from laws import common
from laws.common import Expected
from theory.check import check
from theory.registry import claims
from theory.verdict import Status
from verify.laws.universal_law import finite_class as measured
from verify.trials.refutation.refute import refute

EXPECTED = dict.fromkeys(("bs.d2.exponent", "bs.d2.nine"), Expected(decided=1.0, slow=1000))


def test_statuses() -> None:
    assert [check(claims()[id]).status for id in ("bs.d2.exponent", "bs.d2.nine")] == [Status.PROVED] * 2
    found = refute(claims()["bs.d2.eight"], measured.counterexample())
    assert found.verdict.status is Status.REFUTED


def test_the_exponent_by_hand() -> None:
    """At the numbers 1 the constants are 2, 8, 144, and 144·36 = 5184."""
    values = measured.ones().values
    assert (values["C_f"], values["C_fz"], values["C"]) == (2, 8, 144)
    lhs, rhs = common.sides("bs.d2.exponent", measured.ones())
    assert (lhs, rhs) == pytest.approx((144, 144))
    lhs, rhs = common.sides("bs.d2.nine", measured.ones())
    assert rhs / lhs == pytest.approx(9**4 / 5184)
