"""Random labels, biases allowed: R_b ≤ 2√n + √λ(1 + √(8s)) with probability at least 1 − 2e^{−s}, for ANY fixed unit data.

Ours.  The constant 2 comes from ReLU(t) = (t + |t|)/2: the linear half costs ½√n and the absolute value, after contraction, 3/2 √n;
contraction of ReLU itself would give 3.  Kind: upper bound of a supremum of the data; with R1 a law in n, k alone.
"""

from __future__ import annotations

from theory.claim import Claim, NormDomain, Reading
from theory.laws.setting import DATA, LARGEST, LIP, X, beta, d, i, j, k, n, u, unit_rows, y, ybar, z
from theory.laws.two_layers.relu_law import R_BIASED, independent_rows_law
from theory.laws.two_layers.shared.tails import s, two_sided
from theory.lemmas import powers, rules, spectra
from theory.lemmas.activations import shift_range
from theory.lemmas.processes import (
    contraction_shifted,
    convex_concentration_shifted,
    rademacher_norm,
    rademacher_sum,
)
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    Expect,
    Implies,
    Prob,
    Rational,
    Signs,
    Sphere,
    Sum,
    Sup,
    bounded_above,
    dot,
    eq,
    exp,
    forall,
    ge,
    le,
    norm,
    relu,
    sqrt,
)
from theory.terms.sets import Interval

SIGNS = (y, Signs(n))
DIRECTION, SHIFT = (u, Sphere(d)), (beta, Interval(-1, 1))
INDEX = (DIRECTION, SHIFT)
HALF = Rational(1, 2)
total = Sum(y[i], (i, n))
resultant = norm(Sum(y[i] * X[i], (i, n)))


def unit_response(index):  # type: ignore[no-untyped-def]
    """h_i = ReLU(u·x_i + β) − ReLU(β)."""
    return relu(dot(u, X[index]) + beta) - relu(beta)


mean_response = Sum(unit_response(j), (j, n)) / n
response = unit_response(i) - mean_response
up_inside, down_inside = Sum(y[i] * response, (i, n)), Sum(y[i] * -response, (i, n))
up, down = Sup(up_inside, *INDEX), Sup(down_inside, *INDEX)
bends = Sup(Sum(y[i] * Abs(dot(u, X[i]) + beta), (i, n)), *INDEX)
lines = Sup(Sum(y[i] * (dot(u, X[i]) + beta), (i, n)), *INDEX)
squares = Sum(dot(u, X[i]) ** 2, (i, n))
deviation = sqrt(LARGEST) * sqrt(8 * s)
mean_bound = 2 * sqrt(n) + sqrt(LARGEST)
bound = mean_bound + deviation
envelope = HALF * resultant + HALF * bends + (HALF + sqrt(LARGEST) / sqrt(n)) * Abs(total)
inside = Sup(Abs(Sum(z(i) * relu(dot(u, X[i]) + beta), (i, n))), *INDEX)

