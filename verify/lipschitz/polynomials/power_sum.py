"""Symmetric tensors without their d^p entries: sums of powers of vectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData, ShapeError

Array = NDArray[Any]
EPS = float(np.finfo(np.float64).eps)
MOST_ENTRIES = 10_000_000       # of a dense array, and of one block of a Gram matrix: 80 MB


@dataclass(frozen=True, eq=False)
class PowerSum:
    """T = Σ_i c_i v_i^{⊗p}, a symmetric tensor of order p in dimension d, kept as V ∈ R^{m×d} with rows v_i and c ∈ R^m.

    ⟨T, x^{⊗p}⟩ = Σ_i c_i (v_i·x)^p and ⟨T, T'⟩ = Σ_ij c_i c'_j (v_i·v'_j)^p, so everything costs O(m²d) and not d^p.
    Arrays of fractions (dtype object) are kept; at points of fractions all answers are exact.

    Args: vectors (m×d), coefficients (m), order p ≥ 1.
    Raises: ShapeError, BadData (an order below 1, a number that is not finite).

    >>> T = PowerSum([[1.0, 0.0], [1.0, 1.0]], [2.0, 1.0], 3)       # 2x³ + (x+y)³
    >>> T.value([[1.0, 1.0]]).tolist(), T.gradient([[1.0, 0.0]]).tolist()
    ([10.0], [[9.0, 3.0]])
    """

    vectors: Array
    coefficients: Array
    order: int

    def __post_init__(self) -> None:
        vectors, coefficients = _numbers(self.vectors, "the vectors"), _numbers(self.coefficients, "the coefficients")
        if vectors.ndim != 2 or vectors.shape[1] == 0 or coefficients.shape != (len(vectors),):
            raise ShapeError(
                f"the vectors have shape {vectors.shape} and the coefficients {coefficients.shape}; give m×d and m numbers, d ≥ 1"
            )
        if not (isinstance(self.order, int) and self.order >= 1):
            raise BadData(f"the order of a power sum is {self.order!r}; give a whole number p ≥ 1")
        object.__setattr__(self, "vectors", vectors)
        object.__setattr__(self, "coefficients", coefficients)

    @property
    def dimension(self) -> int:
        """d."""
        return int(self.vectors.shape[1])

    @cached_property
    def floats(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """V and c rounded to doubles."""
        return np.asarray(self.vectors, dtype=np.float64), np.asarray(self.coefficients, dtype=np.float64)

    @cached_property
    def weight(self) -> float:
        """Σ|c_i|‖v_i‖^p: at least ‖T‖_F, ‖T‖_op and the nuclear norm, and what the rounding of all sums here is relative to."""
        vectors, coefficients = self.floats
        return float(np.abs(coefficients) @ np.linalg.norm(vectors, axis=1) ** self.order)

    @property
    def is_zero(self) -> bool:
        """Whether every term vanishes (a sum that only cancels is not recognised)."""
        return not bool(np.any(self.coefficients) and np.any(self.vectors))

    def _parts(self, points: Array) -> tuple[Array, Array]:
        """V and c in the arithmetic in which the points are given."""
        return (exactly(self.vectors), exactly(self.coefficients)) if points.dtype == object else self.floats

    def value(self, points: ArrayLike) -> Array:
        """⟨T, x^{⊗p}⟩ at the rows x of an array (…×d)."""
        x = points_of(points, self.dimension)
        vectors, coefficients = self._parts(x)
        return np.asarray(whole_power(x @ vectors.T, self.order) @ coefficients)

    def gradient(self, points: ArrayLike) -> Array:
        """∇⟨T, x^{⊗p}⟩ = pΣ c_i (v_i·x)^{p−1} v_i at the rows x of an array (…×d)."""
        x = points_of(points, self.dimension)
        vectors, coefficients = self._parts(x)
        return np.asarray((whole_power(x @ vectors.T, self.order - 1) * (self.order * coefficients)) @ vectors)

    def inner(self, other: PowerSum) -> float:
        """⟨T, T'⟩ in floating point, with an error of the order (d + p + m)·eps·weight·weight'.

        Raises: ShapeError for tensors of another order or dimension.

        >>> PowerSum([[1.0, 2.0]], [1.0], 2).inner(PowerSum([[3.0, 1.0]], [2.0], 2))
        50.0
        """
        require_alike(self, other)
        (left, c), (right, e) = self.floats, other.floats
        return float(c @ gram_power(left, right, self.order, e[:, None])[:, 0])

    @cached_property
    def frobenius(self) -> float:
        """‖T‖_F = √(cᵀ(VVᵀ)^{∘p}c).

        >>> round(PowerSum([[1.0, 1.0]], [1.0], 3).frobenius ** 2, 9)       # (1+1)³
        8.0
        """
        return float(np.sqrt(max(self.inner(self), 0.0)))

    @property
    def frobenius_upper(self) -> float:
        """A number that is at least ‖T‖_F whatever the rounding of the sum, which can cancel."""
        # each (v_i·v_j)^p errs by p(d+1)·eps relatively to ‖v_i‖^p‖v_j‖^p, and the sum over j and then over i by 2m·eps
        error = 2 * (self.order * (self.dimension + 2) + 2 * len(self.coefficients) + 8) * EPS
        return float(np.sqrt(max(self.inner(self), 0.0) + error * self.weight**2) * (1 + 4 * EPS))

    def dense(self) -> NDArray[np.float64]:
        """The array of shape (d, …, d).

        Raises: ShapeError if it would have more than 10⁷ entries.

        >>> PowerSum([[1.0, 2.0]], [1.0], 2).dense().tolist()
        [[1.0, 2.0], [2.0, 4.0]]
        """
        d, p = self.dimension, self.order
        if d**p > MOST_ENTRIES:
            raise ShapeError(f"a dense tensor of shape ({d},)^{p} has {d**p} entries, more than {MOST_ENTRIES}; keep the power sum")
        vectors, coefficients = self.floats
        total = np.zeros((d ** (p // 2), d ** (p - p // 2)))
        width = max(1, MOST_ENTRIES // total.shape[1])
        for start in range(0, len(vectors), width):
            block = vectors[start : start + width]
            total += (coefficients[start : start + width, None] * _powers(block, p // 2)).T @ _powers(block, p - p // 2)
        array, upper = total.reshape((d,) * p), np.triu(np.ones((d, d), dtype=np.bool_))
        # entries that must agree were summed in different orders; where terms cancel this shows, so those at sorted indices stand for all:
        # the exchanges of neighbours that sort every index, one after another
        for q in (q for last in range(p - 1, 0, -1) for q in range(last)):
            in_order = upper.reshape([d if axis in (q, q + 1) else 1 for axis in range(p)])
            array = np.where(in_order, array, np.swapaxes(array, q, q + 1))
        return array

    def scaled(self, factor: Any) -> PowerSum:
        """factor·T.

        >>> PowerSum([[1.0]], [2.0], 4).scaled(3.0).coefficients.tolist()
        [6.0]
        """
        return PowerSum(self.vectors, self.coefficients * factor, self.order)

    def added(self, other: PowerSum) -> PowerSum:
        """T + T', with the terms of both.

        >>> PowerSum([[1.0]], [2.0], 4).added(PowerSum([[2.0]], [1.0], 4)).value([[1.0]]).tolist()
        [18.0]
        """
        require_alike(self, other)
        vectors = np.concatenate([self.vectors, other.vectors])
        return PowerSum(vectors, np.concatenate([self.coefficients, other.coefficients]), self.order)


def _numbers(values: ArrayLike, what: str) -> Array:
    array = np.asarray(values)
    if array.dtype != object:
        array = array.astype(np.float64, copy=False)
    if not np.all(np.isfinite(array.astype(np.float64))):
        raise BadData(f"{what} of the power sum hold a number that is not finite; give finite numbers")
    return array


def points_of(points: ArrayLike, d: int) -> Array:
    """An array whose last axis has length d, of doubles or of exact numbers; ShapeError otherwise."""
    array = np.asarray(points)
    if array.ndim == 0 or array.shape[-1] != d:
        raise ShapeError(f"the points have shape {array.shape} but the tensor lives on R^{d}; give one row of {d} numbers a point")
    return array if array.dtype == object else array.astype(np.float64, copy=False)


def exactly(array: ArrayLike) -> Array:
    """The same numbers as fractions: every double is one.

    >>> exactly([0.5, Fraction(1, 3)]).tolist()
    [Fraction(1, 2), Fraction(1, 3)]
    """
    given = np.asarray(array, dtype=object)
    return np.array([Fraction(x) for x in given.ravel()], dtype=object).reshape(given.shape)


def require_alike(first: Any, second: Any) -> None:
    """ShapeError unless both tensors have the same order and dimension."""
    if (first.order, first.dimension) != (second.order, second.dimension):
        raise ShapeError(
            f"a tensor of order {first.order} in dimension {first.dimension} does not pair with one of order {second.order} in "
            f"dimension {second.dimension}; give tensors of one space"
        )


def _blocks(rows: int, columns: int) -> Iterator[slice]:
    """Slices of the rows whose blocks of a rows×columns matrix have at most MOST_ENTRIES entries."""
    height = max(1, MOST_ENTRIES // max(columns, 1))
    return (slice(start, start + height) for start in range(0, rows, height))


def _powers(vectors: NDArray[np.float64], q: int) -> NDArray[np.float64]:
    """v_i^{⊗q} as the rows of an m×d^q matrix."""
    result = np.ones((len(vectors), 1))
    for _ in range(q):
        result = (result[:, :, None] * vectors[:, None, :]).reshape(len(vectors), -1)
    return result


def whole_power(x: Array, p: int) -> Array:
    """x^p entry by entry for a whole number p ≥ 0, by products: many times faster than the general power, and exact for fractions.

    >>> whole_power(np.array([2.0, -1.0]), 5).tolist()
    [32.0, -1.0]
    """
    if p <= 1:
        return x if p else np.ones_like(x)
    half = whole_power(x, p // 2)
    return half * half * x if p % 2 else half * half


def gram_power(left: NDArray[np.float64], right: NDArray[np.float64], order: int, factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """(left·rightᵀ)^{∘p}·factors in blocks of rows, without the whole Gram matrix.

    >>> gram_power(np.eye(2), np.array([[2.0, 0.0]]), 3, np.ones((1, 1))).tolist()
    [[8.0], [0.0]]
    """
    parts = [whole_power(left[rows] @ right.T, order) @ factors for rows in _blocks(len(left), len(right))]
    return np.concatenate(parts) if parts else np.zeros((0, factors.shape[1]))
