"""Property tests of claims: violations are certain, shrunk and reported; nothing passes that tested nothing; the tutorial is true."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

from theory import find_claim
from theory.claim import Claim, Constant, Hypothesis, NormDomain, Reading
from theory.errors import BadData, HypothesisViolated, NotCertified
from theory.laws.setting import DATA, X, d, i, labels, n, unit_rows, y
from theory.registry import claims
from theory.source import Source
from theory.terms import Property, Sum, VectorSymbol, eq, forall, le, lt, norm
from verify.laws.measure import Measurement
from verify.objects.instance import Instance
from verify.trials.property.strategies import registered, unknown_hypotheses
from verify.trials.property.testing import ClaimViolated, given_instances, profile, property_test, try_property, written

pytest_plugins = ["pytester"]
TUTORIAL = Path(__file__).parents[3] / "docs" / "property_testing.md"
LENGTH = norm(Sum(y[i] * X[i], (i, n)))


def mine(conclusion, *hypotheses, **more) -> Claim:
    """A claim about data of which nothing is proved."""
    return Claim(id="my.claim", title="Mine", source=Source("mine"), reading=Reading.OURS, domain=NormDomain.DATA,
                 hypotheses=hypotheses, conclusion=conclusion, **more)


TRIANGLE = mine(le(LENGTH, n), labels, unit_rows)
BLIND = Hypothesis("strange", Property("unheard of", X))
SPREAD = mine(le(LENGTH**2, n), labels, unit_rows)


def without_signs(words: str) -> str:
    """The two points and their labels may change sign together: which pair is met first is Hypothesis' own."""
    return words.replace("-1]", "1]") if "instance" in words else words


# --- violations -------------------------------------------------------------------------------------------------------------------

def test_a_violation_names_both_sides_the_margin_and_a_small_instance():
    with pytest.raises(ClaimViolated) as found:
        try_property(SPREAD)
    words = str(found.value).splitlines()
    assert words[:2] == ["my.claim is false: ‖Σᵢ yᵢ xᵢ‖² ≤ n", "  left side 4, right side 2, margin -0.6931"]
    assert without_signs(words[2]) == "  instance: d=1, n=2, X=[[1], [1]], y=[1, 1]"
    assert found.value.__cause__ is None and not getattr(found.value, "__notes__", ())


# conclusions that are false, and the arrays to which each shrinks at the smallest n and d
@pytest.mark.parametrize(("conclusion", "hypotheses", "expected"), [
    (le(2 * LENGTH, n), (labels, unit_rows), {"X": [[1]], "y": [1]}),
    (le(norm(y), 1), (labels,), {"y": [1, 1]}),
    (le(1, norm(y)), (), {"y": [0]}),
    (eq(Sum(y[i], (i, n)), 0), (labels,), {"y": [1]}),
])
def test_shrunk_instances_are_small_integers(conclusion, hypotheses, expected):
    with pytest.raises(ClaimViolated) as found:
        try_property(mine(conclusion, *hypotheses))
    for name, value in expected.items():
        assert np.abs(found.value.instance.array(name, np.ndim(value))).tolist() == value


def test_the_same_seed_gives_the_same_instances():
    def seen(seed):
        kept = []

        @given_instances(TRIANGLE, max_examples=15, seed=seed)
        def collect(instance):
            kept.append(written(instance))

        collect()
        return kept

    assert seen(1) == seen(1) != seen(2)


def test_margins_are_reported():
    report = try_property(TRIANGLE, max_examples=30)
    assert (report.held, report.undecided, report.vacuous, report.margin) == (30, 0, 0, 0.0)
    assert report.spread.startswith("n=1…")
    assert str(report) == f"my.claim: held on 30 instances ({report.spread}), smallest margin 0 at n=1, d=1"


# --- what must not pass ------------------------------------------------------------------------------------------------------------

