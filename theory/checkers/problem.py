"""What every scalar checker does first: refuse bad input, set aside facts that may be undefined, demand that the goal is defined.

And what every scalar checker does before it says FAILED with a countermodel: evaluate all facts and the goal at the countermodel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from sympy import Expr, Pow, Rational, digamma, gamma, loggamma, polygamma

from theory.checkers.atoms import Names, atoms_of, check_relation, definitions, show, substitute
from theory.checkers.intervals import Undefined, enclose
from theory.checkers.power_sums import POSITIVE, Poly, difference
from theory.checkers.signs import (
    IS_ZERO,
    NEGATIVE,
    NONNEGATIVE,
    PRECISIONS,
    Condition,
    Contradiction,
    SignFacts,
    SignSet,
    conditions,
    declared_sign,
    sign_of_constant,
    signs_of,
)
from theory.errors import BadData
from theory.terms import Eq, Le, Lt, Relation
from theory.terms.arithmetic import guided, simplified
from theory.terms.printing.text import text
from theory.verdict import Verdict, failed, unknown

LARGEST_EXACT = 2 ** 64  # numbers beyond are evaluated in balls only: factoring them under roots and logarithms could take forever
LARGEST_POWER = 2 ** 10  # where an exponent is such a number: sympy multiplies k^k out


@dataclass(frozen=True)
class Problem:
    """A goal and the facts that are known to be defined; ``set_aside`` says what the other facts lack."""

    goal: Relation
    facts: Mapping[str, Relation]
    signs: SignFacts
    set_aside: Mapping[str, str]
    undefined: tuple[Condition, ...]
    names: Names = field(default_factory=Names)

    @property
    def atoms(self) -> list[Expr]:
        """The opaque atoms of the goal and the facts."""
        return atoms_of(*(side for r in (self.goal, *self.facts.values()) for side in (r.lhs, r.rhs)))

    def gap(self, relation: Relation) -> Poly:
        """The normal form of rhs − lhs."""
        return difference(relation.rhs, relation.lhs, self.signs)

    def with_goal(self, goal: Relation) -> Problem:
        """The same facts for another goal."""
        return Problem(goal, self.facts, self.signs, self.set_aside, self.undefined, self.names)

    def definitions(self) -> dict[str, Relation]:
        """The defining inequalities of Min, Max and |·| in the goal and the facts."""
        return definitions(side for r in (self.goal, *self.facts.values()) for side in (r.lhs, r.rhs))

    @property
    def remark(self) -> str:
        """What to add to a reason when facts had to be set aside."""
        if not self.set_aside:
            return ""
        return "; set aside, as they may be undefined: " + ", ".join(f"{name} (needs {why})" for name, why in self.set_aside.items())


def pose(goal: Any, facts: Mapping[str, Any]) -> Problem:
    """Check the input and find out which facts are defined; BadData for anything but relations of exact real scalars."""
    if not isinstance(facts, Mapping):
        raise BadData(f"facts are given as a mapping from names to relations, not as {type(facts).__name__}")
    goal = check_relation(goal, "the goal")
    waiting = {name: check_relation(fact, f"fact {name}") for name, fact in facts.items()}
    usable: dict[str, Relation] = {}
    signs = SignFacts({})
    while True:
        # a fact may be used, and its bounds learnt, once the facts already in use make it defined
        ready = {name for name, fact in waiting.items() if not signs.missing(fact.lhs, fact.rhs)}
        if not ready:
            break
        usable = {name: facts[name] for name in facts if name in usable or name in ready}
        waiting = {name: fact for name, fact in waiting.items() if name not in ready}
        signs = SignFacts(usable)
    aside = {name: ", ".join(signs.missing(fact.lhs, fact.rhs)) for name, fact in waiting.items()}
    return Problem(goal, usable, signs, aside, tuple(signs.open_conditions(goal.lhs, goal.rhs)))


def undefined_goal(problem: Problem) -> Verdict:
    """UNKNOWN, naming the conditions under which the goal would be defined."""
    missing = [condition.text for condition in problem.undefined]
    return unknown(f"the goal is defined only if {' and '.join(missing)}, which no given fact says{problem.remark}", missing=missing)


def contradictory(why: str, **evidence: Any) -> Verdict:
    """FAILED, because the facts cannot all hold: anything would follow from them, and nothing is learnt."""
    return failed(f"the facts are contradictory: {why}", contradictory=True, **evidence)


def guarded(check: Callable[..., Verdict]) -> Callable[..., Verdict]:
    """A checker of what sympy reads, which answers FAILED when the facts contradict one another."""
    @guided
    @wraps(check)
    def run(goal: Any, facts: Any, *options: Any) -> Verdict:
        read = {name: simplified(fact) for name, fact in facts.items()} if isinstance(facts, Mapping) else facts
        try:
            return check(simplified(goal), read, *options)
        except Contradiction as clash:
            return contradictory(str(clash))
    return run


def holds_at(relation: Relation, values: Mapping[Expr, Expr]) -> bool | None:
    """Whether the relation holds when atoms take these values; None when undefined or undecided."""
    allowed = {Le: NONNEGATIVE, Lt: POSITIVE, Eq: IS_ZERO}[relation.func]
    gap = relation.rhs - relation.lhs
    sign = sign_in_balls(gap, (relation.lhs, relation.rhs), values)
    largest = LARGEST_POWER if any(power.exp.free_symbols for power in gap.atoms(Pow)) else LARGEST_EXACT
    small = all(abs(r.p) < largest and r.q < largest for v in values.values() for r in v.atoms(Rational))
    if sign is None and small and not gap.has(gamma, loggamma, polygamma, digamma):  # sympy would multiply out the factorials
        sign = _exact_sign(relation, values)
    return None if sign is None else True if sign <= allowed else False if not sign & allowed else None


def sign_in_balls(gap: Expr, sides: tuple[Expr, ...], values: Mapping[Expr, Expr]) -> SignSet | None:
    """The sign of gap at the point when balls show that it is not 0 and that the sides are defined."""
    for precision in PRECISIONS:
        try:
            box = {atom: enclose(value, {}, precision) for atom, value in values.items()}
            defined = all(signs_of(enclose(t, box, precision)) <= allowed for side in sides for t, allowed, *_ in conditions(side))
            sign = signs_of(enclose(gap, box, precision))
        except Undefined:
            return None
        if defined and sign in (POSITIVE, NEGATIVE):
            return sign
    return None


def _exact_sign(relation: Relation, values: Mapping[Expr, Expr]) -> SignSet | None:
    lhs, rhs = substitute(relation.lhs, values), substitute(relation.rhs, values)
    try:
        check_relation(relation.func(lhs, rhs), "the relation at the countermodel")
    except BadData:
        return None
    if atoms_of(lhs, rhs) or SignFacts({}).missing(lhs, rhs):
        return None
    return sign_of_constant(rhs - lhs)


def respects_declaration(atom: Expr, value: Expr) -> bool:
    """Whether the value has the declared sign, and is whole where the atom is declared an integer."""
    return sign_of_constant(value) <= declared_sign(atom) and (atom.is_integer is not True or value.is_Integer is True)


def refutation(problem: Problem, values: Mapping[Expr, Expr]) -> Verdict | None:
    """FAILED with the countermodel, when at these values every fact holds and the goal does not; None otherwise."""
    if problem.set_aside or not all(atom in values and respects_declaration(atom, values[atom]) for atom in problem.atoms):
        return None
    if not all(holds_at(fact, values) is True for fact in problem.facts.values()) or holds_at(problem.goal, values) is not False:
        return None
    model = {problem.names(atom): str(values[atom]) for atom in problem.atoms}
    at = ", ".join(f"{text(atom)} = {values[atom]}" for atom in problem.atoms) or "every point"
    return failed(f"the goal does not follow: it is false at {at}, where all facts hold",
                  countermodel=model, at=at, goal=show(problem.goal))
