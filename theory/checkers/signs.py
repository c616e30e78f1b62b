"""Which signs a scalar term may have, and whether it is defined: from declared signs of atoms and from facts, never by inference of sympy.

The sign of a term is a set of possible signs, a subset of {−1, 0, 1}: {0, 1} reads "nonnegative".  Facts contribute bounds: a fact is
brought to the form p ≥ c or p ≤ c with p a normal form without constant term, and a term whose normal form is a multiple of p plus a
constant inherits the bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from sympy import Abs, Add, Expr, Max, Min, Mul, Pow, acos, asin, atan, digamma, exp, gamma, log, loggamma, polygamma

from theory.checkers.atoms import is_atom, is_constant
from theory.checkers.intervals import ExactInterval, Undefined, enclose, exact_end
from theory.checkers.power_sums import (
    NONNEGATIVE,
    ONE,
    POSITIVE,
    Monomial,
    Poly,
    SignSet,
    difference,
    leading,
    monomial_term,
    normal_form,
)
from theory.terms import Eq, Lt, Relation

ANY: SignSet = frozenset({-1, 0, 1})
NEGATIVE: SignSet = frozenset({-1})
NONPOSITIVE: SignSet = frozenset({-1, 0})
NONZERO: SignSet = frozenset({-1, 1})
IS_ZERO: SignSet = frozenset({0})
PRECISIONS = (64, 256, 1024)  # bits; a constant whose sign needs more than 1024 bits is left undecided

LARGEST_MEMO = 20_000       # terms; the table of declared signs lives as long as the process


class Contradiction(Exception):
    """The facts leave no possible sign for a term."""


@dataclass(frozen=True)
class Bounds:
    """lo ≤ t ≤ hi (strictly where open); None is no bound."""

    lo: Fraction | None = None
    lo_open: bool = False
    hi: Fraction | None = None
    hi_open: bool = False

    def meet(self, other: Bounds) -> Bounds:
        """What both say."""
        lo, lo_open = max(((r.lo, r.lo_open) for r in (self, other) if r.lo is not None), default=(None, False))
        hi, closed = min(((r.hi, not r.hi_open) for r in (self, other) if r.hi is not None), default=(None, True))
        return Bounds(lo, lo_open, hi, not closed)

    def affine(self, factor: Fraction, shift: Fraction) -> Bounds:
        """The range of factor·t + shift, for factor ≠ 0."""
        lo = None if self.lo is None else self.lo * factor + shift
        hi = None if self.hi is None else self.hi * factor + shift
        return Bounds(lo, self.lo_open, hi, self.hi_open) if factor > 0 else Bounds(hi, self.hi_open, lo, self.lo_open)

    def plus(self, other: Bounds) -> Bounds:
        """The range of a sum of two terms."""
        lo = None if self.lo is None or other.lo is None else self.lo + other.lo
        hi = None if self.hi is None or other.hi is None else self.hi + other.hi
        return Bounds(lo, self.lo_open or other.lo_open, hi, self.hi_open or other.hi_open)

    @property
    def signs(self) -> SignSet:
        """The signs that the bounds leave possible."""
        found = set(ANY)
        if self.lo is not None and self.lo >= 0:
            found -= {-1} if self.lo == 0 and not self.lo_open else {-1, 0}
        if self.hi is not None and self.hi <= 0:
            found -= {1} if self.hi == 0 and not self.hi_open else {0, 1}
        return frozenset(found)


FREE = Bounds()


def declared_sign(atom: Expr) -> SignSet:
    """The signs that the declaration of an opaque atom leaves possible."""
    declarations = (
        (atom.is_positive, POSITIVE), (atom.is_negative, NEGATIVE), (atom.is_nonnegative, NONNEGATIVE),
        (atom.is_nonpositive, NONPOSITIVE), (atom.is_nonzero, NONZERO), (atom.is_zero, IS_ZERO),
    )
    found = ANY
    for value, sign in declarations:
        if value is True:
            found &= sign
    return found


class SignFacts:
    """The signs that terms may have, given facts.

    >>> from sympy import Symbol, sqrt
    >>> from theory.terms import le
    >>> x, y = Symbol("x", real=True), Symbol("y", real=True)
    >>> signs = SignFacts({"gap": le(y + 2, x)})
    >>> sorted(signs.of(x - y)), sorted(signs.of(x)), sorted(signs.of(x**2))
    ([1], [-1, 0, 1], [0, 1])
    """

    def __init__(self, facts: Mapping[str, Relation]) -> None:
        self.bounds: dict[frozenset[tuple[Monomial, Fraction]], Bounds] = {}
        self.memo: dict[Expr, SignSet] = {}
        for fact in facts.values():
            self._learn(fact)

    def _learn(self, fact: Relation) -> None:
        p = difference(fact.rhs, fact.lhs, DECLARED)
        key, factor, constant = _key(p)
        if factor == 0:
            return
        strict = isinstance(fact, Lt)
        says = Bounds(Fraction(0), strict, Fraction(0) if isinstance(fact, Eq) else None)
        self.bounds[key] = self.bounds.get(key, FREE).meet(says.affine(1 / factor, -constant / factor))

    def of(self, term: Expr) -> SignSet:
        """The set of possible signs; Contradiction when the facts leave none."""
        if term not in self.memo:
            known = self._structural(term)
            if not is_constant(term):
                known &= self.range(normal_form(term, DECLARED)).signs
            if not known:
                raise Contradiction(f"the facts leave no possible sign for {term}")
            if len(self.memo) >= LARGEST_MEMO:
                self.memo.clear()
            self.memo[term] = known
        return self.memo[term]

    def range(self, p: Poly) -> Bounds:
        """Rational bounds of a normal form: from one fact, met with the sum of the bounds of its monomials."""
        key, factor, constant = _key(p)
        if factor == 0:
            return Bounds(constant, False, constant, False)
        whole = self.bounds.get(key, FREE).affine(factor, constant)
        total = Bounds(constant, False, constant, False)
        for monomial, coefficient in p.items():
            if monomial != ONE:
                total = total.plus(self.monomial_range(monomial).affine(coefficient, Fraction(0)))
        return whole.meet(total)

    def monomial_range(self, monomial: Monomial) -> Bounds:
        """Bounds of a power product from facts about it, and from lower bounds of its factors when they are positive."""
        return self.bounds.get(frozenset({(monomial, Fraction(1))}), FREE).meet(self.factor_range(monomial))

    def factor_range(self, monomial: Monomial) -> Bounds:
        """Bounds of a power product from its factors alone, or from the declaration of a single atom."""
        if all(is_constant(base) for base, _ in monomial):
            return constant_range(monomial_term(monomial))
        if len(monomial) == 1 and monomial[0][1] == 1 and self is not DECLARED:
            base = monomial[0][0]
            return DECLARED.monomial_range(monomial) if is_atom(base) else _range_of(self._structural(base))
        found = FREE
        lower, strict = Fraction(1), False
        for base, exponent in monomial:
            factor = self._base_range(base)
            if factor.lo is None or factor.lo < 0 or exponent < 0 or exponent.denominator > 1:
                break
            lower, strict = lower * factor.lo ** int(exponent), strict or factor.lo_open
        else:
            # a strict lower bound passes to the product only when no factor can vanish
            found = found.meet(Bounds(lower, strict and (lower > 0 or self._all_positive(monomial))))
        return found.meet(_range_of(self._product(monomial)))

    def _all_positive(self, monomial: Monomial) -> bool:
        return self._product(monomial) == POSITIVE

    def _product(self, monomial: Monomial) -> SignSet:
        found = POSITIVE
        for base, exponent in monomial:
            found = _times(found, _power(self._base_sign(base), exponent))
        return found

    def _base_sign(self, base: Expr) -> SignSet:
        return self._structural(base) & self.bounds.get(frozenset({(((base, Fraction(1)),), Fraction(1))}), FREE).signs

    def _base_range(self, base: Expr) -> Bounds:
        found = self.bounds.get(frozenset({(((base, Fraction(1)),), Fraction(1))}), FREE)
        sign = self._base_sign(base)
        if is_atom(base) and base.is_integer is True and sign == POSITIVE:
            found = found.meet(Bounds(Fraction(1)))  # a positive integer is at least 1
        return found.meet(_range_of(sign))

    def _structural(self, term: Expr) -> SignSet:
        if is_atom(term):
            return declared_sign(term)
        if is_constant(term):
            return sign_of_constant(term)
        if isinstance(term, Add):
            return _sum([self.of(a) for a in term.args])
        if isinstance(term, Mul):
            found = POSITIVE
            for part in term.args:
                found = _times(found, self.of(part))
            return found
        if isinstance(term, Pow) and not term.exp.is_Rational:
            base = self.of(term.base)
            return base if base <= POSITIVE else NONNEGATIVE if base <= NONNEGATIVE and is_whole(term.exp) else ANY
        if isinstance(term, Pow):
            return _power(self.of(term.base), Fraction(int(term.exp.p), int(term.exp.q)))
        if isinstance(term, exp):
            return POSITIVE
        return self._function(term)

    def _function(self, term: Expr) -> SignSet:
        if isinstance(term, Abs):
            return frozenset(s * s for s in self.of(term.args[0]))
        if isinstance(term, (Min, Max)):
            pick = min if isinstance(term, Min) else max
            return frozenset(pick(choice) for choice in product(*(self.of(a) for a in term.args)))
        if isinstance(term, log):
            return self.of(term.args[0] - 1)
        if isinstance(term, (atan, asin)):
            return self.of(term.args[0])
        if isinstance(term, acos):
            return NONNEGATIVE
        if isinstance(term, gamma):
            return POSITIVE if self.of(term.args[0]) == POSITIVE else ANY
        return ANY

    def missing(self, *terms: Expr) -> list[str]:
        """What would have to be known for the terms to be defined; empty when all is known."""
        return [condition.text for condition in self.open_conditions(*terms)]

    def open_conditions(self, *terms: Expr) -> list[Condition]:
        """The conditions under which the terms are defined, without those that are known to hold."""
        found = {c for term in terms for c in conditions(term)}
        return sorted((c for c in found if not self.of(c.inside) <= c.allowed), key=lambda c: c.text)


class Condition(NamedTuple):
    """That a number has one of the signs; what it says in words is written where it is shown: most are known to hold."""

    inside: Expr
    allowed: SignSet
    subject: Expr
    word: str

    @property
    def text(self) -> str:
        """The condition as it is shown."""
        return f"{self.subject} {self.word}"


def conditions(term: Expr) -> list[Condition]:
    """The conditions under which a term is defined; opaque atoms are defined."""
    if is_atom(term):
        return []
    found = [c for a in term.args for c in conditions(a)]
    if isinstance(term, Pow) and is_whole(term.exp):
        return found
    if isinstance(term, Pow) and not term.exp.is_Rational:
        found.append(Condition(term.base, POSITIVE, term.base, "> 0"))
    elif isinstance(term, Pow):
        allowed = NONNEGATIVE if term.exp.q != 1 else ANY
        allowed = allowed - {0} if term.exp.p < 0 else allowed
        if allowed != ANY:
            word = {NONNEGATIVE: "≥", POSITIVE: ">", NONZERO: "≠"}[allowed]
            found.append(Condition(term.base, allowed, term.base, f"{word} 0"))
    elif isinstance(term, (log, gamma, loggamma, digamma)):
        found.append(Condition(term.args[0], POSITIVE, term.args[0], "> 0"))
    elif isinstance(term, polygamma):
        found.append(Condition(term.args[1], POSITIVE, term.args[1], "> 0"))
    elif isinstance(term, (asin, acos)):
        found += [Condition(1 - s, NONNEGATIVE, s, "≤ 1") for s in (term.args[0], -term.args[0])]
    return found


def is_whole(exponent: Expr) -> bool:
    """Whether an exponent is a positive whole multiple of a symbol declared to be a positive integer; then t^e is defined for every t."""
    factor, symbol = exponent.as_coeff_Mul()
    return bool(factor.is_Integer and factor > 0 and symbol.is_Symbol and symbol.is_integer and symbol.is_positive)


def sign_of_constant(term: Expr) -> SignSet:
    """The sign of a term without atoms: exact zero by normal form, else by Arb with growing precision; ANY when undecided."""
    if term.is_Rational:
        return frozenset({(int(term.p) > 0) - (int(term.p) < 0)})
    for precision in PRECISIONS:
        try:
            value = enclose(term, {}, precision)
        except Undefined:
            return ANY
        if value.lo > 0:
            return POSITIVE
        if value.hi < 0:
            return NEGATIVE
        if precision == PRECISIONS[0] and term.args and not normal_form(term, DECLARED):
            return IS_ZERO
    return ANY


def signs_of(value: ExactInterval) -> SignSet:
    """The signs of the numbers of an interval."""
    if value.lo > 0 or value.hi < 0:
        return POSITIVE if value.lo > 0 else NEGATIVE
    if value.lo == 0:
        return IS_ZERO if value.hi == 0 else NONNEGATIVE
    return NONPOSITIVE if value.hi == 0 else frozenset({-1, 0, 1})


def constant_range(term: Expr) -> Bounds:
    """Rational bounds of a term without atoms, from Arb; no bounds when it cannot be enclosed."""
    try:
        value = enclose(term, {}, PRECISIONS[0])
    except Undefined:
        return FREE
    return Bounds(exact_end(value.lo), False, exact_end(value.hi), False)


def _key(p: Poly) -> tuple[frozenset[tuple[Monomial, Fraction]], Fraction, Fraction]:
    """p = factor·q + constant with q canonical (leading coefficient 1, no constant term)."""
    varying = {m: c for m, c in p.items() if m != ONE}
    if not varying:
        return frozenset(), Fraction(0), p.get(ONE, Fraction(0))
    factor = varying[leading(varying)]
    return frozenset((m, c / factor) for m, c in varying.items()), factor, p.get(ONE, Fraction(0))


def _range_of(sign: SignSet) -> Bounds:
    lo = Fraction(0) if -1 not in sign else None
    hi = Fraction(0) if 1 not in sign else None
    return Bounds(lo, sign == POSITIVE, hi, sign == NEGATIVE)


def _times(left: SignSet, right: SignSet) -> SignSet:
    return frozenset(a * b for a in left for b in right)


def _power(base: SignSet, exponent: Fraction) -> SignSet:
    if exponent.denominator > 1:
        base &= NONNEGATIVE  # the root is real only there
    if exponent < 0:
        base -= {0}
    return frozenset(s ** abs(exponent.numerator) for s in base) or ANY


def _sum(parts: list[SignSet]) -> SignSet:
    if any(-1 in p for p in parts) and any(1 in p for p in parts):
        return ANY
    return frozenset(max((c for c in choice), key=abs) for choice in product(*parts))


DECLARED = SignFacts({})
