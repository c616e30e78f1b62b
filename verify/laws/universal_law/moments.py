"""Measures the conditional moment bound: its scalar inequalities, and both regimes at the largest moment that they allow."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr

from verify.laws.draws import Rng, fixed
from verify.laws.measure import Measurement
from verify.objects.instance import Instance

ROOM = 1 - 1e-9
T0 = float(np.sqrt(2 * np.log(2)))


def numbers(**values: Any) -> Any:
    """An instance of these numbers, as a corner or for a twin."""
    return lambda: Instance(values)


def near(lam: float, part: float = ROOM, **changed: Any) -> Instance:
    """M is a part of 2^{λ²}/(1 − λ²)."""
    return Instance({"lam": lam, "M": part * 2 ** (lam**2) / (1 - lam**2)} | changed)


def far(lam: float, part: float = ROOM, **changed: Any) -> Instance:
    """I is the integral of e^{−(t−2λ)²/2} from t₀ on, and M a part of what (d) gives."""
    values = {"lam": lam, "I": float(np.sqrt(2 * np.pi) * ndtr(2 * lam - T0))} | changed
    return Instance({"M": part * 1.25 / np.e * values["I"] * np.exp(2 * lam**2) / lam} | values)


def at_577(**changed: Any) -> Instance:
    """λ = 0.577 with the largest I that the hypothesis allows, √(π/2)."""
    return far(0.577, I=float(np.sqrt(np.pi / 2)) * ROOM, **changed)


def tight(rng: Rng) -> Instance:
    """s over four orders of magnitude, and p where the factor is largest: 1 + pA = A/s."""
    s = float(10.0 ** rng.uniform(-2, 1.5))
    A = np.expm1(s)
    return Instance({"s": s, "p": float((1 / s - 1 / A) * rng.choice([1.0, rng.random(), 2.0]))})


def upto(name: str, low: float, high: float) -> Any:
    """A uniform number, or one of the ends."""
    return lambda rng: Instance({name: float(rng.choice([low, high, rng.uniform(low, high)]))})


AT_1 = float(1 - 1 / np.expm1(1.0))
FACTOR, PEAK, THIRD, LEAST = numbers(s=1.0, p=AT_1), numbers(s=1.5936), numbers(q=0.3333), numbers(lam=0.57701)
MEASUREMENTS = (
    Measurement("bs.moment.factor", tight, (FACTOR,), twin_draws=dict.fromkeys(("11/10", "without s/A", "without ps"), fixed(FACTOR))),
    Measurement("bs.moment.small", upto("q", 0.0, 0.3333), (THIRD,), twin_draws={
        "without small": fixed(numbers(q=0.9)), "1.8q": fixed(THIRD), "q": fixed(THIRD)}),
    Measurement("bs.moment.ratio", upto("s", 1.2001, 20.0), (PEAK,), twin_draws={
        "19/16": fixed(PEAK), "without 1 − e^{−s}": fixed(PEAK), "flipped": fixed(numbers(s=9.0))}),
    Measurement("bs.moment.large", upto("lam", 0.57701, 9.0), (LEAST,), twin_draws={
        "without large": fixed(numbers(lam=0.1)), "half": fixed(LEAST), "less": fixed(LEAST)}),
    Measurement("bs.moment.near", lambda rng: near(float(rng.uniform(0.01, 0.577)), float(rng.choice([ROOM, rng.random()]))),
                (lambda: near(0.5),), twin_draws={
        "without by the square": fixed(lambda: near(0.5, M=9.0)), "without λ² ≤ 1/3": fixed(lambda: near(1.5, M=1e6)),
        "half": fixed(lambda: near(0.577))}),
    Measurement("bs.moment.far", lambda rng: far(float(rng.uniform(0.5771, 3)), float(rng.choice([ROOM, rng.random()]))), (at_577,),
                twin_draws={
        "without by the integral": fixed(lambda: far(1.0, M=1e6)), "without integral": fixed(lambda: far(1.0, I=99.0)),
        "without large": fixed(lambda: far(0.1)), "half": fixed(at_577)}),
)
