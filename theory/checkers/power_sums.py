"""Normal form of a scalar: a finite sum of rational multiples of power products of bases.

A base is an opaque atom, a prime number under a root, a constant such as π, or the exponential, logarithm, absolute value, …, of a
normal form.  Two terms with one normal form are equal wherever both are defined; so a checker first demands that its terms are
defined (theory.checkers.signs) and only then compares normal forms.  Powers of products are split, and logarithms of products opened,
only when the signs of the factors make it legitimate.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Protocol

from sympy import Abs, Add, E, Expr, Integer, Mul, Pow, exp, factorint, log

from theory.checkers.atoms import LATTICE, fraction, is_atom, rational

Monomial = tuple[tuple[Expr, Fraction], ...]
Poly = dict[Monomial, Fraction]
SignSet = frozenset[int]

ONE: Monomial = ()
NONNEGATIVE: SignSet = frozenset({0, 1})
POSITIVE: SignSet = frozenset({1})
LARGEST_EXPANDED_POWER = 12     # (a+b)^13 and beyond stay a base: expansion would cost more than it could ever prove
LARGEST_FACTORED_NUMBER = 10 ** 12  # under a root; larger integers stay one base, still sound


class SignSource(Protocol):
    """Anything that knows possible signs of terms."""

    def of(self, term: Expr) -> SignSet:
        """The signs (−1, 0, 1) that the term may have."""
        ...


def normal_form(term: Expr, signs: SignSource) -> Poly:
    """The normal form of a term, as a map from power products to nonzero rational coefficients.

    >>> from sympy import Symbol, sqrt
    >>> from theory.checkers.signs import DECLARED
    >>> x = Symbol("x", nonnegative=True)
    >>> normal_form((sqrt(x) + 1)*(sqrt(x) - 1), DECLARED) == {((x, Fraction(1)),): 1, (): -1}
    True
    """
    return _Normaliser(signs).of(term)


def difference(upper: Expr, lower: Expr, signs: SignSource) -> Poly:
    """The normal form of upper − lower."""
    return add(normal_form(upper, signs), scale(normal_form(lower, signs), Fraction(-1)))


def add(p: Poly, q: Poly) -> Poly:
    """p + q."""
    total = dict(p)
    for monomial, coefficient in q.items():
        total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return {m: c for m, c in total.items() if c}


def scale(p: Poly, factor: Fraction) -> Poly:
    """factor · p."""
    return {m: c * factor for m, c in p.items()} if factor else {}


def as_term(p: Poly) -> Expr:
    """The sympy term of a normal form."""
    return Add(*(Mul(rational(c), monomial_term(m)) for m, c in p.items()))


def monomial_term(monomial: Monomial) -> Expr:
    """The sympy term of a power product."""
    return Mul(*(Pow(base, rational(e)) for base, e in monomial))


def make_monomial(exponents: dict[Expr, Fraction]) -> Monomial:
    """The canonical tuple of a map of exponents."""
    return tuple(sorted(((b, e) for b, e in exponents.items() if e), key=lambda item: item[0].sort_key()))


class _Normaliser:
    def __init__(self, signs: SignSource) -> None:
        self.signs = signs
        self.memo: dict[Expr, Poly] = {}

    def of(self, term: Expr) -> Poly:
        if term not in self.memo:
            self.memo[term] = self.compute(term)
        return self.memo[term]

    def compute(self, term: Expr) -> Poly:
        if term.is_Rational:
            return scale({ONE: Fraction(1)}, fraction(term))
        if is_atom(term) or not term.args:
            return {((term, Fraction(1)),): Fraction(1)}
        if isinstance(term, Add):
            total: Poly = {}
            for part in term.args:
                total = add(total, self.of(part))
            return total
        if isinstance(term, Mul):
            product: Poly = {ONE: Fraction(1)}
            for part in term.args:
                product = self.multiply(product, self.of(part))
            return product
        if isinstance(term, Pow) and not term.exp.is_Rational:
            return self.symbolic_power(term.base, term.exp)
        if isinstance(term, Pow):
            return self.power(term.base, fraction(term.exp))
        if isinstance(term, exp):
            return self.exponential(self.of(term.args[0]))
        if isinstance(term, log):
            return self.logarithm(self.of(term.args[0]))
        return self.function(term)

    def function(self, term: Expr) -> Poly:
        if isinstance(term, Abs):
            inside = self.of(term.args[0])
            known = self.signs.of(term.args[0])
            if known <= NONNEGATIVE:
                return inside
            if known <= frozenset({-1, 0}):
                return scale(inside, Fraction(-1))
            rebuilt = Abs(as_term(inside))
            return self.base(rebuilt) if isinstance(rebuilt, Abs) else self.of(rebuilt)
        if isinstance(term, LATTICE):
            return self.base(term)  # sympy keeps the arguments of Min and Max in canonical order
        rebuilt = term.func(*(as_term(self.of(a)) for a in term.args))
        return self.base(rebuilt) if isinstance(rebuilt, term.func) else self.of(rebuilt)

    def base(self, term: Expr, exponent: Fraction = Fraction(1)) -> Poly:
        """One base to a power."""
        return self.reduce({term: exponent}, Fraction(1))

    def multiply(self, p: Poly, q: Poly) -> Poly:
        product: Poly = {}
        for left, a in p.items():
            for right, b in q.items():
                exponents = dict(left)
                for base, e in right:
                    exponents[base] = exponents.get(base, Fraction(0)) + e
                product = add(product, self.reduce(exponents, a * b))
        return product

    def reduce(self, exponents: dict[Expr, Fraction], coefficient: Fraction) -> Poly:
        """Whole powers of numbers, of sums under a root and even powers of absolute values are multiplied out."""
        for base, e in exponents.items():
            if base.is_Integer and not 0 <= e < 1:
                rest = {b: f for b, f in exponents.items() if b != base} | {base: e - floor(e)}
                return self.reduce(rest, coefficient * Fraction(int(base)) ** floor(e))
            if self.multiplies_out(base) and 1 <= e <= LARGEST_EXPANDED_POWER:
                rest = {b: f for b, f in exponents.items() if b != base} | {base: e - floor(e)}
                return self.multiply(self.reduce(rest, coefficient), self.whole_power(self.of(base), floor(e)))
            if isinstance(base, Abs) and 2 <= e <= LARGEST_EXPANDED_POWER and e.denominator == 1:
                rest = {b: f for b, f in exponents.items() if b != base} | {base: e % 2}
                return self.multiply(self.reduce(rest, coefficient), self.whole_power(self.of(base.args[0]), int(e - e % 2)))
        return {make_monomial(exponents): coefficient}

    @staticmethod
    def multiplies_out(base: Expr) -> bool:
        """Whether whole powers of the base have a finer normal form."""
        return isinstance(base, (Add, Mul)) or (isinstance(base, Pow) and base.exp.is_Rational)

    def whole_power(self, p: Poly, exponent: int) -> Poly:
        result: Poly = {ONE: Fraction(1)}
        for _ in range(exponent):
            result = self.multiply(result, p)
        return result

    def power(self, base: Expr, exponent: Fraction) -> Poly:
        inside = self.of(base)
        if not inside and exponent > 0:
            return {}
        if exponent.denominator == 1 and 0 <= exponent <= LARGEST_EXPANDED_POWER and len(inside) > 1:
            return self.whole_power(inside, int(exponent))
        if len(inside) == 1:
            (monomial, coefficient), = inside.items()
            # (c·Π b^e)^q = c^q·Π b^{eq}: always for whole q, else when c > 0 and every factor is nonnegative
            if exponent.denominator == 1 or (coefficient > 0 and all(self.signs.of(b) <= NONNEGATIVE for b, _ in monomial)):
                split = self.reduce({b: e * exponent for b, e in monomial}, Fraction(1))
                return self.multiply(split, self.number(coefficient, exponent))
        if not inside:
            return {((Integer(0), exponent),): Fraction(1)}  # 0 to a negative power: no domain check lets it pass
        content, common, rest = factor(inside, self.signs)
        if content < 0 and exponent.denominator > 1:
            content, rest = -content, scale(rest, Fraction(-1))
        if len(rest) == 1:
            return self.base(as_term(inside), exponent)
        outside = self.reduce({b: e * exponent for b, e in common}, Fraction(1))
        return self.multiply(self.multiply(outside, self.number(content, exponent)), self.base(as_term(rest), exponent))

    def number(self, value: Fraction, exponent: Fraction) -> Poly:
        if exponent.denominator == 1 and value:
            return {ONE: value ** int(exponent)}
        if value <= 0 or max(value.numerator, value.denominator) > LARGEST_FACTORED_NUMBER:
            return {((rational(value), exponent),): Fraction(1)} if value else {}
        exponents: dict[Expr, Fraction] = {}
        for part, direction in ((value.numerator, 1), (value.denominator, -1)):
            for prime, multiplicity in factorint(part).items():
                exponents[Integer(prime)] = exponents.get(Integer(prime), Fraction(0)) + direction * multiplicity * exponent
        return self.reduce(exponents, Fraction(1))

    def symbolic_power(self, base: Expr, exponent: Expr) -> Poly:
        if self.signs.of(base) != POSITIVE:
            return self.function(Pow(base, exponent))
        # b^{Σ c_m m} = Π (b^m)^{c_m}, with b > 0: legitimate for all real m and rational c_m
        product: Poly = {ONE: Fraction(1)}
        for monomial, coefficient in self.of(exponent).items():
            raised = base if monomial == ONE else Pow(base, monomial_term(monomial))
            is_base = monomial != ONE and isinstance(raised, Pow) and raised.base == base     # sympy writes (√d)^p as d^{p/2}
            product = self.multiply(product, self.base(raised, coefficient) if is_base else self.power(raised, coefficient))
        return product

    def exponential(self, argument: Poly) -> Poly:
        # exp(Σ c_m m) = Π exp(m)^{c_m}, with exp(m) > 0: legitimate for all real m and rational c_m
        exponents: dict[Expr, Fraction] = {}
        for monomial, coefficient in argument.items():
            base = E if monomial == ONE else exp(monomial_term(monomial))
            if not isinstance(base, exp) and base is not E:  # exp(log t) = t, where t > 0 has been demanded
                return {((exp(as_term(argument)), Fraction(1)),): Fraction(1)}
            exponents[base] = exponents.get(base, Fraction(0)) + coefficient
        return {make_monomial(exponents): Fraction(1)}

    def logarithm(self, argument: Poly) -> Poly:
        if len(argument) != 1:
            return {((log(as_term(argument)), Fraction(1)),): Fraction(1)}
        (monomial, coefficient), = argument.items()
        if coefficient <= 0 or not all(self.signs.of(b) == POSITIVE for b, _ in monomial):
            return {((log(as_term(argument)), Fraction(1)),): Fraction(1)}
        total: Poly = {}
        for base, e in (*monomial, *_prime_factors(coefficient)):
            inner = self.of(base.args[0]) if isinstance(base, exp) else {ONE: Fraction(1)} if base is E else None
            if inner is None:
                opened = log(base)
                inner = {((opened, Fraction(1)),): Fraction(1)} if isinstance(opened, log) else self.of(opened)
            total = add(total, scale(inner, e))
        return total


def _prime_factors(value: Fraction) -> Monomial:
    parts = (value.numerator, 1), (value.denominator, -1)
    if max(value.numerator, value.denominator) > LARGEST_FACTORED_NUMBER:
        return make_monomial({Integer(part): Fraction(direction) for part, direction in parts if part > 1})
    return make_monomial({Integer(p): Fraction(direction * m) for part, direction in parts for p, m in factorint(part).items() if p > 1})


def leading(p: Poly) -> Monomial:
    """The first monomial in canonical order."""
    return min(p, key=lambda m: (m == ONE, [(b.sort_key(), e) for b, e in m]))


def factor(p: Poly, signs: SignSource) -> tuple[Fraction, Monomial, Poly]:
    """p = c · m · q with c the leading coefficient, m the common power product of nonnegative bases, q the rest.

    >>> from sympy import symbols
    >>> from theory.checkers.signs import DECLARED
    >>> a, b, c = symbols("a b c", nonnegative=True)
    >>> content, common, rest = factor(normal_form(2*a*b + 2*a*c, DECLARED), DECLARED)
    >>> content, monomial_term(common), as_term(rest)
    (Fraction(2, 1), a, b + c)
    """
    content = p[leading(p)]
    tables = [dict(m) for m in p]
    least = {b: min(t.get(b, Fraction(0)) for t in tables) for t_ in tables for b in t_}
    shared = {b: e for b, e in least.items() if e and signs.of(b) <= NONNEGATIVE}
    rest = {divided(m, shared): c / content for m, c in p.items()}
    return content, make_monomial(shared), rest


def divided(monomial: Monomial, by: dict[Expr, Fraction]) -> Monomial:
    exponents = dict(monomial)
    for base, e in by.items():
        exponents[base] = exponents.get(base, Fraction(0)) - e
    return make_monomial(exponents)
