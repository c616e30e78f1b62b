"""The state of a search in a SQLite file: written every few seconds in one transaction, so that a killed run loses only those.

Only the shape of the trees is kept, with the witnesses and the best network: every program can be solved again, and every bound is proved
again before it is reported.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from theory.certificates.exact.exact_data import parse_row
from theory.certificates.fits.exact_fit import KinkNetwork
from theory.certificates.fits.kink_problem import patterns_at
from theory.errors import BadData, NotCertified, ShapeError
from verify.fits.kinks.scaling import Weights
from verify.fits.kinks.search import Node, Search, Witness

FORMAT = "lawbook-fit-state 1"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT)",
    "CREATE TABLE IF NOT EXISTS witnesses (number INTEGER PRIMARY KEY, point TEXT, hull_weights TEXT)",
    "CREATE TABLE IF NOT EXISTS branched (node INTEGER PRIMARY KEY, anchor INTEGER, first INTEGER, bounds TEXT)",
)


class StateFile:
    """A search on disk.  Every message is one sentence that names the file.

    Args: path; key (the digest of the problem: a file about another problem is refused).
    Raises: BadData (the file is of another program or problem, or cannot be used).
    """

    def __init__(self, path: Path, key: str, *, fresh: bool) -> None:
        self.path = path
        if fresh:
            for file in (path, path.with_name(f"{path.name}-journal")):
                file.unlink(missing_ok=True)
        try:
            self._connection = sqlite3.connect(path)
            with self._connection:
                for table in _TABLES:
                    self._connection.execute(table)
            kept = self._meta()
        except sqlite3.Error as error:
            raise BadData(f"the state {path} cannot be used ({error}); delete it, or leave out --resume") from None
        if kept and (kept.get("format") != FORMAT or kept.get("problem") != key):
            self.close()
            raise BadData(f"the state {path} is about other data, another domain or another class; "
                          "give another --out, or leave out --resume")
        if not kept:
            self._write([("INSERT INTO meta VALUES (?, ?)", [("format", FORMAT), ("problem", key)])])
        self._saved_witnesses = 0
        self._saved: set[int] = set()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _meta(self) -> dict[str, str]:
        return dict(self._connection.execute("SELECT name, value FROM meta").fetchall())

    def _write(self, jobs: Sequence[tuple[str, list[tuple[Any, ...]]]]) -> None:
        try:
            with self._connection:
                for statement, rows in jobs:
                    self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise BadData(f"the state {self.path} cannot be written ({error}); free some space, or give another --out") from None

    def save(self, search: Search) -> None:
        """What is new since the last save, and the best network."""
        witnesses = [(j, _texts(w.point), None if w.hull_weights is None else _texts(w.hull_weights))
                     for j, w in enumerate(search.witnesses) if j >= self._saved_witnesses]  # fmt: skip
        new = [node for node in search.inner() if node.number not in self._saved]
        rows = [(node.number, node.anchor, node.children[0].number, json.dumps([child.bound for child in node.children])) for node in new]
        jobs: list[tuple[str, list[tuple[Any, ...]]]] = [
            ("INSERT OR REPLACE INTO witnesses VALUES (?, ?, ?)", list(witnesses)),
            ("INSERT OR REPLACE INTO branched VALUES (?, ?, ?, ?)", list(rows))]
        if search.incumbent.best is not None:
            network = json.dumps(search.incumbent.best.network.as_json())
            jobs.append(("INSERT OR REPLACE INTO meta VALUES (?, ?)", [("network", network)]))
        self._write(jobs)
        self._saved_witnesses = len(search.witnesses)
        self._saved |= {node.number for node in new}

    def load(self, search: Search) -> None:
        """Put the kept trees and witnesses into a search that has not begun, and offer the kept network to its incumbent.

        Raises: BadData (a row that does not fit the problem: the file was changed or damaged).
        """
        try:
            points = self._connection.execute("SELECT number, point, hull_weights FROM witnesses ORDER BY number").fetchall()
            rows = {row[0]: row[1:] for row in self._connection.execute("SELECT node, anchor, first, bounds FROM branched").fetchall()}
            kept = self._meta().get("network")
            for position, (number, point, shares) in enumerate(points):
                if number != position:
                    raise ValueError(f"witness {position} is missing")
                witness = Witness(_numbers(point), None if shares is None else _numbers(shares))
                if search.target.domain.point(witness.point if witness.hull_weights is None else witness.hull_weights) != witness.point:
                    raise ValueError(f"witness {position} is not where its weights put it")
                search.add_witness(witness)
            waiting = [tree.root for tree in search.trees]
            while waiting:
                node = waiting.pop()
                if node.number in rows:
                    anchor, first, bounds = rows.pop(node.number)
                    waiting.extend(_grown(search, node, anchor, first, json.loads(bounds)))
            network = None if kept is None else _network(json.loads(kept), search.target.shape[1])
        except (sqlite3.Error, ValueError, TypeError, KeyError, NotCertified, ShapeError) as error:
            raise BadData(f"the state {self.path} is damaged ({error}); delete it, or leave out --resume") from None
        self._saved_witnesses = len(search.witnesses)
        self._saved = {node.number for node in search.inner()}
        if network is not None:
            search.incumbent.take(network)


def _grown(search: Search, node: Node, anchor: int, first: int, bounds: list[float]) -> tuple[Node, ...]:
    """The children of a node as they were; their patterns follow from the rules, so that a changed file cannot leave one out."""
    tree = search.trees[node.tree]
    if type(anchor) is not int or not anchor < len(search.points) or any(anchor == z for z, _ in node.path):
        raise ValueError(f"node {node.number} has the anchor {anchor}")
    patterns = patterns_at(anchor, tree.signs, node.path, tree.problem.affine)
    if len(bounds) != len(patterns) or not all(isinstance(b, float) and b >= 0 for b in bounds):
        raise ValueError(f"node {node.number} has {len(bounds)} children instead of {len(patterns)}")
    node.anchor = anchor
    node.children = tuple(Node(first + j, node.tree, node, (*node.path, (anchor, pattern)), bound)
                          for j, (pattern, bound) in enumerate(zip(patterns, bounds, strict=True)))  # fmt: skip
    search.made = max(search.made, first + len(patterns))
    return node.children


def _texts(row: Sequence[Fraction]) -> str:
    return json.dumps([str(c) for c in row])


def _numbers(text: str) -> tuple[Fraction, ...]:
    return parse_row(json.loads(text), "point")


def _network(document: dict[str, Any], d: int) -> Weights:
    rows = tuple(parse_row(row, "W") for row in document["W"])
    c, = parse_row([document["c"]], "c")
    kept = KinkNetwork(tuple(document["signs"]), rows, parse_row(document["b"], "b"), parse_row(document["v"], "v"), c)
    if len(kept.v) != d:
        raise ValueError(f"the network takes {len(kept.v)} inputs")
    W = np.array([[float(c) for c in row] for row in kept.W]).reshape(len(kept.signs), d)
    return Weights(kept.signs, W, np.array([float(c) for c in kept.b]), np.array([float(c) for c in kept.v]), float(kept.c))


