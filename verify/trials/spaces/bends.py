"""Functions of which a claim names the gradient: sums of parabolas and of Huber's functions along the axes, bent as the hypotheses ask."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Rational

from theory.terms import Formula, Function, Symbol, VectorSymbol
from theory.terms.formula import Property
from theory.terms.gradients import GradientValue
from verify.laws.functions import HuberFunction
from verify.trials.spaces.repairs import Repair, Values

BENT = ("strongly convex", "smooth", "differentiable")
PARTS = ("c", "a", "b", "delta")


def bent_functions(formulas: Sequence[Any]) -> list[Any]:
    """The functions of which the formulas name the gradient, or how they are bent.

    >>> from theory.terms import convex, d
    >>> bent_functions([convex(Function("f", d))])
    [f]
    """
    found = {term.args[0] for formula in formulas for term in formula.atoms(GradientValue)}
    found |= {p.objects[0] for formula in formulas for p in formula.atoms(Property) if is_bent(p, p.objects[0])}
    return sorted((f for f in found if isinstance(f, Function)), key=lambda f: f.name)


def is_bent(formula: Formula, f: Any) -> bool:
    """Whether a formula says how the function f is bent."""
    return isinstance(formula, Property) and formula.name in BENT and formula.objects[0] == f


def parts_of(f: Any) -> list[VectorSymbol]:
    """The leaves that hold the numbers of such a function."""
    return [VectorSymbol(f"{f.name}.{part}", f.dim) for part in PARTS]


def bent(f: Any, hypotheses: Sequence[Formula]) -> Repair:
    """Makes the function of its numbers, with their signs changed until it is convex where it must be, and scaled until it is L-smooth.

    The numbers μ and L of a statement become the modulus and the constant of the function.  A negative δ stands for Huber's function
    without a parabola: gradient descent is slowest on these.
    """
    asked = [h for h in hypotheses if is_bent(h, f)]
    moduli = [h.objects[1] for h in asked if h.name == "strongly convex"]
    constants = [h.objects[1] for h in asked if h.name == "smooth"]

    def build(values: Values) -> bool:
        c, a, b, delta = (values[f"{f.name}.{part}"] for part in PARTS)
        if moduli:
            c, a = abs(c), abs(a)
        c = np.where(delta < 0, Fraction(0), c)
        if any(modulus != 0 for modulus in moduli) or (constants and not any(c) and not any(a * delta)):
            c = np.where(c == 0, Fraction(1), c)           # strongly convex, or not affine: that is smooth with every constant
        steepest = _steepest(HuberFunction(c, a, b, delta))
        for constant in constants:
            if isinstance(constant, Rational):
                c, a = (part * (Fraction(int(constant.p), int(constant.q)) / steepest) for part in (c, a))
        function = HuberFunction(c, a, b, abs(delta))
        for symbols, value in ((moduli, function.bends[0][0]), (constants, _steepest(function))):
            values.update({symbol.name: np.array(value, dtype=object) for symbol in symbols if isinstance(symbol, Symbol)})
        values.update(zip((f"{f.name}.{part}" for part in PARTS), (c, a, b, function.delta), strict=True))
        values[f.name] = function
        return True

    return build


def function_of(f: Any, values: Values) -> HuberFunction:
    """The function that the numbers of its leaves make."""
    c, a, b, delta = (values[f"{f.name}.{part}"] for part in PARTS)
    return HuberFunction(c, a, b, abs(delta))


def _steepest(function: HuberFunction) -> Fraction:
    (least, _), (largest, _) = function.bends
    return max(largest, -least)
