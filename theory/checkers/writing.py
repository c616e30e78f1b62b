"""What a lemma that writes its own derivation has at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from theory.checkers.knowledge import Closer
from theory.checkers.prover import Prover
from theory.checkers.script import Line, Script
from theory.kernel import Node, Refused


@dataclass(frozen=True)
class Writing:
    """What a lemma's own derivation has at hand: the kernel's variables by name, the lines of its hypotheses, the goal."""

    prover: Prover
    variables: Mapping[str, Node]
    hypotheses: tuple[Line, ...]
    goal: Node

    @property
    def script(self) -> Script:
        """The script that is being written."""
        return self.prover.script

    def __getattr__(self, name: str) -> Node:
        """A variable of the lemma by its name."""
        if name not in self.variables:
            raise AttributeError(f"the lemma has no variable {name}; it has {', '.join(sorted(self.variables))}")
        return self.variables[name]

    def known(self, formula: Node) -> Line:
        """A line that says a formula that follows simply from the premises.  Raises: Refused."""
        line = self.prover.establish(formula)
        if line is None:
            raise Refused(f"{formula!r} does not follow simply from the premises")
        return line

    def open(self) -> tuple[Node, Closer]:
        """The goal without leading quantifiers and premises, and what puts them back."""
        return self.prover.open(self.goal)
