"""The coordinatewise nondecreasing function of least Lipschitz constant that fits the data."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.certificates.exact.exact_data import ExactData, exact_data
from theory.certificates.exact.rounding import root_above
from theory.certificates.fits.fit_claims import NORMS, FitEvidence, quotient_squared
from theory.certificates.fits.simple_fits import certify_fit
from theory.errors import BadData, NotCertified, ShapeError
from verify.fits.functions.certified_fit import CertifiedFit
from verify.fits.functions.mcshane_pairs import scaled_below_one
from verify.objects.data.dataset import validate

FloatArray = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
# Differences held at once, 2²¹ doubles: 16 MiB.
HELD = 1 << 21


@dataclass(frozen=True)
class MonotoneFit(CertifiedFit):
    """The least Lipschitz constant L of nondecreasing fits on R^d, the pair that forces it, and the functions that attain it.

    ``squared`` is L² exactly: ((y_j − y_i)/‖(x_j − x_i)_+‖)² of the ``pair`` (i, j); None when no nondecreasing function fits, since
    then x_j ≤ x_i and y_j > y_i.  The pair is None when all labels are equal.
    """

    data: ExactData
    norm: str
    squared: Fraction | None
    pair: tuple[int, int] | None

    @property
    def feasible(self) -> bool:
        """Whether some function of the class fits."""
        return self.squared is not None

    @property
    def upper(self) -> Fraction | None:
        """At least L, by less than 10⁻³⁰ of it; None when none fits."""
        return None if self.squared is None else root_above(self.squared)

    @property
    def reason(self) -> str:
        """Why no function of the class fits, one sentence; empty when one does."""
        if self.feasible or self.pair is None:
            return ""
        i, j = self.pair
        return f"no nondecreasing function fits: point {j} is at most point {i} in every coordinate and has the larger label"

    @cached_property
    def _document(self) -> dict[str, Any]:
        """The lower side alone: for the other one all pairs are compared exactly, which only `certificate` waits for."""
        return self._certified(None)

    def _certified(self, upper: FitEvidence | None) -> dict[str, Any]:
        lower = None if self.pair is None else FitEvidence(pair=self.pair)
        return certify_fit("fit.monotone", self.data, self.norm, None, lower, upper)

    def certificate(self) -> dict[str, Any]:
        """A document for `lawbook verify`: the pair, and that no pair is better, which the check recomputes from all pairs."""
        return self._certified(FitEvidence() if self.feasible else None)

    def __call__(self, where: ArrayLike) -> FloatArray:
        """The least such function, x ↦ max_j (y_j − L‖(x_j − x)_+‖), at the rows of an array (m, d), in floating point.

        Raises: ShapeError; BadData when no function fits.
        """
        if self.upper is None:
            raise BadData(self.reason)
        z, (_, d) = np.asarray(where, dtype=np.float64), self.data.shape
        if z.ndim != 2 or z.shape[1] != d:
            raise ShapeError(f"the points have shape {z.shape}: give (m, {d})")
        values, constant = np.full(len(z), -np.inf), float(self.upper)
        for row, label in zip(self.data.points, self.data.labels, strict=True):
            lengths = _lengths(np.array([float(c) for c in row]) - z, self.norm)
            np.maximum(values, float(label) - constant * lengths, out=values)
        return values


def monotone_fit(
    X: ArrayLike,
    y: ArrayLike,
    norm: str = "l2",
    *,
    budget: float = math.inf,
    progress: Callable[[int, int], None] | None = None,
) -> MonotoneFit:
    """The function of least Lipschitz constant on R^d that is nondecreasing in every coordinate and fits the data.

    L = max over y_j > y_i of (y_j − y_i)/‖(x_j − x_i)_+‖; X ∈ R^{n×d}, y ∈ R^n; norms l1, l2, linf; the same on every box that
    contains the data.
    Source: ours; the proof is in `theory.certificates.fits.fit_claims`.
    Args: X (n, d), y (n,), norm, budget (seconds), progress (called with the points done and n).
    Returns: a MonotoneFit; not `feasible` with a witness pair when no such function fits.
    Raises: ShapeError, BadData (not finite; a point with two different labels; an unknown norm; numbers that differ by more than a
    factor 1e120), NotCertified (out of time).
    Guarantee: certified; floating point only drops pairs that are worse by more than its error.

    >>> fit = monotone_fit([[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0])
    >>> fit.lower, fit.upper, fit.pair, fit([[1.0, 1.0], [0.5, 0.0]]).tolist()
    (Fraction(1, 1), Fraction(1, 1), (0, 1), [1.0, 0.5])
    >>> monotone_fit([[0.0, 1.0], [1.0, 1.0]], [1.0, 0.0]).reason
    'no nondecreasing function fits: point 0 is at most point 1 in every coordinate and has the larger label'
    """
    points, labels = validate(X, y, signs=False)
    if norm not in NORMS:
        raise BadData(f"the norm is {norm!r}: use one of {', '.join(NORMS)}")
    data = exact_data(points, labels)
    if labels.min() == labels.max():
        return MonotoneFit(data, norm, Fraction(0), None)
    pairs = _candidates(scaled_below_one(points, "X"), scaled_below_one(labels, "y"), norm, time.monotonic() + budget, progress)
    best: tuple[Fraction, tuple[int, int]] = (Fraction(-1), (-1, -1))
    for i, j in pairs:
        square = quotient_squared(data, i, j, norm, monotone=True)
        if square is None:
            return MonotoneFit(data, norm, None, (i, j))
        best = max(best, (square, (i, j)), key=lambda entry: entry[0])
    return MonotoneFit(data, norm, *best)


def _candidates(
    points: FloatArray, labels: FloatArray, norm: str, deadline: float, progress: Callable[[int, int], None] | None
) -> list[tuple[int, int]]:
    """The pairs whose quotient is within the rounding error of the largest, in order; the first pair of infinite quotient alone."""
    n, d = points.shape
    # gap, d + 3 roundings of the distance, and the quotient, for each of two quotients that are compared
    error, best, found = (d + 8) * EPS, 0.0, list[tuple[float, int, int]]()
    rows = max(1, HELD // (n * d))
    for s in range(0, n, rows):
        if time.monotonic() > deadline:
            raise NotCertified(f"the time ran out after {s} of {n} points: give more time or fewer points")
        lengths = _lengths(points[None, :, :] - points[s : s + rows, None, :], norm)
        gaps = np.maximum(labels[None, :] - labels[s : s + rows, None], 0.0)
        quotients = np.divide(gaps, lengths, out=np.where(gaps > 0, np.inf, 0.0), where=lengths > 0)
        best = max(best, float(quotients.max()))
        i, j = np.nonzero(quotients >= best * (1 - error)) if best > 0 else (np.array([], dtype=int),) * 2
        found += zip(quotients[i, j].tolist(), (i + s).tolist(), j.tolist(), strict=True)
        if math.isinf(best):
            break
        if progress is not None:
            progress(min(s + rows, n), n)
    return [(i, j) for quotient, i, j in found if quotient >= best * (1 - error)]


def _lengths(steps: FloatArray, norm: str) -> FloatArray:
    """‖step_+‖ along the last axis."""
    positive = np.maximum(steps, 0.0)
    order = {"l1": 1, "l2": 2, "linf": np.inf}[norm]
    lengths: FloatArray = np.linalg.norm(positive, ord=order, axis=-1)
    return lengths
