"""Results of earlier runs: verdicts on steps and measurements of claims, found again by the content of all they depend on.

The key of a verdict is the digest of the step (`theory.digest`) and of the kernel; the key of a measurement is that of the claim and of
the whole program.  No file time and no version number of our own is part of a key, so a result is recalled only for the question that
it answered.  A refusal that a time limit may have decided is not kept.

Whoever can write to the store cannot make a status: a proof counts when the kernel replays it, and nothing that speaks against a claim
is taken from the store.  Failed steps, contradictory hypotheses, refutations, violations, twins that no instance contradicts, alarms and
counterexamples to the claim itself are found anew.  What is left is silence: no derivation, no violation and no alarm was found.  It is
recalled of the library alone, whose steps that can be derived come with their derivations.
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
from verify.trials.hunt.known import Bearing, Evidence, Gathered, evidence_of
from verify.trials.mutation import MutationEffort, MutationReport, Survivor
from verify.trials.trial import FactTest

T = TypeVar("T")


@dataclass(frozen=True)
class Instances:
    """What instances say of a claim: its facts, and for each false twin with instances whether they contradict it."""

    facts: tuple[FactTest, ...] = ()
    twins: Mapping[str, bool] = field(default_factory=dict)

    @property
    def is_silent(self) -> bool:
        """Whether nothing here speaks against the claim or its twins."""
        return all(self.twins.values()) and not any(f.violations for f in self.facts)


class Memory(StepMemo):
    """Verdicts and measurements of this run and, when a place is given, of earlier ones.

    ``recalls_silence``: whether the steps asked about are the library's, so that an earlier search without a result counts.
    """

    def __init__(self, place: CachePlace | None = None) -> None:
        super().__init__()
        self.recalls_silence = False
        self._place = place
        self._store = None if place is None else Store(place.folder)
        self._new: dict[str, str] = {}
        self._digests: dict[int, tuple[Claim, bytes]] = {}          # by the id of the claim, which is kept so that no other gets it

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
        return None if verdict is None or not self._counts(verdict) else Recalled(verdict, stored)

    def _counts(self, verdict: Verdict) -> bool:
        return verdict.status is Status.PROVED or (verdict.status is Status.UNKNOWN and self.recalls_silence)

    def keep(self, digest: bytes, verdict: Verdict, *, lasting: bool) -> None:
        super().keep(digest, verdict, lasting=lasting)
        if self._place is not None and self._counts(verdict) and (lasting or verdict.status is Status.PROVED):    # a proof stays one
            text = encoded_verdict(verdict)
            if text is not None:
                self._new[self._step_key(digest)] = f"{self._place.run} {text}"

    def _step_key(self, digest: bytes) -> str:
        return combined("lawbook.verdict/2", self._sources.kernel, digest).hex()

    # --- measurements -----------------------------------------------------------------------------------------------

    def recall_measured(self, claim: Claim, instances: int, seed: int) -> Instances | None:
        """What an earlier run of this very program measured of the claim, with as many instances from the same seed."""
        key = None if self._store is None else self._measured_key(claim, instances, seed)
        found = None if key is None or self._store is None else _understood(decoded_instances, self._store.read(key))
        return found if found is not None and found.is_silent else None

    def keep_measured(self, claim: Claim, instances: int, seed: int, measured: Instances) -> None:
        """Remember what was measured; what speaks against the claim is measured again next time."""
        key = None if self._store is None else self._measured_key(claim, instances, seed)
        text = _faithful({"facts": [asdict(f) for f in measured.facts], "twins": dict(measured.twins)})
        if key is not None and text is not None and measured.is_silent:
            self._new[key] = text

    def _measured_key(self, claim: Claim, instances: int, seed: int) -> str | None:
        try:
            return combined("lawbook.measured/2", self._sources.program, self._digest_of(claim), str(instances), str(seed)).hex()
        except NoDigest:
            return None

    # --- mutants ----------------------------------------------------------------------------------------------------

    def recall_mutation(self, claim: Claim, effort: MutationEffort) -> MutationReport | None:
        """What an earlier run of this very program found of the mutants of the claim, with the same effort."""
        key = None if self._store is None else self._mutation_key(claim, effort)
        found = None if key is None or self._store is None else _understood(decoded_mutation, self._store.read(key))
        return None if found is None or found.alarms else found

    def keep_mutation(self, claim: Claim, effort: MutationEffort, found: MutationReport) -> None:
        """Remember the mutants; an alarm is looked at again next time."""
        key = None if self._store is None else self._mutation_key(claim, effort)
        text = _faithful(asdict(found) | {"survivors": [asdict(s) for s in found.survivors]})
        if key is not None and text is not None and not found.alarms:
            self._new[key] = text

    def _mutation_key(self, claim: Claim, effort: MutationEffort) -> str | None:
        try:
            return combined("lawbook.mutation/1", self._sources.program, self._digest_of(claim), str(effort)).hex()
        except NoDigest:
            return None

    # --- stored hunts -----------------------------------------------------------------------------------------------

    def recall_evidence(self, records: Gathered) -> tuple[Evidence, ...] | None:
        """What an earlier run of this very program made of these records, all of them verified again."""
        found = None if self._store is None else _understood(decoded_evidence, self._store.read(self._evidence_key(records)))
        return None if found is None or _is_graver(found) else found

    def keep_evidence(self, records: Gathered, found: tuple[Evidence, ...]) -> None:
        """Remember what the records say; one that contradicts the claim as it stands is verified again next time."""
        if self._store is not None and not _is_graver(found):
            self._new[self._evidence_key(records)] = json.dumps([e.document() for e in found], ensure_ascii=False)

    def _evidence_key(self, records: Gathered) -> str:
        return combined("lawbook.evidence/1", self._sources.program, records.key).hex()

    # --- the store --------------------------------------------------------------------------------------------------

    def _digest_of(self, claim: Claim) -> bytes:
        """The digest of a claim, which four questions about it need.  Raises: NoDigest."""
        if id(claim) not in self._digests:
            self._digests[id(claim)] = claim, claim_digest(claim)
        return self._digests[id(claim)][1]

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


def decoded_instances(text: str) -> Instances:
    """What instances said, as a text encodes it."""
    fields = json.loads(text)
    found = Instances(tuple(FactTest(**f) for f in fields["facts"]), fields["twins"])
    if not all(isinstance(f.violations, int) for f in found.facts) or not all(isinstance(v, bool) for v in found.twins.values()):
        raise TypeError("violations are counted, and a twin is contradicted or not")
    return found


def decoded_evidence(text: str) -> tuple[Evidence, ...]:
    """What stored records say, as a text encodes it."""
    return tuple(map(evidence_of, json.loads(text)))


def decoded_mutation(text: str) -> MutationReport:
    """The report that a text encodes."""
    fields = json.loads(text)
    return MutationReport(**fields | {"survivors": tuple(Survivor(**s) for s in fields["survivors"])})


def _is_graver(found: tuple[Evidence, ...]) -> bool:
    """Whether a record says that the claim is false as it stands."""
    return any(e.bearing is Bearing.FALSE_ANYWAY for e in found)


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
