"""Spherical caps: how fast ReLU(w·x − τ) grows along chords of the unit sphere, on one cap and across two disjoint ones.

With ‖w‖ ≤ s and 0 < τ < s the neuron lives on the cap {w·x > τ}; the cap's rim has slope √(s² − τ²).  Two caps are disjoint as soon as
u·w ≤ 2τ² − s², because then ‖u + w‖ ≤ 2τ.
"""

from __future__ import annotations

from theory.lemmas import rules
from theory.lemmas.build import A, B, F, G, X, d, derived, i, j, l, n, ours, textbook, u, w, x, x_
from theory.lemmas.derivations import few_terms, numbers, probability, sums
from theory.lemmas.rules import bound
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, Implies, Prob, Range, SphereRows, Sum, Symbol, dot, eq, exp, forall, ge, le, lt, member, norm, relu, sqrt

p, q, c = (Symbol(name, real=True) for name in ("p", "q", "c"))
L = Symbol("L", nonnegative=True)
tau, s, t = Symbol("tau", positive=True), Symbol("s", positive=True), Symbol("t", nonnegative=True)
PAIRS = ((i, Range(n)), (j, Range(n)))

# --- logic and definitions --------------------------------------------------------------------------------------------------------

where_positive = derived(
    "rule.where_positive", "c·p ≤ c·q for c ≥ 0, if p ≤ q wherever c > 0", le(c * p, c * q), [Implies(lt(0, c), le(p, q)), le(0, c)],
    numbers.where_positive)
bound_where_positive = derived("rule.bound_where_positive", "a bound q ≥ 0 on p wherever p ≥ 0 bounds p", le(p, q),
                               [Implies(le(0, p), le(p, q)), le(0, q)], numbers.bound_where_positive)
cancel = derived("rule.cancel", "a positive factor cancels", le(p, q), [lt(0, c), le(c * p, c * q)], numbers.cancel)
scale_le = derived("rule.scale_le", "an inequality may be multiplied by a nonnegative number", le(c * p, c * q), [le(0, c), le(p, q)],
                   numbers.scale_le)
square_le = derived("rule.square_le", "nonnegative numbers keep their order when they are squared", le(p**2, q**2), [le(0, p), le(p, q)],
                    numbers.square_le)
root_le = derived("rule.root_le", "squares of nonnegative numbers keep their order", le(p, q), [le(0, q), le(p**2, q**2)], numbers.root)

no_gap = derived("rule.no_gap", "p ≤ q, if from q < p it would follow that their mean is at most q", le(p, q),
                 [Implies(lt(q, p), le((p + q) / 2, q))], numbers.no_gap)
single_term = derived("rule.single_term", "a sum with one nonzero term", eq(Sum(F(i), (i, n)), F(j)),
                      [member(j, Range(n)), forall(Implies(lt(i, j), eq(F(i), 0)), (i, Range(n))),
                       forall(Implies(lt(j, i), eq(F(i), 0)), (i, Range(n)))], sums.single_term)
last_term = derived("rule.last_term", "a sum whose only nonzero term is the last", eq(Sum(F(i), (i, n)), F(n)),
                    [forall(Implies(lt(i, n), eq(F(i), 0)), (i, Range(n)))], sums.last_term)
at_index = derived("rule.at_index", "what holds for all pairs of indices holds for all pairs with one of them fixed",
                   forall(B(i, j), (i, Range(n))), [forall(B(i, l), (i, Range(n)), (l, Range(n))), member(j, Range(n))], sums.at_index)

two_terms = derived(
    "lemma.two_terms", "families with at most one nonzero term each: Σ(F_i − G_i) has at most two nonzero terms",
    le(Abs(Sum(F(i), (i, n)) - Sum(G(i), (i, n))), bound),
    [forall(Implies(lt(i, j), eq(F(i) * F(j), 0)), *PAIRS), forall(Implies(lt(i, j), eq(G(i) * G(j), 0)), *PAIRS),
     forall(le(Abs(F(i) - G(i)), bound), (i, Range(n))),
     forall(Implies(lt(i, j), le(Abs(F(i) - G(i) + F(j) - G(j)), bound)), *PAIRS)],
    few_terms.two_terms)

DRAW = (X, SphereRows(n, d))
pair_cap = textbook(
    "lemma.pair_cap", "two of n independent uniform points of S^{d−1} have ⟨x_i, x_j⟩ > t with probability at most e^{−dt²/2}",
    Source("Ball, An elementary introduction to modern convex geometry, 1997", "Lemma 2.2, given x_i"),
    forall(Implies(lt(i, j), ge(Prob(le(dot(X[i], X[j]), t), DRAW), 1 - exp(-d * t**2 / 2))), *PAIRS))
