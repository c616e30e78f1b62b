"""Everyday inequalities between functions of one or two numbers: convexity of e^t, moment generating functions, entropies."""

from __future__ import annotations

from theory.lemmas.build import ours
from theory.proof import proof, step
from theory.terms import Formula, Rational, Symbol, exp, le, log, lt

s, t = (Symbol(name, real=True) for name in ("s", "t"))
p, q = (Symbol(name, real=True) for name in ("p", "q"))
u = Symbol("u", nonnegative=True)
x = Symbol("x", real=True)
WEIGHT = [le(0, p), le(p, 1)]
PROBABILITIES = [lt(0, p), lt(p, 1), lt(0, q), lt(q, 1)]


def _by_slopes(id: str, title: str, law: Formula, hypotheses: list[Formula]):  # type: ignore[no-untyped-def]
    names = tuple(f"h{place}" for place in range(1, len(hypotheses) + 1))
    return ours(id, title, law, hypotheses, proof(step("law", law, by="ball", using=names)))


weighted_means = _by_slopes("lemma.weighted_means", "e^t is convex: weighted arithmetic and geometric means, and Young's inequality",
                            le(exp(p * s + (1 - p) * t), p * exp(s) + (1 - p) * exp(t)), WEIGHT)
hoeffding_scalar = _by_slopes("lemma.hoeffding_scalar", "Hoeffding: the moment generating function of a variable with the values 0 and 1",
                              le(1 - p + p * exp(x), exp(p * x + x**2 / 8)), WEIGHT)
mgf_sign = _by_slopes("lemma.mgf_sign", "the moment generating function of a sign", le((exp(x) + exp(-x)) / 2, exp(x**2 / 2)), [])
bennett = _by_slopes("lemma.bennett", "Bennett's function is at least Bernstein's",
                     le(u**2 / (2 + Rational(2, 3) * u), (1 + u) * log(1 + u) - u), [])
bernstein_mgf = _by_slopes("lemma.bernstein_mgf", "Bernstein: e^u ≤ 1 + u + u²/(2 − 2u/3) for 0 ≤ u < 3",
                           le(exp(u), 1 + u + u**2 / (2 - Rational(2, 3) * u)), [lt(u, 3)])
pinsker = _by_slopes("lemma.pinsker", "Pinsker for two laws on two points",
                     le(2 * (p - q)**2, p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))), PROBABILITIES)
