"""The polynomial checker: squares first, then z3; countermodels simple, algebraic and approximate."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational, symbols

from theory.certificates.steps.squares import FORMAT, verify_squares
from theory.checkers.polynomial import check_polynomial
from theory.errors import NotCertified
from theory.terms import Abs, Max, Min, eq, exp, le, log, lt, sqrt
from theory.verdict import Status

x, y, z, t = symbols("x y z t", real=True)
a, b = symbols("a b", nonnegative=True)
p, q = symbols("p q", positive=True)
n = symbols("n", integer=True, positive=True)


def test_square_is_completed_by_hand_computation() -> None:
    certificate, = check_polynomial(le(2 * x * y, x**2 + y**2), {}).evidence["certificates"]
    (square,), form = certificate["squares"], certificate["squares"][0]["form"]
    assert square["weight"] == "1" and sorted(term["coefficient"] for term in form) == ["-1", "1"]


def test_facts_and_squares_together() -> None:
    verdict = check_polynomial(le(x + y, Rational(3, 2)), {"f": le(x**2 + y**2, 1)})
    assert verdict.status is Status.PROVED and verdict.evidence["method"] == "squares"
    assert verdict.evidence["certificates"][0]["rows"][0]["name"] == "f"


def test_core_names_the_facts_that_were_used() -> None:
    verdict = check_polynomial(le(x**3, x), {"low": le(0, x), "high": le(x, 1), "other": le(y, 7)})
    assert verdict.evidence["core"] == ["high", "low"] and verdict.evidence["solver"].startswith("z3 ")


def test_countermodels() -> None:
    assert check_polynomial(le(x, 1), {"f": eq(x**2, 2)}).evidence["countermodel"] == {"x": "sqrt(2)"}
    near = check_polynomial(le(x, 1), {"f": eq(x**3, 2)})
    assert near.status is Status.FAILED and near.evidence["approximate"] is True
    assert check_polynomial(le(n**3, n**2), {}).evidence["countermodel"] == {"n": "2"}


@pytest.mark.parametrize(("goal", "facts"), [
    (le(Min(x, y), Max(x, y)), {}), (eq(Abs(x * y), Abs(x) * Abs(y)), {}), (le(sqrt(a**2 + b**2), a + b), {}),
    (le(1 / (p + q), 1 / p), {}), (eq(x, y), {"f": eq(x**3, y**3)}), (lt(0, exp(x) + y**2), {}),
    (le(p ** Rational(2, 3), 1), {"f": le(p, 1)}), (le(1, sqrt(n)), {}), (le(x / y, 1), {"f": le(x, y), "g": lt(0, y)}),
])
def test_true_statements(goal, facts) -> None:
    assert check_polynomial(goal, facts).status is Status.PROVED


def test_transcendental_functions_are_opaque() -> None:
    verdict = check_polynomial(le(1 + x, exp(x)), {})
    assert verdict.status is Status.UNKNOWN
    assert check_polynomial(le(log(p), 3), {"f": le(log(p) ** 2, 9)}).status is Status.PROVED


def test_consistency_is_reported() -> None:
    assert check_polynomial(le(x * y, 1), {"f": le(x**2 + y**2, 2)}).evidence["facts"] == "consistent"


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.lists(st.integers(-3, 3), min_size=6, max_size=6))
def test_random_quadratic_forms(c) -> None:
    form = c[0] * x**2 + c[1] * y**2 + c[2] * z**2 + c[3] * x * y + c[4] * y * z + c[5] * x * z
    verdict = check_polynomial(le(0, form), {})
    grid = [(i, j, k) for i in range(-2, 3) for j in range(-2, 3) for k in range(-2, 3)]
    values = [c[0] * i**2 + c[1] * j**2 + c[2] * k**2 + c[3] * i * j + c[4] * j * k + c[5] * i * k for i, j, k in grid]
    assert verdict.status in (Status.PROVED, Status.FAILED)
    if verdict.status is Status.PROVED:
        assert min(values) >= 0 and verdict.evidence["method"] == "squares"


def test_squares_reject_a_negative_weight() -> None:
    term = [{"coefficient": "1", "powers": {"x": "1"}}]
    goal = {"relation": ">=", "polynomial": [{"coefficient": "-1", "powers": {"x": "2"}}]}
    base = {"format": FORMAT, "goal": goal, "rows": [], "multipliers": [], "slack": "0"}
    with pytest.raises(NotCertified, match="negative weight"):
        verify_squares({**base, "squares": [{"weight": "-1", "form": term}]})
    with pytest.raises(NotCertified, match="not zero"):
        verify_squares({**base, "squares": []})