prob_all_pairs = derived(
    "rule.prob_all_pairs", "union bound over the n(n−1)/2 pairs of rows",
    ge(Prob(forall(Implies(lt(i, j), A(X, i, j)), *PAIRS), DRAW), 1 - n * (n - 1) / 2 * p),
    [forall(Implies(lt(i, j), ge(Prob(A(X, i, j), DRAW), 1 - p)), *PAIRS)], probability.all_pairs)

# --- one cap ----------------------------------------------------------------------------------------------------------------------


def cap(centre, point):  # type: ignore[no-untyped-def]
    """ReLU(w·x − τ)."""
    return relu(dot(centre, point) - tau)


def neuron(name: str, centre, point):  # type: ignore[no-untyped-def]
    """Steps: a neuron t = ReLU(w·x − τ) has t ≥ 0, t ≥ w·x − τ and t·(t − w·x + τ) = 0."""
    return (
        step(f"{name} nonnegative", le(0, cap(centre, point)), by="polynomial", using="relu"),
        step(f"{name} above", le(dot(centre, point) - tau, cap(centre, point)), by="polynomial", using="relu"),
        step(f"{name} active", eq(cap(centre, point) * (cap(centre, point) - dot(centre, point) + tau), 0), by="polynomial", using="relu"),
    )


H = s**2 - tau**2
chord = norm(x - x_)
STEEP = sqrt(H) * chord
POINTS = [eq(norm(x), 1), eq(norm(x_), 1)]
PROPER = lt(tau, s)
relu_step = step("relu", rules.RELU_BY_ABS, by=rules.relu_abs)

cap_height = ours(
    "lemma.cap_height", "a neuron on the unit sphere is at most ‖w‖ − τ", le(tau + cap(w, x), s), [eq(norm(x), 1), le(norm(w), s), PROPER],
    proof(
        relu_step, *neuron("x", w, x),
        step("angle", le(dot(w, x), norm(w) * norm(x)), by=rules.cauchy),
        step("height", le(tau + cap(w, x), s), by="polynomial", using=("angle", "h1", "h2", "h3", "x nonnegative", "x active")),
    ))

D = cap(w, x) - cap(w, x_)
tilted = H * x - D * w                                                    # Hx − Dw, tested against x′
floor = H - D * (tau + cap(w, x_)) - D**2 / 2


def where_rising(formula):  # type: ignore[no-untyped-def]
    """The formula where the neuron is at least as large at x as at x′."""
    return Implies(le(0, D), formula)


cap_slope = ours(
    "lemma.cap_slope", "on the unit sphere a neuron changes by at most √(s² − τ²) times the chord", le(D, STEEP),
    [*POINTS, le(norm(w), s), PROPER],
    proof(
        relu_step, *neuron("x", w, x), *neuron("x′", w, x_),
        step("wide", lt(0, H), by="polynomial", using="h4"),
        step("height", le(tau + cap(w, x), s), by=cap_height, using=("h1", "h3", "h4")),
        step("chord", eq(chord**2, 2 - 2 * dot(x, x_)), by="algebra", using=("h1", "h2")),
        step("tilt", le(dot(tilted, x_), norm(tilted) * norm(x_)), by=rules.cauchy),
        step("length", eq(norm(tilted) ** 2, H**2 - 2 * H * D * dot(w, x) + D**2 * norm(w) ** 2), by="algebra", using="h1"),
        step("rise", where_rising(eq(2 * H * D * dot(w, x), 2 * H * D * (tau + cap(w, x)))), by="polynomial",
             using=("x active", "x nonnegative", "x′ nonnegative")),
        step("thin", le(D**2 * norm(w) ** 2, D**2 * s**2), by="polynomial", using="h3"),
        step("high", where_rising(le(0, D**2 * cap(w, x_) * (2 * tau + cap(w, x_)) + D**3 * (tau + cap(w, x_)) + D**4 / 4)),
             by="polynomial", using=("x nonnegative", "x′ nonnegative")),
        step("square", where_rising(le(norm(tilted) ** 2, floor**2)), by="linear", using=("length", "rise", "thin", "high")),
        step("positive", where_rising(le(0, floor)), by="polynomial", using=("height", "x′ nonnegative", "h4")),
        step("root", where_rising(le(norm(tilted), floor)), by=root_le, using=("square", "positive")),
        step("reach", where_rising(le(dot(tilted, x_), floor)), by="linear", using=("tilt", "root", "h2")),
        step("moved", where_rising(le(D * dot(w, x_), D * (tau + cap(w, x_)))), by="polynomial", using="x′ above"),
        step("drop", where_rising(le(D**2, H * chord**2)), by="linear", using=("reach", "moved", "chord")),
        step("falls", where_rising(le(D, STEEP)), by="polynomial", using=("drop", "wide")),
        step("steep", le(0, STEEP), by="polynomial", using="wide"),
        step("slope", le(D, STEEP), by=bound_where_positive, using=("falls", "steep")),
    ))

