"""The canonical form of a piecewise-linear two-layer network: an affine part and one kink for each hyperplane.

A positively homogeneous activation with slopes (α, β), α for t<0 and β for t>0, is ψ(t) = ½(α+β)t + ½(β−α)|t|, so

    f(x) = constant + v·x + Σ_j η_j |w_j·x + b_j|,     ∇f = v + Σ_j s_j η_j w_j,   s_j = sign(w_j·x + b_j).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData, ShapeError
from verify.lipschitz.piecewise.rational import are_proportional, misses_open_ball
from verify.objects.domains import Array

EPS = float(np.finfo(np.float64).eps)
LEAST = 1e-75       # of a nonzero weight: (aw)², the smallest number that is formed, is then at least 1e-300
Slopes = tuple[float, float]
SLOPES: dict[str, Slopes] = {"relu": (0.0, 1.0), "abs": (-1.0, 1.0), "identity": (1.0, 1.0)}


@dataclass(frozen=True)
class KinkForm:
    """f(x) = constant + v·x + Σ_j η_j|w_j·x+b_j| with distinct hyperplanes; `slack` bounds the rounding of a gradient.

    W (m×d), b (m) are the hyperplanes, G (m×d) the half jumps η_j w_j of the gradient, v (d) the mean slope.
    `slack` is an absolute bound on the float error of v + Gᵀs for every sign vector s, including the rounding that
    went into v and G: each is a sum of at most k+1 products, so (k+d+8)·4·eps times the sum of absolute values.
    """

    W: Array
    b: Array
    eta: Array
    v: Array
    constant: float
    slack: float

    @property
    def G(self) -> Array:
        return self.eta[:, None] * self.W

    @property
    def dimension(self) -> int:
        return int(self.v.shape[0])

    @property
    def size(self) -> int:
        return int(self.b.shape[0])

    def value(self, points: Array) -> Array:
        """f at the rows of `points`."""
        values: Array = self.constant + points @ self.v + np.abs(points @ self.W.T + self.b) @ self.eta
        return values

    def value_slack(self, points: Array) -> Array:
        """A bound on the float error of `value`, row by row."""
        size = np.abs(points) @ np.abs(self.W.T) + np.abs(self.b)
        total = abs(self.constant) + np.abs(points) @ np.abs(self.v) + size @ np.abs(self.eta)
        slack: Array = 4 * (self.size + self.dimension + 8) * EPS * total + self.slack * np.linalg.norm(points, axis=1)
        return slack

    def gradients(self, signs: NDArray[np.float64]) -> Array:
        """v + Gᵀs for each row s of `signs` (N×m)."""
        gradients: Array = signs @ self.G + self.v
        return gradients

    def strict_signs(self, points: Array, blur: ArrayLike = 0.0) -> tuple[Array, NDArray[np.bool_]]:
        """The signs of w_j·x+b_j, and whether every one of them is beyond the rounding error of that dot product.

        `blur` bounds, coordinate by coordinate, how far a point may be from the one that is meant.
        """
        preactivation = points @ self.W.T + self.b
        # gamma_{d+2}(|w||x|+|b|) bounds the error of a float dot product (Higham, section 3.1); factor 2 to spare
        margin = 2 * (self.dimension + 2) * EPS * (np.abs(points) @ np.abs(self.W.T) + np.abs(self.b))
        margin = margin + np.abs(self.W) @ np.broadcast_to(np.asarray(blur, dtype=np.float64), (self.dimension,))
        return np.sign(preactivation), np.asarray((np.abs(preactivation) > margin).all(axis=1))


def slopes_of(activation: str | Slopes) -> Slopes:
    """The pair (α, β) of a positively homogeneous activation, given by name or as the pair itself.

    >>> slopes_of("abs"), slopes_of((0.1, 1))
    ((-1.0, 1.0), (0.1, 1.0))
    """
    if isinstance(activation, str):
        if activation not in SLOPES:
            raise BadData(f"unknown piecewise-linear activation {activation!r}; use {sorted(SLOPES)} or two slopes")
        return SLOPES[activation]
    low, high = (float(s) for s in activation)
    if not np.isfinite([low, high]).all():
        raise BadData(f"the slopes ({low}, {high}) must be finite")
    return low, high


def network_arrays(
    W: ArrayLike, b: ArrayLike, a: ArrayLike, v: ArrayLike | None = None
) -> tuple[Array, Array, Array, Array]:
    """W (k×d), b (k), a (k), v (d; zeros when absent) as float arrays, after checking shapes and finiteness."""
    weights: Array = np.array(W, dtype=np.float64)
    offsets: Array = np.array(b, dtype=np.float64)
    outer: Array = np.array(a, dtype=np.float64)
    if weights.ndim != 2 or weights.shape[1] == 0:
        raise ShapeError(f"W must be a k×d matrix with d ≥ 1, not of shape {weights.shape}")
    k, d = weights.shape
    affine: Array = np.zeros(d) if v is None else np.array(v, dtype=np.float64)
    for name, array, shape in (("b", offsets, (k,)), ("a", outer, (k,)), ("v", affine, (d,))):
        if array.shape != shape:
            raise ShapeError(f"{name} has shape {array.shape} but W is {k}×{d}, so {name} must have shape {shape}")
    for name, array in (("W", weights), ("b", offsets), ("a", outer), ("v", affine)):
        if not np.isfinite(array).all():
            raise BadData(f"{name} has an entry that is not finite; remove or replace it")
        sizes = np.abs(array[array != 0])
        if len(sizes) and not (sizes.min() >= LEAST and sizes.max() <= 1 / LEAST):
            raise BadData(f"{name} has an entry of size {sizes.min():.3g} or {sizes.max():.3g}: beyond {LEAST:g} … {1 / LEAST:g} products "
                          "of floats vanish or overflow; rescale the network, as in (w, b, a) → (cw, cb, a/c)")
    return weights, offsets, outer, affine


def kink_form(
    W: ArrayLike,
    b: ArrayLike,
    a: ArrayLike,
    v: ArrayLike | None = None,
    slopes: str | Slopes = "relu",
    merge_tolerance: float = 0.0,
) -> KinkForm:
    """The canonical form of x ↦ v·x + Σ a_ℓ ψ(w_ℓ·x+b_ℓ) on R^d: coincident hyperplanes merged, dead ones dropped.

    W (k×d), b (k), a (k), v (d).  Rows (w,b) that are exactly proportional, of the same or of opposite orientation,
    are one hyperplane and their half jumps add up; a hyperplane whose jumps cancel is dropped.  With a positive
    `merge_tolerance` the test is instead that the normalised rows differ by at most that much, and the form then
    belongs to the network whose close hyperplanes are moved together, not to the network as given.

    >>> form = kink_form([[1.0], [-2.0]], [0.0, 0.0], [2.0, -1.0])   # 2 ReLU(x) − ReLU(−2x) = 2x
    >>> form.size, form.v.tolist()
    (0, [2.0])
    """
    return _merged(network_arrays(W, b, a, v), slopes_of(slopes), merge_tolerance)


def _merged(arrays: tuple[Array, Array, Array, Array], slopes: Slopes, merge_tolerance: float) -> KinkForm:
    (W, b, a, v), (low, high) = arrays, slopes
    lengths = np.linalg.norm(W, axis=1)
    mean, half = 0.5 * (low + high) * a, 0.5 * (high - low) * a
    total = float(np.linalg.norm(v) + np.abs(a) @ lengths * max(abs(low), abs(high)))
    slack = 4 * (W.shape[0] + W.shape[1] + 8) * EPS * total
    alive = (lengths > 0) & (half != 0)
    flat = lengths == 0
    constant = float(mean @ b + half[flat] @ np.abs(b[flat]))
    W, b, half, affine = W[alive], b[alive], half[alive], v + mean @ W
    owner, ratio = _owners(W, b, merge_tolerance)
    eta = np.bincount(owner, weights=half * ratio, minlength=len(b)) if len(b) else half
    size = np.linalg.norm(W, axis=1)
    # a jump below the rounding of its own sum is a cancelled kink: dropping it moves a gradient by at most |η|‖w‖
    rounding = 4 * EPS * np.bincount(owner, weights=np.abs(half * ratio), minlength=len(b)) if len(b) else half
    keep = (owner == np.arange(len(b))) & (np.abs(eta) > rounding)
    slack += float((np.abs(eta) * size)[(owner == np.arange(len(b))) & ~keep].sum())
    return KinkForm(W[keep], b[keep], eta[keep], affine, constant, slack)


def _owners(W: Array, b: Array, tolerance: float) -> tuple[NDArray[np.intp], Array]:
    """For each row the first row on the same hyperplane, and the length of w in units of that row's w."""
    k = len(b)
    owner, ratio = np.arange(k), np.ones(k)
    if k < 2:
        return owner, ratio
    rows = np.column_stack([W, b])
    lengths = np.linalg.norm(W, axis=1)
    unit = rows / lengths[:, None]
    direction = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    for group in _close_together(direction, tolerance):
        cosines = np.abs(direction[group] @ direction[group].T)
        # exactly proportional rows have cosine ±1 up to rounding, 1e-12 being far above it; only those are looked at
        for p, q in zip(*np.nonzero(np.triu(cosines > 1 - max(1e-12, 4 * tolerance), 1)), strict=True):
            i, j = int(group[p]), int(group[q])
            if owner[j] == j and owner[i] == i and _same(rows, unit, i, j, tolerance):
                owner[j], ratio[j] = i, lengths[j] / lengths[i]
    return owner, ratio


