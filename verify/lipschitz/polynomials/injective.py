"""The injective norm ‖T‖_op = sup_{‖u‖=1} |⟨T, u^{⊗p}⟩| of a symmetric tensor: a witness below, safe bounds above."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData
from verify.lipschitz.polynomials.arrays import SymmetricArray, SymmetricTensor, as_tensor
from verify.lipschitz.polynomials.planar import circle_coefficients, circle_supremum, rounding_of
from verify.lipschitz.polynomials.power_sum import EPS, PowerSum, gram_power, whole_power
from verify.objects.domains import require_order

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NormEnclosure:
    """lower ≤ norm ≤ upper; `witness` is what shows `lower`, `method` names what shows `upper`, `methods` holds every upper bound."""

    lower: float
    upper: float
    witness: Floats
    method: str
    methods: dict[str, float]

    def __post_init__(self) -> None:
        require_order(self.lower, self.upper)


@dataclass(frozen=True)
class Effort:
    """How much work an injective norm may cost.

    starts, steps: of the power iteration; directions: how many of the vectors of a power sum are starts as well; gram: the largest
    number m of terms for which m×m eigenvalue problems are solved; squares: whether sums of squares are tried (small d, slow).
    """

    starts: int = 16
    steps: int = 40
    directions: int = 16
    gram: int = 400
    squares: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if self.starts < 1 or self.steps < 1 or self.directions < 0 or self.gram < 0:
            raise BadData("an effort needs starts ≥ 1, steps ≥ 1, directions ≥ 0 and gram ≥ 0")


_DEFAULT = Effort()


def injective_norm(tensor: SymmetricTensor | ArrayLike, effort: Effort = _DEFAULT) -> NormEnclosure:
    """An enclosure of sup |⟨T, u_1⊗…⊗u_p⟩| over unit vectors, which symmetric T attain at u_1 = … = u_p (Banach).

    Lower: shifted symmetric power iteration from many starts, the value at its witness less the rounding error.  Upper: the least of the
    Frobenius norm, the spectral norms of unfoldings, for power sums λ_max(Σ|c_i|‖v_i‖^{p−2} v_iv_iᵀ), and sums of squares if the effort
    asks for them.  Exact up to rounding for d = 1, for p ≤ 2, and to 10⁻⁹ for d = 2.

    Args: a `PowerSum`, a `SymmetricArray` or a symmetric array; the effort.
    Returns: `NormEnclosure` with a unit vector as witness.
    Raises: ShapeError, BadData, HypothesisViolated (not symmetric); with `squares` also NotCertified (the solver failed).
    Guarantee: float computation with stated rounding allowances on both sides.

    >>> found = injective_norm(PowerSum(np.eye(3), [1.0, -2.0, 1.0], 3))        # orthogonal vectors: the largest coefficient
    >>> round(found.lower, 9), round(found.upper, 9), np.round(np.abs(found.witness), 6).tolist()
    (2.0, 2.0, [0.0, 1.0, 0.0])
    """
    T = as_tensor(tensor)
    d, p = T.dimension, T.order
    error = rounding_of(T)
    if d == 1 or p == 1:
        gradient = T.gradient(np.ones((1, d)) if p > 1 else np.zeros((1, d)))[0] / p
        length = float(np.linalg.norm(gradient))
        return _enclosure(gradient / length if length else np.eye(1, d)[0], length, {"one vector": length + error}, error)
    if p == 2:
        return _matrix_norm(T, error)
    if d == 2:
        lower, upper, angle = circle_supremum(circle_coefficients(T), error)
        return _enclosure(np.array([np.cos(angle), np.sin(angle)]), lower + error, {"circle": upper}, error)
    value, witness = power_iteration(T, effort)
    methods = upper_bounds(T, effort)
    if effort.squares:
        from verify.lipschitz.polynomials.sums_of_squares import form_bound  # binds late, so that only those who ask load the solver

        methods["sum of squares"] = form_bound(T.dense()).value + error
    return _enclosure(witness, value, methods, error)


def _enclosure(witness: Floats, value: float, methods: dict[str, float], error: float) -> NormEnclosure:
    method = min(methods, key=lambda name: methods[name])
    upper = methods[method]
    return NormEnclosure(max(value - error, 0.0), upper, np.asarray(witness, dtype=np.float64), method, methods)


def _matrix_norm(T: SymmetricTensor, error: float) -> NormEnclosure:
    if isinstance(T, PowerSum):
        vectors, coefficients = T.floats
        matrix = (vectors.T * coefficients) @ vectors
    else:
        matrix = T.floats
    values, vectors = np.linalg.eigh(matrix)
    best = int(np.argmax(np.abs(values)))
    # the eigenvalues err by a modest multiple of d·eps·‖M‖, the matrix by that of the sums behind it, which `error` covers
    slack = 16 * (T.dimension + 4) * EPS * float(np.linalg.norm(matrix))
    return _enclosure(vectors[:, best], float(abs(values[best])) - slack, {"eigenvalues": float(abs(values[best])) + slack + error}, error)


def power_iteration(T: SymmetricTensor, effort: Effort = _DEFAULT) -> tuple[float, Floats]:
    """The largest |⟨T, u^{⊗p}⟩| met, and its u: u ← ±T(·,u,…,u) + αu, normalised, from random starts and the largest terms of the sum.

    A third of the starts uses no shift α, the others α = (p−1)|T(u)| and a third of it: shifts make the values grow (Kolda and Mayo 2011)
    and slow the iteration down; every value counts, so convergence matters to quality only.

    >>> value, u = power_iteration(PowerSum([[1.0, 0.0, 0.0]], [5.0], 4))
    >>> round(value, 9)
    5.0
    """
    d, p = T.dimension, T.order
    starts = [np.random.default_rng(effort.seed).standard_normal((effort.starts, d)), np.eye(d)[: effort.directions]]
    if isinstance(T, PowerSum):
        vectors, coefficients = T.floats
        lengths = np.linalg.norm(vectors, axis=1)
        largest = np.argsort(-np.abs(coefficients) * lengths**p)[: effort.directions]
        starts.append(vectors[largest][lengths[largest] > 0])
    points = np.concatenate(starts)
    points = points / np.linalg.norm(points, axis=1, keepdims=True)
    shifts = (p - 1) * np.array([0.0, 1 / 3, 1.0])[np.arange(len(points)) % 3]
    best, where = -1.0, points[0]
    for _ in range(effort.steps):
        contracted = T.gradient(points) / p
        values = np.sum(contracted * points, axis=1)
        leader = int(np.argmax(np.abs(values)))
        if abs(values[leader]) > best:
            best, where = float(abs(values[leader])), points[leader]
        moved = np.where(values < 0, -1.0, 1.0)[:, None] * contracted + (shifts * np.abs(values))[:, None] * points
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        points = np.where(lengths > 1e-150, moved / np.maximum(lengths, 1e-150), points)
    return max(best, 0.0), where


def upper_bounds(T: SymmetricTensor, effort: Effort = _DEFAULT) -> dict[str, float]:
    """Upper bounds of ‖T‖_op by name, for p ≥ 2; each is rounded outward.

    >>> bounds = upper_bounds(PowerSum([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0], 4))
    >>> round(bounds["frobenius"] ** 2, 6), round(bounds["second moment"], 6)
    (2.0, 1.0)
    """
    bounds = {"frobenius": T.frobenius_upper}
    if isinstance(T, SymmetricArray):
        for q in range(1, T.order // 2 + 1):
            bounds[f"unfolding {q}"] = _spectral(T.floats.reshape(T.dimension**q, -1))
        return bounds
    bounds["second moment"] = _second_moment(T)
    bounds["unfolding 1"] = _first_unfolding(T)
    if T.order % 2 == 0 and len(T.coefficients) <= effort.gram:
        bounds["square unfolding"] = _square_unfolding(T)
    elif T.order > 3 and T.dimension**T.order <= 250_000:
        bounds["square unfolding"] = _spectral(T.dense().reshape(T.dimension ** (T.order // 2), -1)) + rounding_of(T)
    return bounds


def _spectral(matrix: Floats) -> float:
    # the largest singular value errs by a modest multiple of (rows + columns)·eps of itself
    return float(np.linalg.norm(matrix, 2)) * (1 + 16 * sum(matrix.shape) * EPS)


def _second_moment(T: PowerSum) -> float:
    """λ_max(Σ|c_i|‖v_i‖^{p−2} v_iv_iᵀ), as |v_i·u|^p ≤ ‖v_i‖^{p−2}(v_i·u)²; for even p the signs of c_i are bounded apart."""
    vectors, coefficients = T.floats
    weights = coefficients * np.linalg.norm(vectors, axis=1) ** (T.order - 2)
    sides = (np.abs(weights),) if T.order % 2 else (np.maximum(weights, 0.0), np.maximum(-weights, 0.0))
    largest = max(float(np.linalg.eigvalsh((vectors.T * side) @ vectors)[-1]) for side in sides)
    # the matrix and its eigenvalue err by (m + d)·eps relatively to the trace, which is at most the weight
    return largest + 16 * (len(coefficients) + T.dimension + T.order + 4) * EPS * T.weight


def _first_unfolding(T: PowerSum) -> float:
    """σ_max of the d×d^{p−1} unfolding M: MMᵀ = (DV)ᵀ(VVᵀ)^{∘(p−1)}(DV)."""
    vectors, coefficients = T.floats
    scaled = coefficients[:, None] * vectors
    square = scaled.T @ gram_power(vectors, vectors, T.order - 1, scaled)
    # as for the Frobenius norm: every product errs relatively to ‖v_i‖^p‖v_j‖^p, and the eigenvalue by 16d·eps of the trace
    error = (4 * (T.order * (T.dimension + 2) + 2 * len(coefficients) + 8) + 16 * T.dimension) * EPS * T.weight**2
    return float(np.sqrt(max(float(np.linalg.eigvalsh((square + square.T) / 2)[-1]), 0.0) + error) * (1 + 4 * EPS))


def _square_unfolding(T: PowerSum) -> float:
    """The largest modulus of an eigenvalue of Σ c_i a_ia_iᵀ, a_i = v_i^{⊗p/2}, from the Gram matrix of the a_i (p even).

    With c_i = s_i e_i^p the e_i go into the vectors; the non-zero eigenvalues are those of RᵀSR with RRᵀ = G, S = diag(s_i).
    """
    vectors, coefficients = T.floats
    grown = np.abs(coefficients)[:, None] ** (1 / T.order) * vectors
    if not len(grown):
        return 0.0
    gram = whole_power(grown @ grown.T, T.order // 2)
    values, basis = np.linalg.eigh((gram + gram.T) / 2)
    root = basis * np.sqrt(np.maximum(values, 0.0))
    largest = float(np.max(np.abs(np.linalg.eigvalsh((root.T * np.sign(coefficients)) @ root)), initial=0.0))
    # the computed root belongs to G + E with ‖E‖ ≤ η below, so it errs by √η in norm, and the eigenvalues by 2‖G‖^{1/2}√η + η
    size = float(values[-1]) * (1 + 16 * len(gram) * EPS)
    eta = 16 * len(gram) * EPS * size + T.order * (T.dimension + 4) * EPS * float(np.trace(gram))
    return largest + 2 * float(np.sqrt(size * eta)) + 2 * eta + 16 * len(gram) * EPS * size
