"""The linear checker: multipliers, definitional rows, countermodels, vacuity; and exact signs and normal forms beneath it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, symbols

from theory.certificates.steps.farkas import FORMAT, verify_farkas
from theory.checkers.atoms import Names, atoms_of, substitute
from theory.checkers.linear import check_linear
from theory.checkers.power_sums import as_term, normal_form
from theory.checkers.problem import holds_at
from theory.checkers.signs import DECLARED, NONNEGATIVE, POSITIVE, SignFacts, sign_of_constant
from theory.errors import NotCertified
from theory.terms import Abs, Max, Min, Sum, Symbol, VectorSymbol, dot, eq, exp, index, le, log, lt, norm, pi, sqrt
from theory.terms.arithmetic import simplified
from theory.verdict import Status

x, y, z = symbols("x y z", real=True)
a, b = symbols("a b", nonnegative=True)
p, q = symbols("p q", positive=True)
n, d = symbols("n d", integer=True, positive=True)


def test_multipliers_are_those_of_the_hand_computation() -> None:
    certificate, = check_linear(lt(x + y, 6), {"x": le(x, 2), "y": le(2 * y, 6)}).evidence["certificates"]
    assert certificate["multipliers"] == ["1", "1/2"] and certificate["slack"] == "1"


def test_countermodel_is_exact_and_violates_the_goal() -> None:
    goal, facts = le(x + y, 5), {"x": le(x, 2), "y": le(2 * y, 8)}
    verdict = check_linear(goal, facts)
    values = {x: Rational(verdict.evidence["countermodel"]["x"]), y: Rational(verdict.evidence["countermodel"]["y"])}
    assert verdict.status is Status.FAILED
    assert holds_at(goal, values) is False and all(holds_at(f, values) is True for f in facts.values())


def test_terms_of_the_language_are_opaque_atoms() -> None:
    u, v, i = VectorSymbol("u", d), VectorSymbol("v", d), index("i")
    total = Sum(norm(u) ** 2, (i, n))
    facts = {"cauchy": le(dot(u, v), norm(u) * norm(v)), "unit": eq(norm(u) * norm(v), 1), "sum": le(total, n)}
    assert check_linear(le(dot(u, v) + total, n + 1), facts).status is Status.PROVED
    assert check_linear(le(0, total), {}).status is Status.PROVED


def test_a_relaxed_countermodel_is_unknown_and_not_failed() -> None:
    verdict = check_linear(le(2 * x * y, x**2 + y**2), {})  # true, but not linear
    assert verdict.status is Status.UNKNOWN and "relaxed_countermodel" in verdict.evidence


def test_integers_that_would_have_to_be_fractional_are_unknown() -> None:
    assert check_linear(le(n, 1), {"f": lt(n, 2)}).status is Status.UNKNOWN


def test_irrational_constants_have_rational_bounds() -> None:
    assert check_linear(le(x, Rational(22, 7)), {"f": le(x, pi)}).status is Status.PROVED
    assert check_linear(le(x, Rational(333, 106)), {"f": le(x, pi)}).status is not Status.PROVED


def test_undefined_fact_becomes_usable_once_another_makes_it_defined() -> None:
    facts = {"f": le(1 / x, y), "g": lt(0, x)}
    assert check_linear(le(1 / x, y + 1), facts).status is Status.PROVED
    assert "x ≠ 0" in check_linear(le(1 / x, y + 1), {"f": facts["f"]}).reason


def test_signs() -> None:
    signs = SignFacts({"gap": le(y + 2, x), "p": le(3, z)})
    assert signs.of(x - y) == signs.of(2 * x - 2 * y - 3) == POSITIVE and signs.of(y - x) == frozenset({-1})
    assert signs.of(z * n - 3) == NONNEGATIVE and signs.of(n * d - 1) == NONNEGATIVE
    assert signs.of(sqrt(a) + exp(x)) == POSITIVE and signs.of(a - b) == frozenset({-1, 0, 1})
    assert signs.of(Min(a, p)) == NONNEGATIVE and signs.of(Max(x, p)) == POSITIVE and signs.of(Abs(x)) == NONNEGATIVE
    assert signs.of(log(n)) == NONNEGATIVE and signs.of(x**2 * p) == NONNEGATIVE and signs.of(2**x) == POSITIVE
    assert sign_of_constant(sqrt(2) * sqrt(3) - sqrt(6)) == frozenset({0})
    assert sign_of_constant(simplified(pi - Rational(355, 113))) == frozenset({-1})


def test_declared_signs_are_read_from_atoms_only() -> None:
    e = Symbol("e", positive=True) - Symbol("f", negative=True)
    assert e.is_positive is True and SignFacts({}).of(e) == POSITIVE  # found by the calculus, from the two atoms


@pytest.mark.parametrize(("left", "right"), [
    (sqrt(12 * p * q**3), 2 * sqrt(3) * sqrt(p) * q * sqrt(q)), (1 / (2 * p + 2 * q), 1 / (p + q) / 2),
    ((sqrt(a) + 1) * (sqrt(a) - 1), a - 1), (log(2 / p**2), log(2) - 2 * log(p)), (exp(x + 2 * y), exp(x) * exp(y) ** 2),
    (Abs(x - y), Abs(y - x)), (Abs(x) ** 2, x**2), (1 / (1 + 1 / p), p / (p + 1)), (sqrt(x + y) ** 3, (x + y) * sqrt(x + y)),
])
def test_normal_forms_agree(left, right) -> None:
    assert normal_form(left, DECLARED) == normal_form(right, DECLARED)


@pytest.mark.parametrize(("left", "right"), [
    (sqrt(x**2), x), (sqrt(x * y), sqrt(Abs(x)) * sqrt(Abs(y))), (Abs(x), x), (log(x * y), log(Abs(x)) + log(Abs(y))),
])
def test_normal_forms_do_not_identify_what_differs_for_some_signs(left, right) -> None:
    assert normal_form(left, DECLARED) != normal_form(right, DECLARED)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=4),
       st.integers(-4, 4), st.integers(1, 4))
def test_normal_form_keeps_values(terms, at_x, at_p) -> None:
    term = sum((c * (x + p) ** i / (p + 1) ** j for c, i, j in terms), Integer(0))
    values = {x: Integer(at_x), p: Integer(at_p)}
    assert substitute(term, values) == substitute(as_term(normal_form(term, DECLARED)), values)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-4, 4)), min_size=1, max_size=4),
       st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-4, 4)))
def test_verdicts_of_random_systems_are_right(rows, target) -> None:
    facts = {f"f{i}": le(u * x + v * y, w) for i, (u, v, w) in enumerate(rows)}
    verdict = check_linear(le(target[0] * x + target[1] * y, target[2]), facts)
    grid = [(Fraction(i, 2), Fraction(j, 2)) for i in range(-8, 9) for j in range(-8, 9)]
    feasible = [(s, t) for s, t in grid if all(u * s + v * t <= w for u, v, w in rows)]
    if verdict.status is Status.PROVED:
        assert all(target[0] * s + target[1] * t <= target[2] for s, t in feasible)
    elif "contradictory" in verdict.evidence:
        assert not feasible
    else:
        assert verdict.status is Status.FAILED and "countermodel" in verdict.evidence


def test_names_are_one_to_one_and_atoms_ordered() -> None:
    names = Names()
    assert names(Symbol("x", real=True)) == "x" and names(Symbol("x")) == "x′" and names(Symbol("x", real=True)) == "x"
    assert atoms_of(y + x * exp(z), x) == sorted([x, y, z], key=lambda s: atoms_of(y + x * exp(z), x).index(s))


def test_farkas_rejects_a_negative_multiplier_and_a_missing_slack() -> None:
    row = {"name": "f", "relation": "<=", "coefficients": {"x": "1"}, "constant": "0"}
    goal = {"name": "goal", "relation": ">=", "coefficients": {"x": "-1"}, "constant": "0"}
    base = {"format": FORMAT, "goal": goal, "rows": [{**row, "relation": ">="}], "multipliers": ["-1"], "slack": "0"}
    with pytest.raises(NotCertified, match="negative multiplier"):
        verify_farkas(base)
    with pytest.raises(NotCertified, match="relation"):
        verify_farkas({**base, "rows": [row]})
    with pytest.raises(NotCertified, match="does not prove"):
        verify_farkas({**base, "goal": {**goal, "relation": ">"}, "rows": [{**row, "relation": "="}]})
