"""Powers with a symbolic exponent: what the scalar checkers may and may not conclude from them."""

from __future__ import annotations

import pytest
from sympy import Integer

from theory.checkers.chain import check_chain
from theory.checkers.linear import check_linear
from theory.checkers.polynomial import check_polynomial
from theory.checkers.power_sums import normal_form
from theory.checkers.signs import DECLARED, is_whole
from theory.terms import Symbol, eq, le, sqrt
from theory.verdict import Status

d, p, n = (Symbol(name, integer=True, positive=True) for name in "dpn")
a, b, c = (Symbol(name, nonnegative=True) for name in "abc")
t, q = Symbol("t", real=True), Symbol("q", real=True)


def test_exponents_add_and_scale() -> None:
    root = d ** ((p - 1) / 2)
    assert normal_form(root * root * d, DECLARED) == normal_form(d**p, DECLARED)
    assert normal_form(sqrt(d) ** (p - 1), DECLARED) == normal_form(sqrt(d ** (p - 1)), DECLARED)
    assert normal_form(root, DECLARED) != normal_form(d ** (p / 2), DECLARED)
    assert normal_form(Integer(2) ** (n + 1), DECLARED) == normal_form(2 * Integer(2) ** n, DECLARED)


def test_a_chain_squares_a_symbolic_power() -> None:
    facts = {"root": le(a, d ** ((p - 1) / 2) * b)}
    assert check_chain(le(a**2, d ** (p - 1) * b**2), facts).status is Status.PROVED
    assert check_chain(le(a**2, d ** (p - 2) * b**2), facts).status is not Status.PROVED


def test_the_base_must_be_positive_where_exponents_are_split() -> None:
    """0^{q−q} = 1 but 0^q·0^{−q} is undefined, and t^{1/2} does not exist for t < 0."""
    assert check_linear(eq(c ** (q + 1), c * c**q), {}).status is not Status.PROVED
    assert check_linear(eq(t ** (q + 1), t * t**q), {}).status is not Status.PROVED


@pytest.mark.parametrize(("exponent", "whole"), [
    (p, True), (2 * p, True), (p / 2, False), (-p, False), (p - 1, False), (q, False), (p * n, False)])
def test_whole_exponents(exponent: Symbol, whole: bool) -> None:
    assert is_whole(exponent) is whole


def test_powers_with_whole_exponents_are_defined_everywhere() -> None:
    facts = {"value": le(a, t**p)}
    assert check_linear(le(a, t**p + 1), facts).status is Status.PROVED
    assert check_polynomial(le(0, c**p), {}).status is Status.PROVED
    assert check_polynomial(le(0, t**p), {}).status is not Status.PROVED
    assert check_linear(le(t**q, t**q + 1), {}).status is not Status.PROVED
