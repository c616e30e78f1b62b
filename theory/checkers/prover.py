"""The prover: how simple formulas are shown from what is known at one place of a proof.

It establishes side conditions: known facts up to normal forms, instances of quantified ones, memberships, equations by conversion,
inequalities by certificates, quantified formulas piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice

from theory.checkers.abstraction import abstract_attempts, prove_coarsely
from theory.checkers.conversion import ConversionRule, Converter, rules_of
from theory.checkers.knowledge import DEEP, Knowledge, ScopedVariables
from theory.checkers.real import attempts, prove
from theory.checkers.real.effort import CHEAP, Round, SearchEffort
from theory.checkers.script import Line
from theory.checkers.signs_by_form import nonnegative_by_signs
from theory.checkers.witnesses import witnesses
from theory.kernel import Node, Refused
from theory.kernel.axioms import AXIOMS
from theory.kernel.binding import opened, substitute
from theory.kernel.heads import eq
from theory.kernel.nodes import is_linear, make, num
from theory.kernel.normal import gap

COARSE = SearchEffort(rounds=(Round(CHEAP), Round(CHEAP, 2, 4, False)), work=100)     # where functions of numbers are opaque
MOST_WITNESSES = 24
REWRITE_AFTER = 1   # rounds of search for a certificate; equations are rewritten once the cheap rounds have failed


@dataclass
class Prover(Knowledge):
    """What is known, and the rewriting by the known equations."""

    converter: Converter | None = None

    @contextmanager
    def within(self, pairs: ScopedVariables) -> Iterator[None]:
        """As for all `Knowledge`; the rewriting of before comes back with the facts of before."""
        converter = self.converter
        with super().within(pairs):
            try:
                yield
            finally:
                self.converter = converter

    # --- side conditions ------------------------------------------------------------------------------------------------------------

    def establish(self, goal: Node) -> Line | None:
        """A line that says the goal, where it follows simply from what is known; None otherwise."""
        found = self.lookup(goal)
        if found is not None or self.depth >= DEEP:
            return found
        self.depth += 1
        try:
            return self._establish(goal)
        except Refused:
            return None
        finally:
            self.depth -= 1

    def _establish(self, goal: Node) -> Line | None:
        if goal.head == "in":
            return self.membership(*goal.args)
        if goal.head == "and":
            parts = self.established(goal.args)
            return None if parts is None else self.script.do("both", parts)
        if goal.head in ("all", "imp"):
            return self._quantified(goal)
        if goal.head == "ex":
            return self._witnessed(goal)
        for line in list(self.known.values()):
            if self.script.says(line).head == "all":
                found = self.instance(line, goal)
                if found is not None:
                    return found
        if goal.head == "eq":
            return self.equation(goal)
        if goal.head in ("le", "lt"):
            return self.inequality(goal)
        return self._predicate(goal)

    def fork(self, depth: int = 0) -> Prover:
        """A prover that knows what this one knows, and learns for itself."""
        return Prover(self.script, self.facts, dict(self.known), list(self.scope), depth, self.effort, self.nested, set(self.chosen))

    def _quantified(self, goal: Node) -> Line | None:
        inner = self.fork(self.depth)
        body, close = inner.open(goal)
        line = inner.establish(body)
        return None if line is None else close(line)

    def _witnessed(self, goal: Node) -> Line | None:
        """∃… φ from φ at a witness."""
        for values in islice(witnesses(self, goal), MOST_WITNESSES):
            found = self._at_witness(goal, values)
            if found is not None:
                return found
        return None

    def _at_witness(self, goal: Node, values: Sequence[Node]) -> Line | None:
        if not values:
            return self.establish(goal)
        domain, body = goal.args
        inside = None if domain.head == "whole" else self.membership(values[0], domain)
        if inside is None and domain.head != "whole":
            return None
        found = self._at_witness(opened(body, (values[0],)), values[1:])
        if found is None:
            return None
        return self.script.do("witness", (found,) if inside is None else (found, inside), goal, values[0])

    def _predicate(self, goal: Node) -> Line | None:
        if goal.head == "symmetric" or goal.head == "psd":
            matrix = goal.args[0]
            space = make("vec", matrix.sort.args[0])
            name = "is_symmetric" if goal.head == "symmetric" else "is_psd"
            premises = self.established(_form_premises(name, matrix, space))
            return None if premises is None else self.script.axiom(name, premises, S=matrix)
        return None

    # --- equations and inequalities ---------------------------------------------------------------------------------------------------

    def rules(self) -> list[ConversionRule]:
        """The known equations as rewriting rules."""
        return rules_of(self, list(self.known.values()))

    def conversion(self) -> Converter:
        """The converter for what is known here."""
        if self.converter is None:
            self.converter = Converter(self, self.rules())
        return self.converter

    def equation(self, goal: Node) -> Line | None:
        """An equation by normal forms under the known equations."""
        left, right = goal.args
        if is_linear(left.sort):
            return self._vector_equation(goal)
        difference = left - right
        line = self.conversion().convert(difference)
        if line is None:
            return self.script.combine(goal) if not gap(goal) else self.inequality(goal)
        if not gap(eq(0, self.script.says(line).args[1])):
            return self.script.combine(goal, ((line, 1),))
        return self.inequality(goal)

    def _vector_equation(self, goal: Node) -> Line | None:
        line = self.conversion().convert(goal.args[1] - goal.args[0])
        try:
            return self.script.do("equal_vectors", () if line is None else (line,), goal, *(() if line is None else (num(-1),)))
        except Refused:
            return None

    def inequality(self, goal: Node) -> Line | None:
        """A relation between numbers from the known relations, by certificates."""
        value = gap(goal)
        if set(value) <= {()} and (value.get((), 0) > 0 or (not value and goal.head != "lt")):
            return self.script.combine(goal)
        if goal.head == "le" and (found := self.by_form(goal)) is not None:
            return found
        return self._by_signs(goal) or self.from_one(goal) or self._by_search(goal)

    def _by_signs(self, goal: Node) -> Line | None:
        """0 ≤ t by the form of t and known signs."""
        if goal.head != "le" or goal.args[0] is not num(0):
            return None
        return nonnegative_by_signs(self.script, goal.args[1], self.lookup)

    def _by_search(self, goal: Node) -> Line | None:
        """Certificates from the known relations, round by round: over opaque terms, then rewritten by the known equations, then plain."""
        effort = self.effort if self.depth <= 1 else self.nested
        plain = self.relations()
        abstractly, plainly = (search(self.script, goal, plain, effort) for search in (abstract_attempts, attempts))
        for place in range(len(effort.rounds)):
            found = prove_coarsely(self.script, goal, plain, COARSE) if place == 1 else None
            found = found or next(abstractly) or next(plainly)
            if found is None and place == REWRITE_AFTER:
                found = self._by_rewriting(goal, plain, replace(effort, rounds=effort.rounds[:3]))
            if found is not None:
                return found
        return None

    def _by_rewriting(self, goal: Node, plain: list[Line], effort: SearchEffort) -> Line | None:
        """The goal where goal and facts are rewritten by the known equations."""
        rewritten = [self.converted(line) for line in plain]
        change = self.conversion().convert(goal.args[1] - goal.args[0])
        if change is None and rewritten == plain:
            return None
        target = goal if change is None else make(goal.head, num(0), self.script.says(change).args[1])
        facts = [*rewritten, *(p for p in plain if p not in rewritten)]
        found = self.lookup(target)
        if found is None:
            found = prove(self.script, target, facts, effort)
        return found if found is None or change is None else self.script.combine(goal, ((found, 1), (change, -1)))

    def converted(self, line: Line) -> Line:
        """A relation with both sides rewritten by the known equations."""
        relation = self.script.says(line)
        if relation.head == "eq":                         # it is one of the rules, and would rewrite itself away
            return line
        change = self.conversion().convert(relation.args[1] - relation.args[0])
        if change is None:
            return line
        goal = make(relation.head, num(0), self.script.says(change).args[1])
        return self.script.combine(goal, ((line, 1), (change, 1)))

def _form_premises(name: str, matrix: Node, space: Node) -> list[Node]:
    axiom = AXIOMS[name]
    by_name = {v.args[0]: v for v in axiom.variables}
    values = {by_name["S"]: matrix, by_name["d"]: space.args[0]}
    return [substitute(p, values) for p in axiom.premises]
