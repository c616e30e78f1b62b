"""Enclosures for networks with a smooth activation: tanh, sigmoid, softplus, silu, gelu and powers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from theory.errors import BadData
from verify.lipschitz.piecewise.kinks import EPS, network_arrays
from verify.lipschitz.piecewise.norms import box_bound
from verify.lipschitz.piecewise.placement import placed
from verify.lipschitz.piecewise.relaxation import relaxation
from verify.lipschitz.piecewise.restrict import flat_of
from verify.lipschitz.smooth.cells import branch_and_bound
from verify.lipschitz.smooth.cover import Cover
from verify.lipschitz.smooth.domain import preactivation_range
from verify.lipschitz.smooth.field import GradientField
from verify.lipschitz.smooth.search import ascend, chord_search
from verify.objects.deadline import FIRST, Deadline
from verify.objects.domains import GLOBAL, Array, Budget, Domain, Enclosure, Witness
from verify.objects.networks.activations import Activation, activation

_DEFAULT = Budget()
# Cells are cut coordinate by coordinate, which ends only in a few dimensions.
_MOST_DIMENSIONS = 8


def smooth_enclosure(
    W: ArrayLike,
    b: ArrayLike,
    a: ArrayLike,
    v: ArrayLike | None = None,
    *,
    activation: str | Activation,
    domain: Domain = GLOBAL,
    budget: Budget = _DEFAULT,
    tolerance: float = 1e-6,
) -> Enclosure:
    """An enclosure of the Euclidean Lipschitz constant of x ↦ v·x + Σ_ℓ a_ℓψ(w_ℓ·x+b_ℓ), ψ smooth, on a named domain.

    W (k×d), b, a (k), v (d), floats or rationals.  Lower: the largest ‖∇f‖ found by ascent; on a sphere its tangential part, and for
    the chord metric also chords.  Upper: on the domain each ψ′(w_ℓ·x+b_ℓ) lies in an interval, and ‖v+Σ a_ℓδ_ℓw_ℓ‖ is convex in δ, so
    it is greatest at a corner of the box of these intervals (`box`: all corners within the budget, else spectral and path bounds).  With
    `budget.seconds` > 0 also the LipSDP bound on that box (`lipsdp`) and, for d ≤ 8, branch and bound over cells of the domain
    (`cells`), which stops when upper ≤ (1 + tolerance)·lower or when the time is spent and holds whenever it stops.  On a sphere with the
    chord metric the upper bound is that of the ball.  A power p ≥ 2 on R^d has upper bound infinity unless the network is affine.
    Args: activation: the name or the Activation, with `curve`.
    Raises: ShapeError, BadData (shapes, numbers, an activation with a kink).
    Guarantee: both sides carry a rounding allowance; `exact` is set only when they agree within it.  On a flat hull, which is rotated
    into fewer coordinates in floating point, `certified` is false.

    >>> from verify.lipschitz import ball
    >>> found = smooth_enclosure([[2.0]], [0.0], [3.0], activation="power:2", domain=ball(1.0))    # (12x²)' on [−1, 1]
    >>> round(found.upper, 9), round(found.lower, 9)
    (24.0, 24.0)
    >>> found = smooth_enclosure([[1.0], [1.0]], [1.0, -1.0], [1.0, -1.0], activation="tanh", budget=Budget(seconds=5.0))
    >>> round(found.lower, 5), round(found.upper, 5)                 # sech²(x+1) − sech²(x−1), in size greatest at x = ±1.0610…
    (0.93349, 0.93349)
    """
    if domain.kind == "sphere-geodesic" and np.ndim(W) == 2 and np.shape(W)[1] == 1:
        raise BadData("the sphere of the line is two points, which no arc joins; ask for the chord metric (sphere)")
    place = placed(W, b, domain)
    found = _on_placed_domain(network_arrays(place.W, place.b, a, v), activation, place.domain, budget, tolerance)
    return place.back(found, domain)


def _on_placed_domain(
    arrays: tuple[Array, Array, Array, Array], activation: str | Activation, domain: Domain, budget: Budget, tolerance: float
) -> Enclosure:
    deadline = budget.deadline
    field, certified = _field(arrays, activation, domain)
    methods = {"box": _bound_of_the_box(field, budget)}
    lower, witness = 0.0, None
    with deadline.interruptible():
        lower, point = ascend(field, budget.until(deadline.part(0.3, least=FIRST)))
        witness = Witness("tangent" if domain.on_sphere else "gradient", point[None, :])
        refine = budget.searches and len(field.a) > 0 and np.isfinite(methods["box"])
        if refine and len(field.a) > budget.max_patterns_log2:
            methods["lipsdp"] = _relaxation_on_the_box(field, deadline.part(0.5))
        if refine and field.dimension <= _MOST_DIMENSIONS:
            methods["cells"], lower, point, _ = branch_and_bound(Cover(field), lower, point, deadline=deadline, tolerance=tolerance)
            witness = Witness(witness.kind, point[None, :])
        if domain.kind == "sphere":
            chord, pair = _chords(field, activation, budget.until(deadline))
            if chord > lower:
                lower, witness = chord, Witness("chord", pair)
    upper = min(methods.values())
    allowance = field.rounding * upper if np.isfinite(upper) else 0.0
    return Enclosure(lower, upper, domain, bool(upper - lower <= 4 * allowance), witness, methods, certified)


def _field(arrays: tuple[Array, Array, Array, Array], psi: str | Activation, domain: Domain) -> tuple[GradientField, bool]:
    """The gradient along the domain of the neurons that depend on x, and whether no coordinates were rotated."""
    curve = activation(psi).curve
    if curve is None:
        raise BadData(f"the activation {activation(psi).name} has a kink; use lipschitz_enclosure")
    W, b, a, v = arrays
    live = (a != 0) & W.any(axis=1)
    W, b, a = W[live], b[live], a[live]
    d = len(v)
    domain.centre_in(d)                                              # the domain must live in R^d
    flat = flat_of(domain, d)
    if flat is not None:
        rows, straight = (W @ flat.basis.T, v @ flat.basis.T) if flat.free is None else (W[:, flat.free], v[flat.free])
        return GradientField(W, b, a, rows, straight, curve, domain), flat.exact
    return GradientField(W, b, a, W, v, curve, domain), True


def _slopes_on_the_box(field: GradientField) -> tuple[Array, Array, Array, float]:
    """The mean gradient, the half spreads of the neurons (inf where a slope is not bounded), and what rounding adds to a bound."""
    mean, half = field.slope_box(*preactivation_range(field))
    lengths = np.linalg.norm(field.rows, axis=1)
    total = float(np.linalg.norm(field.v) + (np.abs(mean) + half) @ lengths) if field.rows.size else float(np.linalg.norm(field.v))
    return field.v + mean @ field.rows, half, half[:, None] * field.rows, field.rounding * total


def _bound_of_the_box(field: GradientField, budget: Budget) -> float:
    """A bound on ‖v + Σ a_ℓδ_ℓw_ℓ‖ over the box of the slopes that ψ′ takes on the domain, rounded up."""
    with np.errstate(invalid="ignore"):
        centre, half, spread, rounding = _slopes_on_the_box(field)
    if not (np.isfinite(centre).all() and np.isfinite(half).all()):
        return float("inf")
    return box_bound(centre, spread, budget.max_patterns_log2) + rounding


def _relaxation_on_the_box(field: GradientField, deadline: Deadline) -> float:
    """As `_bound_of_the_box`, by multipliers; finite where that is."""
    centre, _, spread, rounding = _slopes_on_the_box(field)
    return relaxation(centre, spread, deadline=deadline).upper + rounding


def _chords(field: GradientField, psi: str | Activation, budget: Budget) -> tuple[float, Array]:
    """Chords between sampled points of the sphere, and around the best of them."""
    psi, domain, d = activation(psi), field.domain, field.dimension
    rng = np.random.default_rng(budget.seed)
    best, pair = 0.0, np.repeat(domain.sample(1, d, rng)[:1], 2, axis=0)
    for scale in (None, 0.3, 0.1, 0.03, 0.01, 0.003):
        if scale is not None and budget.deadline.is_over:
            break
        if scale is None:
            points = domain.sample(min(budget.samples, 256), d, rng)
        else:
            points = np.repeat(pair, 64, axis=0) - domain.centre_in(d)
            points[1:-1] += scale * domain.radius * rng.standard_normal(points[1:-1].shape)
            points = domain.centre_in(d) + domain.radius * points / np.linalg.norm(points, axis=1, keepdims=True)
        t, radius = field.preactivations(points)
        heights, (_, steepest) = psi.function(t), field.curve.range(t - radius, t + radius)
        slopes = np.maximum(np.abs(steepest), np.abs(field.curve.range(t - radius, t + radius)[0]))
        size = np.abs(points) @ np.abs(field.v) + np.abs(heights) @ np.abs(field.a)
        errors = (slopes * radius + 16 * EPS * np.abs(heights)) @ np.abs(field.a) + field.rounding * size
        found, ends = chord_search(field, heights @ field.a + points @ field.v, points, errors)
        if found > best:
            best, pair = found, ends
    return best, pair
