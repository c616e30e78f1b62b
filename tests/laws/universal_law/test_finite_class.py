"""D2: the exponents of the chains, the printed derivation of 8⁴ refuted by numbers, and 8⁴ from the other steps proved."""

from __future__ import annotations

from fractions import Fraction

import pytest

from laws import common
from laws.common import Expected
from theory.check import check
from theory.laws.universal_law.finite_class import CHAINS
from theory.registry import claims
from theory.verdict import Status
from verify.laws.universal_law import finite_class as measured
from verify.trials.refutation.refute import refute

EXPECTED = dict.fromkeys((*CHAINS, "bs.d2.nine", "bs.d2.centred", "bs.thm2.8_4"), Expected(decided=1.0, slow=1000))


def test_statuses() -> None:
    assert [check(claims()[id]).status for id in ("bs.d2.exponent", "bs.d2.nine", "bs.thm2.8_4")] == [Status.PROVED] * 3
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


def test_the_chains_by_hand() -> None:
    """144·36, 144·64, 144·(16/5)², 32·(16/5)², 8·(16/5)², 8·(176/73)²."""
    assert [chain.constant for chain in CHAINS.values()] == [
        5184, 9216, Fraction(144 * 256, 25), Fraction(32 * 256, 25), Fraction(8 * 256, 25), Fraction(8 * 176**2, 73**2)]
    assert 22**2 <= 8**3 <= 2 * 16**2


def test_eight_follows_from_the_large_thresholds() -> None:
    """Of the chains, those with a threshold of 5ε/16 or more have a constant below 8⁴."""
    assert [chain.rounded <= 8**4 for chain in CHAINS.values()] == [False, False, True, True, True, True]
