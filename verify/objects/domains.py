"""Where a Lipschitz constant lives, and how an enclosure of it is reported."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData, NotCertified, ShapeError
from theory.terms.sets import Ball, Space, Sphere
from verify.objects.deadline import Deadline

Array = NDArray[np.float64]
Number = float | Fraction
Corner = tuple[Number, ...]
Row = tuple[Fraction, ...]
_EPS = float(np.finfo(np.float64).eps)
KINDS = ("global", "ball", "sphere", "sphere-geodesic", "box", "hull")
SPHERES = ("sphere", "sphere-geodesic")


def _number(x: Any) -> Number:
    """A double as a float, another rational as a fraction; what is not finite stays what it is."""
    if isinstance(x, float):
        return float(x)
    exact, near = Fraction(x), _nearest(x)
    return near if math.isfinite(near) and Fraction(near) == exact else exact


def _nearest(x: Any) -> float:
    try:
        return float(x)
    except OverflowError:
        raise BadData(f"a number of the domain is beyond the doubles ({str(x)[:20]}…); give one below 1e308") from None


def _doubles(values: Corner) -> Array:
    doubles = np.array([_nearest(x) for x in values])
    doubles.setflags(write=False)
    return doubles


@dataclass(frozen=True)
class Domain:
    """A named domain of R^d with a metric: Euclidean, except for `sphere-geodesic`, where it is the length of arcs.

    `global` is R^d; `ball` and `sphere` have a radius and a centre (missing: the origin); `box` has the corners `low` ≤ `high`;
    `hull` is the convex hull of `vertices`.  The constant of `sphere` is that of the chord metric ‖x−y‖, the constant of
    `sphere-geodesic` the supremum of the tangential gradient: for d ≥ 2, geodesic ≤ chord ≤ (π/2)·geodesic.  The radius of a domain that
    is no ball or sphere is infinite.  Boxes and hulls may be flat; the constant there is that of the function on its affine hull.

    Numbers are those that were given: doubles as floats, other rationals (Fraction, int) as fractions.  `radius` and what `centre_in`,
    `corners` and `vertices_in` return are doubles next to them; `exact_radius`, `exact_centre` and so on are the numbers themselves.

    >>> ball(2.0).kind, ball(2.0).centre_in(3).tolist()
    ('ball', [0.0, 0.0, 0.0])
    >>> tenth = ball(Fraction(1, 10))
    >>> tenth.radius, tenth.exact_radius, tenth.has_doubles
    (0.1, Fraction(1, 10), False)
    """

    kind: str
    radius: float = float("inf")
    centre: Corner | None = None
    low: Corner | None = None
    high: Corner | None = None
    vertices: tuple[Corner, ...] | None = None
    exact_radius: Number = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "exact_radius", _number(self.radius))
        object.__setattr__(self, "radius", _nearest(self.radius))
        for name in ("centre", "low", "high"):
            given = getattr(self, name)
            object.__setattr__(self, name, None if given is None else tuple(map(_number, given)))
        if self.vertices is not None:
            object.__setattr__(self, "vertices", tuple(tuple(map(_number, vertex)) for vertex in self.vertices))
        if self.kind not in KINDS:
            raise BadData(f"unknown domain kind {self.kind!r}; use one of {', '.join(KINDS)}")
        if self.kind == "global" and (self.radius != float("inf") or self.centre is not None):
            raise BadData("the global domain has no radius and no centre; name a ball instead")
        if (self.kind == "ball" or self.on_sphere) and not (0 < self.radius < float("inf")):
            raise BadData(f"the radius of a {self.kind} must be positive and finite, not {self.radius}")
        if self.centre is not None and not np.all(np.isfinite(_doubles(self.centre))):
            raise BadData("the centre of the domain has an entry that is not finite; give finite coordinates")
        if self.kind == "box":
            _check_box(self.low, self.high)
        if self.kind == "hull":
            _check_hull(self.vertices)

    @property
    def on_sphere(self) -> bool:
        """Whether the domain is a sphere, with either metric."""
        return self.kind in SPHERES

    @cached_property
    def has_doubles(self) -> bool:
        """Whether all of its numbers are doubles."""
        rows = (self.centre or (), self.low or (), self.high or (), *(self.vertices or ()))
        return isinstance(self.exact_radius, float) and all(isinstance(x, float) for row in rows for x in row)

    @property
    def is_polytope(self) -> bool:
        """Whether the domain is a box or a hull."""
        return self.kind in ("box", "hull")

    def centre_in(self, dimension: int) -> Array:
        """The centre of a ball or sphere, the midpoint of a box, the mean of the vertices of a hull; 0 on R^d.

        Raises: ShapeError when the domain lives in another dimension.
        """
        if self.kind == "box":
            low, high = self.corners(dimension)
            return low + 0.5 * (high - low)
        if self.kind == "hull":
            return np.asarray(self.vertices_in(dimension).mean(axis=0))
        if self.centre is None:
            return np.zeros(dimension)
        _check_dimension(self.centre, dimension, "the domain's centre has")
        return _doubles(self.centre)

    def corners(self, dimension: int) -> tuple[Array, Array]:
        """The lower and the upper corner of a box; ends that are no doubles are rounded into the box, or to nearest where it is too thin.

        Raises: ShapeError when the box lives in another dimension, BadData when the domain is no box.
        """
        _check_dimension(self._corners()[0], dimension, "the box has")
        return self._float_corners

    @cached_property
    def _float_corners(self) -> tuple[Array, Array]:
        low, high = self._corners()
        nearest = _doubles(low), _doubles(high)
        if all(isinstance(x, float) for x in (*low, *high)):
            return nearest
        inner = np.array([doubles_about(Fraction(x))[1] for x in low]), np.array([doubles_about(Fraction(x))[0] for x in high])
        thick = inner[0] <= inner[1]
        return np.where(thick, inner[0], nearest[0]), np.where(thick, inner[1], nearest[1])

    def exact_corners(self, dimension: int) -> tuple[Row, Row]:
        """The corners of a box as they were given.  Raises: as `corners`."""
        low, high = self._corners()
        _check_dimension(low, dimension, "the box has")
        return tuple(map(Fraction, low)), tuple(map(Fraction, high))

    def _corners(self) -> tuple[Corner, Corner]:
        if self.low is None or self.high is None:
            raise BadData(f"a {self.kind} has no corners; name a box")
        return self.low, self.high

    def exact_centre(self, dimension: int) -> Row:
        """The centre of a ball or sphere as it was given, the midpoint of a box; a rational near the mean of the vertices of a hull."""
        if self.kind == "box":
            return tuple((p + q) / 2 for p, q in zip(*self.exact_corners(dimension), strict=True))
        if self.kind == "hull" or self.centre is None:
            return tuple(Fraction(float(x)) for x in self.centre_in(dimension))
        _check_dimension(self.centre, dimension, "the domain's centre has")
        return tuple(map(Fraction, self.centre))

    def exact_vertices(self, dimension: int) -> list[Row]:
        """The points whose convex hull the domain is, as they were given.  Raises: as `vertices_in`."""
        self.vertices_in(dimension)
        return [tuple(map(Fraction, vertex)) for vertex in self.vertices or ()]

    def holds(self, point: Row) -> bool:
        """Whether a point of R^d, a ball or a box, by its exact numbers, belongs to it."""
        if self.kind == "box":
            return all(p <= x <= q for p, x, q in zip(self._corners()[0], point, self._corners()[1], strict=True))
        if self.kind == "ball":
            centre = self.exact_centre(len(point))
            return sum((x - p) ** 2 for x, p in zip(point, centre, strict=True)) <= Fraction(self.exact_radius) ** 2
        if self.kind != "global":
            raise BadData(f"whether a point belongs to a {self.kind} is not decided exactly; ask for a ball or a box")
        return True

    def moved(self, origin: Row) -> Domain:
        """The domain in the coordinates x − origin.

        >>> box([1.0], [2.0]).moved((Fraction(3, 2),)).high
        (0.5,)
        """
        def off(corner: Corner) -> Corner:
            return tuple(Fraction(x) - p for x, p in zip(corner, origin, strict=True))

        if self.kind == "box":
            return Domain("box", low=off(self._corners()[0]), high=off(self._corners()[1]))
        if self.kind == "hull":
            return Domain("hull", vertices=tuple(map(off, self.vertices or ())))
        return self if self.kind == "global" else Domain(self.kind, self.exact_radius, off(self.exact_centre(len(origin))))  # type: ignore[arg-type]

    def vertices_in(self, dimension: int) -> Array:
        """The points (N×d) whose convex hull the domain is.

        Raises: ShapeError when the hull lives in another dimension, BadData when the domain is no hull.
        """
        if self.vertices is None:
            raise BadData(f"a {self.kind} has no listed vertices; name a hull")
        _check_dimension(self.vertices[0], dimension, "the points of the hull have")
        return self._float_vertices

    @cached_property
    def _float_vertices(self) -> Array:
        return np.array([_doubles(vertex) for vertex in self.vertices or ()])

    def contains(self, points: Array, tolerance: float = 1e-12) -> NDArray[np.bool_]:
        """Membership row by row; boundaries, and flat domains, are met up to `tolerance` times the size of the domain.

        For a hull: one small linear program for each point.
        """
        if self.kind == "global":
            return np.asarray(np.isfinite(points).all(axis=1))
        if self.kind == "box":
            low, high = self.corners(points.shape[1])
            allowed = tolerance * max(float(np.abs(low).max()), float(np.abs(high).max()))
            return np.asarray(((points >= low - allowed) & (points <= high + allowed)).all(axis=1))
        if self.kind == "hull":
            vertices = self.vertices_in(points.shape[1])
            # the rounding of a convex combination is part of every test
            allowed = max(tolerance, 8 * (len(vertices) + points.shape[1]) * _EPS) * float(np.abs(vertices).max())
            return np.array([_distance_to_hull(vertices, point) <= allowed for point in points], dtype=np.bool_)
        distance = np.linalg.norm(points - self.centre_in(points.shape[1]), axis=1)
        if self.kind == "ball":
            return np.asarray(distance <= self.radius * (1 + tolerance))
        return np.asarray(np.abs(distance - self.radius) <= tolerance * self.radius)

    def enclosing_ball(self, dimension: int) -> tuple[Array, float]:
        """The centre and the radius (rounded up) of a ball that holds the domain; the radius is infinite for R^d."""
        centre = self.centre_in(dimension)
        if not self.is_polytope:
            return centre, self.radius
        far = self._reach(dimension, centre)
        # the norm of d differences, each off by the rounding of the centre
        return centre, float(np.linalg.norm(far, axis=1).max()) * (1 + 1e-14 * (dimension + 8)) + 1e-300

    def _reach(self, dimension: int, centre: Array) -> Array:
        if self.kind == "hull":
            return self.vertices_in(dimension) - centre
        low, high = self.corners(dimension)
        return np.maximum(high - centre, centre - low)[None, :]

    def sample(self, count: int, dimension: int, rng: np.random.Generator) -> Array:
        """`count` points of a bounded domain: uniform on balls, spheres and boxes, random convex combinations in hulls.

        Raises: BadData for R^d, which has no uniform distribution.
        """
        if self.kind == "box":
            low, high = self.corners(dimension)
            return np.asarray(np.clip(low + rng.random((count, dimension)) * (high - low), low, high))
        if self.kind == "hull":
            vertices = self.vertices_in(dimension)
            # small parameters put weight near faces, where the outermost cells are
            return np.asarray(rng.dirichlet(np.full(len(vertices), min(1.0, 3.0 / len(vertices))), count) @ vertices)
        if self.kind == "global":
            raise BadData("there is no uniform point of R^d; sample a bounded domain")
        centre = self.centre_in(dimension)
        if self.on_sphere and dimension == 1:                  # two points
            return np.asarray(centre + self.radius * np.array([[-1.0], [1.0]]))
        directions = rng.standard_normal((count, dimension))
        directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-300)
        if self.on_sphere:
            return np.asarray(centre + self.radius * directions)
        return np.asarray(centre + self.radius * (rng.random((count, 1)) ** (1 / dimension)) * directions)


GLOBAL = Domain("global")


def ball(radius: Number = 1.0, centre: Corner | None = None) -> Domain:
    """The closed Euclidean ball."""
    return Domain("ball", radius, centre)  # type: ignore[arg-type]


def sphere(radius: Number = 1.0, centre: Corner | None = None) -> Domain:
    """The Euclidean sphere with the chord metric ‖x−y‖."""
    return Domain("sphere", radius, centre)  # type: ignore[arg-type]


def geodesic_sphere(radius: Number = 1.0, centre: Corner | None = None) -> Domain:
    """The Euclidean sphere with the geodesic metric: the constant is the supremum of the tangential gradient (d ≥ 2)."""
    return Domain("sphere-geodesic", radius, centre)  # type: ignore[arg-type]


def box(low: ArrayLike, high: ArrayLike) -> Domain:
    """The box {low ≤ x ≤ high}, coordinate by coordinate; equal entries make it flat.

    >>> box([0.0, 1.0], [2.0, 1.0]).contains(np.array([[1.0, 1.0], [1.0, 1.5]])).tolist()
    [True, False]
    """
    return Domain("box", low=_corner(low, "lower"), high=_corner(high, "upper"))


def hull(points: ArrayLike) -> Domain:
    """The convex hull of the rows of `points` (N×d); it may be flat.

    >>> hull([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]).contains(np.array([[0.5, 0.5], [1.5, 1.5]])).tolist()
    [True, False]
    """
    array = np.asarray(points)
    if array.ndim != 2 or not array.size:
        raise ShapeError(f"the points of a hull must be an N×d array with N, d ≥ 1, not of shape {array.shape}")
    return Domain("hull", vertices=tuple(dict.fromkeys(tuple(row) for row in array.tolist())))


def _corner(values: ArrayLike, which: str) -> Corner:
    array = np.asarray(values)
    if array.ndim != 1:
        raise ShapeError(f"the {which} corner of a box must be a list of d numbers, not of shape {array.shape}")
    return tuple(array.tolist())


def _check_box(low: Corner | None, high: Corner | None) -> None:
    if low is None or high is None or len(low) != len(high) or not low:
        raise BadData("a box needs a lower and an upper corner of the same dimension d ≥ 1")
    if not (np.isfinite(_doubles(low)).all() and np.isfinite(_doubles(high)).all()):
        raise BadData("a corner of the box has an entry that is not finite; give finite coordinates")
    for i, (x, y) in enumerate(zip(low, high, strict=True)):
        if x > y:
            raise BadData(f"coordinate {i} of the box has the lower end {x} above the upper end {y}; exchange them")


def _check_hull(vertices: tuple[Corner, ...] | None) -> None:
    if not vertices or len({len(v) for v in vertices}) != 1 or not vertices[0]:
        raise BadData("a hull needs at least one point, all of the same dimension d ≥ 1")
    if not all(np.isfinite(_doubles(vertex)).all() for vertex in vertices):
        raise BadData("a point of the hull has an entry that is not finite; give finite coordinates")


def _check_dimension(values: Corner, dimension: int, owner: str) -> None:
    if len(values) != dimension:
        raise ShapeError(f"{owner} {len(values)} coordinates, the network takes {dimension}")


def _distance_to_hull(vertices: Array, point: Array) -> float:
    """The distance of a point from the hull in the largest-entry norm: min t with |Σ λ_i v_i − x| ≤ t, λ ≥ 0, Σ λ_i = 1."""
    from scipy.optimize import linprog  # imported here: it takes longer than everything else in this package

    count, d = vertices.shape
    size = float(np.abs(vertices).max()) or 1.0
    moves, ones = (vertices - point).T / size, np.ones((d, 1))
    rows = np.vstack([np.hstack([moves, -ones]), np.hstack([-moves, -ones])])
    total = np.append(np.ones(count), 0.0)[None, :]
    found = linprog(np.append(np.zeros(count), 1.0), A_ub=rows, b_ub=np.zeros(2 * d), A_eq=total, b_eq=[1.0], method="highs",
                    options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10})
    if not found.success:
        return float("inf")
    weights = np.maximum(found.x[:count], 0.0)
    return float(np.abs(weights / weights.sum() @ vertices - point).max())


@dataclass(frozen=True)
class Witness:
    """The points that prove a lower bound.

    kind `gradient`: one point at which f is differentiable, and the bound is ‖∇f‖ (its part along the domain where that is flat);
    kind `jacobian`: the same for several outputs, and the bound is the spectral norm of the Jacobian;
    kind `tangent`: one point of a sphere, the bound is the norm of the tangential part of ∇f;
    kind `chord`: two points, the bound is |f(x)−f(y)|/‖x−y‖.
    """

    kind: str
    points: Array


@dataclass(frozen=True)
class Enclosure:
    """lower ≤ Lip(f) ≤ upper on `domain`; `exact` says the two agree up to the rounding allowance of the method.

    `lower` is the value at `witness` less a rounding allowance; `upper` carries the allowance on its own side.  `certified` says that both
    allowances are proved; it is false where a flat domain was rotated into fewer coordinates in floating point, or a method says so.
    `geodesic` encloses, for a function on a sphere with d ≥ 2, the constant for arcs as distance, whatever the metric of the domain.
    """

    lower: float
    upper: float
    domain: Domain
    exact: bool
    witness: Witness | None
    methods: dict[str, float] = field(default_factory=dict)
    certified: bool = True
    geodesic: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        require_order(self.lower, self.upper)
        if self.geodesic is not None:
            require_order(*self.geodesic)


def relative_gap(lower: Fraction | float | None, upper: Fraction | float | None) -> float | None:
    """(upper − lower)/upper for the ends 0 ≤ lower ≤ upper of an enclosure; 0 when both are 0, None without both.

    >>> relative_gap(Fraction(3), Fraction(4)), relative_gap(0, 0), relative_gap(1.0, None)
    (0.25, 0.0, None)
    """
    if lower is None or upper is None:
        return None
    return float((upper - lower) / upper) if upper else 0.0


def doubles_about(value: Fraction) -> tuple[float, float]:
    """The largest double that is at most a rational number, and the least that is at least the number.

    >>> below, above = doubles_about(Fraction(1, 3))
    >>> Fraction(below) < Fraction(1, 3) < Fraction(above), doubles_about(Fraction(0))
    (True, (0.0, 0.0))
    """
    near = float(value)
    return (near if Fraction(near) <= value else math.nextafter(near, -math.inf),
            near if Fraction(near) >= value else math.nextafter(near, math.inf))


def require_order(lower: float, upper: float) -> None:
    """NotCertified when the ends of an enclosure cross: then one of them is wrong, and clamping it would hide that."""
    if not lower <= upper:
        raise NotCertified(f"the lower bound {lower!r} is above the upper bound {upper!r}: a method is wrong here; report the input")


@dataclass(frozen=True)
class Budget:
    """How much work an enclosure may cost, and the seed of its sampling.

    max_subsets: sets of hyperplanes visited by the exact enumeration; max_patterns_log2: all 2^m activation patterns
    are tried up to this m; samples, ascent_steps: size of the sampling; merge_tolerance: hyperplanes whose
    normalised rows differ by at most this are treated as one (0: only exactly proportional rows are merged, and then
    the enclosure is for the network exactly as given); seconds: time for everything, the relaxation and branch and bound among it
    (0: neither is run, and the other numbers alone limit the rest); nodes: of branch and bound, a limit that no clock moves; clock: the
    deadline of the work of which this is a part.
    """

    max_subsets: int = 100_000
    max_patterns_log2: int = 16
    samples: int = 256
    ascent_steps: int = 60
    seed: int = 0
    merge_tolerance: float = 0.0
    seconds: float = 0.0
    nodes: int = 10_000_000
    clock: Deadline | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.max_subsets < 0 or not 0 <= self.max_patterns_log2 <= 22 or self.samples < 1 or self.ascent_steps < 0:
            raise BadData("a budget needs max_subsets ≥ 0, 0 ≤ max_patterns_log2 ≤ 22, samples ≥ 1, ascent_steps ≥ 0")
        if not 0 <= self.merge_tolerance <= 1e-2:
            raise BadData(f"merge_tolerance must lie between 0 and 0.01, not {self.merge_tolerance}")
        if not 0 <= self.seconds < float("inf"):
            raise BadData(f"the time of a budget must be finite and not negative, not {self.seconds}")

    @property
    def searches(self) -> bool:
        """Whether there is any time for the relaxation and for branch and bound."""
        return self.seconds > 0

    @property
    def deadline(self) -> Deadline:
        """When its work has to end: at that of the work of which it is a part, or after its seconds from now; never, if it has none."""
        return self.clock or Deadline(self.seconds if self.searches else math.inf)

    def until(self, deadline: Deadline) -> Budget:
        """The same as a part of work with a deadline."""
        return replace(self, clock=deadline)


def numeric_domain(domain: Any, dimension: int) -> Domain:
    """The domain that a `Space`, `Ball` or `Sphere` with numbers for its dimension and radius names.

    Raises: ShapeError for another dimension, BadData for a set that is none of the three.

    >>> from sympy import Integer
    >>> numeric_domain(Ball(Integer(2)), 2).kind, numeric_domain(Space(Integer(2)), 2).kind
    ('ball', 'global')
    """
    if not isinstance(domain, Space):
        raise BadData(f"a Lipschitz constant lives on R^d, a ball or the sphere, not on {domain}; name one of them")
    if int(domain.dim) != dimension:
        raise ShapeError(f"the function lives on R^{dimension}, not on R^{domain.dim}; name a domain of its dimension")
    if isinstance(domain, Ball):
        return ball(float(domain.radius))
    return sphere() if isinstance(domain, Sphere) else GLOBAL
