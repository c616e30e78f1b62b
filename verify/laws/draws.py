"""How instances are drawn: data sets, networks that fit them exactly, projections, and weights on pairs.

Nothing is drawn and then rejected.  A fit of labels ±1 is had in one of four ways: data are placed on the level sets ±1 of a given
network; rays are scaled so that a positively homogeneous network is ±1 on them; a staircase of ReLU units interpolates given data;
or the least Lipschitz function of the projected data is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import NotCertified
from verify.fits.explicit import least_norm_solution
from verify.fits.training import NotFitted, TrainingOptions, train_fit
from verify.laws.functions import NetworkFunction, ProjectedFunction, least_mcshane
from verify.objects.data import Dataset, draw, labels_by_point
from verify.objects.instance import Instance
from verify.objects.networks import Network, activation

Array = NDArray[np.float64]
Rng = np.random.Generator

UNIT_MODELS = ("sphere", "sphere", "hypercube", "antipodal", "simplex", "near_duplicates")
MODELS = (*UNIT_MODELS, "gaussian", "gaussian", "ball", "mixture", "correlated", "collinear", "repeated_directions", "low_rank")
LABELLINGS = ("random", "random", "balanced", "one_flip", "unbalanced", "linear", "alternating", "constant")
HOMOGENEOUS = ("relu", "relu", "leaky_relu:0.25", "leaky_relu:-0.5", "abs", "identity")
LIPSCHITZ = (*HOMOGENEOUS, "tanh")
LEAST_ACCURACY = 2e-14    # a hundred roundings of numbers of size one: unit rows, projections, level sets
BISECTIONS = 60           # halves an interval of length O(1) to less than a rounding error


def integer(rng: Rng, low: int, high: int) -> int:
    """A uniform integer of {low, …, high}."""
    return int(rng.integers(low, high + 1))


def one_of(rng: Rng, options: Sequence[Any]) -> Any:
    """A uniform element."""
    return options[int(rng.integers(len(options)))]


def new_seed(rng: Rng) -> int:
    """A seed for the sampling that an instance needs when it is evaluated."""
    return int(rng.integers(2**31))


def labelled(X: Array, rng: Rng, kind: str | None = None) -> Array:
    """Labels in {−1,+1} by a random labelling, equal for rows that agree to nine digits; constant labels included."""
    kind = kind or one_of(rng, LABELLINGS)
    if kind == "constant":
        return np.full(len(X), rng.choice([-1.0, 1.0]))
    return np.asarray(labels_by_point(np.round(X, 9) + 0.0, kind, rng))


def some_points(rng: Rng, n: int, d: int, *, unit: bool = False) -> Array:
    """n points of R^d from a random data model; on the unit sphere if asked."""
    models = ("sphere",) if unit and d == 1 else UNIT_MODELS if unit else MODELS     # near duplicates on a line are not all unit
    return np.asarray(draw(one_of(rng, models), n, d, rng).X)


def some_data(rng: Rng, n: int, d: int, *, unit: bool = False) -> Dataset:
    """n labelled points of R^d from a random data model with a random labelling."""
    X = some_points(rng, n, d, unit=unit)
    return Dataset(X, labelled(X, rng))


def spread_data(rng: Rng, n: int, d: int) -> Dataset:
    """n labelled points whose projections on some direction are at least 0.8/n apart, so that a staircase has moderate weights."""
    u = np.asarray(np.linalg.qr(rng.standard_normal((d, 1)))[0][:, 0])
    t = rng.permutation((2 * np.arange(n) + rng.uniform(-0.6, 0.6, n)) / n - 1)
    across = rng.standard_normal((n, d)) * rng.choice([0.0, 0.5])
    X = t[:, None] * u + across - np.outer(across @ u, u)
    return Dataset(X, labelled(X, rng))


def listed(X: Any, y: Any, *, real_labels: bool = False) -> Dataset:
    """A data set written out as lists.

    >>> listed([[1], [-1]], [1, -1]).n
    2
    """
    return Dataset(np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64), real_labels=real_labels)


# --- networks -------------------------------------------------------------------------------------------------------------------

def some_weights(rng: Rng, k: int, d: int) -> Array:
    """k rows of R^d: Gaussian, of very different lengths, with repeated or opposite directions, or nearly parallel."""
    W = rng.standard_normal((k, d))
    kind = one_of(rng, ("plain", "plain", "scales", "repeated", "parallel"))
    if kind == "scales":
        W *= 10.0 ** rng.uniform(-1, 1, (k, 1))
    if kind == "repeated":
        W[1:] = np.where(rng.random((k - 1, 1)) < 0.5, rng.choice([-1.0, 1.0], (k - 1, 1)) * W[0], W[1:])
    if kind == "parallel":
        W = W[:1] + 1e-2 * W
    return W


def independent_weights(rng: Rng, k: int, d: int) -> Array:
    """k ≤ d linearly independent rows: orthonormal, scaled, or with angles of order 10⁻²."""
    basis = np.linalg.qr(rng.standard_normal((d, d)))[0][:k]
    kind = one_of(rng, ("orthonormal", "scales", "nearly parallel", "nearly opposite"))
    if kind == "scales":
        basis = basis * 10.0 ** rng.uniform(-1, 1, (k, 1))
    if kind.startswith("nearly"):
        signs = np.where(np.arange(k) % 2 == 0, 1.0, -1.0 if kind == "nearly opposite" else 1.0)
        basis = signs[:, None] * basis[:1] + 0.05 * basis       # row ℓ has a component of its own along basis vector ℓ
    return np.asarray(basis)


def some_network(rng: Rng, W: Array, psi: str, *, biases: bool = True) -> Network:
    """A network with the given hidden weights, random outer weights of random signs, and random biases or none."""
    k = len(W)
    b = rng.uniform(-0.9, 0.9, k) * np.linalg.norm(W, axis=1) if biases else np.zeros(k)      # every kink meets the unit ball
    a = rng.standard_normal(k) * one_of(rng, (1.0, 10.0 ** rng.uniform(-1, 1, k)))
    return Network(W, b, a, activation(psi))


def scaled(network: Network, factor: float) -> Network:
    """factor·f."""
    return Network(network.W, network.b, network.a * factor, network.activation, network.v * factor, network.c * factor)


def level_set_data(network: Network, n: int, rng: Rng, *, unit: bool = False) -> tuple[Network, Dataset]:
    """A multiple of the network and n points on its level sets ±1, so that it fits them: any width, any n.

    The points are found by bisection on segments (on arcs of the sphere if ``unit``) between points of a pool on which f is larger
    and smaller than the level.  The labels are constant if f has one sign on the pool; at d = 1 on the sphere one point is repeated.
    """
    pool = rng.standard_normal((96, network.d)) * 10.0 ** rng.uniform(-0.5, 0.5, (96, 1))
    lengths = np.maximum(np.linalg.norm(network.W, axis=1, keepdims=True), 1e-9)
    active = network.W / lengths + 1e-2 * rng.standard_normal(network.W.shape)      # near where each unit is most active; never antipodal
    pool = np.concatenate([pool, 2 * active])
    if unit:
        pool /= np.linalg.norm(pool, axis=1, keepdims=True)
    values = network(pool)
    top, bottom = float(values.max()), float(-values.min())
    reach = min(top, bottom) if min(top, bottom) > 1e-3 * max(top, bottom) else max(top, bottom)
    if (unit and network.d == 1) or float(np.ptp(values)) < 1e-6 * reach or not reach > 0:
        return _one_level(network, pool, values, n)
    least = float(np.abs(values).min()) if top * bottom < 0 else 0.0       # one sign: the level must be above the least value
    level = least + rng.uniform(0.3, 0.9) * (reach - least)
    network, values = scaled(network, 1 / level), values / level
    signs = [s for s in (1.0, -1.0) if (s * values > 1).any()]
    y = rng.choice(signs, n)
    ends = [np.empty((n, network.d)) for _ in range(2)]
    for sign in signs:
        rows = np.flatnonzero(y == sign)
        for end, side in zip(ends, (sign * values > 1, sign * values < 1), strict=True):
            end[rows] = pool[rng.choice(np.flatnonzero(side), len(rows))]
    return network, Dataset(_crossings(network, ends[0], ends[1], y, unit=unit), y)


def _one_level(network: Network, pool: Array, values: Array, n: int) -> tuple[Network, Dataset]:
    best = int(np.argmax(np.abs(values)))
    if values[best] == 0:
        raise NotCertified("the network vanishes on the whole pool of points, so no multiple of it fits labels ±1; draw other weights")
    network = scaled(network, 1 / abs(float(values[best])))
    return network, Dataset(np.repeat(pool[best : best + 1], n, axis=0), np.full(n, np.sign(values[best])))


def _crossings(f: Any, above: Array, below: Array, y: Array, *, unit: bool) -> Array:
    """Points between ``above`` (y_i f > 1) and ``below`` (y_i f < 1) where y_i f = 1."""

    def between(t: Array) -> Array:
        points = (1 - t)[:, None] * above + t[:, None] * below
        return points / np.linalg.norm(points, axis=1, keepdims=True) if unit else points

    low, high = np.zeros(len(y)), np.ones(len(y))
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        over = y * f(between(middle)) > 1
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return between(low)


def ray_data(network: Network, n: int, rng: Rng) -> Dataset:
    """n points x_i = u_i/|f(u_i)| for a bias-free positively homogeneous network f, so that f(x_i) = ±1.

    Each u_i is one of a few candidates, among them the rows of W, on which |f| is not small compared with its largest value.
    """
    candidates = np.concatenate([rng.standard_normal((32, network.d)), network.W, -network.W])
    candidates /= np.maximum(np.linalg.norm(candidates, axis=1, keepdims=True), 1e-300)
    values = network(candidates)
    good = np.flatnonzero(np.abs(values) >= 0.05 * np.abs(values).max())
    if not np.abs(values).max() > 0:
        raise NotCertified("the network vanishes on all candidate directions, so no ray can be scaled to labels ±1; draw other weights")
    rows = rng.choice(good, n)
    return Dataset(candidates[rows] / np.abs(values[rows])[:, None], np.sign(values[rows]))


def staircase(data: Dataset, rng: Rng) -> Network:
    """A ReLU network with one unit a point that fits data with different projections on some direction u.

    The thresholds lie between the projections, so that the features ReLU(u·x_i − t_l) form a triangular matrix; the units are tilted
    away from u by about a tenth of the least gap, which keeps the triangle, and the outer weights solve the square system.
    """
    directions = np.concatenate([np.linalg.svd(data.X)[2], rng.standard_normal((64, data.d))])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    spread = np.sort(directions @ data.X.T, axis=1)
    gaps = np.diff(spread, axis=1, prepend=spread[:, :1] - 1).min(axis=1)
    best = int(np.argmax(gaps))
    gap, radius = float(gaps[best]), max(1.0, float(np.linalg.norm(data.X, axis=1).max()))
    thresholds = spread[best] - gap / 2
    W = directions[best] + 0.1 * gap / radius * rng.standard_normal((data.n, data.d)) / np.sqrt(data.d)
    features = np.maximum(data.X @ W.T - thresholds, 0)
    return Network(W, -thresholds, least_norm_solution(features, data.y), activation("relu"))


def trained(n: int, d: int, k: int, psi: str, seed: int) -> tuple[Network, Dataset]:
    """n Gaussian points with balanced labels, and a network trained to fit them.

    Raises: NotCertified if none of forty starts fits, which does not happen for a few more weights than points.
    """
    rng = np.random.default_rng(seed)
    data = draw("gaussian", n, d, rng, "balanced")
    network = train_fit(data, k, psi, TrainingOptions(restarts=40), rng)
    if isinstance(network, NotFitted):
        raise NotCertified(f"training did not fit {n} points: the best residual is {network.residual:.3g}; take another seed")
    return network, data


# --- functions of a projection --------------------------------------------------------------------------------------------------

def orthonormal_rows(rng: Rng, r: int, d: int) -> Array:
    """r orthonormal rows of R^d: random, or r coordinate vectors."""
    if rng.random() < 0.25:
        return np.eye(d)[np.sort(rng.permutation(d)[:r])]
    return np.asarray(np.linalg.qr(rng.standard_normal((d, r)))[0].T)


def projected_fit(rng: Rng, X: Array, Q: Array) -> tuple[ProjectedFunction, Array]:
    """Labels of X, equal where the projections agree, and McShane's function of the projections that fits them."""
    Z = X @ Q.T
    y = labelled(Z, rng)
    return ProjectedFunction(least_mcshane(Z, y, one_of(rng, (1.0, 1.0, 1.5))), Q), y


