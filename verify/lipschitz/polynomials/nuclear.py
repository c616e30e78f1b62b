"""The nuclear norm of a symmetric tensor, dual to the injective norm: decompositions above, dual tensors below."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb, factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.certificates.steps.form_bound import monomials, multinomial
from theory.errors import BadData, NotCertified
from verify.lipschitz.polynomials.arrays import SymmetricArray, SymmetricTensor, as_tensor
from verify.lipschitz.polynomials.injective import Effort, injective_norm, power_iteration
from verify.lipschitz.polynomials.power_sum import EPS, PowerSum
from verify.objects.domains import require_order

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NuclearOptions:
    """columns: directions of the first linear program per coordinate of the space of symmetric tensors; rounds: of adding directions where
    its dual is too large; coordinates: the largest dimension of that space for which programs are solved; effort: of injective norms."""

    columns: int = 4
    rounds: int = 20
    coordinates: int = 300
    effort: Effort = field(default_factory=Effort)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.columns < 2 or self.rounds < 0 or self.coordinates < 0:
            raise BadData("nuclear options need columns ≥ 2, rounds ≥ 0 and coordinates ≥ 0")


@dataclass(frozen=True)
class NuclearEnclosure:
    """lower ≤ ‖T‖_* ≤ upper; `dual` shows `lower`, `method` names what shows `upper`.

    `decomposition` is T up to rounding; its weight is `upper`, but for the price of the rest, unless `method` is "frobenius".
    """

    lower: float
    upper: float
    decomposition: PowerSum
    dual: SymmetricTensor
    method: str

    def __post_init__(self) -> None:
        require_order(self.lower, self.upper)


_DEFAULT = NuclearOptions()


def nuclear_norm(tensor: SymmetricTensor | ArrayLike, options: NuclearOptions = _DEFAULT) -> NuclearEnclosure:
    """An enclosure of ‖T‖_* = sup {⟨T, S⟩ : ‖S‖_op ≤ 1} = min {Σ|c_i| : T = Σ c_i u_i^{⊗p}, ‖u_i‖ = 1}.

    Upper: the weight of a decomposition; a linear program chooses the weights over directions that are added where its dual exceeds 1,
    and a rest R that rounding leaves costs d^{(p−1)/2}‖R‖_F.  Lower: ⟨T, S⟩/‖S‖_op for S the dual of the program, T, and for power sums
    Σ sign(c_i)û_i^{⊗p}, with the safe upper bound of ‖S‖_op.  Exact up to rounding for p ≤ 2.

    Source: Friedland and Lim 2018 (symmetric decompositions suffice).
    Args: a `PowerSum`, a `SymmetricArray` or a symmetric array; options.
    Raises: ShapeError, BadData, HypothesisViolated (not symmetric), NotCertified (the linear program failed).
    Guarantee: float computation with stated rounding allowances on both sides.

    >>> found = nuclear_norm(PowerSum(np.eye(2), [1.0, -2.0], 3))
    >>> round(found.lower, 6), round(found.upper, 6)
    (3.0, 3.0)
    """
    T = as_tensor(tensor)
    if T.order <= 2 or T.dimension == 1:
        return _exact(T)
    decomposition, duals = _given(T), [T, *([_signs(T)] if isinstance(T, PowerSum) else [])]
    prices = {"given terms": decomposition.weight * (1 + 8 * EPS * (T.dimension + T.order)), "frobenius": _frobenius_bound(T)}
    if comb(T.dimension + T.order - 1, T.order) <= options.coordinates:
        found, price, dual = _programmed(T, options)
        duals.append(dual)
        if price < prices["given terms"]:
            decomposition, prices["linear program"] = found, price
    method = min(prices, key=lambda name: prices[name])
    upper = prices[method]
    lower, best = max(((_ratio(T, S, options.effort), S) for S in duals), key=lambda pair: pair[0])
    return NuclearEnclosure(lower, upper, decomposition, best, method)


def _exact(T: SymmetricTensor) -> NuclearEnclosure:
    """Numbers, vectors and matrices: |T|, the length, Σ|λ_i|."""
    if T.dimension == 1:
        values, vectors = T.value(np.ones((1, 1))), np.ones((1, 1))
        dense = values.reshape((1,) * T.order)
        dual = np.where(dense < 0, -1.0, 1.0)
    elif T.order == 1:
        dense = T.dense()
        values = np.array([np.linalg.norm(dense)])
        vectors = (dense / values if values[0] else np.eye(1, T.dimension)[0])[:, None]
        dual = vectors[:, 0]
    else:
        dense = T.dense()
        values, vectors = np.linalg.eigh(dense)
        dual = (vectors * np.where(values < 0, -1.0, 1.0)) @ vectors.T
    decomposition = PowerSum(vectors.T, values, T.order)
    weight = float(np.abs(decomposition.coefficients).sum())
    # eigenvalues err by 16d·eps·‖M‖ each, and the entries of M by the sums behind them, relatively to the weight of T
    slack = 16 * (T.dimension + 4) ** 2 * EPS * float(np.linalg.norm(dense)) + 8 * T.dimension * (T.order + 8) * EPS * T.weight
    return NuclearEnclosure(max(weight - slack, 0.0), weight + slack, decomposition, SymmetricArray(dual), "eigenvalues")


def _given(T: SymmetricTensor) -> PowerSum:
    """T as a sum of powers: itself, or for an array the sum over its monomials by polarisation, which is rarely short."""
    if isinstance(T, PowerSum):
        return T
    signs = 2.0 * ((np.arange(2**T.order)[:, None] >> np.arange(T.order)) & 1) - 1
    product = np.prod(signs, axis=1)
    vectors, coefficients = [], []
    for powers in monomials(T.dimension, T.order):      # E[Πε_q (Σε_q e_{i_q}·x)^p] = p! Π x_{i_q}
        index = np.repeat(np.arange(T.dimension), powers)
        entry = T.floats[tuple(index)] * multinomial(powers)
        if entry:
            vectors.append(signs @ np.eye(T.dimension)[index])
            coefficients.append(entry * product / (len(signs) * factorial(T.order)))
    if not vectors:
        return PowerSum(np.zeros((0, T.dimension)), np.zeros(0), T.order)
    return PowerSum(np.concatenate(vectors), np.concatenate(coefficients), T.order)


def _frobenius_bound(T: SymmetricTensor) -> float:
    """‖T‖_* ≤ d^{(p−1)/2}‖T‖_F, dual to ‖S‖_F ≤ d^{(p−1)/2}‖S‖_op."""
    return T.frobenius_upper * T.dimension ** ((T.order - 1) / 2) * (1 + 8 * EPS)


def _signs(T: PowerSum) -> PowerSum:
    vectors, coefficients = T.floats
    lengths = np.linalg.norm(vectors, axis=1)
    kept = (lengths > 0) & (coefficients != 0)
    return PowerSum(vectors[kept] / lengths[kept][:, None], np.sign(coefficients[kept]), T.order)


def _ratio(T: SymmetricTensor, S: SymmetricTensor, effort: Effort) -> float:
    """⟨T, S⟩/‖S‖_op, rounded down."""
    bound = injective_norm(S, effort).upper
    if bound == 0.0:
        return 0.0
    if isinstance(T, PowerSum) and isinstance(S, PowerSum):
        product = T.inner(S)
    elif isinstance(T, PowerSum):
        product = float(T.floats[1] @ S.value(T.floats[0]))
    else:
        product = float(S.floats[1] @ T.value(S.floats[0])) if isinstance(S, PowerSum) else T.inner(S)
    terms = sum(len(X.coefficients) if isinstance(X, PowerSum) else X.dimension**X.order for X in (T, S))
    error = 4 * (T.order * (T.dimension + 2) + terms + 8) * EPS * T.weight * S.weight
    return (product - error) / (bound * (1 + 4 * EPS))


class _Coordinates:
    """Orthonormal coordinates of symmetric tensors: √multinomial(α) times the entry at α, so that ⟨T, S⟩ = t·s."""

    def __init__(self, d: int, p: int) -> None:
        self.d, self.p = d, p
        self.powers = np.array(monomials(d, p))
        self.roots = np.sqrt([float(multinomial(tuple(row))) for row in self.powers.tolist()])

    def of_directions(self, points: Floats) -> Floats:
        """The coordinates of u^{⊗p}, row by row."""
        return np.asarray(np.prod(points[:, None, :] ** self.powers, axis=2) * self.roots)

    def of_tensor(self, T: SymmetricTensor) -> Floats:
        if isinstance(T, PowerSum):
            return np.asarray(T.floats[1] @ self.of_directions(T.floats[0]))
        places = [tuple(np.repeat(np.arange(self.d), row)) for row in self.powers]
        return np.array([T.floats[place] for place in places]) * self.roots

    def tensor(self, coordinates: Floats) -> SymmetricArray:
        array = np.zeros((self.d,) * self.p)
        entry = {tuple(row): c for row, c in zip(self.powers.tolist(), coordinates / self.roots, strict=True)}
        for index in np.ndindex(array.shape):
            array[index] = entry[tuple(index.count(i) for i in range(self.d))]
        return SymmetricArray(array)


def _programmed(T: SymmetricTensor, options: NuclearOptions) -> tuple[PowerSum, float, SymmetricArray]:
    """A decomposition by linear programming with added directions, its price, and the best dual."""
    space = _Coordinates(T.dimension, T.order)
    rng = np.random.default_rng(options.seed)
    target = space.of_tensor(T)
    scale = float(np.linalg.norm(target))
    if scale == 0.0:
        return PowerSum(np.eye(1, T.dimension), [0.0], T.order), 0.0, space.tensor(target)
    points = rng.standard_normal((options.columns * len(target), T.dimension))
    if isinstance(T, PowerSum):
        points = np.concatenate([T.floats[0][np.any(T.floats[0] != 0, axis=1)], points])
    points = points / np.linalg.norm(points, axis=1, keepdims=True)
    largest, best = np.inf, space.tensor(target)
    for step in range(options.rounds + 1):
        features = space.of_directions(points)
        weights, dual = _program(features, target / scale)
        S = space.tensor(dual)
        worse, size = _too_large(S, np.concatenate([points[np.abs(weights) > 1e-9], rng.standard_normal((16, T.dimension))]), options)
        # all duals of the later rounds pair to nearly the same number with T, and the one of least norm shows most
        if size / float(dual @ target) < largest:
            largest, best = size / float(dual @ target), S
        if step == options.rounds or not len(worse):
            break
        points = np.concatenate([points[(np.abs(features @ dual) > 0.5) | (np.abs(weights) > 0)], worse])
    used = np.abs(weights) > 0
    decomposition = PowerSum(points[used], scale * weights[used], T.order)
    # what is left is priced by its Frobenius norm; its computed coordinates err by a few eps times the weights
    rest = float(np.linalg.norm(target - scale * weights @ features)) + 16 * len(target) * EPS * (decomposition.weight + T.weight)
    price = decomposition.weight * (1 + 8 * EPS * (T.dimension + T.order)) + T.dimension ** ((T.order - 1) / 2) * rest
    return decomposition, price, best


def _program(features: Floats, target: Floats) -> tuple[Floats, Floats]:
    """min Σ|w_j| with Σ w_j φ_j = t, and the dual s with |φ_j·s| ≤ 1."""
    from scipy.optimize import linprog  # imported where it is used: a third of a second at the start of every command

    count = len(features)
    found = linprog(np.ones(2 * count), A_eq=np.concatenate([features, -features]).T, b_eq=target, method="highs")
    if found.status != 0:
        raise NotCertified(f"the linear program of the nuclear norm ended without an optimum: {found.message}")
    return found.x[:count] - found.x[count:], np.asarray(found.eqlin.marginals)


def _too_large(S: SymmetricArray, starts: Floats, options: NuclearOptions) -> tuple[Floats, float]:
    """Unit vectors at which |⟨S, u^{⊗p}⟩| exceeds 1 by more than 10⁻⁸, found by the power iteration, and its largest value met."""
    points = starts / np.linalg.norm(starts, axis=1, keepdims=True)
    for _ in range(12):
        contracted = S.gradient(points) / S.order
        values = np.sum(contracted * points, axis=1, keepdims=True)
        points = np.sign(values) * contracted + (S.order - 1) / 2 * np.abs(values) * points
        points = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-300)
    points = np.concatenate([points, power_iteration(S, options.effort)[1][None, :]])
    values = np.abs(S.value(points))
    return np.asarray(points[values > 1 + 1e-8]), float(values.max())
