"""Exact fits near networks whose neurons were found in floating point: sign patterns kept, kinks on data points kept exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import dot, rational
from theory.certificates.exact.exact_weights import Row
from theory.certificates.lipschitz.path_norm import NetworkClass, PathNetwork, proved_path_upper
from theory.errors import NotCertified
from verify.fits.exact.solve import nearby_solution, rounded

FloatArray = NDArray[np.float64]
# Neurons below a part of the largest are left out as the solver's noise, and preactivations below a part of the largest of their neuron are
# taken for 0, kinks on a data point.  How far the solver is off varies, so several thresholds are tried and the least path norm is taken.
_NOISE, _ON_KINK = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7), (1e-4, 1e-6)
_TRIES = 20


@dataclass(frozen=True)
class Neuron:
    """sign·ReLU(w·x + b) with z = (w, b) in floats and the pattern of the data points on which it is active."""

    z: FloatArray
    pattern: tuple[int, ...]
    sign: int


def exact_pattern_fit(
    kind: NetworkClass, data: ExactData, neurons: list[Neuron], free: FloatArray, rng: np.random.Generator
) -> PathNetwork:
    """A network of the class with rational weights near the given one that fits the data exactly.

    Moved along the equations of its sign pattern if they can be solved; where that changes a sign, what is left is fitted by at most n
    small kinks in one direction.  free: the free part, (v, c) with an affine part, (c) for a constant that costs nothing, else empty.
    Raises: NotCertified when the points project onto one another in every direction that was tried.
    """
    direction = _separating(data, rng)
    sizes = [float(np.linalg.norm(q.z)) for q in neurons]
    candidates: list[PathNetwork] = []
    for noise in (1.0, *_NOISE):  # 1: the free part alone, which costs nothing
        kept = [q for q, size in zip(neurons, sizes, strict=True) if size > noise * max(sizes)]
        for on_kink in _ON_KINK if kept or len(free) else ():
            solved = solved_on_pattern(kind, data, kept, free, on_kink)
            if solved is not None:
                candidates.append(_with_kinks(data, solved, direction))
    if not candidates:
        values = rounded(np.concatenate([*(q.z for q in neurons), free]))
        candidates = [_with_kinks(data, _network(kind, data.shape[1], neurons, values), direction)]
    return min(candidates, key=lambda network: proved_path_upper(kind, data, network))


def _network(kind: NetworkClass, d: int, neurons: list[Neuron], values: list[Fraction]) -> PathNetwork:
    """The network of z = (w, b) for each neuron and the free part; a constant that costs nothing is a neuron with w = 0."""
    m = len(neurons)
    rows = [values[j * (d + 1) : (j + 1) * (d + 1)] for j in range(m)]
    rest = values[m * (d + 1) :]
    W, b = [tuple(row[:d]) for row in rows], [row[d] for row in rows]
    a = [Fraction(q.sign) for q in neurons]
    zero = (Fraction(0),) * d
    if kind.affine:
        return PathNetwork(tuple(W), tuple(b), tuple(a), tuple(rest[:d]), rest[d])
    if rest and rest[0]:
        W, b, a = [*W, zero], [*b, Fraction(1)], [*a, rest[0]]
    return PathNetwork(tuple(W), tuple(b), tuple(a), zero, Fraction(0))


def solved_on_pattern(kind: NetworkClass, data: ExactData, neurons: list[Neuron], free: FloatArray, on_kink: float) -> PathNetwork | None:
    """The solution of the fit on the pattern, with the preactivations that are nearly 0 made 0."""
    lifted = [[*(rational(c) for c in point), fmpq(1)] for point in data.points]
    points = np.array([[float(c) for c in point] + [1.0] for point in data.points])
    zero, none = [fmpq(0)] * points.shape[1], [fmpq(0)] * len(free)
    equations = [[c * (q.sign * q.pattern[i]) for q in neurons for c in row] + row[len(row) - len(free) :] for i, row in enumerate(lifted)]
    rhs = [rational(c) for c in data.labels]
    for j, q in enumerate(neurons):
        heights = np.abs(points @ q.z)
        for i in np.flatnonzero(heights <= on_kink * heights.max()):
            equations.append([c for other in range(len(neurons)) for c in (lifted[int(i)] if other == j else zero)] + none)
            rhs.append(fmpq(0))
    found = nearby_solution(fmpq_mat(equations), rhs, np.concatenate([*(q.z for q in neurons), free]))
    return None if found is None else _network(kind, data.shape[1], neurons, found)


def exact_residual(data: ExactData, network: PathNetwork) -> list[Fraction]:
    """y_i − f(x_i), exactly."""
    return [label - value for label, value in zip(data.labels, network.values(data.points), strict=True)]


def _separating(data: ExactData, rng: np.random.Generator) -> Row:
    """The integer direction, of those tried, in which the projections of the points have the largest gaps."""
    points = np.array([[float(c) for c in point] for point in data.points])
    apart = len(np.unique(points, axis=0))
    best, chosen = 0.0, None
    for _ in range(_TRIES):
        u = rng.integers(-64, 65, points.shape[1]).astype(np.float64)
        heights = np.unique(points @ u)
        if np.any(u) and len(heights) == apart:
            least = float(np.diff(heights).min(initial=np.inf)) / float(np.linalg.norm(u))
            if least > best:
                best, chosen = least, u
    if chosen is None:
        raise NotCertified("in no direction that was tried do the points have different projections; give points farther apart")
    return tuple(Fraction(int(c)) for c in chosen)


def _with_kinks(data: ExactData, network: PathNetwork, direction: Row) -> PathNetwork:
    """The network plus the piecewise linear function of u·x that takes the residual's values at the data."""
    residual = exact_residual(data, network)
    if not any(residual):
        return network
    values: dict[Fraction, Fraction] = {}
    for point, r in zip(data.points, residual, strict=True):
        height = dot(direction, point)
        if values.setdefault(height, r) != r:
            raise NotCertified("two points project onto one another in the direction of the repair; give another seed")
    heights = sorted(values)
    knots = [2 * heights[0] - heights[-1] - 1, *heights[:-1]]
    slopes = [(values[q] - values.get(p, Fraction(0))) / (q - p) for p, q in zip(knots, heights, strict=True)]
    jumps = [s - t for s, t in zip(slopes, [Fraction(0), *slopes[:-1]], strict=True)]
    kept = [(-knot, jump) for knot, jump in zip(knots, jumps, strict=True) if jump]
    return PathNetwork((*network.W, *(direction for _ in kept)), (*network.b, *(b for b, _ in kept)), (*network.a, *(a for _, a in kept)),
                       network.v, network.c)
