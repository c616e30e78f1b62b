"""Exact numbers: rationals as long as a value is rational, Arb balls from there on; on a family, numbers that depend on M."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpz

from theory.errors import NotCertified
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
    """√a, rational when a is the square of a rational, 0 where a < 0; a ball that touches 0 is cut there, where √ is continuous."""
    if depends_on_parameter(a):
        return germs.square_root(a, square_root)
    if a < 0:
        return fmpq(0)
    if is_rational(a):
        p, q = fmpz(a.p), fmpz(a.q)
        rp, rq = p.isqrt(), q.isqrt()
        if rp * rp == p and rq * rq == q:
            return fmpq(rp, rq)
        return arb(a).sqrt()
    return a.nonnegative_part().sqrt()


def power(base: Number, exponent: Number) -> Number:
    """base^exponent, rational for integer exponents of a rational base; 0⁰ = 1, 0^q = 0, and 0 for a negative base and q ∉ ℤ.

    Raises: NotCertified where the balls do not decide which case it is.

    >>> power(fmpq(0), fmpq(-1)), power(fmpq(0), fmpq(0)), power(fmpq(-4), fmpq(1, 2)), power(fmpq(-2), fmpq(-3))
    (0, 1, 0, -1/8)
    """
    if is_rational(exponent) and exponent.q == 1:
        return _integer_power(base, int(exponent.p))
    if is_rational(exponent) and exponent.q == 2:
        return _integer_power(square_root(base), int(exponent.p))
    if depends_on_parameter(base) and is_rational(exponent):
        return germs.power(base, to_fraction(exponent))
    t, q = ball(base), ball(exponent)
    if t > 0:
        return (q * t.log()).exp()
    fractional = is_rational(exponent) or not q.contains_integer()
    if (t < 0 and fractional) or (is_rational(base) and base == 0 and not q.contains(0)):
        return fmpq(0)
    if q > 0 and (fractional or t >= 0):  # continuous at 0
        return hull(arb(0), (q * t.abs_upper().log()).exp())
    raise NotCertified(f"the power {base}^{exponent} has a base that is not separated from 0; raise the precision")


def _integer_power(base: Number, exponent: int) -> Number:
    if depends_on_parameter(base):
        return germs.integer_power(base, exponent, _integer_power)
    if exponent < 0:
        if is_rational(base) and base == 0:
            return fmpq(0)
        if not is_rational(base) and ball(base).contains(0):
            raise NotCertified("a term divides by a ball that contains 0; raise the precision")
        inverse = 1 / base
        return _integer_power(inverse, -exponent)
    if is_rational(base):
        return base**exponent
    if exponent % 2 == 0:
        return abs(base) ** exponent
    return base**exponent


def is_zero(a: Number) -> bool:
    """Whether a = 0 is certain; of a ball it never is."""
    return a.sign == 0 if isinstance(a, germs.Germ) else is_rational(a) and bool(a == 0)


def is_integer(a: Number) -> bool:
    """Whether a is certainly an integer."""
    return is_rational(a) and a.q == 1


def is_finite(a: Number) -> bool:
    """Whether a number has a finite enclosure."""
    return all(is_rational(end) or bool(getattr(end, "ball", end).is_finite()) for end in germs.ends(a))


def is_infinite(a: Number) -> bool:
    """Whether a = ∞ is certain."""
    return isinstance(a, arb) and not a.mid().is_finite() and bool(a > 0)


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
