"""What equations and facts say of functions at different arguments: √s = √t for s = t, √s ≤ √t for s ≤ t."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import TYPE_CHECKING

from theory.checkers.real.monomials import atoms_of
from theory.checkers.script import Line
from theory.kernel.heads import bind, eq, le
from theory.kernel.nodes import Node, R, is_numeric, make, var
from theory.kernel.normal import gap, normal, number

if TYPE_CHECKING:
    from theory.checkers.real.problem import Problem

FUNCTIONS = ("abs", "sqrt", "inv", "max", "min", "exp", "log", "pow", "floor")
INCREASING = {"sqrt": "root_increases", "exp": "exp_increases"}
MANY = 5         # atoms of one head that are compared with one another


def related(problem: Problem, prover: Callable[[Problem, Node], Line | None]) -> Iterator[Line]:
    """Lines about atoms whose arguments are equal, or ordered, by what is known."""
    polys = [*(f.poly for f in problem.facts), *(r.poly for r in problem.rules.rules), problem.rules.reduce(gap(problem.goal))[0]]
    atoms = list(dict.fromkeys(a for p in polys for a in atoms_of(p)))
    for atom in atoms:
        if atom.head in FUNCTIONS:
            yield from _rewritten(problem, atom)
    for head in INCREASING:
        own = [a for a in atoms if a.head == head and a.free]
        if len(own) <= MANY:
            yield from _ordered(problem, own, prover)


def _rewritten(problem: Problem, atom: Node) -> Iterator[Line]:
    for place, argument in enumerate(atom.args):
        if not is_numeric(argument.sort):
            continue
        after, used = problem.rules.reduce(normal(argument))
        key = (atom, place, number(after))
        if not used or key in problem.related:
            continue
        problem.related.add(key)
        equal = problem.script.combine(eq(argument, number(after)), problem.rules.parts(used, -1))
        z = var("z'", R)
        context = make(atom.head, *(z if other == place else a for other, a in enumerate(atom.args)))
        if atom.head == "pow" and place == 1:
            continue
        yield problem.script.do("congruence", (equal,), bind("lam", [(z, R)], context))


def _ordered(problem: Problem, atoms: list[Node], prover: Callable[[Problem, Node], Line | None]) -> Iterator[Line]:
    for low, high in permutations(atoms, 2):
        if (low, high) in problem.related:
            continue
        s, t = low.args[0], high.args[0]
        line = prover(problem, le(s, t))
        if line is not None:
            problem.related.update({(low, high), (high, low)})
            yield problem.script.axiom(INCREASING[low.head], [line], s=s, t=t)
