"""A data set that was checked when it was made: finite, labelled, free of contradictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.certificates.exact.exact_data import ExactData, exact_data
from theory.errors import BadData, ShapeError
from verify.objects.data.reals import FloatArray, Numbers, read_numbers


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
    Points and labels are the exact numbers that are given, `exact`; X and y are the doubles nearest to them, for what searches or
    measures in floating point.  Where all numbers are doubles, the two are the same.

    Args: X (n×d), y (n), numbers of any kind (floats, integers of any size, fractions, decimals, or texts that spell them), `name`, `note`
    (what a loader did to the raw file), `transformation` (raw points to rows of X, where a loader changed them), `classes` (the two classes
    of a file and the labels that they became, the lower one first).
    Raises: BadData or ShapeError, see `validate`.
    Guarantee: X and y are finite read-only float64 copies, and no point carries two labels.  n = 1 and d = 1 are legal.

    >>> data = Dataset([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], [1, 1, 1, -1], "corners")
    >>> data.n, data.d, data.mean_label, data.is_double
    (4, 2, 0.5, True)
    >>> third = Dataset([["1/3"]], [1])
    >>> third.exact.points, third.X.tolist(), third.is_double
    (((Fraction(1, 3),),), [[0.3333333333333333]], False)
    """

    X: FloatArray
    y: FloatArray
    name: str = "data"
    note: str = ""
    transformation: AffineMap | None = field(default=None, repr=False)
    classes: Mapping[str, int] = field(default_factory=dict, repr=False)
    real_labels: bool = field(default=False, kw_only=True)
    _points: Numbers = field(init=False, repr=False)
    _labels: Numbers = field(init=False, repr=False)

    def __post_init__(self) -> None:
        points, labels = _checked(self.X, self.y, signs=not self.real_labels)
        for name, numbers in (("X", points), ("y", labels)):
            numbers.image.setflags(write=False)
            object.__setattr__(self, name, numbers.image)
        object.__setattr__(self, "_points", points)
        object.__setattr__(self, "_labels", labels)

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

    @property
    def has_one_label(self) -> bool:
        """Whether all labels are equal."""
        return bool(self.y.min() == self.y.max()) and (self._labels.is_double or len(set(self.exact.labels)) == 1)

    @property
    def is_double(self) -> bool:
        """Whether all coordinates and labels are doubles, so that X and y are the data themselves."""
        return self._points.is_double and self._labels.is_double

    @property
    def first_rounded(self) -> str:
        """The first number that no double equals, with its place; empty where there is none.

        >>> Dataset([[0.5], ["0.1"]], [1, -1]).first_rounded
        'X[1, 0] is 1/10'
        """
        for what, numbers in (("X", self._points), ("y", self._labels)):
            if numbers.first_rounded is not None:
                return f"{what}[{', '.join(map(str, numbers.first_rounded))}] is {numbers.exact(*numbers.first_rounded)}"
        return ""

    @cached_property
    def exact(self) -> ExactData:
        """The points and labels as rational numbers, with their digest."""
        if self.is_double:
            return exact_data(self.X, self.y)
        return ExactData(tuple(tuple(self._points.exact(i)) for i in range(self.n)), tuple(self._labels.exact(i) for i in range(self.n)))

    def exact_rows(self, rows: Sequence[int]) -> ExactData:
        """Some of the points and labels as rational numbers."""
        if self.is_double:
            return exact_data(self.X[rows], self.y[rows])
        return ExactData(tuple(self.exact.points[i] for i in rows), tuple(self.exact.labels[i] for i in rows))

    def relabelled(self, y: ArrayLike, note: str, rows: ArrayLike | None = None) -> Dataset:
        """The same points, or some of them, with other labels, real ones; what was done is added to the note."""
        points = self.X if self._points.given is None else self._points.given
        said = "; ".join(filter(None, (self.note, note)))
        return Dataset(points if rows is None else points[rows], y, self.name, said, real_labels=True)  # type: ignore[arg-type]

    def as_source(self) -> dict[str, Any]:
        """What a certificate says of the data that it was made from; see `theory.certificates.exact.sources`."""
        return {"name": self.name, "n": self.n, "d": self.d, "classes": dict(self.classes), "sha256": self.exact.digest()}

    @cached_property
    def moved(self) -> tuple[FloatArray, FloatArray]:
        """X and y for searches in which a common shift of the points, and one of the labels, plays no part.

        The data themselves where they are doubles; otherwise the doubles nearest to x_i − x_1 and y_i − y_1, in which numbers that share
        their first digits stay apart.  Each is off by at most 2⁻⁵³ of itself.

        >>> Dataset([[10**18], [10**18 + 3]], [1, -1]).moved[0].tolist()
        [[0.0], [3.0]]
        """
        if self.is_double:
            return self.X, self.y
        points, labels = self.exact.points, self.exact.labels
        try:
            return (np.array([[float(c - o) for c, o in zip(row, points[0], strict=True)] for row in points]),
                    np.array([float(c - labels[0]) for c in labels]))
        except OverflowError:                              # no digits are shared, and the differences are beyond the doubles
            return self.X, self.y


