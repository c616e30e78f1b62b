"""Concentration about the mean: bounded differences, bounded summands, χ², matrix series, caps of the sphere.

Tails are stated as P(Z ≤ threshold) ≥ 1 − e^{−s}, with a bound σ² on the variance proxy as a hypothesis; so nothing divides by σ, and
σ = 0 is no exception.
"""

from __future__ import annotations

from sympy import Integer, Rational

from theory.lemmas.build import F, G, H, V, consequence, d, i, j, l, m, n, psi, textbook, u
from theory.lemmas.derivations import tails
from theory.lemmas.processes import sign_symmetry
from theory.source import Source
from theory.terms import (
    Abs,
    Expect,
    GaussianRows,
    Indicator,
    MatrixSymbol,
    Outer,
    Prob,
    Range,
    Signs,
    Sphere,
    SphereRows,
    Sum,
    Sup,
    Symbol,
    Uniform,
    VectorSymbol,
    bounded_above,
    dot,
    eigenvalue_sum,
    eq,
    exp,
    forall,
    fro_norm,
    ge,
    le,
    lipschitz_activation,
    norm,
    op_norm,
    sqrt,
)
from theory.terms.scalars import MeanChiNorm

y, y_, X = VectorSymbol("y", n), VectorSymbol("y'", n), MatrixSymbol("X", n, d)
points = VectorSymbol("t", n)
L, sigma, s = (Symbol(name, nonnegative=True) for name in ("L", "sigma", "s"))
t = Symbol("t", real=True)
SIGNS, DIRECTION, RANDOM = (y, Signs(n)), (u, Sphere(d)), (points, Uniform(n))
TROPP = Source("T", "Theorem 4.1.1")

mcdiarmid = textbook(
    "lemma.mcdiarmid", "bounded differences, for functions of signs: changing the sign y_i changes F by at most c_i",
    Source("BLM", "Theorem 6.2"),
    ge(Prob(le(F(y), Expect(F(y), SIGNS) + sigma * sqrt(s / 2)), SIGNS), 1 - exp(-s)),
    [forall(le(Abs(F(y) - F(y_)), Sum(G(i) * Abs(y[i] - y_[i]), (i, n)) / 2), SIGNS, (y_, Signs(n))),
     le(Sum(G(i) ** 2, (i, n)), sigma**2)])

# For functions of the uniform variables that need not be measurable E may read 0; these are, and their laws are the extreme ones.
series = Sum(F(i) + G(i) * Indicator(le(points[i], H(i))), (i, n))
hoeffding = textbook(
    "lemma.hoeffding", "Hoeffding: a sum of independent variables with the values a_i and a_i + c_i",
    Source("BLM", "Theorem 2.8"),
    ge(Prob(le(series, Expect(series, RANDOM) + sigma * sqrt(s / 2)), RANDOM), 1 - exp(-s)), [le(Sum(G(i) ** 2, (i, n)), sigma**2)])
hoeffding_signs = consequence(
    "lemma.hoeffding_signs", "Hoeffding for a weighted sum of signs",
    ge(Prob(le(Sum(y[i] * F(i), (i, n)), sigma * sqrt(2 * s)), SIGNS), 1 - exp(-s)),
    [le(Sum(F(i) ** 2, (i, n)), sigma**2)],
    tails.hoeffding_signs, mcdiarmid, sign_symmetry)

hoeffding_mean = consequence(
    "lemma.hoeffding_mean", "Hoeffding for the mean of n signs",
    ge(Prob(le(Abs(Sum(y[i], (i, n)) / n), s), SIGNS), 1 - 2 * exp(-n * s**2 / 2)), [], tails.hoeffding_mean, hoeffding_signs)

contraction_abs = textbook(
    "lemma.contraction_abs", "contraction with absolute values: a factor 2, for L-Lipschitz ψ with ψ(0) = 0",
    Source("LT", "Theorem 4.12"),
    le(Expect(Sup(Abs(Sum(y[i] * psi(F(u, i)), (i, n))), DIRECTION), SIGNS),
       2 * L * Expect(Sup(Abs(Sum(y[i] * F(u, i), (i, n))), DIRECTION), SIGNS)),
    [lipschitz_activation(psi, L), eq(psi(Integer(0)), 0), forall(bounded_above(Sup(Abs(Sum(y[i] * F(u, i), (i, n))), DIRECTION)), SIGNS)])

