"""Factors of polynomials: a product is nonnegative by the signs of its factors, and |st| = |s||t|."""

from __future__ import annotations

from functools import cache

from flint import fmpq, fmpq_mpoly_ctx

from theory.checkers.real.monomials import atoms_of, degree_of
from theory.checkers.script import Line, Script
from theory.kernel.heads import le, lt
from theory.kernel.nodes import Node, make, num
from theory.kernel.normal import canonical, normal, number
from theory.kernel.polynomials import Monomial, Polynomial, ordered, scaled

LONGEST = 60        # terms of a polynomial that is factored


def factors(p: Polynomial) -> list[tuple[Polynomial, int]] | None:
    """The irreducible factors and their exponents, of which the first takes the numeral; None where there is one factor only.

    >>> from theory.kernel.nodes import R, var
    >>> s, t = var("s", R), var("t", R)
    >>> [e for _, e in factors(normal(s * s * t - t))], factors(normal(s * s + t))
    ([1, 1, 1], None)
    """
    return _factored(frozenset(p.items())) if 1 < len(p) <= LONGEST and degree_of(p) > 1 else None


@cache
def _factored(terms: frozenset[tuple[Monomial, fmpq]]) -> list[tuple[Polynomial, int]] | None:
    p = dict(terms)
    atoms = sorted(atoms_of(p), key=lambda node: node.key)
    places = {node: (place, 1) for place, node in enumerate(atoms)} | _exponentials(atoms)
    ring = fmpq_mpoly_ctx.get([f"x{place}" for place in range(len(atoms))])
    rows = {}
    for monomial, c in p.items():
        row = [0] * len(atoms)
        for node, e in monomial:
            row[places[node][0]] += e * places[node][1]
        rows[tuple(row)] = c
    content, parts = ring.from_dict(rows).factor()
    powers = {at: node for node, at in places.items()}
    found = [({_monomial(powers, row): c for row, c in q.to_dict().items()}, int(e)) for q, e in parts]
    if len(found) == 1 and found[0][1] == 1:
        return None
    return [({(): content}, 1), *sorted(found, key=lambda f: number(f[0]).key)] if content != 1 else found


def _exponentials(atoms: list[Node]) -> dict[Node, tuple[int, int]]:
    """For e^(ms) and e^(2ms), …, all of them powers of the first that divides them: the place of that one, and the power."""
    found: dict[Node, tuple[int, int]] = {}
    for place, unit in enumerate(atoms):
        if unit.head == "exp" and unit not in found:
            (m, c), *_ = sorted(normal(unit.args[0]).items(), key=lambda part: str(part[0]))
            for other in atoms:
                ratio = normal(other.args[0]).get(m, fmpq(0)) / c if other.head == "exp" else fmpq(0)
                if ratio > 1 and ratio.q == 1 and normal(other.args[0]) == scaled(normal(unit.args[0]), ratio):
                    found[other] = place, int(ratio)
    return found


def _monomial(powers: dict[tuple[int, int], Node], row: tuple[int, ...]) -> Monomial:
    """The product of powers of the atoms at their places."""
    parts = []
    for place, e in ((place, int(e)) for place, e in enumerate(row) if e):
        node = powers[place, 1]
        parts.append((canonical(make("exp", num(e) * node.args[0])), 1) if node.head == "exp" else (node, e))
    return ordered(parts)


def absolute_product(script: Script, atom: Node) -> list[Line]:
    """|st| = |s||t| for the factors of what is inside: both are not negative, and their squares are equal."""
    parts = factors(normal(atom.args[0]))
    if parts is None:
        return []
    other = make("mul", *(make("abs", number(q)) for q, e in parts for _ in range(e)))
    sides = [_below(script, atom, other), _below(script, other, atom)]
    return [script.axiom("antisymmetry", sides, s=atom, t=other)]


def _below(script: Script, s: Node, t: Node) -> Line:
    """s ≤ t for t ≥ 0 with s² = t²: else 0 < (s − t)² + 2(s − t)t = s² − t²."""
    negated = script.assume(lt(t, s))
    square = script.do("multiply", (negated, negated))
    product = script.do("multiply", (negated, script.do("nonnegative", (), t)))
    return script.by_contradiction(le(s, t), script.combine(lt(0, 0), [(square, 1), (product, 2)]))
