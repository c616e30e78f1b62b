"""Measures the bounds for deep networks, and refutes three printed statements at scalar networks."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from verify.laws.draws import Rng, fixed, integer
from verify.laws.measure import Counterexample, Measurement
from verify.objects.instance import Instance

ROOM = 1 - 1e-9
ONE = Fraction(1)


def biased(t: Any, R: Any, w1: Any, b: Any, v: Any, v_: Any) -> Instance:
    """v·ReLU(w₁t + b) and the same with v′."""
    return Instance({"t": t, "R": R, "w1": w1, "b": b, "v": v, "v′": v_})


def draw_biased(rng: Rng) -> Instance:
    """|t| ≤ R, |w₁| ≤ 1, |b| ≤ 1, often with equality; |v| and |v′| at most 2."""
    R = float(10.0 ** rng.uniform(-2, 2))
    t, w1, b = (float(rng.choice([-1.0, 1.0, rng.uniform(-1, 1)])) for _ in range(3))
    return biased(t * R, R, w1, b, *(float(rng.uniform(-2, 2)) for _ in range(2)))


def at_zero(**changed: Any) -> Instance:
    """t = 0, R = 1/10, w₁ = b = v = 1, v′ = 2."""
    return biased(Fraction(0), Fraction(1, 10), ONE, ONE, ONE, 2 * ONE).with_values(**changed)


def skipping(s: Any, t: Any, w1: Any, w2: Any, w3: Any) -> Instance:
    """Three layers with skips at two arguments."""
    return Instance({"s": s, "t": t, "w1": w1, "w2": w2, "w3": w3})


def identity() -> Instance:
    """w₁ = w₂ = 0, w₃ = 1 between 1 and 0."""
    return skipping(ONE, Fraction(0), Fraction(0), Fraction(0), ONE)


def doubling() -> Instance:
    """All weights 1 between 2 and 1: the slope is 4 = (1 + 1)(1 + 1)."""
    return skipping(2 * ONE, ONE, ONE, ONE, ONE)


def layered(M: Any, M_: Any, x: Any, x_: Any) -> Instance:
    """One layer at two weights and two arguments."""
    return Instance({"d": len(x), "M": np.asarray(M), "M′": np.asarray(M_), "x": np.asarray(x), "x′": np.asarray(x_)})


def draw_layer(rng: Rng) -> Instance:
    """Normal entries; changes of all sizes."""
    d = integer(rng, 1, 4)
    M, x = rng.standard_normal((d, d)), rng.standard_normal(d)
    M_ = M + rng.standard_normal((d, d)) * 10.0 ** rng.uniform(-2, 1)
    return layered(M, M_, x, x + rng.standard_normal(d) * 10.0 ** rng.uniform(-2, 1))


def larger() -> Instance:
    """M = 3, M′ = 1, x = 2, x′ = 1: |6 − 1| = 3·1 + 2·1."""
    return layered([[3.0]], [[1.0]], [2.0], [1.0])


def three(beta: Any, delta: Any, R: Any, Q: Any, omega: Any, part: Any = ROOM, **changed: Any) -> Instance:
    """All inequalities of the hypotheses nearly equalities."""
    (b1, b2, b3), (d1, d2, d3) = beta, delta
    a1, e1 = b1 * R * part, d1 * R * part
    a2, e2 = b2 * a1 * part, (b2 * e1 + d2 * a1) * part
    return Instance({"R": R, "Q": Q, "omega": omega, "a1": a1, "a2": a2, "e1": e1, "e2": e2, "e3": (b3 * e2 + d3 * a2) * part}
                    | {f"beta{k}": b for k, b in enumerate(beta, 1)} | {f"delta{k}": d for k, d in enumerate(delta, 1)} | changed)


def draw_three(rng: Rng) -> Instance:
    """Norms, changes, and how often a parameter is used."""
    delta, Q = rng.exponential(size=3), float(integer(rng, 1, 9))
    return three([float(b) for b in rng.exponential(size=3)], [float(x) for x in delta], float(10.0 ** rng.uniform(-1, 1)), Q,
                 float(np.sqrt(np.sum(delta**2) / Q) / ROOM), float(rng.choice([ROOM, rng.random()])))


def equal(**changed: Any) -> Instance:
    """All norms and changes 1, R = 1, Q = 3, ω = 1: 3 ≤ √3·√3."""
    return three((1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 1.0, 3.0, 1.0 / ROOM, **changed)


def exact(instance: Instance, breaks: str, words: str) -> Any:
    """A counterexample without a family."""
    return lambda: Counterexample(instance, breaks, words)


BIASES = exact(at_zero(), "none: R is to be R + |b|", "t = 0, R = 1/10, w₁ = b = v = 1, v′ = 2: 1 > 4/10")
SKIPS = exact(identity(), "none: a layer with a skip counts 1 + ‖W‖", "w₁ = w₂ = 0, w₃ = 1: f(t) = t and the product is 0")
PRODUCT = Instance({"p": 2 * ONE, "q": ONE, "p′": ONE, "q′": 2 * ONE})
CONVEX = exact(PRODUCT, "none: the product is not convex", "B(2, 1) = B(1, 2) = 2 < B(1.5, 1.5) = 2.25")
MEASUREMENTS = (
    Measurement("bs.lemma3.1.biases", draw_biased, refutation=BIASES),
    Measurement("bs.lemma3.1.biases_repaired", draw_biased, (at_zero,), twin_draws={
        "without b": fixed(lambda: at_zero(b=9 * ONE)), "R": fixed(at_zero),
        "1": fixed(lambda: at_zero(t=ONE, R=ONE))}),
    Measurement("bs.lemma3.1.skips", lambda rng: skipping(*(float(x) for x in rng.standard_normal(5))), refutation=SKIPS),
    Measurement("bs.lemma3.1.skips_repaired", lambda rng: skipping(*(float(x) for x in rng.standard_normal(5))), (identity, doubling),
                twin_draws={"|w₁|": fixed(identity), "|w₂|": fixed(identity), "half": fixed(doubling)}),
    Measurement("bs.lemma3.1.convex", lambda rng: Instance({name: float(rng.exponential()) for name in ("p", "q", "p′", "q′")}),
                refutation=CONVEX),
    Measurement("bs.d4.layer", draw_layer, (larger,), twin_draws=dict.fromkeys(("weights alone", "argument alone", "half"), fixed(larger))),
    Measurement("bs.d4.three_layers", draw_three, (equal,), twin_draws={
        "without layer 3": fixed(lambda: equal(e3=99.0)),
        "without shared": fixed(lambda: equal().with_values(Q=0.01)), "half": fixed(equal)}),
)
