"""Lemmas 10 and 11: the forms x ↦ ⟨T, x^{⊗p}⟩, their Lipschitz constants, and how they are sums of powers of linear forms.

Bubeck–Li–Nagaraj 2021.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import factorial, prod
from typing import Any

from theory.claim import Audit, Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import LIP_BALL, LIP_SPHERE, d, f, j, u, x
from theory.lemmas import powers, rules
from theory.lemmas.tensors import banach
from theory.proof import Step, proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    Ball,
    Formula,
    MatrixSymbol,
    Rational,
    Space,
    Sphere,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    forall,
    le,
    lipschitz_with,
    norm,
)
from theory.terms.arithmetic import Add, Mul
from theory.terms.sets import Interval
from theory.terms.tensors import TensorPower, TensorSymbol, injective_norm, symmetric_tensor

p = Symbol("p", integer=True, positive=True)
t = Symbol("t", real=True)
T, x_ = TensorSymbol("T", d, p), VectorSymbol("x′", d)
NORM = injective_norm(T)
form = Hypothesis("form", forall(eq(f(x), dot(T, TensorPower(x, p))), (x, Space(d))), "f(x) = ⟨T, x^{⊗p}⟩")
symmetric = Hypothesis("symmetric", symmetric_tensor(T), "T is symmetric")

# --- Lemma 10 --------------------------------------------------------------------------------------------------------------------

BALLS, ON_SPHERE = ((x, Ball(d)), (x_, Ball(d))), ((x, Sphere(d)), (x_, Sphere(d)))
SLOPE = le(Abs(f(x) - f(x_)), p * NORM * norm(x - x_))


def slope_steps(points: Any) -> tuple[Step, ...]:
    """Steps from "inside" (the points lie in the ball) to "points" (the slope of the form between them)."""
    return (
        step("slope", forall(le(Abs(dot(T, TensorPower(x, p)) - dot(T, TensorPower(x_, p))), p * NORM * norm(x - x_)), *points),
             by=powers.form_slope, using="inside"),
        step("points", forall(SLOPE, *points), by="linear", using=("form", "slope")),
    )


in_ball = step("inside", forall(le(norm(u), 1), (u, Ball(d))), by=powers.on_ball)
lemma10_ball = Claim(
    id="bln.lemma10.ball", title="Lemma 10 on the ball", source=Source("BLN", "Lemma 10"), reading=Reading.SHARP,
    domain=NormDomain.BALL,
    hypotheses=(form,),
    conclusion=lipschitz_with(le(LIP_BALL, p * NORM)),
    proofs=(proof(
        in_ball, *slope_steps(BALLS),
        step("law", lipschitz_with(le(LIP_BALL, p * NORM)), by=rules.lip_least_ball.at(L=p * NORM), using="points"),
    ),),
)

lemma10 = Claim(
    id="bln.lemma10", title="Lemma 10", source=Source("BLN", "Lemma 10"), reading=Reading.PRINTED, domain=NormDomain.SPHERE,
    hypotheses=(form,),
    conclusion=lipschitz_with(le(LIP_SPHERE, p * NORM)),
    proofs=(proof(
        step("unit", forall(eq(norm(u), 1), (u, Sphere(d))), by=rules.on_sphere),
        step("inside", forall(le(norm(u), 1), (u, Sphere(d))), by="linear", using="unit"),
        *slope_steps(ON_SPHERE),
        step("law", lipschitz_with(le(LIP_SPHERE, p * NORM)), by=rules.lip_least_sphere.at(L=p * NORM), using="points"),
    ),),
)

# --- the constant on the ball is exactly p‖T‖_op ---------------------------------------------------------------------------------

HALF = Rational(1, 2)
RAY = ((u, Sphere(d)), (t, Interval(HALF, 1)))
value = dot(T, TensorPower(u, p))

lip_ball = Claim(
    id="bln.tensor.lip_ball", title="The Lipschitz constant of a form on the ball", source=Source("lawbook", "Lemma 10, with equality"),
    reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=(form, symmetric),
    conclusion=lipschitz_with(eq(LIP_BALL, p * NORM)),
    proofs=(proof(
        in_ball, *slope_steps(BALLS),
        step("upper", lipschitz_with(le(LIP_BALL, p * NORM)), by=rules.lip_least_ball.at(L=p * NORM), using="points"),
        step("unit", forall(eq(norm(u), 1), (u, Sphere(d))), by=rules.on_sphere),
        step("fraction", forall(And(le(HALF, t), le(t, 1)), (t, Interval(HALF, 1))), by=powers.between),
        step("not longer", forall(le(norm(u), 1), (u, Sphere(d))), by="linear", using="unit"),
        step("nearer", forall(le(norm(t * u), 1), *RAY), by="polynomial", using=("not longer", "fraction")),
        step("definition", forall(le(Abs(f(u) - f(t * u)), LIP_BALL * norm(u - t * u)), *RAY), by=rules.lip_ball,
             using=("upper", "unit", "nearer")),
        step("ray", forall(eq(dot(T, TensorPower(t * u, p)), t**p * value), *RAY), by=powers.tensor_power_scaled),
        step("values", forall(eq(f(u) - f(t * u), (1 - t**p) * value), *RAY), by="sums", using=("form", "ray")),
        step("chord", forall(le(Abs(value) * (1 - t**p), LIP_BALL * (1 - t)), *RAY), by="polynomial",
             using=("definition", "values", "not longer", "fraction")),
        step("slope at 1", forall(le(p * Abs(value), LIP_BALL), (u, Sphere(d))), by=powers.power_slope, using="chord"),
        step("share", forall(le(Abs(value), LIP_BALL / p), (u, Sphere(d))), by="polynomial", using="slope at 1"),
        step("supremum", le(Sup(Abs(value), (u, Sphere(d))), LIP_BALL / p), by=rules.sup_le, using="share"),
        step("Banach", eq(NORM, Sup(Abs(value), (u, Sphere(d)))), by=banach, using="symmetric"),
        step("lower", le(p * NORM, LIP_BALL), by="polynomial", using=("supremum", "Banach")),
        step("equal", eq(LIP_BALL, p * NORM), by="linear", using=("upper", "lower")),
        step("law", lipschitz_with(eq(LIP_BALL, p * NORM)), by="conjunction", using=("upper", "equal")),
    ),),
)

# --- Lemma 11: polarisation ------------------------------------------------------------------------------------------------------


def polarised(factors: Sequence[Any]) -> Any:
    """Σ Πε_q (Σ ε_q t_q)^p over the 2^{p−1} sign vectors ε with ε_1 = 1, for the given t_1, …, t_p."""
    patterns = product((1, -1), repeat=len(factors) - 1)
    return Add(*(prod(e) * Add(*(sign * t for sign, t in zip((1, *e), factors, strict=True))) ** len(factors) for e in patterns))


def polarisation(order: int) -> Claim:
    """Lemma 11 for one order p: a product of p linear forms is a sum of 2^{p−1} powers ±(w·x)^p, up to the factor 2^{p−1}p!.

    A form of order p over R^d is a sum of d^{p−1} such products, one for each choice of the first p − 1 indices.
    """
    W = MatrixSymbol("W", order, d)
    forms = tuple(dot(W[q], x) for q in range(1, order + 1))
    conclusion = eq(2 ** (order - 1) * factorial(order) * Mul(*forms), polarised(forms))
    return Claim(
        id=f"bln.lemma11.order{order}", title=f"Lemma 11, order {order}", source=Source("BLN", "Lemma 11"), reading=Reading.SHARP,
        domain=NormDomain.DATA, hypotheses=(), conclusion=conclusion, proofs=(proof(step("law", conclusion, by="algebra")),),
        note=f"So {2 ** (order - 1)}·d^{order - 1} powers suffice for any form of order {order}; the paper has {2**order}·d^{order - 1}.",
    )


order2, order3, order4, order5, order6 = map(polarisation, range(2, 7))

ORDERS = {2: "A", 3: "B", 4: "D"}        # letters of the tables of linear forms


def linear_forms(order: int) -> tuple[Any, ...]:
    """The p linear forms w_{jq}·x of the j-th product, j ≤ d^{p−1}."""
    return tuple(dot(MatrixSymbol(f"{ORDERS[order]}{q}", d ** (order - 1), d)[j], x) for q in range(1, order + 1))


def form_value(order: int) -> Any:
    """⟨T, x^{⊗p}⟩."""
    return dot(TensorSymbol(f"T{order}", d, order), TensorPower(x, order))


def sliced(order: int) -> Hypothesis:
    """⟨T, x^{⊗p}⟩ = Σ_{j ≤ d^{p−1}} Π_q (w_{jq}·x), as the slices of T give it."""
    return Hypothesis(f"slices {order}", eq(form_value(order), Sum(Mul(*linear_forms(order)), (j, d ** (order - 1)))),
                      f"the form of order {order} is the sum of the products of linear forms that its slices give")


def sum_of_powers(order: int) -> Formula:
    """The form as a sum of 2^{p−1}·d^{p−1} powers ±(w·x)^p, up to the factor 2^{p−1}p!."""
    return eq(2 ** (order - 1) * factorial(order) * form_value(order), Sum(polarised(linear_forms(order)), (j, d ** (order - 1))))


lemma_11 = Claim(
    id="bln.lemma11.printed", title="Lemma 11 as printed, orders 2 to 4", source=Source("BLN", "Lemma 11"), reading=Reading.PRINTED,
    domain=NormDomain.DATA, hypotheses=tuple(map(sliced, ORDERS)), conclusion=And(*map(sum_of_powers, ORDERS)),
    proofs=(proof(
        *(step(f"order {p}", sum_of_powers(p), by="algebra", using=f"slices {p}") for p in ORDERS),
        step("law", And(*map(sum_of_powers, ORDERS)), by="conjunction", using=tuple(f"order {p}" for p in ORDERS)),
    ),),
    audits=(Audit("2^p d^{p−1} powers are twice as many as are needed",
                  (), "2^{p−1} d^{p−1} powers", tuple(f"bln.lemma11.order{p}" for p in range(2, 7)),
                  detail="changing all signs in the polarisation formula changes no summand"),),
    note="Every form has such slices: T = Σ e_{i_1} ⊗ … ⊗ e_{i_{p−1}} ⊗ t_{i_1…i_{p−1}}.  verify.fits.constructions.decompose writes the "
         "powers of a given T of any order up to 6 in exact arithmetic, and re-checks them.",
)
