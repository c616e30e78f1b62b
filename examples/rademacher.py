"""The Rademacher complexity of linear predictors in a ball: (1/n) E sup_{‖w‖≤B} Σ ε_i w·x_i ≤ BR/√n."""

from lawbook import (
    Ball, Claim, Expect, Hypothesis, MatrixSymbol, NormDomain, Range, Reading, Signs, Source, Sum, Sup, Symbol, VectorSymbol, d, dot, eq,
    forall, index, le, lemma, n, norm, proof, rule, sqrt, step,
)

i = index("i")
B, R = Symbol("B", nonnegative=True), Symbol("R", nonnegative=True)
X, eps, w = MatrixSymbol("X", n, d), VectorSymbol("eps", n), VectorSymbol("w", d)
SIGNS, CLASS, DATA = (eps, Signs(n)), (w, Ball(d, B)), (i, Range(n))
radius = Hypothesis("radius", forall(le(norm(X[i]), R), DATA), "the data have radius R")
mean = Sum(eps[i] * X[i], DATA)
process = Sup(Sum(eps[i] * dot(w, X[i]), DATA), CLASS)
complexity = Expect(process, SIGNS) / n


def steps(law):
    """The supremum is B‖Σ ε_i x_i‖, whose mean Jensen bounds."""
    return proof(
        step("inner", forall(eq(Sum(eps[i] * dot(w, X[i]), DATA), dot(w, mean)), CLASS, SIGNS), by="sums"),
        step("Cauchy", forall(le(dot(w, mean), norm(w) * norm(mean)), CLASS, SIGNS), by=rule.cauchy),
        step("ball", forall(le(norm(w), B), CLASS), by="linear"),
        step("each", forall(le(Sum(eps[i] * dot(w, X[i]), DATA), B * norm(mean)), CLASS, SIGNS), by="polynomial",
             using=("inner", "Cauchy", "ball")),
        step("sup", forall(le(process, B * norm(mean)), SIGNS), by="linear", using="each"),
        step("mean", le(Expect(process, SIGNS), B * Expect(norm(mean), SIGNS)), by="linear", using="sup"),
        step("Jensen", le(Expect(norm(mean), SIGNS), sqrt(Sum(norm(X[i]) ** 2, DATA))), by=lemma.rademacher_norm),
        step("squares", forall(le(norm(X[i]) ** 2, R**2), DATA), by="polynomial", using="radius"),
        step("sum", le(Sum(norm(X[i]) ** 2, DATA), n * R**2), by="linear", using="squares"),
        step("law", law, by="polynomial", using=("mean", "Jensen", "sum")))


def rademacher(id, title, law):
    """The claim, and copies of it that say more than is true."""
    return Claim(id=id, title=title, source=Source("Shalev-Shwartz, Ben-David, Understanding Machine Learning, 2014", "Lemma 26.10"),
                 reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=(radius,), conclusion=law, proofs=(steps(law),))


claim = rademacher("rademacher", "Rademacher complexity of linear predictors", le(complexity, B * R / sqrt(n)))
fast = rademacher("rademacher.false.rate", "with the rate 1/n", le(complexity, B * R / n))
dimension = rademacher("rademacher.false.d", "with 1/√d gained", le(complexity, B * R / sqrt(n * d)))
