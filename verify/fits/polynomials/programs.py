"""The conic programs of least Lipschitz constant among the polynomials through labelled points."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import null_space

from theory.certificates.steps.form_bound import Powers, bases, multiplier, pairing, products, weight_of_bound
from theory.errors import NotCertified
from verify.fits.programs.solver import solve_modelled

Floats = NDArray[np.float64]


def least_squares_bound(
    kind: str, d: int, p: int, basis: Sequence[Powers], phi: Floats, y: Floats, seconds: float | None = None
) -> Floats | None:
    """Coefficients θ with Φθ = y and the least bound by sums of squares of the kind (see `form_bound`); None when nothing fits.

    Raises: NotCertified (the solver did not find an optimum).

    >>> least_squares_bound("form", 1, 2, [(2,)], np.array([[0.25]]), np.array([0.5])).round(6).tolist()
    [2.0]
    """
    import cvxpy as cp  # type: ignore[import-untyped,unused-ignore]
    from scipy.sparse import csr_array

    weight = weight_of_bound(kind, d, p)
    pairings = [pairing(kind, d, {powers: Fraction(1)}) for powers in basis]
    maps = [list(products(rows, multiplier(kind, d, k))) for k, rows in enumerate(bases(kind, d, p))]
    seen = {entry[2] for entries in maps for entry in entries} | set(weight) | {powers for entry in pairings for powers in entry}
    place = {powers: i for i, powers in enumerate(sorted(seen))}
    target = np.zeros((len(place), len(basis)))
    for column, entry in enumerate(pairings):
        for powers, c in entry.items():
            target[place[powers], column] = float(c)
    level = np.zeros(len(place))
    for powers, c in weight.items():
        level[place[powers]] = float(c)
    theta, bound, right = cp.Variable(len(basis)), cp.Variable(), 0
    for entries, rows in zip(maps, bases(kind, d, p), strict=True):
        size = len(rows)
        if size:
            Q: Any = cp.Variable((size, size), PSD=True)
            at = [place[e[2]] for e in entries], [e[0] * size + e[1] for e in entries]
            right = right + csr_array(([float(e[3]) for e in entries], at), shape=(len(place), size * size)) @ cp.vec(Q, order="C")
    problem = cp.Problem(cp.Minimize(bound), [bound * level - target @ theta == right, phi @ theta == y])
    if not solve_modelled(problem, f"a sum of squares of order {p} in dimension {d}", seconds):
        return None
    return np.asarray(theta.value, dtype=np.float64)


def least_gradients(gradients: Floats, phi: Floats, y: Floats, seconds: float | None = None) -> tuple[float, Floats, Floats, Floats]:
    """min t subject to Φθ = y and ‖G_jθ‖ ≤ t for given maps θ ↦ ∇f(z_j): t, θ, λ and the vectors w_j with Φᵀλ = ΣG_jᵀw_j, Σ‖w_j‖ = 1.

    Args: G (J×d×m), Φ (n×m), y (n).
    Raises: NotCertified (the solver did not find an optimum).

    >>> level, theta, multipliers, vectors = least_gradients(np.ones((1, 1, 1)), np.array([[0.5]]), np.array([1.0]))
    >>> round(level, 6), multipliers.round(6).tolist(), vectors.round(6).tolist()
    (2.0, [2.0], [[1.0]])
    """
    import cvxpy as cp  # type: ignore[import-untyped,unused-ignore]

    start = np.linalg.lstsq(phi, y, rcond=None)[0]
    free = null_space(phi)                      # without equations the program is much better conditioned
    directions = free if free.shape[1] else np.zeros((len(start), 1))
    shift, level = cp.Variable(directions.shape[1]), cp.Variable()
    count, d, m = gradients.shape
    stacked = np.swapaxes(gradients, 0, 1).reshape(d * count, m)
    fields = cp.reshape(stacked @ start + (stacked @ directions) @ shift, (d, count), order="C")
    cones = cp.SOC(level * np.ones(count), fields, axis=0)
    if not solve_modelled(cp.Problem(cp.Minimize(level), [cones]), f"the least of {count} gradients", seconds):
        raise NotCertified("the solver calls a system infeasible that has a solution: scale the data, or drop nearly equal points")
    vectors = np.asarray(cones.dual_value[1], dtype=np.float64).reshape(d, count).T
    # the signs of multipliers are conventions of the modelling language: the pairing with a fit decides
    paired = np.einsum("jam,ja->m", gradients, vectors)
    if paired @ start < 0:
        vectors, paired = -vectors, -paired
    multipliers = np.linalg.lstsq(phi.T, paired, rcond=None)[0]
    return float(level.value), start + directions @ np.asarray(shift.value), multipliers, vectors
