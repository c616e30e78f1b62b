"""Sorts, binders and substitution: the skeleton of the term language.

Scalars are sympy expressions.  Vectors, matrices, sets and formulas are sorts of their own, so that a vector can never be mistaken
for a number.  A binder (sum, supremum, expectation, quantifier) names its variables canonically by its height, the number of
variables bound beneath it; hence terms that differ only in the names of bound variables are *equal objects*, and substitution
cannot capture: a free variable never carries a canonical name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from sympy import Basic, Expr, Tuple, sympify
from sympy.core.symbol import Str

from theory.errors import ShapeError
from theory.terms.arithmetic import REMEMBERED, Symbol, Written, built_by_sympy, is_simplifying

RESERVED = "·"  # canonical names of bound variables start with this; no author may use it
OPENED = "°"    # names of variables that the kernel opens start with this; no author may use it either
META = "?"      # names of a lemma's metavariables start with this


class Term(Basic):
    """Base of our terms; its plain string is the structure, so that sympy's printers do not read class names of their own into it."""

    sort: str | None = None     # "vector", "matrix", or None for all others

    def _sympystr(self, printer: Any) -> str:
        return f"{type(self).__name__}({', '.join(map(printer._print, self.args))})"


class Scalar(Written, Term, Expr):
    """A real-valued term that sympy does not know: an opaque commutative atom for its arithmetic.

    >>> from theory.terms import d, norm, Scalar, VectorSymbol
    >>> v = VectorSymbol("v", d)
    >>> isinstance(norm(v), Scalar), isinstance(v, Scalar)
    (True, False)
    """

    is_commutative = True
    is_real = True


class NonnegativeScalar(Scalar):
    """A scalar term that is nonnegative by definition (a norm, a rank, a Lipschitz constant)."""

    is_nonnegative = True


class Set(Term):
    """A set that a bound variable ranges over, or the law of a random one."""


class Formula(Term):
    """A statement; it has no truth value in Python.

    >>> from theory.terms import Formula, le, Symbol
    >>> t = Symbol("t", real=True)
    >>> isinstance(le(t, 1), Formula), isinstance(t, Formula)
    (True, False)
    """

    def __bool__(self) -> bool:
        raise TypeError(f"the formula {self.func.__name__} has no truth value: check it and look at the verdict")


def check_equal_dims(left: Expr, right: Expr, what: str) -> None:
    """Raise ShapeError unless two symbolic dimensions are the same term, or one is a metavariable that is not bound yet."""
    if left != right and not any(name.startswith(META) for name in names_in(left) | names_in(right)):
        raise ShapeError(f"{what}: dimensions {left} and {right} differ; both sides must live in the same space")


class Named(Term):
    """Mixin of leaves that carry a name: two leaves are equal when class, name and the other arguments are equal."""

    def _sympystr(self, printer: Any) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.args[0].name

    @property
    def free_symbols(self) -> set[Any]:
        return {self}.union(*(a.free_symbols for a in self.args[1:]))

    def renamed(self, name: str) -> Named:
        """The same leaf under another name."""
        return self.func(Str(name), *self.args[1:])


def rename_variable(variable: Any, name: str) -> Any:
    """The same variable (sympy symbol or named leaf) under another name, its sort and assumptions kept."""
    if isinstance(variable, Symbol):
        return Symbol(name, **variable._assumptions_orig)
    if not isinstance(variable, Named):
        raise ShapeError(built_by_sympy(variable) or f"{variable} is no variable; bind a Symbol, a VectorSymbol or the like")
    return variable.renamed(name)


def _require_one_sort(body: Any, variables: list[Any]) -> None:
    """ShapeError where a name that an author binds stands in the body for another symbol, of another sort or declaration."""
    written = {v.name: v for v in variables if not v.name.startswith((RESERVED, META, "°"))}
    for symbol in _free(body) if written else ():
        if written.get(symbol.name, symbol) != symbol:
            raise ShapeError(f"{symbol.name} is bound, and stands in the body for another symbol of that name, with another sort or "
                             "declaration; give them different names")