def _close_together(direction: Array, tolerance: float) -> list[NDArray[np.intp]]:
    """Groups (ascending) such that rows of different groups are on different hyperplanes; memory stays linear in k.

    Unit rows ±u, ±u' of one hyperplane differ by rounding only; with a tolerance, |cosine| > 1 − 4·tolerance means ‖u ∓ u'‖² < 8·tolerance.
    Their distances from any plane through 0 are as close, and are compared for one plane.
    """
    normal = np.random.default_rng(0).standard_normal(direction.shape[1])
    place = np.abs(direction @ (normal / np.linalg.norm(normal)))
    order = np.argsort(place, kind="stable")
    window = 64 * (direction.shape[1] + 8) * EPS + np.sqrt(8 * tolerance)
    groups = np.split(order, np.flatnonzero(np.diff(place[order]) > window) + 1)
    return [np.sort(group) for group in groups if len(group) > 1]


def _same(rows: Array, unit: Array, i: int, j: int, tolerance: float) -> bool:
    if tolerance > 0:
        return bool(min(np.abs(unit[i] - unit[j]).max(), np.abs(unit[i] + unit[j]).max()) <= tolerance)
    return are_proportional(rows[i], rows[j])


def restrict_to_ball(form: KinkForm, centre: Array, radius: float) -> KinkForm:
    """The same function on a ball: kinks whose hyperplane does not meet the open ball become part of the affine part.

    >>> form = kink_form([[1.0]], [3.0], [1.0])            # ReLU(x+3) is x+3 on [−1, 1]
    >>> restrict_to_ball(form, np.zeros(1), 1.0).v.tolist()
    [1.0]
    """
    if form.size == 0 or not np.isfinite(radius):
        return form
    preactivation = form.W @ centre + form.b
    rounding = 4 * (form.dimension + 2) * EPS * (np.abs(form.W) @ np.abs(centre) + np.abs(form.b))
    reach = radius * np.linalg.norm(form.W, axis=1)
    excess = np.abs(preactivation) - reach
    doubt = rounding + 8 * form.dimension * EPS * reach
    fixed = excess > doubt
    for j in np.flatnonzero(np.abs(excess) <= doubt):
        fixed[j] = misses_open_ball(form.W[j], float(form.b[j]), centre, radius)
    return fix_signs(form, np.where(fixed, np.sign(preactivation), 0.0))


def fix_signs(form: KinkForm, signs: Array) -> KinkForm:
    """The function that equals f where sign(w_j·x+b_j) = signs[j] for all j with signs[j] ≠ 0: these kinks become affine.

    >>> fix_signs(kink_form([[1.0], [2.0]], [3.0, 0.0], [1.0, 1.0]), np.array([1.0, 0.0])).v.tolist()
    [2.0]
    """
    fixed = signs != 0
    weight = form.eta[fixed] * signs[fixed]
    v, constant = form.v + weight @ form.W[fixed], form.constant + float(weight @ form.b[fixed])
    return KinkForm(form.W[~fixed], form.b[~fixed], form.eta[~fixed], v, constant, form.slack)
