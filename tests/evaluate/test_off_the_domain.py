"""The table of total functions: what each head is inside its domain, at the edge, and off it, in the exact and in the float reading.

The expected values are written out by hand; nothing of the product is used to find them.
"""

from __future__ import annotations

from fractions import Fraction
from math import acos, asin, gamma, isnan, lgamma, log, pi, sqrt

import numpy as np
import pytest
import sympy
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Mod, Mul, Pow, Rational, loggamma

from theory.errors import NotCertified
from theory.terms import (
    LINE,
    Abs,
    Ball,
    Expect,
    ForAll,
    Function,
    GaussianRows,
    Implies,
    Indicator,
    Lip,
    MatrixSymbol,
    Max,
    Min,
    Outer,
    Range,
    Signs,
    Space,
    Sphere,
    SphereRows,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    binomial,
    dot,
    eigenvalue_sum,
    eq,
    factorial,
    floor,
    forall,
    fro_norm,
    index,
    le,
    lt,
    norm,
    op_norm,
)
from theory.terms.circle import CircleSlope
from theory.terms.linear import Direction
from theory.terms.sets import Interval as RealInterval
from theory.terms.tensors import MarkovBound, TensorPower, tensor_product
from theory.verdict import Status
from verify.evaluate import Evaluator, Instance, Outcome, check_exact, evaluate, evaluate_exact, evaluate_formula
from verify.evaluate.conventions import Convention

# integers without a sign: no simplification assumes one
n, m, k = (Symbol(name, integer=True) for name in "nmk")
t, q, s = (Symbol(name, real=True) for name in "tqs")
i, j = index("i"), index("j")
y, u, v = VectorSymbol("y", 2), VectorSymbol("u", 2), VectorSymbol("v", 2)
e = VectorSymbol("e", n)
W, A = MatrixSymbol("W", 2, 3), MatrixSymbol("A", 2, 2)
f = Function("f", 2)

THIRD = Fraction(1, 3)


class Steep:
    """A function of which an interval for the Lipschitz constant is known; infinite ends: it is not Lipschitz, or that is not known."""

    def __init__(self, lower: float, upper: float) -> None:
        self.lower, self.upper = lower, upper

    def __repr__(self) -> str:
        return f"{self.lower}–{self.upper}"

    def __call__(self, points):
        return np.asarray(points)[:, 0] * 0

    def lipschitz(self, domain):
        return self

    def lipschitz_exact(self, domain):
        return arb(self.lower), arb(self.upper)


def power(base, exponent):
    return Pow(base, exponent, evaluate=False)


