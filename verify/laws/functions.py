"""Networks and other functions as objects of statements: values on arrays, and an enclosure of the Lipschitz constant on a named domain."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

from theory.errors import HypothesisViolated, NotCertified
from theory.terms.sets import Ball
from verify.fits.functions.mcshane import mcshane_bound, mcshane_interpolant
from verify.lipschitz import Budget, network_enclosure
from verify.objects.domains import numeric_domain
from verify.objects.instance import RealFunction
from verify.objects.networks import ACTIVATIONS, Network
from verify.objects.networks.network import as_float

Array = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
_DEFAULT = Budget()


@dataclass(frozen=True)
class LipschitzInterval:
    """lower ≤ Lip ≤ upper."""

    lower: float
    upper: float


@dataclass(frozen=True, eq=False)
class NetworkFunction:
    """A two-layer network x ↦ Σ a_ℓψ(w_ℓ·x+b_ℓ) + v·x + c as a function R^d → R of a statement.

    The Lipschitz constant (Euclidean; on R^d, balls about 0, or the sphere with the chord metric) is enclosed by
    `verify.lipschitz`: exact on R^d and on balls for piecewise linear ψ and small k, d; an interval otherwise.

    Args: network, `budget` of the enclosure.
    Raises: `lipschitz` raises NotCertified for an activation without an enclosure.

    >>> from sympy import Integer
    >>> from theory.terms import Space
    >>> ramp = NetworkFunction(Network([[3.0, 4.0]], [0.0], [1.0], "relu"))
    >>> ramp(np.array([[1.0, 1.0]])).tolist(), round(ramp.lipschitz(Space(Integer(2))).upper, 9)
    ([7.0], 5.0)
    """

    network: Network
    budget: Budget = field(default=_DEFAULT, kw_only=True)

    def __call__(self, points: Any) -> Array:
        return as_float(self.network(points))

    def magnitude(self, points: Any) -> Array:
        """The size of the terms of f at the rows of points, what its rounding error is relative to: neurons may cancel.

        >>> NetworkFunction(Network([[1.0], [1.0]], [0.0, 0.0], [1e9, -1e9], "relu")).magnitude(np.array([[2.0]])).tolist()
        [4000000000.0]
        """
        W, b, a, v = (np.abs(as_float(part)) for part in (self.network.W, self.network.b, self.network.a, self.network.v))
        x, psi = np.abs(as_float(points)), self.network.activation
        inner = x @ W.T + b
        if psi.lipschitz is None:                          # a power, say: its rounding error is a few times its size there
            size = 8 * np.maximum(np.abs(as_float(psi.function(inner))), np.abs(as_float(psi.function(-inner))))
        else:
            size = float(psi.lipschitz) * inner + np.abs(as_float(psi.function(np.zeros(1))))
        return np.asarray(size @ a + x @ v + abs(float(self.network.c)))

    def lipschitz(self, domain: Any) -> LipschitzInterval:
        """Enclosure of the Lipschitz constant on a domain of the statement."""
        found = network_enclosure(self.network, numeric_domain(domain, self.network.d), self.budget)
        if not np.isfinite(found.upper):
            name = self.network.activation.name
            raise NotCertified(f"no enclosure is known for networks with the activation {name} on {domain}; name a ball instead")
        return LipschitzInterval(found.lower, found.upper)


def affine_function(v: Any, c: float = 0.0) -> NetworkFunction:
    """x ↦ v·x + c, with Lipschitz constant ‖v‖ on every domain of dimension at least 2.

    >>> affine_function([1.0, -1.0], 2.0)(np.array([[3.0, 1.0]])).tolist()
    [4.0]
    """
    slope = np.asarray(v, dtype=np.float64)
    return NetworkFunction(Network(np.zeros((1, len(slope))), np.zeros(1), np.zeros(1), ACTIVATIONS["relu"], slope, c))


@dataclass(frozen=True)
class ConstantFunction:
    """x ↦ c, with Lipschitz constant 0 on every set, exactly.

    >>> ConstantFunction(1.0)(np.zeros((2, 3))).tolist(), ConstantFunction(1.0).lipschitz(None)
    ([1.0, 1.0], LipschitzInterval(lower=0.0, upper=0.0))
    """

    value: Any

    def __call__(self, points: Any) -> Array:
        return np.full(len(points), self.value)

    def lipschitz(self, domain: Any) -> LipschitzInterval:
        """[0, 0]."""
        return LipschitzInterval(0.0, 0.0)

    def lipschitz_exact(self, domain: Any) -> tuple[arb, arb]:
        """The balls 0, 0."""
        return arb(0), arb(0)


@dataclass(frozen=True, eq=False)
class ConeFunction:
    """x ↦ c + s‖x − p‖, with Euclidean Lipschitz constant |s| on R^d, on every ball about 0, and on the sphere if ‖p‖ = 1.

    On the sphere with the chord metric the quotient |s| is attained by p and any other point; for ‖p‖ ≠ 1 no enclosure is given.

    >>> from sympy import Integer
    >>> from theory.terms import Sphere
    >>> cone = ConeFunction(np.array([0.0, 1.0]), -2.0, 1.0)
    >>> cone(np.array([[0.0, -1.0]])).tolist(), cone.lipschitz(Sphere(Integer(2)))
    ([-3.0], LipschitzInterval(lower=2.0, upper=2.0))
    """

    apex: Array
    slope: float
    constant: float

    def __call__(self, points: Any) -> Array:
        return np.asarray(self.constant + self.slope * np.linalg.norm(np.asarray(points, dtype=np.float64) - self.apex, axis=1))

    def lipschitz(self, domain: Any) -> LipschitzInterval:
        """|s|, exactly."""
        where = numeric_domain(domain, len(self.apex))
        if where.kind == "sphere" and abs(float(np.linalg.norm(self.apex)) - 1) > 8 * EPS * len(self.apex):
            raise NotCertified("the apex of the cone is not on the sphere; its Lipschitz constant there is not enclosed")
        return LipschitzInterval(abs(self.slope), abs(self.slope))


@dataclass(frozen=True, eq=False)
class McShaneFunction:
    """The largest L-Lipschitz function that fits the data: x ↦ min_i (y_i + L‖x − x_i‖), L ≥ L*.

    Near almost every point it is one cone, with a gradient of norm L, so its Euclidean Lipschitz constant on R^d and on
    every ball is L exactly.  On the sphere it lies between McShane's constant of the data that are there and L.

    Args: X (n×d), y (n), L.
    Raises: HypothesisViolated if L is below McShane's constant L* of the data.

    >>> from sympy import Integer
    >>> from theory.terms import Space
    >>> g = McShaneFunction(np.array([[0.0], [1.0]]), np.array([1.0, -1.0]), 2.0)
    >>> g(np.array([[0.25], [5.0]])).tolist(), g.lipschitz(Space(Integer(1))).upper
    ([0.5, 7.0], 2.0)
    """

    X: Array
    y: Array
    constant: float

    def __post_init__(self) -> None:
        self._interpolant  # noqa: B018  # computed now, so that a constant that is too small is refused here

    @cached_property
    def _interpolant(self) -> Any:
        return mcshane_interpolant(self.X, self.y, self.constant)

    def __call__(self, points: Any) -> Array:
        return np.asarray(self._interpolant(points))

    def lipschitz(self, domain: Any) -> LipschitzInterval:
        """L on R^d and on balls; on the sphere an interval."""
        where = numeric_domain(domain, self.X.shape[1])
        if where.kind != "sphere":
            return LipschitzInterval(self.constant, self.constant)
        inside = np.abs(np.linalg.norm(self.X, axis=1) - 1) <= 1e-12
        least = mcshane_bound(self.X[inside], self.y[inside]).estimate * (1 - 1e-12) if inside.sum() > 1 else 0.0
        return LipschitzInterval(min(least, self.constant), self.constant)


def least_mcshane(X: Array, y: Array, factor: float = 1.0) -> McShaneFunction:
    """McShane's interpolant with L = factor·L*, factor ≥ 1.

    >>> least_mcshane(np.array([[0.0], [1.0]]), np.array([1.0, -1.0])).constant
    2.0
    """
    return McShaneFunction(np.asarray(X), np.asarray(y), factor * mcshane_bound(X, y).estimate)


@dataclass(frozen=True, eq=False)
class ProjectedFunction:
    """x ↦ g(Qx) for g: R^r → R and Q ∈ R^{r×d} with orthonormal rows: a function of an r-dimensional projection of x.

    Q maps R^d onto R^r and balls onto balls of the same radius, so there Lip(f) = Lip(g).  It maps the sphere onto the
    unit ball of R^r if r < d: Lip_S(f) ≤ Lip_B(g), with a lower bound from chords between the lifts (p, √(1−‖p‖²)) of
    points p; `pairs` of them are drawn from `seed`.

    Raises: HypothesisViolated if the rows of Q are not orthonormal.

    >>> from sympy import Integer
    >>> from theory.terms import Space
    >>> f = ProjectedFunction(ConeFunction(np.zeros(1), 1.0, 0.0), np.array([[1.0, 0.0]]))      # |x_1|
    >>> f(np.array([[-2.0, 7.0]])).tolist(), f.lipschitz(Space(Integer(2))).upper
    ([2.0], 1.0)
    """

    outer: RealFunction
    Q: Array
    pairs: int = 512
    seed: int = 0

    def __post_init__(self) -> None:
        r, d = self.Q.shape
        # rows from a QR decomposition are orthonormal to a few d·eps
        if r > d or np.max(np.abs(self.Q @ self.Q.T - np.eye(r))) > 64 * d * EPS:
            raise HypothesisViolated(f"the {r}×{d} matrix Q does not have orthonormal rows; take them from a QR decomposition")

    @property
    def projection(self) -> Array:
        """P = QᵀQ, the orthogonal projection of rank r through which the function factors."""
        return np.asarray(self.Q.T @ self.Q)

    def __call__(self, points: Any) -> Array:
        return np.asarray(self.outer(np.asarray(points, dtype=np.float64) @ self.Q.T))

    def lipschitz(self, domain: Any) -> LipschitzInterval:
        """That of g on R^d and on balls; on the sphere an interval."""
        r, d = self.Q.shape
        where = numeric_domain(domain, d)
        if where.kind != "sphere" or r == d:
            inner = Ball(r, domain.radius) if where.kind == "ball" else domain.func(r)
            found = self.outer.lipschitz(inner)
            return LipschitzInterval(float(found.lower), float(found.upper))
        upper = float(self.outer.lipschitz(Ball(r)).upper)
        return LipschitzInterval(min(self._steepest_chord(), upper), upper)

    def _steepest_chord(self) -> float:
        """The best quotient between lifts of drawn points, most of them near each other, less its rounding error."""
        rng = np.random.default_rng(self.seed)
        r = self.Q.shape[0]
        first = _in_ball(rng.standard_normal((self.pairs, r)) * rng.choice([0.1, 0.5, 1.0], (self.pairs, 1)))
        second = _in_ball(first + rng.standard_normal(first.shape) * 10.0 ** rng.uniform(-3, 0, (self.pairs, 1)))
        values = [self.outer(points) for points in (first, second)]
        heights = [np.sqrt(1 - np.sum(points**2, axis=1)) for points in (first, second)]
        chords = np.sqrt(np.sum((first - second) ** 2, axis=1) + (heights[0] - heights[1]) ** 2)
        far = chords > 1e-3         # the rounding of a shorter chord and of the values would count
        if not far.any():
            return 0.0
        size = max(1.0, float(np.max(np.abs(values))))
        return max(0.0, float(np.max(np.abs(values[0] - values[1])[far] / chords[far])) - 256 * EPS * size / 1e-3)


# --- functions with gradients --------------------------------------------------------------------------------------------------------

Bends = tuple[tuple[Any, Any], tuple[Any, Any]]     # ends of the least and of the largest slope of a gradient along lines


@dataclass(frozen=True, eq=False)
class HuberFunction:
    """x ↦ Σ_j (c_j t_j²/2 + a_j h_j(t_j)) for t = x − b and Huber's h_j(t) = t²/2 for |t| ≤ δ_j, δ_j|t| − δ_j²/2 beyond.

    Differentiable, with the slopes c_j and c_j + a_j along the j-th axis: convex for a, c ≥ 0, and then min c-strongly convex and
    max(a + c)-smooth, exactly.  The worst cases of gradient descent are among these functions.  Arrays of fractions answer exactly.

    >>> f = HuberFunction(c=[0], a=[1], b=[0], delta=[1])
    >>> f(np.array([[0.5], [3.0]])).tolist(), f.gradient(np.array([[0.5], [3.0]])).tolist(), f.bends
    ([0.125, 2.5], [[0.5], [1.0]], ((0, 0), (1, 1)))
    """

    c: Any
    a: Any
    b: Any
    delta: Any

    def _parts(self, points: Any) -> tuple[Any, ...]:
        raw = np.asarray(points)
        kind = object if raw.dtype == object else np.float64
        c, a, b, delta = (np.asarray(part).astype(kind) for part in (self.c, self.a, self.b, self.delta))
        return c, a, delta, raw.astype(kind) - b

    def __call__(self, points: Any) -> Array:
        c, a, delta, t = self._parts(points)
        beyond = np.maximum(abs(t) - delta, 0 * t)
        return np.asarray(np.sum(c * t * t + a * (t * t - beyond * beyond), axis=-1) / 2)

    def gradient(self, points: Any) -> Array:
        """∇f at the rows of points: c t + a max(−δ, min(t, δ)), entry by entry."""
        c, a, delta, t = self._parts(points)
        return np.asarray(c * t + a * np.maximum(-delta, np.minimum(t, delta)))

    @property
    def bends(self) -> Bends:
        """The least and the largest slope of the gradient, each as the two ends of an enclosure: here they are numbers."""
        slopes = [s for c, a, delta in zip(self.c, self.a, self.delta, strict=True) for s in ((c, c + a) if delta else (c,))]
        least, largest = min(slopes), max(slopes)
        return (least, least), (largest, largest)


@dataclass(frozen=True, eq=False)
class LogSumExp:
    """x ↦ log Σ_j exp(w_j·x + b_j): convex, and D²/4-smooth for the largest distance D between the rows of W.

    >>> f = LogSumExp(np.array([[1.0], [-1.0]]), np.zeros(2))
    >>> f.gradient(np.zeros((1, 1))).tolist(), f.bends
    ([[0.0]], ((0.0, 0.0), (0.0, 1.0)))
    """

    W: Array
    b: Array

    def __call__(self, points: Any) -> Array:
        return np.asarray(logsumexp(np.asarray(points, dtype=np.float64) @ self.W.T + self.b, axis=-1))

    def gradient(self, points: Any) -> Array:
        """The mean of the w_j with the weights exp(w_j·x + b_j)."""
        return np.asarray(softmax(np.asarray(points, dtype=np.float64) @ self.W.T + self.b, axis=-1) @ self.W)

    @property
    def bends(self) -> Bends:
        """The least slope is 0, which the gradient has in the limit; the largest is a variance of the w_j along a line."""
        apart = self.W[:, None] - self.W[None]
        return (0.0, 0.0), (0.0, float(np.max(np.sum(apart**2, axis=-1))) / 4)


def _in_ball(points: Array) -> Array:
    norms = np.linalg.norm(points, axis=1, keepdims=True)
    return np.asarray(points / np.maximum(1.0, norms * (1 + 4 * EPS)))


__all__ = [
    "ConeFunction", "HuberFunction", "LipschitzInterval", "LogSumExp", "McShaneFunction", "NetworkFunction", "ProjectedFunction",
    "RealFunction", "affine_function", "least_mcshane",
]
