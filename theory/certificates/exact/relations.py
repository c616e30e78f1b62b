"""Linear relations between rows of rationals, by exact elimination."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from theory.certificates.exact.rank import largest_minor, whole_rows


def only_relation(rows: Sequence[Sequence[fmpq]]) -> list[fmpq] | None:
    """The numbers λ, not all 0, with Σ λ_i row_i = 0, when they are found to be unique up to a factor; otherwise None.

    >>> only_relation([[fmpq(1), fmpq(0)], [fmpq(0), fmpq(2)], [fmpq(-1), fmpq(-1)]])
    [1, 1/2, 1]
    """
    n, d = len(rows), len(rows[0]) if rows else 0
    if n > d + 1 or n == 0:
        return None
    matrix, factors = whole_rows(rows)
    minor = largest_minor(matrix)
    # rows that are dependent modulo the prime alone would be refused below; then the relation goes unfound, which is no claim
    shares = minor.combinations() if len(minor.rows) == n - 1 else None
    if shares is None:
        return None
    free = next(i for i in range(n) if i not in set(minor.rows))
    whole = dict(zip(minor.rows, ((-shares)[0, j] for j in range(n - 1)), strict=True)) | {free: fmpq(1)}
    return [whole[i] * factors[i] / factors[free] for i in range(n)]
