"""Results of earlier runs: recalled for the same question only, and never able to break or change a run."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sympy import Dummy

import verify.ledger.cache
import verify.ledger.entries
import verify.objects.store.sources
from theory.check import check
from theory.checkers.derive import derive
from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.digest import NoDigest, claim_digest, combined, lemma_digest, step_digest, term_digest
from theory.laws.two_layers.spectral_norm import path
from theory.memo import StepMemo
from theory.proof import Lemma, LemmaKind, Use, proof, step
from theory.source import OURS, Source
from theory.terms import Sum, Symbol, VectorSymbol, forall, index, le, n
from theory.terms.schema import Family
from theory.terms.sets import Range
from theory.verdict import Status, Verdict, proved
from verify.cli.app import run
from verify.ledger.cache import Instances, Memory, encoded_verdict
from verify.ledger.entries import LedgerOptions, entries
from verify.objects.store.place import FILE, CachePlace, Store, cache_folder, cache_place
from verify.objects.store.sources import Sources, read_sources
from verify.trials.hunt.hits import gathered
from verify.trials.hunt.known import Bearing, Evidence
from verify.trials.mutation import FEW, MutationReport, Survivor
from verify.trials.trial import FactTest

KERNEL: ModuleType = sys.modules["theory.check"]
BOOK = Source("A book", "Lemma 1", "3")
x, y, t = (Symbol(name, real=True) for name in "xyt")
u, i, j = VectorSymbol("u", n), index("i"), index("j")


@pytest.fixture
def place(tmp_path: Path) -> CachePlace:
    sources = read_sources()
    assert sources is not None
    return CachePlace(tmp_path / "cache", sources)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the steps that a derivation is really searched for, in order."""
    names: list[str] = []
    really = KERNEL._checked

    def counting(current: Any, *rest: Any, **how: Any) -> Any:
        names.append(current.name)
        return really(current, *rest, **how)

    monkeypatch.setattr(KERNEL, "_checked", counting)
    return names


def book_lemma(**changes: Any) -> Lemma:
    """s ≤ t and t ≤ 1 imply s ≤ 1, as if from a book."""
    s_, t_ = Symbol("s", real=True), Symbol("t", real=True)
    return replace(Lemma("lemma.test", "a bound", BOOK, LemmaKind.TEXTBOOK, le(s_, 1), (le(s_, t_), le(t_, 1))), **changes)


def claim_by(by: Any, *, last: Any = "linear", hypotheses: dict[str, Any] | None = None) -> Claim:
    """x ≤ 3 from x ≤ y, y ≤ 1: a step by the given checker or lemma, then a linear one."""
    facts = {"first": le(x, y), "second": le(y, 1)} if hypotheses is None else hypotheses
    return Claim(
        id="test.claim", title="test", source=OURS, reading=Reading.OURS, domain=NormDomain.DATA,
        hypotheses=tuple(Hypothesis(name, f) for name, f in facts.items()), conclusion=le(x, 3),
        proofs=(proof(step("one", le(x, 1), by=by, using=tuple(facts)), step("three", le(x, 3), by=last, using="one")),))


def next_run(place: CachePlace) -> CachePlace:
    """The same place, in a later run."""
    return CachePlace(place.folder, place.sources)


def run_once(claim: Claim, place: CachePlace) -> Any:
    """The report on a claim by a run that knows only what is stored."""
    memory = Memory(next_run(place))
    report = check(claim, memory)
    memory.close()
    return report


# --- digests ----------------------------------------------------------------------------------------------------------------------

def test_symbols_of_one_name_differ_by_what_is_assumed_of_them() -> None:
    same_name = [Symbol("x"), Symbol("x", real=True), Symbol("x", positive=True), Symbol("x", integer=True)]
    assert len({term_digest(s) for s in same_name}) == 4
    assert len({term_digest(le(s, 1)) for s in same_name}) == 4


def test_bound_variables_have_no_name() -> None:
    assert term_digest(Sum(u[i], (i, n))) == term_digest(Sum(u[j], (j, n)))
    assert term_digest(Sum(u[i], (i, n))) != term_digest(Sum(u[i] ** 2, (i, n)))


def test_the_sides_of_a_relation_and_its_kind_count() -> None:
    from theory.terms import eq, lt
    relations = [le(x, y), le(y, x), lt(x, y), eq(x, y)]
    assert len({term_digest(r) for r in relations}) == 4