def projected_network(rng: Rng, n: int, Q: Array, *, unit: bool = False) -> tuple[NetworkFunction, Dataset]:
    """A ReLU network whose hidden weights lie in the row space of Q, and n points on its level sets."""
    W = some_weights(rng, integer(rng, 1, 4), len(Q)) @ Q
    network, data = level_set_data(some_network(rng, W, "relu"), n, rng, unit=unit)
    return NetworkFunction(network), data


def opposite_weights(rng: Rng, y: Array, Z: Array) -> Array:
    """A distribution on the ordered pairs of different label: uniform, random, or on pairs whose projections Z are near each other."""
    opposite = y[:, None] * y[None, :] < 0
    squares = np.sum((Z[:, None] - Z[None]) ** 2, axis=2)
    kind = one_of(rng, ("uniform", "random", "near", "nearest"))
    raw = np.ones(opposite.shape)
    if kind == "random":
        raw = rng.exponential(size=opposite.shape)
    least = float(squares[opposite].min())
    if kind == "near":
        raw = np.exp(-(squares - least) / max(least, 1e-9))
    if kind == "nearest":
        raw = (squares <= least * (1 + 1e-9)).astype(float)
    weights = np.where(opposite, raw, 0.0)
    return np.asarray(weights / weights.sum())


