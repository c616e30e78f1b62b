"""Run a sweep: in this process, in several of this machine, or on a Dask cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from theory.errors import BadData
from verify.experiments.sweeps.cells import Cell, Task, tasks
from verify.experiments.sweeps.measure import Row, measured
from verify.experiments.sweeps.store import Tasks
from verify.experiments.sweeps.training import require_jax

POLL_S = 0.5            # between two looks at what other workers have finished
DASK_S = 20             # for a scheduler to answer, and for its first worker
Progress = Callable[[str], None]
Done = tuple[Task, list[Row]]


@dataclass(frozen=True)
class Means:
    """Where the work is done: `workers` processes of this machine, or the Dask cluster at an address; and until when, in seconds."""

    workers: int = 1
    dask: str | None = None
    seconds: float | None = None


def sweep(cells: Sequence[Cell], place: Path, means: Means | None = None, progress: Progress | None = None) -> tuple[list[Row], int]:
    """Train and measure the cells that are not in the store yet.

    Args: cells; place: the file of the store; means; progress: called with a few words for each task that is done.
    Returns: the rows that are known, in the order of the tasks, and how many tasks are missing (0, unless time is over).
    Raises: BadData (an extra is not installed, no cluster at the address, a worker of this machine died).
    Guarantee: the rows are those of an uninterrupted run of one worker, whatever was killed and however many work on the store at once.
    """
    require_jax()
    means = means or Means()
    started = time.monotonic()
    store = Tasks(place, tasks(cells))
    told = progress or (lambda words: None)
    for _ in range(len(store.tasks) - store.open):
        told("known")

    def left() -> bool:
        return means.seconds is None or time.monotonic() - started < means.seconds

    def claimed() -> Iterator[Task]:
        while left() and (task := store.claim()) is not None:
            yield task

    with _runner(means) as run, store.at_work():
        while left() and store.open:
            for task, rows in run(claimed()):
                store.finish(task, rows)
                told(f"n = {task.cells[0].n}, d = {task.cells[0].d}, k = {task.cells[0].k}")
            if store.open and left():           # another worker is at the rest
                time.sleep(POLL_S)
    return store.rows(), store.open


def _done(task: Task) -> Done:
    return task, measured(task.cells)


@contextmanager
def _runner(means: Means) -> Iterator[Callable[[Iterator[Task]], Iterator[Done]]]:
    """What does tasks, a few at a time and in any order, as they are claimed."""
    if means.dask is None:
        yield lambda tasks: _local(tasks, means.workers)
        return
    try:
        from distributed import Client, as_completed  # type: ignore[import-not-found]
    except ImportError:
        raise BadData("--dask needs Dask; install it with: pip install 'lawbook[cluster]'") from None
    try:
        client = Client(means.dask, timeout=DASK_S)
    except (OSError, ValueError) as error:
        raise BadData(f"there is no Dask scheduler at {means.dask}: {error}") from None

    def cluster(tasks: Iterator[Task]) -> Iterator[Done]:
        client.wait_for_workers(1, timeout=DASK_S)
        at_once = sum(client.nthreads().values()) + 1           # one waits, so that no worker does
        running = as_completed([client.submit(_done, task, pure=False) for task in islice(tasks, at_once)])
        for future in running:                                  # what a worker that died was at goes to another
            yield future.result()
            for task in islice(tasks, 1):
                running.add(client.submit(_done, task, pure=False))

    with client:
        yield cluster


def _local(tasks: Iterator[Task], workers: int) -> Iterator[Done]:
    from joblib import Parallel, delayed  # type: ignore[import-untyped]
    from joblib.externals.loky.process_executor import TerminatedWorkerError  # type: ignore[import-untyped]
    parallel = Parallel(n_jobs=workers, return_as="generator_unordered", pre_dispatch=workers, batch_size=1)
    try:
        yield from parallel(delayed(_done)(task) for task in tasks)
    except TerminatedWorkerError:
        raise BadData("a worker process was killed, perhaps for its memory; what is finished is kept, so run it again, "
                      "with fewer --workers if memory is short") from None
