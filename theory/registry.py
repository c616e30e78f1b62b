"""The claims and lemmas of the library, found by walking theory/laws and theory/lemmas: a file of a family without a claim is an error."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType, ModuleType
from typing import TypeVar

from theory.claim import Claim, Twin
from theory.errors import BadData
from theory.proof import Lemma, LemmaKind

LAWS = "theory.laws"
T = TypeVar("T")


def children(package: str, *, packages: bool) -> tuple[str, ...]:
    """The names of the modules of a package, or of its packages, in alphabetical order; none where there is no such package.

    >>> children("theory.laws.two_layers", packages=True), children("theory.laws.no_such_family", packages=True)
    (('shared', 'twins'), ())
    """
    try:
        root = importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name == package:
            return ()
        raise
    return tuple(sorted(info.name for info in pkgutil.iter_modules(root.__path__) if info.ispkg is packages))


def families() -> tuple[str, ...]:
    """The families of claims: the folders of theory/laws, by the ORDER that a folder may state, then by name.

    >>> families()
    ('two_layers', 'rigidity', 'universal_law', 'new_laws')
    """
    def place(name: str) -> tuple[float, str]:
        return getattr(importlib.import_module(f"{LAWS}.{name}"), "ORDER", float("inf")), name
    return tuple(sorted(children(LAWS, packages=True), key=place))


def _modules(package: str) -> Iterator[ModuleType]:
    for name in children(package, packages=False):
        yield importlib.import_module(f"{package}.{name}")


@cache
def claims() -> MappingProxyType[str, Claim]:
    """All claims by id, in the order of their families and files."""
    found: dict[str, Claim] = {}
    for family in families():
        for module in _modules(f"{LAWS}.{family}"):
            own = [c for c in vars(module).values() if isinstance(c, Claim)]
            if not own:
                raise BadData(f"{module.__name__} registers no claim; give it a module-level Claim, or move it to a folder of the family")
            for claim in own:
                if found.setdefault(claim.id, claim) is not claim:
                    raise BadData(f"two claims have the id {claim.id}; rename the one in {module.__name__}")
    return MappingProxyType({id: claim.with_twins(*twins().get(id, ())) for id, claim in found.items()})


@cache
def twins() -> MappingProxyType[str, tuple[Twin, ...]]:
    """False twins by the id of the claim they copy, from the folder ``twins`` beside the claims."""
    found: dict[str, tuple[Twin, ...]] = {}
    for family in families():
        for module in _modules(f"{LAWS}.{family}.twins"):
            for id, own in module.twins().items():
                found[id] = (*found.get(id, ()), *own)
    return MappingProxyType(found)


@cache
def lemmas() -> MappingProxyType[str, Lemma]:
    """All lemmas by id; rules are left out, and with them what the kernel derives."""
    return MappingProxyType({id: lemma for id, lemma in lemmas_and_rules().items() if lemma.kind is not LemmaKind.RULE})


@cache
def named_lemmas() -> MappingProxyType[str, Lemma]:
    """All lemmas with an id ``lemma.…``: cited, proved by steps, or derived in the kernel."""
    return MappingProxyType({id: lemma for id, lemma in lemmas_and_rules().items() if id.startswith("lemma.")})


@cache
def lemmas_and_rules() -> MappingProxyType[str, Lemma]:
    """Everything that a step can be proved by, lemmas and rules, by id, in the order of their files."""
    found: dict[str, Lemma] = {}
    for module in _modules("theory.lemmas"):
        for lemma in vars(module).values():
            if isinstance(lemma, Lemma) and found.setdefault(lemma.id, lemma) is not lemma:
                raise BadData(f"two lemmas have the id {lemma.id}; rename the one in {module.__name__}")
    return MappingProxyType(found)


def find_claim(id: str) -> Claim:
    """The claim of that id; BadData names near misses."""
    return _found(id, claims(), "claim", "lawbook check")


def find_lemma(id: str) -> Lemma:
    """The lemma or rule of that id; BadData names near misses.

    >>> find_lemma("lemma.fro_opp")
    Traceback (most recent call last):
    theory.errors.BadData: there is no lemma 'lemma.fro_opp'; did you mean lemma.fro_op or lemma.form_slope or lemma.tensor_fro_op?
    """
    return _found(id, lemmas_and_rules(), "lemma", "lawbook lemmas")


def _found(id: str, known: Mapping[str, T], kind: str, command: str) -> T:
    if id in known:
        return known[id]
    near = get_close_matches(id, known, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"run `{command}` for the list"
    raise BadData(f"there is no {kind} {id!r}; {hint}")


class Shelf:
    """The lemmas whose ids begin with one word, as attributes: ``lemma.fro_op`` is the lemma of that id; a second dot is an underscore.

    Raises: AttributeError that names near misses.

    >>> lemma.fro_op.id, lemma.davidson_szarek_S.id, rule.sum_le.title
    ('lemma.fro_op', 'lemma.davidson_szarek.S', 'termwise inequality of sums')
    """

    def __init__(self, word: str) -> None:
        self._word = word

    def __getattr__(self, name: str) -> Lemma:
        if name.startswith("__"):                          # what Python asks of any object
            raise AttributeError(name)
        written = f"{self._word}.{name}"
        try:
            return find_lemma(next((id for id in lemmas_and_rules() if python_name(id) == written), written))
        except BadData as problem:
            raise AttributeError(str(problem)) from None


def python_name(id: str) -> str:
    """How a lemma of the library is written in a file of claims, after ``from lawbook import lemma, rule``.

    >>> python_name("lemma.davidson_szarek.S")
    'lemma.davidson_szarek_S'
    """
    word, _, rest = id.partition(".")
    return f"{word}.{rest.replace('.', '_')}"


lemma, rule = Shelf("lemma"), Shelf("rule")
