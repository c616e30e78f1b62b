"""From the floating-point dual of a node of the tree to rational multipliers that prove a bound exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray
from scipy.optimize import linprog

from theory.certificates.exact.exact_network import fraction, rational
from theory.certificates.exact.exact_weights import Row
from theory.certificates.fits.kink_problem import KinkProblem, Path, Pattern
from theory.certificates.fits.kink_tree import Leaf, active_patterns, leaf_bound

FloatArray = NDArray[np.float64]
# Multipliers are rounded to multiples of 2^−34 of the largest of their kind: the bound moves by about 1e-9 of itself.
BITS = 34
# Where the equations cannot be mended with all multipliers μ ≥ 0, those below this part of the largest are dropped: solver noise first.
NOISE = (2.0**-BITS, 1e-7, 1e-4)
# A bound this many times the steepest slope between two points is worth the exact solve that may show that there is no fit at all.
HUGE = 10**4
Multiplier = tuple[int, int]                # (anchor, kink) of a μ; (point, −1) of a λ


@dataclass
class NodeDual:
    """Floating-point multipliers of a node, as `theory.certificates.fits.kink_tree.Leaf` names them, in the units of the data, to a factor.

    ``lam`` by data point, ``mu`` ≥ 0 by anchor and kink, ``u`` by pattern (d numbers each; the pattern 0…0 is not needed).
    """

    lam: Mapping[int, float] = field(default_factory=dict)
    mu: Mapping[Multiplier, float] = field(default_factory=dict)
    u: Mapping[Pattern, FloatArray] = field(default_factory=dict)


def rational_leaf(
    problem: KinkProblem, witnesses: Sequence[Row], signs: Sequence[int], path: Path, dual: NodeDual, bits: int = BITS,
    *, contradict: bool = True,
) -> tuple[Leaf, Fraction | None]:  # fmt: skip
    """Rational multipliers near the dual, and the lower bound on the Lipschitz constant at this node that they prove.

    Args: problem (of one program), witnesses (points, rows of d), signs, path, dual (any: a useless one proves the bound 0), bits,
    contradict (False: no time is spent on showing that there is no network at all where a huge bound is proved).
    Returns: the leaf and its bound; None instead of the bound when the leaf shows exactly that no network has these patterns.
    Guarantee: certified; the bound is that of `leaf_bound`.

    >>> from theory.certificates.fits.kink_problem import FitDomain
    >>> points = ((Fraction(0),), (Fraction(1),))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(3)), FitDomain("hull", vertices=points), 0, True)
    >>> rational_leaf(problem, (), (), [(0, ()), (1, ())], NodeDual(lam={0: -0.5, 1: 0.499}))[1]
    Fraction(3, 1)
    """
    leaf = _rounded(problem, signs, path, dual, bits)
    found = _bound(problem, witnesses, signs, path, leaf)
    if contradict and (found is None or found * found > HUGE**2 * problem.steepest[0]):
        exact = infeasible_leaf(problem, witnesses, signs, path)
        if exact is not None:
            return exact, None
    return leaf, found


def _bound(problem: KinkProblem, witnesses: Sequence[Row], signs: Sequence[int], path: Path, leaf: Leaf) -> Fraction | None:
    numerator, norm = leaf_bound(problem, witnesses, signs, path, leaf)
    if numerator <= 0:
        return Fraction(0)
    return numerator / norm if norm else None


def _rounded(problem: KinkProblem, signs: Sequence[int], path: Path, dual: NodeDual, bits: int) -> Leaf:
    """Dyadic multipliers that satisfy the equations of a leaf; all 0 when the dual has none of use."""
    n, d = problem.shape
    given = {(z, -1): float(dual.lam.get(z, 0.0)) for z, _ in path if 0 <= z < n}
    given |= {(z, ell): max(float(dual.mu.get((z, ell), 0.0)), 0.0) for z, _ in path if z >= 0 for ell in range(problem.kinks)}
    largest = max((abs(value) for value in given.values()), default=0.0)
    if not 0 < largest < math.inf:
        return Leaf()
    unit = _unit(largest, bits)
    for noise in NOISE:
        kept = {key: round(value / unit) for key, value in given.items() if abs(value) > noise * largest}
        whole = _mended(problem, signs, path, kept)
        if whole is not None:
            break
    else:
        return Leaf()
    exact_unit = Fraction(unit)
    lam = {z: value * exact_unit for (z, ell), value in whole.items() if ell < 0}
    mu = {key: value * exact_unit for key, value in whole.items() if key[1] >= 0}
    listed = {p: np.asarray(dual.u[p], dtype=np.float64) for p in active_patterns(path) if p in dual.u}
    listed = {p: row for p, row in listed.items() if row.shape == (d,) and np.isfinite(row).all()}
    size = max((float(np.abs(row).max()) for row in listed.values()), default=0.0)
    if size == 0:
        return Leaf(lam, mu)
    unit, exact_unit = _unit(size, bits), Fraction(_unit(size, bits))
    return Leaf(lam, mu, {p: tuple(round(float(c) / unit) * exact_unit for c in row) for p, row in listed.items()})


def _unit(largest: float, bits: int) -> float:
    """A power of two, 2^−bits of the largest number or a little more; the least positive double keeps it from being 0."""
    return max(math.ldexp(1.0, math.frexp(largest)[1] - bits), 5e-324)


def _mended(problem: KinkProblem, signs: Sequence[int], path: Path, rounded: Mapping[Multiplier, int]) -> dict[Multiplier, Fraction] | None:
    """The multipliers, the largest of them changed a little so that Σλ_i = 0 and no bias keeps a coefficient; None if a μ gets negative."""
    patterns, keys = dict(path), sorted(rounded, key=lambda key: (-abs(rounded[key]), key))
    rows = [[int(ell < 0) for _, ell in keys]] if problem.affine else []
    for kink, sign in enumerate(signs):
        rows.append([_offset(patterns[z][kink], sign, ell, kink) for z, ell in keys])
    values = _solved(rows, [0] * len(rows), [Fraction(rounded[key]) for key in keys])
    if values is None or any(value < 0 for (_, ell), value in zip(keys, values, strict=True) if ell >= 0):
        return None
    return {key: value for key, value in zip(keys, values, strict=True) if value}


def _offset(bit: int, sign: int, ell: int, kink: int) -> int:
    """The coefficient of b_kink in the form of one multiplier (ell < 0: a λ) at an anchor where this kink has this bit."""
    if ell < 0:
        return sign * bit
    return (2 * bit - 1) * (ell == kink)


def _solved(rows: Sequence[Sequence[int | fmpq]], right: Sequence[int | fmpq], values: Sequence[Fraction]) -> list[Fraction] | None:
    """The values, those of the first independent columns replaced by the solution of the equations; None when there is none."""
    if not rows or not values:
        return None if any(c != 0 for c in right) else list(values)
    reduced, rank = fmpq_mat([[fmpq(c) for c in (*row, last)] for row, last in zip(rows, right, strict=True)]).rref()
    found, table, m = [rational(c) for c in values], reduced.tolist(), len(values)
    pivots = [next(c for c in range(m + 1) if table[i][c] != 0) for i in range(int(rank))]
    if m in pivots:
        return None
    free = sorted(set(range(m)) - set(pivots))
    for row, pivot in zip(table, pivots, strict=False):
        found[pivot] = row[m] - sum((row[c] * found[c] for c in free), fmpq(0))
    return [fraction(c) for c in found]


def infeasible_leaf(problem: KinkProblem, witnesses: Sequence[Row], signs: Sequence[int], path: Path) -> Leaf | None:
    """A leaf with N = 0 < Σλ_iy_i, exactly: no network has these patterns, however large its Lipschitz constant.  None if none is found.

    A vertex of the set of such multipliers is found by a linear program, and solved for exactly from the columns that it uses.

    >>> from theory.certificates.fits.kink_problem import FitDomain
    >>> points = tuple((Fraction(i),) for i in range(3))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(1), Fraction(0)), FitDomain("hull", vertices=points), 0, True)
    >>> infeasible_leaf(problem, (), (), [(0, ()), (1, ()), (2, ())]).lam
    {0: Fraction(-1, 1), 1: Fraction(2, 1), 2: Fraction(-1, 1)}
    """
    n, d = problem.shape
    origin = problem.rational_points[0]
    moved = {z: [c - o for c, o in zip(problem.rational_points[z] if z < n else map(rational, witnesses[z - n]), origin, strict=True)]
             for z, _ in path if z >= 0}  # fmt: skip
    keys = [(z, -1) for z in moved if z < n] + [(z, ell) for z in moved for ell in range(problem.kinks)]
    patterns = dict(path)
    rows: list[list[fmpq]] = []
    if problem.affine:
        rows += [[moved[z][j] * int(ell < 0) if j < d else fmpq(int(ell < 0)) for z, ell in keys] for j in range(d + 1)]
    for kink, sign in enumerate(signs):
        factors = [_offset(patterns[z][kink], sign, ell, kink) for z, ell in keys]
        rows += [[moved[z][j] * c if j < d else fmpq(c) for (z, _), c in zip(keys, factors, strict=True)] for j in range(d + 1)]
    rows.append([problem.rational_labels[z] if ell < 0 else fmpq(0) for z, ell in keys])
    right = [fmpq(0)] * (len(rows) - 1) + [fmpq(1)]
    vertex = _vertex(rows, right, [ell >= 0 for _, ell in keys])
    if vertex is None:
        return None
    used = sorted((c for c in range(len(keys)) if vertex[c]), key=lambda c: (-abs(vertex[c]), c))
    values = _solved([[row[c] for c in used] for row in rows], right, [Fraction(vertex[c]) for c in used])
    if values is None or any(value < 0 and keys[c][1] >= 0 for c, value in zip(used, values, strict=True)):
        return None
    common = math.lcm(*(value.denominator for value in values)) // math.gcd(*(value.numerator for value in values))
    found = {keys[c]: value * common for c, value in sorted(zip(used, values, strict=True))}
    return Leaf({z: value for (z, ell), value in found.items() if ell < 0}, {key: value for key, value in found.items() if key[1] >= 0})


def _vertex(rows: Sequence[Sequence[fmpq]], right: Sequence[fmpq], signed: Sequence[bool]) -> list[float] | None:
    """A basic solution of the equations with x_c ≥ 0 where signed, of small Σ|x|, in floating point; its noise is set to 0."""
    matrix = np.array([[float(fraction(c)) for c in row] for row in rows])
    scale = np.abs(matrix).max(axis=1)
    scale[scale == 0] = 1.0
    matrix, target = matrix / scale[:, None], np.array([float(fraction(c)) for c in right]) / scale
    free = [c for c, nonnegative in enumerate(signed) if not nonnegative]
    found = linprog(np.ones(len(signed) + len(free)), A_eq=np.hstack([matrix, -matrix[:, free]]), b_eq=target, bounds=(0, None))
    if found.status != 0:
        return None
    x = found.x[: len(signed)].copy()
    x[free] -= found.x[len(signed) :]
    return [float(c) if abs(c) > 1e-9 * np.abs(x).max() else 0.0 for c in x]
