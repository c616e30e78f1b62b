"""False twins of section 3.2 on the ball: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP_BALL
from theory.laws.two_layers.caps_ball import active, ball
from theory.laws.two_layers.groups import COUNT, POINT, M, q, tau
from theory.terms import forall, le, lipschitz_with, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.s32.active', 'bln.s32.ball']
    """
    return {
        active.id: (
            active.dropping("Gram", "equal points are active together"),
            active.dropping("count", "q = 0 forbids the neuron that is active at its own datum"),
            active.claiming("one fewer", forall(le(COUNT, q - 1), POINT), "one neuron, q = 1"),
        ),
        ball.id: (
            ball.dropping("network", "another function may be steeper"),
            ball.dropping("signs", "outer weights of size 10 make f ten times as steep"),
            ball.dropping("threshold", "for τ > 1 the bound is negative"),
            ball.dropping("count", "with q = 0 the bound is 0"),
            ball.dropping("Gram", "two neurons of opposite signs at an obtuse angle add up"),
            ball.dropping("signed Gram", "three equal neurons are active together"),
            ball.claiming("one neuron's share", lipschitz_with(le(LIP_BALL, sqrt(M) / (1 - tau))),
                          "two orthogonal neurons active together need √2"),
        ),
    }
