"""How long z3 may search, counted in its own steps of work: unlike a time limit, that is the same on every machine and under every load.

Calls without an answer are counted, since what rests on them may come out otherwise with more work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WORK = 5_000_000        # of a call, in z3's units ("rlimit"): some seconds


class _Unanswered:
    count = 0


class _Cap:
    work: int | None = None


def limited(solver: Any, work: int = WORK) -> Any:
    """The solver, each of whose calls may do this much work."""
    solver.set("rlimit", work)
    return solver


def answer(solver: Any) -> Any:
    """``solver.check()``; an answer "unknown" is counted."""
    import z3
    if _Cap.work is not None:
        limited(solver, _Cap.work)
    found = solver.check()
    if found == z3.unknown:
        _Unanswered.count += 1
    return found


def unanswered() -> int:
    """How many calls in this process have ended without an answer so far.

    >>> import z3
    >>> before = unanswered()
    >>> x, y, z, solver = *z3.Ints("x y z"), limited(z3.Solver(), 100)
    >>> solver.add(x**3 + y**3 + z**3 == 114)                                   # not known to have a solution
    >>> answer(solver), unanswered() - before
    (unknown, 1)
    """
    return _Unanswered.count


@contextmanager
def each_call_at_most(work: int) -> Iterator[None]:
    """Within it every call may do this much work in place of the usual amount: for steps that are expected to fail.

    Less work can only turn a proof into "gave up", never the other way round.
    """
    before, _Cap.work = _Cap.work, work
    try:
        yield
    finally:
        _Cap.work = before
