"""Sweeps: two workers, a worker that is killed, a cluster one of whose workers is killed; the tables are those of one calm run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from experiments.common import cells, needs_dask, needs_jax
from theory.errors import BadData
from verify.experiments.sweeps import run as module
from verify.experiments.sweeps.cells import Task, tasks
from verify.experiments.sweeps.run import Means, sweep
from verify.experiments.sweeps.store import Tasks

ROOT = Path(__file__).parents[2]
WORKER = """
import sys, time
from pathlib import Path
from verify.experiments.sweeps import run, cells
done = []
def slowly(cells):
    done.append(cells)
    if len(done) > int(sys.argv[2]):
        time.sleep(3600)
    return [dict(key=c.key, failure="") for c in cells]
run.measured = slowly
run.require_jax = lambda: None
grid = cells.grid({"cells": [dict(n=8, d=4, k=list(range(1, 21)))]})
run.sweep(grid, Path(sys.argv[1]))
"""


def widths() -> list[Task]:
    """Twenty tasks of one cell each."""
    return tasks([cell for k in range(1, 21) for cell in cells(1, k=k, points=1000)])


def started(path: Path, tasks: int) -> subprocess.Popen[bytes]:
    """A process that works on them, and stays at the task after so many for ever."""
    return subprocess.Popen([sys.executable, "-c", WORKER, str(path), str(tasks)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_a_killed_worker_loses_what_it_was_at_and_nothing_else(tmp_path: Path) -> None:
    """kill −9 in the middle; the claim of the dead worker runs out, and a second one finishes the table."""
    path, grid = tmp_path / "cells.sqlite3", widths()
    store = Tasks(path, grid)
    with started(path, 3) as worker:
        until = time.monotonic() + 300
        while len(store.rows()) < 3 and time.monotonic() < until:
            time.sleep(0.1)
        worker.send_signal(signal.SIGKILL)
    assert len(store.rows()) == 3
    store.lease = 0.0
    while (task := store.claim()) is not None:
        store.finish(task, [{"key": cell.key, "failure": ""} for cell in task.cells])
    assert store.open == 0
    assert [row["key"] for row in store.rows()] == [cell.key for task in grid for cell in task.cells]


def test_two_workers_finish_the_table(tmp_path: Path) -> None:
    path = tmp_path / "cells.sqlite3"
    with started(path, 20) as one, started(path, 20) as other:
        assert (one.wait(), other.wait()) == (0, 0)
    assert Tasks(path, widths()).open == 0


def test_a_claim_is_given_once(tmp_path: Path) -> None:
    grid = widths()
    stores = [Tasks(tmp_path / "cells.sqlite3", grid) for _ in range(4)]
    found: list[str] = []

    def take(store: Tasks) -> None:
        while (task := store.claim()) is not None:
            found.append(task.key)

    threads = [threading.Thread(target=take, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(task.key for task in grid)


def test_an_interrupted_worker_gives_its_claims_back(tmp_path: Path) -> None:
    store, other = (Tasks(tmp_path / "cells.sqlite3", widths()[:1]) for _ in range(2))
    with pytest.raises(KeyboardInterrupt), store.at_work():
        assert store.claim() is not None and other.claim() is None
        raise KeyboardInterrupt
    assert other.claim() is not None


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadData, match="give another folder with --out"):
        Tasks(tmp_path / "file" / "cells.sqlite3", widths())


def test_time_that_is_over_begins_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "require_jax", lambda: None)
    assert sweep(cells(1), tmp_path / "cells.sqlite3", Means(seconds=0.0)) == ([], 1)


@needs_jax
def test_interrupted_and_resumed_gives_the_same_rows(tmp_path: Path) -> None:
    grid = [*cells(2), *cells(2, batch=4)]
    calm, missing = sweep(grid, tmp_path / "calm.sqlite3")
    assert missing == 0 and len(calm) == 4

    def interrupt(words: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(grid, tmp_path / "other.sqlite3", progress=interrupt)
    assert sweep(grid, tmp_path / "other.sqlite3", Means(seconds=0.0))[1] == 1
    assert sweep(grid, tmp_path / "other.sqlite3") == (calm, 0)


@needs_jax
def test_processes_give_the_rows_of_one(tmp_path: Path) -> None:
    grid = cells(2, epochs=50)
    assert sweep(grid, tmp_path / "two.sqlite3", Means(workers=2)) == sweep(grid, tmp_path / "one.sqlite3")


@needs_jax
@needs_dask
@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_rows_of_one_process(tmp_path: Path) -> None:
    """A real scheduler with two worker processes, one of which is killed (−9) once the first task is done."""
    grid = [cell for k in (2, 3, 4, 5, 6) for cell in cells(1, k=k, epochs=200)]
    address_file = tmp_path / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    scheduler = subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                                  "--no-dashboard", "--scheduler-file", str(address_file)], cwd=tmp_path, env=environment,
                                 stderr=subprocess.DEVNULL)
    workers = [subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(address_file), "--nthreads",
                                 "1", "--no-nanny", "--no-dashboard"], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
               for _ in range(2)]
    try:
        until = time.monotonic() + 60
        while not address_file.exists() and time.monotonic() < until:
            time.sleep(0.1)
        address = json.loads(address_file.read_text())["address"]

        def kill(words: str) -> None:
            workers[0].send_signal(signal.SIGKILL)

        found = sweep(grid, tmp_path / "cluster.sqlite3", Means(dask=address), kill)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()
    assert found == sweep(grid, tmp_path / "one.sqlite3")


@needs_dask
@needs_jax
def test_no_scheduler_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DASK_S", 0.5)
    with pytest.raises(BadData, match=r"no Dask scheduler at tcp://127\.0\.0\.1:1"):
        sweep(cells(1), tmp_path / "cells.sqlite3", Means(dask="tcp://127.0.0.1:1"))
