"""Sets that bound variables range over, and laws of random variables."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, sympify

from theory.terms.sorts import Set


class Range(Set):
    """The index set {1, …, n}."""

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
    """R^d; ``Space(1)`` is the real line."""

    def __new__(cls, dim: Any) -> Space:
        return Set.__new__(cls, sympify(dim))

    @property
    def dim(self) -> Expr:
        return self.args[0]


class Sphere(Space):
    """The unit sphere S^{d−1} of R^d."""


class Ball(Space):
    """The closed ball of R^d about the origin, of the given radius."""

    def __new__(cls, dim: Any, radius: Any = 1) -> Ball:
        return Set.__new__(cls, sympify(dim), sympify(radius))

    @property
    def radius(self) -> Expr:
        return self.args[1]


class Interval(Set):
    """The closed interval [lo, hi] of the real line."""

    def __new__(cls, lo: Any, hi: Any) -> Interval:
        return Set.__new__(cls, sympify(lo), sympify(hi))


class Signs(Set):
    """{−1,+1}^n; as a law, n independent uniform signs."""

    def __new__(cls, size: Any) -> Signs:
        return Set.__new__(cls, sympify(size))

    @property
    def size(self) -> Expr:
        return self.args[0]


class SphereRows(Set):
    """Law of an n×d matrix whose rows are independent and uniform on the unit sphere: data model (S)."""

    def __new__(cls, rows: Any, dim: Any) -> SphereRows:
        return Set.__new__(cls, sympify(rows), sympify(dim))


class GaussianRows(SphereRows):
    """Law of an n×d matrix with independent N(0, 1/d) entries: data model (G)."""


class Uniform(Set):
    """Law of n independent uniform points of the circle of length 1."""

    def __new__(cls, size: Any) -> Uniform:
        return Set.__new__(cls, sympify(size))


LINE = Space(Integer(1))
