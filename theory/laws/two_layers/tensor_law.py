"""Theorem 7: the law for power activations, through tensors T with ⟨T, x_i^{⊗p}⟩ = y_i.

Bubeck–Li–Nagaraj 2021, Theorem 7 and Lemma 12.  Kind: lower.  Domain: the proxy ‖T‖_op, since a homogeneous f(x) = ⟨T, x^{⊗p}⟩ has
Lip = p‖T‖_op on the ball; bln.thm7.lip is on the ball itself.  The printed proof pairs T with S = Σ y_i x_i^{⊗p} in the norms ‖·‖_* and
‖·‖_op and needs n ≳ d^{p−1}; here the pairing is in Frobenius norms, ‖S‖_F² = yᵀK_p y with K_p = (x_i·x_j)^p, and holds for every n.
"""

from __future__ import annotations

from theory.claim import Audit, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LARGEST, LIP_BALL, X, d, f, fits, i, j, labels, n, unit_rows, y
from theory.laws.two_layers.powers import form, lip_ball, symmetric
from theory.laws.two_layers.shared.tails import s
from theory.lemmas import rules, tensors
from theory.lemmas.concentration import mean_chi
from theory.lemmas.processes import davidson_szarek_S
from theory.lemmas.tensor_duality import power_le, rademacher_norm_tail, tensor_nuclear, tensor_nuclear_least
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    Implies,
    Outer,
    Prob,
    Rational,
    Signs,
    Space,
    SphereRows,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eigenvalue_sum,
    eq,
    exp,
    forall,
    ge,
    le,
    lipschitz_with,
    norm,
    sqrt,
)
from theory.terms.scalars import MeanChiNorm
from theory.terms.tensors import TensorPower, TensorSymbol, injective_norm, tensor_nuclear_norm

SOURCE = Source("BLN", "Theorem 7")
p = Symbol("p", integer=True, positive=True)
T, R = TensorSymbol("T", d, p), TensorSymbol("R", d, p)
alpha = VectorSymbol("alpha", n)


def power(index):  # type: ignore[no-untyped-def]
    """x_i^{⊗p}."""
    return TensorPower(X[index], p)


def weighted(weights):  # type: ignore[no-untyped-def]
    """Σ w_i x_i^{⊗p}."""
    return Sum(weights[i] * power(i), (i, n))


def gram_form(weights):  # type: ignore[no-untyped-def]
    """wᵀK_p w, the entries of K_p being (x_i·x_j)^p."""
    return Sum(weights[i] * weights[j] * dot(X[i], X[j]) ** p, (i, n), (j, n))


S = weighted(y)
OP, SCALE = injective_norm(T), d ** ((p - 1) / 2)
PAIRS = (DATA, (j, DATA[1]))

fits_tensor = Hypothesis("fits", forall(eq(dot(T, power(i)), y[i]), DATA), "⟨T, x_i^{⊗p}⟩ = y_i for all i")
products = step("products", forall(eq(dot(power(i), power(j)), dot(X[i], X[j]) ** p), *PAIRS), by=tensors.tensor_dot)
pairing = step("pairing", eq(dot(T, S), n), by="sums", using=("fits", "labels"))
frobenius = step("Frobenius", le(norm(T), SCALE * OP), by=tensors.tensor_fro_op)

lemma12 = Claim(
    id="bln.lemma12", title="Lemma 12, the nuclear norm of a tensor", source=Source("BLN", "Lemma 12"), reading=Reading.PRINTED,
    domain=NormDomain.DATA, hypotheses=(),
    conclusion=le(tensor_nuclear_norm(T), d ** (p - 1) * OP),
    proofs=(proof(
        step("Cauchy", forall(le(dot(T, R), norm(T) * norm(R)), (R, Space(d**p))), by=rules.cauchy),
        frobenius,
        step("Frobenius of R", forall(le(norm(R), SCALE * injective_norm(R)), (R, Space(d**p))), by=tensors.tensor_fro_op),
        step("norms", forall(le(norm(T) * norm(R), d ** (p - 1) * OP * injective_norm(R)), (R, Space(d**p))), by="chain",
             using=("Frobenius", "Frobenius of R")),
        step("pairing", forall(le(dot(T, R), d ** (p - 1) * OP * injective_norm(R)), (R, Space(d**p))), by="linear",
             using=("Cauchy", "norms")),
        step("law", le(tensor_nuclear_norm(T), d ** (p - 1) * OP), by=tensor_nuclear_least, using="pairing"),
    ),),
)

