"""The ledger: proofs checked, facts measured, statuses computed.  One entry a claim."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from theory.check import ClaimReport, ProofReport, StepMemo, StepReport, check
from theory.claim import Claim, Reading, Twin
from theory.registry import claims as library
from theory.verdict import Status, Verdict
from verify.evaluate import Evaluator, Outcome
from verify.measure import Measurement
from verify.refute import Refutation, refute
from verify.registry import borrowed, measurements
from verify.trial import FactTest, instances_of, try_facts

MIN_PARALLEL = 4     # claims; a worker process costs about two seconds to start
MOST_PROCESSES = 8   # beyond it the longest claim decides


@dataclass(frozen=True)
class LedgerOptions:
    """How much is measured: random instances a claim, and the seed they are drawn from."""

    instances: int = 60
    seed: int = 0
    processes: int = min(os.cpu_count() or 1, MOST_PROCESSES)


@dataclass(frozen=True)
class TwinResult:
    """A false twin: it is caught when its proof is not accepted; ``violated`` says that an instance contradicts it as well."""

    name: str
    flaw: str
    proof_status: Status
    violated: bool | None                 # None: no instances are attached to this twin

    @property
    def is_caught(self) -> bool:
        """Whether the kernel refuses the twin, and the instances attached to it, if any, contradict it."""
        return not self.proof_status.is_proof and self.violated is not False


@dataclass(frozen=True)
class Entry:
    """What is known of one claim."""

    claim: Claim
    report: ClaimReport
    facts: tuple[FactTest, ...]
    twins: tuple[TwinResult, ...]
    refutation: Refutation | None
    seconds: float

    @property
    def statement(self) -> FactTest | None:
        """The test of the conclusion."""
        return next((f for f in self.facts if f.name == "conclusion"), None)

    @property
    def refuted(self) -> bool:
        """Whether an exact witness contradicts the statement."""
        return self.refutation is not None and self.refutation.verdict.status is Status.REFUTED

    @property
    def status(self) -> Status:
        """REFUTED by an exact witness; FAILED when an instance contradicts a fact of it; else what the proofs give."""
        if self.refuted:
            return Status.REFUTED
        if any(f.violations for f in self.facts):
            return Status.FAILED
        return self.report.status

    @property
    def passes(self) -> bool:
        """Whether this entry lets `lawbook check` succeed: its twins are caught and, for sharp readings and ours, it is proved."""
        if not all(t.is_caught for t in self.twins):
            return False
        return self.claim.reading not in (Reading.SHARP, Reading.OURS) or self.status.is_proof


def entries(claims: Sequence[Claim], options: LedgerOptions, extra: Mapping[str, Measurement] | None = None) -> Iterator[Entry]:
    """The entries of the claims, in their order.

    Claims of the library are worked on by several processes when there are many of them; the result does not depend on how many.
    """
    own = [c for c in claims if library().get(c.id) is c]
    if options.processes < 2 or len(own) < MIN_PARALLEL:
        memo: StepMemo = {}
        yield from (entry(c, options, (extra or {}).get(c.id), memo) for c in claims)
        return
    with ProcessPoolExecutor(options.processes, get_context("spawn"), _leave_interrupts_to_the_parent) as pool:
        pending = {c.id: pool.submit(_library_parts, c.id, options) for c in sorted(own, key=_expected_work, reverse=True)}
        try:
            for claim in claims:
                yield (_assembled(claim, *pending[claim.id].result()) if claim.id in pending
                       else entry(claim, options, (extra or {}).get(claim.id), {}))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def entry(claim: Claim, options: LedgerOptions, measurement: Measurement | None, memo: StepMemo) -> Entry:
    """The entry of one claim, computed here."""
    return _assembled(claim, *_parts(claim, options, measurement or measurements().get(claim.id) or borrowed(claim), memo))


def _expected_work(claim: Claim) -> int:
    """Long claims first, so that the last process does not end alone with one of them."""
    return sum(len(p.steps) for p in claim.proofs) * (1 + len(claim.twins))


Parts = tuple[tuple[tuple[tuple[tuple[Verdict, float], ...], Status, frozenset[str], str], ...], tuple[FactTest, ...],
              tuple[TwinResult, ...], Refutation | None, float]


def _library_parts(id: str, options: LedgerOptions) -> Parts:
    """What a worker sends back: results without terms, which need not travel."""
    return _parts(library()[id], options, measurements().get(id), {})


def _parts(claim: Claim, options: LedgerOptions, measurement: Measurement | None, memo: StepMemo) -> Parts:
    started = time.perf_counter()
    report = check(claim, memo)
    proofs = tuple((tuple((s.verdict, s.seconds) for s in p.steps), p.status, p.rests_on, p.reason) for p in report.proofs)
    facts: tuple[FactTest, ...] = ()
    refutation = None
    if measurement is not None and options.instances > 0:
        if measurement.refutation is None:
            facts = try_facts(claim, instances_of(measurement, options.instances, options.seed))
        else:
            refutation = refute(claim, measurement.refutation())
    twins = tuple(_twin_result(t, measurement, options, memo) for t in claim.twins)
    return proofs, facts, twins, refutation, time.perf_counter() - started


def _assembled(claim: Claim, proofs: tuple, facts: tuple[FactTest, ...], twins: tuple[TwinResult, ...],  # type: ignore[type-arg]
               refutation: Refutation | None, seconds: float) -> Entry:
    reports = tuple(
        ProofReport(p.author, tuple(StepReport(s, v, t) for s, (v, t) in zip(p.steps, verdicts, strict=True)), status, rests_on, reason)
        for p, (verdicts, status, rests_on, reason) in zip(claim.proofs, proofs, strict=True))
    return Entry(claim, ClaimReport(claim, reports), facts, twins, refutation, seconds)


def _twin_result(twin: Twin, measurement: Measurement | None, options: LedgerOptions, memo: StepMemo) -> TwinResult:
    draw = None if measurement is None or options.instances == 0 else measurement.twin_draws.get(twin.name)
    violated = None
    if draw is not None:
        rng = np.random.default_rng(options.seed)
        violated = any(_contradicts(twin.claim, Evaluator(draw(rng))) for _ in range(3))
    return TwinResult(twin.name, twin.flaw, check(twin.claim, memo).status, violated)


def _contradicts(claim: Claim, at: Evaluator) -> bool:
    """Whether all hypotheses hold at the instance and the conclusion is violated."""
    held = (Outcome.HOLDS, Outcome.VACUOUS)
    return all(at.fact(h.formula).outcome in held for h in claim.hypotheses) and at.fact(claim.conclusion).outcome is Outcome.VIOLATED
