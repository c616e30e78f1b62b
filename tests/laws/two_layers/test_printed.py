"""Theorem 5 as printed and the tempting statements: the witnesses refute, and doctored witnesses do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from laws import common
from laws.common import Expected
from theory.registry import claims
from theory.verdict import Status
from verify.laws.registry import measurements
from verify.laws.two_layers import printed as measured
from verify.laws.two_layers.printed import M
from verify.trials.refutation.refute import refute

FAMILIES = ("bln.thm5.tempting_lip", "bln.thm5.tempting_path", "bln.r1.tempting_energy")


def witness(id: str):
    return measurements()[id].refutation()


@pytest.mark.parametrize("id", [*FAMILIES, "bln.thm5.printed", "bln.thm5.tempting_constant"])
def test_the_witness_refutes(id):
    assert refute(claims()[id], witness(id)).verdict.status is Status.REFUTED


@pytest.mark.parametrize("id", FAMILIES)
@pytest.mark.parametrize("ratio", [M**5, 100 * M**2], ids=["too fast", "too large"])
def test_a_formula_that_the_family_does_not_reach_refutes_nothing(id, ratio):
    found = witness(id)
    doctored = replace(found, family=replace(found.family, ratio=ratio))
    assert refute(claims()[id], doctored).verdict.status is Status.UNKNOWN


@pytest.mark.parametrize("id", FAMILIES)
def test_a_bounded_formula_refutes_nothing(id):
    found = witness(id)
    doctored = replace(found, family=replace(found.family, ratio=1 - 1 / M))
    assert refute(claims()[id], doctored).verdict.status is Status.UNKNOWN


@pytest.mark.parametrize("id", FAMILIES)
def test_one_instance_is_no_family(id):
    assert refute(claims()[id], replace(witness(id), family=None)).verdict.status is Status.UNKNOWN


def test_a_witness_that_breaks_a_hypothesis_refutes_nothing():
    found = witness("bln.thm5.printed")
    wrong = replace(found, instance=found.instance.with_values(b=[1]))
    assert refute(claims()["bln.thm5.printed"], wrong).verdict.status is Status.UNKNOWN

EXPECTED = {
    **dict.fromkeys((
        "bln.thm5.upper",
        "bln.thm5.close_pair",
    ), Expected(hypotheses=80, decided=1.0, slow=0, steps=20)),
}


def test_a_close_pair_is_an_equality_on_the_line():
    assert common.margin("bln.thm5.close_pair", measured._close_line) == 0
