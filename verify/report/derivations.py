"""The derivations of a ledger as one document, which the kernel replays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from theory.check import lemma_report, schema_of, stated
from theory.checkers.document import Document, lemmas_named
from theory.checkers.proofs import LEMMA_OF, derivation_of, lemma_of
from theory.memo import Recalled, StepMemo
from theory.proof import Lemma, LemmaKind, Step
from verify.ledger.entries import Entry


def derivations(entries: Iterable[Entry]) -> Derivations:
    """The best proof of every entry that has one, with the lemmas that it uses."""
    entries = list(entries)
    memo = StepMemo({digest: Recalled(verdict) for e in entries for digest, verdict in e.derivations.items()})
    found = Derivations(memo)
    for entry in entries:
        best = entry.report.best
        if best is not None and best.status.is_proof:
            steps = [found.step(s.step, s.verdict.evidence["derivation"]) for s in best.steps]
            hypotheses, conclusion = stated([h.formula for h in entry.claim.hypotheses], entry.claim.conclusion)
            found.document.claim(entry.claim.id, hypotheses, conclusion, steps)
    return found


class Derivations:
    """A document of derivations as it is written, and the lemmas that it numbers, each before what uses it."""

    def __init__(self, memo: StepMemo) -> None:
        self.document, self.memo = Document(), memo
        self.lemmas: list[Lemma] = []

    def step(self, step: Step, derivation: Any) -> list[Any]:
        """The lines of a step."""
        lemma = lemma_of(step)
        if lemma is None:
            return self.document.step(derivation)
        self.lemma(lemma)
        return self.document.step(derivation, [schema_of(lemma, self.memo)])

    def lemma(self, lemma: Lemma) -> None:
        """A lemma, cited or with its steps."""
        schema = schema_of(lemma, self.memo)
        if schema in self.document.known:
            return
        more: dict[str, Any]
        if lemma.derivation is not None:
            lines, used = derivation_of(lemma)
            for number in lemmas_named(lines["lines"], lines["nodes"]):
                self.lemma(LEMMA_OF[used[number]])
            more = {"steps": [self.document.step(lines, used)]}
        elif lemma.kind is LemmaKind.TEXTBOOK:
            more = {"source": str(lemma.source)}
        else:
            more = {"steps": [self.step(s.step, s.verdict.evidence["derivation"]) for s in lemma_report(lemma, self.memo).steps]}
        self.document.lemma(schema, more)
        self.lemmas.append(lemma)

