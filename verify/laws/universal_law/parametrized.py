"""Measures D3: squared errors of neighbours, the size of a net, and the final constants; refutes the two printed steps."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from theory.laws.universal_law.finite_class import CHAINS
from theory.laws.universal_law.parametrized import FACTOR, SHARP
from verify.laws.draws import Rng, fixed, integer
from verify.laws.measure import Counterexample, Measurement
from verify.objects.instance import Instance

ROOM = 1 - 1e-9
THETA = float(CHAINS["bs.d2.sharp"].theta)


def squared(y: Any, f: Any, g: Any, eps: Any) -> Instance:
    """A label and two values."""
    return Instance({"y": y, "f": f, "g": g, "eps": eps})


def draw_square(rng: Rng) -> Instance:
    """Values at the ends or inside, g at most ε/6 from f."""
    y, f = (float(rng.choice([-1.0, 1.0, rng.uniform(-1, 1)])) for _ in range(2))
    eps = float(rng.uniform(0.01, 1))
    return squared(y, f, f + float(rng.choice([-1.0, 1.0, rng.uniform(-1, 1)])) * eps / 6 * ROOM, eps)


def farthest() -> Instance:
    """y = 1, f = −1, g = −1 + ε/6 at ε = 1: 4 − (11/6)² = 23/36."""
    return squared(Fraction(1), Fraction(-1), Fraction(-5, 6), Fraction(1))


def away() -> Instance:
    """y = 1, f = −1, g = −1 − ε/6 at ε = 1: (13/6)² − 4 = 25/36 = 2/3 + 1/36."""
    return squared(Fraction(1), Fraction(-1), Fraction(-7, 6), Fraction(1))


def vectors(r: Any, u: Any, v: Any, eta: float) -> Instance:
    """Labels and the values of two functions."""
    return Instance({"n": len(r), "r": np.asarray(r), "u": np.asarray(u), "v": np.asarray(v), "eta": eta})


def draw_vectors(rng: Rng) -> Instance:
    """η a little above the distance."""
    n = integer(rng, 1, 8)
    r, u = rng.standard_normal(n), rng.standard_normal(n)
    v = u + rng.standard_normal(n) * 10.0 ** rng.uniform(-2, 0)
    return vectors(r, u, v, float(np.linalg.norm(v - u) / np.sqrt(n) / ROOM))


def one_label() -> Instance:
    """r = 0, u = 1, v = 2, η = 1: 4 = (1 + 1)²."""
    return vectors([0.0], [1.0], [2.0], 1.0 / ROOM)


def halved(A: Any, eta: Any, eps: Any) -> Instance:
    """MSE(f), η and ε."""
    return Instance({"A": A, "eta": eta, "eps": eps})


def draw_half(rng: Rng) -> Instance:
    """A ≤ 1 − ε and η ≤ ε/4, often with equality."""
    eps = float(rng.uniform(0.01, 0.99))
    return halved((1 - eps) * float(rng.choice([ROOM, rng.random()])), eps / 4 * float(rng.choice([ROOM, rng.random()])), eps)


def tight_half() -> Instance:
    """A = 0.81, ε = 0.19, η = ε/4: (0.9 + 0.0475)² = 0.8978 ≤ 0.905."""
    return halved(Fraction(81, 100), Fraction(19, 400), Fraction(19, 100))


def net(t: Any, b: Any) -> Instance:
    """t = WJ/ε and the p-th root b of the size of a net."""
    return Instance({"t": t, "b": b})


def draw_net(rng: Rng) -> Instance:
    """b = 1 up to t = 1/6 and 1 + 12t beyond, or less."""
    t = float(rng.choice([10.0 ** rng.uniform(-1.77, 2), 1 / 6 - 1e-6]))
    largest = 1.0 if t <= 1 / 6 else 1 + 12 * t
    return net(t, largest * float(rng.choice([ROOM, rng.uniform(0.1, 1)])))


def no_function() -> Counterexample:
    """WJ = ε/120: 2^{−p} functions."""
    return Counterexample(Instance({"t": Fraction(1, 120), "N": Fraction(1), "p": 1}), "WJ ≥ ε/60", "WJ = ε/120, p = N = 1: 60/120 < 1")


def far_value() -> Counterexample:
    """4 − (2 − 1/6)² = 23/36 > 1/2."""
    return Counterexample(farthest(), "none: ε/2 is to be 2ε/3 + ε²/36", "y = 1, f = −1, g = −1 + ε/6, ε = 1: 4 − (11/6)² = 23/36 > 1/2")


# --- the law ------------------------------------------------------------------------------------------------------------------------

def parameters(rng: Rng) -> dict[str, Any]:
    """Sizes, and everything else over one or two orders of magnitude."""
    return {"n": integer(rng, 1, 10**4), "d": integer(rng, 1, 100), "p": integer(rng, 1, 50),
            **{name: float(10.0 ** rng.uniform(-1, 1)) for name in ("c", "W", "J", "D")},
            "eps": float(rng.uniform(0.1, 1)), "delta": float(rng.uniform(0.01, 1))}


def ones() -> dict[str, Any]:
    """All numbers 1, and δ = 2/e."""
    return dict.fromkeys(("n", "d", "p"), 1) | dict.fromkeys(("c", "W", "J", "D", "eps"), 1.0) | {"delta": 2 / np.e}


def law(v: dict[str, Any], part: float = ROOM, *, diameter: bool = False, **changed: Any) -> Instance:
    """L at a part of the bound of the theorem, the exponent of one function and the union bound at their ends."""
    count = v["p"] * np.log(1 + 8 * v["W"] * v["J"] / v["eps"])
    size = changed.get("size", count + np.log(2 / v["delta"]))
    samples = v["eps"] ** 2 * v["n"] * (1 if diameter else v["d"])
    least = np.sqrt(samples * 4 / size) / (7 * v["D"]) if diameter else np.sqrt(samples / (v["c"] * size)) / FACTOR
    L = changed.get("L", part * least)
    rate = changed.get("rate", THETA**2 * samples / (2 * L**2 * v["D"]**2) / ROOM if diameter
                       else samples / (4 * SHARP * v["c"] * L**2) / ROOM)
    return Instance(v | {"size": float(size), "L": float(L), "rate": float(rate), "P": float(np.exp(count - rate) * ROOM)} | changed)


def law_measurement(id: str, *, diameter: bool) -> Measurement:
    """At random parameters, and twins at the numbers 1: size = log 9 + 1."""
    def at(**changed: Any) -> Any:
        return fixed(lambda: law(ones(), diameter=diameter, **changed))

    return Measurement(id, lambda rng: law(parameters(rng), float(rng.choice([ROOM, rng.random()])), diameter=diameter),
                       (lambda: law(ones(), diameter=diameter),), twin_draws={
        "without small L": at(L=9.0), "without size": at(size=1e-3), "without rate": at(rate=0.1), "without union": at(P=1.0),
        "a quarter": fixed(lambda: law(many(), diameter=diameter))})


def many() -> dict[str, Any]:
    """The numbers 1, and δ = 1."""
    return ones() | {"delta": 1.0, "W": 1e-6}


MEASUREMENTS = (
    Measurement("bs.d3.printed_square", draw_square, refutation=far_value),
    Measurement("bs.d3.square", draw_square, (farthest, away), twin_draws={
        "without close": fixed(lambda: squared(1.0, -1.0, 9.0, 0.1)), "without label": fixed(lambda: squared(9.0, 0.0, 0.16, 1.0)),
        "without value": fixed(lambda: squared(0.0, 9.0, 9.16, 1.0)), "half": fixed(farthest)}),
    Measurement("bs.d3.mean_square", draw_vectors, (one_label,), twin_draws={
        "without near": fixed(lambda: vectors([0.0], [0.0], [9.0], 0.1)), "no cross term": fixed(one_label), "no η": fixed(one_label)}),
    Measurement("bs.d3.half", draw_half, (tight_half,), twin_draws={
        "without fit": fixed(lambda: halved(100.0, 0.2, 0.9)), "without η": fixed(lambda: halved(0.1, 9.0, 0.1)),
        "a quarter": fixed(tight_half)}),
    Measurement("bs.d3.printed_net", draw_net, refutation=no_function),
    Measurement("bs.d3.net", draw_net, (lambda: net(Fraction(1, 60), Fraction(1)),), twin_draws={
        "without condition": fixed(lambda: net(1 / 120, 0.9)), "without one point": fixed(lambda: net(1 / 55, 1.2)),
        "without ball": fixed(lambda: net(1.0, 99.0)), "18t": fixed(lambda: net(Fraction(1, 60), Fraction(1)))}),
    law_measurement("bs.d3.law", diameter=False),
    law_measurement("bs.d6.bounded", diameter=True),
)
