"""Memories of verdicts: steps that several proofs share are checked once."""

from __future__ import annotations

from dataclasses import dataclass, field

from theory.verdict import Verdict


@dataclass(frozen=True)
class Recalled:
    """A verdict that a memory holds; ``stored`` says that an earlier run found it."""

    verdict: Verdict
    stored: bool = False


@dataclass
class StepMemo:
    """Verdicts of this run by the digest of everything that they depend on; a memory that lasts longer extends this class."""

    verdicts: dict[bytes, Recalled] = field(default_factory=dict)

    def recall(self, digest: bytes) -> Recalled | None:
        """What is known of the step with that digest."""
        return self.verdicts.get(digest)

    def keep(self, digest: bytes, verdict: Verdict, *, lasting: bool) -> None:
        """Remember the verdict on the step with that digest; ``lasting`` when no time limit took part in it."""
        self.verdicts[digest] = Recalled(verdict)