ROOT, INVERSE = sympy.sqrt(t), power(t, -1)
ARRAYS = {"y": [5, -7], "u": [3, 4], "W": [[1, 2, 3], [4, 5, 6]], "A": [[0, 2], [0, 0]]}
# the head, the term, the values of its letters, its value, and what is read off the domain (None: nothing)
TABLE = [
    ("1/t", INVERSE, {"t": -4}, -1 / 4, None),
    ("1/t", INVERSE, {"t": 0}, 0, Convention.DIVISION),
    ("1/t", t * power(t, -1), {"t": 3}, 1, None),
    ("1/t", power(t, -2), {"t": 0}, 0, Convention.DIVISION),
    ("1/t", power(power(t, -1), -1), {"t": 0}, 0, Convention.DIVISION),
    ("1/t", power(t - THIRD, -1), {"t": THIRD}, 0, Convention.DIVISION),
    ("1/t", power(Sum(y[i], (i, 2)) + 2, -3), {}, 0, Convention.DIVISION),
    ("√t", ROOT, {"t": 9}, 3, None),
    ("√t", ROOT, {"t": 0}, 0, None),
    ("√t", ROOT, {"t": -1}, 0, Convention.ROOT),
    ("√t", power(t, Rational(-1, 2)), {"t": 0}, 0, Convention.DIVISION),
    ("√t", power(t, Rational(-1, 2)), {"t": -4}, 0, Convention.POWER),
    ("t^q", power(t, Rational(1, 3)), {"t": 8}, 2, None),
    ("t^q", power(t, Rational(1, 3)), {"t": 0}, 0, None),
    ("t^q", power(t, Rational(1, 3)), {"t": -8}, 0, Convention.POWER),
    ("t^q", power(t, Rational(-1, 3)), {"t": 0}, 0, Convention.DIVISION),
    ("t^q", power(t, q), {"t": 2, "q": Fraction(1, 2)}, sqrt(2), None),
    ("t^q", power(t, q), {"t": 0, "q": 0}, 1, None),
    ("t^q", power(t, q), {"t": 0, "q": 3}, 0, None),
    ("t^q", power(t, q), {"t": 0, "q": -3}, 0, Convention.DIVISION),
    ("t^q", power(t, q), {"t": 0, "q": Fraction(-1, 2)}, 0, Convention.DIVISION),
    ("t^q", power(t, q), {"t": -2, "q": 3}, -8, None),
    ("t^q", power(t, q), {"t": -2, "q": -2}, 1 / 4, None),
    ("t^q", power(t, q), {"t": -2, "q": Fraction(1, 2)}, 0, Convention.POWER),
    ("t^q", power(t, 3), {"t": -2}, -8, None),
    ("t^q", power(t, 0), {"t": 0}, 1, None),
    ("log t", sympy.log(t), {"t": 5}, log(5), None),
    ("log t", sympy.log(t), {"t": 1}, 0, None),
    ("log t", sympy.log(t), {"t": 0}, 0, Convention.LOGARITHM),
    ("log t", sympy.log(t), {"t": -3}, 0, Convention.LOGARITHM),
    ("Σ", Sum(1 / (j - 4), (j, n)), {"n": 2}, -1 / 3 - 1 / 2, None),
    ("Σ", Sum(1 / (j - j * t), (j, n)), {"n": 0, "t": 1}, 0, None),
    ("Σ", Sum(j, (j, n)), {"n": -2}, 0, None),
    ("Σ", norm(Sum(W[j] * t, (j, n))), {"n": 0, "t": 2}, 0, None),
    ("Σ", fro_norm(Sum(Outer(W[j]), (j, n))), {"n": 0}, 0, None),
    ("Π", norm(tensor_product(y * j, (j, n))), {"n": 2}, 74 * 2, None),
    ("Π", norm(tensor_product(y * j, (j, n))), {"n": 0}, 1, None),
    ("Π", norm(TensorPower(y, n)), {"n": 0}, 1, None),
    ("max", Sup(y[i], (i, Range(2))), {}, 5, None),
    ("max", Sup(j - 10, (j, Range(n))), {"n": 0}, 0, Convention.MAXIMUM),
    ("max", -Sup(-j, (j, Range(n))), {"n": 0}, 0, Convention.MAXIMUM),
    ("max", Sup(-j * m, (m, Range(n)), (j, Range(k))), {"n": 3, "k": 0}, 0, Convention.MAXIMUM),
    ("max", Sum(Sup(-j, (j, Range(i - 1))), (i, n)), {"n": 3}, -2, Convention.MAXIMUM),
    ("Sup", Sup(Sum(e[i] * i, (i, n)), (e, Signs(n))), {"n": 0}, 0, None),
    ("Sup", Sup(norm(v) + 1, (v, Ball(2, t))), {"t": -1}, 0, Convention.SUPREMUM),
    ("Sup", Sup(s + 5, (s, RealInterval(t, 0))), {"t": 1}, 0, Convention.SUPREMUM),
    ("Lip", Lip(f, Space(2)), {"f": Steep(2, 2)}, 2, None),
    ("Lip", Lip(f, Space(2)), {"f": Steep(np.inf, np.inf)}, 0, Convention.LIPSCHITZ),
    ("E", Expect(Sum(e[i], (i, n)) ** 2, (e, Signs(n))), {"n": 3}, 3, None),
    ("E", Expect(Sum(e[i], (i, n)) + 7, (e, Signs(n))), {"n": 0}, 7, None),
    ("direction", dot(Direction(u), u), {}, 5, None),
    ("direction", dot(Direction(u - u * t), y), {"t": 1}, 5, Convention.DIRECTION),
    ("direction", norm(Direction(VectorSymbol("w", n))), {"w": [], "n": 0}, 0, Convention.DIRECTION),
    ("entry", y[2], {}, -7, None),
    ("entry", y[n], {"n": 3}, 0, Convention.ENTRY),
    ("entry", y[n], {"n": 0}, 0, Convention.ENTRY),
    ("entry", Sum(y[j], (j, n)), {"n": 4}, -2, Convention.ENTRY),
    ("entry", norm(W[n]), {"n": 3}, 0, Convention.ENTRY),
    ("entry", W[n, 1], {"n": 3}, 0, Convention.ENTRY),
    ("entry", W[1, n], {"n": 4}, 0, Convention.ENTRY),
    ("entry", W[2, n], {"n": 3}, 6, None),
    ("λ_j", eigenvalue_sum(A, n), {"n": 1}, 1, None),
    ("λ_j", eigenvalue_sum(A, n), {"n": 2}, 0, None),
    ("λ_j", eigenvalue_sum(A, n), {"n": 0}, 0, None),
    ("λ_j", eigenvalue_sum(A, n) + 1, {"n": 5}, 1, Convention.EIGENVALUE),
    ("λ_j", eigenvalue_sum(A, n), {"n": -1}, 0, Convention.EIGENVALUE),
    ("arcsin", sympy.asin(t), {"t": Fraction(1, 2)}, asin(0.5), None),
    ("arcsin", sympy.asin(t), {"t": 1}, pi / 2, None),
    ("arcsin", sympy.asin(t), {"t": Fraction(3, 2)}, 0, Convention.ARC),
    ("arccos", sympy.acos(t), {"t": Fraction(-1, 2)}, acos(-0.5), None),
    ("arccos", sympy.acos(t), {"t": -1}, pi, None),
    ("arccos", sympy.acos(t), {"t": -2}, 0, Convention.ARC),
    ("binomial", binomial(n, k), {"n": 5, "k": 2}, 10, None),
    ("binomial", binomial(n, k), {"n": 2, "k": 5}, 0, None),
    ("binomial", binomial(n, k), {"n": 0, "k": 0}, 1, None),
    ("binomial", binomial(n, k), {"n": -1, "k": 2}, 0, Convention.BINOMIAL),
    ("binomial", binomial(n, k), {"n": 3, "k": -1}, 0, Convention.BINOMIAL),
    ("binomial", binomial(t, 2, evaluate=False), {"t": Fraction(5, 2)}, 0, Convention.BINOMIAL),
    ("t!", factorial(n), {"n": 5}, 120, None),
    ("t!", factorial(n), {"n": 0}, 1, None),
    ("t!", factorial(n), {"n": -2}, 0, Convention.FACTORIAL),
    ("t!", factorial(t), {"t": Fraction(1, 2)}, 0, Convention.FACTORIAL),
    ("Γ", sympy.gamma(t), {"t": Fraction(-1, 2)}, gamma(-0.5), None),
    ("Γ", sympy.gamma(t), {"t": -2}, 0, Convention.GAMMA),
    ("log Γ", loggamma(t), {"t": 7}, lgamma(7), None),
    ("log Γ", loggamma(t), {"t": 0}, 0, Convention.GAMMA),
    ("log Γ", loggamma(t), {"t": Fraction(-1, 2)}, 0, Convention.GAMMA),
    ("floor", floor(t), {"t": Fraction(-7, 2)}, -4, None),
    ("floor", floor(n / 2), {"n": 6}, 3, None),
    ("ceiling", sympy.ceiling(t), {"t": Fraction(-7, 2)}, -3, None),
    ("mod", Mod(t, s, evaluate=False), {"t": -7, "s": 3}, 2, None),
    ("mod", Mod(t, s, evaluate=False), {"t": -7, "s": 0}, -7, Convention.DIVISION),
    ("Markov", MarkovBound(n, k), {"n": 3, "k": 1}, 3, None),
    ("Markov", MarkovBound(n, k), {"n": 3, "k": 4}, 0, Convention.MARKOV),
    ("Markov", MarkovBound(n, k), {"n": 3, "k": -1}, 0, Convention.MARKOV),
    ("norm", op_norm(MatrixSymbol("Z", n, 2)), {"Z": np.zeros((0, 2), dtype=int), "n": 0}, 0, None),
]
NAMES = [f"{head} {term} {given}" for head, term, given, _, _ in TABLE]


