"""False twins of Theorem 8 with high probability: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Claim, Twin
from theory.laws.setting import LARGEST, LIP_BALL, n
from theory.laws.two_layers.polynomial_law import S
from theory.laws.two_layers.polynomial_random import (
    CONSTANT,
    SIGNS,
    TOP,
    WEIGHT,
    generic,
    generic_event,
    generic_law,
    half_often,
    height,
    law,
    level_often,
    moments,
    moments_often,
    narrow_often,
    random_labels,
    width,
)
from theory.laws.two_layers.shared.tails import s
from theory.terms import And, Implies, Prob, exp, ge, le, norm, sqrt


def _without_hypotheses(claim: Claim) -> tuple[Twin, ...]:
    return (
        claim.dropping("fits", "f = 0 has Lip_B = 0"),
        claim.dropping("unit rows", "long rows have long moments"),
        claim.dropping("polynomial", "a polynomial of degree 10 that is called linear"),
    )


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm8.generic', 'bln.thm8.random_labels', 'bln.thm8.width']
    """
    often = 1 - exp(-s)
    strong = le(2 * sqrt(n), CONSTANT * TOP * LIP_BALL)
    return {
        width.id: (
            width.dropping("unit rows", "long rows have long moments"),
            width.claiming("the mean alone", ge(Prob(le(norm(S), sqrt(n)), SIGNS), often), "for ±1 the moment is 2 with probability ½"),
            width.claiming("the deviation alone", ge(Prob(le(norm(S), sqrt(LARGEST) * sqrt(8 * s)), SIGNS), often),
                           "orthonormal data have ‖S_1‖² = n(1 − ȳ²)"),
        ),
        random_labels.id: (
            *_without_hypotheses(random_labels),
            random_labels.claiming("off the event", And(moments_often, law), "labels that follow the data"),
            random_labels.claiming("no price for the mean", And(moments_often, Implies(moments, le(n, LIP_BALL * height(s) * WEIGHT))),
                                   "a constant fits equal labels"),
        ),
        generic.id: (
            *_without_hypotheses(generic),
            generic.dropping("enough data", "the mean of one label is never at most ½"),
            generic.claiming("off the event", And(narrow_often, half_often, level_often, generic_law), "a constant fits equal labels"),
            generic.claiming("a larger constant", And(narrow_often, half_often, level_often, Implies(generic_event, strong)), "x at ±1"),
        ),
    }
