"""The numeric reading of labelled points on the circle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from theory.errors import ShapeError
from theory.terms.circle import CircleSlope, OppositeGap, SignChanges
from verify.evaluate.conventions import Convention
from verify.evaluate.edges import recorded
from verify.evaluate.scope import Env, Node, Scope, compiled, reads
from verify.evaluate.total import TotalValue, patched
from verify.evaluate.values import ULP, Interval, VectorValue, is_exact, point

Reader = Callable[[Any, Any, Any], Interval | TotalValue]


def _compiler(value: Reader) -> Callable[[Any, Scope], Node]:
    def compiler(term: Any, scope: Scope) -> Node:
        positions, labels = (compiled(a, scope) for a in term.args)

        def run(env: Env) -> Interval:
            t: VectorValue = positions(env)
            y: VectorValue = labels(env)
            if t.array.shape[-1] != y.array.shape[-1]:
                raise ShapeError(
                    f"{term} has {t.array.shape[-1]} positions and {y.array.shape[-1]} labels; give one each"
                )
            shape = np.broadcast_shapes(t.array.shape, y.array.shape)
            error = 0.0 if is_exact(t.error) else t.error
            found = value(np.mod(np.broadcast_to(t.array, shape), 1.0), np.broadcast_to(y.array, shape), error)
            return recorded(found, Convention.CHORD, term, env) if isinstance(found, TotalValue) else found

        return run

    return compiler


def _neighbours(t: Any, y: Any) -> tuple[Any, Any]:
    """The gaps between cyclic neighbours, and whether their labels are opposite."""
    order = np.argsort(t, axis=-1, kind="stable")
    t, y = np.take_along_axis(t, order, -1), np.take_along_axis(y, order, -1)
    gaps = np.diff(t, axis=-1, append=t[..., :1] + 1.0)
    return gaps, y * np.roll(y, -1, axis=-1) < 0


@reads(SignChanges)
@_compiler
def _changes(t: Any, y: Any, error: Any) -> Interval:
    return point(_neighbours(t, y)[1].sum(axis=-1).astype(np.float64))


@reads(OppositeGap)
@_compiler
def _gap(t: Any, y: Any, error: Any) -> Interval:
    gaps, opposite = _neighbours(t, y)
    shortest = np.where(opposite, gaps, np.inf).min(axis=-1)
    return point(np.where(np.isinf(shortest), 1.0, shortest), 2 * error + 4 * ULP)


@reads(CircleSlope)
@_compiler
def _slope(t: Any, y: Any, error: Any) -> TotalValue:
    """Equal points have the slope 0; points that may be equal leave it undecided."""
    chords = 2 * np.abs(np.sin(np.pi * (t[..., :, None] - t[..., None, :])))
    rises = np.abs(y[..., :, None] - y[..., None, :])
    apart = chords > 2 * np.pi * np.asarray(error)[..., None, None] + 8 * ULP
    equal = (t[..., :, None] == t[..., None, :]) & (np.asarray(error)[..., None, None] == 0)
    quotients = np.where((rises > 0) & apart, rises / np.where(apart, chords, 1.0), 0.0)
    steepest = quotients.max(axis=(-2, -1), initial=0.0)
    # positions move chords by at most 2π times their error, and the steepest pair has the chord rise/slope
    moved = steepest**2 * (4 * np.pi * error + 32 * ULP) / np.where(steepest > 0, rises.max(axis=(-2, -1), initial=0.0), 1.0)
    inside = point(steepest, moved + 8 * ULP * steepest)
    unclear = ((rises > 0) & ~apart & ~equal).any(axis=(-2, -1))
    found = patched(inside, np.zeros(np.shape(unclear), dtype=bool), unclear)
    return found._replace(off=((rises > 0) & equal).any(axis=(-2, -1)))