@pytest.mark.parametrize(("head", "term", "given", "value", "off"), TABLE, ids=NAMES)
def test_each_row_of_the_table_in_both_readings(head, term, given, value, off):
    at = Instance(ARRAYS | given)
    exactly = evaluate_exact(term, at)
    assert exactly.is_finite() and abs(exactly - arb(float(value))) <= 1e-13 * max(1, abs(value))
    lower, upper = evaluate(term, at)
    assert lower == upper == pytest.approx(value, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("head", "term", "given", "value", "off"), TABLE, ids=NAMES)
def test_both_readings_say_what_they_read_off_the_domain(head, term, given, value, off):
    at = Instance(ARRAYS | given)
    above = le(term, int(value) + 2)
    floats, verdict = evaluate_formula(above, at), check_exact(above, at)
    assert floats.outcome is Outcome.HOLDS and verdict.status is Status.CERTIFIED
    for said in (floats.off_domain, tuple(verdict.evidence.get("off domain", ()))):
        assert {c for c in Convention for words in said if words.startswith(c.value)} == ({off} if off else set())
    assert verdict.reason.endswith(f"it reads {', '.join(verdict.evidence['off domain'])}") if off else "reads" not in verdict.reason


def test_every_convention_is_in_the_table():
    """But for the one that has a float reading alone, and for expectations, which no form proves not to exist; both are below."""
    assert {row[-1] for row in TABLE} - {None} == set(Convention) - {Convention.CHORD, Convention.EXPECTATION}


