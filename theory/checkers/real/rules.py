"""Equations as rewriting rules of polynomials, with the multipliers by which each rewriting is a combination of equations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from flint import fmpq

from theory.checkers.real.monomials import degree, degree_of, divided, weight
from theory.checkers.script import Line, Script
from theory.kernel.heads import eq
from theory.kernel.nodes import N, Node
from theory.kernel.normal import gap, never_negative, number, product
from theory.kernel.numbers import square
from theory.kernel.polynomials import Monomial, Polynomial, add_scaled, atom, minus, plus, scaled

LONGEST = 40         # terms of an equation that is used for rewriting
HIGHEST = 6          # degree of an equation that is derived from others


@dataclass(frozen=True)
class SolvedEquation:
    """An equation 0 = poly, solved for one of its monomials."""

    line: Line
    poly: Polynomial
    lead: Monomial


class Rules:
    """The equations of a problem, each reduced by the others."""

    def __init__(self, script: Script, most: int, steps: int) -> None:
        self.script, self.most, self.steps = script, most, steps
        self.rules: list[SolvedEquation] = []
        self.memo: dict[Monomial, tuple[Polynomial, dict[Line, Polynomial]]] = {}
        self.left = steps
        self.absurd: Line | None = None          # an equation between different numerals

    def add(self, line: Line) -> None:
        """Take in the equation of a line."""
        todo: list[tuple[Line, Monomial | None]] = [(line, None)]
        while todo and self.most > 0 and self.absurd is None:
            self.most -= 1
            current, lead = todo.pop(0)
            reduced = self.reduced_line(current)
            if reduced is None:
                continue
            poly = gap(self.script.says(reduced))
            if degree_of(poly) == 0:
                self.absurd = reduced
                return
            if len(poly) > LONGEST:
                continue
            rule = SolvedEquation(reduced, poly, lead if lead and _leads(lead, poly) else _lead(poly))
            touched = [r for r in self.rules if any(divided(m, rule.lead) is not None for m in r.poly)]
            self.rules = [*(r for r in self.rules if r not in touched), rule]
            self.memo = {}
            todo += [*((r.line, r.lead) for r in touched), *((p, ()) for p in (self._completed(rule) if lead is None else ()))]

    def _completed(self, rule: SolvedEquation) -> Iterable[Line]:
        """The equation times an atom of its leading monomial whose square the normal form rewrites."""
        for node, e in rule.lead:
            if e == 1 and square(node) is not None:
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
        self.left = self.steps
        return self._reduced(p)

    def _reduced(self, p: Polynomial) -> tuple[Polynomial, dict[Line, Polynomial]]:
        total: Polynomial = {}
        used: dict[Line, Polynomial] = {}
        for monomial, c in p.items():
            value, own = self._monomial(monomial)
            add_scaled(total, value, c)
            for line, q in own.items():
                add_scaled(used.setdefault(line, {}), q, c)
        return total, used

    def _monomial(self, monomial: Monomial) -> tuple[Polynomial, dict[Line, Polynomial]]:
        """A monomial rewritten by the first rule that applies, and then on; remembered, since products share monomials."""
        known = self.memo.get(monomial)
        if known is not None:
            return known
        lawful = product({monomial: fmpq(1)})                 # the laws of |t|² and the like, where products did not apply them
        if len(lawful) != 1 or monomial not in lawful:
            answer = self.memo[monomial] = self._reduced(lawful)
            return answer
        powers = dict(monomial)
        rule = next((r for r in self.rules if all(powers.get(node, 0) >= e for node, e in r.lead)), None)
        if rule is None or self.left <= 0:
            answer = ({monomial: fmpq(1)}, {})
        else:
            self.left -= 1
            multiplier = {divided(monomial, rule.lead) or (): 1 / rule.poly[rule.lead]}
            value, used = self._reduced(minus({monomial: fmpq(1)}, product(multiplier, rule.poly)))
            answer = value, {**used, rule.line: plus(used.get(rule.line, {}), multiplier)}
        self.memo[monomial] = answer
        return answer

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
    alone = [m for m in alone if not any(occurs(m[0][0], node) for node in counts if node is not m[0][0])]
    rest_degree = {m: max((degree(o) for o in p if o is not m), default=0) for m in alone}
    good = [m for m in alone if len(p) <= 2 or not _signed(m[0][0]) or rest_degree[m] <= 1]
    if good:
        return max(good, key=lambda m: (len(p) > 2 and not _signed(m[0][0]), weight(m)))
    return max(p, key=weight)


def _leads(lead: Monomial, p: Polynomial) -> bool:
    """Whether an equation that was solved for a monomial may stay so: were it solved anew each time, equations could turn for ever."""
    own = {node for node, _ in lead}
    others = {node for monomial in p for node, _ in monomial} - own
    return lead in p and not any(occurs(part, node) for part in own for node in others)


@cache
def occurs(part: Node, node: Node) -> bool:
    """Whether a node occurs inside another: rewriting it by that other would not end."""
    return part.free <= node.free and any(a is part or occurs(part, a) for a in node.args if isinstance(a, Node))


def _signed(node: Node) -> bool:
    return node.sort is N or never_negative(node)


