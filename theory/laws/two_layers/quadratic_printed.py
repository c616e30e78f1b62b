"""Theorem 9 as printed: its two inequalities, the second proved with explicit constants for every n, the first refuted for n ≪ d.

Bubeck–Li–Nagaraj 2021, Theorem 9: ‖T‖_op ≥ c√(nd)/k (≥ c√(n/k)) with probability at least 1 − Ce^{−cd}.  Domain: the ball.
"""

from __future__ import annotations

from theory.claim import Audit, Chance, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LARGEST, X, d, i, j, k, labels, n, u, unit_rows, y
from theory.laws.two_layers.quadratic_law import (
    ENERGY,
    SIGNS,
    SIZE,
    SOURCE,
    TENSOR,
    A,
    S,
    energy_tail,
    fits,
    low_rank,
    narrow_often,
    on_narrow,
    pairing,
    random_labels,
    s,
)
from theory.laws.two_layers.tensor_lemmas import lemma14_printed
from theory.lemmas import quadratics, rules, spectra, tensors
from theory.lemmas.concentration import mean_chi
from theory.lemmas.processes import davidson_szarek_S
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    Implies,
    Outer,
    Prob,
    Property,
    Rational,
    Sphere,
    SphereRows,
    Sum,
    Symbol,
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
from theory.terms.scalars import MeanChiNorm
from theory.terms.tensors import TensorPower, injective_norm

OURS = Source("lawbook", "audit of Theorem 9")
C, c = Symbol("C", positive=True), Symbol("c", positive=True)
GENERIC = ((X, SphereRows(n, d)), SIGNS)
RANDOM = Chance(C * exp(-c * d), GENERIC)

# --- the second inequality, for every n ---------------------------------------------------------------------------------------------

chi, root = MeanChiNorm(d), sqrt(k) * SIZE                             # μ_d, and q = √k‖A‖_op
spectrum_bound = sqrt(n) + 2 * sqrt(d)
thin = le(chi * sqrt(LARGEST), spectrum_bound)                         # the spectrum of the data is as for n×d Gaussian entries
thin_often = ge(Prob(thin, (X, SphereRows(n, d))), 1 - exp(-d / 2))
small_d = le(fro_norm(S), sqrt(n) + sqrt(LARGEST) * sqrt(8 * d))
small_d_often = ge(Prob(small_d, SIGNS), 1 - exp(-d))
second = Implies(And(thin, small_d), le(sqrt(n), 13 * root))
HYPOTHESES = (fits, labels, low_rank, unit_rows)
MATRIX_BOUND = sqrt(n) * sqrt(LARGEST)

spectrum_steps = (
    step("spectrum", ge(Prob(le(chi * sqrt(LARGEST), sqrt(n) + sqrt(d) + sqrt(d)), (X, SphereRows(n, d))), 1 - exp(-d / 2)),
         by=davidson_szarek_S.at(s=sqrt(d), n=n, d=d)),
    step("thin often", thin_often, by="linear", using="spectrum"),
    step("chi", le(sqrt(d - Rational(1, 2)), chi), by=mean_chi),
    step("chi²", le(d, 2 * chi**2), by="polynomial", using="chi"),
    step("root of d", le(sqrt(d), sqrt(2) * chi), by="chain", using="chi²"),
    step("root of dλ", le(sqrt(d) * sqrt(LARGEST), sqrt(2) * (chi * sqrt(LARGEST))), by="chain", using="root of d"),
    step("thin data", Implies(thin, le(sqrt(d) * sqrt(LARGEST), sqrt(2) * spectrum_bound)), by="polynomial", using="root of dλ"),
)

# ‖S‖_F ≤ √n √λ_max(XᵀX), by Schur's product theorem; it is the better bound for n ≤ d
SPREAD = eigenvalue_sum(Sum(Outer(TensorPower(X[i], 2)), (i, n)), 1)
deterministic_steps = (
    step("combination", le(norm(TENSOR), sqrt(Sum(y[i] ** 2, (i, n))) * sqrt(SPREAD)), by=quadratics.gram_norm),
    step("total", eq(Sum(y[i] ** 2, (i, n)), n), by="sums", using="labels"),
    step("in the ball", forall(le(norm(X[i]), 1), DATA), by="linear", using="unit rows"),
    step("Schur", le(SPREAD, LARGEST), by=tensors.schur_gram, using="in the ball"),
    step("inner product", forall(eq(dot(TensorPower(X[i], 2), TensorPower(X[j], 2)), dot(X[i], X[j]) ** 2), DATA, (j, DATA[1])),
         by=tensors.tensor_dot),
    step("tensor", eq(norm(TENSOR) ** 2, ENERGY), by="algebra", using="inner product"),
    step("matrix", eq(fro_norm(S) ** 2, ENERGY), by=quadratics.moment_norm),
    step("same norm", le(fro_norm(S), norm(TENSOR)), by="polynomial", using=("tensor", "matrix")),
    step("norm of S", le(fro_norm(S), sqrt(n) * sqrt(SPREAD)), by="linear", using=("same norm", "combination", "total")),
    step("deterministic", le(fro_norm(S), MATRIX_BOUND), by="chain", using=("norm of S", "Schur")),
)

