"""Data sets of exact numbers: small lattices, rational points of the unit sphere, and sets that are degenerate by construction.

Every point is had directly; nothing is drawn and rejected.  The simplest data set of each kind is one that a person can check by hand:
rows 0 for lattices, rows e_1 for the sphere.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from theory.errors import BadData
from verify.objects.data.models import positive_integer
from verify.trials.property.strategies.arguments import Array, arrays, exact, integer_in, listed, rationals, sizes, stacked

# quantiles of N(0, 1) at (2j + 1)/32, rounded to eighths: sixteen equally likely values
_QUANTILES = sorted((s * Fraction(e, 8) for e in (1, 2, 3, 5, 6, 8, 11, 15) for s in (1, -1)), key=lambda t: (abs(t), t < 0))


def lattice_points(n: int, d: int, bound: int = 2) -> SearchStrategy[Array]:
    """n points of {−bound, …, bound}^d, as an n×d array of fractions; rows may repeat and may be 0.

    Raises: BadData for sizes that are not positive integers.

    >>> from verify.trials.property.strategies import simplest
    >>> simplest(lattice_points(2, 1), lambda X: X[0, 0] < X[1, 0]).tolist()
    [[Fraction(0, 1)], [Fraction(1, 1)]]
    """
    n, d = sizes(n, d)
    return arrays(st.integers(-positive_integer(bound, "the bound on the coordinates"), bound), (n, d))


def rational_points(n: int, d: int, bound: int = 2, max_denominator: int = 3) -> SearchStrategy[Array]:
    """n points with small rational coordinates.  Raises: BadData as `lattice_points`."""
    n, d = sizes(n, d)
    return arrays(rationals(bound, max_denominator), (n, d))


def gaussian_like_points(n: int, d: int) -> SearchStrategy[Array]:
    """n points whose coordinates are rounded quantiles of N(0, 1), sixteen equally likely ones, hence exact.

    Raises: BadData for sizes that are not positive integers.
    """
    n, d = sizes(n, d)
    return arrays(st.sampled_from(_QUANTILES), (n, d))


def sphere_point(t: Sequence[Any]) -> Array:
    """The rational unit point (1 − ‖t‖², 2t)/(1 + ‖t‖²): stereographic projection from −e_1, with t = 0 at e_1.

    >>> [str(x) for x in sphere_point([Fraction(1, 2)])]
    ['3/5', '4/5']
    """
    square = sum((Fraction(s) ** 2 for s in t), Fraction(0))
    return exact([(1 - square) / (1 + square), *(2 * Fraction(s) / (1 + square) for s in t)])


@st.composite
def _sphere_points(draw: DrawFn, n: int, d: int, bound: int) -> Array:
    rows = []
    for _ in range(n):
        sign = draw(st.sampled_from([1, -1]))
        rows.append(sign * sphere_point(draw(listed(rationals(bound), d - 1))))
    return stacked(rows)


def sphere_points(n: int, d: int, bound: int = 2) -> SearchStrategy[Array]:
    """n exact rational points of the unit sphere of R^d; ±1 at d = 1.  The simplest rows are e_1, then −e_1 and ±e_2, then (3, 4)/5.

    Raises: BadData for sizes that are not positive integers.

    >>> from verify.trials.property.strategies import simplest
    >>> [[str(x) for x in row] for row in simplest(sphere_points(2, 2), lambda X: X[0] @ X[1] == 0)]
    [['1', '0'], ['0', '1']]
    """
    n, d = sizes(n, d)
    return _sphere_points(n, d, positive_integer(bound, "the bound on the numerators"))


def _base(n: int, d: int, unit: bool) -> SearchStrategy[Array]:
    return sphere_points(n, d) if unit else lattice_points(n, d)


@st.composite
def _repeated(draw: DrawFn, n: int, d: int, distinct: int, unit: bool) -> Array:
    X = draw(_base(distinct, d, unit))
    return X[[draw(st.integers(0, distinct - 1)) for _ in range(n)]]


def repeated_points(n: int, d: int, distinct: int = 1, *, unit: bool = False) -> SearchStrategy[Array]:
    """n points, at most ``distinct`` of them different.  Raises: BadData unless 1 ≤ distinct ≤ n.

    >>> from verify.trials.property.strategies import simplest
    >>> simplest(repeated_points(3, 1, unit=True), lambda X: X[2, 0] < 0).ravel().tolist() == [-1] * 3
    True
    """
    n, d = sizes(n, d)
    return _repeated(n, d, integer_in(distinct, 1, n, "the number of distinct points"), unit)


@st.composite
def _collinear(draw: DrawFn, n: int, d: int) -> Array:
    base, direction = draw(lattice_points(2, d))
    return stacked(base + t * direction for t in draw(listed(rationals(3), n)))


def collinear_points(n: int, d: int) -> SearchStrategy[Array]:
    """n points of one line, possibly one point.  Raises: BadData for sizes that are not positive integers."""
    return _collinear(*sizes(n, d))


@st.composite
def _antipodal(draw: DrawFn, n: int, d: int, unit: bool) -> Array:
    X = draw(_base((n + 1) // 2, d, unit))
    return stacked([*X, *(-row for row in X)][:n])


def antipodal_points(n: int, d: int, *, unit: bool = False) -> SearchStrategy[Array]:
    """⌈n/2⌉ points and the opposite of the first ⌊n/2⌋.  Raises: BadData for sizes that are not positive integers."""
    return _antipodal(*sizes(n, d), unit)


@st.composite
def _coherent(draw: DrawFn, n: int, d: int, closeness: int) -> Array:
    return stacked(sphere_point([s / closeness for s in draw(listed(rationals(1), d - 1))]) for _ in range(n))


def coherent_points(n: int, d: int, closeness: int = 4) -> SearchStrategy[Array]:
    """n unit points near e_1: any two have an inner product of at least 1 − 8(d − 1)/closeness².

    They are `sphere_point(t)` with ‖t‖ ≤ √(d − 1)/closeness, so each is within 2‖t‖ of e_1.
    Raises: BadData for sizes or a closeness that are not positive integers.
    """
    n, d = sizes(n, d)
    return _coherent(n, d, positive_integer(closeness, "the closeness"))


def points(n: int, d: int, *, unit: bool = False) -> SearchStrategy[Array]:
    """n points of R^d of any kind above, on the unit sphere if asked; general ones first.

    Raises: BadData for sizes that are not positive integers.

    >>> from verify.trials.property.strategies import simplest
    >>> simplest(points(2, 2), lambda X: True).tolist() == [[0, 0], [0, 0]]
    True
    """
    n, d = sizes(n, d)
    if unit:
        return st.one_of(sphere_points(n, d), antipodal_points(n, d, unit=True), coherent_points(n, d), repeated_points(n, d, unit=True))
    return st.one_of(lattice_points(n, d), sphere_points(n, d), rational_points(n, d), gaussian_like_points(n, d), collinear_points(n, d),
                     antipodal_points(n, d), repeated_points(n, d))


def points_in_ball(n: int, d: int, radius: Any = 1) -> SearchStrategy[Array]:
    """n points of the closed ball of a rational radius: unit points times fractions of the radius; the simplest are 0.

    Raises: BadData for sizes that are not positive integers, and for a radius that is not a nonnegative rational number.
    """
    n, d = sizes(n, d)
    try:
        r = Fraction(radius)
    except (TypeError, ValueError, OverflowError):
        r = Fraction(-1)
    if r < 0:
        raise BadData(f"the radius of the ball is {radius!r}; give a nonnegative integer or fraction")
    lengths = st.sampled_from([Fraction(0), Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)])
    return st.builds(lambda X, s: stacked(r * t * row for t, row in zip(s, X, strict=True)), points(n, d, unit=True), listed(lengths, n))


__all__ = [
    "antipodal_points", "coherent_points", "collinear_points", "gaussian_like_points", "lattice_points", "points", "points_in_ball",
    "rational_points", "repeated_points", "sphere_point", "sphere_points",
]
