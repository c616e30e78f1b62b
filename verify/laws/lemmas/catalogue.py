"""All searches by the id of their lemma, found by walking this package: modules that declare SEARCHES."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from theory.errors import BadData
from verify.laws.lemmas.search import Search


@cache
def searches() -> Mapping[str, Search]:
    """The searches of all lemmas and rules, by id."""
    found: dict[str, Search] = {}
    for info in sorted(pkgutil.iter_modules([str(Path(__file__).parent)]), key=lambda m: m.name):
        for search in getattr(importlib.import_module(f"verify.laws.lemmas.{info.name}"), "SEARCHES", ()):
            if found.setdefault(search.lemma.id, search) is not search:
                raise BadData(f"{search.lemma.id} has two searches; remove the one in verify.laws.lemmas.{info.name}")
    return MappingProxyType(found)


def find_search(id: str) -> Search:
    """The search of one lemma.

    Raises: BadData when no module declares one.
    """
    if id not in searches():
        raise BadData(f"no search draws instances of {id!r}; declare one in a module of verify.laws.lemmas")
    return searches()[id]
