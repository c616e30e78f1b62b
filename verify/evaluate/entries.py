"""The numeric reading of entries and rows; out of range they are 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.errors import BadData, HypothesisViolated
from theory.terms.linear import Cell, Entry, Row
from verify.evaluate.conventions import Convention
from verify.evaluate.scope import Env, Node, Scope, compiled, reads
from verify.evaluate.values import Interval, VectorValue, point


def _index_node(index: Any, scope: Scope) -> Any:
    """The 0-based integer values of an index term."""
    if scope.binds(index):
        return lambda env: env.indices[index] - 1
    value = compiled(index, scope)

    def run(env: Env) -> Any:
        v = np.asarray(value(env).lower)
        if not np.all(np.rint(v) == v):
            raise BadData(f"the index {index} is {v}, which is not an integer")
        return v.astype(np.int64) - 1

    return run


def taken(array: Any, index: Any, components_after: int, term: Any, env: Env) -> tuple[Any, Any]:
    """Entries (or rows) at the indices, 0 out of range, and where an index is in range.

    `array` has batch axes, the indexed axis, then `components_after` axes.
    """
    length = array.shape[array.ndim - 1 - components_after]
    inside = (np.asarray(index) >= 0) & (np.asarray(index) < length)
    if np.all(inside):
        return at_indices(array, index, components_after), True
    env.run.read_off(Convention.ENTRY, term)
    if length == 0:
        shape = np.broadcast_shapes(array.shape[: array.ndim - 1 - components_after], np.shape(index))
        return np.zeros((*shape, *array.shape[array.ndim - components_after :])), inside
    found = at_indices(array, np.where(inside, index, 0), components_after)
    return np.where(np.reshape(inside, np.shape(inside) + (1,) * components_after), found, 0.0), inside


def at_indices(array: Any, index: Any, components_after: int) -> Any:
    """Entries (or rows) at indices in range."""
    length = array.shape[array.ndim - 1 - components_after]
    if array.ndim == 1 + components_after:
        return array[index]
    batch = array.shape[: array.ndim - 1 - components_after]
    shape = np.broadcast_shapes(batch, np.shape(index))
    tail = array.shape[array.ndim - components_after :] if components_after else ()
    if np.size(index) == 1:
        return np.take(array, int(np.ravel(index)[0]), axis=len(batch))
    if np.shape(index)[0] == np.size(index) == length and np.ndim(index) > len(batch):
        moved = np.moveaxis(array, len(batch), 0)  # a full range of indices on a new axis: a view suffices
        return moved.reshape((length,) + (1,) * (np.ndim(index) - 1 - len(batch)) + moved.shape[1:])
    spread = np.broadcast_to(array, (*shape, length, *tail))
    where = np.broadcast_to(index, shape).reshape(shape + (1,) * (1 + components_after))
    return np.take_along_axis(spread, where, axis=len(shape)).squeeze(axis=len(shape))


@reads(Entry)
def _entry(term: Entry, scope: Scope) -> Node:
    vector, index = compiled(term.args[0], scope), _index_node(term.args[1], scope)

    def run(env: Env) -> Interval:
        v = vector(env)
        value, inside = taken(v.array, index(env), 0, term, env)
        return point(value, v.error if inside is True else np.where(inside, v.error, 0.0))

    return run


@reads(Row)
def _row(term: Row, scope: Scope) -> Node:
    matrix, index = compiled(term.args[0], scope), _index_node(term.args[1], scope)

    def run(env: Env) -> VectorValue:
        m = matrix(env)
        rows, inside = taken(m.array, index(env), 1, term, env)
        return VectorValue(rows, m.error if inside is True else np.where(inside, m.error, 0.0))

    return run


@reads(Cell)
def _cell(term: Cell, scope: Scope) -> Node:
    matrix = compiled(term.args[0], scope)
    row, column = (_index_node(a, scope) for a in term.args[1:])

    def run(env: Env) -> Interval:
        m = matrix(env)
        i, j = row(env), column(env)
        if m.array.ndim == 2 and _all_inside(i, m.array.shape[0]) and _all_inside(j, m.array.shape[1]):
            value, inside = m.array[i, j], True
        else:
            rows, row_inside = taken(m.array, i, 1, term, env)
            value, column_inside = taken(rows, j, 0, term, env)
            inside = row_inside if column_inside is True else np.logical_and(row_inside, column_inside)
        if term.is_nonnegative and np.any(value < 0):
            raise HypothesisViolated(
                f"an entry of the nonnegative table {term.args[0].name} is negative; give nonnegative entries"
            )
        return point(value, m.error if inside is True else np.where(inside, m.error, 0.0))

    return run


def _all_inside(index: Any, length: int) -> bool:
    return bool(np.all((np.asarray(index) >= 0) & (np.asarray(index) < length)))
