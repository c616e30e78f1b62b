"""Rules: the definitions of the terms, and elementary logic of sums, suprema, expectations and probabilities.

A proof that uses only these is PROVED, not PROVED MODULO.
"""

from __future__ import annotations

from theory.lemmas.build import A, B, F, G, c, d, derived, f, i, j, m, n, psi, r, s, t, u, w, x, x_
from theory.lemmas.derivations import geometry, numbers, probability, sums, suprema
from theory.terms import (
    LINE,
    Abs,
    And,
    Ball,
    Expect,
    Implies,
    Lip,
    MatrixSymbol,
    Prob,
    Range,
    Signs,
    Space,
    Sphere,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    bounded_above,
    depends_only_on,
    dot,
    eq,
    exp,
    forall,
    ge,
    le,
    lipschitz_activation,
    lipschitz_on,
    lipschitz_with,
    member,
    norm,
    orthogonal_projection,
    positively_homogeneous,
    relu,
)
from theory.terms.linear import Direction, KernelVector
from theory.terms.sets import Interval

y = VectorSymbol("y", n)
beta = Symbol("beta", real=True)
p, q, bound = (Symbol(name, real=True) for name in ("p", "q", "bound"))
L = Symbol("L", nonnegative=True)
SIGNS = (y, Signs(n))
DIRECTION, SHIFT = (u, Sphere(d)), (beta, Interval(-1, 1))

# Lipschitz constants: |f(x) − f(x′)| ≤ Lip(f, D)‖x − x′‖ on D, by definition, for f that is Lipschitz on D.
lip = derived("rule.lip", "definition of the global Lipschitz constant",
              le(Abs(f(x) - f(x_)), Lip(f, Space(d)) * norm(x - x_)), [lipschitz_on(f, Space(d))], geometry.lipschitz_bound)
lip_sphere = derived("rule.lip_sphere", "definition of the Lipschitz constant on the sphere (chord metric)",
                     le(Abs(f(x) - f(x_)), Lip(f, Sphere(d)) * norm(x - x_)),
                     [lipschitz_on(f, Sphere(d)), eq(norm(x), 1), eq(norm(x_), 1)], geometry.lipschitz_bound)
lip_ball = derived("rule.lip_ball", "definition of the Lipschitz constant on the unit ball",
                   le(Abs(f(x) - f(x_)), Lip(f, Ball(d)) * norm(x - x_)),
                   [lipschitz_on(f, Ball(d)), le(norm(x), 1), le(norm(x_), 1)], geometry.lipschitz_bound)
is_lipschitz, is_lipschitz_ball, is_lipschitz_sphere = (
    derived(f"rule.is_lipschitz{suffix}", "definition of a Lipschitz function: one with a bound on all its slopes", lipschitz_on(f, domain),
            [forall(le(Abs(f(x) - f(x_)), L * norm(x - x_)), (x, domain), (x_, domain))], geometry.is_lipschitz)
    for suffix, domain in (("", Space(d)), ("_ball", Ball(d)), ("_sphere", Sphere(d))))

lip_least = derived("rule.lip_least", "a bound on all slopes bounds the Lipschitz constant", lipschitz_with(le(Lip(f, Space(d)), L)),
                    [le(0, L), forall(le(Abs(f(x) - f(x_)), L * norm(x - x_)), (x, Space(d)), (x_, Space(d)))],
                    geometry.lipschitz_least)
lip_least_ball = derived("rule.lip_least_ball", "a bound on all slopes bounds the Lipschitz constant on the ball",
                         lipschitz_with(le(Lip(f, Ball(d)), L)),
                         [forall(le(Abs(f(x) - f(x_)), L * norm(x - x_)), (x, Ball(d)), (x_, Ball(d)))], geometry.lipschitz_least)
lip_least_sphere = derived("rule.lip_least_sphere", "a bound on the slopes of all chords bounds the Lipschitz constant on the sphere",
                           lipschitz_with(le(Lip(f, Sphere(d)), L)),
                           [forall(le(Abs(f(x) - f(x_)), L * norm(x - x_)), (x, Sphere(d)), (x_, Sphere(d)))],
                           geometry.lipschitz_least)

# Real functions.
exp_le = derived("rule.exp_le", "the exponential increases", le(exp(s), exp(t)), [le(s, t)],
                 lambda w: w.script.axiom("exp_increases", w.hypotheses, s=w.s, t=w.t))
prob_at_least = derived("rule.prob_at_least", "a smaller lower bound of a probability is one too", le(p, bound), [le(q, bound), le(p, q)],
                        numbers.summed)

