"""Which hypotheses a claim needs: each is dropped in turn and a counterexample hunted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from theory.claim import Claim
from theory.digest import statement_digest
from theory.errors import LawbookError
from theory.verdict import Status
from verify.evaluate import Evaluator, check_exact
from verify.trials.hunt.hits import HitStore
from verify.trials.hunt.hunter import SHRINKING, Found, NothingFound, broken_hypothesis, hunt, stored
from verify.trials.hunt.judge import FAR, HELD, QUICK, Certainty, Judgement, judged
from verify.trials.hunt.known import Bearing, Evidence, shipped_line
from verify.trials.hunt.shrink import shrunk
from verify.trials.hunt.trials import Progress
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft, draft_of

ALIKE = 1e-6        # between a stored margin and its recomputation: sampled suprema on another machine differ in the last digits
# a stored record may hold anything; what cannot be read or built is no evidence
UNREADABLE = (LawbookError, KeyError, TypeError, ValueError, IndexError, AttributeError)


class Records(Protocol):
    """Stored results of hunts, by the digest of the statement, the dropped hypothesis, and the kind of the record."""

    def records(self, statement: str, dropped: str, kind: str) -> list[dict[str, Any]]:
        """The documents, those of least rank first."""


@dataclass(frozen=True)
class Ablation:
    """One hypothesis and what its absence allows: a counterexample (it is load-bearing), or the best margin that was reached."""

    hypothesis: str
    result: Found | NothingFound
    is_satisfied: bool = False      # a counterexample satisfies the dropped hypothesis too

    @property
    def bearing(self) -> Bearing:
        """What the result says of the hypothesis; a counterexample that satisfies it contradicts the claim with it as well."""
        if isinstance(self.result, Found):
            return Bearing.FALSE_ANYWAY if self.is_satisfied else Bearing.LOAD_BEARING
        # below 0: a violation that was not confirmed; open: the sides overlap, and the margin may be below 0
        is_certain = self.result.best is not None and self.result.best >= 0.0 and not self.result.is_open
        return Bearing.PERHAPS_NOT_NEEDED if is_certain else Bearing.NOT_DECIDED

    @property
    def is_load_bearing(self) -> bool:
        """Whether what is left without the hypothesis is false, by a counterexample that is not known to satisfy it."""
        return self.bearing is Bearing.LOAD_BEARING

    def evidence(self, budget: float | None = None) -> Evidence:
        """The result in short; ``budget`` is what the search was given."""
        result = self.result
        if isinstance(result, Found):
            at = f"along a family with ratio {result.family}" if result.family else shown(result.draft)
            return Evidence(self.hypothesis, self.bearing, result.margin, result.exact, at)
        at = "" if result.draft is None else ", ".join(f"{name} = {size}" for name, size in result.draft.sizes.items())
        return Evidence(self.hypothesis, self.bearing, result.best, False, at, result.tried, result.met, budget, result.words)


def ablate(claim: Claim, budget: float = 60.0, seed: int = 0, store: HitStore | None = None, tell: Progress | None = None,
           most: int | None = None, stopped: Callable[[], bool] = lambda: False) -> Iterator[Ablation]:
    """Drop each hypothesis in turn, with the budget in seconds and at most ``most`` trials for each.

    A hypothesis that the store answers for this statement and seed, with at least this budget, is not hunted again: its counterexample,
    or its best margin, is verified again.  What a process that was killed had found is shrunk to the end.  When ``stopped`` says so
    after a search, that search was interrupted: its answer is neither given nor kept, and the rest is left.

    >>> from theory import find_claim
    >>> {a.hypothesis: a.is_load_bearing for a in ablate(find_claim("mcshane.floor"), budget=10.0, most=100)}
    {'fits': True, 'f Lipschitz': True}
    """
    for hypothesis in claim.hypotheses:
        known = None if store is None else answered(claim, hypothesis.name, store, budget, seed, most)
        if known is None:
            result = hunt(claim, hypothesis.name, budget, seed, store, tell, most, stopped)
            if isinstance(result, Found) and result.replayed:
                result = _shrunk_to_the_end(claim, result, budget)
            if stopped():
                return
            known = _ablation(claim, result if isinstance(result, Found) else _settled(claim, result), hypothesis.name)
            if store is not None:
                _keep(store, claim, known, {"budget": budget, "seed": seed, "most": most})
        yield known


def answered(claim: Claim, name: str, store: Records, budget: float, seed: int, most: int | None) -> Ablation | None:
    """The stored answer to a dropped hypothesis, verified again; None when there is none with so large a budget from this seed."""
    space, fitting = ClaimSpace(claim, name), []
    for document in store.records(statement_digest(claim), name, "ablated"):
        if document.get("found"):
            found = _verified(space, document)
            if found is not None:
                return _ablation(claim, found, name)
        elif _is_as_thorough(document, budget, seed, most):
            nothing = _reached_again(space, document)
            if nothing is not None:
                fitting.append(nothing)
    return Ablation(name, _best(fitting)) if fitting else None


def satisfies_dropped(claim: Claim, found: Found) -> bool:
    """Whether a counterexample satisfies the hypothesis that was dropped as well, so that it contradicts the claim as it stands.

    What was seen to hold at samples alone may fail elsewhere: then the claim as it stands is contradicted only where that is proved.
    """
    if found.dropped is None or found.breaks == found.dropped:
        return found.dropped is None
    instance = ClaimSpace(claim, found.dropped).rebuilt(found.draft)
    try:
        formula = claim.hypothesis(found.dropped).formula
        held = Evaluator(instance).fact(formula)
        return held.outcome in HELD and (not held.sampled or check_exact(formula, instance).status is Status.CERTIFIED)
    except LawbookError:                                    # it cannot be measured there, as of an activation that is no polynomial
        return False


def evidence(claim: Claim, records: Records) -> tuple[Evidence, ...]:
    """What the records say of each hypothesis: counterexamples and best margins, verified again; others count for nothing.

    >>> from theory import find_claim
    >>> from verify.trials.hunt.known import KnownRecords
    >>> [e.bearing.value for e in evidence(find_claim("mcshane.floor"), KnownRecords())]
    ['not tried', 'not tried']
    """
    return tuple(_evidence(claim, h.name, records) for h in claim.hypotheses)


def load_bearing(claim: Claim, store: Records) -> list[str]:
    """The hypotheses without which a stored counterexample, verified again, contradicts the claim."""
    return [e.hypothesis for e in evidence(claim, store) if e.bearing is Bearing.LOAD_BEARING]


def shippable(claim: Claim, store: HitStore) -> Iterator[str]:
    """The line of the shipped file for each hypothesis: its smallest counterexample, else its best margin, all verified again."""
    statement = statement_digest(claim)
    for hypothesis in claim.hypotheses:
        space = ClaimSpace(claim, hypothesis.name)
        rows = [(rank, document) for rank, _, document in store.rows(statement, hypothesis.name, "ablated")]
        hit = next((row for row in rows if row[1].get("found") and _verified(space, row[1]) is not None), None)
        reached = [(nothing, row) for row in rows if not row[1].get("found")
                   for nothing in [_reached_again(space, row[1])] if nothing is not None]
        if hit is None and reached:
            best = _best([nothing for nothing, _ in reached])
            rank, document = next(row for nothing, row in reached if nothing is best)
            hit = rank, {**document, **best.document()}
        if hit is not None:
            yield shipped_line(statement, *hit)


def _ablation(claim: Claim, result: Found | NothingFound, name: str) -> Ablation:
    return Ablation(name, result, isinstance(result, Found) and satisfies_dropped(claim, result))


def shown(draft: Draft) -> str:
    """A draft in one line: sizes, activations, arrays."""
    return in_one_line(draft.document())


def in_one_line(document: dict[str, Any]) -> str:
    """The document of a draft in one line.

    >>> in_one_line({"sizes": {"n": 1}, "activations": {"psi": "relu"}, "arrays": {"X": [["1", "1/2"]]}})
    'n = 1, psi = relu, X = [[1, 1/2]]'
    """
    parts = [f"{name} = {value}" for group in ("sizes", "activations") for name, value in document[group].items()]
    return ", ".join([*parts, *(f"{name} = {_plain(value)}" for name, value in document["arrays"].items())])


def _plain(value: Any) -> str:
    return f"[{', '.join(map(_plain, value))}]" if isinstance(value, list) else str(value)


# --- records, verified again ----------------------------------------------------------------------------------------------------------

def _evidence(claim: Claim, name: str, records: Records) -> Evidence:
    statement = statement_digest(claim)
    found, reached = records.records(statement, name, "found"), records.records(statement, name, "ablated")
    if not found and not reached:
        return Evidence(name, Bearing.NOT_TRIED)
    space = ClaimSpace(claim, name)
    hits = [_ablation(claim, hit, name) for hit in (_verified(space, document) for document in found) if hit is not None]
    hit = next((a for a in hits if a.is_load_bearing), None) or next(iter(hits), None)
    if hit is not None:
        return hit.evidence()
    again = [(nothing, document) for document in reached if not document.get("found")
             for nothing in [_reached_again(space, document)] if nothing is not None]
    if not again:
        return Evidence(name, Bearing.NOT_TRIED)
    best = _best([nothing for nothing, _ in again])
    return Ablation(name, best).evidence(next(float(document["budget"]) for nothing, document in again if nothing is best))


@dataclass(frozen=True)
class _One:
    """One record, in place of a store."""

    document: dict[str, Any]

    def records(self, statement: str, dropped: str, kind: str) -> list[dict[str, Any]]:
        return [self.document]


def _verified(space: ClaimSpace, document: dict[str, Any]) -> Found | None:
    """The counterexample of a record, if it is certain."""
    try:
        return next(stored(space, _One(document)), None)  # type: ignore[arg-type]
    except UNREADABLE:
        return None


def _reached_again(space: ClaimSpace, document: Mapping[str, Any]) -> NothingFound | None:
    """The result of a search that found nothing; None unless its best margin is reached again where the record says."""
    is_open = False
    try:
        draft = None if document["instance"] is None else draft_of(document["instance"])
        margin = None if document["margin"] is None else float(document["margin"])
        if margin is not None:
            again = None if draft is None else judged_at(space, draft)
            if again is None or abs(abs(again.reached) - abs(margin)) > ALIKE * max(1.0, abs(margin)):
                return None
            margin, is_open = again.reached, again.is_open      # whatever sign the record gives to a margin that is open
        return NothingFound(space.claim.id, space.drop, margin, draft, int(document["tried"]), str(document["words"]), document["met"],
                            is_open)
    except UNREADABLE:
        return None


def judged_at(space: ClaimSpace, draft: Draft) -> Judgement | None:
    """The judgement of the instance that a draft holds; None where a hypothesis fails."""
    instance = space.rebuilt(draft)
    at = Evaluator(instance, QUICK)
    try:
        if not all(h.name in space.definitions or at.fact(h.formula).outcome in HELD for h in space.hypotheses):
            return None
    except LawbookError:
        return None
    found = judged(space, instance)
    return found if found.score < FAR else None


def _is_as_thorough(document: Mapping[str, Any], budget: float, seed: int, most: int | None) -> bool:
    """Whether a search that found nothing was given at least as much."""
    limit = document.get("most")
    is_longer = limit is None or (most is not None and limit >= most)
    return document.get("seed") == seed and document.get("budget", 0.0) >= budget and is_longer


def _best(reached: list[NothingFound]) -> NothingFound:
    """The least margin; of equal ones that of the longest search."""
    return min(reached, key=lambda r: (FAR if r.best is None else r.best, -r.tried))


def _settled(claim: Claim, nothing: NothingFound) -> NothingFound:
    """The result with the instance itself in place of what it was built from, where the margin is the same there."""
    if nothing.draft is None or nothing.best is None:
        return nothing
    space = ClaimSpace(claim, nothing.dropped)
    instance = space.build(nothing.draft)
    if instance is None:
        return replace(nothing, best=None, draft=None, words="the best instance cannot be built again")
    draft = draft_of(space.draft_from(instance, nothing.draft).document())
    found = judged_at(space, draft)
    if found is None:
        return replace(nothing, best=None, draft=None, words="the best margin was not reached again in exact numbers")
    return replace(nothing, best=found.reached, draft=draft, is_open=found.is_open)


def _shrunk_to_the_end(claim: Claim, found: Found, budget: float) -> Found:
    """A stored counterexample as small as shrinking makes it; a family stays as it is."""
    if found.family or found.margin is None:
        return found
    space = ClaimSpace(claim, found.dropped)
    draft, certainty = shrunk(space, found.draft, Certainty(found.margin, found.exact), SHRINKING, max(budget, 1.0))
    return replace(found, draft=draft, margin=certainty.margin, exact=certainty.exact,
                   breaks=broken_hypothesis(space, space.rebuilt(draft)))


def _keep(store: HitStore, claim: Claim, answer: Ablation, asked: Mapping[str, Any]) -> None:
    statement, result = statement_digest(claim), answer.result
    document = {**result.document(), **asked}
    if isinstance(result, NothingFound):
        store.keep(statement, answer.hypothesis, "ablated", document, -float(asked["budget"]))
        return
    store.keep(statement, answer.hypothesis, "found", result.document(), result.rank)
    store.keep(statement, answer.hypothesis, "ablated", document, result.rank)
