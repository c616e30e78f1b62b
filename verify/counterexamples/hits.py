"""Counterexamples and best margins that outlive the process: one SQLite file beside the cache of verdicts.

A record is a JSON text under the digest of the statement, the dropped hypothesis and the canonical instance; one transaction each, so a
process that is killed leaves the file as it was before its last record, and several processes may write at once.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from theory.claim import Claim
from theory.digest import combined, term_digest
from theory.errors import BadData
from verify.store import COUNTEREXAMPLES, WAIT_S, cache_folder

TABLE = ("CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, statement TEXT NOT NULL, dropped TEXT NOT NULL, kind TEXT NOT NULL, "
         "rank REAL NOT NULL, text TEXT NOT NULL, seal TEXT NOT NULL)")


def statement_digest(claim: Claim) -> str:
    """The digest of what a claim says: its named hypotheses, its conclusion, its open constants, and its chance."""
    chance = claim.chance
    over = () if chance is None else tuple(combined("over", term_digest(v), term_digest(law)) for v, law in chance.over)
    named = (combined("hypothesis", h.name, term_digest(h.formula)) for h in claim.hypotheses)
    return combined("statement", term_digest(claim.conclusion), combined("chance", *over), *named,
                    *(combined("constant", c.name, c.value) for c in claim.constants)).hex()


class HitStore:
    """Records by statement and dropped hypothesis in ``folder``, created when missing.

    Raises: BadData when the file cannot be used, with what to do.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, HitStore(Path(folder)) as store:
    ...     store.keep("s", "", "found", {"sizes": {"n": 1}}, 1.0)
    ...     store.keep("s", "", "found", {"sizes": {"n": 1}}, 1.0)
    ...     store.records("s", "", "found")
    [{'sizes': {'n': 1}}]
    """

    def __init__(self, folder: Path | None = None) -> None:
        place = folder or cache_folder()
        if place is None:
            raise BadData("there is no folder for the store of counterexamples; set LAWBOOK_CACHE")
        self.path = place / COUNTEREXAMPLES
        try:
            place.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self.path, timeout=WAIT_S)
            self._connection.execute(TABLE)
            self._connection.commit()
        except (sqlite3.Error, OSError) as error:
            raise BadData(f"the store {self.path} cannot be used ({error}); move it away") from None

    def __enter__(self) -> HitStore:
        return self

    def __exit__(self, *exception: object) -> None:
        self._connection.close()

    def keep(self, statement: str, dropped: str, kind: str, document: dict[str, Any], rank: float) -> None:
        """Add a record; one with the same content is kept as it is."""
        text = json.dumps(document, sort_keys=True, ensure_ascii=False)
        key = hashlib.sha256("\n".join((statement, dropped, kind, text)).encode()).hexdigest()
        with self._errors(), self._connection:              # one transaction
            self._connection.execute("INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?, ?, ?)",
                                     (key, statement, dropped, kind, rank, text, _seal(key, text)))

    def records(self, statement: str, dropped: str, kind: str) -> list[dict[str, Any]]:
        """The records of one kind, those of least rank first; a record that was changed by other hands is left out."""
        with self._errors():
            rows = self._connection.execute("SELECT key, text, seal FROM records WHERE statement = ? AND dropped = ? AND kind = ? "
                                            "ORDER BY rank, key", (statement, dropped, kind)).fetchall()
        return [json.loads(text) for key, text, seal in rows if seal == _seal(key, text)]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise BadData(f"the store {self.path} cannot be used ({error}); move it away") from None


def _seal(key: str, text: str) -> str:
    return hashlib.sha256(f"{key}\n{text}".encode()).hexdigest()
