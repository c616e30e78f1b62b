"""Refutations of statements with a probability: the library's families refute, and every way to doctor one is refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sympy import Integer, oo

from theory.claim import Chance, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.errors import NotCertified
from theory.laws.setting import LIP_SPHERE
from theory.registry import claims
from theory.source import Source
from theory.terms import (
    And,
    Ball,
    Function,
    Implies,
    Or,
    Range,
    Rational,
    Space,
    Sphere,
    Symbol,
    VectorSymbol,
    d,
    dot,
    eq,
    exp,
    forall,
    index,
    k,
    le,
    lt,
    n,
    norm,
)
from theory.verdict import Status
from verify.evaluate import Evaluator, Outcome
from verify.laws.measure import Counterexample, Measurement, RefutingFamily
from verify.laws.registry import measurements
from verify.ledger.cache import Memory
from verify.ledger.entries import LedgerOptions, entry
from verify.objects.instance import Instance
from verify.trials.refutation.defining import is_identity
from verify.trials.refutation.refute import refute

REFUTED = [id for id, m in measurements().items() if m.refutation is not None]
BY_RATIO = ["bln.lemma14.printed", "bln.thm9.printed_first", "bln.thm4.printed"]
BY_EVENT = "bln.lemma13.printed"
U, x = VectorSymbol("u", d), VectorSymbol("x", d)


def status(claim, witness):
    return refute(claim, witness).verdict.status


def parts(id):
    witness = measurements()[id].refutation()
    return claims()[id], witness, witness.family


@pytest.mark.parametrize("id", REFUTED)
def test_every_recorded_witness_refutes(id):
    assert status(claims()[id], measurements()[id].refutation()) is Status.REFUTED


def test_a_hypothesis_that_was_seen_at_samples_alone_refutes_nothing():
    """‖u‖ ≤ 1 follows from u·x ≤ 1 for all unit x; that u of length 1.009 breaks it in a small cap of the sphere, no sample shows."""
    u, x = VectorSymbol("u", d), VectorSymbol("x", d)
    hypothesis = forall(le(dot(u, x), 1), (x, Sphere(d)))
    claim = Claim("demo", "demo", Source("nowhere"), Reading.TEMPTING, NormDomain.DATA, (Hypothesis("support", hypothesis),),
                  le(norm(u), 1))
    long = Instance({"u": np.array([Fraction((-1) ** place * (293 + 3 * (place % 5)), 1024) for place in range(12)])})
    assert Evaluator(long).fact(hypothesis).sampled                             # the trap is real
    found = refute(claim, Counterexample(long, "", "")).verdict
    assert found.status is Status.UNKNOWN and "samples alone" in found.reason


def demo(hypothesis, conclusion, *more):
    hypotheses = tuple(Hypothesis(f"hypothesis {place}", formula) for place, formula in enumerate((hypothesis, *more)))
    return Claim("demo", "demo", Source("nowhere"), Reading.TEMPTING, NormDomain.DATA, hypotheses, conclusion)


def refusal(claim, instance):
    found = refute(claim, Counterexample(instance, "", "")).verdict
    assert found.status is Status.UNKNOWN
    return found.reason


@pytest.mark.parametrize("around", [
    lambda thin: And(thin, le(0, norm(U))), lambda thin: Or(thin, le(2, norm(U))), lambda thin: Implies(le(0, norm(U)), thin),
    lambda thin: forall(thin, (index("i"), Range(d)))])
def test_samples_show_nothing_inside_a_formula(around):
    thin = forall(le(dot(U, x), 1), (x, Sphere(d)))
    long = Instance({"u": np.array([Fraction((-1) ** place * (293 + 3 * (place % 5)), 1024) for place in range(12)])})
    assert "samples alone" in refusal(demo(around(thin), le(norm(U), 1)), long)


class Spike:
    """0 but for a thin cone about e_1 + 2e_2."""

    def __call__(self, points):
        directions = np.asarray(points, dtype=float) @ np.array([1.0, 2.0]) / np.sqrt(5)
        return np.where(directions > np.linalg.norm(np.asarray(points, dtype=float), axis=1) * (1 - 1e-12), 5.0, 0.0) * (directions > 0)

    def lipschitz(self, domain):
        raise NotCertified("it jumps")


def test_an_equation_that_fails_at_a_thin_place_refutes_nothing():
    """f = 0 holds at all samples, and not at (1, 2); with f = 0 itself in place of that f, the conclusion holds."""
    f, p = Function("f", d), VectorSymbol("p", d)
    instance = Instance({"f": Spike(), "p": np.array([1, 2]), "d": 2})
    zero, at_p = forall(eq(f(x), 0 * dot(x, x)), (x, Space(d))), le(f(p), 1)
    assert Evaluator(instance).fact(zero).sampled and Evaluator(instance).fact(at_p).outcome is Outcome.VIOLATED
    assert status(demo(zero, at_p), Counterexample(instance, "", "")) is not Status.REFUTED
    # f = 0 itself is a witness against 1 ≤ f(p); a second equation for f, and one that mentions f on both sides, define nothing
    assert status(demo(zero, le(1, f(p))), Counterexample(instance, "", "")) is Status.REFUTED
    assert "samples alone" in refusal(demo(zero, le(1, f(p)), forall(eq(f(x), 0), (x, Ball(d)))), instance)
    assert "samples alone" in refusal(demo(forall(eq(f(x), f(-x)), (x, Space(d))), le(f(p), 1)), instance)


def test_an_equation_of_polynomials_is_compared_exactly():
    u = VectorSymbol("u", d)
    same, other = (forall(eq(dot(u, x) ** 2, c * (u[1] * x[1]) ** 2), (x, Space(d))) for c in (1, 1 + Rational(1, 10**15)))
    instance = Instance({"u": np.array([2, 0]), "d": 2})
    assert is_identity(same, instance) and not is_identity(other, instance)
    assert status(demo(same, le(norm(u), 1)), Counterexample(instance, "", "")) is Status.REFUTED
    assert refusal(demo(other, le(norm(u), 1)), instance)


@pytest.mark.parametrize("hypothesis", [le(norm(U), 1), eq(norm(U), 1), eq(U[1], 1)])
def test_a_hypothesis_that_holds_up_to_rounding_alone_refutes_nothing(hypothesis):
    """1 + 10⁻¹⁷ is 1 in floating point: ‖u‖ ≤ 1 would refute itself."""
    assert refusal(demo(hypothesis, le(norm(U), 1)), Instance({"u": np.array([Fraction(10**17 + 1, 10**17)])}))


def test_a_sum_that_cancels_in_floating_point_refutes_nothing():
    half = le(U[1] + U[2], Rational(1, 2))
    large = Instance({"u": np.array([10**17 + 1, -10**17], dtype=object)})
    assert Evaluator(large).fact(half).outcome is Outcome.UNDECIDED
    assert refusal(demo(half, half), large)
    almost = Instance({"u": np.array([Fraction(10**17 - 1, 10**17)])})
    assert refusal(demo(Implies(lt(norm(U), 1), le(2, norm(U))), le(1, norm(U))), almost)


@pytest.mark.parametrize("id", [*BY_RATIO, BY_EVENT])
def test_no_family_no_refutation(id):
    claim, witness, family = parts(id)
    assert status(claim, replace(witness, family=None)) is Status.UNKNOWN
    assert status(claim, replace(witness, family=replace(family, failing=None))) is Status.UNKNOWN


@pytest.mark.parametrize("id", [*BY_RATIO, BY_EVENT])
def test_the_claim_about_all_draws_must_be_proved(id):
    claim, witness, family = parts(id)
    unproved = replace(family.failing, proofs=())
    assert status(claim, replace(witness, family=replace(family, failing=unproved))) is Status.UNKNOWN


@pytest.mark.parametrize("id", BY_RATIO)
def test_a_ratio_that_the_proved_claim_does_not_give(id):
    claim, witness, family = parts(id)
    for ratio in (family.ratio * family.parameter, oo, Integer(1)):
        assert status(claim, replace(witness, family=replace(family, ratio=ratio))) is Status.UNKNOWN


@pytest.mark.parametrize("id", BY_RATIO)
def test_members_must_have_the_sizes_of_the_family(id):
    claim, witness, family = parts(id)
    assert status(claim, replace(witness, family=replace(family, sizes={**family.sizes, n: 7}))) is Status.UNKNOWN


def test_half_of_the_draws_are_not_all():
    """Theorem 4 fails where the two labels differ, which has probability ½."""
    claim, witness, family = parts("bln.thm4.printed")
    assert status(claim, replace(witness, family=replace(family, share=1))) is Status.UNKNOWN


@pytest.mark.parametrize("id", ["bln.lemma14.printed", BY_EVENT])
def test_a_statement_that_allows_more_failure_is_not_refuted(id):
    claim, witness, _ = parts(id)
    for failure in (Integer(1), 1 - exp(-d)):
        weaker = replace(claim, chance=Chance(failure, claim.chance.over))
        assert status(weaker, witness) is Status.UNKNOWN


def test_the_probability_must_be_of_the_printed_event():
    claim, witness, family = parts(BY_EVENT)
    assert status(claim, replace(witness, family=replace(family, share=2 * family.share))) is Status.UNKNOWN


def test_the_exhibited_object_must_satisfy_the_printed_hypotheses():
    claim, witness, family = parts("bln.thm9.printed_first")
    wrong = replace(family, member=lambda size: family.member(size).with_values(y=[-1]))
    assert status(claim, replace(witness, family=wrong)) is Status.UNKNOWN


# --- ways in which a true statement must not be refuted ------------------------------------------------------------------------------

def test_an_object_tied_to_the_draw_must_be_exhibited_for_every_draw():
    """Equal labels are fitted by a constant, but have probability 2^{1−n}: Conjecture 1 is not refuted by them."""
    claim = claims()["bln.conj1"]
    _, witness, family = parts("bln.thm8.printed")
    wide = replace(family.failing, hypotheses=family.failing.hypotheses[1:], conclusion=le(LIP_SPHERE, 0))
    doctored = replace(family, failing=wide, sizes={n: family.parameter, d: family.parameter, k: 1})
    assert status(claim, replace(witness, family=doctored)) is Status.UNKNOWN


def test_a_bad_object_does_not_refute_that_some_object_is_good():
    """The claim about all draws may ask of the objects only what the statement asks of them."""
    claim, witness, family = parts("bln.thm4.printed")
    narrow = replace(family.failing, hypotheses=(*family.failing.hypotheses, Hypothesis("steep", le(9, LIP_SPHERE))))
    assert status(claim, replace(witness, family=replace(family, failing=narrow))) is Status.UNKNOWN


def test_a_constant_that_a_hypothesis_mentions_is_not_set_to_one():
    """a ≤ Cb ⇒ a ≤ Cb is a tautology."""
    a, b, C, M = (Symbol(letter, positive=True) for letter in "abCM")
    law = le(a, C * b)
    tautology = Claim("demo.tautology", "a tautology", Source("nowhere"), Reading.TEMPTING, NormDomain.DATA, (Hypothesis("law", law),), law,
                      constants=(Constant("C"),))
    family = RefutingFamily(lambda size: Instance({"a": size, "b": 1, "C": size}), M / 2, M)
    assert status(tautology, Counterexample(family.member(2), "", "", family)) is Status.UNKNOWN


def test_a_size_hypothesis_that_fails_beyond_the_members():
    """n ≤ 40 at n = M holds at all three members, and not for every M."""
    claim, witness, _ = parts("bln.lemma14.printed")
    narrow = replace(claim, hypotheses=(*claim.hypotheses, Hypothesis("small", le(d, 40))))
    assert status(narrow, witness) is Status.UNKNOWN


def test_a_claim_about_some_constants_refutes_none():
    claim, witness, family = parts(BY_EVENT)
    C = Symbol("C", positive=True)
    narrow = replace(family.failing, hypotheses=(*family.failing.hypotheses, Hypothesis("small constant", le(C, 1))))
    assert status(claim, replace(witness, family=replace(family, failing=narrow))) is Status.UNKNOWN


def test_a_recorded_counterexample_that_does_not_check_fails_the_run():
    claim, witness, family = parts("bln.lemma14.printed")
    broken = Measurement(claim.id, measurements()[claim.id].draw, refutation=lambda: replace(witness, family=replace(family, ratio=oo)))
    assert not entry(claim, LedgerOptions(0), broken, Memory(None)).passes
    assert entry(claim, LedgerOptions(0), None, Memory(None)).passes


# --- what is read off the domain ---------------------------------------------------------------------------------------------------------

def test_a_refutation_says_what_it_reads_off_the_domain_in_conclusion_and_hypotheses():
    """1/‖u‖ is positive for every u but 0, where it is 0 by convention: a reader must know that this is what refutes.

    A witness that refutes nothing says nothing.
    """
    named = (Hypothesis("small", le(1 / norm(U), 1)),)
    claim = Claim("demo", "demo", Source("nowhere"), Reading.TEMPTING, NormDomain.DATA, named, lt(0, 1 / norm(U)))
    at_zero = Counterexample(Instance({"u": [0, 0]}), "", "u = 0")
    found = refute(claim, at_zero)
    assert found.verdict.status is Status.REFUTED and found.words == "u = 0; it reads 1/0 = 0 in 1/‖u‖"
    assert refute(replace(claim, conclusion=lt(1, norm(U))), at_zero).words == "u = 0; it reads 1/0 = 0 in 1/‖u‖"       # in the hypothesis
    assert refute(replace(claim, hypotheses=(), conclusion=lt(1, norm(U))), at_zero).words == "u = 0"
    holds = refute(replace(claim, conclusion=le(0, 1 / norm(U))), at_zero)
    assert holds.verdict.status is not Status.REFUTED and holds.words == "u = 0"


@pytest.mark.parametrize("id", REFUTED)
def test_no_refutation_of_the_library_leans_on_a_value_off_the_domain(id):
    witness = measurements()[id].refutation()
    assert refute(claims()[id], witness).words == witness.words
