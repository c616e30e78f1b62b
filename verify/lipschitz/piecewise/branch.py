"""Exact Lipschitz constants of piecewise-linear two-layer networks: branch and bound over activation patterns.

On a convex domain the constant is the largest ‖v + Gᵀs‖ over the sign patterns s of the cells that meet the domain's interior.  A node
fixes some signs.  Its bound is the dual of the semidefinite relaxation on the free signs (`relax_batch`); it disappears when the
bound is at most the best value found, or when its pattern is refuted on the domain (`realizability`, verified).  Signs that a node's
cell forces are fixed: that is what makes small d tractable.  Nodes are worked on in batches, best bound first.  Where hyperplanes are many
and dimensions few, space is divided instead (`space`).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData
from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.lipschitz.piecewise.nearest import CONTRADICTED, REACHED
from verify.lipschitz.piecewise.rational import exact_rank
from verify.lipschitz.piecewise.realizability import Answers, Signs
from verify.lipschitz.piecewise.relaxation import first_factor, relax_batch
from verify.lipschitz.piecewise.search import BranchBudget, Branched, Progress, Search
from verify.lipschitz.piecewise.space import SpaceSearch, few_dimensions
from verify.objects.domains import GLOBAL, Array, Domain

_BATCH = 128       # nodes expanded at once
_WORK = 1e9        # multiplications and additions of one step of the relaxation for them, about half a second at most
_POOL = 12         # points of its cell that a node remembers
_STEPS = 3         # of the relaxation, from the parent's factor
_ROOT_STEPS = 60
# Signs that a cell forces are looked for once so many times as many signs are fixed as could all occur together
_RIPE = 2.0


@dataclass
class Nodes:
    """N nodes: number, signs (N×m), fixed part of the gradient (N×d), factor, multipliers, bound, points, and which lie in the cell."""

    number: NDArray[np.int64]
    signs: Signs
    v: Array
    factor: Array
    y: Array
    bound: Array
    pool: Array
    known: NDArray[np.bool_]

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Nodes:
        return Nodes(*(getattr(self, name)[which] for name in vars(self)))

    def __len__(self) -> int:
        return len(self.number)


def branch_and_bound(
    form: KinkForm,
    domain: Domain = GLOBAL,
    budget: BranchBudget | None = None,
    progress: Progress | None = None,
) -> Branched:
    """An enclosure of the Lipschitz constant of a kink form on R^d, a ball, a box or the convex hull of points; exact when it closes.

    Stopped early (time, nodes, KeyboardInterrupt) it returns a valid enclosure.  Deterministic up to the moment at which time runs out.
    Args: progress: called now and then with (nodes, lower, upper).
    Raises: BadData for a sphere, or a flat box or hull (restrict the form to the affine hull first).
    Guarantee: upper: float computation with stated rounding allowances, refutations verified; lower: at a point verified to lie strictly
    inside its cell.  The relative gap at closing is at most 16(m+d+8) eps, plus form.slack on either side.

    >>> from verify.lipschitz import kink_form
    >>> form = kink_form([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0.0, 0.0, -1.0], [3.0, 4.0, -1.0])
    >>> found = branch_and_bound(form)                     # (3, 4) where x, y > 0 and x + y < 1
    >>> round(found.lower, 9), round(found.upper, 9), found.closed
    (5.0, 5.0, True)
    """
    if domain.on_sphere:
        raise BadData("branch and bound needs a convex domain; a sphere has its own bounds")
    search = SpaceSearch if few_dimensions(form.size, form.dimension, domain, form.rows is None) else PatternSearch
    return search(form, domain, budget or BranchBudget(), progress).run()


class PatternSearch(Search):
    """Branch and bound over activation patterns; as `branch_and_bound` says."""

    def __init__(self, form: KinkForm, domain: Domain, budget: BranchBudget, progress: Progress | None) -> None:
        super().__init__(form, domain, budget, progress)
        self.v, self.G, self.blur = _in_their_span(form)
        # a batch is what runs between two looks at the clock
        self.batch = int(np.clip(_WORK // (self.G.shape[1] ** 2 * (self.m + 10 * self.G.shape[1]) + 1), 1, _BATCH))
        # independent rows: every pattern occurs, so that signs may be fixed by dominance (which a certificate has no leaf for)
        few = not budget.record and domain.kind == "global" and 0 < self.m <= self.d
        self.dominant = few and exact_rank(form.hyperplanes[:, :-1]) == self.m
        gram = np.abs(self.G @ self.G.T)
        self.others = gram - np.diag(np.diag(gram))
        self.next_number = 1
        self.heap: list[tuple[float, int, Nodes]] = []

    # ------------------------------------------------------------------ the search

    def _largest(self) -> float:
        return max(self.closed_at, -self.heap[0][0] if self.heap else 0.0)

    def _is_open(self) -> bool:
        return bool(self.heap)

    def _leave(self) -> None:
        for _, _, node in self.heap:
            self._close(node)

    def _root(self) -> None:
        free = np.ones((1, self.m), dtype=np.bool_)
        upper, factor, y = relax_batch(self.v[None], self.G, free, first_factor(self.v, self.G)[None], _ROOT_STEPS, self.deadline)
        self._push(Nodes(np.zeros(1, np.int64), np.zeros((1, self.m), np.int8), self.v[None].copy(), factor, y, upper,
                          np.zeros((1, _POOL, 1)), np.zeros((1, _POOL), np.bool_)))

    def _begin(self) -> None:
        """The root with points of the domain; on a bounded domain, hyperplanes that miss it get their sign."""
        root = self.heap[0][2]
        root.pool = self.region.start(_POOL, self.rng)[None]
        root.known = self.region.inside(root.pool)
        self._try_points(root.pool[root.known])
        self.heap.clear()
        if self.region.depth <= 1:
            root = self._imply(root)
        self._push(self._finished(root))

    def _push(self, nodes: Nodes) -> None:
        for n in range(len(nodes)):
            heapq.heappush(self.heap, (-float(nodes.bound[n]), int(nodes.number[n]), nodes.take(np.array([n]))))

    def _expand(self) -> None:
        chosen: list[Nodes] = []
        while self.heap and len(chosen) < self.batch:
            if -self.heap[0][0] <= self._target():
                for _, _, node in self.heap:
                    self._close(node)
                self.heap.clear()
                break
            chosen.append(heapq.heappop(self.heap)[2])
        if not chosen:
            return
        self._push(self._children(_joined(chosen)))

    def _children(self, nodes: Nodes) -> Nodes:
        j = np.where(nodes.signs == 0, nodes.y[:, 1:], -1.0).argmax(axis=1)
        children = self._fixed(nodes, j)
        children = self._open(children)
        if self.dominant and len(children):
            children = self._open(self._dominated(children))
        if not len(children):
            return children
        children.known &= self._in_cell(children)
        fixed = (children.signs != 0).sum(axis=1)
        unseen = np.flatnonzero(~children.known.any(axis=1) & ((fixed >= self.region.depth) | (fixed == self.m)))
        if len(unseen):
            children = self._ask_cells(children, unseen)
        if not len(children):
            return children
        ripe: NDArray[np.bool_] = np.asarray(children.known.any(axis=1))
        if self.region.depth > 1:
            ripe &= (children.signs != 0).sum(axis=1) >= _RIPE * self.region.depth
        if ripe.any():
            implied = self._imply(children.take(ripe))
            children = _joined([children.take(~ripe), implied])
        return self._finished(children)

    def _fixed(self, nodes: Nodes, j: NDArray[np.intp]) -> Nodes:
        """Both children of each node."""
        n, each = len(nodes), np.arange(len(nodes))
        both = nodes.take(np.concatenate([each, each]))
        numbers = self.next_number + np.arange(2 * n)
        self.next_number += 2 * n
        if self.tree is not None:
            for i in range(n):
                self.tree.split(int(nodes.number[i]), int(j[i]), (int(numbers[i]), int(numbers[n + i])), nodes.y[i])
        both.number = numbers
        both.signs[each, j], both.signs[n + each, j] = 1, -1
        both.v = both.v + np.concatenate([self.G[j], -self.G[j]])
        self.nodes += 2 * n
        return self._bounded(both)

    def _dominated(self, nodes: Nodes) -> Nodes:
        """Signs that every longest gradient of a node has, where all patterns occur: |v·g_j| > Σ |g_l·g_j| over the other free l."""
        free = nodes.signs == 0
        inner = nodes.v @ self.G.T
        sure = free & (np.abs(inner) > (free @ self.others) * (1 + 1e-9))
        changed = np.flatnonzero(sure.any(axis=1))
        if len(changed):
            fixed = np.where(sure, np.sign(inner), 0.0)
            nodes.signs += fixed.astype(np.int8)
            nodes.v = nodes.v + fixed @ self.G
            again = self._bounded(nodes.take(changed))
            nodes.factor[changed], nodes.y[changed], nodes.bound[changed] = again.factor, again.y, again.bound
        return nodes

    def _bounded(self, nodes: Nodes) -> Nodes:
        upper, factor, y = relax_batch(nodes.v, self.G, nodes.signs == 0, nodes.factor, _STEPS, self.deadline)
        nodes.factor, nodes.y = factor, y
        nodes.bound = np.minimum(nodes.bound, upper) if self.tree is None else upper
        return nodes

    def _close(self, nodes: Nodes) -> None:
        if len(nodes):
            self.closed_at = max(self.closed_at, float(nodes.bound.max()))
            if self.tree is not None:
                for n in range(len(nodes)):
                    self.tree.leaves[int(nodes.number[n])] = ("bound", nodes.y[n])

    def _open(self, nodes: Nodes) -> Nodes:
        """The nodes that the best value does not close."""
        stays = nodes.bound > self._target()
        self._close(nodes.take(~stays))
        return nodes.take(stays)

    def _finished(self, nodes: Nodes) -> Nodes:
        """The nodes with a free sign left and a bound that is too large; the value of a full pattern is its bound."""
        full = (nodes.signs != 0).all(axis=1)
        if full.any():
            nodes.bound[full] = np.linalg.norm(nodes.v[full], axis=1)
            nodes.y[full, 0] = 1.0
        stays = ~full & (nodes.bound > self._target())
        self._close(nodes.take(~stays))
        return nodes.take(stays)

    # ------------------------------------------------------------------ realizability

    def _in_cell(self, nodes: Nodes) -> NDArray[np.bool_]:
        values = self.region.values(nodes.pool)
        return np.asarray((np.sign(values) * nodes.signs[:, None, :] >= 0).all(axis=2))

    def _ask_cells(self, nodes: Nodes, which: NDArray[np.intp]) -> Nodes:
        answers = self._ask(nodes.signs[which], nodes.pool[which, 0])
        seen = which[answers.status == REACHED]
        nodes.pool[seen, -1], nodes.known[seen, -1] = answers.points[answers.status == REACHED], True
        refuted = answers.status == CONTRADICTED
        if self.tree is not None:
            for i in np.flatnonzero(refuted):
                self._refuted(int(nodes.number[which[i]]), nodes.signs[which[i]], answers, int(i))
        stays = np.ones(len(nodes), dtype=np.bool_)
        stays[which[refuted]] = False
        return nodes.take(stays)

    def _imply(self, nodes: Nodes) -> Nodes:
        """The nodes with the signs fixed that their cells force, and with the points found on the way."""
        values = np.where(nodes.known[:, :, None], np.sign(self.region.values(nodes.pool)), 0.0)
        above: NDArray[np.bool_] = np.asarray((values > 0).any(axis=1))
        below: NDArray[np.bool_] = np.asarray((values < 0).any(axis=1))
        owner, plane = np.nonzero((nodes.signs == 0) & (above ^ below))
        if not len(owner):
            return nodes
        asked = nodes.signs[owner].copy()
        asked[np.arange(len(owner)), plane] = np.where(above[owner, plane], -1, 1)
        answers = self._ask(asked, nodes.pool[owner, nodes.known[owner].argmax(axis=1)])
        forced = answers.status == CONTRADICTED
        for i in np.flatnonzero(forced):
            n, j = owner[i], plane[i]
            sign = -asked[i, j]
            nodes.signs[n, j] = sign
            nodes.v[n] += sign * self.G[j]
            self._record_forced(nodes, int(n), int(j), int(sign), asked[i], answers, int(i))
        for i in np.flatnonzero(answers.status == REACHED):
            unused = np.flatnonzero(~nodes.known[owner[i]])
            slot = unused[0] if len(unused) else self.rng.integers(_POOL)
            nodes.pool[owner[i], slot], nodes.known[owner[i], slot] = answers.points[i], True
        changed = np.unique(owner[forced])
        if len(changed):
            again = self._bounded(nodes.take(changed))
            nodes.factor[changed], nodes.y[changed], nodes.bound[changed] = again.factor, again.y, again.bound
        return nodes

    def _record_forced(self, nodes: Nodes, n: int, j: int, sign: int, asked: Signs, answers: Answers, i: int) -> None:
        if self.tree is None:
            return
        kept, refuted = self.next_number, self.next_number + 1
        self.next_number += 2
        self.tree.split(int(nodes.number[n]), j, (kept, refuted) if sign > 0 else (refuted, kept), nodes.y[n])
        self._refuted(refuted, asked, answers, i)
        nodes.number[n] = kept


def _in_their_span(form: KinkForm) -> tuple[Array, Array, float]:
    """v and G in an orthonormal basis of their span when that has fewer than d dimensions, and what this may change in a norm.

    Only norms of combinations matter for bounds.  Householder's method is backward stable row by row (Higham, theorem 19.4).
    """
    d, m = form.dimension, form.size
    if d <= m + 1:
        return form.v, form.G, 0.0
    rows = np.vstack([form.v, form.G])
    reduced: Array = np.transpose(np.asarray(np.linalg.qr(rows.T, mode="r")))
    return reduced[0], reduced[1:], (d * m + 8) * EPS * float(np.linalg.norm(rows, axis=1).sum())


def _joined(parts: list[Nodes]) -> Nodes:
    rank = max(part.factor.shape[2] for part in parts)
    for part in parts:
        part.factor = np.pad(part.factor, ((0, 0), (0, 0), (0, rank - part.factor.shape[2])))
    return Nodes(*(np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])))
