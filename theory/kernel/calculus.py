"""Derivatives of numbers in one variable, and what their sign says, by the mean value theorem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from theory.kernel.binding import closed, opened
from theory.kernel.heads import le, lt
from theory.kernel.nodes import Node, R, level, make, need, num
from theory.kernel.theorem import Statement, law


@dataclass
class Derivation:
    """Differentiates by x; collects conditions that make a term continuous, and those that make it differentiable besides."""

    x: Node
    continuous: list[Node] = field(default_factory=list)
    smooth: list[Node] = field(default_factory=list)

    def of(self, node: Node) -> Node:
        """The derivative.  Refused where the kernel has no rule for a head that depends on x."""
        if self.x not in node.free:
            return num(0)
        if node is self.x:
            return num(1)
        need(node.head in _RULES, "the kernel does not differentiate {}", node.head)
        return _RULES[node.head](self, node)


def _sum(d: Derivation, node: Node) -> Node:
    return make("add", *map(d.of, node.args))


def _product(d: Derivation, node: Node) -> Node:
    factors = node.args
    return make("add", *(make("mul", d.of(own), *factors[:place], *factors[place + 1:]) for place, own in enumerate(factors)))


def _inverse(d: Derivation, node: Node) -> Node:
    t = node.args[0]
    d.continuous.append(lt(0, t * t))
    return -(d.of(t) * node * node)


def _exponential(d: Derivation, node: Node) -> Node:
    return d.of(node.args[0]) * node


def _logarithm(d: Derivation, node: Node) -> Node:
    t = node.args[0]
    d.continuous.append(lt(0, t))
    return d.of(t) * make("inv", t)


def _error_function(d: Derivation, node: Node) -> Node:
    t = node.args[0]
    return d.of(t) * num(2) * make("inv", make("sqrt", make("pi"))) * make("exp", -(t * t))


def _root(d: Derivation, node: Node) -> Node:
    t = node.args[0]
    d.smooth.append(lt(0, t))
    return d.of(t) / (num(2) * node)


def _power(d: Derivation, node: Node) -> Node:
    t, q = node.args
    need(d.x not in q.free, "a power whose exponent changes is differentiated as e^(q log t)")
    if q.head != "num" or q.args[1] != 1 or q.args[0] < 1:
        d.continuous.append(lt(0, t))
    return make("mul", d.of(t), q, make("pow", t, q - 1))


_RULES: dict[str, Callable[[Derivation, Node], Node]] = {
    "add": _sum, "mul": _product, "inv": _inverse, "exp": _exponential, "log": _logarithm, "sqrt": _root, "pow": _power,
    "erf": _error_function,
}


def rising(function: Node, a: Node, b: Node) -> Statement:
    """What `rises` needs and says."""
    need(function.head == "lam" and len(function.args) == 2 and function.args[0] is R, "only functions of one real number rise")
    x = level([function, a, b], R)
    d = Derivation(x)
    change = d.of(opened(function.args[1], (x,)))
    inside = make("interval", a, b)

    def throughout(condition: Node) -> Node:
        return make("all", inside, closed(condition, (x,)))

    def within(condition: Node) -> Node:
        return throughout(make("imp", lt(a, x), make("imp", lt(x, b), condition)))
    premises = [le(a, b), *map(throughout, d.continuous), *map(within, [*d.smooth, le(0, change)])]
    return premises, le(opened(function.args[1], (a,)), opened(function.args[1], (b,)))


@law("rises", 3)
def rises(function: Node, a: Node, b: Node) -> Statement:
    """f(a) ≤ f(b) for a ≤ b, where f is continuous on [a, b] and has a derivative ≥ 0 inside: the mean value theorem."""
    return rising(function, a, b)
