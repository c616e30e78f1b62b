"""Quadratics of low rank and small norm through labelled points, by local search: candidates for an upper bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
# The norms have corners where eigenvalues meet; they are approached from above by power means of these orders.
ORDERS = (4, 16, 64)
MOST_SIGNS = 12


def smooth_norm(norm: str, A: Floats, order: int) -> tuple[float, Floats]:
    """A differentiable norm of A at least as large as the given one, and its gradient.

    "operator": (Σ|λ_j|^q)^{1/q}; "spread": the same of the positive eigenvalues plus that of the negative ones; "nuclear": Σ|λ_j|.

    >>> round(smooth_norm("operator", np.diag([3.0, -4.0]), 64)[0], 6)
    4.0
    """
    values, vectors = np.linalg.eigh(A)
    if norm == "nuclear":
        return float(np.abs(values).sum()), (vectors * np.sign(values)) @ vectors.T
    total, slopes = 0.0, np.zeros_like(values)
    for part in ((values > 0), (values < 0)) if norm == "spread" else (values != 0,):
        sizes = np.where(part, np.abs(values), 0.0)
        top = float(sizes.max(initial=0.0))
        if top > 0:
            mean = float(np.sum((sizes / top) ** order)) ** (1 / order)
            total += top * mean
            slopes += np.sign(values) * (sizes / (top * mean)) ** (order - 1)
    return total, (vectors * slopes) @ vectors.T


def project(X: Floats, y: Floats, signs: Floats, B: Floats, steps: int = 60) -> Floats:
    """Gauss–Newton steps of least length towards Σ_ℓ s_ℓ(b_ℓ·x_i)² = y_i, halved when they do not help.

    >>> project(np.eye(1), np.array([2.0]), np.ones(1), np.ones((1, 1))).round(6).tolist()
    [[1.414214]]
    """
    values = X @ B.T
    error = values**2 @ signs - y
    for _ in range(steps):
        if not error.any():
            break
        J = ((2 * signs * values)[:, :, None] * X[:, None, :]).reshape(len(X), -1)
        step = np.linalg.lstsq(J, -error, rcond=1e-12)[0].reshape(B.shape)
        length = 1.0
        while length > 1e-6:
            moved = B + length * step
            new = (X @ moved.T) ** 2 @ signs - y
            if new @ new < error @ error:
                break
            length /= 2
        else:
            break
        B, values, error = moved, X @ moved.T, new
    return B


def small_factors(
    norm: str, X: Floats, y: Floats, split: tuple[int, int], start: Floats, starts: int, rng: np.random.Generator,
    on_progress: Callable[[float], None],
) -> Iterator[tuple[float, Floats, Floats]]:
    """Candidates (norm of BᵀDB, B, signs) with a positive and b negative signs that fit up to rounding, in the order they are found.

    Each start (the leading eigenvectors of the matrix `start`, then random ones) is moved onto the fit and then along it, by sequential
    quadratic programming with smoother norms first.

    Args: norm, X (n×d) with unit rows, y (n), split (a, b), a matrix to start from, the number of starts, a Generator, a callback
    that is told the norm of each candidate.

    >>> found = small_factors("operator", np.eye(2)[:1], np.ones(1), (1, 0), np.eye(2), 1, np.random.default_rng(0), lambda value: None)
    >>> round(min(value for value, _, _ in found), 6)
    1.0
    """
    d, (a, b) = X.shape[1], split
    signs = np.array([1.0] * a + [-1.0] * b)
    values, vectors = np.linalg.eigh(start)
    chosen = np.concatenate([np.arange(d)[::-1][:a], np.arange(b)])
    scale = float(np.sqrt(np.abs(values).max() + 1e-300))
    if a + b == 1:
        yield from _single_factors(X, y, signs, on_progress)
        return
    for attempt in range(starts):
        B = scale * rng.standard_normal((a + b, d))
        if attempt == 0:    # a little noise: an eigenvector orthogonal to a point has no derivative there
            B = np.sqrt(np.maximum(signs * values[chosen], 0.0))[:, None] * vectors[:, chosen].T + 1e-3 * B
        B = project(X, y, signs, B)
        for order in ORDERS if norm != "nuclear" else ORDERS[:1]:
            B = project(X, y, signs, _descend(norm, X, y, signs, B, order))
        if float(np.max(np.abs((X @ B.T) ** 2 @ signs - y))) <= 1e-9 * max(1.0, float(np.max(np.abs(y)))):
            value = float(_value(norm, (B.T * signs) @ B))
            on_progress(value)
            yield value, B, signs


def _single_factors(X: Floats, y: Floats, signs: Floats, on_progress: Callable[[float], None]) -> Iterator[tuple[float, Floats, Floats]]:
    """The vectors b of least length with b·x_i = ±√|y_i|, for all choices of the signs or the first 2^MOST_SIGNS of them.

    The three norms of ±bbᵀ are ‖b‖².
    """
    if (signs[0] * y < 0).any():
        return
    heights = np.sqrt(np.abs(y))
    free = np.flatnonzero(heights)[1:][:MOST_SIGNS]      # −b is b
    inverse = np.linalg.pinv(X)
    for choice in product((1.0, -1.0), repeat=len(free)):
        targets = heights.copy()
        targets[free] *= choice
        b = inverse @ targets
        if float(np.max(np.abs(X @ b - targets))) <= 1e-9 * max(1.0, float(heights.max())):
            value = float(b @ b)
            on_progress(value)
            yield value, b[None, :], signs


def _descend(norm: str, X: Floats, y: Floats, signs: Floats, B: Floats, order: int) -> Floats:
    shape = B.shape

    def objective(flat: Floats) -> tuple[float, Floats]:
        factors = flat.reshape(shape)
        value, gradient = smooth_norm(norm, (factors.T * signs) @ factors, order)
        return value, (2 * signs[:, None] * factors @ gradient).ravel()

    constraint = {
        "type": "eq",
        "fun": lambda flat: (X @ flat.reshape(shape).T) ** 2 @ signs - y,
        "jac": lambda flat: ((2 * signs * (X @ flat.reshape(shape).T))[:, :, None] * X[:, None, :]).reshape(len(X), -1),
    }
    options = {"maxiter": 150, "ftol": 1e-12}
    try:
        found = minimize(objective, B.ravel(), jac=True, constraints=[constraint], method="SLSQP", options=options)
    except np.linalg.LinAlgError:       # a step so long that the eigenvalues leave the doubles
        return B
    return found.x.reshape(shape) if np.isfinite(found.x).all() else B


def _value(norm: str, A: Floats) -> float:
    values = np.linalg.eigvalsh(A)
    if norm == "nuclear":
        return float(np.abs(values).sum())
    return float(np.abs(values).max() if norm == "operator" else values[-1] - values[0])
