"""Fills a problem: takes in facts, and what the atoms in them and in the goal are by definition."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from theory.checkers.real.defining import conditional, unconditional, written_squares
from theory.checkers.real.monomials import atoms_of
from theory.checkers.real.problem import RealProblem
from theory.checkers.real.related import related
from theory.checkers.script import Line
from theory.kernel.heads import le, lt
from theory.kernel.nodes import Node
from theory.kernel.normal import gap, normal

PLAIN = ("log", "asin")      # functions that no case splits decide: what is inside them is defined as well
Prover = Callable[[RealProblem, Node], "Line | None"]


def filled(problem: RealProblem, lines: Sequence[Line], prover: Prover) -> RealProblem:
    """The problem with the lines, and with what the atoms in them and in the goal are by definition; the prover shows their premises."""
    for line in lines:
        problem.add(line)
    for _ in range(problem.effort.depth):
        before = (len(problem.raw), problem.rules.most, len(problem.inside))
        _define(problem)
        problem.settle()
        for atom in list(problem.open):
            _conditional(problem, atom, prover)
        for line in related(problem, prover):
            problem.add(line)
        if (len(problem.raw), problem.rules.most, len(problem.inside)) == before:
            break
    problem.settle()
    return problem


def _define(problem: RealProblem) -> None:
    script = problem.script
    polys = [gap(script.says(p)) for p in problem.raw] + [r.poly for r in problem.rules.rules] + [gap(problem.goal)]
    polys += [normal(t) for t in problem.inside]
    for atom in dict.fromkeys(a for p in polys for a in atoms_of(p)):
        if atom not in problem.seen:
            problem.seen.add(atom)
            problem.open[atom] = None
            for line in unconditional(script, atom):
                problem.add(line)
    for line in written_squares(script, [*problem.written, problem.goal]):
        problem.add(line)
    problem.written = []


def _conditional(problem: RealProblem, atom: Node, prover: Prover) -> None:
    found = conditional(problem.script, atom, lambda t: problem.sign(t) or _shown(problem, t, prover))
    if found is None:
        if atom.head in PLAIN:
            problem.inside.update(dict.fromkeys(a for a in atom.args if not a.indices))
        return
    lines, settled = found
    for line in lines:
        problem.add(line)
    if settled:
        del problem.open[atom]


def _shown(problem: RealProblem, t: Node, prover: Prover) -> tuple[Line, str] | None:
    """The sign of a number that a quick search shows."""
    claims = {">": lt(0, t), "≥": le(0, t), "<": lt(t, 0), "≤": le(t, 0)}
    for what in (">", "≥", "<", "≤"):
        line = prover(problem, claims[what])
        if line is not None:
            return line, what
    return None
