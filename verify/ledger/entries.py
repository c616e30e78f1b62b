"""The ledger: proofs checked, facts measured, statuses computed.  One entry a claim."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing import get_context

import numpy as np

from theory.check import ClaimReport, ProofReport, StepReport, check
from theory.claim import Claim, Reading, Twin
from theory.errors import LawbookError
from theory.registry import claims as library
from theory.terms.printing.layout import in_the_words_of
from theory.verdict import Status, Verdict
from verify.evaluate import Evaluator, Instance, Outcome
from verify.laws.measure import Measurement
from verify.laws.registry import measurements
from verify.ledger.cache import Instances, Memory
from verify.objects.store.place import CachePlace
from verify.trials.hunt.hits import gathered
from verify.trials.hunt.known import Evidence, with_twins
from verify.trials.measured import measurement_of
from verify.trials.mutation import MutationEffort, MutationReport, mutate
from verify.trials.refutation.refute import Refutation, refute
from verify.trials.trial import OF_A_PROOF, FactEffort, FactTest, instances_of, try_facts
from verify.trials.workers import PROCESSES, begin_work

MIN_PARALLEL = 4     # claims; a worker process costs about two seconds to start
PROVED_SHARE = 3     # of a claim with a proof, that many times fewer random instances are drawn


@dataclass(frozen=True)
class LedgerOptions:
    """How much is measured: random instances a claim, and the seed they are drawn from; where results of earlier runs are kept.

    Of a claim that is proved a third of the instances are drawn, and its steps are evaluated on the first few: they can show no more
    than that the evaluator reads a formula as the kernel does.  Each `FactTest` says how many there were.
    """

    instances: int = 60
    seed: int = 0
    processes: int = PROCESSES
    cache: CachePlace | None = None
    mutation: MutationEffort | None = None        # None: no mutants of the proofs are checked
    hunted: bool = False                  # whether stored counterexamples to what is left without a hypothesis are verified again


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
    measured_before: bool = False         # facts and twins' instances are those of an earlier run
    mutation: MutationReport | None = None
    hypotheses: tuple[Evidence, ...] = () # what stored hunts show of each, where the claim is not refuted and there are records
    derivations: Mapping[bytes, Verdict] = field(default_factory=dict)   # of proved steps, by the digest of each
    trouble: str = ""                     # why the claim was not measured, or not checked, in one sentence
    stopped: bool = False                 # whether its own Measurement, or a checker, did not answer

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
        """REFUTED by an exact witness; FAILED when an instance contradicts a fact of it; else what the proofs give.

        A step of a printed proof that an instance contradicts speaks against that proof, not against the statement.
        """
        if self.refuted:
            return Status.REFUTED
        printed = {s.name for p in self.claim.proofs if p.author == "printed" for s in p.steps}
        own = {s.name for p in self.claim.proofs if p.author != "printed" for s in p.steps}
        if any(f.violations for f in self.facts if f.name not in printed - own):
            return Status.FAILED
        return self.report.status

    @property
    def passes(self) -> bool:
        """Whether this entry lets `lawbook check` succeed.

        Its twins are caught, a recorded counterexample checks, no mutant of its proofs is false and proved, and, for sharp readings
        and ours, it is proved.
        """
        if self.stopped or (self.mutation is not None and self.mutation.alarms):
            return False
        if not all(t.is_caught for t in self.twins) or (self.refutation is not None and not self.refuted):
            return False
        return self.claim.reading not in (Reading.SHARP, Reading.OURS) or self.status.is_proof


def entries(claims: Sequence[Claim], options: LedgerOptions, extra: Mapping[str, Measurement] | None = None) -> Iterator[Entry]:
    """The entries of the claims, in their order.

    Claims of the library are worked on by several processes when there are many of them; the result does not depend on how many.
    """
    memory = Memory(options.cache)
    try:
        yield from _entries(claims, options, extra or {}, memory)
    finally:
        memory.close()


def _entries(claims: Sequence[Claim], options: LedgerOptions, extra: Mapping[str, Measurement], memory: Memory) -> Iterator[Entry]:
    work = [c for c in claims if library().get(c.id) is c and not _is_remembered(c, options, memory)]
    if options.processes < 2 or len(work) < MIN_PARALLEL:
        yield from (entry(c, options, extra.get(c.id), memory) for c in claims)
        return
    with ProcessPoolExecutor(options.processes, get_context("spawn"), begin_work) as pool:
        pending = {c.id: pool.submit(_library_parts, c.id, options) for c in sorted(work, key=_expected_work, reverse=True)}
        try:
            for claim in claims:
                yield (_assembled(claim, pending[claim.id].result()) if claim.id in pending
                       else entry(claim, options, extra.get(claim.id), memory))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _is_remembered(claim: Claim, options: LedgerOptions, memory: Memory) -> bool:
    """Whether an earlier run has measured the claim and, where asked, checked its mutants."""
    return (memory.recall_measured(claim, options.instances, options.seed) is not None
            and (options.mutation is None or memory.recall_mutation(claim, options.mutation) is not None))


def entry(claim: Claim, options: LedgerOptions, measurement: Measurement | None, memory: Memory) -> Entry:
    """The entry of one claim, computed here.

    What goes wrong with a claim of a user is said of that claim, and of no other; a claim of the library has no such excuse.
    """
    if library().get(claim.id) is claim:
        return _assembled(claim, _worked(claim, options, measurement or measurement_of(claim), memory))
    with in_the_words_of(claim.where):
        return _users_entry(claim, options, measurement, memory)


def _users_entry(claim: Claim, options: LedgerOptions, measurement: Measurement | None, memory: Memory) -> Entry:
    own = measurement is not None
    try:
        drawn = measurement or (measurement_of(claim) if options.instances else None)
    except LawbookError as error:
        return replace(_unmeasured(claim, options, memory), trouble=f"not measured: {error}")
    try:
        found = _assembled(claim, _worked(claim, options, drawn, memory, lenient=not own))
    except LawbookError as error:
        return replace(_unmeasured(claim, options, memory), trouble=f"not measured: {error}", stopped=own)
    except Exception as error:                              # a fault of a checker or of the user's own Measurement
        return replace(_stopped(claim, f"not checked: {_fault_words(error)}"), facts=() if own else _facts(claim, options, drawn))
    silent = found.statement is not None and not found.statement.instances
    return replace(found, trouble=f"not measured: {found.statement.trouble}") if silent and found.statement.trouble else found


def _fault_words(error: Exception) -> str:
    """An exception that is no error of ours, in a clause."""
    if isinstance(error, ValueError) and "integer string conversion" in str(error):
        return (f"a number of more than {sys.get_int_max_str_digits()} digits came up; "
                "bound the numbers of the statement, or prove it in smaller steps")
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _unmeasured(claim: Claim, options: LedgerOptions, memory: Memory) -> Entry:
    return _assembled(claim, _worked(claim, replace(options, mutation=None), None, memory))


def _stopped(claim: Claim, trouble: str) -> Entry:
    """The entry of a claim whose checking raised what is no error of ours: nothing is known of it."""
    reports = tuple(ProofReport(p.author, (), Status.FAILED, frozenset(), trouble) for p in claim.proofs)
    return Entry(claim, ClaimReport(claim, reports), (), (), None, 0.0, trouble=trouble, stopped=True)


def standings(entries: Sequence[Entry], cache: CachePlace | None = None) -> dict[str, Status]:
    """The statuses of the entries, and of the claims that their audits and special cases name.

    Those that are not among the entries are proved here, or refuted by their witness; no instance is measured for them.
    """
    found = {e.claim.id: e.status for e in entries}
    named = {id: library()[id] for e in entries for id in _named_by(e.claim) if id not in found}
    memory = Memory(cache)
    try:
        return found | {id: entry(claim, LedgerOptions(0), None, memory).status for id, claim in named.items()}
    finally:
        memory.close()


def _named_by(claim: Claim) -> set[str]:
    return {id for audit in claim.audits for id in (*audit.shown_by, *audit.sharp)} | set(claim.special_cases)


def _expected_work(claim: Claim) -> int:
    """Long claims first, so that the last process does not end alone with one of them."""
    return sum(len(p.steps) for p in claim.proofs) * (1 + len(claim.twins))


@dataclass(frozen=True)
class WorkedStep:
    """What a worker found of one step: the verdict, the seconds, and whether an earlier run found it."""

    verdict: Verdict
    seconds: float
    cached: bool


@dataclass(frozen=True)
class WorkedProof:
    """What a worker found of one proof."""

    steps: tuple[WorkedStep, ...]
    status: Status
    rests_on: frozenset[str]
    reason: str


@dataclass(frozen=True)
class Worked:
    """What a worker found of one claim: results without terms, which need not travel."""

    proofs: tuple[WorkedProof, ...]
    refutation: Refutation | None
    measured: Instances
    measured_before: bool
    twins: tuple[TwinResult, ...]
    seconds: float
    mutation: MutationReport | None
    hypotheses: tuple[Evidence, ...]
    derivations: Mapping[bytes, Verdict]      # of the steps that were proved, those of lemmas included


@cache
def _worker_memory(place: CachePlace | None) -> Memory:
    return Memory(place)


def _library_parts(id: str, options: LedgerOptions) -> Worked:
    """What a worker sends back."""
    return _worked(library()[id], options, measurements().get(id), _worker_memory(options.cache))


def _worked(claim: Claim, options: LedgerOptions, measurement: Measurement | None, memory: Memory, *,
            lenient: bool = False) -> Worked:
    started = time.perf_counter()
    is_ours = library().get(claim.id) is claim              # how a user measures a claim is in no digest
    memory.recalls_silence = is_ours
    report = check(claim, memory)
    proofs = tuple(WorkedProof(tuple(WorkedStep(s.verdict, s.seconds, s.cached) for s in p.steps), p.status, p.rests_on, p.reason)
                   for p in report.proofs)
    derivations = memory.new_proofs()
    refutation = None if measurement is None or measurement.refutation is None else refute(claim, measurement.refutation(), memory)
    known = memory.recall_measured(claim, options.instances, options.seed) if is_ours else None
    measured = known or _measured(claim, options, measurement, is_refuted=refutation is not None, is_proved=report.status.is_proof,
                                  lenient=lenient)
    if is_ours and known is None:
        memory.keep_measured(claim, options.instances, options.seed, measured)
    twins = tuple(
        TwinResult(t.name, t.flaw, check(t.claim, memory, thorough=False).status, measured.twins.get(t.name)) for t in claim.twins)
    mutation = None if options.mutation is None else _mutated(claim, measurement, options.mutation, memory, is_ours=is_ours)
    unseen = () if options.instances else [t.name for t in claim.twins]
    hypotheses = with_twins(_hunted(claim, memory), measured.twins, unseen) if options.hunted and refutation is None else ()
    memory.save()
    return Worked(proofs, refutation, measured, known is not None, twins, time.perf_counter() - started, mutation, hypotheses, derivations)


def _hunted(claim: Claim, memory: Memory) -> tuple[Evidence, ...]:
    """What the stored records say of each hypothesis, all of them verified again."""
    records = gathered(claim)
    if records is None:
        return ()
    found = memory.recall_evidence(records)
    if found is None:
        from verify.trials.hunt.ablation import evidence  # imported here: a quarter of a second, and only where something is new
        found = evidence(claim, records)
        memory.keep_evidence(records, found)
    return found


def _mutated(claim: Claim, measurement: Measurement | None, effort: MutationEffort, memory: Memory, *, is_ours: bool) -> MutationReport:
    found = memory.recall_mutation(claim, effort) if is_ours else None
    if found is None:
        found = mutate(claim, measurement, effort, memory)
        if is_ours:
            memory.keep_mutation(claim, effort, found)
    return found


def _measured(claim: Claim, options: LedgerOptions, measurement: Measurement | None, *, is_refuted: bool, is_proved: bool,
              lenient: bool) -> Instances:
    if measurement is None or options.instances == 0:
        return Instances()
    facts: tuple[FactTest, ...] = ()
    if not is_refuted and claim.chance is None:             # with a chance, some draws may contradict the conclusion
        facts = _facts(claim, options, measurement, is_proved=is_proved, lenient=lenient)
    return Instances(facts, violated_twins(claim, measurement, options.seed))


def _facts(claim: Claim, options: LedgerOptions, measurement: Measurement | None, *, is_proved: bool = False,
           lenient: bool = True) -> tuple[FactTest, ...]:
    """The facts of a claim on its instances; none where it is not measured."""
    if measurement is None or options.instances == 0:
        return ()
    count, effort = (-(-options.instances // PROVED_SHARE), OF_A_PROOF) if is_proved else (options.instances, FactEffort())
    return try_facts(claim, instances_of(measurement, count, options.seed), effort, lenient=lenient)


def violated_twins(claim: Claim, measurement: Measurement, seed: int) -> dict[str, bool]:
    """By name, whether instances contradict the false twins that have instances."""
    return {t.name: _is_violated(t, measurement.twin_draws[t.name], seed) for t in claim.twins if t.name in measurement.twin_draws}


def _assembled(claim: Claim, found: Worked) -> Entry:
    """The entry of a claim from what a worker sent back."""
    reports = tuple(
        ProofReport(p.author, tuple(StepReport(s, w.verdict, w.seconds, w.cached) for s, w in zip(p.steps, own.steps, strict=True)),
                    own.status, own.rests_on, own.reason)
        for p, own in zip(claim.proofs, found.proofs, strict=True))
    return Entry(claim, ClaimReport(claim, reports), found.measured.facts, found.twins, found.refutation, found.seconds,
                 found.measured_before, found.mutation, found.hypotheses, found.derivations)


def _is_violated(twin: Twin, draw: Callable[[np.random.Generator], Instance], seed: int) -> bool:
    """Whether one of three instances contradicts a false twin."""
    rng = np.random.default_rng(seed)
    return any(_contradicts(twin.claim, Evaluator(draw(rng))) for _ in range(3))


def _contradicts(claim: Claim, at: Evaluator) -> bool:
    """Whether all hypotheses hold at the instance and the conclusion is violated."""
    held = (Outcome.HOLDS, Outcome.VACUOUS)
    return all(at.fact(h.formula).outcome in held for h in claim.hypotheses) and at.fact(claim.conclusion).outcome is Outcome.VIOLATED
