"""Facts on instances: every hypothesis, step and conclusion of a claim is evaluated, and the worst place is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from theory.claim import Claim
from theory.errors import BadData, LawbookError
from theory.terms import Expect, ForAll, Formula, Prob, Signs, Sup, Symbol
from theory.terms.printing.text import bound_letters
from theory.terms.sorts import Binder
from verify.evaluate import Evaluator, FactCheck, Outcome
from verify.evaluate.declared import symbols_of
from verify.laws.measure import Measurement
from verify.objects.instance import Instance
from verify.trials.measured import measurement_of
from verify.trials.spaces.draws import NoMoreDrafts


@dataclass(frozen=True)
class FactEffort:
    """On how many instances a fact of a proof is evaluated: any, and one that averages suprema over all sign vectors."""

    inner: int = 20
    costly: int = 5


_DEFAULT = FactEffort()
MOST_SHOWN = 12         # entries of an array that is written out
OF_A_PROOF = FactEffort(inner=6, costly=3)     # the kernel vouches for these: asked is whether they are evaluated as it reads them


@dataclass(frozen=True)
class FactTest:
    """One fact (the conclusion, a hypothesis, or a step) on all instances.

    ``undecided`` counts instances where the enclosures of the two sides overlap, ``vacuous`` those where a premise is false, ``searched``
    those where it holds as far as a supremum or a quantifier over a continuous set was searched.  ``trouble`` says why it was not
    evaluated where it was not.
    """

    name: str
    instances: int
    violations: int
    undecided: int
    vacuous: int
    min_margin: float | None
    worst: str = ""                       # the smallest failing instance, or where the margin is least, in words
    spread: str = ""                      # from which size to which the instances go, as in "n=1…4, d=2"
    searched: int = 0
    trouble: str = ""


class Spread:
    """From which size to which instances go.

    >>> spread = Spread(frozenset("nd"))
    >>> for n in (2, 1, 4):
    ...     spread.add(Instance({"n": n, "d": 3, "t": 0.5}))
    >>> str(spread)
    'n=1…4, d=3'
    """

    def __init__(self, letters: frozenset[str]) -> None:
        self._letters, self._seen = letters, dict[str, set[int]]()

    def add(self, instance: Instance) -> None:
        """Take note of the sizes of an instance."""
        for name, size in sizes_of(instance, self._letters).items():
            if name in self._letters:                       # an instance of a library claim may hold others
                self._seen.setdefault(name, set()).add(size)

    def __str__(self) -> str:
        return ", ".join(f"{name}={min(seen)}…{max(seen)}" if len(seen) > 1 else f"{name}={min(seen)}" for name, seen in self._seen.items())


@dataclass
class _Tally:
    """Running counts of one fact."""

    name: str
    letters: frozenset[str]
    instances: int = 0
    violations: int = 0
    undecided: int = 0
    vacuous: int = 0
    min_margin: float = np.inf
    worst: str = ""
    failing: tuple[float, float] = (np.inf, np.inf)
    searched: int = 0
    trouble: str = ""
    spread: Spread = field(init=False)

    def __post_init__(self) -> None:
        self.spread = Spread(self.letters)

    def add(self, found: FactCheck, instance: Instance, formula: Formula) -> None:
        self.instances += 1
        self.spread.add(instance)
        self.searched += found.outcome is Outcome.HOLDS and found.sampled
        self.undecided += found.outcome is Outcome.UNDECIDED
        self.vacuous += found.outcome is Outcome.VACUOUS
        if found.outcome is Outcome.VIOLATED:
            self.violations += 1
            rank = (size(instance), found.margin)          # the smallest instance; of those, the clearest failure
            if rank < self.failing:
                self.failing, self.worst = rank, described(found, instance, formula)
        if found.outcome is Outcome.HOLDS and found.margin < self.min_margin:
            self.min_margin = float(found.margin)
            if not self.violations:
                self.worst = sizes(instance, self.letters)

    def result(self) -> FactTest:
        margin = self.min_margin if np.isfinite(self.min_margin) else None
        return FactTest(self.name, self.instances, self.violations, self.undecided, self.vacuous, margin, self.worst, str(self.spread),
                        self.searched, self.trouble)


def size(instance: Instance) -> int:
    """How many numbers an instance holds: the measure by which a failing instance is smallest."""
    return sum(int(np.size(v)) for v in instance.values.values() if isinstance(v, (np.ndarray, list, tuple, int, float)))


def letters_of(formulas: Iterable[Formula]) -> frozenset[str]:
    """The names of the integers of which formulas speak, those of the dimensions of their arrays included."""
    return frozenset(s.name for s in symbols_of(formulas) if isinstance(s, Symbol) and s.is_integer)


def sizes_of(instance: Instance, letters: frozenset[str]) -> dict[str, int]:
    """The integers of an instance by name; those of the letters that have no value are read off its arrays."""
    found = {name: instance.conventional_size(name) for name in "ndk" if name in letters}
    return {name: int(value) for name, value in {**found, **instance.values}.items() if isinstance(value, (int, np.integer))}


def sizes(instance: Instance, letters: frozenset[str]) -> str:
    """The sizes of an instance, as in ``n=2, d=1, k=3``; where it has none its numbers, as in ``t=-1/2``."""
    return ", ".join([f"{name}={size}" for name, size in sizes_of(instance, letters).items()] or _numbers(instance))


def _numbers(instance: Instance) -> list[str]:
    """The numbers of an instance that are no integers, as in ``t=-1/2``."""
    return [f"{name}={value:.6g}" if isinstance(value, float) else f"{name}={value}" for name, value in instance.values.items()
            if isinstance(value, (float, Fraction))]


def described(found: FactCheck, instance: Instance, formula: Formula) -> str:
    """A failing instance in words: both sides, sizes, numbers, the place, and small arrays."""
    letters = bound_letters(formula) if isinstance(formula, Binder) else {}
    arrays = "; ".join(f"{name}={_short(value)}" for name, value in instance.values.items()
                       if isinstance(value, (np.ndarray, list)) and np.size(value) <= MOST_SHOWN)
    sides = f"left side {_side(found.lhs)}, right side {_side(found.rhs)}"
    place = "".join(f", at {letters.get(name, name)}={value}" for name, value in found.place.items() if np.size(value) <= 6)
    numbers = ", ".join([*(f"{name}={size}" for name, size in sizes_of(instance, letters_of([formula])).items()), *_numbers(instance)])
    return f"{sides}{' at ' if numbers else ''}{numbers}{place}{'; ' + arrays if arrays else ''}"


def _short(value: Any) -> str:
    return str(np.round(np.asarray(value, dtype=float), 4).tolist())


def _side(ends: tuple[float, float]) -> str:
    low, high = ends
    return f"{low:.6g}" if np.isclose(low, high, rtol=1e-9, atol=0) else f"in [{low:.6g}, {high:.6g}]"


def instances_of(measurement: Measurement, count: int, seed: int) -> Iterator[Instance]:
    """The corners, then ``count`` random instances from the seed; fewer where drafts seldom become instances."""
    for corner in measurement.corners:
        yield corner()
    rng = np.random.default_rng(seed)
    for drawn in range(count):
        try:
            yield measurement.draw(rng)
        except NoMoreDrafts:
            if not drawn:
                raise
            return


def is_costly(fact: Formula) -> bool:
    """Whether a fact averages a supremum over all sign vectors: a hundred times the work of any other."""
    return any(mean.atoms(Sup) for mean in fact.atoms(Expect, Prob)) or any(
        isinstance(domain, Signs) for quantifier in fact.atoms(ForAll) for domain in quantifier.domains)


def try_facts(claim: Claim, instances: Iterable[Instance], effort: FactEffort = _DEFAULT, *, lenient: bool = False) -> tuple[FactTest, ...]:
    """Evaluate the conclusion on all instances, and every other fact on the first ones (the corners come first).

    A fact that cannot be evaluated (a term without a numeric reading) raises: nothing is skipped in silence.  With ``lenient`` its
    FactTest says why instead, and the other facts are evaluated.
    """
    facts = claim.facts
    limits = {name: effort.costly if is_costly(formula) else effort.inner for name, formula in facts.items()}
    letters = letters_of(facts.values())
    tallies = {name: _Tally(name, letters) for name in facts}
    for position, instance in enumerate(instances):
        at = Evaluator(instance)
        found: dict[Formula, FactCheck] = {}                # the last step of a proof is the conclusion, on all instances
        for name, formula in facts.items():
            if formula == claim.conclusion or position < limits[name]:
                try:
                    check = found[formula] if formula in found else found.setdefault(formula, at.fact(formula))
                    tallies[name].add(check, instance, formula)
                except LawbookError as error:
                    if not lenient:
                        raise type(error)(f"{claim.id}, fact {name!r}: {error}") from None
                    tallies[name].trouble = tallies[name].trouble or str(error)
    return tuple(t.result() for t in tallies.values())


def sample(claim: Claim, count: int = 100, seed: int = 0) -> tuple[FactTest, ...]:
    """All facts of a library claim on its corners and on ``count`` random instances.

    Returns one FactTest a fact; the one named "conclusion" is the statement.  Estimated: floats with tracked errors, so a violation
    is beyond rounding, and overlapping enclosures count as undecided.

    Raises: BadData when nothing says how to measure the claim.

    >>> from theory import find_claim
    >>> result = {t.name: t for t in sample(find_claim("mcshane.floor"), 5)}["conclusion"]
    >>> result.violations
    0
    """
    measurement = measurement_of(claim)
    if measurement is None:                                 # an open constant, or a probability
        raise BadData(f"nothing says how to draw instances of {claim.id}; give a lawbook.Measurement for it")
    return try_facts(claim, instances_of(measurement, count, seed))
