"""Declarations: values and draws obey them, they are shown, and one name is one symbol."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from sympy import Rational

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.errors import BadData, ShapeError
from theory.proof import proof, step
from theory.registry import claims
from theory.source import Source
from theory.terms import LINE, MatrixSymbol, Space, Symbol, VectorSymbol, d, eq, forall, k, le, lt, n, norm, sqrt
from theory.verdict import Status
from verify.evaluate import check_exact, evaluate
from verify.evaluate.declared import broken_by, clash, declarations, nearest_declared, shown_declarations
from verify.laws.measure import Measurement
from verify.laws.registry import borrowed
from verify.ledger.cache import Memory
from verify.ledger.entries import PROVED_SHARE, LedgerOptions, entry
from verify.objects.instance import Instance
from verify.trials.hunt import Found, hunt
from verify.trials.measured import measurement_of
from verify.trials.property.strategies.parameters import tuples_of
from verify.trials.spaces.draws import measured_by_drafts

DECLARED = [
    {"positive": True}, {"nonnegative": True}, {"negative": True}, {"nonpositive": True}, {"zero": True}, {"nonzero": True, "real": True},
    {"integer": True}, {"integer": True, "positive": True}, {"integer": True, "nonnegative": True}, {"integer": True, "negative": True},
    {"even": True}, {"odd": True}, {"even": True, "positive": True}, {"prime": True}, {"integer": False, "real": True}, {"real": True},
]


def mine(law, *hypotheses, by="linear", id="my.law") -> Claim:
    named = tuple(Hypothesis(f"h{place}", formula) for place, formula in enumerate(hypotheses))
    return Claim(id, id, Source("me"), Reading.OURS, NormDomain.DATA, named, law, (proof(step("law", law, by=by)),))


def sign_law(symbol):
    """A true law that a value against the declaration may break."""
    return le(symbol, symbol**2 + 1)


@pytest.mark.parametrize("declared", DECLARED, ids=str)
def test_draws_obey_declarations(declared) -> None:
    symbol = Symbol("s", **declared)
    measurement = measured_by_drafts(mine(sign_law(symbol)))
    rng, seen = np.random.default_rng(0), set()
    for _ in range(60):
        value = measurement.draw(rng).values["s"]
        assert not broken_by(symbol, value)
        for name, said in declared.items():
            assert getattr(Rational(Fraction(value).numerator, Fraction(value).denominator), f"is_{name}") is said
        seen.add(value)
    assert len(seen) > 2 or declared == {"zero": True}


@pytest.mark.parametrize("declared", DECLARED, ids=str)
def test_values_against_a_declaration_are_refused_by_both_readings(declared) -> None:
    symbol = Symbol("s", **declared)
    for value in (Fraction(-2), Fraction(-1, 2), Fraction(0), Fraction(1, 2), Fraction(1), Fraction(2)):
        instance = Instance({"s": int(value) if value.denominator == 1 else value})
        if broken_by(symbol, value):
            for read in (lambda at: evaluate(symbol + 1, at), lambda at: check_exact(le(symbol, 9), at)):
                with pytest.raises(BadData, match="stands for"):
                    read(instance)
        else:
            assert evaluate(symbol + 1, instance)[0] == float(value) + 1
            assert check_exact(le(symbol, 9), instance).status is Status.CERTIFIED


@pytest.mark.parametrize("declared", DECLARED, ids=str)
def test_small_tuples_and_drafts_obey_declarations(declared) -> None:
    symbol = Symbol("s", **declared)
    assert all(not broken_by(symbol, values["s"]) for values in tuples_of([symbol], []))
    for value in (Fraction(-3), Fraction(0), Fraction(5, 2)):
        near = nearest_declared(symbol, value)
        assert not broken_by(symbol, near) or symbol.is_integer is False


@pytest.mark.parametrize("declared, law", [
    ({"negative": True}, lambda s: lt(s, 0)), ({"nonpositive": True}, lambda s: le(s, 0)), ({"zero": True}, lambda s: eq(s, 0)),
    ({"integer": True, "positive": True}, lambda s: le(1, s)), ({"integer": True, "negative": True}, lambda s: le(s, -1)),
    ({"positive": True}, lambda s: lt(0, s))], ids=["negative", "nonpositive", "zero", "from 1", "to −1", "positive"])
def test_true_claims_about_declared_numbers_are_never_called_false(declared, law) -> None:
    symbol = Symbol("s", **declared)
    found = entry(mine(law(symbol)), LedgerOptions(40 * PROVED_SHARE, processes=1), None, Memory(None))
    assert found.status is not Status.FAILED or not found.statement.violations
    assert found.statement.instances >= 40 and not found.statement.violations and not found.trouble
    assert not isinstance(hunt(mine(law(symbol)), budget=20.0, most=60), Found)


def test_integers_of_any_sign_are_drawn_with_both_signs() -> None:
    e = Symbol("e", integer=True)
    found = entry(mine(le(1, e)), LedgerOptions(40, processes=1), None, Memory(None))
    assert found.status is Status.FAILED and found.statement.violations


def test_what_cannot_be_drawn_is_said_of_that_claim() -> None:
    odd = Symbol("s", irrational=True)
    found = entry(mine(sign_law(odd), by="polynomial"), LedgerOptions(10, processes=1), None, Memory(None))
    assert "declared irrational" in found.trouble and not found.stopped
    assert found.status is Status.FAILED                    # the kernel refuses the declaration as well


@pytest.mark.parametrize("fault", [BadData("no such number"), ValueError("digits"), ZeroDivisionError("0")])
def test_a_measurement_that_fails_is_the_trouble_of_its_claim(fault) -> None:
    def draw(rng):
        raise fault
    s = Symbol("s", positive=True)
    found = entry(mine(lt(0, s)), LedgerOptions(3, processes=1), Measurement("my.law", draw), Memory(None))
    assert str(fault) in found.trouble and found.stopped and not found.passes


def test_a_scalar_and_a_vector_beside_the_line() -> None:
    """Over R¹ a bound scalar is a number and a bound vector has one entry."""
    t, w = Symbol("t", real=True), VectorSymbol("w", 1)
    both = forall(le(t, norm(w) + t**2 + 1), (t, LINE), (w, Space(1)))
    for law in (forall(le(0, t**2), (t, LINE)), forall(le(0, norm(w)), (w, Space(1))), both):
        found = entry(mine(law), LedgerOptions(5, processes=1), Measurement("my.law", lambda rng: Instance({})), Memory(None))
        assert not found.trouble and found.statement.instances == 2 and not found.statement.violations      # a third: it is proved


@pytest.mark.parametrize("name", ["c", "s", "t", "L", "tau", "M", "W", "x"])
def test_instances_are_borrowed_for_the_same_symbols_alone(name) -> None:
    """A scalar of the user's has the name of an array or of another number in some library claim."""
    mine_ = mine(le(0, Symbol(name, even=True) ** 2))
    assert borrowed(mine_) is None and measurement_of(mine_) is not None


