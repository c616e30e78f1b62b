"""Checkers *algebra* and *sums*: an equation holds because both sides have the same normal form under the named equations.

*algebra* reads squares of norms as inner products, expands those and traces, and clears denominators that are known not to vanish.
*sums* is the same normal form for finite sums and double sums of symbolic length.  One normal form serves both; the two names tell the
reader what kind of identity to expect.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Pow, S, expand, fraction, together

from theory.checkers.context import Context
from theory.checkers.signs import Contradiction, Signs
from theory.errors import BadData
from theory.normal import Normaliser
from theory.terms import Eq, VectorEq
from theory.terms.printing import text
from theory.verdict import Verdict, failed, proved, unknown


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


def vanishing_divisors(context: Context) -> list[Expr]:
    """Divisors in the goal that no declaration or named fact shows to be nonzero.

    Normal forms cancel, so they are equal only where the goal is defined; every checker of terms asks here first.
    """
    divisors = {p.base for p in context.goal.atoms(Pow) if p.exp.is_negative and not (p.base.is_Symbol and p.base.is_positive)}
    if not divisors:
        return []
    try:
        signs = Signs(context.relations())
        return sorted((b for b in divisors if 0 in signs.of(b)), key=lambda b: b.sort_key())
    except (Contradiction, BadData):
        return sorted(divisors, key=lambda b: b.sort_key())


def _by_clearing_denominators(difference: Expr, context: Context, normaliser: Normaliser) -> Verdict:
    numerator, denominator = fraction(together(difference))
    if normaliser.scalar(expand(numerator)) != S.Zero:
        return failed(f"the two sides differ by {shown(difference)}", difference=str(difference))
    if 0 in Signs(context.relations()).of(denominator):
        return unknown(f"the identity divides by {shown(denominator)}, which may be zero; name a fact that says it is positive")
    return proved("both sides agree over a common nonzero denominator", denominator=str(denominator))


def shown(term: Any) -> str:
    """A term as text, shortened."""
    words = text(term)
    return words if len(words) <= 160 else f"{words[:157]}…"

