"""Reading terms at the edge of their domain: an argument there is decided exactly or not at all, and what was read off it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from theory.errors import LawbookError
from verify.evaluate.conventions import Convention
from verify.evaluate.scope import Env, Node, Scope, compiled
from verify.evaluate.total import Total, TotalValue
from verify.evaluate.values import ULP, Interval, point

MOST_PLACES = 64  # at which an argument is evaluated exactly; each may take milliseconds


def on_the_edge(function: Total, convention: Convention, argument: Any, term: Any, scope: Scope) -> Node:
    """The closure of a function of one argument, by the conventions of `verify.evaluate.total`."""
    inner = compiled(argument, scope)
    sharpen = sharpener(argument, scope)

    def run(env: Env) -> Interval:
        a: Interval = inner(env)
        found = function(a)
        if np.any(found.unclear):
            found = function(sharpen(env, a, found.unclear))
        return recorded(found, convention, term, env)

    return run


def recorded(found: TotalValue, convention: Convention, term: Any, env: Env) -> Interval:
    """The value, with a note of what was read off the domain."""
    poles = found.off & np.asarray(found.pole)
    if np.any(poles):
        env.run.read_off(Convention.DIVISION, term)
    if np.any(found.off & ~poles):
        env.run.read_off(convention, term)
    return found.value


def sharpener(term: Any, scope: Scope) -> Callable[[Env, Interval, Any], Interval]:
    """A closure that replaces values at unclear places by what the exact reading of the term finds there, where it has one."""
    opened = scope.open_in(term)

    def run(env: Env, value: Interval, unclear: Any) -> Interval:
        if not value.is_point or not all(v in env.indices for v in opened):
            return value
        shape = np.broadcast_shapes(np.shape(unclear), np.shape(value.lower))
        places = np.argwhere(np.broadcast_to(unclear, shape))
        if len(places) > MOST_PLACES:
            return value
        lower, error = (np.array(np.broadcast_to(part, shape), dtype=np.float64) for part in (value.lower, value.error))
        for place in map(tuple, places):
            found = exactly(term, env, {v: _index_at(env.indices[v], place) for v in opened})
            if found is not None:
                lower[place], error[place] = found
        return point(lower, error)

    return run


def _index_at(values: Any, place: tuple[int, ...]) -> int:
    """The value of an index at a place: its axis is one of the last."""
    array = np.asarray(values)
    own = place[len(place) - array.ndim :]
    return int(array[tuple(0 if size == 1 else p for size, p in zip(array.shape, own, strict=True))])


def exactly(term: Any, env: Env, indices: dict[Any, int]) -> tuple[float, float] | None:
    """The value of a term with its error by the exact reading; None where the instance or the term has none."""
    from flint import fmpq

    from verify.evaluate.exact.formulas import exact_scope  # binds late: the exact reading imports this package
    from verify.evaluate.exact.numbers import is_rational

    try:
        with exact_scope(env.run.instance, env.run.size) as at:
            value = at.with_bound({v: fmpq(i) for v, i in indices.items()}).scalar(term)
            if is_rational(value):
                middle = int(value.p) / int(value.q)
                return middle, 0.0 if fmpq(*middle.as_integer_ratio()) == value else ULP * abs(middle)
            middle = float(value.mid())
            return middle, float(value.rad()) * (1 + ULP) + 2 * ULP * abs(middle)
    except (LawbookError, OverflowError):  # floats in the instance, or a term without an exact reading: it stays unclear
        return None
