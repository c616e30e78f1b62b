"""False twins of what is proved about Lemmas 13 and 14: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import d, x, y
from theory.laws.two_layers.shared.tails import s
from theory.laws.two_layers.tensor_law import SIGNS, gram_form, p
from theory.laws.two_layers.tensor_lemmas import (
    DRAW,
    OMEGA,
    WIDEST,
    C,
    energy,
    exceeds,
    floor,
    lemma13_one_point,
    lemma13_sharp,
    lemma14_sharp,
    often,
    one_point,
    rare,
    size13,
    value,
)
from theory.terms import Abs, Prob, exp, ge, le, replace, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> len(twins())
    5
    """
    near = 2 * (sqrt(WIDEST) * sqrt(2 * s))
    net = (1 + 4 * p) ** d * (2 * exp(-s))
    doubled = replace(exceeds, {C: 16 * C})
    return {
        floor.id: (
            floor.dropping("labels", "labels ±2 count four times on the left"),
            floor.dropping("unit rows", "one point of norm 2"),
            floor.claiming("without n", le(gram_form(y), OMEGA), "orthonormal points"),
        ),
        one_point.id: (
            one_point.dropping("labels", "label ½"),
            one_point.dropping("unit rows", "a point of norm ½"),
            one_point.dropping("one datum", "two equal points with opposite labels cancel"),
        ),
        lemma13_sharp.id: (
            lemma13_sharp.claiming("one tail", often(le(Abs(value(x)), size13), 1), "one point and s < ½"),
            lemma13_sharp.claiming("half the variance", often(le(Abs(value(x)), sqrt(energy(x)) * sqrt(s))), "one point and s = 0.9"),
            lemma13_sharp.claiming("twice the exponent", ge(Prob(le(Abs(value(x)), size13), SIGNS), 1 - 2 * exp(-2 * s)),
                                   "one point and s = 0.4"),
        ),
        lemma14_sharp.id: (
            lemma14_sharp.claiming("an eighth", ge(Prob(le(OMEGA, near / 8), SIGNS), 1 - net), "one point on the line"),
            lemma14_sharp.claiming("never", ge(Prob(le(OMEGA, near), SIGNS), 1), "s = 0"),
            lemma14_sharp.claiming("for all labels", le(OMEGA, near), "s = 0"),
        ),
        lemma13_one_point.id: (
            lemma13_one_point.dropping("unit point", "x = 0"),
            lemma13_one_point.claiming("twice as often", ge(Prob(exceeds, *DRAW), 2 * rare), "P(|g| > 1) is 0.317, the bound 0.242"),
            lemma13_one_point.claiming("a higher threshold", ge(Prob(doubled, *DRAW), rare), "P(|g| > 4) is 0.00006"),
        ),
    }
