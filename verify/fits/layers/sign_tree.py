"""The largest value of Σ g_iReLU(r_i·u) over ‖u‖ ≤ 1, with a tree that proves an upper bound in exact arithmetic.

The rows with g_i > 0 are branched on; a node carries directions known to have its signs.  Where none is known, nonnegative least squares
either finds one, as the shortest convex combination of the signed rows, or finds that 0 is such a combination, which refutes the node.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray
from scipy.optimize import lsq_linear, nnls  # type: ignore[import-untyped]

from theory.certificates.exact.exact_data import format_exact
from theory.certificates.exact.exact_network import fraction
from theory.certificates.exact.relations import only_relation

FloatArray = NDArray[np.float64]
# Slopes s are rounded to multiples of this: it moves a bound by less than Σ|g_i|‖r_i‖·2⁻²⁸, far below a solver's accuracy.
_UNIT = 2**28
# A convex combination of unit rows shorter than this may be 0, which exact elimination then decides.
_SHORT = 1e-7


@dataclass
class SignTree:
    """`nodes` in preorder as a certificate spells them; `value` is the largest Σ g_iReLU(r_i·u) found, at `best`; `complete`: no row was
    left open for want of nodes or time."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    value: float = 0.0
    best: FloatArray | None = None
    complete: bool = True


def sign_tree(
    exact: Sequence[Sequence[fmpq]], g: FloatArray, rng: np.random.Generator, target: float, most_nodes: int, deadline: float
) -> SignTree:
    """A tree for rows r_i (given exactly) and weights g; bounds at most `target` are not improved.

    >>> rows = [[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]]                       # 3·ReLU(u₁) + 4·ReLU(u₂)
    >>> found = sign_tree(rows, np.array([3.0, 4.0]), np.random.default_rng(0), 0.0, 100, float("inf"))
    >>> round(found.value, 9), len(found.nodes), found.complete
    (5.0, 7, True)
    """
    return _Builder(exact, g, rng, target, most_nodes, deadline).run()


