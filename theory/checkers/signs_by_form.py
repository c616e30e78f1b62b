"""Signs by form: sums, products and powers of terms whose signs are known."""

from __future__ import annotations

from collections.abc import Callable

from theory.checkers.script import Line, Script
from theory.kernel import Node, Refused
from theory.kernel.heads import le, lt
from theory.kernel.nodes import make, value_of

Lookup = Callable[[Node], Line | None]     # a known fact, up to normal forms


def nonnegative_by_signs(script: Script, node: Node, known: Lookup) -> Line | None:
    """0 ≤ t, where the form of t and the known signs of its parts show it."""
    goal = le(0, node)
    found = known(goal) or _weakened(script, node, known)
    if found is not None:
        return found
    try:
        return script.do("nonnegative", (), node)
    except Refused:
        pass
    if node.head == "dot" and node.args[0] is node.args[1]:
        size = make("norm", node.args[0])
        return script.restate(script.do("square", (), size), goal)
    if node.head == "add":
        parts = [nonnegative_by_signs(script, a, known) for a in node.args]
        return None if None in parts else script.combine(goal, [(p, 1) for p in parts if p is not None])
    return _product(script, node, known)


def _weakened(script: Script, node: Node, known: Lookup) -> Line | None:
    """0 ≤ t from 0 < t, or from 1 ≤ t."""
    for fact in (lt(0, node), le(1, node)):
        line = known(fact)
        if line is not None:
            return script.combine(le(0, node), [(line, 1)])
    return None


def _product(script: Script, node: Node, known: Lookup) -> Line | None:
    factors = _factors(node)
    if len(factors) == 1 and factors[0] is node:
        return _inverse(script, node, known)
    lines, odd = [], {f: factors.count(f) % 2 for f in factors}
    for factor in dict.fromkeys(factors):
        if odd[factor]:
            line = nonnegative_by_signs(script, factor, known)
            if line is None:
                return None
            lines.append(line)
        lines += [script.do("square", (), factor)] * (factors.count(factor) // 2)
    return script.restate(script.do("multiply", lines), le(0, node))


def _factors(node: Node) -> list[Node]:
    if node.head == "mul":
        return [f for a in node.args for f in _factors(a)]
    if node.head == "pow" and node.args[1].head == "num" and value_of(node.args[1]).denominator == 1 and 2 <= value_of(node.args[1]) <= 12:
        return _factors(node.args[0]) * int(value_of(node.args[1]))
    return [node]


def _inverse(script: Script, node: Node, known: Lookup) -> Line | None:
    if node.head == "inv":
        line = nonnegative_by_signs(script, node.args[0], known)
        return None if line is None else script.axiom("inverse_nonnegative", (line,), t=node.args[0])
    if node.head == "pow":
        line = nonnegative_by_signs(script, node.args[0], known)
        return None if line is None else script.axiom("pow_nonnegative", (line,), t=node.args[0], q=node.args[1])
    return None


def products(node: Node) -> list[Node]:
    """The products and squares that stand in a term or formula, as an author wrote them."""
    found = [node] if node.head == "mul" or (node.head == "pow" and node.args[1].head == "num") else []
    if node.head in ("add", "mul", "le", "lt", "eq", "pow", "abs", "sqrt", "inv", "max", "min"):
        found += [p for a in node.args if isinstance(a, Node) for p in products(a)]
    return found
