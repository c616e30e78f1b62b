"""Numbers as users and files give them: the doubles nearest to them, and their exact values where these are no doubles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from numbers import Rational
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData, ShapeError

FloatArray = NDArray[np.float64]
# ASCII digits only; Python would also read 1_0, nan and digits of other scripts.
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,5})?")
_RATIO = re.compile(r"([+-]?[0-9]+)/([0-9]+)")
# Whole numbers of so many digits are doubles.
_SHORT = 15
_WHOLE = 2**53
# Doubles end at exponents of ten between these, up to sign.
_LARGEST = 400


def number(text: str) -> float | Decimal | Fraction | None:
    """The number that a text spells in decimals or as a ratio, a float where a double equals it; None where it spells none.

    A number beyond the range of doubles comes as an infinite or zero float, or as the Decimal that no double can stand for.

    >>> number("0.5"), number("0.1"), number("1/3"), number("9007199254740993"), number("nan")
    (0.5, Decimal('0.1'), Fraction(1, 3), Decimal('9007199254740993'), None)
    """
    if len(text) <= _SHORT and text.isascii() and text.isdigit():
        return float(text)
    if _DECIMAL.fullmatch(text):
        value, exact = float(text), Decimal(text)
        return value if abs(value) == float("inf") or exact == Decimal(value) else exact
    ratio = _RATIO.fullmatch(text)
    if ratio is None or not int(ratio[2]):
        return None
    quotient = Fraction(int(ratio[1]), int(ratio[2]))
    return quotient if Fraction(_double(quotient)) != quotient else float(quotient)


def exact_number(text: str) -> Fraction | None:
    """The number that a text spells, as `number` reads it; None where it spells none, or one beyond the range of doubles.

    >>> exact_number("0.1"), exact_number("1_0"), exact_number("1e999999999")
    (Fraction(1, 10), None, None)
    """
    found = number(text)
    return None if found is None or abs(_double(found)) == float("inf") else Fraction(found)


def _double(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


@dataclass(frozen=True, eq=False)
class Numbers:
    """An array of real numbers: `image` holds the nearest doubles; `given` is None where these are the numbers, else their exact values.

    >>> numbers = read_numbers([0.5, Fraction(1, 3)], "y")
    >>> numbers.image.tolist(), numbers.exact(1), numbers.is_double
    ([0.5, 0.3333333333333333], Fraction(1, 3), False)
    """

    image: FloatArray
    given: NDArray[Any] | None

    @property
    def is_double(self) -> bool:
        """Whether every number is a double."""
        return self.given is None

    def exact(self, *place: int) -> Any:
        """The exact number at a place, or an object array of those of a row."""
        found = (self.image if self.given is None else self.given)[place]
        return np.array([Fraction(c) for c in found], dtype=object) if isinstance(found, np.ndarray) else Fraction(found)

    @cached_property
    def first_rounded(self) -> tuple[int, ...] | None:
        """The place of the first number that is no double."""
        if self.given is None:
            return None
        return next(place for place, value in np.ndenumerate(self.given) if Fraction(value) != Fraction(self.image[place]))


def read_numbers(values: ArrayLike, what: str) -> Numbers:
    """The numbers of an array of any kind: floats, integers of any size, fractions, decimals, or texts that spell them.

    Args: values, `what` (the name of the array in messages).
    Raises: ShapeError (rows of different lengths), BadData (entries that are no real numbers, or whose nearest double is 0 though they are
    not).  Entries that are not finite, or beyond the doubles, are infinite or NaN in `image`; the caller refuses them.

    >>> read_numbers(np.array([[2**53 + 1]]), "X").exact(0, 0)
    Fraction(9007199254740993, 1)
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ShapeError(f"{what} has rows of different lengths; give all rows the same length") from error
    kind = array.dtype.kind
    if kind == "b" or (kind == "f" and array.dtype.itemsize <= 8):
        return Numbers(np.array(array, dtype=np.float64), None)
    if kind in "iu" and (array.dtype.itemsize <= 4 or not array.size or (int(array.max()) <= _WHOLE and int(array.min()) >= -_WHOLE)):
        return Numbers(np.array(array, dtype=np.float64), None)
    if kind not in "iufOUS":
        raise BadData(f"{what} has entries of type {array.dtype}; give real numbers")
    exact = [_exact(value, i, array.shape, what) for i, value in enumerate(array.ravel().tolist())]
    image = np.array([_double(value) for value in exact], dtype=np.float64)
    for i in np.flatnonzero(image == 0):
        if exact[i] != 0:
            raise BadData(f"{_place(i, array.shape, what)} is {exact[i]}, nearer to 0 than any double; scale the data")
    if np.isfinite(image).all() and all(value == near for value, near in zip(exact, image.tolist(), strict=True)):
        return Numbers(image.reshape(array.shape), None)
    given = np.empty(len(exact), dtype=object)
    given[:] = exact
    return Numbers(image.reshape(array.shape), given.reshape(array.shape))


def _exact(value: Any, i: int, shape: tuple[int, ...], what: str) -> int | float | Fraction | Decimal:
    """The exact number that an entry is; a float where it is a double, NaN or infinite."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, str):
        spelled = number(value.strip())
        if spelled is None:
            raise BadData(f"{_place(i, shape, what)} is {value!r}, which is not a real number; give real numbers")
        value = spelled
    if type(value) in (int, float, Fraction):
        return value                                        # type: ignore[no-any-return]
    if value is None:
        return float("nan")
    if isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() > _LARGEST:
            return float(value)
        if value and value.adjusted() < -_LARGEST:          # its fraction would be as long as its exponent is large
            raise BadData(f"{_place(i, shape, what)} is {value}, nearer to 0 than any double; scale the data")
        return value
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))       # integers of numpy do not grow
    try:
        return Fraction(*value.as_integer_ratio()) if hasattr(value, "as_integer_ratio") else float(value)
    except (OverflowError, ValueError):
        return float(value)
    except TypeError as error:
        raise BadData(f"{_place(i, shape, what)} is {value!r}, which is not a real number ({error}); give real numbers") from None


def _place(i: int, shape: tuple[int, ...], what: str) -> str:
    return f"{what}[{', '.join(str(j) for j in np.unravel_index(i, shape))}]"
