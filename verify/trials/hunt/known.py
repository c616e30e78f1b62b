"""What hunts have shown of the hypotheses of claims: the records that are shipped, the user's, and what they say once verified again.

The shipped records are a text file, one line for each hypothesis that was dropped: the counterexample that was found, or the best
margin that was reached and how much was searched.  A line counts for the statement whose digest it bears, and for no other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from theory.claim import Claim
from theory.digest import statement_digest

SHIPPED = Path(__file__).parent / "known.jsonl"
Row = tuple[float, str, dict[str, Any]]         # rank, key and document of a record


class Bearing(Enum):
    """What is known of a hypothesis that was dropped."""

    LOAD_BEARING = "load-bearing"               # what is left without it is false, by a counterexample
    FALSE_ANYWAY = "false anyway"               # by a counterexample that satisfies it: the claim is false as it stands
    PERHAPS_NOT_NEEDED = "perhaps not needed"   # none was found: a hint, not a proof
    NOT_DECIDED = "not decided"                 # no margin was measured, or the best one is not certain
    NOT_TRIED = "not tried"


@dataclass(frozen=True)
class Evidence:
    """One hypothesis, dropped: the margin at the counterexample or the best one reached, the instance in one line, what was searched."""

    hypothesis: str
    bearing: Bearing
    margin: float | None = None
    exact: bool = False
    at: str = ""
    tried: int | None = None
    met: int | None = None
    budget: float | None = None
    words: str = ""

    def document(self) -> dict[str, Any]:
        """The evidence as JSON values.

        >>> Evidence("labels", Bearing.NOT_TRIED).document()["bearing"]
        'not tried'
        """
        return asdict(self) | {"bearing": self.bearing.value}


def evidence_of(document: Mapping[str, Any]) -> Evidence:
    """The evidence that a document holds.

    >>> found = Evidence("labels", Bearing.PERHAPS_NOT_NEEDED, 0.5, tried=3, met=2, budget=4.0)
    >>> evidence_of(found.document()) == found
    True
    """
    return Evidence(**{**document, "bearing": Bearing(document["bearing"])})


def with_twins(found: Iterable[Evidence], twins: Mapping[str, bool], unseen: Collection[str] = ()) -> tuple[Evidence, ...]:
    """The evidence together with what instances say of the false twins "without H": one that is contradicted shows that H bears load.

    Of the twins in ``unseen`` the instances were not looked at: their hypotheses are not tried, rather than perhaps not needed.

    That a claim is false with and without H stays: it is the graver news.

    >>> found, = with_twins([Evidence("labels", Bearing.PERHAPS_NOT_NEEDED, 0.5)], {"without labels": True})
    >>> found.bearing.value, found.words
    ('load-bearing', 'an instance contradicts the false twin without it')
    """
    shown = {name.removeprefix("without ") for name, is_contradicted in twins.items() if is_contradicted and name.startswith("without ")}
    said = "an instance contradicts the false twin without it"
    hidden = {name.removeprefix("without ") for name in unseen if name.startswith("without ")}
    found = [replace(e, bearing=Bearing.NOT_TRIED) if e.hypothesis in hidden and e.bearing is Bearing.PERHAPS_NOT_NEEDED else e
             for e in found]
    return tuple(Evidence(e.hypothesis, Bearing.LOAD_BEARING, words=said)
                 if e.hypothesis in shown and e.bearing not in (Bearing.LOAD_BEARING, Bearing.FALSE_ANYWAY) else e for e in found)


# --- records ------------------------------------------------------------------------------------------------------------------------

def record_text(document: Mapping[str, Any]) -> str:
    """A record as canonical JSON."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False)


def record_key(statement: str, dropped: str, kind: str, text: str) -> str:
    """The key of a record: equal records have equal keys."""
    return hashlib.sha256("\n".join((statement, dropped, kind, text)).encode()).hexdigest()


