"""Derivations as plain data: fragments, one a step, and the document of many claims that `theory.kernel.derivation` replays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from theory.checkers.derive import Derived
from theory.kernel import Node, Theorem
from theory.kernel.derivation import FORMAT, Schema, read_nodes, replay_lines
from theory.kernel.nodes import num, value_of

Fragment = Mapping[str, Any]   # "nodes" and "lines" of one step; the lemmas that it uses are numbered in the order of `lemmas_used`


@dataclass
class Table:
    """A table of nodes as it grows; every node is written once, after its arguments."""

    entries: list[Any] = field(default_factory=list)
    places: dict[Node, int] = field(default_factory=dict)

    def place(self, node: Node) -> int:
        """The place of a node."""
        if node not in self.places:
            args = [str(value_of(node))] if node.head == "num" else [self.place(a) if isinstance(a, Node) else a for a in node.args]
            self.entries.append([node.head, *args])
            self.places[node] = len(self.entries) - 1
        return self.places[node]


def fragment(derived: Derived, lemmas: Sequence[Schema] = ()) -> dict[str, Any]:
    """The derivation of one step as plain data; lemmas are numbered as given, those that are not given in the order of first use."""
    table, lines, lemmas = Table(), [], list(dict.fromkeys((*lemmas, *lemmas_used(derived))))
    for line in derived.lines:
        is_lemma = isinstance(line.rule, Schema)
        args = (num(lemmas.index(line.rule)), *line.arguments) if isinstance(line.rule, Schema) else line.arguments
        lines.append(["lemma" if is_lemma else line.rule, list(line.premises), [table.place(a) for a in args]])
    return {"nodes": table.entries, "lines": lines}


def lemmas_used(derived: Derived) -> list[Schema]:
    """The lemmas that a derivation uses, each once, in the order of their first use: one for a step, any number for a derived lemma."""
    return list(dict.fromkeys(line.rule for line in derived.lines if isinstance(line.rule, Schema)))


def lemmas_named(lines: Sequence[Sequence[Any]], nodes: Sequence[Sequence[Any]]) -> list[int]:
    """The numbers of the lemmas that lines use, each once, in the order of their first use; nodes as they are in the data."""
    return list(dict.fromkeys(int(nodes[args[0]][1]) for rule, _, args in lines if rule == "lemma"))


def replayed(found: Fragment, lemmas: Sequence[Schema]) -> Theorem:
    """What a fragment shows by the lemmas that it numbers.  Raises: Refused."""
    return replay_lines(found.get("lines"), read_nodes(found.get("nodes")), lemmas)


@dataclass
class Document:
    """Collects claims and the lemmas that they use; every lemma is written once, before what uses it."""

    table: Table = field(default_factory=Table)
    lemmas: list[dict[str, Any]] = field(default_factory=list)
    known: dict[Schema, int] = field(default_factory=dict)
    claims: list[dict[str, Any]] = field(default_factory=list)

    def step(self, found: Fragment, lemmas: Sequence[Schema] = ()) -> list[Any]:
        """The lines of a step, its nodes and its lemmas as this document numbers them."""
        nodes = read_nodes(found["nodes"])
        places = [self.table.place(node) for node in nodes]
        lines = []
        for rule, premises, args in found["lines"]:
            own = [places[a] for a in args]
            if rule == "lemma":
                own[0] = self.table.place(num(self.known[lemmas[int(value_of(nodes[args[0]]))]]))
            lines.append([rule, premises, own])
        return lines

    def lemma(self, schema: Schema, more: Mapping[str, Any]) -> None:
        """A lemma; ``more`` holds its source or its steps."""
        self.known[schema] = len(self.lemmas)
        self.lemmas.append({**self._statement("premises", schema.premises, schema.conclusion), **more})

    def claim(self, name: str, hypotheses: Sequence[Node], conclusion: Node, steps: Sequence[list[Any]]) -> None:
        """A claim; the name is for the reader of the file alone."""
        self.claims.append({"id": name, **self._statement("hypotheses", hypotheses, conclusion), "steps": list(steps)})

    def _statement(self, conditions: str, premises: Sequence[Node], conclusion: Node) -> dict[str, Any]:
        return {conditions: list(map(self.table.place, premises)), "conclusion": self.table.place(conclusion)}

    def data(self) -> dict[str, Any]:
        """The document."""
        return {"format": FORMAT, "nodes": self.table.entries, "lemmas": self.lemmas, "claims": self.claims}
