"""Enclosures of the injective norm of small tensors, and of the largest value of a form on the sphere."""

from __future__ import annotations

from itertools import permutations
from math import comb

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STARTS, STEPS, CELLS = 6, 30, 4_000
MOST_PERMUTED = 5         # 120 permutations of the indices


def injective_enclosure(tensor: Array) -> tuple[float, float]:
    """lower ≤ ‖T‖_op ≤ upper for a dense tensor of shape (d, …, d).

    Exact (up to rounding) for orders 1 and 2, in dimension 1, and for symmetric tensors of the plane (Banach).  For other tensors of
    order 3 in the plane the last vector runs over a circle: u ↦ σ_max(T(·, ·, u)) has the Lipschitz constant of T as a map of that vector,
    so cells of angles are bounded and split.  Otherwise alternating ascent below, the least spectral norm of an unfolding above.

    >>> injective_enclosure(np.array([[3.0, 0.0], [0.0, 4.0]]))
    (4.0, 4.0)
    """
    d, p = tensor.shape[0], tensor.ndim
    if 1 in (d, p):
        value = float(np.linalg.norm(tensor))
        return value, value
    if p == 2:
        value = float(np.linalg.norm(tensor, 2))
        return value, value
    if d == 2 and p <= MOST_PERMUTED:
        symmetric = _symmetric_part(tensor)
        gap, value = float(np.linalg.norm(tensor - symmetric)), _planar(symmetric)
        if gap <= 1e-9 * value:
            return value - gap, value + gap
    lower = _ascended(tensor)
    if d == 2 and p == 3:
        return _over_circle(tensor, lower)
    unfolded = min(float(np.linalg.norm(np.moveaxis(tensor, q, 0).reshape(d, -1), 2)) for q in range(p))
    return lower, unfolded


def injective_enclosures(tensors: Array) -> tuple[Array, Array]:
    """Enclosures for many tensors, the first axis: exact (up to rounding) as above, else between two unfoldings.

    For order p ≥ 3 the largest singular value of the unfolding bounds from above; its left vector fixes the first argument, and so on
    with the contracted tensors, which bounds from below.

    >>> injective_enclosures(np.array([[[3.0, 0.0], [0.0, 4.0]], [[1.0, 0.0], [0.0, 0.0]]]))
    (array([4., 1.]), array([4., 1.]))
    """
    d, p = tensors.shape[1], tensors.ndim - 1
    if 1 in (d, p):
        value = np.linalg.norm(tensors.reshape(len(tensors), -1), axis=1)
        return value, value
    left, singular, _ = np.linalg.svd(tensors.reshape(len(tensors), d, -1), full_matrices=False)
    if p == 2:
        return singular[:, 0], singular[:, 0]
    contracted = np.einsum("ma,ma...->m...", left[:, :, 0], tensors)
    return injective_enclosures(contracted)[0], singular[:, 0]


def nuclear_enclosure(tensor: Array) -> tuple[float, float]:
    """lower ≤ ‖T‖_* ≤ upper for a dense tensor of shape (d, …, d); exact (up to rounding) for orders 1 and 2 and in dimension 1.

    Below: ⟨T, S⟩ ≤ ‖T‖_*‖S‖_op at S = T, and ‖T‖_F ≤ ‖T‖_*.  Above: T = Σ_a e_a ⊗ T_a is the sum of its slices in
    any orthonormal basis, so that ‖T‖_* ≤ Σ_a ‖T_a‖_*; and d^{(p−1)/2}‖T‖_F.

    >>> nuclear_enclosure(np.array([[3.0, 0.0], [0.0, -4.0]]))
    (7.0, 7.0)
    """
    d, p = tensor.shape[0], tensor.ndim
    size = float(np.linalg.norm(tensor))
    if 1 in (d, p):
        return size, size
    if p == 2:
        value = float(np.linalg.svd(tensor, compute_uv=False).sum())
        return value, value
    largest = injective_enclosure(tensor)[1]
    lower = max(size, size**2 / largest) if largest > 0 else 0.0
    return lower, max(lower, min(_sliced(tensor), d ** ((p - 1) / 2) * size))


def _sliced(tensor: Array) -> float:
    """The least sum of the nuclear norms of slices over all axes, along the coordinates and along the singular vectors of the unfolding.

    Slices of order at least 3 are cut again.
    """
    if tensor.ndim == 2:
        return float(np.linalg.svd(tensor, compute_uv=False).sum())
    best = np.inf
    for q in range(tensor.ndim):
        parts = np.moveaxis(tensor, q, 0)
        left = np.linalg.svd(parts.reshape(len(parts), -1), full_matrices=False)[0]
        for slices in (parts, np.tensordot(left.T, parts, axes=1)):
            best = min(best, sum(_sliced(part) for part in slices))
    return float(best)


