"""The numeric reading of elementary functions, each with a value off its domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from scipy import special
from sympy import Pow, binomial

from theory.errors import BadData
from verify.evaluate.conventions import Convention
from verify.evaluate.edges import on_the_edge, recorded, sharpener
from verify.evaluate.scope import Env, Node, Scope, compiled, reads
from verify.evaluate.total import TotalValue, arc, logarithm, patched
from verify.evaluate.values import ULP, Interval, ends, lost, monotone, point

# increasing on the line, and 0 where the argument is 0 at most
_MONOTONE: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (sympy.atan, np.arctan),
    (sympy.sinh, np.sinh),
    (sympy.tanh, np.tanh),
    (sympy.erf, special.erf),
)


def _monotone_compiler(f: Callable[[Any], Any], *, rising: bool = True, rounding: float = 4 * ULP) -> Callable[[Any, Scope], Node]:
    def compiler(term: Any, scope: Scope) -> Node:
        inner = compiled(term.args[0], scope)
        return lambda env: monotone(f, inner(env), rising=rising, rounding=rounding)

    return compiler


for _kind, _function in _MONOTONE:
    reads(_kind)(_monotone_compiler(_function))


def _positive_compiler(f: Callable[[Any], Any], *, rising: bool) -> Callable[[Any, Scope], Node]:
    """exp and erfc, which are positive: a value that underflows is no exact 0."""
    plain = _monotone_compiler(f, rising=rising)

    def compiler(term: Any, scope: Scope) -> Node:
        node = plain(term, scope)

        def run(env: Env) -> Interval:
            value: Interval = node(env)
            return value._replace(error=value.error + lost(value.lower))

        return run

    return compiler


reads(sympy.exp)(_positive_compiler(np.exp, rising=True))
reads(sympy.erfc)(_positive_compiler(special.erfc, rising=False))


def _rounding_compiler(f: Callable[[Any], Any]) -> Callable[[Any, Scope], Node]:
    """floor and ceiling: exact, and evaluated exactly where the argument may lie on either side of an integer."""

    def compiler(term: Any, scope: Scope) -> Node:
        inner, sharpen = compiled(term.args[0], scope), sharpener(term.args[0], scope)

        def run(env: Env) -> Interval:
            a: Interval = inner(env)
            jumps = f(ends(a)[0]) != f(ends(a)[1])
            return monotone(f, sharpen(env, a, jumps) if np.any(jumps) else a, rounding=0.0)

        return run

    return compiler


reads(sympy.floor)(_rounding_compiler(np.floor))
reads(sympy.ceiling)(_rounding_compiler(np.ceil))


@reads(sympy.Mod)
def _mod(term: Any, scope: Scope) -> Node:
    """s − t·floor(s/t), so that s mod 0 is s."""
    s, t = term.args
    quotient = sympy.Mul(s, Pow(t, -1, evaluate=False), evaluate=False)
    whole = sympy.Mul(-1, t, sympy.floor(quotient, evaluate=False), evaluate=False)
    return compiled(sympy.Add(s, whole, evaluate=False), scope)


@reads(sympy.log)
def _log(term: Any, scope: Scope) -> Node:
    return on_the_edge(logarithm, Convention.LOGARITHM, term.args[0], term, scope)


@reads(sympy.asin, sympy.acos)
def _arc(term: Any, scope: Scope) -> Node:
    sine = isinstance(term, sympy.asin)
    return on_the_edge(arc(np.arcsin if sine else np.arccos, rising=sine), Convention.ARC, term.args[0], term, scope)


def _smooth_value(f: Callable[[Any], Any], slope: Callable[[Any], Any], name: str) -> Callable[[Interval], Interval]:
    """A smooth function of points only: error propagated through its derivative."""

    def run(a: Interval) -> Interval:
        if not a.is_point:
            raise BadData(f"{name} of the interval {a.lower}…{a.upper} is not supported; its argument must be a point")
        value = f(a.lower)
        return point(value, np.abs(slope(a.lower)) * a.error + 16 * ULP * np.maximum(np.abs(value), 1.0))

    return run


def _smooth_compiler(f: Callable[[Any], Any], slope: Callable[[Any], Any], name: str) -> Callable[[Any, Scope], Node]:
    smooth = _smooth_value(f, slope, name)

    def compiler(term: Any, scope: Scope) -> Node:
        inner = compiled(term.args[0], scope)
        return lambda env: smooth(inner(env))

    return compiler


reads(sympy.sin)(_smooth_compiler(np.sin, np.cos, "sin"))
reads(sympy.cos)(_smooth_compiler(np.cos, np.sin, "cos"))


def _with_poles(f: Callable[[Any], Any], slope: Callable[[Any], Any], off: Callable[[Any, Any], Any], convention: Convention) -> Any:
    """A smooth function with a domain: `off(lower, upper)` says where an argument is off it for certain, and where perhaps."""

    def compiler(term: Any, scope: Scope) -> Node:
        smooth = _smooth_value(f, slope, type(term).__name__)

        def function(a: Interval) -> TotalValue:
            certain, perhaps = off(*ends(a))
            return patched(smooth(a), certain, perhaps & ~certain)

        return on_the_edge(function, convention, term.args[0], term, scope)

    return compiler


def _at_a_pole(lower: Any, upper: Any) -> tuple[Any, Any]:
    """Γ has poles at 0, −1, −2, …"""
    perhaps = (np.ceil(lower) <= np.floor(upper)) & (np.ceil(lower) <= 0)
    return (lower == upper) & perhaps, perhaps


def _not_positive(lower: Any, upper: Any) -> tuple[Any, Any]:
    return (upper < 0) | ((lower == 0) & (upper == 0)), lower <= 0


def _no_natural(lower: Any, upper: Any) -> tuple[Any, Any]:
    """0, 1, 2, … are the arguments of factorials and binomials."""
    return (upper < 0) | (np.ceil(lower) > np.floor(upper)), (lower != upper) | (lower < 0)


reads(sympy.gamma)(_with_poles(special.gamma, lambda x: special.gamma(x) * special.digamma(x), _at_a_pole, Convention.GAMMA))
reads(sympy.loggamma)(_with_poles(special.gammaln, special.digamma, _not_positive, Convention.GAMMA))
reads(sympy.factorial)(
    _with_poles(lambda x: special.gamma(x + 1), lambda x: special.gamma(x + 1) * special.digamma(x + 1), _no_natural, Convention.FACTORIAL)
)


@reads(binomial)
def _binomial(term: Any, scope: Scope) -> Node:
    parts = [(compiled(a, scope), sharpener(a, scope)) for a in term.args]

    def run(env: Env) -> Interval:
        a, b = (_sharp_natural(node(env), sharpen, env) for node, sharpen in parts)
        kinds = [_no_natural(*ends(x)) for x in (a, b)]
        off, perhaps = (np.logical_or(*pair) for pair in zip(*kinds, strict=True))
        value = special.binom(a.lower, b.lower)
        exact = point(value, np.where(value < 2.0**50, 0.0, 64 * ULP * np.abs(value)))
        return recorded(patched(exact, off, perhaps & ~off), Convention.BINOMIAL, term, env)

    return run


def _sharp_natural(value: Interval, sharpen: Any, env: Env) -> Interval:
    off, perhaps = _no_natural(*ends(value))
    unclear = perhaps & ~off
    return sharpen(env, value, unclear) if np.any(unclear) else value
