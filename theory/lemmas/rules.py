"""Rules: the definitions of the terms, and elementary logic of sums, suprema, expectations and probabilities.

A proof that uses only these is PROVED, not PROVED MODULO.
"""

from __future__ import annotations

from sympy import Abs, Symbol, exp

from theory.lemmas.build import A, B, F, G, c, d, derived, f, i, j, m, n, psi, r, rule, s, t, u, w, x, x_
from theory.terms import (
    LINE,
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
    VectorSymbol,
    depends_only_on,
    dot,
    eq,
    forall,
    ge,
    le,
    lipschitz_activation,
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

# Lipschitz constants: |f(x) − f(x′)| ≤ Lip(f, D)‖x − x′‖ on D, by definition.
lipschitz = rule("rule.lip", "definition of the global Lipschitz constant",
                 le(Abs(f(x) - f(x_)), Lip(f, Space(d)) * norm(x - x_)))
lipschitz_sphere = rule("rule.lip_sphere", "definition of the Lipschitz constant on the sphere (chord metric)",
                        le(Abs(f(x) - f(x_)), Lip(f, Sphere(d)) * norm(x - x_)), [eq(norm(x), 1), eq(norm(x_), 1)])
lipschitz_ball = rule("rule.lip_ball", "definition of the Lipschitz constant on the unit ball",
                      le(Abs(f(x) - f(x_)), Lip(f, Ball(d)) * norm(x - x_)), [le(norm(x), 1), le(norm(x_), 1)])

lipschitz_least = rule("rule.lip_least", "the Lipschitz constant is the least one", le(Lip(f, Space(d)), L),
                       [le(0, L), forall(le(Abs(f(x) - f(x_)), L * norm(x - x_)), (x, Space(d)), (x_, Space(d)))])
lipschitz_least_ball = rule("rule.lip_least_ball", "the Lipschitz constant on the ball is the least one", le(Lip(f, Ball(d)), L),
                            [forall(le(Abs(f(x) - f(x_)), L * norm(x - x_)), (x, Ball(d)), (x_, Ball(d)))])
lipschitz_least_sphere = rule("rule.lip_least_sphere", "the Lipschitz constant on the sphere is the least one for chords",
                              le(Lip(f, Sphere(d)), L),
                              [forall(le(Abs(f(x) - f(x_)), L * norm(x - x_)), (x, Sphere(d)), (x_, Sphere(d)))])

# Real functions.
exp_le = derived("rule.exp_le", "the exponential increases", le(exp(s), exp(t)), [le(s, t)],
                 lambda w: w.script.axiom("exp_increases", w.hypotheses, s=w.s, t=w.t))
at_least = rule("rule.prob_at_least", "a smaller lower bound of a probability is one too", le(p, bound), [le(q, bound), le(p, q)])

# Finite sums.
sum_le = derived("rule.sum_le", "termwise inequality of sums",
                 le(Sum(F(i), (i, n)), Sum(G(i), (i, n))), [forall(le(F(i), G(i)), (i, Range(n)))],
                 lambda w: w.script.axiom("sum_below", w.hypotheses, F=w.F, G=w.G, a=w.n))
sum_le_pairs = rule("rule.sum_le_pairs", "termwise inequality of double sums",
                    le(Sum(F(i, j), (i, n), (j, m)), Sum(G(i, j), (i, n), (j, m))),
                    [forall(le(F(i, j), G(i, j)), (i, Range(n)), (j, Range(m)))])
triangle = rule("rule.triangle", "triangle inequality", le(Abs(Sum(F(i), (i, n))), Sum(Abs(F(i)), (i, n))))

# Euclidean geometry.
norm_triangle = rule("rule.norm_triangle", "triangle inequality of the norm", le(norm(x + x_), norm(x) + norm(x_)))
cauchy_dot = rule("rule.cauchy", "Cauchy–Schwarz for the inner product, the definition of the angle", le(dot(x, x_), norm(x) * norm(x_)))
direction = rule("rule.direction", "definition of the direction of a vector", eq(dot(w, x), norm(w) * dot(Direction(w), x)))
direction_unit = rule("rule.direction_unit", "a direction is a unit vector", eq(norm(Direction(w)), 1))

# Activations.
homogeneity = rule("rule.homogeneous", "definition of positive homogeneity", eq(psi(s), c * psi(t)),
                   [positively_homogeneous(psi), le(0, c), eq(s, c * t)])
RELU_HOMOGENEOUS = positively_homogeneous(relu)
relu_homogeneous = rule("rule.relu_homogeneous", "max(ct, 0) = c max(t, 0) for c ≥ 0", RELU_HOMOGENEOUS)
RELU_LIPSCHITZ = lipschitz_activation(relu, 1)
relu_lipschitz = rule("rule.relu_lipschitz", "|max(s, 0) − max(t, 0)| ≤ |s − t|", RELU_LIPSCHITZ)
RELU_BY_ABS = forall(eq(relu(t), (t + Abs(t)) / 2), (t, LINE))
relu_by_abs = rule("rule.relu_abs", "max(t, 0) = (t + |t|)/2", RELU_BY_ABS)
contracts = rule("rule.activation_lip", "definition of an L-Lipschitz activation", le(Abs(psi(s) - psi(t)), L * Abs(s - t)),
                 [lipschitz_activation(psi, L)])
growth = rule("rule.growth", "a positively homogeneous L-Lipschitz ψ has ψ(0) = 0, hence |ψ(t)| ≤ L|t|", le(Abs(psi(t)), L * Abs(t)),
              [positively_homogeneous(psi), lipschitz_activation(psi, L)])

on_sphere = rule("rule.on_sphere", "definition of the unit sphere", forall(eq(norm(u), 1), DIRECTION))
in_interval = rule("rule.in_interval", "definition of [−1, 1]", forall(le(Abs(beta), 1), (beta, Interval(-1, 1))))

# Suprema over directions, and over directions and shifts.
sup_ge = rule("rule.sup_ge", "a value is at most the supremum", le(F(x), Sup(F(u), DIRECTION)), [eq(norm(x), 1)])
sup_le = rule("rule.sup_le", "a bound on all values bounds the supremum",
              le(Sup(F(u), DIRECTION), bound), [forall(le(F(u), bound), DIRECTION)])
sup_abs = rule("rule.sup_abs", "|t| is the larger of t and −t", le(Sup(Abs(F(u)), DIRECTION), bound),
               [le(Sup(F(u), DIRECTION), bound), le(Sup(-F(u), DIRECTION), bound)])

pair_ge = rule("rule.sup_pair_ge", "a value is at most the supremum over directions and shifts",
               le(G(x, t), Sup(G(u, beta), DIRECTION, SHIFT)), [eq(norm(x), 1), member(t, SHIFT[1])])
pair_le = rule("rule.sup_pair_le", "a bound on all values bounds the supremum over directions and shifts",
               le(Sup(G(u, beta), DIRECTION, SHIFT), bound), [forall(le(G(u, beta), bound), DIRECTION, SHIFT)])
finite_ge = rule("rule.max_ge", "a value is at most the maximum", le(F(j), Sup(F(i), (i, Range(n)))), [member(j, Range(n))])
finite_le = rule("rule.max_le", "a bound on all values bounds the maximum", le(Sup(F(i), (i, Range(n))), bound),
                 [forall(le(F(i), bound), (i, Range(n)))])
finite_gap = rule("rule.max_gap", "two maxima differ by at most the largest difference",
                  le(Abs(Sup(F(i), (i, Range(n))) - Sup(G(i), (i, Range(n)))), bound),
                  [forall(le(Abs(F(i) - G(i)), bound), (i, Range(n)))])

sign_square = rule("rule.sign_square", "signs are ±1", forall(eq(y[i] ** 2, 1), (y, Signs(n)), (i, Range(n))))

pair_abs = rule("rule.sup_pair_abs", "|t| is the larger of t and −t", le(Sup(Abs(G(u, beta)), DIRECTION, SHIFT), bound),
                [le(Sup(G(u, beta), DIRECTION, SHIFT), bound), le(Sup(-G(u, beta), DIRECTION, SHIFT), bound)])

# Expectations and probabilities over independent uniform signs.
expect_le = rule("rule.expect_le", "expectation is monotone", le(Expect(F(y), SIGNS), Expect(G(y), SIGNS)),
                 [forall(le(F(y), G(y)), SIGNS)])
expect_le_constant = rule("rule.expect_le_constant", "an upper bound on all values bounds the mean", le(Expect(F(y), SIGNS), bound),
                          [forall(le(F(y), bound), SIGNS)])
prob_implies = rule("rule.prob_implies", "a consequence of an event is at least as probable", ge(Prob(B(y), SIGNS), p),
                    [ge(Prob(A(y), SIGNS), p), forall(Implies(A(y), B(y)), SIGNS)])
prob_and = rule("rule.prob_and", "union bound: both events hold but for the sum of their failure probabilities",
                ge(Prob(And(A(y), B(y)), SIGNS), 1 - p - q), [ge(Prob(A(y), SIGNS), 1 - p), ge(Prob(B(y), SIGNS), 1 - q)])

# Functions of a projection.
P = MatrixSymbol("P", d, d)
depends = rule("rule.depends", "definition of: f(x) depends on x only through Px", eq(f(x), f(x_)),
               [depends_only_on(f, P, Space(d)), eq(P @ x, P @ x_)])
depends_sphere = rule("rule.depends_sphere", "definition of: f on the sphere depends only on Px", eq(f(x), f(x_)),
                      [depends_only_on(f, P, Sphere(d)), eq(P @ x, P @ x_), eq(norm(x), 1), eq(norm(x_), 1)])
kernel = rule("rule.kernel", "a projection fixes unit vectors unless it has a kernel, which then holds a unit vector",
              eq((1 - norm(P @ x) ** 2) * (1 - norm(KernelVector(P)) ** 2), 0), [orthogonal_projection(P, r), eq(norm(x), 1)])
