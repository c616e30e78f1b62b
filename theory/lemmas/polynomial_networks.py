"""Polynomial networks: Taylor's formula, the derivative along a ray, norms of combinations of powers, and centring."""

from __future__ import annotations

from theory.lemmas import rules, spectra, tensors
from theory.lemmas.build import F, V, c, consequence, d, derived, f, i, j, n, ours, psi, s, t, u
from theory.lemmas.derivations import multilinear, rays, suprema
from theory.lemmas.powers import powers_symmetric
from theory.proof import proof, step
from theory.terms import (
    Abs,
    Ball,
    Lip,
    Outer,
    Range,
    Sphere,
    Sum,
    Sup,
    Symbol,
    dot,
    eigenvalue_sum,
    eq,
    forall,
    le,
    lipschitz_on,
    member,
    norm,
)
from theory.terms.polynomials import TaylorCoefficient, polynomial_activation
from theory.terms.sets import Interval
from theory.terms.tensors import TensorPower, injective_norm

p = Symbol("p", integer=True, positive=True)
bound = Symbol("bound", real=True)
SEGMENT = Interval(-1, 1)
DIRECTION = (u, Sphere(d))

taylor = derived("rule.taylor", "Taylor's formula, the definition of the coefficients of t ↦ ψ(s + t)",
                 eq(psi(s + t), psi(s) + Sum(TaylorCoefficient(psi, s, i) * t**i, (i, p))), [polynomial_activation(psi, p)],
                 multilinear.taylor)
in_range = derived("rule.in_range", "definition of {1, …, n}", forall(le(i, n), (i, Range(n))), [], suprema.membership("range_high"))

ray_derivative = derived(
    "lemma.ray_derivative", "on a ray in the ball, the derivative of f(tu) is at most Lip_B",
    le(Abs(Sum(i * F(i) * t ** (i - 1), (i, n))), Lip(f, Ball(d))),
    [forall(eq(f(s * u), c + Sum(F(i) * s**i, (i, n))), (s, SEGMENT)), le(norm(u), 1), member(t, SEGMENT), lipschitz_on(f, Ball(d))],
    rays.ray_derivative)

COMBINATION = Sum(F(i) * TensorPower(V(i), p), (i, n))
combination_norm = ours(
    "lemma.combination_norm", "a bound on |⟨T, u^{⊗p}⟩| over unit vectors u bounds ‖T‖_op, for T = Σ c_i v_i^{⊗p}",
    le(injective_norm(COMBINATION), bound), [forall(le(Abs(dot(COMBINATION, TensorPower(u, p))), bound), DIRECTION)],
    proof(
        step("supremum", le(Sup(Abs(dot(COMBINATION, TensorPower(u, p))), DIRECTION), bound), by=rules.sup_le, using="h1"),
        step("symmetric", powers_symmetric.conclusion, by=powers_symmetric),
        step("Banach", eq(injective_norm(COMBINATION), Sup(Abs(dot(COMBINATION, TensorPower(u, p))), DIRECTION)), by=tensors.banach,
             using="symmetric"),
        step("bound", le(injective_norm(COMBINATION), bound), by="linear", using=("supremum", "Banach")),
    ),
)

CENTRED = V(i) - Sum(V(j), (j, n)) / n
centred_gram = consequence(
    "lemma.centred_gram", "centring does not increase λ_max: Σ(v_i − v̄)(v_i − v̄)ᵀ = Σ v_i v_iᵀ − n v̄v̄ᵀ",
    le(eigenvalue_sum(Sum(Outer(CENTRED), (i, n)), 1), eigenvalue_sum(Sum(Outer(V(i)), (i, n)), 1)),
    [], spectra.principle.centred)
