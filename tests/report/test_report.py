"""The ledger for people and for scripts, on entries made by hand: every status, every remark."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from theory.check import ClaimReport, ProofReport, check
from theory.claim import Audit, Claim, Hypothesis, NormDomain, Reading
from theory.proof import proof, step
from theory.source import OURS, Source
from theory.terms import Function, MatrixSymbol, Symbol, VectorSymbol, d, fro_norm, k, le, op_norm
from theory.verdict import Status, Verdict
from verify.laws.claimfile import load_claim_file
from verify.ledger.cache import Memory
from verify.ledger.entries import Entry, LedgerOptions, Refutation, TwinResult, entry
from verify.report.document import claim_document, latex_document, ledger_document
from verify.report.hints import failure_lines, suggestions
from verify.report.terminal import show_ledger, show_page
from verify.report.words import at_least, at_most, count, heading, measured, number, plain, summary
from verify.trials.trial import FactTest

W = MatrixSymbol("W", k, d)
s, t = Symbol("s", real=True), Symbol("t", real=True)
STATEMENT = le(fro_norm(W), op_norm(W))

TRUE = Claim(
    id="demo.double", title="Twice a number", source=Source("BLN", "Theorem 5", "7–8"), reading=Reading.SHARP,
    domain=NormDomain.DATA, hypotheses=(Hypothesis("small", le(s, t), "s is small"),), conclusion=le(2 * s, 2 * t),
    proofs=(proof(step("law", le(2 * s, 2 * t), by="linear", using="small")),), where={"z": 2 * t})
FALSE = replace(TRUE, id="demo.false", title="Three times", source=OURS, reading=Reading.OURS, conclusion=le(3 * s, 2 * t),
                proofs=(proof(step("jump", le(3 * s, 2 * t), by="linear", using="small"), author="printed"),), where={})


def entry_of(claim: Claim, **changes: object) -> Entry:
    facts = (FactTest("law", 60, 0, 0, 0, 0.5), FactTest("conclusion", 60, 0, 2, 0, 0.25, "n=2, d=1"))
    made = Entry(claim, check(claim), facts, (TwinResult("without small", "s may be large", Status.FAILED, True),), None, 0.5)
    return replace(made, **changes)  # type: ignore[arg-type]


def shown(draw: object, *, terminal: bool = False, width: int = 80) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=width, highlight=False, soft_wrap=True)
    draw(console)  # type: ignore[operator]
    return stream.getvalue()


def test_ledger_of_a_claim_that_holds() -> None:
    *lines, trust = shown(lambda c: show_ledger(c, [entry_of(TRUE)], 1.25)).splitlines()
    assert re.fullmatch(r"kernel \d+: \d+ inferences, \d+ axioms, \d+ lines · on Python \S+, python-flint \S+ · no lemma cited", trust)
    assert lines == [
        "",
        "Theorem 5 (BLN, pp. 7–8)",
        "  PROVED         demo.double  Twice a number  [sharp; data alone]",
        "                 2s ≤ z",
        "                 where z = 2t",
        "                 60 instances, undecided on 2, smallest margin 0.25 at n=2, d=1",
        "",
        "BLN  Bubeck, Li, Nagaraj, A law of robustness for two-layers neural networks, COLT 2021, arXiv 2009.14444",
        "1 claim: 1 PROVED · 1 of 1 false twin caught · 60 instances, 0 violations of claims that must hold · 1.2 s",
    ]


def test_ledger_says_what_fails() -> None:
    violated = (
        FactTest("small", 60, 3, 0, 0, -0.4, "s=2, t=1"), FactTest("jump", 60, 7, 0, 0, -0.4, "s=1, t=1"),
        FactTest("conclusion", 60, 7, 0, 0, -0.4, "s=1, t=1"))
    passed_twin = (TwinResult("bigger", "constant 3", Status.PROVED, None), TwinResult("idle", "none", Status.FAILED, False))
    words = shown(lambda c: show_ledger(c, [entry_of(FALSE, facts=violated, twins=passed_twin)], 0.0))
    assert "FAILED         demo.false" in words
    assert "stops at 'jump'" not in words and "measured false: jump" not in words      # told at length after the ledger
    page = shown(lambda c: show_page(c, entry_of(FALSE, facts=violated)))
    assert "the printed proof stops at 'jump' (linear): the goal does not follow" in page
    assert "60 instances, violated on 7, first at s=1, t=1" in words
    assert "measured false: small, 60 instances" in words
    assert "the false twin 'bigger' (constant 3) was NOT caught: its proof is accepted" in words
    assert "the false twin 'idle' (none) was NOT caught: no instance contradicts it" in words
    assert words.splitlines()[-1] == "These must hold and do not: demo.false"


def test_the_ledger_of_the_library_has_a_line_a_claim() -> None:
    audited = replace(TRUE, id="demo.audited", audits=(Audit("The factor 2 is lost", (), "write it", (), detail="so C doubles"),))
    words = shown(lambda c: show_ledger(c, [entry_of(TRUE), entry_of(audited)], 1.25, brief=True))
    assert words.splitlines()[:4] == [
        "", "Theorem 5 (BLN, pp. 7–8)", "  PROVED         demo.double               Twice a number  margin 0.25",
        "  PROVED         demo.audited              Twice a number  margin 0.25  The factor 2 is lost"]
    assert "lawbook show ID" in words.splitlines()[-1]
    narrow = shown(lambda c: show_ledger(c, [entry_of(audited)], 1.25, brief=True), terminal=True, width=60)
    assert "lost" not in narrow and "…" in narrow


def test_a_line_a_claim_hides_no_alarm() -> None:
    violated = (FactTest("small", 60, 3, 0, 0, -0.4, "s=2, t=1"), FactTest("conclusion", 60, 7, 0, 0, -0.4, "s=1, t=1"))
    passed_twin = (TwinResult("bigger", "constant 3", Status.PROVED, None),)
    words = shown(lambda c: show_ledger(c, [entry_of(FALSE, facts=violated, twins=passed_twin)], 0.0, brief=True))
    assert "FAILED         demo.false" in words and "margin" not in words.split("measured false")[0]
    assert "measured false: small, 60 instances" in words and "These must hold and do not: demo.false" in words
    assert "the false twin 'bigger' (constant 3) was NOT caught: its proof is accepted" in words


def test_refutation_is_shown_only_as_strong_as_it_is() -> None:
    found = Refutation("s = t = 1: 3 > 2", "small", Verdict(Status.REFUTED, "3 > 2 exactly", {"lhs": Fraction(3)}))
    refuted = entry_of(FALSE, refutation=found)
    assert refuted.status is Status.REFUTED
    assert "refuted: s = t = 1: 3 > 2 (breaks: small)" in shown(lambda c: show_ledger(c, [refuted], 0.0))
    assert claim_document(refuted)["refutation"] == {
        "words": "s = t = 1: 3 > 2", "breaks": "small", "confirmed": True, "status": "REFUTED", "reason": "3 > 2 exactly",
        "evidence": {"lhs": "3"}}
    undecided = entry_of(TRUE, refutation=replace(found, verdict=Verdict(Status.UNKNOWN, "the balls overlap")))
    words = shown(lambda c: show_ledger(c, [undecided], 0.0))
    assert "a counterexample is recorded but does NOT check: s = t = 1: 3 > 2 (breaks: small): the balls overlap" in words


def test_claims_of_one_theorem_stand_together() -> None:
    words = shown(lambda c: show_ledger(c, [entry_of(TRUE), entry_of(FALSE), entry_of(replace(TRUE, id="demo.again"))], 0.0))
    assert words.count("Theorem 5 (BLN") == 1
    assert words.index("demo.double") < words.index("demo.again") < words.index("demo.false")


def test_colours_only_on_a_terminal() -> None:
    def draw(console: Console) -> None:
        show_ledger(console, [entry_of(TRUE)], 0.0)
    assert "\x1b[" not in shown(draw) and "\x1b[" in shown(draw, terminal=True)


def test_long_lines_and_brackets_are_left_alone() -> None:
    long = replace(TRUE, title="[bold]" + "x" * 200, where={})
    words = shown(lambda c: show_ledger(c, [entry_of(long)], 0.0), width=40)
    assert "[bold]" + "x" * 200 in words.splitlines()[2]


def test_page_of_a_claim() -> None:
    words = shown(lambda c: show_page(c, entry_of(TRUE)))
    assert words.splitlines() == [
        "Twice a number  [sharp; data alone]   PROVED",
        "BLN Theorem 5, pp. 7–8",
        "  if    s ≤ t   (s is small)",
        "  then  2s ≤ z",
        "  where z = 2t",
        "        60 instances, undecided on 2, smallest margin 0.25 at n=2, d=1",
        "  proof  PROVED",
        "    1 law  2s ≤ z  linear  PROVED  60 instances, margin ≥ 0.5",
        "  rests on      definitions and rules alone",
        "  load-bearing  small: s may be large (the kernel refuses it, an instance contradicts it)",
    ]
    in_latex = shown(lambda c: show_page(c, entry_of(TRUE), in_latex=True))
    assert r"  if    s \le t" in in_latex and "(s is small)" not in in_latex


def test_page_of_a_conjecture_claims_no_proof() -> None:
    conjecture = replace(TRUE, proofs=(), where={}, note="nobody knows")
    words = shown(lambda c: show_page(c, entry_of(conjecture, facts=())))
    assert "OPEN" in words and "not measured" in words and "rests on" not in words and "nobody knows" in words


def test_json_has_the_keys_that_scripts_rely_on() -> None:
    document = ledger_document([entry_of(TRUE), entry_of(FALSE)], 2.0, 7)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert {"claims", "seconds", "seed", "versions", "passes"} <= set(document)
    assert document["passes"] is False and document["seed"] == 7
    first, second = document["claims"]
    assert {"id", "title", "reading", "status", "printed_proof", "domain", "source", "hypotheses", "conclusion", "rests_on",
            "steps", "tests"} <= set(first)
    assert {"name", "checker", "status", "evidence", "seconds"} <= set(first["steps"][0])
    assert first["tests"] == {"instances": 60, "violations": 0, "undecided": 2, "vacuous": 0, "min_margin": 0.25, "cached": False}
    assert first["printed_proof"] is None and second["printed_proof"] == "FAILED"
    assert (first["reading"], first["domain"], first["conclusion"]) == ("sharp", "data", "2s ≤ z")
    assert latex_document(entry_of(TRUE))["latex"]["conclusion"] == r"2 s \le z"


def test_json_of_a_claim_that_is_not_measured() -> None:
    document = claim_document(entry_of(TRUE, facts=()))
    assert document["tests"] == {"instances": 0, "violations": 0, "undecided": 0, "vacuous": 0, "min_margin": None, "cached": False}


def test_plain_data() -> None:
    assert plain({"a": Fraction(1, 3), 2: (1.0, float("inf"), float("nan")), "s": {"y", "x"}, "b": np.array([1, 2]), "t": True}) == {
        "a": "1/3", "2": [1.0, None, None], "s": ["x", "y"], "b": [1, 2], "t": True}


@pytest.mark.parametrize(("value", "digits"), [(Fraction(10**9 - 1, 10**9), 3), (Fraction(1, 3), 6), (Fraction(999999, 10**6), 4),
                                               (Fraction(10), 2), (Fraction(1, 10**7), 3), (Fraction(123456789), 4),
                                               (Fraction(10**4000, 7), 3), (Fraction(1, 7 * 10**400), 3)])
def test_a_printed_bound_is_still_a_bound(value: Fraction, digits: int) -> None:
    printed = Fraction(at_least(value, digits))
    assert printed <= value and value - printed <= value / 10 ** (digits - 2)
    printed = Fraction(at_most(value, digits))
    assert printed >= value and printed - value <= value / 10 ** (digits - 2)


def test_small_words() -> None:
    assert number(float("-inf")) == "−∞" and count(0, "claim") == "0 claims"
    assert measured(None) == "not measured" and measured(FactTest("conclusion", 0, 0, 0, 0, None)) == "not measured"
    assert heading(Source("McShane 1934")) == "McShane 1934" and heading(Source("lawbook", "R1")) == "R1 (ours)"
    # FALSE has only a printed proof, which breaks: that leaves the statement open
    assert summary([entry_of(TRUE), entry_of(FALSE)]) == "1 OPEN, 1 PROVED"


# --- failing steps ----------------------------------------------------------------------------------------------------

def rank_entry(facts: tuple[FactTest, ...] = ()) -> Entry:
    claim = replace(TRUE, id="demo.rank", hypotheses=(), conclusion=STATEMENT, where={},
                    proofs=(proof(step("rank", STATEMENT, by="linear")),))
    return entry_of(claim, facts=facts)


def test_a_failing_step_says_where_and_suggests_a_lemma() -> None:
    lines = failure_lines(rank_entry((FactTest("rank", 60, 31, 0, 0, -0.34, "k=2, d=2: 1.4142 > 1"),)))
    assert lines[0].startswith('demo.rank  step "rank" does not follow.')
    assert lines[1] == "    it says  ‖W‖_F ≤ ‖W‖_op"
    assert lines[2] == "    it is false on 31 of 60 instances; the smallest: k=2, d=2: 1.4142 > 1"
    assert lines[3].startswith("    did you mean  ‖W‖_F ≤ ") and "(lemma.fro_op)" in lines[3]


def test_a_true_but_unproved_step_is_told_apart() -> None:
    assert "    it held on 60 instances: true there, but not proved by this step" in failure_lines(
        rank_entry((FactTest("rank", 60, 0, 0, 0, 0.1),)))


def test_a_step_that_no_instance_decides_is_not_called_true() -> None:
    lines = failure_lines(rank_entry((FactTest("rank", 62, 0, 60, 0, 0.1, spread="k=1…4, d=1…4", searched=2),)))
    assert "    measured: 62 instances (k=1…4, d=1…4), undecided on 60, on 2 only as far as suprema and quantifiers were searched" in lines


def test_a_held_step_says_of_which_sizes() -> None:
    lines = failure_lines(rank_entry((FactTest("rank", 40, 0, 0, 0, 0.1, spread="k=1, d=1"),)))
    assert "    it held on 40 instances (k=1, d=1), the least sizes alone: true there, but not proved by this step" in lines


OWN_LETTERS = """
from lawbook import Claim, NormDomain, Reading, Source, Sum, VectorSymbol, index, le, proof, step
T, t = index("T"), index("t")
v = VectorSymbol("v", T)
goal = le(Sum((v[t] + 1) * v[t], (t, T)), Sum(v[t], (t, T)))
claim = Claim(id="mine.letters", title="A sum", source=Source("a blackboard"), reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=(),
              conclusion=goal, proofs=(proof(step("law", goal, by="polynomial")),))
