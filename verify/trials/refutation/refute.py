"""Refutations: an exact witness, or a family along which an open constant would have to grow without bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from theory.claim import Claim
from theory.memo import StepMemo
from theory.terms import Formula
from theory.verdict import Status, Verdict, unknown
from verify.evaluate import check_exact, off_domain_words, read_off_domain
from verify.laws.measure import Counterexample
from verify.objects.instance import Instance
from verify.trials.refutation.by_member import refute_by_general_member
from verify.trials.refutation.defining import with_definitions
from verify.trials.refutation.for_all import refute_for_all_sizes, refute_for_most_draws
from verify.trials.refutation.open_constants import MEMBERS, at_constant_one
from verify.trials.refutation.witness import Unproven, require_hypotheses


@dataclass(frozen=True)
class Refutation:
    """A witness against a claim and the verdict on it; only the status REFUTED makes the claim refuted."""

    words: str
    breaks: str
    verdict: Verdict


def refute(claim: Claim, witness: Counterexample, memo: StepMemo | None = None) -> Refutation:
    """The witness re-checked: the hypotheses hold at the instance, and the conclusion is false there, both decided exactly.

    A claim with an open constant is refuted by no single instance: its witness is a family, of which the inequality is shown for every
    member from one on; one that is asserted with a probability needs a family that fails for a share of all draws.  ``memo`` saves the
    steps of a claim on which the refutation rests.
    """
    try:
        verdict = _verdict(claim, witness, memo)
    except Unproven as error:
        verdict = unknown(str(error))
    return Refutation(witness.words + _off_domain(claim, witness, verdict), witness.breaks, verdict)


def _off_domain(claim: Claim, witness: Counterexample, verdict: Verdict) -> str:
    """A clause on what a refutation reads off the domain of its terms, in the conclusion or in hypotheses.

    Read exactly for all members at once it is evidence of the verdict; of a family with growing sizes it is what its first members read.
    """
    if verdict.status is not Status.REFUTED:
        return ""
    said = list(verdict.evidence.get("off domain", ()))
    for formulas, instance in _evaluated(claim, witness):
        built, _ = with_definitions(formulas, instance)
        said += read_off_domain(formulas.values(), built)
    return off_domain_words(said)


def _evaluated(claim: Claim, witness: Counterexample) -> Iterator[tuple[dict[str, Formula], Instance]]:
    """The formulas that a refutation evaluates beside what its verdict says, by name, and where."""
    family, chance = witness.family, claim.chance
    hypotheses = {} if chance is not None and chance.some else {h.name: h.formula for h in claim.hypotheses}
    if family is None:
        yield hypotheses, witness.instance
        return
    if chance is None and not family.sizes:
        return
    measured = {"the conclusion": at_constant_one(claim)} if chance is None else {}
    for size in MEMBERS:
        yield hypotheses | measured, family.member(size)


def _verdict(claim: Claim, witness: Counterexample, memo: StepMemo | None) -> Verdict:
    family = witness.family
    if claim.chance is not None:
        if family is None or family.failing is None:
            return unknown("one draw does not contradict a probability: a family with a proved claim about its draws is needed")
        return refute_for_most_draws(claim, claim.chance, family, family.failing, memo)
    if not claim.constants:
        return check_exact(claim.conclusion, require_hypotheses(claim.hypotheses, witness.instance))
    if family is None:
        return unknown("an open constant needs a family, and there is none")
    return refute_for_all_sizes(claim, family, memo) if family.sizes else refute_by_general_member(claim, family)
