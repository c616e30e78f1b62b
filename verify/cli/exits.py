"""What a command begins and ends with: its start, its exit code, and lines on standard output."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

DONE, DOES_NOT_HOLD, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

_starts = [time.monotonic()]


def start() -> None:
    """A command begins now."""
    _starts[0] = time.monotonic()


def started() -> float:
    """When the command began, by the clock of deadlines."""
    return _starts[0]


def emit(document: dict[str, Any]) -> None:
    """One JSON object on standard output, in one line; nothing that wraps or colours touches it."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")


def complain(sentence: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"lawbook: {' '.join(part.strip() for part in sentence.splitlines())}\n")


def output_line(words: str) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{words}\n")