"""


def test_messages_have_the_letters_of_the_author(tmp_path: Path) -> None:
    """In the sum that a checker made, too: the candidate for a countermodel speaks of Σ vₜ."""
    (tmp_path / "own.py").write_text(OWN_LETTERS, encoding="utf-8")
    file = load_claim_file(tmp_path / "own.py")
    lines = failure_lines(entry(file.claims[0], LedgerOptions(0), None, Memory(None)), file)
    assert "Σ_{t≤T} vₜ = " in lines[0] and not any("i≤T" in line for line in lines)


def test_suggestions_speak_of_the_bound() -> None:
    f, x, z = Function("f", d), VectorSymbol("x", d), VectorSymbol("z", d)
    assert suggestions(le(f(x) - f(z), s)) == ()


def test_a_proof_of_something_else_is_reported() -> None:
    report = ClaimReport(TRUE, (ProofReport("ours", (), Status.FAILED, frozenset(), "the last step is not the statement of the claim"),))
    lines = failure_lines(entry_of(TRUE, report=report))
    assert lines == ["demo.double  the proof of demo.double fails: the last step is not the statement of the claim"]


def test_no_suggestion_where_no_lemma_fits() -> None:
    assert suggestions(le(s, t)) == ()
    assert suggestions(TRUE.hypotheses[0].formula) == ()


def test_proofs_that_hold_leave_no_lines() -> None:
    assert failure_lines(entry_of(TRUE)) == []
