"""Gradients of networks with an affine part, where independent rows let every neuron be at any place of its activation."""

from __future__ import annotations

from theory.lemmas.build import W, d, derived, f, k, l, psi, t, x
from theory.lemmas.derivations import cells, steep_slopes
from theory.lemmas.networks import NEURONS, a, b, c, s, v
from theory.terms import (
    LINE,
    Lip,
    Space,
    Sum,
    Sup,
    Symbol,
    dot,
    eq,
    exp,
    forall,
    independent_rows,
    le,
    lipschitz_activation,
    norm,
    relu,
)

affine_relu = forall(eq(f(x), c + dot(v, x) + Sum(a[l] * relu(dot(W[l], x) + b[l]), (l, k))), (x, Space(d)))

attained_gradient = derived(
    "lemma.attained_gradient", "with independent rows every set of kinks is active somewhere, and the gradient there is at most Lip",
    le(norm(v + Sum((1 + s[l]) / 2 * a[l] * W[l], (l, k))), Lip(f, Space(d))),
    [affine_relu, independent_rows(W), forall(eq(s[l] ** 2, 1), NEURONS)],
    cells.attained_gradient)

# --- any Lipschitz activation --------------------------------------------------------------------------------------------------------

h, L = Symbol("h", real=True), Symbol("L", nonnegative=True)


def slopes(activation):  # type: ignore[no-untyped-def]
    """The largest and the least slope of an activation: suprema of quotients over steps e^h."""
    rise = (activation(t + exp(h)) - activation(t)) * exp(-h)
    return Sup(rise, (h, LINE), (t, LINE)), -Sup(-rise, (h, LINE), (t, LINE))


HIGH, LOW = slopes(psi)
affine_network = forall(eq(f(x), c + dot(v, x) + Sum(a[l] * psi(dot(W[l], x) + b[l]), (l, k))), (x, Space(d)))

steep_gradient = derived(
    "lemma.steep_gradient", "with independent rows each neuron may be at the largest or at the least slope of ψ, up to any error",
    le(norm(v + Sum(a[l] * ((1 + s[l]) / 2 * HIGH + (1 - s[l]) / 2 * LOW) * W[l], (l, k))), Lip(f, Space(d))),
    [affine_network, independent_rows(W), lipschitz_activation(psi, L), forall(eq(s[l] ** 2, 1), NEURONS)],
    steep_slopes.steep_gradient)
