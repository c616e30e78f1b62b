"""From the leaves of a search to trees of rational multipliers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from theory.certificates.exact.exact_weights import Row
from theory.certificates.fits.kink_tree import Leaf
from verify.fits.kinks.incumbent import GAIN
from verify.fits.kinks.program import Path
from verify.fits.kinks.rounding import NodeDual, rational_leaf
from verify.fits.kinks.search import Node, Search, Tree
from verify.objects.deadline import OutOfTime, in_time

# A leaf that proves this part of its float bound proves enough: rounding the multipliers costs about 1e-9 of it.
NEARLY = 1 - 1e-8
# Seconds that proving a leaf takes, before the first one has been proved.
FIRST_GUESS = 3e-3
_LARGE = 500_000     # coordinates of all pairs of points, whose distances are compared exactly


@dataclass(eq=False)
class Prover:
    """The leaves proved so far: multipliers and bound, None for a leaf without any network."""

    search: Search
    proved: dict[int, tuple[Leaf, Fraction | None]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def cost(self) -> float:
        """Seconds a leaf, as measured."""
        return self.seconds / len(self.proved) if len(self.proved) >= 8 else FIRST_GUESS

    def bound(self, node: Node) -> Fraction | None:
        """What is proved for a leaf: with its own multipliers, or with those of a node above it if they prove more."""
        if node.number in self.proved:
            return self.proved[node.number][1]
        started = time.perf_counter()
        tree, witnesses = self.search.trees[node.tree], [w.point for w in self.search.witnesses]
        wanted = node.bound * NEARLY if np.isfinite(node.bound) else np.inf
        best: tuple[Leaf, Fraction | None] = (Leaf(), Fraction(0))
        above: Node | None = node
        while above is not None:
            dual = self.search.relaxed(above).dual or NodeDual()
            found = self._proved(tree, node.path, dual, witnesses)
            if found[1] is None or (best[1] is not None and found[1] > best[1]):
                best = found
            # bounds fall on the way up: no other node can prove more than its own float bound
            above = node.parent if above is node else above.parent
            if best[1] is None or float(best[1]) >= min(wanted, float("inf") if above is None else above.bound * NEARLY):
                break
        self.proved[node.number] = best
        self.seconds += time.perf_counter() - started
        return best[1]

    def _proved(self, tree: Tree, path: Path, dual: NodeDual, witnesses: list[Row]) -> tuple[Leaf, Fraction | None]:
        """Raises: OutOfTime, where the exact arithmetic of a leaf may take seconds."""
        def work() -> tuple[Leaf, Fraction | None]:
            return rational_leaf(tree.problem, witnesses, tree.signs, path, dual, contradict=self.search.incumbent.best is None)

        n, d = tree.problem.shape
        if n * n * d < _LARGE:
            return work()
        found = in_time(work, self.search.incumbent.deadline)
        if found is None:
            raise OutOfTime
        return found

    def reopen(self) -> bool:
        """Lower the float bound of every leaf to what it proves; whether one fell below the target."""
        target, fell = self.search.incumbent.target, False
        for leaf in self.search.leaves():
            proved = self.bound(leaf)
            if proved is not None and float(proved) < min(leaf.bound, target) * (1 - GAIN) and not leaf.is_stuck:
                leaf.bound, fell = float(proved), True
                del self.proved[leaf.number]
        return fell

    def programs(self) -> list[list[list[int | Leaf]]]:
        """The trees in preorder, program by program, as `certify_kinks` takes them; a leaf that was not proved proves 0."""
        found: list[list[list[int | Leaf]]] = []
        before = None
        for tree in self.search.trees:
            if tree.problem is not before:
                found.append([])
                before = tree.problem
            entries: list[int | Leaf] = []
            waiting = [tree.root]
            while waiting:
                node = waiting.pop()
                if node.children and node.anchor is not None:
                    entries.append(node.anchor)
                    waiting.extend(reversed(node.children))
                else:
                    entries.append(self.proved[node.number][0] if node.number in self.proved else Leaf())
            found[-1].append(entries)
        return found

    def witnesses(self) -> list[Row]:
        """The witnesses as documents list them: weights for a hull, else coordinates."""
        return [w.point if w.hull_weights is None else w.hull_weights for w in self.search.witnesses]
