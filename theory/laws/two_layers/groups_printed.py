"""Theorem 3 as printed: the norms and the number of its groups, and the estimate in its proof that holds for small sets only.

Bubeck–Li–Nagaraj 2021, Theorem 3.  Kind: upper.  Domain: sphere.
"""

from __future__ import annotations

from theory.claim import Audit, Chance, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import DATA, LIP_BALL, LIP_SPHERE, NEURONS, W, X, d, f, i, k, l, n, smooth_sphere, u, x, y
from theory.laws.two_layers.groups import (
    COUNT,
    OURS,
    SOURCE,
    gamma,
    gradient_steps,
    labels,
    on_ball,
    own,
    s,
    signed,
    signs,
    table,
    tau,
    threshold,
)
from theory.lemmas import groups as lemmas
from theory.lemmas import rules, spectra
from theory.lemmas.groups import welch
from theory.proof import proof, step
from theory.terms import (
    Abs,
    Ball,
    Implies,
    Range,
    Rational,
    Signs,
    Space,
    Sphere,
    SphereRows,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    bounded_above,
    dot,
    eq,
    forall,
    index,
    le,
    lipschitz_with,
    log,
    lt,
    norm,
    relu,
    sqrt,
)

h = index("h")
C = Symbol("C", positive=True)
m = Symbol("m", integer=True, positive=True)
PAIRS = ((l, Range(k)), (h, Range(k)))

# --- the norms of the weights -----------------------------------------------------------------------------------------------------

alpha, c = VectorSymbol("alpha", n), VectorSymbol("c", n)
kappa = Symbol("kappa", nonnegative=True)
w = Sum(alpha[i] * X[i], (i, n))
solves = Hypothesis("solves", forall(eq(dot(w, X[i]), 1), DATA), "w = Σ α_i x_i, the least-norm solution of w·x_i = 1 on the group")
well_posed = Hypothesis("well posed", forall(le(kappa * norm(c) ** 2, norm(Sum(c[i] * X[i], (i, n))) ** 2), (c, Space(n))), "XXᵀ ⪰ κI")
norms = Claim(
    id="bln.thm3.norms", title="Theorem 3, the norm of one weight", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(solves, well_posed),
    conclusion=le(kappa * norm(w) ** 2, n),
    proofs=(proof(
        step("at α", le(kappa * norm(alpha) ** 2, norm(w) ** 2), by="instance", using="well posed"),
        step("sum", eq(norm(w) ** 2, Sum(alpha[i] * dot(w, X[i]), (i, n))), by="algebra"),
        step("ones", eq(Sum(alpha[i] * dot(w, X[i]), (i, n)), Sum(alpha[i] * 1, (i, n))), by="sums", using="solves"),
        step("Cauchy", le(Sum(alpha[i] * 1, (i, n)), norm(alpha) * sqrt(n)), by=spectra.cauchy.at(F=lambda i: alpha[i], G=lambda i: 1)),
        step("law", le(kappa * norm(w) ** 2, n), by="polynomial", using=("at α", "sum", "ones", "Cauchy")),
    ),),
    note="The paper has XXᵀ ⪰ I/2, hence ‖w‖ ≤ √(2m) for a group of m points.",
)

# --- how many groups --------------------------------------------------------------------------------------------------------------

n_plus, n_minus, A, B = (Symbol(name, integer=True, nonnegative=True) for name in ("P", "N", "A", "B"))
points = Hypothesis("points", eq(n_plus + n_minus, n), "P points of label +1 and N of label −1")
large_groups = Hypothesis("group size", le(n, (k - 1) * m), "m ≥ n/(k − 1), in particular m = ⌈n/(k − 1)⌉")
exact_groups = Hypothesis("group size", eq(k * m, n), "m = n/k")
needed_plus = Hypothesis("groups of +", lt((A - 1) * m, n_plus), "A ≤ ⌈P/m⌉")
needed_minus = Hypothesis("groups of −", lt((B - 1) * m, n_minus), "B ≤ ⌈N/m⌉")

counting = Claim(
    id="bln.thm3.counting", title="Theorem 3, groups of one label", source=OURS, reading=Reading.SHARP, domain=NormDomain.DATA,
    hypotheses=(points, large_groups, needed_plus, needed_minus),
    conclusion=le(A + B, k),
    proofs=(proof(
        step("total", lt((A + B - 2) * m, (k - 1) * m), by="linear", using=("points", "group size", "groups of +", "groups of −")),
        step("below", lt(A + B, k + 1), by="polynomial", using="total"),
        step("whole", le(A + B, k), by=lemmas.whole, using="below"),
    ),),
    note="With m = n/k in place of m ≥ n/(k − 1) it gives A + B ≤ k + 1: one neuron more.",
)

