"""False twins of section 3.2: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP_SPHERE
from theory.laws.two_layers.caps import SLOPE, A, bumps, disjoint_caps, fit, s, tau
from theory.terms import le, lipschitz_with, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.s32.bumps', 'bln.s32.caps', 'bln.s32.fit']
    """
    return {
        disjoint_caps.id: (
            disjoint_caps.dropping("apart", "where caps of one sign overlap their slopes add up"),
            disjoint_caps.dropping("bounded", "the outer weights set the scale"),
            disjoint_caps.dropping("short", "so do the lengths of the weights"),
            disjoint_caps.dropping("network", "a linear function may be as steep as one likes"),
            disjoint_caps.claiming("half", lipschitz_with(le(LIP_SPHERE, A * sqrt(s**2 - tau**2) / 2)), "the slope at the rim is reached"),
        ),
        fit.id: (
            fit.dropping("coherent", "another neuron is active at the datum"),
            fit.dropping("scaled", "the height of a cap is 1 − τ"),
            fit.dropping("unit rows", "a datum of norm below τ activates nothing"),
        ),
        bumps.id: (
            bumps.dropping("apart", "where bumps of one sign overlap their slopes add up"),
            bumps.dropping("steep", "a taller bump is steeper"),
            bumps.claiming("half", lipschitz_with(le(LIP_SPHERE, SLOPE * sqrt(1 - tau**2) / 2)), "the slope at the rim is reached"),
        ),
    }
