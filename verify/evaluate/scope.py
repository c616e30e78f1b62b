"""Compilation of terms to closures, with one numpy axis per open binder.

Axis j (counted from the outermost open binder) is numpy axis −(j+1) of a scalar: a new binder adds an axis on the
left, so values that do not depend on it need no reshaping.  Vectors and matrices carry their component axes after the
batch axes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from sympy import Symbol

from theory.errors import BadData, ShapeError
from theory.terms.linear import Matrix, MatrixSymbol, Vector, VectorSymbol
from theory.terms.scalars import Sup
from theory.terms.sets import Range, Signs
from verify.evaluate.conventions import Convention, reading_words
from verify.evaluate.declared import require_declared
from verify.evaluate.values import ULP, Interval, MatrixValue, VectorValue, point
from verify.objects.instance import Instance

Node = Callable[["Env"], Any]


@dataclass(frozen=True)
class Options:
    """How much work an evaluation may do, and how close counts as a tie.

    n_samples: draws of a Monte Carlo estimate, n_slow where the body holds a supremum that is computed draw by draw;
    max_signs: sign vectors up to this length are enumerated (2^n of them); n_points: sampled points per quantifier
    over a continuous set; search_rounds: rounds of local search; tie: relative size of the error up to which two
    values that agree within their errors count as equal; error_rate: of confidence intervals.
    """

    n_samples: int = 4000
    n_slow: int = 256
    max_signs: int = 12
    max_slow_signs: int = 8
    n_points: int = 128
    search_rounds: int = 24
    tie: float = 1e-6  # errors larger than this leave a comparison undecided: they could hide a real violation
    error_rate: float = 1e-6
    chunk: int = 4096  # places evaluated at once; bounds the memory of enumerations

    def __post_init__(self) -> None:
        if (
            min(self.n_samples, self.n_slow) < 2
            or self.n_points < 8
            or not 0 <= self.max_signs <= 20
            or self.chunk < 1
            or self.search_rounds < 0
        ):
            raise BadData(
                "options need n_samples, n_slow ≥ 2, n_points ≥ 8, 0 ≤ max_signs ≤ 20, chunk ≥ 1 and search_rounds ≥ 0"
            )
        if not 0 < self.error_rate < 1 or not 0 < self.tie < 1:
            raise BadData("options need 0 < error_rate < 1 and 0 < tie < 1")


@dataclass(frozen=True)
class Scope:
    """The open binders: pairs (variable, axis), and the number of axes."""

    pairs: tuple[tuple[Any, int], ...] = ()
    depth: int = 0

    def open(self, *variables: Any) -> Scope:
        """One more axis, shared by the given variables."""
        return Scope(self.pairs + tuple((v, self.depth) for v in variables), self.depth + 1)

    def binds(self, variable: Any) -> bool:
        return any(v == variable for v, _ in self.pairs)

    def open_in(self, term: Any) -> tuple[Any, ...]:
        """The open variables that occur in the term."""
        free = term.free_symbols
        return tuple(v for v, _ in self.pairs if v in free)


@dataclass
class Run:
    """What one evaluation on one instance shares: dimensions, converted leaves, values of closed terms, and notes."""

    instance: Instance
    options: Options
    sizes: dict[str, int] = field(default_factory=dict)
    leaves: dict[Any, Any] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    off_domain: list[str] = field(default_factory=list)  # what was read off its domain, in words
    collapse: float | None = None  # where in their intervals enclosures are put; None: they stay intervals
    enclosed: bool = False  # whether some value was an interval

    def settled(self, value: Interval) -> Interval:
        """An enclosure, or the point of it at which the facts are tried; an end that is not known is left out."""
        if value.is_point:
            return value
        self.enclosed = True
        if self.collapse is None:
            return value
        lower, upper = (np.asarray(end, dtype=np.float64) for end in value[:2])
        middle = lower + self.collapse * (np.where(np.isfinite(upper), upper, lower) - lower)
        return point(np.where(np.isfinite(lower), middle, upper), value.error)

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def read_off(self, convention: Convention, term: Any) -> None:
        """Record that a term was read off its domain."""
        said = reading_words(convention, term)
        if said not in self.off_domain:
            self.off_domain.append(said)

    def enumerates(self, n: int, body: Any) -> bool:
        """Whether the sign vectors of length n are enumerated for this body."""
        return n <= (
            min(self.options.max_signs, self.options.max_slow_signs) if is_slow(body) else self.options.max_signs
        )

    def remembered(self, key: Any, compute: Callable[[], Any]) -> Any:
        """What belongs to a key, such as a closed term, computed once, together with its notes.

        What was computed without an enclosure is the same wherever enclosures are put; the rest is kept for each place.
        """
        found = self.memo.get(key) or self.memo.get((key, self.collapse))
        if found is None:
            outer = self.notes, self.enclosed, self.off_domain
            self.notes, self.enclosed, self.off_domain = [], False, []
            try:
                found = compute(), self.notes, self.enclosed, self.off_domain
            finally:
                self.notes, self.enclosed, self.off_domain = outer
            self.memo[(key, self.collapse) if found[2] else key] = found
        value, notes, enclosed, off_domain = found
        self.enclosed |= enclosed
        for text in notes:
            self.note(text)
        self.off_domain += [text for text in off_domain if text not in self.off_domain]
        return value

    def rng(self, term: Any) -> np.random.Generator:
        """A generator that depends on the instance's seed and on the term alone."""
        return np.random.default_rng([abs(int(self.instance.seed)), digest(term)])

    def size(self, name: str) -> int | None:
        """A dimension that the instance does not give: of the leaves seen so far, else by the letters of the paper."""
        return self.sizes[name] if name in self.sizes else self.instance.conventional_size(name)

    def learn_sizes(self, term: Any) -> None:
        """Read dimensions that have no value off the arrays of the leaves that occur in the term."""
        for leaf, dims in array_leaves(term):
            if self.instance.has(leaf.name):
                shape = np.shape(self.instance.values[leaf.name])
                for dim, size in zip(dims, shape, strict=False):
                    if isinstance(dim, Symbol) and not self.instance.has(dim.name):
                        self.sizes.setdefault(dim.name, size)


