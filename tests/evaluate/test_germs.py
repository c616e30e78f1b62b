"""Numbers that depend on M: every operation and every decided comparison agrees with plain numbers at members of the ray."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, fmpq

from theory.errors import LawbookError, NotCertified
from verify.evaluate.exact import germs, numbers, spectra

PLACES = (0, 1, 2, 7, 100, 10**6)           # beyond the start


def plain(c: dict[int, fmpq], M: int) -> float:
    return float(sum(Fraction(int(q.p), int(q.q)) * Fraction(M) ** power for power, q in c.items()))


def total_power(t: float, q: Fraction) -> float:
    """t^q by the conventions: 1/0 = 0, and 0 for t < 0 and q ∉ ℤ."""
    if (t == 0 and q < 0) or (t < 0 and q.denominator > 1):
        return 0.0
    return t ** (int(q) if q.denominator == 1 else float(q))


def random_pair(rng: np.random.Generator, start: int, depth: int):
    """(a number along the ray, the same as a function of M): terms repeat and cancel."""
    if depth == 0:
        c = {int(power): fmpq(int(rng.integers(-3, 4)), int(rng.integers(1, 3))) for power in rng.integers(-1, 3, 2)}
        return germs.laurent(c, start), lambda M: plain(c, M)
    (x, f), (y, g) = random_pair(rng, start, depth - 1), random_pair(rng, start, depth - 1)
    if rng.random() < 0.3:
        y, g = x, f
    match int(rng.integers(10)):
        case 0 | 1:
            return numbers.add(x, y), lambda M: f(M) + g(M)
        case 2:
            return numbers.add(x, numbers.multiply(fmpq(-1), y)), lambda M: f(M) - g(M)
        case 3:
            return numbers.multiply(x, y), lambda M: f(M) * g(M)
        case 4:
            return numbers.square_root(numbers.absolute(x)), lambda M: math.sqrt(abs(f(M)))
        case 7 | 8:
            q = Fraction(int(rng.integers(-3, 4)), int(rng.integers(1, 4)))
            return numbers.power(x, numbers.rational(q)), lambda M: total_power(f(M), q)
        case 5:
            return numbers.maximum(x, y), lambda M: max(f(M), g(M))
        case 6:
            return numbers.minimum(x, y), lambda M: min(f(M), g(M))
        case _:
            return numbers.power(x, fmpq(2)), lambda M: f(M) ** 2


@pytest.mark.parametrize("seed", range(6))
def test_decided_comparisons_hold_at_members(seed: int) -> None:
    """A Boolean that is certain for the whole ray is true at each of its members, up to the rounding of the plain numbers."""
    rng, decided = np.random.default_rng(seed), 0
    for _ in range(300):
        start = int(rng.choice([2, 8, 64]))
        try:
            (x, f), (y, g) = random_pair(rng, start, int(rng.integers(3))), random_pair(rng, start, int(rng.integers(3)))
            less, more = numbers.at_most(x, y), numbers.below(y, x)
        except LawbookError:
            continue
        assert not (less and more)
        for M in (start + place for place in PLACES):
            slack = 1e-9 * (1 + abs(f(M)) + abs(g(M)))
            assert not less or f(M) <= g(M) + slack
            assert not more or f(M) > g(M) - slack
        decided += less or more
    assert decided > 100


@pytest.mark.parametrize("cap", [Fraction(5, 2), 40, 10**6, 10**12])
def test_a_number_that_stops_growing_is_not_above_one_that_grows(cap: Fraction) -> None:
    for start in (2, 64, 2**20):
        M = germs.parameter(start)
        capped = numbers.minimum(M, numbers.rational(cap))
        assert not numbers.at_most(numbers.multiply(fmpq(1, 2), M), capped)
        assert cap > start or numbers.at_most(capped, numbers.rational(cap))


@pytest.mark.parametrize("start, decided", [(2, False), (64, False), (1024, True)])
def test_what_holds_late_is_decided_late(start: int, decided: bool) -> None:
    shifted = numbers.add(germs.parameter(start), fmpq(-1000))
    assert numbers.below(fmpq(0), shifted) is decided


def test_a_root_keeps_its_square() -> None:
    """√(1 + 2M²) > √2·M though both are alike at infinity, and √(M²) is M."""
    M = germs.parameter(2)
    square = numbers.multiply(fmpq(2), numbers.power(M, fmpq(2)))
    assert numbers.below(numbers.square_root(square), numbers.square_root(numbers.add(fmpq(1), square)))
    assert germs.same(numbers.square_root(numbers.power(M, fmpq(2))), M) is True


def test_division_by_what_may_vanish_is_refused() -> None:
    gap = numbers.add(germs.parameter(2), fmpq(-5))
    with pytest.raises(NotCertified):
        numbers.power(gap, fmpq(-1))
    with pytest.raises(NotCertified):
        numbers.square_root(gap)
    with pytest.raises(NotCertified):
        numbers.ball(gap)


@pytest.mark.parametrize("q", [Fraction(1, 2), Fraction(-1, 2), Fraction(1, 3), Fraction(-5, 3), Fraction(3, 2)])
def test_fractional_powers_of_what_is_negative_or_zero_are_zero(q: Fraction) -> None:
    exponent, M = numbers.rational(q), germs.parameter(2)
    naught = germs.constant(fmpq(0), 2)
    for base in (numbers.multiply(fmpq(-1), M), numbers.multiply(fmpq(-1), numbers.square_root(M)), naught):
        assert numbers.power(base, exponent) == 0


def test_one_over_zero_is_zero_and_inverses_invert() -> None:
    M = germs.parameter(2)
    assert numbers.power(germs.constant(fmpq(0), 2), fmpq(-3)) == 0 and numbers.power(germs.constant(fmpq(0), 2), fmpq(0)) == 1
    for value in (M, numbers.square_root(M), germs.constant(fmpq(3), 2)):
        one = numbers.multiply(value, numbers.power(value, fmpq(-1)))
        assert numbers.at_most(one, fmpq(1)) and numbers.at_most(fmpq(1), one)


def test_a_sign_that_changes_late_is_decided_late() -> None:
    for start, decided in ((2, False), (1024, True)):
        gap = numbers.add(fmpq(1000), numbers.multiply(fmpq(-1), germs.parameter(start)))
        if decided:
            assert numbers.square_root(gap) == 0 and numbers.below(numbers.power(gap, fmpq(-1)), fmpq(0))
        else:
            with pytest.raises(NotCertified):
                numbers.square_root(gap)


def test_a_span_is_compared_by_its_ends() -> None:
    M = germs.parameter(2)
    between = germs.span(fmpq(0), M)
    assert not numbers.at_most(fmpq(1), between) and numbers.at_most(between, numbers.multiply(fmpq(2), M))
    assert numbers.at_most(numbers.multiply(fmpq(3), between), numbers.multiply(fmpq(3), M))
    with pytest.raises(NotCertified):
        numbers.multiply(fmpq(-1), between)


def enclosure(value, M: int) -> tuple[float, float]:
    """The ends of a number at one member."""
    ball = value.ball * arb(M) ** arb(numbers.rational(value.exponent)) if isinstance(value, germs.Germ) else numbers.ball(value)
    return float(ball.lower()), float(ball.upper())


@pytest.mark.parametrize("seed", range(20))
def test_operator_norms_lie_between_their_ends(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = (int(t) for t in rng.integers(1, 4, 2))
    table = [[{int(rng.integers(-1, 3)): fmpq(int(rng.integers(-2, 3)))} for _ in range(columns)] for _ in range(rows)]
    found = spectra.operator_norm([[germs.laurent(c, 2) for c in row] for row in table])
    for M in (2, 3, 50):
        exact = np.linalg.norm([[plain(c, M) for c in row] for row in table], 2)
        (low, _), (_, high) = (enclosure(end, M) for end in germs.ends(found))
        assert low <= exact * (1 + 1e-9) + 1e-12 and exact <= high * (1 + 1e-9) + 1e-12
