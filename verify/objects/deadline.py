"""When work has to end: a deadline that is handed down, and work in a process of its own that can be ended at any time."""

from __future__ import annotations

import math
import os
import pickle
import select
import signal
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import RawIOBase
from itertools import takewhile
from typing import NoReturn, TypeVar

from theory.errors import BadData

Result = TypeVar("Result")
CLOSING = 1.0      # seconds that certifying may take beyond the end of the work
FIRST = 0.8        # seconds for the first things to know, however short the time is


class OutOfTime(Exception):
    """The time is over in the middle of work of which half is worth nothing."""


class Deadline:
    """The moment at which work ends: after so many seconds, or when it is ended before.

    It is read where work is cut and nowhere else; what is found is certified wherever the cut falls.  `seconds` is what was given, or for
    a part of another deadline what was left for it; `clock` says the time, in seconds, and never goes back.
    Raises: BadData (seconds that are negative or not a number).

    >>> whole = Deadline(10.0, clock=lambda: 0.0)
    >>> part = whole.part(0.5)
    >>> whole.left, part.left, part.is_over
    (10.0, 5.0, False)
    >>> with whole.interruptible():
    ...     raise KeyboardInterrupt
    >>> part.is_over
    True
    """

    def __init__(self, seconds: float = math.inf, clock: Callable[[], float] = time.monotonic, *, within: Deadline | None = None) -> None:
        if not seconds >= 0:
            raise BadData(f"the time must be a number of seconds that is not negative, not {seconds}")
        self.seconds, self._clock, self._within = seconds, clock, within
        self._begun = clock()
        self._ended = False

    @property
    def spent(self) -> float:
        """Seconds since it was set."""
        return self._clock() - self._begun

    @property
    def left(self) -> float:
        """Seconds until it is over, at least 0."""
        if self.is_ended:
            return 0.0
        return max(self._begun + self.seconds - self._clock(), 0.0)

    @property
    def is_over(self) -> bool:
        """Whether work has to end now."""
        return self.left <= 0

    @property
    def is_ended(self) -> bool:
        """Whether an interruption has ended it, or the deadline of which it is a part."""
        return self._ended or (self._within is not None and self._within.is_ended)

    def end(self) -> None:
        """No work is to be begun any more, here, in every part, and in the whole of which it is a part."""
        self._ended = True
        if self._within is not None:
            self._within.end()

    def part(self, share: float, most: float = math.inf, least: float = 0.0) -> Deadline:
        """The deadline after a share of the seconds that are left, after at most so many, but after at least so many."""
        return Deadline(max(min(share * self.left, most), least), self._clock, within=self)

    def closing(self) -> Deadline:
        """A little later, whether or not an interruption came: what may be used to certify what is known then."""
        return Deadline(self.left + CLOSING, self._clock)

    def watched(self, items: Iterable[Result]) -> Iterator[Result]:
        """The items, one after another.  Raises: OutOfTime when it is over."""
        for item in items:
            self.check()
            yield item

    def check(self) -> None:
        """Raises: OutOfTime when it is over."""
        if self.is_over:
            raise OutOfTime

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Work that an interruption (KeyboardInterrupt) ends, and with it all that shares this deadline; what is known then is kept.

        OutOfTime ends the work of the block alone.
        """
        try:
            yield
        except KeyboardInterrupt:
            self.end()
        except OutOfTime:
            pass


class _Unlimited(Deadline):
    """The deadline of work that has none: shared by everything, so that nothing ends it."""

    def end(self) -> None:
        """Nothing: only the part that was interrupted ends."""


UNLIMITED = _Unlimited()


def steps_until(deadline: Deadline, most: int) -> Iterator[int]:
    """0, 1, …, as long as there is time, and at most so many.

    >>> list(steps_until(UNLIMITED, 3)), list(steps_until(Deadline(0.0), 3))
    ([0, 1, 2], [])
    """
    return takewhile(lambda step: not deadline.is_over, range(most))


Seconds = float | Deadline
"""What budgets take for a time: seconds from the beginning of the work, or a deadline that is shared with other work."""


def deadline_of(seconds: Seconds) -> Deadline:
    """The deadline itself, or the one that begins now.

    >>> shared = Deadline(3.0)
    >>> deadline_of(shared) is shared, deadline_of(2.0).seconds
    (True, 2.0)
    """
    return seconds if isinstance(seconds, Deadline) else Deadline(seconds)


def seconds_of(seconds: Seconds) -> float:
    """The seconds that were given, whether or not they are running."""
    return seconds.seconds if isinstance(seconds, Deadline) else seconds


def in_time(work: Callable[[], Result], deadline: Deadline) -> Result | None:
    """What the work returns; None when it takes longer than the deadline, or much longer than until an interruption.

    For work that cannot look at a clock, such as one long call of a library: it runs in a process of its own, which is killed.  Without a
    limit, and on systems that cannot fork, it runs here.
    Raises: what the work raises.

    >>> in_time(lambda: 6 * 7, Deadline(60.0)), in_time(lambda: time.sleep(60), Deadline(0.01))
    (42, None)
    """
    if deadline.is_over:
        return None
    if math.isinf(deadline.left) or not hasattr(os, "fork"):
        with deadline.interruptible():
            return work()
        return None
    reading, writing = os.pipe()
    # an interrupt between these lines would be taken for the parent's by the child, or leave the child behind
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")       # that other threads do not come along is no danger: the child computes, and ends without them
        child = os.fork()
    if child == 0:
        os.close(reading)
        _work_and_leave(work, writing)
    os.close(writing)
    content = bytearray()
    try:
        with open(reading, "rb", buffering=0) as pipe:
            with deadline.interruptible():
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                _receive(pipe, content, deadline)
            if deadline.is_ended:      # it has a moment more, until another interruption
                late = deadline.closing()
                with late.interruptible():
                    _receive(pipe, content, late)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    try:
        returned, value = pickle.loads(content)      # what this process's own child wrote
    except (EOFError, pickle.UnpicklingError):
        return None                                   # it was killed before it had said everything
    if not returned:
        raise value
    return value  # type: ignore[no-any-return]


def _receive(pipe: RawIOBase, content: bytearray, deadline: Deadline) -> None:
    """Add what comes through the pipe, until its other end is closed or the deadline is over."""
    while not deadline.is_over:
        ready, _, _ = select.select([pipe], [], [], deadline.left)
        chunk = (pipe.read(1 << 20) or b"") if ready else b""
        if ready and not chunk:
            return
        content += chunk


def _handed_over(error: Exception) -> bytes:
    """An error as it is, or in words where it cannot be."""
    try:
        return pickle.dumps((False, error))
    except Exception:      # pickling runs the code of any class
        return pickle.dumps((False, RuntimeError(repr(error))))


def _work_and_leave(work: Callable[[], object], writing: int) -> NoReturn:
    """In the child: the outcome goes into the pipe, and the process ends without the parent's handlers and buffers."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)      # Ctrl-C reaches every process of a terminal; the parent decides what it means
        try:
            outcome = True, work()
            said = pickle.dumps(outcome)
        except Exception as error:      # of the work, or of a result that cannot be handed over
            said = _handed_over(error)
        with open(writing, "wb") as pipe:
            pipe.write(said)
    finally:
        os._exit(0)
