"""What a checker sees of a step: the goal with its quantifiers opened, and the named facts at the opened variables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from sympy import Pow, S

from theory.terms import And, Eq, Exists, ForAll, Formula, Implies, Le, Lt, Property, Relation, VectorEq
from theory.terms.arithmetic import all_simplified, guided, simplified
from theory.terms.linear import Vector
from theory.terms.matching import Pattern
from theory.terms.normal import Normaliser
from theory.terms.rewriting import Rule
from theory.terms.scalars import Dot, Norm
from theory.terms.sets import Space
from theory.terms.sorts import Binder, fresh_variable, names_in, same_kind

REMEMBERED = 1 << 14    # facts; the mutants of a step, its twins and the steps after it name the same ones


@dataclass(frozen=True)
class Context:
    """A step ready to be checked.

    ``goal`` has no leading quantifier; ``opened`` pairs its fresh variables with their domains; ``facts`` are the named facts and
    the premises of an implication, opened at the same variables where their domains agree; what is known to exist is one of them.
    """

    goal: Formula
    facts: Mapping[str, Formula]
    opened: tuple[tuple[Any, Any], ...]

    def relations(self) -> dict[str, Relation]:
        """The facts that are relations between scalars."""
        return {name: fact for name, fact in self.facts.items() if isinstance(fact, Relation)}

    @guided
    def normaliser(self, *, expand_norms: bool = False) -> Normaliser:
        """Normal forms under the named equations and orthogonal projections."""
        facts = all_simplified(self.facts.values())
        projections = frozenset(f.objects[0] for f in facts if isinstance(f, Property) and f.name == "orthogonal projection")
        rules = [rule for fact in facts if (rule := as_rule(fact)) is not None]
        rules += [_squared(rule) for rule in rules if isinstance(rule.pattern.term, Norm)]
        return Normaliser(tuple(rules), projections, expand_norms, {simplified(v): simplified(domain) for v, domain in self.opened})


def open_step(goal: Formula, facts: Mapping[str, Formula], avoid: Collection[str] = ()) -> Context:
    """Open the goal's quantifiers and assume its premises; instantiate universally quantified facts at the opened variables.

    Sound because a fresh variable stands for any element of its domain, and a fact for all elements of a domain holds at it.
    ``avoid`` lists the names of variables that are open around the goal: the same name for another one would give it two domains.
    """
    used = {*avoid, *(name for f in (goal, *facts.values()) for name in names_in(f))}
    opened: list[tuple[Any, Any]] = []
    premises: dict[str, Formula] = {}
    while isinstance(goal, (ForAll, Implies)):
        if isinstance(goal, Implies):
            premises[f"premise{len(premises) + 1}"] = goal.premise
            goal = goal.conclusion
            continue
        fresh = []
        for variable in goal.variables:
            fresh.append(fresh_variable(variable, _letter(variable), used))
            used.add(fresh[-1].name)
        opened.extend(zip(fresh, goal.domains, strict=True))
        goal = goal.instantiate(*fresh)
    available: dict[str, Formula] = {}
    for name, fact in {**facts, **premises}.items():
        available.update(_at_opened(name, fact, opened))
    for name, fact in [pair for pair in available.items() if isinstance(pair[1], Exists)]:
        chosen = []
        for variable in fact.variables:
            chosen.append(fresh_variable(variable, _letter(variable), used))
            used.add(chosen[-1].name)
        opened.extend(zip(chosen, fact.domains, strict=True))
        available.update(_at_opened(f"{name} chosen", fact.instantiate(*chosen), opened))
    return Context(goal, _closed_under_modus_ponens(available), tuple(opened))


def _letter(variable: Any) -> str:
    """The letter that a reader expects for an opened variable."""
    return "x" if isinstance(variable, Vector) else "i" if variable.is_integer else "β"


def _closed_under_modus_ponens(facts: dict[str, Formula]) -> dict[str, Formula]:
    """Add the conclusion of every implication whose premises are all among the facts."""
    pending = {name: fact for name, fact in facts.items() if isinstance(fact, Implies)}
    while True:
        known = set(facts.values())
        fired = [name for name, fact in pending.items() if set(_conjuncts(fact.premise)) <= known]
        if not fired:
            return facts
        for name in fired:
            facts |= _at_opened(f"{name} applied", pending.pop(name).conclusion, [])


def _conjuncts(formula: Formula) -> tuple[Formula, ...]:
    return tuple(c for part in formula.args for c in _conjuncts(part)) if isinstance(formula, And) else (formula,)


def _at_opened(name: str, fact: Formula, opened: list[tuple[Any, Any]]) -> dict[str, Formula]:
    """The fact itself, its conjuncts, and its instances at opened variables of the same domains."""
    result = {name: fact}
    if isinstance(fact, And):
        for position, part in enumerate(fact.args, start=1):
            result.update(_at_opened(f"{name}.{position}", part, opened))
    if isinstance(fact, ForAll):
        # numbers and vectors may have one domain, R^1: a fact about numbers is not one about vectors
        choices = [[v for v, domain in opened if domain == wanted and same_kind(own, v)] for own, wanted in fact.limits]
        for values in product(*([*choice, None] for choice in choices)):
            if any(v is not None for v in values):
                key = f"{name}[{','.join('·' if v is None else v.name for v in values)}]"
                instance = _partly(fact, values)
                result.update({key: instance} if None in values else _at_opened(key, instance, opened))
    return result


@lru_cache(maxsize=REMEMBERED)
def _partly(fact: ForAll, values: tuple[Any, ...]) -> Formula:
    """The fact at the given values of some variables; the others (None) stay quantified."""
    fresh = [fresh_variable(v, f"°p{position}", names_in(fact)) for position, v in enumerate(fact.variables)]
    body = fact.instantiate(*(f if v is None else v for v, f in zip(values, fresh, strict=True)))
    kept = [(f, domain) for v, f, domain in zip(values, fresh, fact.domains, strict=True) if v is None]
    return ForAll(body, *kept) if kept else body


@lru_cache(maxsize=REMEMBERED)
def as_rule(fact: Formula) -> Rule | None:
    """An equation (possibly for all elements of a domain) as a rewriting rule, when its left side is an atom or a power of one.

    A rule may be applied only at values that lie in the domains.  That holds for every match of a vector of R^d; elsewhere the matched
    value must be a variable that is opened or bound with that very domain, or an index that surely lies in it: a term such as z_{n+1}
    can be written down, and a fact about z_1, …, z_n says nothing of it.
    """
    variables: list[Any] = []
    domains: list[Any] = []
    while isinstance(fact, ForAll):
        fresh: list[Any] = []
        for variable in fact.variables:
            fresh.append(fresh_variable(variable, "°r", names_in(fact) | {v.name for v in variables + fresh}))
        variables += fresh
        domains += fact.domains
        fact = fact.instantiate(*fresh)
    if not isinstance(fact, Eq):
        return None
    left = Normaliser().scalar(fact.lhs)
    base = left.base if isinstance(left, Pow) else left
    if base.is_Add or base.is_Mul or base.is_number or fact.rhs.has(left):
        return None
    if not all(v in left.free_symbols for v in variables):
        return None
    unshown = tuple((v, domain) for v, domain in zip(variables, domains, strict=True) if not _match_is_member(v, domain))
    return Rule(Pattern(left, frozenset(variables)), fact.rhs, unshown)


def _squared(rule: Rule) -> Rule:
    """From ‖v‖ = c also v·v = c²."""
    vector = rule.pattern.term.args[0]
    return Rule(Pattern(Dot(vector, vector), rule.pattern.variables), rule.value**2, rule.domains)


def _match_is_member(variable: Any, domain: Any) -> bool:
    return type(domain) is Space and (isinstance(variable, Vector) or domain.dim == 1)


@guided
def same_formula(left: Formula, right: Formula, normaliser: Normaliser) -> bool:
    """Whether two formulas are the same up to normal forms of what sympy reads."""
    if left == right:
        return True
    left, right = simplified(left), simplified(right)
    if type(left) is not type(right):
        return False
    if isinstance(left, (Le, Lt)):
        return all(_equal(a, b, normaliser) for a, b in zip(left.args, right.args, strict=True))
    if isinstance(left, Eq):
        orders = ((right.lhs, right.rhs), (right.rhs, right.lhs))
        return any(_equal(left.lhs, a, normaliser) and _equal(left.rhs, b, normaliser) for a, b in orders)
    if isinstance(left, (Exists, ForAll)):
        return _same_binder(left, right, normaliser)
    if isinstance(left, Property):
        return left.name == right.name and len(left.objects) == len(right.objects) and all(
            normaliser.any(a) == normaliser.any(b) for a, b in zip(left.objects, right.objects, strict=True))
    if isinstance(left, VectorEq):
        return all(normaliser.vector(a) == normaliser.vector(b) for a, b in zip(left.args, right.args, strict=True))
    return len(left.args) == len(right.args) and all(
        same_formula(a, b, normaliser) if isinstance(a, Formula) else a == b for a, b in zip(left.args, right.args, strict=True))


def _same_binder(left: Binder, right: Binder, normaliser: Normaliser) -> bool:
    if left.domains != right.domains or not all(map(same_kind, left.variables, right.variables)):
        return False
    fresh = [fresh_variable(v, f"°s{i}", names_in(left) | names_in(right)) for i, v in enumerate(left.variables)]
    return same_formula(left.instantiate(*fresh), right.instantiate(*fresh), normaliser)


def _equal(left: Any, right: Any, normaliser: Normaliser) -> bool:
    return bool(left == right or normaliser.scalar(left - right) == S.Zero)
