"""Theorem 5 as printed, and the tempting strengthenings that are false.

Bubeck–Li–Nagaraj 2021, pp. 7–8.  Part (5), Lip(f) ≤ L‖a‖‖W‖_op, is proved.  Part (6), the lower bound "with positive probability", is
refuted at n = 1 when ψ(0) ≠ 0, and trivial for n, d ≥ 2.  The proxy cannot be bounded by the Lipschitz constant, nor by the path norm.
"""

from __future__ import annotations

from theory.claim import Audit, Claim, Constant, Hypothesis, NormDomain, Reading
from theory.laws.setting import (
    LIP,
    NEURONS,
    L,
    W,
    X,
    a,
    b,
    d,
    f,
    fits,
    i,
    k,
    l,
    labels,
    lipschitz_psi,
    n,
    network,
    no_bias,
    psi,
    u,
    unit_rows,
    x,
    y,
)
from theory.laws.two_layers.spectral_norm import PATH
from theory.lemmas import rules, spectra
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    Abs,
    Prob,
    Rational,
    Signs,
    Space,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    forall,
    ge,
    le,
    lipschitz_with,
    norm,
    op_norm,
    relu,
    sqrt,
)

SOURCE = Source("BLN", "Theorem 5", "7–8")
PROXY = norm(a) * op_norm(W)
x_ = VectorSymbol("x′", d)
POINTS = ((x, Space(d)), (x_, Space(d)))


def neuron(point):  # type: ignore[no-untyped-def]
    """ψ(w_ℓ·x + b_ℓ)."""
    return psi(dot(W[l], point) + b[l])


slope_steps = (
    step("neuron", forall(le(Abs(neuron(x) - neuron(x_)), L * Abs(dot(W[l], x) + b[l] - dot(W[l], x_) - b[l])), *POINTS, NEURONS),
         by=rules.activation_lip, using="psi Lipschitz"),
    step("difference", forall(eq(f(x) - f(x_), Sum(a[l] * (neuron(x) - neuron(x_)), (l, k))), *POINTS), by="sums", using="network"),
    step("triangle", forall(le(Abs(Sum(a[l] * (neuron(x) - neuron(x_)), (l, k))), Sum(Abs(a[l] * (neuron(x) - neuron(x_))), (l, k))),
                            *POINTS), by=rules.triangle),
    step("each", forall(le(Abs(a[l] * (neuron(x) - neuron(x_))), L * (Abs(a[l]) * Abs(dot(W[l], x - x_)))), *POINTS, NEURONS),
         by="polynomial", using="neuron"),
    step("sum", forall(le(Sum(Abs(a[l] * (neuron(x) - neuron(x_))), (l, k)), Sum(L * (Abs(a[l]) * Abs(dot(W[l], x - x_))), (l, k))),
                       *POINTS), by=rules.sum_le, using="each"),
    step("Cauchy", forall(le(Sum(Abs(a[l]) * Abs(dot(W[l], x - x_)), (l, k)),
                             norm(a) * sqrt(Sum(dot(W[l], x - x_) ** 2, (l, k)))), *POINTS), by=spectra.cauchy),
    step("operator norm", forall(le(sqrt(Sum(dot(W[l], x - x_) ** 2, (l, k))), op_norm(W) * norm(x - x_)), *POINTS),
         by=spectra.operator_norm),
    step("spread", forall(le(Sum(Abs(a[l]) * Abs(dot(W[l], x - x_)), (l, k)), PROXY * norm(x - x_)), *POINTS), by="chain",
         using=("Cauchy", "operator norm")),
    step("points", forall(le(Abs(f(x) - f(x_)), L * PROXY * norm(x - x_)), *POINTS), by="polynomial",
         using=("difference", "triangle", "sum", "spread")),
)
upper = Claim(
    id="bln.thm5.upper", title="Theorem 5 (5), the proxy bounds the Lipschitz constant", source=Source("BLN", "Theorem 5 (5)", "7"),
    reading=Reading.SHARP, domain=NormDomain.GLOBAL,
    hypotheses=(network, lipschitz_psi),
    conclusion=lipschitz_with(le(LIP, L * PROXY)),
    proofs=(proof(
        *slope_steps,
        step("law", lipschitz_with(le(LIP, L * PROXY)), by=rules.lip_least.at(L=L * PROXY), using="points"),
    ),),
)

