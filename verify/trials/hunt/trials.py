"""What all searches share: the clock, the count of trials, the best draft so far, and the hit that ends them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from verify.objects.instance import Instance
from verify.trials.hunt.judge import FAR, Certainty, Judgement, certainly, judged
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft

Progress = Callable[[int, float], None]
LEADS = 8       # drafts from which the descents start
AFTER = 240     # trials for an exact counterexample once there is one beyond rounding errors
OPEN = 64       # instances whose enclosures overlap are asked for in exact arithmetic, then one of as many
SMALL = 16      # numbers in such an instance; larger ones take seconds


class OutOfTime(Exception):
    """The budget is spent."""


class Hit(Exception):
    """A draft that contradicts the claim exactly."""

    def __init__(self, draft: Draft, certainty: Certainty) -> None:
        super().__init__("a counterexample")
        self.draft, self.certainty = draft, certainty


@dataclass
class Trials:
    """The trials of one hunt: ``attempt`` judges a draft and raises Hit on an exact counterexample, OutOfTime at the deadline.

    ``stopped`` says that there was an interruption: a KeyboardInterrupt that is raised inside a library may be lost there.
    """

    space: ClaimSpace
    budget: float
    tell: Progress | None = None
    most: int | None = None
    stopped: Callable[[], bool] = lambda: False
    count: int = 0
    met: int = 0                        # trials that satisfied the hypotheses
    opened: int = 0
    last: int | None = None             # the trial after which an inexact counterexample is accepted
    best: float = FAR
    best_draft: Draft | None = None
    best_is_open: bool = False
    rounded: tuple[Draft, Certainty] | None = None         # certain beyond rounding errors, but not exact
    as_it_is: tuple[float, Instance] | None = None         # the least margin at an instance that no draft holds
    leads: list[tuple[float, Draft]] = field(default_factory=list)
    trouble: str = ""
    started: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        """Whether the budget is spent, or the trials are."""
        return (self.stopped() or (self.most is not None and self.count >= self.most) or (self.last is not None and self.count >= self.last)
                or self.left <= 0)

    @property
    def left(self) -> float:
        """Seconds of the budget."""
        return self.budget - (time.monotonic() - self.started)

    def attempt(self, draft: Draft) -> float:
        """The score of a draft: the margin of the conclusion, or more than FAR where the hypotheses fail."""
        if self.is_over:
            raise OutOfTime
        self.count += 1
        instance = self.space.build(draft)
        found = judged(self.space, instance)
        self.trouble = self.trouble or found.trouble
        if instance is not None and (found.score < FAR or found.is_open):
            self.met += 1
            self._keep(found, draft)
            if found.is_violated or (found.is_open and self._asks(draft)):
                certainty = certainly(self.space, instance)
                if certainty is not None and certainty.exact:
                    raise Hit(self.space.draft_from(instance, draft), certainty)
                if certainty is not None and self.rounded is None:
                    self.rounded = self.space.draft_from(instance, draft), certainty
                    self.last = self.count + AFTER
        if self.tell is not None and self.count % 50 == 0:
            self.tell(self.count, self.best)
        return found.score

    def _asks(self, draft: Draft) -> bool:
        if sum(array.size for array in draft.arrays.values()) > SMALL:
            return False
        self.opened += 1
        return self.opened <= OPEN or self.opened % OPEN == 0

    def _keep(self, found: Judgement, draft: Draft) -> None:
        score = found.score
        if score < self.best:
            self.best, self.best_draft, self.best_is_open = score, draft, found.is_open
        is_new = all(d.sizes != draft.sizes or abs(s - score) > 1e-9 for s, d in self.leads)
        if is_new and (len(self.leads) < LEADS or score < self.leads[-1][0]):
            self.leads = sorted([*self.leads, (score, draft)], key=lambda lead: lead[0])[:LEADS]
