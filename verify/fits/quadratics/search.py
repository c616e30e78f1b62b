"""What a quadratic of least norm is found with: scaled data, the programs, rounding to rationals, and the order of the attempts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import dot, rational_matrix
from theory.certificates.fits.exact_shift import features
from theory.certificates.fits.nearby_fit import NearbyFit, fit_distance, form_coefficients, norm_above
from theory.certificates.fits.quadratic_fit import split_bound, splits
from theory.certificates.fits.single_square import single_square_bound
from theory.certificates.steps.form_bound import monomials
from theory.errors import BadData, NotCertified
from verify.fits.exact.input import farkas_vector, independent_rows
from verify.fits.quadratics.programs import definite_combination, least_norm_matrix
from verify.fits.quadratics.rank import small_factors

Floats = NDArray[np.float64]
# Rounding the solution to such denominators often gives a certificate that a person can check; it is kept when it costs nothing.
DENOMINATORS = (1, 12, 1000)
COSTS_NOTHING = 1e-9


@dataclass(frozen=True)
class QuadraticOptions:
    """Of the search: starts of the local search for each pair of numbers of eigenvalues, its seed, and the seconds it may take.

    `on_progress` is told what is done in words.  An interruption of the local search ends it; what was found is certified.
    """

    starts: int = 6
    seed: int = 0
    seconds: float = 60.0
    on_progress: Callable[[str], None] | None = None

    def __post_init__(self) -> None:
        if self.starts < 1:
            raise BadData(f"the number of starts is {self.starts}: give at least 1")
        if not 0 < self.seconds < float("inf"):
            raise BadData(f"the time limit is {self.seconds} seconds: give a positive finite number")


class QuadraticProblem:
    """Labelled points, exactly and as unit points with labels of size 1, and the norm that is to be made small.

    >>> from verify.fits.exact.input import read_exact
    >>> problem = QuadraticProblem(read_exact([[2.0]], [1.0]), "operator", QuadraticOptions())
    >>> problem.any_rank()[0].matrix
    ((Fraction(1, 4),),)
    """

    def __init__(self, data: ExactData, norm: str, options: QuadraticOptions) -> None:
        self.data, self.claim, self.norm, self.options = data, f"quadratic.{norm}", norm, options
        d = data.shape[1]
        self.phi = features(data.points, monomials(d, 2))
        self.labels = rational_matrix([[label] for label in data.labels])
        self.rows = independent_rows(self.phi)
        self.squares = [sum((c * c for c in row), Fraction(0)) for row in data.points]
        try:
            lengths = np.sqrt([float(self.squares[i]) for i in self.rows])
            self.X = np.array([[float(c) for c in data.points[i]] for i in self.rows]).reshape(len(self.rows), d) / lengths[:, None]
            heights = np.array([float(data.labels[i] / self.squares[i]) for i in self.rows])
        except (OverflowError, ZeroDivisionError, FloatingPointError) as error:
            raise BadData("the points or labels are beyond the range of floating point: scale them") from error
        self.unit = float(np.max(np.abs(heights), initial=0.0)) or 1.0
        self.y = heights / self.unit
        if not (np.isfinite(self.X).all() and np.isfinite(self.y).all()):
            raise BadData("the points or labels are beyond the range of floating point: scale them")

    def excluded(self, k: int | None) -> list[list[Fraction]] | None:
        """Multipliers for each of `splits` that exclude every fit of rank at most k, None when none are found."""
        farkas = farkas_vector(self.phi, self.labels, self.rows)
        pairs = splits(k, self.data.shape[1])
        if farkas is not None:
            return [farkas] * len(pairs)
        # positive and negative eigenvalues together make every symmetric matrix, up to its size
        if any(a > 0 and b > 0 for a, b in pairs):
            return None
        found = [[] if k == 1 and self._by_signs(pair) is None else self._one_sided(pair) for pair in pairs]
        return None if any(row is None for row in found) else [row for row in found if row is not None]

    def any_rank(self) -> tuple[NearbyFit, list[list[Fraction]]]:
        """A fit and one vector of multipliers, both optimal up to the accuracy of the solver."""
        d = self.data.shape[1]
        A, multipliers = self._solved(None)
        return self._nearby(A), [self._rounded([multipliers], (d, d))]

    def low_rank(self, k: int) -> tuple[NearbyFit | None, list[list[Fraction]]]:
        """The best fit of rank at most k that was found and proved, None if there is none, and a vector of multipliers for each split."""
        deadline = time.monotonic() + self.options.seconds
        plain, base = self._solved(None)
        relaxed: list[tuple[tuple[int, int], Floats]] = []
        vectors = []
        for split in splits(k, self.data.shape[1]):
            self._say(f"relaxation with at most {split[0]} positive and {split[1]} negative eigenvalues")
            if k == 1 and self._by_signs(split) != 0:
                vectors.append([])
                relaxed.append((split, plain))
                continue
            one_sided = self._one_sided(split)
            if one_sided is not None:
                vectors.append(one_sided)
                continue
            found = self._attempt(split, deadline)
            relaxed.append((split, plain if found is None else found[0]))
            vectors.append(self._rounded([base] if found is None else [found[1], base], split))
        return self._best_of(relaxed, k, plain, deadline), vectors

    def _best_of(self, relaxed: list[tuple[tuple[int, int], Floats]], k: int, plain: Floats, deadline: float) -> NearbyFit | None:
        rng = np.random.default_rng(self.options.seed)
        candidates: list[tuple[float, Floats, Floats]] = []
        try:
            for split, start in relaxed:
                tell = f"{split[0]} positive and {split[1]} negative eigenvalues"
                for found in small_factors(
                    self.norm, self.X, self.y, split, start, self.options.starts, rng,
                    lambda value, tell=tell: self._say(f"{tell}: a fit of norm {value * self.unit:.6g}"),  # type: ignore[misc]
                ):
                    candidates.append(found)
                    if time.monotonic() > deadline:
                        break
                if time.monotonic() > deadline:
                    self._say("the time is used up")
                    break
        except KeyboardInterrupt:
            self._say("interrupted: what was found so far is certified")
        exact = [fit for A in (plain, *((B.T * signs) @ B for _, B, signs in candidates)) for fit in self._simple(A)]
        proved = [fit for fit in exact if self._distance(fit, k) is not None]
        for _, B, signs in sorted(candidates, key=lambda candidate: candidate[0]):
            factors = tuple(tuple(Fraction(float(c)) for c in row) for row in B * np.sqrt(self.unit))
            fit = NearbyFit(factors=factors, signs=tuple(int(s) for s in signs), rows=tuple(self.rows))
            if self._distance(fit, k) is not None:
                proved.append(fit)
                break
        return min(proved, key=lambda fit: norm_above(self.claim, fit, Fraction(0)), default=None)

    def _solved(self, split: tuple[int, int] | None) -> tuple[Floats, Floats]:
        d = self.data.shape[1]
        if not self.y.any():
            return np.zeros((d, d)), np.zeros(len(self.rows))
        found = least_norm_matrix(self.norm, self.X, self.y, split, self.options.seconds)
        if found is None:
            raise NotCertified("the solver calls a system infeasible that has a solution: scale the data, or drop nearly equal points")
        A, multipliers = found
        K = (self.X @ self.X.T) ** 2
        miss = self.y - np.einsum("ia,ab,ib->i", self.X, A, self.X)
        return A + (self.X.T * np.linalg.lstsq(K, miss, rcond=None)[0]) @ self.X, multipliers

    def _attempt(self, split: tuple[int, int], deadline: float) -> tuple[Floats, Floats] | None:
        """The relaxation of one split, None when it fails or the time is used up: the multipliers without rank serve there."""
        if time.monotonic() > deadline:
            return None
        try:
            return self._solved(split)
        except NotCertified as error:
            self._say(f"no multipliers of its own: {error}")
            return None

    def _by_signs(self, split: tuple[int, int]) -> Fraction | None:
        """The bound of a single square, 0 when there are too many points for it, None when none fits."""
        try:
            return single_square_bound(self.data, 1 if split[0] else -1)
        except NotCertified:
            return Fraction(0)

    def _one_sided(self, split: tuple[int, int]) -> list[Fraction] | None:
        """λ with λᵀy > 0 and a moment matrix that leaves no fit with a = 0 or b = 0, None when none is found."""
        a, b = split
        if (a > 0) == (b > 0):
            return None
        sign = 1 if a == 0 else -1          # a = 0: Σλ_ix_ix_iᵀ ⪰ 0 and λᵀy > 0 contradict A ⪯ 0
        heights = sign * self.y
        if not heights.any():
            return None
        top = int(np.argmax(heights))
        vector = np.where(np.arange(len(heights)) == top, 1.0, 0.0) if heights[top] > 0 else None
        if vector is None:
            vector = definite_combination(self.X, heights, self.options.seconds)
        if vector is None:
            return None
        row = self._exact_weights(sign * vector, 2**40)
        return row if split_bound(self.claim, self.data, row, split) is None else None

    def _exact_weights(self, multipliers: Floats, denominator: int) -> list[Fraction]:
        """λ of the original points, the largest near 1, rounded; for the spread without rank with Σλ_i‖x_i‖² = 0."""
        found = [Fraction(0)] * len(self.squares)
        weights = np.array([m / float(self.squares[i]) for m, i in zip(multipliers, self.rows, strict=True)])
        largest = float(np.max(np.abs(weights), initial=0.0))
        for i, c in zip(self.rows, weights, strict=True):
            found[i] = Fraction(float(c / largest)).limit_denominator(denominator) if largest > 0 else Fraction(0)
        return found

    def _rounded(self, vectors: Sequence[Floats], split: tuple[int, int]) -> list[Fraction]:
        """The rational multipliers with the best certified bound for the split, simple ones where that costs nothing."""
        best, bound = [Fraction(0)] * len(self.squares), Fraction(0)
        for vector in vectors:
            for denominator in (2**50, *DENOMINATORS[::-1]):
                row = self._exact_weights(vector, denominator)
                if self.norm == "spread" and sum(split) >= self.data.shape[1]:
                    row = self._traceless(row)
                found = split_bound(self.claim, self.data, row, split)
                if found is None:
                    return row
                if found > bound or (found >= bound * (1 - Fraction(COSTS_NOTHING)) and denominator in DENOMINATORS):
                    best, bound = row, found
        return best

    def _traceless(self, row: list[Fraction]) -> list[Fraction]:
        """λ with one entry changed so that Σλ_i‖x_i‖² = 0 exactly."""
        trace = dot(row, self.squares)
        if trace == 0:
            return row
        place = max(self.rows, key=lambda i: self.squares[i])
        return [c - trace / self.squares[i] if i == place else c for i, c in enumerate(row)]

    def _nearby(self, A: Floats) -> NearbyFit:
        """The matrix, in simple numbers if these fit exactly and have no larger norm."""
        fit = NearbyFit(matrix=_rational(A * self.unit), rows=tuple(self.rows))
        norm = norm_above(self.claim, fit, Fraction(0))
        simple = [other for other in self._simple(A) if norm_above(self.claim, other, Fraction(0)) <= norm * (1 + Fraction(COSTS_NOTHING))]
        return simple[0] if simple else fit

    def _simple(self, A: Floats) -> list[NearbyFit]:
        """Matrices of small denominators near A that fit exactly, and the multiple of I that does."""
        exact = [NearbyFit(matrix=_rational(A * self.unit, denominator)) for denominator in DENOMINATORS]
        ratios = {label / square for label, square in zip(self.data.labels, self.squares, strict=True) if square}
        if len(ratios) == 1:
            (ratio,), d = ratios, self.data.shape[1]
            exact.insert(0, NearbyFit(matrix=tuple(tuple(ratio if i == j else Fraction(0) for j in range(d)) for i in range(d))))
        return [fit for fit in exact if self.phi * form_coefficients(fit.centre()) == self.labels]

    def _distance(self, fit: NearbyFit, k: int | None) -> Fraction | None:
        try:
            return fit_distance(self.data, fit, k)
        except NotCertified:
            return None

    def _say(self, text: str) -> None:
        if self.options.on_progress is not None:
            self.options.on_progress(text)


def _rational(A: Floats, denominator: int | None = None) -> tuple[tuple[Fraction, ...], ...]:
    """The symmetric matrix in fractions, exactly or with denominators up to a number."""
    exact = [[Fraction(float(c)) for c in row] for row in (A + A.T) / 2]
    return tuple(tuple(c if denominator is None else c.limit_denominator(denominator) for c in row) for row in exact)
