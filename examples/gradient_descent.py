"""Gradient descent on an L-smooth convex function: f(x_{T+1}) − f(z) ≤ L‖x_1 − z‖²/(2T)."""

from lawbook import (
    Claim, Function, Hypothesis, MatrixSymbol, NormDomain, Range, Reading, Source, Sum, Symbol, VectorSymbol, d, dot, eq, forall, index, le,
    norm, proof, rule, step,
)

T, t = index("T"), index("t")
L = Symbol("L", positive=True)
f, x, g, z = Function("f", d), MatrixSymbol("x", T + 1, d), MatrixSymbol("g", T, d), VectorSymbol("z", d)
TIME = (t, Range(T))
update = Hypothesis("update", forall(eq(x[t + 1], x[t] - g[t] / L), TIME), "gradient descent with the step 1/L")
smooth = Hypothesis("smooth", forall(le(f(x[t + 1]), f(x[t]) + dot(g[t], x[t + 1] - x[t]) + L / 2 * norm(x[t + 1] - x[t]) ** 2), TIME),
                    "f is below its tangent paraboloids")
convex = Hypothesis("convex", forall(le(f(x[t]) + dot(g[t], z - x[t]), f(z)), TIME), "f is above its tangents")


def potential(s):
    """It never grows along the iterates."""
    return (s - 1) * (f(x[s]) - f(z)) + L / 2 * norm(x[s] - z) ** 2


total = Sum(potential(t + 1) - potential(t), TIME)


def steps(law):
    """The potential telescopes."""
    return proof(
        step("move", forall(eq(norm(x[t + 1] - x[t]) ** 2, norm(g[t]) ** 2 / L**2), TIME), by="algebra", using="update"),
        step("along", forall(eq(dot(g[t], x[t + 1] - x[t]), -norm(g[t]) ** 2 / L), TIME), by="algebra", using="update"),
        step("distance", forall(eq(norm(x[t + 1] - z) ** 2, norm(x[t] - z) ** 2 - 2 / L * dot(g[t], x[t] - z) + norm(g[t]) ** 2 / L**2),
                                TIME), by="algebra", using="update"),
        step("descent", forall(le(f(x[t + 1]), f(x[t]) - norm(g[t]) ** 2 / (2 * L)), TIME), by="polynomial",
             using=("smooth", "move", "along")),
        step("turn", forall(eq(dot(g[t], z - x[t]), -dot(g[t], x[t] - z)), TIME), by="algebra"),
        step("potential", forall(le(potential(t + 1) - potential(t), 0), TIME), by="polynomial",
             using=("descent", "convex", "distance", "turn")),
        step("sum", le(total, 0), by="linear", using="potential"),
        step("telescope", eq(total, potential(T + 1) - potential(1)), by=rule.telescope.at(F=potential, n=T)),
        step("law", law, by="polynomial", using=("sum", "telescope")))


def descent(id, title, law):
    """The claim, and copies of it that say more than is true."""
    return Claim(id=id, title=title, source=Source("Nesterov, Lectures on Convex Optimization, 2018", "Corollary 2.1.2"),
                 reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=(update, smooth, convex), conclusion=law, proofs=(steps(law),))


gap = f(x[T + 1]) - f(z)
claim = descent("gradient_descent", "gradient descent, rate 1/T", le(gap, L * norm(x[1] - z) ** 2 / (2 * T)))
fast = descent("gradient_descent.false.rate", "the rate of the accelerated method", le(gap, L * norm(x[1] - z) ** 2 / (2 * T**2)))
quarter = descent("gradient_descent.false.constant", "a quarter of the constant", le(gap, L * norm(x[1] - z) ** 2 / (8 * T)))
