"""False claims of kinds that were proved once: whatever the operation, the way of proof and the place, none of them is proved.

Every claim here is false where roots of negative numbers, logarithms of numbers that are not positive, arcsines of numbers beyond 1 and
1/0 are 0.  Beside each kind stands a neighbour that is true, and is proved by the same steps: what is refused is the falsehood.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from sympy import Expr

from theory.check import check
from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.errors import ShapeError
from theory.lemmas import rules
from theory.lemmas.build import ours
from theory.proof import Lemma, Proof, Use, proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    Activation,
    Ball,
    Formula,
    Function,
    Lip,
    Range,
    Space,
    Sphere,
    Sum,
    Symbol,
    VectorSymbol,
    asin,
    d,
    dot,
    eq,
    forall,
    index,
    le,
    lipschitz_on,
    log,
    lt,
    n,
    norm,
    sqrt,
    zero,
)
from theory.terms.linear import Direction
from verify.evaluate import HELD, Evaluator, Outcome
from verify.objects.instance import Instance

x, y, z, s, t = (Symbol(name, real=True) for name in "xyzst")
u, v, a, b = VectorSymbol("u", d), VectorSymbol("v", d), VectorSymbol("a", n), VectorSymbol("b", n)
f, psi = Function("f", d), Activation("psi")
i = index("i")


def claim(law: Formula, own: Proof, **hypotheses: Formula) -> Claim:
    """A claim with hypotheses by name."""
    named = tuple(Hypothesis(name, formula) for name, formula in hypotheses.items())
    return Claim("a.hole", "a hole", Source("nobody"), Reading.OURS, NormDomain.DATA, named, law, (own,))


def in_one_step(law: Formula, by: str | Use | Lemma, **hypotheses: Formula) -> Claim:
    """A claim whose law is one step from all of its hypotheses."""
    return claim(law, proof(step("law", law, by=by, using=tuple(hypotheses))), **hypotheses)


def is_proved(own: Claim) -> bool:
    return check(own).status.is_proof


def is_false_at(own: Claim, **values: object) -> bool:
    """The hypotheses hold at the values, and the law does not."""
    instance = Instance({name: Fraction(value) if isinstance(value, int) else value for name, value in values.items()})
    seen = Evaluator(instance)
    return all(seen.fact(h.formula).outcome in HELD for h in own.hypotheses) and seen.fact(own.conclusion).outcome is Outcome.VIOLATED


# --- that a term stands in a fact says nothing of its domain ------------------------------------------------------------------------

PARTIAL: Sequence[tuple[Expr, Formula, int]] = (
    (sqrt(t), le(0, t), -1),
    (sqrt(t - 1), le(1, t), 0),
    (log(t), lt(0, t), -1),
    (1 / t, lt(0, t), 0),
    (asin(t), le(-1, t), -5),
    (sqrt(log(t)), le(1, t), -1),
    (sqrt(sqrt(t) - 1), le(1, t), 0),
    (1 / sqrt(t), lt(0, t), 0),
    (asin(1 / t), lt(0, t), 0),
    (sqrt(1 / t) + Abs(log(t)), lt(0, t), -1),
)


@pytest.mark.parametrize("by", ["linear", "polynomial"])
@pytest.mark.parametrize("term, law, at", PARTIAL)
def test_a_fact_does_not_define_what_stands_in_it(term: Expr, law: Formula, at: int, by: str) -> None:
    hole = in_one_step(law, by, stands=le(0, term), bounded=le(term, 100))
    assert is_false_at(hole, t=at)
    assert not is_proved(hole)


@pytest.mark.parametrize("by", ["linear", "polynomial", "instance"])
@pytest.mark.parametrize("term, law, at", [
    (sqrt(a[i]), le(0, a[i]), -1), (log(a[i]), le(0, a[i]), -1), (1 / a[i], lt(0, a[i]), 0), (sqrt(a[i] * b[i]), le(0, a[i]), -1)])
def test_nor_beneath_a_quantifier_or_in_a_sum(term: Expr, law: Formula, at: int, by: str) -> None:
    for fact in (forall(le(0, term), (i, Range(n))), le(0, Sum(term, (i, n)))):
        hole = in_one_step(forall(law, (i, Range(n))), by, stands=fact)
        assert is_false_at(hole, n=1, a=[Fraction(at)], b=[Fraction(1)])
        assert not is_proved(hole)


# --- the circle: a root that is multiplied out is taken to be defined by a fact about that very root --------------------------------

def ring(radicand: Expr) -> Expr:
    """(√r + 1)(√r − 1) + 1, which is r where r ≥ 0, and 0 elsewhere."""
    return (sqrt(radicand) + 1) * (sqrt(radicand) - 1) + 1


def around(radicand: Expr, *more: str) -> Proof:
    """0 ≤ r by the length of √r times a vector."""
    stretched = u * sqrt(radicand)
    law = le(0, radicand)
    return proof(
        step("square", eq(dot(stretched, stretched), norm(stretched) ** 2), by="algebra"),
        step("nonneg", le(0, dot(stretched, stretched)), by="linear", using="square"),
        step("ring", le(0, ring(radicand)), by="polynomial", using=("nonneg", "unit")),
        step("law", law, by="polynomial", using=("ring", *more)))


RADICANDS: Sequence[Expr] = (t, t - 1, x * y, t**3, Sum(a[i], (i, n)), dot(u, v) + t, log(t), 1 / t)


@pytest.mark.parametrize("radicand", RADICANDS)
def test_a_root_does_not_make_its_radicand_nonnegative(radicand: Expr) -> None:
    hole = claim(le(0, radicand), around(radicand), unit=eq(norm(u), 1))
    report = check(hole)
    assert not report.status.is_proof
    assert not report.proofs[0].steps[-1].verdict.status.is_proof


def test_the_ring_itself_is_true() -> None:
    """(√t + 1)(√t − 1) + 1 ≥ 0 for every real t: its steps are proved, and so is what is true of t."""
    steps = check(claim(le(0, t), around(t), unit=eq(norm(u), 1))).proofs[0].steps
    assert [s.verdict.status.is_proof for s in steps] == [True, True, True, False]
    assert is_proved(in_one_step(eq(ring(t), t), "polynomial", nonnegative=le(0, t)))


# --- a factor or divisor that may vanish is not cancelled ---------------------------------------------------------------------------

WEIGHTS: Sequence[Expr] = (s / t, s / t**2, s * log(t), s * sqrt(t), s * asin(t), s / sqrt(t), s / (t - 1), s * Abs(t), s / log(t))


@pytest.mark.parametrize("by", ["instance", "linear", "polynomial"])
@pytest.mark.parametrize("weight", WEIGHTS)
def test_an_instance_of_a_fact_is_not_divided_by_its_weight(weight: Expr, by: str) -> None:
    """w ψ(t) = w for all s and t says nothing of ψ where w is 0 for every s."""
    law = forall(eq(psi(t), 1), (t, LINE))
    assert not is_proved(in_one_step(law, by, weighted=forall(eq(weight * psi(t), weight), (s, LINE), (t, LINE))))


@pytest.mark.parametrize("by", ["instance", "linear", "polynomial"])
def test_nor_by_an_entry_beneath_a_quantifier(by: str) -> None:
    law = forall(eq(a[i], 1), (i, Range(n)))
    hole = in_one_step(law, by, weighted=forall(eq(a[i] / b[i], 1 / b[i]), (i, Range(n))))
    assert is_false_at(hole, n=1, a=[Fraction(0)], b=[Fraction(0)])
    assert not is_proved(hole)


def test_what_is_no_zero_is_cancelled() -> None:
    weighted = forall(eq((1 + t**2) * psi(t), 1 + t**2), (t, LINE))
    assert is_proved(in_one_step(forall(eq(psi(t), 1), (t, LINE)), "polynomial", weighted=weighted))


QUOTIENTS: Sequence[tuple[Formula, dict[str, Formula], dict[str, int]]] = (
    (le(x, -1), {"quotient": le((x**2 + x) / x, 0)}, {"x": 0}),
    (le(y, -1), {"quotient": le((x * y + x) / x, 0)}, {"x": 0, "y": 0}),
    (eq(x * y, 1), {"inverse": eq(y, 1 / x)}, {"x": 0, "y": 0}),
    (eq((x**2 + x) / x, x + 1), {}, {"x": 0}),
    (eq((x * y + y) / y, x + 1), {}, {"x": 0, "y": 0}),
    (eq(x * (1 / x + 1), x + 1), {}, {"x": 0}),
    (eq(sqrt(x * y), sqrt(x) * sqrt(y)), {}, {"x": -1, "y": -1}),
    (eq(sqrt(x / y), sqrt(x) / sqrt(y)), {}, {"x": -1, "y": -1}),
    (eq(log(x * y), log(x) + log(y)), {}, {"x": -2, "y": -2}),
    (le(x, 0), {"product": le(x * y, 0), "sign": le(0, y)}, {"x": 1, "y": 0}),
)


@pytest.mark.parametrize("by", ["polynomial", "algebra"])
@pytest.mark.parametrize("law, hypotheses, at", QUOTIENTS)
def test_a_divisor_that_may_be_zero_is_not_cancelled(law: Formula, hypotheses: dict[str, Formula], at: dict[str, int], by: str) -> None:
    hole = in_one_step(law, by, **hypotheses)
    assert is_false_at(hole, **at)
    assert not is_proved(hole)


@pytest.mark.parametrize("law, hypotheses", [
    (le(x, -1), {"quotient": le((x**2 + x) / x, 0), "negative": lt(x, 0)}),
    (eq(x * y, 1), {"inverse": eq(y, 1 / x), "positive": lt(0, x)}),
    (eq(sqrt(x * y), sqrt(x) * sqrt(y)), {"left": le(0, x), "right": le(0, y)}),
    (le(x, 0), {"product": le(x * y, 0), "sign": lt(0, y)}),
])
def test_a_divisor_with_a_sign_is(law: Formula, hypotheses: dict[str, Formula]) -> None:
    assert is_proved(in_one_step(law, "polynomial", **hypotheses))


# --- a lemma holds where its own steps show it, and says what it says ---------------------------------------------------------------

E = Direction(zero(1))


def length_of_root(radicand: Expr) -> Proof:
    """0 ≤ (√r + 1)(√r − 1) + 1, by the length of √r times a direction."""
    stretched = E * sqrt(radicand)
    return proof(
        step("unit", eq(norm(E), 1), by=rules.direction_unit),
        step("square", eq(dot(stretched, stretched), norm(stretched) ** 2), by="algebra"),
        step("nonneg", le(0, dot(stretched, stretched)), by="linear", using="square"),
        step("ring", le(0, ring(radicand)), by="polynomial", using=("nonneg", "unit")))


RING = ours("lemma.own_ring", "0 ≤ (√t + 1)(√t − 1) + 1", le(0, ring(t)), [], length_of_root(t))
POSITIVE = Symbol("p", positive=True)
CANCELLED = ours("lemma.own_quotient", "(p² + p)/p = p + 1 for positive p", eq((POSITIVE**2 + POSITIVE) / POSITIVE, POSITIVE + 1), [],
                 proof(step("law", eq((POSITIVE**2 + POSITIVE) / POSITIVE, POSITIVE + 1), by="polynomial")))
ROOT = ours("lemma.own_root", "t = √t √t for t ≥ 0", eq(sqrt(t) * sqrt(t), t), [le(0, t)],
            proof(step("law", eq(sqrt(t) * sqrt(t), t), by="polynomial", using="h1")))


@pytest.mark.parametrize("value", [s, s - 1, s * x, log(s)])
def test_a_lemma_is_not_restated_without_its_root(value: Expr) -> None:
    assert not is_proved(in_one_step(le(0, value), RING.at(t=value)))


@pytest.mark.parametrize("value", [s, s - 1, s * x])
def test_nor_is_its_conclusion(value: Expr) -> None:
    law = le(0, value)
    own = proof(step("ring", le(0, ring(value)), by=RING.at(t=value)), step("law", law, by="polynomial", using="ring"))
    report = check(claim(law, own))
    assert not report.status.is_proof and report.proofs[0].steps[0].verdict.status.is_proof


@pytest.mark.parametrize("value", [x, x * y, x - 1, sqrt(x), log(x)])
def test_what_a_lemma_declares_is_asked_of_what_it_is_used_at(value: Expr) -> None:
    assert not is_proved(in_one_step(eq((value**2 + value) / value, value + 1), CANCELLED.at(p=value)))
    assert not is_proved(in_one_step(eq((value**2 + value) / value, value + 1), CANCELLED))


@pytest.mark.parametrize("value", [x, x * y, x - 1, log(x)])
def test_what_a_lemma_assumes_is_shown(value: Expr) -> None:
    assert not is_proved(in_one_step(le(0, value), ROOT.at(t=value)))
    assert not is_proved(claim(le(0, value), proof(
        step("root", eq(sqrt(value) * sqrt(value), value), by=ROOT.at(t=value)), step("law", le(0, value), by="polynomial", using="root"))))


def test_a_lemma_whose_own_steps_are_false_proves_nothing() -> None:
    wrong = proof(*length_of_root(t).steps, step("law", le(0, t), by="linear", using="ring"))
    false = ours("lemma.own_false", "0 ≤ t", le(0, t), [], wrong)
    assert not is_proved(in_one_step(le(0, s), false.at(t=s)))


def test_lemmas_that_are_proved_are_used() -> None:
    q = Symbol("q", positive=True)
    assert is_proved(in_one_step(le(0, ring(s)), RING.at(t=s)))
    assert is_proved(in_one_step(eq((q**2 + q) / q, q + 1), CANCELLED.at(p=q)))


# --- a Lipschitz constant is a bound of slopes only where there is one --------------------------------------------------------------

def steep(scale: Expr, given: tuple[str, ...], bound: object = rules.lip, domain: object = None) -> Proof:
    """t < 1 for a function with the values ±t at ±u/scale, by its Lipschitz constant, which is smaller than the scale."""
    L = Lip(f, Space(d) if domain is None else domain)
    p, q = u * (1 / scale), u * (-1 / scale)
    return proof(
        step("lip", le(Abs(f(p) - f(q)), L * norm(p - q)), by=bound, using=given),
        step("length", eq(norm(p - q) * scale, 2), by="polynomial", using="unit"),
        step("p", eq(Abs(dot(u, p)) * f(p), t * dot(u, p)), by="instance", using="sign"),
        step("q", eq(Abs(dot(u, q)) * f(q), t * dot(u, q)), by="instance", using="sign"),
        step("up", eq(dot(u, p) * scale, 1), by="algebra", using="unit"),
        step("down", eq(dot(u, q) * scale, -1), by="algebra", using="unit"),
        step("at p", eq(f(p), t), by="polynomial", using=("p", "up")),
        step("at q", eq(f(q), -t), by="polynomial", using=("q", "down")),
        step("law", lt(t, 1), by="polynomial", using=("lip", "length", "at p", "at q")))


L = Lip(f, Space(d))
SIGN = {"unit": eq(norm(u), 1), "sign": forall(eq(Abs(dot(u, v)) * f(v), t * dot(u, v)), (v, Space(d)))}


@pytest.mark.parametrize("scale", [1 + L, 2 + L, 1 + 2 * L])
def test_a_jump_has_no_lipschitz_constant_to_speak_of(scale: Expr) -> None:
    """f(x) = 5 sign(u·x) and t = 5 meet the hypotheses."""
    report = check(claim(lt(t, 1), steep(scale, ()), **SIGN))
    assert not report.status.is_proof
    assert not report.proofs[0].steps[0].verdict.status.is_proof
    assert all(own.verdict.status.is_proof for own in report.proofs[0].steps[1:6])     # the first step alone is wrong


@pytest.mark.parametrize("bound, domain", [
    (rules.lip_sphere, Sphere(d)), (rules.lip_ball, Ball(d)), (rules.lip, Space(d))])
def test_a_lipschitz_constant_bounds_slopes_of_lipschitz_functions_alone(bound: Lemma, domain: object) -> None:
    law = le(Abs(f(u) - f(v)), Lip(f, domain) * norm(u - v))
    points = {"u": eq(norm(u), 1), "v": eq(norm(v), 1), "at u": le(norm(u), 1), "at v": le(norm(v), 1)}
    assert not is_proved(in_one_step(law, bound, **points))
    assert is_proved(in_one_step(law, bound, **points, smooth=lipschitz_on(f, domain)))


def test_with_the_hypothesis_it_is_a_theorem() -> None:
    assert is_proved(claim(lt(t, 1), steep(1 + L, ("smooth",)), **SIGN, smooth=lipschitz_on(f, Space(d))))


# --- the root of a product is no product of roots -----------------------------------------------------------------------------------

X = Symbol("x", nonnegative=True)


@pytest.mark.parametrize("by", ["chain", "polynomial"])
@pytest.mark.parametrize("radicand, law", [
    (X * y - X, le(1, y)), (X**2 * y - X**2, le(1, y)), (X * y, le(0, y)), (X * z * y - X * z, le(1, y)), (X / (y - 1), le(1, y)),
])
def test_a_root_is_not_split_where_a_factor_may_be_zero(radicand: Expr, law: Formula, by: str) -> None:
    hole = in_one_step(law, by, radicand=le(0, radicand), small=le(sqrt(radicand), 7))
    assert is_false_at(hole, x=0, y=-5, z=0)
    assert not is_proved(hole)


def test_it_is_where_the_factor_is_positive() -> None:
    assert is_proved(in_one_step(le(1, y), "polynomial", radicand=le(0, X * y - X), small=le(sqrt(X * y - X), 7), positive=lt(0, X)))


# --- numbers and vectors of one entry are different ---------------------------------------------------------------------------------

w = VectorSymbol("w", 1)
BODIES: Sequence[Formula] = (
    le(0, psi(t)), le(0, t**2), le(t, t + 1), le(0, Abs(t)), eq(psi(t), t), le(1, 1 + sqrt(t)), le(0, 1 / (1 + t**2)))


@pytest.mark.parametrize("by", ["linear", "polynomial", "instance"])
@pytest.mark.parametrize("body", BODIES)
def test_a_fact_about_numbers_is_none_about_vectors(body: Formula, by: str) -> None:
    """Warnings are errors here: nothing is even written down with a vector in place of a number."""
    fact = forall(body, (t, LINE))
    hole = in_one_step(forall(le(1, norm(w)), (w, Space(1))), by, fact=fact)
    assert not is_proved(hole)


@pytest.mark.parametrize("by", ["linear", "polynomial", "instance"])
@pytest.mark.parametrize("law", [le(0, t), le(t, t**2), eq(psi(t), Abs(psi(t)))])
def test_a_fact_about_vectors_is_none_about_numbers(law: Formula, by: str) -> None:
    fact = forall(le(0, norm(w)), (w, Space(1)))
    assert not is_proved(in_one_step(forall(law, (t, LINE)), by, fact=fact))


def test_what_is_true_of_them_is_proved_of_each() -> None:
    assert is_proved(in_one_step(forall(le(0, norm(w)), (w, Space(1))), "linear", fact=forall(le(0, t**2), (t, LINE))))
    assert is_proved(in_one_step(forall(le(0, t**2), (t, LINE)), "polynomial", fact=forall(le(0, norm(w)), (w, Space(1)))))


@pytest.mark.parametrize("value", [w, norm, None])
def test_a_binder_takes_values_of_its_sort(value: object) -> None:
    with pytest.raises(ShapeError, match="is bound"):
        forall(le(0, t**2), (t, LINE)).instantiate(value)
