"""sup over the unit sphere of the one-dimensional transport cost of signed weights, and its uncentred version."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from verify.evaluate.suprema.ascent import ascend
from verify.evaluate.suprema.faces import Piecewise, maximise_over_faces, visit_cost
from verify.evaluate.suprema.supremum import EPS, Supremum, SupremumEffort, centred, points_and_weights, reduce_to_span
from verify.objects.domains import Array

_DEFAULT = SupremumEffort()
_COUPLING_STEPS = 40
_STEP_SIZES = (0.7, 0.4, 0.2, 0.1, 0.05, 0.02, 0.01)


def transport_cost(X: Array, z: Array, directions: Array) -> Array:
    """V(u) = ∫|Σ_{i: u·x_i ≤ t} z_i| dt for each row u of `directions` (N×d); X (n×d), z (n) with sum 0.

    Sorted along u the integrand is constant between neighbours: Σ_k |Z_k|(u·x_(k+1) − u·x_(k)), Z_k the partial sums.

    >>> x, z = np.array([[0.0], [1.0], [3.0]]), np.array([1.0, 1.0, -2.0])
    >>> transport_cost(x, z, np.array([[1.0]])).tolist()                       # 1·1 + 2·2
    [5.0]
    """
    products = directions @ X.T
    order = np.argsort(products, axis=1)
    heights = np.abs(np.cumsum(z[order], axis=1))[:, :-1]
    return np.asarray((heights * np.diff(np.take_along_axis(products, order, axis=1), axis=1)).sum(axis=1))


def _transport_gradient(X: Array, z: Array, directions: Array) -> Array:
    """∇V where all u·x_i differ: Σ_k |Z_k|(x_(k+1) − x_(k)) = Σ_i x_i(|Z before i| − |Z up to i|)."""
    order = np.argsort(directions @ X.T, axis=1)
    heights = np.abs(np.cumsum(z[order], axis=1))
    heights[:, -1] = 0.0
    weights = np.empty_like(heights)
    drop = np.concatenate([-heights[:, :1], heights[:, :-1] - heights[:, 1:]], axis=1)
    np.put_along_axis(weights, order, drop, axis=1)
    return np.asarray(weights @ X)


def transport_supremum(X: ArrayLike, z: ArrayLike, effort: SupremumEffort = _DEFAULT) -> Supremum:
    """An enclosure of V = sup_{‖u‖=1} ∫ |Σ_{i: u·x_i ≤ t} z_i| dt, the supremum over the Euclidean unit sphere of R^d.

    X (n×d), z (n) with Σz_i = 0.  For z = y − ȳ with y = ±1 it is n(1−ȳ²)/2 times the max-sliced Wasserstein-1 distance
    between the two classes (Kantorovich–Rubinstein on the line).  V(u) is linear on the cells of {(x_i−x_j)^⊥}: exact
    for points in at most 3 dimensions while the pairs (d = 2) or pairs of pairs (d = 3) can be visited.
    Otherwise `lower` comes from ascent, and `upper` from couplings π of the positive with the negative weights, both
    scaled to 1: V ≤ M√λ₁(Σπ_ij(x_i−x_j)(x_i−x_j)ᵀ), M = Σz₊; π is improved by Frank–Wolfe steps.
    V(u) is not convex in u in general: for z = +1 at ±e_1 and −1 at ±e_2 it is 2||u_1|−|u_2||.

    Returns: `Supremum`.  Raises: HypothesisViolated if Σz_i ≠ 0; ShapeError, BadData.
    Guarantee: float computation; allowance of about n·eps·Σ|z_i|·diameter (1e-8 where hyperplanes nearly coincide).

    >>> found = transport_supremum([[3.0, 4.0], [0.0, 0.0]], [1.0, -1.0])          # the distance of the two points
    >>> round(found.lower, 9), round(found.upper, 9), found.exact
    (5.0, 5.0, True)
    """
    points, weights = points_and_weights(X, z)
    return _supremum(points, centred(weights, "V"), effort)


def anchored_transport_supremum(X: ArrayLike, c: ArrayLike, effort: SupremumEffort = _DEFAULT) -> Supremum:
    """An enclosure of V₀ = sup_{‖u‖=1} [∫_0^∞ |Σ_{u·x_i>t} c_i| dt + ∫_{−∞}^0 |Σ_{u·x_i<t} c_i| dt], any real weights.

    X (n×d), c (n).  It is the transport supremum of the points with the origin added, at weight −Σc_i: below 0 the
    partial sums agree, and above 0 the partial sum is −Σ_{u·x_i>t} c_i.  Source: the form of the spectral-norm law
    (Bubeck–Li–Nagaraj 2021, Theorem 5) for activations with ψ(0) = 0 that are not homogeneous.

    Returns, raises, guarantee: as for `transport_supremum`, without the condition on the sum.

    >>> round(anchored_transport_supremum([[2.0], [-1.0]], [1.0, 1.0]).lower, 9)         # 2 + 1
    3.0
    """
    points, weights = points_and_weights(X, c)
    points = np.concatenate([points, np.zeros((1, points.shape[1]))])
    return _supremum(points, np.append(weights, -weights.sum()), effort)


def _supremum(X: Array, z: Array, effort: SupremumEffort) -> Supremum:
    X, z = _merged(X, z)
    if len(z) < 2:
        return Supremum(0.0, 0.0, True, np.eye(X.shape[1])[0])
    centre = X.mean(axis=0)
    reduced = reduce_to_span(X - centre)
    points = reduced.points
    size = float(np.abs(z).sum())
    scale = size * float(np.linalg.norm(points, axis=1).max())
    rounding = 8 * (len(z) + X.shape[1] + 8) * EPS * (scale + size * float(np.linalg.norm(centre)))
    rounding += size * reduced.dropped
    function = _function(points, z, effort)
    best = maximise_over_faces(function, effort.work // len(z)) if function.normals.size else None
    if best is not None:
        lower, upper = best.value, best.value + rounding + (1e-8 * scale if best.doubt else 0.0)
        return Supremum(max(lower - rounding, 0.0), upper, True, reduced.lift(best.direction))
    best = ascend(function, (z @ points)[None, :], effort)
    bound, direction = _coupling_bound(points, z, best.direction)
    refined = ascend(function, np.stack([direction, best.direction]), effort)
    best = max(best, refined, key=lambda found: found.value)
    upper = max(bound + rounding, best.value)
    exact = upper - best.value <= 4 * rounding
    return Supremum(max(best.value - rounding, 0.0), upper, bool(exact), reduced.lift(best.direction))


def _merged(X: Array, z: Array) -> tuple[Array, Array]:
    """Repeated points once, with their weights added; points of weight zero left out (they change no partial sum)."""
    distinct, owner = np.unique(X, axis=0, return_inverse=True)
    weights = np.bincount(owner.ravel(), weights=z, minlength=len(distinct))
    size = np.bincount(owner.ravel(), weights=np.abs(z), minlength=len(distinct))
    live = np.abs(weights) > 4 * EPS * size
    return np.asarray(distinct[live]), np.asarray(weights[live], dtype=np.float64)


def _function(points: Array, z: Array, effort: SupremumEffort) -> Piecewise:
    """V with its arrangement; the normals are left out where they would surely be too many to visit."""
    n, r = points.shape
    normals = np.ones((1, 1)) if r == 1 else np.zeros((0, r))
    # coincident normals are found later (regular grids have many), hence the factor 64
    if r > 1 and visit_cost(n * (n - 1) // 2, r) * n <= 64 * effort.work:
        first, second = np.triu_indices(n, 1)
        normals = points[first] - points[second]
    return Piecewise(
        lambda u: transport_cost(points, z, u), lambda u: _transport_gradient(points, z, u), normals, symmetric=True
    )


def _coupling_bound(X: Array, z: Array, direction: Array) -> tuple[float, Array]:
    """min over the couplings visited of M√λ₁(Σπ_ij(x_i−x_j)(x_i−x_j)ᵀ), and the last top eigenvector.

    V(u) is the least cost of moving the positive to the negative weights along u, so V(u) ≤ MΣπ_ij|u·(x_i−x_j)| for
    every coupling π, and Cauchy–Schwarz gives the bound.  λ₁ is convex in π; at its top eigenvector u the plan that
    is monotone along u minimises uᵀ(Σπ…)u, which makes it the Frank–Wolfe direction.
    """
    positive, negative = z > 0, z < 0
    total = max(float(z[positive].sum()), -float(z[negative].sum()))
    p, q = z[positive] / z[positive].sum(), z[negative] / z[negative].sum()
    moment = _moment_of_product(X[positive], p, X[negative], q)
    monotone = _moment_of_monotone(X[positive], p, X[negative], q, direction)
    least = min((moment, monotone), key=_top)
    value = _top(least)
    top = np.linalg.eigh(least)[1][:, -1]
    for _ in range(_COUPLING_STEPS):
        target = _moment_of_monotone(X[positive], p, X[negative], q, top)
        trials = [(1 - step) * least + step * target for step in _STEP_SIZES]
        tops = [_top(trial) for trial in trials]
        best = int(np.argmin(tops))
        if tops[best] >= value:
            break
        least, value = trials[best], tops[best]
        top = np.linalg.eigh(least)[1][:, -1]
    return total * float(np.sqrt(max(value, 0.0))) * (1 + 16 * X.shape[1] * EPS), top


def _top(moment: Array) -> float:
    return float(np.linalg.eigvalsh(moment)[-1])


def _moment_of_product(A: Array, p: Array, B: Array, q: Array) -> Array:
    """Σ_ij p_iq_j(a_i−b_j)(a_i−b_j)ᵀ."""
    mean_a, mean_b = p @ A, q @ B
    cross = np.outer(mean_a, mean_b)
    return np.asarray((A.T * p) @ A + (B.T * q) @ B - cross - cross.T)


def _moment_of_monotone(A: Array, p: Array, B: Array, q: Array, direction: Array) -> Array:
    """The second moment of a−b under the coupling that is monotone along `direction`."""
    order_a, order_b = np.argsort(A @ direction), np.argsort(B @ direction)
    cut_a, cut_b = np.cumsum(p[order_a]), np.cumsum(q[order_b])
    cuts = np.sort(np.concatenate([[0.0], cut_a[:-1], cut_b[:-1], [1.0]]))
    mass, middle = np.diff(cuts), 0.5 * (cuts[1:] + cuts[:-1])
    i = order_a[np.minimum(np.searchsorted(cut_a, middle), len(p) - 1)]
    j = order_b[np.minimum(np.searchsorted(cut_b, middle), len(q) - 1)]
    difference = A[i] - B[j]
    return np.asarray((difference.T * mass) @ difference)
