"""The store of counterexamples: replays, two processes at once, a process that is killed, records changed by other hands."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from theory.digest import statement_digest
from theory.errors import BadData
from theory.registry import claims
from verify.objects.store.place import COUNTEREXAMPLES
from verify.trials.hunt import Found, HitStore, hunt, load_bearing
from verify.trials.hunt.hunter import replayed
from verify.trials.hunt.templates import template_of
from verify.trials.spaces.claim_space import ClaimSpace

CLAIM, DROP = "bln.thm5.sharp", "no bias"
WRITER = """
import sys
from pathlib import Path
from verify.trials.hunt.hits import HitStore
store, who = HitStore(Path(sys.argv[1])), sys.argv[2]
print("ready", flush=True)
for turn in range(int(sys.argv[3])):
    store.keep("s", "", "found", {"who": who, "turn": turn}, float(turn))
    store.keep("s", "", "found", {"shared": turn}, float(turn))
    print(turn, flush=True)
"""


def writer(folder, who, turns):
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder), who, str(turns)], stdout=subprocess.PIPE, text=True)


def test_a_replay_is_verified_and_identical(tmp_path):
    claim = claims()[CLAIM]
    with HitStore(tmp_path) as store:
        first = hunt(claim, DROP, 30.0, store=store)
        again = hunt(claim, DROP, 30.0, store=store)
        assert again.replayed and not first.replayed
        assert json.dumps(again.document()) == json.dumps(first.document())
        assert load_bearing(claim, store) == [DROP]
        assert len(store.records(statement_digest(claim), DROP, "found")) <= 2      # before and after shrinking


@pytest.mark.parametrize("id", ["bln.thm9.printed_first", "bln.lemma13.printed"])
def test_a_family_is_replayed_by_its_template_and_its_proof(id, tmp_path):
    claim = claims()[id]
    with HitStore(tmp_path) as store:
        first, again = (hunt(claim, budget=30.0, store=store) for _ in range(2))
        assert again.replayed and not first.replayed and again.failing == first.failing is not None
        assert json.dumps(again.document()) == json.dumps(first.document())


def test_a_stored_family_with_another_proof_is_not_replayed(tmp_path):
    claim = claims()["bln.thm9.printed_first"]
    with HitStore(tmp_path) as store:
        document = {**hunt(claim, budget=30.0).document(), "failing": "bln.thm5.sharp"}
        store.keep(statement_digest(claim), "", "found", document, 0.0)
        assert replayed(ClaimSpace(claim), store) is None


@pytest.mark.parametrize("document", [None, {}, {"base": {"sizes": {}, "arrays": {}, "activations": {}}, "slope": {}, "inverse": {},
                                                 "growing": ["n"]}])
def test_unreadable_families(document):
    with pytest.raises(BadData, match="family cannot be read"):
        template_of(document)


def test_a_stored_instance_that_does_not_contradict_is_not_replayed(tmp_path):
    claim = claims()[CLAIM]
    with HitStore(tmp_path) as store:
        found = hunt(claim, DROP, 30.0)
        document = found.document()
        document["instance"]["arrays"]["b"] = ["0"]
        document["instance"]["arrays"]["y"] = ["0"]
        store.keep(statement_digest(claim), DROP, "found", document, 0.0)
        assert load_bearing(claim, store) == []
        assert not hunt(claim, DROP, 30.0, store=store).replayed


def test_other_statements_have_other_records(tmp_path):
    with HitStore(tmp_path) as store:
        assert isinstance(hunt(claims()[CLAIM], DROP, 30.0, store=store), Found)
        assert load_bearing(claims()["bln.thm5.path"], store) == []


def test_two_processes_at_once(tmp_path):
    workers = [writer(tmp_path, name, 20) for name in "ab"]
    for worker in workers:
        worker.communicate(timeout=60)
    assert [worker.returncode for worker in workers] == [0, 0]
    with HitStore(tmp_path) as store:
        records = store.records("s", "", "found")
    assert len(records) == 60 and len({json.dumps(r, sort_keys=True) for r in records}) == 60


def test_a_process_that_is_killed_loses_nothing_that_it_reported(tmp_path):
    for round_ in range(1):
        worker = writer(tmp_path, f"w{round_}", 100_000)
        said = 0
        while said < 5 * (round_ + 1):
            said += worker.stdout.readline().strip().isdigit()
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        reported = [int(line) for line in worker.stdout.read().split() if line.isdigit()]
        worker.stdout.close()
        last = max([said - 1, *reported])
        with HitStore(tmp_path) as store:
            kept = {r["turn"] for r in store.records("s", "", "found") if r.get("who") == f"w{round_}"}
        assert set(range(last + 1)) <= kept


def test_a_record_that_was_changed_is_left_out(tmp_path):
    with HitStore(tmp_path) as store:
        store.keep("s", "", "found", {"a": 1}, 0.0)
    with sqlite3.connect(tmp_path / COUNTEREXAMPLES) as connection:
        connection.execute("UPDATE records SET text = '{\"a\": 2}'")
    with HitStore(tmp_path) as store:
        assert store.records("s", "", "found") == []


def test_a_file_that_is_no_store(tmp_path):
    (tmp_path / COUNTEREXAMPLES).write_text("not a database " * 100)
    with pytest.raises(BadData, match="cannot be used"):
        HitStore(tmp_path)


def test_a_writer_waits_for_another(tmp_path):
    with HitStore(tmp_path) as store:
        lock = sqlite3.connect(tmp_path / COUNTEREXAMPLES, check_same_thread=False)
        lock.execute("BEGIN IMMEDIATE")
        worker = writer(tmp_path, "w", 1)
        time.sleep(0.2)
        lock.rollback()
        lock.close()
        worker.communicate(timeout=60)
        assert worker.returncode == 0
        assert len(store.records("s", "", "found")) == 2