def test_rounding_is_no_violation():
    """‖x/‖x‖‖ = 1 fails in floats by a rounding; that must not count."""
    at = st.integers(0, 99).map(lambda s: (lambda x: Instance({"X": x / np.linalg.norm(x, axis=1, keepdims=True)}))(
        np.random.default_rng(s).standard_normal((3, 3))))
    assert try_property(mine(le(norm(X[n]), 1)), strategy=at).held == 50


def test_an_instance_that_breaks_a_hypothesis_is_an_error_of_the_draw():
    wrong = Measurement("my.claim", lambda rng: Instance({"X": np.ones((2, 2)), "y": np.ones(2)}))
    sure = mine(le(0, LENGTH), labels, unit_rows)
    with pytest.raises(HypothesisViolated, match="breaks its hypothesis 'unit rows'"):
        try_property(sure, measurement=wrong)


def test_a_test_that_decides_nothing_fails():
    """A premise that is always false, and a side without an enclosure: neither is success."""
    from theory.terms import Implies
    with pytest.raises(NotCertified, match=r"none of 50 instances decided the conclusion \(0 undecided, 50 vacuous\)"):
        try_property(mine(Implies(lt(n, 1), lt(n, 0))))
    with pytest.raises(NotCertified, match="1 undecided"):
        try_property(mine(le(0, LENGTH), BLIND), strategy=st.just(Instance({"X": np.eye(2), "y": np.ones(2)})))


def test_outcomes_that_change_are_no_result():
    state = iter([1.0, *[9.0] * 3, *[1.0] * 10_000])
    moving = st.integers(0, 10**6).map(lambda s: Instance({"y": [next(state)]}))
    with pytest.raises((NotCertified, ClaimViolated)):
        try_property(mine(le(norm(y), 2)), strategy=moving)


SUM_OF_SQUARES = forall(eq(Sum(VectorSymbol("v", d)[i] ** 3, (i, d)), y[i]), DATA)


@pytest.mark.parametrize(("call", "said"), [
    (lambda: try_property(find_claim("bln.lemma14.printed")), "asserted with a probability only"),
    (lambda: property_test(find_claim("bln.thm5.tempting_lip")), "leaves the constant C open"),
    (lambda: property_test(replace(TRIANGLE, constants=(Constant("c"),))), "leaves the constant c open"),
    (lambda: try_property(TRIANGLE, drop="label"), "no hypothesis 'label' to drop; it has 'labels', 'unit rows'"),
    (lambda: try_property(TRIANGLE, max_examples=0), "number of examples"),
    (lambda: profile(True), "number of examples"),
    (lambda: try_property(SUM_OF_SQUARES), "not of ForAll"),
    (lambda: try_property(TRIANGLE, drop="labels", measurement=Measurement("my.claim", lambda rng: Instance({}))), "give no measurement"),
    (lambda: try_property(TRIANGLE, drop="labels", strategy=st.just(Instance({}))), "give no drop or measurement"),
    (lambda: try_property(TRIANGLE, strategy=st.just(3)), "gives a int; give a strategy of lawbook.Instance"),
    (lambda: try_property(mine(le(0, LENGTH), BLIND)), "200 drafts do not meet its hypothesis 'strange'"),
    (lambda: given_instances(mine(le(0, LENGTH), BLIND)), "give a lawbook.Measurement"),
])
def test_bad_calls_get_one_sentence(call, said):
    with pytest.raises(BadData, match="(?s)" + re.escape(said)) as found:
        call()
    assert "\n" not in str(found.value)


# --- the library -------------------------------------------------------------------------------------------------------------------

SURE = [c for c in claims().values() if c.reading in (Reading.SHARP, Reading.OURS) and c.chance is None]
UNDECIDED = {"circle.gap", "circle.law"}        # equations between a probability, of which an interval is known, and a number
COSTLY = {"bln.s31.generic", "bln.s32.rim", "bln.s32.sharp", "bln.s32.bumps", "bln.thm3.spectral", "bln.thm3.long_sum", "bln.thm3.sharp",
          "bln.thm3.rate", "bs.d2.exponent"}


