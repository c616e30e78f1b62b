"""Measures the circle law: sign changes, opposite gaps and slopes of labelled points of the circle."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.terms.circle import CircleSlope, OppositeGap, SignChanges
from verify.evaluate import Env, Instance, Interval, Scope, compiled, reads
from verify.evaluate.values import ULP, point
from verify.measure import Measurement


def cyclic_neighbours(positions: Any, labels: Any) -> tuple[Any, Any]:
    """Gaps between cyclic neighbours, as fractions of the circle, and whether their labels differ; over the last axis.

    >>> gaps, opposite = cyclic_neighbours(np.array([0.0, 0.5, 0.75]), np.array([1.0, -1.0, -1.0]))
    >>> gaps.tolist(), opposite.tolist()
    ([0.5, 0.25, 0.25], [True, False, True])
    """
    order = np.argsort(positions, axis=-1)
    shape = np.broadcast_shapes(np.shape(positions), np.shape(labels))
    order = np.broadcast_to(order, shape)
    t = np.take_along_axis(np.broadcast_to(positions, shape), order, axis=-1)
    y = np.take_along_axis(np.broadcast_to(labels, shape), order, axis=-1)
    gaps = np.diff(t, axis=-1, append=t[..., :1] + 1.0)
    return gaps, y != np.roll(y, -1, axis=-1)


def opposite_gap(positions: Any, labels: Any) -> Any:
    """The least gap between cyclic neighbours of opposite label; 1 when all labels agree."""
    gaps, opposite = cyclic_neighbours(positions, labels)
    return np.where(opposite, gaps, 1.0).min(axis=-1)


def slope(positions: Any, labels: Any) -> Any:
    """The McShane constant of the points (cos 2πt, sin 2πt): over all opposite pairs, not only neighbours, so that the law is tested.

    >>> float(slope(np.array([0.0, 0.5]), np.array([1.0, -1.0])))     # antipodal points: 2/2
    1.0
    """
    t, y = np.broadcast_arrays(positions, labels)
    chords = 2 * np.abs(np.sin(np.pi * (t[..., :, None] - t[..., None, :])))
    differ = y[..., :, None] != y[..., None, :]
    with np.errstate(divide="ignore"):
        return np.where(differ, 2.0 / np.where(differ, chords, 1.0), 0.0).max(axis=(-2, -1))


def _reading(measure: Any, error: float) -> Any:
    def compile_(term: Any, scope: Scope) -> Any:
        positions, labels = (compiled(a, scope) for a in term.args)

        def run(env: Env) -> Interval:
            value = measure(positions(env).array, labels(env).array)
            return point(value, error * np.maximum(1.0, np.abs(value)))

        return run

    return compile_


reads(SignChanges)(_reading(lambda t, y: cyclic_neighbours(t, y)[1].sum(axis=-1).astype(float), 0.0))
reads(OppositeGap)(_reading(opposite_gap, 4 * ULP))
# 1/sin has relative condition number |πt cot πt| ≤ 1 in the gap, whose absolute error is a few ulp: relative to u ≤ 10³ used here
reads(CircleSlope)(_reading(slope, 1e-10))


def _gap_instance(rng: np.random.Generator) -> Instance:
    n = int(rng.integers(2, 9))
    return Instance({"n": n, "tau": float(rng.uniform(0.0, 1.0 / n))}, seed=int(rng.integers(2**31)))


def _law_instance(rng: np.random.Generator) -> Instance:
    n = int(rng.integers(2, 9))
    return Instance({"n": n, "u": float(1.0 + rng.exponential(n))}, seed=int(rng.integers(2**31)))


def _two_points(**values: Any) -> Any:
    return lambda: Instance({"n": 2, **values})


MEASUREMENTS = (
    Measurement("circle.gap", _gap_instance, corners=(_two_points(tau=0), _two_points(tau=0.5), _two_points(tau=0.25))),
    Measurement("circle.law", _law_instance, corners=(_two_points(u=2), _two_points(u=1.0625))),
)