Spelling = dict["Binder", tuple[str, ...]]
_SPELLING: ContextVar[Spelling | None] = ContextVar("the names under which an author binds variables", default=None)


@contextmanager
def spelled() -> Iterator[Spelling]:
    """The binders that are built within this block, and the names that the author gave their variables: for printing alone.

    Terms that differ only in these names are one term; the first that was written gives it its names.

    >>> from theory.terms import Sum, index, n
    >>> with spelled() as spelling:
    ...     total = Sum(index("t") ** 2, (index("t"), n))
    >>> spelling[total]
    ('t',)
    """
    spelling: Spelling = {}
    token = _SPELLING.set(spelling)
    try:
        yield spelling
    finally:
        _SPELLING.reset(token)


def _respelled(term: Binder, changed: Binder) -> Binder:
    """A binder in which something was put for something else: its variables keep their names."""
    spelling = _SPELLING.get()
    if spelling is not None and term in spelling:
        spelling.setdefault(changed, spelling[term])
    return changed


class Binder(Term):
    """A term ``B_{v1∈D1, v2∈D2, …} body``; ``args = (body, (v1, D1), …)`` with canonical variable names.

    >>> from theory.terms import Binder, index, n, Sum
    >>> i, j = index("i"), index("j")
    >>> total = Sum(i**2, (i, n))
    >>> total == Sum(j**2, (j, n)), isinstance(total, Binder)
    (True, True)
    """

    def __new__(cls, body: Basic, *limits: Any) -> Binder:
        body = sympify(body)
        pairs = [tuple(limit) for limit in limits]
        base = height(body)
        mapping, canonical = {}, []
        _require_one_sort(body, [variable for variable, _ in pairs])
        for position, (variable, domain) in enumerate(reversed(pairs), start=1):
            fresh = rename_variable(variable, f"{RESERVED}{base + position}")
            mapping[variable] = fresh
            canonical.append(Tuple(fresh, domain))
        if any(_free(domain) & set(mapping) for _, domain in pairs):
            raise ShapeError("a domain depends on a variable that the same binder binds; nest two binders instead")
        if len(mapping) != len(pairs):
            raise ShapeError(f"a binder names a variable twice: {[str(v) for v, _ in pairs]}; use distinct names")
        built: Binder = Basic.__new__(cls, replace(body, mapping), *reversed(canonical))
        spelling = _SPELLING.get()
        if spelling is not None and not any(variable.name.startswith((RESERVED, OPENED, META)) for variable, _ in pairs):
            spelling.setdefault(built, tuple(variable.name for variable, _ in pairs))
        return built

    @property
    def body(self) -> Any:
        return self.args[0]

    @property
    def limits(self) -> tuple[tuple[Any, Any], ...]:
        """Pairs (variable, domain), outermost first."""
        return tuple((pair.args[0], pair.args[1]) for pair in self.args[1:])

    @property
    def variables(self) -> tuple[Any, ...]:
        return tuple(variable for variable, _ in self.limits)

    @property
    def domains(self) -> tuple[Any, ...]:
        return tuple(domain for _, domain in self.limits)

    @property
    def free_symbols(self) -> set[Any]:
        outside: set[Any] = set().union(*(domain.free_symbols for domain in self.domains))
        return (self.body.free_symbols - set(self.variables)) | outside

    def instantiate(self, *values: Any) -> Any:
        """The body at the given values of the bound variables, each of the sort of its variable.  Raises: ShapeError."""
        return _instantiated(is_simplifying(), self, *values)


def same_kind(variable: Any, value: Any) -> bool:
    """Whether both are scalars, both vectors, both matrices, or both something else."""
    sorts = [(isinstance(term, Expr), getattr(term, "sort", None)) for term in (variable, value)]
    return sorts[0] == sorts[1]


