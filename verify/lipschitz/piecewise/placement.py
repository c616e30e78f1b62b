"""Where a network and its domain are looked at in floating point: in coordinates about the domain, which are reached exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify.objects.domains import Domain, Enclosure, Row
from verify.objects.rationals import Rationals, floats, fraction, rational, rationals

# Steps by which the kinks of a network on R^d are brought near to the origin; each gains the accuracy of a double.
_STEPS = 2


@dataclass(frozen=True)
class Placement:
    """The hidden layer z ↦ Wz + b in the coordinates z = x − origin, and the domain in them; W, b are floats, or rationals (fmpq).

    Nothing is rounded here.  Where all numbers are doubles the origin is 0 and everything stays as it is.
    """

    W: NDArray[Any]
    b: NDArray[Any]
    domain: Domain
    origin: Row | None

    @property
    def rows(self) -> Rationals | None:
        """The rows (w, b) where they are not all doubles."""
        return None if self.W.dtype != object and self.b.dtype != object else np.column_stack([rationals(self.W), rationals(self.b)])

    def exact_point(self, z: NDArray[Any]) -> Row:
        """The point x with the coordinates z."""
        shift = self.origin or (Fraction(0),) * len(z)
        return tuple(Fraction(c) + p for c, p in zip(z.tolist(), shift, strict=True))

    def points(self, coordinates: NDArray[Any]) -> NDArray[Any]:
        """The points with these coordinates (N×d): doubles where they are doubles, else fractions."""
        if self.origin is None:
            return coordinates
        exact = np.array([self.exact_point(z) for z in coordinates], dtype=object)
        nearest = exact.astype(np.float64)
        return nearest if bool((exact == nearest).all()) else exact

    def rounded(self, z: NDArray[Any]) -> NDArray[Any]:
        """The coordinates of the double next to the point, when no neuron and no side of the domain lies between; else z."""
        if self.origin is None or self.domain.kind == "hull" or self.domain.on_sphere:
            return z
        near = np.array([Fraction(float(x)) - p for x, p in zip(self.exact_point(z), self.origin, strict=True)], dtype=object)
        rows = np.column_stack([rationals(self.W), rationals(self.b)])
        before, after = (rows @ np.append(rationals(point), rational(1)) for point in (z, near))
        same = all((p > 0) == (q > 0) and (p < 0) == (q < 0) for p, q in zip(before, after, strict=True))
        return near if same and self.domain.holds(tuple(near)) else z

    def back(self, found: Enclosure, domain: Domain) -> Enclosure:
        """An enclosure on the placed domain as one on the domain itself."""
        if self.origin is None or found.witness is None:
            return replace(found, domain=domain)
        return replace(found, domain=domain, witness=replace(found.witness, points=self.points(found.witness.points)))


def placed(W: ArrayLike, b: ArrayLike, domain: Domain) -> Placement:
    """The layer Wx + b (k×d, k) and the domain about the centre of the domain, on R^d about a point near the kinks, exactly.

    A layer and a domain of doubles stay as they are: the engines read doubles as they are.

    >>> from verify.objects.domains import box
    >>> about = placed([[2.0]], [-3.0], box([Fraction(7, 5)], [Fraction(8, 5)]))
    >>> about.origin, about.b, about.domain.exact_corners(1)
    ((Fraction(3, 2),), array([0], dtype=object), ((Fraction(-1, 10),), (Fraction(1, 10),)))
    """
    given, offsets = np.asarray(W), np.asarray(b)
    if given.ndim != 2 or (given.dtype != object and offsets.dtype != object and domain.has_doubles):
        return Placement(given, offsets, domain, None)
    rows, heights = (rationals(part) if part.dtype == object else part for part in (given, offsets))
    d = given.shape[1]
    origin = _near_the_kinks(rows, heights) if domain.kind == "global" else domain.exact_centre(d)
    if any(origin):
        heights = rationals(heights) + rationals(rows) @ rationals(origin)
    return Placement(rows, heights, domain.moved(origin), origin)


def _near_the_kinks(W: NDArray[Any], b: NDArray[Any]) -> Row:
    """A point of least squares of Wx + b, its rows scaled to length 1; 0 where the rows are independent, so that all patterns occur."""
    rows, heights = rationals(W), rationals(b)
    image = floats(rows)
    lengths = np.linalg.norm(image, axis=1)
    live = lengths > 0
    origin = rationals([0] * W.shape[1])
    if np.linalg.matrix_rank(image[live] / lengths[live, None]) == live.sum():
        return tuple(map(fraction, origin))
    for _ in range(_STEPS):
        offsets = floats(heights + rows @ origin)
        origin = origin + rationals(np.linalg.lstsq(image[live] / lengths[live, None], -offsets[live] / lengths[live], rcond=None)[0])
    return tuple(map(fraction, origin))
