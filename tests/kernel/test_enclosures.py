"""Enclosures: balls contain the values of the total functions, at the edges of their domains too."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import ctx

from kernel.common import A, a, i, n
from theory.kernel.enclosures import decided
from theory.kernel.heads import le, lt, total
from theory.kernel.nodes import Node, make, num


def of(head: str, *args: Node | int | str) -> Node:
    """A node over numerals."""
    return make(head, *(x if isinstance(x, Node) else num(x) for x in args))


E, NEAR_0 = make("exp", num(1)), make("exp", num(1)) - make("exp", num(1))  # NEAR_0 is 0, and its ball meets both sides
SHOWN = [
    lt(of("exp", 1), num("27183/10000")), lt(num("27182/10000"), of("exp", 1)), lt(of("pi"), num("22/7")), le(of("inv", 0), 0),
    le(of("log", 0), 0),
    le(of("log", -3), 0), le(of("sqrt", -3), 0), le(of("sqrt", 4), of("sqrt", 4) * 1 + 1), lt(of("exp", 10 ** 40), of("exp", 10 ** 41)),
    le(of("pow", 0, 0), num("1000001/1000000")),
    lt(0, of("pow", 0, 0)), le(of("pow", -2, 3), -8), lt(of("pow", 2, "1/2"), num("3/2")), lt(of("max", NEAR_0, E), 3),
    lt(2, of("max", NEAR_0, E)), lt(of("min", NEAR_0, E), 1), lt(-1, of("min", NEAR_0, E)), lt(of("abs", NEAR_0), 1),
    lt(of("sqrt", NEAR_0), 1), lt(-1, of("sqrt", NEAR_0)), lt(0, of("exp", NEAR_0)), lt(of("inv", NEAR_0 + 1), 2),
    lt(of("log", NEAR_0 + 1), 2), lt(of("asin", 1), 2), lt(of("pow", NEAR_0 + 1, 2), 5), lt(-21, of("pow", -E, 3)), lt(NEAR_0 + E, 6),
    lt(NEAR_0 * E, 7), lt(of("pow", NEAR_0 + 1, "1/2"), 2), le(of("pow", NEAR_0, 0), 1), le(1, of("pow", NEAR_0, 0)),
    lt(of("erf", 1), num("8428/10000")), le(of("exp", of("asin", "1/2") * 6 - of("pi")), num("1000001/1000000")),
]


@pytest.mark.parametrize("fact", SHOWN)
def test_shown(fact: Node) -> None:
    assert decided(fact, {})


NOT_SHOWN = [
    lt(of("erf", 1), num("8427/10000")),
    le(of("inv", NEAR_0), 100), le(-100, of("inv", NEAR_0)), le(of("log", NEAR_0), 100), le(-100, of("log", NEAR_0)),
    lt(of("exp", 1), num("27182/10000")), le(NEAR_0, 0), lt(NEAR_0, 0), le(of("asin", NEAR_0 + 1), 10), le(of("asin", 2), 10),
    le(of("pow", NEAR_0, "1/2"), 100), le(of("pow", 0, "1/2"), 1), le(of("pow", NEAR_0, -1), 100), lt(0, NEAR_0 * NEAR_0),
    le(a, a), le(of("fact", 3), 6), le(total(i, (i, make("range", n))), 100), lt(of("sqrt", 2) * of("sqrt", 2), 2),
    le(of("pow", NEAR_0, -2), 100), le(2, of("max", NEAR_0, 1)), le(E, of("max", NEAR_0, E)), lt(0, of("abs", NEAR_0)),
    le(of("inv", of("ind", A)), 1),
]


@pytest.mark.parametrize("fact", NOT_SHOWN)
def test_not_shown(fact: Node) -> None:
    assert not decided(fact, {})


def test_more_precision_is_asked_for_and_given_back() -> None:
    before = ctx.prec
    near = of("exp", 1) - num(Fraction(2718281828459045235360287471352662497757247093, 10 ** 45))
    assert decided(lt(0, near), {}) and ctx.prec == before
    assert not decided(le(a, a), {}) and ctx.prec == before
