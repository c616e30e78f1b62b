"""Exact real numbers in files: their spelling, exact labelled points, and the digest that names them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray

from theory.errors import BadData, ShapeError

_RATIO = re.compile(r"-?[0-9]+(/[0-9]+)?")
_HEX = re.compile(r"(-?)0x([01])(?:\.([0-9a-f]+))?p([+-][0-9]{1,4})")


def parse_exact(text: object, where: str) -> Fraction:
    """The rational number that a string spells: an integer, a ratio "p/q", or a C99 hexadecimal float.

    Decimal floats are refused on purpose: a reader could not know whether "0.1" means 1/10 or the nearest double; and so are hexadecimal
    floats that no double equals.

    Args: text; where (names the place in the message).
    Returns: the Fraction.
    Raises: BadData.
    Guarantee: exact.

    >>> parse_exact("-3/6", "x"), parse_exact("0x1.8p+1", "x")
    (Fraction(-1, 2), Fraction(3, 1))
    >>> parse_exact("0.1", "y[0]")
    Traceback (most recent call last):
    ...
    theory.errors.BadData: y[0] is '0.1', which is not an exact number: write "p/q" or a hexadecimal float as a string
    """
    if isinstance(text, str):
        try:
            spelled = _HEX.fullmatch(text)
            if spelled:
                sign, whole, digits, exponent = spelled.groups(default="")
                exact = Fraction(int(f"{sign}{whole}{digits}", 16), 16 ** len(digits)) * Fraction(2) ** int(exponent)
                if Fraction(float.fromhex(text)) == exact:      # a float of more digits than a double has would be rounded
                    return exact
            if _RATIO.fullmatch(text):
                return Fraction(text)
        except (ValueError, OverflowError, ZeroDivisionError):  # beyond the doubles, zero denominator, too many digits
            pass
    shown = repr(text) if len(repr(text)) <= 60 else repr(text)[:57] + "..."
    raise BadData(f'{where} is {shown}, which is not an exact number: write "p/q" or a hexadecimal float as a string')


def parse_row(entries: object, name: str) -> tuple[Fraction, ...]:
    """A list of exact numbers.  Raises: BadData.

    >>> parse_row(["1/2", "3"], "b")
    (Fraction(1, 2), Fraction(3, 1))
    """
    if not isinstance(entries, list):
        raise BadData(f'"{name}" must be a list of exact numbers')
    return tuple(parse_exact(c, f"{name}[{i}]") for i, c in enumerate(entries))


def parse_rows(rows: object, name: str) -> tuple[tuple[Fraction, ...], ...]:
    """A list of lists of exact numbers, of any lengths.  Raises: BadData."""
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise BadData(f'"{name}" must be a list of rows')
    return tuple(parse_row(row, f"{name}[{i}]") for i, row in enumerate(rows))


def format_exact(value: Fraction) -> str:
    """The shortest of the spellings that `parse_exact` reads back exactly.

    >>> format_exact(Fraction(1, 3)), format_exact(Fraction(0.1)), format_exact(Fraction(-2))
    ('1/3', '0x1.999999999999ap-4', '-2')
    """
    ratio = str(value)
    try:
        as_float = float(value)
    except OverflowError:
        return ratio
    return as_float.hex() if Fraction(as_float) == value and len(as_float.hex()) < len(ratio) else ratio


def ball(value: Fraction) -> arb:
    """An Arb ball that contains the rational number, at the working precision.

    >>> ball(Fraction(1, 3)).contains(arb(fmpq(1, 3)))
    True
    """
    return arb(fmpq(value.numerator, value.denominator))


@dataclass(frozen=True)
class ExactData:
    """Points x_1 … x_n in R^d with real labels y_1 … y_n, all of them rational numbers known exactly.

    Args: points (n rows of d Fractions), labels (n Fractions).
    Raises: ShapeError (rows of different lengths, another number of labels), BadData (no point, no coordinate).

    >>> ExactData(((Fraction(1), Fraction(0)),), (Fraction(-1),)).shape
    (1, 2)
    """

    points: tuple[tuple[Fraction, ...], ...]
    labels: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        if not self.points or not self.points[0]:
            raise BadData("the data set is empty: give at least one point with at least one coordinate")
        d = len(self.points[0])
        for i, row in enumerate(self.points):
            if len(row) != d:
                raise ShapeError(f"row {i} of X has {len(row)} coordinates but row 0 has {d}: give rows of one length")
        if len(self.labels) != len(self.points):
            raise ShapeError(f"there are {len(self.labels)} labels for {len(self.points)} points: give one each")

    @property
    def shape(self) -> tuple[int, int]:
        """(n, d)."""
        return len(self.points), len(self.points[0])

    @property
    def label_mean(self) -> Fraction:
        """ȳ, exactly."""
        return sum(self.labels, Fraction(0)) / len(self.labels)

    @property
    def label_scatter(self) -> Fraction:
        """Σ_i (y_i − ȳ)², exactly; n(1−ȳ²) for labels ±1."""
        mean = self.label_mean
        return sum(((label - mean) ** 2 for label in self.labels), Fraction(0))

    def squared_distance(self, i: int, j: int) -> Fraction:
        """‖x_i − x_j‖², exactly."""
        return sum(((p - q) ** 2 for p, q in zip(self.points[i], self.points[j], strict=True)), Fraction(0))

    def digest(self) -> str:
        """The SHA-256 of the data in lowest terms: equal for two spellings of one data set, different otherwise."""
        canonical = {"X": [[str(c) for c in row] for row in self.points], "y": [str(label) for label in self.labels]}
        return hashlib.sha256(json.dumps(canonical, separators=(",", ":")).encode()).hexdigest()

    def as_json(self) -> dict[str, object]:
        """The data as exact strings, with the digest."""
        return {
            "X": [[format_exact(c) for c in row] for row in self.points],
            "y": [format_exact(label) for label in self.labels],
            "sha256": self.digest(),
        }


def exact_data(X: NDArray[np.float64], y: NDArray[np.float64]) -> ExactData:
    """The data set whose numbers are exactly the given doubles.

    Args: X (n, d), y (n), finite.
    Raises: ShapeError, BadData (a number that is not finite, no data).

    >>> exact_data(np.array([[0.5]]), np.array([1.0])).points
    ((Fraction(1, 2),),)
    """
    if X.ndim != 2 or y.ndim != 1:
        raise ShapeError(f"X has {X.ndim} axes and y has {y.ndim}: give X of shape (n, d) and y of shape (n,)")
    bad = np.argwhere(~np.isfinite(X))
    if bad.size:
        i, j = (int(c) for c in bad[0])
        raise BadData(f"X[{i}, {j}] is {X[i, j]}: every coordinate must be finite")
    bad_labels = np.flatnonzero(~np.isfinite(y))
    if bad_labels.size:
        raise BadData(f"y[{int(bad_labels[0])}] is {y[bad_labels[0]]}: every label must be finite")
    return ExactData(
        tuple(tuple(Fraction(float(c)) for c in row) for row in X), tuple(Fraction(float(label)) for label in y)
    )


def parse_data(document: object) -> tuple[ExactData, str]:
    """The data of a document and the digest written beside them, which the caller must compare.

    Raises: BadData (malformed), ShapeError.
    """
    if not isinstance(document, dict) or set(document) != {"X", "y", "sha256"}:
        raise BadData('the field "data" must hold exactly "X", "y" and "sha256"')
    if not isinstance(document["sha256"], str):
        raise BadData('"sha256" must be a string of 64 hexadecimal digits')
    return ExactData(parse_rows(document["X"], "X"), parse_row(document["y"], "y")), document["sha256"]


def ball_rows(points: Sequence[Sequence[Fraction]]) -> list[list[arb]]:
    """Enclosures of the coordinates, row by row, at the working precision."""
    return [[ball(c) for c in row] for row in points]
