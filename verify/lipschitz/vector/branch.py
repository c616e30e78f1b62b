"""Branch and bound for the Lipschitz constant of a piecewise-linear network with several outputs, over its sign patterns.

As for one output (`verify.lipschitz.piecewise.branch`), with the spectral norm of the Jacobian in place of the length of the gradient.
Every node carries its own bound, so that the tree is whole, and proves what its leaves do, whenever the search is stopped.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from verify.lipschitz.piecewise.local_search import best_points
from verify.lipschitz.piecewise.nearest import CONTRADICTED, REACHED
from verify.lipschitz.piecewise.realizability import Region
from verify.lipschitz.piecewise.regions import region_of
from verify.lipschitz.piecewise.sampled import sample_points
from verify.lipschitz.piecewise.search import BranchBudget
from verify.lipschitz.vector.form import VectorForm
from verify.lipschitz.vector.relaxation import balanced, relaxed
from verify.objects.deadline import deadline_of
from verify.objects.domains import Array, Domain

TOLERANCE = 1e-9        # relative gap at which a node is closed
_ROOT_STEPS, _STEPS = 200, 15
_SAMPLES, _ROUNDS = 256, 3


@dataclass
class Node:
    """A partial sign pattern: its bound with the multipliers of all terms, a point of its cell, why it is empty, or its children."""

    signs: NDArray[np.int8]
    y: Array
    bound: float
    shares: Array
    near: Array
    refuted: tuple[NDArray[np.intp], Array] | None = None
    children: tuple[int, Node, Node] | None = field(default=None, repr=False)

    def leaves(self) -> Iterator[Node]:
        """The nodes below without children, or this one."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.children is None:
                yield node
            else:
                waiting += node.children[:0:-1]


@dataclass(frozen=True)
class VectorBranched:
    """lower ≤ Lip ≤ upper, the point at which the lower bound is reached, whether no leaf is above it, the tree and its region."""

    lower: float
    upper: float
    point: Array | None
    closed: bool
    root: Node
    region: Region | None


