"""A point of a kink that is clear of other kinks: the hyperplane u·x + β = 0 among the hyperplanes w_ℓ·x + b_ℓ = 0."""

from __future__ import annotations

from sympy import Expr

from theory.terms.linear import Vector
from theory.terms.sorts import NonnegativeScalar


class ClearPoint(Vector):
    """A point p of the ball or sphere with u·p + β = 0 whose clearance is positive, where there is one; ``args = (u, β, W, b, domain)``.

    Where there is none, p is some point of the kink, and 0 if the kink misses the domain.

    >>> from theory.terms import Ball, ClearPoint, d, k, MatrixSymbol, norm, Symbol, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> W, b = MatrixSymbol("W", k, d), VectorSymbol("b", k)
    >>> u, t = VectorSymbol("u", d), Symbol("t", real=True)
    >>> text(norm(ClearPoint(u, t, W, b, Ball(d))))
    '‖clear(u·x + t = 0 off Wx + b = 0 in the unit ball of R^d)‖'
    """

    @property
    def dim(self) -> Expr:
        return self.args[0].dim


class Clearance(NonnegativeScalar):
    """Half the least of 1, all |w_ℓ·p + b_ℓ| and, on a ball of radius R, (R² − ‖p‖²)/2R ≤ R − ‖p‖, at p = ClearPoint of the same args.

    0 where that is negative.

    >>> from theory.terms import Ball, Clearance, d, k, le, MatrixSymbol, Symbol, VectorSymbol
    >>> from theory.terms.printing.text import text
    >>> W, b = MatrixSymbol("W", k, d), VectorSymbol("b", k)
    >>> u, t = VectorSymbol("u", d), Symbol("t", real=True)
    >>> text(le(Clearance(u, t, W, b, Ball(d)), 1))
    'clearance(u·x + t = 0 off Wx + b = 0 in the unit ball of R^d) ≤ 1'
    """
