"""Abstraction: terms that are not arithmetic become variables, so that the search sees no more than a reader would look at.

What is shown of the variables is then shown of the terms, by substitution.  Terms with one normal form become one variable.  So does
a root of what stands nowhere else: all that matters of it is that it is not negative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from theory.checkers.real import attempts, prove
from theory.checkers.real.effort import SearchEffort
from theory.checkers.script import Line, Script
from theory.checkers.signs_by_form import Lookup, nonnegative_by_signs, products
from theory.kernel import Node
from theory.kernel.heads import le, lt
from theory.kernel.nodes import make, num, var
from theory.kernel.normal import canonical

POLYNOMIAL = frozenset({"num", "add", "mul", "le", "lt", "eq"})
ARITHMETIC = POLYNOMIAL | {"inv", "abs", "sqrt", "max", "min"}


@dataclass
class Abstraction:
    """Variables for opaque terms, and the first term that each stands for."""

    variables: dict[Node, Node] = field(default_factory=dict)
    terms: dict[Node, Node] = field(default_factory=dict)
    closed: frozenset[Node] = frozenset()                                                   # roots that are not looked into
    heads: frozenset[str] = ARITHMETIC                                                      # what is looked into

    def over(self, node: Node) -> Node:
        """The node over variables."""
        if node.head == "var":
            return node
        if _is_arithmetic(node, self.heads) and node not in self.closed:
            return make(node.head, *(self.over(a) if isinstance(a, Node) else a for a in node.args))
        return self._variable(node)

    def _variable(self, node: Node) -> Node:
        key = canonical(node)
        if key not in self.variables:
            self.variables[key] = var(f"t°°{len(self.variables)}", node.sort)               # type: ignore[arg-type]
            self.terms[self.variables[key]] = node
        return self.variables[key]


def _is_arithmetic(node: Node, heads: frozenset[str] = ARITHMETIC) -> bool:
    return node.head in heads or (node.head == "pow" and node.args[1].head == "num")


def _parts(node: Node, without: Node | None = None) -> set[Node]:
    """The arithmetic terms of a formula and what they are made of, numerals and what is inside a given term excepted."""
    if node is without or node.head == "num":
        return set()
    below = [_parts(a, without) for a in node.args if isinstance(a, Node)] if _is_arithmetic(node) else []
    return {node}.union(*below)


def lonely_roots(formulas: Sequence[Node]) -> frozenset[Node]:
    """Roots of terms whose parts stand nowhere else in the formulas.

    >>> from theory.kernel.nodes import R
    >>> s, t = var("s", R), var("t", R)
    >>> len(lonely_roots([le(make("sqrt", s), t)])), len(lonely_roots([le(make("sqrt", s), t), le(1, s)]))
    (1, 0)
    """
    roots = {node for formula in formulas for node in _parts(formula) if node.head == "sqrt"}
    alone = (root for root in roots if not any(_leaves(root.args[0]) & _parts(formula, root) for formula in formulas))
    return frozenset(root for root in alone if root.free)                                   # √2 is known by its digits


def _leaves(node: Node) -> set[Node]:
    return {part for part in _parts(node) if not _is_arithmetic(part)}


def hints(script: Script, goal: Node, facts: Sequence[Line], terms: Sequence[Node]) -> list[Line]:
    """What a reader sees at once: signs of opaque terms, of the products and squares that stand in the formulas, powers of one base."""
    known = {canonical(script.says(line)): line for line in facts}

    def lookup(formula: Node) -> Line | None:
        line = known.get(canonical(formula))
        return None if line is None else script.restate(line, formula)

    formulas = [goal, *(script.says(line) for line in facts)]
    candidates = dict.fromkeys([*terms, *(p for formula in formulas for p in products(formula))])
    signs = [line for c in candidates if (line := nonnegative_by_signs(script, c, lookup)) is not None]
    return [*(line for line in signs if canonical(script.says(line)) not in known), *powers(script, formulas, lookup)]


def powers(script: Script, formulas: Sequence[Node], lookup: Lookup) -> list[Line]:
    """t^(q+r) = t^q t^r for the powers of one positive base that occur."""
    found = dict.fromkeys(node for formula in formulas for node in _powers(formula))
    lines = []
    for base in dict.fromkeys(node.args[0] for node in found):
        positive = lookup(lt(0, base)) or _from_one(script, base, lookup)
        exponents = dict.fromkeys([*(canonical(node.args[1]) for node in found if node.args[0] is base), num(1), num("1/2")])
        for q, r in ((q, r) for q in exponents for r in exponents if q.key <= r.key):
            if positive is not None and canonical(q + r) in exponents:
                lines.append(script.axiom("pow_add", (positive,), t=base, q=q, r=r))
    return lines


def _from_one(script: Script, base: Node, lookup: Lookup) -> Line | None:
    line = lookup(le(1, base))
    return None if line is None else script.combine(lt(0, base), [(line, 1)])


def _powers(node: Node) -> list[Node]:
    own = [node] if node.head == "pow" and node.args[1].head != "num" else []
    return own + [p for a in node.args if isinstance(a, Node) and a.sort is not None and not a.indices for p in _powers(a)]


def prove_coarsely(script: Script, goal: Node, facts: Sequence[Line], effort: SearchEffort) -> Line | None:
    """The goal, where |t|, max, √t and 1/t are opaque as well; None where they are not, or no certificate is found."""
    formulas = [goal, *(script.says(line) for line in facts)]
    if not any(part.head not in POLYNOMIAL for formula in formulas for part in _parts(formula) if _is_arithmetic(part)):
        return None
    view = Abstraction(heads=POLYNOMIAL)
    return proved_over(view, script, goal, facts, lambda target, lines: prove(script, target, lines, effort) if view.terms else None)


def abstract_attempts(script: Script, goal: Node, facts: Sequence[Line], effort: SearchEffort) -> Iterator[Line | None]:
    """The goal from relations between numbers, by a certificate over variables, round by round; None where a round has none."""
    view = Abstraction(closed=lonely_roots([goal, *(script.says(line) for line in facts)]))
    return _each_over(view, script, goal, facts, lambda target, lines: (
        attempts(script, target, lines, effort) if view.terms else iter([None] * len(effort.rounds))))


def proved_over(view: Abstraction, script: Script, goal: Node, facts: Sequence[Line],
                search: Callable[[Node, list[Line]], Line | None]) -> Line | None:
    """The goal from facts by a search that sees variables in place of opaque terms."""
    return next(_each_over(view, script, goal, facts, lambda target, lines: iter((search(target, lines),))))


def _each_over(view: Abstraction, script: Script, goal: Node, facts: Sequence[Line],
               search: Callable[[Node, list[Line]], Iterator[Line | None]]) -> Iterator[Line | None]:
    """The goal from what a search over variables finds, time by time."""
    target = view.over(goal)
    pairs = [(line, view.over(script.says(line))) for line in facts]
    for line in hints(script, goal, facts, list(view.terms.values())):
        pairs.append((line, view.over(script.says(line))))
    for found in search(target, [script.assume(formula) for _, formula in pairs]):
        yield None if found is None else _meant(view, script, goal, pairs, found)


def _meant(view: Abstraction, script: Script, goal: Node, pairs: Sequence[tuple[Line, Node]], found: Line) -> Line:
    """The goal from a line that says it of the variables."""
    used = script.theorems[found].hypotheses
    values = tuple(a for pair in view.terms.items() for a in pair)
    here = script.do("instance", (found,), *values) if values else found
    for line, formula in pairs:
        if formula in used:
            wanted = script.says(script.do("instance", (script.assume(formula),), *values)) if values else formula
            here = script.do("cut", (script.restate(line, wanted), here))
    return script.restate(here, goal)

