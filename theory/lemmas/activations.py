"""Sums over neurons: homogeneity, and the Kantorovich–Rubinstein theorem on the line."""

from __future__ import annotations

from functools import partial

from theory.lemmas import caps, powers, rules
from theory.lemmas.build import F, V, d, derived, i, n, ours, psi, t, textbook, u, w
from theory.lemmas.derivations import relu_networks
from theory.proof import proof, step
from theory.source import Source
from theory.terms import (
    LINE,
    Abs,
    Indicator,
    LineIntegral,
    Range,
    Sphere,
    Sum,
    Sup,
    Symbol,
    bounded_above,
    dot,
    eq,
    forall,
    le,
    lipschitz_activation,
    norm,
    positively_homogeneous,
    relu,
)
from theory.terms.linear import Direction
from theory.terms.schema import Family
from theory.terms.sets import Interval

beta, shift = Symbol("beta", real=True), Symbol("shift", real=True)
scale, L = Symbol("scale", nonnegative=True), Symbol("L", nonnegative=True)
POINTS = Family("T")

along = Direction(w)
total = Sum(F(i) * psi(dot(w, V(i))), (i, n))
total_along = Sum(F(i) * psi(dot(along, V(i))), (i, n))
DIRECTION = (u, Sphere(d))
TERMS = (DIRECTION, (i, Range(n)))
width = Sup(Abs(Sum(F(i) * psi(dot(u, V(i))), (i, n))), DIRECTION)
SLOPES = Abs(psi(1)) + Abs(psi(-1))
MOST = Sum(Abs(F(i)) * (SLOPES * norm(V(i))), (i, n))

homogeneous_sup = ours(
    "lemma.homogeneous_sup", "a positively homogeneous neuron is at most ‖w‖ times the supremum over unit weights",
    le(Abs(total), norm(w) * width), [positively_homogeneous(psi)],
    proof(
        step("split", forall(eq(dot(w, V(i)), norm(w) * dot(along, V(i))), (i, Range(n))), by=rules.direction),
        step("scale", forall(eq(psi(dot(w, V(i))), norm(w) * psi(dot(along, V(i)))), (i, Range(n))), by=rules.homogeneous,
             using=("h1", "split")),
        step("unit", eq(norm(along), 1), by=rules.direction_unit),
        step("growth", forall(le(Abs(psi(dot(u, V(i)))), SLOPES * Abs(dot(u, V(i)))), *TERMS), by=rules.homogeneous_growth, using="h1"),
        step("angle", forall(le(Abs(dot(u, V(i))), norm(u) * norm(V(i))), *TERMS), by=powers.cauchy_abs),
        step("unit vectors", forall(eq(norm(u), 1), DIRECTION), by=rules.on_sphere),
        step("short", forall(le(Abs(dot(u, V(i))), norm(V(i))), *TERMS), by="linear", using=("angle", "unit vectors")),
        step("steep", le(0, SLOPES), by="linear"),
        step("longest", forall(le(SLOPES * Abs(dot(u, V(i))), SLOPES * norm(V(i))), *TERMS),
             by=caps.scale_le.at(c=SLOPES), using=("steep", "short")),
        step("value of one", forall(le(Abs(psi(dot(u, V(i)))), SLOPES * norm(V(i))), *TERMS), by="linear", using=("growth", "longest")),
        step("size", forall(le(Abs(F(i)) * Abs(psi(dot(u, V(i)))), Abs(F(i)) * (SLOPES * norm(V(i)))), *TERMS),
             by=caps.scale_le.at(c=Abs(F(i))), using="value of one"),
        step("term", forall(le(Abs(F(i) * psi(dot(u, V(i)))), Abs(F(i)) * (SLOPES * norm(V(i)))), *TERMS), by="polynomial", using="size"),
        step("triangle", forall(le(Abs(Sum(F(i) * psi(dot(u, V(i))), (i, n))), Sum(Abs(F(i) * psi(dot(u, V(i)))), (i, n))), DIRECTION),
             by=rules.triangle),
        step("terms", forall(le(Sum(Abs(F(i) * psi(dot(u, V(i)))), (i, n)), MOST), DIRECTION), by=rules.sum_le, using="term"),
        step("values", forall(le(Abs(Sum(F(i) * psi(dot(u, V(i))), (i, n))), MOST), DIRECTION), by="linear", using=("triangle", "terms")),
        step("bounded", bounded_above(width), by=rules.sup_bounded.at(bound=MOST), using="values"),
        step("value", le(Abs(total_along), width), by=rules.sup_ge, using=("bounded", "unit")),
        step("pull out", eq(total, norm(w) * total_along), by="sums", using="scale"),
        step("bound", le(Abs(total), norm(w) * width), by="polynomial", using=("pull out", "value")),
    ),
)

