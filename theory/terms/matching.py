"""Matching of schemas against terms: first order, with families of bound variables (Miller patterns), modulo AC of + and ·.

The matcher only proposes bindings.  Whoever uses one instantiates the schema and compares the result with the goal, so a mistake
here can lose a proof but cannot make one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import sympy
from sympy import Expr

from theory.terms.arithmetic import Add, Mul, Symbol
from theory.terms.linear import Matrix, MatrixSum_, NonnegativeTable, Vector, VectorSum_
from theory.terms.scalars import Activation, Dot, Function
from theory.terms.schema import FAMILY_TERMS, Binding, Event, Family, Template, VectorFamily, instantiate
from theory.terms.sorts import Binder, Set, fresh_variable, names_in

MAX_SPLIT = 6  # factors that are shared out among several metavariables: 2^6 splits is the most that is tried


@dataclass(frozen=True)
class Pattern:
    """A term together with the free variables in it that may be bound."""

    term: Any
    variables: frozenset[Any]


def match_first(pattern: Pattern, term: Any, binding: Binding | None = None) -> dict[Any, Any] | None:
    """The first binding under which the pattern is the term, or None."""
    return next(matches(pattern, term, binding), None)


def matches(pattern: Pattern, term: Any, binding: Binding | None = None) -> Iterator[dict[Any, Any]]:
    """All bindings, extending the given one, that the matcher finds."""
    yield from _Matcher(pattern.variables).match(pattern.term, term, dict(binding or {}), ())


@dataclass(frozen=True)
class _Matcher:
    variables: frozenset[Any]

    def match(self, pattern: Any, term: Any, binding: dict[Any, Any], opened: tuple[Any, ...]) -> Iterator[dict[Any, Any]]:
        if isinstance(pattern, FAMILY_TERMS) and pattern.args[0] in self.variables:
            yield from self._family(pattern, term, binding, opened)
        elif pattern in self.variables:
            yield from self._variable(pattern, term, binding, opened)
        elif isinstance(pattern, Binder):
            yield from self._binder(pattern, term, binding, opened)
        elif isinstance(pattern, (sympy.Add, sympy.Mul)):
            yield from self._commutative(pattern, term, binding, opened)
        elif isinstance(pattern, (VectorSum_, MatrixSum_)):
            yield from self._sum_of_objects(pattern, term, binding, opened)
        elif pattern == term:
            yield binding
        elif isinstance(pattern, Dot) and isinstance(term, Dot):
            for order in ((0, 1), (1, 0)):
                yield from self._sequence(pattern.args, [term.args[i] for i in order], binding, opened)
        elif pattern.args and term.func == pattern.func and len(pattern.args) == len(term.args):
            yield from self._sequence(pattern.args, term.args, binding, opened)

    def _sequence(self, patterns: Any, terms: Any, binding: dict[Any, Any], opened: tuple[Any, ...]) -> Iterator[dict[Any, Any]]:
        if not patterns:
            yield binding
            return
        for extended in self.match(patterns[0], terms[0], binding, opened):
            yield from self._sequence(patterns[1:], terms[1:], extended, opened)

    def _variable(self, variable: Any, term: Any, binding: dict[Any, Any], opened: tuple[Any, ...]) -> Iterator[dict[Any, Any]]:
        if variable in binding:
            if binding[variable] == term:
                yield binding
        elif same_sort(variable, term) and not (term.free_symbols & set(opened)):
            for extended in self._dimensions(variable, term, binding, opened):
                yield extended | {variable: term}

    def _dimensions(self, variable: Any, term: Any, binding: dict[Any, Any], opened: tuple[Any, ...]) -> Iterator[dict[Any, Any]]:
        """Match the symbolic dimensions of a vector, matrix or function metavariable with those of the term."""
        own, other = dimensions(variable), dimensions(term)
        if len(own) == len(other):
            yield from self._sequence(own, other, binding, opened)

    def _family(self, pattern: Any, term: Any, binding: dict[Any, Any], opened: tuple[Any, ...]) -> Iterator[dict[Any, Any]]:
        family, args = pattern.args[0], pattern.args[1:]
        if family in binding:
            if all(not (a.free_symbols & self.variables) for a in args) and instantiate(pattern, binding) == term:
                yield binding
        elif all(a in opened for a in args) and len(set(args)) == len(args):
            sort = {Family: Expr, VectorFamily: Vector}.get(type(family))
            if (sort is None or isinstance(term, sort)) and not (term.free_symbols & set(opened) - set(args)):
                extra = self._dimensions(family, term, binding, opened) if isinstance(family, VectorFamily) else iter([binding])
                for extended in extra:
                    yield extended | {family: Template(args, term)}

    def _binder(self, pattern: Binder, term: Any, binding: dict[Any, Any], opened: tuple[Any, ...]) -> Iterator[dict[Any, Any]]:
        if term.func != pattern.func or len(term.args) != len(pattern.args):
            return
        used = {*names_in(pattern), *names_in(term), *(v.name for v in opened)}
        fresh = []
        for variable in term.variables:
            fresh.append(fresh_variable(variable, "°m", used))
            used.add(fresh[-1].name)
        if any(type(a) is not type(b) for a, b in zip(pattern.variables, term.variables, strict=True)):
            return
        for extended in self._sequence(pattern.domains, term.domains, binding, opened):
            yield from self.match(pattern.instantiate(*fresh), term.instantiate(*fresh), extended, opened + tuple(fresh))

    def _commutative(self, pattern: Any, term: Any, binding: dict[Any, Any], opened: tuple[Any, ...]) -> Iterator[dict[Any, Any]]:
        kind = Add if isinstance(pattern, sympy.Add) else Mul
        terms = list((sympy.Add if kind is Add else sympy.Mul).make_args(term)) if isinstance(term, Expr) else None
        known = [p for p in pattern.args if self._is_flexible(p, {}) and not self._is_flexible(p, binding)]
        if known:                                          # a bound metavariable may itself be a product or sum: flatten it first
            filled = kind(*(instantiate(p, binding) if p in known else p for p in pattern.args))
            yield from self.match(filled, term, binding, opened)
        elif terms is not None:
            rigid = [p for p in pattern.args if not self._is_flexible(p, binding)]
            flexible = [p for p in pattern.args if self._is_flexible(p, binding)]
            yield from self._assign(kind, rigid, flexible, terms, binding, opened)

    def _sum_of_objects(self, pattern: Any, term: Any, binding: dict[Any, Any], opened: tuple[Any, ...]) -> Iterator[dict[Any, Any]]:
        if term.func == pattern.func and len(term.args) == len(pattern.args):
            yield from self._pick(list(pattern.args), list(term.args), binding, opened)

    def _pick(self, patterns: list[Any], terms: list[Any], binding: dict[Any, Any], opened: tuple[Any, ...]) -> Iterator[dict[Any, Any]]:
        if not patterns:
            yield binding
            return
        for position, term in enumerate(terms):
            for extended in self.match(patterns[0], term, binding, opened):
                yield from self._pick(patterns[1:], terms[:position] + terms[position + 1:], extended, opened)

    def _is_flexible(self, pattern: Any, binding: dict[Any, Any]) -> bool:
        """A bare scalar metavariable, which can absorb several factors or summands."""
        if isinstance(pattern, FAMILY_TERMS):
            return pattern.args[0] in self.variables and pattern.args[0] not in binding
        return isinstance(pattern, Symbol) and pattern in self.variables and pattern not in binding

    def _assign(self, kind: Any, rigid: list[Any], flexible: list[Any], terms: list[Any], binding: dict[Any, Any],
                opened: tuple[Any, ...]) -> Iterator[dict[Any, Any]]:
        if rigid:
            for position, term in enumerate(terms):
                for extended in self.match(rigid[0], term, binding, opened):
                    rest = terms[:position] + terms[position + 1:]
                    yield from self._assign(kind, rigid[1:], flexible, rest, extended, opened)
        elif not flexible:
            if not terms:
                yield binding
        elif len(terms) <= MAX_SPLIT:
            for shares in product(range(len(flexible)), repeat=len(terms)):
                parts = [kind(*(t for t, s in zip(terms, shares, strict=True) if s == slot)) for slot in range(len(flexible))]
                yield from self._sequence(flexible, parts, binding, opened)


def dimensions(term: Any) -> tuple[Any, ...]:
    """The symbolic dimensions of a term that has some."""
    if isinstance(term, (Vector, Function, VectorFamily)):
        return (term.args[1] if isinstance(term, VectorFamily) else term.dim,)
    return tuple(term.shape) if isinstance(term, Matrix) else ()


def same_sort(variable: Any, term: Any) -> bool:
    """Whether a metavariable may stand for the term."""
    for declared in (Activation, NonnegativeTable):     # what a lemma knows of such a leaf does not hold of every term of its sort
        if isinstance(variable, declared):
            return isinstance(term, declared)
    for sort in (Vector, Matrix, Function, Set, Event):
        if isinstance(variable, sort):
            return isinstance(term, sort)
    if not (isinstance(variable, Symbol) and isinstance(term, Expr)):
        return False
    return not (variable.is_integer and term.is_integer is not True)
