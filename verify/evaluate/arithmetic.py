"""The numeric reading of scalar arithmetic: numbers, symbols, sums, products, powers, elementary functions,
and finite sums.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from scipy import special
from sympy import Abs, Add, Max, Min, Mul, Pow, Symbol, binomial

from theory.errors import BadData
from theory.terms.linear import IndexedSum
from theory.terms.sets import Range
from verify.evaluate.domains import open_range
from verify.evaluate.scope import Env, Node, Scope, compiled, reads
from verify.evaluate.values import (
    ULP,
    Interval,
    absolute,
    add,
    between,
    extremum,
    is_exact,
    monotone,
    multiply,
    point,
    power,
)


@reads(sympy.Number, sympy.NumberSymbol)
def _number(term: Any, scope: Scope) -> Node:
    value = np.float64(term.n(20) if term.is_finite else float(term))
    constant = point(value, 0.0 if term.is_Integer or term.is_infinite else ULP * abs(value))
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
    base, exponent = compiled(term.base, scope), compiled(term.exp, scope)
    if term.exp == sympy.Rational(1, 2):
        return lambda env: monotone(np.sqrt, base(env), (0.0, np.inf))
    if term.exp == 2:
        return lambda env: _square(base(env))
    if term.exp.is_Rational:
        p = point(np.float64(term.exp))  # the rounding of the exponent is covered by the 4 ulp of the power
        return lambda env: power(base(env), p)
    return lambda env: power(base(env), exponent(env))


def _square(a: Interval) -> Interval:
    a = absolute(a)
    if a.is_point:
        return multiply(a, a)
    return between((a.lower**2, a.upper**2), (np.maximum(a.lower - a.error, 0.0) ** 2, (a.upper + a.error) ** 2))


@reads(Abs)
def _abs(term: Abs, scope: Scope) -> Node:
    inner = compiled(term.args[0], scope)
    return lambda env: absolute(inner(env))


REALS = (-np.inf, np.inf)
# name, numpy function, domain, rising
_MONOTONE: tuple[tuple[type, Callable[[Any], Any], tuple[float, float], bool], ...] = (
    (sympy.exp, np.exp, REALS, True),
    (sympy.log, np.log, (0.0, np.inf), True),
    (sympy.asin, np.arcsin, (-1.0, 1.0), True),
    (sympy.acos, np.arccos, (-1.0, 1.0), False),
    (sympy.atan, np.arctan, REALS, True),
    (sympy.sinh, np.sinh, REALS, True),
    (sympy.tanh, np.tanh, REALS, True),
    (sympy.erf, special.erf, REALS, True),
    (sympy.erfc, special.erfc, REALS, False),
    (sympy.floor, np.floor, REALS, True),
    (sympy.ceiling, np.ceil, REALS, True),
)


def _monotone_compiler(
    f: Callable[[Any], Any], domain: tuple[float, float], rising: bool
) -> Callable[[Any, Scope], Node]:
    def compiler(term: Any, scope: Scope) -> Node:
        inner = compiled(term.args[0], scope)
        return lambda env: monotone(f, inner(env), domain, rising=rising)

    return compiler


for _kind, _function, _domain, _rising in _MONOTONE:
    reads(_kind)(_monotone_compiler(_function, _domain, _rising))


def _smooth_compiler(f: Callable[[Any], Any], slope: Callable[[Any], Any], name: str) -> Callable[[Any, Scope], Node]:
    """A smooth function of points only: error propagated through its derivative."""

    def compiler(term: Any, scope: Scope) -> Node:
        inner = compiled(term.args[0], scope)

        def run(env: Env) -> Interval:
            a = inner(env)
            if not a.is_point:
                raise BadData(
                    f"{name} of the interval {a.lower}…{a.upper} is not supported; its argument must be a point"
                )
            value = f(a.lower)
            return point(value, np.abs(slope(a.lower)) * a.error + 16 * ULP * np.maximum(np.abs(value), 1.0))

        return run

    return compiler


reads(sympy.sin)(_smooth_compiler(np.sin, np.cos, "sin"))
reads(sympy.cos)(_smooth_compiler(np.cos, np.sin, "cos"))
reads(sympy.gamma)(_smooth_compiler(special.gamma, lambda x: special.gamma(x) * special.digamma(x), "gamma"))
reads(sympy.loggamma)(_smooth_compiler(special.gammaln, special.digamma, "loggamma"))
reads(sympy.factorial)(
    _smooth_compiler(
        lambda x: special.gamma(x + 1), lambda x: special.gamma(x + 1) * special.digamma(x + 1), "factorial"
    )
)


@reads(binomial)
def _binomial(term: Any, scope: Scope) -> Node:
    n, k = (compiled(a, scope) for a in term.args)

    def run(env: Env) -> Interval:
        a, b = n(env), k(env)
        if not (a.is_point and b.is_point and is_exact(a.error) and is_exact(b.error)):
            raise BadData("binomial needs exact integers; its arguments are not")
        value = special.binom(a.lower, b.lower)
        return point(value, np.where(value < 2.0**50, 0.0, 64 * ULP * np.abs(value)))

    return run


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
    """Σ along the new axis."""
    if mask is not None:
        shaped = mask.reshape(mask.shape + (1,) * components)
        return np.where(shaped, array, 0.0).sum(axis=0)
    found = along(array, axis, length, components)
    if found is None:
        return array * float(length)
    return found.array * float(length) if isinstance(found, _Squeezed) else found.sum(axis=0)


def maximised(array: Any, axis: int, length: int, mask: Any = None) -> Any:
    """max along the new axis."""
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
        if is_exact(value.error) and np.all(np.rint(value.lower) == value.lower):
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
