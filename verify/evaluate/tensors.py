"""The numeric reading of tensors, of Markov's bound and of the properties that only lemmas ask for."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
from sympy import Pow

from theory.errors import NotCertified, ShapeError
from theory.terms import Sphere, Sup, VectorSymbol, dot, index
from theory.terms.linear import IndexedSum
from theory.terms.scalars import Dot
from theory.terms.sets import Interval as RealInterval
from theory.terms.sets import Range, Space
from theory.terms.sorts import META
from theory.terms.tensors import (
    IndexedTensorProduct,
    InjectiveNorm,
    MarkovBound,
    TensorNuclearNorm,
    TensorPower,
    TensorSymbol,
    markov_bound,
    tensor_shape,
)
from verify.evaluate.comparison import PlaceOutcome, Truth, single
from verify.evaluate.conventions import Convention
from verify.evaluate.domains import open_range
from verify.evaluate.injective import form_supremum, injective_enclosure, injective_enclosures, nuclear_enclosure, power_sum_supremum
from verify.evaluate.polynomials import norms_of_orders, powers_of_orders
from verify.evaluate.properties import property_check
from verify.evaluate.scope import Env, Scope, are_whole, compiled, reads, whole
from verify.evaluate.sup import register_sup
from verify.evaluate.values import ULP, Interval, MatrixValue, VectorValue, ends, lost, point

# --- tensors -----------------------------------------------------------------------------------------------------------------------


@reads(TensorSymbol)
def _symbol(term: TensorSymbol, scope: Scope) -> Any:
    """A dense array of shape (d, …, d), as a vector in row-major order."""
    if scope.binds(term):
        return lambda env: env.bound[term]
    sizes = [compiled(a, Scope()) for a in term.shape_of_tensor]

    def run(env: Env) -> VectorValue:
        d, p = (whole(s(env), term) for s in sizes)
        array = env.run.instance.array(term.name, p)
        if array.shape != (d,) * p:
            raise ShapeError(f"{term.name} has shape {array.shape}; give a tensor of shape {(d,) * p}")
        exact = are_whole(array, env.run.instance.values[term.name])
        return VectorValue(array.reshape(-1), 0.0 if exact else env.run.instance.accuracy * float(np.linalg.norm(array)))

    return run


def _outer(left: Any, right: Any) -> Any:
    """The tensor product of two batches of vectors."""
    product = left[..., :, None] * right[..., None, :]
    return product.reshape(*product.shape[:-2], -1)


@reads(TensorPower)
def _power(term: TensorPower, scope: Scope) -> Any:
    vector, order = (compiled(a, scope) for a in term.args)

    def run(env: Env) -> VectorValue:
        v, orders = vector(env), order(env)
        if np.size(orders.lower) > 1:
            return powers_of_orders(v, orders.lower)
        p, array = whole(orders, term), v.array
        if p == 0:
            return VectorValue(np.ones((*v.array.shape[:-1], 1)))  # the empty product, in R^(d⁰)
        for _ in range(p - 1):
            array = _outer(array, v.array)
        size = np.sqrt(np.vecdot(v.array, v.array))
        # ‖a^{⊗p} − b^{⊗p}‖ ≤ p ‖a − b‖ max(‖a‖, ‖b‖)^{p−1}
        return VectorValue(array, p * (size + v.error) ** (p - 1) * v.error + p * ULP * size**p + lost(size**p, size))

    return run


@reads(IndexedTensorProduct)
def _product(term: IndexedTensorProduct, scope: Scope) -> Any:
    ((variable, domain),) = term.limits
    enter = open_range(variable, domain, scope)
    axis, body = scope.depth, compiled(term.body, scope.open(variable))

    def run(env: Env) -> VectorValue:
        inner, length, _ = enter(env)
        v = body(inner)
        if length == 0:
            return VectorValue(np.ones((*np.shape(v.array)[1:-1], 1)))  # the empty product, in R^(d⁰)
        factors = v.array if np.ndim(v.array) == axis + 2 else np.broadcast_to(v.array, (length, *np.shape(v.array)))
        array, size = factors[0], np.sqrt(np.vecdot(factors, factors))
        for factor in factors[1:]:
            array = _outer(array, factor)
        grown = np.prod(size + v.error, axis=0) - np.prod(size, axis=0)
        whole_size = np.prod(size, axis=0)
        return VectorValue(array, grown + length * ULP * whole_size + lost(whole_size, np.min(size, axis=0)))

    return run


@reads(InjectiveNorm)
def _injective(term: InjectiveNorm, scope: Scope) -> Any:
    tensor, dim, order = (compiled(a, scope) for a in term.args)

    def run(env: Env) -> Interval:
        t, d, orders = tensor(env), whole(dim(env), term), order(env)
        if np.size(orders.lower) > 1:
            return norms_of_orders(t, d, orders.lower)
        tensors = t.array.reshape((-1, *(d,) * whole(orders, term)))
        ends = injective_enclosure(tensors[0]) if len(tensors) == 1 else injective_enclosures(tensors)
        lower, upper = (np.reshape(end, t.array.shape[:-1]) for end in ends)
        slack = np.max(t.error) + 64 * ULP * upper  # the injective norm is at most the Frobenius norm
        return Interval(np.maximum(lower - slack, 0.0), upper + slack)

    return run


@reads(TensorNuclearNorm)
def _nuclear(term: TensorNuclearNorm, scope: Scope) -> Any:
    tensor, dim, order = (compiled(a, scope) for a in term.args)

    def run(env: Env) -> Interval:
        t, d, p = tensor(env), whole(dim(env), term), whole(order(env), term)
        if t.array.ndim != 1:
            raise ShapeError(f"the tensor of {term} depends on an index; evaluate one nuclear norm at a time")
        lower, upper = nuclear_enclosure(t.array.reshape((d,) * p))
        slack = np.sqrt(d) ** (p - 1) * (float(np.max(t.error)) + 64 * ULP * upper)  # ‖E‖_* ≤ d^{(p−1)/2}‖E‖_F
        return Interval(np.float64(max(lower - slack, 0.0)), np.float64(upper + slack))

    return run


@register_sup
def _form(term: Sup, scope: Scope) -> Any:
    """sup over the sphere of |⟨T, u^{⊗p}⟩|."""
    if len(term.limits) != 1 or not isinstance(term.domains[0], Sphere):
        return None
    u = VectorSymbol(f"{META}u", term.domains[0].dim)
    inner = term.instantiate(u)
    if type(inner).__name__ != "Abs" or not hasattr(inner.args[0], "args"):
        return None
    factors = inner.args[0].args
    powers = [f for f in factors if isinstance(f, TensorPower) and f.args[0] == u]
    tensors = [f for f in factors if isinstance(f, TensorSymbol)]
    if len(factors) != 2 or len(powers) != 1 or len(tensors) != 1 or inner.args[0] != dot(tensors[0], powers[0]):
        return None
    tensor, sizes = compiled(tensors[0], scope), [compiled(a, scope) for a in tensors[0].shape_of_tensor]

    def plan(env: Env) -> tuple[float, float]:
        d, p = (whole(s(env), term) for s in sizes)
        return form_supremum(tensor(env).array.reshape((d,) * p))

    return plan


@register_sup
def _power_sum(term: Sup, scope: Scope) -> Any:
    """sup over the sphere of Σ_i (u·v_i)^q for an even number q."""
    if len(term.limits) != 1 or not isinstance(term.domains[0], Sphere):
        return None
    u = VectorSymbol(f"{META}u", term.domains[0].dim)
    inner = term.instantiate(u)
    if not isinstance(inner, IndexedSum) or len(inner.limits) != 1 or not isinstance(inner.domains[0], Range):
        return None
    i = index(f"{META}i")
    body = inner.instantiate(i)
    if not isinstance(body, Pow) or not isinstance(body.base, Dot) or u not in body.base.args or body.exp.has(i):
        return None
    vector = body.base.args[1 - body.base.args.index(u)]
    if u in vector.free_symbols or scope.open_in(term):
        return None
    own = Scope()                                          # the term has no open variables
    enter, vectors = open_range(i, inner.domains[0], own), compiled(vector, own.open(i))
    order, dim = compiled(body.exp, own), compiled(u.dim, own)

    def plan(env: Env) -> tuple[float, float]:
        q = whole(order(env), term)
        if q % 2:
            raise NotCertified(f"the order {q} of a sum of powers is odd; its supremum is searched")
        inner_env, length, _ = enter(env)
        V = np.broadcast_to(vectors(inner_env).array, (length, whole(dim(env), term)))
        return power_sum_supremum(V, q)

    return plan


@reads(MarkovBound)
def _markov(term: MarkovBound, scope: Scope) -> Any:
    degree, power = (compiled(a, scope) for a in term.args)

    def run(env: Env) -> Interval:
        m, j = np.broadcast_arrays(degree(env).lower, power(env).lower)
        inside = (j >= 0) & (j <= m)
        if not np.all(inside):
            env.run.read_off(Convention.MARKOV, term)
        pairs = zip(m.ravel(), j.ravel(), inside.ravel(), strict=True)
        values = [markov_bound(round(float(a)), round(float(b))) if known else 0 for a, b, known in pairs]
        return point(np.array(values, dtype=np.float64).reshape(m.shape), 0.0)

    return run


# --- properties ----------------------------------------------------------------------------------------------------------------------


@property_check("symmetric tensor")
def _symmetric_tensor(objects: tuple[Any, ...], env: Env) -> Truth:
    d, p = (whole(compiled(a, Scope())(env), objects[0]) for a in tensor_shape(objects[0]) or ())
    t = compiled(objects[0], Scope())(env)
    array = t.array.reshape((d,) * p)
    gap = max(float(np.linalg.norm(array - np.transpose(array, order))) for order in permutations(range(p)))
    allowed = 4 * float(np.max(t.error)) + 64 * ULP * float(np.linalg.norm(array))
    return single(PlaceOutcome.HOLDS if gap <= allowed else PlaceOutcome.VIOLATED, 1 - gap / max(allowed, 1e-300), lhs=gap, rhs=allowed)


@property_check("positive semidefinite")
def _positive_semidefinite(objects: tuple[Any, ...], env: Env) -> Truth:
    """Symmetric, and the least eigenvalue is not below 0 by more than the error of the matrix and of its eigenvalues."""
    m: MatrixValue = compiled(objects[0], Scope())(env)
    size = float(np.linalg.norm(m.array))
    slack = float(np.max(m.error)) + 16 * sum(m.array.shape) * ULP * size
    least = float(np.linalg.eigvalsh((m.array + m.array.T) / 2)[0])
    holds = float(np.linalg.norm(m.array - m.array.T)) <= 2 * slack and least >= -slack
    return single(PlaceOutcome.HOLDS if holds else PlaceOutcome.VIOLATED, least / max(size, 1e-300), lhs=-slack, rhs=least)


@property_check("member of")
def _member(objects: tuple[Any, ...], env: Env) -> Truth:
    """An integer of {1, …, n}, a number of an interval, any vector of a space."""
    element, domain = objects
    if type(domain) is Space:
        return single(PlaceOutcome.HOLDS, np.inf)
    low, high = (float(np.ravel(e)[0]) for e in ends(compiled(element, Scope())(env)))
    if isinstance(domain, Range):
        bottom, top = 1.0, float(whole(compiled(domain.size, Scope())(env), domain))
    elif isinstance(domain, RealInterval):
        bottom, top = (float(np.ravel(compiled(e, Scope())(env).lower)[0]) for e in domain.args)
    else:
        return single(PlaceOutcome.UNDECIDED, -np.inf)
    slack = min(low - bottom, top - high)
    return single(PlaceOutcome.HOLDS if slack >= -ULP * max(abs(bottom), abs(top)) else PlaceOutcome.VIOLATED, slack, lhs=low, rhs=top)
