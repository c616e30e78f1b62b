"""Where a Lipschitz constant lives, and how an enclosure of it is reported."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData, ShapeError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Domain:
    """A named domain of R^d with the Euclidean metric: all of R^d, a closed ball, or a sphere with the chord metric.

    A missing centre means the origin.  The radius of the global domain is infinite.

    >>> ball(2.0).kind, ball(2.0).centre_in(3).tolist()
    ('ball', [0.0, 0.0, 0.0])
    """

    kind: str
    radius: float = float("inf")
    centre: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if self.kind not in ("global", "ball", "sphere"):
            raise BadData(f"unknown domain kind {self.kind!r}; use 'global', 'ball' or 'sphere'")
        if self.kind == "global" and (self.radius != float("inf") or self.centre is not None):
            raise BadData("the global domain has no radius and no centre; name a ball instead")
        if self.kind != "global" and not (0 < self.radius < float("inf")):
            raise BadData(f"the radius of a {self.kind} must be positive and finite, not {self.radius}")
        if self.centre is not None and not np.all(np.isfinite(self.centre)):
            raise BadData("the centre of the domain has an entry that is not finite; give finite coordinates")

    def centre_in(self, dimension: int) -> Array:
        if self.centre is None:
            return np.zeros(dimension)
        if len(self.centre) != dimension:
            raise ShapeError(f"the domain's centre has {len(self.centre)} coordinates, the network takes {dimension}")
        return np.array(self.centre, dtype=np.float64)

    def contains(self, points: Array, tolerance: float = 1e-12) -> NDArray[np.bool_]:
        """Membership row by row; a sphere and the boundary of a ball are met up to `tolerance` times the radius."""
        if self.kind == "global":
            return np.asarray(np.isfinite(points).all(axis=1))
        distance = np.linalg.norm(points - self.centre_in(points.shape[1]), axis=1)
        if self.kind == "ball":
            return np.asarray(distance <= self.radius * (1 + tolerance))
        return np.asarray(np.abs(distance - self.radius) <= tolerance * self.radius)


GLOBAL = Domain("global")


def ball(radius: float = 1.0, centre: tuple[float, ...] | None = None) -> Domain:
    """The closed Euclidean ball."""
    return Domain("ball", float(radius), centre)


def sphere(radius: float = 1.0, centre: tuple[float, ...] | None = None) -> Domain:
    """The Euclidean sphere with the chord metric ‖x−y‖."""
    return Domain("sphere", float(radius), centre)


@dataclass(frozen=True)
class Witness:
    """The points that prove a lower bound.

    kind `gradient`: one point at which f is differentiable, and the bound is ‖∇f‖;
    kind `tangent`: one point of a sphere, the bound is the norm of the tangential part of ∇f;
    kind `chord`: two points, the bound is |f(x)−f(y)|/‖x−y‖.
    """

    kind: str
    points: Array


@dataclass(frozen=True)
class Enclosure:
    """lower ≤ Lip(f) ≤ upper on `domain`; `exact` says the two agree up to the rounding allowance of the method.

    `lower` is the value at `witness` less a rounding allowance; `upper` carries the allowance on its own side.
    """

    lower: float
    upper: float
    domain: Domain
    exact: bool
    witness: Witness | None
    methods: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Budget:
    """How much work an enclosure may cost, and the seed of its sampling.

    max_subsets: sets of hyperplanes visited by the exact enumeration; max_patterns_log2: all 2^m activation patterns
    are tried up to this m; samples, ascent_steps: size of the sampling; merge_tolerance: hyperplanes whose
    normalised rows differ by at most this are treated as one (0: only exactly proportional rows are merged, and then
    the enclosure is for the network exactly as given).
    """

    max_subsets: int = 100_000
    max_patterns_log2: int = 16
    samples: int = 256
    ascent_steps: int = 60
    seed: int = 0
    merge_tolerance: float = 0.0

    def __post_init__(self) -> None:
        if self.max_subsets < 0 or not 0 <= self.max_patterns_log2 <= 22 or self.samples < 1 or self.ascent_steps < 0:
            raise BadData("a budget needs max_subsets ≥ 0, 0 ≤ max_patterns_log2 ≤ 22, samples ≥ 1, ascent_steps ≥ 0")
        if not 0 <= self.merge_tolerance <= 1e-2:
            raise BadData(f"merge_tolerance must lie between 0 and 0.01, not {self.merge_tolerance}")
