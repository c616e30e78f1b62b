"""D2 for symmetric noise at fixed data: N functions, and probabilities over the signs of the noise.

y_i = g_i + ν_i e_i, independent uniform signs e_i: E[y_i] = g_i, the noise z_i = ν_i e_i has the variance ν_i², and |g_i| + ν_i ≤ 1 keeps
labels in [−1, 1].  Function ℓ has the values F_ℓi at the data, with Σ_i (F_ℓi − m_ℓ)² ≤ nV about some m_ℓ in [−1, 1]: isoperimetric data
have V of the order cL²/d for L-Lipschitz functions.  Then none of them fits below the noise level but for a probability that is computed.
The data are fixed, so all holds given any data; that V is small for random data is a hypothesis.  Kind: probability over the noise.
"""

from __future__ import annotations

from typing import Any

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, i, l, n
from theory.lemmas import rules
from theory.lemmas.concentration import hoeffding_signs
from theory.lemmas.powers import union_bound
from theory.proof import Step, proof, step
from theory.source import OURS
from theory.terms import (
    Abs,
    And,
    Implies,
    MatrixSymbol,
    Prob,
    Range,
    Rational,
    Signs,
    Sum,
    Symbol,
    VectorSymbol,
    eq,
    exp,
    forall,
    ge,
    le,
    lt,
    sqrt,
)

N = Symbol("N", integer=True, positive=True)
e, g, nu, m = VectorSymbol("e", n), VectorSymbol("g", n), VectorSymbol("nu", n), VectorSymbol("m", N)
F = MatrixSymbol("F", N, n)
eps, V = Symbol("eps", positive=True), Symbol("V", nonnegative=True)
s, t = Symbol("s", nonnegative=True), Symbol("t", nonnegative=True)
NOISE, CLASS = (e, Signs(n)), (l, Range(N))

positive = Hypothesis("noise", forall(le(0, nu[i]), DATA), "ν ≥ 0")
labels = Hypothesis("labels", forall(le(Abs(g[i]) + nu[i], 1), DATA), "labels are in [−1, 1]")
spread = Hypothesis("spread", forall(le(Sum((F[l, i] - m[l]) ** 2, (i, n)), n * V), CLASS), "the values of a function vary by V at most")
clipped = Hypothesis("clipped", forall(le(Abs(m[l]), 1), CLASS), "the functions are clipped to [−1, 1]")
room = Hypothesis("room", lt(Rational(5, 4) * sqrt(2 * s) + sqrt(V) * sqrt(2 * t), sqrt(n) * eps / 2),
                  "ε is above what the tails at the levels s and t need")

against = le(Sum(e[i] * (-nu[i] * g[i]), (i, n)), sqrt(n) / 4 * sqrt(2 * s))      # −Σ zg
above = le(Sum(e[i] * nu[i], (i, n)), sqrt(n) * sqrt(2 * s))                      # Σ z
below = le(Sum(e[i] * (-nu[i]), (i, n)), sqrt(n) * sqrt(2 * s))
one = le(Sum(e[i] * (nu[i] * (F[l, i] - m[l])), (i, n)), sqrt(n) * sqrt(V) * sqrt(2 * t))
everyone = forall(one, CLASS)
misfit = lt(Sum(nu[i] ** 2, (i, n)) - n * eps, Sum((g[i] + nu[i] * e[i] - F[l, i]) ** 2, (i, n)))


def often(event: Any, failure: Any) -> Any:
    """The event has probability at least 1 − failure."""
    return ge(Prob(event, NOISE), 1 - failure)


def tail(name: str, event: Any, weight: Any, sigma: Any, each: Any, using: tuple[str, ...]) -> tuple[Step, ...]:
    """Hoeffding for Σ e_i·weight, whose squares are at most ``each`` and add up to σ²."""
    return (
        step(f"{name} size", forall(le(weight**2, each), DATA), by="polynomial", using=using),
        step(f"{name} sum", le(Sum(weight**2, (i, n)), Sum(each, (i, n))), by=rules.sum_le, using=f"{name} size"),
        step(f"{name} square", le(Sum(weight**2, (i, n)), sigma**2), by="polynomial", using=f"{name} sum"),
        step(name, often(event, exp(-s)), by=hoeffding_signs, using=f"{name} square"),
    )


