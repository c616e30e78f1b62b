"""Results of earlier runs: verdicts on steps and measurements of claims, found again by the content of all they depend on.

The key of a verdict is the digest of the step (`theory.digest`) and of the kernel; the key of a measurement is that of the claim and of
the whole program.  No file time and no version number of our own is part of a key, so a result is recalled only for the question that
it answered.  A refusal that a time limit may have decided is not kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from theory.claim import Claim
from theory.digest import NoDigest, claim_digest, combined
from theory.memo import Recalled, StepMemo
from theory.verdict import Status, Verdict
from verify.objects.store.place import CachePlace, Store
from verify.objects.store.sources import Sources, read_sources
from verify.trials.hunt.known import Evidence, Gathered, evidence_of
from verify.trials.mutation import Effort, MutationReport, Survivor
from verify.trials.refutation.refute import Refutation
from verify.trials.trial import FactTest

T = TypeVar("T")


@dataclass(frozen=True)
class Measured:
    """What instances say of a claim: its facts, its refutation, and for each false twin with instances whether they contradict it."""

    facts: tuple[FactTest, ...] = ()
    refutation: Refutation | None = None
    twins: Mapping[str, bool] = field(default_factory=dict)


class Memory(StepMemo):
    """Verdicts and measurements of this run and, when a place is given, of earlier ones."""

    def __init__(self, place: CachePlace | None = None) -> None:
        super().__init__()
        self._place = place
        self._store = None if place is None else Store(place.folder)
        self._new: dict[str, str] = {}

    @property
    def problem(self) -> str | None:
        """What is wrong with the store, in one sentence."""
        return None if self._store is None else self._store.problem

    # --- verdicts ---------------------------------------------------------------------------------------------------

    def recall(self, digest: bytes) -> Recalled | None:
        found = super().recall(digest)
        if found is None and self._store is not None and self._place is not None:
            text = self._store.read(self._step_key(digest))
            found = None if text is None else self._read(text)
            if found is not None:
                self.verdicts[digest] = found
        return found

    def _read(self, text: str) -> Recalled | None:
        """What a row says; None for one that no run of this program has written."""
        run, _, encoded = text.partition(" ")
        verdict = _understood(decoded_verdict, encoded)
        stored = self._place is None or run != self._place.run      # a process beside this one writes in this run
        return None if verdict is None else Recalled(verdict, stored)

    def keep(self, digest: bytes, verdict: Verdict, *, lasting: bool) -> None:
        super().keep(digest, verdict, lasting=lasting)
        if self._place is not None and (lasting or verdict.status is Status.PROVED):    # a proof stays one, however long it took
            text = encoded_verdict(verdict)
            if text is not None:
                self._new[self._step_key(digest)] = f"{self._place.run} {text}"

    def _step_key(self, digest: bytes) -> str:
        return combined("lawbook.verdict/2", self._sources.kernel, digest).hex()

    # --- measurements -----------------------------------------------------------------------------------------------

    def recall_measured(self, claim: Claim, instances: int, seed: int) -> Measured | None:
        """What an earlier run of this very program measured of the claim, with as many instances from the same seed."""
        key = None if self._store is None else self._measured_key(claim, instances, seed)
        return None if key is None or self._store is None else _understood(decoded_measured, self._store.read(key))

    def keep_measured(self, claim: Claim, instances: int, seed: int, measured: Measured) -> None:
        """Remember what was measured; a refutation that does not check is tried again next time."""
        key = None if self._store is None else self._measured_key(claim, instances, seed)
        text = encoded_measured(measured)
        if key is not None and text is not None:
            self._new[key] = text

    def _measured_key(self, claim: Claim, instances: int, seed: int) -> str | None:
        try:
            return combined("lawbook.measured/1", self._sources.program, claim_digest(claim), str(instances), str(seed)).hex()
        except NoDigest:
            return None

    # --- mutants ----------------------------------------------------------------------------------------------------

    def recall_mutation(self, claim: Claim, effort: Effort) -> MutationReport | None:
        """What an earlier run of this very program found of the mutants of the claim, with the same effort."""
        key = None if self._store is None else self._mutation_key(claim, effort)
        return None if key is None or self._store is None else _understood(decoded_mutation, self._store.read(key))

    def keep_mutation(self, claim: Claim, effort: Effort, found: MutationReport) -> None:
        """Remember the mutants; an alarm is looked at again next time."""
        key = None if self._store is None else self._mutation_key(claim, effort)
        text = _faithful(asdict(found) | {"survivors": [asdict(s) for s in found.survivors]})
        if key is not None and text is not None and not found.alarms:
            self._new[key] = text

    def _mutation_key(self, claim: Claim, effort: Effort) -> str | None:
        try:
            return combined("lawbook.mutation/1", self._sources.program, claim_digest(claim), str(effort)).hex()
        except NoDigest:
            return None

    # --- stored hunts -----------------------------------------------------------------------------------------------

    def recall_evidence(self, records: Gathered) -> tuple[Evidence, ...] | None:
        """What an earlier run of this very program made of these records, all of them verified again."""
        return None if self._store is None else _understood(decoded_evidence, self._store.read(self._evidence_key(records)))

    def keep_evidence(self, records: Gathered, found: tuple[Evidence, ...]) -> None:
        """Remember what the records say."""
        if self._store is not None:
            self._new[self._evidence_key(records)] = json.dumps([e.document() for e in found], ensure_ascii=False)

    def _evidence_key(self, records: Gathered) -> str:
        return combined("lawbook.evidence/1", self._sources.program, records.key).hex()

    # --- the store --------------------------------------------------------------------------------------------------

    @property
    def _sources(self) -> Sources:
        if self._place is None:
            raise ValueError("there is no store, so there are no keys")
        return self._place.sources

    def save(self) -> None:
        """Write what is new, unless the program's files have changed since they were read: then it may belong to other code."""
        if self._store is not None and self._new and read_sources() == self._sources:
            self._store.write(self._new)
        self._new = {}

    def close(self) -> None:
        """Save, and let go of the store."""
        self.save()
        if self._store is not None:
            self._store.close()


