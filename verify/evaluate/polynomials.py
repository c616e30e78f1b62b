"""The numeric reading of the Taylor coefficients of polynomial activations, and of tensors whose order is a bound index.

Tensors of different orders along one axis are padded with zeros to the largest d^p: inner products and Euclidean norms do not change.
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np

from theory.terms.polynomials import TaylorCoefficient
from verify.evaluate.comparison import PlaceOutcome, Truth, single
from verify.evaluate.functions import activation_object
from verify.evaluate.injective import injective_enclosure
from verify.evaluate.properties import property_check
from verify.evaluate.scope import Env, Node, Scope, compiled, reads, whole
from verify.evaluate.values import ULP, Interval, VectorValue, point
from verify.objects.networks.polynomials import coefficients_of


@reads(TaylorCoefficient)
def _taylor(term: TaylorCoefficient, scope: Scope) -> Node:
    base, power = (compiled(a, scope) for a in term.args[1:])

    def run(env: Env) -> Interval:
        c = coefficients_of(activation_object(term.args[0], env))
        s, q = base(env), np.asarray(power(env).lower)
        value, size, slope = (np.zeros(np.broadcast_shapes(np.shape(s.lower), q.shape)) for _ in range(3))
        for j, coefficient in enumerate(c):
            for order in range(j + 1):
                here, weight = q == order, coefficient * comb(j, order)
                value = value + np.where(here, weight * s.lower ** (j - order), 0.0)
                size = size + np.where(here, abs(weight) * np.abs(s.lower) ** (j - order), 0.0)
                slope = slope + np.where(here, abs(weight) * (j - order) * (np.abs(s.lower) + s.error) ** max(j - order - 1, 0), 0.0)
        return point(value, 4 * len(c) * ULP * size + slope * s.error)

    return run


@property_check("polynomial activation")
def _polynomial_activation(objects: tuple[Any, ...], env: Env) -> Truth:
    """The degree is at most the given one."""
    degree = float(max((j for j, c in enumerate(coefficients_of(activation_object(objects[0], env))) if c != 0.0), default=0))
    allowed = float(whole(compiled(objects[1], Scope())(env), objects[1]))
    return single(PlaceOutcome.HOLDS if degree <= allowed else PlaceOutcome.VIOLATED, allowed - degree, lhs=degree, rhs=allowed)


def powers_of_orders(v: VectorValue, orders: Any) -> VectorValue:
    """v^{⊗p} at every place, for orders p that vary from place to place."""
    d, most = v.array.shape[-1], int(np.max(orders))
    shape = np.broadcast_shapes(v.array.shape[:-1], np.shape(orders))
    padded, array = np.zeros((*shape, d**most)), v.array
    for order in range(1, most + 1):
        if order > 1:
            array = (array[..., :, None] * v.array[..., None, :]).reshape(*v.array.shape[:-1], d**order)
        padded[..., : d**order] += (orders == order)[..., None] * array
    size = np.sqrt(np.vecdot(v.array, v.array))
    # ‖a^{⊗p} − b^{⊗p}‖ ≤ p ‖a − b‖ max(‖a‖, ‖b‖)^{p−1}
    return VectorValue(padded, orders * (size + v.error) ** (orders - 1) * v.error + orders * ULP * size**orders)


def norms_of_orders(t: VectorValue, d: int, orders: Any) -> Interval:
    """The injective norm at every place of padded tensors of orders that vary from place to place."""
    shape = t.array.shape[:-1]
    lower, upper = np.empty(shape), np.empty(shape)
    where = np.broadcast_to(orders, shape)
    for place in np.ndindex(*shape):
        p = round(float(where[place]))
        lower[place], upper[place] = injective_enclosure(t.array[place][: d**p].reshape((d,) * p))
    slack = t.error + 64 * ULP * upper           # the injective norm is at most the Frobenius norm
    return Interval(np.maximum(lower - slack, 0.0), upper + slack)