printed = Claim(
    id="bln.thm9.printed", title="Theorem 9 as printed, second inequality", source=SOURCE, reading=Reading.PRINTED,
    domain=NormDomain.BALL,
    hypotheses=HYPOTHESES,
    conclusion=And(thin_often, small_d_often, second),
    constants=(Constant("c", "1/13"), Constant("C", "2")),
    proofs=(proof(
        *spectrum_steps,
        step("small often", small_d_often, by=energy_tail.as_lemma.at(s=d), using="unit rows"),
        *deterministic_steps,
        pairing,
        step("Cauchy", le(trace(A, S), fro_norm(A) * fro_norm(S)), by=quadratics.trace_cauchy),
        step("Frobenius", le(fro_norm(A), sqrt(rank(A)) * SIZE), by=spectra.fro_rank),
        step("size", le(fro_norm(A), root), by="chain", using=("Frobenius", "rank")),
        step("paired", le(n, fro_norm(A) * fro_norm(S)), by="linear", using=("pairing", "Cauchy")),
        step("bounded", le(n, root * fro_norm(S)), by="chain", using=("paired", "size")),
        step("deviation", Implies(thin, le(sqrt(LARGEST) * sqrt(8 * d), 4 * spectrum_bound)), by="polynomial", using="thin data"),
        step("for n ≥ d", Implies(And(thin, small_d), le(n, root * (5 * sqrt(n) + 8 * sqrt(d)))), by="polynomial",
             using=("bounded", "deviation")),
        step("root of n", le(sqrt(n), root * sqrt(LARGEST)), by="chain", using=("bounded", "deterministic")),
        step("for n ≤ d", Implies(thin, le(sqrt(n) * sqrt(d), root * (sqrt(2) * spectrum_bound))), by="polynomial",
             using=("root of n", "thin data")),
        step("event", second, by="polynomial", using=("for n ≥ d", "for n ≤ d")),
        step("law", And(thin_often, small_d_often, second), by="conjunction", using=("thin often", "small often", "event")),
    ),),
    audits=(Audit(
        "True for every n, but not by the printed proof, which obtains it from the first inequality, and that is false for n ≪ d",
        ("bln.thm9.printed_first",),
        "no hypothesis is needed: pair A with Σ y_i x_i x_iᵀ in the Frobenius norm, and use Schur's product theorem for n ≤ d",
        ("bln.thm9.frobenius", "bln.thm9.random_labels_frobenius")),),
    where={"S": S, "λ": LARGEST},
    note="Constants are unspecified in the paper. Here c = 1/13, for data uniform on the sphere; the events fail with probability at most "
         "e^{−d/2} + e^{−d} ≤ 2e^{−d/2}.",
)

# --- the first inequality ----------------------------------------------------------------------------------------------------------

printed_first = Claim(
    id="bln.thm9.printed_first", title="Theorem 9 as printed, first inequality", source=SOURCE, reading=Reading.PRINTED,
    domain=NormDomain.BALL,
    hypotheses=(fits, labels, low_rank),
    conclusion=le(c * sqrt(n * d) / k, SIZE),
    chance=Chance(C * exp(-c * d), GENERIC),
    constants=(Constant("c"), Constant("C")),
    proofs=(proof(
        pairing,
        step("duality", le(trace(A, S), nuclear_norm(A) * op_norm(S)), by=spectra.trace_duality),
        step("nuclear", le(nuclear_norm(A), rank(A) * SIZE), by=spectra.nuc_op),
        step("paired", le(n, nuclear_norm(A) * op_norm(S)), by="linear", using=("pairing", "duality")),
        step("Lemma 14", le(injective_norm(TENSOR), sqrt(n / d) / c), by=lemma14_printed.as_lemma.at(C=1 / c, p=2)),
        step("tensor", eq(op_norm(S), injective_norm(TENSOR)), by=quadratics.moment_injective),
        step("size", le(nuclear_norm(A), k * SIZE), by="chain", using=("nuclear", "rank")),
        step("at rank k", le(n, k * SIZE * op_norm(S)), by="polynomial", using=("paired", "size")),
        step("norm of S", le(op_norm(S), sqrt(n / d) / c), by="linear", using=("Lemma 14", "tensor")),
        step("bounded", le(c * n, k * SIZE * sqrt(n / d)), by="polynomial", using=("at rank k", "norm of S")),
        step("law", le(c * sqrt(n * d) / k, SIZE), by="polynomial", using="bounded"),
        author="printed",
    ),),
    audits=(Audit(
        "Stated for all n, d, k",
        ("bln.thm9.one_point", "bln.lemma14.printed"),
        "add n ≥ d; with random labels √(nd) ≤ 6√s·k‖A‖_op is then proved up to a failure e^{−d/2} + 2d·e^{−s}, so a factor √log d is lost",
        ("bln.thm9.first_repaired", "bln.thm9.random_labels"),
        detail="at n = 1 the matrix y_1x_1x_1ᵀ fits, has rank 1 and operator norm 1, and c√d ≤ 1 fails for large d. The proof uses "
               "Lemma 14 with p = 2, which needs n ≳ d"),),
    where={"S": S},
    note="The remark (≥ c√(n/k)) in the statement is bln.thm9.printed.",
)

