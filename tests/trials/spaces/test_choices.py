"""The builders: numbers and rows that are moved until inequalities hold, exact repairs, and functions read off their definitions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.registry import claims
from theory.source import Source
from theory.terms import (
    Ball,
    Function,
    MatrixSymbol,
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
    index,
    k,
    le,
    lt,
    n,
    norm,
)
from theory.terms.formula import Implies
from theory.terms.scalars import Sup
from theory.terms.sets import Range
from verify.evaluate import Evaluator, Outcome
from verify.trials.hunt import NothingFound, hunt
from verify.trials.hunt.judge import FAR, judged
from verify.trials.spaces import ClaimSpace, Draft
from verify.trials.spaces.activations import OWN, PSI, name_of, psi_named
from verify.trials.spaces.choices import parameter, placed
from verify.trials.spaces.drafts import rationals
from verify.trials.spaces.exact import number, perpendicular, solved, unit
from verify.trials.spaces.sizes import entries, filled, namings, sizes_upto

X, u, v, e = MatrixSymbol("X", n, d), VectorSymbol("u", d), VectorSymbol("v", d), VectorSymbol("e", k)
r, s, t = (Symbol(name, real=True) for name in "rst")
i, j = index("i"), index("j")
UNIT = forall(eq(norm(X[i]), 1), (i, Range(n)))
HELD = (Outcome.HOLDS, Outcome.VACUOUS)
small = st.fractions(min_value=-4, max_value=4, max_denominator=8)


def about(*formulas, conclusion=None):
    named = tuple(Hypothesis(f"h{place}", formula) for place, formula in enumerate(formulas))
    return Claim("demo", "demo", Source("nowhere"), Reading.TEMPTING, NormDomain.DATA, named, conclusion or le(0, 1))


def drawn(claim, count, seed=0):
    """Drafts with entries 0, ±1 and halves at the least sizes, and the instances built of them."""
    space, rng = ClaimSpace(claim), np.random.default_rng(seed)
    sizes, names = sizes_upto(space, 3), namings(space)
    pool = [Fraction(x, 2) for x in (-4, -2, -1, 0, 0, 1, 2, 4)]
    for turn in range(count):
        size = sizes[turn % len(sizes)]
        values = [pool[int(place)] for place in rng.integers(len(pool), size=entries(space, size))]
        yield space, space.build(filled(space, size, values, names[turn % len(names)]))


@pytest.mark.parametrize("id", [
    "bln.s32.caps", "bln.s32.fit", "bln.s32.bumps", "bln.s32.ball", "bln.s32.rim", "bln.s32.slope", "bln.s32.sharp", "bln.thm3.sharp",
    "bln.thm3.gershgorin", pytest.param("bln.thm3.spectral", marks=pytest.mark.slow),
    pytest.param("bln.thm3.rate", marks=pytest.mark.slow), "bln.thm3.long_sum", "mcshane.attained", "bln.thm4.lipschitz",
    "bln.thm4.exact_fit", "bln.thm4.approximate", "bln.thm4.sharp", "bln.thm4.two_labels", "bln.thm9.sharp", "bln.thm9.random_labels",
    "bln.thm8.sharp", "sh.e1.sharp", "sh.e2.sharp"])
def test_most_drafts_become_instances_with_all_hypotheses(id):
    claim = claims()[id]
    met = 0
    for space, instance in drawn(claim, 16):
        if instance is not None:
            at = Evaluator(instance)
            met += all(at.fact(h.formula).outcome in HELD for h in claim.hypotheses if h.name not in space.built | space.definitions)
    assert 2 * met >= 16


@pytest.mark.parametrize("formulas", [
    (le(r, s), lt(s, t), le(t**2, 2)), (lt(Rational(9, 10), t), lt(t, Rational(91, 100))), (le(dot(u, u), t), lt(t * r, -1)),
    (eq(s**2, 1 - t**2), lt(Rational(99, 100), s)), (le(norm(u), r), le(r, 1))])
@given(values=st.lists(small, min_size=8, max_size=8))
@example(values=[Fraction(x) for x in (0, 0, 3, 0, 0, 0, 0, 0)])        # ‖u‖ = 3: r alone cannot meet both of the last
@settings(max_examples=8, deadline=None, derandomize=True, database=None)
def test_numbers_are_moved_to_where_inequalities_hold(formulas, values):
    space = ClaimSpace(about(*formulas))
    sizes = dict.fromkeys(space.sizes, 2)
    built = space.build(filled(space, sizes, values[: entries(space, sizes)], {}))
    at = Evaluator(built)
    assert all(at.fact(formula).outcome in HELD for formula in formulas)


@given(values=st.lists(small, min_size=3, max_size=3))
@settings(max_examples=20, deadline=None, derandomize=True, database=None)
def test_numbers_that_serve_stay(values):
    """A draft that satisfies the inequalities is not changed: searches move where they mean to."""
    space = ClaimSpace(about(le(r, s), le(s, t)))
    low, middle, high = sorted(values)
    built = space.build(filled(space, {}, [low, middle, high], {}))
    assert [built.values[name] for name in "rst"] == [low, middle, high]


def test_a_number_goes_to_the_nearest_that_serves():
    space = ClaimSpace(about(le(Rational(37, 100), t), le(t, 3)))
    low, high = (space.build(filled(space, {}, [Fraction(x)], {})).values["t"] for x in (-5, 40))
    assert abs(low - Fraction(37, 100)) < Fraction(1, 1000) and high == 3


def test_what_cannot_be_met_is_not_met():
    space = ClaimSpace(about(lt(t, 0), lt(0, t)))
    assert judged(space, space.build(filled(space, {}, [Fraction(1)], {}))).score >= FAR


def test_rows_are_moved_apart():
    apart = forall(Implies(lt(i, j), le(dot(X[i], X[j]), Rational(1, 2))), (i, Range(n)), (j, Range(n)))
    space = ClaimSpace(about(UNIT, apart))
    ones = np.full((4, 2), Fraction(1), dtype=object)
    built = space.build(Draft({"n": 4, "d": 2}, {"X": ones}, {}))
    gram = built.values["X"] @ built.values["X"].T
    assert all(gram[p, p] == 1 for p in range(4)) and max(gram[p, q] for p in range(4) for q in range(p)) <= Fraction(1, 2)


def test_sets_of_indices_are_enlarged():
    space = ClaimSpace(about(forall(eq(e[i] ** 2, e[i]), (i, Range(k))), le(2, Sum(e[i], (i, k)))))
    built = space.build(Draft({"k": 3}, {"e": rationals([0, -1, 0])}, {}))
    assert set(built.values["e"]) <= {0, 1} and sum(built.values["e"]) >= 2


def test_balanced_labels_need_an_even_number():
    space = ClaimSpace(claims()["bln.thm4.two_labels"])
    assert not space.allows({"n": 3, "d": 1}) and space.allows({"n": 4, "d": 1})


@given(st.lists(small, min_size=3, max_size=3), st.lists(small, min_size=3, max_size=3))
@settings(deadline=None, derandomize=True, database=None)
def test_perpendicular_unit_vectors_are_exact(vector, pole):
    pole = unit(rationals(pole))
    found = perpendicular(rationals(vector), pole)
    assert found @ pole == 0 and found @ found == 1 and np.array_equal(perpendicular(found, pole), found)


def test_nothing_is_perpendicular_on_a_line():
    assert perpendicular(rationals([2]), rationals([1])) is None


@given(small)
@settings(derandomize=True, database=None)
def test_points_of_the_circle_and_their_parameters(m):
    alpha, beta = placed(m, 2)
    assert alpha**2 + beta**2 == 1 and parameter(alpha, beta) == m


@pytest.mark.parametrize("a, start, root", [(4, 1, 2), (4, -1, -2), (Fraction(9, 4), 0, Fraction(3, 2)), (2, 1, None), (-1, 1, None)])
def test_rational_roots_of_quadratics(a, start, root):
    found = solved(lambda z: [number(z[0] ** 2 - Fraction(a))], rationals([start]))
    assert (found is None) == (root is None) and (root is None or found.tolist() == [root])


def test_cubics_are_not_solved():
    assert solved(lambda z: [number(z[0] ** 3 - z[0] - 6)], rationals([5])) is None


# --- functions ----------------------------------------------------------------------------------------------------------------------------

def test_activations_have_one_name():
    assert all(name_of(psi_named(name)) == name for name in (*OWN, *(psi for psi in PSI if ":1/4" not in psi)))


def test_the_activation_of_a_smaller_degree_is_kept_in_the_draft():
    claim = claims()["bln.thm8.sharp"]
    space = ClaimSpace(claim)
    assert set(space.activations["psi"]) == {"identity", "power:2", "raised"}
    sizes = {"d": 1, "k": 1, "n": 1, "p": 1}
    draft = filled(space, sizes, [Fraction(1)] * entries(space, sizes), {"psi": "power:2"})
    built = space.build(draft)
    again = space.rebuilt(space.draft_from(built, draft))
    assert built.values["psi"].name == again.values["psi"].name == "identity"


@pytest.mark.parametrize("p", [1, 2, 3, 4])
def test_sums_of_powers_are_polynomials(p):
    space = ClaimSpace(claims()["bln.thm4.diagonal"])
    arrays = {"X": rationals([[1, 0], [Fraction(3, 5), Fraction(4, 5)]]), "y": rationals([1, -2])}
    f = space.build(Draft({"d": 2, "n": 2, "p": p}, arrays, {})).values["f"]
    point = rationals([[Fraction(1, 2), -3]])
    assert f(point).tolist() == [Fraction(1, 2) ** p - 2 * (Fraction(3, 10) - Fraction(12, 5)) ** p]
    bound, rng = f.lipschitz(Ball(2)), np.random.default_rng(0)
    ends = rng.standard_normal((2, 400, 2))
    ends /= np.maximum(1, np.linalg.norm(ends, axis=2))[..., None]
    steepest = np.max(np.abs(f(ends[0]) - f(ends[1])) / np.linalg.norm(ends[0] - ends[1], axis=1))
    assert steepest <= bound.upper * (1 + 1e-12) and bound.lower <= bound.upper


def test_bumps_are_networks():
    space = ClaimSpace(claims()["bln.s32.bumps"])
    arrays = {"X": rationals([[0, 1]]), "a": rationals([1]), "tau": rationals(Fraction(1, 2))}
    f = space.build(Draft({"d": 2, "n": 1}, arrays, {})).values["f"]
    assert f.lipschitz(Space(2)).upper == pytest.approx(1.0) and f(rationals([[0, 1]])).tolist() == [Fraction(1, 2)]


def test_the_envelope_of_cones_has_their_slope():
    space = ClaimSpace(claims()["mcshane.attained"])
    f = space.build(Draft({"d": 1, "n": 2}, {"X": rationals([[0], [2]]), "y": rationals([1, -1]), "L": rationals(3)}, {})).values["g"]
    assert f.lipschitz(Space(1)).upper == pytest.approx(3.0) and f.lipschitz(Sphere(1)).lower == 0.0
    assert f(rationals([[2], [0]])).tolist() == [-1, 1]
    assert all(end.contains(3) for end in f.lipschitz_exact(Ball(1)))


def test_a_sum_of_cones_is_not_taken_for_their_envelope():
    """‖x‖ + ‖x − p‖ has the slope 2, its parts 1."""
    g, x, p = Function("g", d), VectorSymbol("x", d), VectorSymbol("p", d)
    body = Sup(norm(x - X[i]) + norm(x - p), (i, Range(n)))
    space = ClaimSpace(about(forall(eq(g(x), body), (x, Space(d)))))
    sizes = dict.fromkeys(space.sizes, 1)
    built = space.build(filled(space, sizes, [Fraction(1)] * entries(space, sizes), {}))
    assert not hasattr(built.values["g"], "lipschitz")


@pytest.mark.parametrize("id", ["bln.s32.caps", "bln.s32.rim", "mcshane.attained", "bln.thm4.lipschitz", "bln.thm3.long_sum"])
def test_true_claims_are_not_broken_on_what_is_built(id):
    found = hunt(claims()[id], budget=60.0, most=25)
    assert isinstance(found, NothingFound) and 2 * found.met >= found.tried
