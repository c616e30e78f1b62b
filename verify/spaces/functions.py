"""Functions that a hypothesis defines, f(x) = body: read off the body as networks, quadratics, or by evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray
from sympy import Add, Mul, Pow

from theory.errors import NotCertified
from theory.terms import Ball, Sphere
from theory.terms.linear import Entry, IndexedSum, IndexedVectorSum, MatVec, ScaledVector, VectorSum_
from theory.terms.scalars import Apply, Dot
from theory.terms.sorts import Binder
from theory.terms.tensors import TensorPower
from verify.evaluate.exact.numbers import is_rational
from verify.evaluate.exact.terms import Exact
from verify.evaluate.scope import Env, Options, Run, Scope, compiled
from verify.evaluate.values import VectorValue
from verify.functions import EPS, LipschitzInterval, NetworkFunction
from verify.instance import Instance
from verify.networks import Activation, Network, activation
from verify.networks.canonical import rational_canonical_form
from verify.networks.polynomials import coefficients_of
from verify.spaces.affine import affine_on_circle
from verify.spaces.exact import converted, reader
from verify.tensors.quadratics import Quadratic

Array = NDArray[Any]
SUMS = (Add, VectorSum_, IndexedSum, IndexedVectorSum)                      # of their parts
PRODUCTS = (Mul, Dot, Entry, MatVec, ScaledVector)                           # linear in each part
QUADRATICS = ("power:2", "polynomial:1.0,0.0,1.0")
MOST_KINKS = 10     # 2^10 sign patterns are enumerated


@dataclass(frozen=True, eq=False)
class ExactNetwork(NetworkFunction):
    """A rational network with two slopes a neuron, with exact bounds of its Lipschitz constant.

    Upper: the longest gradient over all sign patterns of the kinks that meet the domain, whether realised or not; it is attained
    where the directions are independent.  On the sphere chords run through the ball.  Lower: 0.
    """

    def __call__(self, points: Any) -> Array:
        values = np.asarray(self.network(points))
        return values if np.asarray(points).dtype == object else values.astype(np.float64)

    @cached_property
    def _form(self) -> Any:
        return rational_canonical_form(self.network)

    def lipschitz(self, domain: Any) -> LipschitzInterval:
        """The enclosure of `verify.lipschitz`, or the exact constant on S⁰ and S¹ where it is known."""
        if isinstance(domain, Sphere) and self._on_thin_sphere is not None:
            length = float(np.sqrt(float(self._on_thin_sphere)))
            return LipschitzInterval(length * (1 - 4 * EPS), length * (1 + 4 * EPS))
        return super().lipschitz(domain)

    def lipschitz_exact(self, domain: Any) -> tuple[arb, arb]:
        """Balls for a lower and an upper bound of the constant on R^d, on a ball, or on the sphere."""
        form, known = self._form, self._on_thin_sphere
        if isinstance(domain, Sphere) and known is not None:
            length = arb(fmpq(known.numerator, known.denominator)).sqrt()
            return length, length
        radius = Fraction(int(domain.radius.p), int(domain.radius.q)) if isinstance(domain, Ball) else Fraction(1)
        everywhere = not isinstance(domain, (Ball, Sphere))
        fixed, loose = form.v, []
        for slope, u, offset in zip(form.coefficients, form.directions, form.offsets, strict=True):
            if not everywhere and offset * offset >= radius * radius * sum(x * x for x in u):
                fixed = fixed + slope * u if offset > 0 else fixed      # the kink misses the open ball
            else:
                loose.append(slope * u)
        if len(loose) > MOST_KINKS:
            raise NotCertified(f"the network has {len(loose)} kinks; at most {MOST_KINKS} are enumerated")
        most = max(sum((g for g, on in zip(loose, pattern, strict=True) if on), fixed) @ sum(
            (g for g, on in zip(loose, pattern, strict=True) if on), fixed) for pattern in product((0, 1), repeat=len(loose)))
        return arb(0), arb(fmpq(Fraction(most).numerator, Fraction(most).denominator)).sqrt()


    @cached_property
    def _on_thin_sphere(self) -> Fraction | None:
        """The square of the constant on S⁰, and on the circle for a function that is affine there."""
        if self.network.d > 2:
            return None
        if self.network.d == 1:
            ends = self.network(np.array([[Fraction(1)], [Fraction(-1)]], dtype=object))
            return Fraction(ends[0] - ends[1]) ** 2 / 4
        form = self._form
        kinks = list(zip(form.coefficients, form.directions, form.offsets, strict=True))
        affine = affine_on_circle(kinks, form.v, form.c)
        return None if affine is None else Fraction(affine[0] @ affine[0])


@dataclass(frozen=True, eq=False)
class DefinedFunction:
    """x ↦ the value of a term; nothing is known of its Lipschitz constant."""

    body: Any
    variable: Any
    instance: Instance

    def __call__(self, points: Any) -> Array:
        raw = np.asarray(points)
        if raw.dtype == object:
            at = reader(self.instance, {})
            values = [at.with_bound({self.variable: converted(row)}).scalar(self.body) for row in raw]
            if not is_rational(*values):
                raise NotCertified("the function is irrational at a rational point")
            return np.array([Fraction(int(v.p), int(v.q)) for v in values], dtype=object)
        run = Run(self.instance, Options())
        inner = Env(run, {self.variable: VectorValue(raw.astype(np.float64), 0.0)}, {})
        value = compiled(self.body, Scope().open(self.variable))(inner).lower
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (len(raw),)).copy()


def defined_function(body: Any, variable: Any, instance: Instance, bound: dict[Any, Any], d: int) -> Any:
    """The function x ↦ body: a network, a quadratic, or a term that is evaluated."""
    at = reader(instance, bound)
    try:
        found = _network(body, variable, at, d) or _quadratic(body, variable, at, d)
    except NotCertified:
        found = None
    return found or DefinedFunction(body, variable, instance)


def degree(term: Any, x: Any, at: Exact) -> int | None:
    """A bound on the degree of the term as a polynomial in x, read off its form; None when it may be none.

    >>> from theory.terms import Abs, VectorSymbol, d, dot
    >>> x, u, at = VectorSymbol("x", d), VectorSymbol("u", d), reader(Instance({"d": 1}), {})
    >>> degree(3 * dot(u, x) ** 2 + dot(x, x) + 1, x, at), degree(Abs(dot(u, x)), x, at)
    (2, None)
    """
    if x not in term.free_symbols:
        return 0
    if term == x:
        return 1
    if isinstance(term, Pow) and term.exp.is_Integer and term.exp > 0:
        base = degree(term.base, x, at)
        return None if base is None else base * int(term.exp)
    if isinstance(term, TensorPower):
        base = degree(term.args[0], x, at)
        return None if base is None else base * at.whole(term.args[1])
    if not isinstance(term, (*SUMS, *PRODUCTS)):
        return None
    parts = [degree(part, x, at) for part in ((term.body,) if isinstance(term, Binder) else term.args)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return max(known) if isinstance(term, SUMS) else sum(known)


def _points(d: int) -> tuple[list[fmpq], list[list[fmpq]]]:
    zero = [fmpq(0)] * d
    return zero, [[fmpq(int(i == j)) for i in range(d)] for j in range(d)]


def _network(body: Any, x: Any, at: Exact, d: int) -> NetworkFunction | Quadratic | None:
    neurons: list[tuple[Any, list[Any], Any]] = []
    psi: Any = None
    affine = None
    zero, basis = _points(d)
    for term in Add.make_args(body):
        summed = isinstance(term, IndexedSum)
        inner = term.body if summed else term
        units = [f for f in Mul.make_args(inner) if isinstance(f, Apply) and x in f.free_symbols]
        if not units:
            affine = term if affine is None else affine + term
            continue
        if len(units) != 1 or (psi is not None and psi != units[0].args[0]):
            return None
        psi, argument = units[0].args
        weight = Mul(*(f for f in Mul.make_args(inner) if f is not units[0]))
        if x in weight.free_symbols or degree(argument, x, at) not in (0, 1):
            return None
        places = _places(term, at) if summed else [at]
        for place in places:
            offset = place.with_bound({x: zero}).scalar(argument)
            row = [place.with_bound({x: e}).scalar(argument) - offset for e in basis]
            neurons.append((place.scalar(weight), row, offset))
    if psi is None or not neurons:
        return None
    v, c = _affine(affine, x, at, d)
    numbers = [w for w, _, _ in neurons] + [o for _, _, o in neurons] + [r for _, row, _ in neurons for r in row]
    if not is_rational(*numbers):
        return None
    kind = _activation(psi, at)
    W, b, a = (_array([neuron[place] for neuron in neurons]) for place in (1, 2, 0))
    if kind.name in QUADRATICS:
        return _square(coefficients_of(kind), W, b, a, v, c)
    network = Network(W, b, a, kind, v, c)
    return ExactNetwork(network) if kind.kink is not None else NetworkFunction(network)


def _square(coefficients: Sequence[float], W: Array, b: Array, a: Array, v: Array, c: Any) -> Quadratic:
    """Σ a_ℓψ(w_ℓ·x + b_ℓ) + v·x + c with ψ(t) = c_0 + c_1t + c_2t²."""
    none, once, twice = (Fraction(value) for value in (*coefficients, 0.0, 0.0)[:3])
    A = twice * (W.T * a) @ W
    slope = v + W.T @ (a * (once + 2 * twice * b))
    return Quadratic(A, slope if any(slope) else None, Fraction(c + sum(a * (none + once * b + twice * b * b))))


def _places(term: IndexedSum, at: Exact) -> list[Exact]:
    found = [at]
    for variable, domain in term.limits:
        found = [place.with_bound({variable: fmpq(i)}) for place in found for i in range(1, place.whole(domain.size) + 1)]
    return found


def _activation(psi: Any, at: Exact) -> Activation:
    found = activation("relu") if psi.name == "ReLU" else at.instance.callable(psi.name, "activation")
    if not isinstance(found, Activation):
        raise NotCertified("the activation has no enclosure")
    return found


def _affine(term: Any, x: Any, at: Exact, d: int) -> tuple[Array, Any]:
    """(v, c) with term = v·x + c.

    Raises: NotCertified when the term is not affine by its form.
    """
    zero, basis = _points(d)
    if term is None:
        return _array(zero), Fraction(0)
    if degree(term, x, at) not in (0, 1):
        raise NotCertified("the part without neurons is not affine")
    c = at.with_bound({x: zero}).scalar(term)
    v = [at.with_bound({x: e}).scalar(term) - c for e in basis]
    return _array(v), _array([c])[0]


def _quadratic(body: Any, x: Any, at: Exact, d: int) -> Quadratic | None:
    """A body that is by its form a polynomial of degree at most 2, which its values at 0, ±e_i, e_i + e_j determine."""
    if degree(body, x, at) not in (0, 1, 2):
        return None
    zero, basis = _points(d)

    def value(point: list[fmpq]) -> fmpq:
        found = at.with_bound({x: point}).scalar(body)
        if not is_rational(found):
            raise NotCertified("the body is irrational at a rational point")
        return found

    c = value(zero)
    up, down = [value(e) for e in basis], [value([-t for t in e]) for e in basis]
    b = [(p - q) / 2 for p, q in zip(up, down, strict=True)]
    A = [[fmpq(0)] * d for _ in range(d)]
    for i in range(d):
        A[i][i] = (up[i] + down[i]) / 2 - c
        for j in range(i):
            both = value([p + q for p, q in zip(basis[i], basis[j], strict=True)])
            A[i][j] = A[j][i] = (both - up[i] - up[j] + c) / 2
    return Quadratic(_array(A), _array(b) if any(b) else None, _array([c])[0])


def _array(values: Any) -> Array:
    return np.array([[_fraction(v) for v in row] if isinstance(row, list) else _fraction(row) for row in values], dtype=object)


def _fraction(value: Any) -> Fraction:
    if not is_rational(value):
        raise NotCertified("a weight is irrational")
    return Fraction(int(value.p), int(value.q))
