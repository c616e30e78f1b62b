"""Hypotheses dropped in turn: runs that are killed, interrupted or beside each other end in one table; the shipped records are true."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from dataclasses import replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from theory.claim import Claim
from theory.digest import statement_digest
from theory.registry import claims
from verify.cli.app import run
from verify.cli.chosen import chosen_claim
from verify.cli.exits import BAD_INPUT, DONE, INTERRUPTED
from verify.cli.hunt import claims_to_ablate
from verify.laws.registry import measurements
from verify.ledger.entries import violated_twins
from verify.objects.store.place import COUNTEREXAMPLES, cache_folder
from verify.report.bearing import ablation_page, load_words
from verify.trials.hunt import Found, HitStore, NothingFound, ablate, ablation, load_bearing
from verify.trials.hunt.ablation import evidence, satisfies_dropped, shippable
from verify.trials.hunt.hits import gathered, unused_records
from verify.trials.hunt.known import SHIPPED, Bearing, Evidence, KnownRecords, shipped, shipped_line, with_twins
from verify.trials.spaces.drafts import draft_of

FLOOR = "mcshane.floor"
PAGE = Path(__file__).parents[3] / "docs" / "ablation.md"
MINE = """
from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.source import Source
from theory.terms import Sum, VectorSymbol, d, dot, index, le, n, norm
u, v, y = VectorSymbol("u", d), VectorSymbol("v", d), VectorSymbol("y", n)
i = index("i")
def mine(id, conclusion, **hypotheses):
    named = tuple(Hypothesis(name, formula) for name, formula in hypotheses.items())
    return Claim(id, id, Source("mine"), Reading.TEMPTING, NormDomain.DATA, named, conclusion)
short = mine("my.short", le(2 * norm(u), 1), short=le(2 * norm(u), 1), idle=le(0, norm(v)))
sums = mine("my.sums", le(2 * Sum(y[i], (i, n)), 1), few=le(n, 1), small=le(2 * norm(y), 1))
pair = mine("my.pair", le(4 * dot(u, v), 1), first=le(2 * norm(u), 1), second=le(2 * norm(v), 1), idle=le(0, norm(u)))
"""
TRIALS = ["--trials", "16", "--budget", "600"]       # the trials decide, not the clock


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    return path


def lawbook(folder: Path, *argv: str) -> int:
    """One `lawbook` process: a fork, which needs no imports; what it prints goes to files of its folder."""
    os.environ["LAWBOOK_CACHE"] = str(folder)
    folder.mkdir(exist_ok=True)
    sys.stdout, sys.stderr = (open(folder / f"{os.getpid()}.{name}", "w", encoding="utf-8") for name in ("out", "err"))  # noqa: SIM115
    code = 99
    try:
        code = run(argv)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def started(folder: Path, *argv: object):
    process = get_context("fork").Process(target=lawbook, args=(folder, *map(str, argv)))
    process.start()
    return process


def finished(folder: Path, *argv: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a process that is left alone."""
    process = started(folder, *argv)
    process.join()
    return process.exitcode, *((folder / f"{process.pid}.{name}").read_text(encoding="utf-8") for name in ("out", "err"))


@cache
def _reference(text: str, folder: Path) -> tuple[float, str]:
    path = folder / "mine.py"
    path.write_text(text)
    begun = time.monotonic()
    code, out, _ = finished(folder / "alone", "hunt", path, "--ablate", *TRIALS, "--json")
    assert code == DONE
    return time.monotonic() - begun, out


@pytest.fixture
def reference(tmp_path_factory):
    """How long an undisturbed run takes, and what it prints."""
    return _reference(MINE, tmp_path_factory.getbasetemp())


def table(out: str) -> dict[str, dict[str, bool]]:
    return {c["claim"]: {a["hypothesis"]: a["load_bearing"] for a in c["ablation"]} for c in json.loads(out)["claims"]}


