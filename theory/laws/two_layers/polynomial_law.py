"""Theorem 8: the law for polynomial activations of any degree p, biases allowed.

Bubeck–Li–Nagaraj 2021, Theorem 8.  A network with a polynomial activation is f(x) = c + Σ_q ⟨T_q, x^{⊗q}⟩.  On a ray the powers of t
in the derivative have the coefficients q⟨T_q, u^{⊗q}⟩, which V. Markov's theorem bounds by the Lipschitz constant on the ball.  Kind:
lower.  Domain: the unit ball; the data may lie anywhere.  Equalities: x at ±1, x_1² − x_2² at ±e_1, ±e_2; for the coefficients, primitives
of Chebyshev polynomials on a line.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import (
    DATA,
    LIP_BALL,
    NEURONS,
    W,
    X,
    a,
    b,
    d,
    f,
    fits,
    i,
    j,
    k,
    l,
    labels,
    n,
    network,
    psi,
    smooth_ball,
    u,
    x,
    y,
    ybar,
    z,
)
from theory.lemmas import rules, tensors
from theory.lemmas.polynomial_networks import combination_norm, ray_derivative, taylor
from theory.lemmas.polynomials import markov_coeff
from theory.lemmas.powers import form_slope, on_ball
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Abs, Ball, Range, Space, Sphere, Sum, Symbol, VectorSymbol, dot, eq, forall, index, le, lipschitz_on, norm
from theory.terms.polynomials import TaylorCoefficient, polynomial_activation
from theory.terms.sets import Interval
from theory.terms.tensors import MarkovBound, TensorPower, injective_norm

SOURCE = Source("BLN", "Theorem 8")
p, q, t = Symbol("p", integer=True, positive=True), index("q"), Symbol("t", real=True)
x_ = VectorSymbol("x′", d)
ORDERS, POINT, DIRECTION, SEGMENT = (q, Range(p)), (x, Space(d)), (u, Sphere(d)), (t, Interval(-1, 1))

T = Sum(a[l] * TaylorCoefficient(psi, b[l], q) * TensorPower(W[l], q), (l, k))            # T_q
S = Sum(z(i) * TensorPower(X[i], q), (i, n))                                              # S_q
constant = Sum(a[l] * psi(b[l]), (l, k))
MARKOV = MarkovBound(p - 1, q - 1)
SCALE = d ** ((q - 1) / 2)

polynomial = Hypothesis("polynomial", polynomial_activation(psi, p), "ψ is a polynomial of degree at most p")

form_steps = (
    step("Taylor", forall(eq(psi(dot(W[l], x) + b[l]),
                             psi(b[l]) + Sum(TaylorCoefficient(psi, b[l], q) * dot(W[l], x) ** q, (q, p))), POINT, NEURONS),
         by=taylor, using="polynomial"),
    step("powers", forall(eq(dot(TensorPower(W[l], q), TensorPower(x, q)), dot(W[l], x) ** q), POINT, NEURONS, ORDERS),
         by=tensors.tensor_dot),
    step("form", forall(eq(f(x), constant + Sum(dot(T, TensorPower(x, q)), (q, p))), POINT), by="sums",
         using=("network", "Taylor", "powers")),
)

form = Claim(
    id="bln.thm8.form", title="A network with a polynomial activation is a polynomial", source=SOURCE, reading=Reading.SHARP,
    domain=NormDomain.DATA, hypotheses=(network, polynomial),
    conclusion=form_steps[-1].formula,
    proofs=(proof(*form_steps),),
)

POINTS = ((x, Ball(d)), (x_, Ball(d)))
CHANGE = dot(T, TensorPower(x, q)) - dot(T, TensorPower(x_, q))
STEEPEST = Sum(q * injective_norm(T), (q, p))
smooth_steps = (
    step("inside", forall(le(norm(x), 1), (x, Ball(d))), by=on_ball),
    step("part", forall(le(Abs(CHANGE), q * injective_norm(T) * norm(x - x_)), *POINTS, ORDERS), by=form_slope, using="inside"),
    step("difference", forall(eq(f(x) - f(x_), Sum(CHANGE, (q, p))), *POINTS), by="sums", using="form"),
    step("triangle", forall(le(Abs(Sum(CHANGE, (q, p))), Sum(Abs(CHANGE), (q, p))), *POINTS), by=rules.triangle),
    step("parts", forall(le(Sum(Abs(CHANGE), (q, p)), Sum(q * injective_norm(T) * norm(x - x_), (q, p))), *POINTS), by=rules.sum_le,
         using="part"),
    step("points", forall(le(Abs(f(x) - f(x_)), STEEPEST * norm(x - x_)), *POINTS), by="linear",
         using=("difference", "triangle", "parts")),
    step("Lipschitz", lipschitz_on(f, Ball(d)), by=rules.is_lipschitz_ball.at(L=STEEPEST), using="points"),
)
coefficient_steps = (
    step("ray", forall(eq(f(t * u), constant + Sum(dot(T, TensorPower(u, q)) * t**q, (q, p))), DIRECTION, SEGMENT), by="sums",
         using=("form", "powers")),
    step("unit", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
    step("derivative", forall(le(Abs(Sum(q * dot(T, TensorPower(u, q)) * t ** (q - 1), (q, p))), LIP_BALL), DIRECTION, SEGMENT),
         by=ray_derivative, using=("ray", "unit", "Lipschitz")),
    step("Markov", forall(le(Abs(q * dot(T, TensorPower(u, q))), MARKOV * LIP_BALL), DIRECTION, ORDERS), by=markov_coeff,
         using="derivative"),
    step("divided", forall(le(Abs(dot(T, TensorPower(u, q))), MARKOV / q * LIP_BALL), DIRECTION, ORDERS), by="polynomial", using="Markov"),
    step("norms", forall(le(injective_norm(T), MARKOV / q * LIP_BALL), ORDERS), by=combination_norm, using="divided"),
)

coefficients = Claim(
    id="bln.thm8.coefficients", title="Theorem 8, the norms of the homogeneous parts", source=SOURCE, reading=Reading.SHARP,
    domain=NormDomain.BALL, hypotheses=(network, polynomial),
    conclusion=forall(le(q * injective_norm(T), MARKOV * LIP_BALL), ORDERS),
    proofs=(proof(
        *form_steps, *smooth_steps, *coefficient_steps,
        step("law", forall(le(q * injective_norm(T), MARKOV * LIP_BALL), ORDERS), by="polynomial", using="norms"),
    ),),
)

TOTAL = Sum(MARKOV / q * SCALE * norm(S), (q, p))
sharp = Claim(
    id="bln.thm8.sharp", title="Theorem 8 for given data", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.BALL,
    hypotheses=(fits, labels, network, polynomial),
    conclusion=le(n * (1 - ybar**2), LIP_BALL * TOTAL),
    proofs=(proof(
        *form_steps,
        step("pairing", eq(Sum(z(i) * f(X[i]), (i, n)), n * (1 - ybar**2)), by="sums", using=("fits", "labels")),
        step("exchange", eq(Sum(z(i) * f(X[i]), (i, n)), Sum(dot(T, S), (q, p))), by="sums", using="form"),
        step("Cauchy", forall(le(dot(T, S), norm(T) * norm(S)), ORDERS), by=rules.cauchy),
        step("Frobenius", forall(le(norm(T), SCALE * injective_norm(T)), ORDERS), by=tensors.tensor_fro_op),
        step("coefficients", coefficients.conclusion, by=coefficients.as_lemma, using=("network", "polynomial")),
        step("size", forall(le(norm(T) * norm(S), LIP_BALL * (MARKOV / q * SCALE * norm(S))), ORDERS), by="chain",
             using=("Frobenius", "coefficients")),
        step("each", forall(le(dot(T, S), LIP_BALL * (MARKOV / q * SCALE * norm(S))), ORDERS), by="linear", using=("Cauchy", "size")),
        step("sum", le(Sum(dot(T, S), (q, p)), Sum(LIP_BALL * (MARKOV / q * SCALE * norm(S)), (q, p))), by=rules.sum_le, using="each"),
        step("law", le(n * (1 - ybar**2), LIP_BALL * TOTAL), by="linear", using=("pairing", "exchange", "sum")),
    ),),
    where={"ȳ": ybar},
)

PAIRS = (DATA, (j, DATA[1]))
in_ball = Hypothesis("in the ball", forall(le(norm(X[i]), 1), DATA), "the data lie in the unit ball")
labels_law = Claim(
    id="bln.thm8.labels", title="Two labels force Lip_B ≥ 1", source=Source("lawbook", "8"), reading=Reading.OURS,
    domain=NormDomain.BALL, hypotheses=(fits, smooth_ball, in_ball),
    conclusion=forall(le(Abs(y[i] - y[j]), 2 * LIP_BALL), *PAIRS),
    proofs=(proof(
        step("definition", forall(le(Abs(f(X[i]) - f(X[j])), LIP_BALL * norm(X[i] - X[j])), *PAIRS), by=rules.lip_ball,
             using=("f Lipschitz", "in the ball")),
        step("triangle", forall(le(norm(X[i] - X[j]), norm(X[i]) + norm(-X[j])), *PAIRS), by=rules.norm_triangle),
        step("distance", forall(le(norm(X[i] - X[j]), 2), *PAIRS), by="linear", using=("triangle", "in the ball")),
        step("law", forall(le(Abs(y[i] - y[j]), 2 * LIP_BALL), *PAIRS), by="polynomial", using=("definition", "distance", "fits")),
    ),),
)
