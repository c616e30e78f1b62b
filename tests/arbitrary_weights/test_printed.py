"""E1 and E2 as printed: measured, open, and sharp at a ridge."""

from __future__ import annotations

from two_layers import common
from two_layers.common import Expected

from theory.check import check
from theory.registry import claims
from theory.verdict import Status
from verify.arbitrary_weights import printed as measured

EXPECTED = {"sh.e1.printed": Expected(decided=0.9, slow=1000), "sh.e2.printed": Expected(draws=60, decided=0.9, slow=300)}


def test_open() -> None:
    assert [check(claims()[id]).status for id in EXPECTED] == [Status.OPEN] * 2


def test_a_ridge_is_an_equality() -> None:
    for id in EXPECTED:
        assert abs(common.margin(id, measured.ridge)) < 1e-2      # on the sphere the chord constant is enclosed
