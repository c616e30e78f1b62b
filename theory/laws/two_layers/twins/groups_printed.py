"""False twins of the claims beside Theorem 3 as printed: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP, LIP_BALL, d, k, n
from theory.laws.two_layers.groups_printed import (
    RATE,
    WIDEST,
    A,
    B,
    chosen,
    counting,
    kappa,
    large_sets,
    long_sum,
    norms,
    rate,
    size,
    t,
    tau,
    w,
)
from theory.terms import le, lipschitz_with, norm, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm3.counting', 'bln.thm3.large_sets', 'bln.thm3.long_sum', 'bln.thm3.norms', 'bln.thm3.rate']
    """
    return {
        norms.id: (
            norms.dropping("solves", "coefficients that solve nothing can be as large as one likes"),
            norms.dropping("well posed", "κ = 2 is no lower bound of XXᵀ = I/2"),
            norms.claiming("half", le(2 * kappa * norm(w) ** 2, n), "orthogonal points are an equality"),
            norms.claiming("without κ", le(norm(w) ** 2, n), "short points need a long weight"),
        ),
        counting.id: (
            counting.dropping("points", "n says nothing of P and N"),
            counting.dropping("group size", "3 + 1 points in groups of 2 do not fit 2 neurons"),
            counting.dropping("groups of +", "A is any number"),
            counting.dropping("groups of −", "B is any number"),
            counting.claiming("one fewer", le(A + B, k - 1), "3 + 1 points in groups of 2 need 3 groups"),
        ),
        large_sets.id: (
            large_sets.dropping("unit weights", "the sums of zero vectors are 0"),
            large_sets.claiming("without the factor 2", le(k, d * WIDEST), "at d = 1 half of the weights may be −1"),
            large_sets.claiming("with √d", le(k, 2 * sqrt(d) * WIDEST), "weights spread evenly on the circle have S = k/π or so"),
            large_sets.claiming("with no d", le(k, 2 * WIDEST), "weights spread evenly on the circle have S = k/π or so"),
        ),
        rate.id: (
            rate.dropping("network", "another function may be steeper"),
            rate.dropping("few", "with a = 0 the bound is 0"),
            rate.dropping("sums", "with b = 0 the bound is 0"),
            rate.claiming("without 1/(1 − τ)", lipschitz_with(le(LIP_BALL, RATE)), "the slope of each neuron is 1/(1 − τ)"),
            rate.claiming("on R^d", lipschitz_with(le(LIP, RATE / (1 - tau))), "wrong domain: far from the origin all neurons are active"),
        ),
        long_sum.id: (
            long_sum.dropping("set", "entries of 20 make |A| larger than k"),
            long_sum.dropping("direction", "a vector v of norm 100 finds a half-space sum in short weights"),
            long_sum.dropping("half-space", "all of A may cancel"),
            long_sum.dropping("many groups", "t is any number"),
            long_sum.claiming("three times", le(3 * t * size, norm(chosen) ** 2), "at d = 1, k = 4 and two weights +1: t = 1, and 2·3 > 4"),
        ),
    }
