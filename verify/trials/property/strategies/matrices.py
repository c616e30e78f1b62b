"""Matrices of fractions with properties by construction: orthogonal, of given rank and spectrum, projections; and probability vectors."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from theory.errors import BadData, ShapeError
from verify.objects.data.models import positive_integer
from verify.trials.property.strategies.arguments import Array, arrays, exact, identity, integer_in, listed, rationals


def _whole(value: Any, what: str) -> int:
    return positive_integer(value, what)


def matrices(rows: int, columns: int, rank: int | None = None) -> SearchStrategy[Array]:
    """Matrices of small integers; with a rank, of exactly that rank: Q₁·[B 0; 0 0]·Q₂ with B unit lower triangular and Qᵢ orthogonal.

    Raises: BadData unless rows, columns ≥ 1 and 0 ≤ rank ≤ min(rows, columns).

    >>> from verify.trials.property.strategies import simplest
    >>> simplest(matrices(2, 3, rank=1), lambda M: True).tolist() == [[1, 0, 0], [0, 0, 0]]
    True
    """
    rows, columns = _whole(rows, "the number of rows"), _whole(columns, "the number of columns")
    if rank is None:
        return arrays(st.integers(-2, 2), (rows, columns))
    return _of_rank(rows, columns, integer_in(rank, 0, min(rows, columns), "the rank"))


@st.composite
def _of_rank(draw: DrawFn, rows: int, columns: int, rank: int) -> Array:
    core = exact([[0] * columns for _ in range(rows)])
    if rank:
        core[:rank, :rank] = draw(unit_triangular(rank))
    return draw(orthogonal_matrices(rows)) @ core @ draw(orthogonal_matrices(columns))


@st.composite
def _triangular(draw: DrawFn, size: int) -> Array:
    L = identity(size)
    for i in range(size):
        for j in range(i):
            L[i, j] = draw(st.integers(-2, 2))
    return L


def unit_triangular(size: int) -> SearchStrategy[Array]:
    """Lower triangular matrices with ones on the diagonal and small integers below it: invertible.  Raises: BadData unless size ≥ 1."""
    return _triangular(_whole(size, "the size of the matrix"))


@st.composite
def _orthogonal(draw: DrawFn, d: int) -> Array:
    Q = identity(d)
    for v in draw(st.lists(listed(st.integers(-2, 2), d), max_size=2)):
        square = sum(s * s for s in v)
        if square:                                  # v = 0 names no reflection, and the identity stays
            w = exact(v)
            Q = Q - Fraction(2, square) * exact([[a * b for b in w] for a in w]) @ Q
    return Q


def orthogonal_matrices(d: int) -> SearchStrategy[Array]:
    """Rational orthogonal d×d matrices: products of at most two reflections I − 2vvᵀ/‖v‖² with small integer v; the simplest is I.

    Raises: BadData unless d is a positive integer.

    >>> from verify.trials.property.strategies import simplest
    >>> simplest(orthogonal_matrices(2), lambda Q: Q[0, 0] == 0).tolist() == [[0, -1], [-1, 0]]
    True
    """
    return _orthogonal(_whole(d, "d, the dimension,"))


def independent_rows(k: int, d: int) -> SearchStrategy[Array]:
    """k linearly independent rows of R^d: a unit lower triangular matrix times orthonormal rows.  Raises: BadData unless 1 ≤ k ≤ d.

    >>> from verify.trials.property.strategies import simplest
    >>> simplest(independent_rows(1, 2), lambda W: True).tolist() == [[1, 0]]
    True
    """
    d = _whole(d, "d, the dimension,")
    k = integer_in(k, 1, d, f"k, the number of independent rows of R^{d},")
    return st.builds(lambda L, Q: L @ Q[:k], unit_triangular(k), orthogonal_matrices(d))


def orthonormal_rows(r: int, d: int) -> SearchStrategy[Array]:
    """r orthonormal rational rows of R^d.  Raises: BadData unless 1 ≤ r ≤ d."""
    d = _whole(d, "d, the dimension,")
    r = integer_in(r, 1, d, f"r, the number of orthonormal rows of R^{d},")
    return orthogonal_matrices(d).map(lambda Q: Q[:r])


def projections(d: int, r: int) -> SearchStrategy[Array]:
    """Rational orthogonal projections of R^d of rank r.  Raises: BadData unless 1 ≤ r ≤ d."""
    return orthonormal_rows(r, d).map(lambda Q: Q.T @ Q)


def symmetric_matrices(d: int, spectrum: Sequence[Any] | None = None) -> SearchStrategy[Array]:
    """Symmetric d×d matrices: small integers, or QᵀΛQ with the given rational eigenvalues and an orthogonal rational Q.

    Raises: BadData for eigenvalues that are not rational, ShapeError unless there are d of them.

    >>> from verify.trials.property.strategies import simplest
    >>> simplest(symmetric_matrices(2, [1, 0]), lambda A: A[0, 0] == 0).tolist() == [[0, 0], [0, 1]]
    True
    """
    d = _whole(d, "d, the dimension,")
    if spectrum is None:
        return _symmetric(d)
    try:
        values = [Fraction(value) for value in spectrum]
    except (TypeError, ValueError, OverflowError):
        raise BadData(f"the spectrum is {spectrum!r}; give {d} integers or fractions") from None
    if len(values) != d:
        raise ShapeError(f"the spectrum has {len(values)} values; give {d}, one for each dimension")
    return orthogonal_matrices(d).map(lambda Q: Q.T @ (exact(values)[:, None] * Q))


@st.composite
def _symmetric(draw: DrawFn, d: int) -> Array:
    A = identity(d) * 0
    for i in range(d):
        for j in range(i + 1):
            A[i, j] = A[j, i] = Fraction(draw(st.integers(-2, 2)))
    return A


def symmetric_of_rank(d: int, most: int) -> SearchStrategy[Array]:
    """Symmetric d×d matrices of rank at most ``most``: at most that many eigenvalues that are not 0.

    Raises: BadData unless d ≥ 1 and most ≥ 0.
    """
    d = _whole(d, "d, the dimension,")
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise BadData(f"the largest rank is {most!r}; give an integer of at least 0")
    nonzero = min(most, d)
    if nonzero == d:
        return _symmetric(d)
    return listed(rationals(2), nonzero).flatmap(lambda values: symmetric_matrices(d, [*values, *[0] * (d - nonzero)]))


def probability_vectors(n: int) -> SearchStrategy[Array]:
    """n nonnegative fractions with sum 1: counts of n cells, the first of which gets one more; the simplest is e_1.

    Raises: BadData unless n is a positive integer.

    >>> from verify.trials.property.strategies import simplest
    >>> [str(t) for t in simplest(probability_vectors(2), lambda p: p[1] > 0)]
    ['1/2', '1/2']
    """
    n = _whole(n, "n, the number of probabilities,")
    return listed(st.integers(0, 3), n).map(lambda c: exact([Fraction(t + (i == 0), sum(c) + 1) for i, t in enumerate(c)]))


__all__ = [
    "independent_rows", "matrices", "orthogonal_matrices", "orthonormal_rows", "probability_vectors", "projections", "symmetric_matrices",
    "symmetric_of_rank", "unit_triangular",
]