@lru_cache(maxsize=20_000)
def is_slow(term: Any) -> bool:
    """Whether the term holds a supremum over a continuous set, which is computed place by place."""
    return any(not isinstance(d, (Range, Signs)) for s in term.atoms(Sup) for d in s.domains)


@lru_cache(maxsize=20_000)
def array_leaves(term: Any) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
    """The free vectors and matrices of a term, with their symbolic dimensions."""
    leaves = sorted((s for s in term.free_symbols if leaf_dims(s)), key=lambda s: (-len(leaf_dims(s)), s.name))
    return tuple((leaf, leaf_dims(leaf)) for leaf in leaves)


def leaf_dims(leaf: Any) -> tuple[Any, ...]:
    """The symbolic dimensions of an array leaf."""
    if isinstance(leaf, VectorSymbol):
        return (leaf.dim,)
    return tuple(leaf.shape) if isinstance(leaf, MatrixSymbol) else ()


class Env:
    """The values of the open variables, and the run."""

    __slots__ = ("bound", "indices", "run")

    def __init__(self, run: Run, bound: dict[Any, Any], indices: dict[Any, Any]) -> None:
        self.run, self.bound, self.indices = run, bound, indices

    def child(self, bound: dict[Any, Any], indices: dict[Any, Any] | None = None) -> Env:
        """The environment beneath a binder."""
        return Env(self.run, self.bound | bound, self.indices | indices if indices else self.indices)

    def number(self, symbol: Any) -> Interval:
        """The value of a free scalar symbol."""
        found = self.run.leaves.get(symbol)
        if found is None:
            found = self.run.leaves[symbol] = _free_number(self.run, symbol)
        return found

    def leaf(self, leaf: Any) -> Any:
        """The value of a free vector or matrix."""
        found = self.run.leaves.get(leaf)
        if found is None:
            found = self.run.leaves[leaf] = _free_array(self, leaf)
        return found


def _free_number(run: Run, symbol: Any) -> Interval:
    name = symbol.name
    size = None if run.instance.has(name) or not symbol.is_integer else run.size(name)
    value = run.instance.number(name) if size is None else float(size)
    require_declared(symbol, value)
    raw = run.instance.values.get(name)
    relative = 0.0 if are_whole(np.asarray(value), raw) else run.instance.accuracy if isinstance(raw, (float, np.floating)) else ULP
    return point(np.float64(value), relative * abs(value))


def _free_array(env: Env, leaf: Any) -> Any:
    dims = leaf_dims(leaf)
    array = env.run.instance.array(leaf.name, len(dims))
    for dim, size in zip(dims, array.shape, strict=True):
        wanted = whole(compiled(dim, Scope())(env), dim)
        if wanted != size:
            raise ShapeError(
                f"{leaf.name} has shape {array.shape}, but {dim} is {wanted}; give {leaf.name} of shape "
                f"({', '.join(map(str, dims))})"
            )
    # integers are meant exactly; other floats are correct to the accuracy of the instance
    exact = array.size == 0 or are_whole(array, env.run.instance.values[leaf.name])
    relative = ULP if env.run.instance.is_exact(leaf.name) else env.run.instance.accuracy
    error = 0.0 if exact else relative * float(np.max(np.abs(array))) * float(np.sqrt(array.size))
    return VectorValue(array, error) if len(dims) == 1 else MatrixValue(array, error)


