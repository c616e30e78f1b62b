"""The derivations of a ledger as one document, which the kernel replays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from theory.check import lemma_report, schema_of, stated
from theory.checkers.document import Document, fragment, lemmas_used
from theory.checkers.proofs import LEMMA_OF, lemma_of, written
from theory.memo import Recalled, StepMemo
from theory.proof import Lemma, LemmaKind, Step
from verify.ledger.entries import Entry


def derivations_document(entries: Iterable[Entry]) -> dict[str, Any]:
    """The best proof of every entry that has one, with the lemmas it uses."""
    entries = list(entries)
    memo = StepMemo({digest: Recalled(verdict) for e in entries for digest, verdict in e.derivations.items()})
    writer = _Writer(Document(), memo)
    for entry in entries:
        best = entry.report.best
        if best is not None and best.status.is_proof:
            steps = [writer.step(s.step, s.verdict.evidence["derivation"]) for s in best.steps]
            hypotheses, conclusion = stated([h.formula for h in entry.claim.hypotheses], entry.claim.conclusion)
            writer.document.claim(entry.claim.id, hypotheses, conclusion, steps)
    return writer.document.data()


class _Writer:
    """Writes steps, and the lemmas that they use before them."""

    def __init__(self, document: Document, memo: StepMemo) -> None:
        self.document, self.memo = document, memo

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
        if lemma.derivation is not None:
            derived = written(lemma).derived
            used = lemmas_used(derived)
            for own in used:
                self.lemma(LEMMA_OF[own])
            self.document.lemma(schema, {"steps": [self.document.step(fragment(derived), used)]})
        elif lemma.kind is LemmaKind.TEXTBOOK:
            self.document.lemma(schema, {"source": str(lemma.source)})
        else:
            steps = [self.step(s.step, s.verdict.evidence["derivation"]) for s in lemma_report(lemma, self.memo).steps]
            self.document.lemma(schema, {"steps": steps})