@lru_cache(maxsize=REMEMBERED, typed=True)
def _instantiated(simplifying: bool, binder: Binder, *values: Any) -> Any:
    for variable, value in zip(binder.variables, values, strict=True):
        if not same_kind(variable, value):
            raise ShapeError(f"a {type(variable).__name__} is bound, and {value} is a {type(value).__name__}; give a value of its sort")
    return replace(binder.body, dict(zip(binder.variables, values, strict=True)))


@lru_cache(maxsize=REMEMBERED)
def height(term: Basic) -> int:
    """The largest number of variables bound along one path of the term."""
    below = max((height(a) for a in term.args), default=0)
    return below + len(term.args) - 1 if isinstance(term, Binder) else below


def replace(term: Any, mapping: Mapping[Any, Any]) -> Any:
    """Capture-free simultaneous substitution of subterms; bound variables are left alone.

    >>> from theory.terms import Sum, VectorSymbol, index, n, replace
    >>> y, z = VectorSymbol("y", n), VectorSymbol("z", n)
    >>> i, j = index("i"), index("j")
    >>> replace(Sum(y[i], (i, n)), {y: z}) == Sum(z[j], (j, n))
    True
    """
    if not mapping:
        return term
    if term in mapping:
        return mapping[term]
    if not term.args or isinstance(term, Str):
        return term
    if isinstance(term, Binder):
        inner = {k: v for k, v in mapping.items() if not (set(term.variables) & ({k} | _free(k)))}
        if any(isinstance(v, Basic) and height(v) for v in inner.values()):
            return _respelled(term, _replace_beneath(term, inner, mapping))
        new_body = replace(term.body, inner)
        new_limits = [Tuple(_resized(v, inner), replace(d, mapping)) for v, d in term.limits]
        if new_body == term.body and all(a == b for a, b in zip(new_limits, term.args[1:], strict=True)):
            return term
        return _respelled(term, term.func(new_body, *new_limits))
    args = [replace(a, mapping) for a in term.args]
    return term if all(a is b for a, b in zip(args, term.args, strict=True)) else term.func(*args)


def _replace_beneath(term: Binder, inner: Mapping[Any, Any], mapping: Mapping[Any, Any]) -> Binder:
    """Substitution of terms that bind variables: binders beneath grow, so they are renamed, and could take the name of this one's.

    While the body changes, the variables have names that no binder takes; on one path of binders they differ, as the canonical ones do.
    """
    opened = [rename_variable(v, f"{RESERVED}{v.name}") for v in term.variables]
    body = replace(replace(term.body, dict(zip(term.variables, opened, strict=True))), inner)
    return term.func(body, *((_resized(v, inner), replace(d, mapping)) for v, d in zip(opened, term.domains, strict=True)))


def _resized(variable: Any, mapping: Mapping[Any, Any]) -> Any:
    """A bound variable whose symbolic dimensions follow the substitution."""
    return variable if isinstance(variable, Symbol) else variable.func(variable.args[0], *(replace(a, mapping) for a in variable.args[1:]))


def _free(term: Any) -> set[Any]:
    return term.free_symbols if isinstance(term, Basic) else set()


def fresh_variable(like: Any, stem: str, avoid: Collection[str]) -> Any:
    """A variable of the sort of ``like`` whose name is not in ``avoid``."""
    name, count = stem, 0
    while name in avoid:
        count += 1
        name = f"{stem}{count}"
    return rename_variable(like, name)


def open_binder(binder: Binder, avoid: Collection[str]) -> tuple[tuple[Any, ...], Any]:
    """The body under fresh free variables (named °1, °2, …), for work beneath the binder."""
    used, fresh = set(avoid), []
    for variable in binder.variables:
        new = fresh_variable(variable, f"°{len(fresh) + 1}", used)
        used.add(new.name)
        fresh.append(new)
    return tuple(fresh), binder.instantiate(*fresh)


@lru_cache(maxsize=REMEMBERED)
def names_in(term: Basic) -> frozenset[str]:
    """Names of all free variables of a term."""
    return frozenset(s.name for s in term.free_symbols)
