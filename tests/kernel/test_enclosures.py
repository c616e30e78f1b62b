"""Enclosures: balls contain the values of the total functions, at the edges of their domains too."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import ctx

from kernel.common import A, a, i, n, s, t
from theory.kernel.enclosures import decided
from theory.kernel.heads import le, lt, total
from theory.kernel.nodes import Node, make, num

BOX = {t: (Fraction(-1), Fraction(2)), s: (Fraction(1), Fraction(3))}


def of(head: str, *args: Node | int | str) -> Node:
    """A node over numerals."""
    return make(head, *(x if isinstance(x, Node) else num(x) for x in args))


SHOWN = [
    lt(of("exp", 1), num("27183/10000")), lt(num("27182/10000"), of("exp", 1)), lt(of("pi"), num("22/7")), le(of("inv", 0), 0),
    le(of("log", 0), 0),
    le(of("log", -3), 0), le(of("sqrt", -3), 0), le(of("sqrt", 4), of("sqrt", 4) * 1 + 1), lt(of("exp", 10 ** 40), of("exp", 10 ** 41)),
    le(of("pow", 0, 0), num("1000001/1000000")),
    lt(0, of("pow", 0, 0)), le(of("pow", -2, 3), -8), lt(of("pow", 2, "1/2"), num("3/2")), lt(of("max", t, s), 4), lt(0, of("max", t, s)),
    lt(of("min", t, s), 3), lt(-2, of("min", t, s)), lt(of("abs", t), 3), le(of("sqrt", t), num("3/2")), lt(-1, of("sqrt", t)),
    lt(0, of("exp", t)),
    lt(of("inv", s), 2), lt(of("log", s), 2), lt(of("asin", 1), 2), lt(of("pow", t, 2), 5), lt(-9, of("pow", t, 3)), lt(t + s, 6),
    lt(t * s, 7),
    lt(of("pow", s, "1/2"), 2), le(of("pow", t, 0), 1), le(1, of("pow", t, 0)),
    le(of("exp", of("asin", "1/2") * 6 - of("pi")), num("1000001/1000000")),
]


@pytest.mark.parametrize("fact", SHOWN)
def test_shown(fact: Node) -> None:
    assert decided(fact, BOX)


NOT_SHOWN = [
    le(of("inv", t), 100), le(-100, of("inv", t)), le(of("log", t), 100), le(-100, of("log", t)), lt(of("exp", 1), num("27182/10000")),
    lt(t, 2),
    le(of("asin", s), 10), le(of("asin", 2), 10), le(of("pow", t, "1/2"), 100), le(of("pow", 0, "1/2"), 1), le(of("pow", t, -1), 100),
    lt(0, t * t),
    le(a, a), le(of("fact", 3), 6), le(total(i, (i, make("range", n))), 100), lt(of("sqrt", 2) * of("sqrt", 2), 2),
    le(of("pow", t, -2), 100),
    le(2, of("max", t, s) - 1), le(of("abs", t), 1), lt(0, of("abs", t)), le(of("inv", of("ind", A)), 1),
]


@pytest.mark.parametrize("fact", NOT_SHOWN)
def test_not_shown(fact: Node) -> None:
    assert not decided(fact, BOX)


def test_an_empty_box_says_nothing_false_of_its_ends() -> None:
    """Bounds in the wrong order are a contradiction among the premises; the hull of both ends is enclosed."""
    assert not decided(lt(t, 0), {t: (Fraction(1), Fraction(-1))}) and decided(lt(t, 2), {t: (Fraction(1), Fraction(-1))})


def test_more_precision_is_asked_for_and_given_back() -> None:
    before = ctx.prec
    near = of("exp", 1) - num(Fraction(2718281828459045235360287471352662497757247093, 10 ** 45))
    assert decided(lt(0, near), {}) and ctx.prec == before
    assert not decided(le(a, a), {}) and ctx.prec == before
