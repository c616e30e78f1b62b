"""Proofs in the kernel: steps that follow from one another, lemmas with proofs of their own, and what the whole rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from theory.checkers.derive import Derived, derive
from theory.checkers.prover import Prover
from theory.checkers.schemas import statement, variables_of
from theory.checkers.script import Script
from theory.checkers.writing import Writing
from theory.kernel import Node
from theory.kernel.derivation import Schema
from theory.kernel.theorem import Cited
from theory.proof import Lemma, LemmaKind, Proof, Step, Use
from theory.terms import Formula
from theory.terms.elaborate import declared, elaborate


class NotDerived(Exception):
    """Some step has no derivation; the message names it."""


@dataclass(frozen=True)
class Proven:
    """The steps that show a statement, in order, and the lemmas that they rest on."""

    premises: tuple[Node, ...]
    conclusion: Node
    steps: tuple[Derived, ...]
    cited: frozenset[Cited]

    @property
    def schema(self) -> Schema:
        """The statement as a lemma."""
        return Schema(self.premises, self.conclusion, self.cited)


def lemma_of(step: Step) -> Lemma | None:
    """The lemma that a step uses."""
    return step.by.lemma if isinstance(step.by, Use) else step.by if isinstance(step.by, Lemma) else None


def prove(proof: Proof, hypotheses: Mapping[str, Formula], conclusion: Formula) -> Proven:
    """The steps of a proof as derivations, each from the hypotheses and the steps before it.

    Raises: NotDerived (a step without a derivation, a step that needs more than the statement says).
    """
    known = dict(hypotheses)
    found: list[Derived] = []
    for step in proof.steps:
        lemma = lemma_of(step)
        facts = {name: known[name] for name in step.using if name in known}
        derived = derive(step, facts, None if lemma is None else schema_of(lemma))
        if derived is None:
            raise NotDerived(f"the step {step.name!r} has no derivation")
        found.append(derived)
        known[step.name] = step.formula
    premises = (*declared((conclusion, *hypotheses.values())), *map(elaborate, hypotheses.values()))
    return composed(premises, elaborate(conclusion), found)


def composed(premises: tuple[Node, ...], conclusion: Node, steps: Iterable[Derived]) -> Proven:
    """Steps that follow from the premises and from one another."""
    own = tuple(steps)
    shown: dict[Node, frozenset[Cited]] = {p: frozenset() for p in premises}
    for place, step in enumerate(own, start=1):
        missing = step.theorem.hypotheses - shown.keys()
        if missing:
            raise NotDerived(f"step {place} assumes what the statement does not say: {', '.join(map(repr, missing))}")
        shown.setdefault(step.theorem.conclusion, step.theorem.cited.union(*(shown[h] for h in step.theorem.hypotheses)))
    if conclusion not in shown:
        raise NotDerived("the last step is not the conclusion")
    return Proven(premises, conclusion, own, shown[conclusion])


# --- lemmas -----------------------------------------------------------------------------------------------------------------------

_PROVEN: dict[Lemma, Proven | NotDerived] = {}


def proven(lemma: Lemma) -> Proven:
    """A lemma that is proved here, by its steps or by a derivation that it writes itself.  Raises: NotDerived."""
    if lemma not in _PROVEN:
        try:
            _PROVEN[lemma] = _proven(lemma)
        except NotDerived as problem:
            _PROVEN[lemma] = NotDerived(f"{lemma.id}: {problem}")
    found = _PROVEN[lemma]
    if isinstance(found, NotDerived):
        raise found
    return found


def _proven(lemma: Lemma) -> Proven:
    if lemma.proof is not None:
        return prove(lemma.proof, lemma.named_hypotheses, lemma.conclusion)
    derived = written(lemma)
    if derived is None:
        raise NotDerived("it has no derivation")
    return composed(*statement(lemma), [derived])


def schema_of(lemma: Lemma) -> Schema:
    """The lemma as the kernel may use it: proved, or cited with its source.  Raises: NotDerived."""
    if lemma.kind is LemmaKind.TEXTBOOK and lemma.derivation is None:
        premises, conclusion = statement(lemma)
        return Schema(premises, conclusion, frozenset({(premises, conclusion)}))
    return proven(lemma).schema


def written(lemma: Lemma) -> Derived | None:
    """The derivation that a lemma writes itself; None where it does not reach the lemma's conclusion."""
    stated = premises, conclusion = statement(lemma)
    prover = Prover(Script())
    lines = []
    for place, formula in enumerate(premises):
        lines.append(prover.assume(f"h{place}", formula))
    own = tuple(lines[len(premises) - len(lemma.hypotheses):])
    line = lemma.derivation(Writing(prover, variables_of(stated), own, conclusion)) if lemma.derivation is not None else None
    return None if line is None else Derived(prover.script, prover.script.restate(line, conclusion))