# Finite sums.
sum_le = derived("rule.sum_le", "termwise inequality of sums",
                 le(Sum(F(i), (i, n)), Sum(G(i), (i, n))), [forall(le(F(i), G(i)), (i, Range(n)))],
                 lambda w: w.script.axiom("sum_below", w.hypotheses, F=w.F, G=w.G, a=w.n))
sum_le_pairs = derived("rule.sum_le_pairs", "termwise inequality of double sums",
                       le(Sum(F(i, j), (i, n), (j, m)), Sum(G(i, j), (i, n), (j, m))),
                       [forall(le(F(i, j), G(i, j)), (i, Range(n)), (j, Range(m)))], sums.sum_le_pairs)
term = derived("rule.term", "a term is at most the sum of nonnegative terms", le(F(j), Sum(F(i), (i, n))),
               [forall(le(0, F(i)), (i, Range(n))), member(j, Range(n))], sums.term_at_most)
triangle = derived("rule.triangle", "triangle inequality", le(Abs(Sum(F(i), (i, n))), Sum(Abs(F(i)), (i, n))), [], sums.triangle)

# Euclidean geometry.
norm_triangle = derived("rule.norm_triangle", "triangle inequality of the norm", le(norm(x + x_), norm(x) + norm(x_)),
                        [], geometry.norm_triangle)
cauchy = derived("rule.cauchy", "Cauchy–Schwarz for the inner product, the definition of the angle", le(dot(x, x_), norm(x) * norm(x_)),
                 [], geometry.cauchy)
direction = derived("rule.direction", "definition of the direction of a vector", eq(dot(w, x), norm(w) * dot(Direction(w), x)),
                    [], geometry.direction)
direction_unit = derived("rule.direction_unit", "a direction is a unit vector", eq(norm(Direction(w)), 1), [], geometry.direction_unit)

# Activations.
homogeneous = derived("rule.homogeneous", "definition of positive homogeneity", eq(psi(s), c * psi(t)),
                      [positively_homogeneous(psi), le(0, c), eq(s, c * t)], numbers.homogeneous)
RELU_HOMOGENEOUS = positively_homogeneous(relu)
relu_homogeneous = derived("rule.relu_homogeneous", "max(ct, 0) = c max(t, 0) for c ≥ 0", RELU_HOMOGENEOUS, [], numbers.relu_homogeneous)
RELU_LIPSCHITZ = lipschitz_activation(relu, 1)
relu_lipschitz = derived("rule.relu_lipschitz", "|max(s, 0) − max(t, 0)| ≤ |s − t|", RELU_LIPSCHITZ, [], numbers.relu_lipschitz)
RELU_BY_ABS = forall(eq(relu(t), (t + Abs(t)) / 2), (t, LINE))
relu_abs = derived("rule.relu_abs", "max(t, 0) = (t + |t|)/2", RELU_BY_ABS, [], numbers.relu_by_abs)
activation_lip = derived("rule.activation_lip", "definition of an L-Lipschitz activation", le(Abs(psi(s) - psi(t)), L * Abs(s - t)),
                         [lipschitz_activation(psi, L)], numbers.activation_lip)
homogeneous_growth = derived(
    "rule.homogeneous_growth", "a positively homogeneous ψ has ψ(t) = |t|ψ(±1), hence |ψ(t)| ≤ (|ψ(1)| + |ψ(−1)|)|t|",
    le(Abs(psi(t)), (Abs(psi(1)) + Abs(psi(-1))) * Abs(t)), [positively_homogeneous(psi)], numbers.homogeneous_growth)
growth = derived("rule.growth", "a positively homogeneous L-Lipschitz ψ has ψ(0) = 0, hence |ψ(t)| ≤ L|t|", le(Abs(psi(t)), L * Abs(t)),
                 [positively_homogeneous(psi), lipschitz_activation(psi, L)], numbers.growth)

on_sphere = derived("rule.on_sphere", "definition of the unit sphere", forall(eq(norm(u), 1), DIRECTION),
                    [], suprema.membership("on_sphere"))
in_interval = derived("rule.in_interval", "definition of [−1, 1]", forall(le(Abs(beta), 1), (beta, Interval(-1, 1))),
                      [], suprema.in_interval)

# Suprema over directions, and over directions and shifts.
sup_ge = derived("rule.sup_ge", "a value is at most the supremum of values that are bounded above", le(F(x), Sup(F(u), DIRECTION)),
                 [bounded_above(Sup(F(u), DIRECTION)), eq(norm(x), 1)], suprema.value_below)
sup_bounded = derived("rule.sup_bounded", "values with a bound are bounded above", bounded_above(Sup(F(u), DIRECTION)),
                      [forall(le(F(u), bound), DIRECTION)], suprema.bounded_by)
