"""The block law: kinks that can be covered by corners, between one kink a corner (R0) and all kinks at one (independent rows, R1).

A corner is a point of the open domain; its block are the kinks through it, and their normals are independent.  Corners with weights λ_m ≥ 0
cover the kinks when each kink lies in blocks of total weight at least 1; q = Σ λ_m.  Around a corner every subset of its kinks is active in
some cell, so Σ ±a_ℓw_ℓ over the block is at most 2 Lip for all signs, and Σ‖a_ℓw_ℓ‖² ≤ 4q Lip² over all kinks.  For hyperplanes of R^d in
general position the vertices cover with q = k/d.  Kind: lower.  Domains: global, unit ball.
"""

from __future__ import annotations

from typing import Any

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.new_laws.relu import ENERGY, MEAN, MOMENT, SIGNS, SIZES, SPREAD, B, M, bent, s, v
from theory.laws.setting import DATA, LIP, LIP_BALL, NEURONS, W, X, a, b, beta, d, f, fits, i, k, l, n, r, u, ybar, z
from theory.lemmas import rules, spectra
from theory.lemmas.activations import abs_sup, relu_sup
from theory.lemmas.cells import (
    BLOCKS,
    C,
    affine_relu,
    affine_relu_ball,
    anchor_slope,
    bits,
    corner_ball,
    corner_space,
    in_open_ball,
    m,
    mean_slope,
    o,
    off_others,
    on_kinks,
)
from theory.lemmas.powers import sum_equal
from theory.lemmas.processes import second_moment
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    Expect,
    Sphere,
    Sum,
    Sup,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    forall,
    independent_blocks,
    le,
    lt,
    norm,
    relu,
    sqrt,
    zero,
)

SOURCE = Source("lawbook", "K3")
c, weight = Symbol("c", real=True), VectorSymbol("lam", r)
network = Hypothesis("network", affine_relu, "f is an affine function plus k ReLU kinks")
on_ball = Hypothesis("network", affine_relu_ball, "on the unit ball f is an affine function plus k ReLU kinks")
membership = Hypothesis("blocks", bits, "C says which kinks a corner has")
through = Hypothesis("through", on_kinks, "the kinks of a block go through its corner")
exactly = Hypothesis("exactly", off_others, "no other kink does")
inside = Hypothesis("inside", in_open_ball, "corners lie in the open ball")
independent = Hypothesis("independent", independent_blocks(W, C), "the normals of a block are linearly independent")
weights = Hypothesis("weights", forall(le(0, weight[m]), BLOCKS), "0 ≤ λ_m")
cover = Hypothesis("cover", forall(le(1, Sum(weight[m] * C[m, l], (m, r))), NEURONS), "each kink lies in blocks of weight 1 or more")
CORNERS = (membership, through, exactly, independent, weights, cover)

q = Sum(weight[m], (m, r))
sizes2 = norm(a[l] * W[l]) ** 2
of_block = Sum(C[m, l] * sizes2, (l, k))
signed = zero(d) + Sum(s[l] * (C[m, l] * a[l] * W[l]), (l, k))
covered = Sum(weight[m] * C[m, l], (m, r)) * sizes2


