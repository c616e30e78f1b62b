"""Linear combinations of facts as they stand: nothing is rewritten, and nothing is added that atoms are by definition."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from theory.checkers.real.certificate import solutions, solved
from theory.checkers.real.columns import Column, cancelling
from theory.checkers.real.problem import Inequality
from theory.checkers.real.rules import SolvedEquation
from theory.checkers.script import Line, Script
from theory.kernel import Node
from theory.kernel.nodes import num
from theory.kernel.normal import gap
from theory.kernel.polynomials import Polynomial, scaled


def summed(script: Script, goal: Node, lines: Sequence[Line]) -> Line | None:
    """The goal as a linear combination of the lines with numerals as multipliers; None where it is none.

    >>> from theory.kernel.heads import eq, le
    >>> from theory.kernel.nodes import R, var
    >>> s, t, r, script = var("s", R), var("t", R), var("r", R), Script()
    >>> lines = [script.assume(le(s, t)), script.assume(eq(t, r + r))]
    >>> script.theorems[summed(script, le(s + 1, r + r + 1), lines)].conclusion is le(s + 1, r + r + 1)
    True
    >>> summed(script, le(s, r), lines) is None
    True
    """
    if goal.head == "eq":
        return _equation(script, goal, [line for line in lines if script.says(line).head == "eq"])
    negated = Column(scaled(gap(goal), -1), goal.head == "le", ())
    by_column = {_column(script, line): line for line in lines}
    for weights in solutions(cancelling([negated, *by_column])):
        own = weights.get(negated, fmpq(0))
        if own > 0:
            return script.combine(goal, [(by_column[c], _numeral(x / own)) for c, x in weights.items() if c is not negated])
    return None


def _column(script: Script, line: Line) -> Column:
    says = script.says(line)
    poly = gap(says)
    if says.head == "eq":
        return Column(poly, False, ((),), SolvedEquation(line, poly, ()))
    return Column(poly, says.head == "lt", (Inequality(line, poly, says.head == "lt"),))


def _equation(script: Script, goal: Node, lines: Sequence[Line]) -> Line | None:
    polys: list[Polynomial] = [*(gap(script.says(line)) for line in lines), gap(goal)]
    rows = {m: i for i, m in enumerate(dict.fromkeys(m for p in polys for m in p))}
    if not rows or any(m not in {k for p in polys[:-1] for k in p} for m in polys[-1]):
        return None
    weights = solved([[p.get(m, fmpq(0)) for p in polys] for m in rows])
    if weights is None:
        return None
    return script.combine(goal, [(line, _numeral(x)) for line, x in zip(lines, weights, strict=True) if x != 0])


def _numeral(x: fmpq) -> Node:
    return num(f"{x.p}/{x.q}")
