"""Metavariables that stand for families of terms, and the instantiation of schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Expr, sympify
from sympy.core.symbol import Str

from theory.terms.arithmetic import Symbol
from theory.terms.linear import Vector
from theory.terms.sorts import Binder, Formula, Named, Scalar, fresh_variable, names_in, replace


class Family(Named):
    """A scalar-valued metavariable with arguments: ``u = Family("u")``; ``u(i)`` stands for any term that may depend on i.

    >>> from theory.terms import Abs, Family, index, le, n, Sum
    >>> from theory.terms.printing.text import text
    >>> F, i = Family("F"), index("i")
    >>> text(le(Abs(Sum(F(i), (i, n))), Sum(Abs(F(i)), (i, n))))
    '|Σᵢ F(i)| ≤ Σᵢ |F(i)|'
    """

    def __new__(cls, name: Any) -> Family:
        return Named.__new__(cls, name if isinstance(name, Str) else Str(name))

    def __call__(self, *args: Any) -> FamilyTerm:
        return FamilyTerm(self, *map(sympify, args))


class VectorFamily(Named):
    """A vector-valued metavariable with arguments.

    >>> from theory.terms import d, index, le, n, norm, Sum, VectorFamily
    >>> from theory.terms.printing.text import text
    >>> V, i = VectorFamily("V", d), index("i")
    >>> text(le(norm(Sum(V(i), (i, n))), Sum(norm(V(i)), (i, n))))
    '‖Σᵢ V(i)‖ ≤ Σᵢ ‖V(i)‖'
    """

    def __new__(cls, name: Any, dim: Any) -> VectorFamily:
        return Named.__new__(cls, name if isinstance(name, Str) else Str(name), sympify(dim))

    def __call__(self, *args: Any) -> VectorFamilyTerm:
        return VectorFamilyTerm(self, *map(sympify, args))


class Event(Named):
    """A formula-valued metavariable with arguments.

    >>> from theory.terms import Event, le, n, Prob, Signs, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> A, y = Event("A"), VectorSymbol("y", n)
    >>> text(le(Prob(A(y), (y, Signs(n))), 1))
    'P_{y∈{±1}^n}(A(y)) ≤ 1'
    """

    def __new__(cls, name: Any) -> Event:
        return Named.__new__(cls, name if isinstance(name, Str) else Str(name))

    def __call__(self, *args: Any) -> EventTerm:
        return EventTerm(self, *map(sympify, args))


class FamilyTerm(Scalar):
    """A scalar metavariable at its arguments."""


class VectorFamilyTerm(Vector):
    """A vector metavariable at its arguments."""

    @property
    def dim(self) -> Expr:
        return self.args[0].args[1]


class EventTerm(Formula):
    """A formula metavariable at its arguments."""


FAMILY_TERMS = (FamilyTerm, VectorFamilyTerm, EventTerm)


@dataclass(frozen=True)
class Template:
    """What a family stands for: λ variables. body."""

    variables: tuple[Any, ...]
    body: Any

    def __call__(self, *args: Any) -> Any:
        return replace(self.body, dict(zip(self.variables, args, strict=True)))


Binding = Mapping[Any, Any]


def instantiate(term: Any, binding: Binding) -> Any:
    """The term with metavariables replaced by what they are bound to; unbound ones stay.

    Binders are opened under names that occur nowhere else, so that a template that is itself a binder cannot capture.
    """
    outside = set().union(names_in(term), *(_names_of(value) for value in binding.values()))
    return _instantiate(term, binding, outside)


def _instantiate(term: Any, binding: Binding, avoid: set[str]) -> Any:
    if term in binding and not isinstance(binding[term], Template):
        return binding[term]
    if isinstance(term, FAMILY_TERMS) and term.args[0] in binding:
        return binding[term.args[0]](*(_instantiate(a, binding, avoid) for a in term.args[1:]))
    if not term.args or isinstance(term, (Str, Named)):
        return term                                   # a leaf keeps its name and its symbolic dimensions
    if isinstance(term, Binder):
        return _instantiate_binder(term, binding, avoid)
    args = [_instantiate(a, binding, avoid) for a in term.args]
    return term if all(a is b for a, b in zip(args, term.args, strict=True)) else term.func(*args)


def _instantiate_binder(term: Binder, binding: Binding, avoid: set[str]) -> Any:
    fresh: list[Any] = []
    for variable in term.variables:
        sized = variable if isinstance(variable, Symbol) else variable.func(
            variable.args[0], *(_instantiate(a, binding, avoid) for a in variable.args[1:]))
        fresh.append(fresh_variable(sized, "°b", avoid))
        avoid = avoid | {fresh[-1].name}
    body = _instantiate(term.instantiate(*fresh), binding, avoid)
    return term.func(body, *((v, _instantiate(d, binding, avoid)) for v, d in zip(fresh, term.domains, strict=True)))


def _names_of(value: Any) -> frozenset[str]:
    return names_in(value.body) if isinstance(value, Template) else names_in(value)
