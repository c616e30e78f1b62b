"""The numeric reading of integrals of step functions over the line: exact, from the places where the steps are."""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Expr

from theory.errors import BadData, HypothesisViolated
from theory.terms.formula import Relation
from theory.terms.scalars import LineIntegral
from theory.terms.sets import LINE, Range
from theory.terms.sorts import Binder
from verify.evaluate.domains import open_range
from verify.evaluate.scope import Env, Node, Scope, compiled, reads
from verify.evaluate.values import ULP, Interval, ends, point


@reads(LineIntegral)
def _integral(term: LineIntegral, scope: Scope) -> Node:
    if len(term.limits) != 1 or term.domains[0] != LINE:
        raise BadData(
            f"the integral {term} must run over one variable of the line; write LineIntegral(body, (t, LINE))"
        )
    t = term.variables[0]
    inner = scope.open(t)
    body = compiled(term.body, inner)
    steps = [_breaks(*found, inner, t) for found in _relations(term.body, t, ())]

    def run(env: Env) -> Interval:
        places, error = _joined([s(env) for s in steps], scope.depth)
        if places.shape[0] == 0:
            raise HypothesisViolated(
                f"the integrand {term.body} has no steps, so it is constant; its integral is not finite unless it is 0"
            )
        return _integrate(body, env, t, places, error)

    return run


def _relations(term: Any, t: Any, above: tuple[Any, ...]) -> list[tuple[Expr, tuple[Any, ...]]]:
    """The differences rhs − lhs of all relations that contain t, each with the index binders above it."""
    if t not in term.free_symbols:
        return []
    if isinstance(term, Relation):
        return [(term.rhs - term.lhs, above)]
    if isinstance(term, Binder):
        if not all(isinstance(d, Range) for d in term.domains):
            raise BadData(
                f"an integrand has {type(term).__name__} over {term.domains}; only index ranges are read there"
            )
        return _relations(term.body, t, above + term.limits)
    return [found for a in term.args for found in _relations(a, t, above)]


def _breaks(difference: Expr, above: tuple[Any, ...], scope: Scope, t: Any) -> Any:
    """The zeros in t of an affine difference, for all values of the indices above it:
    a closure giving zeros and errors, axis 0 first.
    """
    enters = []
    for variable, domain in above:
        enters.append(open_range(variable, domain, scope))
        scope = scope.open(variable)
    node, depth = compiled(difference, scope), scope.depth
    outer = depth - len(above) - 1

    def run(env: Env) -> tuple[Any, Any]:
        samples = []
        for value in (0.0, 1.0, 2.0):
            inside = env.child({t: point(np.full((1,) * (outer + 1), value))})
            for enter in enters:
                inside, _, _ = enter(inside)
            samples.append(node(inside))
        zeros, error = _zeros(samples, difference)
        shape = (1,) * (depth - np.ndim(zeros)) + np.shape(zeros)
        flat = (-1, *shape[len(shape) - outer :]) if outer else (-1,)
        return np.reshape(zeros, flat), np.broadcast_to(np.reshape(error, shape), shape).reshape(flat)

    return run


def _zeros(samples: list[Interval], difference: Expr) -> tuple[Any, Any]:
    g0, g1, g2 = (s.lower for s in samples)
    if not all(s.is_point for s in samples):
        raise BadData(f"the relation with difference {difference} is an enclosure; steps need exact places")
    slope = g1 - g0
    error = np.broadcast_to(sum(s.error for s in samples), np.shape(slope))
    size = np.abs(g0) + np.abs(g1) + np.abs(g2)
    if np.any(np.abs(g2 - 2 * g1 + g0) > 4 * error + 16 * ULP * size):
        raise BadData(
            f"the difference {difference} is not affine in the variable of integration; rewrite the condition"
        )
    constant = np.abs(slope) <= 4 * error + 4 * ULP * size  # then the relation does not depend on t: no step
    zeros = np.where(constant, np.nan, -g0 / np.where(constant, 1.0, slope))
    return zeros, np.where(constant, 0.0, error / np.where(constant, 1.0, np.abs(slope)))


def _joined(parts: list[tuple[Any, Any]], outer: int) -> tuple[Any, Any]:
    """All zeros sorted along axis 0, with the largest error; NaN (no step) is replaced by a step elsewhere,
    which adds an empty gap.
    """
    if not parts:
        return np.zeros((0,)), 0.0
    tails = np.broadcast_shapes(*(np.shape(z)[1:] for z, _ in parts))
    zeros = np.concatenate([np.broadcast_to(z, (len(z), *tails)) for z, _ in parts])
    error = max(float(np.max(e, initial=0.0)) for _, e in parts)
    missing = np.isnan(zeros)
    if missing.all(axis=0).any():
        return np.zeros((0,)), 0.0
    zeros = np.where(missing, np.nanmin(zeros, axis=0), zeros)
    return np.sort(zeros, axis=0), error


def _integrate(body: Node, env: Env, t: Any, places: Any, error: float) -> Interval:
    def at(values: Any) -> Interval:
        value: Interval = body(env.child({t: point(values)}))
        return value

    gaps = np.diff(places, axis=0)
    span = 1.0 + np.abs(places[-1:]) + np.abs(places[:1])
    for outside in (places[:1] - span, places[-1:] + span):
        low, high = ends(at(outside))
        if np.any(
            (low > 1e-9) | (high < -1e-9)
        ):  # a nonzero constant tail; the data are O(1) and an exact 0 has a smaller error
            raise HypothesisViolated("the integrand of a step function is not 0 far out, so its integral is not finite")
    if len(gaps) == 0:
        return point(np.zeros(places.shape[1:]), 0.0)
    first, second = at(places[:-1] + gaps / 3), at(places[:-1] + 2 * gaps / 3)
    resolved = gaps > 8 * error + 64 * ULP * span  # shorter gaps cannot be told from coincident steps
    (l1, u1), (l2, u2) = ends(first), ends(second)
    if np.any(resolved & ((l1 > u2) | (l2 > u1))):
        raise BadData("the integrand is not a step function: it changes between two of its steps")
    lower, upper = (gaps * np.minimum(l1, l2)).sum(axis=0), (gaps * np.maximum(u1, u2)).sum(axis=0)
    tallest = np.maximum(np.abs(l1), np.abs(u1)).max(axis=0)
    # each step may be misplaced by `error`, and unresolved gaps may be misread: both cost at most their lengths times
    # the height
    slack = (
        2 * tallest * (len(places) * error + np.where(resolved, 0.0, gaps).sum(axis=0) + len(places) * ULP * span[0])
    )
    middle = (lower + upper) / 2
    return point(middle, (upper - lower) / 2 + slack)
