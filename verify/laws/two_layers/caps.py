"""Measures section 3.2: neurons on disjoint caps, the fit, bumps of width 2n."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from verify.laws.cap_function import CapFunction
from verify.laws.draws import LEAST_ACCURACY, Array, Rng, fixed, integer, labelled, new_seed, one_of, some_points
from verify.laws.functions import affine_function
from verify.laws.measure import Measurement
from verify.objects.instance import Instance
from verify.objects.networks import Network

AXES = np.eye(2)
SPARE = 1 + 1e-9           # keeps a threshold that is derived from the data on the safe side of rounding


def packing(rng: Rng, limit: float, most: int, d: int) -> Array:
    """At most ``most`` unit points of R^d with pairwise inner products at most ``limit``, chosen greedily from several models."""
    pool = np.concatenate([some_points(rng, 24, d, unit=True) for _ in range(3)])
    chosen = pool[:1]
    for point in pool[1:]:
        if len(chosen) < most and np.max(chosen @ point) <= limit:
            chosen = np.vstack([chosen, point])
    return chosen


def cap_instance(X: Array, a: Array, tau: float, seed: int = 0, **more: Any) -> Instance:
    """X, a, τ and f(x) = Σ a_i ReLU(x_i·x − τ)."""
    f = CapFunction(Network(X, np.full(len(X), -tau), a, "relu"))
    return Instance({"X": X, "a": np.asarray(a), "tau": tau, "f": f, "n": len(X), "d": X.shape[1], **more}, seed, accuracy=LEAST_ACCURACY)


def largest_inner(X: Array) -> float:
    """max_{i≠j} x_i·x_j, −1 for one point."""
    inner = X @ X.T - 4 * np.diag(np.sum(X**2, axis=1))
    return float(np.max(inner)) if len(X) > 1 else -1.0


def threshold(rng: Rng, X: Array, s: float) -> float:
    """τ < s with x_i·x_j ≤ 2τ² − s² for all pairs, touching caps among them."""
    least = max(np.sqrt(max(s**2 + largest_inner(X), 0.0) / 2) * SPARE, 0.05 * s)
    return float(least if rng.random() < 0.3 and least < s else least + rng.uniform(0.01, 0.9) * (s - least))


def draw_caps(rng: Rng) -> Instance:
    """Weights of different lengths on disjoint caps, with outer weights of any size up to A."""
    d, s = integer(rng, 1, 5), float(10.0 ** rng.uniform(-0.5, 0.5))
    U = packing(rng, one_of(rng, (0.0, 0.6, 0.95)), integer(rng, 1, 9), d)
    X = s / SPARE * one_of(rng, (1.0, rng.uniform(0.7, 1.0, (len(U), 1)))) * U
    a = rng.uniform(-1, 1, len(X)) if rng.random() < 0.5 else rng.choice([-1.0, 1.0], len(X))
    return cap_instance(X, a, threshold(rng, X, s), new_seed(rng), s=s, A=float(np.max(np.abs(a))) * one_of(rng, (1.0, 1.3)))


def draw_fit(rng: Rng) -> Instance:
    """Unit points and a threshold between their coherence and 1."""
    X = packing(rng, 0.97, integer(rng, 1, 9), integer(rng, 1, 6))
    least = max(largest_inner(X), 0.0)
    tau = float(least + rng.uniform(0.05, 0.95) * (1 - least))
    y = labelled(X, rng)
    return cap_instance(X, y / (1 - tau), tau, new_seed(rng), y=y)


def draw_bumps(rng: Rng) -> Instance:
    """Unit points and bumps on disjoint caps, of heights up to 1."""
    X = packing(rng, 0.9, integer(rng, 1, 9), integer(rng, 1, 5))
    tau = threshold(rng, X, 1.0)
    heights = one_of(rng, (rng.choice([-1.0, 1.0], len(X)), rng.uniform(-1, 1, len(X))))
    return bump_instance(X, heights / (1 - tau), tau, new_seed(rng))


def bump_instance(X: Array, a: Array, tau: float, seed: int = 0) -> Instance:
    """f(x) = Σ a_i [ReLU(x_i·x − τ) − ReLU(x_i·x − 1)], 2n neurons."""
    n = len(X)
    f = CapFunction(Network(np.concatenate([X, X]), -np.repeat([tau, 1.0], n), np.concatenate([a, -a]), "relu"))
    return cap_instance(X, a, tau, seed).with_values(f=f)


# --- corners ------------------------------------------------------------------------------------------------------------------------

def one_cap() -> Instance:
    """ReLU(x_1 − 0.6) in the plane: Lip_S = 0.8, an equality."""
    return cap_instance(AXES[:1], np.ones(1), 0.6, s=1.0, A=1.0, y=np.ones(1))


def touching() -> Instance:
    """Six caps of opposite signs around the circle that touch, τ = √3/2: Lip_S = ½."""
    t = np.arange(6) * np.pi / 3
    X = np.stack([np.cos(t), np.sin(t)], axis=1)
    return cap_instance(X, np.array([1.0, -1.0] * 3), np.sqrt(3) / 2 * SPARE, s=1.0, A=1.0)


def two_ends() -> Instance:
    """d = 1: the sphere is ±1, f(±1) = ±½, Lip_S = ½ ≤ √(1 − ¼)."""
    return cap_instance(np.array([[1.0], [-1.0]]), np.array([1.0, -1.0]), 0.5, s=1.0, A=1.0)


def at_distance(inner: float, a: tuple[float, float] = (1.0, -1.0), tau: float = 0.9, **more: Any) -> Instance:
    """Two unit points of the plane with the given inner product."""
    X = np.array([[1.0, 0.0], [inner, np.sqrt(1 - inner**2)]])
    return cap_instance(X, np.array(a), tau, **more)


def quarter() -> Instance:
    """Bumps with s = 1/4 at orthonormal points: √7."""
    return bump_instance(AXES, np.array([4.0, -4.0]), 0.75)


def fitted_pair() -> Instance:
    """x_1·x_2 = τ = 0.8, exactly: each neuron vanishes just at the other datum."""
    X = np.array([[1, 0], [Fraction(4, 5), Fraction(3, 5)]])
    f = CapFunction(Network(X, np.full(2, -Fraction(4, 5)), np.array([5, -5]), "relu"))
    return Instance({"X": X, "a": np.array([5, -5]), "y": np.array([1, -1]), "tau": Fraction(4, 5), "f": f, "n": 2, "d": 2}, accuracy=1e-15)


# --- where the false twins fail -------------------------------------------------------------------------------------------------------

def overlapping() -> Instance:
    """x_1·x_2 = 0.96: beyond the rim that two caps of one sign share their slopes add up to 0.60 > √0.19."""
    return at_distance(0.96, (1.0, 1.0), s=1.0, A=1.0)


def larger_weight() -> Instance:
    """|a| = 2 with A = 1."""
    return one_cap().with_values(A=0.5)


def longer() -> Instance:
    """‖x_1‖ = 2 with s = 1."""
    return cap_instance(2 * AXES[:1], np.ones(1), 0.6, s=1.0, A=1.0)


def other_function() -> Instance:
    """f = 3x_1 is no sum of caps."""
    return one_cap().with_values(f=affine_function([3.0, 0.0]))


def far_labels() -> Instance:
    """a_i = 1 instead of y_i/(1 − τ): f(x_1) = 0.4."""
    return one_cap()


def disturbed() -> Instance:
    """x_1·x_2 = 0.96 > τ: the second neuron acts at the first datum."""
    return at_distance(0.96, (10.0, -10.0), 0.9, y=np.array([1.0, -1.0])).with_values(a=np.array([1.0, -1.0]) / (1 - 0.9))


def short_rows() -> Instance:
    """‖x_1‖ = ½ < τ: the neuron never acts."""
    return cap_instance(AXES[:1] / 2, np.array([2.5]), 0.6, y=np.ones(1))


def bumps_overlap() -> Instance:
    """Two overlapping bumps of one sign."""
    X = np.array([[1.0, 0.0], [0.96, 0.28]])
    return bump_instance(X, np.array([10.0, 10.0]), 0.9)


def tall_bump() -> Instance:
    """A bump of height 2."""
    return bump_instance(AXES[:1], np.array([8.0]), 0.75)


MEASUREMENTS = (
    Measurement("bln.s32.caps", draw_caps, (one_cap, touching, two_ends), twin_draws={
        "without apart": fixed(overlapping), "without bounded": fixed(larger_weight), "without short": fixed(longer),
        "without network": fixed(other_function), "half": fixed(one_cap)}),
    Measurement("bln.s32.fit", draw_fit, (fitted_pair,), twin_draws={
        "without coherent": fixed(disturbed), "without scaled": fixed(far_labels), "without unit rows": fixed(short_rows)}),
    Measurement("bln.s32.bumps", draw_bumps, (quarter,), twin_draws={
        "without apart": fixed(bumps_overlap), "without steep": fixed(tall_bump), "half": fixed(quarter)}),
)
