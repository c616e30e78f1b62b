"""Memories of verdicts: steps that several proofs share are checked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from theory.kernel import Theorem
from theory.verdict import Status, Verdict


@dataclass(frozen=True)
class Recalled:
    """A verdict that a memory holds; ``stored`` says that an earlier run found it."""

    verdict: Verdict
    stored: bool = False


@dataclass
class StepMemo:
    """Verdicts of this run by the digest of everything that they depend on; a memory that lasts longer extends this class."""

    verdicts: dict[bytes, Recalled] = field(default_factory=dict)
    handed_out: set[bytes] = field(default_factory=set)
    replayed: dict[bytes, Theorem] = field(default_factory=dict)      # what the kernel has made of a derivation in this very process
    lemmas: dict[Any, Any] = field(default_factory=dict)              # the reports on the own proofs of lemmas, by lemma

    def recall(self, digest: bytes) -> Recalled | None:
        """What is known of the step with that digest."""
        return self.verdicts.get(digest)

    def keep(self, digest: bytes, verdict: Verdict, *, lasting: bool) -> None:
        """Remember the verdict on the step with that digest; ``lasting`` when no time limit took part in it."""
        self.verdicts[digest] = Recalled(verdict)

    def new_proofs(self) -> dict[bytes, Verdict]:
        """The proofs of steps that this memory holds and has not handed out before."""
        new = {digest: r.verdict for digest, r in self.verdicts.items() if digest not in self.handed_out}
        found = {digest: verdict for digest, verdict in new.items() if verdict.status is Status.PROVED}
        self.handed_out.update(found)
        return found
