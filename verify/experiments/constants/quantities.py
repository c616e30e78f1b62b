"""The random side of each printed inequality: enclosures of a quantity on one draw of data and labels.

Data are uniform on the unit sphere (Gaussian for Lemma 13), labels are independent signs.  Norms are Euclidean; each function names the
domain of its Lipschitz constant.  An infimum over all fits is enclosed by a certified lower bound for every fit and by an explicit fit.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from theory.errors import HypothesisViolated, NotCertified
from theory.terms.tensors import markov_bound
from verify.evaluate.suprema import activation_supremum
from verify.evaluate.suprema.supremum import SupremumEffort
from verify.experiments.constants.grid import Sizes
from verify.fits.constructions.groups import group_weights, one_label_groups, require_separated
from verify.fits.fantope.bound import FantopeOptions, fantope_bound
from verify.fits.functions.mcshane import mcshane_bound
from verify.fits.tensors import SearchOptions, least_norm_polynomial, least_norm_tensor, low_rank_quadratic
from verify.lipschitz.polynomials.injective import Effort, injective_norm
from verify.lipschitz.polynomials.power_sum import PowerSum
from verify.objects.data.models import gaussian, sphere

Array = NDArray[np.float64]
Rng = np.random.Generator
Ends = tuple[float, float]

NONE_FOUND = math.inf
CAPS = 0.9                # the threshold of Section 3.2
DISJOINT = 2 * CAPS**2 - 1
THRESHOLDS = (0.5, 0.7, 0.9)
FANTOPE = FantopeOptions(tolerance=0.02, max_rounds=10)
SUPREMUM = SupremumEffort(work=2_000_000, starts=24, steps=30)
NORM = Effort(starts=8, steps=25, directions=8)
SEARCH = SearchOptions(starts=4)
PROJECTIONS = 60


def _sphere(sizes: Sizes, rng: Rng) -> tuple[Array, Array]:
    return np.asarray(sphere(sizes.n, sizes.d, rng)), rng.choice([-1.0, 1.0], sizes.n)


def _size(value: int | None) -> int:
    if value is None:
        raise ValueError("this inequality needs a size that the cell leaves out")
    return value


def _mcshane(X: Array, y: Array) -> float:
    return float(mcshane_bound(X, y).value)


def _linear(X: Array, y: Array) -> float:
    """‖w‖ of the least-norm linear fit; none for more points than dimensions."""
    if len(X) > X.shape[1]:
        return NONE_FOUND
    return float(np.linalg.norm(np.linalg.lstsq(X, y, rcond=None)[0]))


# --- constructions ----------------------------------------------------------------------------------------------------------------

def linear_fit(sizes: Sizes, rng: Rng) -> Ends:
    """§3.1: the Lipschitz constant √(yᵀ(XXᵀ)⁻¹y) of the least-norm linear fit."""
    value = _linear(*_sphere(sizes, rng))
    return value, value


def caps(sizes: Sizes, rng: Rng) -> Ends:
    """§3.2: Lip_S of Σ10y_iReLU(x_i·x − 0.9); infinite where a datum lies in a cap of another, so that nothing is fitted.

    Disjoint caps give 10√0.19.  Otherwise McShane's bound below; above, neurons that are active together form a clique of the graph
    of overlapping caps, hence lie in one of its components C, and ‖Σ_A y_ix_i‖² ≤ |C| λ_max(Gram of C).
    """
    X, y = _sphere(sizes, rng)
    inner = X @ X.T
    off = inner - 2 * np.eye(sizes.n)
    closest = float(off.max())
    if closest < DISJOINT:
        exact = math.sqrt(1 - CAPS**2) / (1 - CAPS)
        return exact, exact
    if closest > CAPS:
        return _mcshane(X, y), NONE_FOUND
    largest = max(len(c) * float(np.linalg.eigvalsh(inner[np.ix_(c, c)])[-1]) for c in _components(off >= DISJOINT))
    return _mcshane(X, y), math.sqrt(largest) / (1 - CAPS)


def _components(edges: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    from scipy.sparse.csgraph import connected_components
    _, labels = connected_components(edges, directed=False)
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]


def _grouped(X: Array, y: Array, k: int) -> float:
    """The Lipschitz bound √(q(M+(q−1)ϱ))/(1−τ) of the network of Theorem 3 with at most k neurons, at the best threshold τ."""
    try:
        members = one_label_groups(y, k)
        W = group_weights(X, members)
    except (ValueError, HypothesisViolated):
        return NONE_FOUND
    gram = W @ W.T
    M = float(np.diag(gram).max())
    coherence = float(np.abs(gram - np.diag(np.diag(gram))).max()) if len(W) > 1 else 0.0
    found = [NONE_FOUND]
    for threshold in THRESHOLDS:
        excess = threshold**2 - coherence
        try:
            require_separated(X, W, members, threshold)
        except HypothesisViolated:
            continue
        q = min(len(W), math.ceil((M - coherence) / excess)) if excess > 0 else len(W)
        found.append(math.sqrt(q * (M + (q - 1) * coherence)) / (1 - threshold))
    return min(found)


def fit_on_sphere(sizes: Sizes, rng: Rng) -> Ends:
    """Conjectures 1 and 2, Theorem 3: the least Lip_S of a fit with k neurons.

    Below McShane's bound, the sphere law, and for k ≤ d/6 its Fantope form (for larger k it adds nothing to McShane's); above, a linear
    fit and grouped networks.
    """
    X, y = _sphere(sizes, rng)
    if abs(y.sum()) == sizes.n:
        return 0.0, 0.0
    k = _size(sizes.k)
    rank = min(k, sizes.d)
    sigma = min(float(np.sort(np.linalg.eigvalsh(X.T @ X))[-rank:].sum()) / sizes.n, 1.0)
    lower = [_mcshane(X, y), math.sqrt((1 - float(y.mean()) ** 2) / (sigma * (2 - sigma)))]
    if 6 * rank <= sizes.d:
        lower.append(float(fantope_bound(X, y, rank, FANTOPE, sphere=True).value))
    return max(lower), min(_linear(X, y), _grouped(X, y, k))


def power_fit_error(sizes: Sizes, rng: Rng) -> Ends:
    """Theorem 4: max_i |f(x_i) − y_i| of f = Σ y_i(x_i·x)^p."""
    X, y = _sphere(sizes, rng)
    error = float(np.abs((X @ X.T) ** _size(sizes.p) @ y - y).max())
    return error, error


def power_size(sizes: Sizes, rng: Rng) -> Ends:
    """Theorem 4: Lip_S of f = Σ y_i(x_i·x)^p; λ_max − λ_min for p = 2, else chords between data below and p‖T‖_op above."""
    X, y = _sphere(sizes, rng)
    p = _size(sizes.p)
    if p == 2:
        spectrum = np.linalg.eigvalsh((X.T * y) @ X)
        return (float(spectrum[-1] - spectrum[0]),) * 2
    values = (X @ X.T) ** p @ y
    chords = np.sqrt(np.maximum(2 - 2 * X @ X.T, 0)) + np.eye(sizes.n)
    return float((np.abs(values[:, None] - values) / chords).max()), p * injective_norm(PowerSum(X, y, p), NORM).upper


# --- laws -------------------------------------------------------------------------------------------------------------------------

def spectral_proxy(sizes: Sizes, rng: Rng) -> Ends:
    """Theorem 5 (6): the least ‖a‖‖W‖_op of a fit by k ReLU neurons without biases.

    Below n/(R√min(k, d)), R = sup_u |Σy_iReLU(u·x_i)|; above, a linear fit by two neurons, and least outer weights on a random tight
    frame of hidden weights.
    """
    X, y = _sphere(sizes, rng)
    k = _size(sizes.k)
    R = activation_supremum(X, y, "relu", SUPREMUM).upper
    found = [2 * _linear(X, y) if k >= 2 else NONE_FOUND]
    if k >= sizes.n:
        left, _, right = np.linalg.svd(rng.standard_normal((k, sizes.d)), full_matrices=False)
        a, _, rank, _ = np.linalg.lstsq(np.maximum(X @ (left @ right).T, 0), y, rcond=None)     # all singular values of W are 1
        found += [float(np.linalg.norm(a))] if rank == sizes.n else []
    return sizes.n / (R * math.sqrt(min(k, sizes.d))), min(found)


def undercomplete(sizes: Sizes, rng: Rng) -> Ends:
    """Theorem 6: the least global Lip of a fit f(x) = g(Px), P of rank k: the Fantope certificate, and McShane's function of Px."""
    X, y = _sphere(sizes, rng)
    k = min(_size(sizes.k), sizes.d)
    if abs(y.sum()) == sizes.n:
        return 0.0, 0.0
    return float(fantope_bound(X, y, k, FANTOPE).value), _projected(X, y, k)


