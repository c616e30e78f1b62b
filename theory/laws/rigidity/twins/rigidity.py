"""False twins of E1 and E2: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.rigidity.rigidity import LIP_R, alpha, ball, beta, h, sphere
from theory.laws.setting import LIP_SPHERE
from theory.terms import Abs, le, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['sh.e1.sharp', 'sh.e2.sharp']
    """
    return {
        ball.id: (
            ball.dropping("clear", "a second kink along the same hyperplane cancels the first, however large it is"),
            ball.dropping("inside", "beyond the ball Lip_B sees nothing"),
            ball.dropping("on the kink", "a kink that does not meet the ball is affine there"),
            ball.dropping("unit", "the size of u counts as well"),
            ball.dropping("network", "the coefficient has nothing to do with f"),
            ball.claiming("constant 1", le(Abs(alpha), LIP_R), "|u·x| has α = 2 and Lip = 1"),
            ball.claiming("on the sphere", le(Abs(alpha), 2 * LIP_SPHERE), "wrong domain: a small cap of the sphere hardly sees the kink"),
        ),
        sphere.id: (
            sphere.dropping("clear", "six kinks that vanish on the circle"),
            sphere.dropping("on the kink", "a kink elsewhere may be cancelled by another along the same hyperplane"),
            sphere.dropping("unit", "the size of u counts as well"),
            sphere.dropping("network", "the coefficient has nothing to do with f"),
            sphere.dropping("point", "p on the kink beside the sphere says nothing of the kinks that meet on it"),
            sphere.claiming("constant 1", le(Abs(alpha) * sqrt(h), LIP_SPHERE), "|u·x| has α = 2 and Lip_S = 1"),
            sphere.claiming("as on the ball", le(Abs(alpha), 2 * LIP_SPHERE), "a kink at height |β| near 1 turns the slope little"),
            sphere.claiming("squared height", le(Abs(alpha) * (1 + beta**2), 2 * LIP_SPHERE), "the factor is at most 1"),
        ),
    }
