"""False twins of the exact constant of section 3.2: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP_SPHERE, fits
from theory.laws.two_layers.caps_rim import APART_OFTEN, DISJOINT, printed, rim, sharp, slope
from theory.terms import And, Implies, le, lipschitz_with


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.s32.printed', 'bln.s32.rim', 'bln.s32.sharp', 'bln.s32.slope']
    """
    return {
        rim.id: (
            rim.dropping("network", "the zero function has no slope"),
            rim.dropping("weight", "a neuron with a_n = 0 is silent"),
            rim.dropping("inside′", "outside its cap the neuron falls no further"),
        ),
        slope.id: (
            slope.dropping("network", "the zero function has no slope"),
            slope.dropping("weight", "a neuron with a_n = 0 is silent"),
            slope.dropping("above rim", "beyond the rim there is no slope"),
            slope.dropping("middle", "σ is the sine of an angle"),
        ),
        sharp.id: (
            sharp.dropping("apart", "where caps overlap the labels are missed"),
            sharp.dropping("ten", "the outer weights set the scale"),
            sharp.dropping("labels", "so do the labels"),
            sharp.dropping("unit", "at d = 1 the sphere has two points and no rim"),
            sharp.dropping("across", "at d = 1 no unit vector is orthogonal to x_n"),
        ),
        printed.id: (
            printed.dropping("ten", "the outer weights set the scale"),
            printed.dropping("network", "a linear function may be as steep as one likes"),
            printed.claiming("four", And(APART_OFTEN, Implies(DISJOINT, fits.formula),
                                             Implies(DISJOINT, lipschitz_with(le(LIP_SPHERE, 4)))), "the constant is √19 = 4.3589…"),
        ),
    }
