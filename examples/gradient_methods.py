"""Worst cases of first-order methods, in the manner of performance estimation.

Each proof is a combination of the inequalities that hold between the points of a method, and of a sum of squares; the squares are named,
the multipliers are found.  All bounds but the last are equalities for some function.
"""

from lawbook import (
    Claim, Function, Gradient, Hypothesis, MatrixSymbol, NormDomain, Range, Rational, Reading, Source, Sum, Symbol, VectorSymbol, convex, d,
    differentiable, dot, eq, forall, index, le, lemma, lt, norm, proof, rule, smooth, sqrt, step, strongly_convex, zero,
)

L, gamma, mu = (Symbol(name, positive=True) for name in ("L", "gamma", "mu"))
f = Function("f", d)
g = Gradient(f)
x0, x1, x2, z = (VectorSymbol(name, d) for name in ("x0", "x1", "x2", "z"))
is_convex, is_smooth = Hypothesis("convex", convex(f)), Hypothesis("smooth", smooth(f, L))
least = Hypothesis("least", eq(g(z), zero(d)), "z minimises f")
DT = Source("Drori, Teboulle, Performance of first-order methods for smooth convex minimization, 2014", "Theorem 3.1")
TAYLOR = Source("Taylor, Hendrickx, Glineur, Exact worst-case performance of first-order methods for composite convex optimization, 2017",
                "Theorem 4.1")


def method(id, title, source, hypotheses, inequalities, squares, law):
    """A claim about a method, by a combination of inequalities and of a nonnegative rest."""
    names = [*(s.name for s in inequalities), *(h.name for h in hypotheses if "convex" not in h.name and h.name != "smooth"), "rest"]
    return Claim(id=id, title=title, source=source, reading=Reading.OURS, domain=NormDomain.GLOBAL, hypotheses=hypotheses, conclusion=law,
                 proofs=(proof(*inequalities, step("rest", le(0, squares), by="linear"), step("law", law, by="linear", using=names)),))


def between(x, y):
    """What convexity and smoothness say of two points."""
    return step(f"{x.name} to {y.name}", le(f(x) + dot(g(x), y - x) + norm(g(y) - g(x)) ** 2 / (2 * L), f(y)), by=lemma.interpolation,
                using=("convex", "smooth"))


def tangent(x, y):
    """What convexity says of two points."""
    return step(f"{x.name} to {y.name}", le(f(x) + dot(g(x), y - x), f(y)), by=lemma.above_tangent, using=("convex", "differentiable"))


# --- gradient descent on smooth convex functions: L‖x_0 − z‖²/(4N + 2), and the best single step ----------------------------------------

def one_step(id, title, length, squares, factor):
    """f(x_1) − f(z) after a step of the given length, in units of 1/L."""
    first = Hypothesis("first", eq(x1, x0 - length / L * g(x0)), "a step of gradient descent")
    return method(id, title, DT, (is_convex, is_smooth, least, first), [between(x1, x0), between(x0, z), between(x1, z)], squares,
                  le(f(x1) - f(z), factor * L * norm(x0 - z) ** 2))


usual = L / 6 * norm(x0 - z - 3 / (2 * L) * (g(x0) + g(x1))) ** 2 + norm(g(x0) - g(x1)) ** 2 / (8 * L)
one = one_step("gradient.one", "one step of gradient descent", 1, usual, Rational(1, 6))
long = one_step("gradient.long", "one step of the length 3/(2L)", Rational(3, 2), L / 8 * norm(x0 - z - 2 / L * (g(x0) + g(x1))) ** 2,
                Rational(1, 8))
one_false = one_step("gradient.one.false", "with the constant of the longer step", 1, usual, Rational(1, 8))

steps = tuple(Hypothesis(y.name, eq(y, x - g(x) / L), "a step of gradient descent") for x, y in ((x0, x1), (x1, x2)))
rest = (L / 10 * norm(x0 - z - (Rational(5, 4) * g(x0) + Rational(25, 12) * g(x1) + Rational(5, 3) * g(x2)) / L) ** 2
        + 3 * norm(g(x0) - Rational(5, 9) * g(x1) - Rational(4, 9) * g(x2)) ** 2 / (32 * L) + 11 * norm(g(x1) - g(x2)) ** 2 / (54 * L))
two = method("gradient.two", "two steps of gradient descent", DT, (is_convex, is_smooth, least, *steps),
             [between(x1, x0), between(x2, x1), *(between(x, z) for x in (x0, x1, x2))], rest,
             le(f(x2) - f(z), L * norm(x0 - z) ** 2 / 10))

