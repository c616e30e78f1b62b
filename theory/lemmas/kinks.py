"""Kinks of piecewise linear functions: the Lipschitz constant on a ball of any radius, and points that lie on one kink only.

Each of finitely many hyperplanes that are not u·x + β = 0 meets it in the empty set or in an affine subspace of smaller dimension.  Inside
the ball those do not cover the kink, nor do they on the sphere when d ≥ 3, where the kink is a sphere of dimension at least 1.
"""

from __future__ import annotations

from sympy import Expr

from theory.lemmas.build import F, G, V, W, c, d, derived, f, i, k, l, n, s, t, u, x, x_
from theory.lemmas.derivations import clear_on_sphere, clear_points, geometry, slopes
from theory.terms import (
    Abs,
    And,
    Ball,
    Formula,
    Lip,
    Range,
    Sphere,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    forall,
    le,
    lipschitz_on,
    lt,
    norm,
    relu,
)
from theory.terms.kinks import Clearance, ClearPoint

R, beta, b, v = Symbol("R", positive=True), Symbol("beta", real=True), VectorSymbol("b", k), VectorSymbol("v", d)
OTHERS = (l, Range(k))


def apart(w, s, z, r):  # type: ignore[no-untyped-def]
    """The hyperplanes w·x + s = 0 and z·x + r = 0 with unit normals differ."""
    return lt(0, 1 - dot(w, z) ** 2 + (s - dot(w, z) * r) ** 2)


def is_clear(p, rho: Expr) -> Formula:  # type: ignore[no-untyped-def]
    """All others are at least ρ away from p, counted in lengths of w_ℓ."""
    return forall(le(rho * norm(W[l]), Abs(dot(W[l], p) + b[l])), OTHERS)


NORMALS = [eq(norm(u), 1), forall(eq(norm(W[l]), 1), OTHERS), forall(apart(W[l], b[l], u, beta), OTHERS)]
BALL, SPHERE = (u, beta, W, b, Ball(d, R)), (u, beta, W, b, Sphere(d))
p, rho = ClearPoint(*BALL), Clearance(*BALL)
q, sigma = ClearPoint(*SPHERE), Clearance(*SPHERE)

lip_ball_radius = derived("rule.lip_ball_radius", "definition of the Lipschitz constant on the ball of radius R",
                          le(Abs(f(x) - f(x_)), Lip(f, Ball(d, R)) * norm(x - x_)),
                          [lipschitz_on(f, Ball(d, R)), le(norm(x), R), le(norm(x_), R)], geometry.lipschitz_bound)
kinks_lipschitz_ball, kinks_lipschitz_sphere = (
    derived(f"lemma.kinks_lipschitz_{name}", "an affine function plus finitely many ReLU kinks is Lipschitz", lipschitz_on(f, domain),
            [forall(eq(f(x), c + dot(v, x) + s * relu(dot(u, x) + t) + Sum(F(i) * relu(dot(V(i), x) + G(i)), (i, n))), (x, domain))],
            slopes.kinks_lipschitz)
    for name, domain in (("ball", Ball(d, R)), ("sphere", Sphere(d))))
clear_point_ball = derived(
    "lemma.clear_point_ball", "a kink that meets the open ball has a point there that is clear of finitely many others",
    And(lt(0, rho), eq(dot(u, p) + beta, 0), is_clear(p, rho), le(norm(p) + rho, R)), [*NORMALS, lt(beta**2, R**2)],
    clear_points.clear_point_ball)
clear_point_sphere = derived(
    "lemma.clear_point_sphere", "a kink that cuts the sphere of R^d, d ≥ 3, has a point there that is clear of finitely many others",
    And(lt(0, sigma), le(sigma, 1), eq(norm(q), 1), eq(dot(u, q) + beta, 0), is_clear(q, sigma)),
    [*NORMALS, lt(beta**2, 1), le(3, d)],
    clear_on_sphere.clear_point_sphere)
