"""The store of a sweep: its tasks, who works on which, and their rows, in one SQLite file.

Claims and results are single transactions in write-ahead mode, so a process that is killed at any moment leaves the file whole; what it had
claimed is free again when it has not been heard of for `LEASE_S` seconds.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from theory.errors import BadData
from verify.experiments.sweeps.cells import Task

BEAT_S, LEASE_S = 2.0, 20.0
WAIT_S = 60.0                   # for another process that is writing; a write takes milliseconds


class Tasks:
    """The tasks of one grid in a file, for one worker among several.

    >>> import tempfile
    >>> from verify.experiments.sweeps.cells import Cell
    >>> task = Task((Cell(n=4, d=2, k=1),))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     mine, other = (Tasks(Path(folder) / "cells.sqlite3", [task]) for _ in range(2))
    ...     claimed = mine.claim(), other.claim()
    ...     mine.finish(task, [{"loss": 0.0}])
    ...     claimed == (task, None), other.rows(), other.open
    (True, [{'loss': 0.0}], 0)
    """

    def __init__(self, path: Path, tasks: Sequence[Task]) -> None:
        self.path, self.owner, self.tasks = path, uuid4().hex, {task.key: task for task in tasks}
        self.lease = LEASE_S
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._transaction() as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS tasks (key TEXT PRIMARY KEY, owner TEXT, beat REAL, rows TEXT)")
                connection.executemany("INSERT OR IGNORE INTO tasks (key) VALUES (?)", [(key,) for key in self.tasks])
        except (OSError, sqlite3.Error) as error:
            raise BadData(f"the results cannot be kept in {path}: {error}; give another folder with --out") from None

    def claim(self) -> Task | None:
        """The next task of the grid that is neither finished nor claimed by a worker that is alive; None where there is none."""
        now = time.time()
        with self._transaction() as connection:
            free = {key for key, in connection.execute("SELECT key FROM tasks WHERE rows IS NULL AND (owner IS NULL OR beat < ?)",
                                                       (now - self.lease,))}
            key = next((key for key in self.tasks if key in free), None)
            if key is None:
                return None
            connection.execute("UPDATE tasks SET owner = ?, beat = ? WHERE key = ?", (self.owner, now, key))
        return self.tasks[key]

    def finish(self, task: Task, rows: Sequence[dict[str, Any]]) -> None:
        """Keep the rows of a task; those that another worker has kept meanwhile stay."""
        with self._transaction() as connection:
            connection.execute("UPDATE tasks SET rows = ? WHERE key = ? AND rows IS NULL", (json.dumps(rows, ensure_ascii=False), task.key))

    @property
    def open(self) -> int:
        """How many tasks of the grid are not finished."""
        return sum(rows is None for rows in self._kept())

    def rows(self) -> list[dict[str, Any]]:
        """The rows of the finished tasks, in the order of the grid."""
        return [row for rows in self._kept() if rows is not None for row in json.loads(rows)]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Renew the claims of this worker until the end; then give back those that are not finished."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(BEAT_S):
                with self._transaction() as connection:
                    connection.execute("UPDATE tasks SET beat = ? WHERE owner = ? AND rows IS NULL", (time.time(), self.owner))

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            with self._transaction() as connection:
                connection.execute("UPDATE tasks SET owner = NULL WHERE owner = ? AND rows IS NULL", (self.owner,))

    def _kept(self) -> list[str | None]:
        with self._connected() as connection:
            kept = dict(connection.execute("SELECT key, rows FROM tasks"))
        return [kept[key] for key in self.tasks]

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each use: threads share none."""
        with closing(sqlite3.connect(self.path, timeout=WAIT_S, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")         # whole after a crash of the machine too, less its last moments
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
