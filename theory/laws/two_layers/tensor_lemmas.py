"""Lemmas 13 and 14 on Σ y_i (x_i·x)^p and Σ y_i x_i^{⊗p}, as printed and as they hold, and the printed route to Theorem 7.

Bubeck–Li–Nagaraj 2021.  Lemma 14 is refuted at n = 1: it needs n ≳ d^{p−1}, since ‖Σ y_i x_i^{⊗p}‖_op is of order at least 1.
Lemma 13 is refuted without a condition on τ.  Neither is needed for Theorem 7, which rests on bln.thm7.width.
"""

from __future__ import annotations

from sympy import Integer

from theory.claim import Audit, Chance, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, X, d, i, labels, n, u, unit_rows, x, y
from theory.laws.two_layers.shared.tails import s
from theory.laws.two_layers.tensor_law import OP, SIGNS, S, T, degree, fits_tensor, gram_form, lemma12, p, pairing, power, products
from theory.lemmas import powers, rules, tensors
from theory.lemmas.concentration import hoeffding_signs
from theory.lemmas.gaussian import mills, mills_bound, prob_draws_implies
from theory.lemmas.tensor_duality import form_net, only_term, tensor_nuclear
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    GaussianRows,
    Implies,
    Prob,
    Range,
    Signs,
    Sphere,
    SphereRows,
    Sum,
    Sup,
    Symbol,
    bounded_above,
    dot,
    eq,
    exp,
    forall,
    ge,
    le,
    lt,
    norm,
    replace,
    sqrt,
)
from theory.terms.tensors import TensorPower, injective_norm, symmetric_tensor, tensor_nuclear_norm

LEMMA13, LEMMA14 = Source("BLN", "Lemma 13"), Source("BLN", "Lemma 14")
C, c, tau = Symbol("C", positive=True), Symbol("c", positive=True), Symbol("tau", nonnegative=True)
GENERIC = ((X, SphereRows(n, d)), (y, Signs(n)))
OPEN_CONSTANTS = (Constant("C"), Constant("c"))
OMEGA = injective_norm(S)

# --- Lemma 14 ----------------------------------------------------------------------------------------------------------------------

lemma14_printed = Claim(
    id="bln.lemma14.printed", title="Lemma 14 as printed", source=LEMMA14, reading=Reading.PRINTED, domain=NormDomain.DATA,
    hypotheses=(degree,),
    conclusion=le(OMEGA, C * sqrt(n / d ** (p - 1))),
    chance=Chance(C * exp(-c * d), GENERIC),
    constants=OPEN_CONSTANTS,
    audits=(Audit("Stated for all n and d",
                  ("bln.lemma14.one_point", "bln.lemma14.floor"),
                  "add n ≥ C_p d^{p−1}; with that the general statement is not proved here. Proved for any data: the bound "
                  "2√(2sM), M = sup_u Σ(x_i·u)^{2p}, of the printed order where M is of order n/d^p",
                  ("bln.lemma14.sharp",),
                  detail="at n = 1 the left side is ‖x_1‖^p = 1 and the right side C/d^{(p−1)/2}; more generally the left side is at "
                         "least yᵀK_p y/n, which is about 1, so the bound needs n ≳ d^{p−1}. The proof takes τ of order d in Lemma 13"),),
)

floor = Claim(
    id="bln.lemma14.floor", title="A lower bound of ‖Σ y_i x_i^{⊗p}‖_op for unit data", source=Source("lawbook", "audit of Lemma 14"),
    reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=(labels, unit_rows),
    conclusion=le(gram_form(y), n * OMEGA),
    proofs=(proof(
        step("value", forall(le(Abs(dot(S, power(i))), OMEGA * norm(X[i]) ** p), DATA), by=tensors.injective_power),
        step("unit value", forall(le(Abs(dot(S, power(i))), OMEGA), DATA), by="linear", using=("value", "unit rows")),
        step("signed", forall(le(y[i] * dot(S, power(i)), OMEGA), DATA), by="polynomial", using=("unit value", "labels")),
        step("sum", le(Sum(y[i] * dot(S, power(i)), (i, n)), Sum(OMEGA, (i, n))), by=rules.sum_le, using="signed"),
        products,
        step("Gram", eq(Sum(y[i] * dot(S, power(i)), (i, n)), gram_form(y)), by="sums", using="products"),
        step("law", le(gram_form(y), n * OMEGA), by="linear", using=("sum", "Gram")),
    ),),
)

