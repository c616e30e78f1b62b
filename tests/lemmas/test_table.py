"""The page of lemmas is up to date, and says of every cited lemma why it is cited."""

from __future__ import annotations

from theory.proof import LemmaKind
from theory.registry import named_lemmas
from verify.report.lemma_table import PAGE, page, rests_on, status
from verify.report.unproved import WHY


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m verify.report.lemma_table"


def test_every_cited_lemma_has_a_reason() -> None:
    cited = {own.id for own in named_lemmas().values() if status(own) == "cited"}
    assert cited == WHY.keys()


def test_cited_lemmas_are_the_textbook_ones() -> None:
    assert all((own.kind is LemmaKind.TEXTBOOK) == (status(own) == "cited") for own in named_lemmas().values())


def test_claims_rest_on_what_their_lemmas_rest_on() -> None:
    used = rests_on()
    assert "bln.thm5.sharp" in used["lemma.fro_op"]
    assert set(used["lemma.rayleigh"]) <= set(used["lemma.form_max"])
