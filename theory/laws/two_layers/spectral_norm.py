"""Theorem 5: the spectral-norm law.

Bubeck–Li–Nagaraj 2021, pp. 7–8.  Kind: lower.  Domain: the proxy L‖a‖‖W‖_op, an upper bound on the global constant; the path norm
Σ|a_ℓ|‖w_ℓ‖ in the first form.  The printed proof cites the bound on Σ|a_ℓ|‖w_ℓ‖; here it is proved.
"""

from __future__ import annotations

from theory.claim import Claim, NormDomain, Reading
from theory.laws.setting import (
    DATA,
    NEURONS,
    L,
    W,
    X,
    a,
    b,
    beta,
    d,
    f,
    fits,
    homogeneous,
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
    y,
    ybar,
    z,
)
from theory.lemmas import rules, spectra
from theory.lemmas.activations import cut_mass, homogeneous_sup, kantorovich_line
from theory.lemmas.caps import scale_le
from theory.lemmas.powers import cauchy_abs
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    Indicator,
    LineIntegral,
    Min,
    Sphere,
    Sum,
    Sup,
    bounded_above,
    dot,
    eq,
    forall,
    fro_norm,
    le,
    norm,
    op_norm,
    sqrt,
)
from theory.terms.linear import Direction

SOURCE = Source("BLN", "Theorem 5", "7–8")
PATH = Sum(Abs(a[l]) * norm(W[l]), (l, k))
ROWS = sqrt(Sum(norm(W[l]) ** 2, (l, k)))          # the Frobenius norm, row by row
DIRECTION = (u, Sphere(d))
R = Sup(Abs(Sum(y[i] * psi(dot(u, X[i])), (i, n))), DIRECTION)
S = Sum(y[i] * psi(dot(W[l], X[i])), (i, n))

path_steps = (
    step("pairing", eq(Sum(y[i] * f(X[i]), (i, n)), n), by="sums", using=("fits", "labels")),
    step("exchange", eq(Sum(y[i] * f(X[i]), (i, n)), Sum(a[l] * S, (l, k))), by="sums", using=("network", "no bias")),
    step("each", forall(le(Abs(S), norm(W[l]) * R), NEURONS), by=homogeneous_sup, using="homogeneous"),
    step("weighted", forall(le(a[l] * S, Abs(a[l]) * norm(W[l]) * R), NEURONS), by="polynomial", using="each"),
    step("sum", le(Sum(a[l] * S, (l, k)), Sum(Abs(a[l]) * norm(W[l]) * R, (l, k))), by=rules.sum_le, using="weighted"),
    step("path", le(n, R * PATH), by="linear", using=("pairing", "exchange", "sum")),
)

path = Claim(
    id="bln.thm5.path", title="Theorem 5, path norm", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.PROXY,
    hypotheses=(fits, labels, network, no_bias, homogeneous),
    conclusion=le(n, R * PATH),
    proofs=(proof(*path_steps),),
    where={"R": R},
)

sharp = Claim(
    id="bln.thm5.sharp", title="Theorem 5, spectral-norm law", source=SOURCE, reading=Reading.SHARP, domain=NormDomain.PROXY,
    hypotheses=(fits, labels, network, no_bias, homogeneous),
    conclusion=le(n, R * sqrt(Min(k, d)) * norm(a) * op_norm(W)),
    proofs=(proof(
        *path_steps,
        step("roots", le(PATH, norm(a) * ROWS), by=spectra.cauchy.at(F=lambda l: Abs(a[l]), G=lambda l: norm(W[l]))),
        step("rows", eq(ROWS, fro_norm(W)), by="polynomial"),
        step("Cauchy", le(PATH, norm(a) * fro_norm(W)), by="linear", using=("roots", "rows")),
        step("rank", le(fro_norm(W), sqrt(Min(k, d)) * op_norm(W)), by=spectra.fro_op),
        step("law", le(n, R * sqrt(Min(k, d)) * norm(a) * op_norm(W)), by="chain", using=("path", "Cauchy", "rank")),
    ),),
    where={"R": R},
)

