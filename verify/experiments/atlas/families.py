"""The data sets of the atlas: small, named, and the same in every run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from verify.objects.data.models import draw

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Case:
    """A data set of the atlas and the numbers of kinks that are asked for.

    ``X`` (n×d), ``y`` (n) in {−1, +1}; ``generic`` says that the points are a sample of the uniform law on the unit sphere and the labels
    are random signs: only such cases speak about Conjecture 1.
    """

    family: str
    name: str
    X: FloatArray
    y: FloatArray
    kinks: tuple[int, ...]
    generic: bool = False


def cases() -> Iterator[Case]:
    """All cases, family by family.

    >>> found = list(cases())
    >>> len(found), len({case.name for case in found}), found[0].name
    (47, 47, 'circle-n4')
    """
    yield from _circle()
    yield from _line()
    yield from _sphere()
    yield from _gaussian()
    yield from _symmetric()
    yield from _cube()


def _circle() -> Iterator[Case]:
    """n equally spaced points of the unit circle: alternating labels, one label flipped, and half of the circle against the other."""
    for n in (4, 5, 6, 7, 8, 10, 12):
        angles = 2 * np.pi * np.arange(n) / n
        X = np.column_stack([np.cos(angles), np.sin(angles)])
        yield Case("circle", f"circle-n{n}", X, _alternating(n), (1, 2, 3) if n <= 8 else (1, 2))
        if n in (6, 8, 12):
            yield Case("circle", f"circle-n{n}-one", X, np.where(np.arange(n) == 0, -1.0, 1.0), (1, 2))
            yield Case("circle", f"circle-n{n}-halves", X, np.where(np.arange(n) < n // 2, 1.0, -1.0), (0, 1, 2))


def _line() -> Iterator[Case]:
    """Points on a line in the plane: equally spaced, alternating labels."""
    for n in (3, 4, 5, 6):
        t = np.arange(n, dtype=float)
        yield Case("collinear", f"collinear-n{n}", np.column_stack([t, 0.5 * t]), _alternating(n), tuple(range(1, n - 1)))


def _sphere() -> Iterator[Case]:
    """Uniform points of the unit sphere with random signs."""
    for d, n, seeds in ((2, 6, 3), (2, 8, 2), (3, 6, 3), (3, 8, 3), (4, 8, 2), (4, 10, 1), (5, 10, 1), (5, 12, 1)):
        for seed in range(seeds):
            data = draw("sphere", n, d, np.random.default_rng((d, n, seed)), labels="random")
            yield Case("sphere", f"sphere-d{d}-n{n}-s{seed}", data.X, data.y, (1, 2, 3), generic=True)


def _gaussian() -> Iterator[Case]:
    """Gaussian points of mean square norm 1 with balanced labels."""
    for d, n, seeds in ((2, 6, 2), (3, 8, 2)):
        for seed in range(seeds):
            data = draw("gaussian", n, d, np.random.default_rng((17, d, n, seed)), labels="balanced")
            yield Case("gaussian", f"gaussian-d{d}-n{n}-s{seed}", data.X, data.y, (1, 2))


def _symmetric() -> Iterator[Case]:
    """±e_j with equal labels on antipodes or with opposite ones, and the regular simplex."""
    for d in (2, 3):
        points = np.vstack([np.eye(d), -np.eye(d)])
        sign = _alternating(d)
        yield Case("antipodal", f"antipodal-d{d}-even", points, np.concatenate([sign, sign]), (1, 2))
        yield Case("antipodal", f"antipodal-d{d}-odd", points, np.concatenate([sign, -sign]), (0, 1))
    for d in (2, 3):
        data = draw("simplex", d + 1, d, np.random.default_rng(d), labels="balanced")
        yield Case("simplex", f"simplex-d{d}", data.X, data.y, (0, 1))


def _cube() -> Iterator[Case]:
    """Vertices of the cube {−1, 1}^d: parity of the signs (XOR for d = 2), and one vertex against all others."""
    for d in (2, 3):
        X = np.array(list(product((-1.0, 1.0), repeat=d)))
        yield Case("cube", "xor" if d == 2 else f"parity-d{d}", X, np.prod(X, axis=1), (1, 2, 3))
        yield Case("cube", f"corner-d{d}", X, np.where(X.sum(axis=1) == d, -1.0, 1.0), (1, 2))


def _alternating(n: int) -> FloatArray:
    return np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
