"""Digests of formulas, lemmas, steps and claims: equal content gives equal digests, in every process; any change gives another digest.

Verdicts that are kept from one run to the next are found again by the digest of everything that they depend on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from sympy import Basic, Float, Rational, sympify
from sympy.core.symbol import Str

from theory.checkers.lemma import hints_to_binding
from theory.claim import Claim
from theory.proof import Lemma, Proof, Step, Use
from theory.terms import Symbol
from theory.terms.schema import Template

# The digest of a class is its name, so what it does must be fixed elsewhere: by the version of sympy, or by the digest of our sources.
KNOWN_PACKAGES = ("sympy.", "theory.terms.")
REMEMBERED = 1 << 16   # subterms; a run over the library meets about 20,000


class NoDigest(Exception):
    """The object has no digest that another process could compute: what depends on it is computed anew every time."""


def combined(tag: str, *parts: bytes | str) -> bytes:
    """One digest of a tag and a sequence of parts; different sequences give different digests.

    >>> combined("step", "ab", "c") == combined("step", "a", "bc")
    False
    """
    total = hashlib.sha256()
    for part in (tag, *parts):
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.digest()


def term_digest(term: Any) -> bytes:
    """The digest of a term or formula, which depends on its structure, its symbols' names and all that is assumed of them.

    Raises: NoDigest (a nameless symbol, a class from outside sympy and this package, not a term at all).

    >>> x, positive = Symbol("x", real=True), Symbol("x", positive=True)
    >>> term_digest(x**2) == term_digest(Symbol("x", real=True)**2), term_digest(x) == term_digest(positive)
    (True, False)
    """
    if not isinstance(term, Basic):
        raise NoDigest(f"{term!r} is no term")
    return _term_digest(term)


@lru_cache(maxsize=REMEMBERED, typed=True)
def _term_digest(term: Any) -> bytes:
    kind = type(term)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if not name.startswith(KNOWN_PACKAGES):
        raise NoDigest(f"{name} is a class of another package")
    if kind is Symbol:
        assumed = (f"{key}={value}" for key, value in sorted(term.assumptions0.items()))
        return combined("symbol", term.name, *assumed)
    if kind is Str:
        return combined("name", term.name)
    if isinstance(term, Rational):
        return combined("number", f"{term.p}/{term.q}")
    if isinstance(term, Float):
        return combined("float", repr(term._mpf_), str(term._prec))
    if term._hashable_content() != term.args:               # it holds something that its arguments do not show
        raise NoDigest(f"a {name} is not determined by its arguments")
    return combined(name, *map(term_digest, term.args))


@cache
def lemma_digest(lemma: Lemma) -> bytes:
    """The digest of a lemma: its statement, its source, and the whole of its proof, with the lemmas that the proof uses."""
    source = lemma.source
    statement = (term_digest(lemma.conclusion), *map(term_digest, lemma.hypotheses))
    return combined("lemma", lemma.id, lemma.title, lemma.kind.value, source.work, source.item, source.pages, _names(lemma.names),
                    b"" if lemma.proof is None else proof_digest(lemma.proof), *statement)


def proof_digest(proof: Proof) -> bytes:
    """The digest of all steps of a proof, in order."""
    return combined("proof", proof.author, *(
        combined("named step", s.name, term_digest(s.formula), _method_digest(s.by), _names(s.using)) for s in proof.steps))


def step_digest(current: Step, known: Mapping[str, Any]) -> bytes:
    """The digest of all that the verdict on a step depends on, the program itself aside.

    That is its formula, the checker or the lemma with its hints, and the facts that it names, in their order.
    """
    facts = (combined("fact", name, term_digest(known[name]) if name in known else b"") for name in current.using)
    return combined("step", term_digest(current.formula), _method_digest(current.by), *facts)


def statement_digest(claim: Claim) -> str:
    """The digest of what a claim says: its named hypotheses, its conclusion, its open constants, and its chance."""
    chance = claim.chance
    over = () if chance is None else tuple(combined("over", term_digest(v), term_digest(law)) for v, law in chance.over)
    named = (combined("hypothesis", h.name, term_digest(h.formula)) for h in claim.hypotheses)
    return combined("statement", term_digest(claim.conclusion), combined("chance", *over), *named,
                    *(combined("constant", c.name, c.value) for c in claim.constants)).hex()


def claim_digest(claim: Claim) -> bytes:
    """The digest of all that a claim says and of the proofs that it offers, its twins included; the words in it count as well."""
    chance = claim.chance
    likely = () if chance is None else (
        b"" if chance.failure is None else term_digest(sympify(chance.failure)), *map(term_digest, chance.some),
        *(combined("random", term_digest(variable), term_digest(law)) for variable, law in chance.over))
    return combined(
        "claim", claim.id, claim.reading.value, claim.domain.value, term_digest(claim.conclusion), combined("chance", *likely),
        combined("hypotheses", *(combined("hypothesis", h.name, term_digest(h.formula)) for h in claim.hypotheses)),
        combined("constants", *(combined("constant", c.name, c.value) for c in claim.constants)),
        combined("proofs", *map(proof_digest, claim.proofs)),
        combined("twins", *(combined("twin", t.name, t.flaw, claim_digest(t.claim)) for t in claim.twins)))


def _names(names: tuple[str, ...]) -> bytes:
    return combined("names", *names)


def _method_digest(by: str | Lemma | Use) -> bytes:
    if isinstance(by, str):
        return combined("checker", by)
    if isinstance(by, Lemma):
        return lemma_digest(by)
    if isinstance(by, Use):
        return _use_digest(by)
    raise NoDigest(f"{by!r} is no checker")


def _use_digest(use: Use) -> bytes:
    """A hint given as a lambda counts by the term that it makes, not by its code."""
    binding = hints_to_binding(use.lemma, use.hints)
    hints = (combined("hint", variable.name, term_digest(variable), _value_digest(binding[variable]))
             for variable in sorted(binding, key=lambda v: str(v.name)))
    return combined("use", lemma_digest(use.lemma), *hints)


def _value_digest(value: Any) -> bytes:
    if isinstance(value, Template):
        return combined("template", *map(term_digest, value.variables), term_digest(value.body))
    return term_digest(value)