def _ascended(tensor: Array, seed: int = 0) -> float:
    """Alternating maximisation over unit vectors from random starts: each step is exact in one vector, so values only grow."""
    rng, p, d = np.random.default_rng(seed), tensor.ndim, tensor.shape[0]
    best = float(np.max(np.abs(tensor)))
    unfoldings = [np.moveaxis(tensor, q, 0).reshape(d, -1) for q in range(p)]
    vectors = list(rng.standard_normal((p, STARTS, d)))
    vectors = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in vectors]
    for _ in range(STEPS):
        before = best
        for q in range(p):
            others = np.ones((STARTS, 1))
            for v in (*vectors[:q], *vectors[q + 1 :]):
                others = (others[:, :, None] * v[:, None, :]).reshape(STARTS, -1)
            found = others @ unfoldings[q].T
            sizes = np.linalg.norm(found, axis=1, keepdims=True)
            vectors[q] = np.where(sizes > 0, found / np.where(sizes > 0, sizes, 1.0), vectors[q])
        best = max(best, float(sizes.max()))
        if best <= before * (1 + 1e-12):
            break
    return best


def _symmetric_part(tensor: Array) -> Array:
    return np.asarray(np.mean([np.transpose(tensor, order) for order in permutations(range(tensor.ndim))], axis=0))


def _over_circle(tensor: Array, lower: float) -> tuple[float, float]:
    """Branch and bound over the angle of the last vector, θ and θ + π being alike."""
    slope = float(np.linalg.norm(np.moveaxis(tensor, 2, 0).reshape(2, -1), 2))
    centres, half = (np.arange(256) + 0.5) * np.pi / 256, np.pi / 512
    while True:
        values = _spectral(tensor, centres)
        lower = max(lower, float(values.max()))
        upper = values + slope * half
        dropped = lower * (1 + 1e-9)                    # no cell that is not split any more goes beyond it
        keep = upper > dropped
        if not keep.any() or half < 1e-9 or 2 * keep.sum() > CELLS:
            return lower, max(dropped, float(upper.max()))
        centres, half = np.concatenate([centres[keep] - half / 2, centres[keep] + half / 2]), half / 2


def _spectral(tensor: Array, angles: Array) -> Array:
    u = np.stack([np.cos(angles), np.sin(angles)])
    return np.asarray(np.linalg.norm(np.einsum("abq,qm->mab", tensor, u), 2, axis=(1, 2)))


def form_supremum(tensor: Array) -> tuple[float, float]:
    """An enclosure of sup |⟨T, u^{⊗p}⟩| over unit vectors u of R^d; exact up to rounding for d ≤ 2 and for p ≤ 2.

    In the plane ⟨T, u^{⊗p}⟩ is a trigonometric polynomial of the angle, largest where its derivative vanishes.

    >>> form_supremum(np.array([[0.0, 1.0], [-1.0, 0.0]]))
    (0.0, 0.0)
    """
    d, p = tensor.shape[0], tensor.ndim
    if 1 in (d, p):
        value = float(np.linalg.norm(tensor))
        return value, value
    if p == 2:
        value = float(np.max(np.abs(np.linalg.eigvalsh((tensor + tensor.T) / 2))))
        return value, value
    if d == 2:
        value = _planar(tensor)
        return value, value
    return 0.0, injective_enclosure(tensor)[1]


def _planar(tensor: Array) -> float:
    """max |⟨T, u^{⊗p}⟩| over the unit circle; the form has the coefficient c_j = Σ of the entries with j indices 2."""
    ones = np.array([bin(m).count("1") for m in range(2**tensor.ndim)])
    return _circle_maximum(np.asarray(np.bincount(ones, weights=tensor.reshape(-1)), dtype=np.float64))


def _circle_maximum(c: Array) -> float:
    """The form is Σ_j c_j cos^{p−j} sin^j; with t = tan θ its critical points are the roots of (1+t²)g′(t) − p t g(t), and θ = π/2."""
    p = len(c) - 1
    g = np.polynomial.Polynomial(c)
    t = np.polynomial.Polynomial([0.0, 1.0])
    critical = ((1 + t * t) * g.deriv() - p * t * g).trim(0.0)
    roots = critical.roots() if critical.degree() > 0 else np.zeros(0)
    angles = np.concatenate([np.arctan(np.real(roots)), [0.0, np.pi / 2]])  # every angle gives a value that is reached
    powers = np.stack([np.cos(angles) ** (p - j) * np.sin(angles) ** j for j in range(p + 1)])
    return float(np.max(np.abs(c @ powers)))


def power_sum_supremum(V: Array, order: int) -> tuple[float, float]:
    """An enclosure of sup Σ_i (u·v_i)^q over unit vectors u, q even; exact up to rounding for d ≤ 2 and for q = 2.

    In higher dimensions: the values in the directions of the v_i below, λ_max(Σ v_iv_iᵀ)·max ‖v_i‖^{q−2} above.

    >>> round(power_sum_supremum(np.array([[3.0, 4.0]]), 4)[1], 9)
    625.0
    """
    d, sizes = V.shape[1], np.linalg.norm(V, axis=1)
    top = float(np.linalg.eigvalsh(V.T @ V)[-1]) * float(sizes.max()) ** (order - 2)
    if d == 1 or order == 2:
        value = float(np.sum(sizes**order)) if d == 1 else top
        return value, value
    directions = V[sizes > 0] / sizes[sizes > 0, None]
    reached = float(np.max(np.sum((directions @ V.T) ** order, axis=1), initial=0.0))
    if d > 2:
        return reached, max(reached, top)
    coefficients = np.array([comb(order, j) * np.sum(V[:, 0] ** (order - j) * V[:, 1] ** j) for j in range(order + 1)])
    value = max(reached, _circle_maximum(coefficients))
    return value, value
