"""Theorem 4 as printed is refuted, and what its audits rest on holds."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.verdict import Status
from verify.evaluate import Evaluator
from verify.laws.two_layers import tensor_fit_printed as measured
from verify.trials.refutation.refute import refute

EXPECTED = {
    **dict.fromkeys((
        "bln.thm4.diagonal",
        "bln.thm4.two_labels",
    ), Expected(steps=20)),
    "bln.thm4.printed": Expected(draws=0, slow=0, steps=0, twins=False),
}


def test_the_printed_statement_is_refuted() -> None:
    claim, measurement = common.both("bln.thm4.printed")
    assert measurement.refutation is not None
    found = refute(claim, measurement.refutation())
    assert found.verdict.status is Status.REFUTED
    assert found.verdict.evidence["share"] == "1/2"


def test_the_family_by_hand() -> None:
    """At M = 8: f = x_1 − x_2 fits 1 at e_1 and −1 at e_2, and Lip_S = √2 against √(2/8)."""
    instance = measured.member(8)
    claim, _ = common.both("bln.thm4.printed")
    left, right = (Evaluator(instance).value(side) for side in claim.conclusion.args)
    assert left == pytest.approx((np.sqrt(2),) * 2)
    assert right == pytest.approx((0.5, 0.5))


def test_data_off_the_sphere_break_the_fit() -> None:
    """x_1 = 2e_1, y_1 = 1 and p = 2: the printed construction has the value ‖x_1‖⁴ = 16."""
    assert measured.long_label().values["f"](np.array([[2.0, 0.0]])).tolist() == [16.0]
    assert common.sides("bln.thm4.diagonal", measured.long_label()) == pytest.approx((16, 16))


def test_the_threshold_is_nearly_met() -> None:
    """f = x_1/2 at ±e_1: 1 ≤ √2(1/2 + 1/2)."""
    assert common.sides("bln.thm4.two_labels", measured.half_way()) == pytest.approx((1, np.sqrt(2)), rel=1e-6)
