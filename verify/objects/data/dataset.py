"""A data set that was checked when it was made: finite, labelled, free of contradictions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData, ShapeError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AffineMap:
    """The columnwise map raw ↦ (raw[kept] − mean)/scale · factor that took raw points to the points of a data set.

    R^m → R^d with d = len(kept) ≤ m.  `mean` and `scale` are d-vectors in the raw units, `factor` is a positive scalar
    common to all columns.

    >>> AffineMap(kept=(0, 2), mean=np.array([1.0, 0.0]), scale=np.array([2.0, 1.0]), factor=0.5)([[5.0, 9.0, 4.0]])
    array([[1., 2.]])
    """

    kept: tuple[int, ...]
    mean: FloatArray
    scale: FloatArray
    factor: float

    def __call__(self, raw: ArrayLike) -> FloatArray:
        selected = np.asarray(raw, dtype=np.float64)[:, list(self.kept)]
        mapped: FloatArray = (selected - self.mean) / self.scale * self.factor
        return mapped


@dataclass(frozen=True, eq=False)
class Dataset:
    """n labelled points of R^d with labels in {−1, +1}, the input of every claim.

    X ∈ R^{n×d} (rows x_i) and y ∈ R^n.  BLN (arXiv 2009.14444), section 1: labels are signs.  With
    `real_labels=True` any finite labels are accepted; claims that need signs then refuse the data set themselves.

    Args: X (n×d), y (n), `name`, `note` (what a loader did to the raw file), `transformation` (raw points to rows of X,
    where a loader changed them).
    Raises: BadData or ShapeError, see `validate`.
    Guarantee: X and y are finite read-only float64 copies, and no point carries two labels.  n = 1 and d = 1 are legal.

    >>> data = Dataset([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], [1, 1, 1, -1], "corners")
    >>> data.n, data.d, data.mean_label
    (4, 2, 0.5)
    """

    X: FloatArray
    y: FloatArray
    name: str = "data"
    note: str = ""
    transformation: AffineMap | None = field(default=None, repr=False)
    real_labels: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        X, y = validate(self.X, self.y, signs=not self.real_labels)
        X.setflags(write=False)
        y.setflags(write=False)
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "y", y)

    @property
    def n(self) -> int:
        """Number of points."""
        return int(self.X.shape[0])

    @property
    def d(self) -> int:
        """Dimension of the points."""
        return int(self.X.shape[1])

    @property
    def mean_label(self) -> float:
        """ȳ = (1/n) Σ y_i, in [−1, 1] for signs."""
        return float(np.mean(self.y))


def validate(X: ArrayLike, y: ArrayLike, *, signs: bool = True) -> tuple[FloatArray, FloatArray]:
    """Fresh float64 copies of X (n×d) and y (n) after every check that a data set must pass.

    Source: the setting of BLN, section 1.
    Args: X (n×d), y (n); `signs`: labels must be −1 or +1.
    Returns: copies of (X, y).
    Raises: ShapeError (X not 2-D, no points, no coordinates, wrong length of y); BadData (not real numbers, NaN or
    infinite, labels other than ±1 when `signs`, equal points with different labels).
    Guarantee: exact comparisons only; two points are equal when all their coordinates are equal as floats.

    >>> validate([[0, 1]], [1])[0].dtype
    dtype('float64')
    >>> validate([[0.0], [0.0]], [1, -1])
    Traceback (most recent call last):
        ...
    theory.errors.BadData: rows 0 and 1 of X are the same point but have labels 1 and -1, and no function fits \
