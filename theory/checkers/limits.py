"""Calls of z3 under a time limit; those without an answer are counted, since what rests on them may come out otherwise next time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Unanswered:
    count = 0


class _Cap:
    milliseconds: int | None = None


def answer(solver: Any) -> Any:
    """``solver.check()``; an answer "unknown" is counted."""
    import z3
    if _Cap.milliseconds is not None:
        solver.set("timeout", _Cap.milliseconds)
    found = solver.check()
    if found == z3.unknown:
        _Unanswered.count += 1
    return found


def unanswered() -> int:
    """How many calls in this process have ended without an answer so far.

    >>> import z3
    >>> before = unanswered()
    >>> x, y, z, solver = *z3.Ints("x y z"), z3.Solver()
    >>> solver.add(x**3 + y**3 + z**3 == 114), solver.set("timeout", 1)         # not known to have a solution
    (None, None)
    >>> answer(solver), unanswered() - before
    (unknown, 1)
    """
    return _Unanswered.count


@contextmanager
def each_call_at_most(milliseconds: int) -> Iterator[None]:
    """Within it every call has this time limit in place of the usual one: for steps that are expected to fail.

    A shorter limit can only turn a proof into "gave up", never the other way round.
    """
    before, _Cap.milliseconds = _Cap.milliseconds, milliseconds
    try:
        yield
    finally:
        _Cap.milliseconds = before
