"""Suprema with computable enclosures: R, R_b and V of the two-layer laws, recognised by form.

L   = sup_{‖u‖=1} |Σ_i c_i u·x_i| = ‖Σ_i c_i x_i‖
R   = sup_{‖u‖=1} |Σ_i c_i ψ(u·x_i)|            (also without the modulus)
R_b = sup_{‖u‖=1, β} |Σ_i c_i ψ(u·x_i + β)|     (β on the line or in an interval)
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
    """A form that is recognised: the pattern, which of R, R_b and V it is, and whether it has a modulus."""

    pattern: Pattern
    method: str
    modulus: bool


def _shapes() -> list[Shape]:
    u_on = (_U, Sphere(DIM))
    linear = Sum(C(_I) * dot(_U, POINTS(_I)), (_I, SIZE))
    plain = Sum(C(_I) * PSI(dot(_U, POINTS(_I))), (_I, SIZE))
    shifted = Sum(C(_I) * PSI(dot(_U, POINTS(_I)) + _B), (_I, SIZE))
    found = []
    for body, method in ((linear, "linear"), (plain, "R")):
        found += [Shape(_pattern(Sup(Abs(body), u_on)), method, True), Shape(_pattern(Sup(body, u_on)), method, False)]
    for shifts in (LINE, RealInterval(LEFT, RIGHT)):
        for limits in permutations([u_on, (_B, shifts)]):
            found.append(Shape(_pattern(Sup(Abs(shifted), *limits)), "R_b", True))
            found.append(Shape(_pattern(Sup(shifted, *limits)), "R_b", False))
    for relation in (Le, Lt):
        step = Sum(C(_I) * Indicator(relation(dot(_U, POINTS(_I)), _T)), (_I, SIZE))
        found.append(Shape(_pattern(Sup(LineIntegral(Abs(step), (_T, LINE)), u_on)), "V", True))
    return found


def _pattern(term: Any) -> Pattern:
    return Pattern(term, _VARIABLES)


SHAPES = _shapes()


@register_sup
def recognise(term: Sup, scope: Scope) -> Plan | None:
    """A plan for R, R_b, V or a linear supremum, or None."""
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
        slopes = _slopes(activation_object(binding[PSI], env)) if PSI in binding else (1.0, 1.0)
        ends = tuple(scalar_ends(node(env))[side] for node, side in zip(shifts, (1, 0), strict=False))
        key = ("supremum", shape.method, shape.modulus, c.tobytes(), x.tobytes(), slopes, ends)
        if key not in env.run.memo:
            env.run.memo[key] = _enclosed(shape, x, c, slopes, ends)
        lower, upper = env.run.memo[key]
        # moving x_i by δ changes each of these suprema by at most L|c_i|δ, and c_i by η by at most L·η times the reach of x_i
        reach = np.linalg.norm(x, axis=1) * (1 if shape.method in ("R", "linear") else 2)
        slack = max(map(abs, slopes)) * float(np.sum(np.abs(c) * x_error + c_error * reach))
        return lower - slack, upper + slack

    return plan


def _enclosed(
    shape: Shape, x: Any, c: Any, slopes: tuple[float, float], ends: tuple[float, ...]
) -> tuple[float, float]:
    from verify import suprema  # loaded when the first supremum is evaluated

    if shape.method == "linear":
        value = float(np.linalg.norm(c @ x))
        rounding = 8 * (len(x) + x.shape[1]) * ULP * float(np.abs(c) @ np.linalg.norm(x, axis=1))
        return value - rounding, value + rounding
    if shape.method == "V":
        found = suprema.transport_supremum(x, c)
    elif shape.method == "R":
        found = suprema.activation_supremum(x, c, slopes)
        if not shape.modulus:
            return one_sided(x, c, slopes, found.upper)
    elif slopes == (0, 1):
        found = suprema.biased_relu_supremum(x, c)
    else:
        raise NotCertified("the supremum with a bias is enclosed for ReLU only")
    # without the modulus, or with too few biases, the supremum is at most the one with all of them
    reached = shape.modulus and (not ends or min(-ends[0], ends[1]) >= _reach(x))
    return (found.lower if reached else -np.inf), found.upper


def _reach(x: Any) -> float:
    """Biases beyond the longest row change nothing when the weights sum to 0; rows of length 1 + 1e-12 count as unit."""
    return float(np.linalg.norm(x, axis=1).max(initial=0.0)) * (1 - 1e-12)


def one_sided(x: Any, c: Any, slopes: tuple[float, float], upper: float) -> tuple[float, float]:
    """An enclosure of sup_{‖u‖=1} Σ c_iψ(u·x_i): over all faces where they can be visited, else an ascent below `upper`.

    The candidates of the visit contain a maximiser: where the function is positive as for its modulus, and a maximum that is
    not positive is attained at a vertex of the arrangement.
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
