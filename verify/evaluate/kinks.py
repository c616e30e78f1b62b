"""The numeric reading of a point of a kink that is clear of the others: the clearest of fixed draws on the kink."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.errors import ShapeError
from theory.terms.kinks import Clearance, ClearPoint
from theory.terms.sets import Ball
from verify.evaluate.scope import Env, Node, Scope, compiled, reads
from verify.evaluate.values import ULP, Interval, VectorValue, point

DRAWS = 64          # of points on the kink; any fixed number serves, more give larger clearances
LEAST = 1e-3        # shorter steps, of draws of length about √d, are mostly rounding


@reads(ClearPoint)
def _clear_point(term: ClearPoint, scope: Scope) -> Node:
    found = _found(term, scope)
    return lambda env: found(env)[0]


@reads(Clearance)
def _clearance(term: Clearance, scope: Scope) -> Node:
    found = _found(term, scope)
    return lambda env: found(env)[1]


def _found(term: Any, scope: Scope) -> Any:
    """The point, and half its clearance."""
    normal, height, others, heights = (compiled(a, scope) for a in term.args[:4])
    domain = term.args[4]
    radius = compiled(domain.radius, scope) if isinstance(domain, Ball) else None

    def run(env: Env) -> tuple[VectorValue, Interval]:
        u, beta, W, b = normal(env), height(env), others(env), heights(env)
        if u.array.ndim != 1 or W.array.ndim != 2 or b.array.ndim != 1 or np.ndim(beta.lower) or not beta.is_point:
            raise ShapeError(f"{term} is read for one kink at a time; name the vectors and matrices themselves")
        R = None if radius is None else float(radius(env).lower)
        places = _places(u.array, float(beta.lower), 1.0 if R is None else R, on_sphere=R is None)
        room = np.minimum(1.0, np.abs(places @ W.array.T + b.array).min(axis=1, initial=np.inf))
        if R is not None:
            room = np.minimum(room, (R**2 - np.vecdot(places, places)) / (2 * R))
        best = int(np.argmax(room))
        p, size = places[best], float(np.linalg.norm(places[best]))
        # p is moved onto the kink of the true u and β; the others see it move by as much, times ‖w_ℓ‖
        moved = u.error * (size + 1) + beta.error + 8 * len(p) * ULP * (1 + size)
        rounding = 8 * len(p) * ULP * (1 + float(np.abs(b.array).max(initial=0.0)))
        error = moved * (1 + float(np.linalg.norm(W.array))) + W.error * size + b.error + rounding
        return VectorValue(p, moved), point(max(0.0, float(room[best]) / 2), error)

    return run


def _places(u: Any, beta: float, R: float, *, on_sphere: bool) -> Any:
    """Points of the kink in the ball or on the sphere, the one next to the centre of the ball first; 0 where the kink misses it."""
    squared, room = float(u @ u), 0.0
    if squared > 0:
        room = R**2 - beta**2 / squared
    if room <= 0:
        return np.zeros((1, len(u)))
    foot = -beta / squared * u
    rng = np.random.default_rng(0)
    steps = rng.standard_normal((DRAWS, len(u)))
    for _ in range(2):                                      # the second removes what rounding left along u
        steps -= np.outer(steps @ u / squared, u)
    length = np.linalg.norm(steps, axis=1)
    kept = length > LEAST                                   # none where d = 1
    steps = steps[kept] / length[kept, None]
    if on_sphere:
        return foot + np.sqrt(room) * steps if len(steps) else np.zeros((1, len(u)))
    return np.vstack([foot, foot + np.sqrt(room) * rng.uniform(0, 0.98, (len(steps), 1)) * steps])
