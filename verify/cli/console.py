"""The two consoles of a command, its progress, and the interrupts that it hears."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from rich.console import Console


def output() -> Console:
    """Standard output; colours only on a terminal, and never when NO_COLOR is set."""
    return Console(highlight=False, soft_wrap=True)


def notes() -> Console:
    """Standard error, for progress and notes."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress(total: int, what: str) -> Iterator[Any]:
    """A bar on standard error, gone when the work is done; silent where standard error is no terminal."""
    console = notes()
    if not console.is_terminal:
        yield lambda words: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda words: bar.update(task, advance=1, description=words)


def announced(words: str) -> AbstractContextManager[Any]:
    """What is going on, on standard error, until it is done; silent where standard error is no terminal."""
    console = notes()
    return console.status(words) if console.is_terminal else nullcontext()


@contextmanager
def progress_line() -> Iterator[Any]:
    """One line on standard error that says the method at work and the bounds so far; silent where standard error is no terminal."""
    console = notes()
    if not console.is_terminal:
        yield None
        return
    with console.status("reading the network") as status:
        yield lambda method, lower, upper: status.update(f"{method}: {lower:.6g} ≤ Lip ≤ {upper:.6g}")


@contextmanager
def interruptions() -> Iterator[list[int]]:
    """The interrupts (Ctrl-C) that came in meanwhile; each still raises KeyboardInterrupt."""
    heard: list[int] = []

    def note(number: int, frame: Any) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():      # only the main thread may set handlers
        yield heard
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)
