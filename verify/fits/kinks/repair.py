"""From a floating-point network that nearly fits to a rational one that fits exactly, with a certified Lipschitz constant."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq_mat
from numpy.typing import NDArray
from scipy.optimize import linprog

from theory.certificates.exact.exact_network import dot, rational
from theory.certificates.exact.exact_weights import Row
from theory.certificates.exact.rounding import root_above, round_up
from theory.certificates.fits.exact_fit import KinkNetwork
from theory.certificates.fits.kink_problem import KinkProblem, Pattern
from verify.fits.exact.solve import nearby_solution
from verify.fits.kinks.exclusion import steepest_patterns
from verify.fits.kinks.scaling import FloatArray, Weights

# A kink is taken to pass through a data point when its height there is below this part of its largest height at the data: a conic solver
# leaves 1e-9 to 1e-6.  The coarser reading is tried first, since a kink that misses a corner of the hull by 1e-9 makes a cell of its own.
NEAR = (1e-5, 1e-7, 1e-9, 0.0)
# Where the kinks cannot pass through the near points exactly, they are moved past them by this part of their largest height.
MARGIN = 1e-7
# Binary digits of the weights that are not solved for: few if the constant rises by no more than PRICE of itself, otherwise all that count.
DIGITS = (26, 44)
PRICE = 1e-7


@dataclass(frozen=True)
class ExactFit:
    """A rational network that fits the data exactly; `upper` ≥ its Lipschitz constant, proved by the excluded patterns."""

    problem: KinkProblem
    network: KinkNetwork
    square: Fraction
    excluded: dict[Pattern, Row]

    @property
    def upper(self) -> Fraction:
        """The certified bound on the Lipschitz constant, the value of the certificate."""
        return round_up(root_above(self.square))


def exact_fit(problem: KinkProblem, weights: Weights) -> ExactFit | None:
    """The rational network near given weights, in the units of the data, that fits the data exactly.

    Args: problem (its kinks ≥ those of the weights), weights; in a class without affine part their v and c are taken as 0.
    Returns: the fit with the least certified constant of those tried; None when no network near this one fits.
    Guarantee: the fit and the bound are exact.

    >>> from theory.certificates.fits.kink_problem import FitDomain
    >>> points = ((Fraction(0),), (Fraction(1),), (Fraction(2),))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(0), Fraction(3)), FitDomain("hull", vertices=points), 1, True)
    >>> exact_fit(problem, Weights((1,), np.array([[3.0 + 1e-9]]), np.array([-3.0]), np.array([1e-10]), 0.0)).upper
    Fraction(3, 1)
    """
    frame = _Frame(problem)
    start = frame.start(weights)
    if start is None:
        return None
    signs, theta = start
    best: ExactFit | None = None
    for near in frame.readings(signs, theta):
        found = frame.fitted(signs, theta, near)
        if found is not None and (best is None or found.square < best.square):
            best = found
    if best is None:
        pushed = frame.pushed(signs, theta) if theta.size else None
        best = None if pushed is None else frame.fitted(signs, pushed, np.zeros((frame.n, len(signs)), dtype=bool))
    return best


class _Frame:
    """The data of a repair: points moved so that x_0 is the origin and every coordinate of about size 1, labels as they are.

    The unknowns are (w_1, b_1, …, w_k, b_k, v, c), the last two only with the affine part.
    """

    def __init__(self, problem: KinkProblem) -> None:
        self.problem = problem
        self.n, self.d = problem.shape
        self.origin = problem.points[0]
        moved = [[p - o for p, o in zip(row, self.origin, strict=True)] for row in problem.points]
        size = max((abs(c) for row in moved for c in row), default=Fraction(0)) or Fraction(1)
        self.unit = Fraction(2) ** (size.numerator.bit_length() - size.denominator.bit_length())
        self.points = [[c / self.unit for c in row] for row in moved]
        self.inputs = np.array([[float(c) for c in row] + [1.0] for row in self.points])

    def start(self, weights: Weights) -> tuple[Pattern, FloatArray] | None:
        """The signs and unknowns without the kinks that are inactive on the domain, or active there and absorbed by the affine part."""
        W, b, v, c = weights.W, weights.b, weights.v, weights.c
        if not all(np.isfinite(part).all() for part in (W, b, v, c)):
            return None
        if not self.problem.affine and not any(self.problem.labels):
            return (), np.zeros(0)          # the function 0, which every kink left would only disturb
        unit, origin = float(self.unit), np.array([float(o) for o in self.origin])
        affine = np.append(v * unit, c + float(v @ origin)) if self.problem.affine else np.zeros(0)
        kept: list[int] = []
        rows: list[FloatArray] = []
        for sign, slope, offset in zip(weights.signs, W, b, strict=True):
            row = np.append(slope * unit, offset + float(slope @ origin))
            low, high = self._range(row)
            size = max(-low, high)
            if high <= NEAR[0] * size:
                continue
            if low >= -NEAR[0] * size and self.problem.affine:
                affine = affine + sign * row
                continue
            kept.append(int(sign))
            rows.append(row)
        return tuple(kept), np.concatenate([*rows, affine])

    def _range(self, row: FloatArray) -> tuple[float, float]:
        """The least and the largest height of a kink on the domain."""
        domain, heights = self.problem.domain, self.inputs @ row
        if domain.kind == "hull":
            return float(heights.min()), float(heights.max())
        if domain.kind == "ball":
            ends = [(domain.centre, float(domain.radius / self.unit) * float(np.linalg.norm(row[:-1])))]
        else:
            middle = tuple((p + q) / 2 for p, q in zip(domain.low, domain.high, strict=True))
            half = np.array([float((q - p) / (2 * self.unit)) for p, q in zip(domain.low, domain.high, strict=True)])
            ends = [(middle, float(half @ np.abs(row[:-1])))]
        centre, reach = ends[0]
        height = float(np.array([float((p - o) / self.unit) for p, o in zip(centre, self.origin, strict=True)]) @ row[:-1]) + float(row[-1])
        return height - reach, height + reach

    def heights(self, signs: Pattern, theta: FloatArray) -> FloatArray:
        """w_ℓ·x_i+b_ℓ, n×k, divided by the largest of each kink."""
        k = len(signs)
        heights = self.inputs @ theta[: k * (self.d + 1)].reshape(k, self.d + 1).T
        size = np.abs(heights).max(axis=0, initial=0.0)
        return np.asarray(heights / np.where(size > 0, size, 1.0))

    def readings(self, signs: Pattern, theta: FloatArray) -> Iterator[NDArray[np.bool_]]:
        """Which kinks pass through which points, at each tolerance that makes a difference."""
        heights, seen = np.abs(self.heights(signs, theta)), set()
        for tolerance in NEAR:
            near = heights <= tolerance
            if near.tobytes() not in seen:
                seen.add(near.tobytes())
                yield near

    def _system(self, signs: Pattern, active: NDArray[np.bool_], near: NDArray[np.bool_]) -> tuple[list[list[Fraction]], list[Fraction]]:
        """The equations f(x_i) = y_i with these kinks active, and w_ℓ·x_i+b_ℓ = 0 for those that pass through x_i."""
        rows, right = [], []
        zero = [Fraction(0)] * (self.d + 1)
        for i, point in enumerate(self.points):
            lifted = [*point, Fraction(1)]
            row: list[Fraction] = []
            for ell, sign in enumerate(signs):
                row += [sign * c for c in lifted] if active[i, ell] and not near[i, ell] else zero
            rows.append(row + (lifted if self.problem.affine else []))
            right.append(self.problem.labels[i])
            for through in np.flatnonzero(near[i]).tolist():
                row = zero * through + lifted + zero * (len(signs) - 1 - through)
                rows.append(row + (zero if self.problem.affine else []))
                right.append(Fraction(0))
        return rows, right

    def fitted(self, signs: Pattern, theta: FloatArray, near: NDArray[np.bool_]) -> ExactFit | None:
        """The exact fit nearest to theta with these kinks through these points, its weights as short as they may be."""
        if not theta.size:
            return self._fit((), ())
        rows, right = self._system(signs, self.heights(signs, theta) > 0, near)
        matrix, target = fmpq_mat([[rational(c) for c in row] for row in rows]), [rational(c) for c in right]
        found: list[ExactFit] = []
        for digits in DIGITS[::-1]:
            exponent = digits - math.frexp(float(np.abs(theta).max()) or 1.0)[1]
            solved = nearby_solution(matrix, target, np.ldexp(np.rint(np.ldexp(theta, exponent)), -exponent))
            fit = None if solved is None else self._fit(signs, solved)
            if fit is not None:
                found.append(fit)
        if not found:
            return None
        least = min(fit.square for fit in found)
        return next(fit for fit in reversed(found) if fit.square <= least * Fraction(1 + PRICE))

    def _fit(self, signs: Pattern, theta: Sequence[Fraction]) -> ExactFit | None:
        d, k = self.d, len(signs)
        blocks = [theta[ell * (d + 1) : (ell + 1) * (d + 1)] for ell in range(k + self.problem.affine)]
        lines = []
        for block in blocks:
            slope = tuple(c / self.unit for c in block[:d])
            lines.append((slope, block[d] - dot(slope, self.origin)))
        v, c = lines[k] if self.problem.affine else ((Fraction(0),) * d, Fraction(0))
        alive = [ell for ell in range(k) if not self.problem.domain.vanishes(*lines[ell])]
        slopes, offsets = tuple(lines[ell][0] for ell in alive), tuple(lines[ell][1] for ell in alive)
        network = KinkNetwork(tuple(signs[ell] for ell in alive), slopes, offsets, v, c)
        if any(network.value(row) != label for row, label in zip(self.problem.points, self.problem.labels, strict=True)):
            return None
        return ExactFit(self.problem, network, *steepest_patterns(network, self.problem.domain))

    def pushed(self, signs: Pattern, theta: FloatArray) -> FloatArray | None:
        """Unknowns near theta that fit, up to rounding, with every kink at least MARGIN of its size away from every point; or None."""
        heights = self.heights(signs, theta)
        rows, right = self._system(signs, heights > 0, np.zeros_like(heights, dtype=bool))
        p, k = len(theta), len(signs)
        size = np.abs(self.inputs @ theta[: k * (self.d + 1)].reshape(k, self.d + 1).T).max(axis=0, initial=0.0)
        sides = np.zeros((self.n * k, p))
        for i in range(self.n):
            for ell in range(k):
                block = slice(ell * (self.d + 1), (ell + 1) * (self.d + 1))
                sides[i * k + ell, block] = (-1.0 if heights[i, ell] > 0 else 1.0) * self.inputs[i]
        moves = np.hstack([np.eye(p), -np.ones((p, 1))])
        bounds = np.vstack([np.hstack([sides, np.zeros((self.n * k, 1))]), moves, np.hstack([-np.eye(p), -np.ones((p, 1))])])
        limits = np.concatenate([-sides @ theta - MARGIN * np.tile(size, self.n), np.zeros(2 * p)])
        matrix = np.array([[float(c) for c in row] for row in rows])
        residual = np.array([float(c) for c in right]) - matrix @ theta
        found = linprog(np.append(np.zeros(p), 1.0), A_ub=bounds, b_ub=limits, A_eq=np.hstack([matrix, np.zeros((self.n, 1))]),
                        b_eq=residual, bounds=[(None, None)] * p + [(0, None)])  # fmt: skip
        return np.asarray(theta + found.x[:p]) if found.status == 0 else None
