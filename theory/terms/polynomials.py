"""Polynomial activations: the coefficients of t ↦ ψ(s + t)."""

from __future__ import annotations

from typing import Any

from sympy import sympify

from theory.terms.formula import Property
from theory.terms.scalars import Activation
from theory.terms.sorts import Scalar


class TaylorCoefficient(Scalar):
    """The coefficient of t^q in ψ(s + t), that is ψ^{(q)}(s)/q!, of a polynomial ψ; ``args = (ψ, s, q)``.

    0 where q is no integer of [0, degree of ψ].

    >>> from theory.terms import Activation, Symbol, TaylorCoefficient
    >>> TaylorCoefficient(Activation("psi"), Symbol("s", real=True), 2).args[2]
    2
    """

    def __new__(cls, psi: Activation, base: Any, power: Any) -> TaylorCoefficient:
        return Scalar.__new__(cls, psi, sympify(base), sympify(power))


def polynomial_activation(psi: Any, degree: Any) -> Property:
    """ψ is a polynomial of degree at most the given one.

    >>> from theory.terms import Activation, polynomial_activation
    >>> from theory.terms.printing.text import text
    >>> text(polynomial_activation(Activation("psi"), 3))
    'ψ is a polynomial of degree at most 3'
    """
    return Property("polynomial activation", psi, degree)
