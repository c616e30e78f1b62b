"""Exact points: small integers, and rational points of the unit sphere, for instances that a person can check."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.objects.data.models import positive_integer, require_generator


def integer_points(n: int, d: int, rng: np.random.Generator, bound: int = 3) -> NDArray[np.int64]:
    """n iid uniform points of the grid {−bound, …, bound}^d.

    Args: n, d, bound ≥ 1, a numpy Generator.
    Returns: X (n×d), int64; points may repeat, so label them with `labels_by_point`.
    Raises: BadData for sizes that are not positive integers.
    Guarantee: exact.

    >>> X = integer_points(50, 2, np.random.default_rng(0), bound=1)
    >>> sorted({int(t) for t in X.ravel()})
    [-1, 0, 1]
    """
    n, d = positive_integer(n, "n, the number of points,"), positive_integer(d, "d, the dimension,")
    bound = positive_integer(bound, "the bound on the coordinates")
    require_generator(rng)
    return rng.integers(-bound, bound, size=(n, d), endpoint=True)


def rational_sphere_points(
    n: int, d: int, rng: np.random.Generator, bound: int = 3, max_denominator: int = 2
) -> NDArray[Any]:
    """n rational points of the unit sphere S^{d−1}: Σ_j x_ij² = 1 exactly.

    Inverse stereographic projection from the north pole, t ∈ Q^{d−1} ↦ (2t, ‖t‖² − 1)/(‖t‖² + 1), maps Q^{d−1} onto
    the rational points of the sphere other than the pole; at d = 1 the two points ±1 are drawn with equal chances.
    The numerators of t are uniform in {−bound, …, bound} and the denominators in {1, …, max_denominator}.

    Args: n, d, bound, max_denominator ≥ 1, a numpy Generator.
    Returns: X (n×d), an object array of fractions.Fraction; points may repeat.
    Raises: BadData for sizes that are not positive integers.
    Guarantee: exact.

    >>> X = rational_sphere_points(3, 2, np.random.default_rng(1))
    >>> [str(sum(t * t for t in row)) for row in X]
    ['1', '1', '1']
    """
    n, d = positive_integer(n, "n, the number of points,"), positive_integer(d, "d, the dimension,")
    bound = positive_integer(bound, "the bound on the numerators")
    max_denominator = positive_integer(max_denominator, "the largest denominator")
    require_generator(rng)
    X = np.empty((n, d), dtype=object)
    for i in range(n):
        X[i] = _sphere_point(d, rng, bound, max_denominator) if d > 1 else [Fraction(int(rng.choice([-1, 1])))]
    return X


def _sphere_point(d: int, rng: np.random.Generator, bound: int, max_denominator: int) -> list[Fraction]:
    t = [
        Fraction(int(rng.integers(-bound, bound, endpoint=True)), int(rng.integers(1, max_denominator, endpoint=True)))
        for _ in range(d - 1)
    ]
    square = sum((s * s for s in t), Fraction(0))
    return [2 * s / (square + 1) for s in t] + [(square - 1) / (square + 1)]
