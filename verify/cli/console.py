"""The two consoles of a command, its progress, its time, and the interrupts that it hears."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from rich.console import Console

from verify.cli.exits import started
from verify.objects.deadline import UNLIMITED, Deadline


def output() -> Console:
    """Standard output; colours only on a terminal, and never when NO_COLOR is set."""
    return Console(highlight=False, soft_wrap=True)


def notes() -> Console:
    """Standard error, for progress and notes."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def command_deadline(seconds: float) -> Deadline:
    """The deadline of a command: what loading the program took counts, but for half of the time at most."""
    return Deadline(max(seconds - (time.monotonic() - started()), seconds / 2))


@contextmanager
def progress(total: int, what: str, *, quiet: bool = False) -> Iterator[Any]:
    """A bar on standard error, gone when the work is done; silent where standard error is no terminal, and where it is to be quiet."""
    console = notes()
    if quiet or not console.is_terminal:
        yield lambda words: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda words: bar.update(task, advance=1, description=words)


def announced(words: str, *, quiet: bool = False) -> AbstractContextManager[Any]:
    """What is going on, on standard error, until it is done; silent where standard error is no terminal, and where it is to be quiet."""
    console = notes()
    return console.status(words) if console.is_terminal and not quiet else nullcontext()


@contextmanager
def progress_line(beginning: str, deadline: Deadline = UNLIMITED, *, quiet: bool = False) -> Iterator[Callable[[str], None] | None]:
    """One line on standard error with what is going on and the time that is left; silent as `progress` is, and then None."""
    console = notes()
    if quiet or not console.is_terminal:
        yield None
        return
    with console.status(beginning) as status:
        yield lambda words: status.update(f"{words}{_left(deadline)}")


def _left(deadline: Deadline) -> str:
    return "" if math.isinf(deadline.left) else f", {deadline.left:.0f} s left"


@contextmanager
def interval_line(beginning: str, deadline: Deadline = UNLIMITED, *, quiet: bool = False) -> Iterator[Callable[..., None] | None]:
    """`progress_line` for the method at work and both ends so far, with the gap between them."""
    with progress_line(beginning, deadline, quiet=quiet) as tell:
        yield None if tell is None else lambda method, lower, upper: tell(f"{method}: {interval_words(lower, upper)}")


def interval_words(lower: float, upper: float) -> str:
    """Both ends, and their relative gap.

    >>> interval_words(3.0, 4.0), interval_words(3.0, float("inf"))
    ('3 ≤ Lip ≤ 4, gap 25 %', '3 ≤ Lip')
    """
    if math.isinf(upper):
        return f"{lower:.6g} ≤ Lip"
    gap = (upper - lower) / upper if upper > 0 else 0.0
    return f"{lower:.6g} ≤ Lip ≤ {upper:.6g}, gap {100 * gap:.3g} %"


@contextmanager
def interruptions(deadline: Deadline | None = None) -> Iterator[list[int]]:
    """The interrupts (Ctrl-C) that came in meanwhile; each ends the deadline, and raises KeyboardInterrupt, which a library may swallow."""
    heard: list[int] = []

    def note(number: int, frame: Any) -> None:
        heard.append(number)
        if deadline is not None:
            deadline.end()
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():      # only the main thread may set handlers
        yield heard
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)
