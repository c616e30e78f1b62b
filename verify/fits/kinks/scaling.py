"""The floating-point picture of a k-kink problem: data and domain shifted, scaled and, for a flat hull, written in fewer coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from theory.certificates.exact.exact_weights import Row
from theory.certificates.fits.kink_problem import FitDomain, Pattern
from verify.objects.deadline import UNLIMITED, Deadline

FloatArray = NDArray[np.float64]
# A direction in which the points spread less than this part of their largest spread is dropped: the hull is flat to double precision.
# Only the float programs see this; every certificate is about the data as given.
FLAT = 1e-11


@dataclass(frozen=True, eq=False)
class Weights:
    """f(x) = v·x + c + Σ s_ℓ ReLU(w_ℓ·x + b_ℓ) in floating point, s_ℓ = ±1; W (k, d), b (k), v (d).

    >>> hat = Weights((1, -1), np.array([[1.0], [2.0]]), np.array([0.0, -2.0]), np.zeros(1), 0.0)
    >>> hat.values(np.array([[0.5], [2.0]])).tolist(), hat.slopes()[1, 1]
    ([0.5, 0.0], 1.0)
    """

    signs: tuple[int, ...]
    W: FloatArray
    b: FloatArray
    v: FloatArray
    c: float

    def heights(self, points: FloatArray) -> FloatArray:
        """w_ℓ·z + b_ℓ (m, k) at points z (m, d)."""
        return np.asarray(points @ self.W.T + self.b)

    def distances(self, points: FloatArray) -> FloatArray:
        """(w_ℓ·z + b_ℓ)/‖w_ℓ‖ (m, k), the signed distances of points z (m, d) from the kinks."""
        return np.asarray(self.heights(points) / np.maximum(np.linalg.norm(self.W, axis=1), 1e-300))

    def values(self, points: FloatArray) -> FloatArray:
        """f (m) at points (m, d)."""
        return np.asarray(points @ self.v + self.c + np.maximum(self.heights(points), 0.0) @ np.array(self.signs, dtype=np.float64))

    def slopes(self, deadline: Deadline = UNLIMITED) -> dict[Pattern, float]:
        """‖v + Σ δ_ℓ s_ℓ w_ℓ‖ for every pattern δ.  Raises: OutOfTime."""
        signs = np.array(self.signs, dtype=np.float64)
        patterns = deadline.watched(product((0, 1), repeat=len(self.signs)))
        return {p: float(np.linalg.norm(self.v + (signs * np.array(p, dtype=np.float64)) @ self.W)) for p in patterns}


@dataclass(frozen=True, eq=False)
class Region:
    """The domain in scaled coordinates: the hull of `vertices` (m, r), the ball about `centre` (r), or the box low ≤ x ≤ high (r)."""

    kind: str
    vertices: FloatArray
    centre: FloatArray
    radius: float
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, eq=False)
class Scaled:
    """x = shift + spread·basis·x', y = level + height·y': points X' (n, r) of size about 1, labels y' (n) with |y'| ≤ 1.

    `basis` (d×r, orthonormal columns) is square unless the domain is a hull that is flat; `level` is 0 in a class without affine part,
    which cannot absorb a shift.
    """

    X: FloatArray
    y: FloatArray
    region: Region
    affine: bool
    shift: FloatArray
    spread: float
    basis: FloatArray
    level: float
    height: float

    @cached_property
    def constant(self) -> float:
        """The Lipschitz constant, in the units of the data, of a function whose scaled constant is 1."""
        return self.height / self.spread

    def lifted(self, weights: Weights) -> Weights:
        """The same function in the coordinates of the data."""
        W = weights.W @ self.basis.T * self.constant
        v = self.basis @ weights.v * self.constant
        return Weights(weights.signs, W, self.height * weights.b - W @ self.shift, v,
                       self.level + self.height * weights.c - float(v @ self.shift))

    def lowered(self, weights: Weights) -> Weights:
        """The inverse of `lifted`, for functions that do not depend on directions across the basis."""
        W, v = weights.W @ self.basis / self.constant, weights.v @ self.basis / self.constant
        c = (weights.c + float(weights.v @ self.shift) - self.level) / self.height
        return Weights(weights.signs, W, (weights.b + weights.W @ self.shift) / self.height, v, c)

    def affine_range(self, weights: Weights) -> tuple[float, float]:
        """The least and the largest value of the affine part of a function on the domain, divided by the height."""
        region, shift = self.region, self.level / self.height + weights.c
        if region.kind == "hull":
            values = region.vertices @ weights.v + shift
            return float(values.min()), float(values.max())
        if region.kind == "ball":
            middle, reach = float(region.centre @ weights.v) + shift, region.radius * float(np.linalg.norm(weights.v))
        else:
            middle = float((region.low + region.high) @ weights.v) / 2 + shift
            reach = float((region.high - region.low) @ np.abs(weights.v)) / 2
        return middle - reach, middle + reach

    def points_lowered(self, points: FloatArray) -> FloatArray:
        """Points (m, d) of the domain in scaled coordinates (m, r)."""
        return np.asarray((points - self.shift) @ self.basis / self.spread)

    def points_lifted(self, points: FloatArray) -> FloatArray:
        """Points (m, r) of the domain in the coordinates of the data (m, d)."""
        return np.asarray(points @ self.basis.T * self.spread + self.shift)

    def without_affine_part(self) -> Scaled:
        """The same problem for the class with v = 0, c = 0: labels are not shifted."""
        y = self.y * self.height + self.level
        height = float(np.abs(y).max()) or 1.0
        return replace(self, y=y / height, level=0.0, height=height, affine=False)


def scale(X: FloatArray, y: FloatArray, domain: FitDomain) -> Scaled:
    """The problem of the class with affine part in scaled coordinates, from points X (n, d) and labels y (n).

    >>> from fractions import Fraction
    >>> vertices = ((Fraction(1), Fraction(1)), (Fraction(3), Fraction(1)))
    >>> problem = scale(np.array([[1.0, 1.0], [3.0, 1.0]]), np.array([2.0, 6.0]), FitDomain("hull", vertices=vertices))
    >>> np.abs(problem.X).tolist(), problem.y.tolist(), round(problem.constant, 12)
    ([[1.0], [1.0]], [-1.0, 1.0], 2.0)
    """
    d, ball = X.shape[1], domain.kind == "ball"
    shift = _floats(domain.centre) if ball else X.mean(axis=0)
    centred = X - shift
    spread = float(domain.radius) if ball else float(np.linalg.norm(centred, axis=1).max()) or 1.0
    basis = np.eye(d)
    if domain.kind == "hull":
        _, sizes, directions = np.linalg.svd(centred / spread, full_matrices=False)
        rank = max(1, int((sizes > FLAT * max(float(sizes[0]), FLAT)).sum()))
        if rank < d:
            basis = directions[:rank].T
    points = centred @ basis / spread
    level = float(y.max() + y.min()) / 2
    height = float(np.abs(y - level).max()) or 1.0
    low, high = ((_floats(corner) - shift) / spread if corner else np.zeros(0) for corner in (domain.low, domain.high))
    vertices = points if domain.kind == "hull" else np.zeros((0, d))
    region = Region(domain.kind, vertices, np.zeros(basis.shape[1]), 1.0, low, high)
    return Scaled(points, (y - level) / height, region, True, shift, spread, basis, level, height)


def _floats(row: Row) -> FloatArray:
    return np.array([float(c) for c in row])
