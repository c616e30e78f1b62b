"""Finding goal = Σ λ·fact + Σ w·q² + slack: by completing a quadratic form, or by linear programming over squares of few shapes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

from theory.certificates.steps.squares import FORMAT, verify_squares
from theory.checkers.exact_lp import Constraint, feasible_point
from theory.checkers.linear import LinearRow
from theory.checkers.power_sums import ONE, Monomial, Poly, add, make_monomial, scale
from theory.checkers.problem import Problem
from theory.errors import NotCertified

LARGEST_BASIS = 9  # square-root monomials; more make the program slow, and z3 is asked instead


def squares_certificate(problem: Problem, target: LinearRow, rows: list[LinearRow]) -> dict[str, Any] | None:
    """A verified certificate as plain data, or None when this search finds none."""
    basis = _basis([target.poly])
    squares = _completed(target.poly, basis) if len(basis) <= LARGEST_BASIS and target.relation == ">=" else None
    if squares is not None:
        return _verified(problem, target, {}, squares, rows)
    basis = _basis([target.poly, *(row.poly for row in rows)])
    if len(basis) > LARGEST_BASIS:
        return None
    shapes: list[Poly] = [{m: Fraction(1)} for m in basis if m != ONE]
    shapes += [{m: Fraction(1), other: Fraction(s)} for m, other in combinations(basis, 2) for s in (1, -1)]
    found = _combination(target, rows, [_times(s, s) for s in shapes])
    if found is None:
        return None
    squares = [(found[("square", i)], shape) for i, shape in enumerate(shapes) if found.get(("square", i))]
    return _verified(problem, target, {i: found[i] for i in range(len(rows)) if found.get(i)}, squares, rows)


def _basis(polys: list[Poly]) -> list[Monomial]:
    """1 and the square roots of the power products with even exponents."""
    roots = {tuple((b, e / 2) for b, e in m) for p in polys for m in p
             if all(e.denominator == 1 and e % 2 == 0 for _, e in m) or m == ONE}
    return sorted(roots | {ONE}, key=lambda m: (m != ONE, str(m)))


def _times(p: Poly, q: Poly) -> Poly:
    total: Poly = {}
    for left, a in p.items():
        for right, b in q.items():
            total = add(total, {_joined(left, right): a * b})
    return total


def _joined(left: Monomial, right: Monomial) -> Monomial:
    exponents = dict(left)
    for base, e in right:
        exponents[base] = exponents.get(base, Fraction(0)) + e
    return make_monomial(exponents)


def _completed(p: Poly, basis: list[Monomial]) -> list[tuple[Fraction, Poly]] | None:
    """p = Σ w·q² by symmetric elimination of its Gram matrix on the basis, when that matrix is positive semidefinite."""
    size, gram, covered = len(basis), {}, set()
    for i in range(size):
        for j in range(i, size):
            m = _joined(basis[i], basis[j])
            if m in p and m not in covered and not (i != j and _is_diagonal(m, basis)):
                gram[i, j] = gram[j, i] = p[m] if i == j else p[m] / 2
                covered.add(m)
    if covered != set(p):
        return None
    squares: list[tuple[Fraction, Poly]] = []
    for i in range(size):
        pivot = gram.get((i, i), Fraction(0))
        row = {j: gram[i, j] for j in range(i + 1, size) if gram.get((i, j))}
        if pivot < 0 or (pivot == 0 and row):
            return None
        if pivot == 0:
            continue
        squares.append((pivot, {basis[i]: Fraction(1), **{basis[j]: c / pivot for j, c in row.items()}}))
        for j, c in row.items():
            for k, e in row.items():
                gram[j, k] = gram.get((j, k), Fraction(0)) - c * e / pivot
    return squares


def _is_diagonal(m: Monomial, basis: list[Monomial]) -> bool:
    return tuple((b, e / 2) for b, e in m) in basis


def _combination(target: LinearRow, rows: list[LinearRow], squares: list[Poly]) -> Mapping[Any, Fraction] | None:
    columns: dict[Any, Poly] = {i: row.poly for i, row in enumerate(rows)} | {("square", i): s for i, s in enumerate(squares)}
    monomials = dict.fromkeys(m for p in (target.poly, *columns.values()) for m in p if m != ONE)
    system = [Constraint({u: p[m] for u, p in columns.items() if m in p}, -target.poly.get(m, Fraction(0)), "=") for m in monomials]
    free = {i for i, row in enumerate(rows) if row.relation == "="}
    system += [Constraint({u: Fraction(1)}, Fraction(0), ">=") for u in columns if u not in free]
    slack = {u: -p[ONE] for u, p in columns.items() if ONE in p}
    system.append(Constraint(slack, target.poly.get(ONE, Fraction(0)), ">="))
    if target.relation == ">":
        strict = {u: slack.get(u, Fraction(0)) + (u in range(len(rows)) and rows[u].relation == ">") for u in columns}
        system.append(Constraint(strict, target.poly.get(ONE, Fraction(0)), ">"))
    return feasible_point(system)


def _verified(problem: Problem, target: LinearRow, multipliers: Mapping[int, Fraction], squares: list[tuple[Fraction, Poly]],
              rows: list[LinearRow]) -> dict[str, Any] | None:
    rest = target.poly
    for i, multiplier in multipliers.items():
        rest = add(rest, scale(rows[i].poly, -multiplier))
    for weight, form in squares:
        rest = add(rest, scale(_times(form, form), -weight))
    certificate = {
        "format": FORMAT, "goal": {"relation": target.relation, "polynomial": _plain(problem, target.poly)},
        "rows": [{"name": rows[i].name, "relation": rows[i].relation, "polynomial": _plain(problem, rows[i].poly)} for i in multipliers],
        "multipliers": [str(m) for m in multipliers.values()],
        "squares": [{"weight": str(w), "form": _plain(problem, form)} for w, form in squares],
        "slack": str(rest.get(ONE, Fraction(0))),
    }
    try:
        verify_squares(certificate)
    except NotCertified:
        return None  # sums under a root do not multiply out term by term; z3 is asked instead
    return certificate


def _plain(problem: Problem, p: Poly) -> list[dict[str, Any]]:
    return [{"coefficient": str(c), "powers": {_name(problem, b): str(e) for b, e in m}} for m, c in p.items()]


def _name(problem: Problem, base: Any) -> str:
    """Digits are kept for numbers under a root."""
    name = problem.names(base)
    return str(base) if base.is_Integer else f"·{name}" if name.isdigit() else name