response_steps = (
    step("unit", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
    step("interval", forall(le(Abs(beta), 1), SHIFT), by=rules.in_interval),
    step("ReLU Lipschitz", rules.RELU_LIPSCHITZ, by=rules.relu_lipschitz),
    step("increment", forall(le(Abs(unit_response(i)), 1 * Abs(dot(u, X[i]) + beta - beta)), *INDEX, DATA), by=rules.activation_lip,
         using="ReLU Lipschitz"),
    step("increment²", forall(le(unit_response(i) ** 2, dot(u, X[i]) ** 2), *INDEX, DATA), by="polynomial", using="increment"),
    step("responses", forall(le(Sum(unit_response(i) ** 2, (i, n)), squares), *INDEX), by=rules.sum_le, using="increment²"),
    step("largest", le(0, LARGEST), by=spectra.eigenvalue_nonnegative),
    step("Rayleigh", forall(le(squares, LARGEST), DIRECTION), by=spectra.rayleigh, using="unit"),
    step("centring", forall(eq(Sum(response**2, (i, n)), Sum(unit_response(i) ** 2, (i, n)) - n * mean_response**2), *INDEX), by="sums"),
    step("spread", forall(le(Sum(response**2, (i, n)), sqrt(LARGEST) ** 2), *INDEX), by="linear",
         using=("centring", "responses", "Rayleigh")),
    step("triangle", forall(le(Abs(Sum(unit_response(i), (i, n))), Sum(Abs(unit_response(i)), (i, n))), *INDEX), by=rules.triangle),
    step("Cauchy", forall(le(Sum(Abs(unit_response(i)), (i, n)), sqrt(n) * sqrt(Sum(unit_response(i) ** 2, (i, n)))), *INDEX),
         by=spectra.cauchy),
    step("root", forall(le(sqrt(Sum(unit_response(i) ** 2, (i, n))), sqrt(LARGEST)), *INDEX), by="polynomial",
         using=("responses", "Rayleigh")),
    step("all responses", forall(le(Abs(Sum(unit_response(i), (i, n))), sqrt(n) * sqrt(LARGEST)), *INDEX), by="chain",
         using=("triangle", "Cauchy", "root")),
    step("mean response", forall(le(Abs(mean_response), sqrt(LARGEST) / sqrt(n)), *INDEX), by="polynomial", using="all responses"),
)
mean_steps = (
    step("signs", forall(eq(y[i] ** 2, 1), SIGNS, DATA), by=rules.sign_square),
    step("inner", forall(le(Sum(y[i] * dot(u, X[i]), (i, n)), norm(u) * resultant), SIGNS, DIRECTION), by=rules.cauchy),
    step("inner unit", forall(le(Sum(y[i] * dot(u, X[i]), (i, n)), resultant), SIGNS, DIRECTION), by="linear", using=("inner", "unit")),
    step("ReLU", rules.RELU_BY_ABS, by=rules.relu_abs),
    step("halves", forall(eq(up_inside, HALF * Sum(y[i] * dot(u, X[i]), (i, n)) + HALF * Sum(y[i] * Abs(dot(u, X[i]) + beta), (i, n))
                             - HALF * Abs(beta) * total - total * mean_response), SIGNS, *INDEX), by="sums", using="ReLU"),
    step("angle", forall(le(Abs(dot(u, X[i])), norm(u) * norm(X[i])), DIRECTION, DATA), by=powers.cauchy_abs),
    step("unit angle", forall(le(Abs(dot(u, X[i])), 1), DIRECTION, DATA), by="linear", using=("angle", "unit", "unit rows")),
    step("reach", forall(le(Abs(dot(u, X[i]) + beta), 2), *INDEX, DATA), by="linear", using=("unit angle", "interval")),
    step("label", forall(le(Abs(y[i]), 1), SIGNS, DATA), by="polynomial", using="signs"),
    step("one bend", forall(le(y[i] * Abs(dot(u, X[i]) + beta), 2), SIGNS, *INDEX, DATA), by="polynomial", using=("reach", "label")),
    step("bends", forall(le(Sum(y[i] * Abs(dot(u, X[i]) + beta), (i, n)), Sum(2, (i, n))), SIGNS, *INDEX), by=rules.sum_le,
         using="one bend"),
    step("bounded", forall(bounded_above(bends), SIGNS), by=rules.sup_pair_bounded.at(bound=Sum(2, (i, n))), using="bends"),
    step("bend", forall(le(Sum(y[i] * Abs(dot(u, X[i]) + beta), (i, n)), bends), SIGNS, *INDEX), by=rules.sup_pair_ge,
         using=("bounded", "unit")),
    step("shift", forall(le(-Abs(beta) * total, Abs(total)), SIGNS, *INDEX), by="polynomial", using="interval"),
    step("sizes", forall(le(Abs(total) * Abs(mean_response), Abs(total) * (sqrt(LARGEST) / sqrt(n))), SIGNS, *INDEX), by="chain",
         using="mean response"),
    step("drift", forall(le(-total * mean_response, sqrt(LARGEST) / sqrt(n) * Abs(total)), SIGNS, *INDEX), by="polynomial",
         using="sizes"),
    step("pointwise", forall(le(up_inside, envelope), SIGNS, *INDEX), by="linear",
         using=("halves", "inner unit", "bend", "shift", "drift")),
    step("supremum", forall(le(up, envelope), SIGNS), by=rules.sup_pair_le, using="pointwise"),
    step("mean of supremum", le(Expect(up, SIGNS), Expect(envelope, SIGNS)), by=rules.expect_le, using="supremum"),
    step("shift of lines", forall(le(beta * total, Abs(total)), SIGNS, *INDEX), by="polynomial", using="interval"),
    step("line", forall(le(Sum(y[i] * (dot(u, X[i]) + beta), (i, n)), resultant + Abs(total)), SIGNS, *INDEX), by="linear",
         using=("inner unit", "shift of lines")),
    step("lines bounded", forall(bounded_above(lines), SIGNS), by=rules.sup_pair_bounded, using="line"),
    step("contraction", le(Expect(bends, SIGNS), Expect(lines, SIGNS)), by=contraction_shifted, using="lines bounded"),
    step("lines", forall(le(lines, resultant + Abs(total)), SIGNS), by=rules.sup_pair_le, using="line"),
    step("mean of lines", le(Expect(lines, SIGNS), Expect(resultant + Abs(total), SIGNS)), by=rules.expect_le, using="lines"),
    step("norm", le(Expect(resultant, SIGNS), sqrt(Sum(norm(X[i]) ** 2, (i, n)))), by=rademacher_norm),
    step("total", eq(Sum(norm(X[i]) ** 2, (i, n)), n), by="sums", using="unit rows"),
    step("sum of signs", le(Expect(Abs(total), SIGNS), sqrt(n)), by=rademacher_sum),
    step("resultant", le(Expect(resultant, SIGNS), sqrt(n)), by="linear", using=("norm", "total")),
    step("mean", le(Expect(up, SIGNS), mean_bound), by="polynomial",
         using=("mean of supremum", "contraction", "mean of lines", "resultant", "sum of signs")),
)
tail_steps = (
    *two_sided(up, down, inside, mean_bound, deviation, SIGNS, (convex_concentration_shifted, rules.sup_pair_abs)),
    step("shifts", forall(le(R_BIASED, inside), SIGNS), by=shift_range, using="unit rows"),
    step("all shifts", forall(Implies(le(inside, bound), le(R_BIASED, bound)), SIGNS), by="linear", using="shifts"),
    step("probability", ge(Prob(le(R_BIASED, bound), SIGNS), 1 - 2 * exp(-s)), by=rules.prob_implies,
         using=("on the index set", "all shifts")),
)

width = Claim(
    id="bln.r1.width", title="R1, the supremum R_b for random labels", source=Source("lawbook", "R1"), reading=Reading.OURS,
    domain=NormDomain.DATA, hypotheses=(unit_rows,),
    conclusion=ge(Prob(le(R_BIASED, bound), SIGNS), 1 - 2 * exp(-s)),
    proofs=(proof(*response_steps, *mean_steps, *tail_steps),),
    where={"ȳ": ybar, "R_b": R_BIASED, "λ": LARGEST},
)

law = le(n * (1 - ybar**2), 2 * bound * sqrt(k) * LIP)
names = tuple(h.name for h in independent_rows_law.hypotheses)
random_labels_biased = Claim(
    id="bln.r1.random_labels", title="R1 with high probability over the labels", source=Source("lawbook", "R1"), reading=Reading.OURS,
    domain=NormDomain.GLOBAL, hypotheses=(*independent_rows_law.hypotheses, unit_rows),
    conclusion=And(width.conclusion, Implies(le(R_BIASED, bound), law)),
    proofs=(proof(
        step("probability", width.conclusion, by=width.as_lemma, using="unit rows"),
        step("R1", independent_rows_law.conclusion, by=independent_rows_law.as_lemma, using=names),
        step("event", Implies(le(R_BIASED, bound), law), by="polynomial", using="R1"),
        step("both", And(width.conclusion, Implies(le(R_BIASED, bound), law)), by="conjunction", using=("probability", "event")),
    ),),
    where={"ȳ": ybar, "R_b": R_BIASED, "λ": LARGEST},
)
