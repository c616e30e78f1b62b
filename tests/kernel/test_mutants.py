"""Uses of inferences with one part changed are refused, or prove something that is true on instances."""

from __future__ import annotations

from random import Random

import pytest

from kernel.axiom_draws import BY_SAMPLES, propose_axiom
from kernel.fuzz import Proposal, fuzz
from kernel.mutants import mutant
from kernel.proposals import PROPOSALS, propose
from theory.kernel import RULES
from theory.kernel.axioms import AXIOMS

DRAWS = 1000
SIZES = [pytest.param(1, id="default"), pytest.param(100, id="slow", marks=pytest.mark.slow)]


@pytest.mark.parametrize("times", SIZES)
@pytest.mark.parametrize("name", sorted(RULES))
def test_mutated_use(name: str, times: int) -> None:
    def draw(rng: Random) -> Proposal:
        own = propose_axiom(name, AXIOMS[name], RULES, rng) if name in AXIOMS else propose(name, RULES, rng)
        return mutant(own, RULES, rng)

    tally = fuzz(draw, RULES[name], times * DRAWS, seed=4, by_samples=name == "induction" or name in BY_SAMPLES,
        largest=BY_SAMPLES.get(name, 3))
    assert tally.wrong is None, tally.wrong


def test_mutants_are_refused_and_accepted() -> None:
    """Both happen, or the mutants would show nothing."""
    refused = accepted = 0
    for name in sorted(PROPOSALS):
        tally = fuzz(lambda rng, name=name: mutant(propose(name, RULES, rng), RULES, rng), RULES[name], 100, seed=5,
            by_samples=name == "induction")
        refused, accepted = refused + tally.refused, accepted + tally.decided
    assert refused > 300 and accepted > 300
