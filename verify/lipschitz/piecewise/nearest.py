"""Many small strictly convex quadratic programs at once: the point nearest to a start that satisfies signed linear inequalities.

The dual active-set method of Goldfarb and Idnani (Mathematical Programming 27, 1983), one step of every program at a time: the
programs share their rows and differ in the signs that are asked for, so a step is a few array operations for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.objects.deadline import UNLIMITED, Deadline
from verify.objects.domains import Array

REACHED, CONTRADICTED, STOPPED = 1, -1, 0
# sin² of the angle to the active rows: below the first the projection is repeated, which makes it accurate down to rounding, and below
# the second the row counts as dependent on them; wrong guesses are caught by verification
_NEARLY_DEPENDENT, _DEPENDENT = 1e-6, 1e-25
# Numbers in the pseudo-inverses of the programs that run together: what fits a processor's cache
_CACHE = 200_000


@dataclass(frozen=True)
class Rows:
    """The inequalities s_i (a_i·z + o_i) ≥ margin_i: rows a (M×D), offsets o (M), margins (M)."""

    a: Array
    o: Array
    margins: Array


@dataclass(frozen=True)
class Nearest:
    """For each program: its status, the last point (N×D), and row indices (N×(D+1), −1 for none) with multipliers ≥ 0.

    REACHED: the point satisfies the inequalities.  CONTRADICTED: Σ λ_i s_i a_i = 0 up to rounding although Σ λ_i s_i o_i < Σ λ_i margin_i,
    or the distance from the start exceeds the limit, which the multipliers of the dual show.  STOPPED: out of steps.
    """

    status: NDArray[np.int8]
    points: Array
    indices: NDArray[np.intp]
    multipliers: Array


class _Programs:
    """The state of the N programs still running: z, active rows with normals n_k and their pseudo-inverse, multipliers u, and the row q
    that is being added (−1: none) with its multiplier.  z, active, u: N×D; normals, dual: N×D×D; q, uq: N."""

    def __init__(self, which: NDArray[np.intp], signs: NDArray[np.int8], start: Array) -> None:
        n, dimension = start.shape
        self.which = which
        self.signs = signs
        self.start = start
        self.z = start.copy()
        self.active = np.full((n, dimension), -1, dtype=np.intp)
        self.normals = np.zeros((n, dimension, dimension))
        self.dual = np.zeros((n, dimension, dimension))
        self.u = np.zeros((n, dimension))
        self.q = np.full(n, -1, dtype=np.intp)
        self.uq = np.zeros(n)

    def keep(self, stay: NDArray[np.bool_]) -> None:
        for name, value in vars(self).items():
            setattr(self, name, value[stay])


def nearest_points(rows: Rows, signs: NDArray[np.int8], start: Array, limit: float = float("inf"), steps: int = 0,
                   deadline: Deadline = UNLIMITED) -> Nearest:
    """The nearest point to each start (N×D) with s_i(a_i·z+o_i) ≥ margin_i wherever s_i = ±1 (signs N×M, 0: not asked).

    Args: limit: a program is given up as contradicted once its point is farther than this from its start; steps: default 40 + 6D;
    deadline: programs that it cuts are STOPPED.
    Returns: `Nearest`; floats throughout, to be verified by the reader.

    >>> rows = Rows(np.array([[1.0], [1.0]]), np.array([0.0, -1.0]), np.zeros(2))          # z and z − 1
    >>> found = nearest_points(rows, np.array([[1, 1], [-1, 1]], dtype=np.int8), np.zeros((2, 1)))
    >>> found.status.tolist(), found.points[0].tolist()                                     # z ≥ 1; z ≤ 0 and z ≥ 1
    ([1, -1], [1.0])
    """
    n, D = start.shape
    result = Nearest(np.zeros(n, np.int8), start.copy(), np.full((n, D + 1), -1, np.intp), np.zeros((n, D + 1)))
    share = max(1, _CACHE // (D * D))
    for first in range(0, n, share):
        run = _Programs(np.arange(first, min(first + share, n)), signs[first : first + share], start[first : first + share])
        for _ in range(steps or 40 + 6 * D):
            if deadline.is_over:
                break
            slack = _choose(rows, run, result)
            if len(slack):
                _move(run, result, _project(rows, run), slack, limit)
            if not len(run.which):
                break
        result.points[run.which] = run.z
    return result


def _finish(run: _Programs, result: Nearest, done: NDArray[np.bool_], status: int, multipliers: Array | None = None) -> None:
    which = run.which[done]
    result.status[which] = status
    result.points[which] = run.z[done]
    if multipliers is not None:
        result.indices[which] = np.concatenate([run.active[done], run.q[done, None]], axis=1)
        result.multipliers[which] = multipliers[done]


def _choose(rows: Rows, run: _Programs, result: Nearest) -> Array:
    """Give the programs that add no row the one violated most, and finish those that violate none; the slack of the chosen rows (N)."""
    values = run.z @ rows.a.T + rows.o
    slack = np.where(run.signs != 0, run.signs * values - rows.margins, np.inf)
    fresh, worst = run.q < 0, slack.argmin(axis=1)
    each = np.arange(len(worst))
    rounding = 1e-15 * len(run.z[0]) * np.abs(run.z).max(axis=1) * np.abs(rows.a).max()
    reached = fresh & (slack[each, worst] >= -1e-9 * rows.margins[worst] - rounding)
    run.q = np.where(fresh, worst, run.q)
    run.uq[fresh] = 0.0
    chosen = slack[each, run.q]
    if reached.any():
        _finish(run, result, reached, REACHED)
        run.keep(~reached)
        chosen = chosen[~reached]
    return chosen


@dataclass(frozen=True)
class _Directions:
    """The row q as asked for, s_q a_q = `across` + Σ r_k n_k (N×D), r (N×D), ‖across‖² (N), and whether it depends on the active rows."""

    normal: Array
    across: Array
    r: Array
    steep: Array
    dependent: NDArray[np.bool_]


def _project(rows: Rows, run: _Programs) -> _Directions:
    """Split the row q of every program into its part across the active rows and their combination."""
    normal = rows.a[run.q] * run.signs[np.arange(len(run.q)), run.q][:, None]
    r = np.einsum("nkd,nd->nk", run.dual, normal)
    across = normal - np.einsum("nk,nkd->nd", r, run.normals)
    full = (run.active >= 0).all(axis=1)
    steep = (across * across).sum(axis=1)
    again = np.flatnonzero((steep < _NEARLY_DEPENDENT) & ~full)
    if len(again):
        rest = np.einsum("nkd,nd->nk", run.dual[again], across[again])
        across[again] -= np.einsum("nk,nkd->nd", rest, run.normals[again])
        r[again] += rest
        steep[again] = (across[again] ** 2).sum(axis=1)
    return _Directions(normal, across, r, steep, full | (steep <= _DEPENDENT))


def _move(run: _Programs, result: Nearest, along: _Directions, slack: Array, limit: float) -> None:
    """Move until row q holds or an active row must leave, whichever comes first; finish the programs that can do neither or are too far."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((along.r > 1e-13) & (run.active >= 0), run.u / along.r, np.inf)
        drop = ratio.argmin(axis=1)
        t_drop = ratio[np.arange(len(drop)), drop]
        t_full = np.where(along.dependent, np.inf, -slack / along.steep)
    t = np.minimum(t_drop, t_full)
    stuck = np.isinf(t)
    if stuck.any():
        weights = np.concatenate([np.maximum(-along.r, 0.0), np.ones((len(t), 1))], axis=1)
        weights[:, :-1][run.active < 0] = 0.0
        _finish(run, result, stuck, CONTRADICTED, weights)
    moving = ~along.dependent & ~stuck
    t = np.where(stuck, 0.0, t)
    run.z[moving] += t[moving, None] * along.across[moving]
    run.u = np.maximum(run.u - t[:, None] * along.r, 0.0)
    run.u[run.active < 0] = 0.0
    run.uq += t
    grow = moving & (t_full <= t_drop)
    _change_active(run, along, np.flatnonzero(grow), np.flatnonzero(~grow & ~stuck), drop)
    stay = ~stuck
    if np.isfinite(limit):
        far = stay & (((run.z - run.start) ** 2).sum(axis=1) > limit**2)
        if far.any():
            _finish(run, result, far, CONTRADICTED, np.concatenate([run.u, np.where(run.q >= 0, run.uq, 0.0)[:, None]], axis=1))
        stay &= ~far
    if not stay.all():
        run.keep(stay)


