"""Equations from equations: multipliers by rewriting, then by exact linear algebra over monomial multiples of the equations."""

from __future__ import annotations

from flint import fmpq

from theory.checkers.real.certificate import solved
from theory.checkers.real.monomials import degree, degree_of, divided
from theory.checkers.real.problem import RealProblem
from theory.checkers.script import Line
from theory.kernel.nodes import Node
from theory.kernel.normal import gap, product
from theory.kernel.polynomials import Monomial, Polynomial, plus

MOST = 60        # multiples of equations in one linear system
ROUNDS = 2       # how often multiples are taken that lead to monomials at hand
ABOVE = 1        # by how much the degree of a multiple may exceed that of the goal and of the equation


def rewritten(problem: RealProblem, goal: Node) -> Line | None:
    """s = t by rewriting with the equations of the problem."""
    if problem.rules.absurd is not None:
        return problem.script.anything(problem.rules.absurd, goal)
    rest, used = problem.rules.reduce(gap(goal))
    return None if rest else problem.script.combine(goal, problem.rules.parts(used, 1))


def combined(problem: RealProblem, goal: Node) -> Line | None:
    """s = t as a combination of monomial multiples of the equations of the problem; None where it is not found."""
    rest, used = problem.rules.reduce(gap(goal))
    found = _multiples(problem, rest)
    weights = _solve([p for *_, p, _ in found], rest)
    if weights is None:
        return None
    for (line, m, _, own), x in zip(found, weights, strict=True):
        if x != 0:
            used[line] = plus(used.get(line, {}), {m: x})
            for other, q in own.items():
                used[other] = plus(used.get(other, {}), {k: -c * x for k, c in q.items()})
    return problem.script.combine(goal, problem.rules.parts(used, 1))


Multiple = tuple[Line, Monomial, Polynomial, dict[Line, Polynomial]]


def _multiples(problem: RealProblem, rest: Polynomial) -> list[Multiple]:
    """Monomial multiples of equations that do not rewrite to 0: line, monomial, what is left, and what rewrote it."""
    wanted, limit = dict.fromkeys(rest), degree_of(rest)
    found: list[Multiple] = []
    seen: set[tuple[Line, Monomial]] = set()
    for _ in range(ROUNDS):
        before = len(found)
        for rule in problem.rules.rules:
            room = max(limit, degree_of(rule.poly)) + ABOVE - degree_of(rule.poly)
            for m in [q for own in rule.poly for w in list(wanted) if (q := divided(w, own)) is not None]:
                if (rule.line, m) in seen or degree(m) > room or len(seen) >= MOST:
                    continue
                seen.add((rule.line, m))
                left, own_used = problem.rules.reduce(product({m: fmpq(1)}, rule.poly))
                wanted.update(dict.fromkeys(product({m: fmpq(1)}, rule.poly)))
                if left:
                    found.append((rule.line, m, left, own_used))
                    wanted.update(dict.fromkeys(left))
        if len(found) == before:
            break
    return found


def _solve(polys: list[Polynomial], target: Polynomial) -> list[fmpq] | None:
    rows = {m: i for i, m in enumerate(dict.fromkeys(m for p in (*polys, target) for m in p))}
    table = [[fmpq(0)] * (len(polys) + 1) for _ in rows]
    for j, p in enumerate([*polys, target]):
        for m, c in p.items():
            table[rows[m]][j] = c
    return solved(table) if polys else None


