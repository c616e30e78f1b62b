"""Polynomials over atoms: the two ways to multiply agree, and powers obey the laws that hold everywhere."""

from __future__ import annotations

from random import Random

import pytest
from flint import fmpq

from kernel.common import a, n, q, refused, s, t
from theory.kernel import polynomials
from theory.kernel.nodes import make, num
from theory.kernel.normal import normal
from theory.kernel.polynomials import Polynomial, atom, constant, joined, minus, ordered, plus, scaled, square_free, times


def drawn(rng: Random, size: int) -> Polynomial:
    """A polynomial in a few atoms."""
    parts = [scaled(times(atom(rng.choice((s, t, q)), rng.randrange(1, 4)), atom(rng.choice((s, n, a)))), fmpq(rng.randrange(-3, 4), 2))
             for _ in range(size)]
    return plus(constant(rng.randrange(2)), *parts)


def test_flint_and_the_dictionary_multiply_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(30):
        rng = Random(seed)
        p, r = drawn(rng, 12), drawn(rng, 9)
        small = times(p, r)
        monkeypatch.setattr(polynomials, "LARGE", 1)
        assert times(p, r) == small
        monkeypatch.undo()


def test_the_ring() -> None:
    p, r = normal(s + t), normal(s - t)
    assert times(p, r) == minus(atom(s, 2), atom(t, 2))
    assert plus() == {} and minus(p, p) == {} and scaled(p, 0) == {} and constant(0) == {}
    assert joined((), ((t, 1),)) == ((t, 1),) and joined(((t, 1),), ((t, 2),)) == ((t, 3),)
    assert ordered([(t, 1), (s, 1)]) == ordered([(s, 1), (t, 1)])


def test_terms_that_cancel_while_they_are_reduced() -> None:
    """|t|² − t² vanishes only after the law of |t|² is applied."""
    assert normal(make("abs", t) * make("abs", t) - t * t) == {}
    assert normal((make("abs", t) + t) * (make("abs", t) - t)) == {}


@pytest.mark.parametrize("value, expected", [(1, (1, 1)), (72, (6, 2)), (49, (7, 1)), (1009 ** 2 * 2, (1, 1009 ** 2 * 2)),
    (1009 ** 2, (1009, 1))])
def test_square_free(value: int, expected: tuple[int, int]) -> None:
    assert square_free(value) == expected


def test_what_would_not_fit_into_memory_is_refused() -> None:
    x, y = t, num(3)
    for _ in range(40):
        x, y = x * x, y * y
    refused("a power is higher", normal, x)
    refused("too many digits", normal, y)
