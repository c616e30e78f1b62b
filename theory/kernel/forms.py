"""Forms: how a node is put in normal form, head by head; the tables that the other modules of normal forms fill.

A number becomes a polynomial over atoms, an element of a linear space a combination of atomic ones with such coefficients; formulas,
sets and functions are rebuilt from the normal forms of their parts.  The normal form of a node may stand wherever the node may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from theory.kernel.binding import reduced
from theory.kernel.nodes import Node, fits, is_linear, is_numeric, make, num
from theory.kernel.polynomials import Monomial, Polynomial, atom, constant, minus, plus, scaled

Combination = dict[Node, Polynomial]
NUMBERS: dict[str, Callable[[Node], Polynomial]] = {}
VECTORS: dict[str, Callable[[Node], Combination]] = {}
# Arguments that the sort of a node is made of; sorts are compared as they are written, so these stay as they are.
SIZES = {"table": (0,), "tprod": (0,), "tpow": (1,), "injnorm": (1, 2), "tensornuc": (1, 2), "symmetrictensor": (1, 2), "signs": (0,),
         "sphere": (0,), "ball": (0,), "circle": (0,), "sphererows": (0, 1), "gaussrows": (0, 1)}


@cache
def normal(node: Node) -> Polynomial:
    """The normal form of a number.

    >>> from theory.kernel.nodes import R, var
    >>> t = var("t", R)
    >>> normal((t + 1) * (t - 1)) == normal(t * t - 1), normal(t / t) == normal(num(1))
    (True, False)
    """
    value = reduced(node)
    form = NUMBERS.get(value.head)
    return form(value) if form is not None else atom(rebuilt(value))


@cache
def canonical(node: Node) -> Node:
    """The node in normal form: equal nodes mean equal things.  Relations are compared by the difference of their sides."""
    if is_numeric(node.sort):
        form = number(normal(node))
        return form if fits(form.sort, node.sort) else rebuilt(node)      # |a²| is natural, and a² need not be by its sort
    if is_linear(node.sort):
        return combined(combination(node), node.sort)
    if node.head in ("le", "lt", "eq"):
        return _relation(node)
    return rebuilt(node)


def gap(relation: Node) -> Polynomial:
    """The right side minus the left side of a relation between numbers; a polynomial of its own, which the caller may change."""
    return dict(_gap(relation))


@cache
def _gap(relation: Node) -> Polynomial:
    return minus(normal(relation.args[1]), normal(relation.args[0]))


def rebuilt(node: Node) -> Node:
    """The node with its arguments in normal form."""
    if not any(isinstance(a, Node) for a in node.args):
        return node
    kept = SIZES.get(node.head, ())
    return make(node.head, *(canonical(a) if isinstance(a, Node) and a.sort is not None and place not in kept else a
                             for place, a in enumerate(node.args)))


def _relation(node: Node) -> Node:
    """0 ≤ p, 0 < p or 0 = ±p, for a positive multiple p of the difference of the sides whose leading coefficient is ±1."""
    sort = node.args[0].sort
    if is_linear(sort):
        parts = combination(node.args[1] - node.args[0])
        sides = [combined(c, sort) for c in (parts, {v: scaled(c, -1) for v, c in parts.items()})]
        return make("eq", make("zero", sort), min(sides, key=lambda side: side.key))
    p = gap(node)
    if p:
        leading = p[min(p, key=order_of)]
        p = scaled(p, 1 / (leading if node.head == "eq" else abs(leading)))
    return make(node.head, num(0), number(p))


def order_of(monomial: Monomial) -> tuple[bytes | int, ...]:
    return tuple(x for node, e in monomial for x in (node.key, e))


def number(p: Polynomial) -> Node:
    """A polynomial as a node, in canonical order."""
    terms = []
    for monomial in sorted(p, key=order_of):
        factors = [node for node, e in monomial for _ in range(e)]
        c = p[monomial]
        if c != 1 or not factors:
            factors.insert(0, make("num", int(c.p), int(c.q)))
        terms.append(factors[0] if len(factors) == 1 else make("mul", *factors))
    return terms[0] if len(terms) == 1 else make("add", *terms) if terms else num(0)


@cache
def combination(node: Node) -> Combination:
    """The coefficients of a vector or matrix on atomic ones; zero coefficients are dropped."""
    value = reduced(node)
    form = VECTORS.get(value.head)
    return form(value) if form is not None else {rebuilt(value): constant(1)}


def combined(parts: Combination, sort: Node | None) -> Node:
    """A combination as a node, in canonical order."""
    terms = [v if c == constant(1) else make("smul", number(c), v) for v, c in sorted(parts.items(), key=lambda pair: pair[0].key)]
    return terms[0] if len(terms) == 1 else make("add", *terms) if terms else make("zero", sort)


def collect(parts: Iterable[tuple[Node, Polynomial]]) -> Combination:
    total: Combination = {}
    for v, c in parts:
        total[v] = plus(total.get(v, {}), c)
    return {v: c for v, c in total.items() if c}
