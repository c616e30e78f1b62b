"""Theorem 8 with high probability: the moments Σ z_i x_i^{⊗q} for random labels on any unit data, and Lip_B ≥ c_p √(n/d^{p−1}) for n ≥ d.

Bubeck–Li–Nagaraj 2021, Theorem 8; constants ours.  On the events, which concern the data and the labels alone, every fit by a
polynomial network obeys the law.  With c_p = Σ_{q≤p} M(p−1, q−1)/q the constant is 1/(7c_p): c_1 = 1, c_2 = 3/2, c_3 = 13/6, c_4 = 25/6.
"""

from __future__ import annotations

from typing import Any

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LARGEST, LIP_BALL, X, d, i, j, n, unit_rows, y, ybar
from theory.laws.two_layers.polynomial_law import MARKOV, ORDERS, SCALE, SOURCE, TOTAL, S, p, q, sharp
from theory.laws.two_layers.shared.tails import s
from theory.lemmas import rules, tensors
from theory.lemmas.concentration import hoeffding_mean, mean_chi
from theory.lemmas.polynomial_networks import centred_gram, in_range
from theory.lemmas.powers import union_bound
from theory.lemmas.processes import davidson_szarek_S
from theory.lemmas.tensor_duality import power_le, rademacher_norm_tail
from theory.proof import Step, proof, step
from theory.terms import (
    Abs,
    And,
    Formula,
    Implies,
    Outer,
    Prob,
    Rational,
    Signs,
    SphereRows,
    Sum,
    eigenvalue_sum,
    eq,
    exp,
    forall,
    ge,
    le,
    norm,
    sqrt,
)
from theory.terms.scalars import MeanChiNorm
from theory.terms.tensors import TensorPower

SIGNS = (y, Signs(n))


def centred_power(index: Any) -> Any:
    """x_i^{⊗q} less its mean over the data."""
    return TensorPower(X[index], q) - Sum(TensorPower(X[j], q), (j, n)) / n


def height(level: Any) -> Any:
    """√n + √λ√(8s), the bound on the moments at the level s."""
    return sqrt(n) + sqrt(LARGEST) * sqrt(8 * level)


power, centred = TensorPower(X[i], q), centred_power(i)
GRAM, CENTRED_GRAM = (eigenvalue_sum(Sum(Outer(v), (i, n)), 1) for v in (power, centred))
raw_height = sqrt(Sum(norm(centred) ** 2, (i, n))) + sqrt(CENTRED_GRAM) * sqrt(8 * s)

width = Claim(
    id="bln.thm8.width", title="The moments Σ z_i x_i^{⊗q} for random labels", source=SOURCE, reading=Reading.SHARP,
    domain=NormDomain.DATA, hypotheses=(unit_rows,),
    conclusion=ge(Prob(le(norm(S), height(s)), SIGNS), 1 - exp(-s)),
    proofs=(proof(
        step("norms", forall(eq(norm(power), norm(X[i]) ** q), DATA), by=tensors.tensor_norm),
        step("unit", forall(eq(norm(power), 1), DATA), by="algebra", using=("norms", "unit rows")),
        step("centring", eq(Sum(norm(centred) ** 2, (i, n)), Sum(norm(power) ** 2, (i, n)) - norm(Sum(power, (i, n))) ** 2 / n),
             by="algebra"),
        step("total", eq(Sum(norm(power) ** 2, (i, n)), n), by="sums", using="unit"),
        step("mean", le(sqrt(Sum(norm(centred) ** 2, (i, n))), sqrt(n)), by="polynomial", using=("centring", "total")),
        step("centred", le(CENTRED_GRAM, GRAM), by=centred_gram),
        step("Schur", le(GRAM, LARGEST), by=tensors.schur_gram, using="unit rows"),
        step("spectrum", le(sqrt(CENTRED_GRAM), sqrt(LARGEST)), by="polynomial", using=("centred", "Schur")),
        step("tail", ge(Prob(le(norm(S), raw_height), SIGNS), 1 - exp(-s)), by=rademacher_norm_tail.at(V=centred_power, n=n, s=s)),
        step("wider", le(raw_height, height(s)), by="polynomial", using=("mean", "spectrum")),
        step("weaken", forall(Implies(le(norm(S), raw_height), le(norm(S), height(s))), SIGNS), by="linear", using="wider"),
        step("law", ge(Prob(le(norm(S), height(s)), SIGNS), 1 - exp(-s)), by=rules.prob_implies, using=("tail", "weaken")),
    ),),
    where={"λ": LARGEST},
)

# --- any unit data ------------------------------------------------------------------------------------------------------------------

WEIGHT = Sum(MARKOV / q * SCALE, (q, p))
HYPOTHESES = (*sharp.hypotheses, unit_rows)
SHARP_NAMES = tuple(h.name for h in sharp.hypotheses)


def on_moments(level: Any) -> tuple[Formula, Formula, Formula, tuple[Step, ...]]:
    """The event that all moments are at most √n + √(8λs), its probability, the law on it, and the steps "all orders" and "bounded"."""
    event = forall(le(norm(S), height(level)), ORDERS)
    often = ge(Prob(event, SIGNS), 1 - p * exp(-level))
    law = le(n * (1 - ybar**2), LIP_BALL * height(level) * WEIGHT)
    return event, often, law, (
        step("one order", forall(ge(Prob(le(norm(S), height(level)), SIGNS), 1 - exp(-level)), ORDERS), by=width.as_lemma.at(s=level),
             using="unit rows"),
        step("all orders", often, by=union_bound, using="one order"),
        step("instance", sharp.conclusion, by=sharp.as_lemma, using=SHARP_NAMES),
        step("term", Implies(event, forall(le(MARKOV / q * SCALE * norm(S), height(level) * (MARKOV / q * SCALE)), ORDERS)),
             by="polynomial"),
        step("sum", Implies(event, le(TOTAL, Sum(height(level) * (MARKOV / q * SCALE), (q, p)))), by=rules.sum_le, using="term"),
        step("bounded", Implies(event, law), by="polynomial", using=("instance", "sum")),
    )


