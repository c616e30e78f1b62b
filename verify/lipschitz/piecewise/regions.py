"""The bounded domains of branch and bound: their cells, the points inside them, and what refutes a pattern there."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.lipschitz.piecewise.nearest import REACHED, STOPPED, Rows
from verify.lipschitz.piecewise.realizability import Answers, Cone, Region, Relations, Signs, dense_weights, whole_space
from verify.objects.deadline import UNLIMITED, Deadline
from verify.objects.domains import Array, Domain
from verify.objects.rationals import rational, rationals

# How far inside its half-spaces a point of a cell is looked for, in units of the ball's radius
_BALL_MARGINS = (1e-8, 1e-12, 0.0)
# Rows of which the projection onto their flat is computed in rationals: more take seconds
_MOST_EXACT = 60


class Polytope(Cone):
    """The cells in the convex hull of points p_i: x = Σμ_ip_i/Σμ_i with coordinates μ > 0; rows (w_j·p_i + b_j)_i."""

    def __init__(self, form: KinkForm, domain: Domain) -> None:
        vertices = domain.vertices_in(form.dimension)
        n, self._domain = len(vertices), domain
        values = vertices @ form.W.T + form.b
        points = rationals([[*p, 1] for p in domain.exact_vertices(form.dimension)])

        def exact(i: int) -> list[fmpq]:
            if i >= form.size:
                return [fmpq(int(i - form.size == j)) for j in range(n)]
            return (points @ np.array(form.row(i), dtype=object)).tolist()  # type: ignore[no-any-return]

        super().__init__(form, np.vstack([values.T, np.eye(n)]), exact, np.vstack([vertices.T, np.ones(n)]))
        self.depth = 1
        size = np.abs(vertices) @ np.abs(form.W.T) + np.abs(form.b)
        self._values, self._error = values.T, 2 * (form.dimension + 2) * EPS * size.T

    def holds(self, x: Array) -> bool:
        """Up to rounding: then the hull has a point so near that, by the margin asked for here, it lies in the same cell."""
        clear = np.abs(self.form.W @ x + self.form.b) > 4 * self._error.max(axis=1) * self._values.shape[1]
        return bool(clear.all() and self._domain.contains(x[None], 4 * EPS)[0])

    def _refutes(self, signs: Signs, indices: NDArray[np.intp], multipliers: Array) -> NDArray[np.bool_]:
        """Σ λ_j s_j (w_j·p_i+b_j) ≤ 0 at every vertex; ties by exact elimination."""
        weights = dense_weights(indices, multipliers, self.form.size) * self.scale[: self.form.size]
        highest = ((weights * signs[:, : self.form.size]) @ self._values + weights @ self._error).max(axis=1)
        size = weights @ np.abs(self._values).max(axis=1)
        sure = np.asarray((weights.sum(axis=1) > 0) & (highest + 4 * (self.form.size + 2) * EPS * size <= 0))
        for n in self.until_the_deadline(np.flatnonzero(~sure)):
            chosen = (indices[n] >= 0) & (multipliers[n] > 0)
            used = indices[n][chosen]
            # a relation between vertex rows alone (never: they are independent) would say nothing
            found = self._relations.contradiction(signs[n], used, multipliers[n][chosen])
            sure[n] = found is not None and any(i < self.form.size for i in found)
        return sure

    def _positive_relation(self, signs: Signs, indices: NDArray[np.intp]) -> NDArray[np.bool_]:
        return np.zeros(len(signs), dtype=np.bool_)


class Box(Cone):
    """The cells in a box of positive width: cones in (x, τ) with 2d more rows for the sides."""

    def __init__(self, form: KinkForm, domain: Domain) -> None:
        d = form.dimension
        low, high = domain.corners(d)
        unit = float(np.exp2(np.round(np.log2(1 / (np.abs(low).max() + np.abs(high).max())))))
        sides = np.vstack([np.column_stack([np.eye(d), -low / unit]), np.column_stack([-np.eye(d), high / unit])])
        matrix = np.vstack([np.column_stack([form.W, form.b / unit]), sides])
        lift = np.eye(d + 1)
        lift[-1] /= unit
        ends = rationals([[*side[:-1], (sign * end) / Fraction(unit)]
                          for sign, corner, part in ((-1, 0, sides[:d]), (1, 1, sides[d:]))
                          for side, end in zip(part.tolist(), domain.exact_corners(d)[corner], strict=True)]).tolist()

        def exact(i: int) -> list[fmpq]:
            if i >= form.size:
                return ends[i - form.size]  # type: ignore[no-any-return]
            *normal, offset = form.row(i)
            return [*normal, offset / rational(unit)]

        super().__init__(form, matrix, exact, lift)
        self.depth, self._low, self._high = 1, low, high

    def holds(self, x: Array) -> bool:
        return bool((x >= self._low).all() and (x <= self._high).all())


class Ball(Region):
    """The cells in an open ball: z = x − c, the nearest point of the cell to the centre, refuted beyond the radius."""

    def __init__(self, form: KinkForm, domain: Domain) -> None:
        centre, radius = domain.centre_in(form.dimension), domain.radius
        lengths = np.linalg.norm(form.W, axis=1)
        self.form, self._centre = form, centre
        self._heights = form.W @ centre + form.b
        self._error = 2 * (form.dimension + 2) * EPS * (np.abs(form.W) @ np.abs(centre) + np.abs(form.b))
        self.rows = Rows(form.W / lengths[:, None], self._heights / lengths, np.full(form.size, _BALL_MARGINS[0] * radius))
        self.scale, self._lengths, self._radius, self.depth = 1 / lengths, lengths, radius, 1
        self._exact_radius = rational(domain.exact_radius)
        self._point = [*rationals(domain.exact_centre(form.dimension)), fmpq(1)]
        self._exact = cache(self._exactly)
        self._relations = Relations(lambda i: self._exact(i) if i < form.size else [fmpq(0)] * form.dimension + [fmpq(1)])

    def _exactly(self, i: int) -> list[fmpq]:
        """The normal of hyperplane i, and w_i·c + b_i."""
        row = self.form.row(i)
        return [*row[:-1], sum((x * y for x, y in zip(row, self._point, strict=True)), fmpq(0))]

    def points(self, z: Array) -> Array:
        return np.asarray(self._centre + z)

    def start(self, count: int, rng: np.random.Generator) -> Array:
        z = rng.standard_normal((count, self.form.dimension))
        z *= self._radius * rng.random((count, 1)) ** (1 / z.shape[1]) / np.linalg.norm(z, axis=1, keepdims=True)
        return np.asarray(z)

    def inside(self, z: Array) -> NDArray[np.bool_]:
        return np.asarray(np.linalg.norm(z, axis=-1) < self._radius * (1 - 1e-12))

    def holds(self, x: Array) -> bool:
        return bool(np.linalg.norm(x - self._centre) < self._radius * (1 - 8 * EPS * (len(x) + 4)))

    def ask(self, signs: Signs, start: Array) -> Answers:
        """As for every region; distances are measured from the centre.  What is undecided is asked again with smaller margins."""
        found = Answers(np.full(len(signs), STOPPED, np.int8), np.zeros((len(signs), self.form.dimension)),
                        np.full((len(signs), self.form.dimension + 1), -1, np.intp), np.zeros((len(signs), self.form.dimension + 1)))
        for margin in _BALL_MARGINS:
            left = np.flatnonzero(found.status == STOPPED)
            if not len(left):
                break
            self.rows = Rows(self.rows.a, self.rows.o, np.full(self.form.size, margin * self._radius))
            # with a margin, far enough beyond the radius that the margin cannot account for it; ties are left to the last round
            self.limit = self._radius * (1 + 1e-6 if margin else 1 - 1e-9)
            again = super().ask(signs[left], found.points[left] * 0)
            status = np.where((again.status == REACHED) & ~self.inside(again.points), STOPPED, again.status)
            if margin == 0:      # the nearest point of the closed cell is on its boundary: only refutations count
                status[status == REACHED] = STOPPED
            found.status[left], found.points[left] = status, again.points
            found.indices[left], found.multipliers[left] = again.indices, again.multipliers
        return found

    def _refutes(self, signs: Signs, indices: NDArray[np.intp], multipliers: Array) -> NDArray[np.bool_]:
        """p·c + q + r‖p‖ ≤ 0 for the affine function p·x + q = Σ λ_j s_j (w_j·x+b_j), everything rounded up."""
        weights = dense_weights(indices, multipliers, self.form.size) / self._lengths
        signed = weights * signs
        slope = np.linalg.norm(signed @ self.form.W, axis=1)
        size = weights @ (np.abs(self._heights) + self._error + self._radius * self._lengths)
        highest = signed @ self._heights + weights @ self._error + self._radius * slope
        rounding = 4 * (self.form.size + self.form.dimension + 8) * EPS * size
        sure = np.asarray((weights.sum(axis=1) > 0) & (highest + rounding <= 0))
        for n in self.until_the_deadline(np.flatnonzero(~sure)):
            chosen = (indices[n] >= 0) & (multipliers[n] > 0)
            sure[n] = self._refutes_exactly(signs[n], indices[n][chosen], multipliers[n][chosen])
        return sure

    def _refutes_exactly(self, signs: Signs, chosen: NDArray[np.intp], multipliers: Array) -> bool:
        return self.exact_multipliers(signs, chosen, multipliers) is not None

    def exact_multipliers(self, signs: Signs, chosen: NDArray[np.intp], multipliers: Array) -> dict[int, fmpq] | None:
        """Ties: Σ λ_i s_i (w_i·x+b_i) is exactly a constant ≤ 0; or the flat of the rows lies exactly no nearer than the radius."""
        m = self.form.size
        padded = np.append(signs[:m], np.int8(1))
        constant = self._relations.contradiction(padded, np.append(chosen, m), np.append(multipliers, multipliers.max(initial=1.0)))
        return constant or self._relations.contradiction(padded, chosen, multipliers) or self._too_far(signs, chosen)

    def _too_far(self, signs: Signs, chosen: NDArray[np.intp]) -> dict[int, fmpq] | None:
        """The λ of x*−c = Σ λ_i s_i w_i for the projection x* of c onto the flat of the chosen rows, if λ ≥ 0 and ‖x*−c‖ ≥ r, exactly."""
        n = len(chosen)
        if n > _MOST_EXACT:
            return None
        rows = fmpq_mat(n, self.form.dimension, [x for i in chosen for x in self._exact(int(i))[:-1]])
        gram = rows * rows.transpose()
        if n == 0 or gram.det() == 0:
            return None
        heights = fmpq_mat(n, 1, [-self._exact(int(i))[-1] for i in chosen])
        solution = gram.solve(heights)
        multipliers = {int(j): solution[i, 0] * int(signs[j]) for i, j in enumerate(chosen)}
        square = sum((solution[i, 0] * heights[i, 0] for i in range(n)), fmpq(0))
        far = all(c >= 0 for c in multipliers.values()) and square >= self._exact_radius**2
        return multipliers if far else None


def region_of(form: KinkForm, domain: Domain, deadline: Deadline = UNLIMITED) -> Region:
    """The cells of a form inside R^d, a ball, a box of positive width, or the convex hull of points."""
    if domain.kind == "global":
        region: Region = whole_space(form)
    elif domain.kind == "ball":
        region = Ball(form, domain)
    elif domain.kind == "box":
        region = Box(form, domain)
    else:
        region = Polytope(form, domain)
    region.deadline = deadline
    return region