printed = Claim(
    id="bln.thm5.printed", title="Theorem 5 (6) as printed", source=SOURCE, reading=Reading.PRINTED, domain=NormDomain.PROXY,
    hypotheses=(fits, labels, network, no_bias, lipschitz_psi),
    conclusion=le(sqrt(n / k), L * PROXY),
    note="Asserted with positive probability over (X, y), so one network that fits every datum with a smaller proxy contradicts it.",
    audits=(
        Audit("'ψ is L-Lipschitz' does not exclude ψ(0) ≠ 0",
              ("bln.thm5.printed",),
              "ψ is positively homogeneous; for other ψ, centre the labels (5′)",
              ("bln.thm5.sharp", "bln.thm5.sliced"),
              detail="at n = 1 the neuron with w = 0 then fits every datum with proxy 0"),
        Audit("'with positive probability' makes the statement trivial for n, d ≥ 2",
              ("bln.thm5.close_pair",),
              "with high probability over the labels, for any unit data",
              ("bln.thm5.random_labels",),
              detail="with positive probability two points of opposite label are closer than 2√(k/n), and then (5) alone gives it"),
        Audit("'with high probability by classical concentration' does not come with constant 1 through sup_u |Σ y_i ψ(u·x_i)| ≤ √n",
              ("bln.thm5.tempting_constant",),
              "the constant 1 + √(8s λ_max(XᵀX)/n) at failure probability 2e^{−s}",
              ("bln.thm5.width",),
              detail="for four equal data that supremum is 4 with probability 1/8 over the labels; the proved constant 1 + √(8s λ/n) "
                     "tends to 1 only where λ_max(XᵀX) is of smaller order than n"),
    ),
)

p, q = VectorSymbol("p", d), VectorSymbol("q", d)
close_pair = Claim(
    id="bln.thm5.close_pair", title="Theorem 5 (6) for two close points of opposite label", source=SOURCE, reading=Reading.SHARP,
    domain=NormDomain.GLOBAL,
    hypotheses=(network, lipschitz_psi,
                Hypothesis("plus", eq(f(p), 1), "f = 1 at some datum p"), Hypothesis("minus", eq(f(q), -1), "f = −1 at some datum q"),
                Hypothesis("close", le(norm(p - q), 2 * sqrt(k / n)), "‖p − q‖ ≤ 2√(k/n)")),
    conclusion=le(sqrt(n / k), L * PROXY),
    proofs=(proof(
        *slope_steps,
        step("slope", le(Abs(f(p) - f(q)), L * PROXY * norm(p - q)), by="instance", using="points"),
        step("values", le(2, L * PROXY * norm(p - q)), by="polynomial", using=("slope", "plus", "minus")),
        step("wider", le(L * PROXY * norm(p - q), L * PROXY * (2 * sqrt(k / n))), by="chain", using="close"),
        step("law", le(sqrt(n / k), L * PROXY), by="polynomial", using=("values", "wider")),
    ),),
)

C = Symbol("C", positive=True)
proxy_by_lip = Claim(
    id="bln.thm5.tempting_lip", title="The proxy is at most a constant times Lip", source=Source("lawbook"), reading=Reading.TEMPTING,
    domain=NormDomain.GLOBAL, hypotheses=(network, lipschitz_psi), conclusion=le(L * PROXY, C * LIP), constants=(Constant("C"),),
    note="False for every C: two neurons on exactly the same hyperplane cancel.  Nearly equal hyperplanes do not do it (rigidity).",
)
proxy_by_path = Claim(
    id="bln.thm5.tempting_path", title="The proxy is at most a constant times the path norm", source=Source("lawbook"),
    reading=Reading.TEMPTING, domain=NormDomain.PROXY, hypotheses=(network, lipschitz_psi), conclusion=le(L * PROXY, C * PATH),
    constants=(Constant("C"),),
    note="False for every C: a = (M, 1/M) with rows u/M and Mu′ has path norm 2 and ‖a‖‖W‖_op ≥ M².",
)
constant_one = Claim(
    id="bln.thm5.tempting_constant", title="One direction of R is at most √n for nine label vectors of ten", source=Source("lawbook"),
    reading=Reading.TEMPTING, domain=NormDomain.DATA,
    hypotheses=(unit_rows, Hypothesis("unit u", eq(norm(u), 1), "‖u‖ = 1")),
    conclusion=ge(Prob(le(Abs(Sum(y[i] * relu(dot(u, X[i])), (i, n))), sqrt(n)), (y, Signs(n))), Rational(9, 10)),
    note="R is the supremum over all u, so R ≤ √n is rarer still.  False at four equal data: |Σ y_i| is 4 for two of the sixteen label "
         "vectors.",
)
energy_dependent = Claim(
    id="bln.r1.tempting_energy", title="The energy lemma without independent rows", source=Source("lawbook"), reading=Reading.TEMPTING,
    domain=NormDomain.GLOBAL,
    hypotheses=(Hypothesis("network", forall(eq(f(x), Sum(a[l] * relu(dot(W[l], x) + b[l]), (l, k))), (x, Space(d))),
                           "f is a two-layer ReLU network"),),
    conclusion=le(Sum(norm(a[l] * W[l]) ** 2, (l, k)), C * LIP**2), constants=(Constant("C"),),
    note="False for every C: dependent rows cancel exactly.  The law of R1 itself is open there.",
)
