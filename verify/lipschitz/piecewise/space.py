"""Exact Lipschitz constants of piecewise-linear two-layer networks with many neurons in few dimensions: branch and bound on space.

The pieces are boxes.  Bounded domains begin with the box about them.  R^d is the set of directions (x, τ) with τ > 0, on which the
hyperplanes are w·x + bτ = 0, and begins with 2d + 1 faces of a box in R^{d+1}: τ = 1 with |x_i| ≤ S, and x_i = ±S with |x_l| ≤ S and
0 ≤ τ ≤ 1.  On a piece most neurons keep their sign; the bound of a piece is the semidefinite relaxation on the others (`relax_pieces`).  A
piece on which many are left is cut in halves, one on which few are left is divided by their signs, and one without any has a whole pattern,
which is reached or refuted on the domain (`realizability`).  All pieces are worked on in batches, largest bound first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.lipschitz.piecewise.nearest import CONTRADICTED
from verify.lipschitz.piecewise.realizability import Signs
from verify.lipschitz.piecewise.relaxation import relax_pieces
from verify.lipschitz.piecewise.search import BranchBudget, Progress, Search, Way
from verify.objects.domains import Array, Domain

# Where pieces beat patterns: in at most so many dimensions, with more than so many times d² hyperplanes (measured: benchmarks/space.py)
_DIMENSIONS, _CROWD = 6, 4
_MOST_PATTERNS, _MOST_IN_SPACE = 512, 10_000
_WORK = 3e6             # products of one step of the relaxation on the pieces that are divided at once, about 30 ms
_BATCH = 1024           # pieces divided at once
_STEPS, _ROOT_STEPS = 3, 60
_FEW = 2                # more hyperplanes than dimensions, with which a piece is divided by signs: d through a point leave all patterns
_MEMORY = 250_000_000   # bytes of open pieces; beyond it those are divided that are nearest to being closed
_THIN = 1e-9            # of the domain: smaller pieces are not cut


def few_dimensions(k: int, d: int, domain: Domain, has_doubles: bool) -> bool:
    """Whether branch and bound with k hyperplanes in R^d divides space rather than patterns.

    A hull has no box that it fills.  The faces of R^d need the coordinates of the network, which those of doubles are.

    >>> from verify.lipschitz import GLOBAL
    >>> few_dimensions(1000, 3, GLOBAL, True), few_dimensions(64, 50, GLOBAL, True)
    (True, False)
    """
    has_pieces = domain.kind in ("ball", "box") or (domain.kind == "global" and has_doubles)
    return has_pieces and d <= _DIMENSIONS and k > _CROWD * d**2


def most_branched(k: int, d: int, domain: Domain, has_doubles: bool) -> int:
    """Hyperplanes beyond which a tree gains nothing in any time, and memory grows with the square of their number."""
    return _MOST_IN_SPACE if few_dimensions(k, d, domain, has_doubles) else _MOST_PATTERNS


@dataclass
class _Pieces:
    """N pieces: number, corners (N×D), signs (N×m; 0: left), P of the relaxation (N×d×d), bound, how many signs are left, and how to
    divide: across axis i, or by the sign of hyperplane j as D + j."""

    number: NDArray[np.int64]
    low: Array
    high: Array
    signs: Signs
    P: Array
    bound: Array
    left: NDArray[np.intp]
    way: NDArray[np.intp]

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> _Pieces:
        return _Pieces(*(getattr(self, name)[which] for name in vars(self)))

    def __len__(self) -> int:
        return len(self.number)


class _Pool:
    """Pieces in arrays that grow; the bound of a free place is −1."""

    def __init__(self) -> None:
        self._held: _Pieces | None = None
        self.bounds = np.full(0, -1.0)

    @property
    def largest(self) -> float:
        """The largest bound of an open piece, or −1."""
        return float(self.bounds.max(initial=-1.0))

    @property
    def size(self) -> int:
        """The bytes of the pieces."""
        if self._held is None or not len(self.bounds):
            return 0
        return int((self.bounds >= 0).mean() * sum(entry.nbytes for entry in vars(self._held).values()))

    def add(self, pieces: _Pieces) -> None:
        """Hold the pieces."""
        places = np.flatnonzero(self.bounds < 0)[: len(pieces)]
        if self._held is None:
            self._held, places = pieces, np.arange(len(pieces))
            self.bounds = np.full(len(pieces), -1.0)
        elif len(places) < len(pieces):
            more = max(len(pieces), len(self.bounds))
            for name, entry in vars(self._held).items():
                setattr(self._held, name, np.concatenate([entry, np.zeros((more, *entry.shape[1:]), entry.dtype)]))
            self.bounds = np.append(self.bounds, np.full(more, -1.0))
            places = np.flatnonzero(self.bounds < 0)[: len(pieces)]
        for name, entry in vars(pieces).items():
            getattr(self._held, name)[places] = entry
        self.bounds[places] = pieces.bound

    def removed(self, count: int, target: float, largest: bool) -> tuple[_Pieces | None, float]:
        """So many pieces whose bound is above the target, and the largest bound of the others, which leave, too; −1 for none of them."""
        done = (self.bounds >= 0) & (self.bounds <= target)
        closed = float(self.bounds[done].max(initial=-1.0))
        self.bounds[done] = -1.0
        open_ = np.flatnonzero(self.bounds >= 0)
        if self._held is None or not len(open_):
            return None, closed
        order = -self.bounds[open_] if largest else self.bounds[open_]
        chosen = open_ if len(open_) <= count else open_[np.argpartition(order, count - 1)[:count]]
        taken = self._held.take(chosen)
        self.bounds[chosen] = -1.0
        return taken, closed


class SpaceSearch(Search):
    """Branch and bound on pieces of a ball, a box or R^d; as `branch_and_bound` says."""

    def __init__(self, form: KinkForm, domain: Domain, budget: BranchBudget, progress: Progress | None) -> None:
        super().__init__(form, domain, budget, progress)
        self.everywhere = domain.kind == "global"
        self.rows = np.column_stack([form.W, form.b]) if self.everywhere else form.W
        self.offsets = np.zeros(self.m) if self.everywhere else form.b
        self.G, self.sizes = form.G, np.abs(self.rows)
        self.D = self.rows.shape[1]
        self.batch = int(np.clip(_WORK // (self.m * self.d**2 + 1), 1, _BATCH))
        if self.m > _MOST_PATTERNS:
            self.crossings = 0                   # walks cost the square of m, and the middles of pieces find as much
        self.pool = _Pool()
        self.next_number = 1
        self.outset = float("inf")               # the bound of the whole domain, until it is divided

    # ------------------------------------------------------------------ the search

    def _root(self) -> None:
        free, H = np.ones((1, self.m), dtype=np.bool_), np.vstack([self.form.v, self.G])
        upper, self.P, y = relax_pieces(self.form.v[None], self.G, free, (H.T @ H)[None], _ROOT_STEPS, self.deadline)
        self.outset, self.y = float(upper[0]), y[0]

    def _begin(self) -> None:
        low, high = self._faces() if self.everywhere else self._box()
        N = len(low)
        numbers = np.arange(N, dtype=np.int64)
        if self.everywhere:
            numbers += 1
            self.next_number = N + 1
            self._record(0, float(high[0, 0]), numbers)
        whole = _Pieces(numbers, low, high, np.zeros((N, self.m), np.int8), np.repeat(self.P, N, axis=0), np.full(N, self.outset),
                        np.zeros(N, np.intp), np.zeros(N, np.intp))
        self.reach = float((high - low).max())
        self.pool.add(self._examined(whole))
        self.outset = -1.0

    def _largest(self) -> float:
        return max(self.closed_at, self.outset, self.pool.largest)

    def _is_open(self) -> bool:
        return max(self.outset, self.pool.largest) > self._target()

    def _leave(self) -> None:
        """Nothing: every piece is a leaf from its beginning."""

    def _expand(self) -> None:
        pieces, closed = self.pool.removed(self.batch, self._target(), largest=self.pool.size <= _MEMORY)
        self.closed_at = max(self.closed_at, closed)
        if pieces is not None:
            self.pool.add(self._examined(self._divided(pieces)))

    def _box(self) -> tuple[Array, Array]:
        """The corners (1×d) of a box that holds the domain."""
        if self.domain.kind == "box":
            low, high = self.domain.corners(self.d)
            inexact = 0.0 if self.domain.has_doubles else 4 * EPS
            low, high = low - inexact * np.abs(low), high + inexact * np.abs(high)
        else:
            centre, radius = self.domain.centre_in(self.d), self.domain.radius
            low, high = centre - radius, centre + radius
        return low[None], high[None]

    def _faces(self) -> tuple[Array, Array]:
        """The corners ((2d+1)×D) of the faces of R^d; S is a power of two next to the median distance of the hyperplanes from 0."""
        distance = float(np.median(np.abs(self.form.b) / np.linalg.norm(self.form.W, axis=1)))
        S = 2.0 ** int(np.clip(np.round(np.log2(distance)), -100, 100)) if distance > 0 else 1.0
        low, high = np.full((2 * self.d + 1, self.D), -S), np.full((2 * self.d + 1, self.D), S)
        low[:, -1], high[:, -1] = 0.0, 1.0
        low[0, -1] = 1.0
        for i in range(self.d):
            low[2 * i + 1, i] = S
            high[2 * i + 2, i] = -S
        return low, high

    def _record(self, number: int, way: Way, children: NDArray[np.int64]) -> None:
        """Divide a node; until its parts are examined they are leaves with its multipliers, so that the tree is whole at any time."""
        if self.tree is not None:
            leaf = self.tree.leaves[number] if number else ("piece", np.arange(self.m + 1), self.y)
            for child in children.tolist():
                self.tree.leaves[child] = leaf
            self.tree.branches[number] = (way, tuple(children.tolist()))
            del self.tree.leaves[number]

    def _divided(self, pieces: _Pieces) -> _Pieces:
        """Both parts of each piece: the upper half and the lower one, or that of the sign + and that of −."""
        n, each = len(pieces), np.arange(len(pieces))
        both = pieces.take(np.concatenate([each, each]))
        both.number = self.next_number + np.arange(2 * n)
        self.next_number += 2 * n
        self.nodes += 2 * n
        cut = np.flatnonzero(pieces.way < self.D)
        axis = pieces.way[cut]
        middle = pieces.low[cut, axis] + 0.5 * (pieces.high[cut, axis] - pieces.low[cut, axis])
        both.low[cut, axis], both.high[n + cut, axis] = middle, middle
        signed = np.flatnonzero(pieces.way >= self.D)
        plane = pieces.way[signed] - self.D
        both.signs[signed, plane], both.signs[n + signed, plane] = 1, -1
        if self.tree is not None:
            ways: list[Way] = [int(way) - self.D for way in pieces.way]
            for i, a, t in zip(cut.tolist(), axis.tolist(), middle.tolist(), strict=True):
                ways[i] = (a, t)
            for i in range(n):
                self._record(int(pieces.number[i]), ways[i], both.number[[i, n + i]])
        return both

    def _examined(self, pieces: _Pieces) -> _Pieces:
        """The pieces that are neither empty nor closed, with their signs, bounds and ways."""
        pieces = self._inside(pieces)
        if not len(pieces):
            return pieces
        centre = pieces.low + 0.5 * (pieces.high - pieces.low)
        half = np.maximum(pieces.high - centre, centre - pieces.low) * (1 + 2 * EPS)
        middle, reach = centre @ self.rows.T + self.offsets, half @ self.sizes.T
        error = 4 * (self.D + 4) * EPS * (np.maximum(np.abs(pieces.low), np.abs(pieces.high)) @ self.sizes.T + np.abs(self.offsets))
        decided = np.where(np.abs(middle) > reach + error, np.sign(middle), 0.0).astype(np.int8)
        contrary: NDArray[np.bool_] = (decided * pieces.signs < 0).any(axis=1)
        self._empty(pieces, contrary)
        pieces.signs = np.where(pieces.signs == 0, decided, pieces.signs)
        pieces, centre, half, reach = pieces.take(~contrary), centre[~contrary], half[~contrary], reach[~contrary]
        if not len(pieces):
            return pieces
        self._try_middles(centre)
        free, v = pieces.signs == 0, self.form.v + pieces.signs @ self.G
        bound, pieces.P, y = relax_pieces(v, self.G, free, pieces.P, _STEPS, self.deadline)
        pieces.left = free.sum(axis=1)
        whole = pieces.left == 0
        bound[whole] = np.linalg.norm(v[whole], axis=1)
        pieces.bound = np.minimum(pieces.bound, bound) if self.tree is None else bound
        if self.tree is not None:
            for number, row in zip(pieces.number.tolist(), y, strict=True):
                used = np.flatnonzero(row)
                self.tree.leaves[number] = ("piece", used, _rounded(row[used]))
        # a cut decides hyperplane j with a chance that grows with its share |w_ji|·half_i of the reach; y_j is its share of the bound
        score = half * ((y[:, 1:] / (reach + error[~contrary] + 1e-300)) @ self.sizes)
        axis = score.argmax(axis=1)
        thin = half.max(axis=1) <= _THIN * self.reach
        by_signs = (pieces.left <= self.d + _FEW) | thin
        pieces.way = np.where(by_signs, self.D + np.where(free, y[:, 1:], -1.0).argmax(axis=1), axis)
        return self._open(pieces, thin)

    def _open(self, pieces: _Pieces, thin: NDArray[np.bool_]) -> _Pieces:
        """The pieces that are not closed; whole patterns, and those of thin pieces, are asked for.

        A whole pattern that is not refuted closes its piece with its value.  Thin pieces lie at points of too many hyperplanes.
        """
        asked = np.flatnonzero(((pieces.left == 0) | thin) & (pieces.bound > self._target()))
        refuted = np.zeros(len(pieces), dtype=np.bool_)
        if len(asked):
            answers = self._ask(pieces.signs[asked], self.region.start(len(asked), self.rng))
            refuted[asked] = answers.status == CONTRADICTED
            for i in np.flatnonzero(answers.status == CONTRADICTED):
                self._refuted(int(pieces.number[asked[i]]), pieces.signs[asked[i]], answers, int(i))
        closed = ~refuted & ((pieces.left == 0) | (pieces.bound <= self._target()))
        self.closed_at = max(self.closed_at, float(pieces.bound[closed].max(initial=-1.0)))
        return pieces.take(~refuted & ~closed)

    def _inside(self, pieces: _Pieces) -> _Pieces:
        """The pieces that may meet the domain."""
        if self.domain.kind != "ball":
            return pieces
        centre, radius = self.domain.centre_in(self.d), self.domain.radius
        distance = np.linalg.norm(np.clip(centre, pieces.low, pieces.high) - centre, axis=1)
        beyond = radius * (1 + 1e-12) + 1e-14 * float(np.abs(centre).max())
        outside = np.asarray(np.greater(distance, beyond))
        self._empty(pieces, outside)
        return pieces.take(~outside)

    def _empty(self, pieces: _Pieces, which: NDArray[np.bool_]) -> None:
        if self.tree is not None:
            for number in pieces.number[which].tolist():
                self.tree.leaves[number] = ("empty",)

    def _try_middles(self, centre: Array) -> None:
        """The gradients at the middles of pieces, moved into a ball."""
        if self.everywhere:
            points = centre[:, :-1] / centre[:, -1:]
        elif self.domain.kind == "ball":
            origin = self.domain.centre_in(self.d)
            away = centre - origin
            distance = np.linalg.norm(away, axis=1, keepdims=True)
            points = origin + away * np.minimum(1.0, self.domain.radius * (1 - 1e-10) / np.maximum(distance, 1e-300))
        else:
            points = centre
        lengths = np.linalg.norm(self.form.gradients(np.sign(points @ self.form.W.T + self.form.b)), axis=1)
        self._accept(points[lengths > self.best])


def _rounded(y: Array) -> Array:
    """To 24 bits: multipliers prove nearly as much, and take half of the room in a certificate."""
    mantissa, exponent = np.frexp(y)
    return np.asarray(np.ldexp(np.round(mantissa * 2.0**24), exponent - 24))
