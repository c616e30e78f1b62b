"""Suprema of Rademacher sums, and tails of the data models.

In all of them y is a vector of n independent uniform signs; the index set of a supremum is the unit sphere, or unit directions and
shifts in [−1, 1].
"""

from __future__ import annotations

from theory.lemmas.build import F, G, V, d, derived, i, n, psi, textbook, u
from theory.lemmas.derivations import probability, signs
from theory.source import Source
from theory.terms import (
    Abs,
    Expect,
    GaussianRows,
    MatrixSymbol,
    Outer,
    Prob,
    Signs,
    Sphere,
    SphereRows,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    bounded_above,
    dot,
    eigenvalue_sum,
    eq,
    exp,
    forall,
    ge,
    le,
    lipschitz_activation,
    norm,
    sqrt,
)
from theory.terms.scalars import MeanChiNorm
from theory.terms.sets import Interval

y, X = VectorSymbol("y", n), MatrixSymbol("X", n, d)
L, sigma, s = (Symbol(name, nonnegative=True) for name in ("L", "sigma", "s"))
M = Symbol("M", real=True)
beta = Symbol("beta", real=True)
SIGNS = (y, Signs(n))
DIRECTION, SHIFT = (u, Sphere(d)), (beta, Interval(-1, 1))
LIMITS = {"": (DIRECTION,), "_shifted": (DIRECTION, SHIFT)}
BLM = Source("BLM", "Theorem 6.10, rescaled to [−1, 1]")


def _process(limits: tuple) -> object:  # type: ignore[type-arg]
    """sup over the index set of Σ y_i t_i."""
    return Sup(Sum(y[i] * F(*(v for v, _ in limits), i), (i, n)), *limits)


def _concentration(suffix: str):  # type: ignore[no-untyped-def]
    limits = LIMITS[suffix]
    point = tuple(v for v, _ in limits)
    process = _process(limits)
    return textbook(
        f"lemma.convex_concentration{suffix}",
        "convex concentration: the supremum of a Rademacher sum is convex and σ-Lipschitz in the signs",
        BLM, ge(Prob(le(process, Expect(process, SIGNS) + sigma * sqrt(8 * s)), SIGNS), 1 - exp(-s)),
        [forall(le(Sum(F(*point, i) ** 2, (i, n)), sigma**2), *limits)])


convex_concentration = _concentration("")
convex_concentration_shifted = _concentration("_shifted")

contraction = textbook(
    "lemma.contraction", "one-sided contraction: L-Lipschitz functions shrink a Rademacher supremum up to the factor L",
    Source("LT", "Theorem 4.12 and its proof"),
    le(Expect(Sup(Sum(y[i] * psi(F(u, i)), (i, n)), DIRECTION), SIGNS),
       L * Expect(Sup(Sum(y[i] * F(u, i), (i, n)), DIRECTION), SIGNS)),
    [lipschitz_activation(psi, L), forall(bounded_above(Sup(Sum(y[i] * F(u, i), (i, n)), DIRECTION)), SIGNS)])
contraction_shifted = textbook(
    "lemma.contraction_shifted", "one-sided contraction for t ↦ |t|, directions and shifts",
    Source("LT", "Theorem 4.12 and its proof"),
    le(Expect(Sup(Sum(y[i] * Abs(F(u, beta, i)), (i, n)), DIRECTION, SHIFT), SIGNS),
       Expect(Sup(Sum(y[i] * F(u, beta, i), (i, n)), DIRECTION, SHIFT), SIGNS)),
    [forall(bounded_above(Sup(Sum(y[i] * F(u, beta, i), (i, n)), DIRECTION, SHIFT)), SIGNS)])

rademacher_norm = derived(
    "lemma.rademacher_norm", "E‖Σ y_i v_i‖ ≤ √(Σ‖v_i‖²), by Jensen",
    le(Expect(norm(Sum(y[i] * V(i), (i, n))), SIGNS), sqrt(Sum(norm(V(i)) ** 2, (i, n)))), [], signs.rademacher_norm)
rademacher_sum = derived(
    "lemma.rademacher_sum", "E|Σ y_i| ≤ √n, by Jensen",
    le(Expect(Abs(Sum(y[i], (i, n))), SIGNS), sqrt(n)), [], signs.rademacher_sum)
second_moment = derived(
    "lemma.second_moment", "E‖c + Σ y_i v_i‖² = ‖c‖² + Σ‖v_i‖²",
    eq(Expect(norm(VectorSymbol("c", d) + Sum(y[i] * V(i), (i, n))) ** 2, SIGNS),
       norm(VectorSymbol("c", d)) ** 2 + Sum(norm(V(i)) ** 2, (i, n))), [], signs.second_moment)
mgf_signs = textbook(
    "lemma.mgf_signs", "the moment generating function of a sum of weighted signs", Source("BLM", "Section 2.3, Hoeffding's lemma"),
    le(Expect(exp(dot(VectorSymbol("v", n), y)), SIGNS), exp(norm(VectorSymbol("v", n)) ** 2 / 2)))
sign_symmetry = derived("rule.sign_symmetry", "y and −y have the same law", eq(Expect(G(-y), SIGNS), Expect(G(y), SIGNS)),
                        [], probability.sign_symmetry)

SCATTER = Sum(Outer(X[i]), (i, n))
davidson_szarek_G = textbook(
    "lemma.davidson_szarek.G", "largest singular value of a Gaussian matrix with entries N(0, 1/d)",
    Source("Davidson, Szarek, Local operator theory, random matrices and Banach spaces, 2001", "Theorem II.13"),
    ge(Prob(le(sqrt(d) * sqrt(eigenvalue_sum(SCATTER, 1)), sqrt(n) + sqrt(d) + s), (X, GaussianRows(n, d))), 1 - exp(-(s**2) / 2)))
davidson_szarek_S = textbook(
    "lemma.davidson_szarek.S", "largest singular value of a matrix with rows uniform on the sphere (row normalisation and Jensen)",
    Source("Davidson, Szarek, Local operator theory, random matrices and Banach spaces, 2001", "Theorem II.13"),
    ge(Prob(le(MeanChiNorm(d) * sqrt(eigenvalue_sum(SCATTER, 1)), sqrt(n) + sqrt(d) + s), (X, SphereRows(n, d))),
       1 - exp(-(s**2) / 2)))