kantorovich_line = textbook(
    "lemma.kantorovich_line", "Kantorovich–Rubinstein on the line, for ψ(scale·t + shift) and weights of sum zero",
    Source("Villani, Topics in Optimal Transportation, 2003", "Theorem 1.14 and (2.48)"),
    le(Abs(Sum(F(i) * psi(scale * POINTS(i) + shift), (i, n))),
       L * scale * LineIntegral(Abs(Sum(F(i) * Indicator(le(POINTS(i), t)), (i, n))), (t, LINE))),
    [lipschitz_activation(psi, L), eq(Sum(F(i), (i, n)), 0)])

cut_mass = textbook(
    "lemma.cut_mass", "weights c_i of sum zero at points t_i have ∫|Σ c_i 1{t_i ≤ s}| ds ≤ Σ |c_i||t_i|",
    Source("Villani, Topics in Optimal Transportation, 2003", "(2.48) and the triangle inequality, through unit masses at 0"),
    le(LineIntegral(Abs(Sum(F(i) * Indicator(le(POINTS(i), t)), (i, n))), (t, LINE)), Sum(Abs(F(i)) * Abs(POINTS(i)), (i, n))),
    [eq(Sum(F(i), (i, n)), 0)])

relu_sup = derived(
    "lemma.relu_sup", "a ReLU neuron with bias is at most ‖w‖ times the supremum over unit weights and biases, for weights of sum zero",
    le(Abs(Sum(F(i) * relu(dot(w, V(i)) + shift), (i, n))),
       norm(w) * Sup(Abs(Sum(F(i) * relu(dot(u, V(i)) + beta), (i, n))), (u, Sphere(d)), (beta, LINE))),
    [eq(Sum(F(i), (i, n)), 0)],
    partial(relu_networks.bent_sup, relu_networks.RELU))

abs_sup = derived(
    "lemma.abs_sup", "Σ F_i |w·v_i + shift| is at most ‖w‖ times the supremum over unit weights and biases, for weights of sum zero",
    le(Abs(Sum(F(i) * Abs(dot(w, V(i)) + shift), (i, n))),
       norm(w) * Sup(Abs(Sum(F(i) * Abs(dot(u, V(i)) + beta), (i, n))), (u, Sphere(d)), (beta, LINE))),
    [eq(Sum(F(i), (i, n)), 0)],
    partial(relu_networks.bent_sup, relu_networks.ABS))

shift_range = derived(
    "lemma.shift_range", "for unit rows and weights of sum zero only shifts in [−1, 1] matter",
    le(Sup(Abs(Sum(F(i) * relu(dot(u, V(i)) + beta), (i, n))), (u, Sphere(d)), (beta, LINE)),
       Sup(Abs(Sum(F(i) * relu(dot(u, V(i)) + beta), (i, n))), (u, Sphere(d)), (beta, Interval(-1, 1)))),
    [eq(Sum(F(i), (i, n)), 0), forall(eq(norm(V(i)), 1), (i, Range(n)))],
    relu_networks.shift_range)
