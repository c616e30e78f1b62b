"""Named equations as rewriting rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Pow

from theory.terms import Range
from theory.terms.matching import Pattern, match_first
from theory.terms.sorts import replace


@dataclass(frozen=True)
class Rule:
    """A named equation ``pattern = value`` read from left to right; its pattern is an atom or a power of one.

    ``domains`` lists the variables whose matched values have yet to be shown to lie in a domain.
    """

    pattern: Pattern
    value: Expr
    domains: tuple[tuple[Any, Any], ...] = ()


def apply_rule(rule: Rule, term: Expr, domains: Mapping[Any, Any]) -> Expr | None:
    """The rule's value at the term, or None; a rule for t^m also rewrites t^e, e > m."""
    value = _value_at(rule, rule.pattern, term, domains)
    if value is not None:
        return value
    pattern = rule.pattern.term
    if isinstance(pattern, Pow) and pattern.exp.is_Integer and isinstance(term, Pow) and term.exp.is_Integer:
        quotient, rest = divmod(int(term.exp), int(pattern.exp))
        if quotient >= 1:
            value = _value_at(rule, Pattern(pattern.base, rule.pattern.variables), term.base, domains)
            return None if value is None else value**quotient * term.base**rest
    return None


def _value_at(rule: Rule, pattern: Pattern, term: Expr, domains: Mapping[Any, Any]) -> Expr | None:
    binding = match_first(pattern, term)
    if binding is None or replace(pattern.term, binding) != term:                # the matcher only proposes
        return None
    if not all(_lies_in(binding.get(v), domain, domains) for v, domain in rule.domains):
        return None
    return replace(rule.value, binding)


def _lies_in(value: Any, domain: Any, domains: Mapping[Any, Any]) -> bool:
    """Whether a matched value is a variable of that very domain, or an index that surely lies in it."""
    return domains.get(value) == domain or (isinstance(domain, Range) and value is not None and domain.surely_holds(value))
