"""Derivations of steps: what a step claims, shown from the facts that it names by inferences of the kernel.

A search may use anything; what it returns is a script, whose last line the kernel has made.  A step that gets none is not proved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from theory.checkers.calculus import is_curved, prove_by_calculus
from theory.checkers.context import Context
from theory.checkers.elements import by_elements
from theory.checkers.knowledge import Closer
from theory.checkers.lemma import _goal_variants, _mismatch, _proposals, use_read
from theory.checkers.prover import Prover
from theory.checkers.real.effort import DEFAULT, QUICK, SearchEffort
from theory.checkers.schemas import values_of, variables_of
from theory.checkers.script import Inference, Line, Script, sized
from theory.errors import BadData
from theory.kernel import Node, Refused, Theorem
from theory.kernel.binding import substitute
from theory.kernel.derivation import Schema
from theory.kernel.heads import eq
from theory.kernel.normal import canonical, gap
from theory.proof import Step, Use
from theory.terms import Formula
from theory.terms.arithmetic import simplified, simplifying
from theory.terms.elaborate import declared, elaborate

MANY = 40    # bindings of a lemma that are tried


@dataclass(frozen=True)
class Derived:
    """A script, and the line that says the step's formula."""

    script: Script
    line: Line

    @property
    def theorem(self) -> Theorem:
        """What the line says, and from what."""
        return self.script.theorems[self.line]

    @property
    def lines(self) -> list[Inference]:
        """The lines that the result needs, renumbered; the last one is the result."""
        needed, todo = set(), [self.line]
        while todo:
            place = todo.pop()
            if place not in needed:
                needed.add(place)
                todo.extend(self.script.lines[place].premises)
        order = {place: number for number, place in enumerate(sorted(needed))}
        own = (self.script.lines[place] for place in order)
        return [replace(line, premises=tuple(order[p] for p in line.premises)) for line in own]


def derive(step: Step, facts: Mapping[str, Formula], schema: Schema | None = None, effort: SearchEffort = DEFAULT,
           nested: SearchEffort = QUICK) -> Derived | None:
    """A derivation of the step's formula from the facts that it names and the declarations of their symbols; None where none is found.

    ``schema`` is the lemma that the step uses, if it uses one; ``nested`` is the effort for parts and side conditions.
    Raises: BadData (a formula that has no meaning in the kernel).
    """
    goal = elaborate(step.formula)
    named = {name: elaborate(fact) for name, fact in facts.items()}
    ambient = declared((step.formula, *facts.values()))
    try:
        if schema is not None:
            return _by_lemma(step, schema, facts, goal, named, ambient)
        return _directly(goal, named, ambient, effort, nested)
    except Refused:
        return None


def start(named: Mapping[str, Node], ambient: Sequence[Node]) -> Prover:
    """A prover that knows the named facts and what declarations say."""
    prover = Prover(Script())
    for formula in ambient:
        prover.learn(prover.script.assume(formula))
    for name, formula in named.items():
        prover.assume(name, formula)
    return prover


def _finished(prover: Prover, close: Closer, line: Line | None, goal: Node) -> Derived | None:
    if line is None:
        return None
    whole = close(line)
    return Derived(prover.script, whole) if prover.script.says(whole) is goal else None


def _directly(goal: Node, named: Mapping[str, Node], ambient: Sequence[Node], effort: SearchEffort, nested: SearchEffort) -> Derived | None:
    prover = start(named, ambient)
    found = prover.lookup(goal)
    if found is not None:
        return Derived(prover.script, found)
    inner, close = prover.open(goal)
    line = prove_by_calculus(prover.script, inner, prover.relations(), effort.slopes) if effort.slopes and is_curved(inner) else None
    prover.effort, prover.nested = effort, nested
    if line is None:
        line = prover.establish(inner)
    if line is None and nested is QUICK:
        line = by_elements(prover, inner)
    return _finished(prover, close, line, goal)


