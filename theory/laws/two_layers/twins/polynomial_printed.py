"""False twins of the claim that refutes Theorem 8 as printed."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP_BALL, d, f, x
from theory.laws.two_layers.polynomial_printed import constant_network
from theory.terms import Abs, Ball, forall, le, lt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.thm8.constant']
    """
    return {
        constant_network.id: (
            constant_network.dropping("constant", "x_1 is not constant"),
            constant_network.claiming("negative", lt(LIP_BALL, 0), "0 is not negative"),
            constant_network.claiming("small values", forall(le(2 * Abs(f(x)), 1), (x, Ball(d))), "f = 1"),
            constant_network.dropping("one datum", "a constant has one value, and two labels are two"),
        ),
    }
