"""How far an instance is from contradicting a claim, and whether it certainly does."""

from __future__ import annotations

from dataclasses import dataclass, replace

from theory.claim import Hypothesis
from theory.errors import LawbookError
from theory.terms import Prob
from theory.terms.scalars import Expect
from theory.verdict import Status
from verify.evaluate import HELD, Evaluator, Options, Outcome, check_exact
from verify.evaluate.facts import FactCheck
from verify.objects.instance import Instance
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft

FAR = 10.0              # above every margin of interest: an instance that breaks a hypothesis is worse than any that does not
MOST = 9.0              # the largest score of an instance that satisfies the hypotheses
IDLE = 1.0              # the score of 0 ≤ 0, which holds by no more than rounding errors and leads nowhere
TINY = 1e-12
QUICK = Options(n_points=24, n_slow=32, n_samples=400, search_rounds=4)     # a hit is judged anew with all points


@dataclass(frozen=True)
class Judgement:
    """The margin of the conclusion (negative: violated) at an instance that satisfies the hypotheses; else how far it is from that."""

    score: float
    is_violated: bool = False
    is_open: bool = False           # the enclosures of the two sides do not tell which is larger
    trouble: str = ""

    @property
    def reached(self) -> float:
        """The margin that is certain: where the sides overlap the score is its size, and it may be below 0 by as much."""
        return 0.0 - self.score if self.is_open else self.score


@dataclass(frozen=True)
class Certainty:
    """A violation that is certain: in exact arithmetic, or (``exact`` False) beyond the tracked errors of floating point."""

    margin: float
    exact: bool


def judged(space: ClaimSpace, instance: Instance | None, options: Options = QUICK) -> Judgement:
    """The judgement of an instance; hypotheses that were built in are not checked again here."""
    if instance is None:
        return Judgement(2 * FAR)
    at = Evaluator(instance, options)
    try:
        miss = 0.0
        for hypothesis in space.unbuilt:
            found = at.fact(hypothesis.formula)
            if found.outcome not in HELD:
                miss += min(1.0, max(1e-3, -found.margin))
        if miss:
            return Judgement(FAR + miss)
        found = at.fact(space.claim.conclusion)
    except LawbookError as error:
        return Judgement(2 * FAR, trouble=str(error))
    if found.outcome is Outcome.VACUOUS:
        return Judgement(FAR)
    score = found.margin if found.margin == found.margin else FAR
    if found.outcome is Outcome.UNDECIDED:                 # a wide enclosure shows nothing, and is nothing to walk towards
        return Judgement(min(MOST, abs(score)), is_open=True)
    if found.outcome is not Outcome.VIOLATED:              # a margin below 0 is then a tie up to rounding errors
        score = IDLE if _vanish(found) else max(0.0, score)
    return Judgement(max(-FAR, min(MOST, score)), found.outcome is Outcome.VIOLATED)


def _vanish(found: FactCheck) -> bool:
    """Whether both sides are 0 up to rounding errors; TINY is a thousand times those of sums of numbers of size 1."""
    return all(side is not None and max(map(abs, side)) <= TINY for side in (found.lhs, found.rhs))


def certainly(space: ClaimSpace, instance: Instance) -> Certainty | None:
    """Whether all hypotheses hold at the instance and the conclusion is certainly false; None when that is not certain."""
    at = Evaluator(instance)
    try:
        found = at.fact(space.claim.conclusion)
        if found.outcome in HELD:
            return None
        exact = check_exact(space.claim.conclusion, instance).status is Status.REFUTED
        if found.outcome is not Outcome.VIOLATED and not exact:
            return None
        for hypothesis in space.hypotheses:
            if not exact or not _holds_exactly(space, hypothesis.name, hypothesis.formula, instance):
                exact = False
                if not is_met(space, hypothesis, at):
                    return None
        if not exact and space.claim.conclusion.atoms(Prob, Expect) and _differs_elsewhere(space, instance):
            return None
    except LawbookError:
        return None
    return Certainty(found.margin if found.outcome is Outcome.VIOLATED and found.margin == found.margin else -FAR, exact)


def is_met(space: ClaimSpace, hypothesis: Hypothesis, at: Evaluator) -> bool:
    """Whether the hypothesis holds at the instance, for all that floating point can tell.

    What holds on sampled points may fail at others, and shows nothing; a function that was built from the hypothesis satisfies it.
    """
    if hypothesis.name in space.definitions:
        return True
    found = at.fact(hypothesis.formula)
    return found.outcome in HELD and (not found.sampled or hypothesis.name in space.by_construction)


def _differs_elsewhere(space: ClaimSpace, instance: Instance) -> bool:
    """Whether other draws do not violate the conclusion: confidence intervals are wrong once in a million, and a hunt asks often."""
    again = Evaluator(replace(instance, seed=instance.seed + 1)).fact(space.claim.conclusion)
    return again.outcome is not Outcome.VIOLATED


def _holds_exactly(space: ClaimSpace, name: str, formula: object, instance: Instance) -> bool:
    """Proved on the instance; the definition of a function holds because the function was built from it."""
    return name in space.definitions or check_exact(formula, instance).status is Status.CERTIFIED  # type: ignore[arg-type]


def draft_violates(space: ClaimSpace, draft: Draft, *, exact: bool) -> tuple[Draft, Certainty] | None:
    """The draft with its hypotheses built in, if it certainly contradicts the claim (exactly, if asked)."""
    instance = space.build(draft)
    if instance is None:
        return None
    quick = judged(space, instance)
    if not (quick.is_violated or quick.is_open):
        return None
    found = certainly(space, instance)
    return None if found is None or (exact and not found.exact) else (space.draft_from(instance, draft), found)