# --- decided exactly, or not at all ------------------------------------------------------------------------------------------------

DECIMALS = [0.1, 0.2, -0.3]
GAP = Sum(y3 := VectorSymbol("y", 3)[i], (i, 3))
JUMPING = [1 / GAP, GAP**-2, power(GAP, Rational(-1, 2)), sympy.log(GAP), sympy.asin(1 + GAP), sympy.acos(GAP - 1), sympy.gamma(GAP),
           factorial(GAP), binomial(3 + GAP, 2, evaluate=False), power(GAP, q)]


@pytest.mark.parametrize("term", JUMPING, ids=str)
@pytest.mark.parametrize("accuracy", [0.0, 1e-12])
def test_a_sum_of_decimals_is_no_zero(term, accuracy):
    """0.1 + 0.2 − 0.3 is 5.6e-17 in floats and 0 in decimals: neither is taken for the value."""
    at = Instance({"y": DECIMALS, "q": -1}, accuracy=accuracy)
    check = evaluate_formula(le(Abs(term), 10**6), at)
    assert check.outcome is Outcome.UNDECIDED and check.off_domain == ()
    assert isnan(evaluate(term, at)[0])


@pytest.mark.parametrize("term", JUMPING, ids=str)
def test_the_same_sum_in_fractions_is_zero(term):
    at = Instance({"y": [Fraction(1, 10), Fraction(1, 5), Fraction(-3, 10)], "q": -1})
    exactly = evaluate_exact(term, at)
    assert evaluate(term, at) == pytest.approx((float(exactly.mid()),) * 2, abs=1e-12)


