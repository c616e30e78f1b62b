"""§3.1, the linear case n ≤ cd: the least-norm linear fit w = Xᵀα, XXᵀα = y, as one identity neuron or two ReLU neurons.

Bubeck–Li–Nagaraj 2021, section 3.1.  Lip(f) = ‖w‖ = √(yᵀα) exactly, no linear fit has a smaller constant, and it is at most √(2n)
where XXᵀ ⪰ ½I.  Kind: upper, exact.  Domain: global.
"""

from __future__ import annotations

from theory.claim import Audit, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LIP, X, d, f, fits, i, labels, n, x, y
from theory.lemmas import rules, spectra
from theory.lemmas.linear_fit import LEAST, davidson_szarek_least, gram_rayleigh, prob_gaussian_implies
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    GaussianRows,
    Implies,
    Prob,
    Rational,
    Space,
    Sum,
    VectorSymbol,
    dot,
    eq,
    exp,
    forall,
    ge,
    le,
    lipschitz_with,
    norm,
    relu,
    sqrt,
)

SOURCE = Source("BLN", "Section 3.1")
alpha, v, x_ = VectorSymbol("alpha", n), VectorSymbol("v", d), VectorSymbol("x′", d)
w = Sum(alpha[i] * X[i], (i, n))
POINT, POINTS = (x, Space(d)), ((x, Space(d)), (x_, Space(d)))
PAIRING = Sum(y[i] * alpha[i], (i, n))                     # yᵀα = yᵀ(XXᵀ)^{-1}y

linear = Hypothesis("linear", forall(eq(f(x), dot(w, x)), POINT), "f(x) = w·x with w = Σ α_i x_i")
neurons = Hypothesis("neurons", forall(eq(f(x), relu(dot(w, x)) - relu(-dot(w, x))), POINT), "f(x) = ReLU(w·x) − ReLU(−w·x)")
solves = Hypothesis("solves", forall(eq(dot(w, X[i]), y[i]), DATA), "XXᵀα = y")
other = Hypothesis("other fit", forall(eq(dot(v, X[i]), y[i]), DATA), "v·x_i = y_i for all i")

energy = step("energy", eq(norm(w) ** 2, Sum(alpha[i] * dot(w, X[i]), (i, n))), by="algebra")
pairing = step("pairing", eq(Sum(alpha[i] * dot(w, X[i]), (i, n)), PAIRING), by="sums", using="solves")

def constant_steps():  # type: ignore[no-untyped-def]
    """Steps from "linear" to: f is Lipschitz with Lip(f) = ‖w‖ ("constant")."""
    return (
        step("back", forall(le(dot(w, x_ - x), norm(w) * norm(x_ - x)), *POINTS), by=rules.cauchy),
        step("points", forall(le(Abs(f(x) - f(x_)), norm(w) * norm(x - x_)), *POINTS), by="polynomial", using=("back", "linear")),
        step("at most", lipschitz_with(le(LIP, norm(w))), by=rules.lip_least.at(L=norm(w)), using="points"),
        step("quotient", le(Abs(f(w) - f(0 * w)), LIP * norm(w - 0 * w)), by=rules.lip, using="at most"),
        step("value", eq(f(w), norm(w) ** 2), by="sums", using="linear"),
        step("origin", eq(f(0 * w), 0), by="sums", using="linear"),
        step("at least", le(norm(w), LIP), by="polynomial", using=("quotient", "value", "origin")),
        step("equal", eq(LIP, norm(w)), by="linear", using=("at most", "at least")),
        step("constant", lipschitz_with(eq(LIP, norm(w))), by="conjunction", using=("at most", "equal")),
    )


sharp = Claim(
    id="bln.s31.sharp", title="Section 3.1, the least-norm linear fit", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.GLOBAL,
    hypotheses=(linear, solves),
    conclusion=And(fits.formula, lipschitz_with(eq(LIP, norm(w))), eq(LIP**2, PAIRING)),
    proofs=(proof(
        step("fit", fits.formula, by="linear", using=("linear", "solves")),
        *constant_steps(), energy, pairing,
        step("energy of f", eq(LIP**2, PAIRING), by="polynomial", using=("constant", "energy", "pairing")),
        step("law", And(fits.formula, lipschitz_with(eq(LIP, norm(w))), eq(LIP**2, PAIRING)), by="conjunction",
             using=("fit", "constant", "energy of f")),
    ),),
)

least = Claim(
    id="bln.s31.least", title="Section 3.1, no linear fit is smoother", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.GLOBAL,
    hypotheses=(linear, solves, other),
    conclusion=lipschitz_with(le(LIP, norm(v))),
    proofs=(proof(
        *constant_steps(), energy, pairing,
        step("other pairing", eq(Sum(alpha[i] * dot(v, X[i]), (i, n)), PAIRING), by="sums", using="other fit"),
        step("angle", le(dot(w, v), norm(w) * norm(v)), by=rules.cauchy),
        step("squares", le(norm(w) * norm(w), norm(w) * norm(v)), by="linear",
             using=("energy", "pairing", "other pairing", "angle")),
        step("shortest", le(norm(w), norm(v)), by="polynomial", using="squares"),
        step("bound", le(LIP, norm(v)), by="linear", using=("constant", "shortest")),
        step("law", lipschitz_with(le(LIP, norm(v))), by="conjunction", using=("constant", "bound")),
    ),),
)

