"""Instances for the lemmas on random labels on a random circle; probabilities are simulated, each with an error rate of 10⁻⁶.

A hunt looks at fewer than a hundred instances, so it rejects a true lemma with probability below 10⁻³.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Integer

from theory.errors import BadData
from theory.lemmas import circle
from theory.terms import And, Eq, Lt, Prob
from theory.terms.circle import CircleSlope, OppositeGap, SignChanges
from theory.terms.linear import IndexedSum
from verify.evaluate import Evaluator, Instance
from verify.evaluate.laws import clopper_pearson
from verify.laws.lemmas.drawing import off_by
from verify.laws.lemmas.measure import Model
from verify.laws.lemmas.search import Arrays, Search, Shape, Variant

Array = NDArray[np.float64]
DRAWS, ERROR_RATE = 8_000, 1e-6


def simulated(term: Any, at: Evaluator, instance: Instance) -> tuple[float, float] | None:
    """The Clopper–Pearson interval of an event about the circle; the sum of such intervals for a sum of probabilities."""
    if isinstance(term, IndexedSum) and isinstance(term.body, Prob):
        size = int(at.value(term.domains[0].size)[0])
        parts = [simulated(term.instantiate(Integer(place)), at, instance) for place in range(1, size + 1)]
        return sum(low for low, _ in parts), sum(high for _, high in parts)  # type: ignore[misc]
    if not isinstance(term, Prob):
        return None
    count = int(instance.number("n"))
    rng = np.random.default_rng([instance.seed, count])
    measured = circle_quantities(rng.random((DRAWS, count)), rng.choice([-1.0, 1.0], (DRAWS, count)))
    hits = float(np.sum(_event(term.body, measured, at)))
    found = clopper_pearson(hits, hits, DRAWS, ERROR_RATE)
    return float(found.lower), float(found.upper)


def circle_quantities(t: Array, y: Array) -> dict[type, Array]:
    """Sign changes, the shortest opposite gap and the largest slope of m labelled sets of points of the circle of length 1.

    The slope is computed from all pairs, not from the gap, so that the lemma that relates the two is put to a test.
    """
    order = np.argsort(t, axis=1)
    sorted_t, labels = np.take_along_axis(t, order, axis=1), np.take_along_axis(y, order, axis=1)
    gaps = np.mod(np.roll(sorted_t, -1, axis=1) - sorted_t, 1.0) if t.shape[1] > 1 else np.ones_like(t)
    opposite = labels != np.roll(labels, -1, axis=1)
    changes = opposite.sum(axis=1).astype(np.float64)
    shortest = np.where(opposite, gaps, 1.0).min(axis=1)
    chords = 2 * np.abs(np.sin(np.pi * (t[:, :, None] - t[:, None, :])))
    differ = y[:, :, None] != y[:, None, :]
    slopes = np.where(differ, 2 / np.where(differ, chords, 1.0), 0.0).max(axis=(1, 2))
    return {SignChanges: changes, OppositeGap: shortest, CircleSlope: slopes}


def _event(formula: Any, measured: dict[type, Array], at: Evaluator) -> Any:
    if isinstance(formula, And):
        return np.logical_and.reduce([_event(part, measured, at) for part in formula.args])
    left, right = (_side(side, measured, at) for side in formula.args)
    if isinstance(formula, Lt):
        return left < right
    if isinstance(formula, Eq):
        return left == right
    raise BadData(f"the event {formula} is not one of the circle lemmas; build it with lt, eq and And")


def _side(side: Any, measured: dict[type, Array], at: Evaluator) -> Any:
    return measured[type(side)] if type(side) in measured else at.value(side)[0]


SIZES: tuple[Shape, ...] = ({"n": 1}, {"n": 2}, {"n": 3}, {"n": 5})
SEVERAL: tuple[Shape, ...] = ({"n": 2}, {"n": 3}, {"n": 5})
CIRCLE = Model({}, oracle=simulated)


def fraction(arrays: Arrays, shape: Shape) -> Arrays:
    """0 ≤ τ < 1."""
    tau = abs(float(arrays["tau"]))
    return {"tau": tau / (1 + tau) / 4}


def beyond_one(arrays: Arrays, shape: Shape) -> Arrays:
    """The hypothesis τ < 1 missed."""
    return {"tau": 1.5}


def above_one(arrays: Arrays, shape: Shape) -> Arrays:
    return {"u": 1 + abs(float(arrays["u"])) + 1e-9}


SEARCHES = (
    Search(
        circle.sign_change_partition,
        {"tau": ""},
        SIZES,
        CIRCLE,
        (off_by(10), Variant("τ ≥ 1", finish=beyond_one, shapes=({"n": 1},))),
        fraction,
        tight=False,
    ),
    Search(circle.constant_labels, {}, SIZES, CIRCLE, (off_by(10),), tight=False),
    Search(
        circle.uniform_spacings,
        {"tau": ""},
        SEVERAL,
        CIRCLE,
        (Variant("right side 10 % larger", off_by(10).change, shapes=({"n": 2},)),),
        fraction,
        tight=False,
    ),
    Search(circle.circle_slope, {"u": ""}, SIZES, CIRCLE, (off_by(10),), above_one, tight=False),
)
