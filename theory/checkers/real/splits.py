"""Case splits that are worth trying: s < t or t ≤ s."""

from __future__ import annotations

from collections.abc import Iterator

from theory.checkers.real.monomials import atoms_of
from theory.checkers.real.problem import Problem
from theory.kernel.nodes import N, Node, num
from theory.kernel.normal import gap
from theory.kernel.polynomials import Polynomial

Split = tuple[Node, Node]
ORDER = ("abs", "max", "min", "sqrt", "inv", "pow")


def splits(problem: Problem) -> list[Split]:
    """Pairs s, t: the signs that decide |t|, max, √t and 1/t, then those of factors of products that vanish, then of what occurs."""
    found = [*_definitions(problem), *_factors(problem), *_naturals(problem), *_variables(problem)]
    return list(dict.fromkeys(found))


def _definitions(problem: Problem) -> Iterator[Split]:
    used = dict.fromkeys(a for p in _polys(problem) for a in atoms_of(p))
    waiting = [a for a in problem.open if a.head in ORDER and a in used]
    for atom in sorted(waiting, key=lambda a: (ORDER.index(a.head), list(used).index(a))):
        yield (atom.args[0], atom.args[1]) if atom.head in ("max", "min") else (atom.args[0], num(0))
        if atom.head == "inv":
            yield num(0), atom.args[0]


def _polys(problem: Problem) -> list[Polynomial]:
    return [problem.rules.reduce(gap(problem.goal))[0], *(f.poly for f in problem.facts), *(r.poly for r in problem.rules.rules)]


def _factors(problem: Problem) -> Iterator[Split]:
    for rule in problem.rules.rules:
        if len(rule.poly) == 1:
            for node, _ in rule.lead:
                yield from _around(problem, node)


def _around(problem: Problem, node: Node) -> Iterator[Split]:
    known = problem.signs.get(node, (0, ""))[1]
    if known not in (">", "≥", "<"):
        yield node, num(0)
    if known not in (">", "<", "≤"):
        yield num(0), node


def _naturals(problem: Problem) -> Iterator[Split]:
    for node in atoms_of(problem.rules.reduce(gap(problem.goal))[0]):
        if node.sort is N and problem.signs.get(node, (0, ""))[1] == "≥":
            yield node, num(1)


def _variables(problem: Problem) -> Iterator[Split]:
    for p in _polys(problem):
        for m in p:
            for node, e in m:
                if e % 2 and (len(m) > 1 or e > 1):
                    yield from _around(problem, node)
