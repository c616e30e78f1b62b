"""Conversion: terms rewritten by equations, at every depth, with the derivation that the old and the new term are equal.

Rewriting a polynomial by t = s is adding a multiple of the equation; inside functions it is congruence; beneath a sum, a supremum or a
mean the variable is opened, with the assumption that it lies in its set, and closed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theory.checkers.patterns import marks, matches
from theory.checkers.script import Line
from theory.kernel import Node, Refused
from theory.kernel.arithmetic import BINDERS, quantified
from theory.kernel.binding import closed, opened, substitute
from theory.kernel.heads import eq
from theory.kernel.nodes import bound_sort, is_linear, is_numeric, make, num, var
from theory.kernel.normal import combination, combined, normal, number, product
from theory.kernel.polynomials import Polynomial, atom, constant, ordered, plus

if TYPE_CHECKING:
    from theory.checkers.prover import Prover

LIMIT = 120  # rewrites of one term; a terminating set of rules needs a handful


@dataclass(frozen=True)
class Rule:
    """An equation (for all elements of some sets, under some premises) read from left to right; its left side is a power of an atom."""

    line: Line
    variables: tuple[Node, ...]
    domains: tuple[Node, ...]
    premises: tuple[Node, ...]
    left: Node
    exponent: int
    numeric: bool


@dataclass
class Step:
    """One instance of a rule: left^exponent = right."""

    line: Line
    left: Node
    exponent: int
    right: Node


@dataclass
class Converter:
    """Rewrites terms by rules in the scope of a prover; remembers what it has rewritten."""

    prover: Prover
    rules: Sequence[Rule]
    memo: dict[Node, Line | None] = field(default_factory=dict)
    rewrites: int = 0

    def __post_init__(self) -> None:
        self.marks = {_mark(rule.left) for rule in self.rules}

    def convert(self, node: Node) -> Line | None:
        """The line node = node′ for what the rules make of a closed number or vector; None where nothing changes."""
        if node not in self.memo:
            self.memo[node] = self._vector(node) if is_linear(node.sort) else self._number(node)
        return self.memo[node]

    def _touches(self, node: Node) -> bool:
        return bool(self.marks & marks(node))

    # --- numbers ----------------------------------------------------------------------------------------------------------------

    def _number(self, node: Node) -> Line | None:
        value = normal(node)
        used: list[tuple[Line, Node]] = []
        while self.rewrites < LIMIT:
            step = self._step(value)
            if step is None:
                break
            self.rewrites += 1
            factor, value = _replaced(value, step)
            used.append((step.line, number(factor)))
        if not used:
            return None
        return self.prover.script.combine(eq(node, number(value)), used)

    def _step(self, value: Polynomial) -> Step | None:
        atoms = sorted({(a, e) for monomial in value for a, e in monomial}, key=lambda pair: (pair[0].key, -pair[1]))
        for a, e in atoms:
            step = self._at_atom(a, e)
            if step is not None:
                return step
        for a, _ in atoms:
            line = self._inside(a)
            if line is not None:
                return Step(line, a, 1, self.prover.script.says(line).args[1])
        return None

    def _at_atom(self, a: Node, power: int) -> Step | None:
        for rule in self.rules:
            if rule.numeric and rule.exponent <= power:
                line = self._instance(rule, a)
                if line is not None:
                    return Step(line, a, rule.exponent, self.prover.script.says(line).args[1])
        return None

    def _instance(self, rule: Rule, a: Node) -> Line | None:
        """The rule's equation with the atom on the left; None where it does not match or its domains are not shown."""
        for binding in matches(rule.left, a, frozenset(rule.variables), {}):
            if all(v in binding for v in rule.variables) and _is_power(substitute(rule.left, binding), a):
                line = self.prover.at(rule.line, [binding[v] for v in rule.variables])
                if line is not None and normal_of(self.prover.script.says(line).args[1]) != normal_of(a):
                    return line
        return None

    # --- inside atoms -----------------------------------------------------------------------------------------------------------

    def _inside(self, a: Node) -> Line | None:
        """a = a′ for an atom whose parts are rewritten."""
        if a.head == "var" or not self._touches(a):
            return None
        if a not in self.memo:
            self.memo[a] = self._beneath(a) if a.head in BINDERS else self._arguments(a)
        return self.memo[a]

    def _arguments(self, a: Node) -> Line | None:
        script, total, current = self.prover.script, None, a
        for place in range(len(a.args)):
            part = current.args[place]
            if not isinstance(part, Node) or not (is_numeric(part.sort) or is_linear(part.sort)) or a.head in ("bound", "lam"):
                continue
            line = self.convert(part)
            if line is None:
                continue
            hole = var("·hole", part.sort)                                                  # type: ignore[arg-type]
            body = make(current.head, *current.args[:place], hole, *current.args[place + 1:])
            try:
                here = script.do("congruence", (line,), make("lam", part.sort, closed(body, [hole])))
            except Refused:                               # an index that is no whole number any more, say
                continue
            total = here if total is None else self._joined(total, here)
            current = script.says(here).args[1]
        return total

    def _joined(self, first: Line, second: Line) -> Line:
        """s = t and t = r give s = r."""
        script = self.prover.script
        goal = eq(script.says(first).args[0], script.says(second).args[1])
        rule = "equal_vectors" if is_linear(goal.args[0].sort) else "combine"
        return script.do(rule, (first, second), goal, num(1), num(1))

    def _beneath(self, a: Node) -> Line | None:
        """B F = B G from F = G for all values of the bound variables."""
        script, prover, domains = self.prover.script, self.prover, a.args[:-1]
        variables = tuple(prover.fresh(bound_sort(domain)) for domain in domains)
        body = opened(a.args[-1], variables)
        with prover.within(list(zip(variables, domains, strict=True))):
            line = self.convert(body)
        if line is None:
            return None
        right = script.says(line).args[1]
        for variable, domain in zip(reversed(variables), reversed(domains), strict=True):
            line = script.do("generalise", (line,), variable, domain)
        target = make(a.head, *domains, closed(right, variables))
        if script.says(line) is not quantified(domains, eq(a.args[-1], target.args[-1])):
            return None
        return script.do("termwise", (line,), a, target)

    # --- vectors ----------------------------------------------------------------------------------------------------------------

    def _vector(self, node: Node) -> Line | None:
        script, right = self.prover.script, node
        used: list[tuple[Line, Node]] = []
        for v, c in combination(node).items():
            line = self._vector_atom(v)
            if line is not None:
                used.append((line, number(c)))
                right = right + make("smul", number(c), script.says(line).args[1] - v)
            changed = self.convert(number(c))
            if changed is not None and line is None:
                hole = var("·hole", script.says(changed).args[0].sort)                      # type: ignore[arg-type]
                scaled_ = script.do("congruence", (changed,), make("lam", hole.sort, closed(make("smul", hole, v), [hole])))
                used.append((scaled_, num(1)))
                right = right + make("smul", script.says(changed).args[1], v) - make("smul", number(c), v)
        if not used:
            return None
        target = combined(combination(right), node.sort)
        first = script.do("equal_vectors", [line for line, _ in used], eq(node, target), *(c for _, c in used))
        if self.rewrites >= LIMIT:
            return first
        self.rewrites += 1
        again = self.convert(target)
        return first if again is None else self._joined(first, again)

    def _vector_atom(self, v: Node) -> Line | None:
        for rule in self.rules:
            if not rule.numeric:
                line = self._instance(rule, v)
                if line is not None:
                    return line
        return self._inside(v)