alone = Hypothesis("one datum", eq(n, 1), "n = 1")
one_point = Claim(
    id="bln.lemma14.one_point", title="‖y x^{⊗p}‖_op ≥ 1 for a unit vector x", source=Source("lawbook", "audit of Lemma 14"),
    reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=(labels, unit_rows, alone),
    conclusion=le(1, OMEGA),
    proofs=(proof(
        step("value", le(Abs(dot(S, power(n))), OMEGA * norm(X[n]) ** p), by=tensors.injective_power),
        step("products", forall(eq(dot(power(i), power(n)), dot(X[i], X[n]) ** p), DATA), by=tensors.tensor_dot),
        step("expand", eq(dot(S, power(n)), Sum(y[i] * dot(X[i], X[n]) ** p, (i, n))), by="sums", using="products"),
        step("only term", eq(Sum(y[i] * dot(X[i], X[n]) ** p, (i, n)), y[n] * dot(X[n], X[n]) ** p), by=only_term, using="one datum"),
        step("unit", eq(norm(X[n]), 1), by="instance", using="unit rows"),
        step("label", eq(y[n] ** 2, 1), by="instance", using="labels"),
        step("entry", eq(dot(S, power(n)), y[n]), by="algebra", using=("expand", "only term", "unit")),
        step("size", le(Abs(y[n]), OMEGA), by="linear", using=("value", "entry", "unit")),
        step("law", le(1, OMEGA), by="polynomial", using=("size", "label")),
    ),),
)

# --- Lemma 13 ----------------------------------------------------------------------------------------------------------------------


def value(point):  # type: ignore[no-untyped-def]
    """Σ y_i (x_i·x)^p."""
    return Sum(y[i] * dot(X[i], point) ** p, (i, n))


def energy(point):  # type: ignore[no-untyped-def]
    """Σ (x_i·x)^{2p}."""
    return Sum(dot(X[i], point) ** (2 * p), (i, n))


size13 = sqrt(energy(x)) * sqrt(2 * s)


def often(event, failures=2):  # type: ignore[no-untyped-def]
    """P(event) ≥ 1 − failures·e^{−s} over the labels."""
    return ge(Prob(event, SIGNS), 1 - failures * exp(-s))


negative = Sum(-y[i] * dot(X[i], x) ** p, (i, n))
lemma13_sharp = Claim(
    id="bln.lemma13.sharp", title="Lemma 13 for any data", source=LEMMA13, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(),
    conclusion=often(le(Abs(value(x)), size13)),
    proofs=(proof(
        step("upper", often(le(value(x), size13), 1),
             by=hoeffding_signs.at(F=lambda i: dot(X[i], x) ** p, sigma=sqrt(energy(x)))),
        step("lower", often(le(negative, size13), 1),
             by=hoeffding_signs.at(F=lambda i: -(dot(X[i], x) ** p), sigma=sqrt(energy(x)))),
        step("both", often(And(le(value(x), size13), le(negative, size13))), by=rules.prob_and, using=("upper", "lower")),
        step("either sign", forall(Implies(And(le(value(x), size13), le(negative, size13)), le(Abs(value(x)), size13)), SIGNS),
             by="polynomial"),
        step("law", often(le(Abs(value(x)), size13)), by=rules.prob_implies, using=("both", "either sign")),
    ),),
)

