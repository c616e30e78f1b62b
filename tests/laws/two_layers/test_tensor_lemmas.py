"""Lemmas 13 and 14: the printed forms are refuted, what replaces them is never violated, the twins are false."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Integer

from laws import common
from laws.common import Expected
from theory.check import check
from theory.registry import claims
from theory.verdict import Status
from verify.evaluate import evaluate
from verify.laws.measure import Counterexample
from verify.laws.registry import measurements
from verify.laws.two_layers import tensor_lemmas as measured
from verify.trials.refutation.refute import refute

DETERMINISTIC = ("bln.lemma14.floor", "bln.lemma14.one_point")
RANDOM = ("bln.lemma13.sharp", "bln.lemma14.sharp", "bln.lemma13.one_point")
IDS = (*DETERMINISTIC, *RANDOM)
REFUTED = ("bln.lemma13.printed", "bln.lemma14.printed", "bln.eq9.printed")

EXPECTED = {
    **dict.fromkeys((
        "bln.lemma14.floor",
        "bln.lemma14.one_point",
    ), Expected(decided=0.9, steps=10)),
    **dict.fromkeys((
        "bln.lemma13.sharp",
        "bln.lemma14.sharp",
        "bln.lemma13.one_point",
    ), Expected(decided=0.9, slow=2000, steps=10)),
    **dict.fromkeys((
        "bln.lemma13.printed",
        "bln.lemma14.printed",
        "bln.eq9.printed",
        "bln.thm7.printed_route",
    ), Expected(draws=0, slow=0, steps=0, twins=False)),
}


@pytest.mark.parametrize("id", IDS)
def test_proved(id: str) -> None:
    assert check(claims()[id]).status.is_proof


def witness(id: str) -> Counterexample:
    found = measurements()[id].refutation
    assert found is not None
    return found()


@pytest.mark.parametrize("id", REFUTED)
def test_refuted_as_printed(id: str) -> None:
    found = refute(claims()[id], witness(id))
    assert found.verdict.status is Status.REFUTED, found.verdict.reason


def test_no_refutation_without_growth() -> None:
    """A ratio that does not grow refutes no constant, and the share must be the one that the proved claim states."""
    id = "bln.lemma14.printed"
    found = witness(id)
    assert found.family is not None
    weaker = replace(found, family=replace(found.family, ratio=Integer(1)))
    assert refute(claims()[id], weaker).verdict.status is Status.UNKNOWN
    id = "bln.lemma13.printed"
    found = witness(id)
    assert found.family is not None
    rarer = replace(found, family=replace(found.family, share=found.family.share / found.family.parameter))
    assert refute(claims()[id], rarer).verdict.status is Status.UNKNOWN


def test_the_printed_route_stops_at_lemma_14() -> None:
    report = check(claims()["bln.thm7.printed_route"])
    assert not report.status.is_proof
    assert report.best is not None
    assert report.best.first_failure is not None
    assert report.best.first_failure.step.name == "Lemma 14"
    others = [s for s in report.best.steps if s.step.name != "Lemma 14"]
    assert all(s.verdict.status.is_proof for s in others)


def test_floor_is_tight_at_orthonormal_points() -> None:
    assert common.sides("bln.lemma14.floor", measured.orthonormal()) == pytest.approx((3, 3))


def test_one_gaussian_datum_by_hand() -> None:
    """C = τ = 1: P(|g| > 1) = 0.3173 against √(2/π)e^{−1/2}/2 = 0.2420."""
    conclusion = claims()["bln.lemma13.one_point"].conclusion
    low, high = evaluate(conclusion.rhs, measured.unit_gaussian())
    assert low <= 0.3173 <= high
    assert evaluate(conclusion.lhs, measured.unit_gaussian()) == pytest.approx((0.2420, 0.2420), abs=1e-4)
