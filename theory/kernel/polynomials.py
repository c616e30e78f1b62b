"""Polynomials over opaque atoms, with rational coefficients: the ring in which normal forms compute.

A monomial is a tuple of pairs (atom, exponent > 0) in the order of the atoms' keys; a polynomial maps monomials to coefficients that
are not 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt

from flint import fmpq, fmpq_mpoly_ctx

from theory.kernel.nodes import Node

Monomial = tuple[tuple[Node, int], ...]
Polynomial = dict[Monomial, fmpq]
LARGE = 400  # products of terms beyond which flint multiplies faster than the dictionary


def constant(value: fmpq | int) -> Polynomial:
    """A constant."""
    return {(): fmpq(value)} if value != 0 else {}


def atom(node: Node, exponent: int = 1) -> Polynomial:
    """A power of an atom."""
    return {((node, exponent),): fmpq(1)}


def add_term(total: Polynomial, monomial: Monomial, c: fmpq) -> None:
    """Add a term to a polynomial, in place; coefficients that become 0 are dropped."""
    known = total.get(monomial)
    value = c if known is None else known + c
    if value:
        total[monomial] = value
    else:
        del total[monomial]


def add_scaled(total: Polynomial, p: Polynomial, c: fmpq | int) -> None:
    """Add c·p to a polynomial, in place."""
    for monomial, x in p.items() if c != 0 else ():
        add_term(total, monomial, x * c)


def plus(*parts: Polynomial) -> Polynomial:
    """The sum."""
    total: Polynomial = dict(parts[0]) if parts else {}
    for part in parts[1:]:
        for monomial, c in part.items():
            add_term(total, monomial, c)
    return total


def scaled(p: Polynomial, c: fmpq | int) -> Polynomial:
    """c·p."""
    return {monomial: x * c for monomial, x in p.items()} if c != 0 else {}


def minus(p: Polynomial, q: Polynomial) -> Polynomial:
    """p − q."""
    total = dict(p)
    add_scaled(total, q, -1)
    return total


def joined(m: Monomial, n: Monomial) -> Monomial:
    """The product of two monomials."""
    if not m or not n:
        return m or n
    powers = dict(m)
    for node, e in n:
        powers[node] = powers.get(node, 0) + e
    return ordered(powers.items())


def ordered(powers: Iterable[tuple[Node, int]]) -> Monomial:
    """A monomial from its powers, in any order."""
    return tuple(sorted(powers, key=lambda power: power[0].key))


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    """The product in the ring of polynomials, without the laws of atoms."""
    if len(p) * len(q) > LARGE:
        return _times_by_flint(p, q)
    total: Polynomial = {}
    for m, a in p.items():
        for n, b in q.items():
            add_term(total, joined(m, n), a * b)
    return total


def _times_by_flint(p: Polynomial, q: Polynomial) -> Polynomial:
    atoms = sorted({node for r in (p, q) for monomial in r for node, _ in monomial}, key=lambda node: node.key)
    ring = fmpq_mpoly_ctx.get([f"x{place}" for place in range(len(atoms))])

    def exponents(monomial: Monomial) -> tuple[int, ...]:
        powers = dict(monomial)
        return tuple(powers.get(node, 0) for node in atoms)

    left, right = (ring.from_dict({exponents(m): c for m, c in r.items()}) for r in (p, q))
    return {tuple((atoms[place], e) for place, e in enumerate(map(int, row)) if e): c for row, c in (left * right).to_dict().items()}


def square_free(value: int) -> tuple[int, int]:
    """(s, r) with value = s² r, for value > 0; r has no square factor below 1000, and is 1 for squares.

    >>> square_free(72), square_free(49)
    ((6, 2), (7, 1))
    """
    root = isqrt(value)
    if root * root == value:
        return root, 1
    outside = 1
    for prime in range(2, 1000):
        while value % (prime * prime) == 0:
            value //= prime * prime
            outside *= prime
    return outside, value
