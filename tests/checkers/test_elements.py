"""Suprema, means, sums and probabilities: steps that follow at each element, over any domain, and false neighbours that must not."""

from __future__ import annotations

import pytest

from theory.check import check_step
from theory.proof import step
from theory.terms import (
    And,
    Ball,
    Expect,
    Formula,
    GaussianRows,
    MatrixSymbol,
    Prob,
    Range,
    Signs,
    Sphere,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    d,
    dot,
    eq,
    exp,
    forall,
    index,
    k,
    le,
    n,
    norm,
    op_norm,
)

m, i, j, t, T = (index(name) for name in ("m", "i", "j", "t", "T"))
r, B = Symbol("r", nonnegative=True), Symbol("B", nonnegative=True)
eta, s = Symbol("eta", positive=True), Symbol("s", real=True)
A, X, G = MatrixSymbol("A", m, n), MatrixSymbol("X", n, d), MatrixSymbol("G", k, d)
x, g = MatrixSymbol("x", T + 1, d), MatrixSymbol("g", T, d)
eps, v, w, y = VectorSymbol("eps", n), VectorSymbol("v", n), VectorSymbol("w", d), VectorSymbol("y", n)
u, z = VectorSymbol("u", d), VectorSymbol("z", d)
SIGNS, CLASS, DATA, TIME = (eps, Signs(n)), (j, Range(m)), (i, Range(n)), (t, Range(T))
BALL, SPHERE = (w, Ball(d, B)), (u, Sphere(d))
UPDATE = forall(eq(x[t + 1], x[t] - eta * g[t]), TIME)
MOMENT = exp(s * dot(A[j], eps))
LAW = (G, GaussianRows(k, d))


def short(q: object) -> Formula:
    """The event that the image of a row is short."""
    return le(norm(G @ X[q]), r)


TRUE: dict[str, tuple[Formula, list[Formula], str]] = {
    "a supremum over a ball": (le(Sup(dot(w, z), BALL), B * norm(z)), [forall(le(dot(w, z), B * norm(z)), BALL)], "linear"),
    "a supremum over the sphere": (le(Sup(dot(u, z), SPHERE), norm(z)), [forall(le(dot(u, z), norm(z)), SPHERE)], "linear"),
    "a supremum over a range": (le(Sup(dot(A[j], v), CLASS), s), [forall(le(dot(A[j], v), s), CLASS)], "linear"),
    "a value and the largest one": (forall(le(dot(A[j], v), Sup(dot(A[j], v), CLASS)), CLASS), [], "linear"),
    "a mean of suprema": (le(Expect(Sup(dot(A[j], eps), CLASS), SIGNS), r), [forall(le(dot(A[j], eps), r), CLASS, SIGNS)], "linear"),
    "means, termwise": (le(Expect(dot(v, eps), SIGNS), Expect(dot(v, eps) ** 2 + 1, SIGNS)),
                        [forall(le(dot(v, eps), dot(v, eps) ** 2 + 1), SIGNS)], "linear"),
    "a mean of sums": (eq(Expect(Sum(MOMENT, CLASS), SIGNS), Sum(Expect(MOMENT, SIGNS), CLASS)), [], "sums"),
    "a sum of bounded terms": (le(Sum(dot(X[i], z), DATA), n * r), [forall(le(dot(X[i], z), r), DATA)], "linear"),
    "a sum below an inner product": (le(Sum(y[i] * v[i] - v[i] ** 2, DATA), norm(y) ** 2 / 4),
                                     [forall(le(y[i] * v[i] - v[i] ** 2, y[i] ** 2 / 4), DATA)], "linear"),
    "probabilities are at most 1": (le(Prob(le(0, dot(v, eps)), SIGNS), 1), [], "linear"),
    "under a Gaussian law too": (le(Prob(le(op_norm(G), r), (G, GaussianRows(k, d))), 1), [], "linear"),
    "both of two events": (le(1 - 2 * s, Prob(And(short(1), short(2)), LAW)), [le(1 - s, Prob(short(q), LAW)) for q in (1, 2)], "linear"),
    "all of many events": (le(1 - n * s, Prob(forall(short(i), DATA), LAW)), [forall(le(1 - s, Prob(short(i), LAW)), DATA)], "linear"),
    "a consequence is more probable": (le(Prob(le(1, dot(v, eps)), SIGNS), Prob(le(0, dot(v, eps)), SIGNS)), [], "linear"),
    "equal vectors have equal products": (forall(eq(dot(x[t + 1], z), dot(x[t], z) - eta * dot(g[t], z)), TIME), [UPDATE], "algebra"),
    "equal sums have equal products": (eq(dot(w, Sum(y[i] * X[i], DATA)), r * norm(w) ** 2), [eq(Sum(y[i] * X[i], DATA), r * w)],
                                       "algebra"),
}
FALSE: dict[str, tuple[Formula, list[Formula], str]] = {
    "a supremum with a bound at other points": (le(Sup(dot(w, z), BALL), B * norm(z)), [forall(le(dot(u, z), B * norm(z)), SPHERE)],
                                                "linear"),
    "a negative bound, and no element": (le(Sup(dot(w, z), (w, Ball(d, s))), s), [forall(le(dot(w, z), s), (w, Ball(d, s)))], "linear"),
    "a value and a supremum that is not bounded": (le(dot(w, z), Sup(dot(w, z), (w, Ball(d, r)))), [], "linear"),
    "a bound for one element alone": (le(Sup(dot(A[j], v), CLASS), s), [le(dot(A[1], v), s)], "linear"),
    "means, the other way round": (le(Expect(dot(v, eps) ** 2 + 1, SIGNS), Expect(dot(v, eps), SIGNS)),
                                   [forall(le(dot(v, eps), dot(v, eps) ** 2 + 1), SIGNS)], "linear"),
    "a mean of products": (eq(Expect(dot(v, eps) ** 2, SIGNS), Expect(dot(v, eps), SIGNS) ** 2), [], "sums"),
    "a sum of bounded terms, one too few": (le(Sum(dot(X[i], z), DATA), (n - 1) * r), [forall(le(dot(X[i], z), r), DATA)], "linear"),
    "probabilities are below 1": (le(Prob(le(0, dot(v, eps)), SIGNS), 1 - 1 / n), [], "linear"),
    "both of two events, without the second": (le(1 - s, Prob(And(short(1), short(2)), LAW)),
                                               [le(1 - s, Prob(short(q), LAW)) for q in (1, 2)], "linear"),
    "all of many events, but one": (le(1 - (n - 1) * s, Prob(forall(short(i), DATA), LAW)),
                                    [forall(le(1 - s, Prob(short(i), LAW)), DATA)], "linear"),
    "a consequence is less probable": (le(Prob(le(0, dot(v, eps)), SIGNS), Prob(le(1, dot(v, eps)), SIGNS)), [], "linear"),
}


def proved(case: tuple[Formula, list[Formula], str]) -> bool:
    """Whether the kernel replays a derivation."""
    goal, facts, by = case
    named = {f"h{place}": fact for place, fact in enumerate(facts)}
    return check_step(step("it", goal, by=by, using=tuple(named)), named).status.is_proof


@pytest.mark.parametrize("name", TRUE)
def test_true(name: str) -> None:
    assert proved(TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_false(name: str) -> None:
    assert not proved(FALSE[name])