alone = Hypothesis("one datum", eq(n, 1), "n = 1")
symmetric = Hypothesis("symmetric", Property("symmetric", A), "A is symmetric")
UNIT = (u, Sphere(d))
exhibited = Hypothesis("exhibited", forall(eq(dot(u, A @ u), y[n] * dot(X[n], u) ** 2), UNIT), "A = y_1x_1x_1ᵀ, as a form")
FITS, RANK_ONE = fits.formula, le(rank(A), 1)

one_point = Claim(
    id="bln.thm9.one_point", title="y_1x_1x_1ᵀ fits one datum with rank 1 and operator norm at most 1", source=OURS, reading=Reading.OURS,
    domain=NormDomain.BALL,
    hypotheses=(labels, unit_rows, alone, symmetric, exhibited),
    conclusion=And(FITS, RANK_ONE, le(SIZE, 1)),
    proofs=(proof(
        step("datum", eq(norm(X[n]), 1), by="instance", using="unit rows"),
        step("label", eq(y[n] ** 2, 1), by="instance", using="labels"),
        step("form there", eq(dot(X[n], A @ X[n]), y[n] * dot(X[n], X[n]) ** 2), by="instance", using=("exhibited", "datum")),
        step("fits it", eq(dot(X[n], A @ X[n]), y[n]), by="algebra", using=("form there", "datum")),
        step("fits", FITS, by=quadratics.only_index, using=("one datum", "fits it")),
        step("rank", RANK_ONE, by=quadratics.rank_outer.at(c=y[n], v=X[n]), using=("symmetric", "exhibited")),
        step("unit", forall(eq(norm(u), 1), UNIT), by=rules.on_sphere),
        step("above", forall(le(dot(X[n], u), norm(X[n]) * norm(u)), UNIT), by=rules.cauchy),
        step("below", forall(le(dot(X[n] * -1, u), norm(X[n] * -1) * norm(u)), UNIT), by=rules.cauchy),
        step("small", forall(le(Abs(dot(X[n], u)), 1), UNIT), by="polynomial", using=("above", "below", "unit", "datum")),
        step("values", forall(le(Abs(dot(u, A @ u)), 1), UNIT), by="polynomial", using=("exhibited", "label", "small")),
        step("radius", le(SIZE, 1), by=quadratics.numerical_radius, using=("symmetric", "values")),
        step("law", And(FITS, RANK_ONE, le(SIZE, 1)), by="conjunction", using=("fits", "rank", "radius")),
    ),),
)

enough = Hypothesis("enough data", le(d, n), "n ≥ d")
narrow = le(op_norm(S), sqrt(LARGEST) * sqrt(2 * s))
first = Implies(And(thin, narrow), le(sqrt(n) * sqrt(d), 6 * sqrt(s) * k * SIZE))

first_repaired = Claim(
    id="bln.thm9.first_repaired", title="Theorem 9, first inequality with n ≥ d", source=OURS, reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=(*HYPOTHESES, enough),
    conclusion=And(thin_often, narrow_often, first),
    proofs=(proof(
        *spectrum_steps,
        step("labels and data", random_labels.conclusion, by=random_labels.as_lemma, using=("fits", "labels", "rank", "unit rows")),
        step("narrow often", narrow_often, by="instance", using="labels and data"),
        step("instance", on_narrow, by="instance", using="labels and data"),
        step("many data", le(spectrum_bound, 3 * sqrt(n)), by="polynomial", using="enough data"),
        step("spectrum for n ≥ d", Implies(thin, le(sqrt(d) * sqrt(LARGEST), 3 * sqrt(2) * sqrt(n))), by="polynomial",
             using=("thin data", "many data")),
        step("event", first, by="chain", using=("instance", "spectrum for n ≥ d")),
        step("law", And(thin_often, narrow_often, first), by="conjunction", using=("thin often", "narrow often", "event")),
    ),),
    where={"S": S, "λ": LARGEST},
)
