"""Enclosures: numbers as balls that surely contain them, in Arb, with the values off the domain that the heads have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod

from flint import arb, ctx, fmpq

from theory.kernel.nodes import Node

PRECISIONS = (64, 256, 1024)
Box = Mapping[Node, tuple[Fraction, Fraction]]  # the interval of each variable


class Undecided(Exception):
    """A ball meets the edge of a domain, or a head has no enclosure."""


def decided(relation: Node, box: Box) -> bool:
    """Whether balls show that left ≤ right, or left < right, for all values in a box."""
    precisions = PRECISIONS[:1] if any(low < high for low, high in box.values()) else PRECISIONS      # wide balls do not gain by digits
    before = ctx.prec
    try:
        return any(_holds(relation, box, precision) for precision in precisions)
    finally:
        ctx.prec = before


def _holds(relation: Node, box: Box, precision: int) -> bool:
    ctx.prec = precision
    balls: dict[Node, arb] = {v: arb(fmpq(low.numerator, low.denominator)).union(arb(fmpq(high.numerator, high.denominator)))
                              for v, (low, high) in box.items()}
    try:
        left, right = (ball(side, balls) for side in relation.args)
    except Undecided:
        return False
    return bool(left <= right if relation.head == "le" else left < right)


def ball(node: Node, balls: dict[Node, arb]) -> arb:
    """The ball of a term; ``balls`` holds those of the variables, and keeps those of parts."""
    if node in balls:
        return balls[node]
    if node.head == "num":
        return arb(fmpq(*node.args))
    if node.head not in _BALLS:
        raise Undecided(node.head)
    value = balls[node] = _BALLS[node.head](*(ball(a, balls) for a in node.args))
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
    "min": lambda s, t: s.min(t), "erf": lambda t: t.erf(),
}
