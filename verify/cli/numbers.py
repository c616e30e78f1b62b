"""The numbers of options, as they are written."""

from __future__ import annotations

from fractions import Fraction

from theory.errors import BadData
from verify.objects.data.reals import exact_number

COORDINATES = "finite numbers with commas between them, as in 0,0.5,-1"


def exact_numbers(text: str, option: str, wanted: str = COORDINATES) -> tuple[Fraction, ...]:
    """The numbers of an option, as they are written.

    >>> exact_numbers("0.1,-1/3,2e3", "--centre")
    (Fraction(1, 10), Fraction(-1, 3), Fraction(2000, 1))
    """
    found = [exact_number(part.strip()) for part in text.split(",")]
    if None in found:
        raise BadData(f"{option} is {text!r}; give {wanted}")
    return tuple(value for value in found if value is not None)


def exact_radius(text: str) -> Fraction:
    """The one number of --radius.

    >>> exact_radius("0.1")
    Fraction(1, 10)
    """
    found = exact_numbers(text, "--radius", "one positive number")
    if len(found) != 1:
        raise BadData(f"--radius is {text!r}; give one positive number")
    return found[0]
