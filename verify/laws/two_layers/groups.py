"""Measures the instance forms of Theorem 3: grouped ReLU networks on the ball, their groups, weights and active neurons."""

from __future__ import annotations

from itertools import combinations
from math import ceil
from typing import Any

import numpy as np

from verify.laws.draws import LEAST_ACCURACY, Array, Rng, accuracy_of, fixed, independent_weights, integer, new_seed, one_of, some_weights
from verify.laws.functions import ConstantFunction, NetworkFunction
from verify.laws.measure import Measurement
from verify.objects.instance import Instance
from verify.objects.networks import ACTIVATIONS, Network

ROUNDING = 1e-12     # relative room for numbers that bound computed ones


def network_of(W: Any, s: Any, tau: float) -> NetworkFunction:
    """Σ s_g ReLU(w_g·x − τ)/(1 − τ)."""
    W = np.asarray(W, dtype=float)
    return NetworkFunction(Network(W, np.full(len(W), -tau), np.asarray(s, dtype=float) / (1 - tau), ACTIVATIONS["relu"]))


# --- the fit ------------------------------------------------------------------------------------------------------------------------

def grouped(W: Any, X: Any, groups: Any, s: Any, tau: float, seed: int = 0) -> Instance:
    """The names of a grouped fit; ``groups`` lists the group of every datum, from 0."""
    W, X, s, groups = np.asarray(W, dtype=float), np.asarray(X, dtype=float), np.asarray(s, dtype=float), np.asarray(groups)
    gamma, f = np.eye(len(W))[groups], network_of(W, s, tau)
    return Instance({"W": W, "X": X, "s": s, "y": s[groups], "gamma": gamma, "tau": tau, "f": f, "n": len(X), "k": len(W),
                     "d": W.shape[1]}, seed, accuracy=accuracy_of(f, X, s[groups]))


def draw_fit(rng: Rng) -> Instance:
    """Data built from the weights: w_g·x_i = 1 on the group and anything up to τ off it; or a polygon with one point a group, k > d."""
    tau, d = float(rng.uniform(0, 0.95)), integer(rng, 1, 6)
    if d == 2 and one_of(rng, (True, False)):
        k = integer(rng, 3, 8)
        angles = 2 * np.pi * np.arange(k) / k
        W = np.column_stack([np.cos(angles), np.sin(angles)])
        tau = max(tau, float(np.cos(2 * np.pi / k)))
        groups = rng.permutation(np.concatenate([np.arange(k), rng.integers(k, size=integer(rng, 0, 4))]))
        return grouped(W, W[groups], groups, rng.choice([-1.0, 1.0], k), tau, new_seed(rng))
    k = integer(rng, 1, d)
    W = independent_weights(rng, k, d)
    groups = rng.integers(k, size=integer(rng, 1, 8))
    targets = np.where(rng.random((len(groups), k)) < 0.3, tau, rng.uniform(-2, tau, (len(groups), k)))
    targets[np.arange(len(groups)), groups] = 1.0
    free = rng.standard_normal((len(groups), d))
    X = free + np.linalg.lstsq(W, (targets - free @ W.T).T, rcond=None)[0].T
    return grouped(W, X, groups, rng.choice([-1.0, 1.0], k), tau, new_seed(rng))


def axes() -> Instance:
    """Three orthonormal points in three groups, τ = ½."""
    return grouped(np.eye(3), np.eye(3), [0, 1, 2], [1, -1, 1], 0.5)


def pair_and_one() -> Instance:
    """Groups {e_1, e_2} and {e_3}: w = e_1 + e_2 of norm √2, and e_3."""
    return grouped([[1, 1, 0], [0, 0, 1]], np.eye(3), [0, 0, 1], [1, -1], 0.5)


def at_threshold() -> Instance:
    """d = 1: x_1 = 1 alone in its group, x_2 = −1, and w_1·x_1 = 1, w_1·x_2 = −1 ≤ 0 = τ."""
    return grouped([[1], [-1]], [[1], [-1]], [0, 1], [1, -1], 0.0)


def one_point() -> Instance:
    """n = k = d = 1."""
    return grouped([[1]], [[1]], [0], [-1], 0.9)


# --- active neurons and the Lipschitz constant on the ball -----------------------------------------------------------------------------

