"""False twins of the proved parts of Theorem 9 as printed: none may be proved.

Without the rank the second inequality fails only beyond n = 169, where the probabilities over the data are too costly to measure; that
twin is only refused.
"""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import d, k, n
from theory.laws.two_layers.quadratic_law import SIZE, narrow_often
from theory.laws.two_layers.quadratic_printed import (
    FITS,
    RANK_ONE,
    first_repaired,
    narrow,
    one_point,
    printed,
    root,
    s,
    small_d,
    small_d_often,
    thin,
    thin_often,
)
from theory.terms import And, Implies, le, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm9.first_repaired', 'bln.thm9.one_point', 'bln.thm9.printed']
    """
    geometric = sqrt(n) * sqrt(d)
    return {
        printed.id: (
            printed.dropping("fits", "A = 0 has norm 0"),
            printed.dropping("labels", "label 0 is fitted by A = 0"),
            printed.dropping("rank", "orthonormal data need the rank n"),
            printed.dropping("unit rows", "a datum of length 4 has ‖S‖_F = 16 for both labels"),
            printed.claiming("constant 1", And(thin_often, small_d_often, Implies(And(thin, small_d), le(sqrt(n), root))),
                             "two equal points are fitted with ‖A‖_op = 1"),
            printed.claiming("off the event", And(thin_often, small_d_often, le(sqrt(n), 13 * root)),
                             "200 equal points are fitted with ‖A‖_op = 1"),
        ),
        one_point.id: (
            one_point.dropping("unit rows", "a datum of length 2 gives ‖A‖_op = 4"),
            one_point.dropping("labels", "the label 2 gives ‖A‖_op = 2"),
            one_point.dropping("symmetric", "the form sees the symmetric part of A only"),
            one_point.dropping("exhibited", "A may be anything"),
            one_point.dropping("one datum", "a second datum is not fitted"),
            one_point.claiming("half", And(FITS, RANK_ONE, le(2 * SIZE, 1)), "‖y x xᵀ‖_op = 1"),
        ),
        first_repaired.id: (
            first_repaired.dropping("fits", "A = 0 has norm 0"),
            first_repaired.dropping("rank", "orthonormal data need the rank n"),
            first_repaired.dropping("enough data", "one datum in R^25 is fitted with rank 1 and norm 1: 5 > 6√½"),
            first_repaired.claiming("constant 1", And(thin_often, narrow_often,
                                                      Implies(And(thin, narrow), le(geometric, sqrt(s) * k * SIZE))),
                                    "one datum on the line at s = ½"),
            first_repaired.claiming("off the event", And(thin_often, narrow_often, le(geometric, 6 * sqrt(s) * k * SIZE)), "s = 0"),
        ),
    }
