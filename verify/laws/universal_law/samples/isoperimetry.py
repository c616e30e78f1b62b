"""Isoperimetry tested on samples: tails of Lipschitz functions against 2 exp(−dt²/(2cL²)), with a c that is known for the law.

Hypotheses of the universal law are such tails.  Here functions with L = 1 by construction are drawn, their tails about a mean that is
estimated from other samples are counted, and each count becomes a Clopper–Pearson interval.  A count can refute isoperimetry; that none
does proves nothing, and says how far the tails are below the bound on these functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData
from verify.evaluate.laws import clopper_pearson

Array = NDArray[np.float64]
Rng = np.random.Generator


@dataclass(frozen=True)
class Law:
    """A law on R^d, the c of its isoperimetry, for which functions, and where c comes from."""

    sample: Callable[[Rng, int, int], Array]
    c: Callable[[int], float]
    functions: str
    source: str


def _sphere(rng: Rng, count: int, d: int) -> Array:
    X = rng.standard_normal((count, d))
    return np.asarray(X / np.linalg.norm(X, axis=1, keepdims=True))


def _circles(rng: Rng, count: int, d: int) -> Array:
    angles = rng.uniform(0, 2 * np.pi, (count, d // 2))
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1) / np.sqrt(d // 2)


LAWS = {
    "gaussian": Law(lambda rng, count, d: rng.standard_normal((count, d)) / np.sqrt(d), lambda d: 1.0, "Lipschitz", "[BLM] Theorem 5.6"),
    "sphere": Law(_sphere, lambda d: d / (d - 1), "Lipschitz", "Ledoux, The concentration of measure phenomenon, 2001, (2.6), d ≥ 3"),
    "hypercube": Law(lambda rng, count, d: rng.choice([-1.0, 1.0], (count, d)) / np.sqrt(d), lambda d: 4.0, "convex Lipschitz, upper tail",
                     "[BLM] Theorem 6.10"),
    "circles": Law(_circles, lambda d: 2.0, "Lipschitz", "logarithmic Sobolev inequality of the circle, tensorised and Herbst's argument"),
}


def functions(rng: Rng, d: int) -> dict[str, Callable[[Array], Array]]:
    """Convex 1-Lipschitz functions: linear, the norm, a maximum of linear ones, and the distance from a half-space."""
    rows = _sphere(rng, 8, d)
    return {"linear": lambda X: X @ rows[0], "norm": lambda X: np.linalg.norm(X, axis=1), "maximum": lambda X: (X @ rows.T).max(axis=1),
            "half-space": lambda X: np.maximum(X @ rows[1], 0.0)}


@dataclass(frozen=True)
class Tail:
    """P(f − Ef ≥ t), an interval at the error rate, against the bound 2 exp(−dt²/(2c))."""

    function: str
    t: float
    lower: float
    upper: float
    bound: float

    @property
    def refutes(self) -> bool:
        """Whether even the lower end is above the bound."""
        return self.lower > self.bound


def tails(name: str, d: int, count: int = 20_000, seed: int = 0, error_rate: float = 1e-6) -> list[Tail]:
    """The upper tails of four functions at the heights t = 1.5√(c/d), 2√(c/d), 3√(c/d): at √(c/d) the bound exceeds 1.

    The mean is that of another ``count`` samples, and t is lowered by six standard errors of both means.  Deterministic in the seed.

    Args:
        name: a key of LAWS.
        d: the dimension, at least 3, and even for circles.
        count: samples for the mean, and for the tails.
    Raises:
        BadData: no such law, or no such dimension.
    Guarantee:
        statistical: each interval covers its probability but for the error rate, up to the normal approximation of the mean.

    >>> any(tail.refutes for tail in tails("gaussian", 10, 2000))
    False
    """
    if name not in LAWS:
        raise BadData(f"there is no law {name!r}; the laws are {', '.join(LAWS)}")
    if d < 3 or (name == "circles" and d % 2):
        raise BadData(f"d = {d}; give at least 3, and an even number for circles")
    law, rng = LAWS[name], np.random.default_rng(seed)
    c = law.c(d)
    drawn = functions(rng, d)
    first, second = law.sample(rng, count, d), law.sample(rng, count, d)
    found = []
    for label, f in drawn.items():
        values, mean = f(second), float(f(first).mean())
        slack = 6 * float(values.std()) * np.sqrt(2 / count)
        for multiple in (1.5, 2, 3):
            t = multiple * np.sqrt(c / d)
            hits = np.count_nonzero(values - mean >= t + slack)
            interval: Any = clopper_pearson(hits, hits, count, error_rate)
            found.append(Tail(label, float(t), float(interval.lower), float(interval.upper), float(2 * np.exp(-d * t**2 / (2 * c)))))
    return found


def mixture_tail(d: int, distance: float, count: int = 20_000, seed: int = 0) -> tuple[float, float]:
    """Two Gaussian parts at a distance, f = x₁: P(|f − Ef| ≥ distance/4) for the mixture, and about the mean of a part in the part.

    The mixture is not isoperimetric, each part is: the theorem is about mixtures of k parts for this reason.

    >>> whole, part = mixture_tail(100, 2.0, 2000)
    >>> whole > 0.99, part < 0.01
    (True, True)
    """
    rng = np.random.default_rng(seed)
    side = rng.choice([-0.5, 0.5], count) * distance
    inner = rng.standard_normal(count) / np.sqrt(d)
    return float(np.mean(np.abs(side + inner) >= distance / 4)), float(np.mean(np.abs(inner) >= distance / 4))