sharp = Claim(
    id="bln.thm7.sharp", title="Theorem 7 for given data", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.PROXY,
    hypotheses=(fits_tensor, labels),
    conclusion=le(n**2, d ** (p - 1) * OP**2 * gram_form(y)),
    proofs=(proof(
        pairing,
        step("Cauchy", le(dot(T, S), norm(T) * norm(S)), by=rules.cauchy),
        frobenius,
        step("law, norms", le(n, SCALE * OP * norm(S)), by="chain", using=("pairing", "Cauchy", "Frobenius")),
        products,
        step("Gram", eq(norm(S) ** 2, gram_form(y)), by="sums", using="products"),
        step("squared", le(n**2, (SCALE * OP * norm(S)) ** 2), by="chain", using="law, norms"),
        step("law", le(n**2, d ** (p - 1) * OP**2 * gram_form(y)), by="linear", using=("squared", "Gram")),
    ),),
)

dual = Claim(
    id="bln.thm7.dual", title="Theorem 7, nuclear norm", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(fits_tensor, labels),
    conclusion=le(n, tensor_nuclear_norm(T) * injective_norm(S)),
    proofs=(proof(
        pairing,
        step("duality", le(dot(T, S), tensor_nuclear_norm(T) * injective_norm(S)), by=tensor_nuclear),
        step("law", le(n, tensor_nuclear_norm(T) * injective_norm(S)), by="linear", using=("pairing", "duality")),
    ),),
)

TA = weighted(alpha)
value = Sum(alpha[i] * y[i], (i, n))
row = Sum(dot(X[i], X[j]) ** p * alpha[j], (j, n))
solves = Hypothesis("solves", forall(eq(row, y[i]), DATA), "K_p α = y")
pseudo = Claim(
    id="bln.thm7.pseudo", title="Theorem 7 with the pseudoinverse", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.PROXY,
    hypotheses=(fits_tensor, solves),
    conclusion=le(value, d ** (p - 1) * OP**2),
    proofs=(proof(
        step("pairing", eq(dot(T, TA), value), by="sums", using="fits"),
        products,
        step("terms", forall(le(alpha[i] * row, alpha[i] * y[i]), DATA), by="polynomial", using="solves"),
        step("inner sums", le(Sum(alpha[i] * row, (i, n)), value), by=rules.sum_le, using="terms"),
        step("Gram", eq(norm(TA) ** 2, gram_form(alpha)), by="sums", using="products"),
        step("Cauchy", le(dot(T, TA), norm(T) * norm(TA)), by=rules.cauchy),
        step("square", le(norm(TA) ** 2, value), by="linear", using=("Gram", "inner sums")),
        step("least norm", le(value, norm(T) ** 2), by="polynomial", using=("pairing", "square", "Cauchy")),
        frobenius,
        step("squared", le(norm(T) ** 2, d ** (p - 1) * OP**2), by="chain", using="Frobenius"),
        step("law", le(value, d ** (p - 1) * OP**2), by="linear", using=("least norm", "squared")),
    ),),
)

point = Claim(
    id="bln.thm7.point", title="Theorem 7 for one datum", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.PROXY,
    hypotheses=(fits_tensor,),
    conclusion=forall(le(Abs(y[i]), OP * norm(X[i]) ** p), DATA),
    proofs=(proof(
        step("value", forall(le(Abs(dot(T, power(i))), OP * norm(X[i]) ** p), DATA), by=tensors.injective_power),
        step("law", forall(le(Abs(y[i]), OP * norm(X[i]) ** p), DATA), by="linear", using=("value", "fits")),
    ),),
)

LARGEST_POWER = eigenvalue_sum(Sum(Outer(power(i)), (i, n)), 1)          # λ_max(K_p), K_p the Gram matrix of these vectors
bound = sqrt(n) + sqrt(LARGEST_POWER) * sqrt(8 * s)
SIGNS = (y, Signs(n))

