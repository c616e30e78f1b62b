"""Lower estimates of the supremum of a homogeneous function over the unit sphere by ascent from many starts."""

from __future__ import annotations

import numpy as np

from verify.evaluate.suprema.faces import Best, Piecewise
from verify.evaluate.suprema.supremum import SupremumEffort
from verify.objects.domains import Array

_FINALISTS, _MOVES = 6, 24


def ascend(function: Piecewise, starts: Array, effort: SupremumEffort) -> Best:
    """The best |F| met while each start moves along u ← ±g/‖g‖, g = ∇F(u), and then by a search around the best few.

    Where F is linear with gradient g, the full step goes to the maximiser of g·u; a part of the step is tried as well.
    F is in general neither convex nor concave, so a step need not increase |F|; the best direction met is kept, and
    each is a valid lower bound.

    >>> F = Piecewise(lambda U: np.abs(U).sum(axis=1), np.sign, np.eye(2), True)
    >>> round(ascend(F, np.array([[0.6, 0.8]]), SupremumEffort()).value, 12)
    1.414213562373
    """
    rng = np.random.default_rng(effort.seed)
    r = function.normals.shape[1]
    directions = np.concatenate([_unit(starts), _unit(rng.standard_normal((effort.starts, r)))])
    values = function.value(directions)
    for step in range(effort.steps):
        gradients = function.gradient(directions)
        goal = _unit(gradients * np.sign((gradients * directions).sum(axis=1, keepdims=True)))
        moved = False
        for trial in (goal, _unit(goal + (1 + 2 ** (step % 6)) * directions)):
            trial_values = function.value(trial)
            gain = trial_values > values * (1 + 1e-14)
            directions = np.where(gain[:, None], trial, directions)
            values = np.where(gain, trial_values, values)
            moved |= bool(gain.any())
        if not moved and step >= 6:
            break
    finalists = np.argsort(-values)[:_FINALISTS]
    return _search_nearby(function, directions[finalists], values[finalists], effort, rng)


def _search_nearby(
    function: Piecewise, directions: Array, values: Array, effort: SupremumEffort, rng: np.random.Generator
) -> Best:
    """Random moves around each direction, of shrinking size: they cross the faces at which a gradient step stops."""
    count, r = directions.shape
    for size in np.geomspace(0.7, 1e-3, effort.steps) if effort.steps else ():
        moves = size * rng.standard_normal((count, _MOVES, r)) / np.sqrt(r)
        trials = _unit((directions[:, None, :] + moves).reshape(-1, r))
        goals = _unit(function.gradient(trials))
        for candidates in (trials, goals):
            trial_values = function.value(candidates).reshape(count, _MOVES)
            top = np.argmax(trial_values, axis=1)
            best = trial_values[np.arange(count), top]
            gain = best > values
            chosen = candidates.reshape(count, _MOVES, r)[np.arange(count), top]
            directions = np.where(gain[:, None], chosen, directions)
            values = np.where(gain, best, values)
    top_value = int(np.argmax(values))
    return Best(float(values[top_value]), directions[top_value], False)


def _unit(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    first = np.zeros_like(vectors)
    first[:, 0] = 1.0
    units: Array = np.where(lengths > 0, vectors / np.where(lengths > 0, lengths, 1.0), first)
    return units