@pytest.mark.parametrize("term", [Dummy("x"), le(Dummy("x", real=True), 1), 3.5, "x"])
def test_what_another_process_cannot_name_has_no_digest(term: Any) -> None:
    with pytest.raises(NoDigest):
        term_digest(term)


def test_a_term_class_of_a_users_file_has_no_digest() -> None:
    from theory.terms import Scalar

    class Mine(Scalar):
        """A term whose meaning no digest of ours sees."""

    with pytest.raises(NoDigest, match="another package"):
        term_digest(le(Mine(x), 1))


@pytest.mark.parametrize("seed", ["1", "77"])
def test_digests_are_the_same_in_every_process(seed: str) -> None:
    code = "from theory.digest import claim_digest; from theory.laws.two_layers.spectral_norm import path; print(claim_digest(path).hex())"
    environment = os.environ | {"PYTHONHASHSEED": seed}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == claim_digest(path).hex()


def test_a_lemma_counts_with_all_that_it_says() -> None:
    changed = [
        book_lemma(), book_lemma(id="lemma.other"), book_lemma(conclusion=le(Symbol("s", real=True), 2)),
        book_lemma(hypotheses=(le(Symbol("s", real=True), 1),)), book_lemma(source=Source("A book", "Lemma 2", "3")),
        book_lemma(kind=LemmaKind.RULE), book_lemma(kind=LemmaKind.OURS),
        book_lemma(kind=LemmaKind.OURS, proof=proof(step("s", le(x, 1), by="linear"))),
        book_lemma(kind=LemmaKind.OURS, proof=proof(step("s", le(x, 1), by="chain"))),
        book_lemma(kind=LemmaKind.OURS, proof=proof(step("s", le(x, 1), by=book_lemma()))),
        book_lemma(kind=LemmaKind.OURS, proof=proof(step("s", le(x, 1), by=book_lemma(source=OURS)))),
    ]
    assert len({lemma_digest(lemma) for lemma in changed}) == len(changed)
    assert lemma_digest(book_lemma()) == lemma_digest(book_lemma())


def test_a_hint_counts_by_the_term_that_it_makes() -> None:
    family = Family("w")
    lemma = Lemma("lemma.sum", "sum", BOOK, LemmaKind.RULE, le(0, Sum(family(i), (i, n))), (forall(le(0, family(i)), (i, Range(n))),))

    def digest(hint: Any) -> bytes:
        return step_digest(step("s", le(0, Sum(u[i] ** 2, (i, n))), by=lemma.at(w=hint)), {})

    assert digest(lambda a: u[a] ** 2) == digest(lambda b: u[b] * u[b])
    assert digest(lambda a: u[a] ** 2) != digest(lambda a: u[a] ** 4)
    assert digest(lambda a: u[a] ** 2) != step_digest(step("s", le(0, Sum(u[i] ** 2, (i, n))), by=lemma), {})


def test_the_named_facts_count_and_the_others_do_not() -> None:
    one = step("s", le(x, 1), by="linear", using=("a",))
    assert step_digest(one, {"a": le(x, 0)}) == step_digest(one, {"a": le(x, 0), "b": le(y, 0)})
    assert step_digest(one, {"a": le(x, 0)}) != step_digest(one, {"a": le(x, 1)})
    assert step_digest(one, {"a": le(x, 0)}) != step_digest(one, {})


# --- what is recalled, and what is proved anew ------------------------------------------------------------------------------------

def test_the_same_claim_is_not_proved_twice(place: CachePlace, checked: list[str]) -> None:
    first = run_once(claim_by(book_lemma()), place)
    second = run_once(claim_by(book_lemma()), place)            # a new lemma object with the same content
    assert checked == ["one", "three"]
    assert [s.cached for s in first.best.steps] == [False, False] and [s.cached for s in second.best.steps] == [True, True]
    assert [s.verdict for s in first.best.steps] == [s.verdict for s in second.best.steps]
    assert second.status is first.status is Status.PROVED_MODULO and second.rests_on == {"lemma.test"}


@pytest.mark.parametrize("claim", [
    claim_by(book_lemma(conclusion=le(Symbol("s", real=True), 2))),
    claim_by(book_lemma(hypotheses=(le(Symbol("s", real=True), 1),))),
    claim_by(book_lemma(source=Source("A book", "Lemma 2", "3"))),
    claim_by(book_lemma(kind=LemmaKind.RULE)),
    claim_by(Use(book_lemma(), {"t": y})),
    claim_by(book_lemma(), hypotheses={"first": le(x, y), "second": le(y, 2)}),
    claim_by("linear"),
], ids=["statement", "hypotheses of the lemma", "source", "kind", "hint", "hypothesis of the claim", "checker"])
def test_a_change_is_proved_anew(claim: Claim, place: CachePlace, checked: list[str]) -> None:
    run_once(claim_by(book_lemma()), place)
    checked.clear()
    run_once(claim, place)
    assert checked == ["one"]                                   # the other step does not depend on what was changed


