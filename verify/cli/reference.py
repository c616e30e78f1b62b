"""`lawbook lemmas`, `lawbook terms` and `lawbook checkers`: what a proof can be made of."""

from __future__ import annotations

from collections.abc import Iterable

from theory.errors import BadData
from theory.registry import find_lemma, lemmas_and_rules
from theory.terms.printing.latex import latex
from theory.terms.printing.text import text
from verify.cli.console import progress
from verify.cli.exits import DONE, emit, output_line
from verify.report import checkers, lemmas, terms
from verify.report.reference import paragraph
from verify.report.words import count

MOST = 12  # terms that are shown with their examples


def run_lemmas(pattern: str | None, *, as_json: bool) -> int:
    """The lemmas and rules that a pattern finds; the page of the one that has it as its id."""
    if pattern in lemmas_and_rules():
        return run_lemma(pattern, in_latex=False, as_json=as_json)
    found = lemmas.found_lemmas(pattern)
    if not found:
        find_lemma(f"lemma.{pattern}" if pattern and "." not in pattern else f"{pattern}")     # names near misses
    shown: list[str] = []
    documents = []
    with progress(len(found), "reading", quiet=as_json) as advance:
        for lemma in found:
            advance(lemma.id)
            if as_json:
                documents.append(lemmas.entry_document(lemma))
            else:
                shown += lemmas.entry(lemma)
    if as_json:
        emit({"lemmas": documents})
    else:
        _print([*shown, "", *paragraph(f"{count(len(found), 'lemma')}; `lawbook lemmas ID` shows one in full; in a step: by=lemma.…, "
                                       "by=rule.…, after `from lawbook import lemma, rule`")])
    return DONE


def run_lemma(id: str, *, in_latex: bool, as_json: bool) -> int:
    """The page of one lemma or rule."""
    lemma, write = find_lemma(id), latex if in_latex else text
    if as_json:
        emit(lemmas.page_document(lemma, write))
    else:
        _print(lemmas.page(lemma, write))
    return DONE


def run_terms(pattern: str | None, *, as_json: bool) -> int:
    """The terms and formulas of the language that a pattern finds, with examples where they are few."""
    found = terms.found_terms(pattern)
    if not found:
        raise BadData(f"no term holds {pattern!r} in its name, meaning or call; {terms.near(str(pattern))}")
    if as_json:
        emit({"terms": [entry._asdict() for entry in found]})
    else:
        _print(line for entry in found for line in terms.lines_of(entry, whole=len(found) <= MOST))
    return DONE


def run_checkers(name: str | None, *, as_json: bool) -> int:
    """All checkers in a few lines each, or one with its examples."""
    found = checkers.TABLE if name is None else (checkers.find_checker(name),)
    if as_json:
        emit({"checkers": [checkers.document(checker) for checker in found]})
    else:
        _print(line for checker in found for line in (checkers.entry(checker) if name is None else checkers.page(checker)))
    return DONE


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        output_line(line)
