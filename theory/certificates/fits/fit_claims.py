"""The least Lipschitz constant of simple classes of functions: what evidence proves about it, in exact rational arithmetic.

Data (x_i, y_i) ∈ R^d × R.  For a class of functions, L = inf{Lip(f) : f in the class, f(x_i) = y_i for all i}, ∞ when none fits.  Each
class has a lower side (every fit has Lip ≥ …), an upper side (some fit has Lip ≤ …) and evidence that no function fits.
Bounds are handled as squares, which are rational also for the Euclidean norm.

- any function, norms l1, l2, linf, on every set that contains the data: L = max |y_i − y_j|/‖x_i − x_j‖ (McShane, Whitney 1934).
- linear w·x (or affine w·x + c, in differences to x_0): w·Σλ_ix_i = Σλ_iy_i gives ‖w‖ ≥ Σλ_iy_i/‖Σλ_ix_i‖ (Σλ_i = 0 when affine);
  w = Bᵀ(BBᵀ)⁻¹y_B for independent rows B is a fit when it meets the other equations.
- convex, on R^d and on every convex set that contains the data: L = max_i min{‖g‖ : g·(x_j − x_i) ≤ y_j − y_i for all j}.
  ≤: f(x) = max_i (y_i + g_i·(x − x_i)) fits and is convex.  ≥: an L-Lipschitz convex f on a convex set C is the restriction of
  x ↦ inf_{z∈C} f(z) + L‖x − z‖, which is convex and L-Lipschitz on R^d; its subgradients at x_i have norm ≤ L and satisfy the
  inequalities.  With λ ≥ 0: ‖g‖·‖Σλ_j(x_j − x_i)‖ ≥ Σλ_j(y_i − y_j).  If the left sum vanishes and the right one is
  positive, x_i is a convex combination of data whose labels have a mean below y_i, and no convex function fits.
- monotone: nondecreasing in every coordinate, on R^d (or on a box that contains the data), norms l1, l2, linf; ‖·_+‖ is the norm of the
  positive parts.  L = max over y_j > y_i of (y_j − y_i)/‖(x_j − x_i)_+‖.
  ≥: y_j ≤ f(x_i ∨ x_j) ≤ y_i + L‖(x_j − x_i)_+‖.  ≤: f(x) = max_j (y_j − L‖(x_j − x)_+‖) is nondecreasing, and L-Lipschitz since
  |s_+ − t_+| ≤ |s − t|.  On a set that is no lattice, such as the hull of the data, L may be smaller.
- splines of one variable with at most k kinks, and the total variation of their slope: see `line_splines`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import fraction, rational, rational_matrix
from theory.certificates.fits.line_splines import ExactSpline, fewest_kinks, polygon
from theory.errors import NotCertified

Row = tuple[Fraction, ...]
NORMS = ("l1", "l2", "linf")


@dataclass(frozen=True)
class FitEvidence:
    """What one side of a certificate may carry; a side uses the fields that its class names, the others stay empty."""

    pair: tuple[int, int] | None = None
    index: int = -1
    multipliers: Mapping[int, Fraction] = field(default_factory=dict)
    rows: tuple[int, ...] = ()
    slopes: tuple[Row, ...] = ()
    spline: ExactSpline | None = None


Square = Fraction | None  # a bound on L²; None: no function of the class fits
Lower = Callable[[ExactData, str, int, FitEvidence], Square]
Upper = Callable[[ExactData, str, int, FitEvidence], Fraction]


def squared_norm(vector: Sequence[Fraction], norm: str) -> Fraction:
    """‖v‖² in the norm l1, l2 or linf.

    >>> [squared_norm((Fraction(3), Fraction(-4)), norm) for norm in NORMS]
    [Fraction(49, 1), Fraction(25, 1), Fraction(16, 1)]
    """
    if norm == "l2":
        return sum((c * c for c in vector), Fraction(0))
    moduli = [abs(c) for c in vector]
    return (sum(moduli, Fraction(0)) if norm == "l1" else max(moduli)) ** 2


def quotient_squared(data: ExactData, i: int, j: int, norm: str, monotone: bool) -> Square:
    """((y_j − y_i)/‖x_j − x_i‖)², with the positive parts of x_j − x_i when `monotone`; None when the norm is 0 and the labels differ."""
    gap = data.labels[j] - data.labels[i]
    step = [q - p for p, q in zip(data.points[i], data.points[j], strict=True)]
    distance = squared_norm([max(c, Fraction(0)) for c in step] if monotone else step, norm)
    if gap == 0 or (monotone and gap < 0):
        return Fraction(0)
    return gap * gap / distance if distance else None


def _pair_lower(monotone: bool) -> Lower:
    def lower(data: ExactData, norm: str, kinks: int, evidence: FitEvidence) -> Square:
        i, j = evidence.pair or (-1, -1)
        _check_indices(data, (i, j))
        return quotient_squared(data, i, j, norm, monotone)

    return lower


def _pair_upper(monotone: bool) -> Upper:
    def upper(data: ExactData, norm: str, kinks: int, evidence: FitEvidence) -> Fraction:
        # over common denominators the quotients are ratios of integers, several times faster to compare
        units = [math.lcm(*(c.denominator for row in data.points for c in row)), math.lcm(*(c.denominator for c in data.labels))]
        points = [[int(c * units[0]) for c in row] for row in data.points]
        labels = [int(c * units[1]) for c in data.labels]
        gap, distance = 0, 1
        for i, j in _all_pairs(len(points), monotone):
            square = (labels[j] - labels[i]) ** 2 if not monotone or labels[j] > labels[i] else 0
            if not square:
                continue
            moduli = [max(q - p, 0) if monotone else abs(q - p) for p, q in zip(points[i], points[j], strict=True)]
            length = sum(c * c for c in moduli) if norm == "l2" else (sum(moduli) if norm == "l1" else max(moduli)) ** 2
            if not length:
                raise NotCertified(f"no function of the class fits the points {i} and {j}")
            if square * distance > gap * length:
                gap, distance = square, length
        return Fraction(gap * units[0] ** 2, distance * units[1] ** 2)

    return upper


def _all_pairs(n: int, ordered: bool) -> Iterator[tuple[int, int]]:
    return ((i, j) for i in range(n) for j in range(0 if ordered else i + 1, n) if i != j)


def affine_differences(data: ExactData) -> ExactData:
    """The data x_i − x_0, y_i − y_0, which a linear function fits with the same slope as an affine function fits the data."""
    first, label = data.points[0], data.labels[0]
    points = tuple(tuple(c - e for c, e in zip(row, first, strict=True)) for row in data.points)
    return ExactData(points, tuple(c - label for c in data.labels))


def _linear_lower(affine: bool) -> Lower:
    def lower(data: ExactData, norm: str, kinks: int, evidence: FitEvidence) -> Square:
        weights = evidence.multipliers
        _check_indices(data, weights)
        if affine and sum(weights.values(), Fraction(0)):
            raise NotCertified("the multipliers of an affine function must sum to 0")
        return _dual_square(data, weights, sum((c * data.labels[i] for i, c in weights.items()), Fraction(0)))

    return lower


def _linear_upper(affine: bool) -> Upper:
    def upper(data: ExactData, norm: str, kinks: int, evidence: FitEvidence) -> Fraction:
        _check_indices(data, evidence.rows)
        slope = least_norm_slope(affine_differences(data) if affine else data, evidence.rows)
        return squared_norm(slope, "l2")

    return upper


def least_norm_slope(data: ExactData, rows: Sequence[int]) -> Row:
    """w = Bᵀ(BBᵀ)⁻¹y_B for the points B with these indices, when w·x_i = y_i for all i.

    Raises: NotCertified (dependent rows; an equation that w does not meet).

    >>> data = ExactData(((Fraction(1), Fraction(1)), (Fraction(2), Fraction(2))), (Fraction(2), Fraction(4)))
    >>> least_norm_slope(data, [0])
    (Fraction(1, 1), Fraction(1, 1))
    """
    slope = tuple(Fraction(0) for _ in data.points[0])
    if rows:
        B = rational_matrix([data.points[i] for i in rows])
        try:
            weights = (B * B.transpose()).solve(rational_matrix([[data.labels[i]] for i in rows]))
        except ZeroDivisionError:
            raise NotCertified("the rows are linearly dependent: they determine no multipliers") from None
        slope = tuple(fraction(c) for (c,) in (B.transpose() * weights).tolist())
    values = rational_matrix(data.points) * rational_matrix([[c] for c in slope])
    for i, ((value,), label) in enumerate(zip(values.tolist(), data.labels, strict=True)):
        if value != rational(label):
            raise NotCertified(f"the linear function misses the label of point {i}")
    return slope


def _convex_lower(sign: int) -> Lower:
    def lower(data: ExactData, norm: str, kinks: int, evidence: FitEvidence) -> Square:
        i, weights = evidence.index, evidence.multipliers
        _check_indices(data, (i, *weights))
        if any(c < 0 for c in weights.values()):
            raise NotCertified("a multiplier is negative")
        gain = sum((sign * c * (data.labels[i] - data.labels[j]) for j, c in weights.items()), Fraction(0))
        balanced = {**weights, i: weights.get(i, Fraction(0)) - sum(weights.values(), Fraction(0))}
        return _dual_square(data, balanced, gain)

    return lower


def _convex_upper(sign: int) -> Upper:
    def upper(data: ExactData, norm: str, kinks: int, evidence: FitEvidence) -> Fraction:
        n, d = data.shape
        if len(evidence.slopes) != n or any(len(row) != d for row in evidence.slopes):
            raise NotCertified(f"{n} slopes with {d} coordinates are needed, one for each point")
        products = (rational_matrix(evidence.slopes) * rational_matrix(data.points).transpose()).tolist()
        labels = [rational(c) for c in data.labels]
        for i, row in enumerate(products):
            own = labels[i] - row[i]
            for j, value in enumerate(row):
                if sign * (own + value - labels[j]) > 0:
                    raise NotCertified(f"the plane at point {i} is on the wrong side of the label of point {j}")
        return max(squared_norm(row, "l2") for row in evidence.slopes)

    return upper


def _dual_square(data: ExactData, weights: Mapping[int, Fraction], gain: Fraction) -> Square:
    """(gain/‖Σλ_ix_i‖)² for gain > 0, None when the sum vanishes."""
    if gain <= 0:
        raise NotCertified("the multipliers prove no bound above 0")
    total = [sum((c * data.points[i][a] for i, c in weights.items()), Fraction(0)) for a in range(data.shape[1])]
    square = squared_norm(total, "l2")
    return gain * gain / square if square else None


def _spline_lower(data: ExactData, norm: str, kinks: int, evidence: FitEvidence) -> Square:
    found = polygon(data)
    return None if fewest_kinks(found) > kinks else found.steepest**2


def _variation_lower(data: ExactData, norm: str, kinks: int, evidence: FitEvidence) -> Square:
    return polygon(data).variation ** 2


def _spline_upper(data: ExactData, norm: str, kinks: int, evidence: FitEvidence) -> Fraction:
    spline = _fitting_spline(data, evidence)
    if len(spline.knots) > kinks:
        raise NotCertified(f"the spline has {len(spline.knots)} kinks, and the claim allows {kinks}")
    return spline.lipschitz**2


def _variation_upper(data: ExactData, norm: str, kinks: int, evidence: FitEvidence) -> Fraction:
    return _fitting_spline(data, evidence).total_variation ** 2


def _fitting_spline(data: ExactData, evidence: FitEvidence) -> ExactSpline:
    found, spline = polygon(data), evidence.spline
    if spline is None:
        raise NotCertified("the evidence has no spline")
    for x, value, label in zip(found.points, spline.values(found.points), found.labels, strict=True):
        if value != label:
            raise NotCertified(f"the spline misses the label at {x}")
    return spline


def _check_indices(data: ExactData, indices: Sequence[int] | Mapping[int, Fraction]) -> None:
    n = data.shape[0]
    if not all(0 <= i < n for i in indices):
        raise NotCertified(f"the evidence names a point outside 0 … {n - 1}")


@dataclass(frozen=True)
class FitClaim:
    """One class of functions: its words, the norms it knows, the fields of the evidence of either side, and what they prove."""

    id: str
    class_: str
    norms: tuple[str, ...]
    lower: Lower
    upper: Upper
    lower_fields: tuple[str, ...]
    upper_fields: tuple[str, ...]
    needs_kinks: bool = False
    quantity: str = "Lipschitz constant"

    @property
    def statement(self) -> str:
        """The claim in words."""
        return (f"Every {self.class_} that fits the data has {self.quantity} at least `lower`, and for every number above `upper` some "
                f"such function fits with a {self.quantity} below that number; `lower` = infeasible says that none fits.")


_R = ("l2",)
FIT_CLAIMS: Mapping[str, FitClaim] = {claim.id: claim for claim in (
    FitClaim("fit.any", "function on a set that contains the data", NORMS, _pair_lower(False), _pair_upper(False), ("pair",), ()),
    FitClaim("fit.linear", "linear function w.x on R^d", _R, _linear_lower(False), _linear_upper(False), ("multipliers",), ("rows",)),
    FitClaim("fit.affine", "affine function w.x + c on R^d", _R, _linear_lower(True), _linear_upper(True), ("multipliers",), ("rows",)),
    FitClaim("fit.convex", "convex function on a convex set that contains the data", _R, _convex_lower(1), _convex_upper(1),
             ("index", "multipliers"), ("slopes",)),
    FitClaim("fit.concave", "concave function on a convex set that contains the data", _R, _convex_lower(-1), _convex_upper(-1),
             ("index", "multipliers"), ("slopes",)),
    FitClaim("fit.monotone", "coordinatewise nondecreasing function on R^d", NORMS, _pair_lower(True), _pair_upper(True), ("pair",), ()),
    FitClaim("fit.spline", "continuous piecewise-linear function on R with at most `kinks` kinks", _R, _spline_lower, _spline_upper,
             (), ("spline",), needs_kinks=True),
    FitClaim("fit.variation", "continuous piecewise-linear function on R", _R, _variation_lower, _variation_upper, (), ("spline",),
             quantity="total variation of the slope"),
)}
