"""Theorem 6 on the sphere (ours): a function of an r-dimensional projection that fits has Lip_S ≥ about ¼√(d/r), for every r ≤ d.

The printed theorem is about the global constant; its proof lifts projected points out of the sphere.  Here the points are lifted
inside the sphere, to (Px, √(1−‖Px‖²)).  Kind: lower; tight for orthonormal data with one minus label.  Domain: sphere, chord metric.
"""

from __future__ import annotations

from theory.claim import Claim, NormDomain, Reading
from theory.laws.setting import (
    DATA,
    LIP_SPHERE,
    SCATTER,
    P,
    X,
    f,
    fits,
    i,
    j,
    labels,
    n,
    pi,
    projection,
    r,
    smooth_sphere,
    through_sphere,
    unit_rows,
    y,
    ybar,
)
from theory.laws.two_layers.undercomplete import opposite, weights
from theory.lemmas import rules, spectra
from theory.lemmas.projections import projection_shortens, sphere_lift
from theory.proof import proof, step
from theory.source import Source
from theory.terms import Outer, Range, Sum, dot, eigenvalue_sum, eq, forall, le, norm, sqrt, trace

SOURCE = Source("lawbook", "6d, 6e")
PAIRS = ((i, Range(n)), (j, Range(n)))
MASS = eigenvalue_sum(SCATTER, r)                       # nσ in the notation σ = (1/n)(λ_1+…+λ_r)
ENERGY = LIP_SPHERE**2


def length2(index):  # type: ignore[no-untyped-def]
    """‖Px_i‖²."""
    return norm(P @ X[index]) ** 2


def height(index):  # type: ignore[no-untyped-def]
    """√(1 − ‖Px_i‖²), the vertical coordinate of the canonical lift."""
    return sqrt(1 - length2(index))


chord = 2 - 2 * dot(P @ X[i], P @ X[j]) - 2 * height(i) * height(j)
heights, images = Sum(height(i), (i, n)), Sum(P @ X[i], (i, n))
HYPOTHESES = (fits, labels, unit_rows, through_sphere, projection, smooth_sphere)

pair_steps = (
    step("shorter", forall(le(norm(P @ X[i]), norm(X[i])), DATA), by=projection_shortens, using="projection"),
    step("inside", forall(le(length2(i), 1), DATA), by="polynomial", using=("shorter", "unit rows")),
    step("pair", forall(le((f(X[i]) - f(X[j])) ** 2, ENERGY * chord), *PAIRS), by=sphere_lift,
         using=("projection", "through P", "unit rows", "f Lipschitz")),
    step("fitted", forall(le((y[i] - y[j]) ** 2, ENERGY * chord), *PAIRS), by="linear", using=("pair", "fits", "inside")),
)

sphere = Claim(
    id="bln.thm6.sphere", title="Theorem 6 on the sphere", source=SOURCE, reading=Reading.OURS, domain=NormDomain.SPHERE,
    hypotheses=HYPOTHESES,
    conclusion=le(n**2 * (1 - ybar**2), ENERGY * MASS * (2 * n - MASS)),
    proofs=(proof(
        *pair_steps,
        step("sum", le(Sum((y[i] - y[j]) ** 2, (i, n), (j, n)), Sum(ENERGY * chord, (i, n), (j, n))),
             by=rules.sum_le_pairs, using="fitted"),
        step("left", eq(Sum((y[i] - y[j]) ** 2, (i, n), (j, n)), 2 * n**2 * (1 - ybar**2)), by="sums", using="labels"),
        step("right", eq(Sum(ENERGY * chord, (i, n), (j, n)), ENERGY * (2 * n**2 - 2 * norm(images) ** 2 - 2 * heights**2)),
             by="algebra"),
        step("root", forall(le(1 - length2(i), height(i)), DATA), by="polynomial", using="inside"),
        step("roots", le(Sum(1 - length2(i), (i, n)), heights), by=rules.sum_le, using="root"),
        step("trace", eq(Sum(1 - length2(i), (i, n)), n - trace(P, SCATTER)), by="algebra", using="projection"),
        step("Ky Fan", le(trace(P, SCATTER), MASS), by=spectra.kyfan, using="projection"),
        step("mass", le(MASS, Sum(norm(X[i]) ** 2, (i, n))), by=spectra.eigsum_trace),
        step("total", eq(Sum(norm(X[i]) ** 2, (i, n)), n), by="sums", using="unit rows"),
        step("low", le(n - MASS, heights), by="linear", using=("roots", "trace", "Ky Fan")),
        step("square", le((n - MASS) ** 2, heights**2), by="polynomial", using=("low", "mass", "total")),
        step("energy", le(n**2 * (1 - ybar**2), ENERGY * (n**2 - heights**2)), by="linear", using=("sum", "left", "right")),
        step("product", le(ENERGY * (n - MASS) ** 2, ENERGY * heights**2), by="polynomial", using="square"),
        step("law", le(n**2 * (1 - ybar**2), ENERGY * MASS * (2 * n - MASS)), by="linear", using=("energy", "product", "inside")),
    ),),
    where={"ȳ": ybar, "nσ": MASS},
)

SPREAD = Sum(pi[i, j] * (Outer(X[i] - X[j]) + Outer(X[i]) + Outer(X[j])), (i, n), (j, n))
split = norm(P @ (X[i] - X[j])) ** 2 + length2(i) + length2(j)

sphere_fantope = Claim(
    id="bln.thm6.sphere_fantope", title="Theorem 6 on the sphere, Fantope certificate", source=SOURCE, reading=Reading.OURS,
    domain=NormDomain.SPHERE,
    hypotheses=(fits, unit_rows, through_sphere, projection, smooth_sphere, weights, opposite),
    conclusion=le(4, ENERGY * eigenvalue_sum(SPREAD, r)),
    proofs=(proof(
        *pair_steps,
        step("expand", forall(eq(norm(P @ (X[i] - X[j])) ** 2, length2(i) + length2(j) - 2 * dot(P @ X[i], P @ X[j])), *PAIRS),
             by="algebra"),
        step("chord", forall(le(chord, split), *PAIRS), by="polynomial", using=("inside", "expand")),
        step("scaled", forall(le(ENERGY * chord, ENERGY * split), *PAIRS), by="polynomial", using=("chord", "inside")),
        step("bounded", forall(le((y[i] - y[j]) ** 2, ENERGY * split), *PAIRS), by="linear", using=("fitted", "scaled", "inside")),
        step("weighted", forall(le(4 * pi[i, j], pi[i, j] * ENERGY * split), *PAIRS), by="polynomial",
             using=("bounded", "opposite")),
        step("sum", le(Sum(4 * pi[i, j], (i, n), (j, n)), Sum(pi[i, j] * ENERGY * split, (i, n), (j, n))),
             by=rules.sum_le_pairs, using="weighted"),
        step("total", eq(Sum(4 * pi[i, j], (i, n), (j, n)), 4), by="sums", using="weights"),
        step("trace", eq(Sum(pi[i, j] * ENERGY * split, (i, n), (j, n)), ENERGY * trace(P, SPREAD)), by="algebra", using="projection"),
        step("Ky Fan", le(trace(P, SPREAD), eigenvalue_sum(SPREAD, r)), by=spectra.kyfan, using="projection"),
        step("law", le(4, ENERGY * eigenvalue_sum(SPREAD, r)), by="polynomial", using=("sum", "total", "trace", "Ky Fan")),
    ),),
    where={"M": SPREAD},
)
