"""The least Lipschitz constant of any function that fits the data, and functions that attain it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from theory.certificates.fits.fit_claims import NORMS, FitEvidence
from theory.certificates.fits.simple_fits import certify_fit
from theory.errors import BadData, HypothesisViolated, ShapeError
from verify.fits.functions.mcshane_pairs import METRICS, PairSearch, below_one
from verify.objects.data.dataset import Dataset

FloatArray = NDArray[np.float64]
__all__ = [
    "McShaneBound",
    "McShaneFit",
    "below_one",
    "double_root_above",
    "double_root_below",
    "mcshane_bound",
    "mcshane_bound_of",
    "mcshane_fit",
    "mcshane_interpolant",
]
# Pairs of rows handled at once: 1024² doubles are 8 MiB, of which a handful are alive together.
BLOCK = 1024
# A certificate of the upper side compares all pairs in exact arithmetic, about 5·10⁶ coordinates a second.
EXACT_COORDINATES = 20_000_000


@dataclass(frozen=True)
class McShaneBound:
    """The McShane constant L* = max |y_i − y_j|/‖x_i − x_j‖ with the pair that attains it.

    ``value`` is a double, as a Fraction, with value² ≤ ``squared``; ``squared`` is the exact rational ratio
    (y_i − y_j)²/‖x_i − x_j‖² of the ``pair`` (None when all labels are equal; then both are 0).  ``complete`` is False when
    time ran out: then L* may be larger.
    """

    value: Fraction
    squared: Fraction
    pair: tuple[int, int] | None
    complete: bool = True

    @property
    def estimate(self) -> float:
        """√squared to double precision."""
        return float(self.value)


def mcshane_bound(
    X: ArrayLike,
    y: ArrayLike,
    block: int = BLOCK,
    norm: str = "l2",
    *,
    budget: float = math.inf,
    progress: Callable[[float, float], None] | None = None,
) -> McShaneBound:
    """The least Lipschitz constant L* of any function, on any set with the data, that fits the data.

    L* = max_{i≠j} |y_i − y_j| / ‖x_i − x_j‖, X ∈ R^{n×d}, y ∈ R^n, in the norm l1, l2 or linf.
    Source: McShane 1934, Whitney 1934 (tight).
    Args: X (n, d), y (n,) real labels, block (rows handled at once; the memory is O(block²)), norm, budget (seconds, no limit by
    default), progress (called with the share of the pairs that are settled and the best quotient of the scaled data).
    Returns: a McShaneBound; 0 when all labels are equal; not `complete` when the budget ran out or on KeyboardInterrupt.
    Raises: ShapeError, BadData (not finite; a point with two different labels; an unknown norm; numbers that differ by more than a
    factor 1e120).
    Guarantee: certified.  `squared` is exact, and no pair is better (`complete`): floating point only drops pairs that are worse by
    more than its error, and the others are compared in rational arithmetic.

    >>> bound = mcshane_bound([[0.0], [0.5], [3.0]], [1, -1, 1])
    >>> bound.value, bound.squared, bound.pair
    (Fraction(4, 1), Fraction(16, 1), (0, 1))
    >>> mcshane_bound([[0.0, 0.0], [3.0, 4.0]], [14.0, 0.0], norm="l1").value
    Fraction(2, 1)
    """
    if block < 1:
        raise BadData(f"the block size is {block}: give at least 1")
    return mcshane_bound_of(_data(X, y, norm), norm, block, budget=budget, progress=progress)


def mcshane_bound_of(
    data: Dataset, norm: str = "l2", block: int = BLOCK, *, budget: float = math.inf, progress: Callable[[float, float], None] | None = None
) -> McShaneBound:
    """`mcshane_bound` for a data set."""
    if data.has_one_label:
        return McShaneBound(Fraction(0), Fraction(0), None)
    search = PairSearch(data, norm, block)
    try:
        complete = search.run(progress, time.monotonic() + budget)
    except KeyboardInterrupt:
        complete = False
    found = search.winner()
    if found is None:  # no time for a single block
        return McShaneBound(Fraction(0), Fraction(0), None, False)
    return McShaneBound(double_root_below(found[0]), found[0], found[1], complete)


def double_root_below(squared: Fraction) -> Fraction:
    """The largest double (as a Fraction) whose square is at most the given nonnegative rational number.

    >>> double_root_below(Fraction(16)), float(double_root_below(Fraction(2))) < 2**0.5
    (Fraction(4, 1), True)
    """
    scale = max(0, 128 - squared.numerator.bit_length() + squared.denominator.bit_length())
    root = Fraction(math.isqrt((squared.numerator << 2 * scale) // squared.denominator), 1 << scale)
    try:
        candidate = float(root)
    except OverflowError as error:
        raise BadData("the Lipschitz constant exceeds the range of doubles: rescale the data") from error
    while Fraction(candidate) ** 2 > squared:
        candidate = math.nextafter(candidate, 0.0)
    return Fraction(candidate)


def double_root_above(squared: Fraction) -> Fraction:
    """The least double whose square is at least the given one.

    >>> double_root_above(Fraction(16)), float(double_root_above(Fraction(2))) >= 2**0.5
    (Fraction(4, 1), True)
    """
    below = double_root_below(squared)
    return below if below**2 == squared else Fraction(math.nextafter(float(below), math.inf))


def mcshane_interpolant(
    X: ArrayLike, y: ArrayLike, constant: float, block: int = BLOCK, norm: str = "l2", kind: str = "largest"
) -> Callable[[ArrayLike], FloatArray]:
    """A function with Lipschitz constant L on R^d that fits the data: the largest, the least, or their mean.

    largest: x ↦ min_i (y_i + L‖x − x_i‖) (McShane); least: x ↦ max_i (y_i − L‖x − x_i‖) (Whitney); X ∈ R^{n×d}, y ∈ R^n.
    Source: McShane 1934, Theorem 1; Whitney 1934 (tight for L = L*).
    Args: X (n, d), y (n,), constant L ≥ L*, block (rows of points and of data handled at once), norm, kind (largest, least or mean).
    Returns: a function of an array (m, d) that returns (m,).
    Raises: ShapeError, BadData, HypothesisViolated (L < L*, so that no L-Lipschitz function fits).
    Guarantee: evaluated in floating point.

    >>> f = mcshane_interpolant([[0.0], [1.0]], [1, -1], 2.0)
    >>> f([[0.0], [1.0], [0.25], [5.0]]).tolist()
    [1.0, -1.0, 0.5, 7.0]
    """
    data = _data(X, y, norm)
    least = mcshane_bound_of(data, norm).estimate
    # L is often L* itself after a few roundings; 1e-12 relative is far above those and far below any real shortfall
    if not (math.isfinite(constant) and constant >= least * (1 - 1e-12)):
        raise HypothesisViolated(
            f"the constant {constant} is below the McShane constant {least} of these data: give at least that"
        )
    return _interpolant(data.X, data.y, constant, block, norm, kind)


def _interpolant(
    points: FloatArray, labels: FloatArray, constant: float, block: int, norm: str, kind: str
) -> Callable[[ArrayLike], FloatArray]:
    if kind not in ("largest", "least", "mean"):
        raise BadData(f"the kind of interpolant is {kind!r}: use largest, least or mean")

    def interpolant(where: ArrayLike) -> FloatArray:
        z = np.asarray(where, dtype=np.float64)
        if z.ndim != 2 or z.shape[1] != points.shape[1]:
            raise ShapeError(f"the points have shape {z.shape}: give (m, {points.shape[1]})")
        above, below = np.full(len(z), np.inf), np.full(len(z), -np.inf)
        for s in range(0, len(z), block):
            for t in range(0, len(points), block):  # cdist sums differences, so that f(x_i) is exact
                cones = constant * cdist(z[s : s + block], points[t : t + block], METRICS[norm])
                part, centres = slice(s, s + block), labels[t : t + block]
                np.minimum(above[part], (centres + cones).min(axis=1), out=above[part])
                np.maximum(below[part], (centres - cones).max(axis=1), out=below[part])
        return above if kind == "largest" else below if kind == "least" else (above + below) / 2

    return interpolant


@dataclass(frozen=True)
class McShaneFit:
    """The least Lipschitz constant of any fit, lower = upper up to rounding, the witness pair, and extensions that attain it.

    ``upper`` is None when time ran out.  Rows are those of the data.
    """

    data: Dataset
    norm: str
    bound: McShaneBound

    @property
    def lower(self) -> Fraction:
        """The largest double that is at most L* (of the pairs seen)."""
        return self.bound.value

    @property
    def upper(self) -> Fraction | None:
        """The least double that is at least L*."""
        return double_root_above(self.bound.squared) if self.bound.complete else None

    def interpolant(self, kind: str = "largest", block: int = BLOCK) -> Callable[[ArrayLike], FloatArray]:
        """The McShane ("largest") or Whitney ("least") extension with the constant `upper`, or their "mean"."""
        if self.upper is None:
            raise HypothesisViolated("the search for the McShane constant was cut short: give it more time before you extend")
        return _interpolant(self.data.X, self.data.y, float(self.upper), block, self.norm, kind)

    def certificate(self, *, upper: bool | None = None) -> dict[str, Any]:
        """A document for `lawbook verify`: the witness pair and, for `upper`, the claim that no pair is better.

        The check of the upper side compares all pairs exactly; by default it is included for up to 2·10⁷ coordinates of pairs.
        """
        n, d = self.data.X.shape
        included = self.bound.complete and (n * n * d <= 2 * EXACT_COORDINATES if upper is None else upper)
        lower = None if self.bound.pair is None else FitEvidence(pair=self.bound.pair)
        return certify_fit("fit.any", self.data.exact, self.norm, None, lower, FitEvidence() if included else None)


def mcshane_fit(
    X: ArrayLike,
    y: ArrayLike,
    norm: str = "l2",
    *,
    budget: float = math.inf,
    progress: Callable[[float, float], None] | None = None,
) -> McShaneFit:
    """The best of all fits: L*, the pair that forces it, and functions that attain it.

    Args, errors, guarantee: as `mcshane_bound`.

    >>> fit = mcshane_fit([[0.0, 0.0], [1.0, 2.0]], [3.0, 0.0], "linf")
    >>> fit.lower, fit.upper, fit.interpolant("mean")([[0.5, 1.0]]).tolist()
    (Fraction(3, 2), Fraction(3, 2), [1.5])
    """
    data = _data(X, y, norm)
    return McShaneFit(data, norm, mcshane_bound_of(data, norm, budget=budget, progress=progress))


def _data(X: ArrayLike, y: ArrayLike, norm: str) -> Dataset:
    if norm not in NORMS:
        raise BadData(f"the norm is {norm!r}: use one of {', '.join(NORMS)}")
    return Dataset(X, y, real_labels=True)
