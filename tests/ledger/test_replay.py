"""`lawbook verify LEDGER`: what is printed is what the kernel replayed, without any solver; labels of the file are not believed."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kernel.drawing import Values
from kernel.oracle import holds
from kernel.oracle_numbers import Undecided

from theory.errors import BadData
from theory.kernel.derivation import Replayed
from theory.registry import claims
from verify.cli.app import run
from verify.ledger.entries import LedgerOptions
from verify.ledger.entries import entries as ledger_entries
from verify.ledger.replay import replay
from verify.report.derivations import derivations

MINE = """

from theory.terms import Symbol
from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.proof import proof, step
from theory.source import Source
from theory.terms import VectorSymbol, d, dot, le, norm

s, t = Symbol("s", real=True), Symbol("t", real=True)
u, v = VectorSymbol("u", d), VectorSymbol("v", d)
square = Claim(
    id="my.square", title="Squares increase", source=Source("me"), reading=Reading.OURS, domain=NormDomain.DATA,
    hypotheses=(Hypothesis("nonnegative", le(0, s)), Hypothesis("order", le(s, t))), conclusion=le(s**2, t**2),
    proofs=(proof(
        step("gap", le(0, (t - s) * (t + s)), by="polynomial", using=("nonnegative", "order")),
        step("square", le(s**2, t**2), by="linear", using="gap")),))
mean = Claim(
    id="my.mean", title="Twice a product", source=Source("me"), reading=Reading.OURS, domain=NormDomain.DATA,
    hypotheses=(), conclusion=le(2 * dot(u, v), norm(u)**2 + norm(v)**2),
    proofs=(proof(
        step("gap", le(0, norm(u - v)**2), by="polynomial"),
        step("law", le(2 * dot(u, v), norm(u)**2 + norm(v)**2), by="linear", using="gap")),))
"""
SOLVERS = ("sympy", "z3", "numpy", "scipy", "cvxpy", "clarabel", "sklearn", "mpmath")
ALONE = f"""
import importlib.abc, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {SOLVERS!r}:
            raise ImportError(f"{{name}} must take no part")

sys.meta_path.insert(0, Absent())
from verify.cli.app import run
sys.exit(run(sys.argv[1:]))
"""
Ledger = dict[str, Any]


def written(*argv: str) -> Ledger:
    """What `lawbook check … --json` prints, as a document."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        code = run(("check", *argv, "--no-tests", "--no-cache", "--json"))
    assert code == 0
    return json.loads(stream.getvalue())


@pytest.fixture(scope="module")
def library() -> Ledger:
    """The ledger of two small claims of the library."""
    return written("mcshane.floor", "bln.thm5.path")


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The ledger of two claims of a user, about numbers and vectors."""
    file = tmp_path_factory.mktemp("mine") / "mine.py"
    file.write_text(MINE, encoding="utf-8")
    return written(str(file))


def verified(ledger: object, path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str], str]:
    """Exit code, lines and complaint of `lawbook verify` on a saved document."""
    path.write_text(json.dumps(ledger), encoding="utf-8")
    code = run(("verify", str(path)))
    captured = capsys.readouterr()
    return code, captured.out.splitlines(), captured.err


# --- what is replayed, and with what ------------------------------------------------------------------------------------------------

def test_no_solver_takes_part(library: Ledger, tmp_path: Path) -> None:
    (tmp_path / "ledger.json").write_text(json.dumps(library), encoding="utf-8")
    command = [sys.executable, "-c", ALONE, "verify", str(tmp_path / "ledger.json")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    floor, path, summary = done.stdout.splitlines()
    assert floor.startswith("PROVED  ∀i∈range(n): ∀j∈range(n): |−y[j] + y[i]| ≤ lip(f, vec(d))·‖X[i] − X[j]‖  if 1 ≤ d and 1 ≤ n and ")
    assert "∀i∈range(n): f(X[i]) = y[i]" in floor and "lipschitz(f, vec(d))" in floor
    assert path.startswith("PROVED  n ≤ (Σ[i∈range(k)] |a[i]|·‖W[i]‖)·(sup[x∈sphere(d)] |Σ[i∈range(n)] psi(⟨X[i], x⟩)")
    assert "2 of 2 derivations hold" in summary and "0 claims without a derivation" in summary


def test_the_hook_does_refuse_solvers() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE, "show", "mcshane.floor"], capture_output=True, text=True, timeout=120)
    assert done.returncode != 0 and "must take no part" in done.stderr


def rewritten(value: object) -> object:
    """Every text replaced: ids, titles, formulas, statuses."""
    if isinstance(value, dict):
        return {key: rewritten(own) for key, own in value.items()}
    if isinstance(value, list):
        return [rewritten(own) for own in value]
    return f"Re s = 1/2, once more than {value}" if isinstance(value, str) else value


def test_labels_are_not_what_was_checked(library: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    honest = verified(library, tmp_path / "ledger.json", capsys)
    forged = deepcopy(library)
    forged["claims"] = rewritten(forged["claims"])
    for entry, claim in zip(forged["derivations"]["claims"], forged["claims"], strict=True):
        entry["id"] = claim["id"]
    for lemma in forged["derivations"]["lemmas"]:
        lemma["source"] = "Riemann, in a letter"
    assert verified(forged, tmp_path / "ledger.json", capsys) == honest
    assert honest[0] == 0 and not any("Re s" in line or "Riemann" in line for line in honest[1])


def test_a_claim_that_is_renamed_alone_is_refused(library: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forged = deepcopy(library)
    forged["claims"][0]["id"] = "riemann.hypothesis"
    code, lines, complaint = verified(forged, tmp_path / "ledger.json", capsys)
    assert (code, lines) == (2, []) and "each derivation belongs to one claim" in complaint


def test_what_is_on_trust_is_said_by_its_words(library: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A lemma whose steps are taken away is one that is cited, whatever its name."""
    forged = deepcopy(library)
    lemma = forged["derivations"]["lemmas"][0]
    del lemma["steps"]
    code, lines, _ = verified(forged, tmp_path / "ledger.json", capsys)
    assert code == 0 and any(line.startswith("PROVED MODULO") for line in lines)
    assert any(line.startswith("ON TRUST  ") and "⇒" in line for line in lines)
    assert "1 lemma taken on trust" in lines[-1]


