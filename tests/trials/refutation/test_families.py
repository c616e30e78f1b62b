"""Families: what is seen at a few members refutes nothing, what is shown for every member from one on does."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sympy import Integer

from theory.claim import Claim, Constant, Hypothesis, NormDomain, Reading
from theory.registry import claims
from theory.source import Source
from theory.terms import (
    Ball,
    Function,
    Lip,
    MatrixSymbol,
    Max,
    Min,
    Property,
    Range,
    Space,
    Sum,
    Symbol,
    VectorSymbol,
    d,
    dot,
    eq,
    forall,
    index,
    k,
    le,
    log,
    n,
    norm,
    sqrt,
    zero,
)
from theory.verdict import Status
from verify.laws.measure import Counterexample, RefutingFamily
from verify.laws.registry import measurements
from verify.objects.instance import Instance
from verify.trials.refutation.existence import existence, form_degree
from verify.trials.refutation.refute import refute

M, C, c = Symbol("M", integer=True, positive=True), Symbol("C", positive=True), Symbol("c", positive=True)
x, t = Symbol("x", nonnegative=True), Symbol("t", negative=True)
u, v, f, y = VectorSymbol("u", d), VectorSymbol("v", d), Function("f", d), VectorSymbol("y", n)


def claim(law, *hypotheses, constants=("C",)) -> Claim:
    named = tuple(Hypothesis(f"h{place}", formula) for place, formula in enumerate(hypotheses))
    return Claim("demo", "demo", Source("nowhere"), Reading.PRINTED, NormDomain.DATA, named, law,
                 constants=tuple(Constant(name) for name in constants))


def verdict(law, member, ratio, *hypotheses, constants=("C",), **more):
    family = RefutingFamily(lambda size: Instance(member(size)), ratio, M, **more)
    return refute(claim(law, *hypotheses, constants=constants), Counterexample(family.member(2), "", "", family)).verdict


# --- the general member ------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("cap", [17, 40, 10**4, 10**7, 10**15])
@pytest.mark.parametrize("ratio", [M / 2, M, sqrt(M), M**2 / 100])
def test_what_stops_growing_is_not_refuted(cap, ratio):
    """min(x, cap) ≤ C serves with C = cap, however late it stops, whatever the members show."""
    found = verdict(le(Min(x, cap), C), lambda size: {"x": size}, ratio)
    assert found.status is Status.UNKNOWN and "beyond that unproved" in found.reason


@pytest.mark.parametrize("law, member, ratio, beyond", [
    (le(x, C), lambda size: {"x": size}, M, 2),
    (le(x, C * sqrt(x)), lambda size: {"x": size}, sqrt(M), 2),
    (le(Max(x - 1000, 0), C), lambda size: {"x": size}, M / 2, 2**20),
    (le(norm(u), C), lambda size: {"u": [Fraction(size), Fraction(1)], "d": 2}, M, 2),
    (le(c * norm(u), 1), lambda size: {"u": [Fraction(size)], "d": 1}, M, 2),
])
def test_what_grows_for_ever_is_refuted(law, member, ratio, beyond):
    found = verdict(law, member, ratio, constants=("C",) if law.has(C) else ("c",))
    assert found.status is Status.REFUTED and found.evidence["beyond"] == beyond, found.reason


def test_zero_on_both_sides_contradicts_no_constant():
    assert verdict(le(x - x, C * 0), lambda size: {"x": size}, M).status is Status.UNKNOWN
    assert verdict(le(x * norm(u), C * norm(u)), lambda size: {"x": size, "u": [0], "d": 1}, M).status is Status.UNKNOWN


def test_the_hypotheses_must_hold_at_every_member():
    """x ≤ 40 holds at M = 2, 8, 32."""
    found = verdict(le(x, C), lambda size: {"x": size}, M, le(x, 40))
    assert found.status is Status.UNKNOWN and "seen at M = 2, 8, 32" in found.reason


def test_a_hypothesis_that_holds_late_is_enough():
    assert verdict(le(x, C), lambda size: {"x": size}, M, le(40, x)).evidence["beyond"] == 64


def test_values_along_a_family_are_what_is_declared():
    assert verdict(le(-t, C), lambda size: {"t": -size}, M).status is Status.REFUTED
    assert verdict(le(t + 2 * size_of(t), C), lambda size: {"t": size}, M).status is Status.UNKNOWN
    whole = Symbol("w", integer=True)
    assert verdict(le(whole, C), lambda size: {"w": Fraction(size, 2)}, M / 2).status is Status.UNKNOWN


def size_of(symbol):
    return sqrt(symbol**2)


def test_another_constant_is_not_fixed_by_the_member():
    """x ≤ C·x^c serves with c = C = 1; at c = 1/2 it would look refuted."""
    found = verdict(le(x, C * x**c), lambda size: {"x": size, "c": Fraction(1, 2)}, sqrt(M), constants=("C", "c"))
    assert found.status is Status.UNKNOWN and "open constants" in found.reason


@pytest.mark.parametrize("ratio", [Integer(7), 40 - 1 / M, Min(M, 40), log(M) / M])
def test_a_ratio_that_does_not_tend_to_infinity(ratio):
    assert verdict(le(x, C), lambda size: {"x": size}, ratio).status is Status.UNKNOWN


def test_growing_sizes_need_more_than_members():
    ones = verdict(le(norm(u), C), lambda size: {"u": [Fraction(1)] * size, "d": size}, sqrt(M))
    assert ones.status is Status.UNKNOWN and "grows along the family" in ones.reason


OFF = Symbol("r", real=True)


@pytest.mark.parametrize("law, value, beyond, said", [
    (le(x + 1 / OFF, C), lambda size: 0, 2, "1/0 = 0 in 1/r"),
    (le(x + sqrt(OFF), C), lambda size: -size, 2, "√t = 0 for t < 0 in √r"),
    (le(x + sqrt(OFF), C), lambda size: 1000 - size, 1024, "√t = 0 for t < 0 in √r"),
    (le(x + OFF ** Fraction(1, 3), C), lambda size: -size, 2, "t^q = 0 for t < 0 and fractional q in r^(1/3)"),
    (le(x + log(OFF), C), lambda size: -size, 2, "log t = 0 for t ≤ 0 in log(r)"),
    (le(x + 1 / OFF, C), lambda size: size - 1000, 1024, ""),
])
def test_what_is_read_off_the_domain_beyond_the_start_is_said(law, value, beyond, said):
    """1/(M − 1000) is 0 by convention at M = 1000, where nothing is read once it is shown from 1024 on."""
    family = RefutingFamily(lambda size: Instance({"x": size, "r": value(size)}), M / 2, M)
    found = refute(claim(law), Counterexample(family.member(2), "", "it grows", family))
    assert found.verdict.status is Status.REFUTED, found.verdict.reason
    assert found.words == "it grows" + (f"; it reads {said}" if said else "") and found.verdict.evidence["beyond"] == beyond


def test_a_hypothesis_that_holds_by_a_convention_is_said():
    """1/r ≤ 0 at r = 0."""
    family = RefutingFamily(lambda size: Instance({"x": size, "r": 0}), M, M)
    found = refute(claim(le(x, C), le(1 / OFF, 0)), Counterexample(family.member(2), "", "", family))
    assert found.verdict.status is Status.REFUTED and found.words == "; it reads 1/0 = 0 in 1/r"


def test_a_value_off_the_domain_refutes_only_what_is_false_by_the_table():
    """x ≤ C·x/√(−x) is 0 on the right by convention, and so is no bound; √(−x)·x ≤ C is 0 ≤ C."""
    root = sqrt(OFF)
    member = lambda size: {"x": size, "r": -size}  # noqa: E731
    assert verdict(le(x, C * x / root), member, M).status is Status.REFUTED
    assert verdict(le(x * root, C), member, M).status is Status.UNKNOWN


def test_a_form_is_not_lipschitz_on_the_whole_space():
    """‖w‖ ≤ C·Lip(f) for f = (w·x)² on R^d: Lip = 0 by convention, which the refutation says."""
    w, point = VectorSymbol("w", d), VectorSymbol("p", d)
    defined = forall(eq(f(point), dot(w, point) ** 2), (point, Space(d)))
    family = RefutingFamily(lambda size: Instance({"w": [Fraction(size), Fraction(0)], "d": 2}), M, M)
    found = refute(claim(le(norm(w), C * Lip(f, Space(d))), defined), Counterexample(family.member(2), "", "", family))
    assert found.verdict.status is Status.REFUTED and "Lip(f) = 0 where f is not Lipschitz" in found.words


@pytest.mark.parametrize("slope", [1, Fraction(1, 3), 5])
def test_functions_that_hypotheses_define_have_their_lipschitz_constants(slope):
    """f(x) = (w·x)² has Lip = 2‖w‖² on the unit ball: ‖w‖² ≤ C·Lip serves with C = ½, ‖w‖³ ≤ C·Lip does not."""
    w, point = VectorSymbol("w", d), VectorSymbol("p", d)
    defined = forall(eq(f(point), dot(w, point) ** 2), (point, Space(d)))

    def found(power, ratio):
        law = le(norm(w) ** power, C * Lip(f, Ball(d)))
        return verdict(law, lambda size: {"w": [Fraction(slope) * size, Fraction(0)], "d": 2}, ratio, defined).status
    assert found(2, M / 1000) is found(2, log(M)) is Status.UNKNOWN
    assert found(3, slope * M / 2) is Status.REFUTED and found(3, slope * M) is Status.UNKNOWN


# --- sizes, objects and what is assumed of them --------------------------------------------------------------------------------------

def test_objects_are_given_by_their_entries():
    """Σ u_i ≤ C·1 fails at u = (1, …, 1) of R^M."""
    i = index("i")
    total = Sum(u[i], (i, d))
    family = {"sizes": {d: M}, "objects": {u: lambda i: 1}}
    member = lambda size: {"u": [Fraction(1)] * size, "d": size}  # noqa: E731
    assert verdict(le(total, C), member, M, **family).status is Status.REFUTED
    assert verdict(le(total, C), member, M**2, **family).status is Status.UNKNOWN
    assert verdict(le(total, C), member, M, forall(le(u[i], Fraction(1, 2)), (i, Range(d))), **family).status is Status.UNKNOWN


def test_an_object_that_stands_otherwise_than_by_its_entries_is_refused():
    found = verdict(le(norm(u), C), lambda size: {"u": [Fraction(1)] * size, "d": size}, sqrt(M), sizes={d: M}, objects={u: lambda i: 1})
    assert found.status is Status.UNKNOWN and "otherwise than by its entries" in found.reason


def test_sizes_are_what_is_declared():
    """t < 0 ⇒ t ≤ C is true; at t = M it would look refuted."""
    found = verdict(le(t, C), lambda size: {"t": size}, M, sizes={t: M})
    assert found.status is Status.UNKNOWN and "negative" in found.reason
    half = verdict(le(n, C), lambda size: {"n": size}, M / 2, sizes={n: M / 2})
    assert half.status is Status.UNKNOWN and "integer" in half.reason


@pytest.mark.parametrize("assumed, said", [
    (le(M, 40), "not shown"), (le(C, 1), "not shown"), (le(n, 40), "not shown"), (le(norm(u), 1), "not shown"),
    (eq(norm(u), norm(u) + 1), "not shown")])
def test_what_is_assumed_must_be_satisfiable_for_every_size(assumed, said):
    family = {"sizes": {n: M}, "assumes": (Hypothesis("assumed", assumed),)}
    found = verdict(le(n, C), lambda size: {"n": size, "u": [Fraction(0)], "d": 1}, M, **family)
    assert found.status is Status.UNKNOWN and said in found.reason


def test_vectors_of_another_dimension_are_no_rows():
    W, l = MatrixSymbol("W", k, d), index("l")
    law = le(Sum(1 + norm(W[l]), (l, k)), C)
    found = verdict(law, lambda size: {"W": np.zeros((size, 1), dtype=int), "k": size, "d": 1}, M, sizes={k: M, d: 1},
                    objects={W: lambda l: zero(k)})
    assert found.status is Status.UNKNOWN and "another sort or dimension" in found.reason


def test_the_recorded_family_with_growing_sizes_needs_its_steps():
    witness = measurements()["bln.thm3.all_subsets"].refutation()
    assert refute(claims()["bln.thm3.all_subsets"], witness).verdict.status is Status.REFUTED
    for family in (replace(witness.family, steps=witness.family.steps[:1]), replace(witness.family, objects={})):
        assert refute(claims()["bln.thm3.all_subsets"], replace(witness, family=family)).verdict.status is Status.UNKNOWN


# --- existence ----------------------------------------------------------------------------------------------------------------------------

def unexplained(*formulas, given=frozenset()):
    return existence([Hypothesis(f"h{place}", formula) for place, formula in enumerate(formulas)], frozenset(given)).unexplained


def test_definitions_exist_and_circles_do_not():
    p, g = VectorSymbol("p", d), Function("g", d)
    f_by_g = forall(eq(f(p), g(p) + 1), (p, Space(d)))
    g_by_f = forall(eq(g(p), f(p) + 1), (p, Space(d)))
    assert unexplained(f_by_g) == () and set(unexplained(f_by_g, g_by_f)) == {"h0", "h1"}
    assert unexplained(forall(eq(f(p), f(p) + 1), (p, Space(d)))) == ("h0",)
    assert unexplained(f_by_g, le(f(p), 0)) == ("h1",)
    assert unexplained(f_by_g, forall(eq(f(p), 0), (p, Space(d)))) == ("h1",)
    assert unexplained(f_by_g, given={"f"}) == ("h0",)


def test_entries_must_be_given_at_every_place():
    i = index("i")
    everywhere = forall(eq(y[i], i), (i, Range(n)))
    assert unexplained(everywhere) == () and unexplained(forall(eq(y[i], i), (i, Range(k)))) == ("h0",)
    assert unexplained(eq(y[1], 3), eq(y[2], 4)) == ("h0", "h1")


def test_unit_vectors_exist_alone():
    assert unexplained(eq(norm(u), 1)) == () and unexplained(eq(norm(u), 2)) == ("h0",)
    assert unexplained(eq(norm(u), 1), eq(dot(u, v), 5)) == ("h0", "h1")


def test_a_symmetric_matrix_is_given_by_a_quadratic_form_alone():
    A = MatrixSymbol("A", d, d)
    form = dot(u, A @ u)
    symmetric = Property("symmetric", A)
    assert unexplained(symmetric, forall(eq(form, dot(v, u) ** 2), (u, Space(d)))) == ()
    for wrong in (dot(v, u), dot(v, u) ** 2 + 1, dot(v, u) ** 3, norm(u) ** 2 * dot(v, u)):
        assert form_degree(wrong, u) != 2
        assert unexplained(symmetric, forall(eq(form, wrong), (u, Space(d))))


# --- instances ----------------------------------------------------------------------------------------------------------------------------

class Ones:
    """f = 1, in floats."""

    def __call__(self, points):
        return np.ones(len(points))


@pytest.mark.parametrize("gap", [Fraction(1, 10**k) for k in (9, 13, 20)])
def test_hypotheses_that_floats_alone_decide_refute_nothing(gap):
    """f(u) = s and f(u) = t make s = t; floats do not tell 1 from 1 + gap."""
    s, r = Symbol("s", real=True), Symbol("r", real=True)
    instance = Instance({"f": Ones(), "u": [Fraction(0)], "d": 1, "s": Fraction(1), "r": 1 + gap})
    found = refute(claim(eq(s, r), eq(f(u), s), eq(f(u), r), constants=()), Counterexample(instance, "", "")).verdict
    assert found.status is Status.UNKNOWN and "refutes nothing" in found.reason
    close = Instance({"u": [Fraction(1)], "d": 1, "s": Fraction(1), "r": 1 + gap})
    assert refute(claim(eq(s, r), eq(norm(u), s), constants=()), Counterexample(close, "", "")).verdict.status is Status.REFUTED
