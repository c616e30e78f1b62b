"""Quadratic forms x ↦ xᵀMx of symmetric matrices: their range on the sphere, norms of M, and the pairing with Σ c_i v_i v_iᵀ."""

from __future__ import annotations

from theory.lemmas import rules, spectra
from theory.lemmas.build import A, F, V, W, c, consequence, d, derived, i, j, k, n, ours, s, t, textbook, u, w, x
from theory.lemmas.derivations import geometry, inner_products, operator_norms, small_steps, sums
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    And,
    Implies,
    MatrixSymbol,
    Min,
    Outer,
    Property,
    Range,
    Sphere,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eigenvalue_sum,
    eq,
    forall,
    fro_norm,
    le,
    lt,
    norm,
    nuclear_norm,
    op_norm,
    rank,
    sqrt,
    trace,
)
from theory.terms.linear import Direction, KernelVector
from theory.terms.tensors import TensorPower, injective_norm

M, B, v = MatrixSymbol("M", d, d), MatrixSymbol("B", k, d), VectorSymbol("v", d)
bound, slope = Symbol("bound", real=True), Symbol("slope", real=True)
SYMMETRIC = Property("symmetric", M)
LARGEST, OPPOSITE = eigenvalue_sum(M, 1), eigenvalue_sum(M * -1, 1)     # λ_max(M) and −λ_min(M)
FIRST, SECOND = (u, Sphere(d)), (w, Sphere(d))
WEIGHTED, PLAIN = Sum(F(i) * Outer(V(i)), (i, n)), Sum(Outer(V(i)), (i, n))
ALGEBRA = "Horn, Johnson, Matrix Analysis, 2nd ed. 2013"

# --- definitions ------------------------------------------------------------------------------------------------------------------

only_index = derived("rule.only_index", "what holds at the only index holds at all", forall(A(i), (i, Range(n))), [eq(n, 1), A(n)],
                     sums.only_index)

symmetric = derived("rule.symmetric", "definition of a symmetric matrix", eq(dot(u, M @ w) - dot(w, M @ u), 0), [SYMMETRIC],
                    geometry.symmetric_dot)
moment_norm = derived("rule.moment_norm", "‖Σ c_i v_i v_iᵀ‖_F² = Σ c_i c_j (v_i·v_j)², by definition of the inner product of matrices",
                      eq(fro_norm(WEIGHTED) ** 2, Sum(F(i) * F(j) * dot(V(i), V(j)) ** 2, (i, n), (j, n))), [], geometry.moment_norm)
vanishing_step = derived(
    "lemma.vanishing_step", "s ≤ bound + t·slope for all small t > 0 gives s ≤ bound",
    le(s, bound),
    [forall(Implies(And(lt(0, t), le(t, 1)), le(s, bound + t * slope)), (t, LINE))],
    small_steps.vanishing_step)
moment_injective = textbook(
    "lemma.moment_injective", "‖Σ c_i v_i v_iᵀ‖_op is the injective norm of Σ c_i v_i⊗v_i",
    Source("Friedland, Lim, Nuclear norm of higher-order tensors, Math. Comp. 87, 2018", "section 2, for tensors of order 2"),
    eq(op_norm(WEIGHTED), injective_norm(Sum(F(i) * TensorPower(V(i), 2), (i, n)))))

# --- the range of a quadratic form on the sphere ------------------------------------------------------------------------------------

form_max, principle = spectra.form_max, spectra.principle
form_min = consequence(
    "lemma.form_min", "Rayleigh: −uᵀMu ≤ −λ_min(M)‖u‖² for symmetric M",
    le(-dot(u, M @ u), OPPOSITE * norm(u) ** 2),
    [SYMMETRIC], principle.form_min)
eigenvalue_spread = consequence(
    "lemma.eigenvalue_spread", "λ_max(M) − λ_min(M) is a difference of two values of the form on the sphere",
    le(LARGEST + OPPOSITE, bound),
    [SYMMETRIC, forall(le(dot(u, M @ u) - dot(w, M @ w), bound), FIRST, SECOND)], principle.spread)
numerical_radius = derived("lemma.numerical_radius", "‖M‖_op is a value |uᵀMu| on the sphere, for symmetric M",
    le(op_norm(M), bound), [SYMMETRIC, forall(le(Abs(dot(u, M @ u)), bound), FIRST)],
    operator_norms.numerical_radius)
image_norm = derived(
    "lemma.image_norm", "‖Wx‖ ≤ ‖W‖_op‖x‖, the definition of the spectral norm",
    le(norm(W @ x), op_norm(W) * norm(x)), [], inner_products.image_norm)
kernel_unit = textbook("lemma.kernel_unit", "a square matrix whose rank is less than its size has a unit vector in its kernel",
                       Source(ALGEBRA, "0.2.3"), eq(norm(KernelVector(M)), 1), [lt(rank(M), d)])
rank_outer = textbook("lemma.rank_outer", "a symmetric matrix with the form c(v·u)² is c v vᵀ, of rank at most 1", Source(ALGEBRA, "0.4.6"),
                      le(rank(M), 1), [SYMMETRIC, forall(eq(dot(u, M @ u), c * dot(v, u) ** 2), FIRST)])

# --- along a ray --------------------------------------------------------------------------------------------------------------------

