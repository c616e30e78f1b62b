"""The console script: what an interrupt does before there is anything to tell."""

from __future__ import annotations

import os
import signal
from typing import Any


def leave_quietly() -> None:
    """Until the program is loaded, an interrupt ends it with a sentence; half-loaded modules would answer it with a traceback."""
    def leave(number: int, frame: Any) -> None:
        os.write(2, b"lawbook: interrupted; no file was left half-written\n")
        os._exit(130)

    signal.signal(signal.SIGINT, leave)


def main() -> None:
    """`lawbook`."""
    leave_quietly()
    from verify.cli.app import main as command  # takes a tenth of a second
    command()