# --- instances ------------------------------------------------------------------------------------------------------------------

def accuracy_of(f: Callable[[Array], Array], X: Array, y: Array) -> float:
    """The relative accuracy to which the fit holds; the reading of f allows it at every value.

    A residual above 10⁻⁶ is no rounding: f does not fit, as in the instances of twins, and no allowance is made for it.
    """
    residual = float(np.max(np.abs(f(X) - y) / np.maximum(1.0, np.abs(y))))
    return max(LEAST_ACCURACY, 2 * residual) if residual <= 1e-6 else LEAST_ACCURACY


def fixed(build: Callable[[], Instance]) -> Callable[[Rng], Instance]:
    """A draw that always gives the same instance."""
    return lambda rng: build()


def fit_instance(network: Network, data: Dataset, seed: int = 0, **more: Any) -> Instance:
    """The names of a fit: X, y, n, d, the network as W, b, a, psi, k, and as the function f."""
    f = NetworkFunction(network)
    names = {"X": data.X, "y": data.y, "W": network.W, "b": network.b, "a": network.a, "psi": network.activation, "f": f,
             "n": data.n, "d": data.d, "k": network.k}
    return Instance(names | more, seed, accuracy=accuracy_of(f, data.X, data.y))


def function_instance(f: Any, data: Dataset, seed: int = 0, **more: Any) -> Instance:
    """The names of a fit by a function that need not be a network: X, y, n, d, f."""
    names = {"X": data.X, "y": data.y, "f": f, "n": data.n, "d": data.d}
    return Instance(names | more, seed, accuracy=accuracy_of(f, data.X, data.y))
