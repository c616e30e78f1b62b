"""Refutations of statements with a probability: the library's families refute, and every way to doctor one is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Integer, Symbol, exp, oo

from theory.claim import Chance
from theory.registry import claims
from theory.terms import d
from theory.verdict import Status
from verify.refute import refute
from verify.registry import measurements

REFUTED = [id for id, m in measurements().items() if m.refutation is not None]
BY_RATIO = ["bln.lemma14.printed", "bln.thm9.printed_first", "bln.thm4.printed"]
BY_EVENT = "bln.lemma13.printed"


def status(claim, witness):
    return refute(claim, witness).verdict.status


def parts(id):
    witness = measurements()[id].refutation()
    return claims()[id], witness, witness.family


@pytest.mark.parametrize("id", REFUTED)
def test_every_recorded_witness_refutes(id):
    assert status(claims()[id], measurements()[id].refutation()) is Status.REFUTED


@pytest.mark.parametrize("id", [*BY_RATIO, BY_EVENT])
def test_no_family_no_refutation(id):
    claim, witness, family = parts(id)
    assert status(claim, replace(witness, family=None)) is Status.UNKNOWN
    assert status(claim, replace(witness, family=replace(family, failing=None))) is Status.UNKNOWN


@pytest.mark.parametrize("id", [*BY_RATIO, BY_EVENT])
def test_the_claim_about_all_draws_must_be_proved(id):
    claim, witness, family = parts(id)
    unproved = replace(family.failing, proofs=())
    assert status(claim, replace(witness, family=replace(family, failing=unproved))) is Status.UNKNOWN


@pytest.mark.parametrize("id", BY_RATIO)
def test_a_ratio_that_the_proved_claim_does_not_give(id):
    claim, witness, family = parts(id)
    for ratio in (family.ratio * family.parameter, oo, Integer(1)):
        assert status(claim, replace(witness, family=replace(family, ratio=ratio))) is Status.UNKNOWN


@pytest.mark.parametrize("id", BY_RATIO)
def test_members_must_have_the_sizes_of_the_family(id):
    claim, witness, family = parts(id)
    n = Symbol("n", integer=True, positive=True)
    assert status(claim, replace(witness, family=replace(family, sizes={**family.sizes, n: 7}))) is Status.UNKNOWN


def test_half_of_the_draws_are_not_all():
    """Theorem 4 fails where the two labels differ, which has probability ½."""
    claim, witness, family = parts("bln.thm4.printed")
    assert status(claim, replace(witness, family=replace(family, share=1))) is Status.UNKNOWN


@pytest.mark.parametrize("id", ["bln.lemma14.printed", BY_EVENT])
def test_a_statement_that_allows_more_failure_is_not_refuted(id):
    claim, witness, _ = parts(id)
    for failure in (Integer(1), 1 - exp(-d)):
        weaker = replace(claim, chance=Chance(failure, claim.chance.over))
        assert status(weaker, witness) is Status.UNKNOWN


def test_the_probability_must_be_of_the_printed_event():
    claim, witness, family = parts(BY_EVENT)
    assert status(claim, replace(witness, family=replace(family, share=2 * family.share))) is Status.UNKNOWN


def test_the_exhibited_object_must_satisfy_the_printed_hypotheses():
    claim, witness, family = parts("bln.thm9.printed_first")
    wrong = replace(family, member=lambda size: family.member(size).with_values(y=[-1]))
    assert status(claim, replace(witness, family=wrong)) is Status.UNKNOWN
