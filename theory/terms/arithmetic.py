"""Arithmetic as it is written: symbols, sums, products, powers and elementary functions of statements.

sympy simplifies a term while it is built: t/t is 1 and √(t²) is t before anyone sees them, whatever t is.  The classes here are stored
like sympy's, so that its printers, searches and assumptions read them, and are built by constructors of their own, which apply nothing
but identities of rings (they hold for every t) and arithmetic of rational numbers:

>>> from theory.terms import Symbol, sqrt
>>> t = Symbol("t", real=True)
>>> t + t - 2 * t, t * t, t / t, sqrt(t**2), sqrt(t) * sqrt(t)
(0*t, t**2, t/t, sqrt(t**2), (sqrt(t))**2)

Numbers are sympy's, and sympy computes with them: 1/0 is an infinity to it, and 1/(1/0) is 0.  So what holds a symbol never becomes a
number: t − t is 0·t and t^0 is 1 + 0·t, and their reciprocals are ours.

`simplified` is what sympy makes of a term.  It guides searches; nothing is proved by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from math import comb, isqrt
from numbers import Number
from typing import Any, ParamSpec, TypeVar

import sympy
from sympy import Basic, Expr, Integer, Rational, S, sympify
from sympy.core.add import _addsort
from sympy.core.function import Application
from sympy.core.mul import _mulsort
from sympy.core.symbol import Str

P = ParamSpec("P")
T = TypeVar("T")
_SIMPLIFYING: ContextVar[bool] = ContextVar("whether sympy's own constructors are used", default=False)
REMEMBERED = 1 << 15    # terms; what is remembered of a term depends on its structure alone, which is what makes two terms equal


@contextmanager
def simplifying() -> Iterator[None]:
    """Within this block terms are built by sympy's constructors: for searches, never for a statement."""
    token = _SIMPLIFYING.set(True)
    try:
        yield
    finally:
        _SIMPLIFYING.reset(token)


def is_simplifying() -> bool:
    """Whether sympy's constructors are used: what is remembered of terms that are built depends on it."""
    return _SIMPLIFYING.get()


def guided(search: Callable[P, T]) -> Callable[P, T]:
    """A search whose terms sympy may simplify."""
    @wraps(search)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        with simplifying():
            return search(*args, **kwargs)
    return run


def _operand(other: Any) -> Any:
    """What stands beside an operator, as a number or a scalar term; NotImplemented for anything else (a vector, an array)."""
    if not isinstance(other, (Expr, Number)):
        return NotImplemented
    return sympify(other)


def _operator(build: Callable[[Any, Any], Any], *, swapped: bool = False) -> Callable[[Any, Any], Any]:
    def operate(self: Any, other: Any) -> Any:
        other = _operand(other)
        if other is NotImplemented:
            return NotImplemented
        return build(other, self) if swapped else build(self, other)
    return operate


class Written:
    """Mixin of scalar terms: their operators build what is written.  They outrank sympy's, also where a number stands first."""

    __slots__ = ()
    _op_priority = 20.0

    def __neg__(self) -> Any:
        return Mul(S.NegativeOne, self)

    def __abs__(self) -> Any:
        return Abs(self)

    __add__ = _operator(lambda s, t: Add(s, t))
    __radd__ = _operator(lambda s, t: Add(s, t), swapped=True)
    __sub__ = _operator(lambda s, t: Add(s, Mul(S.NegativeOne, t)))
    __rsub__ = _operator(lambda s, t: Add(s, Mul(S.NegativeOne, t)), swapped=True)
    __mul__ = _operator(lambda s, t: Mul(s, t))
    __rmul__ = _operator(lambda s, t: Mul(s, t), swapped=True)
    __truediv__ = _operator(lambda s, t: Mul(s, Pow(t, S.NegativeOne)))
    __rtruediv__ = _operator(lambda s, t: Mul(s, Pow(t, S.NegativeOne)), swapped=True)
    __pow__ = _operator(lambda s, t: Pow(s, t))
    __rpow__ = _operator(lambda s, t: Pow(s, t), swapped=True)


