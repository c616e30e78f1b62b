"""The shortest vector of a polyhedron {g : g·u_j ≤ b_j} with integer data, exactly, or the proof that it is empty.

Lawson and Hanson, Solving Least Squares Problems, chapter 23 (least distance programming): with the columns e_j = (−u_j, −b_j) and
f = (0, …, 0, 1), let λ ≥ 0 minimise ‖Σλ_je_j − f‖ and ρ = Σλ_je_j − f.  If ρ = 0, the polyhedron is empty: Σλ_ju_j = 0 and
Σλ_jb_j = −1.  Otherwise g = −(ρ_1, …, ρ_d)/ρ_{d+1} is the shortest vector, and λ are its multipliers up to a positive factor.
The minimum over λ is found by their active-set method (chapter 23.3), which is finite in exact arithmetic.  A floating-point run of the
same method only proposes where to start, so that usually a single exact step is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
from flint import fmpq, fmpz_mat
from scipy.optimize import nnls

from theory.certificates.exact.exact_network import fraction
from theory.errors import NotCertified


@dataclass(frozen=True)
class ShortestVector:
    """g and multipliers λ_j ≥ 0 of the constraints; g is None when no vector satisfies them all."""

    vector: tuple[Fraction, ...] | None
    multipliers: dict[int, Fraction]


def shortest_vector(directions: Sequence[Sequence[int]], limits: Sequence[int]) -> ShortestVector:
    """min ‖g‖ subject to g·u_j ≤ b_j, exactly.

    Args: directions u_j (m rows of d integers, m ≥ 1, d ≥ 1), limits b_j (m integers); rational data are scaled to integers first.
    Returns: a ShortestVector with ‖g‖ = −Σλ_jb_j/‖Σλ_ju_j‖ (or g = 0 without multipliers), or g = None with Σλ_ju_j = 0 > Σλ_jb_j.
    Raises: NotCertified when the exact iteration does not end within 100(m + 1) steps.
    Guarantee: exact; the floating-point proposal cannot change the result.

    >>> shortest_vector([(-1, 0)], [-2]).vector
    (Fraction(2, 1), Fraction(0, 1))
    >>> shortest_vector([(1,), (-1,)], [-1, -1])
    ShortestVector(vector=None, multipliers={0: Fraction(1, 2), 1: Fraction(1, 2)})
    """
    if min(limits) >= 0:
        return ShortestVector(tuple(Fraction(0) for _ in directions[0]), {})
    rows = [[*(-c for c in u), -b] for u, b in zip(directions, limits, strict=True)]
    columns = fmpz_mat(rows)
    weights = _nonnegative_least_squares(columns, _proposal(rows))
    residual = _residual(columns, weights)
    multipliers = {j: fraction(weight) for j, weight in sorted(weights.items())}
    if not any(residual):
        return ShortestVector(None, multipliers)
    return ShortestVector(tuple(fraction(-c / residual[-1]) for c in residual[:-1]), multipliers)


def _proposal(rows: list[list[int]]) -> list[int]:
    """The support of a floating-point solution, empty when there is none: it is a hint and no more."""
    target = np.zeros(len(rows[0]))
    target[-1] = 1.0
    try:
        E = np.array(rows, dtype=np.float64)
        norms = np.abs(E).max(axis=1)
        usable = np.flatnonzero(norms > 0)
        weights, _ = nnls((E[usable] / norms[usable, None]).T, target)
    except (RuntimeError, ValueError, OverflowError, np.linalg.LinAlgError):  # too many iterations, or numbers beyond the doubles
        return []
    weights = np.asarray(weights, dtype=float)
    return [int(j) for j in usable[weights > 0]] if weights.shape == usable.shape else []


def _residual(columns: fmpz_mat, weights: dict[int, fmpq]) -> list[fmpq]:
    """f − Σλ_je_j, so ρ with the opposite sign: g is the same for both."""
    size = columns.ncols()
    total = [fmpq(0)] * (size - 1) + [fmpq(1)]
    for j, weight in weights.items():
        total = [t - weight * columns[j, a] for a, t in enumerate(total)]
    return total


def _nonnegative_least_squares(columns: fmpz_mat, start: list[int]) -> dict[int, fmpq]:
    """The positive entries of λ ≥ 0 that minimise ‖Σλ_je_j − f‖."""
    weights = _unconstrained(columns, start) if start else {}
    if weights is None or any(weight <= 0 for weight in weights.values()):
        weights = {}
    for _ in range(100 * (columns.nrows() + 1)):
        residual = _residual(columns, weights)
        unit = lcm(*(int(c.q) for c in residual))
        gradient = (columns * fmpz_mat([[int(c.p) * (unit // int(c.q))] for c in residual])).entries()
        rising = [j for j, slope in enumerate(gradient) if slope > 0 and j not in weights]
        if not rising:
            return weights
        weights = _descend(columns, weights, max(rising, key=lambda j: (gradient[j], -j)))
    raise NotCertified(f"the exact least-distance iteration did not end within {100 * (columns.nrows() + 1)} steps")


def _descend(columns: fmpz_mat, weights: dict[int, fmpq], entering: int) -> dict[int, fmpq]:
    """The minimum over the support and one more column, with weights kept ≥ 0: columns whose weight reaches 0 leave."""
    current = {**weights, entering: fmpq(0)}
    while True:
        goal = _unconstrained(columns, sorted(current))
        if goal is None:  # impossible: the entering column has a component outside the span of the others
            raise NotCertified("the columns of an exact least-distance step are dependent")
        if all(weight > 0 for weight in goal.values()):
            return goal
        step = min(current[j] / (current[j] - goal[j]) for j in current if goal[j] <= 0)
        moved = {j: current[j] + step * (goal[j] - current[j]) for j in current}
        current = {j: weight for j, weight in moved.items() if weight > 0}


def _unconstrained(columns: fmpz_mat, support: list[int]) -> dict[int, fmpq] | None:
    """The least-squares weights of these columns, None when the columns are dependent."""
    last = columns.ncols() - 1
    E = fmpz_mat([[columns[j, a] for a in range(last + 1)] for j in support])
    try:
        solved = (E * E.transpose()).solve(fmpz_mat([[columns[j, last]] for j in support]))
    except ZeroDivisionError:
        return None
    return {j: solved[p, 0] for p, j in enumerate(support)}