# --- results as text ------------------------------------------------------------------------------------------------------

def encoded_verdict(verdict: Verdict) -> str | None:
    """The verdict as JSON; None when it would not come back equal.

    >>> from theory.verdict import proved
    >>> decoded_verdict(encoded_verdict(proved("so", steps=["1/2"]))) == proved("so", steps=["1/2"])
    True
    >>> encoded_verdict(proved("so", steps=("a tuple is no list",))) is None
    True
    """
    return _faithful(_verdict_fields(verdict))


def decoded_verdict(text: str) -> Verdict:
    """The verdict that a text encodes."""
    return _verdict(json.loads(text))


def encoded_measured(measured: Measured) -> str | None:
    """The measurement as JSON; None when it would not come back equal, or holds a refutation that does not check."""
    found = measured.refutation
    if found is not None and found.verdict.status is not Status.REFUTED:
        return None
    refutation = None if found is None else {"words": found.words, "breaks": found.breaks, "verdict": _verdict_fields(found.verdict)}
    return _faithful({"facts": [asdict(f) for f in measured.facts], "refutation": refutation, "twins": dict(measured.twins)})


def decoded_measured(text: str) -> Measured:
    """The measurement that a text encodes."""
    fields = json.loads(text)
    found = fields["refutation"]
    refutation = None if found is None else Refutation(found["words"], found["breaks"], _verdict(found["verdict"]))
    return Measured(tuple(FactTest(**f) for f in fields["facts"]), refutation, fields["twins"])


def decoded_evidence(text: str) -> tuple[Evidence, ...]:
    """What stored records say, as a text encodes it."""
    return tuple(map(evidence_of, json.loads(text)))


def decoded_mutation(text: str) -> MutationReport:
    """The report that a text encodes."""
    fields = json.loads(text)
    return MutationReport(**fields | {"survivors": tuple(Survivor(**s) for s in fields["survivors"])})


def _understood(decoded: Callable[[str], T], text: str | None) -> T | None:
    """What a text encodes; None where it encodes nothing: no run of this program has written it, so the question is asked anew."""
    try:
        return None if text is None else decoded(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _verdict_fields(verdict: Verdict) -> dict[str, Any]:
    return {"status": verdict.status.value, "reason": verdict.reason, "evidence": dict(verdict.evidence),
            "rests_on": sorted(verdict.rests_on)}


def _verdict(fields: Mapping[str, Any]) -> Verdict:
    reason, evidence = fields["reason"], fields["evidence"]
    if not isinstance(reason, str) or not isinstance(evidence, dict):
        raise TypeError("a verdict has a reason in words and its evidence by name")
    return Verdict(Status(fields["status"]), reason, evidence, frozenset(fields["rests_on"]))


def _faithful(fields: dict[str, Any]) -> str | None:
    try:
        text = json.dumps(fields, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        return None
    return text if json.loads(text) == fields else None
