"""Enclosures of the injective norm of small tensors, and of the largest value of a form on the sphere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STARTS, STEPS, CELLS = 6, 30, 4_000


def injective_enclosure(tensor: Array) -> tuple[float, float]:
    """lower ≤ ‖T‖_op ≤ upper for a dense tensor of shape (d, …, d).

    Exact (up to rounding) for orders 1 and 2 and in dimension 1.  In dimension 2 and order 3 the last vector runs over a circle:
    u ↦ σ_max(T(·, ·, u)) has the Lipschitz constant of T as a map of that vector, so cells of angles are bounded and split.  Otherwise
    alternating ascent below, the least spectral norm of an unfolding above.

    >>> injective_enclosure(np.array([[3.0, 0.0], [0.0, 4.0]]))
    (4.0, 4.0)
    """
    d, p = tensor.shape[0], tensor.ndim
    if d == 1:
        value = float(abs(tensor.reshape(-1)[0]))
        return value, value
    if p == 1:
        value = float(np.linalg.norm(tensor))
        return value, value
    if p == 2:
        value = float(np.linalg.norm(tensor, 2))
        return value, value
    lower = _ascended(tensor)
    if d == 2 and p == 3:
        return _over_circle(tensor, lower)
    unfolded = min(float(np.linalg.norm(np.moveaxis(tensor, q, 0).reshape(d, -1), 2)) for q in range(p))
    return lower, unfolded


def _ascended(tensor: Array, seed: int = 0) -> float:
    """Alternating maximisation over unit vectors from random starts: each step is exact in one vector, so values only grow."""
    rng, p, d = np.random.default_rng(seed), tensor.ndim, tensor.shape[0]
    best = float(np.max(np.abs(tensor)))
    for _ in range(STARTS):
        vectors = [v / np.linalg.norm(v) for v in rng.standard_normal((p, d))]
        value = 0.0
        for _ in range(STEPS):
            for q in range(p):
                found = np.moveaxis(tensor, q, 0)
                for other in reversed([*vectors[:q], *vectors[q + 1 :]]):
                    found = found @ other
                value = float(np.linalg.norm(found))
                if value == 0.0:
                    break
                vectors[q] = found / value
        best = max(best, value)
    return best


def _over_circle(tensor: Array, lower: float) -> tuple[float, float]:
    """Branch and bound over the angle of the last vector, θ and θ + π being alike."""
    slope = float(np.linalg.norm(np.moveaxis(tensor, 2, 0).reshape(2, -1), 2))
    centres, half = (np.arange(256) + 0.5) * np.pi / 256, np.pi / 512
    while True:
        values = _spectral(tensor, centres)
        lower = max(lower, float(values.max()))
        upper = values + slope * half
        keep = upper > lower * (1 + 1e-9)
        if not keep.any() or half < 1e-9 or 2 * keep.sum() > CELLS:
            return lower, max(lower, float(upper.max()))
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
    if d == 1:
        value = float(abs(tensor.reshape(-1)[0]))
        return value, value
    if p == 1:
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
    """The form is Σ_j c_j cos^{p−j} sin^j; with t = tan θ its critical points are the roots of (1+t²)g′(t) − p t g(t), and θ = π/2."""
    p = tensor.ndim
    ones = np.array([bin(m).count("1") for m in range(2**p)])
    c = np.bincount(ones, weights=tensor.reshape(-1), minlength=p + 1)
    g = np.polynomial.Polynomial(c)
    t = np.polynomial.Polynomial([0.0, 1.0])
    critical = ((1 + t * t) * g.deriv() - p * t * g).trim(0.0)
    roots = critical.roots() if critical.degree() > 0 else np.zeros(0)
    angles = np.concatenate([np.arctan(np.real(roots)), [0.0, np.pi / 2]])  # every angle gives a value that is reached
    powers = np.stack([np.cos(angles) ** (p - j) * np.sin(angles) ** j for j in range(p + 1)])
    return float(np.max(np.abs(c @ powers)))