def _projected(X: Array, y: Array, k: int) -> float:
    """The least McShane constant of the data projected to k dimensions, over projections that keep opposite pairs apart.

    Multiplicative weights: pairs that the last projection brings near each other count more in the next one.
    """
    pairs = np.argwhere(np.triu(y[:, None] * y < 0))
    gaps = X[pairs[:, 0]] - X[pairs[:, 1]]
    log_weights, best = np.zeros(len(gaps)), 0.0
    for _ in range(PROJECTIONS):
        weighted = gaps * np.exp((log_weights - log_weights.max()) / 2)[:, None]
        directions = np.linalg.eigh(weighted.T @ weighted)[1][:, -k:]
        squares = np.sum((gaps @ directions) ** 2, axis=1)
        best = max(best, float(squares.min()))
        log_weights -= squares / squares.mean() / 2
    return 2 / math.sqrt(best) if best > 0 else NONE_FOUND


def _least_norm(X: Array, y: Array, p: int) -> PowerSum | None:
    """The least-norm tensor of order p through the data; None where rounding hides whether there is one."""
    try:
        return least_norm_tensor(X, y, p)
    except HypothesisViolated:
        return None


def _dual(X: Array, y: Array, p: int) -> float:
    """n/√(yᵀK_py), which no ‖T‖_F of a fit is below."""
    return len(y) / math.sqrt(float(y @ (X @ X.T) ** p @ y))


