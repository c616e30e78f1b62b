"""False twins of the Lipschitz constants of quadratics: none may be proved.

The upper bound on the ball holds without symmetry too, and the eigenvalues of a matrix that is not symmetric have no reading here; those
twins are only refused.
"""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP_BALL, LIP_SPHERE
from theory.laws.two_layers.quadratic_law import SIZE
from theory.laws.two_layers.quadratic_lipschitz import HIGH, SPREAD, ball, ball_lower, ball_upper, sphere, sphere_lower, sphere_upper
from theory.terms import eq, le, lipschitz_with


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())[0]
    'bln.quadratic.ball'
    """
    other = "A has nothing to do with f"
    shape = {
        claim.id: (claim.dropping("quadratic", other), claim.dropping("symmetric", "xᵀAx sees the symmetric part of A only"))
        for claim in (ball_upper, ball_lower, ball, sphere_upper, sphere_lower, sphere)
    }
    constant = "a multiple of the identity is constant on the sphere"
    return {
        ball_upper.id: (
            *shape[ball_upper.id],
            ball_upper.claiming("half", lipschitz_with(le(LIP_BALL, SIZE)), "x_1² has Lip_B = 2"),
            ball_upper.claiming("on the sphere", lipschitz_with(le(LIP_BALL, SPREAD)), f"wrong domain: {constant}"),
        ),
        ball_lower.id: (
            *shape[ball_lower.id],
            ball_lower.claiming("three", le(3 * SIZE, LIP_BALL), "x_1² has Lip_B = 2"),
            ball_lower.claiming("on the sphere", le(2 * SIZE, LIP_SPHERE), f"wrong domain: {constant}"),
        ),
        ball.id: (
            *shape[ball.id],
            ball.claiming("once", lipschitz_with(eq(LIP_BALL, SIZE)), "x_1² has Lip_B = 2"),
            ball.claiming("on the sphere", lipschitz_with(eq(LIP_SPHERE, 2 * SIZE)), f"wrong domain: {constant}"),
        ),
        sphere_upper.id: (
            *shape[sphere_upper.id],
            sphere_upper.claiming("largest eigenvalue", lipschitz_with(le(LIP_SPHERE, HIGH)), "diag(3, −1) has Lip_S = 4"),
            sphere_upper.claiming("on the ball", lipschitz_with(le(LIP_BALL, SPREAD)), f"wrong domain: {constant}"),
        ),
        sphere_lower.id: (
            *shape[sphere_lower.id],
            sphere_lower.claiming("twice", le(2 * SPREAD, LIP_SPHERE), "x_1² has Lip_S = 1"),
            sphere_lower.claiming("operator norm", le(SIZE, LIP_SPHERE), constant),
        ),
        sphere.id: (
            *shape[sphere.id],
            sphere.claiming("operator norm", lipschitz_with(eq(LIP_SPHERE, 2 * SIZE)), constant),
            sphere.claiming("on the ball", lipschitz_with(eq(LIP_BALL, SPREAD)), "x_1² has Lip_B = 2 and eigenvalues 1 and 0"),
        ),
    }
