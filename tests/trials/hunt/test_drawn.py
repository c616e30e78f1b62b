"""Drawn instances in the hunt: they meet the hypotheses, become drafts where a draft holds them, and use nothing that is recorded."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.registry import claims
from theory.source import Source
from theory.terms import Function, Lip, MatrixSymbol, Space, VectorSymbol, d, forall, index, le, lt, n
from theory.terms.sets import Range
from verify.laws.functions import NetworkFunction, least_mcshane
from verify.laws.measure import Measurement
from verify.objects.instance import Instance
from verify.objects.networks import Network
from verify.trials.hunt import NothingFound, hunt
from verify.trials.hunt import hunter as hunter_module
from verify.trials.hunt.drawn import attempt_instance, draft_of_instance, drawn, drawn_sources
from verify.trials.hunt.judge import FAR
from verify.trials.hunt.trials import OutOfTime, Trials
from verify.trials.spaces.claim_space import ClaimSpace

SURE = (Reading.SHARP, Reading.OURS)
# claims of which drafts alone seldom or never met all hypotheses
RARE = ["bln.r0", "bln.s32.bumps", "bln.s32.rim", "bln.s32.slope", "bln.thm3.spectral", "bln.thm3.rate", "mcshane.attained",
        "bln.thm4.lipschitz", "bln.thm4.exact_fit", "bln.thm4.approximate", "bln.thm8.random_labels", "bln.thm8.generic",
        "sh.e2.circle", "bln.thm3.long_sum"]
X, y, f, i = MatrixSymbol("X", n, d), VectorSymbol("y", n), Function("f", d), index("i")


def claim(conclusion, *hypotheses):
    named = tuple(Hypothesis(f"h{place}", h) for place, h in enumerate(hypotheses))
    return Claim("demo", "demo", Source("nowhere"), Reading.TEMPTING, NormDomain.DATA, named, conclusion)


def trials_of(claim, most=10**6) -> Trials:
    return Trials(ClaimSpace(claim), 1e9, most=most)


def first_slice(id: str, count: int) -> Trials:
    trials = trials_of(claims()[id])
    for source in drawn_sources(claims()[id], None, 0):
        for instance in source(0)[:count]:
            attempt_instance(trials, instance)
    return trials


@pytest.mark.parametrize("id", RARE)
def test_drawn_instances_meet_the_hypotheses(id):
    trials = first_slice(id, 3)
    assert trials.count and trials.met == trials.count


@pytest.mark.slow
@pytest.mark.parametrize("id", [c.id for c in claims().values() if c.reading in SURE and c.chance is None])
def test_drawn_instances_break_no_claim_that_must_hold(id):
    trials = first_slice(id, 15)
    assert 10 * trials.met >= 9 * trials.count and trials.best >= 0 and (trials.as_it_is is None or trials.as_it_is[0] >= 0)


def test_the_simplex_starts_from_drawn_instances():
    trials = first_slice("bln.s32.slope", 4)
    assert trials.leads and all(score < FAR for score, _ in trials.leads)


# --- drafts -----------------------------------------------------------------------------------------------------------------------

def test_the_draft_of_a_draw_is_the_draw():
    """The rebuilt values differ from the floats by no more than the move of the rows to rational points."""
    target = claims()["bln.thm5.sharp"]
    space, source = ClaimSpace(target), drawn_sources(target, None, 0)[-1]
    for instance in source(1)[:3]:
        draft = draft_of_instance(space, instance)
        for leaf in space.leaves:
            assert np.allclose(np.asarray(draft.arrays[leaf.name], dtype=float), instance.array(leaf.name, draft.arrays[leaf.name].ndim),
                               rtol=0, atol=1e-6)


def test_rows_of_length_one_become_rational_points_of_the_sphere():
    target = claims()["bln.thm9.energy"]
    points = np.random.default_rng(0).standard_normal((4, 3))
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    found = draft_of_instance(ClaimSpace(target), Instance({"X": unit, "s": 1})).arrays["X"]
    assert all(sum(x * x for x in row) == 1 for row in found) and np.abs(np.asarray(found, dtype=float) - unit).max() < 1e-7
    kept = draft_of_instance(ClaimSpace(target), Instance({"X": 1.001 * unit, "s": 1})).arrays["X"]
    assert [float(x) for x in kept[0]] == list(1.001 * unit[0]) and sum(x * x for x in kept[0]) != 1


@pytest.mark.parametrize("network", [
    Network([[1, 2]], [Fraction(1)], [3], "relu", [Fraction(1, 2), 0], Fraction(1, 3)), Network(np.eye(2), np.ones(2), np.ones(2), "relu")])
def test_a_free_function_is_reproduced_where_a_draft_holds_it(network):
    space = ClaimSpace(claims()["mcshane.floor"])
    places = np.array([[1, 0], [0, 1], [-1, 1]])
    instance = Instance({"X": places, "y": np.asarray(network(places), dtype=float), "f": NetworkFunction(network)})
    rebuilt = space.rebuilt(draft_of_instance(space, instance)).values["f"]
    at = np.array([[1, 2], [-3, 1], [0, -1]])
    assert np.allclose(np.asarray(rebuilt(at), dtype=float), np.asarray(network(at), dtype=float))


@pytest.mark.parametrize("function", [
    least_mcshane(np.array([[0.0], [1.0], [3.0]]), np.array([1.0, -1.0, 1.0])),
    NetworkFunction(Network([[1.0]] * 3, [0, 1, 2], [1, 1, 1], "relu")),
    NetworkFunction(Network([[1.0]], [0], [1], "abs"))])
def test_a_free_function_that_no_draft_holds_is_not_replaced_by_another(function):
    space = ClaimSpace(claims()["mcshane.floor"])
    assert draft_of_instance(space, Instance({"X": [[0.0], [1.0], [3.0]], "y": [1.0, -1.0, 1.0], "f": function})) is None


@pytest.mark.parametrize("values", [
    {"s": 1},                                                                  # no X
    {"X": np.eye(3), "s": np.ones(2)},                                          # a vector for a number
    {"X": np.ones((300, 3)), "s": 1},                                           # too large for exact arithmetic
])
def test_instances_without_a_draft(values):
    assert draft_of_instance(ClaimSpace(claims()["bln.thm9.energy"]), Instance(values)) is None


# --- as they are ------------------------------------------------------------------------------------------------------------------

FLAT = claim(lt(Lip(f, Space(d)), 1), forall(le(f(X[i]), y[i]), (i, Range(n))))
STEP = least_mcshane(np.array([[0.0], [1.0]]), np.array([1.0, -1.0]))


def test_a_violation_that_no_draft_holds_is_kept_but_is_no_hit():
    trials = trials_of(FLAT)
    attempt_instance(trials, Instance({"X": [[0.0], [1.0]], "y": [1.0, -1.0], "f": STEP}))
    assert trials.met == trials.count == 1 and trials.best == FAR and trials.best_draft is None and trials.rounded is None
    assert trials.as_it_is[0] < 0


def test_an_instance_that_breaks_a_hypothesis_is_not_judged():
    trials = trials_of(FLAT)
    attempt_instance(trials, Instance({"X": [[0.0], [1.0]], "y": [0.5, -1.0], "f": STEP}))
    assert (trials.met, trials.count, trials.as_it_is) == (0, 1, None)


def test_such_a_violation_is_told_and_not_claimed(monkeypatch):
    def only_this(trials, number, more):
        attempt_instance(trials, Instance({"X": [[0.0], [1.0]], "y": [1.0, -1.0], "f": STEP}))
        raise OutOfTime
    monkeypatch.setattr(hunter_module, "portfolio", only_this)
    found = hunt(FLAT, budget=5.0)
    assert isinstance(found, NothingFound) and found.best is None and found.words.startswith("perhaps it is false: the margin is -")
    assert "y=[1, -1]" in found.words and found.document()["found"] is False


def test_the_count_ends_the_search():
    trials = trials_of(claims()["bln.thm9.sharp"], most=5)
    with pytest.raises(OutOfTime):
        for _ in drawn(trials, 0):
            pass
    assert trials.count == 5


# --- what is used -----------------------------------------------------------------------------------------------------------------

def test_statements_that_need_not_hold_are_searched_with_built_instances_alone(monkeypatch):
    def forbidden(self):
        raise AssertionError("the hunter looked at a recorded draw")
    for name in ("refutation", "twin_draws", "draw", "corners"):
        monkeypatch.setattr(Measurement, name, property(forbidden), raising=False)
    for c in claims().values():
        if c.reading not in SURE:
            for source in drawn_sources(c, None, 0):
                assert source(0)


def test_the_same_seed_gives_the_same_drafts():
    def seen(seed):
        target = claims()["bln.thm9.sharp"]
        space = ClaimSpace(target)
        return [draft_of_instance(space, instance).text() for source in drawn_sources(target, None, seed) for instance in source(1)[:6]]
    assert seen(1) == seen(1) != seen(2)
