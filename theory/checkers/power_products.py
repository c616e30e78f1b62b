"""Terms and facts read as power products of nonnegative bases, for the chain checker."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sympy import Add, Expr, Mul, Pow

from theory.certificates.steps.chain import PowerProduct
from theory.checkers.atoms import fraction, is_atom, is_constant
from theory.checkers.intervals import Undefined, enclose, exact_end
from theory.checkers.power_sums import NONNEGATIVE, POSITIVE, as_term, factor, normal_form
from theory.checkers.problem import Problem
from theory.terms import Eq, Lt, Relation


@dataclass(frozen=True)
class Link:
    """A fact lower ≤ upper between power products, from left to right."""

    name: str
    lower: PowerProduct
    upper: PowerProduct
    strict: bool

    def plain(self, exponent: Fraction) -> dict[str, Any]:
        """The step of a certificate that uses the link."""
        return {"fact": self.name, "strict": self.strict, "lower": plain(self.lower), "upper": plain(self.upper),
                "exponent": str(exponent)}


@dataclass
class Reader:
    """Terms as power products of nonnegative bases; sums that are not power products count as one base."""

    problem: Problem
    bases: dict[str, Expr] = field(default_factory=dict)
    enclosures: dict[str, list[str]] = field(default_factory=dict)
    constants: dict[str, Expr] = field(default_factory=dict)

    def read(self, term: Expr) -> PowerProduct | None:
        """The power product, or None when a factor is not known to be nonnegative."""
        parts = [PowerProduct(Fraction(1), {}, {})]
        for factor_, exponent in _factors(term):
            part = self.base(factor_, exponent)
            if part is None:
                return None
            parts.append(parts[-1].times(part, exponent))
        return parts[-1]

    def base(self, term: Expr, exponent: Fraction) -> PowerProduct | None:
        """One factor of a product, brought to normal form and split into content, common factor and rest."""
        poly = normal_form(term, self.problem.signs)
        if not poly:
            return None
        content, common, rest = factor(poly, self.problem.signs)
        if content < 0 and len(rest) > 1:
            content, rest = -content, {m: -c for m, c in rest.items()}
        if content <= 0:
            return None
        bases = [*common]
        if len(rest) > 1:
            bases.append((as_term(rest), Fraction(1)))
        else:
            (monomial, _), = rest.items()
            bases += monomial
        found = PowerProduct(content, {}, {})
        for base, e in bases:
            if not self.problem.signs.of(base) <= NONNEGATIVE:
                return None
            found = found.times(self._single(base), e)
        return found

    def _single(self, base: Expr) -> PowerProduct:
        one = Fraction(1)
        if base.is_Rational and base > 0:
            return PowerProduct(one, {str(fraction(base)): one}, {})
        name = self.problem.names(base)
        if is_constant(base) and self.enclosures.get(name) is None:
            bounds = _positive_enclosure(base)
            if bounds is not None:
                self.enclosures[name] = bounds
                self.constants[name] = base
        if name in self.enclosures:
            return PowerProduct(one, {name: one}, {})
        self.bases[name] = base
        return PowerProduct(one, {}, {name: one})

    @property
    def positive(self) -> frozenset[str]:
        """Names of the bases that cannot vanish."""
        return frozenset(name for name, base in self.bases.items() if self.problem.signs.of(base) == POSITIVE)


def _factors(term: Expr, exponent: Fraction = Fraction(1)) -> list[tuple[Expr, Fraction]]:
    if isinstance(term, Mul):
        return [f for part in term.args for f in _factors(part, exponent)]
    if isinstance(term, Pow) and term.exp.is_Rational and (isinstance(term.base, Add) or is_atom(term.base)):
        return [(term.base, exponent * fraction(term.exp))]
    return [(term, exponent)]


def _positive_enclosure(base: Expr) -> list[str] | None:
    try:
        value = enclose(base, {}, 256)
    except Undefined:
        return None
    lo, hi = exact_end(value.lo), exact_end(value.hi)
    return [str(lo), str(hi)] if lo is not None and hi is not None and lo > 0 else None


def plain(product: PowerProduct) -> dict[str, Any]:
    return {"coefficient": str(product.coefficient), "constants": {n: str(e) for n, e in product.constants.items()},
            "atoms": {n: str(e) for n, e in product.atoms.items()}}


def links_of(reader: Reader, name: str, fact: Relation) -> list[Link]:
    """The links of a fact: none when a side is no power product, two for an equation."""
    lower, upper = reader.read(fact.lhs), reader.read(fact.rhs)
    if lower is None or upper is None:
        return []
    link = Link(name, lower, upper, isinstance(fact, Lt))
    return [link, Link(name, upper, lower, False)] if isinstance(fact, Eq) else [link]
