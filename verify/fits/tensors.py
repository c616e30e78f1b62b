"""Least-norm symmetric tensors and polynomials through labelled points, and low-rank quadratics found by local search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData, HypothesisViolated, NotCertified, ShapeError
from verify.fits.explicit import FIT_TOLERANCE
from verify.lipschitz.polynomials.functions import PolynomialFunction
from verify.lipschitz.polynomials.power_sum import EPS, PowerSum, whole_power
from verify.lipschitz.polynomials.quadratics import Quadratic

Floats = NDArray[np.float64]


def _data(X: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    points, labels = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if points.ndim != 2 or labels.shape != (len(points),) or not points.size:
        raise ShapeError(f"X has shape {points.shape} and y has shape {labels.shape}; give n×d points and n labels")
    if not (np.isfinite(points).all() and np.isfinite(labels).all()):
        raise BadData("the data hold a number that is not finite; give finite points and labels")
    return points, labels


def _weights(K: Floats, y: Floats, what: str) -> Floats:
    """K⁺y with one step of refinement; HypothesisViolated that names the worst residual if y is not in the range of K."""
    values, basis = np.linalg.eigh(K)
    # eigenvalues below n·eps·‖K‖ are rounding; a factor 8 for the entries of K
    kept = values > 8 * len(K) * EPS * max(float(values[-1]), 0.0)
    inverse = basis[:, kept] / values[kept] @ basis[:, kept].T
    weights = inverse @ y
    weights = weights + inverse @ (y - K @ weights)
    residual = np.abs(K @ weights - y)
    worst, allowed = int(np.argmax(residual)), FIT_TOLERANCE * max(1.0, float(np.max(np.abs(y))))
    if residual[worst] > allowed:
        raise HypothesisViolated(
            f"no {what} takes these labels: the best one misses y_{worst + 1} = {y[worst]:g} by {residual[worst]:.3g}; "
            "take labels in the range of the Gram matrix, fewer points, or a higher order"
        )
    return np.asarray(weights)


def least_norm_tensor(X: ArrayLike, y: ArrayLike, order: int) -> PowerSum:
    """The tensor T of least ‖T‖_F with ⟨T, x_i^{⊗p}⟩ = y_i: T = Σ c_i x_i^{⊗p}, c = K_p⁺y, ‖T‖_F² = yᵀK_p⁺y, K_p = (XXᵀ)^{∘p}.

    Source: Bubeck–Li–Nagaraj 2021, Theorem 7, sharp form.
    Args: X (n×d), y (n), order p ≥ 1.
    Returns: a `PowerSum` with residuals of at most 10⁻⁹·max(1, max|y_i|), recomputed.
    Raises: HypothesisViolated if y is not in the range of K_p (then no tensor fits), ShapeError, BadData.

    >>> T = least_norm_tensor([[1.0, 0.0], [0.0, 2.0]], [1, -1], 2)
    >>> np.round(T.dense(), 9).tolist()
    [[1.0, 0.0], [0.0, -0.25]]
    """
    points, labels = _data(X, y)
    return PowerSum(points, _weights(whole_power(points @ points.T, order), labels, f"form of order {order}"), order)


def least_norm_polynomial(X: ArrayLike, y: ArrayLike, degree: int, weights: ArrayLike | None = None) -> PolynomialFunction:
    """The polynomial f = Σ_{q≤p} ⟨T_q, x^{⊗q}⟩ through the data with the least Σ_q ‖T_q‖_F²/w_q: T_q = w_qΣ c_i x_i^{⊗q}, c = (Σ w_qK_q)⁺y.

    Args: X (n×d), y (n), degree p ≥ 1, weights w_0, …, w_p ≥ 0 (all 1; 0 forbids a part).
    Returns: a `PolynomialFunction` with residuals of at most 10⁻⁹·max(1, max|y_i|), recomputed.
    Raises: HypothesisViolated if no polynomial with these parts fits, ShapeError, BadData.

    >>> f = least_norm_polynomial([[1.0], [-1.0]], [1, -1], 1)
    >>> np.round(f(np.array([[3.0]])), 9).tolist()
    [3.0]
    """
    points, labels = _data(X, y)
    if not (isinstance(degree, int) and degree >= 1):
        raise BadData(f"the degree is {degree!r}; give a whole number p ≥ 1")
    scale = np.ones(degree + 1) if weights is None else np.asarray(weights, dtype=np.float64)
    if scale.shape != (degree + 1,) or not np.all(scale >= 0) or not np.isfinite(scale).all():
        raise BadData(f"the weights are {scale.tolist()}; give {degree + 1} finite numbers w_q ≥ 0, one for each part")
    inner = points @ points.T
    gram = sum((w * whole_power(inner, q) for q, w in enumerate(scale)), np.zeros_like(inner))
    c = _weights(gram, labels, f"polynomial of degree {degree}")
    return PolynomialFunction([scale[0] * c.sum(), *[PowerSum(points, scale[q] * c, q) for q in range(1, degree + 1)]])


@dataclass(frozen=True)
class SearchOptions:
    """Of the search for a low-rank quadratic: random starts, Levenberg–Marquardt steps from each, and the seed."""

    starts: int = 20
    steps: int = 200
    seed: int = 0


def low_rank_quadratic(X: ArrayLike, y: ArrayLike, rank: int, options: SearchOptions | None = None) -> Quadratic:
    """A quadratic x ↦ xᵀAx with symmetric A of rank at most k through the data, by local search.

    A = BᵀSB with B ∈ R^{k×d} and signs S; the splits of the signs are tried in turn from random starts with Levenberg–Marquardt steps.
    Bubeck–Li–Nagaraj 2021, Theorem 9, is about these; generic data need about kd − k(k−1)/2 ≥ n.

    Raises: NotCertified if the search finds none, which is no proof that there is none; ShapeError, BadData (rank below 1).

    >>> f = low_rank_quadratic([[1.0, 0.0], [0.0, 1.0]], [1, -1], 2)
    >>> np.round(f(np.eye(2)), 9).tolist(), np.linalg.matrix_rank(f.matrix).item()
    ([1.0, -1.0], 2)
    """
    points, labels = _data(X, y)
    k, settings = min(rank, points.shape[1]), options or SearchOptions()
    if k < 1:
        raise BadData(f"the rank is {rank}; give a whole number k ≥ 1")
    rng = np.random.default_rng(settings.seed)
    allowed = FIT_TOLERANCE * max(1.0, float(np.max(np.abs(labels))))
    closest = np.inf
    for start in range(settings.starts):
        signs = np.where(np.arange(k) < start % (k + 1), -1.0, 1.0)
        B = rng.standard_normal((k, points.shape[1]))
        B, residual = _fit_factor(points, labels, signs, B, settings.steps)
        closest = min(closest, residual)
        if residual <= allowed:
            return Quadratic((B.T * signs) @ B)
    raise NotCertified(
        f"no quadratic of rank at most {k} through the {len(points)} points was found: the best misses a label by {closest:.3g}; "
        "take a larger rank, fewer points, or more starts"
    )


def _fit_factor(X: Floats, y: Floats, signs: Floats, B: Floats, steps: int) -> tuple[Floats, float]:
    """Levenberg–Marquardt for Σ_ℓ s_ℓ(b_ℓ·x_i)² = y_i in B; returns B and the largest residual."""
    damping, projections = 1e-2, X @ B.T
    error = projections**2 @ signs - y
    for _ in range(steps):
        if float(np.max(np.abs(error))) <= 1e-13 * max(1.0, float(np.max(np.abs(y)))):
            break
        J = (2 * signs * projections)[:, :, None] * X[:, None, :]
        J = J.reshape(len(X), -1)
        step = J.T @ np.linalg.solve(J @ J.T + damping * np.eye(len(X)), error)
        moved = B - step.reshape(B.shape)
        new = (X @ moved.T) ** 2 @ signs - y
        if new @ new < error @ error:
            B, projections, error, damping = moved, X @ moved.T, new, max(damping / 5, 1e-14)
        else:
            damping *= 4
            if damping > 1e8:
                break
    return B, float(np.max(np.abs(error)))


def prescribed_spectrum(eigenvalues: ArrayLike, d: int, rng: np.random.Generator) -> Quadratic:
    """x ↦ xᵀAx with the given non-zero eigenvalues (k of them, k ≤ d) in random orthonormal directions: A has rank k.

    Raises: ShapeError for more than d eigenvalues.

    >>> f = prescribed_spectrum([2.0, -1.0], 4, np.random.default_rng(0))
    >>> np.round(np.abs(f.spectrum[0]), 9).tolist()
    [1.0, 0.0, 0.0, 2.0]
    """
    values = np.asarray(eigenvalues, dtype=np.float64)
    if values.ndim != 1 or len(values) > d:
        raise ShapeError(f"the eigenvalues have shape {values.shape}; give at most d = {d} numbers")
    basis = np.linalg.qr(rng.standard_normal((d, max(len(values), 1))))[0][:, : len(values)]
    return Quadratic((basis * values) @ basis.T)
