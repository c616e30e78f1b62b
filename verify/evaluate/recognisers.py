"""Suprema with computable enclosures: R, R_b and V of the two-layer laws, recognised by form.

R   = sup_{‖u‖=1} |Σ_i c_i ψ(u·x_i)|            (also without the modulus)
R_b = sup_{‖u‖=1, β} |Σ_i c_i ψ(u·x_i + β)|
V   = sup_{‖u‖=1} ∫ |Σ_i c_i 1[u·x_i ≤ t]| dt   (also with <)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from sympy import Abs, Symbol

from theory.errors import NotCertified
from theory.terms import LINE, Le, Lt, Range, Sphere, Sum, VectorSymbol, dot, index
from theory.terms.linear import IndexedSum
from theory.terms.matching import Pattern, match_first
from theory.terms.scalars import Activation, Indicator, LineIntegral, Sup
from theory.terms.schema import Family, Template, VectorFamily
from theory.terms.sorts import META
from verify.evaluate.arithmetic import along
from verify.evaluate.domains import open_range
from verify.evaluate.functions import activation_object
from verify.evaluate.scope import Env, Scope, compiled
from verify.evaluate.sup import Plan, register_sup
from verify.evaluate.values import VectorValue

DIM, SIZE = Symbol(f"{META}dim", integer=True, positive=True), Symbol(f"{META}size", integer=True, positive=True)
PSI, C, POINTS = Activation(f"{META}psi"), Family(f"{META}c"), VectorFamily(f"{META}x", DIM)
_U, _I, _B, _T = VectorSymbol("u", DIM), index("i"), Symbol("beta", real=True), Symbol("t", real=True)
_VARIABLES = frozenset({DIM, SIZE, PSI, C, POINTS})


@dataclass(frozen=True)
class Shape:
    """A form that is recognised: the pattern, which of R, R_b and V it is, and whether it has a modulus."""

    pattern: Pattern
    method: str
    modulus: bool


def _shapes() -> list[Shape]:
    u_on = (_U, Sphere(DIM))
    plain = Sum(C(_I) * PSI(dot(_U, POINTS(_I))), (_I, SIZE))
    shifted = Sum(C(_I) * PSI(dot(_U, POINTS(_I)) + _B), (_I, SIZE))
    found = [Shape(_pattern(Sup(Abs(plain), u_on)), "R", True), Shape(_pattern(Sup(plain, u_on)), "R", False)]
    for limits in permutations([u_on, (_B, LINE)]):
        found += [
            Shape(_pattern(Sup(Abs(shifted), *limits)), "R_b", True),
            Shape(_pattern(Sup(shifted, *limits)), "R_b", False),
        ]
    for relation in (Le, Lt):
        step = Sum(C(_I) * Indicator(relation(dot(_U, POINTS(_I)), _T)), (_I, SIZE))
        found.append(Shape(_pattern(Sup(LineIntegral(Abs(step), (_T, LINE)), u_on)), "V", True))
    return found


def _pattern(term: Any) -> Pattern:
    return Pattern(term, _VARIABLES)


SHAPES = _shapes()


@register_sup
def recognise(term: Sup, scope: Scope) -> Plan | None:
    """A plan for R, R_b or V, or None."""
    if not isinstance(term.body, (Abs, IndexedSum, LineIntegral)):
        return None
    for shape in SHAPES:
        binding = match_first(shape.pattern, term)
        if binding is not None:
            return _plan(shape, binding, scope)
    return None


def _plan(shape: Shape, binding: dict[Any, Any], scope: Scope) -> Plan:
    coefficients = family_values(binding[C], binding[SIZE], scope)
    points = family_values(binding[POINTS], binding[SIZE], scope)

    def plan(env: Env) -> tuple[float, float]:
        x, c = points(env), coefficients(env)
        if shape.method == "V":
            found = suprema().transport_supremum(x, c)
        elif shape.method == "R":
            found = suprema().activation_supremum(x, c, _slopes(activation_object(binding[PSI], env)))
        elif _slopes(activation_object(binding[PSI], env)) == (0, 1):
            found = suprema().biased_relu_supremum(x, c)
        else:
            raise NotCertified("the supremum with a bias is enclosed for ReLU only")
        # without the modulus the supremum is at most the one with it; its lower bound has to be searched
        return (found.lower if shape.modulus else -np.inf), found.upper

    return plan


def suprema() -> Any:
    """The module that encloses suprema, loaded when the first one is evaluated."""
    from verify import suprema as module

    return module


def _slopes(psi: Any) -> tuple[Any, Any]:
    """The slopes of a positively homogeneous activation on the two sides of 0."""
    kink = getattr(psi, "kink", None)
    if kink is None:
        raise NotCertified("the supremum is enclosed for activations with two slopes and ψ(0) = 0 only")
    return float(kink[0]), float(kink[0] + kink[1])


def family_values(template: Template, size: Any, scope: Scope) -> Callable[[Env], Any]:
    """The members 1, …, n of a family as an array: numbers (n) or vectors (n×dim);
    outer variables must have one value each.
    """
    (variable,) = template.variables
    enter = open_range(variable, Range(size), scope)
    axis, body = scope.depth, compiled(template.body, scope.open(variable))

    def run(env: Env) -> Any:
        inner, length, _ = enter(env)
        value = body(inner)
        if isinstance(value, VectorValue):
            array = value.array
            shape = (length, array.shape[-1])
            return np.broadcast_to(
                array if along(array, axis, length, 1) is not None else array[None], (length, *array.shape[-1 - axis :])
            ).reshape(shape)
        if not value.is_point:
            raise NotCertified("a coefficient of a supremum is an interval; no enclosure is computed")
        return np.broadcast_to(value.lower, (length,) + (1,) * axis).reshape(length)

    return run
