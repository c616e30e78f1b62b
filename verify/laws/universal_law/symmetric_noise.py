"""Measures the finite class with symmetric noise: probabilities over at most 2¹⁰ sign vectors are exact."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.laws.draws import Rng, fixed, integer
from verify.laws.measure import Measurement
from verify.objects.instance import Instance


def noisy(rng: Rng, n: int) -> tuple[Any, Any]:
    """g and ν with |g_i| + ν_i ≤ 1: some noise alone, some of the largest size."""
    nu = rng.choice([1.0, rng.random()], n) * rng.uniform(0.2, 1, n)
    return (1 - nu) * rng.uniform(-1, 1, n) * 0.999, nu


def instance(F: Any, m: Any, g: Any, nu: Any, eps: float, V: float, s: float, t: float) -> Instance:
    """The values by name."""
    F = np.asarray(F, dtype=np.float64)
    return Instance({"N": F.shape[0], "n": F.shape[1], "F": F, "m": np.asarray(m), "g": np.asarray(g), "nu": np.asarray(nu), "eps": eps,
                     "V": V, "s": s, "t": t})


def draw(rng: Rng) -> Instance:
    """Functions of any spread; ε has the room that the levels need, and a little more."""
    n, N = integer(rng, 1, 9), integer(rng, 1, 3)
    g, nu = noisy(rng, n)
    F = rng.standard_normal((N, n)) * 10.0 ** rng.uniform(-2, 0)
    m = np.clip(F.mean(axis=1), -1, 1)
    V = float(np.max(np.mean((F - m[:, None]) ** 2, axis=1))) * 1.001 + 1e-9
    s, t = (float(10 ** rng.uniform(-2, 0.8)) for _ in range(2))
    need = (1.25 * np.sqrt(2 * s) + np.sqrt(V) * np.sqrt(2 * t)) * 2 / np.sqrt(n)
    return instance(F, m, g, nu, float(need * (1 + rng.choice([1e-6, rng.random()]))), V, s, t)


def flat() -> Instance:
    """Four data of noise alone and f = 0: mean (y − f)² = 1 is above 1 − ε."""
    return instance(np.zeros((1, 4)), [0.0], np.zeros(4), np.ones(4), 2.0, 0.0, 1.0, 1.0)


def loud(nu: float) -> Instance:
    """One datum with noise of size 100 and f = 1: the label 100 is fitted below 100² − 7."""
    return instance([[1.0]], [1.0], [0.0], [nu], 7.0, 0.0, 2.9, 9.0)


def no_room() -> Instance:
    """One datum of noise and f = ½ at high levels: the label 1 is fitted below 1 − ½, with probability ½."""
    return instance([[0.5]], [0.5], [0.0], [1.0], 0.5, 0.0, 9.0, 9.0)


def halfway() -> Instance:
    """The same at ε = 6, with the room that these levels need: (½)² is below 1² with probability ½."""
    return instance([[0.5]], [0.5], [0.0], [1.0], 6.0, 0.0, 2.8, 9.0)


MEASUREMENTS = (
    Measurement("bs.thm2.symmetric", draw, (flat,), twin_draws={
        "without noise": fixed(lambda: loud(-100.0)), "without labels": fixed(lambda: loud(100.0)), "without room": fixed(no_room),
        "at the noise level": fixed(halfway)}),
)