width = Claim(
    id="bln.thm7.width", title="yᵀK_p y for random labels", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(unit_rows,),
    conclusion=ge(Prob(le(norm(S), bound), SIGNS), 1 - exp(-s)),
    proofs=(proof(
        step("powers", forall(eq(norm(power(i)), norm(X[i]) ** p), DATA), by=tensors.tensor_norm),
        step("unit", forall(eq(norm(power(i)), 1), DATA), by="algebra", using=("powers", "unit rows")),
        step("total", eq(Sum(norm(power(i)) ** 2, (i, n)), n), by="sums", using="unit"),
        step("tail", ge(Prob(le(norm(S), sqrt(Sum(norm(power(i)) ** 2, (i, n))) + sqrt(LARGEST_POWER) * sqrt(8 * s)), SIGNS), 1 - exp(-s)),
             by=rademacher_norm_tail),
        step("weaken", forall(Implies(le(norm(S), sqrt(Sum(norm(power(i)) ** 2, (i, n))) + sqrt(LARGEST_POWER) * sqrt(8 * s)),
                                      le(norm(S), bound)), SIGNS), by="linear", using="total"),
        step("law", ge(Prob(le(norm(S), bound), SIGNS), 1 - exp(-s)), by=rules.prob_implies, using=("tail", "weaken")),
    ),),
)

often = ge(Prob(le(norm(S), bound), SIGNS), 1 - exp(-s))
on_event = Implies(le(norm(S), bound), le(n, SCALE * OP * bound))
random_labels = Claim(
    id="bln.thm7.random_labels", title="Theorem 7 with high probability over the labels", source=SOURCE, reading=Reading.SHARP,
    domain=NormDomain.PROXY, hypotheses=(fits_tensor, labels, unit_rows),
    conclusion=And(often, on_event),
    proofs=(proof(
        step("probability", often, by=width.as_lemma, using="unit rows"),
        pairing,
        step("Cauchy", le(dot(T, S), norm(T) * norm(S)), by=rules.cauchy),
        frobenius,
        step("law, norms", le(n, SCALE * OP * norm(S)), by="chain", using=("pairing", "Cauchy", "Frobenius")),
        step("event", on_event, by="chain", using="law, norms"),
        step("law", And(often, on_event), by="conjunction", using=("probability", "event")),
    ),),
    where={"λ": LARGEST_POWER},
)

