"""False twins of the extremal example: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.new_laws.sharp import FITS_SIGNS, FITS_ZERO, LIP, SHIFT, SLOPE, UNIT, WIDTH, bend, sharp
from theory.laws.setting import k
from theory.terms import Abs, And, Rational, forall, le, lipschitz_with, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['k.sharp']
    """
    flatter = lipschitz_with(le(LIP, Rational(199, 100) / sqrt(k)))
    narrower = forall(le(Abs(bend), Rational(99, 100)), UNIT, SHIFT)
    return {sharp.id: (
        sharp.dropping("cross", "another function has other values"),
        sharp.claiming("flatter", And(FITS_SIGNS, FITS_ZERO, flatter, WIDTH), "the gradient is 2/√k long in every quadrant"),
        sharp.claiming("narrower", And(FITS_SIGNS, FITS_ZERO, SLOPE, narrower), "for u = e_1 and β = 0 the mean of |u·s| is 1"),
    )}
