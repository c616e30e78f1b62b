"""The Lipschitz constants of x ↦ xᵀAx, exactly (ours): 2‖A‖_op on the unit ball, λ_max(A) − λ_min(A) on the sphere.

For x, y on the sphere x − y is orthogonal to x + y, and f(x) − f(y) = (x−y)ᵀA(x+y).  Both constants are limits of difference quotients,
so each lower bound lets a step t > 0 tend to 0.  Kind: identities.  Domains: the closed unit ball; the sphere, chord metric.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import LIP_BALL, LIP_SPHERE, d, f, x
from theory.laws.two_layers.quadratic_law import SIZE, A
from theory.lemmas import great_circles, powers, quadratics, rules
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    And,
    Ball,
    Implies,
    Property,
    Space,
    Sphere,
    Symbol,
    VectorSymbol,
    dot,
    eigenvalue_sum,
    eq,
    forall,
    le,
    lipschitz_on,
    lipschitz_with,
    lt,
    norm,
    zero,
)
from theory.terms.linear import Direction

SOURCE = Source("lawbook", "9")
p, q, u = VectorSymbol("p", d), VectorSymbol("q", d), VectorSymbol("u", d)
t = Symbol("t", real=True)
HIGH, LOW = eigenvalue_sum(A, 1), eigenvalue_sum(A * -1, 1)           # λ_max(A) and −λ_min(A)
SPREAD = HIGH + LOW                                                    # λ_max(A) − λ_min(A)
SOME = Direction(zero(d))                                              # a unit vector
SPHERE, BALL, STEPS, SMALL = Sphere(d), Ball(d), (t, LINE), And(lt(0, t), le(t, 1))
PAIR, PAIR_BALL, ANY = ((p, SPHERE), (q, SPHERE)), ((p, BALL), (q, BALL)), ((p, Space(d)), (q, Space(d)))


def form(v):  # type: ignore[no-untyped-def]
    """vᵀAv."""
    return dot(v, A @ v)


quadratic = Hypothesis("quadratic", forall(eq(f(x), form(x)), (x, Space(d))), "f(x) = xᵀAx")
symmetric = Hypothesis("symmetric", Property("symmetric", A), "A is symmetric")
FORM = (quadratic, symmetric)

# --- the ball -------------------------------------------------------------------------------------------------------------------

swap = step("swap", forall(eq(dot(p, A @ q) - dot(q, A @ p), 0), *ANY), by=quadratics.symmetric, using="symmetric")
difference = step("difference", forall(eq(f(p) - f(q), dot(p - q, A @ (p + q))), *ANY), by="linear",
                  using=("quadratic", "swap"))

ball_points = (
    swap, difference,
    step("in the ball", forall(le(norm(p), 1), (p, BALL)), by=powers.on_ball),
    step("triangle", forall(le(norm(p + q), norm(p) + norm(q)), *PAIR_BALL), by=rules.norm_triangle),
    step("short", forall(le(norm(p + q), 2), *PAIR_BALL), by="linear", using=("triangle", "in the ball")),
    step("image", forall(le(norm(A @ (p + q)), SIZE * norm(p + q)), *PAIR_BALL), by=quadratics.image_norm),
    step("down", forall(le(dot(q - p, A @ (p + q)), norm(q - p) * norm(A @ (p + q))), *PAIR_BALL), by=rules.cauchy),
    step("product", forall(le(norm(p - q) * norm(A @ (p + q)), 2 * SIZE * norm(p - q)), *PAIR_BALL), by="chain",
         using=("image", "short")),
    step("at the points", forall(eq(f(p) - f(q), dot(p - q, A @ (p + q))), *PAIR_BALL), by="instance", using="difference"),
    step("points", forall(le(Abs(f(p) - f(q)), 2 * SIZE * norm(p - q)), *PAIR_BALL), by="polynomial",
         using=("at the points", "down", "product")),
)
ball_upper = Claim(
    id="bln.quadratic.ball_upper", title="Lip_B(xᵀAx) ≤ 2‖A‖_op", source=SOURCE, reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=FORM,
    conclusion=lipschitz_with(le(LIP_BALL, 2 * SIZE)),
    proofs=(proof(
        *ball_points,
        step("law", lipschitz_with(le(LIP_BALL, 2 * SIZE)), by=rules.lip_least_ball.at(L=2 * SIZE), using="points"),
    ),),
)

shrunk = (1 - t) * u
RAY = ((u, SPHERE), STEPS)
ball_lower = Claim(
    id="bln.quadratic.ball_lower", title="Lip_B(xᵀAx) ≥ 2‖A‖_op", source=SOURCE, reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=FORM,
    conclusion=le(2 * SIZE, LIP_BALL),
    proofs=(proof(
        *ball_points,
        step("Lipschitz", lipschitz_on(f, BALL), by=rules.is_lipschitz_ball.at(L=2 * SIZE), using="points"),
        step("unit", forall(eq(norm(u), 1), (u, SPHERE)), by=rules.on_sphere),
        step("end", forall(le(norm(u), 1), (u, SPHERE)), by="linear", using="unit"),
        step("not inside", forall(le(1, norm(u)), (u, SPHERE)), by="linear", using="unit"),
        step("definition", forall(Implies(SMALL, le(Abs(f(u) - f(shrunk)), LIP_BALL * norm(u - shrunk))), *RAY),
             by=rules.lip_ball, using=("Lipschitz", "end")),
        step("change", forall(eq(f(u) - f(shrunk), (2 * t - t**2) * form(u)), *RAY), by="algebra", using="quadratic"),
        step("size", forall(Implies(SMALL, eq(norm(u - shrunk), t)), *RAY), by="polynomial", using=("end", "not inside")),
        step("quotient", forall(Implies(SMALL, le(2 * Abs(form(u)), LIP_BALL + t * Abs(form(u)))), *RAY), by="polynomial",
             using=("definition", "change", "size")),
        step("limit", forall(le(2 * Abs(form(u)), LIP_BALL), (u, SPHERE)), by=quadratics.vanishing_step, using="quotient"),
        step("half", forall(le(Abs(form(u)), LIP_BALL / 2), (u, SPHERE)), by="linear", using="limit"),
        step("radius", le(SIZE, LIP_BALL / 2), by=quadratics.numerical_radius, using=("symmetric", "half")),
        step("law", le(2 * SIZE, LIP_BALL), by="linear", using="radius"),
    ),),
)

ball = Claim(
    id="bln.quadratic.ball", title="Lip_B(xᵀAx) = 2‖A‖_op", source=SOURCE, reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=FORM,
    conclusion=lipschitz_with(eq(LIP_BALL, 2 * SIZE)),
    proofs=(proof(
        step("upper", ball_upper.conclusion, by=ball_upper.as_lemma, using=("quadratic", "symmetric")),
        step("lower", ball_lower.conclusion, by=ball_lower.as_lemma, using=("quadratic", "symmetric")),
        step("equal", eq(LIP_BALL, 2 * SIZE), by="linear", using=("upper", "lower")),
        step("law", lipschitz_with(eq(LIP_BALL, 2 * SIZE)), by="conjunction", using=("upper", "equal")),
    ),),
)

# --- the sphere -------------------------------------------------------------------------------------------------------------------

sphere_points = (
    step("unit", forall(eq(norm(p), 1), (p, SPHERE)), by=rules.on_sphere),
    step("slope", forall(le(Abs(form(p) - form(q)), SPREAD * norm(p - q)), *PAIR), by=great_circles.chord_slope,
         using=("symmetric", "unit")),
    step("points", forall(le(Abs(f(p) - f(q)), SPREAD * norm(p - q)), *PAIR), by="linear", using=("slope", "quadratic")),
    step("some unit", eq(norm(SOME), 1), by=rules.direction_unit),
    step("most", le(form(SOME), HIGH * norm(SOME) ** 2), by=quadratics.form_max, using="symmetric"),
    step("least", le(-form(SOME), LOW * norm(SOME) ** 2), by=quadratics.form_min, using="symmetric"),
    step("spread", le(0, SPREAD), by="linear", using=("most", "least", "some unit")),
)
sphere_upper = Claim(
    id="bln.quadratic.sphere_upper", title="Lip_S(xᵀAx) ≤ λ_max(A) − λ_min(A)", source=SOURCE, reading=Reading.OURS,
    domain=NormDomain.SPHERE,
    hypotheses=FORM,
    conclusion=lipschitz_with(le(LIP_SPHERE, SPREAD)),
    proofs=(proof(
        *sphere_points,
        step("law", lipschitz_with(le(LIP_SPHERE, SPREAD)), by=rules.lip_least_sphere.at(L=SPREAD), using=("spread", "points")),
    ),),
)

sphere_lower = Claim(
    id="bln.quadratic.sphere_lower", title="Lip_S(xᵀAx) ≥ λ_max(A) − λ_min(A)", source=SOURCE, reading=Reading.OURS,
    domain=NormDomain.SPHERE,
    hypotheses=FORM,
    conclusion=le(SPREAD, LIP_SPHERE),
    proofs=(proof(
        *sphere_points,
        step("Lipschitz", lipschitz_on(f, SPHERE), by=rules.is_lipschitz_sphere.at(L=SPREAD), using=("spread", "points")),
        step("values", forall(le(form(p) - form(q), LIP_SPHERE), *PAIR), by=great_circles.short_chord,
             using=("symmetric", "unit", "quadratic", "Lipschitz")),
        step("law", le(SPREAD, LIP_SPHERE), by=quadratics.eigenvalue_spread, using=("symmetric", "values")),
    ),),
)

sphere = Claim(
    id="bln.quadratic.sphere", title="Lip_S(xᵀAx) = λ_max(A) − λ_min(A)", source=SOURCE, reading=Reading.OURS, domain=NormDomain.SPHERE,
    hypotheses=FORM,
    conclusion=lipschitz_with(eq(LIP_SPHERE, SPREAD)),
    proofs=(proof(
        step("upper", sphere_upper.conclusion, by=sphere_upper.as_lemma, using=("quadratic", "symmetric")),
        step("lower", sphere_lower.conclusion, by=sphere_lower.as_lemma, using=("quadratic", "symmetric")),
        step("equal", eq(LIP_SPHERE, SPREAD), by="linear", using=("upper", "lower")),
        step("law", lipschitz_with(eq(LIP_SPHERE, SPREAD)), by="conjunction", using=("upper", "equal")),
    ),),
)
