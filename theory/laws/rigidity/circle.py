"""E2 fails on the circle: six distinct lines, each of which cuts it, and a function of six kinks along them that vanishes on it.

The kinks lie on the lines through two of the four points (±3/5, ±4/5).  At each point three lines meet, and there the jumps cancel:
|4x₁ − 3x₂|/5 + |4x₁ + 3x₂|/5 = 24/25 + (8/5)ReLU(|x₁| − 3/5) + (6/5)ReLU(|x₂| − 4/5) where x₁² + x₂² = 1.
Four points on the circle always serve: the six lines through them give 6 + 3 functions in the space of those that are trigonometric of
degree 1 between the points, whose dimension is 8.  Domain: the unit circle.
"""

from __future__ import annotations

from sympy import Integer, Rational

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.rigidity.rigidity import LAW_SPHERE, SHMALO, on_sphere, proper, unit
from theory.laws.setting import LIP_SPHERE, NEURONS, W, b, beta, d, f, k, l, u, x
from theory.lemmas import rules
from theory.lemmas.groups import equal_cases
from theory.lemmas.kinks import apart
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, Implies, Range, Sphere, Symbol, VectorSymbol, dot, eq, forall, index, le, lipschitz_with, lt, norm, relu

POINT, POINTS = ((x, Sphere(d)),), ((x, Sphere(d)), (VectorSymbol("x′", d), Sphere(d)))
x_ = POINTS[1][0]
kappa = Symbol("kappa", real=True)
e, g = VectorSymbol("e", d), VectorSymbol("g", d)
first, second = dot(e, x), dot(g, x)
rising, falling = (4 * first - 3 * second) / 5, (4 * first + 3 * second) / 5
SIX = (2 * relu(rising) + 2 * relu(falling) - Rational(8, 5) * first
       - Rational(8, 5) * (relu(first - Rational(3, 5)) + relu(-first - Rational(3, 5)))
       - Rational(6, 5) * (relu(second - Rational(4, 5)) + relu(-second - Rational(4, 5))) - Rational(24, 25))

six_kinks = Hypothesis("network", forall(eq(f(x), kappa * SIX), *POINT),
                       "on the circle f is affine plus six kinks, along the lines through two of the points (±3/5, ±4/5)")
plane = Hypothesis("plane", forall(eq(first**2 + second**2, 1), *POINT), "e and g are an orthonormal basis; so d = 2")

vanishing = Claim(
    id="sh.e2.circle", title="E2, six kinks that vanish on the circle", source=Source("lawbook", "E2"), reading=Reading.OURS,
    domain=NormDomain.SPHERE,
    hypotheses=(six_kinks, plane),
    conclusion=lipschitz_with(le(LIP_SPHERE, 0)),
    proofs=(proof(
        step("relu", rules.RELU_BY_ABS, by=rules.relu_abs),
        step("far second", forall(Implies(le(Rational(3, 5), Abs(first)), le(Abs(second), Rational(4, 5))), *POINT), by="polynomial",
             using="plane"),
        step("far first", forall(Implies(lt(Abs(first), Rational(3, 5)), le(Rational(4, 5), Abs(second))), *POINT), by="polynomial",
             using="plane"),
        step("fold first", forall(eq(relu(first - Rational(3, 5)) + relu(-first - Rational(3, 5)), relu(Abs(first) - Rational(3, 5))),
                                  *POINT), by="polynomial", using="relu"),
        step("fold second", forall(eq(relu(second - Rational(4, 5)) + relu(-second - Rational(4, 5)), relu(Abs(second) - Rational(4, 5))),
                                   *POINT), by="polynomial", using="relu"),
        step("steeper first", forall(Implies(le(3 * Abs(second), 4 * Abs(first)),
                                             eq(relu(rising) + relu(falling), 4 * first / 5 + 4 * Abs(first) / 5)), *POINT),
             by="polynomial", using="relu"),
        step("steeper second", forall(Implies(le(4 * Abs(first), 3 * Abs(second)),
                                              eq(relu(rising) + relu(falling), 4 * first / 5 + 3 * Abs(second) / 5)), *POINT),
             by="polynomial", using="relu"),
        step("wide", forall(Implies(le(Rational(3, 5), Abs(first)), eq(SIX, 0)), *POINT), by="polynomial",
             using=("relu", "far second", "fold first", "fold second", "steeper first")),
        step("narrow", forall(Implies(lt(Abs(first), Rational(3, 5)), eq(SIX, 0)), *POINT), by="polynomial",
             using=("relu", "far first", "fold first", "fold second", "steeper second")),
        step("identity", forall(eq(SIX, 0), *POINT), by=equal_cases.at(s=Abs(first), t=Rational(3, 5)), using=("narrow", "wide")),
        step("zero", forall(eq(f(x), 0), *POINT), by="polynomial", using=("network", "identity")),
        step("points", forall(le(Abs(f(x) - f(x_)), 0 * norm(x - x_)), *POINTS), by="linear", using="zero"),
        step("law", lipschitz_with(le(LIP_SPHERE, 0)), by=rules.lip_least_sphere.at(L=Integer(0)), using="points"),
    ),),
    note="The coefficients are 2κ, 2κ, −8κ/5, −8κ/5, −6κ/5, −6κ/5, for any κ: no multiple of Lip_S bounds them.",
)

# --- the tempting statement ----------------------------------------------------------------------------------------------------------

j = index("j")
PAIRS = ((l, Range(k)), (j, Range(k)))


units = Hypothesis("units", forall(eq(norm(W[l]), 1), NEURONS), "‖w_ℓ‖ = 1")
cutting = Hypothesis("cutting", forall(lt(b[l] ** 2, 1), NEURONS), "|b_ℓ| < 1: every kink cuts the sphere")
distinct = Hypothesis("distinct", forall(apart(W[l], b[l], u, beta), NEURONS), "no other kink lies along u·x + β = 0")
pairwise = Hypothesis("pairwise", forall(Implies(lt(l, j), apart(W[l], b[l], W[j], b[j])), *PAIRS),
                      "the other kinks lie along distinct hyperplanes")

any_dimension = Claim(
    id="sh.e2.any_dimension", title="E2 in every dimension", source=SHMALO, reading=Reading.TEMPTING, domain=NormDomain.SPHERE,
    hypotheses=(on_sphere, unit, proper, units, cutting, distinct, pairwise),
    conclusion=LAW_SPHERE,
    note="True for d ≥ 3, where some point of the sphere lies on one kink only; false on the circle.",
)