DIRECTION = (u, Sphere(d))
WIDEST, SQUARES = Sup(energy(u), DIRECTION), Sum(norm(power(i)) ** 2, (i, n))
lemma14_sharp = Claim(
    id="bln.lemma14.sharp", title="Lemma 14 for any data", source=LEMMA14, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(),
    conclusion=ge(Prob(le(OMEGA, 2 * (sqrt(WIDEST) * sqrt(2 * s))), SIGNS), 1 - (1 + 4 * p) ** d * (2 * exp(-s))),
    proofs=(proof(
        step("at one point", forall(often(le(Abs(value(u)), sqrt(energy(u)) * sqrt(2 * s))), DIRECTION), by=lemma13_sharp.as_lemma),
        step("unit", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
        step("inner", forall(eq(dot(power(i), TensorPower(u, p)), dot(X[i], u) ** p), DIRECTION, DATA), by=tensors.tensor_dot),
        step("length", forall(eq(norm(TensorPower(u, p)), norm(u) ** p), DIRECTION), by=tensors.tensor_norm),
        step("angle", forall(le(Abs(dot(power(i), TensorPower(u, p))), norm(power(i)) * norm(TensorPower(u, p))), DIRECTION, DATA),
             by=powers.cauchy_abs),
        step("length one", forall(eq(norm(TensorPower(u, p)), 1), DIRECTION), by="algebra", using=("length", "unit")),
        step("power", forall(le(Abs(dot(X[i], u) ** p), norm(power(i))), DIRECTION, DATA), by="linear",
             using=("inner", "length one", "angle")),
        step("term", forall(le(dot(X[i], u) ** (2 * p), norm(power(i)) ** 2), DIRECTION, DATA), by="polynomial", using="power"),
        step("values", forall(le(energy(u), SQUARES), DIRECTION), by=rules.sum_le, using="term"),
        step("bounded", bounded_above(WIDEST), by=rules.sup_bounded.at(bound=SQUARES), using="values"),
        step("widest", forall(le(energy(u), WIDEST), DIRECTION), by=rules.sup_ge, using=("bounded", "unit")),
        step("weaken", forall(Implies(le(Abs(value(u)), sqrt(energy(u)) * sqrt(2 * s)), le(Abs(value(u)), sqrt(WIDEST) * sqrt(2 * s))),
                              DIRECTION, SIGNS), by="polynomial", using="widest"),
        step("on the sphere", forall(often(le(Abs(value(u)), sqrt(WIDEST) * sqrt(2 * s))), DIRECTION), by=rules.prob_implies,
             using=("at one point", "weaken")),
        step("law", ge(Prob(le(OMEGA, 2 * (sqrt(WIDEST) * sqrt(2 * s))), SIGNS), 1 - (1 + 4 * p) ** d * (2 * exp(-s))),
             by=form_net.at(tau=sqrt(WIDEST) * sqrt(2 * s), delta=2 * exp(-s), V=lambda i: X[i]), using="on the sphere"),
    ),),
    where={"M": WIDEST},
)

# --- what is wrong with the printed forms -------------------------------------------------------------------------------------------

GAUSSIAN = ((X, GaussianRows(n, d)), (y, Signs(n)))
unit_point = Hypothesis("unit point", eq(norm(x), 1), "‖x‖ = 1")
lemma13_printed = Claim(
    id="bln.lemma13.printed", title="Lemma 13 as printed", source=LEMMA13, reading=Reading.PRINTED, domain=NormDomain.DATA,
    hypotheses=(degree, unit_point),
    conclusion=le(Abs(value(x)), C * sqrt(n * tau / d**p)),
    chance=Chance(C * exp(-c * tau), GAUSSIAN),
    constants=OPEN_CONSTANTS,
    audits=(
        Audit("Stated for all τ",
              ("bln.lemma13.one_point",),
              "τ ≲ n^{1/(p−1)}; for given data no condition is needed when nτ/d^p is replaced by 2sΣ(x_i·x)^{2p}", ("bln.lemma13.sharp",),
              detail="the proof assumes τ ≤ n. For Gaussian data one summand |x_1·x|^p alone exceeds the bound with probability about "
                     "exp(−(C²nτ)^{1/p}/2), more than Ce^{−cτ} for large τ; for p ≥ 3 that is so already for τ between "
                     "n^{1/(p−1)} and n"),
        Audit("(11) has |x_i·x|^p where (x_i·x)^p is meant", (), "drop the absolute value", (),
              detail="for odd p the signs of the powers differ"),
    ),
)

# One Gaussian datum and p = 2, the constants left open: with g = √d x_1·x the bound says g² ≤ C√τ.
AT = {n: Integer(1), p: Integer(2)}
X1, y1 = replace(X, AT), replace(y, AT)
DRAW = tuple((replace(v, AT), replace(law, AT)) for v, law in GAUSSIAN)
height = sqrt(C * sqrt(tau))
exceeds = replace(lt(lemma13_printed.conclusion.rhs, lemma13_printed.conclusion.lhs), AT)
rare = mills_bound(height)
lemma13_one_point = Claim(
    id="bln.lemma13.one_point", title="One Gaussian datum against Lemma 13", source=Source("lawbook", "audit of Lemma 13"),
    reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=(unit_point,),
    conclusion=ge(Prob(exceeds, *DRAW), rare),
    proofs=(proof(
        step("each", forall(ge(Prob(lt(height, sqrt(d) * Abs(dot(X1[i], x))), *DRAW), rare), (i, Range(1))), by=mills,
             using="unit point"),
        step("Mills", ge(Prob(lt(height, sqrt(d) * Abs(dot(X1[1], x))), *DRAW), rare), by="instance", using="each"),
        step("only term", forall(eq(replace(value(x), AT), y1[1] * dot(X1[1], x) ** 2), *DRAW), by=only_term),
        step("sign", forall(eq(y1[1] ** 2, 1), DRAW[1]), by=rules.sign_square),
        step("size", forall(eq(Abs(y1[1]), 1), DRAW[1]), by="polynomial", using="sign"),
        step("square", forall(Implies(lt(height, sqrt(d) * Abs(dot(X1[1], x))), lt(height**2, d * dot(X1[1], x) ** 2)), *DRAW),
             by="polynomial"),
        step("exceeds", forall(Implies(lt(height, sqrt(d) * Abs(dot(X1[1], x))), exceeds), *DRAW), by="polynomial",
             using=("only term", "size", "square")),
        step("law", ge(Prob(exceeds, *DRAW), rare), by=prob_draws_implies, using=("Mills", "exceeds")),
    ),),
)

equation9 = Claim(
    id="bln.eq9.printed", title="Equation (9) as printed", source=Source("BLN", "equation (9)"), reading=Reading.PRINTED,
    domain=NormDomain.DATA, hypotheses=(Hypothesis("symmetric", symmetric_tensor(T), "T is symmetric"),),
    conclusion=eq(OP, Sup(dot(T, TensorPower(u, p)), DIRECTION)),
    audits=(Audit("The supremum lacks an absolute value", ("bln.eq9.printed",),
                  "‖T‖_op = sup |⟨T, u^{⊗p}⟩| (Banach)", (),
                  detail="for even p and T = −I it is negative"),),
)

route = Claim(
    id="bln.thm7.printed_route", title="Theorem 7 by its printed proof", source=Source("BLN", "Theorem 7"),
    reading=Reading.PRINTED, domain=NormDomain.PROXY, hypotheses=(fits_tensor, labels, degree),
    conclusion=le(sqrt(n / d ** (p - 1)), C * OP),
    chance=Chance(C * exp(-c * d), GENERIC),
    constants=OPEN_CONSTANTS,
    proofs=(proof(
        pairing,
        step("duality", le(dot(T, S), tensor_nuclear_norm(T) * OMEGA), by=tensor_nuclear),
        step("Lemma 12", lemma12.conclusion, by=lemma12.as_lemma),
        step("Lemma 14", lemma14_printed.conclusion, by=lemma14_printed.as_lemma, using="degree"),
        step("product", le(tensor_nuclear_norm(T) * OMEGA, d ** (p - 1) * OP * (C * sqrt(n / d ** (p - 1)))), by="chain",
             using=("Lemma 12", "Lemma 14")),
        step("together", le(n, d ** (p - 1) * OP * (C * sqrt(n / d ** (p - 1)))), by="linear", using=("pairing", "duality", "product")),
        step("law", le(sqrt(n / d ** (p - 1)), C * OP), by="chain", using="together"),
        author="printed",
    ),),
    audits=(Audit("The proof bounds ‖Σ y_i x_i^{⊗p}‖_op by Lemma 14, which is false for n ≪ d^{p−1}",
                  ("bln.lemma14.printed",), "bound yᵀK_p y instead: no condition on n is needed",
                  ("bln.thm7.printed", "bln.thm7.random_labels"),
                  detail="the statement itself holds for every n"),),
)
