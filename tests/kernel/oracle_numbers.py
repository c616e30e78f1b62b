"""Numbers of the oracle: exact rationals as long as possible, else balls of Arb; a question that balls leave open is undecided."""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial, floor, isqrt

from flint import arb, fmpq

Exact = int | Fraction
Number = int | Fraction | arb
PRECISION = 160
HIGHEST = 60  # whole exponents that are computed exactly


class Undecided(Exception):
    """Balls leave the question open, or no exact procedure is known."""


def ball(t: Number) -> arb:
    """The number as a ball."""
    return t if isinstance(t, arb) else arb(fmpq(t.numerator, t.denominator))


def is_exact(t: Number) -> bool:
    """Whether it is known as a rational number."""
    return not isinstance(t, arb)


def finite(t: arb) -> arb:
    """The ball, unless it says nothing."""
    if not t.is_finite():
        raise Undecided("a ball without bounds")
    return t


def plus(s: Number, t: Number) -> Number:
    """s + t."""
    return s + t if is_exact(s) and is_exact(t) else ball(s) + ball(t)


def times(s: Number, t: Number) -> Number:
    """s t; exactly 0 where a factor is."""
    if is_exact(s) and is_exact(t):
        return s * t
    return 0 if (is_exact(s) and s == 0) or (is_exact(t) and t == 0) else ball(s) * ball(t)


def minus(s: Number, t: Number) -> Number:
    """s − t."""
    return plus(s, times(-1, t))


def sign(t: Number) -> int:
    """−1, 0 or 1."""
    if is_exact(t):
        return (t > 0) - (t < 0)
    if t > 0:
        return 1
    if t < 0:
        return -1
    raise Undecided("the sign of a ball around 0")


def inverse(t: Number) -> Number:
    """1/t, and 1/0 = 0."""
    if is_exact(t):
        return Fraction(1) / t if t != 0 else 0
    sign(t)
    return finite(1 / t)


def absolute(t: Number) -> Number:
    """|t|."""
    return abs(t)


def root(t: Number) -> Number:
    """√t, and 0 for t < 0."""
    if not is_exact(t):
        return finite(t.sqrt()) if sign(t) > 0 else 0
    if t <= 0:
        return 0
    top, bottom = isqrt(t.numerator), isqrt(t.denominator)
    if top * top == t.numerator and bottom * bottom == t.denominator:
        return Fraction(top, bottom)
    return ball(t).sqrt()


def exponential(t: Number) -> Number:
    """e^t."""
    return 1 if is_exact(t) and t == 0 else finite(ball(t).exp())


def logarithm(t: Number) -> Number:
    """log t, and 0 for t ≤ 0."""
    if sign(t) <= 0 or (is_exact(t) and t == 1):
        return 0
    return finite(ball(t).log())


def arcsine(t: Number) -> Number:
    """arcsin t, and 0 for |t| > 1."""
    if sign(minus(absolute(t), 1)) > 0 or (is_exact(t) and t == 0):
        return 0
    return finite(ball(t).asin())


def error_function(t: Number) -> Number:
    """erf t."""
    return 0 if is_exact(t) and t == 0 else finite(ball(t).erf())


def power(t: Number, q: Number) -> Number:
    """t^q: exp(q log t) for t > 0; 0^0 = 1 and 0^q = 0; for t < 0 the whole power where q is whole, else 0."""
    whole = is_exact(q) and Fraction(q).denominator == 1
    if whole and abs(q) <= HIGHEST:
        return whole_power(t, int(q))
    s = sign(t)
    if s == 0:
        return 1 if sign(q) == 0 else 0
    if s > 0:
        return 1 if is_exact(t) and t == 1 else finite((ball(q) * ball(t).log()).exp())
    if not is_exact(q):
        raise Undecided("whether an exponent is whole")
    if not whole:
        return 0
    return finite((ball(q) * ball(-t).log()).exp()) * (1 if int(q) % 2 == 0 else -1)


def whole_power(t: Number, q: int) -> Number:
    """t^q for a whole q."""
    if q < 0:
        return inverse(whole_power(t, -q))
    result: Number = 1
    for _ in range(q):
        result = times(result, t)
    return result


def whole_below(t: Number) -> int:
    """⌊t⌋."""
    if is_exact(t):
        return floor(t)
    low, high = t.lower().floor(), t.upper().floor()
    if not low == high:
        raise Undecided("the floor of a ball")
    return int(float(low.mid().str(30, radius=False)))


def larger(s: Number, t: Number) -> Number:
    """max(s, t)."""
    return max(s, t) if is_exact(s) and is_exact(t) else ball(s).max(ball(t))


def smaller(s: Number, t: Number) -> Number:
    """min(s, t)."""
    return min(s, t) if is_exact(s) and is_exact(t) else ball(s).min(ball(t))


def natural(t: Number) -> int | None:
    """The natural number that it is; None where it is none."""
    if not is_exact(t):
        raise Undecided("whether a ball is natural")
    return int(t) if t >= 0 and Fraction(t).denominator == 1 else None


def fact(t: Number) -> int:
    """t!, and 0 where t is not natural."""
    n = natural(t)
    return 0 if n is None else factorial(n)


def binomial(s: Number, t: Number) -> int:
    """s over t, and 0 where one is not natural."""
    n, k = natural(s), natural(t)
    return 0 if n is None or k is None else comb(n, k)


def below(s: Number, t: Number, *, strict: bool) -> bool | None:
    """s < t or s ≤ t; None where balls do not tell."""
    if is_exact(s) and is_exact(t):
        return s < t if strict else s <= t
    d = ball(t) - ball(s)
    if d > 0:
        return True
    return False if d < 0 else None


def equal(s: Number, t: Number) -> bool | None:
    """s = t; None where balls overlap."""
    if is_exact(s) and is_exact(t):
        return s == t
    d = ball(t) - ball(s)
    return None if d.contains(0) else False



