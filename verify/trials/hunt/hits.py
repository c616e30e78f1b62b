"""Counterexamples and best margins that outlive the process: one SQLite file beside the cache of verdicts.

A record is a JSON text under the digest of the statement, the dropped hypothesis and the canonical instance; one transaction each, so a
process that is killed leaves the file as it was before its last record, and several processes may write at once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from theory.claim import Claim
from theory.digest import NoDigest, statement_digest
from theory.errors import BadData
from verify.objects.store.place import COUNTEREXAMPLES, WAIT_S, cache_folder, counterexamples_are_stored
from verify.trials.hunt import known
from verify.trials.hunt.known import Gathered, KnownRecords, Row, record_key, record_text, sealed

TABLE = ("CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, statement TEXT NOT NULL, dropped TEXT NOT NULL, kind TEXT NOT NULL, "
         "rank REAL NOT NULL, text TEXT NOT NULL, seal TEXT NOT NULL)")


class HitStore:
    """Records by statement and dropped hypothesis in ``folder``, created when missing, read together with those that are ``shipped``.

    Raises: BadData when the file cannot be used, with what to do.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, HitStore(Path(folder)) as store:
    ...     store.keep("s", "", "found", {"sizes": {"n": 1}}, 1.0)
    ...     store.keep("s", "", "found", {"sizes": {"n": 1}}, 1.0)
    ...     store.records("s", "", "found")
    [{'sizes': {'n': 1}}]
    """

    def __init__(self, folder: Path | None = None, shipped: KnownRecords | None = None) -> None:
        self._shipped = shipped or KnownRecords()
        place = folder or cache_folder()
        if place is None:
            raise BadData("there is no folder for the store of counterexamples; set LAWBOOK_CACHE")
        self.path = place / COUNTEREXAMPLES
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadData(f"the folder {place} for the store of counterexamples cannot be made ({error.strerror}); "
                          "set LAWBOOK_CACHE to another") from None
        try:
            self._connection = sqlite3.connect(self.path, timeout=WAIT_S)
            self._connection.execute(TABLE)
            self._connection.commit()
        except sqlite3.Error as error:
            raise BadData(f"the store {self.path} cannot be used ({error}); move it away, or set LAWBOOK_CACHE to another folder") from None

    def __enter__(self) -> HitStore:
        return self

    def __exit__(self, *exception: object) -> None:
        self._connection.close()

    def keep(self, statement: str, dropped: str, kind: str, document: dict[str, Any], rank: float) -> None:
        """Add a record; one with the same content is kept as it is."""
        text = record_text(document)
        key = record_key(statement, dropped, kind, text)
        with self._errors(), self._connection:              # one transaction
            self._connection.execute("INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?, ?, ?)",
                                     (key, statement, dropped, kind, rank, text, sealed(key, text)))

    def rows(self, statement: str, dropped: str, kind: str) -> list[Row]:
        """Rank, key and document of the records of one kind; a record that was changed by other hands is left out."""
        with self._errors():
            rows = self._connection.execute("SELECT rank, key, text, seal FROM records WHERE statement = ? AND dropped = ? AND kind = ?",
                                            (statement, dropped, kind)).fetchall()
        own = [(rank, key, json.loads(text)) for rank, key, text, seal in rows
               if seal == sealed(key, text) and key == record_key(statement, dropped, kind, text)]
        return sorted([*own, *self._shipped.rows(statement, dropped, kind)], key=lambda row: row[:2])

    def records(self, statement: str, dropped: str, kind: str) -> list[dict[str, Any]]:
        """The documents, those of least rank first."""
        return [document for _, _, document in self.rows(statement, dropped, kind)]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise BadData(f"the store {self.path} cannot be used ({error}); move it away") from None


def gathered(claim: Claim) -> Gathered | None:
    """The records about a claim, shipped and the user's; None when there are none.  A store that cannot be used is as good as empty."""
    try:
        statement = statement_digest(claim)
    except NoDigest:
        return None
    asked = [(h.name, kind) for h in claim.hypotheses for kind in ("found", "ablated")]
    found = {place: tuple(known.shipped().records(statement, *place)) for place in asked}
    if counterexamples_are_stored():
        try:
            with HitStore(shipped=known.shipped()) as store:
                found = {place: tuple(store.records(statement, *place)) for place in asked}
        except BadData:
            pass
    found = {place: documents for place, documents in found.items() if documents}
    return Gathered(statement, found) if found else None


def unused_records(claims: Iterable[Claim], *, own: bool = True) -> list[str]:
    """Why records are left out, in sentences: the statement has changed, a record was changed, the user's store cannot be used."""
    found = known.shipped()
    said, changed = [], found.stale(claims)
    if changed:
        said.append(f"{', '.join(changed)} changed after the hypotheses were dropped; the shipped results are left out, and "
                    "`lawbook hunt --ablate` makes new ones")
    if found.damaged:
        said.append(f"{found.damaged} of the results in {known.SHIPPED} were changed, and are left out; install lawbook again")
    if own and counterexamples_are_stored():
        try:
            with HitStore():
                pass
        except BadData as error:
            said.append(str(error))
    return said
