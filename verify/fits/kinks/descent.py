"""Networks with a small Lipschitz constant, found by moving points from one side of a kink to the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from theory.certificates.fits.kink_problem import Pattern
from verify.fits.kinks.cells import Cell, crossing, steepest_cell
from verify.fits.kinks.incumbent import GAIN, SLACK, NearFit
from verify.fits.kinks.program import Path, Program, Relaxed
from verify.fits.kinks.rounding import NodeDual
from verify.fits.kinks.scaling import FloatArray, Scaled, Weights
from verify.objects.deadline import UNLIMITED, Deadline

CUTS = 6             # cells added to one choice of patterns
FLIPS = 12           # points tried on the other side before a local optimum is accepted
# A point presses against a kink when its multiplier is this part of the largest one; smaller ones are the solver's rounding.
PRESSING = 1e-6


def near_fit(scaled: Scaled, weights: Weights, least: float, deadline: Deadline = UNLIMITED) -> tuple[NearFit, Cell | None]:
    """A network with its constant on the domain, at least `least` (in units of the data), and the steepest cell that exceeds that.

    Raises: OutOfTime.
    """
    optimum = least / scaled.constant
    cell = steepest_cell(weights, scaled.region, optimum * (1 + SLACK), deadline)
    return NearFit((optimum if cell is None else cell.norm) * scaled.constant, weights), cell


def best_with_patterns(program: Program, patterns: list[Pattern], aim: float = 0.0) -> tuple[NearFit | None, Relaxed]:
    """The best network found whose data have these patterns, after a few rounds of cells that exceed its optimum, and the first program."""
    path, points = tuple(enumerate(patterns)), program.scaled.X
    best, first = None, program.solve(path, points)
    found = first
    for cut in range(CUTS):
        if cut:
            found = program.solve(path, points)
        if found.weights is None:
            break
        near, cell = near_fit(program.scaled, found.weights, found.optimum, program.deadline)
        if best is None or near.constant < best.constant:
            best = near
        if cell is None or best.constant <= aim:
            break
        path, points = _mended(program, path, points, found.weights, cell)
    return best, first


def _mended(program: Program, path: Path, points: FloatArray, weights: Weights, cell: Cell) -> tuple[Path, FloatArray]:
    """The path with one point more: the cell that is too steep becomes an anchor, or a crossing of kinks moves so that it disappears."""
    candidates = [(cell.point, cell.pattern)]
    X = program.scaled.X
    crossed = crossing(weights, X, cell.pattern)
    if crossed is not None:
        i, j, t, pattern = crossed
        candidates.append((X[i] + t * (X[j] - X[i]), pattern))
    options = [((*path, (len(points), pattern)), np.vstack([points, point])) for point, pattern in candidates]
    return min(options, key=lambda option: program.solve(*option).optimum) if len(options) > 1 else options[0]


def patterns_of(weights: Weights, X: FloatArray) -> list[Pattern]:
    """The pattern of every point of X (n, r); a point on a kink counts as inactive."""
    return [tuple(int(h > 0) for h in row) for row in weights.heights(X)]


def improved(program: Program, patterns: list[Pattern], aim: float, tries: int) -> NearFit | None:
    """The best network met from a choice of patterns on: the point that presses hardest against a kink goes to its other side."""
    best, relaxed = best_with_patterns(program, patterns, aim)
    seen = {tuple(patterns)}
    while relaxed.dual is not None and (best is None or best.constant > aim):
        for flipped in _flips(program, patterns, relaxed.dual):
            if len(seen) > tries or tuple(flipped) in seen:
                continue
            seen.add(tuple(flipped))
            near, other = best_with_patterns(program, flipped, aim)
            # from a choice without a network any step is progress: the multipliers of the contradiction point the way
            better = near is not None and (best is None or near.constant < best.constant * (1 - GAIN))
            if better or (best is None and other.dual is not None):
                patterns, relaxed, best = flipped, other, near or best
                break
        else:
            break
    return best


def _flips(program: Program, patterns: list[Pattern], dual: NodeDual) -> Iterator[list[Pattern]]:
    """The patterns with one point on the other side of one kink, those that press hardest first."""
    pressing = [((i, ell), m) for (i, ell), m in dual.mu.items() if i < program.n and m > 0]
    largest = max((m for _, m in pressing), default=0.0)
    for (i, ell), _ in sorted((p for p in pressing if p[1] > PRESSING * largest), key=lambda p: (-p[1], p[0]))[:FLIPS]:
        yield [tuple(1 - bit if (j, m) == (i, ell) else bit for m, bit in enumerate(p)) for j, p in enumerate(patterns)]


def random_patterns(X: FloatArray, k: int, rng: np.random.Generator) -> list[Pattern]:
    """Patterns of k random hyperplanes on points X (n, d), each between two consecutive data points along a random direction."""
    n, d = X.shape
    bits = np.zeros((n, k), dtype=int)
    for ell in range(k):
        # half of the directions join two data points: kinks between close points of different labels are what small constants need
        i, j = (int(a) for a in rng.choice(n, 2, replace=False)) if n > 1 else (0, 0)
        direction = X[i] - X[j] if rng.random() < 0.5 and n > 1 else rng.standard_normal(d)
        order = np.argsort(X @ direction, kind="stable")
        bits[order[int(rng.integers(1, n)) if n > 1 else 0 :], ell] = 1
    return [tuple(int(b) for b in row) for row in bits]
