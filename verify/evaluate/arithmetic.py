"""The numeric reading of scalar arithmetic: numbers, symbols, sums, products, powers, and finite sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from sympy import Abs, Add, Max, Min, Mul, Pow, Symbol

from theory.errors import BadData
from theory.terms.linear import IndexedSum
from theory.terms.sets import Range
from verify.evaluate.conventions import Convention
from verify.evaluate.domains import open_range
from verify.evaluate.edges import on_the_edge, recorded, sharpener
from verify.evaluate.scope import Env, Node, Scope, compiled, reads
from verify.evaluate.total import integer_power, power, real_power, root
from verify.evaluate.values import (
    ULP,
    Interval,
    absolute,
    add,
    are_small_integers,
    between,
    extremum,
    is_exact,
    multiply,
    point,
)


@reads(sympy.Number, sympy.NumberSymbol)
def _number(term: Any, scope: Scope) -> Node:
    value = np.float64(term.n(20) if term.is_finite else float(term))
    whole = term.is_Integer and abs(value) < 2.0**53
    constant = point(value, 0.0 if whole or term.is_infinite else ULP * abs(value))
    return lambda env: constant


@reads(Symbol)
def _symbol(term: Symbol, scope: Scope) -> Node:
    if scope.binds(term):
        return lambda env: env.bound[term]
    return lambda env: env.number(term)


def _folded(operation: Callable[[Interval, Interval], Interval]) -> Callable[[Any, Scope], Node]:
    def compiler(term: Any, scope: Scope) -> Node:
        first, *rest = [compiled(a, scope) for a in term.args]

        def run(env: Env) -> Interval:
            total: Interval = first(env)
            for part in rest:
                total = operation(total, part(env))
            return total

        return run

    return compiler


reads(Add)(_folded(add))
reads(Mul)(_folded(multiply))
reads(Max)(_folded(lambda a, b: extremum(a, b, np.maximum)))
reads(Min)(_folded(lambda a, b: extremum(a, b, np.minimum)))


@reads(Pow)
def _pow(term: Pow, scope: Scope) -> Node:
    if term.exp == sympy.Rational(1, 2):
        return on_the_edge(root, Convention.ROOT, term.base, term, scope)
    if term.exp == 2:
        base = compiled(term.base, scope)
        return lambda env: _square(base(env))
    if term.exp.is_Integer:
        p = float(term.exp)
        return on_the_edge(lambda t: integer_power(t, p), Convention.DIVISION, term.base, term, scope)
    if term.exp.is_Rational:
        q = point(np.float64(term.exp))  # the rounding of the exponent is covered by the 4 ulp of the power
        return on_the_edge(lambda t: real_power(t, q, fractional=True), Convention.POWER, term.base, term, scope)
    return _general_power(term, scope)


def _general_power(term: Pow, scope: Scope) -> Node:
    """t^q where both vary; either is evaluated exactly where the edge is near."""
    parts = [(compiled(a, scope), sharpener(a, scope)) for a in (term.base, term.exp)]

    def run(env: Env) -> Interval:
        values: list[Interval] = [node(env) for node, _ in parts]
        found = power(values[0], values[1])
        if np.any(found.unclear):
            sharp = [sharpen(env, v, found.unclear) for (_, sharpen), v in zip(parts, values, strict=True)]
            found = real_power(sharp[0], sharp[1])
        return recorded(found, Convention.POWER, term, env)

    return run


def _square(a: Interval) -> Interval:
    a = absolute(a)
    if a.is_point:
        return multiply(a, a)
    return between((a.lower**2, a.upper**2), (np.maximum(a.lower - a.error, 0.0) ** 2, (a.upper + a.error) ** 2))


@reads(Abs)
def _abs(term: Abs, scope: Scope) -> Node:
    inner = compiled(term.args[0], scope)
    return lambda env: absolute(inner(env))


# --- finite sums ----------------------------------------------------------------------------------


def along(array: Any, axis: int, length: int, components: int = 0) -> Any:
    """The array with the new axis first if it varies along it (or the axis has length one);
    None if it does not vary.
    """
    if np.ndim(array) - components <= axis:
        return None
    return array if np.shape(array)[0] == length else None if np.shape(array)[0] != 1 else _Squeezed(array[0])


class _Squeezed:
    """An array with an axis of length one removed: constant along an axis that is longer."""

    def __init__(self, array: Any) -> None:
        self.array = array


def summed(array: Any, axis: int, length: int, mask: Any = None, components: int = 0) -> Any:
    """Σ along the new axis; 0 where it is empty, whatever the body is there."""
    if length == 0:
        return np.zeros(np.shape(array)[1:] if np.ndim(array) - components > axis else np.shape(array))
    if mask is not None:
        shaped = mask.reshape(mask.shape + (1,) * components)
        return np.where(shaped, array, 0.0).sum(axis=0)
    found = along(array, axis, length, components)
    if found is None:
        return array * float(length)
    return found.array * float(length) if isinstance(found, _Squeezed) else found.sum(axis=0)


def maximised(array: Any, axis: int, length: int, mask: Any = None) -> Any:
    """max along the new axis; −∞ where it is empty, which a caller with no more axes to fold reads as 0."""
    if length == 0:
        return np.full(np.shape(array)[1:] if np.ndim(array) > axis else np.shape(array), -np.inf)
    if mask is not None:
        return np.where(mask, array, -np.inf).max(axis=0, initial=-np.inf)
    found = along(array, axis, length)
    if found is None:
        return array
    return found.array if isinstance(found, _Squeezed) else found.max(axis=0, initial=-np.inf)


@reads(IndexedSum)
def _indexed_sum(term: IndexedSum, scope: Scope) -> Node:
    return over_ranges(term, scope, total)


def total(value: Interval, axis: int, length: int, mask: Any) -> Interval:
    """Σ of a value along the new axis; the rounding of a sum of m terms is at most m·ulp·Σ|t|."""
    if value.is_point:
        s = summed(value.lower, axis, length, mask)
        if is_exact(value.error) and are_small_integers(value.lower, summed(np.abs(value.lower), axis, length, mask)):
            return point(s)
        size = summed(np.abs(value.lower), axis, length, mask)
        return point(s, summed(value.error, axis, length, mask) + max(length, 1) * ULP * size)
    lower, upper = summed(value.lower, axis, length, mask), summed(value.upper, axis, length, mask)
    finite = np.where(np.isfinite(value.lower), np.abs(value.lower), 0.0) + np.where(
        np.isfinite(value.upper), np.abs(value.upper), 0.0
    )
    rounding = max(length, 1) * ULP * summed(finite, axis, length, mask)
    return Interval(lower, upper, summed(value.error, axis, length, mask) + rounding)


def over_ranges(term: Any, scope: Scope, fold: Callable[[Any, int, int, Any], Any]) -> Node:
    """A fold over index ranges, outermost first in the term, innermost folded first."""
    enters: list[Any] = []
    inner = scope
    for variable, domain in term.limits:
        if not isinstance(domain, Range):
            raise BadData(f"a finite sum runs over {domain}; its indices must run over Range(n)")
        enters.append((open_range(variable, domain, inner), inner.depth))
        inner = inner.open(variable)
    body = compiled(term.body, inner)

    def run(env: Env) -> Any:
        opened = []
        for enter, axis in enters:
            env, length, mask = enter(env)
            opened.append((axis, length, mask))
        value = body(env)
        for axis, length, mask in reversed(opened):
            value = fold(value, axis, length, mask)
        return value

    return run
