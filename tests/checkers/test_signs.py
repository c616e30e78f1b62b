"""Conditions under which terms are defined."""

from __future__ import annotations

from sympy import Integer, log, symbols

from theory.checkers.signs import SignFacts, conditions


def test_a_condition_is_put_into_words_where_it_is_shown() -> None:
    t = symbols("t", real=True)
    assert SignFacts({}).missing(1 / t, log(t + 2)) == ["t + 2 > 0", "t ≠ 0"]


def test_a_number_with_more_digits_than_python_writes_is_a_condition_like_others() -> None:
    huge = log(Integer(3) ** 12000, evaluate=False)
    assert len(conditions(huge)) == 1 and SignFacts({}).missing(huge) == []
