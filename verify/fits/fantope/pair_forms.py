"""The quadratic forms Q ↦ ⟨A_ij, Q⟩ of pairs of labelled points, evaluated in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BLOCK = 1024  # rows of points handled at once: the memory of one pass over all pairs is O(BLOCK²)


@dataclass(frozen=True, eq=False)
class PairForms:
    """A_ij = [α(x_ix_iᵀ + x_jx_jᵀ) − x_ix_jᵀ − x_jx_iᵀ] / (y_i − y_j)² for all pairs of different labels.

    α = 1 gives (x_i−x_j)(x_i−x_j)ᵀ, the form of the global bound; α = 2 adds x_ix_iᵀ + x_jx_jᵀ, that of the sphere.
    A pair is named by its key i·n + j.

    >>> forms = PairForms(np.array([[0.0], [1.0], [3.0]]), np.array([1.0, -1.0, 1.0]), 1.0)
    >>> forms.lowest(np.eye(1), 1)
    (array([1]), array([0.25]))
    """

    points: FloatArray
    labels: FloatArray
    alpha: float

    @property
    def d(self) -> int:
        """Dimension of the points."""
        return int(self.points.shape[1])

    def lowest(self, Q: FloatArray, count: int) -> tuple[IntArray, FloatArray]:
        """Keys and values of the `count` pairs with the smallest ⟨A_ij, Q⟩, smallest first (all pairs if fewer)."""
        keys, values = np.zeros(0, dtype=np.int64), np.zeros(0)
        images = self.points @ Q
        squares = (images * self.points).sum(axis=1)
        for rows, columns in self._blocks():
            block = self.alpha * (squares[rows, None] + squares[columns]) - 2.0 * images[rows] @ self.points[columns].T
            block = block / self._gaps(rows, columns)
            flat = block.ravel()
            chosen = np.argpartition(flat, count - 1)[:count] if count < flat.size else np.arange(flat.size)
            chosen = chosen[np.isfinite(flat[chosen])]
            i, j = np.unravel_index(chosen, block.shape)
            keys = np.concatenate([keys, rows[i] * len(self.points) + columns[j]])
            values = np.concatenate([values, flat[chosen]])
            if len(keys) > count:
                kept = np.argpartition(values, count - 1)[:count]
                keys, values = keys[kept], values[kept]
        values = self.values(keys, Q)  # from differences: the expansion above cancels for close points
        order = np.lexsort((keys, values))
        return keys[order], values[order]

    def factors(self, keys: IntArray) -> FloatArray:
        """R of shape (c, m, d) with A_p = Σ_c R[c, p] R[c, p]ᵀ; c = 1 for α = 1, otherwise 2."""
        i, j = np.divmod(keys, len(self.points))
        u, v = self.points[i], self.points[j]
        gaps = np.abs(self.labels[i] - self.labels[j])[:, None]
        # α(uuᵀ + vvᵀ) − uvᵀ − vuᵀ = (α+1)/2·(u−v)(u−v)ᵀ + (α−1)/2·(u+v)(u+v)ᵀ
        parts = [np.sqrt((self.alpha + 1) / 2) * (u - v) / gaps]
        if self.alpha != 1.0:
            parts.append(np.sqrt((self.alpha - 1) / 2) * (u + v) / gaps)
        return np.stack(parts)

    def values(self, keys: IntArray, Q: FloatArray) -> FloatArray:
        """⟨A_p, Q⟩ for the pairs with the given keys."""
        return apply_forms(self.factors(keys), Q)

    def _gaps(self, rows: IntArray, columns: IntArray) -> FloatArray:
        gaps = (self.labels[rows, None] - self.labels[columns]) ** 2
        # a pair of equal labels has no form, and each pair counts once: what is not a number is never chosen
        gaps[gaps == 0] = np.nan
        if rows[-1] >= columns[0] and not self.has_two_labels:
            gaps[rows[:, None] >= columns] = np.nan
        return gaps

    @cached_property
    def has_two_labels(self) -> bool:
        """Whether there are exactly two values of y: then only pairs across the two classes are visited."""
        return len(np.unique(self.labels)) == 2

    def _blocks(self) -> Iterator[tuple[IntArray, IntArray]]:
        n = len(self.points)
        if self.has_two_labels:
            top = self.labels == self.labels.max()
            upper, lower = np.flatnonzero(top), np.flatnonzero(~top)
            starts = [(upper[s : s + BLOCK], lower) for s in range(0, len(upper), BLOCK)]
        else:
            everything = np.arange(n)
            starts = [(everything[s : s + BLOCK], everything[s:]) for s in range(0, n, BLOCK)]
        for rows, columns in starts:
            for t in range(0, len(columns), BLOCK):
                yield rows, columns[t : t + BLOCK]


def apply_forms(factors: FloatArray, Q: FloatArray) -> FloatArray:
    """p ↦ ⟨A_p, Q⟩ with A_p = Σ_c R[c, p] R[c, p]ᵀ.

    >>> apply_forms(np.array([[[1.0, 2.0]]]), np.eye(2)).tolist()
    [5.0]
    """
    total: FloatArray = sum((((part @ Q) * part).sum(axis=1) for part in factors), np.zeros(factors.shape[1]))
    return total


def combine_forms(factors: FloatArray, weights: FloatArray) -> FloatArray:
    """Σ_p w_p A_p, the adjoint of `apply_forms`.

    >>> combine_forms(np.array([[[1.0, 2.0]]]), np.array([2.0])).tolist()
    [[2.0, 4.0], [4.0, 8.0]]
    """
    d = factors.shape[2]
    total: FloatArray = sum(((part.T * weights) @ part for part in factors), np.zeros((d, d)))
    return total


def gram_of_forms(factors: FloatArray) -> FloatArray:
    """The m×m matrix of inner products ⟨A_p, A_q⟩.

    >>> gram_of_forms(np.array([[[1.0, 2.0]]])).tolist()
    [[25.0]]
    """
    gram = np.zeros((factors.shape[1], factors.shape[1]))
    for one in factors:
        for other in factors:
            product = one @ other.T  # ⟨uuᵀ, vvᵀ⟩ = (u·v)²
            gram += np.square(product, out=product)
    return gram
