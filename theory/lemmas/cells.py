"""Gradients of ReLU networks with an affine part, in cells that independent kinks leave."""

from __future__ import annotations

from theory.lemmas.build import W, d, derived, f, k, l, x
from theory.lemmas.derivations import cells
from theory.lemmas.networks import NEURONS, a, b, c, s, v
from theory.terms import Lip, Space, Sum, dot, eq, forall, independent_rows, le, norm, relu

affine_relu = forall(eq(f(x), c + dot(v, x) + Sum(a[l] * relu(dot(W[l], x) + b[l]), (l, k))), (x, Space(d)))

attained_gradient = derived(
    "lemma.attained_gradient", "with independent rows every set of kinks is active somewhere, and the gradient there is at most Lip",
    le(norm(v + Sum((1 + s[l]) / 2 * a[l] * W[l], (l, k))), Lip(f, Space(d))),
    [affine_relu, independent_rows(W), forall(eq(s[l] ** 2, 1), NEURONS)],
    cells.attained_gradient)
