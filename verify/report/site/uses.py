"""What rests on what, read off the derivations: the facts, lemmas and axioms that the lines of a step use, whatever the step names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from theory.checkers.document import lemmas_named
from theory.checkers.proofs import lemma_of
from theory.claim import Claim
from theory.kernel.axioms import AXIOMS
from theory.proof import Lemma
from theory.terms.elaborate import Elaborator
from verify.ledger.entries import Entry
from verify.report.derivations import Derivations

Graph = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class StepUse:
    """What the derivation of a step uses: ``facts`` that its lines assume, ``idle`` ones that it names in vain, lemmas, axioms, and the
    inferences themselves, each with the numbers of the lines that it is made from.
    """

    facts: tuple[str, ...]
    idle: tuple[str, ...]
    lemmas: tuple[str, ...]
    axioms: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Uses:
    """``steps``: of the best proof of each claim that is proved, by its id and the step's name; ``lemmas`` in the order of the
    derivations; ``direct``: what a claim or lemma uses itself, by id; ``axioms``: those that it uses itself.
    """

    steps: Mapping[str, Mapping[str, StepUse]]
    lemmas: Mapping[str, Lemma]
    direct: Graph
    axioms: Graph

    def needed(self, claim: Claim) -> frozenset[str]:
        """The hypotheses and steps that the conclusion of a proved claim rests on; the last step states it."""
        own = self.steps[claim.id]
        return below({name: frozenset(use.facts) for name, use in own.items()}, list(own)[-1])


def uses_of(entries: Sequence[Entry], found: Derivations) -> Uses:
    """What the claims of a ledger, and the lemmas in its derivations, use."""
    data = found.document.data()
    ids = [lemma.id for lemma in found.lemmas]
    direct: dict[str, frozenset[str]] = {}
    axioms: dict[str, frozenset[str]] = {}
    for lemma, written in zip(found.lemmas, data["lemmas"], strict=True):
        lines = [line for own in written.get("steps", ()) for line in own]
        direct[lemma.id] = frozenset(ids[number] for number in lemmas_named(lines, data["nodes"]))
        axioms[lemma.id] = frozenset(rule for rule, _, _ in lines if rule in AXIOMS)
    derived = {written["id"]: written for written in data["claims"]}
    steps: dict[str, dict[str, StepUse]] = {}
    for entry in entries:
        claim = entry.claim
        own = steps[claim.id] = _steps(entry, derived[claim.id], found) if claim.id in derived else {}
        direct[claim.id] = frozenset(id for use in own.values() for id in use.lemmas) | _refuting(entry)
        axioms[claim.id] = frozenset(name for use in own.values() for name in use.axioms)
    return Uses({id: own for id, own in steps.items() if own}, dict(zip(ids, found.lemmas, strict=True)), direct, axioms)


def _steps(entry: Entry, written: Mapping[str, Any], found: Derivations) -> dict[str, StepUse]:
    hypotheses, table = entry.claim.hypotheses, found.document.table
    given = written["hypotheses"][len(written["hypotheses"]) - len(hypotheses):]      # after what the declarations say
    place: dict[str, int | None] = dict(zip((h.name for h in hypotheses), given, strict=True))
    elaborator = Elaborator()
    own = {}
    for report, lines in zip(entry.report.best.steps if entry.report.best else (), written["steps"], strict=True):
        step = report.step
        assumed = {args[0] for rule, _, args in lines if rule == "assume"}
        facts = tuple(name for name in step.using if place[name] in assumed)
        lemma = lemma_of(step)
        cites = lemma is not None and any(rule == "lemma" for rule, _, _ in lines)
        own[step.name] = StepUse(
            facts, tuple(name for name in step.using if name not in facts), (lemma.id,) if lemma is not None and cites else (),
            tuple(sorted({rule for rule, _, _ in lines if rule in AXIOMS})),
            tuple(" ".join([rule, *(str(p + 1) for p in premises)]) for rule, premises, _ in lines))
        place[step.name] = table.places.get(elaborator.node(step.formula))
    return own


def _refuting(entry: Entry) -> frozenset[str]:
    """The claim by which a family refutes this one."""
    failing = None if entry.refutation is None else entry.refutation.verdict.evidence.get("failing")
    return frozenset() if failing is None else frozenset({str(failing)})


def below(graph: Graph, start: str) -> frozenset[str]:
    """What a node rests on, itself or by way of others.

    >>> sorted(below({"law": frozenset({"sum"}), "sum": frozenset({"fits"})}, "law"))
    ['fits', 'sum']
    """
    found: set[str] = set()
    open_ = [start]
    while open_:
        new = graph.get(open_.pop(), frozenset()) - found
        found |= new
        open_ += sorted(new)
    return frozenset(found)


def turned(graph: Graph) -> dict[str, frozenset[str]]:
    """What uses each node itself.

    >>> turned({"law": frozenset({"sum"})})["sum"]
    frozenset({'law'})
    """
    pairs: Iterable[tuple[str, str]] = [(used, user) for user, own in graph.items() for used in own]
    users: dict[str, set[str]] = {}
    for used, user in pairs:
        users.setdefault(used, set()).add(user)
    return {used: frozenset(own) for used, own in users.items()}