# --- two disjoint caps ------------------------------------------------------------------------------------------------------------

S, T = norm(u + w), norm(u - w)
CENTRES = [le(norm(u), s), le(norm(w), s), le(dot(u, w), 2 * tau**2 - s**2), PROPER]
close_steps = (
    step("squares", eq(S**2, norm(u) ** 2 + norm(w) ** 2 + 2 * dot(u, w)), by="algebra"),
    step("u short", le(norm(u) ** 2, s**2), by=square_le, using="h1"),
    step("w short", le(norm(w) ** 2, s**2), by=square_le, using="h2"),
    step("close squares", le(S**2, (2 * tau) ** 2), by="linear", using=("squares", "u short", "w short", "h3")),
    step("close", le(S, 2 * tau), by=root_le, using="close squares"),
)
caps_disjoint = ours(
    "lemma.caps_disjoint", "caps with u·w ≤ 2τ² − s² are disjoint", eq(cap(u, x) * cap(w, x), 0), [*CENTRES, eq(norm(x), 1)],
    proof(
        relu_step, *neuron("u", u, x), *neuron("w", w, x), *close_steps,
        step("middle", le(dot(u + w, x), S * norm(x)), by=rules.cauchy),
        step("one active", eq(cap(u, x) * cap(w, x), 0), by="polynomial",
             using=("u active", "u nonnegative", "w active", "w nonnegative", "middle", "h5", "close")),
    ))

both, total = cap(u, x) * cap(w, x_), cap(u, x) + cap(w, x_)
Q = 2 * tau + total                                                       # u·x + w·x′ where both neurons are active
slack = 4 * s**2 * (2 * Q - S - 2 * tau) - Q**2 * (S + 2 * tau) + 4 * Q * S * tau


def where_both(formula):  # type: ignore[no-untyped-def]
    """The formula where x lies in the cap of u and x′ in the cap of w."""
    return Implies(lt(0, both), formula)


cap_pair = ours(
    "lemma.cap_pair", "from one cap to a disjoint one both neurons together change by at most √(s² − τ²) times the chord",
    le(both * total, both * STEEP), [*CENTRES, *POINTS],
    proof(
        relu_step, *neuron("u", u, x), *neuron("w", w, x_), *close_steps,
        step("wide", lt(0, H), by="polynomial", using="h4"),
        step("u height", le(tau + cap(u, x), s), by=cap_height, using=("h1", "h4", "h5")),
        step("w height", le(tau + cap(w, x_), s), by=cap_height, using=("h2", "h4", "h6")),
        step("parallelogram", eq(T**2, 2 * norm(u) ** 2 + 2 * norm(w) ** 2 - S**2), by="algebra"),
        step("far", le(T**2, 4 * s**2 - S**2), by="linear", using=("parallelogram", "u short", "w short")),
        step("middle x", le(dot(u + w, x), S * norm(x)), by=rules.cauchy),
        step("middle x′", le(dot(u + w, x_), S * norm(x_)), by=rules.cauchy),
        step("across", le(dot(u - w, x - x_), T * chord), by=rules.cauchy),
        step("both active", where_both(eq(dot(u, x) + dot(w, x_), Q)), by="polynomial",
             using=("u active", "w active", "u nonnegative", "w nonnegative")),
        step("apart", where_both(le(2 * (Q - S), T * chord)), by="polynomial",
             using=("across", "middle x", "middle x′", "h5", "h6", "both active")),
        step("excess", le(0, 2 * Q - S - 2 * tau), by="linear", using=("close", "u nonnegative", "w nonnegative")),
        step("positive", le(0, Q), by="linear", using=("close", "u nonnegative", "w nonnegative")),
        step("tall", le(Q, 2 * s), by="linear", using=("u height", "w height")),
        step("tall squares", le(Q**2, (2 * s) ** 2), by=square_le, using=("positive", "tall")),
        step("taller", le((2 * Q - S - 2 * tau) * Q**2, (2 * Q - S - 2 * tau) * (2 * s) ** 2),
             by=scale_le.at(c=2 * Q - S - 2 * tau, p=Q**2, q=(2 * s) ** 2), using=("tall squares", "excess")),
        step("product", le(0, 2 * Q * (Q - S) * total), by="polynomial", using=("close", "u nonnegative", "w nonnegative")),
        step("slack", le(0, slack), by="linear", using=("taller", "product")),
        step("below", le(0 * slack, (2 * tau - S) * slack), by=scale_le.at(c=slack, p=0, q=2 * tau - S), using=("close", "slack")),
        step("compare", le(total**2 * (4 * s**2 - S**2), 4 * H * (Q - S) ** 2), by="linear", using="below"),
        step("mass", le(0, total**2), by="polynomial"),
        step("weighed", le(total**2 * T**2, total**2 * (4 * s**2 - S**2)), by=scale_le.at(c=total**2, p=T**2, q=4 * s**2 - S**2),
             using=("far", "mass")),
        step("gap", le(0, 2 * (Q - S)), by="linear", using=("close", "u nonnegative", "w nonnegative")),
        step("apart squares", where_both(le((2 * (Q - S)) ** 2, (T * chord) ** 2)), by=square_le.at(p=2 * (Q - S), q=T * chord),
             using=("gap", "apart")),
        step("reach", where_both(le(H * (2 * (Q - S)) ** 2, H * (T * chord) ** 2)),
             by=scale_le.at(c=H, p=(2 * (Q - S)) ** 2, q=(T * chord) ** 2), using=("apart squares", "wide")),
        step("separated", where_both(lt(0, T**2)), by="polynomial", using=("apart", "close", "u nonnegative", "w nonnegative")),
        step("scaled", where_both(le(T**2 * total**2, T**2 * (H * chord**2))), by="linear", using=("weighed", "compare", "reach")),
        step("two caps", where_both(le(total**2, H * chord**2)), by=cancel, using=("scaled", "separated")),
        step("sum", where_both(le(total, STEEP)), by="polynomial", using=("two caps", "wide", "u nonnegative", "w nonnegative")),
        step("both", le(0, both), by="polynomial", using=("u nonnegative", "w nonnegative")),
        step("where both", le(both * total, both * STEEP), by=where_positive, using=("sum", "both")),
    ))

