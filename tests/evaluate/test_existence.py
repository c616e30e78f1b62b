"""Existence on instances: decided in finite sets; elsewhere true where a witness is found, else undecided."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from theory.terms import (
    LINE,
    Ball,
    Formula,
    GaussianRows,
    Implies,
    Interval,
    MatrixSymbol,
    Range,
    Signs,
    Sphere,
    Sum,
    Symbol,
    VectorSymbol,
    d,
    eq,
    forall,
    index,
    k,
    le,
    lt,
    n,
    norm,
    thereis,
)
from theory.verdict import Status
from verify.evaluate import Instance, Outcome, evaluate_formula
from verify.evaluate.exact.formulas import check_exact

i, j = index("i"), index("j")
t, s = Symbol("t", real=True), Symbol("s", real=True)
v, x, y = VectorSymbol("v", n), VectorSymbol("x", d), VectorSymbol("y", n)
N = MatrixSymbol("N", k, d)
V = Instance({"n": 3, "v": np.array([Fraction(1), Fraction(2), Fraction(4)])})
TABLE = Instance({"k": 2, "d": 1, "N": np.array([[Fraction(-1)], [Fraction(1)]]), "t": Fraction(1, 3)})
SOME_LARGE, NONE_LARGE = thereis(le(3, v[i]), (i, Range(n))), thereis(lt(4, v[i]), (i, Range(n)))
CASES: list[tuple[Formula, Instance, Outcome]] = [
    (SOME_LARGE, V, Outcome.HOLDS), (NONE_LARGE, V, Outcome.VIOLATED),
    (thereis(le(0, 0), (i, Range(0))), V, Outcome.VIOLATED),
    (forall(thereis(lt(v[i], v[j]), (j, Range(n))), (i, Range(n))), V, Outcome.VIOLATED),
    (forall(thereis(le(v[i], v[j]), (j, Range(n))), (i, Range(n))), V, Outcome.HOLDS),
    (thereis(forall(le(v[i], v[j]), (i, Range(n))), (j, Range(n))), V, Outcome.HOLDS),
    (forall(thereis(eq(v[j], v[1]), (j, Range(i))), (i, Range(n))), V, Outcome.HOLDS),
    (forall(thereis(eq(v[j], v[2]), (j, Range(i))), (i, Range(n))), V, Outcome.VIOLATED),
    (thereis(Implies(lt(4, v[i]), lt(v[i], 0)), (i, Range(n))), V, Outcome.VACUOUS),
    (thereis(eq(Sum(y[i], (i, n)), -3), (y, Signs(n))), V, Outcome.HOLDS),
    (thereis(eq(Sum(y[i], (i, n)), 0), (y, Signs(n))), V, Outcome.VIOLATED),
    (thereis(le(5, s), (s, LINE)), V, Outcome.HOLDS),
    (thereis(lt(s**2, 0), (s, LINE)), V, Outcome.UNDECIDED),
    (thereis(le(s, 0), (s, Interval(1, 0))), V, Outcome.VIOLATED),
    (forall(thereis(le(norm(x - N[i]), 1), (i, Range(k))), (x, Ball(d))), TABLE, Outcome.HOLDS),
    (forall(thereis(le(norm(x - N[i]), t), (i, Range(k))), (x, Ball(d))), TABLE, Outcome.VIOLATED),
    (thereis(le(1, norm(N[1])), (N, GaussianRows(k, d))), TABLE, Outcome.HOLDS),
]


@pytest.mark.parametrize(("formula", "instance", "outcome"), CASES)
def test_outcomes(formula: Formula, instance: Instance, outcome: Outcome) -> None:
    assert evaluate_formula(formula, instance).outcome is outcome


@pytest.mark.parametrize(("formula", "instance", "status"), [
    (SOME_LARGE, V, Status.CERTIFIED), (NONE_LARGE, V, Status.REFUTED),
    (thereis(le(0, 0), (i, Range(0))), V, Status.REFUTED),
    (thereis(forall(le(v[i], v[j]), (i, Range(n))), (j, Range(n))), V, Status.CERTIFIED),
    (thereis(eq(Sum(y[i], (i, n)), 0), (y, Signs(n))), V, Status.REFUTED),
    (thereis(le(norm(x), 1), (x, Sphere(d))), TABLE, Status.CERTIFIED),
    (thereis(lt(norm(x), 0), (x, Ball(d))), TABLE, Status.UNKNOWN),
])
def test_exact_decisions(formula: Formula, instance: Instance, status: Status) -> None:
    assert check_exact(formula, instance).status is status


def test_the_witness_is_named() -> None:
    found = evaluate_formula(SOME_LARGE, V)
    assert list(found.place.values()) == [3]
