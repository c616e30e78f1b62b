"""A store of results that outlives the process: texts by key, in one SQLite file.

Several processes may use it at once, and one that is killed leaves it as it was before its last transaction.  Losing it costs time
only, so a store that cannot be read or written is not an error: `Store.problem` says what is wrong, in one sentence.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from verify.objects.store.sources import Sources, read_sources

FILE = "results.sqlite3"
COUNTEREXAMPLES = "counterexamples.sqlite3"
WAIT_S = 10.0           # for another process that is writing; a write takes milliseconds
MOST_ROWS = 50_000      # about 100 MB; the oldest half is dropped beyond it


@dataclass(frozen=True)
class CachePlace:
    """Where results are kept, the program as it was before its first import, and a name of this run that no other run has."""

    folder: Path
    sources: Sources
    run: str = field(default_factory=lambda: uuid4().hex)


def cache_place() -> CachePlace | None:
    """The user's cache for the program as its files are now; call it before anything else is imported."""
    folder, sources = cache_folder(), read_sources()
    return None if folder is None or sources is None else CachePlace(folder, sources)


def cache_folder() -> Path | None:
    """$LAWBOOK_CACHE, else $XDG_CACHE_HOME/lawbook, else ~/.cache/lawbook; None for a user without a home."""
    if os.environ.get("LAWBOOK_CACHE"):
        return Path(os.environ["LAWBOOK_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(base):                             # the specification says to ignore a relative one
        return Path(base) / "lawbook"
    try:
        return Path.home() / ".cache" / "lawbook"
    except RuntimeError:
        return None


def counterexamples_are_stored() -> bool:
    """Whether `lawbook hunt` has left a store of counterexamples; the search itself is imported only then."""
    folder = cache_folder()
    return folder is not None and (folder / COUNTEREXAMPLES).exists()


class Store:
    """Texts by key in the file ``folder/results.sqlite3``, created when missing; a damaged file is replaced by an empty one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = Store(Path(folder))
    ...     store.write({"key": "value"})
    ...     found = store.read("key"), store.read("other"), store.problem
    ...     store.close()
    >>> found
    ('value', None, None)
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problem: str | None = None
        self._connection: sqlite3.Connection | None = None
        self._open()

    @property
    def is_usable(self) -> bool:
        """Whether the file is open, so that results can be read."""
        return self._connection is not None

    def read(self, key: str) -> str | None:
        """The text under the key; None when there is none, or when what is there is not what was written."""
        rows = self._run("SELECT text, seal FROM results WHERE key = ?", (key,))
        if not rows:
            return None
        text, seal = rows[0]
        return text if isinstance(text, str) and seal == _seal(key, text) else None

    def write(self, texts: Mapping[str, str]) -> None:
        """Put all texts under their keys, or none of them."""
        if self._connection is None or not texts:
            return
        try:
            with self._connection:                      # one transaction
                self._connection.executemany("INSERT OR REPLACE INTO results (key, text, seal) VALUES (?, ?, ?)",
                                             [(key, text, _seal(key, text)) for key, text in texts.items()])
                (newest, oldest), = self._connection.execute("SELECT max(rowid), min(rowid) FROM results")
                if newest - oldest >= MOST_ROWS:
                    self._connection.execute("DELETE FROM results WHERE rowid < ?", (newest - MOST_ROWS // 2,))
        except sqlite3.Error as error:
            self._failed(error)

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self, query: str, values: tuple[str, ...]) -> list[tuple[object, object]]:
        if self._connection is None:
            return []
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._failed(error)
            return []

    def _open(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self.folder / FILE, timeout=WAIT_S)
            if not self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'results'").fetchall():
                self._connection.execute("CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, text TEXT, seal TEXT)")
        except (sqlite3.Error, OSError) as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        """Replace a damaged file; work on without the store when the file cannot be used at all."""
        self.close()
        path = self.folder / FILE
        is_damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, (sqlite3.OperationalError, sqlite3.InterfaceError))
        if self.problem is None and is_damaged:
            self.problem = f"the cache {path} is damaged ({error}); it is emptied and filled again"
            try:
                for file in (path, path.with_name(f"{FILE}-journal")):
                    file.unlink(missing_ok=True)
            except OSError:
                return
            self._open()
        else:
            self.problem = f"the cache {path} cannot be used ({error}); nothing is taken from it or put into it"


def _seal(key: str, text: str) -> str:
    """What a row must carry: a change of its key or its text by anything but `Store.write` is noticed."""
    return hashlib.sha256(f"{key}\n{text}".encode()).hexdigest()
