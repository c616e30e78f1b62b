"""Polynomial activations ψ(t) = Σ_j c_j t^j."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from theory.errors import BadData
from verify.objects.networks.activations import Activation, Array


@dataclass(frozen=True)
class PolynomialActivation(Activation):
    """An activation with its coefficients c_0, …, c_p."""

    coefficients: tuple[float, ...] = field(default=(), compare=False)


def polynomial_activation(coefficients: Sequence[float]) -> PolynomialActivation:
    """ψ(t) = c_0 + c_1 t + … + c_p t^p, Lipschitz on R only if p ≤ 1.

    Raises: BadData without a finite coefficient.

    >>> psi = polynomial_activation([1.0, 0.0, 2.0])
    >>> psi.function(np.array([3.0])).tolist(), psi.derivative(np.array([3.0])).tolist()
    ([19.0], [12.0])
    """
    c = tuple(float(value) for value in coefficients)
    if not c or not np.all(np.isfinite(c)):
        raise BadData(f"the coefficients of a polynomial activation are {list(coefficients)}; give at least one finite number")
    slope = sum(c[1:2])
    linear = not any(c[2:])

    def function(t: Array) -> Array:
        if np.asarray(t).dtype == object:                   # exact at exact points: a double is a rational number
            return np.asarray(np.polynomial.polynomial.polyval(t, np.array([Fraction(value) for value in c], dtype=object)))
        return np.asarray(np.polynomial.polynomial.polyval(t, c))

    def derivative(t: Array) -> Array:
        return np.asarray(np.polynomial.polynomial.polyval(t, np.polynomial.polynomial.polyder(c)))

    return PolynomialActivation(
        f"polynomial:{','.join(map(repr, c))}", function, derivative, lipschitz=abs(slope) if linear else None,
        slopes=(slope, slope) if linear else None, positively_homogeneous=linear and c[0] == 0.0, piecewise_linear=linear,
        value_at_zero=c[0], coefficients=c)


def coefficients_of(psi: Any) -> tuple[float, ...]:
    """c_0, …, c_p of a polynomial activation; of t^p and the identity as well.

    Raises: BadData for an activation that is not known to be a polynomial.

    >>> from verify.objects.networks import activation
    >>> coefficients_of(activation("power:3"))
    (0.0, 0.0, 0.0, 1.0)
    """
    if isinstance(psi, PolynomialActivation):
        return psi.coefficients
    name = getattr(psi, "name", "")
    degree = 1 if name == "identity" else int(name.partition(":")[2]) if name.startswith("power:") else 0
    if degree == 0:
        raise BadData(f"the activation {name or psi!r} is not known to be a polynomial; build it with polynomial_activation(c)")
    return (*(0.0,) * degree, 1.0)
