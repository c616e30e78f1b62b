"""Theorem 9 as printed: the second inequality holds with c = 1/13, the first is refuted at n = 1, and its printed proof does not stand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import oo

from laws import common
from laws.common import Expected
from theory.check import check
from theory.registry import claims
from theory.verdict import Status
from verify.laws.registry import measurements
from verify.laws.two_layers import quadratic_printed as measured
from verify.laws.two_layers.quadratic_printed import M
from verify.trials.refutation.refute import refute

IDS = ("bln.thm9.printed", "bln.thm9.one_point", "bln.thm9.first_repaired")
FIRST = "bln.thm9.printed_first"


def witness():  # type: ignore[no-untyped-def]
    return measurements()[FIRST].refutation()


@pytest.mark.parametrize("id", IDS)
def test_proved(id: str) -> None:
    assert check(common.both(id)[0]).status is Status.PROVED_MODULO

EXPECTED = {
    "bln.thm9.printed": Expected(draws=30, decided=0.95, slow=1000, steps=5, only_refused=("without rank",)),
    "bln.thm9.one_point": Expected(decided=0.95, slow=1000, steps=5),
    "bln.thm9.first_repaired": Expected(draws=30, decided=0.95, slow=1000, steps=5),
}


def test_the_exhibited_matrix_is_tight() -> None:
    """−x_1x_1ᵀ has operator norm 1, so the conclusion is an equality."""
    assert abs(common.margin("bln.thm9.one_point", measured.exhibited)) < 1e-9


# --- the first inequality -----------------------------------------------------------------------------------------------------------

def test_the_first_inequality_is_refuted() -> None:
    found = refute(claims()[FIRST], witness()).verdict
    assert found.status is Status.REFUTED
    assert found.evidence["failing"] == "bln.thm9.one_point"


def test_its_printed_proof_rests_on_lemma_14() -> None:
    """Every step stands but the use of Lemma 14."""
    (report,) = check(claims()[FIRST]).proofs
    assert report.author == "printed"
    assert [s.step.name for s in report.steps if not s.verdict.status.is_proof] == ["Lemma 14"]


@pytest.mark.parametrize("ratio", [M, 2 * M, 1 - 1 / M, oo], ids=["too fast", "too large", "bounded", "infinite"])
def test_a_ratio_that_the_proved_claim_does_not_give_refutes_nothing(ratio) -> None:  # type: ignore[no-untyped-def]
    found = witness()
    doctored = replace(found, family=replace(found.family, ratio=ratio))
    assert refute(claims()[FIRST], doctored).verdict.status is Status.UNKNOWN


def test_the_audits_name_claims() -> None:
    for id in ("bln.thm9.printed", FIRST):
        for audit in claims()[id].audits:
            assert {*audit.shown_by, *audit.sharp} <= set(claims())
