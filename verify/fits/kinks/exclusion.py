"""The patterns of activity that occur nowhere in a domain, each with multipliers that prove it exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray
from scipy.optimize import linprog, nnls

from theory.certificates.exact.exact_network import rational
from theory.certificates.exact.exact_weights import Row
from theory.certificates.fits.exact_fit import KinkNetwork, Slopes, excludes
from theory.certificates.fits.kink_problem import FitDomain, Pattern
from verify.fits.exact.solve import nearby_solution, rounded

FloatArray = NDArray[np.float64]
# Multipliers that use less than this part of their sum are noise, and so is a height below this part of the largest.
NOISE = 1e-9


def steepest_patterns(network: KinkNetwork, domain: FitDomain) -> tuple[Fraction, dict[Pattern, Row]]:
    """The square of a bound on the Lipschitz constant, and multipliers for the steeper patterns, all of which are excluded.

    Patterns are tried from the steepest down, until one is found whose absence is not proved.

    >>> points = ((Fraction(0),), (Fraction(2),))
    >>> away = KinkNetwork((1,), ((Fraction(5),),), (Fraction(1),), (Fraction(-5),), Fraction(0))
    >>> steepest_patterns(away, FitDomain("hull", vertices=points))
    (Fraction(0, 1), {(0,): (Fraction(1, 1),)})
    """
    slopes = Slopes(domain, len(network.v))
    squares = {pattern: slopes.square(network.gradient(pattern)) for pattern in product((0, 1), repeat=len(network.signs))}
    excluded: dict[Pattern, Row] = {}
    for pattern in sorted(squares, key=lambda p: (-squares[p], p)):
        multipliers = exclusion(network, domain, pattern)
        if multipliers is None:
            return squares[pattern], excluded
        excluded[pattern] = multipliers
    raise ValueError("every pattern is excluded: a kink vanishes on the domain")


def exclusion(network: KinkNetwork, domain: FitDomain, pattern: Pattern) -> Row | None:
    """λ ≥ 0, λ ≠ 0 with Σ λ_ℓσ_ℓ(w_ℓ·x+b_ℓ) ≤ 0 on the domain, of one kink where one suffices; None when none is found.

    >>> points = ((Fraction(0),), (Fraction(1),))
    >>> ramp = KinkNetwork((1,), ((Fraction(2),),), (Fraction(-1),), (Fraction(0),), Fraction(0))
    >>> exclusion(ramp, FitDomain("hull", vertices=points), (1,)) is None
    True
    """
    k = len(network.signs)
    for ell in range(k):
        alone = tuple(Fraction(int(j == ell)) for j in range(k))
        if excludes(network, domain, pattern, alone):
            return alone
    if k < 2:
        return None
    sigma = 2.0 * np.array(pattern) - 1.0
    slopes = sigma[:, None] * np.array([[float(c) for c in row] for row in network.W])
    offsets = sigma * np.array([float(c) for c in network.b])
    scale = np.abs(offsets) + np.abs(slopes).sum(axis=1)
    scale[scale == 0] = 1.0
    found = {"hull": _on_hull, "ball": _on_ball, "box": _on_box}[domain.kind](slopes / scale[:, None], offsets / scale, domain)
    if found is None:
        return None
    for candidate in (rounded(found / scale), _exactly_tight(network, domain, pattern, found / scale)):
        if candidate is not None and excludes(network, domain, pattern, candidate):
            return tuple(candidate)
    return None


def _floats(rows: Sequence[Row]) -> FloatArray:
    return np.array([[float(c) for c in row] for row in rows])


def _clean(multipliers: FloatArray) -> FloatArray:
    return np.where(multipliers > NOISE * multipliers.sum(), multipliers, 0.0)


def _on_hull(slopes: FloatArray, offsets: FloatArray, domain: FitDomain) -> FloatArray | None:
    """min over the simplex of the largest of Σ λ_ℓh_ℓ(x) over the vertices x; slopes (k, d), offsets (k), as below."""
    heights = _floats(domain.vertices) @ slopes.T + offsets
    n, k = heights.shape
    size = np.abs(heights).max() or 1.0
    found = linprog(np.append(np.zeros(k), 1.0), A_ub=np.hstack([heights / size, -np.ones((n, 1))]), b_ub=np.zeros(n),
                    A_eq=np.append(np.ones(k), 0.0)[None], b_eq=[1.0], bounds=[(0, None)] * k + [(None, None)])  # fmt: skip
    return _clean(found.x[:k]) if found.status == 0 and found.fun <= NOISE else None


def _on_box(slopes: FloatArray, offsets: FloatArray, domain: FitDomain) -> FloatArray | None:
    """min over the simplex of the support function of the box, Σ_j max(c_j low_j, c_j high_j) + Σ λ_ℓb_ℓ with c = Σ λ_ℓw_ℓ."""
    k, d = slopes.shape
    corners = [np.diag(_floats([row])[0]) @ slopes.T for row in (domain.low, domain.high)]
    found = linprog(np.append(offsets, np.ones(d)), A_ub=np.vstack([np.hstack([corner, -np.eye(d)]) for corner in corners]),
                    b_ub=np.zeros(2 * d), A_eq=np.append(np.ones(k), np.zeros(d))[None], b_eq=[1.0],
                    bounds=[(0, None)] * k + [(None, None)] * d)  # fmt: skip
    return _clean(found.x[:k]) if found.status == 0 and found.fun <= NOISE else None


def _on_ball(slopes: FloatArray, offsets: FloatArray, domain: FitDomain) -> FloatArray | None:
    """The multipliers of the point of {h_ℓ ≥ 0} nearest to the centre (least distance programming: Lawson and Hanson, chapter 23)."""
    heights = slopes @ _floats([domain.centre])[0] + offsets
    columns = np.vstack([float(domain.radius) * slopes.T, -heights])
    found, _ = nnls(columns, np.append(np.zeros(slopes.shape[1]), 1.0))
    return _clean(found) if found.any() else None


def _exactly_tight(network: KinkNetwork, domain: FitDomain, pattern: Pattern, multipliers: FloatArray) -> list[Fraction] | None:
    """Multipliers near the given ones for which the vertices of the hull where the sum is about 0 have it exactly 0."""
    if domain.kind != "hull":
        return None
    used = [int(ell) for ell in np.flatnonzero(multipliers)]
    heights = [[sum((c * x for c, x in zip(network.W[ell], vertex, strict=True)), network.b[ell]) * (2 * pattern[ell] - 1) for ell in used]
               for vertex in domain.vertices]  # fmt: skip
    floats = _floats([tuple(row) for row in heights])
    sums = floats @ multipliers[used]
    tight = np.flatnonzero(np.abs(sums) <= 100 * NOISE * (np.abs(floats) @ multipliers[used]).max())
    rows = [[rational(c) for c in heights[int(i)]] for i in tight] + [[fmpq(1)] * len(used)]
    share = multipliers[used] / multipliers.sum()
    solved = nearby_solution(fmpq_mat(rows), [fmpq(0)] * len(tight) + [fmpq(1)], share)
    if solved is None:
        return None
    found = dict(zip(used, solved, strict=True))
    return [found.get(ell, Fraction(0)) for ell in range(len(network.signs))]
