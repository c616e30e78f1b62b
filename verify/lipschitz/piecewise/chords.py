"""The chord constant on circles and on the sphere of space by branch and bound over pairs of patches.

A function of few directions needs few dimensions: if all w_ℓ and v span q < d − 1 of them, every pair of points on the sphere of R^d has
one on that of R^{q+1} with the same values of f that is no farther apart, on one side of the hyperplane of these q.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.lipschitz.piecewise.sampled import Bound
from verify.lipschitz.piecewise.spheres import SphereBounds
from verify.objects.deadline import UNLIMITED, Deadline
from verify.objects.domains import Array, Domain, Witness

_TOLERANCE = {2: 1e-4, 3: 5e-3}     # relative gap at which the search stops, by the dimension
MOST_PAIRS = 100_000    # pairs of patches that are open at once
_TOGETHER = 200_000      # pairs that are bounded together
_MOST_DIMENSIONS = 3
_FIRST = 4               # patches along an edge of the cube at the beginning


@dataclass(frozen=True)
class _Patches:
    """Patches of the unit circle (intervals on the sides of a square) or sphere (squares on the sides of a cube): side and corner numbers,
    widths, centres on the sphere, angles from the centre to the farthest point; f and its gradient at the centre, how far f may be from the
    affine function with these, and a bound on the slope of f."""

    side: Array
    corner: Array
    width: Array
    centre: Array
    angle: Array
    value: Array
    gradient: Array
    bend: Array
    slope: Array

    def take(self, which: Array) -> _Patches:
        return _Patches(*(getattr(self, name)[which] for name in vars(self)))


def chord_pairs(
    form: KinkForm, domain: Domain, bounds: SphereBounds, known: float, most: int = MOST_PAIRS, deadline: Deadline = UNLIMITED
) -> tuple[float, Bound]:  # fmt: skip
    """An upper bound on the chord constant from bounds on slopes and values and a lower bound, and a better lower bound if one is found.

    Infinite where f has more than three dimensions.  Points of two patches at the angle θ have |f(x)−f(y)| at most rGθ, and at most the
    difference at the centres and what both slopes add within the patches; the chord is 2r sin(θ/2).  Near a steepest pair both change
    together: ‖x−y‖ ≥ e·(x−y) for the direction e of the centres, and f(x)−f(y) − L e·(x−y) hardly changes.  At most so many pairs are
    open at once.

    >>> from verify.lipschitz import kink_form, sphere
    >>> neuron = kink_form([[1.0, 0.0]], [0.0], [1.0])                  # ReLU(x₁): quotients cos(θ/2)
    >>> upper, _ = chord_pairs(neuron, sphere(), SphereBounds(1.0, 0.0, 1.0), 1.0)
    >>> 1.0 <= upper <= 1.01
    True
    """
    turned = _of_few_dimensions(form, domain)
    if turned is None or not np.isfinite(bounds.steepest) or bounds.steepest == 0:
        return np.inf if bounds.steepest else 0.0, (0.0, None)
    few, lift = turned
    search = _Pairs(few, domain.radius, bounds)
    pairs = search.run(known, most, deadline)
    if search.best is None:
        return pairs, (0.0, None)
    points = domain.centre_in(form.dimension) + domain.radius * search.best @ lift
    values, slack = form.value(points), form.value_slack(points)
    quotient = (abs(values[0] - values[1]) - slack.sum()) / np.linalg.norm(points[0] - points[1]) * (1 - 16 * EPS * (form.dimension + 4))
    return pairs, (max(float(quotient), 0.0), Witness("chord", points))


def _of_few_dimensions(form: KinkForm, domain: Domain) -> tuple[KinkForm, Array] | None:
    """The function y ↦ f(c + ry) on the unit sphere of at most three dimensions, and the rows that lift y to R^d; None if it has more."""
    d, centre = form.dimension, domain.centre_in(form.dimension)
    moved = replace(form, W=form.W * domain.radius, b=form.b + form.W @ centre, v=form.v * domain.radius,
                    constant=form.constant + float(form.v @ centre))
    rows = np.vstack([form.W / np.linalg.norm(form.W, axis=1)[:, None], form.v / max(float(np.linalg.norm(form.v)), 1e-300)])
    _, singular, directions = np.linalg.svd(rows)
    q = max(int((singular > 1e-13 * singular[0]).sum()), 1)
    if min(q + 1, d) > _MOST_DIMENSIONS:
        return None
    basis = directions[:q + 1] if q + 1 < d else np.eye(d)
    return replace(moved, W=moved.W @ basis.T, v=basis @ moved.v), basis


class _Pairs:
    def __init__(self, form: KinkForm, radius: float, bounds: SphereBounds) -> None:
        self.form, self.radius, self.d = form, radius, form.dimension
        # slopes here are those in y, and what rounding does to values is added to every difference
        self.steepest, self.range = bounds.steepest * radius * (1 + 1e-12), (bounds.greatest - bounds.least) * (1 + 1e-12)
        size = float(np.abs(form.v).sum() + np.abs(form.eta) @ (np.abs(form.W).sum(axis=1) + np.abs(form.b))) + abs(form.constant)
        self.rounding = 64 * (form.size + form.dimension + 8) * EPS * size + 4 * form.slack * radius
        self.lengths, self.jumps = np.linalg.norm(form.W, axis=1), 2 * np.linalg.norm(form.G, axis=1)
        self.best: Array | None = None

    def run(self, known: float, most: int, deadline: Deadline) -> float:
        """An upper bound; `best` is a pair of points of the unit sphere with a larger quotient than was known, if one was found."""
        lower = known
        patches = self._first()
        first, second = np.triu_indices(len(patches.angle))
        upper, enough = np.inf, 1 + _TOLERANCE[self.d]
        while True:
            parts, steep = [], []
            for start in range(0, len(first), _TOGETHER):
                here = slice(start, start + _TOGETHER)
                one, other = patches.take(first[here]), patches.take(second[here])
                bound, quotient = self._bounds(one, other)
                top = int(np.argmax(quotient))
                if quotient[top] > lower:
                    lower, self.best = float(quotient[top]), np.stack([one.centre[top], other.centre[top]])
                parts.append(bound)
                steep.append((bound > lower * enough) & ~self._below(one, other, lower * enough))
            bound, open_ = np.concatenate(parts), np.concatenate(steep)
            upper = min(upper, max(lower * enough, float(bound[open_].max(initial=0.0))))
            if not open_.any() or open_.sum() > most or deadline.is_over or patches.width.min() < 1e-7:
                return upper
            patches, first, second = self._split(patches, first[open_], second[open_])

    def _bounds(self, one: _Patches, other: _Patches) -> tuple[Array, Array]:
        """For each pair of patches a bound on the quotients, and the quotient at the centres, rounded down."""
        chord = np.linalg.norm(one.centre - other.centre, axis=1)
        angle = 2 * np.arctan2(chord, np.linalg.norm(one.centre + other.centre, axis=1))
        spread = one.angle + other.angle + 1e-14
        near, far = np.maximum(angle - spread, 0.0), np.minimum(angle + spread, np.pi)
        rise = np.abs(one.value - other.value) + one.angle * one.slope + other.angle * other.slope + self.rounding
        rise = np.minimum(rise, self.range)
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = np.where(near > 0, rise / (2 * np.sin(near / 2)), np.inf)
            # up to the angle range/steepest the slope bounds the quotient, and from there on the range
            turn = np.minimum(far, self.range / self.steepest)
            together = np.where(turn > 0, self.steepest * turn / (2 * np.sin(turn / 2)), self.steepest)
            quotient = np.where(chord > 1e-4, (np.abs(one.value - other.value) - self.rounding) / chord, 0.0)
        return np.minimum(apart, together) / self.radius * (1 + 64 * EPS), quotient / self.radius * (1 - 64 * EPS)

    def _below(self, one: _Patches, other: _Patches, level: float) -> NDArray[np.bool_]:
        """Whether |f(x)−f(y)| ≤ level·r·‖x−y‖ for all pairs, by affine functions about the centres."""
        move, L = one.centre - other.centre, level * self.radius
        chord = np.linalg.norm(move, axis=1)
        pull = L * move / np.maximum(chord, 1e-300)[:, None]
        fine = np.ones(len(chord), dtype=np.bool_)
        for side in (1.0, -1.0):
            rise = side * (one.value - other.value) - L * chord + one.bend + other.bend + self.rounding
            for patch, slope in ((one, side * one.gradient - pull), (other, pull - side * other.gradient)):
                along = slope - (slope * patch.centre).sum(axis=1, keepdims=True) * patch.centre
                rise += patch.angle * (np.linalg.norm(along, axis=1) + patch.angle / 2 * np.linalg.norm(slope, axis=1))
            fine &= rise <= 0
        return fine

    def _first(self) -> _Patches:
        width = 2 / _FIRST
        steps = -1 + width * np.arange(_FIRST)
        corners = np.stack(np.meshgrid(*[steps] * (self.d - 1), indexing="ij"), axis=-1).reshape(-1, self.d - 1)
        sides = np.arange(2 * self.d)
        return self._patches(np.repeat(sides, len(corners)), np.tile(corners, (len(sides), 1)), np.full(len(sides) * len(corners), width))

    def _patches(self, side: Array, corner: Array, width: Array) -> _Patches:
        offsets = np.stack(np.meshgrid(*[[0.0, 1.0]] * (self.d - 1), indexing="ij"), axis=-1).reshape(-1, self.d - 1)
        places = (corner[:, None, :] + width[:, None, None] * offsets).reshape(-1, self.d - 1)
        corners = self._on_sphere(np.repeat(side, len(offsets)), places)
        centre = self._on_sphere(side, corner + width[:, None] / 2)
        corners = corners.reshape(len(side), len(offsets), self.d)
        gaps = centre[:, None, :] - corners
        # a patch is a convex polygon of great arcs, smaller than a quarter: its farthest points are corners
        angle = (2 * np.arcsin(np.minimum(np.linalg.norm(gaps, axis=2) / 2, 1.0))).max(axis=1) + 1e-14
        heights = centre @ self.form.W.T + self.form.b
        gradients = self.form.gradients(np.sign(heights))
        along = np.linalg.norm(gradients - (gradients * centre).sum(axis=1, keepdims=True) * centre, axis=1)
        beyond = np.maximum(self.lengths * angle[:, None] - np.abs(heights), 0.0)
        crossed = np.abs(heights) <= self.lengths * angle[:, None] + self.rounding
        local = along + np.linalg.norm(gradients, axis=1) * angle + crossed @ self.jumps + self.rounding
        return _Patches(side, corner, width, centre, angle, self.form.value(centre), gradients, beyond @ (2 * np.abs(self.form.eta)),
                        np.minimum(local, self.steepest))

    def _on_sphere(self, side: Array, place: Array) -> Array:
        """The points of the sphere above places on the sides of the cube: coordinate side // 2 is 1 or −1."""
        points = np.ones((len(side), self.d))
        axis, sign = side // 2, 1.0 - 2.0 * (side % 2)
        others = np.array([[i for i in range(self.d) if i != j] for j in range(self.d)])[axis]
        np.put_along_axis(points, others, place, axis=1)
        points[np.arange(len(side)), axis] = sign
        return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True))

    def _split(self, patches: _Patches, first: Array, second: Array) -> tuple[_Patches, Array, Array]:
        """Every patch of an open pair in parts, and the pairs of these."""
        used, place = np.unique(np.concatenate([first, second]), return_inverse=True)
        kept = patches.take(used)
        offsets = np.stack(np.meshgrid(*[[0.0, 0.5]] * (self.d - 1), indexing="ij"), axis=-1).reshape(-1, self.d - 1)
        parts, count = len(offsets), len(first)
        corner = (kept.corner[:, None, :] + kept.width[:, None, None] * offsets).reshape(-1, self.d - 1)
        split = self._patches(np.repeat(kept.side, parts), corner, np.repeat(kept.width / 2, parts))
        one, other = place[:count, None] * parts + np.arange(parts), place[count:, None] * parts + np.arange(parts)
        pairs = np.repeat(one, parts, axis=1).ravel(), np.tile(other, (1, parts)).ravel()
        ordered = pairs[0] <= pairs[1]
        same = np.repeat(first == second, parts * parts)
        chosen = ordered | ~same
        return split, pairs[0][chosen], pairs[1][chosen]
