"""Drawn instances: those of the strategies, written as drafts, so that the other searches start from instances that meet the hypotheses.

The sources are the built instances of the claim's formulas, and the registered draws of claims that must hold.  What is recorded of a
statement that is printed or tempting, its refutation and the draws beside it, is not used: such a statement is searched with built
instances alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from theory.claim import Claim, Reading
from theory.errors import BadData, LawbookError
from theory.terms.formula import Property
from verify.evaluate import Evaluator
from verify.laws.functions import ConstantFunction, NetworkFunction
from verify.laws.measure import Measurement
from verify.objects.instance import Instance
from verify.trials.hunt.judge import FAR, HELD, QUICK, certainly, judged
from verify.trials.hunt.trials import OutOfTime, Trials
from verify.trials.property.strategies.instances import generic, registered
from verify.trials.spaces.activations import name_of, psi_named
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Array, Draft, rationals
from verify.trials.spaces.sizes import MOST_ENTRIES, entries

ROUNDING = 1e-9        # how far the length of a row that is meant to be 1 may be from it
FINE = 1 << 26          # denominators of the coordinates of such a row: a change of 1e-8
SLICE = 20              # instances of one source before the next search takes over: each costs exact equations with long fractions
Source = Callable[[int], list[Instance]]


def drawn(trials: Trials, number: int) -> Iterator[None]:
    """Instances of each source in turn; ends at once where there is no source."""
    sources = drawn_sources(trials.space.claim, trials.space.drop, number)
    turn = 0
    while sources:
        for instance in sources[turn % len(sources)](turn // len(sources)):
            attempt_instance(trials, instance)
        turn += 1
        yield


def drawn_sources(claim: Claim, drop: str | None, number: int) -> list[Source]:
    """The sources of a claim; each gives the instances of a turn, the same ones for the same seed."""
    found: list[Source] = []
    try:
        strategy = generic(claim, drop)
        found.append(lambda turn: _examples(strategy, 1000 * number + turn))
    except BadData:                                         # no builder knows the claim
        pass
    measurement = registered(claim, drop) if claim.reading in (Reading.SHARP, Reading.OURS) else None
    if measurement is not None:
        found.append(lambda turn: _draws(measurement, number, turn))
    return found


def _examples(strategy: SearchStrategy[Instance], number: int) -> list[Instance]:
    kept: list[Instance] = []

    @seed(number)
    @settings(max_examples=SLICE, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(strategy)
    def keep(instance: Instance) -> None:
        kept.append(instance)

    keep()
    return kept


def _draws(measurement: Measurement, number: int, turn: int) -> list[Instance]:
    """A slice of the corners, while there are any, and then of the draws."""
    corners = measurement.corners[turn * SLICE : (turn + 1) * SLICE]
    rng = np.random.default_rng([number, 4, turn])
    return [*(corner() for corner in corners), *(measurement.draw(rng) for _ in range(SLICE - len(corners)))]


# --- trials -----------------------------------------------------------------------------------------------------------------------

def attempt_instance(trials: Trials, instance: Instance) -> None:
    """Judge the draft of an instance; where there is none, or what is rebuilt from it fails, judge the instance as it is.

    That is one trial.
    """
    draft = draft_of_instance(trials.space, instance)
    if draft is not None and trials.attempt(draft) < FAR:
        return
    if draft is None:
        if trials.is_over:
            raise OutOfTime
        trials.count += 1
    _judge_as_it_is(trials, instance)


def _judge_as_it_is(trials: Trials, instance: Instance) -> None:
    """All hypotheses are looked at, because none was built in.

    The margin is kept beside those of the drafts: the instance is in floating point, and where its function is not determined by the
    hypotheses no draft holds it, so that nothing can be stored, shrunk or verified again.
    """
    at = Evaluator(instance, QUICK)
    try:
        if not all(at.fact(hypothesis.formula).outcome in HELD for hypothesis in trials.space.hypotheses):
            return
    except LawbookError:
        return
    found = judged(trials.space, instance)
    if found.score >= FAR:
        return
    trials.met += 1
    if not found.is_open and (trials.as_it_is is None or found.score < trials.as_it_is[0]) and (
            not found.is_violated or certainly(trials.space, instance) is not None):
        trials.as_it_is = found.score, instance


# --- drafts -----------------------------------------------------------------------------------------------------------------------

def draft_of_instance(space: ClaimSpace, instance: Instance) -> Draft | None:
    """The draft of an instance, floats as the fractions that they are; None for a large one, or one that no draft holds.

    Rows that have length 1 up to rounding are moved to rational points of the sphere, which the repairs leave alone.  A function that no
    hypothesis defines is held if it is constant, or affine but for at most as many ReLU neurons as the space gives it.

    >>> from theory import find_claim
    >>> draft_of_instance(ClaimSpace(find_claim("bln.thm9.energy")), Instance({"X": np.array([[0.6, 0.8]]), "s": 1})).sizes
    {'d': 2, 'n': 1}
    """
    sizes: dict[str, int] = {}
    for name in space.sizes:
        found = instance.values[name] if instance.has(name) else instance.conventional_size(name)
        if found is None:
            return None
        sizes[name] = int(found)
    if entries(space, sizes) > MOST_ENTRIES:
        return None
    held = {**instance.values, **_weights_of_functions(space, instance, sizes)}
    names = {psi: name_of(held[psi]) for psi in space.activations if held.get(psi) is not None}
    if any(leaf.name not in held for leaf in space.leaves) or set(names) < set(space.activations):
        return None
    if not all(map(_is_known, names.values())):
        return None
    arrays = {leaf.name: _exactly(held[leaf.name]) for leaf in space.leaves}
    if any(arrays[leaf.name].shape != space.shape(leaf, sizes) for leaf in space.leaves):
        return None
    return Draft(sizes, arrays, names)


def _is_known(name: str) -> bool:
    """Whether a draft can be rebuilt with that activation."""
    try:
        return bool(psi_named(name).name)
    except BadData:                                         # a polynomial of its own
        return False


def _exactly(value: Any) -> Array:
    array = rationals(value)
    if array.ndim == 1:
        return _on_sphere(array)
    return np.array([_on_sphere(row) for row in array], dtype=object).reshape(array.shape) if array.ndim == 2 else array


def _on_sphere(row: Array) -> Array:
    """A row whose length is 1 but for rounding, moved to a rational point of the sphere; any other as it is."""
    square = sum(x * x for x in row)
    if square == 1 or abs(float(square) - 1) > ROUNDING:
        return row
    side = -1 if row[-1] < 0 else 1                        # project from the far pole
    t = [Fraction(round(FINE * x / (1 + abs(row[-1]))), FINE) for x in row[:-1]]
    size = sum((x * x for x in t), Fraction(0))
    return np.array([*(2 * x / (1 + size) for x in t), side * (1 - size) / (1 + size)], dtype=object)


def _weights_of_functions(space: ClaimSpace, instance: Instance, sizes: dict[str, int]) -> dict[str, Any]:
    """The values of the leaves that a function of the space's own consists of, where the instance has such a function."""
    shapes = {leaf.name: space.shape(leaf, sizes) for leaf in space.leaves}
    projected = {h.formula.objects[0] for h in space.hypotheses if isinstance(h.formula, Property) and h.formula.name == "depends only on"}
    held: dict[str, Any] = {}
    for f in space.functions:
        value, own = instance.values.get(f.name), f"{f.name}.W"
        if own not in shapes or f in projected:
            continue
        k, d = shapes[own]
        found: dict[str, Any] = {"W": np.zeros((k, d)), "a": np.zeros(k), "b": np.zeros(k), "v": np.zeros(d)}
        if isinstance(value, ConstantFunction):
            found["c"] = value.value
        elif isinstance(value, NetworkFunction) and value.network.activation.name == "relu" and value.network.k <= k:
            network = value.network
            found = {name: np.concatenate([getattr(network, name), found[name][network.k :]]) for name in ("W", "a", "b")}
            found |= {"v": network.v, "c": network.c}
        else:
            continue
        held |= {f"{f.name}.{name}": part for name, part in found.items()}
    return held
