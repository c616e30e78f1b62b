"""The canonical form of a piecewise-linear two-layer network: an affine part and one kink for each hyperplane.

A positively homogeneous activation with slopes (α, β), α for t<0 and β for t>0, is ψ(t) = ½(α+β)t + ½(β−α)|t|, so

    f(x) = constant + v·x + Σ_j η_j |w_j·x + b_j|,     ∇f = v + Σ_j s_j η_j w_j,   s_j = sign(w_j·x + b_j).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from flint import fmpq
from numpy.typing import ArrayLike, NDArray

from theory.errors import BadData, ShapeError
from verify.lipschitz.piecewise.rational import are_proportional, misses_open_ball
from verify.objects.domains import Array, Domain
from verify.objects.rationals import Rationals, floats, rational, rationals, rounded_product

EPS = float(np.finfo(np.float64).eps)
LEAST = 1e-75       # of a nonzero weight: (aw)², the smallest number that is formed, is then at least 1e-300
Slopes = tuple[float | Fraction, float | Fraction]
SLOPES: dict[str, tuple[float, float]] = {"relu": (0.0, 1.0), "abs": (-1.0, 1.0), "identity": (1.0, 1.0)}


@dataclass(frozen=True)
class KinkForm:
    """f(x) = constant + v·x + Σ_j η_j|w_j·x+b_j| with distinct hyperplanes; `slack` bounds the rounding of a gradient.

    W (m×d), b (m) are the hyperplanes, G (m×d) the half jumps η_j w_j of the gradient, v (d) the mean slope.
    `slack` is an absolute bound on the float error of v + Gᵀs for every sign vector s, including the rounding that
    went into v and G: each is a sum of at most k+1 products, so (k+d+8)·4·eps times the sum of absolute values.
    `rows` (m×(d+1), rationals) are the hyperplanes (w_j, b_j) where W and b are only the doubles next to them, else None: what is
    decided exactly is decided about the rows.  `neurons` (m) are the first neurons on the hyperplanes.
    """

    W: Array
    b: Array
    eta: Array
    v: Array
    constant: float
    slack: float
    neurons: NDArray[np.intp]
    rows: Rationals | None = None

    @property
    def G(self) -> Array:
        return self.eta[:, None] * self.W

    def row(self, j: int) -> list[fmpq]:
        """The numbers (w_j, b_j) of hyperplane j as they are."""
        given = [*self.W[j].tolist(), float(self.b[j])] if self.rows is None else self.rows[j]
        return [rational(x) for x in given]

    @property
    def hyperplanes(self) -> NDArray[np.generic]:
        """The rows (w_j, b_j) as they are: rationals, or floats."""
        return np.column_stack([self.W, self.b]) if self.rows is None else self.rows

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> KinkForm:
        """The form without the kinks that are not named; v and the constant stay."""
        return replace(self, W=self.W[which], b=self.b[which], eta=self.eta[which], neurons=self.neurons[which],
                       rows=None if self.rows is None else self.rows[which])

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


def slopes_of(activation: str | Slopes) -> tuple[float, float]:
    """The pair (α, β) of a positively homogeneous activation, given by name or as the pair itself, as doubles.

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
    """W (k×d), b (k), a (k), v (d; zeros when absent) as float arrays (rationals rounded), after checking shapes and finiteness."""
    weights, offsets, outer = (_doubles(part) for part in (W, b, a))
    if weights.ndim != 2 or weights.shape[1] == 0:
        raise ShapeError(f"W must be a k×d matrix with d ≥ 1, not of shape {weights.shape}")
    k, d = weights.shape
    affine: Array = np.zeros(d) if v is None else _doubles(v)
    for name, array, shape in (("b", offsets, (k,)), ("a", outer, (k,)), ("v", affine, (d,))):
        if array.shape != shape:
            raise ShapeError(f"{name} has shape {array.shape} but W is {k}×{d}, so {name} must have shape {shape}")
    for name, array, given in (("W", weights, W), ("b", offsets, b), ("a", outer, a), ("v", affine, v)):
        if not np.isfinite(array).all():
            raise BadData(f"{name} has an entry that is not finite; remove or replace it")
        sizes = np.abs(array[array != 0 if given is None else np.asarray(given) != 0])
        if len(sizes) and not (sizes.min() >= LEAST and sizes.max() <= 1 / LEAST):
            raise BadData(f"{name} has an entry of size {sizes.min():.3g} or {sizes.max():.3g}: beyond {LEAST:g} … {1 / LEAST:g} products "
                          "of floats vanish or overflow; rescale the network, as in (w, b, a) → (cw, cb, a/c)")
    return weights, offsets, outer, affine


