"""Values of small terms straight from the definitions of sums, inner products and norms: an oracle that shares no code with the kernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import isclose, prod, sqrt
from typing import Any

from sympy import Abs, Add, Integer, Mul, Pow, Rational

from theory.terms import Outer
from theory.terms.linear import (
    Cell,
    Entry,
    IndexedMatrixSum,
    IndexedSum,
    IndexedVectorSum,
    MatrixSum_,
    MatVec,
    Row,
    ScaledMatrix,
    ScaledVector,
    VectorSum_,
    ZeroVector,
)
from theory.terms.scalars import Dot, FrobeniusNorm, Norm, Trace

World = Mapping[Any, Any]   # numbers, lists and lists of lists for the leaves


def close(left: float, right: float) -> bool:
    """Whether two values agree up to rounding: they come from a few dozen operations on numbers of moderate size."""
    return isclose(left, right, rel_tol=1e-5, abs_tol=1e-5)


def number(term: Any, world: World) -> float:
    """The value of a scalar term."""
    if term in world:
        return world[term]
    if isinstance(term, Rational):
        return float(term)
    if isinstance(term, Add):
        return sum(number(a, world) for a in term.args)
    if isinstance(term, Mul):
        return prod(number(a, world) for a in term.args)
    if isinstance(term, Pow):
        base, exponent = number(term.base, world), number(term.exp, world)
        return base ** int(exponent) if exponent == int(exponent) else max(base, 0.0) ** exponent      # roots are of sums of squares
    if isinstance(term, Abs):
        return abs(number(term.args[0], world))
    if isinstance(term, IndexedSum):
        return sum(number(term.body, at) for at in _places(term, world))
    if isinstance(term, Entry):
        return vector(term.vector, world)[_index(term.args[1], world)]
    if isinstance(term, Cell):
        return matrix(term.args[0], world)[_index(term.args[1], world)][_index(term.args[2], world)]
    if isinstance(term, Dot):
        return _inner(*(vector(a, world) for a in term.args))
    if isinstance(term, Norm):
        return sqrt(sum(c * c for c in vector(term.args[0], world)))
    if isinstance(term, FrobeniusNorm):
        return sqrt(sum(c * c for row in matrix(term.args[0], world) for c in row))
    if isinstance(term, Trace):
        return sum(_inner(r, s) for r, s in zip(*(matrix(a, world) for a in term.args), strict=True))
    raise NotImplementedError(type(term).__name__)


def vector(term: Any, world: World) -> list[float]:
    """The entries of a vector."""
    if term in world:
        return world[term]
    if isinstance(term, Row):
        return matrix(term.args[0], world)[_index(term.args[1], world)]
    if isinstance(term, VectorSum_):
        return [sum(column) for column in zip(*(vector(a, world) for a in term.args), strict=True)]
    if isinstance(term, ScaledVector):
        factor = number(term.args[0], world)
        return [factor * c for c in vector(term.args[1], world)]
    if isinstance(term, MatVec):
        return [_inner(row, vector(term.args[1], world)) for row in matrix(term.args[0], world)]
    if isinstance(term, (IndexedVectorSum, ZeroVector)):
        parts = [vector(term.body, at) for at in _places(term, world)] if isinstance(term, IndexedVectorSum) else []
        return [sum(column) for column in zip(*parts, strict=True)] if parts else [0.0] * int(number(term.dim, world))
    raise NotImplementedError(type(term).__name__)


def matrix(term: Any, world: World) -> list[list[float]]:
    """The rows of a matrix."""
    if term in world:
        return world[term]
    if isinstance(term, Outer):
        left, right = (vector(a, world) for a in term.args)
        return [[p * q for q in right] for p in left]
    if isinstance(term, ScaledMatrix):
        factor = number(term.args[0], world)
        return [[factor * c for c in row] for row in matrix(term.args[1], world)]
    if isinstance(term, (MatrixSum_, IndexedMatrixSum)):
        whole = isinstance(term, MatrixSum_)
        parts = [matrix(a, world) for a in term.args] if whole else [matrix(term.body, at) for at in _places(term, world)]
        rows, columns = (int(number(size, world)) for size in term.shape)
        return [[sum(part[r][c] for part in parts) for c in range(columns)] for r in range(rows)]
    raise NotImplementedError(type(term).__name__)


def _places(term: Any, world: World) -> Iterator[World]:
    """The world with each choice of the indices of a sum; {1, …, m} is empty for m ≤ 0."""
    sizes = [int(number(domain.size, world)) for domain in term.domains]
    for choice in product(*(range(1, size + 1) for size in sizes)):
        yield {**world, **dict(zip(term.variables, choice, strict=True))}


def _index(term: Any, world: World) -> int:
    place = int(number(term, world)) - 1
    if place < 0:
        raise IndexError(Integer(place + 1))
    return place


def _inner(left: list[float], right: list[float]) -> float:
    return sum(p * q for p, q in zip(left, right, strict=True))
