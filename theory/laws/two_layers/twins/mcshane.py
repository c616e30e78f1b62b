"""False twins of the McShane floor: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP, LIP_BALL, L, X, d, i, j, n, y
from theory.laws.two_layers.mcshane import PAIRS, attained, floor, g
from theory.terms import Abs, And, Lip, Range, Space, Sup, eq, forall, ge, le, lipschitz_with, norm


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['mcshane.attained', 'mcshane.floor']
    """
    gap, length = Abs(y[i] - y[j]), norm(X[i] - X[j])
    fits = forall(eq(g(X[j]), y[j]), (j, Range(n)))
    largest = forall(eq(g(X[j]), Sup(y[i] + L * norm(X[j] - X[i]), (i, Range(n)))), (j, Range(n)))
    return {
        floor.id: (
            floor.dropping("fits", "a constant has Lip = 0"),
            floor.claiming("twice", forall(le(2 * gap, LIP * length), *PAIRS), "a line through two points is an equality"),
            floor.claiming("on the ball", forall(le(gap, LIP_BALL * length), *PAIRS), "wrong domain: the data may lie beyond the ball"),
            floor.claiming("flipped", forall(ge(gap, LIP * length), *PAIRS), "other points than these data may be steeper"),
        ),
        attained.id: (
            attained.dropping("slopes", "with a smaller constant another cone is below at a datum"),
            attained.dropping("interpolant", "another function need not fit"),
            attained.claiming("half of L", And(fits, lipschitz_with(le(Lip(g, Space(d)), L / 2))),
                              "a cone of slope L has Lipschitz constant L"),
            attained.claiming("with the largest cone", And(largest, lipschitz_with(le(Lip(g, Space(d)), L))),
                              "the least cone fits, the largest does not"),
        ),
    }
