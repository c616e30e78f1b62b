"""Gradients of functions on R^d, and the classes of functions of convex optimisation: convex, strongly convex, smooth."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer

from theory.errors import ShapeError
from theory.terms.formula import Property
from theory.terms.linear import Vector
from theory.terms.scalars import Function
from theory.terms.sorts import Term, check_equal_dims


class Gradient(Term):
    """The gradient ∇f of a function f: R^d → R; ``Gradient(f)(x)`` is the vector ∇f(x).

    A statement that speaks of ∇f says so for every vector field in its place: that it is the gradient is what `differentiable` and
    `smooth` say of f.

    >>> from theory.terms import d, Function, Gradient, norm, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> f, x = Function("f", d), VectorSymbol("x", d)
    >>> text(norm(Gradient(f)(x)))
    '‖∇f(x)‖'

    Raises: ShapeError (something other than a function).
    """

    def __new__(cls, f: Function) -> Gradient:
        if not isinstance(f, Function):
            raise ShapeError(f"Gradient takes a function, not {f}; write Gradient(f)(x), for f = Function(\"f\", d)")
        return Term.__new__(cls, f)

    def __call__(self, x: Vector) -> GradientValue:
        check_equal_dims(self.args[0].dim, x.dim, f"argument of the gradient of {self.args[0].name}")
        return GradientValue(self.args[0], x)


class GradientValue(Vector):
    """The gradient of a function at a vector; ``args = (f, x)``."""

    @property
    def dim(self) -> Expr:
        return self.args[0].dim


def differentiable(f: Function) -> Property:
    """f is differentiable on R^d with the gradient ∇f: for all x and ε > 0 there is δ > 0 such that
    |f(y) − f(x) − ∇f(x)·(y − x)| ≤ ε‖y − x‖ for all y with ‖y − x‖ ≤ δ.

    >>> from theory.terms import d, differentiable, Function
    >>> from theory.terms.printing.text import text
    >>> text(differentiable(Function("f", d)))
    'f is differentiable'
    """
    return Property("differentiable", f)


def convex(f: Function) -> Property:
    """f is convex on R^d: f((1 − t)x + ty) ≤ (1 − t)f(x) + tf(y) for all x, y and t ∈ [0, 1].

    >>> from theory.terms import convex, d, Function
    >>> from theory.terms.printing.text import text
    >>> text(convex(Function("f", d)))
    'f is convex'
    """
    return Property("strongly convex", f, Integer(0))


def strongly_convex(f: Function, modulus: Any) -> Property:
    """f is μ-strongly convex on R^d: f((1 − t)x + ty) ≤ (1 − t)f(x) + tf(y) − (μ/2)t(1 − t)‖x − y‖² for all x, y and t ∈ [0, 1].

    For μ = 0 it is convex; a number μ < 0 allows as much concavity.

    >>> from theory.terms import d, Function, strongly_convex, Symbol
    >>> from theory.terms.printing.text import text
    >>> text(strongly_convex(Function("f", d), Symbol("mu", positive=True)))
    'f is μ-strongly convex'
    """
    return Property("strongly convex", f, modulus)


def smooth(f: Function, constant: Any) -> Property:
    """f is L-smooth on R^d: |f(y) − f(x) − ∇f(x)·(y − x)| ≤ (L/2)‖y − x‖² for all x and y.

    It says that f is differentiable, and that ∇f is its gradient and L-Lipschitz (`lemma.smooth_gradient`).

    >>> from theory.terms import d, Function, smooth, Symbol
    >>> from theory.terms.printing.text import text
    >>> text(smooth(Function("f", d), Symbol("L", positive=True)))
    'f is L-smooth'
    """
    return Property("smooth", f, constant)
