"""Piecewise-linear fits of data on the line: with at most k kinks and the least Lipschitz constant, and with the least path norm."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from numpy.typing import ArrayLike

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import ExactNetwork
from theory.certificates.fits.fit_claims import FitEvidence
from theory.certificates.fits.line_splines import ExactSpline, Polygon, fewest_kinks, polygon, sparsest_spline
from theory.certificates.fits.simple_fits import certify_fit
from theory.errors import BadData, ShapeError
from verify.fits.exact.input import read_exact
from verify.fits.functions.certified_fit import CertifiedFit


@dataclass(frozen=True)
class SplineFit(CertifiedFit):
    """The least Lipschitz constant of continuous piecewise-linear functions with at most k kinks that fit data on the line.

    It is the McShane constant, and attained by ``spline``, for k ≥ ``fewest``; for k < ``fewest`` no function fits, and spline is None.
    """

    data: ExactData
    kinks: int
    fewest: int
    spline: ExactSpline | None

    @property
    def feasible(self) -> bool:
        """Whether some function of the class fits."""
        return self.spline is not None

    @property
    def reason(self) -> str:
        """Why no function of the class fits, one sentence; empty when one does."""
        return "" if self.feasible else f"no function with at most {self.kinks} kinks fits: these data need at least {self.fewest}"

    @property
    def network(self) -> ExactNetwork | None:
        """A ReLU network with biases and without affine part that equals the spline on [min x_i, max x_i]; None when none fits.

        It has `fewest` neurons, one a kink, and up to two more: with the kinks left of a piece facing left and the others facing right, the
        affine function of that piece remains.  It needs no neuron where it is 0, one if it keeps its sign on the interval, and two
        otherwise (one neuron that is affine on the interval does not change its sign there).
        """
        return None if self.spline is None else _without_affine_part(self.spline, polygon(self.data))

    @cached_property
    def _document(self) -> dict[str, Any]:
        upper = None if self.spline is None else FitEvidence(spline=self.spline)
        return certify_fit("fit.spline", self.data, "l2", self.kinks, FitEvidence(), upper)


def spline_fit(X: ArrayLike, y: ArrayLike, kinks: int) -> SplineFit:
    """The continuous piecewise-linear function with at most k kinks of least Lipschitz constant that fits data on the line.

    x ↦ vx + c + Σ_{ℓ≤k} a_ℓ ReLU(w_ℓx + b_ℓ) on R, and on every interval that contains the data.  X ∈ R^{n×1}, y ∈ R^n.
    Source: the fewest kinks, Debarre et al. 2022; the constant, ours, with the proof in `theory.certificates.fits.line_splines`.
    Args: X (n, 1), y (n,), kinks k ≥ 0.
    Returns: a SplineFit; the spline has `fewest` kinks.
    Raises: ShapeError, BadData (not finite; a point with two different labels; k not an integer ≥ 0).
    Guarantee: certified, in exact rational arithmetic on the doubles of X and y.

    >>> fit = spline_fit([[0.0], [1.0], [2.0], [3.0]], [0.0, 0.0, 1.0, 1.0], 2)
    >>> fit.fewest, fit.lower, fit.upper, [str(t) for t in fit.spline.knots]
    (2, Fraction(1, 1), Fraction(1, 1), ['1', '2'])
    >>> spline_fit([[0.0], [1.0], [2.0], [3.0]], [0.0, 0.0, 1.0, 1.0], 1).reason
    'no function with at most 1 kinks fits: these data need at least 2'
    """
    data, line = _line(X, y)
    if isinstance(kinks, bool) or not isinstance(kinks, int) or kinks < 0:
        raise BadData(f"the number of kinks is {kinks!r}: give an integer ≥ 0")
    fewest = fewest_kinks(line)
    return SplineFit(data, kinks, fewest, sparsest_spline(line) if kinks >= fewest else None)


def _without_affine_part(spline: ExactSpline, line: Polygon) -> ExactNetwork:
    """The network of `SplineFit.network`, by the piece that needs the fewest neurons."""
    first, last = line.points[0], line.points[-1]
    found: list[list[tuple[Fraction, Fraction, Fraction]]] = []
    for piece, slope in enumerate(spline.slopes):
        bends = [(Fraction(-1 if j < piece else 1), t, c) for j, (t, c) in enumerate(zip(spline.knots, spline.changes, strict=True))]
        neurons = [(side, -side * t, c) for side, t, c in bends]
        offset = spline.intercept - sum((c * t for _, t, c in bends[:piece]), Fraction(0))
        low, high = sorted((slope * first + offset, slope * last + offset))
        if low >= 0 < high:
            neurons.append((slope, offset, Fraction(1)))
        elif low < 0 >= high:
            neurons.append((-slope, -offset, Fraction(-1)))
        elif low < 0:
            neurons += [(slope, offset - low, Fraction(1)), (Fraction(0), Fraction(1), low)]
        found.append(neurons)
    fewest = min(found, key=len) or [(Fraction(0), Fraction(0), Fraction(0))]
    W, b, a = zip(*fewest, strict=True)
    return ExactNetwork(tuple((w,) for w in W), b, a, "relu")


@dataclass(frozen=True)
class VariationFit:
    """The least total variation of the slope and the least path norm of fits of data on the line, with functions that attain them.

    ``variation`` = Σ|m_{i+1} − m_i| over the slopes m_i of the chords is the least total variation of f' on R, which is the least
    Σ|a_ℓw_ℓ| of ReLU networks of any width with a free affine part; ``spline`` joins the points and attains it.
    ``path_norm`` is the least Σ|a_ℓw_ℓ| of ReLU networks of any width with biases and without affine part; ``network`` attains it.
    """

    data: ExactData
    variation: Fraction
    spline: ExactSpline
    path_norm: Fraction
    network: ExactNetwork

    @property
    def lower(self) -> Fraction:
        """A certified lower bound on the total variation."""
        return Fraction(self._document["lower"])

    @property
    def upper(self) -> Fraction:
        """A certified upper bound on the total variation of the slope of the spline."""
        return Fraction(self._document["upper"])

    @cached_property
    def _document(self) -> dict[str, Any]:
        return certify_fit("fit.variation", self.data, "l2", None, FitEvidence(), FitEvidence(spline=self.spline))

    def certificate(self) -> dict[str, Any]:
        """A document for `lawbook verify` about the total variation."""
        return dict(self._document)


def variation_fit(X: ArrayLike, y: ArrayLike) -> VariationFit:
    """The infinite-width optimum on the line: least total variation of the slope, and least path norm without affine part.

    With V = Σ|m_{i+1} − m_i| and s = |m_1 + m_{n−1}|, the two are V and max(V, (V + s)/2).  For f of path norm N without affine part,
    N ≥ TV(f') and N ≥ |f'(−∞) + f'(+∞)| (each neuron adds |a_ℓw_ℓ| to the first and ±a_ℓw_ℓ to the second), and
    TV(f') ≥ V + |f'(−∞) − m_1| + |f'(+∞) − m_{n−1}|, so N ≥ (V + s)/2; the network returned attains it.
    Source: Savarese, Evron, Soudry, Srebro 2019 (Theorem 3.1); the second value is ours.
    Args: X (n, 1), y (n,).
    Returns: a VariationFit.
    Raises: ShapeError, BadData (not finite; a point with two different labels).
    Guarantee: exact rational arithmetic on the doubles of X and y.

    >>> fit = variation_fit([[0.0], [1.0], [2.0]], [0.0, 1.0, 3.0])
    >>> fit.variation, fit.path_norm, fit.network.shape[0]
    (Fraction(1, 1), Fraction(2, 1), 3)
    """
    data, line = _line(X, y)
    knots = [(t, q - p) for t, (p, q) in zip(line.points[1:], pairwise(line.slopes), strict=False) if p != q]
    first = line.slopes[0] if line.slopes else Fraction(0)
    spline = ExactSpline(first, line.labels[0] - first * line.points[0], tuple(t for t, _ in knots), tuple(c for _, c in knots))
    ends = first + (line.slopes[-1] if line.slopes else Fraction(0))
    norm = max(line.variation, (line.variation + abs(ends)) / 2)
    return VariationFit(data, line.variation, spline, norm, _cheapest_network(line, spline, ends))


def _cheapest_network(line: Polygon, spline: ExactSpline, ends: Fraction) -> ExactNetwork:
    """A ReLU network with biases that equals the spline on the data, of path norm max(V, (V + |m_1 + m_{n−1}|)/2).

    A kink at the last point lowers |f'(−∞) + f'(+∞)| where that exceeds the total variation.  Then each bend c ReLU(x − t) is split
    into θc ReLU(x − t) and (1 − θ)c ReLU(t − x), which differ from it by an affine function, at the same path norm; the sum of the slopes
    at both ends fixes the θ.  A constant is one neuron with w = 0.
    """
    bends = list(zip(spline.knots, spline.changes, strict=True))
    excess = abs(ends) - spline.total_variation
    if excess > 0:
        change = excess / 2 * (-1 if ends > 0 else 1)
        bends.append((line.points[-1], change))
    # Σθ_jc_j must be the slope at +∞; filled up greedily, from Σ min(c_j, 0) (only the negative bends face right) upwards
    missing = spline.slope + sum((c for _, c in bends), Fraction(0)) - sum((min(c, Fraction(0)) for _, c in bends), Fraction(0))
    rows: list[tuple[int, Fraction, Fraction]] = []
    for t, c in bends:
        taken = min(missing, abs(c))
        missing -= taken
        right = taken if c > 0 else c + taken
        rows += [(side, t, weight) for side, weight in ((1, right), (-1, c - right)) if weight]
    partial = ExactNetwork(tuple((Fraction(side),) for side, _, _ in rows), tuple(-side * t for side, t, _ in rows),
                           tuple(weight for _, _, weight in rows), "relu") if rows else None
    at_first = sum((weight * max(side * (line.points[0] - t), Fraction(0)) for side, t, weight in rows), Fraction(0))
    constant = line.labels[0] - at_first
    if partial is not None and not constant:
        return partial
    W, b, a = (partial.W, partial.b, partial.a) if partial is not None else ((), (), ())
    return ExactNetwork((*W, (Fraction(0),)), (*b, Fraction(1)), (*a, constant), "relu")


def _line(X: ArrayLike, y: ArrayLike) -> tuple[ExactData, Polygon]:
    data = read_exact(X, y)
    if data.shape[1] != 1:
        raise ShapeError(f"X has {data.shape[1]} coordinates a point: splines are for points of the line, an n×1 matrix")
    return data, polygon(data)
