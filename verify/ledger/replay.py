"""Saved ledgers, replayed by the kernel alone: what their derivations prove, in the kernel's own words.

Nothing here imports a solver, a simplifier or the library of claims.  Names, formulas and statuses that stand in the file beside the
derivations are labels, measurements are what was seen: neither is looked at, and nothing of them is repeated as checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from theory.errors import BadData
from theory.kernel import Refused
from theory.kernel.derivation import FORMAT, Replayed, replay_document
from theory.kernel.printing import text
from theory.kernel.theorem import Cited

LEDGER_FIELDS = frozenset({"claims", "passes", "seconds", "seed", "versions", "derivations"})
CLAIM_FIELDS = frozenset({
    "id", "title", "reading", "status", "passes", "trouble", "printed_proof", "domain", "source", "hypotheses", "declared", "conclusion",
    "where", "constants", "rests_on", "steps", "proofs", "tests", "facts", "twins", "mutation", "ablation", "refutation", "chance",
    "audits", "special_cases", "note", "seconds"})
PROOF_FIELDS = frozenset({"author", "status", "reason", "rests_on", "steps"})
STEP_FIELDS = frozenset({"name", "formula", "using", "checker", "status", "reason", "evidence", "rests_on", "seconds", "cached"})


@dataclass(frozen=True)
class Checked:
    """One derivation of a file: what it proves, or why it proves nothing."""

    place: int
    proven: Replayed | None
    reason: str = ""

    @property
    def words(self) -> str:
        """The statement that was checked."""
        return text(self.proven.conclusion) if self.proven is not None else self.reason

    @property
    def hypotheses(self) -> list[str]:
        """What the statement assumes."""
        return [] if self.proven is None else list(map(text, self.proven.hypotheses))


@dataclass(frozen=True)
class Replay:
    """The derivations of a file, and the names of the claims in it that have none."""

    checked: tuple[Checked, ...]
    underived: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """How many derivations do not follow."""
        return sum(c.proven is None for c in self.checked)

    @property
    def cited(self) -> list[Cited]:
        """What is taken on trust by some derivation, each once, in the order of first use."""
        found = {c: None for entry in self.checked if entry.proven is not None for c in sorted(entry.proven.cited, key=_order)}
        return list(found)


def _order(cited: Cited) -> tuple[bytes, ...]:
    return tuple(node.key for node in (*cited[0], cited[1]))


def cited_words(cited: Cited) -> str:
    """A lemma that is taken on trust, as it was used."""
    premises, conclusion = cited
    return f"{' and '.join(map(text, premises))} ⇒ {text(conclusion)}" if premises else text(conclusion)


def is_replayed(document: object) -> bool:
    """Whether a document is a ledger, or the derivations of one."""
    return isinstance(document, dict) and ("claims" in document or document.get("format") == FORMAT)


def replay(document: Mapping[str, Any], path: object) -> Replay:
    """Every derivation of a ledger (or of a document of derivations), replayed.

    Raises: BadData (no such document, or something in it that nobody checks).
    """
    derivations = document
    underived: tuple[str, ...] = ()
    if document.get("format") != FORMAT:
        derivations, underived = _of_ledger(document, path)
    try:
        return Replay(tuple(_each(derivations)), underived)
    except Refused as refusal:
        raise BadData(f"{path}: the derivations cannot be read: {refusal}") from None


def _each(derivations: Mapping[str, Any]) -> Iterator[Checked]:
    for place, found in enumerate(replay_document(derivations), start=1):
        yield Checked(place, None, str(found)) if isinstance(found, Refused) else Checked(place, found)


def _of_ledger(ledger: Mapping[str, Any], path: object) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The derivations of a ledger, and the claims without; one derivation belongs to one claim of that name."""
    wrong = f"{path} is not a ledger of this program; write one with lawbook check --json"
    _require(ledger, LEDGER_FIELDS, wrong)
    derivations, claims = ledger["derivations"], _objects(ledger["claims"], CLAIM_FIELDS, wrong)
    for claim in claims:
        _objects(claim["steps"], STEP_FIELDS, wrong)
        for own in _objects(claim["proofs"], PROOF_FIELDS, wrong):
            _objects(own["steps"], STEP_FIELDS, wrong)
    if not isinstance(derivations, dict):
        raise BadData(f'{wrong} ("derivations" is an object)')
    listed = [c["id"] for c in claims]
    entries = derivations.get("claims")
    derived = [c.get("id") if isinstance(c, dict) else None for c in entries] if isinstance(entries, list) else []
    named = [name for name in (*listed, *derived) if not isinstance(name, str)]
    if named or len(set(listed)) < len(listed) or len(set(derived)) < len(derived) or not set(derived) <= set(listed):
        raise BadData(f"{wrong} (each derivation belongs to one claim that the ledger lists)")
    return derivations, tuple(str(name) for name in listed if name not in derived)


def _objects(listed: Any, fields: frozenset[str], wrong: str) -> list[Mapping[str, Any]]:
    """A list of objects with these fields, no more and no fewer: what nobody knows must not look as if it had been checked."""
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise BadData(f"{wrong} (claims, proofs and steps are lists of objects)")
    for entry in listed:
        _require(entry, fields, wrong)
    return listed


def _require(entry: Mapping[str, Any], fields: frozenset[str], wrong: str) -> None:
    odd = entry.keys() ^ fields
    if odd:
        raise BadData(f"{wrong} (it lacks, or has beyond the format, {', '.join(sorted(map(str, odd)))})")