def energy_steps(corner: Any, lip: Any, *more: str) -> tuple[Any, ...]:
    """Steps to Σ‖a_ℓw_ℓ‖² ≤ 4q Lip²."""
    return (
        step("signs", forall(eq(s[l] ** 2, 1), SIGNS, NEURONS), by=rules.sign_square),
        step("opposite cells", forall(le(norm(Sum(C[m, l] * s[l] * a[l] * W[l], (l, k))), 2 * lip), SIGNS, BLOCKS), by=corner,
             using=("network", "blocks", "through", "exactly", "independent", "signs", *more)),
        step("square", forall(le(norm(signed) ** 2, 4 * lip**2), SIGNS, BLOCKS), by="chain", using="opposite cells"),
        step("mean", forall(le(Expect(norm(signed) ** 2, SIGNS), 4 * lip**2), BLOCKS), by=rules.expect_le_constant, using="square"),
        step("moment", forall(eq(Expect(norm(signed) ** 2, SIGNS), norm(zero(d)) ** 2 + Sum(norm(C[m, l] * a[l] * W[l]) ** 2, (l, k))),
                              BLOCKS), by=second_moment),
        step("bit", forall(eq(norm(C[m, l] * a[l] * W[l]) ** 2, C[m, l] * sizes2), BLOCKS, NEURONS), by="algebra", using="blocks"),
        step("terms", forall(eq(Sum(norm(C[m, l] * a[l] * W[l]) ** 2, (l, k)), of_block), BLOCKS), by=sum_equal, using="bit"),
        step("block", forall(le(of_block, 4 * lip**2), BLOCKS), by="linear", using=("mean", "moment", "terms")),
        step("weighted", forall(le(weight[m] * of_block, weight[m] * (4 * lip**2)), BLOCKS), by="polynomial", using=("block", "weights")),
        step("all blocks", le(Sum(weight[m] * of_block, (m, r)), Sum(weight[m] * (4 * lip**2), (m, r))), by=rules.sum_le, using="weighted"),
        step("each", forall(le(sizes2, covered), NEURONS), by="polynomial", using="cover"),
        step("total", le(ENERGY, Sum(covered, (l, k))), by=rules.sum_le, using="each"),
        step("exchange of sums", eq(Sum(covered, (l, k)), Sum(weight[m] * of_block, (m, r))), by="sums"),
        step("factor", eq(Sum(weight[m] * (4 * lip**2), (m, r)), 4 * q * lip**2), by="sums"),
        step("energy", le(ENERGY, 4 * q * lip**2), by="linear", using=("all blocks", "total", "exchange of sums", "factor")),
    )


def size_steps(lip: Any) -> tuple[Any, ...]:
    """Steps to Σ‖a_ℓw_ℓ‖ ≤ 2√(kq) Lip."""
    return (
        step("Cauchy", le(SIZES, sqrt(k) * sqrt(ENERGY)), by=spectra.cauchy.at(F=lambda l: 1, G=lambda l: norm(a[l] * W[l]), n=k)),
        step("weights add up", le(Sum(0, (m, r)), q), by=rules.sum_le, using="weights"),
        step("no weight", eq(Sum(0, (m, r)), 0), by="sums"),
        step("root", le(sqrt(ENERGY), 2 * sqrt(q) * lip), by="polynomial", using=("energy", "weights add up", "no weight")),
        step("sizes", le(SIZES, 2 * sqrt(k) * sqrt(q) * lip), by="chain", using=("Cauchy", "root")),
    )


energy = Claim(
    id="k.blocks.energy", title="Energy of kinks that corners cover", source=SOURCE, reading=Reading.OURS, domain=NormDomain.GLOBAL,
    hypotheses=(network, *CORNERS), conclusion=le(ENERGY, 4 * q * LIP**2), proofs=(proof(*energy_steps(corner_space, LIP)),),
    where={"q": q})
energy_ball = Claim(
    id="k.blocks.energy_ball", title="The same in the ball", source=SOURCE, reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=(on_ball, *CORNERS, inside), conclusion=le(ENERGY, 4 * q * LIP_BALL**2),
    proofs=(proof(*energy_steps(corner_ball, LIP_BALL, "inside")),), where={"q": q})

# --- the laws ------------------------------------------------------------------------------------------------------------------------

R = Sup(Abs(Sum(z(i) * relu(dot(u, X[i]) + beta), (i, n))), (u, Sphere(d)), (beta, LINE))
kinked = Sum(z(i) * relu(dot(W[l], X[i]) + b[l]), (i, n))
RIGHT = LIP * (M + sqrt(k) * sqrt(q) * B)
RIGHT_BALL = LIP_BALL * (M + 2 * sqrt(k) * sqrt(q) * R)