def _doubles(values: ArrayLike) -> Array:
    given = np.asarray(values)
    return floats(rationals(given)) if given.dtype == object else np.array(given, dtype=np.float64)


def kink_form(
    W: ArrayLike,
    b: ArrayLike,
    a: ArrayLike,
    v: ArrayLike | None = None,
    slopes: str | Slopes = "relu",
    merge_tolerance: float = 0.0,
) -> KinkForm:
    """The canonical form of x ↦ v·x + Σ a_ℓ ψ(w_ℓ·x+b_ℓ) on R^d: coincident hyperplanes merged, dead ones dropped.

    W (k×d), b (k), a (k), v (d), floats or rationals.  Rows (w,b) that are exactly proportional, of the same or of opposite orientation,
    are one hyperplane and their half jumps add up; a hyperplane whose jumps cancel is dropped.  With a positive
    `merge_tolerance` the test is instead that the normalised rows differ by at most that much, and the form then
    belongs to the network whose close hyperplanes are moved together, not to the network as given.

    >>> form = kink_form([[1.0], [-2.0]], [0.0, 0.0], [2.0, -1.0])   # 2 ReLU(x) − ReLU(−2x) = 2x
    >>> form.size, form.v.tolist()
    (0, [2.0])
    """
    images = network_arrays(W, b, a, v)
    given = tuple(np.asarray(image if part is None else part) for image, part in zip(images, (W, b, a, v), strict=True))
    if any(part.dtype == object for part in given):
        return _merged_exactly(images, given, slopes_of(slopes) if isinstance(slopes, str) else slopes, merge_tolerance)
    return _merged(images, slopes_of(slopes), merge_tolerance)


def _merged(arrays: tuple[Array, Array, Array, Array], slopes: tuple[float, float], merge_tolerance: float) -> KinkForm:
    (W, b, a, v), (low, high) = arrays, slopes
    lengths = np.linalg.norm(W, axis=1)
    mean, half = 0.5 * (low + high) * a, 0.5 * (high - low) * a
    total = float(np.linalg.norm(v) + np.abs(a) @ lengths * max(abs(low), abs(high)))
    slack = 4 * (W.shape[0] + W.shape[1] + 8) * EPS * total
    neurons = np.flatnonzero((lengths > 0) & (half != 0))
    flat = lengths == 0
    constant = float(mean @ b + half[flat] @ np.abs(b[flat]))
    affine = v + mean @ W
    W, b, half = W[neurons], b[neurons], half[neurons]
    rows = np.column_stack([W, b])
    owner = _owners(W, b, merge_tolerance, lambda j: rationals(rows[j]))
    ratio = np.ones(len(b))
    ratio[:] = np.where(owner == np.arange(len(b)), 1.0, lengths[neurons] / np.maximum(lengths[neurons][owner], 1e-300))
    eta = np.bincount(owner, weights=half * ratio, minlength=len(b)) if len(b) else half
    size = np.linalg.norm(W, axis=1)
    # a jump below the rounding of its own sum is a cancelled kink: dropping it moves a gradient by at most |η|‖w‖
    rounding = 4 * EPS * np.bincount(owner, weights=np.abs(half * ratio), minlength=len(b)) if len(b) else half
    keep = (owner == np.arange(len(b))) & (np.abs(eta) > rounding)
    slack += float((np.abs(eta) * size)[(owner == np.arange(len(b))) & ~keep].sum())
    return KinkForm(W[keep], b[keep], eta[keep], affine, constant, slack, neurons[keep])