# --- the proximal point method on convex functions: ‖x_0 − z‖²/(4γN) --------------------------------------------------------------------

is_differentiable = Hypothesis("differentiable", differentiable(f))
implicit = tuple(Hypothesis(y.name, eq(x, y + gamma * g(y)), "a proximal step") for x, y in ((x0, x1), (x1, x2)))
near = method("proximal.one", "one proximal step", TAYLOR, (is_convex, is_differentiable, implicit[0]), [tangent(x1, z)],
              norm(x0 - z - 2 * gamma * g(x1)) ** 2 / (4 * gamma), le(f(x1) - f(z), norm(x0 - z) ** 2 / (4 * gamma)))
nearer = method("proximal.two", "two proximal steps", TAYLOR, (is_convex, is_differentiable, *implicit),
                [tangent(x2, x1), tangent(x1, z), tangent(x2, z)],
                norm(x0 - z - gamma * (4 * g(x1) + 8 * g(x2)) / 3) ** 2 / (8 * gamma) + gamma * norm(g(x1) - g(x2)) ** 2 / 9,
                le(f(x2) - f(z), norm(x0 - z) ** 2 / (8 * gamma)))

# --- gradient descent on strongly convex functions: the step 2/(L + μ) contracts by (L − μ)/(L + μ) ------------------------------------

bends = Hypothesis("strongly convex", strongly_convex(f, mu))
order, optimal = Hypothesis("order", lt(mu, L)), Hypothesis("first", eq(x1, x0 - 2 / (L + mu) * g(x0)), "the step 2/(L + μ)")


def strong(x, y):
    """What strong convexity and smoothness say of two points."""
    return step(f"{x.name} to {y.name}", le(
        norm(g(y) - g(x)) ** 2 + mu * L * norm(y - x) ** 2 - 2 * mu * dot(g(y) - g(x), y - x), 2 * (L - mu) * (f(y) - (f(x) + dot(
            g(x), y - x)))), by=lemma.interpolation_strong, using=("strongly convex", "smooth", "order"))


def contraction(id, title, law):
    """The sum of both inequalities, divided by L + μ."""
    monotone = le(norm(g(x0)) ** 2 + mu * L * norm(x0 - z) ** 2, (L + mu) * dot(g(x0), x0 - z))
    moved = eq(norm(x1 - z) ** 2, norm(x0 - z) ** 2 - 4 / (L + mu) * dot(g(x0), x0 - z) + 4 / (L + mu) ** 2 * norm(g(x0)) ** 2)
    return Claim(id=id, title=title, source=Source("Nesterov, Lectures on Convex Optimization, 2nd ed. 2018", "Theorem 2.1.15"),
                 reading=Reading.OURS, domain=NormDomain.GLOBAL, hypotheses=(bends, is_smooth, order, least, optimal), conclusion=law,
                 proofs=(proof(
                     strong(x0, z), strong(z, x0),
                     step("monotone", monotone, by="polynomial", using=("x0 to z", "z to x0", "least", "order")),
                     step("moved", moved, by="algebra", using="first"),
                     step("law", law, by="polynomial", using=("monotone", "moved"))),))


contracts = contraction("gradient.contraction", "contraction for strongly convex functions",
                        le(norm(x1 - z) ** 2, ((L - mu) / (L + mu)) ** 2 * norm(x0 - z) ** 2))
contracts_false = contraction("gradient.contraction.false", "the factor of the distance for its square, squared again",
                              le(norm(x1 - z) ** 2, ((L - mu) / (L + mu)) ** 4 * norm(x0 - z) ** 2))

# --- the subgradient method: MR/√T for functions with subgradients of length at most M --------------------------------------------------

T, t = index("T"), index("t")
M, R, best = Symbol("M", positive=True), Symbol("R", positive=True), Symbol("best", real=True)
x, s = MatrixSymbol("x", T + 1, d), MatrixSymbol("s", T, d)
TIME, eta = (t, Range(T)), R / (M * sqrt(T))
told = (Hypothesis("update", forall(eq(x[t + 1], x[t] - eta * s[t]), TIME), "the step R/(M√T)"),
        Hypothesis("subgradients", forall(le(f(x[t]) + dot(s[t], z - x[t]), f(z)), TIME), "s_t is a subgradient at x_t"),
        Hypothesis("bounded", forall(le(norm(s[t]), M), TIME), "of length at most M"), Hypothesis("start", le(norm(x[1] - z), R)),
        Hypothesis("best", forall(le(best, f(x[t])), TIME), "the best value so far"))