# --- shown hypotheses ---------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("declared, said", [
    ({"negative": True}, "t < 0"), ({"nonpositive": True}, "t ≤ 0"), ({"positive": True}, "0 < t"), ({"nonnegative": True}, "0 ≤ t"),
    ({"zero": True}, "t = 0"), ({"nonzero": True, "real": True}, "t ≠ 0"), ({"even": True}, "t is even"), ({"prime": True}, "t is prime"),
    ({"integer": True}, "t ∈ {…, −1, 0, 1, …}"), ({"integer": True, "nonnegative": True}, "t ∈ {0, 1, 2, …}"),
    ({"integer": True, "positive": True}, "t ∈ {1, 2, …}"), ({"integer": False, "real": True}, "t is not integer")])
def test_declarations_are_shown(declared, said) -> None:
    assert said in shown_declarations(mine(le(Symbol("t", **declared), 0)))


@pytest.mark.parametrize("id", sorted(claims()))
def test_nothing_that_is_declared_is_left_out(id) -> None:
    """Every declared free number of a library claim has its line, but for open constants."""
    claim = claims()[id]
    free = set().union(claim.conclusion.free_symbols, *(h.formula.free_symbols for h in claim.hypotheses))
    declared = [s for s in free if isinstance(s, Symbol) and declarations(s) and s.name not in {c.name for c in claim.constants}]
    lines = shown_declarations(claim)
    assert bool(lines) == bool(declared) and len(lines) <= len(declared) + 1


# --- one name -----------------------------------------------------------------------------------------------------------------------------

SORTS = [Symbol("x", real=True), Symbol("x", positive=True), Symbol("x", integer=True), VectorSymbol("x", d), VectorSymbol("x", k)]


def about(symbol):
    return le(0, symbol**2) if isinstance(symbol, Symbol) else le(0, norm(symbol))


@pytest.mark.parametrize("one, other", list(combinations(SORTS, 2)), ids=str)
def test_two_symbols_of_one_name_clash(one, other) -> None:
    assert clash([about(one), about(one)]) == "" and "two symbols are named x" in clash([about(one), about(other)])


@pytest.mark.parametrize("free, bound, domain", [(SORTS[1], SORTS[0], LINE), (SORTS[0], SORTS[3], Space(d)), (SORTS[3], SORTS[0], LINE)])
def test_a_bound_name_is_no_other_symbol_of_the_body(free, bound, domain) -> None:
    with pytest.raises(ShapeError, match="different names"):
        forall(about(free), (bound, domain))


def test_dimensions_clash_as_well() -> None:
    assert "two symbols are named d" in clash([about(VectorSymbol("v", d)), le(0, Symbol("d", positive=True))])


def test_the_library_has_one_symbol_of_each_name_in_a_claim() -> None:
    assert [id for id, claim in claims().items() if clash(claim.facts.values())] == []


def test_drafts_take_arrays_by_their_dimensions() -> None:
    W = MatrixSymbol("W", k, d)
    found = measured_by_drafts(mine(le(0, norm(W[1]) + sqrt(n)))).draw(np.random.default_rng(1)).values
    assert np.shape(found["W"]) == (found["k"], found["d"]) and found["n"] >= 1
