"""False twins of the exponent in D2: none may be proved, and each is contradicted by numbers."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.universal_law.finite_class import SAMPLE, C, L, c, exponent, exponent_at_least, nine, s
from theory.terms import eq


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bs.d2.exponent', 'bs.d2.nine']
    """
    return {
        exponent.id: (
            *(exponent.dropping(name, flaw) for name, flaw in (
                ("isoperimetry", "the variables are then of any size"), ("factor", "the noise may be of any size"),
                ("average", "one variable says nothing of the sum"), ("threshold", "s is another number"))),
            exponent.claiming("8⁴", eq(SAMPLE * C, 8**4 * c * L**2 * s**2), "the factor 2 of isoperimetry is lost"),
            exponent.claiming("2592", eq(SAMPLE * C, 2592 * c * L**2 * s**2), "1-subgaussian where 2-subgaussian is meant"),
        ),
        nine.id: (
            nine.dropping("isoperimetry", "the variables are then of any size"),
            nine.dropping("threshold", "s is another number"),
            nine.claiming("8⁴", exponent_at_least(8**4), "the printed derivation: 4096 < 5184"),
            nine.claiming("5183", exponent_at_least(5183), "5184 is exact"),
        ),
    }
