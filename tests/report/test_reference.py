"""The pages of reference are true: examples run, what checkers say they prove is proved, what they cannot is refused; lines fit."""

from __future__ import annotations

import doctest

import pytest

from theory import terms
from theory.check import CHECKERS
from theory.registry import find_lemma, lemmas_and_rules
from verify.report import checkers, lemmas
from verify.report.reference import WIDTH, matcher
from verify.report.terms import HEAD_OF, SAID, entries, found_terms, lines_of

PAGES = ("lemma.fro_op", "lemma.kyfan", "lemma.davidson_szarek.S", "lemma.homogeneous_sup", "lemma.schur_gram", "rule.sum_le")


# --- terms --------------------------------------------------------------------------------------------------------------------------

def test_every_name_of_the_language_has_an_entry() -> None:
    assert {*terms.__all__, *SAID} - {"d", "k", "r"} == {entry.name for entry in entries()}
    assert {*HEAD_OF} <= {entry.name for entry in entries()}


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_the_example_of_a_term_runs(entry) -> None:
    """As it is printed: with its imports from lawbook, and nothing else known."""
    test = doctest.DocTestParser().get_doctest(entry.example, {}, entry.name, None, 0)
    ran = doctest.DocTestRunner(verbose=False).run(test)
    assert ran.attempted > 0 and ran.failed == 0
    assert entry.meaning
    assert max(map(len, lines_of(entry, whole=True))) <= WIDTH


def test_terms_are_found() -> None:
    assert [entry.name for entry in found_terms("sqrt")] == ["sqrt"]                    # its very name; others speak of roots
    assert "CircleSlope" in {entry.name for entry in found_terms("lipschitz|slope")}
    assert found_terms("no such term") == []


# --- checkers -----------------------------------------------------------------------------------------------------------------------

def test_every_checker_has_a_page() -> None:
    assert {c.name for c in checkers.TABLE} == {*CHECKERS}


@pytest.mark.parametrize("checker", checkers.TABLE, ids=lambda checker: checker.name)
def test_examples_of_a_checker(checker) -> None:
    assert checker.passes.verdict().status.is_proof
    assert not checker.refused.verdict().status.is_proof
    assert all(checker.name in example.step for example in (checker.passes, checker.refused))
    assert max(map(len, [*checkers.page(checker), *checkers.entry(checker)])) <= WIDTH


# --- lemmas -------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("id", PAGES)
def test_pages_of_lemmas_fit(id: str) -> None:
    own = find_lemma(id)
    assert max(map(len, [*lemmas.page(own), *lemmas.entry(own)])) <= WIDTH
    assert lemmas.why(own)


def test_a_page_says_what_rests_on_a_lemma_by_way_of_others() -> None:
    used, claims = lemmas.resting_on("lemma.form_max")
    assert "lemma.schur_gram" in used and "bln.thm8.width" in claims            # its derivation cites it; the claim uses that
    assert lemmas.resting_on("lemma.cut_mass")[0] == []


def test_examples_of_lemmas_are_steps_of_the_library() -> None:
    owner, step = lemmas.example(find_lemma("rule.sum_le"))
    assert owner == "bs.thm2.symmetric" and step.name == "above sum"
    assert lemmas.method(step) == "rule.sum_le"
    assert lemmas.method(lemmas.example(find_lemma("lemma.davidson_szarek.S"))[1]).startswith("lemma.davidson_szarek_S.at(")


def test_lemmas_are_found_by_id_title_and_statement() -> None:
    assert [own.id for own in lemmas.found_lemmas("kyfan$")] == ["lemma.kyfan"]
    assert "lemma.kyfan" in {own.id for own in lemmas.found_lemmas("ky fan")}
    assert {"lemma.fro_op", "lemma.fro_rank"} <= {own.id for own in lemmas.found_lemmas("‖W‖_F ≤")}
    assert len(lemmas.found_lemmas(None)) == len(lemmas_and_rules())


def test_patterns_that_are_no_expressions_are_text() -> None:
    assert matcher("f(")(["Lip(f(x))"]) and not matcher("f(")(["f"])
    assert not matcher("a*")(["b"])                                             # it matches everything, as an expression
