"""Suprema with computable enclosures: R, R_b and V of the two-layer laws, recognised by form.

R   = sup_{‖u‖=1} |Σ_i c_i ψ(u·x_i)|            (also without the modulus)
R_b = sup_{‖u‖=1, β} |Σ_i c_i ψ(u·x_i + β)|     (β on the line or in an interval)
V   = sup_{‖u‖=1} ∫ |Σ_i c_i 1[u·x_i ≤ t]| dt   (also with <)

Each ψ may be an activation with two slopes, |t|, or t itself.
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
from theory.terms.sets import Interval as RealInterval
from theory.terms.sorts import META
from verify.evaluate.domains import open_range, scalar_ends
from verify.evaluate.functions import activation_object
from verify.evaluate.scope import Env, Scope, compiled
from verify.evaluate.sup import Plan, register_sup
from verify.evaluate.values import ULP, VectorValue

DIM, SIZE = Symbol(f"{META}dim", integer=True, positive=True), Symbol(f"{META}size", integer=True, positive=True)
PSI, C, POINTS = Activation(f"{META}psi"), Family(f"{META}c"), VectorFamily(f"{META}x", DIM)
_U, _I, _B, _T = VectorSymbol("u", DIM), index("i"), Symbol("beta", real=True), Symbol("t", real=True)
LEFT, RIGHT = (Symbol(f"{META}{name}", real=True) for name in ("left", "right"))
_VARIABLES = frozenset({DIM, SIZE, PSI, C, POINTS, LEFT, RIGHT})


@dataclass(frozen=True)
class Shape:
    """A form that is recognised: the pattern, which of R, R_b and V it is, whether it has a modulus, and the slopes of
    ψ.

    The slopes are None where ψ is an activation of the instance.
    """

    pattern: Pattern
    method: str
    modulus: bool
    slopes: tuple[float, float] | None


def _shapes() -> list[Shape]:
    u_on, along = (_U, Sphere(DIM)), dot(_U, POINTS(_I))
    # ψ(t): named, |t|, or t itself
    forms = (
        (PSI(along), PSI(along + _B), None),
        (Abs(along), Abs(along + _B), (-1.0, 1.0)),
        (along, along + _B, (1.0, 1.0)),
    )
    found = []
    for plain, shifted, slopes in forms:
        body, biased = Sum(C(_I) * plain, (_I, SIZE)), Sum(C(_I) * shifted, (_I, SIZE))
        for modulus in (True, False):
            found.append(Shape(_pattern(Sup(Abs(body) if modulus else body, u_on)), "R", modulus, slopes))
            for shifts in (LINE, RealInterval(LEFT, RIGHT)):
                for limits in permutations([u_on, (_B, shifts)]):
                    term = Sup(Abs(biased) if modulus else biased, *limits)
                    found.append(Shape(_pattern(term), "R_b", modulus, slopes))
    for relation in (Le, Lt):
        step = Sum(C(_I) * Indicator(relation(along, _T)), (_I, SIZE))
        found.append(Shape(_pattern(Sup(LineIntegral(Abs(step), (_T, LINE)), u_on)), "V", True, (1.0, 1.0)))
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
    shifts = [compiled(binding[end], scope) for end in (LEFT, RIGHT) if end in binding]

    def plan(env: Env) -> tuple[float, float]:
        (c, c_error), (x, x_error) = coefficients(env), points(env)
        slopes = shape.slopes or _slopes(activation_object(binding[PSI], env))
        ends = tuple(scalar_ends(node(env))[side] for node, side in zip(shifts, (1, 0), strict=False))
        key = ("supremum", shape.method, shape.modulus, c.tobytes(), x.tobytes(), slopes, ends)
        if key not in env.run.memo:
            env.run.memo[key] = _enclosed(shape, x, c, slopes, ends)
        lower, upper = env.run.memo[key]
        # moving x_i by δ changes each of these suprema by at most L|c_i|δ, and c_i by η by at most L·η times the reach
        # of x_i
        reach = np.linalg.norm(x, axis=1) * (1 if shape.method == "R" else 2)
        slack = max(map(abs, slopes)) * float(np.sum(np.abs(c) * x_error + c_error * reach))
        return lower - slack, upper + slack

    return plan


def _enclosed(
    shape: Shape, x: Any, c: Any, slopes: tuple[float, float], ends: tuple[float, ...]
) -> tuple[float, float]:
    from verify import suprema  # loaded when the first supremum is evaluated

    if shape.method == "V":
        found = suprema.transport_supremum(x, c)
        return found.lower, found.upper
    if shape.method == "R":
        return homogeneous(x, c, slopes, modulus=shape.modulus)
    if ends:
        return shifted(x, c, slopes, ends, modulus=shape.modulus)
    if slopes != (0, 1):
        raise NotCertified("the supremum over all biases is enclosed for ReLU only")
    found = suprema.biased_relu_supremum(x, c)
    # without the modulus the supremum is at most the one with it
    return (found.lower if shape.modulus else -np.inf), found.upper


def homogeneous(x: Any, c: Any, slopes: tuple[float, float], *, modulus: bool) -> tuple[float, float]:
    """An enclosure of R: ‖Σ c_i x_i‖ for ψ(t) = t, else by verify.suprema."""
    if slopes[0] == slopes[1]:
        value = abs(slopes[0]) * float(np.linalg.norm(c @ x))
        rounding = 8 * (len(x) + x.shape[1]) * ULP * abs(slopes[0]) * float(np.abs(c) @ np.linalg.norm(x, axis=1))
        return value - rounding, value + rounding
    from verify import suprema

    found = suprema.activation_supremum(x, c, slopes)
    return (found.lower, found.upper) if modulus else one_sided(x, c, slopes, found.upper)


def shifted(
    x: Any, c: Any, slopes: tuple[float, float], ends: tuple[float, ...], *, modulus: bool
) -> tuple[float, float]:
    """An enclosure of sup over ‖u‖ = 1 and β of an interval of Σ c_iψ(u·x_i + β), with or without the modulus.

    For fixed u the sum is piecewise linear in β, so it is largest at an end of the interval or where u·x_j + β = 0.
    If the interval holds [−max‖x_i‖, max‖x_i‖], ψ is linear at its ends, and the zeros β = −u·x_j give R for the
    points x_i − x_j.
    """
    left, right = ends
    excess = float(np.linalg.norm(x, axis=1).max(initial=0.0)) - min(-left, right)
    if excess > 1e-9:
        raise NotCertified(
            f"the biases in [{left}, {right}] do not reach the length of the longest row; no enclosure is known"
        )
    resultant, weight, steepest = float(np.linalg.norm(c @ x)), float(np.sum(c)), max(map(abs, slopes))
    at_ends = [
        abs(slope) * resultant + sign * slope * end * weight
        for slope, end in ((slopes[1], right), (slopes[0], left))
        for sign in ((1, -1) if modulus else (1,))
    ]
    found = [(value, value) for value in at_ends]
    if slopes[0] != slopes[1]:
        found += [homogeneous(x - row, c, slopes, modulus=modulus) for row in x]
    size = steepest * float(np.abs(c).sum())
    slack = 8 * (len(x) + x.shape[1]) * ULP * size * max(-left, right) + 2 * size * max(excess, 0.0)
    return max(low for low, _ in found) - slack, max(high for _, high in found) + slack


def one_sided(x: Any, c: Any, slopes: tuple[float, float], upper: float) -> tuple[float, float]:
    """An enclosure of sup_{‖u‖=1} Σ c_iψ(u·x_i): over all faces where they can be visited, else an ascent below
    `upper`.

    The candidates of the visit contain a maximiser: where the function is positive as for its modulus, and a maximum
    that is not positive is attained at a vertex of the arrangement.
    """
    from verify.suprema.ascent import ascend
    from verify.suprema.faces import Piecewise, maximise_over_faces
    from verify.suprema.supremum import Effort, reduce_to_span

    live = (c != 0) & x.any(axis=1)
    if not live.any():
        return 0.0, 0.0
    reduced = reduce_to_span(x[live])
    points, size = reduced.points, max(map(abs, slopes)) * float(np.abs(c[live]) @ np.linalg.norm(x[live], axis=1))
    if size == 0:
        return 0.0, 0.0
    weights = c[live] / (2 * size)  # so that the function stays above −1, where the search starts

    def value(directions: Any) -> Any:
        products = directions @ points.T
        return np.where(products > 0, slopes[1] * products, slopes[0] * products) @ weights

    def gradient(directions: Any) -> Any:
        return (np.where(directions @ points.T > 0, slopes[1], slopes[0]) * weights) @ points

    function, effort = Piecewise(value, gradient, points, symmetric=False), Effort(starts=16, steps=20)
    best = maximise_over_faces(function, effort.work // (4 * len(points)))
    rounding = 8 * (len(points) + x.shape[1] + 8) * ULP * size
    rounding += max(map(abs, slopes)) * float(np.abs(c).sum()) * reduced.dropped
    # directions orthogonal to all points give the value 0
    least = 0.0 if points.shape[1] < x.shape[1] else -np.inf
    if best is None:
        start = np.concatenate([gradient(np.eye(points.shape[1])), -gradient(np.eye(points.shape[1]))])
        return max(2 * size * ascend(function, start, effort).value - rounding, least), upper
    highest = max(2 * size * best.value, least)
    return highest - rounding, min(highest + rounding + (1e-8 * size if best.doubt else 0.0), upper)


def _slopes(psi: Any) -> tuple[float, float]:
    """The slopes of a positively homogeneous activation on the two sides of 0."""
    kink = getattr(psi, "kink", None)
    if kink is None:
        raise NotCertified("the supremum is enclosed for activations with two slopes and ψ(0) = 0 only")
    return float(kink[0]), float(kink[0] + kink[1])


def family_values(template: Template, size: Any, scope: Scope) -> Callable[[Env], tuple[Any, Any]]:
    """The members 1, …, n of a family, numbers (n) or vectors (n×dim), and their errors (n).

    Outer variables have one value each.
    """
    (variable,) = template.variables
    enter = open_range(variable, Range(size), scope)
    axis, body = scope.depth, compiled(template.body, scope.open(variable))

    def spread(array: Any, length: int, components: int) -> Any:
        tail = np.shape(array)[np.ndim(array) - components :] if components else ()
        own = np.shape(array)[: np.ndim(array) - components]
        padded = np.reshape(array, (1,) * (axis + 1 - len(own)) + own + tail)
        return np.broadcast_to(padded, (length, *padded.shape[1:])).reshape((length, *tail))

    def run(env: Env) -> tuple[Any, Any]:
        inner, length, _ = enter(env)
        value = body(inner)
        vectors = isinstance(value, VectorValue)
        if not vectors and not value.is_point:
            raise NotCertified("a coefficient of a supremum is an interval; no enclosure is computed")
        array = np.ascontiguousarray(spread(value.array if vectors else value.lower, length, 1 if vectors else 0))
        return array, spread(value.error, length, 0)

    return run
