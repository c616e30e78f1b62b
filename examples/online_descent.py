"""Online gradient descent with the step η = D/(G√T): the regret against every u with ‖u − w_1‖ ≤ D is at most DG√T."""

from lawbook import (
    Claim, Hypothesis, MatrixSymbol, NormDomain, Range, Reading, Source, Sum, Symbol, VectorSymbol, d, dot, eq, forall, index, le, norm,
    proof, rule, sqrt, step,
)

T, t = index("T"), index("t")
D, G = Symbol("D", positive=True), Symbol("G", positive=True)
w, g, u = MatrixSymbol("w", T + 1, d), MatrixSymbol("g", T, d), VectorSymbol("u", d)
TIME = (t, Range(T))
eta = D / (G * sqrt(T))
update = Hypothesis("update", forall(eq(w[t + 1], w[t] - eta * g[t]), TIME), "online gradient descent")
bounded = Hypothesis("bounded", forall(le(norm(g[t]), G), TIME), "gradients have norm at most G")
near = Hypothesis("near", le(norm(w[1] - u), D), "the comparator is near the start")
regret = Sum(dot(g[t], w[t] - u), TIME)


def distance(s):
    """The squared distance from the comparator."""
    return norm(w[s] - u) ** 2


total = Sum(distance(t + 1) - distance(t), TIME)
each = (distance(t) - distance(t + 1)) / (2 * eta) + eta * G**2 / 2


def steps(law):
    """Each step pays for its regret by the distance it gains."""
    return proof(
        step("distance", forall(eq(distance(t + 1), distance(t) - 2 * eta * dot(g[t], w[t] - u) + eta**2 * norm(g[t]) ** 2), TIME),
             by="algebra", using="update"),
        step("each", forall(le(dot(g[t], w[t] - u), each), TIME), by="polynomial", using=("distance", "bounded")),
        step("sum", le(regret, Sum(each, TIME)), by="linear", using="each"),
        step("split", eq(Sum(each, TIME), -total / (2 * eta) + T * eta * G**2 / 2), by="sums"),
        step("telescope", eq(total, distance(T + 1) - distance(1)), by=rule.telescope.at(F=distance, n=T)),
        step("law", law, by="polynomial", using=("sum", "split", "telescope", "near")))


def online(id, title, law):
    """The claim, and copies of it that say more than is true."""
    return Claim(id=id, title=title, source=Source("Zinkevich, Online convex programming, ICML 2003", "Theorem 1"), reading=Reading.OURS,
                 domain=NormDomain.DATA, hypotheses=(update, bounded, near), conclusion=law, proofs=(steps(law),))


claim = online("online_descent", "regret of online gradient descent", le(regret, D * G * sqrt(T)))
half = online("online_descent.false.half", "half of it", le(regret, D * G * sqrt(T) / 2))
constant = online("online_descent.false.constant", "constant regret", le(regret, D * G))
