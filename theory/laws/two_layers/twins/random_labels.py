"""False twins of Theorem 5 for random labels: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import W, a, d, k, n
from theory.laws.two_layers.random_labels import SIGNS, R, bound, deviation, random_labels, s, width
from theory.terms import And, Implies, Min, Prob, exp, forall, ge, le, norm, op_norm, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm5.random_labels', 'bln.thm5.width']
    """
    proxy = sqrt(Min(k, d)) * norm(a) * op_norm(W)
    law = le(n, bound * proxy)
    return {
        width.id: (
            width.dropping("unit rows", "the mean of R grows with the data, and the term √n does not"),
            width.dropping("homogeneous", "for ψ = 1, which is 0-Lipschitz, R = |Σ y_i| does not vanish"),
            width.dropping("psi Lipschitz", "without it L has nothing to do with ψ"),
            width.claiming("without √n", ge(Prob(le(R, deviation), SIGNS), 1 - 2 * exp(-s)), "R deviates from its mean, not from 0"),
            width.claiming("for every label vector", forall(le(R, bound), SIGNS), "equal labels at one point have R = n"),
        ),
        random_labels.id: (
            random_labels.dropping("no bias", "a neuron with w = 0 fits equal labels"),
            random_labels.dropping("fits", "the zero network has proxy 0"),
            random_labels.dropping("unit rows", "the probability is not the promised one for long data"),
            random_labels.claiming("off the event", And(width.conclusion, law), "equal labels at one point break the law"),
            random_labels.claiming("twice n", And(width.conclusion, Implies(le(R, bound), le(2 * n, bound * proxy))),
                                   "one neuron at its own datum with s = 0 is an equality"),
        ),
    }