def are_whole(array: Any, raw: Any) -> bool:
    """Whether an array holds integers that are the given numbers, not what is left of them: 1 + 10⁻¹⁷ and 2⁶⁰ + 1 are rounded."""
    if not np.all((np.rint(array) == array) & (np.abs(array) <= 2.0**53)):
        return False
    given = np.asarray(raw, dtype=object)
    return raw is None or bool(np.all(given == array))


def whole(value: Interval, what: Any) -> int:
    """A value as one integer."""
    number = np.asarray(value.lower)
    if number.size != 1 or float(number.ravel()[0]) != round(float(number.ravel()[0])):
        raise BadData(f"{what} is {number}, where an integer is needed; give one")
    return int(number.ravel()[0])


# --- the table of compilers -----------------------------------------------------------------------

_COMPILERS: dict[type, Callable[[Any, Scope], Node]] = {}


def reads(*kinds: type) -> Callable[[Callable[[Any, Scope], Node]], Callable[[Any, Scope], Node]]:
    """Declare how terms of these classes are compiled; a later declaration for a subclass wins."""

    def register(compiler: Callable[[Any, Scope], Node]) -> Callable[[Any, Scope], Node]:
        for kind in kinds:
            _COMPILERS[kind] = compiler
        compiled.cache_clear()
        return compiler

    return register


@lru_cache(maxsize=20_000)
def compiled(term: Any, scope: Scope) -> Node:
    """The closure that evaluates a term of any sort beneath the open binders of the scope.

    The value of a composite term in which no open variable occurs belongs to the run: facts share it, and so do the places of a binder.
    It is computed beneath no binder, so that it has no axes, wherever it stands.
    """
    closed = bool(getattr(term, "args", ())) and leaf_dims(term) == () and not scope.open_in(term)
    if closed and scope.depth:
        return compiled(term, Scope())
    for kind in type(term).__mro__:
        if kind in _COMPILERS:
            node = _COMPILERS[kind](term, scope)
            return _once(term, node) if closed else node
    raise BadData(
        f"the term {term} ({type(term).__name__}) has no numeric reading; declare one with verify.evaluate.reads"
    )


def _once(term: Any, node: Node) -> Node:
    """A closure whose value the run remembers; what belongs to the term alone, such as an enclosure, is kept for it on the way there."""
    key = (_once, term)
    return lambda env: env.run.remembered(key, lambda: node(env))


# --- loops, for terms that cannot be vectorised ---------------------------------------------------


def sort_axes(variable: Any) -> int:
    """How many component axes the values of a variable have."""
    return 1 if isinstance(variable, Vector) else 2 if isinstance(variable, Matrix) else 0


def places(env: Env, variables: tuple[Any, ...]) -> tuple[tuple[int, ...], Iterator[tuple[tuple[int, ...], Env]]]:
    """The shape of the axes along which the variables vary, and the environment at each place,
    with axes of length one.
    """
    shape = np.broadcast_shapes(*(_batch_shape(env.bound[v], sort_axes(v)) for v in variables))
    return tuple(shape), ((place, _sliced(env, variables, place)) for place in product(*map(range, shape)))


def _batch_shape(value: Any, components: int) -> tuple[int, ...]:
    array = value.lower if isinstance(value, Interval) else value.array
    shape: tuple[int, ...] = np.shape(array)
    return shape[: len(shape) - components]


def _sliced(env: Env, variables: tuple[Any, ...], place: tuple[int, ...]) -> Env:
    bound = {v: _slice_value(env.bound[v], place, sort_axes(v)) for v in variables}
    indices = {v: _slice(env.indices[v], place, 0) for v in variables if v in env.indices}
    return env.child(bound, indices)


def _slice_value(value: Any, place: tuple[int, ...], components: int) -> Any:
    if isinstance(value, Interval):
        lower = _slice(value.lower, place, 0)
        upper = lower if value.is_point else _slice(value.upper, place, 0)
        return Interval(lower, upper, _slice(value.error, place, 0))
    return type(value)(_slice(value.array, place, components), _slice(value.error, place, 0))


def _slice(array: Any, place: tuple[int, ...], components: int) -> Any:
    batch = np.ndim(array) - components
    if batch <= 0:
        return array
    cut = tuple(
        slice(0, 1) if size == 1 else slice(p, p + 1)
        for size, p in zip(np.shape(array)[:batch], place[len(place) - batch :], strict=True)
    )
    return array[cut]


def collapse(array: Any, how: Any, axis: int, components: int = 0) -> Any:
    """Reduce the leftmost axis, which is `axis`, if the array varies along it; None when it does not."""
    if np.ndim(array) - components <= axis:
        return None
    return how(array, axis=0)


@lru_cache(maxsize=20_000)
def digest(term: Any) -> int:
    """A number that depends on the term alone, the same in every process."""
    if not getattr(term, "args", ()):
        return zlib.crc32(f"{type(term).__name__}:{term}".encode())
    return zlib.crc32(":".join([type(term).__name__, *(str(digest(a)) for a in term.args)]).encode())