class Symbol(Written, sympy.Symbol):
    """A named number, ``Symbol("t", real=True)``; of its sign at most one thing is declared (positive, nonnegative, …).

    >>> from theory.terms import Abs, sqrt, Symbol
    >>> from theory.terms.printing.text import text
    >>> t, m = Symbol("t", real=True), Symbol("m", integer=True, positive=True)
    >>> text(sqrt(m) * Abs(t))
    '|t| √m'
    """

    __slots__ = ()


class CircleNumber(Written, type(sympy.pi)):                            # type: ignore[misc]
    """The number π."""

    __slots__ = ()


pi = CircleNumber()


class _Operation(Written):
    """Mixin of sums, products and powers: sympy evaluates what it reads."""

    __slots__ = ()

    def _eval_evalf(self, precision: int) -> Any:
        return simplified(self)._evalf(precision)


class Add(_Operation, sympy.Add):
    """s + t + …; like terms are collected."""

    __slots__ = ()

    def __new__(cls, *parts: Any, evaluate: bool | None = None) -> Any:
        return sympy.Add(*parts) if _SIMPLIFYING.get() else _added(tuple(map(sympify, parts)))


class Mul(_Operation, sympy.Mul):
    """s · t · …; natural powers of one factor are collected, and so are powers of its inverse."""

    __slots__ = ()

    def __new__(cls, *factors: Any, evaluate: bool | None = None) -> Any:
        return sympy.Mul(*factors) if _SIMPLIFYING.get() else _multiplied(tuple(map(sympify, factors)))


class Pow(_Operation, sympy.Pow):
    """t^q.  t^(−q), for a rational q > 0, is 1/t^q; t^(1/2) is the square root."""

    __slots__ = ()

    def __new__(cls, base: Any, exponent: Any, evaluate: bool | None = None) -> Any:
        return sympy.Pow(base, exponent) if _SIMPLIFYING.get() else _raised(sympify(base), sympify(exponent))


@lru_cache(maxsize=REMEMBERED, typed=True)
def _added(parts: tuple[Any, ...]) -> Any:
    number, terms = S.Zero, {}
    for part in (inner for p in parts for inner in (p.args if p.is_Add else (p,))):
        if part.is_Rational:
            number += part
        else:
            coefficient, rest = _split(part)
            terms[rest] = terms.get(rest, S.Zero) + coefficient
    summands = [_scaled(c, rest) for rest, c in terms.items() if c != 0]
    if terms and not summands:
        summands = [_scaled(S.Zero, min(terms, key=sympy.default_sort_key))]
        if number == 0:
            return summands[0]
    _addsort(summands)
    return Add._from_args([number, *summands] if number != 0 else summands)


def _split(term: Any) -> tuple[Any, Any]:
    """The rational coefficient of a term, and the rest."""
    if term.is_Mul and term.args[0].is_Rational:
        rest = term.args[1:]
        return term.args[0], rest[0] if len(rest) == 1 else Mul._from_args(rest)
    return S.One, term


def _scaled(coefficient: Any, rest: Any) -> Any:
    if coefficient == 1:
        return rest
    return Mul._from_args((coefficient, *(rest.args if rest.is_Mul else (rest,))))


@lru_cache(maxsize=REMEMBERED, typed=True)
def _multiplied(factors: tuple[Any, ...]) -> Any:
    number, powers = S.One, {}
    for factor in (inner for f in factors for inner in (f.args if f.is_Mul else (f,))):
        if factor.is_Rational:
            number *= factor
            continue
        base, exponent = factor.args if factor.is_Pow and factor.exp.is_Integer else (factor, S.One)
        key = base, exponent > 0                          # t and 1/t stay apart: their product is 1 only where t ≠ 0
        powers[key] = powers.get(key, S.Zero) + exponent
    found = [_raised(base, exponent) for (base, _), exponent in powers.items()]
    if len(found) == 1 and number != 1 and found[0].is_Add:
        return _added(tuple(_multiplied((number, part)) for part in found[0].args))
    _mulsort(found)
    return Mul._from_args([number, *found] if number != 1 else found)


