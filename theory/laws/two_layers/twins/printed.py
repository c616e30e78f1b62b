"""False twins of the parts of Theorem 5 as printed that are proved: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP, L, k, n
from theory.laws.two_layers.printed import PROXY, close_pair, upper
from theory.terms import ge, le, lipschitz_with, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm5.close_pair', 'bln.thm5.upper']
    """
    return {
        upper.id: (
            upper.dropping("psi Lipschitz", "a steeper activation has a larger constant"),
            upper.claiming("half", lipschitz_with(le(LIP, L * PROXY / 2)), "one neuron is an equality"),
            upper.claiming("flipped", ge(LIP, L * PROXY), "neurons on one hyperplane cancel"),
        ),
        close_pair.id: (
            close_pair.dropping("close", "x at ±1 has proxy 1, however large n is"),
            close_pair.dropping("plus", "x at 0 and −1 has proxy 1, and n/k = 4"),
            close_pair.claiming("twice", le(2 * sqrt(n / k), L * PROXY), "x at ±1 with n = k is an equality"),
        ),
    }
