"""The hunter: what it must find from the statements alone, what it must not find, and that only certain violations count."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from theory.claim import Claim, Constant, Hypothesis, NormDomain, Reading
from theory.digest import statement_digest
from theory.errors import BadData
from theory.registry import claims
from theory.source import Source
from theory.terms import (
    Function,
    MatrixSymbol,
    Min,
    Prob,
    Rational,
    Space,
    Sphere,
    Sum,
    Symbol,
    VectorSymbol,
    d,
    dot,
    eq,
    forall,
    fro_norm,
    index,
    k,
    le,
    n,
    norm,
    op_norm,
    sqrt,
)
from theory.terms.sets import Range, Signs
from theory.verdict import Status
from verify.evaluate import Evaluator, Outcome, check_exact
from verify.laws.measure import Measurement
from verify.laws.registry import measurements
from verify.lipschitz.polynomials.quadratics import Quadratic
from verify.trials.hunt import Found, NothingFound, ablate, hunt
from verify.trials.hunt.families import sides
from verify.trials.hunt.judge import certainly, draft_violates
from verify.trials.hunt.known import shipped
from verify.trials.hunt.searches import descended
from verify.trials.hunt.trials import Hit, Trials
from verify.trials.property.testing import try_property
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft, draft_of
from verify.trials.spaces.exact import solved, unit
from verify.trials.spaces.functions import defined_function
from verify.trials.spaces.sizes import filled

u, v, W = VectorSymbol("u", d), VectorSymbol("v", d), MatrixSymbol("W", k, d)
X, i, j = MatrixSymbol("X", n, d), index("i"), index("j")
SIGNS, POINT = VectorSymbol("e", n), VectorSymbol("x", d)
f, g = Function("f", d), Function("g", d)
SUM_OF_SIGNS = Sum(SIGNS[i], (i, n))
PLENTY = 60.0       # seconds; the hunts below need a few, and the order of their trials does not depend on the clock


def tempting(conclusion, *hypotheses, reading=Reading.TEMPTING):
    named = tuple(Hypothesis(f"h{position}", h) for position, h in enumerate(hypotheses))
    return Claim("demo", "demo", Source("nowhere"), reading, NormDomain.DATA, named, conclusion)


@pytest.mark.parametrize("id, ratio", [("bln.lemma14.printed", "√M"), ("bln.thm9.printed_first", "√M"), ("bln.thm9.tempting_sphere", "M"),
                                       ("bln.thm5.tempting_path", "M"), ("bln.lemma13.printed", "1")])
def test_open_constants_are_refuted_from_the_printed_statement(id, ratio):
    found = hunt(claims()[id], budget=PLENTY)
    assert isinstance(found, Found) and found.status is Status.REFUTED and ratio in found.family


def test_a_family_whose_objects_are_not_shown_to_exist_for_every_size_is_no_refutation():
    """Theorem 8: that constant networks are of the printed form in every dimension needs the steps of the recorded family."""
    found = hunt(claims()["bln.thm8.printed"], budget=PLENTY, most=60)
    assert isinstance(found, NothingFound) and "beyond M = 32 unproved" in found.words


@pytest.mark.parametrize("bound", [10, 10**6])
def test_a_ratio_that_stops_growing_is_no_refutation(bound):
    """min(‖u‖, bound) ≤ C serves with C = bound; at M = 2, 8, 32 it grows for the larger bound."""
    C = Symbol("C", positive=True)
    claim = Claim("demo", "demo", Source("nowhere"), Reading.PRINTED, NormDomain.DATA, (), le(Min(norm(u), bound), C),
                  constants=(Constant("C"),))
    found = hunt(claim, budget=PLENTY, most=150)
    assert isinstance(found, NothingFound)
    assert bound == 10 or "beyond M = 32 unproved" in found.words


@pytest.mark.parametrize("id, drop", [("bln.thm5.sharp", "no bias"), ("bln.thm5.path", "no bias"), ("bln.thm5.sharp", "fits"),
                                      ("bln.thm5.sharp", "labels"), ("bln.quadratic.low_rank", "rank"),
                                      pytest.param("bln.thm9.sharp", "rank", marks=pytest.mark.slow), ("mcshane.floor", "fits")])
def test_hypotheses_that_are_needed(id, drop):
    claim = claims()[id]
    found = hunt(claim, drop, PLENTY)
    assert isinstance(found, Found) and found.exact and found.breaks == drop
    instance = ClaimSpace(claim, drop).rebuilt(found.draft)
    assert check_exact(claim.conclusion, instance).status is Status.REFUTED
    at = Evaluator(instance)
    assert all(at.fact(h.formula).outcome in (Outcome.HOLDS, Outcome.VACUOUS) for h in claim.hypotheses if h.name != drop)


@cache
def without_independence():
    return hunt(claims()["bln.r1.energy"], "independent", PLENTY)


def test_dependent_rows_are_two_neurons_that_cancel():
    found = without_independence()
    assert found.exact and found.breaks == "independent"
    assert found.draft.document()["arrays"] == {"W": [["1"], ["1"]], "a": ["1", "-1"], "b": ["0", "0"]}


@pytest.mark.parametrize("id, dimension", [("bln.r1", 1), pytest.param("bln.r1.no_bias", 2, marks=pytest.mark.slow)])
def test_the_law_needs_independent_rows(id, dimension):
    """Seven neurons on a line zigzag through twelve data that no single neuron can follow."""
    found = hunt(claims()[id], "independent", 5.0, most=20)
    assert isinstance(found, Found) and found.breaks == "independent" and found.draft.sizes["d"] == dimension
    assert certainly(ClaimSpace(claims()[id], "independent"), ClaimSpace(claims()[id], "independent").rebuilt(found.draft)) is not None
    assert certainly(ClaimSpace(claims()[id]), ClaimSpace(claims()[id]).rebuilt(found.draft)) is None


def test_an_equation_that_floats_leave_open_is_decided_exactly():
    """Equation (9) lacks an absolute value: T = −1 and p = 2."""
    found = hunt(claims()["bln.eq9.printed"], budget=PLENTY)
    assert found.status is Status.REFUTED and found.draft.document()["arrays"] == {"T": [["-1"]]}


@pytest.mark.parametrize("id", ["bln.r1", pytest.param("bln.r1.no_bias", marks=pytest.mark.slow),
                                pytest.param("bln.r0", marks=pytest.mark.slow), "bln.quadratic.sphere_law", "bln.thm6.trace",
                                "bln.thm6.fantope", pytest.param("bln.thm6.sphere_fantope", marks=pytest.mark.slow)])
def test_most_instances_satisfy_the_hypotheses(id):
    found = hunt(claims()[id], budget=PLENTY, most=80)
    assert isinstance(found, NothingFound) and 2 * found.met >= found.tried == 80 and not found.words


def test_few_instances_are_called_few():
    """The hypothesis ‖u‖ = 5/3 is no repair that is known, and the least instances do not satisfy it."""
    found = hunt(tempting(le(norm(u), 2), eq(norm(u), Rational(5, 3))), budget=PLENTY, most=100)
    assert isinstance(found, NothingFound) and 2 * found.met < 100
    assert "no instance" in found.words or f"{found.met} of 100 instances" in found.words


def test_solved_weights_are_not_negative():
    """Σ π_ij = 1 is met by scaling, and what is solved for must keep its sign."""
    space = ClaimSpace(claims()["bln.thm6.fantope"])
    sizes = {"d": 1, "n": 2, "r": 1}
    arrays = {leaf.name: np.full(space.shape(leaf, sizes), Fraction(-3), dtype=object) for leaf in space.leaves}
    arrays["X"], arrays["y"] = np.array([[Fraction(1)], [Fraction(2)]], dtype=object), np.array([Fraction(1), Fraction(-1)], dtype=object)
    built = space.build(Draft(sizes, arrays, {}))
    assert built is not None and np.all(built.values["pi"] >= 0) and built.values["pi"].sum() == 1


def test_a_refuted_statement_without_constants_is_refuted_by_the_kernel():
    found = hunt(tempting(le(op_norm(W) ** 2, norm(u) ** 2 + 1)), budget=PLENTY)
    assert found.exact and found.breaks == "" and found.status is Status.REFUTED


@pytest.mark.parametrize("id", [pytest.param("bln.thm5.sharp", marks=pytest.mark.slow), "bln.thm9.sharp", "bln.r1.energy"])
def test_true_claims_are_not_broken(id):
    found = hunt(claims()[id], budget=PLENTY, most=30)
    assert isinstance(found, NothingFound) and found.best is not None and found.best > -1e-9


def test_nothing_that_is_recorded_of_the_refutation_is_used(monkeypatch):
    def forbidden(self):
        raise AssertionError("the hunter looked at a recorded counterexample")
    measurements()
    monkeypatch.setattr(Measurement, "refutation", property(forbidden), raising=False)
    monkeypatch.setattr(Measurement, "twin_draws", property(forbidden), raising=False)
    assert isinstance(hunt(claims()["bln.lemma14.printed"], budget=PLENTY), Found)


def test_the_same_seed_gives_the_same_counterexample():
    first, second = (hunt(claims()["mcshane.floor"], "fits", PLENTY, seed=3).document() for _ in range(2))
    assert first == second


def test_a_tie_is_no_violation():
    """|u·v| ≤ ‖u‖‖v‖ is an equality at parallel vectors, and rounding must not break it."""
    found = hunt(tempting(le(dot(u, v) ** 2, dot(u, u) * dot(v, v))), budget=PLENTY, most=400)
    assert isinstance(found, NothingFound) and abs(found.best) < 1e-9


def test_one_per_cent_off():
    """‖W‖_F ≤ 0.99 √d ‖W‖_op is false only near multiples of isometries."""
    found = hunt(tempting(le(fro_norm(W), Rational(99, 100) * sqrt(d) * op_norm(W)), le(2, d)), budget=PLENTY)
    assert isinstance(found, Found) and found.exact


def test_unit_rows_stay_rational():
    off_diagonal = forall(le(dot(X[i], X[j]), Rational(1, 2)), (i, Range(n)), (j, Range(n)))
    found = hunt(tempting(off_diagonal, forall(eq(norm(X[i]), 1), (i, Range(n)))), budget=PLENTY)
    assert found.exact and sum(Fraction(x) ** 2 for x in found.draft.document()["arrays"]["X"][0]) == 1


def test_an_instance_that_breaks_a_hypothesis_is_not_certain():
    claim = claims()["bln.thm5.sharp"]
    found = hunt(claim, "no bias", PLENTY)
    assert certainly(ClaimSpace(claim), ClaimSpace(claim).rebuilt(found.draft)) is None


def test_a_corrupted_draft_is_not_certain():
    claim = claims()["bln.r1.energy"]
    space = ClaimSpace(claim, "independent")
    draft = without_independence().draft
    assert certainly(space, space.rebuilt(draft)) is not None
    spoiled = draft.with_array("a", np.array([Fraction(1), Fraction(1)], dtype=object))
    assert certainly(space, space.rebuilt(spoiled)) is None


BELOW_ONE = forall(le(dot(u, POINT), 1), (POINT, Sphere(d)))


def barely_too_long():
    """u of length 1.009 in twelve dimensions: u·x ≤ 1 fails only in a cap of which no sampled point comes near."""
    space = ClaimSpace(tempting(le(norm(u), 1), BELOW_ONE, reading=Reading.SHARP))
    entries = [Fraction((-1) ** place * (293 + 3 * (place % 5)), 1024) for place in range(12)]
    return space, space.build(Draft({"d": 12}, {"u": np.array(entries, dtype=object)}, {}))


def test_a_hypothesis_that_holds_on_samples_only_shows_nothing():
    """‖u‖ ≤ 1 follows from u·x ≤ 1 for all unit x; sampling sees the hypothesis hold and the conclusion fail."""
    space, instance = barely_too_long()
    at = Evaluator(instance)
    seen = at.fact(BELOW_ONE)
    assert seen.outcome is Outcome.HOLDS and seen.sampled                       # the trap is real
    assert at.fact(space.claim.conclusion).outcome is Outcome.VIOLATED
    assert certainly(space, instance) is None


def test_no_search_accepts_what_holds_on_samples_only():
    space, instance = barely_too_long()
    draft = space.draft_from(instance, Draft({"d": 12}, {}, {}))
    assert draft_violates(space, draft, exact=False) is None
    assert Trials(space, PLENTY).attempt(draft) < 0                             # it looks like a hit, and ends no hunt
    assert sides(space.claim.conclusion, space, instance) is None               # and no family is made of it


def test_a_violation_that_is_not_confirmed_is_said_to_be_one():
    found = hunt(tempting(le(2 * norm(u), 1), BELOW_ONE), most=60)
    assert isinstance(found, NothingFound) and found.best < -0.5 and found.words.startswith("perhaps it is false")


def test_the_sides_of_an_open_margin_are_not_called_apart():
    """Where the enclosures overlap the margin may be below 0 by as much as its size says: that is what is reported."""
    space = ClaimSpace(claims()["bln.s32.printed"], "labels")
    record, = shipped().records(statement_digest(space.claim), "labels", "ablated")
    trials = Trials(space, PLENTY)
    score = trials.attempt(draft_of(record["instance"]))
    assert trials.best_is_open and score > 0 and record["margin"] == pytest.approx(-score)


def test_functions_may_be_defined_by_functions():
    """f = 2g: g is a network of its own, and f twice that; the circle f = g, g = f defines only one of the two."""
    double = forall(eq(f(POINT), 2 * g(POINT)), (POINT, Space(d)))
    space = ClaimSpace(tempting(le(f(u), 2 * g(u)), double))
    instance = space.build(draft_of({"sizes": {"d": 1}, "activations": {}, "arrays": {
        "u": ["3"], "g.W": [["1"], ["0"]], "g.a": ["5", "0"], "g.b": ["0", "0"], "g.c": "1", "g.v": ["0"]}}))
    point = np.array([[Fraction(3)]], dtype=object)
    assert instance.values["g"](point).tolist() == [16] and instance.values["f"](point).tolist() == [32]
    found = hunt(tempting(le(f(u), 3 * g(u)), double), most=400)
    assert isinstance(found, Found) and found.exact and found.status is Status.REFUTED
    circle = tempting(le(f(u), g(u)), forall(eq(f(POINT), g(POINT)), (POINT, Space(d))), forall(eq(g(POINT), f(POINT)), (POINT, Space(d))))
    assert ClaimSpace(circle).definitions == {"h0"} and isinstance(hunt(circle, most=40), NothingFound)


@pytest.mark.parametrize("names, said", [(("a", ""), "a hypothesis without a name"), (("a", "a"), "2 hypotheses named 'a'")])
def test_a_true_claim_is_not_broken_by_hypotheses_that_share_a_name(names, said):
    """The one defines a function and so is built in; the other was taken for it, and for built in as well."""
    formulas = forall(eq(f(POINT), 2 * g(POINT)), (POINT, Space(d))), le(norm(u) ** 3 + norm(u), 2)
    claim = tempting(le(norm(u), 1), *formulas)
    assert isinstance(hunt(claim, most=60), NothingFound)
    claim = replace(claim, hypotheses=tuple(map(Hypothesis, names, formulas)))
    with pytest.raises(BadData, match=said):
        hunt(claim)
    with pytest.raises(BadData, match=said):
        try_property(claim)


def test_a_hunt_that_is_stopped_tries_nothing_more():
    found = hunt(claims()["bln.thm9.sharp"], budget=600.0, stopped=lambda: True)
    assert isinstance(found, NothingFound) and found.tried == 0


def test_a_false_probability_needs_two_samples(monkeypatch):
    """What one sample of draws refutes, and another does not, is not certain."""
    from verify.trials.hunt import judge
    claim = tempting(le(Rational(1, 2), Prob(le(SUM_OF_SIGNS, 1), (SIGNS, Signs(n)))), eq(n, 14), le(norm(u), norm(u)))
    space = ClaimSpace(claim)
    instance = space.build(Draft({"n": 14, "d": 1}, {"u": np.array([Fraction(1)], dtype=object)}, {}))
    true_fact = Evaluator.fact

    def unlucky(self, formula):
        found = true_fact(self, formula)
        is_first = formula == claim.conclusion and self._run.instance.seed == 0
        return replace(found, outcome=Outcome.VIOLATED, margin=-1.0) if is_first else found

    monkeypatch.setattr(judge.Evaluator, "fact", unlucky)
    assert certainly(space, instance) is None


def test_a_probability_that_is_too_small_is_found():
    claim = tempting(le(Rational(9, 10), Prob(le(SUM_OF_SIGNS, 1), (SIGNS, Signs(n)))), eq(n, 14))
    assert isinstance(hunt(claim, budget=PLENTY, most=20), Found)


def test_a_claim_that_cannot_be_met_says_so():
    found = hunt(tempting(le(norm(u), 0), le(norm(u) + 1, 0)), budget=PLENTY, most=100)
    assert isinstance(found, NothingFound) and "no instance" in found.words


def test_ablation_separates_needed_from_idle_hypotheses():
    claim = tempting(le(norm(u), 1), le(norm(u), 1), le(0, norm(v)))
    needed = {a.hypothesis: a.is_load_bearing for a in ablate(claim, budget=PLENTY, most=400)}
    assert needed == {"h0": True, "h1": False}


def test_without_the_hypothesis_that_fails_nowhere_the_claim_itself_is_broken():
    """When the dropped hypothesis holds at the counterexample, the claim is false with it as well."""
    claim = tempting(le(norm(u), 1), le(0, norm(u)))
    assert hunt(claim, "h0", PLENTY).breaks == ""


@pytest.mark.parametrize("call, words", [
    (lambda c: hunt(c, "bias"), "no hypothesis 'bias'"), (lambda c: hunt(c, budget=0.0), "positive"),
    (lambda c: hunt(c, budget=float("nan")), "positive"), (lambda c: hunt(c, budget=float("inf")), "positive")])
def test_bad_calls(call, words):
    with pytest.raises(BadData, match=words):
        call(claims()["bln.thm5.sharp"])


def test_an_interruption_ends_the_search_only():
    def interrupt(count, best):
        raise KeyboardInterrupt
    found = hunt(claims()["bln.thm9.sharp"], budget=PLENTY, tell=interrupt)
    assert isinstance(found, NothingFound) and found.tried == 50


# --- the parts ----------------------------------------------------------------------------------------------------------------------------

def test_drafts_survive_writing():
    arrays = {"y": np.array([Fraction(1, 3), Fraction(-2)], dtype=object), "L": np.array(Fraction(5), dtype=object)}
    draft = Draft({"n": 2}, arrays, {"psi": "abs"})
    assert draft_of(draft.document()).text() == draft.text()


@pytest.mark.parametrize("document", [{}, {"sizes": {"n": 1}, "arrays": {"y": ["1/0"]}, "activations": {}}, [], {"sizes": 3}])
def test_unreadable_drafts(document):
    with pytest.raises(BadData, match="cannot be read"):
        draft_of(document)


@pytest.mark.parametrize("vector", [[3, 4], [1, 1], [0, 0], [-1, 0], [0, 0, -5], [1, -2, 7, 3], [-7]])
def test_rational_unit_vectors(vector):
    found = unit(np.array([Fraction(x) for x in vector], dtype=object))
    assert sum(x * x for x in found) == 1
    if any(vector):
        assert np.dot(np.asarray(found, dtype=float), vector) > 0.999 * np.linalg.norm(vector)


def test_only_affine_systems_are_solved():
    from flint import fmpq
    start = np.array([Fraction(2)], dtype=object)
    assert solved(lambda z: [fmpq(int(z[0])) ** 2 - 12], start) is None
    assert solved(lambda z: [fmpq(0), fmpq(1)], start) is None
    assert solved(lambda z: [fmpq(z[0].numerator, z[0].denominator) * 2 - 1], start).tolist() == [Fraction(1, 2)]


def test_exact_upper_bounds_of_networks_are_above_the_enclosures():
    claim, rng = claims()["bln.thm5.upper"], np.random.default_rng(0)
    space = ClaimSpace(claim)
    for _ in range(10):
        sizes = {"d": int(rng.integers(1, 4)), "k": int(rng.integers(1, 4))}
        arrays = {leaf.name: np.array([Fraction(int(t)) for t in rng.integers(-2, 3, int(np.prod(space.shape(leaf, sizes))))],
                                      dtype=object).reshape(space.shape(leaf, sizes)) for leaf in space.leaves}
        f = space.build(Draft(sizes, arrays, {"psi": "abs"})).values["f"]
        assert f.lipschitz_exact(Sphere(sizes["d"]))[1] >= f.lipschitz(Sphere(sizes["d"])).lower - 1e-9


def test_a_body_that_is_no_quadratic_is_not_taken_for_one():
    x, a = VectorSymbol("x", d), VectorSymbol("a", n)
    claim = tempting(le(0, 1), forall(eq(VectorSymbol("y", n)[i], Sum(a[j] * dot(X[j], X[i]) ** 3, (j, n))), (i, Range(n))))
    space = ClaimSpace(claim)
    sizes = {"n": 1, "d": 1}
    draft = Draft(sizes, {leaf.name: np.full(space.shape(leaf, sizes), Fraction(1), dtype=object) for leaf in space.leaves}, {})
    instance = space.rebuilt(draft)
    f = defined_function(Sum(a[j] * dot(X[j], x) ** 3, (j, n)), x, instance, {}, 1)
    assert not isinstance(f, Quadratic) and f(np.array([[Fraction(2)]], dtype=object)).tolist() == [Fraction(8)]


def test_a_claim_with_an_alarm_is_told_apart():
    from verify.cli.hunt import _is_alarm
    wrong = tempting(le(norm(u), 1), reading=Reading.SHARP)
    found = hunt(wrong, budget=PLENTY)
    assert _is_alarm(wrong, found) and not _is_alarm(replace(wrong, reading=Reading.PRINTED), found)


# --- the circle ---------------------------------------------------------------------------------------------------------------------------

@pytest.mark.slow
def test_rigidity_fails_on_the_circle():
    """Six kinks along the lines through four points of the circle, and a function that vanishes on it."""
    claim = claims()["sh.e2.any_dimension"]
    plane = replace(claim, hypotheses=(*claim.hypotheses, Hypothesis("plane", le(2, d))))
    found = hunt(plane, budget=PLENTY)
    assert isinstance(found, Found) and found.exact and found.draft.sizes["d"] == 2 and found.status is Status.REFUTED


def test_rigidity_in_space_is_not_broken():
    assert isinstance(hunt(claims()["sh.e2.sharp"], budget=PLENTY, most=30), NothingFound)


def test_the_constant_eight_is_refuted():
    assert hunt(claims()["bs.d2.eight"], budget=PLENTY).status is Status.REFUTED


def test_affine_on_the_circle():
    from verify.laws.affine import affine_on_circle
    u, zero = np.array([Fraction(3, 5), Fraction(4, 5)], dtype=object), np.array([Fraction(0), Fraction(0)], dtype=object)
    line, back = (Fraction(1), u, Fraction(0)), (Fraction(-1), -u, Fraction(0))
    assert affine_on_circle([line, back], zero, Fraction(2)) is not None          # ReLU(t) − ReLU(−t) = t
    assert affine_on_circle([line], zero, Fraction(2)) is None
    assert affine_on_circle([(Fraction(1), u, Fraction(1, 2))], zero, Fraction(0)) is None      # cuts the circle in irrational points


def test_a_function_with_a_kink_is_not_taken_for_a_line():
    """min_i (y_i + L|x − x_i|) is a line between two points of the middle piece, and no line."""
    from theory.registry import claims
    from verify.trials.hunt import NothingFound, hunt
    assert isinstance(hunt(claims()["mcshane.attained"], budget=10.0, most=400), NothingFound)


def test_descent_leads_to_a_small_ball_in_six_dimensions():
    """From 0 alone: the first slice of descent follows difference quotients."""
    space = ClaimSpace(tempting(le(Rational(1, 100), Sum((u[i] - i / 7) ** 2, (i, Range(d)))), eq(d, 6)))
    trials = Trials(space, PLENTY)
    trials.attempt(filled(space, {"d": 6}, [Fraction(0)] * 6, {}))
    with pytest.raises(Hit):
        next(descended(trials, 0))
