"""Numbers and arrays that are moved until inequalities hold: what no equation and no repair decides.

Numbers are projected onto the values that serve, which are looked for on a ladder and at the crossings of the two sides; arrays are
rescaled, or get rows ±e_j.  Candidates are judged in floating point, all at once; the finished instance is checked by other means.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from theory.errors import LawbookError
from theory.terms import MatrixSymbol, VectorSymbol
from verify.evaluate.comparison import PlaceOutcome
from verify.evaluate.declared import broken_by, nearest_declared
from verify.evaluate.scope import Env, Options, Run, Scope, compiled
from verify.evaluate.values import MatrixValue, VectorValue, point
from verify.objects.instance import Instance
from verify.trials.spaces.drafts import Array

Values = dict[str, Any]
_LADDER = sorted({Fraction(0), *(s * Fraction(m, 8) for s in (1, -1) for m in range(1, 17)),
                  *(s * Fraction(2) ** e for s in (1, -1) for e in (-12, -8, -6, -4, 2, 3, 4, 6, 8, 12)),
                  *(s * (1 - Fraction(1, 2**e)) for s in (1, -1) for e in (4, 5, 6, 8, 12))})
_WHOLE = sorted({s * Fraction(m) for s in (1, -1) for m in (*range(17), 18, 20, 24, 28, 32, 40, 48, 56, 64)})
INTO = (Fraction(0), Fraction(1, 64), Fraction(1, 8), Fraction(1, 2))   # from a crossing of the two sides into what serves
FINE = 1 << 12          # denominators of crossings
SCALES = (Fraction(-1), Fraction(1, 4), Fraction(4), Fraction(1, 32), Fraction(32))
ROUNDS = 3              # of moves of arrays
HOPEFUL = 3             # such moves for which numbers are chosen anew
MOST = 160              # candidates for an array at once
LITTLE = Options(n_points=24, n_slow=8, n_samples=16, search_rounds=1)      # the finished instance is judged with more


@dataclass(frozen=True)
class Choices:
    """The inequalities, and the numbers and arrays that may be moved so that they hold."""

    formulas: tuple[Any, ...]
    numbers: tuple[tuple[Any, ...], ...]        # (t,), or a pair (α, β) on the circle α² + β² = 1
    arrays: tuple[Any, ...]
    pools: Mapping[Any, tuple[int, int]]        # of the arrays whose entries are signs, or 0 and 1

    def made(self, values: Values, solved: Collection[str] = ()) -> Values:
        """The values with numbers, then arrays moved; those given where all inequalities hold, or where they cannot be evaluated.

        No array is moved for an inequality about what equations were ``solved`` for: it changes with the array.
        """
        if not self.formulas:
            return values
        try:
            return self._moved(values, solved)
        except LawbookError:                               # a formula without a reading here: looked at on the finished instance
            return values

    def _moved(self, values: Values, solved: Collection[str]) -> Values:
        if self._miss(values) == 0:
            return values
        best, least = values, np.inf
        for start in (None, Fraction(0), Fraction(1)):      # numbers that bound one another may have to move together
            option = self._chosen(values if start is None else self._all_at(start, values))
            miss = self._miss(option)
            if miss < least:
                best, least = option, miss
            if least == 0:
                return best
        for _ in range(ROUNDS):
            if least == 0 or not self.arrays:
                break
            near = sorted(self._rearranged(best, solved), key=self._miss)[:HOPEFUL]
            options = [self._chosen(moved) for moved in near]
            misses = [self._miss(option) for option in options]
            if not misses or min(misses) >= least:
                break
            least = min(misses)
            best = options[misses.index(least)]
        return best

    # --- numbers ---------------------------------------------------------------------------------------------------------

    def _chosen(self, values: Values) -> Values:
        """Each number in turn: those that formulas bind alone first, then all against everything."""
        found, free = dict(values), {t for group in self.numbers for t in group}
        alone = {group: sum(1 for f in self.formulas if f.free_symbols & free and f.free_symbols & free <= set(group))
                 for group in self.numbers}
        order, seen = sorted(self.numbers, key=lambda group: (-alone[group], len(group), group[0].name)), set[Any]()
        for group in order:
            seen |= set(group)
            found = _projected(group, found, [f for f in self._about(group) if f.free_symbols & free <= seen])
        for _ in range(2):
            before = found
            for group in order:
                found = _projected(group, found, self._about(group))
            if found is before:
                break
        return found

    def _all_at(self, x: Fraction, values: Values) -> Values:
        near = {group: nearest_declared(group[0], x) if len(group) == 1 else x for group in self.numbers}
        return {**values, **{name: value for group, number in near.items() for name, value in _named(group, number).items()}}

    def _about(self, leaves: tuple[Any, ...]) -> list[Any]:
        return [f for f in self.formulas if f.free_symbols & set(leaves)]

    # --- arrays ----------------------------------------------------------------------------------------------------------

    def _rearranged(self, values: Values, solved: Collection[str]) -> Iterator[Values]:
        """For each array of an unmet inequality, or else of one that shares a number with it, its best rows and its multiples."""
        run = _run(values)
        unmet = [f for f in self.formulas if _miss(f, run) > 0 and not any(s.name in solved for s in f.free_symbols)]
        for leaf in self._in(unmet) or self._in([f for f in self.formulas if any(f.free_symbols & other.free_symbols for other in unmet)]):
            given = np.asarray(values[leaf.name], dtype=object)
            pool = self.pools.get(leaf)
            rows = list(_rows(given) if pool is None else _entries(given, pool))[:MOST]
            if rows:
                misses, _ = _together(_each(self._about((leaf,)), {leaf: np.array(rows, dtype=object)}, run))
                yield {**values, leaf.name: rows[int(np.argmin(misses))]}
            for scale in SCALES if pool is None else ():
                yield {**values, leaf.name: np.array(given * scale, dtype=object)}

    def _in(self, formulas: Sequence[Any]) -> list[Any]:
        return [leaf for leaf in self.arrays if any(leaf in f.free_symbols for f in formulas)]

    def _miss(self, values: Values) -> float:
        run = _run(values)
        return sum(_miss(formula, run) for formula in self.formulas)


def _projected(group: tuple[Any, ...], values: Values, formulas: Sequence[Any]) -> Values:
    """The values with t, or the parameter of the pair (α, β), the nearest number that misses least; nearest to what it was."""
    run = _run(values)
    if not formulas or all(_miss(f, run) == 0 for f in formulas):
        return values
    t, own = group[0], parameter(*(Fraction(np.asarray(values[t.name])[()]) for t in group))
    tried = [x for x in sorted({own, *(_WHOLE if t.is_integer else _LADDER)}) if not broken_by(t, x)]

    def judged(numbers: Sequence[Fraction]) -> list[tuple[Array, Array]]:
        return _each(formulas, {leaf: np.array(column, dtype=object) for leaf, column in zip(
            group, zip(*(placed(x, len(group)) for x in numbers), strict=True), strict=True)}, run)

    found = judged(tried)
    crossings = sorted({x for formula in found for x in _crossings(tried, *formula) if not broken_by(t, x)})
    misses, gaps = _together(found)
    if crossings:
        between = [x for low, high in pairwise(crossings) if not broken_by(t, x := (low + high) / 2)]
        more = _together(judged(crossings + between))
        tried, misses, gaps = tried + crossings + between, np.concatenate([misses, more[0]]), np.concatenate([gaps, more[1]])
    # where none serves, the one with the least excess: misses are cut off at 1
    best = min(range(len(tried)), key=lambda j: (misses[j], -min(0.0, float(gaps[j])), abs(tried[j] - own)))
    return values if tried[best] == own else {**values, **_named(group, tried[best])}


def _named(group: tuple[Any, ...], x: Fraction) -> Values:
    return {leaf.name: int(value) if leaf.is_integer else np.array(value, dtype=object)
            for leaf, value in zip(group, placed(x, len(group)), strict=True)}


def placed(m: Fraction, count: int) -> tuple[Fraction, ...]:
    """(m,), or the point ((1 − m²)/(1 + m²), 2m/(1 + m²)) of the circle."""
    return (m,) if count == 1 else ((1 - m * m) / (1 + m * m), 2 * m / (1 + m * m))


def parameter(alpha: Fraction, beta: Fraction | None = None) -> Fraction:
    """The m with placed(m) = (α, β); β where the point is not on the circle, or is (−1, 0)."""
    if beta is None:
        return alpha
    return beta / (1 + alpha) if alpha * alpha + beta * beta == 1 and alpha != -1 else beta


def _rows(given: Array) -> Iterator[Array]:
    """The first rows kept and the others e_1, −e_1, e_2, …; one row replaced by such a vector.  A vector is one row."""
    matrix = given.reshape(-1, given.shape[-1])
    n, d = matrix.shape
    axes = np.array([[Fraction(sign * (place == j)) for place in range(d)] for j in range(d) for sign in (1, -1)], dtype=object)
    for kept in range(n - 1, -1, -1):
        for first in range(0, 2 * d, max(1, len(axes) // 4)):
            changed = matrix.copy()
            changed[kept:] = axes[(first + np.arange(n - kept)) % len(axes)]
            yield changed.reshape(given.shape)
    for row in range(n):
        for axis in axes:
            changed = matrix.copy()
            changed[row] = axis
            yield changed.reshape(given.shape)


def _entries(given: Array, pool: tuple[int, int]) -> Iterator[Array]:
    """All entries the one or the other of the pool; one entry changed to the other."""
    for value in pool:
        yield np.full(given.shape, Fraction(value), dtype=object)
    for place in np.ndindex(given.shape):
        changed = given.copy()
        changed[place] = sum(pool) - given[place]
        yield changed


def _crossings(tried: Sequence[Fraction], misses: Array, gaps: Array) -> Iterator[Fraction]:
    """Where the sides of the worst relation cross, by secants, and places a little further into what serves."""
    for j in range(len(tried) - 1):
        if (misses[j] == 0) == (misses[j + 1] == 0):
            continue
        out, into = (j, j + 1) if misses[j + 1] == 0 else (j + 1, j)
        rise = gaps[into] - gaps[out]
        share = -gaps[out] / rise if np.isfinite(rise) and rise > 0 and gaps[out] < 0 else 0.5
        root = float(tried[out]) + min(1.0, max(0.0, float(share))) * float(tried[into] - tried[out])
        near = Fraction(round(root * FINE), FINE)
        yield from (near + part * (tried[into] - near) for part in INTO)


def _run(values: Values) -> Run:
    plain = {name: value[()] if isinstance(value, np.ndarray) and not value.ndim else value for name, value in values.items()}
    return Run(Instance(plain, accuracy=0.0), LITTLE)


def _miss(formula: Any, run: Run) -> float:
    return float(_levels(formula, {}, run)[0].reshape(-1)[0])


def _each(formulas: Sequence[Any], candidates: dict[Any, Array], run: Run) -> list[tuple[Array, Array]]:
    """For each formula how far each candidate for the leaves misses it, and the difference of its sides."""
    count = len(next(iter(candidates.values())))
    return [tuple(np.broadcast_to(part, (count,)) for part in _levels(formula, candidates, run)) for formula in formulas]  # type: ignore[misc]


def _together(found: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    """How far each candidate misses the formulas together, and the least difference of their sides."""
    return np.sum([miss for miss, _ in found], axis=0), np.min([gap for _, gap in found], axis=0)


def _levels(formula: Any, candidates: dict[Any, Array], run: Run) -> tuple[Array, Array]:
    """The miss, 0 where the formula holds, and right side less left side, for all candidates at once."""
    scope = Scope().open(*candidates) if candidates else Scope()
    bound = {leaf: _value(leaf, np.asarray(array, dtype=np.float64)) for leaf, array in candidates.items()}
    with np.errstate(all="ignore"):                        # what is undecided does not hold
        truth = compiled(formula, scope)(Env(run, bound, {}))
    margin = np.where(np.isnan(truth.margin), -1.0, truth.margin)
    miss = np.where(truth.level >= PlaceOutcome.HOLDS, 0.0, np.minimum(1.0, np.maximum(1e-3, -margin)))
    gap = np.asarray(truth.rhs)[..., 0] - np.asarray(truth.lhs)[..., 1]
    return miss.reshape(-1), np.where(np.isnan(gap), np.inf, gap).reshape(-1)


def _value(leaf: Any, floats: Array) -> Any:
    if isinstance(leaf, VectorSymbol):
        return VectorValue(floats, 0.0)
    return MatrixValue(floats, 0.0) if isinstance(leaf, MatrixSymbol) else point(floats)
