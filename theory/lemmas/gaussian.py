"""Gaussian data: how often a coordinate is large, and consequences of events about data and labels."""

from __future__ import annotations

from sympy import Expr

from theory.lemmas.build import A, B, d, derived, j, n, textbook, x
from theory.lemmas.derivations import probability
from theory.source import Source
from theory.terms import (
    Abs,
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
    lt,
    norm,
    pi,
    sqrt,
)

X, y = MatrixSymbol("X", n, d), VectorSymbol("y", n)
DRAWS = ((X, GaussianRows(n, d)), (y, Signs(n)))
level, p = Symbol("s", nonnegative=True), Symbol("p", real=True)


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
