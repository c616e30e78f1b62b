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
        reach = point(1.0) if radius is None else radius(env)
        R, on_sphere = float(reach.lower), radius is None
        places = _places(u.array, float(beta.lower), R, on_sphere=on_sphere)
        room = np.minimum(1.0, np.abs(places @ W.array.T + b.array).min(axis=1, initial=np.inf))
        if not on_sphere:
            room = np.minimum(room, (R**2 - np.vecdot(places, places)) / (2 * R))
        best = int(np.argmax(room))
        p, size = places[best], float(np.linalg.norm(places[best]))
        # the others see p move by as much, times ‖w_ℓ‖
        moved = _moved(u, beta, R, size, on_sphere=on_sphere)
        rounding = 8 * len(p) * ULP * (1 + float(np.abs(b.array).max(initial=0.0)))
        error = moved * (1 + float(np.linalg.norm(W.array))) + W.error * size + b.error + rounding + reach.error
        return VectorValue(p, moved), point(max(0.0, float(room[best]) / 2), error)

    return run


def _moved(u: VectorValue, beta: Interval, R: float, size: float, *, on_sphere: bool) -> float:
    """How far p is from a point of the kink of the true u and β, on the sphere if it is to lie there; ∞ where that kink may miss it.

    A kink that is moved by δ meets the sphere within δ/h of p, for the sine h of the angle at which it cuts the sphere.
    """
    length, shift, rounding = float(np.linalg.norm(u.array)), abs(float(beta.lower)), 8 * len(u.array) * ULP
    if length == 0:
        return float("inf")
    moved = float(u.error * (size + 1) + beta.error + rounding * (length * size + shift)) / length
    cut = R**2 - (shift / length) ** 2
    if abs(cut) <= 4 * moved * (R + shift / length):
        return float("inf")
    return moved / min(1.0, float(np.sqrt(abs(cut)))) + rounding * size if on_sphere else moved + rounding * size


def _places(u: Any, beta: float, R: float, *, on_sphere: bool) -> Any:
    """Points of the kink in the ball or on the sphere, the one next to the centre of the ball first; 0 where the kink misses it."""
    squared = float(u @ u)
    room = R**2 - beta**2 / squared if squared > 0 else -np.inf
    if room < 0:
        return np.zeros((1, len(u)))
    foot = -beta / squared * u
    if room == 0:                                           # the kink touches the sphere
        return foot[None]
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
