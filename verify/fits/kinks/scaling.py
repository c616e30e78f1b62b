"""The floating-point picture of a k-kink problem: data and domain shifted, scaled and, for a flat hull, written in fewer coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
# A direction in which the points spread less than this part of their largest spread is dropped: the hull is flat to double precision.
# Only the float programs see this; every certificate is about the data as given.
FLAT = 1e-11


@dataclass(frozen=True, eq=False)
class Weights:
    """f(x) = v·x + c + Σ s_ℓ ReLU(w_ℓ·x + b_ℓ) in floating point, s_ℓ = ±1.

    >>> hat = Weights((1, -1), np.array([[1.0], [2.0]]), np.array([0.0, -2.0]), np.zeros(1), 0.0)
    >>> hat.values(np.array([[0.5], [2.0]])).tolist(), hat.gradient((1, 1)).tolist()
    ([0.5, 0.0], [-1.0])
    """

    signs: tuple[int, ...]
    W: FloatArray
    b: FloatArray
    v: FloatArray
    c: float

    def heights(self, points: FloatArray) -> FloatArray:
        """The m×k matrix of w_ℓ·z + b_ℓ."""
        return np.asarray(points @ self.W.T + self.b)

    def values(self, points: FloatArray) -> FloatArray:
        """f at the rows of `points`."""
        return np.asarray(points @ self.v + self.c + np.maximum(self.heights(points), 0.0) @ np.array(self.signs, dtype=np.float64))

    def gradient(self, pattern: tuple[int, ...]) -> FloatArray:
        """v + Σ δ_ℓ s_ℓ w_ℓ."""
        return np.asarray(self.v + (np.array(self.signs, dtype=np.float64) * np.array(pattern, dtype=np.float64)) @ self.W)


@dataclass(frozen=True, eq=False)
class Region:
    """The domain in scaled coordinates: the hull of `vertices`, the ball about `centre`, or the box low ≤ x ≤ high."""

    kind: str
    vertices: FloatArray
    centre: FloatArray
    radius: float
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, eq=False)
class Scaled:
    """x = shift + spread·basis·x', y = level + height·y': points X' of size about 1, labels y' with |y'| ≤ 1.

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

    @property
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

    def points_lowered(self, points: FloatArray) -> FloatArray:
        """Points of the domain in scaled coordinates."""
        return np.asarray((points - self.shift) @ self.basis / self.spread)

    def points_lifted(self, points: FloatArray) -> FloatArray:
        """Points of the domain in the coordinates of the data."""
        return np.asarray(points @ self.basis.T * self.spread + self.shift)

    def without_affine_part(self) -> Scaled:
        """The same problem for the class with v = 0, c = 0: labels are not shifted."""
        y = self.y * self.height + self.level
        height = float(np.abs(y).max()) or 1.0
        return replace(self, y=y / height, level=0.0, height=height, affine=False)


def scale(X: FloatArray, y: FloatArray, kind: str, ball: tuple[FloatArray, float] | None = None,
          box: tuple[FloatArray, FloatArray] | None = None) -> Scaled:  # fmt: skip
    """The problem of the class with affine part in scaled coordinates.

    Args: X (n×d), y (n), kind "hull", "ball" (then `ball` is centre and radius) or "box" (then `box` holds the corners).

    >>> problem = scale(np.array([[1.0, 1.0], [3.0, 1.0]]), np.array([2.0, 6.0]), "hull")
    >>> np.abs(problem.X).tolist(), problem.y.tolist(), round(problem.constant, 12)
    ([[1.0], [1.0]], [-1.0, 1.0], 2.0)
    """
    d = X.shape[1]
    shift = X.mean(axis=0) if ball is None else ball[0]
    centred = X - shift
    spread = (float(np.linalg.norm(centred, axis=1).max()) or 1.0) if ball is None else ball[1]
    basis = np.eye(d)
    if kind == "hull":
        _, sizes, directions = np.linalg.svd(centred / spread, full_matrices=False)
        rank = max(1, int((sizes > FLAT * max(float(sizes[0]), FLAT)).sum()))
        if rank < d:
            basis = directions[:rank].T
    points = centred @ basis / spread
    level = float(y.max() + y.min()) / 2
    height = float(np.abs(y - level).max()) or 1.0
    corners = (np.full(d, -np.inf), np.full(d, np.inf)) if box is None else box
    low, high = ((c - shift) / spread for c in corners)
    region = Region(kind, points if kind == "hull" else np.zeros((0, d)), np.zeros(basis.shape[1]), 1.0, low, high)
    return Scaled(points, (y - level) / height, region, True, shift, spread, basis, level, height)
