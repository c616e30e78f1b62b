"""Refutations: an exact witness, or a family along which an open constant would have to grow without bound."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Integer, Symbol, limit, oo

from theory.claim import Claim
from theory.terms import Le
from theory.terms.printing import text
from theory.terms.sorts import replace
from theory.verdict import Status, Verdict, unknown
from verify.evaluate import Evaluator, Instance, Outcome, check_exact, evaluate_exact
from verify.measure import Counterexample, Family

MEMBERS = (2, 8, 32)      # of a family, compared with its formula; in ball arithmetic; a formula that grows too fast fails at one of them


@dataclass(frozen=True)
class Refutation:
    """A witness against a claim and the verdict on it; only the status REFUTED makes the claim refuted."""

    words: str
    breaks: str
    verdict: Verdict


def refute(claim: Claim, witness: Counterexample) -> Refutation:
    """The witness re-checked: the hypotheses hold at the instance, and the conclusion is false there in exact or ball arithmetic.

    A claim with an open constant is refuted by no single instance: its witness is a family, see `refute_by_family`.
    """
    if claim.constants:
        verdict = unknown("an open constant needs a family, and there is none") if witness.family is None else refute_by_family(
            claim, witness.family)
    else:
        broken = _broken_hypothesis(claim, witness.instance)
        verdict = broken if broken is not None else check_exact(claim.conclusion, witness.instance)
    return Refutation(witness.words, witness.breaks, verdict)


def refute_by_family(claim: Claim, family: Family) -> Verdict:
    """No constant C serves: along the family lhs/rhs, at C = 1, is a formula in M that tends to infinity.

    The conclusion is lhs ≤ C·(…).  At several members the ratio is shown in balls to exceed the formula; its limit is symbolic.
    """
    conclusion, constant = claim.conclusion, Symbol(claim.constants[0].name, positive=True)
    if not isinstance(conclusion, Le) or not conclusion.rhs.has(constant):
        return unknown(f"{text(conclusion)} is not an upper bound with the constant {constant}")
    for size in MEMBERS:
        instance = family.member(size)
        broken = _broken_hypothesis(claim, instance)
        if broken is not None:
            return broken
        lower, upper = (evaluate_exact(replace(side, {constant: Integer(1)}), instance) for side in conclusion.args)
        wanted = evaluate_exact(family.ratio.subs(family.parameter, size), instance)
        if not lower > wanted * upper:              # for all values in the balls; an overlap of balls shows nothing
            return unknown(f"at M = {size} the ratio is not shown to exceed the formula {text(family.ratio)}")
    if limit(family.ratio, family.parameter, oo) != oo:
        return unknown(f"the ratio {text(family.ratio)} does not tend to infinity")
    return Verdict(Status.REFUTED, f"the constant would have to be at least {text(family.ratio)} for every M",
                   {"ratio": str(family.ratio), "limit": "oo", "members": list(MEMBERS)})


def _broken_hypothesis(claim: Claim, instance: Instance) -> Verdict | None:
    at = Evaluator(instance)
    for hypothesis in claim.hypotheses:
        if at.fact(hypothesis.formula).outcome not in (Outcome.HOLDS, Outcome.VACUOUS):
            return unknown(f"the witness does not satisfy {hypothesis.name!r}, so it refutes nothing")
    return None
