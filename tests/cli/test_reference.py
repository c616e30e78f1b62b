"""`lawbook lemmas`, `terms`, `checkers`: what they print, their JSON, and one sentence where nothing is found."""

from __future__ import annotations

import json

import pytest

from verify.cli.app import run
from verify.cli.exits import BAD_INPUT, DONE


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert run(argv) == DONE
    out, err = capsys.readouterr()
    assert err == "" and max(map(len, out.splitlines())) <= 80
    return out


def asked(capsys: pytest.CaptureFixture[str], *argv: str) -> dict:
    assert run((*argv, "--json")) == DONE
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return json.loads(out)


def test_lemmas_that_a_pattern_finds(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "lemmas", "fro_")
    assert "lemma.fro_op  derived\n    ‖W‖_F ≤ √min(k, d) ‖W‖_op\n" in out
    assert "lemma.fro_rank  cited: Horn, Johnson" in out
    assert "from lawbook import lemma, rule" in out


def test_the_page_of_a_lemma(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "lemmas", "lemma.kyfan")
    assert "P is an orthogonal projection of rank r" in out and "Fan, On a theorem of Weyl" in out
    assert "by=lemma.kyfan" in out and "bln.thm6.fantope" in out and 'step("Ky Fan", FORMULA, by=lemma.kyfan' in out
    assert said(capsys, "show", "lemma.kyfan") == out
    assert "\\langle" in said(capsys, "show", "lemma.kyfan", "--latex")


def test_lemmas_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, "lemmas", "davidson_szarek")["lemmas"]
    assert {own["id"]: own["python"] for own in found}["lemma.davidson_szarek.G"] == "lemma.davidson_szarek_G"
    document = asked(capsys, "lemmas", "lemma.homogeneous_sup")
    assert document["status"] == "proved" and "bln.thm5.sharp" in document["claims"]
    assert document["example"]["by"] == "lemma.homogeneous_sup" and [s["by"] for s in document["proof"]]
    assert asked(capsys, "show", "lemma.homogeneous_sup") == document


def test_terms(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "terms", "sqrt")
    assert "sqrt(t)\n" in out and "0 where t < 0" in out and ">>> from lawbook import" in out
    every = said(capsys, "terms")
    assert "Expect(value, (variable, law), …)" in every and ">>>" not in every
    assert asked(capsys, "terms", "log")["terms"][0]["everywhere"] == "log t, and 0 where t ≤ 0"


def test_checkers(capsys: pytest.CaptureFixture[str]) -> None:
    assert "polynomial  A relation between numbers" in said(capsys, "checkers")
    out = said(capsys, "checkers", "ball")
    assert "Bennett" in out and 'step("log", le(log(p), p - 1),\n' in out and "the goal does not follow: it is false at p = " in out
    document = asked(capsys, "checkers", "linear")["checkers"][0]
    assert document["proved"]["status"] == "PROVED" and document["refused"]["status"] == "FAILED"


@pytest.mark.parametrize(("argv", "hint"), [
    (("lemmas", "fro_opp"), "did you mean lemma.fro_op or"), (("lemmas", "lemma.fro_opp"), "did you mean lemma.fro_op or"),
    (("show", "rule.sum"), "did you mean rule.sum_le or"), (("show", "lemma.("), "there is no lemma 'lemma.('"),
    (("terms", "lipshitz_on"), "did you mean lipschitz_on or"), (("terms", "((qqq"), "no term holds '((qqq'"),
    (("checkers", "lineal"), "did you mean linear?"), (("checkers", "qqq"), "the checkers are linear, chain, polynomial"),
])
def test_nothing_found_is_one_sentence(capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], hint: str) -> None:
    assert run(argv) == BAD_INPUT
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and hint in err
    assert run((*argv, "--json")) == BAD_INPUT
    assert hint in json.loads(capsys.readouterr().out)["error"]
