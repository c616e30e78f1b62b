"""Which hypotheses a claim needs: each is dropped in turn and a counterexample hunted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from theory.claim import Claim
from verify.counterexamples.hits import HitStore, statement_digest
from verify.counterexamples.hunter import Found, NothingFound, hunt, stored
from verify.counterexamples.trials import Progress
from verify.spaces.claim_space import ClaimSpace


@dataclass(frozen=True)
class Ablation:
    """One hypothesis and what its absence allows: a counterexample (it is load-bearing), or the best margin that was reached."""

    hypothesis: str
    result: Found | NothingFound

    @property
    def is_load_bearing(self) -> bool:
        """Whether the claim is false without the hypothesis."""
        return isinstance(self.result, Found)


def ablate(claim: Claim, budget: float = 60.0, seed: int = 0, store: HitStore | None = None,
           tell: Progress | None = None, most: int | None = None) -> Iterator[Ablation]:
    """Drop each hypothesis in turn, with an equal part of the budget and at most ``most`` trials each.

    >>> from theory import find_claim
    >>> [a.is_load_bearing for a in ablate(find_claim("mcshane.floor"), budget=10.0)]
    [True]
    """
    for hypothesis in claim.hypotheses:
        yield Ablation(hypothesis.name, hunt(claim, hypothesis.name, budget / len(claim.hypotheses), seed, store, tell, most))


def load_bearing(claim: Claim, store: HitStore, seconds: float = float("inf")) -> list[str]:
    """The hypotheses without which a stored counterexample, verified again, contradicts the claim.

    After that many seconds no further one is verified; one that was begun is finished.
    """
    statement, started = statement_digest(claim), time.monotonic()
    found = []
    for hypothesis in claim.hypotheses:
        if time.monotonic() - started >= seconds:
            break
        if store.records(statement, hypothesis.name, "found") and next(stored(ClaimSpace(claim, hypothesis.name), store), None) is not None:
            found.append(hypothesis.name)
    return found
