"""What is known at one place of a proof: facts, opened variables with their sets, instances, memberships, and signs seen at a glance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product

from theory.checkers.patterns import matches
from theory.checkers.real import prove
from theory.checkers.real.effort import GLANCE, QUICK, SearchEffort
from theory.checkers.script import Line, Script
from theory.kernel import Node, Refused
from theory.kernel.binding import opened
from theory.kernel.heads import eq, forall, le, lt, member
from theory.kernel.nodes import bound_sort, is_numeric, make, num, var
from theory.kernel.normal import canonical, gap, number

DEEP = 6            # side conditions of side conditions
MOST_CHOSEN = 8     # ∀x∃y φ says at each y that there is one more
LETTERS = {"N": "i", "vec": "x", "mat": "X"}
Closer = Callable[[Line], Line]
ScopedVariables = list[tuple[Node, Node]]


@dataclass
class Knowledge:
    """Facts by name, all that is known, and the opened variables with their sets.  How a formula follows is said by the `Prover`."""

    script: Script
    facts: dict[str, Line] = field(default_factory=dict)
    known: dict[Node, Line] = field(default_factory=dict)
    scope: ScopedVariables = field(default_factory=list)
    depth: int = 0
    effort: SearchEffort = QUICK                        # of searches for inequalities
    nested: SearchEffort = QUICK                        # of those for parts and side conditions
    chosen: set[Node] = field(default_factory=set)      # the ∃x φ for which a variable with φ was opened

    def establish(self, goal: Node) -> Line | None:
        """A line that says the goal, where it follows simply from what is known; None otherwise."""
        raise NotImplementedError

    def established(self, goals: Sequence[Node]) -> list[Line] | None:
        """Lines that say the goals; None where one of them is not shown."""
        lines = [self.establish(goal) for goal in goals]
        return None if None in lines else [line for line in lines if line is not None]

    # --- opening --------------------------------------------------------------------------------------------------------------------

    def fresh(self, sort: Node) -> Node:
        """A variable that occurs nowhere else; no author can write its name."""
        self.script.fresh_variables += 1
        return var(f"{LETTERS.get(sort.head, 't')}°{self.script.fresh_variables}", sort)

    def assume(self, name: str, formula: Node) -> Line:
        """A named fact."""
        line = self.facts[name] = self.script.assume(formula)
        self.learn(line)
        return line

    def open(self, goal: Node) -> tuple[Node, Closer]:
        """The goal without leading quantifiers and premises, and what puts them back; what is known to exist has a name meanwhile."""
        closers: list[Closer] = []
        while goal.head in ("all", "imp"):
            goal = self._open(goal, closers)
        self.gather()
        while len(self.chosen) < MOST_CHOSEN and (line := next(self._existing(), None)) is not None:
            self._choose(line, closers)

        def close(line: Line) -> Line:
            for closer in reversed(closers):
                line = closer(line)
            return line
        return goal, close

    def _open(self, goal: Node, closers: list[Closer]) -> Node:
        if goal.head == "imp":
            premise, conclusion = goal.args
            self.learn(self.script.assume(premise))
            closers.append(lambda line: self.script.do("discharge", (line,), premise))
            return conclusion  # type: ignore[no-any-return]
        domain, body = goal.args
        variable = self.fresh(bound_sort(domain))
        self.scope.append((variable, domain))
        self.learn(self.script.assume(member(variable, domain)))
        closers.append(lambda line: self.script.do("generalise", (line,), variable, domain))
        return opened(body, (variable,))

    def _existing(self) -> Iterator[Line]:
        """The known ∃x∈D φ for which no variable was opened yet."""
        return (line for line in self.known.values() if (said := self.script.says(line)).head == "ex" and said not in self.chosen)

    def _choose(self, line: Line, closers: list[Closer]) -> None:
        """A new variable of which φ holds, for a known ∃x∈D φ."""
        formula = self.script.says(line)
        self.chosen.add(formula)
        domain, body = formula.args
        variable = self.fresh(bound_sort(domain))
        self.scope.append((variable, domain))
        for assumption in (member(variable, domain), opened(body, (variable,))):
            self.learn(self.script.assume(assumption))
        closers.append(lambda found: self.script.do("choose", (line, found), variable))
        self.gather()

    @contextmanager
    def within(self, pairs: ScopedVariables) -> Iterator[None]:
        """Work with more variables in scope, which are closed again by the caller."""
        before, known = list(self.scope), dict(self.known)
        for variable, domain in pairs:
            self.scope.append((variable, domain))
            self.learn(self.script.assume(member(variable, domain)))
        try:
            yield
        finally:
            self.scope, self.known = before, known

    # --- what is known --------------------------------------------------------------------------------------------------------------

    def learn(self, line: Line) -> None:
        """Remember a fact, its conjuncts, and what the sets of its members say."""
        formula = self.script.says(line)
        self.known.setdefault(canonical(formula), line)
        if formula.head == "and":
            for place in range(len(formula.args)):
                self.learn(self.script.do("part", (line,), num(place)))
        elif formula.head == "in":
            for about in _membership_facts(self.script, line):
                self.known.setdefault(canonical(self.script.says(about)), about)

    def gather(self) -> None:
        """Quantified facts at the variables in scope, and the conclusions of implications whose premises are known."""
        for _ in range(3):
            before = len(self.known)
            for line in list(self.known.values()):
                self._at_scope(line)
            if len(self.known) == before:
                break

    def _at_scope(self, line: Line) -> None:
        formula = self.script.says(line)
        if formula.head == "imp":
            premise = self.lookup(formula.args[0]) if formula.args[0].head != "and" else self._conjunction(formula.args[0])
            if premise is not None:
                self.learn(self.script.do("detach", (line, premise)))
        if formula.head != "all":
            return
        domains, inner = [], formula
        while inner.head == "all":
            domains.append(inner.args[0])
            inner = inner.args[1]
        choices = [[v for v, own in self.scope if own is domain] for domain in domains]
        for values in product(*choices):
            if len(set(values)) < len(values):            # the diagonal: what is wanted of it is asked for by name
                continue
            instance = self.at(line, list(values))
            if instance is not None:
                self.learn(instance)

    def _conjunction(self, formula: Node) -> Line | None:
        parts = [self.lookup(part) for part in formula.args]
        return None if None in parts else self.script.do("both", [p for p in parts if p is not None])

    def lookup(self, formula: Node) -> Line | None:
        """The formula as a known fact, up to normal forms."""
        line = self.known.get(canonical(formula))
        return None if line is None else self.script.restate(line, formula)

    def relations(self) -> list[Line]:
        """The known relations between numbers."""
        return [line for line in self.known.values() if is_relation(self.script.says(line))]

    # --- instances ------------------------------------------------------------------------------------------------------------------

    def at(self, line: Line, values: Sequence[Node]) -> Line | None:
        """∀… φ at the values, its premises established on the way; None where a membership or a premise is not shown."""
        todo = list(values)
        while todo:
            formula = self.script.says(line)
            if formula.head == "imp":
                premise = self.establish(formula.args[0])
                if premise is None:
                    return None
                line = self.script.do("detach", (line, premise))
                continue
            domain = formula.args[0]
            try:
                if domain.head == "whole":
                    line = self.script.specialise(line, todo.pop(0))
                    continue
                inside = self.membership(todo[0], domain)
                if inside is None:
                    return None
                line = self.script.specialise(line, todo.pop(0), inside)
            except Refused:
                return None
        return line

    def instance(self, line: Line, goal: Node) -> Line | None:
        """The goal as an instance of a quantified fact."""
        pattern = self.script.says(line)
        variables: list[Node] = []
        while pattern.head == "all":
            variables.append(var(f"?{len(variables)}", bound_sort(pattern.args[0])))
            pattern = opened(pattern.args[1], (variables[-1],))
        for shape, target in ((pattern, goal), (canonical(pattern), canonical(goal))):
            for binding in matches(shape, target, frozenset(variables), {}):
                if all(v in binding for v in variables):
                    found = self.at(line, [binding[v] for v in variables])
                    if found is not None and canonical(self.script.says(found)) is canonical(goal):
                        return self.script.restate(found, goal)
        return None

    # --- membership -----------------------------------------------------------------------------------------------------------------

    def membership(self, value: Node, domain: Node) -> Line | None:
        """value ∈ domain, where that can be shown."""
        claim = member(value, domain)
        found = self.lookup(claim)
        if found is not None:
            return found
        if domain.head in ("whole", "gaussrows"):
            return self.script.do("anywhere", (), value, domain)
        if domain.head not in ENTRANCES or self.depth >= DEEP:
            return None
        name, premises, values = ENTRANCES[domain.head](value, domain)
        lines = self.established(premises)
        return None if lines is None else self.script.axiom(name, lines, **values)

    # --- signs ----------------------------------------------------------------------------------------------------------------------

    def sign(self, goal: Node) -> Line | None:
        """A sign, where a glance shows it: a known fact, a form, a linear combination of known facts as they stand."""
        found = self.lookup(goal)
        if found is None and goal.head == "le":
            found = self.by_form(goal)
        if found is None:
            found = self.from_one(goal)
        return found if found is not None else prove(self.script, goal, self.relations(), GLANCE)

    def absolute(self, size: Node) -> Line | None:
        """|t| = t or |t| = −t, where the sign of t is shown."""
        t = size.args[0]
        for premise, name in ((le(0, t), "abs_of_nonnegative"), (le(t, 0), "abs_of_nonpositive")):
            line = self.sign(premise)
            if line is not None:
                return self.script.axiom(name, (line,), t=t)
        return None

    def inverse(self, inverse: Node) -> Line | None:
        """t·(1/t) = 1, where t is shown not to be 0."""
        t = inverse.args[0]
        for premise, name in ((lt(0, t), "inverse_of_positive"), (lt(t, 0), "inverse_of_negative")):
            line = self.sign(premise)
            if line is not None:
                return self.script.axiom(name, (line,), t=t)
        return None

    def by_form(self, goal: Node) -> Line | None:
        try:
            return self.script.combine(goal, ((self.script.do("nonnegative", (), number(gap(goal))), 1),))
        except Refused:
            return None

    def from_one(self, goal: Node) -> Line | None:
        """A relation that is a multiple of a known one and a numeral."""
        value = gap(goal)
        for line in self.relations():
            other = gap(self.script.says(line))
            shared = next((m for m in other if m), None)
            if shared is None or shared not in value or len(other.keys() ^ value.keys()) > 1:
                continue
            c = value[shared] / other[shared]
            if c > 0 or self.script.says(line).head == "eq":
                try:
                    return self.script.combine(goal, ((line, make("num", int(c.p), int(c.q))),))
                except Refused:
                    continue
        return None


def is_relation(formula: Node) -> bool:
    """Whether it compares two numbers."""
    return formula.head in ("le", "lt", "eq") and is_numeric(formula.args[0].sort)


def _membership_facts(script: Script, line: Line) -> Iterator[Line]:
    """What lying in a set says of a number or a vector."""
    value, domain = script.says(line).args
    if domain.head == "range":
        yield script.axiom("range_low", (line,), i=value, a=domain.args[0])
        yield script.axiom("range_high", (line,), i=value, a=domain.args[0])
    elif domain.head == "interval":
        low, high = domain.args
        yield script.axiom("interval_low", (line,), q=value, s=low, t=high)
        yield script.axiom("interval_high", (line,), q=value, s=low, t=high)
    elif domain.head == "sphere":
        yield script.axiom("on_sphere", (line,), u=value)
    elif domain.head == "ball":
        yield script.axiom("on_ball", (line,), u=value, r=domain.args[1])
    elif domain.head == "signs":
        yield _for_all_entries(script, domain.args[0], lambda i, inside: script.axiom("signs_square", (line, inside), y=value, i=i))


def _for_all_entries(script: Script, size: Node, entry: Callable[[Node, Line], Line]) -> Line:
    index, domain = var("i°", size.sort), make("range", size)                               # type: ignore[arg-type]
    return script.do("generalise", (entry(index, script.assume(member(index, domain))),), index, domain)


Entrance = tuple[str, list[Node], dict[str, Node]]
ENTRANCES: dict[str, Callable[[Node, Node], Entrance]] = {
    "range": lambda i, s: ("in_range", [le(1, i), le(i, s.args[0])], {"i": i, "a": s.args[0]}),
    "interval": lambda q, s: ("in_interval", [le(s.args[0], q), le(q, s.args[1])], {"q": q, "s": s.args[0], "t": s.args[1]}),
    "sphere": lambda u, s: ("in_sphere", [eq(make("norm", u), 1)], {"u": u}),
    "ball": lambda u, s: ("in_ball", [le(make("norm", u), s.args[1])], {"u": u, "r": s.args[1]}),
    "signs": lambda y, s: ("in_signs", [_all_squares(y, s.args[0])], {"y": y}),
}


def _all_squares(y: Node, size: Node) -> Node:
    i = var("i°", size.sort)                                                                # type: ignore[arg-type]
    return forall(eq(y[i] * y[i], 1), (i, make("range", size)))

