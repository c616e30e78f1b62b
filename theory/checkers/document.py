"""Derivations as documents: the node table, the lemmas and the claims that `theory.kernel.derivation` replays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from theory.checkers.derive import Derived
from theory.checkers.proofs import Proven, lemma_of
from theory.checkers.proofs import proven as proven_lemma
from theory.checkers.script import Inference
from theory.kernel import Node
from theory.kernel.derivation import FORMAT, Schema
from theory.kernel.nodes import num, value_of
from theory.proof import Lemma, LemmaKind


@dataclass
class Document:
    """Collects claims and the lemmas they use; every node and every lemma is written once."""

    nodes: list[Any] = field(default_factory=list)
    places: dict[Node, int] = field(default_factory=dict)
    lemmas: list[dict[str, Any]] = field(default_factory=list)
    known: dict[Schema, int] = field(default_factory=dict)
    claims: list[dict[str, Any]] = field(default_factory=list)

    def node(self, node: Node) -> int:
        """The place of a node in the table."""
        if node not in self.places:
            args = [str(value_of(node))] if node.head == "num" else [
                self.node(a) if isinstance(a, Node) else a for a in node.args]
            self.nodes.append([node.head, *args])
            self.places[node] = len(self.nodes) - 1
        return self.places[node]

    def _line(self, line: Inference) -> list[Any]:
        if isinstance(line.rule, Schema):
            return ["lemma", list(line.premises), [self.node(num(self.known[line.rule])), *map(self.node, line.arguments)]]
        return [line.rule, list(line.premises), list(map(self.node, line.arguments))]

    def step(self, derived: Derived) -> list[Any]:
        """The lines of one step."""
        return [self._line(line) for line in derived.lines]

    def lemma(self, lemma: Lemma) -> None:
        """A lemma and all that its proof uses."""
        if lemma.kind is LemmaKind.TEXTBOOK and lemma.derivation is None:
            from theory.checkers.proofs import schema_of
            schema = schema_of(lemma)
            if schema not in self.known:
                self._add(schema, {"source": f"{lemma.source.work}, {lemma.source.item}".strip(", ")})
            return
        found = proven_lemma(lemma)
        if found.schema not in self.known:
            for step in lemma.proof.steps if lemma.proof is not None else ():
                own = lemma_of(step)
                if own is not None:
                    self.lemma(own)
            self._add(found.schema, {"steps": [self.step(s) for s in found.steps]})

    def _add(self, schema: Schema, more: Mapping[str, Any]) -> None:
        self.lemmas.append({"premises": list(map(self.node, schema.premises)), "conclusion": self.node(schema.conclusion), **more})
        self.known[schema] = len(self.lemmas) - 1

    def claim(self, name: str, found: Proven) -> None:
        """A claim; the name is for the reader of the file alone.  Its lemmas are in the document already."""
        self.claims.append({"id": name, "hypotheses": list(map(self.node, found.premises)), "conclusion": self.node(found.conclusion),
                            "steps": [self.step(s) for s in found.steps]})

    def data(self) -> dict[str, Any]:
        """The document."""
        return {"format": FORMAT, "nodes": self.nodes, "lemmas": self.lemmas, "claims": self.claims}
