"""The fuzz of inferences and axioms: what is proved from assumptions is true on random instances on which the assumptions are true."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from kernel.drawing import Terms, Values, d, k, n
from kernel.oracle import evaluate, holds
from kernel.oracle_numbers import Undecided
from kernel.oracle_values import same
from theory.kernel.heads import FALSE
from theory.kernel.nodes import FORM, Node, Refused, fits
from theory.kernel.normal import canonical
from theory.kernel.theorem import Theorem

INSTANCES = 10  # for each theorem that was drawn
Rules = Mapping[str, Callable[[Sequence[Theorem], Sequence[Node]], Theorem]]
Proposal = tuple[list[Theorem], list[Node]]


@dataclass
class Tally:
    """What came of the draws; ``wrong`` describes the first theorem that is false on an instance."""

    draws: int = 0
    refused: int = 0
    decided: int = 0
    wrong: str | None = None
    open: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of draws in which all premises were true and the conclusion was decided."""
        return self.decided / max(1, self.draws)


def outcome(theorem: Theorem, free: dict[Node, Any], *, by_samples: bool = False) -> bool | None:
    """True where the theorem says something true of the instance, False where it is wrong, None where that is not decided.

    A contradiction is right where a hypothesis is false; of other theorems that says nothing.
    """
    results = []
    for h in theorem.hypotheses:
        result = holds(h, free, by_samples=by_samples)
        if result is False:
            return True if theorem.conclusion is FALSE else None
        results.append(result)
    return None if None in results else holds(theorem.conclusion, free, by_samples=by_samples)


def names(theorem: Theorem) -> frozenset[Node]:
    """The free variables of a theorem, and the sizes."""
    return frozenset({n, k, d}).union(theorem.conclusion.free, *(h.free for h in theorem.hypotheses))


def fuzz(propose: Callable[[Random], Proposal], rule: Callable[..., Theorem], draws: int, seed: int, *, by_samples: bool = False,
         largest: int = 3) -> Tally:
    """Draw premises and arguments, apply the rule, and look for an instance on which the theorem is false."""
    tally = Tally()
    number = 0
    while tally.draws < draws and tally.wrong is None:
        rng = Random(seed * 1_000_003 + number)
        number += 1
        try:
            theorem = rule(*propose(rng))
        except Refused:
            tally.draws, tally.refused = tally.draws + 1, tally.refused + 1
            continue
        _try_on_instances(theorem, rng, tally, by_samples, largest)
    return tally


def _try_on_instances(theorem: Theorem, rng: Random, tally: Tally, by_samples: bool, largest: int) -> None:
    variables = names(theorem)
    for _ in range(INSTANCES):
        tally.draws += 1
        try:
            free = Values(rng, largest).of(variables)
        except Undecided:
            continue
        result = outcome(theorem, free, by_samples=by_samples)
        tally.decided += result is not None
        if result is False:
            values = {v.args[0]: value for v, value in free.items()}
            tally.wrong = f"{list(theorem.hypotheses)} ⊢ {theorem.conclusion!r} is false at {values}"
            return


# --- normal forms -------------------------------------------------------------------------------------------------------------------

def fuzz_normal_form(kind: str, draws: int, seed: int, depth: int = 4, form: Callable[[Node], Node] = canonical) -> Tally:
    """Terms, vectors or formulas have the value of their normal form, which may stand where they do."""
    tally = Tally()
    number = 0
    while tally.draws < draws and tally.wrong is None:
        rng = Random(seed * 1_000_003 + number)
        number += 1
        node = Terms(rng).of_kind(kind, depth)
        try:
            other = form(node)
        except Refused as refusal:
            tally.wrong = f"{node!r} has no normal form: {refusal}"
            break
        if not stands_for(other, node):
            tally.wrong = f"{other!r} is of another sort than {node!r}, or has other variables"
            break
        for _ in range(4):
            free = Values(rng).of(node.free | other.free | {n, k, d})
            result = agree(node, other, free)
            tally.draws += 1
            tally.decided += result is not None
            if result is False:
                tally.wrong = f"{node!r} and {other!r} differ at {({v.args[0]: x for v, x in free.items()})}"
    return tally


def stands_for(other: Node, node: Node) -> bool:
    """Whether a term may stand where the other stands: its sort fits, and no variable is new."""
    return other.free <= node.free and other.indices <= node.indices and (node.sort is FORM or fits(other.sort, node.sort))


def agree(left: Node, right: Node, free: dict[Node, Any]) -> bool | None:
    """Whether two terms or formulas have one value on an instance."""
    try:
        if left.sort is FORM:
            values = holds(left, free), holds(right, free)
            return None if None in values else values[0] == values[1]
        return same(evaluate(left, free), evaluate(right, free))
    except Undecided:
        return None
