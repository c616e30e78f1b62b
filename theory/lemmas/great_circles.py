"""Quadratic forms along great circles: for unit vectors p, q the vector p − q is orthogonal to p + q, and pᵀMp − qᵀMq = (p−q)ᵀM(p+q).

So differences of values on the sphere are read off two orthogonal directions, from above by Rayleigh and from below by a short chord.
"""

from __future__ import annotations

from theory.lemmas import quadratics, rules
from theory.lemmas.build import d, f, ours, t, u, w, x
from theory.lemmas.quadratics import LARGEST as HIGH
from theory.lemmas.quadratics import OPPOSITE as LOW
from theory.lemmas.quadratics import SYMMETRIC, M
from theory.proof import proof, step
from theory.terms import LINE, Abs, And, Implies, Lip, Space, Sphere, dot, eq, forall, le, lipschitz_on, lt, norm, zero
from theory.terms.linear import Direction

SPREAD, LIP = HIGH + LOW, Lip(f, Sphere(d))
UNITS = [SYMMETRIC, eq(norm(u), 1), eq(norm(w), 1)]


def form(v):  # type: ignore[no-untyped-def]
    """vᵀMv."""
    return dot(v, M @ v)


# --- from above ------------------------------------------------------------------------------------------------------------------

chord, middle = u - w, u + w
e, g, some = Direction(chord), Direction(middle), Direction(zero(d))
area = norm(chord) * norm(middle)

chord_slope = ours(
    "lemma.chord_slope", "|uᵀMu − wᵀMw| ≤ (λ_max(M) − λ_min(M))‖u − w‖ for unit vectors u, w",
    le(Abs(form(u) - form(w)), SPREAD * norm(chord)), UNITS,
    proof(
        step("factored", eq(form(u) - form(w), dot(chord, M @ middle) - (dot(u, M @ w) - dot(w, M @ u))), by="algebra"),
        step("swap", eq(dot(u, M @ w) - dot(w, M @ u), 0), by=quadratics.symmetric, using="h1"),
        step("e", eq(dot(chord, M @ middle), norm(chord) * dot(e, M @ middle)), by=rules.direction),
        step("turned", eq(dot(e, M @ middle) - dot(middle, M @ e), 0), by=quadratics.symmetric, using="h1"),
        step("g", eq(dot(middle, M @ e), norm(middle) * dot(g, M @ e)), by=rules.direction),
        step("value", eq(form(u) - form(w), area * dot(g, M @ e)), by="polynomial", using=("factored", "swap", "e", "turned", "g")),
        step("right angle", eq(dot(chord, middle), 0), by="algebra", using=("h2", "h3")),
        step("e′", eq(dot(chord, middle), norm(chord) * dot(e, middle)), by=rules.direction),
        step("g′", eq(dot(middle, e), norm(middle) * dot(g, e)), by=rules.direction),
        step("angle", eq(area * dot(g, e), 0), by="polynomial", using=("right angle", "e′", "g′")),
        step("e unit", eq(norm(e), 1), by=rules.direction_unit),
        step("g unit", eq(norm(g), 1), by=rules.direction_unit),
        step("plus", eq(norm(e + g) ** 2, 2 + 2 * dot(g, e)), by="algebra", using=("e unit", "g unit")),
        step("minus", eq(norm(e - g) ** 2, 2 - 2 * dot(g, e)), by="algebra", using=("e unit", "g unit")),
        step("most plus", le(form(e + g), HIGH * norm(e + g) ** 2), by=quadratics.form_max, using="h1"),
        step("least plus", le(-form(e + g), LOW * norm(e + g) ** 2), by=quadratics.form_min, using="h1"),
        step("most minus", le(form(e - g), HIGH * norm(e - g) ** 2), by=quadratics.form_max, using="h1"),
        step("least minus", le(-form(e - g), LOW * norm(e - g) ** 2), by=quadratics.form_min, using="h1"),
        step("polarisation", eq(form(e + g) - form(e - g), 4 * dot(g, M @ e) + 2 * (dot(e, M @ g) - dot(g, M @ e))), by="algebra"),
        step("swapped", eq(dot(e, M @ g) - dot(g, M @ e), 0), by=quadratics.symmetric, using="h1"),
        step("high", le(2 * dot(g, M @ e), SPREAD + (HIGH - LOW) * dot(g, e)), by="linear",
             using=("most plus", "least minus", "plus", "minus", "polarisation", "swapped")),
        step("low", le(-2 * dot(g, M @ e), SPREAD - (HIGH - LOW) * dot(g, e)), by="linear",
             using=("most minus", "least plus", "plus", "minus", "polarisation", "swapped")),
        step("some unit", eq(norm(some), 1), by=rules.direction_unit),
        step("most", le(form(some), HIGH * norm(some) ** 2), by=quadratics.form_max, using="h1"),
        step("least", le(-form(some), LOW * norm(some) ** 2), by=quadratics.form_min, using="h1"),
        step("spread", le(0, SPREAD), by="linear", using=("most", "least", "some unit")),
        step("triangle", le(norm(middle), norm(u) + norm(w)), by=rules.norm_triangle),
        step("short", le(norm(middle), 2), by="linear", using=("triangle", "h2", "h3")),
        step("up", le(2 * area * dot(g, M @ e), area * SPREAD), by="polynomial", using=("high", "angle")),
        step("down", le(-2 * area * dot(g, M @ e), area * SPREAD), by="polynomial", using=("low", "angle")),
        step("area", le(area * SPREAD, 2 * norm(chord) * SPREAD), by="chain", using=("short", "spread")),
        step("slope", le(Abs(form(u) - form(w)), SPREAD * norm(chord)), by="polynomial", using=("value", "up", "down", "area")),
    ),
)

