"""Measures the slope at the rim of a cap, and the printed construction of section 3.2 with its exact constant √19."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.laws.draws import Array, Rng, fixed, integer, labelled, listed, new_seed, one_of
from verify.laws.functions import affine_function
from verify.laws.measure import Measurement
from verify.laws.two_layers.caps import AXES, at_distance, cap_instance, packing, threshold
from verify.objects.instance import Instance


def across(rng: Rng, e: Array) -> Array:
    """A unit vector orthogonal to the unit vector e of R^d, d ≥ 2."""
    v = rng.standard_normal(len(e))
    v -= (v @ e) * e
    v -= (v @ e) * e
    return np.asarray(v / np.linalg.norm(v))


def draw_plane(rng: Rng) -> Instance:
    """Disjoint caps with weights of any size, and a great circle through the last centre."""
    X = packing(rng, one_of(rng, (0.0, 0.6, 0.9)), integer(rng, 1, 8), integer(rng, 2, 5))
    a = rng.uniform(-2, 2, len(X))
    return cap_instance(X, a, threshold(rng, X, 1.0), new_seed(rng), A=float(abs(a[-1])), v=across(rng, X[-1]))


def draw_rim(rng: Rng) -> Instance:
    """Two points of one cap."""
    plane = draw_plane(rng)
    theta = float(np.arccos(plane.values["tau"]))
    angles = rng.uniform(-0.99 * theta, 0.99 * theta, 2)
    return with_points(plane, *(float(t) for t in angles))


def with_points(plane: Instance, first: float, second: float) -> Instance:
    """The points at two angles from the last centre."""
    return plane.with_values(alpha=np.cos(first), beta=np.sin(first), **{"alpha′": np.cos(second), "beta′": np.sin(second)})


def draw_slope(rng: Rng) -> Instance:
    """A middle of the chord at any angle inside the rim."""
    plane = draw_plane(rng)
    return with_middle(plane, float(np.arccos(plane.values["tau"]) * rng.uniform(0, 0.999)))


def with_middle(plane: Instance, angle: float) -> Instance:
    """σ = sin(angle), c = cos(angle), and the largest t that the rim allows."""
    c = float(np.cos(angle))
    return plane.with_values(sigma=float(np.sin(angle)), c=c, t=(c - plane.values["tau"]) / 8 * (1 - 1e-9))


def printed_instance(X: Array, y: Array, seed: int = 0, **more: Any) -> Instance:
    """f(x) = Σ 10 y_i ReLU(x_i·x − 0.9)."""
    return cap_instance(X, 10 * y, 0.9, seed, y=y, **more)


def draw_sharp(rng: Rng) -> Instance:
    """Unit points with inner products at most 0.62, any labels, and a vector orthogonal to the last point."""
    X = packing(rng, one_of(rng, (0.62, 0.62, 0.3)), integer(rng, 1, 9), integer(rng, 2, 6))
    return printed_instance(X, labelled(X, rng), new_seed(rng), v=across(rng, X[-1]))


def draw_printed(rng: Rng) -> Instance:
    """The same in any dimension up to 12, where the promised probability is 0.9 for two points: nearer to 1 no sample would decide."""
    X = packing(rng, 0.62, integer(rng, 2, 4), one_of(rng, (1, 2, 4, 8, 12)))
    X = np.concatenate([X, -X]) if len(X) == 1 else X               # of one point every event is certain, which no sample shows
    return printed_instance(X, labelled(X, rng), new_seed(rng))


# --- corners ------------------------------------------------------------------------------------------------------------------------

def one_point() -> Instance:
    """n = 1 in the plane: Lip_S = √19, and v = e_2."""
    return printed_instance(AXES[:1], np.ones(1), v=AXES[1])


def hexagon() -> Instance:
    """Six points around the circle with alternating labels."""
    t = np.arange(6) * np.pi / 3
    X = np.stack([np.cos(t), np.sin(t)], axis=1)
    return printed_instance(X, np.array([1.0, -1.0] * 3), v=np.array([-X[-1, 1], X[-1, 0]]))


def poles() -> Instance:
    """±1 on the line: Lip_S = 1, and n = 2."""
    return printed_instance(np.array([[1.0], [-1.0]]), np.array([1.0, -1.0]))


def nearest_pair() -> Instance:
    """x_1·x_2 = 0.62 with opposite labels: the caps touch."""
    X = np.array([[np.sqrt(1 - 0.62**2), 0.62 - 1e-12], [0.0, 1.0]])
    return printed_instance(X / np.linalg.norm(X, axis=1, keepdims=True), np.array([1.0, -1.0]), v=AXES[0])


def plane() -> Instance:
    """ReLU(x_1 − 0.6), and v = e_2."""
    return cap_instance(AXES[:1], np.ones(1), 0.6, A=1.0, v=AXES[1])


def short_chord() -> Instance:
    """A chord next to the rim: both sides are 0.64 times its squared length, within one per cent."""
    theta = float(np.arccos(0.6))
    return with_points(plane(), 0.999 * theta, 0.99 * theta)


def near_rim() -> Instance:
    """σ = sin(0.999 θ): 0.7994 ≤ 0.8."""
    return with_middle(plane(), 0.999 * float(np.arccos(0.6)))


# --- where the false twins fail -------------------------------------------------------------------------------------------------------

def constant() -> Instance:
    """f = 0 is no sum of caps."""
    return short_chord().with_values(f=affine_function(np.zeros(2)))


def constant_slope() -> Instance:
    """f = 0 again."""
    return near_rim().with_values(f=affine_function(np.zeros(2)))


def zero_weight() -> Instance:
    """a_1 = 0 with A = 1."""
    return with_points(cap_instance(AXES[:1], np.zeros(1), 0.6, A=1.0, v=AXES[1]), 0.9, 0.8)


def zero_weight_slope() -> Instance:
    """a_1 = 0 with A = 1."""
    return near_rim().with_values(a=np.zeros(1), f=affine_function(np.zeros(2)))


def outside() -> Instance:
    """A chord from the top of the cap to a point where f vanishes is as long as one likes, but α − α′ is counted below τ too."""
    return with_points(plane(), 0.0, 2.5)


def beyond_rim() -> Instance:
    """σ = 1, c = 0: beyond the rim there is no slope."""
    return plane().with_values(sigma=1.0, c=0.0, t=0.01)


def no_circle() -> Instance:
    """σ = 2 with c = 0.9."""
    return plane().with_values(sigma=2.0, c=0.9, t=0.01)


def same_place() -> Instance:
    """Two caps of one sign that overlap."""
    found = at_distance(0.96, (1.0, 1.0))
    values, X = found.values, found.values["X"]
    return printed_instance(X, values["a"], v=np.array([-X[1, 1], X[1, 0]]))


def double_weights() -> Instance:
    """a_i = 20 y_i."""
    found = one_point()
    return cap_instance(AXES[:1], 20 * np.ones(1), 0.9, y=np.ones(1), v=found.values["v"])


def one_dimension() -> Instance:
    """On the sphere of R¹ there is no rim, and no v: Lip_S = ½ at n = 1."""
    return printed_instance(np.ones((1, 1)), np.ones(1), v=np.zeros(1))


def long_vector() -> Instance:
    """In R¹ with v = 1, which is not orthogonal to x_1."""
    return one_dimension().with_values(v=np.ones(1))


def quarter_labels() -> Instance:
    """y_1 = ¼ and a_1 = 10/4: the constant is √19/4."""
    data = listed(AXES[:1], [0.25], real_labels=True)
    return printed_instance(data.X, data.y, v=AXES[1])


def twenty() -> Instance:
    """a_i = 30 y_i: Lip_S = 3√19 > 10."""
    return cap_instance(AXES[:1], 30 * np.ones(1), 0.9, y=np.ones(1))


def line_function() -> Instance:
    """f = 20x_1."""
    return one_point().with_values(f=affine_function([20.0, 0.0]))


MEASUREMENTS = (
    Measurement("bln.s32.rim", draw_rim, (short_chord,), twin_draws={
        "without network": fixed(constant), "without weight": fixed(zero_weight), "without inside′": fixed(outside)}),
    Measurement("bln.s32.slope", draw_slope, (near_rim,), twin_draws={
        "without network": fixed(constant_slope), "without weight": fixed(zero_weight_slope), "without above rim": fixed(beyond_rim),
        "without middle": fixed(no_circle)}),
    Measurement("bln.s32.sharp", draw_sharp, (one_point, hexagon, nearest_pair), twin_draws={
        "without apart": fixed(same_place), "without ten": fixed(double_weights), "without labels": fixed(quarter_labels),
        "without unit": fixed(one_dimension), "without across": fixed(long_vector)}),
    Measurement("bln.s32.printed", draw_printed, (poles, hexagon, nearest_pair), twin_draws={
        "without ten": fixed(twenty), "without network": fixed(line_function), "four": fixed(one_point)}),
)
