"""The ball checker: tight ends, rays, several variables, domains; and that monotonicity is never read off a broken derivative."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Dummy,
    Integer,
    Rational,
    Symbol,
    acos,
    asin,
    atan,
    cos,
    exp,
    gamma,
    log,
    loggamma,
    pi,
    polygamma,
    sin,
    sqrt,
    symbols,
)

from theory.checkers.ball import check_ball
from theory.checkers.branch_and_bound import BallOptions, BoxSearch, Side, simplest_between
from theory.checkers.intervals import Undefined, between, enclose, point
from theory.terms import eq, le, lt
from theory.verdict import Status

x, y = symbols("x y", real=True)
s = Symbol("s", positive=True)
n = Symbol("n", integer=True, positive=True)
UNIT = {"low": le(0, x), "high": le(x, 1)}


@pytest.mark.parametrize(("goal", "facts"), [
    (le(x - x**3 / 6, sin(x)), {"f": le(0, x)}), (le(1 - x**2 / 2, cos(x)), {}), (lt(log(1 + s), s), {}),
    (le(acos(x), pi / 2 - x), UNIT), (le(atan(x), x), {"f": le(0, x)}),
    (le(x * y, Rational(1, 4)), {**UNIT, "h": le(0, y), "i": le(x, Rational(1, 4)), "j": le(y, 1)}),
    (le(2 * x / (1 + x**2), 1), {}), (le(2 * n * exp(-n), 1), {}), (le(n + 1, 2**n), {}), (eq(sin(x) ** 2 + cos(x) ** 2, 1), UNIT),
    (le(gamma(x), 1), {"f": le(1, x), "g": le(x, 2)}), (le(exp(-x * y), 1), {"f": le(0, x), "g": le(0, y)}),
])
def test_true_statements(goal, facts) -> None:
    verdict = check_ball(goal, facts)
    assert verdict.status is Status.PROVED, verdict.reason
    assert verdict.evidence["boxes"] >= 1


def test_margin_and_domain_are_reported() -> None:
    evidence = check_ball(le(x, 2), UNIT).evidence
    assert evidence["boxes"] == 1 and Fraction(evidence["smallest_margin"]) == 1 and evidence["domain"] == {"x": "[0, 1]"}


def test_countermodel_respects_other_facts_and_integers() -> None:
    verdict = check_ball(le(exp(-n), Rational(1, 3)), {})
    assert verdict.evidence["countermodel"] == {"n": "1"}


def test_tight_at_an_irrational_point_is_unknown() -> None:
    assert check_ball(le(log(s), 2 * sqrt(s) / exp(1)), {}).status is Status.UNKNOWN


def test_budget_is_respected() -> None:
    verdict = check_ball(le(sin(50 * x) * cos(37 * y), Rational(101, 100) + x * y / 1000), {**UNIT, "h": le(0, y), "i": le(y, 1)},
                         BallOptions(max_boxes=3))
    assert verdict.status is Status.PROVED or verdict.evidence["boxes"] <= 4


def test_domain_that_facts_do_not_give_is_proved_or_missed() -> None:
    goal = le(sqrt(1 - x**2), 1)
    assert check_ball(goal, {"f": le(-1, x), "g": le(x, 1)}).status is Status.PROVED
    missed = check_ball(goal, {"f": le(-1, x), "g": le(x, 2)})
    assert missed.status is Status.UNKNOWN and "1 - x**2" in missed.evidence["missing"][0]


def test_a_decreasing_derivative_that_jumps_does_not_prove_monotonicity() -> None:
    # f = ((u−1)²)^{1/3} − 1/2 is negative near 1; f′ decreases wherever it is defined and is positive at the right end
    u = Dummy("u", nonnegative=True)
    f = ((u - 1) ** 2) ** Rational(1, 3) - Rational(1, 2)
    assert not BoxSearch(BallOptions()).certify(f, {u: Side(Fraction(0), Fraction(3))}, False, 5, top=True)
    g = -1 / (u - 1) + 5
    assert not BoxSearch(BallOptions()).certify(g, {u: Side(Fraction(0), Fraction(3))}, False, 5, top=True)


def test_search_never_claims_a_negative_minimum() -> None:
    u = Dummy("u", positive=True)
    for term in (u - log(u) - Rational(1001, 1000), u**2 - 2 * u + Rational(999, 1000), exp(u) - 3 * u):
        for depth in range(6):
            assert not BoxSearch(BallOptions()).certify(term, {u: Side(Fraction(1, 2), None)}, False, depth, top=True)


@pytest.mark.parametrize("term", [
    exp(x), sin(x), cos(x), atan(x), x**2, x**3, 1 / (x + 5), sqrt(x + 5), log(x + 5), gamma(x + 5), loggamma(x + 5), polygamma(0, x + 5),
    polygamma(1, x + 5), polygamma(2, x + 5), asin(x / 4), acos(x / 4), abs(x), (x + 5) ** Rational(-2, 3), 2**x,
])
@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.fractions(-4, 4, max_denominator=20), st.fractions(-4, 4, max_denominator=20), st.fractions(0, 1, max_denominator=20))
def test_enclosures_contain_values(term, first, second, ratio) -> None:
    lo, hi = sorted((first, second))
    inside = lo + (hi - lo) * ratio
    wide, value = enclose(term, {x: between(lo, hi)}), enclose(term, {x: point(inside)}, 128)
    assert wide.lo <= value.hi and value.lo <= wide.hi
    ray = enclose(term, {x: between(lo, None)})
    assert ray.lo <= value.hi and value.lo <= ray.hi


def test_minimum_of_the_gamma_function_is_enclosed() -> None:
    value = enclose(gamma(x), {x: between(Fraction(0), Fraction(5))})
    assert arb("0.88") < value.lo < arb("0.8857") and not value.hi.is_finite()


def test_undefined_points_raise() -> None:
    for term in (1 / x, log(x), sqrt(x - 1), acos(x + 2), gamma(x)):
        with pytest.raises(Undefined):
            enclose(term, {x: point(Fraction(0))})


def test_simplest_fraction() -> None:
    assert simplest_between(Fraction(-1, 3), Fraction(5)) == 0 and simplest_between(Fraction(7, 5), Fraction(8, 5)) == Fraction(3, 2)
    assert simplest_between(Fraction(2), Fraction(2)) == 2 and Integer(1) == 1
