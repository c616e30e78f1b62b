"""Facts on instances: every hypothesis, step and conclusion of a claim is evaluated, and the worst place is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from theory.claim import Claim
from theory.errors import BadData, LawbookError
from theory.terms import Expect, ForAll, Formula, Prob, Signs, Sup
from theory.terms.printing.text import bound_letters
from theory.terms.sorts import Binder
from verify.evaluate import Evaluator, FactCheck, Outcome
from verify.laws.measure import Measurement
from verify.laws.registry import measurement_of
from verify.objects.instance import Instance


@dataclass(frozen=True)
class FactEffort:
    """On how many instances a fact of a proof is evaluated: any, and one that averages suprema over all sign vectors."""

    inner: int = 20
    costly: int = 5


_DEFAULT = FactEffort()
OF_A_PROOF = FactEffort(inner=6, costly=3)     # the kernel vouches for these: asked is whether they are evaluated as it reads them


@dataclass(frozen=True)
class FactTest:
    """One fact (the conclusion, a hypothesis, or a step) on all instances.

    ``undecided`` counts instances where the enclosures of the two sides overlap, ``vacuous`` those where a premise is false.
    """

    name: str
    instances: int
    violations: int
    undecided: int
    vacuous: int
    min_margin: float | None
    worst: str = ""                       # the smallest failing instance, or where the margin is least, in words


@dataclass
class _Tally:
    """Running counts of one fact."""

    name: str
    instances: int = 0
    violations: int = 0
    undecided: int = 0
    vacuous: int = 0
    min_margin: float = np.inf
    worst: str = ""
    failing: tuple[float, float] = (np.inf, np.inf)

    def add(self, found: FactCheck, instance: Instance, formula: Formula) -> None:
        self.instances += 1
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
                self.worst = sizes(instance)

    def result(self) -> FactTest:
        margin = self.min_margin if np.isfinite(self.min_margin) else None
        return FactTest(self.name, self.instances, self.violations, self.undecided, self.vacuous, margin, self.worst)


def size(instance: Instance) -> int:
    """How many numbers an instance holds: the measure by which a failing instance is smallest."""
    return sum(int(np.size(v)) for v in instance.values.values() if isinstance(v, (np.ndarray, list, tuple, int, float)))


def sizes(instance: Instance) -> str:
    """The dimensions of an instance, as in ``n=2, d=1, k=3``; where it has none its numbers, as in ``t=-1/2``."""
    found = [(name, instance.values.get(name, instance.conventional_size(name))) for name in "ndkr"]
    said = [f"{name}={int(value)}" for name, value in found if value is not None]
    return ", ".join(said or [f"{name}={value}" for name, value in instance.values.items() if isinstance(value, (int, float, Fraction))])


def described(found: FactCheck, instance: Instance, formula: Formula) -> str:
    """A failing instance in words: dimensions, small arrays, both sides, and the place."""
    letters = bound_letters(formula) if isinstance(formula, Binder) else {}
    arrays = "; ".join(f"{name}={_short(value)}" for name, value in instance.values.items()
                       if isinstance(value, (np.ndarray, list)) and np.size(value) <= 8)
    sides = f"left side {_side(found.lhs)}, right side {_side(found.rhs)}"
    place = "".join(f", at {letters.get(name, name)}={value}" for name, value in found.place.items() if np.size(value) <= 6)
    return f"{sides} at {sizes(instance)}{place}{'; ' + arrays if arrays else ''}"


def _short(value: Any) -> str:
    return str(np.round(np.asarray(value, dtype=float), 4).tolist())


def _side(ends: tuple[float, float]) -> str:
    low, high = ends
    return f"{low:.6g}" if np.isclose(low, high, rtol=1e-9, atol=0) else f"in [{low:.6g}, {high:.6g}]"


def instances_of(measurement: Measurement, count: int, seed: int) -> Iterator[Instance]:
    """The corners, then ``count`` random instances from the seed."""
    for corner in measurement.corners:
        yield corner()
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield measurement.draw(rng)


def is_costly(fact: Formula) -> bool:
    """Whether a fact averages a supremum over all sign vectors: a hundred times the work of any other."""
    return any(mean.atoms(Sup) for mean in fact.atoms(Expect, Prob)) or any(
        isinstance(domain, Signs) for quantifier in fact.atoms(ForAll) for domain in quantifier.domains)


def try_facts(claim: Claim, instances: Iterable[Instance], effort: FactEffort = _DEFAULT) -> tuple[FactTest, ...]:
    """Evaluate the conclusion on all instances, and every other fact on the first ones (the corners come first).

    A fact that cannot be evaluated there (a term without a numeric reading) raises: nothing is skipped in silence.
    """
    facts = claim.facts
    limits = {name: effort.costly if is_costly(formula) else effort.inner for name, formula in facts.items()}
    tallies = {name: _Tally(name) for name in facts}
    for position, instance in enumerate(instances):
        at = Evaluator(instance)
        found: dict[Formula, FactCheck] = {}                # the last step of a proof is the conclusion
        for name, formula in facts.items():
            if name == "conclusion" or position < limits[name]:
                try:
                    check = found[formula] if formula in found else found.setdefault(formula, at.fact(formula))
                    tallies[name].add(check, instance, formula)
                except LawbookError as error:
                    raise type(error)(f"{claim.id}, fact {name!r}: {error}") from None
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
    if measurement is None:
        raise BadData(f"nothing says how to draw instances of {claim.id}; give a lawbook.Measurement for it")
    return try_facts(claim, instances_of(measurement, count, seed))
