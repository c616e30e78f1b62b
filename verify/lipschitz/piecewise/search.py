"""What searches for exact Lipschitz constants share: budgets, results, trees for certificates, and the account of what is known."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from theory.errors import BadData
from verify.lipschitz.piecewise.kinks import EPS, KinkForm
from verify.lipschitz.piecewise.local_search import best_points
from verify.lipschitz.piecewise.nearest import REACHED
from verify.lipschitz.piecewise.realizability import Answers, Region, Signs
from verify.lipschitz.piecewise.regions import region_of
from verify.objects.deadline import Seconds, deadline_of, seconds_of
from verify.objects.domains import Array, Budget, Domain

Progress = Callable[[int, float, float], None]


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


Way = int | tuple[int, float] | float
"""How a node is divided: by the sign of a hyperplane, or in space across an axis at a place, or R^d into faces at a distance."""


@dataclass
class Tree:
    """The branching tree by node number (root 0): the way and the children of a node, or why a leaf is closed.

    leaves: ("bound", multipliers y of v and the hyperplanes), ("piece", the same, 0 where the piece decides the sign), ("refuted", signs,
    row indices, multipliers) or ("empty",), where the piece lies outside the domain or decides other signs.
    """

    branches: dict[int, tuple[Way, tuple[int, ...]]] = field(default_factory=dict)
    leaves: dict[int, tuple[object, ...]] = field(default_factory=dict)

    def split(self, number: int, plane: int, children: tuple[int, int], y: Array) -> None:
        """Branch a node with multipliers y; until its children are closed they prove no less, so that the tree is whole at any time."""
        shared = y.copy()
        shared[0] += y[1 + plane]            # by Cauchy–Schwarz ‖v ± g‖² with the weight y_v + y_g is at most the sum of both terms
        for child in children:
            self.leaves[child] = ("bound", shared)
        self.branches[number] = (plane, children)


class Search(ABC):
    """The account of a search: the best value and its point, the bounds of what is closed and what is open, and how much was done."""

    region: Region

    def __init__(self, form: KinkForm, domain: Domain, budget: BranchBudget, progress: Progress | None) -> None:
        self.form, self.domain, self.budget, self.progress = form, domain, budget, progress
        self.deadline = deadline_of(budget.seconds)
        self.m, self.d = form.size, form.dimension
        self.relative = 16 * (self.m + self.d + 8) * EPS
        self.best, self.point = -1.0, None       # gradient norm at a verified point
        self.closed_at = 0.0                     # the largest bound with which a node was closed
        self.blur = 0.0                          # by how much bounds may be too small
        self.nodes = self.questions = 0
        self.rng = np.random.default_rng(budget.seed)
        self.tree = Tree(leaves={0: ("bound", np.linalg.norm(np.vstack([form.v, form.G]), axis=1))}) if budget.record else None
        # what is known when an interruption falls between two lines: the bound of the last time when every node was open or closed
        self.settled = float(np.linalg.norm(form.v) + np.linalg.norm(form.G, axis=1).sum()) if self.m else 0.0
        self.cut = False
        self.crossings = 60                      # of hyperplanes, on walks from sampled points

    def run(self) -> Branched:
        """The search, to its end or to that of the budget."""
        if self.m == 0:
            return self._without_kinks()
        self.cut = True
        # an interruption at any time leaves the root open with a finite bound
        with self.deadline.interruptible():
            self._search()
            self.cut = False
        return self._result()

    def _search(self) -> None:
        self._root()
        self._settle()
        self.region = region_of(self.form, self.domain, self.deadline)
        self._tell()
        self._accept(best_points(self.form, self.domain, self.rng, steps=self.crossings, deadline=self.deadline))
        self._tell()
        self._begin()
        self._settle()
        while self._is_open() and not self._out_of_budget():
            self._expand()
            self._settle()
            self._tell()

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(self.nodes, max(self.best, 0.0), self._upper())

    def _settle(self) -> None:
        """Every node is open or closed now."""
        self.settled = self._largest()

    def _out_of_budget(self) -> bool:
        return self.nodes >= self.budget.nodes or self.deadline.is_over

    def _target(self) -> float:
        return self.best * (1 + self.relative)

    @abstractmethod
    def _root(self) -> None:
        """Open the root."""

    @abstractmethod
    def _begin(self) -> None:
        """What is done once at the root when the region and the first points are known."""

    @abstractmethod
    def _expand(self) -> None:
        """Divide some open nodes."""

    @abstractmethod
    def _largest(self) -> float:
        """The largest bound of a node that is open, or with which one was closed."""

    @abstractmethod
    def _is_open(self) -> bool:
        """Whether a node is open."""

    @abstractmethod
    def _leave(self) -> None:
        """Write the open nodes to the tree, as leaves."""

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

    def _ask(self, signs: Signs, start: Array) -> Answers:
        answers = self.region.ask(signs, start)
        self.questions += len(signs)
        self._try_points(answers.points[answers.status == REACHED])
        return answers

    def _refuted(self, number: int, signs: Signs, answers: Answers, i: int) -> None:
        if self.tree is not None:
            self.tree.leaves[number] = ("refuted", signs.copy(), answers.indices[i].copy(), answers.multipliers[i].copy())

    def _upper(self) -> float:
        return max(self.best, (self.settled if self.cut else self._largest()) + self.blur) + self.form.slack

    def _without_kinks(self) -> Branched:
        norm = float(np.linalg.norm(self.form.v))
        allowed = norm * 8 * EPS * self.d + self.form.slack
        return Branched(max(norm - allowed, 0.0), norm + allowed, self.domain.centre_in(self.d), True, 0, 0, 0.0)

    def _result(self) -> Branched:
        upper = self._upper()
        # a pattern that could be neither reached nor refuted is closed with its value, which then exceeds the best one
        closed = not self.cut and not self._is_open() and self.closed_at <= max(self._target(), 0.0) + self.blur + 2 * self.form.slack
        if self.tree is not None:
            self._leave()
        lower = max(self.best - self.form.slack, 0.0)
        return Branched(lower, upper, self.point, closed, self.nodes, self.questions, self.deadline.spent, self.tree)
