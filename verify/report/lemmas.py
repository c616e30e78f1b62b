"""The lemmas and rules of the library as a user looks them up: what each says, how it is known, what rests on it, a step that uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from theory.check import schema_of
from theory.checkers.lemma import hints_to_binding
from theory.checkers.proofs import CITED, derivation_of, lemma_of
from theory.claim import Claim
from theory.proof import Lemma, LemmaKind, Step, Use
from theory.registry import claims, lemmas_and_rules, python_name
from theory.terms.printing.text import text
from theory.terms.schema import Template
from theory.terms.sorts import replace
from verify.evaluate.declared import shown_symbols
from verify.report.lemma_table import reference, statement, status
from verify.report.reference import LABEL, labelled, matcher, paragraph
from verify.report.unproved import WHY
from verify.report.words import count

Write = Callable[[Any], str]


def found_lemmas(pattern: str | None) -> list[Lemma]:
    """The lemmas and rules whose id, title or statement holds the pattern, in the order of their files.

    >>> [lemma.id for lemma in found_lemmas("rank.*op")]
    ['lemma.fro_rank', 'lemma.nuc_op']
    """
    holds = matcher(pattern)
    return [own for own in lemmas_and_rules().values() if holds((own.id, own.title, statement(own)))]


# --- what uses what -----------------------------------------------------------------------------------------------------------------

@cache
def uses() -> dict[str, frozenset[str]]:
    """What each lemma and claim names in the steps of its proofs, or cites in its derivation, by id."""
    found = {id: _named(_steps(own)) for id, own in lemmas_and_rules().items()}
    for id, own in lemmas_and_rules().items():
        if own.derivation is not None and own.kind is LemmaKind.OURS:
            found[id] |= {CITED[content] for content in schema_of(own).cited}
    return found | {id: _named(_steps(claim)) for id, claim in claims().items()}


def _named(steps: list[Step]) -> frozenset[str]:
    return frozenset(own.id for own in map(lemma_of, steps) if own is not None)


def resting_on(id: str) -> tuple[list[str], list[str]]:
    """The lemmas, and the claims, that use a lemma themselves or by way of others.

    >>> resting_on("lemma.fro_op")
    ([], ['bln.thm5.sharp', 'bln.thm5.random_labels'])
    """
    found, size = {id}, 0
    while len(found) > size:
        size = len(found)
        found |= {user for user, used in uses().items() if used & found}
    return [own for own in lemmas_and_rules() if own in found and own != id], [own for own in claims() if own in found]


def example(lemma: Lemma) -> tuple[str, Step] | None:
    """The step of the library with the shortest formula that uses a lemma, and the claim or lemma in whose proof it stands."""
    steps = [(owner.id, step) for owner in (*claims().values(), *lemmas_and_rules().values()) for step in _steps(owner)
             if lemma_of(step) is lemma]
    return min(steps, key=lambda pair: len(text(pair[1].formula)), default=None)


def _steps(owner: Claim | Lemma) -> list[Step]:
    """The steps of all proofs of a claim or a lemma."""
    proofs = owner.proofs if isinstance(owner, Claim) else () if owner.proof is None else (owner.proof,)
    return [step for proof in proofs for step in proof.steps]


def method(step: Step) -> str:
    """How a step names its checker or lemma, in Python.

    >>> from theory.registry import lemma
    >>> from theory.proof import step
    >>> from theory.terms import Symbol, le
    >>> method(step("s", le(0, 1), by=lemma.mean_chi)), method(step("s", le(0, 1), by="linear"))
    ('lemma.mean_chi', '"linear"')
    """
    if isinstance(step.by, str):
        return f'"{step.by}"'
    if isinstance(step.by, Lemma):
        return python_name(step.by.id)
    return f"{python_name(step.by.lemma.id)}.at({', '.join(_hints(step.by))})"


def _hints(use: Use) -> Iterator[str]:
    by_name = {str(v.name).removeprefix("?"): value for v, value in hints_to_binding(use.lemma, use.hints).items()}
    for name in use.hints:
        value = by_name[name]
        if isinstance(value, Template):
            letters = [v.renamed(letter) if hasattr(v, "renamed") else type(v)(letter, **v._assumptions_orig)
                       for v, letter in zip(value.variables, "ijlm", strict=False)]
            body = replace(value.body, dict(zip(value.variables, letters, strict=True)))
            yield f"{name}=lambda {', '.join(str(v.name) for v in letters)}: {text(body)}"
        else:
            yield f"{name}={text(value)}"


# --- lines and documents ------------------------------------------------------------------------------------------------------------

def entry(lemma: Lemma) -> list[str]:
    """A lemma in a list: id, how it is known, statement, words."""
    head = paragraph(f"{lemma.id}  {known(lemma)}", "    ", "")
    said = [*head, *paragraph(statement(lemma), "      ", "    ")]
    return said if lemma.title == statement(lemma) else [*said, *paragraph(lemma.title, "    ")]


def known(lemma: Lemma) -> str:
    """The status, and the source where there is nothing else."""
    how = status(lemma)
    return f"{how}: {lemma.source}" if how == "cited" else how


def why(lemma: Lemma) -> str:
    """How a lemma is proved, or why it is cited."""
    if lemma.derivation is not None:
        return f"by {count(len(derivation_of(lemma)[0]['lines']), 'inference')} of the kernel, written in theory/lemmas"
    if lemma.proof is not None:
        return f"by {count(len(lemma.proof.steps), 'step')}, as claims are"
    return WHY.get(lemma.id, "")


def page(lemma: Lemma, write: Write = text) -> list[str]:
    """All that is known of one lemma."""
    lines = [f"{lemma.id}  {status(lemma)}", *paragraph(lemma.title, "    ")]
    premises = [*shown_symbols((lemma.conclusion, *lemma.hypotheses)), *map(write, lemma.hypotheses)]
    for place, premise in enumerate(premises):
        lines += labelled("" if place else "if", premise)
    lines += labelled("then", write(lemma.conclusion))
    lines += labelled("in Python", f"from lawbook import {lemma.id.partition('.')[0]};  by={python_name(lemma.id)}")
    is_cited = lemma.kind is LemmaKind.TEXTBOOK
    lines += labelled("source", reference(lemma.source)) if is_cited else []
    lines += labelled("why cited" if is_cited else "proved", why(lemma))
    for place, own in enumerate(_steps(lemma), start=1):
        lines += paragraph(f"{own.name}:  {write(own.formula)}  ({own.method})", " " * (LABEL + 6), f"{' ' * (LABEL + 2)}{place:>2}  ")
    lemmas, resting = resting_on(lemma.id)
    lines += labelled("used by", ", ".join([*resting, *lemmas]) or "no claim and no lemma of the library")
    used = example(lemma)
    if used is not None:
        owner, step = used
        lines += labelled("example", f"in {owner}, the formula being  {write(step.formula)}")
        using = f", using=({', '.join(map(repr, step.using))}{',' if len(step.using) == 1 else ''})" if step.using else ""
        lines += labelled("", f'step("{step.name}", FORMULA, by={method(step)}{using})'.replace("'", '"'))
    return lines


def entry_document(lemma: Lemma, write: Write = text) -> dict[str, Any]:
    """A lemma in a list, as JSON."""
    return {"id": lemma.id, "python": python_name(lemma.id), "title": lemma.title, "status": status(lemma),
            "declared": list(shown_symbols((lemma.conclusion, *lemma.hypotheses))),
            "hypotheses": [write(h) for h in lemma.hypotheses], "conclusion": write(lemma.conclusion),
            "source": reference(lemma.source) if lemma.kind is LemmaKind.TEXTBOOK else None}


def page_document(lemma: Lemma, write: Write = text) -> dict[str, Any]:
    """All that is known of one lemma, as JSON."""
    lemmas, resting = resting_on(lemma.id)
    used = example(lemma)
    return entry_document(lemma, write) | {
        "why": why(lemma), "lemmas": lemmas, "claims": resting,
        "proof": [_step_document(s, write) for s in _steps(lemma)],
        "example": None if used is None else {"in": used[0], **_step_document(used[1], write)}}


def _step_document(step: Step, write: Write) -> dict[str, Any]:
    return {"name": step.name, "formula": write(step.formula), "by": method(step), "using": list(step.using)}
