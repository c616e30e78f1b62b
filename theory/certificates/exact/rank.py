"""Ranks of integer matrices: found modulo a prime, which takes no longer than in floating point, then proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat, nmod_mat

_FIRST = 2**61 - 1      # the first prime that is tried


@dataclass(frozen=True)
class Minor:
    """Rows and columns of a largest square part of `matrix` with a determinant that is not 0 modulo a prime: hence not 0 at all."""

    matrix: fmpz_mat
    rows: list[int]
    columns: list[int]

    def combinations(self) -> fmpq_mat | None:
        """The numbers by which the other rows are combinations of the rows of the minor; None when one of them is not."""
        rest = [i for i in range(self.matrix.nrows()) if i not in set(self.rows)]
        others = [j for j in range(self.matrix.ncols()) if j not in set(self.columns)]
        square = part(self.matrix, self.rows, self.columns)
        solved: Any = square.transpose().solve(part(self.matrix, rest, self.columns).transpose())
        shares: fmpq_mat = solved.transpose()
        whole = not others or shares * fmpq_mat(part(self.matrix, self.rows, others)) == fmpq_mat(part(self.matrix, rest, others))
        return shares if whole else None


def largest_minor(matrix: fmpz_mat, prime: int = _FIRST) -> Minor:
    """The first rows, and the first columns, that are independent modulo a prime.

    >>> largest_minor(fmpz_mat([[0, 1, 2], [0, 2, 4], [3, 0, 0]])).rows
    [0, 2]
    """
    residues = nmod_mat(matrix, prime)
    return Minor(matrix, _pivots(residues.transpose()), _pivots(residues))


def rank(matrix: fmpz_mat) -> int:
    """The rank over the rationals: that of a largest minor modulo a prime, when all other rows are combinations of its rows.

    >>> rank(fmpz_mat([[1, 2], [2, 4]])), rank(fmpz_mat([[1, 2], [2, 5]])), rank(fmpz_mat([[0, 0]]))
    (1, 2, 0)
    """
    if not any(matrix.entries()):
        return 0
    minors = (largest_minor(matrix, prime) for prime in primes())
    full = min(matrix.nrows(), matrix.ncols())
    return next(len(m.rows) for m in minors if len(m.rows) == full or (m.rows and m.combinations() is not None))


def whole_rows(rows: Sequence[Sequence[fmpq]]) -> tuple[fmpz_mat, list[fmpz]]:
    """Rows of rationals, each multiplied by the least number that makes it whole, and these numbers.

    >>> whole_rows([[fmpq(1, 2), fmpq(1, 3)], [fmpq(2), fmpq(0)]])
    ([3, 2]
    [2, 0], [6, 1])
    """
    factors = []
    for row in rows:
        factor = fmpz(1)
        for entry in row:
            factor = factor.lcm(entry.q)
        factors.append(factor)
    entries = [entry.p * (factor // entry.q) for row, factor in zip(rows, factors, strict=True) for entry in row]
    return fmpz_mat(len(rows), len(rows[0]), entries), factors


def part(matrix: fmpz_mat, rows: Sequence[int], columns: Sequence[int]) -> fmpz_mat:
    """The entries in some rows and columns."""
    return fmpz_mat(len(rows), len(columns), [matrix[i, j] for i in rows for j in columns])


def primes() -> Iterator[int]:
    """Those that are tried, one after another."""
    return (p for p in count(_FIRST, 2) if fmpz(p).is_prime())


def _pivots(residues: nmod_mat) -> list[int]:
    """The columns in which the rows of the echelon form begin: the first ones that are independent."""
    reduced, size = residues.rref()
    table, found, column = reduced.table(), [], 0
    for row in table[:size]:
        while int(row[column]) == 0:
            column += 1
        found.append(column)
    return found
