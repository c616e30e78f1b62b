"""Measures what Theorem 3 as printed rests on: norms and numbers of groups, sums over sets of groups; holds the witnesses against it."""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Integer

from theory.laws.setting import W, X, d, i, k, l, n
from theory.laws.two_layers import groups_printed as claims
from theory.lemmas import powers, rules
from theory.proof import step
from theory.terms import Indicator, Range, Sum, Symbol, eq, forall, norm, zero
from theory.terms.linear import Direction
from verify.laws.draws import Array, Rng, fixed, independent_weights, integer, new_seed, one_of, some_points
from verify.laws.measure import Counterexample, Measurement, RefutingFamily
from verify.laws.two_layers.groups import ROUNDING, ball_weights, far_apart, grouped, network_of, on_ball, two_axes
from verify.laws.two_layers.printed import exact
from verify.objects.instance import Instance

M = Symbol("M", integer=True, positive=True)


# --- the norm of a weight -------------------------------------------------------------------------------------------------------------

def one_group(X: Any, alpha: Any, kappa: float, seed: int = 0) -> Instance:
    """A group of data and the coefficients of its weight."""
    X = np.asarray(X, dtype=float)
    return Instance({"X": X, "alpha": np.asarray(alpha, dtype=float), "kappa": kappa, "n": len(X), "d": X.shape[1]}, seed)


def draw_norms(rng: Rng) -> Instance:
    """n ≤ d independent points, orthogonal or at small angles, and κ = λ_min(XXᵀ)."""
    dim = integer(rng, 1, 6)
    X = independent_weights(rng, integer(rng, 1, dim), dim)
    gram = X @ X.T
    least = float(np.linalg.eigvalsh(gram)[0])
    return one_group(X, np.linalg.solve(gram, np.ones(len(X))), least * (1 - 1e-9), new_seed(rng))


def orthogonal() -> Instance:
    """Three orthogonal points of norm 1/√2, so κ = ½: ‖w‖² = 6 = 2m, the printed bound, is reached."""
    return one_group(np.eye(3) / np.sqrt(2), [2, 2, 2], 0.5)


def single() -> Instance:
    """One point x = 3e_1: w = x/9 and κ‖w‖² = 9/9."""
    return one_group([[3.0, 0.0]], [1 / 9], 9.0)


def not_solved() -> Instance:
    """w = 5x with x = e_1 does not solve w·x = 1."""
    return one_group([[1.0]], [5.0], 1.0)


# --- the number of groups --------------------------------------------------------------------------------------------------------------

