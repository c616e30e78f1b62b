"""Convex programs over cones, built one constraint after another, and what an answer is worth, measured here and not by the solver.

A program is min q·x subject to b − Ax ∈ K, K a product of {0}, half-lines, second-order cones and semidefinite cones; its dual is
max −b·z subject to Aᵀz = −q, z ∈ K*.  Nothing that comes from here is a bound: it is what the exact steps start from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

from theory.errors import BadData
from verify.fits.programs.solver import FloatArray, solve_matrices

# Clarabel aims at 1e-8, relatively; an answer off by more than a hundred times that is not the optimum it calls itself.
ACCURATE = 1e-6
_ROOT2 = float(np.sqrt(2.0))


@dataclass(frozen=True)
class GenerationOptions:
    """How long cone programs are solved in turn, cells or patterns added between them.

    Stops when upper ≤ (1 + tolerance)·lower, after `rounds` programs or `seconds`; `nodes` caps each tree; the seed of the samples.
    Raises: BadData.
    """

    tolerance: float = 1e-6
    rounds: int = 100
    seconds: float = 60.0
    nodes: int = 20_000
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.tolerance > 0 or not self.seconds > 0 or self.rounds < 1 or self.nodes < 1:
            raise BadData("the options need a tolerance > 0, seconds > 0, rounds ≥ 1 and nodes ≥ 1")


@dataclass
class ConeProgram:
    """min q·x under constraints that are added one after another; each returns the place of its dual variables in z."""

    q: FloatArray
    blocks: list[Any] = field(default_factory=list)
    offsets: list[FloatArray] = field(default_factory=list)
    cones: list[tuple[str, int]] = field(default_factory=list)

    def _add(self, kind: str, size: int, A: Any, b: FloatArray) -> slice:
        start = sum(len(o) for o in self.offsets)
        self.blocks.append(sparse.csc_matrix(A))
        self.offsets.append(np.asarray(b, dtype=np.float64))
        self.cones.append((kind, size))
        return slice(start, start + len(b))

    def equal(self, A: Any, b: FloatArray) -> slice:
        """Ax = b."""
        return self._add("zero", len(b), A, b)

    def at_least(self, A: Any, b: FloatArray) -> slice:
        """Ax ≥ b."""
        return self._add("nonnegative", len(b), -sparse.csc_matrix(A), -b)

    def in_second_order_cone(self, A: Any, b: FloatArray) -> slice:
        """Ax + b = (t, g) with ‖g‖ ≤ t."""
        return self._add("second order", len(b), -sparse.csc_matrix(A), b)

    def positive_semidefinite(self, size: int, A: Any, b: FloatArray) -> slice:
        """The symmetric matrix with upper triangle Ax + b, column by column and off-diagonal entries times √2, is ⪰ 0."""
        return self._add("semidefinite", size, -sparse.csc_matrix(A), b)


@dataclass(frozen=True)
class ConeSolution:
    """x and the dual z as the solver left them; `primal`, `dual`, `gap` are recomputed violations, relative to the program's size."""

    x: FloatArray
    z: FloatArray
    status: str
    primal: float
    dual: float
    gap: float

    @property
    def accurate(self) -> bool:
        """Whether the solver reported an optimum and the recomputed violations confirm it."""
        return self.status == "Solved" and max(self.primal, self.dual, self.gap) <= ACCURATE


def triangle_index(i: int, j: int) -> tuple[int, float]:
    """The place and the factor of entry (i, j), i ≤ j, in the vector of a symmetric matrix."""
    return j * (j + 1) // 2 + i, 1.0 if i == j else _ROOT2


def solve_cones(program: ConeProgram, seconds: float) -> ConeSolution:
    """The answer of Clarabel, with its violations.

    Policy: an answer called `Solved` or `AlmostSolved` is returned and judged by what can be certified from it; the first counts as
    accurate only if the recomputed violations agree.  Every other end, and a missing solver, is an error.
    Raises: NotCertified, SolverMissing.

    >>> program = ConeProgram(np.array([1.0]))
    >>> _ = program.at_least(np.array([[1.0]]), np.array([2.0]))
    >>> round(float(solve_cones(program, 10.0).x[0]), 6)
    2.0
    """
    A, b = sparse.vstack(program.blocks, format="csc"), np.concatenate(program.offsets)
    found = solve_matrices(program.q, A, b, program.cones, seconds).usable(seconds)
    x, z = found.x, found.z
    size_b, size_q = 1 + float(np.abs(b).max(initial=0.0)), 1 + float(np.abs(program.q).max(initial=0.0))
    primal = _distance(program.cones, b - A @ x, dual=False) / (size_b + float(np.abs(x).max(initial=0.0)))
    z_size = float(np.abs(z).max(initial=0.0))
    dual = max(float(np.abs(A.T @ z + program.q).max()), _distance(program.cones, z, dual=True)) / (size_q + z_size)
    value, opposite = float(program.q @ x), -float(b @ z)
    return ConeSolution(x, z, found.status, primal, dual, abs(value - opposite) / (1 + min(abs(value), abs(opposite))))


def _distance(cones: list[tuple[str, int]], s: FloatArray, *, dual: bool) -> float:
    """The largest violation of s ∈ K, or of s ∈ K* (free where K = {0})."""
    worst, place = 0.0, 0
    for kind, size in cones:
        length = size * (size + 1) // 2 if kind == "semidefinite" else size
        part = s[place : place + length]
        place += length
        if not length:
            continue
        if kind == "zero":
            worst = max(worst, 0.0 if dual else float(np.abs(part).max()))
        elif kind == "nonnegative":
            worst = max(worst, -float(part.min()))
        elif kind == "second order":
            worst = max(worst, float(np.linalg.norm(part[1:]) - part[0]))
        else:
            worst = max(worst, -float(np.linalg.eigvalsh(symmetric(part, size))[0]))
    return worst


def symmetric(part: FloatArray, size: int) -> FloatArray:
    """The symmetric matrix of a scaled upper triangle.

    >>> symmetric(np.array([1.0, 2.0**0.5, 3.0]), 2).round(12).tolist()
    [[1.0, 1.0], [1.0, 3.0]]
    """
    matrix = np.zeros((size, size))
    column, row = np.tril_indices(size)  # by columns of the upper triangle
    matrix[row, column] = np.where(row == column, part, part / _ROOT2)
    return np.asarray(matrix + np.triu(matrix, 1).T)
