"""Monomials and polynomials of the kernel, as the searcher handles them."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from theory.kernel.nodes import Node, make
from theory.kernel.normal import normal, number, product
from theory.kernel.polynomials import Monomial, Polynomial, minus

COMPLEX = {"var": 0, "bound": 0, "app": 1, "ent": 1, "norm": 2, "abs": 3, "max": 3, "min": 3, "sqrt": 4, "pow": 5, "exp": 5, "inv": 6}


def degree(monomial: Monomial) -> int:
    """The total degree."""
    return sum(e for _, e in monomial)


def degree_of(p: Polynomial) -> int:
    """The degree of a polynomial."""
    return max(map(degree, p), default=0)


def atoms_of(p: Polynomial) -> Iterable[Node]:
    """The atoms, each once."""
    return dict.fromkeys(node for monomial in p for node, _ in monomial)


def as_node(monomial: Monomial) -> Node:
    """The monomial as a node."""
    return number({monomial: fmpq(1)})


def rank(node: Node) -> tuple[int, bytes]:
    """Later atoms are replaced by earlier ones."""
    return COMPLEX.get(node.head, 1), node.key


def weight(monomial: Monomial) -> tuple[object, ...]:
    """A monomial order: by degree, then by the latest atoms."""
    return degree(monomial), sorted(((rank(node), e) for node, e in monomial), reverse=True)


def divided(top: Monomial, bottom: Monomial) -> Monomial | None:
    """The monomial m with m·bottom = top, if there is one."""
    powers = dict(top)
    for node, e in bottom:
        left = powers.get(node, 0) - e
        if left < 0:
            return None
        powers[node] = left
    return tuple(power for power in powers.items() if power[1])           # still in the order of the top


def quotient(top: Monomial, bottom: Monomial) -> Monomial | None:
    """The monomial m with m·bottom = top, if there is one, where exponentials always divide: e^s/e^t = e^(s−t).

    >>> from theory.kernel.nodes import R, var
    >>> s, e = var("s", R), make("exp", var("t", R))
    >>> quotient(((s, 2),), ((s, 1),)) == ((s, 1),), quotient(((s, 1),), ((s, 2),))
    (True, None)
    >>> sorted(node.head for node, _ in quotient(((s, 1),), ((e, 1),)))
    ['exp', 'var']
    """
    if not any(node.head == "exp" for node, _ in bottom):
        return divided(top, bottom)
    plain = [tuple((node, e) for node, e in m if node.head != "exp") for m in (top, bottom)]
    rest = divided(*plain)
    if rest is None:
        return None
    inside = minus(*(_exponent(m) for m in (top, bottom)))
    return next(iter(product({rest: fmpq(1)}, normal(make("exp", number(inside))))))


def _exponent(monomial: Monomial) -> Polynomial:
    return next((normal(node.args[0]) for node, _ in monomial if node.head == "exp"), {})