def test_roots_are_continuous_at_the_edge():
    """A radicand that is 0 up to rounding has a root that is 0 up to the root of the rounding, on either side."""
    for decimals in (DECIMALS, [-0.1, -0.2, 0.3]):
        at = Instance({"y": decimals}, accuracy=0.0)
        check = evaluate_formula(le(sympy.sqrt(GAP), Rational(1, 10**6)), at)
        assert check.outcome is Outcome.HOLDS and check.off_domain == ()
        found = Evaluator(at).interval(power(GAP, Rational(1, 3)))
        assert 0 <= float(found.lower) + float(found.error) <= 1e-4


def test_what_underflows_is_no_zero():
    for tiny in (sympy.exp(-t), t**-4, power(t, q), sympy.exp(-t) ** 2):
        check = evaluate_formula(le(0, 1 / tiny), Instance({"t": 10**160, "q": -3}))
        assert check.outcome is not Outcome.VIOLATED and check.off_domain == ()
    small = Instance({"u": [1e-200, 0.0], "v": [1e-200, 0.0]}, accuracy=0.0)
    for term in (norm(u), dot(u, v), u[1] * v[1], fro_norm(Outer(u, v)) + 0 * norm(u)):
        found = evaluate_formula(eq(1 / term, 0), small)
        assert found.outcome is not Outcome.HOLDS and "1/0" not in "".join(found.off_domain)
    assert evaluate(dot(Direction(u), u), small)[0] > 0


def test_large_integers_are_rounded_and_decide_nothing():
    at = Instance({"n": 2**60, "m": 2**60 + 1}, accuracy=0.0)
    assert evaluate_formula(eq(1 / (n - m), 0), at).outcome is not Outcome.HOLDS or evaluate(1 / (n - m), at) == (-1.0, -1.0)
    half = Instance({"t": 2.0**52, "s": 0.25}, accuracy=0.0)
    assert evaluate_formula(eq(1 / (t + s - t * 1 - power(s, 1) * 0 - 2**52 + t), 0), half).off_domain == ()


def test_an_enclosure_that_holds_the_edge_gives_both_values():
    at = Instance({"f": Steep(0.0, 2.0)})
    L = Lip(f, Space(2))
    assert evaluate(1 / L, at) == (0.0, np.inf) and evaluate(L**-2, at) == (0.0, np.inf)
    low, high = evaluate(sympy.log(L), at)
    assert low == -np.inf and high == pytest.approx(log(2))
    assert evaluate_formula(le(0, 1 / L), at).outcome is Outcome.HOLDS
    assert evaluate_formula(lt(0, 1 / L), at).outcome is Outcome.UNDECIDED
    assert evaluate(1 / (L + 1), at) == pytest.approx((1 / 3, 1))
    with pytest.raises(NotCertified):
        evaluate_exact(1 / L, at)


def test_what_may_not_be_lipschitz_bounded_or_integrable_is_undecided():
    unknown = Instance({"f": Steep(1.0, np.inf)})
    assert evaluate_formula(le(1, Lip(f, Space(2))), unknown).outcome is Outcome.UNDECIDED
    assert evaluate_formula(le(Lip(f, Space(2)), 5), unknown).outcome is Outcome.UNDECIDED
    with pytest.raises(NotCertified, match="not known"):
        evaluate_exact(Lip(f, Space(2)), unknown)
    at = Instance({"u": [3, 4]})
    growing, peak = Sup(norm(v), (v, Space(2))), Sup(norm(v), (v, Ball(2, 5)))
    assert evaluate_formula(le(1, growing), at).outcome is Outcome.UNDECIDED
    assert evaluate_formula(le(4, peak), at).outcome is Outcome.HOLDS
    spike = Sup(1 / norm(v), (v, Sphere(2)))
    assert evaluate_formula(le(2, spike), at).outcome is not Outcome.HOLDS
    G, X = MatrixSymbol("G", 1, 2), MatrixSymbol("X", 1, 2)
    assert evaluate_formula(le(0, Expect(sympy.exp(norm(G[1]) ** 3), (G, GaussianRows(1, 2)))), at).outcome is Outcome.UNDECIDED
    assert evaluate(Expect(norm(G[1]) ** 2, (G, GaussianRows(1, 2))), at)[1] < 2
    assert evaluate(Expect(sympy.exp(dot(X[1], u)), (X, SphereRows(1, 2))), at)[1] < np.inf


