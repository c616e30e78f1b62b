"""Conversion: terms rewritten by equations, at every depth, with the derivation that the old and the new term are equal.

Rewriting a polynomial by t = s is adding a multiple of the equation; inside functions it is congruence; beneath a sum, a supremum or a
mean the variable is opened, with the assumption that it lies in its set, and closed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flint import fmpq

from theory.checkers.knowledge import Knowledge
from theory.checkers.patterns import SQUARED_ROOT, marks, matches
from theory.checkers.roots import is_root, squared, taken_apart
from theory.checkers.script import Line, Script
from theory.checkers.whole_sums import counted, folded
from theory.kernel import Node, Refused
from theory.kernel.arithmetic import BINDERS, quantified
from theory.kernel.binding import closed, opened, substitute
from theory.kernel.forms import combined
from theory.kernel.heads import eq, forall, le, total, whole
from theory.kernel.nodes import bound_sort, is_linear, is_numeric, make, num, var
from theory.kernel.normal import canonical, combination, normal, number, product
from theory.kernel.polynomials import Monomial, Polynomial, atom, constant, joined, minus, ordered, plus, scaled, times

LIMIT = 120  # rewrites of one term; a terminating set of rules needs a handful


@dataclass(frozen=True)
class ConversionRule:
    """An equation (for all elements of some sets, under some premises) read from left to right; its left side is a power of an atom."""

    line: Line
    variables: tuple[Node, ...]
    domains: tuple[Node, ...]
    premises: tuple[Node, ...]
    left: Node
    exponent: int
    numeric: bool
    image: Node | None = None      # of a projection: the rule is for vectors that are no image of it


@dataclass
class RuleInstance:
    """One instance of a rule: the monomial ``left`` is ``right``."""

    line: Line
    left: Monomial
    right: Polynomial


@dataclass
class Converter:
    """Rewrites terms by rules in the scope of a prover; remembers what it has rewritten."""

    prover: Knowledge
    rules: Sequence[ConversionRule]
    memo: dict[Node, Line | None] = field(default_factory=dict)
    inner: dict[Node, Line | None] = field(default_factory=dict)
    signs: dict[Node, Line | None] = field(default_factory=dict)
    apart: dict[Node, Line | None] = field(default_factory=dict)
    rewrites: int = 0

    def __post_init__(self) -> None:
        self.marks = {SQUARED_ROOT, ("kernelvec", None), *(_mark(rule.left) for rule in self.rules)}

    def convert(self, node: Node) -> Line | None:
        """The line node = node′ for what the rules make of a closed number or vector; None where nothing changes."""
        if node not in self.memo:
            self.memo[node] = None                        # a side condition that asks for the same term gets no answer
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

    def _step(self, value: Polynomial) -> RuleInstance | None:
        atoms = sorted({(a, e) for monomial in value for a, e in monomial}, key=lambda pair: (pair[0].key, -pair[1]))
        for a, e in atoms:
            step = self._at_atom(a, e)
            if step is not None:
                return step
        for a, _ in atoms:
            line = self._inside(a)
            if line is not None:
                return RuleInstance(line, ((a, 1),), normal(self.prover.script.says(line).args[1]))
        return self._division(value) or self._absolute(value) or self._root(value) or self._whole_sum(value)

    def _whole_sum(self, value: Polynomial) -> RuleInstance | None:
        """Σ_{i≤n−1} 1 = n − 1 where 1 ≤ n is shown, and Σ_i (P_i·u) v_i = Pu·v for projections P."""
        projections = {rule.image for rule in self.rules if rule.image is not None}
        for a in dict.fromkeys(a for monomial in value for a, _ in monomial if a.head == "sum"):
            if a not in self.signs:
                self.signs[a] = counted(self.prover, a) or folded(self.prover.script, a, projections)
            line = self.signs[a]
            if line is not None:
                return RuleInstance(line, ((a, 1),), normal(self.prover.script.says(line).args[1]))
        return None

    def _absolute(self, value: Polynomial) -> RuleInstance | None:
        """|t| = t or −t where the sign of t is shown."""
        for a in dict.fromkeys(a for monomial in value for a, _ in monomial if a.head == "abs"):
            if a not in self.signs:
                self.signs[a] = self.prover.absolute(a)
            line = self.signs[a]
            if line is not None:
                return RuleInstance(line, ((a, 1),), normal(self.prover.script.says(line).args[1]))
        return None

    def _root(self, value: Polynomial) -> RuleInstance | None:
        """(√t)² = t, √(st) = √s √t and the like, where the signs are shown."""
        for a in sorted({a for monomial in value for a, e in monomial if e >= 2 and is_root(a)}, key=lambda a: a.key):
            if a not in self.signs:
                nonnegative = self.prover.sign(le(0, a.args[0]))
                self.signs[a] = None if nonnegative is None else squared(self.prover.script, a, nonnegative)
            line = self.signs[a]
            if line is not None:
                return RuleInstance(line, ((a, 2),), normal(self.prover.script.says(line).args[1]))
        for a in sorted({a for monomial in value for a, _ in monomial if a.head in ("sqrt", "pow")}, key=lambda a: a.key):
            if a not in self.apart:
                self.apart[a] = taken_apart(self.prover.script, a, self.prover.sign)
            line = self.apart[a]
            if line is not None:
                return RuleInstance(line, ((a, 1),), normal(self.prover.script.says(line).args[1]))
        return None

    def _division(self, value: Polynomial) -> RuleInstance | None:
        """p·(1/p) = 1 where p is not 0, read from the left for the leading monomial of p."""
        for monomial in value:
            for a, _ in monomial:
                if a.head == "inv":
                    divisor = normal(a.args[0])
                    leading = max(divisor, key=_size)                     # one and the same each time, so that rewriting ends
                    left = joined(leading, ((a, 1),))
                    if leading and _divides(left, monomial) and (line := self._inverse(a)) is not None:
                        rest = minus(constant(1), product({m: c for m, c in divisor.items() if m != leading}, atom(a)))
                        c = 1 / divisor[leading]
                        goal = eq(number({left: fmpq(1)}), number(scaled(rest, c)))
                        return RuleInstance(self.prover.script.combine(goal, ((line, number(constant(c))),)), left, scaled(rest, c))
        return None

    def _inverse(self, a: Node) -> Line | None:
        if a not in self.signs:
            self.signs[a] = self.prover.inverse(a)
        return self.signs[a]

    def _at_atom(self, a: Node, power: int) -> RuleInstance | None:
        for rule in self.rules:
            if rule.numeric and rule.exponent <= power:
                line = self._instance(rule, a)
                if line is not None:
                    return RuleInstance(line, ((a, rule.exponent),), normal(self.prover.script.says(line).args[1]))
        return None

    def _instance(self, rule: ConversionRule, a: Node) -> Line | None:
        """The rule's equation with the atom on the left; None where it does not match or its domains are not shown."""
        for binding in matches(rule.left, a, frozenset(rule.variables), {}):
            if all(v in binding for v in rule.variables) and _is_power(substitute(rule.left, binding), a):
                if rule.image is not None and _is_image(binding[rule.variables[-1]], rule.image):
                    continue
                line = self.prover.at(rule.line, [binding[v] for v in rule.variables])
                if line is not None and self._changes(line):
                    return line
        return None

    def _changes(self, line: Line) -> bool:
        left, right = self.prover.script.says(line).args
        return normal_of(left) != normal_of(right)

    # --- inside atoms -----------------------------------------------------------------------------------------------------------

    def _inside(self, a: Node) -> Line | None:
        """a = a′ for an atom whose parts are rewritten."""
        if a.head == "var" or not self._touches(a):
            return None
        if a not in self.inner:
            self.inner[a] = None
            self.inner[a] = self._beneath(a) if a.head in BINDERS else self._entries(a) or self._arguments(a)
        return self.inner[a]

    def _entries(self, a: Node) -> Line | None:
        """u·v = Σ u_i v_i with the entries rewritten, where rules speak of entries."""
        if a.head != "dot" or a.args[0].sort.head != "vec" or not any(rule.left.head == "ent" for rule in self.rules):
            return None
        size = a.args[0].sort.args[0]
        i = self.prover.fresh(size.sort)
        sum_ = total(a.args[0][i] * a.args[1][i], (i, make("range", size)))
        line = self._beneath(sum_)
        if line is None:
            return None
        return self.prover.script.combine(eq(a, self.prover.script.says(line).args[1]), ((line, 1),))

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
                hole = var("·hole", script.says(changed).args[0].sort)
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
        if v.head == "matvec" and v.args[1].head == "kernelvec" and v.args[0] is v.args[1].args[0]:
            return self.prover.script.axiom("kernel_vector", S=v.args[0])
        return self._inside(v)


