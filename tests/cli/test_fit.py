"""`lawbook fit`: the contract of its JSON, its files, `lawbook verify` on them, and one sentence for every bad input."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verify.cli.app import run
from verify.objects.networks import load_network

FIELDS = {"lower", "upper", "gap", "certified", "network", "infeasible", "reason", "mcshane", "domain", "kinks"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "xor.csv").write_text("0,0,1\n1,1,1\n0,1,-1\n1,0,-1\n")
    (tmp_path / "line.csv").write_text("0,0\n1,1.5\n2,0.25\n3,7\n")
    (tmp_path / "one.csv").write_text("0,1\n")
    (tmp_path / "twice.csv").write_text("x,y\n0,1\n0,-1\n")
    return tmp_path


def ask(capsys: pytest.CaptureFixture[str], *argv: str) -> dict:
    assert run(("fit", *argv, "--json")) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    found = json.loads(out)
    assert set(found) >= FIELDS
    return found


def test_interval_certificate_and_network(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "xor.csv", "--kinks", "1", "--out", "fit.json", "--save-network", "net.npz")
    assert found["lower"] <= 8**0.5 * (1 + 1e-12) and found["upper"] >= 8**0.5 * (1 - 1e-12) and found["gap"] <= 1e-3
    assert found["closed"] and found["certified"] and not found["infeasible"] and found["reason"] is None
    assert found["lower"] <= Fraction(found["lower_exact"]) <= Fraction(found["upper_exact"]) <= found["upper"]
    network = load_network("net.npz")
    assert list(network(np.array([[0, 0], [1, 1], [0, 1], [1, 0]], dtype=object))) == [1, 1, -1, -1]
    assert run(("verify", "fit.json")) == 0
    assert "2.82842 ≤ least Lip" in capsys.readouterr().out
    again = ask(capsys, "xor.csv", "--kinks", "1", "--out", "fit.json", "--resume")
    assert (again["lower_exact"], again["nodes"]) == (found["lower_exact"], found["nodes"])


def test_what_was_not_checked_is_not_certified(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.objects.deadline.in_time", lambda work, deadline: None)
    assert run(("fit", "xor.csv", "--kinks", "1", "--out", "fit.json", "--json")) == 1
    assert json.loads(capsys.readouterr().out)["certified"] is None
    assert run(("fit", "xor.csv", "--kinks", "1")) == 1
    assert "not certified: there was no time" in capsys.readouterr().out
    assert run(("verify", "fit.json")) == 0                              # the file is there, and can be checked


def test_an_infeasible_class_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "xor.csv", "--kinks", "0", "--out", "fit.json")
    assert found["infeasible"] and found["lower"] is None and found["network"] is None
    assert "at least 1 kink needed" in found["reason"] and "2 kinks (points − 2) always suffice" in found["reason"]
    assert run(("verify", "fit.json")) == 0
    assert "no fit with 0 kinks" in capsys.readouterr().out
    document = json.loads(Path("fit.json").read_text())
    document["lower"]["value"] = "5"
    Path("fit.json").write_text(json.dumps(document))
    assert run(("verify", "fit.json")) == 1


def test_real_labels(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "line.csv", "--kinks", "2", "--real-labels")
    assert found["lower"] == 6.75 == found["upper"]
    (folder / "level.csv").write_text("0,2\n1,2\n")
    assert str(ask(capsys, "level.csv", "--kinks", "0", "--real-labels")["upper"]) == "0.0"


def test_words_for_a_person(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(("fit", "xor.csv", "--kinks", "1", "--domain", "ball")) == 0
    said = capsys.readouterr()
    assert said.err == "" and "≤ Lip ≤" in said.out and "1 kink and an affine part on the ball" in said.out


@pytest.mark.parametrize(("argv", "words"), [
    (("one.csv", "--kinks", "1"), "one point"), (("twice.csv", "--kinks", "1"), "same point"), (("nowhere.csv", "--kinks", "1"), "nowhere"),
    (("xor.csv", "--kinks", "-1"), "-1"), (("xor.csv", "--kinks", "0", "--no-affine"), "no affine part"), (("xor.csv",), "--kinks"),
    (("xor.csv", "--kinks", "1", "--domain", "cube"), "cube"), (("xor.csv", "--kinks", "1", "--resume"), "--out"),
    (("xor.csv", "--kinks", "1", "--gap", "0"), "gap"), (("xor.csv", "--kinks", "1", "--budget", "inf"), "finite"),
    (("xor.csv", "--kinks", "1", "--radius", "2"), "ball"), (("xor.csv", "--kinks", "1", "--domain", "ball", "--radius", "0.1"), "outside"),
    (("xor.csv", "--kinks", "1", "--domain", "ball", "--centre", "a,b"), "commas"),
    (("xor.csv", "--kinks", "1", "--out", "nowhere/fit.json"), "no folder"),
    (("xor.csv", "--kinks", "1", "--save-network", "net.txt"), ".npz"),
    (("line.csv", "--kinks", "1"), "distinct values"),
])  # fmt: skip
def test_bad_input_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], words: str) -> None:
    before = sorted(folder.iterdir())
    assert run(("fit", *argv)) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and words in said.err
    assert sorted(folder.iterdir()) == before


def test_a_certificate_that_does_not_hold_is_no_success(tmp_path, monkeypatch, capsys):
    from theory.certificates.fits import kink_interval
    from theory.verdict import failed
    from verify.cli.exits import DOES_NOT_HOLD
    path = tmp_path / "line.csv"
    path.write_text("x,y\n0,1\n1,-1\n2,1\n")
    monkeypatch.setattr(kink_interval, "check_interval", lambda document: failed("doctored"))
    assert run(["fit", str(path), "--kinks", "1", "--json"]) == DOES_NOT_HOLD
    assert json.loads(capsys.readouterr().out)["certified"] is False
    assert run(["fit", str(path), "--kinks", "1"]) == DOES_NOT_HOLD
    assert "NOT certified" in capsys.readouterr().out
