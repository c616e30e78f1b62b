"""What the processes of a pool have in common."""

from __future__ import annotations

import os
import signal

from verify.objects.garbage import collect_seldom

MOST_PROCESSES = 8   # beyond it the longest claim decides
PROCESSES = min(os.cpu_count() or 1, MOST_PROCESSES)


def begin_work() -> None:
    """What a process of a pool does first."""
    leave_interrupts_to_the_parent()
    collect_seldom()


def leave_interrupts_to_the_parent() -> None:
    """Ctrl-C reaches every process of a terminal; the parent alone decides what it means."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
