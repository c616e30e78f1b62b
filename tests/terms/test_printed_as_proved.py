"""What is printed means what is proved: roots, ranges and letters that a reader could take for others."""

from __future__ import annotations

from typing import Any

import pytest

from theory.check import check
from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.errors import ShapeError
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    And,
    Implies,
    Integer,
    Max,
    Or,
    Range,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    eq,
    factorial,
    forall,
    index,
    le,
    lt,
    n,
    sqrt,
)
from theory.terms.printing.latex import latex
from theory.terms.printing.text import text
from theory.verdict import Status
from verify.evaluate.declared import clash

t, x, y = Symbol("t", real=True), Symbol("x", negative=True), Symbol("y", negative=True)
p, q, m = Symbol("p", nonnegative=True), index("q"), Symbol("m", integer=True, nonnegative=True)
i, j, v = index("i"), index("j"), VectorSymbol("v", n)


@pytest.mark.parametrize("term, words", [
    (sqrt(x) * sqrt(y), "√x √y"), (sqrt(x) / sqrt(y), "√x/√y"), (sqrt(p) * sqrt(n), "√(n p)"), (sqrt(p) / sqrt(n), "√(p/n)"),
    (Sum(Sum(1, (j, i)), (i, n)), "Σᵢ Σ_{j≤i} 1"), (Sum(v[i], (i, q)), "Σ_{i≤q} vᵢ"), (Sum(v[i], (i, n)), "Σᵢ vᵢ"),
    (forall(forall(le(v[i], v[j]), (j, Range(i))), (i, Range(n))), None), (t ** (2 * m), "t^(2m)"), (t**m, "t^m"),
])
def test_a_term_reads_as_it_is(term: Any, words: str | None) -> None:
    if words is None:
        assert text(term) != text(forall(forall(le(v[i], v[j]), (j, Range(n))), (i, Range(n))))
    else:
        assert text(term) == words


def test_latex_keeps_roots_of_negatives_apart() -> None:
    assert latex(sqrt(x) * sqrt(y)) != latex(sqrt(x * y)) and latex(sqrt(p) * sqrt(n)) == latex(sqrt(p * n))


def test_a_bound_letter_is_no_free_one_however_that_is_spelt() -> None:
    beta = Symbol("beta", negative=True)
    bound = text(forall(lt(beta, Abs(t)), (t, LINE)))
    assert bound.count("β") == 1 and "|β|" not in bound
    assert text(Sup(beta * t, (t, LINE))).count("β") == 1


@pytest.mark.parametrize("formula", [
    le(Symbol("beta", real=True), Symbol("β", real=True)), le(Symbol("pi", real=True), 3), le(v[1], Symbol("v1", real=True)),
    le(0, Symbol("1", real=True)),
])
def test_symbols_that_read_as_something_else_are_refused(formula: Any) -> None:
    assert clash([formula])


@pytest.mark.parametrize("build", [
    lambda: And(), lambda: Or(), lambda: And(True, le(t, t)), lambda: Implies(le(t, t), True), lambda: Hypothesis("h", "x <= 1"),
    lambda: step("s", t == t, by="linear"), lambda: claim(None),
])
def test_what_is_no_formula_is_refused_where_it_is_written(build: Any) -> None:
    with pytest.raises(ShapeError):
        build()


def claim(conclusion: Any) -> Claim:
    return Claim("test.claim", "a test", Source("test", "here"), Reading.OURS, NormDomain.DATA, (), conclusion,
                 tuple(proof(step("law", conclusion, by=by)) for by in ("linear", "chain", "polynomial", "ball")))


def test_a_function_that_no_search_knows_is_the_trouble_of_its_step() -> None:
    report = check(claim(eq(factorial(m + 1), (m + 1) * factorial(m))))
    assert report.status is Status.UNKNOWN and all("factorial" in p.first_failure.verdict.reason for p in report.proofs)  # type: ignore[union-attr]


def test_the_largest_of_one_number_is_that_number() -> None:
    assert Max(Integer(3)) == 3
