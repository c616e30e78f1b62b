"""Gradients of networks with an affine part, where independent rows let every neuron be at any place of its activation."""

from __future__ import annotations

from functools import partial

from theory.lemmas.activations import POINTS, beta, kantorovich_line, scale, shift
from theory.lemmas.build import F, W, consequence, d, derived, f, i, k, l, n, psi, r, x
from theory.lemmas.derivations import bias_free as bias_free_networks
from theory.lemmas.derivations import cells, steep_slopes
from theory.lemmas.networks import NEURONS, a, b, c, s, v
from theory.terms import (
    LINE,
    Abs,
    Ball,
    Indicator,
    LineIntegral,
    Lip,
    MatrixSymbol,
    Range,
    Space,
    Sphere,
    Sum,
    Symbol,
    VectorSymbol,
    dot,
    eq,
    forall,
    independent_blocks,
    independent_rows,
    index,
    largest_fall,
    largest_slope,
    le,
    lipschitz_activation,
    lt,
    member,
    norm,
    relu,
)

affine_relu = forall(eq(f(x), c + dot(v, x) + Sum(a[l] * relu(dot(W[l], x) + b[l]), (l, k))), (x, Space(d)))

attained_gradient = derived(
    "lemma.attained_gradient", "with independent rows every set of kinks is active somewhere, with a gradient of norm at most Lip",
    le(norm(v + Sum((1 + s[l]) / 2 * a[l] * W[l], (l, k))), Lip(f, Space(d))),
    [affine_relu, independent_rows(W), forall(eq(s[l] ** 2, 1), NEURONS)],
    cells.attained_gradient)

# --- any Lipschitz activation --------------------------------------------------------------------------------------------------------

L = Symbol("L", nonnegative=True)
HIGH, LOW = largest_slope(psi), -largest_fall(psi)
affine_network = forall(eq(f(x), c + dot(v, x) + Sum(a[l] * psi(dot(W[l], x) + b[l]), (l, k))), (x, Space(d)))

steep_gradient = derived(
    "lemma.steep_gradient", "with independent rows each neuron may be at the largest or at the least slope of ψ, up to any error",
    le(norm(v + Sum(a[l] * ((1 + s[l]) / 2 * HIGH + (1 - s[l]) / 2 * LOW) * W[l], (l, k))), Lip(f, Space(d))),
    [affine_network, independent_rows(W), lipschitz_activation(psi, L), forall(eq(s[l] ** 2, 1), NEURONS)],
    steep_slopes.steep_gradient)

slopes_ordered = derived(
    "lemma.slopes_ordered", "the least slope of ψ is at most the largest", le(LOW, HIGH), [lipschitz_activation(psi, L)],
    steep_slopes.slopes_ordered)
HALF = (HIGH - LOW) / 2
centred_activation = consequence(
    "lemma.centred_activation", "Kantorovich–Rubinstein on the line for ψ(t) − mt, m the middle of the slopes of ψ",
    le(Abs(Sum(F(i) * (psi(scale * POINTS(i) + shift) - (HIGH + LOW) / 2 * (scale * POINTS(i))), (i, n))),
       HALF * scale * LineIntegral(Abs(Sum(F(i) * Indicator(le(POINTS(i), beta)), (i, n))), (beta, LINE))),
    [lipschitz_activation(psi, L), eq(Sum(F(i), (i, n)), 0)],
    steep_slopes.centred_activation, kantorovich_line)

# --- the sphere, without biases ------------------------------------------------------------------------------------------------------

bias_free = forall(eq(f(x), Sum(a[l] * relu(dot(W[l], x)), (l, k))), (x, Sphere(d)))
signed_sum = derived(
    "lemma.signed_sum", "gradients in two opposite cells of a bias-free ReLU network differ by at most twice Lip_S",
    le(norm(Sum(s[l] * a[l] * W[l], (l, k))), 2 * Lip(f, Sphere(d))),
    [bias_free, independent_rows(W), forall(eq(s[l] ** 2, 1), NEURONS)],
    bias_free_networks.signed_sum)
t, e = VectorSymbol("t", k), VectorSymbol("e", d)
IN_CELL = le(norm(Sum((1 + s[l]) / 2 * a[l] * W[l], (l, k))), Lip(f, Sphere(d)))
BIAS_FREE = [bias_free, independent_rows(W), forall(eq(s[l] ** 2, 1), NEURONS)]
balanced = (forall(lt(0, t[l]), NEURONS), eq(Sum(a[l] * t[l], (l, k)), 0))
across = (forall(eq(dot(W[l], e), 0), NEURONS), eq(norm(e), 1))
balanced_cells = derived(
    "lemma.balanced_cells", "every gradient of a bias-free ReLU network is at most Lip_S where Σ a_l t_l = 0 for positive t_l",
    IN_CELL, [*BIAS_FREE, *balanced], partial(bias_free_networks.cell_gradient, False))
free_cells = derived(
    "lemma.free_cells", "so it is where some unit vector is at right angles to all w_l",
    IN_CELL, [*BIAS_FREE, *across], partial(bias_free_networks.cell_gradient, True))

# --- corners -------------------------------------------------------------------------------------------------------------------------

C, Q, m = MatrixSymbol("C", r, k), MatrixSymbol("Q", r, d), index("m")
BLOCKS, NEURON = (m, Range(r)), (l, Range(k))
bits = forall(eq(C[m, l] ** 2, C[m, l]), BLOCKS, NEURON)
on_kinks = forall(eq(C[m, l] * (dot(W[l], Q[m]) + b[l]), 0), BLOCKS, NEURON)
off_others = forall(lt(0, C[m, l] + Abs(dot(W[l], Q[m]) + b[l])), BLOCKS, NEURON)
in_open_ball = forall(lt(norm(Q[m]), 1), BLOCKS)
affine_relu_ball = forall(eq(f(x), c + dot(v, x) + Sum(a[l] * relu(dot(W[l], x) + b[l]), (l, k))), (x, Ball(d)))
CORNERS = [bits, on_kinks, off_others, independent_blocks(W, C), member(m, Range(r)), forall(eq(s[l] ** 2, 1), NEURONS)]
corner_space = derived(
    "lemma.corner_space", "around a point on independent kinks, and on no other, all their cells occur, so ‖Σ ±a_l w_l‖ ≤ 2 Lip",
    le(norm(Sum(C[m, l] * s[l] * a[l] * W[l], (l, k))), 2 * Lip(f, Space(d))), [affine_relu, *CORNERS], partial(cells.corner, False))
corner_ball = derived(
    "lemma.corner_ball", "the same in the open unit ball",
    le(norm(Sum(C[m, l] * s[l] * a[l] * W[l], (l, k))), 2 * Lip(f, Ball(d))), [affine_relu_ball, *CORNERS, in_open_ball],
    partial(cells.corner, True))

# --- slopes away from the kinks ------------------------------------------------------------------------------------------------------

o = VectorSymbol("o", d)
anchor_slope = derived(
    "lemma.anchor_slope", "at a point of the open ball where all kinks are inactive the gradient is v, so ‖v‖ ≤ Lip_B",
    le(norm(v), Lip(f, Ball(d))), [affine_relu_ball, lt(norm(o), 1), forall(lt(dot(W[l], o) + b[l], 0), NEURONS)], cells.anchor_slope)
mean_slope = derived(
    "lemma.mean_slope", "far out on both sides of a line the gradients of a ReLU network have the mean v + ½ Σ a_l w_l",
    le(norm(v + Sum(a[l] * W[l] / 2, (l, k))), Lip(f, Space(d))), [affine_relu], cells.mean_slope)