both; remove one of them
    """
    points, labels = _as_floats(X, "X"), _as_floats(y, "y")
    _check_shapes(points, labels)
    _check_finite(points, labels)
    if signs:
        _check_signs(labels)
    _check_no_contradiction(points, labels)
    return points, labels


def two_class_labels(values: ArrayLike) -> tuple[FloatArray, str]:
    """Map at most two distinct label values to −1 and +1, and say how.

    The smaller value (in numeric or alphabetic order) becomes −1, the larger +1; −1 and +1 are kept as they are.
    A single value is legal: −1 and 0 become −1, every other value becomes +1.

    Args: values (n), numbers or texts.
    Returns: (y in {−1,+1}^n, a sentence that names the mapping, empty when nothing changed).
    Raises: BadData for more than two distinct values, or a missing or infinite value.

    >>> two_class_labels([0, 1, 1])
    (array([-1.,  1.,  1.]), 'labels 0 -> -1, 1 -> +1')
    >>> two_class_labels([-1.0, 1.0])
    (array([-1.,  1.]), '')
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise ShapeError(f"the labels have shape {array.shape}; give one label a point, a vector of length n")
    if array.dtype.kind in "biufO":
        array = _as_floats(array, "y")
        _check_finite(np.zeros((array.size, 1)), array)
    elif array.dtype.kind not in "US":
        raise BadData(f"the labels have type {array.dtype}; give numbers or texts")
    distinct = np.unique(array)
    if distinct.size > 2:
        shown = ", ".join(_short(v) for v in distinct[:5]) + (", …" if distinct.size > 5 else "")
        raise BadData(
            f"the labels take {distinct.size} distinct values ({shown}), and the claims are about two classes; keep "
            "the rows of two classes only, or replace the labels by the sign of (label - threshold)"
        )
    if array.dtype.kind == "f" and np.all(np.abs(distinct) == 1):
        return array, ""
    if distinct.size == 1:
        sign = -1.0 if array.dtype.kind == "f" and distinct[0] in (-1.0, 0.0) else 1.0
        return np.full(array.shape, sign), f"one class only: label {_short(distinct[0])} -> {sign:+.0f}"
    labels = np.where(array == distinct[-1], 1.0, -1.0)
    return labels, f"labels {_short(distinct[0])} -> -1, {_short(distinct[1])} -> +1"


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | int) else repr(str(value))


def _as_floats(values: ArrayLike, what: str) -> FloatArray:
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ShapeError(f"{what} has rows of different lengths; give all rows the same length") from error
    if array.dtype.kind not in "biufO":
        raise BadData(f"{what} has entries of type {array.dtype}; give real numbers")
    try:
        return np.array(array, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadData(f"{what} has an entry that is not a real number ({error}); give real numbers") from error


def _check_shapes(X: FloatArray, y: FloatArray) -> None:
    if X.ndim != 2:
        raise ShapeError(f"X has shape {X.shape}; give an n×d matrix, one row a point (reshape(-1, 1) if d = 1)")
    if X.shape[0] == 0:
        raise ShapeError(f"X has no points (shape {X.shape}); give at least one row")
    if X.shape[1] == 0:
        raise ShapeError(f"X has no coordinates (shape {X.shape}); give at least one column")
    if y.shape != (X.shape[0],):
        raise ShapeError(f"y has shape {y.shape} but X has {X.shape[0]} rows; give a vector with one label a row")


def _check_finite(X: FloatArray, y: FloatArray) -> None:
    if not np.all(np.isfinite(X)):
        row, column = (int(i) for i in np.argwhere(~np.isfinite(X))[0])
        raise BadData(f"X[{row}, {column}] is {X[row, column]}; remove the row or fill in a finite number")
    if not np.all(np.isfinite(y)):
        row = int(np.flatnonzero(~np.isfinite(y))[0])
        raise BadData(f"y[{row}] is {y[row]}; remove the row or give a finite label")


def _check_signs(y: FloatArray) -> None:
    wrong = np.flatnonzero(np.abs(y) != 1)
    if wrong.size:
        raise BadData(
            f"y[{wrong[0]}] is {y[wrong[0]]:g} but labels must be -1 or +1; map two classes with two_class_labels, or "
            "pass real_labels=True for claims that allow any labels"
        )


def point_keys(X: FloatArray) -> list[bytes]:
    """One key a row; keys are equal exactly for equal points.  Adding 0.0 turns −0.0 into 0.0, the same number."""
    rows = np.ascontiguousarray(X, dtype=np.float64) + 0.0
    return [row.tobytes() for row in rows]


def _check_no_contradiction(X: FloatArray, y: FloatArray) -> None:
    first: dict[bytes, int] = {}
    for i, key in enumerate(point_keys(X)):
        j = first.setdefault(key, i)
        if y[i] != y[j]:
            raise BadData(
                f"rows {j} and {i} of X are the same point but have labels {y[j]:g} and {y[i]:g}, and no function fits "
                "both; remove one of them"
            )
