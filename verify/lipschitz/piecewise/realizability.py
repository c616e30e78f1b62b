"""Which partial sign patterns of a hyperplane arrangement occur inside a domain: points inside cells, and verified refutations.

A pattern gives s_j ∈ {−1, 0, 1}; it occurs when s_j(w_j·x+b_j) > 0 for some x of the (interior of the) domain at all j with s_j ≠ 0.
Candidates come from floating-point projections (`nearest`).  A refutation counts only when it is verified:
  on R^d, Σ λ_i r_i = 0 with λ ≥ 0, λ ≠ 0 over signed rows r_i = s_i(w_i, b_i) and (0, 1); existence of exact λ is shown by error bounds
  on the inverse of a float matrix, or else by exact rational elimination;
  on a bounded domain, sup_x Σ λ_i s_i (w_i·x+b_i) ≤ 0 with λ ≥ 0, λ ≠ 0, the supremum rounded up, or else as on R^d.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import takewhile

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from theory.certificates.exact.relations import only_relation
from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.lipschitz.piecewise.nearest import CONTRADICTED, REACHED, STOPPED, Rows, nearest_points
from verify.lipschitz.piecewise.rational import column_basis
from verify.objects.deadline import UNLIMITED, Deadline
from verify.objects.domains import Array
from verify.objects.rationals import rational, rationals

Signs = NDArray[np.int8]


@dataclass(frozen=True)
class Answers:
    """For each pattern: REACHED (with a point in the region's coordinates), CONTRADICTED (verified) or STOPPED (undecided).

    A refutation is given by row indices (N×·, −1: none) and multipliers; on R^d the indices alone determine it.
    """

    status: NDArray[np.int8]
    points: Array
    indices: NDArray[np.intp]
    multipliers: Array


class Relations:
    """Exact linear relations between rows of rationals, remembered by the set of rows; rows are made when they are first needed."""

    def __init__(self, row: Callable[[int], list[fmpq]]) -> None:
        self._row = cache(row)
        self._found: dict[tuple[int, ...], list[fmpq] | None] = {}

    def contradiction(self, signs: Signs, chosen: NDArray[np.intp], multipliers: Array) -> dict[int, fmpq] | None:
        """A relation of chosen rows, signed, with multipliers ≥ 0, not all 0; None when none is found.

        Looked for on the rows whose float multiplier is not negligible, as long as these have one relation only.
        """
        for threshold in (0.0, 1e-9, 1e-6) if len(chosen) else ():
            kept = tuple(int(i) for i in np.sort(chosen[multipliers > threshold * multipliers.max()]))
            if kept not in self._found:
                self._found[kept] = only_relation([self._row(i) for i in kept])
            relation = self._found[kept]
            for way in (1, -1) if relation is not None else ():
                products = [way * int(signs[i]) * c for i, c in zip(kept, relation or (), strict=True)]
                if all(c >= 0 for c in products):
                    return dict(zip(kept, products, strict=True))
        return None


class Region(ABC):
    """The cells of a kink form's hyperplanes inside a domain, in coordinates z in which cells are given by rows · z + offsets.

    Rows 0 … m−1 are the hyperplanes, the others hold throughout the domain.  `depth`: patterns with fewer fixed signs than this nearly
    always occur, so that asking is a waste.  `scale`: factors by which the rows were multiplied.  `deadline`: what is not decided by then
    is STOPPED.
    """

    rows: Rows
    form: KinkForm
    depth: int
    scale: Array
    _relations: Relations
    limit: float = float("inf")
    deadline: Deadline = UNLIMITED

    @abstractmethod
    def points(self, z: Array) -> Array:
        """The points x (N×d) with coordinates z (N×D)."""

    @abstractmethod
    def start(self, count: int, rng: np.random.Generator) -> Array:
        """Coordinates of `count` points of the domain."""

    def holds(self, x: Array) -> bool:
        """Whether a point, strictly inside its cell, belongs to the domain."""
        return True

    @abstractmethod
    def _refutes(self, signs: Signs, indices: NDArray[np.intp], multipliers: Array) -> NDArray[np.bool_]:
        """Whether each set of rows and multipliers is a verified refutation of its pattern."""

    def exact_multipliers(self, signs: Signs, chosen: NDArray[np.intp], multipliers: Array) -> dict[int, fmpq] | None:
        """Exact multipliers of a refutation, by row (hyperplanes first), for where rounded ones prove nothing; None if none are found."""
        return self._relations.contradiction(np.append(signs, np.ones(self.extra, np.int8)), chosen, multipliers)

    def until_the_deadline(self, patterns: NDArray[np.intp]) -> Iterator[int]:
        """The patterns that floats leave in doubt, one after another, each of which exact arithmetic may take a second for."""
        return (int(n) for n in takewhile(lambda n: not self.deadline.is_over, patterns))

    @property
    def extra(self) -> int:
        return len(self.rows.a) - self.form.size

    def values(self, z: Array) -> Array:
        """The hyperplanes' rows at z, up to positive factors: their signs are the pattern at z."""
        m = self.form.size
        values: Array = z @ self.rows.a[:m].T + self.rows.o[:m]
        return values

    def inside(self, z: Array) -> NDArray[np.bool_]:
        """Whether z belongs to the domain (in floats)."""
        m = self.form.size
        return np.asarray((z @ self.rows.a[m:].T + self.rows.o[m:] > 0).all(axis=-1))

    def ask(self, signs: Signs, start: Array) -> Answers:
        """Whether each pattern (N×m) occurs; `start` (N×D) holds points to start from, near to the cells if possible."""
        padded = np.concatenate([signs, np.ones((len(signs), self.extra), dtype=np.int8)], axis=1)
        found = nearest_points(self.rows, padded, start, self.limit, deadline=self.deadline)
        status = found.status.copy()
        claimed = np.flatnonzero(status == CONTRADICTED)
        if len(claimed):
            sure = self._refutes(padded[claimed], found.indices[claimed], found.multipliers[claimed])
            status[claimed[~sure]] = STOPPED
        # a projection that ran out of steps among nearly parallel rows has often found the cell without knowing it
        values = padded * (found.points @ self.rows.a.T + self.rows.o)
        rounding = 4 * found.points.shape[1] * EPS * (np.abs(found.points) @ np.abs(self.rows.a).T + np.abs(self.rows.o))
        status[(status == STOPPED) & ((padded == 0) | (values > rounding)).all(axis=1)] = REACHED
        return Answers(status, found.points, found.indices, found.multipliers)


class Cone(Region):
    """Cells as cones in homogeneous coordinates z: signed rows that are linear in z, and a full-rank matrix of them.

    Used for R^d (z = (x, τ), the last row τ > 0; no τ when all b = 0) and for polytopes.  `exact` gives the rows as rationals.
    """

    def __init__(self, form: KinkForm, matrix: Array, exact: Callable[[int], list[fmpq]], lift: Array) -> None:
        scale = np.exp2(-np.round(np.log2(np.linalg.norm(matrix, axis=1))))     # powers of two: scaling is exact
        a = matrix * scale[:, None]
        self.form = form
        self.rows = Rows(a, np.zeros(len(a)), np.linalg.norm(a, axis=1))
        self._relations, self._lift, self.scale = Relations(exact), lift, scale
        parallel = len(np.unique(np.round(_direction(form.W), 9), axis=0)) < form.size
        self.depth = 2 if parallel else max(2, min(a.shape[1] - 1, form.size))

    def points(self, z: Array) -> Array:
        x = z @ self._lift.T
        if self._lift.shape[0] == self.form.dimension:
            return np.asarray(x)
        return np.asarray(x[:, :-1] / x[:, -1:])

    def start(self, count: int, rng: np.random.Generator) -> Array:
        z: Array = rng.standard_normal((count, self.rows.a.shape[1]))
        outside = self.rows.a[self.form.size :]
        if not len(outside):
            return z
        inside = Rows(outside, np.zeros(len(outside)), np.full(len(outside), 1e-2))
        return nearest_points(inside, np.ones((count, len(outside)), dtype=np.int8), z).points

    def _refutes(self, signs: Signs, indices: NDArray[np.intp], multipliers: Array) -> NDArray[np.bool_]:
        sure = np.zeros(len(signs), dtype=np.bool_)
        square = np.flatnonzero((indices >= 0).all(axis=1))
        sure[square] = self._positive_relation(signs[square], indices[square])
        for n in self.until_the_deadline(np.flatnonzero(~sure)):
            chosen = (indices[n] >= 0) & (multipliers[n] > 0)
            sure[n] = self._relations.contradiction(signs[n], indices[n][chosen], multipliers[n][chosen]) is not None
        return sure

    def _positive_relation(self, signs: Signs, indices: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether the last row is, exactly, a negative combination of the D others, by error bounds on R ≈ B^{−1}.

        λ̃ = −r R solves λB = −r up to ρ = r + λ̃B; with e ≥ ‖I − BR‖_∞ < 1 the exact λ errs by at most ‖|ρ||R|‖₁/(1−e) in the 1-norm.
        """
        if not len(signs):
            return np.zeros(len(signs), dtype=np.bool_)
        signed = self.rows.a[indices] * np.take_along_axis(signs, indices, axis=1)[:, :, None]
        B, r = signed[:, :-1], signed[:, -1]
        D = B.shape[1]
        fine = np.abs(np.linalg.det(B)) > 1e-200
        B = np.where(fine[:, None, None], B, np.eye(D))
        R = np.linalg.inv(B)
        absolute, gamma = np.abs(R), 2 * (D + 2) * EPS
        e = np.abs(np.eye(D) - B @ R).sum(axis=2).max(axis=1) + gamma * (1 + (np.abs(B) @ absolute).sum(axis=2).max(axis=1))
        multipliers = -(r[:, None, :] @ R)
        residual = np.abs(r[:, None, :] + multipliers @ B) + gamma * (np.abs(r)[:, None, :] + np.abs(multipliers) @ np.abs(B))
        with np.errstate(invalid="ignore", over="ignore"):
            error = (residual @ absolute).sum(axis=(1, 2)) * (1 + 2 * gamma) / np.maximum(1 - e, 1e-3)
        return np.asarray(fine & (e < 0.5) & (multipliers[:, 0, :] > error[:, None]).all(axis=1))


def _direction(W: Array) -> Array:
    unit = W / np.linalg.norm(W, axis=1)[:, None]
    first = np.take_along_axis(unit, np.abs(unit).argmax(axis=1)[:, None], axis=1)
    return np.asarray(unit * np.sign(first))


def whole_space(form: KinkForm) -> Cone:
    """The cells in R^d: cones in (x, τ), with a basis of the columns (which keeps every linear relation) and τ in units of |b|/‖w‖."""
    central = not form.b.any()
    if central:
        matrix, exact = form.W, form.hyperplanes[:, :-1]
    else:
        unit = float(np.exp2(np.round(np.log2(np.linalg.norm(form.W, axis=1).mean() / np.abs(form.b).mean()))))
        last = np.eye(form.dimension + 1)[-1]
        matrix = np.vstack([np.column_stack([form.W, unit * form.b]), last])
        exact = matrix
        if form.rows is not None:
            exact = np.vstack([np.column_stack([form.rows[:, :-1], rational(unit) * form.rows[:, -1:]]), rationals(last)])
    columns = column_basis(exact)
    lift = np.eye(matrix.shape[1])[:, columns]
    if not central:
        lift[-1] *= unit
    kept = exact[:, columns]
    return Cone(form, matrix[:, columns], lambda i: rationals(kept[i]).tolist(), lift)


def dense_weights(indices: NDArray[np.intp], multipliers: Array, m: int) -> Array:
    """Multipliers as a dense N×m matrix; rows that are no hyperplanes are left out."""
    dense = np.zeros((len(indices), m + 1))
    np.add.at(dense, (np.arange(len(indices))[:, None], np.where((indices < 0) | (indices >= m), m, indices)), np.maximum(multipliers, 0.0))
    return dense[:, :m]
