"""Quadratics x ↦ xᵀAx of least norm through labelled points, of any rank or of rank at most k, certified on both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_network import dot
from theory.certificates.exact.rounding import approximately
from theory.certificates.fits.quadratic_fit import certify_quadratic_fit
from theory.errors import BadData, HypothesisViolated
from verify.fits.exact.input import read_exact
from verify.fits.quadratics.search import QuadraticOptions, QuadraticProblem
from verify.objects.domains import relative_gap

Floats = NDArray[np.float64]
NORMS = ("operator", "nuclear", "spread")


@dataclass(frozen=True)
class QuadraticFit:
    """The least norm of a quadratic fit, enclosed: `lower` ≤ least ≤ `upper`, both proved by `certificate`.

    `upper` and `matrix` are None when no fit of the rank was found; `matrix` is within the `distance` of the certificate of a matrix
    that fits exactly and has the norm `upper` at most.  `lipschitz` are the same two numbers for the Lipschitz constant of x ↦ xᵀAx:
    twice the operator norm on the unit ball, the spread on the unit sphere.
    """

    norm: str
    rank: int | None
    lower: Fraction
    upper: Fraction | None
    matrix: Floats | None
    certificate: Mapping[str, Any]

    @property
    def gap(self) -> float | None:
        """See `relative_gap`."""
        return relative_gap(self.lower, self.upper)

    @property
    def lipschitz(self) -> tuple[Fraction, Fraction | None]:
        """The enclosure of the least Lipschitz constant.  Raises: BadData for the nuclear norm."""
        if self.norm == "nuclear":
            raise BadData("the nuclear norm of a quadratic is no Lipschitz constant: ask for the operator norm or the spread")
        factor = 2 if self.norm == "operator" else 1
        return factor * self.lower, None if self.upper is None else factor * self.upper


def minimal_quadratic(
    X: ArrayLike, y: ArrayLike, norm: str = "operator", rank: int | None = None, options: QuadraticOptions | None = None
) -> QuadraticFit:
    """The least ‖A‖ of a symmetric A with x_iᵀAx_i = y_i for all i, and of rank at most k if `rank` is given.

    "operator" is ‖A‖_op, half the Lipschitz constant of x ↦ xᵀAx on the unit ball; "spread" is λ_max(A) − λ_min(A), the one on the unit
    sphere with the chord metric (d ≥ 2); "nuclear" is ‖A‖_*, the least path norm Σ|a_ℓ|‖w_ℓ‖² of neurons a_ℓ(w_ℓ·x)².  Without a rank
    it is a semidefinite program without gap.  With one, the lower bound is the least over the numbers of positive and negative
    eigenvalues of the best convex relaxation, and the upper bound comes from a local search: the gap may stay open.

    Source: the duality behind Bubeck–Li–Nagaraj 2021, Theorem 9 (λ = y there), optimised; the rank form by Ky Fan's principle.
    Args: X (n×d) and y (n), floats (taken exactly) or fractions; norm; rank k ≥ 1 (d or more counts as no constraint); options.
    Returns: a `QuadraticFit`; `lawbook verify` re-checks its certificate without a solver.
    Raises: HypothesisViolated (no such quadratic exists, with the reason), BadData, ShapeError, NotCertified (the solver failed).
    Guarantee: lower and upper are certified in exact and ball arithmetic.

    >>> fit = minimal_quadratic([[1.0, 0.0], [0.0, 1.0]], [1, -3])
    >>> float(fit.lower), fit.matrix.tolist()
    (3.0, [[1.0, 0.0], [0.0, -3.0]])
    """
    if norm not in NORMS:
        raise BadData(f"the norm is {norm!r}: use one of {', '.join(NORMS)}")
    data = read_exact(X, y)
    k = _constraint(rank, data.shape[1])
    problem = QuadraticProblem(data, norm, options or QuadraticOptions())
    excluded = problem.excluded(k)
    if excluded is not None:
        raise HypothesisViolated(_why_not(data, excluded, k))
    fit, multipliers = problem.any_rank() if k is None else problem.low_rank(k)
    certificate = certify_quadratic_fit(f"quadratic.{norm}", data, k, multipliers, fit)
    value = certificate["value"]
    matrix = None if fit is None else np.array([[float(c.p) / float(c.q) for c in row] for row in fit.centre().tolist()])
    return QuadraticFit(norm, k, Fraction(certificate["lower"]), None if value is None else Fraction(value), matrix, certificate)


def no_quadratic(X: ArrayLike, y: ArrayLike, rank: int | None = None) -> Mapping[str, Any] | None:
    """A certificate that no quadratic xᵀAx (of rank at most k) takes the labels; None when none was found, which proves nothing for k < d.

    Raises: BadData, ShapeError, NotCertified.
    Guarantee: certified in exact arithmetic: λ with Σλ_ix_ix_iᵀ = 0 and λᵀy > 0, or semidefinite for each pair of numbers of eigenvalues.

    >>> certificate = no_quadratic([[1.0], [2.0]], [1, 1])                # 4·1 − 1·4: 4x_1² − x_2² = 0, 4y_1 − y_2 = 3
    >>> certificate["multipliers"]
    [['4', '-1']]
    """
    data = read_exact(X, y)
    k = _constraint(rank, data.shape[1])
    problem = QuadraticProblem(data, "operator", QuadraticOptions())
    excluded = problem.excluded(k)
    return None if excluded is None else certify_quadratic_fit("quadratic.operator", data, k, excluded, None)


def _constraint(rank: int | None, d: int) -> int | None:
    if rank is not None and (isinstance(rank, bool) or not isinstance(rank, (int, np.integer)) or rank < 1):
        raise BadData(f"the rank is {rank!r}: give a positive integer, or None for no constraint")
    return None if rank is None or rank >= d else int(rank)


def _why_not(data: ExactData, excluded: Sequence[Sequence[Fraction]], k: int | None) -> str:
    """The reason in one sentence."""
    multipliers = excluded[0]
    if multipliers and (k is None or all(row == multipliers for row in excluded)):
        shown = ", ".join(f"{c}·x_{i + 1}x_{i + 1}ᵀ" for i, c in enumerate(multipliers) if c)
        total = dot(multipliers, data.labels)
        combination = shown.replace(", ", " + ").replace("+ -", "− ")
        if len(combination) > 200:
            combination = f"a combination Σλ_ix_ix_iᵀ of {sum(c != 0 for c in multipliers)} points"
        return (
            f"no quadratic xᵀAx takes these labels: {combination} = 0, and the same combination of the labels is {approximately(total)}; "
            "change a label, drop one of these points, or take polynomials of a higher degree"
        )
    return (
        "no quadratic xᵀAx of rank one takes these labels: labels of both signs, or every choice of the signs of b·x_i in ±(b·x_i)², "
        "exclude it; take rank 2"
    )
