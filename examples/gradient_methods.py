"""Worst cases of first-order methods, by the multipliers of the interpolation inequalities that performance estimation finds."""

from lawbook import (
    Claim, Function, Gradient, Hypothesis, NormDomain, Reading, Source, Symbol, VectorSymbol, convex, d, dot, eq, le, lemma, norm, proof,
    smooth, step, zero,
)

L = Symbol("L", positive=True)
f = Function("f", d)
g = Gradient(f)
x0, x1, x2, z = (VectorSymbol(name, d) for name in ("x0", "x1", "x2", "z"))
bends = (Hypothesis("convex", convex(f)), Hypothesis("smooth", smooth(f, L)))
least = Hypothesis("least", eq(g(z), zero(d)), "z minimises f")


def interpolation(name, x, y):
    """f is above its tangent at x, by what the gradients at x and y differ."""
    return step(name, le(f(x) + dot(g(x), y - x) + norm(g(y) - g(x)) ** 2 / (2 * L), f(y)), by=lemma.interpolation, using=("convex", "smooth"))


first = Hypothesis("first", eq(x1, x0 - g(x0) / L), "a step of gradient descent")
square = L / 6 * norm(x0 - z - 3 * (g(x0) + g(x1)) / (2 * L)) ** 2 + norm(g(x0) - g(x1)) ** 2 / (8 * L)
descent = Claim(
    id="gradient_descent.one", title="one step of gradient descent", source=Source("Drori, Teboulle, 2014", "Theorem 3.1"),
    reading=Reading.OURS, domain=NormDomain.GLOBAL, hypotheses=(*bends, least, first),
    conclusion=le(f(x1) - f(z), L * norm(x0 - z) ** 2 / 6), proofs=(proof(
        interpolation("01", x1, x0), interpolation("z0", x0, z), interpolation("z1", x1, z),
        step("squares", le(0, square), by="linear"),
        step("law", le(f(x1) - f(z), L * norm(x0 - z) ** 2 / 6), by="linear", using=("01", "z0", "z1", "least", "first", "squares"))),))
