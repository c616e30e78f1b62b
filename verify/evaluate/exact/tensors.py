"""The exact reading of tensors, of their injective norm where it is a norm of numbers, vectors or matrices, and of suprema over S⁰."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.errors import NotCertified, ShapeError
from theory.terms.tensors import InjectiveNorm, TensorPower, TensorSymbol
from verify.evaluate.exact import numbers, spectra
from verify.evaluate.exact.numbers import Number, rational
from verify.evaluate.exact.terms import Exact, euclidean, reads_exactly


@reads_exactly(TensorSymbol)
def _symbol(term: Any, at: Exact) -> list[Number]:
    d, p = (at.whole(size) for size in term.shape_of_tensor)
    array = at.instance.exact_array(term.name, p)
    if array.shape != (d,) * p:
        raise ShapeError(f"{term.name} has shape {array.shape}; give a tensor of shape {(d,) * p}")
    return [rational(x) for x in array.reshape(-1)]


@reads_exactly(TensorPower)
def _power(term: Any, at: Exact) -> list[Number]:
    vector = at.vector(term.args[0])
    found = list(vector)
    for _ in range(at.whole(term.args[1]) - 1):
        found = [numbers.multiply(x, y) for x in found for y in vector]
    return found


@reads_exactly(InjectiveNorm)
def _injective(term: Any, at: Exact) -> Number:
    tensor, (d, p) = at.vector(term.args[0]), (at.whole(size) for size in term.args[1:])
    if d == 1:
        return numbers.absolute(tensor[0])
    if p == 1:
        return euclidean(tensor)
    if p == 2:
        rows = np.array(tensor, dtype=object).reshape(d, d)
        return spectra.singular_values([list(row) for row in rows])[0]
    raise NotCertified("the injective norm has an exact reading for orders 1 and 2 and in dimension 1 only")
