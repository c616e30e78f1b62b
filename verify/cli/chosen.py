"""The claims that the words of a command line name."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from theory.claim import Claim
from theory.registry import claims, find_claim


def chosen_claims(names: Sequence[str]) -> list[Claim]:
    """Claims of the library by id, or by a pattern such as bln.thm6.*; all of them when nothing is named."""
    library = claims()
    if not names:
        return list(library.values())
    chosen: dict[str, Claim] = {}
    for name in names:
        matching = [c for c in library.values() if fnmatchcase(c.id, name)] or [find_claim(name)]
        chosen |= {c.id: c for c in matching}
    return list(chosen.values())
