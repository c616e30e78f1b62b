"""The convex (or concave) function of least Lipschitz constant that fits the data: a maximum of affine functions, solved exactly."""

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

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import dot
from theory.certificates.fits.fit_claims import FitEvidence, Row, squared_norm
from theory.certificates.fits.simple_fits import certify_fit
from theory.errors import BadData, NotCertified, ShapeError
from verify.fits.exact.input import read_exact
from verify.fits.exact.least_distance import ShortestVector, shortest_vector
from verify.fits.functions.certified_fit import CertifiedFit

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class WholeData:
    """Points and labels as integers over common denominators D and E; slopes of these times `scale` = D/E are slopes of the data."""

    points: list[list[int]]
    labels: list[int]
    scale: Fraction


def _whole(data: ExactData) -> WholeData:
    D, E = math.lcm(*(c.denominator for row in data.points for c in row)), math.lcm(*(c.denominator for c in data.labels))
    return WholeData([[int(c * D) for c in row] for row in data.points], [int(c * E) for c in data.labels], Fraction(D, E))


@dataclass(frozen=True)
class ConvexFit(CertifiedFit):
    """f(x) = max_i (y_i + g_i·(x − x_i)) (min for concave) of least Lipschitz constant with f(x_i) = y_i, or the proof that none fits.

    ``slopes`` are the exact g_i, empty when none fits.  ``index`` i and ``multipliers`` λ ≥ 0 are those of the steepest slope:
    ‖g‖ ≥ Σλ_j(y_i − y_j)/‖Σλ_j(x_j − x_i)‖ for every fit; when none fits, x_i is the mean of the x_j with the weights λ (which then sum
    to 1) and the mean of the y_j is below y_i.  (For concave functions the labels are negated.)
    """

    data: ExactData
    concave: bool
    slopes: tuple[Row, ...]
    index: int
    multipliers: dict[int, Fraction]

    @property
    def feasible(self) -> bool:
        """Whether some function of the class fits."""
        return bool(self.slopes)

    @property
    def squared(self) -> Fraction | None:
        """The square of the least Lipschitz constant, exactly, None when none fits."""
        return max(squared_norm(row, "l2") for row in self.slopes) if self.slopes else None

    @property
    def reason(self) -> str:
        """Why no function of the class fits, one sentence; empty when one does."""
        if self.feasible:
            return ""
        kind, side = ("concave", "below") if self.concave else ("convex", "above")
        named = ", ".join(str(j) for j in sorted(self.multipliers)[:6]) + (", …" if len(self.multipliers) > 6 else "")
        return (f"no {kind} function fits: point {self.index} is a mean of the points {named}, and its label lies {side} the same mean "
                "of their labels")

    def __call__(self, where: ArrayLike) -> FloatArray:
        """f at the rows of an array (m, d), in floating point.  Raises: ShapeError; BadData when no function fits."""
        if not self.feasible:
            raise BadData(self.reason)
        z, (_, d) = np.asarray(where, dtype=np.float64), self.data.shape
        if z.ndim != 2 or z.shape[1] != d:
            raise ShapeError(f"the points have shape {z.shape}: give (m, {d})")
        slopes = np.array([[float(c) for c in row] for row in self.slopes])
        offsets = [float(label - dot(row, point))
                   for label, row, point in zip(self.data.labels, self.slopes, self.data.points, strict=True)]
        planes: FloatArray = z @ slopes.T + np.array(offsets)
        values: FloatArray = planes.min(axis=1) if self.concave else planes.max(axis=1)
        return values

    @cached_property
    def _document(self) -> dict[str, Any]:
        lower = FitEvidence(index=self.index, multipliers=self.multipliers) if self.multipliers else None
        upper = FitEvidence(slopes=self.slopes) if self.feasible else None
        return certify_fit("fit.concave" if self.concave else "fit.convex", self.data, "l2", None, lower, upper)


def convex_fit(
    X: ArrayLike,
    y: ArrayLike,
    *,
    concave: bool = False,
    budget: float = math.inf,
    progress: Callable[[int, int], None] | None = None,
) -> ConvexFit:
    """The convex (concave) function of least Euclidean Lipschitz constant that fits the data.

    L = max_i min{‖g‖ : g·(x_j − x_i) ≤ y_j − y_i for all j} on R^d and on every convex set that contains the data; X ∈ R^{n×d}, y ∈ R^n.
    Source: ours; the proof is in `theory.certificates.fits.fit_claims`.
    Args: X (n, d), y (n,), concave, budget (seconds), progress (called with the points done and n).
    Returns: a ConvexFit; not `feasible` with an exact convex combination as witness when no such function fits.
    Raises: ShapeError, BadData (not finite; a point with two different labels), NotCertified (out of time).
    Guarantee: certified, in exact rational arithmetic on the doubles of X and y.

    >>> fit = convex_fit([[-1.0], [0.0], [1.0]], [1.0, 0.0, 2.0])
    >>> fit.lower, fit.upper, [str(g) for (g,) in fit.slopes]
    (Fraction(2, 1), Fraction(2, 1), ['-1', '0', '2'])
    >>> convex_fit([[-1.0], [0.0], [1.0]], [0.0, 1.0, 0.0]).reason
    'no convex function fits: point 1 is a mean of the points 0, 2, and its label lies above the same mean of their labels'
    """
    data = read_exact(X, y)
    signed = _whole(ExactData(data.points, tuple(-label for label in data.labels)) if concave else data)
    deadline, found = time.monotonic() + budget, []
    for i in range(data.shape[0]):
        if time.monotonic() > deadline:
            raise NotCertified(f"the time ran out after {i} of {data.shape[0]} points: give more time or fewer points")
        best = _shortest_slope(signed, i)
        if best.vector is None:
            total = sum(best.multipliers.values(), Fraction(0))
            return ConvexFit(data, concave, (), i, {j: c / total for j, c in best.multipliers.items()})
        found.append(best)
        if progress is not None:
            progress(i + 1, data.shape[0])
    slopes = tuple(tuple(-c if concave else c for c in best.vector or ()) for best in found)
    index = max(range(len(slopes)), key=lambda i: squared_norm(slopes[i], "l2"))
    return ConvexFit(data, concave, slopes, index, _short(found[index].multipliers))


def _shortest_slope(data: WholeData, i: int) -> ShortestVector:
    """The shortest g with g·(x_j − x_i) ≤ y_j − y_i for all j; multipliers are numbered by the points."""
    own = data.points[i]
    others = [j for j, row in enumerate(data.points) if row != own]
    if not others:
        return ShortestVector(tuple(Fraction(0) for _ in own), {})
    directions = [[p - q for p, q in zip(data.points[j], own, strict=True)] for j in others]
    found = shortest_vector(directions, [data.labels[j] - data.labels[i] for j in others])
    vector = None if found.vector is None else tuple(c * data.scale for c in found.vector)
    return ShortestVector(vector, {others[j]: c for j, c in found.multipliers.items()})


def _short(multipliers: dict[int, Fraction]) -> dict[int, Fraction]:
    """The multipliers rounded to doubles: any λ ≥ 0 prove a bound, and the bound is stationary at the exact ones."""
    largest = max(multipliers.values(), default=Fraction(0))
    rounded = {j: Fraction(float(c / largest)) for j, c in multipliers.items() if largest}
    return {j: c for j, c in rounded.items() if c}
