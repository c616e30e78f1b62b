"""The search: levels of products, then case splits, deeper and deeper; everything it finds is a line of the kernel."""

from __future__ import annotations

from collections.abc import Sequence

from theory.checkers.real.certificate import attempt
from theory.checkers.real.effort import DEFAULT, LINEAR, MONOMIAL, Effort, Level
from theory.checkers.real.equations import combined, rewritten
from theory.checkers.real.problem import Problem
from theory.checkers.real.splits import splits
from theory.checkers.real.transplant import transplanted
from theory.checkers.script import Line, Script
from theory.kernel import Node, Refused
from theory.kernel.heads import le, lt

WIDE = 4     # splits that are tried where few more may follow


def prove(script: Script, goal: Node, facts: Sequence[Line], effort: Effort = DEFAULT) -> Line | None:
    """A line whose conclusion is the goal, from lines that are relations between numbers; None where no certificate is found.

    Args:
        goal: s ≤ t, s < t or s = t between numbers.
        facts: lines of the script that are such relations.
    Guarantee:
        the line is a theorem of the kernel, under the hypotheses of the facts and no others.

    >>> from theory.kernel.heads import le
    >>> from theory.kernel.nodes import R, make, var
    >>> s, t, script = var("s", R), var("t", R), Script()
    >>> fact = script.assume(le(s * s, t * t))
    >>> prove(script, le(make("abs", s), make("abs", t)), [fact]) is not None
    True
    >>> prove(script, le(s, t), [fact]) is None
    True
    """
    search = Search(effort)
    try:
        line = search.goal(goal, [search.script.assume(script.says(p)) for p in dict.fromkeys(facts)])
        return None if line is None else transplanted(search.script, line, script, facts)
    except Refused:
        if STRICT:
            raise
        return None


STRICT = False       # tests let a refusal be seen: it is a fault of the search


class Search:
    """One search, in a script of its own: what does not enter the certificate leaves no trace."""

    def __init__(self, effort: Effort) -> None:
        self.effort, self.script, self.leaves = effort, Script(), effort.leaves
        self.problems: dict[tuple[Node, frozenset[Line]], Problem] = {}
        self.failed: set[tuple[Problem, Node, Level]] = set()
        self.combined: set[tuple[Problem, Node]] = set()

    def goal(self, goal: Node, lines: list[Line]) -> Line | None:
        """The goal from the lines, round by round."""
        for levels, depth in self.effort.rounds:
            line = self.tree(goal, lines, levels, depth)
            if line is not None:
                return line
        return None

    def tree(self, goal: Node, lines: list[Line], levels: Sequence[Level], depth: int) -> Line | None:
        """The goal by the levels, or by cases at most ``depth`` deep."""
        problem = self.problem(goal, lines)
        line = self.leaf(problem, goal, levels)
        if line is not None or depth == 0:
            return line
        for s, t in splits(problem)[: WIDE if depth <= 2 else 1]:
            branches: list[Line] = []
            for case in (lt(s, t), le(t, s)):
                if self.leaves <= 0:
                    return None
                found = self.tree(goal, [*lines, self.script.assume(case)], levels, depth - 1)
                if found is None:
                    break
                branches.append(found)
            else:
                return self.script.by_cases(s, t, *branches)
        return None

    def problem(self, goal: Node, lines: list[Line]) -> Problem:
        """The problem of a goal and lines, made once."""
        key = (goal, frozenset(lines))
        if key not in self.problems:
            self.problems[key] = Problem(self.script, goal, self.effort).fill(lines, self.quick)
        return self.problems[key]

    def quick(self, problem: Problem, goal: Node) -> Line | None:
        """A sign, by a linear certificate."""
        return self.at(problem, goal, LINEAR)

    def leaf(self, problem: Problem, goal: Node, levels: Sequence[Level]) -> Line | None:
        """The goal without cases."""
        if goal.head != "eq":
            return next((line for level in levels if (line := self.at(problem, goal, level)) is not None), None)
        line = rewritten(problem, goal)
        line = line if line is not None else self.both(problem, goal, levels[:1])
        if line is None and (problem, goal) not in self.combined:
            self.combined.add((problem, goal))
            line = combined(problem, goal)
        return line if line is not None else self.both(problem, goal, levels)

    def both(self, problem: Problem, goal: Node, levels: Sequence[Level]) -> Line | None:
        """s = t from s ≤ t and t ≤ s."""
        sides = []
        for s, t in (goal.args, goal.args[::-1]):
            side = self.leaf(problem, le(s, t), levels)
            if side is None:
                return None
            sides.append(side)
        return self.script.axiom("antisymmetry", sides, s=goal.args[0], t=goal.args[1])

    def at(self, problem: Problem, goal: Node, level: Level) -> Line | None:
        """The goal by products of a level; what failed once is not tried again."""
        key = (problem, goal, level)
        if key in self.failed or self.leaves <= 0:
            return None
        self.leaves -= 1 if level not in (LINEAR, MONOMIAL) else 0
        line = attempt(problem, goal, level)
        if line is None:
            self.failed.add(key)
        return line
