"""Opening a bound variable: index ranges and sign vectors are enumerated, continuous sets and laws are sampled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Symbol

from theory.errors import BadData, ShapeError
from theory.terms.linear import Matrix, Vector
from theory.terms.sets import Ball, GaussianRows, Range, Signs, Space, Sphere, SphereRows, Uniform
from theory.terms.sets import Interval as RealInterval
from verify.evaluate.scope import Env, Node, Run, Scope, compiled, whole
from verify.evaluate.values import Interval, MatrixValue, VectorValue, ends, point

Array = NDArray[np.float64]


def open_range(variable: Any, domain: Range, scope: Scope) -> Callable[[Env], tuple[Env, int, Any]]:
    """Beneath {1, …, n}: the environment, the length of the new axis, and a mask when n varies over outer axes,
    else None.
    """
    if not isinstance(variable, Symbol):
        raise ShapeError(f"the variable {variable} ranges over {domain}, so it must be an index; use index('i')")
    size_of = compiled(domain.size, scope)
    axis = scope.depth

    def enter(env: Env) -> tuple[Env, int, Any]:
        sizes = np.asarray(size_of(env).lower)
        if not np.all(np.rint(sizes) == sizes):
            raise BadData(f"the range of an index has length {sizes}; give integers")
        length = int(sizes.max(initial=0))
        values = np.arange(1, length + 1).reshape((length,) + (1,) * axis)
        child = env.child({variable: point(values.astype(np.float64))}, {variable: values})
        return child, length, None if sizes.size == 1 else values <= sizes

    return enter


def sign_vectors(n: int, start: int = 0, stop: int | None = None) -> Array:
    """The sign vectors of {−1,+1}^n with numbers start, …, stop−1; vector m holds the binary digits of m.

    >>> sign_vectors(2).tolist()
    [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]
    """
    numbers = np.arange(start, 2**n if stop is None else stop)
    bits: Array = ((numbers[:, None] >> np.arange(n)) & 1).astype(np.float64)
    return 2.0 * bits - 1.0


def as_value(variable: Any, array: Array, axis: int, error: float = 0.0) -> Any:
    """Draws (m first) as values of a bound variable along the given axis."""
    ones = (1,) * axis
    if isinstance(variable, Vector):
        return VectorValue(array.reshape((len(array), *ones, array.shape[1])), error)
    if isinstance(variable, Matrix):
        return MatrixValue(array.reshape((len(array), *ones, *array.shape[1:])), error)
    return point(array.reshape((len(array), *ones)), error)


def check_sort(variable: Any, domain: Any) -> None:
    """Raise ShapeError unless the variable is of the sort that its domain holds."""
    is_line = isinstance(domain, Space) and domain.dim == 1
    if isinstance(domain, RealInterval):
        domain_is_scalar = isinstance(variable, Symbol)
        if not domain_is_scalar:
            raise ShapeError(f"the variable {variable} ranges over {domain}, so it must be a number")
        return
    wanted = Matrix if isinstance(domain, SphereRows) else (Vector, Symbol) if is_line else Vector
    if isinstance(domain, Range):
        wanted = Symbol
    if not isinstance(variable, wanted):
        raise ShapeError(f"the variable {variable} ({type(variable).__name__}) cannot range over {domain}")


# --- laws and sets --------------------------------------------------------------------------------


def draw(domain: Any, m: int, rng: np.random.Generator, sizes: tuple[int, ...], extent: tuple[float, ...]) -> Array:
    """m independent draws from a law, or m points of a set, spread so that large and small ones occur."""
    if isinstance(domain, Signs):
        return rng.choice([-1.0, 1.0], size=(m, *sizes))
    if isinstance(domain, Uniform):
        return rng.random((m, *sizes))
    if isinstance(domain, (GaussianRows, SphereRows)):
        G: Array = rng.standard_normal((m, *sizes))
        return G / float(np.sqrt(sizes[1])) if isinstance(domain, GaussianRows) else _unit(G)
    if isinstance(domain, RealInterval):
        drawn: Array = rng.uniform(extent[0], extent[1], size=(m, 1))
        return drawn
    directions = _unit(rng.standard_normal((m, *sizes)))
    if isinstance(domain, Sphere):
        return directions
    if isinstance(domain, Ball):
        return directions * extent[0] * rng.random((m, 1)) ** (1 / sizes[0])  # uniform in the ball
    return directions * 10.0 ** rng.uniform(-2, 2, size=(m, 1))  # four decades of scales


def _unit(array: Array) -> Array:
    unit: Array = array / np.maximum(np.linalg.norm(array, axis=-1, keepdims=True), np.finfo(float).tiny)
    return unit


def project(domain: Any, array: Array, extent: tuple[float, ...]) -> Array:
    """Points moved into the set."""
    if isinstance(domain, Sphere):
        return _unit(array)
    if isinstance(domain, Ball):
        norms = np.linalg.norm(array, axis=-1, keepdims=True)
        return np.where(norms > extent[0], array * (extent[0] / np.maximum(norms, np.finfo(float).tiny)), array)
    if isinstance(domain, RealInterval):
        inside: Array = np.clip(array, extent[0], extent[1])
        return inside
    return array


def special_points(domain: Any, dim: int, extent: tuple[float, ...], run: Run) -> Array:
    """Zero, basis vectors, and data of the instance with their negatives and midpoints, moved into the set."""
    pool = [np.zeros((1, dim)), np.eye(dim), -np.eye(dim)]
    if isinstance(domain, RealInterval):
        pool.append(np.array(extent)[:, None])
    for name in run.instance.values:
        raw = run.instance.values[name]
        if np.ndim(raw) == 2 and np.shape(raw)[1] == dim and np.shape(raw)[0] > 0:
            rows = run.instance.array(name, 2)[:64]
            pool += [rows, -rows, (rows + np.roll(rows, 1, axis=0)) / 2, rows - np.roll(rows, 1, axis=0)]
    points = np.concatenate(pool)
    if isinstance(domain, Sphere):
        points = points[np.linalg.norm(points, axis=1) > 1e-9]  # zero has no direction
    return project(domain, points, extent)


class OpenDomain:
    """A continuous set, a sign cube or a law, with its sizes and radius evaluated in an environment."""

    def __init__(self, variable: Any, domain: Any, scope: Scope) -> None:
        known = (Signs, Uniform, SphereRows, Space, RealInterval)
        if not isinstance(domain, known):
            raise BadData(
                f"the variable {variable} ranges over {domain}, which has no numeric reading; use one of "
                f"{', '.join(k.__name__ for k in known)}, Ball, Sphere, GaussianRows or Range"
            )
        check_sort(variable, domain)
        self.variable, self.domain = variable, domain
        count = 2 if isinstance(domain, SphereRows) else 0 if isinstance(domain, RealInterval) else 1
        self._sizes: list[Node] = [compiled(a, scope) for a in domain.args[:count]]
        extent = (
            domain.args if isinstance(domain, RealInterval) else domain.args[1:] if isinstance(domain, Ball) else ()
        )
        self._extent: list[Node] = [compiled(a, scope) for a in extent]

    @property
    def is_continuous(self) -> bool:
        """Whether the set is R^d, a ball, a sphere or an interval."""
        return isinstance(self.domain, (Space, RealInterval))

    def sizes(self, env: Env) -> tuple[int, ...]:
        return tuple(whole(s(env), self.domain) for s in self._sizes) if self._sizes else (1,)

    def extent(self, env: Env) -> tuple[float, ...]:
        """The radius of a ball, or the two ends of an interval."""
        values = [node(env) for node in self._extent]
        if any(np.size(v.lower) != 1 for v in values):
            raise BadData(f"the extent of {self.domain} depends on an index; evaluate one domain at a time")
        return tuple(float(np.ravel(v.lower)[0]) for v in values)

    def is_empty(self, env: Env) -> bool | None:
        """Whether the set has no point; None where rounding leaves that open, as of a ball of radius 10⁻¹⁷."""
        if isinstance(self.domain, Sphere):
            return self.sizes(env)[0] == 0
        if not isinstance(self.domain, (Ball, RealInterval)):
            return False
        low, high = (point(0.0), self._extent[0](env)) if isinstance(self.domain, Ball) else (n(env) for n in self._extent)
        bottom, top = ends(low), ends(high)
        if np.all(bottom[0] > top[1]):
            return True
        settled = np.all(bottom[1] <= top[0])
        return False if settled else None

    def sample(self, env: Env, m: int, rng: np.random.Generator) -> Array:
        return self.shaped(draw(self.domain, m, rng, self.sizes(env), self.extent(env)))

    def shaped(self, array: Array) -> Array:
        """Points of the line as numbers when the variable is a scalar."""
        return array[:, 0] if isinstance(self.variable, Symbol) else array

    def mixed_points(self, env: Env, m: int, rng: np.random.Generator) -> Array:
        """m points: about half special ones in random order, the rest drawn."""
        drawn = draw(self.domain, m, rng, self.sizes(env), self.extent(env))
        if self.is_continuous:
            pool = special_points(self.domain, self.sizes(env)[0], self.extent(env), env.run)
            count = min(m // 2, len(pool))
            drawn[:count] = rng.permutation(pool)[:count]
        return self.shaped(drawn)

    def perturbed(self, env: Env, base: Array, scale: float, rng: np.random.Generator) -> Array:
        """Points near the given ones, within the set: sign vectors by flips, others by Gaussian steps."""
        if isinstance(self.domain, Signs):
            return np.where(rng.random(base.shape) < min(scale, 0.5), -base, base)
        if isinstance(self.domain, Uniform):
            return np.mod(base + scale * rng.standard_normal(base.shape), 1.0)
        flat = base[:, None] if base.ndim == 1 else base
        size = np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), 1e-3)
        moved = flat + scale * size * rng.standard_normal(flat.shape) / np.sqrt(flat.shape[-1])
        if isinstance(self.domain, SphereRows):
            return moved if isinstance(self.domain, GaussianRows) else _unit(moved)
        return self.shaped(project(self.domain, moved, self.extent(env)))

    def error(self, array: Array) -> float:
        """Error of a sampled value: points of a sphere are unit vectors only up to rounding;
        other draws are what they are.
        """
        on_sphere = isinstance(self.domain, (Sphere, SphereRows)) and not isinstance(self.domain, GaussianRows)
        return 4 * 2.0**-52 * float(np.sqrt(array[0].size)) if on_sphere and len(array) else 0.0


def bind(domains: list[OpenDomain], arrays: list[Array], axis: int) -> dict[Any, Any]:
    """Values of several variables along one joint axis."""
    return {d.variable: as_value(d.variable, a, axis, d.error(a)) for d, a in zip(domains, arrays, strict=True)}


def scalar_ends(value: Interval) -> tuple[Any, Any]:
    """Both ends of a value of a closed term, as floats."""
    lower, upper = ends(value)
    return float(np.ravel(lower)[0]), float(np.ravel(upper)[0])
