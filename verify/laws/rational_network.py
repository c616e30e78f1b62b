"""Rational networks with exact bounds of their Lipschitz constants."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray

from theory.errors import NotCertified
from theory.terms import Ball, Sphere
from verify.laws.affine import affine_on_circle
from verify.laws.functions import EPS, LipschitzInterval, NetworkFunction
from verify.objects.networks.canonical import rational_canonical_form

Array = NDArray[Any]
MOST_KINKS = 10     # 2^10 sign patterns are enumerated


@dataclass(frozen=True, eq=False)
class RationalNetwork(NetworkFunction):
    """A rational network with two slopes a neuron, with exact bounds of its Lipschitz constant.

    >>> from verify.objects.networks import Network
    >>> f = RationalNetwork(Network(np.array([[Fraction(3), Fraction(4)]]), np.array([Fraction(0)]), np.array([Fraction(1)]), "relu"))
    >>> f.lipschitz_exact(Sphere(2))[1].contains(5)
    True

    Upper: the longest gradient over all sign patterns of the kinks that meet the domain, whether realised or not; it is attained
    where the directions are independent.  On the sphere chords run through the ball.  Lower: 0.
    """

    def __call__(self, points: Any) -> Array:
        values = np.asarray(self.network(points))
        return values if np.asarray(points).dtype == object else values.astype(np.float64)

    @cached_property
    def _form(self) -> Any:
        return rational_canonical_form(self.network)

    def lipschitz(self, domain: Any) -> LipschitzInterval:
        """The enclosure of `verify.lipschitz`, or the exact constant on S⁰ and S¹ where it is known."""
        if isinstance(domain, Sphere) and self._on_thin_sphere is not None:
            length = float(np.sqrt(float(self._on_thin_sphere)))
            return LipschitzInterval(length * (1 - 4 * EPS), length * (1 + 4 * EPS))
        return super().lipschitz(domain)

    def lipschitz_exact(self, domain: Any) -> tuple[arb, arb]:
        """Balls for a lower and an upper bound of the constant on R^d, on a ball, or on the sphere."""
        form, known = self._form, self._on_thin_sphere
        if isinstance(domain, Sphere) and known is not None:
            length = arb(fmpq(known.numerator, known.denominator)).sqrt()
            return length, length
        radius = Fraction(int(domain.radius.p), int(domain.radius.q)) if isinstance(domain, Ball) else Fraction(1)
        everywhere = not isinstance(domain, (Ball, Sphere))
        fixed, loose = form.v, []
        for slope, u, offset in zip(form.coefficients, form.directions, form.offsets, strict=True):
            if not everywhere and offset * offset >= radius * radius * sum(x * x for x in u):
                fixed = fixed + slope * u if offset > 0 else fixed      # the kink misses the open ball
            else:
                loose.append(slope * u)
        if len(loose) > MOST_KINKS:
            raise NotCertified(f"the network has {len(loose)} kinks; at most {MOST_KINKS} are enumerated")
        most = max(sum((g for g, on in zip(loose, pattern, strict=True) if on), fixed) @ sum(
            (g for g, on in zip(loose, pattern, strict=True) if on), fixed) for pattern in product((0, 1), repeat=len(loose)))
        return arb(0), arb(fmpq(Fraction(most).numerator, Fraction(most).denominator)).sqrt()

    @cached_property
    def _on_thin_sphere(self) -> Fraction | None:
        """The square of the constant on S⁰, and on the circle for a function that is affine there."""
        if self.network.d > 2:
            return None
        if self.network.d == 1:
            ends = self.network(np.array([[Fraction(1)], [Fraction(-1)]], dtype=object))
            return Fraction(ends[0] - ends[1]) ** 2 / 4
        form = self._form
        kinks = list(zip(form.coefficients, form.directions, form.offsets, strict=True))
        affine = affine_on_circle(kinks, form.v, form.c)
        return None if affine is None else Fraction(affine[0] @ affine[0])
