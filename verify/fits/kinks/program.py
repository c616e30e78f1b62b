"""The second-order cone program of one node, by Clarabel: least L over the networks that obey the patterns given to some anchors.

Variables v, c (class with affine part), w_ℓ, b_ℓ, L.  For the anchors z of a path with their patterns δ(z):

    v·x_i + c + Σ_{ℓ∈δ(i)} s_ℓ(w_ℓ·x_i + b_ℓ) = y_i      data anchors            (multiplier λ_i)
    σ_ℓ(w_ℓ·z + b_ℓ) ≥ 0,  σ_ℓ = 2δ_ℓ − 1                 every anchor, kink      (multiplier μ_{zℓ})
    ‖v + Σ_{ℓ∈p} s_ℓw_ℓ‖ ≤ L                              every pattern p on it   (multiplier u_p)
    ‖w_ℓ‖ ≤ 2L                                            every kink              (multiplier r_ℓ, fixed by the others)

The anchor −1−ℓ is the facet of kink ℓ (see `theory.certificates.fits.kink_problem`): it adds the third line for the two cells beside it.
Nothing here is proved.  A dual, whatever the solver says of it, becomes a bound through `rational_leaf`; a network becomes one through
`exact_fit`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from theory.certificates.fits.kink_problem import Pattern, patterns_beside
from verify.fits.kinks.rounding import NodeDual
from verify.fits.kinks.scaling import FloatArray, Scaled, Weights
from verify.fits.programs.solver import Answer, solve_matrices
from verify.objects.deadline import UNLIMITED, Deadline, OutOfTime, in_time

Path = tuple[tuple[int, Pattern], ...]
# A program of this size takes a millisecond; one that takes longer is stuck, and its node is branched instead.
NODE_SECONDS = 5.0
_LARGE = 2_000_000      # numbers in a matrix beyond which one step of the solver may take a second
# Σλ_iy_i / N beyond this many times the scale of the problem: as good as no feasible point.  The solver's own certificates of
# infeasibility have N of about 1e-9.
ENDLESS = 1e6


@dataclass(frozen=True, eq=False)
class Relaxed:
    """What the solver says of a node: `status`, the float bound of its dual (inf: infeasible; 0: no dual), and its network (scaled).

    `bound` is in the units of the data.  `dual` is None when the solver returned no finite multipliers, `weights` when it returned no
    finite point or called the node infeasible.
    """

    status: str
    bound: float
    dual: NodeDual | None
    weights: Weights | None
    optimum: float


def solve_cones(
    q: FloatArray, A: FloatArray, b: FloatArray, parts: tuple[int, int, Sequence[int]], deadline: Deadline = UNLIMITED
) -> Answer:  # fmt: skip
    """min q·x subject to b − Ax in {0}^zero × R₊^positive × second-order cones, `parts` being zero, positive, and the sizes of the cones.

    Raises: SolverMissing, OutOfTime.
    """
    deadline.check()
    zero, positive, cones = parts
    product = [("zero", zero), ("nonnegative", positive), *(("second order", size) for size in cones)]
    seconds = min(NODE_SECONDS, deadline.left)
    if A.size <= _LARGE or math.isinf(deadline.left):
        return solve_matrices(q, A, b, product, seconds, presolve=False)
    answer = in_time(lambda: solve_matrices(q, A, b, product, seconds, presolve=False), deadline)
    if answer is None:
        raise OutOfTime
    return answer


class Program:
    """The programs of the nodes of one tree: one class, one choice of signs; `deadline` is until when they are solved."""

    deadline: Deadline = UNLIMITED

    def __init__(self, scaled: Scaled, signs: Sequence[int]) -> None:
        self.scaled, self.signs = scaled, tuple(signs)
        self.k, self.d = len(self.signs), scaled.X.shape[1]
        self.n = len(scaled.X)
        self.head = self.d + 1 if scaled.affine else 0              # where w_1 starts
        self.size = self.head + self.k * (self.d + 1) + 1
        self._kinks = [slice(self.head + ell * self.d, self.head + (ell + 1) * self.d) for ell in range(self.k)]
        self._offsets = [self.head + self.k * self.d + ell for ell in range(self.k)]

    def solve(self, path: Path, points: FloatArray) -> Relaxed:
        """The program of a path; `points` (m, r) holds the points by number, the data first, then the witnesses (scaled).

        Raises: OutOfTime.
        """
        self.deadline.check()
        patterns = sorted({p for z, beside in path for p in patterns_beside(z, beside)})
        data = [(i, p) for i, p in path if 0 <= i < self.n]
        rows = [self._fit(i, p) for i, p in data]
        right = [float(self.scaled.y[i]) for i, _ in data]
        sides = [(z, ell, 2 * p[ell] - 1) for z, p in path if z >= 0 for ell in range(self.k)]
        rows += [self._side(points[z], ell, -sigma) for z, ell, sigma in sides]
        blocks = [self._gradient(p) for p in patterns] + [self._jump(ell) for ell in range(self.k)]
        A = np.vstack([np.array(rows).reshape(-1, self.size), *blocks])
        b = np.zeros(len(A))
        b[: len(right)] = right
        q = np.zeros(self.size)
        q[-1] = 1.0
        answer = solve_cones(q, A, b, (len(data), len(sides), [self.d + 1] * len(blocks)), self.deadline)
        dual, bound = self._dual(answer.z, data, sides, patterns, points)
        infeasible = answer.infeasible or bound == np.inf
        finite = len(answer.x) == self.size and bool(np.all(np.isfinite(answer.x)))
        weights = self._weights(answer.x) if finite and not infeasible else None
        return Relaxed(answer.status, bound, dual, weights, float(answer.x[-1]) * self.scaled.constant if weights is not None else np.inf)

    # ------------------------------------------------------------------ rows

    def _fit(self, i: int, pattern: Pattern) -> FloatArray:
        row = np.zeros(self.size)
        x = self.scaled.X[i]
        if self.scaled.affine:
            row[: self.d], row[self.d] = x, 1.0
        for ell in range(self.k):
            if pattern[ell]:
                row[self._kinks[ell]], row[self._offsets[ell]] = self.signs[ell] * x, self.signs[ell]
        return row

    def _side(self, z: FloatArray, ell: int, factor: int) -> FloatArray:
        row = np.zeros(self.size)
        row[self._kinks[ell]], row[self._offsets[ell]] = factor * z, factor
        return row

    def _gradient(self, pattern: Pattern) -> FloatArray:
        block = np.zeros((self.d + 1, self.size))
        block[0, -1] = -1.0
        if self.scaled.affine:
            block[1:, : self.d] = -np.eye(self.d)
        for ell in range(self.k):
            if pattern[ell]:
                block[1:, self._kinks[ell]] = -self.signs[ell] * np.eye(self.d)
        return block

    def _jump(self, ell: int) -> FloatArray:
        block = np.zeros((self.d + 1, self.size))
        block[0, -1] = -2.0
        block[1:, self._kinks[ell]] = -np.eye(self.d)
        return block

    # ------------------------------------------------------------------ answers

    def _weights(self, x: FloatArray) -> Weights:
        W = x[self.head : self.head + self.k * self.d].reshape(self.k, self.d)
        b = x[self.head + self.k * self.d : -1]
        v, c = (x[: self.d], float(x[self.d])) if self.scaled.affine else (np.zeros(self.d), 0.0)
        return Weights(self.signs, W.copy(), b.copy(), v.copy(), c)

    def _dual(
        self, z: FloatArray, data: list[tuple[int, Pattern]], sides: list[tuple[int, int, int]], patterns: list[Pattern], points: FloatArray
    ) -> tuple[NodeDual | None, float]:
        """The multipliers z, one a row, in the units of the data, and Σλ_iy_i / (Σ‖u_p‖ + 2Σ‖r_ℓ‖) with the r that the others fix."""
        wanted = len(data) + len(sides) + (self.d + 1) * (len(patterns) + self.k)
        if len(z) != wanted or not np.all(np.isfinite(z)):
            return None, 0.0
        lam, mu = -z[: len(data)], np.maximum(z[len(data) : len(data) + len(sides)], 0.0)
        cones = -z[len(data) + len(sides) :].reshape(-1, self.d + 1)[:, 1:]
        u = dict(zip(patterns, cones, strict=False))
        r = np.zeros((self.k, self.d))
        for (i, p), value in zip(data, lam, strict=True):
            for ell in range(self.k):
                r[ell] += p[ell] * self.signs[ell] * value * self.scaled.X[i]
        for (anchor, ell, sigma), value in zip(sides, mu, strict=True):
            r[ell] += sigma * value * points[anchor]
        for p, vector in u.items():
            for ell in range(self.k):
                r[ell] -= p[ell] * self.signs[ell] * vector
        gain = float(sum(value * self.scaled.y[i] for (i, _), value in zip(data, lam, strict=True)))
        price = float(np.linalg.norm(cones[: len(patterns)], axis=1).sum() + 2 * np.linalg.norm(r, axis=1).sum())
        bound = 0.0 if gain <= 0 else np.inf if gain > ENDLESS * price else gain / price * self.scaled.constant
        lifted = {p: self.scaled.spread * (self.scaled.basis @ vector) for p, vector in u.items()}
        return NodeDual({i: float(v) for (i, _), v in zip(data, lam, strict=True)},
                    {(z_, ell): float(v) for (z_, ell, _), v in zip(sides, mu, strict=True)}, lifted), bound
