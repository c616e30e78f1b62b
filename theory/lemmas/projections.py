"""Functions that depend on x only through an orthogonal projection Px (every two-layer network does, with rank ≤ min(k, d))."""

from __future__ import annotations

from theory.lemmas import rules
from theory.lemmas.build import d, f, ours, r, x, x_
from theory.proof import proof, step
from theory.terms import (
    Abs,
    Lip,
    MatrixSymbol,
    Space,
    Sphere,
    depends_only_on,
    dot,
    eq,
    le,
    lipschitz_on,
    norm,
    orthogonal_projection,
    sqrt,
)
from theory.terms.linear import KernelVector

P = MatrixSymbol("P", d, d)
moved = x + P @ (x_ - x)                       # has the same image as x′ and is as near to x as Px′ is to Px

lift = ours(
    "lemma.lift", "the Lipschitz bound in the projected distance",
    le(Abs(f(x) - f(x_)), Lip(f, Space(d)) * norm(P @ (x - x_))),
    [depends_only_on(f, P, Space(d)), orthogonal_projection(P, r), lipschitz_on(f, Space(d))],
    proof(
        step("same image", eq(P @ x_, P @ moved), by="algebra", using="h2"),
        step("same value", eq(f(x_), f(moved)), by=rules.depends, using=("h1", "same image")),
        step("definition", le(Abs(f(x) - f(moved)), Lip(f, Space(d)) * norm(x - moved)), by=rules.lip, using="h3"),
        step("lift", le(Abs(f(x) - f(x_)), Lip(f, Space(d)) * norm(P @ (x - x_))), by="linear", using=("definition", "same value")),
    ),
)

image, image_ = P @ x, P @ x_
projection_shortens = ours(
    "lemma.projection_shortens", "an orthogonal projection shortens: ‖Px‖ ≤ ‖x‖",
    le(norm(image), norm(x)), [orthogonal_projection(P, r)],
    proof(
        step("Pythagoras", eq(norm(x) ** 2, norm(image) ** 2 + norm(x - image) ** 2), by="algebra", using="h1"),
        step("shorter", le(norm(image), norm(x)), by="polynomial", using="Pythagoras"),
    ),
)

# On the sphere: (Px, √(1−‖Px‖²)) are the coordinates of a point of the sphere with the same image as x.
e = KernelVector(P)
height, height_ = sqrt(1 - norm(image) ** 2), sqrt(1 - norm(image_) ** 2)
lifted, lifted_ = image + height * e, image_ + height_ * e
ON_SPHERE = [orthogonal_projection(P, r), eq(norm(x), 1)]

sphere_lift_unit = ours(
    "lemma.sphere_lift_unit", "the canonical lift of Px lies on the sphere", eq(norm(lifted), 1), ON_SPHERE,
    proof(
        step("shorter", le(norm(image), norm(x)), by=projection_shortens, using="h1"),
        step("kernel", eq((1 - norm(image) ** 2) * (1 - norm(e) ** 2), 0), by=rules.kernel, using=("h1", "h2")),
        step("inside", le(norm(image) ** 2, 1), by="polynomial", using=("shorter", "h2")),
        step("square", eq(norm(lifted) ** 2, norm(image) ** 2 + (1 - norm(image) ** 2) * norm(e) ** 2), by="algebra",
             using=("h1", "inside")),
        step("unit", eq(norm(lifted), 1), by="polynomial", using=("square", "kernel")),
    ),
)
sphere_lift_value = ours(
    "lemma.sphere_lift_value", "f has the same value at x and at the canonical lift of Px", eq(f(x), f(lifted)),
    [*ON_SPHERE, depends_only_on(f, P, Sphere(d))],
    proof(
        step("same image", eq(image, P @ lifted), by="algebra", using="h1"),
        step("unit", eq(norm(lifted), 1), by=sphere_lift_unit, using=("h1", "h2")),
        step("value", eq(f(x), f(lifted)), by=rules.depends_sphere, using=("h3", "same image", "h2", "unit")),
    ),
)
CHORD = 2 - 2 * dot(image, image_) - 2 * height * height_
sphere_lift = ours(
    "lemma.sphere_lift", "the chord Lipschitz bound between canonical lifts",
    le((f(x) - f(x_)) ** 2, Lip(f, Sphere(d)) ** 2 * CHORD),
    [*ON_SPHERE, depends_only_on(f, P, Sphere(d)), eq(norm(x_), 1), lipschitz_on(f, Sphere(d))],
    proof(
        step("unit", eq(norm(lifted), 1), by=sphere_lift_unit, using=("h1", "h2")),
        step("unit′", eq(norm(lifted_), 1), by=sphere_lift_unit, using=("h1", "h4")),
        step("value", eq(f(x), f(lifted)), by=sphere_lift_value, using=("h1", "h2", "h3")),
        step("value′", eq(f(x_), f(lifted_)), by=sphere_lift_value, using=("h1", "h4", "h3")),
        step("definition", le(Abs(f(lifted) - f(lifted_)), Lip(f, Sphere(d)) * norm(lifted - lifted_)), by=rules.lip_sphere,
             using=("h5", "unit", "unit′")),
        step("shorter", le(norm(image), norm(x)), by=projection_shortens, using="h1"),
        step("shorter′", le(norm(image_), norm(x_)), by=projection_shortens, using="h1"),
        step("inside", le(norm(image) ** 2, 1), by="polynomial", using=("shorter", "h2")),
        step("inside′", le(norm(image_) ** 2, 1), by="polynomial", using=("shorter′", "h4")),
        step("expand", eq(norm(lifted - lifted_) ** 2, norm(lifted) ** 2 + norm(lifted_) ** 2 - 2 * dot(image, image_)
                          - 2 * height * height_ * norm(e) ** 2), by="algebra", using=("h1", "inside", "inside′")),
        step("kernel", eq((1 - norm(image) ** 2) * (1 - norm(e) ** 2), 0), by=rules.kernel, using=("h1", "h2")),
        step("vertical", eq(height * height_ * norm(e) ** 2, height * height_), by="polynomial",
             using=("kernel", "inside", "inside′")),
        step("chord", eq(norm(lifted - lifted_) ** 2, CHORD), by="linear",
             using=("expand", "unit", "unit′", "vertical", "inside", "inside′")),
        step("square", le((f(lifted) - f(lifted_)) ** 2, Lip(f, Sphere(d)) ** 2 * norm(lifted - lifted_) ** 2), by="polynomial",
             using="definition"),
        step("bound", le((f(x) - f(x_)) ** 2, Lip(f, Sphere(d)) ** 2 * CHORD), by="linear",
             using=("square", "chord", "value", "value′", "inside", "inside′")),
    ),
)
