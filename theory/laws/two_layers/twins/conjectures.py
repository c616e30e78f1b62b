"""False twins of the settled part of Conjecture 1: none may be proved, and each is contradicted by an instance."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import LIP_SPHERE, k, n
from theory.laws.two_layers.conjectures import wide
from theory.terms import le, sqrt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bln.conj1.wide']
    """
    return {wide.id: (
        wide.dropping("plus", "the constant −1 has Lip_S = 0"),
        wide.dropping("minus", "the constant 1 has Lip_S = 0"),
        wide.dropping("wide", "x_1 at ±e_1 has Lip_S = 1, however many data there are"),
        wide.dropping("p unit", "beyond the sphere the two points may be further apart"),
        wide.claiming("twice", le(2 * sqrt(n / k), LIP_SPHERE), "x_1 at ±e_1 with n = k is an equality"),
    )}