def least_count(total: float, each: float, k: int) -> int:
    """The least q ≥ 0 with total ≤ (q + 1)·each, at most k; k when each ≤ 0."""
    return min(k, max(0, ceil(total / each) - 1)) if each > 0 else k


def on_ball(W: Any, s: Any, tau: float, seed: int = 0, **more: Any) -> Instance:
    """The names of the ball forms: M, ρ and q of Gershgorin, with room for rounding."""
    W = np.asarray(W, dtype=float)
    k, gram = len(W), np.abs(W @ W.T)
    M = float(np.max(np.diag(gram))) * (1 + ROUNDING)
    rho = float(np.max(gram - np.diag(np.diag(gram)), initial=0.0)) * (1 + ROUNDING)
    names = {"W": W, "s": np.asarray(s, dtype=float), "tau": tau, "M": M, "rho": min(rho, M), "k": k, "d": W.shape[1],
             "q": least_count(M - rho, tau**2 - rho, k), "f": network_of(W, s, tau)}
    return Instance(names | more, seed, accuracy=LEAST_ACCURACY)


def ball_weights(rng: Rng, least: int = 1) -> tuple[Array, Array, float]:
    """Weights of any coherence in dimension ``least`` to 4, at lengths at which some are active on the ball; signs and a threshold."""
    d, k = integer(rng, least, 4), integer(rng, 1, 5)
    kind = one_of(rng, ("axes", "close to axes", "any", "any", "equal"))
    W = np.eye(d)[np.arange(k) % d] * np.where(np.arange(k) < d, 1.0, -1.0)[:, None] if "axes" in kind else some_weights(rng, k, d)
    if kind == "close to axes":
        W = W + 0.1 * rng.standard_normal(W.shape)
    if kind == "equal":
        W = np.repeat(W[:1], k, axis=0)
    W = W / np.linalg.norm(W, axis=1).max() * rng.uniform(0.8, 2.5)
    return W, rng.choice([-1.0, 1.0], k), float(rng.uniform(0.05, 0.95))


def draw_ball(rng: Rng) -> Instance:
    """Gershgorin's numbers of random weights."""
    return on_ball(*ball_weights(rng), new_seed(rng))


def largest_eigenvalues(W: Array) -> Array:
    """λ_q = max over sets A of q neurons of λ_max(W_AW_Aᵀ), for q = 1, …, k."""
    gram = W @ W.T
    return np.array([max(float(np.linalg.eigvalsh(gram[np.ix_(A, A)])[-1]) for A in combinations(range(len(W)), q))
                     for q in range(1, len(W) + 1)])


def spectral_instance(W: Any, s: Any, tau: float, seed: int = 0) -> Instance:
    """q* = the largest q with qτ² < λ_q, and λ = λ_{q*}; nothing is active when there is none, and λ = 0."""
    W = np.asarray(W, dtype=float)
    spectra = largest_eigenvalues(W)
    counts = np.flatnonzero(np.arange(1, len(W) + 1) * tau**2 < spectra)
    q = int(counts[-1]) + 1 if len(counts) else 0
    lam = float(spectra[q - 1]) * (1 + ROUNDING) if q else 0.0
    return on_ball(W, s, tau, seed, **{"q": q, "lambda": lam})


def draw_spectral(rng: Rng) -> Instance:
    """λ and q by enumeration of all sets; sometimes λ = λ_max(WWᵀ) with its count."""
    W, s, tau = ball_weights(rng)
    if one_of(rng, (True, False)):
        return spectral_instance(W, s, tau, new_seed(rng))
    lam = float(np.linalg.eigvalsh(W @ W.T)[-1]) * (1 + ROUNDING)
    return on_ball(W, s, tau, new_seed(rng), **{"q": least_count(lam, tau**2, len(W)), "lambda": lam})


def one_neuron() -> Instance:
    """w = e_1, τ = 0.3: q = 1 and Lip_B = 1/(1 − τ), an equality in both forms."""
    return spectral_instance([[1.0, 0.0]], [1], 0.3)


def two_axes() -> Instance:
    """w = e_1, e_2 with opposite signs and τ = 0.6: both are active at (e_1 + e_2)/√2 and Lip_B = √2/(1 − τ), an equality in both forms."""
    return spectral_instance(np.eye(2), [1, -1], 0.6)


