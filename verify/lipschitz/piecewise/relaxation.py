"""LipSDP with one hidden layer: the semidefinite bound on max ‖v + Gᵀs‖ over s∈[−1,1]^m, by a low-rank method.

Write H = [v; G] ∈ R^{(m+1)×d} with rows h_i.  For every y > 0, by Cauchy–Schwarz,

    ‖v + Gᵀs‖² ≤ (Σ_i y_i) · λ_max(Σ_i h_i h_iᵀ / y_i)        for all s ∈ [−1,1]^m,

and the least right-hand side is the value of LipSDP with diagonal multipliers, which is also that of the Shor relaxation
of the Boolean quadratic program, max {(Σ_i √(h_iᵀPh_i))² : P ⪰ 0, tr P = 1}.  With P = CCᵀ and unit rows V the inner
problem is max ⟨C, HᵀV⟩: maximising over V and over C in turn never decreases it, and y_i = ‖h_iᵀC‖ are multipliers at
every step.  So the method needs no solver, and what it returns can be checked from y alone, on a d×d matrix.
Source of the bound: Fazlyab et al. 2019 (LipSDP-Neuron); the reduction and the method are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData, ShapeError
from verify.lipschitz.piecewise.kinks import EPS
from verify.objects.deadline import UNLIMITED, Deadline
from verify.objects.domains import Array

# A multiplier below this fraction of the length of its row costs more accuracy than raising it to there can cost the bound
# (Σ‖h_i‖·1e-14); and 1e-200 keeps reciprocals and squares of the scaled rows inside the doubles.
_RELATIVE_FLOOR, _ROOT_FLOOR, _ABSOLUTE_FLOOR = 1e-14, 1e-7, 1e-200
# How much of the Gram matrix of a node is mixed into the factor that its parent ended with.  Measured on nodes at depth 1 to
# 12, d = 5 to 30: with 0.3, 5 steps come within 0.25 % of the value; with 0.001 and plain steps, within 2 %.
_FRESH = 0.3
_MOST_PRODUCTS = 10_000_000     # numbers


@dataclass(frozen=True)
class Relaxation:
    """primal ≤ LipSDP value ≤ upper, and upper ≥ ‖v + Gᵀs‖ for all s∈[−1,1]^m.

    `multipliers` y (m+1; first that of v; 0 for zero rows) prove `upper`; `factor` C (d×r, ‖C‖_F = 1) is where the
    method stopped and may start another call; `steps` counts its steps.
    """

    upper: float
    primal: float
    multipliers: Array
    factor: Array
    steps: int


def relaxation(
    v: Array, G: Array, *, tolerance: float = 1e-4, start: Array | None = None, max_steps: int = 2000, deadline: Deadline = UNLIMITED
) -> Relaxation:
    """The LipSDP bound on max ‖v + Gᵀs‖ over s∈[−1,1]^m, v (d), G (m×d).

    Alternating maximisation with momentum, restarted whenever the value would decrease.  Stops when
    upper ≤ (1 + tolerance)·primal, or after `max_steps` steps, or at the deadline, with whatever gap is left.
    Args: start: a factor C (d×r) to begin with, such as that of a problem close by; default P ∝ HᵀH.
    Returns: `Relaxation`.  Raises: ShapeError, BadData (a number that is not finite, tolerance < 0, max_steps < 1).
    Guarantee: `upper` is rounded up by the error of its float evaluation; `primal` is a float value of the relaxation.

    >>> found = relaxation(np.zeros(2), np.array([[3.0, 0.0], [0.0, 4.0]]))    # independent orthogonal rows: 5
    >>> round(found.upper, 9), round(found.primal, 9)
    (5.0, 5.0)
    """
    H = _rows(v, G)
    if not 0 <= tolerance < float("inf") or max_steps < 1:
        raise BadData(f"the relaxation needs a tolerance ≥ 0 and max_steps ≥ 1, not {tolerance} and {max_steps}")
    alive = H.any(axis=1)
    d = H.shape[1]
    y = np.zeros(len(H))
    if not alive.any():
        return Relaxation(0.0, 0.0, y, np.zeros((d, 1)), 0)
    scale = _power_of_two(H)
    rows = H[alive] / scale
    Q, R = np.linalg.qr(rows.T) if len(rows) < d else (None, None)
    reduced = rows if R is None else R.T
    if start is None:
        C = _triangle(reduced).T
    else:
        _check_factor(start, d)
        C = start if Q is None else Q.T @ start
        C = _refreshed(C[None], (reduced.T @ reduced)[None])[0]
    primal, y[alive], C, steps = _ascend(reduced, C, tolerance, max_steps, deadline)
    upper = float(_dual_value(rows, y[alive])) * scale
    return Relaxation(upper, min(primal * scale, upper), y, C if Q is None else Q @ C, steps)


def multiplier_bound(v: Array, G: Array, multipliers: Array) -> float:
    """The bound √(Σy · λ_max(Σ h_ih_iᵀ/y_i)) on ‖v + Gᵀs‖, s∈[−1,1]^m, that given multipliers y (m+1) prove.

    Rounded up by the error of the float evaluation.  A zero multiplier is accepted for a zero row only.
    Raises: ShapeError, BadData.

    >>> round(multiplier_bound(np.array([3.0]), np.array([[1.0]]), np.array([3.0, 1.0])), 9)
    4.0
    """
    H = _rows(v, G)
    y = np.asarray(multipliers, dtype=np.float64)
    if y.shape != (len(H),):
        raise ShapeError(f"there are {y.size} multipliers for {len(H)} rows: give one for v and one for each row of G")
    alive = H.any(axis=1)
    if not np.isfinite(y).all() or (y[alive] <= 0).any() or (y < 0).any():
        raise BadData("the multipliers must be finite, and positive where the row is not zero")
    if not alive.any():
        return 0.0
    scale = _power_of_two(H)
    return float(_dual_value(H[alive] / scale, y[alive])) * scale


def relax_batch(
    v: Array, G: Array, free: NDArray[np.bool_], factor: Array, steps: int = 5, deadline: Deadline = UNLIMITED
) -> tuple[Array, Array, Array]:
    """Bounds on max ‖v_n + Σ_j s_jg_j‖ over s∈[−1,1]^m with s_j = 0 where not free, for N nodes at once.

    v (N×d) holds the fixed part of each node, G (m×d) the rows they share, free (N×m) the signs left open, factor (N×d×r)
    a factor for each node: that of its parent, or `first_factor`.  Norms, not squares.
    The step C ← MC multiplies the distance to the optimum by μ ∈ [0, 1) in each direction, so C ← M^qC multiplies it by about
    1 − q(1 − μ).  Two steps with q = 2 do most in a short call; after them q = 1, 3 in turn, since q = 2 alone need not converge
    where μ = 0 (orthogonal rows).
    Returns: upper (N), valid and rounded up; factor (N×d×r') after the steps; y (N×(m+1)), the multipliers that prove
    upper, first that of v_n, 0 where not free.
    Guarantee: any factor gives valid bounds; a better one gives better bounds.

    >>> G = np.array([[3.0, 0.0], [0.0, 4.0]])
    >>> v, free = np.array([[0.0, 0.0], [3.0, 0.0]]), np.array([[True, True], [False, True]])
    >>> upper, factor, y = relax_batch(v, G, free, np.repeat(first_factor(v[0], G)[None], 2, axis=0))
    >>> np.round(upper, 6).tolist()
    [5.0, 5.0]
    """
    N = len(v)
    scale = _power_of_two(np.vstack([v, G]))
    v, G = v / scale, G / scale
    grams = _weighted_grams(G)
    outer = v[:, :, None] * v[:, None, :]
    floor = np.concatenate([np.linalg.norm(v, axis=1)[:, None], np.linalg.norm(G, axis=1) * free], axis=1)
    floor = np.maximum(_RELATIVE_FLOOR * floor, _ABSOLUTE_FLOOR)
    C = _refreshed(factor, grams(free.astype(np.float64)) + outer)
    upper, best = np.full(N, np.inf), np.zeros_like(floor)
    for step in range(steps):
        cut = deadline.is_over
        S = np.concatenate([v[:, None, :] @ C, G @ C], axis=1)
        y = np.maximum(np.sqrt(np.einsum("nmr,nmr->nm", S, S)), floor)
        y[:, 1:] *= free
        weight = np.divide(1.0, y, out=np.zeros_like(y), where=y > 0)
        M = grams(weight[:, 1:]) + weight[:, :1, None] * outer
        if cut or step >= steps - 2:    # the early bounds are hardly ever the best, and an eigenvalue costs as much as a step
            bound = scale * _proved_by(y, M)
            better = bound < upper
            upper, best = np.where(better, bound, upper), np.where(better[:, None], y, best)
        if cut:
            break
        if step + 1 < steps:
            for _ in range(2 if step < 2 else 1 + 2 * (step % 2)):
                C = M @ C
            C /= np.linalg.norm(C, axis=(1, 2))[:, None, None] + _ABSOLUTE_FLOOR
    return upper, C, best


def relax_pieces(
    v: Array, G: Array, free: NDArray[np.bool_], P: Array, steps: int = 3, deadline: Deadline = UNLIMITED
) -> tuple[Array, Array, Array]:
    """As `relax_batch`, in terms of P = CCᵀ (N×d×d): less work where m is far greater than d.

    y_j = √(g_jᵀPg_j) is one product of matrices for all nodes, but right to the root of the precision only: a multiplier below 1e-7‖g_j‖ is
    raised to there, so that bounds are as valid, and may be too large by as much.
    Returns: upper (N), P after the steps, y (N×(m+1)).

    >>> G, free = np.array([[3.0, 0.0], [0.0, 4.0]]), np.ones((1, 2), dtype=np.bool_)
    >>> upper, _, y = relax_pieces(np.zeros((1, 2)), G, free, np.eye(2)[None], steps=5)
    >>> upper.round(6).tolist(), y.shape
    ([5.0], (1, 3))
    """
    N, d = v.shape
    scale = _power_of_two(np.vstack([v, G]))
    v, G = v / scale, G / scale
    outer = (v[:, :, None] * v[:, None, :]).reshape(N, d * d)
    products = (G[:, :, None] * G[:, None, :]).reshape(-1, d * d)
    squares = np.concatenate([(v * v).sum(axis=1)[:, None], (G * G).sum(axis=1) * free], axis=1)
    floor = np.maximum(_ROOT_FLOOR**2 * squares, _ABSOLUTE_FLOOR)
    gram = (free @ products + outer).reshape(N, d, d)
    P = (1 - _FRESH) * _of_trace_one(P) + _FRESH * _of_trace_one(gram)
    upper, best = np.full(N, np.inf), np.zeros_like(floor)
    for step in range(steps):
        cut = deadline.is_over
        flat = P.reshape(N, d * d)
        y = np.sqrt(np.maximum(np.concatenate([(flat * outer).sum(axis=1)[:, None], flat @ products.T], axis=1), floor))
        y[:, 1:] *= free
        weight = np.divide(1.0, y, out=np.zeros_like(y), where=y > 0)
        M = (weight[:, 1:] @ products + weight[:, :1] * outer).reshape(N, d, d)
        if cut or step >= steps - 2:
            bound = scale * _proved_by(y, M)
            better = bound < upper
            upper, best = np.where(better, bound, upper), np.where(better[:, None], y, best)
        if cut:
            break
        if step + 1 < steps:
            power = M @ M if step < 2 or step % 2 == 0 else M
            P = _of_trace_one(power @ P @ power)
    return upper, P, best


def _proved_by(y: Array, M: Array) -> Array:
    """√(Σ y · λ_max(M)) for each node, rounded up: y (N×(m+1)), M = Σ g_jg_jᵀ/y_j (N×d×d)."""
    m, d = y.shape[1] - 1, M.shape[1]
    top = np.linalg.eigvalsh(M)[:, -1] + 4 * (m + d + 8) * EPS * np.trace(M, axis1=1, axis2=2)
    return np.asarray(np.sqrt(y.sum(axis=1) * np.maximum(top, 0.0) * (1 + 4 * (m + 8) * EPS)))


def _of_trace_one(P: Array) -> Array:
    return np.asarray(P / (np.trace(P, axis1=1, axis2=2)[:, None, None] + _ABSOLUTE_FLOOR))


def _weighted_grams(G: Array) -> Callable[[Array], Array]:
    """w (N×m) ↦ Σ_j w_nj g_jg_jᵀ (N×d×d); the products g_jg_jᵀ are formed once where memory allows."""
    m, d = G.shape
    if m * d * d > _MOST_PRODUCTS:
        return lambda weights: np.stack([(G.T * row) @ G for row in weights])
    products = (G[:, :, None] * G[:, None, :]).reshape(m, d * d)
    return lambda weights: np.asarray((weights @ products).reshape(len(weights), d, d))


def first_factor(v: Array, G: Array) -> Array:
    """A d×d factor to start from: CCᵀ = HᵀH/‖H‖_F², H = [v; G]."""
    H = _rows(v, G)
    C = np.zeros((H.shape[1], H.shape[1]))
    R = _triangle(H / _power_of_two(H))
    C[:, : len(R)] = R.T / (np.linalg.norm(R) + _ABSOLUTE_FLOOR)
    return C


def _ascend(H: Array, C: Array, tolerance: float, max_steps: int, deadline: Deadline) -> tuple[float, Array, Array, int]:
    """The best primal value, the multipliers of the best upper bound, the last factor, and the number of steps."""
    lengths = np.linalg.norm(H, axis=1)
    # an eigenvalue decomposition costs as much as about eight products with H when H is square
    every = 1 if len(H) >= 8 * H.shape[1] else 4
    C = C / np.linalg.norm(C)
    primal, upper, best, age, last, unchecked = 0.0, np.inf, lengths, 0, C, every
    for step in range(1, max_steps + 1):
        S = H @ C
        y = np.maximum(np.sqrt(np.einsum("ij,ij->i", S, S)), np.maximum(_RELATIVE_FLOOR * lengths, _ABSOLUTE_FLOOR))
        scaled = H / y[:, None]
        D = scaled.T @ S
        value = float(np.linalg.norm(D))
        overshot = age > 0 and value < primal * (1 - 4 * EPS)
        primal, unchecked = max(primal, value), unchecked + 1
        last_step = step == max_steps or deadline.is_over
        if unchecked >= every or last_step:
            unchecked = 0
            bound = float(np.sqrt(y.sum() * max(np.linalg.eigvalsh(scaled.T @ H)[-1], 0.0)))
            if bound < upper:
                upper, best = bound, y
            if last_step or upper <= primal * (1 + tolerance):
                break
        if overshot:    # momentum went too far: take the plain step from the last good factor
            C, age = last, 0
            continue
        D /= value
        C = D + age / (age + 3) * (D - last)
        C /= np.linalg.norm(C)
        last, age = D, age + 1
    return primal, best, last, step


def _dual_value(H: Array, y: Array) -> Array:
    """√(Σy · λ_max(Hᵀdiag(1/y)H)) rounded up, from the smaller of the two Gram matrices of diag(y)^{−½}H."""
    B = H / np.sqrt(y)[:, None]
    n, d = H.shape
    M = B.T @ B if d <= n else B @ B.T
    # forming M errs by at most (max(n,d)+6)·eps·tr M in norm, the eigenvalue by a modest multiple of eps·tr M
    top = np.linalg.eigvalsh(M)[-1] + 4 * (n + d + 8) * EPS * np.trace(M)
    bound: Array = np.sqrt(y.sum() * top * (1 + 4 * (n + 8) * EPS))
    return bound


def _refreshed(C: Array, gram: Array) -> Array:
    """Factors of (1−ε)CCᵀ + ε·gram, each of trace 1: no row is orthogonal to its factor, which no step could mend."""
    d = C.shape[1]
    P = C @ C.transpose(0, 2, 1)
    small = _ABSOLUTE_FLOOR
    P = P / (np.trace(P, axis1=1, axis2=2)[:, None, None] + small)
    trace = np.trace(gram, axis1=1, axis2=2)[:, None, None] + small
    P = (1 - _FRESH) * P + _FRESH * gram / trace + 1e-13 * np.eye(d)
    factor: Array = np.linalg.cholesky(P)
    return factor


def _triangle(H: Array) -> Array:
    """R with RᵀR = HᵀH."""
    return np.asarray(np.linalg.qr(H, mode="r"))


def _rows(v: Array, G: Array) -> Array:
    v, G = np.asarray(v, dtype=np.float64), np.asarray(G, dtype=np.float64)
    if v.ndim != 1 or G.ndim != 2 or G.shape[1] != v.shape[0] or v.shape[0] == 0:
        raise ShapeError(f"v has shape {v.shape} and G {G.shape}: give v of shape (d,) and G of shape (m, d), d ≥ 1")
    H: Array = np.vstack([v, G])
    if not np.isfinite(H).all():
        raise BadData("v or G has an entry that is not finite; remove or replace it")
    return H


def _check_factor(C: Array, d: int) -> None:
    if C.ndim != 2 or C.shape[0] != d or not np.isfinite(C).all() or not C.any():
        raise ShapeError(f"the factor to start from must be a nonzero finite matrix with {d} rows, not of shape {C.shape}")


def _power_of_two(H: Array) -> float:
    """The power of two next to the largest entry of H, so that scaling is exact; 1 for the zero matrix."""
    largest = float(np.abs(H).max(initial=0.0))
    return float(2.0 ** (int(np.frexp(largest)[1]) - 1)) if largest > 0 else 1.0
