"""The longest gradient of a smooth function on a ball or on the sphere, by local ascent from many points at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from verify.lipschitz.polynomials.power_sum import EPS

Floats = NDArray[np.float64]
STEPS = 30


def steepest_point(
    gradient: Callable[[Floats], Floats], starts: Floats, r: float, *, on_sphere: bool, steps: int = STEPS
) -> tuple[float, Floats]:
    """The largest ‖∇f‖ (its tangential part on the sphere) met in an ascent over the ball or sphere of radius r, and its point.

    The ascent follows the derivative of ‖∇f‖ along itself, H∇f, by differences; a step that does not help is halved.  Any value is a
    lower bound of the Lipschitz constant (up to the rounding of the gradient), whatever the quality of the ascent.

    >>> value, point = steepest_point(lambda x: 2 * x * np.array([1.0, 3.0]), np.eye(2) + 0.1, 1.0, on_sphere=False)    # x² + 3y²
    >>> round(value, 6), np.round(np.abs(point), 3).tolist()
    (6.0, [0.0, 1.0])
    """
    points = _into(starts, r, on_sphere)
    field = _field(gradient, points, r, on_sphere)
    lengths, step = np.linalg.norm(field, axis=1), np.full(len(points), 0.5)
    for _ in range(steps):
        along = field / np.maximum(lengths, 1e-300)[:, None]
        shift = 1e-5 * r
        uphill = (gradient(points + shift * along) - gradient(points - shift * along)) / (2 * shift)
        if on_sphere:   # the length of the tangential part also changes with the tangent space
            normal = points / r
            uphill = uphill - along * np.sum(gradient(points) * normal, axis=1, keepdims=True) / r
            uphill -= np.sum(uphill * normal, axis=1, keepdims=True) * normal
        uphill /= np.maximum(np.linalg.norm(uphill, axis=1, keepdims=True), 1e-300)
        moved = _into(points + r * step[:, None] * uphill, r, on_sphere)
        new = _field(gradient, moved, r, on_sphere)
        found = np.linalg.norm(new, axis=1)
        better = found > lengths
        points, field = np.where(better[:, None], moved, points), np.where(better[:, None], new, field)
        lengths = np.where(better, found, lengths)
        step = np.where(better, np.minimum(1.5 * step, 1.0), 0.4 * step)
    best = int(np.argmax(lengths))
    return float(lengths[best]), points[best]


def _into(points: Floats, r: float, on_sphere: bool) -> Floats:
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    if on_sphere:
        return np.asarray(r * points / np.maximum(lengths, 1e-300))
    return np.asarray(points * np.minimum(1.0, r * (1 - 4 * EPS) / np.maximum(lengths, 1e-300)))


def _field(gradient: Callable[[Floats], Floats], points: Floats, r: float, on_sphere: bool) -> Floats:
    found = gradient(points)
    if on_sphere:
        normal = points / r
        found = found - np.sum(found * normal, axis=1, keepdims=True) * normal
    return found
