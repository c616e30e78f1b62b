"""Refutations by the general member of a family with fixed sizes."""

from __future__ import annotations

from flint import fmpq

from theory.claim import Claim
from theory.errors import LawbookError, NotCertified
from theory.terms import Le
from theory.terms.printing.text import text
from theory.verdict import Status, Verdict, unknown
from verify.evaluate import evaluate_exact
from verify.evaluate.exact import germs, numbers
from verify.evaluate.exact.formulas import Decision, decide
from verify.laws.measure import RefutingFamily
from verify.trials.refutation.general_member import GeneralMember, general_member, with_functions
from verify.trials.refutation.open_constants import MEMBERS, at_constant_one, require_no_constant
from verify.trials.refutation.witness import Unproven, require_hypotheses

STARTS = (2, 8, 64, 2**10, 2**20) # from which on a family is shown to exceed its formula; larger ones leave smaller enclosures


def refute_by_general_member(claim: Claim, family: RefutingFamily) -> Verdict:
    """No constant C serves: along the family lhs/rhs, at C = 1, exceeds a formula in M that tends to infinity, at every member from one on.

    The conclusion is lhs ≤ C·(…) or c·(…) ≤ rhs.  Hypotheses and inequality are shown for the general member, see
    `verify.trials.refutation.general_member`; where that fails, what is seen at a few members is said, and refutes nothing.
    """
    conclusion = at_constant_one(claim)
    require_no_constant(claim, "a member fixes it")
    try:
        general = general_member(family)
        start, off_domain = _shown_beyond(general, claim, conclusion, family)
    except LawbookError as error:
        return unknown(f"{seen_at_members(claim, conclusion, family)}; beyond that unproved: {error}")
    return Verdict(Status.REFUTED, f"the constant would have to be at least {text(family.ratio)} for every M ≥ {start}",
                   {"ratio": str(family.ratio), "limit": "oo", "beyond": start, "off domain": off_domain})


def _shown_beyond(general: GeneralMember, claim: Claim, conclusion: Le, family: RefutingFamily) -> tuple[int, list[str]]:
    """The first start from which on the inequality is shown, and what is read off the domain there.

    A number that is undecided on one ray, such as √(1000 − M), is decided on a later one.
    """
    undecided = NotCertified("the inequality is not decided along the general member")
    for start in STARTS:
        try:
            said = _read_beyond(start, general, claim, conclusion, family)
        except NotCertified as error:
            undecided = error
        else:
            if said is not None:
                return start, said
    raise undecided


def _read_beyond(start: int, general: GeneralMember, claim: Claim, conclusion: Le, family: RefutingFamily) -> list[str] | None:
    """What is read off the domain for every M ≥ start, where for every M ≥ start the hypotheses hold, the left side is positive, and it is
    at least ratio·(right side); None where that is not shown.
    """
    formulas = {hypothesis.name: hypothesis.formula for hypothesis in claim.hypotheses}
    at, constructed = with_functions(general.at(start, [*formulas.values(), conclusion]), start, formulas)
    for name, formula in formulas.items():
        if name not in constructed and decide(formula, at) < Decision.TRUE:
            if start == STARTS[-1]:
                raise Unproven(f"{name!r} is not shown to hold at the general member")
            return None
    ratio = at.with_bound({family.parameter: germs.parameter(start)}).scalar(family.ratio)
    if not (isinstance(ratio, germs.Germ) and ratio.exponent > 0 and ratio.ball > 0):
        raise Unproven(f"the ratio {text(family.ratio)} is not shown to tend to infinity")
    lhs, rhs = (at.scalar(side) for side in conclusion.args)
    reached = numbers.below(fmpq(0), lhs) and numbers.at_most(numbers.multiply(ratio, rhs), lhs)
    return at.off_domain if reached else None


def seen_at_members(claim: Claim, conclusion: Le, family: RefutingFamily) -> str:
    """Where the inequality between the ratio and the formula is seen, in exact arithmetic; it proves nothing of other members."""
    seen = [size for size in MEMBERS if _is_seen(claim, conclusion, family, size)]
    return f"seen at M = {', '.join(map(str, seen))}" if seen else "seen at no member"


def _is_seen(claim: Claim, conclusion: Le, family: RefutingFamily, size: int) -> bool:
    try:
        instance = require_hypotheses(claim.hypotheses, family.member(size))
        lower, upper = (evaluate_exact(side, instance) for side in conclusion.args)
        return bool(lower >= evaluate_exact(family.ratio.subs(family.parameter, size), instance) * upper)
    except LawbookError:
        return False
