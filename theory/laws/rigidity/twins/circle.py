"""False twins of the six kinks that vanish on the circle."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.rigidity.circle import vanishing
from theory.laws.setting import LIP_BALL, LIP_SPHERE
from theory.terms import le, lipschitz_with


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['sh.e2.circle']
    """
    return {
        vanishing.id: (
            vanishing.dropping("plane", "on the sphere of R³ the kinks do not cancel"),
            vanishing.dropping("network", "other functions do not vanish"),
            vanishing.claiming("on the ball", lipschitz_with(le(LIP_BALL, 0)),
                               "wrong domain: inside the circle the function is not affine"),
            vanishing.claiming("below 0", lipschitz_with(le(LIP_SPHERE, -1)), "a Lipschitz constant is not negative"),
        ),
    }
