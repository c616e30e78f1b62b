"""Mutants of proofs: they are deterministic, the false ones are refused, and a checker that says yes too often raises the alarm."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from types import ModuleType
from typing import Any

import pytest

from theory.check import check_step
from theory.checkers.derive import Derived, derive
from theory.checkers.script import Inference, Script
from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.kernel.theorem import theorem
from theory.laws.setting import NEURONS, W, X, a, d, f, i, k, l, n, x, y
from theory.lemmas import rules
from theory.lemmas.rules import sum_le
from theory.memo import StepMemo
from theory.proof import Step, proof, step
from theory.registry import claims, find_claim
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    And,
    Ball,
    ForAll,
    GaussianRows,
    Implies,
    Lip,
    Max,
    Min,
    Or,
    Prob,
    Range,
    Rational,
    Space,
    Sphere,
    SphereRows,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    exp,
    forall,
    fro_norm,
    le,
    lipschitz_with,
    lt,
    norm,
    op_norm,
    sqrt,
)
from theory.terms.elaborate import elaborate
from theory.terms.scalars import Maximum
from theory.terms.sets import Interval
from theory.terms.tensors import TensorSymbol, injective_norm, tensor_nuclear_norm
from verify.cli.app import run
from verify.laws.registry import measurements
from verify.ledger.cache import Memory, decoded_mutation
from verify.ledger.entries import LedgerOptions, entry
from verify.report.document import mutation_document
from verify.report.mutants import survivor_words
from verify.trials.mutation import FEW, IDLE, MutationEffort, MutationReport, mutants, mutate
from verify.trials.mutation.mutants import restates
from verify.trials.mutation.report import idle
from verify.trials.mutation.run import size

KERNEL: ModuleType = sys.modules["theory.check"]
SEVERAL = MutationEffort(mutants=12)
s, t = Symbol("s", real=True), Symbol("t", real=True)
alpha = VectorSymbol("alpha", n)


def formulas(formula, kind: str):  # type: ignore[no-untyped-def]
    """What the changes of one kind make of a formula."""
    return [m.step.formula for m in mutants(step("made", formula, by="linear")) if m.kind == kind]


def test_each_kind_of_change() -> None:
    assert formulas(le(s, t), "reversed") == [le(t, s)]
    assert formulas(le(s, t), "scaled") == [le(s, t / 2)]
    assert formulas(eq(s, 0), "scaled") == [eq(s, 1)]
    assert le(s, -t) in formulas(le(s, t), "sign")
    assert formulas(le(s, t), "strict") == [lt(s, t)]
    assert formulas(le(s, 3 * t), "constant") == [le(s, 6 * t)]                                # its half is half of the right side
    assert formulas(le(s, 3 * t + 1), "constant") == [le(s, 3 * t + 2), le(s, 6 * t + 1), le(s, 3 * t / 2 + 1)]
    assert formulas(le(s**2, t), "exponent") == [le(s**3, t), le(s, t)]
    assert formulas(le(s, exp(-t)), "exponent") == [le(s, exp(-2 * t)), le(s, exp(-t / 2))]
    assert formulas(le(s, sqrt(d) * norm(a)), "factor") == [le(s, sqrt(d))]
    assert le(s, norm(a)) in formulas(le(Abs(s), norm(a)), "sign")
    assert formulas(le(s, Min(k, d)), "extreme") == [le(s, Max(k, d))]
    assert formulas(le(s, Max(k, d)), "extreme") == [le(s, Min(k, d)), le(s, k + d)]
    squares = Sum(a[l] ** 2, (l, k))
    assert formulas(le(s, squares), "extreme") == [le(s, Maximum(a[l] ** 2, (l, Range(k))))]
    assert formulas(le(s, squares), "range") == [le(s, Sum(a[l] ** 2, (l, k - 1)))]
    assert le(fro_norm(W), fro_norm(W)) in formulas(le(fro_norm(W), op_norm(W)), "norm")
    assert formulas(le(Lip(f, Sphere(d)), t), "domain") == [le(Lip(f, Ball(d)), t), le(Lip(f, Space(d)), t)]
    assert forall(le(s, t), (s, LINE)) in formulas(forall(le(s, t), (s, Interval(0, 1))), "domain")
    chance = Prob(le(op_norm(X), t), (X, SphereRows(n, d)))
    assert formulas(le(s, chance), "law") == [le(s, Prob(le(op_norm(X), t), (X, GaussianRows(n, d))))]
    assert formulas(le(s, chance), "complement") == [le(s, 1 - chance)]
    assert le(s, Prob(le(t, op_norm(X)), (X, SphereRows(n, d)))) in formulas(le(s, chance), "reversed")
    assert formulas(le(norm(a), sqrt(k)), "dimension") == []                                    # no other size is mentioned
    assert formulas(le(op_norm(W), sqrt(k)), "dimension") == [le(op_norm(W), sqrt(d))]
    assert formulas(Implies(lt(0, s), le(s, t)), "premise") == [le(s, t)]
    assert Implies(lt(0, s), le(t, s)) in formulas(Implies(lt(0, s), le(s, t)), "reversed")
    assert And(le(s, t), le(0, s)) in formulas(And(le(s, t), le(s, 0)), "reversed")
    assert formulas(Or(le(s, t), le(t, s)), "alternative") == [Or(le(s, t))]


def test_changes_beneath_quantifiers() -> None:
    fact = forall(le(a[l] ** 2, 3 * norm(W[l])), NEURONS)
    assert forall(le(a[l] ** 3, 3 * norm(W[l])), NEURONS) in formulas(fact, "exponent")
    assert forall(le(a[l] ** 2, 6 * norm(W[l])), NEURONS) in formulas(fact, "constant")
    on_sphere = forall(le(norm(x), 1), (x, Sphere(d)))
    assert forall(le(norm(x), 1), (x, Ball(d))) in formulas(on_sphere, "domain")
    assert all(isinstance(found, ForAll) for found in formulas(fact, "sign"))


def test_facts_are_dropped_one_at_a_time() -> None:
    found = [m for m in mutants(step("made", le(s, t), by="linear", using=("one", "two"))) if m.dropped]
    assert [(m.dropped, m.step.using) for m in found] == [("one", ("two",)), ("two", ("one",))]


def test_a_restatement_is_no_mutant() -> None:
    """0 ≤ s/2 says what 0 ≤ s says: refusing it would be no merit, and proving it no slack."""
    assert formulas(le(0, s), "scaled") == [le(0, s - 1)]
    assert formulas(eq(0, s), "scaled") == [eq(0, s + 1)]
    assert formulas(le(0, 4 * s), "constant") == []
    assert formulas(forall(le(0, norm(W[l])), NEURONS), "scaled") == [forall(le(0, norm(W[l]) - 1), NEURONS)]
    for claim in (claims()["bln.r1.energy"], claims()["bln.thm9.energy"], claims()["bln.s32.slope"]):
        for current in claim.proofs[0].steps:
            assert not any(restates(m.step.formula, current.formula) for m in mutants(current) if m.dropped is None)


def test_hints_change_along() -> None:
    """With the old hint the lemma would not match, true or not."""
    current = step("made", lipschitz_with(le(Lip(f, Space(d)), 3 * t)), by=rules.lip_least.at(L=3 * t))
    changed = {m.kind: m.step for m in mutants(current)}
    assert changed["constant"].formula == lipschitz_with(le(Lip(f, Space(d)), 6 * t))
    assert changed["constant"].by.hints == {"L": 6 * t}
    assert changed["sign"].by.hints == {"L": -3 * t}
    assert current.by.hints == {"L": 3 * t}


def test_mutants_are_distinct_and_deterministic() -> None:
    for current in claims()["bs.d2.nine"].proofs[0].steps:
        found = mutants(current)
        assert found == mutants(current)
        changed = [m.step.formula for m in found if m.dropped is None]
        assert len(set(changed)) == len(changed)
        assert current.formula not in changed


# --- survivors --------------------------------------------------------------------------------------------------------------------

def toy(*steps, hypotheses=(), conclusion=None) -> Claim:  # type: ignore[no-untyped-def]
    """A claim about ‖a‖."""
    return Claim(id="my.toy", title="toy", source=Source("mine"), reading=Reading.OURS, domain=NormDomain.DATA,
                 hypotheses=tuple(Hypothesis(name, formula) for name, formula in hypotheses),
                 conclusion=conclusion or steps[-1].formula, proofs=(proof(*steps),))


def test_slack_is_measured() -> None:
    """‖a‖ ≤ 10‖a‖ has slack: half of the right side, and its reverse for none."""
    loose = toy(step("law", le(norm(a), 10 * norm(a)), by="polynomial"))
    found = mutate(loose, measurements()["bln.r1.energy"], MutationEffort())
    assert {sv.what for sv in found.slack} >= {"the right side is halved"}
    halved = next(sv for sv in found.slack if sv.what == "the right side is halved")
    assert halved.slack == pytest.approx(1.6094379, abs=1e-6)               # log 5
    assert not found.alarms
    assert found.killed + len(found.survivors) == found.mutants


def test_an_unused_fact_is_listed() -> None:
    claim = toy(step("law", le(0, norm(a)), by="linear", using="idle"), hypotheses=[("idle", le(norm(a), k))])
    found = mutate(claim, None, MutationEffort())
    assert [sv.dropped for sv in found.unused] == ["idle"]


def test_a_fact_that_nothing_names_is_listed() -> None:
    """A hypothesis of the claim that its proof does not need is found however little else is tried."""
    claim = toy(step("aside", le(0, norm(a)), by="linear"), step("law", le(0, 2 * norm(a)), by="linear"),
                hypotheses=[("small", le(norm(a), k))])
    found = mutate(claim, None, MutationEffort(mutants=0))
    assert [(sv.kind, sv.dropped) for sv in found.unused] == [(IDLE, "small"), (IDLE, "aside")]
    assert found.mutants == len(found.survivors) == 2
    assert survivor_words(found.unused[0]) == "follows without 'small', which no step on the way to it names"


def test_a_strict_inequality_is_an_alarm_where_there_is_equality(monkeypatch: pytest.MonkeyPatch) -> None:
    weakened(monkeypatch, "linear")
    found = mutate(toy(step("law", le(k, k), by="linear")), measurements()["bln.r1.energy"], MutationEffort())
    assert "strict" in {sv.kind for sv in found.alarms}


def test_an_equation_that_holds_has_no_negative_slack() -> None:
    """0 = 0 up to rounding is an equation with a large relative error."""
    kept = toy(step("law", eq(norm(W[1] - W[1] / 3 - W[1] * Rational(2, 3)), 0), by="algebra"),
               step("last", le(norm(a), 4 * norm(a)), by="linear", using="law"))
    found = mutate(kept, measurements()["bln.r1.energy"], MutationEffort())
    assert found.slack
    assert all(sv.slack >= 0 for sv in found.slack)


def test_why_no_instance_decides() -> None:
    """A premise that holds nowhere: what follows from it is true, and says nothing."""
    claim = toy(step("law", Implies(le(1000, norm(a)), le(999, norm(a))), by="polynomial"))
    found = mutate(claim, measurements()["bln.r1.energy"], MutationEffort())
    vacuous = [sv for sv in found.undecided if sv.vacuous]
    assert vacuous
    assert all(sv.vacuous == sv.instances and "its premise is false on all" in survivor_words(sv) for sv in vacuous)


def test_steps_that_are_not_proved_have_no_mutants() -> None:
    assert mutate(toy(step("law", le(norm(a), 0), by="linear")), None, MutationEffort()) == MutationReport()


def test_large_steps_are_left_out_and_counted() -> None:
    claim = toy(step("short", le(norm(a), norm(a)), by="linear"),
                step("law", le(norm(a), 2 * norm(a) + norm(W[1])), by="linear", using="short"))
    assert size(claim.proofs[0].steps[0], {}) < size(claim.proofs[0].steps[1], {"short": le(norm(a), norm(a))})
    found = mutate(claim, None, MutationEffort(size=size(claim.proofs[0].steps[0], {})))
    assert found.left_out == 1
    assert {sv.step for sv in found.survivors} <= {"short"}
    assert mutation_document(mutate(claim, None, MutationEffort(size=0))) == mutation_document(MutationReport(left_out=2))


def test_what_a_lemma_needs_counts_with_each_fact() -> None:
    facts = {"one": le(s, t), "two": le(t, s)}
    using = ("one", "two")
    assert size(step("law", le(s, t), by=sum_le, using=using), facts) > size(step("law", le(s, t), by="linear", using=using), facts)


def believed(current: Step) -> Derived:
    """The step's formula as a theorem without hypotheses, as an inference would make it that does not look."""
    script, goal = Script(), elaborate(current.formula)
    script.lines.append(Inference("assume", (), (goal,)))
    script.theorems.append(theorem((), goal))
    return Derived(script, len(script.lines) - 1)