sup_le = derived("rule.sup_le", "a bound on all values bounds the supremum",
                 le(Sup(F(u), DIRECTION), bound), [forall(le(F(u), bound), DIRECTION)], suprema.sup_below)
sup_abs = derived("rule.sup_abs", "|t| is the larger of t and −t", le(Sup(Abs(F(u)), DIRECTION), bound),
                  [le(Sup(F(u), DIRECTION), bound), le(Sup(-F(u), DIRECTION), bound)], suprema.sup_abs)

sup_pair_ge = derived("rule.sup_pair_ge", "a value is at most the supremum over directions and shifts of values that are bounded above",
                      le(G(x, t), Sup(G(u, beta), DIRECTION, SHIFT)),
                      [bounded_above(Sup(G(u, beta), DIRECTION, SHIFT)), eq(norm(x), 1), member(t, SHIFT[1])], suprema.value_below)
sup_pair_bounded = derived("rule.sup_pair_bounded", "values with a bound are bounded above",
                           bounded_above(Sup(G(u, beta), DIRECTION, SHIFT)), [forall(le(G(u, beta), bound), DIRECTION, SHIFT)],
                           suprema.bounded_by)
sup_pair_le = derived("rule.sup_pair_le", "a bound on all values bounds the supremum over directions and shifts",
                      le(Sup(G(u, beta), DIRECTION, SHIFT), bound), [forall(le(G(u, beta), bound), DIRECTION, SHIFT)], suprema.sup_below)
max_ge = derived("rule.max_ge", "a value is at most the maximum", le(F(j), Sup(F(i), (i, Range(n)))), [member(j, Range(n))],
                 suprema.finite_ge)
max_le = derived("rule.max_le", "a bound on all values bounds the maximum", le(Sup(F(i), (i, Range(n))), bound),
                 [forall(le(F(i), bound), (i, Range(n)))], suprema.sup_below)
max_gap = derived("rule.max_gap", "two maxima differ by at most the largest difference",
                  le(Abs(Sup(F(i), (i, Range(n))) - Sup(G(i), (i, Range(n)))), bound),
                  [forall(le(Abs(F(i) - G(i)), bound), (i, Range(n)))], suprema.finite_gap)

sign_square = derived("rule.sign_square", "signs are ±1", forall(eq(y[i] ** 2, 1), (y, Signs(n)), (i, Range(n))), [], suprema.sign_square)

sup_pair_abs = derived("rule.sup_pair_abs", "|t| is the larger of t and −t", le(Sup(Abs(G(u, beta)), DIRECTION, SHIFT), bound),
                       [le(Sup(G(u, beta), DIRECTION, SHIFT), bound), le(Sup(-G(u, beta), DIRECTION, SHIFT), bound)], suprema.sup_abs)

# Expectations and probabilities over independent uniform signs.
expect_le = derived("rule.expect_le", "expectation is monotone", le(Expect(F(y), SIGNS), Expect(G(y), SIGNS)),
                    [forall(le(F(y), G(y)), SIGNS)], probability.mean_below)
expect_le_constant = derived("rule.expect_le_constant", "an upper bound on all values bounds the mean", le(Expect(F(y), SIGNS), bound),
                             [forall(le(F(y), bound), SIGNS)], probability.mean_bound)
prob_implies = derived("rule.prob_implies", "a consequence of an event is at least as probable", ge(Prob(B(y), SIGNS), p),
                       [ge(Prob(A(y), SIGNS), p), forall(Implies(A(y), B(y)), SIGNS)], probability.consequence)
prob_and = derived("rule.prob_and", "union bound: both events hold but for the sum of their failure probabilities",
                   ge(Prob(And(A(y), B(y)), SIGNS), 1 - p - q), [ge(Prob(A(y), SIGNS), 1 - p), ge(Prob(B(y), SIGNS), 1 - q)],
                   probability.conjunction)

# Functions of a projection.
P = MatrixSymbol("P", d, d)
depends = derived("rule.depends", "definition of: f(x) depends on x only through Px", eq(f(x), f(x_)),
                  [depends_only_on(f, P, Space(d)), eq(P @ x, P @ x_)], geometry.depends)
depends_sphere = derived("rule.depends_sphere", "definition of: f on the sphere depends only on Px", eq(f(x), f(x_)),
                         [depends_only_on(f, P, Sphere(d)), eq(P @ x, P @ x_), eq(norm(x), 1), eq(norm(x_), 1)], geometry.depends)
kernel = derived("rule.kernel", "a projection fixes unit vectors unless it has a kernel, which then holds a unit vector",
                 eq((1 - norm(P @ x) ** 2) * (1 - norm(KernelVector(P)) ** 2), 0), [orthogonal_projection(P, r), eq(norm(x), 1)],
                 geometry.kernel)
