"""The linear or affine function of least Lipschitz constant that fits the data, solved exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import nmod_mat
from numpy.typing import ArrayLike

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import ExactNetwork, dot, fraction, rational_matrix
from theory.certificates.fits.fit_claims import FitEvidence, Row, affine_differences, least_norm_slope, squared_norm
from theory.certificates.fits.simple_fits import certify_fit
from theory.errors import NotCertified
from verify.fits.exact.input import read_exact
from verify.fits.functions.certified_fit import CertifiedFit

# A prime below 2⁶³.  Rows that are independent modulo a prime are independent; the converse fails with probability about 10⁻¹⁸, is noticed
# because an exact equation then fails, and is mended by adding that row.
PRIME = 9223372036854775783


@dataclass(frozen=True)
class LinearFit(CertifiedFit):
    """f(x) = w·x + c (c = 0 unless affine) of least ‖w‖ with f(x_i) = y_i, or the proof that no such function fits.

    ``multipliers`` λ: ‖w‖ ≥ Σλ_iy_i/‖Σλ_ix_i‖ for every fit; when none fits, Σλ_ix_i = 0 and Σλ_iy_i > 0 (and Σλ_i = 0 when
    affine).  ``slope`` and ``intercept`` are exact, None when none fits.  ``lower`` and ``upper`` are certified and differ by rounding.
    """

    data: ExactData
    affine: bool
    slope: Row | None
    intercept: Fraction | None
    multipliers: dict[int, Fraction]
    rows: tuple[int, ...]

    @property
    def feasible(self) -> bool:
        """Whether some function of the class fits."""
        return self.slope is not None

    @property
    def squared(self) -> Fraction | None:
        """‖w‖² exactly, None when none fits."""
        return None if self.slope is None else squared_norm(self.slope, "l2")

    @property
    def reason(self) -> str:
        """Why no function of the class fits, one sentence; empty when one does."""
        if self.feasible:
            return ""
        kind, article = ("affine", "an") if self.affine else ("linear", "a")
        named = ", ".join(str(i) for i in sorted(self.multipliers)[:6]) + (", …" if len(self.multipliers) > 6 else "")
        return f"no {kind} function fits: the labels violate {article} {kind} dependence of the {len(self.multipliers)} points {named}"

    @property
    def network(self) -> ExactNetwork | None:
        """The fit as a network: one identity neuron, and for c ≠ 0 its bias; None when none fits."""
        if self.slope is None or self.intercept is None:
            return None
        return ExactNetwork((self.slope,), (self.intercept,), (Fraction(1),), "identity")

    @cached_property
    def _document(self) -> dict[str, Any]:
        claim = "fit.affine" if self.affine else "fit.linear"
        lower = FitEvidence(multipliers=self.multipliers) if self.multipliers else None
        return certify_fit(claim, self.data, "l2", None, lower, FitEvidence(rows=self.rows) if self.feasible else None)


def least_norm_fit(X: ArrayLike, y: ArrayLike, *, affine: bool = False) -> LinearFit:
    """The linear (or affine) function of least Euclidean Lipschitz constant on R^d that fits the data.

    min ‖w‖ subject to w·x_i (+ c) = y_i; X ∈ R^{n×d}, y ∈ R^n.  For independent points ‖w‖² = yᵀ(XXᵀ)⁻¹y.  Source: BLN, section 3.1.
    Args: X (n, d), y (n,), affine (with an intercept c).
    Returns: a LinearFit; not `feasible` with an exact Farkas vector when no such function fits.
    Raises: ShapeError, BadData (not finite; a point with two different labels).
    Guarantee: certified, in exact rational arithmetic on the doubles of X and y.

    >>> fit = least_norm_fit([[3.0, 4.0]], [10.0])
    >>> fit.slope, fit.lower, fit.upper
    ((Fraction(6, 5), Fraction(8, 5)), Fraction(2, 1), Fraction(2, 1))
    >>> none = least_norm_fit([[1.0], [2.0]], [1.0, 1.0])
    >>> none.feasible, none.multipliers
    (False, {0: Fraction(2, 1), 1: Fraction(-1, 1)})
    """
    data = read_exact(X, y)
    solved = affine_differences(data) if affine else data
    rows = _independent(solved)
    while True:
        try:
            slope = least_norm_slope(solved, rows)
        except NotCertified:
            broken = _broken(solved, rows)
            dependence = _dependence(solved, rows, broken)
            if dependence is None:  # an unlucky prime
                rows = (*rows, broken)
                continue
            return LinearFit(data, affine, None, None, _closed(dependence, affine), rows)
        intercept = data.labels[0] - dot(slope, data.points[0]) if affine else Fraction(0)
        return LinearFit(data, affine, slope, intercept, _closed(_short_multipliers(solved, rows), affine), rows)


def _independent(data: ExactData) -> tuple[int, ...]:
    """Indices of points that form a basis of the span of all of them, found modulo a prime."""
    columns = [[c.numerator % PRIME * pow(c.denominator, -1, PRIME) % PRIME for c in row] for row in data.points]
    reduced, rank = nmod_mat(len(columns[0]), len(columns), [c for row in zip(*columns, strict=True) for c in row], PRIME).rref()
    pivots, start = [], 0
    for r in range(rank):
        start = next(c for c in range(start, len(columns)) if int(reduced[r, c]))
        pivots.append(start)
    return tuple(pivots)


def _weights(data: ExactData, rows: tuple[int, ...], right: list[Fraction]) -> list[Fraction]:
    """(BBᵀ)⁻¹r for the points B with these indices."""
    if not rows:
        return []
    B = rational_matrix([data.points[i] for i in rows])
    return [fraction(c) for (c,) in (B * B.transpose()).solve(rational_matrix([[c] for c in right])).tolist()]


def _broken(data: ExactData, rows: tuple[int, ...]) -> int:
    """The first point whose label the least-norm function of the rows misses."""
    basis = ExactData(tuple(data.points[i] for i in rows), tuple(data.labels[i] for i in rows)) if rows else None
    slope = least_norm_slope(basis, range(len(rows))) if basis else tuple(Fraction(0) for _ in data.points[0])
    return next(i for i, (row, label) in enumerate(zip(data.points, data.labels, strict=True))
                if dot(slope, row) != label)


def _dependence(data: ExactData, rows: tuple[int, ...], point: int) -> dict[int, Fraction] | None:
    """λ with λ_point = ±1, Σλ_ix_i = 0 and Σλ_iy_i > 0 over the rows and the point; None when they are independent."""
    products = [dot(data.points[i], data.points[point]) for i in rows]
    found = {i: -c for i, c in zip(rows, _weights(data, rows, products), strict=True) if c} | {point: Fraction(1)}
    if any(sum((c * data.points[i][a] for i, c in found.items()), Fraction(0)) for a in range(data.shape[1])):
        return None
    sign = 1 if sum((c * data.labels[i] for i, c in found.items()), Fraction(0)) > 0 else -1
    return {i: sign * c for i, c in sorted(found.items())}


def _short_multipliers(data: ExactData, rows: tuple[int, ...]) -> dict[int, Fraction]:
    """λ = (BBᵀ)⁻¹y_B rounded to doubles: any multipliers prove a bound, and the bound is stationary at the exact ones."""
    exact = _weights(data, rows, [data.labels[i] for i in rows])
    largest = max((abs(c) for c in exact), default=Fraction(0))
    if largest == 0:
        return {}
    rounded = {i: Fraction(float(c / largest)) for i, c in zip(rows, exact, strict=True)}
    return {i: c for i, c in rounded.items() if c}


def _closed(multipliers: dict[int, Fraction], affine: bool) -> dict[int, Fraction]:
    """The multipliers of differences to point 0 as multipliers of the points, which sum to 0."""
    if not affine or not multipliers:
        return multipliers
    closed = {**multipliers, 0: multipliers.get(0, Fraction(0)) - sum(multipliers.values(), Fraction(0))}
    return {i: c for i, c in sorted(closed.items()) if c}
