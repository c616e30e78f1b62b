"""Which objects exist whatever the sizes are: those that are defined, unit vectors, and those that have no size at all.

A refutation "for every M" needs, for every M, objects that satisfy hypotheses.  Three kinds of hypotheses are known to be satisfiable:
definitions (a function, a vector, a matrix or a table given at every place by a term in which it does not occur; a symmetric matrix given
by its quadratic form), ‖v‖ = 1 for a v of which nothing else is asked, and hypotheses on objects without a size, which one member shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sympy import Add, Mul, Pow

from theory.claim import Hypothesis
from theory.terms import Activation, Eq, ForAll, Formula, MatrixSymbol, Property, Range, Space, Symbol, VectorEq, VectorSymbol
from theory.terms.linear import Cell, Entry, MatVec, NonnegativeCell, Row
from theory.terms.scalars import Dot, Norm, Value


@dataclass(frozen=True)
class Existence:
    """The names of the hypotheses that no rule shows to be satisfiable together with the others, and those that one member must show."""

    unexplained: tuple[str, ...]
    by_one_member: tuple[str, ...]


def existence(hypotheses: Iterable[Hypothesis], given: frozenset[str]) -> Existence:
    """For all values of the given names (the draw, and the sizes that grow) objects satisfy the hypotheses together.

    >>> from theory.terms import Function, VectorSymbol, d, dot, eq, forall, norm, le
    >>> f, x, v = Function("f", d), VectorSymbol("x", d), VectorSymbol("v", d)
    >>> asked = [Hypothesis("linear", forall(eq(f(x), dot(v, x)), (x, Space(d)))), Hypothesis("unit", eq(norm(v), 1))]
    >>> existence(asked, frozenset()).unexplained, existence([*asked, Hypothesis("short", le(norm(v), 1))], frozenset()).unexplained
    ((), ('unit', 'short'))
    """
    asked = list({h.formula: h for h in hypotheses}.values())
    bodies: dict[str, frozenset[str]] = {}
    rest: list[Hypothesis] = []
    for hypothesis in asked:
        found = definition(hypothesis.formula)
        if found is None or found[0] in bodies or found[0] in given:
            rest.append(hypothesis)
        else:
            bodies[found[0]] = found[1]
    by_form = {d[0] for h in asked if (d := definition(h.formula)) is not None and _quadratic_definition(h.formula) is not None}
    rest = [h for h in rest if not _is_symmetry_of(h.formula, by_form & set(bodies))]
    circular = _circular(bodies)
    open_ = [h for h in asked if (d := definition(h.formula)) is not None and d[0] in circular]
    members: list[Hypothesis] = []
    for hypothesis in rest:
        names = _objects(hypothesis.formula)
        others = set().union(*(_objects(h.formula) for h in rest if h is not hypothesis))
        if names & set(bodies):
            open_.append(hypothesis)
        elif _is_unit_vector(hypothesis.formula) and not names & (others | given):
            continue
        elif _has_no_size(hypothesis.formula, given):
            members.append(hypothesis)
        else:
            open_.append(hypothesis)
    return Existence(tuple(dict.fromkeys(h.name for h in open_)), tuple(h.name for h in members))


def definition(formula: Formula) -> tuple[str, frozenset[str]] | None:
    """(name, names that its value depends on) of the object that a formula defines; None when it defines none."""
    body = formula.body if isinstance(formula, ForAll) else formula
    if not isinstance(body, (Eq, VectorEq)):
        return None
    limits = formula.limits if isinstance(formula, ForAll) else ()
    subject, value = _subject(body.args[0], limits), body.args[1]
    if subject is None:
        return _quadratic_definition(formula)
    if isinstance(body.args[0], NonnegativeCell) and not value.is_nonnegative:
        return None
    depends = frozenset(s.name for s in value.free_symbols - {variable for variable, _ in limits})
    return None if subject.name in depends else (subject.name, depends)


def _subject(place: Any, limits: Any) -> Any:
    """The object of which f(x), a_i, W_i or γ_ij is the value at every place, with the places bound over all of them."""
    if isinstance(place, VectorSymbol) and not limits:
        return place
    if isinstance(place, Value) and len(limits) == 1 and place.args[1] == limits[0][0] and isinstance(limits[0][1], Space):
        return place.args[0]
    if not isinstance(place, (Entry, Row, Cell)):
        return None
    array, *places = place.args
    sizes = (array.dim,) if isinstance(array, VectorSymbol) else tuple(array.shape) if isinstance(array, MatrixSymbol) else ()
    domains = dict(limits)
    if len(domains) != len(places) or set(domains) != set(places):
        return None
    return array if all(domains[p] == Range(size) for p, size in zip(places, sizes, strict=False)) else None


def _quadratic_definition(formula: Formula) -> tuple[str, frozenset[str]] | None:
    """xᵀAx = q(x) for all x, or all unit x, with q a quadratic form: a symmetric matrix A satisfies it."""
    if not (isinstance(formula, ForAll) and isinstance(formula.body, Eq) and len(formula.limits) == 1):
        return None
    (x, domain), (left, right) = formula.limits[0], formula.body.args
    if not isinstance(domain, Space) or not isinstance(left, Dot):
        return None
    images = [part for part in left.args if isinstance(part, MatVec) and part.args[1] == x and isinstance(part.args[0], MatrixSymbol)]
    if len(images) != 1 or x not in left.args or form_degree(right, x) != 2:
        return None
    names = frozenset(s.name for s in right.free_symbols - {x})
    matrix = images[0].args[0]
    return None if matrix.name in names else (matrix.name, names)


def form_degree(term: Any, x: Any) -> int | None:
    """The degree of a term that is homogeneous in x by its form; None for any other.

    >>> from theory.terms import VectorSymbol, d, dot
    >>> u, x = VectorSymbol("u", d), VectorSymbol("x", d)
    >>> form_degree(3 * dot(u, x) ** 2 + dot(x, x), x), form_degree(dot(u, x) + 1, x)
    (2, None)
    """
    if x not in term.free_symbols:
        return 0
    if isinstance(term, Dot):
        return sum(part == x for part in term.args) if all(part == x or x not in part.free_symbols for part in term.args) else None
    if isinstance(term, Pow) and term.exp.is_Integer and term.exp > 0:
        base = form_degree(term.base, x)
        return None if base is None else base * int(term.exp)
    parts = [form_degree(part, x) for part in term.args] if isinstance(term, (Add, Mul)) else [None]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return sum(known) if isinstance(term, Mul) else known[0] if len(set(known)) == 1 else None


def _circular(bodies: dict[str, frozenset[str]]) -> set[str]:
    """The defined objects whose definitions cannot be put in an order."""
    left = dict(bodies)
    while ready := [name for name, depends in left.items() if not depends & set(left)]:
        for name in ready:
            del left[name]
    return set(left)


def _objects(formula: Formula) -> set[str]:
    """The objects that a formula is about; sizes such as n and d are none."""
    return {s.name for s in formula.free_symbols if not getattr(s, "is_integer", False)}


def _is_symmetry_of(formula: Formula, names: set[str]) -> bool:
    return isinstance(formula, Property) and formula.name == "symmetric" and getattr(formula.objects[0], "name", "") in names


def _is_unit_vector(formula: Formula) -> bool:
    """‖v‖ = 1 for a vector of at least one entry."""
    return (isinstance(formula, Eq) and isinstance(formula.args[0], Norm) and formula.args[1] == 1
            and isinstance(formula.args[0].args[0], VectorSymbol) and formula.args[0].args[0].dim.is_positive is True)


def _has_no_size(formula: Formula, given: frozenset[str]) -> bool:
    """Whether the formula speaks of activations and numbers alone, and of nothing that is given."""
    return all(isinstance(s, (Activation, Symbol)) and s.name not in given for s in formula.free_symbols)
