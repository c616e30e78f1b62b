"""Gaussian data: how often a coordinate is large, the lengths of images of a vector, and consequences of events about data and labels."""

from __future__ import annotations

from sympy import Expr

from theory.lemmas import rules
from theory.lemmas.build import A, B, d, derived, i, j, m, n, ours, textbook, x
from theory.lemmas.derivations import probability
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    GaussianRows,
    Implies,
    MatrixSymbol,
    Prob,
    Range,
    Signs,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    exp,
    forall,
    ge,
    le,
    log,
    lt,
    norm,
    pi,
    sqrt,
)

X, y = MatrixSymbol("X", n, d), VectorSymbol("y", n)
DRAWS = ((X, GaussianRows(n, d)), (y, Signs(n)))
level, p, q = Symbol("s", nonnegative=True), Symbol("p", real=True), Symbol("q", real=True)


def mills_bound(t: Expr) -> Expr:
    """√(2/π)·t/(1 + t²)·e^{−t²/2}, a lower bound of P(|g| > t) for a standard Gaussian g and t ≥ 0.

    >>> round(float(mills_bound(1)), 3)            # P(|g| > 1) = 0.317…
    0.242
    """
    return sqrt(2 / pi) * t / (1 + t**2) * exp(-(t**2) / 2)


mills = textbook(
    "lemma.mills", "Mills: |√d x_j·x| > s with probability at least √(2/π)·s/(1 + s²)·e^{−s²/2}, for a unit vector x and Gaussian rows",
    Source("Gordon, Values of Mills' ratio of area to bounding ordinate, Ann. Math. Statist. 12, 1941", "the lower bound t/(1 + t²)"),
    forall(ge(Prob(lt(level, sqrt(d) * Abs(dot(X[j], x))), *DRAWS), mills_bound(level)), (j, Range(n))), [eq(norm(x), 1)])
prob_draws_implies = derived("rule.prob_draws_implies", "a consequence of an event about data and labels is at least as probable",
                             ge(Prob(B(X, y), *DRAWS), p), [ge(Prob(A(X, y), *DRAWS), p), forall(Implies(A(X, y), B(X, y)), *DRAWS)],
                             probability.consequence)

# --- Johnson and Lindenstrauss --------------------------------------------------------------------------------------------------------

GAUSS, PAIRS = (X, GaussianRows(n, d)), ((i, Range(m)), (j, Range(m)))
beta, eps = Symbol("beta", positive=True), Symbol("eps", positive=True)
v = VectorSymbol("v", d)
size = d * norm(X @ v) ** 2 / n                  # ‖v‖²/n times χ² with n degrees of freedom
CHERNOFF = exp(n / 2 * (1 - beta + log(beta)))
CRAMER = Source("BLM", "sections 2.2 and 2.4, the Cramér–Chernoff method with E e^{λχ²} = (1 − 2λ)^{−n/2}, at λ = (1 − 1/β)/2")
gaussian_length_upper = textbook(
    "lemma.gaussian_length.upper", "the image of a vector under a Gaussian matrix is seldom long: Chernoff's bound for χ²", CRAMER,
    ge(Prob(le(size, beta * norm(v) ** 2), GAUSS), 1 - CHERNOFF), [lt(1, beta)])
gaussian_length_lower = textbook(
    "lemma.gaussian_length.lower", "the image of a vector under a Gaussian matrix is seldom short: Chernoff's bound for χ²", CRAMER,
    ge(Prob(le(beta * norm(v) ** 2, size), GAUSS), 1 - CHERNOFF), [lt(beta, 1)])
prob_gaussian_and = derived(
    "rule.prob_gaussian_and", "union bound: both events about Gaussian data hold but for the sum of their failure probabilities",
    ge(Prob(And(A(X), B(X)), GAUSS), 1 - p - q), [ge(Prob(A(X), GAUSS), 1 - p), ge(Prob(B(X), GAUSS), 1 - q)], probability.conjunction)
prob_gaussian_pairs = derived(
    "rule.prob_gaussian_pairs", "union bound over the m(m−1)/2 pairs of indices, for events about Gaussian data",
    ge(Prob(forall(Implies(lt(i, j), A(X, i, j)), *PAIRS), GAUSS), 1 - m * (m - 1) / 2 * p),
    [forall(Implies(lt(i, j), ge(Prob(A(X, i, j), GAUSS), 1 - p)), *PAIRS)], probability.all_pairs)

RATE = n / 2 * (eps**2 / 2 - eps**3 / 3)
LONG, SHORT = n / 2 * (1 - (1 + eps) + log(1 + eps)), n / 2 * (1 - (1 - eps) + log(1 - eps))
ABOVE, BELOW = le(size, (1 + eps) * norm(v) ** 2), le((1 - eps) * norm(v) ** 2, size)
one_vector = ours(
    "lemma.one_vector", "a Gaussian matrix keeps the length of a vector up to 1 ± ε (Johnson, Lindenstrauss; Dasgupta, Gupta)",
    ge(Prob(And(BELOW, ABOVE), GAUSS), 1 - 2 * exp(-RATE)), [lt(eps, 1)], proof(
        step("positive", lt(0, 1 - eps), by="linear", using="h1"),
        step("short", ge(Prob(BELOW, GAUSS), 1 - exp(SHORT)), by=gaussian_length_lower.at(beta=1 - eps), using="positive"),
        step("long", ge(Prob(ABOVE, GAUSS), 1 - exp(LONG)), by=gaussian_length_upper.at(beta=1 + eps)),
        step("log short", le(1 - (1 - eps) + log(1 - eps), -(eps**2 / 2 - eps**3 / 3)), by="ball", using="h1"),
        step("log long", le(1 - (1 + eps) + log(1 + eps), -(eps**2 / 2 - eps**3 / 3)), by="ball"),
        step("rate short", le(SHORT, -RATE), by="polynomial", using="log short"),
        step("rate long", le(LONG, -RATE), by="polynomial", using="log long"),
        step("exp short", le(exp(SHORT), exp(-RATE)), by=rules.exp_le, using="rate short"),
        step("exp long", le(exp(LONG), exp(-RATE)), by=rules.exp_le, using="rate long"),
        step("below", ge(Prob(BELOW, GAUSS), 1 - exp(-RATE)), by="linear", using=("short", "exp short")),
        step("above", ge(Prob(ABOVE, GAUSS), 1 - exp(-RATE)), by="linear", using=("long", "exp long")),
        step("both", ge(Prob(And(BELOW, ABOVE), GAUSS), 1 - exp(-RATE) - exp(-RATE)), by=prob_gaussian_and, using=("below", "above")),
        step("law", ge(Prob(And(BELOW, ABOVE), GAUSS), 1 - 2 * exp(-RATE)), by="linear", using="both")))