two_neurons = Claim(
    id="bln.s31.relu", title="Section 3.1 with two ReLU neurons", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.GLOBAL,
    hypotheses=(neurons, solves),
    conclusion=And(fits.formula, lipschitz_with(eq(LIP, norm(w)))),
    proofs=(proof(
        step("relu", rules.RELU_BY_ABS, by=rules.relu_abs),
        step("line", linear.formula, by="polynomial", using=("neurons", "relu")),
        step("both", And(fits.formula, lipschitz_with(eq(LIP, norm(w))), eq(LIP**2, PAIRING)), by=sharp.as_lemma, using=("line", "solves")),
        step("law", And(fits.formula, lipschitz_with(eq(LIP, norm(w)))), by="conjunction", using="both"),
    ),),
)

# --- generic data: λ_min(XXᵀ) ≥ ½ with probability at least 1 − e^{−d/2048} for n ≤ d/16, and then Lip ≤ √(2n) ---------------------------

WELL_POSED = le(Rational(1, 2), LEAST)
SPREAD = le((sqrt(d) - sqrt(n) - sqrt(d) / 32) ** 2, d * LEAST)
WELL_POSED_OFTEN = ge(Prob(WELL_POSED, (X, GaussianRows(n, d))), 1 - exp(-d / 2048))
few = Hypothesis("few data", le(16 * n, d), "n ≤ d/16")
printed = Claim(
    id="bln.s31.generic", title="Section 3.1 as printed, generic data", source=SOURCE, reading=Reading.PRINTED, domain=NormDomain.GLOBAL,
    hypotheses=(linear, solves, labels, few),
    conclusion=And(WELL_POSED_OFTEN, Implies(WELL_POSED, lipschitz_with(le(LIP, sqrt(2 * n))))),
    proofs=(proof(
        step("narrow", le(4 * sqrt(n), sqrt(d)), by="polynomial", using="few data"),
        step("singular values", ge(Prob(SPREAD, (X, GaussianRows(n, d))), 1 - exp(-((sqrt(d) / 32) ** 2) / 2)),
             by=davidson_szarek_least.at(s=sqrt(d) / 32, n=n, d=d), using="narrow"),
        step("room", forall(Implies(SPREAD, WELL_POSED), (X, GaussianRows(n, d))), by="polynomial", using="narrow"),
        step("often", WELL_POSED_OFTEN, by=prob_gaussian_implies, using=("singular values", "room")),
        step("fewer", le(n, d), by="linear", using="few data"),
        step("Rayleigh", le(LEAST * norm(alpha) ** 2, norm(w) ** 2), by=gram_rayleigh, using="fewer"),
        *constant_steps(), energy, pairing,
        step("signs", eq(Sum(y[i] ** 2, (i, n)), n), by="sums", using="labels"),
        step("inner", le(PAIRING, sqrt(Sum(y[i] ** 2, (i, n))) * sqrt(Sum(alpha[i] ** 2, (i, n)))),
             by=spectra.cauchy.at(F=lambda i: y[i], G=lambda i: alpha[i])),
        step("square", eq(LIP**2, PAIRING), by="polynomial", using=("constant", "energy", "pairing")),
        step("length", Implies(WELL_POSED, le(norm(alpha) ** 2, 2 * LIP**2)), by="polynomial", using=("Rayleigh", "constant")),
        step("product", le(LIP**2, sqrt(n) * norm(alpha)), by="linear", using=("square", "signs", "inner")),
        step("fourth power", le(LIP**2 * LIP**2, n * norm(alpha) ** 2), by="polynomial", using="product"),
        step("bound", Implies(WELL_POSED, le(LIP**2 * LIP**2, 2 * n * LIP**2)), by="polynomial", using=("fourth power", "length")),
        step("divided", Implies(WELL_POSED, le(LIP**2, 2 * n)), by="polynomial", using="bound"),
        step("root", Implies(WELL_POSED, le(LIP, sqrt(2 * n))), by="polynomial", using="divided"),
        step("event", Implies(WELL_POSED, lipschitz_with(le(LIP, sqrt(2 * n)))), by="conjunction", using=("constant", "root")),
        step("law", And(WELL_POSED_OFTEN, Implies(WELL_POSED, lipschitz_with(le(LIP, sqrt(2 * n))))), by="conjunction",
             using=("often", "event")),
    ),),
    where={"λ_min": LEAST},
    constants=(Constant("c", "1/16"), Constant("c′", "1/2048")),
    audits=(Audit(
        finding="The constants in “XXᵀ ⪰ ½I with probability 1 − e^{C−cd} for n ≤ cd” are exhibited for Gaussian data",
        shown_by=("bln.s31.sharp",), repair="nothing to repair", sharp=("bln.s31.sharp", "bln.s31.least"),
        detail="c = 1/16, and failure e^{−d/2048}.  The bound √(2n) is slack; exactly, Lip² = yᵀ(XXᵀ)⁻¹y"),),
)
