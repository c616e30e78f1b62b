"""Suprema over the sphere of R¹, which is {1, −1}: rewritten as maxima, so that they are evaluated exactly and for many signs at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Integer
from sympy.core.symbol import Str

from theory.errors import BadData
from theory.terms import MatrixSymbol, Max, Min, Range, Sphere, Sup, VectorSymbol, dot, index
from theory.terms.sets import Interval
from theory.terms.sorts import Binder, Named, names_in, open_binder

UNIT = "e1"  # name of the unit vector of R¹ in the instances


def rewritten(term: Any, change: Callable[[Any], Any]) -> Any:
    """The term with `change` applied to every subterm from the inside out; binders are opened and closed again."""
    if not getattr(term, "args", ()) or isinstance(term, (Str, Named)):
        return term
    if isinstance(term, Binder):
        fresh, body = open_binder(term, names_in(term))
        return change(term.func(rewritten(body, change), *zip(fresh, (rewritten(d, change) for d in term.domains), strict=True)))
    args = [rewritten(a, change) for a in term.args]
    return change(term if all(a is b for a, b in zip(args, term.args, strict=True)) else term.func(*args))


def on_the_line(breakpoints: MatrixSymbol | None = None) -> Callable[[Any], Any]:
    """The rewriting of suprema over directions of R¹, and over shifts of functions that are affine between the shifts −u·v_i.

    A supremum over a shift β is reached at a breakpoint, or at an end of the interval: on the whole line this asks for functions that
    are bounded, hence constant beyond the outer breakpoints.  The instance gives `e1` = [1] and d = 1.
    """

    def change(term: Any) -> Any:
        return _maximum(term, breakpoints) if isinstance(term, Sup) and any(isinstance(d, Sphere) for d in term.domains) else term

    return lambda formula: rewritten(formula, change)


def _maximum(term: Sup, breakpoints: MatrixSymbol | None) -> Any:
    first, *shifts = term.limits
    if not isinstance(first[1], Sphere) or len(shifts) > 1 or (shifts and breakpoints is None):
        raise BadData(f"the supremum {term} is not over a direction and at most one shift with known breakpoints; evaluate it otherwise")
    e = VectorSymbol(UNIT, first[1].dim)
    values: list[Any] = []
    for direction in (e, -e):
        if not shifts:
            values.append(term.instantiate(direction))
            continue
        values += _over_shifts(term, direction, shifts[0][1], breakpoints)
    return Max(*values)


def _over_shifts(term: Sup, direction: Any, domain: Any, breakpoints: Any) -> list[Any]:
    place = index("°p")
    shift = -dot(direction, breakpoints[place])
    ends: list[Any] = []
    if isinstance(domain, Interval):
        shift, ends = Max(domain.args[0], Min(domain.args[1], shift)), list(domain.args)
    at_breakpoints = Sup(term.instantiate(direction, shift), (place, Range(breakpoints.shape[0])))
    return [at_breakpoints, *(term.instantiate(direction, Integer(end)) for end in ends)]
