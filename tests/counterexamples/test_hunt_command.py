"""`lawbook hunt`: what it prints, its JSON, its exit codes, and the line in the ledger."""

from __future__ import annotations

import json

import pytest

from verify.cli import BAD_INPUT, DONE, run


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


def test_ablation_and_the_line_in_the_ledger(capsys):
    assert run(["check", "mcshane.floor", "--no-tests"]) == DONE
    assert "load-bearing" not in capsys.readouterr().out
    assert run(["hunt", "mcshane.floor", "--ablate", "--budget", "20"]) == DONE
    assert "fits  load-bearing" in capsys.readouterr().out
    assert run(["check", "mcshane.floor", "--no-tests"]) == DONE
    assert "mcshane.floor  fits" in capsys.readouterr().out
    assert run(["check", "mcshane.floor", "--no-tests", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["load_bearing"] == {"mcshane.floor": ["fits"]}


@pytest.mark.parametrize("argv, words", [
    (["bln.thm5.shrp"], "did you mean bln.thm5.sharp"),
    (["bln.thm5.sharp", "--drop", "bias"], "it has 'fits', 'labels', 'network', 'no bias', 'homogeneous'"),
    (["bln.thm5.sharp", "--budget", "0"], "positive"), (["bln.thm5.sharp", "--budget", "nan"], "positive"),
    (["bln.thm5.sharp", "--budget", "soon"], "--budget"), (["bln.thm5.sharp", "--ablate", "--drop", "fits"], "leave out --drop")])
def test_bad_input_is_one_sentence(argv, words, capsys):
    assert run(["hunt", *argv]) == BAD_INPUT
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and not said.out
