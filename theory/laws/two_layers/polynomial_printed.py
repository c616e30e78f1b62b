"""Theorem 8 as printed, without a condition on n; the inequality that its proof ends with; and why both are false.

Bubeck–Li–Nagaraj 2021, Theorem 8.
"""

from __future__ import annotations

from theory.claim import Audit, Chance, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import LIP_BALL, X, d, f, fits, i, labels, n, network, u, x, y
from theory.laws.two_layers.polynomial_law import (
    DIRECTION,
    ORDERS,
    SEGMENT,
    SOURCE,
    T,
    coefficient_steps,
    form_steps,
    p,
    polynomial,
    q,
    smooth_steps,
    t,
)
from theory.lemmas.quadratics import only_index
from theory.lemmas.rules import lip_least_ball
from theory.proof import Lemma, LemmaKind, proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    Ball,
    Range,
    Signs,
    Space,
    SphereRows,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    exp,
    factorial,
    forall,
    le,
    lipschitz_with,
    norm,
    sqrt,
)
from theory.terms.schema import Family
from theory.terms.tensors import TensorPower

POINTS = ((x, Ball(d)), (VectorSymbol("x′", d), Ball(d)))
x_ = POINTS[1][0]
flat = Hypothesis("constant", forall(eq(f(x), y[n]), (x, Space(d))), "f is constant: W = 0, say")
alone = Hypothesis("one datum", eq(n, 1), "n = 1")
FITTED = And(fits.formula, lipschitz_with(le(LIP_BALL, 0)))

constant_network = Claim(
    id="bln.thm8.constant", title="A constant fits one datum with Lip_B = 0", source=Source("lawbook", "8"), reading=Reading.OURS,
    domain=NormDomain.BALL,
    hypotheses=(alone, flat),
    conclusion=FITTED,
    proofs=(proof(
        step("zero", forall(le(Abs(f(x) - f(x_)), 0 * norm(x - x_)), *POINTS), by="polynomial", using="constant"),
        step("slope", lipschitz_with(le(LIP_BALL, 0)), by=lip_least_ball.at(L=0), using="zero"),
        step("value", eq(f(X[n]), y[n]), by="instance", using="constant"),
        step("fits", fits.formula, by=only_index, using=("one datum", "value")),
        step("law", FITTED, by="conjunction", using=("fits", "slope")),
    ),),
)

# --- the last inequality of the printed proof -----------------------------------------------------------------------------------------

m, bound = Symbol("m", integer=True, positive=True), Symbol("bound", real=True)
g, G = VectorSymbol("g", m), Family("G")


def bounded_polynomial(g):  # type: ignore[no-untyped-def]
    """|Σ g_i t^{i−1}| ≤ bound on [−1, 1]."""
    return forall(le(Abs(Sum(g(i) * t ** (i - 1), (i, m))), bound), SEGMENT)


def derivatives_at_zero(g):  # type: ignore[no-untyped-def]
    """(i − 1)! |g_i| ≤ bound, the derivatives at 0."""
    return forall(le(factorial(i - 1) * Abs(g(i)), bound), (i, Range(m)))


markov_step = Claim(
    id="bln.thm8.markov_step", title="Theorem 8, the last step of the printed proof", source=SOURCE, reading=Reading.PRINTED,
    domain=NormDomain.DATA,
    hypotheses=(Hypothesis("bounded", bounded_polynomial(lambda i: g[i]), "P(t) = Σ g_i t^{i−1} is at most the bound on [−1, 1]"),),
    conclusion=derivatives_at_zero(lambda i: g[i]),
    audits=(Audit(
        "'max|P| ≥ |P^{(q)}(0)|' is false",
        ("bln.thm8.markov_step",),
        "V. Markov's theorem, for P′",
        ("bln.thm8.coefficients",),
        detail="P = 2t² − 1 is at most 1 on [−1, 1] and P″(0) = 4; and what the Lipschitz constant bounds is P′"),),
)
in_printed_proof = Lemma(markov_step.id, markov_step.title, SOURCE, LemmaKind.OURS, derivatives_at_zero(G), (bounded_polynomial(G),))

# --- the statement --------------------------------------------------------------------------------------------------------------------

C, c = Symbol("C", positive=True), Symbol("c", positive=True)
statement = le(c * sqrt(n / d ** (p - 1)), LIP_BALL)
printed = Claim(
    id="bln.thm8.printed", title="Theorem 8 as printed", source=SOURCE, reading=Reading.PRINTED, domain=NormDomain.BALL,
    hypotheses=(fits, labels, network, polynomial),
    conclusion=statement,
    constants=(Constant("c"), Constant("C")),
    chance=Chance(C * exp(-c * d), ((X, SphereRows(n, d)), (y, Signs(n)))),
    proofs=(proof(
        *form_steps, *smooth_steps, *coefficient_steps[:3],
        step("derivatives at 0", forall(le(factorial(q - 1) * Abs(q * dot(T, TensorPower(u, q))), LIP_BALL), DIRECTION, ORDERS),
             by=in_printed_proof, using="derivative"),
        step("law", statement, by="chain", using="derivatives at 0"),
        author="printed",
    ),),
    note="Of the printed proof its own steps are encoded, with P′ where it has P; what it takes over from Theorem 7 is not repeated.",
    audits=(
        Audit("nothing in the hypotheses bounds n from below",
              ("bln.thm8.printed", "bln.thm8.constant"),
              "n ≥ d; then Lip_B ≥ √(n/d^{p−1})/(7c_p) with probability 1 − (3 + p)e^{−d/8}; for any n, both labels force Lip_B ≥ 1",
              ("bln.thm8.generic", "bln.thm8.labels"),
              detail="with one datum (or with constant labels, probability 2^{1−n}) the constant network fits, and Lip_B = 0"),
        Audit("the printed proof rests on Lemma 14, which needs n ≥ d^{p−1}, and on a false inequality for the derivatives at 0",
              ("bln.thm8.markov_step",),
              "the Frobenius norm and V. Markov's theorem",
              ("bln.thm8.sharp", "bln.thm8.random_labels")),
    ),
)