class VectorSearch:
    """One search, best bound first; `run` returns what is known when it closes, or when the budget or an interrupt ends it.

    >>> from fractions import Fraction
    >>> from verify.lipschitz.piecewise.placement import placed
    >>> from verify.lipschitz.vector.form import exact_vector_weights, vector_form
    >>> from verify.objects.domains import GLOBAL
    >>> from verify.objects.networks import VectorNetwork
    >>> F = VectorNetwork([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [[3.0, 0.0], [0.0, 4.0]], "relu")     # J = diag(3 or 0, 4 or 0)
    >>> form = vector_form(F, exact_vector_weights(F), (Fraction(0), Fraction(1)), placed(F.W, F.b, GLOBAL))
    >>> found = VectorSearch(form, GLOBAL, BranchBudget(), lambda nodes, lower, upper: None).run()
    >>> round(found.lower, 6), round(found.upper, 6), found.closed
    (4.0, 4.0, True)
    """

    def __init__(self, form: VectorForm, domain: Domain, budget: BranchBudget,
                 progress: Callable[[int, float, float], None]) -> None:
        self.form, self.domain, self.budget, self.progress = form, domain, budget, progress
        self.deadline, self.nodes = deadline_of(budget.seconds), 0
        self.best, self.point = -1.0, None
        self.region: Region | None = None
        self.heap: list[tuple[float, int, Node]] = []
        y = balanced(form.P, form.W)
        self.root = Node(np.zeros(form.size, np.int8), y, float("inf"), y, np.zeros(0))

    def run(self) -> VectorBranched:
        """The enclosure at the end of the search."""
        with self.deadline.interruptible():
            self._search()
        slack = self.form.slack
        open_ = [node.bound for node in self.root.leaves() if node.refuted is None]
        upper = max([*open_, self.best]) + slack
        closed = self.point is not None and upper <= self._target() + 2 * slack
        return VectorBranched(max(self.best - slack, 0.0), upper, self.point, closed, self.root, self.region)

    def _search(self) -> None:
        form, rng = self.form, np.random.default_rng(self.budget.seed)
        self.root = self._bounded(self.root.signs, self.root.y, np.zeros(0), _ROOT_STEPS)
        if form.size == 0:
            self.best, self.point = float(np.linalg.norm(form.H, 2)), self.domain.centre_in(form.H.shape[1])
            return
        region = self.region = region_of(form.along(np.ones(len(form.H))), self.domain, self.deadline)
        self.root.near = region.start(1, rng)[0]
        self._look_around(rng)
        top = self._forced(region, self.root) if region.depth <= 1 else self.root
        self._push(top)
        while self.heap and -self.heap[0][0] > self._target() and not self._spent():
            self._expand(region, heapq.heappop(self.heap)[2])
            self.progress(self.nodes, max(self.best, 0.0), max(-self.heap[0][0] if self.heap else 0.0, self.best))

    def _spent(self) -> bool:
        return self.nodes >= self.budget.nodes or self.deadline.is_over

    def _target(self) -> float:
        return self.best * (1 + TOLERANCE)

    def _push(self, node: Node) -> None:
        if node.refuted is None and node.bound > self._target() and not node.signs.all():
            self.nodes += 1
            heapq.heappush(self.heap, (-node.bound, self.nodes, node))

    def _bounded(self, signs: NDArray[np.int8], y: Array, near: Array, steps: int) -> Node:
        form, free = self.form, signs == 0
        H = form.jacobian(signs)
        found = relaxed(H, form.P[free], form.W[free], y[free])
        if found.upper > self._target() and steps:
            found = relaxed(H, form.P[free], form.W[free], y[free], steps, self.deadline)
        multipliers, shares = y.copy(), np.zeros(form.size)
        multipliers[free], shares[free] = found.multipliers, found.shares
        return Node(signs, multipliers, found.upper, shares, near)

    def _expand(self, region: Region, node: Node) -> None:
        j = int(np.where(node.signs == 0, node.shares, -1.0).argmax())
        patterns = np.stack([node.signs, node.signs])
        patterns[:, j] = 1, -1
        children = [self._bounded(signs, node.y, node.near, _STEPS) for signs in patterns]
        if (patterns[0] != 0).sum() >= region.depth or patterns[0].all():
            answers = region.ask(patterns, np.stack([node.near, node.near]))
            for i, child in enumerate(children):
                if answers.status[i] == CONTRADICTED:
                    child.refuted = (answers.indices[i].copy(), answers.multipliers[i].copy())
                elif answers.status[i] == REACHED:
                    child.near = answers.points[i].copy()
            self._accept(region.points(answers.points[answers.status == REACHED]))
        node.children = (j, *children)
        for child in children:
            self._push(child)

    def _forced(self, region: Region, node: Node) -> Node:
        """The root with the signs that hold throughout a bounded domain."""
        for sign in (1, -1):
            answers = region.ask(-sign * np.eye(self.form.size, dtype=np.int8), np.tile(node.near, (self.form.size, 1)))
            for j in np.flatnonzero(answers.status == CONTRADICTED):
                signs, other = node.signs.copy(), node.signs.copy()
                signs[j], other[j] = sign, -sign
                kept = self._bounded(signs, node.y, node.near, 0)
                empty = Node(other, node.y, node.bound, node.shares, node.near, (answers.indices[j].copy(), answers.multipliers[j].copy()))
                node.children = (int(j), kept, empty) if sign > 0 else (int(j), empty, kept)
                node = kept
        better = self._bounded(node.signs, node.y, node.near, _ROOT_STEPS)
        node.y, node.bound, node.shares = better.y, better.bound, better.shares
        return node

    def _look_around(self, rng: np.random.Generator) -> None:
        """Sampled points, then points at which u·F is steep, u being the direction in which the best Jacobian so far is largest."""
        form = self.form
        self._accept(sample_points(form.along(np.ones(len(form.H))), self.domain, _SAMPLES, rng))
        for _ in range(_ROUNDS):
            if self.point is None or self._spent():
                return
            before, signs = self.best, np.sign(form.W @ self.point + form.b)
            u = np.linalg.svd(form.jacobian(signs))[0][:, 0]
            self._accept(best_points(form.along(u), self.domain, rng, deadline=self.deadline))
            if self.best <= before * (1 + TOLERANCE):
                return

    def _accept(self, points: Array) -> None:
        """The best of the points that lie strictly inside their cells and the domain, if it beats what is known."""
        region = self.region
        if not len(points) or region is None:
            return
        signs, strict = region.form.strict_signs(points)
        for n in np.flatnonzero(strict & np.isfinite(points).all(axis=1)):
            value = float(np.linalg.norm(self.form.jacobian(signs[n]), 2))
            if value > self.best and region.holds(points[n]):
                self.best, self.point = value, points[n]