# Matrix series: A_i = Σ_j c_ij v_ij v_ijᵀ is any symmetric matrix, so A_i² = Σ_{j,l} c_ij c_il (v_ij·v_il) v_ij v_ilᵀ.
squares = Sum(F(i, j) * F(i, l) * dot(V(i, j), V(i, l)) * Outer(V(i, j), V(i, l)), (i, n), (j, m), (l, m))
matrix_rademacher = textbook(
    "lemma.matrix_rademacher", "a Rademacher series of symmetric matrices A_i = Σ_j c_ij v_ij v_ijᵀ of order d", TROPP,
    ge(Prob(le(op_norm(Sum(y[i] * Sum(F(i, j) * Outer(V(i, j)), (j, m)), (i, n))), sigma * sqrt(2 * s)), SIGNS), 1 - 2 * d * exp(-s)),
    [le(eigenvalue_sum(squares, 1), sigma**2)])
matrix_rademacher_outer = consequence(
    "lemma.matrix_rademacher_outer", "a Rademacher series of the matrices v_i v_iᵀ of order d, whose squares are ‖v_i‖² v_i v_iᵀ",
    ge(Prob(le(op_norm(Sum(y[i] * Outer(V(i)), (i, n))), sigma * sqrt(2 * s)), SIGNS), 1 - 2 * d * exp(-s)),
    [le(eigenvalue_sum(Sum(norm(V(i)) ** 2 * Outer(V(i)), (i, n)), 1), sigma**2)],
    tails.rademacher_outer, matrix_rademacher)

LAURENT_MASSART = Source("Laurent, Massart, Adaptive estimation of a quadratic functional by model selection, 2000", "Lemma 1")
chi2 = d * fro_norm(X) ** 2                      # χ² with nd degrees of freedom under the law GaussianRows(n, d)
GAUSS = (X, GaussianRows(n, d))
laurent_massart_upper = textbook(
    "lemma.laurent_massart.upper", "upper tail of χ² with nd degrees of freedom", LAURENT_MASSART,
    ge(Prob(le(chi2, n * d + 2 * sqrt(n * d * s) + 2 * s), GAUSS), 1 - exp(-s)))
laurent_massart_lower = textbook(
    "lemma.laurent_massart.lower", "lower tail of χ² with nd degrees of freedom", LAURENT_MASSART,
    ge(Prob(le(n * d - 2 * sqrt(n * d * s), chi2), GAUSS), 1 - exp(-s)))

cap = textbook(
    "lemma.cap", "a cap of the sphere: ⟨u, x⟩ > s has probability at most e^{−ds²/2} for x uniform on S^{d−1}",
    Source("Ball, An elementary introduction to modern convex geometry, 1997", "Lemma 2.2"),
    forall(ge(Prob(le(dot(u, X[j]), s), (X, SphereRows(n, d))), 1 - exp(-d * s**2 / 2)), (j, Range(n))), [eq(norm(u), 1)])

mean_chi = textbook(
    "lemma.mean_chi", "√(d − ½) ≤ μ_d, the mean norm of a standard Gaussian vector of R^d",
    Source("Watson, A note on gamma functions, Proc. Edinburgh Math. Soc. 11 (Edinburgh Math. Notes 42), 1959"),
    le(sqrt(d - Rational(1, 2)), MeanChiNorm(d)))
mean_chi_upper = textbook(
    "lemma.mean_chi_upper", "μ_d ≤ √d, by Jensen",
    Source("Chandrasekaran, Recht, Parrilo, Willsky, The convex geometry of linear inverse problems, Found. Comput. Math. 12, 2012",
           "section 3, d/√(d + 1) ≤ μ_d ≤ √d"), le(MeanChiNorm(d), sqrt(d)))
