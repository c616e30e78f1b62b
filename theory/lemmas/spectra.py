"""Norms and eigenvalues of matrices."""

from __future__ import annotations

from sympy import Min, sqrt

from theory.lemmas.build import F, G, V, W, d, derived, i, k, l, n, r, textbook, u
from theory.lemmas.derivations import inner_products
from theory.source import Source
from theory.terms import (
    MatrixSymbol,
    Outer,
    Property,
    Sum,
    dot,
    eigenvalue_sum,
    eq,
    fro_norm,
    le,
    norm,
    nuclear_norm,
    op_norm,
    orthogonal_projection,
    rank,
    trace,
)

M, P = MatrixSymbol("M", d, d), MatrixSymbol("P", d, d)
ALGEBRA = Source("Horn, Johnson, Matrix Analysis, 2nd ed. 2013")
MOMENT = Sum(Outer(V(i)), (i, n))

cauchy = derived(
    "lemma.cauchy", "Cauchy–Schwarz",
    le(Sum(F(i) * G(i), (i, n)), sqrt(Sum(F(i) ** 2, (i, n))) * sqrt(Sum(G(i) ** 2, (i, n)))), [], inner_products.cauchy)
operator_norm = derived(
    "lemma.operator_norm", "‖Wx‖ ≤ ‖W‖_op ‖x‖, the definition of the spectral norm",
    le(sqrt(Sum(dot(W[l], u) ** 2, (l, k))), op_norm(W) * norm(u)), [], inner_products.operator_norm)
fro_op = textbook("lemma.fro_op", "‖W‖_F ≤ √min(k, d) ‖W‖_op", Source(ALGEBRA.work, "5.6.P23"),
                  le(fro_norm(W), sqrt(Min(k, d)) * op_norm(W)))
fro_rank = textbook("lemma.fro_rank", "‖W‖_F ≤ √rank(W) ‖W‖_op", Source(ALGEBRA.work, "5.6.P23"),
                    le(fro_norm(W), sqrt(rank(W)) * op_norm(W)))
nuclear_op = textbook("lemma.nuc_op", "‖A‖_* ≤ rank(A) ‖A‖_op", Source(ALGEBRA.work, "5.6.P23"),
                      le(nuclear_norm(W), rank(W) * op_norm(W)))
trace_duality = textbook("lemma.trace_duality", "⟨A, B⟩ ≤ ‖A‖_* ‖B‖_op", Source(ALGEBRA.work, "7.4.13"),
                         le(trace(W, MatrixSymbol("B", k, d)), nuclear_norm(W) * op_norm(MatrixSymbol("B", k, d))))
ky_fan = textbook("lemma.kyfan", "Ky Fan: tr(PM) ≤ λ_1(M)+…+λ_r(M) for an orthogonal projection P of rank r",
                  Source("Fan, On a theorem of Weyl concerning eigenvalues of linear transformations I, 1949", "Theorem 1"),
                  le(trace(P, M), eigenvalue_sum(M, r)), [orthogonal_projection(P, r), Property("symmetric", M)])
eigenvalue_sum_le = textbook("lemma.eigsum_max", "λ_1+…+λ_r ≤ r λ_1", Source(ALGEBRA.work, "4.2.2"),
                             le(eigenvalue_sum(M, r), r * eigenvalue_sum(M, 1)),
                             [Property("positive semidefinite", M)])
rayleigh = textbook("lemma.rayleigh", "Rayleigh: Σ(u·v_i)² ≤ λ_max(Σ v_i v_iᵀ) for a unit vector u", Source(ALGEBRA.work, "4.2.2"),
                    le(Sum(dot(u, V(i)) ** 2, (i, n)), eigenvalue_sum(MOMENT, 1)), [eq(norm(u), 1)])
eigenvalue_sum_trace = textbook("lemma.eigsum_trace", "λ_1+…+λ_r ≤ tr M for M ⪰ 0", Source(ALGEBRA.work, "1.2.12"),
                                le(eigenvalue_sum(MOMENT, r), Sum(norm(V(i)) ** 2, (i, n))))
