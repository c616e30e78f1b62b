"""Claims as property tests: Hypothesis looks for an instance that satisfies the hypotheses and violates the conclusion, and shrinks it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Protocol

import numpy as np
from hypothesis import HealthCheck, Phase, Verbosity, given, settings, target
from hypothesis import seed as seeded
from hypothesis.errors import FailedHealthCheck, Flaky, Unsatisfiable
from hypothesis.strategies import SearchStrategy

from theory.claim import Claim
from theory.errors import BadData, HypothesisViolated, LawbookError, NotCertified
from theory.terms.printing.text import text
from verify.evaluate import Evaluator, FactCheck, Outcome
from verify.laws.measure import Measurement
from verify.objects.data.models import positive_integer
from verify.objects.instance import Instance
from verify.trials.property.strategies.instances import by_size, instances, sources
from verify.trials.property.strategies.parameters import require_hypothesis
from verify.trials.property.strategies.words import violation, written
from verify.trials.trial import Spread, letters_of, sizes

DEFAULT_EXAMPLES = 50
SMALLEST_TUPLES = 8         # sizes at which a smaller violation is looked for
SMALLEST_EXAMPLES = 20      # at each of them: a source that rejects tries thirty drafts for one
_FAR = 700.0                # a margin is a logarithm; beyond this it steers the search no better


class ClaimViolated(LawbookError, AssertionError):
    """A claim is false beyond all errors at an instance that satisfies its hypotheses."""

    def __init__(self, message: str, instance: Instance, found: FactCheck) -> None:
        super().__init__(message)
        self.instance, self.found = instance, found


@dataclass(frozen=True)
class PropertyReport:
    """What a property test saw: how often the conclusion held, was undecided or vacuous, and where its margin was least.

    ``margin`` is log(right side/left side) of the smallest decided margin, None where none is finite; ``sampled`` says that a quantifier
    over a continuous set was searched and not decided; ``spread`` says from which size to which the instances go.
    """

    claim: str
    held: int
    undecided: int
    vacuous: int
    margin: float | None
    where: str
    sampled: bool
    spread: str = ""

    def __str__(self) -> str:
        margin = "no finite margin" if self.margin is None else f"smallest margin {self.margin:.4g} at {self.where or 'the instance'}"
        rest = [f"{count} {word}" for count, word in ((self.undecided, "undecided"), (self.vacuous, "vacuous")) if count]
        rest += ["suprema and quantifiers only searched"] if self.sampled else []
        spread = f" ({self.spread})" if self.spread else ""
        return f"{self.claim}: held on {self.held} instances{spread}, {margin}" + (f" ({', '.join(rest)})" if rest else "")


class _Tally:
    """Counts of one run, without the examples that shrinking tries after a violation."""

    def __init__(self, claim: Claim) -> None:
        self.claim, self.letters = claim.id, letters_of(claim.facts.values())
        self.counts = dict.fromkeys(Outcome, 0)
        self.margin, self.where, self.sampled, self.trouble, self.spread = np.inf, "", False, "", Spread(self.letters)

    def add(self, found: FactCheck, instance: Instance) -> None:
        self.counts[found.outcome] += 1
        margin = max(0.0, found.margin)                 # a fact that holds has a negative margin only by rounding
        if found.outcome is Outcome.UNDECIDED:
            self.trouble = self.trouble or found.detail
        if found.outcome is Outcome.HOLDS:
            self.sampled |= found.sampled
            self.spread.add(instance)
            if margin < self.margin:
                self.margin, self.where = margin, sizes(instance, self.letters)

    def report(self) -> PropertyReport:
        margin = float(self.margin) if np.isfinite(self.margin) else None
        return PropertyReport(self.claim, self.counts[Outcome.HOLDS], self.counts[Outcome.UNDECIDED], self.counts[Outcome.VACUOUS],
                              margin, self.where, self.sampled, str(self.spread))


class Decorator(Protocol):
    """What `given_instances` returns."""

    def __call__(self, test: Callable[..., None]) -> Callable[..., None]: ...


def profile(max_examples: int = DEFAULT_EXAMPLES, *, shrink: bool = True) -> settings:
    """Hypothesis settings under which a test is the same on every machine: no database, no deadline, no clock in any decision.

    Raises: BadData unless max_examples is a positive integer.

    >>> profile(7).max_examples, profile().database is None
    (7, True)
    """
    phases = (Phase.explicit, Phase.generate, Phase.target, *((Phase.shrink,) if shrink else ()))
    return settings(max_examples=positive_integer(max_examples, "the number of examples"), derandomize=False, database=None, deadline=None,
                    phases=phases, print_blob=False, report_multiple_bugs=False, verbosity=Verbosity.normal,
                    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example,
                                           HealthCheck.filter_too_much))          # a source that rejects all is told apart


def given_instances(
    claim: Claim, drop: str | None = None, *, measurement: Measurement | None = None, max_examples: int = DEFAULT_EXAMPLES, seed: int = 0
) -> Decorator:
    """A decorator: the test is called with instances of the claim as its last argument.

    Args: as `verify.trials.property.strategies.instances`; the number of examples; the seed of Hypothesis.
    Raises: BadData as `verify.trials.property.strategies.instances`; the test raises NotCertified if every draw is rejected.

    >>> from theory import find_claim
    >>> @given_instances(find_claim("mcshane.floor"), max_examples=5)
    ... def test(instance):
    ...     assert len(instance.array("y", 1)) == len(instance.array("X", 2))
    >>> test()
    """
    found = instances(claim, drop, measurement)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        run = seeded(seed)(profile(max_examples)(given(found)(test)))

        @functools.wraps(run)
        def said(*arguments: object, **more: object) -> None:
            try:
                run(*arguments, **more)
            except (Unsatisfiable, FailedHealthCheck) as error:
                raise NotCertified(_rejected(claim, error)) from None

        return said

    return decorate


def _rejected(claim: Claim, error: Unsatisfiable | FailedHealthCheck) -> str:
    """One sentence for what Hypothesis says in many."""
    if isinstance(error, Unsatisfiable):
        return f"{claim.id}: every instance that was drawn was rejected; give a lawbook.Measurement or a strategy that builds instances"
    return f"{claim.id}: Hypothesis cannot draw from the strategy ({' '.join(str(error).split())}); give one that builds instances"


def property_test(
    claim: Claim, *, drop: str | None = None, measurement: Measurement | None = None, strategy: SearchStrategy[Instance] | None = None,
    max_examples: int = DEFAULT_EXAMPLES, seed: int = 0,
) -> Callable[[], None]:
    """A test function of the claim, to be assigned to a name that pytest collects; it runs `try_property`.

    >>> from theory import find_claim
    >>> test_floor = property_test(find_claim("mcshane.floor"), max_examples=5)
    >>> test_floor()
    """
    _require_testable(claim, drop)

    def test() -> None:
        try_property(claim, drop=drop, measurement=measurement, strategy=strategy, max_examples=max_examples, seed=seed)

    test.__doc__ = f"{claim.title}: {text(claim.conclusion)}."
    return test


def try_property(
    claim: Claim, *, drop: str | None = None, measurement: Measurement | None = None, strategy: SearchStrategy[Instance] | None = None,
    max_examples: int = DEFAULT_EXAMPLES, seed: int = 0,
) -> PropertyReport:
    """Evaluate the conclusion on instances that Hypothesis chooses, steering towards small margins.

    A violation counts only beyond all rounding errors and enclosures (`verify.evaluate`), and only where every hypothesis but ``drop``
    holds; the instance is then shrunk.  An instance on which a hypothesis is false is an error of what built it.

    Args: claim; drop, the name of a hypothesis to do without; measurement or strategy, to be used in place of `strategies.instances`;
        the number of examples; the seed of Hypothesis: the same seed gives the same instances.
    Returns: a PropertyReport.
    Raises: ClaimViolated with both sides, the margin and the shrunk instance; HypothesisViolated for an instance that breaks a hypothesis;
        NotCertified if every draw was rejected, or the conclusion was decided nowhere; BadData for a claim without instances, or that
        no single one contradicts.

    >>> from theory import find_claim
    >>> try_property(find_claim("bln.thm9.sharp"), max_examples=10).held
    10
    """
    _require_testable(claim, drop)
    if strategy is not None and (drop is not None or measurement is not None):
        raise BadData(f"the strategy of {claim.id} already says which instances are tried; give no drop or measurement with it")
    positive_integer(max_examples, "the number of examples")
    tried = (strategy,) if strategy is not None else sources(claim, drop, measurement)
    tally = _Tally(claim)

    def attempt(instance: Instance) -> None:
        if not isinstance(instance, Instance):
            raise BadData(f"the strategy of {claim.id} gives a {type(instance).__name__}; give a strategy of lawbook.Instance")
        outcome = _examined(claim, drop, instance, is_complete=strategy is None and measurement is None)
        tally.add(outcome, instance)
        if np.isfinite(outcome.margin):
            target(-float(np.clip(outcome.margin, -_FAR, _FAR)), label="margin")
        if outcome.outcome is Outcome.VIOLATED:
            raise ClaimViolated(violation(claim, instance, outcome), instance, outcome)

    rejected = ""
    try:
        for position, source in enumerate(tried):       # apart and in order, so that what is built is what a failure shrinks to
            left = max_examples - sum(tally.counts.values())        # a source with few instances leaves its share to the next
            if left > 0:
                try:
                    seeded(seed)(profile(-(-left // (len(tried) - position)))(given(source)(attempt)))()
                except (Unsatisfiable, FailedHealthCheck) as error:
                    rejected = rejected or _rejected(claim, error)
    except ClaimViolated as error:
        least = error if strategy is not None else _smaller(claim, drop, attempt, error, max_examples, seed)
        raise ClaimViolated(str(least), least.instance, least.found) from None      # without Hypothesis' notes, which say it twice
    except Flaky as error:
        raise NotCertified(f"{claim.id}: the same draw had two outcomes ({' '.join(str(error).split())}); "
                           "make its values depend on nothing but the draw") from None
    report = tally.report()
    if rejected and not sum(tally.counts.values()):
        raise NotCertified(rejected)
    if not report.held:
        because = f"; {tally.trouble}" if tally.trouble else ""
        raise NotCertified(f"{claim.id}: none of {report.undecided + report.vacuous} instances decided the conclusion"
                           f" ({report.undecided} undecided, {report.vacuous} vacuous{because}); "
                           "give instances on which both sides can be enclosed")
    return report


def _smaller(
    claim: Claim, drop: str | None, attempt: Callable[[Instance], None], error: ClaimViolated, max_examples: int, seed: int
) -> ClaimViolated:
    """A violation at the smallest numbers (n, d, k, …) where a built instance shows one, or the given violation.

    Hypothesis seldom shrinks the sizes and the entries of arrays together, so the sizes are tried in increasing order.
    """
    found = list(islice(by_size(claim, drop), SMALLEST_TUPLES))
    sizes_found = [_at(error.instance, name) for name in found[0][0]] if found else []
    bound = sum(sizes_found) if None not in sizes_found else np.inf
    for values, source in found:
        if sum(abs(t) for t in values.values()) >= bound:
            break
        try:
            seeded(seed)(profile(min(max_examples, SMALLEST_EXAMPLES))(given(source)(attempt)))()
        except ClaimViolated as smaller:
            return smaller
        except (Unsatisfiable, FailedHealthCheck):      # none of these sizes satisfies the hypotheses
            continue
    return error


def _at(instance: Instance, name: str) -> float | None:
    value = instance.values.get(name, instance.conventional_size(name))
    return abs(float(value)) if isinstance(value, (int, float, Fraction, np.number)) else None


def _require_testable(claim: Claim, drop: str | None) -> None:
    require_hypothesis(claim, drop)
    open_constants = [constant.name for constant in claim.constants if not constant.value]
    if claim.chance is not None:
        raise BadData(f"{claim.id} is asserted with a probability only, so no instance contradicts it; use lawbook check {claim.id}")
    if open_constants:
        raise BadData(f"{claim.id} leaves the constant {open_constants[0]} open, so no instance contradicts it; "
                      f"use lawbook constants {claim.id}")


def _examined(claim: Claim, drop: str | None, instance: Instance, *, is_complete: bool) -> FactCheck:
    """The outcome of the conclusion; vacuous or undecided where a hypothesis is.

    On an instance that names everything a term without a value is one of which no enclosure is known: undecided, and no bad data.
    """
    at = Evaluator(instance)
    try:
        conclusion = at.fact(claim.conclusion)
    except BadData as error:
        if not is_complete:
            raise
        return FactCheck(Outcome.UNDECIDED, -np.inf, (-np.inf, np.inf), (-np.inf, np.inf), detail=str(error))
    for hypothesis in claim.hypotheses:
        if hypothesis.name == drop:
            continue
        found = at.fact(hypothesis.formula)
        if found.outcome is Outcome.VIOLATED:
            raise HypothesisViolated(f"an instance of {claim.id} breaks its hypothesis {hypothesis.name!r}, {text(hypothesis.formula)}: "
                                     f"{written(instance)}; mend what draws it")
        if found.outcome is Outcome.UNDECIDED:
            undecided = f"hypothesis {hypothesis.name} is undecided"
            return FactCheck(Outcome.UNDECIDED, -np.inf, conclusion.lhs, conclusion.rhs, detail=undecided)
    return conclusion
