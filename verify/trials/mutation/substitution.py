"""Putting one term for another in a mutant, without the care for meaning that the substitution of `theory.terms` takes."""

from __future__ import annotations

from typing import Any

from sympy.core.symbol import Str

from theory.terms import Symbol
from theory.terms.linear import ZeroVector
from theory.terms.sorts import Binder, Named, Set


def substituted(term: Any, old: Any, new: Any) -> Any:
    """The term with ``new`` for every occurrence of ``old``, beneath binders too: a changed step may say something else of its variables.

    >>> from theory.terms import Sum, VectorSymbol, index, n
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> body = Sum(y[i] ** 2, (i, n)).body
    >>> substituted(Sum(y[i] ** 2, (i, n)), body, body.base ** 3) == Sum(y[i] ** 3, (i, n))
    True
    """
    if term == old:
        return new
    if not term.args or isinstance(term, Str):
        return term
    if isinstance(term, Binder):
        return term.func(substituted(term.body, old, new),
                         *((variable, substituted(domain, old, new)) for variable, domain in term.limits))
    args = [substituted(part, old, new) for part in term.args]
    return term if all(a is b for a, b in zip(args, term.args, strict=True)) else term.func(*args)


def in_scalars(term: Any, old: Symbol, new: Symbol) -> Any:
    """The term with another symbol in its scalars; the sizes of its vectors, matrices, index sets and domains stay.

    >>> from theory.terms import VectorSymbol, d, le, n, norm, sqrt
    >>> y = VectorSymbol("y", n)
    >>> in_scalars(le(norm(y), sqrt(n)), n, d) == le(norm(y), sqrt(d))
    True
    """
    if term == old:
        return new
    if not term.args or isinstance(term, (Str, Named, Set, ZeroVector)):
        return term
    if isinstance(term, Binder):
        return term.func(in_scalars(term.body, old, new), *term.limits)
    args = [in_scalars(part, old, new) for part in term.args]
    return term if all(a is b for a, b in zip(args, term.args, strict=True)) else term.func(*args)
