"""The activations of drafts, by name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from theory.errors import BadData
from verify.objects.networks import activation
from verify.objects.networks.activations import Activation, piecewise_linear
from verify.objects.networks.polynomials import polynomial_activation

POLYNOMIAL = "polynomial:"      # and its coefficients, as the name of a polynomial activation has them
PSI = ("relu", "abs", "identity", "leaky_relu:1/4", "leaky_relu:2.0", "shifted", "power:2", "raised", "half", "triple")


def _shifted(t: Any) -> Any:
    return np.asarray(np.where(t > 0, t, 0 * t) + 1)


SHIFTED = Activation("shifted", _shifted, lambda t: np.where(t > 0, 1.0, 0.0), 1.0, (0.0, 1.0), False, False, 1.0)
SCALED = {name: piecewise_linear(name, Fraction(0), Fraction(factor)) for name, factor in (("half", "1/2"), ("triple", 3))}
OWN = {**SCALED, "shifted": SHIFTED, "raised": polynomial_activation([1, 0, 1]), "one": polynomial_activation([1])}


def psi_named(name: str) -> Activation:
    """The activation of a draft: those of the library, polynomials, 1 + ReLU(t), which is 1-Lipschitz and not 0 at 0,
    1 + t², 1, and ReLU(t)/2 and 3ReLU(t), which tell L from L².

    >>> psi_named("polynomial:0.0,0.5").function(np.array([3.0])).tolist()
    [1.5]
    """
    if name.startswith(POLYNOMIAL):
        return polynomial_activation([_coefficient(c, name) for c in name.removeprefix(POLYNOMIAL).split(",")])
    return OWN[name] if name in OWN else activation(name)


def _coefficient(word: str, name: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise BadData(f"the activation {name!r} has the coefficient {word!r}; give numbers") from None


def name_of(psi: Activation) -> str:
    """The name under which a draft stores an activation."""
    return next((name for name, own in OWN.items() if own.name == psi.name), psi.name)


def polynomial_of_degree(most: int) -> Activation:
    """A polynomial of degree at most ``most``: t, or 1."""
    return psi_named("identity" if most >= 1 else "one")
