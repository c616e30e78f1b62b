"""Refutations: an exact witness, or a family along which an open constant would have to grow without bound."""

from __future__ import annotations

from dataclasses import dataclass

from theory.claim import Claim
from theory.verdict import Verdict, unknown
from verify.evaluate import check_exact
from verify.measure import Counterexample
from verify.refute_by_member import refute_by_general_member
from verify.refute_for_all import refute_for_all_sizes, refute_for_most_draws
from verify.witness import Unproven, require_hypotheses


@dataclass(frozen=True)
class Refutation:
    """A witness against a claim and the verdict on it; only the status REFUTED makes the claim refuted."""

    words: str
    breaks: str
    verdict: Verdict


def refute(claim: Claim, witness: Counterexample) -> Refutation:
    """The witness re-checked: the hypotheses hold at the instance, and the conclusion is false there, both decided exactly.

    A claim with an open constant is refuted by no single instance: its witness is a family, of which the inequality is shown for every
    member from one on; one that is asserted with a probability needs a family that fails for a share of all draws.
    """
    try:
        verdict = _verdict(claim, witness)
    except Unproven as error:
        verdict = unknown(str(error))
    return Refutation(witness.words, witness.breaks, verdict)


def _verdict(claim: Claim, witness: Counterexample) -> Verdict:
    family = witness.family
    if claim.chance is not None:
        if family is None or family.failing is None:
            return unknown("one draw does not contradict a probability: a family with a proved claim about its draws is needed")
        return refute_for_most_draws(claim, claim.chance, family, family.failing)
    if not claim.constants:
        return check_exact(claim.conclusion, require_hypotheses(claim.hypotheses, witness.instance))
    if family is None:
        return unknown("an open constant needs a family, and there is none")
    return refute_for_all_sizes(claim, family) if family.sizes else refute_by_general_member(claim, family)