def test_a_change_deep_in_a_lemmas_proof_is_seen(place: CachePlace, checked: list[str]) -> None:
    """ours ← its proof ← a textbook lemma: when the textbook lemma becomes false to cite, what rests on ours is proved anew."""
    s_, t_ = Symbol("s", real=True), Symbol("t", real=True)

    def ours(inner: Lemma) -> Lemma:
        own = proof(step("inside", le(s_, 1), by=inner, using=("h1", "h2")))
        return Lemma("lemma.ours", "ours", OURS, LemmaKind.OURS, le(s_, 1), (le(s_, t_), le(t_, 1)), own)

    assert run_once(claim_by(ours(book_lemma())), place).rests_on == {"lemma.test"}
    checked.clear()
    broken = run_once(claim_by(ours(book_lemma(hypotheses=(le(s_, t_), le(t_, 0))))), place)
    assert "one" in checked and broken.status is not Status.PROVED_MODULO


@pytest.mark.parametrize("other", [{"kernel": "edited"}, {"kernel": "z3 of another version"}])
def test_another_kernel_proves_anew(other: dict[str, str], place: CachePlace, checked: list[str]) -> None:
    run_once(claim_by("linear"), place)
    checked.clear()
    run_once(claim_by("linear"), replace(place, sources=replace(place.sources, **other)))
    assert checked == ["one", "three"]


def test_versions_and_files_are_in_the_digests_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_sources()
    assert before is not None
    for package, kernel_changes in (("z3-solver", True), ("sympy", True), ("python-flint", True), ("scipy", False)):
        monkeypatch.setattr(verify.objects.store.sources, "version", lambda name, changed=package: "0" if name == changed else "1")
        changed = read_sources()
        monkeypatch.setattr(verify.objects.store.sources, "version", lambda name: "1")
        same = read_sources()
        assert changed is not None and same is not None
        assert (changed.kernel != same.kernel) is kernel_changes and changed.program != same.program


@pytest.mark.parametrize(("file", "kernel_changes"), [
    ("theory/checkers/linear.py", True), ("theory/terms/linear.py", True), ("theory/certificates/steps/farkas.py", True),
    ("theory/terms/normal.py", True), ("theory/terms/rewriting.py", True), ("theory/check.py", True), ("theory/digest.py", True),
    ("theory/lemmas/spectra.py", False), ("verify/trials/trial.py", False),
])
def test_a_changed_file_changes_the_digests(file: str, kernel_changes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_sources()
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * path.as_posix().endswith(file))
    after = read_sources()
    assert before is not None and after is not None
    assert (after.kernel != before.kernel) is kernel_changes and after.program != before.program


