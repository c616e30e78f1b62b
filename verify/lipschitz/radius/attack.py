"""Points near to a given one that a network puts into another class: projected gradient descent, then the nearest such point on its way."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from theory.certificates.exact.exact_weights import Row
from theory.certificates.exact.rounding import root_above
from theory.certificates.lipschitz.radius import Classifier
from verify.objects.domains import Array
from verify.objects.networks import VectorNetwork
from verify.objects.networks.network import as_float

RESTARTS = 16
_STEPS = 20
_REACH = tuple(1.25 * 1.7**i for i in range(14))     # radii tried, in units of the distance to the boundary of the linearised network
_POLISH = 12
_HALVINGS = 40
_OUTWARD = (0.0, 1e-12, 1e-9, 1e-6, 1e-3)      # how far a found point is pushed, relatively, until exact arithmetic agrees


@dataclass(frozen=True)
class Attack:
    """A point of another class, decided exactly; `distance` is at least its Euclidean distance, and exceeds it by rounding alone."""

    point: tuple[Fraction, ...]
    reached: int
    distance: Fraction


@dataclass(frozen=True)
class _Target:
    """F_y minus the largest other output, which is negative where the class has changed."""

    network: VectorNetwork
    x: Array
    own: int

    def rivals(self, Z: Array) -> tuple[Array, Array]:
        """The margin at the rows of Z, and the output that it is to."""
        values = self.network(Z)
        others = values.copy()
        others[:, self.own] = -np.inf
        best = others.argmax(axis=1)
        return values[:, self.own] - others[np.arange(len(Z)), best], best

    def gradients(self, Z: Array, best: Array) -> Array:
        """Of the margin, in which `best` is the other output."""
        network = self.network
        A, V, W = network.A, network.V, network.W
        slopes = network.activation.derivative(Z @ W.T + network.b)
        return np.asarray((slopes * (A[self.own] - A[best])) @ W + V[self.own] - V[best])


def class_network(network: VectorNetwork) -> VectorNetwork:
    """The network in doubles, with the outputs (0, f) for one output f."""
    W, b, A, V, c = (as_float(getattr(network, name)) for name in ("W", "b", "A", "V", "c"))
    if network.m == 1:
        A, V, c = (np.concatenate([np.zeros_like(part), part]) for part in (A, V, c))
    return VectorNetwork(W, b, A, network.activation, V, c)


def attack(network: VectorNetwork, what: Classifier, point: Row, own: int, seed: int = 0) -> Attack | None:
    """A point of another class near to x, or None when none is found.

    Descent of the margin in ℓ2 balls about x that grow until a restart succeeds; from each success, projections of x onto the boundary of
    the linearised margin, and halvings of the way to x; the nearest point is decided exactly.

    Args: network with at least two outputs (`class_network`), the same as a `Classifier`, the point x (d), its class, the seed of the
    restarts.
    """
    x = np.array([float(c) for c in point])
    target, rng = _Target(network, x, own), np.random.default_rng(seed)
    margin, best = target.rivals(x[None])
    slope = float(np.linalg.norm(target.gradients(x[None], best)[0]))
    unit = float(margin[0]) / slope if slope > 0 else 1.0 + float(np.linalg.norm(x))
    for reach in _REACH:
        found = _descended(target, unit * reach, rng)
        if len(found):
            nearest = _nearest(target, found)
            return _decided(what, point, own, nearest)
    return None


def _descended(target: _Target, radius: float, rng: np.random.Generator) -> Array:
    """The points of another class that descent from `RESTARTS` points of the ball ends at."""
    x = target.x
    Z = rng.standard_normal((RESTARTS, len(x)))
    Z *= radius * rng.random((RESTARTS, 1)) / np.linalg.norm(Z, axis=1, keepdims=True)
    Z[0] = 0.0
    Z = x + Z
    for i in range(_STEPS):
        margins, best = target.rivals(Z)
        if (margins < 0).any():
            break
        g = target.gradients(Z, best)
        moved = Z - x - 2.0 * radius / (i + 2) * g / np.maximum(np.linalg.norm(g, axis=1, keepdims=True), 1e-300)
        Z = x + moved * np.minimum(1.0, radius / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-300))
    return np.asarray(Z[target.rivals(Z)[0] < 0])


def _nearest(target: _Target, Z: Array) -> Array:
    """A point of another class on the way from x to one of Z, or near to it, at a small distance from x."""
    Z = _pulled(target, Z)
    for _ in range(_POLISH):
        margins, best = target.rivals(Z)
        g = target.gradients(Z, best)
        square = np.maximum((g * g).sum(axis=1, keepdims=True), 1e-300)
        level = margins[:, None] + (g * (target.x - Z)).sum(axis=1, keepdims=True)      # of the linearised margin at x
        trial = target.x - (1 + 1e-9) * level / square * g
        good = (target.rivals(trial)[0] < 0) & (level[:, 0] > 0)
        trial = np.where(good[:, None], trial, Z)
        trial = _pulled(target, trial)
        nearer = np.linalg.norm(trial - target.x, axis=1) < np.linalg.norm(Z - target.x, axis=1) * (1 - 1e-12)
        if not nearer.any():
            break
        Z = np.where(nearer[:, None], trial, Z)
    return np.asarray(Z[np.linalg.norm(Z - target.x, axis=1).argmin()])


def _pulled(target: _Target, Z: Array) -> Array:
    """Each point moved towards x as far as halvings of the way show another class."""
    low, high = np.zeros((len(Z), 1)), np.ones((len(Z), 1))
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        changed = (target.rivals(target.x + middle * (Z - target.x))[0] < 0)[:, None]
        low, high = np.where(changed, low, middle), np.where(changed, middle, high)
    return np.asarray(target.x + high * (Z - target.x))


def _decided(what: Classifier, start: Row, own: int, z: Array) -> Attack | None:
    """The point, pushed outward until it is exactly of another class."""
    x = np.array([float(c) for c in start])
    for outward in _OUTWARD:
        point = tuple(Fraction(float(c)) for c in z + outward * (z - x))
        for other, (_, margin) in what.margins(point, own).items():
            if margin < 0:
                square = sum(((p - q) ** 2 for p, q in zip(point, start, strict=True)), Fraction(0))
                return Attack(point, other, root_above(square))
    return None
