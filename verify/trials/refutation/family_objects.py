"""The objects of a family in a statement: sizes by their values in M, arrays and functions by the terms of their entries and values."""

from __future__ import annotations

from typing import Any

from sympy import Basic, sympify

from theory.terms.linear import Cell, Entry, NonnegativeCell, Row, Vector
from theory.terms.scalars import Value
from theory.terms.sorts import Binder, names_in, open_binder, replace
from verify.evaluate.declared import declarations
from verify.laws.measure import RefutingFamily
from verify.trials.refutation.witness import Unproven

PLACES = (Row, Entry, Cell, Value)


def at_family(term: Any, family: RefutingFamily) -> Any:
    """A term or formula at the sizes and objects of a family.

    Raises: Unproven where an object stands in the term otherwise than by its entries or values.
    """
    if family.objects:
        term = _substituted(term, family)
        left = sorted(s.name for s in term.free_symbols & set(family.objects))
        if left:
            raise Unproven(f"{', '.join(left)} stands in {term} otherwise than by its entries, of which the family says what they are")
    return _sized(term, family)


def _sized(term: Any, family: RefutingFamily) -> Any:
    return replace(term, {symbol: sympify(value) for symbol, value in family.sizes.items()})


def require_declared_sizes(family: RefutingFamily) -> None:
    """Unproven unless the value of every size is, for every M, what its symbol declares."""
    for symbol, value in family.sizes.items():
        for name, said in declarations(symbol):
            if getattr(sympify(value), f"is_{name}") is not said:
                broken = name if said else f"not {name}"
                raise Unproven(f"{symbol.name} = {value} is not known to be {broken} for every M, as {symbol.name} is declared")


def _substituted(term: Any, family: RefutingFamily) -> Any:
    objects = family.objects
    if not isinstance(term, Basic) or not term.free_symbols & set(objects):
        return term
    if isinstance(term, Binder):
        fresh, body = open_binder(term, names_in(term) | {s.name for s in objects})
        domains = [_substituted(domain, family) for domain in term.domains]
        return term.func(_substituted(body, family), *zip(fresh, domains, strict=True))
    args = [_substituted(arg, family) for arg in term.args]
    if isinstance(term, PLACES) and term.args[0] in objects:
        value = sympify(objects[term.args[0]](*args[1:]))
        dims = [_sized(part.dim, family) for part in (value, term) if isinstance(part, Vector)]
        if isinstance(value, Vector) != isinstance(term, Row) or len(set(dims)) > 1:
            raise Unproven(f"{value} is given for {term}, which has another sort or dimension")
        if isinstance(term, NonnegativeCell) and not value.is_nonnegative:
            raise Unproven(f"an entry of the nonnegative table {term.args[0]} is {value}, which is not known to be nonnegative")
        return value
    return term.func(*args)
