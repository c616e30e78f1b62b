"""Kernel interpolation and ridge regression: norms of interpolants, from the normal equations."""

from lawbook import (
    Claim, Hypothesis, MatrixSymbol, NormDomain, Range, Reading, Source, Sum, Symbol, VectorSymbol, d, dot, eq, forall, index, le, n, norm,
    proof, rule, step,
)

i, j = index("i"), index("j")
lam = Symbol("lambda", positive=True)
X, y, alpha, w = MatrixSymbol("X", n, d), VectorSymbol("y", n), VectorSymbol("alpha", n), VectorSymbol("w", d)
DATA = (i, Range(n))
BOOK = Source("Schölkopf, Smola, Learning with Kernels, 2002")
solves = Hypothesis("solves", forall(eq(Sum(dot(X[i], X[j]) * alpha[j], (j, n)), y[i]), DATA), "Kα = y, for K_ij = x_i·x_j")
fits = Hypothesis("fits", forall(eq(dot(w, X[i]), y[i]), DATA), "w interpolates")
energy, v = dot(alpha, y), Sum(alpha[i] * X[i], DATA)


def kernel(id, title, law, hypotheses=(solves, fits)):
    """yᵀK⁻¹y = ‖Σ α_i x_i‖² = w·Σ α_i x_i."""
    return Claim(id=id, title=title, source=BOOK, reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=hypotheses, conclusion=law,
                 proofs=(proof(
                     step("pair", eq(dot(w, v), energy), by="algebra", using="fits"),
                     step("square", eq(norm(v) ** 2, energy), by="algebra", using="solves"),
                     step("Cauchy", le(dot(w, v), norm(w) * norm(v)), by=rule.cauchy),
                     step("law", law, by="polynomial", using=("pair", "square", "Cauchy"))),))


claim = kernel("kernel_norm", "the least norm of an interpolant", le(energy, norm(w) ** 2))
root = kernel("kernel_norm.false.root", "without the square", le(energy, norm(w)))

residual = Sum((y[i] - dot(w, X[i])) * X[i], DATA)
normal = Hypothesis("normal", eq(residual, lam * w), "w minimises ‖Xw − y‖² + λ‖w‖²")
residuals = Sum(y[i] * dot(w, X[i]) - dot(w, X[i]) ** 2, DATA)


def ridge(id, title, law):
    """λ‖w‖² = Σ (y_i − w·x_i) w·x_i, and each term is at most y_i²/4."""
    return Claim(id=id, title=title, source=BOOK, reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=(normal,), conclusion=law,
                 proofs=(proof(
                     step("along w", eq(dot(w, residual), dot(w, lam * w)), by="algebra", using="normal"),
                     step("expand", eq(dot(w, residual), residuals), by="algebra"),
                     step("each", forall(le(y[i] * dot(w, X[i]) - dot(w, X[i]) ** 2, y[i] ** 2 / 4), DATA), by="polynomial"),
                     step("sum", le(residuals, Sum(y[i] ** 2 / 4, DATA)), by="linear", using="each"),
                     step("length", eq(Sum(y[i] ** 2 / 4, DATA), norm(y) ** 2 / 4), by="algebra"),
                     step("law", law, by="polynomial", using=("along w", "expand", "sum", "length"))),))


ridge_claim = ridge("ridge_norm", "the norm of the ridge solution", le(norm(w) ** 2, norm(y) ** 2 / (4 * lam)))
ridge_root = ridge("ridge_norm.false.root", "without the squares", le(norm(w), norm(y) / (4 * lam)))
