"""Rigorous intervals with possibly infinite ends, evaluated in Arb: the numbers behind the ball checker and behind exact signs.

An end is an exact Arb number or ±∞.  A term is evaluated on the *real points of the box at which it is defined*: so √ and log clip
their argument to their domain, and it is the caller's duty to have the domain proved (theory.checkers.signs lists what is needed).
At a single point outside the domain the evaluation raises Undefined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq
from sympy import (
    Abs,
    Add,
    E,
    EulerGamma,
    Expr,
    Max,
    Min,
    Mul,
    Pow,
    acos,
    asin,
    atan,
    cos,
    digamma,
    erf,
    exp,
    gamma,
    log,
    loggamma,
    pi,
    polygamma,
    sin,
)

INF = arb("inf")
ZERO = arb(0)
LARGEST_ROOT = 10 ** 9
LARGEST_BINARY_EXPONENT = 10_000


class Undefined(ArithmeticError):
    """The term has no real value on the interval, or the kernel cannot enclose it."""


@dataclass(frozen=True)
class ExactInterval:
    """All real x with lo ≤ x ≤ hi; both ends exact."""

    lo: arb
    hi: arb

    def __add__(self, other: ExactInterval) -> ExactInterval:
        return ExactInterval(_down(_plus(self.lo, other.lo)), _up(_plus(self.hi, other.hi)))

    def __mul__(self, other: ExactInterval) -> ExactInterval:
        corners = [_times(a, b) for a in (self.lo, self.hi) for b in (other.lo, other.hi)]
        return ExactInterval(_least(map(_down, corners)), _most(map(_up, corners)))

    def exponential(self) -> ExactInterval:
        """The image under exp."""
        return _increasing(arb.exp, ZERO, INF)(self)


def point(value: Fraction) -> ExactInterval:
    """A rational number."""
    return _enclosing(arb(fmpq(value.numerator, value.denominator)))


def between(lo: Fraction, hi: Fraction | None) -> ExactInterval:
    """The interval [lo, hi], or the ray [lo, ∞)."""
    return ExactInterval(point(lo).lo, INF if hi is None else point(hi).hi)


def exact_end(end: arb) -> Fraction | None:
    """A finite end as a rational number, None for an infinite one and for one too large or small to write down."""
    if not _finite(end):
        return None
    mantissa, exponent = (int(part) for part in end.man_exp())
    if abs(exponent) > LARGEST_BINARY_EXPONENT:
        return None
    return Fraction(mantissa) * Fraction(2) ** exponent


def enclose(term: Expr, box: Mapping[Expr, ExactInterval], precision: int = 64) -> ExactInterval:
    """An interval that contains the value of the term at every point of the box at which it is defined.

    >>> from sympy import Symbol, log
    >>> x = Symbol("x", positive=True)
    >>> value = enclose(x - log(x), {x: between(Fraction(1), Fraction(2))})
    >>> bool(value.lo > 0.3), bool(value.hi < 2.01)
    (True, True)
    """
    with ctx.workprec(precision):
        return _Evaluation(box)(term)


class _Evaluation:
    def __init__(self, box: Mapping[Expr, ExactInterval]) -> None:
        self.memo: dict[Expr, ExactInterval] = dict(box)

    def __call__(self, term: Expr) -> ExactInterval:
        if term not in self.memo:
            self.memo[term] = self.compute(term)
        return self.memo[term]

    def compute(self, term: Expr) -> ExactInterval:
        if term.is_Rational:
            return _enclosing(arb(fmpq(int(term.p), int(term.q))))
        if term in CONSTANTS:
            return _enclosing(CONSTANTS[term]())
        if isinstance(term, Pow) and term.exp.is_Rational:
            return _power(self(term.base), int(term.exp.p), int(term.exp.q))
        if isinstance(term, Pow):
            return self.compute(Mul(term.exp, log(term.base), evaluate=False)).exponential()  # base^t = exp(t·log base), base > 0
        if isinstance(term, polygamma) and term.args[0].is_Integer:
            return _polygamma(int(term.args[0]), self(term.args[1]))
        for kind, operation in OPERATIONS:
            if isinstance(term, kind):
                return operation(*map(self, term.args))
        raise Undefined(f"no enclosure is known for {term}")


# --- ends ----------------------------------------------------------------------------------------------------------------------

def _finite(x: arb) -> bool:
    return bool(x.is_finite())


def _down(x: arb) -> arb:
    if x.is_nan():
        raise Undefined("an operation has no real value here")
    return x if not _finite(x) and x.is_exact() else x.lower() if _finite(x) else -INF


def _up(x: arb) -> arb:
    return -_down(-x)


def _plus(a: arb, b: arb) -> arb:
    return a if not _finite(a) else b if not _finite(b) else a + b


def _times(a: arb, b: arb) -> arb:
    # 0·∞ = 0 for ends of intervals of finite numbers: every product of the numbers themselves with 0 is 0
    if a == 0 or b == 0:
        return ZERO
    if _finite(a) and _finite(b):
        return a * b
    return INF if (a > 0) == (b > 0) else -INF


def _least(ends: Iterable[arb]) -> arb:
    first, *rest = ends
    for end in rest:
        first = end if end < first else first
    return first


def _most(ends: Iterable[arb]) -> arb:
    return -_least(-end for end in ends)


def _enclosing(x: arb) -> ExactInterval:
    return ExactInterval(_down(x), _up(x))


# --- functions -----------------------------------------------------------------------------------------------------------------

def _increasing(f: Callable[[arb], arb], at_minus_infinity: arb | None, at_infinity: arb) -> Callable[[ExactInterval], ExactInterval]:
    def image(x: ExactInterval) -> ExactInterval:
        lo = _down(f(x.lo)) if _finite(x.lo) else at_minus_infinity if x.lo < 0 else at_infinity
        hi = _up(f(x.hi)) if _finite(x.hi) else at_infinity if x.hi > 0 else at_minus_infinity
        if lo is None or hi is None:
            raise Undefined("the function is not defined at minus infinity")
        return ExactInterval(lo, hi)
    return image


def _clip(x: ExactInterval, lo: arb, hi: arb) -> ExactInterval:
    if x.hi < lo or x.lo > hi:
        raise Undefined("the argument lies outside the domain of the function")
    return ExactInterval(_most([x.lo, lo]), _least([x.hi, hi]))


def _log(x: ExactInterval) -> ExactInterval:
    if x.hi <= 0:
        raise Undefined("logarithm of a number that is not positive")
    top = _up(x.hi.log()) if _finite(x.hi) else INF
    return ExactInterval(_down(x.lo.log()) if x.lo > 0 else -INF, top)


def _reciprocal(x: ExactInterval) -> ExactInterval:
    if x.lo == 0 and x.hi == 0:
        raise Undefined("division by zero")
    if x.lo < 0 < x.hi:
        return ExactInterval(-INF, INF)
    if x.hi <= 0:
        flipped = _reciprocal(ExactInterval(-x.hi, -x.lo))
        return ExactInterval(-flipped.hi, -flipped.lo)
    return ExactInterval(ZERO if not _finite(x.hi) else _down(1 / x.hi), INF if x.lo == 0 else _up(1 / x.lo))


def _power(x: ExactInterval, p: int, q: int) -> ExactInterval:
    if p < 0:
        return _reciprocal(_power(x, -p, q))
    if q > LARGEST_ROOT:
        raise Undefined(f"a root of order {q} is not enclosed")
    if q > 1:
        x = _clip(x, ZERO, INF)
        x = _increasing(lambda t: t.root(q), None, INF)(x)
    if p % 2 == 0 and x.lo < 0:
        x = ExactInterval(-x.hi, -x.lo) if x.hi <= 0 else ExactInterval(ZERO, _most([-x.lo, x.hi]))
    odd_end = -INF if p % 2 else INF
    return _increasing(lambda t: t ** p, odd_end, INF)(x)


def _abs(x: ExactInterval) -> ExactInterval:
    if x.lo >= 0:
        return x
    return ExactInterval(-x.hi, -x.lo) if x.hi <= 0 else ExactInterval(ZERO, _most([-x.lo, x.hi]))


def _ball(x: ExactInterval) -> arb:
    return x.lo.union(x.hi)


def _wave(f: Callable[[arb], arb]) -> Callable[[ExactInterval], ExactInterval]:
    def image(x: ExactInterval) -> ExactInterval:
        if not (_finite(x.lo) and _finite(x.hi)):
            return ExactInterval(arb(-1), arb(1))
        return _clip(_enclosing(f(_ball(x))), arb(-1), arb(1))
    return image


def _inverse_cosine(x: ExactInterval) -> ExactInterval:
    x = _clip(x, arb(-1), arb(1))
    return ExactInterval(_down(x.hi.acos()), _up(x.lo.acos()))


def _inverse_sine(x: ExactInterval) -> ExactInterval:
    x = _clip(x, arb(-1), arb(1))
    return ExactInterval(_down(x.lo.asin()), _up(x.hi.asin()))


def _arctangent(x: ExactInterval) -> ExactInterval:
    quarter_turn = _up(arb.pi() / 2)
    return _increasing(arb.atan, -quarter_turn, quarter_turn)(x)


def _gamma_like(f: Callable[[arb], arb]) -> Callable[[ExactInterval], ExactInterval]:
    """Γ and log Γ on (0, ∞): convex, with their only minimum at 1.4616…"""
    def image(x: ExactInterval) -> ExactInterval:
        if x.hi <= 0:
            raise Undefined("the gamma function is used for positive arguments only")
        bottom = _down(_down(f(arb("1.4616"))) - arb("0.0001"))  # the minimal value is within 1e-8 of the value at 1.4616
        if x.lo >= arb("1.5"):
            bottom = _down(f(x.lo))
        elif x.hi <= arb("1.46"):
            bottom = _down(f(x.hi))
        if x.lo <= 0 or not _finite(x.hi):
            return ExactInterval(bottom, INF)
        return ExactInterval(bottom, _most([_up(f(x.lo)), _up(f(x.hi))]))  # convex: largest at an end
    return image


def _polygamma(order: int, x: ExactInterval) -> ExactInterval:
    """ψ_m on (0, ∞): (−1)^{m+1} ψ_m = m! ζ(m+1, t) is positive and decreasing for m ≥ 1, and ψ_0 is increasing."""
    x = _clip(x, ZERO, INF)
    if order == 0:
        lo = _down(x.lo.digamma()) if x.lo > 0 else -INF
        return ExactInterval(lo, _up(x.hi.digamma()) if _finite(x.hi) else INF)

    def modulus(t: arb) -> arb:
        return arb(order).fac() * arb(order + 1).zeta(t)

    size = ExactInterval(_down(modulus(x.hi)) if _finite(x.hi) else ZERO, _up(modulus(x.lo)) if x.lo > 0 else INF)
    return size if order % 2 else ExactInterval(-size.hi, -size.lo)


def _fold(step: Callable[[ExactInterval, ExactInterval], ExactInterval]) -> Callable[..., ExactInterval]:
    def folded(first: ExactInterval, *rest: ExactInterval) -> ExactInterval:
        for other in rest:
            first = step(first, other)
        return first
    return folded


CONSTANTS: dict[Expr, Callable[[], arb]] = {pi: arb.pi, E: arb.const_e, EulerGamma: arb.const_euler}

OPERATIONS: list[tuple[Any, Callable[..., ExactInterval]]] = [
    (Add, _fold(ExactInterval.__add__)),
    (Mul, _fold(ExactInterval.__mul__)),
    (Abs, _abs),
    (Min, _fold(lambda a, b: ExactInterval(_least([a.lo, b.lo]), _least([a.hi, b.hi])))),
    (Max, _fold(lambda a, b: ExactInterval(_most([a.lo, b.lo]), _most([a.hi, b.hi])))),
    (exp, ExactInterval.exponential),
    (log, _log),
    (sin, _wave(arb.sin)),
    (cos, _wave(arb.cos)),
    (asin, _inverse_sine),
    (acos, _inverse_cosine),
    (atan, _arctangent),
    (erf, _increasing(arb.erf, arb(-1), arb(1))),
    (gamma, _gamma_like(arb.gamma)),
    (loggamma, _gamma_like(arb.lgamma)),
    (digamma, lambda x: _polygamma(0, x)),
]
