"""The gradient field of a network with a smooth activation: bounds over regions, and certified values at points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verify.lipschitz.piecewise.kinks import EPS
from verify.objects.domains import Array, Domain
from verify.objects.networks.curves import Curve

# Above this many neurons the products |w_i·w_j| (k×k) are not stored, and Σ‖r_i‖ takes the place of √Σ|r_i·r_j|.
_MOST_PRODUCTS = 1500


@dataclass(frozen=True, eq=False)
class GradientField:
    """x ↦ P(v + Σ a_ℓψ′(w_ℓ·x+b_ℓ)w_ℓ): `W` (k×d), `b`, `a` (k) as given, `rows` (k×r) and `v` (r) in the coordinates of the domain.

    On a flat domain the gradient is read along it, so r < d there; otherwise rows = W.
    """

    W: Array
    b: Array
    a: Array
    rows: Array
    v: Array
    curve: Curve
    domain: Domain

    @property
    def dimension(self) -> int:
        return int(self.W.shape[1])

    @property
    def rounding(self) -> float:
        """The relative error of a sum of k products in R^d, with a factor to spare."""
        return 64 * (len(self.a) + self.dimension + 8) * EPS

    @property
    def weights(self) -> Array:
        """|a_ℓ|‖Pw_ℓ‖."""
        weights: Array = np.abs(self.a) * np.linalg.norm(self.rows, axis=1)
        return weights

    def preactivations(self, points: Array) -> tuple[Array, Array]:
        """w_ℓ·x+b_ℓ at the rows x of `points`, and a bound on its float error (Higham, section 3.1, with a factor to spare)."""
        size = np.abs(points) @ np.abs(self.W.T) + np.abs(self.b)
        return points @ self.W.T + self.b, 4 * (self.dimension + 4) * EPS * size

    def gradients(self, points: Array) -> Array:
        """∇f at the rows of `points`, in floating point."""
        slopes = self.curve.slope(self.preactivations(points)[0])
        gradients: Array = (slopes * self.a) @ self.rows + self.v
        return gradients

    def products(self) -> Array | None:
        """|Pw_i·Pw_j| rounded up, or None where the table would be too large."""
        if len(self.a) > _MOST_PRODUCTS:
            return None
        lengths = np.linalg.norm(self.rows, axis=1)
        products: Array = np.abs(self.rows @ self.rows.T) + 8 * (self.dimension + 2) * EPS * np.outer(lengths, lengths)
        return products

    def lower_norms(self, points: Array) -> Array:
        """‖∇f‖ (tangential on a sphere) less the error of its evaluation in floating point."""
        middle, radius = self.preactivations(points)
        least, greatest = self.curve.range(middle - radius, middle + radius)
        slopes = self.curve.slope(middle)
        gradients = (slopes * self.a) @ self.rows + self.v
        size = np.linalg.norm(self.v) + np.abs(slopes) @ self.weights
        error = np.maximum(greatest - slopes, slopes - least) @ self.weights + self.rounding * size
        if self.domain.on_sphere:
            normal = (points - self.domain.centre_in(self.dimension)) / self.domain.radius
            gradients = gradients - (gradients * normal).sum(axis=1, keepdims=True) * normal
        norms: Array = np.maximum(np.linalg.norm(gradients, axis=1) * (1 - self.rounding) - error, 0.0)
        return norms

    def uphill(self, points: Array) -> Array:
        """The gradient of ½‖∇f‖² (of ½‖tangential part‖² on a sphere) in the coordinates of x, in floating point."""
        middle = self.preactivations(points)[0]
        gradients = (self.curve.slope(middle) * self.a) @ self.rows + self.v
        bend = self.curve.second(middle) * self.a
        rise: Array = (bend * (gradients @ self.rows.T)) @ self.W
        if not self.domain.on_sphere:
            return rise
        normal = (points - self.domain.centre_in(self.dimension)) / self.domain.radius
        along = (gradients * normal).sum(axis=1, keepdims=True)
        rise -= along * ((bend * (normal @ self.rows.T)) @ self.W + gradients / self.domain.radius)
        tangential: Array = rise - (rise * normal).sum(axis=1, keepdims=True) * normal
        return tangential

    def slope_box(self, low: Array, high: Array) -> tuple[Array, Array]:
        """The middle and half width of the ranges of a_ℓψ′ over preactivations in [low, high]."""
        least, greatest = self.curve.range(low, high)
        with np.errstate(invalid="ignore", over="ignore"):
            half = 0.5 * (greatest - least) * (1 + 4 * EPS)
            return (least + half) * self.a, half * np.abs(self.a)


def norm_over_box(field: GradientField, products: Array | None, centre: Array, spread: Array, moves: Array | None = None) -> Array:
    """A bound, row by row, on ‖g + Σ_i s_iM_i + Σ_ℓ s_ℓ e_ℓ Pw_ℓ‖ over all s in [−1,1].

    g `centre` (N×r), e `spread` (N×k), M `moves` (N×d×r).
    ‖g+u‖² = ‖g‖² + 2g·u + ‖u‖² with |g·u| ≤ Σ|g·M_i| + Σe_ℓ|g·Pw_ℓ| and ‖u‖ ≤ Σ‖M_i‖ + √(Σ e_ie_j|Pw_i·Pw_j|).
    Not rounded: the caller adds the allowance.
    """
    along = (spread * np.abs(centre @ field.rows.T)).sum(axis=1)
    lengths = np.linalg.norm(field.rows, axis=1)
    reach = spread @ lengths if products is None else np.sqrt(((spread @ products) * spread).sum(axis=1))
    if moves is not None:
        along = along + np.abs(np.einsum("nir,nr->ni", moves, centre)).sum(axis=1)
        reach = reach + np.linalg.norm(moves, axis=2).sum(axis=1)
    bound: Array = np.sqrt((centre**2).sum(axis=1) + 2 * along + reach**2)
    return bound
