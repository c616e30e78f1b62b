"""Case splits that are worth trying: s < t or t ≤ s."""

from __future__ import annotations

from collections.abc import Iterator

from theory.checkers.real.monomials import atoms_of
from theory.checkers.real.problem import RealProblem
from theory.kernel.nodes import N, Node, num
from theory.kernel.normal import gap
from theory.kernel.polynomials import Polynomial, scaled

Split = tuple[Node, Node]
ORDER = ("abs", "max", "min", "sqrt", "inv", "pow")


def definitions(problem: RealProblem) -> list[Split]:
    """Pairs s, t that decide |t|, max, √t and 1/t: first where the goal needs a bound of them, last where none is needed."""
    goal = problem.rules.reduce(gap(problem.goal))[0]
    need: dict[Node, int] = {}
    for place, p in enumerate([goal, *(scaled(f.poly, -1) for f in problem.facts), *(r.poly for r in problem.rules.rules)]):
        for m, c in p.items():
            for node, _ in m:
                bounded = (c > 0) is (node.head == "min") or node.head in ("sqrt", "inv", "pow")
                own = (0 if bounded else 1) if place == 0 else 2 if bounded else 3
                need[node] = min(need.get(node, 3), own)
    waiting = [a for a in problem.open if a.head in ORDER and a in need]
    found: list[Split] = []
    for atom in sorted(waiting, key=lambda a: (need[a], ORDER.index(a.head), list(need).index(a))):
        found.append((atom.args[0], atom.args[1]) if atom.head in ("max", "min") else (atom.args[0], num(0)))
        if atom.head == "inv":
            found.append((num(0), atom.args[0]))
    return list(dict.fromkeys(found))


def splits(problem: RealProblem) -> list[Split]:
    """Those of definitions, then signs of factors of products that vanish, then of what occurs."""
    found = [*definitions(problem), *_factors(problem), *_naturals(problem), *_variables(problem)]
    return list(dict.fromkeys(found))


def _polys(problem: RealProblem) -> list[Polynomial]:
    return [problem.rules.reduce(gap(problem.goal))[0], *(f.poly for f in problem.facts), *(r.poly for r in problem.rules.rules)]


def _factors(problem: RealProblem) -> Iterator[Split]:
    for rule in problem.rules.rules:
        if len(rule.poly) == 1:
            for node, _ in rule.lead:
                yield from _around(problem, node)


def _around(problem: RealProblem, node: Node) -> Iterator[Split]:
    known = problem.signs.get(node, (0, ""))[1]
    if known not in (">", "≥", "<"):
        yield node, num(0)
    if known not in (">", "<", "≤"):
        yield num(0), node


def _naturals(problem: RealProblem) -> Iterator[Split]:
    for node in atoms_of(problem.rules.reduce(gap(problem.goal))[0]):
        if node.sort is N and problem.signs.get(node, (0, ""))[1] == "≥":
            yield node, num(1)


def _variables(problem: RealProblem) -> Iterator[Split]:
    for p in _polys(problem):
        for m in p:
            for node, e in m:
                if e % 2 and (len(m) > 1 or e > 1):
                    yield from _around(problem, node)
