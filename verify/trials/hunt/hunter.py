"""The hunt for a counterexample: stored ones first, then the portfolio of searches, then shrinking and the exact check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from theory.claim import Claim
from theory.digest import statement_digest
from theory.errors import BadData, LawbookError
from theory.registry import claims
from theory.terms.printing.text import text
from theory.verdict import Status
from verify.evaluate import Evaluator, Outcome
from verify.laws.measure import Counterexample
from verify.objects.instance import Instance
from verify.trials.hunt.circle import cancelling_kinks
from verify.trials.hunt.drawn import drawn
from verify.trials.hunt.families import Growth, Refuted, families, refuted_again
from verify.trials.hunt.hits import HitStore
from verify.trials.hunt.judge import Certainty, certainly
from verify.trials.hunt.searches import portfolio
from verify.trials.hunt.shrink import cost, shrunk
from verify.trials.hunt.templates import template_of
from verify.trials.hunt.trials import Hit, OutOfTime, Progress, Trials
from verify.trials.hunt.zigzags import zigzags
from verify.trials.property.strategies.words import written
from verify.trials.refutation.open_constants import MEMBERS
from verify.trials.refutation.refute import refute
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft, draft_of

SHRINKING = 1500        # trials; a larger example is still one


@dataclass(frozen=True)
class Found:
    """A counterexample.

    ``exact`` means proved in rational and ball arithmetic; otherwise it is beyond all tracked rounding errors.  ``breaks`` names the
    hypothesis that the instance violates: the dropped one, or one of the sharp counterpart of a printed statement; "" if it violates
    none, and then ``status`` is REFUTED where `verify.trials.refutation.refute` accepts it.  ``family`` is the ratio that tends to
    infinity, if the statement has an open constant; then the draft is one member of the ``template``, ``margin`` is None, and ``failing``
    names the proved claim on which the refutation rests, if it rests on one.
    """

    claim: str
    dropped: str | None
    draft: Draft
    margin: float | None
    exact: bool
    breaks: str
    status: Status | None = None
    family: str = ""
    template: Mapping[str, Any] | None = None
    failing: str | None = None
    replayed: bool = False
    tried: int = 0

    @property
    def rank(self) -> float:
        """Exact ones come first, then small ones."""
        return float(sum(cost(self.draft)[:2]) + (0.0 if self.exact else 1e6))

    def document(self) -> dict[str, Any]:
        """The counterexample as JSON values."""
        return {"found": True, "claim": self.claim, "dropped": self.dropped, "instance": self.draft.document(), "margin": self.margin,
                "exact": self.exact, "breaks": self.breaks, "status": self.status.value if self.status else None, "family": self.family,
                "template": self.template, "failing": self.failing}


@dataclass(frozen=True)
class NothingFound:
    """No counterexample within the budget: the best margin that was reached, where, and what could not be measured.

    ``is_open`` says that the enclosures of the two sides overlap there: ``best`` is then the least that the margin can be, 0 or below.
    """

    claim: str
    dropped: str | None
    best: float | None
    draft: Draft | None
    tried: int
    words: str = ""
    met: int | None = None      # how many of those tried satisfied the hypotheses; None where families were tried
    is_open: bool = False

    def document(self) -> dict[str, Any]:
        """What was reached as JSON values."""
        instance = None if self.draft is None else self.draft.document()
        return {"found": False, "claim": self.claim, "dropped": self.dropped, "instance": instance, "margin": self.best,
                "exact": False, "breaks": None, "words": self.words, "tried": self.tried, "met": self.met,
                "open": self.is_open}


def hunt(claim: Claim, drop: str | None = None, budget: float = 60.0, seed: int = 0, store: HitStore | None = None,
         tell: Progress | None = None, most: int | None = None, stopped: Callable[[], bool] = lambda: False) -> Found | NothingFound:
    """Search for an instance that satisfies the hypotheses of a claim and contradicts it.

    The instances come from the sorts of the free symbols with the hypotheses built in exactly; nothing that is recorded of the claim's
    refutation or twins is used.  A statement with an open constant is hunted for a family along which the constant is unbounded.

    Args: claim; ``drop``, the name of a hypothesis to leave out; ``budget`` in seconds; ``seed``; a ``store``, whose hits on the same
    statement are verified again before anything is searched; ``tell`` is called with the trials and the best margin so far;
    ``most`` instances are tried, where that many are tried before the budget is spent: the result then depends on the seed alone.
    Returns: Found or NothingFound.  An interruption ends the search as the end of the budget does, and so does ``stopped`` when it says so.
    Raises: BadData for an unknown hypothesis or a budget that is not positive.

    >>> from theory import find_claim
    >>> found = hunt(find_claim("bln.thm9.tempting_sphere"), budget=20.0)       # ‖A‖_op ≤ C Lip_S(xᵀAx)
    >>> found.status.value, found.draft.document()["arrays"]["A"]
    ('REFUTED', [['1']])
    """
    if not 0 < budget < float("inf"):
        raise BadData(f"the budget is {budget} seconds; give a positive number")
    space = ClaimSpace(claim, drop)
    known = replayed(space, store)
    if known is not None:
        return known
    trials = Trials(space, budget, tell, most, stopped)
    if claim.chance is not None or any(not c.value for c in claim.constants):
        found: Found | NothingFound = _by_family(trials, seed)
    else:
        found = _by_instance(trials, seed, store)
    if store is not None and isinstance(found, Found):
        _keep(store, claim, found)
    return found


def _by_instance(trials: Trials, seed: int, store: HitStore | None) -> Found | NothingFound:
    space = trials.space
    hit: tuple[Draft, Certainty] | None = None
    try:
        portfolio(trials, seed, (zigzags, cancelling_kinks, drawn))
    except Hit as found:
        hit = found.draft, found.certainty
    except (OutOfTime, KeyboardInterrupt):
        hit = trials.rounded
    if hit is None:
        reached = None if trials.best_draft is None else 0.0 - trials.best if trials.best_is_open else trials.best
        return NothingFound(space.claim.id, space.drop, reached, trials.best_draft, trials.count, _searched(trials), trials.met,
                            trials.best_is_open)
    if store is not None:                                   # before shrinking, which may be interrupted
        _keep(store, space.claim, _found(space, *hit, trials.count))
    draft, certainty = shrunk(space, *hit, SHRINKING, max(trials.left, 1.0))
    return _found(space, draft, certainty, trials.count)


def _searched(trials: Trials) -> str:
    """What "nothing found" is worth, where that is less than the number of trials suggests."""
    if trials.as_it_is is not None and (trials.as_it_is[0] < 0 or trials.best_draft is None):
        margin, instance = trials.as_it_is
        said = "perhaps it is false: the margin is" if margin < 0 else "the best margin is"
        return f"{said} {margin:.4g} in floating point, where nothing is shrunk or stored, at {written(instance)}"
    if trials.best < 0:                                     # it was not confirmed: a hit would have ended the search
        return "perhaps it is false: the margin is below 0 at an instance of which not all is certain"
    if not trials.met:
        return trials.trouble or "no instance that satisfies the hypotheses was built"
    if 2 * trials.met >= trials.count:
        return ""
    return f"little was searched: {trials.met} of {trials.count} instances satisfied the hypotheses"


def _found(space: ClaimSpace, draft: Draft, certainty: Certainty, tried: int) -> Found:
    instance = space.rebuilt(draft)
    breaks = broken_hypothesis(space, instance)
    status = None
    if space.drop is None and space.claim.chance is None and not space.claim.constants:
        status = refute(space.claim, Counterexample(instance, breaks, "")).verdict.status
    return Found(space.claim.id, space.drop, draft, certainty.margin, certainty.exact, breaks, status, tried=tried)


def broken_hypothesis(space: ClaimSpace, instance: Instance) -> str:
    """The dropped hypothesis if it fails at the instance, else the first that fails of the claim's sharp counterparts; "" if none does."""
    at = Evaluator(instance)
    candidates: list[tuple[str, Any]] = [(space.drop, space.claim.hypothesis(space.drop).formula)] if space.drop is not None else []
    library = claims()
    for sharp in dict.fromkeys(id for audit in space.claim.audits for id in audit.sharp):
        candidates += [(f"{h.name} of {sharp}", h.formula) for h in library[sharp].hypotheses]
    for name, formula in candidates:
        try:
            if at.fact(formula).outcome is Outcome.VIOLATED:
                return name
        except LawbookError:                                # it speaks of objects that the instance does not have
            continue
    return ""


