"""Theorem 8 as printed is refuted at one datum, the last step of its proof by a Chebyshev polynomial."""

from __future__ import annotations

from laws.common import Expected
from theory.check import check
from theory.registry import claims
from theory.verdict import Status
from verify.evaluate import Evaluator, Outcome
from verify.laws.registry import measurements
from verify.laws.two_layers import polynomial_printed as measured
from verify.trials.refutation.refute import refute

EXPECTED = {"bln.thm8.constant": Expected(hypotheses=20, decided=1.0, steps=10)}


def test_constant() -> None:
    assert check(claims()["bln.thm8.constant"]).status is Status.PROVED


def test_last_step_is_refuted() -> None:
    """2!·2 = 4 > 1."""
    claim = claims()["bln.thm8.markov_step"]
    found = Evaluator(measured.refute_step().instance).fact(claim.conclusion)
    assert found.outcome is Outcome.VIOLATED and found.place is not None
    assert refute(claim, measured.refute_step()).verdict.status is Status.REFUTED


def test_statement_is_refuted() -> None:
    claim = claims()["bln.thm8.printed"]
    found = refute(claim, measured.refute_printed())
    assert found.verdict.status is Status.REFUTED, found.verdict.reason
    assert measurements()[claim.id].refutation is not None


def test_printed_proof_fails_at_the_derivatives() -> None:
    """The steps before that inequality are sound."""
    report = check(claims()["bln.thm8.printed"])
    assert not report.status.is_proof
    assert report.best.first_failure.step.name == "derivatives at 0"
