"""How a polynomial of least Lipschitz constant is found: scaled data, sums of squares from above, an exchange of gradients from below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import rational_matrix
from theory.certificates.fits.exact_shift import features
from theory.certificates.fits.polynomial_fit import GradientDual, Rows, SquaresFit, class_basis, gradient_lower, squares_upper
from theory.certificates.steps.form_bound import Powers, bases, multinomial
from theory.errors import BadData, HypothesisViolated, NotCertified
from verify.fits.exact.input import farkas_vector, independent_rows
from verify.fits.polynomials.programs import least_gradients, least_squares_bound
from verify.lipschitz.polynomials.ascent import steepest_point
from verify.lipschitz.polynomials.sums_of_squares import LARGEST, form_bound, gradient_bound

Floats = NDArray[np.float64]
# Rounding to such denominators often gives a certificate that a person can check; it is kept when it costs nothing.
DENOMINATORS = (1, 12, 1000)
COSTS_NOTHING = 1e-9


@dataclass(frozen=True)
class PolynomialOptions:
    """Of the search for gradients that force a lower bound: rounds, the seed, seconds a program.

    It stops when no gradient was found above 1 + `tolerance` times the bound.
    `on_progress` is told the bounds in words.  An interruption ends the search; what was found is certified.
    """

    rounds: int = 40
    tolerance: float = 1e-7
    seed: int = 0
    seconds: float | None = None
    on_progress: Callable[[str], None] | None = None

    def __post_init__(self) -> None:
        if self.rounds < 1:
            raise BadData(f"the number of rounds is {self.rounds}: give at least 1")
        if not self.tolerance > 0:
            raise BadData(f"the tolerance is {self.tolerance}: give a positive number")


def gradient_maps(points: Floats, basis: list[Powers]) -> Floats:
    """G (J×d×m) with ∇f(z_j) = G_jθ for f = Σθ_αx^α, at the rows z_j of an array.

    >>> gradient_maps(np.array([[2.0, 3.0]]), [(1, 1)]).tolist()
    [[[3.0], [2.0]]]
    """
    exponents, d = np.array(basis), points.shape[1]
    table = points[:, :, None] ** np.arange(exponents.max(initial=0) + 1)
    found = np.empty((len(points), d, len(basis)))
    for c in range(d):
        lowered = np.maximum(exponents - np.eye(d, dtype=int)[c], 0)
        found[:, c, :] = exponents[:, c]
        for k in range(d):
            found[:, c, :] *= table[:, k, lowered[:, k]]
    return found


class PolynomialSearch:
    """Labelled points, exactly and as scaled equations for the coefficients, and the two programs on them."""

    def __init__(self, data: ExactData, claim: str, p: int, options: PolynomialOptions) -> None:
        self.data, self.claim, self.p, self.options = data, claim, p, options
        kind = "form" if claim == "polynomial.form" else "gradient"
        size = max(len(rows) for rows in bases(kind, data.shape[1], p))
        if size > LARGEST:
            raise BadData(f"degree {p} in dimension {data.shape[1]} needs more than {LARGEST} rows in a matrix, {size}; take a lower one")
        self.basis, self.reason = class_basis(claim, data.shape[1], p), "nothing to search: a constant fits"
        self.exact_phi = features(data.points, self.basis)
        self.labels = rational_matrix([[label] for label in data.labels])
        self.rows = independent_rows(self.exact_phi)
        wrong = farkas_vector(self.exact_phi, self.labels, self.rows)
        if wrong is not None:
            count = sum(c != 0 for c in wrong)
            what = f"form of order {p}" if claim == "polynomial.form" else f"polynomial of degree {p}"
            raise HypothesisViolated(
                f"no {what} takes these labels: a combination of its values at {count} of the points is 0 for all of them, and the same "
                "combination of the labels is not; change a label, drop a point, or take a higher degree"
            )
        try:
            phi = np.array([[float(c.p) / float(c.q) for c in row] for row in self.exact_phi.tolist()])
            y = np.array([float(label) for label in data.labels])
        except OverflowError as error:
            raise BadData("the points or labels are beyond the range of floating point: scale them") from error
        sizes = np.linalg.norm(phi[self.rows], axis=1)
        self.unit = float(np.max(np.abs(y), initial=0.0)) or 1.0
        self.sizes, self.phi, self.y = sizes, phi[self.rows] / sizes[:, None], y[self.rows] / self.unit / sizes

    def run(self) -> tuple[Floats, GradientDual]:
        """Coefficients (of labels divided by the unit) with a small bound by squares, and the best dual."""
        d = self.data.shape[1]
        if self.claim == "polynomial.degree" and len(set(self.data.labels)) == 1:
            return np.array([float(self.data.labels[0]) / self.unit] + [0.0] * (len(self.basis) - 1)), self._no_dual()
        if not self.y.any():
            return np.zeros(len(self.basis)), self._no_dual()
        kind = "form" if self.claim == "polynomial.form" else "gradient"
        theta = least_squares_bound(kind, d, self.p, self.basis, self.phi, self.y, self.options.seconds)
        if theta is None:
            raise NotCertified("the solver calls a system infeasible that has a solution: scale the data, or drop nearly equal points")
        return self._fitted(theta), self._exchange(theta)

    def squares(self, theta: Floats) -> SquaresFit:
        """The sum of squares of a polynomial with these coefficients, simple ones where they fit exactly and cost nothing."""
        fit = self._squares([Fraction(float(c)) * Fraction(self.unit) for c in theta])
        bound = sum(squares_upper(self.claim, self.p, self.data, fit))
        for denominator in DENOMINATORS:
            simple = [Fraction(float(c * self.unit)).limit_denominator(denominator) for c in theta]
            if self.exact_phi * rational_matrix([[c] for c in simple]) == self.labels:
                other = self._squares(simple)
                if sum(squares_upper(self.claim, self.p, self.data, other)) <= bound * (1 + Fraction(COSTS_NOTHING)):
                    return other
        return fit

    def _squares(self, coefficients: list[Fraction]) -> SquaresFit:
        d = self.data.shape[1]
        theta = dict(zip(self.basis, coefficients, strict=True))
        parts = []
        for q in range(1, self.p + 1):
            part = np.full((d,) * q, Fraction(0), dtype=object)
            for index in np.ndindex(part.shape):
                powers = tuple(index.count(i) for i in range(d))
                part[index] = theta.get(powers, Fraction(0)) / multinomial(powers)
            parts.append(part)
        document = form_bound(parts[-1]).certificate if self.claim == "polynomial.form" else gradient_bound(parts).certificate
        constant = theta.get((0,) * d, Fraction(0))
        if constant:
            document["polynomial"].insert(0, {"powers": [0] * d, "coefficient": str(constant)})
        return SquaresFit(document, tuple(self.rows))

    def _exchange(self, theta: Floats) -> GradientDual:
        """Gradients that force a lower bound: those at the longest gradients of the best polynomial so far, one round after the other."""
        rng = np.random.default_rng(self.options.seed)
        points = self._distinct(np.concatenate([self._longest(theta, rng), self._directions(rng, 2 * len(self.basis))]))
        best, bound = self._no_dual(), Fraction(0)
        # labels that make the least gradient near 1: the solver is at its best there
        scale = float(np.max(np.linalg.norm(gradient_maps(points, self.basis) @ theta, axis=1)))
        y, self.reason = self.y / scale, f"stopped after {self.options.rounds} rounds"
        try:
            for _ in range(self.options.rounds):
                maps = gradient_maps(points, self.basis)
                level, theta, multipliers, vectors = least_gradients(maps, self.phi, y, self.options.seconds)
                dual = self._rounded(points, multipliers, vectors)
                found = gradient_lower(self.claim, self.p, self.data, dual)
                best, bound = (dual, found) if found > bound else (best, bound)
                new = self._longest(theta, rng)
                largest = float(np.max(np.linalg.norm(gradient_maps(new, self.basis) @ theta, axis=1)))
                self._say(f"lower bound {float(bound):.9g}, longest gradient of its polynomial {largest * self.unit * scale:.9g}")
                if largest <= level * (1 + self.options.tolerance):
                    self.reason = "no gradient was found that is longer than those that force the bound"
                    break
                points = self._distinct(np.concatenate([points[np.linalg.norm(maps @ theta, axis=1) >= 0.95 * level], new]))
        except KeyboardInterrupt:
            self.reason = "interrupted: what was found so far is certified"
        except NotCertified as error:
            if bound == 0:
                raise
            self.reason = f"the last round failed, and the bound of the one before is kept: {error}"
        self._say(self.reason)
        return self._simple(best, bound)

    def _say(self, text: str) -> None:
        if self.options.on_progress is not None:
            self.options.on_progress(text)

    def _longest(self, theta: Floats, rng: np.random.Generator) -> Floats:
        """A few local maximisers of ‖∇f‖ on the ball."""
        def gradient(z: Floats) -> Floats:
            return np.asarray(gradient_maps(z, self.basis) @ theta)

        groups = [self._directions(rng, 8) * rng.random((8, 1)) ** (0.0 if g % 2 else 0.5) for g in range(4)]
        return np.array([steepest_point(gradient, group, 1.0, on_sphere=False, steps=20)[1] for group in groups])

    def _distinct(self, points: Floats) -> Floats:
        """The points without those within 10⁻⁵ of an earlier one (or of −z, for forms): near-copies spoil the solver's accuracy."""
        kept: list[Floats] = []
        for z in points:
            mirrored = [-other for other in kept] if self.claim == "polynomial.form" else []
            if all(np.linalg.norm(z - other) > 1e-5 for other in (*kept, *mirrored)):
                kept.append(z)
        return np.array(kept)

    def _directions(self, rng: np.random.Generator, count: int) -> Floats:
        found = rng.standard_normal((count, self.data.shape[1]))
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))

    def _rounded(self, points: Floats, multipliers: Floats, vectors: Floats) -> GradientDual:
        """The dual in rationals, after a step of least squares that makes its identity hold to the last digits."""
        kept = np.linalg.norm(vectors, axis=1) > 1e-9 * max(float(np.abs(vectors).max(initial=0.0)), 1e-300)
        z, w = points[kept], vectors[kept]
        exact = [_inside(row) for row in z]
        maps = gradient_maps(np.array([[float(c) for c in row] for row in exact]), self.basis) if exact else np.zeros((0, *vectors.shape))
        system = np.concatenate([self.phi.T, -maps.reshape(-1, len(self.basis)).T], axis=1)
        flat = np.concatenate([multipliers, w.ravel()])
        for _ in range(2):
            flat = flat - np.linalg.lstsq(system, system @ flat, rcond=1e-12)[0]
        weights = [Fraction(0)] * self.data.shape[0]
        for i, c in zip(self.rows, flat[: len(self.rows)] / self.sizes, strict=True):
            weights[i] = Fraction(float(c))
        w = flat[len(self.rows) :].reshape(w.shape)
        return GradientDual(self._balanced(weights), tuple(exact), tuple(tuple(Fraction(float(c)) for c in row) for row in w))

    def _balanced(self, weights: list[Fraction]) -> tuple[Fraction, ...]:
        """λ with Σλ_i = 0 where constants belong to the class."""
        if self.claim == "polynomial.degree":
            place = max(self.rows, key=lambda i: abs(weights[i]))
            weights[place] -= sum(weights, Fraction(0))
        return tuple(weights)

    def _simple(self, dual: GradientDual, bound: Fraction) -> GradientDual:
        for denominator in DENOMINATORS:
            def near(rows: Rows, most: int = denominator) -> Rows:
                return tuple(tuple(c.limit_denominator(most) for c in row) for row in rows)

            weights = list(near((dual.multipliers,))[0])
            other = GradientDual(self._balanced(weights), near(dual.points), near(dual.vectors))
            try:
                if gradient_lower(self.claim, self.p, self.data, other) >= bound * (1 - Fraction(COSTS_NOTHING)):
                    return other
            except NotCertified:
                continue
        return dual

    def _no_dual(self) -> GradientDual:
        return GradientDual((Fraction(0),) * self.data.shape[0], (), ())

    def _fitted(self, theta: Floats) -> Floats:
        return theta + np.linalg.lstsq(self.phi, self.y - self.phi @ theta, rcond=None)[0]


def _inside(row: Floats) -> tuple[Fraction, ...]:
    """The point in rationals, shortened by 10⁻¹⁵ when rounding left it outside the unit ball."""
    exact = [Fraction(float(c)) for c in row]
    return tuple(exact) if sum(c * c for c in exact) <= 1 else tuple(c * (1 - Fraction(1, 10**15)) for c in exact)
