"""Scripts: derivations as they are written.  Every line is run by the kernel at once, so a script holds theorems and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from theory.kernel import RULES, Node, Refused, Theorem
from theory.kernel.axioms import AXIOMS
from theory.kernel.derivation import Schema
from theory.kernel.heads import TRUE, eq, le, lt
from theory.kernel.nodes import is_linear, num

Line = int  # the place of a theorem in its script


@dataclass(frozen=True)
class Inference:
    """One line: the inference (or the lemma), the lines of its premises, and its arguments."""

    rule: str | Schema
    premises: tuple[Line, ...]
    arguments: tuple[Node, ...]


@dataclass
class Script:
    """Lines and the theorems that they are; equal lines are written once."""

    lines: list[Inference] = field(default_factory=list)
    theorems: list[Theorem] = field(default_factory=list)
    places: dict[Inference, Line] = field(default_factory=dict)
    fresh_variables: int = 0

    def __post_init__(self) -> None:
        self.assume(TRUE)                                 # line 0 says nothing, so that every line that matters is true in Python

    def do(self, rule: str, premises: Sequence[Line] = (), *arguments: Node) -> Line:
        """Run an inference.  Raises: Refused."""
        return self._add(Inference(rule, tuple(premises), arguments))

    def use(self, lemma: Schema, premises: Sequence[Line], values: dict[Node, Node]) -> Line:
        """Use a lemma at the given terms.  Raises: Refused."""
        return self._add(Inference(lemma, tuple(premises), tuple(a for pair in values.items() for a in pair)))

    def _add(self, line: Inference) -> Line:
        known = self.places.get(line)
        if known is not None:
            return known
        given = [self.theorems[p] for p in line.premises]
        if isinstance(line.rule, Schema):
            values = dict(zip(line.arguments[::2], line.arguments[1::2], strict=True))
            result = line.rule.at(given, values)
        else:
            result = RULES[line.rule](given, line.arguments)
        self.lines.append(line)
        self.theorems.append(result)
        self.places[line] = place = len(self.lines) - 1
        return place

    def says(self, line: Line) -> Node:
        """The conclusion of a line."""
        return self.theorems[line].conclusion

    # --- the inferences in daily use -----------------------------------------------------------------------------------------------

    def assume(self, formula: Node) -> Line:
        """φ ⊢ φ."""
        return self.do("assume", (), formula)

    def axiom(self, name: str, premises: Sequence[Line] = (), **values: Node) -> Line:
        """An axiom, its metavariables given by name; those in the sizes of others follow from these."""
        by_name = {v.args[0]: v for v in AXIOMS[name].variables}
        return self.do(name, premises, *(a for key, value in sized(by_name, values).items() for a in (by_name[key], value)))

    def restate(self, line: Line, formula: Node) -> Line:
        """The formula, which has the normal form of the line."""
        return line if self.says(line) is formula else self.do("restate", (line,), formula)

    def combine(self, goal: Node, parts: Iterable[tuple[Line, Node | int]] = ()) -> Line:
        """A relation as a combination of relations."""
        pairs = list(parts)
        return self.do("combine", [p for p, _ in pairs], goal, *(c if isinstance(c, Node) else num(c) for _, c in pairs))

    def chain(self, first: Line, second: Line) -> Line:
        """s = t and t = r give s = r, of numbers."""
        return self.combine(eq(self.says(first).args[0], self.says(second).args[1]), ((first, 1), (second, 1)))

    def equal(self, left: Node, right: Node) -> Line:
        """left = right, by normal forms."""
        return self.do("equal_vectors" if is_linear(left.sort) else "combine", (), eq(left, right))

    def specialise(self, line: Line, value: Node, membership: Line | None = None) -> Line:
        """∀x∈D φ at a value."""
        return self.do("specialise", (line,) if membership is None else (line, membership), value)

    def by_cases(self, s: Node, t: Node, below: Line, above: Line) -> Line:
        """From s < t ⊢ φ and t ≤ s ⊢ φ."""
        either = self.axiom("order", s=s, t=t)
        return self.do("cases", (either, below, above), self.says(below))

    def weaken(self, line: Line) -> Line:
        """s ≤ t from s < t; a line s ≤ t is left as it is."""
        said = self.says(line)
        return line if said.head == "le" else self.combine(le(*said.args), [(line, 1)])

    def anything(self, contradiction: Line, goal: Node) -> Line:
        """The goal, from a relation between numerals that does not hold."""
        return self.do("cases", (self.do("impossible", (contradiction,)),), goal)

    def by_contradiction(self, goal: Node, contradiction: Line) -> Line:
        """s ≤ t (or s < t) from a false relation between numerals that its negation gives."""
        s, t = goal.args
        refuted = self.anything(contradiction, goal)
        if goal.head == "le":
            return self.by_cases(t, s, refuted, self.assume(goal))
        return self.by_cases(s, t, self.assume(goal), refuted)

    def negation(self, goal: Node) -> Node:
        """What `by_contradiction` refutes."""
        s, t = goal.args
        return lt(t, s) if goal.head == "le" else le(t, s)


def sized(by_name: dict[str, Node], values: dict[str, Node]) -> dict[str, Node]:
    """Values of metavariables, with those of the sizes in their sorts."""
    found = dict(values)

    def match(pattern: Any, sort: Any) -> None:
        if not isinstance(pattern, Node) or not isinstance(sort, Node):
            return
        if pattern.head == "var" and by_name.get(pattern.args[0]) is pattern:
            found.setdefault(pattern.args[0], sort)
        elif pattern.head == sort.head and len(pattern.args) == len(sort.args):
            for a, b in zip(pattern.args, sort.args, strict=True):
                match(a, b)

    for key, value in values.items():
        if key not in by_name:
            raise Refused(f"there is no metavariable {key}; there are {', '.join(sorted(by_name))}")
        match(by_name[key].sort, value.sort)
    return found