def normal_of(node: Node) -> object:
    """What decides whether two terms are the same by computation."""
    return normal(node) if is_numeric(node.sort) else combination(node)


def _mark(left: Node) -> tuple[str, Node | None]:
    first = left.args[0] if left.args and isinstance(left.args[0], Node) and left.args[0].head == "var" else None
    return (left.head, None if first is not None and first.args[0].startswith("?") else first)


def _is_power(left: Node, a: Node) -> bool:
    return left is a or normal_of(left) == normal_of(a)


def _replaced(value: Polynomial, step: Step) -> tuple[Polynomial, Polynomial]:
    """(m, q) with q = p + m·(right − left^e): the powers of the atom that left^e divides are rewritten."""
    right = normal(step.right)
    factor: Polynomial = {}
    result: Polynomial = {}
    for monomial, c in value.items():
        powers = dict(monomial)
        count, rest = divmod(powers.get(step.left, 0), step.exponent)
        if count == 0:
            result = plus(result, {monomial: c})
            continue
        powers[step.left] = rest
        others: Polynomial = {ordered((a, e) for a, e in powers.items() if e): c}
        for place in range(count):
            low = atom(step.left, step.exponent * place) if place else constant(1)
            factor = plus(factor, product(others, low, *[right] * (count - 1 - place)))
        result = plus(result, product(others, *[right] * count))
    return factor, result


# --- rules out of facts -----------------------------------------------------------------------------------------------------------

def rules_of(prover: Prover, lines: Sequence[Line]) -> list[Rule]:
    """The equations among the lines as rules; from ‖v‖ = c also v·v = c²."""
    found: list[Rule] = []
    for line in lines:
        found.extend(_rules(prover, line))
    return found


def _rules(prover: Prover, line: Line) -> Iterator[Rule]:
    variables: list[Node] = []
    domains: list[Node] = []
    premises: list[Node] = []
    body = prover.script.says(line)
    while body.head in ("all", "imp"):
        if body.head == "imp":
            premises.append(body.args[0])
            body = body.args[1]
            continue
        variables.append(var(f"?{len(variables)}", bound_sort(body.args[0])))
        domains.append(body.args[0])
        body = opened(body.args[1], (variables[-1],))
    if body.head != "eq":
        return
    shape = _left(body.args[0])
    if shape is None or not all(v in shape[0].free for v in variables) or _occurs(shape[0], body.args[1]):
        return
    left, exponent = shape
    yield Rule(line, tuple(variables), tuple(domains), tuple(premises), left, exponent, is_numeric(body.args[0].sort))
    if left.head == "norm" and exponent == 1 and not premises:
        squared = prover.squared_norm(line, variables, domains)
        if squared is not None:
            yield from _rules(prover, squared)


def _left(node: Node) -> tuple[Node, int] | None:
    """(a, e) when the node is a^e for an atom a."""
    if is_linear(node.sort):
        parts = combination(node)
        if len(parts) == 1 and next(iter(parts.values())) == constant(1):
            return next(iter(parts)), 1
        return None
    value = normal(node)
    if len(value) != 1:
        return None
    (monomial, c), = value.items()
    if c != 1 or len(monomial) != 1:
        return None
    return monomial[0]


def _occurs(left: Node, right: Node) -> bool:
    """Whether rewriting would go on for ever: the left side is part of the right one."""
    return left is right or any(_occurs(left, a) for a in right.args if isinstance(a, Node) and a.sort is not None)

