"""Measures the chains of D2, and refutes the printed derivation of 8⁴ at the numbers 1."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from theory.laws.universal_law.finite_class import CHAINS, Chain
from verify.laws.draws import Rng, fixed, integer
from verify.laws.measure import Counterexample, Measurement
from verify.objects.instance import Instance


def derived(n: int, d: int, c: Any, L: Any, eps: Any, s: Any, **changed: Any) -> Instance:
    """The constants of the derivation from its parameters; s = √n ε/6."""
    C_f = 2 * c * L**2 / d
    return Instance({"n": n, "d": d, "c": c, "L": L, "eps": eps, "s": s, "C_f": C_f, "C_fz": 4 * C_f, "C": 72 * C_f} | changed)


def draw_derivation(rng: Rng) -> Instance:
    """Parameters over several orders of magnitude."""
    n, d = integer(rng, 1, 10**4), integer(rng, 1, 10**3)
    c, L, eps = (float(10.0 ** rng.uniform(-2, 2)) for _ in range(3))
    return derived(n, d, c, L, eps, n**0.5 * eps / 6)


def ones() -> Instance:
    """n = d = c = L = ε = 1, exactly: C = 144 and s = 1/6, so s²/C = 1/5184."""
    return derived(1, 1, Fraction(1), Fraction(1), Fraction(1), Fraction(1, 6))


def counterexample() -> Counterexample:
    """At these numbers the exponent is 1/5184, and 1/4096 is printed."""
    return Counterexample(ones(), "none: the constant is to be 5184", "n = d = c = L = ε = 1: s²/C = 1/5184 < 1/4096")


def changed(**values: Any) -> Any:
    """The numbers 1 with some of them replaced."""
    return fixed(lambda: ones().with_values(**values))


# --- the chains ---------------------------------------------------------------------------------------------------------------------

ROOM = 1e-9     # a bound holds with so much room, and no rounding decides it


def link(chain: Chain, n: int, d: int, c: Any, L: Any, eps: Any, **values: Any) -> Instance:
    """The constants of a chain of subgaussian variables: C = 8·(average)·cL²/d, s² = n(θε)²."""
    C_f = 2 * c * L**2 / d
    s = chain.theta * eps if n == 1 else float(chain.theta) * eps * n**0.5
    return derived(n, d, c, L, eps, s, C=4 * chain.averaging * C_f, **values)


def moment_link(chain: Chain, n: int, d: int, c: Any, L: Any, eps: Any, room: Any = 0) -> Instance:
    """v = cL²/d, λ = θε/(4v), and the rate n(θε)²/(8v) with some room."""
    v = c * L**2 / d
    t = (chain.theta if isinstance(v, Fraction) else float(chain.theta)) * eps
    return Instance({"n": n, "d": d, "c": c, "L": L, "eps": eps, "v": v, "lam": t / (4 * v), "rate": n * t**2 / (8 * v) * (1 + room)})


def parameters(rng: Rng) -> tuple[int, int, float, float, float]:
    """n, d, c, L, ε over several orders of magnitude."""
    return (integer(rng, 1, 10**4), integer(rng, 1, 10**3), *(float(10.0 ** rng.uniform(-2, 2)) for _ in range(3)))


def chain_measurement(id: str) -> Measurement:
    """At random parameters, and at the numbers 1, where twins fail: a number of the chain is far away there, or one less is claimed."""
    chain, one = CHAINS[id], Fraction(1)
    unit = (1, 1, one, one, one)
    if chain.averaging == 1:
        ones = moment_link(chain, *unit)
        away = {"isoperimetry": {"v": Fraction(10**4), "lam": chain.theta / (4 * 10**4), "rate": chain.theta**2 / (8 * 10**4)},
                "Chernoff": {"rate": Fraction(1, 10**4)}, "best λ": {"lam": Fraction(1, 10**6), "rate": Fraction(1, 10**4)}}
        draw = lambda rng: moment_link(chain, *parameters(rng), room=float(rng.choice([ROOM, rng.random()])))  # noqa: E731
    else:
        ones = link(chain, *unit)
        large = Fraction(10**6)
        away = {"isoperimetry": {"C_f": large, "C_fz": 4 * large, "C": 4 * chain.averaging * large},
                "factor": {"C_fz": large, "C": chain.averaging * large}, "average": {"C": large}, "threshold": {"s": Fraction(1, 10**3)}}
        draw = lambda rng: link(chain, *parameters(rng))  # noqa: E731
    twins = {f"without {name}": fixed(lambda values=values: ones.with_values(**values)) for name, values in away.items()}
    return Measurement(id, draw, (lambda: ones,), twin_draws=twins | {"less": fixed(lambda: ones)})


# --- the constant part --------------------------------------------------------------------------------------------------------------

def draw_centred(rng: Rng) -> Instance:
    """T and b at most a little from the means; m in [−1, 1]."""
    n = integer(rng, 1, 8)
    f, z = rng.standard_normal(n), rng.standard_normal(n)
    room = [float(rng.choice([ROOM, rng.random()])) for _ in range(2)]
    m = float(rng.choice([-1.0, 1.0, rng.uniform(-1, 1)]))
    return centred(f, z, float(np.mean(f * z)) - room[0], abs(float(np.mean(z))) + room[1], m)


def centred(f: Any, z: Any, T: Any, b: Any, m: Any) -> Instance:
    """The values by name."""
    return Instance({"n": len(f), "f": np.asarray(f), "z": np.asarray(z), "T": T, "b": b, "m": m})


def constant_function(**changed: Any) -> Instance:
    """f = m = 1, z = 1, T = b = 1: 0 ≤ 0."""
    return centred([1.0], [1.0], 1.0, 1.0, 1.0).with_values(**changed)


# --- the statement with 8⁴ ----------------------------------------------------------------------------------------------------------

CLIPPED = CHAINS["bs.d2.clipped"]


def statement(n: int, d: int, c: float, L: float, eps: float, N: int = 1, rest: float = 0.0, room: float = ROOM,
              **changed: Any) -> Instance:
    """P and the tail of one function a little below their bounds; the values in ``changed`` break a link."""
    C, s = 144 * c * L**2 / d, float(CLIPPED.theta) * eps * n**0.5
    values = {"C": C, "s": s, "rate": s**2 / C} | changed
    tail = changed.get("tail", 2 * np.exp(-values["rate"]) * (1 - room))
    return Instance({"n": n, "d": d, "c": c, "L": L, "eps": eps, "N": N, "rest": rest, "P": (rest + N * tail) * (1 - room)}
                    | values | {"tail": tail} | changed)


def draw_statement(rng: Rng) -> Instance:
    """Rates between 10⁻² and 10²."""
    n, d, L, eps = integer(rng, 1, 10**4), integer(rng, 1, 10**3), float(10.0 ** rng.uniform(-1, 1)), float(rng.uniform(0.1, 1))
    c = (float(CLIPPED.theta) * eps) ** 2 * n * d / (144 * L**2) / 10 ** rng.uniform(-2, 2)
    return statement(n, d, c, L, eps, integer(rng, 1, 1000), float(rng.random()), float(rng.choice([ROOM, rng.random()])))


def rate_near_seven(**changed: Any) -> Instance:
    """n = 10⁴, d = c = L = ε = 1: the rate is 10⁴/1474.56 = 6.78."""
    return statement(10**4, 1, 1.0, 1.0, 1.0, **changed)


MEASUREMENTS = (
    Measurement("bs.d2.exponent", draw_derivation, (ones,), twin_draws={
        "without isoperimetry": changed(C_f=Fraction(1), C_fz=Fraction(4), C=Fraction(72)),
        "without factor": changed(C_fz=Fraction(1), C=Fraction(18)), "without average": changed(C=Fraction(1)),
        "without threshold": changed(s=Fraction(1)), "8⁴": fixed(ones), "2592": fixed(ones)}),
    Measurement("bs.d2.eight", draw_derivation, refutation=counterexample),
    *(chain_measurement(id) for id in CHAINS if id != "bs.d2.exponent"),
    Measurement("bs.d2.centred", draw_centred, (constant_function,), twin_draws={
        "without correlated": fixed(lambda: constant_function(T=9.0)),
        "without clipped": fixed(lambda: constant_function(f=np.array([9.0]), T=9.0, m=9.0)),
        "without mean noise": fixed(lambda: constant_function(b=0.5)), "free": fixed(constant_function)}),
    Measurement("bs.thm2.8_4", draw_statement, (rate_near_seven,), twin_draws={
        "without average": fixed(lambda: rate_near_seven(C=1e6, rate=(25 / 256) * 1e4 / 1e6)),
        "without threshold": fixed(lambda: rate_near_seven(s=1.0, rate=1 / 144)), "without rate": fixed(lambda: rate_near_seven(rate=0.1)),
        "without tail": fixed(lambda: rate_near_seven(tail=1.0)), "without union": fixed(lambda: rate_near_seven(P=1.0)),
        "1474": fixed(rate_near_seven)}),
    Measurement("bs.d2.nine", draw_derivation, (ones,), twin_draws={
        "without isoperimetry": changed(C_f=Fraction(9), C_fz=Fraction(36), C=Fraction(648)),
        "without threshold": changed(s=Fraction(1, 9)), "8⁴": fixed(ones), "5183": fixed(ones)}),
)
