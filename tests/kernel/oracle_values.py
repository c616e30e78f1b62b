"""Values of the oracle: matrices, sets with a law, and functions that know what cannot be read off finitely many of their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from typing import Any

from flint import arb, fmpq, fmpq_mat

from kernel import oracle_numbers as numbers
from kernel.oracle_numbers import Number, Undecided, is_exact

Vector = tuple[Number, ...]


@dataclass(frozen=True)
class Matrix:
    """A k×d matrix by rows; d is kept since there may be no rows."""

    rows: tuple[Vector, ...]
    width: int

    @property
    def columns(self) -> tuple[Vector, ...]:
        """The columns."""
        return tuple(tuple(row[j] for row in self.rows) for j in range(self.width))


@dataclass(frozen=True)
class Domain:
    """A set: which values are in it; all elements where they are few, else some; its law where they are equally likely.

    ``shape`` says what an infinite set is: ("line",), ("integers",), ("naturals",), ("space", d), ("interval", a, b), ("ball", d, r).
    """

    contains: Callable[[Any], bool | None]
    elements: tuple[Any, ...] | None = None
    samples: tuple[Any, ...] = ()
    uniform: bool = False
    shape: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Function:
    """A function, and the least Lipschitz constant on a set where it is known: a number, or None for no constant."""

    at: Callable[..., Any]
    slope: Callable[[Domain], Number | None] | None = None
    coefficients: tuple[Number, ...] | None = field(default=None)

    def __call__(self, *values: Any) -> Any:
        return self.at(*values)


def listed(elements: Sequence[Any], *, uniform: bool = False) -> Domain:
    """A finite set."""
    own = tuple(elements)
    return Domain(lambda value: some(same(value, x) for x in own), own, own, uniform)


# --- three-valued logic -------------------------------------------------------------------------------------------------------------

def every(parts: Any) -> bool | None:
    """False if one is, else None if one is, else True."""
    result: bool | None = True
    for part in parts:
        if part is False:
            return False
        result = None if part is None else result
    return result


def some(parts: Any) -> bool | None:
    """True if one is, else None if one is, else False."""
    result: bool | None = False
    for part in parts:
        if part is True:
            return True
        result = None if part is None else result
    return result


def negation(part: bool | None) -> bool | None:
    """Not."""
    return None if part is None else not part


def same(a: Any, b: Any) -> bool | None:
    """Whether two values are equal; of sets and functions only where they are one object."""
    if isinstance(a, tuple):
        return False if len(a) != len(b) else every(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Matrix):
        return same(a.rows, b.rows) if a.width == b.width else False
    if isinstance(a, (Domain, Function)) or callable(a):
        return True if a is b else None
    return a == b if isinstance(a, bool) or isinstance(b, bool) else numbers.equal(a, b)


# --- linear algebra -----------------------------------------------------------------------------------------------------------------

def add(u: Any, v: Any) -> Any:
    """u + v."""
    if isinstance(u, Matrix):
        return Matrix(tuple(add(a, b) for a, b in zip(u.rows, v.rows, strict=True)), u.width)
    return tuple(numbers.plus(a, b) for a, b in zip(u, v, strict=True))


def scale(c: Number, v: Any) -> Any:
    """c v."""
    if isinstance(v, Matrix):
        return Matrix(tuple(scale(c, row) for row in v.rows), v.width)
    return tuple(numbers.times(c, x) for x in v)


def total(terms: Any) -> Number:
    """A sum of numbers."""
    return reduce(numbers.plus, terms, 0)


def inner(u: Any, v: Any) -> Number:
    """u·v, and tr(AᵀB)."""
    if isinstance(u, Matrix):
        return total(inner(a, b) for a, b in zip(u.rows, v.rows, strict=True))
    return total(numbers.times(a, b) for a, b in zip(u, v, strict=True))


def length(v: Any) -> Number:
    """‖v‖."""
    return numbers.root(inner(v, v))


def at(items: Sequence[Any], place: int, nothing: Any) -> Any:
    """The item at a place counted from 1, and nothing elsewhere."""
    return items[place - 1] if 1 <= place <= len(items) else nothing


def apply(m: Matrix, v: Vector) -> Vector:
    """Mv."""
    return tuple(inner(row, v) for row in m.rows)


def kron(u: Vector, v: Vector) -> Vector:
    """u⊗v, row by row."""
    return tuple(numbers.times(a, b) for a in u for b in v)


def direction(v: Vector) -> Vector:
    """A unit vector e with v = ‖v‖e."""
    size = length(v)
    if numbers.sign(size) == 0:
        return tuple(int(j == 0) for j in range(len(v)))
    return scale(numbers.inverse(size), v)


def rational(m: Matrix) -> fmpq_mat:
    """A matrix of rational numbers."""
    entries = [x for row in m.rows for x in row]
    if not all(map(is_exact, entries)):
        raise Undecided("linear algebra with balls")
    return fmpq_mat(len(m.rows), m.width, [fmpq(x.numerator, x.denominator) for x in entries])


def solution(m: Matrix, right: Vector) -> tuple[Vector, list[Vector]] | None:
    """A solution of Mx = right and a basis of the kernel; None where there is no solution."""
    rational(m)
    rows = [[*map(numbers.Fraction, row), numbers.Fraction(b)] for row, b in zip(m.rows, right, strict=True)]
    pivots: list[int] = []
    for column in range(m.width):
        place = next((i for i in range(len(pivots), len(rows)) if rows[i][column] != 0), None)
        if place is None:
            continue
        own = len(pivots)
        rows[own], rows[place] = rows[place], rows[own]
        rows[own] = [x / rows[own][column] for x in rows[own]]
        for i, row in enumerate(rows):
            if i != own and row[column] != 0:
                rows[i] = [x - row[column] * y for x, y in zip(row, rows[own], strict=True)]
        pivots.append(column)
    if any(row[-1] != 0 for row in rows[len(pivots):]):
        return None
    particular = tuple(rows[pivots.index(j)][-1] if j in pivots else 0 for j in range(m.width))
    free = [j for j in range(m.width) if j not in pivots]
    kernel = [tuple(-rows[pivots.index(j)][f] if j in pivots else int(j == f) for j in range(m.width)) for f in free]
    return particular, kernel


def eigenvalues(m: Matrix) -> list[Number]:
    """The eigenvalues of a symmetric matrix, in falling order, with multiplicity."""
    if m.width == 0:
        return []
    if m.width == 1:
        return [m.rows[0][0]]
    roots = rational(m).charpoly().numer().complex_roots()
    values = [root.real if not isinstance(root, arb) else root for root, count in roots for _ in range(count)]
    return sorted(values, key=lambda t: -float(t.mid()))


def gram(m: Matrix) -> Matrix:
    """MᵀM."""
    return Matrix(tuple(tuple(inner(a, b) for b in m.columns) for a in m.columns), m.width)


def singular_values(m: Matrix) -> list[Number]:
    """The singular values, in falling order."""
    return [t.max(arb(0)).sqrt() if isinstance(t, arb) else numbers.root(t) for t in eigenvalues(gram(m))]


def symmetric_part(m: Matrix) -> Matrix:
    """(M + Mᵀ)/2."""
    return scale(numbers.Fraction(1, 2), add(m, Matrix(m.columns, m.width)))


def semidefinite(m: Matrix) -> bool | None:
    """M = Mᵀ and x·Mx ≥ 0: no sign change at the odd places of the characteristic polynomial."""
    if same(m.rows, m.columns) is not True:
        return same(m.rows, m.columns)
    coefficients = rational(m).charpoly().coeffs()
    return all(c * (-1) ** (m.width - power) >= 0 for power, c in enumerate(coefficients))


def is_symmetric_tensor(t: Vector, d: int, p: int) -> bool | None:
    """Whether its entries do not change when the indices are permuted."""
    entries = dict(zip(product(range(d), repeat=p), t, strict=True))
    return every(same(entries[index], entries[tuple(sorted(index))]) for index in entries)