def two_close() -> Instance:
    """Unit weights with inner product 0.28 and one sign: Lip_B = √(2·1.28)/(1 − τ) at τ = 0.7, an equality in both forms."""
    return spectral_instance([[1.0, 0.0], [0.28, 0.96]], [1, 1], 0.7)


def nothing_active() -> Instance:
    """‖w‖ = ½ < τ: q = 0 and f = 0 on the ball."""
    return spectral_instance([[0.5, 0.0]], [1], 0.7)


def repeated() -> Instance:
    """Three equal weights, with one sign: ρ = M, q = k = 3, Lip_B = 3/(1 − τ), an equality in both forms."""
    return spectral_instance(np.repeat([[1.0, 0.0]], 3, axis=0), [1, 1, 1], 0.7)


# --- where the false twins fail --------------------------------------------------------------------------------------------------------

def with_f(instance: Instance, f: Any) -> Instance:
    """The instance with another function."""
    return instance.with_values(f=f)


def high_threshold() -> Instance:
    """τ = 2: no neuron reaches it, f = 0."""
    return grouped([[1.0]], [[1.0]], [0], [1], 2.0)


def double_member() -> Instance:
    """γ = 2 and s = ½: f = ½ and y = 1."""
    return grouped([[1.0]], [[1.0]], [0], [0.5], 0.5).with_values(gamma=np.array([[2.0]]), y=np.array([1.0]))


def far_apart() -> Instance:
    """Orthonormal weights with τ = 0.9: one is active on the ball, both at 2(e_1 + e_2)."""
    return spectral_instance(np.eye(2), [1, 1], 0.9)


def steep_signs() -> Instance:
    """s = 10 in place of ±1: Lip_B is ten times as large."""
    return one_neuron().with_values(s=np.array([10.0]), f=network_of([[1.0, 0.0]], [10], 0.3))


def long_weight() -> Instance:
    """‖w‖ = 2 with the numbers of ‖w‖ = 1."""
    return one_neuron().with_values(W=np.array([[2.0, 0.0]]), f=network_of([[2.0, 0.0]], [1], 0.3))


def beyond_one() -> Instance:
    """τ = 2 and ‖w‖ = 3: the bound is negative."""
    return spectral_instance([[3.0, 0.0]], [1], 2.0)


def too_few() -> Instance:
    """q = 0 though the neuron is active."""
    return one_neuron().with_values(q=0)


def steeper() -> Instance:
    """Another function, twice as steep."""
    return with_f(one_neuron(), network_of([[1.0, 0.0]], [2], 0.3))


BALL_CORNERS = (one_neuron, two_axes, two_close, nothing_active, repeated)
ON_BALL = {"without network": fixed(steeper), "without signs": fixed(steep_signs), "without threshold": fixed(beyond_one),
           "without count": fixed(too_few), "on R^d": fixed(far_apart), "without 1/(1 − τ)": fixed(one_neuron)}

MEASUREMENTS = (
    Measurement("bln.thm3.sharp", draw_fit, (axes, pair_and_one, at_threshold, one_point), twin_draws={
        "without network": fixed(lambda: with_f(axes(), ConstantFunction(0.0))), "without threshold": fixed(high_threshold),
        "without table": fixed(double_member), "without group labels": fixed(lambda: axes().with_values(y=np.array([1.0, 1.0, 1.0]))),
        "without own": fixed(lambda: grouped(0.9 * np.eye(2), np.eye(2), [0, 1], [1, -1], 0.5)),
        "without others": fixed(lambda: grouped([[1.0, 0.8], [0.0, 1.0]], np.eye(2), [0, 1], [1, -1], 0.5))}),
    Measurement("bln.thm3.active", draw_ball, BALL_CORNERS, twin_draws={
        "without Gram": fixed(lambda: repeated().with_values(rho=0.0, q=2)), "without count": fixed(too_few),
        "one fewer": fixed(one_neuron), "on R^d": fixed(far_apart)}),
    Measurement("bln.thm3.gershgorin", draw_ball, BALL_CORNERS, twin_draws=ON_BALL | {
        "without Gram": fixed(long_weight), "without coherence in the bound": fixed(two_close)}),
    Measurement("bln.thm3.spectral", draw_spectral, BALL_CORNERS, twin_draws=ON_BALL | {
        "without spectrum": fixed(long_weight), "one neuron's share": fixed(two_axes)}),
)
