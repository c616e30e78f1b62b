"""Rational numbers rounded to a side, and in words: no float takes part in what is proved."""

from __future__ import annotations

import math
import sys
from fractions import Fraction

from theory.errors import BadData


def round_down(value: Fraction, digits: int = 12) -> Fraction:
    """The largest decimal number of the given number of significant digits that is at most the positive value.

    >>> round_down(Fraction(2, 3), 3)
    Fraction(333, 500)
    """
    if value <= 0:
        raise BadData(f"only a positive number has leading digits, and this one is {value}")
    # one more or one fewer digit than asked for is harmless: the floor is exact whatever the exponent
    exponent = math.floor(math.log10(value.numerator) - math.log10(value.denominator)) + 1 - digits
    unit = Fraction(10) ** exponent
    return (value / unit).__floor__() * unit


def round_up(value: Fraction, digits: int = 12) -> Fraction:
    """The least decimal number of about the given number of significant digits that is at least the value ≥ 0.

    >>> round_up(Fraction(2, 3), 3), round_up(Fraction(1, 2), 3), round_up(Fraction(0))
    (Fraction(667, 1000), Fraction(1, 2), Fraction(0, 1))
    """
    if value == 0:
        return Fraction(0)
    down = round_down(value, digits)
    if down == value:
        return value
    exponent = math.floor(math.log10(value.numerator) - math.log10(value.denominator)) + 1 - digits
    return down + Fraction(10) ** exponent


def root_above(square: Fraction) -> Fraction:
    """A rational number at least √square and within 1e-30 of it, relatively.

    >>> root_above(Fraction(9, 4))
    Fraction(3, 2)
    """
    p, q = square.numerator, square.denominator
    shift = max(0, 128 - p.bit_length() - q.bit_length()) + 8
    scaled = p * q << 2 * shift
    root = math.isqrt(scaled)
    return Fraction(root if root * root == scaled else root + 1, q << shift)


def root_below(square: Fraction) -> Fraction:
    """A rational number at most √square and within 1e-30 of it, relatively; 0 for numbers that are not positive.

    >>> root_below(Fraction(9, 4)), root_below(Fraction(-1))
    (Fraction(3, 2), Fraction(0, 1))
    """
    if square <= 0:
        return Fraction(0)
    # ⌊√(p·q·4ᵉ)⌋/(q·2ᵉ) ≤ √(p/q): integer square roots are exact
    p, q = square.numerator, square.denominator
    shift = max(0, 128 - p.bit_length() - q.bit_length()) + 8
    return Fraction(math.isqrt(p * q << 2 * shift), q << shift)


def approximately(value: Fraction) -> str:
    """The number for a message, where any size must have a spelling.

    >>> approximately(Fraction(2, 3)), approximately(Fraction(10) ** 400), approximately(Fraction(-1, 10**8000))
    ('0.666666666667', 'about 10^400', 'about -10^-8000')
    """
    try:
        found = float(value)
    except OverflowError:
        found = 0.0
    if value == 0 or abs(found) >= sys.float_info.min:          # below that a double keeps few digits, or none
        return repr(float(f"{found:.12g}"))             # the last bits of a double are the processor's
    size = abs(value)
    exponent = math.floor(math.log10(size.numerator) - math.log10(size.denominator))
    # the logarithm may be off by one at a power of ten; the digits are never spelled, there may be more than Python writes
    exponent += (size >= Fraction(10) ** (exponent + 1)) - (size < Fraction(10) ** exponent)
    return f"about {'-' if value < 0 else ''}10^{exponent}"
