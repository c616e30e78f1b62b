"""Exact repairs: equations solved over the rationals, and rational points of the unit sphere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import isqrt
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from theory.errors import NotCertified
from theory.terms import And, Eq, ForAll, VectorEq
from theory.terms.sets import Range
from verify.evaluate.exact.formulas import truth
from verify.evaluate.exact.numbers import is_rational
from verify.evaluate.exact.terms import Exact
from verify.objects.instance import Instance

Array = NDArray[Any]
FINE = 64       # denominators of the stereographic coordinates of a point that is not on the sphere


def reader(instance: Instance, bound: Mapping[Any, Any]) -> Exact:
    """The exact reading on an instance that names all its sizes, with the given leaves already converted."""
    return Exact(instance, lambda name: None, bound, truth)


def number(value: Fraction) -> fmpq:
    """The fraction for python-flint."""
    return fmpq(value.numerator, value.denominator)


def converted(array: Any) -> Any:
    """An array of fractions as nested lists for the exact reading."""
    if not isinstance(array, np.ndarray):
        return number(array)
    return [converted(part) for part in array] if array.ndim else number(array[()])


def residuals(formula: Any, at: Exact) -> list[fmpq]:
    """The differences of the sides of an equation, at all of its places.

    Raises: NotCertified unless the formula is built from equations over index ranges with rational sides.
    """
    return [_rational(value) for value in _residuals(formula, at)]


def _rational(value: Any) -> fmpq:
    if not is_rational(value):
        raise NotCertified("a side of the equation is irrational")
    return value


def _residuals(formula: Any, at: Exact) -> Iterator[Any]:
    if isinstance(formula, Eq):
        yield _rational(at.scalar(formula.lhs)) - _rational(at.scalar(formula.rhs))
    elif isinstance(formula, VectorEq):
        for left, right in zip(*(at.vector(side) for side in formula.args), strict=True):
            yield _rational(left) - _rational(right)
    elif isinstance(formula, And):
        for part in formula.args:
            yield from _residuals(part, at)
    elif isinstance(formula, ForAll) and isinstance(formula.domains[0], Range):
        (variable, domain), *rest = formula.limits
        body = ForAll(formula.body, *rest) if rest else formula.body
        for place in range(1, at.whole(domain.size) + 1):
            yield from _residuals(body, at.with_bound({variable: fmpq(place)}))
    else:
        raise NotCertified(f"{type(formula).__name__} is no equation over index ranges")


def solved(residual: Callable[[Array], list[fmpq]], start: Array) -> Array | None:
    """The solution of an affine system residual(z) = 0 that differs from ``start`` in as few entries as elimination leaves.

    None when the system is not affine, or has no solution.
    """
    flat = start.reshape(-1)
    here = residual(start)
    if not any(here):
        return start
    columns = []
    for place in range(len(flat)):
        moved = flat.copy()
        moved[place] += 1
        columns.append([after - before for after, before in zip(residual(moved.reshape(start.shape)), here, strict=True)])
    rows = [[column[row] for column in columns] + [-here[row]] for row in range(len(here))]
    reduced, rank = fmpq_mat(len(rows), len(flat) + 1, [entry for row in rows for entry in row]).rref()
    found = flat.copy()
    for row in range(rank):
        pivot = next(j for j in range(len(flat) + 1) if reduced[row, j] != 0)
        if pivot == len(flat):
            return None
        step = reduced[row, len(flat)]
        found[pivot] += Fraction(int(step.p), int(step.q))
    answer = found.reshape(start.shape)
    if any(residual(answer)):                              # a system that is not affine is not solved by one step
        return _quadratic_root(residual, start) if start.size == 1 and len(here) == 1 else None
    return answer


def _quadratic_root(residual: Callable[[Array], list[fmpq]], start: Array) -> Array | None:
    """The rational root nearest to ``start`` of one equation of degree 2 in one number."""
    def at(t: int | Fraction) -> Fraction:
        value = residual(np.full(start.shape, Fraction(t), dtype=object))[0]
        return Fraction(int(value.p), int(value.q))

    low, c, high = at(-1), at(0), at(1)
    a, b = (high + low) / 2 - c, (high - low) / 2
    discriminant = b * b - 4 * a * c
    length = _root(discriminant) if discriminant >= 0 else None
    if not a or length is None:
        return None
    own = start.reshape(-1)[0]
    root = min(((-b + sign * length) / (2 * a) for sign in (1, -1)), key=lambda t: (abs(t - own), -t))
    return None if at(root) else np.full(start.shape, root, dtype=object)      # of another degree


def unit(vector: Array) -> Array:
    """A rational point of the unit sphere in the direction of a vector, or near it; the first basis vector for 0.

    >>> unit(np.array([Fraction(6), Fraction(8)], dtype=object)).tolist()
    [Fraction(3, 5), Fraction(4, 5)]
    """
    square = Fraction(sum(x * x for x in vector))
    if square == 0:
        return np.array([Fraction(int(j == 0)) for j in range(len(vector))], dtype=object)
    length = _root(square)
    if length is not None:
        return np.array([x / length for x in vector], dtype=object)
    floats = np.asarray(vector, dtype=np.float64)
    floats /= np.linalg.norm(floats)
    side = -1 if floats[-1] < 0 else 1                     # project from the far pole, so that the coordinates are at most 1
    t = [Fraction(round(FINE * float(x) / (1 + abs(float(floats[-1])))), FINE) for x in floats[:-1]]
    size = sum((x * x for x in t), Fraction(0))
    return np.array([*(2 * x / (1 + size) for x in t), side * (1 - size) / (1 + size)], dtype=object)


def perpendicular(vector: Array, pole: Array) -> Array | None:
    """A rational unit vector perpendicular to a rational unit vector, the given one if it is, else one near it; None on a line.

    The reflection that takes the pole to ±e_1 is rational, and takes the perpendicular vectors to those with first entry 0.

    >>> half = np.array([Fraction(3, 5), Fraction(4, 5)], dtype=object)
    >>> perpendicular(np.array([Fraction(0), Fraction(2)], dtype=object), half).tolist()
    [Fraction(-4, 5), Fraction(3, 5)]
    """
    if len(pole) < 2:
        return None
    if vector @ pole == 0 and vector @ vector == 1:
        return vector
    normal: Array = pole.copy()
    normal[0] += -1 if pole[0] < 0 else 1
    square = Fraction(normal @ normal)

    def reflected(x: Array) -> Array:
        return np.array(x - normal * (2 * (normal @ x) / square), dtype=object)

    return reflected(np.array([Fraction(0), *unit(reflected(vector)[1:])], dtype=object))


def _root(square: Fraction) -> Fraction | None:
    p, q = isqrt(square.numerator), isqrt(square.denominator)
    return Fraction(p, q) if p * p == square.numerator and q * q == square.denominator else None


def in_ball(vector: Array) -> Array:
    """The vector, divided by an integer if it is longer than 1."""
    square = sum(x * x for x in vector)
    return vector if square <= 1 else vector / (isqrt(int(square)) + 1)


def projection(rows: Array) -> Array | None:
    """The orthogonal projection on the span of independent rows; None when they are dependent."""
    r, d = rows.shape
    Q = fmpq_mat(r, d, [number(x) for x in rows.reshape(-1)])
    gram = Q * Q.transpose()
    if gram.rank() < r:
        return None
    P = Q.transpose() * gram.solve(Q)
    found = np.empty((d, d), dtype=object)
    for i in range(d):
        for j in range(d):
            found[i, j] = Fraction(int(P[i, j].p), int(P[i, j].q))
    return found


def rank(matrix: Array) -> int:
    """The rank of a matrix of fractions."""
    rows, columns = matrix.shape
    return int(fmpq_mat(rows, columns, [number(x) for x in matrix.reshape(-1)]).rank())
