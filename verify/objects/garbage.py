"""How often the interpreter looks for garbage in cycles."""

from __future__ import annotations

import gc

YOUNG = (50_000, 20, 20)     # objects that are new, then rounds of each age; Python's own are (700, 10, 10)


def collect_seldom() -> None:
    """Look for garbage seldom: terms and nodes are kept to the end, and to go through them again and again takes a sixth of a run."""
    gc.set_threshold(*YOUNG)
