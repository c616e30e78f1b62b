"""Which cells of a network meet the domain, and a point deep inside each: the float view of the Lipschitz constant on a domain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.certificates.fits.kink_problem import Pattern
from verify.fits.kinks.program import solve_cones
from verify.fits.kinks.scaling import FloatArray, Region, Weights
from verify.objects.deadline import UNLIMITED, Deadline

# A cell counts as met when a point of it lies this deep inside (domain scaled to size 1): shallower ones are below what the solver
# resolves, and the exact bound of a network decides about them.
DEPTH = 1e-7


@dataclass(frozen=True, eq=False)
class Cell:
    """A cell with its gradient norm and a point (r) of the domain deep inside, for a hull also its weights (m) on the vertices."""

    norm: float
    pattern: Pattern
    point: FloatArray
    depth: float
    hull_weights: FloatArray | None


def steepest_cell(weights: Weights, region: Region, above: float, deadline: Deadline = UNLIMITED) -> Cell | None:
    """The cell of largest ‖∇f‖ among those that meet the domain and exceed `above`; None when there is none.  Raises: OutOfTime.

    >>> region = Region("box", np.zeros((0, 1)), np.zeros(1), 1.0, np.array([-1.0]), np.array([1.0]))
    >>> ramp = Weights((1,), np.array([[3.0]]), np.array([-1.0]), np.array([1.0]), 0.0)
    >>> cell = steepest_cell(ramp, region, 2.0)
    >>> cell.norm, cell.pattern, steepest_cell(ramp, region, 4.5)
    (4.0, (1,), None)
    """
    norms = weights.slopes(deadline)
    for pattern in sorted((p for p in norms if norms[p] > above), key=lambda p: (-norms[p], p)):
        found = _deep_point(weights, region, pattern, deadline)
        if found is not None and found[1] > DEPTH:
            point, depth, hull_weights = found
            return Cell(norms[pattern], pattern, point, depth, hull_weights)
    return None


def crossing(weights: Weights, X: FloatArray, pattern: Pattern) -> tuple[int, int, float, Pattern] | None:
    """The segment x_i x_j along which a cell without data is entered and left again, deepest in its middle: (i, j, t, pattern).

    X (n, r); the middle is x_i + t(x_j − x_i), the pattern that of the cell with the bits flipped that change along it.  A network
    that has it there does not meet the cell on this segment.  With two kinks a cell that meets the hull and holds no datum meets one.

    >>> ramps = Weights((1, -1), np.array([[1.0], [-1.0]]), np.array([0.5, 0.5]), np.zeros(1), 0.0)
    >>> crossing(ramps, np.array([[-1.0], [1.0]]), (1, 1))
    (0, 1, 0.5, (0, 0))
    """
    signed = weights.distances(X) * (2.0 * np.array(pattern) - 1.0)
    best, found = 0.0, None
    for i in range(len(X)):
        for j in range(i + 1, len(X)):
            start, step = signed[i], signed[j] - signed[i]
            with np.errstate(divide="ignore", invalid="ignore"):
                zeros = -start / step
            changing = (start > 0) != (signed[j] > 0)
            low = max(zeros[changing & (step > 0)], default=0.0)
            high = min(zeros[changing & (step < 0)], default=1.0)
            middle = (low + high) / 2
            depth = float(np.min(start + middle * step))
            if low < high and depth > best and not (np.all(start > 0) or np.all(signed[j] > 0)):
                best = depth
                found = i, j, float(middle), tuple(bit ^ int(changes) for bit, changes in zip(pattern, changing, strict=True))
    return found


def _deep_point(
    weights: Weights, region: Region, pattern: Pattern, deadline: Deadline
) -> tuple[FloatArray, float, FloatArray | None] | None:
    """max t ≤ 1 with σ_ℓ(w_ℓ·x + b_ℓ) ≥ t‖w_ℓ‖ at a point x of the domain that is as far from its boundary (for a hull: weights ≥ t/n)."""
    k, d = weights.W.shape
    hull = region.kind == "hull"
    moves = region.vertices.T if hull else np.eye(d)          # x = moves · (unknowns)
    size = moves.shape[1]
    signs = 2.0 * np.array(pattern) - 1.0
    # a kink with no slope to speak of is a constant sign: its row keeps a tiny norm, so that the sign of b decides
    norms = np.maximum(np.linalg.norm(weights.W, axis=1), 1e-12 * (1.0 + np.abs(weights.b)))
    rows = [np.hstack([-(signs[:, None] * weights.W) @ moves / norms[:, None], np.ones((k, 1))]), np.append(np.zeros(size), 1.0)[None]]
    right = [signs * weights.b / norms, np.ones(1)]
    zero, cones = 0, []
    if hull:
        # weights at least t/n: away from the faces, as a point of a witness should be
        rows = [np.append(np.ones(size), 0.0)[None], *rows, np.hstack([-np.eye(size), np.full((size, 1), 1.0 / size)])]
        right, zero = [np.ones(1), *right, np.zeros(size)], 1
    elif region.kind == "box":
        width = (region.high - region.low)[:, None] / 2
        rows += [np.hstack([np.eye(d), width]), np.hstack([-np.eye(d), width])]
        right += [region.high, -region.low]
    else:
        rows.append(np.vstack([np.append(np.zeros(d), region.radius)[None], np.hstack([-np.eye(d), np.zeros((d, 1))])]))
        right.append(np.append(region.radius, -region.centre))
        cones = [d + 1]
    A, b = np.vstack(rows), np.concatenate(right)
    q = np.append(np.zeros(size), -1.0)
    answer = solve_cones(q, A, b, (zero, len(A) - zero - sum(cones), cones), deadline)
    if len(answer.x) != size + 1 or not np.all(np.isfinite(answer.x)):
        return None
    unknowns = answer.x[:-1]
    if hull:
        unknowns = np.maximum(unknowns, 0.0)
        unknowns = unknowns / (unknowns.sum() or 1.0)
    point = moves @ unknowns
    depth = float(np.min(signs * (weights.W @ point + weights.b) / norms, initial=float(answer.x[-1])))   # measured, not the solver's t
    return point, depth, unknowns if hull else None
