"""Claims of a user are measured on instances of their hypotheses; false variants are found on them; trouble is said of the one claim."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.errors import BadData
from theory.proof import proof, step
from theory.registry import find_claim
from theory.source import Source
from theory.terms import (
    Ball,
    Expect,
    Function,
    GaussianRows,
    Lip,
    MatrixSymbol,
    Prob,
    Property,
    Range,
    Signs,
    Space,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    d,
    dot,
    eigenvalue_sum,
    eq,
    forall,
    index,
    k,
    le,
    log,
    lt,
    n,
    norm,
    op_norm,
    sqrt,
)
from verify.evaluate import HELD, Evaluator, Outcome
from verify.ledger.cache import Memory
from verify.ledger.entries import LedgerOptions, entry
from verify.report.words import measured
from verify.trials.measured import measurement_of
from verify.trials.trial import FactTest, instances_of, try_facts

i, j, m, t, T = (index(name) for name in "ijmtT")
L, D, G, R, eps = (Symbol(name, positive=True) for name in ("L", "D", "G", "R", "eps"))
X, A, g, x, u, v, y = (MatrixSymbol("X", n, d), MatrixSymbol("A", m, n), MatrixSymbol("g", T, d), MatrixSymbol("x", T + 1, d),
                       VectorSymbol("u", d), VectorSymbol("v", d), VectorSymbol("y", n))
f, h = Function("f", d), Function("h", d)
TIME, DATA = (t, Range(T)), (i, Range(n))


def mine(law, *hypotheses, by=None) -> Claim:
    named = tuple(Hypothesis(f"h{place}", formula) for place, formula in enumerate(hypotheses))
    proofs = () if by is None else (proof(step("law", law, by=by)),)
    return Claim("my.law", "mine", Source("me"), Reading.OURS, NormDomain.DATA, named, law, proofs)


def looked_at(claim, count=60) -> FactTest:
    """The test of the conclusion; every instance satisfies every hypothesis."""
    instances = list(instances_of(measurement_of(claim), count, 0))
    for instance in instances:
        at = Evaluator(instance)
        assert all(at.fact(hypothesis.formula).outcome in HELD for hypothesis in claim.hypotheses)
    return next(found for found in try_facts(claim, instances) if found.name == "conclusion")


def descent():
    """Gradient descent with step 1/L, seen at its iterates alone: f there, and the gradients."""
    z = VectorSymbol("z", d)
    gap = f(x[T + 1]) - f(z)
    return (lambda c: le(gap, L * norm(x[1] - z) ** 2 / (c * T))), (
        forall(eq(x[t + 1], x[t] - g[t] / L), TIME),
        forall(le(f(x[t + 1]), f(x[t]) + dot(g[t], x[t + 1] - x[t]) + L / 2 * norm(x[t + 1] - x[t]) ** 2), TIME),
        forall(le(f(x[t]) + dot(g[t], z - x[t]), f(z)), TIME))


def regret():
    """Online gradient descent, whose step takes the root of T."""
    w = MatrixSymbol("w", T + 1, d)
    return (lambda c: le(Sum(dot(g[t], w[t] - u), (t, T)), c * D * G * sqrt(T))), (
        forall(eq(w[t + 1], w[t] - D / (G * sqrt(T)) * g[t]), TIME), forall(le(norm(g[t]), G), TIME), le(norm(w[1] - u), D))


def massart():
    signs = (y, Signs(n))
    return (lambda c: le(Expect(Sup(dot(A[j], y), (j, Range(m))), signs), R * sqrt(c * log(m)))), (
        forall(le(norm(A[j]), R), (j, Range(m))), le(2, m))


def rademacher():
    process = Expect(Sup(Sum(y[i] * dot(v, X[i]), (i, n)), (v, Ball(d, D))), (y, Signs(n)))
    return (lambda p: le(process / n, D * R / n ** p)), (forall(le(norm(X[i]), R), DATA),)


def eigenvalues():
    S, N = MatrixSymbol("S", d, d), MatrixSymbol("N", d, d)
    return (lambda c: le(eigenvalue_sum(S, c) - eigenvalue_sum(N, c), op_norm(S - N))), (
        Property("symmetric", S), Property("symmetric", N))


def margin():
    gap = f(u) - h(u)
    return (lambda c: forall(le(c * L * norm(v), gap) if c == 0 else le(gap - c * L * norm(v), f(u + v) - h(u + v)), (v, Space(d)))), (
        le(Lip(f, Space(d)), L), le(Lip(h, Space(d)), L))


def interpolant():
    alpha = VectorSymbol("alpha", n)
    return (lambda p: le(dot(alpha, y), norm(v) ** p)), (
        forall(eq(Sum(dot(X[i], X[j]) * alpha[j], (j, n)), y[i]), DATA), forall(eq(dot(v, X[i]), y[i]), DATA))


def union():
    """Numbers and an integer that is no dimension, moved together."""
    rate = eps**2 / 2 - eps**3 / 3
    return (lambda c: le(2 * log(m), c * k * rate)), (lt(eps, 1), le(2, m), le(4 * log(m), k * rate))


@pytest.mark.parametrize("make, true, false, count", [
    (descent, 2, 8, 120), (regret, 1, Fraction(1, 2), 60), (massart, 2, Fraction(1, 2), 60),
    (rademacher, Fraction(1, 2), 1, 60), (eigenvalues, 1, 2, 60), (margin, 2, 1, 60), (interpolant, 2, 1, 60),
    (union, Fraction(1, 2), Fraction(1, 4), 60)], ids=lambda value: getattr(value, "__name__", ""))
def test_hypotheses_are_met_the_claim_holds_and_its_false_variant_does_not(make, true, false, count) -> None:
    law, hypotheses = make()
    found = looked_at(mine(law(true), *hypotheses), 8)
    assert found.instances == 8 and not found.violations and found.undecided < 8
    false_one = mine(law(false), *hypotheses)
    drawn = instances_of(measurement_of(false_one), count, 0)
    assert any(Evaluator(instance).fact(false_one.conclusion).outcome is Outcome.VIOLATED for instance in drawn)


def test_a_probability_under_a_gaussian_law_is_estimated() -> None:
    Z = MatrixSymbol("Z", k, d)
    found = looked_at(mine(le(Prob(le(norm(Z @ u) ** 2, 9 * norm(u) ** 2), (Z, GaussianRows(k, d))), 1)), 6)
    assert found.instances == 6 + 3 and not found.violations


def test_sizes_go_beyond_one_and_are_said() -> None:
    found = looked_at(mine(le(norm(u + v), norm(u) + norm(v)), eq(dot(u, v), 0)))
    assert found.spread == "d=1…4" and "60 instances (d=1…4)" in measured(found)


def test_the_least_sizes_alone_are_little_evidence() -> None:
    found = looked_at(mine(le(norm(u + v), norm(u) + norm(v)), le(d, 1)))
    assert found.spread == "d=1" and "the least sizes alone" in measured(found)


def test_numbers_of_a_failing_instance_are_shown() -> None:
    found = looked_at(mine(le(L * norm(u), D), le(norm(u), D)))
    assert found.violations and "L=" in found.worst and "D=" in found.worst and "u=" in found.worst


def test_a_searched_quantifier_is_said() -> None:
    found = looked_at(mine(forall(le(dot(u, v), norm(u) * norm(v)), (v, Space(d)))), 10)
    assert found.searched and "only as far as suprema and quantifiers were searched" in measured(found)


def test_a_last_step_is_false_where_the_conclusion_is() -> None:
    found = entry(mine(le(norm(u), D), eq(norm(u) ** 2, D), by="linear"), LedgerOptions(60, processes=1), None, Memory(None))
    tests = {fact.name: fact for fact in found.facts}
    assert tests["conclusion"].violations == tests["law"].violations > 0


def test_no_instance_is_the_trouble_of_that_claim_with_the_hypothesis() -> None:
    found = entry(mine(le(0, norm(u)), le(norm(u), -1), by="linear"), LedgerOptions(10, processes=1), None, Memory(None))
    assert "not measured" in found.trouble and "'h0'" in found.trouble and not found.stopped


def test_a_symbol_without_values_is_the_trouble_of_its_claim() -> None:
    with pytest.raises(BadData, match="declared irrational"):
        measurement_of(mine(le(0, Symbol("s", irrational=True) ** 2)))


def test_library_claims_keep_their_own_measurement() -> None:
    claim = find_claim("mcshane.floor")
    assert measurement_of(claim).corners and measurement_of(claim).claim == claim.id


def test_declared_integers_are_drawn_with_all_their_signs() -> None:
    e = Symbol("e", integer=True)
    drawn = {instance.values["e"] for instance in instances_of(measurement_of(mine(le(e, 2 * e**2))), 40, 0)}
    assert min(drawn) < 0 < max(drawn) and 0 in drawn and all(isinstance(value, (int, np.integer)) for value in drawn)
