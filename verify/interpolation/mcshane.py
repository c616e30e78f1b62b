"""The least Lipschitz constant of any function that fits the data, and a function that attains it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.certificates.exact_data import exact_data
from theory.errors import BadData, HypothesisViolated, ShapeError
from verify.data.dataset import validate

FloatArray = NDArray[np.float64]
# Pairs of rows handled at once: 1024² doubles are 8 MiB, of which a handful are alive together.
BLOCK = 1024


@dataclass(frozen=True)
class McShaneBound:
    """The McShane constant L* = max |y_i − y_j|/‖x_i − x_j‖ with the pair that attains it.

    ``value`` is a double, as a Fraction, with value² ≤ ``squared``; ``squared`` is the exact rational ratio
    (y_i − y_j)²/‖x_i − x_j‖² of the ``pair`` (None when all labels are equal; then both are 0).
    """

    value: Fraction
    squared: Fraction
    pair: tuple[int, int] | None

    @property
    def estimate(self) -> float:
        """√squared to double precision."""
        return float(self.value)


def mcshane_bound(X: ArrayLike, y: ArrayLike, block: int = BLOCK) -> McShaneBound:
    """The least Euclidean Lipschitz constant L* of any function, on any set with the data, that fits the data.

    L* = max_{i≠j} |y_i − y_j| / ‖x_i − x_j‖, X ∈ R^{n×d}, y ∈ R^n.
    Source: McShane 1934, Whitney 1934 (tight).
    Args: X (n, d), y (n,) real labels, block (rows handled at once; the memory is O(block²)).
    Returns: a McShaneBound; 0 when all labels are equal.
    Raises: ShapeError, BadData (not finite; a point with two different labels).
    Guarantee: `value` is a lower bound of L*, certified by exact rational arithmetic at the witness pair.  That no
    other pair is better is decided in floating point, up to a relative error of about d·10⁻¹⁶.

    >>> bound = mcshane_bound([[0.0], [0.5], [3.0]], [1, -1, 1])
    >>> bound.value, bound.squared, bound.pair
    (Fraction(4, 1), Fraction(16, 1), (0, 1))
    """
    points, labels = validate(X, y, signs=False)
    if block < 1:
        raise BadData(f"the block size is {block}: give at least 1")
    pair = _best_pair(points, labels, block)
    if pair is None:
        return McShaneBound(Fraction(0), Fraction(0), None)
    i, j = pair
    data = exact_data(points[[i, j]], labels[[i, j]])
    distance = data.squared_distance(0, 1)
    if distance == 0:
        raise BadData(
            f"points {i} and {j} are equal but have the labels {labels[i]} and {labels[j]}: drop or correct one of them"
        )
    squared = (data.labels[0] - data.labels[1]) ** 2 / distance
    return McShaneBound(double_root_below(squared), squared, pair)


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


def _best_pair(points: FloatArray, labels: FloatArray, block: int) -> tuple[int, int] | None:
    """The pair of different labels with the largest quotient, None when there is no such pair."""
    # Scaling by a power of two is exact and keeps squares inside the range of doubles; centring reduces cancellation.
    # Both only serve to choose candidates: the quotients themselves come from the original points.
    (scaled, _), (labels, _) = below_one(points), below_one(labels)
    centred = scaled - scaled.mean(axis=0)
    norms = (centred * centred).sum(axis=1)
    best, pair = 0.0, None
    for s in range(0, len(points), block):
        for t in range(s, len(points), block):
            quotient, found = _best_in_block(scaled, centred, norms, labels, (s, t, block), best)
            if found is not None:
                best, pair = quotient, found
    return pair


def below_one(values: FloatArray) -> tuple[FloatArray, int]:
    """The values times 2⁻ᵉ, with the largest modulus in [½, 1), and e; squares then stay in the range of doubles.

    >>> below_one(np.array([3.0, -4.0]))
    (array([ 0.375, -0.5  ]), 3)
    """
    exponent = math.frexp(float(np.abs(values).max()))[1]
    return np.ldexp(values, -exponent), exponent


def _best_in_block(
    points: FloatArray,
    centred: FloatArray,
    norms: FloatArray,
    labels: FloatArray,
    place: tuple[int, int, int],
    best: float,
) -> tuple[float, tuple[int, int] | None]:
    """The best pair in one block of pairs if it beats `best`, measured from differences of coordinates."""
    s, t, block = place
    rows, columns = slice(s, s + block), slice(t, t + block)
    gaps = (labels[rows, None] - labels[None, columns]) ** 2
    sums = norms[rows, None] + norms[None, columns]
    # ‖u‖² + ‖v‖² − 2u·v errs by at most about (d+4)·eps·(‖u‖² + ‖v‖²); 8 covers the centring.  What is subtracted here
    # only makes more pairs candidates; each candidate is then measured directly from its difference.
    error = (points.shape[1] + 8) * float(np.finfo(np.float64).eps)
    squares = np.maximum(sums * (1 - error) - 2.0 * (centred[rows] @ centred[columns].T), 0.0)
    # the most promising pair first: it raises the bar, and few candidates remain
    promising = np.array([np.argmax(gaps / (squares + error * sums + np.finfo(np.float64).eps ** 4))])
    found: tuple[int, int] | None = None
    for candidates in (promising, None):
        if candidates is None:
            candidates = np.flatnonzero((gaps > 0) & (gaps > best * best * squares * (1 - 1e-12)))
        for start in range(0, len(candidates), block):
            i, j = np.unravel_index(candidates[start : start + block], gaps.shape)
            with np.errstate(divide="ignore", invalid="ignore"):  # 0/0: the same point or an equal label, no candidate
                quotients = np.sqrt(gaps[i, j] / ((points[s + i] - points[t + j]) ** 2).sum(axis=1))
            top = int(np.argmax(np.nan_to_num(quotients, nan=-1.0, posinf=np.inf)))
            if quotients[top] > best:
                best, found = float(quotients[top]), (s + int(i[top]), t + int(j[top]))
    return best, found


def mcshane_interpolant(
    X: ArrayLike, y: ArrayLike, constant: float, block: int = BLOCK
) -> Callable[[ArrayLike], FloatArray]:
    """The largest function with Euclidean Lipschitz constant L on R^d that fits the data: x ↦ min_i (y_i + L‖x − x_i‖).

    X ∈ R^{n×d}, y ∈ R^n.  Source: McShane 1934, Theorem 1 (tight for L = L*).
    Args: X (n, d), y (n,), constant L ≥ L*, block (rows of points and of data handled at once).
    Returns: a function of an array (m, d) that returns (m,).
    Raises: ShapeError, BadData, HypothesisViolated (L < L*, so that no L-Lipschitz function fits).
    Guarantee: evaluated in floating point.

    >>> f = mcshane_interpolant([[0.0], [1.0]], [1, -1], 2.0)
    >>> f([[0.0], [1.0], [0.25], [5.0]]).tolist()
    [1.0, -1.0, 0.5, 7.0]
    """
    points, labels = validate(X, y, signs=False)
    least = mcshane_bound(points, labels).estimate
    # L is often L* itself after a few roundings; 1e-12 relative is far above those and far below any real shortfall
    if not (math.isfinite(constant) and constant >= least * (1 - 1e-12)):
        raise HypothesisViolated(
            f"the constant {constant} is below the McShane constant {least} of these data: give at least that"
        )

    def interpolant(where: ArrayLike) -> FloatArray:
        z = np.asarray(where, dtype=np.float64)
        if z.ndim != 2 or z.shape[1] != points.shape[1]:
            raise ShapeError(f"the points have shape {z.shape}: give (m, {points.shape[1]})")
        values = np.full(len(z), np.inf)
        for s in range(0, len(z), block):
            for t in range(len(points)):  # one datum at a time: differences, not squares, so that f(x_i) is exact
                distance = np.sqrt(((z[s : s + block] - points[t]) ** 2).sum(axis=1))
                np.minimum(values[s : s + block], labels[t] + constant * distance, out=values[s : s + block])
        return values

    return interpolant
