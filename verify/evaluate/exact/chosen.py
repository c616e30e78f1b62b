"""The exact reading of vectors and constants that are defined by what they satisfy."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq, fmpq_mat

from theory.errors import HypothesisViolated, NotCertified
from theory.terms.linear import Direction, KernelVector, Realiser
from theory.terms.scalars import MeanChiNorm
from verify.evaluate.conventions import Convention
from verify.evaluate.exact import numbers
from verify.evaluate.exact.numbers import Number, ball, is_rational
from verify.evaluate.exact.terms import Exact, inner_product, reads_exactly


@reads_exactly(MeanChiNorm)
def _mean_chi(term: Any, at: Exact) -> Number:
    d = ball(at.scalar(term.args[0]))
    return arb(2).sqrt() * ((d + 1) / 2).gamma() / (d / 2).gamma()


def unit(vector: list[Number]) -> list[Number]:
    """v/‖v‖; the first basis vector when v = 0."""
    size = numbers.square_root(inner_product(vector, vector))
    if is_rational(size):
        if size == 0:
            return [fmpq(int(place == 0)) for place in range(len(vector))]
        return [numbers.multiply(x, 1 / size) for x in vector]
    if ball(size).contains(0):
        raise NotCertified("the direction of a vector that may be 0 is not decided; raise the precision")
    return [ball(x) / size for x in vector]


@reads_exactly(Direction)
def _direction(term: Any, at: Exact) -> list[Number]:
    vector = at.vector(term.args[0])
    if all(is_rational(x) and x == 0 for x in vector):
        at.read_off(Convention.DIRECTION, term)
    return unit(vector)


def _rational_matrix(rows: list[list[Number]], term: Any) -> fmpq_mat:
    entries = [x for row in rows for x in row]
    if not is_rational(*entries):
        raise NotCertified(f"{term} is read exactly for rational matrices only")
    return fmpq_mat(len(rows), len(rows[0]), entries)


@reads_exactly(KernelVector)
def _kernel_vector(term: Any, at: Exact) -> list[Number]:
    reduced, rank = _rational_matrix(at.matrix(term.args[0]), term).rref()
    size = reduced.ncols()
    if rank == size:
        return [fmpq(0)] * size
    pivots = [next(j for j in range(size) if reduced[i, j] != 0) for i in range(rank)]
    free = next(j for j in range(size) if j not in pivots)
    # the free variable is 1, the other free ones 0, and each pivot variable follows from its row
    found = [fmpq(int(j == free)) for j in range(size)]
    for i, pivot in enumerate(pivots):
        found[pivot] = -reduced[i, free]
    return unit(found)


@reads_exactly(Realiser)
def _realiser(term: Any, at: Exact) -> list[Number]:
    """The least-norm solution Wᵀ(WWᵀ)⁻¹(s − b)."""
    weights = _rational_matrix(at.matrix(term.args[0]), term)
    offsets, pattern = at.vector(term.args[1]), at.vector(term.args[2])
    target = [numbers.add(s, numbers.multiply(fmpq(-1), b)) for s, b in zip(pattern, offsets, strict=True)]
    gram = weights * weights.transpose()
    if gram.rank() < gram.nrows():
        raise HypothesisViolated(
            f"the rows of {term.args[0]} are dependent, so {term} need not exist; give independent rows"
        )
    solved = weights.transpose() * gram.solve(_rational_matrix([[x] for x in target], term))
    return [solved[i, 0] for i in range(solved.nrows())]