def _change_active(run: _Programs, along: _Directions, added: NDArray[np.intp], dropped: NDArray[np.intp], drop: NDArray[np.intp]) -> None:
    """Row q becomes active where `added`, row `drop` leaves where `dropped`: one rank-one update of every pseudo-inverse.

    Adding q: the new row is e = across/‖across‖², and row k loses r_k e.  Dropping row l: row k loses ⟨n_k, n_l⟩/‖n_l‖² n_l.
    """
    slot = (run.active < 0).argmax(axis=1)
    slot[dropped] = drop[dropped]
    share, vector = along.r, np.zeros_like(along.across)
    vector[added] = along.across[added] / along.steep[added, None]
    if len(dropped):
        gone = run.dual[dropped, slot[dropped]]
        share = along.r.copy()
        share[dropped] = np.einsum("nkd,nd->nk", run.dual[dropped], gone) / (gone * gone).sum(axis=1)[:, None]
        vector[dropped] = gone
    run.dual -= share[:, :, None] * vector[:, None, :]
    run.dual[added, slot[added]] = vector[added]
    run.normals[added, slot[added]] = along.normal[added]
    run.active[added, slot[added]] = run.q[added]
    run.u[added, slot[added]] = run.uq[added]
    run.q[added] = -1
    run.dual[dropped, slot[dropped]] = 0.0
    run.normals[dropped, slot[dropped]] = 0.0
    run.active[dropped, slot[dropped]] = -1
    run.u[dropped, slot[dropped]] = 0.0
