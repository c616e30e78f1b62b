"""§3.2, optimal smoothness: one ReLU neuron a datum, on disjoint caps of the sphere.

Bubeck–Li–Nagaraj 2021, section 3.2: f(x) = Σ 10 y_i ReLU(x_i·x − 0.9) fits and is "10-Lipschitz on the sphere".  The constant there
is 10√0.19 = 4.3589…, the slope at the rim of a cap.  Kind: upper, attained.  Domain: sphere, chord metric.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LIP_SPHERE, X, d, f, fits, i, j, n, unit_rows, x, y
from theory.lemmas import rules
from theory.lemmas.caps import cap_slope, cap_spread, caps_disjoint, single_term, two_terms
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, Implies, Range, Sphere, Sum, Symbol, VectorSymbol, dot, eq, forall, le, lipschitz_with, lt, norm, relu, sqrt

SOURCE = Source("BLN", "Section 3.2")
OURS = Source("lawbook", "§3.2")
SHMALO = Source("Shmalo, A law of robustness for two-layer neural networks with arbitrary weights, 2026, arXiv 2607.07778")
tau, s, A = Symbol("tau", positive=True), Symbol("s", positive=True), Symbol("A", nonnegative=True)
a, x_ = VectorSymbol("a", n), VectorSymbol("x′", d)
PAIRS = ((i, Range(n)), (j, Range(n)))
POINT, POINTS = ((x, Sphere(d)),), ((x, Sphere(d)), (x_, Sphere(d)))


def cap(index, point, threshold=tau):  # type: ignore[no-untyped-def]
    """ReLU(x_i·x − τ), the neuron of the i-th cap."""
    return relu(dot(X[index], point) - threshold)


def distinct(formula):  # type: ignore[no-untyped-def]
    """The formula for i < j."""
    return Implies(lt(i, j), formula)


def cap_network(threshold):  # type: ignore[no-untyped-def]
    """f(x) = Σ a_i ReLU(x_i·x − τ) on the sphere."""
    return Hypothesis("network", forall(eq(f(x), Sum(a[i] * cap(i, x, threshold), (i, n))), *POINT),
                      f"on the sphere f(x) = Σ a_i ReLU(x_i·x − {'τ' if threshold == tau else threshold})")


network = cap_network(tau)
bounded = Hypothesis("bounded", forall(le(Abs(a[i]), A), DATA), "|a_i| ≤ A")
short = Hypothesis("short", forall(le(norm(X[i]), s), DATA), "‖x_i‖ ≤ s")
proper = Hypothesis("proper", lt(tau, s), "τ < s")
apart = Hypothesis("apart", forall(distinct(le(dot(X[i], X[j]), 2 * tau**2 - s**2)), *PAIRS),
                   "x_i·x_j ≤ 2τ² − s² for i ≠ j: the caps are disjoint")

# --- the Lipschitz constant of any neurons on disjoint caps --------------------------------------------------------------------------

STEEP = sqrt(s**2 - tau**2) * norm(x - x_)
BOUND = A * STEEP
D, D_j = cap(i, x) - cap(i, x_), cap(j, x) - cap(j, x_)
TERMS = a[i] * cap(i, x) - a[i] * cap(i, x_) + a[j] * cap(j, x) - a[j] * cap(j, x_)
CENTRES = ("short", "apart", "proper", "sphere")

disjoint_caps = Claim(
    id="bln.s32.caps", title="Section 3.2, neurons on disjoint caps", source=OURS, reading=Reading.OURS, domain=NormDomain.SPHERE,
    hypotheses=(network, bounded, short, proper, apart),
    conclusion=lipschitz_with(le(LIP_SPHERE, A * sqrt(s**2 - tau**2))),
    proofs=(proof(
        step("sphere", forall(eq(norm(x), 1), *POINT), by=rules.on_sphere),
        step("wide", lt(0, s**2 - tau**2), by="polynomial", using="proper"),
        step("falls", forall(le(D, STEEP), *POINTS, DATA), by=cap_slope, using=("sphere", "short", "proper")),
        step("one cap", forall(le(Abs(D), STEEP), *POINTS, DATA), by="polynomial", using=("falls", "wide")),
        step("spread", forall(distinct(le(Abs(D) + Abs(D_j), STEEP)), *POINTS, *PAIRS), by=cap_spread, using=CENTRES),
        step("one active", forall(distinct(eq(cap(i, x) * cap(j, x), 0)), *POINT, *PAIRS), by=caps_disjoint, using=CENTRES),
        step("none twice", forall(distinct(eq(a[i] * cap(i, x) * (a[j] * cap(j, x)), 0)), *POINT, *PAIRS), by="polynomial",
             using="one active"),
        step("weight", forall(le(Abs(a[i] * D), A * Abs(D)), *POINTS, DATA), by="polynomial", using="bounded"),
        step("one term", forall(le(Abs(a[i] * cap(i, x) - a[i] * cap(i, x_)), BOUND), *POINTS, DATA), by="polynomial",
             using=("weight", "one cap", "wide")),
        step("scaled spread", forall(distinct(le(A * Abs(D) + A * Abs(D_j), BOUND)), *POINTS, *PAIRS), by="polynomial",
             using=("spread", "wide")),
        step("triangle", forall(le(Abs(TERMS), Abs(a[i] * D) + Abs(a[j] * D_j)), *POINTS, *PAIRS), by="polynomial"),
        step("two terms", forall(distinct(le(Abs(TERMS), BOUND)), *POINTS, *PAIRS), by="linear",
             using=("triangle", "weight", "scaled spread", "wide")),
        step("sums", forall(le(Abs(Sum(a[i] * cap(i, x), (i, n)) - Sum(a[i] * cap(i, x_), (i, n))), BOUND), *POINTS), by=two_terms,
             using=("none twice", "one term", "two terms")),
        step("points", forall(le(Abs(f(x) - f(x_)), A * sqrt(s**2 - tau**2) * norm(x - x_)), *POINTS), by="linear",
             using=("sums", "network", "wide")),
        step("scale", le(0, A * sqrt(s**2 - tau**2)), by="polynomial", using="wide"),
        step("law", lipschitz_with(le(LIP_SPHERE, A * sqrt(s**2 - tau**2))), by=rules.lip_least_sphere.at(L=A * sqrt(s**2 - tau**2)),
             using=("points", "scale")),
    ),),
)

# --- the fit ---------------------------------------------------------------------------------------------------------------------------

scaled = Hypothesis("scaled", forall(eq(a[i] * (1 - tau), y[i]), DATA), "a_i = y_i/(1 − τ)")
below_one = Hypothesis("below one", lt(tau, 1), "τ < 1")
coherent = Hypothesis("coherent", forall(distinct(le(dot(X[i], X[j]), tau)), *PAIRS), "x_i·x_j ≤ τ for i ≠ j")
at_data = Sum(a[i] * cap(i, X[j]), (i, n))

fit = Claim(
    id="bln.s32.fit", title="Section 3.2, the caps fit the labels", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(network, unit_rows, scaled, below_one, coherent),
    conclusion=fits.formula,
    proofs=(proof(
        step("relu", rules.RELU_BY_ABS, by=rules.relu_abs),
        step("own", forall(eq(relu(norm(X[i]) ** 2 - tau), 1 - tau), DATA), by="polynomial", using=("relu", "unit rows", "below one")),
        step("later", forall(distinct(eq(a[i] * cap(i, X[j]), 0)), *PAIRS), by="polynomial", using=("relu", "coherent")),
        step("earlier", forall(Implies(lt(j, i), eq(a[i] * cap(i, X[j]), 0)), *PAIRS), by="polynomial", using=("relu", "coherent")),
        step("one term", forall(eq(at_data, a[j] * cap(j, X[j])), (j, Range(n))), by=single_term, using=("later", "earlier")),
        step("values", forall(eq(f(X[j]), at_data), (j, Range(n))), by="instance", using=("network", "unit rows")),
        step("fit", fits.formula, by="polynomial", using=("values", "one term", "own", "scaled", "unit rows")),
    ),),
)

# --- width 2n: bumps of height 1 --------------------------------------------------------------------------------------------------------

bump_network = Hypothesis("bumps", forall(eq(f(x), Sum(a[i] * (cap(i, x) - relu(dot(X[i], x) - 1)), (i, n))), *POINT),
                          "f(x) = Σ a_i [ReLU(x_i·x − τ) − ReLU(x_i·x − 1)] on the sphere")
unit_apart = Hypothesis("apart", forall(distinct(le(dot(X[i], X[j]), 2 * tau**2 - 1)), *PAIRS),
                        "x_i·x_j ≤ 2τ² − 1 for i ≠ j: the caps are disjoint")
steep = Hypothesis("steep", forall(le(Abs(a[i]) * (1 - tau), 1), DATA), "|a_i| ≤ 1/(1 − τ)")
SLOPE = 1 / (1 - tau)

bumps = Claim(
    id="bln.s32.bumps", title="Section 3.2, bumps of width 2n", source=SHMALO, reading=Reading.OURS, domain=NormDomain.SPHERE,
    hypotheses=(bump_network, unit_rows, unit_apart, below_one, steep),
    conclusion=lipschitz_with(le(LIP_SPHERE, SLOPE * sqrt(1 - tau**2))),
    proofs=(proof(
        step("relu", rules.RELU_BY_ABS, by=rules.relu_abs),
        step("sphere", forall(eq(norm(x), 1), *POINT), by=rules.on_sphere),
        step("angle", forall(le(dot(X[i], x), norm(X[i]) * norm(x)), *POINT, DATA), by=rules.cauchy),
        step("no top", forall(eq(relu(dot(X[i], x) - 1), 0), *POINT, DATA), by="polynomial",
             using=("relu", "angle", "sphere", "unit rows")),
        step("caps", network.formula, by="sums", using=("bumps", "no top")),
        step("size", forall(le(Abs(a[i]), SLOPE), DATA), by="polynomial", using=("steep", "below one")),
        step("scale", le(0, SLOPE), by="polynomial", using="below one"),
        step("law", lipschitz_with(le(LIP_SPHERE, SLOPE * sqrt(1 - tau**2))), by=disjoint_caps.as_lemma.at(s=1, A=SLOPE),
             using=("caps", "size", "unit rows", "apart", "below one", "scale")),
    ),),
    note="With τ = 1 − s the constant is √((2 − s)/s), and √7 at s = 1/4; on the sphere the second neuron of a bump never acts.",
)