def distance(i):
    """The squared distance from z."""
    return norm(x[i] - z) ** 2


gained = (distance(t) - distance(t + 1)) / (2 * eta) + eta * M**2 / 2
total = Sum(distance(t + 1) - distance(t), TIME)


def subgradient(id, title, law):
    """Each step pays for its excess by the distance that it gains."""
    return Claim(id=id, title=title, source=Source("Nesterov, Lectures on Convex Optimization, 2nd ed. 2018", "Theorem 3.2.2"),
                 reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=told, conclusion=law, proofs=(proof(
                     step("distance", forall(eq(distance(t + 1), distance(t) - 2 * eta * dot(s[t], x[t] - z) + eta**2 * norm(s[t]) ** 2),
                                             TIME), by="algebra", using="update"),
                     step("turn", forall(eq(dot(s[t], z - x[t]), -dot(s[t], x[t] - z)), TIME), by="algebra"),
                     step("each", forall(le(best - f(z), gained), TIME), by="polynomial",
                          using=("distance", "turn", "bounded", "subgradients", "best")),
                     step("sum", le(Sum(best - f(z), TIME), Sum(gained, TIME)), by="linear", using="each"),
                     step("split", eq(Sum(gained, TIME), -total / (2 * eta) + T * eta * M**2 / 2), by="sums"),
                     step("count", eq(Sum(best - f(z), TIME), T * (best - f(z))), by="sums"),
                     step("telescope", eq(total, distance(T + 1) - distance(1)), by=rule.telescope.at(F=distance, n=T)),
                     step("law", law, by="polynomial", using=("sum", "split", "count", "telescope", "start"))),))


slow = subgradient("subgradient", "the subgradient method", le(best - f(z), M * R / sqrt(T)))
slow_false = subgradient("subgradient.false", "half of it", le(best - f(z), M * R / (2 * sqrt(T))))

# --- acceleration: a potential that never grows -----------------------------------------------------------------------------------------

A, a = Symbol("A", nonnegative=True), Symbol("a", positive=True)
v, w, y = VectorSymbol("v", d), VectorSymbol("w", d), VectorSymbol("y", d)
mixed = Hypothesis("mixed", eq(y, (A * x0 + a * v) / (A + a)), "between the iterate and the far point v")
stepped = Hypothesis("first", eq(x1, y - g(y) / L), "a step of gradient descent")
pushed = Hypothesis("far", eq(w, v - a / L * g(y)), "a longer step of the far point")


def potential(id, title, paced):
    """A(f(x) − f(z)) + (L/2)‖v − z‖², for weights a with a² ≤ A + a."""
    pace = Hypothesis("pace", paced)
    law = le((A + a) * (f(x1) - f(z)) + L / 2 * norm(w - z) ** 2, A * (f(x0) - f(z)) + L / 2 * norm(v - z) ** 2)
    tangents = [step(f"y to {p.name}", le(f(y) + dot(g(y), p - y), f(p)), by=lemma.above_tangent, using=("convex", "differentiable"))
                for p in (x0, z)]
    down = step("down", le(f(x1), f(y) + dot(g(y), x1 - y) + L / 2 * norm(x1 - y) ** 2), by=rule.descent, using="smooth")
    lower = step("lower", le(f(x1), f(y) - norm(g(y)) ** 2 / (2 * L)), by="polynomial", using=("down", "first"))
    far = step("moved", eq(norm(w - z) ** 2, norm(v - z) ** 2 - 2 * a / L * dot(g(y), v - z) + a**2 / L**2 * norm(g(y)) ** 2), by="algebra",
               using="far")
    along = step("along", eq(A * dot(g(y), x0 - y) + a * dot(g(y), z - y), -a * dot(g(y), v - z)), by="algebra", using="mixed")
    return Claim(id=id, title=title, source=Source("Bansal, Gupta, Potential-function proofs for gradient methods, 2019", "Section 5.2"),
                 reading=Reading.OURS, domain=NormDomain.GLOBAL, hypotheses=(is_convex, is_smooth, mixed, stepped, pushed, pace),
                 conclusion=law, proofs=(proof(
                     step("differentiable", differentiable(f), by=rule.smooth_differentiable, using="smooth"), *tangents, down, lower, far,
                     along, step("law", law, by="polynomial", using=("y to x0", "y to z", "lower", "moved", "along", "pace"))),))


fast = potential("accelerated", "one step of the accelerated gradient method", le(a**2, A + a))
fast_false = potential("accelerated.false", "a faster pace", le(a**2, 4 * (A + a)))