e, g = Direction(u), Direction(w)
ray_value = ours(
    "lemma.ray_value", "uᵀMu = ‖u‖² eᵀMe for the direction e of u", eq(dot(u, M @ u), norm(u) ** 2 * dot(e, M @ e)), [SYMMETRIC],
    proof(
        step("along", eq(dot(u, M @ u), norm(u) * dot(e, M @ u)), by=rules.direction),
        step("turned", eq(dot(e, M @ u) - dot(u, M @ e), 0), by=symmetric, using="h1"),
        step("again", eq(dot(u, M @ e), norm(u) * dot(e, M @ e)), by=rules.direction),
        step("value", eq(dot(u, M @ u), norm(u) ** 2 * dot(e, M @ e)), by="polynomial", using=("along", "turned", "again")),
    ),
)
ray_chord = ours(
    "lemma.ray_chord", "‖u‖‖e − g‖ ≤ ‖u − w‖ for the directions e, g of vectors u, w of one length (an equality)",
    le(norm(u) * norm(e - g), norm(u - w)), [eq(norm(w), norm(u))],
    proof(
        step("along", eq(dot(u, w), norm(u) * dot(e, w)), by=rules.direction),
        step("again", eq(dot(e, w), norm(w) * dot(e, g)), by=rules.direction),
        step("e", eq(norm(e), 1), by=rules.direction_unit),
        step("g", eq(norm(g), 1), by=rules.direction_unit),
        step("unit chord", eq(norm(e - g) ** 2, 2 - 2 * dot(e, g)), by="algebra", using=("e", "g")),
        step("expand", eq(norm(u - w) ** 2, norm(u) ** 2 + norm(w) ** 2 - 2 * dot(u, w)), by="algebra"),
        step("squares", eq(norm(u - w) ** 2, norm(u) ** 2 * norm(e - g) ** 2), by="polynomial",
             using=("along", "again", "unit chord", "expand", "h1")),
        step("chord", le(norm(u) * norm(e - g), norm(u - w)), by="polynomial", using="squares"),
    ),
)

# --- combinations of vectors ------------------------------------------------------------------------------------------------------

SUM, VALUE = Sum(F(i) * V(i), (i, n)), Sum(dot(Direction(Sum(F(i) * V(i), (i, n))), V(i)) ** 2, (i, n))
COEFFICIENTS, GRAM = sqrt(Sum(F(i) ** 2, (i, n))), sqrt(eigenvalue_sum(PLAIN, 1))
gram_norm = ours(
    "lemma.gram_norm", "‖Σ c_i v_i‖ ≤ √(Σ c_i²)·√λ_max(Σ v_i v_iᵀ)", le(norm(SUM), COEFFICIENTS * GRAM), [],
    proof(
        step("along", eq(dot(SUM, SUM), norm(SUM) * dot(Direction(SUM), SUM)), by=rules.direction),
        step("square", eq(norm(SUM) ** 2, dot(SUM, SUM)), by="algebra"),
        step("expand", eq(dot(Direction(SUM), SUM), Sum(F(i) * dot(Direction(SUM), V(i)), (i, n))), by="algebra"),
        step("Cauchy", le(Sum(F(i) * dot(Direction(SUM), V(i)), (i, n)), COEFFICIENTS * sqrt(VALUE)), by=spectra.cauchy),
        step("unit", eq(norm(Direction(SUM)), 1), by=rules.direction_unit),
        step("Rayleigh", le(VALUE, eigenvalue_sum(PLAIN, 1)), by=spectra.rayleigh, using="unit"),
        step("along it", le(dot(Direction(SUM), SUM), COEFFICIENTS * sqrt(VALUE)), by="linear", using=("expand", "Cauchy")),
        step("bounded", le(COEFFICIENTS * sqrt(VALUE), COEFFICIENTS * GRAM), by="chain", using="Rayleigh"),
        step("norm", le(norm(SUM) ** 2, norm(SUM) * COEFFICIENTS * GRAM), by="polynomial",
             using=("along", "square", "along it", "bounded")),
        step("bound", le(norm(SUM), COEFFICIENTS * GRAM), by="polynomial", using="norm"),
    ),
)

# --- pairings ---------------------------------------------------------------------------------------------------------------------

trace_cauchy = derived(
    "lemma.trace_cauchy", "⟨A, B⟩ ≤ ‖A‖_F‖B‖_F, Cauchy–Schwarz for matrices",
    le(trace(W, B), fro_norm(W) * fro_norm(B)), [], inner_products.trace_cauchy)
nuc_fro = textbook("lemma.nuc_fro", "‖W‖_* ≤ √min(k, d)‖W‖_F, Cauchy–Schwarz for the singular values", Source(ALGEBRA, "5.1.4 and 5.6"),
                   le(nuclear_norm(W), sqrt(Min(k, d)) * fro_norm(W)))
pairing_range = textbook(
    "lemma.pairing_range", "⟨M, S⟩ ≤ λ_max(M) tr S₊ − λ_min(M) tr S₋ for S = Σ c_i v_i v_iᵀ, whose parts have traces (‖S‖_* ± tr S)/2",
    Source(ALGEBRA, "2.5.6 (spectral decomposition of S) and 4.2.2 for each eigenvector"),
    le(2 * Sum(F(i) * dot(V(i), M @ V(i)), (i, n)),
       LARGEST * (nuclear_norm(WEIGHTED) + Sum(F(i) * norm(V(i)) ** 2, (i, n)))
       + OPPOSITE * (nuclear_norm(WEIGHTED) - Sum(F(i) * norm(V(i)) ** 2, (i, n)))), [SYMMETRIC])
eigsum_weights = consequence(
    "lemma.eigsum_weights", "monotonicity: λ_max(Σ c_i v_i v_iᵀ) ≤ λ_max(Σ v_i v_iᵀ) for 0 ≤ c_i ≤ 1",
    le(eigenvalue_sum(WEIGHTED, 1), eigenvalue_sum(PLAIN, 1)),
    [forall(le(0, F(i)), (i, Range(n))), forall(le(F(i), 1), (i, Range(n)))], principle.weights)
