"""A problem: a goal and all that is known, reduced by the equations, with the signs of atoms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flint import fmpq

from theory.checkers.real.defining import whole_step
from theory.checkers.real.effort import SearchEffort
from theory.checkers.real.monomials import as_node, degree, degree_of
from theory.checkers.real.rules import Rules
from theory.checkers.script import Line, Script
from theory.kernel.heads import le, lt
from theory.kernel.nodes import Node, num
from theory.kernel.normal import gap, normal, number
from theory.kernel.polynomials import Monomial, Polynomial, scaled

Content = frozenset[tuple[Monomial, int, int]]


@dataclass(frozen=True, eq=False)
class Inequality:
    """0 ≤ poly (or 0 < poly): the gap of a line, reduced."""

    line: Line
    poly: Polynomial
    strict: bool


class RealProblem:
    """Lines, the facts and equations that they are, and the signs of atoms."""

    def __init__(self, script: Script, goal: Node, effort: SearchEffort) -> None:
        self.script, self.goal, self.effort = script, goal, effort
        self.rules = Rules(script, effort.equations, effort.steps)
        self.raw: dict[Line, None] = {}                       # lines of inequalities
        self.facts: list[Inequality] = []
        self.directions: dict[Monomial, set[bool]] = {}       # whether monomials occur in facts with positive, with negative coefficients
        self.signs: dict[Node, tuple[Line, str]] = {}
        self.open: dict[Node, None] = {}                      # atoms whose defining facts need a sign that is not known
        self.inside: dict[Node, None] = {}                    # numbers inside these atoms
        self.seen: set[Node] = set()
        self.written: list[Node] = []                         # relations in which squares have not been looked for
        self.related: set[object] = set()                     # pairs of terms that have been compared

    # --- taking in ---------------------------------------------------------------------------------------------------------------

    def add(self, line: Line) -> None:
        """Take in a relation."""
        self.written.append(self.script.says(line))
        if self.script.says(line).head == "eq":
            self.rules.add(line)
        elif len(self.raw) < self.effort.facts:
            step = whole_step(self.script, line)
            self.raw.update(dict.fromkeys(p for p in (line, step) if p is not None))

    # --- reducing ----------------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Reduce all facts by the equations, turn opposite facts into equations, and read off the signs of atoms."""
        while True:
            reduced: dict[Content, Inequality] = {}
            for line in self.raw:
                poly, _ = self.rules.reduce(gap(self.script.says(line)))
                if degree_of(poly) == 0 and poly.get((), 0) >= 0 and (poly or self.script.says(line).head == "le"):
                    continue
                fact = Inequality(line, poly, self.script.says(line).head == "lt")
                content = _content(poly)
                known = reduced.setdefault(content, fact)
                if fact.strict and not known.strict:
                    reduced[content] = fact
            self.facts = list(reduced.values())
            self.directions = {}
            if not self._opposite(reduced):
                break
        self._read_signs()

    def _opposite(self, facts: dict[Content, Inequality]) -> bool:
        for fact in self.facts:
            other = facts.get(_content(fact.poly, -1)) if fact.poly and not fact.strict else None
            if other is not None and not other.strict:
                side = number(fact.poly)
                low, high = self.line_of(fact), self.script.combine(le(side, 0), [(self.line_of(other), 1)])
                low = self.script.restate(low, le(0, side))
                before = self.rules.most
                self.rules.add(self.script.axiom("antisymmetry", [low, high], s=num(0), t=side))
                return self.rules.most < before
        return False

    def line_of(self, fact: Inequality) -> Line:
        """The reduced fact as a line."""
        after, used = self.rules.reduce(gap(self.script.says(fact.line)))
        if not used:
            return fact.line
        relation = lt if fact.strict else le
        return self.script.combine(relation(0, number(after)), [(fact.line, 1), *self.rules.parts(used, -1)])

    def _read_signs(self) -> None:
        self.signs = {}
        for fact in self.facts:
            inner = [m for m in fact.poly if m]
            c = fact.poly.get((), fmpq(0))
            if len(inner) != 1 or len(inner[0]) != 1 or inner[0][0][1] != 1 or c > 0:
                continue
            node, up = inner[0][0][0], fact.poly[inner[0]] > 0
            strict = fact.strict or c < 0
            what = (">" if strict else "≥") if up else ("<" if strict else "≤")
            if node not in self.signs or strict:
                relation = lt if strict else le
                claim = relation(0, node) if up else relation(node, 0)
                line = self.script.combine(claim, [(self.line_of(fact), num(_fraction(1 / abs(fact.poly[inner[0]]))))])
                self.signs[node] = (line, what)

    def unmatched(self, goal: Node) -> bool:
        """Whether a monomial of the goal stands in no fact with the same sign: then no sum of facts gives the goal."""
        if not self.directions:
            for fact in self.facts:
                for m, c in fact.poly.items():
                    self.directions.setdefault(m, set()).add(c > 0)
        wanted = self.rules.reduce(gap(goal))[0]
        return any(m and (c > 0) not in self.directions.get(m, ()) and not (c > 0 and degree(m) > 1) for m, c in wanted.items())

    # --- signs -------------------------------------------------------------------------------------------------------------------

    def sign(self, t: Node) -> tuple[Line, str] | None:
        """The sign of a number that the signs of its terms show: 0 < t, 0 ≤ t, t < 0 or t ≤ 0 as a line."""
        p, used = self.rules.reduce(normal(t))
        for direction in (1, -1):
            parts = self._terms(scaled(p, direction))
            if parts is None:
                continue
            strict = p.get((), 0) * direction > 0 or any(self.script.says(line).head == "lt" for line, _ in parts)
            relation = lt if strict else le
            claim = relation(0, t) if direction == 1 else relation(t, 0)
            line = self.script.combine(claim, [*parts, *self.rules.parts(used, direction)])
            return line, {(1, True): ">", (1, False): "≥", (-1, True): "<", (-1, False): "≤"}[direction, strict]
        return None

    def _terms(self, p: Polynomial) -> list[tuple[Line, Node]] | None:
        parts = []
        for monomial, c in p.items():
            if c < 0:
                return None
            if monomial:
                line = self.monomial(monomial)
                if line is None:
                    return None
                parts.append((line, num(_fraction(c))))
        return parts

    def monomial(self, monomial: Monomial) -> Line | None:
        """0 ≤ or 0 < a monomial, from the signs of its atoms and squares."""
        lines = self.factors(monomial)
        if lines is None:
            return None
        return lines[0] if len(lines) == 1 else self.script.do("multiply", lines)

    def factors(self, monomial: Monomial) -> list[Line] | None:
        """Nonnegative factors of a monomial, as lines."""
        lines: list[Line] = []
        for node, e in monomial:
            known = self.signs.get(node)
            if known is not None and known[1] in ">≥":
                lines += [known[0]] * e
            elif e % 2 == 0:
                lines.append(self.script.do("square", (), as_node(((node, e // 2),))))
            else:
                return None
        return lines

    def monomials(self, extra: Iterable[Polynomial] = ()) -> dict[Monomial, None]:
        """The monomials of all facts, in their order."""
        return dict.fromkeys(m for p in (*(f.poly for f in self.facts), *extra) for m in p)


def _content(p: Polynomial, sign: int = 1) -> Content:
    """What ±p is, as something that can be looked up: a rational number of flint takes long to hash, its parts do not."""
    return frozenset((m, sign * int(c.p), int(c.q)) for m, c in p.items())


def _fraction(c: fmpq) -> str:
    return f"{c.p}/{c.q}"
