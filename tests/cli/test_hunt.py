"""`lawbook hunt`: what it prints, its JSON, its exit codes, and the line in the ledger."""

from __future__ import annotations

import json
import signal
from contextlib import suppress
from dataclasses import replace

import pytest
from rich.console import Console

from theory.registry import claims
from theory.verdict import Status
from verify.cli.app import run
from verify.cli.exits import BAD_INPUT, DOES_NOT_HOLD, DONE, INTERRUPTED
from verify.objects.store.place import COUNTEREXAMPLES
from verify.report.hunt import show_result
from verify.trials.hunt import Found, NothingFound
from verify.trials.hunt.known import KnownRecords
from verify.trials.hunt.trials import Trials
from verify.trials.spaces.drafts import Draft


def test_json_and_replay(capsys):
    assert run(["hunt", "bln.thm5.sharp", "--drop", "no bias", "--json"]) == DONE
    first = capsys.readouterr().out
    assert run(["hunt", "bln.thm5.sharp", "--drop", "no bias", "--json"]) == DONE
    assert capsys.readouterr().out == first
    document = json.loads(first)
    assert document["found"] and document["exact"] and document["breaks"] == "no bias" and document["margin"] < 0
    assert document["instance"]["arrays"]["b"] != ["0"]


def test_words(capsys):
    assert run(["hunt", "bln.thm9.tempting_sphere"]) == DONE
    said = capsys.readouterr().out
    assert "A = [[1]]" in said and "REFUTED" in said


def test_nothing_found(capsys):
    assert run(["hunt", "bln.thm9.sharp", "--budget", "1"]) == DONE
    assert "no counterexample" in capsys.readouterr().out


def test_ablation_and_the_line_in_the_ledger(monkeypatch, capsys):
    monkeypatch.setattr("verify.cli.hunt.shipped", KnownRecords)
    monkeypatch.setattr("verify.trials.hunt.known.shipped", KnownRecords)
    assert run(["check", "mcshane.floor", "--no-tests"]) == DONE
    assert "bears load" not in capsys.readouterr().out
    assert run(["hunt", "mcshane.floor", "--ablate", "--budget", "20"]) == DONE
    assert "fits  load-bearing" in capsys.readouterr().out
    assert run(["check", "mcshane.floor", "--no-tests"]) == DONE
    assert "2 of 2 hypotheses bear load" in capsys.readouterr().out
    assert run(["check", "mcshane.floor", "--no-tests", "--json"]) == DONE
    claim, = json.loads(capsys.readouterr().out)["claims"]
    found = {e["hypothesis"]: e["bearing"] for e in claim["ablation"]}
    assert found == {"fits": "load-bearing", "f Lipschitz": "load-bearing"}         # the second by a jump


@pytest.mark.parametrize("argv, words", [
    (["bln.thm5.shrp"], "did you mean bln.thm5.sharp"),
    (["bln.thm5.sharp", "--drop", "bias"], "it has 'fits', 'labels', 'network', 'no bias', 'homogeneous'"),
    (["bln.thm5.sharp", "--budget", "0"], "positive"), (["bln.thm5.sharp", "--budget", "nan"], "positive"),
    (["bln.thm5.sharp", "--budget", "soon"], "--budget"), (["bln.thm5.sharp", "--ablate", "--drop", "fits"], "leave out --drop")])
def test_bad_input_is_one_sentence(argv, words, capsys):
    assert run(["hunt", *argv]) == BAD_INPUT
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and not said.out


def test_fresh_needs_no_store_and_leaves_none(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LAWBOOK_CACHE", str(tmp_path / "cache"))
    assert run(["hunt", "bln.thm9.tempting_sphere", "--fresh"]) == DONE
    assert run(["hunt", "mcshane.floor", "--ablate", "--fresh", "--trials", "8"]) == DONE
    assert not (tmp_path / "cache" / COUNTEREXAMPLES).exists()
    (tmp_path / "file").touch()
    monkeypatch.setenv("LAWBOOK_CACHE", str(tmp_path / "file"))
    assert run(["hunt", "bln.thm9.tempting_sphere", "--fresh"]) == DONE
    capsys.readouterr()
    assert run(["hunt", "bln.thm9.tempting_sphere"]) == BAD_INPUT
    said = capsys.readouterr()
    assert "cannot be made" in said.err and "set LAWBOOK_CACHE" in said.err and said.err.count("\n") == 1 and not said.out


def test_an_interruption_that_a_library_swallows_ends_the_hunt(monkeypatch, capsys):
    """A KeyboardInterrupt that is raised in a callback of the garbage collector is printed and forgotten."""
    def swallowing(trials, draft):
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        return attempt(trials, draft)

    attempt = Trials.attempt
    monkeypatch.setattr(Trials, "attempt", swallowing)
    assert run(["hunt", "bln.thm9.sharp", "--budget", "600", "--json"]) == INTERRUPTED
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert not document["found"] and document["tried"] == 0 and "interrupted" in said.err


def test_a_margin_that_is_open_is_called_so(monkeypatch, capsys):
    monkeypatch.setattr("verify.cli.hunt.hunt", lambda claim, *rest: NothingFound(claim.id, None, -0.25, None, 4, is_open=True))
    assert run(["hunt", "bln.thm9.sharp"]) == DONE
    assert "the best margin is open, at least -0.25" in capsys.readouterr().out


MINE = """
from theory.claim import Claim, NormDomain, Reading
from theory.source import Source
from theory.terms import MatrixSymbol, d, fro_norm, k, le, op_norm
W = MatrixSymbol("W", k, d)
short = Claim("my.short", "false", Source("mine"), Reading.OURS, NormDomain.DATA, (), le(fro_norm(W), op_norm(W)))
"""
SECOND = """
long = Claim("my.long", "true", Source("mine"), Reading.OURS, NormDomain.DATA, (), le(op_norm(W), fro_norm(W)))
"""


def test_a_claim_of_a_file(tmp_path, capsys):
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    assert run(["hunt", str(path), "--budget", "10"]) == DOES_NOT_HOLD
    said = capsys.readouterr().out
    assert "my.short  is false" in said and "exact" in said
    path.write_text(MINE + SECOND)
    assert run(["hunt", f"{path}:my.short", "--budget", "10"]) == DOES_NOT_HOLD
    assert run(["hunt", f"{path}:my.long", "--budget", "1"]) == DONE
    assert run(["hunt", str(path)]) == BAD_INPUT
    assert "has the claims my.short, my.long; give one of them" in capsys.readouterr().err
    assert run(["hunt", f"{path}:my.other"]) == BAD_INPUT
    assert run(["hunt", str(tmp_path / "none.py")]) == BAD_INPUT


def test_what_no_exact_arithmetic_confirms_only_seems_false(capsys):
    """A hit beyond rounding errors whose refutation is UNKNOWN changes no status, and is not called false."""
    claim = claims()["mcshane.floor"]
    hit = Found(claim.id, None, Draft({"n": 1}, {}, {}), -0.5, False, "", Status.UNKNOWN)
    show_result(Console(), claim, hit)
    said = capsys.readouterr().out
    assert "seems false" in said and "not refuted" in said and "is false" not in said
    show_result(Console(), claim, replace(hit, exact=True, status=Status.REFUTED))
    assert "is false" in (said := capsys.readouterr().out) and "is REFUTED" in said
