"""False twins of the finite class with symmetric noise: each is contradicted by one datum or a few."""

from __future__ import annotations

from theory.claim import Twin
from theory.laws.universal_law.symmetric_noise import finite


def twins() -> dict[str, tuple[Twin, ...]]:
    """The twins of each claim, by its id.

    >>> sorted(twins())
    ['bs.thm2.symmetric']
    """
    return {finite.id: tuple(finite.dropping(name, flaw) for name, flaw in (
        ("noise", "a negative ν may be of any size"), ("labels", "the noise may be of any size"),
        ("room", "ε may be as small as one likes"), ("spread", "the functions may then be all labels")))}
