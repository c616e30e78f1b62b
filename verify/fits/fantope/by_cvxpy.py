"""The Fantope bound as one semidefinite program for a general conic solver: the baseline, for small data."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from theory.errors import BadData, NotCertified
from verify.fits.fantope.pair_forms import PairForms
from verify.fits.programs.solver import solve_modelled
from verify.objects.data.dataset import validate

# The baseline is Clarabel as it comes; where it stops short of its default accuracy, which rounding decides, two digits less will do.
TOLERANCES = (1e-8, 1e-6)


def fantope_value_by_cvxpy(X: ArrayLike, y: ArrayLike, r: int, *, sphere: bool = False) -> float:
    """The optimum of the Fantope relaxation, a number that bounds the Lipschitz constant of rank-r fits from below.

    1/√t with t = min rτ + tr S over distributions π, τ ∈ R and S ⪰ 0 subject to τI + S ⪰ Σπ_ij A_ij, the dual of
    max_{Q ∈ Fantope(r)} min_ij ⟨A_ij, Q⟩ with A_ij as in `fantope_bound`; X ∈ R^{n×d}, y ∈ R^n.  The dual is modelled
    because Clarabel often stops the primal at a lower accuracy.  Source: theory, claim bln.thm6.fantope.
    Args: X (n, d), y (n,), r ≥ 1, `sphere` (rows are then normalised).
    Returns: the optimum; 0.0 when all labels are equal.
    Raises: ShapeError, BadData, NotCertified (the solver did not report optimality).
    Guarantee: none, this is a float from Clarabel; use `fantope_bound` for a certified value.

    >>> round(fantope_value_by_cvxpy(np.eye(3), [1, -1, -1], 1) ** 2, 4)
    2.6667
    """
    import cvxpy as cp  # type: ignore[import-untyped,unused-ignore]

    points, labels = validate(X, y, signs=False)
    if r < 1:
        raise BadData(f"the rank r is {r}: give a positive integer")
    if np.ptp(labels) == 0:
        return 0.0
    if sphere:
        points = points / np.linalg.norm(points, axis=1, keepdims=True)
    n, d = points.shape
    forms = PairForms(points, labels, 2.0 if sphere else 1.0)
    keys, values = forms.lowest(np.eye(d), n * n)
    unit = float(values[0])
    if unit <= 0:
        raise BadData("two points with different labels coincide: drop or correct one of them")
    factors = forms.factors(keys) / np.sqrt(unit)
    matrix = sum((np.einsum("pa,pb->pab", part, part).reshape(len(keys), d * d) for part in factors), np.zeros(()))
    weights, level, excess = cp.Variable(len(keys), nonneg=True), cp.Variable(), cp.Variable((d, d), PSD=True)
    moment = cp.reshape(matrix.T @ weights, (d, d), order="C")
    constraints = [cp.sum(weights) == 1, level * np.eye(d) + excess - moment >> 0]
    problem = cp.Problem(cp.Minimize(min(r, d) * level + cp.trace(excess)), constraints)
    if not solve_modelled(problem, f"the Fantope relaxation of {n} points in dimension {d}", tolerances=TOLERANCES):
        raise NotCertified("Clarabel calls the Fantope relaxation infeasible, which no data make it: scale the data")
    return float(1.0 / np.sqrt(float(problem.value) * unit))
