"""Polynomial inequalities on an interval, decided exactly: roots are isolated, nothing is sampled."""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_poly
from sympy import Abs, Add, Mul, Poly, Pow, Rational, Symbol

from theory.errors import NotCertified
from theory.terms.formula import Eq, Lt
from theory.terms.linear import IndexedSum
from theory.terms.sorts import names_in, open_binder
from verify.evaluate.exact.numbers import is_rational
from verify.evaluate.exact.terms import Exact, _members

UNKNOWN = Symbol("t")


def polynomial(term: Any, variable: Any, at: Exact) -> fmpq_poly:
    """The term as a polynomial in a real variable with rational coefficients.

    Raises: NotCertified when its form is none.
    """
    if variable not in term.free_symbols:
        value = at.scalar(term)
        if not is_rational(value):
            raise NotCertified(f"{term} is irrational here")
        return fmpq_poly([value])
    if term == variable:
        return fmpq_poly([0, 1])
    if isinstance(term, (Add, Mul)):
        parts = [polynomial(part, variable, at) for part in term.args]
        found = parts[0]
        for part in parts[1:]:
            found = found + part if isinstance(term, Add) else found * part
        return found
    if isinstance(term, Pow) and variable not in term.exp.free_symbols:
        exponent = at.whole(term.exp)
        if exponent >= 0:
            return polynomial(term.base, variable, at) ** exponent
    if isinstance(term, IndexedSum) and len(term.limits) == 1:
        (index,), body = open_binder(term, names_in(term) | {str(variable)})
        total = fmpq_poly([0])
        for value in _members(term.domains[0], at):
            total = total + polynomial(body, variable, at.with_bound({index: value}))
        return total
    raise NotCertified(f"{term} is not read as a polynomial in {variable}")


def holds_between(relation: Any, variable: Any, low: fmpq, high: fmpq, at: Exact) -> bool:
    """Whether p ≤ q, p < q or p = q for polynomials p, q holds on the whole interval; |p| on the left counts as p and as −p.

    Raises: NotCertified when a side is no polynomial in the variable.
    """
    if isinstance(relation.lhs, Abs) and not isinstance(relation, Eq):
        inside = relation.lhs.args[0]
        return all(holds_between(relation.func(side, relation.rhs), variable, low, high, at) for side in (inside, -inside))
    gap = polynomial(relation.rhs, variable, at) - polynomial(relation.lhs, variable, at)
    if isinstance(relation, Eq) or gap == 0:
        return bool(gap == 0) and not isinstance(relation, Lt)
    return _is_nonnegative(gap, low, high, strict=isinstance(relation, Lt))


def _is_nonnegative(gap: fmpq_poly, low: fmpq, high: fmpq, *, strict: bool) -> bool:
    """At one point that is no root, and there is no root at which the sign changes (strict: no root at all)."""
    ends = [Rational(int(end.p), int(end.q)) for end in (low, high)]
    written = Poly([Rational(int(c.p), int(c.q)) for c in reversed(gap.coeffs())], UNKNOWN)
    if strict:
        return written.eval(ends[0]) > 0 and (written.degree() == 0 or written.count_roots(*ends) == 0)
    for factor, power in written.sqf_list()[1]:
        inside = factor.count_roots(*ends) - sum(factor.eval(end) == 0 for end in dict.fromkeys(ends))
        if power % 2 and inside:
            return False
    places = (ends[0] + (ends[1] - ends[0]) * Rational(step, written.degree() + 2) for step in range(1, written.degree() + 2))
    return next((value > 0 for value in map(written.eval, places) if value != 0), True)
