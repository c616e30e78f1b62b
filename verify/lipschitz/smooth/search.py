"""Lower bounds for networks with a smooth activation: ascent on ‖∇f‖ from many points, and chords of spheres."""

from __future__ import annotations

import numpy as np

from verify.lipschitz.piecewise.kinks import EPS
from verify.lipschitz.smooth.domain import project
from verify.lipschitz.smooth.field import GradientField
from verify.objects.deadline import Deadline, steps_until
from verify.objects.domains import Array, Budget

_STARTS = 24


def ascend(field: GradientField, budget: Budget) -> tuple[float, Array]:
    """The largest ‖∇f‖ (tangential on a sphere; less its rounding error) found from `budget.samples` points, and its point.

    From the best of the sampled points: steps along the gradient of ½‖∇f‖², longer after a success and shorter after a failure, pulled
    back to the domain; in a hull, multiplicative steps on the weights of the vertices.
    """
    rng = np.random.default_rng(budget.seed)
    points, weights = _samples(field, budget.samples, rng, budget.deadline)
    norms = field.lower_norms(points)
    first = np.argsort(-norms, kind="stable")[:_STARTS]
    points, norms, weights = points[first], norms[first], weights[first]
    step = np.full((len(points), 1), 0.25)
    for _ in steps_until(budget.deadline, 2 * budget.ascent_steps):
        trial, trial_weights = _moved(field, points, weights, step)
        found = field.lower_norms(trial)
        better = (found > norms)[:, None]
        points, weights = np.where(better, trial, points), np.where(better, trial_weights, weights)
        norms, step = np.maximum(found, norms), np.where(better, 1.6 * step, 0.5 * step)
    best = int(np.argmax(norms))
    return float(norms[best]), points[best]


def _samples(field: GradientField, count: int, rng: np.random.Generator, deadline: Deadline) -> tuple[Array, Array]:
    """Points of the domain, and for a hull their weights; on R^d at all scales, with points where w_ℓ·x+b_ℓ = 0 among them."""
    d, domain = field.dimension, field.domain
    if domain.kind == "hull":
        vertices = domain.vertices_in(d)
        weights = rng.dirichlet(np.full(len(vertices), min(1.0, 3.0 / len(vertices))), count) + 1e-12
        weights /= weights.sum(axis=1, keepdims=True)
        return weights @ vertices, weights
    if domain.kind != "global":
        points = domain.sample(count, d, rng)
        points = points if domain.on_sphere else np.concatenate([domain.centre_in(d)[None, :], points])
        return points, np.zeros((len(points), 0))
    scale = _size(field) * np.exp(rng.uniform(-2.0, 5.0, (count, 1)))
    points = np.concatenate([np.zeros((1, d)), scale * rng.standard_normal((count, d)) / np.sqrt(d)])
    most = min(len(field.b), d)
    for i in range(1, count // 2 if most else 0):
        if deadline.is_over:
            break
        chosen = rng.choice(len(field.b), size=int(rng.integers(1, most + 1)), replace=False)
        rows = field.W[chosen]
        # the nearest point, far out or not, at which these preactivations are 0
        points[i] -= np.linalg.lstsq(rows, rows @ points[i] + field.b[chosen], rcond=None)[0]
    return points, np.zeros((len(points), 0))


def _moved(field: GradientField, points: Array, weights: Array, step: Array) -> tuple[Array, Array]:
    """The points one step uphill (a share `step` of the size of the domain), and the weights of the new points of a hull."""
    direction = field.uphill(points)
    if field.domain.kind == "hull":
        vertices = field.domain.vertices_in(field.dimension)
        rise = direction @ vertices.T
        rise -= rise.max(axis=1, keepdims=True)
        spread = np.maximum(-rise.min(axis=1, keepdims=True), 1e-300)
        weights = np.maximum(weights * np.exp(8 * step * rise / spread), 1e-300)
        weights = weights / weights.sum(axis=1, keepdims=True)
        return weights @ vertices, weights
    length = np.linalg.norm(direction, axis=1, keepdims=True)
    return project(field, points + step * _size(field) * direction / np.maximum(length, 1e-300)), weights


def _size(field: GradientField) -> float:
    """A length on which the slopes change."""
    if field.domain.kind != "global":
        return field.domain.enclosing_ball(field.dimension)[1]
    lengths = np.linalg.norm(field.W[field.W.any(axis=1)], axis=1)
    return float((1 + np.abs(field.b).max()) / lengths.min()) if len(lengths) else 1.0


def chord_search(field: GradientField, values: Array, points: Array, errors: Array) -> tuple[float, Array]:
    """The largest chord quotient |f(x)−f(y)|/‖x−y‖ among all pairs of rows of `points`, rounded down, and its pair.

    `values` are f at the points, `errors` bounds on their float errors.  Chords below 1e-4 of the longest do not count.
    """
    chords = np.linalg.norm(points[:, None, :] - points[None, :, :], axis=2)
    rises = np.abs(values[:, None] - values[None, :]) - errors[:, None] - errors[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        quotients = np.where(chords > 1e-4 * chords.max(), rises / chords, 0.0) * (1 - 32 * EPS * (points.shape[1] + 4))
    i, j = np.unravel_index(int(np.argmax(quotients)), quotients.shape)
    return max(float(quotients[i, j]), 0.0), points[[i, j]]
