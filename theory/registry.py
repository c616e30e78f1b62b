"""The claims and lemmas of the library, found by walking its packages: a file that registers nothing is an error."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import MappingProxyType, ModuleType

from theory.claim import Claim, Twin
from theory.errors import BadData
from theory.proof import Lemma, LemmaKind

CLAIM_PACKAGES = ("theory.laws.two_layers", "theory.laws.rigidity", "theory.laws.universal_law")
NOT_CLAIMS: frozenset[str] = frozenset()
NOT_LEMMAS = frozenset({"build"})


def _modules(package: str, skip: frozenset[str]) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda m: m.name):
        if info.name not in skip and not info.ispkg:
            yield importlib.import_module(f"{package}.{info.name}")


@cache
def claims() -> MappingProxyType[str, Claim]:
    """All claims by id, in the order of their files."""
    found: dict[str, Claim] = {}
    for package in CLAIM_PACKAGES:
        for module in _modules(package, NOT_CLAIMS):
            own = [c for c in vars(module).values() if isinstance(c, Claim)]
            if not own:
                raise BadData(f"{module.__name__} registers no claim; give it a module-level Claim or move it out of the folder")
            for claim in own:
                if found.setdefault(claim.id, claim) is not claim:
                    raise BadData(f"two claims have the id {claim.id}; rename the one in {module.__name__}")
    return MappingProxyType({id: claim.with_twins(*twins().get(id, ())) for id, claim in found.items()})


@cache
def twins() -> MappingProxyType[str, tuple[Twin, ...]]:
    """False twins by the id of the claim they copy, from the folder ``twins`` beside the claims."""
    found: dict[str, tuple[Twin, ...]] = {}
    for package in CLAIM_PACKAGES:
        for module in _modules(f"{package}.twins", frozenset()):
            for id, own in module.twins().items():
                found[id] = (*found.get(id, ()), *own)
    return MappingProxyType(found)


@cache
def lemmas() -> MappingProxyType[str, Lemma]:
    """All lemmas by id; rules are left out, and with them what the kernel derives."""
    return MappingProxyType({id: lemma for id, lemma in _lemmas_and_rules().items() if lemma.kind is not LemmaKind.RULE})


@cache
def named_lemmas() -> MappingProxyType[str, Lemma]:
    """All lemmas with an id ``lemma.…``: cited, proved by steps, or derived in the kernel."""
    return MappingProxyType({id: lemma for id, lemma in _lemmas_and_rules().items() if id.startswith("lemma.")})


@cache
def _lemmas_and_rules() -> dict[str, Lemma]:
    found: dict[str, Lemma] = {}
    for module in _modules("theory.lemmas", NOT_LEMMAS):
        for lemma in vars(module).values():
            if isinstance(lemma, Lemma) and found.setdefault(lemma.id, lemma) is not lemma:
                raise BadData(f"two lemmas have the id {lemma.id}; rename the one in {module.__name__}")
    return found


def find_claim(id: str) -> Claim:
    """The claim of that id; BadData names near misses."""
    from difflib import get_close_matches
    if id in claims():
        return claims()[id]
    near = get_close_matches(id, claims(), n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "run `lawbook check` for the list"
    raise BadData(f"there is no claim {id!r}; {hint}")
