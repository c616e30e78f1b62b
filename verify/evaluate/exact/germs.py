"""Numbers that depend on M, for all M ≥ start at once: rational functions of M exactly, and enclosures M^q·ball of what is not rational.

A relation between two of them is decided only where it holds, or fails, for every real M of the ray.  A root keeps its square, so that
√(1 + 2M²) ≥ √2·M is decided although both sides are alike at infinity.  Every operation is total, by the conventions of
`verify.evaluate.conventions`: 1/0 = 0, and √t and t^q are 0 for t < 0 and q ∉ ℤ; it is decided where it is read on the domain, or off it,
at every M of the ray, and else there is no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import arb, fmpq, fmpq_poly
from flint.utils.flint_exceptions import DomainError

from theory.errors import NotCertified


@dataclass(frozen=True)
class Quotient:
    """numerator/denominator, polynomials in M without a common factor; the denominator is monic."""

    numerator: fmpq_poly
    denominator: fmpq_poly

    @staticmethod
    def of(numerator: fmpq_poly, denominator: fmpq_poly) -> Quotient:
        """The quotient in lowest terms.

        >>> Quotient.of(fmpq_poly([0, 2]), fmpq_poly([0, 0, 4]))
        Quotient(numerator=1/2, denominator=x)
        """
        common = numerator.gcd(denominator)
        numerator, denominator = numerator // common, denominator // common
        lead = denominator.leading_coefficient()
        return Quotient(numerator / lead, denominator / lead)

    def sign_beyond(self, start: int) -> int | None:
        """The sign that the quotient has at every M ≥ start; None when it is not seen from the coefficients at start.

        >>> Quotient(fmpq_poly([-3, 1]), fmpq_poly([1])).sign_beyond(2), Quotient(fmpq_poly([-3, 1]), fmpq_poly([1])).sign_beyond(4)
        (None, 1)
        """
        if self.numerator.is_zero():
            return 0
        signs = [_one_sign(part(fmpq_poly([start, 1]))) for part in (self.numerator, self.denominator)]
        return None if 0 in signs else signs[0] * signs[1]


def _one_sign(polynomial: fmpq_poly) -> int:
    """±1 if p(t) has that sign for all t ≥ 0 because its coefficients do and p(0) ≠ 0, else 0."""
    coefficients = polynomial.coeffs()
    if all(c >= 0 for c in coefficients) and coefficients[0] > 0:
        return 1
    return -1 if all(c <= 0 for c in coefficients) and coefficients[0] < 0 else 0


@dataclass(frozen=True)
class Germ:
    """A number for every M ≥ start: it lies in M^exponent·ball, and it is ``exact``, or ``side``·√``square``, where these are known."""

    start: int
    exponent: Fraction
    ball: arb
    exact: Quotient | None = None
    square: Quotient | None = None
    side: int = 1

    def __str__(self) -> str:
        return f"about {self.ball.str(6)}·M^{self.exponent} for M ≥ {self.start}"

    @cached_property
    def sign(self) -> int | None:
        """The sign on the whole ray, None where it is not known to be one."""
        if self.exact is not None:
            return self.exact.sign_beyond(self.start)
        if self.square is not None:
            return 0 if self.square.numerator.is_zero() else self.side
        return 1 if self.ball > 0 else -1 if self.ball < 0 else None

    @cached_property
    def squared(self) -> Quotient | None:
        """The exact square of a number whose sign is known."""
        if self.exact is None or self.sign is None:
            return self.square
        return Quotient.of(self.exact.numerator**2, self.exact.denominator**2)

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for equal exact numbers."""
        if self.exact is None:
            raise NotCertified("a number that is no rational function of M is compared for equality")
        return (*self.exact.numerator.coeffs(), None, *self.exact.denominator.coeffs())


@dataclass(frozen=True)
class Span:
    """A number between two numbers, the lower one not negative."""

    lower: Any
    upper: Any

    def __str__(self) -> str:
        return f"from {self.lower} to {self.upper}"


Number = Any    # Germ, fmpq or arb


def parameter(start: int) -> Germ:
    """M itself."""
    return _exact(start, fmpq_poly([0, 1]), fmpq_poly([1]))


def constant(value: fmpq, start: int) -> Germ:
    """A rational number as one for every M."""
    return _exact(start, fmpq_poly([value]), fmpq_poly([1]))


def laurent(coefficients: dict[int, fmpq], start: int) -> Number:
    """Σ c_q·M^q; a rational number when it does not depend on M."""
    least = min((*coefficients, 0))
    top = fmpq_poly([coefficients.get(power + least, fmpq(0)) for power in range(max((*coefficients, 0)) - least + 1)])
    return _plain(_exact(start, top, fmpq_poly([0, 1]) ** -least))


def _exact(start: int, numerator: fmpq_poly, denominator: fmpq_poly) -> Germ:
    value = Quotient.of(numerator, denominator)
    exponent, ball = _enclosed(value, start)
    return Germ(start, exponent, ball, exact=value)


def _root(start: int, square: Quotient, side: int) -> Germ:
    exponent, ball = _enclosed(square, start)
    return Germ(start, exponent / 2, side * ball.nonnegative_part().sqrt(), square=square, side=side)