@lru_cache(maxsize=REMEMBERED, typed=True)
def _raised(base: Any, exponent: Any) -> Any:
    if exponent == 1:
        return base
    if exponent == 0 or base == 1:
        return _added((S.One, *(_multiplied((S.Zero, t)) for t in (base, exponent) if not t.is_Rational)))
    if base.is_Rational and exponent.is_Rational:
        value = _numeric_power(base, exponent)
        if value is not None:
            return value
    if exponent.is_Integer:
        if base.is_Mul:                                   # (st)^m = s^m t^m and 1/(st) = (1/s)(1/t), for all s and t
            return _multiplied(tuple(_raised(factor, exponent) for factor in base.args))
        if base.is_Pow and base.exp.is_Integer:           # (t^l)^m = t^(lm), and 1/(1/t) = t
            return _raised(base.base, base.exp * exponent)
        if base.is_Pow and base.exp.is_Rational and exponent == -1:
            return _raised(base.base, -base.exp)
    power = Expr.__new__(Pow, base, exponent)
    power.is_commutative = True
    return power


def _numeric_power(base: Any, exponent: Any) -> Any | None:
    """A rational power of a rational number, where it is rational; None for 1/0."""
    if base == 0:
        return None if exponent < 0 else S.Zero
    if exponent.is_Integer:
        return base**exponent
    if abs(exponent) == S.Half and base > 0:
        roots = isqrt(base.p), isqrt(base.q)
        if (roots[0]**2, roots[1]**2) == (base.p, base.q):
            return Rational(*roots) ** (1 if exponent > 0 else -1)
    return None


class _Function(Written):
    """Mixin of functions of one or more numbers; ``numeric`` gives their value at rational numbers, where that is rational."""

    __slots__ = ()
    numeric: Callable[..., Any] | None = None

    def __new__(cls, *arguments: Any, evaluate: bool | None = None) -> Any:
        theirs = cls.__bases__[1]
        arguments = tuple(map(sympify, arguments))
        if _SIMPLIFYING.get():
            return theirs(*arguments)                                                   # type: ignore[call-arg]
        if cls.numeric is not None and all(a.is_Rational for a in arguments):
            value = cls.numeric(*arguments)
            if value is not None:
                return value
        return theirs.__new__(cls, *arguments, evaluate=False)                          # type: ignore[call-arg]


class Abs(_Function, sympy.Abs):
    """|t|.

    >>> from theory.terms import Abs, Integer, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> Abs(Integer(-2)), text(Abs(t - 1))
    (2, '|1 − t|')
    """

    numeric = staticmethod(abs)


class exp(_Function, sympy.exp):
    """e^t.

    >>> from theory.terms import exp, le, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> exp(0), text(le(1 + t, exp(t)))
    (1, 't + 1 ≤ exp(t)')
    """

    numeric = staticmethod(lambda t: S.One if t == 0 else None)

    def as_base_exp(self) -> tuple[Any, Any]:
        """It is no power of e, which would be simplified."""
        return self, S.One

    def _eval_power(self, exponent: Any) -> None:
        return None


class log(_Function, sympy.log):
    """The natural logarithm of t; 0 where t ≤ 0.

    >>> from theory.terms import le, log, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", positive=True)
    >>> text(le(log(t), t - 1))
    'log(t) ≤ t − 1'
    """