# --- lemmas -----------------------------------------------------------------------------------------------------------------------

def _by_lemma(step: Step, schema: Schema, facts: Mapping[str, Formula], goal: Node, named: Mapping[str, Node],
              ambient: Sequence[Node]) -> Derived | None:
    """By one use of the lemma, at values found in what is written, else in what sympy reads."""
    use = step.by if isinstance(step.by, Use) else Use(step.by)                          # type: ignore[arg-type]
    tried: set[tuple[Node, ...]] = set()
    found = _by_use(use, step.formula, facts, schema, goal, named, ambient, tried)
    if found is not None:
        return found
    with simplifying():
        read = {name: simplified(fact) for name, fact in facts.items()}
        return _by_use(use_read(use), simplified(step.formula), read, schema, goal, named, ambient, tried)


def _by_use(use: Use, formula: Formula, facts: Mapping[str, Formula], schema: Schema, goal: Node, named: Mapping[str, Node],
            ambient: Sequence[Node], tried: set[tuple[Node, ...]]) -> Derived | None:
    variables = variables_of((schema.premises, schema.conclusion))
    for place, (variant, context) in enumerate(_goal_variants(formula, facts)):
        prover = start(named, ambient)
        inner, close = (goal, lambda line: line) if place == 0 else prover.open(goal)
        if place == 0:
            prover.gather()
        opened = {v: own for (v, _), (own, _) in zip(context.opened, prover.scope, strict=False)}
        for binding in _bindings(use, variant, context):
            values = _values(variables, binding, opened)
            if values is None or (key := (inner, *(values[name] for name in sorted(values)))) in tried:
                continue
            tried.add(key)
            found = _used(prover, schema, variables, values, inner)
            if found is not None:
                return _finished(prover, close, found, goal)
    return None


def _bindings(use: Use, variant: Formula, context: Context) -> Iterator[dict[Any, Any]]:
    normaliser = context.normaliser(expand_norms=True)
    for count, binding in enumerate(_proposals(use.lemma, use, variant, context)):
        if count >= MANY:
            return
        if _mismatch(use.lemma, binding, variant, normaliser, context.opened) is None:
            yield binding


def _values(variables: Mapping[str, Node], binding: Mapping[Any, Any], opened: Mapping[Any, Node]) -> dict[str, Node] | None:
    """What a binding gives to the variables of a schema; None where it makes no sense, a range of n/2 elements, say."""
    try:
        return values_of(variables, binding, opened)
    except BadData:
        return None


def _used(prover: Prover, schema: Schema, variables: Mapping[str, Node], values: dict[str, Node], goal: Node) -> Line | None:
    """The goal by one use of a lemma whose premises are established."""
    try:
        given = sized(dict(variables), values)
        mapping = {variables[name]: value for name, value in given.items() if variables[name] is not value}
        premises = prover.established([substitute(p, mapping) for p in schema.premises])
        if premises is None:
            return None
        line = prover.script.use(schema, premises, mapping)
    except Refused:
        return None
    return _brought(prover, line, goal)


def _brought(prover: Prover, line: Line, goal: Node) -> Line | None:
    """The goal from a fact that is it up to normal forms, at elements of its sets, or under the known equations."""
    says = prover.script.says(line)
    if canonical(says) is canonical(goal):
        return prover.script.restate(line, goal)
    if says.head == "all" and goal.head != "all":
        found = prover.instance(line, goal)
        if found is not None:
            return found
        prover.learn(line)
        prover.gather()
        return prover.establish(goal)
    if says.head == goal.head and says.head in ("le", "lt", "eq"):
        prover.learn(line)
        difference = (goal.args[1] - goal.args[0]) - (says.args[1] - says.args[0])
        change = prover.conversion().convert(difference)
        if change is not None and not gap(eq(0, prover.script.says(change).args[1])):
            return prover.script.combine(goal, ((line, 1), (change, -1)))
    prover.learn(line)
    return prover.establish(goal)