def test_claims_without_a_derivation_are_counted_and_named(library: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fewer = deepcopy(library)
    del fewer["derivations"]["claims"][0]
    code, lines, _ = verified(fewer, tmp_path / "ledger.json", capsys)
    assert code == 0 and "WITHOUT A DERIVATION  mcshane.floor" in lines
    assert "1 of 1 derivations hold" in lines[-1] and "1 claim without a derivation" in lines[-1]


def test_one_json_object_says_the_same(library: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ledger.json"
    path.write_text(json.dumps(library), encoding="utf-8")
    assert run(("verify", str(path), "--json")) == 0
    document = json.loads(capsys.readouterr().out)
    own, = document["ledgers"]
    assert (document["checked"], document["failed"], own["without_derivation"], own["refused"]) == (2, 0, [], [])
    assert [c["conclusion"] for c in own["proved"]] == [c.words for c in replay(library, path).checked]


# --- what does not follow -----------------------------------------------------------------------------------------------------------

def test_a_derivation_of_something_else_fails(library: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forged = deepcopy(library)
    first, second = forged["derivations"]["claims"]
    first["conclusion"] = second["conclusion"]
    code, lines, complaint = verified(forged, tmp_path / "ledger.json", capsys)
    assert (code, complaint) == (1, "")
    assert lines[0].startswith("REFUSED  derivation 1: ") and lines[1].startswith("PROVED  ")
    assert "1 of 2 derivations hold" in lines[-1]


def places(value: Any) -> Iterator[tuple[list[Any], int]]:
    """Every entry of every list in a document, in order."""
    if isinstance(value, dict):
        for own in value.values():
            yield from places(own)
    elif isinstance(value, list):
        for place, own in enumerate(value):
            yield value, place
            yield from places(own)


def change(owner: list[Any], place: int, rng: Random) -> None:
    """One part of a document changed: an index moved, a numeral or a name replaced, a part left out or repeated."""
    old = owner[place]
    if rng.random() < 0.2:
        owner[place:place + 1] = rng.choice(([], [old, old]))
    elif isinstance(old, int):
        owner[place] = max(0, old + rng.choice((-2, -1, 1, 2)))
    elif isinstance(old, str):
        swaps = {"le": "lt", "lt": "le", "add": "mul", "max": "min", "all": "ex", "square": "nonnegative"}
        owner[place] = swaps.get(old) or rng.choice(("-1", "0", "1", "2", "1/2", "le", "eq", "assume"))
    else:
        owner[place] = rng.choice(owner)


def false_at(shown: Replayed, rng: Random) -> str | None:
    """An instance on which the hypotheses hold and the conclusion does not."""
    variables = frozenset[Any]().union(*(f.free for f in (*shown.hypotheses, shown.conclusion)))
    for _ in range(20):
        try:
            free = Values(rng, 3).of(variables)
        except Undecided:
            continue
        if all(holds(h, free) for h in shown.hypotheses) and holds(shown.conclusion, free) is False:
            return f"{shown.hypotheses} ⊢ {shown.conclusion} is false at {free}"
    return None


def test_a_changed_derivation_is_refused_or_still_true(mine: Ledger) -> None:
    """A coefficient, a witness, an index, a premise: what is still proved holds on instances of small numbers."""
    honest = [c.proven for c in replay(mine, "mine").checked]
    count = sum(1 for _ in places({**mine["derivations"], "lemmas": []}))
    tally = {"refused": 0, "the same": 0, "another": 0}
    for seed in range(600):
        rng = Random(seed)
        forged = deepcopy(mine["derivations"])
        change(*list(places({**forged, "lemmas": []}))[rng.randrange(count)], rng)
        try:
            checked = replay(forged, "forged").checked
        except BadData:
            tally["refused"] += 1
            continue
        for entry in checked:
            if entry.proven is None:
                tally["refused"] += 1
            elif entry.proven in honest:
                tally["the same"] += 1
            else:
                assert not entry.proven.cited
                tally["another"] += 1
                wrong = false_at(entry.proven, rng)
                assert wrong is None, (seed, wrong)
    assert tally["refused"] > 300 and tally["the same"] > 50 and tally["another"] > 5, tally


def test_the_instances_do_find_what_is_false(mine: Ledger) -> None:
    """The statement that squares increase, without the hypothesis that makes it true."""
    square = replay(mine, "mine").checked[0].proven
    assert square is not None and len(square.hypotheses) == 2
    assert false_at(square, Random(0)) is None
    assert false_at(Replayed((), square.conclusion, frozenset(), 0), Random(0)) is not None


# --- what is no ledger --------------------------------------------------------------------------------------------------------------

def objects(ledger: Ledger) -> list[dict[str, Any]]:
    """The objects of a ledger that a reader might believe to have been checked."""
    derivations, claims = ledger["derivations"], ledger["claims"]
    proofs = [p for c in claims for p in c["proofs"]]
    steps = [s for owner in (*claims, *proofs) for s in owner["steps"]]
    return [ledger, derivations, *derivations["lemmas"], *derivations["claims"], *claims, *proofs, *steps]


def test_an_unknown_field_is_refused_wherever_it_stands(library: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place in range(len(objects(library))):
        forged = deepcopy(library)
        objects(forged)[place]["verified"] = "in Lean"
        code, lines, complaint = verified(forged, tmp_path / "ledger.json", capsys)
        assert (code, lines) == (2, []), place
        assert complaint.startswith("lawbook: ") and complaint.count("\n") == 1 and "verified" in complaint and "Traceback" not in complaint


def without(*path: str) -> Callable[[Ledger], object]:
    """The ledger with a field left out."""
    def changed(ledger: Ledger) -> object:
        owner = ledger
        for name in path[:-1]:
            owner = owner[name] if isinstance(owner, dict) else owner[0]
        del owner[path[-1]]
        return ledger
    return changed


def put(value: object, *path: Any) -> Callable[[Ledger], object]:
    """The ledger with another value at a place."""
    def changed(ledger: Ledger) -> object:
        owner: Any = ledger
        for name in path[:-1]:
            owner = owner[name]
        owner[path[-1]] = value
        return ledger
    return changed


@pytest.mark.parametrize("change", [
    without("derivations"), without("claims"), without("derivations", "format"), without("derivations", "nodes"),
    put("lawbook.derivations/0", "derivations", "format"), put(None, "derivations"), put([], "derivations"), put({}, "claims"),
    put(["mcshane.floor"], "claims"), put(None, "claims", 0, "steps"), put([1], "claims", 0, "proofs"), put(7, "claims", 0, "id"),
    put({"by": "Gauss"}, "derivations", "claims", 0, "id"), put({"by": "Gauss"}, "derivations", "lemmas", 0, "source"),
    put([1], "derivations", "claims", 0), put("nodes", "derivations", "nodes"), put(["sqrt", 0], "derivations", "nodes", 0),
    put([["level", 0, 0]], "derivations", "nodes"), put({}, "derivations", "lemmas", 0, "steps"),
])
def test_what_is_no_ledger_is_refused_in_one_sentence(
        library: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Callable[[Ledger], object]) -> None:
    code, lines, complaint = verified(change(deepcopy(library)), tmp_path / "ledger.json", capsys)
    assert (code, lines) == (2, [])
    assert complaint.startswith("lawbook: ") and complaint.count("\n") == 1 and "Traceback" not in complaint


@pytest.mark.parametrize("share", [0, 0.3, 0.9])
def test_truncated_files_are_refused(library: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str], share: float) -> None:
    content = json.dumps(library).encode()
    path, packed = tmp_path / "ledger.json", tmp_path / "ledger.json.gz"
    path.write_bytes(content[:int(share * len(content))])
    full = gzip.compress(content, mtime=0)
    packed.write_bytes(full[:int(share * len(full))])
    for file in (path, packed):
        assert run(("verify", str(file))) == 2
        captured = capsys.readouterr()
        assert captured.out == "" and captured.err.startswith("lawbook: ") and captured.err.count("\n") == 1


def test_a_compressed_ledger_is_replayed(library: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ledger.json.gz"
    path.write_bytes(gzip.compress(json.dumps(library).encode(), mtime=0))
    assert run(("verify", str(path))) == 0
    assert "2 of 2 derivations hold" in capsys.readouterr().out


def test_the_ledger_of_the_whole_library_replays() -> None:
    entries = list(ledger_entries([replace(claim, twins=()) for claim in claims().values()], LedgerOptions(0)))
    found = replay(derivations(entries).document.data(), "the library")
    proved = [e.claim.id for e in entries if e.status.is_proof]
    assert len(found.checked) == len(proved) > 100 and found.failed == 0
