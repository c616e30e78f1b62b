"""What a supremum over the unit sphere is reported as, and what its computations share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from theory.errors import BadData, HypothesisViolated, ShapeError
from verify.objects.domains import Array

EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Supremum:
    """lower ≤ sup ≤ upper; `lower` is reached, less a rounding allowance, at the unit vector `witness` (and `bias`)."""

    lower: float
    upper: float
    exact: bool
    witness: Array
    bias: float | None = None


@dataclass(frozen=True)
class SupremumEffort:
    """How much work a supremum may cost: evaluations of one inner product in all, starts and steps of the ascent, seed.

    The enumeration is used when (number of evaluations)·n is at most `work`.
    """

    work: int = 40_000_000
    starts: int = 64
    steps: int = 60
    seed: int = 0

    def __post_init__(self) -> None:
        if self.work < 0 or self.starts < 1 or self.steps < 0:
            raise BadData("an effort needs work ≥ 0, starts ≥ 1 and steps ≥ 0")


def points_and_weights(X: ArrayLike, c: ArrayLike) -> tuple[Array, Array]:
    """X (n×d) and c (n) as finite float arrays of matching shapes."""
    points: Array = np.array(X, dtype=np.float64)
    weights: Array = np.array(c, dtype=np.float64)
    if points.ndim != 2 or 0 in points.shape:
        raise ShapeError(f"X must be an n×d matrix with n, d ≥ 1, not of shape {points.shape}")
    if weights.shape != (len(points),):
        shape = (len(points),)
        raise ShapeError(f"X has {len(points)} rows, so the weights must have shape {shape}, not {weights.shape}")
    if not (np.isfinite(points).all() and np.isfinite(weights).all()):
        raise BadData("X or the weights have an entry that is not finite; remove or replace it")
    return points, weights


def centred(weights: Array, name: str) -> Array:
    """The weights with the rounding of their sum removed; they must sum to 0 up to the rounding of a centring.

    Subtracting a computed mean leaves a sum of at most about n·eps·Σ|z|.
    """
    total, size = float(weights.sum()), float(np.abs(weights).sum())
    if abs(total) > max(1e-12, 4 * len(weights) * EPS) * size:
        raise HypothesisViolated(
            f"the weights sum to {total:.6g}, but {name} is finite only for sum 0; centre them: z = y − mean(y)"
        )
    return weights - total / len(weights)


@dataclass(frozen=True)
class Reduced:
    """Points in an orthonormal basis of their span: X ≈ points·basisᵀ; `dropped` bounds each row's remainder."""

    points: Array
    basis: Array
    dropped: float

    def lift(self, direction: Array) -> Array:
        """The unit vector of R^d with these coordinates."""
        vector: Array = self.basis @ direction
        return vector / np.linalg.norm(vector)


def reduce_to_span(X: Array) -> Reduced:
    """A positively homogeneous function of (u·x_i)_i that is not negative takes its supremum in the span of the x_i.

    Directions whose singular value is below 1e-12 of the greatest are left out; what that costs is in `dropped`.
    """
    d = X.shape[1]
    if d == 1:
        return Reduced(X, np.eye(1), 0.0)
    _, singular, right = np.linalg.svd(X, full_matrices=False)
    rank = int((singular > 1e-12 * singular[0]).sum()) if singular[0] > 0 else 0
    if rank == d:
        return Reduced(X, np.eye(d), 0.0)
    basis = right[:rank].T
    remainder = X - (X @ basis) @ basis.T
    dropped = float(np.linalg.norm(remainder, axis=1).max())
    return Reduced(X @ basis, basis, dropped)


def unit_rows(vectors: Array) -> Array:
    """Rows of length 1; zero rows are removed."""
    lengths = np.linalg.norm(vectors, axis=1)
    keep = lengths > 0
    rows: Array = vectors[keep] / lengths[keep, None]
    return rows