moments, moments_often, law, moment_steps = on_moments(s)
random_labels = Claim(
    id="bln.thm8.random_labels", title="Theorem 8 with high probability over the labels", source=SOURCE, reading=Reading.SHARP,
    domain=NormDomain.BALL, hypotheses=HYPOTHESES,
    conclusion=And(moments_often, Implies(moments, law)),
    proofs=(proof(
        *moment_steps,
        step("law", And(moments_often, Implies(moments, law)), by="conjunction", using=("all orders", "bounded")),
    ),),
    where={"ȳ": ybar, "λ": LARGEST},
)

# --- data uniform on the sphere, n ≥ d ------------------------------------------------------------------------------------------------
# With s = d/8 the moments are at most √n + √(λd), and on the event of the spectrum √(λd) ≤ (17/12) μ_d √λ ≤ (17/4) √n.

TOP, CONSTANT = d ** ((p - 1) / 2), Sum(MARKOV / q, (q, p))              # d^{(p−1)/2} and c_p
enough = Hypothesis("enough data", le(d, n), "n ≥ d")
narrow = le(MeanChiNorm(d) * sqrt(LARGEST), sqrt(n) + 2 * sqrt(d))
half = le(Abs(ybar), Rational(1, 2))
level_moments, level_often, level_law, level_steps = on_moments(d / 8)
narrow_often = ge(Prob(narrow, (X, SphereRows(n, d))), 1 - exp(-d / 2))
half_often = ge(Prob(half, SIGNS), 1 - 2 * exp(-d / 8))
generic_event = And(narrow, half, level_moments)
generic_law = le(sqrt(n), 7 * CONSTANT * TOP * LIP_BALL)

generic = Claim(
    id="bln.thm8.generic", title="Theorem 8, repaired: n ≥ d", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.BALL,
    hypotheses=(*HYPOTHESES, enough),
    conclusion=And(narrow_often, half_often, level_often, Implies(generic_event, generic_law)),
    proofs=(proof(
        step("spectrum", ge(Prob(le(MeanChiNorm(d) * sqrt(LARGEST), sqrt(n) + sqrt(d) + sqrt(d)), (X, SphereRows(n, d))),
                            1 - exp(-d / 2)), by=davidson_szarek_S.at(s=sqrt(d), n=n, d=d)),
        step("narrow often", narrow_often, by="linear", using="spectrum"),
        step("mean", ge(Prob(half, SIGNS), 1 - 2 * exp(-n * Rational(1, 2) ** 2 / 2)), by=hoeffding_mean),
        step("exponents", le(-n / 8, -d / 8), by="linear", using="enough data"),
        step("tails", le(exp(-n / 8), exp(-d / 8)), by=rules.exp_le, using="exponents"),
        step("half often", half_often, by="linear", using=("mean", "tails")),
        *level_steps,
        step("mean norm", le(sqrt(d - Rational(1, 2)), MeanChiNorm(d)), by=mean_chi),
        step("root", le(sqrt(d), Rational(17, 12) * MeanChiNorm(d)), by="polynomial", using="mean norm"),
        step("widths", Implies(narrow, le(MeanChiNorm(d) * sqrt(LARGEST), 3 * sqrt(n))), by="polynomial", using="enough data"),
        step("deviation", Implies(narrow, le(sqrt(LARGEST) * sqrt(d), Rational(17, 4) * sqrt(n))), by="chain", using=("root", "widths")),
        step("order", forall(le(q, p), ORDERS), by=in_range),
        step("power", forall(le(SCALE, TOP), ORDERS), by=power_le, using="order"),
        step("weight", forall(le(MARKOV / q * SCALE, TOP * (MARKOV / q)), ORDERS), by="chain", using="power"),
        step("weights", le(WEIGHT, Sum(TOP * (MARKOV / q), (q, p))), by=rules.sum_le, using="weight"),
        step("balance", Implies(half, le(n * Rational(3, 4), n * (1 - ybar**2))), by="polynomial"),
        step("height", Implies(narrow, le(LIP_BALL * height(d / 8) * WEIGHT, LIP_BALL * (Rational(21, 4) * sqrt(n)) * WEIGHT)),
             by="polynomial", using="deviation"),
        step("top", le(LIP_BALL * (Rational(21, 4) * sqrt(n)) * WEIGHT, LIP_BALL * (Rational(21, 4) * sqrt(n)) * (TOP * CONSTANT)),
             by="chain", using="weights"),
        step("together", Implies(generic_event, le(n, sqrt(n) * (7 * CONSTANT * TOP * LIP_BALL))), by="linear",
             using=("balance", "bounded", "height", "top")),
        step("event", Implies(generic_event, generic_law), by="chain", using="together"),
        step("law", And(narrow_often, half_often, level_often, Implies(generic_event, generic_law)), by="conjunction",
             using=("narrow often", "half often", "all orders", "event")),
    ),),
    where={"ȳ": ybar, "λ": LARGEST},
    note="The failure probabilities add up to at most (3 + p)e^{−d/8}.",
)
