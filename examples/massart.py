"""Massart's finite class lemma: E max_j a_j·ε ≤ r √(2 log m) for m ≥ 2 vectors of length at most r, and uniform signs ε."""

from lawbook import (
    Abs, Claim, Expect, Hypothesis, MatrixSymbol, NormDomain, Range, Reading, Signs, Source, Sum, Sup, Symbol, VectorSymbol, dot, eq, exp,
    forall, index, le, lemma, log, lt, n, norm, proof, rule, sqrt, step,
)

m, j = index("m"), index("j")
r = Symbol("r", positive=True)
A, eps = MatrixSymbol("A", m, n), VectorSymbol("eps", n)
SIGNS, CLASS = (eps, Signs(n)), (j, Range(m))
radius = Hypothesis("radius", forall(le(norm(A[j]), r), CLASS), "the class has radius r")
two = Hypothesis("two", le(2, m), "it has at least two elements")

top = Sup(dot(A[j], eps), CLASS)
rate = sqrt(2 * log(m)) / r
c = 2 * log(m)                                                            # log m + rate² r²/2
total = Sum(exp(rate * dot(A[j], eps)), CLASS)
bound = (c - 1 + exp(-c) * total) / rate
mean = Expect(exp(rate * dot(A[j], eps)), SIGNS)


def steps(law):
    """e^s is above its tangent at c, and each moment is at most m."""
    return proof(
        step("log", lt(0, log(m)), by="ball", using="two"),
        step("tangent", forall(le(rate * dot(A[j], eps) - c, exp(rate * dot(A[j], eps) - c) - 1), CLASS, SIGNS), by="ball"),
        step("nonnegative", forall(le(0, exp(rate * dot(A[j], eps))), CLASS, SIGNS), by="linear"),
        step("one of all", forall(le(exp(rate * dot(A[j], eps)), total), CLASS, SIGNS), by=rule.term, using="nonnegative"),
        step("each", forall(le(dot(A[j], eps), bound), CLASS, SIGNS), by="polynomial", using=("tangent", "one of all", "log")),
        step("max", forall(le(top, bound), SIGNS), by="linear", using="each"),
        step("mean", le(Expect(top, SIGNS), Expect(bound, SIGNS)), by="linear", using="max"),
        step("inside", eq(Expect(bound, SIGNS), (c - 1 + exp(-c) * Expect(total, SIGNS)) / rate), by="sums"),
        step("swap", eq(Expect(total, SIGNS), Sum(mean, CLASS)), by="sums"),
        step("moments", forall(le(mean, exp(norm(rate * A[j]) ** 2 / 2)), CLASS), by=lemma.mgf_signs),
        step("lengths", forall(le(norm(rate * A[j]) ** 2 / 2, log(m)), CLASS), by="polynomial", using=("radius", "log")),
        step("exp", forall(le(exp(norm(rate * A[j]) ** 2 / 2), exp(log(m))), CLASS), by=rule.exp_le, using="lengths"),
        step("each moment", forall(le(mean, m), CLASS), by="linear", using=("moments", "exp")),
        step("all moments", le(Sum(mean, CLASS), m**2), by="linear", using="each moment"),
        step("law", law, by="polynomial", using=("mean", "inside", "swap", "all moments", "log", "two")))


def massart(id, title, law):
    """The claim, and copies of it that say more than is true."""
    return Claim(id=id, title=title, source=Source("Massart, Ann. Fac. Sci. Toulouse 9, 2000", "Lemma 5.2"), reading=Reading.OURS,
                 domain=NormDomain.DATA, hypotheses=(radius, two), conclusion=law, proofs=(steps(law),))


claim = massart("massart", "Massart's finite class lemma", le(Expect(top, SIGNS), r * sqrt(2 * log(m))))
without_two = massart("massart.false.two", "the factor 2 is lost", le(Expect(top, SIGNS), r * sqrt(log(m))))
absolute = massart("massart.false.abs", "absolute values for the same m",
                   le(Expect(Sup(Abs(dot(A[j], eps)), CLASS), SIGNS), r * sqrt(2 * log(m))))