grouping = Claim(
    id="bln.thm3.grouping", title="n/k points of one label for each of k neurons", source=SOURCE, reading=Reading.TEMPTING,
    domain=NormDomain.DATA,
    hypotheses=(points, exact_groups, needed_plus, needed_minus),
    conclusion=le(A + B, k),
    note="False when m = n/k divides neither class: 3 + 1 points in groups of 2 need 3 groups, and k = 2.",
)

# --- the estimate for all sets of neurons -----------------------------------------------------------------------------------------

e, v = VectorSymbol("e", k), VectorSymbol("v", d)
bits = Hypothesis("set", forall(eq(e[l] ** 2, e[l]), NEURONS), "e is the indicator of a set A of groups")
unit_weights = Hypothesis("unit weights", forall(eq(norm(W[l]), 1), NEURONS), "‖w_g‖ = 1")
unit_v = Hypothesis("direction", eq(norm(v), 1), "‖v‖ = 1")
half_space = Hypothesis("half-space", le(k, 2 * d * Sum(e[l] * dot(W[l], v), (l, k))), "Σ_A w_g·v ≥ k/(2d)")
t = Symbol("t", nonnegative=True)
many = Hypothesis("many groups", le(4 * d**2 * t, k), "k ≥ 4d²t")
DIRECTION = (u, Sphere(d))
WIDEST = Sup(Sum(relu(dot(u, W[l])), (l, k)), DIRECTION)
chosen = Sum(e[l] * W[l], (l, k))
size = Sum(e[l], (l, k))