# --- from below: (u−w) ± t(u+w) have one length, and their difference 2t(u+w) is short for small t ------------------------------------

STEPS, SMALL = (t, LINE), And(lt(0, t), le(t, 1))
ahead, back = chord + t * middle, chord - t * middle
e_, g_, length = Direction(ahead), Direction(back), norm(ahead)

short_chord = ours(
    "lemma.short_chord", "uᵀMu − wᵀMw ≤ Lip_S(x ↦ xᵀMx) for unit vectors u, w", le(form(u) - form(w), LIP),
    [*UNITS, forall(eq(f(x), form(x)), (x, Space(d))), lipschitz_on(f, Sphere(d))],
    proof(
        step("squares", forall(eq(norm(back) ** 2 - length**2, 0), STEPS), by="algebra", using=("h2", "h3")),
        step("same length", forall(eq(norm(back) - length, 0), STEPS), by="polynomial", using="squares"),
        step("e unit", forall(eq(norm(e_), 1), STEPS), by=rules.direction_unit),
        step("g unit", forall(eq(norm(g_), 1), STEPS), by=rules.direction_unit),
        step("definition", forall(le(Abs(f(e_) - f(g_)), LIP * norm(e_ - g_)), STEPS), by=rules.lip_sphere,
             using=("h5", "e unit", "g unit")),
        step("forms", forall(le(Abs(form(e_) - form(g_)), LIP * norm(e_ - g_)), STEPS), by="linear", using=("definition", "h4")),
        step("chord", forall(le(length * norm(e_ - g_), norm(ahead - back)), STEPS), by=quadratics.ray_chord, using="same length"),
        step("product", forall(le(length**2 * Abs(form(e_) - form(g_)), LIP * length * norm(ahead - back)), STEPS), by="chain",
             using=("forms", "chord")),
        step("ahead", forall(eq(form(ahead), length**2 * form(e_)), STEPS), by=quadratics.ray_value, using="h1"),
        step("back", forall(eq(form(back), norm(back) ** 2 * form(g_)), STEPS), by=quadratics.ray_value, using="h1"),
        step("change", forall(eq(form(ahead) - form(back), 4 * t * (form(u) - form(w))), STEPS), by="algebra"),
        step("scaled", forall(eq(4 * t * (form(u) - form(w)), length**2 * (form(e_) - form(g_))), STEPS), by="polynomial",
             using=("ahead", "back", "change", "squares")),
        step("gap", forall(eq(norm(ahead - back) ** 2 - 4 * t**2 * norm(middle) ** 2, 0), STEPS), by="algebra"),
        step("width", eq(norm(middle) ** 2 + norm(chord) ** 2, 4), by="algebra", using=("h2", "h3")),
        step("length", forall(eq(length**2 - norm(chord) ** 2 - t**2 * norm(middle) ** 2, 0), STEPS), by="algebra", using=("h2", "h3")),
        step("sizes", forall(Implies(SMALL, le(length * norm(middle), 2 + 4 * t)), STEPS), by="polynomial", using=("width", "length")),
        step("step size", forall(Implies(SMALL, eq(norm(ahead - back), 2 * t * norm(middle))), STEPS), by="polynomial", using="gap"),
        step("quotient", forall(Implies(SMALL, le(2 * (form(u) - form(w)), LIP * length * norm(middle))), STEPS), by="polynomial",
             using=("product", "scaled", "step size")),
        step("rate", forall(Implies(SMALL, le(form(u) - form(w), LIP + t * (2 * LIP))), STEPS), by="polynomial",
             using=("quotient", "sizes")),
        step("limit", le(form(u) - form(w), LIP), by=quadratics.vanishing_step, using="rate"),
    ),
)
