"""Sets that bound variables range over, and laws of random variables."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, sympify

from theory.terms.sorts import Set


class Range(Set):
    """The index set {1, …, n}.

    >>> from theory.terms import eq, forall, index, n, Range, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> text(forall(eq(y[i] ** 2, 1), (i, Range(n))))
    'yᵢ² = 1   for all i'
    """

    def __new__(cls, size: Any) -> Range:
        return Set.__new__(cls, sympify(size))

    @property
    def size(self) -> Expr:
        return self.args[0]

    def surely_holds(self, index: Any) -> bool:
        """Whether an index lies in the set for all values of the symbols: n itself when n > 0, and 1; else numbers in a set of numbers.

        >>> from sympy import Symbol
        >>> n = Symbol("n", integer=True, positive=True)
        >>> Range(n).surely_holds(n), Range(n).surely_holds(1), Range(n).surely_holds(n + 1), Range(n).surely_holds(2)
        (True, True, False, False)
        """
        index = sympify(index)
        if self.size.is_positive is not True:           # {1, …, 0} is empty
            return False
        if index in (self.size, Integer(1)):
            return self.size.is_integer is True
        return bool(index.is_Integer and self.size.is_Integer and 1 <= index <= self.size)


class Space(Set):
    """R^d; ``Space(1)`` is the real line.

    >>> from theory.terms import d, forall, Function, le, Space, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> f, x = Function("f", d), VectorSymbol("x", d)
    >>> text(forall(le(0, f(x)), (x, Space(d))))
    '0 ≤ f(x)   for all x ∈ R^d'
    """

    def __new__(cls, dim: Any) -> Space:
        return Set.__new__(cls, sympify(dim))

    @property
    def dim(self) -> Expr:
        return self.args[0]


class Sphere(Space):
    """The unit sphere S^{d−1} of R^d.

    >>> from theory.terms import d, dot, Sphere, Sup, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> x, w = VectorSymbol("x", d), VectorSymbol("w", d)
    >>> text(Sup(dot(w, x), (x, Sphere(d))))
    'sup_{‖u‖=1} u·w'
    """


class Ball(Space):
    """The closed ball of R^d about the origin, of the given radius.

    >>> from theory.terms import Ball, d, forall, Function, le, Lip, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> f, x = Function("f", d), VectorSymbol("x", d)
    >>> text(forall(le(f(x), 1), (x, Ball(d)))), text(Lip(f, Ball(d, 2)))
    ('f(x) ≤ 1   for all x ∈ the unit ball of R^d', 'Lip_{B(2)}(f)')
    """

    def __new__(cls, dim: Any, radius: Any = 1) -> Ball:
        return Set.__new__(cls, sympify(dim), sympify(radius))

    @property
    def radius(self) -> Expr:
        return self.args[1]


class Interval(Set):
    """The closed interval [lo, hi] of the real line.

    >>> from theory.terms import forall, Interval, le, Symbol
    >>> from theory.terms.printing.text import text
    >>> t = Symbol("t", real=True)
    >>> text(forall(le(t**2, 1), (t, Interval(-1, 1))))
    'β² ≤ 1   for all β ∈ [−1, 1]'
    """

    def __new__(cls, lo: Any, hi: Any) -> Interval:
        return Set.__new__(cls, sympify(lo), sympify(hi))


class Signs(Set):
    """{−1,+1}^n; as a law, n independent uniform signs.

    >>> from theory.terms import forall, index, le, n, Signs, Sum, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> y, i = VectorSymbol("y", n), index("i")
    >>> text(forall(le(Sum(y[i], (i, n)), n), (y, Signs(n))))
    'Σᵢ yᵢ ≤ n   for all y ∈ {±1}^n'
    """

    def __new__(cls, size: Any) -> Signs:
        return Set.__new__(cls, sympify(size))

    @property
    def size(self) -> Expr:
        return self.args[0]


class SphereRows(Set):
    """Law of an n×d matrix whose rows are independent and uniform on the unit sphere: data model (S).

    >>> from theory.terms import d, Expect, MatrixSymbol, n, op_norm, SphereRows
    >>> from theory.terms.printing.text import text
    >>> X = MatrixSymbol("X", n, d)
    >>> text(Expect(op_norm(X), (X, SphereRows(n, d))))
    'E_{X∼(S)}[‖X‖_op]'
    """

    def __new__(cls, rows: Any, dim: Any) -> SphereRows:
        return Set.__new__(cls, sympify(rows), sympify(dim))


class GaussianRows(SphereRows):
    """Law of an n×d matrix with independent N(0, 1/d) entries: data model (G).

    >>> from theory.terms import d, Expect, fro_norm, GaussianRows, MatrixSymbol, n
    >>> from theory.terms.printing.text import text
    >>> X = MatrixSymbol("X", n, d)
    >>> text(Expect(fro_norm(X) ** 2, (X, GaussianRows(n, d))))
    'E_{X∼(G)}[‖X‖_F²]'
    """


class Uniform(Set):
    """Law of n independent uniform points of the circle of length 1.

    >>> from theory.terms import lt, n, Prob, Uniform, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> t = VectorSymbol("t", n)
    >>> text(Prob(lt(t[1], t[2]), (t, Uniform(n))))
    'P_{t∼U[0, 1]^n}(t₁ < t₂)'
    """

    def __new__(cls, size: Any) -> Uniform:
        return Set.__new__(cls, sympify(size))


LINE = Space(Integer(1))
