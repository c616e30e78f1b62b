"""First-order matching of kernel nodes, for rewriting and for instances of quantified facts; it only proposes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import permutations

from theory.checkers.roots import is_root
from theory.kernel.binding import closed
from theory.kernel.nodes import Node, binds, fits, make

Binding = dict[Node, Node]
COMMUTATIVE = ("dot", "max", "min")
SQUARED_ROOT = ("squared root", None)
MANY = 4  # arguments of a sum or product whose orders are all tried


def matches(pattern: Node, node: Node, variables: frozenset[Node], binding: Binding) -> Iterator[Binding]:
    """Bindings of the variables under which the pattern may be the node."""
    if pattern is node and not pattern.free & variables:
        yield binding
    elif pattern in variables:
        yield from _variable(pattern, node, binding)
    elif pattern.head == "app" and pattern.args[0] in variables and pattern.args[0] not in binding:
        yield from _family(pattern, node, binding)
    elif pattern.head == node.head and len(pattern.args) == len(node.args):
        for order in _orders(pattern, node):
            yield from _sequence(pattern.args, order, variables, binding)


def _variable(variable: Node, node: Node, binding: Binding) -> Iterator[Binding]:
    if variable in binding:
        if binding[variable] is node:
            yield binding
    elif not node.indices and fits(node.sort, variable.sort):
        yield {**binding, variable: node}


def _family(pattern: Node, node: Node, binding: Binding) -> Iterator[Binding]:
    """F(x_1, …, x_m) at distinct bound variables: F is the function of them that gives the node."""
    function, *values = pattern.args
    places = {v: place for place, v in enumerate(values) if v.head == "bound"}
    if len(places) != len(values) or any((index, sort) not in {(v.args[0], v.args[1]) for v in values} for index, sort in node.indices):
        return
    count = len(values)
    names = [make("var", f"·{place}", v.args[1]) for place, v in enumerate(values)]
    opened = _put(node, {v.args[0]: name for v, name in zip(values, names, strict=True)}, 0)
    value = make("lam", *function.sort.args[:-1], closed(opened, names)) if _sorts_agree(function, names) else None
    if value is not None and fits(value.sort, function.sort) and count:
        yield {**binding, function: value}


def _sorts_agree(function: Node, names: list[Node]) -> bool:
    return all(name.sort is wanted for name, wanted in zip(names, function.sort.args[:-1], strict=True))  # type: ignore[union-attr]


def _put(node: Node, values: dict[int, Node], depth: int) -> Node:
    """The node with some outer bound variables replaced by closed terms."""
    if all(index < depth for index, _ in node.indices):
        return node
    if node.head == "bound":
        return values[node.args[0] - depth]
    count, last = binds(node), len(node.args) - 1
    return make(node.head, *(
        _put(a, values, depth + (count if place == last else 0)) if isinstance(a, Node) else a for place, a in enumerate(node.args)))


def _orders(pattern: Node, node: Node) -> Iterator[tuple[Node, ...]]:
    yield node.args
    if pattern.head in COMMUTATIVE:
        yield node.args[::-1]
    elif pattern.head in ("add", "mul") and len(node.args) <= MANY:
        yield from (order for order in permutations(node.args) if order != node.args)


def _sequence(patterns: tuple[Node, ...], nodes: tuple[Node, ...], variables: frozenset[Node], binding: Binding) -> Iterator[Binding]:
    if not patterns:
        yield binding
        return
    first, other = patterns[0], nodes[0]
    if not isinstance(first, Node) or not isinstance(other, Node):
        if first == other:
            yield from _sequence(patterns[1:], nodes[1:], variables, binding)
        return
    for extended in matches(first, other, variables, binding):
        yield from _sequence(patterns[1:], nodes[1:], variables, extended)


@lru_cache(maxsize=1 << 15)
def marks(node: Node) -> frozenset[tuple[str, Node | None]]:
    """Heads in a node, each with its first argument where that is a variable: a quick test of what a pattern can match."""
    first = node.args[:2] if node.head in COMMUTATIVE else node.args[:1]
    found = {(node.head, None), *((node.head, a) for a in first if isinstance(a, Node) and a.head == "var")}
    if node.head == "mul" and any(is_root(a) and a in node.args[place + 1:] for place, a in enumerate(node.args)):
        found.add(SQUARED_ROOT)
    if node.head == "dot":                                # u·v is made of entries
        found |= {("ent", a) for a in node.args} | {("ent", None)}
    for a in node.args:
        if isinstance(a, Node) and a.sort is not None:
            found |= marks(a)
    return frozenset(found)

