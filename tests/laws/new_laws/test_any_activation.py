"""The law for any activation: what is asked of every claim, and equalities by hand."""

from __future__ import annotations

import pytest

from laws import common
from laws.common import Expected
from theory.terms import Activation, largest_fall, largest_slope
from verify.evaluate import evaluate
from verify.laws.new_laws import any_activation as measured

EXPECTED = {
    "k.energy": Expected(draws=80, decided=0.9, slow=2000, steps=6),
    **dict.fromkeys(("k.law", "k.law.labels"),
                    Expected(draws=80, decided=0.9, slow=2000, steps=6, only_refused=("without independent",))),
}


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_cross_is_an_equality(k: int) -> None:
    assert common.sides("k.law", measured.cross_of_abs(k)) == pytest.approx((2 ** (k + 1), 2 ** (k + 1)), rel=1e-6)


def test_extreme_slopes() -> None:
    """The sigmoid: at most ¼, at least 0."""
    psi, at = Activation("psi"), measured.sigmoid_ramp()
    assert evaluate(largest_slope(psi), at) == pytest.approx((0.25, 0.25))
    assert evaluate(largest_fall(psi), at) == pytest.approx((0, 0))
