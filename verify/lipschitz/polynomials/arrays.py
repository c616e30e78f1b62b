"""Symmetric tensors given by their dense arrays."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import permutations
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData, HypothesisViolated, ShapeError
from verify.lipschitz.polynomials.power_sum import EPS, Array, PowerSum, exactly, points_of, require_alike


@dataclass(frozen=True, eq=False)
class SymmetricArray:
    """A symmetric tensor T of order p ≥ 1 in dimension d as an array of shape (d, …, d).

    An asymmetry of the size of rounding is averaged out; more is refused (`symmetrised` averages any array).
    Arrays of fractions (dtype object) are kept; at points of fractions all answers are exact.

    Raises: ShapeError, BadData (not finite), HypothesisViolated (not symmetric).

    >>> T = SymmetricArray([[1.0, 2.0], [2.0, 0.0]])         # x² + 4xy
    >>> T.value([[1.0, 1.0]]).tolist(), T.gradient([[1.0, 0.0]]).tolist()
    ([5.0], [[2.0, 4.0]])
    """

    array: Array

    def __post_init__(self) -> None:
        array = np.asarray(self.array)
        if array.dtype != object:
            array = array.astype(np.float64, copy=False)
        if array.ndim == 0 or array.shape[0] == 0 or len(set(array.shape)) != 1:
            raise ShapeError(f"a tensor has the shape {array.shape}; give an array of shape (d, …, d), d ≥ 1")
        if not np.all(np.isfinite(array.astype(np.float64))):
            raise BadData("the tensor has an entry that is not finite; give finite numbers")
        # the exchanges of neighbouring indices generate all permutations
        gaps = [np.abs(np.asarray(array - np.swapaxes(array, q, q + 1), dtype=np.float64)) for q in range(array.ndim - 1)]
        gap = max((float(np.max(g)) for g in gaps), default=0.0)
        # entries that rounding alone separates: products and sums of a few dozen terms
        if gap > 256 * EPS * float(np.max(np.abs(array.astype(np.float64)))):
            raise HypothesisViolated(f"the tensor is not symmetric: two entries that must agree differ by {gap:.3g}; symmetrise it first")
        object.__setattr__(self, "array", array if gap == 0 else symmetrised(array))

    @property
    def dimension(self) -> int:
        """d."""
        return int(self.array.shape[0])

    @property
    def order(self) -> int:
        """p."""
        return int(self.array.ndim)

    @cached_property
    def floats(self) -> NDArray[np.float64]:
        """The array rounded to doubles."""
        return np.asarray(self.array, dtype=np.float64)

    @cached_property
    def frobenius(self) -> float:
        """‖T‖_F."""
        return float(np.linalg.norm(self.floats))

    @property
    def frobenius_upper(self) -> float:
        """At least ‖T‖_F: a sum of N squares errs by at most N·eps relatively."""
        return self.frobenius * (1 + (self.floats.size + 4) * EPS)

    @cached_property
    def weight(self) -> float:
        """Σ|T_{i_1…i_p}|, at least ‖T‖_F and ‖T‖_op, and what the rounding of contractions with unit vectors is relative to."""
        return float(np.sum(np.abs(self.floats)))

    @property
    def is_zero(self) -> bool:
        """Whether every entry is 0."""
        return not bool(np.any(self.array))

    def _contracted(self, points: ArrayLike, kept: int) -> tuple[Array, Array]:
        x = points_of(points, self.dimension)
        rows = x.reshape(-1, self.dimension)
        d, array = self.dimension, exactly(self.array) if x.dtype == object else self.floats
        slots = self.order - kept
        if slots == 0:
            return x, np.repeat(array.reshape(-1)[None, :], len(rows), axis=0)
        found = rows @ array.reshape(d, -1)         # T is symmetric, so any slot may be contracted
        for _ in range(slots - 1):
            found = (rows[:, None, :] @ found.reshape(len(rows), d, -1))[:, 0, :]
        return x, found

    def value(self, points: ArrayLike) -> Array:
        """⟨T, x^{⊗p}⟩ at the rows x of an array (…×d)."""
        x, found = self._contracted(points, 0)
        return found.reshape(x.shape[:-1])

    def gradient(self, points: ArrayLike) -> Array:
        """p·T(·, x, …, x) at the rows x of an array (…×d)."""
        x, found = self._contracted(points, 1)
        return self.order * found.reshape(x.shape)

    def inner(self, other: SymmetricArray) -> float:
        """⟨T, T'⟩."""
        require_alike(self, other)
        return float(np.vdot(self.floats, other.floats))

    def scaled(self, factor: Any) -> SymmetricArray:
        """factor·T."""
        return SymmetricArray(self.array * factor)

    def dense(self) -> NDArray[np.float64]:
        """The array of doubles."""
        return self.floats


SymmetricTensor = PowerSum | SymmetricArray


def symmetrised(array: ArrayLike) -> Array:
    """The average over all orders of the indices: the one symmetric tensor with the same form ⟨T, x^{⊗p}⟩.

    >>> symmetrised([[0.0, 2.0], [0.0, 0.0]]).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    given = np.asarray(array)
    total = sum((np.transpose(given, order) for order in permutations(range(given.ndim))), np.zeros_like(given))
    return np.asarray(total * Fraction(1, factorial(given.ndim)) if given.dtype == object else total / factorial(given.ndim))


def as_tensor(tensor: SymmetricTensor | ArrayLike) -> SymmetricTensor:
    """A `PowerSum` or `SymmetricArray` as it is, and anything else read as a dense array.

    >>> as_tensor([[1.0, 0.0], [0.0, 1.0]]).order
    2
    """
    return tensor if isinstance(tensor, (PowerSum, SymmetricArray)) else SymmetricArray(np.asarray(tensor))
