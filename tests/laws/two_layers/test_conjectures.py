"""The conjectures stay open; the part n ≤ k is proved, tight at antipodal points, and its twins are false."""

from __future__ import annotations

import pytest

from laws import common
from laws.common import Expected
from theory.registry import claims
from theory.verdict import Status
from verify.laws.registry import measurements
from verify.laws.two_layers import conjectures as measured
from verify.ledger.cache import Memory
from verify.ledger.entries import LedgerOptions, entry, standings
from verify.trials.refutation.refute import refute

WIDE = "bln.conj1.wide"

EXPECTED = {
    "bln.conj1.wide": Expected(steps=20),
}


def test_tight() -> None:
    assert abs(common.margin(WIDE, measured.antipodal)) < 1e-9


def test_equal_labels_refute_the_law_without_both_labels() -> None:
    id = "bln.conj1.constant"
    assert refute(claims()[id], measurements()[id].refutation()).verdict.status is Status.REFUTED


@pytest.mark.parametrize("id", ["bln.conj1", "bln.conj2"])
def test_conjectures_are_open_and_their_settled_parts_are_proved(id: str) -> None:
    found = entry(claims()[id], LedgerOptions(5), None, Memory(None))
    assert found.status is Status.OPEN
    assert found.passes
    known = standings([found])
    assert claims()[id].special_cases
    for part in claims()[id].special_cases:
        assert known[part].is_proof, (part, known[part])
