"""Hypotheses that a builder can meet by construction, recognised by their formulas and not by their names.

A formula is compared with each template below at all choices of its own symbols.  Bound variables have canonical names, so a hypothesis
that says the same with other letters is the same object, and one that says anything else is not recognised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from sympy import Abs, Expr, preorder_traversal

from theory.errors import LawbookError
from theory.terms import (
    Activation,
    And,
    Ball,
    Eq,
    ForAll,
    Formula,
    Function,
    Implies,
    Indicator,
    Le,
    Lt,
    MatrixSymbol,
    NonnegativeTable,
    Or,
    Range,
    Scalar,
    Space,
    Sphere,
    Sum,
    Symbol,
    VectorSymbol,
    depends_only_on,
    dot,
    eq,
    forall,
    independent_rows,
    index,
    lipschitz_activation,
    lipschitz_on,
    norm,
    orthogonal_projection,
    positively_homogeneous,
    rank,
    relu,
)
from theory.terms.formula import Property
from theory.terms.linear import Entry, Row
from theory.terms.polynomials import polynomial_activation
from theory.terms.scalars import Norm
from theory.terms.tensors import TensorPower, TensorSymbol, symmetric_tensor

FORMS = ("network", "quadratic form", "tensor form", "linear form")        # of a function
FITS = ("fits", "quadratic fit", "tensor fit", "linear fit")


@dataclass(frozen=True)
class Need:
    """A recognised hypothesis: what kind, of which symbols, and a bound where it has one."""

    kind: str
    leaves: tuple[Any, ...]
    bound: Any = None


_i, _l, _m = index("i"), index("l"), index("m")
_Make = Callable[..., Formula]


def _each_row(M: Any, formula: Callable[[Any], Formula]) -> Formula:
    return forall(formula(_i), (_i, Range(M.shape[0])))


def _each_entry(v: Any, formula: Callable[[Any], Formula]) -> Formula:
    return forall(formula(_i), (_i, Range(v.dim)))


def _on(domain: Any) -> _Make:
    def network(f: Any, W: Any, b: Any, a: Any, psi: Any = relu) -> Formula:
        x, rows = VectorSymbol("x°", f.dim), W.shape[0]
        return forall(eq(f(x), Sum(a[_l] * psi(dot(W[_l], x) + b[_l]), (_l, rows))), (x, domain(f.dim)))
    return network


def _quadratic(f: Any, A: Any) -> Formula:
    x = VectorSymbol("x°", f.dim)
    return forall(eq(f(x), dot(A @ x, x)), (x, Space(f.dim)))


def _form(f: Any, T: Any) -> Formula:
    x = VectorSymbol("x°", f.dim)
    return forall(eq(f(x), dot(T, TensorPower(x, T.shape_of_tensor[1]))), (x, Space(f.dim)))


def _linear(f: Any, v: Any) -> Formula:
    x = VectorSymbol("x°", f.dim)
    return forall(eq(f(x), dot(v, x)), (x, Space(f.dim)))


def _opposite(table: Any, y: Any) -> Formula:
    pair, size = table[_i, _m], Range(y.dim)
    return forall(eq(pair * (y[_i] - y[_m]) ** 2, 4 * pair), (_i, size), (_m, size))


def _total(table: Any) -> Formula:
    rows, columns = table.shape
    return eq(Sum(table[_i, _m], (_i, rows), (_m, columns)), 1)


def _gram_is_identity(M: Any) -> Formula:
    return forall(eq(dot(M[_i], M[_m]), Indicator(eq(_i, _m))), (_i, Range(M.shape[0])), (_m, Range(M.shape[0])))


# kind, sorts of the symbols, and the formula that they make; concrete activations are no symbols, hence the second network
TEMPLATES: tuple[tuple[str, tuple[type, ...], _Make], ...] = (
    ("unit rows", (MatrixSymbol,), lambda M: _each_row(M, lambda i: eq(norm(M[i]), 1))),
    ("orthonormal rows", (MatrixSymbol,), _gram_is_identity),
    ("independent rows", (MatrixSymbol,), independent_rows),
    ("symmetric", (MatrixSymbol,), lambda M: Property("symmetric", M)),
    ("projection", (MatrixSymbol, Symbol), orthogonal_projection),
    ("rank at most", (MatrixSymbol, Symbol), lambda M, r: Le(rank(M), r)),
    ("signs", (VectorSymbol,), lambda v: _each_entry(v, lambda i: eq(v[i] ** 2, 1))),
    ("signs", (VectorSymbol,), lambda v: _each_entry(v, lambda i: eq(abs(v[i]), 1))),
    ("bits", (VectorSymbol,), lambda v: _each_entry(v, lambda i: eq(v[i] ** 2, v[i]))),
    ("bits", (NonnegativeTable,), lambda M: forall(eq(M[_i, _l] ** 2, M[_i, _l]), (_i, Range(M.shape[0])), (_l, Range(M.shape[1])))),
    ("zero", (VectorSymbol,), lambda v: _each_entry(v, lambda i: eq(v[i], 0))),
    ("balanced", (VectorSymbol,), lambda v: eq(Sum(v[_i], (_i, v.dim)), 0)),
    ("perpendicular", (VectorSymbol, MatrixSymbol), lambda v, M: eq(dot(v, M[M.shape[0]]), 0)),
    ("circle", (Symbol, Symbol), lambda s, t: eq(s**2, 1 - t**2)),
    ("nonnegative", (VectorSymbol,), lambda v: _each_entry(v, lambda i: Le(0, v[i]))),
    ("unit vector", (VectorSymbol,), lambda v: eq(norm(v), 1)),
    ("probabilities", (VectorSymbol,), lambda v: eq(Sum(v[_i], (_i, v.dim)), 1)),
    ("symmetric tensor", (TensorSymbol,), symmetric_tensor),
    ("homogeneous", (Activation,), positively_homogeneous),
    ("Lipschitz", (Activation, Symbol), lipschitz_activation),
    ("polynomial", (Activation, Symbol), polynomial_activation),
    ("network", (Function, MatrixSymbol, VectorSymbol, VectorSymbol, Activation), _on(Space)),
    ("network", (Function, MatrixSymbol, VectorSymbol, VectorSymbol), _on(Space)),
    ("network", (Function, MatrixSymbol, VectorSymbol, VectorSymbol, Activation), _on(Ball)),
    ("network", (Function, MatrixSymbol, VectorSymbol, VectorSymbol), _on(Ball)),
    ("network", (Function, MatrixSymbol, VectorSymbol, VectorSymbol, Activation), _on(Sphere)),
    ("network", (Function, MatrixSymbol, VectorSymbol, VectorSymbol), _on(Sphere)),
    ("quadratic form", (Function, MatrixSymbol), _quadratic),
    ("tensor form", (Function, TensorSymbol), _form),
    ("linear form", (Function, VectorSymbol), _linear),
    ("depends only on", (Function, MatrixSymbol), lambda f, P: depends_only_on(f, P, Space(f.dim))),
    ("depends only on", (Function, MatrixSymbol), lambda f, P: depends_only_on(f, P, Sphere(f.dim))),
    ("Lipschitz on R^d", (Function,), lambda f: lipschitz_on(f, Space(f.dim))),
    ("Lipschitz on a bounded set", (Function,), lambda f: lipschitz_on(f, Ball(f.dim))),
    ("Lipschitz on a bounded set", (Function,), lambda f: lipschitz_on(f, Sphere(f.dim))),
    ("fits", (Function, MatrixSymbol, VectorSymbol), lambda f, X, y: _each_row(X, lambda i: eq(f(X[i]), y[i]))),
    ("quadratic fit", (MatrixSymbol, MatrixSymbol, VectorSymbol), lambda A, X, y: _each_row(X, lambda i: eq(dot(A @ X[i], X[i]), y[i]))),
    ("tensor fit", (TensorSymbol, MatrixSymbol, VectorSymbol),
     lambda T, X, y: _each_row(X, lambda i: eq(dot(T, TensorPower(X[i], T.shape_of_tensor[1])), y[i]))),
    ("linear fit", (VectorSymbol, MatrixSymbol, VectorSymbol), lambda v, X, y: _each_row(X, lambda i: eq(dot(v, X[i]), y[i]))),
    ("total one", (NonnegativeTable,), _total),
    ("opposite pairs", (NonnegativeTable, VectorSymbol), _opposite),
)


def _bounded(formula: Formula) -> Need | None:
    """‖x_i‖ ≤ r for all i, ‖v‖ ≤ r or |v_i| ≤ r for all i, with r a number or a symbol."""
    def plain(bound: Any) -> bool:
        return isinstance(bound, Symbol) or bound.is_Rational is True
    if isinstance(formula, Le) and isinstance(formula.lhs, Norm) and isinstance(formula.lhs.args[0], VectorSymbol) and plain(formula.rhs):
        return Need("vector in ball", (formula.lhs.args[0],), formula.rhs)
    if not isinstance(formula, ForAll) or len(formula.limits) != 1 or not isinstance(formula.body, Le) or not plain(formula.body.rhs):
        return None
    (variable, domain), inner = formula.limits[0], formula.body.lhs
    if not isinstance(domain, Range) or formula.body.rhs == variable:
        return None
    if isinstance(inner, Norm) and isinstance(inner.args[0], Row) and inner.args[0].args[1] == variable:
        M = inner.args[0].args[0]
        return Need("rows in ball", (M,), formula.body.rhs) if isinstance(M, MatrixSymbol) and M.shape[0] == domain.size else None
    entry = inner.args[0] if isinstance(inner, Abs) else None
    if isinstance(entry, Entry) and isinstance(entry.args[0], VectorSymbol) and entry.args[1] == variable:
        return Need("entries bounded", (entry.args[0],), formula.body.rhs) if entry.args[0].dim == domain.size else None
    return None


def is_about_numbers(formula: Formula) -> bool:
    """Whether a formula relates numbers of the statement alone and has no quantifier, so that it can be decided on each tuple."""
    if isinstance(formula, (Le, Lt, Eq)):
        return all(_is_plain(side) for side in formula.args) and bool(formula.free_symbols)
    return isinstance(formula, (And, Or, Implies)) and all(is_about_numbers(part) for part in formula.args)


def _is_plain(term: Expr) -> bool:
    return all(isinstance(part, Expr) and not isinstance(part, Scalar) for part in preorder_traversal(term))


def recognised(formula: Formula) -> Need | None:
    """What a builder can do about a hypothesis; None where no builder knows it.

    >>> from theory import find_claim
    >>> recognised(find_claim("bln.thm5.sharp").hypothesis("labels").formula)
    Need(kind='signs', leaves=(y,), bound=None)
    """
    found = _bounded(formula)
    if found is not None:
        return found
    symbols = sorted(formula.free_symbols, key=str)
    for kind, sorts, make in TEMPLATES:
        choices = [s for s in symbols if type(s) in sorts]      # a table is a matrix by class, and not here
        for leaves in permutations(choices, len(sorts)):
            if all(type(leaf) is sort for leaf, sort in zip(leaves, sorts, strict=True)) and _made(make, leaves) == formula:
                return Need(kind, leaves)
    return Need("numbers", tuple(symbols)) if is_about_numbers(formula) else None


def _made(make: _Make, leaves: tuple[Any, ...]) -> Formula | None:
    try:
        return make(*leaves)
    except LawbookError:            # shapes that do not fit: these symbols do not make this formula
        return None