def _enclosed(value: Quotient, start: int) -> tuple[Fraction, arb]:
    """p/q = M^(deg p − deg q)·p*(1/M)/q*(1/M), with the reversed polynomials at the ball of all 1/M."""
    if value.numerator.is_zero():
        return Fraction(0), arb(0)
    below, above = (_reversed_at(part, start) for part in (value.denominator, value.numerator))
    return Fraction(value.numerator.degree() - value.denominator.degree()), above / below


def _reversed_at(polynomial: fmpq_poly, start: int) -> arb:
    small, total = _inverse_power(start, Fraction(1)), arb(0)
    for coefficient in polynomial.coeffs():                 # from the constant term: that of the highest power of 1/M
        total = total * small + arb(coefficient)
    return total


def _inverse_power(start: int, power: Fraction) -> arb:
    """All M^(−power) for M ≥ start, with power ≥ 0."""
    if power == 0:
        return arb(1)
    return arb(0).union((arb(1) / start) ** arb(fmpq(power.numerator, power.denominator)))


def _plain(germ: Germ) -> Number:
    """A rational number where the value does not depend on M."""
    value = germ.exact
    return fmpq(value.numerator.coeffs()[0] if not value.numerator.is_zero() else 0) if value is not None and (
        value.numerator.degree() <= 0 and value.denominator.degree() == 0) else germ


def depends_on_parameter(*values: Number) -> bool:
    """Whether one of the numbers is no rational and no ball."""
    return any(isinstance(value, (Germ, Span)) for value in values)


def _start(*values: Number) -> int:
    return next(value.start for value in values if isinstance(value, Germ))


def _germ(value: Number, start: int) -> Germ:
    if isinstance(value, Germ):
        return value
    return constant(value, start) if isinstance(value, fmpq) else Germ(start, Fraction(0), value)


def _pair(a: Number, b: Number) -> tuple[Germ, Germ]:
    start = _start(a, b)
    return _germ(a, start), _germ(b, start)


# --- arithmetic --------------------------------------------------------------------------------------------------------------------------

def ends(value: Number) -> tuple[Number, Number]:
    """(lower, upper)."""
    return (value.lower, value.upper) if isinstance(value, Span) else (value, value)


def add(a: Number, b: Number, plus: Any) -> Number:
    """a + b; ``plus`` adds the ends of spans."""
    if isinstance(a, Span) or isinstance(b, Span):
        return span(*(plus(x, y) for x, y in zip(ends(a), ends(b), strict=True)))
    x, y = _pair(a, b)
    if x.exact is not None and y.exact is not None:
        p, q = x.exact, y.exact
        return _plain(_exact(x.start, p.numerator * q.denominator + q.numerator * p.denominator, p.denominator * q.denominator))
    if x.exponent < y.exponent:
        x, y = y, x
    return Germ(x.start, x.exponent, x.ball + y.ball * _inverse_power(x.start, x.exponent - y.exponent))


def multiply(a: Number, b: Number, times: Any) -> Number:
    """a·b; ``times`` multiplies the ends of spans."""
    if isinstance(a, Span) or isinstance(b, Span):
        for value in (a, b):
            if not isinstance(value, Span) and not at_most(fmpq(0), value):
                raise NotCertified("a number that is known up to a span is multiplied by one that may be negative")
        return span(*(times(x, y) for x, y in zip(ends(a), ends(b), strict=True)))
    x, y = _pair(a, b)
    if x.exact is not None and y.exact is not None:
        return _plain(_exact(x.start, x.exact.numerator * y.exact.numerator, x.exact.denominator * y.exact.denominator))
    if x.squared is not None and y.squared is not None and x.sign is not None and y.sign is not None:
        product = Quotient.of(x.squared.numerator * y.squared.numerator, x.squared.denominator * y.squared.denominator)
        return _root(x.start, product, x.sign * y.sign or 1)
    return Germ(x.start, x.exponent + y.exponent, x.ball * y.ball)


def absolute(a: Number) -> Number:
    """|a|."""
    if isinstance(a, fmpq):
        return abs(a)
    if isinstance(a, Span) or a.sign in (0, 1):
        return a
    if a.sign == -1:
        return multiply(fmpq(-1), a, None)
    return Germ(a.start, a.exponent, abs(a.ball))


def square_root(a: Number, root: Any) -> Number:
    """√a, and 0 for a number that is negative on the whole ray; ``root`` is for the ends of spans."""
    if isinstance(a, Span):
        return span(root(a.lower), root(a.upper))
    if a.sign in (-1, 0):
        return fmpq(0)
    if a.sign is None:
        raise NotCertified("a square root is taken of a number whose sign is not known to be the same along the family")
    if a.exact is None:
        return Germ(a.start, a.exponent / 2, a.ball.nonnegative_part().sqrt())
    try:
        return absolute(_plain(_exact(a.start, a.exact.numerator.sqrt(), a.exact.denominator.sqrt())))
    except (ValueError, DomainError):                       # no square of a rational function
        return _root(a.start, a.exact, 1)