def validate(X: ArrayLike, y: ArrayLike, *, signs: bool = True) -> tuple[FloatArray, FloatArray]:
    """Fresh float64 copies of X (n×d) and y (n) after every check that a data set must pass, for what computes with doubles alone.

    Source: the setting of BLN, section 1.
    Args: X (n×d), y (n); `signs`: labels must be −1 or +1.
    Returns: copies of (X, y).
    Raises: ShapeError (X not 2-D, no points, no coordinates, wrong length of y); BadData (not real numbers, NaN or
    infinite, a number that no double equals, labels other than ±1 when `signs`, equal points with different labels).
    Guarantee: exact comparisons only; two points are equal when all their coordinates are equal.

    >>> validate([[0, 1]], [1])[0].dtype
    dtype('float64')
    >>> validate([[0.0], [0.0]], [1, -1])
    Traceback (most recent call last):
        ...
    theory.errors.BadData: rows 0 and 1 of X are the same point but have labels 1 and -1, and no function fits \
both; remove one of them
    """
    points, labels = _checked(X, y, signs=signs)
    for what, numbers in (("X", points), ("y", labels)):
        if numbers.first_rounded is not None:
            place = ", ".join(map(str, numbers.first_rounded))
            raise BadData(f"{what}[{place}] is {numbers.exact(*numbers.first_rounded)}, which no double equals, and this is computed with "
                          "doubles; round the data yourself, as by numpy.asarray(X, dtype=float)")
    return points.image, labels.image


def _checked(X: ArrayLike, y: ArrayLike, *, signs: bool) -> tuple[Numbers, Numbers]:
    points, labels = read_numbers(X, "X"), read_numbers(y, "y")
    _check_shapes(points.image, labels.image)
    _check_finite(points.image, labels.image)
    if signs:
        _check_signs(labels)
    _check_no_contradiction(points, labels)
    return points, labels


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


def _check_signs(labels: Numbers) -> None:
    wrong = [*np.flatnonzero(np.abs(labels.image) != 1), *(labels.first_rounded or ())]
    if wrong:
        raise BadData(
            f"y[{wrong[0]}] is {_shown(labels, wrong[0])} but labels must be -1 or +1; map two classes with two_class_labels, or "
            "pass real_labels=True for claims that allow any labels"
        )


def point_keys(X: FloatArray) -> list[bytes]:
    """One key a row; keys are equal exactly for equal points.  Adding 0.0 turns −0.0 into 0.0, the same number."""
    rows = np.ascontiguousarray(X, dtype=np.float64) + 0.0
    return [row.tobytes() for row in rows]


def _check_no_contradiction(points: Numbers, labels: Numbers) -> None:
    rows: dict[Any, list[int]] = {}
    for i, key in enumerate(point_keys(points.image)):
        rows.setdefault(key, []).append(i)
    for alike in rows.values() if len(rows) < len(labels.image) else ():
        first: dict[Any, int] = {}
        for i in alike:                                    # rows with the same doubles may still be different points
            j = first.setdefault(None if points.is_double else tuple(points.exact(i)), i)
            if labels.exact(i) != labels.exact(j):
                raise BadData(
                    f"rows {j} and {i} of X are the same point but have labels {_shown(labels, j)} and {_shown(labels, i)}, "
                    "and no function fits both; remove one of them"
                )


def _shown(labels: Numbers, i: int) -> str:
    return f"{labels.image[i]:g}" if labels.is_double else str(labels.exact(i))
