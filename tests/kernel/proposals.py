"""All random uses of inferences, by name; the modules that are imported here register theirs."""

from __future__ import annotations

from random import Random

from kernel import proposals_arithmetic, proposals_binders, proposals_logic  # noqa: F401
from kernel.draws import PROPOSALS, Draw
from kernel.fuzz import Proposal, Rules


def propose(name: str, rules: Rules, rng: Random) -> Proposal:
    """A random use of an inference."""
    return PROPOSALS[name](Draw(rng, rules))


__all__ = ["PROPOSALS", "propose"]
