"""Linear relations between rows of rationals, by exact elimination."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_mat


def only_relation(rows: Sequence[Sequence[fmpq]]) -> list[fmpq] | None:
    """The numbers λ, not all 0, with Σ λ_i row_i = 0, when they are unique up to a factor; otherwise None.

    >>> only_relation([[fmpq(1), fmpq(0)], [fmpq(0), fmpq(2)], [fmpq(-1), fmpq(-1)]])
    [1, 1/2, 1]
    """
    n, d = len(rows), len(rows[0]) if rows else 0
    if n > d + 1 or n == 0:
        return None
    reduced, rank = fmpq_mat(d, n, [rows[i][c] for c in range(d) for i in range(n)]).rref()
    if int(rank) != n - 1:
        return None
    pivots = [next(c for c in range(n) if reduced[row, c] != 0) for row in range(n - 1)]
    free = next(c for c in range(n) if c not in pivots)
    relation = [fmpq(0)] * n
    relation[free] = fmpq(1)
    for row, column in enumerate(pivots):
        relation[column] = -reduced[row, free]
    return relation
