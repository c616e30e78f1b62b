"""Exact Lipschitz constants of piecewise-linear two-layer networks: branch and bound over activation patterns.

On a convex domain the constant is the largest ‖v + Gᵀs‖ over the sign patterns s of the cells that meet the domain's interior.  A node
fixes some signs.  Its bound is the dual of the semidefinite relaxation on the free signs (`relax_batch`); it disappears when the
bound is at most the best value found, or when its pattern is refuted on the domain (`realizability`, verified).  Signs that a node's
cell forces are fixed: that is what makes small d tractable.  Nodes are worked on in batches, best bound first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData
from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.lipschitz.piecewise.local_search import best_points
from verify.lipschitz.piecewise.nearest import CONTRADICTED, REACHED
from verify.lipschitz.piecewise.rational import exact_rank
from verify.lipschitz.piecewise.realizability import Answers, Region, Signs
from verify.lipschitz.piecewise.regions import region_of
from verify.lipschitz.piecewise.relaxation import first_factor, relax_batch
from verify.objects.deadline import Seconds, deadline_of, seconds_of
from verify.objects.domains import GLOBAL, Array, Budget, Domain

_BATCH = 128       # nodes expanded at once
_WORK = 1e9        # multiplications and additions of one step of the relaxation for them, about half a second at most
_POOL = 12         # points of its cell that a node remembers
_STEPS = 3         # of the relaxation, from the parent's factor
_ROOT_STEPS = 60
# Signs that a cell forces are looked for once so many times as many signs are fixed as could all occur together
_RIPE = 2.0


@dataclass(frozen=True)
class BranchBudget:
    """When to stop: seconds or a deadline, number of nodes; the seed of the sampling; whether to keep the tree for a certificate."""

    seconds: Seconds = 10.0
    nodes: int = 10_000_000
    seed: int = 0
    record: bool = False

    def __post_init__(self) -> None:
        if not seconds_of(self.seconds) >= 0 or self.nodes < 0:
            raise BadData(f"a budget needs seconds ≥ 0 and nodes ≥ 0, not {self.seconds} and {self.nodes}")


def branching(budget: Budget, most: int | None = None) -> BranchBudget:
    """What the budget of an enclosure allows branch and bound, or so many nodes at most: no node where it allows no search."""
    nodes = budget.nodes if most is None else min(budget.nodes, most)
    return BranchBudget(budget.deadline, nodes if budget.searches else 0, budget.seed)


@dataclass(frozen=True)
class Branched:
    """lower ≤ Lip ≤ upper after `nodes` nodes and `questions` questions of realizability; `closed`: no node is open or in doubt.

    lower is the gradient norm at `point`, strictly inside its cell and the domain, less the rounding slack; None if no point was found.
    `tree` holds what a certificate needs when the budget asked for it.
    """

    lower: float
    upper: float
    point: Array | None
    closed: bool
    nodes: int
    questions: int
    seconds: float
    tree: Tree | None = field(default=None, repr=False)


@dataclass
class Tree:
    """The branching tree by node number (root 0): the hyperplane and the children (+, −), or why a leaf is closed.

    leaves: ("bound", multipliers y of v and the hyperplanes) or ("refuted", signs, row indices, multipliers).
    """

    branches: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    leaves: dict[int, tuple[object, ...]] = field(default_factory=dict)

    def split(self, number: int, plane: int, children: tuple[int, int], y: Array) -> None:
        """Branch a node with multipliers y; until its children are closed they prove no less, so that the tree is whole at any time."""
        shared = y.copy()
        shared[0] += y[1 + plane]            # by Cauchy–Schwarz ‖v ± g‖² with the weight y_v + y_g is at most the sum of both terms
        for child in children:
            self.leaves[child] = ("bound", shared)
        self.branches[number] = (plane, *children)


@dataclass
class _Nodes:
    """N nodes: number, signs (N×m), fixed part of the gradient (N×d), factor, multipliers, bound, points, and which lie in the cell."""

    number: NDArray[np.int64]
    signs: Signs
    v: Array
    factor: Array
    y: Array
    bound: Array
    pool: Array
    known: NDArray[np.bool_]

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> _Nodes:
        return _Nodes(*(getattr(self, name)[which] for name in vars(self)))

    def __len__(self) -> int:
        return len(self.number)


def branch_and_bound(
    form: KinkForm,
    domain: Domain = GLOBAL,
    budget: BranchBudget | None = None,
    progress: Callable[[int, float, float], None] | None = None,
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
    return _Search(form, domain, budget or BranchBudget(), progress).run()


class _Search:
    def __init__(
        self, form: KinkForm, domain: Domain, budget: BranchBudget, progress: Callable[[int, float, float], None] | None
    ) -> None:
        self.form, self.domain, self.budget, self.progress = form, domain, budget, progress
        self.deadline = deadline_of(budget.seconds)
        self.m, self.d = form.size, form.dimension
        self.v, self.G, self.blur = _in_their_span(form)
        self.relative = 16 * (self.m + self.d + 8) * EPS
        self.best, self.point = -1.0, None       # gradient norm at a verified point
        self.closed_at = 0.0                     # the largest bound with which a node was closed
        self.nodes = self.questions = 0
        # a batch is what runs between two looks at the clock
        self.batch = int(np.clip(_WORK // (self.G.shape[1] ** 2 * (self.m + 10 * self.G.shape[1]) + 1), 1, _BATCH))
        self.rng = np.random.default_rng(budget.seed)
        self.tree = Tree(leaves={0: ("bound", np.linalg.norm(np.vstack([form.v, form.G]), axis=1))}) if budget.record else None
        # independent rows: every pattern occurs, so that signs may be fixed by dominance (which a certificate has no leaf for)
        few = not budget.record and domain.kind == "global" and 0 < self.m <= self.d
        self.dominant = few and exact_rank(form.hyperplanes[:, :-1]) == self.m
        gram = np.abs(self.G @ self.G.T)
        self.others = gram - np.diag(np.diag(gram))
        self.next_number = 1
        self.heap: list[tuple[float, int, _Nodes]] = []
        # what is known when an interruption falls between two lines: the bound of the last time when every node was in the heap or closed
        self.settled = float(np.linalg.norm(form.v) + np.linalg.norm(form.G, axis=1).sum()) if self.m else 0.0
        self.cut = False

    # ------------------------------------------------------------------ the search

    def run(self) -> Branched:
        if self.m == 0:
            return self._without_kinks()
        self.cut = True
        # an interruption at any time leaves the root open with a finite bound
        with self.deadline.interruptible():
            self._search()
            self.cut = False
        return self._result()

    def _search(self) -> None:
        root = self._root()
        self._push(root)
        self._settle()
        self.region: Region = region_of(self.form, self.domain, self.deadline)
        self._tell()
        self._accept(best_points(self.form, self.domain, self.rng, deadline=self.deadline))
        self._tell()
        self._begin(root)
        self._settle()
        while self.heap and not self._out_of_budget():
            self._expand()
            self._settle()
            self._tell()

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(self.nodes, max(self.best, 0.0), self._upper())

    def _settle(self) -> None:
        """Every node is in the heap or closed now."""
        self.settled = self._open_bound()

    def _open_bound(self) -> float:
        return max(self.closed_at, -self.heap[0][0] if self.heap else 0.0)

    def _root(self) -> _Nodes:
        free = np.ones((1, self.m), dtype=np.bool_)
        upper, factor, y = relax_batch(self.v[None], self.G, free, first_factor(self.v, self.G)[None], _ROOT_STEPS, self.deadline)
        return _Nodes(np.zeros(1, np.int64), np.zeros((1, self.m), np.int8), self.v[None].copy(), factor, y, upper,
                      np.zeros((1, _POOL, 1)), np.zeros((1, _POOL), np.bool_))

    def _begin(self, root: _Nodes) -> None:
        """The root with points of the domain; on a bounded domain, hyperplanes that miss it get their sign."""
        root.pool = self.region.start(_POOL, self.rng)[None]
        root.known = self.region.inside(root.pool)
        self._try_points(root.pool[root.known])
        self.heap.clear()
        if self.region.depth <= 1:
            root = self._imply(root)
        self._push(self._finished(root))

    def _out_of_budget(self) -> bool:
        return self.nodes >= self.budget.nodes or self.deadline.is_over

    def _target(self) -> float:
        return self.best * (1 + self.relative)

    def _push(self, nodes: _Nodes) -> None:
        for n in range(len(nodes)):
            heapq.heappush(self.heap, (-float(nodes.bound[n]), int(nodes.number[n]), nodes.take(np.array([n]))))

    def _expand(self) -> None:
        chosen: list[_Nodes] = []
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

    def _children(self, nodes: _Nodes) -> _Nodes:
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

    def _fixed(self, nodes: _Nodes, j: NDArray[np.intp]) -> _Nodes:
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

    def _dominated(self, nodes: _Nodes) -> _Nodes:
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

    def _bounded(self, nodes: _Nodes) -> _Nodes:
        upper, factor, y = relax_batch(nodes.v, self.G, nodes.signs == 0, nodes.factor, _STEPS, self.deadline)
        nodes.factor, nodes.y = factor, y
        nodes.bound = np.minimum(nodes.bound, upper) if self.tree is None else upper
        return nodes

    def _close(self, nodes: _Nodes) -> None:
        if len(nodes):
            self.closed_at = max(self.closed_at, float(nodes.bound.max()))
            if self.tree is not None:
                for n in range(len(nodes)):
                    self.tree.leaves[int(nodes.number[n])] = ("bound", nodes.y[n])

    def _open(self, nodes: _Nodes) -> _Nodes:
        """The nodes that the best value does not close."""
        stays = nodes.bound > self._target()
        self._close(nodes.take(~stays))
        return nodes.take(stays)

    def _finished(self, nodes: _Nodes) -> _Nodes:
        """The nodes with a free sign left and a bound that is too large; the value of a full pattern is its bound."""
        full = (nodes.signs != 0).all(axis=1)
        if full.any():
            nodes.bound[full] = np.linalg.norm(nodes.v[full], axis=1)
            nodes.y[full, 0] = 1.0
        stays = ~full & (nodes.bound > self._target())
        self._close(nodes.take(~stays))
        return nodes.take(stays)

    # ------------------------------------------------------------------ realizability

    def _in_cell(self, nodes: _Nodes) -> NDArray[np.bool_]:
        values = self.region.values(nodes.pool)
        return np.asarray((np.sign(values) * nodes.signs[:, None, :] >= 0).all(axis=2))

    def _ask(self, signs: Signs, start: Array) -> Answers:
        answers = self.region.ask(signs, start)
        self.questions += len(signs)
        self._try_points(answers.points[answers.status == REACHED])
        return answers

    def _ask_cells(self, nodes: _Nodes, which: NDArray[np.intp]) -> _Nodes:
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

    def _refuted(self, number: int, signs: Signs, answers: Answers, i: int) -> None:
        if self.tree is not None:
            self.tree.leaves[number] = ("refuted", signs.copy(), answers.indices[i].copy(), answers.multipliers[i].copy())

    def _imply(self, nodes: _Nodes) -> _Nodes:
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

    def _record_forced(self, nodes: _Nodes, n: int, j: int, sign: int, asked: Signs, answers: Answers, i: int) -> None:
        if self.tree is None:
            return
        kept, refuted = self.next_number, self.next_number + 1
        self.next_number += 2
        self.tree.split(int(nodes.number[n]), j, (kept, refuted) if sign > 0 else (refuted, kept), nodes.y[n])
        self._refuted(refuted, asked, answers, i)
        nodes.number[n] = kept

    # ------------------------------------------------------------------ values

    def _try_points(self, z: Array) -> None:
        """The gradient at the points, if it is the longest so far."""
        if not len(z):
            return
        norms = np.linalg.norm(self.form.gradients(np.sign(self.region.values(z))), axis=1)
        better = norms > self.best
        if better.any():
            order = np.argsort(-norms)[:4]
            self._accept(self.region.points(z[order]))

    def _accept(self, points: Array) -> None:
        if not len(points):
            return
        signs, strict = self.form.strict_signs(points)
        strict &= np.isfinite(points).all(axis=1)
        norms = np.where(strict, np.linalg.norm(self.form.gradients(signs), axis=1), -1.0)
        for n in np.argsort(-norms):
            if norms[n] <= self.best:
                break
            if self.region.holds(points[n]):
                self.best, self.point = float(norms[n]), points[n]
                break

    # ------------------------------------------------------------------ the result

    def _upper(self) -> float:
        return max(self.best, (self.settled if self.cut else self._open_bound()) + self.blur) + self.form.slack

    def _without_kinks(self) -> Branched:
        norm = float(np.linalg.norm(self.form.v))
        allowed = norm * 8 * EPS * self.d + self.form.slack
        return Branched(max(norm - allowed, 0.0), norm + allowed, self.domain.centre_in(self.d), True, 0, 0, 0.0)

    def _result(self) -> Branched:
        upper = self._upper()
        # a pattern that could be neither reached nor refuted is closed with its value, which then exceeds the best one
        closed = not self.cut and not self.heap and self.closed_at <= max(self._target(), 0.0) + self.blur + 2 * self.form.slack
        if self.tree is not None:
            for _, _, node in self.heap:
                self._close(node)
        lower = max(self.best - self.form.slack, 0.0)
        return Branched(lower, upper, self.point, closed, self.nodes, self.questions, self.deadline.spent, self.tree)


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


def _joined(parts: list[_Nodes]) -> _Nodes:
    rank = max(part.factor.shape[2] for part in parts)
    for part in parts:
        part.factor = np.pad(part.factor, ((0, 0), (0, 0), (0, rank - part.factor.shape[2])))
    return _Nodes(*(np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])))


__all__ = ["BranchBudget", "Branched", "Tree", "branch_and_bound", "branching"]
