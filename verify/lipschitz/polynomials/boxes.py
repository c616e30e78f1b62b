"""The largest value of a function on a box, enclosed by splitting the box."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData

Array = NDArray[np.float64]
Bounds = Callable[[Array, Array], tuple[Array, Array]]
TOLERANCE = 1e-10       # finer than any statement needs and coarser than the rounding of the values


def largest_on_box(
    bounds: Bounds, low: Array, high: Array, grid: tuple[int, ...], *, cells: int = 20_000, tolerance: float = TOLERANCE
) -> tuple[float, float, Array]:
    """lower ≤ sup g ≤ upper on [low, high] ⊂ R^k for a function g ≥ 0, and the point at which `lower` was found.

    `bounds(centres, half)` maps the centres (m×k) of boxes with half sides `half` (k) to a lower bound of g at each centre and an
    upper bound of g on each box.  Boxes that cannot hold a value above (1 + tolerance) times the best are dropped, the others are split
    in two along every side, until all are dropped, more than `cells` are left, or the sides are 10⁻⁹ of the first.

    Args: grid, the number of boxes along each side at the start; cells; tolerance.
    Raises: BadData for an empty box.

    >>> def slope_one(c, h):
    ...     return 1 - np.abs(c[:, 0]), 1 - np.abs(c[:, 0]) + h[0]
    >>> lower, upper, where = largest_on_box(slope_one, np.array([-1.0]), np.array([2.0]), (7,))
    >>> bool(upper - lower < 1e-8 and abs(where[0]) < 1e-8)
    True
    """
    if not np.all(low <= high):
        raise BadData(f"the box from {low.tolist()} to {high.tolist()} is empty; give low ≤ high")
    half = (high - low) / (2 * np.array(grid))
    axes = [a + h * (2 * np.arange(m) + 1) for a, h, m in zip(low, half, grid, strict=True)]
    centres = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    corners = np.array(list(product((-0.5, 0.5), repeat=len(low))))
    best, where, first = 0.0, centres[0], half
    while True:
        values, uppers = bounds(centres, half)
        leader = int(np.argmax(values))
        if values[leader] > best:
            best, where = float(values[leader]), centres[leader]
        keep = uppers > best * (1 + tolerance)
        if not keep.any():
            return best, best * (1 + tolerance), where
        if len(corners) * int(keep.sum()) > cells or np.all(half <= 1e-9 * first):
            return best, float(uppers[keep].max()), where       # what was dropped lies below best·(1+tolerance), this above it
        centres = (centres[keep][:, None, :] + corners * half).reshape(-1, len(low))
        half = half / 2
