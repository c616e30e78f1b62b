"""Measures D1 on samples with a given noise, and refutes the printed ε/3 on two samples."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from verify.laws.draws import Rng, fixed, integer
from verify.laws.measure import Counterexample, Measurement
from verify.objects.instance import Instance

MARGIN = 1e-9       # the bounds hold with so much room, and no rounding decides them


def samples(y: Any, g: Any, f: Any, eps: Any, **more: Any) -> Instance:
    """Labels, regression function and fit at the samples, exact where they are fractions."""
    exact = isinstance(eps, Fraction)
    vectors = {name: np.array(values, dtype=object if exact else np.float64) for name, values in (("y", y), ("g", g), ("f", f))}
    return Instance({"n": len(vectors["y"]), "eps": eps} | vectors | more)


def draw_samples(rng: Rng, a: float, b: float, **more: Any) -> Instance:
    """Thresholds aε and bε: normal z, mean zg = −b′ε, f = g + κz, and σ² = mean z² + a′ε, where a′ ≤ a and b′ ≤ b."""
    n = integer(rng, 1, 8)
    z = rng.standard_normal(n) + 0.1
    size = float(np.mean(z**2))
    eps = float(size * rng.uniform(0.05, 0.8))
    lost, against = (float(rng.choice([0.0, rng.random(), 1.0])) * part * eps for part in (a, b))
    g = rng.standard_normal(n)
    g -= (np.mean(z * g) + against * (1 - MARGIN) - MARGIN) / size * z
    variance = size + lost * (1 - MARGIN) - MARGIN
    rest = max(0.0, variance - eps - MARGIN) / size
    f = g + (1 - np.sqrt(rest) * float(rng.choice([1.0, rng.random()]))) * z
    return samples(g + z, g, f, eps, sigma=float(np.sqrt(variance)), **more)


def draw_thresholds(rng: Rng) -> Instance:
    """Any thresholds."""
    a, b = (float(rng.choice([0.0, rng.random()])) for _ in range(2))
    found = draw_samples(rng, a, b)
    eps = found.number("eps")
    return found.with_values(a=a * eps, b=b * eps)


def draw_square(rng: Rng) -> Instance:
    """mean (y² − g²) = mean z² + 2 mean zg is σ² less at most s."""
    a, b = (float(rng.choice([0.0, rng.random()])) for _ in range(2))
    found = draw_samples(rng, a, b)
    return found.with_values(s=(a + 2 * b) * found.number("eps"))


def draw_chances(rng: Rng) -> Instance:
    """Two probabilities and t ≥ 0."""
    return Instance({"p": float(rng.random()), "q": float(rng.random()), "t": float(10 ** rng.uniform(-2, 1))})


def draw_tail(rng: Rng) -> Instance:
    """P at most Chernoff's bound."""
    n, s = integer(rng, 1, 50), float(rng.uniform(0, 1))
    return Instance({"n": n, "s": s, "t": 2 * s, "P": float(np.exp(-n * s**2) * rng.choice([1 - MARGIN, rng.random()]))})


# --- corners and counterexamples ----------------------------------------------------------------------------------------------------

HALF = Fraction(1, 2)


def two_samples(**more: Any) -> Instance:
    """z = (1, −1) and f = g + 22/141 z, where ε = 6864/19881: the mean of fz is 0.0985, between ε/4 = 0.0863 and ε/3 = 0.1151."""
    eps, kappa = Fraction(6864, 19881), Fraction(22, 141)
    g, z = np.array([-eps / 6, eps / 6]), np.array([Fraction(1), Fraction(-1)])
    return samples(g + z, g, g + kappa * z, eps, sigma=Fraction(145, 141), **more)


def thresholds() -> Instance:
    """The same with a = b = ε/6, equalities."""
    eps = Fraction(6864, 19881)
    return two_samples(a=eps / 6, b=eps / 6)


def one(y: int, g: int, f: Any = Fraction(0), eps: Fraction = HALF) -> Instance:
    """One sample, σ = 1, and thresholds 0."""
    zero = Fraction(0)
    return samples([Fraction(y)], [Fraction(g)], [f], eps, sigma=Fraction(1), a=zero, b=zero, s=zero)


def interpolation() -> Instance:
    """y = 1, g = 0, f = ½: (1 − ½)² = 1 − ¾, and ¾ + ¼ = 2·½ is an equality."""
    return one(1, 0, HALF, Fraction(3, 4))


def fair() -> Instance:
    """Two fair coins at t = 1: cosh(½)² = 1.27 ≤ e^{1/4} = 1.28."""
    return Instance({"p": HALF, "q": HALF, "t": Fraction(1)})


def unit_tail(**changed: Any) -> Instance:
    """n = s = 1, t = 2, P a little below 1/e."""
    return Instance({"n": 1, "s": Fraction(1), "t": Fraction(2), "P": Fraction(36, 100)} | changed)


def counterexample() -> Counterexample:
    """Two samples with ε/6 and ε/6."""
    return Counterexample(two_samples(), "none: ε/3 is to be ε/4", "n = 2, z = (1, −1), g = −εz/6, f = g + 22z/141: mean fz = 0.0985 < ε/3")


NOT_NOISY, CORRELATED, NO_FIT = fixed(lambda: one(0, 0)), fixed(lambda: one(0, -1)), fixed(lambda: one(1, 0))
DROPPED = {"without noise": NOT_NOISY, "without regression": CORRELATED, "without fit": NO_FIT}
BOTH = fixed(thresholds)

MEASUREMENTS = (
    Measurement("bs.d1", draw_thresholds, (thresholds,), twin_draws=DROPPED | {"b once": BOTH}),
    Measurement("bs.d1.quarter", lambda rng: draw_samples(rng, 1 / 6, 1 / 6), (two_samples,), twin_draws=DROPPED | {"ε/3": BOTH}),
    Measurement("bs.d1.three_eighths", lambda rng: draw_samples(rng, 1 / 8, 1 / 16), twin_draws=DROPPED),
    Measurement("bs.d1.five_sixteenths", lambda rng: draw_samples(rng, 1 / 8, 1 / 8), twin_draws=DROPPED),
    Measurement("bs.d1.printed", lambda rng: draw_samples(rng, 1 / 6, 1 / 6), refutation=counterexample),
    Measurement("bs.d1.square", draw_square, (interpolation,), twin_draws={
        "without squares": NOT_NOISY, "without fit": NO_FIT, "once": fixed(interpolation)}),
    Measurement("bs.d1.moment", draw_chances, (fair,), twin_draws={name: fixed(fair) for name in ("t²/5", "t²/8", "not centred")}),
    Measurement("bs.d1.tail", draw_tail, (unit_tail,), twin_draws={
        "without Chernoff": fixed(lambda: unit_tail(P=Fraction(1))),
        "without best t": fixed(lambda: unit_tail(P=Fraction(1), t=Fraction(0))), "2ns²": fixed(unit_tail)}),
)
