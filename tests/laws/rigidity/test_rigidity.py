"""E1 and E2: hypotheses hold on the draws, nothing is violated, the corners are equalities, the twins are false."""

from __future__ import annotations

import pytest

from laws import common
from laws.common import Expected
from theory.check import check
from theory.registry import claims
from theory.verdict import Status
from verify.laws.rigidity import rigidity as measured

EXPECTED = {
    "sh.e1.sharp": Expected(slow=2000),
    "sh.e2.sharp": Expected(draws=150, steps=6, slow=1000),
}


def test_statuses() -> None:
    assert [check(claims()[id]).status for id in EXPECTED] == [Status.PROVED] * 2


@pytest.mark.parametrize(("id", "corner"), [("sh.e1.sharp", measured.ridge), ("sh.e1.sharp", measured.line_ridge),
                                            ("sh.e2.sharp", measured.sphere_ridge)])
def test_a_ridge_is_an_equality(id: str, corner) -> None:  # type: ignore[no-untyped-def]
    assert abs(common.margin(id, corner)) < 1e-6


def test_a_high_kink() -> None:
    """3 ≤ 6, where the chord constant is enclosed, not exact."""
    assert common.sides("sh.e2.sharp", measured.high_kink()) == pytest.approx((3, 6), rel=5e-3)