ON_ALL = And(against, And(above, And(below, everyone)))
FINITE = often(forall(misfit, CLASS), 3 * exp(-s) + N * exp(-t))
weight = nu[i] * (F[l, i] - m[l])
finite = Claim(
    id="bs.thm2.symmetric", title="Theorem 2, finite class, for symmetric noise at fixed data", source=OURS, reading=Reading.OURS,
    domain=NormDomain.DATA, hypotheses=(positive, labels, spread, clipped, room), conclusion=FINITE,
    proofs=(proof(
        *tail("against", against, -nu[i] * g[i], sqrt(n) / 4, Rational(1, 16), ("noise", "labels")),
        *tail("above", above, nu[i], sqrt(n), 1, ("noise", "labels")),
        *tail("below", below, -nu[i], sqrt(n), 1, ("noise", "labels")),
        step("one size", forall(le(weight**2, (F[l, i] - m[l]) ** 2), CLASS, DATA), by="polynomial", using=("noise", "labels")),
        step("one sum", forall(le(Sum(weight**2, (i, n)), Sum((F[l, i] - m[l]) ** 2, (i, n))), CLASS), by=rules.sum_le, using="one size"),
        step("one square", forall(le(Sum(weight**2, (i, n)), (sqrt(n) * sqrt(V)) ** 2), CLASS), by="polynomial",
             using=("one sum", "spread")),
        step("one", forall(often(one, exp(-t)), CLASS), by=hoeffding_signs, using="one square"),
        step("everyone", often(everyone, N * exp(-t)), by=union_bound, using="one"),
        step("three", often(And(below, everyone), exp(-s) + N * exp(-t)), by=rules.prob_and, using=("below", "everyone")),
        step("two", often(And(above, And(below, everyone)), 2 * exp(-s) + N * exp(-t)),
             by=rules.prob_and.at(p=exp(-s), q=exp(-s) + N * exp(-t)), using=("above", "three")),
        step("all", often(ON_ALL, 3 * exp(-s) + N * exp(-t)), by=rules.prob_and.at(p=exp(-s), q=2 * exp(-s) + N * exp(-t)),
             using=("against", "two")),
        step("signs", forall(eq(e[i] ** 2, 1), NOISE, DATA), by=rules.sign_square),
        step("expand", forall(eq(Sum((g[i] + nu[i] * e[i] - F[l, i]) ** 2, (i, n)),
                                 Sum(nu[i] ** 2, (i, n)) - 2 * Sum(e[i] * (-nu[i] * g[i]), (i, n))
                                 - 2 * Sum(e[i] * (nu[i] * (F[l, i] - m[l])), (i, n)) - 2 * m[l] * Sum(e[i] * nu[i], (i, n))
                                 + Sum((g[i] - F[l, i]) ** 2, (i, n))), NOISE, CLASS), by="sums", using="signs"),
        step("square", forall(le(0, Sum((g[i] - F[l, i]) ** 2, (i, n))), CLASS), by="linear"),
        step("constant", forall(Implies(And(above, below), le(m[l] * Sum(e[i] * nu[i], (i, n)), sqrt(n) * sqrt(2 * s))), NOISE, CLASS),
             by="polynomial", using="clipped"),
        step("margin", lt(sqrt(n) * (Rational(5, 4) * sqrt(2 * s) + sqrt(V) * sqrt(2 * t)), n * eps / 2), by="polynomial", using="room"),
        step("misfit", forall(Implies(ON_ALL, misfit), NOISE, CLASS), by="linear", using=("expand", "square", "constant", "margin")),
        step("all misfit", forall(Implies(ON_ALL, forall(misfit, CLASS)), NOISE), by="linear", using="misfit"),
        step("law", FINITE, by=rules.prob_implies, using=("all", "all misfit")),
    ),),
    note="At s = nε²/512 and V = vcL²/d the exponent t is up to (729/8192) nε²d/(vcL²): 11.3v in place of C₂.",
)
