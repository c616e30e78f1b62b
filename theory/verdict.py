"""Verdicts: the only place where the outcome of a check becomes a decision.

A checker returns a `Verdict`; a claim's status is computed from verdicts and never typed by hand.  A verdict has no truth value,
so that an undecided check can never slip through an ``if``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Status(Enum):
    """What is known of a statement or of a step; the value is the word the user reads.

    Ordered from worst to best, so that a conclusion is as strong as the weakest thing it rests on:

    >>> weakest([Status.PROVED, Status.UNKNOWN, Status.PROVED_MODULO]).value
    'UNKNOWN'
    """

    REFUTED = "REFUTED"              # an exact witness or a limiting family contradicts it
    FAILED = "FAILED"                # a checker says that the step does not follow
    UNKNOWN = "UNKNOWN"              # a checker gave up
    OPEN = "OPEN"                    # a conjecture: no proof is offered
    TESTED = "TESTED"                # sampled, never proved
    CERTIFIED = "CERTIFIED"          # rigorous numerics on the given instances
    PROVED_MODULO = "PROVED MODULO"  # proved from textbook lemmas, by name
    PROVED = "PROVED"                # proved from definitions and rules alone

    @property
    def rank(self) -> int:
        """Position in the order above."""
        return list(Status).index(self)

    @property
    def is_proof(self) -> bool:
        """Whether the statement has been established, possibly from named textbook lemmas."""
        return self in (Status.PROVED, Status.PROVED_MODULO)


def weakest(statuses: Iterable[Status]) -> Status:
    """The least status, PROVED when there is none: a conclusion is as strong as the weakest thing it rests on."""
    return min(statuses, key=lambda s: s.rank, default=Status.PROVED)


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check: a status, a sentence for a person, and evidence that can be re-checked.

    ``evidence`` holds what the method found (multipliers, exponents, a countermodel, an enclosure, an instantiation), as plain
    data that serialises to JSON.  ``rests_on`` names the textbook lemmas that the check assumed.

    >>> bool(Verdict(Status.PROVED, "by definition"))
    Traceback (most recent call last):
    ...
    TypeError: a Verdict has no truth value: compare its status
    """

    status: Status
    reason: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    rests_on: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        raise TypeError("a Verdict has no truth value: compare its status")


def proved(reason: str, **evidence: Any) -> Verdict:
    """The step follows; ``evidence`` says how."""
    return Verdict(Status.PROVED, reason, evidence)


def failed(reason: str, **evidence: Any) -> Verdict:
    """The step does not follow; ``evidence`` holds the countermodel when there is one."""
    return Verdict(Status.FAILED, reason, evidence)


def unknown(reason: str, **evidence: Any) -> Verdict:
    """The checker gave up; this is never success."""
    return Verdict(Status.UNKNOWN, reason, evidence)