D_u, D_w = cap(u, x) - cap(u, x_), cap(w, x) - cap(w, x_)
cap_spread = ours(
    "lemma.cap_spread", "the neurons of two disjoint caps together change by at most √(s² − τ²) times the chord",
    le(Abs(D_u) + Abs(D_w), STEEP), [*CENTRES, *POINTS],
    proof(
        relu_step,
        *(step(f"{name} nonnegative", le(0, cap(*pair)), by="polynomial", using="relu")
          for name, pair in (("u x", (u, x)), ("u x′", (u, x_)), ("w x", (w, x)), ("w x′", (w, x_)))),
        step("u falls", le(cap(u, x) - cap(u, x_), STEEP), by=cap_slope, using=("h1", "h4", "h5", "h6")),
        step("u rises", le(cap(u, x_) - cap(u, x), STEEP), by=cap_slope, using=("h1", "h4", "h5", "h6")),
        step("w falls", le(cap(w, x) - cap(w, x_), STEEP), by=cap_slope, using=("h2", "h4", "h5", "h6")),
        step("w rises", le(cap(w, x_) - cap(w, x), STEEP), by=cap_slope, using=("h2", "h4", "h5", "h6")),
        step("at x", eq(cap(u, x) * cap(w, x), 0), by=caps_disjoint, using=("h1", "h2", "h3", "h4", "h5")),
        step("at x′", eq(cap(u, x_) * cap(w, x_), 0), by=caps_disjoint, using=("h1", "h2", "h3", "h4", "h6")),
        step("from u to w", le(both * total, both * STEEP), by=cap_pair, using=("h1", "h2", "h3", "h4", "h5", "h6")),
        step("from w to u", le(cap(w, x) * cap(u, x_) * (cap(w, x) + cap(u, x_)), cap(w, x) * cap(u, x_) * STEEP), by=cap_pair,
             using=("h1", "h2", "h3", "h4", "h5", "h6")),
        step("both rise", le(D_u + D_w, STEEP), by="polynomial",
             using=("at x", "u x nonnegative", "u x′ nonnegative", "w x nonnegative", "w x′ nonnegative", "u falls", "w falls")),
        step("both fall", le(-D_u - D_w, STEEP), by="polynomial",
             using=("at x′", "u x nonnegative", "u x′ nonnegative", "w x nonnegative", "w x′ nonnegative", "u rises", "w rises")),
        step("u before w", le(D_u - D_w, STEEP), by="polynomial",
             using=("from u to w", "u x nonnegative", "u x′ nonnegative", "w x nonnegative", "w x′ nonnegative", "u falls", "w rises")),
        step("w before u", le(D_w - D_u, STEEP), by="polynomial",
             using=("from w to u", "u x nonnegative", "u x′ nonnegative", "w x nonnegative", "w x′ nonnegative", "u rises", "w falls")),
        step("spread", le(Abs(D_u) + Abs(D_w), STEEP), by="polynomial", using=("both rise", "both fall", "u before w", "w before u")),
    ))
