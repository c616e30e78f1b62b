"""Checkers *algebra* and *sums*: an equation holds because both sides have the same normal form under the named equations.

*algebra* reads squares of norms as inner products, expands those and traces, and clears denominators that are known not to vanish.
*sums* is the same normal form for finite sums and double sums of symbolic length.  One normal form serves both; the two names tell the
reader what kind of identity to expect.
"""

from __future__ import annotations

from sympy import Expr, S, expand, fraction, together

from theory.checkers.context import Context
from theory.checkers.signs import SignFacts
from theory.terms import Eq, VectorEq
from theory.terms.normal import Normaliser
from theory.terms.printing.text import text
from theory.verdict import Verdict, failed, proved, unknown

LONGEST = 160


def shown(term: Expr) -> str:
    """A term as text, shortened."""
    words = text(term)
    return words if len(words) <= LONGEST else f"{words[:LONGEST - 3]}…"


def check_identity(context: Context) -> Verdict:
    """Both sides of the goal are equal under the named equations."""
    goal, normaliser = context.goal, context.normaliser(expand_norms=True)
    if isinstance(goal, VectorEq):
        difference = normaliser.combination(goal.args[0] - goal.args[1])
        return proved("both sides expand to the same combination") if not difference else failed(
            f"the two vectors differ by {normaliser.vector(goal.args[0] - goal.args[1])}")
    if not isinstance(goal, Eq):
        return failed("an identity is an equation; use linear, chain or polynomial for an inequality")
    difference = normaliser.scalar(goal.lhs - goal.rhs)
    if difference == S.Zero:
        return proved("both sides have the same normal form", rewrites=normaliser.rewrites)
    return _by_clearing_denominators(difference, context, normaliser)


def _by_clearing_denominators(difference: Expr, context: Context, normaliser: Normaliser) -> Verdict:
    numerator, denominator = fraction(together(difference))
    if normaliser.scalar(expand(numerator)) != S.Zero:
        return failed(f"the two sides differ by {shown(difference)}", difference=str(difference))
    if 0 in SignFacts(context.relations()).of(denominator):
        return unknown(f"the identity divides by {shown(denominator)}, which may be zero; name a fact that says it is positive")
    return proved("both sides agree over a common nonzero denominator", denominator=str(denominator))