def tensor(sizes: Sizes, rng: Rng) -> Ends:
    """Theorem 7: the least ‖T‖_op with ⟨T, x_i^{⊗p}⟩ = y_i.

    Below 1 (a unit datum) and ‖T‖_F/d^{(p−1)/2} of the least-norm T; above, ‖T‖_op of that T.
    """
    X, y = _sphere(sizes, rng)
    p = _size(sizes.p)
    T = _least_norm(X, y, p)
    frobenius = _dual(X, y, p) if T is None else T.frobenius
    return max(1.0, frobenius / sizes.d ** ((p - 1) / 2)), NONE_FOUND if T is None else injective_norm(T, NORM).upper


def polynomial(sizes: Sizes, rng: Rng) -> Ends:
    """Theorem 8: the least Lip_B of a fit by a polynomial of degree p.

    Below McShane's bound and the sharp form n(1−ȳ²)/Σ_q (M(p−1, q−1)/q) d^{(q−1)/2} √(zᵀK_qz), z_i = y_i − ȳ; above, Σ q‖T_q‖_op of
    least-norm fits with and without the lower parts, and 0 for equal labels.
    """
    X, y = _sphere(sizes, rng)
    p = _size(sizes.p)
    if abs(y.sum()) == sizes.n:
        return 0.0, 0.0
    found = [NONE_FOUND]
    form = _least_norm(X, y, p)
    if form is not None:
        found.append(p * injective_norm(form, NORM).upper)
    try:
        f = least_norm_polynomial(X, y, p)
        parts = {q: f.part(q) for q in range(1, p + 1)}
        found.append(sum(q * injective_norm(T, NORM).upper for q, T in parts.items() if T is not None))
    except HypothesisViolated:                                       # rounding hides whether there is a fit
        pass
    z = y - y.mean()
    moments = [math.sqrt(float(z @ (X @ X.T) ** q @ z)) for q in range(1, p + 1)]
    total = sum(float(markov_bound(p - 1, q - 1)) / q * sizes.d ** ((q - 1) / 2) * moments[q - 1] for q in range(1, p + 1))
    return max(_mcshane(X, y), float(z @ y) / total), min(found)


def low_rank(sizes: Sizes, rng: Rng) -> Ends:
    """Theorem 9: the least ‖A‖_op of a fit xᵀAx of rank k.

    Below 1, n/(k‖Σy_ix_ix_iᵀ‖_op) and ‖A‖_F/√min(k, d) of the least-norm A; above, that A, or one of rank k found by search.
    """
    X, y = _sphere(sizes, rng)
    k = min(_size(sizes.k), sizes.d)
    least = _least_norm(X, y, 2)
    frobenius = _dual(X, y, 2) if least is None else least.frobenius
    lower = max(1.0, sizes.n / (k * injective_norm(PowerSum(X, y, 2), NORM).upper), frobenius / math.sqrt(k))
    if least is not None and k >= min(sizes.n, sizes.d):
        return lower, injective_norm(least, NORM).upper
    try:
        found = low_rank_quadratic(X, y, k, SEARCH)
    except NotCertified:
        return lower, NONE_FOUND
    return lower, float(np.abs(np.linalg.eigvalsh(found.matrix)).max())


# --- lemmas -----------------------------------------------------------------------------------------------------------------------

def fixed_direction(sizes: Sizes, rng: Rng) -> Ends:
    """Lemma 13: |Σ y_i(x_i·x)^p| at a fixed unit x, Gaussian data."""
    X = np.asarray(gaussian(sizes.n, sizes.d, rng))
    value = abs(float(rng.choice([-1.0, 1.0], sizes.n) @ X[:, 0] ** _size(sizes.p)))
    return value, value


def moment_norm(sizes: Sizes, rng: Rng) -> Ends:
    """Lemma 14: ‖Σ y_ix_i^{⊗p}‖_op."""
    X, y = _sphere(sizes, rng)
    norm = injective_norm(PowerSum(X, y, _size(sizes.p)), NORM)
    return norm.lower, norm.upper
