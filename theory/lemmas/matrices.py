"""Rank, the Fantope and entrywise products of matrices."""

from __future__ import annotations

from theory.lemmas.build import F, W, d, i, j, k, n, r, textbook, u
from theory.source import Source
from theory.terms import (
    MatrixSymbol,
    Min,
    Property,
    Sphere,
    Sum,
    dot,
    eigenvalue_sum,
    eq,
    forall,
    le,
    rank,
    trace,
)

M, Q = MatrixSymbol("M", d, d), MatrixSymbol("Q", d, d)
S, T = MatrixSymbol("S", n, n), MatrixSymbol("T", n, n)
DIRECTION = (u, Sphere(d))

rank_min = textbook("lemma.rank_min", "rank(W) ≤ min(k, d)", Source("Horn, Johnson, Matrix Analysis, 2nd ed. 2013", "0.4.5"),
                    le(rank(W), Min(k, d)))
kyfan_fantope = textbook(
    "lemma.kyfan_fantope", "Ky Fan on the Fantope: tr(QM) ≤ λ_1(M)+…+λ_r(M) for 0 ⪯ Q ⪯ I with tr Q = r",
    Source("Overton, Womersley, On the sum of the largest eigenvalues of a symmetric matrix, SIAM J. Matrix Anal. Appl. 13, 1992"),
    le(trace(Q, M), eigenvalue_sum(M, r)),
    [Property("symmetric", M), forall(le(0, dot(u, Q @ u)), DIRECTION), forall(le(dot(u, Q @ u), 1), DIRECTION),
     eq(Sum(Q[i, i], (i, d)), r)])
schur_product = textbook(
    "lemma.schur_product", "Schur: the entrywise product of positive semidefinite matrices is positive semidefinite",
    Source("Horn, Johnson, Matrix Analysis, 2nd ed. 2013", "7.5.3"),
    le(0, Sum(S[i, j] * T[i, j] * F(i) * F(j), (i, n), (j, n))),
    [Property("positive semidefinite", S), Property("positive semidefinite", T)])
