"""Measures the extremal example for up to six neurons."""

from __future__ import annotations

import numpy as np

from verify.laws.draws import LEAST_ACCURACY, Rng, fixed, integer
from verify.laws.functions import ConstantFunction, NetworkFunction
from verify.laws.measure import Measurement
from verify.objects.instance import Instance
from verify.objects.networks import Network, activation


def instance(k: int) -> Instance:
    """f(x) = (2/k) Σ|x_ℓ| − 1."""
    network = Network(np.eye(k), np.zeros(k), np.full(k, 2 / k), activation("abs"), np.zeros(k), -1.0)
    return Instance({"f": NetworkFunction(network), "k": k}, accuracy=LEAST_ACCURACY)


def draw(rng: Rng) -> Instance:
    """One of the first six."""
    return instance(integer(rng, 1, 6))


def one() -> Instance:
    """2|x| − 1."""
    return instance(1)


MEASUREMENTS = (
    Measurement("k.sharp", draw, (one,), twin_draws={
        "without cross": fixed(lambda: one().with_values(f=ConstantFunction(0.0))), "flatter": fixed(one), "narrower": fixed(one)}),
)