def integer_power(a: Number, exponent: int, power: Any) -> Number:
    """a^exponent; ``power`` is the same for any number."""
    if isinstance(a, Span):
        if exponent < 0:
            raise NotCertified("a term divides by a number that is known up to a span")
        return span(power(a.lower, exponent), power(a.upper, exponent))
    if exponent < 0:
        return power(_inverse(a), -exponent)
    if a.exact is not None:
        return _plain(_exact(a.start, a.exact.numerator**exponent, a.exact.denominator**exponent))
    if a.square is not None and exponent % 2 == 0:
        return _plain(_exact(a.start, a.square.numerator ** (exponent // 2), a.square.denominator ** (exponent // 2)))
    return Germ(a.start, a.exponent * exponent, abs(a.ball) ** exponent if exponent % 2 == 0 else a.ball**exponent)


def _inverse(a: Germ) -> Number:
    if a.sign == 0:
        return fmpq(0)
    if a.sign is None:
        raise NotCertified("a term divides by a number that may be 0 at some members of the family and not at others")
    if a.exact is not None:
        return _plain(_exact(a.start, a.exact.denominator, a.exact.numerator))
    if a.square is not None:
        return _root(a.start, Quotient.of(a.square.denominator, a.square.numerator), a.side)
    return Germ(a.start, -a.exponent, 1 / a.ball)


def power(a: Number, exponent: Fraction) -> Number:
    """a^exponent for an exponent that is no integer: 0 for a base that is 0 or negative on the whole ray."""
    if isinstance(a, Span) or a.sign is None:
        raise NotCertified("a power has a base whose sign is not known to be the same along the family")
    if a.sign != 1:
        return fmpq(0)
    return Germ(a.start, a.exponent * exponent, a.ball ** arb(fmpq(exponent.numerator, exponent.denominator)))


def larger(a: Number, b: Number, maximum: Any) -> Number:
    """The larger number; ``maximum`` is for the ends of spans."""
    return _extreme(a, b, maximum, lambda x, y: y if at_most(x, y) else x, arb.max)


def smaller(a: Number, b: Number, minimum: Any) -> Number:
    """The smaller number; ``minimum`` is for the ends of spans."""
    return _extreme(a, b, minimum, lambda x, y: x if at_most(x, y) else y, arb.min)


def _extreme(a: Number, b: Number, of_ends: Any, of_ordered: Any, of_balls: Any) -> Number:
    """One of two numbers by their order; where that is not known, what holds of both at the larger exponent."""
    if isinstance(a, Span) or isinstance(b, Span):
        return span(*(of_ends(x, y) for x, y in zip(ends(a), ends(b), strict=True)))
    if at_most(a, b) or at_most(b, a):
        return of_ordered(a, b)                                                             # type: ignore[no-any-return]
    x, y = _pair(a, b)
    if x.exponent < y.exponent:
        x, y = y, x
    return Germ(x.start, x.exponent, of_balls(x.ball, y.ball * _inverse_power(x.start, x.exponent - y.exponent)))


def span(lower: Number, upper: Number) -> Span:
    """A number between two numbers.

    Raises: NotCertified unless 0 ≤ lower.
    """
    if not at_most(fmpq(0), lower):
        raise NotCertified("a number that is known up to a span may be negative")
    return Span(lower, upper)


# --- comparison --------------------------------------------------------------------------------------------------------------------------

def at_most(a: Number, b: Number) -> bool:
    """Whether a ≤ b is certain for every M of the ray."""
    return _compared(a, b, strict=False)


def below(a: Number, b: Number) -> bool:
    """Whether a < b is certain for every M of the ray."""
    return _compared(a, b, strict=True)


def _compared(a: Number, b: Number, *, strict: bool) -> bool:
    a, b = ends(a)[1], ends(b)[0]
    if not depends_on_parameter(a, b):
        left, right = (a, b) if isinstance(a, fmpq) and isinstance(b, fmpq) else (arb(a), arb(b))
        return bool(left < right if strict else left <= right)
    x, y = _pair(a, b)
    wanted = (1,) if strict else (0, 1)
    if x.squared is not None and y.squared is not None and x.sign is not None and y.sign is not None:
        return _signed_square(y, x) in wanted
    gap = add(y, multiply(fmpq(-1), x, None), None)
    if isinstance(gap, fmpq):
        return bool(gap > 0 if strict else gap >= 0)
    return gap.sign in wanted or (not strict and bool(gap.ball >= 0))


def _signed_square(y: Germ, x: Germ) -> int | None:
    """The sign of y − x, which is that of y|y| − x|x|."""
    p, q = y.squared, x.squared
    if p is None or q is None or x.sign is None or y.sign is None:
        return None
    difference = y.sign * p.numerator * q.denominator - x.sign * q.numerator * p.denominator
    return Quotient.of(difference, p.denominator * q.denominator).sign_beyond(x.start)


def same(a: Number, b: Number) -> bool | None:
    """Whether a = b for every M (True), for no M (False), or neither is certain (None)."""
    if isinstance(a, Span) or isinstance(b, Span):
        return None
    if at_most(a, b) and at_most(b, a):
        return True
    return False if below(a, b) or below(b, a) else None
