"""Certified upper bounds on forms over the sphere and on gradients of polynomials over balls, by sums of squares in few variables."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log2
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.certificates.steps.form_bound import (
    FORMAT,
    Matrix,
    Polynomial,
    bases,
    defect,
    is_positive_semidefinite,
    multinomial,
    multiplier,
    pairing,
    products,
    split,
    verify_form_bound,
    weight_of_bound,
)
from theory.errors import BadData, NotCertified
from verify.objects.domains import doubles_about

Floats = NDArray[np.float64]
LARGEST = 60        # rows of a matrix of squares: Clarabel needs seconds there
GRID = 2**40        # the float solution is rounded to multiples of 1/GRID, beyond the solver's accuracy


@dataclass(frozen=True)
class CertifiedBound:
    """A number `exact` (and a double `value` that is not smaller) proved to be an upper bound by `certificate`."""

    value: float
    exact: Fraction
    certificate: dict[str, Any]


def form_bound(tensor: ArrayLike) -> CertifiedBound:
    """A certified upper bound of sup |⟨T, u^{⊗p}⟩| over unit vectors u of R^d, the injective norm if T is symmetric.

    The least B for which ½B(t²‖u‖^{2⌊p/2⌋} + ‖u‖^{2⌈p/2⌉}) − t⟨T, u^{⊗p}⟩ is a sum of squares: exact for p ≤ 2 and for d ≤ 2, above the
    supremum in general.  The solution of Clarabel is rounded to rationals and mended, so the reported bound is slightly larger.

    Args: T, an array of shape (d, …, d) of floats or fractions, p ≥ 1; for d ≤ 4 and p ≤ 4 it takes well below a second.
    Returns: `CertifiedBound`.
    Raises: ShapeError (through the array), BadData (too large, not a cube), NotCertified (the solver failed, or rounding did).
    Guarantee: certified: `verify_form_bound` re-checks the certificate without a solver.

    >>> round(form_bound([[3.0, 0.0], [0.0, -4.0]]).value, 6)
    4.0
    """
    T = np.asarray(tensor)
    return _bound("form", _polynomial([T]), _dimension([T]), T.ndim)


def gradient_bound(parts: Sequence[ArrayLike], r: float = 1.0) -> CertifiedBound:
    """A certified upper bound of sup ‖∇f‖ over ‖x‖ ≤ r for f = Σ_q ⟨T_q, x^{⊗q}⟩: of the Euclidean Lipschitz constant on that ball.

    The least L for which ½L(1 + ‖w‖²) − w·∇f(x) = σ_0 + (1 − ‖x‖²)σ_1 with sums of squares σ, after scaling the ball to radius 1.

    Args: the arrays T_1, …, T_p (zero arrays for missing parts), r > 0.
    Returns, raises, guarantee: as `form_bound`; the certificate is about x ↦ f(rx)/r.

    >>> round(gradient_bound([[1.0], [[1.0]]]).value, 6)            # x + x²
    3.0
    """
    arrays = [np.asarray(part) for part in parts]
    if not 0 < r < float("inf"):
        raise BadData(f"the radius is {r}; give a positive finite number")
    scale = Fraction(r)
    polynomial = {powers: c * scale ** (sum(powers) - 1) for powers, c in _polynomial(arrays).items()}
    return _bound("gradient", polynomial, _dimension(arrays), len(arrays))


def _dimension(arrays: Sequence[NDArray[Any]]) -> int:
    sizes = {size for array in arrays for size in array.shape}
    if len(sizes) != 1 or 0 in sizes or any(array.ndim == 0 for array in arrays):
        raise BadData(f"the arrays have the shapes {[array.shape for array in arrays]}; give cubes of one size d ≥ 1")
    return int(sizes.pop())


def _polynomial(arrays: Sequence[NDArray[Any]]) -> Polynomial:
    """Σ⟨T_q, x^{⊗q}⟩ with exact coefficients: every float is a rational number."""
    total: Polynomial = {}
    for array in arrays:
        for index in np.ndindex(array.shape):
            if array[index]:
                powers = tuple(index.count(i) for i in range(array.shape[0]))
                total[powers] = total.get(powers, Fraction(0)) + Fraction(array[index])
    return total


def _interior(kind: str, d: int, p: int) -> list[list[Fraction]]:
    """Positive diagonals E_k with Σ multiplier_k·z_kᵀE_kz_k = the weight of the bound: raising B raises all the matrices.

    For "gradient", 1 = 1/(m+1) Σ_{j≤m} (‖x‖^{2j} + (1−‖x‖²)Σ_{i<j}‖x‖^{2i}) with the largest order m of x there.
    """
    low, high = split(kind, p)
    half = Fraction(1, 2)
    diagonals = []
    for position, basis in enumerate(bases(kind, d, p)):
        entries = []
        for powers in basis:
            if kind == "form":
                entries.append(half * multinomial(powers[1:]))
                continue
            x, m = powers[:d], high if any(powers[d:]) else low
            entries.append(half * multinomial(x) * (m - sum(x) if position else 1) / (m + 1))
        diagonals.append(entries)
    return diagonals


def _bound(kind: str, polynomial: Polynomial, d: int, p: int) -> CertifiedBound:
    sizes = [len(basis) for basis in bases(kind, d, p)]
    if max(sizes) > LARGEST:
        raise BadData(f"order {p} in dimension {d} needs matrices with {max(sizes)} rows, more than {LARGEST}; take fewer variables")
    if not polynomial:
        return _finished(kind, d, p, {}, Fraction(0), [[[Fraction(0)] * n for _ in range(n)] for n in sizes])
    size = max(abs(c) for c in polynomial.values())
    unit = Fraction(2) ** ceil(log2(size))      # the solver sees coefficients of at most 1
    scaled = {powers: c / unit for powers, c in polynomial.items()}
    bound, matrices = _mended(kind, d, p, scaled, *_solved(kind, d, p, scaled))
    grown = [[[unit * c for c in row] for row in matrix] for matrix in matrices]
    return _finished(kind, d, p, polynomial, unit * bound, grown)


def _solved(kind: str, d: int, p: int, polynomial: Polynomial) -> tuple[float, list[Floats]]:
    """The bound and the matrices that Clarabel finds."""
    import cvxpy as cp  # type: ignore[import-untyped,unused-ignore]
    from scipy.sparse import csr_array

    weight, target = weight_of_bound(kind, d, p), pairing(kind, d, polynomial)
    maps = [list(products(basis, multiplier(kind, d, k))) for k, basis in enumerate(bases(kind, d, p))]
    place = {powers: i for i, powers in enumerate(sorted({entry[2] for entries in maps for entry in entries} | set(weight) | set(target)))}
    bound = cp.Variable()
    left = bound * _vector(weight, place) - _vector(target, place)
    matrices: list[Any] = []
    right: Any = 0
    for entries, basis in zip(maps, bases(kind, d, p), strict=True):
        n = len(basis)
        if n == 0:
            matrices.append(None)
            continue
        Q = cp.Variable((n, n), PSD=True)
        rows, columns = [place[e[2]] for e in entries], [e[0] * n + e[1] for e in entries]
        A = csr_array(([float(e[3]) for e in entries], (rows, columns)), shape=(len(place), n * n))
        right = right + A @ cp.vec(Q, order="C")
        matrices.append(Q)
    problem = cp.Problem(cp.Minimize(bound), [left == right])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an inaccurate solution is refused by its status just below
        try:
            problem.solve(solver=cp.CLARABEL)
        except cp.SolverError as error:
            raise NotCertified(f"Clarabel failed on the sum of squares: {error}") from error
    if problem.status != cp.OPTIMAL:
        raise NotCertified(f"Clarabel ended with the status {problem.status}, which is not an optimum")
    return float(bound.value), [np.zeros((0, 0)) if Q is None else np.asarray(Q.value) for Q in matrices]


def _vector(polynomial: Polynomial, place: dict[tuple[int, ...], int]) -> Floats:
    values = np.zeros(len(place))
    for powers, c in polynomial.items():
        values[place[powers]] = float(c)
    return values


def _mended(kind: str, d: int, p: int, polynomial: Polynomial, bound: float, found: list[Floats]) -> tuple[Fraction, list[Matrix]]:
    """Rational matrices that satisfy the identity exactly and are positive semidefinite, and their (slightly larger) bound.

    The defect of the rounded matrices is spread over the entries of the first that share its monomial; then B grows until all are
    positive semidefinite, as B multiplies a polynomial that is itself a positive definite sum of squares.
    """
    exact = Fraction(round(bound * GRID), GRID)
    matrices = [[[Fraction(round((Q[i, j] + Q[j, i]) / 2 * GRID), GRID) for j in range(len(Q))] for i in range(len(Q))] for Q in found]
    basis = bases(kind, d, p)[0]
    places: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for i, j, powers, _ in products(basis, multiplier(kind, d, 0)):
        places.setdefault(powers, []).append((i, j))
    for powers, c in defect(kind, d, p, polynomial, exact, matrices).items():
        if powers not in places:
            raise NotCertified(f"no product of two monomials of the basis has the powers {powers}; the rounded solution cannot be mended")
        for i, j in places[powers]:
            matrices[0][i][j] += c / len(places[powers])
    interior = _interior(kind, d, p)
    raised = Fraction(0)
    shortfall = max(_shortfall(matrix, E) for matrix, E in zip(matrices, interior, strict=True))
    for attempt in range(4):
        raised = Fraction(max(shortfall, 0.0) * (1 + 0.01 * 10**attempt) + 1e-13 * 100**attempt)
        trial = [[[c + (raised * E[i] if i == j else 0) for j, c in enumerate(row)] for i, row in enumerate(matrix)]
                 for matrix, E in zip(matrices, interior, strict=True)]
        if all(is_positive_semidefinite(matrix) for matrix in trial):
            return exact + raised, trial
    raise NotCertified(f"the rounded solution is not positive semidefinite even after raising the bound by {float(raised):.2g}")


def _shortfall(matrix: Matrix, diagonal: list[Fraction]) -> float:
    """The least s, in floating point, for which the matrix + s·E is positive semidefinite."""
    if not matrix:
        return 0.0
    root = 1 / np.sqrt(np.array([float(e) for e in diagonal]))
    return -float(np.linalg.eigvalsh(root[:, None] * np.array([[float(c) for c in row] for row in matrix]) * root)[0])


def _finished(kind: str, d: int, p: int, polynomial: Polynomial, bound: Fraction, matrices: list[Matrix]) -> CertifiedBound:
    terms = [{"powers": list(powers), "coefficient": str(c)} for powers, c in sorted(polynomial.items())]
    certificate = {
        "format": FORMAT, "kind": kind, "dimension": d, "order": p, "polynomial": terms, "bound": str(bound),
        "matrices": [[[str(c) for c in row] for row in matrix] for matrix in matrices],
    }
    verify_form_bound(certificate)
    return CertifiedBound(doubles_about(bound)[1], bound, certificate)
