"""The Fantope lower bound on the Lipschitz constant of narrow networks: a large semidefinite program, certified."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.certificates.fits.lower_bound import certify_lower_bound
from theory.certificates.lipschitz.lipschitz_claims import UNIT_TOLERANCE, Evidence
from theory.errors import BadData
from verify.fits.fantope.master import MasterState, eigenvalue_sum, run_splitting, start
from verify.fits.fantope.pair_forms import PairForms, apply_forms, combine_forms
from verify.fits.functions.mcshane import below_one
from verify.objects.data.dataset import Dataset
from verify.objects.deadline import Deadline, Seconds, deadline_of, in_time, steps_until
from verify.objects.domains import relative_gap

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
# Weights are rounded to multiples of 1e-9 (finer where the gaps |y_i − y_j| differ): that moves the bound as little.
WEIGHT_UNIT = 10**9
# Of one core, with matrix products; and how long a round may take that nothing interrupts
_FLOPS, _ROUND_SECONDS = 1e10, 1.5
Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class FantopeOptions:
    """How far the solver goes: it stops when upper ≤ (1 + tolerance)·value, after `max_rounds` working sets, or in time for a certificate.

    `max_inner` splitting iterations a round; `max_pairs` caps the working set (its square is the memory in doubles), and so does a
    time: a tenth of it must do for a round; `seconds`: for the solver and the certificate.
    """

    tolerance: float = 1e-3
    max_rounds: int = 60
    max_inner: int = 400
    max_pairs: int = 7000
    seconds: Seconds = math.inf

    def __post_init__(self) -> None:
        if not self.tolerance > 0:
            raise BadData(f"the tolerance is {self.tolerance}: give a positive number")
        for name in ("max_rounds", "max_inner", "max_pairs"):
            if getattr(self, name) < 1:
                raise BadData(f"{name} is {getattr(self, name)}: give at least 1")


@dataclass(frozen=True)
class FantopeBound:
    """A certified lower bound on the Lipschitz constant of a rank-r fit, and how far it is from the best of its kind.

    ``value`` is certified (0 when nothing was); ``estimate`` is its floating-point form before rounding; ``upper`` is a
    floating-point upper value of the whole relaxation, from a feasible Q.
    ``certificate`` is the document that proves the value (None for 0); ``reason`` says in words how the run ended.
    """

    value: Fraction
    estimate: float
    upper: float
    weights: Mapping[tuple[int, int], Fraction]
    certificate: Mapping[str, Any] | None
    iterations: int
    reason: str

    @property
    def gap(self) -> float | None:
        """The `relative_gap` from the value to `upper`, which its rounding may leave below the value."""
        return relative_gap(float(self.value), max(self.upper, float(self.value)))


def fantope_bound(
    X: ArrayLike, y: ArrayLike, r: int, options: FantopeOptions | None = None, *, sphere: bool = False, progress: Progress | None = None
) -> FantopeBound:
    """A lower bound on the global Euclidean Lipschitz constant of every fit that depends on x only through rank r.

    Lip² ≥ max_π 1/Σ_{j≤r} λ_j(Σπ_ij A_ij) = 1/max_{Q ∈ Fantope(r)} min_ij ⟨A_ij, Q⟩, over pairs of different labels,
    A_ij = (x_i−x_j)(x_i−x_j)ᵀ/(y_i−y_j)², Fantope(r) = {0 ⪯ Q ⪯ I, tr Q = r}; X ∈ R^{n×d}, y ∈ R^n.  Any network of k
    hidden neurons has r = min(k, d).  With `sphere`, rows are normalised, r < d, x_ix_iᵀ + x_jx_jᵀ is added to the
    numerator of A_ij, and the bound is on the chord-metric constant on the unit sphere.
    Source: theory, claims bln.thm6.fantope and bln.thm6.sphere_fantope (lower bounds; not in the paper).
    Args: X (n, d), y (n,) real labels, r ≥ 1 (more than d counts as d), options, `sphere`, progress (called with both ends so far,
    in floating point).
    Returns: a FantopeBound, wherever the solver was stopped; 0 with a reason when all labels are equal, or when the time was too short for
    a certificate.
    Raises: ShapeError, BadData (contradictory points, r < 1, sphere with r ≥ d or rows not unit), NotCertified.
    Guarantee: `value` is certified from rational weights π in ball arithmetic; `upper` and `gap` are estimates.

    >>> bound = fantope_bound(np.eye(3), [1, -1, -1], 1)      # weights ½, ½: λ_1 = 3/2, and 4/(3/2) = 8/3
    >>> round(bound.estimate**2, 3), bound.gap < 2e-3
    (2.667, True)
    """
    return fantope_bound_of(Dataset(X, y, real_labels=True), r, options, sphere=sphere, progress=progress)


def fantope_bound_of(
    data: Dataset, r: int, options: FantopeOptions | None = None, *, sphere: bool = False, progress: Progress | None = None
) -> FantopeBound:  # fmt: skip
    """`fantope_bound` for a data set."""
    options, d = options or FantopeOptions(), data.d
    deadline = deadline_of(options.seconds)
    if isinstance(r, bool) or not isinstance(r, (int, np.integer)) or r < 1:
        raise BadData(f"the rank r is {r!r}: give a positive integer, min(k, d) for a network of k neurons")
    if sphere and r >= d:
        raise BadData(f"the sphere form needs r < d, and r is {r} with d = {d}: use the McShane bound instead")
    if data.has_one_label:
        return FantopeBound(Fraction(0), 0.0, 0.0, {}, None, 0, "all labels are equal: a constant fits")
    rank = min(int(r), d)
    points, labels = (data.X, data.y) if sphere else data.moved          # the spheres' forms see where the origin is
    # scaling by powers of two is exact and keeps squares inside the range of doubles
    scaled, point_exponent = (_unit_rows(points), 0) if sphere else below_one(points)
    scaled_labels, label_exponent = below_one(labels)
    forms = PairForms(_reduced(scaled if sphere else scaled - scaled.mean(axis=0)), scaled_labels, 1.0 + sphere)
    unit = math.ldexp(1.0, label_exponent - point_exponent)

    def tell(low: float, high: float) -> None:
        if progress is not None:
            progress(unit * high**-0.5, unit * low**-0.5)

    solution = _solve(forms, rank, options, deadline.part(0.5), tell)
    weights = _rational_weights(solution.keys, solution.weights, forms)
    claim = "bln.thm6.sphere_fantope" if sphere else "bln.thm6.fantope"
    document = in_time(lambda: certify_lower_bound(claim, data.exact, rank, Evidence(weights=weights)), deadline.closing())
    estimate, upper = (unit * s**-0.5 for s in (solution.high, solution.low))
    if document is None:
        return FantopeBound(Fraction(0), estimate, upper, weights, None, solution.iterations, "the time was too short for its certificate")
    value = Fraction(document["value"])
    return FantopeBound(value, estimate, upper, weights, document, solution.iterations, solution.reason)


@dataclass(frozen=True, eq=False)
class _Solution:
    keys: IntArray
    weights: FloatArray
    high: float  # the eigenvalue sum at the weights: at least the optimum
    low: float  # the smallest form at a feasible Q: at most the optimum
    iterations: int
    reason: str


def _unit_rows(points: FloatArray) -> FloatArray:
    norms = np.linalg.norm(points, axis=1, keepdims=True)
    worst = int(np.argmax(np.abs(norms - 1.0)))
    # ‖x‖² − 1 is twice ‖x‖ − 1, and a third of the tolerance is left for rounding: the certificate measures in balls
    if abs(norms[worst, 0] - 1.0) > float(UNIT_TOLERANCE) / 3:
        raise BadData(f"row {worst} of X has norm {norms[worst, 0]!s}: the sphere form needs unit rows, normalise them")
    unit: FloatArray = points / norms
    return unit


def _reduced(points: FloatArray) -> FloatArray:
    """Coordinates of the rows in their span: the forms see nothing else."""
    _, singular, basis = np.linalg.svd(points, full_matrices=False)
    # a dropped direction changes a form by less than 1e-24 of the largest; the certificate uses the points themselves
    reduced: FloatArray = points @ basis[singular > 1e-12 * singular[0]].T
    return reduced


def _solve(forms: PairForms, r: int, options: FantopeOptions, deadline: Deadline, tell: Progress) -> _Solution:
    if r >= forms.d:  # the Fantope is {I}, and the best distribution sits on one closest pair
        keys, values = forms.lowest(np.eye(forms.d), 1)
        _require_apart(values[0], keys[0], forms)
        return _Solution(keys, np.ones(1), float(values[0]), float(values[0]), 0, "the rank is full: one pair decides")
    centre = np.eye(forms.d) * (r / forms.d)
    options = replace(options, max_pairs=min(options.max_pairs, _affordable_pairs(forms.d, deadline.left / 5)))
    work, values = forms.lowest(centre, min(20 * forms.d, options.max_pairs))
    unit = float(values[0])  # forms are divided by the smallest one at the centre
    _require_apart(unit, work[0], forms)
    forms = PairForms(forms.points / np.sqrt(unit), forms.labels, forms.alpha)
    work = np.sort(work)
    state = start(forms.factors(work), r)
    # these weights are a distribution already, and any distribution proves a bound
    first = eigenvalue_sum(combine_forms(forms.factors(work), state.weights / state.weights.sum()), r)
    best = _Solution(work, state.weights / state.weights.sum(), first, 1.0, 0, "")
    best_Q = centre
    with deadline.interruptible():
        for _ in steps_until(deadline, options.max_rounds):
            factors = forms.factors(work)
            target = max(0.2 * min(best.high / best.low - 1.0, 1.0), 0.5 * options.tolerance)
            state = run_splitting(factors, r, state, target, steps_until(deadline, options.max_inner))
            low = float(forms.lowest(state.Q, 1)[1][0])
            best_Q = state.Q if low > best.low else best_Q
            keys, weights, high = best.keys, best.weights, best.high
            if state.dual_value < high:
                keys, weights, high = work, state.weights, state.dual_value
            best = _Solution(keys, weights, high, max(low, best.low), state.iterations, "")
            tell(best.low * unit, best.high * unit)
            if np.sqrt(best.high / best.low) - 1.0 <= options.tolerance:
                return _finished(best, unit, "the gap is closed")
            work, state = _next_working_set(forms, work, factors, state, best_Q, options)
    if deadline.is_over:
        return _finished(best, unit, f"stopped after {deadline.spent:.0f} s, before the gap was closed")
    return _finished(best, unit, f"stopped after {options.max_rounds} rounds, before the gap was closed")


def _affordable_pairs(d: int, seconds: float) -> int:
    """How many pairs a working set may have so that the m×m system of a round is formed and factorised in the time, about."""
    if math.isinf(seconds):
        return FantopeOptions.max_pairs
    flops = _FLOPS * min(seconds, _ROUND_SECONDS)
    return max(2 * d, int(min(math.sqrt(flops / (2 * d + 1)), math.cbrt(3 * flops))))


def _require_apart(smallest: float, key: int, forms: PairForms) -> None:
    i, j = divmod(int(key), len(forms.points))
    spread = float((forms.points**2).sum(axis=1).max()) / float((forms.labels[i] - forms.labels[j]) ** 2)
    # Coordinates carry an error of 1e-16 of the largest: closer pairs have no correct digit in double precision.
    if not smallest > 1e-28 * spread:
        raise BadData(
            f"points {i} and {j} have different labels and are closer than double precision resolves beside the spread "
            "of the data: drop one of them, or use the McShane bound, which this pair decides"
        )


def _finished(best: _Solution, unit: float, reason: str) -> _Solution:
    return _Solution(best.keys, best.weights, best.high * unit, best.low * unit, best.iterations, reason)


def _next_working_set(
    forms: PairForms,
    work: IntArray,
    factors: FloatArray,
    state: MasterState,
    best_Q: FloatArray,
    options: FantopeOptions,
) -> tuple[IntArray, MasterState]:
    """Drop pairs that are slack, add the pairs that a point between Q and the best feasible Q violates most."""
    level = state.dual_value
    values = apply_forms(factors, state.Q)
    kept = (state.weights > 0) | (values < 1.02 * level)
    count = max(3 * forms.d, len(work) // 2)
    # Half-way to the best feasible point the violated pairs are those that matter near the optimum (in-out separation).
    added, violation = forms.lowest((state.Q + best_Q) / 2, count)
    added = added[violation < 1.02 * level]
    if np.isin(added, work).all():
        added, violation = forms.lowest(state.Q, count)
        added = added[violation < 1.02 * level]
    room = max(options.max_pairs - int(kept.sum()), 0)
    union = np.union1d(work[kept], added[~np.isin(added, work[kept])][:room])
    position = np.searchsorted(work, union)
    known = np.isin(union, work)
    position = np.where(known, np.minimum(position, len(work) - 1), 0)
    weights = np.where(known, state.weights[position], 0.0)
    dual = np.where(known, state.scaled_dual[position], 0.0)
    total = weights.sum()
    return union, MasterState(
        state.Q, weights / total, state.relaxed, dual, state.penalty, state.iterations, state.dual_value
    )


def _rational_weights(keys: IntArray, weights: FloatArray, forms: PairForms) -> dict[tuple[int, int], Fraction]:
    """The distribution of the original pairs, rounded to multiples of 1e-9 that sum to 1 exactly."""
    i, j = np.divmod(keys, len(forms.points))
    # the forms carry 1/(y_i−y_j)², so their weights are those of the pairs times (y_i−y_j)²
    masses = weights / (forms.labels[i] - forms.labels[j]) ** 2
    gaps = np.abs(forms.labels[i] - forms.labels[j])
    total = WEIGHT_UNIT * math.ceil(float(gaps.max() / gaps.min()) ** 2)
    units = [round(float(mass) * total) for mass in masses / masses.sum()]
    units[int(np.argmax(masses))] += total - sum(units)
    pairs = zip(i.tolist(), j.tolist(), strict=True)
    return {pair: Fraction(count, total) for pair, count in zip(pairs, units, strict=True) if count > 0}
