"""False twins of the finite class with symmetric noise: each is contradicted by one datum or a few."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.setting import i, n
from theory.laws.universal_law.symmetric_noise import CLASS, N, finite, misfit, nu, often, s, t
from theory.terms import Sum, exp, forall, lt


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bs.thm2.symmetric']
    """
    return {finite.id: (
        *(finite.dropping(name, flaw) for name, flaw in (
            ("noise", "a negative ν may be of any size"), ("labels", "the noise may be of any size"),
            ("room", "ε may be as small as one likes"), ("spread", "the functions may then be all labels"))),
        finite.claiming("at the noise level", often(forall(lt(Sum(nu[i] ** 2, (i, n)), misfit.rhs), CLASS), 3 * exp(-s) + N * exp(-t)),
                        "a function that is halfway to a label is closer to it than the noise"))}
