"""Theorem 9: a quadratic x ↦ xᵀAx of rank at most k that fits has a large operator norm; half its Lipschitz constant on the ball.

Bubeck–Li–Nagaraj 2021, Theorem 9.  The matrix need not be symmetric here; bln.quadratic.ball says Lip_B = 2‖A‖_op if it is.
Kind: lower.  Two forms: through the nuclear norm (printed), and through the Frobenius norm (ours), which is the better one for n ≪ d.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LARGEST, X, d, i, j, k, labels, n, unit_rows, y
from theory.lemmas import matrices, quadratics, rules, spectra, tensors
from theory.lemmas.concentration import matrix_rademacher_outer
from theory.lemmas.tensor_duality import rademacher_norm_tail
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    And,
    Implies,
    MatrixSymbol,
    Min,
    Outer,
    Prob,
    Signs,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eigenvalue_sum,
    eq,
    exp,
    forall,
    fro_norm,
    ge,
    le,
    norm,
    nuclear_norm,
    op_norm,
    rank,
    sqrt,
    trace,
)
from theory.terms.tensors import TensorPower

SOURCE, OURS = Source("BLN", "Theorem 9"), Source("lawbook", "9")
A, alpha = MatrixSymbol("A", d, d), VectorSymbol("alpha", n)
s = Symbol("s", nonnegative=True)                                      # the level: failure at most 2d·e^{−s}, or e^{−s}
SIZE, SIGNS = op_norm(A), (y, Signs(n))
S = Sum(y[i] * Outer(X[i]), (i, n))
ENERGY = Sum(y[i] * y[j] * dot(X[i], X[j]) ** 2, (i, n), (j, n))       # yᵀK_2y = ‖S‖_F²
fits = Hypothesis("fits", forall(eq(dot(X[i], A @ X[i]), y[i]), DATA), "the quadratic fits: x_iᵀAx_i = y_i")
low_rank = Hypothesis("rank", le(rank(A), k), "A has rank at most k")
dual = Hypothesis("dual", forall(eq(Sum(dot(X[i], X[j]) ** 2 * alpha[j], (j, n)), y[i]), DATA), "K_2α = y, entries of K_2 being (x_i·x_j)²")

pairing = step("pairing", eq(trace(A, S), n), by="algebra", using=("fits", "labels"))

sharp = Claim(
    id="bln.thm9.sharp", title="Theorem 9, rank form", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.BALL,
    hypotheses=(fits, labels, low_rank),
    conclusion=le(n, k * SIZE * op_norm(S)),
    proofs=(proof(
        pairing,
        step("duality", le(trace(A, S), nuclear_norm(A) * op_norm(S)), by=spectra.trace_duality),
        step("nuclear", le(nuclear_norm(A), rank(A) * SIZE), by=spectra.nuc_op),
        step("paired", le(n, nuclear_norm(A) * op_norm(S)), by="linear", using=("pairing", "duality")),
        step("law", le(n, k * SIZE * op_norm(S)), by="chain", using=("paired", "nuclear", "rank")),
    ),),
    where={"S": S},
    note="For symmetric A, ‖A‖_op is half the Lipschitz constant on the ball: bln.quadratic.ball.",
)

size_steps = (
    step("rank at most d", le(rank(A), d), by=matrices.rank_min),
    step("least rank", le(rank(A), Min(k, d)), by="polynomial", using=("rank", "rank at most d")),
    step("Frobenius", le(fro_norm(A), sqrt(rank(A)) * SIZE), by=spectra.fro_rank),
    step("size", le(fro_norm(A), sqrt(Min(k, d)) * SIZE), by="chain", using=("Frobenius", "least rank")),
)

frobenius = Claim(
    id="bln.thm9.frobenius", title="Theorem 9, Frobenius form", source=OURS, reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=(fits, labels, low_rank),
    conclusion=le(n**2, Min(k, d) * SIZE**2 * ENERGY),
    proofs=(proof(
        pairing,
        step("Cauchy", le(trace(A, S), fro_norm(A) * fro_norm(S)), by=quadratics.trace_cauchy),
        *size_steps,
        step("energy", eq(fro_norm(S) ** 2, ENERGY), by=quadratics.moment_norm),
        step("paired", le(n, fro_norm(A) * fro_norm(S)), by="linear", using=("pairing", "Cauchy")),
        step("sized", le(n, sqrt(Min(k, d)) * SIZE * fro_norm(S)), by="chain", using=("paired", "size")),
        step("square", le(n**2, Min(k, d) * SIZE**2 * fro_norm(S) ** 2), by="chain", using="sized"),
        step("law", le(n**2, Min(k, d) * SIZE**2 * ENERGY), by="linear", using=("square", "energy")),
    ),),
    where={"yᵀK₂y": ENERGY},
)

DUAL = Sum(alpha[i] * Outer(X[i]), (i, n))                             # the least-norm symmetric fit, ‖DUAL‖_F² = yᵀα
DUAL_ENERGY = Sum(alpha[i] * alpha[j] * dot(X[i], X[j]) ** 2, (i, n), (j, n))

least = Claim(
    id="bln.thm9.pseudo", title="Theorem 9, pseudo-inverse form", source=OURS, reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=(fits, low_rank, dual),
    conclusion=le(dot(y, alpha), Min(k, d) * SIZE**2),
    proofs=(proof(
        step("pairing", eq(trace(A, DUAL), dot(y, alpha)), by="algebra", using="fits"),
        step("Cauchy", le(trace(A, DUAL), fro_norm(A) * fro_norm(DUAL)), by=quadratics.trace_cauchy),
        step("moment", eq(fro_norm(DUAL) ** 2, DUAL_ENERGY), by=quadratics.moment_norm),
        step("image", eq(Sum(alpha[i] * Sum(dot(X[i], X[j]) ** 2 * alpha[j], (j, n)), (i, n)), dot(y, alpha)), by="sums", using="dual"),
        step("energy", eq(fro_norm(DUAL) ** 2, dot(y, alpha)), by="linear", using=("moment", "image")),
        step("square", le(fro_norm(DUAL) ** 2, fro_norm(A) * fro_norm(DUAL)), by="linear", using=("pairing", "Cauchy", "energy")),
        step("least", le(fro_norm(DUAL) ** 2, fro_norm(A) ** 2), by="polynomial", using="square"),
        *size_steps,
        step("sizes", le(fro_norm(A) ** 2, Min(k, d) * SIZE**2), by="chain", using="size"),
        step("law", le(dot(y, alpha), Min(k, d) * SIZE**2), by="linear", using=("energy", "least", "sizes")),
    ),),
)

# --- random labels, any unit rows -------------------------------------------------------------------------------------------------

op_bound = sqrt(LARGEST) * sqrt(2 * s)
narrow = le(op_norm(S), op_bound)
narrow_often = ge(Prob(narrow, SIGNS), 1 - 2 * d * exp(-s))
on_narrow = Implies(narrow, le(n, k * SIZE * op_bound))
SQUARES = Sum(norm(X[i]) ** 2 * Outer(X[i]), (i, n))                   # Σ (x_ix_iᵀ)²

random_labels = Claim(
    id="bln.thm9.random_labels", title="Theorem 9 with high probability over the labels, rank form", source=SOURCE,
    reading=Reading.SHARP, domain=NormDomain.BALL,
    hypotheses=(fits, labels, low_rank, unit_rows),
    conclusion=And(narrow_often, on_narrow),
    proofs=(proof(
        step("at most one", forall(le(norm(X[i]) ** 2, 1), DATA), by="polynomial", using="unit rows"),
        step("squares", le(eigenvalue_sum(SQUARES, 1), LARGEST), by=quadratics.eigsum_weights,
             using="at most one"),
        step("largest", le(0, LARGEST), by=spectra.eigenvalue_nonnegative),
        step("matrix Rademacher", narrow_often, by=matrix_rademacher_outer.at(sigma=sqrt(LARGEST)), using=("squares", "largest")),
        step("instance", sharp.conclusion, by=sharp.as_lemma, using=("fits", "labels", "rank")),
        step("event", on_narrow, by="chain", using="instance"),
        step("law", And(narrow_often, on_narrow), by="conjunction", using=("matrix Rademacher", "event")),
    ),),
    where={"S": S, "λ": LARGEST},
)

# ‖Σ y_i x_i⊗x_i‖ is ‖S‖_F, so the tail of the norm of a Rademacher sum applies in dimension d².
TENSOR = Sum(y[i] * TensorPower(X[i], 2), (i, n))
SPREAD = eigenvalue_sum(Sum(Outer(TensorPower(X[i], 2)), (i, n)), 1)   # λ_max(K_2)
fro_bound = sqrt(n) + sqrt(LARGEST) * sqrt(8 * s)
small = le(fro_norm(S), fro_bound)
small_often = ge(Prob(small, SIGNS), 1 - exp(-s))
on_small = Implies(small, le(n, sqrt(Min(k, d)) * SIZE * fro_bound))
RAW_BOUND = sqrt(Sum(norm(TensorPower(X[i], 2)) ** 2, (i, n))) + sqrt(SPREAD) * sqrt(8 * s)

energy_tail = Claim(
    id="bln.thm9.energy", title="‖Σ y_i x_i x_iᵀ‖_F for random labels", source=OURS, reading=Reading.OURS, domain=NormDomain.DATA,
    hypotheses=(unit_rows,),
    conclusion=small_often,
    proofs=(proof(
        step("tail", ge(Prob(le(norm(TENSOR), RAW_BOUND), SIGNS), 1 - exp(-s)), by=rademacher_norm_tail),
        step("power", forall(eq(norm(TensorPower(X[i], 2)), norm(X[i]) ** 2), DATA), by=tensors.tensor_norm),
        step("mean", eq(Sum(norm(TensorPower(X[i], 2)) ** 2, (i, n)), n), by="sums", using=("power", "unit rows")),
        step("in the ball", forall(le(norm(X[i]), 1), DATA), by="linear", using="unit rows"),
        step("Schur", le(SPREAD, LARGEST), by=tensors.schur_gram, using="in the ball"),
        step("spread", le(sqrt(SPREAD) * sqrt(8 * s), sqrt(LARGEST) * sqrt(8 * s)), by="chain", using="Schur"),
        step("inner product", forall(eq(dot(TensorPower(X[i], 2), TensorPower(X[j], 2)), dot(X[i], X[j]) ** 2), DATA, (j, DATA[1])),
             by=tensors.tensor_dot),
        step("tensor", forall(eq(norm(TENSOR) ** 2, ENERGY), SIGNS), by="algebra", using="inner product"),
        step("matrix", forall(eq(fro_norm(S) ** 2, ENERGY), SIGNS), by=quadratics.moment_norm),
        step("same norm", forall(le(fro_norm(S), norm(TENSOR)), SIGNS), by="polynomial", using=("tensor", "matrix")),
        step("weaken", forall(Implies(le(norm(TENSOR), RAW_BOUND), small), SIGNS), by="linear", using=("same norm", "mean", "spread")),
        step("law", small_often, by=rules.prob_implies, using=("tail", "weaken")),
    ),),
    where={"S": S, "λ": LARGEST},
)

random_frobenius = Claim(
    id="bln.thm9.random_labels_frobenius", title="Theorem 9 with high probability over the labels, Frobenius form", source=OURS,
    reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=(fits, labels, low_rank, unit_rows),
    conclusion=And(small_often, on_small),
    proofs=(proof(
        step("often", small_often, by=energy_tail.as_lemma, using="unit rows"),
        pairing,
        step("Cauchy", le(trace(A, S), fro_norm(A) * fro_norm(S)), by=quadratics.trace_cauchy),
        *size_steps,
        step("paired", le(n, fro_norm(A) * fro_norm(S)), by="linear", using=("pairing", "Cauchy")),
        step("event", on_small, by="chain", using=("paired", "size")),
        step("law", And(small_often, on_small), by="conjunction", using=("often", "event")),
    ),),
    where={"S": S, "λ": LARGEST},
)