class floor(_Function, sympy.floor):
    """⌊t⌋.

    >>> from theory.terms import floor, le, Rational, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> floor(Rational(-3, 2)), text(le(floor(t), t))
    (-2, '⌊t⌋ ≤ t')
    """

    numeric = staticmethod(lambda t: Integer(t.p // t.q))


class asin(_Function, sympy.asin):
    """The arcsine of t; 0 outside [−1, 1].

    >>> from theory.terms import asin, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(asin(t))
    'arcsin(t)'
    """


class erf(_Function, sympy.erf):
    """The error function (2/√π) ∫_0^t e^(−s²) ds: the probability that |g| ≤ √2 t, for a standard Gaussian number g and t ≥ 0.

    >>> from theory.terms import erf, le, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(le(erf(t), 1))
    'erf(t) ≤ 1'
    """

    numeric = staticmethod(lambda t: S.Zero if t == 0 else None)


def normal_cdf(t: Any) -> Any:
    """Φ(t) = (1 + erf(t/√2))/2, the probability that a standard Gaussian number is at most t.

    >>> from theory.terms import normal_cdf, Symbol
    >>> from theory.terms.printing.text import text
    >>> text(normal_cdf(Symbol("t", real=True)))
    '1/2 + erf(t/√2)/2'
    """
    return Rational(1, 2) + erf(sympify(t) / sqrt(2)) / 2


class factorial(_Function, sympy.factorial):
    """m!, for a natural number m.

    >>> from theory.terms import factorial, n
    >>> from theory.terms.printing.text import text
    >>> factorial(4), text(factorial(n))
    (24, 'n!')
    """

    numeric = staticmethod(lambda m: sympy.factorial(m) if m.q == 1 and m >= 0 else None)


class binomial(_Function, sympy.binomial):
    """The binomial coefficient of two natural numbers.

    >>> from theory.terms import binomial, n
    >>> from theory.terms.printing.text import text
    >>> binomial(4, 2), text(binomial(n, 2))
    (6, 'C(n, 2)')
    """

    numeric = staticmethod(lambda m, j: Integer(comb(int(m), int(j))) if m.q == j.q == 1 and min(m, j) >= 0 else None)


class Max(_Function, sympy.Max):
    """The largest of finitely many numbers.

    >>> from theory.terms import Max, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> Max(1, 2), text(Max(t, 0))
    (2, 'max(t, 0)')
    """

    numeric = staticmethod(lambda *numbers: max(numbers))


class Min(_Function, sympy.Min):
    """The smallest of finitely many numbers.

    >>> from theory.terms import d, k, Min
    >>> from theory.terms.printing.text import text
    >>> Min(1, 2), text(Min(k, d))
    (1, 'min(k, d)')
    """

    numeric = staticmethod(lambda *numbers: min(numbers))


def sqrt(t: Any) -> Any:
    """√t; 0 where t < 0.

    >>> from theory.terms import Integer, n, sqrt, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", nonnegative=True)
    >>> sqrt(Integer(4)), text(sqrt(t) * sqrt(n))
    (2, '√(n t)')
    """
    return Pow(t, S.Half)


# --- what sympy builds, and what it reads ----------------------------------------------------------------------------------------------

BUILT_BY_SYMPY = (sympy.Add, sympy.Mul, sympy.Pow, sympy.Symbol, Application, sympy.NumberSymbol)


def built_by_sympy(term: Any) -> str:
    """Why a term is refused in a statement: sympy built it, and nobody can tell what it simplified away; "" where it did not.

    >>> built_by_sympy(sympy.Symbol("t", real=True))
    'sympy built t (Symbol), and it simplifies what it builds (t/t becomes 1); import Symbol, sqrt, Abs, exp, … from lawbook'
    """
    if not isinstance(term, BUILT_BY_SYMPY) or isinstance(term, Written):
        return ""
    return (f"sympy built {term} ({type(term).__name__}), and it simplifies what it builds (t/t becomes 1); "
            "import Symbol, sqrt, Abs, exp, … from lawbook")


@lru_cache(maxsize=REMEMBERED, typed=True)
def simplified(term: Any) -> Any:
    """What sympy makes of a term or formula: an equal one wherever all divisors and radicands are as they should be.

    >>> from theory.terms import Symbol
    >>> t = Symbol("t", real=True)
    >>> simplified(t / t)
    1
    """
    if isinstance(term, CircleNumber):
        return sympy.pi
    if not isinstance(term, Basic) or not term.args or isinstance(term, Str):
        return term
    with simplifying():
        return term.func(*map(simplified, term.args))


@guided
def limit(term: Any, symbol: Symbol) -> Any:
    """The limit of a term as the symbol tends to infinity."""
    return sympy.limit(simplified(term), symbol, sympy.oo)


def all_simplified(terms: Iterable[Any]) -> list[Any]:
    """What sympy makes of several terms."""
    return [simplified(t) for t in terms]