law = Claim(
    id="k.blocks", title="Block law on R^d", source=SOURCE, reading=Reading.OURS, domain=NormDomain.GLOBAL,
    hypotheses=(fits, network, *CORNERS), conclusion=le(SPREAD, RIGHT),
    proofs=(proof(
        step("energy", le(ENERGY, 4 * q * LIP**2), by=energy.as_lemma,
             using=("network", "blocks", "through", "exactly", "independent", "weights", "cover")),
        *size_steps(LIP),
        step("slope", le(norm(MEAN), LIP), by=mean_slope, using="network"),
        step("ReLU", rules.RELU_BY_ABS, by=rules.relu_abs),
        step("centred", eq(Sum(z(i), (i, n)), 0), by="sums"),
        step("pairing", eq(Sum(z(i) * f(X[i]), (i, n)), SPREAD), by="sums", using="fits"),
        step("exchange", eq(Sum(z(i) * f(X[i]), (i, n)), dot(MEAN, MOMENT) + Sum(a[l] / 2 * bent, (l, k))), by="sums",
             using=("network", "ReLU")),
        step("bends", forall(le(Abs(bent), norm(W[l]) * B), NEURONS), by=abs_sup, using="centred"),
        step("weighted bends", forall(le(a[l] / 2 * bent, B / 2 * norm(a[l] * W[l])), NEURONS), by="polynomial", using="bends"),
        step("sum", le(Sum(a[l] / 2 * bent, (l, k)), Sum(B / 2 * norm(a[l] * W[l]), (l, k))), by=rules.sum_le, using="weighted bends"),
        step("inner", le(dot(MEAN, MOMENT), norm(MEAN) * M), by=rules.cauchy),
        step("steep", le(norm(MEAN) * M, LIP * M), by="polynomial", using="slope"),
        step("long", le(B / 2 * SIZES, B / 2 * (2 * sqrt(k) * sqrt(q) * LIP)), by="polynomial", using="sizes"),
        step("law", le(SPREAD, RIGHT), by="linear", using=("pairing", "exchange", "sum", "inner", "steep", "long")),
    ),),
    where={"ȳ": ybar, "B": B, "M": M, "q": q},
)

in_ball = Hypothesis("data in the ball", forall(le(norm(X[i]), 1), DATA), "the data lie in the unit ball")
anchor = Hypothesis("anchor", lt(norm(o), 1), "o is a point of the open ball")
inactive = Hypothesis("inactive", forall(lt(dot(W[l], o) + b[l], 0), NEURONS), "all kinks are inactive at o")
at_data = c + dot(v, X[i]) + Sum(a[l] * relu(dot(W[l], X[i]) + b[l]), (l, k))
law_ball = Claim(
    id="k.blocks.ball", title="Block law on the ball", source=SOURCE, reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=(fits, in_ball, on_ball, *CORNERS, inside, anchor, inactive), conclusion=le(SPREAD, RIGHT_BALL),
    proofs=(proof(
        step("energy", le(ENERGY, 4 * q * LIP_BALL**2), by=energy_ball.as_lemma,
             using=("network", "blocks", "through", "exactly", "independent", "weights", "cover", "inside")),
        *size_steps(LIP_BALL),
        step("slope", le(norm(v), LIP_BALL), by=anchor_slope, using=("network", "anchor", "inactive")),
        step("values", forall(eq(f(X[i]), at_data), DATA), by="instance", using=("network", "data in the ball")),
        step("centred", eq(Sum(z(i), (i, n)), 0), by="sums"),
        step("pairing", eq(Sum(z(i) * f(X[i]), (i, n)), SPREAD), by="sums", using="fits"),
        step("exchange", eq(Sum(z(i) * f(X[i]), (i, n)), dot(v, MOMENT) + Sum(a[l] * kinked, (l, k))), by="sums", using="values"),
        step("bends", forall(le(Abs(kinked), norm(W[l]) * R), NEURONS), by=relu_sup, using="centred"),
        step("weighted bends", forall(le(a[l] * kinked, R * norm(a[l] * W[l])), NEURONS), by="polynomial", using="bends"),
        step("sum", le(Sum(a[l] * kinked, (l, k)), Sum(R * norm(a[l] * W[l]), (l, k))), by=rules.sum_le, using="weighted bends"),
        step("inner", le(dot(v, MOMENT), norm(v) * M), by=rules.cauchy),
        step("steep", le(norm(v) * M, LIP_BALL * M), by="polynomial", using="slope"),
        step("long", le(R * SIZES, R * (2 * sqrt(k) * sqrt(q) * LIP_BALL)), by="polynomial", using="sizes"),
        step("law", le(SPREAD, RIGHT_BALL), by="linear", using=("pairing", "exchange", "sum", "inner", "steep", "long")),
    ),),
    where={"ȳ": ybar, "R_b": R, "M": M, "q": q},
)
