"""Points of a kink that are clear of others, for the oracle: found among a few exact candidates, undecided where none of them will do."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from kernel import oracle_numbers as numbers
from kernel import oracle_values as values
from kernel.oracle_numbers import Number, Undecided
from kernel.oracle_values import Domain, Matrix, every, same

Vector = tuple[Number, ...]
MOVES = (0, Fraction(1, 5), Fraction(-1, 3), Fraction(3, 4), 1, -1, Fraction(3, 5), Fraction(4, 5))


def clear_point(u: Vector, t: Number, others: Matrix, shifts: Vector, domain: Domain) -> Vector:
    """The first candidate that lies in the domain, on the kink, on none of the others, and inside where the domain is a ball."""
    if not u:
        raise Undecided("clearpoint")         # the ball of R^0 is listed, and does not say its radius
    for x in candidates(u, t, domain):
        fine = [domain.contains(x), same(numbers.plus(values.inner(u, x), t), 0), _inside(x, domain),
                *(numbers.below(0, size, strict=True) for size in _distances(others, shifts, x))]
        if every(fine) is True:
            return x
    raise Undecided("clearpoint")


def clearance(u: Vector, t: Number, others: Matrix, shifts: Vector, domain: Domain) -> Number:
    """Half the least of 1, the |w·p + b| and, in a ball, (r² − ‖p‖²)/2r; 0 where that is negative."""
    p = clear_point(u, t, others, shifts, domain)
    least: Number = 1
    for size in (*_distances(others, shifts, p), *_room(p, domain)):
        least = numbers.smaller(least, size)
    return numbers.times(Fraction(1, 2), numbers.larger(least, 0))


def candidates(u: Vector, t: Number, domain: Domain) -> Iterator[Vector]:
    """Samples of the domain, and points −tu/‖u‖² + v for short v."""
    yield from domain.elements if domain.elements is not None else domain.samples
    square = values.inner(u, u)
    start = values.scale(numbers.times(-1, numbers.times(t, numbers.inverse(square))), u)
    for move in product(MOVES, repeat=min(len(u), 2)):
        v = (*move, *(0,) * (len(u) - len(move)))
        along = numbers.times(values.inner(u, v), numbers.inverse(square))
        yield values.add(start, values.add(v, values.scale(numbers.times(-1, along), u)))


def _distances(others: Matrix, shifts: Vector, x: Vector) -> list[Number]:
    return [numbers.absolute(numbers.plus(values.inner(row, x), b)) for row, b in zip(others.rows, shifts, strict=True)]


def _inside(x: Vector, domain: Domain) -> bool | None:
    return numbers.below(values.length(x), domain.shape[2], strict=True) if domain.shape[:1] == ("ball",) else True


def _room(p: Vector, domain: Domain) -> list[Number]:
    if domain.shape[:1] != ("ball",):
        return []
    r = domain.shape[2]
    rest = numbers.minus(numbers.times(r, r), values.inner(p, p))
    return [numbers.times(rest, numbers.inverse(numbers.times(2, r)))]