def sealed(key: str, text: str) -> str:
    """What is written beside a record, to tell when it was changed by other hands."""
    return hashlib.sha256(f"{key}\n{text}".encode()).hexdigest()


def shipped_line(statement: str, rank: float, document: Mapping[str, Any]) -> str:
    """The line of the shipped file for the answer to one dropped hypothesis.

    >>> shipped_line("s", -4.0, {"claim": "c", "dropped": "h", "found": False})[:44]
    '{"claim": "c", "dropped": "h", "rank": -4.0,'
    """
    text = record_text(document)
    key = record_key(statement, document["dropped"], "ablated", text)
    return record_text({"claim": document["claim"], "dropped": document["dropped"], "statement": statement, "rank": rank,
                        "record": document, "seal": sealed(key, text)})


class KnownRecords:
    """Records that can be read only: those of a file of lines, or those that are given.

    Args: ``lines`` as `shipped_line` writes them.  One that cannot be read, or was changed, is counted in ``damaged`` and left out.

    >>> line = shipped_line("s", -4.0, {"claim": "c", "dropped": "h", "found": False})
    >>> KnownRecords([line]).records("s", "h", "ablated")
    [{'claim': 'c', 'dropped': 'h', 'found': False}]
    >>> KnownRecords([line[:-9]]).damaged, KnownRecords([line.replace("false", "true")]).damaged
    (1, 1)
    """

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self.damaged = 0
        self.statements: dict[str, set[str]] = {}
        self._rows: dict[tuple[str, str], list[Row]] = {}
        for line in lines:
            try:
                entry = json.loads(line)
                document, statement, dropped = entry["record"], entry["statement"], entry["dropped"]
                text = record_text(document)
                key = record_key(statement, dropped, "ablated", text)
                if entry["seal"] != sealed(key, text) or (document["claim"], document["dropped"]) != (entry["claim"], dropped):
                    raise ValueError("the record was changed")
                rank = float(entry["rank"])
            except (ValueError, KeyError, TypeError):
                self.damaged += 1
                continue
            self.statements.setdefault(entry["claim"], set()).add(statement)
            self._rows.setdefault((statement, dropped), []).append((rank, key, document))

    def rows(self, statement: str, dropped: str, kind: str) -> list[Row]:
        """Rank, key and document of the records of one kind: the answers of ablations, or the counterexamples among them."""
        rows = self._rows.get((statement, dropped), [])
        return sorted((row for row in rows if kind == "ablated" or (kind == "found" and row[2].get("found"))), key=lambda row: row[:2])

    def records(self, statement: str, dropped: str, kind: str) -> list[dict[str, Any]]:
        """The documents, those of least rank first."""
        return [document for _, _, document in self.rows(statement, dropped, kind)]

    def stale(self, claims: Iterable[Claim]) -> list[str]:
        """The ids of the claims of which every record is about another statement: the claim has changed since."""
        return [c.id for c in claims if c.id in self.statements and statement_digest(c) not in self.statements[c.id]]


@cache
def shipped() -> KnownRecords:
    """The records that come with the program; none where the file is missing."""
    return KnownRecords(SHIPPED.read_text(encoding="utf-8").splitlines() if SHIPPED.exists() else ())


@dataclass(frozen=True)
class Gathered:
    """All records about one statement, as they were when they were gathered: what is verified, and by what its verdict is remembered."""

    statement: str
    found: Mapping[tuple[str, str], tuple[dict[str, Any], ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The digest of the statement and of all records."""
        listed = [[*place, *map(record_text, documents)] for place, documents in sorted(self.found.items())]
        return hashlib.sha256(json.dumps([self.statement, listed]).encode()).hexdigest()

    def records(self, statement: str, dropped: str, kind: str) -> list[dict[str, Any]]:
        """The documents of one kind, those of least rank first."""
        return list(self.found.get((dropped, kind), ())) if statement == self.statement else []


