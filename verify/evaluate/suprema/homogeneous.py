"""sup over the unit sphere of |Σ c_i ψ(u·x_i)| for ψ with two slopes, and its version with a bias."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from verify.evaluate.suprema.ascent import ascend
from verify.evaluate.suprema.faces import Piecewise, maximise_over_faces
from verify.evaluate.suprema.supremum import EPS, Supremum, SupremumEffort, centred, points_and_weights, reduce_to_span
from verify.lipschitz.piecewise.kinks import Slopes, slopes_of
from verify.lipschitz.piecewise.norms import box_bound
from verify.objects.domains import Array

_DEFAULT = SupremumEffort()
_MOST_PATTERNS_LOG2 = 14


def activation_supremum(
    X: ArrayLike, c: ArrayLike, slopes: str | Slopes = "relu", effort: SupremumEffort = _DEFAULT
) -> Supremum:
    """An enclosure of R = sup_{‖u‖=1} |Σ_i c_i ψ(u·x_i)|, the supremum over the Euclidean unit sphere of R^d.

    X (n×d), c (n) any real weights (labels, or centred labels); ψ positively homogeneous with slopes (α, β).
    Source: the quantity R(X, y) of the spectral-norm law (Bubeck–Li–Nagaraj 2021, Theorem 5, explicit form).
    With m = ½(α+β)Σc_ix_i and γ_i = ½(β−α)c_i the sum is m·u + Σγ_i|u·x_i|, linear on the cells of {x_i^⊥}.
    Exact where every face can be visited: points that span at most 3 dimensions, and a few points in any dimension.
    Otherwise `lower` comes from ascent and `upper` is the least of ‖m‖ + max(N₊, N₋) and its kin; see `_upper_bound`.

    Args: slopes: 'relu', 'abs', 'identity' or (α, β).  effort: work, starts, steps, seed.
    Returns: `Supremum`; `witness` is the unit vector at which |Σ…| ≥ lower.
    Raises: ShapeError, BadData.
    Guarantee: float computation; both sides carry an allowance of about n·eps·LΣ|c_i|‖x_i‖ (1e-8 instead of n·eps where
    hyperplanes nearly coincide without doing so).

    >>> found = activation_supremum([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0])      # ReLU(u_1) + ReLU(u_2) ≤ √2
    >>> round(found.lower, 9), round(found.upper, 9), found.exact
    (1.414213562, 1.414213562, True)
    """
    points, weights = points_and_weights(X, c)
    return _supremum(points, weights, slopes_of(slopes), effort)


def _supremum(X: Array, c: Array, slopes: Slopes, effort: SupremumEffort) -> Supremum:
    low, high = slopes
    live = (c != 0) & X.any(axis=1)
    reduced = reduce_to_span(X[live]) if live.any() else None
    if reduced is None or (low, high) == (0.0, 0.0):
        return Supremum(0.0, 0.0, True, np.eye(X.shape[1])[0])
    points, weights = reduced.points, c[live]
    scale = max(abs(low), abs(high)) * float(np.abs(weights) @ np.linalg.norm(X[live], axis=1))
    rounding = 8 * (len(points) + X.shape[1] + 8) * EPS * scale
    rounding += max(abs(low), abs(high)) * float(np.abs(weights).sum()) * reduced.dropped
    if low == high:
        vector = low * (c @ X)
        norm = float(np.linalg.norm(vector))
        u = vector / norm if norm > 0 else np.eye(X.shape[1])[0]
        return Supremum(max(norm - rounding, 0.0), norm + rounding, True, u)

    def value(directions: Array) -> Array:
        products = directions @ points.T
        return np.asarray(np.abs(np.where(products > 0, high * products, low * products) @ weights))

    def gradient(directions: Array) -> Array:
        return np.asarray((np.where(directions @ points.T > 0, high, low) * weights) @ points)

    function = Piecewise(value, gradient, points, symmetric=low == -high)
    best = maximise_over_faces(function, effort.work // len(points))
    if best is not None:
        allowance = rounding + (1e-8 * scale if best.doubt else 0.0)
        lower, upper = best.value, min(best.value + allowance, _upper_bound(points, weights, slopes) + rounding)
    else:
        best = ascend(function, _starts(points, weights, slopes), effort)
        lower, upper = best.value, _upper_bound(points, weights, slopes) + rounding
    exact = upper - lower <= 2 * rounding + 2e-8 * scale * best.doubt
    return Supremum(max(lower - rounding, 0.0), max(upper, lower), bool(exact), reduced.lift(best.direction))


def _split(X: Array, c: Array, slopes: Slopes) -> tuple[Array, Array]:
    """ψ(t) = ½(α+β)t + ½(β−α)|t|: the vector m of the linear part and the weights γ of the |u·x_i|."""
    low, high = slopes
    return 0.5 * (low + high) * (c @ X), 0.5 * (high - low) * c


def _starts(X: Array, c: Array, slopes: Slopes) -> Array:
    linear, kink = _split(X, c, slopes)
    top = [np.linalg.eigh((X[side].T * np.abs(kink[side])) @ X[side])[1][:, -1] for side in (kink > 0, kink < 0)]
    directions = np.stack([linear, *top])
    return np.concatenate([directions, -directions])


def _upper_bound(X: Array, c: Array, slopes: Slopes) -> float:
    """The least of several bounds on sup_{‖u‖=1} |Σ c_iψ(u·x_i)|, each without search.

    1. L‖c‖√λ_max(XᵀX), Cauchy–Schwarz.  2. ‖m‖ + max(N₊, N₋): Σγ_i|u·x_i| lies between −N₋ and N₊, with N_± the bound
    of `_weighted` over the indices with ±γ_i > 0.  3. If ψ ≥ 0 the terms with c_i > 0 and those with c_i < 0 cannot
    help each other: the greater of the two bounds for one sign alone.  4. max over signs ‖m + Σ±γ_ix_i‖, small n.
    """
    low, high = slopes
    linear, kink = _split(X, c, slopes)
    lipschitz = max(abs(low), abs(high))
    bounds = [lipschitz * float(np.linalg.norm(c) * np.linalg.norm(X, 2)), _one_piece(X, linear, kink)]
    if low <= 0 <= high:
        sides = (c > 0, c < 0)
        bounds.append(max(_one_piece(X[s], *_split(X[s], c[s], slopes)) for s in sides))
        bounds.append(max(lipschitz * _weighted(X[s], np.abs(c[s])) for s in sides))
    if len(c) <= _MOST_PATTERNS_LOG2:
        bounds.append(box_bound(linear, kink[:, None] * X, _MOST_PATTERNS_LOG2))
    return min(bounds)


def _one_piece(X: Array, linear: Array, kink: Array) -> float:
    parts = max(_weighted(X[side], np.abs(kink[side])) for side in (kink > 0, kink < 0))
    return float(np.linalg.norm(linear)) + parts


def _weighted(X: Array, weights: Array) -> float:
    """A bound on Σ w_i|u·x_i|, w ≥ 0: the lesser of ‖w‖√λ_max(XᵀX) and √(Σw_i·λ_max(Σw_ix_ix_iᵀ)), Cauchy–Schwarz."""
    if len(weights) == 0:
        return 0.0
    plain = np.linalg.norm(weights) * np.linalg.norm(X, 2)
    return float(min(plain, np.sqrt(weights.sum()) * np.linalg.norm(np.sqrt(weights)[:, None] * X, 2)))


def biased_supremum(
    X: ArrayLike, z: ArrayLike, slopes: str | Slopes = "relu", effort: SupremumEffort = _DEFAULT
) -> Supremum:
    """An enclosure of sup_{‖u‖=1, β∈R} |Σ_i z_i ψ(u·x_i+β)| over the Euclidean unit sphere and all biases.

    X (n×d), z (n) with Σz_i = 0; otherwise the supremum is infinite.  ψ with two slopes as in `activation_supremum`.
    For fixed u the sum is piecewise linear in β, constant for small and for large β, with breaks at β = −u·x_j.  So it
    is max_j R(X − x_j, z), each of which is enclosed as in `activation_supremum`: exact for points in at most 3 dimensions.
    Source: the quantities R_b (ReLU) and B (|t|) of the laws for independent hidden weights.

    Returns: `Supremum` with the unit vector and the bias.  Raises: HypothesisViolated if Σz_i ≠ 0; ShapeError, BadData.
    Guarantee: that of `activation_supremum` for each of the n problems, which share the work of `effort`.

    >>> found = biased_supremum([[0.0], [1.0], [3.0]], [1.0, -2.0, 1.0])    # at u = 1, β = −1: ReLU(3−1)
    >>> round(found.lower, 9), round(found.upper, 9), found.exact
    (2.0, 2.0, True)
    """
    points, weights = points_and_weights(X, z)
    weights = centred(weights, "the supremum over biases")
    anchors = np.unique(points, axis=0)
    share = replace(effort, work=effort.work // len(anchors))
    pair = slopes_of(slopes)
    parts = [_supremum(points - anchor, weights, pair, share) for anchor in anchors]
    best = int(np.argmax([part.lower for part in parts]))
    # x_i − x_j is rounded: each term moves by at most eps·(|x_i|+|x_j|)
    slack = 4 * EPS * max(map(abs, pair)) * float(np.abs(weights).sum()) * float(np.linalg.norm(points, axis=1).max())
    lower, upper = parts[best].lower - slack, max(part.upper for part in parts) + slack
    allowance = max((part.upper - part.lower for part in parts if part.exact), default=0.0)
    exact = parts[best].exact and upper - lower <= 2 * allowance + 4 * slack
    witness = parts[best].witness
    return Supremum(max(lower, 0.0), upper, bool(exact), witness, float(-witness @ anchors[best]))
