"""Every numbered item of Bubeck, Li and Nagaraj is in the ledger, as printed and repaired, and nothing that an entry names is missing."""

from __future__ import annotations

import pytest

from theory.check import check
from theory.claim import Reading
from theory.registry import claims
from theory.verdict import Status
from verify.ledger.cache import Memory
from verify.ledger.entries import LedgerOptions, entry

MEMORY = Memory(None)       # of this process: the tests ask for the same steps again and again
CONJECTURES = ("Conjecture 1", "Conjecture 2")
RESULTS = ("Section 3.1", "Section 3.2", *(f"Theorem {n}" for n in range(3, 10)), *(f"Lemma {n}" for n in range(10, 15)))


def of_item(item: str, *readings: Reading):
    """The claims whose source is the item or a part of it, as in "Theorem 5 (6)"."""
    return [c for c in claims().values()
            if c.source.work == "BLN" and c.reading in readings and (c.source.item + " ").startswith((f"{item} ", f"{item},"))]


@pytest.mark.parametrize("item", [*CONJECTURES, *RESULTS])
def test_every_item_is_there_as_printed(item):
    assert of_item(item, Reading.PRINTED)


@pytest.mark.parametrize("item", RESULTS)
def test_every_result_is_proved_in_sharp_form(item):
    """Lemma 12 is sharp as it is printed."""
    sharp = of_item(item, Reading.SHARP, Reading.OURS, *([Reading.PRINTED] if item == "Lemma 12" else []))
    sharp += [claims()[id] for c in of_item(item, Reading.PRINTED) for audit in c.audits for id in audit.sharp]
    assert any(check(c, MEMORY).status.is_proof for c in sharp)


@pytest.mark.parametrize("id", [c.id for c in claims().values() if c.audits or c.special_cases])
def test_what_an_audit_names_exists(id):
    claim = claims()[id]
    named = {i for a in claim.audits for i in (*a.shown_by, *a.sharp)} | set(claim.special_cases)
    assert named <= set(claims())


@pytest.mark.parametrize("id", [c.id for c in claims().values() if c.audits])
def test_what_an_audit_rests_on_is_established(id):
    """Each named claim is proved or refuted, but for a printed proof that is encoded to show where it stops; each repair is proved."""
    found = entry(claims()[id], LedgerOptions(0), None, MEMORY)
    named = {i for audit in claims()[id].audits for i in (*audit.shown_by, *audit.sharp)}
    known = {i: entry(claims()[i], LedgerOptions(0), None, MEMORY).status for i in named} | {id: found.status}
    for audit in claims()[id].audits:
        for shown in audit.shown_by:
            stops = any(p.author == "printed" and not p.status.is_proof for p in check(claims()[shown], MEMORY).proofs)
            assert known[shown].is_proof or known[shown] is Status.REFUTED or stops, (shown, known[shown])
        for sharp in audit.sharp:
            assert known[sharp].is_proof, (sharp, known[sharp])


@pytest.mark.parametrize("id", [c.id for c in claims().values() if c.reading is Reading.PRINTED])
def test_a_printed_statement_is_proved_or_audited(id):
    claim = claims()[id]
    assert claim.audits or claim.special_cases or check(claim, MEMORY).status.is_proof
