"""False twins of E1 and E2 as printed."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.rigidity.printed import ball, sphere
from theory.laws.rigidity.rigidity import LIP_R, alpha, h
from theory.laws.setting import LIP_SPHERE
from theory.terms import Abs, le, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['sh.e1.printed', 'sh.e2.printed']
    """
    return {
        ball.id: (
            ball.dropping("distinct", "a second kink along the same hyperplane cancels the first"),
            ball.dropping("units", "so does one whose normal has another length, and that seems to lie apart"),
            ball.dropping("unit", "so does one of unit normal, when u has another length"),
            ball.dropping("meets", "a kink beyond the ball is affine there"),
            ball.dropping("network", "the coefficient has nothing to do with f"),
            ball.claiming("constant 1", le(Abs(alpha), LIP_R), "|u·x| has α = 2 and Lip = 1"),
        ),
        sphere.id: (
            sphere.dropping("d ≥ 3", "six kinks that vanish on the circle"),
            sphere.dropping("distinct", "a second kink along the same hyperplane cancels the first"),
            sphere.dropping("units", "so does one whose normal has another length, and that seems to lie apart"),
            sphere.dropping("unit", "so does one of unit normal, when u has another length"),
            sphere.dropping("network", "the coefficient has nothing to do with f"),
            sphere.claiming("constant 1", le(Abs(alpha) * sqrt(h), LIP_SPHERE), "|u·x| has α = 2 and Lip_S = 1"),
        ),
    }
