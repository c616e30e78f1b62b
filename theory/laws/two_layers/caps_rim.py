"""§3.2: the bound on disjoint caps is attained at the rim, so the printed construction has Lip_S = 10√0.19 = 4.3589… exactly, not 10.

Two points near the rim of one cap, on a great circle through its centre, have a chord whose direction there has slope √(1 − c²), where c is
the cosine of the angle between the centre and the middle of the two; c may be as near to τ as one likes.
"""

from __future__ import annotations

from theory.claim import Audit, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LIP_SPHERE, X, d, f, fits, i, j, labels, n, unit_rows, y
from theory.laws.two_layers.caps import OURS, PAIRS, SOURCE, A, a, cap_network, disjoint_caps, distinct, fit, network, tau, unit_apart
from theory.lemmas import rules
from theory.lemmas.caps import at_index, cancel, cap, caps_disjoint, last_term, no_gap, pair_cap, prob_all_pairs, root_le, square_le
from theory.lemmas.kinks import kinks_lipschitz_sphere
from theory.proof import proof, step
from theory.terms import (
    Abs,
    And,
    Implies,
    Prob,
    Rational,
    Sphere,
    SphereRows,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    exp,
    forall,
    ge,
    le,
    lipschitz_on,
    lipschitz_with,
    lt,
    norm,
    sqrt,
    zero,
)

v = VectorSymbol("v", d)
alpha, beta, alpha_, beta_ = (Symbol(name, real=True) for name in ("alpha", "beta", "alpha′", "beta′"))
c, sigma, t = Symbol("c", real=True), Symbol("sigma", nonnegative=True), Symbol("t", positive=True)
p, q = alpha * X[n] + beta * v, alpha_ * X[n] + beta_ * v

proper = Hypothesis("proper", lt(tau, 1), "τ < 1")
weight = Hypothesis("weight", eq(Abs(a[n]), A), "|a_n| = A")
across = Hypothesis("across", eq(dot(X[n], v), 0), "v is orthogonal to x_n, and")
unit = Hypothesis("unit", eq(norm(v), 1), "‖v‖ = 1 (so d ≥ 2)")
circle = Hypothesis("circle", eq(alpha**2, 1 - beta**2), "α² + β² = 1")
circle_ = Hypothesis("circle′", eq(alpha_**2, 1 - beta_**2), "α′² + β′² = 1")
inside = Hypothesis("inside", lt(tau, alpha), "α > τ: the point αx_n + βv lies in the cap of x_n")
inside_ = Hypothesis("inside′", lt(tau, alpha_), "α′ > τ")


OTHERS = Implies(lt(i, n), le(dot(X[i], X[n]), 2 * tau**2 - 1))
centre_steps = (
    step("relu", rules.RELU_BY_ABS, by=rules.relu_abs),
    step("others", forall(OTHERS, DATA), by=at_index.at(j=n), using="apart"),
)


def in_cap(point, name: str, circle: str, inside: str, alpha):  # type: ignore[no-untyped-def]
    """Steps: f = a_n(α − τ) at a point of the cap of x_n."""
    values = Sum(a[i] * cap(X[i], point), (i, n))
    return (
        step(f"{name} square", eq(norm(point) ** 2, 1), by="algebra", using=("unit rows", "across", "unit", circle)),
        step(f"{name} unit", eq(norm(point), 1), by="polynomial", using=f"{name} square"),
        step(f"{name} height", eq(dot(X[n], point), alpha), by="algebra", using=("unit rows", "across")),
        step(f"{name} neuron", eq(cap(X[n], point), alpha - tau), by="polynomial", using=("relu", f"{name} height", inside)),
        step(f"{name} disjoint", forall(Implies(lt(i, n), eq(cap(X[i], point) * cap(X[n], point), 0)), DATA), by=caps_disjoint.at(s=1),
             using=("unit rows", "others", "proper", f"{name} unit")),
        step(f"{name} none before", forall(Implies(lt(i, n), eq(a[i] * cap(X[i], point), 0)), DATA), by="polynomial",
             using=(f"{name} disjoint", f"{name} neuron", inside)),
        step(f"{name} one term", eq(values, a[n] * cap(X[n], point)), by=last_term, using=f"{name} none before"),
        step(f"{name} sum", eq(f(point), values), by="instance", using=("network", f"{name} unit")),
        step(f"{name} value", eq(f(point), a[n] * (alpha - tau)), by="polynomial",
             using=(f"{name} sum", f"{name} one term", f"{name} neuron")),
    )


