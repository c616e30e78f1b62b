"""What the tests of every claim share: hypotheses hold on drawn instances, nothing is violated, false twins are caught."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from theory.check import check
from theory.claim import Claim
from theory.memo import StepMemo
from theory.registry import claims
from verify.evaluate import Evaluator, Outcome
from verify.laws.measure import Measurement
from verify.laws.registry import measurements
from verify.objects.instance import Instance

HELD = (Outcome.HOLDS, Outcome.VACUOUS)


@dataclass(frozen=True)
class Expected:
    """What `test_every_claim.py` asks of a claim; a test file says it in its table EXPECTED, and 0 leaves a check out.

    hypotheses, draws, steps: instances on which all hypotheses hold, the conclusion is not violated, and no step is; slow: the draws with
    --run-slow; decided: the share of the draws on which the enclosures decide the conclusion; only_refused: twins that the kernel
    refuses and no instance contradicts.
    """

    hypotheses: int = 60
    draws: int = 300
    decided: float = 0.98
    slow: int = 5000
    slow_decided: float | None = None
    steps: int = 12
    twins: bool = True
    only_refused: tuple[str, ...] = ()


def both(id: str) -> tuple[Claim, Measurement]:
    """A claim and its measurement."""
    return claims()[id], measurements()[id]


def drawn(measurement: Measurement, count: int, seed: int = 7) -> Iterator[Instance]:
    """Random instances from one seed."""
    rng = np.random.default_rng(seed)
    return (measurement.draw(rng) for _ in range(count))


def all_instances(measurement: Measurement, count: int, seed: int = 7) -> Iterator[Instance]:
    """The corners and random instances."""
    yield from (corner() for corner in measurement.corners)
    yield from drawn(measurement, count, seed)


def assert_hypotheses_hold(id: str, count: int) -> None:
    """Every hypothesis is decided, and true, on every corner and draw."""
    claim, measurement = both(id)
    for number, instance in enumerate(all_instances(measurement, count)):
        at = Evaluator(instance)
        for hypothesis in claim.hypotheses:
            found = at.fact(hypothesis.formula)
            assert found.outcome in HELD, (id, number, hypothesis.name, found)


def assert_never_violated(id: str, count: int, *, decided: float = 1.0, seed: int = 11) -> None:
    """The conclusion is violated nowhere, and decided on at least the given share of the instances."""
    claim, measurement = both(id)
    outcomes = []
    for number, instance in enumerate(all_instances(measurement, count, seed)):
        found = Evaluator(instance).fact(claim.conclusion)
        assert found.outcome is not Outcome.VIOLATED, (id, number, found)
        outcomes.append(found.outcome)
    assert sum(o in HELD for o in outcomes) >= decided * len(outcomes)
    assert Outcome.HOLDS in outcomes


def assert_steps_hold(id: str, count: int) -> None:
    """Every step of every proof is violated nowhere, and holds somewhere."""
    claim, measurement = both(id)
    evaluators = [Evaluator(instance) for instance in all_instances(measurement, count)]
    for proof in claim.proofs:
        for step in proof.steps:
            outcomes = {at.fact(step.formula).outcome for at in evaluators}
            assert Outcome.VIOLATED not in outcomes and outcomes & set(HELD), (id, step.name, outcomes)


def assert_twins_are_caught(id: str, *, only_refused: tuple[str, ...] = ()) -> None:
    """No twin is proved; each is contradicted by its instances, whose hypotheses hold, except those that are only refused."""
    claim, measurement = both(id)
    assert len(claim.twins) >= 3
    names = [t.name for t in claim.twins]
    assert set(measurement.twin_draws) == set(names) - set(only_refused)
    assert set(only_refused) <= set(names)
    rng, memo = np.random.default_rng(3), StepMemo()        # twins share most of their steps
    for twin in claim.twins:
        assert not check(twin.claim, memo).status.is_proof, (id, twin.name)
        for _ in range(2 if twin.name in measurement.twin_draws else 0):
            at = Evaluator(measurement.twin_draws[twin.name](rng))
            for hypothesis in twin.claim.hypotheses:
                assert at.fact(hypothesis.formula).outcome in HELD, (id, twin.name, hypothesis.name)
            found = at.fact(twin.claim.conclusion)
            assert found.outcome is Outcome.VIOLATED, (id, twin.name, found)


def margin(id: str, build: Callable[[], Instance]) -> float:
    """The margin of the conclusion at one instance, where it holds."""
    found = Evaluator(build()).fact(both(id)[0].conclusion)
    assert found.outcome is Outcome.HOLDS
    return found.margin


def sides(id: str, instance: Instance) -> tuple[float, float]:
    """The middles of both sides of the conclusion."""
    found = Evaluator(instance).fact(both(id)[0].conclusion)
    return sum(found.lhs) / 2, sum(found.rhs) / 2
