"""`lawbook report`: a small site, and what is refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("jinja2", reason="pip install 'lawbook[report]'")
pytest.importorskip("latex2mathml", reason="pip install 'lawbook[report]'")
pytest.importorskip("latex2mathml", reason="pip install 'lawbook[report]'")

from verify.cli import report
from verify.cli.app import run

FILE = """\
from lawbook import Claim, Hypothesis, NormDomain, Reading, Source, Symbol, le, proof, step

s, t = Symbol("s", real=True), Symbol("t", real=True)
law = le(2 * s, 2 * t)
double = Claim("my.double", "Twice a number", Source("a blackboard"), Reading.OURS, NormDomain.DATA,
               hypotheses=(Hypothesis("small", le(s, t)),), conclusion=law, proofs=(proof(step("law", law, by="linear", using="small")),))
"""


def test_a_site_of_a_users_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(FILE)
    assert run(["report", "site", "mine.py", "--instances", "3", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["claims"] == 1 and said["passes"] and said["folder"] == "site"
    page = (tmp_path / "site" / "claims" / "my.double.html").read_text()
    assert "lawbook check mine.py:my.double --instances 3 --seed 0" in page and "instances" in page
    assert run(["report", "site", "mine.py", "--no-tests"]) == 0                        # in place of the first
    assert "site/index.html: 1 claim" in capsys.readouterr().out
    assert run(["verify", "site/certificates/my.double.json.gz"]) == 0


def test_a_claim_that_must_hold_and_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text(FILE.replace("le(2 * s, 2 * t)", "le(3 * s, 2 * t)"))
    assert run(["report", str(tmp_path / "site"), str(tmp_path / "mine.py"), "--no-tests"]) == 1
    assert "These must hold and do not: my.double" in capsys.readouterr().out
    assert "It must hold, and does not." in (tmp_path / "site" / "claims" / "my.double.html").read_text()


def refused(*words: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["report", *words]) == 2
    said = capsys.readouterr()
    assert not said.out and said.err.count("\n") == 1
    return said.err


def test_what_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert "holds notes.txt, which no report wrote" in refused(str(tmp_path), "mcshane.floor", capsys=capsys)
    assert "which is a file" in refused(str(tmp_path / "notes.txt"), "mcshane.floor", capsys=capsys)
    assert "there is no folder" in refused(str(tmp_path / "a" / "b"), "mcshane.floor", capsys=capsys)
    assert "there is no claim 'mcshane.flor'" in refused(str(tmp_path / "site"), "mcshane.flor", capsys=capsys)
    assert "atlas.json" in refused(str(tmp_path / "site"), "mcshane.floor", "--no-tests", "--atlas", str(tmp_path), capsys=capsys)
    assert not (tmp_path / "site").exists() and len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr(report, "find_spec", lambda name: None)
    assert "pip install 'lawbook[report]'" in refused(str(tmp_path / "site"), "mcshane.floor", capsys=capsys)