def counts(plus: int, minus: int, size: int, neurons: int) -> Instance:
    """P and N points in groups of m, and the numbers of groups that they need."""
    return Instance({"P": plus, "N": minus, "n": plus + minus, "m": size, "k": neurons, "A": -(-plus // size),
                     "B": -(-minus // size)})


def draw_counts(rng: Rng) -> Instance:
    """Any numbers of points, k ≥ 2, and m = ⌈n/(k − 1)⌉ or a little more."""
    plus, minus, neurons = integer(rng, 0, 60), integer(rng, 1, 60), integer(rng, 2, 30)
    return counts(plus, minus, -(-(plus + minus) // (neurons - 1)) + one_of(rng, (0, 0, 1, 5)), neurons)


def odd_classes() -> Instance:
    """3 + 1 points and k = 3: m = 2, and 2 + 1 groups: an equality."""
    return counts(3, 1, 2, 3)


def one_class() -> Instance:
    """Seven points of one label and k = 2: m = 7 and one group."""
    return counts(0, 7, 7, 2)


def uneven_classes() -> Counterexample:
    """P = 3, N = 1, k = 2 and m = n/k = 2: 2 + 1 = 3 groups."""
    return Counterexample(counts(3, 1, 2, 2), "m ≥ n/(k − 1)",
                          "three points of one label and one of the other in groups of m = n/k = 2 need 2 + 1 = 3 > 2 neurons")


# --- sums over sets of groups ----------------------------------------------------------------------------------------------------------

def unit_weights(W: Any, seed: int = 0) -> Instance:
    """Weights alone."""
    W = np.asarray(W, dtype=float)
    return Instance({"W": W, "k": len(W), "d": W.shape[1]}, seed)


def draw_unit_weights(rng: Rng) -> Instance:
    """Unit weights: random, repeated, antipodal, a simplex."""
    dim = integer(rng, 1, 3)
    return unit_weights(some_points(rng, integer(rng, 1, 8), dim, unit=True), new_seed(rng))


def two_sides() -> Instance:
    """d = 1 with as many weights +1 as −1: S = k/2, an equality."""
    return unit_weights([[1.0], [-1.0], [1.0], [-1.0]])


def one_weight() -> Instance:
    """k = d = 1: 1 ≤ 2."""
    return unit_weights([[1.0]])


def polygon() -> Instance:
    """Sixteen weights evenly on the circle: S is about 16/π, and 2√2·S < 16."""
    angles = 2 * np.pi * np.arange(16) / 16
    return unit_weights(np.column_stack([np.cos(angles), np.sin(angles)]))


def half_space(W: Array, seed: int = 0) -> Instance:
    """The direction v = ±w_h and the set {g : w_g·v > 0} that the proof of large_sets finds."""
    inner = W @ W.T
    sums = np.array([np.maximum(sign * inner, 0).sum(axis=1) for sign in (1.0, -1.0)])
    sign, row = np.unravel_index(int(np.argmax(sums)), sums.shape)
    v = (1.0, -1.0)[sign] * W[row]
    k, d = W.shape
    return unit_weights(W, seed).with_values(v=v, e=(v @ W.T > 0).astype(float), t=k / (4 * d**2))


def draw_half_space(rng: Rng) -> Instance:
    """Unit weights in a half-space, or longer ones."""
    instance = half_space(draw_unit_weights(rng).values["W"], new_seed(rng))
    return instance.with_values(W=instance.values["W"] * rng.uniform(1, 3, (len(instance.values["W"]), 1)))


def half_line() -> Instance:
    """k = 4 and d = 1: v·Σ_A w = 2 = k/(2d), and Σ_A w = 2: t = 1 and 1·2 ≤ 4."""
    return half_space(np.array([[1.0], [-1.0], [1.0], [-1.0]]))


def everyone() -> Instance:
    """Four equal weights at d = 1: t = 1 and 1·4 ≤ 16."""
    return half_space(np.ones((4, 1)))


POINT = Direction(zero(M))                  # some unit vector of R^M


def same(i: Any, l: Any) -> Any:
    """1 where datum i is the one of group l."""
    return Indicator(eq(i, l))


def equal_points(size: int) -> Instance:
    """n = k = d = M points x_i = e_1, each a group of its own, A the set of all of them: ‖Σ_A w‖² = M² and |A| = M."""
    first, ones = exact(np.eye(size, dtype=int)[[0] * size]), exact(np.ones(size, dtype=int))
    return Instance({"X": first, "W": first, "gamma": exact(np.eye(size, dtype=int)), "alpha": ones, "e": ones, "m": 1,
                     "n": size, "k": size, "d": size})


def all_sets() -> Counterexample:
    """Equal points with n = k = d, where n log n ≤ kd."""
    groups = (l, Range(M))
    steps = (step("unit", eq(norm(POINT), 1), by=rules.direction_unit),
             step("bit", forall(eq(same(i, l) ** 2, same(i, l)), (i, Range(M)), groups), by=powers.indicator_square),
             step("one each", forall(eq(Sum(same(i, l), (i, M)), 1), groups), by=powers.kronecker.at(F=lambda i: Integer(1))),
             step("length", eq(norm(claims.chosen) ** 2, k**2), by="sums", using="unit"))
    family = RefutingFamily(equal_points, M, M, sizes={claims.m: 1, n: M, k: M, d: M}, steps=steps, objects={
        X: lambda i: POINT, W: lambda l: POINT, claims.alpha: lambda i: 1, claims.e: lambda l: 1, claims.gamma: same})
    return Counterexample(
        equal_points(2), "|A| at most of the order of d",
        "with single points as groups (n = k, d ≥ log k) the weights are the data; for k equal points ‖Σ_A w_g‖² = k|A| for all "
        "of them, and for any data some half-space of them has a sum of norm at least k/(2d) (bln.thm3.large_sets)", family)


# --- the rate -------------------------------------------------------------------------------------------------------------------------

def with_rate(instance: Instance, m: int) -> Instance:
    """a and b at which the two estimates hold by Gershgorin: a m log d = q and b m = M + (q − 1)ρ."""
    q, largest, rho = (float(instance.values[name]) for name in ("q", "M", "rho"))
    return instance.with_values(m=m, a=q / (m * np.log(instance.values["d"])) * (1 + ROUNDING), b=(largest + max(q - 1, 0) * rho) / m)


def draw_rate(rng: Rng) -> Instance:
    """Random weights in dimension 2 or more."""
    return with_rate(on_ball(*ball_weights(rng, 2), new_seed(rng)), integer(rng, 1, 3))


def two_axes_rate() -> Instance:
    """Two orthonormal weights at τ = 0.6: a = 2/log 2, b = 1, and √2/0.4 on both sides."""
    return with_rate(two_axes(), 1)


# --- the theorem as printed ------------------------------------------------------------------------------------------------------------

def printed_instance(X: Array, m: int, s: Array, rng: Rng) -> Instance:
    """Groups of m consecutive rows of X with least-norm weights, at τ = ½ and with C = 8; A is a random set of groups."""
    groups = np.arange(len(X)) // m
    alpha = np.concatenate([np.linalg.solve(part @ part.T, np.ones(m)) for part in np.split(X, len(s))])
    W = np.add.reduceat(alpha[:, None] * X, np.arange(0, len(X), m), axis=0)
    return grouped(W, X, groups, s, 0.5, new_seed(rng)).with_values(
        alpha=alpha, m=m, C=8.0, e=rng.integers(2, size=len(s)).astype(float))


def draw_printed(rng: Rng) -> Instance:
    """n = km nearly orthonormal points, d ≥ n log(n)/k."""
    neurons, m = integer(rng, 1, 3), integer(rng, 1, 2)
    points = neurons * m
    dim = max(points, int(np.ceil(points * np.log(points) / neurons)), 2) + integer(rng, 0, 1)
    basis = np.linalg.qr(rng.standard_normal((dim, dim)))[0][:points]
    X = basis + 0.05 * rng.standard_normal(basis.shape) / np.sqrt(dim)
    return printed_instance(X / np.linalg.norm(X, axis=1, keepdims=True), m, rng.choice([-1.0, 1.0], neurons), rng)


def two_groups() -> Instance:
    """Four orthonormal points of R^4 in two groups of opposite label."""
    return printed_instance(np.eye(4), 2, np.array([1.0, -1.0]), np.random.default_rng(0))


MEASUREMENTS = (
    Measurement("bln.thm3.norms", draw_norms, (orthogonal, single), twin_draws={
        "without solves": fixed(not_solved), "without well posed": fixed(lambda: orthogonal().with_values(kappa=2.0)),
        "half": fixed(orthogonal), "without κ": fixed(orthogonal)}),
    Measurement("bln.thm3.counting", draw_counts, (odd_classes, one_class), twin_draws={
        "without points": fixed(lambda: counts(5, 1, 2, 3).with_values(n=1)), "without group size": fixed(lambda: counts(3, 1, 2, 2)),
        "without groups of +": fixed(lambda: odd_classes().with_values(A=5)),
        "without groups of −": fixed(lambda: odd_classes().with_values(B=5)), "one fewer": fixed(odd_classes)}),
    Measurement("bln.thm3.grouping", draw_counts, refutation=uneven_classes),
    Measurement("bln.thm3.large_sets", draw_unit_weights, (two_sides, one_weight, polygon), twin_draws={
        "without unit weights": fixed(lambda: unit_weights([[0.0]])), "without the factor 2": fixed(two_sides),
        "with √d": fixed(polygon), "with no d": fixed(polygon)}),
    Measurement("bln.thm3.long_sum", draw_half_space, (half_line, everyone), twin_draws={
        "without set": fixed(lambda: half_line().with_values(e=np.full(4, 20.0), W=np.array([[0.25], [0.0], [0.0], [0.0]]))),
        "without direction": fixed(lambda: half_line().with_values(v=np.array([100.0]), W=np.full((4, 1), 0.02))),
        "without half-space": fixed(lambda: half_line().with_values(e=np.ones(4))),
        "without many groups": fixed(lambda: half_line().with_values(t=3.0)), "three times": fixed(half_line)}),
    Measurement("bln.thm3.rate", draw_rate, (two_axes_rate,), twin_draws={
        "without network": fixed(lambda: two_axes_rate().with_values(f=network_of(np.eye(2), [2, 2], 0.6))),
        "without few": fixed(lambda: two_axes_rate().with_values(a=0.0)), "without sums": fixed(lambda: two_axes_rate().with_values(b=0.0)),
        "without 1/(1 − τ)": fixed(two_axes_rate), "on R^d": fixed(lambda: with_rate(far_apart(), 1))}),
    Measurement("bln.thm3.all_subsets", draw_printed, refutation=all_sets),
    Measurement("bln.thm3.printed", draw_printed, (two_groups,)),
)
