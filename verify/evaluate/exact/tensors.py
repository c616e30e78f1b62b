"""The exact reading of tensors, of their injective norm where it is a norm of numbers, vectors or matrices, and of suprema over S⁰."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from theory.errors import NotCertified, ShapeError
from theory.terms.tensors import IndexedTensorProduct, InjectiveNorm, MarkovBound, TensorPower, TensorSymbol, markov_bound
from verify.evaluate.conventions import Convention
from verify.evaluate.exact import numbers, spectra
from verify.evaluate.exact.numbers import Number, rational
from verify.evaluate.exact.terms import Exact, each_index, euclidean, reads_exactly


@reads_exactly(TensorSymbol)
def _symbol(term: Any, at: Exact) -> list[Number]:
    d, p = (at.whole(size) for size in term.shape_of_tensor)
    array = at.instance.exact_array(term.name, p)
    if array.shape != (d,) * p:
        raise ShapeError(f"{term.name} has shape {array.shape}; give a tensor of shape {(d,) * p}")
    return [rational(x) for x in array.reshape(-1)]


@reads_exactly(TensorPower)
def _power(term: Any, at: Exact) -> list[Number]:
    return _product_of([at.vector(term.args[0])] * at.whole(term.args[1]))


@reads_exactly(IndexedTensorProduct)
def _product(term: Any, at: Exact) -> list[Number]:
    return _product_of([inner.vector(term.body) for inner in each_index(term, at)])


def _product_of(vectors: list[list[Number]]) -> list[Number]:
    """The tensor product, in row-major order; that of no vectors is 1 in R^(d⁰)."""
    found: list[Number] = [fmpq(1)]
    for vector in vectors:
        found = [numbers.multiply(x, y) for x in found for y in vector]
    return found


@reads_exactly(MarkovBound)
def _markov(term: Any, at: Exact) -> Number:
    degree, power = (at.whole(a) for a in term.args)
    if 0 <= power <= degree:
        return fmpq(markov_bound(degree, power))
    at.read_off(Convention.MARKOV, term)
    return fmpq(0)


@reads_exactly(InjectiveNorm)
def _injective(term: Any, at: Exact) -> Number:
    tensor, (d, p) = at.vector(term.args[0]), (at.whole(size) for size in term.args[1:])
    if d == 1:
        return numbers.absolute(tensor[0])
    if p == 1:
        return euclidean(tensor)
    if p == 2:
        rows = np.array(tensor, dtype=object).reshape(d, d)
        return spectra.operator_norm([list(row) for row in rows])
    raise NotCertified("the injective norm has an exact reading for orders 1 and 2 and in dimension 1 only")
