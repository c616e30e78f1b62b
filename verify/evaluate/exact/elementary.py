"""The exact reading of elementary functions that have a domain: a value off it by convention, and none on an undecided edge."""

from __future__ import annotations

from math import factorial
from typing import Any

import sympy
from flint import arb, fmpq, fmpz
from sympy import binomial

from theory.errors import NotCertified
from verify.evaluate.conventions import Convention
from verify.evaluate.exact import numbers
from verify.evaluate.exact.numbers import Number, ball, is_rational
from verify.evaluate.exact.terms import Exact, reads_exactly


def _undecided(term: Any) -> NotCertified:
    return NotCertified(f"{term} is on the edge of its domain up to rounding, and its value jumps there; raise the precision")


@reads_exactly(sympy.log)
def _log(term: Any, at: Exact) -> Number:
    t = at.scalar(term.args[0])
    if numbers.below(fmpq(0), t):
        return fmpq(0) if is_rational(t) and t == 1 else ball(t).log()
    if not numbers.at_most(t, fmpq(0)):
        raise _undecided(term)
    at.read_off(Convention.LOGARITHM, term)
    return fmpq(0)


@reads_exactly(sympy.asin, sympy.acos)
def _arc(term: Any, at: Exact) -> Number:
    t = at.scalar(term.args[0])
    size = numbers.absolute(t)
    if numbers.at_most(size, fmpq(1)):
        found: arb = ball(t).asin() if isinstance(term, sympy.asin) else ball(t).acos()
        return found
    if not numbers.below(fmpq(1), size):
        raise _undecided(term)
    at.read_off(Convention.ARC, term)
    return fmpq(0)


@reads_exactly(sympy.gamma, sympy.loggamma)
def _gamma(term: Any, at: Exact) -> Number:
    t, is_log = at.scalar(term.args[0]), isinstance(term, sympy.loggamma)
    if numbers.at_most(t, fmpq(0)) and (is_log or numbers.is_integer(t)):
        at.read_off(Convention.GAMMA, term)
        return fmpq(0)
    if not numbers.below(fmpq(0), t) and (is_log or ball(t).contains_integer()):
        raise _undecided(term)
    found: arb = ball(t).lgamma() if is_log else ball(t).gamma()
    return found


def _natural(value: Number, term: Any) -> int | None:
    """0, 1, 2, …, and None for any other number."""
    if is_rational(value):
        return int(value.p) if value.q == 1 and value >= 0 else None
    if numbers.below(value, fmpq(0)) or not ball(value).contains_integer():
        return None
    raise _undecided(term)


@reads_exactly(binomial)
def _binomial(term: Any, at: Exact) -> Number:
    n, k = (_natural(at.scalar(a), term) for a in term.args)
    if n is None or k is None:
        at.read_off(Convention.BINOMIAL, term)
        return fmpq(0)
    return fmpq(fmpz.bin_uiui(n, k)) if k <= n else fmpq(0)


@reads_exactly(sympy.factorial)
def _factorial(term: Any, at: Exact) -> Number:
    n = _natural(at.scalar(term.args[0]), term)
    if n is None:
        at.read_off(Convention.FACTORIAL, term)
        return fmpq(0)
    return fmpq(fmpz(factorial(n)))


@reads_exactly(sympy.floor, sympy.ceiling)
def _rounded(term: Any, at: Exact) -> Number:
    sign = fmpq(1 if isinstance(term, sympy.floor) else -1)
    return numbers.multiply(sign, _floor(numbers.multiply(sign, at.scalar(term.args[0]))))


def _floor(t: Number) -> Number:
    return fmpq(t.floor()) if is_rational(t) else ball(t).floor()


@reads_exactly(sympy.Mod)
def _mod(term: Any, at: Exact) -> Number:
    """s − t·⌊s/t⌋, so that s mod 0 is s."""
    s, t = (at.scalar(a) for a in term.args)
    if numbers.is_zero(t):
        at.read_off(Convention.DIVISION, term)
    whole = _floor(numbers.multiply(s, numbers.power(t, fmpq(-1))))
    return numbers.add(s, numbers.multiply(fmpq(-1), numbers.multiply(t, whole)))