def _merged_exactly(
    images: tuple[Array, Array, Array, Array], given: tuple[NDArray[np.generic], ...], slopes: Slopes, merge_tolerance: float
) -> KinkForm:
    """The form of rational weights: merged and summed as they are, then rounded once."""
    (W, b, a, v), (low, high) = (rationals(part) for part in given), (rational(slope) for slope in slopes)
    mean, half = (low + high) / 2 * a, (high - low) / 2 * a
    affine, error = rounded_product(np.append(mean, fmpq(1)), np.vstack([W, v]))
    live = images[0].any(axis=1)
    neurons = np.flatnonzero(live & (half != 0))
    rows = np.column_stack([W, b])[neurons]
    constant = sum(mean * b, fmpq(0)) + sum((half * np.abs(b))[~live], fmpq(0))
    owner = _owners(images[0][neurons], images[1][neurons], merge_tolerance, rows.__getitem__)
    sums: dict[int, fmpq] = {}
    for j, first in enumerate(owner.tolist()):
        pivot = int(np.argmax(np.abs(images[0][neurons[first]])))
        sums[first] = sums.get(first, fmpq(0)) + half[neurons[j]] * abs(rows[j, pivot] / rows[first, pivot])
    kept = [j for j, jump in sums.items() if jump != 0]
    planes, eta = neurons[kept], floats(np.array([*(sums[j] for j in kept), None], dtype=object)[:-1])
    form = KinkForm(images[0][planes], images[1][planes], eta, affine, float(floats(np.array(constant))), 0.0, planes, rows[kept])
    total = float(np.linalg.norm(form.v) + np.abs(eta) @ np.linalg.norm(form.W, axis=1))
    return replace(form, slack=4 * (form.size + form.dimension + 8) * EPS * total + error)


def _owners(W: Array, b: Array, tolerance: float, exact: Callable[[int], Sequence[fmpq]]) -> NDArray[np.intp]:
    """For each row (w, b) the first row on the same hyperplane; with tolerance 0 that is decided about the exact rows."""
    owner = np.arange(len(b))
    if len(b) < 2:
        return owner
    rows = np.column_stack([W, b])
    unit = rows / np.linalg.norm(W, axis=1)[:, None]
    direction = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    for group in _close_together(direction, tolerance):
        cosines = np.abs(direction[group] @ direction[group].T)
        # exactly proportional rows have cosine ±1 up to rounding, 1e-12 being far above it; only those are looked at
        for p, q in zip(*np.nonzero(np.triu(cosines > 1 - max(1e-12, 4 * tolerance), 1)), strict=True):
            i, j = int(group[p]), int(group[q])
            if owner[j] == j and owner[i] == i:
                same = _near(unit[i], unit[j], tolerance) if tolerance else are_proportional(exact(i), exact(j))
                owner[j] = i if same else j
    return owner


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


def _near(first: Array, second: Array, tolerance: float) -> bool:
    return bool(min(np.abs(first - second).max(), np.abs(first + second).max()) <= tolerance)


def restrict_to_ball(form: KinkForm, domain: Domain) -> KinkForm:
    """The same function on a ball: kinks whose hyperplane does not meet the open ball become part of the affine part.

    >>> from verify.objects.domains import ball
    >>> form = kink_form([[1.0]], [3.0], [1.0])            # ReLU(x+3) is x+3 on [−1, 1]
    >>> restrict_to_ball(form, ball(1.0)).v.tolist()
    [1.0]
    """
    if form.size == 0 or not np.isfinite(domain.radius):
        return form
    centre, radius = domain.centre_in(form.dimension), domain.radius
    preactivation = form.W @ centre + form.b
    rounding = 4 * (form.dimension + 2) * EPS * (np.abs(form.W) @ np.abs(centre) + np.abs(form.b))
    reach = radius * np.linalg.norm(form.W, axis=1)
    excess = np.abs(preactivation) - reach
    doubt = rounding + 8 * form.dimension * EPS * reach
    fixed = excess > doubt
    for j in np.flatnonzero(np.abs(excess) <= doubt):
        fixed[j] = misses_open_ball(form.row(j), domain.exact_centre(form.dimension), Fraction(domain.exact_radius))
    return fix_signs(form, np.where(fixed, np.sign(preactivation), 0.0))


def fix_signs(form: KinkForm, signs: Array) -> KinkForm:
    """The function that equals f where sign(w_j·x+b_j) = signs[j] for all j with signs[j] ≠ 0: these kinks become affine.

    >>> fix_signs(kink_form([[1.0], [2.0]], [3.0, 0.0], [1.0, 1.0]), np.array([1.0, 0.0])).v.tolist()
    [2.0]
    """
    fixed = signs != 0
    weight = form.eta[fixed] * signs[fixed]
    v, constant = form.v + weight @ form.W[fixed], form.constant + float(weight @ form.b[fixed])
    return replace(form.take(~fixed), v=v, constant=constant)
