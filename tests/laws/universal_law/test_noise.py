"""D1: the thresholds ε/6 give ε/4, and ε/3 is refuted on two samples."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.registry import claims
from theory.verdict import Status
from verify.laws.universal_law import noise as measured
from verify.trials.refutation.refute import refute

EXPECTED = dict.fromkeys(("bs.d1", "bs.d1.quarter", "bs.d1.three_eighths", "bs.d1.five_sixteenths", "bs.d1.square", "bs.d1.moment",
                          "bs.d1.tail"), Expected(slow=1000))


def test_the_printed_step_is_refuted() -> None:
    assert refute(claims()["bs.d1.printed"], measured.counterexample()).verdict.status is Status.REFUTED


def test_two_samples_by_hand() -> None:
    """Exactly: mean z² = σ² − ε/6, mean zg = −ε/6, mean (y − f)² = σ² − ε, and mean fz = 0.0985 is between ε/4 and ε/3."""
    at = measured.two_samples().values
    eps, z = at["eps"], at["y"] - at["g"]
    assert np.mean(z**2) == at["sigma"] ** 2 - eps / 6
    assert np.mean(z * at["g"]) == -eps / 6
    assert np.mean((at["y"] - at["f"]) ** 2) == at["sigma"] ** 2 - eps
    assert eps / 4 < np.mean(at["f"] * z) < eps / 3
    assert max(abs(at["y"])) <= 1


def test_one_bound_is_an_equality_by_hand() -> None:
    assert common.sides("bs.d1.square", measured.interpolation()) == pytest.approx((1, 1))


def test_two_fair_coins_by_hand() -> None:
    """((1 + e)/2 · e^{−1/2})² = cosh(1/2)² against e^{1/4}."""
    lhs, rhs = common.sides("bs.d1.moment", measured.fair())
    assert (lhs, rhs) == pytest.approx((np.cosh(0.5) ** 2, np.exp(0.25)))
    assert measured.fair().values["p"] == Fraction(1, 2)
