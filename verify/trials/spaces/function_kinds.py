"""The functions of built instances: networks with exact bounds, envelopes of cones, and terms that are evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray

from theory.errors import NotCertified
from theory.terms import Ball, Sphere
from verify.evaluate.exact.numbers import is_rational
from verify.evaluate.scope import Env, Options, Run, Scope, compiled
from verify.evaluate.values import ULP, Interval, VectorValue
from verify.laws.functions import EPS, LipschitzInterval
from verify.objects.instance import Instance
from verify.trials.spaces.exact import converted, reader

Array = NDArray[Any]
@dataclass(frozen=True, eq=False)
class DefinedFunction:
    """x ↦ the value of a term; nothing is known of its Lipschitz constant."""

    body: Any
    variable: Any
    instance: Instance

    def __call__(self, points: Any) -> Array:
        raw = np.asarray(points)
        if raw.dtype == object:
            at = reader(self.instance, {})
            values = [at.with_bound({self.variable: converted(row)}).scalar(self.body) for row in raw]
            if not is_rational(*values):
                raise NotCertified("the function is irrational at a rational point")
            return np.array([Fraction(int(v.p), int(v.q)) for v in values], dtype=object)
        return self._filled(self._read(raw).lower, len(raw))

    def magnitude(self, points: Any) -> Array:
        """The rounding error of the values in units of the last place of 1."""
        return self._filled(self._read(points).error, len(points)) / ULP

    def _read(self, points: Any) -> Interval:
        run = Run(self.instance, Options())
        inner = Env(run, {self.variable: VectorValue(np.asarray(points, dtype=np.float64), 0.0)}, {})
        return compiled(self.body, Scope().open(self.variable))(inner)  # type: ignore[no-any-return]

    @staticmethod
    def _filled(values: Any, count: int) -> Array:
        return np.broadcast_to(np.asarray(values, dtype=np.float64), (count,)).copy()


@dataclass(frozen=True, eq=False)
class ConesFunction(DefinedFunction):
    """The greatest or least of finitely many cones c_i ± s‖x − p_i‖: the gradient has the length s almost everywhere.

    So the Lipschitz constant is s on R^d and on balls, and at most s on the sphere.
    """

    slope: Fraction

    def lipschitz(self, domain: Any) -> LipschitzInterval:
        """[s, s], and [0, s] on the sphere."""
        s = float(self.slope)
        return LipschitzInterval(0.0 if isinstance(domain, Sphere) else s * (1 - EPS), s * (1 + EPS))

    def lipschitz_exact(self, domain: Any) -> tuple[arb, arb]:
        """Balls for the two ends."""
        s = arb(fmpq(self.slope.numerator, self.slope.denominator))
        return (arb(0) if isinstance(domain, Sphere) else s), s


@dataclass(frozen=True, eq=False)
class JumpFunction(DefinedFunction):
    """g(x) + h·1[0 < u·x] for a continuous g, with h·u ≠ 0: its slopes across the plane u·x = 0 have no bound.

    So it is not Lipschitz on R^d, on balls about 0, and on the sphere if d ≥ 2; S⁰ has two points, on either side of the plane.
    """

    plane: Array

    def lipschitz(self, domain: Any) -> LipschitzInterval:
        """Infinite."""
        self._require_a_crossing(domain)
        return LipschitzInterval(np.inf, np.inf)

    def lipschitz_exact(self, domain: Any) -> tuple[arb, arb]:
        """Infinite balls."""
        self._require_a_crossing(domain)
        return arb("inf"), arb("inf")

    def _require_a_crossing(self, domain: Any) -> None:
        if (isinstance(domain, Sphere) or getattr(domain, "kind", "") == "sphere") and len(self.plane) < 2:
            raise NotCertified("the plane of the jump does not cut the sphere S⁰")
        if isinstance(domain, Ball) and not domain.radius > 0:
            raise NotCertified(f"a ball of radius {domain.radius} has at most one point, and no jump")