def weakened(monkeypatch: pytest.MonkeyPatch, checker: str) -> None:
    """A kernel that believes whatever is said to follow by one checker."""
    monkeypatch.setattr(KERNEL, "derive", lambda current, *rest: believed(current) if current.by == checker else derive(current, *rest))


def test_a_checker_that_always_says_yes_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    weakened(monkeypatch, "linear")
    found = mutate(find_claim("bln.thm5.path"), measurements()["bln.thm5.path"], SEVERAL)
    assert found.alarms
    assert "left side" in found.alarms[0].alarm


def test_a_checker_that_ignores_constants_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    """It also accepts what holds with twice the right side: caught by any instance, as the law is an equality."""
    def careless(current: Step, *rest: Any) -> Derived | None:
        goal = current.formula
        doubled = replace(current, formula=goal.func(goal.lhs, 2 * goal.rhs))
        return derive(current, *rest) or (None if derive(doubled, *rest) is None else believed(current))

    monkeypatch.setattr(KERNEL, "derive", careless)
    found = mutate(toy(step("law", le(2 * norm(a), 2 * norm(a)), by="polynomial")), measurements()["bln.r1.energy"], MutationEffort())
    assert any(sv.what == "the right side is halved" for sv in found.alarms)


def test_an_alarm_fails_the_ledger_and_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    weakened(monkeypatch, "linear")
    found = entry(find_claim("bln.thm5.path"), LedgerOptions(3, mutation=SEVERAL), None, Memory(None))
    assert found.mutation is not None
    assert found.mutation.alarms
    assert not found.passes
    assert mutation_document(found.mutation)["alarms"] == len(found.mutation.alarms)  # type: ignore[index]


