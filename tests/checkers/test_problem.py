"""Relations at points of a search: decided exactly where the numbers stay small, else in balls, and never multiplied out."""

from __future__ import annotations

import pytest
from sympy import Integer

from theory.checkers.problem import holds_at
from theory.terms import Min, Rational, Symbol, index, le, log

k, s, t = index("k"), Symbol("s", positive=True), Symbol("t", real=True)
TOWER = le(log(k ** (-k)) + Min(k, t) ** Rational(1, 3), k * s)


@pytest.mark.parametrize(("size", "expected"), [(2, True), (2**20, None), (2**60, None)])
def test_powers_with_large_exponents_are_left_alone(size: int, expected: bool | None) -> None:
    """(2^60)^(2^60) has more digits than there is room for; at a tie the balls leave it open."""
    tie = le(k**k, Integer(size) ** Integer(size) if size == 2 else k**k * (1 + s) / (1 + s))
    assert holds_at(tie, {k: Integer(size), s: Integer(1)}) is expected


def test_what_balls_decide_is_decided_at_any_size() -> None:
    at = {k: Integer(2**60), s: Integer(1), t: Integer(-1)}
    assert holds_at(TOWER, at) is None                      # a root of a negative number
    assert holds_at(TOWER, at | {t: Integer(5)}) is True