large_sets = Claim(
    id="bln.thm3.large_sets", title="Some set of groups has a long sum", source=OURS, reading=Reading.OURS, domain=NormDomain.DATA,
    hypotheses=(unit_weights,),
    conclusion=le(k, 2 * d * WIDEST),
    proofs=(proof(
        step("ReLU", rules.RELU_BY_ABS, by=rules.relu_abs),
        step("unit", forall(eq(norm(W[h]), 1), (h, Range(k))), by="instance", using="unit weights"),
        step("opposite", forall(eq(norm(-W[h]), 1), (h, Range(k))), by="algebra", using="unit"),
        step("direction", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
        step("inner", forall(le(dot(u, W[l]), norm(u) * norm(W[l])), DIRECTION, NEURONS), by=rules.cauchy),
        step("value", forall(le(relu(dot(u, W[l])), 1), DIRECTION, NEURONS), by="polynomial",
             using=("inner", "direction", "unit weights")),
        step("values", forall(le(Sum(relu(dot(u, W[l])), (l, k)), Sum(1, (l, k))), DIRECTION), by=rules.sum_le, using="value"),
        step("bounded", bounded_above(WIDEST), by=rules.sup_bounded.at(bound=Sum(1, (l, k))), using="values"),
        step("plus", forall(le(Sum(relu(dot(W[h], W[l])), (l, k)), WIDEST), (h, Range(k))), by=rules.sup_ge, using=("bounded", "unit")),
        step("minus", forall(le(Sum(relu(dot(-W[h], W[l])), (l, k)), WIDEST), (h, Range(k))), by=rules.sup_ge,
             using=("bounded", "opposite")),
        step("angle", forall(le(dot(W[h], W[l]), norm(W[h]) * norm(W[l])), *PAIRS), by=rules.cauchy),
        step("angle′", forall(le(dot(-W[h], W[l]), norm(-W[h]) * norm(W[l])), *PAIRS), by=rules.cauchy),
        step("small", forall(le(Abs(dot(W[h], W[l])), 1), *PAIRS), by="polynomial",
             using=("angle", "angle′", "unit weights")),
        step("halves", forall(eq(relu(dot(W[h], W[l])) + relu(dot(-W[h], W[l])), Abs(dot(W[h], W[l]))), *PAIRS), by="sums", using="ReLU"),
        step("squares", forall(le(dot(W[l], W[h]) ** 2, relu(dot(W[h], W[l])) + relu(dot(-W[h], W[l]))), *PAIRS), by="polynomial",
             using=("small", "halves")),
        step("row", forall(le(Sum(dot(W[l], W[h]) ** 2, (l, k)), Sum(relu(dot(W[h], W[l])) + relu(dot(-W[h], W[l])), (l, k))),
                           (h, Range(k))), by=rules.sum_le, using="squares"),
        step("row bound", forall(le(Sum(dot(W[l], W[h]) ** 2, (l, k)), 2 * WIDEST), (h, Range(k))), by="linear",
             using=("row", "plus", "minus")),
        step("rows", le(Sum(Sum(dot(W[l], W[h]) ** 2, (l, k)), (h, k)), Sum(2 * WIDEST, (h, k))), by=rules.sum_le, using="row bound"),
        step("Welch", le(Sum(norm(W[l]) ** 2, (l, k)) ** 2, d * Sum(dot(W[l], W[h]) ** 2, (l, k), (h, k))), by=welch),
        step("trace", eq(Sum(norm(W[l]) ** 2, (l, k)), k), by="sums", using="unit weights"),
        step("law", le(k, 2 * d * WIDEST), by="polynomial", using=("rows", "Welch", "trace")),
    ),),
    where={"S": WIDEST},
    note="S = max of ‖Σ_A w_g‖ over all sets A of groups: for a given direction u the best set is {g : u·w_g > 0}.",
)

long_sum = Claim(
    id="bln.thm3.long_sum", title="Sums of groups in a half-space are long", source=OURS, reading=Reading.OURS, domain=NormDomain.DATA,
    hypotheses=(bits, unit_v, half_space, many),
    conclusion=le(t * size, norm(chosen) ** 2),
    proofs=(proof(
        step("one", forall(le(e[l], 1), NEURONS), by="polynomial", using="set"),
        step("sum", le(size, Sum(1, (l, k))), by=rules.sum_le.at(F=lambda l: e[l], G=lambda l: 1), using="one"),
        step("inner", le(dot(chosen, v), norm(chosen) * norm(v)), by=rules.cauchy),
        step("long", le(k, 2 * d * norm(chosen)), by="polynomial", using=("inner", "direction", "half-space")),
        step("square", le(k**2, 4 * d**2 * norm(chosen) ** 2), by="polynomial", using="long"),
        step("fewer", le(4 * d**2 * t * size, 4 * d**2 * t * k), by="polynomial", using="sum"),
        step("many", le(4 * d**2 * t * k, k**2), by="polynomial", using="many groups"),
        step("product", le(4 * d**2 * (t * size), 4 * d**2 * norm(chosen) ** 2), by="linear", using=("square", "fewer", "many")),
        step("law", le(t * size, norm(chosen) ** 2), by="polynomial", using="product"),
    ),),
    note="Such a set and direction exist for all unit weights, see bln.thm3.large_sets.",
)

least_norm = Hypothesis("least norm", forall(eq(W[l], Sum(gamma[i, l] * alpha[i] * X[i], (i, n))), NEURONS),
                        "w_g is a combination of the data of group g, so of least norm")
equal_groups = Hypothesis("equal groups", forall(eq(Sum(gamma[i, l], (i, n)), m), NEURONS), "every group has m points")
wide = Hypothesis("enough neurons", le(n * log(n), k * d), "k ≥ n log(n)/d")
narrow = Hypothesis("few neurons", le(k, n), "k ≤ n")
GROUPS = (table, own, least_norm, equal_groups)
DATA_LAW = (X, SphereRows(n, d))

all_subsets = Claim(
    id="bln.thm3.all_subsets", title="Theorem 3, the estimate ‖Σ_A w_g‖² ≤ C|A|m for all sets A", source=SOURCE, reading=Reading.PRINTED,
    domain=NormDomain.DATA,
    hypotheses=(*GROUPS, wide, narrow, bits),
    conclusion=le(norm(chosen) ** 2, C * m * size),
    constants=(Constant("C"),),
    audits=(Audit(
        "“For all A ⊂ [k]” is false for sets much larger than d",
        ("bln.thm3.all_subsets", "bln.thm3.long_sum", "bln.thm3.large_sets"),
        "it is needed for the neurons active at one point only, and their number is small",
        ("bln.thm3.active", "bln.thm3.gershgorin"),
        detail="with single points as groups, those in some half-space have a sum of norm at least k/(2d), so that C would have to be "
               "at least k/(4d²), which is unbounded for log k ≤ d ≪ √k",),),
)

# --- the rate that the printed estimates give ---------------------------------------------------------------------------------------

a, b = Symbol("a", nonnegative=True), Symbol("b", nonnegative=True)
L = log(d)
few_active = Hypothesis("few", forall(le(COUNT, a * m * L), (x, Ball(d))), "at most a·m·log(d) neurons are active at any point of the ball")
short_sums = Hypothesis("sums", forall(le(norm(signed) ** 2, b * m * COUNT), (x, Ball(d))),
                        "‖Σ_A ±w_g‖² ≤ b|A|m for the sets A of neurons that are active together")
RATE = m * sqrt(a * b * L)
rate = Claim(
    id="bln.thm3.rate", title="Theorem 3, the rate m√(log d)", source=OURS, reading=Reading.SHARP, domain=NormDomain.BALL,
    hypotheses=(on_ball, threshold, few_active, short_sums),
    conclusion=lipschitz_with(le(LIP_BALL, RATE / (1 - tau))),
    proofs=(proof(
        step("length", forall(le(norm(signed) ** 2, b * m * (a * m * L)), (x, Ball(d))), by="polynomial", using=("few", "sums")),
        step("norm", forall(le(norm(signed), RATE), (x, Ball(d))), by="polynomial", using="length"),
        *gradient_steps(RATE),
    ),),
    note="The two estimates of the printed proof, for the sets where they are needed, give √(log d) where the theorem has log d.",
)

# --- the theorem as printed -------------------------------------------------------------------------------------------------------

POINT = (x, Sphere(d))
half = Rational(1, 2)
on = lemmas.active(dot(W[l], x) - half)
printed_network = Hypothesis("network", forall(eq(f(x), Sum(2 * s[l] * relu(dot(W[l], x) - half), (l, k))), POINT),
                             "on the sphere f(x) = Σ s_g · 2ReLU(w_g·x − ½)")
half_off = Hypothesis("others", forall(le((1 - gamma[i, l]) * Abs(dot(W[l], X[i])), (1 - gamma[i, l]) * half), DATA, NEURONS),
                      "|w_g·x_i| ≤ ½ off group g")

printed = Claim(
    id="bln.thm3.printed", title="Theorem 3 as printed", source=SOURCE, reading=Reading.PRINTED, domain=NormDomain.SPHERE,
    hypotheses=(printed_network, smooth_sphere, signs, labels, *GROUPS, half_off, exact_groups, wide, narrow),
    conclusion=le(LIP_SPHERE, C * n * log(d) / k),
    constants=(Constant("C"),),
    chance=Chance(None, (DATA_LAW, (y, Signs(n))), some=(f, W, s, gamma, alpha)),
    proofs=(proof(
        step("all sets", Implies(bits.formula, le(norm(chosen) ** 2, C * m * size)), by=all_subsets.as_lemma,
             using=(*(g.name for g in GROUPS), "enough neurons", "few neurons")),
        step("few active", forall(le(Sum(on, (l, k)), C * m * log(d)), POINT), by="polynomial", using="all sets"),
        step("gradient", forall(le(norm(Sum(on * 2 * s[l] * W[l], (l, k))), C * m * log(d)), POINT), by="polynomial",
             using=("all sets", "few active", "signs")),
        step("law", le(LIP_SPHERE, C * n * log(d) / k), by="polynomial", using=("gradient", "group size")),
        author="printed"),),
    audits=(
        Audit("The proof uses ‖Σ_A w_g‖² ≤ C|A|m for all sets A of groups, which is false for |A| ≫ d",
              ("bln.thm3.all_subsets",), "only the sets of neurons that are active together matter, and they are small",
              ("bln.thm3.active", "bln.thm3.gershgorin", "bln.thm3.spectral")),
        Audit("With m = n/k the points of one label need not fill groups of m",
              ("bln.thm3.grouping",), "m = ⌈n/(k − 1)⌉", ("bln.thm3.counting",),
              detail="k + 1 neurons may be needed"),
        Audit("log d is slack",
              ("bln.thm3.rate",), "Lip ≤ Cm√(log d) for d ≥ 2, or the instance form with numbers measured on the data",
              ("bln.thm3.rate", "bln.thm3.gershgorin"),
              detail="its two estimates, at most Cm log d active neurons and ‖Σ_A w_g‖² ≤ C|A|m, give m√(log d).  At d = 1 the right "
                     "side is 0, and the regime leaves n ≤ 2 there"),
    ),
    note="The construction satisfies it on every drawn instance; what is refuted is a step of its printed proof.",
)
