"""Functions that a hypothesis defines, f(x) = body: read off the body as networks, quadratics, or by evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray
from sympy import Add, Mul, Pow, expand_mul

from theory.errors import NotCertified
from theory.terms.formula import Lt
from theory.terms.linear import Entry, IndexedSum, IndexedVectorSum, MatVec, ScaledVector, VectorSum_
from theory.terms.scalars import Apply, Dot, Indicator, Norm, Sup
from theory.terms.sets import Range
from theory.terms.sorts import Binder
from theory.terms.tensors import TensorPower
from verify.evaluate.exact.numbers import add, is_rational, multiply
from verify.evaluate.exact.terms import Exact
from verify.laws.functions import NetworkFunction
from verify.laws.rational_network import RationalNetwork
from verify.lipschitz.polynomials.functions import PolynomialFunction, polynomial_network
from verify.lipschitz.polynomials.quadratics import Quadratic
from verify.objects.instance import Instance
from verify.objects.networks import Activation, Network, activation
from verify.objects.networks.polynomials import coefficients_of
from verify.trials.spaces.exact import reader
from verify.trials.spaces.function_kinds import ConesFunction, DefinedFunction, JumpFunction

Array = NDArray[Any]
SUMS = (Add, VectorSum_, IndexedSum, IndexedVectorSum)                      # of their parts
PRODUCTS = (Mul, Dot, Entry, MatVec, ScaledVector)                           # linear in each part
QUADRATICS = ("power:2", "polynomial:1.0,0.0,1.0")


def defined_function(body: Any, variable: Any, instance: Instance, bound: dict[Any, Any], d: int) -> Any:
    """The function x ↦ body: a network, a polynomial, the envelope of cones, or a term that is evaluated."""
    at = reader(instance, bound)
    jumps = [part for part in Add.make_args(body) if part.has(Indicator)]
    try:
        if len(jumps) == 1 and (plane := _jump(jumps[0], variable, at, d)) is not None:
            return JumpFunction(body, variable, instance, plane) if any(plane) else \
                defined_function(Add(*(part for part in Add.make_args(body) if part not in jumps)), variable, instance, bound, d)
        found = _network(body, variable, at, d) or _quadratic(body, variable, at, d) or _powers(body, variable, at, d)
        slope = None if found else _slope_of_cones(body, variable, at, d)
    except NotCertified:
        found = slope = None
    if slope is not None:
        return ConesFunction(body, variable, instance, slope)
    return found or DefinedFunction(body, variable, instance)


def _jump(term: Any, x: Any, at: Exact, d: int) -> Array | None:
    """h·u for a term h·1[0 < u·x]; None for another form."""
    steps = [f for f in Mul.make_args(term) if isinstance(f, Indicator)]
    others = Mul(*(f for f in Mul.make_args(term) if f not in steps))
    formula = steps[0].args[0] if len(steps) == 1 else None
    if not isinstance(formula, Lt) or formula.lhs != 0 or x in others.free_symbols or degree(formula.rhs, x, at) not in (0, 1):
        return None
    zero, basis = zero_and_basis(d)
    if at.with_bound({x: zero}).scalar(formula.rhs) != 0:
        return None
    height = at.scalar(others)
    return _array([multiply(height, at.with_bound({x: e}).scalar(formula.rhs)) for e in basis])


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


def zero_and_basis(d: int) -> tuple[list[fmpq], list[list[fmpq]]]:
    """The origin and the basis vectors of R^d."""
    zero = [fmpq(0)] * d
    return zero, [[fmpq(int(i == j)) for i in range(d)] for j in range(d)]


Neurons = list[tuple[Any, list[Any], Any]]


def neurons_of(body: Any, x: Any, at: Exact, d: int) -> tuple[Any, Neurons, Any] | None:
    """(ψ, the (a_ℓ, w_ℓ, b_ℓ), the part without neurons or None) of a body Σ a_ℓψ(w_ℓ·x + b_ℓ) + …; None for another form."""
    neurons: Neurons = []
    psi: Any = None
    affine = None
    zero, basis = zero_and_basis(d)
    for term in Add.make_args(body):
        summed = isinstance(term, IndexedSum)
        inner = term.body if summed else term
        if not any(x in unit.free_symbols for unit in inner.atoms(Apply)):
            affine = term if affine is None else affine + term
            continue
        for part in Add.make_args(expand_mul(inner, deep=False)):
            units = [f for f in Mul.make_args(part) if isinstance(f, Apply) and x in f.free_symbols]
            if len(units) != 1 or (psi is not None and psi != units[0].args[0]):
                return None
            psi, argument = units[0].args
            weight = Mul(*(f for f in Mul.make_args(part) if f is not units[0]))
            if x in weight.free_symbols or degree(argument, x, at) not in (0, 1):
                return None
            for place in _places(term, at) if summed else [at]:
                offset = place.with_bound({x: zero}).scalar(argument)
                row = [add(place.with_bound({x: e}).scalar(argument), multiply(fmpq(-1), offset)) for e in basis]
                neurons.append((place.scalar(weight), row, offset))
    return None if psi is None or not neurons else (psi, neurons, affine)


def _network(body: Any, x: Any, at: Exact, d: int) -> NetworkFunction | Quadratic | None:
    found = neurons_of(body, x, at, d)
    if found is None:
        return None
    psi, neurons, affine = found
    v, c = _affine(affine, x, at, d)
    numbers = [w for w, _, _ in neurons] + [o for _, _, o in neurons] + [r for _, row, _ in neurons for r in row]
    if not is_rational(*numbers):
        return None
    kind = _activation(psi, at)
    W, b, a = (_array([neuron[place] for neuron in neurons]) for place in (1, 2, 0))
    if kind.name in QUADRATICS:
        return _square(coefficients_of(kind), W, b, a, v, c)
    network = Network(W, b, a, kind, v, c)
    return RationalNetwork(network) if kind.kink is not None else NetworkFunction(network)


def _square(coefficients: Sequence[float], W: Array, b: Array, a: Array, v: Array, c: Any) -> Quadratic:
    """Σ a_ℓψ(w_ℓ·x + b_ℓ) + v·x + c with ψ(t) = c_0 + c_1t + c_2t²."""
    none, once, twice = (Fraction(value) for value in (*coefficients, 0.0, 0.0)[:3])
    A = twice * (W.T * a) @ W
    slope = v + W.T @ (a * (once + 2 * twice * b))
    return Quadratic(A, slope if any(slope) else None, Fraction(c + sum(a * (none + once * b + twice * b * b))))


def _places(term: Any, at: Exact) -> list[Exact]:
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
    zero, basis = zero_and_basis(d)
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
    zero, basis = zero_and_basis(d)

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


def _powers(body: Any, x: Any, at: Exact, d: int) -> PolynomialFunction | Quadratic | None:
    """Σ a_ℓ(w_ℓ·x + b_ℓ)^p with one p, which a number of the instance may be."""
    zero, basis = zero_and_basis(d)
    neurons: list[tuple[Any, list[Any], Any]] = []
    exponents: set[int] = set()
    for term in Add.make_args(body):
        factors = Mul.make_args(term.body if isinstance(term, IndexedSum) else term)
        units = [f for f in factors if x in f.free_symbols]
        if len(units) != 1 or not isinstance(units[0], Pow) or x in units[0].exp.free_symbols or degree(units[0].base, x, at) not in (0, 1):
            return None
        weight = Mul(*(f for f in factors if f is not units[0]))
        for place in _places(term, at) if isinstance(term, IndexedSum) else [at]:
            exponents.add(place.whole(units[0].exp))
            offset = place.with_bound({x: zero}).scalar(units[0].base)
            neurons.append((place.scalar(weight), [place.with_bound({x: e}).scalar(units[0].base) - offset for e in basis], offset))
    if len(exponents) != 1 or min(exponents) < 0:
        return None
    W, b, a = (_array([neuron[place] for neuron in neurons]) for place in (1, 2, 0))
    p = exponents.pop()
    coefficients = [*(0,) * p, 1]
    return polynomial_network(W, b, a, coefficients) if p > 2 else _square(coefficients, W, b, a, _array(zero), Fraction(0))


def _slope_of_cones(body: Any, x: Any, at: Exact, d: int) -> Fraction | None:
    """s for ±max_i (c_i ± s‖x − p_i‖); None for anything else."""
    envelopes = [f for f in Mul.make_args(body) if x in f.free_symbols]
    outer = at.scalar(Mul(*(f for f in Mul.make_args(body) if x not in f.free_symbols)))
    if len(envelopes) != 1 or not isinstance(envelopes[0], Sup) or not all(isinstance(domain, Range) for domain in envelopes[0].domains):
        return None
    if sum(x in term.free_symbols for term in Add.make_args(envelopes[0].body)) != 1:
        return None
    zero, basis = zero_and_basis(d)
    slopes = set()
    for place in _places(envelopes[0], at):
        for term in (t for t in Add.make_args(envelopes[0].body) if x in t.free_symbols):
            cones = [f for f in Mul.make_args(term) if x in f.free_symbols]
            if len(cones) != 1 or not isinstance(cones[0], Norm) or degree(cones[0].args[0], x, place) != 1:
                return None
            apex = place.with_bound({x: zero}).vector(cones[0].args[0])
            moved = [place.with_bound({x: e}).vector(cones[0].args[0]) for e in basis]
            if any([q - p for p, q in zip(apex, row, strict=True)] != e for row, e in zip(moved, basis, strict=True)):
                return None
            slopes.add(abs(_fraction(outer * place.scalar(Mul(*(f for f in Mul.make_args(term) if f is not cones[0]))))))
    return slopes.pop() if len(slopes) == 1 else None


def _array(values: Any) -> Array:
    return np.array([[_fraction(v) for v in row] if isinstance(row, list) else _fraction(row) for row in values], dtype=object)


def _fraction(value: Any) -> Fraction:
    if not is_rational(value):
        raise NotCertified("a weight is irrational")
    return Fraction(int(value.p), int(value.q))
