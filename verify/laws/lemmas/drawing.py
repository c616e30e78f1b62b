"""What the searches share: instances that satisfy hypotheses by construction, symbols of the readings, and ways to falsify a formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Rational

from theory.errors import BadData
from theory.terms import MatrixSymbol, Prob, Symbol, VectorSymbol, exp, ge
from theory.terms.formula import And, Eq, ForAll, Property, Relation
from theory.terms.sorts import replace
from verify.laws.lemmas.search import Arrays, Shape, Variant

Array = NDArray[np.float64]
n, d, k, m = (Symbol(name, integer=True, positive=True) for name in "ndkm")
COEFFICIENTS = {name: VectorSymbol(name, n) for name in "FGH"}
POINTS = MatrixSymbol("V", n, d)
SQUARE = tuple({"n": size, "d": dim} for size, dim in ((1, 1), (3, 2), (5, 3)))


def entry(name: str) -> Callable[..., Any]:
    """The reading F(i) ↦ F_i of a family of numbers."""
    return lambda i: COEFFICIENTS[name][i]


def row(i: Any) -> Any:
    """The reading V(i) ↦ v_i of a family of vectors."""
    return POINTS[i]


# --- arrays with a property --------------------------------------------------------------------------------------------------------


def unit(v: Array) -> Array:
    """v/‖v‖, the first basis vector where v = 0; along the last axis."""
    size = np.linalg.norm(v, axis=-1, keepdims=True)
    basis = np.zeros_like(v)
    basis[..., 0] = 1.0
    return np.where(size > 1e-9, v / np.maximum(size, 1e-9), basis)


def frame(A: Array) -> Array:
    """A d×r matrix with orthonormal columns."""
    left, _, right = np.linalg.svd(A + 1e-7 * np.eye(*A.shape), full_matrices=False)
    return np.asarray(left @ right)


def projection(A: Array) -> Array:
    """The orthogonal projection on the columns of a d×r matrix, of rank r; the identity exactly when r = d."""
    if A.shape[0] == A.shape[1]:
        return np.eye(len(A))
    Q = frame(A)
    return np.asarray(Q @ Q.T)


def in_range(A: Array, c: Array) -> Array:
    """A vector of the range of `projection(A)`, correct to rounding relative to its own size."""
    return c if A.shape[0] == A.shape[1] else np.asarray(frame(A) @ c[: A.shape[1]])


def symmetric(A: Array) -> Array:
    return np.asarray((A + A.T) / 2)


def centred(v: Array) -> Array:
    return np.asarray(v - v.mean())


def finishing(**changes: Callable[[Array], Array]) -> Callable[[Arrays, Shape], Arrays]:
    """The arrays of these names changed, the others kept."""

    def finish(arrays: Arrays, shape: Shape) -> Arrays:
        return {name: changes[name](a) if name in changes else a for name, a in arrays.items()}

    return finish


def positive(t: Any) -> Any:
    """A nonnegative scalar of moderate size."""
    return np.minimum(np.abs(t), 30.0)


# --- false conclusions -------------------------------------------------------------------------------------------------------------


def scaled(factor: Rational) -> Callable[[Any], Any]:
    """The right side of the relation times a factor; in a conjunction declared properties stay."""

    def change(formula: Any) -> Any:
        if isinstance(formula, ForAll):
            return ForAll(change(formula.body), *formula.limits)
        if isinstance(formula, And):
            return And(*(part if isinstance(part, Property) else change(part) for part in formula.args))
        if not isinstance(formula, Relation):
            raise BadData(f"only a relation has a right side, not {formula.func.__name__}; change the conclusion otherwise")
        return formula.func(formula.lhs, factor * formula.rhs)

    return change


def stronger(percent: int = 2) -> Variant:
    """The right side smaller by a few percent."""
    return Variant(f"right side {percent} % smaller", scaled(1 - Rational(percent, 100)))


def reversed_sides() -> Variant:
    """lhs and rhs swapped."""
    return Variant("sides swapped", lambda f: f.func(f.rhs, f.lhs))


def shifted(formula: Any) -> Any:
    """lhs = rhs + 1/100."""
    if not isinstance(formula, Eq):
        raise BadData("only an equation is shifted; change the conclusion otherwise")
    return formula.func(formula.lhs, formula.rhs + Rational(1, 100))


def off_by(percent: int = 1) -> Variant:
    """The right side of an equation larger by a few percent."""
    return Variant(f"right side {percent} % larger", scaled(1 + Rational(percent, 100)))


def too_narrow(finish: Callable[[Arrays, Shape], Arrays]) -> Callable[[Arrays, Shape], Arrays]:
    """The hypothesis on σ missed: it is too small by the factor 20."""
    return lambda arrays, shape: {**finish(arrays, shape), "sigma": finish(arrays, shape)["sigma"] / 20}


def exponent(factor: Rational) -> Callable[[Any], Any]:
    """The threshold of the event, less its mean, times √factor: a constant in the exponent that is too strong."""

    def change(formula: Any) -> Any:
        event = formula.rhs.body
        s = next(x for x in formula.free_symbols if x.name == "s")
        return formula.func(formula.lhs, Prob(event.func(event.lhs, event.rhs.subs(s, factor * s)), *formula.rhs.limits))

    return change


def bound_with(factor: Rational) -> Callable[[Any], Any]:
    """1 − δ replaced by 1 − δ^factor."""

    def change(formula: Any) -> Any:
        delta = 1 - formula.lhs
        power = next(iter(delta.atoms(exp)))
        return ge(formula.rhs, 1 - replace(delta, {power: exp(factor * power.args[0])}))

    return change
