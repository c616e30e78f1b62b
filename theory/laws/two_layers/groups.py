"""Theorem 3, the intermediate regime: one ReLU neuron for each group of data of one label.

Bubeck–Li–Nagaraj 2021, Theorem 3.  f(x) = Σ s_g ReLU(w_g·x − τ)/(1 − τ), where w_g·x = 1 on group g and at most τ on the other data.
It fits, and on the ball its gradient is the sum of the ±w_g/(1 − τ) that are active, of which there are few when the w_g are nearly
orthogonal.  Kind: upper.  Domain: the unit ball, hence the sphere.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LIP_BALL, NEURONS, W, X, d, f, fits, i, k, l, n, x, y
from theory.lemmas import groups as lemmas
from theory.lemmas import rules, spectra
from theory.lemmas.groups import active
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    Ball,
    Implies,
    Indicator,
    NonnegativeTable,
    Outer,
    Range,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eigenvalue_sum,
    eq,
    forall,
    index,
    le,
    lipschitz_with,
    lt,
    norm,
    relu,
    sqrt,
)
from theory.terms.linear import Direction

SOURCE = Source("BLN", "Theorem 3")
OURS = Source("lawbook", "Theorem 3, instance form")
h = index("h")
s = VectorSymbol("s", k)                            # the label of each group
gamma = NonnegativeTable("gamma", n, k)             # 1 where datum i belongs to group l, 0 elsewhere
tau, rho, M, lam = (Symbol(name, nonnegative=True) for name in ("tau", "rho", "M", "lambda"))
q = Symbol("q", integer=True, nonnegative=True)
POINT, PAIRS = (x, Ball(d)), ((l, Range(k)), (h, Range(k)))


def above(point):  # type: ignore[no-untyped-def]
    """w_ℓ·x − τ."""
    return dot(W[l], point) - tau


def neurons(point):  # type: ignore[no-untyped-def]
    """Σ s_ℓ ReLU(w_ℓ·x − τ)/(1 − τ)."""
    return Sum(s[l] * relu(above(point)) / (1 - tau), (l, k))


# --- the fit ----------------------------------------------------------------------------------------------------------------------

network = Hypothesis("network", forall(eq(f(X[i]), neurons(X[i])), DATA), "f(x) = Σ s_g ReLU(w_g·x − τ)/(1 − τ) at the data")
threshold = Hypothesis("threshold", lt(tau, 1), "0 ≤ τ < 1")
table = Hypothesis("table", forall(eq(gamma[i, l] ** 2, gamma[i, l]), DATA, NEURONS), "γ_ig is 1 where datum i is in group g, else 0")
labels = Hypothesis("group labels", forall(eq(Sum(gamma[i, l] * s[l], (l, k)), y[i]), DATA), "y_i is the sign s_g of its group g")
own = Hypothesis("own", forall(eq(gamma[i, l] * dot(W[l], X[i]), gamma[i, l]), DATA, NEURONS), "w_g·x_i = 1 on group g")
others = Hypothesis("others", forall(le((1 - gamma[i, l]) * dot(W[l], X[i]), (1 - gamma[i, l]) * tau), DATA, NEURONS),
                    "w_g·x_i ≤ τ off group g")

sharp = Claim(
    id="bln.thm3.sharp", title="Theorem 3, the grouped network fits", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(network, threshold, table, labels, own, others),
    conclusion=fits.formula,
    proofs=(proof(
        step("ReLU", rules.RELU_BY_ABS, by=rules.relu_abs),
        step("halves", forall(eq(relu(above(X[i])), (above(X[i]) + Abs(above(X[i]))) / 2), DATA, NEURONS), by="sums", using="ReLU"),
        step("units", forall(eq(relu(above(X[i])), gamma[i, l] * (1 - tau)), DATA, NEURONS), by="polynomial",
             using=("halves", "threshold", "table", "own", "others")),
        step("fit", fits.formula, by="sums", using=("network", "units", "group labels", "threshold")),
    ),),
)

# --- how many neurons are active at once ------------------------------------------------------------------------------------------


def on_at(neuron):  # type: ignore[no-untyped-def]
    """1 where a neuron is active at x, 0 elsewhere."""
    return active(dot(W[neuron], x) - tau)


on, on_h = on_at(l), on_at(h)
COUNT = Sum(on, (l, k))
resultant = Sum(on * W[l], (l, k))
SAME = Indicator(eq(l, h))
pair_bound = rho + (M - rho) * SAME
GERSHGORIN = rho * COUNT**2 + (M - rho) * COUNT

nearly_orthogonal = Hypothesis("Gram", forall(le(Abs(dot(W[l], W[h])), pair_bound), *PAIRS),
                               "‖w_g‖² ≤ M, and |w_g·w_h| ≤ ρ for g ≠ h")
ordered = Hypothesis("order", le(rho, M), "ρ ≤ M")
FEWER = lt(0, k - q)                                # q < k
coherent = Hypothesis("coherence", Implies(FEWER, lt(rho, tau**2)), "ρ < τ², unless q ≥ k")
enough = Hypothesis("count", Implies(FEWER, le(M - rho, (q + 1) * (tau**2 - rho))), "q + 1 ≥ (M − ρ)/(τ² − ρ), or q ≥ k; q an integer")


def at_most_q(*facts: str):  # type: ignore[no-untyped-def]
    """Steps to: at most q neurons are active, from what "divided" and the facts say of their number."""
    below = lt(COUNT, q + 1)
    return (
        step("some active", forall(Implies(FEWER, Implies(lt(0, COUNT), below)), POINT), by="polynomial",
             using=("divided", "count", *facts)),
        step("none active", forall(Implies(FEWER, Implies(le(COUNT, 0), below)), POINT), by="linear"),
        step("if q < k", forall(Implies(FEWER, below), POINT), by=lemmas.cases, using=("some active", "none active")),
        step("one", forall(le(on, 1), POINT, NEURONS), by="polynomial", using="bits"),
        step("all", forall(le(COUNT, Sum(1, (l, k))), POINT), by=rules.sum_le.at(F=on_at, G=lambda l: 1), using="one"),
        step("if q ≥ k", forall(Implies(le(k - q, 0), below), POINT), by="linear", using="all"),
        step("below", forall(below, POINT), by=lemmas.cases, using=("if q < k", "if q ≥ k")),
        step("few", forall(le(COUNT, q), POINT), by=lemmas.count_whole, using=("bits", "below")),
    )


count_steps = (
    step("bits", forall(eq(on**2, on), POINT, NEURONS), by=lemmas.active_bit),
    step("in ball", forall(le(norm(x), 1), POINT), by=lemmas.in_ball),
    step("excess", forall(Implies(lt(0, COUNT), lt(0, Sum(on * above(x), (l, k)))), POINT), by=lemmas.active_excess),
    step("inner", forall(le(dot(resultant, x), norm(resultant) * norm(x)), POINT), by=rules.cauchy),
    step("square", forall(eq(norm(resultant) ** 2, Sum(on * on_h * dot(W[l], W[h]), (l, k), (h, k))), POINT), by="algebra"),
    step("pairs", forall(le(on * on_h * dot(W[l], W[h]), on * on_h * pair_bound), POINT, *PAIRS), by="polynomial", using="Gram"),
    step("sum of pairs", forall(le(Sum(on * on_h * dot(W[l], W[h]), (l, k), (h, k)), Sum(on * on_h * pair_bound, (l, k), (h, k))), POINT),
         by=rules.sum_le_pairs, using="pairs"),
    step("diagonal", forall(eq(Sum(on * on_h * SAME, (l, k), (h, k)), Sum(on**2, (l, k))), POINT), by=lemmas.diagonal),
    step("Gershgorin", forall(eq(Sum(on * on_h * pair_bound, (l, k), (h, k)), GERSHGORIN), POINT), by="sums", using=("diagonal", "bits")),
    step("longer", forall(Implies(lt(0, COUNT), lt(tau * COUNT, norm(resultant))), POINT), by="polynomial",
         using=("excess", "inner", "in ball")),
    step("limited", forall(Implies(lt(0, COUNT), lt(tau**2 * COUNT**2, GERSHGORIN)), POINT), by="polynomial",
         using=("longer", "square", "sum of pairs", "Gershgorin")),
    step("divided", forall(Implies(lt(0, COUNT), lt(COUNT * (tau**2 - rho), M - rho)), POINT), by="polynomial", using="limited"),
    *at_most_q("coherence"),
)
active_count = Claim(
    id="bln.thm3.active", title="Theorem 3, how many neurons are active at once", source=OURS, reading=Reading.SHARP,
    domain=NormDomain.DATA,
    hypotheses=(nearly_orthogonal, coherent, enough),
    conclusion=forall(le(COUNT, q), POINT),
    proofs=(proof(*count_steps),),
)

# --- the Lipschitz constant on the ball -------------------------------------------------------------------------------------------

on_ball = Hypothesis("network", forall(eq(f(x), neurons(x)), POINT), "on the ball f(x) = Σ s_g ReLU(w_g·x − τ)/(1 − τ)")
signs = Hypothesis("signs", forall(eq(s[l] ** 2, 1), NEURONS), "s_g = ±1")
signed = Sum(on * s[l] * W[l], (l, k))
GRADIENT = Sum(on * (s[l] / (1 - tau)) * W[l], (l, k))
signed_pair = s[l] * s[h] * dot(W[l], W[h])
LIMIT = q * (M + (q - 1) * rho)


def gradient_steps(limit, *defined):  # type: ignore[no-untyped-def]
    """From ‖Σ ±w_ℓ‖ ≤ limit over active neurons ("norm") to Lip_B ≤ limit/(1 − τ); ``defined`` names facts that make limit a number."""
    return (
        step("unscaled", forall(le((1 - tau) * norm(GRADIENT), limit), POINT), by="polynomial",
             using=("norm", "threshold", *defined)),
        step("gradient", forall(le(norm(GRADIENT), limit / (1 - tau)), POINT), by="polynomial", using=("unscaled", "threshold", *defined)),
        step("bound", le(0, limit / (1 - tau)), by="polynomial", using=("threshold", *defined)),
        step("law", lipschitz_with(le(LIP_BALL, limit / (1 - tau))), by=lemmas.piecewise_gradient,
             using=("network", "gradient", "threshold", "bound")),
    )


gershgorin = Claim(
    id="bln.thm3.gershgorin", title="Theorem 3, Lipschitz constant by Gershgorin", source=OURS, reading=Reading.SHARP,
    domain=NormDomain.BALL,
    hypotheses=(on_ball, signs, threshold, nearly_orthogonal, ordered, coherent, enough),
    conclusion=lipschitz_with(le(LIP_BALL, sqrt(LIMIT) / (1 - tau))),
    proofs=(proof(
        step("few", forall(le(COUNT, q), POINT), by=active_count.as_lemma, using=("Gram", "coherence", "count")),
        step("bits", forall(eq(on**2, on), POINT, NEURONS), by=lemmas.active_bit),
        step("square", forall(eq(norm(signed) ** 2, Sum(on * on_h * signed_pair, (l, k), (h, k))), POINT), by="algebra"),
        step("signed pair", forall(le(signed_pair, pair_bound), *PAIRS), by="polynomial", using=("Gram", "signs")),
        step("pairs", forall(le(on * on_h * signed_pair, on * on_h * pair_bound), POINT, *PAIRS), by="polynomial", using="signed pair"),
        step("sum of pairs", forall(le(Sum(on * on_h * signed_pair, (l, k), (h, k)), Sum(on * on_h * pair_bound, (l, k), (h, k))), POINT),
             by=rules.sum_le_pairs, using="pairs"),
        step("diagonal", forall(eq(Sum(on * on_h * SAME, (l, k), (h, k)), Sum(on**2, (l, k))), POINT), by=lemmas.diagonal),
        step("total", forall(eq(Sum(on * on_h * pair_bound, (l, k), (h, k)), GERSHGORIN), POINT), by="sums", using=("diagonal", "bits")),
        step("more", forall(le(GERSHGORIN, LIMIT), POINT), by="polynomial", using=("few", "order")),
        step("length", forall(le(norm(signed) ** 2, LIMIT), POINT), by="linear", using=("square", "sum of pairs", "total", "more")),
        step("positive", le(0, M + (q - 1) * rho), by="polynomial", using="order"),
        step("norm", forall(le(norm(signed), sqrt(LIMIT)), POINT), by="polynomial", using=("length", "positive")),
        *gradient_steps(sqrt(LIMIT), "positive"),
    ),),
)

# --- the same with eigenvalues ----------------------------------------------------------------------------------------------------

ACTIVE_SCATTER = Sum(Outer(on * W[l]), (l, k))      # W_AᵀW_A for the set A of active neurons
toward, along = Direction(x), Direction(signed)
positive_threshold = Hypothesis("positive threshold", lt(0, tau), "0 < τ")
spectrum = Hypothesis("spectrum", forall(le(eigenvalue_sum(ACTIVE_SCATTER, 1), lam), POINT),
                      "λ_max(W_AᵀW_A) ≤ λ for every set A of neurons that are active together in the ball")
spectral_count = Hypothesis("count", Implies(FEWER, le(lam, (q + 1) * tau**2)), "q + 1 ≥ λ/τ², or q ≥ k; q an integer")


def stretch(vector):  # type: ignore[no-untyped-def]
    """Σ (w_ℓ·v)² over active neurons."""
    return Sum(on * dot(W[l], vector) ** 2, (l, k))


def stretch_steps(name: str, vector):  # type: ignore[no-untyped-def]
    """Σ (w_ℓ·v)² ≤ λ over active neurons, for a direction v."""
    return (
        step(f"{name} unit", forall(eq(norm(vector), 1), POINT), by=rules.direction_unit),
        step(f"{name} Rayleigh", forall(le(Sum(dot(vector, on * W[l]) ** 2, (l, k)), eigenvalue_sum(ACTIVE_SCATTER, 1)), POINT),
             by=spectra.rayleigh, using=f"{name} unit"),
        step(f"{name} bits", forall(eq(Sum(dot(vector, on * W[l]) ** 2, (l, k)), stretch(vector)), POINT), by="sums", using="bits"),
        step(name, forall(le(stretch(vector), lam), POINT), by="linear", using=(f"{name} Rayleigh", f"{name} bits", "spectrum")),
    )


spectral = Claim(
    id="bln.thm3.spectral", title="Theorem 3, Lipschitz constant by eigenvalues", source=OURS, reading=Reading.SHARP,
    domain=NormDomain.BALL,
    hypotheses=(on_ball, signs, positive_threshold, threshold, spectrum, spectral_count),
    conclusion=lipschitz_with(le(LIP_BALL, sqrt(q * lam) / (1 - tau))),
    proofs=(proof(
        step("bits", forall(eq(on**2, on), POINT, NEURONS), by=lemmas.active_bit),
        step("in ball", forall(le(norm(x), 1), POINT), by=lemmas.in_ball),
        *stretch_steps("toward x", toward),
        step("direction", forall(eq(dot(x, W[l]), norm(x) * dot(toward, W[l])), POINT, NEURONS), by=rules.direction),
        step("at x", forall(eq(stretch(x), norm(x) ** 2 * stretch(toward)), POINT), by="sums", using="direction"),
        step("bounded", forall(le(stretch(x), lam), POINT), by="polynomial", using=("at x", "toward x", "in ball")),
        step("excess", forall(Implies(lt(0, COUNT), lt(0, Sum(on * above(x), (l, k)))), POINT), by=lemmas.active_excess),
        step("spare", forall(le(2 * tau * on * above(x) + tau**2 * on, on * dot(W[l], x) ** 2), POINT, NEURONS), by="polynomial"),
        step("spares", forall(le(Sum(2 * tau * on * above(x) + tau**2 * on, (l, k)), stretch(x)), POINT), by=rules.sum_le, using="spare"),
        step("divided", forall(Implies(lt(0, COUNT), lt(tau**2 * COUNT, lam)), POINT), by="polynomial",
             using=("excess", "spares", "bounded", "positive threshold")),
        *at_most_q(),
        *stretch_steps("along u", along),
        step("length", forall(eq(dot(signed, along), norm(signed) * dot(along, along)), POINT), by=rules.direction),
        step("expand", forall(eq(norm(signed), Sum(on * s[l] * dot(W[l], along), (l, k))), POINT), by="sums",
             using=("length", "along u unit")),
        step("Cauchy", forall(le(Sum((on * s[l]) * (on * dot(W[l], along)), (l, k)),
                                 sqrt(Sum((on * s[l]) ** 2, (l, k))) * sqrt(Sum((on * dot(W[l], along)) ** 2, (l, k)))), POINT),
             by=spectra.cauchy.at(F=lambda l: on_at(l) * s[l], G=lambda l: on_at(l) * dot(W[l], along), n=k)),
        step("norm", forall(le(norm(signed), sqrt(q) * sqrt(lam)), POINT), by="polynomial",
             using=("expand", "Cauchy", "bits", "signs", "few", "along u")),
        *gradient_steps(sqrt(q * lam)),
    ),),
)
