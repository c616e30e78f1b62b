"""Best-first search over the patterns of data points and witnesses: a lower bound for every network, and the best network met.

A node gives patterns to some anchors; its program (`program`) bounds every network that has them.  The relaxed optimum is itself a
network: the data point that it misses most becomes the next anchor.  If it misses none, the next anchor is the facet of a kink whose two
sides are too steep wherever they are, else a point of the cell in which the gradient is too steep.  Children are the patterns of that
anchor up to symmetry.  Only floats decide what is explored; what is reported is
proved afterwards, leaf by leaf, by `rational_leaf`, and a leaf that proves less than it seemed to is opened again.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product

import numpy as np

from theory.certificates.exact.exact_network import dot
from theory.certificates.exact.exact_weights import Row
from theory.certificates.fits.kink_problem import KinkProblem, Pattern, patterns_at, patterns_beside, sign_vectors
from verify.fits.kinks.cells import Cell, crossing, steepest_cell
from verify.fits.kinks.descent import Found, improved, patterns_of, random_patterns
from verify.fits.kinks.program import ENDLESS, Path, Program, Relaxed
from verify.fits.kinks.scaling import FloatArray, Scaled, Weights

# The relaxed optimum meets a label (scaled to |y| ≤ 1) when it is this near: what the solver resolves, and what `exact_fit` can mend.
FITS = 1e-6
# Leaves are closed a little above the value that they must prove: rounding their multipliers costs about 1e-9 of it.
SLACK = 1e-7
STEEPER = 0.05       # a facet is branched on when it cuts at least so much of what the steepest cell exceeds the optimum by
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


@dataclass(frozen=True)
class Limits:
    """When to stop: relative gap, seconds of wall time, nodes."""

    gap: float
    seconds: float
    nodes: int = 10_000_000


@dataclass(eq=False)
class Search:
    """The search for one problem.

    Args: target (the class asked for), scaled (with the affine part), offer (turns a float network into a certified one, see `fit`),
    floor (a certified lower bound for every function: McShane), first (the two data points that are branched on first), seed.
    `upper` is the certified constant of the best network so far, inf before there is one.
    """

    target: KinkProblem
    scaled: Scaled
    offer: Callable[[Tree, Weights], float | None]
    floor: float
    first: tuple[int, ...]
    seed: int = 0
    upper: float = np.inf
    witnesses: list[Witness] = field(default_factory=list)
    made: int = 0                                         # nodes so far

    def __post_init__(self) -> None:
        self.points: FloatArray = self.scaled.X.copy()
        self.trees: list[Tree] = []
        for problem in self.target.programs():
            floats = self.scaled if problem.affine else self.scaled.without_affine_part()
            for signs in sign_vectors(problem.kinks):
                root = self._add(len(self.trees), None, (), 0.0)
                self.trees.append(Tree(problem, signs, Program(floats, signs), root))
        self._weights: dict[int, Weights] = {}
        self._heap: list[tuple[float, int, int, Node]] = []

    # ------------------------------------------------------------------ bounds

    def goal(self, gap: float) -> float:
        """The bound at which a node needs no more work; infinite while no network is known."""
        return self.upper * (1 - gap) * (1 + SLACK) if np.isfinite(self.upper) else np.inf

    def lower(self) -> float:
        """The least float bound over the leaves, at least the floor; inf when every leaf is infeasible."""
        return max(self.floor, min((leaf.bound for leaf in self.leaves()), default=np.inf))

    def least_open(self) -> float:
        """The least float bound among the nodes in the queue, at least the floor: cheap, for the progress line."""
        return self._heap[0][0] if self._heap else self.floor

    def leaves(self) -> Iterator[Node]:
        """The nodes without children, tree by tree, in preorder."""
        waiting = [tree.root for tree in reversed(self.trees)]
        while waiting:
            node = waiting.pop()
            if node.children:
                waiting.extend(reversed(node.children))
            else:
                yield node

    def inner(self) -> Iterator[Node]:
        """The nodes with children, each before them."""
        waiting = [tree.root for tree in reversed(self.trees)]
        while waiting:
            node = waiting.pop()
            if node.children:
                yield node
                waiting.extend(reversed(node.children))

    def is_closed(self, gap: float) -> bool:
        """Whether the float bounds have met."""
        return self.lower() >= self.goal(gap) or self.floor >= self.goal(gap)

    def requeue(self) -> None:
        """Rebuild the queue from the leaves; stuck ones stay out."""
        self._heap = [self._entry(node) for node in self.leaves() if not node.is_stuck]
        heapq.heapify(self._heap)

    def _entry(self, node: Node) -> tuple[float, int, int, Node]:
        # below the floor all bounds are alike, and the node with more data is nearer to a network; witnesses do not count, since a
        # path may go on collecting them
        data = sum(1 for z, _ in node.path if 0 <= z < len(self.scaled.X))
        return max(node.bound, self.floor), -data, node.number, node

    # ------------------------------------------------------------------ the search

    def explore(self, limits: Limits, out_of_time: Callable[[], bool], tell: Callable[[], None]) -> None:
        """Branch the most promising node until the gap is closed, the limits are met or nothing is left to branch.

        An interruption (KeyboardInterrupt) leaves a valid tree: a node gets its children all at once.
        """
        self.requeue()
        expansions = 0
        while self._heap and not out_of_time() and self.made < limits.nodes:
            bound, _, _, node = self._heap[0]
            if bound >= self.goal(limits.gap) or bound == np.inf:
                return
            if expansions % DIVE == 0:
                self._dive(node, limits.gap)
            self._branch(node, limits.gap)
            heapq.heappop(self._heap)
            for child in node.children:
                if child.bound < self.goal(limits.gap):
                    heapq.heappush(self._heap, self._entry(child))
            expansions += 1
            tell()

    def _branch(self, node: Node, gap: float) -> None:
        tree = self.trees[node.tree]
        weights = self.relaxed_weights(node)
        anchor = self._next_anchor(node, weights, gap)
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

    def _next_anchor(self, node: Node, weights: Weights | None, gap: float) -> int | None:
        """The anchor to branch on; a witness is made when the relaxed network fits everything."""
        tree = self.trees[node.tree]
        taken = {anchor for anchor, _ in node.path}
        free = [i for i in (*self.first, *range(tree.program.n)) if i not in taken]
        if len(node.path) < len(self.first) or weights is None:
            return free[0] if free else None
        problem = tree.program.problem
        missed = np.abs(weights.values(problem.X) - problem.y)
        worst: int | None = max(free, key=lambda i: (missed[i], -i), default=None)
        if worst is not None and missed[worst] > FITS:
            return worst
        optimum = node.bound / problem.constant
        cell = steepest_cell(weights, problem.region, optimum * (1 + SLACK))
        constant = (optimum if cell is None else cell.norm) * problem.constant
        if constant < self.upper * (1 - 1e-9):
            self._offer(tree, Found(constant, weights))
        if cell is None:
            return free[0] if free else None
        facet = self._steep_facet(weights, taken, cell.norm * STEEPER + optimum * (1 - STEEPER))
        if facet is not None:
            return facet
        if free:
            near = np.abs(weights.heights(problem.X)) / np.maximum(np.linalg.norm(weights.W, axis=1), 1e-300)
            nearest: int = min(free, key=lambda i: (near[i].min(initial=np.inf), i))
            return nearest
        crossed = crossing(weights, problem.X, cell.pattern)
        if crossed is not None:
            i, j, t, _ = crossed
            return self._better_witness(node, (cell, _on_segment(cell, problem.X, i, j, t)), gap)
        signed = weights.heights(self.points) * (2.0 * np.array(cell.pattern) - 1.0)
        depths = np.min(signed / np.maximum(np.linalg.norm(weights.W, axis=1), 1e-300), axis=1, initial=np.inf)
        depths[sorted(z for z in taken if z >= 0)] = -np.inf
        deepest = int(np.argmax(depths))
        return deepest if depths[deepest] > cell.depth / REUSE else self._add_witness(cell)

    def _better_witness(self, node: Node, cells: Sequence[Cell], gap: float) -> int:
        """Of several points the one whose children have the higher least bound, then the higher mean, both up to the goal."""
        tree, anchor = self.trees[node.tree], len(self.points)
        goal = min(self.goal(gap), ENDLESS * self.scaled.constant)

        def score(cell: Cell) -> tuple[float, float]:
            points = np.vstack([self.points, cell.point])
            patterns = patterns_at(anchor, tree.signs, node.path, tree.problem.affine)
            bounds = [min(goal, tree.program.solve((*node.path, (anchor, p)), points).bound) for p in patterns]
            return min(bounds), sum(bounds)

        return self._add_witness(max(cells, key=score))

    def _steep_facet(self, weights: Weights, taken: set[int], above: float) -> int | None:
        """The facet, not yet an anchor, that cuts deepest: beside it, whatever its pattern, a gradient exceeds `above`."""
        k, best, facet = len(weights.signs), above, None
        steep = {p: float(np.linalg.norm(weights.gradient(p))) for p in product((0, 1), repeat=k)}
        for ell in range(k):
            least = min(max(steep[q] for q in patterns_beside(-1 - ell, p)) for p in steep if not p[ell])
            if -1 - ell not in taken and least > best:
                best, facet = least, -1 - ell
        return facet

    # ------------------------------------------------------------------ networks

    def _offer(self, tree: Tree, found: Found) -> None:
        constant = self.offer(tree, found.weights)
        if constant is not None and constant < self.upper:
            self.upper = constant

    def _dive(self, node: Node, gap: float) -> None:
        """Give all data the patterns that they have in the relaxed network, and improve from there."""
        weights = self.relaxed_weights(node)
        tree = self.trees[node.tree]
        if weights is None:
            return
        fixed = {z: p for z, p in node.path if z >= 0}
        patterns = [fixed.get(i, p) for i, p in enumerate(patterns_of(weights, tree.program.problem.X))]
        self._improve(tree, patterns, gap, tries=10)

    def _improve(self, tree: Tree, patterns: list[Pattern], gap: float, tries: int) -> None:
        aim = self.floor * (1 + gap / 4)
        best: Found | None = None
        for found in improved(tree.program, patterns, aim, tries):
            best = found
        if best is not None and best.constant < self.upper * (1 - 1e-9):
            self._offer(tree, best)

    def warm_up(self, gap: float, starts: int, out_of_time: Callable[[], bool], warm: Sequence[Weights] = ()) -> None:
        """Networks by local search: from given ones, and from random hyperplanes."""
        for weights in warm:
            for tree in self.trees:
                if tree.signs == weights.signs and tree.problem.affine == self.target.affine:
                    self._improve(tree, patterns_of(weights, self.scaled.X), gap, tries=30)
        rng = np.random.default_rng(self.seed)
        for _ in range(starts):
            for tree in self.trees:
                if out_of_time() or self.floor >= self.goal(gap):
                    return
                self._improve(tree, random_patterns(self.scaled, len(tree.signs), rng), gap, tries=20)

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
