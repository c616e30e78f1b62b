"""Arithmetic as it is written: what constructors apply holds at every number, and what sympy would have made of it is a search's affair."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from kernel.oracle import holds

from theory.check import check
from theory.claim import Claim, NormDomain, Reading
from theory.errors import BadData
from theory.kernel import heads
from theory.kernel.nodes import R, make, num, var
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, Max, Min, Space, Symbol, VectorSymbol, exp, floor, forall, log, norm, pi, sqrt
from theory.terms.arithmetic import Add, Written, guided, simplified, simplifying
from theory.terms.elaborate import elaborate
from theory.terms.formula import Formula, eq, le
from theory.verdict import Status

s, t = Symbol("s", real=True), Symbol("t", real=True)
positive, whole = Symbol("p", positive=True), Symbol("m", integer=True)
EDGES = (Fraction(0), Fraction(1), Fraction(-1), Fraction(2), Fraction(-3), Fraction(1, 2), Fraction(-1, 4), Fraction(4))

# --- what is written stays ------------------------------------------------------------------------------------------------------------

SIMPLIFIED_BY_SYMPY = {
    "a cancelled divisor": t / t,
    "a cancelled power": t**2 / t**2,
    "a root of a square": sqrt(positive**2),
    "a squared root": sqrt(t) ** 2,
    "a product of roots": sqrt(positive) * sqrt(positive),
    "a root in a divisor": t / sqrt(t),
    "an exponential of a logarithm": exp(log(t)),
    "a modulus of a negative": Abs(-t),
    "a whole part": floor(whole),
    "a power of a power": (positive**s) ** t,
    "a sign to an even power": (-1) ** (2 * whole),
}


@pytest.mark.parametrize("kind", SIMPLIFIED_BY_SYMPY)
def test_a_term_keeps_what_sympy_drops(kind: str) -> None:
    term = SIMPLIFIED_BY_SYMPY[kind]
    assert isinstance(term, Written) and simplified(term) != term
    assert str(simplified(term)) != str(term)


def test_sympy_reads_another_term() -> None:
    assert simplified(t / t) == 1 and simplified(sqrt(positive**2)) == positive and simplified(Abs(-2 * t)) == 2 * simplified(Abs(t))
    assert t / t != 1 and isinstance(simplified(s + 1 / t), sympy.Add) and not isinstance(simplified(s + 1 / t), Add)


@pytest.mark.parametrize("term, same", [
    (t - t, 0 * t), (t - t + s, s), (s * (t - t), 0 * s * t), ((t - t) ** 2, 0 * t**2), (s * t - t * s, 0 * s * t),
    (t + t, 2 * t), (t * t, t**2), (2 * (s + 1), 2 * s + 2), (t**2 * t**3, t**5), ((s * t) ** 2, s**2 * t**2),
    (1 / (s * t), 1 / s / t), (1 / (1 / t), t), ((1 / t) ** 2, 1 / t**2), (s * t, t * s), (t**0, 1 + 0 * t), (sqrt(sympy.Integer(4)), 2),
    (floor(sympy.Rational(7, 2)), 3), (Max(1, 2), 2), (Min(1, 2), 1), (Abs(sympy.Integer(-3)), 3), (exp(sympy.Integer(0)), 1),
])
def test_identities_of_rings_are_applied(term: Any, same: Any) -> None:
    assert term == same


def test_what_holds_a_symbol_is_no_number_of_sympys() -> None:
    for term in (t - t, 0 * t, t**0, 1**t, t - t + 3, (t - t) / s, 0 * (s + t), 1 / (t - t), (t - t) ** 0, sqrt(t - t), Max(t - t, 1)):
        assert isinstance(term, Written) and term.free_symbols <= {s, t} and term.free_symbols, term


def test_numbers_and_operators_of_sympy_give_way() -> None:
    half, two = sympy.Rational(1, 2), sympy.Integer(2)
    for term in (half * t, two + t, two - t, two / t, two**t, half**t, 1 - t, 1 / t, 2**t, pi * 2, 2 * pi, pi / t, -pi):
        assert isinstance(term, Written), term


def test_rebuilding_changes_nothing() -> None:
    for term in (t / t, sqrt(t**2) + exp(log(t)) * s, (s + t) ** 2 / (s + t), 2 * (s + t) / 3, Max(s, t, 1) - Abs(s - t)):
        assert term.func(*term.args) == term
        assert term.xreplace({s: s}) == term
        assert term.subs({s: t}) == term.xreplace({s: t})


CONSTRUCTIONS: dict[str, Callable[[Any, Any, Any, Any], tuple[Any, Any]]] = {      # of terms a, b and of the nodes c, d that they say
    "+": lambda a, b, c, d: (a + b, make("add", c, d)), "-": lambda a, b, c, d: (a - b, make("add", c, make("mul", num(-1), d))),
    "*": lambda a, b, c, d: (a * b, make("mul", c, d)), "/": lambda a, b, c, d: (a / b, make("mul", c, make("inv", d))),
    "square": lambda a, b, c, d: (a**2, make("mul", c, c)), "root": lambda a, b, c, d: (sqrt(a), make("sqrt", c)),
    "inverse square": lambda a, b, c, d: (a**-2, make("mul", make("inv", c), make("inv", c))),
    "modulus": lambda a, b, c, d: (Abs(a), make("abs", c)), "larger": lambda a, b, c, d: (Max(a, b), make("max", c, d)),
}
LEAVES = [(s, var("s", R)), (t, var("t", R)), (2 + 0 * t, num(2)), (sympy.Rational(-1, 2), num("-1/2")), (0 * t, num(0))]


@st.composite
def terms(draw: st.DrawFn) -> tuple[Any, Any]:
    """A term, and the node that the same construction makes without any constructor of ours; subterms are repeated."""
    pool = list(LEAVES)
    for _ in range(draw(st.integers(1, 5))):
        (a, c), (b, d) = draw(st.sampled_from(pool)), draw(st.sampled_from(pool))
        if isinstance(a, Written):                                       # numbers alone are sympy's
            pool.append(CONSTRUCTIONS[draw(st.sampled_from(sorted(CONSTRUCTIONS)))](a, b, c, d))
    return pool[-1]


@given(terms())
def test_a_term_has_the_value_of_what_was_written_at_every_number(pair: tuple[Any, Any]) -> None:
    term, written = pair
    found = elaborate(term)
    for x, y in product(EDGES, repeat=2):
        assert holds(heads.eq(found, written), {var("s", R): x, var("t", R): y}) is not False, (term, x, y)


# --- statements are not built by sympy ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("term", [
    sympy.Symbol("t", real=True), sympy.sqrt(t), sympy.Mul(s, t), sympy.Add(s, t), sympy.Pow(t, 3), sympy.Abs(t), sympy.exp(t), sympy.pi,
    sympy.Max(s, t), sympy.sqrt(sympy.Integer(2)),
])
def test_what_sympy_built_is_refused_and_the_import_is_named(term: Any) -> None:
    with pytest.raises(BadData, match=r"sympy built .* import Symbol, sqrt, Abs, exp, … from lawbook"):
        elaborate(le(term, 1))


def test_within_a_search_sympy_simplifies_and_after_it_no_more() -> None:
    with simplifying():
        assert t / t == 1 and not isinstance(s + t, Written)
    assert t / t != 1

    @guided
    def fails() -> None:
        raise BadData("stopped")

    with pytest.raises(BadData):
        fails()
    assert t / t != 1


# --- the whole way --------------------------------------------------------------------------------------------------------------------

def claim(conclusion: Formula) -> Claim:
    steps = [proof(step("law", conclusion, by=by)) for by in ("algebra", "polynomial")]
    return Claim("test.claim", "a test", Source("test", "here"), Reading.OURS, NormDomain.DATA, (), conclusion, tuple(steps))


@pytest.mark.parametrize("true", [
    le(t / t, 1), le(0, t / t), eq(t * (t / t), t), eq(sqrt(t**2), Abs(t)), le(t, sqrt(t**2)), eq(Abs(-t), Abs(t)), eq(1 / (1 / t), t),
    eq(t - t, 0), eq(1 / (t - t), 0), eq(1 / (1 / (t - t) + 1), 1), eq(t**0, 1), eq(1 / (t**0 - 1) + 1, 1),
])
def test_a_statement_is_proved_as_it_is_written(true: Formula) -> None:
    assert check(claim(true)).status is Status.PROVED


@pytest.mark.parametrize("false", [
    eq(t / t, 1), le(1, t / t), eq(sqrt(t**2), t), le(sqrt(t**2), t), eq(sqrt(t) ** 2, t), eq(exp(log(t)), t),
    eq(sqrt(s) * sqrt(t), sqrt(s * t)), eq((s + t) / (s + t), 1),
    eq(1 / (1 / (t - t) + 1), 0), eq(1 / (1 / (0 * t) + 1), 0), eq(1 / (1 / (t**0 - 1) + 1), 0), eq(1 / (1 / (1 - 1**t) + 1), 0),
])
def test_what_sympy_makes_true_is_not_proved(false: Formula) -> None:
    assert not check(claim(false)).status.is_proof


def test_what_a_search_has_built_is_not_remembered_for_statements() -> None:
    u = VectorSymbol("u", 3)
    binder = forall(le(norm(u) / norm(u), 1), (u, Space(3)))
    v = VectorSymbol("v", 3)
    with simplifying():
        assert binder.instantiate(v) == le(1, 1)
    assert binder.instantiate(v) == le(norm(v) / norm(v), 1)
