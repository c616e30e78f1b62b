"""Rigorous enclosures of eigenvalues of exact and of ball matrices, multiple eigenvalues included."""

from __future__ import annotations

from functools import reduce
from itertools import combinations, pairwise
from typing import Any

from flint import arb, fmpq, fmpq_mat

from theory.errors import HypothesisViolated, NotCertified, ShapeError
from verify.evaluate.exact.numbers import (
    Number,
    absolute,
    add,
    ball,
    depends_on_parameter,
    hull,
    is_rational,
    maximum,
    multiply,
    square_root,
)

Rows = list[list[Number]]


def eigenvalues(matrix: Rows) -> list[arb]:
    """Enclosures of the eigenvalues of a symmetric matrix, largest first, with multiplicity.

    Of a rational matrix: isolated roots of the characteristic polynomial.  Of a ball matrix: those of the rational
    matrix of midpoints, widened by the Frobenius norm of the radii (Weyl).

    >>> [str(v.mid()) for v in eigenvalues([[fmpq(2), fmpq(1)], [fmpq(1), fmpq(2)]])]
    ['3.00000000000000', '1.00000000000000']
    """
    size = len(matrix)
    entries = [x for row in matrix for x in row]
    if is_rational(*entries):
        if any(matrix[i][j] != matrix[j][i] for i in range(size) for j in range(i)):
            raise HypothesisViolated("an eigenvalue sum is taken of a matrix that is not symmetric")
        return _rational_eigenvalues(matrix)
    if any(not ball(matrix[i][j]).overlaps(ball(matrix[j][i])) for i in range(size) for j in range(i)):
        raise HypothesisViolated("an eigenvalue sum is taken of a matrix that is not symmetric")
    middles = [[_middle(matrix[max(i, j)][min(i, j)]) for j in range(size)] for i in range(size)]
    distances = [_distance(matrix[max(i, j)][min(i, j)], middles[i][j]) for i in range(size) for j in range(size)]
    radius = sum((r * r for r in distances), arb(0)).sqrt().abs_upper()
    return [value + arb(0, radius) for value in _rational_eigenvalues(middles)]


def symmetrised(matrix: Rows) -> Rows:
    """(M + Mᵀ)/2 of a square matrix."""
    if any(len(row) != len(matrix) for row in matrix):
        raise ShapeError(f"an eigenvalue sum is of a square matrix, not of one with {len(matrix)} rows and {len(matrix[0])} columns")
    size = range(len(matrix))
    return [[multiply(fmpq(1, 2), add(matrix[i][j], matrix[j][i])) if i != j else matrix[i][i] for j in size] for i in size]


def _middle(value: Number) -> fmpq:
    """A ball's midpoint, a dyadic number, as a rational."""
    if isinstance(value, fmpq):
        return value
    if not value.is_finite():
        raise NotCertified("a matrix has an entry that is not finite; its spectrum is not evaluated")
    mantissa, exponent = value.mid().man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent)


def _distance(value: Number, middle: fmpq) -> arb:
    """A bound on |value − middle| that holds for every number of the ball."""
    return abs(ball(value) - arb(middle)).abs_upper()


def _rational_eigenvalues(matrix: Rows) -> list[arb]:
    size = len(matrix)
    if size == 0:
        return []
    polynomial = fmpq_mat(size, size, [x for row in matrix for x in row]).charpoly()
    found: Any = polynomial.numer().complex_roots()
    roots = [(root.real, multiplicity) for root, multiplicity in found]
    if sum(m for _, m in roots) != size:
        raise NotCertified("the roots of a characteristic polynomial were not all isolated; raise the precision")
    roots.sort(key=lambda pair: float(pair[0].mid()), reverse=True)
    for (high, _), (low, _) in pairwise(roots):
        if high.overlaps(low):
            raise NotCertified("two eigenvalues could not be separated; raise the precision")
        if not high > low:  # the float keys tied; the balls decide
            raise NotCertified("eigenvalues too close to be ordered in double precision; use another instance")
    return [value for value, multiplicity in roots for _ in range(multiplicity)]


def singular_values(matrix: Rows) -> list[arb]:
    """Enclosures of the singular values, largest first: square roots of the eigenvalues of the smaller Gram matrix."""
    if not matrix or not matrix[0]:
        return []
    rows = matrix if len(matrix) <= len(matrix[0]) else [list(column) for column in zip(*matrix, strict=True)]
    gram = [[_dot(u, v) for v in rows] for u in rows]
    return [ball(square_root(value.nonnegative_part())) for value in eigenvalues(gram)]


def operator_norm(matrix: Rows) -> Number:
    """The largest singular value, 0 of an empty matrix.

    Along a family exact where the rows or the columns are orthogonal, else between the longest of them and
    √(largest absolute row sum · largest absolute column sum).
    """
    columns = [list(column) for column in zip(*matrix, strict=True)]
    if not depends_on_parameter(*(x for row in matrix for x in row)):
        return next(iter(singular_values(matrix)), fmpq(0))
    for vectors in (matrix, columns):
        if all(is_rational(found := _dot(u, v)) and found == 0 for u, v in combinations(vectors, 2)):
            return square_root(_largest([_dot(u, u) for u in vectors]))
    longest = _largest([_dot(u, u) for u in (*matrix, *columns)])
    sums = [_largest([_sum([absolute(x) for x in u]) for u in vectors]) for vectors in (matrix, columns)]
    return hull(square_root(longest), square_root(multiply(*sums)))


def _largest(values: list[Number]) -> Number:
    return reduce(maximum, values)


def _sum(values: list[Number]) -> Number:
    return reduce(add, values)


def _dot(u: list[Number], v: list[Number]) -> Number:
    total: Number = fmpq(0)
    for x, y in zip(u, v, strict=True):
        total = add(total, multiply(x, y))
    return total


def rank(matrix: Rows) -> int:
    """The rank of a rational matrix; NotCertified for balls."""
    entries = [x for row in matrix for x in row]
    if not is_rational(*entries):
        raise NotCertified("the rank of a matrix with irrational entries is not decided; use a rational matrix")
    return int(fmpq_mat(len(matrix), len(matrix[0]), entries).rank())


def total(values: list[Any]) -> arb:
    """The sum of balls."""
    return sum(values, arb(0))
