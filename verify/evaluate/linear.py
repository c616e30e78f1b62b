"""The numeric reading of vectors, matrices, inner products, norms and spectra."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np

from theory.errors import BadData, ShapeError
from theory.terms.linear import (
    IndexedMatrixSum,
    IndexedVectorSum,
    MatrixSum_,
    MatrixSymbol,
    MatVec,
    Outer,
    ScaledMatrix,
    ScaledVector,
    VectorSum_,
    VectorSymbol,
    ZeroVector,
)
from theory.terms.scalars import Dot, EigenvalueSum, FrobeniusNorm, Norm, NuclearNorm, OperatorNorm, Rank, Trace
from verify.evaluate.arithmetic import over_ranges, summed
from verify.evaluate.conventions import Convention
from verify.evaluate.entries import at_indices
from verify.evaluate.scope import Env, Node, Scope, compiled, reads, whole
from verify.evaluate.values import ULP, Interval, MatrixValue, VectorValue, are_small_integers, is_exact, lost, point

SMALL = 2.0**-480  # the square of a smaller number may underflow


@reads(VectorSymbol, MatrixSymbol)
def _leaf(term: Any, scope: Scope) -> Node:
    if scope.binds(term):
        return lambda env: env.bound[term]
    return lambda env: env.leaf(term)


# --- vectors --------------------------------------------------------------------------------------


@reads(ZeroVector)
def _zero(term: ZeroVector, scope: Scope) -> Node:
    dim = compiled(term.dim, scope)
    return lambda env: VectorValue(np.zeros(whole(dim(env), term.dim)))


def _sum_compiler(kind: Any, components: int) -> Any:
    def compiler(term: Any, scope: Scope) -> Node:
        first, *rest = [compiled(a, scope) for a in term.args]

        def run(env: Env) -> Any:
            total = first(env)
            for part in rest:
                value = part(env)
                array = total.array + value.array
                exact = is_exact(total.error) and is_exact(value.error) and are_small_integers(array, total.array, value.array)
                total = kind(array, 0.0 if exact else total.error + value.error + ULP * _size(array, components))
            return total

        return run

    return compiler


reads(VectorSum_)(_sum_compiler(VectorValue, 1))
reads(MatrixSum_)(_sum_compiler(MatrixValue, 2))


def _size(array: Any, components: int) -> Any:
    """Euclidean or Frobenius norm along the component axes."""
    flat = array if components == 1 else np.reshape(array, (*np.shape(array)[:-2], np.prod(np.shape(array)[-2:], dtype=int)))
    size = np.sqrt(np.vecdot(flat, flat))
    if (size < SMALL).any():  # squares may have underflowed; 0 is the size of 0 alone
        size = np.maximum(size, np.abs(flat).max(axis=-1, initial=0.0))
    return size


def _are_powers_of_two(values: Any) -> bool:
    """Whether all numbers are 0 or ±2^k."""
    mantissas = np.abs(np.frexp(values)[0])
    return bool(np.all((mantissas == 0.5) | (mantissas == 0.0)))


def _scaled_compiler(kind: Any, components: int) -> Any:
    def compiler(term: Any, scope: Scope) -> Node:
        scalar, inner = (compiled(a, scope) for a in term.args)

        def run(env: Env) -> Any:
            c, v = scalar(env), inner(env)
            centre, radius = c.lower, c.error
            if (
                not c.is_point
            ):  # an interval as a ball; an unbounded one leaves the error infinite, so nothing follows from it
                bounded = np.isfinite(c.lower) & np.isfinite(c.upper)
                centre = np.where(bounded, (c.lower + c.upper) / 2, 0.0)
                radius = np.where(bounded, (c.upper - c.lower) / 2 + c.error + ULP * np.abs(centre), np.inf)
            array = np.reshape(centre, np.shape(centre) + (1,) * components) * v.array
            if is_exact(radius) and is_exact(v.error) and are_small_integers(array, centre, v.array):
                return kind(array, 0.0)
            size = _size(v.array, components)
            shifts = is_exact(radius) and _are_powers_of_two(centre)  # such as −1: nothing is rounded
            rounding = (0.0 if shifts else ULP * _size(array, components)) + lost(centre * size, centre, size)
            return kind(array, radius * (size + v.error) + np.abs(centre) * v.error + rounding)

        return run

    return compiler


reads(ScaledVector)(_scaled_compiler(VectorValue, 1))
reads(ScaledMatrix)(_scaled_compiler(MatrixValue, 2))


def _indexed_compiler(kind: Any, components: int) -> Any:
    def fold(value: Any, axis: int, length: int, mask: Any) -> Any:
        array = summed(value.array, axis, length, mask, components)
        if is_exact(value.error) and are_small_integers(value.array, summed(np.abs(value.array), axis, length, mask, components)):
            return kind(array, 0.0)
        size = summed(_size(value.array, components), axis, length, mask)
        return kind(array, summed(value.error, axis, length, mask) + max(length, 1) * ULP * size)

    return lambda term, scope: over_ranges(term, scope, fold)


reads(IndexedVectorSum)(_indexed_compiler(VectorValue, 1))
reads(IndexedMatrixSum)(_indexed_compiler(MatrixValue, 2))


@reads(MatVec)
def _matvec(term: MatVec, scope: Scope) -> Node:
    matrix, vector = (compiled(a, scope) for a in term.args)

    def run(env: Env) -> VectorValue:
        m, v = matrix(env), vector(env)
        array = v.array @ m.array.T if m.array.ndim == 2 else np.matmul(m.array, v.array[..., None])[..., 0]
        big, long = _size(m.array, 2), _size(v.array, 1)
        if is_exact(m.error) and is_exact(v.error) and are_small_integers(m.array, v.array, big * long):
            return VectorValue(array, 0.0)
        rounding = m.array.shape[-1] * ULP * big * long + lost(big * long, big, long)
        return VectorValue(array, big * v.error + m.error * (long + v.error) + rounding)

    return run


@reads(Outer)
def _outer(term: Outer, scope: Scope) -> Node:
    left, right = (compiled(a, scope) for a in term.args)

    def run(env: Env) -> MatrixValue:
        u, v = left(env), right(env)
        array = u.array[..., :, None] * v.array[..., None, :]
        a, b = _size(u.array, 1), _size(v.array, 1)
        if is_exact(u.error) and is_exact(v.error) and are_small_integers(array, u.array, v.array):
            return MatrixValue(array, 0.0)
        return MatrixValue(array, a * v.error + b * u.error + u.error * v.error + ULP * a * b + lost(a * b, a, b))

    return run


# --- scalars of vectors and matrices --------------------------------------------------------------


@reads(Dot)
def _dot(term: Dot, scope: Scope) -> Node:
    left, right = (compiled(a, scope) for a in term.args)

    def run(env: Env) -> Interval:
        u, v = left(env), right(env)
        a, b = _size(u.array, 1), _size(v.array, 1)
        rounding = (u.array.shape[-1] + 1) * ULP * a * b
        value = np.vecdot(u.array, v.array)
        if is_exact(u.error) and is_exact(v.error) and are_small_integers(u.array, v.array, a * b):
            return point(value, 0.0)  # all partial sums are integers below 2^53
        return point(value, a * v.error + b * u.error + u.error * v.error + rounding + lost(a * b, a, b))

    return run


@reads(Norm)
def _norm(term: Norm, scope: Scope) -> Node:
    inner = compiled(term.args[0], scope)

    def run(env: Env) -> Interval:
        v = inner(env)
        size = _size(v.array, 1)
        return point(size, v.error + (v.array.shape[-1] + 2) * ULP * size)

    return run


@reads(FrobeniusNorm)
def _frobenius(term: FrobeniusNorm, scope: Scope) -> Node:
    inner = compiled(term.args[0], scope)

    def run(env: Env) -> Interval:
        m = inner(env)
        size = _size(m.array, 2)
        return point(size, m.error + (m.array.shape[-1] * m.array.shape[-2] + 2) * ULP * size)

    return run


def _spectral_slack(array: Any) -> Any:
    """Backward error of the LAPACK spectral routines, a modest multiple (8 here) of the size times ulp times the
    norm.
    """
    return 8 * (array.shape[-1] + array.shape[-2]) * ULP * _size(array, 2)


@reads(OperatorNorm)
def _operator(term: OperatorNorm, scope: Scope) -> Node:
    inner = compiled(term.args[0], scope)

    def run(env: Env) -> Interval:
        m = inner(env)
        if 0 in m.array.shape[-2:]:
            return point(np.zeros(m.array.shape[:-2]), 0.0)
        return point(np.linalg.svd(m.array, compute_uv=False)[..., 0], m.error + _spectral_slack(m.array))

    return run


@reads(NuclearNorm)
def _nuclear(term: NuclearNorm, scope: Scope) -> Node:
    inner = compiled(term.args[0], scope)

    def run(env: Env) -> Interval:
        m = inner(env)  # |‖A+E‖_* − ‖A‖_*| ≤ ‖E‖_* ≤ √rank ‖E‖_F
        width = np.sqrt(min(m.array.shape[-2:]))
        return point(
            np.linalg.svd(m.array, compute_uv=False).sum(axis=-1), width * (m.error + _spectral_slack(m.array))
        )

    return run


@reads(Rank)
def _rank(term: Rank, scope: Scope) -> Node:
    inner = compiled(term.args[0], scope)

    def run(env: Env) -> Interval:
        """Singular values above the error of the matrix count; those within ten times the error leave the rank open."""
        m = inner(env)
        s = np.linalg.svd(m.array, compute_uv=False)
        threshold = np.asarray(m.error + _spectral_slack(m.array))[..., None]
        lower, upper = (s > 10 * threshold).sum(axis=-1), (s > threshold).sum(axis=-1)
        if np.all(lower == upper):
            return point(lower.astype(np.float64))
        return Interval(lower.astype(np.float64), upper.astype(np.float64))

    return run


@reads(Trace)
def _trace(term: Trace, scope: Scope) -> Node:
    left, right = (compiled(a, scope) for a in term.args)

    def run(env: Env) -> Interval:
        p, m = left(env), right(env)
        a, b = _size(p.array, 2), _size(m.array, 2)
        rounding = (p.array.shape[-1] * p.array.shape[-2] + 1) * ULP * a * b + lost(a * b, a, b)
        return point((p.array * m.array).sum(axis=(-2, -1)), a * m.error + b * p.error + p.error * m.error + rounding)

    return run


@reads(EigenvalueSum)
def _eigenvalue_sum(term: EigenvalueSum, scope: Scope) -> Node:
    inner, count = (compiled(a, scope) for a in term.args)

    def sums_of(m: MatrixValue, slack: Any) -> Any:
        """λ_1 + … + λ_r for r = 0, 1, …, of (M + Mᵀ)/2."""
        if m.array.shape[-1] != m.array.shape[-2]:
            raise ShapeError(f"an eigenvalue sum is of a square matrix, and {term.args[0]} is {m.array.shape[-2:]}")
        descending = np.linalg.eigvalsh((m.array + np.swapaxes(m.array, -1, -2)) / 2)[..., ::-1]
        return np.concatenate([np.zeros((*m.array.shape[:-2], 1)), np.cumsum(descending, axis=-1)], axis=-1)

    def run(env: Env) -> Interval:
        m, r = inner(env), np.asarray(count(env).lower)
        slack = m.error + _spectral_slack(m.array)
        # several facts speak of the same draws, thousands of matrices
        content = (blake2b(np.ascontiguousarray(part)).digest() for part in (m.array, slack))
        key = (EigenvalueSum, np.shape(m.array), *content)
        sums = env.run.remembered(key, lambda: sums_of(m, slack))
        if np.any(np.rint(r) != r):
            raise BadData(f"the number of eigenvalues in a sum is {r}; give an integer")
        which = np.clip(r, 0, m.array.shape[-1]).astype(np.int64)
        if np.any(which != r):
            env.run.read_off(Convention.EIGENVALUE, term)
        # |Σ_{j≤r} λ_j(A+E) − λ_j(A)| ≤ √r ‖E‖_F  (Wielandt–Hoffman)
        return point(at_indices(sums, which, 0), np.sqrt(which) * slack)

    return run
