"""Measures the circle law: few points, thresholds where the probability moves.  The reading of the terms is verify.evaluate.circle."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from verify.laws.measure import Measurement
from verify.objects.instance import Instance


def _gap_instance(rng: np.random.Generator) -> Instance:
    n = int(rng.integers(2, 9))
    return Instance({"n": n, "tau": float(rng.uniform(0.0, 1.0 / n))}, seed=int(rng.integers(2**31)))


def _law_instance(rng: np.random.Generator) -> Instance:
    n = int(rng.integers(2, 9))
    return Instance({"n": n, "u": float(1.0 + rng.exponential(n))}, seed=int(rng.integers(2**31)))


def _two_points(**values: float) -> Callable[[], Instance]:
    return lambda: Instance({"n": 2, **values})


MEASUREMENTS = (
    Measurement("circle.gap", _gap_instance, corners=(_two_points(tau=0), _two_points(tau=0.5), _two_points(tau=0.25))),
    Measurement("circle.law", _law_instance, corners=(_two_points(u=2), _two_points(u=1.0625))),
)
