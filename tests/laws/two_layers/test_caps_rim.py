"""The exact constant of section 3.2: hypotheses hold on the draws, nothing is violated, the constant is √19, the twins are false."""

from __future__ import annotations

import numpy as np
import pytest

from laws import common
from laws.common import Expected
from theory.registry import claims
from theory.terms import Implies
from verify.evaluate import Evaluator, Outcome
from verify.laws.two_layers import caps_rim as measured

EXPECTED = {
    **dict.fromkeys((
        "bln.s32.rim",
        "bln.s32.slope",
    ), Expected(hypotheses=80)),
    "bln.s32.sharp": Expected(hypotheses=80, steps=0),
    "bln.s32.printed": Expected(hypotheses=40, draws=40, slow=1000),
}


def test_steps_of_the_exact_constant() -> None:
    """All steps hold, but for those that argue from Lip_S < √19, which no instance has and rounding leaves undecided."""
    claim, measurement = common.both("bln.s32.sharp")
    evaluators = [Evaluator(instance) for instance in common.all_instances(measurement, 12)]
    for step in claim.proofs[0].steps:
        outcomes = {at.fact(step.formula).outcome for at in evaluators}
        indirect = isinstance(step.formula, Implies)
        assert outcomes <= ({Outcome.UNDECIDED, *common.HELD} if indirect else set(common.HELD)), (step.name, outcomes)


@pytest.mark.parametrize("corner", [measured.one_point, measured.hexagon, measured.nearest_pair])
def test_exact_constant(corner) -> None:  # type: ignore[no-untyped-def]
    """One point, six points around the circle, two caps that touch: √19 each time."""
    found = Evaluator(corner()).fact(claims()["bln.s32.sharp"].conclusion.args[-1])
    assert found.outcome is Outcome.HOLDS
    assert found.lhs == pytest.approx((np.sqrt(19), np.sqrt(19)))


def test_chords_near_the_rim() -> None:
    assert common.margin("bln.s32.rim", measured.short_chord) < 0.01
    assert common.sides("bln.s32.slope", measured.near_rim()) == pytest.approx((0.8, 0.8), rel=2e-3)
