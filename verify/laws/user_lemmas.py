"""What the lemmas of a user's file may be: cited (TEXTBOOK) or proved (OURS), under ids of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from theory.claim import Claim
from theory.proof import Lemma, LemmaKind, Proof, Use
from theory.registry import claims, lemmas
from verify.evaluate.declared import clash


def flaw_of(found: Iterable[Any]) -> str:
    """Why the claims and lemmas of a user's file are refused, in a sentence; "" when they are not."""
    own = [*found]
    for claim in (c for c in own if isinstance(c, Claim)):
        if claim.id in claims():
            return f"the claim {claim.id} says something else than the library's {claim.id}; give it an id of its own"
        said = clash(claim.facts.values())
        if said:
            return f"in the claim {claim.id} {said}"
    for lemma in dict.fromkeys(lemma for item in own for lemma in used_lemmas(item)):
        said = _flaw_of_lemma(lemma)
        if said:
            return said
    return ""


def _flaw_of_lemma(lemma: Lemma) -> str:
    if _is_of_the_library(lemma):
        return ""
    if lemma.kind is LemmaKind.RULE:
        return (f"the lemma {lemma.id} is a RULE, and rules are logic that only the library defines; "
                "make it TEXTBOOK with a source, or OURS with a proof")
    if lemma.id in _known() or lemma.id in lemmas() or lemma.id in claims():
        return f"the lemma {lemma.id} says something else than the library's {lemma.id}; give it an id of its own"
    said = clash([lemma.conclusion, *lemma.hypotheses])
    return f"in the lemma {lemma.id} {said}" if said else ""


def used_lemmas(item: Any) -> Iterator[Lemma]:
    """A lemma, or those of the proofs of a claim, and those that their own proofs use."""
    waiting, seen = [item], set()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, Lemma):
            yield current
            waiting += [current.proof] if current.proof is not None and not _is_of_the_library(current) else []
        elif isinstance(current, Claim):
            waiting += [*current.proofs, *(twin.claim for twin in current.twins)]
        elif isinstance(current, Proof):
            waiting += [s.by.lemma if isinstance(s.by, Use) else s.by for s in current.steps if not isinstance(s.by, str)]


def is_of_the_library(claim: Claim) -> bool:
    """Whether the library says the same under this id."""
    known = claims().get(claim.id)
    return known is not None and (known.hypotheses, known.conclusion, known.chance) == (claim.hypotheses, claim.conclusion, claim.chance)


def _is_of_the_library(lemma: Lemma) -> bool:
    return any(_says(lemma) == _says(other) for other in _known().get(lemma.id, ()))


def _says(lemma: Lemma) -> tuple[Any, ...]:
    return lemma.kind, lemma.source, lemma.conclusion, lemma.hypotheses, lemma.proof


@cache
def _known() -> dict[str, tuple[Lemma, ...]]:
    """The lemmas and rules of the library by id, and its claims as lemmas."""
    lemmas(), claims()                                      # imports every module that defines one
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("theory.")]
    defined = [value for module in modules for value in vars(module).values()]
    found: dict[str, tuple[Lemma, ...]] = {}
    for value in [*defined, *claims().values()]:
        lemma = value.as_lemma if isinstance(value, Claim) else value
        if isinstance(lemma, Lemma) and lemma not in found.get(lemma.id, ()):
            found[lemma.id] = (*found.get(lemma.id, ()), lemma)
    return found
