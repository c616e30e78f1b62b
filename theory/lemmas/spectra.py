"""Norms and eigenvalues of matrices."""

from __future__ import annotations

from theory.lemmas import rules
from theory.lemmas.build import F, G, V, W, consequence, d, derived, i, k, l, n, ours, r, textbook, u
from theory.lemmas.derivations import inner_products, operator_norms
from theory.lemmas.derivations import rayleigh as forms
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    MatrixSymbol,
    Min,
    Outer,
    Property,
    Sphere,
    Sum,
    Symbol,
    dot,
    eigenvalue_sum,
    eq,
    forall,
    fro_norm,
    le,
    norm,
    nuclear_norm,
    op_norm,
    orthogonal_projection,
    rank,
    sqrt,
    trace,
    zero,
)
from theory.terms.linear import Direction

M, P = MatrixSymbol("M", d, d), MatrixSymbol("P", d, d)
ALGEBRA = Source("Horn, Johnson, Matrix Analysis, 2nd ed. 2013")
bound = Symbol("bound", real=True)
MOMENT = Sum(Outer(V(i)), (i, n))

cauchy = derived(
    "lemma.cauchy", "Cauchy–Schwarz",
    le(Sum(F(i) * G(i), (i, n)), sqrt(Sum(F(i) ** 2, (i, n))) * sqrt(Sum(G(i) ** 2, (i, n)))), [], inner_products.cauchy)
p, q, t, h = (Symbol(name, real=True) for name in "pqth")
cauchy_pair = derived(
    "lemma.cauchy_pair", "Cauchy–Schwarz in the plane",
    le(p * t + q * h, sqrt(p**2 + q**2) * sqrt(t**2 + h**2)), [], inner_products.cauchy_pair)
operator_norm = derived(
    "lemma.operator_norm", "‖Wx‖ ≤ ‖W‖_op ‖x‖, the definition of the spectral norm",
    le(sqrt(Sum(dot(W[l], u) ** 2, (l, k))), op_norm(W) * norm(u)), [], inner_products.operator_norm)
fro_op = derived("lemma.fro_op", "‖W‖_F ≤ √min(k, d) ‖W‖_op",
    le(fro_norm(W), sqrt(Min(k, d)) * op_norm(W)), [], operator_norms.fro_op)
fro_rank = textbook("lemma.fro_rank", "‖W‖_F ≤ √rank(W) ‖W‖_op", Source(ALGEBRA.work, "5.6.P23"),
                    le(fro_norm(W), sqrt(rank(W)) * op_norm(W)))
nuc_op = textbook("lemma.nuc_op", "‖A‖_* ≤ rank(A) ‖A‖_op", Source(ALGEBRA.work, "5.6.P23"),
                  le(nuclear_norm(W), rank(W) * op_norm(W)))
trace_duality = textbook("lemma.trace_duality", "⟨A, B⟩ ≤ ‖A‖_* ‖B‖_op", Source(ALGEBRA.work, "7.4.13"),
                         le(trace(W, MatrixSymbol("B", k, d)), nuclear_norm(W) * op_norm(MatrixSymbol("B", k, d))))
kyfan = textbook("lemma.kyfan", "Ky Fan: tr(PM) ≤ λ_1(M)+…+λ_r(M) for an orthogonal projection P of rank r",
                 Source("Fan, On a theorem of Weyl concerning eigenvalues of linear transformations I, 1949", "Theorem 1"),
                 le(trace(P, M), eigenvalue_sum(M, r)), [orthogonal_projection(P, r), Property("symmetric", M)])
eigsum_max = textbook("lemma.eigsum_max", "λ_1+…+λ_r ≤ r λ_1", Source(ALGEBRA.work, "4.2.2"),
                      le(eigenvalue_sum(M, r), r * eigenvalue_sum(M, 1)),
                      [Property("positive semidefinite", M)])
form_max = textbook("lemma.form_max", "Rayleigh: uᵀMu ≤ λ_max(M)‖u‖² for symmetric M", Source(ALGEBRA.work, "4.2.2"),
                    le(dot(u, M @ u), eigenvalue_sum(M, 1) * norm(u) ** 2), [Property("symmetric", M)])
form_least = textbook("lemma.form_least", "Rayleigh: λ_max(M) is a value of uᵀMu on the sphere, for symmetric M",
                      Source(ALGEBRA.work, "4.2.2"), le(eigenvalue_sum(M, 1), bound),
                      [Property("symmetric", M), forall(le(dot(u, M @ u), bound), (u, Sphere(d)))])
principle = forms.Principle(form_max, form_least)
rayleigh = consequence(
    "lemma.rayleigh", "Rayleigh: Σ(u·v_i)² ≤ λ_max(Σ v_i v_iᵀ) for a unit vector u",
    le(Sum(dot(u, V(i)) ** 2, (i, n)), eigenvalue_sum(MOMENT, 1)),
    [eq(norm(u), 1)], principle.rayleigh)
SOME = Direction(zero(d))                                              # a unit vector
eigenvalue_nonnegative = ours(
    "lemma.eigenvalue_nonnegative", "0 ≤ λ_max(Σ v_i v_iᵀ)", le(0, eigenvalue_sum(MOMENT, 1)), [],
    proof(
        step("unit", eq(norm(SOME), 1), by=rules.direction_unit),
        step("value", le(Sum(dot(SOME, V(i)) ** 2, (i, n)), eigenvalue_sum(MOMENT, 1)), by=rayleigh, using="unit"),
        step("nonnegative", le(0, eigenvalue_sum(MOMENT, 1)), by="linear", using="value"),
    ),
)
eigsum_trace = textbook("lemma.eigsum_trace", "λ_1+…+λ_r ≤ tr M for M ⪰ 0", Source(ALGEBRA.work, "1.2.12"),
                        le(eigenvalue_sum(MOMENT, r), Sum(norm(V(i)) ** 2, (i, n))))
