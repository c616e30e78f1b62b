"""Points with long gradients: samples, and walks from the best of them across hyperplanes into neighbouring cells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from verify.lipschitz.piecewise.kinks import KinkForm
from verify.lipschitz.piecewise.sampled import sample_points
from verify.objects.deadline import UNLIMITED, Deadline, steps_until
from verify.objects.domains import Array, Domain

_REACH = (1.01, 1.3, 2.0)      # how far beyond a hyperplane, in units of the distance to it
_CANDIDATES = 2e8              # multiplications that one step of the walks that move together may take, about a second at most


def best_points(
    form: KinkForm, domain: Domain, rng: np.random.Generator, samples: int = 2000, walks: int = 12, steps: int = 60,
    deadline: Deadline = UNLIMITED,
) -> Array:  # fmt: skip
    """Points of a convex domain (best first), one from each walk: every step crosses the hyperplane that lengthens the gradient most.

    Walks move together as far as memory allows; each stops where no crossing helps, and all at the deadline.
    Nothing is certified here: the reader verifies the points.

    >>> from verify.lipschitz import GLOBAL, kink_form
    >>> form = kink_form([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [3.0, 4.0])
    >>> bool((best_points(form, GLOBAL, np.random.default_rng(0))[0] > 0).all())          # gradient (3, 4) on the positive quadrant
    True
    """
    points = sample_points(form, domain, samples, rng)
    lengths = _lengths(form, points)
    chosen = np.argsort(-lengths, kind="stable")[:walks]
    points, lengths = points[chosen], lengths[chosen]
    together = max(1, int(_CANDIDATES // max(len(_REACH) * form.size * form.W.size, 1)))
    for first in range(0, len(points), together):
        walking = slice(first, first + together)
        _walk(form, domain, points[walking], lengths[walking], steps_until(deadline, steps if form.size else 0))
    return points[np.argsort(-lengths, kind="stable")]


def _walk(form: KinkForm, domain: Domain, points: Array, lengths: Array, steps: Iterator[int]) -> None:
    """Move the points, and their gradient lengths with them, as long as one gets better."""
    square = (form.W**2).sum(axis=1)
    moving = np.ones(len(points), dtype=np.bool_)
    for _ in steps:
        here = points[moving]
        normal = -((here @ form.W.T + form.b) / square)[:, :, None] * form.W
        beyond = np.concatenate([here[:, None, :] + reach * normal for reach in _REACH], axis=1)
        candidates = _pulled_inside(domain, beyond)
        values = _lengths(form, candidates.reshape(-1, form.dimension)).reshape(candidates.shape[:2])
        pick = values.argmax(axis=1)
        each = np.arange(len(pick))
        better = values[each, pick] > lengths[moving] * (1 + 1e-12)
        index = np.flatnonzero(moving)
        points[index[better]], lengths[index[better]] = candidates[each, pick][better], values[each, pick][better]
        moving[index[~better]] = False
        if not moving.any():
            break


def _lengths(form: KinkForm, points: Array) -> Array:
    lengths: Array = np.linalg.norm(form.gradients(np.sign(points @ form.W.T + form.b)), axis=1)
    return lengths


def _pulled_inside(domain: Domain, points: Array) -> Array:
    """Points of a convex domain near to the given ones: clipped into a box, pulled towards the centre of a ball or hull."""
    if domain.kind == "global":
        return points
    if domain.kind == "box":
        low, high = domain.corners(points.shape[-1])
        return np.asarray(np.clip(points, low, high))
    centre, radius = domain.enclosing_ball(points.shape[-1])
    offset = points - centre
    distance = np.linalg.norm(offset, axis=-1, keepdims=True)
    return np.asarray(centre + np.minimum(1.0, radius * (1 - 1e-12) / np.maximum(distance, 1e-300)) * offset)
