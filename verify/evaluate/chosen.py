"""The numeric reading of vectors and constants that are defined by what they satisfy."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from theory.errors import ShapeError
from theory.terms.linear import Direction, KernelVector, Realiser
from theory.terms.scalars import MeanChiNorm, Norm
from verify.evaluate.conventions import Convention
from verify.evaluate.edges import sharpener
from verify.evaluate.scope import Env, Node, Scope, compiled, reads
from verify.evaluate.values import ULP, Interval, VectorValue, point


def length(array: Any) -> Any:
    """Euclidean norms along the last axis."""
    return np.sqrt(np.vecdot(array, array))


@reads(MeanChiNorm)
def _mean_chi(term: MeanChiNorm, scope: Scope) -> Node:
    dim = compiled(term.args[0], scope)

    def run(env: Env) -> Interval:
        d = np.asarray(dim(env).lower)
        value = np.sqrt(2) * np.exp(special.gammaln((d + 1) / 2) - special.gammaln(d / 2))
        # the logarithms are of size d log d and correct to a few ulp each
        return point(value, 16 * ULP * (1 + d * np.log(d + 1)) * value)

    return run


@reads(Direction)
def _direction(term: Direction, scope: Scope) -> Node:
    inner, sharpen = compiled(term.args[0], scope), sharpener(Norm(term.args[0]), scope)

    def run(env: Env) -> VectorValue:
        v = inner(env)
        top = np.abs(v.array).max(axis=-1, initial=0.0)[..., None]
        scaled = v.array / np.where(top > 0, top, 1.0)  # so that no square underflows
        size = length(scaled)[..., None]
        first = (np.arange(v.array.shape[-1]) == 0).astype(np.float64)
        long = (top * np.where(size > 0, size, 1.0))[..., 0]
        vanishes = (top[..., 0] == 0) & (np.asarray(v.error) == 0)
        unclear = (long <= v.error) & ~vanishes
        if np.any(unclear):
            exactly = sharpen(env, point(long, np.broadcast_to(v.error, np.shape(long))), unclear)
            vanishes = vanishes | (unclear & (exactly.lower == 0) & (exactly.error == 0))
        if np.any(vanishes):
            env.run.read_off(Convention.DIRECTION, term)
        unit = np.where((size > 0) & ~vanishes[..., None], scaled / np.where(size > 0, size, 1.0), first)
        # ‖(v+e)/‖v+e‖ − v/‖v‖‖ ≤ 2‖e‖/‖v‖, and two unit vectors, of whatever directions, are never further apart than 2
        moved = np.where(long > 0, np.minimum(2.0, 2 * v.error / np.where(long > 0, long, 1.0)), 2.0) + v.array.shape[-1] * ULP
        return VectorValue(unit, np.where(vanishes, 0.0, moved))

    return run


@reads(KernelVector)
def _kernel_vector(term: KernelVector, scope: Scope) -> Node:
    """The right singular vector of a singular value that is 0 up to the error of the matrix."""
    inner = compiled(term.args[0], scope)

    def run(env: Env) -> VectorValue:
        m = inner(env)
        if m.array.shape[-1] != m.array.shape[-2]:
            raise ShapeError(f"the kernel vector of {term.args[0]} needs a square matrix, not {m.array.shape[-2:]}")
        _, singular, right = np.linalg.svd(m.array)
        error = np.asarray(m.error + 16 * m.array.shape[-1] * ULP * singular[..., 0])[..., None]
        vanishing = singular <= error
        unclear = ~vanishing & (singular <= 10 * error)
        smallest = np.where(vanishing, np.inf, singular).min(axis=-1)
        # Wedin: the kernel turns by at most ‖E‖ over the least singular value that does not vanish
        turn = np.minimum(2.0, 4 * error[..., 0] / np.where(np.isfinite(smallest), smallest, np.inf))
        chosen = np.where(vanishing[..., -1:], right[..., -1, :], 0.0)
        return VectorValue(chosen, np.where(unclear.any(axis=-1), 2.0, np.where(vanishing[..., -1], turn, 0.0)))

    return run


@reads(Realiser)
def _realiser(term: Realiser, scope: Scope) -> Node:
    """The least-norm point x with Wx + b = s; where there is none the error is infinite, so that nothing follows."""
    weights, biases, pattern = (compiled(a, scope) for a in term.args)

    def run(env: Env) -> VectorValue:
        w, b, s = weights(env), biases(env), pattern(env)
        inverse = np.linalg.pinv(w.array)
        target = s.array - b.array
        x = np.matmul(inverse, target[..., None])[..., 0]
        singular = np.linalg.svd(w.array, compute_uv=False)
        noise = w.error + 16 * sum(w.array.shape[-2:]) * ULP * singular[..., 0]
        full = (singular[..., -1] > 10 * noise) & (w.array.shape[-2] <= w.array.shape[-1])
        gain = 1 / np.where(full, singular[..., -1], 1.0)
        size = length(x)
        # W̃x̃ = s̃ gives ‖x̃ − x‖ ≤ ‖W⁺‖(‖s̃ − s‖ + ‖W̃ − W‖‖x‖) up to a factor 2 for the turned row space
        error = 2 * gain * (s.error + b.error + noise * size + ULP * target.shape[-1] * length(target))
        return VectorValue(x, np.where(full, error, np.inf))

    return run
