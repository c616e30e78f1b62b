"""Sums whose value is known in one step: where it is, where it is not, and that nothing is assumed."""

from __future__ import annotations

import pytest

from theory.check import check_step
from theory.proof import step
from theory.terms import Formula, MatrixSymbol, Range, Sum, Symbol, VectorSymbol, dot, eq, forall, index, le, orthogonal_projection
from theory.terms.linear import Entry

n, m = (Symbol(name, integer=True, positive=True) for name in "nm")
q = Symbol("q", integer=True, nonnegative=True)
t = Symbol("t", real=True)
i, j = index("i"), index("j")
u, v = VectorSymbol("u", n), VectorSymbol("v", n)
P, Q = MatrixSymbol("P", n, n), MatrixSymbol("Q", n, n)
PROJECTION = {"projection": orthogonal_projection(P, m)}

COUNTED: list[tuple[Formula, dict[str, Formula]]] = [
    (eq(Sum(1, (i, n - 1)), n - 1), {}),
    (eq(Sum(t, (i, n - 1)), t * (n - 1)), {}),
    (eq(Sum(1, (i, n + m - 2)), n + m - 2), {}),
    (eq(Sum(1, (i, n - 3)), n - 3), {"large": le(3, n)}),
    (eq(Sum(1, (i, q - 1)), q - 1), {"large": le(1, q)}),
    (forall(eq(Sum(1, (j, i - 1)), i - 1), (i, Range(n))), {}),
]
MISCOUNTED: list[tuple[Formula, dict[str, Formula]]] = [
    (eq(Sum(1, (i, n - 2)), n - 2), {}),                              # 0, not −1, for n = 1
    (eq(Sum(1, (i, n - 3)), n - 3), {"large": le(2, n)}),
    (eq(Sum(1, (i, n - m)), n - m), {}),
    (eq(Sum(1, (i, q - 1)), q - 1), {}),
    (eq(Sum(1, (i, n - 1)), n), {}),
    (eq(Sum(i, (i, n - 1)), n - 1), {}),
]
FOLDED = [
    eq(Sum(Entry(P @ u, i) * v[i], (i, n)), dot(P @ u, v)),
    eq(Sum(Entry(P @ u, i) * v[i], (i, n)), Sum(u[i] * Entry(P @ v, i), (i, n))),
    eq(Sum(Entry(P @ u, i) ** 2, (i, n)), dot(u, P @ u)),
    eq(Sum(Entry(P @ u, i) * Entry(P @ v, i), (i, n)), dot(u, P @ v)),
]
UNFOLDED = [
    eq(Sum(Entry(P @ u, i) * v[i], (i, n)), dot(u, v)),
    eq(Sum(Entry(P @ u, i) * v[i], (i, n - 1)), dot(P @ u, v)),      # the last term is missing
    eq(Sum(Entry(P @ P[i], i) * v[i], (i, n)), Sum(Entry(P[i], i) * Entry(P @ v, i), (i, n))),
    eq(Sum(Entry(Q @ u, i) * v[i], (i, n)), Sum(u[i] * Entry(Q @ v, i), (i, n))),
    eq(Sum(Entry(P @ u, i) ** 2 * v[i], (i, n)), dot(P @ u, v)),
]


def proves(formula: Formula, facts: dict[str, Formula]) -> bool:
    verdict = check_step(step("claim", formula, by="sums", using=tuple(facts)), facts)
    return verdict.status.is_proof and not verdict.rests_on


@pytest.mark.parametrize(("formula", "facts"), COUNTED, ids=range(len(COUNTED)))
def test_terms_are_counted_where_the_range_does_not_end_below_0(formula: Formula, facts: dict[str, Formula]) -> None:
    assert proves(formula, facts)


@pytest.mark.parametrize(("formula", "facts"), MISCOUNTED, ids=range(len(MISCOUNTED)))
def test_terms_are_not_counted_elsewhere(formula: Formula, facts: dict[str, Formula]) -> None:
    assert not proves(formula, facts)


@pytest.mark.parametrize("formula", FOLDED, ids=range(len(FOLDED)))
def test_sums_are_inner_products_with_images(formula: Formula) -> None:
    assert proves(formula, PROJECTION)


@pytest.mark.parametrize("formula", UNFOLDED, ids=range(len(UNFOLDED)))
def test_other_sums_are_not(formula: Formula) -> None:
    assert not proves(formula, PROJECTION)
