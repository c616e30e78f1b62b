"""The front door: an enclosure of the Lipschitz constant of a piecewise-linear two-layer network on a named domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from theory.errors import BadData
from verify.lipschitz.piecewise.arrangement import Cells, all_cells, cells_meeting_ball, count_subsets, most_partners
from verify.lipschitz.piecewise.branch import branch_and_bound
from verify.lipschitz.piecewise.cells import CellMaximum, maximum_over_cells
from verify.lipschitz.piecewise.chords import MOST_PAIRS, chord_pairs
from verify.lipschitz.piecewise.closed_forms import has_parallel_rows, parallel_maximum
from verify.lipschitz.piecewise.kinks import EPS, KinkForm, Slopes, kink_form, network_arrays, slopes_of
from verify.lipschitz.piecewise.lipsdp import kink_relaxation
from verify.lipschitz.piecewise.norms import path_bound, pattern_bound, spectral_bound
from verify.lipschitz.piecewise.placement import placed
from verify.lipschitz.piecewise.restrict import flat_of, restrict, restrict_to_flat
from verify.lipschitz.piecewise.sampled import Bound, chord_lower_bound, gradient_lower_bound, sample_points
from verify.lipschitz.piecewise.search import branching
from verify.lipschitz.piecewise.space import most_branched
from verify.lipschitz.piecewise.sphere_cells import Faces
from verify.lipschitz.piecewise.sphere_search import sphere_search
from verify.lipschitz.piecewise.spheres import (
    SphereBounds,
    bounds_over_cells,
    chord_upper,
    circle_constant,
    steepest_of,
    tangential_lower_bound,
    values_over_cells,
)
from verify.objects.deadline import FIRST
from verify.objects.domains import GLOBAL, Array, Budget, Domain, Enclosure, Witness, ball

Progress = Callable[[str, float, float], None]

_DEFAULT = Budget()
# Sign tests of the exact enumeration: sets of hyperplanes times hyperplanes, which is what its memory grows with.
_MOST_TESTS = 20_000_000
# With time for branch and bound, larger enumerations than this are left to it.
_QUICK_TESTS = 200_000
# On spheres, where branch and bound sees less of a cell than its faces show.
_SPHERE_TESTS = 3_000_000
# Pairs of patches of a sphere that are open at once where there is no time for searches.
_FEW_PAIRS = 5_000
# Hyperplanes that are looked at in pairs, to see how many meet inside a ball.
_MOST_PAIRED = 2000


def lipschitz_enclosure(
    W: ArrayLike,
    b: ArrayLike,
    a: ArrayLike,
    v: ArrayLike | None = None,
    *,
    slopes: str | Slopes = "relu",
    domain: Domain = GLOBAL,
    budget: Budget = _DEFAULT,
    progress: Progress | None = None,
) -> Enclosure:
    """An enclosure of the Euclidean Lipschitz constant of x ↦ v·x + Σ_ℓ a_ℓψ(w_ℓ·x+b_ℓ) on a named domain.

    W (k×d), b, a (k), v (d); ψ is positively homogeneous with two slopes (α for t<0, β for t>0).  The domain is R^d, a
    closed ball, a box, the convex hull of points, or a sphere with the chord or the geodesic metric.  The result is a valid enclosure
    whatever the size.  It is exact on convex domains where the hyperplanes are parallel (d = 1 is that case), where the sets of at most d
    of them are within the budget (R^d and balls), or where branch and bound closes within `budget.seconds`; and on spheres with the
    geodesic metric, where the cells are few enough to be looked at by their faces, or branch and bound closes.  With the chord metric the
    upper bound is the least of that of arcs that are stretched, of the ball, and in few dimensions of pairs of patches.

    Args: slopes: 'relu', 'abs', 'identity', or the pair (α, β).  domain: `GLOBAL`, `ball(r, centre)`, `box(low, high)`, `hull(points)`,
    `sphere(r, centre)`, `geodesic_sphere(r, centre)`.  budget: work, seconds, seed, merge tolerance.  progress: called with the method at
    work and the bounds so far.
    Returns: `Enclosure`; `methods` holds each upper bound that was computed.  An interruption (KeyboardInterrupt) ends the work, and what
    is known by then is returned.
    Raises: ShapeError, BadData.
    Guarantee: float computation with stated rounding allowances: `lower` is reached (less the allowance) at the
    witness, `upper` is the least of the bounds in `methods`.  Networks and domains are the rationals that they are, and are rounded to
    doubles with allowances only (`placement`): hyperplanes that coincide only nearly are different hyperplanes unless
    `budget.merge_tolerance` says otherwise (then `certified` is false).

    >>> found = lipschitz_enclosure([[1.0], [1.0]], [0.0, -1.0], [1.0, -2.0])    # slopes 0, 1, −1
    >>> round(found.lower, 9), round(found.upper, 9), found.exact
    (1.0, 1.0, True)
    """
    budget = budget.until(budget.deadline)
    place = placed(W, b, domain)
    images, slope = network_arrays(place.W, place.b, a, v), max(map(abs, slopes_of(slopes)))
    norms = {"spectral": spectral_bound(*images, slope=slope), "path": path_bound(*images, slope=slope)}
    form = kink_form(place.W, place.b, a, v, slopes, budget.merge_tolerance)
    found = _on_placed_domain(form, place.domain, budget, progress, norms)
    if found.witness is not None:
        found = replace(found, witness=replace(found.witness, points=np.stack([place.rounded(z) for z in found.witness.points])))
    return place.back(replace(found, certified=found.certified and budget.merge_tolerance == 0), domain)


def _on_placed_domain(form: KinkForm, domain: Domain, budget: Budget, progress: Progress | None, norms: dict[str, float]) -> Enclosure:
    if domain.kind == "sphere-geodesic" and form.dimension == 1:
        raise BadData("the sphere of the line is two points, which no arc joins; ask for the chord metric (sphere)")
    domain.centre_in(form.dimension)                           # the dimensions fit, or this says what is wrong
    flat = flat_of(domain, form.dimension)
    if flat is None:
        return _on_full_domain(_Work(form, domain, budget, progress, norms))
    if flat.domain is None:
        return Enclosure(0.0, 0.0, domain, True, None, {"a point": 0.0})
    found = _on_full_domain(_Work(restrict_to_flat(form, flat, domain), flat.domain, budget, progress, norms))
    witness = None if found.witness is None else Witness(found.witness.kind, flat.lift(found.witness.points))
    return replace(found, domain=domain, witness=witness, certified=flat.exact)


@dataclass
class _Work:
    """The bounds so far: upper ones by method, lower ones with their witnesses."""

    form: KinkForm
    domain: Domain
    budget: Budget
    progress: Progress | None
    methods: dict[str, float]
    lowers: list[Bound] = field(default_factory=list)
    geodesic: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        self.form = restrict(self.form, self.domain)
        self.deadline = self.budget.deadline
        self.first = self.deadline.part(0.3, least=FIRST)

    @property
    def lower(self) -> float:
        return max((value for value, _ in self.lowers), default=0.0)

    @property
    def upper(self) -> float:
        return min(self.methods.values(), default=float("inf"))

    @property
    def is_closed(self) -> bool:
        return bool(self.lowers) and _agree(self.lower, self.upper, self.form)

    def tell(self, method: str) -> None:
        if self.progress is not None:
            self.progress(method, self.lower, self.upper)

    def add(self, method: str, best: CellMaximum) -> None:
        """Both sides of a method that looks at gradients."""
        self.methods[method] = best.upper
        self.lowers.append((best.lower, None if best.point is None else Witness("gradient", best.point[None, :])))

    def on_sphere(self, bounds: SphereBounds, known: Bound) -> None:
        """Both sides of the constant for arcs, and what they say in the metric of the domain."""
        self.lowers.append(known)
        self.geodesic = known[0], bounds.steepest
        if self.domain.kind == "sphere":
            self.methods["chords"] = chord_upper(bounds, self.domain.radius)
        else:
            self.methods["tangential"] = bounds.steepest

    def cells(self, most_tests: int) -> Cells | None:
        """The cells that meet the ball or R^d, when they are few enough."""
        form = self.form
        cost = count_subsets(form.size, form.dimension, self.budget.max_subsets)
        if cost > self.budget.max_subsets and self.domain.kind != "global" and form.size <= _MOST_PAIRED:
            # a set of planes that have a common point in the ball meet in pairs there, each with at most `degree` others
            degree = most_partners(form.W, form.b, self.domain.centre_in(form.dimension), self.domain.radius)
            cost = 1 + form.size * count_subsets(degree, form.dimension - 1, self.budget.max_subsets)
        if cost > self.budget.max_subsets or cost * max(form.size, 1) > most_tests or form.size == 0:
            return None
        if self.domain.kind == "global":
            return all_cells(form.W, form.b, self.budget.seed, form.rows)
        return cells_meeting_ball(form.W, form.b, self.domain.centre_in(form.dimension), self.domain.radius, form.rows)


def _on_full_domain(work: _Work) -> Enclosure:
    with work.deadline.interruptible():                        # what is known by then is an enclosure
        work.methods["patterns"] = pattern_bound(work.form, work.budget.max_patterns_log2)
        work.tell("patterns")
        if work.domain.on_sphere:
            _sphere_bounds(work)
        else:
            _convex_bounds(work)
    return _close(work)


def _convex_bounds(work: _Work) -> None:
    form, domain, budget = work.form, work.domain, work.budget
    if has_parallel_rows(form):
        work.add("parallel", parallel_maximum(form, domain))
    elif not domain.is_polytope:
        cells = work.cells(_QUICK_TESTS if budget.searches else _MOST_TESTS)
        if cells is not None:
            work.add("cells", maximum_over_cells(form, domain, cells))
    if work.is_closed:
        return
    work.lowers.append(gradient_lower_bound(form, domain, np.random.default_rng(budget.seed), budget.samples, budget.ascent_steps,
                                            work.first))
    work.tell("sampling")
    if not budget.searches or work.is_closed or work.deadline.is_over:
        return
    work.methods["lipsdp"] = kink_relaxation(form, deadline=work.deadline.part(0.5)).upper
    work.tell("lipsdp")
    if not work.is_closed:
        _branch(work)


def _is_beyond_trees(form: KinkForm, domain: Domain) -> bool:
    return form.size > most_branched(form.size, form.dimension, domain, form.rows is None)


def _branch(work: _Work) -> None:
    """Branch and bound with the time that is left, on forms that it can handle."""
    form = work.form
    if _is_beyond_trees(form, work.domain) or work.deadline.is_over:
        return
    def tell(nodes: int, lower: float, upper: float) -> None:
        if work.progress is not None:
            work.progress(f"branch and bound, {nodes} nodes", max(lower, work.lower), min(upper, work.upper))

    found = branch_and_bound(form, work.domain, branching(work.budget), tell)
    work.add("branch", CellMaximum(found.lower, found.upper, found.point))


def _sphere_bounds(work: _Work) -> None:
    form, domain, budget = work.form, work.domain, work.budget
    rng = np.random.default_rng(budget.seed)
    if form.dimension == 1:
        work.lowers.append(chord_lower_bound(form, domain, rng, budget.samples, 0))
        work.methods["two points"] = _two_points(form, domain)
        return
    # tangential gradients bound both constants from below
    if form.dimension == 2:
        lower, steepest, witness = circle_constant(form, domain)
        known = lower, witness
    else:
        known, steepest = tangential_lower_bound(form, domain, rng, budget.samples, budget.ascent_steps, work.first), np.inf
    bounds = SphereBounds(min(steepest, work.upper), -np.inf, np.inf)
    work.on_sphere(bounds, known)
    cells = work.cells(_SPHERE_TESTS if budget.searches else _MOST_TESTS)
    if cells is not None and cells.complete:
        work.methods["ball"] = maximum_over_cells(form, ball(domain.exact_radius, domain.centre), cells).upper
        faces = Faces(form, domain)
        found, beside = bounds_over_cells(form, domain, cells, faces, known[0], work.deadline.part(0.5))
        bounds = replace(found, steepest=min(found.steepest, bounds.steepest))
        if beside is not None:
            known = max(known, steepest_of(form, domain, beside), key=lambda bound: bound[0])
    work.on_sphere(bounds, known)
    work.tell("sampling")
    if budget.searches and domain.kind == "sphere" and "ball" not in work.methods and not work.is_closed:
        _ball_inside(work)
        bounds = replace(bounds, steepest=min(bounds.steepest, work.methods.get("ball", np.inf)))
    if budget.searches and not _agree(known[0], bounds.steepest, form):
        bounds, known = _searched(work, bounds, known)
        work.on_sphere(bounds, known)
    if domain.kind == "sphere-geodesic":
        return
    work.lowers.append(chord_lower_bound(form, domain, rng, budget.samples, budget.ascent_steps, work.first))
    values = form.value(sample_points(form, domain, budget.samples, rng))
    least_stretch = chord_upper(replace(bounds, least=float(values.min()), greatest=float(values.max())), domain.radius)
    if cells is not None and cells.complete and faces.usable and not work.is_closed and least_stretch < work.upper:
        least, greatest = values_over_cells(form, domain, cells, faces, work.deadline.part(0.3))
        bounds = replace(bounds, least=max(least, bounds.least), greatest=min(greatest, bounds.greatest))
        work.on_sphere(bounds, known)
    if not work.is_closed:
        most = MOST_PAIRS if budget.searches else _FEW_PAIRS
        upper, bound = chord_pairs(form, domain, bounds, work.lower, most, work.deadline)
        if np.isfinite(upper):
            work.methods["pairs"] = upper
        work.lowers.append(bound)


def _ball_inside(work: _Work) -> None:
    """The constant of the ball, by branch and bound with a part of the time: it bounds that for chords."""
    inside = ball(work.domain.exact_radius, work.domain.centre)
    if not _is_beyond_trees(work.form, inside) and not work.deadline.is_over:
        part = work.deadline.part(0.4)
        work.methods["ball"] = branch_and_bound(work.form, inside, replace(branching(work.budget), seconds=part)).upper


def _searched(work: _Work, bounds: SphereBounds, known: Bound) -> tuple[SphereBounds, Bound]:
    """Both sides of the geodesic constant by branch and bound with the time that is left, on forms that it can handle."""
    form, domain = work.form, work.domain
    if _is_beyond_trees(form, domain) or work.deadline.is_over:
        return bounds, known
    def tell(nodes: int, lower: float, upper: float) -> None:
        if work.progress is not None:
            work.progress(f"branch and bound, {nodes} nodes", lower, min(upper, bounds.steepest))

    found = sphere_search(form, domain, known, replace(branching(work.budget), seconds=work.deadline.part(0.7)), tell)
    if found.point is not None and found.lower > known[0]:
        known = found.lower, Witness("tangent", found.point[None, :])
    return replace(bounds, steepest=min(bounds.steepest, found.upper)), known


def _two_points(form: KinkForm, domain: Domain) -> float:
    """In one variable the sphere is two points, and the constant is their chord quotient (rounded up)."""
    ends = _ends(domain)
    rise = float(abs(np.diff(form.value(ends))[0]) + form.value_slack(ends).sum())
    return rise / (2 * domain.radius) * (1 + 32 * EPS)


def _ends(domain: Domain) -> Array:
    ends: Array = domain.centre_in(1) + domain.radius * np.array([[-1.0], [1.0]])
    return ends


def _agree(lower: float, upper: float, form: KinkForm) -> bool:
    """Agreement up to the rounding allowance on both sides (a factor 8 for the different orders of summation).

    Ends that are crossed by more are no agreement: one of them is wrong, and nothing is exact.
    """
    return abs(upper - lower) <= 8 * form.slack + 64 * (form.size + form.dimension + 8) * EPS * upper


def _close(work: _Work) -> Enclosure:
    form, domain = work.form, work.domain
    lower, witness = max(work.lowers, key=lambda bound: bound[0], default=(0.0, None))
    upper = work.upper
    exact = _agree(lower, upper, form)
    if domain.kind == "sphere" and form.dimension == 1:
        # the rounding of f at the two points on both sides, and of the two quotients (112 eps for one variable)
        allowance = float(form.value_slack(_ends(domain)).sum()) / domain.radius
        exact = abs(upper - lower) <= allowance + 128 * EPS * upper
    if lower == 0.0 and witness is None and form.size == 0:
        witness = Witness("gradient", domain.centre_in(form.dimension)[None, :])
    return Enclosure(lower, upper, domain, exact, witness, dict(work.methods), geodesic=work.geodesic)
