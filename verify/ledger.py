"""The ledger: proofs checked, facts measured, statuses computed.  One entry a claim."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from theory.check import ClaimReport, check
from theory.claim import Claim, Reading
from theory.verdict import Status, weakest
from verify.measure import Counterexample, Measurement


@dataclass(frozen=True)
class LedgerOptions:
    """How much is measured: random instances a claim, and the seed they are drawn from."""

    instances: int = 60
    seed: int = 0


@dataclass(frozen=True)
class FactTest:
    """One fact (the statement, a hypothesis, or a step) on all instances."""

    name: str
    instances: int
    violations: int
    undecided: int
    min_margin: float | None
    worst: str = ""                       # the smallest failing instance, or where the margin is smallest, in words


@dataclass(frozen=True)
class TwinResult:
    """A false twin: it is caught when its proof is not accepted; ``violated`` says that an instance contradicts it as well."""

    name: str
    flaw: str
    proof_status: Status
    violated: bool | None                 # None: no instances are attached to this twin

    @property
    def is_caught(self) -> bool:
        return not self.proof_status.is_proof


@dataclass(frozen=True)
class Entry:
    """What is known of one claim."""

    claim: Claim
    report: ClaimReport
    facts: tuple[FactTest, ...]
    twins: tuple[TwinResult, ...]
    refutation: Counterexample | None
    refuted: bool
    seconds: float
    notes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def statement(self) -> FactTest | None:
        """The test of the conclusion."""
        return next((f for f in self.facts if f.name == "conclusion"), None)

    @property
    def status(self) -> Status:
        """REFUTED by an exact witness; else what the proofs give; FAILED when a numeric instance contradicts a fact."""
        if self.refuted:
            return Status.REFUTED
        if any(f.violations for f in self.facts):
            return Status.FAILED
        return self.report.status

    @property
    def passes(self) -> bool:
        """Whether this entry lets `lawbook check` succeed."""
        if not all(t.is_caught for t in self.twins):
            return False
        return self.claim.reading not in (Reading.SHARP, Reading.OURS) or self.status.is_proof
