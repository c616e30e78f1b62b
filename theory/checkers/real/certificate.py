"""Certificates: a nonnegative combination of products that reads 0 < 0, found in floats, made exact, and written as kernel lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from flint import fmpq, fmpq_mat

from theory.checkers.real.columns import Column, columns
from theory.checkers.real.defining import whole_step
from theory.checkers.real.effort import ProductLevel
from theory.checkers.real.problem import Inequality, RealProblem
from theory.checkers.script import Line
from theory.kernel.heads import lt
from theory.kernel.nodes import Node, num
from theory.kernel.normal import gap, number, product
from theory.kernel.polynomials import Monomial, Polynomial, plus, scaled

THRESHOLDS = (1e-9, 1e-6, 1e-11)       # below which a weight of the linear program counts as 0
TOLERANCES = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
CHEAP = 1e-3                           # what a factor of a product costs, beside the weights


def attempt(problem: RealProblem, goal: Node, level: ProductLevel) -> Line | None:
    """A line of the goal, s ≤ t or s < t, from the facts of a problem; None where there is no certificate of that level."""
    if problem.rules.absurd is not None:
        return problem.script.anything(problem.rules.absurd, goal)
    negated = _negated(problem, goal)
    found = columns(problem, negated, level)
    for weights in solutions(found):
        line = _Assembly(problem, goal, negated, list(weights.items())).line()
        if line is not None:
            return line
    return None


def _negated(problem: RealProblem, goal: Node) -> list[Inequality]:
    script = problem.script
    line = script.assume(script.negation(goal))
    lines = [line, whole_step(script, line)]
    return [Inequality(p, problem.rules.reduce(gap(script.says(p)))[0], script.says(p).head == "lt") for p in lines if p is not None]


# --- the linear program ----------------------------------------------------------------------------------------------------------

def solutions(found: list[Column]) -> list[dict[Column, fmpq]]:
    """Exact weights with Σ weight·poly = −c for a numeral c > 0, or c = 0 and a strict product of positive weight."""
    if not any(c.strict or () in c.poly for c in found):      # nothing can add up to a number below 0
        return []
    floats = _floats(found)
    if floats is None:
        return []
    tried: list[list[Column]] = []
    answers = []
    for threshold in THRESHOLDS:
        support = [c for c, x in zip(found, floats, strict=True) if abs(x) > threshold]
        if support not in tried:
            tried.append(support)
            exact = _exact(support)
            if exact is not None:
                answers.append(exact)
    return answers


def _floats(found: list[Column]) -> Sequence[float] | None:
    from scipy.optimize import linprog  # imported here: a third of a second, and only where something is searched for
    from scipy.sparse import csc_matrix

    rows = {m: i for i, m in enumerate(dict.fromkeys(m for c in found for m in c.poly))}
    rows.setdefault((), len(rows))
    count, last = len(found) + 1, len(rows)
    scales = [1.0 / max((abs(float(x.p) / float(x.q)) for x in c.poly.values()), default=1.0) for c in found]
    entries = [(rows[m], j, float(x.p) / float(x.q) * scales[j]) for j, c in enumerate(found) for m, x in c.poly.items()]
    entries.append((rows[()], len(found), 1.0))
    entries += [(last, j, 1.0) for j, c in enumerate(found) if c.strict] + [(last, len(found), 1.0)]
    i, j, v = (np.array(part) for part in zip(*entries, strict=True))
    matrix = csc_matrix((v, (i, j)), shape=(last + 1, count))
    right = np.zeros(last + 1)
    right[last] = 1.0
    cost = np.array([*(CHEAP * c.cost for c in found), 0.0])
    bounds = [*((None, None) if c.rule else (0, None) for c in found), (0, None)]
    answer = linprog(cost, A_eq=matrix, b_eq=right, bounds=bounds, method="highs-ds", options=TOLERANCES)
    return [x * s for x, s in zip(answer.x, [*scales, 1.0], strict=True)][:-1] if answer.status == 0 else None


def _exact(support: list[Column]) -> dict[Column, fmpq] | None:
    """The weights of a support, by elimination; None where there are none or one is negative."""
    rows = {m: i for i, m in enumerate(dict.fromkeys(m for c in support for m in c.poly if m))}
    size, one = len(support), len(rows)
    table = [[fmpq(0)] * (size + 2) for _ in range(len(rows) + 2)]
    for j, column in enumerate(support):
        for m, c in column.poly.items():
            table[rows[m] if m else one][j] = c
        if column.strict:
            table[one + 1][j] = fmpq(1)
    table[one][size] = table[one + 1][size] = table[one + 1][size + 1] = fmpq(1)
    weights = solved(table)
    if weights is None or any(x < 0 for x, c in zip(weights, support, strict=False) if not c.rule) or weights[-1] < 0:
        return None
    return {c: x for c, x in zip(support, weights, strict=False) if x != 0}


def solved(table: list[list[fmpq]]) -> list[fmpq] | None:
    """A solution of the linear system whose last column is its right side."""
    reduced, rank = fmpq_mat(table).rref()
    width = len(table[0])
    answer = [fmpq(0)] * (width - 1)
    for row in range(int(rank)):
        pivot = next(j for j in range(width) if reduced[row, j] != 0)
        if pivot == width - 1:
            return None
        answer[pivot] = reduced[row, width - 1]
    return answer


# --- the lines -------------------------------------------------------------------------------------------------------------------

class _Assembly:
    """Writes a solution as lines: directly as a combination where the negated goal occurs alone, else as a contradiction."""

    def __init__(self, problem: RealProblem, goal: Node, negated: list[Inequality], weights: list[tuple[Column, fmpq]]) -> None:
        self.problem, self.goal, self.negated, self.weights = problem, goal, negated, weights
        self.used: dict[Line, Polynomial] = {}
        self.parts: list[tuple[Line, Node]] = []

    def line(self) -> Line | None:
        script = self.problem.script
        own = [c for c, _ in self.weights if any(f in c.factors for f in self.negated)]
        direct = len(own) == 1 and own[0].factors == (self.negated[0],)
        scale = next((x for c, x in self.weights if direct and c is own[0]), fmpq(1))
        total: Polynomial = {}
        for column, x in self.weights:
            total = plus(total, self.take(column, x / scale, direct and column is own[0]))
        left = total.get((), fmpq(0))
        if set(total) - {()} or left > 0:
            return None
        parts = [*self.parts, *self.problem.rules.parts(self.used, -1)]
        if direct:
            return script.combine(self.goal, parts)
        absurd = script.combine(lt(0, 0), parts)
        return script.by_contradiction(self.goal, absurd) if own else script.anything(absurd, self.goal)

    def take(self, column: Column, weight: fmpq, skip: bool) -> Polynomial:
        """Note a column with its weight; what it adds to the total."""
        script, rules = self.problem.script, self.problem.rules
        if column.rule is not None:
            multiplier = {cast(Monomial, column.factors[0]): weight}     # a rule stands in a column with one monomial
            before = product(multiplier, column.rule.poly)
            self.parts.append((column.rule.line, number(multiplier)))
        else:
            line = self.write(column)
            before = scaled(gap(script.says(line)), weight)
            if not skip:
                self.parts.append((line, num(f"{weight.p}/{weight.q}")))
        after, used = rules.reduce(before)
        for equation, q in used.items():
            self.used[equation] = plus(self.used.get(equation, {}), q)
        return after

    def write(self, column: Column) -> Line:
        script = self.problem.script
        lines: list[Line] = []
        for factor in column.factors:
            if isinstance(factor, Inequality):
                lines.append(factor.line if len(column.factors) == 1 else self.problem.line_of(factor))
            elif isinstance(factor, tuple):
                lines += self.problem.factors(factor) or []
            else:
                lines.append(script.do("square", (), factor))
        return lines[0] if len(lines) == 1 else script.do("multiply", lines)


