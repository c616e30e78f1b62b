"""Johnson–Lindenstrauss with explicit constants: for k(ε²/2 − ε³/3) ≥ 4 log m, all pairs of m points keep their distances up to 1 ± ε.

G has k independent rows N(0, I/d), and the map is x ↦ √(d/k) Gx.  The bound for one vector is a lemma of the library that rests on
Chernoff's bound for χ².
"""

from lawbook import (
    And, Claim, GaussianRows, Hypothesis, Implies, MatrixSymbol, NormDomain, Prob, Range, Reading, Source, Symbol, d, exp, forall, ge,
    index, k, le, lemma, log, lt, norm, proof, rule, step,
)

m, i, j = index("m"), index("i"), index("j")
eps = Symbol("eps", positive=True)
X, G = MatrixSymbol("X", m, d), MatrixSymbol("G", k, d)
LAW, PAIRS = (G, GaussianRows(k, d)), ((i, Range(m)), (j, Range(m)))
PAPER = Source("Dasgupta, Gupta, An elementary proof of a theorem of Johnson and Lindenstrauss, 2003", "Theorem 2.1")
rate = eps**2 / 2 - eps**3 / 3
tail = 2 * exp(-k * rate / 2)


def kept(u):
    """The length of u is kept up to 1 ± ε."""
    size = norm(G @ u) ** 2 * d / k
    return And(le((1 - eps) * norm(u) ** 2, size), le(size, (1 + eps) * norm(u) ** 2))


small, two = Hypothesis("eps", lt(eps, 1)), Hypothesis("two", le(2, m))
event = Prob(forall(Implies(lt(i, j), kept(X[i] - X[j])), *PAIRS), LAW)


def lindenstrauss(id, title, rows):
    """Each pair fails with probability at most 2/m²."""
    return Claim(id=id, title=title, source=PAPER, reading=Reading.OURS, domain=NormDomain.DATA,
                 hypotheses=(small, two, Hypothesis("k", rows)), conclusion=ge(event, 1 / m), proofs=(proof(
                     step("each", forall(Implies(lt(i, j), ge(Prob(kept(X[i] - X[j]), LAW), 1 - tail)), *PAIRS), by=lemma.one_vector,
                          using="eps"),
                     step("union", ge(event, 1 - m * (m - 1) / 2 * tail), by=rule.prob_gaussian_pairs.at(p=tail), using="each"),
                     step("tail", le(exp(-k * rate / 2), m**-2), by="ball", using="k"),
                     step("law", ge(event, 1 / m), by="polynomial", using=("union", "tail"))),))


claim = lindenstrauss("johnson_lindenstrauss", "Johnson–Lindenstrauss", le(4 * log(m), k * rate))
half = lindenstrauss("johnson_lindenstrauss.false.rows", "half as many rows", le(2 * log(m), k * rate))
