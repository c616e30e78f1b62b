"""Where terms are defined, at every depth: no division by zero, no root or logarithm of a negative number.

A step says that its formula holds wherever it is defined, and a fact that it names is taken to hold only where it is defined.  So what
a step uses, the facts and what is put into a lemma, must be defined wherever the formula is: else 0 ≤ s² at s = √t would give 0 ≤ t
for every t, since (√t)² is written t.  Division is not left to the reader: normal forms cancel, so divisors must be shown not to vanish.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from sympy import Basic, Expr, Pow

from theory.checkers.atoms import is_atom
from theory.checkers.context import open_step
from theory.checkers.power_sums import POSITIVE
from theory.checkers.signs import NONZERO, Contradiction, Signs, conditions
from theory.errors import BadData
from theory.terms import ForAll, Formula, Le, Lt, Relation
from theory.terms.matching import Pattern, match_first
from theory.terms.printing import text
from theory.terms.schema import Template
from theory.terms.sorts import Binder

REMEMBERED = 1 << 14    # terms; the mutants of a step, its twins and the steps after it name the same facts
LONGEST = 160


def vanishing_divisor(term: Any, relations: Mapping[str, Relation]) -> str | None:
    """What the term divides by and no declaration or fact shows to be nonzero; None when there is nothing of the kind."""
    divisors = sorted(divisors_of(term), key=lambda base: base.sort_key())
    unmet = next((base for base in divisors if not _has_sign(base, NONZERO, relations)), None)
    return None if unmet is None else f"it divides by {shown(unmet)}, which may be zero; name a fact that says it is not"


def undefined_part(used: Iterable[Any], formula: Formula, facts: Mapping[str, Formula]) -> str | None:
    """What the terms that a step uses need in order to be defined, besides what its formula needs and the facts say.

    >>> from sympy import Symbol, sqrt
    >>> t = Symbol("t", real=True)
    >>> undefined_part([sqrt(t)], Le(0, t), {})
    'this step makes sense only if 0 ≤ t; name a fact that says so'
    >>> undefined_part([sqrt(t)], Le(0, sqrt(t)), {}), undefined_part([sqrt(t)], Le(0, t), {"known": Le(1, t)})
    (None, None)
    """
    granted = demands_of(formula)
    demands = sorted({demand for term in used for demand in demands_of(term)} - granted, key=lambda demand: demand.sort_key())
    if not demands:
        return None
    assumed = {f"defined{place}": demand for place, demand in enumerate(sorted(granted, key=lambda demand: demand.sort_key()))}
    unmet = next((demand for demand in demands if not _is_met(demand, {**facts, **assumed})), None)
    return None if unmet is None else f"this step makes sense only if {shown(unmet)}; name a fact that says so"


def undefined_value(value: Any, formula: Formula, facts: Mapping[str, Formula]) -> str | None:
    """The same for what a metavariable stands for, its divisors included; the roots of a family have to be those of the formulas."""
    if not isinstance(value, Template):
        relations = {name: fact for name, fact in facts.items() if isinstance(fact, Relation)}
        return vanishing_divisor(value, relations) or undefined_part([value], formula, facts)
    seen = [_matrix(demand) for term in (formula, *facts.values()) for demand in demands_of(term)]
    for demand in sorted(demands_of(value.body), key=lambda d: d.sort_key()):
        pattern = Pattern(_matrix(demand), frozenset(value.variables))
        if not any(match_first(pattern, other) is not None for other in seen) and not _is_met(demand, facts):
            return f"this step makes sense only if {shown(demand)}; name a fact that says so"
    return None


@lru_cache(maxsize=REMEMBERED)
def demands_of(term: Any) -> frozenset[Formula]:
    """Formulas 0 ≤ s and 0 < s that hold wherever the term is defined, about roots, logarithms and the like at any depth.

    What stands beneath a binder is demanded for all values of its variables.
    """
    if not isinstance(term, Basic) or not term.args:
        return frozenset()
    if isinstance(term, Binder):
        return frozenset(_beneath(term, demand) for demand in demands_of(term.body))
    found = {demand for a in term.args for demand in demands_of(a)}
    if isinstance(term, Pow):
        base, exponent = term.args
        if exponent.is_integer is not True:
            found.add(Le(0, base) if exponent.is_nonnegative else Lt(0, base))
    elif isinstance(term, Expr) and not is_atom(term):
        inner = {c for a in term.args for c in conditions(a)}
        found |= {Lt(0, s) if allowed == POSITIVE else Le(0, s) for s, allowed, word in conditions(term) if (s, allowed, word) not in inner}
    return frozenset(demand for demand in found if isinstance(demand, ForAll) or not _is_declared(demand.args[1]))


def divisors_of(term: Any) -> frozenset[Expr]:
    """What a term divides by and is not declared positive; t^{m−2} divides by t when m = 1, so it counts as well."""
    powers = (p for p in term.atoms(Pow) if p.exp.is_nonnegative is not True)
    return frozenset(p.base for p in powers if not _is_declared(p.base))


def _beneath(binder: Binder, demand: Formula) -> Formula:
    """The demand for all values of those variables of the binder that occur in it."""
    limits = [(v, domain) for v, domain in binder.limits if v in demand.free_symbols]
    return ForAll(demand, *limits) if limits else demand


def _is_declared(base: Expr) -> bool:
    return bool(base.is_Symbol and base.is_positive)


def _matrix(demand: Formula) -> Expr:
    while isinstance(demand, ForAll):
        demand = demand.body
    return demand.args[1]


def _is_met(demand: Formula, facts: Mapping[str, Formula]) -> bool:
    opened = open_step(demand, facts)
    allowed = frozenset({1}) if isinstance(opened.goal, Lt) else frozenset({0, 1})
    return _has_sign(opened.goal.args[1], allowed, opened.relations())


def _has_sign(base: Expr, allowed: Collection[int], relations: Mapping[str, Relation]) -> bool:
    try:
        return Signs(relations).of(base) <= frozenset(allowed)
    except (Contradiction, BadData):
        return False


def shown(term: Any) -> str:
    """A term as text, shortened."""
    words = text(term)
    return words if len(words) <= LONGEST else f"{words[:LONGEST - 3]}…"