@pytest.mark.parametrize("id", [pytest.param(c.id, marks=[pytest.mark.slow] if c.id in COSTLY else [])
                                for c in SURE if c.id not in UNDECIDED])
def test_claims_that_must_hold(id):
    assert try_property(claims()[id], max_examples=5).held


@pytest.mark.parametrize("id", sorted(UNDECIDED))
def test_equations_that_are_never_decided_do_not_pass(id):
    with pytest.raises(NotCertified, match="decided the conclusion"):
        try_property(claims()[id], max_examples=3)


@pytest.mark.slow
@pytest.mark.parametrize("id", [c.id for c in SURE if c.id not in UNDECIDED])
def test_claims_that_must_hold_on_many(id):
    assert try_property(claims()[id], max_examples=200, seed=1).held


# dropped hypotheses whose need is shown by built instances alone: no twin draw and no measurement of the claim is at hand
@pytest.mark.parametrize(("id", "drop"), [
    ("bln.thm5.path", "labels"), ("bln.thm5.path", "fits"), ("bln.thm9.sharp", "fits"), ("bln.thm9.sharp", "labels"),
    ("mcshane.floor", "fits"), ("bln.thm7.point", "fits"), ("bln.thm6.fantope", "weights"), ("bln.thm8.labels", "fits"),
])
def test_hypotheses_bear_load(id, drop):
    claim = claims()[id]
    with pytest.raises(ClaimViolated) as found:
        try_property(claim, drop=drop, max_examples=120)
    assert registered(claim, drop) is None or found.value.instance is not None
    assert not unknown_hypotheses(claim, drop)


# --- the plugin and the tutorial ---------------------------------------------------------------------------------------------------

def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)


def test_the_tutorial_is_true(pytester: pytest.Pytester):
    """Its files run, its claims are collected, and the lines that it shows are printed."""
    for body in blocks("python"):
        name = re.match(r"# (\w+\.py)\n", body)
        pytester.path.joinpath(name[1]).write_text(body, encoding="utf-8")
    shown = blocks("console")[0].splitlines()
    command = shown[0].removeprefix("$ pytest ").split()
    ran = pytester.runpytest_inprocess(*command)
    ran.assert_outcomes(passed=1, failed=1)
    printed = [without_signs(line) for line in ran.outlines]
    for line in shown[1:]:
        assert without_signs(line) in printed, line
    pytester.runpytest_inprocess("test_mine.py", "test_form.py", "test_load.py", "test_own.py").assert_outcomes(passed=7)


def test_without_the_plugin_claims_are_no_tests(pytester: pytest.Pytester):
    pytester.path.joinpath("test_claims.py").write_text(blocks("python")[0], encoding="utf-8")
    assert pytester.runpytest_inprocess("test_claims.py").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_claim_under_the_id_of_another_is_not_left_out(pytester: pytest.Pytester):
    """It would be tried on the instances that are registered under that id, or not at all."""
    pytester.makepyfile(test_it="""
        from dataclasses import replace
        from theory import find_claim
        from theory.terms import le
        from theory.laws.two_layers.quadratic_law import sharp
        mine = replace(sharp, conclusion=le(sharp.conclusion.rhs, sharp.conclusion.lhs))
    """)
    found = pytester.runpytest_inprocess("-p", "verify.trials.property.pytest_plugin", "test_it.py")
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["BadData: bln.thm9.sharp is the id of another claim of the library; give this one an id of its own"])


def test_claims_that_are_imported_are_no_tests(pytester: pytest.Pytester):
    pytester.makepyfile(test_it="from theory.laws.two_layers.mcshane import *\n")
    found = pytester.runpytest_inprocess("-p", "verify.trials.property.pytest_plugin", "test_it.py")
    assert found.ret == pytest.ExitCode.NO_TESTS_COLLECTED


