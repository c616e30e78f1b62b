"""Measures the exponent in D2, and refutes the printed 8⁴ at the numbers 1."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

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


MEASUREMENTS = (
    Measurement("bs.d2.exponent", draw_derivation, (ones,), twin_draws={
        "without isoperimetry": changed(C_f=Fraction(1), C_fz=Fraction(4), C=Fraction(72)),
        "without factor": changed(C_fz=Fraction(1), C=Fraction(18)), "without average": changed(C=Fraction(1)),
        "without threshold": changed(s=Fraction(1)), "8⁴": fixed(ones), "2592": fixed(ones)}),
    Measurement("bs.d2.eight", draw_derivation, refutation=counterexample),
    Measurement("bs.d2.nine", draw_derivation, (ones,), twin_draws={
        "without isoperimetry": changed(C_f=Fraction(9), C_fz=Fraction(36), C=Fraction(648)),
        "without threshold": changed(s=Fraction(1, 9)), "8⁴": fixed(ones), "5183": fixed(ones)}),
)
