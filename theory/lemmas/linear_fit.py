"""The least eigenvalue of the Gram matrix of n ≤ d points of R^d: what it bounds, and how small it is for Gaussian points."""

from __future__ import annotations

from theory.lemmas.build import A, B, V, X, d, derived, i, n, textbook
from theory.lemmas.derivations import probability
from theory.source import Source
from theory.terms import GaussianRows, Implies, Outer, Prob, Sum, Symbol, VectorSymbol, eigenvalue_sum, exp, forall, ge, le, norm, sqrt

v = VectorSymbol("v", n)
s, p = Symbol("s", nonnegative=True), Symbol("p", real=True)
DRAW = (X, GaussianRows(n, d))


def least_eigenvalue(points):  # type: ignore[no-untyped-def]
    """λ_min(VVᵀ) for n points of R^d, n ≤ d: the trace less the n − 1 largest eigenvalues of VᵀV."""
    return Sum(norm(points(i)) ** 2, (i, n)) - eigenvalue_sum(Sum(Outer(points(i)), (i, n)), n - 1)


LEAST = least_eigenvalue(lambda index: X[index])
gram_rayleigh = textbook(
    "lemma.gram_rayleigh", "Rayleigh: ‖Σ c_i v_i‖² ≥ λ_min(VVᵀ)‖c‖² for n ≤ d vectors",
    Source("Horn, Johnson, Matrix Analysis, 2nd ed. 2013", "4.2.2 and 1.3.22"),
    le(least_eigenvalue(V) * norm(v) ** 2, norm(Sum(v[i] * V(i), (i, n))) ** 2), [le(n, d)])
davidson_szarek_least = textbook(
    "lemma.davidson_szarek.least", "least singular value of a Gaussian matrix with entries N(0, 1/d): √d·s_min(X) ≥ √d − √n − s",
    Source("Davidson, Szarek, Local operator theory, random matrices and Banach spaces, 2001", "Theorem II.13"),
    ge(Prob(le((sqrt(d) - sqrt(n) - s) ** 2, d * LEAST), DRAW), 1 - exp(-(s**2) / 2)), [le(sqrt(n) + s, sqrt(d))])
prob_gaussian_implies = derived("rule.prob_gaussian_implies", "a consequence of an event about Gaussian data is at least as probable",
                                ge(Prob(B(X), DRAW), p), [ge(Prob(A(X), DRAW), p), forall(Implies(A(X), B(X)), DRAW)],
                                probability.consequence)
