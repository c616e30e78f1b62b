"""The domain of a network with a smooth activation: ranges of preactivations, half-spaces, and points moved into it."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from verify.lipschitz.piecewise.kinks import EPS
from verify.lipschitz.smooth.field import GradientField
from verify.objects.domains import Array

_MOST_FACET_DIMENSIONS = 5


def preactivation_range(field: GradientField) -> tuple[Array, Array]:
    """The least and greatest w_ℓ·x+b_ℓ over the domain (k each), rounded outwards."""
    domain, d = field.domain, field.dimension
    if domain.kind == "global":
        return np.full(len(field.b), -np.inf), np.full(len(field.b), np.inf)
    if domain.kind == "hull":
        values, error = field.preactivations(domain.vertices_in(d))
        return np.asarray((values - error).min(axis=0)), np.asarray((values + error).max(axis=0))
    centre = domain.centre_in(d)
    middle, error = (part[0] for part in field.preactivations(centre[None, :]))
    if domain.kind == "box":
        low, high = domain.corners(d)
        reach = np.abs(field.W) @ np.maximum(high - centre, centre - low)
    else:
        reach = domain.radius * np.linalg.norm(field.W, axis=1)
    reach = reach * (1 + 8 * (d + 4) * EPS) + error
    return middle - reach, middle + reach


def half_spaces(field: GradientField) -> tuple[Array, Array]:
    """Half-spaces n·x ≤ c that hold a hull: facet normals from floating-point geometry, each c the rounded maximum over the vertices."""
    d = field.dimension
    nothing = np.zeros((0, d)), np.zeros(0)
    if field.domain.kind != "hull":
        return nothing
    vertices = field.domain.vertices_in(d)
    moved = vertices - vertices.mean(axis=0)
    _, singular, directions = np.linalg.svd(moved)
    rank = int((singular > 1e-9 * max(singular.max(), 1e-300)).sum())
    normals = [directions[rank:], -directions[rank:]]
    if rank == 1:
        normals += [directions[:1], -directions[:1]]
    elif 2 <= rank <= _MOST_FACET_DIMENSIONS:
        from scipy.spatial import ConvexHull, QhullError  # imported where it is used: a third of a second at the start of every command

        with suppress(QhullError):                                   # too thin for its arithmetic: fewer half-spaces, still sound
            normals.append(ConvexHull(moved @ directions[:rank].T).equations[:, :rank] @ directions[:rank])
    stacked = np.concatenate(normals)
    size = np.abs(stacked) @ np.abs(vertices).max(axis=0)
    return stacked, (stacked @ vertices.T).max(axis=1) + 8 * (d + 4) * EPS * size


def project(field: GradientField, points: Array) -> Array:
    """The points moved into a ball, a sphere or a box; those of R^d and of hulls are left where they are."""
    domain, d = field.domain, field.dimension
    if domain.kind in ("global", "hull"):
        return points
    if domain.kind == "box":
        return np.asarray(np.clip(points, *domain.corners(d)))
    offset = points - domain.centre_in(d)
    distance = np.maximum(np.linalg.norm(offset, axis=1, keepdims=True), 1e-300)
    factor = domain.radius / distance
    if domain.kind == "ball":
        factor = np.minimum(factor * (1 - 4 * EPS), 1.0)
    projected: Array = domain.centre_in(d) + factor * offset
    return projected
