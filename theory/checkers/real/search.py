"""The search: levels of products, then case splits, deeper and deeper; everything it finds is a line of the kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from theory.checkers.real.certificate import attempt
from theory.checkers.real.effort import CHEAP, DEFAULT, LINEAR, ProductLevel, Round, SearchEffort
from theory.checkers.real.equations import combined, rewritten
from theory.checkers.real.factors import factors
from theory.checkers.real.filling import filled
from theory.checkers.real.linear import summed
from theory.checkers.real.problem import RealProblem
from theory.checkers.real.splits import definitions, splits
from theory.checkers.real.transplant import transplanted
from theory.checkers.script import Line, Script
from theory.kernel import Node, Refused
from theory.kernel.heads import le, lt
from theory.kernel.nodes import make, num
from theory.kernel.normal import gap, number


def prove(script: Script, goal: Node, facts: Sequence[Line], effort: SearchEffort = DEFAULT) -> Line | None:
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
    search = CertificateSearch(effort)
    return _found(search, script, facts, lambda lines: search.goal(goal, lines))


def attempts(script: Script, goal: Node, facts: Sequence[Line], effort: SearchEffort) -> Iterator[Line | None]:
    """As `prove`, round by round: what each finds.  Rounds share what the problem is filled with, and each has the whole of the work."""
    search = CertificateSearch(effort)
    for place, current in enumerate(effort.rounds):
        search.work = effort.work
        yield _found(search, script, facts, lambda lines, first=place == 0, current=current:                     # type: ignore[misc]
                     (search.at_once(goal, lines) if first else None) or search.tree(goal, lines, current, current.depth))


def _found(search: CertificateSearch, script: Script, facts: Sequence[Line], look: Callable[[list[Line]], Line | None]) -> Line | None:
    """What a search finds from the facts, written into the script."""
    try:
        line = look([search.script.assume(script.says(p)) for p in dict.fromkeys(facts)])
        return None if line is None else transplanted(search.script, line, script, facts)
    except Refused:
        if STRICT:
            raise
        return None


STRICT = False       # tests let a refusal be seen: it is a fault of the search


class CertificateSearch:
    """One search, in a script of its own: what does not enter the certificate leaves no trace."""

    def __init__(self, effort: SearchEffort) -> None:
        self.effort, self.script, self.work = effort, Script(), effort.work
        self.problems: dict[tuple[Node, frozenset[Line]], RealProblem] = {}
        self.failed: set[tuple[RealProblem, Node, ProductLevel]] = set()
        self.squares: set[Line] = set()
        self.combined: set[tuple[RealProblem, Node]] = set()

    def goal(self, goal: Node, lines: list[Line]) -> Line | None:
        """The goal from the lines, round by round."""
        line = self.at_once(goal, lines)
        for current in self.effort.rounds:
            if line is None:
                line = self.tree(goal, lines, current, current.depth)
        return line

    def at_once(self, goal: Node, lines: list[Line]) -> Line | None:
        """The goal, where it compares constants or is a sum of the lines as they stand."""
        if goal.head != "eq" and not goal.free:
            try:
                return self.script.do("enclose", (), goal)
            except Refused:
                pass                                          # not a comparison of constants, or a false one
        return summed(self.script, goal, lines)

    def tree(self, goal: Node, lines: list[Line], current: Round, depth: int) -> Line | None:
        """The goal by the levels of a round, or by cases at most ``depth`` deep."""
        problem = self.problem(goal, lines)
        pairs = [] if depth == 0 else definitions(problem) if current.definitions else splits(problem)
        line = self.leaf(problem, goal, CHEAP if pairs and current.definitions else current.levels)
        if line is not None:
            return line
        assumed = {self.script.says(p) for p in lines}
        for s, t in [pair for pair in pairs if lt(*pair) not in assumed and le(*pair[::-1]) not in assumed][: current.wide]:
            branches: list[Line] = []
            for case in (lt(s, t), le(t, s)):
                if self.work <= 0:
                    return None
                found = self.tree(goal, [*lines, self.script.assume(case)], current, depth - 1)
                if found is None:
                    break
                branches.append(found)
            else:
                return self.script.by_cases(s, t, *branches)
        return None

    def problem(self, goal: Node, lines: list[Line]) -> RealProblem:
        """The problem of a goal and lines, made once."""
        key = (goal, frozenset(lines))
        if key not in self.problems:
            self.problems[key] = filled(RealProblem(self.script, goal, self.effort), lines, self.quick)
        return self.problems[key]

    def quick(self, problem: RealProblem, goal: Node) -> Line | None:
        """A sign, by a linear certificate."""
        return None if problem.unmatched(goal) else self.at(problem, goal, LINEAR)

    def leaf(self, problem: RealProblem, goal: Node, levels: Sequence[ProductLevel]) -> Line | None:
        """The goal without cases."""
        if goal.head != "eq":
            line = next((line for level in levels if (line := self.at(problem, goal, level)) is not None), None)
            return line if line is not None else self.by_factors(problem, goal, levels)
        line = rewritten(problem, goal)
        line = line if line is not None else self.both(problem, goal, levels[:1])
        if line is None and (problem, goal) not in self.combined:
            self.combined.add((problem, goal))
            line = combined(problem, goal)
        return line if line is not None else self.both(problem, goal, levels)

    def by_factors(self, problem: RealProblem, goal: Node, levels: Sequence[ProductLevel]) -> Line | None:
        """0 ≤ or 0 < a product from the signs of its factors."""
        parts = factors(gap(goal))
        if parts is None:
            return None
        lines: list[Line] = []
        for q, e in parts:
            line = self.factor(problem, number(q), e, goal.head, levels)
            if line is None:
                return None
            lines += [line] * (1 if line in self.squares else e)
        product = self.script.do("multiply", lines)
        if gap(self.script.says(product)) != gap(goal):
            return None
        return self.script.combine(goal, [(product, 1)])

    def factor(self, problem: RealProblem, value: Node, exponent: int, head: str, levels: Sequence[ProductLevel]) -> Line | None:
        """A line that says 0 ≤ or 0 < a factor or its negative; of an even power, that it is a square."""
        if exponent % 2 == 0 and head == "le":
            square = self.script.do("square", (), make("pow", value, num(exponent // 2)))
            self.squares.add(square)
            return square
        for side in (value, -value):
            line = self.leaf(problem, make(head, num(0), side), levels)
            if line is not None:
                return line
        return None

    def both(self, problem: RealProblem, goal: Node, levels: Sequence[ProductLevel]) -> Line | None:
        """s = t from s ≤ t and t ≤ s."""
        sides = []
        for s, t in (goal.args, goal.args[::-1]):
            side = self.leaf(problem, le(s, t), levels)
            if side is None:
                return None
            sides.append(side)
        return self.script.axiom("antisymmetry", sides, s=goal.args[0], t=goal.args[1])

    def at(self, problem: RealProblem, goal: Node, level: ProductLevel) -> Line | None:
        """The goal by products of a level; what failed once is not tried again."""
        key = (problem, goal, level)
        if key in self.failed or self.work <= 0:
            return None
        self.work -= 1 if level in CHEAP else level.columns // 50
        line = attempt(problem, goal, level)
        if line is None:
            self.failed.add(key)
        return line
