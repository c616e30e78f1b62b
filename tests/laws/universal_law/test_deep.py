"""D4: three printed statements are refuted at scalar networks; the repair by telescoping."""

from __future__ import annotations

import pytest

from laws import common
from laws.common import Expected
from theory.registry import claims
from theory.verdict import Status
from verify.laws.universal_law import deep as measured
from verify.trials.refutation.refute import refute

EXPECTED = dict.fromkeys(("bs.lemma3.1.biases_repaired", "bs.lemma3.1.skips_repaired", "bs.d4.layer", "bs.d4.three_layers"),
                         Expected(slow=1000))


@pytest.mark.parametrize(("id", "counterexample"), [
    ("bs.lemma3.1.biases", measured.BIASES), ("bs.lemma3.1.skips", measured.SKIPS), ("bs.lemma3.1.convex", measured.CONVEX)])
def test_printed_statements_are_refuted(id: str, counterexample: object) -> None:
    assert refute(claims()[id], counterexample()).verdict.status is Status.REFUTED    # type: ignore[operator]


def test_equalities_by_hand() -> None:
    assert common.sides("bs.lemma3.1.skips_repaired", measured.doubling()) == pytest.approx((4, 4))
    assert common.sides("bs.d4.layer", measured.larger()) == pytest.approx((5, 5))
    assert common.sides("bs.d4.three_layers", measured.equal()) == pytest.approx((3, 3))