# --- 5′: any L-Lipschitz activation, any biases, any labels -----------------------------------------------------------------------

CUT = LineIntegral(Abs(Sum(z(i) * Indicator(le(dot(u, X[i]), beta)), (i, n))), (beta, LINE))
V, MASS = Sup(CUT, DIRECTION), Sum(Abs(z(i)) * norm(X[i]), (i, n))
along = Direction(W[l])
centred = Sum(z(i) * psi(dot(W[l], X[i]) + b[l]), (i, n))
CUT_ALONG = LineIntegral(Abs(Sum(z(i) * Indicator(le(dot(along, X[i]), beta)), (i, n))), (beta, LINE))
straight = Sum(z(i) * psi(norm(W[l]) * dot(along, X[i]) + b[l]), (i, n))

sliced = Claim(
    id="bln.thm5.sliced", title="Theorem 5′, max-sliced Wasserstein form", source=Source("lawbook", "5′"), reading=Reading.OURS,
    domain=NormDomain.PROXY,
    hypotheses=(fits, labels, network, lipschitz_psi),
    conclusion=le(n * (1 - ybar**2), L * V * PATH),
    proofs=(proof(
        step("pairing", eq(Sum(z(i) * f(X[i]), (i, n)), n * (1 - ybar**2)), by="sums", using=("fits", "labels")),
        step("exchange", eq(Sum(z(i) * f(X[i]), (i, n)), Sum(a[l] * centred, (l, k))), by="sums", using="network"),
        step("split", forall(eq(dot(W[l], X[i]), norm(W[l]) * dot(along, X[i])), DATA, NEURONS), by=rules.direction),
        step("straight", forall(eq(centred, straight), NEURONS), by="sums", using="split"),
        step("line", forall(le(Abs(straight), L * norm(W[l]) * CUT_ALONG), NEURONS), by=kantorovich_line, using="psi Lipschitz"),
        step("unit", forall(eq(norm(along), 1), NEURONS), by=rules.direction_unit),
        step("sphere", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
        step("angle", forall(le(Abs(dot(u, X[i])), norm(u) * norm(X[i])), DIRECTION, DATA), by=cauchy_abs),
        step("short", forall(le(Abs(dot(u, X[i])), norm(X[i])), DIRECTION, DATA), by="linear", using=("angle", "sphere")),
        step("cut", forall(le(CUT, Sum(Abs(z(i)) * Abs(dot(u, X[i])), (i, n))), DIRECTION), by=cut_mass),
        step("mass", forall(le(Abs(z(i)) * Abs(dot(u, X[i])), Abs(z(i)) * norm(X[i])), DIRECTION, DATA),
             by=scale_le.at(c=Abs(z(i))), using="short"),
        step("masses", forall(le(Sum(Abs(z(i)) * Abs(dot(u, X[i])), (i, n)), MASS), DIRECTION), by=rules.sum_le, using="mass"),
        step("cuts", forall(le(CUT, MASS), DIRECTION), by="linear", using=("cut", "masses")),
        step("bounded", bounded_above(V), by=rules.sup_bounded.at(bound=MASS), using="cuts"),
        step("slice", forall(le(CUT_ALONG, V), NEURONS), by=rules.sup_ge, using=("bounded", "unit")),
        step("weighted", forall(le(a[l] * centred, L * V * Abs(a[l]) * norm(W[l])), NEURONS), by="polynomial",
             using=("straight", "line", "slice")),
        step("sum", le(Sum(a[l] * centred, (l, k)), Sum(L * V * Abs(a[l]) * norm(W[l]), (l, k))), by=rules.sum_le, using="weighted"),
        step("law", le(n * (1 - ybar**2), L * V * PATH), by="linear", using=("pairing", "exchange", "sum")),
    ),),
    where={"ȳ": ybar, "V": V},
)