# As printed: off an event of probability C e^{−cd} over (S) and the labels, ‖T‖_op ≥ c_p √(n/d^{p−1}).  Here c_p = 1/7 and the failure is
# at most 2e^{−d/2}.  With q = d^{(p−1)/2}‖T‖_op: n ≤ q(5√n + 8√d), and √d ≤ q because 1 ≤ ‖T‖_op; so √n ≤ 7q for every n.
narrow = le(MeanChiNorm(d) * sqrt(LARGEST), sqrt(n) + 2 * sqrt(d))
short = le(norm(S), sqrt(n) + sqrt(LARGEST_POWER) * sqrt(8 * d))
narrow_often = ge(Prob(narrow, (X, SphereRows(n, d))), 1 - exp(-d / 2))
short_often = ge(Prob(short, SIGNS), 1 - exp(-d))
printed_event = Implies(And(narrow, short), le(sqrt(n), 7 * SCALE * OP))
degree = Hypothesis("degree", le(2, p), "p ≥ 2")
printed = Claim(
    id="bln.thm7.printed", title="Theorem 7 as printed", source=SOURCE, reading=Reading.PRINTED, domain=NormDomain.PROXY,
    hypotheses=(fits_tensor, labels, unit_rows, degree),
    conclusion=And(narrow_often, short_often, printed_event),
    constants=(Constant("c_p", "1/7"), Constant("C", "2"), Constant("c", "1/2")),
    proofs=(proof(
        step("spectrum", ge(Prob(le(MeanChiNorm(d) * sqrt(LARGEST), sqrt(n) + sqrt(d) + sqrt(d)), (X, SphereRows(n, d))), 1 - exp(-d / 2)),
             by=davidson_szarek_S.at(s=sqrt(d), n=n, d=d)),
        step("narrow often", narrow_often, by="linear", using="spectrum"),
        step("short often", short_often, by=width.as_lemma.at(s=d), using="unit rows"),
        step("mean norm", le(sqrt(d - Rational(1, 2)), MeanChiNorm(d)), by=mean_chi),
        step("at least half", le(d / 2, MeanChiNorm(d) ** 2), by="polynomial", using="mean norm"),
        step("unit", forall(le(norm(X[i]), 1), DATA), by="linear", using="unit rows"),
        step("Schur", le(LARGEST_POWER, LARGEST), by=tensors.schur_gram, using="unit"),
        step("spectral", Implies(narrow, le(d * LARGEST, 2 * (sqrt(n) + 2 * sqrt(d)) ** 2)), by="polynomial", using="at least half"),
        step("of powers", Implies(narrow, le(d * LARGEST_POWER, 2 * (sqrt(n) + 2 * sqrt(d)) ** 2)), by="polynomial",
             using=("spectral", "Schur")),
        step("deviation", Implies(narrow, le(sqrt(LARGEST_POWER) * sqrt(8 * d), 4 * (sqrt(n) + 2 * sqrt(d)))), by="polynomial",
             using="of powers"),
        step("sum", Implies(And(narrow, short), le(norm(S), 5 * sqrt(n) + 8 * sqrt(d))), by="linear", using="deviation"),
        pairing,
        step("Cauchy", le(dot(T, S), norm(T) * norm(S)), by=rules.cauchy),
        frobenius,
        step("law, norms", le(n, SCALE * OP * norm(S)), by="chain", using=("pairing", "Cauchy", "Frobenius")),
        step("widened", Implies(And(narrow, short), le(SCALE * OP * norm(S), SCALE * OP * (5 * sqrt(n) + 8 * sqrt(d)))), by="polynomial",
             using="sum"),
        step("with n and d", Implies(And(narrow, short), le(n, SCALE * OP * (5 * sqrt(n) + 8 * sqrt(d)))), by="linear",
             using=("law, norms", "widened")),
        step("one value", forall(le(Abs(y[i]), OP * norm(X[i]) ** p), DATA), by=point.as_lemma, using="fits"),
        step("one label", forall(le(Abs(y[i]), OP), DATA), by="linear", using=("one value", "unit rows")),
        step("last label", le(Abs(y[n]), OP), by="instance", using="one label"),
        step("last square", eq(y[n] ** 2, 1), by="instance", using="labels"),
        step("at least one", le(1, OP), by="polynomial", using=("last label", "last square")),
        step("exponent", le(Rational(1, 2), (p - 1) / 2), by="linear", using="degree"),
        step("root", le(sqrt(d), SCALE), by=power_le.at(base=d, low=Rational(1, 2), high=(p - 1) / 2), using="exponent"),
        step("few points", le(sqrt(d), SCALE * OP), by="chain", using=("root", "at least one")),
        step("event", printed_event, by="polynomial", using=("with n and d", "few points")),
        step("law", And(narrow_often, short_often, printed_event), by="conjunction", using=("narrow often", "short often", "event")),
    ),),
    where={"λ": LARGEST, "λ_p": LARGEST_POWER},
    note="Exhibited for data uniform on the sphere: failure at most e^{−d/2} + e^{−d}. n need not be large.",
    audits=(Audit("True for every n, but not by its printed proof, which rests on Lemma 14 and so needs n ≳ d^{p−1}",
                  ("bln.lemma14.printed", "bln.thm7.printed_route"), "bound yᵀK_p y in place of ‖Σ y_i x_i^{⊗p}‖_op, and use ‖T‖_op ≥ 1",
                  ("bln.thm7.sharp", "bln.thm7.random_labels", "bln.thm7.point")),),
)

lip = Claim(
    id="bln.thm7.lip", title="Theorem 7 for the Lipschitz constant of a homogeneous polynomial", source=SOURCE, reading=Reading.SHARP,
    domain=NormDomain.BALL, hypotheses=(fits, labels, form, symmetric),
    conclusion=le(p**2 * n**2, d ** (p - 1) * LIP_BALL**2 * gram_form(y)),
    proofs=(proof(
        step("values", forall(eq(dot(T, power(i)), f(X[i])), DATA), by="sums", using="form"),
        step("fits tensor", fits_tensor.formula, by="linear", using=("values", "fits")),
        step("tensor law", sharp.conclusion, by=sharp.as_lemma, using=("fits tensor", "labels")),
        step("constant", lipschitz_with(eq(LIP_BALL, p * OP)), by=lip_ball.as_lemma, using=("form", "symmetric")),
        step("scaled", le(p**2 * n**2, p**2 * (d ** (p - 1) * OP**2 * gram_form(y))), by="polynomial", using="tensor law"),
        step("law", le(p**2 * n**2, d ** (p - 1) * LIP_BALL**2 * gram_form(y)), by="linear", using=("scaled", "constant")),
    ),),
)
