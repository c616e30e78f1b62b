"""Binders: shifting, opening, closing and substitution; nothing else in the kernel touches an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache

from theory.kernel.nodes import Node, binds, bound, fits, make, need, var

REMEMBERED = 1 << 16


def _map_parts(node: Node, change: Callable[[Node, int], Node], depth: int) -> Node:
    """The node with its parts changed; ``depth`` counts the variables bound around a part."""
    count, last = binds(node), len(node.args) - 1
    args = tuple(change(a, depth + (count if place == last else 0)) if isinstance(a, Node) else a for place, a in enumerate(node.args))
    return node if args == node.args else make(node.head, *args)


@lru_cache(maxsize=REMEMBERED)
def shift(node: Node, by: int, depth: int = 0) -> Node:
    """The node under ``by`` more binders."""
    if by == 0 or all(index < depth for index, _ in node.indices):
        return node
    if node.head == "bound":
        return bound(node.args[0] + by, node.args[1])
    return _map_parts(node, lambda part, inner: shift(part, by, inner), depth)


@lru_cache(maxsize=REMEMBERED)
def opened(body: Node, values: tuple[Node, ...]) -> Node:
    """The body of a binder at the given values of its variables, outermost first."""
    for index, sort in body.indices:
        if index < len(values):
            need(fits(values[-1 - index].sort, sort), "a variable of sort {!r} cannot stand for {!r}", sort, values[-1 - index])

    @cache                                                                # shared parts are gone through once
    def at(node: Node, depth: int) -> Node:
        if all(index < depth for index, _ in node.indices):
            return node
        if node.head == "bound":
            place = node.args[0] - depth
            return shift(values[-1 - place], depth) if place < len(values) else bound(node.args[0] - len(values), node.args[1])
        return reduced(_map_parts(node, at, depth))

    return at(body, 0)


def closed(node: Node, variables: Sequence[Node]) -> Node:
    """The body of a binder of the given variables, outermost first; the inverse of `opened`.

    Refused where a sort depends on one of the variables.
    """
    wanted = frozenset(variables)
    places = {v: len(variables) - 1 - place for place, v in enumerate(variables)}
    need(len(places) == len(variables), "a binder binds each variable once")

    @cache
    def at(part: Node, depth: int) -> Node:
        if not part.free & wanted:
            return shift(part, len(variables), depth)
        if part in places:
            return bound(places[part] + depth, part.args[1])
        return _map_parts(part, at, depth)

    result = at(node, 0)
    need(not result.free & wanted, "a sort depends on a variable that is to be bound")
    return result


def substitute(node: Node, values: Mapping[Node, Node]) -> Node:
    """Simultaneous substitution of closed terms for free variables; the sizes in sorts follow, and families are applied.

    Refused where a value does not have the sort of its variable.
    """
    for variable, value in values.items():
        need(variable.head == "var" and not value.indices, "{!r} is no variable, or its value is not closed", variable)

    @cache
    def at(part: Node, depth: int) -> Node:
        if not any(v in values for v in part.free):
            return part
        if part.head != "var":
            return reduced(_map_parts(part, at, 0))
        sort = at(part.args[1], 0)
        value = values.get(part, var(part.args[0], sort))
        need(fits(value.sort, sort), "{} has the sort {!r}; it cannot stand for a term of the sort {!r}", part.args[0], sort, value.sort)
        return value

    return at(node, 0)


def reduced(node: Node) -> Node:
    """A family at its arguments: (λx. t)(s) is t at s."""
    while node.head == "app" and node.args[0].head == "lam":
        node = opened(node.args[0].args[-1], node.args[1:])
    return node
