"""The numeric reading of activations, of functions and of their Lipschitz constants."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from sympy import Float, Integer

from theory.errors import BadData, HypothesisViolated, ShapeError
from theory.terms.gradients import GradientValue
from theory.terms.scalars import Activation, Apply, ConcreteActivation, Function, Lip, Value
from theory.terms.sets import Ball
from verify.evaluate.conventions import Convention
from verify.evaluate.scope import Env, Node, Scope, compiled, reads, whole
from verify.evaluate.values import ULP, Interval, VectorValue, is_exact, point


def activation_values(psi: Any, t: Any) -> Any:
    """ψ at an array, for an object with a vectorised `function` or a vectorised callable."""
    f = getattr(psi, "function", psi)
    array = np.asarray(t, dtype=np.float64)
    values = np.asarray(f(array), dtype=np.float64)
    if values.shape != array.shape:
        raise ShapeError(
            f"an activation maps an array of shape {array.shape} to shape {values.shape}; it must act entry by entry"
        )
    return values


def concrete(psi: Activation) -> Any:
    """The object behind an activation whose meaning is fixed."""
    if psi.name != "ReLU":
        raise BadData(
            f"the concrete activation {psi.name} has no numeric reading; use ReLU or a named activation with a value"
        )
    from verify.objects.networks.activations import ACTIVATIONS  # binds late, so that terms without networks do not load them

    return ACTIVATIONS["relu"]


def activation_object(psi: Activation, env: Env) -> Any:
    """The activation of the instance that the name stands for."""
    return concrete(psi) if isinstance(psi, ConcreteActivation) else env.run.instance.callable(psi.name, "activation")


@reads(Apply)
def _apply(term: Apply, scope: Scope) -> Node:
    psi, inner = term.args[0], compiled(term.args[1], scope)
    if isinstance(psi, ConcreteActivation):
        concrete(psi)
        return lambda env: _relu(inner(env))

    def run(env: Env) -> Interval:
        return apply_activation(env.run.instance.callable(psi.name, "activation"), inner(env), psi.name)

    return run


def _relu(t: Interval) -> Interval:
    if t.is_point:
        return point(np.maximum(t.lower, 0.0), t.error)  # 1-Lipschitz
    return Interval(np.maximum(t.lower, 0.0), np.maximum(t.upper, 0.0), t.error)


def apply_activation(psi: Any, t: Interval, name: str) -> Interval:
    """ψ(t) with its error: through the Lipschitz constant where there is one, else from the values nearby."""
    L = getattr(psi, "lipschitz", None)
    if t.is_point:
        value = activation_values(psi, t.lower)
        rounding = 8 * ULP * np.maximum(np.abs(value), ULP)
        if is_exact(t.error):
            return point(value, rounding)
        if L is not None:
            return point(value, L * t.error + rounding)
        change = np.maximum(*(np.abs(activation_values(psi, t.lower + s * t.error) - value) for s in (-1.0, 1.0)))
        return point(value, 2 * change + rounding)
    if L is None:
        raise HypothesisViolated(f"{name} is applied to an interval but declares no Lipschitz constant; give it one")
    middle, half = (t.lower + t.upper) / 2, (t.upper - t.lower) / 2
    value = activation_values(psi, middle)
    return Interval(value - L * half, value + L * half, L * t.error + 8 * ULP * (np.abs(value) + L * half))


# --- functions ------------------------------------------------------------------------------------


def function_values(f: Any, points: Any, name: str) -> Any:
    """f at an array of vectors, batch axes first."""
    array = np.asarray(points, dtype=np.float64)
    flat = array.reshape(-1, array.shape[-1])
    values = np.asarray(f(flat), dtype=np.float64)
    if values.shape != (len(flat),):
        raise ShapeError(
            f"the function {name} maps {len(flat)} points to shape {values.shape}; it must return one number a point"
        )
    return values.reshape(array.shape[:-1])


@reads(Value)
def _value(term: Value, scope: Scope) -> Node:
    symbol, inner = term.args[0], compiled(term.args[1], scope)
    if scope.binds(symbol):
        raise BadData(
            f"the function {symbol.name} is bound by a quantifier; evaluate the "
            "statement at one function of the instance"
        )

    def run(env: Env) -> Interval:
        f = env.run.instance.callable(symbol.name, "function")
        x = inner(env)
        _check_dim(symbol, x.array.shape[-1], env)
        value = function_values(f, x.array, symbol.name)
        slope = _steepness(f, x.array, value, symbol.name)
        origin = function_values(f, np.zeros((1, x.array.shape[-1])), symbol.name)
        # f is correct to the accuracy of the instance, relative to the size of its affine pieces: value, slope, and
        # value at 0
        scale = np.abs(value) + slope * np.linalg.norm(x.array, axis=-1) + np.abs(origin[0])
        error = (env.run.instance.accuracy + 64 * ULP) * scale
        if hasattr(f, "magnitude"):
            # a sum that cancels has the rounding error of its terms
            error = error + 16 * ULP * function_values(f.magnitude, x.array, symbol.name)
        return point(value, error if is_exact(x.error) else error + slope * x.error)

    return run


@reads(GradientValue)
def _gradient(term: GradientValue, scope: Scope) -> Node:
    symbol, inner = term.args[0], compiled(term.args[1], scope)
    if scope.binds(symbol):
        raise BadData(f"the function {symbol.name} is bound by a quantifier; evaluate the statement at one function of the instance")

    def run(env: Env) -> VectorValue:
        f, x = env.run.instance.callable(symbol.name, "function"), inner(env)
        _check_dim(symbol, x.array.shape[-1], env)
        steepest = float(max(abs(float(end)) for ends in bends_of(f, symbol.name) for end in ends))
        flat = np.concatenate([x.array.reshape(-1, x.array.shape[-1]), np.zeros((1, x.array.shape[-1]))])
        found = np.asarray(f.gradient(flat), dtype=np.float64)
        value = found[:-1].reshape(x.array.shape)
        sizes = np.linalg.norm(value, axis=-1) + steepest * np.linalg.norm(x.array, axis=-1) + np.linalg.norm(found[-1])
        rounding = (env.run.instance.accuracy + 64 * ULP) * sizes
        return VectorValue(value, rounding if is_exact(x.error) else rounding + steepest * x.error)

    return run


def bends_of(f: Any, name: str) -> Any:
    """The ends of the least and of the largest slope of the gradient of a function."""
    if not hasattr(f, "bends"):
        raise BadData(f"the function {name} offers no gradient; give an object with .gradient(points) and .bends, such as a Quadratic")
    return f.bends


def _steepness(f: Any, x: Any, value: Any, name: str) -> Any:
    """The slope of f near the points, for the propagation of errors of x: at each point where f offers its gradient and
    the size of its terms, else an estimate of the largest from secants in a few general directions.
    """
    d = x.shape[-1]
    if hasattr(f, "gradient") and hasattr(f, "magnitude"):
        return np.linalg.norm(np.asarray(f.gradient(x.reshape(-1, d)), dtype=np.float64), axis=-1).reshape(value.shape)
    step = 1e-6 * max(1.0, float(np.max(np.abs(x), initial=0.0)))
    secants = [np.abs(function_values(f, x + s * step * u, name) - value) / step for u in _directions(d) for s in (-1.0, 1.0)]
    # one direction of R^d sees about 1/√d of the gradient
    return float(np.sqrt(d) * max(np.max(q, initial=0.0) for q in secants))


@cache
def _directions(d: int) -> Any:
    """Unit vectors, at most three, that are orthogonal to no vector one would write down, as the diagonal is to (1, −1)."""
    drawn = np.random.default_rng(0).standard_normal((min(d, 3), d))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def _check_dim(symbol: Function, size: int, env: Env) -> None:
    wanted = whole(compiled(symbol.dim, Scope())(env), symbol.dim)
    if wanted != size:
        raise ShapeError(f"{symbol.name} takes vectors of dimension {symbol.dim} = {wanted}, not {size}")


def numeric_domain(domain: Any, dim: int, radius: Any) -> Any:
    """The same set with numbers for its dimension and its radius."""
    return Ball(Integer(dim), radius) if isinstance(domain, Ball) else domain.func(Integer(dim))


@reads(Lip)
def _lip(term: Lip, scope: Scope) -> Node:
    symbol, domain = term.args
    slopes = steepest_slope(term, scope)

    def run(env: Env) -> Interval:
        value: Interval = env.run.remembered(term, lambda: enclosed(env))
        # a constant that may be 0 by convention is not tried at points in between
        return env.run.settled(value) if np.isfinite(value.upper) else value

    def enclosed(env: Env) -> Interval:
        value = slopes(env)
        if np.isfinite(value.upper):
            return value
        if np.isinf(value.lower):  # known not to be Lipschitz
            env.run.read_off(Convention.LIPSCHITZ, term)
            return point(np.float64(0.0))
        env.run.note(f"whether {symbol.name} is Lipschitz on {domain} is not known, and its constant is 0 if it is not")
        return Interval(np.float64(0.0), np.float64(np.inf))

    return run


def steepest_slope(term: Lip, scope: Scope) -> Callable[[Env], Interval]:
    """The supremum of the slopes of f on the domain, as the object that stands for f encloses it; infinite if f is not Lipschitz."""
    symbol, domain = term.args
    if scope.open_in(domain):
        raise BadData(f"the domain {domain} of a Lipschitz constant depends on an index; name one domain")
    dim = compiled(domain.dim, Scope())
    radius = compiled(domain.radius, Scope()) if isinstance(domain, Ball) else None

    def run(env: Env) -> Interval:
        f = env.run.instance.callable(symbol.name, "function")
        if not hasattr(f, "lipschitz"):
            raise BadData(
                f"the function {symbol.name} offers no enclosure of its Lipschitz constant; "
                "give an object with .lipschitz(domain)"
            )
        size = None if radius is None else float(radius(env).lower)
        shown = None if size is None else Integer(int(size)) if size == int(size) else Float(size, 17)
        found = f.lipschitz(numeric_domain(domain, whole(dim(env), domain.dim), shown))
        return checked_enclosure(found.lower, found.upper, f"Lip({symbol.name})")

    return run


def checked_enclosure(lower: Any, upper: Any, what: object) -> Interval:
    """An interval from somebody else's enclosure; BadData if it is empty or not a number."""
    lower, upper = np.float64(lower), np.float64(upper)
    if not lower <= upper:
        raise BadData(
            f"the enclosure of {what} is [{lower}, {upper}], which is empty; mend the object that computed it"
        )
    return Interval(lower, upper) if lower < upper else point(lower)
