"""What became of the mutants of a claim's proofs, and the facts of a proof that nothing in it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from theory.proof import Proof

IDLE = "idle"


@dataclass(frozen=True)
class Survivor:
    """A mutant that the kernel proves.

    ``slack`` is the least margin of the changed fact on the instances (None where none decides it), and ``alarm`` an instance at which
    all facts hold that the mutant names and the mutant is false.  ``instances`` counts those on which the facts held, ``vacuous`` those
    of them on which the premise of the changed fact is false, so that it says nothing.
    """

    step: str
    kind: str
    what: str
    dropped: str | None
    instances: int
    slack: float | None
    alarm: str = ""
    unmeasured: str = ""
    vacuous: int = 0


@dataclass(frozen=True)
class MutationReport:
    """The mutants of a claim's proofs: how many there were, how many the kernel refused, and those it did not.

    ``gave_up`` counts those of the killed on which z3 ran out of time, ``left_out`` the proved steps that are too large for the effort,
    ``kinds`` the mutants of each sort of change.
    """

    mutants: int = 0
    killed: int = 0
    gave_up: int = 0
    survivors: tuple[Survivor, ...] = ()
    left_out: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)

    @property
    def alarms(self) -> tuple[Survivor, ...]:
        """Survivors that an instance contradicts."""
        return tuple(s for s in self.survivors if s.alarm)

    @property
    def unused(self) -> tuple[Survivor, ...]:
        """Facts that a step names and does not need, and facts of a proof that no step on the way to its end names."""
        return tuple(s for s in self.survivors if s.dropped is not None and not s.alarm)

    @property
    def slack(self) -> tuple[Survivor, ...]:
        """Changed facts that hold as well, by a margin that instances show."""
        return tuple(s for s in self.survivors if s.dropped is None and not s.alarm and s.slack is not None)

    @property
    def undecided(self) -> tuple[Survivor, ...]:
        """Changed facts that the kernel proves and no instance decides: nothing but the kernel vouches for them."""
        return tuple(s for s in self.survivors if s.dropped is None and not s.alarm and s.slack is None)


def idle(proof: Proof, hypotheses: Sequence[str]) -> Iterator[Survivor]:
    """The hypotheses and steps without which the proof is still one: no step on the way to its last names them.

    Where a step on the way names a fact, it is a mutant of that step that goes without.

    >>> from theory.proof import proof, step
    >>> from theory.terms import VectorSymbol, le, n, norm
    >>> y = VectorSymbol("y", n)
    >>> made = proof(step("aside", le(0, n), by="linear"), step("law", le(norm(y), n), by="linear", using="unit"))
    >>> [survivor.dropped for survivor in idle(made, ("unit", "balanced"))]
    ['balanced', 'aside']
    """
    steps, needed, last = {s.name: s for s in proof.steps}, set(), proof.steps[-1].name
    ahead = [last]
    while ahead:
        name = ahead.pop()
        if name not in needed:
            needed.add(name)
            ahead += steps[name].using if name in steps else ()
    for name in (*hypotheses, *steps):
        if name not in needed:
            yield Survivor(last, IDLE, f"the proof without {name!r}", name, 0, None)
