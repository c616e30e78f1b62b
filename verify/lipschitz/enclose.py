"""The front door: an enclosure of the Lipschitz constant of a piecewise-linear two-layer network on a named domain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from verify.lipschitz.arrangement import count_subsets
from verify.lipschitz.cells import maximum_over_cells
from verify.lipschitz.domains import GLOBAL, Array, Budget, Domain, Enclosure, Witness
from verify.lipschitz.kinks import EPS, KinkForm, Slopes, kink_form, restrict_to_ball, slopes_of
from verify.lipschitz.norms import path_bound, pattern_bound, spectral_bound
from verify.lipschitz.sampled import Bound, chord_lower_bound, gradient_lower_bound

_DEFAULT = Budget()
# Sign tests of the exact enumeration: sets of hyperplanes times hyperplanes, which is what its memory grows with.
_MOST_TESTS = 20_000_000


def lipschitz_enclosure(
    W: ArrayLike,
    b: ArrayLike,
    a: ArrayLike,
    v: ArrayLike | None = None,
    *,
    slopes: str | Slopes = "relu",
    domain: Domain = GLOBAL,
    budget: Budget = _DEFAULT,
) -> Enclosure:
    """An enclosure of the Euclidean Lipschitz constant of x ↦ v·x + Σ_ℓ a_ℓψ(w_ℓ·x+b_ℓ) on a named domain.

    W (k×d), b, a (k), v (d); ψ is positively homogeneous with two slopes (α for t<0, β for t>0).  The domain is R^d, a
    closed ball, or a sphere with the chord metric.  The result is a valid enclosure whatever the size; where the cells
    of the arrangement can all be visited (d = 1; or the sets of at most d of the k hyperplanes are within the budget)
    it is exact on R^d and on balls.  On a sphere the upper bound is the constant of the ball it bounds.

    Args: slopes: 'relu', 'abs', 'identity', or the pair (α, β).  domain: `GLOBAL`, `ball(r, centre)`,
    `sphere(r, centre)`.  budget: work, seed, merge tolerance.
    Returns: `Enclosure`; `methods` holds each bound that was computed.
    Raises: ShapeError, BadData.
    Guarantee: float computation with stated rounding allowances: `lower` is reached (less the allowance) at the
    witness, `upper` is the least of the spectral bound, the path norm, the maximum over all sign patterns, and the
    exact enumeration where it is complete.  Networks are read as exact rationals: hyperplanes that coincide only
    nearly are different hyperplanes unless `budget.merge_tolerance` says otherwise.

    >>> found = lipschitz_enclosure([[1.0], [1.0]], [0.0, -1.0], [1.0, -2.0])    # slopes 0, 1, −1
    >>> round(found.lower, 9), round(found.upper, 9), found.exact
    (1.0, 1.0, True)
    """
    form = kink_form(W, b, a, v, slopes, budget.merge_tolerance)
    methods = _norm_bounds(W, b, a, v, slopes)
    if domain.kind != "global":
        form = restrict_to_ball(form, domain.centre_in(form.dimension), domain.radius)
    methods["patterns"] = pattern_bound(form, budget.max_patterns_log2)
    if domain.kind == "sphere":
        return _on_sphere(form, domain, budget, methods)
    cost = count_subsets(form.size, form.dimension, budget.max_subsets)
    bounds: list[Bound] = []
    if form.dimension == 1 or (cost <= budget.max_subsets and cost * max(form.size, 1) <= _MOST_TESTS):
        best = maximum_over_cells(form, domain, budget.seed)
        methods["cells"] = best.upper
        bounds.append((best.lower, None if best.point is None else Witness("gradient", best.point[None, :])))
    if not bounds or not _agree(bounds[0][0], min(methods.values()), form):
        rng = np.random.default_rng(budget.seed)
        bounds.append(gradient_lower_bound(form, domain, rng, budget.samples, budget.ascent_steps))
    return _close(form, domain, bounds, methods)


def _norm_bounds(
    W: ArrayLike, b: ArrayLike, a: ArrayLike, v: ArrayLike | None, slopes: str | Slopes
) -> dict[str, float]:
    slope = max(map(abs, slopes_of(slopes)))
    return {"spectral": spectral_bound(W, b, a, v, slope=slope), "path": path_bound(W, b, a, v, slope=slope)}


def _on_sphere(form: KinkForm, domain: Domain, budget: Budget, methods: dict[str, float]) -> Enclosure:
    rng = np.random.default_rng(budget.seed)
    inside = Domain("ball", domain.radius, domain.centre)
    cost = count_subsets(form.size, form.dimension, budget.max_subsets)
    if form.dimension == 1 or (cost <= budget.max_subsets and cost * max(form.size, 1) <= _MOST_TESTS):
        methods["ball"] = maximum_over_cells(form, inside, budget.seed).upper
    bounds = [chord_lower_bound(form, domain, rng, budget.samples, budget.ascent_steps)]
    if form.dimension == 1:
        methods["chord"] = _two_points(form, domain)
    else:
        bounds.append(gradient_lower_bound(form, domain, rng, budget.samples, budget.ascent_steps))
    return _close(form, domain, bounds, methods)


def _two_points(form: KinkForm, domain: Domain) -> float:
    """In one variable the sphere is two points, and the constant is their chord quotient (rounded up)."""
    ends = _ends(domain)
    rise = float(abs(np.diff(form.value(ends))[0]) + form.value_slack(ends).sum())
    return rise / (2 * domain.radius) * (1 + 32 * EPS)


def _ends(domain: Domain) -> Array:
    ends: Array = domain.centre_in(1) + domain.radius * np.array([[-1.0], [1.0]])
    return ends


def _agree(lower: float, upper: float, form: KinkForm) -> bool:
    """Agreement up to the rounding allowance on both sides (a factor 8 for the different orders of summation)."""
    return upper - lower <= 8 * form.slack + 64 * (form.size + form.dimension + 8) * EPS * upper


def _close(form: KinkForm, domain: Domain, bounds: list[Bound], methods: dict[str, float]) -> Enclosure:
    lower, witness = max(bounds, key=lambda bound: bound[0])
    upper = min(methods.values())
    exact = _agree(lower, upper, form)
    if domain.kind == "sphere" and form.dimension == 1:
        # the rounding of f at the two points on both sides, and of the two quotients (112 eps for one variable)
        allowance = float(form.value_slack(_ends(domain)).sum()) / domain.radius
        exact = upper - lower <= allowance + 128 * EPS * upper
    if lower == 0.0 and witness is None and form.size == 0:
        witness = Witness("gradient", domain.centre_in(form.dimension)[None, :])
    return replace(Enclosure(lower, upper, domain, exact, witness), methods=methods)