class _Builder:
    def __init__(
        self, exact: Sequence[Sequence[fmpq]], g: FloatArray, rng: np.random.Generator, target: float, most_nodes: int, deadline: float
    ) -> None:
        self.exact, self.rng, self.target, self.most_nodes, self.deadline = exact, rng, target, most_nodes, deadline
        R = np.array([[float(fraction(c)) for c in row] for row in exact])
        self.lengths = np.linalg.norm(R, axis=1)
        alive = self.lengths > 0
        self.above = np.flatnonzero(alive & (g > 0))
        self.below = np.flatnonzero(alive & (g < 0))
        self.above = self.above[np.argsort(-(g * self.lengths)[self.above], kind="stable")]
        self.R, self.g = R, g
        self.up = g[self.above, None] * R[self.above]
        self.down = -g[self.below, None] * R[self.below]
        self.unit = R[self.above] / self.lengths[self.above, None]
        self.found = SignTree()

    def run(self) -> SignTree:
        d = self.R.shape[1]
        samples = self.rng.standard_normal((64 * d, d)) if d > 1 else np.array([[1.0], [-1.0]])
        self._climb(samples)
        waiting = [(np.zeros(len(self.above), dtype=np.int8), samples)]
        while waiting:
            signs, known = waiting.pop()
            depth = int((signs != 0).sum())
            if depth and not len(known):
                known, refutation = self._ask(signs)
                if refutation is not None:
                    self.found.nodes.append({"refuted": refutation})
                    continue
            short = len(self.found.nodes) + len(waiting) >= self.most_nodes or time.perf_counter() >= self.deadline
            bound, slopes = self._bound(signs, known)
            if depth == len(self.above) or bound <= self.target or short:
                self.found.complete &= not short or depth == len(self.above) or bound <= self.target
                self.found.nodes.append({"bound": [format_exact(Fraction(round(s * _UNIT), _UNIT)) for s in slopes]})
                continue
            j = self._choose(signs, known)
            self.found.nodes.append({"branch": int(self.above[j])})
            side = known @ self.unit[j]
            for sign in (-1, 1):
                child = signs.copy()
                child[j] = sign
                waiting.append((child, known[side * sign > 0]))
        return self.found

    def _choose(self, signs: NDArray[np.int8], known: FloatArray) -> int:
        """The open row of largest weight that has known directions on both sides, else of largest weight."""
        free = np.flatnonzero(signs == 0)
        side = known @ self.unit[free].T
        split = (side > 0).any(axis=0) & (side < 0).any(axis=0)
        return int(free[int(np.argmax(split))])

    def _ask(self, signs: NDArray[np.int8]) -> tuple[FloatArray, list[int] | None]:
        """A direction with these signs, or rows that contradict one another; neither where floats cannot tell."""
        fixed = np.flatnonzero(signs)
        rows = signs[fixed, None] * self.unit[fixed]
        # min ‖Mμ‖ over μ ≥ 0, Σμ = 1, with the sum as one more and heavy row
        heavy = 1e3
        mu, _ = nnls(np.vstack([rows.T, np.full(len(fixed), heavy)]), np.append(np.zeros(rows.shape[1]), heavy))
        direction = mu @ rows
        if np.linalg.norm(direction) > _SHORT and (rows @ direction > 0).all():
            return direction[None] / np.linalg.norm(direction), None
        chosen = [int(self.above[i]) for i, c in zip(fixed, mu, strict=True) if c > 1e-9 * mu.max()]
        sign_of = dict(zip(self.above.tolist(), signs.tolist(), strict=True))
        relation = only_relation([[sign_of[i] * t for t in self.exact[i]] for i in chosen])
        if relation is not None and any(all(way * c >= 0 for c in relation) for way in (1, -1)):
            return np.zeros((0, self.R.shape[1])), chosen
        return np.zeros((0, self.R.shape[1])), None

    def _bound(self, signs: NDArray[np.int8], known: FloatArray) -> tuple[float, FloatArray]:
        """min over s of ‖Σδ_ig_ir_i − Σs_i|g_i|r_i‖ plus what the open rows cost, and s."""
        free = signs == 0
        fixed = np.where(free, 0.5, (signs > 0).astype(np.float64)) @ self.up if len(self.up) else np.zeros(self.R.shape[1])
        opened = 0.5 * float((self.g * self.lengths)[self.above][free].sum())
        if not len(self.down):
            return float(np.linalg.norm(fixed)) + opened, np.zeros(0)
        u = known[0] if len(known) else fixed
        best, slopes = np.inf, np.zeros(len(self.down))
        for _ in range(6):
            s = (self.down @ u > 0).astype(np.float64)
            vector = fixed - s @ self.down
            length = float(np.linalg.norm(vector))
            if length >= best:
                break
            best, slopes, u = length, s, vector
        if best + opened > self.target:
            s = np.clip(lsq_linear(self.down.T, fixed, (0.0, 1.0), method="bvls", tol=1e-14).x, 0.0, 1.0)
            length = float(np.linalg.norm(fixed - s @ self.down))
            if length < best:
                best, slopes = length, s
                self._climb((fixed - s @ self.down)[None])
        return best + opened, slopes

    def _climb(self, U: FloatArray) -> None:
        """Replace each direction by the gradient there as long as that helps, and keep the best value."""
        length = np.linalg.norm(U, axis=1)
        U = U[length > 0] / length[length > 0, None]
        if not len(U):
            return
        values = self.values(U)
        for _ in range(20):
            gradient = (np.where(U @ self.R.T > 0, self.g, 0.0)) @ self.R
            step = gradient / np.maximum(np.linalg.norm(gradient, axis=1, keepdims=True), 1e-300)
            new = self.values(step)
            better = new > values * (1 + 1e-12)
            if not better.any():
                break
            U, values = np.where(better[:, None], step, U), np.where(better, new, values)
        top = int(np.argmax(values))
        if values[top] > self.found.value or self.found.best is None:
            self.found.value, self.found.best = float(values[top]), U[top]

    def values(self, U: FloatArray) -> FloatArray:
        """Σ g_iReLU(r_i·u) for each row u."""
        values: FloatArray = np.maximum(U @ self.R.T, 0.0) @ self.g
        return values