PLANE = (network, unit_rows, proper, unit_apart, weight, across, unit)
chord2 = (alpha - alpha_) ** 2 + (beta - beta_) ** 2
rim = Claim(
    id="bln.s32.rim", title="Section 3.2, chords inside one cap", source=OURS, reading=Reading.OURS, domain=NormDomain.SPHERE,
    hypotheses=(*PLANE, circle, circle_, inside, inside_),
    conclusion=le(A**2 * (alpha - alpha_) ** 2, LIP_SPHERE**2 * chord2),
    proofs=(proof(
        *centre_steps, *in_cap(p, "p", "circle", "inside", alpha), *in_cap(q, "q", "circle′", "inside′", alpha_),
        step("Lipschitz", lipschitz_on(f, Sphere(d)), by=kinks_lipschitz_sphere.at(
            c=0, v=zero(d), s=0, u=zero(d), t=0, n=n, F=lambda i: a[i], V=lambda i: X[i], G=lambda i: -tau), using="network"),
        step("quotient", le(Abs(f(p) - f(q)), LIP_SPHERE * norm(p - q)), by=rules.lip_sphere,
             using=("Lipschitz", "p unit", "q unit")),
        step("chord", eq(norm(p - q) ** 2, chord2), by="algebra", using=("unit rows", "across", "unit")),
        step("rise", le(A * Abs(alpha - alpha_), LIP_SPHERE * norm(p - q)), by="polynomial",
             using=("quotient", "p value", "q value", "weight")),
        step("squares", le((A * Abs(alpha - alpha_)) ** 2, (LIP_SPHERE * norm(p - q)) ** 2),
             by=square_le.at(p=A * Abs(alpha - alpha_), q=LIP_SPHERE * norm(p - q)), using="rise"),
        step("law", le(A**2 * (alpha - alpha_) ** 2, LIP_SPHERE**2 * chord2), by="polynomial", using=("squares", "chord")),
    ),),
)

middle = Hypothesis("middle", eq(c**2, 1 - sigma**2), "c² + σ² = 1: the middle of the chord is at the angle arcsin σ from x_n")
above_rim = Hypothesis("above rim", le(tau + 8 * t, c), "c ≥ τ + 8t")
W = 1 + t**2
HIGH, LOW = (c * (1 - t**2) + 2 * sigma * t) / W, (c * (1 - t**2) - 2 * sigma * t) / W
SIDE, SIDE_ = (sigma * (1 - t**2) - 2 * c * t) / W, (sigma * (1 - t**2) + 2 * c * t) / W
slope = Claim(
    id="bln.s32.slope", title="Section 3.2, the slope near the rim of a cap", source=OURS, reading=Reading.OURS, domain=NormDomain.SPHERE,
    hypotheses=(*PLANE, middle, above_rim),
    conclusion=le(A * sigma, LIP_SPHERE),
    proofs=(proof(
        step("circle′", eq(LOW**2, 1 - SIDE_**2), by="algebra", using="middle"),
        step("short", le(sigma, 1), by="polynomial", using="middle"),
        step("cosine", le(c, 1), by="polynomial", using="middle"),
        step("low", lt(tau * W, c * (1 - t**2) - 2 * sigma * t), by="polynomial", using=("above rim", "short", "cosine")),
        step("inside′", lt(tau, LOW), by="polynomial", using="low"),
        step("chord", le(A**2 * (HIGH - LOW) ** 2, LIP_SPHERE**2 * ((HIGH - LOW) ** 2 + (SIDE - SIDE_) ** 2)),
             by=rim.as_lemma.at(**{"alpha": HIGH, "beta": SIDE, "alpha′": LOW, "beta′": SIDE_}),
             using=(*(h.name for h in PLANE), "circle′", "inside′")),
        step("length", eq(LIP_SPHERE**2 * ((HIGH - LOW) ** 2 + (SIDE - SIDE_) ** 2), (4 * t / W) ** 2 * LIP_SPHERE**2), by="polynomial",
             using="middle"),
        step("scaled", le((4 * t / W) ** 2 * (A * sigma) ** 2, (4 * t / W) ** 2 * LIP_SPHERE**2), by="polynomial",
             using=("chord", "length")),
        step("positive", lt(0, (4 * t / W) ** 2), by="polynomial"),
        step("squares", le((A * sigma) ** 2, LIP_SPHERE**2), by=cancel, using=("scaled", "positive")),
        step("law", le(A * sigma, LIP_SPHERE), by=root_le, using="squares"),
    ),),
)