def test_nothing_is_kept_when_the_program_changed_meanwhile(place: CachePlace, checked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as edited:
        edited.setattr(verify.ledger.cache, "read_sources", lambda: Sources("edited", "edited"))
        run_once(claim_by("linear"), place)
    assert run_once(claim_by("linear"), place).best.steps[0].cached is False
    assert checked == ["one", "three"] * 2


def test_what_a_time_limit_decided_is_not_kept(place: CachePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal after a call of the solver without an answer is tried again; a proof is a proof."""
    from theory.checkers import limits

    def slow(current: Any, *rest: Any) -> Any:
        limits._Unanswered.count += 1
        return derive(current, *rest) if current.name == "three" else None

    with monkeypatch.context() as hurried:
        hurried.setattr(KERNEL, "derive", slow)
        assert run_once(claim_by("linear"), place).best.steps[0].verdict.status is Status.UNKNOWN
    report = run_once(claim_by("linear"), place)
    assert [s.cached for s in report.best.steps] == [False, True]
    assert report.best.steps[0].verdict.status is Status.PROVED


def test_a_refusal_is_found_anew_for_a_claim_of_a_user(place: CachePlace, checked: list[str]) -> None:
    false = claim_by("linear", hypotheses={"first": le(x, y)})
    run_once(false, place)
    assert run_once(false, place).status is Status.FAILED
    assert checked == ["one", "three", "one"]


def test_of_the_library_a_search_without_a_result_is_not_repeated(place: CachePlace, checked: list[str]) -> None:
    """A twin is refused by the memory of the search; a step that fails is refused by a search."""
    claim = library_claim("bln.thm5.path")
    entry, = entries([claim], options(place))
    assert checked
    checked.clear()
    again, = entries([claim], options(place))
    assert again.twins == entry.twins
    assert set(checked) <= {step.name for twin, found in zip(claim.twins, entry.twins, strict=True)
                            if found.proof_status is Status.FAILED for p in twin.claim.proofs for step in p.steps}


def test_a_refused_lemma_of_ours_is_proved_anew(place: CachePlace, checked: list[str]) -> None:
    """Its own report may be one from a time limit, earlier in the run."""
    s_ = Symbol("s", real=True)
    hole = proof(step("no", le(s_, 1), by="linear", using="h1"))
    lemma = Lemma("lemma.hole", "hole", OURS, LemmaKind.OURS, le(s_, 1), (le(s_, 2),), hole)
    claim = claim_by(lemma, hypotheses={"first": le(x, 2)})
    assert not run_once(claim, place).status.is_proof
    checked.clear()
    assert not run_once(claim, place).status.is_proof
    assert checked == ["one", "no"]


# --- a store that lies ------------------------------------------------------------------------------------------------------------

FALSE = claim_by("linear", hypotheses={"first": le(x, y)})          # x ≤ y alone does not give x ≤ 1
TRUE = claim_by("linear")


def derivation(claim: Claim, number: int = 0) -> dict[str, Any]:
    """That of a step, as a run would store it; a copy of its own."""
    return json.loads(json.dumps(check(claim).best.steps[number].verdict.evidence["derivation"]))


def question(claim: Claim, place: CachePlace) -> str:
    """The key of the verdict on the first step of a claim."""
    digest = step_digest(claim.proofs[0].steps[0], {h.name: h.formula for h in claim.hypotheses})
    return combined("lawbook.verdict/2", place.sources.kernel, digest).hex()


def poison(claim: Claim, place: CachePlace, text: str) -> None:
    """Put the text where the verdict on the claim's first step is looked up, with a seal that is right."""
    store = Store(place.folder)
    store.write({question(claim, place): text})
    assert store.problem is None and store.read(question(claim, place)) == text
    store.close()


def word(status: Status, **evidence: Any) -> str:
    """A verdict as an earlier run stores it."""
    text = encoded_verdict(Verdict(status, "nonnegative combination of no facts", evidence))
    assert text is not None
    return f"earlier {text}"


def without_a_line(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"lines": found["lines"][:-1]}


def without_lines(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"lines": []}


def without_nodes(found: dict[str, Any]) -> dict[str, Any]:
    return {"lines": found["lines"]}


def of_another_rule(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"lines": [*found["lines"][:-1], ["believe", *found["lines"][-1][1:]]]}


def of_other_arguments(found: dict[str, Any]) -> dict[str, Any]:
    rule, premises, arguments = found["lines"][-1]
    return found | {"lines": [*found["lines"][:-1], [rule, premises, arguments[::-1]]]}


def of_premises_to_come(found: dict[str, Any]) -> dict[str, Any]:
    rule, _, arguments = found["lines"][-1]
    return found | {"lines": [*found["lines"][:-1], [rule, [len(found["lines"])], arguments]]}


def of_a_lemma_that_is_not_there(found: dict[str, Any]) -> dict[str, Any]:
    nodes = [*found["nodes"], ["num", "0"]]
    return {"nodes": nodes, "lines": [*found["lines"], ["lemma", [], [len(nodes) - 1]]]}


def of_the_goal_assumed(found: dict[str, Any]) -> dict[str, Any]:
    goal = found["lines"][-1][2][0]
    return found | {"lines": [["assume", [], [goal]]]}


CORRUPTED = [without_a_line, without_lines, without_nodes, of_another_rule, of_other_arguments, of_premises_to_come,
             of_a_lemma_that_is_not_there, of_the_goal_assumed]
STRONGER = [s for s in Status if s not in (Status.FAILED, Status.UNKNOWN)]
LIES = {
    **{f"{s.value} without a derivation": lambda s=s: word(s) for s in STRONGER},
    "a derivation of another step": lambda: word(Status.PROVED, derivation=derivation(TRUE, 1)),
    "a derivation that is none": lambda: word(Status.PROVED, derivation=[1, 2]),
    **{change.__name__: lambda change=change: word(Status.PROVED, derivation=change(derivation(TRUE))) for change in CORRUPTED},
}
RUBBISH = ["", "earlier", "earlier {", "earlier []", 'earlier {"status": "PROVED"}', "earlier " + "[" * 100_000,
           'earlier {"status": "SHOWN", "reason": "", "evidence": {}, "rests_on": []}',
           'earlier {"status": "PROVED", "reason": 1, "evidence": [], "rests_on": []}']


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_store_that_lies_costs_time_and_no_truth(lie: Any, place: CachePlace, checked: list[str]) -> None:
    """What is stored counts when the kernel replays it for this very step; else the step is derived anew."""
    text = lie()
    for claim in (FALSE, TRUE):
        poison(claim, place, text)
        checked.clear()
        report = run_once(claim, place)
        assert report.status is (Status.PROVED if claim is TRUE else Status.FAILED)
        assert checked[0] == "one" and not report.proofs[0].steps[0].cached
    assert run_once(TRUE, place).best.steps[0].cached                # what was derived anew has taken its place


def test_a_true_derivation_counts_for_no_other_statement(place: CachePlace) -> None:
    poison(FALSE, place, word(Status.PROVED, derivation=derivation(TRUE)))       # it assumes y ≤ 1, which the false claim does not name
    assert run_once(FALSE, place).status is Status.FAILED
    poison(TRUE, place, word(Status.PROVED, derivation=derivation(TRUE)))        # the very same lines for what they show
    assert run_once(TRUE, place).best.steps[0].cached


def test_a_stored_derivation_hides_no_lemma(place: CachePlace) -> None:
    """What a step rests on is read off the replayed theorem, not off the stored words."""
    claim = claim_by(book_lemma())
    poison(claim, place, word(Status.PROVED, derivation=derivation(claim)))
    report = run_once(claim, place)
    assert report.best.steps[0].cached and report.rests_on == {"lemma.test"}
    assert report.best.steps[0].verdict.rests_on == {"lemma.test"} and report.status is Status.PROVED_MODULO


# --- a store that slanders --------------------------------------------------------------------------------------------------------

AT_ZERO = {"countermodel": {"x": "5", "y": "0"}}
SLANDER = {
    "failed": lambda: word(Status.FAILED), "failed with a countermodel": lambda: word(Status.FAILED, **AT_ZERO),
    "unknown": lambda: word(Status.UNKNOWN), "unknown with a countermodel": lambda: word(Status.UNKNOWN, **AT_ZERO),
    "refuted": lambda: word(Status.REFUTED, **AT_ZERO), "open": lambda: word(Status.OPEN),
}
CLASH = Claim(id="test.clash", title="test", source=OURS, reading=Reading.OURS, domain=NormDomain.DATA,
              hypotheses=(Hypothesis("low", le(x, 0)), Hypothesis("high", le(1, x))), conclusion=le(x, 3),
              proofs=(proof(step("three", le(x, 3), by="linear", using="low")),))


def key_of_clash(claim: Claim, place: CachePlace) -> str:
    """The key of the verdict on whether the hypotheses contradict one another."""
    digest = combined("contradiction", *(combined(h.name, term_digest(h.formula)) for h in claim.hypotheses))
    return combined("lawbook.verdict/2", place.sources.kernel, digest).hex()


def put(place: CachePlace, key: str, text: str) -> None:
    store = Store(place.folder)
    store.write({key: text})
    store.close()


@pytest.mark.parametrize("lie", SLANDER.values(), ids=SLANDER)
def test_no_stored_refusal_speaks_against_a_claim_of_a_user(lie: Any, place: CachePlace, checked: list[str]) -> None:
    poison(TRUE, place, lie())
    report = run_once(TRUE, place)
    assert report.status is Status.PROVED and checked[0] == "one" and not report.best.steps[0].cached


@pytest.mark.parametrize("lie", SLANDER.values(), ids=SLANDER)
def test_no_stored_refusal_speaks_against_a_claim_of_the_library(lie: Any, place: CachePlace) -> None:
    """What is proved comes with its derivations, which count before any refusal."""
    claim = library_claim("bln.thm5.path")
    for current in claim.proofs[0].steps:
        known = {h.name: h.formula for h in claim.hypotheses} | {s.name: s.formula for s in claim.proofs[0].steps}
        put(place, combined("lawbook.verdict/2", place.sources.kernel, step_digest(current, known)).hex(), lie())
    put(place, key_of_clash(claim, place), lie())
    assert of_the_library(claim, place).status is Status.PROVED


def of_the_library(claim: Claim, place: CachePlace) -> Any:
    """The report on a claim of the library by a run that knows only what is stored."""
    memory = Memory(next_run(place))
    memory.recalls_silence = True
    report = check(claim, memory)
    memory.close()
    return report


@pytest.mark.parametrize("status", [Status.FAILED, Status.UNKNOWN])
def test_what_hypotheses_say_together_is_found_anew(status: Status, place: CachePlace) -> None:
    for claim, found in ((TRUE, Status.PROVED), (CLASH, Status.FAILED)):
        put(place, key_of_clash(claim, place), word(status))
        assert run_once(claim, place).status is found


def violated(claim: Claim) -> Instances:
    return Instances((FactTest("conclusion", 3, 1, 0, 0, None, "n=1"),), dict.fromkeys((t.name for t in claim.twins), True))


def uncaught(claim: Claim) -> Instances:
    return Instances((FactTest("conclusion", 3, 0, 0, 0, 0.0, "n=1"),), dict.fromkeys((t.name for t in claim.twins), False))


@pytest.mark.parametrize("slander", [violated, uncaught])
def test_no_stored_measurement_speaks_against_a_claim(slander: Any, place: CachePlace, measured: list[str]) -> None:
    claim = library_claim("bln.thm5.path")
    found = slander(claim)
    memory = Memory(place)
    key = memory._measured_key(claim, 3, 0)
    memory.keep_measured(claim, 3, 0, found)
    assert key is not None and key not in memory._new                       # no run keeps it
    memory.close()
    put(place, key, json.dumps({"facts": [vars(f) for f in found.facts], "twins": dict(found.twins)}))
    entry, = entries([claim], options(place))
    assert measured == [claim.id] and not entry.measured_before
    assert entry.status is Status.PROVED and entry.passes


def test_no_refutation_comes_from_the_store(place: CachePlace) -> None:
    claim = library_claim("bln.thm5.path")
    memory = Memory(place)
    key = memory._measured_key(claim, 3, 0)
    memory.close()
    verdict = {"status": "REFUTED", "reason": "so", "evidence": {}, "rests_on": []}
    assert key is not None
    put(place, key, json.dumps({"facts": [], "twins": {}, "refutation": {"words": "so", "breaks": "", "verdict": verdict}}))
    entry, = entries([claim], options(place))
    assert entry.status is Status.PROVED and entry.refutation is None


def test_no_alarm_and_no_counterexample_come_from_the_store(place: CachePlace) -> None:
    claim = library_claim("bln.thm5.path")
    records = gathered(claim)
    assert records is not None
    alarm = Survivor("law", "strict", "≤ → <", None, 1, None, "left side 1, right side 0")
    memory = Memory(place)
    key, about = memory._mutation_key(claim, FEW), memory._evidence_key(records)
    memory.close()
    assert key is not None
    put(place, key, json.dumps(vars(MutationReport(1, 0, 0, ())) | {"survivors": [vars(alarm)], "kinds": {}}))
    put(place, about, json.dumps([Evidence("labels", Bearing.FALSE_ANYWAY, -1.0, exact=True).document()]))
    later = Memory(next_run(place))
    assert later.recall_mutation(claim, FEW) is None and later.recall_evidence(records) is None
    later.close()
    entry, = entries([claim], replace(options(place), mutation=FEW, hunted=True))
    assert entry.passes and entry.mutation is not None and not entry.mutation.alarms
    assert all(e.bearing is not Bearing.FALSE_ANYWAY for e in entry.hypotheses)


@pytest.mark.parametrize("text", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_in_the_store_breaks_no_run(text: str, place: CachePlace) -> None:
    poison(TRUE, place, text)
    report = run_once(TRUE, place)
    assert report.status is Status.PROVED and not report.best.steps[0].cached


@pytest.mark.parametrize("text", [*RUBBISH, "[]", "[1]", "{}", '{"facts": [1], "refutation": null, "twins": {}}', '{"survivors": 3}'])
def test_rubbish_in_place_of_what_was_measured_is_nothing(text: str, place: CachePlace) -> None:
    memory = Memory(place)
    memory.keep_measured(path, 3, 0, Instances())
    memory.keep_mutation(path, FEW, MutationReport())
    keys = list(memory._new)
    memory.close()
    kept = Memory(place)
    assert kept.recall_measured(path, 3, 0) == Instances() and kept.recall_mutation(path, FEW) == MutationReport()
    kept.close()
    store = Store(place.folder)
    store.write(dict.fromkeys(keys, text))
    store.close()
    later = Memory(place)
    assert len(keys) == 2 and later.recall_measured(path, 3, 0) is None and later.recall_mutation(path, FEW) is None
    later.close()


def test_evidence_that_json_would_change_is_not_kept(place: CachePlace) -> None:
    memory = Memory(place)
    for digest, value in enumerate([("a", "tuple"), x, {1: "a number as a key"}, float("inf")]):
        memory.keep(bytes([digest]), proved("odd", value=value), lasting=True)
        assert memory.recall(bytes([digest])) is not None
    memory.close()
    later = Memory(place)
    assert all(later.recall(bytes([digest])) is None for digest in range(4))
    later.close()


def test_a_memory_without_a_place_shares_steps_within_the_run(checked: list[str]) -> None:
    memo = StepMemo()
    check(claim_by("linear"), memo)
    assert not any(s.cached for s in check(claim_by("linear"), memo).best.steps)
    assert checked == ["one", "three"]


# --- measurements and the ledger --------------------------------------------------------------------------------------------------

def options(place: CachePlace | None, **changes: int) -> LedgerOptions:
    """Of a run of its own."""
    return replace(LedgerOptions(instances=3, processes=1, cache=None if place is None else next_run(place)), **changes)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the claims that are really measured, in order."""
    ids: list[str] = []
    really = verify.ledger.entries.try_facts

    def counting(claim: Claim, *rest: Any, **how: Any) -> Any:
        ids.append(claim.id)
        return really(claim, *rest, **how)

    monkeypatch.setattr(verify.ledger.entries, "try_facts", counting)
    return ids


def library_claim(id: str) -> Claim:
    from theory.registry import find_claim
    return find_claim(id)


def test_a_measurement_is_recalled_for_the_same_question_only(place: CachePlace, measured: list[str]) -> None:
    claim = library_claim("bln.thm5.path")
    first, = entries([claim], options(place))
    again, = entries([claim], options(place))
    assert measured == [claim.id]
    assert again.measured_before and not first.measured_before
    assert (again.facts, again.refutation, again.twins, again.status) == (first.facts, first.refutation, first.twins, first.status)
    for other in (options(place, instances=4), options(place, seed=1), options(None)):
        assert not next(iter(list(entries([claim], other)))).measured_before
    edited = replace(place, sources=replace(place.sources, program="edited"))
    assert not next(iter(list(entries([claim], options(edited))))).measured_before
    assert len(measured) == 5


def test_a_claim_of_a_user_is_measured_every_time(place: CachePlace, measured: list[str]) -> None:
    """No digest sees how a user's file draws its instances."""
    mine = replace(library_claim("bln.thm5.path"), twins=())
    for _ in range(2):
        entry, = entries([mine], options(place))
        assert not entry.measured_before
    assert len(measured) == 2 and all(s.cached for s in entry.report.best.steps)


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in ("seconds", "cached")}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def test_the_ledger_is_the_same_with_and_without(capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for extra in ((), (), ("--no-cache",)):
        assert run(["check", "bln.thm5.path", "bln.thm5.sharp", "--instances", "2", "--json", *extra]) == 0
        printed.append(json.loads(capsys.readouterr().out))
    cold, warm, off = printed
    assert without_times(cold) == without_times(warm) == without_times(off)
    steps = {name: [s["cached"] for c in ledger["claims"] for s in c["steps"]] for name, ledger in
             (("warm", warm), ("off", off))}
    assert all(steps["warm"]) and not any(steps["off"])
    assert all(c["tests"]["cached"] for c in warm["claims"]) and not any(c["tests"]["cached"] for c in off["claims"])


def test_without_cache_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    folder = cache_folder()
    assert folder is not None
    run(["check", "bln.thm5.path", "--instances", "1", "--no-cache"])
    assert not folder.exists()
    run(["show", "bln.thm5.path", "--instances", "1"])
    assert (folder / FILE).is_file()


def test_workers_use_the_cache_too(place: CachePlace) -> None:
    some = [library_claim(id) for id in ("bln.thm5.path", "bln.thm5.sharp", "mcshane.floor", "bln.thm6.fantope")]
    cold = list(entries(some, options(place, instances=1, processes=2)))
    assert not any(s.cached for e in cold for s in e.report.best.steps)         # not even those that the other worker found first
    warm = list(entries(some, options(place, instances=1, processes=2)))
    assert [e.claim.id for e in warm] == [e.claim.id for e in cold] == [c.id for c in some]
    assert all(e.measured_before for e in warm) and [e.status for e in warm] == [e.status for e in cold]
    assert all(s.cached for e in warm for s in e.report.best.steps)


# --- the store --------------------------------------------------------------------------------------------------------------------

def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LAWBOOK_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    monkeypatch.delenv("LAWBOOK_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "lawbook"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "lawbook"
    found = cache_place()
    assert found is not None and found.sources == read_sources()


def filled(folder: Path) -> Path:
    store = Store(folder)
    store.write({f"key{number}": "value" * 100 for number in range(200)})
    store.close()
    return folder / FILE


@pytest.mark.parametrize("damage", [
    lambda content: content[: len(content) // 2 + 100], lambda content: b"no database at all" * 50, lambda content: content[:40],
], ids=["truncated", "another file", "the head alone"])
def test_a_damaged_store_is_emptied_and_filled_again(damage: Any, tmp_path: Path) -> None:
    file = filled(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    store = Store(tmp_path)
    assert store.problem is not None and "damaged" in store.problem and store.problem.count("\n") == 0
    assert store.read("key1") is None
    store.write({"key1": "new"})
    assert store.read("key1") == "new"
    store.close()
    assert Store(tmp_path).problem is None


def test_damage_that_shows_late_costs_results_only(tmp_path: Path) -> None:
    """Pages overwritten in the middle of the file, which opening it does not touch."""
    file = filled(tmp_path)
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    file.write_bytes(bytes(content))
    store = Store(tmp_path)
    assert {store.read(f"key{number}") for number in range(200)} <= {None, "value" * 100}
    store.write({"key": "value"})
    assert store.read("key") in (None, "value")
    store.close()


def test_a_row_that_something_else_wrote_is_not_believed(tmp_path: Path) -> None:
    file = filled(tmp_path)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE results SET text = 'PROVED' WHERE key = 'key1'")
        connection.execute("INSERT OR REPLACE INTO results SELECT 'moved', text, seal FROM results WHERE key = 'key4'")
    connection.close()
    store = Store(tmp_path)
    assert store.read("key1") is None and store.read("moved") is None and store.read("key4") == "value" * 100
    store.close()


def test_a_place_that_cannot_be_used_is_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("LAWBOOK_CACHE", str(tmp_path / "file"))
    assert run(["check", "bln.thm5.path", "--instances", "1"]) == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "cannot be used" in said


def test_a_damaged_cache_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    folder = cache_folder()
    assert folder is not None
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(b"no database at all" * 50)
    assert run(["check", "bln.thm5.path", "--instances", "1"]) == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "damaged" in said
    assert run(["check", "bln.thm5.path", "--instances", "1"]) == 0
    assert capsys.readouterr().err == ""


def test_the_oldest_rows_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.objects.store.place.MOST_ROWS", 100)
    filled(tmp_path)
    store = Store(tmp_path)
    kept = [number for number in range(200) if store.read(f"key{number}") is not None]
    assert kept == list(range(149, 200))
    store.close()


WRITER = """
import sys
from pathlib import Path
from verify.objects.store.place import Store
store, name = Store(Path(sys.argv[1])), sys.argv[2]
print("open", flush=True)
for round in range(int(sys.argv[3])):
    store.write({f"{name} {round} {part}": f"{name} {round}" * 50 for part in range(20)})
assert store.problem is None, store.problem
"""


def writer(folder: Path, name: str, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder), name, str(rounds)], stdout=subprocess.PIPE, text=True)


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    both = [writer(tmp_path, name, 30) for name in ("one", "two")]
    for process in both:
        process.communicate()
    assert [p.returncode for p in both] == [0, 0]
    store = Store(tmp_path)
    assert all(store.read(f"{name} {round} {part}") == f"{name} {round}" * 50
               for name in ("one", "two") for round in range(30) for part in range(20))
    store.close()


def test_a_killed_process_leaves_whole_transactions(tmp_path: Path) -> None:
    process = writer(tmp_path, "victim", 100_000)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    store = Store(tmp_path)
    assert store.problem is None
    rounds = [[store.read(f"victim {round} {part}") for part in range(20)] for round in range(2000)]
    written = [r for r in rounds if any(text is not None for text in r)]
    assert written and all(None not in r for r in written)
    store.write({"later": "works"})
    assert store.read("later") == "works"
    store.close()
