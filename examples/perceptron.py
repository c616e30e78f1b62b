"""Novikoff's mistake bound: a perceptron that starts at 0 and errs M times on data of radius R and margin γ has M ≤ R²/γ²."""

from lawbook import (
    Claim, Hypothesis, MatrixSymbol, NormDomain, Range, Reading, Source, Sum, Symbol, VectorSymbol, d, dot, eq, forall, index, le, norm,
    proof, rule, step,
)

M, t = index("M"), index("t")
R, margin = Symbol("R", positive=True), Symbol("gamma", positive=True)
w, z, u = MatrixSymbol("w", M + 1, d), MatrixSymbol("z", M, d), VectorSymbol("u", d)      # z_t = y_t x_t, for the t-th mistake
TIME = (t, Range(M))
start = Hypothesis("start", eq(norm(w[1]), 0), "it starts at 0")
update = Hypothesis("update", forall(eq(w[t + 1], w[t] + z[t]), TIME), "it adds what it gets wrong")
wrong = Hypothesis("wrong", forall(le(dot(w[t], z[t]), 0), TIME), "each is a mistake")
radius = Hypothesis("radius", forall(le(norm(z[t]), R), TIME), "the data have radius R")
separable = Hypothesis("separable", forall(le(margin, dot(u, z[t])), TIME), "u separates the data with margin γ")
unit = Hypothesis("unit", eq(norm(u), 1), "u is a unit vector")


def square(s):
    """‖w_s‖²."""
    return norm(w[s]) ** 2


def along(s):
    """u·w_s."""
    return dot(u, w[s])


growth, progress = (Sum(F(t + 1) - F(t), TIME) for F in (square, along))


def perceptron(id, title, law):
    """‖w‖² grows by at most R² a mistake, and u·w by at least γ."""
    return Claim(id=id, title=title, source=Source("Novikoff, On convergence proofs on perceptrons, 1962", "Theorem 1"),
                 reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=(start, update, wrong, radius, separable, unit), conclusion=law,
                 proofs=(proof(
                     step("square", forall(eq(square(t + 1), square(t) + 2 * dot(w[t], z[t]) + norm(z[t]) ** 2), TIME), by="algebra",
                          using="update"),
                     step("each square", forall(le(square(t + 1) - square(t), R**2), TIME), by="polynomial",
                          using=("square", "wrong", "radius")),
                     step("squares", le(growth, M * R**2), by="linear", using="each square"),
                     step("telescope", eq(growth, square(M + 1) - square(1)), by=rule.telescope.at(F=square, n=M)),
                     step("each step", forall(le(margin, along(t + 1) - along(t)), TIME), by="linear", using=("update", "separable")),
                     step("steps", le(M * margin, progress), by="linear", using="each step"),
                     step("telescope along", eq(progress, along(M + 1) - along(1)), by=rule.telescope.at(F=along, n=M)),
                     step("at the end", le(along(M + 1), norm(u) * norm(w[M + 1])), by=rule.cauchy),
                     step("at the start", le(dot(-u, w[1]), norm(-u) * norm(w[1])), by=rule.cauchy),
                     step("zero", le(0, along(1)), by="polynomial", using=("at the start", "start")),
                     step("far", le(M * margin, norm(w[M + 1])), by="polynomial",
                          using=("steps", "telescope along", "at the end", "zero", "unit")),
                     step("near", le(square(M + 1), M * R**2), by="polynomial", using=("squares", "telescope", "start")),
                     step("law", law, by="polynomial", using=("far", "near"))),))


claim = perceptron("perceptron", "Novikoff's mistake bound", le(M, R**2 / margin**2))
root = perceptron("perceptron.false.root", "without the squares", le(M, R / margin))
