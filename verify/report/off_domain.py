"""What a statement reads off the domain of its terms, as far as its form and its hypotheses leave that possible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import sympy
from sympy import Expr, Pow, Rational

from theory.claim import Claim
from theory.terms import linear, scalars
from theory.terms.arithmetic import simplified
from theory.terms.circle import CircleSlope
from theory.terms.formula import And, Eq, Implies, Le, Lt, Property
from theory.terms.sets import Ball, Range, Signs, Sphere
from theory.terms.sets import Interval as RealInterval
from theory.terms.sorts import Binder, Formula
from theory.terms.tensors import MarkovBound
from verify.evaluate.conventions import Convention
from verify.evaluate.growth import is_bounded_supremum, is_integrable


class KnownSigns(NamedTuple):
    """What holds where a term stands: numbers that are ≥ 0 or > 0, and declared properties."""

    signs: tuple[tuple[Expr, bool], ...] = ()  # (g, strict): 0 ≤ g, or 0 < g
    properties: tuple[Property, ...] = ()

    def with_facts(self, formula: Formula) -> KnownSigns:
        """What is known under an assumption; of quantified facts nothing is used."""
        if isinstance(formula, And):
            known = self
            for part in formula.args:
                known = known.with_facts(part)
            return known
        if isinstance(formula, Property):
            return self._replace(signs=self.signs + _sizes(formula), properties=(*self.properties, formula))
        if isinstance(formula, (Le, Lt, Eq)):
            gap = formula.args[1] - formula.args[0]
            both = ((gap, isinstance(formula, Lt)), (-gap, False)) if isinstance(formula, Eq) else ((gap, isinstance(formula, Lt)),)
            return self._replace(signs=self.signs + both)
        return self

    def with_range(self, variable: Any, domain: Any) -> KnownSigns:
        """What is known beneath a binder."""
        if isinstance(domain, Range):
            return self._replace(signs=(*self.signs, (domain.size - variable, False), (variable - 1, False)))
        if isinstance(domain, RealInterval):
            return self._replace(signs=(*self.signs, (variable - domain.args[0], False), (domain.args[1] - variable, False)))
        return self

    def gaps(self, t: Any) -> Iterator[tuple[Expr, bool]]:
        """t less what is known to be ≥ 0 or > 0, as sympy simplifies it: of 1 + 0·t it does not always see that it is positive."""
        return ((simplified(t - g), strict) for g, strict in self.signs)

    def is_positive(self, t: Any) -> bool:
        return bool(t.is_positive) or any(gap.is_nonnegative if strict else gap.is_positive for gap, strict in self.gaps(t))

    def is_nonnegative(self, t: Any) -> bool:
        return bool(t.is_nonnegative) or any(gap.is_nonnegative for gap, _ in self.gaps(t))

    def is_nonzero(self, t: Any) -> bool:
        return bool(t.is_nonzero) or self.is_positive(t) or self.is_positive(-t)

    def is_natural(self, t: Any) -> bool:
        return bool(t.is_integer) and self.is_nonnegative(t)

    def is_index(self, i: Any, size: Any) -> bool:
        """Whether 1 ≤ i ≤ size."""
        return self.is_nonnegative(i - 1) and self.is_nonnegative(size - i)


def _sizes(formula: Property) -> tuple[tuple[Expr, bool], ...]:
    """What a property says of dimensions: the rank of a projection is at most its size, and so is the number of independent rows."""
    if formula.name == "orthogonal projection":
        matrix, rank = formula.objects
        return (rank, False), (matrix.shape[0] - rank, False)
    if formula.name == "independent rows":
        rows, columns = formula.objects[0].shape
        return ((columns - rows, False),)
    return ()


def off_domain_line(claim: Claim) -> str | None:
    """One line on what the statement reads off the domain of its terms; None where that cannot happen.

    >>> from theory import find_claim
    >>> off_domain_line(find_claim("mcshane.floor")) is None        # a hypothesis says that f is Lipschitz
    True
    >>> off_domain_line(find_claim("mcshane.attained")) is None     # the conclusion says it of g
    True
    >>> off_domain_line(find_claim("bln.quadratic.ball_lower"))
    'off their domains: Lip(f) = 0 where f is not Lipschitz'
    """
    found = conventions_of(claim)
    return f"off their domains: {', '.join(c.value for c in found)}" if found else None


def conventions_of(claim: Claim) -> tuple[Convention, ...]:
    """The conventions on which the statement of a claim may lean, in the order of the table."""
    known = KnownSigns()
    for hypothesis in claim.hypotheses:
        known = known.with_facts(hypothesis.formula)
    formulas = [*(h.formula for h in claim.hypotheses), claim.conclusion]
    found = {convention for formula in formulas for convention in readings(formula, known)}
    return tuple(c for c in Convention if c in found)


def readings(term: Any, known: KnownSigns) -> Iterator[Convention]:
    """The conventions of a term and of its subterms whose domain condition is not met by what is known."""
    yield from _own(term, known)
    if isinstance(term, Binder):
        for variable, domain in term.limits:
            yield from readings(domain, known)
            known = known.with_range(variable, domain)
        yield from readings(term.body, known)
    elif isinstance(term, Implies):
        yield from readings(term.premise, known)
        yield from readings(term.conclusion, known.with_facts(term.premise))
    elif isinstance(term, And):                   # false where a property fails that it declares, whatever the other parts read there
        for declared in _declared(term):
            known = known.with_facts(declared)
        for part in term.args:
            yield from readings(part, known)
    else:
        for part in term.args:
            yield from readings(part, known)


def _declared(formula: Formula) -> Iterator[Property]:
    """The properties among the parts of a conjunction."""
    if isinstance(formula, Property):
        yield formula
    elif isinstance(formula, And):
        for part in formula.args:
            yield from _declared(part)


def _own(term: Any, known: KnownSigns) -> Iterator[Convention]:
    if isinstance(term, Pow):
        yield from _power(term, known)
    elif isinstance(term, scalars.Sup):
        yield from _supremum(term, known)
    else:
        for kind, (convention, is_inside) in DOMAINS.items():
            if isinstance(term, kind) and not is_inside(term, known):
                yield convention


def _power(term: Pow, known: KnownSigns) -> Iterator[Convention]:
    base, exponent = term.base, term.exp
    if not known.is_nonnegative(exponent) and not known.is_nonzero(base):
        yield Convention.DIVISION
    if exponent.is_integer is not True and not known.is_nonnegative(base):
        yield Convention.ROOT if exponent == Rational(1, 2) else Convention.POWER


def _supremum(term: scalars.Sup, known: KnownSigns) -> Iterator[Convention]:
    """A maximum over index ranges, or else mentioned unless the sets have points and the body is bounded, by its form or as assumed."""
    if all(isinstance(d, Range) for d in term.domains):
        if not all(known.is_positive(d.size) for d in term.domains):
            yield Convention.MAXIMUM
    elif not (all(_has_points(d, known) for d in term.domains) and (is_bounded_supremum(term) or _is_said("bounded", term.body, known))):
        yield Convention.SUPREMUM


def _has_points(domain: Any, known: KnownSigns) -> bool:
    if isinstance(domain, Ball):
        return known.is_nonnegative(domain.radius)
    if isinstance(domain, RealInterval):
        return known.is_nonnegative(domain.args[1] - domain.args[0])
    if isinstance(domain, Sphere):
        return known.is_positive(domain.dim)
    return known.is_positive(domain.size) if isinstance(domain, Range) else True


def _is_said(word: str, thing: Any, known: KnownSigns) -> bool:
    """Whether a hypothesis says of the thing, by name, that it is Lipschitz or bounded."""
    return any(word in p.name.split() and thing in p.objects for p in known.properties)


def _is_known_lipschitz(term: scalars.Lip, known: KnownSigns) -> bool:
    return _is_said("Lipschitz", term.args[0], known)


def _within_one(term: Any, known: KnownSigns) -> bool:
    return known.is_nonnegative(1 - term.args[0]) and known.is_nonnegative(1 + term.args[0])


def _cell(term: linear.Cell, known: KnownSigns) -> bool:
    return all(known.is_index(i, size) for i, size in zip(term.args[1:], term.args[0].shape, strict=True))


# the terms with a domain: by which convention they are read off it, and whether they are known to be in it
DOMAINS: dict[type, tuple[Convention, Any]] = {
    sympy.log: (Convention.LOGARITHM, lambda term, known: known.is_positive(term.args[0])),
    sympy.asin: (Convention.ARC, _within_one),
    sympy.acos: (Convention.ARC, _within_one),
    sympy.gamma: (Convention.GAMMA, lambda term, known: known.is_positive(term.args[0])),
    sympy.loggamma: (Convention.GAMMA, lambda term, known: known.is_positive(term.args[0])),
    sympy.factorial: (Convention.FACTORIAL, lambda term, known: known.is_natural(term.args[0])),
    sympy.binomial: (Convention.BINOMIAL, lambda term, known: all(map(known.is_natural, term.args))),
    scalars.Lip: (Convention.LIPSCHITZ, _is_known_lipschitz),
    scalars.Expect: (Convention.EXPECTATION, lambda term, known: all(isinstance(d, Signs) for d in term.domains) or is_integrable(term)),
    linear.Direction: (Convention.DIRECTION, lambda term, known: known.is_nonzero(scalars.Norm(term.args[0]))),
    linear.Entry: (Convention.ENTRY, lambda term, known: known.is_index(term.args[1], term.args[0].dim)),
    linear.Row: (Convention.ENTRY, lambda term, known: known.is_index(term.args[1], term.args[0].shape[0])),
    linear.Cell: (Convention.ENTRY, _cell),
    scalars.EigenvalueSum: (
        Convention.EIGENVALUE,
        lambda term, known: known.is_nonnegative(term.args[1]) and known.is_nonnegative(term.args[0].shape[0] - term.args[1]),
    ),
    MarkovBound: (
        Convention.MARKOV, lambda term, known: known.is_nonnegative(term.args[1]) and known.is_nonnegative(term.args[0] - term.args[1]),
    ),
    CircleSlope: (Convention.CHORD, lambda term, known: False),
}