# --- the printed construction: τ = 0.9, a_i = 10 y_i ---------------------------------------------------------------------------------

NINE, RIM = Rational(9, 10), sqrt(19)                       # 10√(1 − 0.9²) = √19
DISJOINT = forall(distinct(le(dot(X[i], X[j]), Rational(31, 50))), *PAIRS)
printed_network = cap_network(NINE)
ten = Hypothesis("ten", forall(eq(a[i], 10 * y[i]), DATA), "a_i = 10 y_i")
disjoint = Hypothesis("apart", DISJOINT, "x_i·x_j ≤ 0.62 for i ≠ j")
CONSTRUCTION = (printed_network, ten, labels, unit_rows)
size = step("size", forall(eq(Abs(a[i]), 10), DATA), by="polynomial", using=("ten", "labels"))
upper = step("upper", lipschitz_with(le(LIP_SPHERE, RIM)), by=disjoint_caps.as_lemma.at(s=1, tau=NINE, A=10),
             using=("network", "size", "unit rows", "apart"))
HALFWAY = (RIM + LIP_SPHERE) / 20                           # a slope between Lip_S/10 and √0.19, were Lip_S smaller than √19
COSINE = sqrt(1 - HALFWAY**2)


def were_smaller(formula):  # type: ignore[no-untyped-def]
    """The formula, were Lip_S < √19."""
    return Implies(lt(LIP_SPHERE, RIM), formula)


sharp = Claim(
    id="bln.s32.sharp", title="Section 3.2, the exact constant on the sphere", source=SOURCE, reading=Reading.SHARP,
    domain=NormDomain.SPHERE,
    hypotheses=(*CONSTRUCTION, disjoint, across, unit),
    conclusion=And(fits.formula, lipschitz_with(eq(LIP_SPHERE, RIM))),
    proofs=(proof(
        size, upper,
        step("tenths", forall(eq(a[i] * (1 - NINE), y[i]), DATA), by="linear", using="ten"),
        step("coherent", forall(distinct(le(dot(X[i], X[j]), NINE)), *PAIRS), by="linear", using="apart"),
        step("fit", fits.formula, by=fit.as_lemma.at(tau=NINE), using=("network", "unit rows", "tenths", "coherent")),
        step("last size", eq(Abs(a[n]), 10), by="instance", using="size"),
        step("inside", were_smaller(lt(HALFWAY**2, Rational(19, 100))), by="polynomial"),
        step("high", were_smaller(lt(NINE, COSINE)), by="polynomial", using="inside"),
        step("halfway", were_smaller(le((RIM + LIP_SPHERE) / 2, LIP_SPHERE)),
             by=slope.as_lemma.at(A=10, tau=NINE, sigma=HALFWAY, c=COSINE, t=(COSINE - NINE) / 8),
             using=("network", "unit rows", "apart", "last size", "across", "unit", "inside", "high")),
        step("lower", le(RIM, LIP_SPHERE), by=no_gap, using="halfway"),
        step("equal", eq(LIP_SPHERE, RIM), by="linear", using=("upper", "lower")),
        step("exact", lipschitz_with(eq(LIP_SPHERE, RIM)), by="conjunction", using=("upper", "equal")),
        step("law", And(fits.formula, lipschitz_with(eq(LIP_SPHERE, RIM))), by="conjunction", using=("fit", "exact")),
    ),),
)

