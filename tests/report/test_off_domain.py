"""What `lawbook show` says is read off the domain: each head with its domain condition open, and met in each way that is recognised."""

from __future__ import annotations

import io

import pytest
import sympy
from evaluate.common import P, X, f, i, j, s, t, u, x, y
from rich.console import Console

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.registry import claims, find_claim
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    And,
    Ball,
    Expect,
    Function,
    GaussianRows,
    Implies,
    Lip,
    MatrixSymbol,
    Max,
    Range,
    Signs,
    Space,
    Sphere,
    Sum,
    Sup,
    Symbol,
    binomial,
    d,
    dot,
    eigenvalue_sum,
    eq,
    factorial,
    forall,
    index,
    k,
    le,
    lipschitz_on,
    lipschitz_with,
    log,
    lt,
    n,
    norm,
    orthogonal_projection,
    r,
    sqrt,
)
from theory.terms.formula import Property
from theory.terms.linear import Direction
from theory.terms.scalars import MeanChiNorm
from theory.terms.sets import Interval
from theory.terms.tensors import MarkovBound
from verify.evaluate.conventions import Convention
from verify.ledger.entries import LedgerOptions, entries
from verify.report.off_domain import conventions_of, off_domain_line
from verify.report.terminal import show_page

m, p = Symbol("m", integer=True), Symbol("p", integer=True, positive=True)
q, G, g = index("q"), MatrixSymbol("G", n, d), Function("g", d)
inverse = 1 / norm(u)

OPEN = [
    (1 / t, Convention.DIVISION), (t**-2, Convention.DIVISION), (inverse, Convention.DIVISION), (1 / (n - 1), Convention.DIVISION),
    (t**m, Convention.DIVISION), (sqrt(t), Convention.ROOT), (sqrt(1 - t**2), Convention.ROOT), (t**sympy.Rational(1, 3), Convention.POWER),
    (log(t), Convention.LOGARITHM), (log(n - 1), Convention.LOGARITHM), (sympy.asin(t), Convention.ARC), (sympy.acos(t), Convention.ARC),
    (sympy.gamma(t), Convention.GAMMA), (factorial(m), Convention.FACTORIAL), (binomial(n, m), Convention.BINOMIAL),
    (Sup(y[i], (i, Range(n - 1))), Convention.MAXIMUM), (Sup(dot(u, x), (x, Space(d))), Convention.SUPREMUM),
    (Sup(1 / (1 + norm(x) ** 2), (x, Ball(d, t))), Convention.SUPREMUM), (Sup(s, (s, Interval(t, 1))), Convention.SUPREMUM),
    (Lip(f, Space(d)), Convention.LIPSCHITZ), (norm(Direction(u)), Convention.DIRECTION),
    (Expect(sympy.exp(norm(G[1]) ** 2), (G, GaussianRows(n, d))), Convention.EXPECTATION),
    (y[k], Convention.ENTRY), (norm(X[k]), Convention.ENTRY), (X[1, k], Convention.ENTRY), (Sum(y[i + 1], (i, n)), Convention.ENTRY),
    (eigenvalue_sum(P, r), Convention.EIGENVALUE), (eigenvalue_sum(P, m), Convention.EIGENVALUE), (MarkovBound(p, m), Convention.MARKOV),
]


def claim(conclusion, *hypotheses) -> Claim:
    named = tuple(Hypothesis(f"h{place}", formula) for place, formula in enumerate(hypotheses))
    return Claim("test.off", "a test", Source("a test"), Reading.OURS, NormDomain.DATA, named, conclusion)


def found(term, *hypotheses):
    return conventions_of(claim(le(term, 1), *hypotheses))


@pytest.mark.parametrize(("term", "convention"), OPEN, ids=[str(term) for term, _ in OPEN])
def test_a_domain_condition_that_is_open_is_mentioned(term, convention):
    assert convention in found(term)
    assert convention in conventions_of(claim(le(0, 1), le(term, 1)))  # in a hypothesis as well


TRIVIAL = [
    1 / n, n**-2, d ** (-n), 1 / (t**2 + 1), 1 / (norm(u) + 1), 1 / MeanChiNorm(d), 1 / sympy.pi, t**2, t**p, t**3, 0 * t + 2,
    sqrt(n), sqrt(d - 1), sqrt(t**2 + s**2), sqrt(norm(u)), sqrt(dot(u, u)) if dot(u, u).is_nonnegative else sqrt(norm(u) ** 2),
    sqrt(Sum(norm(X[i]) ** 2, (i, n))), log(n), log(4 * n + 1), sympy.asin(0), factorial(n), Sum(factorial(i - 1), (i, n)),
    Sup(y[i], (i, Range(n))), Sup(dot(u, x) ** 2, (x, Sphere(d))), Sup(Abs(dot(u, x) + s), (x, Sphere(d)), (s, Interval(-1, 1))),
    Sup(norm(x), (x, Ball(d, 2))), Expect(norm(G[1]) ** 2, (G, GaussianRows(n, d))), Expect(1 / n, (y, Signs(n))),
    Sum(y[i], (i, n)), y[1], y[n], norm(X[n]), Sum(X[i, j], (i, n), (j, d)), eigenvalue_sum(P, 1), eigenvalue_sum(P, d),
    Sum(MarkovBound(p, q), (q, p)), Max(t, 0), Abs(t),
]