def test_facts_over_an_empty_set_are_vacuous():
    at = Instance({"t": -1})
    for quantified in (forall(lt(norm(v), 0), (v, Ball(2, t))), forall(lt(s, -9), (s, RealInterval(0, t)))):
        assert evaluate_formula(quantified, at).outcome is Outcome.VACUOUS
        verdict = check_exact(quantified, at)
        assert verdict.status is Status.CERTIFIED and verdict.evidence["vacuous"]
    rounded = Instance({"y": DECIMALS}, accuracy=0.0)
    edge = forall(lt(norm(v), 0), (v, Ball(2, GAP)))
    assert isinstance(edge, ForAll) and evaluate_formula(edge, rounded).outcome is Outcome.UNDECIDED
    assert evaluate_formula(le(Sup(norm(v) + 1, (v, Ball(2, GAP))), 5), rounded).outcome is Outcome.UNDECIDED


def test_equal_points_of_the_circle_have_the_slope_zero():
    angles, labels = VectorSymbol("angles", 2), VectorSymbol("labels", 2)
    slope = CircleSlope(angles, labels)
    same = evaluate_formula(eq(slope, 0), Instance({"angles": [0, 0], "labels": [1, -1]}))
    assert same.outcome is Outcome.HOLDS and same.off_domain == (f"{Convention.CHORD.value} in {same.off_domain[0].split(' in ')[1]}",)
    near = Instance({"angles": [0.3, 0.1 + 0.2], "labels": [1, -1]})
    assert evaluate_formula(le(slope, 10), near).outcome is Outcome.UNDECIDED
    apart = evaluate(slope, Instance({"angles": [0.0, 0.5], "labels": [1, -1]}))
    assert apart == pytest.approx((1.0, 1.0))


# --- what is said --------------------------------------------------------------------------------------------------------------------


def test_a_decision_says_what_it_rests_on_and_no_more():
    at = Instance({"y": [0, 2]})
    false_at_two = forall(le(1 / y[i], 0), (i, Range(2)))
    verdict = check_exact(false_at_two, at)
    assert verdict.status is Status.REFUTED and "off domain" not in verdict.evidence  # 1/2 ≤ 0 fails without 1/0
    false_at_one = forall(lt(0, 1 / y[i]), (i, Range(2)))
    assert check_exact(false_at_one, at).evidence["off domain"] == ["1/0 = 0 in 1/yᵢ"]
    both = check_exact(Implies(eq(1 / y[1], 0), lt(y[2], 0)), at)
    assert both.status is Status.REFUTED and both.reason == "the fact is false on this instance; it reads 1/0 = 0 in 1/y₁"
    inside = check_exact(lt(Indicator(eq(1 / y[1], 0)), 1), at)
    assert inside.status is Status.REFUTED and inside.evidence["off domain"] == ["1/0 = 0 in 1/y₁"]


def test_readings_are_of_the_fact_that_is_asked_also_when_its_terms_are_remembered():
    at = Evaluator(Instance({"u": [0, 0], "y": [1, 2]}))
    peak = Sup(dot(v, y) + 1 / norm(u), (v, Ball(2, 1)))
    first, other, again = at.fact(le(0, peak)), at.fact(le(y[1], 1)), at.fact(le(-1, peak))
    assert first.off_domain == again.off_domain == ("1/0 = 0 in 1/‖u‖",) and other.off_domain == ()


# --- the readings agree ----------------------------------------------------------------------------------------------------------------

SMALL = st.sampled_from([Fraction(p, r) for p in (-2, -1, 0, 0, 0, 1, 2, 3) for r in (1, 2, 3)])
LEAVES = st.sampled_from([t, s, y[1], y[2], y[n], norm(u), sympy.Integer(0), sympy.Integer(1), Rational(-1, 2)])