def _by_family(trials: Trials, seed: int) -> Found | NothingFound:
    space, best = trials.space, None
    try:
        for found in families(trials, seed):
            if isinstance(found, Refuted):
                return _refuted(space, found, trials.count)
            best = found
    except (OutOfTime, KeyboardInterrupt):
        pass
    return _unrefuted(space, best, trials.count)


def _refuted(space: ClaimSpace, found: Refuted, tried: int) -> Found:
    sized = found.template.draft(space, 2)
    instance = found.template.member(space, 2)
    return Found(space.claim.id, space.drop, space.draft_from(instance, sized), None, True, broken_hypothesis(space, instance),
                 found.verdict.status, f"{text(found.family.ratio)}: {found.verdict.reason}", found.template.document(),
                 None if found.family.failing is None else found.family.failing.id, tried=tried)


def _unrefuted(space: ClaimSpace, best: Growth | None, tried: int) -> NothingFound:
    if best is None:
        return NothingFound(space.claim.id, space.drop, None, None, tried, "no family was found along which the open constant must grow")
    where = ", ".join(f"{name} = {'M' if name in best.template.growing else value}" for name, value in best.template.base.sizes.items())
    where = f", along {where}" if where else ""
    grows = f"is {best.far:.4g} at M = 32, like M^{best.exponent:.3g}" if best.far < float("inf") else "is infinite (the right side is 0)"
    of_draws = ", and that it is forced for the draws in question" if space.claim.chance is not None else ""
    words = (f"the best ratio of the two sides at constant 1 {grows}{where}; "
             f"beyond M = {MEMBERS[-1]} unproved{of_draws}")
    return NothingFound(space.claim.id, space.drop, None, best.template.draft(space, 8), tried, words)


# --- the store --------------------------------------------------------------------------------------------------------------------------

def _keep(store: HitStore, claim: Claim, found: Found) -> None:
    store.keep(statement_digest(claim), found.dropped or "", "found", found.document(), found.rank)


def stored(space: ClaimSpace, store: HitStore) -> Iterator[Found]:
    """The stored counterexamples that are still certain, families by their refutation."""
    for record in store.records(statement_digest(space.claim), space.drop or "", "found"):
        draft = draft_of(record["instance"])
        status = None if record["status"] is None else Status(record["status"])
        if record["family"]:
            again = refuted_again(space, template_of(record["template"]), record["failing"])
            if again is not None:
                yield replace(_refuted(space, again, 0), replayed=True)
            continue
        instance = space.rebuilt(draft)
        certainty = certainly(space, instance)
        if certainty is not None:
            if status is not None:
                status = refute(space.claim, Counterexample(instance, record["breaks"], "")).verdict.status
            yield Found(space.claim.id, space.drop, draft, certainty.margin, certainty.exact, broken_hypothesis(space, instance), status,
                        replayed=True)


def replayed(space: ClaimSpace, store: HitStore | None) -> Found | None:
    """The best stored counterexample, verified again."""
    return None if store is None else next(stored(space, store), None)
