"""The objects of a family in a statement: sizes by their values in M, arrays and functions by the terms of their entries and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Basic, sympify

from theory.terms.linear import Cell, Entry, NonnegativeCell, Row
from theory.terms.scalars import Value
from theory.terms.sorts import Binder, names_in, open_binder, replace
from verify.measure import Family
from verify.witness import Unproven

PLACES = (Row, Entry, Cell, Value)


def at_family(term: Any, family: Family) -> Any:
    """A term or formula at the sizes and objects of a family.

    Raises: Unproven where an object stands in the term otherwise than by its entries or values.
    """
    sizes = {symbol: sympify(value) for symbol, value in family.sizes.items()}
    if family.objects:
        term = _substituted(term, family.objects)
        left = sorted(s.name for s in term.free_symbols & set(family.objects))
        if left:
            raise Unproven(f"{', '.join(left)} stands in {term} otherwise than by its entries, of which the family says what they are")
    return replace(term, sizes)


def _substituted(term: Any, objects: Mapping[Any, Any]) -> Any:
    if not isinstance(term, Basic) or not term.free_symbols & set(objects):
        return term
    if isinstance(term, Binder):
        fresh, body = open_binder(term, names_in(term) | {s.name for s in objects})
        domains = [_substituted(domain, objects) for domain in term.domains]
        return term.func(_substituted(body, objects), *zip(fresh, domains, strict=True))
    args = [_substituted(arg, objects) for arg in term.args]
    if isinstance(term, PLACES) and term.args[0] in objects:
        value = sympify(objects[term.args[0]](*args[1:]))
        if isinstance(term, NonnegativeCell) and not value.is_nonnegative:
            raise Unproven(f"an entry of the nonnegative table {term.args[0]} is {value}, which is not known to be nonnegative")
        return value
    return term.func(*args)
