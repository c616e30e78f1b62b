"""Best-first search over the patterns of data points and witnesses: a lower bound for every network, and the best network met.

A node gives patterns to some anchors; its program (`program`) bounds every network that has them.  The relaxed optimum is itself a
network: the data point that it misses most becomes the next anchor.  If it misses none, the next anchor is the facet of a kink whose two
sides are too steep wherever they are, else a point of the cell in which the gradient is too steep.  Children are the patterns of that
anchor up to symmetry.  Only floats decide what is explored; what is reported is
proved afterwards, leaf by leaf, by `rational_leaf`, and a leaf that proves less than it seemed to is opened again.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count

import numpy as np

from theory.certificates.exact.exact_network import dot
from theory.certificates.exact.exact_weights import Row
from theory.certificates.fits.kink_problem import KinkProblem, Pattern, patterns_at, patterns_beside, sign_vectors
from verify.fits.kinks.cells import Cell, crossing
from verify.fits.kinks.descent import improved, near_fit, patterns_of, random_patterns
from verify.fits.kinks.incumbent import Incumbent
from verify.fits.kinks.program import ENDLESS, Path, Program, Relaxed
from verify.fits.kinks.scaling import FloatArray, Scaled, Weights
from verify.objects.deadline import Deadline

# The relaxed optimum meets a label (scaled to |y| ≤ 1) when it is this near: what the solver resolves, and what `exact_fit` can mend.
FITS = 1e-6
STEEPER = 0.05       # a facet is branched on when it cuts at least so much of what the steepest cell exceeds the optimum by
STARTS = 4           # random starts of the local search for each choice of signs
DIVE = 24            # expansions between two attempts to turn the most promising node into a network
REUSE = 4.0          # an anchor at hand is taken when no point of the cell is so many times as deep
WITNESS_BITS = 12    # beyond the bits that the depth of the cell takes


@dataclass(eq=False)
class Node:
    """A node: which tree, its path, the best float bound that holds for it, and its anchor and children once it has been branched."""

    number: int
    tree: int
    parent: Node | None
    path: Path
    bound: float
    anchor: int | None = None
    children: tuple[Node, ...] = ()
    is_stuck: bool = False


@dataclass(frozen=True, eq=False)
class Tree:
    """One choice of signs in one program of the problem."""

    problem: KinkProblem
    signs: tuple[int, ...]
    program: Program
    root: Node


@dataclass(eq=False)
class Witness:
    """An anchor without label: exact coordinates; for a hull also its exact weights on the data."""

    point: Row
    hull_weights: Row | None


class Search:
    """The search for one problem; the networks that it meets are offered to the incumbent.

    Args: incumbent, scaled (the problem with the affine part), seed.
    """

    def __init__(self, incumbent: Incumbent, scaled: Scaled, seed: int = 0) -> None:
        self.incumbent, self.scaled, self.seed = incumbent, scaled, seed
        self.target: KinkProblem = incumbent.problem
        self.first = incumbent.mcshane.pair or ()       # the two data points that are branched on first
        self.points: FloatArray = scaled.X.copy()       # (m, r): the data, then the witnesses
        self.witnesses: list[Witness] = []
        self.made = 0                                   # nodes so far
        self.trees: list[Tree] = []
        for problem in self.target.programs():
            floats = scaled if problem.affine else scaled.without_affine_part()
            for signs in sign_vectors(problem.kinks):
                root = self._add(len(self.trees), None, (), 0.0)
                self.trees.append(Tree(problem, signs, Program(floats, signs), root))
        self._weights: dict[int, Weights] = {}
        self._heap: list[tuple[float, int, int, Node]] = []

    def until(self, deadline: Deadline) -> None:
        """Programs are solved, and networks certified, until this deadline; after it, OutOfTime is raised in their place."""
        self.incumbent.deadline = deadline
        for tree in self.trees:
            tree.program.deadline = deadline

    def lower(self) -> float:
        """The least float bound over the leaves, at least the floor; inf when every leaf is infeasible."""
        return max(self.incumbent.floor, min((leaf.bound for leaf in self.leaves()), default=np.inf))

    def least_open(self) -> float:
        """The least float bound among the nodes in the queue, at least the floor: cheap, for the progress line."""
        return self._heap[0][0] if self._heap else self.incumbent.floor

    def leaves(self) -> list[Node]:
        """The nodes without children, tree by tree, in preorder."""
        return [node for node in self._nodes() if not node.children]

    def inner(self) -> list[Node]:
        """The nodes with children, each before them."""
        return [node for node in self._nodes() if node.children]

    def _nodes(self) -> Iterator[Node]:
        waiting = [tree.root for tree in reversed(self.trees)]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def _entry(self, node: Node) -> tuple[float, int, int, Node]:
        # below the floor all bounds are alike, and the node with more data is nearer to a network; witnesses do not count, since a
        # path may go on collecting them
        data = sum(1 for z, _ in node.path if 0 <= z < len(self.scaled.X))
        return max(node.bound, self.incumbent.floor), -data, node.number, node

    # ------------------------------------------------------------------ the search

    def explore(self) -> Iterator[None]:
        """Branch the most promising node, again and again, until the gap is closed or nothing is left to branch; stops before each.

        An interruption (KeyboardInterrupt, OutOfTime) leaves a valid tree: a node gets its children all at once.  Stuck nodes stay out.
        """
        self._heap = [self._entry(node) for node in self.leaves() if not node.is_stuck]
        heapq.heapify(self._heap)
        for expansions in count():
            if not self._heap or self._heap[0][0] >= self.incumbent.goal:
                return
            yield
            node = self._heap[0][-1]
            if expansions % DIVE == 0:
                self._dive(node)
            self._branch(node)
            heapq.heappop(self._heap)
            for child in node.children:
                if child.bound < self.incumbent.goal:
                    heapq.heappush(self._heap, self._entry(child))

    def _branch(self, node: Node) -> None:
        tree = self.trees[node.tree]
        weights = self.relaxed_weights(node)
        anchor = self._next_anchor(node, weights)
        self._weights.pop(node.number, None)
        if anchor is None:
            node.is_stuck = True
            return
        children = []
        for pattern in patterns_at(anchor, tree.signs, node.path, tree.problem.affine):
            path = (*node.path, (anchor, pattern))
            found = tree.program.solve(path, self.points)
            children.append(self._add(node.tree, node, path, max(found.bound, node.bound)))
            if found.weights is not None:
                self._weights[children[-1].number] = found.weights
        # an interruption before the last of these lines leaves the node a leaf, and its children in no tree
        node.anchor = anchor
        node.children = tuple(children)

    def relaxed(self, node: Node) -> Relaxed:
        """The program of a node, solved again: the same numbers as when the node was made."""
        return self.trees[node.tree].program.solve(node.path, self.points)

    def relaxed_weights(self, node: Node) -> Weights | None:
        """The relaxed network of a node."""
        found = self._weights.get(node.number)
        return found if found is not None else self.relaxed(node).weights

    def _next_anchor(self, node: Node, weights: Weights | None) -> int | None:
        """The anchor to branch on; a witness is made when the relaxed network fits everything."""
        tree = self.trees[node.tree]
        taken = {anchor for anchor, _ in node.path}
        free = [i for i in (*self.first, *range(tree.program.n)) if i not in taken]
        if len(node.path) < len(self.first) or weights is None:
            return free[0] if free else None
        scaled = tree.program.scaled
        missed = np.abs(weights.values(scaled.X) - scaled.y)
        worst: int | None = max(free, key=lambda i: (missed[i], -i), default=None)
        if worst is not None and missed[worst] > FITS:
            return worst
        near, cell = near_fit(scaled, weights, node.bound, tree.program.deadline)
        self.incumbent.offer(scaled, near)
        if cell is None:
            return free[0] if free else None
        facet = self._steep_facet(weights, tree.program.deadline, taken, cell.norm * STEEPER + node.bound / scaled.constant * (1 - STEEPER))
        if facet is not None:
            return facet
        if free:
            distances = np.abs(weights.distances(scaled.X))
            nearest: int = min(free, key=lambda i: (distances[i].min(initial=np.inf), i))
            return nearest
        crossed = crossing(weights, scaled.X, cell.pattern)
        if crossed is not None:
            i, j, t, _ = crossed
            return self._better_witness(node, (cell, _on_segment(cell, scaled.X, i, j, t)))
        depths = np.min(weights.distances(self.points) * (2.0 * np.array(cell.pattern) - 1.0), axis=1, initial=np.inf)
        depths[sorted(z for z in taken if z >= 0)] = -np.inf
        deepest = int(np.argmax(depths))
        return deepest if depths[deepest] > cell.depth / REUSE else self._add_witness(cell)

    def _better_witness(self, node: Node, cells: Sequence[Cell]) -> int:
        """Of several points the one whose children have the higher least bound, then the higher mean, both up to the goal."""
        tree, anchor = self.trees[node.tree], len(self.points)
        goal = min(self.incumbent.goal, ENDLESS * self.scaled.constant)

        def score(cell: Cell) -> tuple[float, float]:
            points = np.vstack([self.points, cell.point])
            patterns = patterns_at(anchor, tree.signs, node.path, tree.problem.affine)
            bounds = [min(goal, tree.program.solve((*node.path, (anchor, p)), points).bound) for p in patterns]
            return min(bounds), sum(bounds)

        return self._add_witness(max(cells, key=score))

    def _steep_facet(self, weights: Weights, deadline: Deadline, taken: set[int], above: float) -> int | None:
        """The facet, not yet an anchor, that cuts deepest: beside it, whatever its pattern, a gradient exceeds `above`."""
        steep, best, facet = weights.slopes(deadline), above, None
        for ell in deadline.watched(range(len(weights.signs))):
            least = min(max(steep[q] for q in patterns_beside(-1 - ell, p)) for p in steep if not p[ell])
            if -1 - ell not in taken and least > best:
                best, facet = least, -1 - ell
        return facet

    # ------------------------------------------------------------------ networks

    def _dive(self, node: Node) -> None:
        """Give all data the patterns that they have in the relaxed network, and improve from there."""
        weights = self.relaxed_weights(node)
        tree = self.trees[node.tree]
        if weights is None:
            return
        fixed = {z: p for z, p in node.path if z >= 0}
        self._improve(tree, [fixed.get(i, p) for i, p in enumerate(patterns_of(weights, tree.program.scaled.X))], tries=10)

    def _improve(self, tree: Tree, patterns: list[Pattern], tries: int) -> None:
        near = improved(tree.program, patterns, self.incumbent.aim, tries)
        if near is not None:
            self.incumbent.offer(tree.program.scaled, near)

    def warm_up(self, networks: Sequence[Weights]) -> Iterator[None]:
        """Networks by local search: from given ones (in units of the data), and from random hyperplanes; stops before each of these."""
        for weights in networks:
            for tree in self.trees:
                if tree.signs == weights.signs and tree.problem.affine == self.target.affine:
                    self._improve(tree, patterns_of(self.scaled.lowered(weights), self.scaled.X), tries=30)
        rng = np.random.default_rng(self.seed)
        for _ in range(STARTS):
            for tree in self.trees:
                if self.incumbent.floor >= self.incumbent.goal:
                    return
                yield
                self._improve(tree, random_patterns(self.scaled.X, len(tree.signs), rng), tries=20)

    # ------------------------------------------------------------------ nodes and witnesses

    def _add(self, tree: int, parent: Node | None, path: Path, bound: float) -> Node:
        self.made += 1
        return Node(self.made - 1, tree, parent, path, bound)

    def _add_witness(self, cell: Cell) -> int:
        witness = exact_witness(self.target, self.scaled, cell)
        self.add_witness(witness)
        return len(self.points) - 1

    def add_witness(self, witness: Witness) -> None:
        """A new anchor, numbered after those before it."""
        point = np.array([[float(c) for c in witness.point]])
        self.witnesses.append(witness)
        self.points = np.vstack([self.points, self.scaled.points_lowered(point)])


def _on_segment(cell: Cell, X: FloatArray, i: int, j: int, t: float) -> Cell:
    """The cell with a point on the segment x_i x_j in place of the deep one."""
    shares = np.zeros(len(X))
    shares[[i, j]] = 1 - t, t
    return replace(cell, point=shares @ X, hull_weights=None if cell.hull_weights is None else shares)


def exact_witness(problem: KinkProblem, scaled: Scaled, cell: Cell) -> Witness:
    """A point of the domain near the point of the cell, with short rational numbers."""
    bits = WITNESS_BITS + max(0, int(np.ceil(-np.log2(cell.depth))))      # the rounding stays far below the depth
    unit = 1 << bits
    if cell.hull_weights is not None:
        shares = [round(float(w) * unit) for w in cell.hull_weights]
        shares[max(range(len(shares)), key=lambda i: shares[i])] += unit - sum(shares)
        hull_weights = tuple(Fraction(share, unit) for share in shares)
        columns = zip(*problem.points, strict=True)
        mean = tuple(dot(hull_weights, column) for column in columns)
        return Witness(mean, hull_weights)
    point = scaled.points_lifted(cell.point[None, :])[0]
    grain = Fraction(2) ** (int(np.ceil(np.log2(scaled.spread))) - bits)
    return Witness(tuple(round(Fraction(float(c)) / grain) * grain for c in point), None)
