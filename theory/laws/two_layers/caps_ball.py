"""§3.2 with any threshold (ours): one ReLU neuron a datum, few of them active at once, on the unit ball.

f(x) = Σ y_i ReLU(x_i·x − τ)/(1 − τ).  The number of active neurons is limited by the signed coherence max x_i·x_j < τ², the gradient by the
coherence max|x_i·x_j|.  Kind: upper.  Domain: the unit ball.  Letters as in Theorem 3: neurons w_ℓ = x_ℓ with signs s_ℓ = y_ℓ.
"""

from __future__ import annotations

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.laws.setting import LIP_BALL
from theory.laws.two_layers import groups
from theory.laws.two_layers.caps import OURS
from theory.laws.two_layers.groups import (
    COUNT,
    FEWER,
    LIMIT,
    PAIRS,
    POINT,
    SAME,
    M,
    W,
    h,
    l,
    nearly_orthogonal,
    on_ball,
    ordered,
    q,
    rho,
    signs,
    tau,
)
from theory.proof import proof, step
from theory.terms import Implies, Symbol, dot, forall, le, lipschitz_with, lt, replace, sqrt

rho_plus = Symbol("rho_plus", real=True)
signed_gram = Hypothesis("Gram", forall(le(dot(W[l], W[h]), rho_plus + (M - rho_plus) * SAME), *PAIRS),
                         "‖w_i‖² ≤ M, and w_i·w_j ≤ ρ₊ for i ≠ j")
coherent = Hypothesis("coherence", Implies(FEWER, lt(rho_plus, tau**2)), "ρ₊ < τ², unless q ≥ n")
enough = Hypothesis("count", Implies(FEWER, le(M - rho_plus, (q + 1) * (tau**2 - rho_plus))),
                    "q + 1 ≥ (M − ρ₊)/(τ² − ρ₊), or q ≥ n; q an integer")

active = Claim(
    id="bln.s32.active", title="Section 3.2, how many caps overlap", source=OURS, reading=Reading.OURS, domain=NormDomain.DATA,
    hypotheses=(signed_gram, coherent, enough),
    conclusion=forall(le(COUNT, q), POINT),
    proofs=(proof(*groups.active_count.proofs[0].map(lambda formula: replace(formula, {rho: rho_plus})).steps),),
)

signed_name = Hypothesis("signed Gram", signed_gram.formula, signed_gram.text)
ball = Claim(
    id="bln.s32.ball", title="Section 3.2, any threshold, on the ball", source=OURS, reading=Reading.OURS, domain=NormDomain.BALL,
    hypotheses=(on_ball, signs, groups.threshold, nearly_orthogonal, ordered, signed_name, coherent, enough),
    conclusion=lipschitz_with(le(LIP_BALL, sqrt(LIMIT) / (1 - tau))),
    proofs=(proof(
        step("few", forall(le(COUNT, q), POINT), by=active.as_lemma, using=("signed Gram", "coherence", "count")),
        *(s for s in groups.gershgorin.proofs[0].steps if s.name != "few"),
    ),),
)
