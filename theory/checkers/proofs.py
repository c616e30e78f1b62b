"""Proofs in the kernel: what steps show together, and lemmas as the kernel may use them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from theory.checkers.derive import Derived
from theory.checkers.document import Fragment, fragment, lemmas_used, replayed
from theory.checkers.prover import Prover
from theory.checkers.schemas import Statement, statement, variables_of
from theory.checkers.script import Script
from theory.checkers.shipped import shipped
from theory.checkers.writing import Writing
from theory.kernel import Refused, Theorem
from theory.kernel.derivation import Schema
from theory.kernel.printing import text
from theory.kernel.theorem import Cited
from theory.proof import Lemma, Step, Use


class NotDerived(Exception):
    """A statement has no derivation; the message says which step is missing."""


def lemma_of(step: Step) -> Lemma | None:
    """The lemma that a step uses."""
    return step.by.lemma if isinstance(step.by, Use) else step.by if isinstance(step.by, Lemma) else None


def rests_on(stated: Statement, steps: Sequence[Theorem]) -> frozenset[Cited]:
    """What a statement rests on when its steps follow from its premises and from one another.  Raises: NotDerived."""
    premises, conclusion = stated
    shown: dict[object, frozenset[Cited]] = {p: frozenset() for p in premises}
    for place, step in enumerate(steps, start=1):
        missing = [h for h in step.hypotheses if h not in shown]
        if missing:
            raise NotDerived(f"step {place} assumes what the statement does not say: {', '.join(map(text, missing))}")
        shown.setdefault(step.conclusion, step.cited.union(*(shown[h] for h in step.hypotheses)))
    if conclusion not in shown:
        raise NotDerived("the last step is not the conclusion")
    return shown[conclusion]


def cited(lemma: Lemma) -> Schema:
    """A lemma that is taken on trust."""
    premises, conclusion = statement(lemma)
    CITED.setdefault((premises, conclusion), lemma.id)
    schema = Schema(premises, conclusion, frozenset({(premises, conclusion)}))
    LEMMA_OF.setdefault(schema, lemma)
    return schema


CITED: dict[Cited, str] = {}         # the names of the lemmas that were cited, by what they say
LEMMA_OF: dict[Schema, Lemma] = {}   # the lemmas that were cited or derived, by what the kernel uses of them


@dataclass(frozen=True)
class WrittenDerivation:
    """A lemma that writes its own derivation, and the derivation."""

    schema: Schema
    derived: Derived


_WRITTEN: dict[Lemma, WrittenDerivation] = {}
_SCHEMAS: dict[Lemma, Schema] = {}


def derived_schema(lemma: Lemma) -> Schema:
    """A lemma that writes its own derivation, as the kernel may use it: what came with the library is replayed.  Raises: NotDerived."""
    if lemma not in _SCHEMAS:
        _SCHEMAS[lemma] = _shipped_schema(lemma) or written(lemma).schema
    return _SCHEMAS[lemma]


def usable(lemma: Lemma) -> Schema:
    """A lemma without steps as a derivation may use it: cited, or derived in the kernel.  Raises: NotDerived."""
    return cited(lemma) if lemma.derivation is None else derived_schema(lemma)


def used_by(lemma: Lemma) -> list[Schema]:
    """What the derivation of a lemma was given, as its shipped lines number it."""
    return [usable(own) for own in lemma.uses]


def derivation_of(lemma: Lemma) -> tuple[Fragment, list[Schema]]:
    """The derivation that a lemma writes itself as plain data, and the lemmas that its lines number: what came with the library where
    that was replayed.  Raises: NotDerived.
    """
    derived_schema(lemma)
    found = None if lemma in _WRITTEN else shipped().fragment(lemma_digest(statement(lemma)))
    if found is not None:
        return found, used_by(lemma)
    derived = written(lemma).derived
    return fragment(derived), lemmas_used(derived)


def _shipped_schema(lemma: Lemma) -> Schema | None:
    stated = premises, conclusion = statement(lemma)
    found = shipped().fragment(lemma_digest(stated))
    if found is None:
        return None
    try:
        schema = Schema(premises, conclusion, rests_on(stated, [replayed(found, used_by(lemma))]))
    except (Refused, NotDerived):                         # a file from another version; the lemma writes its derivation anew
        return None
    LEMMA_OF.setdefault(schema, lemma)
    return schema


def lemma_digest(stated: Statement) -> bytes:
    """What a lemma says, as a key of shipped derivations."""
    premises, conclusion = stated
    return blake2b(b"lawbook.lemma/1" + b"".join(node.key for node in (*premises, conclusion)), digest_size=32).digest()


def written(lemma: Lemma) -> WrittenDerivation:
    """The lemma by the derivation that it writes itself.  Raises: NotDerived."""
    if lemma not in _WRITTEN:
        stated = premises, conclusion = statement(lemma)
        prover = Prover(Script())
        lines = [prover.assume(f"h{place}", formula) for place, formula in enumerate(premises)]
        own = tuple(lines[len(premises) - len(lemma.hypotheses):])
        line = lemma.derivation(Writing(prover, variables_of(stated), own, conclusion)) if lemma.derivation is not None else None
        if line is None:
            raise NotDerived(f"{lemma.id} has no derivation")
        derived = Derived(prover.script, prover.script.restate(line, conclusion))
        schema = Schema(premises, conclusion, rests_on(stated, [derived.theorem]))
        _WRITTEN[lemma] = WrittenDerivation(schema, derived)
        LEMMA_OF.setdefault(schema, lemma)
    return _WRITTEN[lemma]
