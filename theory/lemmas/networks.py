"""Gradients of two-layer ReLU networks, and what they say of the weights."""

from __future__ import annotations

from theory.lemmas import kinks
from theory.lemmas.build import W, d, derived, f, k, l, textbook, w, x
from theory.lemmas.derivations import gradients
from theory.lemmas.derivations import rigidity as jumps
from theory.source import Source
from theory.terms import (
    Abs,
    Ball,
    Lip,
    Property,
    Range,
    Space,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    forall,
    independent_rows,
    le,
    lt,
    member,
    norm,
    relu,
)
from theory.terms.linear import Realiser

a, b, s = VectorSymbol("a", k), VectorSymbol("b", k), VectorSymbol("s", k)
v = VectorSymbol("v", d)
c = Symbol("c", real=True)
NEURONS = (l, Range(k))
point = Realiser(W, b, s)

onto = textbook(
    "lemma.onto", "independent rows make x ↦ Wx + b onto: every sign pattern is attained",
    Source("Horn, Johnson, Matrix Analysis, 2nd ed. 2013", "0.4.4"),
    eq(dot(W[l], point) + b[l], s[l]), [independent_rows(W), member(l, Range(k))])
gradient = derived(
    "lemma.gradient", "where no preactivation vanishes, a ReLU network is affine near x, with a gradient of norm at most Lip",
    le(norm(Sum((1 + s[l]) / 2 * a[l] * W[l], (l, k))), Lip(f, Space(d))),
    [forall(eq(f(x), Sum(a[l] * relu(dot(W[l], x) + b[l]), (l, k))), (x, Space(d))),
     forall(eq(s[l] ** 2, 1), NEURONS), forall(lt(0, s[l] * (dot(W[l], w) + b[l])), NEURONS)],
    gradients.gradient)


def oriented(directions, offsets):  # type: ignore[no-untyped-def]
    """The hyperplanes u_l·x + β_l = 0 are pairwise distinct and meet the open unit ball, where some point makes every unit inactive."""
    return Property("oriented canonical form", directions, offsets)


CANONICAL = [
    forall(eq(f(x), c + dot(v, x) + Sum(a[l] * relu(dot(W[l], x) + b[l]), (l, k))), (x, Ball(d))),
    forall(eq(norm(W[l]), 1), NEURONS), oriented(W, b),
]
rigidity = derived(
    "lemma.rigidity", "across a kink that meets the open ball the gradient jumps by α_l u_l, so |α_l| ≤ 2 Lip_B",
    le(Abs(a[l]), 2 * Lip(f, Ball(d))), [*CANONICAL, member(l, Range(k))],
    jumps.rigidity, kinks.clear_point_ball)
base_slope = derived(
    "lemma.base_slope", "at a point of the open ball where all units are inactive the gradient is v, so ‖v‖ ≤ Lip_B",
    le(norm(v), Lip(f, Ball(d))), CANONICAL,
    gradients.base_slope)
