"""False twins of R1 for random labels: none may be proved.

Without unit rows the bound on R_b fails for 26 or more long orthogonal points, where R_b ≈ ‖x‖√(n/2) exceeds 3.4‖x‖: too many label
vectors to enumerate, so that twin is only refused.  Without independent rows the law is open.
"""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP, k, n
from theory.laws.two_layers.random_labels import s
from theory.laws.two_layers.random_labels_biased import SIGNS, bound, random_labels_biased, width
from theory.laws.two_layers.relu_law import R_BIASED
from theory.terms import And, Implies, Prob, exp, ge, le, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.r1.random_labels', 'bln.r1.width']
    """
    law = random_labels_biased
    return {
        width.id: (
            width.dropping("unit rows", "the mean of R_b grows with the data, and the term 2√n does not"),
            width.claiming("without deviation", ge(Prob(le(R_BIASED, sqrt(n)), SIGNS), 1 - 2 * exp(-s)), "a bound on the mean is no bound"),
            width.claiming("for every label vector", le(R_BIASED, bound), "labels that follow the poles of a line have R_b = n"),
        ),
        law.id: (
            law.dropping("independent", "the energy lemma fails for dependent rows; whether the law does is open"),
            law.dropping("fits", "the zero network has Lip = 0"),
            law.claiming("uncentred", And(width.conclusion, Implies(le(R_BIASED, bound), le(n, 2 * bound * sqrt(k) * LIP))),
                         "a bias fits equal labels with Lip near 0"),
        ),
    }
