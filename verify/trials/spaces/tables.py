"""Functions that a claim sees at finitely many points, f(x₁), …, f(x_T): their values are chosen so that inequalities between them hold.

An inequality f(p) ≤ f(q) + w bounds a difference, so the greatest values below given ones are lengths of shortest paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray
from sympy import Add, Integer, Mul, expand_mul

from theory.errors import NotCertified
from theory.terms import And, ForAll, Function, Le, Lt, Range
from theory.terms.scalars import Value
from theory.terms.sorts import Binder
from verify.evaluate.exact.numbers import is_rational
from verify.evaluate.exact.terms import Exact

Array = NDArray[Any]
STRETCH = Fraction(16)      # of the values that are drawn, so that the least one and the inequalities decide the others
LOWER = 4                   # before it
Point = tuple[Fraction, ...]
Node = tuple[str, Point] | None                             # a value of a function; None is the number 0


@dataclass(frozen=True, eq=False)
class TableFunction:
    """x ↦ max_j (c_j − s‖x − p_j‖²) with s so large that the value at p_j is c_j.

    Args: m×d points, m values.

    >>> f = TableFunction.through({(Fraction(0),): Fraction(1), (Fraction(2),): Fraction(3)})
    >>> f(np.array([[Fraction(0)], [Fraction(2)], [Fraction(3)]], dtype=object)).tolist()
    [Fraction(1, 1), Fraction(3, 1), Fraction(5, 2)]
    """

    points: Array
    values: Array
    slope: Fraction

    @classmethod
    def through(cls, table: dict[Point, Fraction]) -> TableFunction:
        """The function with the given value at each point."""
        slopes = [(c - b) / sum((s - t) ** 2 for s, t in zip(p, q, strict=True))
                  for p, b in table.items() for q, c in table.items() if c > b]
        return cls(np.array([*table], dtype=object), np.array([*table.values()], dtype=object), max(slopes, default=Fraction(0)))

    def __call__(self, points: Any) -> Array:
        raw = np.asarray(points)
        kind = object if raw.dtype == object else np.float64
        own, values = self.points.astype(kind), self.values.astype(kind)
        slope = self.slope if kind is object else float(self.slope)
        squares = np.sum((raw[:, None, :] - own[None, :, :]) ** 2, axis=-1)
        return np.max(values - slope * squares, axis=-1)


def tabled(formulas: Sequence[Any], hypotheses: Sequence[Any]) -> list[Any]:
    """The functions that the formulas see at finitely many points, and that hypotheses bound by inequalities alone.

    >>> from theory.terms import VectorSymbol, d, le
    >>> f, x = Function("f", d), VectorSymbol("x", d)
    >>> tabled([le(f(x), f(2 * x))], [le(f(x), f(2 * x))])
    [f]
    """
    found = sorted({f for h in hypotheses for f in h.atoms(Function)}, key=lambda f: f.name)
    return [f for f in found if all(_at_points(part, f) for part in formulas) and all(
        _is_inequality(h) for h in hypotheses if f in h.free_symbols)]


def _at_points(term: Any, f: Any) -> bool:
    """Whether f occurs as f(p) alone, under indices of ranges alone."""
    if f not in getattr(term, "free_symbols", ()):
        return True
    if isinstance(term, Value):
        return term.args[0] == f and f not in term.args[1].free_symbols
    if isinstance(term, Binder):
        return all(isinstance(domain, Range) for domain in term.domains) and _at_points(term.body, f)
    return term != f and all(_at_points(part, f) for part in term.args)


def _is_inequality(formula: Any) -> bool:
    if isinstance(formula, ForAll):
        return _is_inequality(formula.body)
    return isinstance(formula, (Le, Lt)) or (isinstance(formula, And) and all(map(_is_inequality, formula.args)))


def count_of_values(f: Any, formulas: Sequence[Any]) -> Any:
    """At most how many values of f the formulas name, as a term in the sizes."""
    named = {found for formula in formulas for found in _named(formula, f, Integer(1))}
    return Add(*(count for _, count in named))


def _named(term: Any, f: Any, count: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(term, Value) and term.args[0] == f:
        yield term, count
    elif isinstance(term, Binder):
        yield from _named(term.body, f, count * Mul(*(domain.size for domain in term.domains if isinstance(domain, Range))))
    else:
        for part in getattr(term, "args", ()):
            yield from _named(part, f, count)


# --- values --------------------------------------------------------------------------------------------------------------------------

def tables(functions: Sequence[Any], formulas: Sequence[Any], hypotheses: Sequence[Any], conclusion: Any, at: Exact,
           drafts: dict[str, Array]) -> tuple[dict[str, TableFunction], dict[str, Array]]:
    """The functions of which the hypotheses hold, with the greatest values not above those of the drafts, and the drafts that give them.

    Values above which the conclusion bounds others are drawn lower than all others, which the inequalities then decide.

    Raises: NotCertified where the inequalities contradict each other, or cannot be read exactly.
    """
    names, start = {f.name for f in functions}, dict[Node, Fraction]()
    low = {upper for upper, _, _ in _of_conclusion(conclusion, names, at)}
    for f in functions:
        own = iter(drafts[f.name])
        for formula in formulas:
            for point in _points(formula, f, at):
                if (node := (f.name, point)) not in start:
                    start[node] = STRETCH * (next(own) - (LOWER if node in low else 0))
    edges: dict[tuple[Node, Node], Fraction] = {}
    for formula in hypotheses:
        for upper, lower, weight in _bounds(formula, names, at):
            edges[upper, lower] = min(weight, edges.get((upper, lower), weight))
    found = _projected(start, edges)
    made = {f.name: TableFunction.through({node[1]: c for node, c in found.items() if node is not None and node[0] == f.name})
            for f in functions}
    drawn = {node: c / STRETCH + (LOWER if node in low else 0) for node, c in found.items()}
    kept = {name: np.array([*(c for node, c in drawn.items() if node is not None and node[0] == name),
                            *drafts[name][len(function.values):]], dtype=object) for name, function in made.items()}
    return made, kept


def _of_conclusion(conclusion: Any, names: set[str], at: Exact) -> list[tuple[Node, Node, Fraction]]:
    try:
        return list(_bounds(conclusion, names, at))
    except NotCertified:
        return []


def _projected(start: dict[Node, Fraction], edges: dict[tuple[Node, Node], Fraction]) -> dict[Node, Fraction]:
    """The greatest values not above those given with value(q) ≤ value(p) + w for all edges (p, q) ↦ w; 0 keeps its value."""
    nodes: list[Node] = [*start, None]
    reach: dict[tuple[Node, Node], Fraction] = {**edges, **{(p, p): Fraction(0) for p in nodes}}
    for middle in nodes:
        for p in nodes:
            for q in nodes:
                if (p, middle) in reach and (middle, q) in reach:
                    through = reach[p, middle] + reach[middle, q]
                    reach[p, q] = min(through, reach.get((p, q), through))
    if any(reach[p, p] < 0 for p in nodes) or any(w < 0 for (p, q), w in edges.items() if p == q):
        raise NotCertified("the inequalities between values of a function contradict each other")
    lifted = {p: max(value, -reach[p, None]) if (p, None) in reach else value for p, value in {**start, None: Fraction(0)}.items()}
    return {q: min(lifted[p] + reach[p, q] for p in nodes if (p, q) in reach) for q in start}


def _places(term: Any, at: Exact) -> Iterator[Exact]:
    found = [at]
    for variable, domain in term.limits:
        found = [place.with_bound({variable: fmpq(i)}) for place in found for i in range(1, place.whole(domain.size) + 1)]
    yield from found


def _points(term: Any, f: Any, at: Exact) -> Iterator[Point]:
    if f not in getattr(term, "free_symbols", ()):
        return
    if isinstance(term, Value):
        yield _point(term, at)
    elif isinstance(term, Binder):
        for place in _places(term, at):
            yield from _points(term.body, f, place)
    else:
        for part in term.args:
            yield from _points(part, f, at)


def _point(term: Any, at: Exact) -> Point:
    return tuple(map(_fraction, at.vector(term.args[1])))


def _fraction(value: Any) -> Fraction:
    if not is_rational(value):
        raise NotCertified("a value or a point of a function is irrational")
    return Fraction(int(value.p), int(value.q))


def _bounds(formula: Any, names: set[str], at: Exact) -> Iterator[tuple[Node, Node, Fraction]]:
    """(p, q, w) for each inequality value(q) ≤ value(p) + w; other inequalities are looked at on the finished instance."""
    if isinstance(formula, ForAll):
        for place in _places(formula, at):
            yield from _bounds(formula.body, names, place)
    elif isinstance(formula, And):
        for part in formula.args:
            yield from _bounds(part, names, at)
    elif any(value.args[0].name in names for value in formula.atoms(Value)):
        weights: dict[Node, Fraction] = {}
        constant = Fraction(0)
        for side, sign in ((formula.rhs, 1), (formula.lhs, -1)):
            for term in Add.make_args(expand_mul(side)):
                values = [part for part in Mul.make_args(term) if isinstance(part, Value)]
                factor = sign * _fraction(at.scalar(Mul(*(part for part in Mul.make_args(term) if part not in values))))
                if len(values) > 1 or any(part.atoms(Value) for part in Mul.make_args(term) if part not in values):
                    return
                if values:
                    node = values[0].args[0].name, _point(values[0], at)
                    weights[node] = weights.get(node, Fraction(0)) + factor
                else:
                    constant += factor
        yield from _edge({node: weight for node, weight in weights.items() if weight}, constant)


def _edge(weights: dict[Node, Fraction], constant: Fraction) -> Iterator[tuple[Node, Node, Fraction]]:
    """0 ≤ Σ weights · values + constant as a bound of a difference, where it is one."""
    upper = [node for node, weight in weights.items() if weight > 0]
    lower = [node for node, weight in weights.items() if weight < 0]
    if len(upper) > 1 or len(lower) > 1 or (upper and lower and weights[upper[0]] != -weights[lower[0]]):
        return
    scale = weights[upper[0]] if upper else -weights[lower[0]] if lower else Fraction(1)
    yield upper[0] if upper else None, lower[0] if lower else None, constant / scale
