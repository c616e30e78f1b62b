"""Equations as rewriting rules of polynomials, with the multipliers by which each rewriting is a combination of equations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from theory.checkers.real.monomials import degree, degree_of, divided, weight
from theory.checkers.script import Line, Script
from theory.kernel.heads import eq
from theory.kernel.nodes import N, Node
from theory.kernel.normal import gap, never_negative, number, product
from theory.kernel.polynomials import Monomial, Polynomial, atom, has_square, minus, plus, scaled

LONGEST = 40         # terms of an equation that is used for rewriting
HIGHEST = 8          # degree of an equation that is derived from others


@dataclass(frozen=True)
class Rule:
    """An equation 0 = poly, solved for one of its monomials."""

    line: Line
    poly: Polynomial
    lead: Monomial


class Rules:
    """The equations of a problem, each reduced by the others."""

    def __init__(self, script: Script, most: int, steps: int) -> None:
        self.script, self.most, self.steps = script, most, steps
        self.rules: list[Rule] = []
        self.absurd: Line | None = None          # an equation between different numerals

    def add(self, line: Line) -> None:
        """Take in the equation of a line."""
        todo = [line]
        while todo and self.most > 0 and self.absurd is None:
            self.most -= 1
            reduced = self.reduced_line(todo.pop(0))
            if reduced is None:
                continue
            poly = gap(self.script.says(reduced))
            if degree_of(poly) == 0:
                self.absurd = reduced
                return
            if len(poly) > LONGEST:
                continue
            rule = Rule(reduced, poly, _lead(poly))
            touched = [r for r in self.rules if any(divided(m, rule.lead) is not None for m in r.poly)]
            self.rules = [*(r for r in self.rules if r not in touched), rule]
            todo += [*(r.line for r in touched), *self._completed(rule)]

    def _completed(self, rule: Rule) -> Iterable[Line]:
        """The equation times an atom of its leading monomial whose square the normal form rewrites."""
        for node, e in rule.lead:
            if e == 1 and has_square(node):
                raised = product(atom(node), rule.poly)
                if degree_of(raised) <= HIGHEST:
                    yield self.script.combine(eq(0, number(raised)), [(rule.line, node)])

    def reduced_line(self, line: Line) -> Line | None:
        """The equation in reduced form as a line; None where it says 0 = 0."""
        before = gap(self.script.says(line))
        after, used = self.reduce(before)
        if not after:
            return None
        if not used:
            return line
        return self.script.combine(eq(0, number(after)), [(line, 1), *self.parts(used, -1)])

    def reduce(self, p: Polynomial) -> tuple[Polynomial, dict[Line, Polynomial]]:
        """p − Σ q_i·(gap of equation i), rewritten as far as the steps allow, and the q_i by line."""
        used: dict[Line, Polynomial] = {}
        for _ in range(self.steps):
            found = self._redex(p)
            if found is None:
                return p, used
            rule, multiplier = found
            p = minus(p, product(multiplier, rule.poly))
            used[rule.line] = plus(used.get(rule.line, {}), multiplier)
        return p, used

    def _redex(self, p: Polynomial) -> tuple[Rule, Polynomial] | None:
        for rule in self.rules:
            for monomial, c in p.items():
                m = divided(monomial, rule.lead)
                if m is not None:
                    return rule, {m: c / rule.poly[rule.lead]}
        return None

    def parts(self, used: dict[Line, Polynomial], sign: int) -> list[tuple[Line, Node]]:
        """Multipliers as premises of `combine`."""
        return [(line, number(scaled(q, sign))) for line, q in used.items() if q]


def _lead(p: Polynomial) -> Monomial:
    """An atom that occurs once and alone, where that makes things simpler; else the latest monomial of the highest degree."""
    counts: dict[Node, int] = {}
    for monomial in p:
        for node, _ in monomial:
            counts[node] = counts.get(node, 0) + 1
    alone = [m for m in p if len(m) == 1 and m[0][1] == 1 and counts[m[0][0]] == 1 and m[0][0].head != "exp"]
    rest_degree = {m: max((degree(o) for o in p if o is not m), default=0) for m in alone}
    good = [m for m in alone if len(p) <= 2 or not _signed(m[0][0]) or rest_degree[m] <= 1]
    if good:
        return max(good, key=lambda m: (len(p) > 2 and not _signed(m[0][0]), weight(m)))
    return max(p, key=weight)


def _signed(node: Node) -> bool:
    return node.sort is N or never_negative(node)


