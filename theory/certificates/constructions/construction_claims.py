"""What a kind of construction certificate is: a theorem that bounds Lip(f) of an explicit network by numbers that it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import ExactNetwork
from theory.certificates.exact.rounding import approximately
from theory.errors import BadData, NotCertified

Numbers = Mapping[str, Fraction]


@dataclass(frozen=True)
class ConstructionClaim:
    """One kind of upper bound on the Lipschitz constant of an explicit network.

    ``id`` is the claim of the ledger that justifies it; ``domain`` is "global", "ball" (the closed unit ball) or "sphere" (the unit
    sphere, chord metric); ``statement`` says in words what ``upper`` means; ``evidence`` names the rational numbers that the theorem
    needs (norm and coherence bounds, counts).  ``lip_squared(data, network, numbers)`` recomputes from the exact data what the
    numbers claim, refuses with NotCertified when one of them is wrong, and returns a ball whose upper end bounds Lip(f)².
    """

    id: str
    domain: str
    statement: str
    evidence: tuple[str, ...]
    lip_squared: Callable[[ExactData, ExactNetwork, Numbers], arb]

    def __post_init__(self) -> None:
        if self.domain not in ("global", "ball", "sphere"):
            raise BadData(f"the domain of a construction is global, ball or sphere, not {self.domain!r}")


def check_at_most(found: Fraction, claimed: Fraction, what: str) -> None:
    """NotCertified unless the recomputed number is at most the one that the evidence claims.

    >>> check_at_most(Fraction(1, 2), Fraction(1, 3), "the coherence")
    Traceback (most recent call last):
    ...
    theory.errors.NotCertified: the coherence is 1/2, and the evidence claims at most 1/3
    """
    if found > claimed:
        raise NotCertified(f"{what} is {_shown(found)}, and the evidence claims at most {_shown(claimed)}")


def check_count(claimed: Fraction, least: int, what: str) -> int:
    """The count that the evidence claims; NotCertified unless it is an integer of at least ``least``."""
    if claimed.denominator != 1 or claimed < least:
        raise NotCertified(f"{what} is claimed to be {_shown(claimed)}; it must be an integer of at least {least}")
    return int(claimed)


def _shown(value: Fraction) -> str:
    text = str(value)
    return text if len(text) <= 20 else approximately(value)
