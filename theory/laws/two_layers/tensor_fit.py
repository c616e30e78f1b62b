"""Theorem 4: for data on the sphere, f(x) = Σ c_i (x_i·x)^p fits, with a Lipschitz constant that only the spectrum of the data bounds.

Bubeck–Li–Nagaraj 2021, Theorem 4.  Kind: upper.  The printed construction c = y fits approximately, c = K_p⁺y exactly.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LARGEST, LIP_BALL, X, d, f, fits, i, j, labels, n, u, unit_rows, x, y
from theory.laws.two_layers.powers import lemma10_ball, p
from theory.laws.two_layers.tensor_lemmas import OMEGA, WIDEST, lemma14_sharp
from theory.lemmas import powers, rules, spectra
from theory.lemmas.concentration import hoeffding_signs
from theory.lemmas.tensors import banach, tensor_dot
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    Implies,
    Indicator,
    Prob,
    Range,
    Signs,
    Space,
    Sphere,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    exp,
    forall,
    ge,
    le,
    lipschitz_with,
    norm,
    sqrt,
)
from theory.terms.tensors import TensorPower, injective_norm, symmetric_tensor

SOURCE = Source("BLN", "Theorem 4")
c = VectorSymbol("c", n)
COEFFICIENT = Sup(Abs(c[i]), (i, Range(n)))                    # ‖c‖_∞
tensor = Sum(c[i] * TensorPower(X[i], p), (i, n))
NORM = injective_norm(tensor)
signed = Sum(y[i] * TensorPower(X[i], p), (i, n))
value = dot(tensor, TensorPower(u, p))
DIRECTION = (u, Sphere(d))

in_ball = Hypothesis("in the ball", forall(le(norm(X[i]), 1), DATA), "the data lie in the unit ball")
order = Hypothesis("order", le(2, p), "p ≥ 2")
powers_of_data = Hypothesis("powers", forall(eq(f(x), Sum(c[i] * dot(X[i], x) ** p, (i, n))), (x, Space(d))), "f(x) = Σ c_i (x_i·x)^p")
solves = Hypothesis("solves", forall(eq(Sum(c[i] * dot(X[i], X[j]) ** p, (i, n)), y[j]), (j, Range(n))), "K_p c = y")

# --- the Lipschitz constant of a combination of powers of the data ---------------------------------------------------------------

lipschitz = Claim(
    id="bln.thm4.lipschitz", title="The Lipschitz constant of a combination of powers of the data",
    source=Source("lawbook", "Theorem 4"), reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=(in_ball, order, powers_of_data),
    conclusion=lipschitz_with(le(LIP_BALL, p * COEFFICIENT * LARGEST)),
    proofs=(proof(
        step("inner", forall(eq(dot(TensorPower(X[i], p), TensorPower(x, p)), dot(X[i], x) ** p), (x, Space(d)), DATA), by=tensor_dot),
        step("form", forall(eq(f(x), dot(tensor, TensorPower(x, p))), (x, Space(d))), by="sums", using=("powers", "inner")),
        step("upper", lipschitz_with(le(LIP_BALL, p * NORM)), by=lemma10_ball.as_lemma.at(T=tensor, p=p), using="form"),
        step("symmetric", symmetric_tensor(tensor), by=powers.powers_symmetric),
        step("Banach", eq(NORM, Sup(Abs(value), DIRECTION)), by=banach.at(T=tensor), using="symmetric"),
        step("unit", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
        step("inner product", forall(le(Abs(dot(X[i], u)), norm(X[i]) * norm(u)), DIRECTION, DATA), by=powers.cauchy_abs),
        step("not longer", forall(le(norm(u), 1), DIRECTION), by="linear", using="unit"),
        step("small", forall(le(Abs(dot(X[i], u)), 1), DIRECTION, DATA), by="polynomial",
             using=("inner product", "not longer", "in the ball")),
        step("square", forall(le(Abs(dot(X[i], u) ** p), dot(X[i], u) ** 2), DIRECTION, DATA), by=powers.power_square,
             using=("small", "order")),
        step("largest", forall(le(Abs(c[i]), COEFFICIENT), DATA), by=rules.max_ge),
        step("term", forall(le(Abs(c[i] * dot(X[i], u) ** p), COEFFICIENT * dot(X[i], u) ** 2), DIRECTION, DATA), by="polynomial",
             using=("square", "largest")),
        step("value", forall(eq(value, Sum(c[i] * dot(X[i], u) ** p, (i, n))), DIRECTION), by="sums", using="inner"),
        step("triangle", forall(le(Abs(Sum(c[i] * dot(X[i], u) ** p, (i, n))), Sum(Abs(c[i] * dot(X[i], u) ** p), (i, n))), DIRECTION),
             by=rules.triangle),
        step("terms", forall(le(Sum(Abs(c[i] * dot(X[i], u) ** p), (i, n)), Sum(COEFFICIENT * dot(X[i], u) ** 2, (i, n))), DIRECTION),
             by=rules.sum_le, using="term"),
        step("Rayleigh", forall(le(Sum(dot(u, X[i]) ** 2, (i, n)), LARGEST), DIRECTION), by=spectra.rayleigh, using="unit"),
        step("each", forall(le(Abs(value), COEFFICIENT * LARGEST), DIRECTION), by="polynomial",
             using=("value", "triangle", "terms", "Rayleigh")),
        step("supremum", le(Sup(Abs(value), DIRECTION), COEFFICIENT * LARGEST), by=rules.sup_le, using="each"),
        step("bound", le(LIP_BALL, p * COEFFICIENT * LARGEST), by="polynomial", using=("upper", "Banach", "supremum")),
        step("law", lipschitz_with(le(LIP_BALL, p * COEFFICIENT * LARGEST)), by="conjunction", using=("upper", "bound")),
    ),),
    where={"λ": LARGEST, "‖c‖_∞": COEFFICIENT},
)

exact_fit = Claim(
    id="bln.thm4.exact_fit", title="Theorem 4, exact fit", source=Source("lawbook", "Theorem 4"), reading=Reading.OURS,
    domain=NormDomain.BALL,
    hypotheses=(*lipschitz.hypotheses, solves),
    conclusion=And(fits.formula, lipschitz.conclusion),
    proofs=(proof(
        step("fit", fits.formula, by="linear", using=("powers", "solves")),
        step("slope", lipschitz.conclusion, by=lipschitz.as_lemma, using=tuple(h.name for h in lipschitz.hypotheses)),
        step("law", And(fits.formula, lipschitz.conclusion), by="conjunction", using=("fit", "slope")),
    ),),
    where={"λ": LARGEST, "‖c‖_∞": COEFFICIENT},
)

# --- the printed construction c = y ----------------------------------------------------------------------------------------------

sigma, s = Symbol("sigma", nonnegative=True), Symbol("s", nonnegative=True)
SIGNS = (y, Signs(n))
ALL = (j, Range(n))
gram = dot(X[i], X[j]) ** p
same = Indicator(eq(i, j))
crosstalk = Sum(y[i] * gram, (i, n)) - y[j]                     # f(x_j) − y_j = Σ_{i≠j} y_i (x_i·x_j)^p on the sphere
off = (1 - same) * gram
spread = sqrt(2 * s) * sigma
above, below = le(Sum(y[i] * off, (i, n)), spread), le(Sum(y[i] * -off, (i, n)), spread)
near = le(Abs(crosstalk), spread)

printed_form = Hypothesis("powers", forall(eq(f(x), Sum(y[i] * dot(X[i], x) ** p, (i, n))), (x, Space(d))), "f(x) = Σ y_i (x_i·x)^p")
weak = Hypothesis("weak correlations", forall(le(Sum(gram**2, (i, n)) - 1, sigma**2), ALL),
                  "Σ_{i≠j} (x_i·x_j)^{2p} ≤ σ² for every j")
accuracy = Claim(
    id="bln.thm4.accuracy", title="Theorem 4, how well the labels are fitted", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(unit_rows, weak),
    conclusion=ge(Prob(forall(near, ALL), SIGNS), 1 - n * (2 * exp(-s))),
    proofs=(proof(
        step("itself", forall(eq(dot(X[j], X[j]) ** p, 1), ALL), by="sums", using="unit rows"),
        step("indicator", forall(eq(same**2, same), DATA, ALL), by=powers.indicator_square),
        step("own square", forall(eq(Sum(same * gram**2, (i, n)), (dot(X[j], X[j]) ** p) ** 2), ALL), by=powers.kronecker),
        step("off the diagonal", forall(eq(Sum(off**2, (i, n)), Sum(gram**2, (i, n)) - 1), ALL), by="sums",
             using=("unit rows", "indicator", "own square")),
        step("mass", forall(le(Sum(off**2, (i, n)), sigma**2), ALL), by="linear", using=("off the diagonal", "weak correlations")),
        step("mass of the negative", forall(le(Sum((-off) ** 2, (i, n)), sigma**2), ALL), by="linear", using="mass"),
        step("above", forall(ge(Prob(above, SIGNS), 1 - exp(-s)), ALL), by=hoeffding_signs, using="mass"),
        step("below", forall(ge(Prob(below, SIGNS), 1 - exp(-s)), ALL), by=hoeffding_signs, using="mass of the negative"),
        step("both", forall(ge(Prob(And(above, below), SIGNS), 1 - exp(-s) - exp(-s)), ALL), by=rules.prob_and, using=("above", "below")),
        step("own label", forall(eq(Sum(same * (y[i] * gram), (i, n)), y[j] * dot(X[j], X[j]) ** p), SIGNS, ALL), by=powers.kronecker),
        step("rest", forall(eq(Sum(y[i] * off, (i, n)), crosstalk), SIGNS, ALL), by="sums", using=("own label", "itself")),
        step("at most", forall(Implies(And(above, below), le(crosstalk, spread)), SIGNS, ALL), by="linear", using="rest"),
        step("at least", forall(Implies(And(above, below), le(-crosstalk, spread)), SIGNS, ALL), by="linear", using="rest"),
        step("either sign", forall(Implies(And(above, below), near), SIGNS, ALL), by="polynomial", using=("at most", "at least")),
        step("each", forall(ge(Prob(near, SIGNS), 1 - 2 * exp(-s)), ALL), by=rules.prob_implies, using=("both", "either sign")),
        step("law", ge(Prob(forall(near, ALL), SIGNS), 1 - n * (2 * exp(-s))), by=powers.union_bound.at(delta=2 * exp(-s)), using="each"),
    ),),
)

fit_event = Implies(forall(near, ALL), forall(le(Abs(f(X[j]) - y[j]), spread), ALL))
approximate = Claim(
    id="bln.thm4.approximate", title="Theorem 4, approximate fit", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.BALL,
    hypotheses=(unit_rows, labels, order, printed_form, weak),
    conclusion=And(accuracy.conclusion, fit_event, lipschitz_with(le(LIP_BALL, p * LARGEST))),
    proofs=(proof(
        step("often", accuracy.conclusion, by=accuracy.as_lemma, using=("unit rows", "weak correlations")),
        step("fit", fit_event, by="linear", using="powers"),
        step("in the ball", in_ball.formula, by="linear", using="unit rows"),
        step("size", forall(le(Abs(y[i]), 1), DATA), by="polynomial", using="labels"),
        step("coefficient", le(Sup(Abs(y[i]), (i, Range(n))), 1), by=rules.max_le, using="size"),
        step("slope", lipschitz_with(le(LIP_BALL, p * Sup(Abs(y[i]), (i, Range(n))) * LARGEST)), by=lipschitz.as_lemma.at(c=y, p=p),
             using=("in the ball", "order", "powers")),
        step("spectrum", le(0, LARGEST), by=spectra.eigenvalue_nonnegative),
        step("smaller", le(LIP_BALL, p * LARGEST), by="polynomial", using=("slope", "coefficient", "spectrum")),
        step("bound", lipschitz_with(le(LIP_BALL, p * LARGEST)), by="conjunction", using=("slope", "smaller")),
        step("law", And(accuracy.conclusion, fit_event, lipschitz_with(le(LIP_BALL, p * LARGEST))), by="conjunction",
             using=("often", "fit", "bound")),
    ),),
    where={"λ": LARGEST},
)

fine = le(OMEGA, 2 * (sqrt(WIDEST) * sqrt(2 * s)))
SLOPE = le(LIP_BALL, 2 * p * sqrt(WIDEST) * sqrt(2 * s))
slope_event = Implies(fine, lipschitz_with(SLOPE))
sharp = Claim(
    id="bln.thm4.sharp", title="Theorem 4 with explicit constants", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.BALL,
    hypotheses=(unit_rows, printed_form, weak),
    conclusion=And(accuracy.conclusion, lemma14_sharp.conclusion, fit_event, slope_event),
    proofs=(proof(
        step("fit often", accuracy.conclusion, by=accuracy.as_lemma, using=("unit rows", "weak correlations")),
        step("slope often", lemma14_sharp.conclusion, by=lemma14_sharp.as_lemma),
        step("fit", fit_event, by="linear", using="powers"),
        step("inner", forall(eq(dot(TensorPower(X[i], p), TensorPower(x, p)), dot(X[i], x) ** p), (x, Space(d)), DATA), by=tensor_dot),
        step("form", forall(eq(f(x), dot(signed, TensorPower(x, p))), (x, Space(d))), by="sums", using=("powers", "inner")),
        step("upper", lipschitz_with(le(LIP_BALL, p * OMEGA)), by=lemma10_ball.as_lemma.at(T=signed, p=p), using="form"),
        step("smaller", Implies(fine, SLOPE), by="polynomial", using="upper"),
        step("slope", slope_event, by="conjunction", using=("upper", "smaller")),
        step("law", And(accuracy.conclusion, lemma14_sharp.conclusion, fit_event, slope_event), by="conjunction",
             using=("fit often", "slope often", "fit", "slope")),
    ),),
    where={"M": WIDEST},
    note="M is at least 1 for unit data.  Where it is of order 1, and s of order d log p, this is Lip_B ≤ C_p√d: for n log n = ε²d^p "
         "with ε of order 1 that is the printed C_p√(n/d^{p−1}) up to √log n.",
)
