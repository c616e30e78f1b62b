"""Networks whose Lipschitz constants are known exactly, each on one domain: what any method is to enclose, and where it is to be exact."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from verify.lipschitz import GLOBAL, Domain, ball, box, geodesic_sphere, hull, sphere
from verify.objects.networks import Network
from verify.objects.networks.special import cancelling_pair, dependent_rows, opposite_pairs, unbalanced_scaling


@dataclass(frozen=True)
class Specimen:
    """A network, a domain, the constant there, why it is that, and whether the front door promises to find it exactly."""

    name: str
    network: Network
    domain: Domain
    value: float
    reason: str
    exact: bool = True


def relu(W, b, a, v=None):
    return Network(np.array(W, dtype=float), np.array(b, dtype=float), np.array(a, dtype=float), "relu",
                   None if v is None else np.array(v, dtype=float))


def spline(slopes, knots, direction, v=None):
    """x ↦ s_0·t + Σ (s_j − s_{j−1})ReLU(t − knot_j), t = direction·x: the slopes in order, along one direction."""
    direction = np.array(direction, dtype=float)
    jumps = np.diff(slopes).astype(float)
    affine = slopes[0] * direction + (0 if v is None else np.array(v, dtype=float))
    return relu(np.tile(direction, (len(jumps), 1)), -np.array(knots, dtype=float), jumps, affine)


def caps(d, n, height=0.75):
    """n disjoint caps {x·x_i ≥ height} about ±e_i with bumps of height ±1 on them, slope 1/(1−height)."""
    centres = np.concatenate([np.eye(d), -np.eye(d)])[:n]
    return relu(centres, np.full(n, -height), np.where(np.arange(n) % 2, -1.0, 1.0) / (1 - height))


def fan(n):
    """Σ|u_j·x| over n directions at angles πj/n in the plane."""
    angle = np.pi * np.arange(n) / n
    return Network(np.column_stack([np.cos(angle), np.sin(angle)]), np.zeros(n), np.ones(n), "abs")


def quadratic(eigenvalues, seed):
    """Σ λ_i(u_i·x)² with orthonormal u_i."""
    d = len(eigenvalues)
    U, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))
    return Network(U, np.zeros(d), np.array(eigenvalues, dtype=float), "power:2")


def needle(d, height, width):
    """A spike of slopes ±height along e_1 between 0 and 2·width, and 3·ReLU(x_i) in the other coordinates."""
    spike = np.tile(np.eye(1, d), (3, 1))
    return relu(np.concatenate([spike, np.eye(d)[1:]]), np.concatenate([[0, -width, -2 * width], np.zeros(d - 1)]),
                np.concatenate([height * np.array([1.0, -2.0, 1.0]), np.full(d - 1, 3.0)]))


def _splines():
    rng = np.random.default_rng(7)
    for k in (1, 5, 40, 500):
        slopes = list(accumulate(rng.integers(-3, 4, k + 1)))
        knots = np.sort(rng.choice(4 * k + 4, k, replace=False)) / 4.0
        yield Specimen(f"spline with {k} knots", spline(slopes, knots, [1.0]), GLOBAL, max(map(abs, slopes)), "the steepest piece")
        # the interval from before the first knot to just beyond the knot in the middle
        middle = knots[k // 2]
        seen = slopes[: k // 2 + 2]
        yield Specimen(f"spline with {k} knots on an interval", spline(slopes, knots, [1.0]), box([-1.0], [middle + 1 / 8]),
                       max(map(abs, seen)), "the steepest piece that the interval meets")
        yield Specimen(f"parallel rows, {k} of them", spline(slopes, knots, [3.0, 4.0, 0.0], [0.0, 0.0, 12.0]), GLOBAL,
                       float(np.hypot(5 * max(map(abs, slopes)), 12)), "a spline along (3, 4, 0), and 12 across it")


def _cancellation():
    base = relu([[3.0, 4.0]], [0.5], [2.0])
    yield Specimen("a cancelling pair", cancelling_pair(base, 1000.0, [0.0, 1.0]), GLOBAL, 10.0, "the pair is the zero function")
    yield Specimen("opposite pairs", opposite_pairs(64.0, [[1.0, 0], [0, 1.0], [-1.0, -1.0]], base), GLOBAL, 10.0, "the pairs sum to zero")
    yield Specimen("dependent rows", dependent_rows(50.0, 4), GLOBAL, 1.0, "ReLU(x_1), and pairs that sum to zero")
    unbalanced = unbalanced_scaling(2.0**20, [1.0, 0.0], [0.0, 1.0])
    yield Specimen("unbalanced layers", unbalanced, GLOBAL, 2**0.5, "ReLU(x) + ReLU(y)")
    yield Specimen("opposite orientations, sum", relu([[1.0, 2.0], [-1.0, -2.0]], [1.0, -1.0], [1.0, 1.0]), GLOBAL, 5**0.5, "|t|")
    yield Specimen("opposite orientations, difference", relu([[1.0, 2.0], [-2.0, -4.0]], [1.0, -2.0], [2.0, -1.0]), GLOBAL,
                   2 * 5**0.5, "2t")
    yield Specimen("the same kink five times", relu([[1.0], [2.0], [-3.0], [-1.0], [4.0]], [0.5, 1.0, -1.5, -0.5, 2.0], [1, 1, 1, -1, -1]),
                   GLOBAL, 2.0, "slopes 1+2−4 = −1 to the right of −1/2 and −3+1 = −2 to the left of it")
    yield Specimen("nearly the same hyperplane", relu([[1.0], [1.0]], [0.0, -1e-9], [5.0, -5.0]), GLOBAL, 5.0, "slope 5 between 0 and 1e-9")
    yield Specimen("a wedge of angle 2^-20", relu([[1.0, 0.0], [1.0, 2.0**-20]], [0.0, 0.0], [5.0, -5.0]), GLOBAL,
                   5 * float(np.hypot(1.0, 2.0**-20)), "where only the second is active")
    yield Specimen("a needle", needle(6, 8.0, 2.0**-18), GLOBAL, float(np.hypot(8.0, 3 * 5**0.5)), "sums over coordinates: squares add")
    yield Specimen("dead neurons", relu([[3.0, 4.0], [0.0, 0.0], [7.0, 1.0]], [1.0, 5.0, 0.0], [1.0, 9.0, 0.0]), GLOBAL, 5.0,
                   "one is alive")


def _cells():
    yield Specimen("one neuron", relu([[3.0, 4.0]], [0.7], [-2.0]), GLOBAL, 10.0, "2·5")
    yield Specimen("e1, e2, e1+e2", relu([[1.0, 0, 0], [0, 1.0, 0], [1.0, 1.0, 0]], np.zeros(3), [1.0, 1.0, -1.0]), GLOBAL, 1.0,
                   "six cells; the pattern e1 + e2 without the third is in none of them")
    yield Specimen("the published counterexample", relu([[3.0, -3.0], [2.0, -3.0]], np.zeros(2), [-1.0, 3.0]), GLOBAL, 117**0.5, "(6, −9)")
    yield Specimen("independent rows", relu(np.eye(24), np.linspace(-2, 2, 24), np.arange(1, 25)), GLOBAL, 4900**0.5,
                   "all patterns occur, and all of one sign is best: 1² + … + 24² = 4900")
    yield Specimen("a cube", Network(np.eye(12), np.zeros(12), np.ones(12), "abs"), GLOBAL, 12**0.5, "Σ|x_i|")
    for n in (3, 8, 21):
        yield Specimen(f"a fan of {n}", fan(n), GLOBAL, 1 / float(np.sin(np.pi / (2 * n))), "n unit vectors spread over a half-turn")
    yield Specimen("leaky", Network(np.array([[3.0, 4.0]]), np.zeros(1), np.array([2.0]), "leaky_relu:-3"), GLOBAL, 30.0, "slope −3")


def _domains():
    lines = relu([[1.0, 0.0], [0.0, 1.0]], [-2.0, 0.0], [3.0, 4.0])           # 3 beyond x = 2, 4 beyond y = 0
    yield Specimen("a ball that a kink misses", lines, ball(1.0), 4.0, "x < 2 on the ball")
    yield Specimen("a ball that touches a kink", lines, ball(2.0), 4.0, "x ≤ 2 on the ball")
    yield Specimen("a ball about another point", lines, ball(1.0, (2.5, 0.0)), 5.0, "all four cells")
    yield Specimen("a box that touches a kink", lines, box([-1.0, -1.0], [2.0, 1.0]), 4.0, "x ≤ 2 on the box")
    yield Specimen("a box across both", lines, box([1.0, -1.0], [2.5, 1.0]), 5.0, "all four cells")
    yield Specimen("a flat box", lines, box([0.0, 1.0], [3.0, 1.0]), 3.0, "only x moves")
    yield Specimen("a point", lines, box([3.0, 1.0], [3.0, 1.0]), 0.0, "nothing moves")
    yield Specimen("a triangle that touches a kink", lines, hull([[0.0, -1.0], [2.0, 1.0], [0.0, 1.0]]), 4.0, "x ≤ 2 on the triangle")
    yield Specimen("a triangle across both", lines, hull([[0.0, -2.0], [5.0, 2.0], [0.0, 2.0]]), 5.0, "it has points with x > 2, y > 0")
    yield Specimen("a triangle without the steep corner", lines, hull([[3.0, -3.0], [3.0, -1.0], [0.0, 2.0]]), 4.0,
                   "x + y ≤ 2 there, so never x > 2 and y > 0")
    yield Specimen("a segment", lines, hull([[0.0, 1.0], [3.0, 1.0]]), 3.0, "only x moves")
    yield Specimen("a slanted segment", lines, hull([[0.0, 1.0], [4.0, 4.0]]), 24 / 5, "(3, 4)·(4, 3)/5")
    yield Specimen("the two points of the line", relu([[1.0]], [0.0], [2.0]), sphere(), 1.0, "(2 − 0)/2")


def _spheres():
    for d, n in ((2, 1), (2, 4), (3, 6), (5, 5), (24, 24)):
        yield Specimen(f"{n} caps, d = {d}", caps(d, n), geodesic_sphere(), 7**0.5, "4 sin θ with cos θ = 3/4")
        yield Specimen(f"{n} caps, d = {d}, in the ball", caps(d, n), ball(), 4.0, "the hyperplanes meet outside the ball")
        if n == 1:
            yield Specimen("one cap, chords", caps(d, n), sphere(), 7**0.5, "4 sin of the mean of two angles ≤ θ", exact=False)
    wide = relu([[1.0, 0.0]], [0.5], [4.0])
    yield Specimen("a cap beyond the equator", wide, geodesic_sphere(), 4.0, "the right angle is inside")
    line = Network(np.zeros((1, 3)), np.zeros(1), np.zeros(1), "relu", np.array([2.0, 3.0, 6.0]))
    for domain in (sphere(2.0), geodesic_sphere(2.0), ball(2.0)):
        yield Specimen(f"a linear function on a {domain.kind}", line, domain, 7.0, "‖(2, 3, 6)‖")


def _quadratics():
    for d, seed in ((2, 0), (3, 1)):
        f, least, greatest = quadratic([-1.0, *np.zeros(d - 2), 2.0], seed), -1.0, 2.0
        yield Specimen(f"quadratic in the ball, d = {d}", f, ball(1.5), 2 * 1.5 * greatest, "2r‖A‖", exact=False)
        yield Specimen(f"quadratic on the sphere, d = {d}", f, sphere(), greatest - least, "λ_max − λ_min", exact=False)
        yield Specimen(f"quadratic along the sphere, d = {d}", f, geodesic_sphere(), greatest - least,
                       "slope (λ_max − λ_min) sin 2θ", exact=False)


ZOO = (*_splines(), *_cancellation(), *_cells(), *_domains(), *_spheres(), *_quadratics())
