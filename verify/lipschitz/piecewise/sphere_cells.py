"""The steepest slope along a sphere, and the extreme values of f, on one cell of a piecewise-linear network: by the faces of the cell.

In the coordinates y = (x − c)/r of the unit sphere a linear function on a cell takes its extrema at critical points on the spheres of
faces (`theory.certificates.lipschitz.sphere_faces`).  They are computed here in floating point for all faces at once; what that leaves in
doubt, such as points where more hyperplanes meet than they have to, is decided exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from theory.certificates.exact.eigenvalue_sum import PRECISION
from theory.certificates.lipschitz.sphere_faces import Point, dot, generic, in_closure, points_of_face
from verify.lipschitz.piecewise.arrangement import count_subsets
from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.lipschitz.piecewise.rational import exact_rank
from verify.objects.domains import Array, Domain
from verify.objects.rationals import floats, fraction, rational

MOST_FACES = 20_000         # sets of hyperplanes that are looked at for every cell
_PARALLEL = 1e-9            # sines of angles below this are decided by exact rank
_NEAR = 1e-3                # how far a point in floating point may be from what it is
_CONSTANT = 1e-12           # a function whose slope along a face is this much smaller than elsewhere is constant there, up to an allowance


@dataclass(frozen=True)
class _Level:
    """The independent sets of one size whose flats meet the ball: members (N×i), orthonormal normals (N×i×d), the points of the flats
    next to 0 (N×d), and bounds on the errors of these (N)."""

    members: NDArray[np.intp]
    normals: Array
    centres: Array
    error: Array

    def along(self, vectors: Array) -> Array:
        """The parts of vectors (N×d or d) along the flats."""
        found = np.broadcast_to(vectors, self.centres.shape)
        for _ in range(2):
            found = found - np.einsum("ni,nid->nd", np.einsum("nid,nd->ni", self.normals, found), self.normals)
        return np.asarray(found)


@dataclass(frozen=True)
class _Points:
    """Points (N×d) of the sphere that may belong to a closed cell, errors of their coordinates, which surely do, and their faces."""

    points: Array
    error: Array
    sure: NDArray[np.bool_]
    members: list[list[int]]

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True)
class CellSlope:
    """The supremum of the slope along the sphere on a cell is at most `upper`; `point` (d, of the domain), if any, nearly reaches it."""

    upper: float
    point: Array | None


class Faces:
    """The faces of the cells of a form on a sphere (d ≥ 2); `few` says whether they are few enough to be looked at.

    >>> from verify.lipschitz import kink_form, sphere
    >>> faces = Faces(kink_form([[1.0, 0.0, 0.0]], [-0.75], [4.0]), sphere())              # 4·ReLU(x₁ − ¾): 4√(1 − 9/16) = √7
    >>> round(faces.slope(np.array([1.0]), 0.0).upper ** 2, 9), faces.slope(np.array([-1.0]), 0.0).upper < 1e-12
    (7.0, True)
    """

    def __init__(self, form: KinkForm, domain: Domain) -> None:
        self.form, self.domain = form, domain
        d, self.centre = form.dimension, domain.centre_in(form.dimension)
        self.lengths = np.linalg.norm(form.W, axis=1)
        self.unit = form.W / self.lengths[:, None]
        self.heights = (form.W @ self.centre + form.b) / (self.lengths * domain.radius)
        size = (np.abs(form.W) @ np.abs(self.centre) + np.abs(form.b)) / (self.lengths * domain.radius)
        self.doubt = 8 * (d + 4) * EPS * (1 + float(size.max(initial=0.0)))
        self.generic = np.array([float(c.p) / float(c.q) for c in generic(d)])
        self.few = count_subsets(form.size, d - 1, MOST_FACES) <= MOST_FACES
        self.sound = True
        self.levels = self._levels() if self.few else []

    @property
    def usable(self) -> bool:
        """Whether the faces are few enough, and none of them in doubt."""
        return self.few and self.sound

    def _levels(self) -> list[_Level]:
        d = self.form.dimension
        level = _Level(np.zeros((1, 0), np.intp), np.zeros((1, 0, d)), np.zeros((1, d)), np.zeros(1))
        levels = [level]
        while level.members.shape[1] < min(d - 1, self.form.size) and len(level.members):
            level = self._grown(level)
            levels.append(level)
        return levels

    def _grown(self, level: _Level) -> _Level:
        size = level.members.shape[1]
        last = level.members[:, -1] if size else np.full(len(level.members), -1)
        parent, added = np.nonzero(np.arange(self.form.size) > last[:, None])
        members, normals, centres = level.members[parent], level.normals[parent], level.centres[parent]
        residual = self.unit[added]
        for _ in range(2):
            residual = residual - np.einsum("ni,nid->nd", np.einsum("nid,nd->ni", normals, residual), normals)
        sine = np.linalg.norm(residual, axis=1)
        for n in np.flatnonzero(sine <= _PARALLEL):
            self.sound &= exact_rank(self.form.hyperplanes[[*members[n], added[n]], :-1]) <= size
        share = (np.einsum("nd,nd->n", centres, self.unit[added]) + self.heights[added]) / np.maximum(sine, _PARALLEL)
        unit = residual / np.maximum(sine, _PARALLEL)[:, None]
        centre = centres - share[:, None] * unit
        error = 2 * (level.error[parent] + self.doubt) / np.maximum(sine, _PARALLEL)
        kept = (sine > _PARALLEL) & (np.linalg.norm(centre, axis=1) <= 1 + error)
        return _Level(np.column_stack([members, added])[kept], np.concatenate([normals, unit[:, None, :]], axis=1)[kept],
                      centre[kept], error[kept])

    def _feasible(self, level: _Level, signs: Array, centres: Array, ways: Array, vague: Array) -> _Points:
        """The points centre ± √(1−‖centre‖²)·way that may belong to the closed cell; `vague` bounds the errors of the ways."""
        square, wrong = (centres**2).sum(axis=1), 4 * level.error + 4 * self.doubt + 2 * vague
        reach = np.sqrt(np.maximum(1 - square, 0.0))
        error = wrong + np.sqrt(np.maximum(1 - square + wrong, 0.0)) - np.sqrt(np.maximum(1 - square - wrong, 0.0))
        error[square > 1 + wrong] = -1.0                     # the flat does not meet the sphere
        points = np.concatenate([centres + reach[:, None] * ways, centres - reach[:, None] * ways])
        error = np.concatenate([error, error])
        values = signs * (points @ self.unit.T + self.heights)
        if level.members.shape[1]:
            rows = np.arange(len(points))[:, None]
            values[rows, np.concatenate([level.members, level.members])] = np.inf
        allowed = (error + self.doubt)[:, None]
        may = (values >= -allowed).all(axis=1) & (error >= 0)
        faces = np.concatenate([level.members, level.members])[may].tolist()
        return _Points(points[may], error[may], (values > allowed).all(axis=1)[may], faces)

    def _critical(self, level: _Level, signs: Array, g: Array) -> _Points:
        ways = level.along(g)
        length, whole = np.linalg.norm(ways, axis=1), float(np.linalg.norm(g))
        constant = length <= _CONSTANT * whole
        ways[constant] = level.along(self.generic)[constant]
        scale = np.where(constant, float(np.linalg.norm(self.generic)), whole)
        length = np.maximum(np.linalg.norm(ways, axis=1), 1e-300)
        vague = (level.error + self.doubt) * scale / length
        return self._feasible(level, signs, level.centres, ways / length[:, None], vague)

    def _where_zero(self, level: _Level, signs: Array, g: Array) -> _Points:
        """Points of the faces in the hyperplane g·y = 0."""
        normal = level.along(g)
        length, whole = np.linalg.norm(normal, axis=1), float(np.linalg.norm(g))
        usable = length > _CONSTANT * whole
        cut = _Level(level.members[usable], level.normals[usable], level.centres[usable], level.error[usable])
        normal = normal[usable] / length[usable, None]
        cut = _Level(cut.members, cut.normals, cut.centres, 2 * (cut.error + self.doubt) * whole / length[usable])
        centres = cut.centres - ((cut.centres @ g) / length[usable])[:, None] * normal
        ways = cut.along(self.generic)
        ways = ways - (ways * normal).sum(axis=1, keepdims=True) * normal
        size = np.maximum(np.linalg.norm(ways, axis=1), 1e-300)
        vague = cut.error * float(np.linalg.norm(self.generic)) / size
        return self._feasible(cut, signs, centres, ways / size[:, None], vague)

    def slope(self, signs: Array, known: float) -> CellSlope:
        """The steepest slope along the sphere on the cell with these signs (m); known: a value at which nobody asks for less."""
        g = self.form.gradients(signs[None])[0]
        whole = float(np.linalg.norm(g))
        found = _joined([self._critical(level, signs, g) for level in self.levels])
        height, error = found.points @ g, found.error + self.doubt
        slopes = np.linalg.norm(g - height[:, None] * found.points, axis=1)
        above = np.sqrt((slopes + 2 * whole * error) ** 2 + 8 * _CONSTANT * whole**2)
        sides = np.where(np.abs(height) <= whole * error, 0.0, np.sign(height))
        best, point = self._largest(found, above, known, signs, g)
        if len(set(sides.tolist())) > 1 and whole > known:
            zero = _joined([self._where_zero(level, signs, g) for level in self.levels[:self.form.dimension - 1]])
            top, beside = self._largest(zero, np.full(len(zero), whole), known, signs, g, within=True)
            best, point = (top, beside) if beside is not None else (best, point)
        rounding = 8 * (self.form.dimension + 4) * EPS
        return CellSlope(min(best, whole) * (1 + rounding) + self.form.slack if best > 0 else 0.0, point)

    def _largest(
        self, found: _Points, values: Array, known: float, signs: Array, g: Array, *, within: bool = False
    ) -> tuple[float, Array | None]:  # fmt: skip
        """A bound on the slopes at points of the closure of the cell from bounds on them, and the point where it is reached, if any.

        What is above the value that is known is decided and computed exactly, for the gradient as it is in floating point.
        """
        best, point, whole = 0.0, None, float(np.linalg.norm(g))
        sides = signs.astype(int).tolist()
        slope = [rational(float(c)) for c in g]
        for i in np.argsort(-values, kind="stable"):
            if values[i] <= max(best, known):
                return max(best, float(values[i])), point
            rows = [[side * c for c in w] for side, (w, _) in zip(sides, self.exact, strict=True)]
            heights = [side * height for side, (_, height) in zip(sides, self.exact, strict=True)]
            objective, hyperplane = (generic(len(slope)), slope) if within else (slope, None)
            points = points_of_face(rows, heights, objective, found.members[i], hyperplane)
            # of the two critical points of a face the one that is meant; both where it is constant up to rounding only
            meant = [x for x in points if np.linalg.norm(_floats(x) - found.points[i]) < _NEAR]
            sure = found.sure[i] and bool(meant)
            kept = [x for x in meant or points if sure or in_closure(rows, heights, x)]
            value = max((whole if within else _slope_at(x, slope) for x in kept), default=0.0)
            if value > best:
                best, point = value, found.points[i]
        return best, point

    @cached_property
    def exact(self) -> list[tuple[list[fmpq], fmpq]]:
        """The hyperplanes in the coordinates of the unit sphere, as they are."""
        centre = [rational(c) for c in self.domain.exact_centre(self.form.dimension)]
        rows = [self.form.row(j) for j in range(self.form.size)]
        return [(row[:-1], (dot(row[:-1], centre) + row[-1]) / rational(Fraction(self.domain.exact_radius))) for row in rows]

    def values(self, signs: Array) -> tuple[float, float]:
        """Bounds on f over the cell with these signs on the sphere: (least, greatest); (inf, −inf) for a cell without points on it."""
        form, r = self.form, self.domain.radius
        g = form.gradients(signs[None])[0]
        middle = form.constant + float(signs @ (form.eta * form.b)) + float(g @ self.centre)
        low, high, whole = np.inf, -np.inf, float(np.linalg.norm(g))
        for level in self.levels:
            found = self._critical(level, signs, g)
            height, error = found.points @ g, whole * (found.error + self.doubt + 2 * _CONSTANT)
            low, high = min(low, float((height - error).min(initial=np.inf))), max(high, float((height + error).max(initial=-np.inf)))
        return middle + r * low, middle + r * high

    def beside(self, signs: Array, point: Array) -> Array:
        """Points (N×d) of the domain next to a point of the unit sphere on the boundary of a cell, inside the cell where that is simple."""
        near = np.abs(self.unit @ point + self.heights) <= 1e-7
        rows = signs[near, None] * self.unit[near]
        rows = rows - (rows @ point)[:, None] * point
        if not len(rows):
            return np.asarray(self.centre + self.domain.radius * point[None, :])
        way = np.linalg.lstsq(rows, np.ones(len(rows)), rcond=None)[0]
        way = way / max(float(np.linalg.norm(way)), 1e-300)
        moved = point + (10.0 ** -np.arange(16, 1, -0.25))[:, None] * way
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        clear = (np.abs(moved @ self.unit.T + self.heights) > self.doubt).all(axis=1)      # whatever order of summation another takes
        return np.asarray(self.centre + self.domain.radius * (moved[clear] if clear.any() else moved))


def _joined(parts: list[_Points]) -> _Points:
    points, error, sure = (np.concatenate([getattr(part, name) for part in parts]) for name in ("points", "error", "sure"))
    return _Points(points, error, sure, [face for part in parts for face in part.members])


def _floats(x: Point) -> Array:
    p, u = (floats(np.array([*part, None], dtype=object)[:-1]) for part in (x.p, x.u))
    return np.asarray(p + np.sqrt(float(fraction(x.D))) * u)


def _slope_at(x: Point, g: list[fmpq]) -> float:
    """√(‖g‖² − (g·x)²), rounded up."""
    with ctx.workprec(PRECISION):
        low = x.size_along(g).lower()
        return float((arb(dot(g, g)) - (low * low if low > 0 else arb(0))).max(arb(0)).sqrt().upper()) * (1 + 2 * EPS)
