"""Data models by name: the two generic models of the theorems, other natural ones, and adversarial ones.

Every model maps (n, d, rng) to X ∈ R^{n×d}, for every n ≥ 1 and d ≥ 1.  A model may repeat a point (the sphere of R^1
has two); labels are therefore given to distinct points, never to rows.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from theory.errors import BadData
from verify.objects.data.dataset import Dataset, FloatArray, point_keys

Model = Callable[[int, int, np.random.Generator], FloatArray]

# Distance of the two points of a near-duplicate pair: McShane's floor for opposite labels is then about 2/10⁻³, far
# above the constants of all generic data, yet far from rounding.
NEAR_DUPLICATE_ANGLE = 1e-3


def sphere(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """Model (S): x_i iid uniform on S^{d−1}."""
    G = rng.standard_normal((n, d))
    X: FloatArray = G / np.linalg.norm(G, axis=1, keepdims=True)
    return X


def gaussian(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """Model (G): x_i iid N(0, I_d/d)."""
    X: FloatArray = rng.standard_normal((n, d)) / np.sqrt(d)
    return X


def hypercube(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """x_i iid uniform on {−1, +1}^d/√d, unit rows; points repeat as soon as n is of order 2^{d/2}."""
    X: FloatArray = rng.choice([-1.0, 1.0], size=(n, d)) / np.sqrt(d)
    return X


def ball(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """x_i iid uniform in the closed unit ball: a uniform direction times U^{1/d}, since P(‖x‖ ≤ r) = r^d."""
    return sphere(n, d, rng) * rng.random((n, 1)) ** (1 / d)


def mixture(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """Two Gaussian clusters N(±u/√2, I_d/(2d)) with equal chances and a uniform unit vector u; E‖x‖² = 1."""
    centre = sphere(1, d, rng) / np.sqrt(2)
    side = rng.choice([-1.0, 1.0], size=(n, 1))
    X: FloatArray = side * centre + gaussian(n, d, rng) / np.sqrt(2)
    return X


def correlated(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """x_i iid N(0, Σ), Σ diagonal with eigenvalues proportional to 1/j and trace 1 (the norms here are Euclidean, so a
    rotation of Σ would change nothing)."""
    spectrum = 1.0 / np.arange(1, d + 1)
    X: FloatArray = rng.standard_normal((n, d)) * np.sqrt(spectrum / spectrum.sum())
    return X


def near_duplicates(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """Rows 2i and 2i+1 are unit vectors at angle 10⁻³ (at d = 1: ±1 and ±0.999); an odd last row is alone."""
    base = sphere((n + 1) // 2, d, rng)
    angle = NEAR_DUPLICATE_ANGLE
    if d == 1:
        partner = (1 - angle) * base
    else:
        G = rng.standard_normal(base.shape)
        tangent = G - np.sum(G * base, axis=1, keepdims=True) * base
        partner = np.cos(angle) * base + np.sin(angle) * tangent / np.linalg.norm(tangent, axis=1, keepdims=True)
    return _interleave(base, partner, n)


def antipodal(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """Rows 2i and 2i+1 are x and −x, x uniform on the sphere: the pairs that an even function cannot tell apart."""
    base = sphere((n + 1) // 2, d, rng)
    return _interleave(base, -base, n)


def repeated_directions(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """x_i = r_i u with u one of ⌈√n⌉ unit vectors and r_i uniform in (0, 1]: many points a ray, which a bias-free
    positively homogeneous network cannot label independently."""
    directions = sphere(int(np.ceil(np.sqrt(n))), d, rng)
    X: FloatArray = directions[np.arange(n) % directions.shape[0]] * (1 - rng.random((n, 1)))
    return X


def collinear(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """Points t_i u on one line through 0, t_1 ≤ … ≤ t_n uniform in [−1, 1]: rank(X) = 1."""
    X: FloatArray = np.sort(rng.uniform(-1, 1, n))[:, None] * sphere(1, d, rng)
    return X


def low_rank(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """Gaussian points of a uniformly random subspace of dimension r = ⌈d/4⌉, scaled to E‖x‖² = 1."""
    rank = -(-d // 4)
    basis, _ = np.linalg.qr(rng.standard_normal((d, rank)))
    X: FloatArray = gaussian(n, rank, rng) @ basis.T
    return X


def simplex(n: int, d: int, rng: np.random.Generator) -> FloatArray:
    """Vertices, in random order, of the regular simplex inscribed in the unit sphere: ⟨x_i, x_j⟩ = −1/d.  There are
    d + 1 of them, so rows repeat, in the same order, when n > d + 1."""
    from scipy.linalg import helmert  # type: ignore[import-untyped]

    # The Helmert matrix has orthonormal rows orthogonal to (1,…,1); its columns have Gram matrix I − 11ᵀ/(d+1).
    vertices = helmert(d + 1).T * np.sqrt((d + 1) / d)
    order = rng.permutation(d + 1)
    return np.asarray(vertices[order[np.arange(n) % (d + 1)]], dtype=np.float64)


DATA_MODELS: dict[str, Model] = {
    "sphere": sphere,
    "gaussian": gaussian,
    "hypercube": hypercube,
    "ball": ball,
    "mixture": mixture,
    "correlated": correlated,
    "near_duplicates": near_duplicates,
    "antipodal": antipodal,
    "repeated_directions": repeated_directions,
    "collinear": collinear,
    "low_rank": low_rank,
    "simplex": simplex,
}

# Models whose point is that neighbouring rows disagree; all others have random labels unless told otherwise.
_ALTERNATING_BY_NATURE = frozenset({"near_duplicates", "antipodal"})


def draw(model: str, n: int, d: int, rng: np.random.Generator, labels: str | None = None) -> Dataset:
    """A labelled sample of a data model: n points of R^d with labels in {−1, +1}.

    X = DATA_MODELS[model](n, d, rng); the labels follow `labels_by_point`.  BLN, section 1: models (S) and (G) with
    uniform random signs are the generic data.

    Args: model (a key of DATA_MODELS), n ≥ 1, d ≥ 1, a numpy Generator, `labels` (a key of LABELS; by default
    "random", and "alternating" for the models of pairs, so that each pair disagrees).
    Returns: a Dataset; equal points always have equal labels.
    Raises: BadData for an unknown model or labelling, sizes that are not positive integers, no Generator.

    >>> data = draw("antipodal", 4, 3, np.random.default_rng(0))
    >>> data.y
    array([ 1., -1.,  1., -1.])
    >>> bool((data.X[0] == -data.X[1]).all())
    True
    """
    if model not in DATA_MODELS:
        raise BadData(f"there is no data model {model!r}; choose one of {', '.join(DATA_MODELS)}")
    n, d = positive_integer(n, "n, the number of points,"), positive_integer(d, "d, the dimension,")
    require_generator(rng)
    kind = labels or ("alternating" if model in _ALTERNATING_BY_NATURE else "random")
    X = DATA_MODELS[model](n, d, rng)
    return Dataset(X, labels_by_point(X, kind, rng), f"{model}(n={n}, d={d}, labels={kind})")


def labels_by_point(X: FloatArray, kind: str, rng: np.random.Generator) -> FloatArray:
    """Labels in {−1, +1}^n for the rows of X (n×d), the same for equal rows.

    With m distinct points in order of first appearance: "random" iid uniform signs; "balanced" ⌊m/2⌋ or ⌈m/2⌉ of each
    sign; "one_flip" one −1, the rest +1; "unbalanced" −1 on max(1, round(m/10)) points if m ≥ 2; "linear" the sign of
    u·x, u uniform (0 counts as +); "alternating" +, −, +, ….

    Args: X (n×d), `kind` (a key of LABELS), a numpy Generator.
    Returns: y (n).
    Raises: BadData for an unknown kind.

    >>> labels_by_point(np.array([[1.0], [2.0], [1.0], [3.0]]), "alternating", np.random.default_rng(0))
    array([ 1., -1.,  1.,  1.])
    """
    if kind not in LABELS:
        raise BadData(f"there is no labelling {kind!r}; choose one of {', '.join(LABELS)}")
    index: dict[bytes, int] = {}
    of_row = np.array([index.setdefault(key, len(index)) for key in point_keys(X)])
    _, first_rows = np.unique(of_row, return_index=True)
    labels: FloatArray = LABELS[kind](np.asarray(X, dtype=np.float64)[first_rows], rng)[of_row]
    return labels


def _minus_on(m: int, count: int, rng: np.random.Generator) -> FloatArray:
    y = np.ones(m)
    y[rng.permutation(m)[:count]] = -1
    return y


def _balanced(points: FloatArray, rng: np.random.Generator) -> FloatArray:
    m = len(points)
    return _minus_on(m, (m + int(rng.integers(2))) // 2, rng)


def _unbalanced(points: FloatArray, rng: np.random.Generator) -> FloatArray:
    m = len(points)
    return _minus_on(m, max(1, round(m / 10)) if m >= 2 else 0, rng)


def _linear(points: FloatArray, rng: np.random.Generator) -> FloatArray:
    return np.where(points @ rng.standard_normal(points.shape[1]) >= 0, 1.0, -1.0)


LABELS: dict[str, Callable[[FloatArray, np.random.Generator], FloatArray]] = {
    "random": lambda points, rng: rng.choice([-1.0, 1.0], size=len(points)),
    "balanced": _balanced,
    "one_flip": lambda points, rng: _minus_on(len(points), 1, rng),
    "unbalanced": _unbalanced,
    "linear": _linear,
    "alternating": lambda points, rng: np.where(np.arange(len(points)) % 2 == 0, 1.0, -1.0),
}


def _interleave(even: FloatArray, odd: FloatArray, n: int) -> FloatArray:
    return np.stack([even, odd], axis=1).reshape(-1, even.shape[1])[:n]


def positive_integer(value: Any, what: str) -> int:
    """`value` as an int ≥ 1, or BadData that begins with `what`."""
    try:
        number = operator.index(value)
    except TypeError:
        raise BadData(f"{what} is {value!r}; give a positive integer") from None
    if number < 1 or isinstance(value, bool):
        raise BadData(f"{what} is {value!r}; give a positive integer")
    return number


def require_generator(rng: Any) -> None:
    """BadData unless `rng` is a numpy Generator: seeds are arguments, never globals."""
    if not isinstance(rng, np.random.Generator):
        raise BadData(f"rng is {type(rng).__name__}; pass numpy.random.default_rng(seed)")