@pytest.mark.parametrize("term", TRIVIAL, ids=str)
def test_a_domain_condition_that_is_met_by_the_form_is_not_mentioned(term):
    assert found(term) == () and off_domain_line(claim(le(term, 1))) is None


MET = [
    (1 / t, lt(0, t)), (1 / t, le(1, t)), (1 / t, lt(t, 0)), (inverse, lt(0, norm(u))), (1 / (n - 1), le(2, n)),
    (1 / norm(u), eq(norm(u), 1)),
    (sqrt(t), le(0, t)), (sqrt(t), lt(0, t)), (sqrt(1 - t), le(t, 1)), (log(t), lt(0, t)), (log(t - s), lt(s, t)),
    (sympy.gamma(t), lt(0, t)), (factorial(m), le(0, m)), (Sup(Abs(t) * i, (i, Range(m))), le(1, m)),
    (Lip(f, Space(d)), Property("Lipschitz", f, Space(d))), (Sup(f(x), (x, Space(d))), Property("bounded", f(x), Space(d))),
    (norm(Direction(u)), lt(0, norm(u))), (y[k], le(k, n)), (eigenvalue_sum(P, r), le(r, d)),
    (eigenvalue_sum(P, r), orthogonal_projection(P, r)),
]


@pytest.mark.parametrize(("term", "hypothesis"), MET, ids=str)
def test_a_domain_condition_that_a_hypothesis_grants_is_not_mentioned(term, hypothesis):
    if isinstance(term, Sup) and not isinstance(term.domains[0], Range):
        hypothesis = Property("bounded", term.body)  # the body as the supremum has it
    assert found(term) != () and found(term, hypothesis) == ()


def test_what_is_assumed_of_another_object_or_only_elsewhere_does_not_count():
    assert Convention.LIPSCHITZ in found(Lip(f, Space(d)), Property("Lipschitz", g, Space(d)))
    assert Convention.DIVISION in found(1 / t, lt(0, s)) and Convention.ROOT in found(sqrt(t), le(-1, t))
    assert Convention.DIVISION in found(1 / t, le(0, t))  # t may be 0
    assert Convention.DIVISION in found(1 / y[1], forall(lt(0, y[i]), (i, Range(k))))


def test_premises_and_intervals_count_beneath_them():
    assert conventions_of(claim(Implies(lt(0, t), le(1 / t, 1)))) == ()
    assert conventions_of(claim(Implies(le(1 / t, 1), lt(0, t)))) == (Convention.DIVISION,)
    assert conventions_of(claim(forall(le(sqrt(s), 1), (s, Interval(0, 1))))) == ()
    assert conventions_of(claim(forall(le(sqrt(s), 1), (s, LINE)))) == (Convention.ROOT,)


def test_a_property_counts_for_the_parts_of_its_conjunction():
    bound = le(Lip(f, Space(d)), t)
    assert conventions_of(claim(And(bound, lipschitz_on(f, Space(d))))) == conventions_of(claim(And(le(0, t), lipschitz_with(bound)))) == ()
    assert conventions_of(claim(And(bound, lipschitz_with(le(Lip(g, Space(d)), t))))) == (Convention.LIPSCHITZ,)
    assert conventions_of(claim(And(lt(0, t), le(1 / t, 1)))) == (Convention.DIVISION,)     # of numbers a premise is needed


def test_the_line_and_its_place_on_the_page():
    shown = claim(le(Lip(f, Space(d)) / t, sqrt(t)))
    assert off_domain_line(shown) == "off their domains: 1/0 = 0, √t = 0 for t < 0, Lip(f) = 0 where f is not Lipschitz"
    leans = "bln.quadratic.ball_lower"
    for id in (leans, "mcshane.attained", "mcshane.floor", "bln.thm5.sharp"):  # the second concludes, the third assumes that f is Lipschitz
        screen = io.StringIO()
        show_page(Console(file=screen, width=200), next(iter(entries([find_claim(id)], LedgerOptions(instances=1)))))
        line = off_domain_line(find_claim(id))
        assert (line is not None) == (id == leans) and ("off their domains" in screen.getvalue()) == (line is not None)
        assert line is None or line in screen.getvalue()


def test_most_of_the_library_reads_nothing_off_a_domain_but_lipschitz_constants():
    lines = {id: conventions_of(c) for id, c in claims().items()}
    assert lines["circle.law"] == (Convention.ARC, Convention.CHORD)
    others = [id for id, read in lines.items() if set(read) - {Convention.LIPSCHITZ}]
    assert len(others) < len(lines) / 4 and sum(not read for read in lines.values()) > len(lines) / 3
