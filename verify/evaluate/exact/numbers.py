"""Exact numbers: rationals as long as a value is rational, Arb balls from there on; on a family, numbers that depend on M."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpz

from theory.errors import HypothesisViolated, NotCertified
from verify.evaluate.exact import germs
from verify.evaluate.exact.germs import depends_on_parameter

Number = Any  # fmpq, arb, or on a family germs.Germ and germs.Span


def rational(value: Fraction | int) -> fmpq:
    """A Python rational as fmpq."""
    fraction = Fraction(value)
    return fmpq(fraction.numerator, fraction.denominator)


def to_fraction(value: fmpq) -> Fraction:
    """An fmpq as a Python rational."""
    return Fraction(int(value.p), int(value.q))


def ball(value: Number) -> arb:
    """Any exact number as a ball.

    Raises: NotCertified for one that depends on the parameter of a family.
    """
    if depends_on_parameter(value):
        raise NotCertified("a term whose reading needs one number is not read along a family")
    return value if isinstance(value, arb) else arb(value)


def is_rational(*values: Number) -> bool:
    return all(isinstance(v, fmpq) for v in values)


def add(a: Number, b: Number) -> Number:
    if depends_on_parameter(a, b):
        return germs.add(a, b, add)
    return a + b if is_rational(a, b) else ball(a) + ball(b)


def multiply(a: Number, b: Number) -> Number:
    if is_rational(a, b):
        return a * b
    if (is_rational(a) and a == 0) or (is_rational(b) and b == 0):
        return fmpq(0)
    if depends_on_parameter(a, b):
        return germs.multiply(a, b, multiply)
    return ball(a) * ball(b)


def absolute(a: Number) -> Number:
    return germs.absolute(a) if depends_on_parameter(a) else abs(a)


def maximum(a: Number, b: Number) -> Number:
    if depends_on_parameter(a, b):
        return germs.larger(a, b, maximum)
    return (a if a >= b else b) if is_rational(a, b) else ball(a).max(ball(b))


def minimum(a: Number, b: Number) -> Number:
    if depends_on_parameter(a, b):
        return germs.smaller(a, b, minimum)
    return (a if a <= b else b) if is_rational(a, b) else ball(a).min(ball(b))


def square_root(a: Number) -> Number:
    """√a, rational when a is the square of a rational; a ball that touches 0 from below by its radius is cut at 0."""
    if depends_on_parameter(a):
        return germs.square_root(a, square_root)
    if is_rational(a):
        if a < 0:
            raise HypothesisViolated(f"the square root of {a} is not real; the term is undefined on this instance")
        p, q = fmpz(a.p), fmpz(a.q)
        rp, rq = p.isqrt(), q.isqrt()
        if rp * rp == p and rq * rq == q:
            return fmpq(rp, rq)
        return arb(a).sqrt()
    if a < 0:
        raise HypothesisViolated(
            "the square root of a negative number is not real; the term is undefined on this instance"
        )
    return a.nonnegative_part().sqrt()


def power(base: Number, exponent: Number) -> Number:
    """base^exponent; rational for integer exponents of a rational base."""
    if is_rational(exponent) and exponent.q == 1:
        return _integer_power(base, int(exponent.p))
    if is_rational(exponent) and exponent.q == 2:
        return _integer_power(square_root(base), int(exponent.p))
    if depends_on_parameter(base) and is_rational(exponent):
        return germs.power(base, to_fraction(exponent))
    positive = ball(base)
    if not positive > 0:
        raise NotCertified(
            f"the power {base}^{exponent} has a base that is not certainly positive; it is not evaluated"
        )
    return (ball(exponent) * positive.log()).exp()


def _integer_power(base: Number, exponent: int) -> Number:
    if depends_on_parameter(base):
        return germs.integer_power(base, exponent, _integer_power)
    if exponent < 0:
        if is_rational(base) and base == 0:
            raise HypothesisViolated("a term divides by 0 on this instance, so it is undefined")
        if not is_rational(base) and ball(base).contains(0):
            raise NotCertified("a term divides by a ball that contains 0; raise the precision")
        inverse = 1 / base
        return _integer_power(inverse, -exponent)
    if is_rational(base):
        return base**exponent
    if exponent % 2 == 0:
        return abs(base) ** exponent
    return base**exponent


def hull(lower: Number, upper: Number) -> Number:
    """The ball that contains both; on a family the span."""
    return germs.span(lower, upper) if depends_on_parameter(lower, upper) else ball(lower).union(ball(upper))


def at_most(a: Number, b: Number) -> bool:
    """Whether a ≤ b is certain: for every pair of numbers of two balls, for every member of a family."""
    if depends_on_parameter(a, b):
        return germs.at_most(a, b)
    return bool(a <= b if is_rational(a, b) else ball(a) <= ball(b))


def below(a: Number, b: Number) -> bool:
    """Whether a < b is certain."""
    if depends_on_parameter(a, b):
        return germs.below(a, b)
    return bool(a < b if is_rational(a, b) else ball(a) < ball(b))