def grown(inner):
    def unary(make):
        return inner.map(make)

    return st.one_of(
        st.tuples(inner, inner).map(lambda pair: sympy.Add(*pair)),
        st.tuples(inner, inner).map(lambda pair: Mul(*pair)),
        st.tuples(inner, inner).map(lambda pair: sympy.Add(pair[0], Mul(-1, pair[0], evaluate=False), pair[1], evaluate=False)),
        st.tuples(inner, st.sampled_from([-3, -2, -1, 0, 2, 3, Rational(1, 2), Rational(-1, 2), Rational(1, 3), Rational(-2, 3)])).map(
            lambda pair: power(*pair)
        ),
        st.tuples(inner, inner).map(lambda pair: Max(*pair, evaluate=False)),
        st.tuples(inner, inner).map(lambda pair: Min(*pair, evaluate=False)),
        unary(lambda a: Abs(a, evaluate=False)),
        unary(lambda a: sympy.log(a, evaluate=False)),
        unary(lambda a: sympy.asin(a, evaluate=False)),
        unary(lambda a: floor(a, evaluate=False)),
        unary(lambda a: Sum(a * y[j], (j, n))),
        unary(lambda a: Sup(a * j, (j, Range(n)))),
        unary(lambda a: norm(Direction(u * a))),
    )


@settings(derandomize=True, deadline=None, max_examples=400)
@given(
    st.recursive(LEAVES, grown, max_leaves=5),
    st.fixed_dictionaries({"t": SMALL, "s": SMALL, "n": st.integers(-1, 3), "y": st.tuples(SMALL, SMALL), "u": st.tuples(SMALL, SMALL)}),
)
def test_the_readings_agree(term, given):
    """Where both have a value the exact one lies within the tracked error of the float one, degenerate instances included."""
    at = Instance({name: list(value) if isinstance(value, tuple) else value for name, value in given.items()})
    if term.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I):
        return  # sympy's own view of 1/0, taken before anything is evaluated
    try:
        exactly = evaluate_exact(term, at)
    except NotCertified:
        return
    lower, upper = evaluate_ends(term, at)
    if isnan(lower) or isnan(upper):
        return
    assert not exactly < arb(lower) and not exactly > arb(upper), (lower, upper, exactly)


def evaluate_ends(term, at):
    found = Evaluator(at).interval(term)
    return tuple(float(np.ravel(end)[0]) for end in (found.lower - found.error, found.upper + found.error))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.recursive(LEAVES, grown, max_leaves=3))
def test_exact_instances_are_decided(term):
    """On an instance of integers a closed rational term is decided in floats as well: nothing is left open that is exact."""
    at = Instance({"t": 0, "s": 1, "n": 2, "y": [0, 1], "u": [0, 0]})
    if term.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I, Direction):
        return
    try:
        exactly = evaluate_exact(term, at)
    except NotCertified:
        return
    if not exactly.is_exact():
        return
    lower, upper = evaluate(term, at)
    assert lower == upper == pytest.approx(float(exactly.mid()), abs=1e-12)


def test_line_and_signs_stay_as_they_were():
    """A guard for the domain checks: sets that are never empty are not taken to be."""
    at = Instance({"n": 2})
    assert evaluate_formula(forall(le(0, s**2), (s, LINE)), at).outcome is Outcome.HOLDS
    assert evaluate_formula(forall(eq(e[i] ** 2, 1), (e, Signs(n)), (i, Range(n))), at).outcome is Outcome.HOLDS


def test_a_product_with_zero_is_exact():
    """0·(−1) is 0, so that a strict inequality against it is decided."""
    at = Instance({"n": 0, "m": -1})
    assert evaluate_formula(lt(0, n * m), at).outcome is Outcome.VIOLATED
    assert evaluate_formula(lt(0, Sum(Indicator(lt(0, y[i])) * y[i], (i, 2))), Instance({"y": [-1, -2]})).outcome is Outcome.VIOLATED
