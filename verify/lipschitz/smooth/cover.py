"""Cells that cover the domain of a network with a smooth activation, and a bound on ‖∇f‖ over each of them.

On a bounded domain the cells are boxes.  R^d is the box [−S,S]^d and 2d outer faces; on the outer face (i, ±) a point is
x_i = ±S/t, x_j = S·u_j/t with t in [0,1] and u in [−1,1]^{d−1}, so cells with t = 0 reach to infinity, where all slopes but those of the
neurons with w_ℓ·x ≈ 0 are saturated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.lipschitz.piecewise.kinks import EPS
from verify.lipschitz.piecewise.norms import sign_patterns
from verify.lipschitz.smooth.domain import half_spaces, preactivation_range
from verify.lipschitz.smooth.field import GradientField, norm_over_box
from verify.objects.domains import Array

# Neurons whose 2^4 corners are tried on cells that reach to infinity.
_CORNERS = 4
_FARTHEST = 1e-12


@dataclass(frozen=True, eq=False)
class Cells:
    """Boxes [low, high] (N×d each); `face` is 0 for boxes of x, ±(i+1) for boxes of the outer face in direction ±e_i."""

    low: Array
    high: Array
    face: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.face)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> Cells:
        return Cells(self.low[index], self.high[index], self.face[index])

    def joined(self, other: Cells) -> Cells:
        low, high = np.concatenate([self.low, other.low]), np.concatenate([self.high, other.high])
        return Cells(low, high, np.concatenate([self.face, other.face]))

    def bisected(self, axis: NDArray[np.intp]) -> Cells:
        """Both halves of each cell, cut across the given axis."""
        rows = np.arange(len(self))
        middle = self.low[rows, axis] + 0.5 * (self.high[rows, axis] - self.low[rows, axis])
        left, right = self.high.copy(), self.low.copy()
        left[rows, axis] = middle
        right[rows, axis] = middle
        return Cells(self.low, left, self.face).joined(Cells(right, self.high, self.face))


class Cover:
    """The cells of a domain, with an upper bound on ‖∇f‖ over each of them (the tangential part for the geodesic sphere)."""

    def __init__(self, field: GradientField) -> None:
        self.field = field
        self._products = field.products()
        self._bends = (field.W[:, :, None] * field.rows[:, None, :]).reshape(len(field.a), -1)
        self._scale = _scale(field)
        self._normals, self._offsets = half_spaces(field)
        self._least, self._greatest = preactivation_range(field)

    def start(self) -> Cells:
        """The cells of the whole domain."""
        d, domain = self.field.dimension, self.field.domain
        if domain.kind == "global":
            inner = Cells(np.full((1, d), -self._scale), np.full((1, d), self._scale), np.zeros(1, dtype=np.intp))
            low, high = np.full((2 * d, d), -1.0), np.ones((2 * d, d))
            faces = np.concatenate([np.arange(1, d + 1), -np.arange(1, d + 1)])
            low[np.arange(2 * d), np.abs(faces) - 1] = 0.0
            return inner.joined(Cells(low, high, faces.astype(np.intp)))
        if domain.kind == "box":
            low_corner, high_corner = domain.corners(d)
        elif domain.kind == "hull":
            vertices = domain.vertices_in(d)
            low_corner, high_corner = vertices.min(axis=0), vertices.max(axis=0)
        else:
            centre, reach = domain.centre_in(d), domain.radius * (1 + 4 * EPS)
            slack = 4 * EPS * np.abs(centre)
            low_corner, high_corner = centre - reach - slack, centre + reach + slack
        return Cells(low_corner[None, :], high_corner[None, :], np.zeros(1, dtype=np.intp))

    def points(self, cells: Cells) -> Array:
        """A point of R^d in the middle of each cell."""
        middle = 0.5 * (cells.low + cells.high)
        outer = np.flatnonzero(cells.face)
        axis = np.abs(cells.face[outer]) - 1
        stretch = self._scale / middle[outer, axis]
        middle[outer, axis] = np.sign(cells.face[outer])
        middle[outer] *= stretch[:, None]
        return middle

    def too_small(self, cells: Cells, axis: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Cells that are not cut any further: as narrow as floating point allows, or farther out than 10^12 times the inner box."""
        rows = np.arange(len(cells))
        low, high = cells.low[rows, axis], cells.high[rows, axis]
        small = np.asarray(high - low <= 16 * EPS * np.maximum(np.abs(low), np.abs(high)))
        outer = np.flatnonzero(cells.face)
        small[outer] |= cells.high[outer, np.abs(cells.face[outer]) - 1] < _FARTHEST
        return small

    def bound(self, cells: Cells, goal: float = np.inf) -> tuple[Array, NDArray[np.intp]]:
        """An upper bound for each cell (−1 where the cell misses the domain), rounded up, and the axis to cut it across.

        More work is put into outer cells whose bound exceeds `goal`.
        """
        field = self.field
        low, high = self._boxes(cells)
        finite = np.isfinite(low).all(axis=1) & np.isfinite(high).all(axis=1)
        low, high = np.where(finite[:, None], low, 0.0), np.where(finite[:, None], high, 0.0)
        centre = low + 0.5 * (high - low)
        width = np.maximum(high - centre, centre - low) * (1 + 4 * EPS)
        middle, error = field.preactivations(centre)
        reach = np.where(finite[:, None], width @ np.abs(field.W.T) * (1 + 4 * (field.dimension + 4) * EPS) + error, np.inf)
        least, greatest = np.maximum(middle - reach, self._least), np.minimum(middle + reach, self._greatest)
        self._narrow_outer(cells, least, greatest)
        outside = self._outside(cells, low, high) | (least > greatest).any(axis=1)
        greatest = np.maximum(least, greatest)
        mean, half = field.slope_box(least, greatest)
        p, bend, remainder = field.curve.tangent(middle, reach)
        with np.errstate(invalid="ignore"):
            remainder = remainder + np.abs(bend) * error
        straight = remainder * np.abs(field.a) < 0.5 * half
        bend = np.where(straight, bend, 0.0) * field.a
        tilted = np.where(straight, p * field.a, mean), np.where(straight, remainder * np.abs(field.a), half)
        moves = (bend @ self._bends).reshape(len(cells), field.dimension, -1) * width[:, :, None]
        flat_bound = norm_over_box(field, self._products, mean @ field.rows + field.v, half)
        tilted_bound = norm_over_box(field, self._products, tilted[0] @ field.rows + field.v, tilted[1], moves)
        lengths = np.linalg.norm(field.rows, axis=1)
        size = np.linalg.norm(field.v) + (np.abs(mean) + half + np.abs(bend) * np.where(straight, reach, 0.0)) @ lengths
        hard = np.flatnonzero((cells.face != 0) & ~outside & (np.minimum(flat_bound, tilted_bound) > goal))
        flat_bound[hard] = self._over_corners(mean[hard], half[hard])
        upper = np.minimum(flat_bound, tilted_bound) * (1 + field.rounding) + field.rounding * size
        if field.domain.kind == "sphere-geodesic":
            upper = self._tangential(upper, centre, width, mean, half)
        score = width * ((half * lengths) @ np.abs(field.W)) + 1e-12 * width
        edge = np.where(cells.face[:, None] == 0, score, cells.high - cells.low)
        return np.where(outside, -1.0, upper), np.argmax(edge, axis=1)

    def _over_corners(self, mean: Array, half: Array) -> Array:
        """‖v + Σ δ_ℓPw_ℓ‖ over the box mean ± half: the corners in the widest neurons, the other neurons as in `norm_over_box`.

        Near infinity only neurons with w_ℓ·x ≈ 0 are not saturated, in general d−1 of them, and all corners in these are approached.
        """
        field = self.field
        widest = np.argsort(-half * np.linalg.norm(field.rows, axis=1), axis=1, kind="stable")[:, :_CORNERS]
        rest = half.copy()
        np.put_along_axis(rest, widest, 0.0, axis=1)
        jumps = np.take_along_axis(half, widest, axis=1)[:, :, None] * field.rows[widest]
        centre, best = mean @ field.rows + field.v, np.zeros(len(half))
        for signs in sign_patterns(widest.shape[1]):
            best = np.maximum(best, norm_over_box(field, self._products, centre + np.einsum("j,njr->nr", signs, jumps), rest))
        return best

    def _boxes(self, cells: Cells) -> tuple[Array, Array]:
        """Boxes of x that hold the cells; infinite where a cell reaches to infinity."""
        low, high = cells.low.copy(), cells.high.copy()
        outer = np.flatnonzero(cells.face)
        if not len(outer):
            return low, high
        axis, sign = np.abs(cells.face[outer]) - 1, np.sign(cells.face[outer]).astype(np.float64)
        rows = np.arange(len(outer))
        near, far = high[outer, axis], low[outer, axis]                 # the parameter t at the two ends
        u_low, u_high = low[outer], high[outer]
        u_low[rows, axis] = sign
        u_high[rows, axis] = sign
        low[outer], high[outer] = quotient(u_low * self._scale, u_high * self._scale, far[:, None], near[:, None])
        return low, high

    def _narrow_outer(self, cells: Cells, least: Array, greatest: Array) -> None:
        """On outer cells w·x = S(±w_i + Σ w_ju_j)/t, whose range is narrower than that over the box of x."""
        outer = np.flatnonzero(cells.face)
        if not len(outer):
            return
        field, axis, rows = self.field, np.abs(cells.face[outer]) - 1, np.arange(len(outer))
        far, near = cells.low[outer, axis][:, None], cells.high[outer, axis][:, None]
        middle, width = 0.5 * (cells.low[outer] + cells.high[outer]), 0.5 * (cells.high[outer] - cells.low[outer]) * (1 + 4 * EPS)
        middle[rows, axis] = np.sign(cells.face[outer])
        width[rows, axis] = 0.0
        size = (np.abs(middle) + width) @ np.abs(field.W.T)
        mean, spread = middle @ field.W.T, width @ np.abs(field.W.T) + 8 * (field.dimension + 4) * EPS * size
        low, high = quotient((mean - spread) * self._scale, (mean + spread) * self._scale, far, near)
        with np.errstate(invalid="ignore"):
            slack = 8 * EPS * (np.abs(low) + np.abs(field.b)), 8 * EPS * (np.abs(high) + np.abs(field.b))
            low = np.where(np.isfinite(low), low + field.b - slack[0], low)
            high = np.where(np.isfinite(high), high + field.b + slack[1], high)
        least[outer], greatest[outer] = np.maximum(least[outer], low), np.minimum(greatest[outer], high)

    def _outside(self, cells: Cells, low: Array, high: Array) -> NDArray[np.bool_]:
        """Which cells certainly miss the domain."""
        domain, d = self.field.domain, self.field.dimension
        outside = np.zeros(len(cells), dtype=np.bool_)
        if domain.kind == "ball" or domain.on_sphere:
            centre = domain.centre_in(d)
            slack = 1e-14 * (d + 8) * (domain.radius + np.abs(centre).max())
            nearest = np.linalg.norm(np.clip(centre, low, high) - centre, axis=1)
            outside |= nearest > domain.radius + slack
            if domain.kind == "sphere-geodesic":
                farthest = np.linalg.norm(np.maximum(high - centre, centre - low), axis=1)
                outside |= farthest < domain.radius - slack
        if len(self._offsets):
            positive, negative = np.maximum(self._normals, 0.0), np.minimum(self._normals, 0.0)
            size = np.maximum(np.abs(low), np.abs(high)) @ np.abs(self._normals.T)
            outside |= (low @ positive.T + high @ negative.T - 8 * (d + 4) * EPS * size > self._offsets).any(axis=1)
        return outside

    def _tangential(self, upper: Array, centre: Array, width: Array, mean: Array, half: Array) -> Array:
        """√(‖∇f‖² − (∇f·n)²) with the least |∇f·n| over the cell, n the unit normal (x−centre)/radius."""
        field = self.field
        normal = (centre - field.domain.centre_in(field.dimension)) / field.domain.radius
        along = np.abs(((mean @ field.rows + field.v) * normal).sum(axis=1))
        error = (half * np.abs(normal @ field.rows.T)).sum(axis=1) + upper * np.linalg.norm(width, axis=1) / field.domain.radius
        size = np.linalg.norm(field.v) + (np.abs(mean) + half) @ np.linalg.norm(field.rows, axis=1)
        radial = np.maximum(along - error * (1 + field.rounding) - 4 * field.rounding * size, 0.0)
        return np.asarray(np.sqrt(np.maximum(upper**2 - radial**2, 0.0)) * (1 + 8 * EPS))


def quotient(low: Array, high: Array, far: Array, near: Array) -> tuple[Array, Array]:
    """The range of N/t for N in [low, high], t in [far, near] with 0 ≤ far < near, rounded outwards; infinite where t may be 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        least = np.where(low >= 0, low / near, np.where(far > 0, low / far, -np.inf))
        greatest = np.where(high <= 0, high / near, np.where(far > 0, high / far, np.inf))
        return least - 8 * EPS * np.abs(least), greatest + 8 * EPS * np.abs(greatest)


def _scale(field: GradientField) -> float:
    """A cube that the bands |w_ℓ·x+b_ℓ| ≤ 4 of most neurons meet near the origin; any positive number would be sound."""
    lengths = np.linalg.norm(field.W, axis=1)
    return float(np.median((np.abs(field.b) + 4) / lengths) * 2) if len(lengths) else 1.0