def test_a_run_shows_what_bears_load(reference):
    found = table(reference[1])
    assert found["my.short"] == {"short": True, "idle": False} and not json.loads(reference[1])["left"]
    assert found["my.pair"]["idle"] is False and list(found) == ["my.short", "my.sums", "my.pair"]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_a_run_that_is_killed_again_and_again_ends_in_the_same_table(seed, reference, mine, tmp_path):
    seconds, out = reference
    rng = np.random.default_rng(seed)
    for _ in range(3):
        process = started(tmp_path / "killed", "hunt", mine, "--ablate", *TRIALS)
        time.sleep(float(rng.uniform(0.0, 0.7)) * seconds)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert process.exitcode in (-signal.SIGKILL, DONE)
    assert finished(tmp_path / "killed", "hunt", mine, "--ablate", *TRIALS, "--json")[:2] == (DONE, out)
    assert finished(tmp_path / "killed", "hunt", mine, "--ablate", *TRIALS, "--json")[:2] == (DONE, out)


def test_two_runs_at_once_give_the_union(reference, mine, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "shared"
    processes = [started(folder, "hunt", *(f"{mine}:{id}" for id in ids), "--ablate", *TRIALS)
                 for ids in (["my.short", "my.sums"], ["my.pair", "my.sums"])]
    for process in processes:
        process.join()
    assert [p.exitcode for p in processes] == [DONE, DONE]
    monkeypatch.setenv("LAWBOOK_CACHE", str(folder))
    monkeypatch.setattr(ablation, "hunt", no_hunt)
    assert run(["hunt", str(mine), "--ablate", *TRIALS, "--json"]) == DONE
    assert capsys.readouterr().out == reference[1]


def no_hunt(*arguments):
    raise AssertionError("hunted again")


def test_an_interrupted_run_keeps_what_it_found_and_says_what_is_left(reference, mine, tmp_path):
    folder = tmp_path / "interrupted"
    process = started(folder, "hunt", mine, "--ablate", "--budget", "600")      # the second hypothesis alone takes ten minutes
    while not stored(folder, "ablated"):
        time.sleep(0.02)
    time.sleep(0.2)
    os.kill(process.pid, signal.SIGINT)
    process.join()
    assert process.exitcode == INTERRUPTED
    said = (folder / f"{process.pid}.err").read_text(encoding="utf-8")
    assert "left: my.short (1), my.sums (2), my.pair (3); what was found is stored; the same command goes on" in said
    assert "short  load-bearing" in (folder / f"{process.pid}.out").read_text(encoding="utf-8")
    assert len(stored(folder, "ablated")) == 1                                  # the search that was cut short is no answer
    assert table(finished(folder, "hunt", mine, "--ablate", *TRIALS, "--json")[1]) == table(reference[1])


def stored(folder: Path, kind: str) -> list[dict]:
    if not (folder / COUNTEREXAMPLES).exists():
        return []
    with HitStore(folder) as store:
        return [json.loads(text) for text, in store._connection.execute("SELECT text FROM records WHERE kind = ?", (kind,))]


# --- what is hunted again --------------------------------------------------------------------------------------------------------

def test_only_as_long_a_search_from_the_same_seed_is_an_answer(tmp_path, monkeypatch):
    claim = claims()["bln.thm9.sharp"]
    with HitStore(tmp_path) as store:
        first = list(ablate(claim, 600.0, 0, store, most=12))
        assert [a.is_load_bearing for a in first] == [True, True, False]
        asked = []

        def watched(claim, name, *arguments):
            asked.append(name)
            return NothingFound(claim.id, name, None, None, 0)

        monkeypatch.setattr(ablation, "hunt", watched)
        for changes, hunted in (({}, []), ({"budget": 500.0}, []), ({"most": 11}, []), ({"budget": 601.0}, ["rank"]),
                                ({"most": 13}, ["rank"]), ({"most": None}, ["rank"]), ({"seed": 1}, ["rank"])):
            asked.clear()
            again = list(ablate(claim, store=store, **{"budget": 600.0, "seed": 0, "most": 12, **changes}))
            assert asked == hunted
            assert [a.result.document() for a in again[:2]] == [a.result.document() for a in first[:2]]


def test_a_counterexample_that_satisfies_the_dropped_hypothesis_shows_nothing_of_it(mine, capsys):
    mine.write_text(MINE + '\nfalse = mine("my.false", le(norm(u), 0), idle=le(0, norm(u)))\n')
    assert run(["hunt", f"{mine}:my.false", "--ablate", *TRIALS]) == DONE
    assert "idle  the claim is false with and without it: margin" in capsys.readouterr().out
    assert run(["check", str(mine), "--json", "--no-tests"]) == DONE
    by_id = {c["id"]: c["ablation"] for c in json.loads(capsys.readouterr().out)["claims"]}
    assert by_id["my.false"][0]["bearing"] == "false anyway" and by_id["my.short"] == []


def test_a_hypothesis_that_cannot_be_measured_at_a_counterexample_is_not_satisfied_by_it():
    """Of ReLU nobody can say which polynomial it is; the claim does not hold for it all the same, and is not false as it stands."""
    claim = claims()["bln.thm8.sharp"]
    sizes = {"d": 1, "k": 3, "n": 4, "p": 1}
    arrays = {"W": [["1"], ["-2"], ["2"]], "X": [["0"], ["1"], ["1"], ["2"]], "a": ["4", "1", "-1"], "b": ["-1", "1", "-1"],
              "y": ["1", "-1", "-1", "1"]}
    found = Found(claim.id, "polynomial", draft_of({"sizes": sizes, "arrays": arrays, "activations": {"psi": "relu"}}), -1.0, False, "")
    assert not satisfies_dropped(claim, found)
    assert satisfies_dropped(claim, replace(found, dropped="labels"))


@pytest.mark.parametrize("best, bearing", [(None, Bearing.NOT_DECIDED), (-1.0, Bearing.NOT_DECIDED), (0.0, Bearing.PERHAPS_NOT_NEEDED)])
def test_a_violation_that_is_not_certain_is_no_hint_that_a_hypothesis_is_idle(best, bearing):
    assert ablation.Ablation("fits", NothingFound(FLOOR, "fits", best, None, 9)).evidence().bearing is bearing


def test_a_dropped_hypothesis_that_was_seen_to_hold_at_samples_alone_is_not_satisfied(mine):
    """Samples of the ball do not tell a vector u of length 1/4, with 4u·x ≤ 1 for all x, from one that is a little longer."""
    mine.write_text(MINE.replace("import Sum", "import Ball, Rational, Sum, forall") + """
x = VectorSymbol("x", d)
wide = mine("my.wide", le(8 * norm(u), 1), ball=forall(le(4 * dot(u, x), 1), (x, Ball(d))))
""")
    wide, = chosen_claim(f"{mine}:my.wide").claims
    draft = draft_of({"sizes": {"d": 2}, "arrays": {"u": ["3/20", "4/20"]}, "activations": {}})
    assert not satisfies_dropped(wide, Found(wide.id, "ball", draft, -0.5, True, ""))


def test_a_margin_that_is_open_is_no_hint_either(mine):
    """The sides of the best instance overlap: its margin may be below 0, whatever sign a record gives it."""
    claim = claims()["bln.s32.printed"]
    record, = shipped().records(statement_digest(claim), "labels", "ablated")
    assert record["open"] and record["margin"] < 0
    for sign in (1, -1):
        told = {**record, "margin": sign * record["margin"], "open": False}
        found = evidence(claim, KnownRecords([shipped_line(statement_digest(claim), -5.0, told)]))[2]
        assert found.hypothesis == "labels" and found.bearing is Bearing.NOT_DECIDED and found.margin == pytest.approx(record["margin"])
    assert ablation.Ablation("labels", NothingFound(claim.id, "labels", 0.0, None, 9, is_open=True)).bearing is Bearing.NOT_DECIDED


def test_twins_do_not_hide_that_a_claim_is_false_and_speak_of_hypotheses_by_name():
    found = (Evidence("labels", Bearing.FALSE_ANYWAY, -1.0, True, "n = 1"), Evidence("fits", Bearing.PERHAPS_NOT_NEEDED, 0.5))
    assert with_twins(found, {"without labels": True, "fits": True}) == found


@pytest.mark.parametrize("argv, words", [
    ([], "0 claims given; give one, or --ablate"), (["mcshane.floor", "bln.r1"], "2 claims given"),
    (["bln.nothing*", "--ablate"], "bln.nothing"), (["mcshane.floor", "--ablate", "--trials", "0"], "--trials")])
def test_bad_input_is_one_sentence(argv, words, capsys):
    assert run(["hunt", *argv]) == BAD_INPUT
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and not said.out


# --- the shipped records -----------------------------------------------------------------------------------------------------------

ROUNDING = -20.0        # the logarithm of a quotient that only rounding keeps from 0


@cache
def _evidence():
    return [(claim, evidence(claim, shipped())) for claim in sorted(claims_to_ablate(()), key=lambda claim: claim.id)]


def test_the_shipped_records_are_of_the_statements_as_they_are_and_verified_again():
    records = [json.loads(line) for line in SHIPPED.read_text(encoding="utf-8").splitlines()]
    assert shipped().damaged == 0 and unused_records(claims().values(), own=False) == []
    places = [(c.id, h.name) for c in sorted(claims_to_ablate(()), key=lambda claim: claim.id) for h in c.hypotheses]
    assert [(r["claim"], r["dropped"]) for r in records] == places
    found = {(c.id, e.hypothesis): e for c, listed in _evidence() for e in listed}
    for record in records:
        again = found[record["claim"], record["dropped"]]
        expected = record["record"]
        assert (again.bearing in (Bearing.LOAD_BEARING, Bearing.FALSE_ANYWAY)) == expected["found"], record
        assert again.bearing is not Bearing.NOT_TRIED and again.exact == expected["exact"], record
        if expected["margin"] is None:                      # a family, or a search without any margin
            assert again.margin is None, record
        elif expected["margin"] < ROUNDING:                 # the logarithm of a rounding error: a side is 0, on some processors exactly
            assert again.margin == -1 or again.margin < ROUNDING, record
        else:
            assert again.margin == pytest.approx(expected["margin"], rel=1e-6, abs=1e-9), record


def test_no_claim_that_must_hold_is_false_as_it_stands():
    assert [(c.id, e.hypothesis) for c, listed in _evidence() for e in listed
            if e.bearing is Bearing.FALSE_ANYWAY and c.reading.value in ("sharp", "ours")] == []


def test_the_page_is_what_the_records_say():
    found = []
    for claim, listed in _evidence():
        measurement = measurements().get(claim.id)
        found.append((claim, with_twins(listed, {} if measurement is None else violated_twins(claim, measurement, 0))))
    assert PAGE.read_text(encoding="utf-8") == ablation_page(found)


def line_of(claim: Claim, name: str) -> dict:
    return next(json.loads(line) for line in SHIPPED.read_text(encoding="utf-8").splitlines()
                if json.loads(line)["claim"] == claim.id and json.loads(line)["dropped"] == name)


def forged(entry: dict, **changes) -> KnownRecords:
    """The entry with another record, sealed as if it were genuine."""
    found = KnownRecords([shipped_line(entry["statement"], entry["rank"], {**entry["record"], **changes})])
    assert found.damaged == 0
    return found


def with_arrays(entry: dict, **arrays) -> dict:
    instance = entry["record"]["instance"]
    return {**instance, "arrays": {**instance["arrays"], **arrays}}


def test_a_forged_counterexample_is_not_load_bearing():
    claim = claims()[FLOOR]
    entry = line_of(claim, "fits")
    assert load_bearing(claim, forged(entry)) == ["fits"]                           # the genuine one
    zeros = ["0"] * len(entry["record"]["instance"]["arrays"]["y"])
    labels = [with_arrays(entry, y=y) for y in (zeros, ["0"], ["x"], None)]
    for changes in (*({"instance": instance} for instance in (*labels, None, {})), {"dropped": "labels"}):
        assert load_bearing(claim, forged(entry, **changes)) == [], changes


def test_a_changed_line_is_left_out_and_counted():
    entry = line_of(claims()[FLOOR], "fits")
    for changes in ({"record": {**entry["record"], "margin": -5.0}}, {"claim": "bln.r1"}, {"statement": "0" * 64}, {"dropped": "labels"},
                    {"seal": ""}, {"rank": "small"}):
        found = KnownRecords([json.dumps({**entry, **changes})])
        assert found.damaged == 1 and load_bearing(claims()[FLOOR], found) == [], changes


def test_a_forged_margin_is_no_hint(tmp_path):
    claim = claims()["bln.thm9.sharp"]
    with HitStore(tmp_path) as store:
        list(ablate(claim, 600.0, 0, store, most=12))
        lines = [json.loads(line) for line in shippable(claim, store)]
    rank = next(entry for entry in lines if entry["dropped"] == "rank")
    assert evidence(claim, forged(rank))[2].bearing is Bearing.PERHAPS_NOT_NEEDED
    assert evidence(claim, forged(rank, margin=rank["record"]["margin"] - 0.25))[2].bearing is Bearing.NOT_TRIED
    spoiled = with_arrays(rank, A=[["7"] * len(row) for row in rank["record"]["instance"]["arrays"]["A"]])
    assert evidence(claim, forged(rank, instance=spoiled))[2].bearing is Bearing.NOT_TRIED


def test_records_of_a_statement_that_has_changed_are_left_out_with_a_note(tmp_path, monkeypatch, capsys):
    claim = claims()[FLOOR]
    entry = line_of(claim, "fits")
    stale = KnownRecords([shipped_line("0" * 64, entry["rank"], entry["record"])])
    assert stale.stale([claim]) == [FLOOR] and KnownRecords().stale([claim]) == []
    monkeypatch.setattr("verify.trials.hunt.known.shipped", lambda: stale)
    assert gathered(claim) is None
    assert run(["check", FLOOR, "--no-tests"]) == DONE
    said = capsys.readouterr()
    assert "bears load" not in said.out and f"{FLOOR} changed after the hypotheses were dropped" in said.err


def test_the_ledger_verifies_a_record_once_and_a_changed_one_anew(monkeypatch, capsys):
    claim = claims()[FLOOR]
    entry = line_of(claim, "fits")
    zeros = ["0"] * len(entry["record"]["instance"]["arrays"]["y"])
    calls = []

    def watched(*arguments):
        calls.append(arguments[0].id)
        return evidence(*arguments)

    monkeypatch.setattr(ablation, "evidence", watched)
    said = []
    for known in (forged(entry), forged(entry), forged(entry, instance=with_arrays(entry, y=zeros)), forged(entry)):
        monkeypatch.setattr("verify.trials.hunt.known.shipped", lambda known=known: known)
        assert run(["check", FLOOR, "--no-tests"]) == DONE
        said.append("1 of 2 hypotheses bears load" in capsys.readouterr().out)
    assert said == [True, True, False, True] and calls == [FLOOR, FLOOR]


def test_the_users_store_and_the_shipped_records_are_read_together(tmp_path, capsys):
    claim = claims()["bln.thm5.sharp"]
    with HitStore(cache_folder()) as store:
        assert isinstance(next(iter(ablate(claim, 600.0, 0, store, most=12))).result, Found)
    records = gathered(claim)
    assert records is not None and records.records(statement_digest(claim), "fits", "found")
    assert load_words(evidence(claim, records)) != load_words(evidence(claim, KnownRecords())) == ""
    assert run(["show", "bln.thm5.sharp", "--no-tests", "--json"]) == DONE
    listed = json.loads(capsys.readouterr().out)["ablation"]
    assert [e["hypothesis"] for e in listed] == [h.name for h in claim.hypotheses] and listed[0]["bearing"] == "load-bearing"


def test_a_damaged_store_of_the_user_is_a_note(capsys):
    with contextlib.suppress(FileNotFoundError):
        cache_folder().mkdir(parents=True)
    (cache_folder() / COUNTEREXAMPLES).write_text("not a database " * 100)
    assert run(["check", FLOOR, "--no-tests"]) == DONE
    said = capsys.readouterr()
    assert "2 of 2 hypotheses bear load" in said.out and "cannot be used" in said.err