def test_the_command_fails_on_an_alarm(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mutate", "bln.thm5.path", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["alarms"] == 0
    weakened(monkeypatch, "linear")
    assert run(["mutate", "bln.thm5.path", "--all"]) == 1
    assert "SOUNDNESS ALARM" in capsys.readouterr().out
    assert run(["mutate", "bln.no_such_claim"]) == 2


def test_reports_survive_the_cache() -> None:
    found = mutate(find_claim("bs.d2.nine"), measurements()["bs.d2.nine"], MutationEffort())
    assert found.slack                                                       # 9⁴ has room
    assert decoded_mutation(json.dumps(asdict(found))) == found


def test_a_sum_over_some_entries_is_no_inner_product() -> None:
    """Σ_{i<n} aᵢyᵢ is not a·y: found by the mutants that leave out the last term."""
    law = step("law", eq(Sum(alpha[i] * y[i], (i, n)), Sum(alpha[i] * y[i], (i, n - 1))), by="sums")
    assert not check_step(law, {}).status.is_proof
    whole = step("law", eq(Sum(alpha[i] * y[i], (i, n)), dot(alpha, y)), by="sums")
    assert check_step(whole, {}).status.is_proof


def test_an_empty_sum_is_not_negative() -> None:
    """Σ_{i≤n−2} 1 is 0 for n = 1, not −1."""
    assert not check_step(step("law", eq(Sum(1, (i, n - 2)), n - 2), by="sums"), {}).status.is_proof
    assert check_step(step("law", eq(Sum(1, (i, n - 1)), n - 1), by="sums"), {}).status.is_proof


# --- the library ------------------------------------------------------------------------------------------------------------------

def test_every_fact_is_on_the_way_to_a_conclusion() -> None:
    """No claim of ours has a hypothesis, and no proof of ours a step, that its conclusion does not rest on.

    Together with the mutants without a fact, all of them refused, it says that no hypothesis can be dropped from a proof.  A printed
    statement may assume more than it needs: that is a finding about it.
    """
    assumed = {id: tuple(h.name for h in claim.hypotheses) for id, claim in claims().items()}
    spare = {(id, survivor.dropped) for id, claim in claims().items() for made in claim.proofs if made.author != "printed"
             for survivor in idle(made, assumed[id])}
    more_than_needed = {("sh.e1.printed", "pairwise"), ("sh.e2.printed", "pairwise"), ("sh.e2.printed", "cutting")}
    assert spare <= more_than_needed
    assert all(claims()[id].reading is Reading.PRINTED and name in assumed[id] for id, name in spare)


SAMPLE = ("bln.thm5.path", "bln.thm6.trace", "bln.r1.energy", "sh.e1.sharp", "bs.d2.exponent", "bs.d2.nine")


@pytest.mark.parametrize("id", SAMPLE)
def test_a_sample_of_claims(id: str) -> None:
    found = mutate(claims()[id], measurements()[id], FEW)
    assert not found.alarms
    assert found.mutants == FEW.mutants
    assert found.killed > 0


@pytest.mark.slow
def test_all_mutants_of_all_claims() -> None:
    """The full run: no alarm, no fact that a step does not need, and the kernel refuses most."""
    memo, mutants_, killed = StepMemo(), 0, 0
    for id, claim in claims().items():
        found = mutate(claim, measurements().get(id), MutationEffort(), memo)
        assert not found.alarms, (id, found.alarms[0])
        assert all(survivor.kind == IDLE for survivor in found.unused), (id, found.unused[0])
        mutants_, killed = mutants_ + found.mutants, killed + found.killed
    assert killed > 0.85 * mutants_


def test_a_survivor_that_no_instance_decides_has_no_slack():
    from verify.report.words import mutation_words
    from verify.trials.mutation import MutationReport, Survivor
    unknown = Survivor("law", "constant", "2 in place of 1", None, 0, None)
    report = MutationReport(2, 1, 0, (unknown,))
    assert report.undecided == (unknown,) and report.slack == () and report.alarms == ()
    assert mutation_words([report]) == "1 of 2 mutants refused, 1 decided by no instance"


def test_norms_of_tensors_keep_their_size():
    """‖T‖_op → ‖T‖_* names d and p as well, so that the mutant has a value."""
    T = TensorSymbol("T", d, 2)
    made = step("norm", le(0, injective_norm(T)), by="linear")
    swapped = [m.step.formula.rhs for m in mutants(made) if m.kind == "norm"]
    assert swapped == [tensor_nuclear_norm(T)]
