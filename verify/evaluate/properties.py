"""Declared properties of objects, measured: by exact criteria where there are some, on seeded samples otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from theory.errors import BadData
from theory.terms.formula import Property
from theory.terms.linear import VectorSymbol
from theory.terms.scalars import Lip, Sup
from theory.terms.sets import Ball, Sphere
from verify.evaluate.comparison import PlaceOutcome, Truth, compare_le, single
from verify.evaluate.domains import OpenDomain
from verify.evaluate.formulas import tie_of
from verify.evaluate.functions import activation_object, activation_values, bends_of, function_values, steepest_slope
from verify.evaluate.growth import is_bounded_supremum
from verify.evaluate.membership import membership
from verify.evaluate.scope import Env, Node, Scope, compiled, reads
from verify.evaluate.values import ULP, Interval, ends, point

PropertyCheck = Callable[[tuple[Any, ...], Env], Truth]
_CHECKS: dict[str, PropertyCheck] = {}


def property_check(name: str) -> Callable[[PropertyCheck], PropertyCheck]:
    """Declare how the property of this name is measured: a function of its objects and of the environment that returns
    a Truth.

    Use `single(level, margin, sampled=…)` for the result and `compiled(term, Scope())(env)` for the values of the
    objects.
    """

    def register(check: PropertyCheck) -> PropertyCheck:
        _CHECKS[name] = check
        return check

    return register


@reads(Property)
def _property(formula: Property, scope: Scope) -> Node:
    if formula.name == "member of":
        return compiled(membership(*formula.objects), scope)
    if scope.open_in(formula) and formula.name == "bounded above":
        by_form = isinstance(formula.objects[0], Sup) and is_bounded_supremum(formula.objects[0])
        return lambda env: single(PlaceOutcome.HOLDS, np.inf) if by_form else single(PlaceOutcome.UNDECIDED, -np.inf)
    if scope.open_in(formula):
        raise BadData(
            f"the property {formula.name!r} is asked of a bound variable; it is measured on objects of the instance"
        )

    def run(env: Env) -> Truth:
        if formula.name not in _CHECKS:
            env.run.note(
                f"the property {formula.name!r} has no measurement; declare one with verify.evaluate.property_check"
            )
            return single(PlaceOutcome.UNDECIDED, -np.inf)
        return _CHECKS[formula.name](formula.objects, env)

    return run


def _within(error: float, allowed: float, *, sampled: bool = False) -> Truth:
    """HOLDS when an error is within what is allowed; the margin is how much of the allowance is left, at most 1."""
    if np.isnan(error):
        return single(PlaceOutcome.UNDECIDED, -np.inf)
    level = PlaceOutcome.HOLDS if error <= allowed else PlaceOutcome.VIOLATED
    return single(level, 1 - error / max(allowed, np.finfo(float).tiny), lhs=error, rhs=allowed, sampled=sampled)


# --- activations ----------------------------------------------------------------------------------


def _arguments(rng: np.random.Generator) -> Any:
    """Arguments of an activation: five decades on both sides of 0, and 0."""
    t = 10.0 ** rng.uniform(-3, 2, size=400)
    return np.concatenate([t, -t, [0.0]])


@property_check("positively homogeneous")
def _homogeneous(objects: tuple[Any, ...], env: Env) -> Truth:
    psi = activation_object(objects[0], env)
    rng = env.run.rng(objects[0])
    t, c = _arguments(rng), 10.0 ** rng.uniform(-2, 2, size=801)
    gap = np.abs(activation_values(psi, c * t) - c * activation_values(psi, t))
    allowed = 1e-10 * np.maximum(c * np.abs(t), 1e-3)  # rounding of three operations, with room for library functions
    return _within(float(np.max(gap / allowed)), 1.0, sampled=not getattr(psi, "positively_homogeneous", False))


@property_check("Lipschitz")
def _lipschitz(objects: tuple[Any, ...], env: Env) -> Truth:
    psi = activation_object(objects[0], env)
    low, high = (float(np.ravel(e)[0]) for e in ends(compiled(objects[1], Scope())(env)))
    t = np.sort(_arguments(env.run.rng(objects[0])))
    quotients = np.abs(np.diff(activation_values(psi, t))) / np.diff(t)
    steepest = float(np.max(quotients[np.diff(t) > 1e-6]))  # shorter chords are dominated by rounding
    declared = getattr(psi, "lipschitz", None)
    least = steepest if declared is None else max(steepest, float(declared))
    allowed = 1e-9 * max(1.0, least)  # rounding of a chord of length 1e-6 is about 1e-10
    level = PlaceOutcome.VIOLATED if least > high + allowed else PlaceOutcome.HOLDS if least <= low + allowed else PlaceOutcome.UNDECIDED
    return single(
        level,
        float(np.log(high / least)) if high > 0 and least > 0 else high - least,
        lhs=least,
        rhs=high,
        sampled=declared is None,
    )


# --- matrices -------------------------------------------------------------------------------------


def _matrix(term: Any, env: Env) -> tuple[Any, float]:
    value = compiled(term, Scope())(env)
    size = float(np.linalg.norm(value.array))
    return value.array, float(np.max(value.error)) + sum(value.array.shape) * ULP * size


def _tolerance(error: float, array: Any, env: Env) -> float:
    """What an identity between matrices may miss: eight times the error of the entries,
    never more than the tie of the sizes.
    """
    return min(8 * error * max(1.0, float(np.linalg.norm(array))), tie_of(env) * max(1.0, float(np.linalg.norm(array))))


@property_check("orthogonal projection")
def _projection(objects: tuple[Any, ...], env: Env) -> Truth:
    P, error = _matrix(objects[0], env)
    rank = float(np.ravel(compiled(objects[1], Scope())(env).lower)[0])
    if P.shape[0] != P.shape[1]:
        return single(PlaceOutcome.VIOLATED, -np.inf)
    miss = max(float(np.linalg.norm(P - P.T)), float(np.linalg.norm(P @ P - P)), abs(float(np.trace(P)) - rank))
    return _within(miss, _tolerance(error, P, env))


@property_check("symmetric")
def _symmetric(objects: tuple[Any, ...], env: Env) -> Truth:
    M, error = _matrix(objects[0], env)
    if M.shape[0] != M.shape[1]:
        return single(PlaceOutcome.VIOLATED, -np.inf)
    return _within(float(np.linalg.norm(M - M.T)), _tolerance(error, M, env))


@property_check("independent rows")
def _independent(objects: tuple[Any, ...], env: Env) -> Truth:
    return _rows_apart(*_matrix(objects[0], env))


@property_check("independent blocks")
def _independent_blocks(objects: tuple[Any, ...], env: Env) -> Truth:
    """The block that is nearest to dependence; an entry of the table is 0 or not as it stands."""
    (W, error), (blocks, _) = (_matrix(term, env) for term in objects)
    found = [_rows_apart(W[row != 0], error) for row in blocks]
    return min(found, key=lambda truth: float(np.min(truth.margin)), default=single(PlaceOutcome.HOLDS, np.inf))


def _rows_apart(M: Any, error: float) -> Truth:
    """The least singular value against the error of the matrix; below ten times the error nothing is decided,
    unless k > d.
    """
    if M.shape[0] > M.shape[1]:
        return single(PlaceOutcome.VIOLATED, -np.inf)
    if not len(M):
        return single(PlaceOutcome.HOLDS, np.inf)
    least = float(np.linalg.svd(M, compute_uv=False)[-1])
    level = PlaceOutcome.HOLDS if least > 10 * error else PlaceOutcome.VIOLATED if least <= error else PlaceOutcome.UNDECIDED
    return single(level, float(np.log(max(least, 1e-300) / max(10 * error, 1e-300))), lhs=error, rhs=least)


# --- functions ------------------------------------------------------------------------------------


@property_check("depends only on")
def _depends_only_on(objects: tuple[Any, ...], env: Env) -> Truth:
    """f at pairs x, x′ of the domain with Px = Px′: x′ = x + z with z in the kernel of P, kept in the domain.

    Violated when f moves by more than its errors; otherwise it holds on the sample.
    """
    f, name = env.run.instance.callable(objects[0].name, "function"), objects[0].name
    P, error = _matrix(objects[1], env)
    rng = env.run.rng(objects[0])
    singular, right = np.linalg.svd(P)[1:]
    kernel = right[int((singular > 10 * error).sum()) :]
    if len(kernel) == 0:
        return single(PlaceOutcome.HOLDS, np.inf)  # P is injective, so every function depends on Px only
    domain = OpenDomain(VectorSymbol("x", objects[2].dim), objects[2], Scope())
    x = domain.mixed_points(env, env.run.options.n_points, rng)
    moved = _same_image(x, kernel, objects[2], domain.extent(env), rng)
    first, second = function_values(f, x, name), function_values(f, moved, name)
    scale = max(1.0, float(np.max(np.abs(np.concatenate([first, second])))))
    slope = float(np.max(np.abs(first - second) / np.maximum(np.linalg.norm(x - moved, axis=1), 1e-9)))
    # the values are correct to the accuracy; the kernel is correct to the error of P relative to its least singular
    # value
    allowed = tie_of(env) * scale
    return single(
        PlaceOutcome.HOLDS if np.max(np.abs(first - second)) <= allowed else PlaceOutcome.VIOLATED,
        -slope,
        lhs=float(np.max(np.abs(first - second))),
        rhs=allowed,
        sampled=True,
    )


def _same_image(x: Any, kernel: Any, domain: Any, extent: tuple[float, ...], rng: np.random.Generator) -> Any:
    """Other points with the same component orthogonal to the kernel;
    on a sphere the component in the kernel keeps its length.
    """
    inside = x @ kernel.T
    draw = rng.standard_normal(inside.shape)
    draw /= np.maximum(np.linalg.norm(draw, axis=1, keepdims=True), np.finfo(float).tiny)
    length = np.linalg.norm(inside, axis=1, keepdims=True)
    if isinstance(domain, Ball):
        rest = np.maximum(extent[0] ** 2 - (np.linalg.norm(x, axis=1, keepdims=True) ** 2 - length**2), 0.0)
        length = np.sqrt(rest) * rng.random(length.shape)
    elif not isinstance(domain, Sphere):
        length = np.maximum(length, 1.0) * rng.uniform(0, 3, size=length.shape)
    return x - inside @ kernel + (draw * length) @ kernel


@property_check("strongly convex")
def _strongly_convex(objects: tuple[Any, ...], env: Env) -> Truth:
    """μ against the least slope of the gradient."""
    f, modulus = env.run.instance.callable(objects[0].name, "function"), compiled(objects[1], Scope())(env)
    return compare_le(modulus, _enclosed(bends_of(f, objects[0].name)[0]), tie_of(env))


@property_check("smooth")
def _smooth(objects: tuple[Any, ...], env: Env) -> Truth:
    """L against the largest modulus of a slope of the gradient."""
    f, constant = env.run.instance.callable(objects[0].name, "function"), compiled(objects[1], Scope())(env)
    (low, high), (below, above) = bends_of(f, objects[0].name)
    return compare_le(_enclosed((max(below, -high), max(above, -low))), constant, tie_of(env))


@property_check("differentiable")
def _differentiable(objects: tuple[Any, ...], env: Env) -> Truth:
    """A function that offers its gradient has one."""
    bends_of(env.run.instance.callable(objects[0].name, "function"), objects[0].name)
    return single(PlaceOutcome.HOLDS, np.inf)


def _enclosed(ends: tuple[Any, Any]) -> Interval:
    low, high = map(np.float64, ends)
    return point(low, ULP * abs(low)) if low == high else Interval(low, high, ULP * np.maximum(abs(low), abs(high)))


# --- networks -------------------------------------------------------------------------------------


@property_check("oriented canonical form")
def _oriented(objects: tuple[Any, ...], env: Env) -> Truth:
    """Distinct hyperplanes u_l·x + β_l = 0 that meet the open unit ball, and a point of it where every unit is
    inactive.

    The point of least norm with Ux + β ≤ −δ is a least-distance problem, solved by nonnegative least squares and
    re-checked.
    """
    directions, error = _matrix(objects[0], env)
    offsets = compiled(objects[1], Scope())(env).array
    rows = np.column_stack([directions, offsets]) / np.linalg.norm(directions, axis=1, keepdims=True)
    tolerance = 10 * error + 1e-9  # nearer than this, coincident hyperplanes and touching spheres are left undecided
    apart = min(
        (float(min(np.linalg.norm(p - q), np.linalg.norm(p + q))) for k, p in enumerate(rows) for q in rows[:k]),
        default=np.inf,
    )
    reach = float(1 - np.abs(rows[:, -1]).max())
    inside = 1 - _inactive_norm(rows, tolerance)
    margin = float(np.min([apart, reach, inside]))
    if margin > tolerance:
        return single(PlaceOutcome.HOLDS, margin)
    certainly = min(apart, reach) <= error or 1 - _inactive_norm(rows, 0.0) < -tolerance
    return single(PlaceOutcome.VIOLATED if certainly else PlaceOutcome.UNDECIDED, margin)


def _inactive_norm(rows: Any, slack: float) -> float:
    """The least ‖x‖ with u_l·x + β_l ≤ −slack for all l; infinite when there is none, NaN when the
    solver's point does not pass the check (Lawson–Hanson, least distance).
    """
    from scipy.optimize import nnls

    bound = rows[:, -1] + slack
    target = np.zeros(rows.shape[1])
    target[-1] = 1.0
    weights, _ = nnls(np.vstack([-rows[:, :-1].T, bound]), target)
    residual = np.vstack([-rows[:, :-1].T, bound]) @ weights - target
    if abs(residual[-1]) <= 1e-12:  # the residual vanishes exactly when the constraints contradict each other
        return float("inf")
    x = -residual[:-1] / residual[-1]
    satisfied = bool(np.all(rows[:, :-1] @ x + bound <= 1e-9 * (1 + np.linalg.norm(x))))
    return float(np.linalg.norm(x)) if satisfied else float("nan")


# --- finite bounds --------------------------------------------------------------------------------


@property_check("Lipschitz on")
def _lipschitz_on(objects: tuple[Any, ...], env: Env) -> Truth:
    """Whether the supremum of the slopes is finite."""
    slopes = steepest_slope(Lip(*objects), Scope())(env)
    if np.isfinite(slopes.upper):
        return single(PlaceOutcome.HOLDS, np.inf)
    return single(PlaceOutcome.VIOLATED if np.isinf(slopes.lower) else PlaceOutcome.UNDECIDED, -np.inf)


@property_check("bounded above")
def _bounded_above(objects: tuple[Any, ...], env: Env) -> Truth:
    """HOLDS for values that are bounded by their form, and where the enclosure of the supremum has a finite upper end."""
    supremum = objects[0]  # or a term that is known to equal it
    known = (isinstance(supremum, Sup) and is_bounded_supremum(supremum)) or np.all(
        np.isfinite(ends(compiled(supremum, Scope())(env))[1])
    )
    return single(PlaceOutcome.HOLDS, np.inf) if known else single(PlaceOutcome.UNDECIDED, -np.inf)