def normal_of(node: Node) -> object:
    """What decides whether two terms are the same by computation."""
    return normal(node) if is_numeric(node.sort) else combination(node)


def _mark(left: Node) -> tuple[str, Node | None]:
    first = left.args[0] if left.args and isinstance(left.args[0], Node) and left.args[0].head == "var" else None
    return (left.head, None if first is not None and first.args[0].startswith("?") else first)


def _is_power(left: Node, a: Node) -> bool:
    return left is a or normal_of(left) == normal_of(a)


def _replaced(value: Polynomial, step: RuleInstance) -> tuple[Polynomial, Polynomial]:
    """(m, q) with q = p + m·(right − left^e): the powers of the atom that left^e divides are rewritten."""
    right = step.right
    factor: Polynomial = {}
    result: Polynomial = {}
    for monomial, c in value.items():
        powers = dict(monomial)
        count = min(powers.get(a, 0) // e for a, e in step.left)
        if count == 0:
            result = plus(result, {monomial: c})
            continue
        for a, e in step.left:
            powers[a] -= count * e
        others: Polynomial = {ordered((a, e) for a, e in powers.items() if e): c}
        for place in range(count):
            low = {tuple((a, e * place) for a, e in step.left): fmpq(1)} if place else constant(1)
            factor = plus(factor, times(times(others, low), _power(right, count - 1 - place)))
        result = plus(result, product(others, *[right] * count))
    return factor, result


def _is_image(vector: Node, matrix: Node) -> bool:
    return vector.head == "matvec" and vector.args[0] is matrix


def _power(p: Polynomial, count: int) -> Polynomial:
    return product(*[p] * count)


def _size(monomial: Monomial) -> tuple[object, ...]:
    """An order of monomials that products respect: by degree, then by the powers of the atoms in order."""
    return sum(e for _, e in monomial), tuple((a.key, e) for a, e in sorted(monomial, key=lambda pair: pair[0].key, reverse=True))


def _divides(left: Monomial, monomial: Monomial) -> bool:
    powers = dict(monomial)
    return all(powers.get(a, 0) >= e for a, e in left)


# --- rules out of facts -----------------------------------------------------------------------------------------------------------

def rules_of(prover: Knowledge, lines: Sequence[Line]) -> list[ConversionRule]:
    """The equations among the lines as rules; from ‖v‖ = c also v·v = c², of an orthogonal projection also Pu·v = Pu·Pv."""
    found: list[ConversionRule] = []
    for line in lines:
        found.extend(_rules(prover, line))
    found.extend(_projections(prover, lines))
    return found


def _projections(prover: Knowledge, lines: Sequence[Line]) -> Iterator[ConversionRule]:
    """Pu·v = Pu·Pv, from u·Pv = Pu·v and P(Pv) = Pv."""
    says = {prover.script.says(line): line for line in lines}
    for again in list(says):
        if again.head == "all" and again.args[1].head == "eq" and again.args[1].args[1].head == "matvec":
            matrix, space = again.args[1].args[1].args[0], again.args[0].args[0] if again.args[0].head == "whole" else None
            if space is None or matrix.indices or again is not _idempotent(matrix, space) or _selfadjoint(matrix, space) not in says:
                continue
            u, v = prover.fresh(space), prover.fresh(space)
            line = _shared_image(prover.script, matrix, says[_selfadjoint(matrix, space)], says[again], u, v)
            for variable in (v, u):
                line = prover.script.do("generalise", (line,), variable, whole(space))
            names = (var("?0", space), var("?1", space))
            left = canonical(make("dot", make("matvec", matrix, names[0]), names[1]))
            yield ConversionRule(line, names, (whole(space),) * 2, (), left, 1, True, matrix)


def _idempotent(matrix: Node, space: Node) -> Node:
    u = var("u°", space)
    image = make("matvec", matrix, u)
    return forall(eq(make("matvec", matrix, image), image), (u, whole(space)))


def _selfadjoint(matrix: Node, space: Node) -> Node:
    u, v = var("u°", space), var("v°", space)
    swap = eq(make("dot", make("matvec", matrix, u), v), make("dot", u, make("matvec", matrix, v)))
    return forall(swap, (u, whole(space)), (v, whole(space)))


def _shared_image(script: Script, matrix: Node, swap: Line, again: Line, u: Node, v: Node) -> Line:
    image = make("matvec", matrix, v)
    here = script.specialise(script.specialise(swap, u), v)
    there = script.specialise(script.specialise(swap, u), image)
    hole = var("·hole", v.sort)                                                             # type: ignore[arg-type]
    twice = script.do("congruence", (script.specialise(again, v),), make("lam", hole.sort, closed(make("dot", u, hole), [hole])))
    goal = eq(make("dot", make("matvec", matrix, u), v), make("dot", make("matvec", matrix, u), image))
    return script.combine(goal, ((here, 1), (there, -1), (twice, -1)))


def _rules(prover: Knowledge, line: Line) -> Iterator[ConversionRule]:
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
    if any(True for _ in matches(shape[0], canonical(body.args[1]), frozenset(variables), {})):     # u·Pv = Pu·v has no end
        return
    left, exponent = shape
    yield ConversionRule(line, tuple(variables), tuple(domains), tuple(premises), left, exponent, is_numeric(body.args[0].sort))
    if left.head == "norm" and exponent == 1 and not premises:
        squared = _squared_norm(prover, line, variables, domains)
        if squared is not None:
            yield from _rules(prover, squared)


def _squared_norm(prover: Knowledge, line: Line, variables: Sequence[Node], domains: Sequence[Node]) -> Line | None:
    """∀… v·v = c² from ∀… ‖v‖ = c."""
    script = prover.script
    own = [prover.fresh(v.sort) for v in variables]                                       # type: ignore[arg-type]
    with prover.within(list(zip(own, domains, strict=True))):
        here = prover.at(line, own)
    if here is None:
        return None
    left, right = script.says(here).args
    here = script.combine(eq(make("dot", *left.args, *left.args), right * right), ((here, left + right),))
    for variable, domain in zip(reversed(own), reversed(domains), strict=True):
        here = script.do("generalise", (here,), variable, domain)
    return here


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

