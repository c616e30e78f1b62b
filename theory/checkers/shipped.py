"""Derivations that come with the library: what a search found once is replayed everywhere, on every processor, in a fraction of the time.

The file is data.  A derivation counts for a step, or for a lemma that writes its own, only when the kernel replays it and it says that
very step or lemma; one whose text has changed has another digest, is not found here, and is searched for or written anew.
`theory.shipping` writes the file.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from theory.checkers.document import Fragment, Table
from theory.kernel import Node
from theory.kernel.derivation import read_nodes

NAME = "derivations.json.gz"
FORMAT = "lawbook.shipped/1"


class Shipped:
    """The lines of each step and lemma by its digest, over one table of nodes."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._table = document["nodes"]
        self._steps: Mapping[str, list[Any]] = document["steps"]
        self._nodes: list[Node] | None = None

    def fragment(self, digest: bytes) -> Fragment | None:
        """The derivation of a step or lemma; None where there is none.  Raises: Refused (a table that is no table of nodes)."""
        lines = self._steps.get(digest.hex())
        if lines is None:
            return None
        if self._nodes is None:
            self._nodes = read_nodes(self._table)
        table = Table()
        return {"lines": [[rule, premises, [table.place(self._nodes[a]) for a in args]] for rule, premises, args in lines],
                "nodes": table.entries}

    def __len__(self) -> int:
        return len(self._steps)


@cache
def shipped() -> Shipped:
    """The derivations of the installed library; none where the file is missing or of another format."""
    place = files("theory") / NAME
    found = json.loads(gzip.decompress(place.read_bytes())) if place.is_file() else {}
    return Shipped(found if found.get("format") == FORMAT else {"nodes": [], "steps": {}})


def document(fragments: Mapping[str, Fragment]) -> dict[str, Any]:
    """Fragments by digest as one document over one table, in the order of the digests: same derivations, same bytes."""
    table, steps = Table(), {}
    for digest in sorted(fragments):
        places = [table.place(node) for node in read_nodes(fragments[digest]["nodes"])]
        steps[digest] = [[rule, premises, [places[a] for a in args]] for rule, premises, args in fragments[digest]["lines"]]
    return {"format": FORMAT, "nodes": table.entries, "steps": steps}