# As printed: with high probability the caps are disjoint, one datum each, f fits, and it is 10-Lipschitz on the sphere.  Here with the
# probability: e^{−0.1922 d} for each pair.
APART_OFTEN = ge(Prob(DISJOINT, (X, SphereRows(n, d))), 1 - n * (n - 1) / 2 * exp(-d * Rational(31, 50) ** 2 / 2))
printed = Claim(
    id="bln.s32.printed", title="Section 3.2 as printed", source=SOURCE, reading=Reading.PRINTED, domain=NormDomain.SPHERE,
    hypotheses=CONSTRUCTION,
    conclusion=And(APART_OFTEN, Implies(DISJOINT, fits.formula), Implies(DISJOINT, lipschitz_with(le(LIP_SPHERE, 10)))),
    proofs=(proof(
        size,
        step("tenths", forall(eq(a[i] * (1 - NINE), y[i]), DATA), by="linear", using="ten"),
        step("pair often", forall(distinct(ge(Prob(le(dot(X[i], X[j]), Rational(31, 50)), (X, SphereRows(n, d))),
                                              1 - exp(-d * Rational(31, 50) ** 2 / 2))), *PAIRS),
             by=pair_cap.at(n=n, d=d, t=Rational(31, 50))),
        step("apart often", APART_OFTEN, by=prob_all_pairs, using="pair often"),
        step("coherent", Implies(DISJOINT, forall(distinct(le(dot(X[i], X[j]), NINE)), *PAIRS)), by="linear"),
        step("fit", Implies(DISJOINT, fits.formula), by=fit.as_lemma.at(tau=NINE),
             using=("network", "unit rows", "tenths", "coherent")),
        step("rim", Implies(DISJOINT, lipschitz_with(le(LIP_SPHERE, RIM))), by=disjoint_caps.as_lemma.at(s=1, tau=NINE, A=10),
             using=("network", "size", "unit rows")),
        step("at most ten", Implies(DISJOINT, le(LIP_SPHERE, 10)), by="linear", using="rim"),
        step("Lipschitz", Implies(DISJOINT, lipschitz_with(le(LIP_SPHERE, 10))), by="conjunction", using=("rim", "at most ten")),
        step("law", And(APART_OFTEN, Implies(DISJOINT, fits.formula), Implies(DISJOINT, lipschitz_with(le(LIP_SPHERE, 10)))),
             by="conjunction", using=("apart often", "fit", "Lipschitz")),
    ),),
    constants=(Constant("C", "10"),),
    audits=(Audit(
        finding="“10-Lipschitz on the sphere” counts the slope 10 of a neuron, which no chord of the sphere has",
        shown_by=("bln.s32.sharp",), repair="x_i·x_j ≤ 0.62 for i ≠ j (probability at least 1 − ½n²e^{−0.1922d})",
        sharp=("bln.s32.sharp",),
        detail="the constant is 10√0.19 = 4.3589…, exactly, for every data set in d ≥ 2 whose caps are disjoint.  That the caps are "
               "disjoint is the condition x_i·x_j ≤ 0.62, not one datum in each cap (x_i·x_j < 0.9)"),),
)
