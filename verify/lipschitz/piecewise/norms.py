"""Upper bounds on the Lipschitz constant that need no search: spectral, path norm, and all activation patterns."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from theory.errors import BadData
from verify.lipschitz.piecewise.kinks import EPS, KinkForm, network_arrays
from verify.objects.domains import Array


def spectral_bound(
    W: ArrayLike, b: ArrayLike, a: ArrayLike, v: ArrayLike | None = None, *, slope: float = 1.0
) -> float:
    """The bound L‖a‖‖W‖_op + ‖v‖ on the global Euclidean Lipschitz constant of v·x + Σ a_ℓψ(w_ℓ·x+b_ℓ) on R^d.

    W (k×d), a, b (k), v (d); ψ is L-Lipschitz with L = `slope`.  ∇f = v + Wᵀdiag(ψ′)a, and ‖diag(ψ′)a‖ ≤ L‖a‖.
    Source: Bubeck–Li–Nagaraj 2021, inequality (5).  Upper bound; rounded up by the error of the float evaluation.

    >>> round(spectral_bound([[3.0, 0.0], [0.0, 4.0]], [0, 0], [1.0, 0.0]), 9)
    4.0
    """
    W, _, a, v = network_arrays(W, b, a, v)
    _check_slope(slope)
    operator = float(np.linalg.norm(W, 2)) if W.size else 0.0
    # the computed largest singular value is off by a modest multiple of eps·max(k,d); 16 is generous
    return float((slope * np.linalg.norm(a) * operator + np.linalg.norm(v)) * (1 + 16 * (sum(W.shape) + 4) * EPS))


def path_bound(W: ArrayLike, b: ArrayLike, a: ArrayLike, v: ArrayLike | None = None, *, slope: float = 1.0) -> float:
    """The path norm L Σ|a_ℓ|‖w_ℓ‖ + ‖v‖, a bound on the global Euclidean Lipschitz constant on R^d.

    W (k×d), a, b (k), v (d); ψ is L-Lipschitz with L = `slope`.  Triangle inequality on ∇f = v + Σ a_ℓψ′w_ℓ.
    Upper bound; rounded up by the error of the float evaluation.

    >>> round(path_bound([[3.0, 4.0], [0.0, 1.0]], [0, 0], [1.0, -2.0]), 9)   # 5 + 2
    7.0
    """
    W, _, a, v = network_arrays(W, b, a, v)
    _check_slope(slope)
    total = slope * np.abs(a) @ np.linalg.norm(W, axis=1) + np.linalg.norm(v)
    return float(total * (1 + 4 * (sum(W.shape) + 4) * EPS))


def _check_slope(slope: float) -> None:
    if not 0 <= slope < float("inf"):
        raise BadData(f"the slope bound L must be finite and not negative, not {slope}")


def sign_patterns(m: int) -> Array:
    """All 2^m sign vectors, one a row; row r holds the bits of r, low bit first, as −1/+1.

    >>> sign_patterns(2).tolist()
    [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]
    """
    bits = (np.arange(2**m)[:, None] >> np.arange(m)) & 1
    return 2.0 * bits.astype(np.float64) - 1.0


def box_bound(v: Array, G: Array, max_patterns_log2: int = 16) -> float:
    """A bound on max ‖v + Gᵀs‖ over s∈[−1,1]^m, v (d), G (m×d): exact up to rounding when m ≤ max_patterns_log2.

    The norm is convex in s, so the maximum over the cube is at one of its 2^m vertices.  For larger m: the least of
    ‖v‖+Σ‖g_j‖ and ‖v‖+√m‖G‖_op (‖s‖ ≤ √m).

    >>> round(box_bound(np.array([1.0, 0.0]), np.array([[0.0, 1.0], [1.0, 0.0]])), 9)    # (2, 1)
    2.236067977
    """
    m = len(G)
    spread = float(np.linalg.norm(G, axis=1).sum())
    rounding = 4 * (m + len(v) + 8) * EPS * (float(np.linalg.norm(v)) + spread)
    if m == 0:
        return float(np.linalg.norm(v)) + rounding
    if m > max_patterns_log2:
        return float(np.linalg.norm(v) + min(spread, np.sqrt(m) * np.linalg.norm(G, 2))) + 4 * rounding
    return float(np.linalg.norm(sign_patterns(m) @ G + v, axis=1).max()) + rounding


def pattern_bound(form: KinkForm, max_patterns_log2: int = 16) -> float:
    """A bound on the gradient norm over every activation pattern, realisable or not, of a piecewise-linear network."""
    return box_bound(form.v, form.G, max_patterns_log2) + form.slack
