"""Enclosures: constants as balls that surely contain them, in Arb, with the values off the domain that the heads have."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from flint import arb, ctx, fmpq

from theory.kernel.nodes import Node

PRECISIONS = (64, 256, 1024)


class Undecided(Exception):
    """A ball meets the edge of a domain, or a head has no enclosure."""


def decided(relation: Node) -> bool:
    """Whether balls show that left ≤ right, or left < right."""
    before = ctx.prec
    try:
        return any(_holds(relation, precision) for precision in PRECISIONS)
    finally:
        ctx.prec = before


def _holds(relation: Node, precision: int) -> bool:
    ctx.prec = precision
    try:
        left, right = map(_ball, relation.args)
    except Undecided:
        return False
    return bool(left <= right if relation.head == "le" else left < right)


def _ball(node: Node) -> arb:
    if node.head == "num":
        return arb(fmpq(*node.args))
    if node.head not in _BALLS:
        raise Undecided(node.head)
    value = _BALLS[node.head](*map(_ball, node.args))
    if not value.is_finite():
        raise Undecided(node.head)
    return value


def _inverse(t: arb) -> arb:
    if t.contains(0) and not t == 0:
        raise Undecided("inv")
    return arb(0) if t == 0 else 1 / t


def _root(t: arb) -> arb:
    if t < 0:
        return arb(0)
    return t.sqrt() if t >= 0 else arb(0).union(t.upper().sqrt())         # √ is continuous and increasing, and 0 below 0


def _log(t: arb) -> arb:
    if not (t > 0 or t <= 0):
        raise Undecided("log")
    return t.log() if t > 0 else arb(0)


def _arcsine(t: arb) -> arb:
    if not abs(t) <= 1:
        raise Undecided("asin")
    return t.asin()


def _power(base: arb, exponent: arb) -> arb:
    if exponent.is_integer() and exponent >= 0:
        return base ** exponent
    if not base > 0:
        raise Undecided("pow")
    return (exponent * base.log()).exp()


_BALLS: dict[str, Callable[..., arb]] = {
    "pi": arb.pi, "add": lambda *parts: sum(parts, arb(0)), "mul": lambda *parts: prod(parts, start=arb(1)), "inv": _inverse, "abs": abs,
    "sqrt": _root, "exp": lambda t: t.exp(), "log": _log, "asin": _arcsine, "pow": _power, "max": lambda s, t: s.max(t),
    "min": lambda s, t: s.min(t),
}
